//! SIGKILL at random moments of a catch-up: after each kill every script is whole or not there at all, and after the restart
//! each is there exactly once. The scripts are not idempotent: each adds a row to a counter table.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::harness::{Node, Options, Random, StopMode, TestDatabase, ThrowawayServer, paired, wait_until};

/// Scripts of one catch-up.
const SCRIPTS: usize = 40;

/// Kills in a run; the issue asks for 200.
fn kills_wanted() -> usize {
    std::env::var("DRIFTLESS_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

fn script(n: usize) -> (String, String) {
    let counter = if n == 1 { "CREATE TABLE counter (script integer);\n" } else { "" };
    let text = format!(
        "{counter}CREATE TABLE t{n} (id integer PRIMARY KEY, 备注 text);\nINSERT INTO counter VALUES ({n});\nCOMMENT ON TABLE t{n} IS '第{n}张';\n"
    );
    (format!("v{n}_make_t{n}.sql"), text)
}

/// What the database shows from four sides that must agree: the counter, the tables, the history, the journal.
#[track_caller]
fn applied(database: &TestDatabase) -> usize {
    let one = |sql: &str| -> Vec<String> {
        database.query(sql).into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
    };
    let tables = one(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]+$' AND relnamespace = 'public'::regnamespace",
    );
    let counted = match one("SELECT to_regclass('public.counter')::text").is_empty() {
        true => Vec::new(),
        false => one("SELECT c.script::text FROM counter c ORDER BY c.script"),
    };
    let history = one("SELECT migration_name FROM migration_history WHERE success");
    let journal = one("SELECT script FROM driftless.journal WHERE event LIKE '%\"event\":\"applied\"%'");
    let expected: Vec<String> = (1..=counted.len()).map(|n| n.to_string()).collect();
    assert_eq!(counted, expected, "each script once, in order, none skipped");
    assert_eq!(tables.len(), counted.len(), "tables {tables:?}, counted {counted:?}");
    assert_eq!(history.len(), counted.len(), "history {history:?}, counted {counted:?}");
    assert_eq!(journal.len(), counted.len(), "journal {journal:?}, counted {counted:?}");
    counted.len()
}

/// Starts a catch-up and kills it after a while; how long it ran until it was done, if it was.
fn run_and_kill(node: &Node, as_agent: bool, after: Duration) -> bool {
    let arguments: &[&str] = if as_agent { &["agent"] } else { &["sync"] };
    let mut command = node.command(arguments);
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    let end = Instant::now() + after;
    while Instant::now() < end && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let killed = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    let _ = child.wait();
    killed
}

fn others_gone(node: &Node) {
    let sql =
        "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_until("the killed process's sessions to end", Duration::from_secs(20), || {
        node.database.query(sql) == [[Some("0".to_owned())]]
    });
}

#[test]
fn killed_at_random_moments_each_script_is_applied_exactly_once() {
    need_postgres!();
    let origin = Node::new("origin");
    for n in 1..=SCRIPTS {
        let (name, text) = script(n);
        origin.script(&name, &text);
    }
    origin.ok(&["init"]);
    origin.ok(&["sync"]);
    let _agent = origin.agent();

    let seed = std::process::id().into();
    let mut random = Random(seed);
    let mut spread = vec![0usize; SCRIPTS + 1];
    let (mut kills, mut rounds) = (0, 0);
    let mut full = Duration::from_millis(1500);
    while kills < kills_wanted() {
        rounds += 1;
        let node = Node::new("victim");
        node.ok(&["init"]);
        origin.pair(&node);
        let as_agent = rounds % 2 == 0;
        let mut before = 0;
        loop {
            let after = full.mul_f64(random.below(10_000) as f64 / 10_000.0);
            let killed = run_and_kill(&node, as_agent, after);
            others_gone(&node);
            let done = applied(&node.database);
            if killed {
                kills += 1;
                spread[done] += 1;
            }
            // However fast or busy the machine is, the kills spread over the whole catch-up.
            full = if !killed {
                full.mul_f64(0.8)
            } else if done == before {
                full.mul_f64(1.1)
            } else {
                full
            };
            before = done;
            if done == SCRIPTS || kills >= kills_wanted() {
                break;
            }
        }
        // An unhindered run from here ends the work, whatever the kills left.
        node.ok(&["sync"]);
        assert_eq!(applied(&node.database), SCRIPTS);
        assert_eq!(node.fingerprint(), origin.fingerprint());
    }
    let between: usize = spread[1..SCRIPTS].iter().sum();
    eprintln!("seed {seed}: {kills} kills in {rounds} rounds; {between} of them with some but not all scripts applied");
    eprintln!("kills by number of scripts applied: {spread:?}");
    assert!(between * 100 >= kills * 30, "only {between} of {kills} kills landed in the middle: {spread:?}");
}

/// A batch waits for the disk at its end, so that a server that crashes in its middle takes some scripts back that were reported: whole,
/// with their rows and entries. The machine's own agent has seen them and its peer has pulled some; none of the two takes the crash
/// for a restored backup, and the next `sync` ends the work.
#[test]
fn a_server_that_crashes_takes_whole_scripts_back_and_halts_nobody() {
    need_postgres!();
    let mut server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
    let seed = std::process::id().into();
    let mut random = Random(seed);
    let mut taken_back: Vec<(usize, usize)> = Vec::new();
    for _ in 0..4 {
        let mut before = 0;
        let other = Node::new("other");
        let node = Node::builder("victim").database(TestDatabase::create_on(&|name| server.url(name))).build();
        for n in 1..=SCRIPTS {
            let (name, text) = script(n);
            node.script(&name, &text);
        }
        let _agents = paired(&other, &node);
        for _ in 0..3 {
            let mut command = node.command(&["sync"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            let sync = command.spawn().unwrap();
            std::thread::sleep(Duration::from_millis(50 + random.below(400)));
            server.stop(StopMode::Immediate).unwrap();
            let output = sync.wait_with_output().unwrap();
            server.start_again().unwrap();
            let reported = String::from_utf8_lossy(&output.stdout).matches("✓ applied: v").count();
            let left = applied(&node.database);
            taken_back.push(((before + reported).saturating_sub(left), left));
            before = left;
        }
        wait_until("what is left to be applied", Duration::from_secs(60), || {
            node.run(&["sync"]);
            applied(&node.database) == SCRIPTS
        });
        wait_until("the other machine to converge", Duration::from_secs(60), || {
            other.applied().len() == SCRIPTS
                && other.findings("victim").contains("in_sync")
                && node.findings("other").contains("in_sync")
        });
        assert_eq!(applied(&other.database), SCRIPTS);
        assert_eq!(node.database.dump(), other.database.dump());
    }
    eprintln!("seed {seed}: scripts that were reported and taken back, and scripts left: {taken_back:?}");
}

#[test]
fn two_agents_and_three_syncs_at_once_apply_each_script_exactly_once() {
    need_postgres!();
    let origin = Node::new("origin");
    for n in 1..=SCRIPTS {
        let (name, text) = script(n);
        origin.script(&name, &text);
    }
    origin.ok(&["init"]);
    let second = Node::new("second");
    let (_origin_agent, _second_agent) = {
        second.ok(&["init"]);
        let agents = (origin.agent(), second.agent());
        origin.pair(&second);
        agents
    };
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| origin.run(&["sync"]))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for output in outputs {
        output.expect(0);
    }
    assert_eq!(applied(&origin.database), SCRIPTS);
    wait_until("the second machine to converge", Duration::from_secs(60), || {
        second.applied().len() == SCRIPTS && second.findings("origin").contains("in_sync")
    });
    assert_eq!(applied(&second.database), SCRIPTS);
    // And three on the machine that the agent of which is catching up as well.
    std::thread::scope(|scope| {
        (0..3).for_each(|_| drop(scope.spawn(|| second.run(&["sync"]).expect(0))));
    });
    assert_eq!(applied(&second.database), SCRIPTS);
    assert_eq!(second.database.dump(), origin.database.dump());
}
