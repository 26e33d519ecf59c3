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
use crate::script::ScriptName;
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

/// The version's digit groups: as many as leave a description.
fn groups(name: &str) -> Vec<u64> {
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let Some(body) = stem.strip_prefix(['v', 'V']) else { return Vec::new() };
    let parts: Vec<&str> = body.split('_').collect();
    let digits = parts.iter().take_while(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).count();
    let last = digits.min(parts.len().saturating_sub(1));
    parts[..last].iter().filter_map(|part| part.parse().ok()).collect()
}

/// A project that numbers by date goes on doing so; any other counts on.
fn next_name(known: &[String], description: &str, stamp: &str) -> String {
    const DATE_LIKE: u64 = 1_000_000;
    let greatest = known.iter().map(|name| groups(name)).max().unwrap_or_default();
    let now: Vec<u64> = stamp.split('_').filter_map(|part| part.parse().ok()).collect();
    let version = match greatest.first() {
        Some(first) if *first >= DATE_LIKE && now > greatest => stamp.to_owned(),
        Some(first) if *first >= DATE_LIKE => {
            let mut next = greatest;
            if let Some(last) = next.last_mut() {
                *last += 1;
            }
            next.iter().map(u64::to_string).collect::<Vec<_>>().join("_")
        }
        Some(first) => (first + 1).to_string(),
        None => "1".to_owned(),
    };
    format!("v{version}_{}.sql", slug(description))
}

/// A description as part of a file name that every platform takes. Digits at its start would be read as part of the version.
fn slug(description: &str) -> String {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>:\"/\\|?*_'`;$".contains(c);
    let path = |word: &&str| !word.bytes().all(|b| b == b'.');
    let words: Vec<&str> = description.split(forbidden).filter(path).collect();
    let digits = words.iter().take_while(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    if digits == 0 || digits == words.len() {
        return words.join(if digits == 0 { "_" } else { "-" }).trim_end_matches('.').to_owned();
    }
    let head = words[..=digits].join("-");
    std::iter::once(head.as_str()).chain(words[digits + 1..].iter().copied()).collect::<Vec<_>>().join("_")
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

    #[track_caller]
    fn check(known: &[&str], description: &str, expected: &str) {
        let known: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(next_name(&known, description, "20251122_1030"), expected);
    }

    #[test]
    fn the_next_version() {
        check(&[], "add field", "v1_add_field.sql");
        check(&["v2_a.sql", "v10_b.sql", "v9"], "加 字段", "v11_加_字段.sql");
        check(&["v20251121_0900_a.sql"], "x", "v20251122_1030_x.sql");
        check(&["v20251122_1030_a.sql"], "x", "v20251122_1031_x.sql");
        check(&["v20251121_0900_a.sql", "v7_b.sql"], "x", "v20251122_1030_x.sql");
        check(&["template.sql"], "x", "v1_x.sql");
    }

    #[test]
    fn descriptions_become_file_names() {
        check(&[], "2 new fields", "v1_2-new_fields.sql");
        check(&[], "a/b: c*", "v1_a_b_c.sql");
        check(&[], "2025", "v1_2025.sql");
        check(&[], "a_b", "v1_a_b.sql");
        check(&[], "../x", "v1_x.sql");
        check(&[], r"..\..\x .. y", "v1_x_y.sql");
    }

    #[test]
    fn the_template_is_filled() {
        assert_eq!(
            fill("{{name}} {{date}} {{description}}", "v1_a.sql", "2025-11-22", "a\nb"),
            "v1_a.sql 2025-11-22 a b"
        );
        assert!(TEMPLATE.contains("{{name}}") && TEMPLATE.contains("{{description}}"));
    }
}
