//! Reads default privileges: those of all schemas against PostgreSQL's own defaults, those of one schema as they are.

use super::grant::{ATTRIBUTES, differing};
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::DefaultPrivilege, &[Catalog::new(826, "pg_default_acl")], sql).only(|scope| scope.grants);

fn sql(_major: u32) -> String {
    let objects = "CASE o.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                 WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large_objects' END";
    let whole = "acldefault(CASE o.defaclobjtype WHEN 'S' THEN 's' ELSE o.defaclobjtype END, o.defaclrole)";
    // What a schema adds is added to what holds for all schemas: no default stands behind it.
    let default = format!("CASE WHEN o.defaclnamespace = 0 THEN {whole} END");
    // In a schema the role that creates is a grantee like any other.
    let owner = "(CASE WHEN o.defaclnamespace = 0 THEN o.defaclrole ELSE 1::oid END)";
    format!(
        "SELECT o.oid, 0, 826::oid, 826::oid, o.oid,
            array_remove(ARRAY[pg_get_userbyid(o.defaclrole)::text, n.nspname::text], NULL), NULL::text, {objects}, NULL::text[],
            {ATTRIBUTES}, pg_get_userbyid(o.defaclrole)::text AS role, n.nspname::text AS schema, {objects} AS objects
       FROM pg_default_acl o LEFT JOIN pg_namespace n ON n.oid = o.defaclnamespace
            {}
      WHERE (n.oid IS NULL OR ({{scope}})) {{roots o.oid}}",
        differing("o.defaclacl", &default, owner, whole)
    )
}
