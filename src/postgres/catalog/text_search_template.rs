//! Reads text search templates.

use super::function::function_name;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::TextSearchTemplate, &[Catalog::new(3764, "pg_ts_template")], sql);

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 3764::oid, 3764::oid, o.oid,
            ARRAY[n.nspname::text, o.tmplname::text], NULL::text, NULL::text, NULL::text[],
            {} AS init, {} AS lexize
       FROM pg_ts_template o JOIN pg_namespace n ON n.oid = o.tmplnamespace
      WHERE o.oid >= 16384 AND {{scope}} {{roots o.oid}}",
        function_name("o.tmplinit::oid"),
        function_name("o.tmpllexize::oid"),
    )
}
