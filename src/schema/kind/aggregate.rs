//! An aggregate, ordered-set and hypothetical ones too. Everything but the arguments is absent where it is as by default.

use super::{Attribute, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Reaction, Shake, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("kind"),
    hashed("arguments"),
    hashed("sfunc"),
    hashed("stype"),
    hashed("sspace"),
    hashed("finalfunc"),
    hashed("finalfunc_extra"),
    hashed("finalfunc_modify"),
    hashed("combinefunc"),
    hashed("serialfunc"),
    hashed("deserialfunc"),
    hashed("initcond"),
    hashed("msfunc"),
    hashed("minvfunc"),
    hashed("mstype"),
    hashed("msspace"),
    hashed("mfinalfunc"),
    hashed("mfinalfunc_extra"),
    hashed("mfinalfunc_modify"),
    hashed("minitcond"),
    hashed("sortop"),
    hashed("parallel"),
];

pub(super) const SPEC: Spec = Spec { word: "aggregate", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 26,
    address: |id, side| {
        let arguments = side.model.fact(id).and_then(|fact| fact.text("arguments")).unwrap_or_default();
        format!("AGGREGATE {}({})", name::idents(&name::parts(&id.name).0), or_star(arguments))
    },
    texts: |fact| Texts::names_only(fact),
    create: |fact, _| vec![create(fact, false)],
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |from, to, _| {
        let shape = ["kind", "arguments", "stype", "finalfunc", "finalfunc_extra"];
        if shape.iter().any(|attribute| from.differs(to, attribute)) {
            return Alter::Recreate;
        }
        Alter::InPlace(vec![create(to, true)])
    },
    react: |_, _, shake, _| if shake == Shake::Dropped { Reaction::Stays } else { Reaction::Recreated },
    ..Ddl::NONE
};

fn or_star(arguments: &str) -> &str {
    if arguments.is_empty() { "*" } else { arguments }
}

fn create(fact: &Fact, replace: bool) -> Statement {
    let mut parts = Vec::new();
    let words = [
        "sfunc", "stype", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mstype", "mfinalfunc",
        "finalfunc_modify", "mfinalfunc_modify", "sortop", "parallel",
    ];
    for word in words {
        parts.extend(fact.text(word).map(|value| format!("{word} = {value}")));
    }
    for word in ["sspace", "msspace"] {
        parts.extend(fact.int(word).map(|value| format!("{word} = {value}")));
    }
    for word in ["initcond", "minitcond"] {
        parts.extend(fact.text(word).map(|value| format!("{word} = {}", name::literal(value))));
    }
    for word in ["finalfunc_extra", "mfinalfunc_extra"] {
        parts.extend(fact.flag(word).then(|| word.to_owned()));
    }
    parts.extend((fact.text("kind") == Some("hypothetical")).then(|| "hypothetical".to_owned()));
    let or_replace = if replace { "OR REPLACE " } else { "" };
    let called = name::idents(&name::parts(&fact.id.name).0);
    let arguments = or_star(fact.text("arguments").unwrap_or_default());
    Statement::new(format!("CREATE {or_replace}AGGREGATE {called}({arguments}) (\n    {}\n)", parts.join(",\n    ")))
}
