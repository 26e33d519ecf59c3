//! `check`: the live schema against what the scripts left behind, a replay of them, and the models; the folder against the history.

use anyhow::Result;
use serde_json::{Value, json};

use super::args::Check;
use super::exit_code::ExitCode;
use super::render::{diff, json as shapes, status};
use super::ui::Ui;
use super::{NoRecord, hint, or_stopped, source};
use crate::agent::models::{Comparison, ModelsError};
use crate::agent::observe::{Observation, Observer};
use crate::agent::replay::{HistoryReplayError, replay_history};
use crate::agent::sync::{SyncReport, survey};
use crate::agent::{Machine, models};
use crate::journal::Entry;
use crate::postgres::scratch::Skipped;
use crate::schema::{Attributes, Change, ChangeKind, FactId, differences};
use crate::script_dir::ScriptDir;

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Check) -> Result<ExitCode> {
    ui.passing(ui.lang().looking());
    let seen = Observer::default().look(machine).await?;
    if seen.folded.head.is_none() {
        return Err(NoRecord.into());
    }
    let folder = ScriptDir::load(&machine.config.scripts_dir)?;
    let folder = survey(&seen.history, seen.state.halted.clone(), &folder);
    let replay = if args.replay { Some(replayed(ui, machine, &seen).await?) } else { None };
    let models =
        if machine.config.models_command.is_some() { Some(against_models(ui, machine, &seen).await) } else { None };
    let report = Report { changes: drift(&seen), seen, folder, replay, models };
    if ui.json {
        ui.answer_json(&report.json());
    } else {
        report.tell(ui);
    }
    Ok(report.code())
}

/// Everything that was looked at.
struct Report {
    seen: Observation,
    folder: SyncReport,
    /// From what the scripts left behind to the live schema.
    changes: Vec<Change>,
    replay: Option<Replay>,
    /// `None`: the models are not configured. What keeps them from being looked at is told beside everything else.
    models: Option<Result<(Comparison, Vec<Skipped>)>>,
}

/// The history, replayed.
struct Replay {
    scripts: usize,
    facts: usize,
    /// From the replay to the live schema.
    changes: Vec<Change>,
    skipped: Vec<Skipped>,
}

async fn replayed(ui: &Ui, machine: &Machine, seen: &Observation) -> Result<Replay> {
    ui.remark(&ui.style.faint(&ui.lang().scratch_used(&machine.target()?.label(), seen.state.scripts.len())));
    let done = or_stopped(async { Ok(replay_history(machine, &seen.entries).await) }).await?;
    let (found, scripts) = done.map_err(|error| match error {
        HistoryReplayError::Replay(error) => source::explained(ui, error),
        error => error.into(),
    })?;
    let model = found.reading.model;
    let changes = crate::schema::diff(&model, &seen.live.reading.model);
    Ok(Replay { scripts, facts: model.len(), changes, skipped: found.skipped })
}

async fn against_models(ui: &Ui, machine: &Machine, seen: &Observation) -> Result<(Comparison, Vec<Skipped>)> {
    ui.remark(&ui.style.faint(&ui.lang().scratch_used(&machine.target()?.label(), 1)));
    let done = or_stopped(async { Ok(models::check(machine, &seen.live.reading).await) }).await?;
    done.map_err(|error| match error {
        ModelsError::Replay(error) => source::explained(ui, error),
        error => error.into(),
    })
}

impl Report {
    fn code(&self) -> ExitCode {
        let models = match &self.models {
            Some(Err(error)) => hint::code(error),
            Some(Ok((found, _))) if !found.is_equal() => ExitCode::Differs,
            _ => ExitCode::Done,
        };
        let replayed = self.replay.as_ref().is_none_or(|replay| replay.changes.is_empty());
        let clean = self.changes.is_empty() && self.folder.pending.is_empty() && self.folder.edited.is_empty();
        ExitCode::of([models, if clean && replayed { ExitCode::Done } else { ExitCode::Differs }])
    }

    fn json(&self) -> Value {
        let found = shapes::diff(&self.changes);
        let mut value = json!({
            "equal": self.changes.is_empty(), "changes": found["changes"], "pending": self.folder.pending,
            "edited": self.folder.edited, "not_supported": self.seen.live.reading.model.unsupported,
        });
        if let Some(replay) = &self.replay {
            let skipped = replay.skipped.iter().map(|s| json!({ "script": s.script, "line": s.line, "what": s.what }));
            value["replay"] = json!({
                "equal": replay.changes.is_empty(), "scripts": replay.scripts,
                "changes": shapes::diff(&replay.changes)["changes"], "skipped": skipped.collect::<Vec<_>>(),
            });
        }
        match &self.models {
            None => {}
            Some(Ok((found, _))) => value["models"] = shapes::models(found),
            Some(Err(error)) => value["models"] = json!({ "error": format!("{error:#}") }),
        }
        value
    }

    fn tell(&self, ui: &Ui) {
        let (style, lang, live) = (ui.style, ui.lang(), &self.seen.live.reading.model);
        let pending = &self.folder.pending;
        ui.say(&style.title(lang.check_title()));
        ui.answer(&diff::check(
            style,
            live.len(),
            &lang.check_recorded(self.seen.folded.recorded.len()),
            self.seen.folded.recorded.len(),
            &self.changes,
        ));
        ui.answer(&diff::unsupported(style, &live.unsupported));
        ui.answer(&status::left_by(style, &self.seen.state.drift));
        if !pending.is_empty() {
            ui.answer(&style.bang(&lang.check_pending(pending.len())));
            pending.iter().for_each(|name| ui.answer(&format!("  - {name}")));
        }
        self.folder.edited.iter().for_each(|name| ui.answer(&style.bang(&lang.edited(name))));
        if self.models.is_none() {
            ui.say(&style.faint(lang.models_not_set()));
        }
        if self.changes.is_empty() {
            ui.answer(&style.tick(lang.check_equal()));
        } else {
            ui.answer(&style.cross(lang.check_differs()));
            // What a script left that stopped half-way needs no other script.
            if self.seen.state.drift.iter().any(|fact| fact.left_by.is_none()) {
                ui.say(&style.next("driftless capture DESCRIPTION"));
            }
        }
        if let Some(replay) = &self.replay {
            self.tell_replay(ui, replay);
        }
        match &self.models {
            None => {}
            Some(Ok((found, skipped))) => tell_models(ui, found, skipped),
            Some(Err(error)) => ui.warn(&hint::told(style, error)),
        }
        if !pending.is_empty() {
            ui.say(&style.next("driftless sync"));
        }
    }

    fn tell_replay(&self, ui: &Ui, replay: &Replay) {
        let (style, lang) = (ui.style, ui.lang());
        ui.say(&style.title(lang.replay_title()));
        source::left_out(ui, &replay.skipped);
        let made = lang.replay_made(replay.scripts, replay.facts);
        ui.answer(&diff::check(style, self.seen.live.reading.model.len(), &made, replay.facts, &replay.changes));
        match replay.changes.is_empty() {
            true => ui.answer(&style.tick(lang.replay_equal())),
            false => ui.answer(&style.cross(lang.replay_differs())),
        }
    }
}

fn tell_models(ui: &Ui, found: &Comparison, skipped: &[Skipped]) {
    let (style, lang) = (ui.style, ui.lang());
    ui.say(&style.title(lang.models_title()));
    source::left_out(ui, skipped);
    ui.answer(&diff::models(style, found));
    if found.is_equal() {
        ui.answer(&style.tick(lang.models_equal()));
    } else {
        ui.answer(&style.cross(lang.models_differ()));
        ui.say(&style.next("driftless new DESCRIPTION"));
    }
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
    let scripted = entries.iter().rev().filter(|entry| entry.event.is_scripted());
    scripted.filter_map(|entry| entry.effect.get(id)).next()?.definition.clone()
}
