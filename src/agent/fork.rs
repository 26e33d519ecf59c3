//! The rehearsal of a fork: both orders in scratch databases, from what the two machines have in common.
//!
//! Start at [`rehearse`]. Whether the outcome lets the scripts run is decided by [`crate::heal`]. It runs nothing in the own database.
//! What could go wrong: the scratch database is not like the own one (another baseline, scripts recorded without being run), so
//! the own side is replayed first and must come out as the journal recorded it.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::heal::{Attempt, Branch, Fork, ForkReason, HoldReason, same_either_way};
use crate::history::same_script;
use crate::journal::Event;
use crate::peer::PeerError;
use crate::postgres::bookkeeping;
use crate::postgres::scratch::{ReplayError, Scratch};
use crate::schema::{Digests, changed_ids};
use crate::script::is_pure_ddl;

use super::Machine;
use super::links::Link;
use super::machine::MachineError;
use super::observe::Observation;
use super::replay::{HistoryReplayError, Text, found_by_init, recorded_texts};

/// How long a rehearsal may take: a script of a peer's can be made to run for ever, and it can catch what would cancel it.
const LONGEST: Duration = Duration::from_secs(300);

/// What a rehearsal came to.
pub enum Outcome {
    /// The order does not matter.
    EitherWay,
    /// It is held.
    Held(ForkReason),
    /// It could not be rehearsed for a reason that passes.
    Later(String),
}

/// Why a rehearsal stopped.
enum Stop {
    Held(ForkReason),
    Later(String),
}

/// Until when a rehearsal has to be done.
#[derive(Clone, Copy)]
struct Limits {
    until: Instant,
    limit: Duration,
    /// Whether that is because others wait.
    is_turn: bool,
}

/// Rehearses a fork in both orders. `turn`: how long that may take because other peers wait; if it is not enough, it is for later.
pub async fn rehearse(
    machine: &Machine,
    local: &Observation,
    link: &mut Link,
    fork: &Fork,
    turn: Option<Duration>,
) -> Result<Outcome, PeerError> {
    let mut theirs = Vec::new();
    for branch in &fork.theirs {
        let Ok(name) = crate::script::ScriptName::parse(&branch.name) else {
            return Ok(Outcome::Held(ForkReason::NotPure { script: branch.name.clone() }));
        };
        match link.pull(machine, &name, branch.checksum).await? {
            Some(script) => theirs.push(Text::from(script)),
            None => return Ok(Outcome::Later(format!("{} does not serve the text of {name}", link.name))),
        }
    }
    let turn = turn.filter(|turn| *turn < LONGEST);
    let limit = turn.unwrap_or(LONGEST);
    let limits = Limits { until: Instant::now() + limit, limit, is_turn: turn.is_some() };
    Ok(match both_orders(machine, local, fork, &theirs, limits).await {
        Ok(()) => Outcome::EitherWay,
        Err(Stop::Held(reason)) => Outcome::Held(reason),
        Err(Stop::Later(why)) => Outcome::Later(why),
    })
}

/// Records why a fork is held, so that it is told here and to the peer and not rehearsed again on the same schema.
pub async fn record(
    machine: &Machine,
    local: &Observation,
    link: &Link,
    first: &Branch,
    why: ForkReason,
) -> Result<(), MachineError> {
    let attempt = Attempt {
        name: first.name.clone(),
        checksum: first.checksum,
        from: Some(link.name.clone()),
        basis: local.state.fingerprint,
        reason: HoldReason::ForkHeld { why },
    };
    let mut connection = machine.connect().await?;
    bookkeeping::bring_forward(&mut connection.client, &machine.config.scope).await?;
    Ok(bookkeeping::record_attempt(&connection.client, &attempt).await?)
}

async fn both_orders(
    machine: &Machine,
    local: &Observation,
    fork: &Fork,
    theirs: &[Text],
    limits: Limits,
) -> Result<(), Stop> {
    let start = local.entries.iter().rposition(|entry| matches!(entry.event, Event::Baseline { .. }));
    let (before, after) = local.entries.split_at(start.map_or(0, |at| at + 1));
    let all = recorded_texts(machine, after).await.map_err(|error| ground(&error))?;
    let is_ours = |text: &Text| fork.ours.iter().any(|branch| same_script(&branch.name, &text.name));
    let (ours, common): (Vec<Text>, Vec<Text>) = all.into_iter().partition(is_ours);
    if let Some(text) = ours.iter().chain(theirs).find(|text| !is_pure_ddl(&text.text)) {
        return Err(Stop::Held(ForkReason::NotPure { script: text.name.clone() }));
    }
    let target = machine.target().map_err(|error| Stop::Later(error.to_string()))?;
    let mut scratch = Scratch::create(&target).await.map_err(|error| from_replay(&error.into()))?;
    let rehearsal = Rehearsal { machine, local, baseline: before.last(), common: &common, limits };
    let left = rehearsal.both(&mut scratch, &ours, theirs).await;
    scratch.remove().await;
    let (ours_first, theirs_first) = left?;
    same_either_way(&ours_first, &theirs_first).map_err(Stop::Held)
}

struct Rehearsal<'a> {
    machine: &'a Machine,
    local: &'a Observation,
    baseline: Option<&'a crate::journal::Entry>,
    common: &'a [Text],
    limits: Limits,
}

impl Rehearsal<'_> {
    /// What both orders leave: ours first, and theirs first. What the two have in common is replayed once, and copied.
    async fn both(&self, scratch: &mut Scratch, ours: &[Text], theirs: &[Text]) -> Result<(Digests, Digests), Stop> {
        self.lay_ground(scratch).await?;
        let mut copy = scratch.copy().await.map_err(|error| from_replay(&error.into()))?;
        let left = async {
            let ours_first = self.run(scratch, ours, theirs, true).await?;
            Ok((ours_first, self.run(&mut copy, theirs, ours, false).await?))
        };
        let left = left.await;
        copy.remove().await;
        left
    }

    async fn lay_ground(&self, scratch: &mut Scratch) -> Result<(), Stop> {
        let scope = &self.machine.config.scope;
        scratch.make_history(scope).await.map_err(|error| from_replay(&error))?;
        found_by_init(scratch, scope, self.baseline).await.map_err(|error| ground(&error))?;
        for text in self.common {
            let ran = self.limits.hold(&text.name, scratch.run(&text.name, &text.text)).await?;
            ran.map_err(|error| from_replay_of_ground(&error))?;
        }
        Ok(())
    }

    /// One order. `own`: after the first part the scratch database must be what the own journal recorded.
    async fn run(&self, scratch: &mut Scratch, first: &[Text], second: &[Text], own: bool) -> Result<Digests, Stop> {
        let scope = &self.machine.config.scope;
        for text in first {
            self.run_branch(scratch, text).await?;
        }
        if own {
            let made = scratch.read(scope).await.map_err(|error| Stop::Later(error.to_string()))?.model.digests();
            let other = changed_ids(&self.local.folded.recorded, &made).count();
            if other > 0 {
                let why = format!("a replay of the own history leaves {other} facts otherwise than recorded");
                return Err(Stop::Held(ForkReason::NoGround { why }));
            }
        }
        for text in second {
            self.run_branch(scratch, text).await?;
        }
        let made = scratch.read(scope).await.map_err(|error| Stop::Later(error.to_string()))?;
        Ok(made.model.digests())
    }

    async fn run_branch(&self, scratch: &mut Scratch, text: &Text) -> Result<(), Stop> {
        match self.limits.hold(&text.name, scratch.run(&text.name, &text.text)).await? {
            Ok(_) => Ok(()),
            Err(ReplayError::Failed(failure)) => {
                Err(Stop::Held(ForkReason::Fails { script: text.name.clone(), error: failure.to_string() }))
            }
            Err(error) => Err(from_replay(&error)),
        }
    }
}

impl Limits {
    /// Lets a script run that long. Where it goes on, so does its session, until the scratch database is dropped by force.
    async fn hold<T>(self, script: &str, running: impl Future<Output = T>) -> Result<T, Stop> {
        timeout_at(self.until, running).await.map_err(|_| {
            let why = format!("its rehearsal takes longer than {} s", self.limit.as_secs());
            if self.is_turn {
                return Stop::Later(format!("{script}: {why}, and other peers wait; it is tried again with more time"));
            }
            Stop::Held(ForkReason::Fails { script: script.to_owned(), error: why })
        })
    }
}

/// What the two have in common cannot be made anew.
fn from_replay_of_ground(error: &ReplayError) -> Stop {
    match error {
        ReplayError::Failed(failure) => Stop::Held(ForkReason::NoGround { why: failure.to_string() }),
        error => from_replay(error),
    }
}

fn from_replay(error: &ReplayError) -> Stop {
    match error {
        ReplayError::Scratch(scratch) => match scratch.mend() {
            Some(sql) => Stop::Held(ForkReason::MayNotCreate { sql }),
            None => Stop::Later(error.to_string()),
        },
        ReplayError::Query { .. } | ReplayError::Catalog(_) | ReplayError::History(_) => Stop::Later(error.to_string()),
        error => Stop::Held(ForkReason::NoGround { why: error.to_string() }),
    }
}

fn ground(error: &HistoryReplayError) -> Stop {
    match error {
        HistoryReplayError::Replay(error) => from_replay(error),
        HistoryReplayError::NoText { .. } | HistoryReplayError::Baseline { .. } => {
            Stop::Held(ForkReason::NoGround { why: error.to_string() })
        }
        error => Stop::Later(error.to_string()),
    }
}
