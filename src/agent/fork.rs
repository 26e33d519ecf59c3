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
use super::replay::{HistoryReplayError, Record, Recorded, Text, found_by_init};

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

/// So much of the other side's scripts is held in memory.
const MOST_BYTES: usize = 64 << 20;

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
    let (mut theirs, mut bytes) = (Vec::new(), 0);
    for branch in &fork.theirs {
        let Ok(name) = crate::script::ScriptName::parse(&branch.name) else {
            return Ok(Outcome::Held(ForkReason::NotPure { script: branch.name.clone() }));
        };
        match link.pull(machine, &name, branch.checksum).await? {
            Some(script) => {
                bytes += script.text.as_str().len();
                theirs.push(Text::from(script));
            }
            None => return Ok(Outcome::Later(format!("{} does not serve the text of {name}", link.name))),
        }
        if bytes > MOST_BYTES {
            let error = format!("with it they have more than {} MiB, too much for a rehearsal", MOST_BYTES >> 20);
            return Ok(Outcome::Held(ForkReason::Fails { script: branch.name.clone(), error }));
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
    let record = Record::open(machine).await.map_err(|error| ground(&error))?;
    let is_ours = |script: &Recorded| fork.ours.iter().any(|branch| same_script(&branch.name, &script.name));
    let (ours, common): (Vec<_>, Vec<_>) = Record::scripts(after).into_iter().partition(is_ours);
    let pure = |text: &Text| match is_pure_ddl(&text.text) {
        true => Ok(()),
        false => Err(Stop::Held(ForkReason::NotPure { script: text.name.clone() })),
    };
    for script in &ours {
        pure(&record.text(script).await.map_err(|error| ground(&error))?)?;
    }
    theirs.iter().try_for_each(pure)?;
    let target = machine.target().map_err(|error| Stop::Later(error.to_string()))?;
    let mut scratch = Scratch::create(&target).await.map_err(|error| from_replay(&error.into()))?;
    let baseline = before.last();
    let rehearsal = Rehearsal { machine, local, baseline, record, common: &common, ours: &ours, theirs, limits };
    let left = rehearsal.both(&mut scratch).await;
    scratch.remove().await;
    let (ours_first, theirs_first) = left?;
    same_either_way(&ours_first, &theirs_first).map_err(Stop::Held)
}

struct Rehearsal<'a> {
    machine: &'a Machine,
    local: &'a Observation,
    baseline: Option<&'a crate::journal::Entry>,
    record: Record,
    common: &'a [Recorded],
    ours: &'a [Recorded],
    theirs: &'a [Text],
    limits: Limits,
}

impl Rehearsal<'_> {
    /// What both orders leave: ours first, and theirs first. What the two have in common is replayed once, and copied.
    async fn both(&self, scratch: &mut Scratch) -> Result<(Digests, Digests), Stop> {
        self.lay_ground(scratch).await?;
        let mut copy = scratch.copy().await.map_err(|error| from_replay(&error.into()))?;
        let left = async {
            self.run_ours(scratch).await?;
            self.is_as_recorded(scratch).await?;
            self.run_theirs(scratch).await?;
            self.run_theirs(&mut copy).await?;
            self.run_ours(&mut copy).await?;
            Ok((self.read(scratch).await?, self.read(&copy).await?))
        };
        let left = left.await;
        copy.remove().await;
        left
    }

    async fn lay_ground(&self, scratch: &mut Scratch) -> Result<(), Stop> {
        let scope = &self.machine.config.scope;
        scratch.make_history(scope).await.map_err(|error| from_replay(&error))?;
        found_by_init(scratch, scope, self.baseline).await.map_err(|error| ground(&error))?;
        for script in self.common {
            let text = self.text(script).await?;
            let ran = self.limits.hold(&text.name, scratch.run(&text.name, &text.text)).await?;
            ran.map_err(|error| from_replay_of_ground(&error))?;
        }
        Ok(())
    }

    async fn text(&self, script: &Recorded) -> Result<Text, Stop> {
        self.record.text(script).await.map_err(|error| ground(&error))
    }

    async fn read(&self, scratch: &Scratch) -> Result<Digests, Stop> {
        let made = scratch.read(&self.machine.config.scope).await.map_err(|error| Stop::Later(error.to_string()))?;
        Ok(made.model.digests())
    }

    /// After the own side the scratch database must be what the own journal recorded.
    async fn is_as_recorded(&self, scratch: &Scratch) -> Result<(), Stop> {
        let other = changed_ids(&self.local.folded.recorded, &self.read(scratch).await?).count();
        if other == 0 {
            return Ok(());
        }
        let why = format!("a replay of the own history leaves {other} facts otherwise than recorded");
        Err(Stop::Held(ForkReason::NoGround { why }))
    }

    async fn run_ours(&self, scratch: &mut Scratch) -> Result<(), Stop> {
        for script in self.ours {
            self.run_branch(scratch, &self.text(script).await?).await?;
        }
        Ok(())
    }

    async fn run_theirs(&self, scratch: &mut Scratch) -> Result<(), Stop> {
        for text in self.theirs {
            self.run_branch(scratch, text).await?;
        }
        Ok(())
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
