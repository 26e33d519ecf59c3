//! What a person has allowed: a text, on this machine, with the hazards that were shown.
//!
//! Pure. What turns up later and was not shown is no part of it, so that a script approved before it is its turn is held again for
//! what nobody knew of it. Several approvals of one text add up; applying the script uses them up.

use std::collections::{BTreeMap, BTreeSet};

use super::HoldReason;
use crate::hash::Checksum;
use crate::history::{ScriptState, same_script};
use crate::journal::{Entry, Event};

/// Approvals that were not used up, by the script's name.
pub type Approvals = BTreeMap<String, Approved>;

/// An approved text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The text.
    pub checksum: Checksum,
    /// What was shown, as [`HoldReason::hazards`] says it.
    pub hazards: BTreeSet<String>,
}

impl Approved {
    /// Whether this reason was shown to the person.
    pub fn covers(&self, reason: &HoldReason) -> bool {
        covers(&self.hazards, reason)
    }
}

/// Whether these hazards are all that this reason tells of.
pub fn covers(hazards: &BTreeSet<String>, reason: &HoldReason) -> bool {
    let has = |word: &str| hazards.contains(word);
    match reason {
        // which of the two is seen depends on what has changed since; either way it runs once more
        HoldReason::AlreadyHere | HoldReason::AppliedBefore { .. } => has("already_here") || has("applied_before"),
        reason => {
            let told = reason.hazards();
            !told.is_empty() && told.iter().all(|hazard| has(hazard))
        }
    }
}

/// The approvals of these entries that were not used up.
pub fn approvals<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Approvals {
    let mut approved = Approvals::new();
    for entry in entries {
        match &entry.event {
            Event::Approved { script, checksum, hazards, .. } => {
                let known = approved.remove(script.as_str()).filter(|known| known.checksum == *checksum);
                let mut hazards: BTreeSet<String> = hazards.iter().cloned().collect();
                hazards.extend(known.into_iter().flat_map(|known| known.hazards));
                approved.insert(script.to_string(), Approved { checksum: *checksum, hazards });
            }
            Event::Applied { script, .. } => {
                approved.remove(script.as_str());
            }
            _ => {}
        }
    }
    approved
}

/// The approval of the text that is recorded under this very name, if there is one.
pub fn approval_of_text<'a>(approvals: &'a Approvals, name: &str, text: Checksum) -> Option<&'a Approved> {
    approvals.get(name).filter(|approved| approved.checksum == text)
}

/// The approval of this text, if there is one.
pub fn approval_of<'a>(approvals: &'a Approvals, script: &ScriptState) -> Option<&'a Approved> {
    let same = |(name, approved): &(&String, &Approved)| {
        same_script(name, &script.name) && Some(approved.checksum) == script.checksum
    };
    approvals.iter().find(same).map(|(_, approved)| approved)
}

#[cfg(test)]
mod tests {
    use super::super::tests::chain;
    use super::*;
    use crate::script::ScriptName;

    fn approved(text: &str, hazards: &[&str]) -> Event {
        let script = ScriptName::parse("v1_a.sql").expect("a script's name");
        let hazards = hazards.iter().map(|&word| word.to_owned()).collect();
        Event::Approved { script, checksum: Checksum::of(text.as_bytes()), hazards, by: "me".into() }
    }

    fn applied() -> Event {
        let script = ScriptName::parse("v1_a.sql").expect("a script's name");
        Event::Applied { script, checksum: Checksum::of(b"x"), from: None, warnings: 0, transactional: true }
    }

    #[track_caller]
    fn check(events: Vec<Event>, expected: &[&str]) {
        let found: Vec<String> = approvals(&chain(events)).into_values().flat_map(|found| found.hazards).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn approvals_of_one_text_add_up_until_it_is_applied() {
        check(
            vec![approved("x", &["non_transactional"]), approved("x", &["data_loss"])],
            &["data_loss", "non_transactional"],
        );
        check(vec![approved("x", &["non_transactional"]), approved("y", &["data_loss"])], &["data_loss"]);
        check(vec![approved("x", &["data_loss"]), applied()], &[]);
    }

    #[test]
    fn only_what_was_shown_is_allowed() {
        let found = approvals(&chain(vec![approved("x", &["outside_reach", "applied_before", "failed", "blocked"])]));
        let covers = |reason: HoldReason| found["v1_a.sql"].covers(&reason);
        assert!(covers(HoldReason::OutsideReach { reaches: vec![] }));
        assert!(covers(HoldReason::AlreadyHere));
        assert!(!covers(HoldReason::DataLoss { losses: vec![] }));
        assert!(!covers(HoldReason::OtherEffect { facts: vec!["view public.v".into()], depends: vec![] }));
        assert!(!covers(HoldReason::OtherEffect { facts: vec![], depends: vec![] }));
        assert!(!covers(HoldReason::NonTransactional { why: String::new() }));
        // No person's word lets these go on.
        assert!(!covers(HoldReason::Failed { error: String::new() }));
        assert!(!covers(HoldReason::Blocked { by: String::new() }));
    }
}
