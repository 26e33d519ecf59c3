//! A clean session for each script: nothing of the one before is left, whatever it set, created, prepared or locked.
//!
//! DISCARD ALL would do, but for its forgetting our own prepared statements too.

use std::time::Duration;

use tokio_postgres::Client;

use super::ApplyError;

/// All of DISCARD ALL that does not touch prepared statements.
const CLEAN: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
    SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP;";

/// Servers on other systems refuse any value but 0.
const NOTICE_OUR_END: &str = " SELECT CASE WHEN pg_catalog.version() LIKE '%linux%' \
    THEN pg_catalog.set_config('client_connection_check_interval', '2s', false) END;";

/// The statements that make a session clean, and let the server notice soon that we are gone.
pub(super) fn clean_sql(major: u32) -> String {
    let notice = if major >= 14 { NOTICE_OUR_END } else { "" };
    format!("{CLEAN}{notice}")
}

/// Makes a session clean; `prepared`: a script may have prepared statements by SQL.
pub(super) async fn clean(client: &Client, prepared: bool, major: u32) -> Result<(), ApplyError> {
    let failed = |source| ApplyError::Query { what: "clean the session", source };
    client.batch_execute(&clean_sql(major)).await.map_err(failed)?;
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
pub(super) fn begin_sql(lock: Duration, statement: Duration) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {}", limits_sql(lock, statement))
}

/// Whatever a script has set, in its transaction.
pub(in crate::postgres) const REVERT: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL;";

/// After a script, in its transaction: deferred triggers have fired, and what comes next is ours.
pub(super) fn ours_sql(lock: Duration, statement: Duration) -> String {
    format!("{REVERT} {} SET LOCAL search_path = pg_catalog, pg_temp;", limits_sql(lock, statement))
}

fn limits_sql(lock: Duration, statement: Duration) -> String {
    format!("SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {};", lock.as_millis(), statement.as_millis())
}

/// The server process behind a connection.
pub(super) async fn process(client: &Client) -> Result<i32, ApplyError> {
    let rows = client.query_typed("SELECT pg_catalog.pg_backend_pid()", &[]).await;
    let rows = rows.map_err(|source| ApplyError::Query { what: "ask for our process", source })?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}
