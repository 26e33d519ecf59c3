//! The schema `driftless`: the database's identity, what was tried in vain, texts that outlive the history's rows. The
//! journal's table is made here too and used in [`super::journal_table`].
//!
//! Start at [`prepare`]; only writing commands call it, never a question. What the tables look like, and how those of an earlier version
//! are brought forward, is in [`layout`]. Every name is qualified, so that no `search_path` can lead a statement elsewhere. What could go
//! wrong: a role without CREATE on the database cannot make the schema; the server's refusal is passed on.

mod layout;

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::catalog::{CatalogError, CatalogReader, Reading};
use super::history_table::{HistoryTable, quoted};
use super::journal_table;
use super::surroundings::missing;
use crate::hash::Checksum;
use crate::heal::{Attempt, HoldReason};
use crate::history::{MigrationHistory, same_script};
use crate::journal::{self, BrokenChain, Entry, Event, effect_between, is_bootstrap, scripts};
use crate::schema::{Model, Scope};
use crate::script::{Needs, Script};

pub use layout::bring_forward;

/// Why the record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BookkeepingError {
    /// The server refused, or the connection is gone.
    #[error("failed to {what}")]
    Query {
        /// What was being done.
        what: &'static str,
        /// The server's words.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The live schema cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The journal does not hold together.
    #[error("the journal is broken")]
    Broken(#[from] BrokenChain),
    /// Something stored cannot be read by this version.
    #[error("{what} cannot be read: {reason}")]
    Unreadable {
        /// What.
        what: String,
        /// Why.
        reason: String,
    },
    /// A newer version of driftless has brought the bookkeeping forward.
    #[error(
        "driftless {made_by} has brought the bookkeeping in the schema `driftless` to layout {layout}; \
         this is driftless {OWN}, which knows layouts up to {known}",
        OWN = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// Its layout.
        layout: String,
        /// The newest that this version knows.
        known: String,
        /// The version of driftless that made it.
        made_by: String,
    },
    /// An adopted history table records a name twice.
    #[error("the history table `{table}` records `{name}` more than once; remove all but one of its rows")]
    DoubledName {
        /// The table.
        table: String,
        /// The name.
        name: String,
    },
    /// An adopted history table lacks one of the old tools' columns.
    #[error("the table `{table}` is no history table: it has no column `{column}`")]
    MissingColumn {
        /// The table.
        table: String,
        /// The column.
        column: &'static str,
    },
    /// The script is not in the history, or not as it would have to be.
    #[error("the history holds no {state} script `{name}`")]
    NotRecorded {
        /// The name that was asked for.
        name: String,
        /// `applied`, or the like.
        state: &'static str,
    },
    /// The script is recorded as applied already.
    #[error("`{0}` is recorded as applied already")]
    AlreadyRecorded(String),
}

impl BookkeepingError {
    /// The server's or the connection's error behind it.
    pub fn server(&self) -> Option<&tokio_postgres::Error> {
        match self {
            Self::Query { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Turns a client's error into ours.
pub(super) fn failed_to(what: &'static str) -> impl FnOnce(tokio_postgres::Error) -> BookkeepingError {
    move |source| BookkeepingError::Query { what, source }
}

/// A database that is ready for an applier.
#[derive(Debug)]
pub struct Prepared {
    /// The database's identity.
    pub database: String,
    /// The history table.
    pub table: HistoryTable,
    /// Its rows.
    pub history: MigrationHistory,
    /// The journal.
    pub entries: Vec<Entry>,
    /// The live schema.
    pub reading: Reading,
    /// What read it.
    pub reader: CatalogReader,
    /// Whether this made the first baseline.
    pub first: bool,
    /// Rows of old tools that were taken up.
    pub adopted: usize,
}

/// What was seen of the database a moment ago. It saves a batch from reading everything anew; it is trusted for nothing: the
/// journal must continue it link by link, and the catalogs must not have moved since.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The journal from its first entry, verified.
    pub entries: Vec<Entry>,
    /// The live schema, read whole.
    pub reading: Reading,
}

/// Makes history, journal and baseline where they are missing, and adopts rows that old tools wrote (`folder` gives them text and
/// checksum). Waits for an applier that is at work. A second call changes nothing.
pub async fn prepare(client: &mut Client, scope: &Scope, folder: &[Script]) -> Result<Prepared, BookkeepingError> {
    super::lock::hold(client).await?;
    let prepared = async {
        let record = record(client, scope, None).await?;
        let live = live(client, scope, None, None).await?;
        completed(client, record, live, scope, folder).await
    };
    let prepared = prepared.await;
    super::lock::release(client).await?;
    prepared
}

/// The same under the applier's lock. The schema is read on another connection, at the same time.
pub(super) async fn prepare_locked(
    client: &mut Client,
    eye: &Client,
    scope: &Scope,
    folder: &[Script],
    known: Option<&Known>,
    reader: Option<CatalogReader>,
) -> Result<Prepared, BookkeepingError> {
    let (record, live) = if known.is_none() && !layout::is_ours(client).await? {
        // what is made first is not to wait for our own reading, nor to disturb it
        (record(client, scope, None).await?, live(eye, scope, None, reader).await?)
    } else {
        tokio::try_join!(record(client, scope, known), live(eye, scope, known, reader))?
    };
    completed(client, record, live, scope, folder).await
}

/// A table that somebody has locked must not keep us waiting for ever.
const WAIT: &str = "SET lock_timeout = '5s'";

/// What is recorded, in tables that are made where they are missing.
struct Record {
    database: String,
    table: HistoryTable,
    entries: Vec<Entry>,
}

async fn record(client: &mut Client, scope: &Scope, known: Option<&Known>) -> Result<Record, BookkeepingError> {
    client.batch_execute(WAIT).await.map_err(failed_to("prepare the session"))?;
    let (database, table) = layout::ensure(client, scope).await?;
    let entries = match known {
        Some(known) => journal_table::load_after(client, &known.entries).await?,
        None => journal_table::load(client).await?,
    };
    Ok(Record { database, table, entries })
}

/// The live schema.
async fn live(
    client: &Client,
    scope: &Scope,
    known: Option<&Known>,
    reader: Option<CatalogReader>,
) -> Result<(CatalogReader, Reading), BookkeepingError> {
    client.batch_execute(WAIT).await.map_err(failed_to("prepare the session"))?;
    let reader = match reader {
        Some(reader) => reader,
        None => CatalogReader::new(client, scope).await?,
    };
    let reading = match known {
        Some(known) if reader.is_current(client, &known.reading).await? => known.reading.clone(),
        Some(_) => reader.read(client).await?,
        // nobody keeps it, to ask later whether it is still current
        None => reader.read_once(client).await?,
    };
    Ok((reader, reading))
}

/// The baseline where there is none, and what old tools have applied.
async fn completed(
    client: &mut Client,
    Record { database, table, mut entries }: Record,
    (reader, reading): (CatalogReader, Reading),
    scope: &Scope,
    folder: &[Script],
) -> Result<Prepared, BookkeepingError> {
    let first = !entries.iter().any(|entry| matches!(entry.event, Event::Baseline { .. }));
    let scope_digest = scope.digest();
    if journal::scope(entries.iter()) != Some(scope_digest) {
        let had_rows = (!first && !is_bootstrap(&entries)) || has_rows(client, scope).await?;
        let event = Event::Baseline { scope: scope_digest, had_rows };
        entries.push(baseline(client, event, &reading).await?);
    }
    let known: Vec<String> = scripts(&entries).into_iter().map(|script| script.name).collect();
    let adopted = table.adopt_new_rows(client, &known, folder).await?;
    let count = adopted.len();
    entries.extend(adopted);
    let history = table.load(client).await?;
    Ok(Prepared { database, table, history, entries, reading, reader, first, adopted: count })
}

async fn baseline(client: &mut Client, event: Event, reading: &Reading) -> Result<Entry, BookkeepingError> {
    let what = "journal the baseline";
    let effect = effect_between(&Model::default(), &reading.model);
    let transaction = client.transaction().await.map_err(failed_to(what))?;
    let entry = journal_table::append(transaction.client(), event, effect).await?;
    transaction.commit().await.map_err(failed_to(what))?;
    Ok(entry)
}

/// Whether any table of the user's holds a row; the ignored ones are other tools' bookkeeping.
async fn has_rows(client: &Client, scope: &Scope) -> Result<bool, BookkeepingError> {
    let what = "look whether the database holds rows";
    let sql = r"SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relname <> 'migration_history'
          AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'driftless')
          AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 1259 AND d.objid = c.oid AND d.deptype = 'e')";
    for row in client.query_typed(sql, &[]).await.map_err(failed_to(what))? {
        let (schema, name): (&str, &str) = (row.get(0), row.get(1));
        if scope.ignores(schema, name) {
            continue;
        }
        let sql = format!("SELECT EXISTS (SELECT 1 FROM ONLY {}.{})", quoted(schema), quoted(name));
        // what may not be read is taken to hold something
        let held = match client.query_typed(&sql, &[]).await {
            Ok(rows) => rows.first().is_some_and(|row| row.get(0)),
            Err(error) if error.as_db_error().is_some() => true,
            Err(error) => return Err(failed_to(what)(error)),
        };
        if held {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the bookkeeping is there. A question without it has nothing to read.
pub async fn exists(client: &Client) -> Result<bool, BookkeepingError> {
    let sql = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = 'driftless' AND c.relname IN ('database', 'journal', 'attempt', 'script_text')";
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("look for the bookkeeping"))?;
    Ok(rows.first().is_some_and(|row| row.get::<_, i64>(0) == 4))
}

/// The database's identity; `None`: no bookkeeping yet. Every look asks for it first, so that nobody reads what a newer driftless wrote.
pub async fn database_id(client: &Client) -> Result<Option<String>, BookkeepingError> {
    Ok(layout::find(client).await?.filter(|found| found.complete).map(|found| found.id))
}

/// What was tried in vain and not applied since.
pub async fn attempts(client: &Client) -> Result<Vec<Attempt>, BookkeepingError> {
    let sql = "SELECT name, checksum, from_peer, basis, reason FROM driftless.attempt ORDER BY at, name";
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("read what was tried before"))?;
    let attempt = |row: &tokio_postgres::Row| -> Option<Attempt> {
        Some(Attempt {
            name: row.get(0),
            checksum: row.get::<_, &str>(1).parse().ok()?,
            from: row.get(2),
            basis: row.get::<_, &str>(3).parse().ok()?,
            reason: serde_json::from_str(row.get(4)).ok()?,
        })
    };
    // what another version wrote and we cannot read is tried again
    Ok(rows.iter().filter_map(attempt).collect())
}

/// When each script whose last try failed stopped, in milliseconds since 1970.
pub async fn failed_at(client: &Client) -> Result<Vec<(String, i64)>, BookkeepingError> {
    let sql = "SELECT name, pg_catalog.round(EXTRACT(epoch FROM at) * 1000)::pg_catalog.int8 FROM driftless.attempt \
               WHERE outcome = 'failed'";
    let rows = client.query_typed(sql, &[]).await.map_err(failed_to("look when scripts stopped"))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What of this is not there.
pub async fn missing_of(client: &Client, needs: &Needs) -> Result<Needs, BookkeepingError> {
    missing(client, needs).await.map_err(failed_to("look for roles and extensions"))
}

/// Whether everything that an attempt lacked is still not there.
pub async fn lacks(client: &Client, needs: &Needs) -> Result<bool, BookkeepingError> {
    Ok(missing_of(client, needs).await? == *needs)
}

/// Records what a try came to: one word a script and peer. Two peers may have two texts under one name; if one word took the place of the
/// other, both would be tried in turn for ever.
pub async fn record_attempt(client: &Client, attempt: &Attempt) -> Result<(), BookkeepingError> {
    let outcome = if matches!(attempt.reason, HoldReason::Failed { .. }) { "failed" } else { "held" };
    let reason = serde_json::to_string(&attempt.reason).map_err(|error| BookkeepingError::Unreadable {
        what: format!("the reason to hold `{}`", attempt.name),
        reason: error.to_string(),
    })?;
    let sql = "INSERT INTO driftless.attempt (name, checksum, from_peer, basis, outcome, reason) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name, (coalesce(from_peer, ''))) DO UPDATE SET checksum = excluded.checksum, \
               basis = excluded.basis, outcome = excluded.outcome, \
               reason = excluded.reason, at = pg_catalog.now()";
    let (checksum, basis) = (attempt.checksum.to_string(), attempt.basis.to_string());
    client
        .execute_typed(
            sql,
            &[
                (&attempt.name, Type::TEXT),
                (&checksum, Type::TEXT),
                (&attempt.from, Type::TEXT),
                (&basis, Type::TEXT),
                (&outcome, Type::TEXT),
                (&reason, Type::TEXT),
            ],
        )
        .await
        .map_err(failed_to("record what was tried"))?;
    Ok(())
}

pub(super) const FORGET_ATTEMPT: &str = "DELETE FROM driftless.attempt WHERE name = $1";

/// Forgets what was tried under this name.
pub async fn forget_attempt(client: &Client, name: &str) -> Result<(), BookkeepingError> {
    let forgotten = client.execute_typed(FORGET_ATTEMPT, &[(&name, Type::TEXT)]).await;
    forgotten.map_err(failed_to("forget what was tried"))?;
    Ok(())
}

/// Whether something was tried in vain under this name.
pub(super) fn was_tried(attempts: &[Attempt], name: &str) -> bool {
    attempts.iter().any(|attempt| same_script(&attempt.name, name))
}

/// A text that was kept when the history's rows went.
pub async fn kept_text(client: &Client, checksum: Checksum) -> Result<Option<String>, BookkeepingError> {
    if !exists(client).await? {
        return Ok(None);
    }
    let sql = "SELECT text FROM driftless.script_text WHERE checksum = $1";
    let rows = client.query_typed(sql, &[(&checksum.to_string(), Type::TEXT)]).await;
    Ok(rows.map_err(failed_to("read a kept script"))?.first().map(|row| row.get(0)))
}

/// Keeps a text beyond its row in the history.
pub(super) async fn keep_text(client: &Client, text: &str) -> Result<(), BookkeepingError> {
    let sql = "INSERT INTO driftless.script_text (checksum, text) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let checksum = Checksum::of(text.as_bytes()).to_string();
    let kept = client.execute_typed(sql, &[(&checksum, Type::TEXT), (&text, Type::TEXT)]).await;
    kept.map_err(failed_to("keep a script's text"))?;
    Ok(())
}
