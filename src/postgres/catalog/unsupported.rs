//! Names what is met and not modelled: one question, nothing passed over in silence.
//!
//! Only what users made (from OID 16384 on), what no extension owns, and, where it lives in a schema, in a chosen one.

/// The question; its parameter: the schemas. Columns: class and OID of the root, what, parts of the name, arguments, relation.
pub(super) fn sql() -> String {
    super::reader::scoped(&format!(
        "SELECT * FROM (
    SELECT 3256::oid AS class, p.oid, 'row security policy'::text AS what, ARRAY[n.nspname, c.relname, p.polname]::text[] AS parts,
           NULL::text AS arguments, ARRAY[n.nspname, c.relname]::text[] AS relation
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {{scope}}
    UNION ALL SELECT 2618, r.oid, 'rule', ARRAY[n.nspname, c.relname, r.rulename]::text[], NULL, ARRAY[n.nspname, c.relname]::text[]
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE r.oid >= 16384 AND r.rulename <> '_RETURN' AND {{scope}}
    UNION ALL SELECT 3466, e.oid, 'event trigger', ARRAY[e.evtname]::text[], NULL, NULL FROM pg_event_trigger e
    UNION ALL SELECT 1255, p.oid, 'aggregate', ARRAY[n.nspname, p.proname]::text[], {arguments}, NULL
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384 AND p.prokind = 'a' AND {{scope}}
    UNION ALL SELECT 1247, t.oid, CASE t.typtype WHEN 'r' THEN 'range type' ELSE 'base type' END,
           ARRAY[n.nspname, t.typname]::text[], NULL, NULL
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.oid >= 16384 AND t.typtype IN ('b', 'r', 'p') AND t.typrelid = 0 AND t.typisdefined AND {{scope}}
       AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    UNION ALL SELECT 3456, c.oid, 'collation', ARRAY[n.nspname, c.collname]::text[], NULL, NULL
      FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid >= 16384 AND {{scope}}
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
    UNION ALL SELECT 3381, s.oid, 'statistics object', ARRAY[n.nspname, s.stxname]::text[], NULL, ARRAY[cn.nspname, c.relname]::text[]
      FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
      JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace WHERE {{scope}}
    UNION ALL SELECT 1259, c.oid, 'foreign table', ARRAY[n.nspname, c.relname]::text[], NULL, ARRAY[n.nspname, c.relname]::text[]
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' AND {{scope}}
    UNION ALL SELECT 1417, s.oid, 'foreign server', ARRAY[s.srvname]::text[], NULL, NULL FROM pg_foreign_server s
    UNION ALL SELECT 2328, w.oid, 'foreign-data wrapper', ARRAY[w.fdwname]::text[], NULL, NULL FROM pg_foreign_data_wrapper w
    UNION ALL SELECT 1418, m.umid, 'user mapping', ARRAY[m.srvname, m.usename]::text[], NULL, NULL FROM pg_user_mappings m
    UNION ALL SELECT 6100, s.oid, 'subscription', ARRAY[s.subname]::text[], NULL, NULL
      FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    UNION ALL SELECT 826, a.oid, 'default privileges', ARRAY[coalesce(n.nspname, 'all schemas'), a.defaclobjtype::text]::text[], NULL, NULL
      FROM pg_default_acl a LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace WHERE n.oid IS NULL OR ({{scope}})
    UNION ALL SELECT 2612, l.oid, 'language', ARRAY[l.lanname]::text[], NULL, NULL FROM pg_language l WHERE l.oid >= 16384
    UNION ALL SELECT 2601, a.oid, 'access method', ARRAY[a.amname]::text[], NULL, NULL FROM pg_am a WHERE a.oid >= 16384
    UNION ALL SELECT 3576, t.oid, 'transform', ARRAY[]::text[], format_type(t.trftype, NULL) || ' ' || l.lanname, NULL
      FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= 16384
    UNION ALL SELECT 6104, p.oid, 'publication', ARRAY[p.pubname]::text[], NULL, NULL FROM pg_publication p) u
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = u.class AND d.objid = u.oid
                          AND (d.deptype = 'e' OR d.deptype = 'i' AND u.what = 'cast'))",
        arguments = super::function::ARGUMENTS,
    ))
}
