//! Reads the owner of everything that has one: each reader says where it stands.
//!
//! Left out: sequences that belong to a column (they follow the table), and schema `public` as every database is born with it.

use super::READERS;
use super::reader::{OBJECT, Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Owner, Sort::ALL, sql).only(|scope| scope.owners);

fn sql(major: u32) -> String {
    let owned = READERS.iter().filter_map(|reader| {
        let (catalog, column) = reader.owner?;
        let except = match catalog {
            "pg_class" => {
                "WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 1259 AND d.objid = r.oid_ AND (d.refclassid = 1259) IS TRUE
                    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))"
            }
            // The first superuser, or from 15 on pg_database_owner.
            "pg_namespace" => "WHERE NOT (x.nspname = 'public' AND x.nspowner IN (10, 6171))",
            _ => "",
        };
        Some(format!(
            "SELECT r.oid_, 0, r.class_, r.root_class_, r.root_, r.parts_, r.arguments_, '{}', r.relation_,
            pg_get_userbyid(x.{column})::text AS owner
       FROM ({}) {OBJECT} JOIN {catalog} x ON x.oid = r.oid_ {except}",
            reader.kind.word(),
            (reader.sql)(major)
        ))
    });
    owned.collect::<Vec<_>>().join("\n     UNION ALL\n     ")
}
