//! What tells whether another look would find what the last one found, so that it need not be taken.
//!
//! What could go wrong: something that a look reads is not among it. In the database that is whatever a transaction commits; beside it, what
//! [`Beside`] holds.

use std::collections::BTreeMap;
use std::time::SystemTime;

use tokio_postgres::Client;

use super::{Observation, ObserveError};
use crate::agent::machine::{Machine, MachineError};
use crate::divergence::HeldScript;
use crate::heal::Attempt;
use crate::history::MigrationHistory;
use crate::journal::Head;
use crate::local_state::State;
use crate::postgres::catalog::{self, Reading};
use crate::script_dir;

/// While it is the same, a look finds what the last one found.
pub(super) struct Basis {
    /// Which transactions had ended when the look began: whatever a look reads in the database is committed by one.
    pub(super) snapshot: String,
    pub(super) beside: Beside,
}

/// What a look rests on that lies beside the database.
#[derive(Clone)]
pub(super) struct Beside {
    /// Without when the peers answered, of which a look says nothing, and without where the journal ended.
    pub(super) local: State,
    /// What is remembered of the journal's end, and what could be without a look's finding anything else.
    pub(super) heads: Vec<Option<Head>>,
    pub(super) planned: Vec<HeldScript>,
    /// When files last came into the script folder, or went: what failed and is gone is past.
    pub(super) folder: Option<SystemTime>,
}

/// What is small of an [`Observation`], and what lay beside the database then.
pub(super) struct Rested {
    pub(super) beside: Beside,
    pub(super) database: String,
    pub(super) head: Head,
    pub(super) history: MigrationHistory,
    pub(super) attempts: Vec<Attempt>,
    /// Without its facts.
    pub(super) reading: Reading,
}

impl Rested {
    pub(super) fn of(found: Observation, basis: &Basis) -> Self {
        let Observation { state, history, attempts, live, .. } = found;
        Self {
            beside: basis.beside.clone(),
            database: state.database,
            head: state.head,
            history,
            attempts,
            reading: live.reading.without_facts(),
        }
    }
}

impl Beside {
    fn of(machine: &Machine) -> Result<Self, MachineError> {
        let local = machine.state()?;
        let heads = vec![local.head];
        let local = State { peers: BTreeMap::new(), head: None, ..local };
        let folder = script_dir::changed(&machine.config.scripts_dir);
        Ok(Self { local, heads, planned: machine.planned(), folder })
    }

    /// Whether what lies there now makes no difference.
    pub(super) fn holds(&self, now: &Self) -> bool {
        self.local == now.local
            && self.planned == now.planned
            && self.folder == now.folder
            && now.heads.iter().all(|head| self.heads.contains(head))
    }
}

impl Basis {
    /// As it is now; `None` on a standby. What this machine keeps outside the database is read first: what another process remembers
    /// there has been committed before.
    pub(super) async fn of(client: &Client, machine: &Machine) -> Result<Option<Self>, ObserveError> {
        let beside = Beside::of(machine)?;
        Ok(catalog::snapshot(client).await?.map(|snapshot| Self { snapshot, beside }))
    }

    /// Where all is well, what was found at the journal's end may be remembered from then on.
    pub(super) fn after(mut self, found: &Observation) -> Self {
        if found.state.halted.is_none() {
            self.beside.heads.push(Some(found.state.head));
        }
        self
    }
}
