//! When drift becomes a script by itself: it only adds, nobody has changed the schema for a while, and a person wants it so
//! (`[heal] drift = "capture"`). Everything else is reported.
//!
//! What could go wrong: a person in the middle of trying something out; hence the pause, which starts anew with each change.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::HealDrift;
use crate::divergence::{DriftedFact, NodeState};
use crate::hash::Fingerprint;

use super::Machine;
use super::capture::{self, CaptureError};
use super::observe::Observation;

/// How long nothing may have changed.
const QUIET: Duration = Duration::from_secs(60);

/// What is known of the drift that was last seen.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// The schema, and since when it is so.
    quiet: Option<(Fingerprint, Instant)>,
    /// The schema whose drift was refused: it is not tried again.
    refused: Option<Fingerprint>,
}

impl Watched {
    /// Captures what has only been added and was left alone for a while. Returns the script's name.
    pub(super) async fn capture(
        &mut self,
        machine: &Machine,
        seen: &Observation,
    ) -> Result<Option<String>, CaptureError> {
        if machine.config.heal_drift != HealDrift::Capture || !seen.initialised {
            return Ok(None);
        }
        let now = Instant::now();
        let NodeState { drift, fingerprint, halted, .. } = &seen.state;
        if halted.is_some() || !self.is_due(drift, *fingerprint, now) {
            return Ok(None);
        }
        match written(machine, seen).await {
            Ok(name) => {
                *self = Self::default();
                Ok(name)
            }
            Err(error) => {
                match error {
                    // what passes by itself is tried again after another while
                    CaptureError::Moved | CaptureError::Machine(_) => self.quiet = Some((seen.state.fingerprint, now)),
                    _ => self.refused = Some(seen.state.fingerprint),
                }
                Err(error)
            }
        }
    }

    /// Whether there is drift that only adds, and has been as it is for long enough.
    fn is_due(&mut self, drift: &[DriftedFact], fingerprint: Fingerprint, now: Instant) -> bool {
        let only_adds = drift.iter().all(|fact| fact.recorded.is_none() && fact.left_by.is_none());
        if drift.is_empty() || !only_adds || self.refused == Some(fingerprint) {
            self.quiet = None;
            return false;
        }
        match self.quiet {
            Some((known, since)) if known == fingerprint => now.duration_since(since) >= QUIET,
            _ => {
                self.quiet = Some((fingerprint, now));
                false
            }
        }
    }
}

async fn written(machine: &Machine, seen: &Observation) -> Result<Option<String>, CaptureError> {
    let Some(draft) = capture::draft(machine, seen, None).await? else { return Ok(None) };
    if !capture::only_adds(&draft.changes) {
        return Ok(None);
    }
    capture::record(machine, &draft).await?;
    Ok(Some(draft.script.name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::schema::{FactId, Kind};

    /// A fact that was another one before (`recorded`), or was not there.
    #[track_caller]
    fn check(watched: &mut Watched, schema: u8, recorded: Option<u8>, at: Instant, due: bool) {
        let digest = |byte: u8| Digest::of(&[byte]);
        let id = FactId::new(Kind::Column, "public.a.b");
        let fact = DriftedFact { id, recorded: recorded.map(digest), live: Some(digest(9)), left_by: None };
        assert_eq!(watched.is_due(&[fact], Fingerprint([schema; 32]), at), due);
    }

    #[test]
    fn additions_are_due_when_they_were_left_alone() {
        let (start, mut watched) = (Instant::now(), Watched::default());
        let after = |seconds| start + Duration::from_secs(seconds);
        check(&mut watched, 1, None, start, false);
        check(&mut watched, 1, None, after(59), false);
        // another change: the pause starts anew
        check(&mut watched, 2, None, after(60), false);
        check(&mut watched, 2, None, after(119), false);
        check(&mut watched, 2, None, after(120), true);
        check(&mut watched, 3, Some(1), after(200), false);
        check(&mut watched, 3, Some(1), after(300), false);
        watched.refused = Some(Fingerprint([4; 32]));
        check(&mut watched, 4, None, after(400), false);
        check(&mut watched, 4, None, after(500), false);
    }
}
