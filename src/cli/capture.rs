//! `capture DESCRIPTION`: what was changed by hand becomes a script. `revert NAME`: the script that undoes another.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::{Capture, Revert};
use super::exit_code::ExitCode;
use super::render::{Style, diff};
use super::ui::Ui;
use super::{NoRecord, or_stopped, source};
use crate::agent::Machine;
use crate::agent::capture::{self, CaptureError};
use crate::agent::observe::{Observation, Observer};
use crate::agent::revert;
use crate::schema::ddl::Hazard;

pub(super) async fn capture(ui: &Ui, machine: &Machine, args: &Capture) -> Result<ExitCode> {
    let (style, lang) = (ui.style, ui.lang());
    let seen = look(ui, machine).await?;
    ui.remark(&style.faint(&lang.scratch_used(&machine.target()?.label(), 1)));
    let description = args.description.join(" ");
    let draft = or_stopped(async { Ok(capture::draft(machine, &seen, Some(&description)).await) }).await?;
    let Some(draft) = draft.map_err(|error| explained(ui, error))? else {
        if ui.json {
            ui.answer_json(&json!({ "name": null }));
        } else {
            ui.answer(&style.tick(lang.capture_nothing()));
        }
        return Ok(ExitCode::Done);
    };
    let (name, text) = (&draft.script.name, draft.script.text.as_str());
    let path = if args.dry_run { None } else { Some(capture::record(machine, &draft).await?) };
    if ui.json {
        ui.answer_json(&json!({
            "name": name, "text": text, "hazards": draft.hazards, "recorded": path.is_some(),
            "path": path.map(|path| path.display().to_string()),
        }));
        return Ok(ExitCode::Done);
    }
    ui.say(&style.title(name.as_str()));
    ui.say(&diff::changes(style, &draft.changes));
    ui.answer(text);
    say_hazards(ui, &draft.hazards);
    match path {
        None => ui.say(&style.bang(lang.nothing_done())),
        Some(path) => {
            ui.say(&style.tick(&lang.capture_done(&path.display().to_string())));
            ui.say(&style.next(lang.doing_git()));
        }
    }
    Ok(ExitCode::Done)
}

pub(super) async fn revert(ui: &Ui, machine: &Machine, args: &Revert) -> Result<ExitCode> {
    // A shell completes it to a path.
    let file = Path::new(&args.name).file_name().and_then(|name| name.to_str());
    let name = file.unwrap_or(&args.name);
    let (style, lang) = (ui.style, ui.lang());
    let seen = look(ui, machine).await?;
    ui.remark(&style.faint(&lang.scratch_used(&machine.target()?.label(), 1)));
    let draft = or_stopped(async { Ok(revert::draft(machine, &seen, name).await) }).await??;
    let (name, text) = (&draft.script.name, draft.script.text.as_str());
    let path = if args.dry_run { None } else { Some(revert::write(machine, &draft)?) };
    if ui.json {
        ui.answer_json(&json!({
            "name": name, "text": text, "hazards": draft.hazards, "untried": draft.untried,
            "path": path.map(|path| path.display().to_string()),
        }));
        return Ok(ExitCode::Done);
    }
    ui.say(&style.title(name.as_str()));
    ui.answer(text);
    say_hazards(ui, &draft.hazards);
    if let Some(why) = &draft.untried {
        ui.say(&style.bang(&lang.revert_untried(why)));
    }
    match path {
        None => ui.say(&style.bang(lang.nothing_done())),
        Some(path) => {
            ui.say(&style.tick(&lang.revert_written(&path.display().to_string())));
            ui.say(&style.next(&format!("driftless apply {name}")));
        }
    }
    Ok(ExitCode::Done)
}

async fn look(ui: &Ui, machine: &Machine) -> Result<Observation> {
    ui.passing(ui.lang().looking());
    let seen = Observer::default().look(machine).await?;
    if seen.folded.head.is_none() { Err(NoRecord.into()) } else { Ok(seen) }
}

fn explained(ui: &Ui, error: CaptureError) -> anyhow::Error {
    match error {
        CaptureError::Replay(error) => source::explained(ui, error),
        error => error.into(),
    }
}

fn say_hazards(ui: &Ui, hazards: &[Hazard]) {
    let Style { lang, .. } = ui.style;
    if !hazards.is_empty() {
        let words: Vec<&str> = hazards.iter().map(|hazard| hazard.word()).collect();
        ui.say(&ui.style.bang(&lang.script_hazards(&words.join(", "))));
    }
}
