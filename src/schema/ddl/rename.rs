//! Columns that were renamed: told by their number, which PostgreSQL gives to no second column of a table. And hints that a thing
//! that is gone and one that is new may be the same under two names, which nobody can know from two schemas: never assumed.
//!
//! What could go wrong: a table that was dropped and made again under its name numbers its columns anew. Then a rename is written
//! where a column was dropped and another added; the schema is the same, and no value is lost by it.

use std::collections::{BTreeMap, BTreeSet};

use super::Hazard;
use super::Statement;
use super::name::{ident, idents, parts};
use crate::schema::{Change, ChangeKind, Difference, Fact, FactId, Kind, Model, Value};

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

/// Kinds for which a rename is worth a hint.
const HINTED: [Kind; 12] = [
    Kind::Table,
    Kind::Column,
    Kind::View,
    Kind::MaterializedView,
    Kind::Enum,
    Kind::Domain,
    Kind::Composite,
    Kind::Function,
    Kind::Index,
    Kind::Constraint,
    Kind::Trigger,
    Kind::Policy,
];

/// Pairs of a removed and an added fact that are equal but for their names, where only one pair is possible: gone, new.
/// Tables are equal when their columns are; what belongs to a table that is in such a pair, or is gone or new itself, is not told.
pub fn rename_hints(changes: &[Change]) -> Vec<(FactId, FactId)> {
    let of = |wanted: ChangeKind| changes.iter().filter(move |change| change.change == wanted);
    let mut looks: BTreeMap<Vec<String>, [Vec<&FactId>; 2]> = BTreeMap::new();
    for (at, kind) in [ChangeKind::Removed, ChangeKind::Added].into_iter().enumerate() {
        let tables: BTreeSet<String> =
            of(kind).filter(|c| c.id.kind == Kind::Table).map(|c| c.id.name.clone()).collect();
        let mut columns: BTreeMap<FactId, Vec<&Change>> = BTreeMap::new();
        for column in of(kind).filter(|change| change.id.kind == Kind::Column) {
            columns.entry(table_of(&column.id)).or_default().push(column);
        }
        for change in of(kind).filter(|change| HINTED.contains(&change.id.kind)) {
            let own = columns.get(&change.id).map_or(&[][..], Vec::as_slice);
            if let Some(look) = look(change, &tables, own) {
                looks.entry(look).or_default()[at].push(&change.id);
            }
        }
    }
    let only = |found: [Vec<&FactId>; 2]| match (&found[0][..], &found[1][..]) {
        ([gone], [new]) => Some(((*gone).clone(), (*new).clone())),
        _ => None,
    };
    let mut hints: Vec<(FactId, FactId)> = looks.into_values().filter_map(only).collect();
    hints.sort();
    hints
}

/// What must be the same on both sides: everything but the name.
fn look(change: &Change, tables: &BTreeSet<String>, columns: &[&Change]) -> Option<Vec<String>> {
    let (mut name, arguments) = parts(&change.id.name);
    name.pop();
    let in_table = name.len() == 2;
    if in_table && tables.contains(&crate::schema::qualified(&[&name[0], &name[1]])) {
        return None;
    }
    let own = |change: &Change| {
        let values = change.attributes.iter().filter(|d| {
            change
                .id
                .kind
                .attribute(d.attribute)
                .is_none_or(|attribute| attribute.role != crate::schema::kind::Role::Shown)
        });
        let value = |d: &Difference| format!("{}={:?}", d.attribute, d.from.as_ref().or(d.to.as_ref()));
        values.map(value).collect::<Vec<_>>().join(";")
    };
    let mut look = vec![change.id.kind.word().to_owned(), own(change), arguments.unwrap_or_default()];
    if in_table {
        look.extend(name);
    }
    if change.id.kind == Kind::Table {
        let mut columns: Vec<String> =
            columns.iter().map(|column| format!("{:?} {}", parts(&column.id.name).0.last(), own(column))).collect();
        if columns.is_empty() {
            return None;
        }
        columns.sort();
        look.extend(columns);
    }
    Some(look)
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

    #[track_caller]
    fn check_hints(from: &[Fact], to: &[Fact], expected: &[(&str, &str)]) {
        let (from, to) = (Model::new(from.iter().cloned()), Model::new(to.iter().cloned()));
        let hints = rename_hints(&crate::schema::diff(&from, &to));
        let hints: Vec<(&str, &str)> =
            hints.iter().map(|(gone, new)| (gone.name.as_str(), new.name.as_str())).collect();
        assert_eq!(hints, expected);
    }

    #[test]
    fn what_is_equal_but_for_its_name_may_be_renamed() {
        let table = |name: &str| Fact::new(Kind::Table, format!("public.{name}"));
        let column = |name: &str, kind: &str| Fact::new(Kind::Column, format!("public.{name}")).with("type", kind);
        let old = [table("old"), column("old.a", "text"), column("old.b", "integer")];
        let new = [table("new"), column("new.a", "text"), column("new.b", "integer")];
        check_hints(&old, &new, &[("public.old", "public.new")]);
        check_hints(&old, &[table("new"), column("new.a", "text")], &[]);
        let both = [&new[..], &[table("more"), column("more.a", "text"), column("more.b", "integer")]].concat();
        check_hints(&old, &both, &[]);
        let renamed = [table("old"), column("old.c", "text"), column("old.b", "integer")];
        check_hints(&old, &renamed, &[("public.old.a", "public.old.c")]);
        let view = |name: &str| Fact::new(Kind::View, format!("public.{name}")).with("definition", "SELECT 1");
        check_hints(&[view("v")], &[view("w")], &[("public.v", "public.w")]);
    }

    #[test]
    fn a_number_tells_a_rename_from_a_new_column() {
        check(&[("a", 1), ("b", 2)], &[("a", 1), ("c", 2)], &["ALTER TABLE public.\"订单\" RENAME COLUMN b TO c"]);
        check(&[("a", 1), ("b", 2)], &[("a", 1), ("c", 3)], &[]);
        check(&[("a", 1), ("b", 2)], &[("a", 2), ("b", 1)], &[]);
    }
}
