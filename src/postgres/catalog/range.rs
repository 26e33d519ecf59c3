//! Reads range types.

use super::function::function_name;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Range, &[Sort::Type], sql).owned("pg_type", "typowner").granted("pg_type", "typacl", 'T');

fn sql(major: u32) -> String {
    // Formed as PostgreSQL does: `multi` before the first `range`, else behind the name.
    let (multirange, named, join) = if major >= 14 {
        (
            "CASE WHEN m.typnamespace <> t.typnamespace OR m.typname <> CASE WHEN strpos(t.typname, 'range') > 0
                  THEN left(t.typname, strpos(t.typname, 'range') - 1) || 'multi' || substr(t.typname, strpos(t.typname, 'range'))
                  ELSE t.typname || '_multirange' END
                  THEN format('%I.%I', mn.nspname, m.typname) END",
            "format('%I.%I', mn.nspname, m.typname)",
            "JOIN pg_type m ON m.oid = r.rngmultitypid JOIN pg_namespace mn ON mn.oid = m.typnamespace",
        )
    } else {
        ("NULL::text", "NULL::text", "")
    };
    format!(
        "SELECT t.oid, 0, 1247::oid, 1247::oid, t.oid,
            ARRAY[n.nspname::text, t.typname::text], NULL::text, NULL::text, NULL::text[],
            format_type(r.rngsubtype, NULL) AS subtype,
            CASE WHEN NOT oc.opcdefault THEN format('%I.%I', ocn.nspname, oc.opcname) END AS opclass,
            CASE WHEN r.rngcollation <> st.typcollation THEN (
                SELECT format('%I.%I', cn.nspname, co.collname)
                  FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                 WHERE co.oid = r.rngcollation) END AS collation,
            {} AS canonical,
            {} AS subdiff,
            {multirange} AS multirange,
            {named} AS multirange_type
       FROM pg_type t
       JOIN pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_range r ON r.rngtypid = t.oid
       JOIN pg_type st ON st.oid = r.rngsubtype
       JOIN pg_opclass oc ON oc.oid = r.rngsubopc
       JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
       {join}
      WHERE t.typtype = 'r' AND {{scope}} {{roots t.oid}}",
        function_name("r.rngcanonical::oid"),
        function_name("r.rngsubdiff::oid"),
    )
}
