//! One script in one transaction: row, statements, effect, journal entry, COMMIT.
//!
//! Two or three round trips: everything from cleaning the session to the state after the last statement is sent at once, then the
//! catalogs are asked what changed, then row, entry and COMMIT are sent at once. Where data could be lost the script is
//! rolled back, what it would touch is looked at and set aside, and it is run again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;
use tokio_postgres::{Error, Row};

use super::failure::{Failure, applied_row, ends_session, passing};
use super::losses::{self, Inventory, Suspects};
use super::pipeline::{Limits, Pipeline, Refused, Stop};
use super::{Applier, ApplyError, Job, Outcome, Verdict, journal_table, record, roles, session, verdict};
use crate::heal::{HoldReason, breaking_within};
use crate::journal::{Entry, Event};
use crate::postgres::bookkeeping::{FORGET_ATTEMPT, was_tried};
use crate::postgres::catalog::{Counters, Delta, Locks};
use crate::postgres::connect::{Canceller, Notice};
use crate::postgres::journal_table::Stored;
use crate::schema::FactId;
use crate::script::{Isolation, depends};

/// Beyond the statement's own limit, before it is cancelled from another connection.
const GRACE: Duration = Duration::from_secs(1);

/// A script that ran, in a transaction that is still open.
pub(super) struct Ran {
    id: i64,
    at: Option<i64>,
    started: Instant,
    notices: Vec<Notice>,
    head: (crate::journal::Head, i64),
    touched: losses::Touched,
    /// The catalogs' counters before the script and after it.
    counted: (Counters, Counters),
    /// What the script has locked.
    locks: Locks,
    reaches: Vec<String>,
    /// Tables of ours that it has touched.
    own_touched: Vec<String>,
}

impl Ran {
    /// From the answers; `None`: the script's row is not as the claim left it.
    fn of(
        job: &Job,
        answers: &[Vec<Row>],
        places: &Places,
        started: Instant,
        notices: &[Notice],
    ) -> Result<Option<Self>, ApplyError> {
        let after = answers[places.after].first().filter(|row| row.get(3));
        let (Some(claimed), Some(after)) = (answers[places.claim].first(), after) else { return Ok(None) };
        let rows = |place: Option<usize>| place.map_or(&[][..], |place| answers[place].as_slice());
        let (own_before, own_after) = places.own.unzip();
        Ok(Some(Self {
            id: claimed.get(0),
            at: claimed.get(1),
            started,
            notices: notices.to_vec(),
            head: journal_table::head_of(after)?,
            touched: losses::Touched::between(rows(places.counters), rows(places.touched)),
            counted: (Counters::of(claimed, 3)?, Counters::of(after, 4)?),
            locks: Locks::of(after, 4 + Counters::COLUMNS)?,
            reaches: roles::changes(rows(places.roles), rows(places.roles_after), job.hold.harmless_roles),
            own_touched: record::touched(rows(own_before), rows(own_after)),
        }))
    }
}

/// What running came to.
pub(super) enum Run {
    Ran(Box<Ran>),
    Over(Box<Outcome>),
}

impl From<Outcome> for Run {
    fn from(outcome: Outcome) -> Self {
        Self::Over(Box::new(outcome))
    }
}

/// Places of the answers in the pipeline.
struct Places {
    counters: Option<usize>,
    roles: Option<usize>,
    claim: usize,
    touched: Option<usize>,
    roles_after: Option<usize>,
    own: Option<(usize, usize)>,
    after: usize,
}

impl Applier {
    /// Runs a script in a transaction and commits it, or says why not.
    pub(super) async fn run_in_transaction(&mut self, job: &Job) -> Result<Outcome, ApplyError> {
        let measured = job.hold.losses;
        if measured && self.inventory.is_none() {
            let oid = self.table.oid(&self.work.client).await?;
            self.inventory = Some(Inventory::read(&self.work.client, oid).await?);
        }
        let mut ran = match self.run(job, None).await? {
            Run::Ran(ran) => ran,
            Run::Over(outcome) => return Ok(*outcome),
        };
        if measured && let Some(suspects) = self.suspects(&ran.touched).await? {
            self.roll_back().await?;
            ran = match self.run(job, Some(&suspects)).await? {
                Run::Ran(ran) => ran,
                Run::Over(outcome) => return Ok(*outcome),
            };
        }
        if let Some(outcome) = self.objection(job, &ran).await? {
            return Ok(outcome);
        }
        let delta = match self
            .reader
            .changes_counted(&self.work.client, &self.reading, Some(&ran.counted.0), &ran.counted.1, Some(&ran.locks))
            .await
        {
            Ok(delta) => delta,
            Err(crate::postgres::catalog::CatalogError::Query { source, .. }) if ends_session(&source) => {
                return Ok(self.end(format!("the connection was lost ({source})")));
            }
            Err(crate::postgres::catalog::CatalogError::Query { source, .. }) if self.statements_are_gone(&source) => {
                self.roll_back().await?;
                return Ok(Outcome::Retry { why: "it has made the session forget what was prepared".into() });
            }
            Err(crate::postgres::catalog::CatalogError::Query { source, .. }) => {
                let refused = Refused { index: 0, error: source, overran: None };
                return self.spoiled(job, ran.notices, refused, "read the schema").await;
            }
            Err(error) => {
                self.roll_back().await?;
                return Err(error.into());
            }
        };
        if let Some(outcome) = self.other_effect(job, &delta, &ran.notices).await? {
            return Ok(outcome);
        }
        if job.hold.breaks_clients {
            let facts = breaking_within(|id| self.reading.model.fact(id), &delta.effect);
            if !facts.is_empty() {
                self.roll_back().await?;
                return Ok(Outcome::Held { reason: HoldReason::BreaksClients { facts }, notices: ran.notices });
            }
        }
        self.commit(job, *ran, delta).await
    }

    async fn suspects(&self, touched: &losses::Touched) -> Result<Option<Suspects>, ApplyError> {
        match &self.inventory {
            Some(inventory) => inventory.suspects(&self.work.client, touched).await,
            None => Ok(None),
        }
    }

    /// From a clean session to the state after the last statement; with `suspects`, what could be lost is set aside first
    /// and compared afterwards.
    async fn run(&mut self, job: &Job, suspects: Option<&Suspects>) -> Result<Run, ApplyError> {
        self.work.take_notices();
        let prepared = std::mem::replace(&mut self.prepared, mentions_prepare(job));
        if prepared {
            session::clean(&self.work.client, true, self.notices_end).await?;
        }
        let (mut textual, mut renumbered) = (false, false);
        self.prepare_own(job).await?;
        loop {
            match self.run_once(job, suspects, (textual, renumbered)).await? {
                Attempt::Done(run) => return Ok(run),
                Attempt::NoBinaryForm => textual = true,
                Attempt::Forgotten => {}
                Attempt::NumberTaken => {
                    self.roll_back().await?;
                    self.table.mend_numbers(&self.work.client).await?;
                    renumbered = true;
                }
            }
        }
    }

    /// Prepares what is asked for every script, unless this one throws that away.
    async fn prepare_own(&self, job: &Job) -> Result<(), ApplyError> {
        // for a batch of one it would cost more than it saves
        let once = self.applied == 0 && !self.options.keep;
        self.reader.ask_once_only(once);
        if once {
            return Ok(());
        }
        // one that prepares statements itself could put others under the names of ours
        if job.analysis.forgets_statements || mentions_prepare(job) {
            self.reader.forget_statements();
            return Ok(());
        }
        // the types are those of the values that are sent: a value that does not fit would not be sent, and COMMIT behind it would
        let own = [
            ("claim", &self.own.claim, record::CLAIM_TYPES),
            ("after", &self.own.after, &[Type::TEXT]),
            ("record", &self.own.record, record::RECORD_TYPES),
        ];
        let missing: Vec<_> = own.into_iter().filter(|(key, ..)| self.reader.statement(key).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        // the script before may have left another role or a short time limit
        match session::clean(&self.work.client, false, self.notices_end).await {
            Err(ApplyError::Query { source, .. }) if ends_session(&source) => return Ok(()),
            cleaned => cleaned?,
        }
        for (key, sql, types) in missing {
            match self.reader.prepared(&self.work.client, "bookkeeping", key, sql, types).await {
                Ok(_) => {}
                // a lost connection is told by what is asked next, which knows what that means
                Err(crate::postgres::catalog::CatalogError::Query { source, .. }) if ends_session(&source) => {
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// A peer's script that no person has approved may not go on for ever by many statements that are each in time.
    fn limits(&self, job: &Job) -> Limits {
        let each = self.options.statement_timeout;
        let is_trusted = job.from.is_none() || job.approved;
        Limits { each: each + GRACE, whole: (!is_trusted).then_some(self.options.pulled_timeout) }
    }

    /// How this batch's session is stopped.
    pub(super) fn stop<'a>(&'a self, canceller: &'a Canceller) -> Stop<'a> {
        Stop { canceller, guard: &self.guard.connection.client, pid: self.work_pid }
    }

    async fn run_once(
        &mut self,
        job: &Job,
        suspects: Option<&Suspects>,
        (textual, renumbered): (bool, bool),
    ) -> Result<Attempt, ApplyError> {
        let started = Instant::now();
        let limits = self.limits(job);
        let canceller = self.work.canceller();
        let stop = self.stop(&canceller);
        let name = self.recorded_name(job);
        let (sum, text) = (job.script.checksum().to_string(), job.script.text.as_str());
        let none: Option<i32> = None;
        let claim: Vec<(&(dyn tokio_postgres::types::ToSql + Sync), Type)> = vec![
            (&name, Type::TEXT),
            (&sum, Type::TEXT),
            (&text, Type::TEXT),
            (&job.from, Type::TEXT),
            (&none, Type::INT4),
            (&none, Type::INT4),
        ];
        let measured = self.inventory.is_some() && job.hold.losses;
        let reaching = job.hold.outside_reach && job.analysis.reaches.iter().any(roles::is_role);

        let history = self.table.qualified();
        let mut pipeline = Pipeline::new(&self.work.client);
        pipeline.batch(session::clean_begin_sql(
            self.notices_end,
            job.analysis.isolation,
            self.options.lock_timeout,
            self.options.statement_timeout,
        ));
        let counters = measured.then(|| pipeline.rows(losses::COUNTERS, Vec::new()));
        let roles_before = reaching.then(|| pipeline.rows(roles::SNAPSHOT, Vec::new()));
        let claim = pipeline.prepared_rows(&self.reader, "claim", &self.own.claim, claim);
        let guarded = job.from.is_some() && job.hold.touches_record;
        let snapshot = || vec![(&history as &(dyn tokio_postgres::types::ToSql + Sync), Type::TEXT)];
        let own_before = guarded.then(|| pipeline.rows(record::SNAPSHOT, snapshot()));
        let mut answers = Vec::new();
        let mut offset = 0;
        let mut aside = None;
        if let Some(suspects) = suspects {
            offset = pipeline.len();
            match pipeline.run(limits, stop).await {
                Ok(found) => answers = found,
                Err(refused) if self.statements_are_gone(&refused.error) => {
                    self.roll_back().await?;
                    return Ok(Attempt::Forgotten);
                }
                Err(refused) if refused.index == claim && !renumbered && record::is_number_taken(&refused.error) => {
                    return Ok(Attempt::NumberTaken);
                }
                Err(refused) => return self.refused(job, refused, claim, usize::MAX).await.map(Attempt::Done),
            }
            match suspects.set_aside(&self.work.client, self.options.largest_measured).await {
                Ok(found) => aside = Some(found),
                Err(error) => return self.unmeasured(error).await.map(Attempt::Done),
            }
            pipeline = Pipeline::new(&self.work.client);
        }
        let first = offset + pipeline.len();
        for statement in &job.analysis.statements {
            let sql = &text[statement.range.clone()];
            if textual { pipeline.textual(sql) } else { pipeline.statement(sql) }
        }
        pipeline.batch("SET CONSTRAINTS ALL IMMEDIATE");
        let ours = session::ours_sql(self.options.lock_timeout, self.options.statement_timeout);
        pipeline.batch(format!("{ours} {};", journal_table::LOCK));
        let touched = measured.then(|| offset + pipeline.rows(losses::TOUCHED, Vec::new()));
        let roles_after = reaching.then(|| offset + pipeline.rows(roles::SNAPSHOT, Vec::new()));
        let own_after = guarded.then(|| offset + pipeline.rows(record::SNAPSHOT, snapshot()));
        let after = offset + pipeline.prepared_rows(&self.reader, "after", &self.own.after, vec![(&name, Type::TEXT)]);
        match pipeline.run(limits, stop).await {
            Ok(found) => answers.extend(found),
            Err(Refused { index, error, overran }) => {
                if !textual && has_no_binary_form(&error) {
                    self.roll_back().await?;
                    self.work.take_notices();
                    return Ok(Attempt::NoBinaryForm);
                }
                let refused = Refused { index: index + offset, error, overran };
                let own = refused.index < first || refused.index > first + job.analysis.statements.len();
                if own && self.statements_are_gone(&refused.error) {
                    self.roll_back().await?;
                    self.work.take_notices();
                    return Ok(Attempt::Forgotten);
                }
                if refused.index == claim && !renumbered && record::is_number_taken(&refused.error) {
                    return Ok(Attempt::NumberTaken);
                }
                return self.refused(job, refused, claim, first).await.map(Attempt::Done);
            }
        }
        let own = own_before.zip(own_after);
        let places = Places { counters, roles: roles_before, claim, touched, roles_after, own, after };
        let notices = self.work.take_notices();
        let Some(ran) = Ran::of(job, &answers, &places, started, &notices)? else {
            return self.unclaimed(job, notices).await.map(|outcome| Attempt::Done(outcome.into()));
        };
        match aside {
            Some(aside) => self.compared(ran, aside).await.map(Attempt::Done),
            None => Ok(Attempt::Done(Run::Ran(Box::new(ran)))),
        }
    }

    /// Compares what was set aside with what the script has left; rolled back if anything is lost.
    async fn compared(&mut self, ran: Ran, aside: losses::Aside) -> Result<Run, ApplyError> {
        match aside.compare(&self.work.client).await {
            Ok(lost) if lost.is_empty() => Ok(Run::Ran(Box::new(ran))),
            Ok(losses) => {
                self.roll_back().await?;
                let reason = HoldReason::DataLoss { losses };
                Ok(Outcome::Held { reason, notices: ran.notices }.into())
            }
            Err(error) => self.unmeasured(error).await,
        }
    }

    /// Whether our prepared statements turned out to be gone; they are forgotten here too, then.
    fn statements_are_gone(&self, error: &Error) -> bool {
        let gone = error.code().is_some_and(|code| code.code() == "26000");
        if gone {
            self.reader.forget_statements();
        }
        gone
    }

    /// The server refused something on the way: rolled back, and recorded if it is the script's failure.
    async fn refused(&mut self, job: &Job, refused: Refused, claim: usize, first: usize) -> Result<Run, ApplyError> {
        let notices = self.work.take_notices();
        if ends_session(&refused.error) || self.work.is_closed() {
            let why = passing(&refused, "").unwrap_or_else(|| refused.error.to_string());
            return Ok(self.end(why).into());
        }
        self.roll_back().await?;
        self.still_claimed(job).await?;
        let code = refused.error.code().map(|code| code.code().to_owned());
        if refused.index == claim && code.as_deref() == Some("22012") {
            return Ok(Outcome::AlreadyApplied.into());
        }
        if let Some(why) = passing(&refused, job.script.text.as_str()) {
            return Ok(Outcome::Retry { why }.into());
        }
        if refused.index > first.saturating_add(job.analysis.statements.len()) {
            return self.spoiled(job, notices, refused, "finish its transaction").await.map(Run::from);
        }
        let Some(error) = refused.error.as_db_error().filter(|_| refused.index >= first) else {
            return Err(ApplyError::Query { what: "prepare the transaction of a script", source: refused.error });
        };
        let statement = job.analysis.statements.get(refused.index - first);
        let failure = Failure { notices, ..Failure::of(&job.script, statement, error) };
        self.record_failure(job, failure).await.map(Run::from)
    }

    /// What the server refuses after the last statement is the script's own doing: it has left its transaction read-only, say, or put a
    /// trigger on a table of ours. Recorded, because it would be tried for ever otherwise, and nobody after it served.
    async fn spoiled(
        &mut self,
        job: &Job,
        notices: Vec<Notice>,
        refused: Refused,
        what: &str,
    ) -> Result<Outcome, ApplyError> {
        self.roll_back().await?;
        if let Some(why) = passing(&refused, "") {
            return Ok(Outcome::Retry { why });
        }
        let Some(error) = refused.error.as_db_error() else {
            return Err(ApplyError::Query { what: "finish the transaction of a script", source: refused.error });
        };
        let failure = Failure::of(&job.script, None, error);
        let message = format!("after its last statement driftless could not {what}: {}", failure.message);
        self.record_failure(job, Failure { message, notices, ..failure }).await
    }

    /// Its row is not as the claim left it: it has ended the transaction, or written the row.
    async fn unclaimed(&mut self, job: &Job, notices: Vec<Notice>) -> Result<Outcome, ApplyError> {
        self.roll_back().await?;
        self.still_claimed(job).await?;
        let message = "it changes its own row in the history, which driftless writes".to_owned();
        self.record_failure(job, Failure { notices, ..Failure::ours(&job.script, message) }).await
    }

    /// After a ROLLBACK no bare claim can be there, unless a statement committed it.
    async fn still_claimed(&mut self, job: &Job) -> Result<(), ApplyError> {
        let (name, sum) = (self.recorded_name(job), job.script.checksum().to_string());
        let sql = self.table.bare_claim_sql();
        let rows = self.work.client.query_typed(&sql, &[(&name, Type::TEXT), (&sum, Type::TEXT)]).await;
        let rows = rows.map_err(|source| ApplyError::Query { what: "look for the row of a script", source })?;
        if rows.is_empty() {
            return Ok(());
        }
        Err(self.escaped(job).await)
    }

    /// A statement ended the script's transaction: what it did is done, and that is what is recorded.
    async fn escaped(&mut self, job: &Job) -> ApplyError {
        self.ended = true;
        let error = ApplyError::Escaped(job.script.name.to_string());
        // whatever transaction is open now is not the one the row was written in
        let _ = self.work.client.batch_execute("ROLLBACK").await;
        let recorded = self.record_failure(job, Failure::ours(&job.script, error.to_string())).await;
        recorded.err().unwrap_or(error)
    }

    /// Looking at what could be lost met a lock or a lost connection.
    async fn unmeasured(&mut self, error: Error) -> Result<Run, ApplyError> {
        if ends_session(&error) {
            return Ok(self.end(error.to_string()).into());
        }
        self.roll_back().await?;
        let refused = Refused { index: 0, error, overran: None };
        match passing(&refused, "") {
            Some(why) => Ok(Outcome::Retry { why }.into()),
            None => Err(ApplyError::Query { what: "look at what a script would lose", source: refused.error }),
        }
    }

    pub(super) async fn roll_back(&mut self) -> Result<(), ApplyError> {
        let done = self.work.client.batch_execute("ROLLBACK").await;
        done.map_err(|source| ApplyError::Query { what: "roll back a script", source })
    }

    /// What the run itself has shown: roles, WARNINGs. Rolled back if there is an objection.
    async fn objection(&mut self, job: &Job, ran: &Ran) -> Result<Option<Outcome>, ApplyError> {
        if !ran.reaches.is_empty() {
            self.roll_back().await?;
            let reason = HoldReason::OutsideReach { reaches: ran.reaches.clone() };
            return Ok(Some(Outcome::Held { reason, notices: ran.notices.clone() }));
        }
        if !ran.own_touched.is_empty() {
            self.roll_back().await?;
            let reason = HoldReason::TouchesRecord { tables: ran.own_touched.clone() };
            return Ok(Some(Outcome::Held { reason, notices: ran.notices.clone() }));
        }
        let warnings: Vec<String> =
            ran.notices.iter().filter(|notice| notice.is_warning()).map(|notice| notice.message.clone()).collect();
        if let Some(expected) = &job.expected
            && job.hold.more_warnings
            && count(&warnings) > expected.warnings
        {
            self.roll_back().await?;
            let reason = HoldReason::MoreWarnings { warnings, origin: expected.warnings };
            return Ok(Some(Outcome::Held { reason, notices: ran.notices.clone() }));
        }
        if job.fail_on_warning && !warnings.is_empty() {
            self.roll_back().await?;
            let message = format!("it raised WARNINGs: {}", warnings.join("; "));
            let failure = Failure { notices: ran.notices.clone(), ..Failure::ours(&job.script, message) };
            return self.record_failure(job, failure).await.map(Some);
        }
        Ok(None)
    }

    /// Whether the script left something else than at its origin, but for what a person has seen and let pass; rolled back then.
    async fn other_effect(
        &mut self,
        job: &Job,
        delta: &Delta,
        notices: &[Notice],
    ) -> Result<Option<Outcome>, ApplyError> {
        let Some(expected) = &job.expected else {
            return Ok(None);
        };
        let live = |id: &FactId| self.reading.model.fact(id);
        let Verdict { different, unknown } = verdict(&delta.effect, expected, live);
        let facts: Vec<String> = different.iter().map(ToString::to_string).collect();
        if facts.iter().any(|fact| !job.may_differ.contains(fact)) {
            self.roll_back().await?;
            let reason = HoldReason::OtherEffect { facts, depends: depends(&job.script.text) };
            return Ok(Some(Outcome::Held { reason, notices: notices.to_vec() }));
        }
        if !unknown.is_empty() {
            self.roll_back().await?;
            return Ok(Some(Outcome::NeedDigests(unknown)));
        }
        Ok(None)
    }

    /// Row, entry and COMMIT in one round trip, if the guard still stands and nobody else has written meanwhile.
    async fn commit(&mut self, job: &Job, ran: Ran, delta: Delta) -> Result<Outcome, ApplyError> {
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
        let warnings = ran.notices.iter().filter(|notice| notice.is_warning()).count();
        let event = Event::Applied {
            script: job.script.name.clone(),
            checksum: job.script.checksum(),
            from: job.from.clone(),
            warnings: u32::try_from(warnings).unwrap_or(u32::MAX),
            transactional: true,
        };
        let stored = Stored::of(Entry::after(head, at, event, delta.effect.clone()))?;
        let name = self.recorded_name(job);
        let duration = ran.started.elapsed();
        let duration_ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let canceller = self.work.canceller();

        let mut pipeline = Pipeline::new(&self.work.client);
        if was_tried(&self.attempts, job.script.name.as_str()) {
            pipeline.rows(FORGET_ATTEMPT, vec![(&name, Type::TEXT)]);
        }
        let mut recorded = stored.parameters().to_vec();
        recorded.extend([
            (&name as &(dyn tokio_postgres::types::ToSql + Sync), Type::TEXT),
            (&duration_ms, Type::INT8),
            (&self.guard.pid, Type::INT4),
        ]);
        let stands = pipeline.prepared_rows(&self.reader, "record", &self.own.record, recorded);
        pipeline.batch("COMMIT");
        match pipeline.run(Limits::each(self.options.statement_timeout + GRACE), self.stop(&canceller)).await {
            Ok(_) => {}
            Err(refused) if ends_session(&refused.error) || self.work.is_closed() => {
                return self.find_out(job, ran.notices, delta, duration).await;
            }
            Err(Refused { index, error, .. })
                if index == stands && error.code().is_some_and(|c| c.code() == "22012") =>
            {
                self.roll_back().await?;
                self.ended = true;
                return Err(ApplyError::LockLost(job.script.name.to_string()));
            }
            Err(refused) => {
                // its snapshot does not show what others have appended since
                if job.analysis.isolation != Isolation::ReadCommitted && is_taken(&refused.error) {
                    self.roll_back().await?;
                    return Ok(Outcome::Retry { why: "something was journaled meanwhile".into() });
                }
                let what = if refused.index > stands { "commit it" } else { "record it" };
                return self.spoiled(job, ran.notices, refused, what).await;
            }
        }
        let Stored { entry, .. } = stored;
        let (seq, effect) = (entry.seq, entry.effect.clone());
        self.reading.absorb(delta);
        let measured = job.hold.losses;
        self.inventory = self.inventory.take().filter(|_| measured).and_then(|known| known.absorb(&ran.touched));
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
        let connection = crate::postgres::connect::Connection::open(&self.target, &self.options.purpose).await?;
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
            None => Outcome::Retry { why: "the connection was lost before the script was committed".into() },
        })
    }
}

/// One way through a run.
enum Attempt {
    Done(Run),
    /// A result has no binary form: once more, as text.
    NoBinaryForm,
    /// Our prepared statements were gone: once more without them.
    Forgotten,
    /// The number for the script's row was not to be had: once more when the sequence goes on behind the rows.
    NumberTaken,
}

/// Whether an entry tells of a change to the schema or to what is applied.
fn touches(entry: &Entry) -> bool {
    // A person who accepts another past has another history than the one that this batch knows.
    !matches!(entry.event, Event::Approved { .. } | Event::Settled)
}

fn count(list: &[String]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// Whether a key was there already.
fn is_taken(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code() == "23505")
}

/// Whether PREPARE may be said in it, in whatever way.
fn mentions_prepare(job: &Job) -> bool {
    job.script.text.as_str().to_ascii_lowercase().contains("prepare")
}

/// The extended protocol asks for binary results, which a few types do not have.
fn has_no_binary_form(error: &Error) -> bool {
    error.as_db_error().is_some_and(|error| error.routine() == Some("getTypeBinaryOutputInfo"))
}
