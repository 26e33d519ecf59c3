//! Reads text search parsers.

use super::function::function_name;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::TextSearchParser, &[Catalog::new(3601, "pg_ts_parser")], sql);

fn sql(_major: u32) -> String {
    let function = |column: &str| function_name(&format!("o.{column}::oid"));
    format!(
        "SELECT o.oid, 0, 3601::oid, 3601::oid, o.oid,
            ARRAY[n.nspname::text, o.prsname::text], NULL::text, NULL::text, NULL::text[],
            {} AS start, {} AS gettoken, {} AS \"end\", {} AS headline, {} AS lextypes
       FROM pg_ts_parser o JOIN pg_namespace n ON n.oid = o.prsnamespace
      WHERE o.oid >= 16384 AND {{scope}} {{roots o.oid}}",
        function("prsstart"),
        function("prstoken"),
        function("prsend"),
        function("prsheadline"),
        function("prslextype"),
    )
}
