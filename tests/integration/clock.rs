//! The wall clock of one machine jumps two days ahead and two days back, under a running agent and between two runs of it. What is decided
//! by time is decided by the clock that never jumps, or holds on either side of the jump.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Agent, Node, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);
const TWO_DAYS: i64 = 2 * 24 * 60 * 60;

/// A machine whose wall clock can be set.
struct Skewed {
    node: Node,
    file: PathBuf,
}

impl Skewed {
    /// `None`, said aloud: there is no C compiler here.
    fn new(name: &str) -> Option<Self> {
        let mut node = Node::new(name);
        let (source, library) = (node.write("skewed.c", include_str!("clock/skewed.c")), node.root().join("skewed.so"));
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).output();
        match built {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("skipped: there is no `cc` to build a clock with");
                return None;
            }
            built => assert!(built.as_ref().is_ok_and(|built| built.status.success()), "{built:?}"),
        }
        let file = node.write("skew", "0");
        node.env("LD_PRELOAD", library.to_str().unwrap()).env("SKEW", file.to_str().unwrap());
        Some(Self { node, file })
    }

    /// From now on the clock is ahead by so much.
    fn jumps_to(&self, seconds: i64) {
        let staged = self.file.with_extension("new");
        fs::write(&staged, seconds.to_string()).unwrap();
        fs::rename(staged, &self.file).unwrap();
    }
}

#[track_caller]
fn converge(a: &Node, b: &Node, n: u32) {
    for (from, to) in [(a, b), (b, a)] {
        let name = format!("v{n}_from_{}.sql", from.name.replace('-', "_"));
        let table = name.trim_end_matches(".sql");
        let script = from.script(&name, &format!("CREATE TABLE {table} (id integer);\n"));
        from.ok(&["apply", script.to_str().unwrap(), "--yes"]);
        wait_until("the other to have it", SOON, || to.applied().contains(&name));
    }
    wait_until("both to be in sync", SOON, || {
        a.findings(&b.name).contains("in_sync") && b.findings(&a.name).contains("in_sync")
    });
    assert_eq!(a.fingerprint(), b.fingerprint());
}

#[track_caller]
fn well(agent: &mut Agent) {
    assert!(agent.child.try_wait().unwrap().is_none(), "the agent has ended:\n{}", agent.log());
    assert!(!agent.log().contains("panicked"), "{}", agent.log());
}

#[test]
fn two_days_ahead_and_two_days_back_under_a_running_agent_and_between_two() {
    need_postgres!();
    let Some(skewed) = Skewed::new("pc-b") else { return };
    let (a, b) = (Node::new("pc-a"), &skewed.node);
    let (_agent_a, mut agent_b) = paired(&a, b);
    converge(&a, b, 1);
    for (n, seconds) in (2..).zip([TWO_DAYS, -TWO_DAYS, 0]) {
        skewed.jumps_to(seconds);
        let began = Instant::now();
        converge(&a, b, n);
        eprintln!("the clock at {seconds} s, running: converged both ways after {:.1?}", began.elapsed());
        well(&mut agent_b);
    }
    let moment = b.ok(&["invite", "--json"]).json()["expires_at"].as_i64().unwrap();
    for (n, seconds) in (5..).zip([TWO_DAYS, -TWO_DAYS, 0]) {
        assert_eq!(agent_b.terminate(), Some(0), "{}", agent_b.log());
        skewed.jumps_to(seconds);
        agent_b = b.agent();
        let now = b.ok(&["invite", "--json"]).json()["expires_at"].as_i64().unwrap();
        assert!((now - moment - seconds).abs() < 3_000, "this agent's clock does not jump: {}", now - moment);
        converge(&a, b, n);
        well(&mut agent_b);
    }
}

/// Its ten minutes are over on either side of a jump; without one it is still good.
#[test]
fn an_invitation_does_not_outlive_a_jump() {
    need_postgres!();
    let Some(skewed) = Skewed::new("pc-b") else { return };
    let (c, b) = (Node::new("pc-c"), &skewed.node);
    b.ok(&["init"]);
    c.ok(&["init"]);
    let _agents = (b.agent(), c.agent());
    let token = b.ok(&["invite", "--json"]).json()["token"].as_str().unwrap().to_owned();
    for seconds in [TWO_DAYS, -TWO_DAYS] {
        skewed.jumps_to(seconds);
        let refused = c.run(&["join", &token]);
        assert_ne!(refused.code, Some(0), "{seconds}: {}", refused.stdout);
        assert!(!b.ok(&["peers", "--json"]).stdout.contains("pc-c"), "nobody is trusted by it");
    }
    skewed.jumps_to(0);
    c.ok(&["join", &token]);
    wait_until("both to be in sync", SOON, || b.findings("pc-c").contains("in_sync"));
}

/// Sixty quiet seconds are sixty seconds, however far the clock goes meanwhile; and a peer that is away is away since a moment that has been.
#[test]
fn quiet_is_measured_by_a_clock_that_does_not_jump() {
    need_postgres!();
    let Some(skewed) = Skewed::new("pc-b") else { return };
    let (a, b) = (Node::new("pc-a"), &skewed.node);
    let (mut agent_a, mut agent_b) = paired(&a, b);
    converge(&a, b, 1);
    b.database.execute("CREATE TABLE by_hand (id integer)");
    wait_until("drift to be seen", SOON, || b.status()["machine"]["drifted"] == true);
    let seen = Instant::now();
    skewed.jumps_to(TWO_DAYS);
    agent_a.kill();
    wait_until("b to miss a", SOON, || b.findings("pc-a").contains("unreachable"));
    skewed.jumps_to(-TWO_DAYS);
    let now = String::from_utf8(Command::new("date").args(["-d", "2 days ago", "+%Y-%m-%d"]).output().unwrap().stdout)
        .unwrap();
    wait_until("b to say since when, by its clock", SOON, || b.run(&["status"]).stdout.contains(now.trim()));
    let agent_a = a.agent();
    let back = Instant::now();
    wait_until("b to be reached again", Duration::from_secs(20), || !b.findings("pc-a").contains("unreachable"));
    eprintln!("reached again {:.1?} after it returned", back.elapsed());
    if seen.elapsed() < Duration::from_secs(50) {
        assert!(b.database.value("SELECT string_agg(migration_name, ' ') FROM migration_history WHERE migration_name LIKE '%by_hand%'").is_none());
    }
    wait_until("the drift to be captured", Duration::from_secs(120), || b.applied().len() == 3);
    assert!(seen.elapsed() > Duration::from_secs(50), "captured after {:.1?}", seen.elapsed());
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    well(&mut agent_b);
    drop(agent_a);
}
