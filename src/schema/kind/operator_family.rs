//! An operator family, named with its index method (`public.sizes(btree)`), and the members that no operator class of its claims.

use super::{Attribute, Spec, hashed};
use crate::schema::{FactId, Kind};
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("members"),
];

pub(super) const SPEC: Spec = Spec { word: "operator_family", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 27,
    address: |id, _| format!("OPERATOR FAMILY {}", using(id)),
    texts: |fact| Texts::names_only(fact),
    uses: |fact, _| vec![access_method(&fact.id)],
    create: |fact, _| {
        let created = format!("CREATE OPERATOR FAMILY {}", using(&fact.id));
        let members = (!fact.list("members").is_empty())
            .then(|| format!("ALTER OPERATOR FAMILY {} ADD\n    {}", using(&fact.id), fact.list("members").join(",\n    ")));
        [Some(created), members].into_iter().flatten().map(Statement::from).collect()
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |from, to, _| {
        let only = |these: &[String], those: &[String]| these.iter().filter(|m| !those.contains(m)).cloned().collect::<Vec<_>>();
        let gone: Vec<String> = only(from.list("members"), to.list("members")).iter().map(|member| place(member)).collect();
        let come = only(to.list("members"), from.list("members"));
        let step = |word: &str, members: &[String]| {
            let text = format!("ALTER OPERATOR FAMILY {} {word}\n    {}", using(&to.id), members.join(",\n    "));
            (!members.is_empty()).then(|| Statement::new(text))
        };
        Alter::InPlace([step("DROP", &gone), step("ADD", &come)].into_iter().flatten().collect())
    },
    ..Ddl::NONE
};

/// `schema.name USING method`.
pub(super) fn using(id: &FactId) -> String {
    let (parts, method) = name::parts(&id.name);
    format!("{} USING {}", name::idents(&parts), name::ident(&method.unwrap_or_default()))
}

/// The access method that a family or class is for.
pub(super) fn access_method(id: &FactId) -> FactId {
    FactId::new(Kind::AccessMethod, name::parts(&id.name).1.unwrap_or_default())
}

/// `OPERATOR 1 (left, right)`, of a member.
fn place(member: &str) -> String {
    let number: Vec<&str> = member.split(' ').take(2).collect();
    let types = member.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(types, _)| types);
    format!("{} ({types})", number.join(" "))
}
