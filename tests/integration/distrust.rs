//! What is not acted on although it arrived: a plan whose basis has moved, and a text that is not what the journal says.

use std::process::Stdio;
use std::time::Duration;

use driftless::journal::Event;
use driftless::postgres::apply::{Applier, HoldPolicy, Job, Options, Outcome};
use driftless::postgres::connect::Target;
use driftless::schema::Scope;
use driftless::script::{CanonicalText, Script, ScriptName, analyze};

use crate::harness::{Node, wait_until};

const SOON: Duration = Duration::from_secs(60);

const V1: &str = "CREATE TABLE orders (id integer PRIMARY KEY, note text);\n";

fn job(name: &str, text: &str) -> Job {
    let script =
        Script { name: ScriptName::parse(name).unwrap(), text: CanonicalText::decode(text.as_bytes()).unwrap() };
    let analysis = analyze(&script.text);
    let hold = HoldPolicy::default();
    Job {
        script,
        analysis,
        from: None,
        origin_major: None,
        expected: None,
        approved: false,
        may_differ: Default::default(),
        hold,
        fail_on_warning: false,
    }
}

/// A `sync` plans for a database where nothing can be lost, and then waits for the lock. Meanwhile its holder makes it
/// one where something can: the old plan would drop what has been written since.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_whose_basis_moved_while_it_waited_is_made_anew() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.ok(&["init"]);
    b.ok(&["init"]);
    a.script("v1_orders.sql", V1);
    a.script("v2_drop_note.sql", "ALTER TABLE orders DROP COLUMN note;\n");
    a.ok(&["sync"]);
    let _agent = a.agent();
    a.pair(&b);

    let target = Target::resolve(b.database.url()).unwrap();
    let (scope, options) = (Scope::default(), Options::default());
    let mut holder = Applier::begin(&target, &scope, &options, &mut |_| {}).await.unwrap();
    let mut command = b.command(&["sync"]);
    let mut sync = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'driftless sync%' \
                 AND query LIKE '%pg_try_advisory_lock%' AND datname = current_database()";
    wait_until("the sync to wait for the lock", SOON, || b.database.value(waits).as_deref() == Some("1"));
    let done = holder.apply(&job("v1_orders.sql", V1)).await.unwrap();
    assert!(matches!(done, Outcome::Applied { .. }), "{done:?}");
    holder.record(Event::Settled).await.unwrap();
    b.database.execute("INSERT INTO orders VALUES (1, 'keep me')");
    holder.finish().await.unwrap();

    assert_eq!(sync.wait().unwrap().code(), Some(4), "it waits for a person");
    assert_eq!(b.database.value("SELECT note FROM orders").as_deref(), Some("keep me"));
    assert_eq!(b.applied(), ["v1_orders.sql"]);
    assert!(b.findings("pc-a").contains("held"));
}

/// Somebody wrote into the history: the text there is not the one that ran. It is not even served; and what comes after it
/// waits until the text is the right one again.
#[test]
fn a_text_that_was_changed_in_the_history_is_neither_served_nor_run() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.ok(&["init"]);
    b.ok(&["init"]);
    for (name, text) in [("v1_orders.sql", V1), ("v2_more.sql", "CREATE TABLE more (id integer);\n")] {
        a.script(name, text);
    }
    a.ok(&["sync"]);
    // The same effect on the schema: nothing but the checksum can tell.
    let forge = "UPDATE migration_history SET script_text = script_text || 'INSERT INTO orders VALUES (666);' \
                 WHERE migration_name = 'v1_orders.sql'";
    a.database.execute(forge);
    let (_agent_a, agent_b) = (a.agent(), b.agent());
    a.pair(&b);
    wait_until("b to know that it is behind", SOON, || b.findings("pc-a").contains("behind"));
    let said = b.run(&["sync", "-v"]);
    assert_eq!(b.database.value("SELECT to_regclass('public.orders')::text"), None);
    assert!(b.applied().is_empty());
    // a itself looks before it serves: b never saw the wrong text.
    for text in [&said.stdout, &said.stderr, &agent_b.log()] {
        assert!(!text.contains("checksum"), "{text}");
    }

    a.database.execute(
        "UPDATE migration_history SET script_text = replace(script_text, 'INSERT INTO orders VALUES (666);', '')",
    );
    b.ok(&["sync"]);
    assert_eq!(b.applied(), ["v1_orders.sql", "v2_more.sql"]);
    assert_eq!(b.database.value("SELECT count(*)::text FROM orders").as_deref(), Some("0"));
    assert_eq!(a.fingerprint(), b.fingerprint());
}
