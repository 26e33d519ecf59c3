//! `capture`: a change made by hand becomes a script, recorded as applied where it happened.
//!
//! Start at [`draft`], then [`record`]. The script leads from what the scripts left behind to the live schema. It is proven before it is
//! written anywhere: in a scratch database, what was recorded is made again, the script is run, and the result must be the live schema, fact by
//! fact. Its name and text depend on history and facts alone, so that two machines changed alike capture the same script. What could
//! go wrong: the schema moves between draft and record (refused under the lock; take a new look).

use std::path::PathBuf;

use crate::divergence::Halt;
use crate::journal::{Folded, scripts};
use crate::postgres::bookkeeping::BookkeepingError;
use crate::postgres::catalog::{CatalogReader, Reading};
use crate::postgres::scratch::{ReplayError, Scratch};
use crate::schema::ddl::{self, Hazard, Statement, renamed_columns};
use crate::schema::{Change, ChangeKind, Digests, Fact, FactId, Kind, Model, Scope, diff, qualified};
use crate::script::{InvalidName, Script, ScriptName, analyze, next_name};
use crate::script_dir::{self, ScriptDirError};

use super::Machine;
use super::machine::MachineError;
use super::observe::Observation;
use super::replay::{different, listed, model_of, rebuild};
use super::written::{CAPTURED, Written};

/// Why nothing was captured. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The database cannot be reached or written to.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] BookkeepingError),
    /// There is no scratch database, or the script fails in it.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Healing has stopped for this database.
    #[error(
        "healing has stopped for this database (`driftless status` says why); nothing is captured until `driftless heal --resume`"
    )]
    Halted(Box<Halt>),
    /// Something of it is no change by hand.
    #[error("`{0}` stopped half-way; finish it first (`driftless sync`), what it left is no change made by hand")]
    HalfWay(String),
    /// The description makes no name.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// Facts for which there is no DDL.
    #[error("driftless cannot write DDL for this yet: {}", listed(.0))]
    NoDdl(Vec<FactId>),
    /// What was recorded cannot be made again.
    #[error("what the scripts left behind cannot be made again in a scratch database, so that no script can be proven: {}", listed(.0))]
    NoBasis(Vec<FactId>),
    /// The script leads elsewhere.
    #[error("the script would not lead to the live schema, and is not written: {}", listed(.0))]
    Unproven(Vec<FactId>),
    /// Facts whose definitions the journal has not kept.
    #[error("the journal does not hold the definition of {}", listed(.0))]
    NotKept(Vec<FactId>),
    /// A file of that name says something else.
    #[error("`{0}` is in the script folder already, with another text; rename it or give another description")]
    NameTaken(ScriptName),
    /// Somebody changed the schema meanwhile.
    #[error("the schema changed while the script was made; try again")]
    Moved,
    /// The script folder cannot be used.
    #[error(transparent)]
    Folder(#[from] ScriptDirError),
}

/// A script that was proven, and what it was made from.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The script.
    pub script: Script,
    /// From what the scripts left behind to the live schema.
    pub changes: Vec<Change>,
    /// What the script costs elsewhere.
    pub hazards: Vec<Hazard>,
    recorded: Digests,
    live: Model,
}

/// What the scripts left behind, whole.
pub(super) fn recorded(seen: &Observation) -> Result<Model, CaptureError> {
    let scripted = seen.entries.iter().filter(|entry| entry.event.is_scripted());
    let model = model_of(&Folded::of(scripted));
    let lost: Vec<FactId> = seen.folded.recorded.keys().filter(|id| model.fact(id).is_none()).cloned().collect();
    if lost.is_empty() { Ok(model) } else { Err(CaptureError::NotKept(lost)) }
}

/// Makes and proves the script for what was changed by hand. `None`: nothing was. Without a description the facts give one.
pub async fn draft(
    machine: &Machine,
    seen: &Observation,
    description: Option<&str>,
) -> Result<Option<Draft>, CaptureError> {
    if let Some(halt) = &seen.state.halted {
        return Err(CaptureError::Halted(Box::new(halt.clone())));
    }
    if let Some(script) = seen.state.drift.iter().find_map(|fact| fact.left_by.clone()) {
        return Err(CaptureError::HalfWay(script));
    }
    let recorded = recorded(seen)?;
    let live = &seen.live.reading.model;
    let changes = diff(&recorded, live);
    if changes.is_empty() {
        return Ok(None);
    }
    let from_facts = described(&changes);
    let purpose = description.unwrap_or(&from_facts);
    let name = ScriptName::parse(&next_name(&known_names(seen), purpose, ""))?;
    let bench = Bench { machine, scope: &machine.config.scope };
    let (renames, plan) = bench.way(&recorded, live).await?;
    let written = Written { purpose, source: CAPTURED, first: &renames, plan: &plan };
    let script = written.script(&name);
    bench.prove(&recorded, &script, live).await?;
    Ok(Some(Draft {
        script,
        changes,
        hazards: written.hazards(),
        recorded: seen.folded.recorded.clone(),
        live: live.clone(),
    }))
}

/// Records a draft as applied here, and puts its file into the script folder. Under the lock it is refused if anything has moved.
pub async fn record(machine: &Machine, draft: &Draft) -> Result<PathBuf, CaptureError> {
    let folder = &machine.config.scripts_dir;
    let path = folder.join(draft.script.name.as_str());
    let there = path.exists();
    if there && script_dir::read(&path)? != draft.script {
        return Err(CaptureError::NameTaken(draft.script.name.clone()));
    }
    let mut applier = machine.applier(None, &mut |_| ()).await?;
    let transactional = analyze(&draft.script.text).transactional;
    let recorded = applier.record_captured(&draft.script, transactional, &draft.recorded, &draft.live).await;
    let recorded = recorded.map_err(MachineError::from)?;
    applier.finish().await.map_err(MachineError::from)?;
    if recorded.is_none() {
        return Err(CaptureError::Moved);
    }
    // The record holds the text: a folder that cannot be written to loses nothing.
    if !there {
        script_dir::write_new(folder, &draft.script)?;
    }
    Ok(path)
}

/// Whether the changes only add: nothing is taken away, and nothing that was there is another.
pub fn only_adds(changes: &[Change]) -> bool {
    changes.iter().all(|change| change.change == ChangeKind::Added)
}

/// Names that the next one has to come after: the history's, whoever wrote its rows.
fn known_names(seen: &Observation) -> Vec<String> {
    let recorded = scripts(seen.entries.iter()).into_iter().map(|script| script.name);
    seen.history.rows.iter().map(|row| row.name.clone()).chain(recorded).collect()
}

/// A description from the facts alone: the first that says most, and how many others there are.
fn described(changes: &[Change]) -> String {
    let weight = |change: &&Change| match change.id.kind.word() {
        "table" => 0,
        "column" => 1,
        "comment" | "default" | "not_null" => 3,
        _ => 2,
    };
    let Some(first) = changes.iter().min_by_key(weight) else { return "capture".to_owned() };
    let verb = match first.change {
        ChangeKind::Added => "add",
        ChangeKind::Removed => "drop",
        ChangeKind::Changed => "change",
    };
    let (parts, _) = ddl::name::parts(&first.id.name);
    // the schema says little
    let name = qualified(&parts.iter().skip(1).map(String::as_str).collect::<Vec<_>>()).replace(['.', '"'], "_");
    let others = match changes.len() - 1 {
        0 => String::new(),
        n => format!("_and_{n}_more"),
    };
    format!("{verb}_{}_{}{others}", first.id.kind.word(), name.trim_matches('_'))
}

/// Scratch databases that start from a model.
pub(super) struct Bench<'a> {
    pub(super) machine: &'a Machine,
    pub(super) scope: &'a Scope,
}

impl Bench<'_> {
    /// What leads from one model to the other: renamed columns first, so that their values are kept.
    pub(super) async fn way(&self, from: &Model, to: &Model) -> Result<(Vec<Statement>, ddl::Script), CaptureError> {
        let (renames, renamed) = self.renamed(from, to).await?;
        Ok((renames, planned(&renamed, to)?))
    }

    /// The same from the live schema, with the grants that are on what is made again: a scope without grants would not see them go.
    pub(super) async fn way_back(
        &self,
        live: &Model,
        to: &Model,
    ) -> Result<(Vec<Statement>, ddl::Script), CaptureError> {
        let (renames, mut start) = self.renamed(live, to).await?;
        let plan = planned(&start, to)?;
        if self.scope.grants || !plan.steps.iter().any(|step| step.fate == ddl::Fate::Recreated) {
            return Ok((renames, plan));
        }
        let wide = Scope { grants: true, ..self.scope.clone() };
        let connection = self.machine.connect().await?;
        let reader = CatalogReader::new(&connection.client, &wide).await.map_err(ReplayError::from)?;
        let there = reader.read(&connection.client).await.map_err(ReplayError::from)?.model;
        let grants = there.facts().filter(|fact| fact.id.kind == Kind::Grant);
        let mut goal = to.clone();
        let kept = ddl::standing(ddl::standing(grants, &start).into_iter(), &goal);
        let kept: Vec<Fact> = kept.into_iter().cloned().collect();
        kept.iter().for_each(|grant| start.insert(grant.clone()));
        kept.into_iter().for_each(|grant| goal.insert(grant));
        Ok((renames, planned(&start, &goal)?))
    }

    /// The renames that lead from one model to the other, and what they make of it.
    async fn renamed(&self, from: &Model, to: &Model) -> Result<(Vec<Statement>, Model), CaptureError> {
        let renames: Vec<Statement> = renamed_columns(from, to).iter().map(ddl::Renamed::statement).collect();
        let renamed = if renames.is_empty() { from.clone() } else { self.after(from, &renames).await?.model };
        Ok((renames, renamed))
    }

    /// The schema that statements make of a model.
    async fn after(&self, model: &Model, statements: &[Statement]) -> Result<Reading, CaptureError> {
        let text: String = statements.iter().map(|statement| format!("{};\n", statement.sql)).collect();
        let text = crate::script::CanonicalText::decode(text.as_bytes()).expect("a String is UTF-8");
        let mut scratch = self.scratch().await?;
        let done = async {
            self.based_on(&mut scratch, model).await?;
            scratch.run("renames", &text).await?;
            Ok(scratch.read(self.scope).await.map_err(ReplayError::from)?)
        };
        let done = done.await;
        scratch.remove().await;
        done
    }

    /// Whether a script leads from one model to the other.
    pub(super) async fn prove(&self, from: &Model, script: &Script, to: &Model) -> Result<(), CaptureError> {
        let mut scratch = self.scratch().await?;
        let done = async {
            self.based_on(&mut scratch, from).await?;
            scratch.run(script.name.as_str(), &script.text).await?;
            Ok(different(&scratch, self.scope, to).await?)
        };
        let done: Result<Vec<FactId>, CaptureError> = done.await;
        scratch.remove().await;
        match done? {
            left if left.is_empty() => Ok(()),
            left => Err(CaptureError::Unproven(left)),
        }
    }

    async fn scratch(&self) -> Result<Scratch, CaptureError> {
        Ok(Scratch::create(&self.machine.target()?).await.map_err(ReplayError::from)?)
    }

    async fn based_on(&self, scratch: &mut Scratch, model: &Model) -> Result<(), CaptureError> {
        match rebuild(scratch, self.scope, model, "recorded schema").await? {
            left if left.is_empty() => Ok(()),
            left => Err(CaptureError::NoBasis(left)),
        }
    }
}

/// The plan, if there is DDL for all of it.
fn planned(from: &Model, to: &Model) -> Result<ddl::Script, CaptureError> {
    let plan = ddl::script(from, to);
    if plan.left_out.is_empty() {
        return Ok(plan);
    }
    Err(CaptureError::NoDdl(plan.left_out.into_iter().map(|(id, _)| id).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Fact, Kind};

    #[track_caller]
    fn check(facts: &[(Kind, &str)], expected: &str) {
        let model = Model::new(facts.iter().map(|(kind, name)| Fact::new(*kind, *name)));
        assert_eq!(described(&diff(&Model::default(), &model)), expected);
    }

    #[test]
    fn facts_describe_themselves() {
        check(&[(Kind::Column, "public.orders.note")], "add_column_orders_note");
        check(
            &[(Kind::Comment, "column public.订单.备注"), (Kind::Column, "public.订单.备注")],
            "add_column_订单_备注_and_1_more",
        );
        check(&[(Kind::Column, "public.a.b"), (Kind::Table, "public.a")], "add_table_a_and_1_more");
    }
}
