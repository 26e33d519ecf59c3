//! `fingerprint`: the fingerprint of a schema, or a digest for each fact.

use anyhow::Result;

use super::args::Fingerprint;
use super::exit_code::ExitCode;
use super::render::{diff, json};
use super::source::{Side, Sources};
use super::ui::Ui;

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Fingerprint) -> Result<ExitCode> {
    let side = Side::open(ui, sources, args.source.as_deref()).await?;
    let digests = side.digests();
    let fingerprint = crate::schema::fingerprint(&digests);
    if ui.json {
        ui.answer_json(&json::fingerprint(fingerprint, side.scope(), args.objects.then_some(&digests)));
    } else if args.objects {
        for (id, digest) in &digests {
            ui.answer(&format!("{digest}  {}", diff::id(id)));
        }
    } else {
        ui.answer(&fingerprint.to_string());
    }
    Ok(ExitCode::Done)
}
