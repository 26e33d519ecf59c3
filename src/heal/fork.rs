//! Forks: each machine lacks some of the other's scripts. Whether the order matters is found by rehearsing both; here is what a
//! rehearsal is about and what its outcome means.
//!
//! Pure: the rehearsal itself runs in `agent::fork`. What could go wrong: a rehearsal of other scripts than those that fork now, so
//! each names the texts that it is about.

use serde::{Deserialize, Serialize};

use crate::divergence::NodeState;
use crate::hash::Checksum;
use crate::history::{ScriptState, same_script};
use crate::schema::{Digests, changed_ids};

/// A script by name and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// Its text.
    pub checksum: Checksum,
}

/// What each side has and the other lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// What only we have, in our order.
    pub ours: Vec<Branch>,
    /// What only the peer has, in its order.
    pub theirs: Vec<Branch>,
}

/// Why the two sides of a fork are not simply brought together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum ForkReason {
    /// A script does more than change the schema, or reaches outside: an empty scratch database says nothing about that.
    NotPure {
        /// The script.
        script: String,
    },
    /// The role may not make a scratch database.
    MayNotCreate {
        /// What a superuser has to type.
        sql: String,
    },
    /// What the two have in common cannot be made anew in a scratch database.
    NoGround {
        /// Why, in English.
        why: String,
    },
    /// A script fails when it comes after the other side's.
    Fails {
        /// The script.
        script: String,
        /// The server's words.
        error: String,
    },
    /// The two orders leave other facts.
    OrderMatters {
        /// Identities of the facts.
        facts: Vec<String>,
    },
}

impl Fork {
    /// The fork between two machines; `None`: there is none, or a text is not known.
    pub fn between(local: &NodeState, peer: &NodeState) -> Option<Self> {
        let lacking = |state: &NodeState, other: &NodeState| -> Option<Vec<Branch>> {
            let has = |script: &ScriptState| other.scripts.iter().any(|known| same_script(&known.name, &script.name));
            let only = state.scripts.iter().filter(|script| !has(script));
            only.map(|script| Some(Branch { name: script.name.clone(), checksum: script.checksum? })).collect()
        };
        let fork = Self { ours: lacking(local, peer)?, theirs: lacking(peer, local)? };
        (!fork.ours.is_empty() && !fork.theirs.is_empty()).then_some(fork)
    }

    /// Whether a rehearsal of this fork holds for another: the same scripts, of which some may have gone their way meanwhile.
    pub fn covers(&self, other: &Self) -> bool {
        let within = |few: &[Branch], all: &[Branch]| few.iter().all(|branch| all.contains(branch));
        within(&other.ours, &self.ours) && within(&other.theirs, &self.theirs)
    }
}

/// What both orders have left; `Ok`: the order does not matter.
pub fn same_either_way(ours_first: &Digests, theirs_first: &Digests) -> Result<(), ForkReason> {
    let facts: Vec<String> = changed_ids(ours_first, theirs_first).map(|(id, _)| id.to_string()).collect();
    if facts.is_empty() { Ok(()) } else { Err(ForkReason::OrderMatters { facts }) }
}
