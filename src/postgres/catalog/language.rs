//! Reads procedural languages.

use super::function::function_name;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::Language, &[Catalog::new(2612, "pg_language")], sql)
    .owned("pg_language", "lanowner")
    .granted("pg_language", "lanacl", 'l');

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 2612::oid, 2612::oid, o.oid,
            ARRAY[o.lanname::text], NULL::text, NULL::text, NULL::text[],
            nullif(o.lanpltrusted, false) AS trusted,
            {} AS handler, {} AS inline, {} AS validator
       FROM pg_language o
      WHERE o.oid >= 16384 AND $1::text[] IS NOT NULL {{roots o.oid}}",
        function_name("o.lanplcallfoid"),
        function_name("o.laninline"),
        function_name("o.lanvalidator"),
    )
}
