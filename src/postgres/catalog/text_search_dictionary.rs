//! Reads text search dictionaries.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::rare(Kind::TextSearchDictionary, &[Catalog::new(3600, "pg_ts_dict")], sql).owned("pg_ts_dict", "dictowner");

fn sql(_major: u32) -> String {
    "SELECT o.oid, 0, 3600::oid, 3600::oid, o.oid,
            ARRAY[n.nspname::text, o.dictname::text], NULL::text, NULL::text, NULL::text[],
            format('%I.%I', tn.nspname, t.tmplname) AS template,
            o.dictinitoption AS options
       FROM pg_ts_dict o
       JOIN pg_namespace n ON n.oid = o.dictnamespace
       JOIN pg_ts_template t ON t.oid = o.dicttemplate
       JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
      WHERE o.oid >= 16384 AND {scope} {roots o.oid}"
        .to_owned()
}
