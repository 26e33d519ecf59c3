//! The default of a column (of a table or a view) or of a domain.

use super::{Attribute, Kind, Spec, expression};
use crate::schema::ddl::{Alter, Ddl, Fate, Reaction, Shake, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[expression("expression")];

pub(super) const SPEC: Spec = Spec { word: "default", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 35,
    mentionable: false,
    texts: |fact| Texts::names_only(fact),
    parent: |fact, side| parent(&fact.id, side),
    with_parent: is_inline,
    create: |fact, world| set(fact, &world.to, Some(fact.text("expression").unwrap_or("NULL"))),
    drop: |fact, world| {
        // What takes its place on the column drops it itself.
        match world.to.model.fact(&FactId::new(Kind::Column, fact.id.name.clone())) {
            Some(column) if column.text("generated").is_some() => Vec::new(),
            _ => set(fact, &world.from, None),
        }
    },
    alter: |_, to, world| Alter::InPlace(set(to, &world.to, to.text("expression"))),
    react: |fact, used, shake, world| match shake {
        Shake::Dropped if world.fate(&fact.id) != Fate::Kept => Reaction::Stays,
        _ if used.kind == Kind::Schema => Reaction::Stays,
        _ => Reaction::Recreated,
    },
    ..Ddl::NONE
};

fn parent(id: &FactId, side: &Side<'_>) -> Option<FactId> {
    [Kind::Column, Kind::Domain].into_iter().map(|kind| FactId::new(kind, id.name.clone())).find(|id| side.model.fact(id).is_some()).or_else(
        || side.called(&name::owner(&id.name)).iter().find(|id| id.kind == Kind::View).cloned(),
    )
}

/// Within CREATE TABLE and CREATE DOMAIN where it uses nothing of the user's; always within ADD COLUMN, which fills the rows.
fn is_inline(fact: &Fact, world: &World<'_>) -> bool {
    let Some(parent) = world.to.parent(&fact.id) else { return false };
    let plain = world.to.uses(&fact.id).iter().all(|used| used == parent || used.kind == Kind::Schema);
    match parent.kind {
        Kind::View => false,
        Kind::Column => super::column::is_written(parent, world) && (plain || super::column::is_added(parent, world)),
        _ => plain,
    }
}

/// The default that a column's own definition shall carry.
pub(super) fn inline<'a>(column: &FactId, world: &World<'a>) -> Option<&'a str> {
    let default = world.to.model.fact(&FactId::new(Kind::Default, column.name.clone()))?;
    if is_inline(default, world) { default.text("expression") } else { None }
}

fn set(fact: &Fact, side: &Side<'_>, expression: Option<&str>) -> Vec<Statement> {
    let what = expression.map_or("DROP DEFAULT".to_owned(), |expression| format!("SET DEFAULT {expression}"));
    let Some(parent) = parent(&fact.id, side) else { return Vec::new() };
    let sql = match parent.kind {
        Kind::Domain => format!("ALTER DOMAIN {} {what}", name::sql_name(&parent.name)),
        Kind::View => format!("ALTER VIEW {} ALTER COLUMN {} {what}", name::sql_name(&parent.name), name::last(&fact.id.name)),
        _ => super::table::alter_column(&fact.id.name, side, &what),
    };
    vec![sql.into()]
}
