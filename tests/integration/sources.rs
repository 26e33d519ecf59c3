//! Sources that are replayed, and `check --replay`: the real binary on a real server.

use std::fs;

use crate::harness::{Node, TestDatabase, query, server};

/// Scratch databases on the shared server that a process of this test made: other tests have theirs.
#[track_caller]
fn no_scratch_is_left(node: &Node) {
    let sql = format!(
        "SELECT datname FROM pg_database WHERE datname LIKE 'driftless_scratch_%' AND datdba = \
         (SELECT oid FROM pg_roles WHERE rolname = '{}')",
        role(node)
    );
    assert_eq!(query(&server().url("postgres"), &sql), Vec::<Vec<Option<String>>>::new());
}

fn role(node: &Node) -> String {
    format!("maker_{}", node.database.name())
}

/// A role of the test's own, so that what it makes can be told from what other tests make.
struct Maker<'a>(&'a Node);

impl<'a> Maker<'a> {
    fn of(node: &'a Node) -> Self {
        let (role, database) = (role(node), node.database.name());
        node.database.execute(&format!("CREATE ROLE {role} LOGIN CREATEDB; ALTER DATABASE {database} OWNER TO {role}; ALTER SCHEMA public OWNER TO {role}"));
        Self(node)
    }

    fn url(&self) -> String {
        self.0.database.url().replace("postgres@", &format!("{}@", role(self.0)))
    }
}

impl Drop for Maker<'_> {
    fn drop(&mut self) {
        let role = role(self.0);
        self.0
            .database
            .execute(&format!("REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}"));
    }
}

const DDL: &str =
    "CREATE TABLE orders (id serial PRIMARY KEY, note text NOT NULL DEFAULT 'x');\nCREATE INDEX i ON orders (note);\n";

#[test]
fn a_file_a_folder_and_a_database_are_alike() {
    need_postgres!();
    let node = Node::new("pc-a");
    let maker = Maker::of(&node);
    let url = maker.url();
    node.database.execute(DDL);
    node.write("shop.sql", format!("\\restrict Ab1\nSET transaction_timeout = 0;\nCREATE SCHEMA public;\n{DDL}ALTER TABLE orders OWNER TO nobody_here;\n\\unrestrict Ab1\n"));
    node.write("scripts/v1_a.sql", "CREATE TABLE orders (id serial PRIMARY KEY);\nSELECT * FROM migration_history;\n");
    node.write("scripts/v10_c.sql", "CREATE INDEX CONCURRENTLY i ON orders (note);\n");
    node.write("scripts/v2_b.sql", "ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT 'x';\n");
    let live = node.ok(&["fingerprint", node.database.url()]).stdout;
    for source in ["file:shop.sql", "scripts:scripts"] {
        let said = node.ok(&["fingerprint", source, "--database", &url]);
        assert_eq!(said.stdout, live, "{source}");
        assert!(said.stderr.contains("a scratch database on the server of"), "{}", said.stderr);
    }
    let said = node.ok(&["fingerprint", "file:shop.sql", "--database", &url, "--lang", "zh"]);
    assert!(
        said.stderr.contains("未重放: shop.sql:2:") && said.stderr.contains("未重放: shop.sql:6:"),
        "{}",
        said.stderr
    );
    let report = node.run(&["diff", "--from", "scripts:scripts", "--to", "file:shop.sql", "--json"]).expect(0).json();
    assert_eq!(report["equal"], true);
    node.write("other.sql", "CREATE TABLE orders (id bigserial PRIMARY KEY);\n");
    let said = node.run(&["diff", "--from", "file:other.sql", "--to", "scripts:scripts"]).expect(3).stdout;
    assert!(said.contains("type: bigint → integer") && said.contains("+ column public.orders.note"), "{said}");
    node.run(&["fingerprint", "nonsense"]).expect(2);
    node.run(&["fingerprint", "scripts:no_such_folder"]).expect(2);
    node.run(&["fingerprint", "models"]).expect(2);
    node.write("broken.sql", "CREATE TABLE a (id integer);\nSELECT nothing;\n");
    let said = node.run(&["fingerprint", "file:broken.sql", "--database", &url]).expect(1).stderr;
    assert!(said.contains("broken.sql:2:"), "{said}");
    no_scratch_is_left(&node);
}

#[test]
fn a_server_for_the_scratch_database_is_found_or_asked_for() {
    need_postgres!();
    let database = TestDatabase::create();
    let node = Node::builder("pc-a").unconfigured().build();
    node.write("a.sql", "CREATE TABLE a (id integer);\n");
    let said = node.run(&["fingerprint", "file:a.sql"]).expect(2).stderr;
    assert!(said.contains("--database URL"), "{said}");
    node.run(&["diff", "--from", "file:a.sql", "--to", database.url()]).expect(3);
    let role = format!("plain_{}", database.name());
    database.execute(&format!("CREATE ROLE {role} LOGIN"));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let said = node.run(&["fingerprint", "file:a.sql", "--database", &url]);
    database.execute(&format!("DROP ROLE {role}"));
    assert!(said.expect(1).stderr.contains(&format!("ALTER ROLE \"{role}\" CREATEDB;")));
}

#[test]
fn the_history_is_replayed_and_compared_with_the_live_schema() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer);\n");
    node.script(
        "v2_b.sql",
        "DO $$ BEGIN IF (SELECT count(*) FROM a) = 0 THEN ALTER TABLE a ADD COLUMN b text; END IF; END $$;\n",
    );
    node.ok(&["sync"]);
    // The texts come from the database, not from the folder.
    fs::remove_file(node.scripts().join("v1_a.sql")).unwrap();
    let said = node.ok(&["check", "--replay"]);
    assert!(said.stdout.contains("the replayed history makes the live schema!"), "{}", said.stdout);
    assert!(said.stdout.contains("(2 scripts)") && said.stderr.contains("scratch"), "{}{}", said.stdout, said.stderr);
    node.database.execute("ALTER TABLE a ADD COLUMN by_hand integer");
    let said = node.run(&["check", "--replay", "--lang", "zh"]).expect(3).stdout;
    assert!(
        said.contains("重放迁移历史所得结构与数据库不一致") && said.matches("+ column public.a.by_hand").count() == 2,
        "{said}"
    );
    let report = node.run(&["check", "--replay", "--json"]).expect(3).json();
    assert_eq!(report["replay"]["changes"][0]["name"], "public.a.by_hand");
    assert_eq!(report["replay"]["scripts"], 2);
    // A script that says another thing where there are no rows.
    node.database.execute("ALTER TABLE a DROP COLUMN by_hand; INSERT INTO a (id) VALUES (1)");
    node.script(
        "v3_c.sql",
        "DO $$ BEGIN IF (SELECT count(*) FROM a) > 0 THEN ALTER TABLE a ADD COLUMN c text; END IF; END $$;\n",
    );
    node.ok(&["sync"]);
    node.ok(&["check"]);
    node.run(&["check", "--replay"]).expect(3);
}

#[test]
fn a_script_with_short_locks_runs_statement_by_statement() {
    need_postgres!();
    let (node, goal) = (Node::new("pc-a"), TestDatabase::create());
    let common = "CREATE TABLE shops (id integer PRIMARY KEY);
        CREATE TABLE orders (id integer, shop integer, note text, \"Zähler\" integer);
        CREATE TABLE parts (id integer) PARTITION BY LIST (id);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);";
    node.database.execute(common);
    node.database
        .execute("INSERT INTO shops VALUES (1); INSERT INTO orders SELECT n, 1, n, n FROM generate_series(1, 100) n");
    goal.execute(common);
    goal.execute(
        "ALTER TABLE orders ALTER note SET NOT NULL, ALTER \"Zähler\" SET NOT NULL, ADD CONSTRAINT orders_pkey PRIMARY KEY (id) INCLUDE (note),
            ADD CONSTRAINT once UNIQUE (\"Zähler\") DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT positive CHECK (\"Zähler\" > 0),
            ADD CONSTRAINT shop FOREIGN KEY (shop) REFERENCES shops ON DELETE CASCADE;
         CREATE UNIQUE INDEX by_note ON orders (lower(note)) WHERE note > '';
         CREATE INDEX by_part ON parts (id);",
    );
    let diff = ["diff", "--from", node.database.url(), "--to", goal.url(), "--sql"];
    let usual = node.run(&diff).expect(3).stdout;
    assert!(
        !usual.contains("NOT VALID") && !usual.contains("CONCURRENTLY") && !usual.contains("no-transaction"),
        "{usual}"
    );
    let short = node.run(&[&diff[..], &["--short-locks", "-o", "migrations/v1_short.sql"]].concat()).expect(3);
    assert_eq!(short.stdout, "");
    let script = fs::read_to_string(node.scripts().join("v1_short.sql")).unwrap();
    for statement in [
        "-- driftless: no-transaction\n",
        "ADD CONSTRAINT shop FOREIGN KEY (shop) REFERENCES public.shops(id) ON DELETE CASCADE NOT VALID;",
        "VALIDATE CONSTRAINT shop;",
        "ADD CONSTRAINT positive CHECK ((\"Zähler\" > 0)) NOT VALID;",
        "VALIDATE CONSTRAINT positive;",
        "CREATE UNIQUE INDEX CONCURRENTLY by_note ON public.orders",
        "CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON public.orders (id) INCLUDE (note);",
        "ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;",
        "ADD CONSTRAINT once UNIQUE USING INDEX once DEFERRABLE INITIALLY DEFERRED;",
        "ADD CONSTRAINT \"driftless not null Zähler\" CHECK (\"Zähler\" IS NOT NULL) NOT VALID;",
        "DROP CONSTRAINT \"driftless not null Zähler\";",
    ] {
        assert!(script.contains(statement), "{statement} is not in\n{script}");
    }
    node.ok(&["apply", "v1_short.sql", "--yes"]);
    node.ok(&diff[..5]);
    assert_eq!(query(node.database.url(), "SELECT count(*)::text FROM orders"), [[Some("100".to_owned())]]);
}

#[test]
fn another_order_of_columns_is_told_and_is_no_difference() {
    need_postgres!();
    let (node, other) = (Node::new("pc-a"), TestDatabase::create());
    node.database.execute(
        "CREATE TABLE orders (id integer, note text, \"Zähler\" integer); CREATE TABLE alike (a integer, b text)",
    );
    other.execute(
        "CREATE TABLE orders (\"Zähler\" integer, id integer, note text); CREATE TABLE alike (a integer, b text)",
    );
    let diff = ["diff", "--from", node.database.url(), "--to", other.url()];
    let words = "public.orders has its columns in another order, which counts as no difference: id, note, \"Zähler\", but \"Zähler\", id, note";
    let said = node.ok(&diff);
    assert!(
        said.stdout.contains("✓ the schemas are equal") && said.stderr.contains(words),
        "{}{}",
        said.stdout,
        said.stderr
    );
    assert_eq!(said.stderr.matches("another order").count(), 1, "{}", said.stderr);
    let report = node.ok(&[&diff[..], &["--json"]].concat()).json();
    assert_eq!(report["equal"], true);
    let order = serde_json::json!([{"table": "public.orders", "from": ["id", "note", "\"Zähler\""], "to": ["\"Zähler\"", "id", "note"]}]);
    assert_eq!(report["column_order"], order);
    // what comes stands at the end, wherever the other side has it
    other.execute("DROP TABLE orders; CREATE TABLE orders (id integer, came text, note text, \"Zähler\" integer)");
    let script = node.run(&[&diff[..], &["--sql"]].concat()).expect(3).stdout;
    let words = "-- public.orders has its columns in another order, which counts as no difference: id, note, \"Zähler\", came, but id, came, note, \"Zähler\"\n";
    assert!(script.contains(words), "{script}");
    let chinese = node.run(&[&diff[..], &["--sql", "--lang", "zh"]].concat()).expect(3).stdout;
    assert!(chinese.contains("-- public.orders 的列顺序不同（不算作差异）"), "{chinese}");
}

#[test]
fn rows_go_on_being_numbered_and_keys_go_on_being_found() {
    need_postgres!();
    let (node, goal) = (Node::new("pc-a"), TestDatabase::create());
    node.database.execute(
        "CREATE TABLE serial (id serial PRIMARY KEY, v text); INSERT INTO serial (v) VALUES ('a'), ('b');
         CREATE TABLE plain (id integer NOT NULL, v text); INSERT INTO plain VALUES (7, 'a');
         CREATE TABLE low (id integer NOT NULL, v text); INSERT INTO low VALUES (-7, 'a');
         CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE child (parent integer REFERENCES parent);
         INSERT INTO parent VALUES (1), (300); INSERT INTO child VALUES (300), (300), (NULL);",
    );
    goal.execute(
        "CREATE TABLE serial (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text);
         CREATE TABLE plain (id serial, v text); CREATE TABLE low (id integer GENERATED ALWAYS AS IDENTITY, v text);
         CREATE TABLE parent (id uuid PRIMARY KEY DEFAULT gen_random_uuid()); CREATE TABLE child (parent uuid REFERENCES parent);",
    );
    node.run(&["diff", "--from", node.database.url(), "--to", goal.url(), "--sql", "-o", "migrations/v1_keys.sql"])
        .expect(3);
    node.ok(&["apply", "v1_keys.sql", "--yes"]);
    node.database.execute(
        "INSERT INTO serial (v) VALUES ('c'); INSERT INTO plain (v) VALUES ('c'); INSERT INTO low (v) VALUES ('c')",
    );
    let found = query(
        node.database.url(),
        "SELECT (SELECT max(id) FROM serial)::text, (SELECT max(id) FROM plain)::text, (SELECT max(id) FROM low)::text,
                (SELECT count(*) FROM child JOIN parent ON child.parent = parent.id)::text",
    );
    assert_eq!(found, [["3", "8", "1", "2"].map(|number| Some(number.to_owned()))]);
}

#[test]
fn what_a_change_does_not_touch_stays() {
    need_postgres!();
    let (node, goal) = (Node::new("pc-a"), TestDatabase::create());
    node.database.execute(
        "CREATE TABLE u (id integer PRIMARY KEY, uid integer); CREATE TABLE t (id integer, public boolean, uid integer REFERENCES u);
         CREATE MATERIALIZED VIEW m AS SELECT id, uid FROM u; CREATE TABLE w (a integer, b integer, c integer, CHECK (a < b))",
    );
    goal.execute(
        "CREATE TABLE u (id integer PRIMARY KEY, uid integer, new text); CREATE TABLE t (uid integer REFERENCES u);
         CREATE MATERIALIZED VIEW m AS SELECT id, uid FROM u; CREATE TABLE w (a bigint, b bigint, c bigint, CHECK (a < b))",
    );
    let diff = ["diff", "--from", node.database.url(), "--to", goal.url(), "--json"];
    let report = node.run(&diff).expect(3).json();
    let statements: Vec<&str> = report["sql"].as_array().unwrap().iter().map(|sql| sql.as_str().unwrap()).collect();
    // Keys whose columns only share a name with what goes, and a view that gets nothing of what comes; three columns, written once.
    let wanted = [
        "ALTER TABLE public.w DROP CONSTRAINT w_check",
        "ALTER TABLE public.t DROP COLUMN id",
        "ALTER TABLE public.t DROP COLUMN public",
        "ALTER TABLE public.w ALTER COLUMN a TYPE bigint,\n    ALTER COLUMN b TYPE bigint,\n    ALTER COLUMN c TYPE bigint",
        "ALTER TABLE public.u ADD COLUMN new text",
        "ALTER TABLE public.w ADD CONSTRAINT w_check CHECK ((a < b))",
    ];
    assert_eq!(statements, wanted);
}

#[test]
fn what_says_nothing_is_refused_and_what_is_passed_over_is_named() {
    need_postgres!();
    let node = Node::new("pc-a");
    let url = node.database.url();
    node.database.execute(DDL);
    node.database.execute(
        "CREATE TYPE base; CREATE FUNCTION base_in(cstring) RETURNS base LANGUAGE internal IMMUTABLE STRICT AS 'textin';
         CREATE FUNCTION base_out(base) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
         CREATE TYPE base (INPUT = base_in, OUTPUT = base_out)",
    );
    let said = node.ok(&["fingerprint"]);
    assert!(
        said.stderr.contains("of kinds that are not supported: 1") && said.stderr.contains("public.base"),
        "{}",
        said.stderr
    );
    assert_eq!(said.stdout.lines().count(), 1, "the answer is the fingerprint alone");
    let json = node.ok(&["fingerprint", "--json"]).json();
    assert_eq!(json["not_supported"][0]["name"], "public.base");
    let same = node.ok(&["diff", "--from", url, "--to", url]);
    assert!(same.stderr.contains("public.base"), "{}", same.stderr);
    assert_eq!(
        node.ok(&["diff", "--from", url, "--to", url, "--json"]).json()["not_supported"][0]["name"],
        "public.base"
    );
    // The side that is not named is the configured database.
    node.write("shop.sql", DDL);
    let report = node.run(&["diff", "--from", "file:shop.sql", "--json"]).expect(3).json();
    assert!(!report["sql"].as_array().unwrap().is_empty());
    node.run(&["diff", "--to", "file:shop.sql"]).expect(3);
    for (source, why) in [
        ("file:none.sql", "there is no file `none.sql`"),
        ("file:", "there is no file"),
        ("scripts:.", "is called v<version>"),
    ] {
        let said = node.run(&["dump", source]).expect(2).stderr;
        assert!(said.contains(why), "{source}: {said}");
    }
    node.write("scripts/v1_a.SQL", DDL);
    node.write("scripts/v2_b.sql", DDL);
    let said = node.ok(&["fingerprint", "scripts:scripts"]).stderr;
    assert!(said.contains("ignored: v1_a.SQL"), "{said}");
    let said = node.run(&["diff", "--from", url, "--to", "file:shop.sql", "--schemas", "nosuch"]).expect(2).stderr;
    assert!(said.contains("neither side has a schema `nosuch`"), "{said}");
    // A dump is tried before it is printed.
    let dump = node.ok(&["dump", "file:shop.sql"]).stdout;
    assert!(dump.contains("-- tried in a scratch database: it leaves nothing different"), "{dump}");
}

#[test]
fn grants_of_what_is_made_again_are_told_to_programs_too() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.database.execute("CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; GRANT SELECT ON v TO PUBLIC");
    node.write("to.sql", "CREATE TABLE t (id bigint);\nCREATE VIEW v AS SELECT id FROM t;\n");
    let report = node.run(&["diff", "--to", "file:to.sql", "--json"]).expect(3).json();
    assert!(report["sql"].to_string().contains("GRANT SELECT ON TABLE public.v TO PUBLIC"), "{report}");
}
