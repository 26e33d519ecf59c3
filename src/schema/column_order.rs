//! In which order tables have their columns. It is no part of a schema here (PostgreSQL cannot change it where a table stands), so it
//! never makes two schemas differ; but `SELECT *` and `INSERT` without a list of columns depend on it, so it is told.

use std::collections::{BTreeMap, BTreeSet};

use super::ddl::name;
use super::{Kind, Model};

/// A table of both sides that has its columns in another order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnOrder {
    /// The table, as SQL.
    pub table: String,
    /// As they stand in FROM once it has TO's columns: what it has keeps its order, what comes stands at the end.
    pub from: Vec<String>,
    /// As they stand in TO.
    pub to: Vec<String>,
}

type Tables = BTreeMap<Vec<String>, Vec<String>>;

/// The tables of both sides in which TO's columns stand in another order.
pub fn column_orders(from: &Model, to: &Model) -> Vec<ColumnOrder> {
    let (mut before, after) = (columns(from), columns(to));
    let both = after.into_iter().filter_map(|(table, to)| Some((before.remove(&table)?, table, to)));
    let unlike = both.filter_map(|(mut from, table, to)| {
        from.retain(|column| to.contains(column));
        let has: BTreeSet<String> = from.iter().cloned().collect();
        from.extend(to.iter().filter(|column| !has.contains(*column)).cloned());
        (from != to).then(|| ColumnOrder { table: name::idents(&table), from: idents(&from), to: idents(&to) })
    });
    unlike.collect()
}

fn idents(columns: &[String]) -> Vec<String> {
    columns.iter().map(|column| name::ident(column)).collect()
}

/// Each table's columns in their order.
fn columns(model: &Model) -> Tables {
    let parts = |name: &str| name::parts(name).0;
    let tables = model.facts().filter(|fact| fact.id.kind == Kind::Table);
    let tables: BTreeSet<Vec<String>> = tables.map(|table| parts(&table.id.name)).collect();
    let mut columns: BTreeMap<Vec<String>, Vec<(i64, String)>> = BTreeMap::new();
    for fact in model.facts().filter(|fact| fact.id.kind == Kind::Column) {
        let mut name = parts(&fact.id.name);
        let (Some(column), Some(position)) = (name.pop(), fact.int("position")) else { continue };
        if tables.contains(&name) {
            columns.entry(name).or_default().push((position, column));
        }
    }
    let in_order = |mut columns: Vec<(i64, String)>| {
        columns.sort();
        columns.into_iter().map(|(_, column)| column).collect()
    };
    columns.into_iter().map(|(table, columns)| (table, in_order(columns))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Fact;

    fn model(columns: &[&str]) -> Model {
        let column = |(position, name): (i64, &&str)| {
            Fact::new(Kind::Column, format!("public.t.{name}")).with("type", "text").with("position", position)
        };
        Model::new((1..).zip(columns).map(column).chain([Fact::new(Kind::Table, "public.t")]))
    }

    #[track_caller]
    fn check(from: &[&str], to: &[&str], expected: Option<[&str; 2]>) {
        let found = column_orders(&model(from), &model(to));
        let found: Vec<_> = found.iter().map(|order| [order.from.join(" "), order.to.join(" ")]).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_stays_keeps_its_order_and_what_comes_stands_at_the_end() {
        check(&["a", "b"], &["a", "b"], None);
        check(&["a", "b"], &["b", "a"], Some(["a b", "b a"]));
        check(&["a", "gone", "b"], &["a", "b", "new"], None);
        check(&["a", "b"], &["a", "new", "b"], Some(["a b new", "a new b"]));
        check(&["a", "B c"], &["B c", "a"], Some(["a \"B c\"", "\"B c\" a"]));
        check(&[], &["a"], None);
    }
}
