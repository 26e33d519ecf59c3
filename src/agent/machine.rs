//! One machine: its configuration, its identity, the peers it trusts, and the doors to its database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::config::{Config, ConfigError, HealScripts};
use crate::divergence::HeldScript;
use crate::heal::{Remembered, ScriptPolicy};
use crate::identity::{Grant, Identity, IdentityError, TrustStore};
use crate::journal::{Entry, Event};
use crate::local_state::{LocalState, State, StateError};
use crate::peer::{Backend, Server, ServerHandle, ServerSetup, Tunnels};
use crate::postgres::apply::{Applier, ApplyError, Lent, Options, Start, Warm};
use crate::postgres::bookkeeping::{self, BookkeepingError, Known};
use crate::postgres::connect::{ConnectError, Connection, Target};
use crate::postgres::durability;
use crate::postgres::journal_table;
use crate::postgres::lock::Holder;
use crate::script::Script;

/// Why the machine's database cannot be reached or written to.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The database is not configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// History or journal cannot be written.
    #[error(transparent)]
    Record(#[from] BookkeepingError),
    /// What is remembered of the database cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The batch could not begin.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// A machine. Opening it reads files and connects nowhere; clones share everything.
#[derive(Clone)]
pub struct Machine(Arc<Inner>);

/// What a [`Machine`] gives access to.
pub struct Inner {
    /// What was configured.
    pub config: Config,
    /// Key and certificate; `None` before `init`.
    pub identity: Option<Identity>,
    /// The peers.
    pub trust: TrustStore,
    /// What this machine keeps outside of the database: the pause, and what it remembers of the database.
    pub local_state: LocalState,
    /// What peers offer that cannot be dialled.
    pub tunnels: Arc<Tunnels>,
    /// The database's name in what is kept outside of it, once it is known: finding it reads files.
    label: OnceLock<String>,
    /// What the connections call themselves (`driftless sync`).
    purpose: &'static str,
    /// The agent's connections for batches, between two of them.
    warm: Mutex<Option<Warm>>,
    /// The agent's connection for serving scripts.
    spare: Mutex<Option<Connection>>,
    /// What the agent holds by its plan alone, by peer: no try leaves a trace of it in the database, and the peers are to know.
    planned: Mutex<BTreeMap<String, Vec<HeldScript>>>,
}

impl std::ops::Deref for Machine {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Machine {
    /// Opens the machine of a configuration, for a purpose that others see who wait for its lock (`sync`).
    pub fn open(config: Config, purpose: &'static str) -> Result<Self, IdentityError> {
        let identity = match Identity::load(&config.identity_dir) {
            Ok(identity) => Some(identity),
            Err(IdentityError::Missing(_)) => None,
            Err(error) => return Err(error),
        };
        let trust = TrustStore::of(&config.identity_dir);
        let local_state = LocalState::in_folder(&config.identity_dir);
        Ok(Self(Arc::new(Inner {
            config,
            identity,
            trust,
            local_state,
            tunnels: Arc::default(),
            label: OnceLock::new(),
            purpose,
            warm: Mutex::default(),
            spare: Mutex::default(),
            planned: Mutex::default(),
        })))
    }

    /// Where the database is.
    pub fn target(&self) -> Result<Target, MachineError> {
        let url = self.config.database()?;
        Ok(Target::resolve(&url.0)?.on_machine(&self.config.machine))
    }

    /// A connection to the database.
    pub async fn connect(&self) -> Result<Connection, MachineError> {
        Ok(Connection::open(&self.target()?, self.purpose).await?)
    }

    fn label(&self) -> Result<&str, MachineError> {
        if let Some(label) = self.label.get() {
            return Ok(label);
        }
        let label = self.target()?.label();
        Ok(self.label.get_or_init(|| label))
    }

    /// What this machine keeps of its database outside of it.
    pub fn state(&self) -> Result<State, MachineError> {
        Ok(self.local_state.read(self.label()?)?)
    }

    /// Changes what this machine keeps of its database outside of it.
    pub fn change_state(&self, change: impl FnOnce(&mut State)) -> Result<(), MachineError> {
        Ok(self.local_state.update(self.label()?, change)?)
    }

    /// What is remembered of the database from the last time that all was well.
    pub fn remembered(&self) -> Result<Option<Remembered>, MachineError> {
        Ok(remembered(&self.state()?))
    }

    /// Whether a person paused the agent.
    pub fn is_paused(&self) -> bool {
        self.state().is_ok_and(|state| state.paused)
    }

    /// Remembers that this database's journal ended here, so that a database that goes backwards is noticed; once that lasts, as it may have
    /// been written by somebody who does not wait for the disk. Where the server cannot be asked for that, nothing is remembered.
    pub async fn remember(&self, connection: &Connection, now: Remembered) -> Result<(), MachineError> {
        if self.remembered()?.as_ref() == Some(&now) {
            return Ok(());
        }
        if let Err(error) = durability::flush(&connection.client).await {
            tracing::debug!(%error, "where the journal ends is not remembered");
            return Ok(());
        }
        self.change_state(|state| {
            state.database = Some(now.database);
            state.head = Some(now.head);
        })
    }

    /// The trusted peers' names, sorted.
    pub fn peer_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.trust.peers().iter().map(|peer| peer.name.clone()).collect();
        names.sort();
        names
    }

    /// What a peer may do here.
    pub fn grant(&self, peer: &str) -> Option<Grant> {
        self.trust.peer_named(peer).map(|peer| peer.grant)
    }

    /// Whether what a peer has applied is applied here.
    pub fn may_apply(&self, peer: &str) -> bool {
        self.grant(peer) == Some(Grant::Apply)
    }

    /// `[heal] scripts`, in the planner's words.
    pub fn script_policy(&self) -> ScriptPolicy {
        match self.config.heal_scripts {
            HealScripts::Auto => ScriptPolicy::Auto,
            HealScripts::Ask => ScriptPolicy::Ask,
            HealScripts::Off => ScriptPolicy::Off,
        }
    }

    /// Whether this process is the machine's agent.
    pub(super) fn is_agent(&self) -> bool {
        self.purpose == "agent"
    }

    /// Starts serving the peers.
    pub async fn serve<B: Backend>(&self, backend: Arc<B>) -> Result<ServerHandle, super::schedule::AgentError> {
        let identity = self.identity.clone().ok_or(super::schedule::AgentError::NoIdentity)?;
        let setup = ServerSetup {
            listen: self.config.listen.clone(),
            identity,
            identity_dir: self.config.identity_dir.clone(),
            machine: self.config.machine.clone(),
            addresses: self.own_addresses(None),
            tunnels: self.tunnels.clone(),
        };
        Ok(Server::start(setup, backend).await?)
    }

    /// Begins a batch: takes the lock, waiting for whoever holds it, and looks. `known` is what was seen a moment ago, if anything.
    pub async fn applier(
        &self,
        known: Option<Known>,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Applier, MachineError> {
        self.applier_on(None, Options { known, ..Options::default() }, on_wait).await
    }

    /// The same with limits of its own, on a connection that was lent, unless the last batch's are kept.
    pub async fn applier_on(
        &self,
        lent: Option<Lent>,
        options: Options,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Applier, MachineError> {
        let options = Options { purpose: self.purpose.into(), keep: self.is_agent(), ..options };
        let warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner).take();
        let start = warm
            .map(|warm| Start::Warm(Box::new(warm)))
            .or(lent.map(|lent| Start::Lent(Box::new(lent))))
            .unwrap_or_default();
        Ok(Applier::begin_with(start, &self.target()?, &self.config.scope, &options, on_wait).await?)
    }

    /// Keeps the connections of a batch for the next one.
    pub fn keep(&self, warm: Option<Warm>) {
        *self.warm.lock().unwrap_or_else(PoisonError::into_inner) = warm;
    }

    /// The connection that was given back last, or a new one.
    pub async fn spare_connection(&self) -> Result<Connection, MachineError> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        match spare.filter(|connection| !connection.is_closed()) {
            Some(connection) => Ok(connection),
            None => self.connect().await,
        }
    }

    /// Gives a connection back on which all went well, for the next who needs one for questions.
    pub fn give_back(&self, connection: Connection) {
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
    }

    /// Takes note of what waits by the plan for one peer.
    pub fn note_planned(&self, peer: &str, held: Vec<HeldScript>) {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).insert(peer.to_owned(), held);
    }

    /// What waits by the last plans, of all peers that are still trusted.
    pub fn planned(&self) -> Vec<HeldScript> {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let known = planned.iter().filter(|(peer, held)| !held.is_empty() && self.grant(peer).is_some());
        known.flat_map(|(_, held)| held.clone()).collect()
    }

    /// Closes every connection that is kept.
    pub fn let_go(&self) {
        self.keep(None);
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Makes history, journal and baseline where they are missing, and adopts rows that the old tools wrote; the scripts give
    /// them text and checksum.
    pub async fn prepare(&self, folder: Vec<Script>) -> Result<(), MachineError> {
        let options = Options { purpose: self.purpose.into(), folder, ..Options::default() };
        Applier::begin(&self.target()?, &self.config.scope, &options, &mut |_| ()).await?.finish().await?;
        Ok(())
    }

    /// Appends an entry without effect to the journal.
    pub async fn append(&self, event: Event) -> Result<Entry, MachineError> {
        let mut connection = self.connect().await?;
        bookkeeping::bring_forward(&mut connection.client, &self.config.scope).await?;
        Ok(journal_table::append_alone(&mut connection.client, event).await?)
    }
}

/// What a state remembers of a database, if anything.
pub(super) fn remembered(state: &State) -> Option<Remembered> {
    Some(Remembered { database: state.database.clone()?, head: state.head? })
}
