//! Reads the names of NOT NULL constraints that PostgreSQL would not have chosen itself, and those that are a table's own beside what it
//! inherits. What is only inherited bears the parent's name. A partition's says nothing: it is its own or not by how the partition was made,
//! and pg_dump makes it the one way.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::NotNull, &[Sort::Table, Sort::Type], sql);

fn sql(major: u32) -> String {
    // Older majors have none; 17 has those of domains, which are left to 18 so that a kind begins with one major.
    let now = if major >= 18 { "" } else { "AND false" };
    // A name that does not fit is shortened by PostgreSQL; what ends like its own is taken for its own then.
    let chosen = |table: &str, column: &str| {
        let prefix = if column.is_empty() { table.to_owned() } else { format!("{table} || '_' || {column}") };
        format!(
            "k.conname <> {prefix} || '_not_null'
              AND NOT (octet_length({prefix} || '_not_null') > 63 AND k.conname LIKE '%\\_not\\_null%')"
        )
    };
    let of_column = chosen("c.relname::text", "a.attname::text");
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
      WHERE k.contype = 'n' AND k.conislocal AND ({of_column} OR k.coninhcount > 0 AND NOT c.relispartition) {now} AND {{scope}} {{roots k.conrelid}}
     UNION ALL
     SELECT k.oid, 0, 2606::oid, 1247::oid, k.contypid,
            ARRAY[n.nspname::text, t.typname::text], NULL, NULL, NULL, quote_ident(k.conname), NULL
       FROM pg_constraint k
       JOIN pg_type t ON t.oid = k.contypid
       JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE k.contype = 'n' AND {of_domain} {now} AND {{scope}} {{roots k.contypid}}"
    )
}
