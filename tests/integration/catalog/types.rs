//! Kinds that few schemas have, owners and grants.

use super::*;

fn switched_on() -> Scope {
    Scope { owners: true, grants: true, ..everywhere() }
}

/// With owners and grants read; the incremental reading is checked after each.
const WITH_GRANTS: &[&str] = &[
    EVERYTHING,
    "CREATE COLLATION coll (locale = 'C'); COMMENT ON COLLATION coll IS 'c'",
    "COMMENT ON COLLATION coll IS 'd'",
    "COMMENT ON COLLATION coll IS NULL",
    "ALTER COLLATION coll OWNER TO pg_monitor; COMMENT ON COLLATION coll IS 'c'",
    "GRANT SELECT, INSERT ON parent TO pg_monitor; GRANT UPDATE (name) ON parent TO pg_monitor WITH GRANT OPTION",
    "GRANT SELECT (id) ON joined TO pg_monitor",
    "REVOKE INSERT ON parent FROM pg_monitor; REVOKE SELECT (id) ON joined FROM pg_monitor",
    "GRANT ALL ON SEQUENCE counter TO PUBLIC; GRANT USAGE ON SCHEMA other TO pg_monitor",
    "REVOKE EXECUTE ON FUNCTION twice(integer) FROM PUBLIC; GRANT EXECUTE ON PROCEDURE clean TO pg_monitor",
    "GRANT EXECUTE ON FUNCTION twice(integer) TO PUBLIC",
    "REVOKE USAGE ON TYPE mood FROM PUBLIC; GRANT USAGE ON TYPE pair, positive TO pg_monitor",
    "ALTER TABLE parent OWNER TO pg_monitor; ALTER TYPE mood OWNER TO pg_monitor; ALTER FUNCTION twice(integer) OWNER TO pg_monitor",
    "ALTER TABLE parent RENAME TO elders",
    "ALTER TABLE elders RENAME COLUMN name TO title",
    "ALTER TYPE mood RENAME TO feeling",
    "ALTER FUNCTION twice(integer) RENAME TO double",
    "ALTER SCHEMA other OWNER TO pg_monitor; ALTER VIEW joined OWNER TO pg_monitor; ALTER SEQUENCE counter OWNER TO pg_monitor",
    "REVOKE ALL ON elders FROM pg_monitor",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; ALTER DEFAULT PRIVILEGES IN SCHEMA other REVOKE ALL ON SEQUENCES FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO pg_monitor WITH GRANT OPTION; CREATE TABLE other.granted (id serial)",
    "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "CREATE EXTENSION citext; GRANT EXECUTE ON FUNCTION citext_eq(citext, citext) TO pg_monitor",
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN SERVER srv TO pg_monitor",
    "COMMENT ON SERVER srv IS 's'; GRANT USAGE ON FOREIGN DATA WRAPPER w TO pg_monitor; CREATE PUBLICATION pub FOR TABLE elders",
    "ALTER SERVER srv OWNER TO pg_monitor; COMMENT ON PUBLICATION pub IS 'p'; CREATE STATISTICS st ON id, title FROM elders",
    "COMMENT ON SERVER srv IS NULL; ALTER TABLE elders RENAME TO oldest",
    "DROP SCHEMA other CASCADE",
];

#[tokio::test]
async fn incremental_readings_with_owners_and_grants() {
    need_postgres!();
    let mut bench = Bench::new(&switched_on()).await;
    for script in WITH_GRANTS {
        bench.run(script).await;
    }
}

#[tokio::test]
async fn grants_are_what_differs_from_the_default() {
    need_postgres!();
    let setup =
        "CREATE TABLE t (a int, b int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SCHEMA s;
        CREATE TABLE plain (a int); GRANT SELECT ON plain TO pg_monitor; REVOKE SELECT ON plain FROM pg_monitor;
        GRANT ALL ON t TO pg_monitor; REVOKE UPDATE ON t FROM postgres; GRANT SELECT (b), UPDATE (b) ON t TO PUBLIC;
        REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC; GRANT USAGE ON SCHEMA s TO pg_monitor WITH GRANT OPTION;
        ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT, INSERT ON TABLES TO pg_monitor;
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER TABLE plain OWNER TO pg_monitor;";
    let model = model(setup, &switched_on()).await;
    let told = |kind: &str| -> Vec<String> {
        let of_kind =
            model.facts().filter(|fact| fact.id.kind.word() == kind && !fact.id.name.starts_with("schema public"));
        let list =
            |fact: &driftless::schema::Fact, name| fact.attributes.get(name).map(|value| format!(" {name} {value}"));
        of_kind
            .map(|fact| {
                let lists = ["privileges", "grantable", "owner"].map(|name| list(fact, name).unwrap_or_default());
                format!("{}:{}", fact.id.name, lists.concat())
            })
            .collect()
    };
    let grants: Vec<String> =
        told("grant").into_iter().map(|text| text.replace(", MAINTAIN", "").replace(" owner postgres", "")).collect();
    assert_eq!(
        grants,
        [
            "column public.t.b to public: privileges SELECT, UPDATE",
            "function public.f(integer) to public: privileges ",
            "schema s to pg_monitor: privileges USAGE grantable USAGE",
            "table public.t to (owner): privileges DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE",
            "table public.t to pg_monitor: privileges ALL",
        ]
    );
    assert_eq!(
        told("default_privilege"),
        ["functions postgres to public: privileges ", "tables postgres.s to pg_monitor: privileges INSERT, SELECT"]
    );
    assert_eq!(
        told("owner"),
        [
            "function public.f(integer): owner postgres",
            "schema s: owner postgres",
            "table public.plain: owner pg_monitor",
            "table public.t: owner postgres",
        ]
    );
}

/// One of each, and a comment on it.
pub(crate) const BASE: &str = "
CREATE SCHEMA other;
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION pair_of(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair';
CREATE FUNCTION gap(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE COLLATION coll (locale = 'C');
CREATE AGGREGATE total(int) (sfunc = add, stype = int);
CREATE AGGREGATE middle(float8 ORDER BY int) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
CREATE TYPE span AS RANGE (subtype = text);
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same);
CREATE OPERATOR !== (leftarg = int, rightarg = int, function = int4ne);
CREATE OPERATOR FAMILY sizes USING btree;
CREATE OPERATOR CLASS by_size FOR TYPE int USING btree FAMILY sizes AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
CREATE CAST (int AS pair) WITH FUNCTION pair_of(int);
CREATE CAST (text AS pair) WITH INOUT;
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH CONFIGURATION conf (parser = default);
ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH simple;
CREATE TEXT SEARCH DICTIONARY dict (template = simple, stopwords = english);
CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE tmpl (lexize = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY own (template = tmpl);
CREATE LANGUAGE plx HANDLER plpgsql_call_handler;
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
COMMENT ON AGGREGATE total(int) IS 'a'; COMMENT ON AGGREGATE middle(float8 ORDER BY int) IS 'o'; COMMENT ON TYPE span IS 'r';
COMMENT ON OPERATOR ===(int, int) IS 'o'; COMMENT ON OPERATOR FAMILY sizes USING btree IS 'f'; COMMENT ON OPERATOR CLASS by_size USING btree IS 'c';
COMMENT ON CAST (int AS pair) IS 'c'; COMMENT ON CONVERSION conv IS 'c'; COMMENT ON TEXT SEARCH CONFIGURATION conf IS 'c';
COMMENT ON TEXT SEARCH DICTIONARY dict IS 'd'; COMMENT ON TEXT SEARCH PARSER pars IS 'p'; COMMENT ON TEXT SEARCH TEMPLATE tmpl IS 't';
COMMENT ON LANGUAGE plx IS 'l'; COMMENT ON ACCESS METHOD pile IS 'a'; COMMENT ON TRANSFORM FOR int LANGUAGE sql IS 't'; COMMENT ON COLLATION coll IS 'c';
";

/// After each, the incremental reading is checked.
const RARE_SCRIPTS: &[&str] = &[
    BASE,
    "CREATE TABLE t (a int, b text COLLATE coll, s span, EXCLUDE USING gist (s WITH &&)); CREATE INDEX i ON t (a by_size); CREATE VIEW v AS SELECT a === 1 AS x, total(a) FROM t GROUP BY 1",
    "ALTER FUNCTION add(int, int) RENAME TO plus",
    "ALTER FUNCTION same(int, int) SET SCHEMA other",
    "ALTER TYPE pair RENAME TO duo",
    "ALTER TYPE span RENAME TO stretch",
    "ALTER AGGREGATE total(int) RENAME TO sum_of",
    "CREATE OR REPLACE AGGREGATE sum_of(int) (sfunc = plus, stype = int, initcond = '1')",
    "COMMENT ON AGGREGATE sum_of(int) IS NULL; COMMENT ON OPERATOR ===(int, int) IS 'p'; COMMENT ON CAST (int AS duo) IS NULL",
    "ALTER OPERATOR ===(int, int) SET SCHEMA other",
    "ALTER OPERATOR FAMILY sizes USING btree ADD OPERATOR 1 < (int, bigint), FUNCTION 1 (int, bigint) btint48cmp(int, bigint)",
    "ALTER OPERATOR FAMILY sizes USING btree DROP OPERATOR 1 (int, bigint)",
    "ALTER OPERATOR CLASS by_size USING btree RENAME TO by_weight",
    "ALTER OPERATOR FAMILY sizes USING btree RENAME TO weights",
    "ALTER TEXT SEARCH CONFIGURATION conf ALTER MAPPING FOR word WITH own, simple",
    "ALTER TEXT SEARCH DICTIONARY own RENAME TO mine",
    "ALTER TEXT SEARCH DICTIONARY dict (stopwords)",
    "ALTER TEXT SEARCH CONFIGURATION conf DROP MAPPING FOR word, asciiword",
    "ALTER CONVERSION conv RENAME TO conv2",
    "CREATE EXTENSION hstore",
    "ALTER EXTENSION hstore ADD OPERATOR !==(int, int)",
    "ALTER EXTENSION hstore DROP OPERATOR !==(int, int)",
    "DROP EXTENSION hstore",
    "DROP CAST (int AS duo); DROP ACCESS METHOD pile; DROP TRANSFORM FOR int LANGUAGE sql",
    "DROP AGGREGATE sum_of(int) CASCADE",
    "DROP TYPE stretch CASCADE; DROP OPERATOR FAMILY weights USING btree CASCADE; DROP LANGUAGE plx; DROP COLLATION coll CASCADE",
    "DROP SCHEMA other CASCADE",
];

#[tokio::test]
async fn incremental_readings_of_rare_kinds() {
    need_postgres!();
    let mut bench = Bench::new(&everywhere()).await;
    for script in RARE_SCRIPTS {
        bench.run(script).await;
    }
}

/// A change, and every fact that it changes, with the attributes.
pub(crate) const CHANGES: &[Change] = &[
    (
        "DROP COLLATION coll; CREATE COLLATION coll (lc_collate = 'POSIX', lc_ctype = 'C'); COMMENT ON COLLATION coll IS 'c'",
        &["collation public.coll: lc_collate"],
    ),
    (
        "DROP COLLATION coll; CREATE COLLATION coll (lc_collate = 'C', lc_ctype = 'POSIX'); COMMENT ON COLLATION coll IS 'c'",
        &["collation public.coll: lc_ctype"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = int4pl, stype = int)",
        &["aggregate public.total(integer): sfunc"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, sspace = 100)",
        &["aggregate public.total(integer): sspace"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, finalfunc = done)",
        &["aggregate public.total(integer): finalfunc"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, finalfunc = done, finalfunc_modify = shareable)",
        &["aggregate public.total(integer): finalfunc, finalfunc_modify"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, finalfunc = add, finalfunc_extra)",
        &["aggregate public.total(integer): finalfunc, finalfunc_extra"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, combinefunc = add)",
        &["aggregate public.total(integer): combinefunc"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, initcond = '1')",
        &["aggregate public.total(integer): initcond"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, sortop = <)",
        &["aggregate public.total(integer): sortop"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, parallel = safe)",
        &["aggregate public.total(integer): parallel"],
    ),
    ("UPDATE pg_aggregate SET aggserialfn = 'add'::regproc, aggdeserialfn = 'add'::regproc WHERE aggfnoid = 'total'::regproc", &["aggregate public.total(integer): deserialfunc, serialfunc"]),
    ("UPDATE pg_aggregate SET aggtranstype = 'bigint'::regtype WHERE aggfnoid = 'total'::regproc", &["aggregate public.total(integer): stype"]),
    ("UPDATE pg_aggregate SET aggkind = 'h' WHERE aggfnoid = 'middle'::regproc", &["aggregate public.middle(double precision, integer): kind"]),
    ("UPDATE pg_proc SET proargnames = '{x}' WHERE proname = 'total'", &["aggregate public.total(integer): arguments"]),
    ("UPDATE pg_range SET rngcanonical = 'add'::regproc WHERE rngtypid = 'span'::regtype", &["range public.span: canonical"]),
    ("UPDATE pg_collation SET collisdeterministic = false WHERE collname = 'coll'", &["collation public.coll: nondeterministic"]),
    (
        "DO $$ DECLARE c text; BEGIN SELECT attname INTO c FROM pg_attribute WHERE attrelid = 'pg_collation'::regclass AND attname IN ('colliculocale', 'colllocale');
         EXECUTE format('UPDATE pg_collation SET collprovider = ''i'', %I = ''de'' WHERE collname = ''coll''', coalesce(c, 'collcollate')); END $$",
        &["collation public.coll: lc_collate, lc_ctype, locale, provider"],
    ),
    (
        "CREATE OR REPLACE AGGREGATE total(int) (sfunc = add, stype = int, msfunc = int4pl, minvfunc = int4mi, mstype = int, msspace = 9, mfinalfunc = add, mfinalfunc_extra, mfinalfunc_modify = read_write, minitcond = '0')",
        &[
            "aggregate public.total(integer): mfinalfunc, mfinalfunc_extra, mfinalfunc_modify, minitcond, minvfunc, msfunc, msspace, mstype",
        ],
    ),
    (
        "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = int); COMMENT ON TYPE span IS 'r'",
        &["range public.span: subtype"],
    ),
    (
        "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = text, collation = \"C\"); COMMENT ON TYPE span IS 'r'",
        &["range public.span: collation"],
    ),
    (
        "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = text, subtype_opclass = text_pattern_ops); COMMENT ON TYPE span IS 'r'",
        &["range public.span: opclass"],
    ),
    (
        "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = gap); COMMENT ON TYPE span IS 'r'",
        &["range public.span: subdiff, subtype"],
    ),
    (
        "DROP OPERATOR ===(int, int); CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); COMMENT ON OPERATOR ===(int, int) IS 'o'",
        &["operator public.\"===\"(integer, integer): function"],
    ),
    ("ALTER OPERATOR ===(int, int) SET (restrict = eqsel)", &["operator public.\"===\"(integer, integer): restrict"]),
    ("ALTER OPERATOR ===(int, int) SET (join = eqjoinsel)", &["operator public.\"===\"(integer, integer): join"]),
    (
        "DROP OPERATOR ===(int, int); CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, commutator = ===, hashes, merges); COMMENT ON OPERATOR ===(int, int) IS 'o'",
        &["operator public.\"===\"(integer, integer): commutator, hashes, merges"],
    ),
    (
        "DROP OPERATOR ===(int, int); CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, negator = !==); COMMENT ON OPERATOR ===(int, int) IS 'o'",
        &["operator public.\"!==\"(integer, integer): negator", "operator public.\"===\"(integer, integer): negator"],
    ),
    (
        "ALTER OPERATOR FAMILY sizes USING btree ADD OPERATOR 1 < (int, bigint)",
        &["operator_family public.sizes(btree): members"],
    ),
    (
        "DROP OPERATOR CLASS by_size USING btree; CREATE OPERATOR CLASS by_size DEFAULT FOR TYPE pair USING btree FAMILY sizes AS FUNCTION 1 (pair, pair) btrecordcmp(record, record); COMMENT ON OPERATOR CLASS by_size USING btree IS 'c'",
        &["operator_class public.by_size(btree): default, members, type"],
    ),
    (
        "CREATE OPERATOR FAMILY other.sizes2 USING btree; DROP OPERATOR CLASS by_size USING btree; CREATE OPERATOR CLASS by_size FOR TYPE int USING btree FAMILY other.sizes2 AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int); COMMENT ON OPERATOR CLASS by_size USING btree IS 'c'",
        &["operator_class public.by_size(btree): family", "operator_family other.sizes2(btree): "],
    ),
    (
        "CREATE OPERATOR CLASS held FOR TYPE point USING gist AS STORAGE box; COMMENT ON OPERATOR CLASS by_size USING btree IS NULL",
        &[
            "comment operator_class public.by_size(btree): text",
            "operator_class public.held(gist): family, storage, type",
            "operator_family public.held(gist): ",
        ],
    ),
    (
        "DROP CAST (int AS pair); CREATE CAST (int AS pair) WITH FUNCTION pair_of(int) AS ASSIGNMENT; COMMENT ON CAST (int AS pair) IS 'c'",
        &["cast (integer AS public.pair): context"],
    ),
    (
        "DROP CAST (int AS pair); CREATE CAST (int AS pair) WITH INOUT; COMMENT ON CAST (int AS pair) IS 'c'",
        &["cast (integer AS public.pair): function, method"],
    ),
    (
        "DROP CONVERSION conv; CREATE CONVERSION conv FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8; COMMENT ON CONVERSION conv IS 'c'",
        &["conversion public.conv: function, source"],
    ),
    (
        "DROP CONVERSION conv; CREATE CONVERSION conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1; COMMENT ON CONVERSION conv IS 'c'",
        &["conversion public.conv: function, source, target"],
    ),
    (
        "DROP CONVERSION conv; CREATE DEFAULT CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; COMMENT ON CONVERSION conv IS 'c'",
        &["conversion public.conv: default"],
    ),
    (
        "ALTER TEXT SEARCH CONFIGURATION conf ALTER MAPPING FOR word WITH own, simple",
        &["text_search_configuration public.conf: mappings"],
    ),
    (
        "DROP TEXT SEARCH CONFIGURATION conf; CREATE TEXT SEARCH CONFIGURATION conf (parser = pars); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH simple; COMMENT ON TEXT SEARCH CONFIGURATION conf IS 'c'",
        &["text_search_configuration public.conf: parser"],
    ),
    ("ALTER TEXT SEARCH DICTIONARY dict (accept = false)", &["text_search_dictionary public.dict: options"]),
    (
        "DROP TEXT SEARCH DICTIONARY own; CREATE TEXT SEARCH DICTIONARY own (template = simple)",
        &["text_search_dictionary public.own: template"],
    ),
    (
        "DROP TEXT SEARCH TEMPLATE tmpl CASCADE; CREATE TEXT SEARCH TEMPLATE tmpl (lexize = dsimple_lexize, init = dsimple_init); CREATE TEXT SEARCH DICTIONARY own (template = tmpl); COMMENT ON TEXT SEARCH TEMPLATE tmpl IS 't'",
        &["text_search_template public.tmpl: init"],
    ),
    (
        "DROP TEXT SEARCH TEMPLATE tmpl CASCADE; CREATE TEXT SEARCH TEMPLATE tmpl (lexize = dsynonym_lexize); CREATE TEXT SEARCH DICTIONARY own (template = tmpl); COMMENT ON TEXT SEARCH TEMPLATE tmpl IS 't'",
        &["text_search_template public.tmpl: lexize"],
    ),
    (
        "DROP TEXT SEARCH PARSER pars; CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline); COMMENT ON TEXT SEARCH PARSER pars IS 'p'",
        &["text_search_parser public.pars: headline"],
    ),
    (
        "UPDATE pg_ts_parser SET prsstart = 'add'::regproc, prstoken = 'add'::regproc, prsend = 'add'::regproc, prslextype = 'add'::regproc WHERE prsname = 'pars'",
        &["text_search_parser public.pars: end, gettoken, lextypes, start"],
    ),
    (
        "DROP LANGUAGE plx; CREATE TRUSTED LANGUAGE plx HANDLER plpgsql_call_handler; COMMENT ON LANGUAGE plx IS 'l'",
        &["language plx: trusted"],
    ),
    (
        "DROP LANGUAGE plx; CREATE LANGUAGE plx HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator; COMMENT ON LANGUAGE plx IS 'l'",
        &["language plx: inline, validator"],
    ),
    ("UPDATE pg_language SET lanplcallfoid = 'add'::regproc WHERE lanname = 'plx'", &["language plx: handler"]),
    (
        "UPDATE pg_am SET amhandler = 'bthandler'::regproc, amtype = 'i' WHERE amname = 'pile'",
        &["access_method pile: handler, type"],
    ),
    (
        "DROP TRANSFORM FOR int LANGUAGE sql; CREATE TRANSFORM FOR int LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal)); COMMENT ON TRANSFORM FOR int LANGUAGE sql IS 't'",
        &["transform (FOR integer LANGUAGE sql): from_sql, to_sql"],
    ),
];

/// Changes that only some majors know, or that need what only they have.
pub(crate) const NEWER: &[(u32, Change)] = &[
    (
        16,
        ("UPDATE pg_collation SET collicurules = '&a < b' WHERE collname = 'coll'", &["collation public.coll: rules"]),
    ),
    (
        14,
        (
            "DROP TYPE span; CREATE TYPE span AS RANGE (subtype = text, multirange_type_name = spans); COMMENT ON TYPE span IS 'r'",
            &["range public.span: multirange, multirange_type"],
        ),
    ),
];

/// Owners and grants before each change.
pub(crate) const OWNED: &str = "CREATE TABLE t (a int); GRANT SELECT ON t TO pg_monitor; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;";

/// What changes them.
pub(crate) const OWNER_CHANGES: &[Change] = &[
    ("ALTER TABLE t OWNER TO pg_signal_backend", &["owner table public.t: owner"]),
    ("GRANT INSERT ON t TO pg_monitor", &["grant table public.t to pg_monitor: privileges"]),
    ("GRANT SELECT ON t TO pg_monitor WITH GRANT OPTION", &["grant table public.t to pg_monitor: grantable"]),
    ("GRANT UPDATE (a) ON t TO PUBLIC", &["grant column public.t.a to public: grantee, owner, privileges"]),
    (
        "ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO pg_monitor",
        &["default_privilege tables postgres to pg_monitor: privileges"],
    ),
    (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor WITH GRANT OPTION",
        &["default_privilege tables postgres to pg_monitor: grantable"],
    ),
];
