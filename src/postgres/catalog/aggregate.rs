//! Reads aggregates.

use super::function::{ARGUMENTS, function_name, operator_name};
use super::reader::{Reader, Sort};
use crate::schema::Kind;

pub(super) const READER: Reader =
    Reader::new(Kind::Aggregate, &[Sort::Function], sql).owned("pg_proc", "proowner").granted("pg_proc", "proacl", 'f');

fn sql(_major: u32) -> String {
    let function = |column: &str| function_name(&format!("a.{column}"));
    // Ordered-set aggregates modify their state by default, others not.
    let modify = |column: &str| {
        format!(
            "CASE WHEN a.{column} <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN
                CASE a.{column} WHEN 'r' THEN 'read_only' WHEN 's' THEN 'shareable' ELSE 'read_write' END END"
        )
    };
    format!(
        "SELECT p.oid, 0, 1255::oid, 1255::oid, p.oid,
            ARRAY[n.nspname::text, p.proname::text], {ARGUMENTS}, NULL::text, NULL::text[],
            CASE a.aggkind WHEN 'o' THEN 'ordered_set' WHEN 'h' THEN 'hypothetical' END AS kind,
            pg_get_function_arguments(p.oid) AS arguments,
            {} AS sfunc,
            format_type(a.aggtranstype, NULL) AS stype,
            nullif(a.aggtransspace, 0)::bigint AS sspace,
            {} AS finalfunc,
            nullif(a.aggfinalextra, false) AS finalfunc_extra,
            CASE WHEN a.aggfinalfn <> 0 THEN {} END AS finalfunc_modify,
            {} AS combinefunc,
            {} AS serialfunc,
            {} AS deserialfunc,
            a.agginitval AS initcond,
            {} AS msfunc,
            {} AS minvfunc,
            CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END AS mstype,
            nullif(a.aggmtransspace, 0)::bigint AS msspace,
            {} AS mfinalfunc,
            nullif(a.aggmfinalextra, false) AS mfinalfunc_extra,
            CASE WHEN a.aggmfinalfn <> 0 THEN {} END AS mfinalfunc_modify,
            a.aggminitval AS minitcond,
            {} AS sortop,
            CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel
       FROM pg_proc p
       JOIN pg_aggregate a ON a.aggfnoid = p.oid
       JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.prokind = 'a' AND {{scope}} {{roots p.oid}}",
        function("aggtransfn"),
        function("aggfinalfn"),
        modify("aggfinalmodify"),
        function("aggcombinefn"),
        function("aggserialfn"),
        function("aggdeserialfn"),
        function("aggmtransfn"),
        function("aggminvtransfn"),
        function("aggmfinalfn"),
        modify("aggmfinalmodify"),
        operator_name("a.aggsortop"),
    )
}
