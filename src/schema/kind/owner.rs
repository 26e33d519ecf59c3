//! Who owns an object; its name says which (`table public.orders`). A fact only where the scope asks for owners.

use super::{Attribute, Spec, hashed};
use super::comment::target;
use super::grant::back_to_default;
use crate::schema::{Fact, FactId, Kind};
use crate::schema::ddl::{Alter, Ddl, Fate, Reaction, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("owner")];

pub(super) const SPEC: Spec = Spec { word: "owner", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 85,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    parent: |fact, side| target(&fact.id, side),
    create: |fact, world| {
        let mut statements = given(fact, world);
        statements.extend(unwanted(fact, world));
        statements
    },
    alter: |_, to, world| Alter::InPlace(given(to, world)),
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

fn given(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let Some(target) = target(&fact.id, &world.to) else { return Vec::new() };
    let owner = name::ident(fact.text("owner").unwrap_or_default());
    vec![format!("ALTER {} OWNER TO {owner}", world.to.address(&target)).into()]
}

/// What default privileges that are in force meanwhile give to a new object, and TO does not.
fn unwanted(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let Some(target) = target(&fact.id, &world.to).filter(|target| world.fate(target).comes()) else { return Vec::new() };
    // A sequence that belongs to a column has no owner of its own.
    let columns = format!("{}.", name::sql_name(&target.name));
    let owned = |fact: &&Fact| fact.text("owned_by").is_some_and(|column| column.starts_with(&columns));
    let sequences = world.to.model.facts().filter(|fact| fact.id.kind == Kind::Sequence && target.kind == Kind::Table).filter(owned);
    let sequences: Vec<FactId> = sequences.map(|fact| fact.id.clone()).filter(|id| world.fate(id).comes()).collect();
    let owner = fact.text("owner").unwrap_or_default();
    sequences.iter().chain([&target]).flat_map(|id| taken_back(id, owner, world)).collect()
}

fn taken_back(id: &FactId, owner: &str, world: &World<'_>) -> Vec<Statement> {
    let objects = match id.kind {
        Kind::Table | Kind::View | Kind::MaterializedView => "tables",
        Kind::Sequence => "sequences",
        Kind::Function | Kind::Aggregate => "functions",
        Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range => "types",
        Kind::Schema => "schemas",
        _ => return Vec::new(),
    };
    let schema = name::schema_of(&id.name);
    let in_force = world.from.model.facts().filter(|given| {
        given.id.kind == Kind::DefaultPrivilege
            && world.fate(&given.id) != Fate::Dropped
            && given.text("objects") == Some(objects)
            && given.text("schema").is_none_or(|name| name == schema)
    });
    let mut grantees: Vec<&str> = in_force.filter_map(|given| given.text("grantee")).collect();
    grantees.sort_unstable();
    grantees.dedup();
    grantees.into_iter().flat_map(|grantee| back_to_default(id, grantee, owner, world)).collect()
}
