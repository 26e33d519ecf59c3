//! Binaries of two versions over one database: what an earlier one left is brought forward in one piece, and what a later one left is
//! refused with what to type.

use std::time::Duration;

use driftless::hash::{Checksum, Fingerprint};
use driftless::heal::{Attempt, HoldReason};
use driftless::journal::Event;
use driftless::postgres::bookkeeping::{self, BookkeepingError};
use driftless::postgres::journal_table;
use driftless::schema::Scope;

use crate::harness::{Node, TestDatabase, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);

/// The bookkeeping and the history as the first version made them: no number, one attempt a script, fewer columns.
const FIRST_LAYOUT: &str = "ALTER TABLE driftless.database DROP COLUMN layout, DROP COLUMN model, DROP COLUMN made_by; \
    DROP INDEX driftless.attempt_once; ALTER TABLE driftless.attempt ADD PRIMARY KEY (name); \
    ALTER TABLE migration_history DROP COLUMN progress_done, DROP COLUMN progress_of, DROP COLUMN sqlstate";

/// Every column, constraint and index of the bookkeeping and the history.
const SHAPE: &str = "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ( \
    SELECT format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line \
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
      WHERE c.relkind = 'r' AND (c.relnamespace = 'driftless'::regnamespace OR c.relname = 'migration_history') \
    UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
      WHERE c.relnamespace = 'driftless'::regnamespace OR c.relname = 'migration_history' \
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint \
      WHERE connamespace = 'driftless'::regnamespace) lines";

const LAYOUT: &str = "SELECT layout FROM driftless.database";
const HAS_LAYOUT: &str =
    "SELECT count(*) FROM pg_attribute WHERE attrelid = 'driftless.database'::regclass AND attname = 'layout'";

async fn prepared(database: &TestDatabase) {
    let mut client = database.client().await;
    bookkeeping::prepare(&mut client, &Scope::default(), &[]).await.unwrap();
}

fn attempt(from: &str) -> Attempt {
    Attempt {
        name: "v2_b.sql".into(),
        checksum: Checksum::of(b"SELECT 2"),
        from: Some(from.into()),
        basis: Fingerprint::of(b"then"),
        reason: HoldReason::Failed { error: "boom".into() },
    }
}

/// A database as the first version left it, with an attempt and a journal.
async fn left_by_the_first_version() -> TestDatabase {
    let database = TestDatabase::create();
    prepared(&database).await;
    let mut client = database.client().await;
    bookkeeping::record_attempt(&client, &attempt("pc-b")).await.unwrap();
    journal_table::append_alone(&mut client, Event::Settled).await.unwrap();
    database.execute(FIRST_LAYOUT);
    database
}

#[tokio::test]
async fn an_earlier_layout_is_read_as_it_is_and_brought_forward_by_the_first_who_writes() {
    need_postgres!();
    let (fresh, old) = (TestDatabase::create(), left_by_the_first_version().await);
    prepared(&fresh).await;
    let mut client = old.client().await;
    let id = bookkeeping::database_id(&client).await.unwrap();
    assert!(id.is_some());
    assert_eq!(bookkeeping::attempts(&client).await.unwrap(), [attempt("pc-b")]);
    assert_eq!(journal_table::load(&client).await.unwrap().len(), 2);
    assert_eq!(old.value(HAS_LAYOUT).as_deref(), Some("0"), "a question writes nothing");

    bookkeeping::bring_forward(&mut client, &Scope::default()).await.unwrap();
    assert_eq!(old.value(LAYOUT), fresh.value(LAYOUT));
    assert_eq!(old.value(SHAPE), fresh.value(SHAPE));
    assert_eq!(old.value("SELECT made_by FROM driftless.database").as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(bookkeeping::database_id(&client).await.unwrap(), id);
    bookkeeping::record_attempt(&client, &attempt("pc-c")).await.unwrap();
    bookkeeping::record_attempt(&client, &attempt("pc-c")).await.unwrap();
    assert_eq!(bookkeeping::attempts(&client).await.unwrap(), [attempt("pc-b"), attempt("pc-c")]);
    assert_eq!(journal_table::load(&client).await.unwrap().len(), 2);

    let row = "SELECT xmin FROM driftless.database";
    let stamped = old.value(row);
    prepared(&old).await;
    assert_eq!(old.value(row), stamped, "there is nothing left to bring forward");
}

#[tokio::test]
async fn a_database_is_brought_forward_whole_or_not_at_all() {
    need_postgres!();
    let database = left_by_the_first_version().await;
    let before = database.value(SHAPE);
    database.execute("ALTER TABLE migration_history RENAME COLUMN success TO succeeded");
    let mut client = database.client().await;
    let refused = bookkeeping::prepare(&mut client, &Scope::default(), &[]).await.unwrap_err();
    assert!(matches!(refused, BookkeepingError::MissingColumn { column: "success", .. }), "{refused}");
    database.execute("ALTER TABLE migration_history RENAME COLUMN succeeded TO success");
    assert_eq!(database.value(SHAPE), before);
    // the one that was refused holds no lock, and of several at once one does the work
    let tries = (0..4).map(|_| async {
        let mut client = database.client().await;
        bookkeeping::bring_forward(&mut client, &Scope::default()).await
    });
    for came_to in futures_util::future::join_all(tries).await {
        came_to.unwrap();
    }
    assert_eq!(database.value(HAS_LAYOUT).as_deref(), Some("1"));
}

/// Half of the tables are there under other names: that is no database without bookkeeping.
#[tokio::test]
async fn a_later_layout_is_known_by_its_number_alone() {
    need_postgres!();
    let database = TestDatabase::create();
    prepared(&database).await;
    database.execute("ALTER TABLE driftless.journal RENAME TO ledger; DROP TABLE driftless.attempt; UPDATE driftless.database SET layout = 77");
    let before = database.value(SHAPE);
    let mut client = database.client().await;
    let newer =
        |error: BookkeepingError| matches!(error, BookkeepingError::Newer { layout, .. } if layout.starts_with("77."));
    assert!(newer(bookkeeping::database_id(&client).await.unwrap_err()));
    assert!(newer(bookkeeping::prepare(&mut client, &Scope::default(), &[]).await.unwrap_err()));
    assert!(newer(bookkeeping::bring_forward(&mut client, &Scope::default()).await.unwrap_err()));
    assert_eq!(database.value(SHAPE), before);
}

/// The journal of a later version tells of facts that this one does not know.
#[tokio::test]
async fn a_later_model_is_refused_and_an_earlier_one_brought_forward() {
    need_postgres!();
    let database = TestDatabase::create();
    prepared(&database).await;
    let mut client = database.client().await;
    let ours = database.value("SELECT model FROM driftless.database").unwrap();
    database.execute("UPDATE driftless.database SET model = model + 1");
    let refused = bookkeeping::database_id(&client).await.unwrap_err();
    assert!(matches!(refused, BookkeepingError::Newer { .. }), "{refused}");
    database.execute("UPDATE driftless.database SET model = 1");
    bookkeeping::bring_forward(&mut client, &Scope::default()).await.unwrap();
    assert_eq!(database.value("SELECT model FROM driftless.database"), Some(ours));
}

/// As after an upgrade that reads the schema with other eyes: what the journal says was read with the old ones.
#[test]
fn another_scope_is_no_drift_and_is_captured_by_nobody() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    for node in [&a, &b] {
        node.database.execute("CREATE SCHEMA reports; CREATE TABLE reports.daily (id integer)");
        let toml = std::fs::read_to_string(node.root().join("driftless.toml")).unwrap();
        node.write("driftless.toml", format!("{toml}[database]\nschemas = [\"public\"]\n"));
    }
    let (mut agent_a, mut agent_b) = paired(&a, &b);
    let script = a.script("v1_orders.sql", "CREATE TABLE orders (id integer);\n");
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    for (node, agent) in [(&a, &mut agent_a), (&b, &mut agent_b)] {
        assert_eq!(agent.terminate(), Some(0));
        let toml = std::fs::read_to_string(node.root().join("driftless.toml")).unwrap();
        node.write("driftless.toml", toml.replace("[\"public\"]", "[\"public\", \"reports\"]"));
    }
    let baselines = |node: &Node| {
        node.database.value("SELECT count(*) FROM driftless.journal WHERE event::json->>'event' = 'baseline'")
    };
    let status = a.status();
    assert_eq!(status["machine"]["drifted"], false, "{status}");
    assert_eq!(baselines(&a).as_deref(), Some("1"), "a question writes nothing");
    let agents = (a.agent(), b.agent());
    wait_until("both to be in sync with other eyes", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    wait_until("both to have a baseline of it", SOON, || {
        [&a, &b].into_iter().all(|node| baselines(node).as_deref() == Some("2"))
    });
    assert_eq!(a.status()["machine"]["drifted"], false);
    a.database.execute("ALTER TABLE reports.daily ADD COLUMN by_hand integer");
    wait_until("drift to be seen in what is looked at now", SOON, || a.status()["machine"]["drifted"] == true);
    drop(agents);
}

/// b's database has been brought forward by a later binary while this one's agent runs on it.
#[test]
fn an_older_agent_over_a_newer_bookkeeping_refuses_and_says_what_to_type() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (_agent_a, mut agent_b) = paired(&a, &b);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    let ours = b.database.value(LAYOUT).unwrap();
    b.database.execute("UPDATE driftless.database SET layout = 77, made_by = '9.1.0'");
    let script = a.script("v1_meanwhile.sql", "CREATE TABLE meanwhile (id integer);\n");
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
    let journal = "SELECT count(*) FROM driftless.journal";
    let before = b.database.value(journal);
    wait_until("the agent to say so", SOON, || agent_b.log().contains("driftless 9.1.0"));
    let own = b.script("v9_own.sql", "CREATE TABLE own (id integer);\n");
    for words in
        [&["status"][..], &["sync"], &["apply", own.to_str().unwrap(), "--yes"], &["heal", "--approve", "v1_meanwhile"]]
    {
        let refused = b.run(words).expect(1);
        for part in ["driftless 9.1.0", "layout 77.", "upgrade driftless on this machine to 9.1.0", "cargo install"] {
            assert!(refused.stderr.contains(part), "`{part}` is missing from {words:?}:\n{}", refused.stderr);
        }
    }
    assert_eq!(b.database.value("SELECT coalesce(to_regclass('meanwhile'), to_regclass('own'))::text"), None);
    assert_eq!(b.database.value(journal), before);
    let told = a.run(&["status"]);
    assert!(told.stdout.contains("driftless 9.1.0"), "the peer is told why:\n{}", told.stdout);
    assert!(agent_b.child.try_wait().unwrap().is_none(), "the agent stays alive:\n{}", agent_b.log());
    // upgraded
    b.database.execute(&format!("UPDATE driftless.database SET layout = {ours}"));
    wait_until("both to be in sync again", SOON, || {
        a.findings("pc-b").contains("in_sync") && b.findings("pc-a").contains("in_sync")
    });
    assert_eq!(b.applied(), ["v1_meanwhile.sql"]);
}
