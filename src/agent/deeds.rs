//! What a person does to this machine's record: approve, pause, resume, mark, repair, reset.
//!
//! Each deed is one entry of the journal (or one line of the local state), so that it can be told later who did what. Nothing here
//! runs a script. What could go wrong: an approval for another text than the person saw, so each names a checksum.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::divergence::{HeldScript, NodeState, PeerView};
use crate::hash::Checksum;
use crate::heal::{self as planning, HoldReason, effect_of, forgotten};
use crate::history::{ScriptState, same_script, stem};
use crate::journal::{Effect, Event, Touched, touched};
use crate::postgres::apply;
use crate::postgres::bookkeeping::{self, BookkeepingError};
use crate::postgres::connect::Connection;
use crate::postgres::history_table::{HistoryTable, script_text};
use crate::schema::FactId;
use crate::script::{CanonicalText, Script, ScriptName, analyze_foreign};
use crate::script_dir::{ScriptDir, ScriptDirError};

use super::heal::{HealError, MAX_TOKENS, inputs};
use super::links::Link;
use super::observe::{Observation, ObserveError, Observer};
use super::status::{PeerReport, Report, report};
use super::{Machine, MachineError};

/// Why a deed was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DeedError {
    /// The machine cannot be used.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database could not be looked at.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// The machine and its peers could not be looked at.
    #[error(transparent)]
    Report(#[from] HealError),
    /// The record refused.
    #[error(transparent)]
    Bookkeeping(#[from] BookkeepingError),
    /// The script folder could not be read.
    #[error(transparent)]
    Folder(#[from] ScriptDirError),
    /// Nobody knows the script.
    #[error("no script `{0}` waits here: neither the script folder nor a reachable peer has it")]
    NoSuchScript(String),
    /// It is applied.
    #[error("`{0}` is applied here already")]
    Applied(String),
    /// Two texts of one name.
    #[error("`{0}` has different texts on different machines; let the conflict be mended first")]
    Ambiguous(String),
    /// Driftless has never written to this database.
    #[error("this database has no history yet")]
    NoHistory,
}

/// A script that a person approved.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its name.
    pub name: ScriptName,
    /// The text that was approved.
    pub checksum: Checksum,
    /// Why it is held, and what else is known of it without running it: this is what was approved, as far as a word is enough.
    pub reasons: Vec<HoldReason>,
    /// The peer that it comes from; `None`: the own folder.
    pub from: Option<String>,
}

impl Approval {
    /// Facts that were shown to end otherwise than on the peer, and now may.
    pub fn may_differ(&self) -> Vec<String> {
        let facts = self.reasons.iter().filter_map(|reason| match reason {
            HoldReason::OtherEffect { facts, .. } => Some(facts),
            _ => None,
        });
        facts.flatten().cloned().collect()
    }

    /// Each reason with the script that it is about.
    pub fn held(&self) -> Vec<HeldScript> {
        let held = |reason: &HoldReason| HeldScript {
            name: self.name.to_string(),
            from: self.from.clone(),
            reason: reason.clone(),
        };
        self.reasons.iter().map(held).collect()
    }
}

impl Machine {
    /// The agent lets go of the database until [`Machine::resume`].
    pub fn pause(&self) -> Result<(), DeedError> {
        Ok(self.change_state(|state| state.paused = true)?)
    }

    /// Lets healing go on, after a pause or a halt; after a halt with what the history holds now.
    pub async fn resume(&self) -> Result<(), DeedError> {
        self.change_state(|state| {
            state.paused = false;
            state.halted = None;
        })?;
        let observer = Observer::default();
        let seen = observer.look(self).await?;
        if seen.initialised && seen.state.halted.is_some() {
            let known = seen.history.applied().map(|row| row.name.clone()).collect();
            self.append(Event::Resumed { known }).await?;
        }
        match observer.look(self).await?.to_remember() {
            Some(now) => Ok(observer.remember(self, now).await?),
            None => Ok(()),
        }
    }

    /// Approves a held script, with the text that it has now and what is known of its hazards now, on this machine.
    pub async fn approve(&self, name: &str, by: &str) -> Result<Approval, DeedError> {
        let found = report(self, None).await?;
        if found.local.history.is_applied(name) {
            return Err(DeedError::Applied(name.to_owned()));
        }
        let texts = self.texts(&found, name)?;
        let (name, checksum) = match texts.iter().next() {
            None => return Err(DeedError::NoSuchScript(name.to_owned())),
            Some(_) if texts.len() > 1 => return Err(DeedError::Ambiguous(name.to_owned())),
            Some((name, checksum)) => (name.clone(), *checksum),
        };
        let held: Vec<&HeldScript> = held(&found, name.as_str()).collect();
        let from = held.first().and_then(|held| held.from.clone());
        let (from, foreseen) = self.foreseen(&found, from, &name, checksum).await?;
        let mut reasons = Vec::new();
        for reason in foreseen.into_iter().chain(held.iter().map(|held| held.reason.clone())) {
            add(&mut reasons, reason);
        }
        let hazards: BTreeSet<String> = reasons.iter().flat_map(HoldReason::hazards).collect();
        let hazards = hazards.into_iter().collect();
        self.append(Event::Approved { script: name.clone(), checksum, hazards, by: by.to_owned() }).await?;
        Ok(Approval { name, checksum, reasons, from })
    }

    /// What is known of a script without running it, and the peer that it comes from (`None`: the own folder). It may wait behind another,
    /// so that nobody has tried it and the plan says no more than that.
    async fn foreseen(
        &self,
        found: &Report,
        from: Option<String>,
        name: &ScriptName,
        checksum: Checksum,
    ) -> Result<(Option<String>, Vec<HoldReason>), DeedError> {
        let superuser = self.connect().await?.is_superuser();
        let foretold = |script: &Script| apply::foretold(&analyze_foreign(&script.text, MAX_TOKENS), superuser);
        let has = |state: &NodeState| {
            let same =
                |script: &&ScriptState| same_script(&script.name, name.as_str()) && script.checksum == Some(checksum);
            state.scripts.iter().find(same).cloned()
        };
        let serves = |peer: &&PeerReport| {
            from.as_ref().is_none_or(|from| *from == peer.name)
                && matches!(&peer.view, PeerView::Reachable(state) if has(state).is_some())
        };
        let Some(peer) = found.peers.iter().find(serves) else {
            let own = self.script_of_folder(name.as_str())?.filter(|script| script.checksum() == checksum);
            return Ok((from, own.iter().flat_map(foretold).collect()));
        };
        let mut link = Link::new(&peer.name);
        let from = Some(peer.name.clone());
        let PeerView::Reachable(state) = link.view(self).await else { return Ok((from, Vec::new())) };
        let text = link.pull(self, name, checksum).await.ok().flatten();
        let mut known: Vec<HoldReason> = text.iter().flat_map(foretold).collect();
        if let Some(script) = has(&state) {
            let inputs = inputs(self, &found.local, &link, &state, false);
            known.extend(planning::hazards(&script, &found.local.state, &inputs));
        }
        Ok((from, known))
    }

    /// The texts of this name that could be applied here: what peers have applied, else what the folder holds.
    fn texts(&self, found: &Report, name: &str) -> Result<BTreeSet<(ScriptName, Checksum)>, DeedError> {
        let views = found.peers.iter().filter_map(|peer| match &peer.view {
            PeerView::Reachable(state) => Some(state),
            _ => None,
        });
        let scripts = views.flat_map(|state| &state.scripts).filter(|script| same_script(&script.name, name));
        let texts: BTreeSet<_> =
            scripts.filter_map(|script| Some((ScriptName::parse(&script.name).ok()?, script.checksum?))).collect();
        if !texts.is_empty() {
            return Ok(texts);
        }
        let own = self.script_of_folder(name)?;
        Ok(own.map(|script| (script.name.clone(), script.checksum())).into_iter().collect())
    }

    pub(super) fn script_of_folder(&self, name: &str) -> Result<Option<Script>, DeedError> {
        let folder = ScriptDir::load(&self.config.scripts_dir)?;
        Ok(folder.scripts.into_iter().find(|script| same_script(script.name.as_str(), name)))
    }

    /// Scripts that are pending here and have run here, or whose effect is here, by what journals and live facts tell: the
    /// own journal's first, in its order, then the peers'.
    pub async fn already_here(&self) -> Result<Vec<ScriptName>, DeedError> {
        let found = report(self, None).await?;
        let own = forgotten(&found.local.past(), &found.local.history);
        let theirs = found.peers.iter().flat_map(|peer| &peer.already);
        let mut names: Vec<ScriptName> = Vec::new();
        for name in own.iter().map(|script| &script.name).chain(theirs.map(|held| &held.name)) {
            let full = format!("{}.sql", stem(name));
            if let Ok(name) = ScriptName::parse(&full)
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Records scripts as applied without running them. The text comes from what the database has kept, the folder, or a reachable peer;
    /// returns the names of which none has it.
    pub async fn mark_applied(&self, names: &[ScriptName]) -> Result<Vec<ScriptName>, DeedError> {
        let seen = Observer::default().look(self).await?;
        if !seen.initialised {
            return Err(DeedError::NoHistory);
        }
        let (mut connection, table) = self.connect_to_write().await?;
        let folder = ScriptDir::load(&self.config.scripts_dir)?.scripts;
        let mut sources = Sources { machine: self, seen: &seen, folder, peers: None };
        let mut without = Vec::new();
        for name in names {
            let script = sources.script(&connection.client, name).await?;
            let effect = sources.drift_of(name).await;
            table.mark_applied(&mut connection.client, name.as_str(), script.as_ref(), effect).await?;
            if script.is_none() {
                without.push(name.clone());
            }
        }
        Ok(without)
    }

    /// A connection to a database whose bookkeeping is of our layout, and its history.
    async fn connect_to_write(&self) -> Result<(Connection, HistoryTable), DeedError> {
        let mut connection = self.connect().await?;
        bookkeeping::bring_forward(&mut connection.client, &self.config.scope).await?;
        let table = HistoryTable::locate(&connection.client, &self.config.scope).await?.ok_or(DeedError::NoHistory)?;
        Ok((connection, table))
    }

    /// Takes this text for the recorded one.
    pub async fn repair(&self, script: &Script) -> Result<(), DeedError> {
        let (mut connection, table) = self.connect_to_write().await?;
        table.repair(&mut connection.client, script).await?;
        Ok(())
    }

    /// Records a script under another name: it goes to the peers by that one, and theirs of its old name comes here.
    pub async fn rename(&self, name: &ScriptName, to: &ScriptName) -> Result<(), DeedError> {
        let (mut connection, table) = self.connect_to_write().await?;
        table.rename(&mut connection.client, name, to).await?;
        Ok(())
    }

    /// Forgets what was applied; the schema stays, and healing halts. Returns how many rows there were.
    pub async fn reset_history(&self) -> Result<u64, DeedError> {
        let (mut connection, table) = self.connect_to_write().await?;
        let (_, rows) = table.reset(&mut connection.client).await?;
        Ok(rows)
    }

    /// The recorded text of a script, if it was kept.
    pub async fn recorded_text(&self, name: &str) -> Result<Option<String>, DeedError> {
        let connection = self.connect().await?;
        match HistoryTable::locate(&connection.client, &self.config.scope).await? {
            Some(table) => Ok(table.text(&connection.client, name).await?),
            None => Ok(None),
        }
    }
}

/// Where texts and effects of scripts come from that are to be recorded as applied.
struct Sources<'a> {
    machine: &'a Machine,
    seen: &'a Observation,
    folder: Vec<Script>,
    /// Dialled when the first is needed.
    peers: Option<Vec<(Link, NodeState)>>,
}

impl Sources<'_> {
    /// The text that ran here, where it was kept; else the folder's, else a peer's.
    async fn script(&mut self, client: &Client, name: &ScriptName) -> Result<Option<Script>, DeedError> {
        let known = forgotten(&self.seen.past(), &self.seen.history);
        let known = known.iter().find(|script| same_script(&script.name, name.as_str()));
        if let Some(checksum) = known.and_then(|script| script.checksum) {
            let text = script_text(client, &self.machine.config.scope, name.as_str(), checksum).await?;
            if let Some(text) = text.and_then(|text| CanonicalText::decode(text.as_bytes()).ok()) {
                return Ok(Some(Script { name: name.clone(), text }));
            }
        }
        if let Some(script) = self.folder.iter().find(|script| same_script(script.name.as_str(), name.as_str())) {
            return Ok(Some(script.clone()));
        }
        let machine = self.machine;
        for (link, state) in self.peers().await {
            let script = state.scripts.iter().find(|script| same_script(&script.name, name.as_str()));
            let Some(checksum) = script.and_then(|script| script.checksum) else { continue };
            if let Ok(Some(script)) = link.pull(machine, name, checksum).await {
                return Ok(Some(script));
            }
        }
        Ok(None)
    }

    /// What was drift here until now and is what the script left on a peer: from now on it is the script's.
    async fn drift_of(&mut self, name: &ScriptName) -> Effect {
        let seen = self.seen;
        if seen.state.drift.is_empty() {
            return Effect::new();
        }
        for (link, state) in self.peers().await {
            let script = state.scripts.iter().find(|script| same_script(&script.name, name.as_str()));
            let Some(effect) = script.and_then(|script| effect_of(link.journal(), script)) else { continue };
            let is_ours = |(id, touched): &(&FactId, &Touched)| {
                let live = seen.live.digests.get(*id).copied();
                live == touched.after && live != seen.folded.recorded.get(*id).copied()
            };
            let ours = effect.iter().filter(is_ours).map(|(id, _)| {
                let live = seen.live.reading.model.fact(id);
                let before = seen.folded.recorded.get(id).copied();
                (id.clone(), Touched { before, ..touched(None, live) })
            });
            return ours.collect();
        }
        Effect::new()
    }

    async fn peers(&mut self) -> &mut [(Link, NodeState)] {
        if self.peers.is_none() {
            let mut reached = Vec::new();
            for peer in self.machine.peer_names() {
                let mut link = Link::new(&peer);
                if let PeerView::Reachable(state) = link.view(self.machine).await {
                    reached.push((link, *state));
                }
            }
            self.peers = Some(reached);
        }
        self.peers.as_deref_mut().unwrap_or_default()
    }
}

/// Why a script is held, as it was tried and as it would be planned.
fn held<'a>(found: &'a Report, name: &'a str) -> impl Iterator<Item = &'a HeldScript> {
    let planned = found.peers.iter().filter_map(|peer| peer.plan.as_ref()).flat_map(|plan| &plan.held);
    found.local.state.held.iter().chain(planned).filter(move |held| same_script(&held.name, name))
}

/// One more reason; of one that is known already, only what it adds.
fn add(reasons: &mut Vec<HoldReason>, reason: HoldReason) {
    let known = reasons.iter_mut().find(|known| known.word() == reason.word());
    match (known, reason) {
        (None, reason) => reasons.push(reason),
        (Some(HoldReason::OutsideReach { reaches }), HoldReason::OutsideReach { reaches: more }) => {
            let new: Vec<String> = more.into_iter().filter(|reach| !reaches.contains(reach)).collect();
            reaches.extend(new);
        }
        (Some(_), _) => {}
    }
}
