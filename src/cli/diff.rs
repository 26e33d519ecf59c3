//! `diff`: what differs, fact by fact with both values; here is FROM, a peer is TO.

use anyhow::Result;

use super::args::Diff;
use super::exit_code::ExitCode;
use super::render::{diff as words, json};
use super::source::{Side, Sources};
use super::ui::Ui;
use super::{UsageError, hint};
use crate::schema::Change;

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Diff) -> Result<ExitCode> {
    if args.sql {
        return Err(UsageError(ui.lang().diff_later("diff --sql")).into());
    }
    if let (Some(from), Some(to)) = (&args.from, &args.to) {
        let (from, to) = (Side::open(ui, sources, Some(from)).await?, Side::open(ui, sources, Some(to)).await?);
        let (changes, not_compared) = from.changes(&to).await?;
        show(ui, &from.label, &to.label, &changes, not_compared);
        return Ok(if changes.is_empty() { ExitCode::Done } else { ExitCode::Differs });
    }
    let peers = match &args.peer {
        Some(peer) => vec![peer.clone()],
        None => sources.machine.peer_names(),
    };
    if peers.is_empty() {
        return Err(UsageError(ui.lang().no_peers().to_owned()).into());
    }
    let here = Side::open(ui, sources, None).await?;
    let (mut codes, mut reports) = (Vec::new(), Vec::new());
    for peer in &peers {
        let source = format!("peer:{peer}");
        match Side::open(ui, sources, Some(&source)).await {
            Ok(there) => {
                let (changes, not_compared) = here.changes(&there).await?;
                codes.push(if changes.is_empty() { ExitCode::Done } else { ExitCode::Differs });
                if ui.json && peers.len() > 1 {
                    let mut report = json::diff(&changes);
                    report["not_compared"] = not_compared.into();
                    report["name"] = peer.as_str().into();
                    reports.push(report);
                } else {
                    show(ui, &here.label, &there.label, &changes, not_compared);
                }
            }
            // Asked for one peer, its error is the answer; asked for all of them, the others still count.
            Err(error) if peers.len() == 1 => return Err(error),
            Err(error) => {
                ui.warn(&hint::told(ui.style, &error));
                codes.push(ExitCode::Unreached);
            }
        }
    }
    if ui.json && peers.len() > 1 {
        ui.answer_json(&serde_json::json!({ "peers": reports }));
    }
    Ok(ExitCode::of(codes))
}

fn show(ui: &Ui, from: &str, to: &str, changes: &[Change], not_compared: usize) {
    if ui.json {
        let mut report = json::diff(changes);
        report["not_compared"] = not_compared.into();
        ui.answer_json(&report);
        return;
    }
    ui.say(&ui.style.title(&ui.lang().diff_title(from, to)));
    if changes.is_empty() {
        ui.answer(&ui.style.tick(ui.lang().diff_equal()));
    }
    if not_compared > 0 {
        ui.remark(&ui.lang().diff_not_compared(not_compared));
    }
    if !changes.is_empty() {
        ui.answer(&words::changes(ui.style, changes));
        ui.answer(&ui.style.cross(&words::counts(ui.style, changes)));
    }
}
