//! What a script's text says before anything runs: its statements, what cannot be run, what must run outside a
//! transaction, what reaches outside the database.

use std::ops::Range;

use super::CanonicalText;

/// One statement, to be sent by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Bytes of the canonical text, without the semicolon.
    pub range: Range<usize>,
    /// Line of its first token, from 1.
    pub line: usize,
    /// Why it cannot run in a transaction block, if it cannot (`CREATE INDEX CONCURRENTLY`).
    pub outside_transaction: Option<&'static str>,
}

/// Something found before anything runs that keeps the script from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// What was found.
    pub kind: ProblemKind,
}

/// What keeps a script from being run; `cli::render` words it, with the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// A psql meta-command (`\connect`).
    MetaCommand(String),
    /// COPY … FROM stdin: the rows would have to follow.
    CopyFromStdin,
    /// Transaction control (`COMMIT`), other than one BEGIN … COMMIT around everything.
    TransactionControl(String),
    /// A string, comment or quoted name that never ends.
    Unterminated(&'static str),
    /// A NUL character, which PostgreSQL cannot take.
    NulCharacter,
}

/// A reach outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Line, from 1.
    pub line: usize,
    /// What does it, in PostgreSQL's words (`COPY … PROGRAM`, `ALTER SYSTEM`, `CREATE ROLE`, `LANGUAGE plpython3u`).
    pub what: String,
}

/// What analysis found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// The statements, in order, the BEGIN and COMMIT around everything left out.
    pub statements: Vec<Statement>,
    /// What keeps it from being run; empty for a script that can be tried.
    pub problems: Vec<Problem>,
    /// Whether it runs in one transaction: no statement forbids it and no header asks otherwise.
    pub transactional: bool,
    /// Static reaches outside the database, DO bodies included.
    pub reaches: Vec<Reach>,
    /// Whether it says DEALLOCATE or DISCARD, which forget our prepared statements too.
    pub forgets_statements: bool,
}

/// Looks at a script without running anything.
pub fn analyze(_text: &CanonicalText) -> Analysis {
    Analysis::default()
}
