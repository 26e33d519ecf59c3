//! One simulated machine: the thin shell around the core, as `agent/` is one around it in earnest.
//!
//! What is decided is decided by the core; what is written here mirrors `agent::observe`, `agent::links` and the contract of
//! `postgres::apply`. The `has(Fault::…)` are where a planted fault breaks that shell.

use std::collections::{BTreeMap, BTreeSet};

use driftless::agent::observe::{applied_scripts, drift, held};
use driftless::divergence::{FailedScript, Halt, HeldScript, NodeState, PeerView};
use driftless::hash::{Checksum, Digest};
use driftless::heal::{self, Attempt, Fork, HoldReason, Inputs, Past, Plan, Remembered, ScriptPolicy, Step};
use driftless::history::{MigrationHistory, ScriptState, stem};
use driftless::identity::Grant;
use driftless::journal::{self, Effect, Entry, Event, Folded, Head, Touched};
use driftless::postgres::apply::{Expected, verdict};
use driftless::schema::{Across, Alike, Digests, FactId, changed_ids};
use driftless::script::ScriptName;

use super::database::{Database, Live, is_transactional, reaches, row, scope};
use super::faults::Fault;

pub struct Machine {
    pub name: String,
    pub database: Database,
    /// What `pg_dump` saved, newest last.
    pub backups: Vec<Database>,
    pub up: bool,
    pub paused: bool,
    pub remembered: Option<Remembered>,
    pub policy: ScriptPolicy,
    /// Whether the script folder is in a Git work tree, so that what breaks running code waits for the code.
    pub waits: bool,
    /// What the script folder holds.
    pub folder: BTreeSet<(String, Checksum)>,
    /// What each peer may do here.
    pub grants: BTreeMap<usize, Grant>,
    pub links: BTreeMap<usize, Link>,
    /// Forks whose order was found not to matter.
    pub rehearsed: BTreeMap<usize, Fork>,
    pub task: Option<Task>,
    pub fault: Option<Fault>,
    /// Whether the database went back behind what this machine remembers, and nobody has accepted that.
    pub rewound: bool,
    /// How often each script was tried in vain on the same schema without anybody asking.
    pub tries: BTreeMap<(String, Checksum, String), u32>,
}

/// A peer as it is known here.
#[derive(Default, Clone)]
pub struct Link {
    pub journal: Vec<Entry>,
    pub database: String,
}

/// A cycle with one peer.
pub struct Task {
    pub number: u64,
    pub peer: usize,
    pub stage: Stage,
    /// Whether the peer really had the `apply` grant when the plan was made.
    pub granted: bool,
    pub asked: bool,
}

pub enum Stage {
    /// Waits for the description.
    Describing,
    /// Waits for the rest of the journal.
    Paging { state: Box<NodeState> },
    /// Waits for the texts.
    Pulling { plan: Plan, texts: BTreeMap<String, String> },
    /// Holds the lock.
    Applying { plan: Plan, texts: BTreeMap<String, String>, applier: Box<Applier>, next: usize, waiting: bool },
}

impl Task {
    /// Names of the scripts that it is about to apply.
    pub fn pulls(&self) -> Vec<String> {
        match &self.stage {
            Stage::Pulling { plan, .. } => plan.steps.iter().map(|step| step.name.to_string()).collect(),
            _ => Vec::new(),
        }
    }

    pub fn holds_lock(&self) -> bool {
        matches!(self.stage, Stage::Applying { .. })
    }
}

/// A batch under the lock, with what it knows of the database.
pub struct Applier {
    pub history: MigrationHistory,
    pub head: Head,
    pub folded: Folded,
    /// What a peer told of facts that only this machine's run touched.
    pub told: BTreeMap<FactId, Option<Digest>>,
}

/// One script to apply, with what was decided about it.
pub struct Job<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub from: Option<&'a str>,
    pub expected: Option<Expected>,
    /// The hazards that a person was shown and approved; `None`: whatever there is.
    pub shown: Option<BTreeSet<String>>,
    pub bootstrap: bool,
}

impl Job<'_> {
    fn unseen(&self, hazard: &str) -> bool {
        self.shown.as_ref().is_some_and(|shown| !shown.contains(hazard))
    }
}

pub enum Outcome {
    Applied(Box<Committed>),
    AlreadyApplied,
    Held(HoldReason),
    Failed,
    Retry,
    NeedDigests(Vec<FactId>),
}

/// What a commit did, for the invariants.
pub struct Committed {
    pub entry: Entry,
    pub lost: bool,
    pub after: Digests,
}

impl Machine {
    pub fn new(index: usize, database: Database, fault: Option<Fault>) -> Self {
        Self {
            name: format!("m{index}"),
            database,
            backups: Vec::new(),
            up: true,
            paused: false,
            remembered: None,
            policy: ScriptPolicy::Auto,
            waits: false,
            folder: BTreeSet::new(),
            grants: BTreeMap::new(),
            links: BTreeMap::new(),
            rehearsed: BTreeMap::new(),
            task: None,
            fault,
            rewound: false,
            tries: BTreeMap::new(),
        }
    }

    /// The peer as this machine sees it.
    pub fn seen(&self, local: &NodeState, peer: &NodeState) -> NodeState {
        let mut seen = peer.clone();
        if self.has(Fault::ConflictIgnored) {
            for script in &mut seen.scripts {
                let ours = local.scripts.iter().find(|ours| ours.name == script.name);
                script.checksum = ours.map_or(script.checksum, |ours| ours.checksum);
            }
        }
        seen
    }

    /// The core's plan, and what a planted fault makes of it.
    pub fn planned(&self, local: &NodeState, peer: &NodeState, mut inputs: Inputs) -> (Plan, Inputs) {
        if self.has(Fault::ApprovalForAnyText) {
            for script in &peer.scripts {
                if let (Some(approved), Some(checksum)) = (inputs.approved.get_mut(&script.name), script.checksum) {
                    // a word for a name alone is one for whatever is found under it
                    approved.checksum = checksum;
                    approved.hazards.extend(["data_loss", "non_transactional", "outside_reach"].map(str::to_owned));
                }
            }
        }
        let mut plan = heal::plan(local, &self.seen(local, peer), &inputs);
        if self.has(Fault::OrderIgnored) {
            plan.steps.sort_by(|a, b| a.name.cmp(&b.name));
        }
        if self.has(Fault::HoldBlocksNothing) {
            let free = |held: &&HeldScript| matches!(held.reason, HoldReason::Blocked { .. });
            let names: Vec<String> = plan.held.iter().filter(free).map(|held| held.name.clone()).collect();
            for script in peer.scripts.iter().filter(|script| names.contains(&script.name)) {
                if let (Ok(name), Some(checksum)) = (ScriptName::parse(&script.name), script.checksum) {
                    let (entry, warnings) = (script.entry, script.warnings);
                    plan.steps.push(Step {
                        name,
                        checksum,
                        entry,
                        warnings,
                        approved: false,
                        hazards: BTreeSet::new(),
                    });
                }
            }
        }
        (plan, inputs)
    }

    pub fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// One fresh look at the own database.
    pub fn look(&self) -> NodeState {
        let database = &self.database;
        let entries = &database.entries;
        let halted = heal::halt(entries, &database.history, &database.id, self.remembered.as_ref());
        let drift = drift(&database.folded.recorded, &database.live.digests);
        NodeState {
            machine: self.name.clone(),
            database: database.id.clone(),
            server_major: 15,
            scope: scope(),
            looked_at: None,
            fingerprint: database.live.fingerprint(),
            across: Across::whole(database.live.fingerprint()),
            facts: u64::try_from(database.live.digests.len()).unwrap(),
            unsupported: Vec::new(),
            head: database.head(),
            scripts: applied_scripts(entries, &database.history),
            failed: database
                .history
                .failed()
                .map(|row| FailedScript { name: row.name.clone(), error: row.error.clone().unwrap_or_default() })
                .collect(),
            held: held(&database.attempts, &database.history),
            drift: if self.has(Fault::DriftIgnored) { Vec::new() } else { drift },
            halted: halted.filter(|_| !self.has(Fault::HaltedYetHealing)),
            paused: self.paused && !self.has(Fault::PausedYetHealing),
            bootstrap: journal::is_bootstrap(entries),
        }
    }

    /// Whether the past has become another one and no person has accepted that: what really is, not what the core thinks.
    pub fn halt_is_due(&self) -> bool {
        let Database { truth, history, .. } = &self.database;
        let mut known = truth.ran.iter().map(|(name, _)| name).chain(&truth.marked);
        self.rewound || truth.reset || known.any(|name| !history.is_applied(name))
    }

    /// What was halted, whatever fault is planted.
    pub fn halt(&self) -> Option<Halt> {
        let database = &self.database;
        heal::halt(&database.entries, &database.history, &database.id, self.remembered.as_ref())
    }

    pub fn may_apply(&self, peer: usize) -> bool {
        self.grants.get(&peer) == Some(&Grant::Apply)
    }

    /// What planning needs beside the two states; `theirs` is what the peer says it has applied.
    pub fn inputs(&self, peer: usize, theirs: &[ScriptState], again: bool) -> Inputs {
        let mut attempts = self.database.attempts.clone();
        if self.has(Fault::AttemptsForgotten) {
            attempts.clear();
        }
        Inputs {
            policy: self.policy,
            may_apply: self.may_apply(peer) || self.has(Fault::GrantIgnored),
            approved: heal::approvals(heal::since_resumed(&self.database.entries)),
            already: self.already(peer, theirs),
            rehearsed: self.rehearsed.get(&peer).cloned(),
            attempts,
            breaking: self.breaking(peer, theirs),
            again,
        }
    }

    /// What waits for the code that goes with it, as `agent::waiting` finds it.
    fn breaking(&self, peer: usize, theirs: &[ScriptState]) -> BTreeMap<String, Vec<String>> {
        if !self.waits || self.has(Fault::BreakingIgnored) {
            return BTreeMap::new();
        }
        let Database { live, history, .. } = &self.database;
        let theirs_journal = self.links.get(&peer).map_or(&[][..], |link| &link.journal);
        let pending: Vec<_> = theirs.iter().filter(|script| !history.is_applied(&script.name)).collect();
        let effects: Vec<_> = pending
            .iter()
            .map(|script| (stem(&script.name).to_owned(), heal::effect_of(theirs_journal, script)))
            .collect();
        let mut broken =
            heal::breaking_in_order(&live.digests, journal::is_bootstrap(&self.database.entries), &effects);
        let waits = pending.into_iter().filter_map(|script| {
            let facts = broken.remove(stem(&script.name))?;
            let same = |(name, text): &(String, Checksum)| {
                *name == script.name && (Some(*text) == script.checksum || self.has(Fault::FolderByName))
            };
            let waits = !self.folder.iter().any(same);
            waits.then(|| (stem(&script.name).to_owned(), facts))
        });
        waits.collect()
    }

    fn already(&self, peer: usize, theirs: &[ScriptState]) -> BTreeMap<String, HoldReason> {
        let Database { entries, folded, live, history, .. } = &self.database;
        let journal = self.links.get(&peer).map_or(&[][..], |link| &link.journal);
        let pending = theirs.iter().filter(|script| !history.is_applied(&script.name));
        let pending: Vec<_> = pending.map(|script| (script.name.as_str(), heal::effect_of(journal, script))).collect();
        heal::already(&Past { entries, recorded: &folded.recorded, live: &live.digests }, history, &pending)
    }

    /// Remembers the end of the journal where all is well.
    pub fn remember(&mut self) {
        if self.look().halted.is_none() {
            self.remembered = Some(Remembered { database: self.database.id.clone(), head: self.database.head() });
        }
    }

    /// The peer's answer to where it stands, as `agent::links` takes it up.
    pub fn view(&mut self, peer: usize, peer_name: &str, mut state: NodeState, page: Vec<Entry>) -> PeerView {
        let link = self.links.entry(peer).or_default();
        link.take_up(&state, page);
        state.scripts = journal::scripts(&link.journal);
        state.machine = peer_name.to_owned();
        if link.head() != state.head {
            return PeerView::Unreachable { why: "its journal moved while it was read".into() };
        }
        PeerView::Reachable(Box::new(state))
    }

    /// Takes the lock and looks; drift since the last entry is journaled.
    pub fn begin(&mut self) -> Applier {
        let unseen = unseen(&self.database.folded, &self.database.live);
        if !unseen.is_empty() {
            self.database.append(Event::Drift, unseen);
        }
        Applier {
            history: self.database.history.clone(),
            head: self.database.head(),
            folded: self.database.folded.clone(),
            told: BTreeMap::new(),
        }
    }

    /// One script in one transaction: row, statements, effect, entry.
    pub fn apply(&mut self, applier: &mut Applier, job: &Job<'_>) -> Outcome {
        if applier.history.is_applied(job.name) && !self.has(Fault::AppliedTwice) {
            return Outcome::AlreadyApplied;
        }
        let outcome = self.run(applier, job);
        if let Outcome::Held(reason) = &outcome {
            self.database.record_attempt(attempt(job, &self.database.live, reason.clone()));
        }
        applier.history = self.database.history.clone();
        outcome
    }

    fn run(&mut self, applier: &mut Applier, job: &Job<'_>) -> Outcome {
        let transactional = is_transactional(job.text);
        if job.from.is_some() {
            if reaches(job.text) && job.unseen("outside_reach") {
                return Outcome::Held(HoldReason::OutsideReach { reaches: vec!["beyond".into()] });
            }
            if !transactional && !job.bootstrap && job.unseen("non_transactional") {
                return Outcome::Held(HoldReason::NonTransactional { why: "outside".into() });
            }
        }
        // The row is claimed first: it refuses whoever comes second.
        if self.database.history.is_applied(job.name) && !self.has(Fault::AppliedTwice) {
            return Outcome::AlreadyApplied;
        }
        let checksum = Checksum::of(job.text.as_bytes());
        let ran = match self.database.live.run(job.text) {
            Ok(ran) => ran,
            Err(error) => {
                self.database.put_row(row(job.name, checksum, job.from, Some(error.clone())));
                self.database.texts.insert(job.name.to_owned(), job.text.to_owned());
                let failed = HoldReason::Failed { error };
                self.database.record_attempt(attempt(job, &self.database.live, failed));
                return Outcome::Failed;
            }
        };
        let measured = transactional && !job.bootstrap && job.unseen("data_loss") && !self.has(Fault::LossesIgnored);
        if measured && !ran.losses.is_empty() {
            return Outcome::Held(HoldReason::DataLoss { losses: ran.losses });
        }
        let effect = effect(&self.database.live, &ran.live);
        if let Some(expected) = job.expected.as_ref().filter(|_| transactional && !self.has(Fault::EffectsIgnored)) {
            if job.unseen("more_warnings") && ran.warnings > expected.warnings {
                return Outcome::Held(HoldReason::MoreWarnings { warnings: Vec::new(), origin: expected.warnings });
            }
            let found = verdict(&effect, expected, |id| self.database.live.model.fact(id));
            if !found.different.is_empty() {
                let facts = found.different.iter().map(ToString::to_string).collect();
                return Outcome::Held(HoldReason::OtherEffect { facts, depends: Vec::new() });
            }
            if !found.unknown.is_empty() {
                return Outcome::NeedDigests(found.unknown);
            }
        }
        // Approvals may come in between; what touches the schema or the history must not.
        let between = self.database.entries.iter().skip_while(|entry| entry.head() != applier.head).skip(1);
        let kept =
            applier.head == self.database.head() || self.database.entries.iter().any(|e| e.head() == applier.head);
        if !kept || between.into_iter().any(touches) {
            return Outcome::Retry;
        }
        self.commit(applier, job, ran, effect)
    }

    fn commit(&mut self, applier: &mut Applier, job: &Job<'_>, ran: super::database::Ran, effect: Effect) -> Outcome {
        let checksum = Checksum::of(job.text.as_bytes());
        let database = &mut self.database;
        let event = Event::Applied {
            script: ScriptName::parse(job.name).unwrap(),
            checksum,
            from: job.from.map(str::to_owned),
            warnings: ran.warnings,
            transactional: is_transactional(job.text),
        };
        let after = ran.live.digests.clone();
        database.truth.ran.push((job.name.to_owned(), checksum));
        let lost = !ran.losses.is_empty();
        if self.fault == Some(Fault::HalfRecorded) && effect.len() > 2 {
            // The row and a part of the work are committed; the rest never comes.
            database.put_row(row(job.name, checksum, job.from, None));
            database.texts.insert(job.name.to_owned(), job.text.to_owned());
            return Outcome::Retry;
        }
        database.live = ran.live;
        database.put_row(row(job.name, checksum, job.from, None));
        database.texts.insert(job.name.to_owned(), job.text.to_owned());
        database.attempts.retain(|attempt| attempt.name != job.name);
        if self.fault == Some(Fault::EntryLost) && job.from.is_some() {
            return Outcome::AlreadyApplied;
        }
        let entry = database.append(event, effect).clone();
        applier.folded.push(&entry);
        applier.head = entry.head();
        Outcome::Applied(Box::new(Committed { entry, lost, after }))
    }

    /// What was decided about a pulled script.
    pub fn job<'a>(
        &self,
        peer: usize,
        from: &'a str,
        plan: &Plan,
        step: &'a Step,
        text: &'a str,
        told: &BTreeMap<FactId, Option<Digest>>,
    ) -> Job<'a> {
        let journal = self.links.get(&peer).map_or(&[][..], |link| &link.journal);
        let expected = step.entry.and_then(|seq| expected(journal, seq, step.warnings)).map(|mut expected| {
            expected.after.extend(told.iter().map(|(id, digest)| (id.clone(), *digest)));
            expected
        });
        Job {
            name: step.name.as_str(),
            text,
            from: Some(from),
            expected,
            shown: Some(step.hazards.clone()),
            bootstrap: plan.bootstrap,
        }
    }
}

impl Link {
    pub fn head(&self) -> Head {
        self.journal.last().map_or(Head::EMPTY, Entry::head)
    }

    /// Whether what is known has to be forgotten before more is asked for.
    pub fn forget_if_other(&mut self, state: &NodeState) {
        let known = self.head();
        let rewound = state.head.seq < known.seq || (state.head.seq == known.seq && state.head != known);
        if state.database != self.database || rewound {
            self.journal.clear();
            self.database.clone_from(&state.database);
        }
    }

    /// Whether a page goes on where what is known ends.
    pub fn is_continued_by(&self, page: &[Entry]) -> bool {
        let known = self.head();
        let next = page.iter().find(|entry| entry.seq > known.seq);
        next.is_none_or(|entry| entry.previous == known.hash)
    }

    fn take_up(&mut self, state: &NodeState, page: Vec<Entry>) {
        let known = self.head();
        self.journal.extend(page.into_iter().filter(|entry| entry.seq > known.seq));
        self.journal.truncate(self.journal.partition_point(|entry| entry.seq <= state.head.seq));
    }
}

fn attempt(job: &Job<'_>, live: &Live, reason: HoldReason) -> Attempt {
    Attempt {
        name: job.name.to_owned(),
        checksum: Checksum::of(job.text.as_bytes()),
        from: job.from.map(str::to_owned),
        basis: live.fingerprint(),
        reason,
    }
}

fn effect(before: &Live, after: &Live) -> Effect {
    changed_ids(&before.digests, &after.digests)
        .map(|(id, _)| {
            let touched = journal::touched(before.model.fact(&id), after.model.fact(&id));
            (id, touched)
        })
        .collect()
}

/// What differs between the journal's end and the live schema.
fn unseen(folded: &Folded, live: &Live) -> Effect {
    changed_ids(&folded.actual, &live.digests)
        .map(|(id, _)| {
            let before = folded.actual.get(&id).copied();
            let after = live.digests.get(&id).copied();
            let definition = live.model.fact(&id).map(|fact| fact.attributes.clone());
            (id, Touched { before, after, definition })
        })
        .collect()
}

fn expected(journal: &[Entry], seq: u64, warnings: u32) -> Option<Expected> {
    let entry = journal.iter().find(|entry| entry.seq == seq)?;
    let after = entry.effect.iter().map(|(id, touched)| (id.clone(), touched.after)).collect();
    Some(Expected { after, warnings, alike: Alike::All })
}

fn touches(entry: &Entry) -> bool {
    !matches!(entry.event, Event::Approved { .. } | Event::Settled)
}
