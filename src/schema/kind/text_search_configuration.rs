//! A text search configuration: its parser, and the dictionaries of each sort of token, in their order.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("parser"),
    hashed("mappings"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_configuration", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 29,
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| {
        let called = name::sql_name(&fact.id.name);
        let created = format!("CREATE TEXT SEARCH CONFIGURATION {called} (PARSER = {})", fact.text("parser").unwrap_or_default());
        let mappings = fact.list("mappings").iter();
        let mappings = mappings.map(|text| format!("ALTER TEXT SEARCH CONFIGURATION {called} ADD MAPPING FOR {text}"));
        [created].into_iter().chain(mappings).map(Statement::from).collect()
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |from, to, world| {
        if from.differs(to, "parser") {
            return Alter::Recreate;
        }
        let token = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
        let (old, new) = (from.list("mappings"), to.list("mappings"));
        let alter = format!("ALTER {}", world.to.address(&to.id));
        let gone = old.iter().filter(|text| !new.iter().any(|other| token(other) == token(text)));
        let gone = gone.map(|text| format!("{alter} DROP MAPPING FOR {}", token(text)));
        let come = new.iter().filter(|text| !old.contains(text)).map(|text| {
            let known = old.iter().any(|other| token(other) == token(text));
            format!("{alter} {} MAPPING FOR {text}", if known { "ALTER" } else { "ADD" })
        });
        Alter::InPlace(gone.chain(come).map(Statement::from).collect())
    },
    ..Ddl::NONE
};
