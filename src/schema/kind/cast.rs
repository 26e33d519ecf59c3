//! A cast, named `(source AS target)`: by a function, in and out by text, or binary; by default only where asked for.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Texts};

const ATTRIBUTES: &[Attribute] = &[
    hashed("function"),
    hashed("method"),
    hashed("context"),
];

pub(super) const SPEC: Spec = Spec { word: "cast", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 29,
    mentionable: false,
    address: |id, _| format!("CAST {}", id.name),
    texts: |fact| Texts::names_only(fact),
    uses: |fact, side| side.mentioned(&fact.id.name).into_iter().collect(),
    create: |fact, _| {
        let how = match (fact.text("function"), fact.text("method")) {
            (Some(function), _) => format!("WITH FUNCTION {function}"),
            (None, Some("inout")) => "WITH INOUT".to_owned(),
            _ => "WITHOUT FUNCTION".to_owned(),
        };
        let context = fact.text("context").map_or(String::new(), |context| format!(" AS {}", context.to_uppercase()));
        vec![format!("CREATE CAST {} {how}{context}", fact.id.name).into()]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
