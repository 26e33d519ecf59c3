//! Reads operator classes.

use super::operator_family::members;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::OperatorClass, &[Catalog::new(2616, "pg_opclass")], sql).owned("pg_opclass", "opcowner");

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 2616::oid, 2616::oid, o.oid,
            ARRAY[n.nspname::text, o.opcname::text], am.amname::text, NULL::text, NULL::text[],
            format_type(o.opcintype, NULL) AS type,
            nullif(o.opcdefault, false) AS default,
            format('%I.%I', fn.nspname, f.opfname) AS family,
            CASE WHEN o.opckeytype <> 0 THEN format_type(o.opckeytype, NULL) END AS storage,
            {} AS members
       FROM pg_opclass o
       JOIN pg_am am ON am.oid = o.opcmethod
       JOIN pg_namespace n ON n.oid = o.opcnamespace
       JOIN pg_opfamily f ON f.oid = o.opcfamily
       JOIN pg_namespace fn ON fn.oid = f.opfnamespace
      WHERE o.oid >= 16384 AND {{scope}} {{roots o.oid}}",
        members("2616", "o.oid", "o.opcfamily")
    )
}
