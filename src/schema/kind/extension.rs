//! An extension, by its bare name. Its version is shown and not hashed: machines may carry different builds. Its schema is
//! hashed, because it stands before the printed names of its types.

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Hazard, Reaction, Statement, name};
use crate::schema::{Fact, FactId, qualified};

const ATTRIBUTES: &[Attribute] = &[hashed("schema"), shown("version"), shown("requires")];

pub(super) const SPEC: Spec = Spec { word: "extension", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 1,
    first: true,
    mentionable: false,
    uses: |fact, _| {
        let schema = fact.text("schema").map(|schema| FactId::new(Kind::Schema, qualified(&[schema])));
        let required = fact.list("requires").iter().map(|name| FactId::new(Kind::Extension, qualified(&[name])));
        schema.into_iter().chain(required).collect()
    },
    create: |fact, _| {
        let schema = fact.text("schema").map(|schema| format!(" WITH SCHEMA {}", name::ident(schema)));
        let name = name::sql_name(&fact.id.name);
        vec![format!("CREATE EXTENSION IF NOT EXISTS {name}{}", schema.unwrap_or_default()).into()]
    },
    drop: |fact, world| {
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id))).costs(Hazard::BreaksClients)]
    },
    alter: |_, to, _| {
        let schema = name::ident(to.text("schema").unwrap_or("public"));
        Alter::InPlace(vec![format!("ALTER EXTENSION {} SET SCHEMA {schema}", name::sql_name(&to.id.name)).into()])
    },
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

/// The extensions with which something goes though it is no part of them.
pub(super) fn needed(fact: &Fact) -> impl Iterator<Item = FactId> {
    fact.list("extensions").iter().map(|name| FactId::new(Kind::Extension, qualified(&[name])))
}

/// What ties something of this address to its extensions, and lets it go (14 and later).
pub(super) fn ties(address: &str, from: Option<&Fact>, to: &Fact) -> Vec<Statement> {
    let had = from.map_or(&[][..], |from| from.list("extensions"));
    let has = to.list("extensions");
    let step = |how: &str, name: &String| format!("ALTER {address} {how} ON EXTENSION {}", name::ident(name)).into();
    let gone = had.iter().filter(|name| !has.contains(name)).map(|name| step("NO DEPENDS", name));
    gone.chain(has.iter().filter(|name| !had.contains(name)).map(|name| step("DEPENDS", name))).collect()
}
