//! An extension, by its bare name. Its version is shown and not hashed: machines may carry different builds. Its schema is
//! hashed, because it stands before the printed names of its types.

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Hazard, Reaction, Statement, name};
use crate::schema::{FactId, qualified};

const ATTRIBUTES: &[Attribute] = &[hashed("schema"), shown("version")];

pub(super) const SPEC: Spec = Spec { word: "extension", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 1,
    first: true,
    mentionable: false,
    uses: |fact, _| fact.text("schema").map(|schema| FactId::new(Kind::Schema, qualified(&[schema]))).into_iter().collect(),
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
