//! When a COMMIT waits for the disk: a batch of scripts waits once, at its end, and not for each script.
//!
//! A script commits together with its row and its entry either way, and the server writes its log in order: who waits for one COMMIT has
//! waited for all before it, whoever's they are. What could go wrong is a power cut, or a crash of the server, in the middle of a batch:
//! scripts of the last fraction of a second are then gone, whole, with their rows and entries, as if they had not run yet, and the next
//! `sync` runs them. So these wait:
//!
//! - The last script of a batch, and whatever is recorded of one that failed or is held; else [`flush`] waits before the batch is over,
//!   so that no command ends before all that it has reported lasts. Where the connection is lost meanwhile, a new one is tried; where the
//!   server cannot be asked, that is said.
//! - A script that reaches outside the database, or may: running it again would do that twice.
//! - Whoever remembers the journal's end outside the database ([`crate::local_state`]), before that: a history that has gone back behind
//!   it would be taken for a restored backup.
//!
//! Source: PostgreSQL's documentation, "Asynchronous Commit".

use tokio_postgres::Client;

/// In a transaction: its COMMIT does not wait.
pub const WITHOUT_WAITING: &str = "SET LOCAL synchronous_commit = off";

/// Unless all of the server's log is on the disk, and nobody else is waited for: a transaction that writes to it and to nothing else. Any
/// role may call it.
const WRITE: &str = "SELECT CASE WHEN pg_catalog.pg_current_wal_flush_lsn() < pg_catalog.pg_current_wal_insert_lsn() \
    OR pg_catalog.current_setting('synchronous_standby_names') <> '' THEN pg_catalog.pg_logical_emit_message(true, 'driftless', ''::pg_catalog.text) END";

/// Waits until everything lasts that was committed before, by whomever, as far as the session waits at all (`synchronous_commit`).
pub async fn flush(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.query_typed(WRITE, &[]).await.map(drop)
}
