//! A subscription. Its connection string is kept without what is secret in it, and only where the role may read it (superusers may).
//! Whether it is enabled is shown and not hashed, because `pg_dump` does not carry it.
//!
//! What could go wrong: 13 does not let everybody read the synchronous commit setting, so there it is not told.

use super::{Attribute, Spec, hashed, shown};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name};

const ATTRIBUTES: &[Attribute] = &[hashed("connection"), hashed("publications"), hashed("slot"), hashed("binary"), hashed("streaming"), shown("usual_streaming"), hashed("two_phase"), hashed("disable_on_error"), hashed("password_required"), hashed("run_as_owner"), hashed("failover"), hashed("origin"), hashed("synchronous_commit"), shown("enabled")];

pub(super) const SPEC: Spec = Spec { word: "subscription", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 84,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    create: |fact, _| vec![create(fact)],
    drop: |fact, _| {
        let name = name::sql_name(&fact.id.name);
        let mut statements: Vec<Statement> = Vec::new();
        if fact.text("slot") != Some("NONE") {
            // With its slot it could only be dropped outside of a transaction, and while the publisher answers.
            statements.push(format!("ALTER SUBSCRIPTION {name} DISABLE").into());
            let forget = Statement::new(format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"));
            statements.push(forget.note("the replication slot stays on the publisher and must be dropped there"));
        }
        statements.push(format!("DROP SUBSCRIPTION {name}").into());
        statements
    },
    alter: |from, to, _| {
        // Both ask the publisher where they are altered, outside of a transaction.
        if from.differs(to, "two_phase") || from.differs(to, "failover") {
            return Alter::Recreate;
        }
        let subscription = format!("ALTER SUBSCRIPTION {}", name::sql_name(&to.id.name));
        let mut statements: Vec<Statement> = Vec::new();
        if from.differs(to, "publications") {
            let publications = to.list("publications").join(", ");
            let set = Statement::new(format!("{subscription} SET PUBLICATION {publications} WITH (refresh = false)"));
            statements.push(set.note(format!("then: {subscription} REFRESH PUBLICATION")));
        }
        if let Some(connection) = to.text("connection").filter(|_| from.differs(to, "connection")) {
            let set = Statement::new(format!("{subscription} CONNECTION {}", name::literal(connection)));
            statements.push(set.note("without a password: secrets are not known here"));
        }
        let settings = settings(from, to);
        if !settings.is_empty() {
            statements.push(format!("{subscription} SET ({})", settings.join(", ")).into());
        }
        Alter::InPlace(statements)
    },
    ..Ddl::NONE
};

/// Nothing is dialled: whether the publisher is there is no affair of the schema's.
fn create(fact: &Fact) -> Statement {
    let name = name::sql_name(&fact.id.name);
    let blank = Fact { id: fact.id.clone(), attributes: crate::schema::Attributes::new() };
    let mut with = vec!["connect = false".to_owned()];
    with.extend(settings(&blank, fact));
    if fact.flag("two_phase") {
        with.push("two_phase = true".to_owned());
    }
    let publications = fact.list("publications").join(", ");
    let connection = fact.text("connection");
    let said = name::literal(connection.unwrap_or_default());
    let sql = format!("CREATE SUBSCRIPTION {name} CONNECTION {said} PUBLICATION {publications} WITH ({})", with.join(", "));
    let missing = if connection.is_some() { "secrets in the connection string are" } else { "the connection string is" };
    Statement::new(sql).note(format!(
        "{missing} not known here: ALTER SUBSCRIPTION {name} CONNECTION '…', then ENABLE and REFRESH PUBLICATION"
    ))
}

fn settings(from: &Fact, to: &Fact) -> Vec<String> {
    let mut settings = Vec::new();
    if from.differs(to, "slot") {
        let own = name::parts(&to.id.name).0.into_iter().next().unwrap_or_default();
        let slot = to.text("slot").unwrap_or(&own);
        settings.push(format!("slot_name = {}", if slot == "NONE" { slot.to_owned() } else { name::literal(slot) }));
    }
    // 18 streams by itself, in parallel.
    let streaming = from.text("usual_streaming").unwrap_or("off");
    for (attribute, usual) in [("streaming", streaming), ("origin", "any"), ("synchronous_commit", "off")] {
        if from.differs(to, attribute) {
            settings.push(format!("{attribute} = {}", to.text(attribute).unwrap_or(usual)));
        }
    }
    for attribute in ["binary", "disable_on_error", "run_as_owner", "failover"] {
        if from.differs(to, attribute) {
            settings.push(format!("{attribute} = {}", to.flag(attribute)));
        }
    }
    if from.differs(to, "password_required") {
        // Absent is true here.
        settings.push(format!("password_required = {}", !to.attributes.contains_key("password_required")));
    }
    settings
}
