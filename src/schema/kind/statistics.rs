//! A statistics object (CREATE STATISTICS). Columns are sorted: their order is the table's and means nothing; expressions stand as they were said, as `pg_dump` tells them.
//! What was gathered is data.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[hashed("table"), hashed("kinds"), hashed("columns"), expression("expressions"), hashed("target")];

pub(super) const SPEC: Spec = Spec { word: "statistics", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 74,
    mentionable: false,
    claims: |fact, _| Some(format!("statistics {}", fact.id.name)),
    parent: |fact, side| {
        let table = fact.text("table")?;
        let relation = side.find(Kind::Table, table).or_else(|| side.find(Kind::MaterializedView, table));
        relation.map(|relation| relation.id.clone())
    },
    texts: |fact| {
        let texts: Vec<&str> = fact.list("expressions").iter().map(String::as_str).collect();
        Texts { names: texts.clone(), columns: texts }
    },
    uses: |fact, side| {
        let table = fact.text("table").unwrap_or_default();
        let columns = fact.list("columns").iter();
        columns.filter_map(|column| Some(side.find(Kind::Column, &format!("{table}.{column}"))?.id.clone())).collect()
    },
    create: |fact, _| {
        let mut statements = vec![create(fact)];
        if fact.int("target").is_some() {
            statements.push(target(fact));
        }
        statements
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, _| {
        let only_target = !["table", "kinds", "columns", "expressions"].iter().any(|attribute| from.differs(to, attribute));
        if only_target { Alter::InPlace(vec![target(to)]) } else { Alter::Recreate }
    },
    ..Ddl::NONE
};

/// On one expression alone there are no kinds to choose.
fn create(fact: &Fact) -> Statement {
    let kinds = fact.list("kinds");
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let expressions = fact.list("expressions").iter().map(|expression| format!("({expression})"));
    let on: Vec<String> = fact.list("columns").iter().cloned().chain(expressions).collect();
    let table = name::sql_name(fact.text("table").unwrap_or_default());
    format!("CREATE STATISTICS {}{kinds} ON {} FROM {table}", name::sql_name(&fact.id.name), on.join(", ")).into()
}

fn target(fact: &Fact) -> Statement {
    let target = fact.int("target").unwrap_or(-1);
    format!("ALTER STATISTICS {} SET STATISTICS {target}", name::sql_name(&fact.id.name)).into()
}
