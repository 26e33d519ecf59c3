//! Reads who was granted what on everything that has grants: each reader says where they stand. Columns, which can be a view's,
//! are read here.
//!
//! A missing list of grants means PostgreSQL's default; only what differs from that is a fact.

use super::READERS;
use super::reader::{OBJECT, Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Grant, Sort::ALL, sql).only(|scope| scope.grants);

fn sql(major: u32) -> String {
    let granted = READERS.iter().filter_map(|reader| {
        let (catalog, column, letter) = reader.grants?;
        let (_, owner) = reader.owner?;
        let default = format!("acldefault('{letter}', x.{owner})");
        Some(format!(
            "SELECT r.oid_, 0, r.class_, r.root_class_, r.root_, r.parts_, r.arguments_, '{}', r.relation_,
            {ATTRIBUTES}, pg_get_userbyid(x.{owner})::text AS owner
       FROM ({}) {OBJECT} JOIN {catalog} x ON x.oid = r.oid_
            {}
      WHERE x.{column} IS NOT NULL",
            reader.kind.word(),
            (reader.sql)(major),
            differing(&format!("x.{column}"), &default, &format!("x.{owner}"), &default),
        ))
    });
    let columns = format!(
        "SELECT a.attrelid, a.attnum::int, 1259::oid, 1259::oid, c.oid, ARRAY[n.nspname::text, c.relname::text, a.attname::text],
            NULL::text, 'column', ARRAY[n.nspname::text, c.relname::text], {ATTRIBUTES}, pg_get_userbyid(c.relowner)::text
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            {}
      WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND {{scope}} {{roots a.attrelid}}",
        differing("a.attacl", "acldefault('c', c.relowner)", "c.relowner", EVERY_COLUMN_PRIVILEGE),
    );
    // An identity column's sequence is no fact of its own, what is granted on it is.
    let identities = format!(
        "SELECT c.oid, 0, 1259::oid, 1259::oid, d.refobjid, ARRAY[n.nspname::text, c.relname::text],
            NULL::text, 'sequence', ARRAY[n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text],
            {ATTRIBUTES}, pg_get_userbyid(c.relowner)::text
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0 AND (d.refclassid = 1259) IS TRUE
                       AND d.refobjsubid > 0 AND d.deptype = 'i'
       JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
            {}
      WHERE c.relkind = 'S' AND c.relacl IS NOT NULL AND {{scope}} {{roots d.refobjid}}",
        differing("c.relacl", "acldefault('s', c.relowner)", "c.relowner", "acldefault('s', c.relowner)"),
    );
    granted.chain([columns, identities]).collect::<Vec<_>>().join("\n     UNION ALL\n     ")
}

/// The attributes, from the table that [`differing`] makes.
pub(super) const ATTRIBUTES: &str = "g.privileges AS privileges, g.grantable AS grantable, g.grantee AS grantee";

/// What there is to grant on a column, in every major.
const EVERY_COLUMN_PRIVILEGE: &str = "ARRAY(SELECT makeaclitem(c.relowner, c.relowner, p, false)
    FROM unnest('{INSERT,REFERENCES,SELECT,UPDATE}'::text[]) p)";

/// Joins, for each role whose privileges are others than by default, its name (empty: the owner), privileges, and which of
/// them it may pass on.
///
/// `whole` is a list in which one role has every privilege.
pub(super) fn differing(grants: &str, default: &str, owner: &str, whole: &str) -> String {
    let explode = |list: &str| {
        format!(
            "SELECT e.grantee, array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) AS p,
                    array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE e.is_grantable) AS o
               FROM aclexplode({list}) e GROUP BY e.grantee"
        )
    };
    let all =
        format!("ARRAY(SELECT DISTINCT e.privilege_type FROM aclexplode({whole}) e WHERE e.grantee <> 0 ORDER BY 1)");
    format!(
        "CROSS JOIN LATERAL (
             SELECT CASE coalesce(now.grantee, before.grantee) WHEN {owner} THEN '' WHEN 0 THEN 'public'
                         ELSE pg_get_userbyid(coalesce(now.grantee, before.grantee))::text END AS grantee,
                    CASE WHEN now.p = a.a THEN '{{ALL}}' ELSE coalesce(now.p, '{{}}') END AS privileges,
                    CASE WHEN now.o = a.a THEN '{{ALL}}' ELSE now.o END AS grantable
               FROM ({now}) now FULL JOIN ({before}) before ON before.grantee = now.grantee, (SELECT {all} AS a) a
              WHERE (now.p, now.o) IS DISTINCT FROM (before.p, before.o)) g",
        now = explode(grants),
        before = explode(default),
    )
}
