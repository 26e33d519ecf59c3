//! What a failure is, and what is only a reason to wait.

use std::fmt;

use tokio_postgres::error::{DbError, ErrorPosition};
use tokio_postgres::types::{ToSql, Type};

use super::pipeline::Refused;
use super::{Applier, ApplyError, Job, Outcome, record, session};
use crate::heal::HoldReason;
use crate::history::{HistoryRow, Progress};
use crate::postgres::connect::Notice;
use crate::script::{Script, Statement};

/// A script that failed, with the server's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The script.
    pub script: String,
    /// The server's message.
    pub message: String,
    /// Its SQLSTATE.
    pub sqlstate: Option<String>,
    /// Line of the script, from 1.
    pub line: Option<usize>,
    /// More about it.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in functions it happened.
    pub context: Option<String>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
    /// PostgreSQL's major versions at its origin and here, where the origin's is newer.
    pub newer_origin: Option<(u32, u32)>,
    /// For a script outside a transaction: how far it got.
    pub progress: Option<Progress>,
    /// What the server said meanwhile.
    pub notices: Vec<Notice>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.script)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(code) = &self.sqlstate {
            write!(f, " (SQLSTATE {code})")?;
        }
        for (word, text) in [("DETAIL", &self.detail), ("HINT", &self.hint), ("CONTEXT", &self.context)] {
            if let Some(text) = text {
                write!(f, "\n{word}: {text}")?;
            }
        }
        if let Some((there, here)) = self.newer_origin {
            write!(f, "\nSERVER: it was applied on PostgreSQL {there} first, this server is PostgreSQL {here}")?;
        }
        if let Some(Progress { done, of }) = self.progress {
            write!(f, "\nPROGRESS: {done} of {of} statements are done and stay done")?;
        }
        Ok(())
    }
}

impl Failure {
    /// From the server's error, and the statement that met it.
    pub(super) fn of(script: &Script, statement: Option<&Statement>, error: &DbError) -> Self {
        Self::at(script.name.as_str(), script.text.as_str(), statement, error)
    }

    /// The same for a text that need not be a script.
    pub(in crate::postgres) fn at(script: &str, text: &str, statement: Option<&Statement>, error: &DbError) -> Self {
        Self {
            script: script.to_owned(),
            message: error.message().to_owned(),
            sqlstate: Some(error.code().code().to_owned()),
            line: statement.map(|statement| line(text, statement, error.position())),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            context: error.where_().map(str::to_owned),
            constraint: error.constraint().map(str::to_owned),
            newer_origin: None,
            progress: None,
            notices: Vec::new(),
        }
    }

    /// A failure that the server did not word.
    pub(super) fn ours(script: &Script, message: String) -> Self {
        Self { script: script.name.to_string(), message, ..Self::default() }
    }
}

/// The line in the file: where the server points to, else the statement's first.
fn line(text: &str, statement: &Statement, position: Option<&ErrorPosition>) -> usize {
    let Some(ErrorPosition::Original(position)) = position else {
        return statement.line;
    };
    let before = usize::try_from(*position).unwrap_or(1).saturating_sub(1);
    let end = text[statement.range.clone()]
        .char_indices()
        .nth(before)
        .map_or(statement.range.end, |(offset, _)| statement.range.start + offset);
    text[..end].matches('\n').count() + 1
}

/// A reason that passes by itself.
pub(super) struct Passing {
    pub(super) why: String,
    /// Whether the server has ended this transaction for the sake of another one, so that the next may go through.
    pub(super) at_once: bool,
}

/// Whether the reason passes by itself: `None` for a failure.
///
/// A time limit that the script set itself is its own failure, not ours.
pub(super) fn passing(refused: &Refused, text: &str) -> Option<Passing> {
    let later = |why| Some(Passing { why, at_once: false });
    let Some(error) = refused.error.as_db_error() else {
        return later(format!("the connection was lost ({})", refused.error));
    };
    let code = error.code().code();
    if let Some(limit) = refused.overran.filter(|_| matches!(code, "57014" | "57P01")) {
        return later(format!("it ran for longer than the limit of {} s (SQLSTATE {code})", limit.as_secs_f32()));
    }
    let mentions = |setting: &str| text.to_ascii_lowercase().contains(setting);
    let why = match code {
        "57014" if !mentions("statement_timeout") => "a statement was cancelled, or ran for longer than the limit",
        "55P03" if !mentions("lock_timeout") => "somebody else holds a lock that is needed",
        "40001" | "40P01" => "another transaction was in the way",
        "57P01" | "57P02" | "57P03" | "57P05" => "the server is restarting",
        // The host's trouble, not the script's. It could not be recorded anyway while the disk is full.
        "53100" => "the server's disk is full",
        "53200" => "the server is out of memory",
        "53300" => "the server has no connection to spare",
        code if code.starts_with("08") => "the connection was lost",
        _ => return None,
    };
    let why = format!("{why} ({}, SQLSTATE {code})", error.message());
    Some(Passing { why, at_once: matches!(code, "40001" | "40P01") })
}

/// Whether the session may be gone after this error.
pub(super) fn ends_session(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error.as_db_error().is_none_or(|error| {
            matches!(error.code().code(), "57P01" | "57P02" | "57P03" | "57P05")
                || error.code().code().starts_with("08")
        })
}

impl Applier {
    /// Records a failure, in a transaction of its own; what the script did is rolled back already.
    pub(super) async fn record_failure(&mut self, job: &Job, failure: Failure) -> Result<Outcome, ApplyError> {
        let failed = |source| ApplyError::Query { what: "record a failure", source };
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        let newer_origin =
            job.origin_major.map(|there| (there, self.server_major())).filter(|(there, here)| there > here);
        let failure = Failure { newer_origin, ..failure };
        let (name, words) = (self.recorded_name(job), failure.to_string());
        let checksum = job.script.checksum();
        let (sum, text) = (checksum.to_string(), job.script.text.as_str());
        let count = |count: Option<u32>| count.and_then(|count| i32::try_from(count).ok());
        let done = count(failure.progress.map(|progress| progress.done));
        let of = count(failure.progress.map(|progress| progress.of));
        let sql = self.table.failure_sql();
        let row: [(&(dyn ToSql + Sync), Type); 8] = [
            (&name, Type::TEXT),
            (&sum, Type::TEXT),
            (&text, Type::TEXT),
            (&job.from, Type::TEXT),
            (&words, Type::TEXT),
            (&failure.sqlstate, Type::TEXT),
            (&done, Type::INT4),
            (&of, Type::INT4),
        ];
        let mut recorded = self.work.client.execute_typed(&sql, &row).await;
        if recorded.as_ref().is_err_and(record::is_number_taken) {
            self.table.mend_numbers(&self.work.client).await?;
            recorded = self.work.client.execute_typed(&sql, &row).await;
        }
        recorded.map_err(failed)?;
        self.record_attempt(job, HoldReason::Failed { error: words }).await?;
        self.history = self.table.load(&self.work.client).await?;
        Ok(Outcome::Failed(failure))
    }
}

/// The row that an applied script leaves.
pub(super) fn applied_row(job: &Job, name: String, id: i64, at: Option<i64>, duration_ms: i64) -> HistoryRow {
    HistoryRow {
        id,
        name,
        applied_at: at,
        success: true,
        error: None,
        checksum: Some(job.script.checksum()),
        has_text: true,
        duration_ms: Some(duration_ms),
        pulled_from: job.from.clone(),
        assumed: false,
        progress: None,
    }
}
