//! Reads tables: ordinary ones, partitioned ones, partitions, foreign ones.

use super::foreign_server::options;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Table, &[Sort::Table], sql).owned("pg_class", "relowner").granted("pg_class", "relacl", 'r');

fn sql(_major: u32) -> String {
    let foreign_options = options("ft.ftoptions");
    format!(
        "SELECT c.oid, 0, 1259::oid, 1259::oid, c.oid,
            ARRAY[n.nspname::text, c.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
            CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
            CASE WHEN c.relispartition THEN p.parents[1] END AS partition_of,
            CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
            CASE WHEN NOT c.relispartition THEN p.parents END AS inherits,
            CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
            nullif(c.relrowsecurity, false) AS row_security,
            nullif(c.relforcerowsecurity, false) AS force_row_security,
            nullif(am.amname::text, 'heap') AS access_method,
            CASE WHEN c.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1) END AS options,
            CASE WHEN c.reloptions IS NOT NULL THEN
                nullif(c.reloptions, ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1)) END AS options_order,
            CASE WHEN tc.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(tc.reloptions) o ORDER BY 1) END
                AS toast_options,
            CASE WHEN c.relkind <> 'f' THEN CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index ' || (
                SELECT quote_ident(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
                 WHERE i.indrelid = c.oid AND i.indisreplident) END END AS replica_identity,
            quote_ident(fs.srvname) AS foreign_server,
            {foreign_options} AS foreign_options
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_am am ON am.oid = c.relam
       LEFT JOIN pg_class tc ON tc.oid = c.reltoastrelid AND tc.reloptions IS NOT NULL
       LEFT JOIN pg_foreign_table ft ON c.relkind = 'f' AND ft.ftrelid = c.oid
       LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
       LEFT JOIN LATERAL (
            SELECT array_agg(h.inhparent::regclass::text ORDER BY h.inhseqno) AS parents
              FROM pg_inherits h
             WHERE h.inhrelid = c.oid) p ON true
      WHERE c.relkind IN ('r', 'p', 'f') AND {{scope}} {{roots c.oid}}"
    )
}
