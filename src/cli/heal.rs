//! `heal`: shows what would be done about the peers, does it, approves, pauses and resumes.

use anyhow::Result;

use super::args::Heal;
use super::exit_code::ExitCode;
use super::render::status::{MachineLine, PeerLine, between, troubles};
use super::render::{conflict, finding, hold, progress};
use super::ui::Ui;
use super::{outcome, watch};
use crate::agent::Machine;
use crate::agent::conflict::conflicts;
use crate::agent::heal::{Mode, heal_from};
use crate::agent::links::Link;
use crate::agent::observe::Observer;
use crate::agent::status::{Report, report};
use crate::divergence::{Finding, NodeState};
use crate::heal::{HoldReason, forgotten};

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
        let waiting = forgotten(&seen.past(), &seen.history).len();
        if waiting > 0 {
            ui.say(&ui.style.bang(&ui.lang().ran_before(waiting)));
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
        if let Some(reason) = &approval.reason {
            ui.say(&ui.style.bang(&hold::reason(ui.lang(), reason)));
        }
        ui.answer(&ui.style.tick(&ui.lang().approved(approval.name.as_str())));
        if !matches!(approval.reason, Some(HoldReason::DataLoss { .. })) {
            ui.say(&ui.style.faint(ui.lang().approved_unmeasured()));
        }
    }
    Ok(())
}

async fn plan(ui: &Ui, machine: &Machine) -> Result<ExitCode> {
    ui.passing(ui.lang().looking());
    let found = report(machine, None).await?;
    let plans: Vec<_> = found.peers.iter().filter_map(|peer| peer.plan.as_ref()).collect();
    let incomparable = |finding: &Finding| matches!(finding, Finding::Incompatible { .. });
    let unreached = found.peers.iter().any(|peer| peer.plan.is_none() || peer.findings.iter().any(incomparable));
    let mut conflicting = Vec::new();
    for plan in &plans {
        conflicting.extend(conflicts(machine, &plan.held).await?);
    }
    if ui.json {
        ui.answer_json(&serde_json::json!({ "plans": plans, "conflicts": conflicting }));
    } else {
        ui.say(&ui.style.title(ui.lang().heal_title()));
        ui.answer(&shown(ui, &found));
        conflicting.iter().for_each(|found| ui.answer(&conflict::block(ui.style, found)));
    }
    let drifted = !found.local.state.drift.is_empty();
    let held = plans.iter().any(|plan| !plan.held.is_empty());
    let steps = plans.iter().any(|plan| !plan.steps.is_empty());
    Ok(ExitCode::of([
        if held || found.local.state.halted.is_some() { ExitCode::Held } else { ExitCode::Done },
        if unreached { ExitCode::Unreached } else { ExitCode::Done },
        if steps || drifted { ExitCode::Differs } else { ExitCode::Done },
    ]))
}

/// What stands still on this machine, then each peer's plan; where there is none, what holds between the two.
fn shown(ui: &Ui, found: &Report) -> String {
    // what is held stands in the plans
    let here = NodeState { held: Vec::new(), failed: Vec::new(), ..found.local.state.clone() };
    let mut text = troubles(ui.style, MachineLine { database: "", state: &here, pending: &[], has_peers: true });
    for peer in &found.peers {
        match &peer.plan {
            Some(plan) if !plan.is_empty() => text.push_str(&progress::plan(ui.style, plan)),
            _ => {
                let line = PeerLine {
                    name: &peer.name,
                    address: None,
                    way: peer.way,
                    view: &peer.view,
                    findings: &peer.findings,
                    seen: peer.seen,
                };
                text.push_str(&format!(
                    "{}\n{}",
                    ui.style.strong(&peer.name),
                    between(ui.style, &found.local.state, line)
                ));
            }
        }
    }
    text
}

/// One cycle with each peer, now. `again`: what failed or was held for its outcome is tried once more.
async fn heal(ui: &Ui, machine: &Machine, again: bool) -> Result<ExitCode> {
    let observer = Observer::default();
    let mut codes = Vec::new();
    for name in machine.peer_names() {
        let mode = Mode { again, ..Mode::default() };
        let healed = heal_from(machine, &observer, &mut Link::new(&name), mode, &mut watch::printer(ui)).await?;
        ui.say(&progress::held_list(ui.style, &healed.held));
        for found in conflicts(machine, &healed.held).await? {
            ui.answer(&conflict::block(ui.style, &found));
        }
        healed.hook_failed.iter().for_each(|why| ui.warn(&ui.style.cross(&ui.lang().hook_failed(why))));
        for found in healed.findings.iter().filter(|found| !finding::is_here(found)) {
            ui.answer(&format!("{name}: {}", finding::block(ui.style, found, &name)));
        }
        codes.push(outcome::of_healed(&healed));
        codes.extend(healed.tried.iter().map(outcome::of_tried));
    }
    Ok(ExitCode::of(codes))
}
