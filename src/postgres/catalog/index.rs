//! Reads indexes of tables and materialized views, except those that constraints own.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Index, &[Sort::Table, Sort::MaterializedView], sql);

fn sql(_major: u32) -> String {
    // The definition is cut behind the names, which are known to the letter: a rename is no change of an index.
    "SELECT i.indexrelid, 0, 1259::oid, 1259::oid, i.indrelid,
            ARRAY[n.nspname::text, x.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            format('%I.%I', n.nspname, c.relname) AS table,
            substr(pg_get_indexdef(i.indexrelid), 1 + length(
                'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' || quote_ident(x.relname) || ' ON '
                || CASE x.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END
                || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' USING ')) AS definition,
            nullif(i.indisunique, false) AS unique,
            nullif(NOT i.indisvalid, false) AS invalid,
            nullif(i.indisclustered, false) AS clustered,
            CASE WHEN x.relispartition THEN (
                SELECT format('%I.%I', pn.nspname, pc.relname)
                  FROM pg_inherits h
                  JOIN pg_class pc ON pc.oid = h.inhparent
                  JOIN pg_namespace pn ON pn.oid = pc.relnamespace
                 WHERE h.inhrelid = x.oid) END AS parent,
            CASE WHEN i.indexprs IS NOT NULL THEN (
                SELECT array_agg(a.attnum || ' ' || a.attstattarget ORDER BY a.attnum) FROM pg_attribute a
                 WHERE a.attrelid = x.oid AND a.attstattarget >= 0) END AS statistics
       FROM pg_index i
       JOIN pg_class x ON x.oid = i.indexrelid
       JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p', 'm')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_depend d ON d.classid = 1259 AND d.objid = i.indexrelid AND d.refclassid = 2606 AND d.deptype = 'i'
      WHERE d.objid IS NULL AND {scope} {roots i.indrelid}"
        .to_owned()
}
