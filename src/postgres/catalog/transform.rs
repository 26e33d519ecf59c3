//! Reads transforms, unless their type and functions lie out of the scope.

use super::function::signature;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::Transform, &[Catalog::new(3576, "pg_transform")], sql);

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 3576::oid, 3576::oid, o.oid,
            ARRAY[]::text[], format('FOR %s LANGUAGE %I', format_type(o.trftype, NULL), l.lanname), NULL::text, NULL::text[],
            {} AS from_sql, {} AS to_sql
       FROM pg_transform o
       JOIN pg_language l ON l.oid = o.trflang
       JOIN pg_type t ON t.oid = o.trftype
       LEFT JOIN pg_proc f ON f.oid = o.trffromsql
       LEFT JOIN pg_proc g ON g.oid = o.trftosql
      WHERE o.oid >= 16384
        AND (EXISTS (SELECT FROM pg_namespace n WHERE n.oid IN (t.typnamespace, f.pronamespace, g.pronamespace) AND {{scope}})
             OR t.typnamespace = 11 AND coalesce(f.pronamespace, 11) = 11 AND coalesce(g.pronamespace, 11) = 11) {{roots o.oid}}",
        signature("o.trffromsql::oid"),
        signature("o.trftosql::oid"),
    )
}
