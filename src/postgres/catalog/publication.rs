//! Reads publications.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::Publication, &[Catalog::new(6104, "pg_publication"), Catalog { oid: 6237, name: None }], sql)
        .owned("pg_publication", "pubowner");

fn sql(major: u32) -> String {
    let schemas = if major >= 15 {
        "(SELECT array_agg(quote_ident(n.nspname) ORDER BY quote_ident(n.nspname))
               FROM pg_publication_namespace pn JOIN pg_namespace n ON n.oid = pn.pnnspid
              WHERE pn.pnpubid = p.oid AND {scope})"
    } else {
        "NULL::text[]"
    };
    let generated = if major >= 18 { "CASE p.pubgencols WHEN 's' THEN 'stored' END" } else { "NULL::text" };
    format!(
        "SELECT p.oid, 0, 6104::oid, 6104::oid, p.oid,
            ARRAY[p.pubname::text], NULL::text, NULL::text, ARRAY['publication', p.pubname::text],
            nullif(p.puballtables, false) AS all_tables,
            array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL) AS operations,
            nullif(p.pubviaroot, false) AS via_root,
            {generated} AS generated_columns,
            {schemas} AS schemas
       FROM pg_publication p
      WHERE $1::text[] IS NOT NULL {{roots p.oid}}"
    )
}
