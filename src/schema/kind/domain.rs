//! A domain: its base type; its checks are constraints, its default a default.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Hazard, Side, Statement, World, name};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("not_null"), hashed("collation")];

pub(super) const SPEC: Spec = Spec { word: "domain", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 12,
    is_type: true,
    claims: |fact, _| Some(fact.id.name.clone()),
    create: |fact, world| {
        let mut sql = format!("CREATE DOMAIN {} AS {}", name::sql_name(&fact.id.name), fact.text("type").unwrap_or("text"));
        if let Some(collation) = fact.text("collation") {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = super::default::inline(&fact.id, world) {
            sql.push_str(&format!(" DEFAULT {default}"));
        }
        if fact.flag("not_null") {
            sql.push_str(" NOT NULL");
        }
        vec![sql.into()]
    },
    drop: |fact, world| drop_or_move_aside("DOMAIN", fact, world),
    discard: |fact, world| discard("DOMAIN", fact, world),
    alter,
    ..Ddl::NONE
};

/// Whether a range, an array or a row of it is stored: then it takes no more checks.
pub(in crate::schema) fn is_inside_others(id: &FactId, side: &Side<'_>) -> bool {
    let called = name::sql_name(&id.name);
    let is_array = |of: &Fact| of.text("type").is_some_and(|of| of.ends_with("[]") && of.contains(&called));
    let column = |id: &FactId| side.model.fact(id).filter(|_| id.kind == Kind::Column);
    let holds_rows_with = |user: &FactId, inner: &FactId| column(user).is_some_and(|user| super::columns_held(user, side).contains(inner));
    let is_stored = |user: &FactId| side.holders(user).iter().any(|holder| holder.kind == Kind::Column);
    side.users(id).iter().any(|user| match user.kind {
        Kind::Column => column(user).is_some_and(is_array) || side.users(user).iter().any(|other| holds_rows_with(other, user)),
        Kind::Domain if side.model.fact(user).is_some_and(is_array) => is_stored(user),
        Kind::Domain => is_inside_others(user, side),
        Kind::Range | Kind::Composite => is_stored(user),
        _ => false,
    })
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let forbidden = to.flag("not_null") && !from.flag("not_null") && is_inside_others(&to.id, &world.from);
    if from.differs(to, "type") || from.differs(to, "collation") || forbidden {
        return Alter::Recreate;
    }
    let verb = if to.flag("not_null") { "SET" } else { "DROP" };
    let alter = Statement::new(format!("ALTER DOMAIN {} {verb} NOT NULL", name::sql_name(&to.id.name)));
    // Every value of the domain is looked at.
    Alter::InPlace(vec![alter.costs_if(to.flag("not_null"), Hazard::LongLock)])
}

/// The name that a type bears while columns go over to the new one of its name.
pub(super) fn aside(fact: &Fact) -> (String, String) {
    let (parts, _) = name::parts(&fact.id.name);
    let old = name::aside(parts.last().map_or("", String::as_str));
    let schema = parts.first().map_or("", String::as_str);
    (name::ident(&old), format!("{}.{}", name::ident(schema), name::ident(&old)))
}

/// Drops a type; where columns still use it, it only makes room for the new one.
pub(super) fn drop_or_move_aside(word: &str, fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let type_name = name::sql_name(&fact.id.name);
    if world.is_replaced(&fact.id) {
        return vec![format!("ALTER {word} {type_name} RENAME TO {}", aside(fact).0).into()];
    }
    let gone = world.to.model.fact(&fact.id).is_none();
    vec![Statement::new(format!("DROP {word} {type_name}")).costs_if(gone, Hazard::BreaksClients)]
}

/// Drops a type that was moved aside.
pub(super) fn discard(word: &str, fact: &Fact, _: &World<'_>) -> Vec<Statement> {
    vec![format!("DROP {word} {}", aside(fact).1).into()]
}

