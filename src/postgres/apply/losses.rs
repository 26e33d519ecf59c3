//! What a script would cost in data: measured, not guessed.
//!
//! After the script, in its transaction, the server's own counters and the catalogs tell which tables and columns it dropped and which
//! tables it wrote ([`Inventory::suspects`]). If any of them was there before, the script is rolled back, what it would touch is looked at
//! and copied ([`Suspects::set_aside`]), the script runs again, and each column's values are compared as a multiset
//! ([`Aside::compare`]): filling NULLs, widening a type, adding rows cost nothing, whatever statements do it.
//! What could go wrong: values that only change places within a column are not seen.

use std::collections::{BTreeSet, HashMap};

use tokio_postgres::types::{Oid, Type};
use tokio_postgres::{Client, Error, Row};

use super::ApplyError;
use crate::heal::{Loss, LossKind};
use crate::postgres::history_table::quoted;
use crate::schema::qualified;
use crate::script::Analysis;

const PG_CLASS: Oid = 1259;
const PG_ATTRIBUTE: Oid = 1249;

/// Before the script: what this session has counted and not yet handed in, which is in the counters too. Parameter: the relations, as
/// [`Inventory::counted`] has them: of others nothing has been counted.
pub(super) const COUNTERS: &str = "SELECT c, pg_catalog.pg_stat_get_xact_tuples_updated(c), \
    pg_catalog.pg_stat_get_xact_tuples_deleted(c) FROM pg_catalog.unnest($1) c";

/// After it: the same of the tables that the transaction has locked otherwise than for reading. Without such a lock, which is held to the
/// end, neither a row nor the file can be changed; to ask the counters of every table would cost more than the script.
pub(super) const TOUCHED: &str = "SELECT c.oid, pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), \
    pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), c.relfilenode \
    FROM (SELECT l.relation FROM pg_catalog.pg_locks l WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' \
    AND l.granted AND l.database <> 0 AND l.relation >= 16384 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock') \
    UNION SELECT 1259 UNION SELECT 1249) locked(oid) \
    JOIN pg_catalog.pg_class c ON c.oid = locked.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.oid < 16384 OR (c.relkind IN ('r', 'p') AND c.relpersistence <> 't' \
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'driftless'))";

/// Of which relations this session has counted something, whether it has handed that in or not.
const COUNTED: &str = "SELECT c.oid FROM pg_catalog.pg_class c WHERE (c.relkind IN ('r', 'p') OR c.oid IN (1259, 1249)) \
    AND (pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) > 0 OR pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0)";

const INVENTORY: &str = "SELECT c.oid, c.relfilenode \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid <> $1 \
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'driftless')";

const GONE: &str = "SELECT known FROM pg_catalog.unnest($1) known \
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = known)";

const DROPPED_COLUMNS: &str = "SELECT a.attrelid, a.attnum FROM pg_catalog.pg_attribute a \
    WHERE a.attisdropped AND a.attnum > 0 AND a.attrelid = ANY ($1) \
    AND pg_catalog.age(a.xmin) <= pg_catalog.age(pg_catalog.pg_current_xact_id()::pg_catalog.xid)";

const TABLE: &str = "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_size(c.oid) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.oid = $1 AND c.relkind = 'r'";

const COLUMNS: &str = "SELECT a.attnum, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) \
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// What may be lost, by the text alone: outside a transaction nothing is measured, for nothing could be taken back.
pub(super) fn foretold(analysis: &Analysis) -> Vec<Loss> {
    let loss =
        |(line, what): &(usize, &str)| Loss { what: format!("line {line}: {what}"), how: LossKind::OutsideTransaction };
    analysis.losing.iter().map(loss).collect()
}

/// The tables that are there, with the file that each is stored in: another file means TRUNCATE or a rewrite.
#[derive(Debug, Clone, Default)]
pub(super) struct Inventory {
    files: HashMap<Oid, Oid>,
    /// The relations of which this session may have counted something, and the catalogs that are looked at.
    counted: BTreeSet<Oid>,
    /// The history table, which is not the user's data.
    history: Oid,
}

/// What a script touched, as the counters and the catalog tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    relations_dropped: bool,
    columns_changed: bool,
    tables: Vec<TouchedTable>,
}

#[derive(Debug, Clone)]
struct TouchedTable {
    oid: Oid,
    file: Oid,
    written: bool,
}

impl Touched {
    /// From the answers to [`COUNTERS`] and [`TOUCHED`].
    pub(super) fn between(before: &[Row], after: &[Row]) -> Self {
        let before: HashMap<Oid, (i64, i64)> =
            before.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        let mut touched = Self::default();
        for row in after {
            let (oid, updated, deleted): (Oid, i64, i64) = (row.get(0), row.get(1), row.get(2));
            let (updated_before, deleted_before) = before.get(&oid).copied().unwrap_or_default();
            let (updated, deleted) = (updated - updated_before, deleted - deleted_before);
            match oid {
                PG_CLASS => touched.relations_dropped = deleted > 0,
                PG_ATTRIBUTE => touched.columns_changed = updated > 0,
                _ => touched.tables.push(TouchedTable { oid, file: row.get(3), written: updated > 0 || deleted > 0 }),
            }
        }
        touched
    }
}

impl Inventory {
    /// Reads it; the history table is not the user's data.
    pub(super) async fn read(client: &Client, history: Oid) -> Result<Self, ApplyError> {
        let rows = client.query_typed(INVENTORY, &[(&history, Type::OID)]).await;
        let failed = |source| ApplyError::Query { what: "list the tables", source };
        let files = rows.map_err(failed)?.iter().map(|row| (row.get(0), row.get(1))).collect();
        let counted = client.query_typed(COUNTED, &[]).await.map_err(failed)?;
        let counted = counted.iter().map(|row| row.get(0)).chain([PG_CLASS, PG_ATTRIBUTE, history]).collect();
        Ok(Self { files, counted, history })
    }

    /// The relations of which the counters are asked before a script.
    pub(super) fn counted(&self) -> Vec<Oid> {
        self.counted.iter().copied().collect()
    }

    /// What may have cost data; `None`: nothing.
    pub(super) async fn suspects(&self, client: &Client, touched: &Touched) -> Result<Option<Suspects>, ApplyError> {
        let written = touched
            .tables
            .iter()
            .filter(|table| self.files.get(&table.oid).is_some_and(|file| table.written || *file != table.file));
        let mut suspects = Suspects { written: written.map(|table| table.oid).collect(), ..Suspects::default() };
        let known: Vec<Oid> = self.files.keys().copied().collect();
        let failed = |source| ApplyError::Query { what: "see what a script dropped", source };
        if touched.relations_dropped {
            let rows = client.query_typed(GONE, &[(&known, Type::OID_ARRAY)]).await.map_err(failed)?;
            suspects.dropped = rows.iter().map(|row| row.get(0)).collect();
        }
        if touched.columns_changed {
            let rows = client.query_typed(DROPPED_COLUMNS, &[(&known, Type::OID_ARRAY)]).await.map_err(failed)?;
            suspects.columns = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        }
        let none = suspects.written.is_empty() && suspects.dropped.is_empty() && suspects.columns.is_empty();
        Ok((!none).then_some(suspects))
    }

    /// Follows a script that has committed; `None`: it must be read again.
    pub(super) fn absorb(mut self, touched: &Touched) -> Option<Self> {
        let tables = touched.tables.iter().filter(|table| table.oid != self.history);
        self.files.extend(tables.map(|table| (table.oid, table.file)));
        self.counted.extend(touched.tables.iter().map(|table| table.oid));
        (!touched.relations_dropped).then_some(self)
    }
}

/// Tables and columns that a script dropped or wrote and that were there before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Suspects {
    dropped: Vec<Oid>,
    columns: Vec<(Oid, i16)>,
    written: Vec<Oid>,
}

/// What was found before the script ran, and the copies of what it will write.
#[derive(Debug, Default)]
pub(super) struct Aside {
    losses: Vec<Loss>,
    copies: Vec<Copy>,
}

#[derive(Debug)]
struct Copy {
    oid: Oid,
    rows: i64,
    table: String,
    columns: Vec<Column>,
}

#[derive(Debug, Clone)]
struct Column {
    number: i16,
    name: String,
    kind: String,
}

struct Table {
    sql: String,
    name: String,
    bytes: i64,
}

impl Suspects {
    /// In the script's transaction, before it runs: counts what would vanish, copies what would be written. The copies hold text, so
    /// that they depend on no type.
    pub(super) async fn set_aside(&self, client: &Client, largest: i64) -> Result<Aside, Error> {
        let mut aside = Aside::default();
        // so that types are named in full; the session is a clean one, where RESET gives back what the script is to meet
        client.batch_execute("SET LOCAL search_path = pg_catalog, pg_temp").await?;
        for &oid in &self.dropped {
            if let Some(table) = table(client, oid).await? {
                let rows = number(client, &format!("SELECT pg_catalog.count(*) FROM ONLY {}", table.sql)).await?;
                if rows > 0 {
                    let what = format!("table {}", table.name);
                    aside.losses.push(Loss { what, how: LossKind::DroppedRows { rows } });
                }
            }
        }
        for &(oid, number) in self.columns.iter().filter(|(oid, _)| !self.dropped.contains(oid)) {
            if let Some(table) = table(client, oid).await?
                && let Some(column) = columns(client, oid).await?.into_iter().find(|column| column.number == number)
            {
                aside.losses.extend(dropped_column(client, &table, &column).await?);
            }
        }
        for (&oid, index) in self.written.iter().filter(|oid| !self.dropped.contains(oid)).zip(0..) {
            if let Some(table) = table(client, oid).await? {
                aside.set_table_aside(client, oid, &table, index, largest).await?;
            }
        }
        client.batch_execute("RESET search_path").await?;
        Ok(aside)
    }
}

async fn dropped_column(client: &Client, table: &Table, column: &Column) -> Result<Option<Loss>, Error> {
    let sql = format!("SELECT pg_catalog.count({}) FROM ONLY {}", quoted(&column.name), table.sql);
    let values = number(client, &sql).await?;
    let what = format!("column {}.{}", table.name, qualified(&[&column.name]));
    Ok((values > 0).then_some(Loss { what, how: LossKind::DroppedValues { values } }))
}

impl Aside {
    async fn set_table_aside(
        &mut self,
        client: &Client,
        oid: Oid,
        table: &Table,
        index: usize,
        largest: i64,
    ) -> Result<(), Error> {
        if table.bytes > largest {
            let how = LossKind::NotMeasured { bytes: table.bytes };
            self.losses.push(Loss { what: format!("table {}", table.name), how });
            return Ok(());
        }
        // nobody else's writes must be taken for the script's
        client.batch_execute(&format!("LOCK TABLE ONLY {} IN SHARE ROW EXCLUSIVE MODE", table.sql)).await?;
        let columns = columns(client, oid).await?;
        let list: Vec<String> =
            columns.iter().map(|column| format!("{}::text AS c{}", quoted(&column.name), column.number)).collect();
        let list = if list.is_empty() { "1 AS none".to_owned() } else { list.join(", ") };
        let name = format!("driftless_before_{index}");
        let sql = format!("CREATE TEMP TABLE pg_temp.{name} ON COMMIT DROP AS SELECT {list} FROM ONLY {}", table.sql);
        client.batch_execute(&sql).await?;
        let rows = number(client, &format!("SELECT pg_catalog.count(*) FROM pg_temp.{name}")).await?;
        if rows > 0 {
            self.copies.push(Copy { oid, rows, table: name, columns });
        }
        Ok(())
    }

    /// After the script, in the same transaction: everything that is lost.
    pub(super) async fn compare(self, client: &Client) -> Result<Vec<Loss>, Error> {
        let mut losses = self.losses;
        for copy in &self.copies {
            if let Some(table) = table(client, copy.oid).await? {
                losses.extend(copy.compare(client, &table).await?);
            }
        }
        losses.sort_by(|a, b| a.what.cmp(&b.what));
        Ok(losses)
    }
}

impl Copy {
    async fn compare(&self, client: &Client, table: &Table) -> Result<Vec<Loss>, Error> {
        let mut losses = Vec::new();
        let rows = number(client, &format!("SELECT pg_catalog.count(*) FROM ONLY {}", table.sql)).await?;
        let deleted = (self.rows - rows).max(0);
        if deleted > 0 {
            let how = LossKind::DeletedRows { rows: deleted };
            losses.push(Loss { what: format!("table {}", table.name), how });
        }
        let now = columns(client, self.oid).await?;
        for before in &self.columns {
            // a column that is gone was counted before
            let Some(after) = now.iter().find(|column| column.number == before.number) else {
                continue;
            };
            let values = self.lost(client, table, before, after).await?;
            // the values of deleted rows are told by the rows
            if values > deleted {
                let what = format!("column {}.{}", table.name, qualified(&[&after.name]));
                losses.push(Loss { what, how: LossKind::OverwrittenValues { values: values - deleted } });
            }
        }
        Ok(losses)
    }

    /// How many values of a column are no longer there. A column of another type is asked in its old type, if that can be
    /// done: 1 that became 1.00 is not lost, 1.25 that became 1 is.
    async fn lost(&self, client: &Client, table: &Table, before: &Column, after: &Column) -> Result<i64, Error> {
        let question = |value: String| {
            format!(
                "SELECT pg_catalog.count(*) FROM (SELECT c{0} FROM pg_temp.{1} WHERE c{0} IS NOT NULL \
                 EXCEPT ALL SELECT {value} FROM ONLY {2}) lost",
                before.number, self.table, table.sql
            )
        };
        let name = quoted(&after.name);
        let plain = question(format!("{name}::text"));
        if before.kind == after.kind {
            return number(client, &plain).await;
        }
        client.batch_execute("SAVEPOINT driftless_compare").await?;
        let as_before = number(client, &question(format!("({name}::{})::text", before.kind))).await;
        let lost = match as_before {
            Ok(lost) => lost,
            Err(error) if error.as_db_error().is_some() => {
                client.batch_execute("ROLLBACK TO SAVEPOINT driftless_compare").await?;
                number(client, &plain).await?
            }
            Err(error) => return Err(error),
        };
        client.batch_execute("RELEASE SAVEPOINT driftless_compare").await?;
        Ok(lost)
    }
}

async fn table(client: &Client, oid: Oid) -> Result<Option<Table>, Error> {
    let rows = client.query_typed(TABLE, &[(&oid, Type::OID)]).await?;
    Ok(rows.first().map(|row| {
        let (schema, name): (&str, &str) = (row.get(0), row.get(1));
        Table {
            sql: format!("{}.{}", quoted(schema), quoted(name)),
            name: qualified(&[schema, name]),
            bytes: row.get(2),
        }
    }))
}

async fn columns(client: &Client, oid: Oid) -> Result<Vec<Column>, Error> {
    let rows = client.query_typed(COLUMNS, &[(&oid, Type::OID)]).await?;
    Ok(rows.iter().map(|row| Column { number: row.get(0), name: row.get(1), kind: row.get(2) }).collect())
}

async fn number(client: &Client, sql: &str) -> Result<i64, Error> {
    let rows = client.query_typed(sql, &[]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}
