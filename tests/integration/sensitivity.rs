//! What the fingerprint sees and what it does not: every column of every system catalog has a place in
//! `sensitivity/columns.txt`, every hashed attribute is changed alone, and what means nothing changes nothing.
//!
//! The changes of the first kinds are in `catalog.rs`; here are those of what belongs to relations and of what lies in no schema.

use std::collections::{BTreeMap, BTreeSet};

use driftless::postgres::catalog::CatalogReader;
use driftless::schema::kind::Role;
use driftless::schema::{Kind, Model, Scope, diff};

use crate::catalog::{self, Change, types};
use crate::harness::{Programs, TestDatabase, query};

const COLUMNS: &str = include_str!("sensitivity/columns.txt");

/// What stands there before each change alone.
pub(crate) const BASE: &str = "
CREATE SCHEMA other;
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c integer NOT NULL);
CREATE TABLE u (id integer);
CREATE TABLE parted (id integer) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION look() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION other.unseen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE TRIGGER tr AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY p ON t USING (a > 1);
CREATE POLICY ins ON t FOR INSERT WITH CHECK (a > 1);
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE STATISTICS s (ndistinct) ON id, a FROM t;
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION watch();
CREATE PUBLICATION pub FOR TABLE t;
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=hidden' PUBLICATION news WITH (connect = false, slot_name = 'slot');
CREATE FOREIGN DATA WRAPPER w;
CREATE FOREIGN DATA WRAPPER w2;
CREATE SERVER srv FOREIGN DATA WRAPPER w;
CREATE SERVER srv2 FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR PUBLIC SERVER srv OPTIONS (user 'me', password 'hidden');
CREATE FOREIGN TABLE ft (id integer, n text) SERVER srv OPTIONS (file 'f');
";

/// A change, and every fact that it changes, with the attributes.
pub(crate) const CHANGES: &[Change] = &[
    ("ALTER POLICY p ON t RENAME TO q", &["policy public.t.p: using", "policy public.t.q: using"]),
    ("DROP POLICY p ON t; CREATE POLICY p ON t FOR SELECT USING (a > 1)", &["policy public.t.p: command"]),
    ("DROP POLICY p ON t; CREATE POLICY p ON t AS RESTRICTIVE USING (a > 1)", &["policy public.t.p: restrictive"]),
    ("ALTER POLICY p ON t TO postgres", &["policy public.t.p: roles"]),
    ("ALTER POLICY p ON t USING (a > 2)", &["policy public.t.p: using"]),
    ("ALTER POLICY p ON t WITH CHECK (a > 2)", &["policy public.t.p: check"]),
    ("COMMENT ON POLICY p ON t IS 'c'", &["comment policy public.t.p: text"]),
    ("DROP RULE r ON t; CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING", &["rule public.t.r: event"]),
    (
        "DROP RULE r ON t; CREATE RULE r AS ON DELETE TO t WHERE OLD.a > 1 DO INSTEAD NOTHING",
        &["rule public.t.r: definition"],
    ),
    ("DROP RULE r ON t; CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING", &["rule public.t.r: definition"]),
    ("ALTER TABLE t DISABLE RULE r", &["rule public.t.r: enabled"]),
    ("ALTER TABLE t ENABLE REPLICA RULE r", &["rule public.t.r: enabled"]),
    ("COMMENT ON RULE r ON t IS 'c'", &["comment rule public.t.r: text"]),
    ("CREATE RULE i AS ON INSERT TO v DO INSTEAD NOTHING", &["rule public.v.i: definition, event"]),
    ("DROP STATISTICS s; CREATE STATISTICS s (ndistinct, mcv) ON id, a FROM t", &["statistics public.s: kinds"]),
    ("DROP STATISTICS s; CREATE STATISTICS s (ndistinct) ON id, c FROM t", &["statistics public.s: columns"]),
    (
        "ALTER TABLE u ADD a integer; DROP STATISTICS s; CREATE STATISTICS s (ndistinct) ON id, a FROM u",
        &["column public.u.a: position, type", "statistics public.s: table"],
    ),
    ("ALTER STATISTICS s SET STATISTICS 7", &["statistics public.s: target"]),
    ("COMMENT ON STATISTICS s IS 'c'", &["comment statistics public.s: text"]),
    ("DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION watch()", &["event_trigger e: event"]),
    (
        "DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION watch()",
        &["event_trigger e: tags"],
    ),
    (
        "DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION look()",
        &["event_trigger e: function"],
    ),
    ("ALTER EVENT TRIGGER e DISABLE", &["event_trigger e: enabled"]),
    ("COMMENT ON EVENT TRIGGER e IS 'c'", &["comment event_trigger e: text"]),
    ("CREATE PUBLICATION allof FOR ALL TABLES", &["publication allof: all_tables, operations"]),
    ("ALTER PUBLICATION pub SET (publish = 'insert')", &["publication pub: operations"]),
    ("ALTER PUBLICATION pub SET (publish_via_partition_root = true)", &["publication pub: via_root"]),
    ("ALTER PUBLICATION pub ADD TABLE u", &["publication_table pub.public.u: "]),
    ("ALTER PUBLICATION pub SET TABLE u", &["publication_table pub.public.t: ", "publication_table pub.public.u: "]),
    ("COMMENT ON PUBLICATION pub IS 'c'", &["comment publication pub: text"]),
    ("ALTER SUBSCRIPTION sub SET PUBLICATION more WITH (refresh = false)", &["subscription sub: publications"]),
    ("ALTER SUBSCRIPTION sub SET (slot_name = NONE)", &["subscription sub: slot"]),
    ("ALTER SUBSCRIPTION sub CONNECTION 'host=elsewhere'", &["subscription sub: connection"]),
    ("ALTER SUBSCRIPTION sub CONNECTION 'host=nowhere password=other'", &[]),
    ("ALTER SUBSCRIPTION sub ENABLE", &[]),
    ("COMMENT ON SUBSCRIPTION sub IS 'c'", &["comment subscription sub: text"]),
    (
        "CREATE FUNCTION other.valid(text[], oid) RETURNS void LANGUAGE sql AS 'SELECT'; ALTER FOREIGN DATA WRAPPER w VALIDATOR other.valid",
        &[
            "foreign_data_wrapper w: validator",
            "function other.valid(text[], oid): arguments, cost, kind, language, result, source",
        ],
    ),
    (
        "CREATE EXTENSION postgres_fdw SCHEMA other; ALTER FOREIGN DATA WRAPPER w HANDLER other.postgres_fdw_handler",
        &["extension postgres_fdw: schema, version", "foreign_data_wrapper w: handler"],
    ),
    ("ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD a 'b')", &["foreign_data_wrapper w: options"]),
    ("COMMENT ON FOREIGN DATA WRAPPER w IS 'c'", &["comment foreign_data_wrapper w: text"]),
    ("DROP SERVER srv2; CREATE SERVER srv2 FOREIGN DATA WRAPPER w2", &["foreign_server srv2: wrapper"]),
    ("DROP SERVER srv2; CREATE SERVER srv2 TYPE 'x' FOREIGN DATA WRAPPER w", &["foreign_server srv2: type"]),
    ("ALTER SERVER srv VERSION '2'", &["foreign_server srv: version"]),
    ("ALTER SERVER srv OPTIONS (ADD host 'h')", &["foreign_server srv: options"]),
    ("COMMENT ON SERVER srv IS 'c'", &["comment foreign_server srv: text"]),
    ("CREATE USER MAPPING FOR postgres SERVER srv", &["user_mapping srv.postgres: "]),
    ("ALTER USER MAPPING FOR PUBLIC SERVER srv OPTIONS (SET user 'you')", &["user_mapping srv.public: options"]),
    ("ALTER USER MAPPING FOR PUBLIC SERVER srv OPTIONS (SET password 'other')", &[]),
    ("ALTER USER MAPPING FOR PUBLIC SERVER srv OPTIONS (DROP password)", &[]),
    (
        "DROP FOREIGN TABLE ft; CREATE FOREIGN TABLE ft (id integer, n text) SERVER srv2 OPTIONS (file 'f')",
        &["table public.ft: foreign_server"],
    ),
    ("ALTER FOREIGN TABLE ft OPTIONS (SET file 'g')", &["table public.ft: foreign_options"]),
    ("ALTER FOREIGN TABLE ft ALTER id OPTIONS (ADD name 'ID')", &["column public.ft.id: foreign_options"]),
    ("ALTER FOREIGN TABLE ft ALTER n SET DEFAULT 'x'", &["default public.ft.n: expression"]),
    ("ALTER FOREIGN TABLE ft ADD CONSTRAINT k CHECK (id > 0)", &["constraint public.ft.k: definition"]),
    (
        "CREATE TRIGGER tr BEFORE INSERT ON ft FOR EACH ROW EXECUTE FUNCTION touch()",
        &["trigger public.ft.tr: definition"],
    ),
    ("COMMENT ON FOREIGN TABLE ft IS 'c'", &["comment table public.ft: text"]),
    (
        "CREATE TRIGGER vt INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION touch()",
        &["trigger public.v.vt: definition"],
    ),
    ("ALTER TABLE part DISABLE TRIGGER tr", &["trigger public.part.tr: definition, enabled, parent"]),
    (
        "ALTER TABLE part ADD CONSTRAINT k UNIQUE (id); CREATE UNIQUE INDEX whole ON parted (id)",
        &["constraint public.part.k: definition, index_parent", "index public.whole: definition, table, unique"],
    ),
];

/// Changes that only some majors know.
pub(crate) const NEWER: &[(u32, Change)] = &[
    (
        14,
        (
            "DROP STATISTICS s; CREATE STATISTICS s (ndistinct) ON id, a, (c + 1) FROM t",
            &["statistics public.s: expressions"],
        ),
    ),
    (14, ("ALTER SUBSCRIPTION sub SET (binary = true)", &["subscription sub: binary"])),
    (14, ("ALTER SUBSCRIPTION sub SET (synchronous_commit = 'local')", &["subscription sub: synchronous_commit"])),
    (15, ("ALTER PUBLICATION pub SET TABLE t (id, a)", &["publication_table pub.public.t: columns"])),
    (15, ("ALTER PUBLICATION pub SET TABLE t WHERE (a > 1)", &["publication_table pub.public.t: where"])),
    (15, ("ALTER PUBLICATION pub ADD TABLES IN SCHEMA other", &["publication pub: schemas"])),
    (15, ("ALTER SUBSCRIPTION sub SET (disable_on_error = true)", &["subscription sub: disable_on_error"])),
    (16, ("ALTER SUBSCRIPTION sub SET (streaming = on)", &["subscription sub: streaming"])),
    (16, ("ALTER SUBSCRIPTION sub SET (password_required = false)", &["subscription sub: password_required"])),
    (16, ("ALTER SUBSCRIPTION sub SET (run_as_owner = true)", &["subscription sub: run_as_owner"])),
    (16, ("ALTER SUBSCRIPTION sub SET (origin = none)", &["subscription sub: origin"])),
    (17, ("UPDATE pg_subscription SET subfailover = true", &["subscription sub: failover"])),
    (15, ("UPDATE pg_subscription SET subtwophasestate = 'p'", &["subscription sub: two_phase"])),
    (18, ("ALTER PUBLICATION pub SET (publish_generated_columns = stored)", &["publication pub: generated_columns"])),
    (18, ("ALTER TABLE t RENAME CONSTRAINT t_c_not_null TO mine", &["not_null public.t.c: constraint"])),
    (18, ("COMMENT ON CONSTRAINT t_c_not_null ON t IS 'c'", &["comment not_null public.t.c: text"])),
    (
        18,
        (
            "UPDATE pg_constraint SET coninhcount = 1 WHERE conname = 't_c_not_null'",
            &["not_null public.t.c: constraint, inherited"],
        ),
    ),
];

/// Wanting a C library, a transform or another access method: nobody has tried these alone.
const UNTRIED: &[&str] =
    &["function library", "function transforms", "materialized_view access_method", "materialized_view persistence"];

#[tokio::test]
async fn each_attribute_alone_changes_its_fact() {
    need_postgres!();
    let everywhere = Scope::new(vec![], Scope::default().ignore);
    let (major, mut covered) = changes(&everywhere, BASE, CHANGES, NEWER).await;
    covered.extend(changes(&everywhere, catalog::BASE, catalog::CHANGES, catalog::NEWER).await.1);
    covered.extend(changes(&everywhere, types::BASE, types::CHANGES, types::NEWER).await.1);
    let switched_on = Scope { owners: true, grants: true, ..everywhere };
    covered.extend(changes(&switched_on, types::OWNED, types::OWNER_CHANGES, &[]).await.1);
    let hashed = Kind::ALL.iter().flat_map(|kind| {
        let hashed = kind.spec().attributes.iter().filter(|attribute| attribute.role != Role::Shown);
        hashed.map(move |attribute| format!("{} {}", kind.word(), attribute.name))
    });
    let missing: Vec<_> = hashed.filter(|name| !covered.contains(name) && !UNTRIED.contains(&name.as_str())).collect();
    assert!(major < 18 || missing.is_empty(), "no change of {missing:?} is tried");
}

/// Tries each change alone on `base`; the server's major and the attributes that were seen to change.
async fn changes(scope: &Scope, base: &str, changes: &[Change], newer: &[(u32, Change)]) -> (u32, BTreeSet<String>) {
    let database = TestDatabase::create();
    let client = database.client().await;
    let reader = CatalogReader::new(&client, scope).await.unwrap();
    let setup = "SET check_function_bodies = off; SET allow_system_table_mods = on;";
    if let Err(error) = client.batch_execute(&format!("{setup} BEGIN; {base}")).await {
        panic!("{:?}", error.as_db_error());
    }
    let before = reader.read_in_transaction(&client).await.unwrap().model;
    let newer = newer.iter().filter(|(since, _)| reader.major() >= *since).map(|(_, change)| change);
    let (mut covered, mut wrong) = (BTreeSet::new(), Vec::new());
    for (change, expected) in changes.iter().chain(newer) {
        client.batch_execute("SAVEPOINT base").await.unwrap();
        if let Err(error) = client.batch_execute(change).await {
            wrong.push(format!("{change}: {:?}", error.as_db_error().map(|error| error.message())));
        } else {
            let after = reader.read_in_transaction(&client).await.unwrap().model;
            let mut found = Vec::new();
            for change in &diff(&before, &after) {
                // 18 alone tells how a constraint is called that comes along.
                let names = change.attributes.iter().map(|difference| difference.attribute);
                let names: Vec<&str> = names.filter(|name| *name != "not_null_inherited").collect();
                covered.extend(names.iter().map(|name| format!("{} {name}", change.id.kind.word())));
                found.push(format!("{}: {}", change.id, names.join(", ")));
            }
            if found != *expected || (before.fingerprint() == after.fingerprint()) != found.is_empty() {
                wrong.push(format!("{change}: {found:#?} instead of {expected:#?}"));
            }
        }
        client.batch_execute("ROLLBACK TO SAVEPOINT base").await.unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (reader.major(), covered)
}

/// The table of columns: what is said of each, by catalog and column (`*`: all).
fn verdicts() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut verdicts = BTreeMap::new();
    for line in COLUMNS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (columns, verdict) = line.split_once(" = ").unwrap_or_else(|| panic!("no verdict: {line}"));
        let (catalog, columns) = columns.split_once(": ").unwrap_or_else(|| panic!("no catalog: {line}"));
        for column in columns.split(' ') {
            assert!(verdicts.insert((catalog, column), verdict).is_none(), "{catalog}.{column} stands there twice");
        }
    }
    verdicts
}

#[test]
fn every_catalog_column_has_a_verdict() {
    need_postgres!();
    let sql = "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped";
    let verdicts = verdicts();
    let mut unlisted = Vec::new();
    for row in query(&crate::harness::server().url("postgres"), sql) {
        let (catalog, column) = (row[0].as_deref().unwrap(), row[1].as_deref().unwrap());
        let listed = [column, "*"].iter().filter(|column| verdicts.contains_key(&(catalog, **column))).count();
        if listed != 1 {
            unlisted.push(format!("{catalog}.{column}: {listed} times"));
        }
    }
    assert!(unlisted.is_empty(), "{unlisted:#?}");
}

#[test]
fn verdicts_name_what_there_is() {
    let mut told = BTreeSet::new();
    for ((catalog, column), verdict) in verdicts() {
        let (word, rest) = verdict.split_once(' ').unwrap_or((verdict, ""));
        match word {
            "hashed" => {
                for place in rest.split(' ') {
                    let (kind, attribute) = place.split_once('.').map_or((place, None), |(k, a)| (k, Some(a)));
                    let known = Kind::from_word(kind).unwrap_or_else(|| panic!("{catalog}.{column}: no kind {kind}"));
                    let hashed = |name: &str| known.attribute(name).is_some_and(|found| found.role != Role::Shown);
                    assert!(attribute.is_none_or(hashed), "{catalog}.{column}: {place} is not hashed");
                    told.insert(place);
                }
            }
            "switch" if rest == "owners" => {
                told.insert("owner.owner");
            }
            "switch" => {
                let grants = [
                    "grant.privileges",
                    "grant.grantable",
                    "default_privilege.privileges",
                    "default_privilege.grantable",
                ];
                told.extend(grants);
            }
            "named" => assert!(!rest.is_empty(), "{catalog}.{column}"),
            "left" => assert!(rest.strip_prefix("out: ").is_some_and(|reason| reason.len() > 3), "{catalog}.{column}"),
            other => panic!("{catalog}.{column}: {other}"),
        }
    }
    let hashed = Kind::ALL.iter().flat_map(|kind| {
        let hashed = kind.spec().attributes.iter().filter(|attribute| attribute.role != Role::Shown);
        hashed.map(move |attribute| format!("{}.{}", kind.word(), attribute.name))
    });
    let from_nowhere: Vec<_> = hashed.filter(|place| !told.contains(place.as_str())).collect();
    assert!(from_nowhere.is_empty(), "no column is said to be hashed by {from_nowhere:?}");
}

/// One of each kind, plain enough for every major and for a plain server.
const COPIED: &str = "
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE DOMAIN small AS integer CHECK (VALUE < 10);
CREATE TABLE t (hole integer, id serial PRIMARY KEY, m mood DEFAULT 'a', n small NOT NULL, x text COLLATE \"C\",
    big text, i bigint GENERATED ALWAYS AS IDENTITY (START 5), CONSTRAINT k CHECK (id > 0 AND n > 0));
ALTER TABLE t DROP hole;
ALTER TABLE t ALTER big SET STORAGE external, ALTER big SET STATISTICS 7, ALTER id SET (n_distinct = 5);
CREATE INDEX a ON t (m); CREATE INDEX b ON t (lower(x)) WHERE n > 1; ALTER TABLE t CLUSTER ON a;
CREATE TABLE u (id integer REFERENCES t (id) ON DELETE CASCADE, a integer, b integer);
CREATE VIEW v AS SELECT id, m FROM t; ALTER VIEW v ALTER m SET DEFAULT 'b';
CREATE MATERIALIZED VIEW mv AS SELECT count(*) AS n FROM t;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t FOR SELECT USING (n > 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE RULE r AS ON DELETE TO u DO INSTEAD NOTHING;
CREATE STATISTICS s ON a, b FROM u; ALTER STATISTICS s SET STATISTICS 9;
CREATE TABLE parted (id integer, CONSTRAINT mine UNIQUE (id)) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (9); CREATE TABLE rest PARTITION OF parted DEFAULT;
CREATE PUBLICATION pub FOR TABLE t, u;
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (host 'h');
CREATE USER MAPPING FOR PUBLIC SERVER srv OPTIONS (user 'me');
CREATE FOREIGN TABLE ft (id integer OPTIONS (name 'ID') NOT NULL, n text DEFAULT 'x') SERVER srv OPTIONS (file 'f');
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION watch();
COMMENT ON TABLE t IS 't'; COMMENT ON COLUMN v.id IS 'id'; COMMENT ON POLICY p ON t IS 'p'; COMMENT ON STATISTICS s IS 's';
COMMENT ON PUBLICATION pub IS 'p'; COMMENT ON SERVER srv IS 's'; COMMENT ON RULE r ON u IS 'r'; COMMENT ON EVENT TRIGGER e IS 'e';
";

async fn model(database: &TestDatabase) -> Model {
    let client = database.client().await;
    CatalogReader::new(&client, &Scope::default()).await.unwrap().read(&client).await.unwrap().model
}

#[track_caller]
fn same(before: &Model, after: &Model, what: &str) {
    let changes: Vec<_> = diff(before, after)
        .into_iter()
        .map(|change| (change.id.to_string(), change.change, change.attributes))
        .collect();
    assert_eq!(changes, [], "{what}");
    assert_eq!(before.fingerprint(), after.fingerprint(), "{what}");
}

#[tokio::test]
async fn what_means_nothing_changes_nothing() {
    need_postgres!();
    let database = TestDatabase::create();
    database.execute(COPIED);
    let before = model(&database).await;
    assert_eq!(before.unsupported, []);
    for change in [
        "INSERT INTO t (n) SELECT 1 FROM generate_series(1, 100)",
        "ANALYZE",
        "VACUUM FULL t",
        "REINDEX TABLE t",
        "CLUSTER t",
        "ALTER TABLE u ADD hole integer; ALTER TABLE u DROP hole",
        "DROP INDEX b; CREATE INDEX b ON t (lower(x)) WHERE n > 1",
        "DROP POLICY p ON t; CREATE POLICY p ON t FOR SELECT USING (n > 1); COMMENT ON POLICY p ON t IS 'p'",
        "DROP STATISTICS s; CREATE STATISTICS s ON b, a FROM u; ALTER STATISTICS s SET STATISTICS 9; COMMENT ON STATISTICS s IS 's'",
        "REFRESH MATERIALIZED VIEW mv",
        "SELECT nextval('t_id_seq')",
    ] {
        for statement in change.split("; ") {
            database.execute(statement);
        }
        same(&before, &model(&database).await, change);
    }
    database.execute(&format!("ALTER DATABASE {} SET search_path = pg_catalog, public", database.name()));
    database.execute(&format!("ALTER DATABASE {} SET DateStyle = 'German'", database.name()));
    same(&before, &model(&database).await, "settings of the database");
}

/// Created in another order, with the columns in another order.
#[tokio::test]
async fn the_order_of_creation_changes_nothing() {
    need_postgres!();
    let (one, other) = (TestDatabase::create(), TestDatabase::create());
    one.execute("CREATE TABLE t (a integer, b text); CREATE TABLE u (x integer); CREATE POLICY p ON t USING (a > 1); CREATE POLICY q ON t USING (a > 2);
        CREATE STATISTICS s (mcv, ndistinct) ON a, b FROM t; CREATE PUBLICATION pub FOR TABLE t, u; CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1', b '2')");
    other.execute("CREATE TABLE u (x integer); CREATE TABLE t (b text, hole integer, a integer); ALTER TABLE t DROP hole;
        CREATE FOREIGN DATA WRAPPER w OPTIONS (b '2', a '1'); CREATE PUBLICATION pub FOR TABLE u, t; CREATE POLICY q ON t USING (a > 2);
        CREATE POLICY p ON t USING (a > 1); CREATE STATISTICS s (ndistinct, mcv) ON b, a FROM t");
    same(&model(&one).await, &model(&other).await, "another order");
}

#[tokio::test]
async fn a_copy_restored_from_a_dump_is_the_same() {
    need_postgres!();
    let Some(pg_dump) = Programs::find().unwrap().pg_dump else {
        eprintln!("SKIPPED: no `pg_dump` beside the server");
        return;
    };
    let (database, copy) = (TestDatabase::create(), TestDatabase::create());
    database.execute(COPIED);
    let output = std::process::Command::new(pg_dump).args(["-s", "-d", database.url()]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("server version mismatch") {
        eprintln!("SKIPPED: {error}");
        return;
    }
    assert!(output.status.success(), "{error}");
    let dump = String::from_utf8(output.stdout).unwrap();
    let statements: Vec<&str> = dump.lines().filter(|line| !line.starts_with('\\')).collect();
    copy.execute(&statements.join("\n"));
    same(&model(&database).await, &model(&copy).await, "restored from pg_dump");
}
