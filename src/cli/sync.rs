//! `sync`: applies everything pending, from the folder and from reachable peers.

use anyhow::Result;
use serde_json::json;

use super::args::Sync;
use super::exit_code::ExitCode;
use super::render::{Lang, finding, problem, progress};
use super::ui::Ui;
use super::{outcome, watch};
use crate::agent::Machine;
use crate::agent::heal::Mode;
use crate::agent::sync::{SyncReport, sync};
use crate::divergence::{Finding, Place};

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Sync) -> Result<ExitCode> {
    let (style, lang) = (ui.style, ui.lang());
    ui.say(&style.title(lang.sync_title()));
    ui.passing(lang.looking());
    let mode = Mode { dry_run: args.dry_run, again: true, ..Mode::default() };
    let report = sync(machine, mode, &mut watch::printer(ui)).await?;
    if ui.json {
        ui.answer_json(&as_json(&report));
        return Ok(code(&report));
    }
    if let Some(halt) = &report.halted {
        let halted = Finding::Halted { place: Place::Here, halt: halt.clone() };
        ui.answer(&finding::block(style, &halted, ""));
        return Ok(ExitCode::Held);
    }
    for healed in &report.peers {
        for found in healed.findings.iter().filter(|f| is_worth_telling(f)) {
            ui.say(&format!("{}: {}", healed.peer, finding::block(style, found, &healed.peer)));
        }
    }
    ui.answer(&progress::result(style, &report));
    let code = code(&report);
    if args.dry_run {
        ui.say(&style.bang(lang.sync_dry()));
    } else if code == ExitCode::Done {
        let idle = report.tried.is_empty();
        ui.answer(&style.tick(if idle { lang.sync_nothing() } else { lang.sync_done() }));
        ui.say(&style.next(if idle { "driftless status" } else { "driftless check" }));
    } else if report.failed() > 0 && report.hook_failed.is_empty() {
        ui.say(&style.next("driftless history"));
    } else if report.put_off() {
        ui.say(&style.next("driftless sync"));
    }
    Ok(code)
}

/// Scripts and holds are told with the results already.
fn is_worth_telling(finding: &Finding) -> bool {
    !matches!(finding, Finding::InSync | Finding::Ahead { .. } | Finding::Behind { .. } | Finding::Held { .. })
        && !finding::is_here(finding)
}

pub(super) fn code(report: &SyncReport) -> ExitCode {
    let unusable = if report.unusable.is_empty() { ExitCode::Done } else { ExitCode::Failed };
    let waits = !report.held.is_empty() || !report.edited.is_empty() || report.halted.is_some();
    let held = if waits { ExitCode::Held } else { ExitCode::Done };
    let hook = if report.hook_failed.is_empty() { ExitCode::Done } else { ExitCode::Failed };
    let tried = report.tried.iter().map(outcome::of_tried);
    ExitCode::of(tried.chain(report.peers.iter().map(outcome::of_healed)).chain([unusable, held, hook]))
}

pub(super) fn as_json(report: &SyncReport) -> serde_json::Value {
    let peers: Vec<_> = report
        .peers
        .iter()
        .map(|healed| {
            let words: Vec<_> = healed.findings.iter().map(finding::word).collect();
            json!({ "name": healed.peer, "findings": words, "details": healed.findings })
        })
        .collect();
    let tried: Vec<_> = report.tried.iter().map(watch::tried_json).collect();
    let held: Vec<_> =
        report.held.iter().map(|held| json!({ "name": held.name, "from": held.from, "why": held.reason })).collect();
    let unusable: Vec<_> = report
        .unusable
        .iter()
        .map(|(name, problems)| {
            let why: Vec<_> = problems.iter().map(|found| problem::problem(Lang::En, name, found)).collect();
            json!({ "name": name, "why": why })
        })
        .collect();
    json!({
        "halted": report.halted, "applied_before": report.applied_before, "found": report.found, "pending": report.pending,
        "pending_from_peers": report.pending_from_peers, "succeeded": report.succeeded(), "failed": report.failed(),
        "scripts": tried, "held": held, "edited": report.edited, "peers": peers,
        "unusable": unusable, "hook_failed": report.hook_failed,
    })
}
