//! Replays in scratch databases: what a list of scripts makes of an empty database, and what this machine's own history does.
//!
//! Start at [`replay`]. The scratch database is made on the server of a database that exists, and is dropped before the result is
//! looked at. Nothing here compares or words anything.

use crate::hash::Checksum;
use crate::journal::{Entry, Event, Folded, name_after};
use crate::postgres::bookkeeping::BookkeepingError;
use crate::postgres::catalog::Reading;
use crate::postgres::connect::Connection;
use crate::postgres::connect::Target;
use crate::postgres::history_table::script_text;
use crate::postgres::scratch::{ReplayError, Scratch, Skipped};
use crate::schema::{Fact, FactId, Model, Scope, changed_ids, ddl};
use crate::script::{CanonicalText, Script};

use super::Machine;
use super::machine::MachineError;

/// Something to be replayed: a script, a dump, the models' DDL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its name, for messages.
    pub name: String,
    /// What is run.
    pub text: CanonicalText,
}

impl From<Script> for Text {
    fn from(script: Script) -> Self {
        Self { name: script.name.to_string(), text: script.text }
    }
}

/// What the scratch database holds before the first text is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Nothing.
    Empty,
    /// The history table, which scripts may look into.
    History,
    /// The schemas and extensions of the database on whose server it is: models take them for granted.
    Surroundings,
}

/// What came of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// The schema that the texts made.
    pub reading: Reading,
    /// Statements that were left out.
    pub skipped: Vec<Skipped>,
}

/// Why the own history cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum HistoryReplayError {
    /// The database cannot be reached.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The texts cannot be read.
    #[error(transparent)]
    Record(#[from] BookkeepingError),
    /// A script failed, or there is no scratch database.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A text is gone.
    #[error("the text of `{name}` ({checksum}) is not stored any more, so that the history cannot be replayed")]
    NoText {
        /// The script.
        name: String,
        /// Its checksum.
        checksum: Checksum,
    },
    /// What was there before the first script cannot be made in a scratch database.
    #[error(
        "what driftless found when it first met this database cannot be made again, so that the history cannot be replayed: {}",
        listed(.facts)
    )]
    Baseline {
        /// The facts that came out otherwise.
        facts: Vec<FactId>,
    },
}

/// The first few facts, in one line.
pub fn listed(facts: &[FactId]) -> String {
    const MOST: usize = 5;
    let mut text = facts.iter().take(MOST).map(FactId::to_string).collect::<Vec<_>>().join(", ");
    if facts.len() > MOST {
        text.push_str(&format!(" (+{})", facts.len() - MOST));
    }
    text
}

/// What the texts make of an empty database, one after the other.
pub async fn replay(host: &Target, scope: &Scope, ground: Ground, texts: &[Text]) -> Result<Replayed, ReplayError> {
    let mut scratch = Scratch::create(host).await?;
    let done = run(&mut scratch, scope, ground, texts).await;
    scratch.remove().await;
    done
}

async fn run(scratch: &mut Scratch, scope: &Scope, ground: Ground, texts: &[Text]) -> Result<Replayed, ReplayError> {
    match ground {
        Ground::Empty => {}
        Ground::History => scratch.make_history(scope).await?,
        Ground::Surroundings => scratch.surround().await?,
    }
    let mut skipped = Vec::new();
    for text in texts {
        skipped.extend(scratch.run(&text.name, &text.text).await?.skipped);
    }
    Ok(Replayed { reading: scratch.read(scope).await?, skipped })
}

/// What this machine's history makes of what was there when driftless first met the database.
pub async fn replay_history(machine: &Machine, entries: &[Entry]) -> Result<(Replayed, usize), HistoryReplayError> {
    let start = entries.iter().rposition(|entry| matches!(entry.event, Event::Baseline { .. }));
    let (before, after) = entries.split_at(start.map_or(0, |at| at + 1));
    let (record, scripts) = (Record::open(machine).await?, Record::scripts(after));
    let scope = &machine.config.scope;
    let mut scratch = Scratch::create(&machine.target()?).await.map_err(ReplayError::from)?;
    let done = async {
        scratch.make_history(scope).await?;
        found_by_init(&mut scratch, scope, before.last()).await?;
        let mut skipped = Vec::new();
        for script in &scripts {
            let text = record.text(script).await?;
            skipped.extend(scratch.run(&text.name, &text.text).await?.skipped);
        }
        Ok(Replayed { reading: scratch.read(scope).await.map_err(ReplayError::from)?, skipped })
    };
    let done = done.await;
    scratch.remove().await;
    done.map(|replayed| (replayed, scripts.len()))
}

/// A script that was run here.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    /// The name that it has now.
    pub(super) name: String,
    checksum: Checksum,
}

/// The scripts that were run here, in their order, whatever became of their rows. Each text is read when it is its turn: all of
/// them together may be more than the memory holds.
pub(super) struct Record {
    connection: Connection,
    scope: Scope,
}

impl Record {
    /// Of this machine's database.
    pub(super) async fn open(machine: &Machine) -> Result<Self, HistoryReplayError> {
        Ok(Self { connection: machine.connect().await?, scope: machine.config.scope.clone() })
    }

    /// The scripts that these entries tell of.
    pub(super) fn scripts(entries: &[Entry]) -> Vec<Recorded> {
        let applied = entries.iter().enumerate().filter_map(|(at, entry)| {
            let Event::Applied { script, checksum, .. } = &entry.event else { return None };
            let name = name_after(script, &entries[at + 1..]).to_string();
            Some(Recorded { name, checksum: *checksum })
        });
        applied.collect()
    }

    /// The text of one of them.
    pub(super) async fn text(&self, script: &Recorded) -> Result<Text, HistoryReplayError> {
        let Recorded { name, checksum } = script;
        let stored = script_text(&self.connection.client, &self.scope, name, *checksum).await?;
        let text = stored.and_then(|text| CanonicalText::from_canonical(text).ok());
        let gone = || HistoryReplayError::NoText { name: name.clone(), checksum: *checksum };
        Ok(Text { name: name.clone(), text: text.ok_or_else(gone)? })
    }
}

/// Brings the scratch database to what the baseline says.
pub(super) async fn found_by_init(
    scratch: &mut Scratch,
    scope: &Scope,
    baseline: Option<&Entry>,
) -> Result<(), HistoryReplayError> {
    let Some(baseline) = baseline else { return Ok(()) };
    let wanted = model_of(&Folded::of([baseline]));
    let different = rebuild(scratch, scope, &wanted, "the baseline").await?;
    if different.is_empty() { Ok(()) } else { Err(HistoryReplayError::Baseline { facts: different }) }
}

/// The model of what a journal, or a part of one, says.
pub fn model_of(folded: &Folded) -> Model {
    let facts = folded.definitions.iter();
    Model::new(facts.map(|(id, attributes)| Fact { id: id.clone(), attributes: attributes.clone() }))
}

/// Makes a model in a scratch database. Returns the facts that could not be made as they are.
pub async fn rebuild(
    scratch: &mut Scratch,
    scope: &Scope,
    wanted: &Model,
    name: &str,
) -> Result<Vec<FactId>, ReplayError> {
    scratch.surround().await?;
    let there = scratch.read(scope).await?.model;
    let script = ddl::script(&there, wanted);
    if let Ok(text) = CanonicalText::from_canonical(script.text()) {
        scratch.run(name, &text).await?;
    }
    different(scratch, scope, wanted).await
}

/// The facts in which a scratch database is not what it has to be.
pub async fn different(scratch: &Scratch, scope: &Scope, wanted: &Model) -> Result<Vec<FactId>, ReplayError> {
    let made = scratch.read(scope).await?.model.digests();
    Ok(changed_ids(&made, &wanted.digests()).map(|(id, _)| id).collect())
}
