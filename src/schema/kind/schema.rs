//! A schema (namespace). It has nothing but its name; its comment is a fact of its own.

use super::{Attribute, Spec};
use crate::schema::ddl::{Alter, Ddl, Hazard, Reaction, Statement, name};

const ATTRIBUTES: &[Attribute] = &[];

pub(super) const SPEC: Spec = Spec { word: "schema", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 0,
    first: true,
    // Every database is born with `public`.
    create: |fact, _| {
        let unless = if fact.id.name == "public" { "IF NOT EXISTS " } else { "" };
        vec![format!("CREATE SCHEMA {unless}{}", name::sql_name(&fact.id.name)).into()]
    },
    drop: |fact, world| {
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id))).costs(Hazard::BreaksClients)]
    },
    alter: |_, _, _| Alter::InPlace(Vec::new()),
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};
