//! A free-standing composite type: its attributes as name, type and collation, in order.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::{Fact, FactId};
use crate::schema::ddl::{Alter, Ddl, Hazard, Statement, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("attributes")];

pub(super) const SPEC: Spec = Spec { word: "composite", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 14,
    is_type: true,
    address: |id, _| format!("TYPE {}", name::sql_name(&id.name)),
    claims: |fact, _| Some(fact.id.name.clone()),
    create: |fact, world| {
        let later = later(fact, world);
        let attributes = fact.list("attributes").iter().filter(|text| !later.contains(text));
        let attributes = attributes.map(|text| attribute(text)).collect::<Vec<_>>();
        vec![format!("CREATE TYPE {} AS ({})", name::sql_name(&fact.id.name), attributes.join(", ")).into()]
    },
    drop: |fact, world| {
        let mut statements = Vec::new();
        if let Some((before, after)) = grows(&fact.id, world) {
            let kept = attribute_names(after);
            statements.extend(attribute_names(before).iter().filter(|name| !kept.contains(name)).map(|name| drop_attribute(fact, name)));
        }
        statements.extend(super::domain::drop_or_move_aside("TYPE", fact, world));
        statements
    },
    fill: |fact, world| later(fact, world).into_iter().map(|text| add_attribute(fact, &attribute(text))).collect(),
    discard: |fact, world| super::domain::discard("TYPE", fact, world),
    alter,
    ..Ddl::NONE
};

fn attribute(text: &str) -> String {
    name::leading_name(text).map_or(text.to_owned(), |(name, rest)| format!("{} {rest}", name::ident(&name)))
}

/// An attribute's type as it is printed.
pub(in crate::schema) fn attribute_type(fact: &Fact, attribute: &str) -> Option<String> {
    let mut texts = fact.list("attributes").iter().filter_map(|text| name::leading_name(text));
    let (_, rest) = texts.find(|(name, _)| name == attribute)?;
    Some(rest.split(" COLLATE ").next().unwrap_or_default().trim().to_owned())
}

/// The attributes' names, unquoted.
pub(in crate::schema) fn attribute_names(fact: &Fact) -> Vec<String> {
    fact.list("attributes").iter().filter_map(|text| Some(name::leading_name(text)?.0)).collect()
}

fn add_attribute(fact: &Fact, attribute: &str) -> Statement {
    format!("ALTER TYPE {} ADD ATTRIBUTE {attribute} CASCADE", name::sql_name(&fact.id.name)).into()
}

fn drop_attribute(fact: &Fact, attribute: &str) -> Statement {
    let sql = format!("ALTER TYPE {} DROP ATTRIBUTE {} CASCADE", name::sql_name(&fact.id.name), name::ident(attribute));
    Statement::new(sql).costs(Hazard::DataLoss).costs(Hazard::BreaksClients)
}

/// A type before and after, where what both have stands in the same order and what is new behind it: then values can go over by
/// way of their text, what is gone dropped before and what is new added after. Tables of the type would follow each step.
pub(super) fn grows<'a>(id: &FactId, world: &World<'a>) -> Option<(&'a Fact, &'a Fact)> {
    let (before, after) = world.both(id).filter(|_| world.is_replaced(id))?;
    let (old, new) = (attribute_names(before), attribute_names(after));
    let kept: Vec<&String> = old.iter().filter(|name| new.contains(name)).collect();
    let alike = !kept.is_empty() && new.iter().take(kept.len()).eq(kept.iter().copied());
    let of_it = |user: &FactId| {
        let of_type = world.from.model.fact(user).filter(|fact| fact.id.kind == Kind::Table).and_then(|table| table.text("of_type"));
        of_type.is_some_and(|name| world.from.find(Kind::Composite, name).is_some_and(|of| of.id == *id))
    };
    (alike && !world.from.users(id).iter().any(of_it)).then_some((before, after))
}

/// A type before and after, where values that went over by way of their text would come into other attributes.
pub(in crate::schema) fn moves<'a>(id: &FactId, world: &World<'a>) -> Option<(&'a Fact, &'a Fact)> {
    let (before, after) = world.both(id).filter(|_| id.kind == Kind::Composite && world.is_replaced(id))?;
    let moves = attribute_names(before) != attribute_names(after) && grows(id, world).is_none();
    moves.then_some((before, after))
}

/// Whether that is so for it, or for a type inside of it.
pub(in crate::schema) fn moves_inside(id: &FactId, world: &World<'_>) -> bool {
    let inside = |used: &&FactId| used.kind.spec().ddl.is_type && *used != id;
    moves(id, world).is_some() || world.to.uses(id).iter().filter(inside).any(|used| moves_inside(used, world))
}

/// The attributes that are added once the values have gone over.
fn later<'a>(fact: &'a Fact, world: &World<'_>) -> Vec<&'a String> {
    let Some((before, after)) = grows(&fact.id, world) else { return Vec::new() };
    let old = attribute_names(before);
    let kept = attribute_names(after).iter().filter(|name| old.contains(name)).count();
    fact.list("attributes").iter().skip(kept).collect()
}

/// Attributes are added at the end and dropped where they are; another order, or another type of an attribute while columns
/// hold such values, makes another type.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let (old, new) = (attribute_names(from), attribute_names(to));
    let reached: Vec<&String> = old.iter().filter(|name| new.contains(name)).collect();
    let in_order = new.iter().take(reached.len()).eq(reached.iter().copied());
    let of = |fact: &Fact, name: &String| {
        let texts = fact.list("attributes").iter();
        texts.filter_map(|text| name::leading_name(text)).find(|(n, _)| n == name).map(|(_, rest)| rest.to_owned())
    };
    let retyped: Vec<&String> = reached.iter().copied().filter(|name| of(from, name) != of(to, name)).collect();
    let held = world.from.users(&from.id).iter().any(|user| matches!(user.kind, Kind::Column | Kind::Domain | Kind::Composite));
    let nothing_left = reached.is_empty();
    if !in_order || nothing_left || held && !retyped.is_empty() {
        return Alter::Recreate;
    }
    let type_name = name::sql_name(&to.id.name);
    let step = |what: String| Statement::new(format!("ALTER TYPE {type_name} {what} CASCADE"));
    let mut statements = Vec::new();
    for name in old.iter().filter(|name| !new.contains(name)) {
        statements.push(drop_attribute(to, name));
    }
    // What reads an attribute holds on to its type.
    let shakes = !retyped.is_empty();
    for name in retyped {
        statements.push(step(format!("ALTER ATTRIBUTE {} TYPE {}", name::ident(name), of(to, name).unwrap_or_default())));
    }
    for name in new.iter().filter(|name| !old.contains(name)) {
        statements.push(step(format!("ADD ATTRIBUTE {} {}", name::ident(name), of(to, name).unwrap_or_default())));
    }
    if shakes { Alter::Shaking(statements) } else { Alter::InPlace(statements) }
}
