//! Where two machines stand to each other: a pure comparison of what each says of itself.
//!
//! Start at [`compare`]. It never decides what to do (that is [`crate::heal`]) and never words anything for people.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::hash::{Checksum, Digest, Fingerprint, ScopeDigest};
use crate::journal::Head;
use crate::schema::FactId;

/// What a machine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    /// The machine's name.
    pub machine: String,
    /// Random identity of the database, made when driftless first met it.
    pub database: String,
    /// PostgreSQL's major version.
    pub server_major: u32,
    /// What is looked at.
    pub scope: ScopeDigest,
    /// Fingerprint of the live schema.
    pub fingerprint: Fingerprint,
    /// Number of facts in the live schema.
    pub facts: u64,
    /// Kinds met and not supported, as `what name`.
    pub unsupported: Vec<String>,
    /// End of the journal.
    pub head: Head,
    /// Applied scripts in the order in which they were applied here.
    pub scripts: Vec<ScriptState>,
    /// Scripts whose last try failed here.
    pub failed: Vec<FailedScript>,
    /// Scripts held here for a person.
    pub held: Vec<HeldScript>,
    /// Facts that differ from what the journal left behind.
    pub drift: Vec<DriftedFact>,
    /// Why healing has stopped here, if it has.
    pub halted: Option<Halt>,
    /// Whether a person paused the agent.
    pub paused: bool,
    /// Whether this database had no user rows when it first met driftless and has not been in sync since.
    pub bootstrap: bool,
}

/// An applied script, as its machine's journal tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptState {
    /// The recorded name.
    pub name: String,
    /// Checksum of its text; unknown for adopted rows without a file.
    pub checksum: Option<Checksum>,
    /// Journal entry that holds its effect; `None`: no effect was recorded (adopted, marked).
    pub entry: Option<u64>,
    /// WARNINGs it raised there.
    pub warnings: u32,
    /// Whether it ran in one transaction there.
    pub transactional: bool,
}

/// A script whose last try failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedScript {
    /// Its name.
    pub name: String,
    /// The server's words.
    pub error: String,
}

/// A script that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldScript {
    /// Its name.
    pub name: String,
    /// The peer it would come from; `None`: the own folder.
    pub from: Option<String>,
    /// Why.
    pub reason: crate::heal::HoldReason,
}

/// A fact that differs from what the journal left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftedFact {
    /// Which fact.
    pub id: FactId,
    /// Its digest as recorded; `None`: it should not be there.
    pub recorded: Option<Digest>,
    /// Its digest now; `None`: it is gone.
    pub live: Option<Digest>,
}

/// Why healing has stopped for a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "halt", rename_all = "snake_case")]
pub enum Halt {
    /// `history reset` was typed.
    HistoryReset,
    /// Rows of scripts that the journal knows as applied have vanished from the history.
    RowsVanished {
        /// Their names.
        names: Vec<String>,
    },
    /// The journal ends before an entry that this machine remembers, or holds another one in its place: a restore from a backup.
    WentBackwards {
        /// The entry that was remembered.
        remembered: u64,
        /// The entry that the journal ends with.
        found: u64,
    },
    /// The database behind the URL is another one than before.
    AnotherDatabase,
    /// The journal's chain is broken.
    BrokenJournal {
        /// What is wrong with it.
        reason: String,
    },
}

/// What is known of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerView {
    /// It answered.
    Reachable(Box<NodeState>),
    /// It did not answer.
    Unreachable {
        /// What was tried and what came of it.
        why: String,
    },
    /// It, or we, refused the other's certificate, or lacks the grant.
    Untrusted {
        /// Who refused whom.
        why: String,
    },
    /// Another protocol version.
    Incompatible {
        /// Which versions.
        why: String,
    },
}

/// Where drift was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On this machine.
    Here,
    /// On the peer.
    There,
    /// On both, the same facts ending alike.
    BothAlike,
    /// On both, not alike.
    BothDifferently,
}

/// One finding. All that hold are reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// Same scripts, same facts, nobody drifted.
    InSync,
    /// We lack scripts of the peer's.
    Behind {
        /// In the peer's order.
        scripts: Vec<String>,
    },
    /// The peer lacks scripts of ours.
    Ahead {
        /// In our order.
        scripts: Vec<String>,
    },
    /// Each lacks some of the other's.
    Forked {
        /// What only we have.
        ours: Vec<String>,
        /// What only the peer has.
        theirs: Vec<String>,
        /// The last script both have before the fork.
        since: Option<String>,
    },
    /// One name, two texts.
    Conflict {
        /// The names.
        scripts: Vec<String>,
    },
    /// A live schema differs from what its journal left.
    Drifted {
        /// Where.
        place: Place,
        /// Identities of the facts.
        facts: Vec<String>,
        /// The last script applied before.
        since: Option<String>,
    },
    /// Same scripts, nobody drifted, facts differ.
    Differs,
    /// A script failed.
    Failed {
        /// Where.
        place: Place,
        /// Which, with the server's words.
        scripts: Vec<FailedScript>,
    },
    /// Scripts wait for a person.
    Held {
        /// Where.
        place: Place,
        /// Which and why.
        scripts: Vec<HeldScript>,
    },
    /// Healing has stopped.
    Halted {
        /// Where.
        place: Place,
        /// Why.
        halt: Halt,
    },
    /// The peer did not answer.
    Unreachable {
        /// Why.
        why: String,
    },
    /// A certificate or grant was refused.
    Untrusted {
        /// Why.
        why: String,
    },
    /// Another scope or protocol: nothing can be compared.
    Incompatible {
        /// Why.
        why: String,
    },
}

/// Compares a machine with what is known of a peer.
pub fn compare(_local: &NodeState, _peer: &PeerView) -> Vec<Finding> {
    let _ = BTreeMap::<u8, u8>::new();
    unimplemented!()
}
