//! Reads functions, procedures and window functions; the constructors of range types belong to their types.

use super::extension::needed;
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Function, &[Sort::Function], sql).owned("pg_proc", "proowner").granted("pg_proc", "proacl", 'f');

fn sql(major: u32) -> String {
    let body = if major >= 14 { "pg_get_function_sqlbody(p.oid)" } else { "NULL::text" };
    // From 14 on a procedure's arguments are printed with their IN, before without.
    let arguments = r"CASE p.prokind WHEN 'p' THEN regexp_replace(pg_get_function_arguments(p.oid), '(^|, )IN ', '\1', 'g')
                 ELSE pg_get_function_arguments(p.oid) END";
    let extensions = needed(1255, "p.oid");
    format!(
        "SELECT p.oid, 0, 1255::oid, 1255::oid, p.oid,
            ARRAY[n.nspname::text, p.proname::text], {ARGUMENTS}, NULL::text, NULL::text[],
            CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'function' END AS kind,
            {arguments} AS arguments,
            pg_get_function_result(p.oid) AS result,
            l.lanname::text AS language,
            p.prosrc AS source,
            p.probin AS library,
            {body} AS body,
            CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END AS volatility,
            CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel,
            nullif(p.proisstrict, false) AS strict,
            nullif(p.prosecdef, false) AS security_definer,
            nullif(p.proleakproof, false) AS leakproof,
            p.procost::text AS cost,
            CASE WHEN p.proretset THEN p.prorows::text END AS rows,
            CASE WHEN p.prosupport <> 0 THEN p.prosupport::regproc::text END AS support,
            CASE WHEN p.protrftypes IS NOT NULL THEN
                ARRAY(SELECT format_type(t, NULL) FROM unnest(p.protrftypes) t) END AS transforms,
            CASE WHEN p.proconfig IS NOT NULL THEN ARRAY(SELECT s FROM unnest(p.proconfig) s ORDER BY 1) END AS settings,
            nullif(p.proconfig, ARRAY(SELECT o FROM unnest(p.proconfig) o ORDER BY 1)) AS settings_order,
            {extensions} AS extensions
       FROM pg_proc p
       JOIN pg_namespace n ON n.oid = p.pronamespace
       JOIN pg_language l ON l.oid = p.prolang
      WHERE p.prokind <> 'a' AND (p.prolang <> 12 OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 1255
                AND d.objid = p.oid AND (d.refclassid = 1247) IS TRUE AND d.deptype = 'i')) AND {{scope}} {{roots p.oid}}"
    )
}

/// The argument types of function `p`, as they stand in its name.
pub(super) const ARGUMENTS: &str = "array_to_string(ARRAY(SELECT format_type(u.t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY u(t, i) ORDER BY u.i), ', ')";

/// The qualified name of the function of this OID; NULL where there is none.
pub(super) fn function_name(oid: &str) -> String {
    format!(
        "(SELECT format('%I.%I', fn.nspname, fp.proname) FROM pg_proc fp JOIN pg_namespace fn ON fn.oid = fp.pronamespace
                WHERE fp.oid = {oid})"
    )
}

/// Likewise, with its argument types.
pub(super) fn signature(oid: &str) -> String {
    format!(
        "(SELECT format('%I.%I(%s)', fn.nspname, p.proname, {ARGUMENTS}) FROM pg_proc p JOIN pg_namespace fn ON fn.oid = p.pronamespace
                WHERE p.oid = {oid})"
    )
}

/// `OPERATOR(schema.name)`, for the operator of this OID; NULL where there is none.
pub(super) fn operator_name(oid: &str) -> String {
    format!("'OPERATOR(' || {} || ')'", bare_operator(oid))
}

/// `schema.name` of the operator of this OID; NULL where there is none.
pub(super) fn bare_operator(oid: &str) -> String {
    format!(
        "(SELECT format('%I.%s', opn.nspname, op.oprname) FROM pg_operator op JOIN pg_namespace opn ON opn.oid = op.oprnamespace
                WHERE op.oid = {oid})"
    )
}
