//! The name of a column's or a domain's NOT NULL constraint, by column, where it is not the one that PostgreSQL makes of the names.
//!
//! Only 18 and later keep such names for all tables; with older majors these facts cannot be compared. That the column is NOT NULL
//! is the column's attribute.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Reaction, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId, Model};

const ATTRIBUTES: &[Attribute] = &[hashed("constraint")];

pub(super) const SPEC: Spec = Spec { word: "not_null", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 45,
    mentionable: false,
    address: |id, side| {
        let constraint = side.model.fact(id).and_then(|fact| fact.text("constraint")).map(str::to_owned);
        let (on, _) = place(id);
        let domain = if name::parts(&id.name).0.len() == 2 { "DOMAIN " } else { "" };
        format!("CONSTRAINT {} ON {domain}{on}", constraint.unwrap_or_else(|| generated(id)))
    },
    parent: |fact, side| place_of(&fact.id, side),
    texts: |fact| Texts::none(fact),
    create: |fact, _| rename(&fact.id, &generated(&fact.id), fact.text("constraint").unwrap_or_default()),
    drop: |fact, world| {
        let column = place_of(&fact.id, &world.to).and_then(|id| world.to.model.fact(&id));
        if column.is_some_and(|column| column.flag("not_null")) {
            rename(&fact.id, fact.text("constraint").unwrap_or_default(), &generated(&fact.id))
        } else {
            Vec::new()
        }
    },
    alter: |from, to, _: &World<'_>| {
        let name = |fact: &Fact| fact.text("constraint").unwrap_or_default().to_owned();
        Alter::InPlace(rename(&to.id, &name(from), &name(to)))
    },
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

/// The column or the domain that it is of.
pub(super) fn place_of(id: &FactId, side: &Side<'_>) -> Option<FactId> {
    let found = side.find(Kind::Column, &id.name).or_else(|| side.find(Kind::Domain, &id.name));
    found.map(|fact| fact.id.clone())
}

/// What a column's constraint is called while the column is altered: its own name is given after that.
pub(super) fn name_meanwhile(column: &FactId, world: &World<'_>) -> String {
    let id = FactId::new(Kind::NotNull, column.name.clone());
    let kept = world.both(&id).and_then(|(before, _)| before.text("constraint"));
    kept.map_or_else(|| generated(&id), str::to_owned)
}

/// What a table's constraints bear that it had from parents which it has left: their names (18), until it gets its own.
pub(super) fn renamed_apart(table: &Fact, world: &World<'_>) -> Vec<Statement> {
    let stays = |column: &FactId| world.both(column).is_some_and(|(_, to)| to.flag("not_null") && !world.fate(column).goes());
    let of_parent = |column: &Fact| {
        let tied = super::table::parents(table, &world.from).into_iter().filter(|parent| super::table::stays_tied(table, parent, world));
        let last = name::last(&column.id.name);
        let mut same = tied.filter_map(|parent| world.to.find(Kind::Column, &format!("{}.{last}", name::sql_name(&parent.id.name))));
        same.any(|column| column.flag("not_null"))
    };
    let columns = world.from.children_of(&table.id, Kind::Column).filter(|column| stays(&column.id) && !of_parent(column));
    let named = columns.filter_map(|column| {
        let (now, then) = (column.text("not_null_inherited")?, of_parent_of_partition(&column.id, world));
        let then = then.map_or_else(|| generated(&column.id), str::to_owned);
        (now != then).then(|| rename(&column.id, now, &then))
    });
    named.flatten().collect()
}

/// The constraints of a table that becomes a partition bear the names that its parent would have given them, where they shall.
pub(super) fn renamed_to_join(table: &Fact, world: &World<'_>) -> Vec<Statement> {
    let had_own = |id: &FactId| {
        let both = world.both(id).filter(|_| !world.fate(id).comes());
        both.is_some_and(|(from, to)| from.text("not_null_inherited").is_none() && to.flag("not_null"))
    };
    let columns = world.to.children_of(&table.id, Kind::Column).filter(|column| had_own(&column.id));
    let named = columns.filter_map(|column| {
        let (now, then) = (generated(&column.id), of_parent_of_partition(&column.id, world)?);
        (now != then).then(|| rename(&column.id, &now, then))
    });
    named.flatten().collect()
}

/// The name that a partition's column shall have its constraint by, where that is not the column's own.
fn of_parent_of_partition<'a>(column: &FactId, world: &World<'a>) -> Option<&'a str> {
    super::table::table_of(&column.name, &world.to)?.text("partition_of")?;
    world.to.model.fact(column)?.text("not_null_inherited")
}

/// The table or domain, and the last part of the name.
fn place(id: &FactId) -> (String, String) {
    let (parts, _) = name::parts(&id.name);
    let on = parts.get(..2).map(name::idents).unwrap_or_default();
    (on, parts.last().cloned().unwrap_or_default())
}

/// The name that PostgreSQL makes where none is given.
pub(super) fn generated(id: &FactId) -> String {
    let (parts, _) = name::parts(&id.name);
    name::ident(&joined(parts.get(1..).unwrap_or_default(), "not_null"))
}

/// The name of a new column's constraint, where its definition has to say it: a partition that was made as one bears the parent's, and is
/// made by itself here; or PostgreSQL would choose another than the usual one.
pub(super) fn name_said(column: &Fact, world: &World<'_>) -> Option<String> {
    let usual = || is_taken(&column.id, world).then(|| generated(&column.id));
    of_parent_of_partition(&column.id, world).map(str::to_owned).or_else(usual)
}

/// Whether the name that PostgreSQL would make of the names belongs to something that is there: it would make another.
fn is_taken(column: &FactId, world: &World<'_>) -> bool {
    let table = super::table::table_of(&column.name, &world.to);
    table.is_some_and(|table| world.is_rebuilt(&table.id)) || world.names_not_null(&name::schema_of(&column.name), &generated(column))
}

/// The names of constraints, each behind its schema's, that are not made of their tables' names.
pub(in crate::schema) fn names(model: &Model) -> impl Iterator<Item = String> {
    let of = |fact: &Fact| match fact.id.kind {
        Kind::NotNull => fact.text("constraint").map(str::to_owned),
        Kind::Column => fact.text("not_null_inherited").map(str::to_owned),
        _ => None,
    };
    model.facts().filter_map(move |fact| Some(format!("{}.{}", name::ident(&name::schema_of(&fact.id.name)), of(fact)?)))
}

/// Names and a label as PostgreSQL puts them together: the longer name is shortened until all fits into 63 bytes.
pub(super) fn joined(names: &[String], label: &str) -> String {
    let mut parts = names.to_vec();
    let size = |parts: &[String]| parts.iter().map(|part| part.len() + 1).sum::<usize>() + label.len();
    while size(&parts) > 63 {
        let longest = if parts.len() == 2 && parts[1].len() >= parts[0].len() { 1 } else { 0 };
        if parts.get_mut(longest).and_then(String::pop).is_none() {
            break;
        }
    }
    format!("{}_{label}", parts.join("_"))
}

fn rename(id: &FactId, from: &str, to: &str) -> Vec<Statement> {
    let (on, _) = place(id);
    let word = if name::parts(&id.name).0.len() == 2 { "DOMAIN" } else { "TABLE" };
    vec![format!("ALTER {word} {on} RENAME CONSTRAINT {from} TO {to}").into()]
}
