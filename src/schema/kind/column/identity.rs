//! What an identity column has beside others: a sequence of its own, with options, a name and a type, and numbers for the rows
//! that are there.
//!
//! Start at [`identity`], which gives a column its identity or changes it, and [`add_identity`]. Where a sequence stands is data and
//! never read; what could go wrong: a bound that is the type's own is no bound that anyone set, which is why it goes along when the
//! type changes.

use super::super::{Kind, not_null, sequence, table};
use super::numbered::meanwhile;
use super::{after_create, defined};
use crate::schema::ddl::{Hazard, Side, Statement, World, name};
use crate::schema::{Fact, FactId};

/// What the sequence of an identity column has beside the defaults, in parentheses.
pub(super) fn identity_options(fact: &Fact) -> String {
    let largest = match fact.text("type") {
        Some("smallint") => "32767",
        Some("integer") => "2147483647",
        _ => "9223372036854775807",
    };
    let usual = ["start 1", "increment 1", "minimum 1", &format!("maximum {largest}"), "cache 1"];
    let unusual = fact.list("identity_sequence").iter();
    let unusual = unusual.filter(|option| !usual.contains(&option.as_str()) && !is_set_later(option));
    let words: Vec<String> = unusual.map(|option| sequence_option(option)).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(" ")) }
}

/// What no statement about the column says, but only one about its sequence.
fn is_set_later(option: &str) -> bool {
    option.starts_with("type ") || option.starts_with("persistence ")
}

pub(super) fn sequence_option(option: &str) -> String {
    let (word, value) = option.split_once(' ').unwrap_or((option, ""));
    let word = match word {
        "start" => "START WITH",
        "increment" => "INCREMENT BY",
        "minimum" => "MINVALUE",
        "maximum" => "MAXVALUE",
        "cache" => "CACHE",
        "name" => "SEQUENCE NAME",
        _ => "CYCLE",
    };
    format!("{word} {value}").trim_end().to_owned()
}

/// Where the numbers of an identity column begin, and how they go on, as CREATE SEQUENCE says it.
fn start(fact: &Fact) -> String {
    let options = fact.list("identity_sequence").iter().filter(|option| !option.starts_with("name ") && !is_set_later(option));
    options.map(|option| format!(" {}", sequence_option(option))).collect()
}

pub(super) fn has_heirs(fact: &Fact, side: &Side<'_>) -> bool {
    let table = table::table_of(&fact.id.name, side);
    table.is_some_and(|table| side.users(&table.id).iter().any(|user| {
        let user = side.model.fact(user).filter(|user| user.id.kind == Kind::Table);
        user.is_some_and(|user| table::parents(user, side).iter().any(|parent| parent.id == table.id))
    }))
}

/// PostgreSQL adds no identity column to a table together with those below it.
pub(super) fn add_identity(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let table = table::alter_all(&fact.id.name, &world.to);
    let (column, owner) = (name::last(&fact.id.name), name::owner(&fact.id.name));
    let step = |what: &str| Statement::new(format!("{table} ALTER COLUMN {column} {what}"));
    let mut plain = fact.clone();
    plain.attributes.remove("identity");
    // An UPDATE would fire triggers, and is refused where it is published without a replica identity.
    let meanwhile = meanwhile(fact);
    let next = format!("nextval({}::regclass)", name::literal(&meanwhile));
    let bare = name::literal(&name::bare(&fact.id.name));
    let own = format!("pg_get_serial_sequence({}, {bare})", name::literal(&owner));
    let add = Statement::new(format!("{table} ADD COLUMN {}", defined(&plain, Some(&next), world)));
    plain.attributes.remove("not_null");
    let mut statements = vec![
        Statement::new(format!("CREATE SEQUENCE {meanwhile} AS {}{}", fact.text("type").unwrap_or("bigint"), start(fact))),
        add.costs(Hazard::Rewrite).note("numbers the rows that are there already"),
        step("DROP DEFAULT"),
    ];
    statements.extend(identity(&plain, fact).into_iter().map(|what| step(&what)));
    statements.push(Statement::new(format!("SELECT setval({own}, {next}, false)")));
    statements.push(Statement::new(format!("DROP SEQUENCE {meanwhile}")));
    statements.extend(after_create(fact, world));
    statements
}

/// How the sequence of an identity column is called.
pub(in crate::schema) fn identity_sequence(fact: &Fact) -> String {
    let given = fact.list("identity_sequence").iter().find_map(|option| option.strip_prefix("name ").map(name::sql_name));
    given.unwrap_or_else(|| match &name::parts(&fact.id.name).0[..] {
        [schema, table, column] => name::idents(&[schema.clone(), not_null::joined(&[table.clone(), column.clone()], "seq")]),
        _ => String::new(),
    })
}

/// The identity column whose sequence is called so.
pub(in crate::schema::kind) fn of_identity_sequence(sequence: &str, side: &Side<'_>) -> Option<FactId> {
    let called = name::sql_name(sequence);
    let columns = side.model.facts().filter(|fact| fact.id.kind == Kind::Column && fact.text("identity").is_some());
    columns.filter(|column| identity_sequence(column) == called).map(|column| column.id.clone()).next()
}

/// The sequence of an identity column that stays one gets another name. Where the names go round in a circle, the first of its columns
/// turns it.
pub(super) fn sequence_rename(column: &FactId, world: &World<'_>) -> Vec<Statement> {
    let renamed = |column: &FactId| {
        let (from, to) = world.both(column).filter(|(from, to)| from.text("identity").is_some() && to.text("identity").is_some())?;
        Some((identity_sequence(from), identity_sequence(to))).filter(|(old, new)| old != new)
    };
    let rename = |old: &str, new: &str| Statement::from(format!("ALTER SEQUENCE {old} RENAME TO {}", name::last(new)));
    let Some((old, new)) = renamed(column) else { return Vec::new() };
    let (mut circle, mut last) = (Vec::new(), new.clone());
    while last != old {
        let next = of_identity_sequence(&last, &world.from).and_then(|next| Some((renamed(&next)?, next)));
        match next {
            Some((names, next)) if !circle.iter().any(|(_, other)| *other == next) => {
                last = names.1.clone();
                circle.push((names, next));
            }
            _ => return vec![rename(&old, &new)],
        }
    }
    if circle.iter().any(|(_, other)| other < column) {
        return Vec::new();
    }
    let (parts, _) = name::parts(&old);
    let aside = name::idents(&[parts[0].clone(), name::aside(parts.last().map_or("", String::as_str))]);
    let others = circle.iter().rev().map(|((old, new), _)| rename(old, new));
    [rename(&old, &aside)].into_iter().chain(others).chain([rename(&aside, &new)]).collect()
}

/// The largest and the smallest number of a type of whole numbers.
fn limits(printed: &str) -> (i64, i64) {
    match printed {
        "smallint" => (i64::from(i16::MAX), i64::from(i16::MIN)),
        "integer" => (i64::from(i32::MAX), i64::from(i32::MIN)),
        _ => (i64::MAX, i64::MIN),
    }
}

/// The options of an identity column's sequence once ALTER COLUMN TYPE has given it another type: a bound that was the old type's
/// becomes the new one's.
fn sequence_of_type(from: &Fact, printed: &str) -> Vec<String> {
    let (old, new) = (limits(sequence_type(from)), limits(printed));
    let bound = |option: &String| match option.split_once(' ') {
        Some(("maximum", value)) if value.parse() == Ok(old.0) => format!("maximum {}", new.0),
        Some(("minimum", value)) if value.parse() == Ok(old.1) => format!("minimum {}", new.1),
        _ => option.clone(),
    };
    from.list("identity_sequence").iter().map(bound).collect()
}

/// Whether an identity column's numbers must be brought into its new type's bounds before it gets that type.
pub(super) fn narrows(from: &Fact, to: &Fact) -> bool {
    let both = from.text("identity").is_some() && to.text("identity").is_some();
    let limit = |fact: &Fact| limits(sequence_type(fact)).0;
    both && limit(to) < limit(from)
}

/// The type of an identity column's sequence, which is its own unless ALTER SEQUENCE said otherwise.
fn sequence_type(fact: &Fact) -> &str {
    let said = fact.list("identity_sequence").iter().find_map(|option| option.strip_prefix("type "));
    said.or(fact.text("type")).unwrap_or_default()
}

/// Gives the sequence of an identity column a type that is not the column's, or takes that back.
pub(super) fn sequence_retype(from: &Fact, to: &Fact) -> Option<Statement> {
    let both = from.text("identity").is_some() && to.text("identity").is_some();
    let now = if from.differs(to, "type") { to.text("type").unwrap_or_default() } else { sequence_type(from) };
    let wanted = sequence_type(to);
    (both && now != wanted).then(|| format!("ALTER SEQUENCE {} AS {wanted}", identity_sequence(from)).into())
}

/// The sequence of an identity column is logged as its table is, where nothing else was said, and changes with it.
pub(super) fn sequence_persistence(from: Option<&Fact>, to: &Fact, world: &World<'_>) -> Option<Statement> {
    let table = table::table_of(&to.id.name, &world.to)?;
    let follows = world.both(&table.id).is_some_and(|(from, to)| from.differs(to, "persistence"));
    let said = |fact: &'_ Fact| fact.list("identity_sequence").iter().find_map(|option| option.strip_prefix("persistence ").map(str::to_owned));
    let (before, after) = (from.filter(|_| !follows).and_then(said), said(to));
    let as_table = || table.text("persistence").unwrap_or("logged").to_owned();
    let word = (before != after && to.text("identity").is_some()).then(|| after.unwrap_or_else(as_table))?;
    Some(format!("ALTER SEQUENCE {} SET {}", identity_sequence(to), word.to_uppercase()).into())
}

/// `ADD GENERATED …`, `SET GENERATED … SET INCREMENT BY …`.
pub(super) fn identity(from: &Fact, to: &Fact) -> Vec<String> {
    let Some(identity) = to.text("identity") else { return Vec::new() };
    let generated = format!("GENERATED {}", identity.to_uppercase());
    if from.text("identity").is_none() {
        return vec![format!("ADD {generated} AS IDENTITY{}", identity_options(to))];
    }
    let mut words = Vec::new();
    if from.differs(to, "identity") {
        words.push(format!("SET {generated}"));
    }
    let retyped = sequence_of_type(from, sequence_type(to));
    let old = if narrows(from, to) { from.list("identity_sequence") } else { &retyped[..] };
    let new = to.list("identity_sequence");
    words.extend(new.iter().filter(|option| !old.contains(option) && !option.starts_with("name ") && !is_set_later(option)).map(|option| format!("SET {}", sequence_option(option))));
    if old.iter().any(|option| option == "cycle") && !new.iter().any(|option| option == "cycle") {
        words.push("SET NO CYCLE".to_owned());
    }
    if words.is_empty() { Vec::new() } else { vec![words.join(" ")] }
}

/// Lets the sequence of a column that becomes an identity go on behind the numbers that are there.
pub(super) fn goes_on(from: &Fact, to: &Fact, world: &World<'_>) -> Option<Statement> {
    let foreign = || table::table_of(&to.id.name, &world.to).is_none_or(|table| table.text("foreign_server").is_some());
    if from.text("identity").is_some() || to.text("identity").is_none() || foreign() {
        return None;
    }
    let option = |word: &str| -> Option<i64> {
        to.list("identity_sequence").iter().find_map(|option| option.strip_prefix(word)?.trim().parse().ok())
    };
    let numbers =
        sequence::Numbers { low: option("minimum ")?, high: option("maximum ")?, down: option("increment ")? < 0 };
    let bare = name::literal(&name::bare(&to.id.name));
    let own = format!("pg_get_serial_sequence({}, {bare})", name::literal(&name::owner(&to.id.name)));
    Some(sequence::goes_on(&own, &to.id, &numbers))
}

/// Where the sequence of an identity column stands must lie within its bounds, as with any sequence.
pub(super) fn within_bounds(from: &Fact, to: &Fact, alter: Statement) -> Statement {
    let bound = |fact: &Fact, word: &str| -> Option<i64> {
        fact.list("identity_sequence").iter().find_map(|option| option.strip_prefix(word)?.trim().parse().ok())
    };
    let bounds = |fact: &Fact| Some((bound(fact, "minimum ")?, bound(fact, "maximum ")?));
    match (bounds(from), bounds(to)) {
        (Some(old), Some(new)) if old.0 < new.0 || old.1 > new.1 => {
            sequence::within_bounds(&identity_sequence(from), &alter.sql, new.0, new.1).into()
        }
        _ => alter,
    }
}
