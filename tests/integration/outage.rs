//! What an agent outlives, in any order, and how it ends when it is told to.

use std::time::{Duration, Instant};

use driftless::identity::{Identity, TrustStore};
use driftless::peer::{PeerClient, Timeouts};

use crate::harness::{Agent, Node, Options, StopMode, TestDatabase, ThrowawayServer, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);

#[track_caller]
fn in_sync(a: &Node, b: &Node) {
    wait_until("both to be in sync", SOON, || {
        a.findings(&b.name).contains("in_sync") && b.findings(&a.name).contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
}

/// a applies something that b cannot have yet.
#[track_caller]
fn meanwhile(a: &Node, n: u32) {
    let script = a.script(&format!("v{n}_meanwhile.sql"), &format!("CREATE TABLE meanwhile_{n} (id integer);\n"));
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
}

/// The database goes, then the agent on it; they come back in the one order and in the other. Then the agent goes first.
#[cfg(unix)]
#[test]
fn database_and_peer_go_and_come_back_in_every_order() {
    need_postgres!();
    let mut server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
    let a = Node::new("pc-a");
    let b = Node::builder("pc-b").database(TestDatabase::create_on(&|name| server.url(name))).build();
    let (_agent_a, agent_b) = paired(&a, &b);
    meanwhile(&a, 1);
    in_sync(&a, &b);
    let mut agent: Option<Agent> = Some(agent_b);
    let orders = [(true, true), (true, false), (false, true), (false, false)];
    for (n, (database_goes_first, database_comes_first)) in (2..).zip(orders) {
        let end = |agent: &mut Option<Agent>| {
            let mut ended = agent.take().unwrap();
            assert_eq!(ended.terminate(), Some(0), "{}", ended.log());
        };
        if !database_goes_first {
            end(&mut agent);
        }
        server.stop(if n % 2 == 0 { StopMode::Fast } else { StopMode::Immediate }).unwrap();
        meanwhile(&a, n);
        wait_until("a to miss b", SOON, || a.findings("pc-b").contains("unreachable"));
        if database_goes_first {
            let alive = agent.as_mut().unwrap();
            assert!(alive.child.try_wait().unwrap().is_none(), "the agent stays alive:\n{}", alive.log());
            end(&mut agent);
        }
        if database_comes_first {
            server.start_again().unwrap();
            agent = Some(b.agent());
        } else {
            let started = b.agent();
            wait_until("b to say that its database is away", SOON, || {
                a.status()["peers"][0].to_string().contains("database") || started.log().contains("WARN")
            });
            server.start_again().unwrap();
            agent = Some(started);
        }
        in_sync(&a, &b);
        assert_eq!(b.applied().len(), usize::try_from(n).unwrap());
    }
}

/// On b the script sleeps, because there are rows; on a it does not.
#[cfg(unix)]
#[test]
fn sigterm_while_a_script_runs_leaves_nothing_of_it() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (_agent_a, mut agent_b) = paired(&a, &b);
    meanwhile(&a, 1);
    in_sync(&a, &b);
    b.database.execute("INSERT INTO meanwhile_1 VALUES (1)");
    let text = "CREATE TABLE half (id integer);\nINSERT INTO half VALUES (1);\n\
                SELECT pg_sleep(300) FROM meanwhile_1;\nCREATE TABLE other_half (id integer);\n";
    let script = a.script("v2_long.sql", text);
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
    let running = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(300)%' \
                   AND state = 'active' AND datname = current_database()";
    wait_until("the script to run on b", SOON, || b.database.value(running).as_deref() == Some("1"));
    let journal = "SELECT count(*)::text FROM driftless.journal";
    let before = b.database.value(journal);

    let told = Instant::now();
    assert_eq!(agent_b.terminate(), Some(0), "{}", agent_b.log());
    assert!(told.elapsed() < Duration::from_secs(5), "it took {:?}", told.elapsed());
    assert!(agent_b.log().contains("stopped"), "{}", agent_b.log());
    wait_until("the statement to end on the server", SOON, || b.database.value(running).as_deref() == Some("0"));
    let others = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() \
                  AND pid <> pg_backend_pid()";
    wait_until("the agent's sessions to end", SOON, || b.database.value(others).as_deref() == Some("0"));
    assert_eq!(b.database.value("SELECT coalesce(to_regclass('half'), to_regclass('other_half'))::text"), None);
    assert_eq!(
        b.database.value("SELECT string_agg(migration_name, ' ') FROM migration_history"),
        Some("v1_meanwhile.sql".into())
    );
    assert_eq!(b.database.value(journal), before);

    // Nothing is in the way of the next one.
    b.database.execute("TRUNCATE meanwhile_1");
    let _again = b.agent();
    in_sync(&a, &b);
    assert_eq!(b.database.value("SELECT count(*)::text FROM half").as_deref(), Some("1"));
}

/// By the standard's health protocol, on the wire of the real agent.
#[test]
fn health_tells_whether_the_database_is_there() {
    need_postgres!();
    let mut server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
    let a = Node::builder("pc-a").database(TestDatabase::create_on(&|name| server.url(name))).build();
    let b = Node::new("pc-b");
    let _agents = paired(&a, &b);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let certs = b.root().join("certs");
    let (identity, pin) =
        (Identity::load(&certs).unwrap(), TrustStore::of(&certs).peer_named("pc-a").unwrap().certificate);
    let addresses = [a.listen.clone()];
    let client =
        runtime.block_on(PeerClient::connect(&identity, "pc-a", pin, &addresses, Timeouts::default())).unwrap();
    let is_healthy = || runtime.block_on(client.is_healthy()).unwrap();
    assert!(is_healthy());
    server.stop(StopMode::Immediate).unwrap();
    assert!(!is_healthy());
    server.start_again().unwrap();
    wait_until("the agent to be healthy again", SOON, is_healthy);
    a.ok(&["heal", "--pause"]);
    wait_until("a paused agent to say so", SOON, || !is_healthy());
    a.ok(&["heal", "--resume"]);
    wait_until("the agent to be healthy after the pause", SOON, is_healthy);
}
