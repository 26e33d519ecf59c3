//! Nothing runs twice: after the history was reset, emptied, or was never there although the schema is.

use std::time::Duration;

use crate::harness::{Node, paired, wait_until};

const SOON: Duration = Duration::from_secs(30);

#[track_caller]
fn in_sync(a: &Node, b: &Node) {
    wait_until("both to be in sync", SOON, || {
        a.findings(&b.name).contains("in_sync") && b.findings(&a.name).contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
}

/// A table, and a script that changes rows alone.
fn story(a: &Node) {
    let v1 = a.script("v1_counter.sql", "CREATE TABLE counter (id integer);\n");
    let v2 = a.script("v2_count.sql", "INSERT INTO counter VALUES (1);\n");
    a.ok(&["apply", v1.to_str().unwrap(), v2.to_str().unwrap(), "--yes"]);
}

#[track_caller]
fn counted(node: &Node, expected: &str) {
    assert_eq!(node.database.value("SELECT count(*)::text FROM counter").as_deref(), Some(expected));
}

#[test]
fn after_a_reset_scripts_wait_instead_of_running_again() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    let said = b.ok(&["history", "reset", "--yes"]).stdout;
    assert!(said.contains("driftless history mark-applied --all"), "{said}");
    let said = b.run(&["status"]).expect(4).stdout;
    assert!(said.contains("driftless history mark-applied --all"), "{said}");
    let said = b.ok(&["heal", "--resume"]).stdout;
    assert!(said.contains("not run again: 2") && said.contains("mark-applied --all"), "{said}");
    wait_until("both to wait", SOON, || b.findings("pc-a").contains("held"));
    let said = b.run(&["sync"]).expect(4).stdout;
    assert!(said.contains("Held for a person: 2") && said.contains("→ driftless history mark-applied --all"), "{said}");
    let said = b.run(&["heal", "--dry-run", "--lang", "zh"]).expect(4).stdout;
    assert!(said.contains("曾在本机执行过") && !said.contains("+ v1"), "{said}");
    assert!(b.applied().is_empty());
    counted(&b, "1");
    // A script that comes meanwhile waits behind them.
    let v3 = a.script("v3_more.sql", "ALTER TABLE counter ADD COLUMN more text;\n");
    a.ok(&["apply", v3.to_str().unwrap(), "--yes"]);
    let said = b.ok(&["history", "mark-applied", "--all"]).stdout;
    assert!(said.contains("✓ recorded as applied without running it: v2_count.sql"), "{said}");
    in_sync(&a, &b);
    counted(&b, "1");
    assert_eq!(b.applied(), ["v1_counter.sql", "v2_count.sql", "v3_more.sql"]);
    // The folder of b is empty: the text is the one that the database had kept.
    let said = b.ok(&["history", "show", "v1_counter"]).stdout;
    assert!(said.contains("CREATE TABLE counter"), "{said}");
    assert_eq!(b.ok(&["history", "mark-applied", "--all"]).stdout, "✓ no pending script has run here before\n");
}

#[test]
fn after_a_truncate_the_texts_come_from_the_peer() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    b.database.query("TRUNCATE migration_history");
    wait_until("the halt to be seen", SOON, || b.findings("pc-a").contains("halted"));
    b.ok(&["history", "mark-applied", "v1_counter", "v2_count.sql"]);
    // The rows are back: there is nothing to resume from.
    in_sync(&a, &b);
    counted(&b, "1");
    let said = b.ok(&["history", "show", "v2_count"]).stdout;
    assert!(said.contains("INSERT INTO counter"), "{said}");
}

#[test]
fn a_person_may_let_it_run_again() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    b.ok(&["history", "reset", "--yes"]);
    b.ok(&["heal", "--resume"]);
    b.ok(&["history", "mark-applied", "v1_counter.sql"]);
    let said = b.run(&["heal", "--approve", "v2_count.sql"]).stdout;
    assert!(said.contains("held once more"), "{said}");
    in_sync(&a, &b);
    counted(&b, "2");
}

#[test]
fn an_emptied_database_is_filled_again() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    b.database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    wait_until("the halt to be seen", SOON, || b.findings("pc-a").contains("halted"));
    b.ok(&["heal", "--resume"]);
    in_sync(&a, &b);
    counted(&b, "1");
}

#[test]
fn the_own_folder_does_not_run_twice_either() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    story(&node);
    node.ok(&["history", "reset", "--yes"]);
    node.ok(&["heal", "--resume"]);
    let held = node.run(&["sync", "--json"]).expect(4).json();
    assert_eq!(held["held"][0]["why"]["reason"], "already_here", "{held}");
    assert_eq!(held["held"][1]["why"]["reason"], "applied_before", "{held}");
    counted(&node, "1");
    let said = node.run(&["status"]).expect(4).stdout;
    assert!(said.contains("→ driftless history mark-applied --all"), "{said}");
    node.ok(&["history", "mark-applied", "--all"]);
    node.ok(&["sync"]);
    counted(&node, "1");
}

#[test]
fn a_copy_of_a_database_is_recognised_by_its_facts() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.ok(&["init"]);
    story(&a);
    let v3 = a.script("v3_more.sql", "ALTER TABLE counter ADD COLUMN more text;\n");
    a.ok(&["apply", v3.to_str().unwrap(), "--yes"]);
    b.database
        .query("CREATE TABLE counter (id integer); INSERT INTO counter VALUES (1); ALTER TABLE counter ADD more text");
    let _agents = paired(&a, &b);
    wait_until("them to wait", SOON, || b.findings("pc-a").contains("held"));
    let v4 = a.script("v4_last.sql", "ALTER TABLE counter ADD COLUMN last text;\n");
    a.ok(&["apply", v4.to_str().unwrap(), "--yes"]);
    b.ok(&["history", "mark-applied", "--all"]);
    in_sync(&a, &b);
    counted(&b, "1");
}

#[test]
fn a_change_made_by_hand_first_becomes_the_scripts() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    b.database.query("ALTER TABLE counter ADD COLUMN more text");
    let v3 = a.script("v3_more.sql", "ALTER TABLE counter ADD COLUMN more text;\n");
    a.ok(&["apply", v3.to_str().unwrap(), "--yes"]);
    wait_until("it to wait", SOON, || b.findings("pc-a").contains("held"));
    let said = b.run(&["status"]).expect(4).stdout;
    assert!(said.contains("v3_more.sql: its effect is already here"), "{said}");
    assert!(said.contains("→ driftless history mark-applied v3_more.sql"), "{said}");
    b.ok(&["history", "mark-applied", "v3_more.sql"]);
    in_sync(&a, &b);
    b.ok(&["check"]);
}

#[test]
fn what_stopped_half_way_goes_on_although_its_effect_is_here() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    story(&a);
    in_sync(&a, &b);
    b.database.query("INSERT INTO counter VALUES (1)");
    let text = "CREATE TABLE other (id integer);\nCREATE UNIQUE INDEX CONCURRENTLY counter_id ON counter (id);\n";
    let v3 = a.script("v3_index.sql", text);
    a.ok(&["apply", v3.to_str().unwrap(), "--yes"]);
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    // The agent, or this command: whoever comes first runs it.
    b.run(&["heal", "--approve", "v3_index.sql"]);
    wait_until("it to fail half-way", SOON, || b.findings("pc-a").contains("failed"));
    // The first statement is done for good; by hand the second is done, too.
    b.database.query("DROP INDEX IF EXISTS counter_id; DELETE FROM counter");
    b.database.query("CREATE UNIQUE INDEX counter_id ON counter (id)");
    let said = b.run(&["heal", "--dry-run"]).stdout;
    assert!(!said.contains("already here"), "{said}");
    b.database.query("DROP INDEX counter_id");
    b.ok(&["sync"]);
    in_sync(&a, &b);
}
