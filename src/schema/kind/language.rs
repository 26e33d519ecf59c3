//! A procedural language that no extension brought.

use super::{Attribute, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("trusted"),
    hashed("handler"),
    hashed("inline"),
    hashed("validator"),
];

pub(super) const SPEC: Spec = Spec { word: "language", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 20,
    mentionable: false,
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| vec![create(fact, "")],
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, to, _| Alter::InPlace(vec![create(to, "OR REPLACE ")]),
    ..Ddl::NONE
};

fn create(fact: &Fact, replace: &str) -> Statement {
    let trusted = if fact.flag("trusted") { "TRUSTED " } else { "" };
    let words = ["handler", "inline", "validator"];
    let parts = words.iter().filter_map(|word| Some(format!(" {} {}", word.to_uppercase(), fact.text(word)?)));
    let parts: String = parts.collect();
    Statement::new(format!("CREATE {replace}{trusted}LANGUAGE {}{parts}", name::sql_name(&fact.id.name)))
}
