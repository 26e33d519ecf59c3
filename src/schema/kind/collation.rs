//! A collation. The version of the library that was there when it was made is left out.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("provider"),
    hashed("locale"),
    hashed("lc_collate"),
    hashed("lc_ctype"),
    hashed("nondeterministic"),
    hashed("rules"),
];

pub(super) const SPEC: Spec = Spec { word: "collation", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 8,
    is_type: true,
    texts: |fact| Texts::none(fact),
    create: |fact, _| {
        let mut parts = Vec::new();
        if let Some(provider) = fact.text("provider").filter(|provider| *provider != "libc") {
            parts.push(format!("PROVIDER = {provider}"));
        }
        match (fact.text("lc_collate"), fact.text("lc_ctype")) {
            (Some(collate), Some(ctype)) if collate == ctype => parts.push(format!("LOCALE = {}", name::literal(collate))),
            (collate, ctype) => {
                parts.extend(collate.map(|value| format!("LC_COLLATE = {}", name::literal(value))));
                parts.extend(ctype.map(|value| format!("LC_CTYPE = {}", name::literal(value))));
            }
        }
        parts.extend(fact.text("locale").map(|value| format!("LOCALE = {}", name::literal(value))));
        parts.extend(fact.flag("nondeterministic").then(|| "DETERMINISTIC = false".to_owned()));
        parts.extend(fact.text("rules").map(|value| format!("RULES = {}", name::literal(value))));
        vec![format!("CREATE COLLATION {} ({})", name::sql_name(&fact.id.name), parts.join(", ")).into()]
    },
    drop: |fact, world| super::domain::drop_or_move_aside("COLLATION", fact, world),
    discard: |fact, world| super::domain::discard("COLLATION", fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
