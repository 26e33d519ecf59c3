//! Rows of other relations inside of a column: as such, in an array, or inside of a domain, a range or a row of a composite type.
//!
//! PostgreSQL changes no relation of which rows are stored elsewhere, nor lets it go. While such a one changes or is made again, the column
//! is JSON, in which each value has its name. What could go wrong: what depends on the column must have gone before, what depends on the
//! relation must come after; `ddl::order` ties both. A JSON `null` inside of such a row comes back as no value.

use super::super::{Kind, table};
use super::led_by;
use crate::schema::ddl::{Fate, Hazard, Side, Statement, World, name};
use crate::schema::{Fact, FactId};

/// The relations of which values of a printed type hold rows, at any remove.
pub(in crate::schema) fn relations_inside(printed: &str, side: &Side<'_>) -> Vec<FactId> {
    let mut found: Vec<FactId> = Vec::new();
    let mut waiting = vec![printed];
    while let Some(text) = waiting.pop().filter(|text| text.contains('.')) {
        for id in side.mentioned(text) {
            match (id.kind, side.model.fact(&id)) {
                _ if found.contains(&id) => {}
                (Kind::Table | Kind::View | Kind::MaterializedView, _) => found.push(id),
                (Kind::Domain, Some(fact)) => waiting.extend(fact.text("type")),
                (Kind::Range, Some(fact)) => waiting.extend(fact.text("subtype")),
                (Kind::Composite, Some(fact)) => waiting.extend(fact.list("attributes").iter().map(String::as_str)),
                _ => {}
            }
        }
    }
    found
}

/// The relations of which a column holds rows; its own table's rows it may hold as they are.
pub(in crate::schema) fn relations_held(column: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let held = column.text("type").filter(|held| held.contains('.')).map(|held| relations_inside(held, side));
    let mut held = held.unwrap_or_default();
    if !held.is_empty() {
        let own = table::table_of(&column.id.name, side).map(|table| &table.id);
        held.retain(|relation| Some(relation) != own);
    }
    held
}

/// The columns of the tables of which it holds rows.
pub(in crate::schema) fn columns_held(column: &Fact, side: &Side<'_>) -> Vec<FactId> {
    side.columns_of(&relations_held(column, side))
}

/// Whether a column must hold something else while relations of which it holds rows change, go or come again.
pub(in crate::schema) fn is_loosened(id: &FactId, world: &World<'_>) -> bool {
    let Some((before, after)) = world.both(id).filter(|(a, b)| id.kind == Kind::Column && !a.differs(b, "type")) else {
        return false;
    };
    let held = relations_held(before, &world.from);
    if held.is_empty() {
        return false;
    }
    let had = columns_held(before, &world.from);
    let fresh = columns_held(after, &world.to).into_iter().filter(|column| !had.contains(column));
    held.iter().any(|relation| world.fate(relation).goes() || table::is_written_anew(relation, world))
        || had.iter().any(|column| matches!(world.fate(column), Fate::Shaken | Fate::Recreated))
        || fresh.into_iter().any(|column| has_values(&column, world))
}

/// Whether rows in a column may lose values with a relation that is no table and whose columns are made anew: no statement but the column's
/// own says so.
pub(super) fn lose_columns(column: &Fact, world: &World<'_>) -> bool {
    let lacks = |id: &FactId| match world.both(id) {
        Some((from, to)) => from.differs(to, "definition") || from.differs(to, "columns"),
        None => true,
    };
    relations_held(column, &world.from).iter().any(|id| id.kind != Kind::Table && world.fate(id).goes() && lacks(id))
}

/// Whether a new column has values in the rows that are there.
fn has_values(id: &FactId, world: &World<'_>) -> bool {
    let Some(fact) = world.to.model.fact(id).filter(|_| world.fate(id).comes()) else { return false };
    let default = world.to.model.fact(&FactId::new(Kind::Default, id.name.clone())).is_some();
    let of_domain = world.to.find(Kind::Domain, fact.text("type").unwrap_or_default()).is_some();
    default || of_domain || fact.flag("not_null") || fact.text("generated").is_some() || fact.text("identity").is_some()
}

/// Makes the rows in a column JSON; a parent's column takes those below along.
pub(in crate::schema) fn loosen(id: &FactId, world: &World<'_>) -> Vec<Statement> {
    let Some((before, after)) = world.both(id).filter(|(_, after)| led_by(after, &world.to, world).is_none()) else {
        return Vec::new();
    };
    let column = name::last(&id.name);
    let alter = format!("{} ALTER COLUMN {column} TYPE jsonb", table::alter_all(&id.name, &world.from));
    if table::table_of(&before.id.name, &world.from).is_some_and(table::is_foreign) || after.text("generated").is_some() {
        return vec![alter.into()];
    }
    let loosen = Statement::new(format!("{alter} USING to_jsonb({column})"));
    vec![loosen.costs(Hazard::Rewrite).costs(Hazard::LongLock).note("while the rows inside get another form")]
}
