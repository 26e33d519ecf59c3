//! A text search parser: its functions.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Texts};

const ATTRIBUTES: &[Attribute] = &[
    hashed("start"),
    hashed("gettoken"),
    hashed("end"),
    hashed("headline"),
    hashed("lextypes"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_parser", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 27,
    texts: |fact| Texts::names_only(fact),
    create: |fact, world| {
        let words = ["start", "gettoken", "end", "headline", "lextypes"];
        let parts = words.iter().filter_map(|word| Some(format!("{} = {}", word.to_uppercase(), fact.text(word)?)));
        vec![format!("CREATE {} ({})", world.to.address(&fact.id), parts.collect::<Vec<_>>().join(", ")).into()]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};
