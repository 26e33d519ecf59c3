//! What this machine answers its peers: each answer from a fresh look at its database, which is cheap where nothing moved.
//!
//! Never writes: peers ask, and what is asked changes nothing. While the agent is paused it has let go of the database, and
//! answers from its last look, saying that it is paused.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::divergence::NodeState;
use crate::hash::Checksum;
use crate::identity::TrustedPeer;
use crate::journal::{Entry, Folded};
use crate::peer::{self, BackendError, Beacon, Detail, JournalPage, Moment, Selection};
use crate::postgres::history_table::script_text;
use crate::schema::{Digests, Fact, FactId};
use crate::script::ScriptName;

use super::Machine;
use super::observe::{Observation, Observer};

/// About this many facts are put into one page of the journal, so that a page stays small.
const FACTS_A_PAGE: usize = 20_000;

/// How often, and after how long, a paused agent's memory is looked at again.
const MOMENTS: u32 = 30;
const MOMENT: Duration = Duration::from_millis(100);

/// Answers peers from the own database.
pub struct Backend {
    machine: Machine,
    observer: Arc<Observer>,
    beacon: watch::Receiver<Beacon>,
}

impl Backend {
    /// A backend that looks through `observer`.
    pub fn new(machine: Machine, observer: Arc<Observer>, beacon: watch::Receiver<Beacon>) -> Self {
        Self { machine, observer, beacon }
    }

    async fn look(&self) -> Result<Observation, BackendError> {
        if self.machine.is_paused() {
            return self.remembered().await;
        }
        self.observer.look(&self.machine).await.map_err(|error| BackendError::Unavailable(super::chain(&error)))
    }

    /// What the last look saw. An agent at rest that is paused looks once more before it lets go of the database: that is waited for.
    async fn remembered(&self) -> Result<Observation, BackendError> {
        for _ in 0..MOMENTS {
            if let Some(seen) = self.observer.seen() {
                return Ok(seen);
            }
            tokio::time::sleep(MOMENT).await;
        }
        self.observer.seen().ok_or_else(paused)
    }

    async fn folded(&self, moment: Moment) -> Result<(Observation, Option<Folded>), BackendError> {
        let seen = self.look().await?;
        let folded = match moment {
            Moment::Now => None,
            Moment::Entry(seq) if seq <= seen.state.head.seq => {
                Some(Folded::of(seen.entries.iter().take_while(|entry| entry.seq <= seq)))
            }
            Moment::Entry(seq) => return Err(BackendError::NotFound(format!("journal entry {seq}"))),
        };
        Ok((seen, folded))
    }
}

impl peer::Backend for Backend {
    async fn describe(&self) -> Result<NodeState, BackendError> {
        if self.machine.is_paused() {
            let said = self.observer.said().ok_or_else(paused)?;
            return Ok(NodeState { paused: true, ..said });
        }
        self.observer.state(&self.machine).await.map_err(|error| BackendError::Unavailable(super::chain(&error)))
    }

    async fn journal_page(&self, after: u64, limit: usize, detail: Detail) -> Result<JournalPage, BackendError> {
        // What the peer has just been told of is in the last look already, and entries never change.
        let last = self.observer.seen().filter(|last| last.state.head.seq > after);
        let seen = match last.filter(|_| !self.machine.is_paused()) {
            Some(last) => last,
            None => self.look().await?,
        };
        let start = seen.entries.partition_point(|entry| entry.seq <= after);
        let rest = &seen.entries[start..];
        let mut facts = 0;
        let fits = |entry: &&Entry| {
            let before = facts;
            facts += entry.effect.len();
            before == 0 || facts <= FACTS_A_PAGE
        };
        let entries: Vec<Entry> =
            rest.iter().take(limit).take_while(fits).map(|entry| reduced(entry, detail)).collect();
        let more = entries.len() < rest.len();
        Ok(JournalPage { entries, more })
    }

    async fn digests(&self, moment: Moment, selection: &Selection) -> Result<Digests, BackendError> {
        let (seen, folded) = self.folded(moment).await?;
        let digests = folded.as_ref().map_or(&seen.live.digests, |folded| &folded.actual);
        Ok(match selection {
            Selection::Ids(ids) => {
                ids.iter().filter_map(|id| digests.get(id).map(|digest| (id.clone(), *digest))).collect()
            }
            Selection::All => digests.clone(),
            Selection::Buckets(buckets) => digests
                .iter()
                .filter(|(id, _)| buckets.contains(&peer::bucket_of(id)))
                .map(|(id, digest)| (id.clone(), *digest))
                .collect(),
        })
    }

    async fn definitions(&self, moment: Moment, ids: &BTreeSet<FactId>) -> Result<Vec<Fact>, BackendError> {
        let (seen, folded) = self.folded(moment).await?;
        let attributes = |id: &FactId| match &folded {
            None => seen.live.reading.model.fact(id).map(|fact| fact.attributes.clone()),
            Some(folded) => folded.definitions.get(id).cloned(),
        };
        Ok(ids.iter().filter_map(|id| Some(Fact { id: id.clone(), attributes: attributes(id)? })).collect())
    }

    async fn script(&self, name: &ScriptName, checksum: Checksum) -> Result<Option<String>, BackendError> {
        let away = |error: &dyn std::error::Error| BackendError::Unavailable(super::chain(error));
        if self.machine.is_paused() {
            return Err(paused());
        }
        let connection = self.machine.spare_connection().await.map_err(|error| away(&error))?;
        // The column is not to be trusted: what is served is what the checksum says, kept texts included.
        let text = script_text(&connection.client, &self.machine.config.scope, name.as_str(), checksum).await;
        let text = text.map_err(|error| away(&error))?;
        self.machine.give_back(connection);
        Ok(text)
    }

    fn addresses(&self, peer: &TrustedPeer) -> Vec<String> {
        self.machine.addresses(&peer.name)
    }

    fn called(&self, peer: &TrustedPeer, remote: SocketAddr) {
        if let Err(error) = self.machine.called_from(peer, remote.ip()) {
            tracing::warn!(peer = peer.name, error = super::chain(&error), "could not note where a peer calls from");
        }
    }

    fn watch(&self) -> watch::Receiver<Beacon> {
        self.beacon.clone()
    }
}

fn paused() -> BackendError {
    BackendError::Unavailable("the agent is paused there".into())
}

fn reduced(entry: &Entry, detail: Detail) -> Entry {
    let mut entry = entry.clone();
    match detail {
        Detail::Definitions => {}
        Detail::Effects => Arc::make_mut(&mut entry.effect).values_mut().for_each(|touched| touched.definition = None),
        Detail::Entries => entry.effect = Arc::default(),
    }
    entry
}
