//! Where two machines stand to each other: a pure comparison of what each says of itself.
//!
//! Start at [`compare`]. It never decides what to do (that is [`crate::heal`]) and never words anything for people.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::hash::{Checksum, Digest, Fingerprint, ScopeDigest};
use crate::history::{ScriptState, stem};
use crate::journal::Head;
use crate::schema::{Across, Alike, FactId, ScopeDifference, ScopeParts};

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
    /// What the scope is made of; `None`: an older version does not say.
    pub looked_at: Option<ScopeParts>,
    /// Fingerprint of the live schema.
    pub fingerprint: Fingerprint,
    /// What stands for the fingerprint where PostgreSQL 13 is compared with a later major.
    pub across: Across,
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
    /// The script that left it so and stopped half-way, outside a transaction.
    pub left_by: Option<String>,
}

/// Why healing has stopped for a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
        /// Where the scopes differ, and both say what they are made of: how.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        scope: Vec<ScopeDifference>,
    },
}

/// Compares a machine with what is known of a peer: every finding that holds, in the order of [`Finding`]'s variants.
///
/// What is wrong on this machine is reported whatever the peer answers. Swapping the sides mirrors the answer.
pub fn compare(local: &NodeState, peer: &PeerView) -> Vec<Finding> {
    let alone = |finding| std::iter::once(finding).chain(troubles(local, None)).collect();
    let peer = match peer {
        PeerView::Reachable(peer) => peer.as_ref(),
        PeerView::Unreachable { why } => return alone(Finding::Unreachable { why: why.clone() }),
        PeerView::Untrusted { why } => return alone(Finding::Untrusted { why: why.clone() }),
        PeerView::Incompatible { why } => return alone(Finding::Incompatible { why: why.clone(), scope: Vec::new() }),
    };
    if local.scope != peer.scope {
        let why = format!("scope {} here, {} there", local.scope.short(), peer.scope.short());
        let parts = local.looked_at.as_ref().zip(peer.looked_at.as_ref());
        let scope = parts.map(|(here, there)| here.scope.differences(there)).unwrap_or_default();
        return alone(Finding::Incompatible { why, scope });
    }
    let scripts = ScriptSets::of(local, peer);
    let same_scripts = scripts.same();
    let mut findings = scripts.into_findings();
    if same_scripts && local.drift.is_empty() && peer.drift.is_empty() {
        let alike = Alike::between(local.server_major, peer.server_major);
        let compared = |state: &NodeState| state.across.part(alike, state.fingerprint).fingerprint;
        let equal = compared(local) == compared(peer);
        findings.insert(0, if equal { Finding::InSync } else { Finding::Differs });
    }
    findings.extend(drifts(local, Some(peer)));
    findings.extend(troubles(local, Some(peer)));
    findings
}

/// How many facts a comparison of the two leaves out, because their majors do not tell them alike.
pub fn not_compared(local: &NodeState, peer: &NodeState) -> u64 {
    let alike = Alike::between(local.server_major, peer.server_major);
    let left_out = |state: &NodeState| state.across.part(alike, state.fingerprint).left_out;
    left_out(local).max(left_out(peer))
}

/// Which scripts each side has.
struct ScriptSets {
    ours: Vec<String>,
    theirs: Vec<String>,
    conflicts: Vec<String>,
    since: Option<String>,
}

impl ScriptSets {
    fn of(local: &NodeState, peer: &NodeState) -> Self {
        let index = |state: &NodeState| -> HashMap<String, Option<Checksum>> {
            state.scripts.iter().map(|script| (stem(&script.name).to_owned(), script.checksum)).collect()
        };
        let (ours, theirs) = (index(local), index(peer));
        let lacking = |state: &NodeState, other: &HashMap<String, Option<Checksum>>| -> Vec<String> {
            let missing = state.scripts.iter().filter(|script| !other.contains_key(stem(&script.name)));
            missing.map(|script| script.name.clone()).collect()
        };
        let conflicting = |script: &&ScriptState| {
            let there = theirs.get(stem(&script.name)).copied().flatten();
            matches!((script.checksum, there), (Some(here), Some(there)) if here != there)
        };
        let mut conflicts: Vec<String> =
            local.scripts.iter().filter(conflicting).map(|script| script.name.clone()).collect();
        conflicts.sort();
        // The last script, in name order, of the unbroken run that both have: the same seen from either side.
        let mut names: Vec<&str> = ours.keys().chain(theirs.keys()).map(String::as_str).collect();
        names.sort_by_cached_key(|name| (crate::script::ScriptName::parse(&format!("{name}.sql")).ok(), *name));
        let shared = names.iter().take_while(|name| ours.contains_key(**name) && theirs.contains_key(**name));
        let since = shared.last().map(|name| format!("{name}.sql"));
        Self { ours: lacking(local, &theirs), theirs: lacking(peer, &ours), conflicts, since }
    }

    fn same(&self) -> bool {
        self.ours.is_empty() && self.theirs.is_empty() && self.conflicts.is_empty()
    }

    fn into_findings(self) -> Vec<Finding> {
        let Self { ours, theirs, conflicts, since } = self;
        let mut findings = match (ours.is_empty(), theirs.is_empty()) {
            (true, true) => Vec::new(),
            (true, false) => vec![Finding::Behind { scripts: theirs }],
            (false, true) => vec![Finding::Ahead { scripts: ours }],
            (false, false) => vec![Finding::Forked { ours, theirs, since }],
        };
        if !conflicts.is_empty() {
            findings.push(Finding::Conflict { scripts: conflicts });
        }
        findings
    }
}

/// Drift by place; a fact that drifted on both sides counts as both, alike or differently.
fn drifts(local: &NodeState, peer: Option<&NodeState>) -> Vec<Finding> {
    let there: BTreeMap<&FactId, &DriftedFact> =
        peer.iter().flat_map(|peer| &peer.drift).map(|fact| (&fact.id, fact)).collect();
    let here: BTreeMap<&FactId, &DriftedFact> = local.drift.iter().map(|fact| (&fact.id, fact)).collect();
    let mut by_place: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    for id in here.keys().chain(there.keys()).copied().collect::<BTreeSet<_>>() {
        let place = match (here.get(id), there.get(id)) {
            (Some(_), None) => Place::Here,
            (None, _) => Place::There,
            (Some(here), Some(there)) if here.live == there.live => Place::BothAlike,
            _ => Place::BothDifferently,
        };
        by_place.entry(place).or_default().push(id.to_string());
    }
    let last = |state: &NodeState| state.scripts.last().map(|script| script.name.clone());
    let since = |place: Place| match (place, peer) {
        (Place::There, Some(peer)) => last(peer),
        _ => last(local),
    };
    by_place.into_iter().map(|(place, facts)| Finding::Drifted { place, facts, since: since(place) }).collect()
}

/// What stands still on either side; with no peer to ask, on this one, its drift included.
fn troubles(local: &NodeState, peer: Option<&NodeState>) -> Vec<Finding> {
    let mut findings = if peer.is_none() { drifts(local, None) } else { Vec::new() };
    let sides = || [(Place::Here, Some(local)), (Place::There, peer)].into_iter().filter_map(|(p, s)| Some((p, s?)));
    findings.extend(
        sides()
            .filter(|(_, state)| !state.failed.is_empty())
            .map(|(place, state)| Finding::Failed { place, scripts: state.failed.clone() }),
    );
    findings.extend(
        sides()
            .filter(|(_, state)| !state.held.is_empty())
            .map(|(place, state)| Finding::Held { place, scripts: state.held.clone() }),
    );
    findings.extend(sides().filter_map(|(place, state)| Some(Finding::Halted { place, halt: state.halted.clone()? })));
    findings
}

#[cfg(test)]
pub(crate) mod tests;
