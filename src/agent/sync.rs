//! What `apply` and `sync` do: scripts of the own folder, and what reachable peers have applied.
//!
//! `sync` takes the peers' scripts first, in their order, verified against what they left there, and the rest of the folder after
//! that in the folder's order. A script that a peer has applied with the same text is verified likewise, whichever side it is read from.

use std::collections::BTreeSet;

use crate::divergence::{Halt, HeldScript, PeerView, compare};
use crate::heal::{self as planning, Remembered};
use crate::history::{MigrationHistory, same_script, stem};
use crate::journal::{Entry, Event, Head};
use crate::postgres::apply::{Applier, Finished, HoldPolicy, Job, Next, Options, Outcome};
use crate::script::{Problem, Script, analyze};
use crate::script_dir::ScriptDir;

use super::heal::{self, HealError, Healed, Mode, Progress, Tried, Watcher};
use super::links::{self, Link};
use super::observe::{self, Observation, Observer};
use super::{Machine, hooks};

/// What a `sync` found and did.
#[derive(Debug)]
pub struct SyncReport {
    /// Scripts that were applied before.
    pub applied_before: usize,
    /// Scripts found in the folder.
    pub found: usize,
    /// Files of the folder that are no scripts, each with the reason.
    pub ignored: Vec<(String, String)>,
    /// Scripts of the folder that were pending.
    pub pending: Vec<String>,
    /// Scripts that peers have and this machine lacked, as `(peer, name)`.
    pub pending_from_peers: Vec<(String, String)>,
    /// Scripts of the folder that cannot be run, found before anything ran.
    pub unusable: Vec<(String, Vec<Problem>)>,
    /// Scripts whose file says something else than what was applied.
    pub edited: Vec<String>,
    /// What was tried, in order.
    pub tried: Vec<Tried>,
    /// What waits, with the reason.
    pub held: Vec<HeldScript>,
    /// The peers, with what holds in the end.
    pub peers: Vec<Healed>,
    /// Why nothing was done at all: healing has stopped for this database.
    pub halted: Option<Halt>,
    /// What the hook `after_apply` said where it failed; the scripts stay applied.
    pub hook_failed: Vec<String>,
    /// What a full reading found that the incremental one had missed; empty as it should be.
    pub misread: Vec<String>,
}

impl SyncReport {
    /// How many scripts were applied.
    pub fn succeeded(&self) -> usize {
        heal::applied_names(&self.tried).len()
    }

    /// How many scripts failed.
    pub fn failed(&self) -> usize {
        self.tried.iter().filter(|tried| matches!(tried.outcome, Outcome::Failed(_))).count() + self.unusable.len()
    }

    /// Whether a script came to nothing for a reason that passes: the same command again may carry it out.
    pub fn put_off(&self) -> bool {
        self.tried.iter().any(|tried| matches!(tried.outcome, Outcome::Retry { .. }))
    }
}

/// Applies everything pending, from the folder and from reachable peers.
pub async fn sync(machine: &Machine, mode: Mode, watch: &mut Watcher<'_>) -> Result<SyncReport, HealError> {
    let mut mode = mode;
    if !mode.dry_run {
        // Before the folder is read: a hook that pulls the code brings scripts.
        hooks::before_sync(machine).await?;
        mode.hooked = true;
    }
    let alone = machine.peer_names().is_empty();
    let observer = if alone { Observer::brief() } else { Observer::default() };
    // while the folder is read, the server is asked: a large folder takes as long as a connection
    let scripts_dir = machine.config.scripts_dir.clone();
    let folder = tokio::task::spawn_blocking(move || ScriptDir::load(&scripts_dir)?.whole());
    let (folder, seen) = tokio::join!(folder, first_sight(machine, &observer, alone));
    let folder = folder.expect("reading a folder does not panic")?;
    let mut before = match seen? {
        Sight::Glance(history) if folder.scripts.iter().all(|script| history.is_applied(script.name.as_str())) => {
            return Ok(told(survey(&history, None, &folder), watch));
        }
        Sight::Glance(_) => observer.look(machine).await?,
        Sight::Look(before) => *before,
    };
    if before.state.halted.is_some() {
        return Ok(told(survey(&before.history, before.state.halted, &folder), watch));
    }
    if !mode.dry_run && (!before.initialised || before.is_behind()) {
        machine.prepare(folder.scripts.clone()).await?;
        before = observer.look(machine).await?;
    }
    let mut report = survey(&before.history, before.state.halted.clone(), &folder);
    let mut peers = Vec::new();
    let links = ask_peers(machine, &before, &mut report, &mut peers).await;
    watch(Progress::Found(&report));
    for mut link in links {
        let healed = heal::heal_from(machine, &observer, &mut link, mode, watch).await?;
        report.tried.extend(healed.tried.iter().cloned());
        report.held.extend(healed.held.iter().cloned());
        report.hook_failed.extend(healed.hook_failed.iter().cloned());
        peers.push(healed);
    }
    report.peers = peers;
    let after = observer.look(machine).await?;
    for held in ran_before(&after, &folder.scripts) {
        if !report.held.iter().any(|known| same_script(&known.name, &held.name)) {
            report.held.push(held);
        }
    }
    let held: BTreeSet<&str> = report.held.iter().map(|held| held.name.as_str()).collect();
    // What comes after a held script may build on it: it waits, too.
    let pending: Vec<Script> = folder
        .scripts
        .into_iter()
        .filter(|script| !after.history.is_applied(script.name.as_str()))
        .take_while(|script| !held.contains(script.name.as_str()))
        .collect();
    let stuck = report.tried.iter().any(|tried| !is_through(&tried.outcome)) || !report.unusable.is_empty();
    if !mode.dry_run && !stuck && !pending.is_empty() {
        let options = Options { known: Some(after.known()), ..Options::default() };
        let applier = observer.begin(machine, options, &mut |holder| watch(Progress::Waiting(holder))).await?;
        let batch = Batch { scripts: pending, confirmed: BTreeSet::new(), bootstrap: after.state.bootstrap };
        if let Some(finished) = run_batch(machine, applier, batch, &mut report, watch).await? {
            observer.end(machine, finished).await;
        }
    }
    if !mode.dry_run {
        settle(machine, &observer, &report).await?;
    }
    Ok(report)
}

/// What was seen first.
enum Sight {
    /// The history alone, which may be enough.
    Glance(MigrationHistory),
    Look(Box<Observation>),
}

async fn first_sight(machine: &Machine, observer: &Observer, alone: bool) -> Result<Sight, HealError> {
    if alone && let Some(history) = observe::glance(machine).await? {
        return Ok(Sight::Glance(history));
    }
    Ok(Sight::Look(Box::new(observer.look(machine).await?)))
}

/// Pending scripts of the own folder that this database has run before its history was reset or emptied: they run again only when a
/// person says so (`apply`, or an approval).
pub(super) fn ran_before(seen: &Observation, folder: &[Script]) -> Vec<HeldScript> {
    let pending = folder.iter().filter(|script| !seen.history.is_applied(script.name.as_str()));
    let approvals = seen.approvals();
    let pending: Vec<&Script> = pending.collect();
    let names: Vec<_> = pending.iter().map(|script| (script.name.as_str(), None)).collect();
    let already = planning::already(&seen.past(), &seen.history, &names);
    let held = pending.iter().filter_map(|script| {
        let reason = already.get(stem(script.name.as_str()))?.clone();
        let approved = planning::approval_of_text(&approvals, script.name.as_str(), script.checksum());
        if approved.is_some_and(|approved| approved.covers(&reason)) {
            return None;
        }
        Some(HeldScript { name: script.name.to_string(), from: None, reason })
    });
    held.collect()
}

/// A report that is all there is to tell.
fn told(report: SyncReport, watch: &mut Watcher<'_>) -> SyncReport {
    watch(Progress::Found(&report));
    report
}

/// Looks at every peer once, all at once: what they have and this machine lacks goes into the report. Those that cannot be worked with
/// are not dialled again.
async fn ask_peers(
    machine: &Machine,
    before: &Observation,
    report: &mut SyncReport,
    peers: &mut Vec<Healed>,
) -> Vec<Link> {
    let look = |name: String| async move {
        let mut link = Link::new(name);
        let view = link.view(machine).await;
        (link, view)
    };
    let mut links = Vec::new();
    for (link, view) in futures_util::future::join_all(machine.peer_names().into_iter().map(look)).await {
        if let PeerView::Reachable(state) = &view {
            let lacking = state.scripts.iter().filter(|script| !before.history.is_applied(&script.name));
            report.pending_from_peers.extend(lacking.map(|script| (link.name.clone(), script.name.clone())));
            links.push(link);
        } else {
            let findings = compare(&before.state, &view);
            links::note(machine, &link.name, &findings);
            let (tried, held, hook_failed) = Default::default();
            peers.push(Healed { peer: link.name, view, findings, tried, held, hook_failed, ran_out: false });
        }
    }
    links
}

/// Applies these scripts now. `confirmed` holds the names whose hazards a person has just accepted.
pub async fn apply(
    machine: &Machine,
    scripts: Vec<Script>,
    confirmed: BTreeSet<String>,
    watch: &mut Watcher<'_>,
) -> Result<SyncReport, HealError> {
    let folder = ScriptDir::of(scripts)?;
    // Not under the lock: a hook may call driftless itself.
    if folder.scripts.iter().all(|script| analyze(&script.text).problems.is_empty()) {
        hooks::before_sync(machine).await?;
    }
    // Before the journal is read: what the agent remembers meanwhile would seem to lie behind its end.
    let remembered = machine.remembered()?;
    let applier = machine.applier(None, &mut |holder| watch(Progress::Waiting(holder))).await?;
    let halted = planning::halt(applier.entries(), applier.history(), applier.database(), remembered.as_ref());
    let mut report = survey(applier.history(), halted, &folder);
    if !report.unusable.is_empty() || report.halted.is_some() {
        return Ok(report);
    }
    let database = applier.database().to_owned();
    let batch = Batch { bootstrap: applier.is_bootstrap(), scripts: folder.scripts, confirmed };
    let finished = run_batch(machine, applier, batch, &mut report, watch).await?;
    if let Some(Finished { known, lent: Some(lent), .. }) = finished {
        let head = known.entries.last().map_or(Head::EMPTY, Entry::head);
        machine.remember(&lent.connection, Remembered { database, head }).await?;
    }
    Ok(report)
}

/// What the folder holds against what is applied.
pub fn survey(history: &MigrationHistory, halted: Option<Halt>, folder: &ScriptDir) -> SyncReport {
    let pending: Vec<&Script> =
        folder.scripts.iter().filter(|script| !history.is_applied(script.name.as_str())).collect();
    let unusable = pending
        .iter()
        .map(|script| (script.name.to_string(), analyze(&script.text).problems))
        .filter(|(_, problems)| !problems.is_empty())
        .collect();
    let edited = folder
        .scripts
        .iter()
        .filter(|script| {
            let row = history.row(script.name.as_str()).filter(|row| row.success);
            row.and_then(|row| row.checksum).is_some_and(|checksum| checksum != script.checksum())
        })
        .map(|script| script.name.to_string())
        .collect();
    SyncReport {
        applied_before: history.applied().count(),
        found: folder.scripts.len(),
        ignored: folder.ignored.iter().map(|file| (file.name.clone(), file.reason.clone())).collect(),
        pending: pending.iter().map(|script| script.name.to_string()).collect(),
        pending_from_peers: Vec::new(),
        unusable,
        edited,
        tried: Vec::new(),
        held: Vec::new(),
        peers: Vec::new(),
        halted,
        hook_failed: Vec::new(),
        misread: Vec::new(),
    }
}

fn is_through(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Applied { .. } | Outcome::AlreadyApplied)
}

struct Batch {
    scripts: Vec<Script>,
    confirmed: BTreeSet<String>,
    bootstrap: bool,
}

/// A script of the own folder; `accepted`: a person was shown what it loses.
fn own_job(script: Script, bootstrap: bool, accepted: bool, fail_on_warning: bool) -> Job {
    // The own scripts were put into the folder by the own hand: what cannot be undone is shown, not held.
    let hold = HoldPolicy { losses: !bootstrap && !accepted, harmless_roles: true, ..HoldPolicy::default() };
    Job {
        analysis: analyze(&script.text),
        script,
        from: None,
        origin_major: None,
        expected: None,
        approved: accepted,
        may_differ: BTreeSet::new(),
        hold,
        fail_on_warning,
    }
}

/// Applies scripts of the own folder in order; stops at the first that does not go through.
async fn run_batch(
    machine: &Machine,
    mut applier: Applier,
    batch: Batch,
    report: &mut SyncReport,
    watch: &mut Watcher<'_>,
) -> Result<Option<Finished>, HealError> {
    let of = batch.scripts.len();
    let approvals = planning::approvals(planning::since_resumed(applier.entries()));
    let mut results = Vec::new();
    let fail_on_warning = machine.config.fail_on_warning;
    let mut jobs = batch.scripts.into_iter().map(|script| {
        let name = script.name.as_str();
        let approved = planning::approval_of_text(&approvals, name, script.checksum());
        let covered = approved.is_some_and(|approved| approved.hazards.contains("data_loss"));
        let accepted = batch.confirmed.contains(name) || covered;
        own_job(script, batch.bootstrap, accepted, fail_on_warning)
    });
    let mut coming = jobs.next();
    let mut number = 0;
    while let Some(job) = coming.take() {
        number += 1;
        coming = jobs.next();
        let name = job.script.name.to_string();
        watch(Progress::Starting { name: &name, from: None, number, of });
        let outcome = applier.apply_before(&job, Next::of(coming.as_ref())).await?;
        let tried = Tried { name, from: None, outcome };
        watch(Progress::Tried(&tried));
        let through = is_through(&tried.outcome);
        if let Outcome::Held { reason, .. } = &tried.outcome {
            report.held.push(HeldScript { name: tried.name.clone(), from: None, reason: reason.clone() });
        }
        results.push(tried);
        if !through {
            break;
        }
    }
    let finished = heal::finished(applier).await?;
    report.misread.extend(finished.iter().flat_map(|finished| &finished.misread).map(ToString::to_string));
    let applied = heal::applied_names(&results);
    report.tried.extend(results);
    report.hook_failed.extend(hooks::after_apply(machine, &applied).await.err().map(|error| super::chain(&error)));
    Ok(finished)
}

/// Ends the bootstrap once scripts are applied and nothing waits.
async fn settle(machine: &Machine, observer: &Observer, report: &SyncReport) -> Result<(), HealError> {
    let now = observer.look(machine).await?;
    let mut found = Remembered { database: now.state.database.clone(), head: now.state.head };
    let clean =
        report.failed() == 0 && report.held.is_empty() && report.tried.iter().all(|tried| is_through(&tried.outcome));
    if clean && now.state.bootstrap && !now.state.scripts.is_empty() {
        let entry = observer.append(machine, Event::Settled).await?;
        // behind what somebody else has written meanwhile it is for the next look to say where the journal ends
        if entry.previous == found.head.hash {
            found.head = entry.head();
        }
    }
    if now.state.halted.is_none() && now.initialised {
        observer.remember(machine, found).await?;
    }
    Ok(())
}
