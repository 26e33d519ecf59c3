//! What a statement reaches outside the database: server files and programs, roles, the server's settings, other servers,
//! untrusted languages. Found by tokens, not by searching text: a comment or a string that mentions COPY is no COPY.
//!
//! The bodies of DO blocks run at once, so that they are read likewise: each place where a statement can begin, and EXECUTE of a
//! constant. EXECUTE of anything else cannot be seen through, which is said. Bodies of routines in SQL and PL/pgSQL are read too,
//! because a later script may call them and shows nothing of it.
//!
//! What could go wrong: a routine or trigger of an earlier script that builds its text as it runs reaches out when a later one
//! calls it. No reading of the later script's text can see that.

use super::analysis::makes_routine;
use super::lexer::{Token, TokenKind, content, content_at, tokens};

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
    /// The routine that this statement makes, in lower case, if its body executes text that is put together as it runs.
    pub(super) dynamic_routine: Option<String>,
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
const REACHING_FUNCTIONS: [(&str, ReachKind); 24] = [
    ("lo_import", ReachKind::ServerFile),
    ("lo_export", ReachKind::ServerFile),
    ("pg_read_file", ReachKind::ServerFile),
    ("pg_read_binary_file", ReachKind::ServerFile),
    ("pg_file_write", ReachKind::ServerFile),
    ("pg_file_rename", ReachKind::ServerFile),
    ("pg_file_unlink", ReachKind::ServerFile),
    ("pg_ls_dir", ReachKind::ServerFile),
    ("pg_stat_file", ReachKind::ServerFile),
    ("pg_file_sync", ReachKind::ServerFile),
    ("pg_ls_logdir", ReachKind::ServerFile),
    ("pg_ls_waldir", ReachKind::ServerFile),
    ("pg_switch_wal", ReachKind::System),
    ("pg_create_restore_point", ReachKind::System),
    ("pg_copy_physical_replication_slot", ReachKind::System),
    ("pg_copy_logical_replication_slot", ReachKind::System),
    ("pg_reload_conf", ReachKind::System),
    ("pg_rotate_logfile", ReachKind::System),
    ("pg_promote", ReachKind::System),
    ("pg_terminate_backend", ReachKind::System),
    ("pg_cancel_backend", ReachKind::System),
    ("pg_create_physical_replication_slot", ReachKind::System),
    ("pg_create_logical_replication_slot", ReachKind::System),
    ("pg_drop_replication_slot", ReachKind::System),
];

/// Functions that execute a text they are given.
const EXECUTING_FUNCTIONS: [&str; 7] = [
    "query_to_xml",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
    "ts_stat",
    "crosstab",
    "connectby",
    "xpath_table",
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
        content(token, self.text).to_lowercase()
    }

    fn is_symbol(&self, at: usize, symbol: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    fn is_string(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| matches!(token.kind, TokenKind::Text | TokenKind::DollarText))
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
    found.dynamic_sql |= executes_given_text(&words);
    if words.upper.first().is_some_and(|word| word == "DO") {
        for at in (0..tokens.len()).filter(|&at| words.is_string(at)) {
            read_body(&words, at, offset, depth, found);
        }
    } else if makes_routine(text, tokens) {
        let mut inside = Found::default();
        for at in words.places("AS").map(|at| at + 1).filter(|&at| words.is_string(at)) {
            read_body(&words, at, offset, depth, &mut inside);
        }
        found.reaches.append(&mut inside.reaches);
        if inside.dynamic_sql {
            found.dynamic_routine = routine_name(&words);
        }
    }
}

/// Reads the body that stands as a string at this place; `offset` is that of the first token in the whole script.
fn read_body(words: &Words<'_>, at: usize, offset: usize, depth: usize, found: &mut Found) {
    let (Some(first), Some(body)) = (words.tokens.first(), words.tokens.get(at)) else { return };
    let offset = offset + content_at(body, words.text) - first.range.start;
    find_in_body(&content(body, words.text), offset, depth + 1, found);
}

/// The last part of the name that CREATE FUNCTION or PROCEDURE gives.
fn routine_name(words: &Words<'_>) -> Option<String> {
    let open = words.tokens.iter().position(|token| token.kind == TokenKind::Symbol('('))?;
    open.checked_sub(1).map(|at| words.name(at))
}

/// Functions that execute their argument, and names written with escapes that this reading does not undo.
fn executes_given_text(words: &Words<'_>) -> bool {
    let calls = |at: usize| words.is_symbol(at + 1, '(') && EXECUTING_FUNCTIONS.contains(&words.name(at).as_str());
    let names = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
    words.upper.iter().any(|word| word == "UESCAPE")
        || words.tokens.iter().enumerate().any(|(at, token)| names(token) && calls(at))
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
        [verb @ ("CREATE" | "ALTER" | "DROP"), what @ "SUBSCRIPTION", ..]
        | [verb @ ("CREATE" | "ALTER"), what @ "SERVER", ..] => said(ReachKind::Network, &format!("{verb} {what}")),
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
        ["SET" | "RESET", ..] => identity(words),
        _ => None,
    }
}

/// SET ROLE and SET SESSION AUTHORIZATION, also in their forms as settings.
fn identity(words: &Words<'_>) -> Option<(ReachKind, String)> {
    let verb = &words.upper[0];
    let names: Vec<String> = (1..4).map(|at| words.name(at)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let what = match names.as_slice() {
        ["role", ..] | ["session" | "local", "role", ..] => "ROLE",
        ["session", "authorization", ..] | [_, "session", "authorization"] => "SESSION AUTHORIZATION",
        ["session_authorization", ..] | ["session" | "local", "session_authorization", ..] => "SESSION AUTHORIZATION",
        _ => return None,
    };
    Some((ReachKind::Privilege, format!("{verb} {what}")))
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

/// `LANGUAGE x` where a function, a language or a DO block is made in one that is not known to be harmless. Elsewhere `language`
/// is a usual name of a column.
fn languages(words: &Words<'_>) -> Vec<(ReachKind, String)> {
    let upper: Vec<&str> = words.upper.iter().take(6).map(String::as_str).collect();
    let is_clause = match upper.as_slice() {
        ["DO", ..] | ["CREATE", "LANGUAGE" | "TRUSTED" | "PROCEDURAL" | "TRANSFORM", ..] => true,
        ["CREATE", "OR", "REPLACE", "LANGUAGE" | "TRUSTED" | "PROCEDURAL" | "TRANSFORM", ..] => true,
        _ => makes_routine(words.text, words.tokens),
    };
    if !is_clause {
        return Vec::new();
    }
    // What follows is a body in SQL, where `language` may be a column too.
    let body = words.places("BEGIN").chain(words.places("RETURN")).min().unwrap_or(words.tokens.len());
    let is_name = |at: &usize| {
        let kind = words.tokens.get(*at).map(|token| token.kind);
        words.is_string(*at) || matches!(kind, Some(TokenKind::Word | TokenKind::QuotedName))
    };
    words
        .places("LANGUAGE")
        .filter(|at| *at < body)
        .map(|at| at + 1)
        .filter(is_name)
        .map(|at| words.name(at))
        .filter(|name| !TRUSTED.contains(&name.as_str()))
        .map(|name| (ReachKind::Language, format!("LANGUAGE {name}")))
        .collect()
}

/// Calls of functions that open a way out, anywhere in the statement.
fn functions(words: &Words<'_>) -> Vec<(ReachKind, String)> {
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
    (0..words.tokens.len())
        .filter(|&at| words.is_symbol(at + 1, '(') && is_name(&words.tokens[at]))
        .filter_map(|at| {
            let name = words.name(at);
            if name == "set_config" && matches!(words.name(at + 2).as_str(), "role" | "session_authorization") {
                return Some((ReachKind::Privilege, format!("set_config({})", words.name(at + 2))));
            }
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
        find(body, statement, offset + first.range.start, depth, found);
        execute(&Words::of(body, statement), offset, depth, found);
    }
}

/// EXECUTE wherever PL/pgSQL allows it (`RETURN QUERY EXECUTE`, `FOR r IN EXECUTE`): constants are read like a body, and of what is
/// put together as it runs at least the constant it begins with.
fn execute(words: &Words<'_>, offset: usize, depth: usize, found: &mut Found) {
    // Not the privilege, nor a trigger's function.
    let runs = |at: &usize| {
        let next = words.upper.get(at + 1).map(String::as_str);
        words.upper[*at] == "EXECUTE"
            && !matches!(next, Some("FUNCTION" | "PROCEDURE" | "ON"))
            && !words.is_symbol(at + 1, ',')
    };
    for at in (0..words.tokens.len()).filter(runs) {
        let is_format = words.upper.get(at + 1).is_some_and(|word| word == "FORMAT") && words.is_symbol(at + 2, '(');
        let mut next = if is_format { at + 3 } else { at + 1 };
        let start = words.tokens.get(next).map_or(0, |token| content_at(token, words.text));
        let mut constant = String::new();
        while words.is_string(next) {
            constant.push_str(&content(&words.tokens[next], words.text));
            let joined = words.is_symbol(next + 1, '|') && words.is_symbol(next + 2, '|') && words.is_string(next + 3);
            next += if joined { 3 } else { 1 };
        }
        let ends = words.upper.get(next).is_none_or(|word| matches!(word.as_str(), "INTO" | "USING"));
        found.dynamic_sql |= is_format || constant.is_empty() || !ends;
        find_in_body(&constant, offset + start, depth + 1, found);
    }
}
