//! One script in one transaction: row, statements, effect, journal entry, COMMIT.
//!
//! Two or three round trips: everything from cleaning the session to the state after the last statement is sent at once, then the
//! catalogs are asked what changed, then row, entry and COMMIT are sent at once. What is ours are three messages: the opening (a clean
//! session, BEGIN, the claim of the row), the closing (deferred constraints, our settings, what the script left), and the record with
//! COMMIT. Where data could be lost the script is rolled back, what it would touch is looked at and set aside, and it is run again.

use std::time::{Duration, Instant};

use tokio_postgres::Error;
use tokio_postgres::types::Type;

use super::failure::{Failure, ends_session, passing};
use super::losses::{self, Inventory, Suspects};
use super::pipeline::{Answer, Limits, Pipeline, Refused, Stop};
use super::record::Say;
use super::{Applier, ApplyError, Job, Next, Outcome, Verdict, journal_table, record, roles, session, verdict};
use crate::heal::{HoldReason, breaking_within};
use crate::postgres::catalog::{Counters, Delta, Locks, is_forgotten};
use crate::postgres::connect::{Canceller, Notice};
use crate::postgres::message::{Value, Words};
use crate::schema::FactId;
use crate::script::depends;

/// Beyond the statement's own limit, before it is cancelled from another connection.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// A script that ran, in a transaction that is still open.
pub(super) struct Ran {
    pub(super) id: i64,
    pub(super) at: Option<i64>,
    pub(super) started: Instant,
    pub(super) notices: Vec<Notice>,
    pub(super) head: (crate::journal::Head, i64),
    pub(super) touched: losses::Touched,
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
        answers: &[Answer],
        places: &Places,
        started: Instant,
        notices: &[Notice],
    ) -> Result<Option<Self>, ApplyError> {
        let words = |place: usize| answers[place].words.as_ref().map(Words);
        let after = words(places.closing).filter(|after| after.is_true(3));
        let (Some(claimed), Some(after)) = (words(places.opening), after) else { return Ok(None) };
        let rows = |place: Option<usize>| place.map_or(&[][..], |place| answers[place].rows.as_slice());
        let (own_before, own_after) = places.own.unzip();
        Ok(Some(Self {
            id: claimed.number(0)?.unwrap_or_default(),
            at: claimed.number(1)?,
            started,
            notices: notices.to_vec(),
            head: (
                journal_table::head_in_words(after.number(0)?, after.text(1))?,
                after.number(2)?.unwrap_or_default(),
            ),
            touched: losses::Touched::between(rows(places.counters), rows(places.touched)),
            counted: (
                Counters::of(claimed.text(3).unwrap_or_default()),
                Counters::of(after.text(4).unwrap_or_default()),
            ),
            locks: Locks::of(after.text(5).unwrap_or_default()),
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
    opening: usize,
    counters: Option<usize>,
    roles: Option<usize>,
    closing: usize,
    touched: Option<usize>,
    roles_after: Option<usize>,
    own: Option<(usize, usize)>,
}

impl Applier {
    /// Runs a script in a transaction and commits it, or says why not. `next` is opened behind it where it may be.
    pub(super) async fn run_in_transaction(&mut self, job: &Job, next: Next<'_>) -> Result<Outcome, ApplyError> {
        let measured = is_measured(job);
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
                return Ok(Outcome::Retry {
                    why: "it has made the session forget what was prepared".into(),
                    at_once: true,
                });
            }
            Err(crate::postgres::catalog::CatalogError::Query { source, .. }) => {
                let refused = Refused { index: 0, done: 0, error: source, overran: None };
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
        self.commit(job, *ran, delta, next).await
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
        if self.ahead.is_none() {
            self.prepare_own(job).await?;
        }
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
    async fn prepare_own(&mut self, job: &Job) -> Result<(), ApplyError> {
        // for a batch of one it would cost more than it saves
        let once = self.applied == 0 && !self.options.keep;
        self.reader.ask_once_only(once);
        // one that prepares statements itself could put others under the names of ours
        if keeps_no_statements(job) {
            self.forget_statements();
            return Ok(());
        }
        if once || self.own.is_prepared() {
            return Ok(());
        }
        // the script before may have left another role or a short time limit
        let sql = format!("{} {}", session::clean_sql(self.notices_end), self.own.prepare_sql());
        match self.work.client.batch_execute(&sql).await {
            Ok(()) => self.own.are_prepared(),
            // a lost connection is told by what is asked next, which knows what that means
            Err(source) if ends_session(&source) => {}
            Err(source) => return Err(ApplyError::Query { what: "prepare the bookkeeping", source }),
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
        let ahead = self.ahead.take();
        let limits = self.limits(job);
        let canceller = self.work.canceller();
        let stop = self.stop(&canceller);
        let name = self.recorded_name(job);
        let text = job.script.text.as_str();
        let counted = self.inventory.as_ref().filter(|_| is_measured(job)).map(Inventory::counted);
        let reaching = is_reaching(job);
        let guarded = is_guarded(job);
        let history = self.table.qualified();
        let mut pipeline = Pipeline::new(&self.work.client);
        let opening = match ahead {
            Some(ahead) => pipeline.sent_before(ahead.coming),
            None => pipeline.batch(self.opening(job)),
        };
        let counters =
            counted.as_ref().map(|counted| pipeline.rows(losses::COUNTERS, vec![(counted, Type::OID_ARRAY)]));
        let roles_before = reaching.then(|| pipeline.rows(roles::SNAPSHOT, Vec::new()));
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
                Err(refused) if refused.index == opening && !renumbered && record::is_number_taken(&refused.error) => {
                    return Ok(Attempt::NumberTaken);
                }
                Err(refused) => return self.refused(job, refused, (opening, usize::MAX)).await.map(Attempt::Done),
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
        let closing = offset + pipeline.batch(self.closing(&name));
        let touched = counted.as_ref().map(|_| offset + pipeline.rows(losses::TOUCHED, Vec::new()));
        let roles_after = reaching.then(|| offset + pipeline.rows(roles::SNAPSHOT, Vec::new()));
        let own_after = guarded.then(|| offset + pipeline.rows(record::SNAPSHOT, snapshot()));
        match pipeline.run(limits, stop).await {
            Ok(found) => answers.extend(found),
            Err(refused) => {
                let refused = Refused { index: refused.index + offset, ..refused };
                if !textual && has_no_binary_form(&refused.error) {
                    self.roll_back().await?;
                    self.work.take_notices();
                    return Ok(Attempt::NoBinaryForm);
                }
                let own = refused.index < first || is_behind(&refused, closing);
                if own && self.statements_are_gone(&refused.error) {
                    self.roll_back().await?;
                    self.work.take_notices();
                    return Ok(Attempt::Forgotten);
                }
                if refused.index == opening && !renumbered && record::is_number_taken(&refused.error) {
                    return Ok(Attempt::NumberTaken);
                }
                return self.refused(job, refused, (opening, first)).await.map(Attempt::Done);
            }
        }
        let own = own_before.zip(own_after);
        let places = Places { opening, counters, roles: roles_before, closing, touched, roles_after, own };
        let notices = self.work.take_notices();
        let Some(ran) = Ran::of(job, &answers, &places, started, &notices)? else {
            return self.unclaimed(job, notices).await.map(|outcome| Attempt::Done(outcome.into()));
        };
        match aside {
            Some(aside) => self.compared(ran, aside).await.map(Attempt::Done),
            None => Ok(Attempt::Done(Run::Ran(Box::new(ran)))),
        }
    }

    /// From a clean session to the claim.
    pub(super) fn opening(&self, job: &Job) -> String {
        let (lock, statement) = (self.options.lock_timeout, self.options.statement_timeout);
        let begin = session::clean_begin_sql(self.notices_end, job.analysis.isolation, lock, statement);
        let (name, sum) = (self.recorded_name(job), job.script.checksum().to_string());
        let claim = [
            Value::Text(&name),
            Value::Text(&sum),
            Value::Text(job.script.text.as_str()),
            Value::text(job.from.as_deref()),
            Value::Null,
            Value::Null,
        ];
        format!("{begin} {}", self.own.say(Say::Claim, &claim))
    }

    /// From deferred constraints, which are the script's, to what it has left.
    fn closing(&self, name: &str) -> String {
        let ours = session::ours_sql(self.options.lock_timeout, self.options.statement_timeout);
        let after = self.own.say(Say::After, &[Value::Text(name)]);
        format!("SET CONSTRAINTS ALL IMMEDIATE; {ours} {}; {after}", journal_table::LOCK)
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
    fn statements_are_gone(&mut self, error: &Error) -> bool {
        let gone = is_forgotten(error);
        if gone {
            self.forget_statements();
        }
        gone
    }

    pub(super) fn forget_statements(&mut self) {
        self.reader.forget_statements();
        self.own.forget();
    }

    /// The server refused something on the way: rolled back, and recorded if it is the script's failure. Its statements are from `first` on.
    async fn refused(
        &mut self,
        job: &Job,
        refused: Refused,
        (opening, first): (usize, usize),
    ) -> Result<Run, ApplyError> {
        let notices = self.work.take_notices();
        if ends_session(&refused.error) || self.work.is_closed() {
            let why = passing(&refused, "").map_or_else(|| refused.error.to_string(), |passing| passing.why);
            return Ok(self.end(why).into());
        }
        self.roll_back().await?;
        self.still_claimed(job).await?;
        let code = refused.error.code().map(|code| code.code().to_owned());
        if refused.index == opening && code.as_deref() == Some("22012") {
            return Ok(Outcome::AlreadyApplied.into());
        }
        if let Some(passing) = passing(&refused, job.script.text.as_str()) {
            return Ok(Outcome::from(passing).into());
        }
        if is_behind(&refused, first.saturating_add(job.analysis.statements.len())) {
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
    pub(super) async fn spoiled(
        &mut self,
        job: &Job,
        notices: Vec<Notice>,
        refused: Refused,
        what: &str,
    ) -> Result<Outcome, ApplyError> {
        self.roll_back().await?;
        if let Some(passing) = passing(&refused, "") {
            return Ok(passing.into());
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
        let refused = Refused { index: 0, done: 0, error, overran: None };
        match passing(&refused, "") {
            Some(passing) => Ok(Outcome::from(passing).into()),
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

fn count(list: &[String]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// Whether it is looked at what could be lost.
pub(super) fn is_measured(job: &Job) -> bool {
    job.hold.losses
}

/// Whether roles are compared before and after.
fn is_reaching(job: &Job) -> bool {
    job.hold.outside_reach && job.analysis.reaches.iter().any(roles::is_role)
}

/// Whether our own tables are compared before and after.
fn is_guarded(job: &Job) -> bool {
    job.from.is_some() && job.hold.touches_record
}

/// Whether statements that are prepared do not outlive it, or may be others afterwards.
pub(super) fn keeps_no_statements(job: &Job) -> bool {
    job.analysis.forgets_statements || mentions_prepare(job)
}

/// Whether it was refused behind the script: the closing's first statement fires what the script has deferred.
fn is_behind(refused: &Refused, closing: usize) -> bool {
    refused.index > closing || refused.index == closing && refused.done > 0
}

/// Whether PREPARE may be said in it, in whatever way.
fn mentions_prepare(job: &Job) -> bool {
    job.script.text.as_str().to_ascii_lowercase().contains("prepare")
}

/// The extended protocol asks for binary results, which a few types do not have.
fn has_no_binary_form(error: &Error) -> bool {
    error.as_db_error().is_some_and(|error| error.routine() == Some("getTypeBinaryOutputInfo"))
}
