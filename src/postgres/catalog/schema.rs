//! Reads schemas.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Schema, &[Sort::Schema], sql)
    .owned("pg_namespace", "nspowner")
    .granted("pg_namespace", "nspacl", 'n');

fn sql(_major: u32) -> String {
    "SELECT n.oid, 0 AS sub, 2615::oid AS class, 2615::oid AS root_class, n.oid AS root,
            ARRAY[n.nspname::text] AS parts, NULL::text AS arguments, NULL::text AS word, NULL::text[] AS relation
       FROM pg_namespace n
      WHERE {scope} {roots n.oid}"
        .to_owned()
}
