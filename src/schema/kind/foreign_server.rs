//! A foreign server. Options that look like secrets are named, without their values, and not hashed.

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name, options};

const ATTRIBUTES: &[Attribute] = &[hashed("wrapper"), hashed("type"), hashed("version"), hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "foreign_server", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 25,
    mentionable: false,
    address: |id, _| format!("SERVER {}", name::sql_name(&id.name)),
    texts: |fact| Texts::none(fact),
    uses: |fact, side| {
        let wrapper = fact.text("wrapper").and_then(|wrapper| side.find(Kind::ForeignDataWrapper, wrapper));
        wrapper.map(|wrapper| wrapper.id.clone()).into_iter().collect()
    },
    create: |fact, _| {
        let word = |attribute: &str| {
            let value = fact.text(attribute).map(|text| format!(" {} {}", attribute.to_uppercase(), name::literal(text)));
            value.unwrap_or_default()
        };
        let (kind, version, wrapper) = (word("type"), word("version"), fact.text("wrapper").unwrap_or_default());
        let options = options::foreign_clause(fact.list("options"));
        let name = name::sql_name(&fact.id.name);
        let sql = format!("CREATE SERVER {name}{kind}{version} FOREIGN DATA WRAPPER {wrapper}{options}");
        vec![without_secrets(Statement::new(sql), fact)]
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, world| {
        if from.differs(to, "wrapper") || from.differs(to, "type") {
            return Alter::Recreate;
        }
        let server = format!("ALTER {}", world.to.address(&to.id));
        let mut statements: Vec<Statement> = Vec::new();
        if from.differs(to, "version") {
            let version = to.text("version").map_or("NULL".to_owned(), name::literal);
            statements.push(format!("{server} VERSION {version}").into());
        }
        statements.extend(options::foreign_changes(&server, from.list("options"), to.list("options")));
        Alter::InPlace(statements)
    },
    ..Ddl::NONE
};

/// Says which options a person must set: their values are no part of the model.
pub(super) fn without_secrets(statement: Statement, fact: &Fact) -> Statement {
    match fact.list("secrets") {
        [] => statement,
        secrets => statement.note(format!("not known here, to be set by hand: {}", secrets.join(", "))),
    }
}
