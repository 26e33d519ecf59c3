//! The two connections of a batch: where they come from, and who has them afterwards.
//!
//! A new connection costs a process on the server, and most of a first reading is planning its questions: who has one on which the schema
//! was just read lends it. What could go wrong: it is closed by now, or reads another scope; then new ones are opened as if nothing
//! had been lent. A script that makes the session forget what was prepared is noticed as in any batch.

use super::record::Own;
use super::{ApplyError, Options};
use crate::postgres::catalog::CatalogReader;
use crate::postgres::connect::{Connection, Target};
use crate::postgres::history_table::HistoryTable;
use crate::postgres::lock::{Guard, Holder};
use crate::schema::Scope;

/// A connection on which the schema is read, with what is prepared there for it.
#[derive(Debug)]
pub struct Lent {
    /// Nothing is open on it.
    pub connection: Connection,
    /// Its reader.
    pub reader: CatalogReader,
    /// What an earlier batch has prepared there beside, and for which history table.
    pub(super) own: Option<(HistoryTable, Own)>,
}

impl Lent {
    /// A connection on which no batch has run.
    pub fn of(connection: Connection, reader: CatalogReader) -> Self {
        Self { connection, reader, own: None }
    }
}

/// The connections of a batch that is over, for the next one of the same database: what is prepared on them need not be prepared again.
#[derive(Debug)]
pub struct Warm {
    pub(super) guard: Connection,
    pub(super) work: Connection,
    pub(super) reader: CatalogReader,
    /// The history table that the prepared statements are for.
    pub(super) table: HistoryTable,
    pub(super) own: Own,
}

impl Warm {
    fn serves(&self, scope: &Scope) -> bool {
        !self.guard.is_closed() && !self.work.is_closed() && self.reader.scope() == scope
    }
}

/// What a batch begins with.
#[derive(Debug, Default)]
pub enum Start {
    /// Nothing.
    #[default]
    New,
    /// The connection for its scripts.
    Lent(Box<Lent>),
    /// Both connections.
    Warm(Box<Warm>),
}

/// What a batch goes on with.
pub(super) struct Connections {
    pub(super) guard: Guard,
    pub(super) work: Connection,
    pub(super) reader: Option<CatalogReader>,
    pub(super) own: Option<(HistoryTable, Own)>,
}

impl Start {
    /// This, if it serves.
    fn usable(self, scope: &Scope) -> Self {
        match &self {
            Self::Lent(lent) if lent.connection.is_closed() || lent.reader.scope() != scope => Self::New,
            Self::Warm(warm) if !warm.serves(scope) => Self::New,
            _ => self,
        }
    }

    /// Takes the lock and has a connection for the scripts.
    pub(super) async fn open(
        self,
        target: &Target,
        scope: &Scope,
        options: &Options,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Connections, ApplyError> {
        let (purpose, wait) = (&options.purpose, options.lock_wait);
        let connect = || async { Ok::<_, ApplyError>(Connection::open(target, purpose).await?) };
        let mut connections = match self.usable(scope) {
            Self::New => {
                let guard = async { Ok(Guard::take(target, purpose, wait, on_wait).await?) };
                let (guard, work) = tokio::try_join!(guard, connect())?;
                Connections { guard, work, reader: None, own: None }
            }
            Self::Lent(lent) => {
                let Lent { connection: work, reader, own } = *lent;
                let guard = Guard::take(target, purpose, wait, on_wait).await?;
                Connections { guard, work, reader: Some(reader), own }
            }
            Self::Warm(warm) => {
                let Warm { guard, work, reader, table, own } = *warm;
                let guard = Guard::take_on(guard, wait, on_wait).await?;
                Connections { guard, work, reader: Some(reader), own: Some((table, own)) }
            }
        };
        // while the lock was waited for the server may have ended an idle session
        if connections.work.is_closed() {
            connections = Connections { work: connect().await?, reader: None, own: None, ..connections };
        }
        Ok(connections)
    }
}
