//! The backend of the tests: everything in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tokio::sync::watch;

use super::super::*;
use crate::divergence::NodeState;
use crate::hash::{Checksum, Digest, Fingerprint, ScopeDigest};
use crate::journal::{Effect, Entry, Event, Head, Touched};
use crate::schema::{Digests, Fact, FactId, Kind};
use crate::script::ScriptName;

pub(crate) struct Memory {
    pub(super) state: Mutex<NodeState>,
    pub(super) entries: Mutex<Vec<Entry>>,
    pub(super) facts: Vec<Fact>,
    pub(super) scripts: Mutex<BTreeMap<String, String>>,
    pub(super) beacon: watch::Sender<Beacon>,
    pub(super) away: Mutex<bool>,
}

pub(super) fn state(machine: &str) -> NodeState {
    NodeState {
        machine: machine.into(),
        database: "db-1".into(),
        server_major: 15,
        scope: ScopeDigest::of(b"scope"),
        looked_at: None,
        fingerprint: Fingerprint::of(b"schema"),
        across: crate::schema::Across::whole(Fingerprint::of(b"schema")),
        facts: 3,
        unsupported: vec!["policy public.orders.own".into()],
        head: Head::EMPTY,
        scripts: Vec::new(),
        failed: Vec::new(),
        held: Vec::new(),
        drift: Vec::new(),
        halted: None,
        paused: false,
        bootstrap: false,
    }
}

/// A journal of a baseline that touches all facts, and entries of drift.
pub(super) fn journal(facts: &[Fact], length: u64) -> Vec<Entry> {
    let effect: Effect =
        facts.iter().map(|fact| (fact.id.clone(), crate::journal::touched(None, Some(fact)))).collect();
    let baseline = Event::Baseline { scope: ScopeDigest::of(b"scope"), had_rows: true };
    let mut entries = vec![Entry::after(Head::EMPTY, 1, baseline, effect)];
    while entries.len() < usize::try_from(length).unwrap() {
        let head = entries.last().unwrap().head();
        let id = FactId::new(Kind::Table, format!("public.t{}", head.seq));
        let touched = Touched { before: None, after: Some(Digest::of(b"t")), definition: None };
        entries.push(Entry::after(head, 2, Event::Drift, Effect::from([(id, touched)])));
    }
    entries
}

pub(super) fn facts(count: u32) -> Vec<Fact> {
    (0..count).map(|n| Fact::new(Kind::Column, format!("public.orders.c{n:05}")).with("type", "text")).collect()
}

impl Memory {
    pub(super) fn new(machine: &str) -> Self {
        Self::with(machine, facts(3), 3)
    }

    /// What it says of itself at first.
    pub(crate) fn describes(machine: &str) -> NodeState {
        state(machine)
    }

    pub(super) fn with(machine: &str, facts: Vec<Fact>, entries: u64) -> Self {
        let beacon = Beacon { head: Head::EMPTY, fingerprint: Fingerprint::of(b"schema"), revision: 0 };
        Self {
            state: Mutex::new(state(machine)),
            entries: Mutex::new(journal(&facts, entries)),
            facts,
            scripts: Mutex::default(),
            beacon: watch::channel(beacon).0,
            away: Mutex::default(),
        }
    }
}

impl Backend for Memory {
    async fn describe(&self) -> Result<NodeState, BackendError> {
        if *self.away.lock().unwrap() {
            return Err(BackendError::Unavailable("the server is starting up".into()));
        }
        Ok(self.state.lock().unwrap().clone())
    }

    async fn journal_page(&self, after: u64, limit: usize, _detail: Detail) -> Result<JournalPage, BackendError> {
        let entries = self.entries.lock().unwrap();
        let rest: Vec<Entry> = entries.iter().filter(|entry| entry.seq > after).cloned().collect();
        Ok(JournalPage { more: rest.len() > limit, entries: rest.into_iter().take(limit).collect() })
    }

    async fn digests(&self, _moment: Moment, selection: &Selection) -> Result<Digests, BackendError> {
        let chosen = |id: &FactId| match selection {
            Selection::All => true,
            Selection::Buckets(numbers) => numbers.contains(&bucket_of(id)),
            Selection::Ids(ids) => ids.contains(id),
        };
        Ok(self.facts.iter().filter(|fact| chosen(&fact.id)).map(|fact| (fact.id.clone(), fact.digest())).collect())
    }

    async fn definitions(&self, _moment: Moment, ids: &BTreeSet<FactId>) -> Result<Vec<Fact>, BackendError> {
        Ok(self.facts.iter().filter(|fact| ids.contains(&fact.id)).cloned().collect())
    }

    async fn script(&self, name: &ScriptName, checksum: Checksum) -> Result<Option<String>, BackendError> {
        let text = self.scripts.lock().unwrap().get(name.as_str()).cloned();
        Ok(text.filter(|text| Checksum::of(text.as_bytes()) == checksum))
    }

    fn watch(&self) -> watch::Receiver<Beacon> {
        self.beacon.subscribe()
    }
}
