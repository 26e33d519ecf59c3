//! `heal`: shows what would be done about the peers, does it, approves, pauses and resumes.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::json;

use super::args::Heal;
use super::exit_code::ExitCode;
use super::render::status::{MachineLine, PeerLine, between, troubles};
use super::render::{conflict, finding, hold, indent, progress};
use super::ui::Ui;
use super::{outcome, watch};
use crate::agent::Machine;
use crate::agent::conflict::conflicts;
use crate::agent::heal::{Healed, Mode, heal_from};
use crate::agent::links::Link;
use crate::agent::observe::Observer;
use crate::agent::statements::{Waiting, waiting};
use crate::agent::status::{Report, report};
use crate::agent::waiting::foresee;
use crate::divergence::{Finding, HeldScript, NodeState, Place};
use crate::heal::{Conflict, HoldReason, forgotten};
use crate::history::same_script;

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Heal) -> Result<ExitCode> {
    if args.revert_drift {
        return super::undrift::run(ui, machine, args).await;
    }
    if args.pause {
        machine.pause()?;
        ui.answer(&ui.style.tick(ui.lang().paused_now()));
        ui.say(&ui.style.next("driftless heal --resume"));
        return Ok(ExitCode::Done);
    }
    if args.resume {
        machine.resume().await?;
        ui.answer(&ui.style.tick(ui.lang().resumed()));
        let seen = Observer::default().look(machine).await?;
        let before = forgotten(&seen.past(), &seen.history).len();
        if before > 0 {
            ui.say(&ui.style.bang(&ui.lang().ran_before(before)));
            ui.say(&ui.style.next("driftless history mark-applied --all"));
        }
        return Ok(ExitCode::Done);
    }
    if args.dry_run {
        return plan(ui, machine).await;
    }
    approve(ui, machine, &args.approve).await?;
    heal(ui, machine, args.approve.is_empty()).await
}

/// Says what is approved: the name alone does not tell what it costs.
async fn approve(ui: &Ui, machine: &Machine, names: &[String]) -> Result<()> {
    let by = whoami::username().unwrap_or_default();
    for name in names {
        let approval = machine.approve(name, &by).await?;
        let mut shown = BTreeSet::new();
        for mut waiting in waiting(machine, &approval.held()).await {
            let reason = hold::reason(ui.lang(), &waiting.held.reason);
            let whose = if names.len() > 1 { format!("{}: ", approval.name) } else { String::new() };
            ui.say(&ui.style.bang(&format!("{whose}{reason}")));
            waiting.statements.retain(|statement| shown.insert(statement.line));
            ui.say(&indent(&progress::statements(ui.style, &waiting), 2));
        }
        let may_differ = approval.may_differ();
        if !may_differ.is_empty() {
            ui.say(&ui.style.bang(ui.lang().approved_to_differ()));
            may_differ.iter().for_each(|fact| ui.say(&indent(fact, 4)));
        }
        ui.answer(&ui.style.tick(&ui.lang().approved(approval.name.as_str())));
        if !approval.reasons.iter().any(|reason| matches!(reason, HoldReason::DataLoss { .. })) {
            ui.say(&ui.style.faint(ui.lang().approved_unmeasured()));
        }
    }
    Ok(())
}

async fn plan(ui: &Ui, machine: &Machine) -> Result<ExitCode> {
    ui.passing(ui.lang().looking());
    let mut found = report(machine, None).await?;
    for plan in found.peers.iter_mut().filter_map(|peer| peer.plan.as_mut()) {
        foresee(machine, plan).await?;
    }
    let plans: Vec<_> = found.peers.iter().filter_map(|peer| peer.plan.as_ref()).collect();
    let incomparable = |finding: &Finding| matches!(finding, Finding::Incompatible { .. });
    let unreached = found.peers.iter().any(|peer| peer.plan.is_none() || peer.findings.iter().any(incomparable));
    let mut conflicting = Vec::new();
    for plan in &plans {
        conflicting.extend(conflicts(machine, &plan.held).await?);
    }
    let shown = Shown::of(machine, &found).await;
    if ui.json {
        ui.answer_json(&shown.as_json(&found, &conflicting));
    } else {
        ui.say(&ui.style.title(ui.lang().heal_title()));
        ui.answer(&shown.words(ui, &found));
        conflicting.iter().for_each(|found| ui.answer(&conflict::block(ui.style, found)));
    }
    let drifted = !found.local.state.drift.is_empty();
    let held = !shown.here.is_empty() || shown.plans.iter().any(|held| !held.is_empty());
    let steps = plans.iter().any(|plan| !plan.steps.is_empty());
    Ok(ExitCode::of([
        if held || found.local.state.halted.is_some() { ExitCode::Held } else { ExitCode::Done },
        if unreached { ExitCode::Unreached } else { ExitCode::Done },
        if steps || drifted { ExitCode::Differs } else { ExitCode::Done },
    ]))
}

/// What waits, with its statements.
struct Shown {
    /// What no plan holds: it waits in the own folder, or its peer is not reached now.
    here: Vec<Waiting>,
    /// What each peer's plan holds, in the order of the peers that have one.
    plans: Vec<Vec<Waiting>>,
}

impl Shown {
    async fn of(machine: &Machine, found: &Report) -> Self {
        let mut plans = Vec::new();
        for plan in found.peers.iter().filter_map(|peer| peer.plan.as_ref()) {
            plans.push(waiting(machine, &plan.held).await);
        }
        let planned = |held: &HeldScript| plans.iter().flatten().any(|plan| same_script(&plan.held.name, &held.name));
        let here: Vec<HeldScript> = found.local.state.held.iter().filter(|held| !planned(held)).cloned().collect();
        Self { here: waiting(machine, &here).await, plans }
    }

    fn as_json(&self, found: &Report, conflicts: &[Conflict]) -> serde_json::Value {
        let plans = found.peers.iter().filter_map(|peer| peer.plan.as_ref()).zip(&self.plans).map(|(plan, held)| {
            let mut plan = json!(plan);
            plan["held"] = json!(held);
            plan
        });
        let peers = found.peers.iter().map(|peer| {
            let words: Vec<_> = peer.findings.iter().map(finding::word).collect();
            json!({ "name": peer.name, "findings": words, "details": peer.findings })
        });
        let state = &found.local.state;
        let drift: Vec<String> = state.drift.iter().map(|fact| fact.id.to_string()).collect();
        json!({
            "plans": plans.collect::<Vec<_>>(), "conflicts": conflicts, "held": self.here,
            "halted": state.halted, "paused": state.paused, "drift": drift, "peers": peers.collect::<Vec<_>>(),
        })
    }

    /// What stands still on this machine, then each peer's plan; where there is none, what holds between the two.
    fn words(&self, ui: &Ui, found: &Report) -> String {
        // what is held stands below and in the plans
        let here = NodeState { held: Vec::new(), failed: Vec::new(), ..found.local.state.clone() };
        let mut text = troubles(ui.style, MachineLine { database: "", state: &here, pending: &[], has_peers: true });
        text.push_str(&progress::waiting_list(ui.style, &self.here));
        let mut plans = self.plans.iter();
        for peer in &found.peers {
            let held = peer.plan.as_ref().and_then(|_| plans.next());
            match (&peer.plan, held) {
                (Some(plan), Some(held)) if !plan.is_empty() => {
                    text.push_str(&progress::plan(ui.style, plan, held));
                }
                _ => {
                    let line = PeerLine {
                        name: &peer.name,
                        address: None,
                        way: peer.way,
                        view: &peer.view,
                        findings: &peer.findings,
                        seen: peer.seen,
                    };
                    let between = between(ui.style, &found.local.state, line);
                    text.push_str(&format!("{}\n{between}", ui.style.strong(&peer.name)));
                }
            }
        }
        text
    }
}

/// One cycle with each peer, now. `again`: what failed or was held for its outcome is tried once more.
async fn heal(ui: &Ui, machine: &Machine, again: bool) -> Result<ExitCode> {
    let observer = Observer::default();
    let (mut codes, mut told) = (Vec::new(), Vec::new());
    let mut listed: Vec<HeldScript> = Vec::new();
    for name in machine.peer_names() {
        let mode = Mode { again, ..Mode::default() };
        let healed = heal_from(machine, &observer, &mut Link::new(&name), mode, &mut watch::printer(ui)).await?;
        let held = waiting(machine, &healed.held).await;
        listed.extend(healed.held.iter().cloned());
        let conflicting = conflicts(machine, &healed.held).await?;
        codes.push(outcome::of_healed(&healed));
        codes.extend(healed.tried.iter().map(outcome::of_tried));
        if ui.json {
            told.push(healed_json(&healed, &held, &conflicting));
            continue;
        }
        ui.say(&progress::waiting_after(ui.style, &held, &healed.tried));
        let waits = !held.is_empty() || healed.findings.iter().any(halted_here);
        conflicting.iter().for_each(|found| ui.answer(&conflict::block(ui.style, found)));
        healed.hook_failed.iter().for_each(|why| ui.warn(&ui.style.cross(&ui.lang().hook_failed(why))));
        // that it is behind says nothing new where what keeps it back was just told, with what to do
        let told = |found: &Finding| waits && matches!(found, Finding::Behind { .. });
        for found in healed.findings.iter().filter(|found| !finding::is_here(found) && !told(found)) {
            let mut words = finding::words(ui.lang(), found, &name);
            words.mend = words.mend.filter(|_| !(waits && matches!(found, Finding::Forked { .. })));
            ui.answer(&format!("{name}: {}", finding::told(ui.style, found, &words)));
        }
    }
    // what waits in the own folder, or comes from a peer that is not reached now
    let state = observer.look(machine).await?.state;
    let halted = state.halted.map(|halt| Finding::Halted { place: Place::Here, halt });
    let mut here = state.held;
    here.retain(|held| !listed.iter().any(|known| same_script(&known.name, &held.name)));
    if !here.is_empty() {
        codes.push(ExitCode::Held);
    }
    let here = waiting(machine, &here).await;
    if ui.json {
        ui.answer_json(&json!({ "peers": told, "held": here }));
    } else {
        ui.say(&progress::waiting_list(ui.style, &here));
        halted.iter().for_each(|found| ui.answer(&finding::block(ui.style, found, "")));
    }
    if halted.is_some() {
        codes.push(ExitCode::Held);
    }
    Ok(ExitCode::of(codes))
}

fn halted_here(found: &Finding) -> bool {
    matches!(found, Finding::Halted { place: Place::Here, .. })
}

/// One peer's cycle, as JSON.
fn healed_json(healed: &Healed, held: &[Waiting], conflicts: &[Conflict]) -> serde_json::Value {
    json!({
        "name": healed.peer, "findings": healed.findings.iter().map(finding::word).collect::<Vec<_>>(),
        "details": healed.findings, "scripts": healed.tried.iter().map(watch::tried_json).collect::<Vec<_>>(),
        "held": held, "conflicts": conflicts, "hook_failed": healed.hook_failed,
    })
}
