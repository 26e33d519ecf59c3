//! One applier at a time: an advisory lock for each database, held for a whole batch on a connection where no script ever runs,
//! because a script can release the locks of its own session.
//!
//! Start at [`Guard::take`]. It is taken by polling: a session that *waits* for an advisory lock deadlocks with a
//! CREATE INDEX CONCURRENTLY. What could go wrong: the holder's connection dies while its script runs on; therefore
//! every script's transaction looks before its COMMIT whether the guard still stands ([`Guard::STANDS`]).

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::bookkeeping::{BookkeepingError, failed_to};
use super::connect::{ConnectError, Connection, Target};

/// Key of the lock that an applier holds; `driftles` in ASCII, the same in every version for ever.
const APPLIER: i64 = 0x6472_6966_746c_6573;
/// Key of the lock that a connection holds while it runs statements outside a transaction.
const OUTSIDE: i64 = APPLIER + 1;
/// First half of the key that each guard holds beside; its process is the other.
const GUARD: i32 = 0x6472_6966;
/// Between two tries.
const POLL: Duration = Duration::from_millis(100);

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The server process.
    pub pid: i32,
    /// Its `application_name` (`driftless sync`).
    pub application: String,
    /// Its role.
    pub user: String,
    /// Where it connects from; `None`: this machine's socket, or we may not see it.
    pub host: Option<String>,
    /// Since when its connection has been there, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Whether it is a script's connection that outlived its applier.
    pub orphan: bool,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server refused.
    #[error(transparent)]
    Record(#[from] BookkeepingError),
    /// Somebody else held it for longer than we wait.
    #[error("`{}` (process {}) has been applying scripts here for longer than {} s", holder.application, holder.pid, waited.as_secs())]
    Held {
        /// Who.
        holder: Holder,
        /// How long we waited.
        waited: Duration,
    },
}

/// The lock, and the connection that holds it. Dropping it releases the lock.
#[derive(Debug)]
pub struct Guard {
    pub(super) connection: Connection,
    pub(super) pid: i32,
}

impl Guard {
    /// In a script's transaction: fails with a division by zero unless the guard of process `$1` stands. It holds a lock of its own, which
    /// nobody can get while it lives; to try that costs far less than to look through everybody's locks.
    pub(super) const STANDS: &'static str =
        "SELECT 1 / (NOT pg_catalog.pg_try_advisory_xact_lock_shared(1685219686, $1))::pg_catalog.int4";

    /// Connects and takes the lock, trying again for at most `limit`. `on_wait` is told of each holder once.
    pub async fn take(
        target: &Target,
        purpose: &str,
        limit: Duration,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Self, LockError> {
        let connection = Connection::open(target, purpose).await?;
        Self::take_on(connection, limit, on_wait).await
    }

    /// The same on a connection that is there already.
    pub(super) async fn take_on(
        connection: Connection,
        limit: Duration,
        on_wait: &mut (dyn FnMut(&Holder) + Send),
    ) -> Result<Self, LockError> {
        let rows = connection.client.query_typed("SELECT pg_catalog.pg_backend_pid()", &[]).await;
        let pid = rows.map_err(failed_to("ask for our process"))?.first().map_or(0, |row| row.get(0));
        let guard = Self { connection, pid };
        let mut wait = Wait { started: Instant::now(), limit, on_wait, last: None };
        guard.poll(APPLIER, &mut wait).await?;
        // statements of a killed applier may still be running outside a transaction: not before they are done
        guard.poll(OUTSIDE, &mut wait).await?;
        let released = "SELECT pg_catalog.pg_advisory_unlock($1)";
        let released = guard.connection.client.execute_typed(released, &[(&OUTSIDE, Type::INT8)]).await;
        released.map_err(failed_to("release a lock"))?;
        let own = "SELECT pg_catalog.pg_try_advisory_lock($1, $2)";
        let rows = guard.connection.client.query_typed(own, &[(&GUARD, Type::INT4), (&guard.pid, Type::INT4)]).await;
        let stands = rows.map_err(failed_to("take the guard's lock"))?.first().is_some_and(|row| row.get(0));
        debug_assert!(stands, "nobody else has this process");
        Ok(guard)
    }

    /// Lets go of the lock and gives its connection back.
    pub(super) async fn release(self) -> Result<Connection, BookkeepingError> {
        let released = self.connection.client.batch_execute("SELECT pg_catalog.pg_advisory_unlock_all()").await;
        released.map_err(failed_to("release the applier's lock"))?;
        Ok(self.connection)
    }

    async fn poll(&self, key: i64, wait: &mut Wait<'_>) -> Result<(), LockError> {
        while !try_lock(&self.connection.client, key).await? {
            if let Some(holder) = holder(&self.connection, key).await? {
                wait.tell(holder)?;
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Marks a connection as one that runs statements outside a transaction.
    pub(super) async fn mark_outside(connection: &Connection) -> Result<(), BookkeepingError> {
        while !try_lock(&connection.client, OUTSIDE).await? {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}

/// Whether somebody is applying scripts here now.
pub async fn is_held(client: &tokio_postgres::Client) -> Result<bool, BookkeepingError> {
    let sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
        AND l.classid = 1685219686 AND l.objid = 1953260915 \
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))";
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("ask who is applying scripts"))?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

struct Wait<'a> {
    started: Instant,
    limit: Duration,
    on_wait: &'a mut (dyn FnMut(&Holder) + Send),
    last: Option<Holder>,
}

impl Wait<'_> {
    fn tell(&mut self, holder: Holder) -> Result<(), LockError> {
        if self.started.elapsed() >= self.limit {
            return Err(LockError::Held { holder, waited: self.limit });
        }
        if self.last.as_ref() != Some(&holder) {
            (self.on_wait)(&holder);
            self.last = Some(holder);
        }
        Ok(())
    }
}

/// Holds the applier's lock on a connection of our own, where no script runs; waits as long as it takes.
pub(super) async fn hold(client: &Client) -> Result<(), BookkeepingError> {
    while !try_lock(client, APPLIER).await? {
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Lets go of it.
pub(super) async fn release(client: &Client) -> Result<(), BookkeepingError> {
    let sql = "SELECT pg_catalog.pg_advisory_unlock($1)";
    let released = client.execute_typed(sql, &[(&APPLIER, Type::INT8)]).await;
    released.map(drop).map_err(failed_to("release the applier's lock"))
}

async fn try_lock(client: &Client, key: i64) -> Result<bool, BookkeepingError> {
    let sql = "SELECT pg_catalog.pg_try_advisory_lock($1)";
    let rows = client.query_typed(sql, &[(&key, Type::INT8)]).await;
    Ok(rows.map_err(failed_to("take the applier's lock"))?.first().is_some_and(|row| row.get(0)))
}

/// Who holds a lock of ours here; `None`: it has just been released.
async fn holder(connection: &Connection, key: i64) -> Result<Option<Holder>, BookkeepingError> {
    let sql = "SELECT l.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), \
               coalesce(a.client_hostname, pg_catalog.host(a.client_addr)), \
               pg_catalog.round(EXTRACT(epoch FROM a.backend_start) * 1000)::pg_catalog.int8 \
               FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
               AND (l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8) = $1 AND l.database = \
               (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";
    let rows = connection.client.query_typed(sql, &[(&key, Type::INT8)]).await;
    let rows = rows.map_err(failed_to("ask who holds the applier's lock"))?;
    Ok(rows.first().map(|row| Holder {
        pid: row.get(0),
        application: row.get(1),
        user: row.get(2),
        host: row.get(3),
        since: row.get(4),
        orphan: key == OUTSIDE,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key stands as a number in the question that looks for the guard.
    #[test]
    fn the_guard_is_looked_for_under_its_key() {
        assert!(Guard::STANDS.contains(&format!("({GUARD}, $1)")));
    }
}
