//! Reads user mappings, through the view that hides the options from those whom they are not for.

use super::foreign_server::{options, secrets};
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::UserMapping, &[Catalog { oid: 1418, name: None }], sql);

fn sql(_major: u32) -> String {
    format!(
        "SELECT m.umid, 0, 1418::oid, 1418::oid, m.umid,
            ARRAY[m.srvname::text, m.usename::text], NULL::text, NULL::text, ARRAY['foreign_server', m.srvname::text],
            {} AS options,
            {} AS secrets
       FROM pg_user_mappings m
      WHERE $1::text[] IS NOT NULL {{roots m.umid}}",
        options("m.umoptions"),
        secrets("m.umoptions"),
    )
}
