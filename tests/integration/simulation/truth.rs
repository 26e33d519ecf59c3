//! What must never happen (PRODUCT §7) and what must happen in peace, held against what really happened.
//!
//! Nothing here asks the core whether all is well where it can look for itself.

use std::collections::BTreeSet;

use driftless::divergence::{Finding, PeerView, compare};
use driftless::hash::Checksum;
use driftless::heal::{self, Plan, Step};
use driftless::history::same_script;
use driftless::journal::{Event, Touched, scripts};
use driftless::schema::{FactId, Kind, changed_ids};

use super::database::{Database, is_transactional, reaches};
use super::machine::Committed;
use super::world::World;

/// A rule that was broken.
#[derive(Debug)]
pub struct Wrong {
    pub machine: usize,
    pub what: String,
}

/// Facts that differ from what baseline and scripts left, found without the core's `drift`.
fn really_drifted(database: &Database) -> BTreeSet<FactId> {
    changed_ids(&database.folded.recorded, &database.live.digests).map(|(id, _)| id).collect()
}

impl World {
    pub fn wrong<T>(&self, machine: usize, what: String) -> Result<T, Wrong> {
        Err(Wrong { machine, what })
    }

    /// What must hold on a machine after each event.
    pub fn examine(&self, index: usize) -> Result<(), Wrong> {
        let machine = &self.machines[index];
        let Database { truth, history, texts, entries, .. } = &machine.database;
        let recorded = scripts(entries);
        for (at, (name, checksum)) in truth.ran.iter().enumerate() {
            if truth.ran[..at].iter().any(|(other, _)| same_script(other, name)) {
                return self.wrong(index, format!("{name} was applied twice"));
            }
            if machine.halt_is_due() {
                continue;
            }
            let row = history.row(name).filter(|row| row.success && row.checksum == Some(*checksum));
            let entry = recorded.iter().find(|script| same_script(&script.name, name));
            if row.is_none() || entry.is_none_or(|entry| entry.checksum != Some(*checksum)) {
                return self.wrong(index, format!("{name} is applied and not recorded as a whole"));
            }
        }
        for row in history.applied() {
            if !truth.marked.contains(&row.name) && !truth.ran.iter().any(|(name, _)| *name == row.name) {
                return self.wrong(index, format!("{} is recorded and was not applied", row.name));
            }
            let text = texts.get(&row.name).map(|text| Checksum::of(text.as_bytes()));
            if row.has_text && text != row.checksum {
                return self.wrong(index, format!("the text of {} is not the one that was hashed", row.name));
            }
            let known = row.checksum.is_some_and(|sum| self.authored.contains(&(row.name.clone(), sum)));
            if !known {
                return self.wrong(index, format!("nobody wrote this text of {}", row.name));
            }
        }
        match really_drifted(&machine.database).iter().find(|id| !truth.by_hand.contains(id)) {
            Some(id) => self.wrong(index, format!("{id} is told to have drifted, and no hand has touched it")),
            None => Ok(()),
        }
    }

    /// A pulled script was committed: might it have been?
    pub fn judge_pulled(
        &self,
        index: usize,
        peer: usize,
        step: &Step,
        committed: &Committed,
        (granted, bootstrap): (bool, bool),
    ) -> Result<(), Wrong> {
        let machine = &self.machines[index];
        let Event::Applied { script, checksum, .. } = &committed.entry.event else {
            return self.wrong(index, "a commit is journaled as something else".into());
        };
        let name = script.as_str();
        if !granted {
            return self.wrong(index, format!("{name} of {peer} was applied without a grant"));
        }
        let theirs = machine.links.get(&peer).map_or(&[][..], |link| &link.journal);
        let origin = step.entry.and_then(|seq| theirs.iter().find(|entry| entry.seq == seq));
        let known = scripts(theirs);
        let Some(at) = known.iter().position(|known| same_script(&known.name, name)) else {
            return self.wrong(index, format!("{name} was never applied by {peer}"));
        };
        if known[at].checksum != Some(*checksum) {
            return self.wrong(index, format!("{name} of {peer} was applied with another text"));
        }
        let lacking = known[..at].iter().find(|earlier| !machine.database.history.is_applied(&earlier.name));
        if let Some(earlier) = lacking {
            return self.wrong(index, format!("{name} overtook {}", earlier.name));
        }
        self.judge_hazards(index, name, *checksum, committed, bootstrap)?;
        let Some(origin) = origin else { return Ok(()) };
        let text = &machine.database.texts[name];
        let Some(then) = self.runs.get(&origin.hash).filter(|_| is_transactional(text)) else { return Ok(()) };
        let both = origin.effect.keys().chain(committed.entry.effect.keys());
        let other = both.filter(|id| then.after.get(id) != committed.after.get(id)).min();
        match other {
            Some(id) => self.wrong(index, format!("{name} left {id} otherwise than on {peer}")),
            None => Ok(()),
        }
    }

    /// Nothing is lost, and nothing that cannot be undone is done, without a person's word for this text on this machine.
    fn judge_hazards(
        &self,
        index: usize,
        name: &str,
        checksum: Checksum,
        committed: &Committed,
        bootstrap: bool,
    ) -> Result<(), Wrong> {
        let (machine, lost) = (&self.machines[index], committed.lost);
        let database = &machine.database;
        let text = &database.texts[name];
        let words = database.truth.words.iter().filter(|word| word.name == name && word.checksum == checksum);
        let seen = |hazard: &str| words.clone().any(|word| word.hazards.iter().any(|known| known == hazard));
        if lost && !bootstrap && is_transactional(text) && !seen("data_loss") {
            return self.wrong(index, format!("{name} lost data without a person's word"));
        }
        let cannot_be_undone = !is_transactional(text) && !bootstrap && !seen("non_transactional");
        if cannot_be_undone || reaches(text) && !seen("outside_reach") {
            return self.wrong(index, format!("{name} cannot be undone and nobody approved it"));
        }
        let goes = |(id, touched): (&FactId, &Touched)| {
            matches!(id.kind, Kind::Table | Kind::Column) && touched.before.is_some() && touched.after.is_none()
        };
        let pulled = machine.folder.contains(&(name.to_owned(), checksum));
        let waits = machine.waits && !pulled && !seen("breaks_clients") && !bootstrap;
        if waits && is_transactional(text) && committed.entry.effect.iter().any(goes) {
            return self.wrong(index, format!("{name} broke code, and the code that goes with it was not pulled"));
        }
        Ok(())
    }

    /// A script came to nothing: the same script on the same schema is not tried for ever.
    pub fn judge_repeated(&mut self, index: usize, step: &Step, asked: bool) -> Result<(), Wrong> {
        let machine = &mut self.machines[index];
        if asked {
            return Ok(());
        }
        let basis = machine.database.live.fingerprint().to_string();
        let tries = machine.tries.entry((step.name.to_string(), step.checksum, basis)).or_default();
        *tries += 1;
        // An approval is a reason to try once more, and it may come in between.
        if *tries > 4 {
            return self.wrong(index, format!("{} is tried again and again on the same schema", step.name));
        }
        Ok(())
    }

    /// What two machines say of each other at one and the same moment.
    fn plan_now(&self, index: usize, peer: usize) -> (Vec<Finding>, Plan) {
        let (local, there) = (self.machines[index].look(), self.machines[peer].look());
        let machine = &self.machines[index];
        let (plan, _) = machine.planned(&local, &there, machine.inputs(peer, &there.scripts, false));
        let seen = machine.seen(&local, &there);
        (compare(&local, &PeerView::Reachable(Box::new(seen))), plan)
    }

    pub fn look_at_a_pair(&mut self) -> Result<(), Wrong> {
        let links: Vec<_> = self.links.iter().copied().collect();
        let (a, b) = links[self.random.below(links.len())];
        self.judge_pair(a, b)
    }

    /// Nobody says that two machines are in sync that are not; nothing converges silently to different facts.
    fn judge_pair(&self, a: usize, b: usize) -> Result<(), Wrong> {
        let (findings, plan) = self.plan_now(a, b);
        let (here, there) = (&self.machines[a].database, &self.machines[b].database);
        let drifted = !really_drifted(here).is_empty() || !really_drifted(there).is_empty();
        if findings.contains(&Finding::Differs) && drifted {
            return self.wrong(a, format!("drift is told as a mere difference to {b}"));
        }
        if !findings.contains(&Finding::InSync) {
            return Ok(());
        }
        if here.live.digests != there.live.digests {
            return self.wrong(a, format!("in sync with {b}, and the facts differ"));
        }
        if drifted {
            return self.wrong(a, format!("in sync with {b} in spite of drift"));
        }
        if texts(here) != texts(there) {
            return self.wrong(a, format!("in sync with {b}, and the scripts differ"));
        }
        if !plan.is_empty() {
            return self.wrong(a, format!("in sync with {b}, and there is a plan"));
        }
        Ok(())
    }

    /// In the end: every plan is carried out or held, and whoever neither holds nor stands still is equal.
    pub fn judge_peace(&mut self) -> Result<(), Wrong> {
        for &(a, b) in &self.links {
            self.judge_pair(a, b)?;
            let mut quiet = true;
            for (index, peer) in [(a, b), (b, a)] {
                let machine = &self.machines[index];
                let (findings, plan) = self.plan_now(index, peer);
                let answered = self.machines[peer].grants.contains_key(&index);
                if !plan.steps.is_empty()
                    && answered
                    && self.machines[peer].grants[&index] >= driftless::identity::Grant::Pull
                {
                    return self
                        .wrong(index, format!("at rest, and yet {} of {peer} could be taken", plan.steps[0].name));
                }
                let troubles = findings.iter().any(|finding| {
                    matches!(finding, Finding::Halted { .. } | Finding::Drifted { .. } | Finding::Conflict { .. })
                });
                let allowed = answered && machine.may_apply(peer) && !machine.paused;
                quiet &= plan.held.is_empty() && !troubles && allowed && machine.policy != heal::ScriptPolicy::Off;
            }
            if quiet && !self.excused {
                self.judge_equal(a, b)?;
            }
        }
        Ok(())
    }

    fn judge_equal(&self, a: usize, b: usize) -> Result<(), Wrong> {
        let (findings, _) = self.plan_now(a, b);
        if findings.contains(&Finding::InSync) {
            return Ok(());
        }
        self.wrong(a, format!("nothing is held between it and {b}, and yet: {findings:?}"))
    }
}

fn texts(database: &Database) -> BTreeSet<(String, Option<Checksum>)> {
    database.history.applied().map(|row| (row.name.clone(), row.checksum)).collect()
}
