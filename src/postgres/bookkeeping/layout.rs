//! What the schema `driftless` looks like, by number, and the way from every earlier layout to this one.
//!
//! Start at [`ensure`]: it makes the tables, or brings those of an earlier version forward, in one transaction under the applier's lock.
//! A layout that is newer than ours is refused by [`find`], which every question asks first: an older driftless reads nothing and
//! writes nothing there. It never goes back to an earlier layout. What could go wrong: the tables belong to another role; the server's
//! refusal is passed on and everything is as it was.

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::super::history_table::HistoryTable;
use super::super::lock;
use super::{BookkeepingError, failed_to};
use crate::schema::{MODEL_VERSION, Scope};

/// The number of [`TABLES`]. Whatever an earlier version could not read, or would write wrongly, raises it: a column, a key, an event of
/// the journal. A new number has a step in [`STEPS`].
const LAYOUT: i32 = 2;

/// The first layout had no number.
const FIRST: i32 = 1;

/// What the tables look like, and which model the effects in the journal are of: who does not know a kind of fact cannot read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    tables: i32,
    model: i32,
}

impl Layout {
    const OURS: Self = Self { tables: LAYOUT, model: MODEL_VERSION.cast_signed() };

    fn is_newer(self) -> bool {
        self.tables > Self::OURS.tables || self.model > Self::OURS.model
    }
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.tables, self.model)
    }
}

const TABLES: &str = "
SET LOCAL client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS driftless;
CREATE TABLE IF NOT EXISTS driftless.database (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id text NOT NULL,
    layout integer NOT NULL DEFAULT 1,
    model integer NOT NULL DEFAULT 0,
    made_by text
);
INSERT INTO driftless.database (id) VALUES (pg_catalog.gen_random_uuid()::text) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS driftless.journal (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    script text,
    checksum text,
    effect bytea,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS driftless.attempt (
    name text NOT NULL,
    checksum text NOT NULL,
    from_peer text,
    basis text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('held', 'failed')),
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE UNIQUE INDEX IF NOT EXISTS attempt_once ON driftless.attempt (name, (coalesce(from_peer, '')));
CREATE TABLE IF NOT EXISTS driftless.script_text (
    checksum text PRIMARY KEY,
    text text NOT NULL
);
COMMENT ON SCHEMA driftless IS 'bookkeeping of driftless: identity of this database, journal, attempts, script texts';
";

/// What leads from the layout before to this one, after [`TABLES`] has added what was not there at all.
const STEPS: [(i32, &str); 1] = [(
    2,
    // an attempt is one of a script and a peer; the first key was the script alone
    "ALTER TABLE driftless.database ADD COLUMN IF NOT EXISTS layout integer NOT NULL DEFAULT 1, \
         ADD COLUMN IF NOT EXISTS model integer NOT NULL DEFAULT 0, \
         ADD COLUMN IF NOT EXISTS made_by text; \
     ALTER TABLE driftless.attempt DROP CONSTRAINT IF EXISTS attempt_pkey, ALTER COLUMN name SET NOT NULL;",
)];

/// The bookkeeping as it was found.
pub(super) struct Found {
    /// The database's identity.
    pub(super) id: String,
    /// Whether every table is there.
    pub(super) complete: bool,
    layout: Layout,
}

/// Looks for the bookkeeping; `None`: there is none. Writes nothing.
pub(super) async fn find(client: &Client) -> Result<Option<Found>, BookkeepingError> {
    let sql = "SELECT pg_catalog.count(*) FILTER (WHERE c.relname IN ('database', 'journal', 'attempt', 'script_text')) = 4, \
                   coalesce(pg_catalog.bool_or(c.relname = 'database'), false), \
                   coalesce(pg_catalog.bool_or(c.relname = 'database' AND EXISTS (SELECT FROM pg_catalog.pg_attribute a \
                       WHERE a.attrelid = c.oid AND a.attname = 'model' AND NOT a.attisdropped)), false) \
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = 'driftless' AND c.relkind = 'r'";
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("look for the bookkeeping"))?;
    let Some((complete, has_database, has_layout)) = rows.first().map(|row| (row.get(0), row.get(1), row.get(2)))
    else {
        return Ok(None);
    };
    let sql = match (has_database, has_layout) {
        (false, _) => return Ok(None),
        (true, false) => "SELECT id, 1, 0, NULL::text FROM driftless.database",
        (true, true) => "SELECT id, layout, model, made_by FROM driftless.database",
    };
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("read the database's identity"))?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let layout = Layout { tables: row.get(1), model: row.get(2) };
    if layout.is_newer() {
        let made_by = row.get::<_, Option<&str>>(3).unwrap_or("of a later version").to_owned();
        return Err(BookkeepingError::Newer { layout: layout.to_string(), known: Layout::OURS.to_string(), made_by });
    }
    Ok(Some(Found { id: row.get(0), complete, layout }))
}

/// Whether the bookkeeping is there as this version makes it.
pub(super) async fn is_ours(client: &Client) -> Result<bool, BookkeepingError> {
    Ok(find(client).await?.is_some_and(|found| found.complete && found.layout == Layout::OURS))
}

/// Makes what is missing of bookkeeping and history table, and brings forward what an earlier version made. The caller holds the
/// applier's lock. Returns the database's identity and the history table.
pub(super) async fn ensure(client: &mut Client, scope: &Scope) -> Result<(String, HistoryTable), BookkeepingError> {
    let found = match find(client).await? {
        Some(found) if found.complete && found.layout == Layout::OURS => {
            return Ok((found.id, HistoryTable::ensure(client, scope).await?));
        }
        found => found,
    };
    let what = match found {
        Some(_) => "bring the bookkeeping in the schema `driftless` forward",
        None => "create the schema `driftless`",
    };
    let transaction = client.transaction().await.map_err(failed_to(what))?;
    transaction.batch_execute(TABLES).await.map_err(failed_to(what))?;
    let from = found.map_or(Layout { tables: FIRST, model: 0 }, |found| found.layout);
    for (_, step) in STEPS.iter().filter(|(to, _)| *to > from.tables) {
        transaction.batch_execute(step).await.map_err(failed_to(what))?;
    }
    let stamp = "UPDATE driftless.database SET layout = $1, model = $2, made_by = $3 RETURNING id";
    let Layout { tables, model } = Layout::OURS;
    let stamped = transaction
        .query_typed(stamp, &[(&tables, Type::INT4), (&model, Type::INT4), (&env!("CARGO_PKG_VERSION"), Type::TEXT)])
        .await
        .map_err(failed_to(what))?;
    let id = stamped.first().map(|row| row.get(0)).ok_or_else(|| BookkeepingError::Unreadable {
        what: "`driftless.database`".into(),
        reason: "it has no row".into(),
    })?;
    let table = HistoryTable::ensure_in(transaction.client(), scope).await?;
    transaction.commit().await.map_err(failed_to(what))?;
    Ok((id, table))
}

/// Brings forward what an earlier version made, for those who write a line without an applier. Where there is no bookkeeping, none
/// is made.
pub async fn bring_forward(client: &mut Client, scope: &Scope) -> Result<(), BookkeepingError> {
    match find(client).await? {
        Some(found) if found.layout != Layout::OURS => {
            lock::hold(client).await?;
            let ensured = ensure(client, scope).await;
            lock::release(client).await?;
            ensured.map(drop)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_every_layout() {
        let steps: Vec<i32> = STEPS.iter().map(|(to, _)| *to).collect();
        assert_eq!(steps, (FIRST + 1..=LAYOUT).collect::<Vec<_>>());
    }
}
