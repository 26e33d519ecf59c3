//! `dump`: a schema as DDL that an empty database can load.

use anyhow::Result;

use super::args::Dump;
use super::diff::tell_doubts;
use super::exit_code::ExitCode;
use super::or_stopped;
use super::render::script;
use super::source::{Side, Sources};
use super::ui::Ui;
use crate::agent::proof::{Proof, proven};
use crate::schema::ddl::Locks;
use crate::schema::{Fact, Kind, Model};

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Dump) -> Result<ExitCode> {
    let side = Side::open(ui, sources, args.source.as_deref()).await?;
    sources.all_there(ui, &[&side])?;
    let model = side.model().await?;
    // Every database is born with `public`.
    let mut empty = Model::default();
    empty.insert(Fact::new(Kind::Schema, "public"));
    if !model.facts().any(|fact| fact.id == Fact::new(Kind::Schema, "public").id) {
        empty = Model::default();
    }
    let (host, scope) = (sources.host_for(ui, &side)?, sources.scope());
    let found = or_stopped(async { Ok(proven(&host, &empty, &model, &scope, Locks::AsTheyCome).await) }).await?;
    if ui.json {
        let (sql, proven) = (script::statements(&found.script), matches!(found.proof, Proof::Holds));
        ui.answer_json(&serde_json::json!({ "sql": sql, "proven": proven, "not_supported": side.unsupported }));
        return Ok(ExitCode::Done);
    }
    ui.answer(&script::dump(ui.lang(), &side.label, &found.script, &found.proof, &side.unsupported));
    tell_doubts(ui, &found);
    Ok(ExitCode::Done)
}
