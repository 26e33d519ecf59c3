//! A foreign-data wrapper that no extension owns. Options that look like secrets are named, without their values, and not hashed.

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name, options};

const ATTRIBUTES: &[Attribute] = &[hashed("handler"), hashed("validator"), hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "foreign_data_wrapper", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 24,
    mentionable: false,
    address: |id, _| format!("FOREIGN DATA WRAPPER {}", name::sql_name(&id.name)),
    texts: |fact| Texts::none(fact),
    uses: |fact, side| {
        let named = ["handler", "validator"].iter().filter_map(|attribute| fact.text(attribute));
        let called = named.flat_map(|name| side.called(name));
        called.filter(|id| id.kind == Kind::Function).cloned().collect()
    },
    create: |fact, _| {
        let blank = Fact { id: fact.id.clone(), attributes: crate::schema::Attributes::new() };
        let options = options::foreign_clause(fact.list("options"));
        let sql = format!("CREATE FOREIGN DATA WRAPPER {}{}{options}", name::sql_name(&fact.id.name), functions(&blank, fact));
        vec![super::foreign_server::without_secrets(Statement::new(sql), fact)]
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, world| {
        let wrapper = format!("ALTER {}", world.to.address(&to.id));
        let functions = functions(from, to);
        let mut statements: Vec<Statement> = Vec::new();
        if !functions.is_empty() {
            statements.push(format!("{wrapper}{functions}").into());
        }
        statements.extend(options::foreign_changes(&wrapper, from.list("options"), to.list("options")));
        Alter::InPlace(statements)
    },
    ..Ddl::NONE
};

fn functions(from: &Fact, to: &Fact) -> String {
    let word = |attribute: &str| {
        let keyword = attribute.to_uppercase();
        match to.text(attribute) {
            _ if !from.differs(to, attribute) => String::new(),
            Some(function) => format!(" {keyword} {function}"),
            None => format!(" NO {keyword}"),
        }
    };
    format!("{}{}", word("handler"), word("validator"))
}
