//! One fresh look at the own database: its history, its journal, its live schema, and what follows from them.
//!
//! A look writes nothing. It is repeated when an applier committed between reading the journal and reading the catalogs, so
//! that a script being applied is never mistaken for drift.

mod batch;
mod halfway;
mod rest;

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_postgres::Client;

use crate::divergence::{DriftedFact, FailedScript, Halt, HeldScript, NodeState};
use crate::hash::Fingerprint;
use crate::heal::{self, Attempt, HoldReason, Past, Remembered};
use crate::history::{HistoryRow, MigrationHistory, ScriptState, same_script, stem};
use crate::journal::{self, BrokenChain, Entry, Folded, Head};
use crate::local_state::State;
use crate::postgres::apply::Lent;
use crate::postgres::bookkeeping::{self, BookkeepingError, Known};
use crate::postgres::catalog::{CatalogError, CatalogReader, Reading};
use crate::postgres::history_table::HistoryTable;
use crate::postgres::journal_table;
use crate::postgres::lock;
use crate::schema::{self, Across, Digests, Fact};
use crate::script_dir;

use self::halfway::{Halfway, attributed};
use self::rest::{Basis, Rested};
use super::Machine;
use super::machine::{MachineError, remembered};

/// Why the database could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// There is no connection.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The catalogs could not be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// History or journal could not be read.
    #[error(transparent)]
    Record(#[from] BookkeepingError),
}

/// The live schema with its digests, shared by the looks that find it unchanged.
#[derive(Debug)]
pub struct Live {
    /// The facts and where they come from.
    pub reading: Reading,
    /// Their digests.
    pub digests: Digests,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
    /// What stands for it beside a server whose words are others.
    pub across: Across,
}

impl Live {
    fn of(reading: Reading) -> Self {
        let digests = reading.model.digests();
        let fingerprint = schema::fingerprint(&digests);
        let across = reading.model.across(&digests, fingerprint);
        Self { reading, digests, fingerprint, across }
    }
}

/// What one look found.
#[derive(Debug, Clone)]
pub struct Observation {
    /// What the machine says of itself.
    pub state: NodeState,
    /// The history table.
    pub history: MigrationHistory,
    /// The journal.
    pub entries: Arc<Vec<Entry>>,
    /// The journal folded to its end.
    pub folded: Arc<Folded>,
    /// The live schema.
    pub live: Arc<Live>,
    /// What was tried and came to nothing.
    pub attempts: Vec<Attempt>,
    /// Whether driftless has ever written to this database.
    pub initialised: bool,
}

impl Observation {
    /// What a batch may begin with.
    pub fn known(&self) -> Known {
        Known { entries: self.entries.to_vec(), reading: self.live.reading.clone() }
    }

    /// What tells whether a pending script has run here before.
    pub fn past(&self) -> Past<'_> {
        Past { entries: &self.entries, recorded: &self.folded.recorded, live: &self.live.digests }
    }

    /// What a person has approved of this history.
    pub fn approvals(&self) -> heal::Approvals {
        heal::approvals(heal::since_resumed(&self.entries))
    }

    /// What the machine is to remember of it; `None`: nothing was ever written there.
    pub fn to_remember(&self) -> Option<Remembered> {
        self.initialised.then(|| Remembered { database: self.state.database.clone(), head: self.state.head })
    }

    /// Whether nothing but a commit can change what was found: no script may be running, and none waits for what is installed beside the
    /// database.
    fn rests_on_what_is_committed(&self) -> bool {
        let waits = |attempt: &Attempt| matches!(attempt.reason, HoldReason::Missing { .. });
        !self.history.rows.iter().any(HistoryRow::is_unfinished) && !self.attempts.iter().any(waits)
    }

    /// Moves when anything moves that peers can ask for beside head and fingerprint.
    pub fn revision(&self) -> u64 {
        let NodeState { failed, held, halted, paused, drift, .. } = &self.state;
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&format!("{failed:?}{held:?}{halted:?}{paused:?}{drift:?}"), &mut hasher);
        std::hash::Hasher::finish(&hasher)
    }

    /// Whether the journal has to be written before it can be compared with anything: the old tools applied scripts of which it does not
    /// tell, or it was begun under another scope.
    pub fn is_behind(&self) -> bool {
        journal::scope(self.entries.iter()) != Some(self.state.scope) || self.has_unrecorded_rows()
    }

    fn has_unrecorded_rows(&self) -> bool {
        let recorded = journal::scripts(self.entries.iter());
        let recorded: HashSet<&str> = recorded.iter().map(|script| stem(&script.name)).collect();
        self.history.applied().any(|row| !recorded.contains(stem(&row.name)))
    }

    /// Digests at a journal entry, or now.
    pub fn digests_at(&self, entry: Option<u64>) -> Digests {
        match entry {
            None => self.live.digests.clone(),
            Some(seq) => Folded::of(self.entries.iter().take_while(|entry| entry.seq <= seq)).actual,
        }
    }
}

/// Looks at the database through one connection, which it opens when it must and keeps. Looks of several tasks queue up.
#[derive(Default)]
pub struct Observer {
    /// Whether it looks for one command alone: what would tell later that nothing has moved, whoever writes, is not worth its price then.
    brief: bool,
    eye: Mutex<Eye>,
    /// What the last look found that succeeded, for those who may not look, or need not.
    memory: std::sync::Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    /// What this machine said of itself.
    state: Option<NodeState>,
    /// All that was found; not at rest.
    whole: Option<Observation>,
}

#[derive(Default)]
struct Eye {
    connection: Option<Lent>,
    /// The last look, and when it began.
    last: Option<(Instant, Observation)>,
    /// What the last look rests on, if nothing else can change what it found.
    basis: Option<Basis>,
    /// At rest: what the last look found, as far as that tells whether another one would find the same.
    rested: Option<Rested>,
    journal: Journal,
    live: Option<Arc<Live>>,
}

/// The journal as far as it was read, each entry verified once.
#[derive(Default, Clone)]
struct Journal {
    entries: Arc<Vec<Entry>>,
    folded: Arc<Folded>,
    broken: Option<BrokenChain>,
}

/// How often a look is tried because scripts were applied meanwhile.
const TRIES: usize = 3;
/// How often history and journal are read until they are of one moment: each reading takes a millisecond, a script more.
const PAST_TRIES: usize = 20;

impl Observer {
    /// For one command, which looks a few times in quick succession.
    pub fn brief() -> Self {
        Self { brief: true, ..Self::default() }
    }

    /// Takes one look. After an error, or where this future was dropped, the connection is opened anew by the next look.
    ///
    /// Those who queue up behind a look that began after they asked share what it finds: it is as fresh as one of their own.
    pub async fn look(&self, machine: &Machine) -> Result<Observation, ObserveError> {
        let asked = Instant::now();
        let mut eye = self.eye.lock().await;
        if let Some((began, found)) = &eye.last
            && *began > asked
        {
            return Ok(found.clone());
        }
        let began = Instant::now();
        let found = eye.look_or_remember(machine, self.brief).await;
        eye.last = found.as_ref().ok().map(|found| (began, found.clone()));
        if let Ok(found) = &found {
            *self.memory() = Memory { state: Some(found.state.clone()), whole: Some(found.clone()) };
        }
        found
    }

    /// What this machine says of itself now. At rest, and while nothing has moved, that is remembered.
    pub async fn state(&self, machine: &Machine) -> Result<NodeState, ObserveError> {
        if self.is_at_rest(machine).await?
            && let Some(state) = self.said()
        {
            return Ok(state);
        }
        Ok(self.look(machine).await?.state)
    }

    /// Forgets what another look would find again, which is much of a large schema, but for what this machine said of itself.
    pub async fn rest(&self) {
        let mut eye = self.eye.lock().await;
        if eye.basis.is_some()
            && let Some((_, found)) = eye.last.take()
        {
            let Eye { connection, basis, .. } = std::mem::take(&mut *eye);
            let rested = basis.as_ref().map(|basis| Rested::of(found, basis));
            *eye = Eye { connection, basis, rested, ..Eye::default() };
            self.memory().whole = None;
        }
    }

    /// Whether it rests and nothing has moved since, which is a question or two to the server.
    pub async fn is_at_rest(&self, machine: &Machine) -> Result<bool, ObserveError> {
        let mut eye = self.eye.lock().await;
        let Some(rested) = eye.rested.take() else { return Ok(false) };
        let still = eye.is_still(machine).await? || eye.is_same(machine, &rested).await?;
        eye.rested = still.then_some(rested);
        Ok(still)
    }

    /// What the last look found, whatever has happened since; not at rest.
    pub fn seen(&self) -> Option<Observation> {
        self.memory().whole.clone()
    }

    /// What this machine said of itself when it was last looked at.
    pub fn said(&self) -> Option<NodeState> {
        self.memory().state.clone()
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets go of the database.
    pub async fn close(&self) {
        *self.eye.lock().await = Eye::default();
    }
}

impl Eye {
    /// What the last look found, where that still holds: one question instead of a dozen, which is what an idle agent does.
    async fn look_or_remember(&mut self, machine: &Machine, brief: bool) -> Result<Observation, ObserveError> {
        self.rested = None;
        if let Some((_, found)) = self.last.take()
            && self.is_still(machine).await?
        {
            return Ok(found);
        }
        self.look(machine, brief).await
    }

    /// Whether a look would find what was there when this rested, whatever else was committed in this database and in others.
    async fn is_same(&mut self, machine: &Machine, rested: &Rested) -> Result<bool, ObserveError> {
        let Some(open) = self.connection.take().filter(|open| !open.connection.is_closed()) else { return Ok(false) };
        let client = &open.connection.client;
        let basis = Basis::of(client, machine).await?.filter(|basis| rested.beside.holds(&basis.beside));
        let basis = basis.map(|basis| Basis { beside: rested.beside.clone(), ..basis });
        let same = bookkeeping::database_id(client).await?.as_ref() == Some(&rested.database)
            && load_history(client, machine).await? == rested.history
            && still_standing(client).await? == rested.attempts
            && open.reader.is_current(client, &rested.reading).await?
            && journal_table::head(client).await? == rested.head;
        self.connection = Some(open);
        self.basis = basis.filter(|_| same);
        Ok(self.basis.is_some())
    }

    /// Whether what the last look rests on is as it was then. What is not known to hold is forgotten.
    async fn is_still(&mut self, machine: &Machine) -> Result<bool, ObserveError> {
        if let Some(before) = self.basis.take()
            && let Some(open) = self.connection.take().filter(|open| !open.connection.is_closed())
        {
            let now = Basis::of(&open.connection.client, machine).await?;
            self.connection = Some(open);
            let still = |now: &Basis| now.snapshot == before.snapshot && before.beside.holds(&now.beside);
            self.basis = now.filter(still).map(|_| before);
        }
        Ok(self.basis.is_some())
    }

    /// The connection is kept only where the look has come to its end. One that failed, or was dropped half-way (a peer asks and hangs
    /// up), may leave a transaction open behind it, and every later look would see the database as it was then.
    async fn look(&mut self, machine: &Machine, brief: bool) -> Result<Observation, ObserveError> {
        let open = match self.connection.take().filter(|open| !open.connection.is_closed()) {
            Some(open) => open,
            None => {
                let connection = machine.connect().await?;
                let reader = CatalogReader::new(&connection.client, &machine.config.scope).await?;
                Lent::of(connection, reader)
            }
        };
        let basis = Basis::of(&open.connection.client, machine).await?;
        let found = self.look_through(&open, machine, brief).await?;
        self.connection = Some(open);
        self.basis = basis.filter(|_| found.rests_on_what_is_committed()).map(|basis| basis.after(&found));
        Ok(found)
    }

    async fn look_through(&mut self, open: &Lent, machine: &Machine, brief: bool) -> Result<Observation, ObserveError> {
        let client = &open.connection.client;
        for tries in 1.. {
            // Before the journal: what another process remembers meanwhile would seem to lie behind its end.
            let local = machine.state()?;
            let database = bookkeeping::database_id(client).await?;
            let known = self.journal.head();
            let (history, attempts) = match database {
                Some(_) => past(&mut self.journal, client, machine).await?,
                None => {
                    self.journal = Journal::default();
                    (load_history(client, machine).await?, Vec::new())
                }
            };
            // What an applier has left since the schema was read need not be looked for.
            let moved = self.journal.has_touched_since(known);
            let live = match &self.live {
                Some(live) if !moved && open.reader.is_current(client, &live.reading).await? => Some(live.clone()),
                _ => match if brief { open.reader.read_once(client).await } else { open.reader.read(client).await } {
                    Ok(reading) => Some(Arc::new(Live::of(reading))),
                    Err(CatalogError::Moving(_)) if self.journal.head() != Head::EMPTY => None,
                    Err(error) => return Err(error.into()),
                },
            };
            self.live.clone_from(&live);
            // In this order: who applied scripts while the schema was read, and does no longer, has moved the journal's end. And a script
            // outside a transaction may have begun since the history was read: what it has done so far is no drift.
            let unfinished = |history: &MigrationHistory| history.rows.iter().any(HistoryRow::is_unfinished);
            let held = lock::is_held(client).await?;
            let running = held && (unfinished(&history) || unfinished(&load_history(client, machine).await?));
            let journal_head = journal_table::head(client).await?;
            let settled = live.filter(|_| journal_head == self.journal.head());
            if settled.is_some() || tries == TRIES {
                // While scripts are applied faster than the schema can be read, the journal tells what they left: the applier has
                // read each effect, and reads the whole at its end.
                let live = settled.filter(|_| !running);
                let live = live.unwrap_or_else(|| Arc::new(Live::of(as_journaled(&self.journal.folded))));
                let server_major = open.connection.server_major();
                let halfway = if running { Vec::new() } else { halfway::scripts(client, &history).await? };
                let parts = Parts { machine, local, server_major, history, attempts, database, running, halfway };
                return parts.observation(&self.journal, &live);
            }
        }
        unreachable!("the last try returns")
    }
}

/// The schema as the journal's last entry left it.
fn as_journaled(folded: &Folded) -> Reading {
    let mut reading = Reading::default();
    for (id, attributes) in &folded.definitions {
        reading.model.insert(Fact { id: id.clone(), attributes: attributes.clone() });
    }
    reading
}

/// The history alone, where nothing has happened in the journal since all was well: much cheaper than a look, and enough to tell
/// that nothing is pending. `None`: take a look.
pub async fn glance(machine: &Machine) -> Result<Option<MigrationHistory>, ObserveError> {
    let Some(remembered) = remembered(&machine.state()?) else { return Ok(None) };
    let connection = machine.connect().await?;
    let client = &connection.client;
    let (database, head, history) =
        tokio::try_join!(bookkeeping::database_id(client), journal_table::head(client), load_history(client, machine))?;
    if database != Some(remembered.database) || head != remembered.head {
        return Ok(None);
    }
    // Rows of the old tools are adopted by a look, and an emptied history is found by it.
    let known = history.applied().count() > 0 && history.applied().all(|row| row.checksum.is_some());
    Ok(known.then_some(history))
}

/// The history, and the journal of the same moment. A row and its entry are committed together, so that where the journal has not
/// moved while the rows were read, neither knows of a script that the other does not.
async fn past(
    journal: &mut Journal,
    client: &Client,
    machine: &Machine,
) -> Result<(MigrationHistory, Vec<Attempt>), ObserveError> {
    let mut tries = 0;
    loop {
        tries += 1;
        journal.go_on(client).await?;
        let past = tokio::try_join!(load_history(client, machine), still_standing(client))?;
        if tries == PAST_TRIES || journal_table::head(client).await? == journal.head() {
            return Ok(past);
        }
    }
}

/// What was tried and came to nothing, without what only lacked something that is there by now.
async fn still_standing(client: &Client) -> Result<Vec<Attempt>, BookkeepingError> {
    let mut standing = Vec::new();
    for attempt in bookkeeping::attempts(client).await? {
        let stands = match &attempt.reason {
            HoldReason::Missing { needs } => bookkeeping::lacks(client, needs).await?,
            _ => true,
        };
        standing.extend(stands.then_some(attempt));
    }
    Ok(standing)
}

async fn load_history(client: &Client, machine: &Machine) -> Result<MigrationHistory, BookkeepingError> {
    match HistoryTable::locate(client, &machine.config.scope).await? {
        Some(table) => table.load(client).await,
        None => Ok(MigrationHistory::default()),
    }
}

impl Journal {
    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, Entry::head)
    }

    /// Whether anything in the schema was touched after an end that was known.
    fn has_touched_since(&self, known: Head) -> bool {
        self.entries.iter().rev().take_while(|entry| entry.seq > known.seq).any(|entry| !entry.effect.is_empty())
    }

    /// Reads what came since. What does not continue what is known is read whole.
    async fn go_on(&mut self, client: &Client) -> Result<(), BookkeepingError> {
        let (known, now) = (self.head(), journal_table::head(client).await?);
        if now == known {
            return Ok(());
        }
        let mut new =
            if now.seq > known.seq { journal_table::page(client, known.seq, None).await? } else { Vec::new() };
        if new.first().is_none_or(|entry| entry.previous != known.hash) {
            *self = Self::default();
            new = journal_table::page(client, 0, None).await?;
        }
        self.extend(new);
        Ok(())
    }

    /// Takes up what came since from an applier, which knows the journal from its first entry.
    fn go_on_with(&mut self, entries: &[Entry]) {
        let known = self.entries.len();
        if entries.get(..known).is_some_and(|same| same.last().map_or(Head::EMPTY, Entry::head) == self.head()) {
            self.extend(entries[known..].to_vec());
        }
    }

    fn extend(&mut self, new: Vec<Entry>) {
        let mut head = self.head();
        let folded = Arc::make_mut(&mut self.folded);
        for entry in &new {
            if self.broken.is_none() {
                self.broken = entry.verify(head).err();
            }
            head = entry.head();
            folded.push(entry);
        }
        Arc::make_mut(&mut self.entries).extend(new);
    }
}

/// What a look has gathered, before the conclusions.
struct Parts<'a> {
    machine: &'a Machine,
    /// What this machine kept of the database, read before the journal was.
    local: State,
    server_major: u32,
    history: MigrationHistory,
    attempts: Vec<Attempt>,
    database: Option<String>,
    /// Whether a script outside a transaction is running now.
    running: bool,
    /// Scripts outside a transaction that stopped half-way.
    halfway: Vec<Halfway>,
}

impl Parts<'_> {
    fn observation(self, journal: &Journal, live: &Arc<Live>) -> Result<Observation, ObserveError> {
        let (entries, folded) = (&journal.entries, &journal.folded);
        let initialised = self.database.is_some();
        let database = self.database.unwrap_or_default();
        let local = self.local;
        let remembered = remembered(&local);
        // A database without bookkeeping where there was one is another one, too.
        let known = initialised || remembered.is_some();
        let broken = journal.broken.as_ref().map(|broken| Halt::BrokenJournal { reason: broken.to_string() });
        let halted = broken
            .or_else(|| known.then(|| heal::halt(entries, &self.history, &database, remembered.as_ref())).flatten());
        // what was journaled under another scope, or another version's model, cannot be held against what is seen now
        let is_of_scope = journal::scope(entries.iter()) == Some(self.machine.config.scope.digest());
        let drifted = drift(&folded.recorded, &live.digests);
        let state = NodeState {
            machine: self.machine.config.machine.clone(),
            database,
            server_major: self.server_major,
            scope: self.machine.config.scope.digest(),
            looked_at: Some(self.machine.config.scope.clone().into()),
            fingerprint: live.fingerprint,
            across: live.across,
            facts: live.digests.len() as u64,
            unsupported: live.reading.model.unsupported.iter().map(|u| format!("{} {}", u.what, u.name)).collect(),
            head: journal.head(),
            scripts: applied_scripts(entries, &self.history),
            failed: self
                .history
                .failing(|row| still_comes(self.machine, row))
                .filter(|row| !(self.running && row.is_unfinished()))
                .map(|row| FailedScript { name: row.name.clone(), error: words_of_failure(row) })
                .collect(),
            held: with_planned(held(&self.attempts, &self.history), self.machine, &self.history),
            drift: if is_of_scope { attributed(entries, &self.halfway, drifted) } else { Vec::new() },
            halted,
            paused: local.paused,
            bootstrap: journal::is_bootstrap(entries.iter()),
        };
        Ok(Observation {
            state,
            history: self.history,
            entries: entries.clone(),
            folded: folded.clone(),
            live: live.clone(),
            attempts: self.attempts,
            initialised,
        })
    }
}

/// What the journal tells, and rows that the old tools wrote since; without what the history no longer holds.
pub fn applied_scripts(entries: &[Entry], history: &MigrationHistory) -> Vec<ScriptState> {
    let mut scripts = journal::scripts(entries);
    let applied: HashSet<&str> = history.applied().map(|row| stem(&row.name)).collect();
    scripts.retain(|script| applied.contains(stem(&script.name)));
    let known: HashSet<String> = scripts.iter().map(|script| stem(&script.name).to_owned()).collect();
    let unknown: Vec<ScriptState> = history
        .applied()
        .filter(|row| !known.contains(stem(&row.name)))
        .map(|row| ScriptState {
            name: row.name.clone(),
            checksum: row.checksum,
            entry: None,
            warnings: 0,
            transactional: true,
        })
        .collect();
    scripts.extend(unknown);
    scripts
}

/// Whether a script that failed still comes from somewhere: the own folder, or the peer that it was pulled from.
fn still_comes(machine: &Machine, row: &HistoryRow) -> bool {
    let known = |peer: &String| machine.grant(peer).is_some();
    row.pulled_from.as_ref().is_some_and(known) || script_dir::holds(&machine.config.scripts_dir, &row.name)
}

/// The server's words, or how far a script got that was cut off.
fn words_of_failure(row: &HistoryRow) -> String {
    let cut_off = row.progress.map(|progress| format!("cut off after {} of {} statements", progress.done, progress.of));
    row.error.clone().or(cut_off).unwrap_or_default()
}

/// Scripts that were tried and wait for a person: the newest word on each.
pub fn held(attempts: &[Attempt], history: &MigrationHistory) -> Vec<HeldScript> {
    attempts
        .iter()
        .filter(|attempt| !matches!(attempt.reason, HoldReason::Failed { .. }) && !history.is_applied(&attempt.name))
        .map(|attempt| HeldScript {
            name: attempt.name.clone(),
            from: attempt.from.clone(),
            reason: attempt.reason.clone(),
        })
        .collect()
}

/// What waits by the agent's plan alone is held, too; what was tried says more.
fn with_planned(mut held: Vec<HeldScript>, machine: &Machine, history: &MigrationHistory) -> Vec<HeldScript> {
    for planned in machine.planned() {
        let known = held.iter().any(|known| same_script(&known.name, &planned.name));
        if !known && !history.is_applied(&planned.name) {
            held.push(planned);
        }
    }
    held
}

/// The facts that differ between what baseline and scripts left and what is there.
pub fn drift(recorded: &Digests, live: &Digests) -> Vec<DriftedFact> {
    schema::changed_ids(recorded, live)
        .map(|(id, _)| {
            let (recorded, live) = (recorded.get(&id).copied(), live.get(&id).copied());
            DriftedFact { id, recorded, live, left_by: None }
        })
        .collect()
}
