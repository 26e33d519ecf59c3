//! `history`: the record of what was applied, and the few things that a person may do to it.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::args::{History, HistoryCommand};
use super::exit_code::ExitCode;
use super::render::history as words;
use super::ui::Ui;
use super::{NoRecord, UsageError};
use crate::agent::Machine;
use crate::agent::observe::{Observation, Observer};
use crate::history::{HistoryRow, same_script};
use crate::script::{Script, ScriptName};
use crate::script_dir::ScriptDir;

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &History) -> Result<ExitCode> {
    match args.command.as_ref().unwrap_or(&HistoryCommand::List) {
        HistoryCommand::List => list(ui, machine).await,
        HistoryCommand::Show { name } => show(ui, machine, name).await,
        HistoryCommand::MarkApplied { names, all } => mark_applied(ui, machine, names, *all).await,
        HistoryCommand::Repair { name, new_name: Some(to) } => rename(ui, machine, name, to).await,
        HistoryCommand::Repair { name, new_name: None } => {
            let script = from_folder(ui, machine, name)?;
            machine.repair(&script).await?;
            ui.answer(&ui.style.tick(&ui.lang().history_repaired(script.name.as_str())));
            Ok(ExitCode::Done)
        }
        HistoryCommand::Reset { yes } => reset(ui, machine, *yes).await,
        HistoryCommand::Export { dir } => export(ui, machine, dir).await,
    }
}

/// The file is renamed by the person, before or after.
async fn rename(ui: &Ui, machine: &Machine, name: &str, to: &str) -> Result<ExitCode> {
    let (name, to) = (script_name(name)?, script_name(to)?);
    machine.rename(&name, &to).await?;
    ui.answer(&ui.style.tick(&ui.lang().history_renamed(name.as_str(), to.as_str())));
    Ok(ExitCode::Done)
}

/// The look, and whether there is anything to look at.
async fn look(machine: &Machine) -> Result<Observation> {
    let seen = Observer::default().look(machine).await?;
    if !seen.initialised && seen.history.rows.is_empty() {
        return Err(NoRecord.into());
    }
    Ok(seen)
}

async fn list(ui: &Ui, machine: &Machine) -> Result<ExitCode> {
    let seen = look(machine).await?;
    if ui.json {
        ui.answer_json(&json!({ "rows": seen.history.rows }));
    } else {
        ui.say(&ui.style.title(ui.lang().history_title()));
        ui.answer(&words::history(ui.style, &seen.history));
    }
    Ok(ExitCode::Done)
}

fn row<'a>(ui: &Ui, seen: &'a Observation, name: &str) -> Result<&'a HistoryRow> {
    seen.history.row(name).ok_or_else(|| UsageError(ui.lang().no_such_script(name)).into())
}

async fn show(ui: &Ui, machine: &Machine, name: &str) -> Result<ExitCode> {
    let seen = look(machine).await?;
    let row = row(ui, &seen, name)?;
    let text = machine.recorded_text(&row.name).await?;
    if ui.json {
        ui.answer_json(&json!({ "row": row, "text": text }));
    } else {
        ui.answer(&words::row(ui.style, row, text.as_deref()));
    }
    Ok(ExitCode::Done)
}

/// A name with or without `.sql`.
fn script_name(name: &str) -> Result<ScriptName> {
    let full = if name.ends_with(".sql") { name.to_owned() } else { format!("{name}.sql") };
    ScriptName::parse(&full).map_err(|error| UsageError(error.to_string()).into())
}

fn from_folder(ui: &Ui, machine: &Machine, name: &str) -> Result<Script> {
    let folder = ScriptDir::load(&machine.config.scripts_dir)?;
    let found = folder.scripts.into_iter().find(|script| same_script(script.name.as_str(), name));
    found.ok_or_else(|| UsageError(ui.lang().script_not_found(name)).into())
}

async fn mark_applied(ui: &Ui, machine: &Machine, names: &[String], all: bool) -> Result<ExitCode> {
    let (lang, style) = (ui.lang(), ui.style);
    ui.passing(lang.looking());
    let names = if all {
        machine.already_here().await?
    } else {
        names.iter().map(|name| script_name(name)).collect::<Result<Vec<_>>>()?
    };
    if names.is_empty() {
        ui.answer(&style.tick(lang.history_none_to_mark()));
        return Ok(ExitCode::Done);
    }
    let without = machine.mark_applied(&names).await?;
    for name in &names {
        ui.answer(&style.tick(&lang.history_marked(name.as_str())));
    }
    for name in &without {
        ui.warn(&style.bang(&lang.history_marked_without_text(name.as_str())));
    }
    let halted = look(machine).await?.state.halted.is_some();
    ui.say(&style.next(if halted { "driftless heal --resume" } else { "driftless status" }));
    Ok(ExitCode::Done)
}

async fn reset(ui: &Ui, machine: &Machine, yes: bool) -> Result<ExitCode> {
    let lang = ui.lang();
    look(machine).await?;
    ui.say(&ui.style.bang(lang.reset_what()));
    if !yes {
        if !ui.can_ask() {
            return Err(UsageError(lang.no_terminal().to_owned()).into());
        }
        if !ui.ask(lang.reset_ask()) {
            ui.say(lang.nothing_done());
            return Ok(ExitCode::Done);
        }
    }
    machine.reset_history().await?;
    ui.answer(&ui.style.tick(lang.reset_done()));
    ui.say(&ui.style.next(lang.reset_next()));
    Ok(ExitCode::Done)
}

/// Writes what was applied into a folder; a file with another text is left alone.
async fn export(ui: &Ui, machine: &Machine, dir: &Path) -> Result<ExitCode> {
    let (lang, style) = (ui.lang(), ui.style);
    let seen = look(machine).await?;
    std::fs::create_dir_all(dir).with_context(|| format!("failed to make `{}`", dir.display()))?;
    let (mut written, mut left) = (0, 0);
    for row in seen.history.applied() {
        // The old tools may have recorded anything; only a script's name becomes a file's.
        let Ok(name) = script_name(&row.name) else { continue };
        let Some(text) = machine.recorded_text(&row.name).await? else {
            ui.warn(&style.bang(&lang.history_no_text(&row.name)));
            left += 1;
            continue;
        };
        let path = dir.join(name.as_str());
        match std::fs::read(&path) {
            Ok(there) if same_text(&there, &text) => {}
            Ok(_) => {
                ui.warn(&style.bang(&lang.history_exists(name.as_str())));
                left += 1;
                continue;
            }
            Err(_) => {
                std::fs::write(&path, &text).with_context(|| format!("failed to write `{}`", path.display()))?;
            }
        }
        written += 1;
    }
    ui.answer(&style.tick(&lang.history_exported(&lang.scripts(written), &dir.display().to_string())));
    Ok(if left == 0 { ExitCode::Done } else { ExitCode::Failed })
}

/// A checkout with other line ends holds the same script.
fn same_text(bytes: &[u8], text: &str) -> bool {
    crate::script::CanonicalText::decode(bytes).is_ok_and(|there| there.as_str() == text)
}
