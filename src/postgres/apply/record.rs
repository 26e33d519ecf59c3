//! What is asked and recorded around every script, and whether the script reached for these records itself: history, journal, approvals.
//! Their tables are in no model, so that nothing else would show it, and who writes them could make the agent forget, doubt or
//! approve whatever it likes.

use std::collections::BTreeMap;

use tokio_postgres::{Error, Row};

use crate::postgres::catalog::CatalogReader;
use crate::postgres::history_table::HistoryTable;
use crate::postgres::journal_table::{self, Stored};
use crate::postgres::lock::Guard;
use crate::postgres::message::{Value, filled, listed};

/// What is asked and recorded for every script.
#[derive(Debug, Clone, Copy)]
pub(super) enum Say {
    /// The row: name, checksum, text, peer and progress.
    Claim,
    /// What the script has left: the row's name.
    After,
    /// The entry's columns, the row's name and milliseconds, and the guard's process.
    Record,
}

impl Say {
    const ALL: [Self; 3] = [Self::Claim, Self::After, Self::Record];

    fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::After => "after",
            Self::Record => "record",
        }
    }

    fn types(self) -> &'static [&'static str] {
        match self {
            Self::Claim => &["text", "text", "text", "text", "int4", "int4"],
            Self::After => &["text"],
            Self::Record => {
                &["int8", "int8", "text", "text", "text", "bytea", "bytea", "bytea", "text", "int8", "int4"]
            }
        }
    }
}

/// These statements, for one session and one history table.
#[derive(Debug)]
pub(super) struct Own {
    claim: String,
    after: String,
    record: String,
    /// The number in the names under which they are prepared, if they are.
    prepared: Option<u32>,
    /// The next number: what was forgotten may still be there, or be another's by now.
    next: u32,
}

impl Own {
    /// For this history table.
    pub(super) fn of(table: &HistoryTable) -> Self {
        let counters = CatalogReader::counters_sql();
        Self {
            // the claim, and the counters before the script
            claim: format!("{}, counters.* FROM ({counters}) counters", table.claim_sql()),
            // the journal's end and the clock, whether the transaction is still that of the claim (`$1` name), the counters after
            // the script and what it has locked
            after: format!(
                "SELECT e.seq, pg_catalog.encode(e.hash, 'hex'), e.at, ({}), counters.*, locks.* \
                 FROM ({}) e, ({counters}) counters, ({}) locks",
                table.same_transaction_sql(),
                journal_table::HEAD,
                CatalogReader::locks_sql(),
            ),
            // entry, notification and completed row, if the guard stands and a trigger or rule has kept neither from being written: `$1` to `$8` the entry, `$9` name, `$10`
            // milliseconds, `$11` the guard's process
            record: format!(
                "WITH done AS ({} RETURNING success), entry AS ({} RETURNING seq) \
                 SELECT pg_catalog.pg_notify('driftless', e.seq::pg_catalog.text), ({}), \
                 CASE WHEN e.entries = 1 AND d.rows = 1 THEN 0 ELSE \
                 (e.entries || ' entries and ' || d.rows || ' rows written')::pg_catalog.int4 END \
                 FROM (SELECT pg_catalog.max(seq) AS seq, pg_catalog.count(*) AS entries FROM entry) e, \
                 (SELECT pg_catalog.count(*) AS rows FROM done WHERE success) d",
                table.complete_sql().replace("$1", "$9").replace("$2", "$10"),
                Stored::INSERT,
                Guard::STANDS.replace("$1", "$11"),
            ),
            prepared: None,
            next: 1,
        }
    }

    /// The same session's for another history table.
    pub(super) fn turned_to(self, table: &HistoryTable) -> Self {
        Self { next: self.next, ..Self::of(table) }
    }

    /// One of them with its values: by what is prepared, where it is.
    pub(super) fn say(&self, what: Say, values: &[Value<'_>]) -> String {
        match self.prepared {
            Some(number) => format!("EXECUTE driftless_{}_{number}({})", what.word(), listed(values)),
            None => filled(self.sql(what), values),
        }
    }

    pub(super) fn is_prepared(&self) -> bool {
        self.prepared.is_some()
    }

    /// What prepares them.
    pub(super) fn prepare_sql(&self) -> String {
        let prepare = |what: Say| {
            let types: Vec<_> = what.types().iter().map(|kind| format!("pg_catalog.{kind}")).collect();
            let (word, types) = (what.word(), types.join(", "));
            format!("PREPARE driftless_{word}_{} ({types}) AS {};", self.next, self.sql(what))
        };
        Say::ALL.map(prepare).join(" ")
    }

    /// They have been prepared.
    pub(super) fn are_prepared(&mut self) {
        self.prepared = Some(self.next);
        self.next += 1;
    }

    /// The session has forgotten them, or may have.
    pub(super) fn forget(&mut self) {
        self.prepared = None;
    }

    fn sql(&self, what: Say) -> &str {
        match what {
            Say::Claim => &self.claim,
            Say::After => &self.after,
            Say::Record => &self.record,
        }
    }
}

/// One row a table of ours, with all that changes when it is written, rewritten, renamed, or given a trigger, a rule or another
/// owner: its place in the catalog, and what this transaction has counted. `$1` is the history table.
pub(super) const SNAPSHOT: &str = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.concat_ws(' ', c.oid, c.xmin, \
    pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid), pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), \
    pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)) FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'r' AND c.oid = ANY (ARRAY[pg_catalog.to_regclass($1), pg_catalog.to_regclass('driftless.database'), \
    pg_catalog.to_regclass('driftless.journal'), pg_catalog.to_regclass('driftless.attempt'), \
    pg_catalog.to_regclass('driftless.script_text')]::pg_catalog.oid[])";

/// The tables that were touched between two snapshots, in order.
pub(super) fn touched(before: &[Row], after: &[Row]) -> Vec<String> {
    between(snapshot(before), &snapshot(after))
}

type Snapshot = BTreeMap<String, String>;

fn snapshot(rows: &[Row]) -> Snapshot {
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn between(before: Snapshot, after: &Snapshot) -> Vec<String> {
    before.into_iter().filter(|(name, state)| after.get(name) != Some(state)).map(|(name, _)| name).collect()
}

/// Whether the sequence that numbers the history's rows gives numbers that are taken, or none: a restored dump or a script may have set it.
pub(super) fn is_number_taken(error: &Error) -> bool {
    error.code().is_some_and(|code| matches!(code.code(), "23505" | "2200H"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_it_was() {
        let tables =
            |rows: &[(&str, &str)]| rows.iter().map(|(name, state)| ((*name).into(), (*state).into())).collect();
        let before: Snapshot = tables(&[("driftless.journal", "1 7 0 0 0"), ("public.migration_history", "2 7 1 0 0")]);
        assert_eq!(between(before.clone(), &before), [""; 0]);
        assert_eq!(
            between(before.clone(), &tables(&[("public.migration_history", "2 7 1 0 0")])),
            ["driftless.journal"]
        );
        let after: Snapshot = tables(&[("driftless.journal", "1 7 0 0 0"), ("public.migration_history", "2 7 1 1 0")]);
        assert_eq!(between(before, &after), ["public.migration_history"]);
    }
}
