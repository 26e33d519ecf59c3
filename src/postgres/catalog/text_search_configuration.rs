//! Reads text search configurations.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(
    Kind::TextSearchConfiguration,
    &[Catalog::new(3602, "pg_ts_config"), Catalog::new(3603, "pg_ts_config_map")],
    sql,
)
.owned("pg_ts_config", "cfgowner");

fn sql(_major: u32) -> String {
    "SELECT o.oid, 0, 3602::oid, 3602::oid, o.oid,
            ARRAY[n.nspname::text, o.cfgname::text], NULL::text, NULL::text, NULL::text[],
            format('%I.%I', pn.nspname, p.prsname) AS parser,
            (SELECT array_agg(format('%I WITH %s', k.alias, k.dictionaries) ORDER BY k.alias)
               FROM (SELECT t.alias, string_agg(format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries
                       FROM pg_ts_config_map m
                       JOIN ts_token_type(o.cfgparser) t ON t.tokid = m.maptokentype
                       JOIN pg_ts_dict d ON d.oid = m.mapdict
                       JOIN pg_namespace dn ON dn.oid = d.dictnamespace
                      WHERE m.mapcfg = o.oid GROUP BY t.alias) k) AS mappings
       FROM pg_ts_config o
       JOIN pg_namespace n ON n.oid = o.cfgnamespace
       JOIN pg_ts_parser p ON p.oid = o.cfgparser
       JOIN pg_namespace pn ON pn.oid = p.prsnamespace
      WHERE o.oid >= 16384 AND {scope} {roots o.oid}"
        .to_owned()
}
