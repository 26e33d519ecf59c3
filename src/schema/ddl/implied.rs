//! What an expression uses although its text does not say so: keys that a query is grouped by, whole rows of tables and composite types.
//!
//! Whoever relies on such a thing stays in the same words while it goes, and would mean something else then, or stand in the way: it is made
//! again (`World::spread`). What could go wrong: a text only looks as if it relied on something, and is made again for nothing.

use std::collections::BTreeSet;

use super::super::kind::is_primary_key;
use super::super::{FactId, Kind};
use super::name;
use super::side::Side;

/// What one fact uses without saying it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Implied {
    /// Keys and columns: who relies on one that goes, and goes on relying on others of the same table, is made again.
    pub(super) uses: BTreeSet<FactId>,
    /// Tables and composite types of whose rows the columns are stored by place: where one comes or goes, it is made again.
    pub(super) shapes: BTreeSet<FactId>,
}

impl Implied {
    /// Of texts that mention these.
    pub(super) fn by(texts: &[&str], mentioned: &BTreeSet<FactId>, side: &Side<'_>) -> Self {
        let mut implied = Self::default();
        for text in texts.iter().filter(|text| text.contains('.')) {
            implied.uses.extend(keys(text, mentioned, side));
            implied.uses.extend(side.columns_of(&overwritten(text, side)));
            let rows = rows_made(text, side);
            implied.uses.extend(side.columns_of(&rows));
            implied.shapes.extend(rows);
            for table in rows_given(mentioned, side) {
                implied.uses.extend(side.columns_said(text, &table));
                if text.contains("FROM") {
                    implied.shapes.insert(table);
                }
            }
        }
        implied
    }
}

/// The constraints that a query relies on: `GROUP BY` a primary key lets other columns stand beside it, `ON CONFLICT` may say one.
fn keys(query: &str, mentioned: &BTreeSet<FactId>, side: &Side<'_>) -> Vec<FactId> {
    let (grouped, conflicts) = (query.contains("GROUP BY"), query.contains("ON CONFLICT ON CONSTRAINT"));
    if !grouped && !conflicts {
        return Vec::new();
    }
    let said = |key: &FactId| query.contains(&format!("ON CONFLICT ON CONSTRAINT {}", name::last(&key.name)));
    let tables = mentioned.iter().filter(|id| id.kind == Kind::Table);
    let keys = tables.flat_map(|table| side.children_of(table, Kind::Constraint));
    let relied_on = keys.filter(|key| grouped && is_primary_key(key) || conflicts && said(&key.id));
    relied_on.map(|key| key.id.clone()).collect()
}

/// The tables into which a text inserts `ON CONFLICT DO UPDATE`: `excluded` is a whole row.
fn overwritten(text: &str, side: &Side<'_>) -> Vec<FactId> {
    if !text.contains("ON CONFLICT") || !text.contains("DO UPDATE") {
        return Vec::new();
    }
    let targets = text.split("INSERT INTO ").skip(1).filter_map(|rest| rest.split([' ', '(']).next());
    targets.filter_map(|target| side.find(Kind::Table, target)).map(|table| table.id.clone()).collect()
}

/// The types of which an expression makes rows, value by value (`ROW(1, 2)::type`): they would go on having a value for what has gone.
fn rows_made(text: &str, side: &Side<'_>) -> Vec<FactId> {
    let name = |rest: &str| {
        let mut quoted = false;
        let ends = |c: char| {
            quoted ^= c == '"';
            !(quoted || c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '$'))
        };
        rest[..rest.find(ends).unwrap_or(rest.len())].to_owned()
    };
    let casts = text.split(")::").skip(1).filter(|_| text.contains("ROW("));
    let types = casts.flat_map(|rest| side.called(&name(rest)));
    types.filter(|id| matches!(id.kind, Kind::Composite | Kind::Table)).cloned().collect()
}

/// The tables of whose rows a query gets some from functions. Behind FROM they are printed with the names of all their columns, in their
/// order: one that goes would give the others its name.
pub(in crate::schema) fn rows_given(mentioned: &BTreeSet<FactId>, side: &Side<'_>) -> Vec<FactId> {
    let functions = mentioned.iter().filter(|id| id.kind == Kind::Function);
    let results = functions.filter_map(|id| side.model.fact(id)?.text("result"));
    results.flat_map(|result| side.mentioned(result)).filter(|id| id.kind == Kind::Table).collect()
}
