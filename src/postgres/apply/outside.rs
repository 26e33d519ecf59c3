//! stub
use super::{Applier, ApplyError, Job, Outcome};
impl Applier {
    pub(super) async fn run_outside(&mut self, _job: &Job) -> Result<Outcome, ApplyError> {
        Err(ApplyError::Ended)
    }
}
