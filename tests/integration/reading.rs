//! A whole reading: what is printed here instead of by the server says what the server says, and what tells that nothing has moved
//! misses nothing. And what a difference costs on the wire.

use driftless::agent::Machine;
use driftless::agent::observe::Observer;
use driftless::config::{Config, Overrides};
use driftless::identity::TrustStore;
use driftless::postgres::apply::Finished;
use driftless::postgres::bookkeeping::Known;
use driftless::postgres::catalog::{CatalogReader, Reading};
use driftless::schema::{Kind, Scope};
use tokio_postgres::Client;

use crate::harness::{Node, TestDatabase, Wire};

fn everywhere() -> Scope {
    Scope::new(vec![], Scope::default().ignore)
}

/// Indexes and keys of many sorts, most of them one away from a plain one.
const SHAPES: &str = r#"
CREATE SCHEMA "Mixed ""Case"; CREATE SCHEMA 架构; CREATE SCHEMA hidden;
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN short AS varchar(9); CREATE DOMAIN word AS text COLLATE "C"; CREATE TYPE pair AS (a int, b text);
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(40), d numeric(10, 2), e timestamptz, f boolean, g bigint, h date, j jsonb,
    k char(3), m mood, n name, s short, w word, u uuid, x int[], y int4range, z inet, "select" int, "user" text, "Upper" int, "with ""quotes" int,
    值 text, "over" int, "between" int, a1 int, "$odd" int, _ok int, p pair, v bytea, o oid, i interval, ch "char", "1st" int,
    co text COLLATE "C", oct text COLLATE "POSIX");
CREATE INDEX ON t (a); CREATE INDEX ON t (a DESC); CREATE INDEX ON t (a DESC NULLS LAST); CREATE INDEX ON t (a NULLS FIRST, b DESC);
CREATE INDEX ON t (a, b, c, d, e, f, g, h); CREATE INDEX ON t USING hash (a); CREATE INDEX ON t USING hash (b); CREATE INDEX ON t USING hash (c);
CREATE INDEX ON t (b text_pattern_ops); CREATE INDEX ON t (c varchar_pattern_ops); CREATE INDEX ON t (c varchar_ops); CREATE INDEX ON t (c text_ops);
CREATE INDEX ON t (c text_pattern_ops DESC); CREATE INDEX ON t (k); CREATE INDEX ON t (k bpchar_pattern_ops); CREATE INDEX ON t (j jsonb_ops);
CREATE INDEX ON t (m); CREATE INDEX ON t USING hash (m); CREATE INDEX ON t (n); CREATE INDEX ON t (n name_ops);
CREATE INDEX ON t (s); CREATE INDEX ON t (w); CREATE INDEX ON t (u); CREATE INDEX ON t (x); CREATE INDEX ON t (y); CREATE INDEX ON t (z);
CREATE INDEX ON t (z cidr_ops); CREATE INDEX ON t (p); CREATE INDEX ON t (v); CREATE INDEX ON t (o); CREATE INDEX ON t (i); CREATE INDEX ON t (ch);
CREATE INDEX ON t ("select", "user"); CREATE INDEX ON t ("Upper"); CREATE INDEX ON t ("with ""quotes"); CREATE INDEX ON t (值);
CREATE INDEX ON t ("over", "between"); CREATE INDEX ON t (a, a1); CREATE INDEX ON t (a, a); CREATE INDEX ON t ("$odd", _ok, "1st");
CREATE INDEX ON t (co); CREATE INDEX ON t (co COLLATE "default"); CREATE INDEX ON t (b COLLATE "C"); CREATE INDEX ON t (b COLLATE "POSIX" text_pattern_ops DESC);
CREATE INDEX ON t (oct COLLATE "C"); CREATE INDEX ON t (w COLLATE "default");
CREATE INDEX ON t (a) INCLUDE (b); CREATE UNIQUE INDEX ON t (a, g) INCLUDE (b, 值); CREATE INDEX ON t (a) WHERE a > 1; CREATE INDEX ON t (lower(b));
CREATE INDEX ON t (a, (b || 'x')); CREATE INDEX ON t (a) WITH (fillfactor = 50); CREATE UNIQUE INDEX "Unique Index" ON t (a, b);
CREATE INDEX ON t USING gin (j); CREATE INDEX ON t USING gin (j jsonb_path_ops); CREATE INDEX ON t USING gin (x); CREATE INDEX ON t USING brin (a);
CREATE INDEX ON t USING brin (a) WITH (pages_per_range = 4); CREATE INDEX ON t USING gist (y); CREATE INDEX ON t USING spgist (z);
CREATE INDEX ON t USING gist (z inet_ops); CREATE INDEX ON t USING brin (a int4_minmax_ops, g); CREATE INDEX ON t USING spgist (b);
CREATE INDEX 索引 ON t (a, 值 DESC);
CREATE MATERIALIZED VIEW mv AS SELECT id, b, c FROM t; CREATE UNIQUE INDEX ON mv (id); CREATE INDEX ON mv (c DESC);
CREATE TABLE "Mixed ""Case"."Tab.le" ("I d" int, 值 int, PRIMARY KEY ("I d", 值)); CREATE TABLE 架构.表 (编号 int PRIMARY KEY, 父 int REFERENCES 架构.表);
CREATE INDEX ON "Mixed ""Case"."Tab.le" (值, "I d"); CREATE INDEX ON 架构.表 (父 DESC);
CREATE TABLE hidden.away (id int PRIMARY KEY, a int, UNIQUE (a, id)); CREATE INDEX ON hidden.away (a);
ALTER TABLE t DROP COLUMN f;
CREATE TABLE keys (id int, a int UNIQUE, b int, c text, "order" int, CONSTRAINT keys_pk PRIMARY KEY (id, "order"), UNIQUE (b, a) INCLUDE (c),
    UNIQUE (c) DEFERRABLE, UNIQUE (b, c) DEFERRABLE INITIALLY DEFERRED, UNIQUE (c, b) WITH (fillfactor = 60), CHECK (a > 0),
    EXCLUDE USING btree (a WITH =));
CREATE TABLE refs (id int, o int, a int REFERENCES keys (a), b int REFERENCES t ON DELETE CASCADE, c int REFERENCES t (id) ON UPDATE SET NULL ON DELETE SET DEFAULT,
    d int REFERENCES t ON UPDATE RESTRICT ON DELETE RESTRICT, e int REFERENCES t MATCH FULL, f int REFERENCES t DEFERRABLE, g int REFERENCES t ON DELETE SET NULL
    DEFERRABLE INITIALLY DEFERRED, h int REFERENCES hidden.away ON UPDATE CASCADE, i int, j int, FOREIGN KEY (id, o) REFERENCES keys (id, "order") ON UPDATE CASCADE,
    FOREIGN KEY (i, j) REFERENCES "Mixed ""Case"."Tab.le" (值, "I d") MATCH SIMPLE, FOREIGN KEY (i) REFERENCES 架构.表);
ALTER TABLE refs ADD CONSTRAINT late FOREIGN KEY (j) REFERENCES t NOT VALID, ADD CONSTRAINT "Quoted ""name" FOREIGN KEY (o) REFERENCES t;
CREATE TABLE parted (id int, day date, a int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE INDEX ON parted (a DESC);
CREATE TABLE to_parted (id int, day date, FOREIGN KEY (id, day) REFERENCES parted ON DELETE CASCADE);
ALTER TABLE parted ADD CONSTRAINT out FOREIGN KEY (a) REFERENCES t;
"#;

const SINCE_15: &str = "
CREATE UNIQUE INDEX ON t (b) NULLS NOT DISTINCT; CREATE TABLE since_15 (id int, a int, UNIQUE NULLS NOT DISTINCT (a), UNIQUE (id));
CREATE TABLE since_15_refs (a int, b int, FOREIGN KEY (a) REFERENCES since_15 (id) ON DELETE SET NULL (a));";

const SINCE_18: &str = "
CREATE TABLE since_18 (id int4range, during tstzrange, UNIQUE (id, during WITHOUT OVERLAPS));
CREATE TABLE since_18_refs (id int4range, during tstzrange, a int, FOREIGN KEY (id, PERIOD during) REFERENCES since_18 (id, PERIOD during),
    FOREIGN KEY (a) REFERENCES t NOT ENFORCED);";

/// What may be asked of an operator class has to be a superuser's.
const OTHER_CLASSES: &str = "
CREATE OPERATOR CLASS mine DEFAULT FOR TYPE varchar USING btree AS OPERATOR 1 < (text, text), OPERATOR 2 <= (text, text), OPERATOR 3 = (text, text),
    OPERATOR 4 >= (text, text), OPERATOR 5 > (text, text), FUNCTION 1 (varchar, varchar) bttextcmp(text, text);
CREATE INDEX ON t (c); CREATE INDEX ON t (c mine);";

async fn server_says(client: &Client, reading: &Reading) -> usize {
    client.batch_execute("SET search_path = pg_catalog, pg_temp").await.unwrap();
    let mut compared = 0;
    for (id, origin) in reading.origins() {
        let sql = match id.kind {
            Kind::Index => {
                "SELECT split_part(pg_get_indexdef($1), ' USING ', 2) <> '' AND right(pg_get_indexdef($1), length($2) + 7) = ' USING ' || $2"
            }
            Kind::Constraint => "SELECT pg_get_constraintdef($1) = $2",
            _ => continue,
        };
        let text = reading.model.fact(id).and_then(|fact| fact.text("definition")).unwrap_or_default();
        let row = client.query_one(sql, &[&origin.oid, &text]).await.unwrap();
        assert_eq!(row.get::<_, Option<bool>>(0), Some(true), "{id}: {text}");
        compared += 1;
    }
    client.batch_execute("RESET search_path").await.unwrap();
    compared
}

#[tokio::test]
async fn what_is_printed_here_is_what_the_server_prints() {
    need_postgres!();
    let database = TestDatabase::create();
    let client = database.client().await;
    let reader = CatalogReader::new(&client, &everywhere()).await.unwrap();
    client.batch_execute(SHAPES).await.unwrap();
    let narrow = CatalogReader::new(&client, &Scope::new(vec!["public".to_owned()], vec![])).await.unwrap();
    let mut before = server_says(&client, &narrow.read(&client).await.unwrap()).await;
    for (since, script) in [(13, ""), (15, SINCE_15), (18, SINCE_18), (13, OTHER_CLASSES)] {
        if reader.major() >= since {
            client.batch_execute(script).await.unwrap();
            let compared = server_says(&client, &reader.read_once(&client).await.unwrap()).await;
            assert!(compared > before, "{compared} texts, {before} before `{script}`");
            before = compared;
        }
    }
}

#[tokio::test]
async fn a_change_is_noticed_and_others_work_is_not() {
    need_postgres!();
    let database = TestDatabase::create();
    let (client, other) = (database.client().await, database.client().await);
    client.batch_execute("CREATE TABLE t (id int); CREATE TABLE rows (id int)").await.unwrap();
    let reader = CatalogReader::new(&client, &everywhere()).await.unwrap();
    let reading = reader.read(&client).await.unwrap();
    assert!(reader.is_current(&client, &reading).await.unwrap());
    // rows come and go
    for _ in 0..3 {
        other.batch_execute("INSERT INTO rows VALUES (1); DELETE FROM rows").await.unwrap();
        assert!(reader.is_current(&client, &reading).await.unwrap());
        assert!(reader.seems_current(&client, &reading).await.unwrap());
    }
    // begun before the reading was proven, committed after it
    other.batch_execute("BEGIN; ALTER TABLE t ADD COLUMN a int").await.unwrap();
    assert!(reader.is_current(&client, &reading).await.unwrap());
    other.batch_execute("COMMIT").await.unwrap();
    assert!(!reader.is_current(&client, &reading).await.unwrap());
    // what one session does and undoes leaves the schema as it was, but not the catalogs
    let reading = reader.read(&client).await.unwrap();
    other.batch_execute("ALTER TABLE t RENAME TO u").await.unwrap();
    assert!(!reader.is_current(&client, &reading).await.unwrap());
    let reading = reader.read(&client).await.unwrap();
    other.batch_execute("DROP TABLE u").await.unwrap();
    assert!(!reader.is_current(&client, &reading).await.unwrap());
    // a reading for one look can be asked as long as nothing at all has happened
    let reading = reader.read_once(&client).await.unwrap();
    other.batch_execute("CREATE TABLE v (id int)").await.unwrap();
    assert!(!reader.is_current(&client, &reading).await.unwrap());
}

/// The counters of the server may be late: the hint is not believed for longer than it says.
#[tokio::test]
async fn a_change_that_the_counters_do_not_tell_of_is_found_in_time() {
    need_postgres!();
    let database = TestDatabase::create();
    let (client, other) = (database.client().await, database.client().await);
    client.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    other.batch_execute("SET track_counts = off").await.unwrap();
    let reader = CatalogReader::new(&client, &everywhere()).await.unwrap();
    let reading = reader.read(&client).await.unwrap();
    other.batch_execute("ALTER TABLE t ADD COLUMN a int").await.unwrap();
    let changed = std::time::Instant::now();
    while reader.seems_current(&client, &reading).await.unwrap() {
        assert!(changed.elapsed() < driftless::postgres::catalog::HINT_LASTS * 2, "it was not found");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// What is asked for depends on what there is: comments on schemas, on a `public` that was renamed or commented on otherwise, on an
/// extension that was robbed of its comment; with the schema of driftless in the database or without it.
#[tokio::test]
async fn the_only_comment_is_found() {
    need_postgres!();
    let comments = async |database: &TestDatabase| {
        let client = database.client().await;
        let reader = CatalogReader::new(&client, &everywhere()).await.unwrap();
        let reading = reader.read_once(&client).await.unwrap();
        let comments: Vec<String> = reading
            .model
            .facts()
            .filter(|fact| fact.id.kind == Kind::Comment)
            .map(|fact| fact.id.to_string())
            .collect();
        comments
    };
    let only = [
        ("CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'x'", "comment schema app"),
        ("COMMENT ON SCHEMA public IS 'ours'", "comment schema public"),
        ("ALTER SCHEMA public RENAME TO legacy", "comment schema legacy"),
        ("CREATE TABLE t (id int); COMMENT ON TABLE t IS 'x'", "comment table public.t"),
        ("CREATE TABLE t (id int); COMMENT ON COLUMN t.id IS 'x'", "comment column public.t.id"),
        (
            "CREATE SCHEMA app; CREATE TYPE app.migration_history AS (a int); COMMENT ON TYPE app.migration_history IS 'x'",
            "comment composite app.migration_history",
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f() IS 'x'",
            "comment function public.f()",
        ),
    ];
    for (sql, expected) in only {
        let database = TestDatabase::create();
        database.execute(sql);
        assert_eq!(comments(&database).await, [expected], "{sql}");
        let node = Node::builder("pc-a").database(TestDatabase::create()).build();
        node.ok(&["init"]);
        node.database.execute(sql);
        assert_eq!(comments(&node.database).await, [expected], "{sql}, beside driftless's own");
    }
    let database = TestDatabase::create();
    assert_eq!(comments(&database).await, [""; 0]);
    if database.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gist'").as_deref() == Some("1")
    {
        database.execute("CREATE EXTENSION btree_gist; COMMENT ON EXTENSION btree_gist IS NULL");
        assert_eq!(comments(&database).await, ["comment extension btree_gist"]);
    }
}

/// A peer asks and hangs up while the answer is being looked for, and a batch tells what it has read: whenever that is, the next look sees
/// the database as it is then, and not as it was in a transaction that nobody has ended.
#[tokio::test]
async fn a_look_that_is_dropped_leaves_nothing_behind() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE t (id int);");
    node.ok(&["sync"]);
    let machine = Machine::open(Config::load(node.root(), &Overrides::default()).unwrap(), "agent").unwrap();
    let observer = Observer::default();
    let client = node.database.client().await;
    let reader = CatalogReader::new(&client, &machine.config.scope).await.unwrap();
    let whole = std::time::Instant::now();
    observer.look(&machine).await.unwrap();
    let whole = whole.elapsed();
    for part in 1..40 {
        client.batch_execute(&format!("ALTER TABLE t ADD COLUMN a{part} int")).await.unwrap();
        let dropped = tokio::time::timeout(whole * part / 40, observer.look(&machine)).await;
        let known = Known { reading: reader.read(&client).await.unwrap(), ..Known::default() };
        observer.end(&machine, Finished { known, ..Finished::default() }).await;
        client.batch_execute(&format!("ALTER TABLE t ADD COLUMN b{part} int")).await.unwrap();
        let seen = observer.look(&machine).await.unwrap();
        let columns = seen.live.digests.keys().filter(|id| id.kind == Kind::Column).count();
        assert_eq!(columns, 1 + 2 * part as usize, "after a look that was dropped: {}", dropped.is_err());
    }
}

/// What one changed object among more than ten thousand costs on the wire: TLS, describing the machines to each other, and the object.
#[test]
fn one_changed_object_of_ten_thousand_costs_little_on_the_wire() {
    need_postgres!();
    const LIMIT: u64 = 1024 * 1024;
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let columns = (0..1_500).map(|n| format!("column_{n} integer")).collect::<Vec<_>>().join(",");
    let tables = (0..7).map(|n| format!("CREATE TABLE wide_{n} ({columns});")).collect::<String>();
    for node in [&a, &b] {
        node.database.execute(&tables);
        node.ok(&["init"]);
    }
    let _agent = a.agent();
    a.pair(&b);
    b.database.execute("ALTER TABLE wide_3 ALTER column_777 SET NOT NULL");
    let wire = Wire::to(&a.listen);
    TrustStore::of(&b.root().join("certs")).set_addresses("pc-a", vec![wire.address.clone()]).unwrap();
    let found = b.run(&["diff", "pc-a", "--json"]).expect(3).json();
    let changes = found["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{found}");
    assert_eq!(changes[0]["name"], "public.wide_3.column_777");
    let bytes = wire.carried();
    assert!((1..LIMIT / 4).contains(&bytes), "{bytes} bytes went over the wire");
}

/// Printing a view locks what it is about. A migration that has altered one table and goes on to another must not find a reading in its
/// way that waits for the first: PostgreSQL would end the migration, as the one that closes the circle.
#[tokio::test]
async fn a_reading_gives_way_to_a_migration() {
    need_postgres!();
    let database = TestDatabase::create();
    let (migration, looking) = (database.client().await, database.client().await);
    let views = "CREATE TABLE t1 (a int); CREATE TABLE t2 (a int); CREATE VIEW v1 AS SELECT a FROM t1; CREATE VIEW v2 AS SELECT a FROM t2";
    migration.batch_execute(views).await.unwrap();
    // both orders: whichever view is printed first
    for (first, then) in [("t2", "t1"), ("t1", "t2")] {
        migration.batch_execute(&format!("BEGIN; ALTER TABLE {first} ADD COLUMN b int")).await.unwrap();
        let reader = CatalogReader::new(&looking, &everywhere()).await.unwrap();
        let migrated = async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let goes_on = migration.batch_execute(&format!("ALTER TABLE {then} ADD COLUMN b int")).await;
            tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
            goes_on.unwrap();
            migration.batch_execute("COMMIT").await.unwrap();
        };
        let (reading, ()) = tokio::join!(reader.read(&looking), migrated);
        let columns = reading
            .unwrap()
            .model
            .facts()
            .filter(|fact| fact.id.kind == Kind::Column && fact.id.name.ends_with(".b"))
            .count();
        assert_eq!(columns, 2, "it has seen what the migration made");
        migration.batch_execute("ALTER TABLE t1 DROP COLUMN b; ALTER TABLE t2 DROP COLUMN b").await.unwrap();
    }
}
