//! An operator class, named with its index method (`public.sizes(btree)`), with its own members of the family.

use super::{Attribute, Spec, hashed};
use crate::schema::{FactId, Kind};
use crate::schema::ddl::{Alter, Ddl, Texts, name};
use super::operator_family::{access_method, using};

const ATTRIBUTES: &[Attribute] = &[
    hashed("type"),
    hashed("default"),
    hashed("family"),
    hashed("storage"),
    hashed("members"),
];

pub(super) const SPEC: Spec = Spec { word: "operator_class", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 28,
    address: |id, _| format!("OPERATOR CLASS {}", using(id)),
    texts: |fact| Texts::names_only(fact),
    uses: |fact, side| {
        let family = side.called(fact.text("family").unwrap_or_default()).iter();
        family.filter(|id: &&FactId| id.kind == Kind::OperatorFamily).cloned().chain([access_method(&fact.id)]).collect()
    },
    create: |fact, _| {
        let (parts, method) = name::parts(&fact.id.name);
        let mut members: Vec<String> = fact.list("members").to_vec();
        let type_name = fact.text("type").unwrap_or_default();
        let storage = fact.text("storage").or(members.is_empty().then_some(type_name));
        members.extend(storage.map(|storage| format!("STORAGE {storage}")));
        vec![
            format!(
                "CREATE OPERATOR CLASS {}{} FOR TYPE {type_name} USING {} FAMILY {} AS\n    {}",
                name::idents(&parts),
                if fact.flag("default") { " DEFAULT" } else { "" },
                name::ident(&method.unwrap_or_default()),
                fact.text("family").unwrap_or_default(),
                members.join(",\n    ")
            )
            .into(),
        ]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
