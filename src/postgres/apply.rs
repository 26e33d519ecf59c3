//! Carries scripts out: one transaction a script, with its row in the history and its entry in the journal.
//!
//! Start at [`Applier::begin`], then [`Applier::apply`] for each script in its order, then [`Applier::finish`]. It makes no choices: what
//! is held and what is let pass stands in the [`Job`]. It never applies a script twice, never leaves one half applied and
//! recorded as whole, and never guesses what became of a COMMIT whose answer was lost. What could go wrong: a statement
//! that ends the transaction unseen; it is found by the transaction's number, before anything is recorded as done.

mod ahead;
mod captured;
mod commit;
mod connections;
pub(super) mod failure;
mod foretold;
mod losses;
mod outside;
mod pipeline;
mod record;
mod restore;
pub(super) mod roles;
pub(super) mod session;
mod transaction;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use connections::Connections;
use failure::Passing;

use super::bookkeeping::{self, BookkeepingError, Known};
use super::catalog::{CatalogError, CatalogReader, Reading};
use super::connect::{ConnectError, Connection, Notice, Target};
use super::durability;
use super::history_table::{HistoryTable, recorded_as};
use super::journal_table;
use super::lock::{Guard, Holder, LockError};
use super::surroundings::missing;
use crate::hash::{Digest, Fingerprint};
use crate::heal::{Attempt, HoldReason};
use crate::history::{HistoryRow, MigrationHistory};
use crate::journal::{self, Effect, Entry, Event, Folded, Head, Touched};
use crate::schema::{Alike, Fact, FactId, Scope, changed_ids};
use crate::script::{Analysis, Script, needs};

pub use connections::{Lent, Start, Warm};
pub use failure::Failure;
pub use foretold::foretold;
use foretold::held_before_running;
pub use restore::{Restore, Restored};

/// How often a script is tried that others' passing work keeps from going through.
const TRIES: u32 = 3;

/// How a batch is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The command, for `application_name`: others who wait for us read it.
    pub purpose: String,
    /// How long we wait for another applier.
    pub lock_wait: Duration,
    /// How long a statement waits for a lock on a table.
    pub lock_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long a peer's script that no person has approved may run as a whole, however many statements it has.
    pub pulled_timeout: Duration,
    /// The largest table, in bytes, whose values are compared to see what a script overwrites.
    pub largest_measured: i64,
    /// The script folder: rows that old tools wrote take their text from it.
    pub folder: Vec<Script>,
    /// What was seen a moment ago.
    pub known: Option<Known>,
    /// Whether more batches will follow, so that the connections are kept and everything is worth preparing.
    pub keep: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            purpose: "apply".into(),
            lock_wait: Duration::from_secs(300),
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(600),
            pulled_timeout: Duration::from_secs(1_800),
            largest_measured: 256 << 20,
            folder: Vec::new(),
            known: None,
            keep: false,
        }
    }
}

/// One script to apply, with everything that was decided about it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The script.
    pub script: Script,
    /// What its text says.
    pub analysis: Analysis,
    /// The peer that it was pulled from.
    pub from: Option<String>,
    /// PostgreSQL's major version there.
    pub origin_major: Option<u32>,
    /// What it left where it came from; it commits only if it leaves the same here.
    pub expected: Option<Expected>,
    /// Whether a person approved this text here: it may take its time. Which hazards pass is said by `hold`.
    pub approved: bool,
    /// Facts that may end otherwise than where it came from, because a person was shown that they do.
    pub may_differ: BTreeSet<String>,
    /// What is held.
    pub hold: HoldPolicy,
    /// Whether a WARNING is a failure.
    pub fail_on_warning: bool,
}

impl Job {
    /// The journal's entry for it, once it is applied.
    fn applied(&self, notices: &[Notice]) -> Event {
        let warnings = notices.iter().filter(|notice| notice.is_warning()).count();
        Event::Applied {
            script: self.script.name.clone(),
            checksum: self.script.checksum(),
            from: self.from.clone(),
            warnings: u32::try_from(warnings).unwrap_or(u32::MAX),
            transactional: self.analysis.transactional,
        }
    }
}

/// What a script left at its origin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Digest of each fact right after the script; `None`: it was not there.
    pub after: BTreeMap<FactId, Option<Digest>>,
    /// WARNINGs it raised.
    pub warnings: u32,
    /// How much the origin's server and this one tell alike.
    pub alike: Alike,
}

/// What is held for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HoldPolicy {
    /// Loss of rows or values.
    pub losses: bool,
    /// Scripts that cannot run in a transaction.
    pub non_transactional: bool,
    /// Statements that reach outside the database.
    pub outside_reach: bool,
    /// Changes to what driftless itself keeps, by a peer's script.
    pub touches_record: bool,
    /// More WARNINGs than at the origin.
    pub more_warnings: bool,
    /// SQL that is put together as it runs, where the role is a superuser: it cannot be seen through.
    pub dynamic_sql: bool,
    /// What goes within facts that running code may use: the code that goes with it has not been pulled.
    pub breaks_clients: bool,
    /// New roles that can do nothing pass although they are a reach outside the database.
    pub harmless_roles: bool,
}

/// What came of a script.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is applied and recorded.
    Applied {
        /// Number of its journal entry.
        seq: u64,
        /// How long it took.
        duration: Duration,
        /// What the server said meanwhile.
        notices: Vec<Notice>,
        /// What it did to the schema.
        effect: Arc<Effect>,
        /// Facts that ended otherwise than expected; only where it could not be rolled back.
        unverified: Vec<FactId>,
    },
    /// It had been applied before.
    AlreadyApplied,
    /// It waits for a person; nothing is left of it.
    Held {
        /// Why.
        reason: HoldReason,
        /// What the server said while it was tried.
        notices: Vec<Notice>,
    },
    /// It failed, and that is recorded.
    Failed(Failure),
    /// It came to nothing for a reason that passes; nothing is recorded.
    Retry {
        /// The reason.
        why: String,
        /// Whether nothing but somebody's passing work was in the way, so that it may go through at once.
        at_once: bool,
    },
    /// It touched facts of which the origin's digests are not known here; nothing is left of it.
    NeedDigests(Vec<FactId>),
}

/// What is likely to follow a script in its batch.
#[derive(Debug, Clone, Copy)]
pub enum Next<'a> {
    /// Nothing: its COMMIT waits for the disk, for all before it too.
    Nothing,
    /// Another script.
    Another,
    /// This one: its transaction is opened behind the COMMIT.
    This(&'a Job),
}

impl<'a> Next<'a> {
    /// This one, if there is one.
    pub fn of(job: Option<&'a Job>) -> Self {
        job.map_or(Self::Nothing, Self::This)
    }
}

impl Outcome {
    /// It came to nothing, and is not to be tried again at once.
    pub fn later(why: impl Into<String>) -> Self {
        Self::Retry { why: why.into(), at_once: false }
    }
}

impl From<Passing> for Outcome {
    fn from(Passing { why, at_once }: Passing) -> Self {
        Self::Retry { why, at_once }
    }
}

/// What the end of a batch found.
#[derive(Debug, Default)]
pub struct Finished {
    /// Facts that a whole reading finds other than the incremental ones had left them: somebody changed the schema
    /// meanwhile, or a reader is wrong. They are journaled as drift.
    pub misread: Vec<FactId>,
    /// What is known of the database now: the next batch may begin with it.
    pub known: Known,
    /// The connections, where they are to be kept.
    pub warm: Option<Warm>,
    /// The connection that the scripts ran on, where they are not: clean, for whoever has lent it.
    pub lent: Option<Lent>,
}

/// Why a batch cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The lock was not taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// History or journal cannot be read or written.
    #[error(transparent)]
    Bookkeeping(#[from] BookkeepingError),
    /// The live schema cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The server refused something of ours, or the connection is gone.
    #[error("failed to {what}")]
    Query {
        /// What was being done.
        what: &'static str,
        /// The server's words.
        #[source]
        source: tokio_postgres::Error,
    },
    /// A statement ended the transaction that the script ran in.
    #[error("`{0}` ended the transaction that it ran in; what it had done until then is not recorded as applied")]
    Escaped(String),
    /// The applier's lock was lost.
    #[error("the applier's lock was lost while `{0}` ran; it was rolled back")]
    LockLost(String),
    /// An earlier script of this batch lost the connection.
    #[error("the connection was lost earlier in this batch")]
    Ended,
}

/// A batch: the lock, a connection for scripts, and what is known of the database.
#[derive(Debug)]
pub struct Applier {
    target: Target,
    options: Options,
    database: String,
    guard: Guard,
    work: Connection,
    work_pid: i32,
    /// Whether the server notices our end while it runs a statement.
    notices_end: bool,
    reader: CatalogReader,
    reading: Reading,
    table: HistoryTable,
    own: record::Own,
    history: MigrationHistory,
    entries: Vec<Entry>,
    folded: Folded,
    attempts: Vec<Attempt>,
    inventory: Option<losses::Inventory>,
    /// Whether the script before may have left statements prepared by SQL.
    prepared: bool,
    applied: usize,
    ended: bool,
    /// Whether the last COMMIT has waited for the disk.
    lasting: bool,
    /// The next script's transaction, where it is open already.
    ahead: Option<ahead::Ahead>,
}

impl Applier {
    /// Takes the lock, makes the bookkeeping and the baseline where they are missing, adopts rows that old tools wrote, reads the
    /// live schema, and journals what has drifted since the last entry.
    pub async fn begin(
        target: &Target,
        scope: &Scope,
        options: &Options,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Self, ApplyError> {
        Self::begin_with(Start::New, target, scope, options, on_wait).await
    }

    /// The same with connections that are there already, if they can be used.
    pub async fn begin_with(
        start: Start,
        target: &Target,
        scope: &Scope,
        options: &Options,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Self, ApplyError> {
        let Connections { mut guard, work, reader, own } = start.open(target, scope, options, on_wait).await?;
        let known = options.known.as_ref();
        let writer = &mut guard.connection.client;
        let prepared = bookkeeping::prepare_locked(writer, &work.client, scope, &options.folder, known, reader).await?;
        let own = match own {
            Some((table, own)) if table == prepared.table => own,
            Some((_, own)) => {
                prepared.reader.forget_statements();
                own.turned_to(&prepared.table)
            }
            None => record::Own::of(&prepared.table),
        };
        let attempts = async { Ok::<_, ApplyError>(bookkeeping::attempts(&work.client).await?) };
        let ((work_pid, notices_end), attempts) = tokio::try_join!(session::process(&work.client), attempts)?;
        let mut applier = Self {
            target: target.clone(),
            options: Options { known: None, folder: Vec::new(), ..options.clone() },
            database: prepared.database,
            guard,
            work,
            work_pid,
            notices_end,
            reader: prepared.reader,
            reading: prepared.reading,
            own,
            table: prepared.table,
            history: prepared.history,
            folded: Folded::of(&prepared.entries),
            entries: prepared.entries,
            attempts,
            inventory: None,
            prepared: false,
            applied: 0,
            ended: false,
            lasting: true,
            ahead: None,
        };
        applier.record_drift().await?;
        Ok(applier)
    }

    /// The database's identity.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The history as it is now.
    pub fn history(&self) -> &MigrationHistory {
        &self.history
    }

    /// The journal as it is now.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The journal folded to its end.
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// The live schema as it is now.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// PostgreSQL's major version here.
    pub fn server_major(&self) -> u32 {
        self.work.server_major()
    }

    /// Whether nothing can be lost here yet.
    pub fn is_bootstrap(&self) -> bool {
        journal::is_bootstrap(&self.entries)
    }

    /// The live schema and the journal's end: what a plan was made from must be this.
    pub fn found(&self) -> (Fingerprint, Head) {
        (self.reading.model.fingerprint(), self.head())
    }

    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, Entry::head)
    }

    /// Applies one script, or says why not.
    pub async fn apply(&mut self, job: &Job) -> Result<Outcome, ApplyError> {
        self.apply_before(job, Next::Nothing).await
    }

    /// The same where it is known what is likely to follow. Nobody is bound to let it follow.
    pub async fn apply_before(&mut self, job: &Job, next: Next<'_>) -> Result<Outcome, ApplyError> {
        let outcome = self.try_to_apply(job, next).await;
        if outcome.is_err() || self.ended {
            self.make_last().await;
        }
        outcome
    }

    /// Where a batch ends before its time, what it has reported is to last all the same.
    async fn make_last(&mut self) {
        if !self.lasting {
            let connection = Connection::open(&self.target, &self.options.purpose).await;
            self.lasting = match connection {
                Ok(connection) => flushed(&connection).await,
                Err(error) => unknown_to_last(&error),
            };
        }
    }

    async fn try_to_apply(&mut self, job: &Job, next: Next<'_>) -> Result<Outcome, ApplyError> {
        if self.ended {
            return Err(ApplyError::Ended);
        }
        let is_applied = self.history.is_applied(job.script.name.as_str());
        let held = held_before_running(job, self.work.is_superuser());
        self.close_ahead((!is_applied && held.is_none()).then_some(job)).await?;
        if is_applied {
            return Ok(Outcome::AlreadyApplied);
        }
        let held = match held {
            None => self.lacks(job).await?,
            held => held,
        };
        let outcome = match held {
            Some(reason) => Outcome::Held { reason, notices: Vec::new() },
            None if job.analysis.transactional => self.run_again_and_again(job, next).await?,
            None => self.run_outside(job).await?,
        };
        if let Outcome::Held { reason, .. } = &outcome {
            self.record_attempt(job, reason.clone()).await?;
        }
        if matches!(outcome, Outcome::AlreadyApplied) {
            self.history = self.table.load(&self.work.client).await?;
        }
        Ok(outcome)
    }

    /// In a transaction, and in another one where that came to nothing because somebody was in the way for a moment: a deadlock, say. Whoever
    /// that was has changed something, which is not to be taken for the script's doing. A peer's script has its next turn, and what reaches
    /// outside may have done there what no ROLLBACK takes back.
    async fn run_again_and_again(&mut self, job: &Job, next: Next<'_>) -> Result<Outcome, ApplyError> {
        let again = job.from.is_none() && job.analysis.reaches.is_empty();
        let mut tries = 1;
        loop {
            match self.run_in_transaction(job, next).await? {
                Outcome::Retry { at_once: true, .. } if again && tries < TRIES && !self.ended => tries += 1,
                outcome => return Ok(outcome),
            }
            session::clean(&self.work.client, self.prepared, self.notices_end).await?;
            self.look_anew().await?;
        }
    }

    /// Reads everything, and journals what somebody else has changed.
    async fn look_anew(&mut self) -> Result<Vec<FactId>, ApplyError> {
        self.inventory = None;
        self.reading = match self.options.keep {
            true => self.reader.read(&self.work.client).await?,
            false => self.reader.read_once(&self.work.client).await?,
        };
        self.record_drift().await
    }

    /// What a pulled script takes for granted and this server does not have: it is said instead of tried.
    async fn lacks(&self, job: &Job) -> Result<Option<HoldReason>, ApplyError> {
        let needs = needs(&job.script.text);
        if job.from.is_none() || needs.is_empty() {
            return Ok(None);
        }
        let failed = |source| ApplyError::Query { what: "look for roles and extensions", source };
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        let needs = missing(&self.work.client, &needs).await.map_err(failed)?;
        Ok((!needs.is_empty()).then_some(HoldReason::Missing { needs }))
    }

    /// Appends an entry without effect, as this batch's last word or first.
    pub async fn record(&mut self, event: Event) -> Result<&Entry, ApplyError> {
        self.close_ahead(None).await?;
        let entry = journal_table::append_alone(&mut self.work.client, event).await?;
        self.catch_up(entry.seq).await?;
        Ok(self.push(entry))
    }

    /// Reads the live schema whole and compares it with what the incremental readings have made of it. All that was applied lasts then, if the server can say so.
    pub async fn finish(mut self) -> Result<Finished, ApplyError> {
        if self.ended {
            return Err(ApplyError::Ended);
        }
        self.close_ahead(None).await?;
        let mut misread = Vec::new();
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        self.lasting = self.lasting || flushed(&self.work).await;
        if self.applied > 0 {
            misread = self.look_anew().await?;
        }
        let known = Known { entries: self.entries, reading: self.reading };
        let Self { guard, work, reader, table, own, .. } = self;
        let (mut warm, mut lent) = (None, None);
        if self.options.keep {
            warm = Some(Warm { guard: guard.release().await?, work, reader, table, own });
        } else {
            lent = Some(Lent { connection: work, reader, own: Some((table, own)) });
        }
        Ok(Finished { misread, known, warm, lent })
    }

    /// Journals what differs between the live schema and the journal's end.
    async fn record_drift(&mut self) -> Result<Vec<FactId>, ApplyError> {
        let effect = drift(&self.folded, &self.reading);
        if effect.is_empty() {
            return Ok(Vec::new());
        }
        let drifted = effect.keys().cloned().collect();
        let what = "journal drift";
        let failed = |source| ApplyError::Query { what, source };
        let transaction = self.work.client.transaction().await.map_err(failed)?;
        let entry = journal_table::append(transaction.client(), Event::Drift, effect).await?;
        transaction.commit().await.map_err(failed)?;
        self.catch_up(entry.seq).await?;
        self.push(entry);
        Ok(drifted)
    }

    /// Takes up entries that others appended before `seq` (approvals).
    async fn catch_up(&mut self, seq: u64) -> Result<(), ApplyError> {
        let head = self.head();
        if seq > head.seq + 1 {
            let between = journal_table::page(&self.work.client, head.seq, None).await?;
            for entry in between.into_iter().filter(|entry| entry.seq < seq) {
                entry.verify(self.head()).map_err(BookkeepingError::from)?;
                self.push(entry);
            }
        }
        Ok(())
    }

    fn push(&mut self, entry: Entry) -> &Entry {
        self.folded.push(&entry);
        self.entries.push(entry);
        &self.entries[self.entries.len() - 1]
    }

    async fn record_attempt(&mut self, job: &Job, reason: HoldReason) -> Result<(), ApplyError> {
        let attempt = Attempt {
            name: job.script.name.to_string(),
            checksum: job.script.checksum(),
            from: job.from.clone(),
            basis: self.reading.model.fingerprint(),
            reason,
        };
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        bookkeeping::record_attempt(&self.work.client, &attempt).await?;
        self.attempts.retain(|known| known.name != attempt.name || known.from != attempt.from);
        self.attempts.push(attempt);
        Ok(())
    }

    /// The row as it is after a script was applied or failed; its id is known from its claim.
    fn remember(&mut self, row: HistoryRow) {
        self.history.rows.retain(|known| known.name != row.name);
        let at = self.history.rows.partition_point(|known| known.id < row.id);
        self.history.rows.insert(at, row);
    }

    fn recorded_name(&self, job: &Job) -> String {
        recorded_as(&self.history, &job.script.name)
    }

    /// The connection is gone, or in a state we do not know: nothing more is done in this batch.
    fn end(&mut self, why: String) -> Outcome {
        self.ended = true;
        Outcome::later(why)
    }
}

/// Waits until all that was committed lasts; that it could not be waited for is no reason to take a script for failed.
async fn flushed(connection: &Connection) -> bool {
    durability::flush(&connection.client).await.map_or_else(|error| unknown_to_last(&error), |()| true)
}

fn unknown_to_last(error: &dyn std::fmt::Display) -> bool {
    tracing::warn!(%error, "whether the scripts of the last second outlast a power cut is not known");
    false
}

/// The effect that leads from the journal's end to the live schema.
fn drift(folded: &Folded, reading: &Reading) -> Effect {
    changed_ids(&folded.actual, &reading.model.digests())
        .map(|(id, _)| {
            let live = reading.model.fact(&id);
            let touched = Touched {
                before: folded.actual.get(&id).copied(),
                after: live.map(crate::schema::Fact::digest),
                definition: live.map(|fact| fact.attributes.clone()),
            };
            (id, touched)
        })
        .collect()
}

/// Facts of the expectation that ended otherwise, and facts that only this effect touched.
pub struct Verdict {
    /// Facts that ended otherwise.
    pub different: Vec<FactId>,
    /// Facts of which the origin has not told how they ended.
    pub unknown: Vec<FactId>,
}

/// Compares an effect with what the script left at its origin. `live` gives a fact that the effect did not touch.
///
/// Where the origin's server has other words, a fact that could read otherwise for that alone passes if it is there: the
/// fingerprints are compared afterwards in a form that both know.
pub fn verdict<'a>(effect: &Effect, expected: &Expected, live: impl Fn(&FactId) -> Option<&'a Fact>) -> Verdict {
    let alike = expected.alike;
    let unknown = effect.keys().filter(|id| alike.compares(id) && !expected.after.contains_key(id)).cloned().collect();
    let ends = |id: &FactId| effect.get(id).map_or_else(|| live(id).map(Fact::digest), |touched| touched.after);
    let has_other_words = |id: &FactId| match effect.get(id) {
        Some(Touched { definition: Some(attributes), .. }) => {
            Fact { id: id.clone(), attributes: attributes.clone() }.across().is_some()
        }
        Some(_) => false,
        None => live(id).is_some_and(|fact| fact.across().is_some()),
    };
    let differs = |(id, digest): &(&FactId, &Option<Digest>)| {
        let in_other_words = || alike == Alike::ButWords && digest.is_some() && has_other_words(id);
        alike.compares(id) && ends(id) != **digest && !in_other_words()
    };
    let different = expected.after.iter().filter(differs).map(|(id, _)| id.clone()).collect();
    Verdict { different, unknown }
}
