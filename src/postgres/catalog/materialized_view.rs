//! Reads materialized views; of their columns, what was set beside the query.

use super::extension::needed;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::MaterializedView, &[Sort::MaterializedView], sql)
    .owned("pg_class", "relowner")
    .granted("pg_class", "relacl", 'r');

fn sql(major: u32) -> String {
    let compression = if major >= 14 {
        "CASE a.attcompression WHEN 'p' THEN 'compression pglz' WHEN 'l' THEN 'compression lz4' END"
    } else {
        "NULL"
    };
    let extensions = needed(1259, "c.oid");
    format!(
        "SELECT c.oid, 0, 1259::oid, 1259::oid, c.oid,
            ARRAY[n.nspname::text, c.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            pg_get_viewdef(c.oid) AS definition,
            CASE WHEN c.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1) END AS options,
            nullif(c.reloptions, ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1)) AS options_order,
            CASE WHEN tc.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(tc.reloptions) o ORDER BY 1) END
                AS toast_options,
            nullif(am.amname::text, 'heap') AS access_method,
            CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
            (SELECT array_agg(s.setting ORDER BY s.setting) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               CROSS JOIN LATERAL (SELECT concat_ws(', ',
                    CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text END, {compression},
                    CASE WHEN a.attstattarget >= 0 THEN 'statistics ' || a.attstattarget END,
                    nullif(array_to_string(ARRAY(SELECT o FROM unnest(a.attoptions) o ORDER BY 1), ', '), '')) AS words) w
               CROSS JOIN LATERAL (SELECT quote_ident(a.attname) || ': ' || w.words AS setting) s
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND w.words <> '') AS columns,
            c.relispopulated AS populated,
            {extensions} AS extensions
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_am am ON am.oid = c.relam
       LEFT JOIN pg_class tc ON tc.oid = c.reltoastrelid AND tc.reloptions IS NOT NULL
      WHERE c.relkind = 'm' AND {{scope}} {{roots c.oid}}"
    )
}
