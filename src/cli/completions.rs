//! `completions`: what a shell needs to complete our command lines.

use anyhow::Result;
use clap::CommandFactory as _;

use super::args::{Args, Completions};
use super::exit_code::ExitCode;
use super::ui::Ui;

pub(super) fn run(ui: &Ui, args: &Completions) -> Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "driftless", &mut text);
    ui.answer(&String::from_utf8(text)?);
    Ok(ExitCode::Done)
}
