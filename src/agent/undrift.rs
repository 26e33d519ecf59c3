//! `heal --revert-drift`: what was changed by hand on this machine is undone, and the live schema is again what the scripts left.
//!
//! Start at [`draft`], then [`undo`]. The statements are tried in a scratch database where one can be made, and verified in their own
//! transaction in any case: they commit only if every fact ends as recorded. The journal gets one entry ([`Event::Restored`]) and the
//! history no row: nothing was applied, so that no peer has anything to pull, and a name that a script could bear is not used up.
//! What could go wrong: what was dropped by hand comes back without its rows, which is said.

use crate::divergence::Halt;
use crate::postgres::apply::{Restore, Restored};
use crate::postgres::scratch::{ReplayError, ScratchError};
use crate::schema::ddl::{Hazard, Statement};
use crate::schema::{Change, Digests, FactId, Model, diff};
use crate::script::{Script, ScriptName};

use super::Machine;
use super::capture::{Bench, CaptureError, recorded};
use super::machine::MachineError;
use super::observe::Observation;
use super::replay::listed;
use super::written::Written;

#[cfg(doc)]
use crate::journal::Event;

/// Why drift cannot be undone. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UndriftError {
    /// Healing has stopped for this database.
    #[error(
        "healing has stopped for this database (`driftless status` says why); nothing is undone until `driftless heal --resume`"
    )]
    Halted(Box<Halt>),
    /// A statement of it cannot run in a transaction.
    #[error("`{0}` cannot run in a transaction, so that it could not be taken back; run it by hand")]
    Outside(String),
    /// The statements lead elsewhere.
    #[error("the statements would not lead back to what was recorded, and were not run: {}", listed(.0))]
    Unproven(Vec<FactId>),
    /// The statements could not be written.
    #[error(transparent)]
    Draft(#[from] CaptureError),
    /// The database cannot be reached or written to.
    #[error(transparent)]
    Machine(#[from] MachineError),
}

/// What leads back to what the scripts left.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The statements as a text, each with what it costs.
    pub text: String,
    /// The same, one by one, with the settings that they want.
    pub statements: Vec<String>,
    /// From the live schema to what was recorded.
    pub changes: Vec<Change>,
    /// What it costs.
    pub hazards: Vec<Hazard>,
    /// Why it was not tried in a scratch database, if it was not.
    pub untried: Option<String>,
    recorded: Digests,
    live: Digests,
}

/// Writes the statements, and tries them. `None`: nothing was changed by hand.
pub async fn draft(machine: &Machine, seen: &Observation) -> Result<Option<Draft>, UndriftError> {
    if let Some(halt) = &seen.state.halted {
        return Err(UndriftError::Halted(Box::new(halt.clone())));
    }
    if let Some(script) = seen.state.drift.iter().find_map(|fact| fact.left_by.clone()) {
        return Err(CaptureError::HalfWay(script).into());
    }
    let (live, recorded) = (&seen.live.reading.model, recorded(seen)?);
    let changes = diff(live, &recorded);
    if changes.is_empty() {
        return Ok(None);
    }
    let bench = Bench { machine, scope: &machine.config.scope };
    let (renames, plan) = bench.way_back(live, &recorded).await?;
    let steps = plan.steps.iter().map(|step| &step.statement);
    let all: Vec<&Statement> = renames.iter().chain(steps).collect();
    if let Some(outside) = all.iter().find(|statement| statement.outside_transaction) {
        return Err(UndriftError::Outside(outside.sql.clone()));
    }
    let statements = plan.settings().into_iter().map(str::to_owned);
    let statements = statements.chain(all.iter().map(|statement| statement.sql.clone())).collect();
    let source = "driftless heal --revert-drift: 只恢复结构, 数据无法找回 (the structure alone: rows and values do not come back)";
    let purpose = "撤销手工修改 (undoes what was changed by hand)";
    let written = Written { purpose, source, first: &renames, plan: &plan };
    let script = written.script(&ScriptName::parse("v1_revert_drift.sql").map_err(CaptureError::from)?);
    let untried = tried(&bench, live, &script, &recorded).await?;
    Ok(Some(Draft {
        text: written.body(),
        statements,
        changes,
        hazards: written.hazards(),
        untried,
        recorded: seen.folded.recorded.clone(),
        live: seen.live.digests.clone(),
    }))
}

/// Tries the statements in a scratch database; returns why that was not possible. It is no proof that is missed: the transaction that runs
/// them looks at what they have made.
async fn tried(bench: &Bench<'_>, live: &Model, script: &Script, to: &Model) -> Result<Option<String>, UndriftError> {
    match bench.prove(live, script, to).await {
        Ok(()) => Ok(None),
        Err(
            error @ (CaptureError::NoBasis(_)
            | CaptureError::Replay(ReplayError::Scratch(ScratchError::MayNotCreate { .. }))),
        ) => Ok(Some(super::chain(&error))),
        Err(CaptureError::Unproven(left)) => Err(UndriftError::Unproven(left)),
        Err(error) => Err(error.into()),
    }
}

/// Runs them under the lock. `losses_accepted`: a person has seen what is lost.
pub async fn undo(machine: &Machine, draft: &Draft, losses_accepted: bool, by: &str) -> Result<Restored, UndriftError> {
    let Draft { statements, recorded, live, .. } = draft;
    let mut applier = machine.applier(None, &mut |_| ()).await?;
    let restore = Restore { statements, recorded, live, losses_accepted, by };
    let restored = applier.restore(&restore).await.map_err(MachineError::from)?;
    applier.finish().await.map_err(MachineError::from)?;
    Ok(restored)
}
