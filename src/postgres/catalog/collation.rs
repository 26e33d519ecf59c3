//! Reads collations. The column that holds an ICU locale has another name in most majors.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::Collation, &[Catalog::new(3456, "pg_collation")], sql).owned("pg_collation", "collowner");

fn sql(major: u32) -> String {
    let locale = match major {
        ..=14 => "CASE WHEN o.collprovider = 'i' THEN o.collcollate::text END",
        15..=16 => "o.colliculocale",
        _ => "o.colllocale",
    };
    let rules = if major >= 16 { "o.collicurules" } else { "NULL::text" };
    format!(
        "SELECT o.oid, 0, 3456::oid, 3456::oid, o.oid,
            ARRAY[n.nspname::text, o.collname::text], NULL::text, NULL::text, NULL::text[],
            CASE o.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
            {locale} AS locale,
            CASE o.collprovider WHEN 'c' THEN o.collcollate::text END AS lc_collate,
            CASE o.collprovider WHEN 'c' THEN o.collctype::text END AS lc_ctype,
            nullif(NOT o.collisdeterministic, false) AS nondeterministic,
            {rules} AS rules
       FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace
      WHERE o.oid >= 16384 AND {{scope}} {{roots o.oid}}"
    )
}
