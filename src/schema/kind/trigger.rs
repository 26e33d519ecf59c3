//! A trigger that the user made; not those that a constraint makes, nor a partition's copies of its parent's.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::{Fact, FactId};
use crate::schema::ddl::{Alter, Ddl, Side, Statement, name};

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
        statements.extend(enable(fact, &world.to));
        statements.extend(super::extension::ties(&world.to.address(&fact.id), None, fact));
        statements
    },
    drop: |fact, world| {
        if let Some(parent) = fact.text("parent") {
            let goes = parent_trigger(fact, parent, &world.from).is_some_and(|parent| world.fate(&parent.id).goes());
            // A partition that is let go of loses its copy.
            if goes || parent_trigger(fact, parent, &world.to).is_none() {
                return Vec::new();
            }
            return vec![Statement::new(format!("{} ENABLE TRIGGER {}", alter_table(fact, &world.from), name::last(&fact.id.name)))];
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
        let copies = world.to.model.facts().filter(|copy| is_copy(copy, to, &world.to));
        let firing = [to].into_iter().chain(copies).map(|fact| set_firing(fact, &world.to));
        Alter::InPlace(firing.chain(ties).collect())
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

/// The trigger of a partitioned table is altered with its copies.
fn alter_table(fact: &Fact, side: &Side<'_>) -> String {
    let owner = name::owner(&fact.id.name);
    let whole = side.find(Kind::View, &owner).is_some()
        || fact.text("parent").is_none() && super::table::table_of(&fact.id.name, side).is_some_and(|table| table.text("partition_key").is_some());
    let only = if whole { "" } else { "ONLY " };
    format!("ALTER TABLE {only}{owner}")
}

/// A trigger that does not fire as triggers usually do.
fn enable(fact: &Fact, side: &Side<'_>) -> Vec<Statement> {
    match fact.text("enabled") {
        Some(_) => vec![set_firing(fact, side)],
        None => Vec::new(),
    }
}

fn set_firing(fact: &Fact, side: &Side<'_>) -> Statement {
    format!("{} {} TRIGGER {}", alter_table(fact, side), firing(fact), name::last(&fact.id.name)).into()
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
