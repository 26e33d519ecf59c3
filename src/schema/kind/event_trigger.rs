//! An event trigger. It lies in no schema; it belongs to the scope where its function does.
//!
//! What could go wrong: it fires for the whole database, also for what is beyond the scope.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Fate, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("event"), hashed("tags"), hashed("function"), hashed("enabled")];

pub(super) const SPEC: Spec = Spec { word: "event_trigger", attributes: ATTRIBUTES, ddl: DDL };

/// Last to come and first to go: it would fire for the script itself.
const DDL: Ddl = Ddl {
    rank: 95,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    uses: |fact, side| {
        let functions = side.called(fact.text("function").unwrap_or_default()).iter();
        functions.filter(|id| id.kind == Kind::Function && id.name.ends_with("()")).cloned().collect()
    },
    create: |fact, _| {
        let mut statements = vec![create(fact)];
        if fact.text("enabled").is_some() {
            statements.push(enable(fact));
        }
        statements
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, _| {
        let only_enabled = !["event", "tags", "function"].iter().any(|attribute| from.differs(to, attribute));
        if only_enabled { Alter::InPlace(vec![enable(to)]) } else { Alter::Recreate }
    },
    ..Ddl::NONE
};

fn create(fact: &Fact) -> Statement {
    let tags: Vec<String> = fact.list("tags").iter().map(|tag| name::literal(tag)).collect();
    let when = if tags.is_empty() { String::new() } else { format!(" WHEN TAG IN ({})", tags.join(", ")) };
    let (event, function) = (fact.text("event").unwrap_or_default(), fact.text("function").unwrap_or_default());
    let name = name::sql_name(&fact.id.name);
    format!("CREATE EVENT TRIGGER {name} ON {event}{when} EXECUTE FUNCTION {function}()").into()
}

fn enable(fact: &Fact) -> Statement {
    let how = super::trigger::firing(fact);
    format!("ALTER EVENT TRIGGER {} {how}", name::sql_name(&fact.id.name)).into()
}

/// Whether its function changes, or tables that this one may write to: it would fire while they are neither as before nor as they shall be.
pub(in crate::schema) fn fires_into_changes(trigger: &Fact, world: &World<'_>) -> bool {
    let functions = (DDL.uses)(trigger, &world.to);
    let mut sources = functions.iter().filter_map(|id| world.to.model.fact(id)?.text("source"));
    functions.iter().any(|id| world.fate(id) != Fate::Kept) || sources.any(|source| world.changes_a_table_of(source))
}
