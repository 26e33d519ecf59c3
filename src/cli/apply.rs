//! `apply FILE…`: applies these scripts now. What would be held is shown and asked about; typing it here approves it here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::args::Apply;
use super::exit_code::ExitCode;
use super::render::{finding, progress};
use super::ui::Ui;
use super::{UsageError, sync, watch};
use crate::agent::Machine;
use crate::agent::sync::apply;
use crate::divergence::{Finding, Place};
use crate::script::{CanonicalText, Script, ScriptName};

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Apply) -> Result<ExitCode> {
    let mut scripts = args.files.iter().map(|file| read(ui, machine, file)).collect::<Result<Vec<_>>>()?;
    let names: Vec<&str> = scripts.iter().map(|script| script.name.as_str()).collect();
    ui.say(&ui.style.title(&names.join(", ")));
    let mut confirmed = BTreeSet::new();
    loop {
        let report = apply(machine, scripts.clone(), confirmed.clone(), &mut watch::printer(ui)).await?;
        if !report.unusable.is_empty() && !ui.json {
            ui.answer(&progress::found(ui.style, &report));
        }
        if let Some(halt) = &report.halted
            && !ui.json
        {
            let halted = Finding::Halted { place: Place::Here, halt: halt.clone() };
            ui.answer(&finding::block(ui.style, &halted, ""));
            return Ok(ExitCode::Held);
        }
        let held = report.held.iter().find(|held| !confirmed.contains(&held.name)).map(|held| held.name.clone());
        // The loop ends: each round confirms one more name, or asks no more.
        if let Some(name) = held
            && is_accepted(ui, args)
        {
            // What is applied by now is not tried again: it would only be told twice.
            let rest = scripts.iter().position(|script| script.name.as_str() == name).unwrap_or(0);
            scripts.drain(..rest);
            confirmed.insert(name);
            continue;
        }
        if ui.json {
            ui.answer_json(&sync::as_json(&report));
        }
        if !ui.json {
            report.edited.iter().for_each(|name| ui.answer(&progress::edited(ui.style, name)));
        }
        report.hook_failed.iter().for_each(|why| ui.warn(&ui.style.cross(&ui.lang().hook_failed(why))));
        let code = sync::code(&report);
        match code {
            ExitCode::Held if !report.edited.is_empty() => {}
            ExitCode::Done => ui.say(&ui.style.next("driftless check")),
            ExitCode::Held => ui.say(&ui.style.bang(ui.lang().nothing_done())),
            // a file may lie outside the script folder, where `sync` would not find it
            _ if report.put_off() => ui.say(&ui.style.next(&again(&args.files))),
            _ => ui.say(&ui.style.next("driftless history")),
        }
        return Ok(code);
    }
}

fn is_accepted(ui: &Ui, args: &Apply) -> bool {
    if args.yes {
        return true;
    }
    if ui.can_ask() {
        return ui.ask(ui.lang().apply_ask());
    }
    ui.warn(&ui.style.hint(ui.lang().no_terminal()));
    false
}

/// A file as given, or a script of the script folder by its name.
fn read(ui: &Ui, machine: &Machine, file: &Path) -> Result<Script> {
    let path: PathBuf = if file.is_file() { file.to_owned() } else { machine.config.scripts_dir.join(file) };
    let shown = file.display().to_string();
    if !path.is_file() {
        return Err(UsageError(ui.lang().script_not_found(&shown)).into());
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = ScriptName::parse(name).map_err(|error| UsageError(error.to_string()))?;
    let bytes = std::fs::read(&path).with_context(|| format!("failed to read `{shown}`"))?;
    let text = CanonicalText::decode(&bytes).with_context(|| format!("`{shown}` cannot be used"))?;
    Ok(Script { name, text })
}

/// The command as it was typed.
fn again(files: &[PathBuf]) -> String {
    let files = files.iter().map(|file| match file.display().to_string() {
        blank if blank.contains(' ') => format!("\"{blank}\""),
        plain => plain,
    });
    files.fold("driftless apply".to_owned(), |command, file| format!("{command} {file}"))
}
