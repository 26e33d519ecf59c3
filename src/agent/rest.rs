//! The agent at rest: where nothing has moved for a while, what a large schema takes in memory is forgotten and given back.
//!
//! Start at [`Rest::may_begin`]. What the agent goes on knowing is what tells that nothing moves, and what it says of itself to peers; the
//! first thing that moves makes it read everything again, which for thousands of tables takes part of a second. Hence only where much is
//! kept. What could go wrong: other sessions write without end, so that nothing ever seems still; the looks at rest see through that
//! (`Observer::is_at_rest`).

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::observe::Observation;

/// After so much stillness the agent rests.
const AFTER: Duration = Duration::from_secs(10);
/// Where its schema has more facts than this.
const ABOVE: usize = 5_000;

/// How still it is.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Since when nothing has moved.
    still_since: Option<Instant>,
    begun: bool,
    /// Whether what was forgotten is still kept from the system.
    holds_memory: bool,
}

impl Rest {
    /// Whether nothing has moved for a while, and much is kept for it. Drift is watched over: it may become a script by itself.
    pub(super) fn may_begin(&mut self, local: &Observation) -> bool {
        let still_since = *self.still_since.get_or_insert_with(Instant::now);
        still_since.elapsed() >= AFTER && local.live.digests.len() > ABOVE && local.state.drift.is_empty()
    }

    /// Everything has been forgotten.
    pub(super) fn begin(&mut self) {
        (self.begun, self.holds_memory) = (true, true);
        tracing::debug!("at rest");
    }

    /// Whether it ends where something has moved.
    pub(super) fn ends(&self) -> bool {
        self.begun
    }

    /// Gives what was forgotten back to the system, once. mimalloc looks through the pages of a thread once in ten thousand allocations of
    /// some size, and gives up those that have been free for a second where a thread ends: at rest neither would happen for a long time.
    pub(super) async fn give_back(&mut self) {
        if !std::mem::take(&mut self.holds_memory) {
            return;
        }
        look_through_pages();
        // Each holds its worker for a moment, so that no two of them meet on one.
        let workers = (0..Handle::current().metrics().num_workers()).map(|_| {
            tokio::spawn(async {
                look_through_pages();
                std::thread::sleep(Duration::from_millis(5));
            })
        });
        futures_util::future::join_all(workers.collect::<Vec<_>>()).await;
        sleep(Duration::from_millis(1_500)).await;
        let _ = tokio::task::spawn_blocking(|| std::thread::spawn(look_through_pages).join()).await;
    }
}

/// A fraction of a millisecond.
fn look_through_pages() {
    (0..20_000).for_each(|_| drop(std::hint::black_box(Vec::<u8>::with_capacity(2_000))));
}
