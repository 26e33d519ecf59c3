//! Scripts that wait for the code that goes with them, or for what the server lacks; changes made alike on two machines; failures that
//! the other machine is told. Two real machines with their agents.

use std::fs;
use std::time::Duration;

use crate::harness::{Agent, Auth, Lifetime, Node, Options, TestDatabase, ThrowawayServer, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);

fn apply(node: &Node, name: &str, text: &str) {
    let file = node.script(name, text);
    node.ok(&["apply", file.to_str().unwrap(), "--yes"]);
}

const ORDERS: &str = "CREATE TABLE orders (id integer PRIMARY KEY, note text);\nCREATE TABLE old (id integer);\n";
const RENAME: &str = "ALTER TABLE orders RENAME COLUMN note TO remark;\nDROP TABLE old;\n";

/// Two machines with a table of orders.
fn with_orders(a: &Node, b: &Node) -> (Agent, Agent) {
    let agents = paired(a, b);
    apply(a, "v1_orders.sql", ORDERS);
    wait_until("the common script to arrive", SOON, || b.applied() == ["v1_orders.sql"]);
    agents
}

#[test]
fn drops_and_renames_wait_for_the_code() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    fs::create_dir(b.root().join(".git")).unwrap();
    let _agents = with_orders(&a, &b);
    apply(&a, "v2_rename.sql", RENAME);
    apply(&a, "v3_more.sql", "CREATE TABLE more (id integer);\n");
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let plan = b.run(&["heal", "--dry-run"]).expect(4).stdout;
    for words in ["column public.orders.note, table public.old", "git pull", "heal --approve v2_rename.sql"] {
        assert!(plan.contains(words), "{words:?} is not in\n{plan}");
    }
    let json = b.run(&["heal", "--dry-run", "--json"]).expect(4).json();
    assert_eq!(json["plans"][0]["held"][0]["reason"]["reason"], "breaks_clients");
    // The other machine is told.
    wait_until("pc-a to know", SOON, || a.findings("pc-b").contains("held"));
    assert!(a.run(&["status"]).stdout.contains("on pc-b: git pull"), "{}", a.run(&["status"]).stdout);
    // Another text under that name is not the code that was waited for.
    b.script("v2_rename.sql", "ALTER TABLE orders RENAME COLUMN note TO notes;\n");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(b.applied(), ["v1_orders.sql"]);
    // With CRLF, as Git for Windows checks it out.
    b.script("v2_rename.sql", &RENAME.replace('\n', "\r\n"));
    wait_until("it to go on", SOON, || b.applied() == ["v1_orders.sql", "v2_rename.sql", "v3_more.sql"]);
    wait_until("pc-a to see it", SOON, || a.findings("pc-b").contains("in_sync"));
}

#[test]
fn a_person_need_not_wait_for_the_code() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    // A further work tree: `.git` is a file.
    fs::write(b.root().join(".git"), "gitdir: elsewhere\n").unwrap();
    let _agents = with_orders(&a, &b);
    apply(&a, "v2_rename.sql", RENAME);
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let approved = b.ok(&["heal", "--approve", "v2_rename.sql"]).stdout;
    assert!(approved.contains("running code"), "{approved}");
    wait_until("it to be applied", SOON, || b.applied() == ["v1_orders.sql", "v2_rename.sql"]);
}

#[test]
fn nothing_waits_for_code_outside_of_git_or_where_that_is_not_wanted() {
    need_postgres!();
    for git in [false, true] {
        let a = Node::new("pc-a");
        let b = Node::builder("pc-b").committed(if git { "[heal]\nbreaking = \"apply\"\n" } else { "" }).build();
        if git {
            fs::create_dir(b.root().join(".git")).unwrap();
        }
        let _agents = with_orders(&a, &b);
        apply(&a, "v2_rename.sql", RENAME);
        wait_until("it to be applied", SOON, || b.applied() == ["v1_orders.sql", "v2_rename.sql"]);
    }
}

#[test]
fn a_role_that_is_not_there_is_said_and_waited_for() {
    need_postgres!();
    let options = Options { auth: Auth::Trust, lifetime: Lifetime::Owner, volatile: true, settings: Vec::new() };
    let other = ThrowawayServer::start(&options).unwrap();
    let url = |database: &str| format!("postgresql://postgres@127.0.0.1:{}/{database}", other.port());
    let a = Node::new("pc-a");
    let b = Node::builder("pc-b").database(TestDatabase::create_on(&url)).build();
    let role = format!("reader_{}", a.database.name());
    a.database.execute(&format!("CREATE ROLE {role}"));
    let _agents = with_orders(&a, &b);
    apply(&a, "v2_grant.sql", &format!("CREATE TABLE more (id integer);\nGRANT SELECT ON more TO {role};\n"));
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let status = b.run(&["status"]).expect(4).stdout;
    assert!(status.contains(&format!("it names roles that this server does not have: `{role}`")), "{status}");
    assert!(status.contains(&format!("CREATE ROLE {role};")), "{status}");
    assert_eq!(b.status()["machine"]["held"][0]["why"]["roles"], serde_json::json!([role]));
    b.database.execute(&format!("CREATE ROLE {role}"));
    wait_until("it to be applied", SOON, || b.applied() == ["v1_orders.sql", "v2_grant.sql"]);
    drop((a.database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")), b));
}

#[test]
fn another_outcome_is_told_with_what_it_depends_on() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    let text =
        "DO $$\nBEGIN\n    EXECUTE format('CREATE VIEW stamp AS SELECT %L AS at', clock_timestamp());\nEND $$;\n";
    apply(&a, "v2_stamp.sql", text);
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    // As a superuser, what puts SQL together as it runs must be approved first. Command or agent, who comes first tries it.
    b.run(&["heal", "--approve", "v2_stamp.sql"]);
    wait_until("its effect to be told", SOON, || b.run(&["status"]).stdout.contains("view public.stamp"));
    let status = b.run(&["status"]).expect(4).stdout;
    for words in ["view public.stamp", "depends on the time (line 3: clock_timestamp())"] {
        assert!(status.contains(words), "{words:?} is not in\n{status}");
    }
    assert_eq!(b.status()["machine"]["held"][0]["why"]["depends"][0]["on"], "time");
}

/// PostgreSQL makes a constant of `'now'`: the view is another one wherever it is made, and whenever.
#[test]
fn a_person_may_let_facts_differ_until_a_later_script_mends_them() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    let recent =
        "CREATE VIEW recent AS SELECT *, now() > 'now'::timestamptz - interval '1 month' AS fresh FROM orders;\n";
    apply(&a, "v2_recent.sql", recent);
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let said = b.run(&["status"]).expect(4).stdout;
    for words in ["view public.recent", "heal --approve v2_recent.sql"] {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
    let approved = b.run(&["heal", "--approve", "v2_recent.sql"]).stdout;
    for words in ["with the effect that it has here", "\n    view public.recent\n", "approved on this machine"] {
        assert!(approved.contains(words), "{words:?} is not in\n{approved}");
    }
    wait_until("it to be applied", SOON, || b.applied() == ["v1_orders.sql", "v2_recent.sql"]);
    wait_until("the rest to be told", SOON, || b.findings("pc-a").contains("differs"));
    wait_until("pc-a to see it", SOON, || a.findings("pc-b").contains("differs"));
    b.ok(&["check"]);
    // What was not shown is held as ever.
    apply(&a, "v3_other.sql", &recent.replace("recent", "other"));
    wait_until("the next to be held", SOON, || b.findings("pc-a").contains("held"));
    b.run(&["heal", "--approve", "v3_other.sql"]);
    let mended = "DROP VIEW recent; DROP VIEW other;\nCREATE VIEW recent AS SELECT * FROM orders;\n";
    apply(&a, "v4_recent.sql", mended);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    assert_eq!(a.database.dump(), b.database.dump());
}

/// A script that waits behind another is approved with what its text tells, and with nothing else.
#[test]
fn what_is_approved_ahead_of_its_turn_is_shown_and_nothing_more_is_approved() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    b.database.execute("INSERT INTO orders VALUES (1, 'mine')");
    // the server writes it, who is another user
    let ran = std::env::temp_dir().join(format!("ran_{}", b.database.name()));
    apply(&a, "v2_index.sql", "CREATE INDEX CONCURRENTLY by_note ON orders (note);\n");
    let program = format!("CREATE TABLE copied (id integer);\nCOPY orders TO PROGRAM 'cat > {}';\n", ran.display());
    apply(&a, "v3_program.sql", &program);
    fs::remove_file(&ran).unwrap();
    apply(&a, "v4_drop.sql", "ALTER TABLE orders DROP COLUMN note;\n");
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let blocked = "v2_index.sql comes before it";
    let lossy = b.run(&["heal", "--approve", "v4_drop.sql"]).expect(4).stdout;
    assert!(lossy.contains(blocked) && !lossy.contains("data would be lost"), "{lossy}");
    assert!(lossy.contains("held once more"), "{lossy}");
    let index = b.run(&["heal", "--approve", "v2_index.sql"]).stdout;
    let (shown, _) = index.split_once("approved on this machine").unwrap_or_else(|| panic!("{index}"));
    assert!(shown.contains("cannot run in a transaction") && !shown.contains("PROGRAM"), "{index}");
    // It has not been shown, and waits.
    wait_until("the next to be held", SOON, || b.run(&["status"]).stdout.contains("COPY … PROGRAM"));
    assert_eq!(b.applied(), ["v1_orders.sql", "v2_index.sql"]);
    assert!(!ran.exists());
    b.run(&["heal", "--approve", "v3_program.sql"]);
    // What it would lose was not known when it was approved.
    wait_until("the last to be held", SOON, || b.run(&["status"]).stdout.contains("data would be lost"));
    assert!(ran.exists());
    assert_eq!(b.database.value("SELECT note FROM orders").as_deref(), Some("mine"));
    b.run(&["heal", "--approve", "v4_drop.sql"]);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    fs::remove_file(&ran).unwrap();
}

#[test]
fn what_was_shown_ahead_of_its_turn_needs_no_second_word() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    // the server writes it, who is another user
    let ran = std::env::temp_dir().join(format!("ran_{}", b.database.name()));
    apply(&a, "v2_index.sql", "CREATE INDEX CONCURRENTLY by_note ON orders (note);\n");
    apply(&a, "v3_program.sql", &format!("COPY orders TO PROGRAM 'cat > {}';\n", ran.display()));
    fs::remove_file(&ran).unwrap();
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let ahead = b.run(&["heal", "--approve", "v3_program.sql"]).expect(4).stdout;
    for words in
        ["reaches outside the database: line 1: COPY … PROGRAM", "COPY orders TO PROGRAM", "v2_index.sql comes"]
    {
        assert!(ahead.contains(words), "{words:?} is not in\n{ahead}");
    }
    let hazards = b.database.value("SELECT event::json->>'hazards' FROM driftless.journal ORDER BY seq DESC LIMIT 1");
    assert_eq!(hazards.as_deref(), Some("[\"outside_reach\"]"));
    b.run(&["heal", "--approve", "v2_index.sql"]);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    fs::remove_file(&ran).unwrap();
    // Several at once, each with what it costs.
    apply(&a, "v4_index.sql", "CREATE INDEX CONCURRENTLY by_id ON orders (id);\n");
    apply(&a, "v5_program.sql", "COPY orders TO PROGRAM 'cat > /dev/null';\n");
    wait_until("it to be held", SOON, || b.findings("pc-a").contains("held"));
    let both = b.run(&["heal", "--approve", "v4_index.sql", "v5_program.sql"]).stdout;
    for words in ["v4_index.sql: it cannot run in a transaction", "v5_program.sql: it reaches outside the database"] {
        assert!(both.contains(words), "{words:?} is not in\n{both}");
    }
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
}

/// Renamed and extended by hand on both machines: one captures it, both are healed, and nothing is run twice.
#[test]
fn what_both_changed_alike_is_captured_once_and_heals_both() {
    need_postgres!();
    let report = "[heal]\ndrift = \"report\"\n";
    let (a, b) = (Node::builder("pc-a").committed(report).build(), Node::builder("pc-b").committed(report).build());
    let _agents = with_orders(&a, &b);
    let by_hand =
        "ALTER TABLE orders RENAME COLUMN note TO remark; ALTER TABLE orders ADD COLUMN extra text DEFAULT 'x'";
    for node in [&a, &b] {
        node.database.execute(&format!("INSERT INTO orders VALUES (1, '{}'); {by_hand}", node.name));
    }
    wait_until("it to be said", SOON, || a.status()["peers"][0]["details"].to_string().contains("both_alike"));
    assert!(a.run(&["status"]).stdout.contains("drifted here and on pc-b, alike"));
    a.ok(&["capture", "remark"]);
    let text = fs::read_to_string(a.scripts().join("v2_remark.sql")).unwrap();
    assert!(text.contains("RENAME COLUMN note TO remark;"), "{text}");
    wait_until("both to be in sync", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    assert_eq!(b.applied(), ["v1_orders.sql", "v2_remark.sql"]);
    for node in [&a, &b] {
        assert_eq!(node.database.value("SELECT remark FROM orders").as_deref(), Some(node.name.as_str()));
        node.ok(&["check"]);
    }
    let last = b.database.value("SELECT event FROM driftless.journal WHERE event LIKE '%v2_remark%'").unwrap();
    assert!(last.contains("\"from\":\"pc-a\""), "{last}");
    assert_eq!(a.database.dump(), b.database.dump());
}

/// A rename made by hand on one machine is a rename on the other: its values stay.
#[test]
fn a_captured_rename_keeps_the_peers_values() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    b.database.execute("INSERT INTO orders VALUES (1, 'mine')");
    a.database.execute("ALTER TABLE orders RENAME COLUMN note TO remark");
    a.ok(&["capture", "remark"]);
    wait_until("it to arrive", SOON, || b.applied() == ["v1_orders.sql", "v2_remark.sql"]);
    assert_eq!(b.database.value("SELECT remark FROM orders").as_deref(), Some("mine"));
}

#[test]
fn what_fails_over_there_for_its_data_is_told_here_with_the_values() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = with_orders(&a, &b);
    b.database.execute("INSERT INTO orders VALUES (1, 'same'), (2, 'same')");
    apply(&a, "v2_unique.sql", "CREATE UNIQUE INDEX one_note ON orders (note);\n");
    wait_until("it to fail", SOON, || b.findings("pc-a").contains("failed"));
    let here = b.run(&["status"]).expect(1).stdout;
    assert!(here.contains("Key (note)=(same) is duplicated."), "{here}");
    wait_until("pc-a to know", SOON, || a.findings("pc-b").contains("failed"));
    let there = a.run(&["status"]).expect(1).stdout;
    assert!(there.contains("failed on pc-b") && there.contains("Key (note)=(same) is duplicated."), "{there}");
    assert_eq!(b.applied(), ["v1_orders.sql"]);
    // The data mended, it goes on when asked.
    b.database.execute("DELETE FROM orders WHERE id = 2");
    b.ok(&["heal"]);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
}
