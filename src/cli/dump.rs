//! `dump`: a schema as DDL that an empty database can load.

use anyhow::Result;

use super::args::Dump;
use super::exit_code::ExitCode;
use super::render::script;
use super::source::{Side, Sources};
use super::ui::Ui;
use crate::schema::{Fact, Kind, Model, ddl};

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Dump) -> Result<ExitCode> {
    let side = Side::open(ui, sources, args.source.as_deref()).await?;
    let model = side.model().await?;
    // Every database is born with `public`.
    let mut empty = Model::default();
    empty.insert(Fact::new(Kind::Schema, "public"));
    if !model.facts().any(|fact| fact.id == Fact::new(Kind::Schema, "public").id) {
        empty = Model::default();
    }
    let found = ddl::script(&empty, &model);
    if ui.json {
        ui.answer_json(&serde_json::json!({ "sql": script::statements(&found) }));
    } else {
        ui.answer(&script::dump(ui.lang(), &side.label, &found, &model.unsupported));
    }
    Ok(ExitCode::Done)
}
