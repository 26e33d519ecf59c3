//! An access method for tables or indexes that no extension brought.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("type"),
    hashed("handler"),
];

pub(super) const SPEC: Spec = Spec { word: "access_method", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 25,
    mentionable: false,
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| {
        let kind = fact.text("type").unwrap_or_default().to_uppercase();
        let handler = fact.text("handler").unwrap_or_default();
        vec![format!("CREATE ACCESS METHOD {} TYPE {kind} HANDLER {handler}", name::sql_name(&fact.id.name)).into()]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
