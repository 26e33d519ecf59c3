//! Scripts outside a transaction that stopped half-way: what they had done by then is drift that has a name.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::divergence::DriftedFact;
use crate::history::{HistoryRow, MigrationHistory, same_script};
use crate::journal::{Entry, Event};
use crate::postgres::bookkeeping::{self, BookkeepingError};

/// A script outside a transaction that stopped half-way, with the time from its first try to the end of its last, in milliseconds
/// since 1970 by the server's clock.
pub(super) struct Halfway {
    name: String,
    from: i64,
    until: i64,
}

/// Those of this history.
pub(super) async fn scripts(client: &Client, history: &MigrationHistory) -> Result<Vec<Halfway>, BookkeepingError> {
    let stopped: Vec<&HistoryRow> = history.failed().filter(|row| row.progress.is_some()).collect();
    if stopped.is_empty() {
        return Ok(Vec::new());
    }
    let failed_at = bookkeeping::failed_at(client).await?;
    let halfway = stopped.into_iter().filter_map(|row| {
        let tries = failed_at.iter().filter(|(name, _)| same_script(name, &row.name));
        let until = tries.map(|(_, at)| *at).max()?;
        Some(Halfway { name: row.name.clone(), from: row.applied_at?, until })
    });
    Ok(halfway.collect())
}

/// Names the script behind drift that one left which stopped half-way: the applier journals what it did before it lets go.
pub(super) fn attributed(entries: &[Entry], halfway: &[Halfway], mut drift: Vec<DriftedFact>) -> Vec<DriftedFact> {
    for script in halfway {
        let its = |entry: &&Entry| entry.event == Event::Drift && (script.from..=script.until).contains(&entry.at);
        let left: BTreeSet<_> = entries.iter().filter(its).flat_map(|entry| entry.effect.keys()).collect();
        for fact in drift.iter_mut().filter(|fact| left.contains(&fact.id)) {
            fact.left_by = Some(script.name.clone());
        }
    }
    drift
}
