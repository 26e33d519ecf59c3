//! A conversion between encodings.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("source"),
    hashed("target"),
    hashed("function"),
    hashed("default"),
];

pub(super) const SPEC: Spec = Spec { word: "conversion", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 29,
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| {
        let text = |attribute| fact.text(attribute).unwrap_or_default();
        vec![
            format!(
                "CREATE {}CONVERSION {} FOR {} TO {} FROM {}",
                if fact.flag("default") { "DEFAULT " } else { "" },
                name::sql_name(&fact.id.name),
                name::literal(text("source")),
                name::literal(text("target")),
                text("function")
            )
            .into(),
        ]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
