//! A row security policy. For PUBLIC it names no roles; other roles go by their names, and a machine that lacks one cannot
//! have the policy. Whether policies are in force is the table's (`row_security`).

use super::{Attribute, Spec, expression, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("command"), hashed("restrictive"), hashed("roles"), expression("using"), expression("check")];

pub(super) const SPEC: Spec = Spec { word: "policy", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 72,
    mentionable: false,
    address: |id, _| format!("POLICY {} ON {}", name::last(&id.name), name::owner(&id.name)),
    parent: |fact, side| super::table::table_of(&fact.id.name, side).map(|table| table.id.clone()),
    texts: |fact| {
        let texts: Vec<&str> = ["using", "check"].iter().filter_map(|attribute| fact.text(attribute)).collect();
        Texts { names: texts.clone(), columns: texts }
    },
    create: |fact, _| {
        let kind = if fact.flag("restrictive") { " AS RESTRICTIVE" } else { "" };
        let command = fact.text("command").map(|command| format!(" FOR {}", command.to_uppercase()));
        let roles = if fact.list("roles").is_empty() { String::new() } else { format!(" TO {}", roles(fact)) };
        let (name, table) = (name::last(&fact.id.name), name::owner(&fact.id.name));
        let sql = format!("CREATE POLICY {name} ON {table}{kind}{}{roles}{}", command.unwrap_or_default(), conditions(fact));
        vec![Statement::new(sql)]
    },
    drop: Ddl::drop_by_address,
    alter,
    ..Ddl::NONE
};

/// A condition can be replaced, but not taken away.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let vanishes = |attribute: &str| from.text(attribute).is_some() && to.text(attribute).is_none();
    if from.differs(to, "command") || from.differs(to, "restrictive") || vanishes("using") || vanishes("check") {
        return Alter::Recreate;
    }
    let roles = if from.differs(to, "roles") { format!(" TO {}", roles(to)) } else { String::new() };
    let policy = format!("ALTER {}", world.to.address(&to.id));
    Alter::InPlace(vec![Statement::new(format!("{policy}{roles}{}", conditions(to)))])
}

fn roles(fact: &Fact) -> String {
    let roles = fact.list("roles");
    if roles.is_empty() { "PUBLIC".to_owned() } else { roles.join(", ") }
}

fn conditions(fact: &Fact) -> String {
    let using = fact.text("using").map(|text| format!(" USING ({text})"));
    let check = fact.text("check").map(|text| format!(" WITH CHECK ({text})"));
    format!("{}{}", using.unwrap_or_default(), check.unwrap_or_default())
}
