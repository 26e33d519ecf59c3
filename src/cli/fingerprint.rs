//! `fingerprint`: the fingerprint of a schema, or a digest for each fact.

use anyhow::Result;

use super::args::Fingerprint;
use super::diff::tell_unsupported;
use super::exit_code::ExitCode;
use super::render::{diff, json};
use super::source::{Side, Sources};
use super::ui::Ui;

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Fingerprint) -> Result<ExitCode> {
    let side = Side::open(ui, sources, args.source.as_deref()).await?;
    sources.all_there(ui, &[&side])?;
    let fingerprint = side.fingerprint().await?;
    if ui.json {
        let digests = if args.objects { Some(side.digests().await?) } else { None };
        let mut report = json::fingerprint(fingerprint, side.scope(), digests.as_ref());
        report["not_supported"] = serde_json::json!(side.unsupported);
        ui.answer_json(&report);
    } else if args.objects {
        for (id, digest) in &side.digests().await? {
            ui.answer(&format!("{digest}  {}", diff::id(id)));
        }
    } else {
        ui.answer(&fingerprint.to_string());
    }
    if !ui.json {
        tell_unsupported(ui, &side.unsupported);
    }
    // The program ends here: to give the facts of a large schema back one by one would take longer than to print.
    std::mem::forget(side);
    Ok(ExitCode::Done)
}
