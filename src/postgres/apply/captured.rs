//! Recording a script whose effect is here already: drift that was captured. Nothing is run.

use super::{Applier, ApplyError};
use crate::journal::{Effect, Entry};
use crate::schema::{Digests, Model, changed_ids};
use crate::script::Script;

impl Applier {
    /// Records a captured script as applied, if what it says is still what has drifted: `recorded` and `live` are what it was made
    /// from. `None`: they have moved meanwhile, and nothing was written.
    pub async fn record_captured(
        &mut self,
        script: &Script,
        transactional: bool,
        recorded: &Digests,
        live: &Model,
    ) -> Result<Option<u64>, ApplyError> {
        let now = self.reading.model.digests();
        if self.folded.recorded != *recorded || now != live.digests() {
            return Ok(None);
        }
        let effect: Effect = changed_ids(recorded, &now)
            .map(|(id, _)| {
                let mut touched = crate::journal::touched(None, live.fact(&id));
                touched.before = recorded.get(&id).copied();
                (id, touched)
            })
            .collect();
        let entry = self.table.record_captured(&mut self.work.client, script, transactional, effect).await?;
        self.history = self.table.load(&self.work.client).await?;
        self.catch_up(entry.seq).await?;
        let Entry { seq, .. } = *self.push(entry);
        Ok(Some(seq))
    }
}
