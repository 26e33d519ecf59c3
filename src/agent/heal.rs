//! Carries out what was planned for one peer: look, compare, plan, check, pull, apply, verify.
//!
//! Makes no choices: which script, in which order and what is held was decided by [`crate::heal::plan`] and confirmed by
//! [`crate::heal::check`]. What could go wrong: the state moves between plan and lock (the applier is asked what it found under
//! the lock; a stale plan is dropped and made anew), the peer's text is not what its journal says (checksum), the result is
//! another than on the peer (rolled back and held).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::divergence::{Finding, HeldScript, NodeState, PeerView, compare};
use crate::heal::{self, Fork, HoldReason, Inputs, MAY_DIFFER, Plan, Step};
use crate::history::ScriptState;
use crate::journal::{Entry, Event};
use crate::peer::PeerError;
use crate::postgres::apply::{Applier, ApplyError, Expected, Finished, HoldPolicy, Job, Next, Options, Outcome};
use crate::postgres::bookkeeping::Known;
use crate::schema::{Alike, FactId};
use crate::script::{Script, analyze_foreign};
use crate::script_dir::ScriptDirError;

use super::links::{self, Link};
use super::machine::MachineError;
use super::observe::{Observation, ObserveError, Observer};
use super::{Machine, alike, fork, hooks, waiting};

/// Why a cycle could not be finished. Nothing is half done: each script is whole or not at all.
#[derive(Debug, thiserror::Error)]
pub enum HealError {
    /// The own database could not be looked at.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// The database could not be reached or written to.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The script folder cannot be used.
    #[error(transparent)]
    Folder(#[from] ScriptDirError),
    /// Applying could not go on.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The peer went away in the middle.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The plan and the second opinion on it disagree.
    #[error("the plan was refused by its own check, which is a bug in driftless: {0}")]
    Objection(#[from] heal::Objection),
    /// A hook failed.
    #[error(transparent)]
    Hook(#[from] hooks::HookError),
}

/// Something worth telling while it happens.
#[derive(Debug, Clone)]
pub enum Progress<'a> {
    /// What a `sync` found, before anything is applied.
    Found(&'a super::sync::SyncReport),
    /// Somebody else is applying; we wait.
    Waiting(&'a crate::postgres::lock::Holder),
    /// A script is about to run.
    Starting {
        /// Its name.
        name: &'a str,
        /// The peer it comes from.
        from: Option<&'a str>,
        /// Which of how many.
        number: usize,
        /// How many.
        of: usize,
    },
    /// A script has been tried.
    Tried(&'a Tried),
}

/// What came of one script.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Its name.
    pub name: String,
    /// The peer that it came from.
    pub from: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Receives progress.
pub type Watcher<'a> = dyn FnMut(Progress<'_>) + Send + 'a;

/// What came of one peer's cycle.
#[derive(Debug, Clone)]
pub struct Healed {
    /// The peer's name.
    pub peer: String,
    /// What is known of it, last.
    pub view: PeerView,
    /// What holds in the end.
    pub findings: Vec<Finding>,
    /// What was tried, in order.
    pub tried: Vec<Tried>,
    /// What waits, with the reason.
    pub held: Vec<HeldScript>,
    /// What the hook `after_apply` said where it failed; the scripts stay applied.
    pub hook_failed: Vec<String>,
    /// Whether its scripts have used up the turn that it had because others wait.
    pub ran_out: bool,
}

/// How a cycle is to be run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mode {
    /// Plan and say, but apply nothing.
    pub dry_run: bool,
    /// A person asked: what failed or was held is tried again.
    pub again: bool,
    /// The hook `before_sync` has run already.
    pub hooked: bool,
    /// How long this peer, and each of its scripts, may keep others waiting; `None`: nobody waits.
    pub turn: Option<Duration>,
}

impl Mode {
    fn is_over(self, spent: Duration) -> bool {
        self.turn.is_some_and(|turn| spent >= turn)
    }
}

/// About this many bytes of scripts are held in memory at once.
const PULLED_AT_ONCE: usize = 64 << 20;

/// What a peer's script may have in words and signs: each takes memory here before anything is known of the script.
pub(super) const MAX_TOKENS: usize = 2_000_000;

/// How often a plan is made anew because the state moved under it.
const ROUNDS: usize = 8;

/// Brings this machine up to one peer, as far as it goes without a person.
pub async fn heal_from(
    machine: &Machine,
    observer: &Observer,
    link: &mut Link,
    mode: Mode,
    watch: &mut Watcher<'_>,
) -> Result<Healed, HealError> {
    // On scripts and rehearsals: who waits for a lock that somebody else holds uses up nothing.
    let mut spent = Duration::ZERO;
    let mut tried: Vec<Tried> = Vec::new();
    let mut hook_failed: Vec<String> = Vec::new();
    let mut rehearsed = false;
    for round in 0.. {
        let (local, view) = tokio::join!(observer.look(machine), link.view(machine));
        let local = local?;
        let findings = compare(&local.state, &view);
        links::note(machine, &link.name, &findings);
        let (name, seen) = (link.name.clone(), view.clone());
        let done = |held, tried, hook_failed| Healed {
            peer: name,
            view: seen,
            findings,
            tried,
            held,
            hook_failed,
            ran_out: false,
        };
        let PeerView::Reachable(peer) = &view else { return Ok(done(Vec::new(), tried, hook_failed)) };
        // What was tried once in this call is not tried again in it, even if a person asked.
        let again = mode.again && tried.is_empty() && !rehearsed;
        let inputs = inputs(machine, &local, link, peer, again);
        let plan = heal::plan(&local.state, peer, &inputs);
        heal::check(&plan, &local.state, peer, &inputs)?;
        if !mode.dry_run
            && !rehearsed
            && let Some(fork) = to_rehearse(&plan, &local.state, peer)
        {
            rehearsed = true;
            let began = Instant::now();
            let settled = rehearse(machine, &local, link, fork, mode.turn).await?;
            spent += began.elapsed();
            if settled {
                continue;
            }
        }
        if !mode.dry_run
            && round < ROUNDS
            && let Some(adopted) = alike::adopt(machine, observer, &local, link, &plan).await?
        {
            watch(Progress::Tried(&adopted));
            tried.push(adopted);
            continue;
        }
        if plan.steps.is_empty() || mode.dry_run || round == ROUNDS {
            machine.note_planned(&link.name, waiting::untried(&plan.held));
            settle(machine, &local, &findings_settled(&local.state, &view)).await?;
            return Ok(Healed { ran_out: mode.is_over(spent), ..done(plan.held, tried, hook_failed) });
        }
        let turn = (mode, &mut spent);
        let (results, hook) = carry_out(machine, observer, local.known(), link, &plan, turn, watch).await?;
        hook_failed.extend(hook);
        let stuck =
            results.iter().any(|tried| !matches!(tried.outcome, Outcome::Applied { .. } | Outcome::AlreadyApplied));
        tried.extend(results);
        if stuck || mode.is_over(spent) {
            let ended = finish(machine, observer, link, tried).await?;
            return Ok(Healed { hook_failed, ran_out: mode.is_over(spent), ..ended });
        }
    }
    unreachable!("the loop returns")
}

/// The fork that keeps the plan from going on, if nobody has rehearsed it yet.
fn to_rehearse(plan: &Plan, local: &NodeState, peer: &NodeState) -> Option<Fork> {
    let first = plan.held.iter().find(|held| held.reason != HoldReason::Conflict)?;
    if first.reason == HoldReason::Forked { Fork::between(local, peer) } else { None }
}

/// Rehearses a fork and keeps the outcome; tells whether there is one.
async fn rehearse(
    machine: &Machine,
    local: &Observation,
    link: &mut Link,
    fork: Fork,
    turn: Option<Duration>,
) -> Result<bool, HealError> {
    tracing::info!(peer = %link.name, "forked: both orders are rehearsed in scratch databases");
    match fork::rehearse(machine, local, link, &fork, turn).await? {
        fork::Outcome::EitherWay => link.rehearsed = Some(fork),
        fork::Outcome::Held(why) => fork::record(machine, local, link, &fork.theirs[0], why).await?,
        fork::Outcome::Later(why) => {
            tracing::warn!(peer = %link.name, %why, "the fork could not be rehearsed");
            return Ok(false);
        }
    }
    Ok(true)
}

/// The last look after something did not go through.
async fn finish(
    machine: &Machine,
    observer: &Observer,
    link: &mut Link,
    tried: Vec<Tried>,
) -> Result<Healed, HealError> {
    let local = observer.look(machine).await?;
    let view = link.view(machine).await;
    let findings = compare(&local.state, &view);
    let held = match &view {
        PeerView::Reachable(peer) => heal::plan(&local.state, peer, &inputs(machine, &local, link, peer, false)).held,
        _ => Vec::new(),
    };
    machine.note_planned(&link.name, waiting::untried(&held));
    Ok(Healed { peer: link.name.clone(), view, findings, tried, held, hook_failed: Vec::new(), ran_out: false })
}

/// What the planner needs beside the two states.
pub fn inputs(machine: &Machine, local: &Observation, link: &Link, peer: &NodeState, again: bool) -> Inputs {
    Inputs {
        policy: machine.script_policy(),
        may_apply: machine.may_apply(&link.name),
        approved: local.approvals(),
        already: already(local, link, peer),
        breaking: waiting::breaking(machine, local, link, peer),
        rehearsed: link.rehearsed.clone(),
        attempts: local.attempts.clone(),
        again,
    }
}

/// Scripts of the peer's that must not run here although they are pending, with the reason.
pub fn already(local: &Observation, link: &Link, peer: &NodeState) -> BTreeMap<String, HoldReason> {
    let pending = peer.scripts.iter().filter(|script| !local.history.is_applied(&script.name));
    // What stopped half-way outside a transaction goes on where it stopped, whatever it has left so far.
    let halfway = |name: &str| local.history.row(name).is_some_and(|row| !row.success && row.progress.is_some());
    let effect = |script: &ScriptState| heal::effect_of(link.journal(), script).filter(|_| !halfway(&script.name));
    let pending: Vec<_> = pending.map(|script| (script.name.as_str(), effect(script))).collect();
    heal::already(&local.past(), &local.history, &pending)
}

fn findings_settled(local: &NodeState, view: &PeerView) -> bool {
    // Halted, nothing is written: what is there is what a person has to look at.
    local.halted.is_none()
        && local.bootstrap
        && !local.scripts.is_empty()
        && compare(local, view).contains(&Finding::InSync)
}

/// Ends the bootstrap where both are in sync.
async fn settle(machine: &Machine, local: &Observation, in_sync: &bool) -> Result<(), HealError> {
    if *in_sync && local.initialised {
        machine.append(Event::Settled).await?;
    }
    Ok(())
}

/// Applies the steps of a plan; stops at the first that does not go through. Also returns what the hook said that failed after it.
async fn carry_out(
    machine: &Machine,
    observer: &Observer,
    known: Known,
    link: &mut Link,
    plan: &Plan,
    (mode, spent): (Mode, &mut Duration),
    watch: &mut Watcher<'_>,
) -> Result<(Vec<Tried>, Option<String>), HealError> {
    let scripts = pull(machine, link, plan).await?;
    if scripts.is_empty() {
        let why = format!("{} does not serve its text (any more)", link.name);
        let refused = plan.steps.iter().take(1).map(|step| Tried {
            name: step.name.to_string(),
            from: Some(link.name.clone()),
            outcome: Outcome::later(why.clone()),
        });
        let refused: Vec<Tried> = refused.collect();
        refused.iter().for_each(|tried| watch(Progress::Tried(tried)));
        return Ok((refused, None));
    }
    if !mode.hooked {
        hooks::before_sync(machine).await?;
    }
    let mut options = Options { known: Some(known), ..Options::default() };
    options.pulled_timeout = mode.turn.unwrap_or(options.pulled_timeout).min(options.pulled_timeout);
    let mut applier = observer.begin(machine, options, &mut |holder| watch(Progress::Waiting(holder))).await?;
    let mut results = Vec::new();
    // While the texts came and the lock was waited for a person may have paused, withdrawn the grant or emptied the history.
    let remembered = machine.remembered()?;
    let halted = heal::halt(applier.entries(), applier.history(), applier.database(), remembered.as_ref());
    let allowed = halted.is_none() && !machine.is_paused() && machine.may_apply(&link.name);
    if allowed && applier.found() == (plan.basis.fingerprint, plan.basis.head) {
        let of = scripts.len();
        for (number, (step, script)) in (1..).zip(plan.steps.iter().zip(scripts)) {
            watch(Progress::Starting { name: script.name.as_str(), from: Some(&link.name), number, of });
            let began = Instant::now();
            let next = if number < of { Next::Another } else { Next::Nothing };
            let outcome = apply_step(machine, link, &mut applier, plan, (step, next), script).await?;
            *spent += began.elapsed();
            let through = matches!(outcome, Outcome::Applied { .. } | Outcome::AlreadyApplied);
            let tried = Tried { name: step.name.to_string(), from: Some(link.name.clone()), outcome };
            watch(Progress::Tried(&tried));
            results.push(tried);
            if !through || mode.is_over(*spent) {
                break;
            }
        }
    }
    let applied = applied_names(&results);
    if let Some(finished) = finished(applier).await? {
        observer.end(machine, finished).await;
    }
    Ok((results, hooks::after_apply(machine, &applied).await.err().map(|error| super::chain(&error))))
}

/// The end of a batch; `None` where its connection was lost, which the last outcome says.
pub async fn finished(applier: Applier) -> Result<Option<Finished>, ApplyError> {
    match applier.finish().await {
        Ok(finished) => Ok(Some(finished)),
        Err(ApplyError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The plan's scripts, as many as are served and fit; the rest is planned anew in the next round.
async fn pull(machine: &Machine, link: &mut Link, plan: &Plan) -> Result<Vec<Script>, HealError> {
    let (mut scripts, mut bytes) = (Vec::new(), 0);
    for step in &plan.steps {
        let Some(script) = link.pull(machine, &step.name, step.checksum).await? else { break };
        bytes += script.text.as_str().len();
        scripts.push(script);
        if bytes > PULLED_AT_ONCE {
            break;
        }
    }
    Ok(scripts)
}

/// Names of the scripts that were applied.
pub fn applied_names(results: &[Tried]) -> Vec<String> {
    let applied = results.iter().filter(|tried| matches!(tried.outcome, Outcome::Applied { .. }));
    applied.map(|tried| tried.name.clone()).collect()
}

async fn apply_step(
    machine: &Machine,
    link: &mut Link,
    applier: &mut Applier,
    plan: &Plan,
    (step, next): (&Step, Next<'_>),
    script: Script,
) -> Result<Outcome, HealError> {
    let analysis = analyze_foreign(&script.text, MAX_TOKENS);
    let alike = Alike::between(link.server_major(), applier.server_major());
    let expected = step.entry.and_then(|seq| expected(link.journal(), seq, step.warnings));
    let expected = expected.map(|expected| Expected { alike, ..expected });
    let unseen = |hazard: &str| !step.hazards.contains(hazard);
    let hold = HoldPolicy {
        losses: !plan.bootstrap && unseen("data_loss"),
        non_transactional: !plan.bootstrap && unseen("non_transactional"),
        outside_reach: unseen("outside_reach"),
        touches_record: unseen("touches_record"),
        more_warnings: unseen("more_warnings"),
        dynamic_sql: !plan.bootstrap,
        breaks_clients: unseen("breaks_clients") && waiting::waits_for_code(machine, step.name.as_str(), step.checksum),
        harmless_roles: plan.bootstrap,
    };
    let mut job = Job {
        script,
        analysis,
        from: Some(link.name.clone()),
        origin_major: Some(link.server_major()),
        expected,
        approved: step.approved,
        may_differ: step
            .hazards
            .iter()
            .filter_map(|hazard| hazard.strip_prefix(MAY_DIFFER))
            .map(str::to_owned)
            .collect(),
        hold,
        fail_on_warning: machine.config.fail_on_warning,
    };
    // Facts that the script touched only here: the peer tells what they were there. Twice is enough: the second
    // try touches the same facts.
    for _ in 0..2 {
        match (applier.apply_before(&job, next).await?, step.entry, &mut job.expected) {
            (Outcome::NeedDigests(ids), Some(entry), Some(expected)) => {
                expected.after.extend(link.digests_at(machine, entry, &ids).await?);
            }
            (outcome, ..) => return Ok(outcome),
        }
    }
    Ok(Outcome::Held {
        reason: HoldReason::OtherEffect { facts: Vec::new(), depends: Vec::new() },
        notices: Vec::new(),
    })
}

/// What the peer's entry says that the script left.
fn expected(journal: &[Entry], seq: u64, warnings: u32) -> Option<Expected> {
    let at = journal.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
    let after: BTreeMap<FactId, _> =
        journal[at].effect.iter().map(|(id, touched)| (id.clone(), touched.after)).collect();
    Some(Expected { after, warnings, alike: Alike::All })
}
