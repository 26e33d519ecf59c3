//! One form for each expression that PostgreSQL prints in several.
//!
//! Deparsed text is no fixed point: what a server prints, run and printed again, may read otherwise, and another major has
//! other words for the same thing. Facts keep the server's own words (DDL needs them); digests and differences go by
//! [`canonical`], and by [`across`] where 13 is compared with a later major, which hides casts that 13 prints.
//!
//! Writing DDL: run as it stands, `(a AND b) AND c` would be stored as `a AND b AND c`; [`rewritten`] makes the server print the
//! same text again. `ddl::script` passes every statement through it, so that a kind writes its expressions as the fact has
//! them; whoever makes statements elsewhere does likewise.
//!
//! The text is taken for what a server printed with an empty search_path, not pretty: every operator in parentheses of its
//! own, every relation with its schema, nothing of `pg_catalog` with one. It is read as a tree of brackets (`tree`), not
//! parsed: what no rule knows stays as it is, to the letter. The rules: nested AND and OR, casts of ARRAY constructs, negated
//! constants (`rules`), functions with a syntax of their own (`syntax`), columns qualified without need (`query`).
//!
//! It never fails, and never looks at a catalog. A text that no rule can touch costs one pass over its bytes.
//!
//! What could go wrong: two expressions of different meaning with one canonical form would be a difference that nobody sees.
//! So a rule applies only where the meaning stays whatever the types are; `tests` holds near misses, and an integration test
//! asks servers of three majors.

mod query;
mod rewritten;
mod rules;
mod syntax;
mod tree;

use std::borrow::Cow;

use tree::{Node, parse, print};

pub use rewritten::rewritten;

/// The canonical form of SQL that a server printed: the same for two texts only where both mean the same.
pub fn canonical(text: &str) -> Cow<'_, str> {
    match may_change(text).then(|| tree_of(text)).flatten() {
        Some(nodes) => changed(text, print(&nodes)),
        None => Cow::Borrowed(text),
    }
}

/// An expression as it is compared between PostgreSQL 13 and a later major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Across<'a> {
    /// The canonical form, without the casts that only 13 prints.
    pub text: Cow<'a, str>,
    /// Whether it takes fields out of dates: 13 does so in `double precision`, later majors in `numeric`, and the casts
    /// around it follow. Such texts say nothing about each other.
    pub bound: bool,
    /// Whether it calls a function whose arguments 13 prints with more casts than later majors.
    pub casts: bool,
}

/// The form in which 13 and later majors can be compared.
pub fn across(text: &str) -> Across<'_> {
    let unchanged = Across { text: Cow::Borrowed(text), bound: false, casts: false };
    if !may_change(text) && !syntax::may_loosen(text) {
        return unchanged;
    }
    let Some(mut nodes) = tree_of(text) else {
        return unchanged;
    };
    let bound = syntax::takes_fields(&nodes);
    let casts = syntax::loosen(&mut nodes);
    Across { text: changed(text, print(&nodes)), bound, casts }
}

fn tree_of(text: &str) -> Option<Vec<Node<'_>>> {
    let mut nodes = parse(text)?;
    rules::apply(&mut nodes);
    query::unqualify(&mut nodes);
    Some(nodes)
}

fn changed(text: &str, new: String) -> Cow<'_, str> {
    if new == text { Cow::Borrowed(text) } else { Cow::Owned(new) }
}

/// Whether a rule could have something to do: line ends, brackets, a negated number, two connectives, or a key word.
///
/// Words inside of strings count too; that costs time, nothing else.
fn may_change(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut connectives = 0;
    let mut in_word = false;
    for (at, &b) in bytes.iter().enumerate() {
        let rest = &bytes[at..];
        match b {
            b'\n' | b']' => return true,
            b'-' if matches!(rest, [_, b' ', b'0'..=b'9' | b'\'', ..]) => return true,
            b' ' if matches!(rest, [_, b' ', ..]) => return true,
            b'A'..=b'Z' if !in_word => {
                let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                match &rest[..length] {
                    b"AND" | b"OR" => connectives += 1,
                    b"AT" | b"FROM" | b"SELECT" | b"SIMILAR" | b"POSITION" | b"OVERLAPS" | b"NORMALIZE"
                    | b"NORMALIZED" | b"COLLATION" | b"XMLEXISTS" => return true,
                    _ => {}
                }
            }
            _ => {}
        }
        in_word = b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    }
    connectives >= 2
}

#[cfg(test)]
mod tests;
