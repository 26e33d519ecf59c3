//! Reads row security policies, with their tables.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Policy, &[Sort::Table], sql);

fn sql(_major: u32) -> String {
    // PUBLIC is role 0, and stands alone.
    "SELECT p.oid, 0, 3256::oid, 1259::oid, p.polrelid,
            ARRAY[n.nspname::text, c.relname::text, p.polname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' END
                AS command,
            nullif(NOT p.polpermissive, false) AS restrictive,
            CASE WHEN p.polroles <> '{0}' THEN
                ARRAY(SELECT quote_ident(pg_get_userbyid(r)) FROM unnest(p.polroles) r ORDER BY 1) END AS roles,
            pg_get_expr(p.polqual, p.polrelid) AS using,
            pg_get_expr(p.polwithcheck, p.polrelid) AS check
       FROM pg_policy p
       JOIN pg_class c ON c.oid = p.polrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE {scope} {roots p.polrelid}"
        .to_owned()
}
