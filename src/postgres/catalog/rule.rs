//! Reads rules, with their tables and views.

use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Rule, &[Sort::Table, Sort::View, Sort::MaterializedView], sql);

fn sql(_major: u32) -> String {
    // The definition is cut behind the names, which are known to the letter, and before the semicolon.
    "SELECT r.oid, 0, 2618::oid, 1259::oid, r.ev_class,
            ARRAY[n.nspname::text, c.relname::text, r.rulename::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            e.word AS event,
            btrim(substr(d.text, 1 + length('CREATE RULE ' || quote_ident(r.rulename) || E' AS\\n    ON ' || e.word || ' TO '
                || quote_ident(n.nspname) || '.' || quote_ident(c.relname))), E' \\n;') AS definition,
            CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
       FROM pg_rewrite r
       JOIN pg_class c ON c.oid = r.ev_class
       JOIN pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN LATERAL (SELECT (ARRAY['SELECT', 'UPDATE', 'INSERT', 'DELETE'])[r.ev_type::text::int] AS word) e
      CROSS JOIN LATERAL (SELECT pg_get_ruledef(r.oid) AS text) d
      WHERE r.oid >= 16384 AND r.rulename <> '_RETURN' AND {scope} {roots r.ev_class}"
        .to_owned()
}
