//! Reads statistics objects, with the relations that they describe.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Statistics, &[Sort::Table, Sort::MaterializedView], sql).owned("pg_statistic_ext", "stxowner");

fn sql(major: u32) -> String {
    // 13 has columns alone. No kind of its own says that there are expressions.
    let expressions = if major >= 14 {
        "CASE WHEN s.stxexprs IS NOT NULL THEN
                pg_get_statisticsobjdef_expressions(s.oid) END"
    } else {
        "NULL::text[]"
    };
    format!(
        "SELECT s.oid, 0, 3381::oid, 1259::oid, s.stxrelid,
            ARRAY[n.nspname::text, s.stxname::text], NULL::text, NULL::text,
            ARRAY[cn.nspname::text, c.relname::text],
            format('%I.%I', cn.nspname, c.relname) AS table,
            ARRAY(SELECT k.word FROM unnest(s.stxkind) x(letter)
                    JOIN (VALUES ('d', 'ndistinct'), ('f', 'dependencies'), ('m', 'mcv')) k(letter, word)
                      ON k.letter = x.letter::text ORDER BY 1) AS kinds,
            ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
                   WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys) ORDER BY 1) AS columns,
            {expressions} AS expressions,
            CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget::bigint END AS target
       FROM pg_statistic_ext s
       JOIN pg_namespace n ON n.oid = s.stxnamespace
       JOIN pg_class c ON c.oid = s.stxrelid
       JOIN pg_namespace cn ON cn.oid = c.relnamespace
      WHERE {{scope}} {{roots s.stxrelid}}"
    )
}
