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
