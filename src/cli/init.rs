//! `init`: everything that a machine needs, made where it is missing and left alone where it is there. A second run
//! changes nothing and says so.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::args::{Global, Init};
use super::exit_code::ExitCode;
use super::new::{TEMPLATE, TEMPLATE_FILE};
use super::ui::Ui;
use super::{UsageError, configuration, own_identity};
use crate::agent::Machine;
use crate::agent::observe::Observer;
use crate::config::initial::{GITIGNORE_LINES, Written, extend_gitignore, local_text, write_local, write_shared};
use crate::config::{Config, ConfigError, LOCAL_FILE, SHARED_FILE, default_machine_name};
use crate::identity::{Identity, check_peer_name};
use crate::script_dir::ScriptDir;

const FOLDER_README: &str = include_str!("../../migrations/README.md");

/// What was done, for people and for JSON.
struct Done<'a> {
    ui: &'a Ui,
    root: PathBuf,
    made: Vec<String>,
}

impl Done<'_> {
    fn file(&mut self, path: &Path, written: Written) {
        let shown = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        match written {
            Written::Now => self.made(self.ui.lang().file_made(&shown)),
            Written::Before => self.kept(&shown),
        }
    }

    fn made(&mut self, text: String) {
        self.ui.say(&self.ui.style.tick(&text));
        self.made.push(text);
    }

    fn kept(&self, what: &str) {
        self.ui.say(&self.ui.style.faint(&format!("  {}", self.ui.lang().file_kept(what))));
    }
}

pub(super) async fn run(ui: &Ui, global: &Global, args: &Init) -> Result<ExitCode> {
    let lang = ui.lang();
    if let Some(name) = &args.name {
        check_peer_name(name).map_err(|error| UsageError(error.to_string()))?;
    }
    let root = root(global)?;
    let mut done = Done { ui, root: root.clone(), made: Vec::new() };
    ui.say(&ui.style.title(lang.init_title()));
    files(&mut done, global, args)?;
    let config = configuration(global)?;
    let machine_name = config.machine.clone();
    folder(&mut done, &config)?;
    identity(&mut done, &config)?;
    let next = database(&mut done, config).await?;
    if done.made.is_empty() {
        ui.say(lang.init_nothing());
    }
    if ui.json {
        ui.answer_json(&json!({ "machine": machine_name, "root": root, "made": done.made }));
    }
    ui.say(&ui.style.next(&next));
    Ok(ExitCode::Done)
}

/// The folder of the configuration that holds here; without one, this folder.
fn root(global: &Global) -> Result<PathBuf> {
    let here = std::env::current_dir().context("failed to tell the current folder")?;
    if let Some(file) = &global.config {
        let file = here.join(file);
        if file.file_name().is_some_and(|name| name != SHARED_FILE) && !file.exists() {
            return Err(UsageError(format!("`{}` does not exist", file.display())).into());
        }
        return Ok(file.parent().map_or(here, Path::to_owned));
    }
    let found = here.ancestors().find(|folder| folder.join(SHARED_FILE).is_file() || folder.join(LOCAL_FILE).is_file());
    Ok(found.map_or_else(|| here.clone(), Path::to_owned))
}

/// `.gitignore` first: from then on nothing secret can slip into a commit.
fn files(done: &mut Done<'_>, global: &Global, args: &Init) -> Result<()> {
    let root = done.root.clone();
    let failed = |name: &str| format!("failed to write `{}`", root.join(name).display());
    let ignore = root.join(".gitignore");
    let written = extend_gitignore(&root, &GITIGNORE_LINES).with_context(|| failed(".gitignore"))?;
    done.file(&ignore, written);
    let shared = write_shared(&root).with_context(|| failed(SHARED_FILE))?;
    done.file(&root.join(SHARED_FILE), shared);
    let name = args.name.clone().unwrap_or_else(default_machine_name);
    let text = local_text(&name, global.database.as_deref(), args.listen.as_deref());
    let local = write_local(&root, &text).with_context(|| failed(LOCAL_FILE))?;
    done.file(&root.join(LOCAL_FILE), local);
    if local == Written::Before && (args.name.is_some() || args.listen.is_some()) {
        done.ui.warn(&done.ui.style.bang(&done.ui.lang().local_file_kept(LOCAL_FILE)));
    }
    Ok(())
}

fn folder(done: &mut Done<'_>, config: &Config) -> Result<()> {
    let folder = &config.scripts_dir;
    std::fs::create_dir_all(folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    for (name, text) in [("README.md", FOLDER_README), (TEMPLATE_FILE, TEMPLATE)] {
        let path = folder.join(name);
        let written = new_file(&path, text).with_context(|| format!("failed to write `{}`", path.display()))?;
        done.file(&path, written);
    }
    Ok(())
}

fn new_file(path: &Path, text: &str) -> std::io::Result<Written> {
    match std::fs::File::create_new(path) {
        Ok(mut file) => std::io::Write::write_all(&mut file, text.as_bytes()).map(|()| Written::Now),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Written::Before),
        Err(error) => Err(error),
    }
}

fn identity(done: &mut Done<'_>, config: &Config) -> Result<()> {
    let dir = &config.identity_dir;
    let shown = dir.strip_prefix(&done.root).unwrap_or(dir).display().to_string();
    if own_identity(dir)?.is_some() {
        done.kept(&shown);
        return Ok(());
    }
    ignore_moved_identity(done, dir)?;
    let made = Identity::init(dir)?;
    done.made(done.ui.lang().identity_made(&made.id().short(), &shown));
    Ok(())
}

/// A configured folder inside of the project is not covered by the usual lines.
fn ignore_moved_identity(done: &mut Done<'_>, dir: &Path) -> Result<()> {
    let Ok(inside) = dir.strip_prefix(&done.root) else { return Ok(()) };
    let line = format!("/{}/", inside.display().to_string().replace('\\', "/"));
    let written = extend_gitignore(&done.root, &[&line]).context("failed to write `.gitignore`")?;
    if written == Written::Now {
        done.made(done.ui.lang().file_added_to(".gitignore"));
    }
    Ok(())
}

/// History and baseline, where the database is reachable; what to type next.
async fn database(done: &mut Done<'_>, config: Config) -> Result<String> {
    let lang = done.ui.lang();
    if matches!(config.database(), Err(ConfigError::NoDatabase)) {
        done.ui.say(&done.ui.style.bang(lang.no_url()));
        return Ok(lang.set_url(LOCAL_FILE));
    }
    let machine = Machine::open(config, "init")?;
    let label = machine.target()?.label();
    if let Err(error) = machine.connect().await {
        let error = anyhow::Error::from(error);
        done.ui.say(&done.ui.style.bang(&lang.database_not_reached(&label)));
        done.ui.say(&super::hint::told(done.ui.style, &error));
        return Ok("driftless init".to_owned());
    }
    let observer = Observer::default();
    let before = observer.look(&machine).await?;
    if before.initialised {
        done.kept(&label);
    } else {
        let folder = ScriptDir::load(&machine.config.scripts_dir)?;
        machine.prepare(folder.scripts).await?;
        let after = observer.look(&machine).await?;
        match before.history.rows.len() {
            0 => done.made(lang.history_made(&label)),
            rows => done.made(lang.history_adopted(rows, &label)),
        }
        done.made(lang.baseline_made(&lang.facts(after.live.digests.len())));
    }
    let alone = machine.peer_names().is_empty();
    Ok(if alone { lang.init_next_text().to_owned() } else { "driftless status".to_owned() })
}
