//! Reads domains.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Domain, &[Sort::Type], sql).owned("pg_type", "typowner").granted("pg_type", "typacl", 'T');

fn sql(_major: u32) -> String {
    "SELECT t.oid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL::text, NULL::text, NULL::text[],
            format_type(t.typbasetype, t.typtypmod) AS type,
            nullif(t.typnotnull, false) AS not_null,
            CASE WHEN t.typcollation <> b.typcollation THEN (
                SELECT format('%I.%I', cn.nspname, co.collname)
                  FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                 WHERE co.oid = t.typcollation) END AS collation
       FROM pg_type t
       JOIN pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_type b ON b.oid = t.typbasetype
      WHERE t.typtype = 'd' AND {scope} {roots t.oid}"
        .to_owned()
}
