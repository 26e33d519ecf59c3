//! Reads casts, unless everything that they name lies in schemas out of the scope. Those of range types come with the type.

use super::function::signature;
use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::Cast, &[Catalog::new(2605, "pg_cast")], sql);

fn sql(_major: u32) -> String {
    format!(
        "SELECT c.oid, 0, 2605::oid, 2605::oid, c.oid,
            ARRAY[]::text[], format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), NULL::text,
            NULL::text[],
            {} AS function,
            CASE c.castmethod WHEN 'i' THEN 'inout' WHEN 'b' THEN 'binary' ELSE 'function' END AS method,
            CASE c.castcontext WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END AS context
       FROM pg_cast c
       JOIN pg_type s ON s.oid = c.castsource
       JOIN pg_type t ON t.oid = c.casttarget
       LEFT JOIN pg_proc p ON p.oid = c.castfunc
      WHERE c.oid >= 16384
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 2605 AND d.objid = c.oid AND d.deptype = 'i')
        AND (EXISTS (SELECT FROM pg_namespace n WHERE n.oid IN (s.typnamespace, t.typnamespace, p.pronamespace) AND {{scope}})
             OR s.typnamespace = 11 AND t.typnamespace = 11 AND coalesce(p.pronamespace = 11, true)) {{roots c.oid}}",
        signature("c.castfunc")
    )
}
