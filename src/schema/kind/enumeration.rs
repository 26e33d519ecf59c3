//! An enum type: its labels in their order.

use super::{Attribute, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Fate, Statement, World, name};

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
    drop: |fact, world| super::domain::drop_or_move_aside("TYPE", fact, world),
    discard: |fact, world| super::domain::discard("TYPE", fact, world),
    alter,
    ..Ddl::NONE
};

/// Labels that are only added are added, unless something made in the same transaction already says one: PostgreSQL forbids to
/// use a label in the transaction that added it. Then, and when labels vanish or move, the type is made anew.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let (old, new) = (from.list("labels"), to.list("labels"));
    let kept: Vec<&String> = new.iter().filter(|label| old.contains(label)).collect();
    let only_added = kept.iter().copied().eq(old.iter());
    let added: Vec<&String> = new.iter().filter(|label| !old.contains(label)).collect();
    if !only_added || added.iter().any(|label| is_said(to, label, world)) {
        return Alter::Recreate;
    }
    let type_name = name::sql_name(&to.id.name);
    let mut statements = Vec::new();
    let mut present: Vec<&String> = old.iter().collect();
    for label in added {
        let at = new.iter().position(|other| other == label).unwrap_or(0);
        let place = match new.get(at + 1..).and_then(|rest| rest.iter().find(|next| present.contains(next))) {
            Some(next) => format!(" BEFORE {}", name::literal(next)),
            None => String::new(),
        };
        statements.push(Statement::new(format!("ALTER TYPE {type_name} ADD VALUE {}{place}", name::literal(label))));
        present.push(label);
    }
    Alter::InPlace(statements)
}

/// Whether something that is made or changed now says this label.
fn is_said(to: &Fact, label: &str, world: &World<'_>) -> bool {
    let said = name::literal(label);
    let says = |id: &crate::schema::FactId| {
        world.fate(id) != Fate::Kept
            && world.to.model.fact(id).is_some_and(|fact| {
                fact.attributes.values().any(|value| value.to_string().contains(&said))
            })
    };
    let mut users: Vec<_> = world.to.users(&to.id).iter().cloned().collect();
    let further: Vec<_> = users.iter().flat_map(|user| world.to.users(user).iter().cloned()).collect();
    users.extend(further);
    users.iter().any(says)
}
