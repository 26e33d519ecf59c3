//! What one role is granted on objects that another will create (`tables maker.public to clerk`). A fact only where the scope
//! asks for grants; spelled as grants are.

use super::{Attribute, Spec, hashed, shown};
use super::grant::role;
use crate::schema::{Fact, FactId, Kind, qualified};
use crate::schema::ddl::{Alter, Ddl, Reaction, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] =
    &[hashed("privileges"), hashed("grantable"), shown("grantee"), shown("role"), shown("schema"), shown("objects")];

pub(super) const SPEC: Spec = Spec { word: "default_privilege", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 95,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    uses: |fact, _| fact.text("schema").map(|schema| FactId::new(Kind::Schema, qualified(&[schema]))).into_iter().collect(),
    create: |fact, _| exactly(fact),
    drop: |fact, world| {
        let schema = fact.text("schema").map(|schema| FactId::new(Kind::Schema, qualified(&[schema])));
        if schema.is_some_and(|schema| world.fate(&schema).goes()) { Vec::new() } else { default(fact) }
    },
    alter: |_, to, _| Alter::InPlace(exactly(to)),
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

struct Words {
    alter: String,
    on: String,
    role: String,
}

fn words(fact: &Fact) -> Words {
    let maker = fact.text("role").unwrap_or_default();
    let schema = fact.text("schema").map_or(String::new(), |schema| format!(" IN SCHEMA {}", name::ident(schema)));
    Words {
        alter: format!("ALTER DEFAULT PRIVILEGES FOR ROLE {}{schema}", name::ident(maker)),
        on: format!("ON {}", fact.text("objects").unwrap_or_default().replace('_', " ").to_uppercase()),
        role: role(fact.text("grantee").unwrap_or_default(), maker),
    }
}

fn exactly(fact: &Fact) -> Vec<Statement> {
    let Words { alter, on, role } = words(fact);
    let passed_on = fact.list("grantable");
    let plain: Vec<String> = fact.list("privileges").iter().filter(|word| !passed_on.contains(word)).cloned().collect();
    let grant = |list: &[String], option: &str| {
        (!list.is_empty()).then(|| format!("{alter} GRANT {} {on} TO {role}{option}", list.join(", ")))
    };
    let statements = [
        Some(format!("{alter} REVOKE ALL {on} FROM {role}")),
        grant(&plain, ""),
        grant(passed_on, " WITH GRANT OPTION"),
    ];
    statements.into_iter().flatten().map(Statement::from).collect()
}

/// Back to what PostgreSQL gives; what one schema adds has nothing behind it.
fn default(fact: &Fact) -> Vec<Statement> {
    let Words { alter, on, role } = words(fact);
    let whole = fact.text("schema").is_none();
    let usual = match (fact.text("grantee"), fact.text("objects")) {
        (Some(""), _) if whole => Some("ALL"),
        (Some("public"), Some("functions")) if whole => Some("EXECUTE"),
        (Some("public"), Some("types")) if whole => Some("USAGE"),
        _ => None,
    };
    let usual = usual.map(|usual| format!("{alter} GRANT {usual} {on} TO {role}"));
    [Some(format!("{alter} REVOKE ALL {on} FROM {role}")), usual].into_iter().flatten().map(Statement::from).collect()
}
