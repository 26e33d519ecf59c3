//! A clean session for each script: nothing of the one before is left, whatever it set, created, prepared or locked.
//!
//! DISCARD ALL would do, but for its forgetting our own prepared statements too.

use std::time::Duration;

use tokio_postgres::Client;

use super::ApplyError;
use crate::postgres::catalog::CatalogReader;
use crate::script::Isolation;

/// All of DISCARD ALL that does not touch prepared statements.
const CLEAN: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
    SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP;";

/// The statements that make a session clean, and let the server notice soon that we are gone, where it can.
pub(super) fn clean_sql(notices_end: bool) -> String {
    let notice = if notices_end { " SET client_connection_check_interval = '2s';" } else { "" };
    format!("{CLEAN}{notice}")
}

/// Makes a session clean; `prepared`: a script may have prepared statements by SQL.
pub(super) async fn clean(client: &Client, prepared: bool, notices_end: bool) -> Result<(), ApplyError> {
    let failed = |source| ApplyError::Query { what: "clean the session", source };
    client.batch_execute(&clean_sql(notices_end)).await.map_err(failed)?;
    if prepared {
        let sql = "SELECT pg_catalog.string_agg(pg_catalog.format('DEALLOCATE %I;', name), ' ') \
                   FROM pg_catalog.pg_prepared_statements WHERE from_sql";
        let rows = client.query_typed(sql, &[]).await.map_err(failed)?;
        if let Some(sql) = rows.first().and_then(|row| row.get::<_, Option<String>>(0)) {
            client.batch_execute(&sql).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// Begins a transaction with our limits; a script may set others.
pub(super) fn begin_sql(isolation: Isolation, lock: Duration, statement: Duration) -> String {
    format!("BEGIN ISOLATION LEVEL {} READ WRITE; {}", isolation.sql(), limits_sql(lock, statement))
}

/// The same from a clean session on, in one message. Cleaning has a transaction of its own, as in a message of its own: a ROLLBACK of
/// the script's must not bring anything back, and its isolation level must not be chosen too late.
pub(super) fn clean_begin_sql(notices_end: bool, isolation: Isolation, lock: Duration, statement: Duration) -> String {
    format!("BEGIN; {} COMMIT; {}", clean_sql(notices_end), begin_sql(isolation, lock, statement))
}

/// Whatever a script has set, in its transaction.
pub(in crate::postgres) const REVERT: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL;";

/// After a script, in its transaction: deferred triggers have fired, and what comes next is ours.
pub(super) fn ours_sql(lock: Duration, statement: Duration) -> String {
    format!("{REVERT} {} {}", limits_sql(lock, statement), CatalogReader::pins_sql())
}

fn limits_sql(lock: Duration, statement: Duration) -> String {
    format!("SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {};", lock.as_millis(), statement.as_millis())
}

/// The server process behind a connection, and whether it can notice our end while it runs a statement: only Linux servers can.
pub(super) async fn process(client: &Client) -> Result<(i32, bool), ApplyError> {
    let sql = "SELECT pg_catalog.pg_backend_pid(), pg_catalog.version() LIKE '%linux%' \
               AND pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL";
    let rows = client.query_typed(sql, &[]).await;
    let rows = rows.map_err(|source| ApplyError::Query { what: "ask for our process", source })?;
    Ok(rows.first().map_or((0, false), |row| (row.get(0), row.get(1))))
}
