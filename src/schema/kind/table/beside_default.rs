//! A partition that comes beside a DEFAULT partition takes the rows from it that belong to it: PostgreSQL refuses it as long as
//! they are there.
//!
//! Start at [`rows_taken`] and [`gives_rows_by_copy`]. Where the rows can simply be deleted in one place and put into the other,
//! they are; where something would notice (foreign keys, triggers, publications, policies), the DEFAULT partition is made again
//! and its rows find their places from the root. What could go wrong: a bound over an operator class of the user's own, whose
//! order nobody knows here, which is why those are copied, too.

use super::{bound, name};
use crate::schema::ddl::{Hazard, Side, Statement, World};
use crate::schema::{Fact, FactId, Kind};

/// The partitions of TO that come to the place of this DEFAULT partition, which stays, and may take rows from it.
fn takers<'a>(default: &Fact, world: &World<'a>) -> Vec<&'a Fact> {
    let Some((before, after)) = world.both(&default.id) else { return Vec::new() };
    let is_default = |fact: &Fact| fact.text("partition_bound") == Some("DEFAULT");
    let root = after.text("partition_of").and_then(|root| world.to.find(Kind::Table, root));
    let stays = root.is_some_and(|root| world.both(&root.id).is_some_and(|(old, new)| !old.differs(new, "partition_key")));
    if !stays || !is_default(before) || !is_default(after) || before.differs(after, "partition_of") {
        return Vec::new();
    }
    let siblings = |side: &Side<'a>| -> Vec<&'a Fact> {
        side.siblings(&default.id).iter().filter(|id| **id != default.id).filter_map(|id| side.model.fact(id)).collect()
    };
    let had = siblings(&world.from);
    let fresh = |fact: &&Fact| {
        let bound = fact.text("partition_bound").unwrap_or_default();
        !had.iter().any(|old| bound::covers(old.text("partition_bound").unwrap_or_default(), bound))
    };
    siblings(&world.to).into_iter().filter(fresh).collect()
}

/// Whether rows leave a DEFAULT partition by way of its being made again.
pub(in crate::schema) fn gives_rows_by_copy(default: &Fact, world: &World<'_>) -> bool {
    default.text("partition_bound") == Some("DEFAULT") && takers(default, world).iter().any(|taker| moved(default, taker, world).is_none())
}

/// Whether a DEFAULT partition is made again for the sake of its neighbours: its rows go in from the root.
pub(super) fn is_copied_for_others(default: &Fact, world: &World<'_>) -> bool {
    world.is_rebuilt(&default.id) && !takers(default, world).is_empty()
}

/// What brings rows from the DEFAULT partition that stays into a partition that is about to be attached beside it.
pub(super) fn rows_taken(taker: &Fact, world: &World<'_>) -> Option<Statement> {
    let default = world.to.siblings(&taker.id).into_iter().filter_map(|id| world.to.model.fact(&id));
    let mut default = default.filter(|fact| fact.text("partition_bound") == Some("DEFAULT"));
    let default = default.find(|default| default.id != taker.id && !world.fate(&default.id).comes())?;
    let takes = takers(default, world).iter().any(|fact| fact.id == taker.id);
    moved(default, taker, world).filter(|_| takes)
}

/// The statement that moves them, where nothing notices.
fn moved(default: &Fact, taker: &Fact, world: &World<'_>) -> Option<Statement> {
    let root = world.to.find(Kind::Table, taker.text("partition_of")?)?;
    let condition = bound::condition(root.text("partition_key")?, taker.text("partition_bound")?)?;
    let tables = [root, default, taker];
    let noticed = tables.iter().any(|table| [&world.from, &world.to].iter().any(|side| is_noticed(&table.id, side)));
    let published = [&world.from, &world.to].iter().any(|side| side.model.facts().any(|fact| fact.id.kind == Kind::Publication));
    let changes = tables.iter().filter(|table| table.id != taker.id).any(|table| columns_change(&table.id, world));
    let whole = [default, taker].iter().all(|table| table.text("partition_key").is_none());
    let plain = whole && tables.iter().all(|table| table.text("foreign_server").is_none());
    if noticed || published || changes || !plain || world.both(&taker.id).is_some() {
        return None;
    }
    let stored = world.to.children_of(&default.id, Kind::Column).filter(|column| column.text("generated").is_none());
    let columns: Vec<String> = stored.map(|column| name::last(&column.id.name)).collect();
    let columns = columns.join(", ");
    let (default, taker) = (name::sql_name(&default.id.name), name::sql_name(&taker.id.name));
    let sql = format!(
        "WITH moved AS (DELETE FROM {default} WHERE {condition} RETURNING {columns})\nINSERT INTO {taker} ({columns}) SELECT {columns} FROM moved"
    );
    Some(Statement::new(sql).costs(Hazard::LongLock).note("rows that belong here leave the DEFAULT partition"))
}

/// Whether something acts, or forbids, when rows of a table are deleted or inserted.
fn is_noticed(id: &FactId, side: &Side<'_>) -> bool {
    let of_table = side.children(id).iter().any(|child| matches!(child.kind, Kind::Trigger | Kind::Rule));
    let refers = |user: &FactId| user.kind == Kind::Constraint && side.parent(user) != Some(id);
    let identity = side.children_of(id, Kind::Column).any(|column| column.text("identity").is_some());
    let forced = side.model.fact(id).is_some_and(|fact| fact.flag("row_security"));
    of_table || identity || forced || side.users(id).iter().any(refers)
}

fn columns_change(id: &FactId, world: &World<'_>) -> bool {
    let children = world.from.children(id).iter().chain(world.to.children(id));
    children.filter(|child| child.kind == Kind::Column).any(|child| {
        let both = world.both(child);
        both.is_none_or(|(before, after)| before.differs(after, "type") || before.differs(after, "generated"))
    })
}
