//! Reads indexes of tables and materialized views, except those that constraints own.

use super::extension::{needed, needed_by_few};
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Index, &[Sort::Table, Sort::MaterializedView], sql).whole(whole);

/// The definition is cut behind the names, which are known to the letter: a rename is no change of an index.
const DEFINITION: &str = "substr(pg_get_indexdef(i.indexrelid), 1 + length(
                'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' || quote_ident(x.relname) || ' ON '
                || CASE x.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END
                || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' USING '))";

fn sql(_major: u32) -> String {
    let owner = "pg_depend d WHERE d.classid = 1259 AND d.objid = i.indexrelid AND (d.refclassid = 2606) IS TRUE AND d.deptype = 'i'";
    question(DEFINITION, "", owner, &needed_by_few(1259, "x.oid"))
}

/// A plain index is one on columns alone, of all rows, without settings, by btree or hash and the operator classes that came with the
/// server: `print` makes its definition. (`_of`: columns, their operator classes, collations, directions.)
fn whole(major: u32) -> String {
    let distinct = if major >= 15 { "AND NOT i.indnullsnotdistinct" } else { "" };
    let plain = format!(
        "x.relam IN (403, 405) AND i.indexprs IS NULL AND i.indpred IS NULL AND x.reloptions IS NULL
                 AND i.indnatts = i.indnkeyatts {distinct}"
    );
    question(
        &format!("CASE WHEN {plain} THEN NULL ELSE {DEFINITION} END"),
        &format!(
            ", CASE WHEN {plain} THEN CASE x.relam WHEN 403 THEN 'btree' ELSE 'hash' END END AS _method,
            CASE WHEN {plain} THEN i.indkey::int2[] END AS _columns, CASE WHEN {plain} THEN i.indclass::oid[] END AS _classes,
            CASE WHEN {plain} THEN i.indcollation::oid[] END AS _collations,
            CASE WHEN {plain} THEN i.indoption::int2[] END AS _options"
        ),
        "pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')",
        &needed(1259, "x.oid"),
    )
}

/// A constraint owns an index that depends on it, and that it names; which is found sooner depends on how many are asked for.
fn question(definition: &str, notes: &str, owner: &str, extensions: &str) -> String {
    format!(
        "SELECT i.indexrelid, 0, 1259::oid, 1259::oid, i.indrelid,
            ARRAY[n.nspname::text, x.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table,
            {definition} AS definition,
            nullif(i.indisunique, false) AS unique,
            nullif(NOT i.indisvalid, false) AS invalid,
            nullif(i.indisclustered, false) AS clustered,
            CASE WHEN x.relispartition THEN (
                SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = x.oid) END AS parent,
            CASE WHEN i.indexprs IS NOT NULL THEN (
                SELECT array_agg(a.attnum || ' ' || a.attstattarget ORDER BY a.attnum) FROM pg_attribute a
                 WHERE a.attrelid = x.oid AND a.attstattarget >= 0) END AS statistics,
            {extensions} AS extensions{notes}
       FROM pg_index i
       JOIN pg_class x ON x.oid = i.indexrelid
       JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p', 'm')
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT EXISTS (SELECT FROM {owner})
        AND {{scope}} {{roots i.indrelid}}"
    )
}
