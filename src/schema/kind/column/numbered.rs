//! A new column that tells rows apart and has no default: each row that is there gets a value of its own.
//!
//! Start at [`numbered`]. What could go wrong: an UPDATE would fire triggers, and is refused where a table is published without a
//! replica identity, so the values come from a default that goes again.

use super::super::{constraint, table};
use super::defined;
use crate::schema::ddl::{Hazard, Statement, World, name};
use crate::schema::{Fact, Kind};

/// Makes the column with values that differ from row to row; `None`: nothing asks for that, or its type has none.
pub(super) fn numbered(fact: &Fact, world: &World<'_>) -> Option<Vec<Statement>> {
    if !tells_rows_apart(fact, world) {
        return None;
    }
    let sequence = meanwhile(fact);
    let next = format!("nextval({}::regclass)", name::literal(&sequence));
    let plain = fact.text("type")?.split('(').next().unwrap_or_default().trim();
    let (value, counts) = match plain {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => (next, true),
        "text" | "character varying" | "character" => (format!("{next}::text"), true),
        "uuid" => ("gen_random_uuid()".to_owned(), false),
        _ => return None,
    };
    let alter = table::alter_all(&fact.id.name, &world.to);
    let add = Statement::new(format!("{alter} ADD COLUMN {}", defined(fact, Some(&value), world)));
    let mut statements = vec![
        add.costs(Hazard::Rewrite).note("rows that are there already get a value each, for want of a default"),
        format!("{alter} ALTER COLUMN {} DROP DEFAULT", name::last(&fact.id.name)).into(),
    ];
    if counts {
        statements.insert(0, format!("CREATE SEQUENCE {sequence}").into());
        statements.push(format!("DROP SEQUENCE {sequence}").into());
    }
    Some(statements)
}

/// The sequence from which rows that are there are numbered, while that goes on.
pub(super) fn meanwhile(fact: &Fact) -> String {
    let bare = name::aside(&name::bare(&fact.id.name));
    format!("{}.{}", name::ident(&name::schema_of(&fact.id.name)), name::ident(&bare))
}

/// Whether a key or a unique index is on it.
fn tells_rows_apart(fact: &Fact, world: &World<'_>) -> bool {
    let users = world.to.users(&fact.id).iter().filter_map(|user| world.to.model.fact(user));
    let mut unique = users.filter(|user| match user.id.kind {
        Kind::Constraint => constraint::is_unique(user),
        Kind::Index => user.flag("unique"),
        _ => false,
    });
    unique.next().is_some()
}
