//! Reads extensions, whichever schema they live in. `plpgsql` is in every database and left out.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Extension, &[Sort::Extension], sql);

fn sql(_major: u32) -> String {
    "SELECT e.oid, 0, 3079::oid, 3079::oid, e.oid,
            ARRAY[e.extname::text], NULL::text, NULL::text, NULL::text[],
            n.nspname::text AS schema, e.extversion AS version,
            nullif(ARRAY(
                SELECT r.extname::text FROM pg_depend d JOIN pg_extension r ON r.oid = d.refobjid
                 WHERE d.classid = 3079 AND d.objid = e.oid AND d.refclassid = 3079 ORDER BY 1), '{}') AS requires
       FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname <> 'plpgsql' AND $1::text[] IS NOT NULL {roots e.oid}"
        .to_owned()
}

/// The extensions with which an object goes though it is no part of them (`ALTER … DEPENDS ON EXTENSION`); NULL: none, as nearly always,
/// which is found out once for all objects.
pub(super) fn needed(class: u32, oid: &str) -> String {
    let tie = "d.refclassid = 3079 AND d.deptype = 'x'";
    format!(
        "CASE WHEN {oid} = ANY (ARRAY(SELECT d.objid FROM pg_depend d WHERE {tie})) THEN ARRAY(
                SELECT e.extname::text FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                 WHERE d.classid = {class} AND d.objid = {oid} AND {tie} ORDER BY 1) END"
    )
}

/// The same where few objects are asked for: each is looked up, however many members the extensions have.
pub(super) fn needed_by_few(class: u32, oid: &str) -> String {
    format!(
        "nullif(ARRAY(
                SELECT e.extname::text FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                 WHERE d.classid = {class} AND d.objid = {oid} AND (d.refclassid = 3079) IS TRUE AND d.deptype = 'x' ORDER BY 1), '{{}}')"
    )
}
