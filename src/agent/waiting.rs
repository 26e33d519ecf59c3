//! Scripts that wait for something outside of the database: the code that goes with them, or a person's word on what nobody has tried.
//!
//! The plan knows of them and no try leaves a trace, so the agent keeps them in mind for `status` and the peers. A file that `git pull`
//! brings is noticed by the slow look ([`Files`]). What could go wrong: a file of the same name with another text; it is read and
//! compared by its checksum, and the script goes on waiting.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::config::HealBreaking;
use crate::divergence::{HeldScript, NodeState};
use crate::heal::{HoldReason, breaking as broken_by, effect_of};
use crate::history::{ScriptState, stem};
use crate::script::ScriptName;
use crate::script_dir;

use super::Machine;
use super::links::Link;
use super::observe::Observation;

/// What the peer's pending scripts drop or rename that running code may use, by stem. Empty where that is not to be waited for, and
/// without the scripts that the own folder holds.
pub(super) fn breaking(
    machine: &Machine,
    local: &Observation,
    link: &Link,
    peer: &NodeState,
) -> BTreeMap<String, Vec<String>> {
    let folder = &machine.config.scripts_dir;
    if machine.config.heal_breaking != HealBreaking::Wait || !script_dir::is_in_git(folder) {
        return BTreeMap::new();
    }
    let pending = peer.scripts.iter().filter(|script| !local.history.is_applied(&script.name));
    let waits = pending.filter_map(|script| {
        let facts = broken_by(&local.live.digests, effect_of(link.journal(), script)?);
        let waits = !facts.is_empty() && !is_in_folder(machine, script);
        waits.then(|| (stem(&script.name).to_owned(), facts))
    });
    waits.collect()
}

/// Whether the own script folder holds this text.
fn is_in_folder(machine: &Machine, script: &ScriptState) -> bool {
    // a peer's name leads nowhere else than into the folder once it is a script's name
    let Ok(name) = ScriptName::parse(&script.name) else { return false };
    let own = script_dir::read(&machine.config.scripts_dir.join(name.as_str()));
    own.is_ok_and(|own| Some(own.checksum()) == script.checksum)
}

/// Of what a plan holds, what it holds for a reason that planning alone knows: no try has left a trace of it, and no other finding tells it.
pub(super) fn untried(held: &[HeldScript]) -> Vec<HeldScript> {
    let untried = |held: &&HeldScript| {
        matches!(
            held.reason,
            HoldReason::NonTransactional { .. }
                | HoldReason::BreaksClients { .. }
                | HoldReason::Unverified
                | HoldReason::NoText
                | HoldReason::AlreadyHere
                | HoldReason::AppliedBefore { .. }
                | HoldReason::Unusable { .. }
                | HoldReason::Asked
        )
    };
    held.iter().filter(untried).cloned().collect()
}

/// The files that scripts wait for, as they were.
#[derive(Debug, Default)]
pub(super) struct Files {
    names: Vec<ScriptName>,
    stamps: Vec<Option<(u64, SystemTime)>>,
}

impl Files {
    /// Those that the last plans wait for.
    pub(super) fn of(machine: &Machine) -> Self {
        let planned = machine.planned();
        let waiting = planned.iter().filter(|held| matches!(held.reason, HoldReason::BreaksClients { .. }));
        let names: Vec<ScriptName> = waiting.filter_map(|held| ScriptName::parse(&held.name).ok()).collect();
        let stamps = script_dir::stamps(&machine.config.scripts_dir, &names);
        Self { names, stamps }
    }

    /// Whether one of them has come, gone or changed since.
    pub(super) fn moved(&self, machine: &Machine) -> bool {
        !self.names.is_empty() && script_dir::stamps(&machine.config.scripts_dir, &self.names) != self.stamps
    }
}
