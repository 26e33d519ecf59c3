//! The main job between two real machines: agents that converge, hold what a person must see, name drift, and outlive their
//! database and their peer.

use std::time::Duration;

use crate::harness::{Node, Options, StopMode, TestDatabase, ThrowawayServer, paired, paired_one_way, wait_until};

const SOON: Duration = Duration::from_secs(30);

#[track_caller]
fn in_sync(a: &Node, b: &Node) {
    wait_until("both to be in sync", SOON, || {
        a.findings(&b.name).contains("in_sync") && b.findings(&a.name).contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_eq!(a.database.dump(), b.database.dump());
}

#[test]
fn what_one_applies_the_other_has_soon_in_both_directions() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("电脑-b"));
    let _agents = paired(&a, &b);
    let first =
        a.script("v1_订单.sql", "CREATE TABLE 订单 (id bigint PRIMARY KEY, 状态 text NOT NULL DEFAULT '新');\n");
    a.ok(&["apply", first.to_str().unwrap(), "--yes"]);
    in_sync(&a, &b);
    let second =
        b.script("v2_索引.sql", "CREATE INDEX 订单_状态 ON 订单 (状态);\nCOMMENT ON TABLE 订单 IS '客户订单';\n");
    b.ok(&["apply", second.to_str().unwrap(), "--yes"]);
    in_sync(&a, &b);
    assert_eq!(a.applied(), ["v1_订单.sql", "v2_索引.sql"]);
    assert_eq!(b.applied(), ["v1_订单.sql", "v2_索引.sql"]);
    // Pulled scripts are not written into the folder: the next `git pull` would abort.
    assert!(!b.scripts().join("v1_订单.sql").exists());
    let diff = a.ok(&["diff", "电脑-b", "--json"]).json();
    assert_eq!(diff["equal"], true);
}

/// What one batch has prepared on the connections is there for the next one.
#[test]
fn one_script_after_the_other_goes_through_the_first_time() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let agents = paired(&a, &b);
    for n in 1..=5 {
        let script = a.script(&format!("v{n}_t.sql"), &format!("CREATE TABLE t{n} (id integer);\n"));
        a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
        wait_until("it to be applied", SOON, || b.applied().len() == n);
    }
    in_sync(&a, &b);
    for log in [agents.0.log(), agents.1.log()] {
        let troubled: Vec<&str> =
            log.lines().filter(|line| line.contains("failed") || line.contains("ERROR")).collect();
        assert!(troubled.is_empty(), "{troubled:#?}");
    }
}

/// Two batches on one connection: what the first has prepared there is not prepared again by the second.
#[test]
fn one_sync_takes_a_peers_scripts_and_runs_its_own_behind_them() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agent = paired_one_way(&a, &b);
    for n in 1..=3 {
        a.script(&format!("v{n}_a.sql"), &format!("CREATE TABLE a{n} (id integer);\n"));
        b.script(&format!("v{}_b.sql", n + 3), &format!("CREATE TABLE b{n} (id integer);\n"));
    }
    a.run(&["sync"]).expect(5);
    let said = b.ok(&["sync"]).stdout;
    assert!(said.contains("Succeeded: 6") && said.contains("Failed: 0"), "{said}");
    assert_eq!(b.applied().len(), 6);
}

/// What the first look has prepared is gone for the last one, and nothing was applied in between.
#[test]
fn a_script_that_forgets_what_was_prepared_and_fails_is_told_of() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agent = paired_one_way(&a, &b);
    b.script("v1_b.sql", "DEALLOCATE ALL;\nSELECT 1 / 0;\n");
    let said = b.run(&["sync"]).expect(1).stdout;
    assert!(said.contains("✗ failed: v1_b.sql") && said.contains("division by zero"), "{said}");
}

#[test]
fn files_in_the_folder_are_never_run_by_the_agent() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    a.script("v1_half_written.sql", "CREATE TABLE half");
    let other = b.script("v2_b.sql", "CREATE TABLE b (id integer);");
    b.ok(&["apply", other.to_str().unwrap(), "--yes"]);
    in_sync(&a, &b);
    assert_eq!(a.applied(), ["v2_b.sql"]);
    assert_eq!(a.status()["machine"]["pending"], 1);
}

/// A machine that has rows and has been in sync: no bootstrap any more.
fn lived_in(a: &Node, b: &Node) {
    let v1 = a.script("v1_orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY, note text, empty text);\n");
    a.ok(&["apply", v1.to_str().unwrap(), "--yes"]);
    in_sync(a, b);
    b.database.query("INSERT INTO orders VALUES (1, 'keep me'), (2, NULL)");
}

#[test]
fn a_drop_that_loses_values_is_held_and_carried_out_when_approved() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    let v2 = a.script("v2_drop_empty.sql", "ALTER TABLE orders DROP COLUMN empty;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    in_sync(&a, &b);

    let v3 = a.script("v3_drop_note.sql", "ALTER TABLE orders DROP COLUMN note;\n");
    let v4 = a.script("v4_more.sql", "ALTER TABLE orders ADD COLUMN more integer;\n");
    a.ok(&["apply", v3.to_str().unwrap(), v4.to_str().unwrap(), "--yes"]);
    wait_until("the drop to be held", SOON, || b.findings("pc-a").contains("held"));
    assert_eq!(b.database.query("SELECT note FROM orders WHERE id = 1"), [[Some("keep me".to_owned())]]);
    assert_eq!(b.applied(), ["v1_orders.sql", "v2_drop_empty.sql"]);
    let plan = b.run(&["heal", "--dry-run"]).expect(4);
    assert!(plan.stdout.contains("v3_drop_note.sql"), "{}", plan.stdout);
    assert!(plan.stdout.contains("driftless heal --approve v3_drop_note.sql"), "{}", plan.stdout);
    b.ok(&["heal", "--approve", "v3_drop_note.sql", "--yes"]);
    in_sync(&a, &b);
    assert_eq!(b.applied().len(), 4);
}

#[test]
fn drift_is_named_on_both_machines() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    b.database.query("ALTER TABLE orders ADD COLUMN by_hand integer DEFAULT 7");
    wait_until("the drift to be seen from a", SOON, || a.findings("pc-b").contains("drifted"));
    assert!(!a.findings("pc-b").contains("in_sync"));
    let status = b.run(&["status"]).expect(3);
    assert!(status.stdout.contains("public.orders.by_hand"), "{}", status.stdout);
    let check = b.run(&["check"]).expect(3);
    assert!(check.stdout.contains("public.orders.by_hand"), "{}", check.stdout);
    let diff = a.run(&["diff", "pc-b", "--json"]).expect(3).json();
    assert_eq!(diff["equal"], false);
    let names: Vec<&str> =
        diff["changes"].as_array().unwrap().iter().filter_map(|change| change["name"].as_str()).collect();
    assert!(names.contains(&"public.orders.by_hand"), "{names:?}");
}

#[test]
fn a_script_that_fails_on_the_peer_is_rolled_back_recorded_and_blocks_the_later_ones() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    b.database.query("INSERT INTO orders VALUES (3, 'same'), (4, 'same')");
    let v2 =
        a.script("v2_unique.sql", "CREATE TABLE side (id integer);\nCREATE UNIQUE INDEX one_note ON orders (note);\n");
    let v3 = a.script("v3_later.sql", "CREATE TABLE later (id integer);\n");
    a.ok(&["apply", v2.to_str().unwrap(), v3.to_str().unwrap(), "--yes"]);
    wait_until("the failure to be told to a", SOON, || a.findings("pc-b").contains("failed"));
    assert_eq!(
        b.database.query("SELECT to_regclass('public.side')::text, to_regclass('public.later')::text"),
        [[None, None]]
    );
    let row = b
        .database
        .query("SELECT success::text, error_message FROM migration_history WHERE migration_name = 'v2_unique.sql'");
    assert_eq!(row[0][0].as_deref(), Some("false"));
    let error = row[0][1].as_deref().unwrap();
    assert!(error.contains("23505") && error.contains("v2_unique.sql:2"), "{error}");
    // The cause is mended; the schema did not change, so a person says to try again.
    b.database.query("DELETE FROM orders WHERE id = 4");
    b.ok(&["sync"]);
    in_sync(&a, &b);
}

#[test]
fn postgres_may_go_away_and_come_back_under_a_running_agent() {
    need_postgres!();
    let mut server = ThrowawayServer::start(&Options::default()).unwrap();
    let a = Node::new("pc-a");
    let b = Node::builder("pc-b").database(TestDatabase::create_on(&|name| server.url(name))).build();
    let (_agent_a, mut agent_b) = paired(&a, &b);
    lived_in(&a, &b);
    server.stop(StopMode::Fast).unwrap();
    let v2 = a.script("v2_meanwhile.sql", "ALTER TABLE orders ADD COLUMN meanwhile integer;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    wait_until("a to notice that b cannot answer", SOON, || a.findings("pc-b").contains("unreachable"));
    assert!(agent_b.child.try_wait().unwrap().is_none(), "the agent stays alive:\n{}", agent_b.log());
    server.start_again().unwrap();
    in_sync(&a, &b);
}

#[test]
fn a_peer_may_go_away_and_come_back() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (_agent_a, mut agent_b) = paired(&a, &b);
    lived_in(&a, &b);
    assert_eq!(agent_b.terminate(), Some(0), "{}", agent_b.log());
    let v2 = a.script("v2_meanwhile.sql", "ALTER TABLE orders ADD COLUMN meanwhile integer;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    wait_until("a to miss b", SOON, || a.findings("pc-b").contains("unreachable"));
    a.run(&["status"]).expect(5);
    let _again = b.agent();
    in_sync(&a, &b);
}

#[test]
fn a_paused_agent_lets_go_and_a_resumed_one_catches_up() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    b.ok(&["heal", "--pause"]);
    let sessions =
        "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_until("the paused agent to let go of the database", SOON, || {
        b.database.query(sessions) == [[Some("0".to_owned())]]
    });
    let v2 = a.script("v2_meanwhile.sql", "ALTER TABLE orders ADD COLUMN meanwhile integer;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(b.applied(), ["v1_orders.sql"]);
    b.ok(&["heal", "--resume"]);
    in_sync(&a, &b);
}

#[test]
fn healing_halts_when_the_past_is_another_one_until_resumed() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    b.database.query("TRUNCATE migration_history");
    wait_until("the halt to be seen", SOON, || b.findings("pc-a").contains("halted"));
    let v2 = a.script("v2_meanwhile.sql", "ALTER TABLE orders ADD COLUMN meanwhile integer;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    let status = b.run(&["status"]).expect(4);
    assert!(status.stdout.contains("driftless heal --resume"), "{}", status.stdout);
    assert!(b.applied().is_empty());
    // The schema is what v1 left, so that it is recorded instead of run again.
    b.ok(&["history", "mark-applied", "v1_orders.sql"]);
    b.ok(&["heal", "--resume"]);
    wait_until("v2 to arrive", SOON, || b.applied().contains(&"v2_meanwhile.sql".to_owned()));
}

#[test]
fn an_agent_without_the_apply_grant_takes_nothing() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    lived_in(&a, &b);
    b.ok(&["peers", "grant", "pc-a", "pull"]);
    let v2 = a.script("v2_x.sql", "ALTER TABLE orders ADD COLUMN x integer;\n");
    a.ok(&["apply", v2.to_str().unwrap(), "--yes"]);
    wait_until("b to know that it is behind", SOON, || b.findings("pc-a").contains("behind"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(b.applied(), ["v1_orders.sql"]);
    b.ok(&["peers", "grant", "pc-a", "apply"]);
    in_sync(&a, &b);
}
