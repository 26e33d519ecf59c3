//! Scripts that cannot run in one transaction: statement by statement, the row telling truthfully how far it got.
//!
//! What can run in a transaction runs in one with its progress, so that its outcome is never unknown; only what must be outside
//! (CREATE INDEX CONCURRENTLY, …) is not. Stopped half-way, it goes on after the statements that are done when it is tried
//! again with the same text. What could go wrong: a kill between such a statement and the note of it; the next try looks
//! whether the index stands and is valid, and fails with the server's words where that cannot be told. An index left
//! invalid is always said, also when IF NOT EXISTS passed over it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_postgres::Error;
use tokio_postgres::types::{ToSql, Type};

use super::failure::{Failure, applied_row, ends_session, passing};
use super::pipeline::{Limits, Pipeline, Refused};
use super::{Applier, ApplyError, Job, Outcome, session, verdict};
use crate::history::Progress;
use crate::journal::{Effect, Event, Touched, effect_between};
use crate::postgres::bookkeeping;
use crate::postgres::catalog::Reading;
use crate::postgres::connect::Notice;
use crate::postgres::history_table::quoted;
use crate::postgres::journal_table;
use crate::postgres::lock::Guard;
use crate::schema::FactId;
use crate::script::{Isolation, Statement};

/// Beyond the statement's own limit, before it is cancelled from another connection.
const GRACE: Duration = Duration::from_secs(1);

const INVALID: &str = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_index i \
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2";

/// A script on its way, outside a transaction.
struct Walk {
    name: String,
    id: i64,
    at: Option<i64>,
    done: u32,
    of: u32,
    /// Whether an earlier try got this far.
    resumed: bool,
    invalid_before: Vec<Index>,
    notices: Vec<Notice>,
}

/// An index, by schema and name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Index {
    schema: String,
    name: String,
}

impl Index {
    fn sql(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// Why a walk stopped.
enum Stop {
    Failed(Box<Failure>),
    Passing(String),
    Lost(String),
}

impl Applier {
    /// Runs a script statement by statement and records it, or how far it got.
    pub(super) async fn run_outside(&mut self, job: &Job) -> Result<Outcome, ApplyError> {
        let started = Instant::now();
        let failed = |source| ApplyError::Query { what: "run a script outside a transaction", source };
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        self.prepared = true;
        self.forget_statements();
        self.inventory = None;
        Guard::mark_outside(&self.work).await?;
        let Some(mut walk) = self.start_walk(job).await? else {
            return Ok(Outcome::AlreadyApplied);
        };
        let first = usize::try_from(walk.done).unwrap_or(usize::MAX);
        for statement in job.analysis.statements.iter().take(first) {
            // what a statement set for the session went with the earlier try's session
            let sql = &job.script.text.as_str()[statement.range.clone()];
            if is_setting(sql) {
                self.work.client.execute_typed(sql, &[]).await.map_err(failed)?;
            }
        }
        for (index, statement) in job.analysis.statements.iter().enumerate().skip(first) {
            let done = u32::try_from(index + 1).unwrap_or(u32::MAX);
            match self.step(job, &mut walk, statement, done).await? {
                Ok(()) => walk.done = done,
                Err(stop) => return self.stopped(job, walk, stop).await,
            }
        }
        let notices = walk.notices.clone();
        session::clean(&self.work.client, true, self.notices_end).await?;
        let after = self.reader.read_once(&self.work.client).await?;
        let mut effect = effect_between(&self.reading.model, &after.model);
        if walk.resumed {
            let until = self.stopped_at(job).await?;
            self.add_earlier_tries(&mut effect, (walk.at, until), &after);
        }
        let event = job.applied(&notices);
        let duration = started.elapsed();
        let duration_ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let transaction = self.work.client.transaction().await.map_err(failed)?;
        let entry = journal_table::append(transaction.client(), event, effect.clone()).await?;
        let row: &[(&(dyn ToSql + Sync), Type)] = &[(&walk.name, Type::TEXT), (&duration_ms, Type::INT8)];
        transaction.execute_typed(&self.table.complete_sql(), row).await.map_err(failed)?;
        bookkeeping::forget_attempt(transaction.client(), &walk.name).await?;
        let stands = transaction.query_typed(Guard::STANDS, &[(&self.guard.pid, Type::INT4)]).await;
        if stands.is_err() {
            self.ended = true;
            return Err(ApplyError::LockLost(job.script.name.to_string()));
        }
        transaction.commit().await.map_err(failed)?;
        self.catch_up(entry.seq).await?;
        self.reading = after;
        let seq = entry.seq;
        self.committed(job, entry);
        self.remember(applied_row(job, walk.name, walk.id, walk.at, duration_ms));
        let unverified = self.unverified(job, &effect);
        Ok(Outcome::Applied { seq, duration, notices, effect: Arc::new(effect), unverified })
    }

    /// Claims the row, or goes on with one that stopped half-way with the same text; `None`: applied already.
    async fn start_walk(&mut self, job: &Job) -> Result<Option<Walk>, ApplyError> {
        let failed = |source| ApplyError::Query { what: "claim the row of a script", source };
        let name = self.recorded_name(job);
        let of = u32::try_from(job.analysis.statements.len()).unwrap_or(u32::MAX);
        let mut walk = Walk {
            id: 0,
            at: None,
            done: 0,
            of,
            resumed: false,
            invalid_before: self.invalid_indexes().await.map_err(failed)?,
            notices: Vec::new(),
            name,
        };
        let row = self.history.row(&walk.name).filter(|row| row.checksum == Some(job.script.checksum()));
        if let Some((row, progress)) = row.and_then(|row| Some((row, row.progress?))).filter(|(_, p)| p.of == of) {
            (walk.id, walk.at, walk.done, walk.resumed) = (row.id, row.applied_at, progress.done, true);
            return Ok(Some(walk));
        }
        let (sum, text) = (job.script.checksum().to_string(), job.script.text.as_str());
        let (done, of) = (0_i32, i32::try_from(of).unwrap_or(i32::MAX));
        let claim: &[(&(dyn ToSql + Sync), Type)] = &[
            (&walk.name, Type::TEXT),
            (&sum, Type::TEXT),
            (&text, Type::TEXT),
            (&job.from, Type::TEXT),
            (&done, Type::INT4),
            (&of, Type::INT4),
        ];
        match self.work.client.query_typed(&self.table.claim_sql(), claim).await {
            Ok(rows) => {
                if let Some(row) = rows.first() {
                    (walk.id, walk.at) = (row.get(0), row.get(1));
                }
                Ok(Some(walk))
            }
            Err(error) if error.code().is_some_and(|code| code.code() == "22012") => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// One statement with the note that it is done.
    async fn step(
        &mut self,
        job: &Job,
        walk: &mut Walk,
        statement: &Statement,
        done: u32,
    ) -> Result<Result<(), Stop>, ApplyError> {
        let failed = |source| ApplyError::Query { what: "note a script's progress", source };
        let sql = &job.script.text.as_str()[statement.range.clone()];
        let must = statement.outside_transaction.is_some();
        self.work.take_notices();
        let mut result = if must { self.alone(sql).await } else { self.noted(walk, sql, done).await };
        // what is outside a transaction without its text showing it (a procedure that commits)
        let refuses = |refused: &Refused| refused.error.code().is_some_and(|c| matches!(c.code(), "25001" | "2D000"));
        let alone = must || result.as_ref().is_err_and(refuses);
        if alone && !must {
            result = self.alone(sql).await;
        }
        walk.notices.extend(self.work.take_notices());
        if let Err(refused) = &result
            && (ends_session(&refused.error) || self.work.is_closed())
        {
            let why = passing(refused, "").map_or_else(|| refused.error.to_string(), |passing| passing.why);
            return Ok(Err(Stop::Lost(why)));
        }
        // only a statement that ran outside leaves something behind when it fails
        let broken = if alone { self.broken_index(walk, sql).await.map_err(failed)? } else { None };
        let result = match result {
            Err(refused)
                if alone && walk.resumed && walk.done + 1 == done && broken.is_none() && was_done(&refused) =>
            {
                Ok(())
            }
            other => other,
        };
        match (result, broken) {
            (Ok(()), None) => {}
            (Err(refused), broken) => return Ok(Err(self.stop_of(job, walk, statement, &refused, broken.as_ref()))),
            (Ok(()), Some(index)) => {
                let message = format!("the index {} is invalid", index.sql());
                let mut failure = Failure { line: Some(statement.line), ..Failure::ours(&job.script, message) };
                failure.hint = Some(hint(&index));
                return Ok(Err(Stop::Failed(Box::new(failure))));
            }
        }
        if alone {
            let count = i32::try_from(done).unwrap_or(i32::MAX);
            let note: &[(&(dyn ToSql + Sync), Type)] = &[(&walk.name, Type::TEXT), (&count, Type::INT4)];
            // under the script's own role the history could not be written
            self.work.client.batch_execute("BEGIN; SET LOCAL ROLE NONE").await.map_err(failed)?;
            self.work.client.execute_typed(&self.table.progress_sql(), note).await.map_err(failed)?;
            self.work.client.batch_execute("COMMIT").await.map_err(failed)?;
        }
        Ok(Ok(()))
    }

    /// Outside a transaction. A lock's time limit would leave an invalid index behind.
    async fn alone(&self, sql: &str) -> Result<(), Refused> {
        let mut pipeline = Pipeline::new(&self.work.client);
        pipeline.batch(format!(
            "SET lock_timeout = 0; SET statement_timeout = {}",
            self.options.statement_timeout.as_millis()
        ));
        pipeline.statement(sql);
        let canceller = self.work.canceller();
        pipeline.run(Limits::each(self.options.statement_timeout + GRACE), self.stop(&canceller)).await.map(drop)
    }

    /// In a transaction with its progress.
    async fn noted(&self, walk: &Walk, sql: &str, done: u32) -> Result<(), Refused> {
        let count = i32::try_from(done).unwrap_or(i32::MAX);
        let limits = (self.options.lock_timeout, self.options.statement_timeout);
        let mut pipeline = Pipeline::new(&self.work.client);
        pipeline.batch(session::begin_sql(Isolation::ReadCommitted, limits.0, limits.1));
        pipeline.statement(sql);
        pipeline.batch("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE NONE");
        pipeline.rows(self.table.progress_sql(), vec![(&walk.name, Type::TEXT), (&count, Type::INT4)]);
        pipeline.batch("COMMIT");
        let canceller = self.work.canceller();
        let result = pipeline.run(Limits::each(limits.1 + GRACE), self.stop(&canceller)).await;
        if result.is_err() {
            // a connection that is gone answers in its own time
            let _ = self.work.client.batch_execute("ROLLBACK").await;
        }
        result.map(drop)
    }

    fn stop_of(
        &self,
        job: &Job,
        walk: &Walk,
        statement: &Statement,
        refused: &Refused,
        broken: Option<&Index>,
    ) -> Stop {
        let resumed = walk.resumed && statement.outside_transaction.is_some();
        match (broken, passing(refused, job.script.text.as_str()), refused.error.as_db_error()) {
            (None, Some(passing), _) => Stop::Passing(passing.why),
            (broken, _, Some(error)) => {
                let mut failure = Failure::of(&job.script, Some(statement), error);
                if let Some(index) = broken {
                    failure.hint = Some(hint(index));
                } else if resumed && failure.hint.is_none() {
                    failure.hint = Some("an earlier try was cut off here; what it did may be there already".into());
                }
                Stop::Failed(Box::new(failure))
            }
            (_, _, None) => Stop::Lost(refused.error.to_string()),
        }
    }

    /// Stopped half-way: the row says how far it got, and what it did until then is drift until it is done.
    async fn stopped(&mut self, job: &Job, walk: Walk, stop: Stop) -> Result<Outcome, ApplyError> {
        if let Stop::Lost(why) = stop {
            return Ok(self.end(why));
        }
        session::clean(&self.work.client, true, self.notices_end).await?;
        self.look_anew().await?;
        match stop {
            Stop::Failed(failure) => {
                let progress = Some(Progress { done: walk.done, of: walk.of });
                let failure = Failure { progress, notices: walk.notices, ..*failure };
                self.record_failure(job, failure).await
            }
            Stop::Passing(why) | Stop::Lost(why) => {
                self.history = self.table.load(&self.work.client).await?;
                Ok(Outcome::later(why))
            }
        }
    }

    /// When an earlier try of this text stopped, in milliseconds since 1970; `None`: unknown, it was cut off.
    async fn stopped_at(&self, job: &Job) -> Result<Option<i64>, ApplyError> {
        let sql = "SELECT pg_catalog.round(EXTRACT(epoch FROM at) * 1000)::pg_catalog.int8 FROM driftless.attempt \
                   WHERE name = $1 AND checksum = $2 AND outcome = 'failed'";
        let (name, sum) = (job.script.name.as_str(), job.script.checksum().to_string());
        let rows = self.work.client.query_typed(sql, &[(&name, Type::TEXT), (&sum, Type::TEXT)]).await;
        let rows = rows.map_err(|source| ApplyError::Query { what: "look when a script stopped", source })?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    async fn invalid_indexes(&self) -> Result<Vec<Index>, Error> {
        let rows = self.work.client.query_typed(INVALID, &[]).await?;
        Ok(rows.iter().map(|row| Index { schema: row.get(0), name: row.get(1) }).collect())
    }

    /// An index that is invalid since this statement, or was before and is named in it.
    async fn broken_index(&self, walk: &Walk, sql: &str) -> Result<Option<Index>, Error> {
        let invalid = self.invalid_indexes().await?;
        Ok(invalid.into_iter().find(|index| !walk.invalid_before.contains(index) || names(sql, &index.name)))
    }

    /// What earlier tries of this script did was drift until now; it is the script's effect too. What was changed by hand after
    /// they stopped is not.
    fn add_earlier_tries(&self, effect: &mut Effect, (since, until): (Option<i64>, Option<i64>), after: &Reading) {
        let meanwhile = |at: i64| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at <= until);
        let earlier = self.entries.iter().filter(|entry| entry.event == Event::Drift && meanwhile(entry.at));
        let ids: Vec<FactId> = earlier.flat_map(|entry| entry.effect.keys().cloned()).collect();
        for id in ids {
            let live = after.model.fact(&id);
            let touched = Touched {
                before: self.folded.recorded.get(&id).copied(),
                after: live.map(crate::schema::Fact::digest),
                definition: live.map(|fact| fact.attributes.clone()),
            };
            effect.insert(id, touched);
        }
    }

    /// Facts that ended otherwise than at the origin. It cannot be rolled back; it can be said.
    fn unverified(&self, job: &Job, effect: &Effect) -> Vec<FactId> {
        let live = |id: &FactId| self.reading.model.fact(id);
        job.expected.as_ref().map_or_else(Vec::new, |expected| {
            let found = verdict(effect, expected, live);
            found.different.into_iter().chain(found.unknown).collect()
        })
    }
}

/// Whether a statement that is run again says that it has been done: the label or the index is there (and valid: that is
/// looked at before).
fn was_done(refused: &Refused) -> bool {
    refused.error.code().is_some_and(|code| matches!(code.code(), "42P07" | "42710"))
}

/// Whether a statement only sets something for the session.
fn is_setting(sql: &str) -> bool {
    sql.split_whitespace().next().is_some_and(|word| ["SET", "RESET"].iter().any(|set| word.eq_ignore_ascii_case(set)))
}

fn hint(index: &Index) -> String {
    format!("DROP INDEX CONCURRENTLY {}; then apply the script again", index.sql())
}

/// Whether a statement names something: case aside, as a word of its own.
fn names(sql: &str, name: &str) -> bool {
    let (sql, name) = (sql.to_lowercase(), name.to_lowercase());
    let part = |c: char| c.is_alphanumeric() || c == '_';
    sql.match_indices(&name).any(|(at, _)| {
        !sql[..at].chars().next_back().is_some_and(part) && !sql[at + name.len()..].chars().next().is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word() {
        assert!(names("CREATE INDEX CONCURRENTLY IF NOT EXISTS 订单_idx ON t (a)", "订单_idx"));
        assert!(names("REINDEX INDEX CONCURRENTLY \"Idx\"", "Idx"));
        assert!(!names("CREATE INDEX CONCURRENTLY a_idx2 ON t (a)", "a_idx"));
    }
}
