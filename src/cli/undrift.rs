//! `heal --revert-drift`: shows what leads back to what the scripts left, and runs it. Where data is lost it asks first.

use anyhow::Result;
use serde_json::json;

use super::args::Heal;
use super::exit_code::ExitCode;
use super::render::{diff, hold, json as shapes, list};
use super::ui::Ui;
use super::{NoRecord, or_stopped};
use crate::agent::Machine;
use crate::agent::observe::Observer;
use crate::agent::undrift::{self, Draft};
use crate::heal::Loss;
use crate::postgres::apply::Restored;

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Heal) -> Result<ExitCode> {
    let (style, lang) = (ui.style, ui.lang());
    ui.passing(lang.looking());
    let seen = Observer::default().look(machine).await?;
    if seen.folded.head.is_none() {
        return Err(NoRecord.into());
    }
    let Some(draft) = or_stopped(async { Ok(undrift::draft(machine, &seen).await) }).await?? else {
        if ui.json {
            ui.answer_json(&json!({ "changes": [], "undone": false }));
        } else {
            ui.answer(&style.tick(lang.capture_nothing()));
        }
        return Ok(ExitCode::Done);
    };
    if !ui.json {
        show(ui, &draft);
    }
    if args.dry_run {
        if ui.json {
            ui.answer_json(&as_json(&draft, &[], false));
        } else {
            ui.say(&style.bang(lang.nothing_done()));
            ui.say(&style.next("driftless heal --revert-drift"));
        }
        return Ok(ExitCode::Differs);
    }
    let by = whoami::username().unwrap_or_default();
    let mut done = undrift::undo(machine, &draft, args.yes, &by).await?;
    let mut losses = Vec::new();
    if let Restored::Losses(found) = done {
        losses = found;
        let words: Vec<String> = losses.iter().map(|loss| hold::loss(lang, loss)).collect();
        ui.warn(&style.bang(&lang.undrift_losses(&list(lang, &words, usize::MAX))));
        if !is_accepted(ui) {
            if ui.json {
                ui.answer_json(&as_json(&draft, &losses, false));
            }
            ui.say(&style.bang(lang.nothing_done()));
            return Ok(ExitCode::Held);
        }
        done = undrift::undo(machine, &draft, true, &by).await?;
    }
    Ok(told(ui, &draft, &losses, &done))
}

fn show(ui: &Ui, draft: &Draft) {
    let (style, lang) = (ui.style, ui.lang());
    ui.say(&style.title(lang.undrift_title()));
    ui.say(&diff::changes(style, &draft.changes));
    ui.answer(&draft.text);
    if !draft.hazards.is_empty() {
        let words: Vec<&str> = draft.hazards.iter().map(|hazard| hazard.word()).collect();
        ui.say(&style.bang(&lang.script_hazards(&words.join(", "))));
    }
    if let Some(why) = &draft.untried {
        ui.say(&style.bang(&lang.revert_untried(why)));
    }
}

fn is_accepted(ui: &Ui) -> bool {
    if ui.can_ask() {
        return ui.ask(ui.lang().undrift_ask());
    }
    ui.warn(&ui.style.hint(ui.lang().no_terminal()));
    false
}

/// What came of it, in words or as JSON.
fn told(ui: &Ui, draft: &Draft, losses: &[Loss], done: &Restored) -> ExitCode {
    let (style, lang) = (ui.style, ui.lang());
    let undone = matches!(done, Restored::Done { .. });
    if ui.json {
        ui.answer_json(&as_json(draft, losses, undone));
    }
    let failed = match done {
        Restored::Done { .. } => {
            ui.say(&style.tick(&lang.undrift_done(&lang.facts(draft.changes.len()))));
            ui.say(&style.faint(lang.undrift_note()));
            return ExitCode::Done;
        }
        // asked once, and somebody wrote rows meanwhile
        Restored::Moved | Restored::Losses(_) => lang.undrift_moved().to_owned(),
        Restored::Refused { sql, error } => lang.undrift_refused(sql, error),
        Restored::Left(facts) => {
            let facts: Vec<String> = facts.iter().map(ToString::to_string).collect();
            lang.undrift_left(&list(lang, &facts, 8))
        }
    };
    ui.warn(&style.cross(&failed));
    ExitCode::Failed
}

fn as_json(draft: &Draft, losses: &[Loss], undone: bool) -> serde_json::Value {
    json!({
        "changes": shapes::diff(&draft.changes)["changes"],
        "sql": draft.statements, "hazards": draft.hazards, "untried": draft.untried,
        "losses": losses, "undone": undone,
    })
}
