//! Reads foreign servers; says which options are secrets.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::ForeignServer, &[Catalog::new(1417, "pg_foreign_server")], sql)
    .owned("pg_foreign_server", "srvowner")
    .granted("pg_foreign_server", "srvacl", 'S');

/// Names of options whose values never leave the server.
const SECRET: &str = "'passw|pwd|secret|token|credential|(api|access|private)_?key'";

/// The options in this column that are no secrets, sorted, as `name=value`.
pub(super) fn options(column: &str) -> String {
    format!(
        "(SELECT array_agg(o ORDER BY o COLLATE \"C\") FROM unnest({column}) o WHERE split_part(o, '=', 1) !~* {SECRET})"
    )
}

/// The names of those that are.
pub(super) fn secrets(column: &str) -> String {
    format!(
        "(SELECT array_agg(split_part(o, '=', 1) ORDER BY o) FROM unnest({column}) o WHERE split_part(o, '=', 1) ~* {SECRET})"
    )
}

fn sql(_major: u32) -> String {
    format!(
        "SELECT s.oid, 0, 1417::oid, 1417::oid, s.oid,
            ARRAY[s.srvname::text], NULL::text, NULL::text, ARRAY['foreign_server', s.srvname::text],
            quote_ident(w.fdwname) AS wrapper,
            s.srvtype AS type,
            s.srvversion AS version,
            {} AS options,
            {} AS secrets
       FROM pg_foreign_server s
       JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
      WHERE $1::text[] IS NOT NULL {{roots s.oid}}",
        options("s.srvoptions"),
        secrets("s.srvoptions"),
    )
}
