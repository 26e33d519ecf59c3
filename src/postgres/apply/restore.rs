//! Undoing drift: the live schema goes back to what baseline and scripts left, in one transaction with its journal entry.
//!
//! There is no row in the history: nothing was applied, and no peer has anything to take over. It commits only if, read whole inside of the
//! transaction, every fact is the recorded one; so a statement that leads elsewhere costs nothing. What could go wrong: rows and values that
//! hang on what was added by hand; they are measured like those of a script.

use tokio_postgres::types::Type;

use super::failure::ends_session;
use super::losses::{self, Inventory, Suspects};
use super::{Applier, ApplyError, journal_table, session};
use crate::heal::Loss;
use crate::journal::{Event, effect_between};
use crate::postgres::catalog::Reading;
use crate::postgres::lock::Guard;
use crate::schema::{Digests, FactId, changed_ids};
use crate::script::Isolation;

/// What is to be undone, and how.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a> {
    /// The statements, in their order.
    pub statements: &'a [String],
    /// What baseline and scripts left when the statements were written.
    pub recorded: &'a Digests,
    /// What was there then.
    pub live: &'a Digests,
    /// Whether a person has seen what is lost, and wants it all the same.
    pub losses_accepted: bool,
    /// Who.
    pub by: &'a str,
}

/// What came of it. Anything but `Done` has left nothing behind.
#[derive(Debug, Clone)]
pub enum Restored {
    /// The live schema is what was recorded.
    Done {
        /// Number of its journal entry.
        seq: u64,
    },
    /// Schema or record are others than when the statements were written.
    Moved,
    /// Rows or values would be lost.
    Losses(Vec<Loss>),
    /// The server refused a statement.
    Refused {
        /// The statement.
        sql: String,
        /// The server's words.
        error: String,
    },
    /// The statements ran, and these facts are not as they were recorded.
    Left(Vec<FactId>),
}

/// What running came to, the transaction still open.
enum Ran {
    Through(losses::Touched),
    Over(Restored),
}

impl Applier {
    /// Brings the live schema back to what was recorded.
    pub async fn restore(&mut self, restore: &Restore<'_>) -> Result<Restored, ApplyError> {
        if self.ended {
            return Err(ApplyError::Ended);
        }
        self.close_ahead(None).await?;
        if self.folded.recorded != *restore.recorded || self.reading.model.digests() != *restore.live {
            return Ok(Restored::Moved);
        }
        self.inventory = None;
        let oid = self.table.oid(&self.work.client).await?;
        let inventory = Inventory::read(&self.work.client, oid).await?;
        let touched = match self.run_statements(restore, &inventory, None).await? {
            Ran::Through(touched) => touched,
            Ran::Over(over) => return Ok(over),
        };
        if !restore.losses_accepted
            && let Some(suspects) = inventory.suspects(&self.work.client, &touched).await?
        {
            self.roll_back().await?;
            if let Ran::Over(over) = self.run_statements(restore, &inventory, Some(&suspects)).await? {
                return Ok(over);
            }
        }
        let after = self.reader.read_in_transaction(&self.work.client).await?;
        let left: Vec<FactId> = changed_ids(&after.model.digests(), restore.recorded).map(|(id, _)| id).collect();
        if !left.is_empty() {
            self.roll_back().await?;
            return Ok(Restored::Left(left));
        }
        self.commit_restored(restore, after).await
    }

    /// Runs the statements in a transaction of their own, which stays open where they went through; with `suspects`, what could be lost is
    /// set aside before and compared afterwards.
    async fn run_statements(
        &mut self,
        restore: &Restore<'_>,
        inventory: &Inventory,
        suspects: Option<&Suspects>,
    ) -> Result<Ran, ApplyError> {
        session::clean(&self.work.client, self.prepared, self.notices_end).await?;
        let client = &self.work.client;
        let failed = |what| move |source| ApplyError::Query { what, source };
        let begin =
            session::begin_sql(Isolation::ReadCommitted, self.options.lock_timeout, self.options.statement_timeout);
        client.batch_execute(&begin).await.map_err(failed("begin a transaction"))?;
        let before = client.query_typed(losses::COUNTERS, &[(&inventory.counted(), Type::OID_ARRAY)]).await;
        let before = before.map_err(failed("read the counters"))?;
        let look = "look at what would be lost";
        let aside = match suspects {
            Some(suspects) => {
                Some(suspects.set_aside(client, self.options.largest_measured).await.map_err(failed(look))?)
            }
            None => None,
        };
        let constraints = "SET CONSTRAINTS ALL IMMEDIATE".to_owned();
        for sql in restore.statements.iter().chain([&constraints]) {
            match client.batch_execute(sql).await {
                Ok(()) => {}
                Err(error) if ends_session(&error) => return Err(failed("undo drift")(error)),
                Err(error) => {
                    let words = words(&error);
                    self.roll_back().await?;
                    return Ok(Ran::Over(Restored::Refused { sql: sql.clone(), error: words }));
                }
            }
        }
        let ours = session::ours_sql(self.options.lock_timeout, self.options.statement_timeout);
        client.batch_execute(&format!("{ours} {};", journal_table::LOCK)).await.map_err(failed("lock the journal"))?;
        let after = client.query_typed(losses::TOUCHED, &[]).await.map_err(failed("read the counters"))?;
        if let Some(aside) = aside {
            let losses = aside.compare(client).await.map_err(failed(look))?;
            if !losses.is_empty() {
                self.roll_back().await?;
                return Ok(Ran::Over(Restored::Losses(losses)));
            }
        }
        Ok(Ran::Through(losses::Touched::between(&before, &after)))
    }

    /// The journal's entry and COMMIT, if the guard still stands and nobody has written meanwhile.
    async fn commit_restored(&mut self, restore: &Restore<'_>, after: Reading) -> Result<Restored, ApplyError> {
        let failed = |what| move |source| ApplyError::Query { what, source };
        let client = &self.work.client;
        client
            .query_typed(Guard::STANDS, &[(&self.guard.pid, Type::INT4)])
            .await
            .map_err(failed("see whether the applier's lock stands"))?;
        let effect = effect_between(&self.reading.model, &after.model);
        let entry = journal_table::append(client, Event::Restored { by: restore.by.to_owned() }, effect).await?;
        client.batch_execute("COMMIT").await.map_err(failed("commit what was undone"))?;
        self.catch_up(entry.seq).await?;
        self.reading = after;
        self.applied += 1;
        Ok(Restored::Done { seq: self.push(entry).seq })
    }
}

/// The server's message, and what it adds: it names what stands in the way.
fn words(error: &tokio_postgres::Error) -> String {
    let Some(error) = error.as_db_error() else { return error.to_string() };
    let detail = error.detail().map(|detail| format!(" ({})", detail.replace('\n', "; "))).unwrap_or_default();
    format!("{}{detail}", error.message())
}
