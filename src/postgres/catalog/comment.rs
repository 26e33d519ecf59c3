//! Reads comments on everything that is a fact, and on the columns of views.

use super::function::ARGUMENTS;
use super::reader::{OBJECT, Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Comment, Sort::ALL, sql).of_tables(of_tables).of_relations(of_relations);

fn sql(major: u32) -> String {
    of_classes(major, |_| true)
}

/// The columns' names and types, for whatever follows.
const SHAPE: &str =
    "SELECT 0::oid, 0, 0::oid, 0::oid, 0::oid, NULL::text[], NULL::text, NULL::text, NULL::text[], NULL::text AS text
      WHERE false AND $1::text[] IS NOT NULL";

/// On tables and what belongs to them.
fn of_tables(major: u32) -> String {
    of_classes(major, |class| matches!(class, 1259 | 2606 | 2620 | 3256 | 2618 | 3381))
}

/// On relations and their columns.
fn of_relations(major: u32) -> String {
    of_classes(major, |class| class == 1259)
}

/// On objects of these catalogs.
pub(super) fn of_classes(major: u32, wanted: impl Fn(u32) -> bool) -> String {
    // An index belongs to its table, an identity column's sequence too; a composite type's columns belong to the type.
    let relations = "SELECT d.objoid, d.objsubid, 1259::oid,
            CASE c.relkind WHEN 'c' THEN 1247::oid ELSE 1259::oid END,
            CASE c.relkind WHEN 'c' THEN c.reltype ELSE coalesce(i.indrelid, o.refobjid, c.oid) END,
            array_remove(ARRAY[n.nspname::text, c.relname::text, a.attname::text], NULL), NULL::text,
            CASE WHEN d.objsubid > 0 THEN 'column'
                 ELSE CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' ELSE 'index' END END,
            CASE WHEN c.relkind = 'c' THEN NULL WHEN ic.oid IS NOT NULL THEN ARRAY[n.nspname::text, ic.relname::text]
                 ELSE ARRAY[n.nspname::text, c.relname::text, son.nspname::text, soc.relname::text] END,
            d.description AS text
       FROM pg_description d
       JOIN pg_class c ON c.oid = d.objoid AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I', 'c')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_attribute a ON d.objsubid > 0 AND a.attrelid = d.objoid AND a.attnum = d.objsubid
       LEFT JOIN pg_index i ON i.indexrelid = c.oid
       LEFT JOIN pg_class ic ON ic.oid = i.indrelid
       LEFT JOIN pg_depend so ON c.relkind = 'S' AND so.classid = 1259 AND so.objid = c.oid AND so.objsubid = 0
                            AND (so.refclassid = 1259) IS TRUE AND so.refobjsubid > 0 AND so.deptype IN ('a', 'i')
       LEFT JOIN pg_class soc ON soc.oid = so.refobjid
       LEFT JOIN pg_namespace son ON son.oid = soc.relnamespace
       LEFT JOIN LATERAL (SELECT so.refobjid WHERE so.deptype = 'i') o ON true
      WHERE d.classoid = 1259 AND {scope} {roots_in d.objoid:
            SELECT unnest($2) UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = ANY ($2)
            UNION ALL SELECT objid FROM pg_depend WHERE refclassid = 1259 AND refobjid = ANY ($2) AND classid = 1259 AND deptype = 'i'
            UNION ALL SELECT typrelid FROM pg_type WHERE oid = ANY ($2)}";
    let types = "SELECT d.objoid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL,
            CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END, NULL, d.description
       FROM pg_description d
       JOIN pg_type t ON t.oid = d.objoid AND t.typtype IN ('e', 'd', 'c', 'r')
       JOIN pg_namespace n ON n.oid = t.typnamespace
       LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE d.classoid = 1247 AND coalesce(c.relkind = 'c', true) AND {scope} {roots d.objoid}";
    let functions = format!(
        "SELECT d.objoid, 0, 1255::oid, 1255::oid, p.oid,
            ARRAY[n.nspname::text, p.proname::text], {ARGUMENTS},
            CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END, NULL, d.description
       FROM pg_description d
       JOIN pg_proc p ON p.oid = d.objoid
       JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE d.classoid = 1255 AND {{scope}} {{roots d.objoid}}"
    );
    // Every database is born with one comment on `public`; not all ways to copy a database keep it.
    let schemas =
        "SELECT d.objoid, 0, 2615::oid, 2615::oid, n.oid, ARRAY[n.nspname::text], NULL, 'schema', NULL, d.description
       FROM pg_description d
       JOIN pg_namespace n ON n.oid = d.objoid
      WHERE d.classoid = 2615 AND (n.nspname <> 'public' OR d.description <> 'standard public schema')
        AND {scope} {roots d.objoid}";
    // CREATE EXTENSION writes the comment itself, from a file that differs by version: only another one than the file of the
    // installed version has is the user's. One that was taken away is an empty text.
    let extensions = "SELECT e.oid, 0, 3079::oid, 3079::oid, e.oid, ARRAY[e.extname::text], NULL, 'extension', NULL,
            coalesce(d.description, '')
       FROM pg_extension e
       LEFT JOIN pg_description d ON d.classoid = 3079 AND d.objoid = e.oid AND d.objsubid = 0
      WHERE e.extname <> 'plpgsql' AND $1::text[] IS NOT NULL {roots e.oid}
        AND EXISTS (SELECT FROM pg_available_extensions() a WHERE a.name = e.extname AND a.default_version = e.extversion
                       AND a.comment IS DISTINCT FROM d.description)";
    let constraints = "SELECT d.objoid, 0, 2606::oid,
            CASE WHEN k.conrelid <> 0 THEN 1259::oid ELSE 1247::oid END,
            CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END,
            ARRAY[n.nspname::text, coalesce(c.relname, t.typname)::text, k.conname::text], NULL, 'constraint',
            CASE WHEN c.oid IS NOT NULL THEN ARRAY[n.nspname::text, c.relname::text] END, d.description
       FROM pg_description d
       JOIN pg_constraint k ON k.oid = d.objoid AND k.contype IN ('p', 'u', 'c', 'f', 'x')
       LEFT JOIN pg_class c ON c.oid = k.conrelid
       LEFT JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
      WHERE d.classoid = 2606 AND {scope} {roots_in d.objoid:
            SELECT oid FROM pg_constraint WHERE conrelid = ANY ($2)
            UNION ALL SELECT oid FROM pg_constraint WHERE contypid = ANY ($2)}";
    let triggers = "SELECT d.objoid, 0, 2620::oid, 1259::oid, t.tgrelid,
            ARRAY[n.nspname::text, c.relname::text, t.tgname::text], NULL, 'trigger',
            ARRAY[n.nspname::text, c.relname::text], d.description
       FROM pg_description d
       JOIN pg_trigger t ON t.oid = d.objoid AND NOT t.tgisinternal
       JOIN pg_class c ON c.oid = t.tgrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE d.classoid = 2620 AND {scope} {roots_in d.objoid: SELECT oid FROM pg_trigger WHERE tgrelid = ANY ($2)}";
    let not_nulls = "SELECT d.objoid, 0, 2606::oid,
            CASE WHEN k.conrelid <> 0 THEN 1259::oid ELSE 1247::oid END,
            CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END,
            array_remove(ARRAY[n.nspname::text, coalesce(c.relname, t.typname)::text, a.attname::text], NULL), NULL, 'not_null',
            CASE WHEN c.oid IS NOT NULL THEN ARRAY[n.nspname::text, c.relname::text] END, d.description
       FROM pg_description d
       JOIN pg_constraint k ON k.oid = d.objoid AND k.contype = 'n'
       LEFT JOIN pg_class c ON c.oid = k.conrelid
       LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
       LEFT JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
      WHERE d.classoid = 2606 AND {scope} {roots_in d.objoid:
            SELECT oid FROM pg_constraint WHERE conrelid = ANY ($2)
            UNION ALL SELECT oid FROM pg_constraint WHERE contypid = ANY ($2)}";
    let policies = "SELECT d.objoid, 0, 3256::oid, 1259::oid, p.polrelid,
            ARRAY[n.nspname::text, c.relname::text, p.polname::text], NULL, 'policy',
            ARRAY[n.nspname::text, c.relname::text], d.description
       FROM pg_description d
       JOIN pg_policy p ON p.oid = d.objoid
       JOIN pg_class c ON c.oid = p.polrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE d.classoid = 3256 AND {scope} {roots_in d.objoid: SELECT oid FROM pg_policy WHERE polrelid = ANY ($2)}";
    let rules = "SELECT d.objoid, 0, 2618::oid, 1259::oid, r.ev_class,
            ARRAY[n.nspname::text, c.relname::text, r.rulename::text], NULL, 'rule',
            ARRAY[n.nspname::text, c.relname::text], d.description
       FROM pg_description d
       JOIN pg_rewrite r ON r.oid = d.objoid AND r.rulename <> '_RETURN'
       JOIN pg_class c ON c.oid = r.ev_class
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE d.classoid = 2618 AND {scope} {roots_in d.objoid: SELECT oid FROM pg_rewrite WHERE ev_class = ANY ($2)}";
    let statistics = "SELECT d.objoid, 0, 3381::oid, 1259::oid, s.stxrelid,
            ARRAY[n.nspname::text, s.stxname::text], NULL, 'statistics',
            ARRAY[cn.nspname::text, c.relname::text], d.description
       FROM pg_description d
       JOIN pg_statistic_ext s ON s.oid = d.objoid
       JOIN pg_namespace n ON n.oid = s.stxnamespace
       JOIN pg_class c ON c.oid = s.stxrelid
       JOIN pg_namespace cn ON cn.oid = c.relnamespace
      WHERE d.classoid = 3381 AND {scope} {roots_in d.objoid: SELECT oid FROM pg_statistic_ext WHERE stxrelid = ANY ($2)}";
    let rare = super::READERS.iter().filter(|reader| reader.sorts == [Sort::Rare]).map(|reader| {
        let class = reader.rare.first().map_or(0, |catalog| catalog.oid);
        let sql = format!(
            "SELECT r.oid_, 0, r.class_, r.root_class_, r.root_, r.parts_, r.arguments_, '{}', r.relation_, d.description
       FROM ({}) {OBJECT}
       JOIN pg_description d ON d.classoid = r.class_ AND d.objoid = r.oid_ AND d.objsubid = 0",
            reader.kind.word(),
            (reader.sql)(major)
        );
        (class, sql)
    });
    let common = [
        (1259, relations),
        (1247, types),
        (1255, &functions),
        (2615, schemas),
        (3079, extensions),
        (2606, constraints),
        (2620, triggers),
        (2606, not_nulls),
        (3256, policies),
        (2618, rules),
        (3381, statistics),
    ];
    let common = common.map(|(class, sql)| (class, sql.to_owned()));
    let asked = common.into_iter().chain(rare).filter(|(class, _)| wanted(*class)).map(|(_, sql)| sql);
    std::iter::once(SHAPE.to_owned()).chain(asked).collect::<Vec<_>>().join("\n     UNION ALL\n     ")
}
