//! Scripts that wait for something outside of the database: the code that goes with them, or a person's word on what nobody has tried.
//!
//! The plan knows of them and no try leaves a trace, so the agent keeps them in mind for `status` and the peers. A file that `git pull`
//! brings is noticed by the slow look ([`Files`]). What could go wrong: a file of the same name with another text; it is read and
//! compared by its checksum, and the script goes on waiting.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::config::HealBreaking;
use crate::divergence::{HeldScript, NodeState, PeerView};
use crate::hash::Checksum;
use crate::heal::{HoldReason, Plan, breaking_in_order, effect_of};
use crate::history::{same_script, stem};
use crate::postgres::bookkeeping;
use crate::script::{CanonicalText, ScriptName, needs, roles_made};
use crate::script_dir;

use super::heal::HealError;
use super::links::Link;
use super::machine::{Machine, MachineError};
use super::observe::Observation;

/// What the peer's pending scripts drop or rename that running code may use, by stem. Empty where that is not to be waited for, and
/// without the scripts that the own folder holds.
pub(super) fn breaking(
    machine: &Machine,
    local: &Observation,
    link: &Link,
    peer: &NodeState,
) -> BTreeMap<String, Vec<String>> {
    if !goes_with_code(machine) {
        return BTreeMap::new();
    }
    let pending: Vec<_> = peer.scripts.iter().filter(|script| !local.history.is_applied(&script.name)).collect();
    let effects: Vec<_> =
        pending.iter().map(|script| (stem(&script.name).to_owned(), effect_of(link.journal(), script))).collect();
    let mut broken = breaking_in_order(&local.live.digests, local.state.bootstrap, &effects);
    let waits = pending.into_iter().filter_map(|script| {
        let mut facts = broken.remove(stem(&script.name)).unwrap_or_default();
        // what a try found, as long as nothing has changed since
        let tried = local.attempts.iter().find(|tried| {
            same_script(&tried.name, &script.name)
                && Some(tried.checksum) == script.checksum
                && tried.basis == local.state.fingerprint
        });
        if let Some(HoldReason::BreaksClients { facts: found }) = tried.map(|tried| &tried.reason) {
            facts.extend(found.iter().cloned());
        }
        let waits = !facts.is_empty() && !is_in_folder(machine, &script.name, script.checksum);
        waits.then(|| (stem(&script.name).to_owned(), facts))
    });
    waits.collect()
}

/// Whether scripts that break running code wait here for the code.
fn goes_with_code(machine: &Machine) -> bool {
    machine.config.heal_breaking == HealBreaking::Wait && script_dir::is_in_git(&machine.config.scripts_dir)
}

/// Whether this script would wait here if it broke running code: the code that goes with it has not been pulled.
pub(super) fn waits_for_code(machine: &Machine, name: &str, checksum: Checksum) -> bool {
    goes_with_code(machine) && !is_in_folder(machine, name, Some(checksum))
}

/// Whether the own script folder holds this text.
fn is_in_folder(machine: &Machine, name: &str, checksum: Option<Checksum>) -> bool {
    // a peer's name leads nowhere else than into the folder once it is a script's name
    let Ok(name) = ScriptName::parse(name) else { return false };
    let own = script_dir::read(&machine.config.scripts_dir.join(name.as_str()));
    own.is_ok_and(|own| Some(own.checksum()) == checksum)
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

/// Moves from a plan's steps to what it holds the first script that takes for granted what this server does not have, and what comes after
/// it: it would be held before it is tried. Pulls texts; for whoever asks what would be done.
pub async fn foresee(machine: &Machine, plan: &mut Plan) -> Result<(), HealError> {
    let mut link = Link::new(&plan.peer);
    let PeerView::Reachable(_) = link.view(machine).await else { return Ok(()) };
    let connection = machine.connect().await?;
    let mut earlier: Vec<CanonicalText> = Vec::new();
    for at in 0..plan.steps.len().min(FORESEEN) {
        let step = &plan.steps[at];
        let Some(script) = link.pull(machine, &step.name, step.checksum).await? else { return Ok(()) };
        let mut needs = needs(&script.text);
        for text in &earlier {
            let made = roles_made(text, &needs.roles);
            needs.roles.retain(|role| !made.contains(role));
        }
        let needs = bookkeeping::missing_of(&connection.client, &needs).await.map_err(MachineError::from)?;
        if !needs.is_empty() {
            let by = script.name.to_string();
            let later = plan.steps.split_off(at + 1);
            plan.steps.truncate(at);
            let held = |name: &ScriptName, reason| HeldScript {
                name: name.to_string(),
                from: Some(plan.peer.clone()),
                reason,
            };
            let mut held_now = vec![held(&script.name, HoldReason::Missing { needs })];
            held_now.extend(later.iter().map(|step| held(&step.name, HoldReason::Blocked { by: by.clone() })));
            plan.held.splice(0..0, held_now);
            return Ok(());
        }
        earlier.push(script.text);
    }
    Ok(())
}

/// So many texts are looked at before anything is done.
const FORESEEN: usize = 50;

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
