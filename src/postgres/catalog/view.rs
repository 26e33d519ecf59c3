//! Reads views.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::View, &[Sort::View], sql).owned("pg_class", "relowner").granted("pg_class", "relacl", 'r');

fn sql(_major: u32) -> String {
    "SELECT c.oid, 0, 1259::oid, 1259::oid, c.oid,
            ARRAY[n.nspname::text, c.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            pg_get_viewdef(c.oid) AS definition,
            CASE WHEN c.reloptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1) END AS options,
            nullif(c.reloptions, ARRAY(SELECT o FROM unnest(c.reloptions) o ORDER BY 1)) AS options_order,
            ARRAY(SELECT format('%I ', a.attname) || format_type(a.atttypid, a.atttypmod)
                         || CASE WHEN a.attcollation <> t.typcollation THEN format(' COLLATE %I.%I', cn.nspname, co.collname) ELSE '' END
                    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                    LEFT JOIN (pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace) ON co.oid = a.attcollation
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND {scope} {roots c.oid}"
        .to_owned()
}
