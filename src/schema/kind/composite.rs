//! A free-standing composite type: its attributes as name, type and collation, in order.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Hazard, Statement, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("attributes")];

pub(super) const SPEC: Spec = Spec { word: "composite", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 14,
    is_type: true,
    address: |id, _| format!("TYPE {}", name::sql_name(&id.name)),
    claims: |fact, _| Some(fact.id.name.clone()),
    create: |fact, _| {
        let attributes = fact.list("attributes").iter().map(|text| attribute(text)).collect::<Vec<_>>();
        vec![format!("CREATE TYPE {} AS ({})", name::sql_name(&fact.id.name), attributes.join(", ")).into()]
    },
    drop: |fact, world| super::domain::drop_or_move_aside("TYPE", fact, world),
    discard: |fact, world| super::domain::discard("TYPE", fact, world),
    alter,
    ..Ddl::NONE
};

fn attribute(text: &str) -> String {
    name::leading_name(text).map_or(text.to_owned(), |(name, rest)| format!("{} {rest}", name::ident(&name)))
}

/// The attributes' names, unquoted.
pub(super) fn attribute_names(fact: &Fact) -> Vec<String> {
    fact.list("attributes").iter().filter_map(|text| Some(name::leading_name(text)?.0)).collect()
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
        statements.push(step(format!("DROP ATTRIBUTE {}", name::ident(name))).costs(Hazard::DataLoss).costs(Hazard::BreaksClients));
    }
    for name in retyped {
        statements.push(step(format!("ALTER ATTRIBUTE {} TYPE {}", name::ident(name), of(to, name).unwrap_or_default())));
    }
    for name in new.iter().filter(|name| !old.contains(name)) {
        statements.push(step(format!("ADD ATTRIBUTE {} {}", name::ident(name), of(to, name).unwrap_or_default())));
    }
    Alter::InPlace(statements)
}
