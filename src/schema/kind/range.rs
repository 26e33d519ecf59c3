//! A range type with its multirange type, whose name is absent where it is as PostgreSQL forms it (and before 14, which has none).

use super::{Attribute, Spec, hashed};
use crate::schema::Fact;
use crate::schema::Kind;
use crate::schema::ddl::{Alter, Ddl, Hazard, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("subtype"),
    hashed("opclass"),
    hashed("collation"),
    hashed("canonical"),
    hashed("subdiff"),
    hashed("multirange"),
];

pub(super) const SPEC: Spec = Spec { word: "range", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 16,
    address: |id, _| format!("TYPE {}", name::sql_name(&id.name)),
    claims: |fact, _| Some(fact.id.name.clone()),
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| vec![create(fact)],
    drop: |fact, world| {
        let gone = world.to.model.fact(&fact.id).is_none();
        vec![Statement::new(format!("DROP TYPE {}", name::sql_name(&fact.id.name))).costs_if(gone, Hazard::BreaksClients)]
    },
    alter,
    ..Ddl::NONE
};

/// Columns could only come over by way of text, and its functions' names would be taken twice meanwhile.
fn alter(_: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let held = |id: &crate::schema::FactId| matches!(id.kind, Kind::Column | Kind::Domain | Kind::Composite);
    let stays = |id: &crate::schema::FactId| world.to.model.fact(id).is_some();
    if world.from.users(&to.id).iter().any(|id| held(id) && stays(id)) {
        return Alter::Impossible("a range type cannot be changed while columns are of it".to_owned());
    }
    Alter::Recreate
}

fn create(fact: &Fact) -> Statement {
    let words = [
        ("subtype", "SUBTYPE"),
        ("opclass", "SUBTYPE_OPCLASS"),
        ("collation", "COLLATION"),
        ("canonical", "CANONICAL"),
        ("subdiff", "SUBTYPE_DIFF"),
        ("multirange", "MULTIRANGE_TYPE_NAME"),
    ];
    let parts = words.into_iter().filter_map(|(attribute, word)| Some(format!("{word} = {}", fact.text(attribute)?)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    Statement::new(format!("CREATE TYPE {} AS RANGE ({parts})", name::sql_name(&fact.id.name)))
}
