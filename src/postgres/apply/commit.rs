//! Row, entry and COMMIT of a script that has run, in one message; and what became of a COMMIT whose answer was lost.
//!
//! What could go wrong: the guard is lost, somebody else has written to the journal, a trigger keeps row or entry from being written: the
//! message ends there, and nothing is committed. What the opening of the next script, which is sent behind it, may meet then is told in
//! [`super::ahead`]; what a power cut may take back in [`crate::postgres::durability`].

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Error;
use tokio_postgres::types::Type;

use super::ahead::{Ahead, may_open};
use super::failure::{applied_row, ends_session};
use super::pipeline::{Limits, Pipeline, Refused};
use super::record::Say;
use super::transaction::{GRACE, Ran, is_measured};
use super::{Applier, ApplyError, Job, Next, Outcome, journal_table};
use crate::journal::{Entry, Event};
use crate::postgres::bookkeeping::{FORGET_ATTEMPT, was_tried};
use crate::postgres::catalog::Delta;
use crate::postgres::connect::{Connection, Notice};
use crate::postgres::durability::WITHOUT_WAITING;
use crate::postgres::journal_table::Stored;
use crate::postgres::message::{Value, filled};
use crate::script::Isolation;

impl Applier {
    /// Row, entry and COMMIT in one round trip, if the guard still stands and nobody else has written meanwhile. It does not wait for the
    /// disk where another script is to follow.
    pub(super) async fn commit(
        &mut self,
        job: &Job,
        ran: Ran,
        delta: Delta,
        next: Next<'_>,
    ) -> Result<Outcome, ApplyError> {
        let (head, at) = ran.head;
        if head != self.head() {
            // approvals may come in between; anything that touches the schema must not
            let known = self.head().seq;
            self.catch_up(head.seq + 1).await?;
            if self.head() != head || self.entries.iter().any(|entry| entry.seq > known && touches(entry)) {
                self.roll_back().await?;
                return Ok(self.end("another applier wrote to the journal meanwhile".into()));
            }
        }
        let event = job.applied(&ran.notices);
        let stored = Stored::of(Entry::after(head, at, event, delta.effect.clone()))?;
        let name = self.recorded_name(job);
        let duration = ran.started.elapsed();
        let duration_ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let canceller = self.work.canceller();

        let mut recorded = stored.values().to_vec();
        recorded.extend([Value::Text(&name), Value::Number(duration_ms), Value::Number(self.guard.pid.into())]);
        let forget = was_tried(&self.attempts, job.script.name.as_str())
            .then(|| format!("{}; ", filled(FORGET_ATTEMPT, &[Value::Text(&name)])));
        let record = self.own.say(Say::Record, &recorded);
        let waits = matches!(next, Next::Nothing) || may_reach_outside(job);
        let without = (!waits).then(|| format!("{WITHOUT_WAITING}; "));
        // statements of this message that are done before the record
        let before = usize::from(forget.is_some()) + usize::from(without.is_some());
        let (forget, without) = (forget.unwrap_or_default(), without.unwrap_or_default());
        self.lasting &= waits;
        let mut pipeline = Pipeline::new(&self.work.client);
        let commit = pipeline.batch(format!("{forget}{without}{record}; COMMIT"));
        let next = match next {
            Next::This(next) if self.own.is_prepared() && may_open(job, next) => Some(next),
            _ => None,
        };
        let opened = next.map(|next| pipeline.ahead(self.opening(next)));
        let coming = match pipeline
            .run(Limits::each(self.options.statement_timeout + GRACE), self.stop(&canceller))
            .await
        {
            Ok(mut answers) => opened.and_then(|place| answers[place].coming.take()),
            // the connection was lost behind it
            Err(refused) if refused.index > commit => None,
            Err(refused) if ends_session(&refused.error) || self.work.is_closed() => {
                return self.find_out(job, ran.notices, delta, duration).await;
            }
            Err(Refused { done, error, .. }) if done == before && error.code().is_some_and(|c| c.code() == "22012") => {
                self.roll_back().await?;
                self.ended = true;
                return Err(ApplyError::LockLost(job.script.name.to_string()));
            }
            Err(refused) => {
                // its snapshot does not show what others have appended since
                if job.analysis.isolation != Isolation::ReadCommitted && is_taken(&refused.error) {
                    self.roll_back().await?;
                    return Ok(Outcome::Retry { why: "something was journaled meanwhile".into(), at_once: true });
                }
                let what = if refused.done > before { "commit it" } else { "record it" };
                return self.spoiled(job, ran.notices, refused, what).await;
            }
        };
        self.lasting = waits;
        self.ahead = next.zip(coming).map(|(next, coming)| Ahead::of(next, coming));
        let Stored { entry, .. } = stored;
        let (seq, effect) = (entry.seq, entry.effect.clone());
        self.reading.absorb(delta);
        self.inventory =
            self.inventory.take().filter(|_| is_measured(job)).and_then(|known| known.absorb(&ran.touched));
        self.committed(job, entry);
        self.remember(applied_row(job, name, ran.id, ran.at, duration_ms));
        Ok(Outcome::Applied { seq, duration, notices: ran.notices, effect, unverified: Vec::new() })
    }

    /// After a COMMIT: what this batch knows follows.
    pub(super) fn committed(&mut self, job: &Job, entry: Entry) {
        self.push(entry);
        self.applied += 1;
        self.attempts.retain(|attempt| attempt.name != job.script.name.as_str());
    }

    /// The answer to COMMIT was lost: a new connection looks for the entry once the old one is surely gone.
    async fn find_out(
        &mut self,
        job: &Job,
        notices: Vec<Notice>,
        delta: Delta,
        duration: Duration,
    ) -> Result<Outcome, ApplyError> {
        self.ended = true;
        let connection = Connection::open(&self.target, &self.options.purpose).await?;
        let failed = |source| ApplyError::Query { what: "find out what became of a COMMIT", source };
        let running = "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND datname = pg_catalog.current_database() \
                       AND application_name LIKE 'driftless%' AND state <> 'idle'";
        for _ in 0..600 {
            let rows = connection.client.query_typed(running, &[(&self.work_pid, Type::INT4)]).await;
            if rows.map_err(failed)?.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let after = self.head().seq;
        let entries = journal_table::page(&connection.client, after, None).await?;
        let ours = entries.iter().find(|entry| {
            matches!(&entry.event, Event::Applied { script, checksum, .. }
                if *script == job.script.name && *checksum == job.script.checksum())
        });
        Ok(match ours {
            Some(entry) => Outcome::Applied {
                seq: entry.seq,
                duration,
                notices,
                effect: Arc::new(delta.effect),
                unverified: Vec::new(),
            },
            None => Outcome::later("the connection was lost before the script was committed"),
        })
    }
}

/// Whether it may do what is not in the database: that is not to be done again.
fn may_reach_outside(job: &Job) -> bool {
    !job.analysis.reaches.is_empty() || job.analysis.dynamic_sql
}

/// Whether an entry tells of a change to the schema or to what is applied.
fn touches(entry: &Entry) -> bool {
    // A person who accepts another past has another history than the one that this batch knows.
    !matches!(entry.event, Event::Approved { .. } | Event::Settled)
}

/// Whether a key was there already.
fn is_taken(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code() == "23505")
}
