//! Both machines were changed by hand in the same way, and one of them captured it: the other takes the script for what it did itself.
//!
//! Start at [`adopt`]. Nothing is run: the script is recorded as applied, with the effect that the own drift had. Only where every fact was
//! recorded as on the peer before and is live as on the peer afterwards, and only for captured scripts, which change nothing but the schema:
//! what else a script did cannot be seen. Anything less stays a hold that a person mends (`history mark-applied`).

use crate::heal::{HoldReason, Plan, ScriptPolicy, effect_of, halt, is_own_drift};
use crate::history::same_script;
use crate::journal::scripts;
use crate::postgres::apply::Outcome;
use crate::script::{ScriptName, is_pure_ddl};

use super::Machine;
use super::heal::{HealError, Tried};
use super::links::Link;
use super::observe::{Observation, Observer};
use super::written::is_captured;

/// Records the plan's first script if it is the own drift. `None`: it is not, or the state has moved.
pub(super) async fn adopt(
    machine: &Machine,
    observer: &Observer,
    local: &Observation,
    link: &mut Link,
    plan: &Plan,
) -> Result<Option<Tried>, HealError> {
    let Some(first) = plan.held.first().filter(|held| held.reason == HoldReason::AlreadyHere) else {
        return Ok(None);
    };
    if !plan.steps.is_empty() || local.state.drift.is_empty() || machine.script_policy() != ScriptPolicy::Auto {
        return Ok(None);
    }
    let theirs = scripts(link.journal());
    let theirs = theirs.iter().find(|script| same_script(&script.name, &first.name));
    let Some((theirs, checksum)) = theirs.and_then(|script| Some((script, script.checksum?))) else { return Ok(None) };
    let effect = effect_of(link.journal(), theirs).filter(|effect| is_own_drift(&local.past(), effect)).cloned();
    let (Some(effect), Ok(name)) = (effect, ScriptName::parse(&theirs.name)) else { return Ok(None) };
    let Some(script) = link.pull(machine, &name, checksum).await? else { return Ok(None) };
    if !is_captured(&script) || !is_pure_ddl(&script.text) {
        return Ok(None);
    }
    let mut applier = machine.applier(Some(local.known()), &mut |_| ()).await?;
    // While the text came and the lock was waited for a person may have paused, withdrawn the grant or emptied the history.
    let remembered = machine.remembered()?;
    let halted = halt(applier.entries(), applier.history(), applier.database(), remembered.as_ref());
    let allowed = halted.is_none() && !machine.is_paused() && machine.may_apply(&link.name);
    let recorded = match allowed {
        true => applier.record_drifted_alike(&script, &link.name, &effect).await?,
        false => None,
    };
    observer.end(machine, applier.finish().await?).await;
    let name = name.to_string();
    Ok(recorded.map(|_| Tried { name, from: Some(link.name.clone()), outcome: Outcome::AlreadyApplied }))
}
