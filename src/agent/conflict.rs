//! Gathers what is to be known of a conflict: both texts and both effects. Reads and pulls; changes nothing.

use crate::divergence::{HeldScript, PeerView};
use crate::heal::{Conflict, HoldReason, effect_of, left_differently, line_diff};
use crate::history::{ScriptState, same_script};
use crate::script::ScriptName;

use super::Machine;
use super::heal::HealError;
use super::links::Link;
use super::observe::Observer;

/// The conflicts among what is held, each with its texts and facts.
pub async fn conflicts(machine: &Machine, held: &[HeldScript]) -> Result<Vec<Conflict>, HealError> {
    let mut found = Vec::new();
    for held in held.iter().filter(|held| held.reason == HoldReason::Conflict) {
        let Some(peer) = &held.from else { continue };
        let mut link = Link::new(peer);
        if let PeerView::Reachable(state) = link.view(machine).await
            && let Some(theirs) = state.scripts.iter().find(|script| same_script(&script.name, &held.name))
        {
            found.push(conflict(machine, &mut link, theirs).await?);
        }
    }
    Ok(found)
}

async fn conflict(machine: &Machine, link: &mut Link, theirs: &ScriptState) -> Result<Conflict, HealError> {
    let local = Observer::default().look(machine).await?;
    let ours = local.state.scripts.iter().find(|script| same_script(&script.name, &theirs.name));
    let own_text = machine.recorded_text(&theirs.name).await.ok().flatten();
    let their_text = match (ScriptName::parse(&theirs.name), theirs.checksum) {
        // A peer that does not serve its texts keeps them to itself: the facts are told all the same.
        (Ok(name), Some(checksum)) => link.pull(machine, &name, checksum).await.ok().flatten(),
        _ => None,
    };
    let effects = ours.and_then(|ours| effect_of(&local.entries, ours)).zip(effect_of(link.journal(), theirs));
    Ok(Conflict {
        name: theirs.name.clone(),
        peer: link.name.clone(),
        lines: own_text.zip(their_text).map(|(ours, theirs)| line_diff(&ours, theirs.text.as_str())),
        facts: effects.map(|(ours, theirs)| left_differently(ours, theirs)),
    })
}
