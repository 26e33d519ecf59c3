//! From two states to the scripts to apply: desired minus observed, in the peer's order.
//!
//! Pure. The plan names the state it was made from ([`Basis`]); whoever carries it out refuses it when that state
//! has moved. A script that is not safe to take alone is held with a reason, and holds back the later ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{Approvals, Attempt, Fork, HoldReason, approval_of};
use crate::divergence::{HeldScript, NodeState};
use crate::hash::{Checksum, Fingerprint};
use crate::history::{ScriptState, same_script, stem};
use crate::journal::Head;
use crate::script::{ScriptName, look};

/// What the person allows the agent to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScriptPolicy {
    /// Apply what a peer with the `apply` grant has applied.
    #[default]
    Auto,
    /// Each script waits for approval.
    Ask,
    /// Nothing is applied.
    Off,
}

/// What planning needs to know beside the two states.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `[heal] scripts`.
    pub policy: ScriptPolicy,
    /// Whether the peer has the `apply` grant here.
    pub may_apply: bool,
    /// Approved texts, each with the hazards that the person was shown: only these are lifted.
    pub approved: Approvals,
    /// What was tried before and came to nothing.
    pub attempts: Vec<Attempt>,
    /// Scripts that must not run although they are pending, with the reason, by stem ([`super::already`]).
    pub already: BTreeMap<String, HoldReason>,
    /// What pending scripts drop or rename that running code may use, by stem: where the code for it has not been pulled yet
    /// ([`super::breaking_in_order`]).
    pub breaking: BTreeMap<String, Vec<String>>,
    /// The fork whose order was rehearsed and found not to matter.
    pub rehearsed: Option<Fork>,
    /// A person asked (`sync`): what failed or was held for its outcome is tried again.
    pub again: bool,
}

/// The state a plan was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The live schema here.
    pub fingerprint: Fingerprint,
    /// The journal's end here.
    pub head: Head,
}

/// One script to pull and apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub name: ScriptName,
    /// The text that the peer has applied.
    pub checksum: Checksum,
    /// The peer's journal entry that holds the effect; `None` only where a person approved that.
    pub entry: Option<u64>,
    /// WARNINGs it raised there.
    pub warnings: u32,
    /// Whether a person approved this text here.
    pub approved: bool,
    /// The hazards that were shown to that person.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub hazards: BTreeSet<String>,
}

/// What to do about one peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The peer's name.
    pub peer: String,
    /// The state it was made from.
    pub basis: Basis,
    /// Scripts to apply, in the peer's order.
    pub steps: Vec<Step>,
    /// Scripts that wait, with the reason.
    pub held: Vec<HeldScript>,
    /// Whether nothing here can be lost, so that neither data loss nor scripts outside a transaction are held.
    pub bootstrap: bool,
}

impl Plan {
    /// Whether there is nothing to do and nothing to wait for.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.held.is_empty()
    }
}

/// Plans what to take from one peer. Empty where healing is halted, paused or not granted; the findings say so.
pub fn plan(local: &NodeState, peer: &NodeState, inputs: &Inputs) -> Plan {
    let mut plan = Plan {
        peer: peer.machine.clone(),
        basis: Basis { fingerprint: local.fingerprint, head: local.head },
        steps: Vec::new(),
        held: Vec::new(),
        bootstrap: local.bootstrap,
    };
    let standing = local.halted.is_some() || local.paused || peer.halted.is_some() || local.scope != peer.scope;
    if standing || !inputs.may_apply || inputs.policy == ScriptPolicy::Off {
        return plan;
    }
    let forked = is_forked(local, peer) && !is_rehearsed(local, peer, inputs);
    let mut blocked_by: Option<String> = None;
    let mut looks: HashMap<String, &str> =
        local.scripts.iter().map(|script| (look(stem(&script.name)), stem(&script.name))).collect();
    for script in &peer.scripts {
        let ours = find(local, &script.name);
        let twin = *looks.entry(look(stem(&script.name))).or_insert(stem(&script.name));
        let wanted = match ours {
            None => match (already(script, inputs), &blocked_by) {
                (Some(reason), _) => Err(reason),
                (None, None) if twin != stem(&script.name) && !covers(inputs, script, &looks_like(twin)) => {
                    Err(looks_like(twin))
                }
                (None, Some(by)) => Err(HoldReason::Blocked { by: by.clone() }),
                (None, None) if forked => Err(held_by_fork(script, local, inputs)),
                (None, None) => step(script, local, inputs),
            },
            Some(ours) if conflicts(ours, script) => Err(HoldReason::Conflict),
            Some(_) => continue,
        };
        match wanted {
            Ok(step) => plan.steps.push(step),
            Err(reason) => {
                if blocked_by.is_none() && !matches!(reason, HoldReason::Forked | HoldReason::ForkHeld { .. }) {
                    blocked_by = Some(script.name.clone());
                }
                plan.held.push(HeldScript { name: script.name.clone(), from: Some(peer.machine.clone()), reason });
            }
        }
    }
    plan
}

fn find<'a>(state: &'a NodeState, name: &str) -> Option<&'a ScriptState> {
    state.scripts.iter().find(|script| same_script(&script.name, name))
}

/// Whether a person has approved this text in sight of this reason.
fn covers(inputs: &Inputs, script: &ScriptState, reason: &HoldReason) -> bool {
    approval_of(&inputs.approved, script).is_some_and(|approved| approved.covers(reason))
}

fn looks_like(twin: &str) -> HoldReason {
    HoldReason::Unusable { why: format!("its name cannot be told from that of `{twin}.sql`") }
}

/// Why a script must not run although it is pending; a person may have said that it is to run all the same.
fn already(script: &ScriptState, inputs: &Inputs) -> Option<HoldReason> {
    inputs.already.get(stem(&script.name)).filter(|reason| !covers(inputs, script, reason)).cloned()
}

fn conflicts(ours: &ScriptState, theirs: &ScriptState) -> bool {
    matches!((ours.checksum, theirs.checksum), (Some(a), Some(b)) if a != b)
}

fn is_forked(local: &NodeState, peer: &NodeState) -> bool {
    let lacks = |a: &NodeState, b: &NodeState| b.scripts.iter().any(|script| find(a, &script.name).is_none());
    lacks(local, peer) && lacks(peer, local)
}

/// Whether the order of these scripts was found not to matter.
fn is_rehearsed(local: &NodeState, peer: &NodeState, inputs: &Inputs) -> bool {
    let fork = Fork::between(local, peer);
    inputs.rehearsed.as_ref().zip(fork).is_some_and(|(rehearsed, fork)| rehearsed.covers(&fork))
}

/// Why a script of a fork waits: what a rehearsal on this schema has said, if there was one.
fn held_by_fork(script: &ScriptState, local: &NodeState, inputs: &Inputs) -> HoldReason {
    let said = inputs.attempts.iter().find(|attempt| {
        same_script(&attempt.name, &script.name)
            && Some(attempt.checksum) == script.checksum
            && attempt.basis == local.fingerprint
            && matches!(attempt.reason, HoldReason::ForkHeld { .. })
    });
    said.filter(|_| !inputs.again).map_or(HoldReason::Forked, |attempt| attempt.reason.clone())
}

/// What is known of a script's hazards from both records, without its text and without running it, in the order of importance to a
/// person.
pub fn hazards(script: &ScriptState, local: &NodeState, inputs: &Inputs) -> Vec<HoldReason> {
    let mut known = Vec::new();
    if script.entry.is_none() {
        known.push(HoldReason::Unverified);
    }
    if inputs.policy == ScriptPolicy::Ask {
        known.push(HoldReason::Asked);
    }
    if !script.transactional && !local.bootstrap {
        known.push(HoldReason::NonTransactional { why: "it ran outside a transaction on the peer".into() });
    }
    if let Some(facts) = inputs.breaking.get(stem(&script.name)) {
        known.push(HoldReason::BreaksClients { facts: facts.clone() });
    }
    known
}

/// Whether one script can be taken, or why not. The order of the questions is the order of importance to a person.
fn step(script: &ScriptState, local: &NodeState, inputs: &Inputs) -> Result<Step, HoldReason> {
    let name = ScriptName::parse(&script.name).map_err(|error| HoldReason::Unusable { why: error.to_string() })?;
    let checksum = script.checksum.ok_or(HoldReason::NoText)?;
    let lifts = |reason: &HoldReason| covers(inputs, script, reason);
    if let Some(reason) = hazards(script, local, inputs).into_iter().find(|reason| !lifts(reason)) {
        return Err(reason);
    }
    let before = inputs.attempts.iter().find(|attempt| {
        same_script(&attempt.name, &script.name)
            && attempt.checksum == checksum
            && attempt.basis == local.fingerprint
            // What was said of a fork holds for the fork alone; whether the code has come is looked up anew each time.
            && !matches!(attempt.reason, HoldReason::ForkHeld { .. } | HoldReason::BreaksClients { .. })
            // An approval lifts what the person has seen; what failed would only do so again, at every wake-up, and what nobody has
            // seen would only be held again.
            && !lifts(&attempt.reason)
    });
    if let Some(attempt) = before.filter(|_| !inputs.again) {
        return Err(attempt.reason.clone());
    }
    let approval = approval_of(&inputs.approved, script);
    Ok(Step {
        name,
        checksum,
        entry: script.entry,
        warnings: script.warnings,
        approved: approval.is_some(),
        hazards: approval.map(|approval| approval.hazards.clone()).unwrap_or_default(),
    })
}
