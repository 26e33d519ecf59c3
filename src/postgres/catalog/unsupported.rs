//! Names what is met and not modelled: one question, nothing passed over in silence.
//!
//! Only what users made (from OID 16384 on), what no extension owns, and, where it lives in a schema, in a chosen one.

/// What can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Types that are not modelled.
    Types,
    /// What a user mapping hides.
    UserMappings,
    /// What a subscription hides.
    Subscriptions,
    /// Security labels.
    Labels,
}

const PARTS: &[(Part, &str)] = &[
    (
        Part::Types,
        "SELECT 1247::oid AS class, t.oid, CASE WHEN t.typisdefined THEN 'base type' ELSE 'shell type' END AS what,
           ARRAY[n.nspname, t.typname]::text[] AS parts, NULL::text AS arguments, NULL::text[] AS relation
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.oid >= 16384 AND t.typtype IN ('b', 'p') AND t.typrelid = 0 AND {scope}
       AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)",
    ),
    (
        Part::UserMappings,
        "SELECT 1418, m.umid, 'options of a user mapping', ARRAY[m.srvname, m.usename]::text[], NULL, ARRAY['foreign_server', m.srvname]::text[]
      FROM pg_user_mappings m JOIN pg_foreign_server fs ON fs.oid = m.srvid
     WHERE NOT (m.umuser <> 0 AND m.usename = current_user AND has_server_privilege(fs.oid, 'USAGE')
                OR m.umuser = 0 AND pg_has_role(fs.srvowner, 'USAGE')
                OR (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user))",
    ),
    (
        Part::Subscriptions,
        "SELECT 6100, s.subdbid, 'connection string of a subscription', ARRAY[s.subname]::text[], NULL, ARRAY['subscription', s.subname]::text[]
      FROM pg_subscription s
     WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
       AND NOT has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')",
    ),
    (
        Part::Labels,
        "SELECT s.classoid, s.objoid, 'security label', ARRAY[]::text[], pg_describe_object(s.classoid, s.objoid, s.objsubid), NULL
      FROM pg_seclabel s",
    ),
];

/// The question, but for parts of which there is nothing; its parameter: the schemas. Columns: class and OID of the root, what, parts of the
/// name, arguments, relation.
pub(super) fn sql(there: impl Fn(Part) -> bool) -> String {
    // the first gives the columns their names and types
    let parts = PARTS.iter().filter(|(part, _)| *part == Part::Types || there(*part)).map(|(_, sql)| *sql);
    let parts = parts.collect::<Vec<_>>().join("\n    UNION ALL ");
    super::reader::scoped(&format!(
        "SELECT * FROM ({parts}) u
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = u.class AND d.objid = u.oid AND d.deptype = 'e')"
    ))
}
