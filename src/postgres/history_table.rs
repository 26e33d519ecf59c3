//! `migration_history`: one row a script, in the old tools' table or one made like it.
//!
//! Start at [`HistoryTable::ensure`] where something is written, at [`HistoryTable::locate`] where something is asked. An old table
//! is adopted in place: columns are only added, rows are kept, and the old tools' own INSERT and SELECT go on working. What
//! could go wrong: an old table without a unique name would let an old tool double a script; an index is added, or the
//! doubled name is named.

use std::collections::HashSet;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::bookkeeping::{self, BookkeepingError, failed_to};
use super::journal_table;
use crate::hash::Checksum;
use crate::history::{HistoryRow, MigrationHistory, Progress, same_script, stem};
use crate::journal::{Effect, Entry, Event};
use crate::schema::Scope;
use crate::script::{Script, ScriptName};

/// The table's name, in whichever schema.
pub const TABLE: &str = "migration_history";

const CREATE_OR_ADOPT: &str = "create or adopt the history table `migration_history`";

const CREATE: &str = "(
    id SERIAL PRIMARY KEY,
    migration_name VARCHAR(255) UNIQUE NOT NULL,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN DEFAULT TRUE,
    error_message TEXT
)";

/// The old tools' columns, without which a table of this name is something else.
const OLD: [&str; 5] = ["id", "migration_name", "applied_at", "success", "error_message"];

/// Our columns with their types.
const OURS: [(&str, &str); 8] = [
    ("checksum", "text"),
    ("script_text", "text"),
    ("duration_ms", "bigint"),
    ("pulled_from", "text"),
    ("assumed", "boolean"),
    ("sqlstate", "text"),
    ("progress_done", "integer"),
    ("progress_of", "integer"),
];

/// Where the history is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryTable {
    schema: String,
    columns: Vec<String>,
}

impl HistoryTable {
    /// Looks for the table in the chosen schemas, then in `public`; `None`: there is none. Writes nothing.
    pub async fn locate(client: &Client, scope: &Scope) -> Result<Option<Self>, BookkeepingError> {
        let sql = r"SELECT n.nspname::text, (SELECT pg_catalog.array_agg(a.attname::text) FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = $2 AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%'
              AND (n.nspname = 'public' OR n.nspname::text = ANY ($1) OR $1 = '{}')
            ORDER BY n.nspname = 'public' DESC, n.nspname";
        let rows = client.query_typed(sql, &[(&scope.schemas, Type::TEXT_ARRAY), (&TABLE, Type::TEXT)]).await;
        let rows = rows.map_err(failed_to("look for the history table"))?;
        let mut tables = rows.iter().map(|row| Self { schema: row.get(0), columns: row.get(1) });
        // Where nobody named the schema, a table of this name in it may be anybody's.
        let named = |table: &Self| table.schema == "public" || !scope.schemas.is_empty();
        Ok(tables.find(|table| named(table) || OLD.into_iter().all(|column| table.has(column))))
    }

    /// Creates the table, or adopts the one that is there.
    pub async fn ensure(client: &mut Client, scope: &Scope) -> Result<Self, BookkeepingError> {
        let transaction = client.transaction().await.map_err(failed_to(CREATE_OR_ADOPT))?;
        let table = Self::ensure_in(transaction.client(), scope).await?;
        transaction.commit().await.map_err(failed_to(CREATE_OR_ADOPT))?;
        Ok(table)
    }

    /// The same inside the caller's transaction.
    pub(super) async fn ensure_in(client: &Client, scope: &Scope) -> Result<Self, BookkeepingError> {
        let mut table = match Self::locate(client, scope).await? {
            Some(table) => table,
            None => {
                let schema = Self::home(client, scope).await?;
                let sql = format!("CREATE TABLE {}.{TABLE} {CREATE}", quoted(&schema));
                client.batch_execute(&sql).await.map_err(failed_to(CREATE_OR_ADOPT))?;
                Self { schema, columns: OLD.map(str::to_owned).to_vec() }
            }
        };
        if let Some(column) = OLD.into_iter().find(|column| !table.has(column)) {
            return Err(BookkeepingError::MissingColumn { table: table.qualified(), column });
        }
        let missing: Vec<String> = OURS
            .iter()
            .filter(|(column, _)| !table.has(column))
            .map(|(column, kind)| format!("ADD COLUMN IF NOT EXISTS {column} {kind}"))
            .collect();
        if !missing.is_empty() {
            let sql = format!("ALTER TABLE {} {}", table.qualified(), missing.join(", "));
            client.batch_execute(&sql).await.map_err(failed_to(CREATE_OR_ADOPT))?;
            table.columns = OLD.into_iter().chain(OURS.map(|(column, _)| column)).map(str::to_owned).collect();
        }
        table.ensure_unique(client).await?;
        Ok(table)
    }

    /// Where a new table goes: `public` if it is there, else the first chosen schema.
    async fn home(client: &Client, scope: &Scope) -> Result<String, BookkeepingError> {
        let sql = "SELECT n.nspname::text FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public' OR n.nspname::text = ANY ($1) \
                   ORDER BY n.nspname = 'public' DESC, n.nspname LIMIT 1";
        let rows = client.query_typed(sql, &[(&scope.schemas, Type::TEXT_ARRAY)]).await;
        let rows = rows.map_err(failed_to("look for a schema to keep the history in"))?;
        Ok(rows.first().map_or_else(|| "public".to_owned(), |row| row.get(0)))
    }

    async fn ensure_unique(&self, client: &Client) -> Result<(), BookkeepingError> {
        let what = "make the names in the history table unique";
        let sql = "SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid \
                   WHERE i.indrelid = $1::text::pg_catalog.regclass AND i.indisunique AND i.indisvalid AND i.indimmediate \
                   AND i.indpred IS NULL AND i.indnatts = 1 AND a.attnum = i.indkey[0] AND a.attname = 'migration_name'";
        let unique = client.query_typed(sql, &[(&self.qualified(), Type::TEXT)]).await.map_err(failed_to(what))?;
        if !unique.is_empty() {
            return Ok(());
        }
        let table = self.qualified();
        let sql = format!(
            "SELECT migration_name::text FROM {table} GROUP BY 1 HAVING pg_catalog.count(*) > 1 ORDER BY 1 LIMIT 1"
        );
        if let Some(row) = client.query_typed(&sql, &[]).await.map_err(failed_to(what))?.first() {
            return Err(BookkeepingError::DoubledName { table, name: row.get(0) });
        }
        let sql = format!("CREATE UNIQUE INDEX ON {table} (migration_name)");
        client.batch_execute(&sql).await.map_err(failed_to(what))
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
    }

    /// The schema that it is in.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Its name as it is written in SQL.
    pub fn qualified(&self) -> String {
        format!("{}.{TABLE}", quoted(&self.schema))
    }

    /// Every row. Works on a table that was never adopted, too.
    pub async fn load(&self, client: &Client) -> Result<MigrationHistory, BookkeepingError> {
        let ours = |column: &str, otherwise: &str| {
            if self.has(column) { format!("h.{column}") } else { otherwise.to_owned() }
        };
        let sql = format!(
            "SELECT h.id::pg_catalog.int8, h.migration_name::text, \
             pg_catalog.round(EXTRACT(epoch FROM h.applied_at::timestamptz) * 1000)::pg_catalog.int8, \
             coalesce(h.success, false), h.error_message::text, {}, {} IS NOT NULL, {}, {}, coalesce({}, false), {}, {} \
             FROM {} h ORDER BY h.id",
            ours("checksum", "NULL::text"),
            ours("script_text", "NULL::text"),
            ours("duration_ms", "NULL::int8"),
            ours("pulled_from", "NULL::text"),
            ours("assumed", "NULL::boolean"),
            ours("progress_done", "NULL::int4"),
            ours("progress_of", "NULL::int4"),
            self.qualified(),
        );
        let rows = client.query_typed(&sql, &[]).await.map_err(failed_to("read the history table"))?;
        Ok(MigrationHistory { rows: rows.iter().map(history_row).collect() })
    }

    /// The text of a recorded script; `None`: not recorded, or without text.
    pub async fn text(&self, client: &Client, name: &str) -> Result<Option<String>, BookkeepingError> {
        if !self.has("script_text") {
            return Ok(None);
        }
        let sql = format!(
            "SELECT script_text FROM {} WHERE migration_name::text = ANY ($1) AND script_text IS NOT NULL LIMIT 1",
            self.qualified()
        );
        let rows = client.query_typed(&sql, &[(&spellings(name).to_vec(), Type::TEXT_ARRAY)]).await;
        Ok(rows.map_err(failed_to("read a script from the history table"))?.first().map(|row| row.get(0)))
    }

    /// Takes up rows that old tools wrote: what the history says is applied and the journal (`known` scripts' names) does not tell of.
    /// Text and checksum come from the file of the same name, if there is one, and are marked as assumed.
    pub async fn adopt_new_rows(
        &self,
        client: &mut Client,
        known: &[String],
        folder: &[Script],
    ) -> Result<Vec<Entry>, BookkeepingError> {
        let history = self.load(client).await?;
        let known: HashSet<&str> = known.iter().map(|name| stem(name)).collect();
        let new: Vec<&HistoryRow> = history.applied().filter(|row| !known.contains(stem(&row.name))).collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let what = "adopt rows of the history table";
        let transaction = client.transaction().await.map_err(failed_to(what))?;
        let sql = format!(
            "UPDATE {} SET checksum = $2, script_text = $3, assumed = true WHERE id = $1 AND checksum IS NULL",
            self.qualified()
        );
        let mut entries = Vec::new();
        for row in new {
            let file = folder.iter().find(|script| same_script(script.name.as_str(), &row.name));
            if let (None, Some(script)) = (row.checksum, file) {
                let checksum = script.checksum().to_string();
                let text = script.text.as_str();
                let set = transaction
                    .execute_typed(&sql, &[(&row.id, Type::INT8), (&checksum, Type::TEXT), (&text, Type::TEXT)])
                    .await;
                set.map_err(failed_to(what))?;
            }
            let checksum = row.checksum.or_else(|| file.map(Script::checksum));
            let event = Event::Marked { script: row.name.clone(), checksum };
            entries.push(journal_table::append(transaction.client(), event, Effect::new()).await?);
        }
        transaction.commit().await.map_err(failed_to(what))?;
        Ok(entries)
    }

    /// Records a script as applied without running it; `effect` holds the facts of its own that were drift until now.
    pub async fn mark_applied(
        &self,
        client: &mut Client,
        name: &str,
        script: Option<&Script>,
        effect: Effect,
    ) -> Result<Entry, BookkeepingError> {
        let checksum = script.map(Script::checksum);
        let event = |recorded: &str| Event::Marked { script: recorded.to_owned(), checksum };
        self.record(client, name, script, &event, effect).await
    }

    /// Records a script as applied that says what has happened here already: a capture. It counts as run.
    pub async fn record_captured(
        &self,
        client: &mut Client,
        script: &Script,
        transactional: bool,
        from: Option<&str>,
        effect: Effect,
    ) -> Result<Entry, BookkeepingError> {
        let (name, checksum, from) = (script.name.clone(), script.checksum(), from.map(str::to_owned));
        let event =
            |_: &str| Event::Applied { script: name.clone(), checksum, from: from.clone(), warnings: 0, transactional };
        self.record(client, script.name.as_str(), Some(script), &event, effect).await
    }

    async fn record(
        &self,
        client: &mut Client,
        name: &str,
        script: Option<&Script>,
        event: &(dyn Fn(&str) -> Event + Sync),
        effect: Effect,
    ) -> Result<Entry, BookkeepingError> {
        let what = "record a script as applied";
        let transaction = client.transaction().await.map_err(failed_to(what))?;
        let recorded = self.recorded_name(transaction.client(), name).await?.unwrap_or_else(|| name.to_owned());
        let event = event(&recorded);
        // its text is what ran here only where it ran here
        let assumed = matches!(event, Event::Marked { .. });
        let checksum = script.map(Script::checksum);
        let (sum, text) = (checksum.map(|sum| sum.to_string()), script.map(|script| script.text.as_str()));
        let sql = format!(
            "INSERT INTO {} AS h (migration_name, applied_at, success, error_message, checksum, script_text, assumed) \
             VALUES ($1, LOCALTIMESTAMP, true, NULL, $2, $3, $4) ON CONFLICT (migration_name) DO UPDATE SET \
             applied_at = excluded.applied_at, success = true, error_message = NULL, checksum = excluded.checksum, \
             script_text = excluded.script_text, assumed = excluded.assumed, sqlstate = NULL, progress_done = NULL, progress_of = NULL \
             WHERE h.success IS NOT TRUE",
            self.qualified()
        );
        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
            &[(&recorded, Type::TEXT), (&sum, Type::TEXT), (&text, Type::TEXT), (&assumed, Type::BOOL)];
        let written = transaction.execute_typed(&sql, parameters).await.map_err(failed_to(what))?;
        if written == 0 {
            return Err(BookkeepingError::AlreadyRecorded(recorded));
        }
        let entry = journal_table::append(transaction.client(), event, effect).await?;
        bookkeeping::forget_attempt(transaction.client(), &recorded).await?;
        transaction.commit().await.map_err(failed_to(what))?;
        Ok(entry)
    }

    /// Replaces the recorded text of an applied script by this one; the old text is kept beside.
    pub async fn repair(&self, client: &mut Client, script: &Script) -> Result<Entry, BookkeepingError> {
        let what = "replace the recorded text of a script";
        let missing = || BookkeepingError::NotRecorded { name: script.name.to_string(), state: "applied" };
        let old = self.text(client, script.name.as_str()).await?;
        let transaction = client.transaction().await.map_err(failed_to(what))?;
        let recorded = self.recorded_name(transaction.client(), script.name.as_str()).await?.ok_or_else(missing)?;
        if let Some(old) = old {
            bookkeeping::keep_text(transaction.client(), &old).await?;
        }
        let sql = format!(
            "UPDATE {} SET checksum = $2, script_text = $3 WHERE migration_name = $1 AND success",
            self.qualified()
        );
        let (checksum, text) = (script.checksum(), script.text.as_str());
        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
            &[(&recorded, Type::TEXT), (&checksum.to_string(), Type::TEXT), (&text, Type::TEXT)];
        if transaction.execute_typed(&sql, parameters).await.map_err(failed_to(what))? == 0 {
            return Err(missing());
        }
        let event = Event::Repaired { script: script.name.clone(), checksum };
        let entry = journal_table::append(transaction.client(), event, Effect::new()).await?;
        transaction.commit().await.map_err(failed_to(what))?;
        Ok(entry)
    }

    /// Records a script under another name, so that its own is free; text and effect stay with it.
    pub async fn rename(
        &self,
        client: &mut Client,
        name: &ScriptName,
        to: &ScriptName,
    ) -> Result<Entry, BookkeepingError> {
        let what = "give a recorded script another name";
        let missing = || BookkeepingError::NotRecorded { name: name.to_string(), state: "applied" };
        let transaction = client.transaction().await.map_err(failed_to(what))?;
        let client = transaction.client();
        let recorded = self.recorded_name(client, name.as_str()).await?.ok_or_else(missing)?;
        let table = self.qualified();
        // a try under the new name that failed stands in its way
        let sql = format!("DELETE FROM {table} WHERE migration_name::text = ANY ($1) AND success IS NOT TRUE");
        let new = spellings(to.as_str()).to_vec();
        client.execute_typed(&sql, &[(&new, Type::TEXT_ARRAY)]).await.map_err(failed_to(what))?;
        if self.recorded_name(client, to.as_str()).await?.is_some() {
            return Err(BookkeepingError::AlreadyRecorded(to.to_string()));
        }
        let sql = format!("UPDATE {table} SET migration_name = $2 WHERE migration_name = $1 AND success");
        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
            &[(&recorded, Type::TEXT), (&to.as_str(), Type::TEXT)];
        if client.execute_typed(&sql, parameters).await.map_err(failed_to(what))? == 0 {
            return Err(missing());
        }
        let event = Event::Renamed { script: name.clone(), to: to.clone() };
        let entry = journal_table::append(client, event, Effect::new()).await?;
        transaction.commit().await.map_err(failed_to(what))?;
        Ok(entry)
    }

    /// Deletes every row; their texts are kept in `driftless.script_text`. Returns the entry and how many rows there were.
    pub async fn reset(&self, client: &mut Client) -> Result<(Entry, u64), BookkeepingError> {
        let what = "reset the history";
        let transaction = client.transaction().await.map_err(failed_to(what))?;
        let table = self.qualified();
        // the checksum of a text is worked out here, not taken from the column: an old tool may have changed either
        let sql = format!("DELETE FROM {table} RETURNING script_text");
        let rows = transaction.query_typed(&sql, &[]).await.map_err(failed_to(what))?;
        for row in &rows {
            if let Some(text) = row.get::<_, Option<&str>>(0) {
                bookkeeping::keep_text(transaction.client(), text).await?;
            }
        }
        let cleared = transaction.batch_execute("DELETE FROM driftless.attempt").await;
        cleared.map_err(failed_to(what))?;
        let entry = journal_table::append(transaction.client(), Event::Reset, Effect::new()).await?;
        transaction.commit().await.map_err(failed_to(what))?;
        Ok((entry, u64::try_from(rows.len()).unwrap_or(u64::MAX)))
    }

    async fn recorded_name(&self, client: &Client, name: &str) -> Result<Option<String>, BookkeepingError> {
        let sql = format!(
            "SELECT migration_name::text FROM {} WHERE migration_name::text = ANY ($1) LIMIT 1",
            self.qualified()
        );
        let rows = client.query_typed(&sql, &[(&spellings(name).to_vec(), Type::TEXT_ARRAY)]).await;
        Ok(rows.map_err(failed_to("look for a script in the history table"))?.first().map(|row| row.get(0)))
    }

    /// Puts a row in, or takes over one that failed, in the caller's transaction: an old tool that inserts the same name at
    /// the same moment collides with it. Fails with a division by zero where the script is applied. Gives the row's id and time.
    pub(super) fn claim_sql(&self) -> String {
        let table = self.qualified();
        format!(
            "WITH claimed AS (INSERT INTO {table} AS h (migration_name, applied_at, success, error_message, checksum, \
             script_text, duration_ms, pulled_from, assumed, sqlstate, progress_done, progress_of) \
             VALUES ($1, LOCALTIMESTAMP, false, NULL, $2, $3, NULL, $4, false, NULL, $5, $6) \
             ON CONFLICT (migration_name) DO UPDATE SET applied_at = excluded.applied_at, success = false, \
             error_message = NULL, checksum = excluded.checksum, script_text = excluded.script_text, duration_ms = NULL, \
             pulled_from = excluded.pulled_from, assumed = false, sqlstate = NULL, progress_done = excluded.progress_done, \
             progress_of = excluded.progress_of WHERE h.success IS NOT TRUE RETURNING h.id::pg_catalog.int8 AS id, \
             pg_catalog.round(EXTRACT(epoch FROM h.applied_at::timestamptz) * 1000)::pg_catalog.int8 AS at) \
             SELECT (SELECT id FROM claimed), (SELECT at FROM claimed), 1 / (SELECT pg_catalog.count(*) FROM claimed)"
        )
    }

    /// Completes a claimed row: `$1` name, `$2` milliseconds.
    pub(super) fn complete_sql(&self) -> String {
        format!(
            "UPDATE {} SET success = true, error_message = NULL, duration_ms = $2, progress_done = NULL, progress_of = NULL \
             WHERE migration_name = $1",
            self.qualified()
        )
    }

    /// Records a failure: `$1` name, `$2` checksum, `$3` text, `$4` peer, `$5` words, `$6` SQLSTATE, `$7` and `$8` progress.
    pub(super) fn failure_sql(&self) -> String {
        format!(
            "INSERT INTO {} AS h (migration_name, applied_at, success, error_message, checksum, script_text, pulled_from, \
             assumed, sqlstate, progress_done, progress_of) \
             VALUES ($1, LOCALTIMESTAMP, false, $5, $2, $3, $4, false, $6, $7, $8) \
             ON CONFLICT (migration_name) DO UPDATE SET applied_at = CASE WHEN excluded.progress_done IS NULL THEN \
             excluded.applied_at ELSE h.applied_at END, error_message = excluded.error_message, \
             checksum = excluded.checksum, script_text = excluded.script_text, duration_ms = NULL, \
             pulled_from = excluded.pulled_from, assumed = false, sqlstate = excluded.sqlstate, \
             progress_done = excluded.progress_done, progress_of = excluded.progress_of WHERE h.success IS NOT TRUE",
            self.qualified()
        )
    }

    /// In the transaction of a claim: whether that transaction is still the running one.
    pub(super) fn same_transaction_sql(&self) -> String {
        format!(
            "SELECT coalesce(pg_catalog.bool_and(h.xmin::text = pg_catalog.pg_current_xact_id()::pg_catalog.xid::text \
             AND h.success IS NOT TRUE), false) FROM {} h WHERE h.migration_name = $1",
            self.qualified()
        )
    }

    /// A row as a claim leaves it, which is never committed: `$1` name, `$2` checksum.
    pub(super) fn bare_claim_sql(&self) -> String {
        format!(
            "SELECT 1 FROM {} WHERE migration_name = $1 AND checksum = $2 AND success IS FALSE AND error_message IS NULL \
             AND progress_of IS NULL",
            self.qualified()
        )
    }

    /// Sets the progress of a claimed row: `$1` name, `$2` statements done.
    pub(super) fn progress_sql(&self) -> String {
        format!("UPDATE {} SET progress_done = $2 WHERE migration_name = $1", self.qualified())
    }

    /// Lets the sequence that numbers the rows go on behind them.
    pub(super) async fn mend_numbers(&self, client: &Client) -> Result<(), BookkeepingError> {
        let sql = format!(
            "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence($1, 'id'), coalesce(h.last, 1), h.last IS NOT NULL) \
             FROM (SELECT pg_catalog.max(id) AS last FROM {table}) h",
            table = self.qualified()
        );
        let done = client.query_typed(&sql, &[(&self.qualified(), Type::TEXT)]).await;
        done.map(drop).map_err(failed_to("mend the sequence of the history table"))
    }

    /// The identity of the table's row in the catalogs.
    pub(super) async fn oid(&self, client: &Client) -> Result<u32, BookkeepingError> {
        let sql = "SELECT $1::text::pg_catalog.regclass::pg_catalog.oid";
        let rows = client.query_typed(sql, &[(&self.qualified(), Type::TEXT)]).await;
        Ok(rows.map_err(failed_to("look for the history table"))?.first().map_or(0, |row| row.get(0)))
    }
}

/// The text of a recorded script with this checksum, as it was run, or kept when the history was reset or repaired.
pub async fn script_text(
    client: &Client,
    scope: &Scope,
    name: &str,
    checksum: Checksum,
) -> Result<Option<String>, BookkeepingError> {
    let text = match HistoryTable::locate(client, scope).await? {
        Some(table) => table.text(client, name).await?,
        None => None,
    };
    match text.filter(|text| Checksum::of(text.as_bytes()) == checksum) {
        Some(text) => Ok(Some(text)),
        None => bookkeeping::kept_text(client, checksum).await,
    }
}

/// Both ways of recording a script's name.
fn spellings(name: &str) -> [String; 2] {
    let stem = stem(name);
    [format!("{stem}.sql"), stem.to_owned()]
}

fn history_row(row: &Row) -> HistoryRow {
    let count = |index: usize| row.get::<_, Option<i32>>(index).and_then(|count| u32::try_from(count).ok());
    HistoryRow {
        id: row.get(0),
        name: row.get(1),
        applied_at: row.get(2),
        success: row.get(3),
        error: row.get(4),
        checksum: row.get::<_, Option<&str>>(5).and_then(|sum| sum.parse::<Checksum>().ok()),
        has_text: row.get(6),
        duration_ms: row.get(7),
        pulled_from: row.get(8),
        assumed: row.get(9),
        progress: count(10).zip(count(11)).map(|(done, of)| Progress { done, of }),
    }
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name under which a script is recorded, or will be.
pub(super) fn recorded_as(history: &MigrationHistory, name: &ScriptName) -> String {
    history.row(name.as_str()).map_or_else(|| name.to_string(), |row| row.name.clone())
}
