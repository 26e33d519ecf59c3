//! The catalog readers on a real server: what is read, that each attribute alone moves its fact's digest, and that the
//! incremental reading of a transaction says what two whole readings say.

use driftless::journal::{Effect, effect_between};
use driftless::postgres::catalog::{CatalogReader, Counters, Locks, Reading};
use driftless::schema::{FactId, Kind, Model, Scope, Value, diff};
use tokio_postgres::Client;

use crate::harness::TestDatabase;

#[path = "catalog/types.rs"]
pub(crate) mod types;

fn everywhere() -> Scope {
    Scope::new(vec![], Scope::default().ignore)
}

/// A database, a connection and the reading as it goes from script to script.
pub(crate) struct Bench {
    client: Client,
    reader: CatalogReader,
    reading: Reading,
    // Dropped last: the database cannot go while a client is connected without force.
    _database: TestDatabase,
}

impl Bench {
    pub(crate) async fn new(scope: &Scope) -> Self {
        let database = TestDatabase::create();
        let client = database.client().await;
        let reader = CatalogReader::new(&client, scope).await.unwrap();
        let reading = reader.read(&client).await.unwrap();
        Self { client, reader, reading, _database: database }
    }

    /// Runs a script in a transaction and checks the incremental reading against two whole ones.
    pub(crate) async fn run(&mut self, script: &str) -> Effect {
        self.client.batch_execute("BEGIN").await.unwrap();
        let first = self.counters().await;
        if let Err(error) = self.client.batch_execute(script).await {
            panic!("{:?} in: {script}", error.as_db_error());
        }
        let last = self.counters().await;
        self.client.batch_execute(&format!("SAVEPOINT pinned; {}", CatalogReader::pins_sql())).await.unwrap();
        let locks = self.client.query_typed(CatalogReader::locks_sql(), &[]).await.unwrap();
        let locks = Locks::of(locks[0].get(0));
        let (client, reading) = (&self.client, &self.reading);
        let delta = self.reader.changes_counted(client, reading, Some(&first), &last, Some(&locks)).await.unwrap();
        let without = self.reader.changes_counted(client, reading, Some(&first), &last, None).await.unwrap();
        assert_eq!(delta.effect, without.effect, "with the locks and without, the effect of: {script}");
        self.client.batch_execute("ROLLBACK TO pinned").await.unwrap();
        let whole = self.reader.read_in_transaction(&self.client).await.unwrap();
        self.client.batch_execute("COMMIT").await.unwrap();
        let effect = delta.effect.clone();
        assert_eq!(effect, effect_between(&self.reading.model, &whole.model), "the effect of: {script}");
        self.reading.absorb(delta);
        assert_eq!(self.reading.model, whole.model, "the reading after: {script}");
        let sorted = |reading: &Reading| {
            let mut origins: Vec<_> = reading.origins().map(|(id, origin)| (id.clone(), origin)).collect();
            origins.sort();
            origins
        };
        assert_eq!(sorted(&self.reading), sorted(&whole), "the origins after: {script}");
        effect
    }

    /// The server's major version.
    pub(crate) fn major(&self) -> u32 {
        self.reader.major()
    }

    async fn counters(&self) -> Counters {
        Counters::of(self.client.query_typed(&CatalogReader::counters_held_sql(), &[]).await.unwrap()[0].get(0))
    }
}

fn words(effect: &Effect) -> Vec<String> {
    effect.keys().map(FactId::to_string).collect()
}

async fn model(script: &str, scope: &Scope) -> Model {
    let database = TestDatabase::create();
    let client = database.client().await;
    if let Err(error) = client.batch_execute(script).await {
        panic!("{:?} in: {script}", error.as_db_error());
    }
    CatalogReader::new(&client, scope).await.unwrap().read(&client).await.unwrap().model
}

/// One of everything that is supported, plain.
const EVERYTHING: &str = "
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL CONSTRAINT above CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE parent (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'x', feeling mood DEFAULT 'ok', amount positive,
    duo pair, note varchar(20), created timestamptz DEFAULT now(), doubled integer GENERATED ALWAYS AS (length(note) * 2) STORED,
    CONSTRAINT named CHECK (name <> ''), CONSTRAINT unique_note UNIQUE (note));
CREATE TABLE child (id bigint GENERATED ALWAYS AS IDENTITY, parent_id integer REFERENCES parent (id) ON DELETE CASCADE, code text,
    during int4range, EXCLUDE USING gist (during WITH &&));
CREATE TABLE other.heir (extra integer) INHERITS (parent);
CREATE TABLE parted (id integer NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
CREATE INDEX child_code ON child (lower(code)) WHERE code IS NOT NULL;
CREATE INDEX parted_id ON parted (id);
CREATE SEQUENCE counter INCREMENT 5;
CREATE VIEW joined AS SELECT p.id, c.code FROM parent p JOIN child c ON c.parent_id = p.id;
CREATE VIEW over_view AS SELECT id FROM joined;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM child;
CREATE UNIQUE INDEX counted_n ON counted (n);
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION feels(m mood) RETURNS text LANGUAGE sql AS 'SELECT m::text';
CREATE PROCEDURE clean(INOUT n integer) LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER touched BEFORE UPDATE OF name ON parent FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TABLE parent IS 'parents';
COMMENT ON COLUMN parent.name IS '名字';
COMMENT ON VIEW joined IS 'joined';
COMMENT ON COLUMN joined.id IS 'id';
COMMENT ON INDEX child_code IS 'code';
COMMENT ON CONSTRAINT named ON parent IS 'c';
COMMENT ON CONSTRAINT above ON DOMAIN positive IS 'd';
COMMENT ON TRIGGER touched ON parent IS 't';
COMMENT ON FUNCTION twice(integer) IS 'f';
COMMENT ON TYPE mood IS 'm';
COMMENT ON TYPE pair IS 'p';
COMMENT ON COLUMN pair.a IS 'pa';
COMMENT ON SCHEMA other IS 's';
COMMENT ON SEQUENCE counter IS 'q';
";

#[tokio::test]
async fn names_and_attributes() {
    need_postgres!();
    let model = model(EVERYTHING, &everywhere()).await;
    let names: Vec<String> = model.facts().map(|fact| fact.id.to_string()).collect();
    for name in [
        "schema other",
        "enum public.mood",
        "domain public.positive",
        "default public.positive",
        "constraint public.positive.above",
        "composite public.pair",
        "table other.heir",
        "column public.parent.name",
        "default public.parent.name",
        "constraint public.parent.parent_pkey",
        "index public.child_code",
        "index public.counted_n",
        "sequence public.counter",
        "sequence public.parent_id_seq",
        "view public.joined",
        "materialized_view public.counted",
        "function public.twice(integer)",
        "function public.feels(public.mood)",
        "trigger public.parent.touched",
        "comment column public.parent.name",
        "comment column public.joined.id",
        "comment column public.pair.a",
        "comment constraint public.positive.above",
        "comment function public.twice(integer)",
        "comment composite public.pair",
    ] {
        assert!(names.iter().any(|known| known == name), "{name} is missing from {names:#?}");
    }
    for name in
        ["column public.joined.id", "sequence public.child_id_seq", "index public.parent_pkey", "schema pg_catalog"]
    {
        assert!(!names.iter().any(|known| known == name), "{name} is no fact");
    }
    let text = |kind: &str, name: &str, attribute: &str| {
        let fact = model.fact(&FactId::parse(kind, name).unwrap()).unwrap();
        fact.attributes.get(attribute).map(Value::to_string)
    };
    let expected = [
        ("sequence", "public.parent_id_seq", "owned_by", "public.parent.id"),
        ("default", "public.parent.id", "expression", "nextval('public.parent_id_seq'::regclass)"),
        ("index", "public.child_code", "definition", "btree (lower(code)) WHERE (code IS NOT NULL)"),
        ("index", "public.parted_id", "definition", "btree (id)"),
        (
            "trigger",
            "public.parent.touched",
            "definition",
            "BEFORE UPDATE OF name FOR EACH ROW EXECUTE FUNCTION public.touch()",
        ),
        ("column", "public.parent.note", "type", "character varying(20)"),
        ("table", "public.parted_a", "partition_of", "public.parted"),
        ("table", "other.heir", "inherits", "public.parent"),
        ("column", "public.child.id", "identity", "always"),
        ("comment", "column public.parent.name", "text", "名字"),
        ("composite", "public.pair", "attributes", "a integer, b text"),
    ];
    for (kind, name, attribute, value) in expected {
        assert_eq!(text(kind, name, attribute).as_deref(), Some(value), "{kind} {name}, {attribute}");
    }
    assert!(model.unsupported.is_empty(), "{:?}", model.unsupported);
}

#[tokio::test]
async fn what_is_left_out_and_what_is_named() {
    need_postgres!();
    let ours = "CREATE SCHEMA driftless; CREATE TABLE driftless.journal (id int PRIMARY KEY);
        CREATE TABLE migration_history (id serial PRIMARY KEY, migration_name varchar(255) UNIQUE, success boolean DEFAULT true);
        COMMENT ON TABLE migration_history IS 'x'; COMMENT ON COLUMN migration_history.id IS 'x';
        CREATE INDEX mh ON migration_history (success); COMMENT ON INDEX mh IS 'x';
        CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); COMMENT ON TABLE alembic_version IS 'x';
        CREATE TABLE schema_migrations (id serial PRIMARY KEY CHECK (id > 0)); COMMENT ON SEQUENCE schema_migrations_id_seq IS 'x';
        CREATE EXTENSION pg_trgm;";
    let left = model(ours, &everywhere()).await;
    let names: Vec<String> = left.facts().map(|fact| fact.id.to_string()).collect();
    assert_eq!(names, ["extension pg_trgm", "schema public"]);
    assert_eq!(left.unsupported, []);
    let named = model(
        "CREATE TYPE shell; CREATE TYPE whole; CREATE FUNCTION whole_in(cstring) RETURNS whole LANGUAGE internal STRICT AS 'int4in';
         CREATE FUNCTION whole_out(whole) RETURNS cstring LANGUAGE internal STRICT AS 'int4out';
         CREATE TYPE whole (input = whole_in, output = whole_out, like = int); CREATE TABLE t (w whole, s whole[]);
         CREATE TYPE span AS RANGE (subtype = float8); CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
         CREATE CAST (text AS int) WITH INOUT; CREATE TEXT SEARCH DICTIONARY d (template = simple);
         CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);",
        &everywhere(),
    )
    .await;
    let found: Vec<String> = named.unsupported.iter().map(|item| format!("{} {}", item.what, item.name)).collect();
    assert_eq!(found, ["base type public.whole", "shell type public.shell",]);
}

/// Scripts in turn on one database; the incremental reading is checked after each.
const SCRIPTS: &[&str] = &[
    EVERYTHING,
    "INSERT INTO parent (name, note) VALUES ('a', 'b'); UPDATE parent SET name = 'c'; DELETE FROM parent",
    "ALTER TABLE parent ADD COLUMN new_field text; COMMENT ON COLUMN parent.new_field IS '新'",
    "ALTER TABLE parent RENAME COLUMN name TO title",
    "ALTER TABLE parent RENAME TO elders",
    "ALTER TYPE mood RENAME TO feeling",
    "ALTER TYPE feeling RENAME VALUE 'ok' TO 'fine'",
    "ALTER TYPE feeling ADD VALUE 'great' AFTER 'fine'",
    "ALTER TYPE pair RENAME ATTRIBUTE a TO first",
    "ALTER TYPE pair ADD ATTRIBUTE c date, DROP ATTRIBUTE b CASCADE",
    "ALTER TABLE child ADD CONSTRAINT twice_checked CHECK (twice(parent_id) > 0) NOT VALID",
    "ALTER FUNCTION twice(integer) RENAME TO double",
    "ALTER TABLE child VALIDATE CONSTRAINT twice_checked",
    "CREATE OR REPLACE FUNCTION double(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n + n'",
    "ALTER FUNCTION double(integer) SET search_path = public",
    "ALTER FUNCTION double(integer) SET SCHEMA other",
    "ALTER SCHEMA other RENAME TO another",
    "CREATE SCHEMA third; CREATE TABLE third.t (id int); ALTER TABLE third.t SET SCHEMA another",
    "DROP SCHEMA third",
    "ALTER TABLE child DROP CONSTRAINT twice_checked",
    "ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey",
    "ALTER TABLE child ADD CONSTRAINT to_elder FOREIGN KEY (parent_id) REFERENCES elders DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE elders RENAME CONSTRAINT unique_note TO note_is_unique",
    "ALTER TABLE elders ALTER COLUMN amount TYPE bigint",
    "ALTER TABLE elders ALTER COLUMN title DROP NOT NULL, ALTER COLUMN title DROP DEFAULT",
    "ALTER TABLE elders ALTER COLUMN title SET DEFAULT 'y', ALTER COLUMN title SET STATISTICS 50, ALTER COLUMN title SET STORAGE external",
    "ALTER INDEX child_code RENAME TO child_by_code",
    "DROP INDEX child_by_code",
    "CREATE INDEX elders_title ON elders (title); CREATE UNIQUE INDEX elders_u ON elders (title, id) INCLUDE (note)",
    "ALTER TABLE elders ADD CONSTRAINT title_id UNIQUE USING INDEX elders_u",
    "DO $$ BEGIN BEGIN CREATE TABLE never (id int); RAISE EXCEPTION 'x'; EXCEPTION WHEN OTHERS THEN CREATE TABLE instead (id int); END; END $$",
    "SAVEPOINT s; CREATE TABLE gone (id int); ROLLBACK TO s; CREATE TABLE stays (id int); RELEASE s",
    "CREATE TEMP TABLE scratch (id serial PRIMARY KEY); INSERT INTO scratch DEFAULT VALUES; DROP TABLE scratch",
    "CREATE TEMP TABLE pg_class (oid int)",
    "DROP TABLE pg_temp.pg_class",
    "CREATE TABLE short_lived (id int); DROP TABLE short_lived",
    "DROP VIEW over_view",
    "CREATE OR REPLACE VIEW joined AS SELECT p.id, c.code, p.title FROM elders p JOIN child c ON c.parent_id = p.id",
    "CREATE VIEW over_view AS SELECT id FROM joined; ALTER VIEW joined RENAME COLUMN id TO elder_id",
    "ALTER VIEW joined ALTER COLUMN code SET DEFAULT 'z'",
    "ALTER VIEW joined SET (security_barrier = true)",
    "ALTER VIEW joined RENAME TO united",
    "REFRESH MATERIALIZED VIEW counted",
    "DROP TABLE child CASCADE",
    "COMMENT ON TABLE elders IS 'changed'",
    "COMMENT ON TABLE elders IS NULL",
    "COMMENT ON COLUMN elders.title IS NULL; COMMENT ON TYPE pair IS NULL; COMMENT ON SCHEMA another IS NULL",
    "DROP TRIGGER touched ON elders",
    "CREATE TRIGGER again AFTER INSERT ON elders FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE elders DISABLE TRIGGER again",
    "ALTER FUNCTION touch() RENAME TO touching",
    "ALTER TRIGGER again ON elders RENAME TO once_more",
    "CREATE EXTENSION citext; CREATE TABLE mails (address citext)",
    "ALTER EXTENSION citext ADD FUNCTION touching()",
    "ALTER EXTENSION citext DROP FUNCTION touching()",
    "ALTER EXTENSION citext ADD TABLE mails",
    "ALTER EXTENSION citext DROP TABLE mails",
    // 13 does not let them go again.
    "DO $$ BEGIN IF current_setting('server_version_num')::int >= 140000 THEN
        ALTER FUNCTION touching() DEPENDS ON EXTENSION citext;
        ALTER TRIGGER once_more ON elders DEPENDS ON EXTENSION citext; END IF; END $$",
    "DO $$ BEGIN IF current_setting('server_version_num')::int >= 140000 THEN
        EXECUTE 'ALTER FUNCTION touching() NO DEPENDS ON EXTENSION citext';
        EXECUTE 'ALTER TRIGGER once_more ON elders NO DEPENDS ON EXTENSION citext'; END IF; END $$",
    "ALTER EXTENSION citext SET SCHEMA another",
    "DROP EXTENSION citext CASCADE",
    "ALTER SEQUENCE counter OWNED BY elders.id",
    "ALTER SEQUENCE counter OWNED BY NONE",
    "ALTER SEQUENCE counter INCREMENT 7 MAXVALUE 1000 CYCLE; SELECT nextval('counter')",
    "ALTER SEQUENCE parent_id_seq RENAME TO elder_numbers",
    "CREATE TABLE counted_by (id int GENERATED BY DEFAULT AS IDENTITY (START 10)); ALTER TABLE counted_by ALTER id SET INCREMENT 3",
    "ALTER TABLE counted_by ALTER id SET GENERATED ALWAYS",
    "ALTER TABLE counted_by ALTER id DROP IDENTITY",
    "ALTER TABLE parted DETACH PARTITION parted_a",
    "ALTER TABLE parted ATTACH PARTITION parted_a FOR VALUES FROM ('2020-01-01') TO ('2022-01-01')",
    "CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
    "ALTER TABLE parted ADD COLUMN more text DEFAULT 'm', ADD CONSTRAINT positive_id CHECK (id > 0)",
    "ALTER INDEX parted_id RENAME TO parted_by_id",
    "CREATE TRIGGER on_parted AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION touching()",
    "ALTER TABLE parted DROP CONSTRAINT parted_pkey",
    "DROP TABLE parted",
    "ALTER TABLE another.heir NO INHERIT elders",
    "ALTER TABLE another.heir INHERIT elders",
    "ALTER TABLE elders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON elders USING (true)",
    "DROP POLICY p ON elders",
    "ALTER TABLE elders REPLICA IDENTITY USING INDEX parent_pkey; ALTER TABLE elders CLUSTER ON parent_pkey",
    "ALTER TABLE elders SET (fillfactor = 70, toast.autovacuum_enabled = false)",
    "ALTER TABLE elders SET UNLOGGED",
    "ALTER DOMAIN positive DROP CONSTRAINT above; ALTER DOMAIN positive SET DEFAULT 5",
    "ALTER DOMAIN positive RENAME TO natural_number",
    "ALTER DOMAIN natural_number ADD CONSTRAINT small CHECK (VALUE < 100)",
    "CREATE TABLE schema_migrations (id serial PRIMARY KEY)",
    "ALTER TABLE schema_migrations RENAME TO kept",
    "ALTER TABLE kept RENAME TO schema_migrations",
    "CREATE TABLE a (x int); CREATE TABLE b (y text); COMMENT ON TABLE a IS 'a'",
    "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b",
    "ALTER TABLE a RENAME y TO x; CREATE FUNCTION of_row(r b) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE b RENAME TO bb",
    "CREATE FUNCTION with_body() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM bb; END",
    "ALTER TABLE bb RENAME x TO z",
    "SET search_path = another; CREATE TABLE here (id int); SET DateStyle = 'German'; ALTER TABLE here ADD day date DEFAULT '2020-12-31'",
    "CREATE COLLATION coll (locale = 'C'); CREATE TABLE collated (t text COLLATE coll)",
    "ALTER COLLATION coll RENAME TO coll2",
    "DROP SCHEMA another CASCADE",
    "DROP TYPE feeling CASCADE",
];

#[tokio::test]
async fn incremental_readings_equal_whole_ones() {
    need_postgres!();
    let mut bench = Bench::new(&everywhere()).await;
    let version = bench.client.query_one("SELECT current_setting('server_version_num')::int", &[]).await.unwrap();
    let bodies = version.get::<_, i32>(0) >= 140_000;
    for script in SCRIPTS.iter().filter(|script| bodies || !script.contains("BEGIN ATOMIC")) {
        bench.run(script).await;
        bench.client.batch_execute("RESET ALL").await.unwrap();
    }
}

/// For any folder of scripts: `DRIFTLESS_TEST_SCRIPTS=folder`, run in the order of their names.
#[tokio::test]
#[ignore = "wants a folder of scripts"]
async fn incremental_readings_equal_whole_ones_in_a_folder() {
    need_postgres!();
    let Some(folder) = std::env::var_os("DRIFTLESS_TEST_SCRIPTS") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut bench = Bench::new(&everywhere()).await;
    let mut outside = Vec::new();
    for file in &files {
        let script = std::fs::read_to_string(file).unwrap();
        bench.client.batch_execute("BEGIN").await.unwrap();
        let failed = bench.client.batch_execute(&script).await.is_err();
        bench.client.batch_execute("ROLLBACK; RESET ALL").await.unwrap();
        if failed {
            for statement in script.split_inclusive(';') {
                let _ = bench.client.batch_execute(statement).await;
            }
            bench.reading = bench.reader.read(&bench.client).await.unwrap();
            outside.push(file.display().to_string());
        } else {
            bench.run(&script).await;
        }
        bench.client.batch_execute("RESET ALL").await.unwrap();
    }
    let reading = &bench.reading.model;
    eprintln!("{} scripts, {} facts, unsupported: {:?}", files.len(), reading.len(), reading.unsupported);
    eprintln!("outside a transaction: {outside:?}");
}

/// Prints how long readings take: `DRIFTLESS_TEST_TABLES=2000`.
#[tokio::test]
#[ignore = "a measurement"]
async fn how_long_readings_take() {
    need_postgres!();
    let tables = std::env::var("DRIFTLESS_TEST_TABLES").ok().and_then(|text| text.parse().ok()).unwrap_or(2000);
    let mut bench = Bench::new(&Scope::default()).await;
    bench.client.batch_execute("CREATE TABLE t0 (id bigint PRIMARY KEY)").await.unwrap();
    for first in (1..=tables).step_by(100) {
        let script = format!(
            "DO $$ BEGIN FOR i IN {first}..{} LOOP EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, c1 text NOT NULL DEFAULT ''x'',
             c2 int, c3 timestamptz DEFAULT now(), c4 numeric(10,2), c5 varchar(50), c6 boolean DEFAULT false, c7 date, c8 jsonb,
             c9 bigint REFERENCES t%s); CREATE INDEX ON t%s (c1); CREATE INDEX ON t%s (c2, c3 DESC) WHERE c6;
             CREATE INDEX ON t%s (lower(c5))', i, i - 1, i, i, i); END LOOP; END $$",
            (first + 99).min(tables)
        );
        bench.client.batch_execute(&script).await.unwrap();
    }
    bench.client.batch_execute("ANALYZE").await.unwrap();
    let start = std::time::Instant::now();
    bench.reading = bench.reader.read(&bench.client).await.unwrap();
    eprintln!("whole: {:?}, {} facts", start.elapsed(), bench.reading.model.len());
    let start = std::time::Instant::now();
    let fingerprint = bench.reading.model.fingerprint();
    eprintln!("fingerprint: {:?}, {}", start.elapsed(), fingerprint.short());
    for (what, script) in [
        ("rows", "INSERT INTO t0 VALUES (1) ON CONFLICT DO NOTHING"),
        ("CREATE TABLE", "CREATE TABLE new@ (id serial PRIMARY KEY, name text)"),
        ("ADD COLUMN", "ALTER TABLE t1 ADD COLUMN added@ text DEFAULT 'x'"),
        ("CREATE INDEX", "CREATE INDEX added@ ON t0 (id)"),
        ("DROP TABLE", "DROP TABLE new@"),
    ] {
        let mut times = Vec::new();
        for round in 0..12 {
            let script = script.replace('@', &round.to_string());
            bench.client.batch_execute(&format!("BEGIN; {script}")).await.unwrap();
            let start = std::time::Instant::now();
            let delta = bench.reader.changes(&bench.client, &bench.reading).await.unwrap();
            bench.reading.absorb(delta);
            times.push(start.elapsed());
            bench.client.batch_execute("COMMIT").await.unwrap();
        }
        eprintln!("{what}: first {:?}, then {:?}", times[0], &times[7..]);
    }
}

#[tokio::test]
async fn effects_name_what_a_script_did() {
    need_postgres!();
    let mut bench = Bench::new(&Scope::new(vec!["public".into()], Vec::new())).await;
    bench.run("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)").await;
    assert_eq!(words(&bench.run("UPDATE orders SET id = 2").await), [""; 0]);
    let effect = bench
        .run("ALTER TABLE orders ADD new_field text DEFAULT 'x'; COMMENT ON COLUMN orders.new_field IS '新'")
        .await;
    assert_eq!(
        words(&effect),
        ["column public.orders.new_field", "comment column public.orders.new_field", "default public.orders.new_field"]
    );
    assert_eq!(words(&bench.run("ALTER TABLE orders ADD IF NOT EXISTS new_field text").await), [""; 0]);
    assert_eq!(words(&bench.run("CREATE SCHEMA unseen; CREATE TABLE unseen.t (id int)").await), [""; 0]);
    let effect = bench.run("ALTER TABLE orders SET SCHEMA unseen").await;
    assert!(effect.values().all(|touched| touched.after.is_none()) && effect.len() == 5, "{effect:?}");
}

#[tokio::test]
async fn nothing_is_left_behind_in_the_session() {
    need_postgres!();
    let mut bench = Bench::new(&everywhere()).await;
    bench.run("SET search_path = public; SET LOCAL TimeZone = 'Asia/Shanghai'; CREATE TABLE t (id int)").await;
    let client = &bench.client;
    client.batch_execute("BEGIN; SET LOCAL DateStyle = 'German'; CREATE TABLE u (id int)").await.unwrap();
    let delta = bench.reader.changes(client, &bench.reading).await.unwrap();
    let row =
        client.query_one("SELECT current_setting('search_path'), current_setting('DateStyle')", &[]).await.unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("public", "German, DMY"));
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(words(&delta.effect), ["column public.u.id", "table public.u"]);
    bench.run("DEALLOCATE ALL; CREATE TABLE after (id int)").await;
    bench.run("SET track_counts = off; CREATE TABLE uncounted (id int)").await;
}

/// What stands there before each change alone.
pub(crate) const BASE: &str = "
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS integer CONSTRAINT above CHECK (VALUE > 0);
CREATE DOMAIN word AS text;
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE row_of AS (a integer, b text);
CREATE TABLE p (id integer PRIMARY KEY, a text, b text NOT NULL DEFAULT 'x', n integer, note varchar(20),
    CONSTRAINT u UNIQUE (n), CONSTRAINT k CHECK (n > 0));
CREATE TABLE q (id integer, p_id integer, CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id));
CREATE TABLE ident (id integer GENERATED ALWAYS AS IDENTITY);
CREATE TABLE gen (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE kid () INHERITS (q);
CREATE TABLE lone (id integer, p_id integer);
CREATE TABLE parted (id integer) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
CREATE INDEX i ON p (a);
CREATE INDEX e ON p (lower(a));
CREATE SEQUENCE s;
CREATE VIEW v AS SELECT id, a FROM p;
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM p;
CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION rows_of() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION t();
COMMENT ON TABLE p IS 'c';
";

/// A change, and every fact that it changes, with the attributes; tried in `sensitivity.rs`.
pub(crate) type Change = (&'static str, &'static [&'static str]);

pub(crate) const CHANGES: &[Change] = &[
    ("CREATE SCHEMA more", &["schema more: "]),
    ("CREATE EXTENSION citext SCHEMA other", &["extension citext: schema, version"]),
    ("ALTER TYPE mood ADD VALUE 'fine' BEFORE 'ok'", &["enum public.mood: labels"]),
    ("ALTER TYPE mood RENAME VALUE 'ok' TO 'well'", &["enum public.mood: labels"]),
    ("ALTER DOMAIN positive SET NOT NULL", &["domain public.positive: not_null"]),
    ("ALTER DOMAIN positive SET DEFAULT 3", &["default public.positive: expression"]),
    (
        "ALTER DOMAIN positive DROP CONSTRAINT above; ALTER DOMAIN positive ADD CONSTRAINT above CHECK (VALUE > 1)",
        &["constraint public.positive.above: definition"],
    ),
    ("DROP DOMAIN word; CREATE DOMAIN word AS varchar", &["domain public.word: type"]),
    ("DROP DOMAIN word; CREATE DOMAIN word AS text COLLATE \"C\"", &["domain public.word: collation"]),
    ("ALTER TYPE pair ADD ATTRIBUTE c date", &["composite public.pair: attributes"]),
    ("ALTER TYPE pair ALTER ATTRIBUTE b TYPE varchar", &["composite public.pair: attributes"]),
    ("ALTER TYPE pair ALTER ATTRIBUTE b TYPE text COLLATE \"C\"", &["composite public.pair: attributes"]),
    ("DROP SEQUENCE s; CREATE SEQUENCE s AS smallint", &["sequence public.s: maximum, type"]),
    ("ALTER SEQUENCE s START 5", &["sequence public.s: start"]),
    ("ALTER SEQUENCE s INCREMENT 5", &["sequence public.s: increment"]),
    ("ALTER SEQUENCE s MINVALUE 0", &["sequence public.s: minimum"]),
    ("ALTER SEQUENCE s MAXVALUE 100", &["sequence public.s: maximum"]),
    ("ALTER SEQUENCE s CACHE 10", &["sequence public.s: cache"]),
    ("ALTER SEQUENCE s CYCLE", &["sequence public.s: cycle"]),
    ("ALTER SEQUENCE s OWNED BY p.id", &["sequence public.s: owned_by"]),
    ("SELECT nextval('s')", &[]),
    ("ALTER TABLE lone SET UNLOGGED", &["table public.lone: persistence"]),
    (
        "DROP TABLE parted; CREATE TABLE parted (id integer) PARTITION BY HASH (id); CREATE TABLE part (id integer)",
        &["table public.part: partition_bound, partition_of", "table public.parted: partition_key"],
    ),
    (
        "ALTER TABLE parted DETACH PARTITION part; ALTER TABLE parted ATTACH PARTITION part FOR VALUES IN (2)",
        &["table public.part: partition_bound"],
    ),
    ("ALTER TABLE parted DETACH PARTITION part", &["table public.part: partition_bound, partition_of"]),
    (
        "ALTER TABLE kid NO INHERIT q",
        &["column public.kid.id: inherited", "column public.kid.p_id: inherited", "table public.kid: inherits"],
    ),
    (
        "ALTER TABLE lone INHERIT q",
        &["column public.lone.id: inherited", "column public.lone.p_id: inherited", "table public.lone: inherits"],
    ),
    (
        "DROP TABLE lone; CREATE TABLE lone OF row_of; ALTER TABLE lone NOT OF; ALTER TABLE lone RENAME a TO id; ALTER TABLE lone RENAME b TO p_id; ALTER TABLE lone ALTER p_id TYPE integer USING 1",
        &[],
    ),
    (
        "ALTER TABLE lone RENAME id TO a; ALTER TABLE lone RENAME p_id TO b; ALTER TABLE lone ALTER b TYPE text; ALTER TABLE lone OF row_of",
        &[
            "column public.lone.a: position, type",
            "column public.lone.b: position, type",
            "column public.lone.id: position, type",
            "column public.lone.p_id: position, type",
            "table public.lone: of_type",
        ],
    ),
    ("ALTER TABLE p ENABLE ROW LEVEL SECURITY", &["table public.p: row_security"]),
    ("ALTER TABLE p FORCE ROW LEVEL SECURITY", &["table public.p: force_row_security"]),
    (
        "CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler; DROP TABLE lone; CREATE TABLE lone (id integer, p_id integer) USING pile",
        &["access_method pile: handler, type", "table public.lone: access_method"],
    ),
    ("ALTER TABLE p SET (fillfactor = 50)", &["table public.p: options"]),
    ("ALTER TABLE p SET (toast.autovacuum_enabled = off)", &["table public.p: toast_options"]),
    ("ALTER TABLE p REPLICA IDENTITY FULL", &["table public.p: replica_identity"]),
    ("ALTER TABLE p REPLICA IDENTITY USING INDEX p_pkey", &["table public.p: replica_identity"]),
    ("ALTER TABLE lone ALTER id TYPE bigint", &["column public.lone.id: type"]),
    ("ALTER TABLE p ALTER note TYPE varchar(30)", &["column public.p.note: type"]),
    ("ALTER TABLE p ALTER note SET NOT NULL", &["column public.p.note: not_null"]),
    ("ALTER TABLE ident ALTER id SET GENERATED BY DEFAULT", &["column public.ident.id: identity"]),
    ("ALTER TABLE ident ALTER id SET INCREMENT 4", &["column public.ident.id: identity_sequence"]),
    ("ALTER TABLE ident ALTER id SET CYCLE", &["column public.ident.id: identity_sequence"]),
    (
        "ALTER TABLE gen DROP b; ALTER TABLE gen ADD b integer GENERATED ALWAYS AS (a * 3) STORED",
        &["column public.gen.b: generated, position"],
    ),
    ("ALTER TABLE gen ALTER b DROP EXPRESSION", &["column public.gen.b: generated"]),
    ("ALTER TABLE p ALTER note TYPE varchar(20) COLLATE \"C\"", &["column public.p.note: collation"]),
    ("ALTER TABLE p ALTER note SET STORAGE external", &["column public.p.note: storage"]),
    ("ALTER TABLE p ALTER note SET STATISTICS 7", &["column public.p.note: statistics"]),
    ("ALTER TABLE p ALTER note SET (n_distinct = 5)", &["column public.p.note: options"]),
    ("ALTER TABLE kid ADD COLUMN id2 integer", &["column public.kid.id2: position, type"]),
    ("ALTER TABLE p ALTER b SET DEFAULT 'y'", &["default public.p.b: expression"]),
    ("ALTER VIEW v ALTER a SET DEFAULT 'y'", &["default public.v.a: expression"]),
    (
        "ALTER TABLE p DROP CONSTRAINT k; ALTER TABLE p ADD CONSTRAINT k CHECK (n > 1)",
        &["constraint public.p.k: definition"],
    ),
    (
        "ALTER TABLE p DROP CONSTRAINT k; ALTER TABLE p ADD CONSTRAINT k CHECK (n > 0) NOT VALID",
        &["constraint public.p.k: definition"],
    ),
    (
        "ALTER TABLE p DROP CONSTRAINT k; ALTER TABLE p ADD CONSTRAINT k CHECK (n > 0) NO INHERIT",
        &["constraint public.p.k: definition"],
    ),
    ("ALTER TABLE q ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED", &["constraint public.q.f: definition"]),
    (
        "ALTER TABLE q DROP CONSTRAINT f; ALTER TABLE q ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id) MATCH FULL ON UPDATE SET NULL",
        &["constraint public.q.f: definition"],
    ),
    (
        "ALTER TABLE p DROP CONSTRAINT u; ALTER TABLE p ADD CONSTRAINT u UNIQUE (n) INCLUDE (a)",
        &["constraint public.p.u: definition"],
    ),
    (
        "ALTER TABLE p DROP CONSTRAINT u; ALTER TABLE p ADD CONSTRAINT u UNIQUE (n) WITH (fillfactor = 50)",
        &["constraint public.p.u: index_options"],
    ),
    ("ALTER TABLE p CLUSTER ON u", &["constraint public.p.u: clustered"]),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'u'::regclass",
        &["constraint public.p.u: index_invalid"],
    ),
    (
        "ALTER TABLE q ADD CONSTRAINT c CHECK (id > 0)",
        &["constraint public.kid.c: definition, inherited", "constraint public.q.c: definition"],
    ),
    (
        "ALTER TABLE parted ADD PRIMARY KEY (id)",
        &[
            "column public.part.id: not_null",
            "column public.parted.id: not_null",
            "constraint public.part.part_pkey: definition, parent",
            "constraint public.parted.parted_pkey: definition",
        ],
    ),
    ("DROP INDEX i; CREATE INDEX i ON p (a DESC)", &["index public.i: definition"]),
    ("DROP INDEX i; CREATE INDEX i ON p (a text_pattern_ops)", &["index public.i: definition"]),
    ("DROP INDEX i; CREATE INDEX i ON p (a) INCLUDE (n)", &["index public.i: definition"]),
    ("DROP INDEX i; CREATE INDEX i ON p USING hash (a)", &["index public.i: definition"]),
    ("DROP INDEX i; CREATE INDEX i ON p (a) WHERE n > 0", &["index public.i: definition"]),
    ("ALTER INDEX i SET (fillfactor = 50)", &["index public.i: definition"]),
    ("DROP INDEX i; CREATE UNIQUE INDEX i ON p (a)", &["index public.i: unique"]),
    ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass", &["index public.i: invalid"]),
    ("ALTER TABLE p CLUSTER ON i", &["index public.i: clustered"]),
    ("ALTER INDEX i DEPENDS ON EXTENSION plpgsql", &["index public.i: extensions"]),
    ("ALTER FUNCTION f(integer) DEPENDS ON EXTENSION plpgsql", &["function public.f(integer): extensions"]),
    ("ALTER TRIGGER tr ON p DEPENDS ON EXTENSION plpgsql", &["trigger public.p.tr: extensions"]),
    ("ALTER MATERIALIZED VIEW m DEPENDS ON EXTENSION plpgsql", &["materialized_view public.m: extensions"]),
    ("ALTER INDEX e ALTER COLUMN 1 SET STATISTICS 9", &["index public.e: statistics"]),
    (
        "CREATE INDEX pi ON parted (id)",
        &["index public.part_id_idx: definition, parent, table", "index public.pi: definition, table"],
    ),
    ("CREATE OR REPLACE VIEW v AS SELECT id, a FROM p WHERE n > 0", &["view public.v: definition"]),
    ("ALTER VIEW v SET (check_option = local)", &["view public.v: options"]),
    (
        "DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT id, a FROM p WHERE id > 0",
        &["materialized_view public.m: definition"],
    ),
    ("ALTER MATERIALIZED VIEW m SET (fillfactor = 50)", &["materialized_view public.m: options"]),
    ("ALTER MATERIALIZED VIEW m SET (toast.autovacuum_enabled = off)", &["materialized_view public.m: toast_options"]),
    ("ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 5", &["materialized_view public.m: columns"]),
    ("REFRESH MATERIALIZED VIEW m WITH NO DATA", &[]),
    (
        "DROP FUNCTION f; CREATE PROCEDURE f(x integer) LANGUAGE sql AS 'SELECT x'",
        &["function public.f(integer): kind, result"],
    ),
    (
        "DROP FUNCTION f; CREATE FUNCTION f(y integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT x'",
        &["function public.f(integer): arguments"],
    ),
    (
        "DROP FUNCTION f; CREATE FUNCTION f(x integer) RETURNS bigint LANGUAGE sql AS 'SELECT x'",
        &["function public.f(integer): result"],
    ),
    (
        "CREATE OR REPLACE FUNCTION f(x integer) RETURNS integer LANGUAGE plpgsql AS 'SELECT x'",
        &["function public.f(integer): language"],
    ),
    (
        "CREATE OR REPLACE FUNCTION f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT x + 1'",
        &["function public.f(integer): source"],
    ),
    ("ALTER FUNCTION f IMMUTABLE", &["function public.f(integer): volatility"]),
    ("ALTER FUNCTION f PARALLEL SAFE", &["function public.f(integer): parallel"]),
    ("ALTER FUNCTION f STRICT", &["function public.f(integer): strict"]),
    ("ALTER FUNCTION f SECURITY DEFINER", &["function public.f(integer): security_definer"]),
    ("ALTER FUNCTION f LEAKPROOF", &["function public.f(integer): leakproof"]),
    ("ALTER FUNCTION f COST 7", &["function public.f(integer): cost"]),
    ("ALTER FUNCTION rows_of ROWS 7", &["function public.rows_of(): rows"]),
    ("ALTER FUNCTION f SUPPORT generate_series_int4_support", &["function public.f(integer): support"]),
    ("ALTER FUNCTION f SET work_mem = '1MB'", &["function public.f(integer): settings"]),
    (
        "DROP TRIGGER tr ON p; CREATE TRIGGER tr BEFORE UPDATE OF a ON p FOR EACH ROW WHEN (NEW.n > 0) EXECUTE FUNCTION t()",
        &["trigger public.p.tr: definition"],
    ),
    (
        "DROP TRIGGER tr ON p; CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON p DEFERRABLE FOR EACH ROW EXECUTE FUNCTION t()",
        &["trigger public.p.tr: definition"],
    ),
    ("ALTER TABLE p DISABLE TRIGGER tr", &["trigger public.p.tr: enabled"]),
    ("ALTER TABLE p ENABLE ALWAYS TRIGGER tr", &["trigger public.p.tr: enabled"]),
    ("COMMENT ON TABLE p IS 'd'", &["comment table public.p: text"]),
    ("COMMENT ON TABLE p IS NULL", &["comment table public.p: text"]),
    // What means nothing: rows, statistics, other physical places, owners, grants.
    (
        "INSERT INTO p (id) VALUES (1); ANALYZE p; REINDEX TABLE p; CLUSTER p USING i; ALTER TABLE p SET WITHOUT CLUSTER",
        &[],
    ),
    (
        "CREATE ROLE driftless_nobody; GRANT SELECT ON p TO driftless_nobody; ALTER TABLE p OWNER TO driftless_nobody",
        &[],
    ),
    ("ALTER TABLE p ADD hole integer; ALTER TABLE p DROP hole", &[]),
];

/// Changes that only some majors know.
pub(crate) const NEWER: &[(u32, Change)] = &[
    (14, ("ALTER TABLE p ALTER note SET COMPRESSION pglz", &["column public.p.note: compression"])),
    (
        14,
        (
            "CREATE OR REPLACE FUNCTION f(x integer) RETURNS integer LANGUAGE sql RETURN x",
            &["function public.f(integer): body, source"],
        ),
    ),
    (
        15,
        (
            "ALTER TABLE p DROP CONSTRAINT u; ALTER TABLE p ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (n)",
            &["constraint public.p.u: definition"],
        ),
    ),
    (15, ("ALTER SEQUENCE s SET UNLOGGED", &["sequence public.s: persistence"])),
    (15, ("ALTER VIEW v SET (security_invoker = true)", &["view public.v: options"])),
    (
        18,
        (
            "ALTER TABLE gen DROP b; ALTER TABLE gen ADD b integer GENERATED ALWAYS AS (a * 2) VIRTUAL",
            &["column public.gen.b: generated_virtual, position"],
        ),
    ),
    (
        18,
        (
            "ALTER TABLE p ADD CONSTRAINT p_a_not_null NOT NULL a NOT VALID",
            &["column public.p.a: not_null, not_null_not_valid"],
        ),
    ),
    (
        18,
        (
            "ALTER TABLE lone ADD CONSTRAINT lone_id_not_null NOT NULL id NO INHERIT",
            &["column public.lone.id: not_null, not_null_no_inherit"],
        ),
    ),
];

#[tokio::test]
async fn order_holes_and_search_path_do_not_matter() {
    need_postgres!();
    let one = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id serial PRIMARY KEY, m mood DEFAULT 'a', d date DEFAULT '2020-01-31',
            i interval DEFAULT '1 day 2 hours', f float8 DEFAULT 0.1, x bytea DEFAULT '\\x01');
        CREATE INDEX a ON t (m); CREATE INDEX b ON t (d); CREATE VIEW v AS SELECT m, d FROM t; CREATE TABLE u (a int, b int)";
    let other = "CREATE TABLE u (hole int, b int, a int); ALTER TABLE u DROP hole; CREATE TYPE mood AS ENUM ('a');
        SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -10; SET bytea_output = 'escape';
        SET search_path = pg_catalog, public; SET quote_all_identifiers = on; SET TimeZone = 'Asia/Shanghai';
        CREATE TABLE public.t (x bytea DEFAULT '\\x01', f float8 DEFAULT 0.1, i interval DEFAULT '1 day 2 hours', id serial PRIMARY KEY);
        ALTER TABLE public.t ADD d date DEFAULT '31.01.2020', ADD m mood DEFAULT 'a';
        CREATE VIEW public.v AS SELECT m, d FROM t; CREATE INDEX b ON t (d); CREATE INDEX a ON t (m);
        INSERT INTO t DEFAULT VALUES; SET TimeZone = 'Asia/Shanghai'";
    let (one, other) = (model(one, &Scope::default()).await, model(other, &Scope::default()).await);
    let different: Vec<_> =
        diff(&one, &other).into_iter().map(|change| (change.id.to_string(), change.attributes)).collect();
    assert_eq!(different, []);
    assert_eq!(one.fingerprint(), other.fingerprint());
}

#[tokio::test]
async fn a_reading_is_repeated_while_others_change_the_schema() {
    need_postgres!();
    let database = TestDatabase::create();
    let (client, other) = (database.client().await, database.client().await);
    client.batch_execute("CREATE TABLE t (a0 int); CREATE VIEW v AS SELECT a0 FROM t").await.unwrap();
    let reader = CatalogReader::new(&client, &everywhere()).await.unwrap();
    let renames = async {
        for round in 0..60 {
            let sql = format!("ALTER TABLE t RENAME a{round} TO a{}", round + 1);
            other.batch_execute(&sql).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(7)).await;
        }
    };
    let readings = async {
        let mut consistent = 0;
        for _ in 0..12 {
            let Ok(reading) = reader.read(&client).await else { continue };
            let view = reading.model.fact(&FactId::new(Kind::View, "public.v")).unwrap();
            let definition = view.attributes.get("definition").unwrap().to_string();
            let column = reading.model.facts().find(|fact| fact.id.kind == Kind::Column).unwrap();
            let name = column.id.name.rsplit('.').next().unwrap();
            assert!(
                definition.contains(&format!("t.{name}")) || definition.contains(&format!(" {name}")),
                "{name}: {definition}"
            );
            consistent += 1;
        }
        consistent
    };
    let ((), consistent) = tokio::join!(renames, readings);
    assert!(consistent > 0);
}
