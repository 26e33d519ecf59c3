//! What a server answers from. The agent implements it over its database; tests over memory.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use tokio::sync::watch;

use crate::divergence::NodeState;
use crate::hash::{Checksum, Fingerprint};
use crate::identity::TrustedPeer;
use crate::journal::{Entry, Head};
use crate::schema::{Digests, Fact, FactId};
use crate::script::ScriptName;

/// What a peer says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its state; `scripts` is empty (the journal tells them), the lists hold at most 1,000 items.
    pub state: NodeState,
    /// How many items the lists would have.
    pub totals: Totals,
    /// Its version, for people.
    pub driftless_version: String,
    /// The protocol versions it speaks.
    pub protocols: RangeInclusive<u32>,
}

/// How many items the lists of a [`Description`] would have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of `unsupported`.
    pub unsupported: u64,
    /// Of `failed`.
    pub failed: u64,
    /// Of `held`.
    pub held: u64,
    /// Of `drift`.
    pub drift: u64,
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The live schema.
    Now,
    /// Right after this journal entry.
    Entry(u64),
}

/// How much of a journal entry is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The entries, their effects left empty.
    Entries,
    /// With effects: which facts, digests before and after.
    Effects,
    /// With effects and attributes; only these entries' hashes can be verified. Needs the `pull` grant.
    Definitions,
}

/// Which facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those of these buckets.
    Buckets(BTreeSet<u16>),
    /// These.
    Ids(BTreeSet<FactId>),
}

/// Some journal entries in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Whether there are entries after the last of these.
    pub more: bool,
}

/// What wakes peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beacon {
    /// End of the journal.
    pub head: Head,
    /// Fingerprint of the live schema.
    pub fingerprint: Fingerprint,
    /// To be moved when anything else changes that [`Backend::describe`] tells.
    pub revision: u64,
}

/// Why a question cannot be answered. The texts go to the peer: no secrets in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// The database cannot be asked now.
    #[error("the database cannot be asked: {0}")]
    Unavailable(String),
    /// There is no such journal entry.
    #[error("there is no {0}")]
    NotFound(String),
    /// Something that should not happen; the peer is told no particulars, the log gets them.
    #[error("{0}")]
    Internal(String),
}

/// Answers what peers ask; grants have been checked before. Nothing here may write.
pub trait Backend: Send + Sync + 'static {
    /// What this machine says of itself; `scripts` are not sent.
    fn describe(&self) -> impl Future<Output = Result<NodeState, BackendError>> + Send;

    /// At most `limit` entries after this one, and whether there are more. Fewer may be returned, but one at least where there is one;
    /// a page should stay below some 16 MiB.
    fn journal_page(
        &self,
        after: u64,
        limit: usize,
        detail: Detail,
    ) -> impl Future<Output = Result<JournalPage, BackendError>> + Send;

    /// Digests of the facts selected; those that are not there are left out.
    fn digests(
        &self,
        moment: Moment,
        selection: &Selection,
    ) -> impl Future<Output = Result<Digests, BackendError>> + Send;

    /// Attributes of these facts; those that are not there, or not kept, are left out.
    fn definitions(
        &self,
        moment: Moment,
        ids: &BTreeSet<FactId>,
    ) -> impl Future<Output = Result<Vec<Fact>, BackendError>> + Send;

    /// The canonical text of an applied script, if it is stored with this checksum.
    fn script(
        &self,
        name: &ScriptName,
        checksum: Checksum,
    ) -> impl Future<Output = Result<Option<String>, BackendError>> + Send;

    /// Where a peer can be dialled, in the order in which that is tried.
    fn addresses(&self, peer: &TrustedPeer) -> Vec<String> {
        peer.addresses.clone()
    }

    /// What wakes peers: the state now and each change.
    fn watch(&self) -> watch::Receiver<Beacon>;

    /// A known peer began to watch this machine from here: where it can be found, but for the port.
    fn called(&self, peer: &TrustedPeer, remote: SocketAddr) {
        let _ = (peer, remote);
    }

    /// A peer became known by pairing.
    fn paired(&self, peer: &TrustedPeer) {
        let _ = peer;
    }
}
