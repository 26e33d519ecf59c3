//! `heal --revert-drift`: what was changed by hand is undone; the real binary, real servers.

use crate::harness::Node;

/// A machine with a small shop, rows in it.
fn shop() -> Node {
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script(
        "v1_shop.sql",
        "CREATE TABLE orders (id serial PRIMARY KEY, note text NOT NULL DEFAULT 'x', amount numeric);\n\
         CREATE INDEX by_note ON orders (note);\nCREATE VIEW notes AS SELECT id, note FROM orders;\n\
         CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql AS 'SELECT i * 2';\n\
         COMMENT ON COLUMN orders.note IS '备注';\n",
    );
    node.ok(&["sync"]);
    node.database.execute("INSERT INTO orders (note, amount) VALUES ('one', 1), ('two', 2)");
    node
}

fn last_event(node: &Node) -> String {
    node.database.value("SELECT event FROM driftless.journal ORDER BY seq DESC LIMIT 1").unwrap()
}

#[test]
fn what_was_changed_by_hand_is_undone() {
    need_postgres!();
    let node = shop();
    let (before, fingerprint) = (node.database.dump(), node.fingerprint());
    assert!(node.ok(&["heal", "--revert-drift"]).stdout.contains("nothing was changed by hand"));
    node.database.execute(
        "DROP VIEW notes; ALTER TABLE orders RENAME COLUMN note TO remark; ALTER TABLE orders ADD COLUMN extra date;
         DROP INDEX by_note; COMMENT ON COLUMN orders.remark IS NULL; ALTER TABLE orders ALTER COLUMN remark DROP DEFAULT;
         CREATE OR REPLACE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql AS 'SELECT i + i';
         CREATE TABLE mine (id integer)",
    );
    let drifted = node.database.dump();
    let dry = node.run(&["heal", "--revert-drift", "--dry-run"]).expect(3).stdout;
    assert!(dry.contains("ALTER TABLE public.orders RENAME COLUMN remark TO note;"), "{dry}");
    assert!(dry.contains("DROP TABLE public.mine") && dry.contains("nothing was changed"), "{dry}");
    let json = node.run(&["heal", "--revert-drift", "--dry-run", "--json"]).expect(3).json();
    assert_eq!((&json["undone"], &json["untried"]), (&false.into(), &serde_json::Value::Null));
    assert_eq!(node.database.dump(), drifted, "shown, not run");
    let said = node.ok(&["heal", "--revert-drift"]).stdout;
    assert!(said.contains("again what the scripts left"), "{said}");
    assert_eq!(node.database.dump(), before);
    assert_eq!(node.fingerprint(), fingerprint);
    // A renamed column is renamed back, so that its values stay.
    assert_eq!(node.database.value("SELECT string_agg(note, ',' ORDER BY id) FROM orders").as_deref(), Some("one,two"));
    node.ok(&["check", "--replay"]);
    // One entry in the journal that says who, and no row: nothing was applied.
    assert!(last_event(&node).starts_with("{\"event\":\"restored\",\"by\":"), "{}", last_event(&node));
    assert_eq!(node.applied(), ["v1_shop.sql"]);
    assert!(node.ok(&["heal", "--revert-drift", "--json"]).json()["changes"].as_array().unwrap().is_empty());
}

#[test]
fn data_that_hangs_on_it_is_not_thrown_away_unasked() {
    need_postgres!();
    let node = shop();
    let before = node.database.dump();
    node.database.execute("ALTER TABLE orders ADD COLUMN extra text; UPDATE orders SET extra = 'y' WHERE id = 1");
    let held = node.run(&["heal", "--revert-drift"]).expect(4);
    assert!(held.stderr.contains("column public.orders.extra: dropped with 1 value"), "{}", held.stderr);
    assert!(held.stdout.contains("nothing was changed"), "{}", held.stdout);
    assert_eq!(node.database.value("SELECT count(extra) FROM orders").as_deref(), Some("1"));
    let zh = node.run(&["heal", "--revert-drift", "--lang", "zh"]).expect(4);
    assert!(zh.stderr.contains("会丢失数据: column public.orders.extra: 删除时含 1 个值"), "{}", zh.stderr);
    let json = node.run(&["heal", "--revert-drift", "--json"]).expect(4).json();
    assert_eq!((&json["losses"][0]["how"]["loss"], &json["undone"]), (&"dropped_values".into(), &false.into()));
    let done = node.ok(&["heal", "--revert-drift", "--yes", "--json"]).json();
    assert_eq!(done["undone"], true);
    assert_eq!(node.database.dump(), before);
    node.ok(&["check"]);
}

#[test]
fn a_halted_database_is_left_alone() {
    need_postgres!();
    let node = shop();
    node.database.execute("ALTER TABLE orders ADD COLUMN extra text; DELETE FROM migration_history");
    let said = node.run(&["heal", "--revert-drift"]).expect(1).stderr;
    assert!(said.contains("healing has stopped"), "{said}");
    assert_eq!(node.database.value("SELECT count(extra) FROM orders").as_deref(), Some("0"));
}
