//! `status`: this machine and every peer.

use std::time::Duration;

use anyhow::Result;

use super::args::Status;
use super::exit_code::ExitCode;
use super::render::status::{MachineLine, PeerLine, status};
use super::render::{finding, json};
use super::ui::Ui;
use super::{UsageError, outcome};
use crate::agent::Machine;
use crate::agent::status::{Report, report};

/// How often `--watch` looks.
const EVERY: Duration = Duration::from_secs(2);

pub(super) async fn run(ui: &Ui, machine: &Machine, args: &Status) -> Result<ExitCode> {
    if let Some(peer) = &args.peer
        && !machine.peer_names().contains(peer)
    {
        return Err(UsageError(ui.lang().no_such_peer(peer)).into());
    }
    let database = machine.target()?.label();
    loop {
        if !args.watch {
            ui.passing(ui.lang().looking());
        }
        let found = report(machine, args.peer.as_deref()).await?;
        show(ui, &database, &found, args.watch);
        if !args.watch {
            return Ok(code(&found));
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = super::stop_signal() => return Ok(code(&found)),
        }
    }
}

fn show(ui: &Ui, database: &str, found: &Report, again: bool) {
    let has_peers = !found.peers.is_empty();
    let machine = MachineLine { database, state: &found.local.state, pending: &found.pending, has_peers };
    let peers: Vec<PeerLine<'_>> = found
        .peers
        .iter()
        .map(|peer| PeerLine {
            name: &peer.name,
            address: peer.addresses.first().map(String::as_str),
            way: peer.way,
            view: &peer.view,
            findings: &peer.findings,
            seen: peer.seen,
        })
        .collect();
    if ui.json {
        ui.answer_json(&json::status(machine, &peers));
        return;
    }
    if again && ui.style.color {
        ui.answer("\u{1b}[H\u{1b}[2J");
    }
    ui.answer(&status(ui.style, machine, &peers));
}

fn code(found: &Report) -> ExitCode {
    let own = outcome::of_state(&found.local.state, found.pending.len());
    let findings = found.peers.iter().flat_map(|peer| &peer.findings).filter(|f| !finding::is_here(f));
    ExitCode::of(findings.map(outcome::of_finding).chain([own]))
}
