//! A range type with its multirange type, whose name is absent where it is as PostgreSQL forms it (and before 14, which has none).

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::{Fact, FactId};
use crate::schema::ddl::{Alter, Ddl, Hazard, Side, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("subtype"),
    hashed("opclass"),
    hashed("collation"),
    hashed("canonical"),
    hashed("subdiff"),
    hashed("multirange"),
    shown("multirange_type"),
];

pub(super) const SPEC: Spec = Spec { word: "range", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 16,
    is_type: true,
    address: |id, _| format!("TYPE {}", name::sql_name(&id.name)),
    claims: |fact, _| Some(fact.id.name.clone()),
    texts: |fact| Texts::names_only(fact),
    create,
    drop,
    discard: |fact, _| vec![format!("DROP TYPE {}{}", super::domain::aside(fact).1, with_canonical(fact)).into()],
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};

/// Renames the functions that come with a type: they do not follow when it is renamed, and may bear a name that it had before.
fn rename_constructors(type_name: &str, to: &str) -> Statement {
    let body = format!(
        "DECLARE\n    constructor regprocedure;\nBEGIN\n    FOR constructor IN SELECT objid FROM pg_depend\n        \
         WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_type'::regclass\n          \
         AND refobjid = {}::regtype AND deptype = 'i'\n    LOOP\n        \
         EXECUTE format({}, constructor);\n    END LOOP;\nEND",
        name::literal(type_name),
        name::literal(&format!("ALTER FUNCTION %s RENAME TO {}", to.replace('%', "%%"))),
    );
    format!("DO {}", name::dollar_quoted(&body, "")).into()
}

/// Makes room for the new type of this name while columns go over to it, by way of text.
fn drop(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let gone = world.to.model.fact(&fact.id).is_none();
    let type_name = name::sql_name(&fact.id.name);
    if !world.is_replaced(&fact.id) {
        let drop = Statement::new(format!("DROP TYPE {type_name}{}", with_canonical(fact)));
        return vec![drop.costs_if(gone, Hazard::BreaksClients)];
    }
    let (old, _) = super::domain::aside(fact);
    let mut statements = vec![rename_constructors(&type_name, &old)];
    if let Some(multirange) = fact.text("multirange_type") {
        statements.push(rename_constructors(multirange, &old));
        let old = name::ident(&name::aside(&name::bare(multirange)));
        statements.push(format!("ALTER TYPE {multirange} RENAME TO {old}").into());
    }
    statements.push(format!("ALTER TYPE {type_name} RENAME TO {old}").into());
    statements
}

/// The canonical function takes and gives the type that needs it: they only go together.
fn with_canonical(fact: &Fact) -> &'static str {
    if fact.text("canonical").is_some() { " CASCADE" } else { "" }
}

/// The range type for which this function is the canonical one, and which is made with it.
pub(super) fn made_canonical_by<'a>(function: &FactId, side: &Side<'a>) -> Option<&'a Fact> {
    let (_, taken) = name::parts(&function.name);
    let range = side.find(Kind::Range, taken.as_deref()?)?;
    let (parts, _) = name::parts(&function.name);
    let is_it = range.text("canonical").is_some_and(|canonical| name::parts(canonical).0 == parts);
    is_it.then_some(range)
}

/// With a canonical function: the bare name first, then the function that takes it, then the type.
fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let functions = fact.text("canonical").map_or(&[][..], |canonical| world.to.called(canonical)).iter();
    let own = functions.filter(|id| made_canonical_by(id, &world.to).is_some_and(|range| range.id == fact.id));
    let own: Vec<Statement> = own
        .filter_map(|id| world.to.model.fact(id))
        .flat_map(|function| (function.id.kind.spec().ddl.create)(function, world))
        .collect();
    let mut statements: Vec<Statement> = Vec::new();
    if !own.is_empty() {
        statements.push(format!("CREATE TYPE {}", name::sql_name(&fact.id.name)).into());
        statements.extend(own);
    }
    statements.push(definition(fact));
    statements
}

fn definition(fact: &Fact) -> Statement {
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
