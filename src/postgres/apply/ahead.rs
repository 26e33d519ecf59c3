//! The next script's transaction, opened behind the COMMIT of the one before, so that the server has work while we have.
//!
//! What is sent ahead is the opening alone (a clean session, BEGIN, the claim of the row), never a statement of the script, which may do
//! what no ROLLBACK takes back. Nobody is bound to let that script follow. What could go wrong:
//!
//! - The record of the one before fails: its message ends there, its transaction is aborted, and the opening fails in it.
//! - Its COMMIT fails: that transaction is gone and the next one is open. As after every failure, ROLLBACK comes next.
//! - Another script follows, or none: [`Applier::close_ahead`] says ROLLBACK before anything else is done on that connection.
//! - The applier goes away or is killed between the two: the server rolls back what nobody is going on with.
//! - The claim fails, or what was prepared is gone: told when the script's turn comes, as if the opening had been sent then.

use std::fmt;

use super::pipeline::Coming;
use super::transaction::{is_measured, keeps_no_statements};
use super::{Applier, ApplyError, Job};
use crate::hash::Checksum;
use crate::script::Isolation;

/// A transaction that is open before its script's turn.
pub(super) struct Ahead {
    name: String,
    checksum: Checksum,
    /// The answer to its opening.
    pub(super) coming: Coming,
}

impl Ahead {
    pub(super) fn of(job: &Job, coming: Coming) -> Self {
        Self { name: job.script.name.to_string(), checksum: job.script.checksum(), coming }
    }

    fn is_for(&self, job: &Job) -> bool {
        self.name == job.script.name.as_str() && self.checksum == job.script.checksum() && opens_plainly(job)
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Applier {
    /// Ends the transaction that was opened ahead, unless it is this script's.
    pub(super) async fn close_ahead(&mut self, but_for: Option<&Job>) -> Result<(), ApplyError> {
        match self.ahead.take_if(|ahead| !but_for.is_some_and(|job| ahead.is_for(job))) {
            Some(_) if !self.work.is_closed() => self.roll_back().await,
            _ => Ok(()),
        }
    }
}

/// Whether `next` may be opened behind the COMMIT of `job`, before anybody has decided that it runs: nothing of ours has to be done
/// between the two, and nothing that either does with statements that are prepared touches ours.
pub(super) fn may_open(job: &Job, next: &Job) -> bool {
    !keeps_no_statements(job) && opens_plainly(next)
}

/// Whether nothing is needed before its opening, which may be older than its turn.
fn opens_plainly(job: &Job) -> bool {
    job.from.is_none()
        && job.analysis.transactional
        && job.analysis.problems.is_empty()
        && job.analysis.isolation == Isolation::ReadCommitted
        && !keeps_no_statements(job)
        && !is_measured(job)
}
