//! Reads enum types.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Enum, &[Sort::Type], sql).owned("pg_type", "typowner").granted("pg_type", "typacl", 'T');

fn sql(_major: u32) -> String {
    "SELECT t.oid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL::text, NULL::text, NULL::text[],
            ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels
       FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typtype = 'e' AND {scope} {roots t.oid}"
        .to_owned()
}
