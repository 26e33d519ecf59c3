//! `check`: the live schema against what the scripts left behind, and the folder against the history.

use anyhow::Result;
use serde_json::json;

use super::args::Check;
use super::exit_code::ExitCode;
use super::render::{diff, json as shapes};
use super::ui::Ui;
use super::{NoRecord, UsageError};
use crate::agent::Machine;
use crate::agent::observe::{Observation, Observer};
use crate::agent::sync::survey;
use crate::journal::{Entry, Event};
use crate::schema::{Attributes, Change, ChangeKind, FactId, differences};
use crate::script_dir::ScriptDir;

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Check) -> Result<ExitCode> {
    if args.replay {
        return Err(UsageError(ui.lang().diff_later("check --replay")).into());
    }
    let (style, lang) = (ui.style, ui.lang());
    ui.passing(lang.looking());
    let seen = Observer::default().look(machine).await?;
    if seen.folded.head.is_none() {
        return Err(NoRecord.into());
    }
    let folder = ScriptDir::load(&machine.config.scripts_dir)?;
    let folder = survey(&seen.history, seen.state.halted.clone(), &folder);
    let changes = drift(&seen);
    let live = &seen.live.reading.model;
    let clean = changes.is_empty() && folder.pending.is_empty() && folder.edited.is_empty();
    let code = if clean { ExitCode::Done } else { ExitCode::Differs };
    if ui.json {
        let found = shapes::diff(&changes);
        ui.answer_json(&json!({
            "equal": changes.is_empty(), "changes": found["changes"], "pending": folder.pending,
            "edited": folder.edited, "not_supported": live.unsupported,
        }));
        return Ok(code);
    }
    ui.say(&style.title(lang.check_title()));
    ui.answer(&diff::check(style, live.len(), seen.folded.recorded.len(), &changes));
    ui.answer(&diff::unsupported(style, &live.unsupported));
    if !folder.pending.is_empty() {
        ui.answer(&style.bang(&lang.check_pending(folder.pending.len())));
        folder.pending.iter().for_each(|name| ui.answer(&format!("  - {name}")));
    }
    folder.edited.iter().for_each(|name| ui.answer(&style.bang(&lang.edited(name))));
    let models = if machine.config.models_command.is_none() { lang.models_not_set() } else { lang.models_later() };
    ui.say(&style.faint(models));
    if changes.is_empty() {
        ui.answer(&style.tick(lang.check_equal()));
    } else {
        ui.answer(&style.cross(lang.check_differs()));
        ui.say(&style.next("driftless new DESCRIPTION"));
    }
    if !folder.pending.is_empty() {
        ui.say(&style.next("driftless sync"));
    }
    Ok(code)
}

/// What was changed outside of scripts, with both values where both are known.
fn drift(seen: &Observation) -> Vec<Change> {
    let live = |id: &FactId| seen.live.reading.model.fact(id).map(|fact| fact.attributes.clone());
    let of = |fact: &crate::divergence::DriftedFact| {
        let change = match (fact.recorded, fact.live) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        let before = fact.recorded.and_then(|_| recorded(&seen.entries, &fact.id)).unwrap_or_default();
        let attributes = differences(fact.id.kind, &before, &live(&fact.id).unwrap_or_default());
        Change { id: fact.id.clone(), change, attributes }
    };
    seen.state.drift.iter().map(of).collect()
}

/// A fact as the last script, or the baseline, left it.
fn recorded(entries: &[Entry], id: &FactId) -> Option<Attributes> {
    let scripted = entries.iter().rev().filter(|entry| !matches!(entry.event, Event::Drift));
    scripted.filter_map(|entry| entry.effect.get(id)).next()?.definition.clone()
}
