//! The SQL that `doctor` prints for a role that is no superuser: run as it is printed, and the role then used for everything.
#![cfg(unix)]

use std::process::Command;
use std::time::Duration;

use crate::harness::{Auth, Node, Options, TestDatabase, ThrowawayServer, run, wait_until};

const SOON: Duration = Duration::from_secs(60);

#[track_caller]
fn applies(node: &Node, name: &str, text: &str) {
    let script = node.script(name, text);
    node.ok(&["apply", script.to_str().unwrap(), "--yes"]);
}

/// What the doctor says of superusers: the SQL, where it says anything.
fn advice(node: &Node) -> Option<String> {
    let items = node.run(&["doctor", "--json"]).json();
    let all = items["items"].as_array().or(items.as_array()).unwrap().clone();
    let about = all.into_iter().find(|item| item["what"].as_str().unwrap().contains("superuser"))?;
    assert_eq!(about["level"], "look");
    Some(about["mend"].as_str().unwrap().to_owned())
}

/// `schemas` as `[database] schemas` has them; none: every one.
#[track_caller]
fn check(schemas: &str) {
    let options = Options { volatile: true, auth: Auth::Trust, ..Options::default() };
    let server = ThrowawayServer::start(&options).unwrap();
    let psql = server.programs().psql.clone();
    let Some(psql) = psql else {
        eprintln!("SKIPPED: no psql beside the server");
        return;
    };
    let database = TestDatabase::create_on(&|name| server.url(name));
    let a = Node::builder("pc-a").database(database).committed(schemas).build();
    let b = Node::builder("pc-b").committed(schemas).build();
    let made = "CREATE SCHEMA shop; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN shop.word AS text; CREATE TYPE pair AS (l integer, r integer);\n\
        CREATE TABLE orders (id serial PRIMARY KEY, mood mood, \"Wörd\" shop.word);\n\
        CREATE TABLE shop.\"Big Table\" (id integer GENERATED ALWAYS AS IDENTITY, p pair) PARTITION BY RANGE (id);\n\
        CREATE TABLE shop.part PARTITION OF shop.\"Big Table\" FOR VALUES FROM (0) TO (9);\n\
        CREATE VIEW seen AS SELECT id FROM orders; CREATE MATERIALIZED VIEW shop.kept AS SELECT id FROM orders;\n\
        CREATE SEQUENCE shop.numbers; CREATE FUNCTION shop.f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT x';\n\
        CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE TYPE shop.span AS RANGE (subtype = integer);\n";
    // What is replayed to capture drift are the schemas that are looked at.
    let made = if schemas.is_empty() { made.to_owned() } else { made.replace("shop.word)", "text)") };
    a.ok(&["init"]);
    b.ok(&["init"]);
    applies(&a, "v1_made.sql", &made);
    let sql = advice(&a).expect("the doctor warns of a superuser");
    let (prose, sql) = sql.split_once('\n').unwrap();
    assert!(prose.contains("plain role") && sql.contains("\\password app"), "{sql}");

    // As printed, but for the question about the password.
    let file = a.write("role.sql", sql.replace("\\password app", ""));
    let mut command = Command::new(psql);
    run(command.args(["-X", "-v", "ON_ERROR_STOP=1", "-d", a.database.url(), "-f"]).arg(&file)).expect(0);
    let local = std::fs::read_to_string(a.root().join("driftless.local.toml")).unwrap();
    let plain = local.replace("postgresql://postgres@", "postgresql://app@");
    assert_ne!(plain, local);
    a.write("driftless.local.toml", plain);
    assert_eq!(advice(&a), None);

    let (agent_a, _agent_b) = (a.agent(), b.agent());
    a.pair(&b);
    wait_until("b to have the first script", SOON, || b.applied().len() == 1);
    // What only an owner may do, written elsewhere and pulled here.
    let altered = "ALTER TABLE orders ADD COLUMN note text; ALTER TABLE shop.\"Big Table\" ADD COLUMN n integer;\n\
        ALTER TYPE pair ADD ATTRIBUTE m integer CASCADE; ALTER DOMAIN shop.word ADD CHECK (VALUE <> '');\n\
        CREATE OR REPLACE VIEW seen AS SELECT id, note FROM orders; CREATE INDEX ON shop.kept (id);\n\
        CREATE OR REPLACE FUNCTION shop.f(x integer) RETURNS integer LANGUAGE sql AS 'SELECT x + 1';\n\
        CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS 'SELECT 2'; ALTER SEQUENCE shop.numbers INCREMENT 2;\n\
        ALTER TYPE shop.span SET SCHEMA public; ALTER SCHEMA shop RENAME TO store; CREATE TABLE store.more (id integer);\n";
    if schemas.is_empty() {
        applies(&b, "v2_altered.sql", altered);
    } else {
        applies(&b, "v2_altered.sql", "ALTER TABLE orders ADD COLUMN note text; CREATE TABLE more (id integer);\n");
    }
    wait_until("a to have it", SOON, || {
        assert!(!agent_a.log().contains("42501"), "the role may not do something:\n{}", agent_a.log());
        a.applied().len() == 2 && a.findings("pc-b").contains("in_sync")
    });
    assert_eq!(a.database.dump(), b.database.dump());

    // And everything that a person does here.
    applies(&a, "v3_mine.sql", "CREATE TABLE mine (id integer); INSERT INTO orders (mood) VALUES ('a');\n");
    a.database.execute("SET ROLE app; ALTER TABLE mine ADD COLUMN by_hand text");
    a.ok(&["capture", "by hand"]);
    a.ok(&["history"]);
    a.ok(&["check"]);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync") && b.applied().len() == 4);
    assert_eq!(a.fingerprint(), b.fingerprint());
}

#[test]
fn the_role_that_doctor_prints_can_do_everything() {
    need_postgres!();
    check("");
}

#[test]
fn the_role_that_doctor_prints_for_one_schema_suffices() {
    need_postgres!();
    check("\n[database]\nschemas = [\"public\"]\n");
}
