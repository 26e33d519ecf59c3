//! Words that only newer majors of PostgreSQL understand, so that a script from a newer server is refused before it is tried.
//!
//! Found in the statements that stand in the script itself, never in strings. Only what can be nothing else is listed: what is missed
//! fails with the server's own words, what is wrongly found would keep a script waiting that runs.

use super::lexer::{Token, TokenKind, tokens};
use super::{CanonicalText, Statement};

/// What a script asks of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Newer {
    pub(super) major: u32,
    pub(super) line: usize,
    pub(super) what: String,
}

/// Words in a row; `*` is any word, `(` and `)` are themselves. A phrase that begins with `^` must begin the statement.
const PHRASES: [(u32, &[&str]); 21] = [
    (14, &["BEGIN", "ATOMIC"]),
    (14, &["INT4MULTIRANGE"]),
    (14, &["INT8MULTIRANGE"]),
    (14, &["NUMMULTIRANGE"]),
    (14, &["TSMULTIRANGE"]),
    (14, &["TSTZMULTIRANGE"]),
    (14, &["DATEMULTIRANGE"]),
    (14, &["SET", "COMPRESSION", "*"]),
    (15, &["^", "MERGE", "INTO"]),
    (15, &["NULLS", "NOT", "DISTINCT"]),
    (15, &["NULLS", "DISTINCT"]),
    (15, &["SECURITY_INVOKER"]),
    (15, &["SET", "ACCESS", "METHOD"]),
    (15, &["DELETE", "SET", "NULL", "("]),
    (15, &["DELETE", "SET", "DEFAULT", "("]),
    (16, &["IS", "JSON", "*"]),
    (17, &["JSON_TABLE", "("]),
    (17, &["NOT", "MATCHED", "BY", "SOURCE"]),
    (17, &["SET", "EXPRESSION", "AS"]),
    (18, &["WITHOUT", "OVERLAPS"]),
    (18, &["NOT", "ENFORCED"]),
];

/// The newest of what is asked for.
pub(super) fn newer(text: &CanonicalText, statements: &[Statement]) -> Option<Newer> {
    let found = statements.iter().flat_map(|statement| in_statement(text, statement));
    found.reduce(|known, next| if next.major > known.major { next } else { known })
}

fn in_statement(text: &CanonicalText, statement: &Statement) -> Vec<Newer> {
    let sql = &text.as_str()[statement.range.clone()];
    let tokens: Vec<Token> = tokens(sql).into_iter().filter(Token::is_significant).collect();
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token.kind {
            TokenKind::Word => sql[token.range.clone()].to_ascii_uppercase(),
            TokenKind::Symbol(symbol) => symbol.to_string(),
            _ => String::new(),
        })
        .collect();
    if words.first().is_some_and(|word| word == "DO") {
        return Vec::new();
    }
    let names = |at: usize| at.checked_sub(1).is_some_and(|before| words[before] == ".");
    let fits = |phrase: &[&str], at: usize| {
        phrase.iter().enumerate().all(|(next, wanted)| match words.get(at + next) {
            Some(word) if *wanted == "*" => word.len() > 1,
            Some(word) => word == wanted,
            None => false,
        })
    };
    let mut found = Vec::new();
    for (major, phrase) in PHRASES {
        let (phrase, starts) = match phrase {
            ["^", rest @ ..] => (rest, true),
            phrase => (phrase, false),
        };
        let last = if starts { 1 } else { words.len() };
        if let Some(at) = (0..last.min(words.len())).find(|at| fits(phrase, *at) && !names(*at)) {
            let line = statement.line + sql[..tokens[at].range.start].matches('\n').count();
            found.push(Newer { major, line, what: phrase.join(" ").replace(" *", "").replace(" (", " (…)") });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::analyze;

    #[track_caller]
    fn check(text: &str, expected: Option<(u32, usize, &str)>) {
        let text = CanonicalText::from_canonical(text).expect("plain text");
        let found = newer(&text, &analyze(&text).statements);
        let found = found.map(|found| (found.major, found.line, found.what));
        assert_eq!(found, expected.map(|(major, line, what)| (major, line, what.to_owned())), "{}", text.as_str());
    }

    #[test]
    fn words_of_newer_servers_are_found() {
        check("SELECT 1;\nCREATE UNIQUE INDEX i ON a (b)\n  NULLS NOT DISTINCT;", Some((15, 3, "NULLS NOT DISTINCT")));
        check("MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE;", Some((15, 1, "MERGE INTO")));
        check("ALTER TABLE a ALTER b SET COMPRESSION lz4;", Some((14, 1, "SET COMPRESSION")));
        check(
            "ALTER TABLE a ADD CHECK (b > 0) NOT ENFORCED; MERGE INTO x USING y ON true;",
            Some((18, 1, "NOT ENFORCED")),
        );
        check(
            "ALTER TABLE a ADD FOREIGN KEY (b, c) REFERENCES d ON DELETE SET NULL (c);",
            Some((15, 1, "DELETE SET NULL (…)")),
        );
    }

    #[test]
    fn what_every_server_knows_is_not() {
        check("UPDATE a SET compression = 1; SELECT 'NULLS NOT DISTINCT' FROM merge;", None);
        check("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES d ON DELETE SET NULL; -- NOT ENFORCED", None);
        check("DO $$ BEGIN MERGE INTO a USING b ON true; END $$;", None);
        check("SELECT a.security_invoker FROM a WHERE b IS DISTINCT FROM c;", None);
    }
}
