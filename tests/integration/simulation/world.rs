//! The machines, the wire between them, and the chance that moves them: one step is one event.
//!
//! Start at [`World::run`]. Messages are delivered in any order, some of them twice, some garbled, some never; processes
//! die between any two steps. Nothing but the seed decides.

use std::collections::{BTreeMap, BTreeSet};

use driftless::divergence::{Finding, NodeState, PeerView, compare};
use driftless::hash::{ChainHash, Checksum, Digest};
use driftless::heal::{self, Fork, HoldReason, Plan, ScriptPolicy};
use driftless::history::same_script;
use driftless::identity::Grant;
use driftless::journal::{Entry, Event, Folded, Head};
use driftless::schema::{Digests, FactId};

use super::database::{Database, Live};
use super::faults::Fault;
use super::machine::{Committed, Machine, Outcome, Stage, Task};
use super::random::Random;
use super::truth::Wrong;

/// Who is linked with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    Line,
    Star,
    Ring,
    All,
}

impl Topology {
    pub const EACH: [Self; 4] = [Self::Line, Self::Star, Self::Ring, Self::All];

    pub fn links(self, machines: usize) -> BTreeSet<(usize, usize)> {
        let all = (0..machines).flat_map(|a| (a + 1..machines).map(move |b| (a, b)));
        all.filter(|&(a, b)| match self {
            Self::Line => b == a + 1,
            Self::Star => a == 0,
            Self::Ring => b == a + 1 || (a == 0 && b == machines - 1),
            Self::All => true,
        })
        .collect()
    }
}

/// What a world is made of.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    pub steps: usize,
    pub fault: Option<Fault>,
    /// No troubles but scripts: no drift, no reset, no backup, no grant withdrawn.
    pub calm: bool,
    /// `None`: as the seed says.
    pub shape: Option<(usize, Topology)>,
}

pub enum Body {
    Describe,
    Described(Box<NodeState>),
    Page { after: Head },
    Paged(Vec<Entry>),
    Pull { name: String, checksum: Checksum },
    Pulled { name: String, text: Option<String> },
    Ask { entry: u64, ids: Vec<FactId> },
    Told(Vec<(FactId, Option<Digest>)>),
    Refused,
}

impl Body {
    fn word(&self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Described(_) => "described",
            Self::Page { .. } => "page",
            Self::Paged(_) => "paged",
            Self::Pull { .. } => "pull",
            Self::Pulled { .. } => "pulled",
            Self::Ask { .. } => "ask",
            Self::Told(_) => "told",
            Self::Refused => "refused",
        }
    }

    /// The grant that a question needs; `None`: it is an answer.
    fn needs(&self) -> Option<Grant> {
        match self {
            Self::Describe | Self::Page { .. } | Self::Ask { .. } => Some(Grant::Status),
            Self::Pull { .. } => Some(Grant::Pull),
            _ => None,
        }
    }
}

pub struct Message {
    pub from: usize,
    pub to: usize,
    /// The asker's task.
    pub task: u64,
    pub body: Body,
    /// Whether the asker really had the grant when this was answered.
    pub granted: bool,
}

/// A line of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub machine: usize,
    pub what: &'static str,
    pub about: String,
}

/// How a script ran on the machine whose journal entry tells of it.
pub struct RunTruth {
    pub after: Digests,
}

pub struct World {
    pub random: Random,
    pub setup: Setup,
    pub machines: Vec<Machine>,
    pub links: BTreeSet<(usize, usize)>,
    pub cut: BTreeSet<(usize, usize)>,
    pub wire: Vec<Message>,
    pub tasks: u64,
    /// Scripts as their authors have put them into the shared repository.
    pub repository: BTreeMap<String, String>,
    pub authored: BTreeSet<(String, Checksum)>,
    pub texts: BTreeMap<Checksum, String>,
    /// What each commit left, by the hash of its entry.
    pub runs: BTreeMap<ChainHash, RunTruth>,
    pub trace: Vec<Line>,
    pub settling: bool,
    /// Why machines may end up with different facts although nobody drifted.
    pub excused: bool,
    pub written: u32,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        let mut random = Random::new(setup.seed);
        let (count, topology) = setup.shape.unwrap_or_else(|| (2 + random.below(4), Topology::EACH[random.below(4)]));
        let links = topology.links(count);
        let common = if random.once_in(3) { baseline(&mut random) } else { Live::default() };
        let mut excused = false;
        let machines = (0..count).map(|index| {
            let other = !setup.calm && random.once_in(20);
            excused |= other;
            let live = if other { baseline(&mut random) } else { common.clone() };
            let mut machine = Machine::new(index, Database::new(format!("db{index}"), live), setup.fault);
            for &(a, b) in &links {
                if a == index || b == index {
                    let grant = if setup.calm || !random.once_in(8) { Grant::Apply } else { Grant::Pull };
                    machine.grants.insert(a + b - index, grant);
                }
            }
            if !setup.calm && random.once_in(12) {
                machine.policy = ScriptPolicy::Ask;
            }
            machine.waits = !setup.calm && random.once_in(3);
            machine
        });
        let machines = machines.collect();
        Self {
            random,
            setup,
            machines,
            links,
            cut: BTreeSet::new(),
            wire: Vec::new(),
            tasks: 0,
            repository: BTreeMap::new(),
            authored: BTreeSet::new(),
            texts: BTreeMap::new(),
            runs: BTreeMap::new(),
            trace: Vec::new(),
            settling: false,
            excused,
            written: 0,
        }
    }

    /// Runs the whole life of this world: troubles first, then peace, in which everything must come to rest.
    pub fn run(&mut self) -> Result<(), Wrong> {
        for step in 0..self.setup.steps {
            self.step()?;
            if step % 16 == 0 {
                self.look_at_a_pair()?;
            }
        }
        self.settle()
    }

    pub fn note(&mut self, machine: usize, what: &'static str, about: impl Into<String>) {
        self.trace.push(Line { machine, what, about: about.into() });
    }

    fn step(&mut self) -> Result<(), Wrong> {
        let machine = self.random.below(self.machines.len());
        match self.random.below(100) {
            0..32 => self.deliver_any(),
            32..48 => {
                self.begin_cycle(machine);
                Ok(())
            }
            48..62 => self.go_on(machine),
            62..66 => {
                self.crash_or_restart(machine);
                Ok(())
            }
            66..69 => {
                self.cut_or_mend();
                Ok(())
            }
            _ => self.person(machine),
        }?;
        self.examine(machine)
    }

    /// The peers of a machine.
    pub fn peers(&self, machine: usize) -> Vec<usize> {
        (0..self.machines.len()).filter(|&other| self.links.contains(&pair(machine, other))).collect()
    }

    fn crash_or_restart(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        machine.up = !machine.up;
        // Whatever was not committed is gone, the lock with it; what was read of the peers, too.
        machine.task = None;
        machine.links.clear();
        let what = if machine.up { "starts" } else { "dies" };
        self.note(index, what, "");
    }

    fn cut_or_mend(&mut self) {
        let links: Vec<_> = self.links.iter().copied().collect();
        let link = links[self.random.below(links.len())];
        if !self.cut.remove(&link) {
            self.cut.insert(link);
        }
        self.note(link.0, "cut or mended", format!("to {}", link.1));
    }

    pub fn begin_cycle(&mut self, index: usize) {
        let peers = self.peers(index);
        let Some(&peer) = self.random.pick(&peers) else { return };
        // What waits for an answer that will never come is given up in the end.
        if self.machines[index].task.is_some() && !self.random.once_in(6) {
            return;
        }
        self.begin_cycle_with(index, peer, false);
    }

    pub fn begin_cycle_with(&mut self, index: usize, peer: usize, asked: bool) {
        let machine = &mut self.machines[index];
        if !machine.up || (machine.paused && !machine.has(Fault::PausedYetHealing)) {
            return;
        }
        if machine.task.as_ref().is_some_and(Task::holds_lock) {
            return;
        }
        self.tasks += 1;
        machine.task = Some(Task { number: self.tasks, peer, stage: Stage::Describing, granted: false, asked });
        self.send(index, peer, self.tasks, Body::Describe, false);
    }

    pub fn send(&mut self, from: usize, to: usize, task: u64, body: Body, granted: bool) {
        self.wire.push(Message { from, to, task, body, granted });
    }

    fn deliver_any(&mut self) -> Result<(), Wrong> {
        if self.wire.is_empty() {
            return Ok(());
        }
        // Mostly one of the last, sometimes a very old one.
        let window = if self.random.once_in(6) { self.wire.len() } else { self.wire.len().min(3) };
        let at = self.wire.len() - 1 - self.random.below(window);
        let mut message = self.wire.remove(at);
        if self.cut.contains(&pair(message.from, message.to)) || self.random.once_in(25) {
            self.note(message.to, "lost", message.body.word());
            return Ok(());
        }
        if self.random.once_in(12)
            && let Some(copy) = message.copy()
        {
            self.wire.push(copy);
        }
        if self.random.once_in(30)
            && let Body::Pulled { text: Some(text), .. } = &mut message.body
        {
            text.push_str("\n-- garbled");
        }
        self.deliver(message)
    }

    pub fn deliver(&mut self, message: Message) -> Result<(), Wrong> {
        if !self.machines[message.to].up {
            return Ok(());
        }
        self.note(message.to, message.body.word(), format!("from {}", message.from));
        match message.body.needs() {
            Some(needed) => {
                self.serve(&message, needed);
                Ok(())
            }
            None => self.take_up(message),
        }
    }

    /// Answers a question. Nothing here is changed by it.
    fn serve(&mut self, message: &Message, needed: Grant) {
        let server = &self.machines[message.to];
        let granted = server.grants.get(&message.from).is_some_and(|grant| *grant >= needed);
        let database = &server.database;
        let body = match &message.body {
            _ if !granted && !server.has(Fault::AnswersAnybody) => Body::Refused,
            Body::Describe => Body::Described(Box::new(server.look())),
            Body::Page { after } => {
                let entries = database.entries.iter().filter(|entry| entry.seq > after.seq);
                Body::Paged(entries.map(without_definitions).collect())
            }
            Body::Pull { name, checksum } => {
                Body::Pulled { name: name.clone(), text: database.text(name, *checksum).cloned() }
            }
            Body::Ask { entry, ids } => {
                let then = Folded::of(database.entries.iter().take_while(|known| known.seq <= *entry)).actual;
                Body::Told(ids.iter().map(|id| (id.clone(), then.get(id).copied())).collect())
            }
            _ => return,
        };
        self.send(message.to, message.from, message.task, body, granted);
    }

    /// Takes up an answer.
    fn take_up(&mut self, message: Message) -> Result<(), Wrong> {
        let index = message.to;
        let replayed = self.machines[index].has(Fault::AppliedTwice);
        let Some(mut task) = self.machines[index].task.take() else { return Ok(()) };
        if task.peer != message.from || (task.number != message.task && !replayed) {
            self.machines[index].task = Some(task);
            return Ok(());
        }
        if !matches!(message.body, Body::Refused) && !message.granted {
            return self.wrong(index, format!("learnt something from {} without a grant", message.from));
        }
        match (message.body, task.stage) {
            (Body::Described(state), Stage::Describing) => {
                let link = self.machines[index].links.entry(task.peer).or_default();
                link.forget_if_other(&state);
                let after = link.head();
                task.stage = Stage::Paging { state };
                self.send(index, task.peer, task.number, Body::Page { after }, false);
            }
            (Body::Paged(page), Stage::Paging { state }) => {
                let link = self.machines[index].links.entry(task.peer).or_default();
                if !link.is_continued_by(&page) {
                    // The part that we know was written anew: fetch it whole.
                    link.journal.clear();
                    self.machines[index].task = Some(Task { stage: Stage::Paging { state }, ..task });
                    self.send(index, message.from, message.task, Body::Page { after: Head::EMPTY }, false);
                    return Ok(());
                }
                return self.plan(index, task.peer, (*state, page), (task.number, task.asked));
            }
            (Body::Pulled { name, text: Some(text) }, Stage::Pulling { plan, mut texts }) => {
                let step = plan.steps.iter().find(|step| step.name.as_str() == name);
                let right = step.is_some_and(|step| Checksum::of(text.as_bytes()) == step.checksum);
                if !right && !self.machines[index].has(Fault::ChecksumIgnored) {
                    self.note(index, "refuses the text of", name);
                    return Ok(());
                }
                texts.insert(name, text);
                let next = plan.steps.iter().find(|step| !texts.contains_key(step.name.as_str()));
                if let Some(step) = next {
                    let ask = Body::Pull { name: step.name.to_string(), checksum: step.checksum };
                    self.send(index, task.peer, task.number, ask, false);
                }
                task.stage = Stage::Pulling { plan, texts };
            }
            (Body::Told(told), Stage::Applying { plan, texts, mut applier, next, waiting: true }) => {
                applier.told = told.into_iter().collect();
                task.stage = Stage::Applying { plan, texts, applier, next, waiting: false };
            }
            (
                Body::Refused | Body::Pulled { text: None, .. },
                Stage::Describing | Stage::Paging { .. } | Stage::Pulling { .. },
            ) => {
                return Ok(());
            }
            // The peer went away in the middle of a batch.
            (Body::Refused, Stage::Applying { waiting: true, .. }) => return Ok(()),
            (_, stage) => task.stage = stage,
        }
        self.machines[index].task = Some(task);
        Ok(())
    }

    /// Compares and plans with what the peer has said.
    fn plan(
        &mut self,
        index: usize,
        peer: usize,
        (state, page): (NodeState, Vec<Entry>),
        (number, asked): (u64, bool),
    ) -> Result<(), Wrong> {
        let peer_name = self.machines[peer].name.clone();
        let machine = &mut self.machines[index];
        let view = machine.view(peer, &peer_name, state, page);
        let PeerView::Reachable(there) = &view else { return Ok(()) };
        let local = machine.look();
        if let Some(fork) = Fork::between(&local, there)
            && !machine.rehearsed.get(&peer).is_some_and(|known| known.covers(&fork))
            && machine.database.rehearse(&fork, &self.texts).is_some()
        {
            machine.rehearsed.insert(peer, fork);
        }
        let inputs = machine.inputs(peer, &there.scripts, asked);
        let (plan, inputs) = machine.planned(&local, there, inputs);
        if let Err(objection) = heal::check(&plan, &local, there, &inputs) {
            return self.wrong(index, format!("the second opinion refuses the plan: {objection}"));
        }
        let findings = compare(&local, &PeerView::Reachable(Box::new(machine.seen(&local, there))));
        if findings.contains(&Finding::InSync) && !plan.is_empty() {
            return self.wrong(index, format!("in sync with {peer}, and yet there is a plan: {plan:?}"));
        }
        if plan.steps.is_empty() {
            if local.bootstrap && !local.scripts.is_empty() && findings.contains(&Finding::InSync) {
                machine.database.append(Event::Settled, Default::default());
            }
            machine.remember();
            return Ok(());
        }
        let granted = machine.may_apply(peer);
        let first = &plan.steps[0];
        let ask = Body::Pull { name: first.name.to_string(), checksum: first.checksum };
        let stage = Stage::Pulling { plan, texts: BTreeMap::new() };
        machine.task = Some(Task { number, peer, stage, granted, asked });
        self.send(index, peer, number, ask, false);
        Ok(())
    }

    /// The agent's next step with its own database.
    pub fn go_on(&mut self, index: usize) -> Result<(), Wrong> {
        let machine = &mut self.machines[index];
        let Some(task) = machine.task.take() else { return Ok(()) };
        match task.stage {
            Stage::Pulling { plan, texts } if texts.len() == plan.steps.len() => {
                let applier = machine.begin();
                let now = machine.look();
                let moved = (now.fingerprint, now.head) != (plan.basis.fingerprint, plan.basis.head);
                let allowed = now.halted.is_none() && !now.paused && machine.inputs(task.peer, &[], false).may_apply;
                let forgotten = machine.has(Fault::StaleBasis) || machine.has(Fault::AppliedTwice);
                if (moved && !forgotten) || !allowed {
                    self.note(index, "drops a stale plan", "");
                    return Ok(());
                }
                if machine.halt_is_due() {
                    return self.wrong(index, "healing goes on although the past has changed".into());
                }
                if machine.paused {
                    return self.wrong(index, "healing goes on although a person paused it".into());
                }
                if moved && !machine.has(Fault::AppliedTwice) {
                    return self.wrong(index, "a plan is carried out on another state than it was made from".into());
                }
                let granted = machine.may_apply(task.peer);
                let stage = Stage::Applying { plan, texts, applier: Box::new(applier), next: 0, waiting: false };
                machine.task = Some(Task { stage, granted, ..task });
                Ok(())
            }
            Stage::Applying { plan, texts, applier, next, waiting: false } => {
                let rest = (task.number, task.peer, task.granted, task.asked);
                self.apply_next(index, rest, (plan, texts), *applier, next)
            }
            stage => {
                machine.task = Some(Task { stage, ..task });
                Ok(())
            }
        }
    }

    fn apply_next(
        &mut self,
        index: usize,
        (number, peer, granted, asked): (u64, usize, bool, bool),
        (plan, texts): (Plan, BTreeMap<String, String>),
        mut applier: super::machine::Applier,
        next: usize,
    ) -> Result<(), Wrong> {
        let from = self.machines[peer].name.clone();
        let step = &plan.steps[next];
        let text = &texts[step.name.as_str()];
        let machine = &mut self.machines[index];
        let told = std::mem::take(&mut applier.told);
        let job = machine.job(peer, &from, &plan, step, text, &told);
        let (bootstrap, expected) = (plan.bootstrap, job.expected.clone());
        let outcome = machine.apply(&mut applier, &job);
        if !self.pulled(index, &outcome, step, (peer, granted, bootstrap, asked))? {
            return Ok(());
        }
        match outcome {
            Outcome::NeedDigests(ids) if told.is_empty() && expected.is_some() => {
                let ask = Body::Ask { entry: step.entry.unwrap_or_default(), ids };
                let stage = Stage::Applying { plan, texts, applier: Box::new(applier), next, waiting: true };
                self.machines[index].task = Some(Task { number, peer, stage, granted, asked });
                self.send(index, peer, number, ask, false);
            }
            Outcome::Applied(_) | Outcome::AlreadyApplied if next + 1 < plan.steps.len() => {
                let stage = Stage::Applying { plan, texts, applier: Box::new(applier), next: next + 1, waiting: false };
                self.machines[index].task = Some(Task { number, peer, stage, granted, asked });
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes what came of a pulled script and holds it against the rules.
    fn pulled(
        &mut self,
        index: usize,
        outcome: &Outcome,
        step: &heal::Step,
        (peer, granted, bootstrap, asked): (usize, bool, bool, bool),
    ) -> Result<bool, Wrong> {
        let name = step.name.to_string();
        match outcome {
            Outcome::Applied(committed) => {
                self.note(index, "pulled", name);
                self.committed(index, committed);
                self.judge_pulled(index, peer, step, committed, (granted, bootstrap))?;
            }
            Outcome::Held(reason) => {
                self.note(index, "holds", format!("{name}: {}", word(reason)));
                self.judge_repeated(index, step, asked)?;
            }
            Outcome::Failed => {
                self.note(index, "fails with", name);
                self.judge_repeated(index, step, asked)?;
            }
            Outcome::AlreadyApplied => self.note(index, "had already", name),
            Outcome::Retry => self.note(index, "will try again", name),
            Outcome::NeedDigests(_) => self.note(index, "asks about", name),
        }
        Ok(true)
    }

    pub fn committed(&mut self, index: usize, committed: &Committed) {
        let truth = RunTruth { after: committed.after.clone() };
        self.runs.insert(committed.entry.hash, truth);
        self.machines[index].tries.clear();
    }

    /// Peace: everything is up and connected, and whoever has something to do does it.
    fn settle(&mut self) -> Result<(), Wrong> {
        self.settling = true;
        self.cut.clear();
        self.wire.clear();
        for machine in &mut self.machines {
            machine.up = true;
            machine.task = None;
        }
        // A script travels one link in a round, and each round may bring one script that has to be tried.
        for _ in 0..40 {
            let before: usize = self.trace.iter().filter(|line| line.what == "pulled").count();
            for index in 0..self.machines.len() {
                for peer in self.peers(index) {
                    self.whole_cycle(index, peer)?;
                }
            }
            if before == self.trace.iter().filter(|line| line.what == "pulled").count() {
                return self.judge_peace();
            }
        }
        self.wrong(0, "it never comes to rest".into())
    }

    /// A cycle without any trouble.
    pub fn whole_cycle(&mut self, index: usize, peer: usize) -> Result<(), Wrong> {
        for _ in 0..8 {
            self.begin_cycle_with(index, peer, false);
            let before = self.trace.len();
            let mut applied = false;
            for _ in 0..200 {
                if let Some(message) = self.wire.pop() {
                    self.deliver(message)?;
                } else if self.machines[index].task.is_some() {
                    self.go_on(index)?;
                    self.examine(index)?;
                } else {
                    break;
                }
            }
            applied |= self.trace[before..].iter().any(|line| matches!(line.what, "pulled" | "drops a stale plan"));
            if !applied {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Message {
    /// The wire may deliver an answer twice; a question asked twice is answered twice.
    fn copy(&self) -> Option<Self> {
        let body = match &self.body {
            Body::Describe => Body::Describe,
            Body::Described(state) => Body::Described(state.clone()),
            Body::Paged(page) => Body::Paged(page.clone()),
            Body::Pulled { name, text } => Body::Pulled { name: name.clone(), text: text.clone() },
            Body::Told(told) => Body::Told(told.clone()),
            _ => return None,
        };
        Some(Self { from: self.from, to: self.to, task: self.task, body, granted: self.granted })
    }
}

/// A link, whichever side is named first.
pub fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

pub fn word(reason: &HoldReason) -> String {
    serde_json::to_value(reason).unwrap()["reason"].as_str().unwrap_or_default().to_owned()
}

fn without_definitions(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    std::sync::Arc::make_mut(&mut entry.effect).values_mut().for_each(|touched| touched.definition = None);
    entry
}

/// What a database may hold before it meets driftless.
fn baseline(random: &mut Random) -> Live {
    let mut text = "table t0\ncolumn t0 a integer\ncolumn t0 b text\n".to_owned();
    if random.once_in(2) {
        text.push_str("rows t0 2\n");
    }
    if random.once_in(2) {
        text.push_str("table t9\n");
    }
    Live::default().run(&text).map(|ran| ran.live).unwrap_or_default()
}

/// Whether a script of this name, whatever its spelling, is among these.
pub fn holds(names: &[String], name: &str) -> bool {
    names.iter().any(|known| same_script(known, name))
}
