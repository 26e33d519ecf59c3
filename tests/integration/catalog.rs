//! The catalog readers on a real server: what is read, that each attribute alone moves its fact's digest, and that the
//! incremental reading of a transaction says what two whole readings say.

use driftless::journal::{Effect, effect_between};
use driftless::postgres::catalog::{CatalogReader, Reading};
use driftless::schema::{FactId, Model, Scope, Value, diff};
use tokio_postgres::Client;

use crate::harness::TestDatabase;

fn everywhere() -> Scope {
    Scope::new(vec![], Scope::default().ignore)
}

/// A database, a connection and the reading as it goes from script to script.
struct Bench {
    client: Client,
    reader: CatalogReader,
    reading: Reading,
    // Dropped last: the database cannot go while a client is connected without force.
    _database: TestDatabase,
}

impl Bench {
    async fn new(scope: &Scope) -> Self {
        let database = TestDatabase::create_on(&|name| format!("postgresql://postgres@127.0.0.1:55412/{name}"));
        let client = database.client().await;
        let reader = CatalogReader::new(&client, scope).await.unwrap();
        let reading = reader.read(&client).await.unwrap();
        Self { client, reader, reading, _database: database }
    }

    /// Runs a script in a transaction and checks the incremental reading against two whole ones.
    async fn run(&mut self, script: &str) -> Effect {
        self.client.batch_execute("BEGIN").await.unwrap();
        if let Err(error) = self.client.batch_execute(script).await {
            panic!("{:?} in: {script}", error.as_db_error());
        }
        let delta = self.reader.changes(&self.client, &self.reading).await.unwrap();
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
        "CREATE TABLE t (id int, n int); CREATE POLICY p ON t USING (true); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
         CREATE TYPE span AS RANGE (subtype = float8); CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
         CREATE STATISTICS s ON id, n FROM t; CREATE COLLATION c (locale = 'C'); CREATE CAST (text AS int) WITH INOUT;
         CREATE TEXT SEARCH DICTIONARY d (template = simple); CREATE PUBLICATION pub; CREATE FOREIGN DATA WRAPPER w;
         CREATE SERVER srv FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ft (a int) SERVER srv;
         CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);
         CREATE TABLE schema_migrations (id int); CREATE POLICY p ON schema_migrations USING (true);",
        &everywhere(),
    )
    .await;
    let found: Vec<String> = named.unsupported.iter().map(|item| format!("{} {}", item.what, item.name)).collect();
    assert_eq!(
        found,
        [
            "aggregate public.total(integer)",
            "cast text AS integer",
            "collation public.c",
            "foreign server srv",
            "foreign table public.ft",
            "foreign-data wrapper w",
            "operator public.\"===\"(integer, integer)",
            "publication pub",
            "range type public.span",
            "row security policy public.t.p",
            "rule public.t.r",
            "statistics object public.s",
            "text search dictionary public.d",
        ]
    );
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
    let mut bench = Bench::new(&Scope::default()).await;
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

/// `change` alone, on top of `base`, changes these facts and no other.
#[track_caller]
fn check_changed(base: &str, change: &str, from: &Model, to: &Model, expected: &[&str]) {
    let changed: Vec<String> = diff(from, to)
        .iter()
        .map(|change| {
            let attributes: Vec<&str> = change.attributes.iter().map(|difference| difference.attribute).collect();
            format!("{}: {}", change.id, attributes.join(", "))
        })
        .collect();
    assert_eq!(changed, expected, "{base}; {change}");
}
