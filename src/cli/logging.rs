//! What is logged, and where: the agent's log to stderr (or a file, as a service); a command's only when asked for.

use std::path::Path;
use std::sync::Arc;

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use super::args::Global;
use super::render::{Lang, news};
use super::ui::Ui;
use crate::agent::news::Teller;

/// Who logs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// A command: its output says what matters.
    Command,
    /// The agent in the foreground.
    Agent,
    /// The agent without a terminal; the folder of its log file.
    Service(&'a Path),
}

impl<'a> Who<'a> {
    fn folder(self) -> Option<&'a Path> {
        match self {
            Self::Service(folder) => Some(folder),
            Self::Command | Self::Agent => None,
        }
    }
}

/// Starts logging.
pub(super) fn start(ui: &Ui, global: &Global, who: Who<'_>) {
    let agent = !matches!(who, Who::Command);
    let level = match (global.quiet, global.verbose, agent) {
        (true, ..) => "error",
        // Libraries warn of whatever a stranger does on the line: who sends enough of it would fill the log.
        (_, 0, true) => "error,driftless=info",
        (_, 0, false) => "error",
        (_, 1, _) => "warn,driftless=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("DRIFTLESS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let writer = match who.folder().and_then(log_file) {
        Some(file) => BoxMakeWriter::new(std::sync::Mutex::new(file)),
        None => BoxMakeWriter::new(std::io::stderr),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(ui.style.color);
    let started = if global.json { builder.json().try_init() } else { builder.with_target(false).try_init() };
    // A second start in one process (tests) keeps the first.
    let _ = started;
}

/// Words the agent's news, a line each. In JSON the particulars stand beside the sentence, for programs.
pub(super) fn teller(lang: Lang, json: bool) -> Teller {
    Arc::new(move |told| {
        let Some(line) = news::line(lang, told) else { return };
        let news::Line { level, event, text, details } = line;
        match (json, level) {
            (false, Level::INFO) => tracing::info!("{text}"),
            (false, Level::WARN) => tracing::warn!("{text}"),
            (false, _) => tracing::error!("{text}"),
            (true, Level::INFO) => tracing::info!(event, %details, "{text}"),
            (true, Level::WARN) => tracing::warn!(event, %details, "{text}"),
            (true, _) => tracing::error!(event, %details, "{text}"),
        }
    })
}

fn log_file(folder: &Path) -> Option<std::fs::File> {
    std::fs::OpenOptions::new().create(true).append(true).open(folder.join("agent.log")).ok()
}
