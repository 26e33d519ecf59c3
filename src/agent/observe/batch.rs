//! A batch on the connection of whoever looked before it, and what the next look takes over from it.
//!
//! What could go wrong: the batch ends in an error, and the connection with it; the next look opens a new one.

use super::{Live, ObserveError, Observer};
use crate::agent::Machine;
use crate::agent::machine::MachineError;
use crate::heal::Remembered;
use crate::journal::{Entry, Event};
use crate::postgres::apply::{Applier, Finished, Options};
use crate::postgres::journal_table;
use crate::postgres::lock::Holder;
use std::sync::Arc;

impl Observer {
    /// Begins a batch: on the connection on which this looked, unless the machine keeps connections for its batches. Bring back what
    /// the batch's end gives, by [`Observer::end`].
    pub async fn begin(
        &self,
        machine: &Machine,
        options: Options,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Applier, MachineError> {
        let lent = if machine.is_agent() { None } else { self.eye.lock().await.connection.take() };
        machine.applier_on(lent, options, on_wait).await
    }

    /// Takes over what a batch knew at its end, so that the next look need not read it again, and its connections.
    pub async fn end(&self, machine: &Machine, batch: Finished) {
        machine.keep(batch.warm);
        let mut eye = self.eye.lock().await;
        eye.connection = eye.connection.take().or(batch.lent);
        eye.journal.go_on_with(&batch.known.entries);
        eye.live = Some(Arc::new(Live::of(batch.known.reading)));
    }

    /// Appends an entry without effect to the journal of a database that this has looked at.
    pub async fn append(&self, machine: &Machine, event: Event) -> Result<Entry, ObserveError> {
        let mut eye = self.eye.lock().await;
        match &mut eye.connection {
            Some(open) => Ok(journal_table::append_alone(&mut open.connection.client, event).await?),
            None => Ok(machine.append(event).await?),
        }
    }

    /// Has the machine remember where the journal ends.
    pub async fn remember(&self, machine: &Machine, now: Remembered) -> Result<(), MachineError> {
        match &self.eye.lock().await.connection {
            Some(open) => machine.remember(&open.connection, now).await,
            None => Ok(()),
        }
    }
}
