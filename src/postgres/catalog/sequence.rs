//! Reads sequences, except those that belong to identity columns. A sequence of an ignored table is ignored with it.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Sequence, &[Sort::Sequence], sql)
    .owned("pg_class", "relowner")
    .granted("pg_class", "relacl", 's');

fn sql(_major: u32) -> String {
    "SELECT c.oid, 0, 1259::oid, 1259::oid, c.oid,
            ARRAY[n.nspname::text, c.relname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text],
            format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
            s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, nullif(s.seqcycle, false) AS cycle,
            CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
            CASE WHEN t.oid IS NOT NULL THEN format('%I.%I.%I', tn.nspname, t.relname, a.attname) END AS owned_by
       FROM pg_sequence s
       JOIN pg_class c ON c.oid = s.seqrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0
                            AND (d.refclassid = 1259) IS TRUE AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
       LEFT JOIN pg_class t ON t.oid = d.refobjid
       LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.deptype IS DISTINCT FROM 'i' AND {scope} {roots c.oid}"
        .to_owned()
}
