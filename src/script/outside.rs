//! Statements that cannot run in a transaction block, recognised by their words.
//!
//! What could go wrong: a statement that is not recognised fails inside the script's transaction, with PostgreSQL's reason (nothing is
//! half done), and wants the `-- driftless: no-transaction` header; one recognised wrongly runs its script without the
//! protection of a transaction.

use std::collections::BTreeSet;

use super::analysis::{Parsed, is_word, makes_routine};
use super::lexer::{Token, TokenKind, content};

/// What PostgreSQL refuses inside a transaction block (`PreventInTransactionBlock` in its sources).
pub(super) fn of_statement(statement: &Parsed<'_>) -> Option<&'static str> {
    let words = bare_words(statement);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "INDEX", "CONCURRENTLY", ..] | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..] => {
            Some("CREATE INDEX CONCURRENTLY")
        }
        ["DROP", "INDEX", "CONCURRENTLY", ..] => Some("DROP INDEX CONCURRENTLY"),
        // As an option in parentheses too.
        ["REINDEX", ..] if statement.has("CONCURRENTLY") => Some("REINDEX CONCURRENTLY"),
        ["REINDEX", "SCHEMA" | "DATABASE" | "SYSTEM", ..] => Some("REINDEX SCHEMA, DATABASE or SYSTEM"),
        ["VACUUM", ..] => Some("VACUUM"),
        ["CREATE", "DATABASE", ..] => Some("CREATE DATABASE"),
        ["DROP", "DATABASE", ..] => Some("DROP DATABASE"),
        ["CREATE", "TABLESPACE", ..] => Some("CREATE TABLESPACE"),
        ["DROP", "TABLESPACE", ..] => Some("DROP TABLESPACE"),
        ["ALTER", "SYSTEM", ..] => Some("ALTER SYSTEM"),
        ["ALTER", "DATABASE", _, "SET", "TABLESPACE", _] => Some("ALTER DATABASE … SET TABLESPACE"),
        ["ALTER", "TABLE", rest @ ..] if rest.contains(&"DETACH") && rest.ends_with(&["CONCURRENTLY"]) => {
            Some("ALTER TABLE … DETACH PARTITION … CONCURRENTLY")
        }
        ["CLUSTER"] | ["CLUSTER", "VERBOSE"] => Some("CLUSTER of every table"),
        ["CREATE", "SUBSCRIPTION", ..] => Some("CREATE SUBSCRIPTION"),
        ["DROP", "SUBSCRIPTION", ..] => Some("DROP SUBSCRIPTION"),
        ["ALTER", "SUBSCRIPTION", rest @ ..] if rest.iter().any(|w| matches!(*w, "REFRESH" | "PUBLICATION")) => {
            Some("ALTER SUBSCRIPTION … REFRESH PUBLICATION")
        }
        ["DISCARD", "ALL"] => Some("DISCARD ALL"),
        _ => None,
    }
}

/// Words outside of parentheses, the parentheses left out; empty where something else than a plain word stands.
fn bare_words(statement: &Parsed<'_>) -> Vec<String> {
    let mut words = Vec::new();
    let mut depth = 0usize;
    for (at, token) in statement.tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            _ if depth == 0 => words.push(statement.word(at)),
            _ => {}
        }
    }
    words
}

/// Values that `ALTER TYPE … ADD VALUE` adds to types which the script did not create itself, with the statement's place.
pub(super) fn added_enum_values(parsed: &[Parsed<'_>]) -> Vec<(usize, String)> {
    let created: BTreeSet<String> =
        parsed.iter().filter(|statement| statement.starts(&["CREATE", "TYPE"])).map(type_name).collect();
    let adds = |(at, statement): (usize, &Parsed<'_>)| {
        let is_add = statement.starts(&["ALTER", "TYPE"]) && statement.has("ADD") && statement.has("VALUE");
        if !is_add || created.contains(&type_name(statement)) {
            return None;
        }
        let literal = statement.tokens.iter().find(|token| token.kind == TokenKind::Text)?;
        Some((at, content(literal, statement.text)))
    };
    parsed.iter().enumerate().filter_map(adds).collect()
}

/// The last part of the name that follows CREATE TYPE or ALTER TYPE: one script may write it with and without its schema.
fn type_name(statement: &Parsed<'_>) -> String {
    let mut at = 2;
    while statement.tokens.get(at + 1).is_some_and(|token| token.kind == TokenKind::Symbol('.')) {
        at += 2;
    }
    statement.tokens.get(at).map(|token| content(token, statement.text).to_lowercase()).unwrap_or_default()
}

/// Whether a later statement holds the same literal. Bodies of routines count only where they are read at once, as those in SQL are;
/// comments on other things do not count, DO bodies and everything else that runs at once do.
pub(super) fn is_used_later(later: &[Parsed<'_>], value: &str) -> bool {
    let quoted = format!("'{value}'");
    later.iter().any(|statement| {
        let is_sql = || {
            let languages = statement.tokens.windows(2).filter(|pair| is_word(&pair[0], statement.text, "LANGUAGE"));
            let named_sql = |pair: &[Token]| content(&pair[1], statement.text).eq_ignore_ascii_case("sql");
            statement.has("ATOMIC") || languages.into_iter().any(named_sql)
        };
        let runs_now = !makes_routine(statement.text, &statement.tokens) || is_sql();
        let adds = statement.starts(&["ALTER", "TYPE"]);
        let holds = |token: &Token| match token.kind {
            TokenKind::Text | TokenKind::DollarText => {
                let said = content(token, statement.text);
                said == value || said.contains(&quoted)
            }
            _ => false,
        };
        runs_now && !adds && statement.word(0) != "COMMENT" && statement.tokens.iter().any(holds)
    })
}
