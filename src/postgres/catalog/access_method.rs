//! Reads access methods.

use super::function::function_name;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::AccessMethod, &[Catalog::new(2601, "pg_am")], sql);

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 2601::oid, 2601::oid, o.oid,
            ARRAY[o.amname::text], NULL::text, NULL::text, NULL::text[],
            CASE o.amtype WHEN 't' THEN 'table' ELSE 'index' END AS type, {} AS handler
       FROM pg_am o
      WHERE o.oid >= 16384 AND $1::text[] IS NOT NULL {{roots o.oid}}",
        function_name("o.amhandler::oid")
    )
}
