//! An enum type: its labels in their order.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::{Fact, FactId};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Statement, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("labels")];

pub(super) const SPEC: Spec = Spec { word: "enum", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 10,
    is_type: true,
    address: |id, _| format!("TYPE {}", name::sql_name(&id.name)),
    claims: |fact, _| Some(fact.id.name.clone()),
    texts: |fact| crate::schema::ddl::Texts::none(fact),
    create: |fact, _| {
        let labels: Vec<String> = fact.list("labels").iter().map(|label| name::literal(label)).collect();
        vec![format!("CREATE TYPE {} AS ENUM ({})", name::sql_name(&fact.id.name), labels.join(", ")).into()]
    },
    drop: |fact, world| {
        let after = world.to.model.fact(&fact.id).map(|after| after.list("labels"));
        let lacks = after.is_some_and(|after| fact.list("labels").iter().any(|label| !after.contains(label)));
        let statements = super::domain::drop_or_move_aside("TYPE", fact, world);
        statements.into_iter().map(|statement| statement.costs_if(lacks, Hazard::BreaksClients)).collect()
    },
    discard: |fact, world| super::domain::discard("TYPE", fact, world),
    alter,
    ..Ddl::NONE
};

/// Labels that are only added are added. PostgreSQL forbids to use a label in the transaction that added it: where the script does,
/// adding it comes first, in a transaction of its own. When labels vanish or move, the type is made anew.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let (old, new) = (from.list("labels"), to.list("labels"));
    let kept: Vec<&String> = new.iter().filter(|label| old.contains(label)).collect();
    if !kept.iter().copied().eq(old.iter()) {
        return Alter::Recreate;
    }
    let type_name = name::sql_name(&to.id.name);
    let added = || new.iter().filter(|label| !old.contains(label));
    // All go first where one must: each is put beside those before it.
    let used = is_new_to_a_column(to, world) || added().any(|label| is_used(to, label, world));
    let mut statements = Vec::new();
    let mut present: Vec<&String> = old.iter().collect();
    for label in added() {
        let at = new.iter().position(|other| other == label).unwrap_or(0);
        let place = match new.get(at + 1..).and_then(|rest| rest.iter().find(|next| present.contains(next))) {
            Some(next) => format!(" BEFORE {}", name::literal(next)),
            None => String::new(),
        };
        let add = Statement::new(format!("ALTER TYPE {type_name} ADD VALUE {}{place}", name::literal(label)));
        statements.push(if used { add.outside() } else { add });
        present.push(label);
    }
    Alter::InPlace(statements)
}

/// Whether a column of another type goes over to this one: its values may be any label.
fn is_new_to_a_column(to: &Fact, world: &World<'_>) -> bool {
    let was_other = |id: &FactId| {
        let before = world.from.model.fact(id);
        id.kind == Kind::Column && before.is_some() && !world.from.uses(id).contains(&to.id)
    };
    let holders = world.to.holders(&to.id);
    holders.iter().any(was_other)
}

/// Whether something that is made or changed now says this label where PostgreSQL reads it: in an expression, a bound, a body
/// that is compiled; in a function's text only where something that is made now calls the function.
fn is_used(to: &Fact, label: &str, world: &World<'_>) -> bool {
    let fact = |id: &FactId| world.to.model.fact(id).filter(|_| world.fate(id) != Fate::Kept);
    let reads = |id: &FactId| fact(id).is_some_and(|fact| read_texts(fact).iter().any(|text| says_label(text, label)));
    let says = |id: &FactId| {
        world.to.model.fact(id).and_then(|fact| fact.text("source")).is_some_and(|text| says_label(text, label))
    };
    let calls = |id: &FactId| world.to.users(id).iter().any(|user| user.kind != Kind::Comment && fact(user).is_some());
    let mut users: Vec<FactId> = world.to.holders(&to.id).into_iter().collect();
    let further: Vec<FactId> = users.iter().flat_map(|user| world.to.users(user).iter().cloned()).collect();
    let partitions = users.iter().filter_map(|user| world.to.parent(user).cloned());
    let partitions: Vec<FactId> = partitions.filter(|id| id.kind == Kind::Table).collect();
    users.extend(further);
    users.extend(partitions);
    users.iter().any(|id| reads(id) || id.kind == Kind::Function && says(id) && calls(id))
}

/// Whether a text says this label in a literal, be it alone or in one of an array, a row or a range; or is such a literal's bare text.
fn says_label(text: &str, label: &str) -> bool {
    let label = label.replace('\'', "''");
    let around = |sign: Option<char>, signs: &str| sign.is_none_or(|sign| signs.contains(sign));
    text.match_indices(&label).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + label.len()..]);
        let quotes = before.matches('\'').count();
        let inside = quotes % 2 == 1 || quotes == 0 && text.starts_with('{');
        inside && around(before.chars().next_back(), "'{,(\"[ ") && around(after.chars().next(), "'},)\"] ")
    })
}

fn read_texts(fact: &Fact) -> Vec<String> {
    let texts = fact.attributes.iter().filter(|(name, _)| !(fact.id.kind == Kind::Function && **name == "source"));
    // A state to begin with stands there without quotes.
    let text = |attribute: &str, value: String| if attribute == "initcond" { name::literal(&value) } else { value };
    texts.map(|(attribute, value)| text(attribute, value.to_string())).collect()
}
