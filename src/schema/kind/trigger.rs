//! A trigger that the user made; not those that a constraint makes, nor a partition's copies of its parent's.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::{Fact, FactId};
use crate::schema::ddl::{Alter, Ddl, Fate, Side, Statement, World, name};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("enabled"), hashed("parent"), hashed("extensions")];

pub(super) const SPEC: Spec = Spec { word: "trigger", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 70,
    mentionable: false,
    address: |id, _| format!("TRIGGER {} ON {}", name::last(&id.name), name::owner(&id.name)),
    parent: |fact, side| {
        let owner = name::owner(&fact.id.name);
        side.find(Kind::Table, &owner).or_else(|| side.find(Kind::View, &owner)).map(|fact| fact.id.clone())
    },
    uses: |fact, side| {
        let parent = fact.text("parent").and_then(|parent| parent_trigger(fact, parent, side));
        parent.map(|parent| parent.id.clone()).into_iter().chain(super::extension::needed(fact)).collect()
    },
    create: |fact, world| {
        let mut statements = Vec::new();
        if fact.text("parent").is_none() {
            statements.push(create(fact));
        }
        if fact.text("enabled").is_some() || fact.text("parent").is_some() {
            statements.extend(set_with_copies(fact, fact, world));
        }
        statements.extend(super::extension::ties(&world.to.address(&fact.id), None, fact));
        statements
    },
    drop: |fact, world| {
        if let Some(parent) = fact.text("parent") {
            let goes = parent_trigger(fact, parent, &world.from).is_some_and(|parent| world.fate(&parent.id).goes());
            // A partition that is let go of loses its copy.
            let above = parent_trigger(fact, parent, &world.to).filter(|_| !goes);
            return above.map(|above| set_with_copies(fact, above, world)).unwrap_or_default();
        }
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id)))]
    },
    alter: |from, to, world| {
        if from.differs(to, "definition") || from.differs(to, "parent") {
            return Alter::Recreate;
        }
        let ties = super::extension::ties(&world.to.address(&to.id), Some(from), to);
        if !from.differs(to, "enabled") {
            return Alter::InPlace(ties);
        }
        Alter::InPlace(set_with_copies(to, to, world).into_iter().chain(ties).collect())
    },
    ..Ddl::NONE
};

/// The partitioned table's trigger of which this is a partition's copy: the next above that is told, since copies between them that
/// fire as it does are not.
fn parent_trigger<'a>(fact: &Fact, parent: &str, side: &Side<'a>) -> Option<&'a Fact> {
    let mut table = super::table::table_of(&fact.id.name, side)?;
    loop {
        table = side.find(Kind::Table, table.text("partition_of")?)?;
        if let Some(found) = side.find(Kind::Trigger, &format!("{}.{parent}", name::sql_name(&table.id.name))) {
            return Some(found);
        }
    }
}

/// What a partition's copy of a trigger was copied from, by the copy's name.
pub(super) fn origin(copy: &FactId, side: &Side<'_>) -> Option<FactId> {
    let (parts, _) = name::parts(&copy.name);
    let blank = Fact { id: copy.clone(), attributes: crate::schema::Attributes::new() };
    parent_trigger(&blank, &name::ident(parts.last()?), side).map(|origin| origin.id.clone())
}

/// Whether this is a partition's copy of a trigger, at any remove, that fires in another way than what it was copied from.
fn is_copy(fact: &Fact, origin: &Fact, side: &Side<'_>) -> bool {
    let parent = fact.text("parent").filter(|_| fact.id.kind == Kind::Trigger);
    let above = parent.and_then(|parent| parent_trigger(fact, parent, side));
    above.is_some_and(|above| above.id == origin.id || is_copy(above, origin, side))
}

/// A trigger fires as this one says. That of a partitioned table takes its copies along: those that fire otherwise, and go on to, are told
/// so again.
fn set_with_copies(fact: &Fact, like: &Fact, world: &World<'_>) -> Vec<Statement> {
    let below = |copy: &&Fact| [&world.from, &world.to].iter().any(|side| is_copy(copy, fact, side));
    let kept = |copy: &&Fact| world.fate(&copy.id) == Fate::Kept;
    let mut copies: Vec<&Fact> = world.to.model.facts().filter(|fact| fact.id.kind == Kind::Trigger).filter(kept).filter(below).collect();
    copies.sort_by_key(|copy| depth(copy, &world.to));
    let copies = copies.into_iter().map(|copy| set_firing(copy, copy, &world.to));
    [set_firing(fact, like, &world.to)].into_iter().chain(copies).collect()
}

/// How many tables stand above a trigger's.
fn depth(fact: &Fact, side: &Side<'_>) -> usize {
    let table = super::table::table_of(&fact.id.name, side);
    std::iter::successors(table, |table| side.root_of(&table.id)).count()
}

fn set_firing(fact: &Fact, like: &Fact, side: &Side<'_>) -> Statement {
    let owner = name::owner(&fact.id.name);
    let has_copies = super::table::table_of(&fact.id.name, side).is_some_and(|table| table.text("partition_key").is_some());
    let only = if side.find(Kind::View, &owner).is_some() || has_copies { "" } else { "ONLY " };
    format!("ALTER TABLE {only}{owner} {} TRIGGER {}", firing(like), name::last(&fact.id.name)).into()
}

/// When triggers, event triggers and rules fire, as ALTER says it.
pub(super) fn firing(fact: &Fact) -> &'static str {
    match fact.text("enabled") {
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        _ => "ENABLE",
    }
}

/// The definition is kept without names: the trigger's stands first, the table's behind the events.
fn create(fact: &Fact) -> Statement {
    let definition = fact.text("definition").unwrap_or_default();
    let (constraint, rest) = match definition.strip_prefix("CONSTRAINT ") {
        Some(rest) => ("CONSTRAINT ", rest),
        None => ("", definition),
    };
    let ends = ["FROM", "REFERENCING", "NOT", "DEFERRABLE", "INITIALLY", "FOR"].iter().filter_map(|word| name::top_level_word(rest, word));
    let end = ends.min().unwrap_or(rest.len());
    let (events, tail) = (rest[..end].trim_end(), &rest[end..]);
    let (name, table) = (name::last(&fact.id.name), name::owner(&fact.id.name));
    format!("CREATE {constraint}TRIGGER {name} {events} ON {table} {tail}").into()
}
