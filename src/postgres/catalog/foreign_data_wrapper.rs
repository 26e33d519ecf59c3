//! Reads foreign-data wrappers.

use super::foreign_server::{options, secrets};
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::ForeignDataWrapper, &[Catalog::new(2328, "pg_foreign_data_wrapper")], sql)
        .owned("pg_foreign_data_wrapper", "fdwowner")
        .granted("pg_foreign_data_wrapper", "fdwacl", 'F');

fn sql(_major: u32) -> String {
    let function = |column: &str| {
        format!(
            "(SELECT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
               WHERE p.oid = w.{column})"
        )
    };
    format!(
        "SELECT w.oid, 0, 2328::oid, 2328::oid, w.oid,
            ARRAY[w.fdwname::text], NULL::text, NULL::text, ARRAY['foreign_data_wrapper', w.fdwname::text],
            {} AS handler,
            {} AS validator,
            {} AS options,
            {} AS secrets
       FROM pg_foreign_data_wrapper w
      WHERE $1::text[] IS NOT NULL {{roots w.oid}}",
        function("fdwhandler"),
        function("fdwvalidator"),
        options("w.fdwoptions"),
        secrets("w.fdwoptions"),
    )
}
