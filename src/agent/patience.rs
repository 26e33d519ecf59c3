//! How long a peer that wasted this machine's time is left alone, so that the other peers are healed from meanwhile.
//!
//! Peers are healed from one after the other, because scripts are applied one after the other. One that stalls, drips its answers or
//! hands out scripts that run for ever and fail would have everybody else wait for it. So whoever has cost time for nothing is not
//! asked again for at least [`SHARE`] times as long, longer each time, and comes after the others. Nothing is forgotten: `status`
//! shows why it did not answer, and it is asked again.
//!
//! A script that takes long need not mean ill, and nobody can tell beforehand. So where there are other peers, a script gets a
//! [`TURN`] first; when that has run out it is rolled back, the others are served for as long, and it gets a turn twice as long.

use std::time::Duration;

use tokio::time::Instant;

/// What was faster than this has cost nothing: a script that fails is mended and tried again at once.
const FAST: Duration = Duration::from_secs(5);
/// A peer that only costs time gets at most one part in so many (and one) of it.
const SHARE: u32 = 5;
/// No pause because of a single waste is longer, unless the waste itself was.
const LONGEST: Duration = Duration::from_secs(120);

/// How long a script may run at first where other peers may wait.
const TURN: Duration = Duration::from_secs(30);
/// A turn that is not shorter than this is as long as it takes, up to the limits that every script has.
const LONGEST_TURN: Duration = Duration::from_secs(480);

/// How long a peer that broke the protocol is left alone.
const OFFENDED: Duration = Duration::from_secs(2);

/// What is remembered of one peer.
#[derive(Debug, Default)]
pub(super) struct Patience {
    wasted: u32,
    /// How many turns in a row have run out.
    turns: u32,
    until: Option<Instant>,
}

impl Patience {
    /// How often in a row it has cost time for nothing: whoever has done so less comes first.
    pub(super) fn strikes(&self) -> u32 {
        self.wasted
    }

    /// Whether it is to be left alone now.
    pub(super) fn is_tried(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// How long a script of its may run now if others may wait; `None`: as long as any.
    pub(super) fn turn(&self) -> Option<Duration> {
        Some(TURN * 2u32.saturating_pow(self.turns.min(8))).filter(|turn| *turn < LONGEST_TURN)
    }

    /// Its turn has run out, after this long.
    pub(super) fn ran_out(&mut self, now: Instant, took: Duration) {
        (self.wasted, self.turns) = (self.wasted.saturating_add(1), self.turns.saturating_add(1));
        self.until = Some(now + took);
    }

    /// Healing from it could not be finished: the others come first the next time.
    pub(super) fn blame(&mut self) {
        self.wasted = self.wasted.saturating_add(1);
    }

    /// It broke the protocol: it is asked again, but not at every sign that it gives, so that it fills no log.
    pub(super) fn offend(&mut self, now: Instant) {
        self.until = self.until.max(Some(now + OFFENDED));
    }

    /// What came of asking it, and how long that took.
    pub(super) fn note(&mut self, now: Instant, took: Duration, for_nothing: bool) {
        if !for_nothing {
            *self = Self::default();
        } else if took >= FAST {
            let growing = took * 2u32.saturating_pow(self.wasted.min(8));
            self.until = Some(now + growing.min(LONGEST).max(took * SHARE));
            self.wasted = self.wasted.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wastes_time_gets_a_small_part_of_it() {
        let (start, took) = (Instant::now(), Duration::from_secs(10));
        let (mut patience, mut now, mut spent) = (Patience::default(), start, Duration::ZERO);
        while now < start + Duration::from_secs(3_600) {
            if patience.is_tried(now) {
                now += Duration::from_secs(1);
                continue;
            }
            now += took;
            spent += took;
            patience.note(now, took, true);
        }
        assert!(spent * (SHARE + 1) < now - start + took * SHARE, "{spent:?}");
        patience.note(now, took, false);
        assert!(!patience.is_tried(now) && patience.strikes() == 0);
        patience.note(now, Duration::from_millis(3), true);
        assert!(!patience.is_tried(now), "a refusal costs nothing");
    }

    #[test]
    fn a_long_script_gets_longer_turns_and_the_others_theirs() {
        let mut now = Instant::now();
        let (mut patience, mut turns) = (Patience::default(), Vec::new());
        while let Some(turn) = patience.turn() {
            turns.push(turn.as_secs());
            now += turn;
            patience.ran_out(now, turn);
            now += turn - Duration::from_secs(1);
            assert!(patience.is_tried(now), "the others have as long");
            now += Duration::from_secs(1);
            assert!(!patience.is_tried(now), "and no longer");
        }
        assert_eq!(turns, [30, 60, 120, 240]);
        patience.note(now, Duration::from_secs(300), false);
        assert_eq!(patience.turn(), Some(TURN));
    }
}
