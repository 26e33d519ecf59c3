//! Reads extensions, whichever schema they live in. `plpgsql` is in every database and left out.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Extension, &[Sort::Extension], sql);

fn sql(_major: u32) -> String {
    "SELECT e.oid, 0, 3079::oid, 3079::oid, e.oid,
            ARRAY[e.extname::text], NULL::text, NULL::text, NULL::text[],
            n.nspname::text AS schema, e.extversion AS version
       FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname <> 'plpgsql' AND $1::text[] IS NOT NULL {roots e.oid}"
        .to_owned()
}
