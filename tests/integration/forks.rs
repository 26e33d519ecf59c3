//! Forks between real machines: rehearsed in scratch databases, healed where the order does not matter, held where it does. And
//! three machines in line, of which the outer two never meet.

use std::time::Duration;

use crate::harness::{Node, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);

fn applied(node: &Node) -> Vec<String> {
    let mut names = node.applied();
    names.sort();
    names
}

fn apply(node: &Node, name: &str, text: &str) {
    let file = node.script(name, text);
    node.ok(&["apply", file.to_str().unwrap(), "--yes"]);
}

/// Two machines with a common past that were apart while these were applied.
fn forked(a: &Node, ours: &str, b: &Node, theirs: &str) {
    let common = "CREATE TABLE orders (id integer PRIMARY KEY, note text);\n";
    {
        let _agents = paired(a, b);
        apply(a, "v1_orders.sql", common);
        wait_until("the common script to arrive", SOON, || applied(b) == ["v1_orders.sql"]);
    }
    apply(a, "v2_ours.sql", ours);
    apply(b, "v2_theirs.sql", theirs);
}

#[test]
fn a_fork_whose_order_does_not_matter_heals_by_itself() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    forked(&a, "ALTER TABLE orders ADD COLUMN a integer;\n", &b, "CREATE INDEX by_note ON orders (note);\n");
    let _agents = (a.agent(), b.agent());
    let both = ["v1_orders.sql", "v2_ours.sql", "v2_theirs.sql"];
    wait_until("both to have both", SOON, || applied(&a) == both && applied(&b) == both);
    wait_until("both to be in sync", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
}

#[test]
fn a_conflict_ends_when_one_of_the_two_gets_another_name() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    forked(&a, "ALTER TABLE orders ADD COLUMN a integer;\n", &b, "ALTER TABLE orders ADD COLUMN b integer;\n");
    apply(&a, "v3_same.sql", "CREATE TABLE ta (id integer);\n");
    apply(&b, "v3_same.sql", "CREATE TABLE tb (id integer);\n");
    b.database.execute("INSERT INTO tb VALUES (7)");
    let mut agents = (a.agent(), b.agent());
    wait_until("the conflict to be told", SOON, || b.findings("pc-a").contains("conflict"));
    let said = b.run(&["heal", "--dry-run"]).stdout;
    assert!(said.contains("driftless history repair v3_same.sql --as NEW_NAME.sql"), "{said}");
    // What a person tries first, and what it says.
    std::fs::rename(b.scripts().join("v3_same.sql"), b.scripts().join("v4_tb.sql")).unwrap();
    b.run(&["apply", "v4_tb.sql"]).expect(1);
    // Not under the name of another, nor what is not there.
    b.run(&["history", "repair", "v3_same.sql", "--as", "v1_orders.sql"]).expect(1);
    b.run(&["history", "repair", "v9_none.sql", "--as", "v10_none.sql"]).expect(1);
    b.run(&["history", "repair", "v3_same.sql", "--as", "none"]).expect(2);
    b.ok(&["history", "repair", "v3_same.sql", "--as", "v4_tb.sql"]);
    let all = ["v1_orders.sql", "v2_ours.sql", "v2_theirs.sql", "v3_same.sql", "v4_tb.sql"];
    wait_until("both to have all", SOON, || applied(&a) == all && applied(&b) == all);
    wait_until("both to be in sync", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_eq!(b.database.value("SELECT id::text FROM tb").as_deref(), Some("7"), "nothing was run again");
    agents.1.kill();
    // The past can be run again by the names that hold now, and undone by them.
    b.ok(&["check", "--replay"]);
    let undone = b.run(&["revert", "v4_tb.sql"]).expect(0);
    assert!(undone.stdout.contains("v5_revert_v4_tb.sql"), "{}{}", undone.stdout, undone.stderr);
}

#[test]
fn a_fork_whose_order_matters_is_held_with_what_would_differ() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let text = |kind: &str| format!("ALTER TABLE orders ALTER COLUMN note TYPE {kind};\n");
    forked(&a, &text("varchar(80)"), &b, &text("varchar(90)"));
    let _agents = (a.agent(), b.agent());
    let held = |node: &Node| node.run(&["heal", "--dry-run"]).stdout.contains("column public.orders.note");
    wait_until("both to hold", SOON, || held(&a) && held(&b));
    assert_eq!(applied(&a), ["v1_orders.sql", "v2_ours.sql"]);
    assert_eq!(applied(&b), ["v1_orders.sql", "v2_theirs.sql"]);
}

/// A script that cannot come second: what is said to do about it, done.
#[test]
fn a_fork_that_fails_ends_as_it_is_said() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let column = |kind: &str| format!("ALTER TABLE orders ADD COLUMN weight {kind};\n");
    forked(&a, &column("integer"), &b, &column("numeric"));
    let _agents = (a.agent(), b.agent());
    let said = |node: &Node| node.run(&["heal", "--dry-run"]).stdout;
    wait_until("both to hold", SOON, || [&a, &b].iter().all(|node| said(node).contains("cannot come second")));
    let told = said(&a);
    let script = told.split("driftless revert ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    assert!(told.contains(&format!("driftless history mark-applied {script}")), "{told}");
    let status = a.run(&["status"]).stdout;
    assert!(
        status.contains("→ see what waits here, above") && !status.contains("if the order does not matter"),
        "{status}"
    );
    let (where_it_is, other) = if applied(&a).contains(&script) { (&a, &b) } else { (&b, &a) };
    where_it_is.ok(&["revert", &script]);
    let undo = format!("v3_revert_{script}");
    where_it_is.ok(&["apply", "--yes", &undo]);
    wait_until("the other to know of it", SOON, || other.run(&["status"]).stdout.contains(&undo));
    other.ok(&["history", "mark-applied", &script, &undo]);
    wait_until("both to be in sync", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
    let kind = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'weight'";
    let kept = if script == "v2_theirs.sql" { "integer" } else { "numeric" };
    assert_eq!(a.database.value(kind).as_deref(), Some(kept));
    assert_eq!(a.database.value(kind), b.database.value(kind));
}

#[test]
fn a_conflict_is_shown_line_by_line_and_fact_by_fact() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.ok(&["init"]);
    b.ok(&["init"]);
    let text = |kind: &str| format!("CREATE TABLE orders (\n    id integer,\n    note {kind}\n);\n");
    apply(&a, "v1_same.sql", &text("text"));
    apply(&b, "v1_same.sql", &text("varchar(9)"));
    let _agents = paired(&a, &b);
    wait_until("the conflict to be found", SOON, || a.findings("pc-b").contains("conflict"));
    let plan = a.run(&["heal", "--dry-run"]).expect(4).stdout;
    for line in ["      id integer,", "  -     note text", "  +     note varchar(9)", "column public.orders.note"] {
        assert!(plan.contains(line), "{line:?} is not in\n{plan}");
    }
    let json = a.run(&["heal", "--dry-run", "--json"]).expect(4).json();
    assert_eq!(json["conflicts"][0]["facts"], serde_json::json!(["column public.orders.note"]));
    // Neither text is lost.
    for (node, kind) in [(&a, "text"), (&b, "varchar(9)")] {
        assert!(node.ok(&["history", "show", "v1_same.sql"]).stdout.contains(&format!("note {kind}")));
    }
}

#[test]
fn a_script_travels_through_the_machine_in_between() {
    need_postgres!();
    let (a, b, c) = (Node::new("pc-a"), Node::new("pc-b"), Node::new("pc-c"));
    let first = paired(&a, &b);
    drop(first);
    let _agents = (paired(&b, &c), a.agent());
    apply(&a, "v1_a.sql", "CREATE TABLE a (id integer);\n");
    wait_until("it to come to the far end", SOON, || applied(&c) == ["v1_a.sql"]);
    // What b lets c do is not a's affair: without the grant nothing of c's goes further than b asks for.
    b.ok(&["peers", "grant", "pc-c", "pull"]);
    apply(&c, "v2_c.sql", "CREATE TABLE c (id integer);\n");
    wait_until("b to know of it", SOON, || b.findings("pc-c").contains("behind"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((applied(&a), applied(&b)), (vec!["v1_a.sql".to_owned()], vec!["v1_a.sql".to_owned()]));
    b.ok(&["peers", "grant", "pc-c", "apply"]);
    wait_until("it to come back to the first", SOON, || applied(&a) == ["v1_a.sql", "v2_c.sql"]);
}

/// A machine whose role may use its own database and nothing else.
fn plain(name: &str) -> (Node, String) {
    let mut node = Node::new(name);
    let role = format!("plain_{}", node.database.name());
    node.database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT CREATE ON DATABASE {} TO {role}; GRANT ALL ON SCHEMA public TO {role}",
        node.database.name()
    ));
    let url = node.database.url().replace("postgres@", &format!("{role}@"));
    node.env("DRIFTLESS_DATABASE_URL", &url);
    (node, role)
}

#[test]
fn a_fork_that_may_not_be_rehearsed_is_held_with_the_sql_that_helps() {
    need_postgres!();
    let ((a, role_a), (b, role_b)) = (plain("pc-a"), plain("pc-b"));
    forked(&a, "ALTER TABLE orders ADD COLUMN a integer;\n", &b, "CREATE INDEX by_note ON orders (note);\n");
    let agents = (a.agent(), b.agent());
    let said = |node: &Node, role: &str| {
        let plan = node.run(&["heal", "--dry-run"]).stdout;
        plan.contains(&format!("ALTER ROLE \"{role}\" CREATEDB;")) && plan.contains("driftless sync")
    };
    wait_until("both to hold, with the SQL", SOON, || said(&a, &role_a) && said(&b, &role_b));
    assert_eq!((a.applied().len(), b.applied().len()), (2, 2));
    // The right given to one of them, a word is enough.
    a.database.execute(&format!("ALTER ROLE {role_a} CREATEDB"));
    a.ok(&["sync"]);
    let both = ["v1_orders.sql", "v2_ours.sql", "v2_theirs.sql"];
    wait_until("both to have both", SOON, || applied(&a) == both && applied(&b) == both);
    assert_eq!(a.fingerprint(), b.fingerprint());
    drop(agents);
    for (node, role) in [(&a, &role_a), (&b, &role_b)] {
        node.database.execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
    }
}

#[test]
fn a_fork_over_what_was_there_before_driftless_heals() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    for node in [&a, &b] {
        node.database.execute(
            "CREATE TYPE mood AS ENUM ('good', 'bad');
             CREATE TABLE old (id serial PRIMARY KEY, kind text NOT NULL DEFAULT 'x', mood mood, CHECK (kind <> ''));
             CREATE INDEX old_kind ON old (lower(kind)); CREATE VIEW olds AS SELECT count(*) AS n FROM old;
             INSERT INTO old (kind) VALUES ('a'), ('b')",
        );
    }
    {
        let _agents = paired(&a, &b);
        wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    }
    apply(&a, "v1_ours.sql", "ALTER TABLE old ADD COLUMN a integer;\n");
    apply(
        &b,
        "v1_theirs.sql",
        "ALTER TABLE old ADD COLUMN b mood DEFAULT 'good';\nCREATE INDEX by_mood ON old (mood);\n",
    );
    let _agents = (a.agent(), b.agent());
    let both = ["v1_ours.sql", "v1_theirs.sql"];
    wait_until("both to have both", SOON, || applied(&a) == both && applied(&b) == both);
    assert_eq!(a.database.dump(), b.database.dump());
    assert_eq!(a.database.value("SELECT count(*) FROM old").as_deref(), Some("2"));
}
