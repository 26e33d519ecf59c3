//! Reads the tables of publications, as far as they are in the scope.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::PublicationTable, &[Catalog::new(6106, "pg_publication_rel")], sql);

fn sql(major: u32) -> String {
    let (columns, filter) = if major >= 15 {
        let columns = "CASE WHEN r.prattrs IS NOT NULL THEN ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs) ORDER BY 1) END";
        (columns, "pg_get_expr(r.prqual, r.prrelid)")
    } else {
        ("NULL::text[]", "NULL::text")
    };
    // The name of an ignored publication counts as the first relation, that of an ignored table as the second.
    format!(
        "SELECT r.oid, 0, 6106::oid, 6104::oid, p.oid,
            ARRAY[p.pubname::text, n.nspname::text, c.relname::text], NULL::text, NULL::text,
            ARRAY['publication', p.pubname::text, n.nspname::text, c.relname::text],
            {columns} AS columns,
            {filter} AS where
       FROM pg_publication_rel r
       JOIN pg_publication p ON p.oid = r.prpubid
       JOIN pg_class c ON c.oid = r.prrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE {{scope}} {{roots p.oid}}"
    )
}
