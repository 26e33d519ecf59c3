//! Columns that were renamed: told by their number, which PostgreSQL gives to no second column of a table.
//!
//! What could go wrong: a table that was dropped and made again under its name numbers its columns anew. Then a rename is written
//! where a column was dropped and another added; the schema is the same, and no value is lost by it.

use super::Hazard;
use super::Statement;
use super::name::{ident, idents, parts};
use crate::schema::{Fact, FactId, Kind, Model, Value};

/// A column under two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// The column as it was.
    pub from: FactId,
    /// The column as it is.
    pub to: FactId,
}

impl Renamed {
    /// The statement that renames it.
    pub fn statement(&self) -> Statement {
        let (from, _) = parts(&self.from.name);
        let (to, _) = parts(&self.to.name);
        let (old, table) = from.split_last().map_or(("", &[][..]), |(old, table)| (old.as_str(), table));
        let new = to.last().map_or("", String::as_str);
        Statement::new(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", idents(table), ident(old), ident(new)))
            .costs(Hazard::BreaksClients)
    }
}

/// Columns of tables on both sides that have another name with the same number. A swap of two names is none.
pub fn renamed_columns(from: &Model, to: &Model) -> Vec<Renamed> {
    let gone = from.facts().filter(|fact| fact.id.kind == Kind::Column && to.fact(&fact.id).is_none());
    let renamed = |old: &Fact| {
        let table = table_of(&old.id);
        to.fact(&table)?;
        let position = position(old)?;
        let is_it = |new: &&Fact| {
            new.id.kind == Kind::Column
                && from.fact(&new.id).is_none()
                && table_of(&new.id) == table
                && self::position(new) == Some(position)
        };
        Some(Renamed { from: old.id.clone(), to: to.facts().find(is_it)?.id.clone() })
    };
    gone.filter_map(renamed).collect()
}

fn position(column: &Fact) -> Option<i64> {
    match column.attributes.get("position") {
        Some(Value::Int(position)) => Some(*position),
        _ => None,
    }
}

/// The table of a column.
fn table_of(column: &FactId) -> FactId {
    let (parts, _) = parts(&column.name);
    let table: Vec<&str> = parts.iter().take(parts.len().saturating_sub(1)).map(String::as_str).collect();
    FactId::new(Kind::Table, crate::schema::qualified(&table))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(columns: &[(&str, i64)]) -> Model {
        let column = |(name, position): &(&str, i64)| {
            Fact::new(Kind::Column, format!("public.订单.{name}")).with("type", "text").with("position", *position)
        };
        Model::new(columns.iter().map(column).chain([Fact::new(Kind::Table, "public.订单")]))
    }

    #[track_caller]
    fn check(from: &[(&str, i64)], to: &[(&str, i64)], expected: &[&str]) {
        let found: Vec<String> =
            renamed_columns(&model(from), &model(to)).iter().map(|renamed| renamed.statement().sql).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_number_tells_a_rename_from_a_new_column() {
        check(&[("a", 1), ("b", 2)], &[("a", 1), ("c", 2)], &["ALTER TABLE public.\"订单\" RENAME COLUMN b TO c"]);
        check(&[("a", 1), ("b", 2)], &[("a", 1), ("c", 3)], &[]);
        check(&[("a", 1), ("b", 2)], &[("a", 2), ("b", 1)], &[]);
    }
}
