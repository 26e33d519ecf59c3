//! Reads the defaults of columns (of tables and views) and domains. The expression of a generated column is the column's.
//!
//! A default holds no column, so it is printed without naming the relation, which PostgreSQL would have to open.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Default, &[Sort::Table, Sort::View, Sort::Type], sql).of_tables(of_tables);

fn sql(major: u32) -> String {
    format!("{} UNION ALL {OF_DOMAINS}", of_tables(major))
}

fn of_tables(_major: u32) -> String {
    "SELECT d.adrelid, d.adnum::int, 1259::oid, 1259::oid, d.adrelid,
            ARRAY[n.nspname::text, c.relname::text, a.attname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            pg_get_expr(d.adbin, 0) AS expression
       FROM pg_attrdef d
       JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated = ''
       JOIN pg_class c ON c.oid = d.adrelid AND c.relkind IN ('r', 'p', 'f', 'v')
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE {scope} {roots d.adrelid}"
        .to_owned()
}

const OF_DOMAINS: &str = "SELECT t.oid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL, NULL, NULL,
            pg_get_expr(t.typdefaultbin, 0)
       FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typtype = 'd' AND t.typdefaultbin IS NOT NULL AND {scope} {roots t.oid}";
