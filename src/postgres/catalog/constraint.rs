//! Reads constraints of tables and domains.
//!
//! Left out: NOT NULL (the column's), constraint triggers (triggers), and the copies of a foreign key that a partitioned
//! table makes on partitions. A partition's key is a fact that names its parent's.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Constraint, &[Sort::Table, Sort::Type], sql).of_tables(of_tables).whole(whole);

fn sql(major: u32) -> String {
    format!("{} UNION ALL {}", of_tables(major), of_domains(""))
}

fn of_tables(_major: u32) -> String {
    question("pg_get_constraintdef(k.oid)", "ARRAY[n.nspname::text, c.relname::text]", "")
}

/// A plain key is one without INCLUDE, deferring, or any of the rarer clauses: `print` makes its definition.
fn whole(major: u32) -> String {
    let key = if major >= 15 { "AND NOT i.indnullsnotdistinct" } else { "" };
    let foreign = if major >= 15 { "AND k.confdelsetcols IS NULL" } else { "" };
    let any = if major >= 18 { "AND NOT k.conperiod AND k.conenforced" } else { "" };
    let plain = format!(
        "NOT k.condeferrable AND k.convalidated {any}
                 AND (k.contype IN ('p', 'u') AND i.indnatts = i.indnkeyatts {key} OR k.contype = 'f' AND k.confmatchtype = 's' {foreign})"
    );
    let of_tables = question(
        &format!("CASE WHEN {plain} THEN NULL ELSE pg_get_constraintdef(k.oid) END"),
        "'{}'::text[]",
        &format!(
            ", CASE WHEN {plain} THEN k.contype::text || k.confupdtype::text || k.confdeltype::text END AS _how,
            k.conkey AS _columns, k.confrelid AS _table, k.confkey AS _references"
        ),
    );
    format!("{of_tables} UNION ALL {}", of_domains(", NULL, NULL, NULL, NULL"))
}

fn question(definition: &str, relation: &str, notes: &str) -> String {
    format!(
        "SELECT k.oid, 0, 2606::oid, 1259::oid, k.conrelid,
            ARRAY[n.nspname::text, c.relname::text, k.conname::text], NULL::text, NULL::text,
            {relation},
            {definition} AS definition,
            CASE WHEN k.coninhcount = 0 OR k.contype <> 'c' THEN NULL WHEN c.relispartition THEN 'partition'
                 WHEN k.conislocal THEN 'merged' ELSE 'only' END AS inherited,
            CASE WHEN ic.relispartition AND k.conparentid = 0 THEN (
                SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = ic.oid) END AS index_parent,
            (SELECT quote_ident(pk.conname) FROM pg_constraint pk WHERE pk.oid = k.conparentid) AS parent,
            CASE WHEN ic.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(ic.reloptions) o ORDER BY 1) END
                AS index_options,
            nullif(NOT i.indisvalid, false) AS index_invalid,
            nullif(i.indisclustered, false) AS clustered{notes}
       FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p', 'f')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
       LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
      WHERE k.contype IN ('p', 'u', 'c', 'f', 'x') AND (k.contype <> 'f' OR k.conparentid = 0)
        AND {{scope}} {{roots k.conrelid}}"
    )
}

fn of_domains(no_notes: &str) -> String {
    format!(
        "SELECT k.oid, 0, 2606::oid, 1247::oid, k.contypid,
            ARRAY[n.nspname::text, t.typname::text, k.conname::text], NULL, NULL, NULL,
            pg_get_constraintdef(k.oid), NULL, NULL, NULL, NULL, NULL, NULL{no_notes}
       FROM pg_constraint k
       JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE k.contype = 'c' AND {{scope}} {{roots k.contypid}}"
    )
}
