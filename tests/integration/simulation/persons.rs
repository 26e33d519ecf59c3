//! What people do to the machines, at any moment: scripts, hands in the schema, approvals, pauses, resets, backups.

use driftless::divergence::Halt;
use driftless::hash::Checksum;
use driftless::heal::MAY_DIFFER;
use driftless::history::same_script;
use driftless::identity::Grant;
use driftless::journal::Event;
use driftless::schema::{Kind, changed_ids};
use driftless::script::ScriptName;

use super::database::{Live, Word, is_transactional, reaches, row};
use super::faults::Fault;
use super::machine::{Job, Machine, Outcome, Task};
use super::truth::Wrong;
use super::world::World;

impl World {
    pub fn person(&mut self, index: usize) -> Result<(), Wrong> {
        let dice = self.random.below(if self.setup.calm { 40 } else { 100 });
        match dice {
            0..22 => return self.write_and_apply(index),
            22..30 => return self.apply_from_repository(index),
            30..40 => self.add_rows(index),
            40..50 => self.change_by_hand(index),
            50..62 => self.approve(index),
            62..65 => self.pause_or_resume(index),
            65..69 => self.pull_code(index),
            69..76 => self.resume_if_halted(index),
            76..79 => self.reset(index),
            79..82 => self.lose_rows(index),
            82..87 => self.backup(index),
            87..90 => self.restore(index),
            90..94 => self.change_grant(index),
            94..96 => self.repair(index),
            96..97 => self.mark(index),
            _ => self.sync(index),
        }
        Ok(())
    }

    /// Writes a script that would work here now, and applies it.
    fn write_and_apply(&mut self, index: usize) -> Result<(), Wrong> {
        let known =
            self.machines[index].database.history.rows.iter().filter_map(|row| ScriptName::parse(&row.name).ok());
        let newest = known.map(|name| name.version().numbers()[0]).max().unwrap_or_default();
        self.written += 1;
        // Now and then two people think of the same name.
        let common = !self.setup.calm && self.random.once_in(10);
        let name =
            if common { format!("v{}_same.sql", newest + 1) } else { format!("v{}_{}.sql", newest + 1, self.written) };
        let text = self.new_text(index);
        if self.machines[index].database.history.row(&name).is_some() {
            return Ok(());
        }
        self.repository.insert(name.clone(), text.clone());
        self.authored.insert((name.clone(), Checksum::of(text.as_bytes())));
        self.texts.insert(Checksum::of(text.as_bytes()), text.clone());
        self.machines[index].folder.insert((name.clone(), Checksum::of(text.as_bytes())));
        self.apply_by_hand(index, &name, &text)
    }

    /// `git pull`: the script folder holds what the repository holds.
    fn pull_code(&mut self, index: usize) {
        let files = self.repository.iter().map(|(name, text)| (name.clone(), Checksum::of(text.as_bytes())));
        self.machines[index].folder = files.collect();
        self.note(index, "pulls the code", "");
    }

    /// Applies a script that a colleague wrote and that the next `git pull` brought.
    fn apply_from_repository(&mut self, index: usize) -> Result<(), Wrong> {
        // Most of all what the agent is just pulling: the two must not do it twice.
        let busy =
            (0..self.machines.len()).find(|&at| self.machines[at].task.as_ref().is_some_and(|t| !t.pulls().is_empty()));
        let index = busy.unwrap_or(index);
        let pulling = self.machines[index].task.as_ref().map(Task::pulls).unwrap_or_default();
        let wanted = |name: &String| pulling.is_empty() || pulling.contains(name);
        let pending: Vec<(String, String)> = self
            .repository
            .iter()
            .filter(|(name, _)| wanted(name) && !self.machines[index].database.history.is_applied(name))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        match self.random.pick(&pending).cloned() {
            Some((name, text)) => {
                self.pull_code(index);
                self.apply_by_hand(index, &name, &text)
            }
            None => Ok(()),
        }
    }

    /// `apply FILE --yes`: the hazards are printed and accepted.
    fn apply_by_hand(&mut self, index: usize, name: &str, text: &str) -> Result<(), Wrong> {
        let machine = &mut self.machines[index];
        let busy = machine.task.as_ref().is_some_and(Task::holds_lock);
        if busy && !machine.has(Fault::NoLock) {
            self.note(index, "waits for the lock with", name);
            return Ok(());
        }
        if busy {
            return self.wrong(index, "two batches are at work in one database".into());
        }
        let mut applier = machine.begin();
        if machine.look().halted.is_some() {
            return Ok(());
        }
        let job = Job { name, text, from: None, expected: None, shown: None, bootstrap: false };
        let outcome = machine.apply(&mut applier, &job);
        match outcome {
            Outcome::Applied(committed) => {
                self.note(index, "applies", name);
                self.committed(index, &committed);
                self.machines[index].remember();
            }
            Outcome::Failed => self.note(index, "fails by hand with", name),
            _ => {}
        }
        Ok(())
    }

    fn new_text(&mut self, index: usize) -> String {
        let mut lines = Vec::new();
        if !self.setup.calm {
            if self.random.once_in(25) {
                lines.push("-- outside".to_owned());
            }
            if self.random.once_in(25) {
                lines.push("-- reach".to_owned());
            }
        }
        for _ in 0..=self.random.below(3) {
            let live = &self.machines[index].database.live;
            lines.push(new_statement(&mut self.random, live, self.setup.calm));
        }
        self.written += 1;
        lines.push(format!("-- {}", self.written));
        lines.join("\n")
    }

    fn add_rows(&mut self, index: usize) {
        let live = &mut self.machines[index].database.live;
        let tables = live.tables();
        if let Some(table) = self.random.pick(&tables)
            && let Ok(ran) = live.run(&format!("rows {table} 2"))
        {
            *live = ran.live;
        }
    }

    /// Somebody changes the schema in a query window, and sometimes forgets the script.
    fn change_by_hand(&mut self, index: usize) {
        let database = &mut self.machines[index].database;
        let text = if self.random.once_in(3) { undo_one(&database.folded.recorded, &database.live) } else { None };
        let text = text.unwrap_or_else(|| new_statement(&mut self.random, &database.live, false));
        let Ok(ran) = database.live.run(&text) else { return };
        let touched: Vec<_> = changed_ids(&database.live.digests, &ran.live.digests).map(|(id, _)| id).collect();
        database.truth.by_hand.extend(touched);
        database.live = ran.live;
        self.note(index, "changes by hand", text);
    }

    /// `heal --approve`: of what waits, in sight of what its peers have.
    fn approve(&mut self, index: usize) {
        let mut waiting = Vec::new();
        let local = self.machines[index].look();
        for peer in self.peers(index) {
            if self.cut.contains(&super::world::pair(index, peer)) || !self.machines[peer].grants.contains_key(&index) {
                continue;
            }
            let there = self.machines[peer].look();
            let plan = driftless::heal::plan(&local, &there, &self.machines[index].inputs(peer, &there.scripts, false));
            for held in local.held.iter().chain(&plan.held) {
                let script = there.scripts.iter().find(|script| same_script(&script.name, &held.name));
                if let Some(checksum) = script.and_then(|script| script.checksum) {
                    // what the text alone tells is shown, too, in whatever order the scripts come
                    let text = self.machines[peer].database.texts.get(&held.name);
                    let told = text.into_iter().flat_map(|text| {
                        let outside = (!is_transactional(text)).then(|| "non_transactional".to_owned());
                        reaches(text).then(|| "outside_reach".to_owned()).into_iter().chain(outside)
                    });
                    // whoever lets facts differ gives up what the simulation looks for in the end
                    let seen = held.reason.hazards().into_iter().filter(|hazard| !hazard.starts_with(MAY_DIFFER));
                    let hazards: Vec<String> = seen.chain(told).collect();
                    waiting.push((held.name.clone(), checksum, hazards));
                }
            }
        }
        let Some((name, checksum, hazards)) = self.random.pick(&waiting).cloned() else { return };
        let ambiguous = waiting.iter().any(|(other, text, _)| *other == name && *text != checksum);
        let Ok(script) = ScriptName::parse(&name) else { return };
        if ambiguous || self.machines[index].database.history.is_applied(&name) {
            return;
        }
        let database = &mut self.machines[index].database;
        database.append(
            Event::Approved { script, checksum, hazards: hazards.clone(), by: "me".into() },
            Default::default(),
        );
        database.truth.words.push(Word { name: name.clone(), checksum, hazards });
        self.note(index, "approves", name);
    }

    fn pause_or_resume(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        machine.paused = !machine.paused;
        let what = if machine.paused { "pauses" } else { "resumes" };
        self.note(index, what, "");
    }

    /// `heal --resume`: the history counts as it is.
    fn resume_if_halted(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        let halted = machine.halt();
        if halted.is_none() {
            return;
        }
        let known: Vec<String> = machine.database.history.applied().map(|row| row.name.clone()).collect();
        accept_past(machine, &known);
        machine.database.append(Event::Resumed { known }, Default::default());
        machine.remember();
        self.excused |= matches!(halted, Some(Halt::HistoryReset | Halt::RowsVanished { .. } | Halt::AnotherDatabase));
        self.note(index, "accepts the past", format!("{halted:?}"));
    }

    fn reset(&mut self, index: usize) {
        if !self.random.once_in(3) {
            return;
        }
        let machine = &mut self.machines[index];
        machine.database.history.rows.clear();
        machine.database.texts.clear();
        machine.database.attempts.clear();
        machine.database.append(Event::Reset, Default::default());
        machine.database.truth.reset = true;
        self.note(index, "resets", "");
    }

    /// TRUNCATE or DELETE by hand.
    fn lose_rows(&mut self, index: usize) {
        let all = self.random.once_in(2);
        let machine = &mut self.machines[index];
        let rows = &mut machine.database.history.rows;
        let Some(at) = rows.iter().position(|row| row.success) else { return };
        if all {
            rows.clear();
        } else {
            rows.remove(at);
        }
        self.note(index, "loses rows", "");
    }

    fn backup(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        machine.backups.push(machine.database.clone());
        self.note(index, "saves a backup", "");
    }

    /// An old backup is restored, or another database stands behind the URL.
    fn restore(&mut self, index: usize) {
        let machine = &mut self.machines[index];
        let Some(backup) = machine.backups.first().cloned() else { return };
        // pg_restore ends every session.
        machine.task = None;
        machine.database = backup;
        let known = machine.remembered.as_ref().is_none_or(|remembered| {
            remembered.database == machine.database.id
                && machine.database.entries.iter().any(|entry| entry.head() == remembered.head)
        });
        machine.rewound = !known;
        machine.tries.clear();
        self.note(index, "restores", if known { "unseen" } else { "" });
    }

    fn change_grant(&mut self, index: usize) {
        let peers = self.peers(index);
        let Some(&peer) = self.random.pick(&peers) else { return };
        let grant = [None, Some(Grant::Status), Some(Grant::Pull), Some(Grant::Apply), Some(Grant::Apply)]
            [self.random.below(5)];
        let grants = &mut self.machines[index].grants;
        match grant {
            Some(grant) => grants.insert(peer, grant),
            None => grants.remove(&peer),
        };
        self.note(index, "grants", format!("{peer} {grant:?}"));
    }

    /// `history repair`: another text for what is applied here; most of all for what somebody has approved elsewhere.
    fn repair(&mut self, index: usize) {
        let approved: Vec<String> = self
            .machines
            .iter()
            .flat_map(|machine| &machine.database.truth.words)
            .map(|word| word.name.clone())
            .collect();
        let applied: Vec<String> =
            self.machines[index].database.truth.ran.iter().map(|(name, _)| name.clone()).collect();
        let wanted: Vec<String> = applied.iter().filter(|name| approved.contains(name)).cloned().collect();
        let Some(name) = self.random.pick(if wanted.is_empty() { &applied } else { &wanted }).cloned() else { return };
        self.written += 1;
        let database = &mut self.machines[index].database;
        let (Some(text), Ok(script)) = (database.texts.get_mut(&name), ScriptName::parse(&name)) else { return };
        if !database.history.is_applied(&name) {
            return;
        }
        text.push_str(&format!("\n-- {}", self.written));
        let checksum = Checksum::of(text.as_bytes());
        self.authored.insert((name.clone(), checksum));
        self.texts.insert(checksum, text.clone());
        for row in database.history.rows.iter_mut().filter(|row| row.name == name) {
            row.checksum = Some(checksum);
        }
        for ran in database.truth.ran.iter_mut().filter(|ran| ran.0 == name) {
            ran.1 = checksum;
        }
        database.append(Event::Repaired { script, checksum }, Default::default());
        self.note(index, "repairs", name);
    }

    /// `history mark-applied`.
    fn mark(&mut self, index: usize) {
        let database = &mut self.machines[index].database;
        let pending: Vec<(&String, &String)> =
            self.repository.iter().filter(|(name, _)| !database.history.is_applied(name)).collect();
        let Some(&(name, text)) = self.random.pick(&pending) else { return };
        let checksum = Checksum::of(text.as_bytes());
        database.put_row(row(name, checksum, None, None));
        database.texts.insert(name.clone(), text.clone());
        database.attempts.retain(|attempt| attempt.name != *name);
        database.truth.ran.retain(|(known, _)| known != name);
        database.truth.marked.insert(name.clone());
        database.append(Event::Marked { script: name.clone(), checksum: Some(checksum) }, Default::default());
        self.excused = true;
        let name = name.clone();
        self.note(index, "marks", name);
    }

    /// `sync`: what came to nothing is tried again.
    fn sync(&mut self, index: usize) {
        let peers = self.peers(index);
        if let Some(&peer) = self.random.pick(&peers) {
            self.begin_cycle_with(index, peer, true);
        }
    }
}

/// A person takes the history as it is: what it does not tell may be run again.
fn accept_past(machine: &mut Machine, known: &[String]) {
    machine.rewound = false;
    let database = &mut machine.database;
    let super::database::Truth { ran, marked, reset, .. } = &mut database.truth;
    ran.retain(|(name, _)| super::world::holds(known, name) && !marked.contains(name));
    marked.retain(|name| super::world::holds(known, name));
    *reset = false;
    machine.remembered = None;
    machine.tries.clear();
}

fn new_statement(random: &mut super::random::Random, live: &Live, calm: bool) -> String {
    let (tables, columns) = (live.tables(), live.columns());
    let table = random.pick(&tables).cloned();
    let column = random.pick(&columns).cloned();
    let kind = ["integer", "bigint", "text"][random.below(3)];
    let letter = ["a", "b", "c", "d", "e", "f"][random.below(6)];
    let dice = random.below(if calm { 6 } else { 16 });
    match (dice, table, column) {
        (0 | 1, ..) | (_, None, _) => format!("table t{}", random.below(6)),
        (2..=5, Some(table), _) | (_, Some(table), None) => format!("column {table} {letter} {kind}"),
        (6 | 7, _, Some(column)) => format!("retype {column} {kind}"),
        (8, _, Some(column)) => format!("unique {column}"),
        (9 | 10, _, Some(column)) => format!("drop_column {column}"),
        (11, Some(table), _) => format!("drop_table {table}"),
        (12, Some(table), _) => format!("delete {table}"),
        (13, Some(table), _) => format!("warn_rows {table}"),
        (14, Some(table), _) => format!("if_rows {table} column {table} {letter} {kind}"),
        (_, Some(table), _) => format!("rows {table} 2"),
    }
}

/// The statement that undoes one change made by hand, where it was an addition.
fn undo_one(recorded: &driftless::schema::Digests, live: &Live) -> Option<String> {
    let (id, _) = changed_ids(recorded, &live.digests).find(|(id, _)| !recorded.contains_key(id))?;
    match id.kind {
        Kind::Column => Some(format!("drop_column {}", id.name)),
        Kind::Table => Some(format!("drop_table {}", id.name)),
        _ => None,
    }
}
