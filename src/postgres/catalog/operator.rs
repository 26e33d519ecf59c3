//! Reads operators; those that are only announced as somebody's commutator or negator are none yet.

use super::function::{function_name, operator_name};
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::Operator, &[Catalog::new(2617, "pg_operator")], sql).owned("pg_operator", "oprowner");

fn sql(_major: u32) -> String {
    format!(
        "SELECT o.oid, 0, 2617::oid, 2617::oid, o.oid,
            ARRAY[n.nspname::text, o.oprname::text],
            format('%s, %s', CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
                             CASE WHEN o.oprright = 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END),
            NULL::text, NULL::text[],
            {} AS function,
            {} AS commutator,
            {} AS negator,
            {} AS restrict,
            {} AS join,
            nullif(o.oprcanhash, false) AS hashes,
            nullif(o.oprcanmerge, false) AS merges
       FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
      WHERE o.oid >= 16384 AND o.oprcode <> 0 AND {{scope}} {{roots o.oid}}",
        function_name("o.oprcode::oid"),
        operator_name("o.oprcom"),
        operator_name("o.oprnegate"),
        function_name("o.oprrest::oid"),
        function_name("o.oprjoin::oid"),
    )
}
