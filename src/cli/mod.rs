//! The commands: one file each, and the only place that prints.
//!
//! Start at [`run`]. A command puts the agent's parts together, has [`render`] word what came of it, and says which exit
//! code fits. What it never does: decide about scripts or peers (that is `heal`), or write where it was only asked
//! something. What could go wrong: a text made outside of `render` cannot be translated.

mod args;
mod completions;
mod exit_code;
mod hint;
mod render;
mod ui;

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Args, Command};
use exit_code::ExitCode;
use ui::Ui;

/// A command line that cannot be carried out as it was typed: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

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
    let outcome = dispatch(&ui, args).and_then(|code| ui.finish().map(|()| code));
    let code = outcome.unwrap_or_else(|error| {
        ui.warn(&render::error::chain(ui.style, &error, hint::of(ui.lang(), &error).as_deref()));
        hint::code(&error)
    });
    code.into()
}

/// `--lang` is needed before the command line is understood, because help is printed while it is read.
fn early_language() -> Option<render::Lang> {
    let words: Vec<String> = std::env::args().collect();
    let after = words.iter().position(|word| word == "--lang").and_then(|at| words.get(at + 1)).map(String::as_str);
    let joined = || words.iter().find_map(|word| word.strip_prefix("--lang="));
    match after.or_else(joined)? {
        "zh" => Some(render::Lang::Zh),
        "en" => Some(render::Lang::En),
        _ => None,
    }
}

fn dispatch(ui: &Ui, args: Args) -> Result<ExitCode> {
    match args.command {
        Command::Completions(args) => completions::run(ui, &args),
        _ => Err(UsageError("this command is not there yet".into()).into()),
    }
}
