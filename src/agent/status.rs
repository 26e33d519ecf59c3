//! This machine and every peer at one moment: what `status` shows, gathered by fresh looks.

use crate::divergence::{Finding, HeldScript, PeerView, compare};
use crate::heal::{self as planning, Plan};
use crate::history::{same_script, stem};
use crate::identity::Grant;
use crate::local_state::PeerSeen;
use crate::script_dir::ScriptDir;

use super::Machine;
use super::heal::{HealError, already, inputs};
use super::links::Link;
use super::observe::{Observation, Observer};
use super::reach::Way;
use super::sync::ran_before;
use super::waiting;

/// One peer at one moment.
#[derive(Debug)]
pub struct PeerReport {
    /// The peer's name.
    pub name: String,
    /// Its addresses, in the order in which they are tried.
    pub addresses: Vec<String>,
    /// Which way the link goes; `None`: it is not reached.
    pub way: Option<Way>,
    /// What it may do here.
    pub grant: Option<Grant>,
    /// What it answered.
    pub view: PeerView,
    /// Every finding that holds.
    pub findings: Vec<Finding>,
    /// What is remembered of when it answered.
    pub seen: PeerSeen,
    /// Its scripts that are pending here and have done already what they would do, in its order.
    pub already: Vec<HeldScript>,
    /// What would be done about it now.
    pub plan: Option<Plan>,
}

/// This machine and its peers at one moment.
#[derive(Debug)]
pub struct Report {
    /// The look at the own database.
    pub local: Observation,
    /// Scripts of the folder that are not applied.
    pub pending: Vec<String>,
    /// The peers, by name.
    pub peers: Vec<PeerReport>,
}

/// Looks at this machine and at every peer (or at `only`), all peers at once.
pub async fn report(machine: &Machine, only: Option<&str>) -> Result<Report, HealError> {
    let folder = ScriptDir::load(&machine.config.scripts_dir)?;
    let mut local = Observer::default().look(machine).await?;
    let pending = folder
        .scripts
        .iter()
        .filter(|script| !local.history.is_applied(script.name.as_str()))
        .map(|script| script.name.to_string())
        .collect();
    let seen = machine.state().map(|state| state.peers).unwrap_or_default();
    let seen = |name: &str| seen.get(name).copied().unwrap_or_default();
    let names = machine.peer_names().into_iter().filter(|name| only.is_none_or(|only| only == name));
    let mut peers =
        futures_util::future::join_all(names.map(|name| peer_report(machine, &local, seen(&name), name))).await;
    for held in peers.iter().filter_map(|peer| peer.plan.as_ref()).flat_map(|plan| waiting::untried(&plan.held)) {
        if !local.state.held.iter().any(|known| same_script(&known.name, &held.name)) {
            local.state.held.push(held);
        }
    }
    if local.state.halted.is_none() {
        for held in ran_before(&local, &folder.scripts) {
            if !local.state.held.iter().any(|known| same_script(&known.name, &held.name)) {
                local.state.held.push(held);
            }
        }
    }
    for peer in &mut peers {
        peer.findings = compare(&local.state, &peer.view);
    }
    Ok(Report { local, pending, peers })
}

async fn peer_report(machine: &Machine, local: &Observation, seen: PeerSeen, name: String) -> PeerReport {
    let mut link = Link::new(&name);
    let view = link.view(machine).await;
    let (way, findings) = (link.way(), compare(&local.state, &view));
    let plan = match &view {
        PeerView::Reachable(peer) => {
            Some(planning::plan(&local.state, peer, &inputs(machine, local, &link, peer, false)))
        }
        _ => None,
    };
    let already = match &view {
        PeerView::Reachable(peer) => {
            let mut reasons = already(local, &link, peer);
            let found = peer.scripts.iter().filter_map(|script| {
                let reason = reasons.remove(stem(&script.name))?;
                Some(HeldScript { name: script.name.clone(), from: Some(name.clone()), reason })
            });
            found.collect()
        }
        _ => Vec::new(),
    };
    let (addresses, grant) = (machine.addresses(&name), machine.grant(&name));
    PeerReport { name, addresses, way, grant, view, findings, seen, already, plan }
}
