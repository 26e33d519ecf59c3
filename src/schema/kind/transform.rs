//! A transform of a type for a language, named `(FOR type LANGUAGE language)`.

use super::{Attribute, Spec, hashed};
use crate::schema::{Fact, FactId, Kind};
use crate::schema::ddl::{Alter, Ddl, Statement, Texts};

const ATTRIBUTES: &[Attribute] = &[
    hashed("from_sql"),
    hashed("to_sql"),
];

pub(super) const SPEC: Spec = Spec { word: "transform", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 29,
    mentionable: false,
    address: |id, _| format!("TRANSFORM {}", inner(id)),
    texts: |fact| Texts::names_only(fact),
    uses: |fact, side| {
        let language = inner(&fact.id).rsplit_once(" LANGUAGE ").map(|(_, word)| FactId::new(Kind::Language, word));
        side.mentioned(&fact.id.name).into_iter().chain(language).collect()
    },
    create: |fact, _| vec![create(fact, "")],
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |_, to, _| Alter::InPlace(vec![create(to, "OR REPLACE ")]),
    ..Ddl::NONE
};

/// The name without its parentheses.
fn inner(id: &FactId) -> &str {
    id.name.trim_start_matches('(').trim_end_matches(')')
}

fn create(fact: &Fact, replace: &str) -> Statement {
    let words = [("from_sql", "FROM SQL"), ("to_sql", "TO SQL")];
    let parts = words.iter().filter_map(|(attribute, word)| Some(format!("{word} WITH FUNCTION {}", fact.text(attribute)?)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    Statement::new(format!("CREATE {replace}TRANSFORM {} ({parts})", inner(&fact.id)))
}
