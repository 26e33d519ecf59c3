//! Pending scripts that have done here already what they would do, so that running them again would be wrong.
//!
//! Two kinds of evidence. The own journal remembers what was applied before the history was reset, emptied or restored: such
//! scripts never run again unasked, whatever they did. And the live schema may hold a script's effect without any record of it (a
//! copied database, a change made by hand first): a peer's journal tells before and after of each fact. What could go wrong: a
//! database that was emptied must be filled again, so facts that are all gone void the memory; and a fact that was there
//! before and after proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::HoldReason;
use crate::hash::Digest;
use crate::history::{MigrationHistory, ScriptState, same_script, stem};
use crate::journal::{self, Effect, Entry, Event};
use crate::schema::{Digests, FactId, Kind};

/// What is known of the own database.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The journal.
    pub entries: &'a [Entry],
    /// What baseline and scripts left, as the journal tells it.
    pub recorded: &'a Digests,
    /// What is there.
    pub live: &'a Digests,
}

/// The entries after the last reset of the history, or the last word to go on: approvals given before were for another history.
pub fn since_resumed(entries: &[Entry]) -> &[Entry] {
    let last = entries.iter().rposition(|entry| matches!(entry.event, Event::Reset | Event::Resumed { .. }));
    &entries[last.map_or(0, |at| at + 1)..]
}

/// Scripts that the journal knows as applied once and the history no longer holds, in the order in which they were applied;
/// none where all that they left is gone.
pub fn forgotten(past: &Past<'_>, history: &MigrationHistory) -> Vec<ScriptState> {
    let kept = |entry: &&Entry| !matches!(entry.event, Event::Reset | Event::Resumed { .. });
    let mut once = journal::scripts(past.entries.iter().filter(kept));
    once.retain(|script| !history.is_applied(&script.name));
    let left: BTreeSet<&FactId> = once
        .iter()
        .filter_map(|script| effect_of(past.entries, script))
        .flat_map(|effect| effect.keys())
        .filter(|id| past.recorded.contains_key(id))
        .collect();
    let emptied = !left.is_empty() && left.iter().all(|id| !past.live.contains_key(id));
    if emptied { Vec::new() } else { once }
}

/// The effect that a machine's journal holds of a script that it has applied.
pub fn effect_of<'a>(entries: &'a [Entry], script: &ScriptState) -> Option<&'a Effect> {
    let at = entries.binary_search_by_key(&script.entry?, |entry| entry.seq).ok()?;
    Some(&entries[at].effect)
}

/// Why each of these scripts, all pending here and in the order in which they would run, is not to be run: by stem. `effect` tells
/// what a script did where it was applied.
pub fn already(
    past: &Past<'_>,
    history: &MigrationHistory,
    pending: &[(&str, Option<&Effect>)],
) -> BTreeMap<String, HoldReason> {
    if pending.is_empty() {
        return BTreeMap::new();
    }
    let forgotten = forgotten(past, history);
    let mut found = BTreeMap::new();
    for (name, _) in &pending[..seen_in_facts(past.live, pending)] {
        found.insert(stem(name).to_owned(), HoldReason::AlreadyHere);
    }
    for (name, _) in pending {
        if let Some(script) = forgotten.iter().find(|script| same_script(&script.name, name)) {
            found.insert(stem(name).to_owned(), remembered(past, script));
        }
    }
    found
}

/// A script that this database has run: whether what it left still stands.
fn remembered(past: &Past<'_>, script: &ScriptState) -> HoldReason {
    let Some(effect) = effect_of(past.entries, script).filter(|effect| !effect.is_empty()) else {
        return HoldReason::AppliedBefore { changed: Vec::new() };
    };
    let moved = effect.keys().filter(|id| past.live.get(id) != past.recorded.get(id));
    let changed: Vec<String> = moved.map(ToString::to_string).collect();
    if changed.is_empty() { HoldReason::AlreadyHere } else { HoldReason::AppliedBefore { changed } }
}

/// How many of these scripts, from the first, the live facts show as done: the longest run after which every fact that the run
/// changes in all stands as the run leaves it.
fn seen_in_facts(live: &Digests, pending: &[(&str, Option<&Effect>)]) -> usize {
    let mut net: BTreeMap<&FactId, (Option<Digest>, Option<Digest>)> = BTreeMap::new();
    let (mut standing, mut missing): (BTreeSet<&FactId>, BTreeSet<&FactId>) = Default::default();
    let mut seen = 0;
    for (number, (_, effect)) in (1..).zip(pending) {
        let Some(effect) = effect else { break };
        let mut shows = false;
        for (id, touched) in *effect {
            let change = net.entry(id).or_insert((touched.before, touched.after));
            change.1 = touched.after;
            standing.remove(id);
            missing.remove(id);
            if change.0 == change.1 {
                continue;
            }
            if live.get(id).copied() == change.1 {
                standing.insert(id);
                shows |= !is_common(id);
            } else {
                missing.insert(id);
            }
        }
        if shows && missing.is_empty() {
            seen = number;
        }
    }
    seen
}

/// Whether an effect is what was changed by hand here, too: each of its facts was recorded as it was there before, and is live as it was
/// there afterwards. Then one script heals both machines, and is recorded here instead of run.
pub fn is_own_drift(past: &Past<'_>, effect: &Effect) -> bool {
    let drifted_alike = |(id, touched): (&FactId, &journal::Touched)| {
        touched.before != touched.after
            && past.recorded.get(id).copied() == touched.before
            && past.live.get(id).copied() == touched.after
    };
    !effect.is_empty() && effect.iter().all(drifted_alike)
}

/// Extensions and schemas are often there before the first script: alone they prove nothing.
fn is_common(id: &FactId) -> bool {
    matches!(id.kind, Kind::Extension | Kind::Schema | Kind::Comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Checksum;
    use crate::history::HistoryRow;
    use crate::journal::{Folded, Head, Touched};

    fn id(name: &str) -> FactId {
        FactId::new(Kind::Column, format!("public.t.{name}"))
    }

    /// `name before after`, a word for each digest, `-` for none.
    fn effect(changes: &[(&str, &str, &str)]) -> Effect {
        let digest = |word: &str| (word != "-").then(|| Digest::of(word.as_bytes()));
        let touched = |before, after| Touched { before: digest(before), after: digest(after), definition: None };
        changes.iter().map(|(name, before, after)| (id(name), touched(before, after))).collect()
    }

    fn journal(events: Vec<(Event, Effect)>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for (event, effect) in events {
            let head = entries.last().map_or(Head::EMPTY, Entry::head);
            entries.push(Entry::after(head, 0, event, effect));
        }
        entries
    }

    fn applied(name: &str, effect: Effect) -> (Event, Effect) {
        let script = crate::script::ScriptName::parse(name).expect("a script's name");
        let checksum = Checksum::of(name.as_bytes());
        (Event::Applied { script, checksum, from: None, warnings: 0, transactional: true }, effect)
    }

    fn digests(facts: &[(&str, &str)]) -> Digests {
        facts.iter().map(|(name, word)| (id(name), Digest::of(word.as_bytes()))).collect()
    }

    #[track_caller]
    fn check(own: Vec<(Event, Effect)>, live: &[(&str, &str)], pending: &[(&str, Effect)], expected: &[&str]) {
        let (entries, live) = (journal(own), digests(live));
        let recorded = Folded::of(&entries).recorded;
        let past = Past { entries: &entries, recorded: &recorded, live: &live };
        let pending: Vec<(&str, Option<&Effect>)> = pending.iter().map(|(name, e)| (*name, Some(e))).collect();
        let found = already(&past, &MigrationHistory { rows: Vec::<HistoryRow>::new() }, &pending);
        let shown: Vec<String> = found
            .iter()
            .map(|(name, reason)| match reason {
                HoldReason::AlreadyHere => format!("{name} here"),
                HoldReason::AppliedBefore { changed } => format!("{name} before {changed:?}"),
                other => format!("{name} {other:?}"),
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_was_applied_before_a_reset_is_not_run_again() {
        let a = || effect(&[("a", "-", "1")]);
        let story =
            || vec![applied("v1_a.sql", a()), applied("v2_rows.sql", Effect::new()), (Event::Reset, Effect::new())];
        let again = [("v1_a.sql", a()), ("v2_rows.sql", Effect::new()), ("v3_new.sql", effect(&[("b", "-", "1")]))];
        check(story(), &[("a", "1")], &again, &["v1_a here", "v2_rows before []"]);
        check(story(), &[("a", "2")], &again, &["v1_a before [\"column public.t.a\"]", "v2_rows before []"]);
        // Everything that they left is gone: the database was emptied, and is filled again.
        check(story(), &[], &again, &[]);
    }

    #[test]
    fn a_later_script_may_have_undone_an_earlier_one() {
        let (add, drop) = (|| effect(&[("a", "-", "1")]), || effect(&[("a", "1", "-"), ("b", "-", "1")]));
        let story = vec![applied("v1_a.sql", add()), applied("v2_b.sql", drop()), (Event::Reset, Effect::new())];
        let again = [("v1_a.sql", add()), ("v2_b.sql", drop())];
        check(story, &[("b", "1")], &again, &["v1_a here", "v2_b here"]);
    }

    #[test]
    fn live_facts_show_what_was_done_without_a_record() {
        let scripts = || {
            [
                ("v1_a.sql", effect(&[("a", "-", "1")])),
                ("v2_rows.sql", Effect::new()),
                ("v3_b.sql", effect(&[("a", "1", "2"), ("b", "-", "1")])),
                ("v4_c.sql", effect(&[("c", "-", "1")])),
            ]
        };
        check(vec![], &[("a", "2"), ("b", "1")], &scripts(), &["v1_a here", "v2_rows here", "v3_b here"]);
        check(vec![], &[("a", "1")], &scripts(), &["v1_a here"]);
        check(vec![], &[("a", "3"), ("b", "1")], &scripts(), &[]);
        check(vec![], &[], &scripts(), &[]);
    }

    #[test]
    fn facts_that_end_as_they_were_prove_nothing() {
        let there_and_back = [("v1_a.sql", effect(&[("a", "1", "2")])), ("v2_a.sql", effect(&[("a", "2", "1")]))];
        check(vec![], &[("a", "1")], &there_and_back, &[]);
        let made_and_dropped = [("v1_a.sql", effect(&[("a", "-", "1")])), ("v2_a.sql", effect(&[("a", "1", "-")]))];
        check(vec![], &[], &made_and_dropped, &[]);
    }

    #[track_caller]
    fn check_drift(recorded: &[(&FactId, u8)], live: &[(&FactId, u8)], effect: &Effect, expected: bool) {
        let digests = |facts: &[(&FactId, u8)]| -> Digests {
            facts.iter().map(|(id, byte)| ((*id).clone(), Digest::of(&[*byte]))).collect()
        };
        let (recorded, live) = (digests(recorded), digests(live));
        let past = Past { entries: &[], recorded: &recorded, live: &live };
        assert_eq!(is_own_drift(&past, effect), expected);
    }

    #[test]
    fn a_peers_script_can_be_what_was_done_here_by_hand() {
        let (a, b) = (FactId::new(Kind::Column, "public.t.a"), FactId::new(Kind::Column, "public.t.b"));
        let touched = |before: Option<u8>, after: Option<u8>| {
            let digest = |byte: Option<u8>| byte.map(|byte| Digest::of(&[byte]));
            journal::Touched { before: digest(before), after: digest(after), definition: None }
        };
        // a rename: one goes, the other comes
        let effect: Effect =
            [(a.clone(), touched(Some(1), None)), (b.clone(), touched(None, Some(1)))].into_iter().collect();
        check_drift(&[(&a, 1)], &[(&b, 1)], &effect, true);
        check_drift(&[(&a, 1)], &[(&a, 1)], &effect, false);
        check_drift(&[(&a, 1)], &[(&b, 2)], &effect, false);
        // it was here before, by a script: that proves nothing of hands
        check_drift(&[(&b, 1)], &[(&b, 1)], &effect, false);
        check_drift(&[], &[], &Effect::new(), false);
    }
}
