//! Reads this database's subscriptions. Only superusers may read the connection string; what is secret in it is not read.
//!
//! What could go wrong: a secret behind a key that is not listed here would be read and sent to peers.

use super::reader::{Catalog, Reader};
use crate::schema::Kind;

pub(super) const READER: Reader = Reader::rare(Kind::Subscription, &[Catalog { oid: 6100, name: None }], sql);

/// The OID of subscription `s`: 13 shows it to superusers alone, but in its statistics to everybody. Other databases may have subscriptions
/// of the same name there; the one that this database comments on is its own.
pub(super) fn oid(major: u32) -> &'static str {
    if major >= 14 {
        return "s.oid";
    }
    "(SELECT t.subid FROM pg_stat_subscription t WHERE t.subname = s.subname
       ORDER BY NOT EXISTS (SELECT FROM pg_description d WHERE d.classoid = 6100 AND d.objoid = t.subid), t.subid LIMIT 1)"
}

/// Without secrets. A column that the role may not read cannot stand in the question itself (13 shows not even the OID).
pub(super) const CONNECTION: &str = r##"CASE WHEN has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT') THEN (
                SELECT CASE WHEN c ~ '^postgres(ql)?://'
                            THEN regexp_replace(regexp_replace(c, '^([^:]*://[^:/@?]*):.*@', '\1@'),
                                                '\m(password|passfile|sslpassword|oauth_client_secret)=[^&]*', '', 'gi')
                            ELSE btrim(regexp_replace(c, '\m(password|passfile|sslpassword|oauth_client_secret)\s*=\s*(''(\\.|[^''\\])*''|(\\.|[^\s\\])*)\s*', '', 'gi')) END
                  FROM (SELECT replace(replace(replace(replace(replace(
                                   substring(x.x FROM '<c>(.*)</c>'), '&#x0d;', chr(13)), '&quot;', '"'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&')
                          FROM (SELECT query_to_xml(format(
                              'SELECT subconninfo AS c FROM pg_catalog.pg_subscription WHERE subdbid = %s AND subname = %L', s.subdbid, s.subname), true, false, '')::text) x(x)) y(c)) END"##;

fn sql(major: u32) -> String {
    let since = |since: u32, expression: &'static str, nothing: &'static str| {
        if major >= since { expression } else { nothing }
    };
    let oid = oid(major);
    let streaming = match major {
        ..14 => "NULL::text",
        14 | 15 => "CASE WHEN s.substream THEN 'on' END",
        16 | 17 => "CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END",
        _ => "CASE s.substream WHEN 't' THEN 'on' WHEN 'f' THEN 'off' END",
    };
    let usual_streaming = if major < 18 { "NULL::text" } else { "'parallel'" };
    format!(
        "SELECT {oid}, 0, 6100::oid, 6100::oid, {oid},
            ARRAY[s.subname::text], NULL::text, NULL::text, ARRAY['subscription', s.subname::text],
            {CONNECTION} AS connection,
            ARRAY(SELECT quote_ident(p) FROM unnest(s.subpublications) WITH ORDINALITY u(p, n) ORDER BY n) AS publications,
            nullif(coalesce(s.subslotname::text, 'NONE'), s.subname::text) AS slot,
            {binary} AS binary,
            {streaming} AS streaming,
            {usual_streaming} AS usual_streaming,
            {two_phase} AS two_phase,
            {disable} AS disable_on_error,
            {password} AS password_required,
            {owner} AS run_as_owner,
            {failover} AS failover,
            {origin} AS origin,
            {commit} AS synchronous_commit,
            s.subenabled AS enabled
       FROM pg_subscription s
      WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND $1::text[] IS NOT NULL {{roots {oid}}}",
        binary = since(14, "nullif(s.subbinary, false)", "NULL::boolean"),
        two_phase = since(15, "nullif(s.subtwophasestate <> 'd', false)", "NULL::boolean"),
        disable = since(15, "nullif(s.subdisableonerr, false)", "NULL::boolean"),
        password = since(16, "nullif(s.subpasswordrequired, true)", "NULL::boolean"),
        owner = since(16, "nullif(s.subrunasowner, false)", "NULL::boolean"),
        failover = since(17, "nullif(s.subfailover, false)", "NULL::boolean"),
        origin = since(16, "nullif(s.suborigin, 'any')", "NULL::text"),
        commit = since(14, "nullif(s.subsynccommit, 'off')", "NULL::text"),
    )
}
