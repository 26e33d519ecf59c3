//! What held scripts would run, for the person who decides. Pulls and reads; changes nothing.
//!
//! What could go wrong: the text that is shown is another than the one that would be approved; it is pulled by its checksum, or read from
//! the folder that the script waits in. A peer that is gone shows nothing, which says so.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::divergence::{HeldScript, NodeState, PeerView};
use crate::heal::{Concerned, concerned};
use crate::history::same_script;
use crate::script::{Script, ScriptName};

use super::Machine;
use super::links::Link;

/// A held script with the statements that its hold is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The script and the reason.
    #[serde(flatten)]
    pub held: HeldScript,
    /// What a person has to judge; empty where the reason is not about what the script does, or its text is not to be had.
    pub statements: Vec<Concerned>,
}

/// Texts are pulled for so many scripts: what waits by the hundred is not read one by one.
const MOST: usize = 50;

/// Each held script with its statements, in the same order.
pub async fn waiting(machine: &Machine, held: &[HeldScript]) -> Vec<Waiting> {
    let mut peers: BTreeMap<String, Option<(Link, Box<NodeState>)>> = BTreeMap::new();
    let mut shown = Vec::new();
    let mut pulled = 0;
    for held in held {
        let speaks = held.reason.is_about_statements() && pulled < MOST;
        let script = match &held.from {
            _ if !speaks => None,
            None => machine.script_of_folder(&held.name).ok().flatten(),
            Some(peer) => {
                if !peers.contains_key(peer) {
                    peers.insert(peer.clone(), reached(machine, peer).await);
                }
                match peers.get_mut(peer) {
                    Some(Some((link, state))) => text_of(machine, link, state, &held.name).await,
                    _ => None,
                }
            }
        };
        pulled += usize::from(script.is_some());
        let statements = script.map(|script| concerned(&script.text, &held.reason)).unwrap_or_default();
        shown.push(Waiting { held: held.clone(), statements });
    }
    shown
}

async fn reached(machine: &Machine, peer: &str) -> Option<(Link, Box<NodeState>)> {
    let mut link = Link::new(peer);
    match link.view(machine).await {
        PeerView::Reachable(state) => Some((link, state)),
        _ => None,
    }
}

async fn text_of(machine: &Machine, link: &mut Link, state: &NodeState, name: &str) -> Option<Script> {
    let script = state.scripts.iter().find(|script| same_script(&script.name, name))?;
    let name = ScriptName::parse(&script.name).ok()?;
    link.pull(machine, &name, script.checksum?).await.ok().flatten()
}
