//! `new DESCRIPTION`: the next script, from the template, in the editor.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::args::{Apply, New};
use super::exit_code::ExitCode;
use super::ui::Ui;
use super::{UsageError, apply};
use crate::agent::Machine;
use crate::agent::status::report;
use crate::divergence::PeerView;
use crate::script::{ScriptName, next_name};
use crate::script_dir::ScriptDir;

/// What a new script starts from where the folder holds no template of its own.
pub(super) const TEMPLATE: &str = include_str!("../../migrations/migration_template.sql");
/// The template's file name in the script folder.
pub(super) const TEMPLATE_FILE: &str = "migration_template.sql";

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &New) -> Result<ExitCode> {
    let description = args.description.join(" ");
    let known = known_names(ui, machine).await?;
    let now = chrono::Local::now();
    let name = next_name(&known, &description, &now.format("%Y%m%d_%H%M").to_string());
    let name = ScriptName::parse(&name).map_err(|error| UsageError(error.to_string()))?;
    let folder = &machine.config.scripts_dir;
    let template = std::fs::read_to_string(folder.join(TEMPLATE_FILE)).unwrap_or_else(|_| TEMPLATE.to_owned());
    let text = fill(&template, name.as_str(), &now.format("%Y-%m-%d").to_string(), &description);
    let path = folder.join(name.as_str());
    std::fs::create_dir_all(folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    let mut file = std::fs::File::create_new(&path).with_context(|| format!("failed to make `{}`", path.display()))?;
    std::io::Write::write_all(&mut file, text.as_bytes())
        .with_context(|| format!("failed to write `{}`", path.display()))?;
    drop(file);
    if description.contains(['/', '\\']) {
        ui.say(&ui.style.bang(&ui.lang().description_no_path(name.as_str())));
    }
    let shown = path.display().to_string();
    if ui.json {
        ui.answer_json(&serde_json::json!({ "name": name, "path": shown }));
    } else {
        ui.answer(&shown);
    }
    if !args.no_edit && !edit(ui, &path).await {
        ui.say(&ui.style.bang(ui.lang().template_note()));
    }
    if args.apply {
        let code = apply::run(ui, machine, &Apply { files: vec![path], yes: false }).await?;
        ui.say(&ui.style.next(ui.lang().doing_git()));
        return Ok(code);
    }
    ui.say(&ui.style.next(&format!("driftless apply {name}")));
    Ok(ExitCode::Done)
}

/// Names in the folder, the history, and of reachable peers. Without the database the folder has to do.
async fn known_names(ui: &Ui, machine: &Machine) -> Result<Vec<String>> {
    let folder = ScriptDir::load(&machine.config.scripts_dir)?;
    let mut names: Vec<String> = folder.scripts.iter().map(|script| script.name.to_string()).collect();
    ui.passing(ui.lang().looking());
    match report(machine, None).await {
        Ok(found) => {
            names.extend(found.local.history.rows.iter().map(|row| row.name.clone()));
            for peer in &found.peers {
                if let PeerView::Reachable(state) = &peer.view {
                    names.extend(state.scripts.iter().map(|script| script.name.clone()));
                }
            }
        }
        Err(error) => {
            let error = anyhow::Error::from(error);
            ui.say(&ui.style.bang(&ui.lang().version_from_folder(&format!("{error:#}"))));
        }
    }
    Ok(names)
}

fn fill(template: &str, name: &str, date: &str, description: &str) -> String {
    let line = description.replace(['\n', '\r'], " ");
    template.replace("{{name}}", name).replace("{{date}}", date).replace("{{description}}", &line)
}

/// Opens the editor and waits for it; `false` where there is none to open. Its command may hold arguments (`code --wait`).
async fn edit(ui: &Ui, path: &Path) -> bool {
    if !ui.can_ask() {
        return false;
    }
    let set = |name: &str| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).or_else(|| cfg!(windows).then(|| "notepad".to_owned()));
    let Some(editor) = editor else { return false };
    let mut command = if cfg!(windows) {
        let mut command = tokio::process::Command::new("cmd");
        command.args(["/C", &editor]).arg(path);
        command
    } else {
        let mut command = tokio::process::Command::new("sh");
        command.args(["-c", &format!("{editor} \"$1\""), "sh"]).arg(path);
        command
    };
    match command.status().await {
        Ok(status) if status.success() => {}
        Ok(status) => ui.warn(&ui.style.bang(&ui.lang().editor_failed(&editor, &status.to_string()))),
        Err(error) => ui.warn(&ui.style.bang(&ui.lang().editor_failed(&editor, &error.to_string()))),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_filled() {
        assert_eq!(
            fill("{{name}} {{date}} {{description}}", "v1_a.sql", "2025-11-22", "a\nb"),
            "v1_a.sql 2025-11-22 a b"
        );
        assert!(TEMPLATE.contains("{{name}}") && TEMPLATE.contains("{{description}}"));
    }
}
