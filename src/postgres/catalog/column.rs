//! Reads the columns of tables, with the options of their identity sequences.

use super::foreign_server::options;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Column, &[Sort::Table], sql).whole(whole);

fn sql(major: u32) -> String {
    question(major, "ARRAY[n.nspname::text, c.relname::text]", "")
}

/// `print` needs to know what an index is on.
fn whole(major: u32) -> String {
    question(major, "'{}'::text[]", ", a.atttypid AS _type, a.attcollation AS _collation")
}

fn question(major: u32, relation: &str, notes: &str) -> String {
    let compression =
        if major >= 14 { "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END" } else { "NULL::text" };
    let virtual_column = if major >= 18 { "nullif(a.attgenerated = 'v', false)" } else { "NULL::boolean" };
    let (no_inherit, not_valid, inherited, not_null) = if major >= 18 {
        let join = "LEFT JOIN pg_constraint nn ON nn.contype = 'n' AND nn.conrelid = a.attrelid AND nn.conkey = ARRAY[a.attnum]
                        AND (nn.connoinherit OR NOT nn.convalidated OR NOT nn.conislocal OR c.relispartition)";
        let inherited = "CASE WHEN (NOT nn.conislocal OR c.relispartition AND nn.coninhcount > 0) AND nn.conname <> c.relname || '_' || a.attname || '_not_null' THEN quote_ident(nn.conname) END";
        ("nullif(nn.connoinherit, false)", "nullif(NOT nn.convalidated, false)", inherited, join)
    } else {
        ("NULL::boolean", "NULL::boolean", "NULL::text", "")
    };
    let foreign_options = options("a.attfdwoptions");
    // A partition's column shares its root's identity since 17; before that it has none.
    let own_identity =
        if major >= 17 { "CASE WHEN c.relispartition THEN '' ELSE a.attidentity END" } else { "a.attidentity" };
    // Before 15 sequences are always logged, and say nothing by that.
    let persistence = if major >= 15 {
        "|| CASE WHEN sc.relpersistence = c.relpersistence THEN '{}'::text[]
                               WHEN sc.relpersistence = 'u' THEN ARRAY['persistence unlogged'] ELSE ARRAY['persistence logged'] END"
    } else {
        ""
    };
    format!(
        "SELECT a.attrelid, a.attnum::int, 1259::oid, 1259::oid, a.attrelid,
            ARRAY[n.nspname::text, c.relname::text, a.attname::text], NULL::text, NULL::text,
            {relation},
            format_type(a.atttypid, a.atttypmod) AS type,
            nullif(a.attnotnull, false) AS not_null,
            {no_inherit} AS not_null_no_inherit,
            {not_valid} AS not_null_not_valid,
            {inherited} AS not_null_inherited,
            CASE {own_identity} WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
            CASE WHEN {own_identity} <> '' THEN (
                SELECT ARRAY['start ' || s.seqstart, 'increment ' || s.seqincrement, 'minimum ' || s.seqmin,
                             'maximum ' || s.seqmax, 'cache ' || s.seqcache]
                       || CASE WHEN s.seqcycle THEN ARRAY['cycle'] ELSE '{{}}'::text[] END
                       || CASE WHEN sc.relname = c.relname || '_' || a.attname || '_seq' AND sc.relnamespace = c.relnamespace
                                 OR octet_length(c.relname || '_' || a.attname || '_seq') > 63 THEN '{{}}'::text[]
                               ELSE ARRAY['name ' || format('%I.%I', sn.nspname, sc.relname)] END
                       || CASE WHEN s.seqtypid <> a.atttypid THEN ARRAY['type ' || format_type(s.seqtypid, NULL)]
                               ELSE '{{}}'::text[] END
                       {persistence}
                  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
                  JOIN pg_class sc ON sc.oid = s.seqrelid JOIN pg_namespace sn ON sn.oid = sc.relnamespace
                 WHERE d.refclassid = 1259 AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
                   AND d.classid = 1259 AND d.deptype = 'i') END AS identity_sequence,
            CASE WHEN a.attgenerated <> '' THEN (
                SELECT pg_get_expr(ad.adbin, ad.adrelid) FROM pg_attrdef ad
                 WHERE ad.adrelid = a.attrelid AND ad.adnum = a.attnum) END AS generated,
            {virtual_column} AS generated_virtual,
            CASE WHEN a.attcollation <> t.typcollation THEN (
                SELECT format('%I.%I', cn.nspname, co.collname)
                  FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                 WHERE co.oid = a.attcollation) END AS collation,
            CASE WHEN a.attstorage <> t.typstorage THEN
                CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                                  ELSE 'extended' END END AS storage,
            {compression} AS compression,
            CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::bigint END AS statistics,
            CASE WHEN a.attoptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(a.attoptions) o ORDER BY 1) END AS options,
            CASE WHEN a.attfdwoptions IS NOT NULL THEN {foreign_options} END AS foreign_options,
            CASE WHEN a.attinhcount > 0 AND NOT c.relispartition THEN
                CASE WHEN a.attislocal THEN 'merged' ELSE 'only' END END AS inherited,
            a.attnum::bigint AS position{notes}
       FROM pg_attribute a
       JOIN pg_class c ON c.oid = a.attrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid
       {not_null}
      WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND {{scope}} {{roots a.attrelid}} {{roots c.oid}}"
    )
}
