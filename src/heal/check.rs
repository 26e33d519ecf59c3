//! A second opinion on a plan, written against the rules and not against the planner: if the two disagree, nothing runs.

use std::collections::BTreeSet;

use super::{Branch, Inputs, Plan};
use crate::divergence::NodeState;
use crate::hash::Checksum;
use crate::history::{same_script, stem};

/// Why a plan must not be carried out. Meeting one is a bug in the planner, never the user's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// It was made from another state than the one that is there now.
    #[error("the plan was made from another state")]
    Stale,
    /// Healing is halted or paused, the grant is missing, or the scopes differ.
    #[error("nothing may be applied now")]
    NotAllowed,
    /// The peer has not applied this text.
    #[error("the peer has not applied `{0}` with this text")]
    NotApplied(String),
    /// It is applied here already.
    #[error("`{0}` is applied here already")]
    AppliedHere(String),
    /// It would come before an earlier script of the peer's that is missing here.
    #[error("`{0}` would overtake an earlier script")]
    Overtakes(String),
    /// Each side lacks some of the other's, and nobody has found that the order does not matter.
    #[error("`{0}` stands on the other side of a fork that was not rehearsed")]
    Forked(String),
    /// It has no recorded effect and no approval.
    #[error("`{0}` has no recorded effect and was not approved")]
    Unverified(String),
    /// It breaks running code whose new version is not here, and nobody asked for that.
    #[error("`{0}` breaks running code and was not approved")]
    Breaks(String),
    /// It has done here already what it would do, and nobody asked for it to run again.
    #[error("`{0}` has run here before and was not approved")]
    RunsAgain(String),
}

/// Checks a plan against the states it is to be carried out on.
pub fn check(plan: &Plan, local: &NodeState, peer: &NodeState, inputs: &Inputs) -> Result<(), Objection> {
    if plan.steps.is_empty() {
        return Ok(());
    }
    if plan.basis.fingerprint != local.fingerprint || plan.basis.head != local.head {
        return Err(Objection::Stale);
    }
    if local.halted.is_some() || local.paused || !inputs.may_apply || local.scope != peer.scope {
        return Err(Objection::NotAllowed);
    }
    let only = |a: &NodeState, b: &NodeState| -> Vec<(String, Option<Checksum>)> {
        let has = |name: &str| b.scripts.iter().any(|script| same_script(&script.name, name));
        a.scripts.iter().filter(|s| !has(&s.name)).map(|s| (s.name.clone(), s.checksum)).collect()
    };
    let (ours, theirs) = (only(local, peer), only(peer, local));
    let known = |list: &[Branch], (name, sum): &(String, Option<Checksum>)| {
        list.iter().any(|branch| branch.name == *name && Some(branch.checksum) == *sum)
    };
    let proven = inputs.rehearsed.as_ref().is_some_and(|fork| {
        ours.iter().all(|script| known(&fork.ours, script)) && theirs.iter().all(|script| known(&fork.theirs, script))
    });
    if !ours.is_empty() && !proven {
        return Err(Objection::Forked(plan.steps[0].name.to_string()));
    }
    let mut have: BTreeSet<&str> = local.scripts.iter().map(|script| stem(&script.name)).collect();
    for step in &plan.steps {
        let name = step.name.as_str();
        let at = peer.scripts.iter().position(|script| same_script(&script.name, name));
        let Some(at) = at.filter(|&at| peer.scripts[at].checksum == Some(step.checksum)) else {
            return Err(Objection::NotApplied(name.into()));
        };
        if peer.scripts[..at].iter().any(|earlier| !have.contains(stem(&earlier.name))) {
            return Err(Objection::Overtakes(name.into()));
        }
        if !have.insert(stem(name)) {
            return Err(Objection::AppliedHere(name.into()));
        }
        let approved =
            inputs.approved.iter().find(|(known, text)| same_script(known, name) && text.checksum == step.checksum);
        let shown = approved.map(|(_, approved)| approved.hazards.clone()).unwrap_or_default();
        let unseen = |words: &[&str]| !words.iter().any(|word| shown.contains(*word));
        if inputs.already.contains_key(stem(name)) && unseen(&["already_here", "applied_before"]) {
            return Err(Objection::RunsAgain(name.into()));
        }
        if inputs.breaking.contains_key(stem(name)) && unseen(&["breaks_clients"]) {
            return Err(Objection::Breaks(name.into()));
        }
        let claimed = step.approved != approved.is_some() || step.hazards != shown;
        if claimed || (step.entry.is_none() && unseen(&["unverified"])) {
            return Err(Objection::Unverified(name.into()));
        }
    }
    Ok(())
}
