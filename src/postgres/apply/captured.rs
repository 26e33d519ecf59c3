//! Recording a script whose effect is here already: drift that was captured, here or on a peer that drifted alike. Nothing is run.

use super::{Applier, ApplyError};
use crate::heal::{Past, is_own_drift};
use crate::journal::{Effect, Entry, Touched};
use crate::schema::{Digests, FactId, Model, changed_ids};
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
        self.record_found(script, transactional, None, effect).await.map(Some)
    }

    /// Records a peer's script whose effect was made here by hand, too: `effect` is what it did there. `None`: schema or record have moved
    /// meanwhile, and nothing was written.
    pub async fn record_drifted_alike(
        &mut self,
        script: &Script,
        from: &str,
        effect: &Effect,
    ) -> Result<Option<u64>, ApplyError> {
        if self.ended {
            return Err(ApplyError::Ended);
        }
        let live = self.reading.model.digests();
        let past = Past { entries: &self.entries, recorded: &self.folded.recorded, live: &live };
        if self.history.is_applied(script.name.as_str()) || !is_own_drift(&past, effect) {
            return Ok(None);
        }
        let own = |(id, theirs): (&FactId, &Touched)| {
            let definition = self.reading.model.fact(id).map(|fact| fact.attributes.clone());
            (id.clone(), Touched { definition, ..theirs.clone() })
        };
        let effect = effect.iter().map(own).collect();
        self.record_found(script, true, Some(from), effect).await.map(Some)
    }

    async fn record_found(
        &mut self,
        script: &Script,
        transactional: bool,
        from: Option<&str>,
        effect: Effect,
    ) -> Result<u64, ApplyError> {
        self.close_ahead(None).await?;
        let entry = self.table.record_captured(&mut self.work.client, script, transactional, from, effect).await?;
        self.history = self.table.load(&self.work.client).await?;
        self.catch_up(entry.seq).await?;
        let Entry { seq, .. } = *self.push(entry);
        Ok(seq)
    }
}
