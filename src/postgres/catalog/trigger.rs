//! Reads triggers of tables and views.
//!
//! A partition's copy of its parent's trigger is a fact only where it is enabled otherwise than the parent's.

use super::extension::needed;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::new(Kind::Trigger, &[Sort::Table, Sort::View], sql);

fn sql(_major: u32) -> String {
    // Up to 14 a partition's copy is marked as internal; those of foreign keys are, on every major.
    // The definition is told without the trigger's own name and the table's, so that a rename does not change it.
    let extensions = needed(2620, "t.oid");
    format!(
        "SELECT t.oid, 0, 2620::oid, 1259::oid, t.tgrelid,
            ARRAY[n.nspname::text, c.relname::text, t.tgname::text], NULL::text, NULL::text,
            ARRAY[n.nspname::text, c.relname::text],
            CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT ' ELSE '' END
                || replace(substr(pg_get_triggerdef(t.oid), 1 + length(
                       CASE WHEN t.tgconstraint <> 0 THEN 'CREATE CONSTRAINT TRIGGER ' ELSE 'CREATE TRIGGER ' END
                       || quote_ident(t.tgname) || ' ')),
                   ' ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ', ' ') AS definition,
            CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
            quote_ident(p.tgname) AS parent,
            {extensions} AS extensions
       FROM pg_trigger t
       JOIN pg_class c ON c.oid = t.tgrelid AND c.relkind IN ('r', 'p', 'f', 'v')
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
      WHERE (NOT t.tgisinternal OR t.tgparentid <> 0)
        AND (NOT t.tgisinternal OR p.oid IS NOT NULL AND NOT EXISTS (
                SELECT FROM pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype = 'f'))
        AND (p.oid IS NULL OR p.tgenabled <> t.tgenabled) AND {{scope}} {{roots t.tgrelid}}"
    )
}
