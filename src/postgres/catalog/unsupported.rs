//! Names what is met and not modelled: one question, nothing passed over in silence.
//!
//! Only what users made (from OID 16384 on), what no extension owns, and, where it lives in a schema, in a chosen one.

/// The question; its parameter: the schemas. Columns: class and OID of the root, what, parts of the name, arguments, relation.
pub(super) fn sql() -> String {
    super::reader::scoped(&format!(
        "SELECT * FROM (
    SELECT 1255::oid AS class, p.oid, 'aggregate'::text AS what, ARRAY[n.nspname, p.proname]::text[] AS parts,
           {arguments} AS arguments, NULL::text[] AS relation
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384 AND p.prokind = 'a' AND {{scope}}
    UNION ALL SELECT 1247, t.oid, CASE t.typtype WHEN 'r' THEN 'range type' ELSE 'base type' END,
           ARRAY[n.nspname, t.typname]::text[], NULL, NULL
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.oid >= 16384 AND t.typtype IN ('b', 'r', 'p') AND t.typrelid = 0 AND t.typisdefined AND {{scope}}
       AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    UNION ALL SELECT 2617, o.oid, 'operator', ARRAY[n.nspname, o.oprname]::text[],
           concat_ws(', ', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END,
                           CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END), NULL
      FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 2616, o.oid, 'operator class', ARRAY[n.nspname, o.opcname, a.amname]::text[], NULL, NULL
      FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod JOIN pg_namespace n ON n.oid = o.opcnamespace
     WHERE o.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 2753, o.oid, 'operator family', ARRAY[n.nspname, o.opfname, a.amname]::text[], NULL, NULL
      FROM pg_opfamily o JOIN pg_am a ON a.oid = o.opfmethod JOIN pg_namespace n ON n.oid = o.opfnamespace
     WHERE o.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 2605, c.oid, 'cast', ARRAY[]::text[],
           format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL), NULL
      FROM pg_cast c WHERE c.oid >= 16384
    UNION ALL SELECT 2607, c.oid, 'conversion', ARRAY[n.nspname, c.conname]::text[], NULL, NULL
      FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 3602, c.oid, 'text search configuration', ARRAY[n.nspname, c.cfgname]::text[], NULL, NULL
      FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE c.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 3600, d.oid, 'text search dictionary', ARRAY[n.nspname, d.dictname]::text[], NULL, NULL
      FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace WHERE d.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 3601, p.oid, 'text search parser', ARRAY[n.nspname, p.prsname]::text[], NULL, NULL
      FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE p.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 3764, t.oid, 'text search template', ARRAY[n.nspname, t.tmplname]::text[], NULL, NULL
      FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE t.oid >= 16384 AND {{scope}}
    UNION ALL SELECT 1418, m.umid, 'options of a user mapping', ARRAY[m.srvname, m.usename]::text[], NULL, ARRAY['foreign_server', m.srvname]::text[]
      FROM pg_user_mappings m JOIN pg_foreign_server fs ON fs.oid = m.srvid
     WHERE NOT (m.umuser <> 0 AND m.usename = current_user AND has_server_privilege(fs.oid, 'USAGE')
                OR m.umuser = 0 AND pg_has_role(fs.srvowner, 'USAGE')
                OR (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user))
    UNION ALL SELECT s.classoid, s.objoid, 'security label', ARRAY[]::text[], pg_describe_object(s.classoid, s.objoid, s.objsubid), NULL
      FROM pg_seclabel s
    UNION ALL SELECT 2612, l.oid, 'language', ARRAY[l.lanname]::text[], NULL, NULL FROM pg_language l WHERE l.oid >= 16384
    UNION ALL SELECT 2601, a.oid, 'access method', ARRAY[a.amname]::text[], NULL, NULL FROM pg_am a WHERE a.oid >= 16384
    UNION ALL SELECT 3576, t.oid, 'transform', ARRAY[]::text[], format_type(t.trftype, NULL) || ' ' || l.lanname, NULL
      FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= 16384) u
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = u.class AND d.objid = u.oid
                          AND (d.deptype = 'e' OR d.deptype = 'i' AND u.what = 'cast'))",
        arguments = super::function::ARGUMENTS,
    ))
}
