//! An operator. Its name carries the operand types, `NONE` for a missing one.

use super::{Attribute, Spec, hashed};
use crate::schema::FactId;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("function"),
    hashed("commutator"),
    hashed("negator"),
    hashed("restrict"),
    hashed("join"),
    hashed("hashes"),
    hashed("merges"),
];

pub(super) const SPEC: Spec = Spec { word: "operator", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 24,
    address: |id, _| format!("OPERATOR {} ({})", called(id), name::parts(&id.name).1.unwrap_or_default()),
    // Its commutator and negator may come later: PostgreSQL keeps a place for them.
    texts: |fact| {
        let names = ["function", "restrict", "join"].iter().filter_map(|attribute| fact.text(attribute)).collect();
        Texts { names, columns: Vec::new() }
    },
    uses: |fact, side| side.mentioned(&name::parts(&fact.id.name).1.unwrap_or_default()).into_iter().collect(),
    create: |fact, _| {
        let operands = name::parts(&fact.id.name).1.unwrap_or_default();
        let mut parts = vec![format!("FUNCTION = {}", fact.text("function").unwrap_or_default())];
        for (word, operand) in ["LEFTARG", "RIGHTARG"].into_iter().zip(name::split_list(&operands)) {
            parts.extend((operand != "NONE").then(|| format!("{word} = {operand}")));
        }
        for word in ["commutator", "negator", "restrict", "join"] {
            parts.extend(fact.text(word).map(|value| format!("{} = {value}", word.to_uppercase())));
        }
        for word in ["hashes", "merges"] {
            parts.extend(fact.flag(word).then(|| word.to_uppercase()));
        }
        vec![format!("CREATE OPERATOR {} ({})", called(&fact.id), parts.join(", ")).into()]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |from, to, world| {
        if ["function", "commutator", "negator", "hashes", "merges"].iter().any(|attribute| from.differs(to, attribute)) {
            return Alter::Recreate;
        }
        let value = |word| format!("{} = {}", word, to.text(word).unwrap_or("NONE"));
        let address = world.to.address(&to.id);
        Alter::InPlace(vec![Statement::new(format!("ALTER {address} SET ({}, {})", value("restrict"), value("join")))])
    },
    ..Ddl::NONE
};

/// `schema.sign`: the sign is never quoted.
fn called(id: &FactId) -> String {
    let (parts, _) = name::parts(&id.name);
    match &parts[..] {
        [schema, sign] => format!("{}.{sign}", name::ident(schema)),
        _ => id.name.clone(),
    }
}
