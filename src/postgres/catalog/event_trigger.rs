//! Reads event triggers whose functions are in the scope.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::EventTrigger, &[Catalog::new(3466, "pg_event_trigger")], sql)
    .owned("pg_event_trigger", "evtowner");

fn sql(_major: u32) -> String {
    "SELECT e.oid, 0, 3466::oid, 3466::oid, e.oid,
            ARRAY[e.evtname::text], NULL::text, NULL::text, ARRAY['event_trigger', e.evtname::text],
            e.evtevent::text AS event,
            e.evttags AS tags,
            format('%I.%I', n.nspname, p.proname) AS function,
            CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
       FROM pg_event_trigger e
       JOIN pg_proc p ON p.oid = e.evtfoid
       JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE {scope} {roots e.oid}"
        .to_owned()
}
