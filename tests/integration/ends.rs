//! What a person is told: since when a peer is away, whose drift it is, what a hook said, what an approval covers.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::harness::{Node, TestDatabase, paired, wait_until};

const SOON: Duration = Duration::from_secs(30);

#[test]
fn since_when_a_peer_does_not_answer() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent_a, mut agent_b) = paired(&a, &b);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    assert!(a.status()["peers"][0]["since"].is_null());
    agent_b.kill();
    wait_until("the agent to note it", SOON, || a.status()["peers"][0]["since"].is_string());
    let since = a.status()["peers"][0]["since"].clone();
    let said = a.run(&["status"]).expect(5).stdout;
    assert!(said.contains("✗ not reachable since 20"), "{said}");
    let said = a.run(&["status", "--lang", "zh"]).expect(5).stdout;
    assert!(said.contains("起无法连接"), "{said}");
    // Another agent tells the same.
    agent_a.kill();
    let _agent_a = a.agent();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(a.status()["peers"][0]["since"], since);
    let _agent_b = b.agent();
    wait_until("it to answer again", SOON, || a.findings("pc-b").contains("in_sync"));
    assert!(a.status()["peers"][0]["since"].is_null());
}

#[test]
fn a_peer_beside_a_machine_that_drifted_alone() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    let v1 = a.script("v1_a.sql", "CREATE TABLE a (id integer);\n");
    a.ok(&["apply", v1.to_str().unwrap(), "--yes"]);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    a.database.query("ALTER TABLE a ADD COLUMN by_hand text");
    wait_until("the drift to be seen", SOON, || a.findings("pc-b").contains("drifted"));
    let said = a.run(&["status"]).expect(3).stdout;
    assert!(said.contains("the same scripts; what differs was changed on this machine"), "{said}");
}

#[test]
fn a_hook_that_fails_afterwards_does_not_hide_what_was_done() {
    need_postgres!();
    let hooks = "[hooks]\nafter_apply = \"echo no redis >&2; exit 3\"\n";
    let node = Node::builder("pc-a").committed(hooks).build();
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer);\n");
    let said = node.run(&["sync"]).expect(1).stdout;
    assert!(
        said.contains("Succeeded: 1") && said.contains("the scripts stay applied") && said.contains("no redis"),
        "{said}"
    );
    node.script("v2_b.sql", "CREATE TABLE b (id integer);\n");
    let said = node.run(&["sync", "--json"]).expect(1).json();
    assert_eq!(said["succeeded"], 1);
    assert!(said["hook_failed"][0].as_str().unwrap().contains("no redis"), "{said}");
    assert_eq!(node.applied(), ["v1_a.sql", "v2_b.sql"]);
}

#[test]
fn what_cannot_be_run_is_told_in_json_too() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer);\nCOMMIT;\n");
    let said = node.run(&["sync", "--json"]).expect(1).json();
    assert_eq!(said["unusable"][0]["name"], "v1_a.sql");
    assert!(said["unusable"][0]["why"][0].as_str().unwrap().starts_with("v1_a.sql:2: `COMMIT`"), "{said}");
}

/// A script that failed, was never applied and is no file any more is told by `history` alone, on both machines.
#[test]
fn a_failed_script_that_is_deleted_is_past() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    a.script("v1_t.sql", "CREATE TABLE t (a integer);\n");
    let bad = a.script("v2_bad.sql", "ALTER TABLE tt ADD COLUMN b integer;\n");
    a.run(&["sync"]).expect(1);
    wait_until("both to know", SOON, || a.findings("pc-b").contains("failed") && b.findings("pc-a").contains("failed"));
    a.run(&["status"]).expect(1);
    std::fs::remove_file(&bad).unwrap();
    wait_until("both to be in sync", SOON, || {
        let fine =
            |findings: std::collections::BTreeSet<String>| findings.contains("in_sync") && !findings.contains("failed");
        fine(a.findings("pc-b")) && fine(b.findings("pc-a"))
    });
    a.ok(&["status"]);
    b.ok(&["status"]);
    assert!(a.ok(&["history"]).stdout.contains("v2_bad.sql"));
    // The file is back, and so is its failure.
    a.script("v2_bad.sql", "ALTER TABLE tt ADD COLUMN b integer;\n");
    a.run(&["status"]).expect(1);
    std::fs::rename(&bad, a.scripts().join("v3_good.sql")).unwrap();
    a.script("v3_good.sql", "ALTER TABLE t ADD COLUMN b integer;\n");
    a.ok(&["sync"]);
    wait_until("it to arrive", SOON, || b.applied() == ["v1_t.sql", "v3_good.sql"]);
    a.ok(&["status"]);
}

#[test]
fn a_path_is_no_description() {
    need_postgres!();
    let node = Node::new("pc-a");
    let said = node.ok(&["new", "../x", "--no-edit"]).stdout;
    assert!(said.contains("not a path"), "{said}");
    assert!(node.scripts().join("v1_x.sql").exists());
}

#[test]
fn every_schema_is_looked_at_unless_told_otherwise() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.database.query("CREATE SCHEMA sales");
    node.ok(&["init"]);
    let before = node.fingerprint();
    node.database.query("CREATE TABLE sales.orders (id integer)");
    assert_ne!(node.fingerprint(), before);
    node.run(&["check"]).expect(3);
    node.ok(&["fingerprint", "--schemas", "public", "--owners", "--grants"]);
}

#[test]
fn databases_are_compared_without_any_configuration() {
    need_postgres!();
    let (one, other) = (TestDatabase::create(), TestDatabase::create());
    let nowhere = Node::builder("pc-a").unconfigured().build();
    one.query("CREATE SCHEMA sales; CREATE TABLE sales.orders (id integer)");
    let diff = nowhere.run(&["diff", "--from", one.url(), "--to", other.url(), "--json"]).expect(3).json();
    assert!(diff["changes"].as_array().unwrap().iter().any(|change| change["name"] == "sales.orders"), "{diff}");
    nowhere.ok(&["fingerprint", one.url()]);
    assert_eq!(std::fs::read_dir(nowhere.root()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn what_a_script_left_that_stopped_half_way_is_told_as_its_own() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    let text =
        "CREATE TABLE t (a integer);\nINSERT INTO t VALUES (1), (1);\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\n";
    let v1 = node.script("v1_half.sql", text);
    node.run(&["apply", v1.to_str().unwrap(), "--yes"]).expect(1);
    let said = node.run(&["status"]).expect(1).stdout;
    assert!(
        said.contains("left by v1_half.sql, which stopped half-way: ") && said.contains("table public.t"),
        "{said}"
    );
    assert!(!said.contains("drifted here"), "{said}");
    let said = node.run(&["check"]).expect(3).stdout;
    assert!(said.contains("left by v1_half.sql, which stopped half-way"), "{said}");
    assert_eq!(node.status()["machine"]["left_by"]["table public.t"], "v1_half.sql");
    // What is changed by hand beside it stays drift.
    node.database.query("CREATE TABLE by_hand (a integer)");
    let said = node.run(&["status", "--lang", "zh"]).expect(1).stdout;
    assert!(said.contains("由中途停止的 v1_half.sql 留下") && said.contains("本机结构被手工修改"), "{said}");
}

/// Looks taken while indexes are made outside a transaction, one script after another. (With a history, a schema and a journal that
/// are not of one moment, about one look of a hundred finds drift.)
#[test]
fn what_a_script_that_runs_has_done_so_far_is_no_drift() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_t.sql", "CREATE TABLE t (a integer);\n");
    for n in 2..120 {
        node.script(&format!("v{n}_i.sql"), &format!("CREATE INDEX CONCURRENTLY t_{n} ON t (a);\n"));
    }
    let mut sync = node.command(&["sync"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (done, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let status = node.status();
                    assert_eq!(status["machine"]["drift"], serde_json::json!([]), "{status}");
                    looks.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        assert!(sync.wait().unwrap().success());
        done.store(true, Ordering::Relaxed);
    });
    assert!(looks.into_inner() > 20);
    assert_eq!(node.applied().len(), 119);
}

#[test]
fn the_doctor_has_the_peer_dial_back() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent_a, _agent_b) = paired(&a, &b);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    let said = a.run(&["doctor"]).stdout;
    assert!(said.contains(&format!("✓ pc-b reaches us at {} (", a.listen)), "{said}");
    agent_a.kill();
    std::thread::sleep(Duration::from_secs(2));
    let said = a.run(&["doctor", "--lang", "zh"]).expect(1).stdout;
    assert!(said.contains(&format!("✗ pc-b 无法连接本机: {}", a.listen)), "{said}");
    assert!(said.contains("→ driftless agent"), "{said}");
}

#[test]
fn logs_are_sentences_in_either_language() {
    need_postgres!();
    let (mut a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.env("DRIFTLESS_LANG", "zh");
    let (agent_a, agent_b) = paired(&a, &b);
    let v1 = a.script("v1_a.sql", "CREATE TABLE a (id integer, note text);\n");
    a.run(&["apply", v1.to_str().unwrap(), "--yes"]).expect(0);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    b.database.query("INSERT INTO a VALUES (1, 'x')");
    let v2 = a.script("v2_b.sql", "ALTER TABLE a DROP COLUMN note;\n");
    a.run(&["apply", v2.to_str().unwrap(), "--yes"]).expect(0);
    wait_until("the hold to be logged", SOON, || {
        agent_b.log().contains("held: v2_b.sql ← pc-a: data would be lost: column public.a.note: dropped with 1 value")
    });
    wait_until("the peer to be logged", SOON, || agent_a.log().contains("已连接 pc-b"));
    for log in [agent_a.log(), agent_b.log()] {
        assert!(!log.contains("DataLoss") && !log.contains("{\"finding\""), "{log}");
    }
}

#[test]
fn errors_lead_with_a_sentence_in_chinese() {
    need_postgres!();
    let node = Node::new("pc-a");
    let gone = node.run(&["status", "--lang", "zh", "--database", "postgres://a@127.0.0.1:1/b"]).expect(1).stderr;
    assert!(gone.starts_with("错误: 无法连接数据库 a@127.0.0.1:1/b\n"), "{gone}");
    let missing = node.database.url().replace(node.database.name(), "missing");
    let said = node.run(&["status", "--lang", "zh", "--database", &missing]).expect(1).stderr;
    assert!(said.contains("没有数据库 `missing`"), "{said}");
    let nowhere = Node::builder("pc-b").unconfigured().build();
    let said = nowhere.run(&["sync", "--lang", "zh"]).expect(2).stderr;
    assert!(said.contains("没有 driftless.toml"), "{said}");
}

/// It was cut because nothing was asked over it for half a minute, or its agent was started anew: that is no reason to call a peer
/// unreachable that answers.
#[test]
fn a_connection_lost_while_another_peers_scripts_ran_is_made_again() {
    need_postgres!();
    let (a, b, c) = (Node::new("pc-a"), Node::new("pc-b"), Node::new("pc-c"));
    [&a, &b, &c].iter().for_each(|node| drop(node.ok(&["init"])));
    let slow = "SELECT pg_sleep(4);\nCREATE TABLE slow (id integer);\n";
    for node in [&b, &c] {
        node.ok(&["apply", node.script("v1_slow.sql", slow).to_str().unwrap(), "--yes"]);
    }
    c.ok(&["apply", c.script("v2_more.sql", "CREATE TABLE more (id integer);\n").to_str().unwrap(), "--yes"]);
    let (_agent_b, mut agent_c) = (b.agent(), c.agent());
    b.pair(&a);
    c.pair(&a);
    let is_running = || {
        let running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND datname = current_database()";
        a.database.value(running).as_deref() == Some("1")
    };
    std::thread::scope(|scope| {
        let syncing = scope.spawn(|| a.run(&["sync"]));
        wait_until("the slow script to run", SOON, is_running);
        agent_c.kill();
        let _agent_c = c.agent();
        let said = syncing.join().unwrap().expect(0).stdout;
        assert!(said.contains("v2_more.sql") && !said.contains("not reachable"), "{said}");
    });
    assert_eq!(a.applied(), ["v1_slow.sql", "v2_more.sql"]);
}
