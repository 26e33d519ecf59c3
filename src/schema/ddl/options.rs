//! Storage parameters and the like, kept as `name=value` in a sorted list.

use super::Statement;
use super::name::{ident, literal};

/// `fillfactor='70', toast.autovacuum_enabled='off'`: each with the prefix.
pub fn assignments(options: &[String], prefix: &str) -> Vec<String> {
    options
        .iter()
        .map(|option| {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            format!("{prefix}{}={}", dotted(name), value_of(value))
        })
        .collect()
}

/// ` WITH (…)`, or nothing.
pub fn with_clause(options: &[String]) -> String {
    wrap(&assignments(options, ""))
}

/// ` WITH (…)` of ready assignments, or nothing.
pub fn wrap(assignments: &[String]) -> String {
    if assignments.is_empty() { String::new() } else { format!(" WITH ({})", assignments.join(", ")) }
}

/// `… RESET (…)` and `… SET (…)` that turn one list into the other.
pub fn changes(what: &str, from: &[String], to: &[String]) -> Vec<Statement> {
    prefixed_changes(what, from, to, "")
}

/// As [`changes`], for parameters with a prefix (`toast.`).
pub fn prefixed_changes(what: &str, from: &[String], to: &[String], prefix: &str) -> Vec<Statement> {
    let name = |option: &String| option.split_once('=').map_or(option.clone(), |(name, _)| name.to_owned());
    let gone: Vec<String> = from
        .iter()
        .map(name)
        .filter(|old| !to.iter().any(|new| name(new) == *old))
        .map(|old| format!("{prefix}{}", dotted(&old)))
        .collect();
    let mut set: Vec<String> = to.iter().filter(|new| !from.contains(new)).cloned().collect();
    // What is set goes to the end of the list; where that gives another order, everything is set in the right one.
    let left = from.iter().filter(|old| to.contains(old)).chain(&set);
    let moved = !set.is_empty() || !gone.is_empty();
    if moved && !left.eq(to) {
        set = to.to_vec();
    }
    let mut statements = Vec::new();
    if !gone.is_empty() {
        statements.push(format!("{what} RESET ({})", gone.join(", ")).into());
    }
    if !set.is_empty() {
        statements.push(format!("{what} SET ({})", assignments(&set, prefix).join(", ")).into());
    }
    statements
}

fn dotted(name: &str) -> String {
    name.split('.').map(ident).collect::<Vec<_>>().join(".")
}

/// Plain words and numbers stay bare, as pg_dump leaves them.
fn value_of(value: &str) -> String {
    let plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if plain && (value.parse::<f64>().is_ok() || ident(value) == value) { value.to_owned() } else { literal(value) }
}

/// ` OPTIONS (name 'value')` of a foreign thing, or nothing.
pub fn foreign_clause(options: &[String]) -> String {
    let words: Vec<String> = options.iter().map(|option| foreign_word(option)).collect();
    if words.is_empty() { String::new() } else { format!(" OPTIONS ({})", words.join(", ")) }
}

/// `… OPTIONS (ADD a 'x', SET b 'y', DROP c)` that turns one list into the other.
pub fn foreign_changes(what: &str, from: &[String], to: &[String]) -> Vec<Statement> {
    let name = |option: &String| option.split_once('=').map_or(option.clone(), |(name, _)| name.to_owned());
    let had = |option: &String| from.iter().any(|old| name(old) == name(option));
    let mut words: Vec<String> = Vec::new();
    for option in to.iter().filter(|new| !from.contains(new)) {
        words.push(format!("{} {}", if had(option) { "SET" } else { "ADD" }, foreign_word(option)));
    }
    for option in from.iter().filter(|old| !to.iter().any(|new| name(new) == name(old))) {
        words.push(format!("DROP {}", ident(&name(option))));
    }
    if words.is_empty() { Vec::new() } else { vec![format!("{what} OPTIONS ({})", words.join(", ")).into()] }
}

fn foreign_word(option: &str) -> String {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    format!("{} {}", ident(name), literal(value))
}
