//! Reads free-standing composite types; the row types of tables and views are none.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Composite, &[Sort::Type], sql).owned("pg_type", "typowner").granted("pg_type", "typacl", 'T');

fn sql(_major: u32) -> String {
    "SELECT t.oid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL::text, NULL::text, NULL::text[],
            ARRAY(SELECT concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                         CASE WHEN a.attcollation <> ty.typcollation THEN (
                             SELECT format('COLLATE %I.%I', cn.nspname, co.collname)
                               FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                              WHERE co.oid = a.attcollation) END)
                    FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid
                   WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                   ORDER BY a.attnum) AS attributes
       FROM pg_type t
       JOIN pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_class c ON c.oid = t.typrelid
      WHERE t.typtype = 'c' AND c.relkind = 'c' AND {scope} {roots t.oid}"
        .to_owned()
}
