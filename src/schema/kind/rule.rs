//! A rule that the user made; the one that makes a view a view is none. The definition starts behind the names.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[hashed("event"), expression("definition"), hashed("enabled")];

pub(super) const SPEC: Spec = Spec { word: "rule", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 71,
    mentionable: false,
    address: |id, _| format!("RULE {} ON {}", name::last(&id.name), name::owner(&id.name)),
    parent: |fact, side| {
        let owner = name::owner(&fact.id.name);
        let relation = [Kind::Table, Kind::View, Kind::MaterializedView].iter().find_map(|kind| side.find(*kind, &owner));
        relation.map(|relation| relation.id.clone())
    },
    texts: |fact| {
        let texts: Vec<&str> = fact.text("definition").into_iter().collect();
        Texts { names: texts.clone(), columns: texts }
    },
    create: |fact, _| {
        let mut statements = vec![create(fact, false)];
        if fact.text("enabled").is_some() {
            statements.push(enable(fact));
        }
        statements
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, _| {
        let mut statements = Vec::new();
        if from.differs(to, "event") || from.differs(to, "definition") {
            statements.push(create(to, true));
        }
        if from.differs(to, "enabled") {
            statements.push(enable(to));
        }
        Alter::InPlace(statements)
    },
    ..Ddl::NONE
};

fn create(fact: &Fact, replace: bool) -> Statement {
    let or_replace = if replace { "OR REPLACE " } else { "" };
    let (name, relation) = (name::last(&fact.id.name), name::owner(&fact.id.name));
    let (event, definition) = (fact.text("event").unwrap_or_default(), fact.text("definition").unwrap_or_default());
    format!("CREATE {or_replace}RULE {name} AS\n    ON {event} TO {relation} {definition}").into()
}

fn enable(fact: &Fact) -> Statement {
    let how = super::trigger::firing(fact);
    format!("ALTER TABLE {} {how} RULE {}", name::owner(&fact.id.name), name::last(&fact.id.name)).into()
}
