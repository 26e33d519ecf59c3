//! What a statement reaches outside the database: server files and programs, roles, the server's settings, other servers,
//! untrusted languages. Found by tokens, not by searching text: a comment or a string that mentions COPY is no COPY.
//!
//! The bodies of DO blocks run at once, so that they are read likewise: each place where a statement can begin, and EXECUTE of a
//! constant. EXECUTE of anything else cannot be seen through, which is said. Bodies of functions are not read: making a
//! function runs nothing.

use super::lexer::{Token, TokenKind, content, tokens};

/// A reach outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Line, from 1.
    pub line: usize,
    /// What sort of thing is reached.
    pub kind: ReachKind,
    /// What does it, in PostgreSQL's words (`COPY … PROGRAM`, `ALTER SYSTEM`, `CREATE ROLE`, `LANGUAGE plpython3u`).
    pub what: String,
}

/// What sort of thing is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReachKind {
    /// Cluster-wide roles and memberships; measured when the script runs, because `IF NOT EXISTS` often makes it nothing.
    Role,
    /// Files of the server.
    ServerFile,
    /// Programs on the server.
    Program,
    /// A language in which functions can do anything.
    Language,
    /// The server's own settings and processes.
    System,
    /// Other databases of the server.
    Database,
    /// Other servers.
    Network,
    /// The session's own identity.
    Privilege,
}

/// What was found in one statement: offset, kind, words.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) reaches: Vec<(usize, ReachKind, String)>,
    pub(super) dynamic_sql: bool,
}

/// Languages whose functions cannot leave the database.
const TRUSTED: [&str; 8] = ["sql", "plpgsql", "plperl", "pltcl", "plv8", "plls", "plcoffee", "pllua"];

/// Extensions that open a way out.
const REACHING_EXTENSIONS: [&str; 12] = [
    "postgres_fdw",
    "dblink",
    "file_fdw",
    "adminpack",
    "plpython3u",
    "plpythonu",
    "plperlu",
    "pltclu",
    "http",
    "pg_net",
    "pg_cron",
    "oracle_fdw",
];

/// Functions that open a way out, with what they reach.
const REACHING_FUNCTIONS: [(&str, ReachKind); 17] = [
    ("lo_import", ReachKind::ServerFile),
    ("lo_export", ReachKind::ServerFile),
    ("pg_read_file", ReachKind::ServerFile),
    ("pg_read_binary_file", ReachKind::ServerFile),
    ("pg_file_write", ReachKind::ServerFile),
    ("pg_file_rename", ReachKind::ServerFile),
    ("pg_file_unlink", ReachKind::ServerFile),
    ("pg_ls_dir", ReachKind::ServerFile),
    ("pg_stat_file", ReachKind::ServerFile),
    ("pg_reload_conf", ReachKind::System),
    ("pg_rotate_logfile", ReachKind::System),
    ("pg_promote", ReachKind::System),
    ("pg_terminate_backend", ReachKind::System),
    ("pg_cancel_backend", ReachKind::System),
    ("pg_create_physical_replication_slot", ReachKind::System),
    ("pg_create_logical_replication_slot", ReachKind::System),
    ("pg_drop_replication_slot", ReachKind::System),
];

/// What one statement reaches.
pub(super) fn of_statement(text: &str, tokens: &[Token]) -> Found {
    let mut found = Found::default();
    let offset = tokens.first().map_or(0, |token| token.range.start);
    find(text, tokens, offset, 0, &mut found);
    found
}

/// Words of a token list, for matching.
struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
    upper: Vec<String>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str, tokens: &'a [Token]) -> Self {
        let upper = |token: &Token| match token.kind {
            TokenKind::Word => text[token.range.clone()].to_ascii_uppercase(),
            _ => String::new(),
        };
        Self { text, tokens, upper: tokens.iter().map(upper).collect() }
    }

    /// A name, quoted or not, in lower case.
    fn name(&self, at: usize) -> String {
        let Some(token) = self.tokens.get(at) else { return String::new() };
        let raw = match token.kind {
            TokenKind::Text | TokenKind::DollarText => content(token, self.text),
            _ => self.text[token.range.clone()].trim_matches('"').to_owned(),
        };
        raw.to_lowercase()
    }

    /// Places of a word outside of parentheses.
    fn places(&self, word: &'a str) -> impl Iterator<Item = usize> {
        let mut depth = 0usize;
        self.tokens.iter().enumerate().filter_map(move |(at, token)| {
            match token.kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && self.upper[at] == word).then_some(at)
        })
    }

    fn has(&self, word: &'a str) -> bool {
        self.places(word).next().is_some()
    }
}

/// Nested EXECUTEs of constants deeper than this are taken for dynamic.
const MAX_DEPTH: usize = 8;

fn find(text: &str, tokens: &[Token], offset: usize, depth: usize, found: &mut Found) {
    let words = Words::of(text, tokens);
    let mut say = |kind, what: String| found.reaches.push((offset, kind, what));
    if let Some((kind, what)) = by_first_words(&words) {
        say(kind, what);
    }
    for (kind, what) in languages(&words).into_iter().chain(functions(&words)) {
        say(kind, what);
    }
    if words.upper.first().is_some_and(|word| word == "DO") {
        let bodies = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Text | TokenKind::DollarText));
        for body in bodies {
            find_in_body(&content(body, text), body.range.start, depth + 1, found);
        }
    }
}

/// Statements known by how they begin.
fn by_first_words(words: &Words<'_>) -> Option<(ReachKind, String)> {
    let upper: Vec<&str> = words.upper.iter().map(String::as_str).collect();
    let said = |kind, what: &str| Some((kind, what.to_owned()));
    match upper.as_slice() {
        ["COPY", ..] => copy(words),
        ["ALTER", "SYSTEM", ..] => said(ReachKind::System, "ALTER SYSTEM"),
        ["LOAD", ..] => said(ReachKind::Program, "LOAD"),
        [verb @ ("CREATE" | "ALTER" | "DROP"), "USER", "MAPPING", ..] => {
            said(ReachKind::Network, &format!("{verb} USER MAPPING"))
        }
        [verb @ ("CREATE" | "ALTER" | "DROP"), what @ ("ROLE" | "USER" | "GROUP"), ..] => {
            said(ReachKind::Role, &format!("{verb} {what}"))
        }
        [verb @ ("GRANT" | "REVOKE"), ..] if !words.has("ON") => said(ReachKind::Role, &format!("{verb} of a role")),
        [verb @ ("CREATE" | "ALTER" | "DROP"), "DATABASE", ..] => {
            said(ReachKind::Database, &format!("{verb} DATABASE"))
        }
        [verb @ ("CREATE" | "ALTER" | "DROP"), "TABLESPACE", ..] => {
            said(ReachKind::System, &format!("{verb} TABLESPACE"))
        }
        [verb @ ("CREATE" | "ALTER"), what @ ("SUBSCRIPTION" | "SERVER"), ..] => {
            said(ReachKind::Network, &format!("{verb} {what}"))
        }
        ["CREATE", "FOREIGN", "DATA", "WRAPPER", ..] => said(ReachKind::Network, "CREATE FOREIGN DATA WRAPPER"),
        ["IMPORT", "FOREIGN", "SCHEMA", ..] => said(ReachKind::Network, "IMPORT FOREIGN SCHEMA"),
        ["CREATE", "EXTENSION", rest @ ..] => {
            let at = 2 + if rest.starts_with(&["IF", "NOT", "EXISTS"]) { 3 } else { 0 };
            let name = words.name(at);
            REACHING_EXTENSIONS
                .contains(&name.as_str())
                .then(|| (ReachKind::Network, format!("CREATE EXTENSION {name}")))
        }
        ["COMMENT", "ON", what @ ("ROLE" | "DATABASE" | "TABLESPACE"), ..] => {
            said(ReachKind::Database, &format!("COMMENT ON {what}"))
        }
        ["SECURITY", "LABEL", ..] => said(ReachKind::Privilege, "SECURITY LABEL"),
        ["SET", "ROLE", ..] | ["SET", "SESSION" | "LOCAL", "ROLE", ..] => said(ReachKind::Privilege, "SET ROLE"),
        ["SET", "SESSION" | "LOCAL", "AUTHORIZATION", ..] | ["SET", _, "SESSION", "AUTHORIZATION", ..] => {
            said(ReachKind::Privilege, "SET SESSION AUTHORIZATION")
        }
        _ => None,
    }
}

fn copy(words: &Words<'_>) -> Option<(ReachKind, String)> {
    let mut ends = words.places("FROM").chain(words.places("TO"));
    ends.find_map(|at| match (words.upper.get(at + 1)?.as_str(), words.tokens[at + 1].kind) {
        ("PROGRAM", _) => Some((ReachKind::Program, "COPY … PROGRAM".to_owned())),
        (_, TokenKind::Text | TokenKind::DollarText) => {
            Some((ReachKind::ServerFile, "COPY with a server file".to_owned()))
        }
        _ => None,
    })
}

/// `LANGUAGE x` where a function, a language or a DO block is made in one that is not known to be harmless.
fn languages(words: &Words<'_>) -> Vec<(ReachKind, String)> {
    let first = words.upper.first().map(String::as_str);
    if !matches!(first, Some("CREATE" | "DO" | "ALTER")) {
        return Vec::new();
    }
    words
        .places("LANGUAGE")
        .map(|at| words.name(at + 1))
        .filter(|name| !name.is_empty() && !TRUSTED.contains(&name.as_str()))
        .map(|name| (ReachKind::Language, format!("LANGUAGE {name}")))
        .collect()
}

/// Calls of functions that open a way out, anywhere in the statement.
fn functions(words: &Words<'_>) -> Vec<(ReachKind, String)> {
    let called = |at: usize| words.tokens.get(at + 1).is_some_and(|token| token.kind == TokenKind::Symbol('('));
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
    let names = (0..words.tokens.len()).filter(|&at| is_name(&words.tokens[at]) && called(at)).map(|at| words.name(at));
    names
        .filter_map(|name| {
            let known = REACHING_FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
            let kind = known.or_else(|| name.starts_with("dblink").then_some(ReachKind::Network))?;
            Some((kind, format!("{name}()")))
        })
        .collect()
}

/// Reads a body of PL/pgSQL: every place where a statement can begin.
fn find_in_body(body: &str, offset: usize, depth: usize, found: &mut Found) {
    if depth > MAX_DEPTH {
        found.dynamic_sql = true;
        return;
    }
    let all: Vec<Token> = tokens(body).into_iter().filter(Token::is_significant).collect();
    let begins_after = |token: &Token| match token.kind {
        TokenKind::Symbol(';') => true,
        TokenKind::Word => ["BEGIN", "THEN", "ELSE", "LOOP", "DECLARE"]
            .iter()
            .any(|word| body[token.range.clone()].eq_ignore_ascii_case(word)),
        _ => false,
    };
    let mut start = 0;
    for at in 0..=all.len() {
        let ends = at == all.len() || begins_after(&all[at]);
        if !ends {
            continue;
        }
        let statement = &all[start..at];
        start = at + 1;
        let Some(first) = statement.first() else { continue };
        if body[first.range.clone()].eq_ignore_ascii_case("EXECUTE") {
            execute(body, statement, offset, depth, found);
        } else {
            find(body, statement, offset + first.range.start, depth, found);
        }
    }
}

fn execute(body: &str, statement: &[Token], offset: usize, depth: usize, found: &mut Found) {
    match statement {
        [_, constant] if matches!(constant.kind, TokenKind::Text | TokenKind::DollarText) => {
            let inner = content(constant, body);
            let tokens: Vec<Token> = tokens(&inner).into_iter().filter(Token::is_significant).collect();
            find(&inner, &tokens, offset + constant.range.start, depth + 1, found);
        }
        _ => found.dynamic_sql = true,
    }
}
