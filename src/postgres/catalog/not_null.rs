//! Reads the names of NOT NULL constraints that PostgreSQL would not have chosen itself, and those that are a table's own beside what it
//! inherits. What is only inherited bears the parent's name. So does a partition's where the partition was made as one; where it was
//! attached it bears what it bore before. Whether pg_constraint calls a partition's its own says nothing: pg_dump makes it the one way.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::NotNull, &[Sort::Table, Sort::Type], sql);

fn sql(major: u32) -> String {
    // 17 has those of domains, older majors have none.
    let since = |first: u32| if major >= first { "" } else { "AND false" };
    let (of_columns, of_domains) = (since(18), since(17));
    // A name that does not fit is shortened by PostgreSQL; what ends like its own is taken for its own then.
    let chosen = |table: &str, column: &str| {
        let prefix = if column.is_empty() { table.to_owned() } else { format!("{table} || '_' || {column}") };
        format!(
            "k.conname <> {prefix} || '_not_null'
              AND NOT (octet_length({prefix} || '_not_null') > 63 AND k.conname LIKE '%\\_not\\_null%')"
        )
    };
    let of_column = chosen("c.relname::text", "a.attname::text");
    let of_parent = "NOT EXISTS (
            SELECT FROM pg_inherits i
              JOIN pg_attribute pa ON pa.attrelid = i.inhparent AND pa.attname = a.attname
              JOIN pg_constraint pk ON pk.conrelid = i.inhparent AND pk.contype = 'n' AND pk.conkey = ARRAY[pa.attnum]
             WHERE i.inhrelid = k.conrelid AND pk.conname = k.conname)";
    let of_domain = chosen("t.typname::text", "");
    format!(
        "SELECT k.oid, 0, 2606::oid, 1259::oid, k.conrelid,
            ARRAY[n.nspname::text, c.relname::text, a.attname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            quote_ident(k.conname) AS constraint,
            nullif(k.coninhcount > 0 AND NOT c.relispartition, false) AS inherited
       FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p', 'f')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
      WHERE k.contype = 'n' {of_columns} AND {{scope}} {{roots k.conrelid}}
        AND CASE WHEN NOT c.relispartition THEN k.conislocal AND ({of_column} OR k.coninhcount > 0)
                 WHEN k.coninhcount = 0 THEN {of_column}
                 ELSE {of_parent} END
     UNION ALL
     SELECT k.oid, 0, 2606::oid, 1247::oid, k.contypid,
            ARRAY[n.nspname::text, t.typname::text], NULL, NULL, NULL, quote_ident(k.conname), NULL
       FROM pg_constraint k
       JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE k.contype = 'n' AND {of_domain} {of_domains} AND {{scope}} {{roots k.contypid}}"
    )
}
