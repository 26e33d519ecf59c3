//! What becomes of a statement that is replayed in a scratch database: run, skipped, or refused.
//!
//! Start at [`in_scratch`]. A scratch database is a database of its own, but not a server of its own: what belongs to the whole
//! server (roles, other databases, files) must stay as it is, whoever wrote the script. What only names such a thing and says nothing
//! of the schema is skipped; what would read or write it is refused. What could go wrong: text that is put together as it runs
//! cannot be read here; changes of roles are measured by the replay itself.

use super::lexer::{Token, TokenKind, content, tokens};
use super::reach::{self, ReachKind};

/// What becomes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InScratch {
    /// It is run.
    Run,
    /// It is run; where it fails because a role, a setting or the like is not there, it is skipped.
    Try,
    /// It is about the whole server and says nothing of the schema: what it is, in PostgreSQL's words.
    Skip(String),
    /// It reaches outside the database: what does it.
    Refuse(String),
}

/// Says what becomes of one statement.
pub fn in_scratch(statement: &str) -> InScratch {
    let tokens: Vec<Token> = tokens(statement).into_iter().filter(Token::is_significant).collect();
    let words = words(statement, &tokens);
    let upper: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(what) = of_the_server(&upper) {
        return InScratch::Skip(what);
    }
    let found = reach::of_statement(statement, &tokens);
    let refused = found.reaches.into_iter().find(|(_, kind, what)| !is_harmless(*kind, what));
    match refused {
        Some((_, _, what)) => InScratch::Refuse(what),
        None if is_optional(&upper) => InScratch::Try,
        None => InScratch::Run,
    }
}

/// Words outside of parentheses in upper case; what is no plain word stands as it is written.
fn words(text: &str, tokens: &[Token]) -> Vec<String> {
    let mut depth = 0usize;
    let mut words = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => words.push(text[token.range.clone()].to_ascii_uppercase()),
            TokenKind::QuotedName if depth == 0 => words.push(format!("\"{}\"", content(token, text))),
            _ => {}
        }
    }
    words
}

/// About the whole server, and nothing that a schema holds.
fn of_the_server(words: &[&str]) -> Option<String> {
    let on = words.iter().position(|word| *word == "ON");
    match words {
        [_, "USER", "MAPPING", ..] => None,
        ["CREATE" | "ALTER" | "DROP", "ROLE" | "USER" | "GROUP", ..]
        | ["ALTER", "DATABASE", ..]
        | ["REASSIGN" | "DROP", "OWNED", ..]
        | ["SECURITY", "LABEL", ..] => Some(words[..2].join(" ")),
        ["COMMENT", "ON", "DATABASE" | "ROLE" | "TABLESPACE", ..] => Some(words[..3].join(" ")),
        ["GRANT" | "REVOKE", ..] => match on {
            None => Some(format!("{} of a role", words[0])),
            Some(at) => match words.get(at + 1) {
                Some(what @ (&"DATABASE" | &"TABLESPACE" | &"PARAMETER")) => Some(format!("{} ON {what}", words[0])),
                _ => None,
            },
        },
        _ => None,
    }
}

/// Settings of newer servers and roles of other ones do not change what the schema is.
fn is_optional(words: &[&str]) -> bool {
    matches!(
        words,
        ["SET" | "GRANT" | "REVOKE", ..]
            | ["ALTER", "DEFAULT", "PRIVILEGES", ..]
            | ["CREATE", "SCHEMA", "PUBLIC" | "\"public\""]
            | ["ALTER", .., "OWNER", "TO", _]
    )
}

/// Roles are measured; who we are is forgotten after each script; a server that is only named is not talked to.
fn is_harmless(kind: ReachKind, what: &str) -> bool {
    let named_only = ["CREATE SERVER", "ALTER SERVER", "CREATE FOREIGN DATA WRAPPER", "CREATE EXTENSION"]
        .iter()
        .any(|known| what.starts_with(known));
    match kind {
        ReachKind::Role | ReachKind::Privilege => true,
        ReachKind::Network => named_only || what.ends_with("USER MAPPING"),
        ReachKind::ServerFile | ReachKind::Program | ReachKind::Language | ReachKind::System | ReachKind::Database => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, expected: &InScratch) {
        assert_eq!(in_scratch(statement), *expected, "{statement}");
    }

    #[track_caller]
    fn skipped(statement: &str, what: &str) {
        check(statement, &InScratch::Skip(what.into()));
    }

    #[track_caller]
    fn refused(statement: &str, what: &str) {
        check(statement, &InScratch::Refuse(what.into()));
    }

    #[test]
    fn what_belongs_to_the_server_is_left_alone() {
        skipped("create role app", "CREATE ROLE");
        skipped("ALTER /* x */ USER app PASSWORD 'x'", "ALTER USER");
        skipped("GRANT app TO other", "GRANT of a role");
        skipped("GRANT CONNECT ON DATABASE shop TO app", "GRANT ON DATABASE");
        skipped("REASSIGN OWNED BY a TO b", "REASSIGN OWNED");
        skipped("DROP OWNED BY a", "DROP OWNED");
        skipped("ALTER DATABASE shop SET search_path = app", "ALTER DATABASE");
        skipped("COMMENT ON DATABASE shop IS 'x'", "COMMENT ON DATABASE");
        refused("COPY t FROM PROGRAM 'curl x'", "COPY … PROGRAM");
        refused("ALTER SYSTEM SET work_mem = '1GB'", "ALTER SYSTEM");
        refused("CREATE DATABASE x", "CREATE DATABASE");
        refused("DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET a = 1'; END $$", "ALTER SYSTEM");
        refused("SELECT dblink('dbname=shop', 'DROP TABLE t')", "dblink()");
        refused("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "CREATE SUBSCRIPTION");
    }

    #[test]
    fn what_stays_inside_is_run() {
        check("CREATE TABLE t (role text, grant_on text)", &InScratch::Run);
        check("DO $$ BEGIN CREATE ROLE app; END $$", &InScratch::Run);
        check("CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw", &InScratch::Run);
        check("CREATE USER MAPPING FOR app SERVER s", &InScratch::Run);
        check("GRANT SELECT ON t TO app", &InScratch::Try);
        check("ALTER TABLE public.t OWNER TO app", &InScratch::Try);
        check("SET transaction_timeout = 0", &InScratch::Try);
        check("CREATE SCHEMA public", &InScratch::Try);
        check("CREATE SCHEMA app", &InScratch::Run);
    }
}
