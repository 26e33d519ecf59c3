//! Reads conversions.

use super::function::function_name;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::Conversion, &[Catalog::new(2607, "pg_conversion")], sql).owned("pg_conversion", "conowner");

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 2607::oid, 2607::oid, o.oid,
            ARRAY[n.nspname::text, o.conname::text], NULL::text, NULL::text, NULL::text[],
            pg_encoding_to_char(o.conforencoding)::text AS source,
            pg_encoding_to_char(o.contoencoding)::text AS target,
            {} AS function,
            nullif(o.condefault, false) AS default
       FROM pg_conversion o JOIN pg_namespace n ON n.oid = o.connamespace
      WHERE o.oid >= 16384 AND {{scope}} {{roots o.oid}}",
        function_name("o.conproc::oid")
    )
}
