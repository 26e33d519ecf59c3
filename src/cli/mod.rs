//! The commands: one file each, and the only place that prints.
//!
//! Start at [`run`]. A command puts the agent's parts together, has [`render`] word what came of it, and says which exit
//! code fits. What it never does: decide about scripts or peers (that is `heal`), or write where it was only asked
//! something. What could go wrong: a text made outside of `render` cannot be translated.

mod agent;
mod apply;
mod args;
mod capture;
mod check;
mod completions;
mod demo;
mod diff;
mod doctor;
mod dump;
mod exit_code;
mod fingerprint;
mod heal;
mod hint;
mod history;
mod init;
mod logging;
mod new;
mod outcome;
mod peers;
mod render;
mod source;
mod status;
mod sync;
mod ui;
mod undrift;
mod watch;

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::agent::Machine;
use crate::config::{Config, Overrides, SecretUrl};
use crate::identity::{Identity, IdentityError};
use args::{Args, Command, Global};
use exit_code::ExitCode;
use logging::Who;
use source::Sources;
use ui::Ui;

/// A command line that cannot be carried out as it was typed: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// There is no key yet.
#[derive(Debug, thiserror::Error)]
#[error("this machine has no identity yet")]
pub(crate) struct NoIdentity;

/// There is no journal yet.
#[derive(Debug, thiserror::Error)]
#[error("driftless has no record of this database yet")]
pub(crate) struct NoRecord;

/// Runs the program: reads the command line, runs the command, prints what failed, and says the exit code.
pub fn run() -> std::process::ExitCode {
    let lang = ui::language(early_language());
    let command = render::help::localized(Args::command(), lang);
    let args = match command.try_get_matches().and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => args,
        // Help and version are no errors; clap knows the difference and prints each where it belongs.
        Err(error) => error.exit(),
    };
    let ui = Ui::new(&args.global);
    let outcome = start(&ui, args).and_then(|code| ui.finish().map(|()| code));
    let code = outcome.unwrap_or_else(|error| {
        ui.warn(&hint::told(ui.style, &error));
        hint::code(&error)
    });
    code.into()
}

/// `--lang` is needed before the command line is understood, because help is printed while it is read.
fn early_language() -> Option<render::Lang> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let after = words.iter().position(|word| word == "--lang").and_then(|at| words.get(at + 1)).map(String::as_str);
    let joined = || words.iter().find_map(|word| word.strip_prefix("--lang="));
    match after.or_else(joined)? {
        "zh" => Some(render::Lang::Zh),
        "en" => Some(render::Lang::En),
        _ => None,
    }
}

fn start(ui: &Ui, args: Args) -> Result<ExitCode> {
    // What a command asks the server goes through one task a connection: on one thread that is a third cheaper.
    let mut builder = match &args.command {
        Command::Agent(_) | Command::Demo(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = builder.enable_all().build().context("failed to start")?;
    if let Command::Agent(agent) = &args.command
        && agent.command.is_none()
    {
        let config = agent::listening(configuration(&args.global)?, agent);
        let who = if agent.service { Who::Service(&config.identity_dir) } else { Who::Agent };
        logging::start(ui, &args.global, who);
        return agent::serve(runtime, config, agent, logging::teller(ui.lang(), args.global.json));
    }
    logging::start(ui, &args.global, Who::Command);
    let code = runtime.block_on(dispatch(ui, args));
    // A peer that answers slowly must not keep the command from ending.
    runtime.shutdown_background();
    code
}

/// The configuration that holds here, the flags put over it.
fn configuration(global: &Global) -> Result<Config> {
    let here = std::env::current_dir().context("failed to tell the current folder")?;
    let database = global.database.clone().map(SecretUrl);
    Ok(Config::load(&here, &Overrides { config: global.config.clone(), database })?)
}

fn machine(global: &Global, purpose: &'static str) -> Result<Machine> {
    Ok(Machine::open(configuration(global)?, purpose)?)
}

/// For what works on scripts, identity or history: in a folder without a project that would be a guess.
fn project(global: &Global, purpose: &'static str) -> Result<Machine> {
    let config = configuration(global)?;
    config.project()?;
    Ok(Machine::open(config, purpose)?)
}

/// This machine's key and certificate; nothing before `init`.
fn own_identity(dir: &Path) -> Result<Option<Identity>> {
    match Identity::load(dir) {
        Ok(identity) => Ok(Some(identity)),
        Err(IdentityError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn dispatch(ui: &Ui, args: Args) -> Result<ExitCode> {
    let global = &args.global;
    match args.command {
        Command::Init(args) => init::run(ui, global, &args).await,
        Command::New(args) => new::run(ui, &project(global, "new")?, &args).await,
        Command::Apply(args) => apply::run(ui, &project(global, "apply")?, &args).await,
        Command::Sync(args) => sync::run(ui, &project(global, "sync")?, &args).await,
        Command::Check(args) => check::run(ui, &project(global, "check")?, &args).await,
        Command::Status(args) => status::run(ui, &machine(global, "status")?, &args).await,
        Command::Diff(args) => {
            let machine = machine(global, "diff")?;
            diff::run(ui, &Sources { machine: &machine, look: &args.look, named: named([&args.from, &args.to]) }, &args)
                .await
        }
        Command::Fingerprint(args) => {
            let machine = machine(global, "fingerprint")?;
            fingerprint::run(ui, &Sources { machine: &machine, look: &args.look, named: named([&args.source]) }, &args)
                .await
        }
        Command::Capture(args) => capture::capture(ui, &project(global, "capture")?, &args).await,
        Command::Revert(args) => capture::revert(ui, &project(global, "revert")?, &args).await,
        Command::Dump(args) => {
            let machine = machine(global, "dump")?;
            dump::run(ui, &Sources { machine: &machine, look: &args.look, named: named([&args.source]) }, &args).await
        }
        Command::Heal(args) => heal::run(ui, &project(global, "heal")?, &args).await,
        Command::History(args) => history::run(ui, &project(global, "history")?, &args).await,
        Command::Invite(args) => peers::invite(ui, &project(global, "invite")?, &args).await,
        Command::Join(args) => peers::join(ui, &project(global, "join")?, &args).await,
        Command::Peers(args) => peers::peers(ui, &project(global, "peers")?, &args),
        Command::Agent(args) => agent::install_or_not(ui, global, &args),
        Command::Doctor => doctor::run(ui, global).await,
        Command::Demo(args) => demo::run(ui, &args).await,
        Command::Completions(args) => completions::run(ui, &args),
    }
}

/// The sources that were named.
fn named<'a>(sources: impl IntoIterator<Item = &'a Option<String>>) -> Vec<&'a str> {
    sources.into_iter().flatten().map(String::as_str).collect()
}

/// Work that leaves something behind when the process dies: a signal ends it in good order.
async fn or_stopped<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = work => done,
        () = stop_signal() => anyhow::bail!("interrupted"),
    }
}

/// Ctrl-C, or SIGTERM.
async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupted.await;
    }
}
