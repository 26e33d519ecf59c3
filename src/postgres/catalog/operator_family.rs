//! Reads operator families, and what all members of families and classes are told by.

use super::function::{bare_operator, signature};
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(
    Kind::OperatorFamily,
    &[Catalog::new(2753, "pg_opfamily"), Catalog::new(2602, "pg_amop"), Catalog::new(2603, "pg_amproc")],
    sql,
)
.owned("pg_opfamily", "opfowner");

fn sql(_major: u32) -> String {
    format!(
        "SELECT f.oid, 0, 2753::oid, 2753::oid, f.oid,
            ARRAY[n.nspname::text, f.opfname::text], am.amname::text, NULL::text, NULL::text[],
            {} AS members
       FROM pg_opfamily f
       JOIN pg_am am ON am.oid = f.opfmethod
       JOIN pg_namespace n ON n.oid = f.opfnamespace
      WHERE f.oid >= 16384 AND {{scope}} {{roots f.oid}}",
        members("2753", "f.oid", "f.oid")
    )
}

/// The members of a family that belong to a class or to the family itself, as CREATE OPERATOR CLASS wants them; NULL: none.
pub(super) fn members(class: &str, owner: &str, family: &str) -> String {
    let belongs = |catalog: &str| {
        format!(
            "EXISTS (SELECT FROM pg_depend d WHERE d.classid = {catalog} AND d.objid = m.oid AND (d.refclassid = {class}) IS TRUE
                        AND d.refobjid = {owner})"
        )
    };
    format!(
        "(SELECT array_agg(u.member ORDER BY u.sort, u.number, u.member) FROM (
                SELECT 1 AS sort, m.amopstrategy AS number,
                       format('OPERATOR %s %s (%s, %s)', m.amopstrategy, {}, format_type(m.amoplefttype, NULL),
                              format_type(m.amoprighttype, NULL))
                       || coalesce((SELECT format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname)
                                      FROM pg_opfamily sf JOIN pg_namespace sn ON sn.oid = sf.opfnamespace
                                     WHERE sf.oid = m.amopsortfamily), '') AS member
                  FROM pg_amop m WHERE m.amopfamily = {family} AND {}
                UNION ALL
                SELECT 2, m.amprocnum, format('FUNCTION %s (%s, %s) %s', m.amprocnum, format_type(m.amproclefttype, NULL),
                              format_type(m.amprocrighttype, NULL), {})
                  FROM pg_amproc m WHERE m.amprocfamily = {family} AND {}) u)",
        bare_operator("m.amopopr"),
        belongs("2602"),
        signature("m.amproc::oid"),
        belongs("2603"),
    )
}
