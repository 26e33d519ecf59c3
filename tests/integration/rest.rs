//! An agent that has forgotten its large schema because nothing moved: it goes on saying what it said, sees through what others write, and
//! wakes at the first thing that matters.

use std::time::Duration;

use crate::harness::{Agent, Node, wait_until};

const SOON: Duration = Duration::from_secs(60);

/// How often it went to rest.
fn rests(agent: &Agent) -> usize {
    agent.log().matches("at rest").count()
}

#[track_caller]
fn in_sync(a: &Node, b: &Node) {
    wait_until("both to be in sync", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
}

#[test]
fn an_agent_at_rest_answers_and_wakes() {
    need_postgres!();
    let (mut a, mut b) = (Node::new("pc-a"), Node::new("pc-b"));
    let columns: String = (0..20).map(|n| format!(", c{n} integer")).collect();
    let tables: String = (0..300).map(|n| format!("CREATE TABLE t{n} (id integer{columns});")).collect();
    for node in [&mut a, &mut b] {
        node.env("DRIFTLESS_LOG", "driftless=debug");
        node.database.execute(&tables);
        node.ok(&["init"]);
    }
    let (agent_a, agent_b) = (a.agent(), b.agent());
    a.pair(&b);
    in_sync(&a, &b);
    wait_until("both to rest", SOON, || rests(&agent_a) == 1 && rests(&agent_b) == 1);

    // others write, for longer than it takes to rest again
    for n in 0..60 {
        b.database.execute(&format!("INSERT INTO t1 (id) VALUES ({n})"));
        std::thread::sleep(Duration::from_millis(250));
    }
    assert_eq!(rests(&agent_b), 1, "rows woke it:\n{}", agent_b.log());
    assert!(a.findings("pc-b").contains("in_sync"));

    // changed by hand: seen by its own slow look, and told
    b.database.execute("ALTER TABLE t2 ADD COLUMN by_hand integer");
    wait_until("the drift to be told", SOON, || agent_a.log().contains("by_hand") || agent_b.log().contains("by_hand"));
    assert!(a.findings("pc-b").contains("drifted"));
    b.database.execute("ALTER TABLE t2 DROP COLUMN by_hand");
    in_sync(&a, &b);

    // a script wakes both
    wait_until("both to rest again", SOON, || rests(&agent_a) >= 2 && rests(&agent_b) >= 2);
    let slept = rests(&agent_b);
    let script = a.script("v1_more.sql", "ALTER TABLE t3 ADD COLUMN more integer;\n");
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
    wait_until("the script to arrive", SOON, || b.applied() == ["v1_more.sql"]);
    in_sync(&a, &b);
    assert_eq!(a.fingerprint(), b.fingerprint());

    // paused at rest: it has let go of the database, and says so from memory
    wait_until("it to rest again", SOON, || rests(&agent_b) > slept);
    b.ok(&["heal", "--pause"]);
    wait_until("the pause to be told", SOON, || {
        a.run(&["status"]).stdout.contains("paused there") && a.findings("pc-b").contains("in_sync")
    });
    b.ok(&["heal", "--resume"]);
    in_sync(&a, &b);

    // all this took minutes, in which one hardly asked the other anything: nobody was taken for gone
    for log in [agent_a.log(), agent_b.log()] {
        assert!(!log.contains("not reachable") && !log.contains("asked nothing"), "{log}");
    }
}
