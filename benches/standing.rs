//! What agents cost that stand there: twenty around a hub, and one with nothing to do. Memory and processor time are read from
//! `/proc`; on other systems these benchmarks say that they measure nothing.

use std::fs;
use std::time::{Duration, Instant};

use super::harness::{Agent, Auth, Node, Options, TestDatabase, ThrowawayServer, wait_until};
use super::{Plan, database, existing_tables, ms, percentile, verdict};

/// `hub`: a script that the hub applied is everywhere.
const HUB_LIMIT: Duration = Duration::from_secs(5);
/// `idle`: resident memory, KiB.
const IDLE_KIB: u64 = 25 * 1024;
/// `idle`: share of one core.
const IDLE_SHARE: f64 = 0.002;
const AROUND: usize = 20;

/// Twenty machines around one: how long a script takes to all of them, and what a peer that says nothing costs the hub.
pub(super) fn hub(plan: &Plan) -> bool {
    let settings = vec![("max_connections".to_owned(), "500".to_owned())];
    let server = ThrowawayServer::start(&Options { auth: Auth::Trust, settings, ..Options::default() }).unwrap();
    let machine = |name: String| {
        let node = Node::builder(&name).database(TestDatabase::create_on(&|name| server.url(name))).build();
        node.ok(&["init"]);
        let agent = node.agent();
        (node, agent)
    };
    let (hub, hub_agent) = machine("hub".to_owned());
    let alone = weight(&hub_agent);
    let around: Vec<(Node, Agent)> = (1..=AROUND).map(|n| machine(format!("pc-{n}"))).collect();
    around.iter().for_each(|(node, _)| hub.pair(node));
    let rounds = if plan.runs == 0 { 10 } else { plan.runs };
    let mut times = Vec::new();
    for round in 1..=rounds {
        let name = format!("v{round}_table.sql");
        let path = hub.script(&name, &format!("CREATE TABLE hub_{round} (id integer PRIMARY KEY);\n"));
        let start = Instant::now();
        hub.ok(&["apply", path.to_str().unwrap(), "--yes"]);
        wait_until("the script to be everywhere", Duration::from_secs(60), || {
            around.iter().all(|(node, _)| node.applied().len() == round)
        });
        times.push(start.elapsed());
    }
    assert!(around.iter().all(|(node, _)| node.fingerprint() == hub.fingerprint()));
    let (p50, max) = (percentile(&mut times, 50), percentile(&mut times, 100));
    println!("{rounds} scripts, each to {AROUND} machines: p50 {}, max {}", ms(p50), ms(max));
    if let (Some(alone), Some(full)) = (alone, weight(&hub_agent)) {
        let spent = share_of_a_core(&hub_agent, Duration::from_secs(30));
        println!("the hub's memory: {alone} KiB alone, {full} KiB with {AROUND} peers");
        println!(
            "an idle peer costs the hub {} KiB and {:.4} % of a core",
            full.saturating_sub(alone) / 20,
            spent.unwrap_or_default() * 100.0 / 20.0
        );
    }
    verdict("a script is everywhere within 5 s", max < HUB_LIMIT)
}

/// An agent with one peer and nothing to do, on schemas of several sizes.
pub(super) fn idle(_: &Plan) -> bool {
    let server = super::server();
    let mut met = true;
    for tables in [100, 2_000] {
        let [a, b] = ["bench-a", "bench-b"].map(|name| {
            let node = Node::builder(name).database(database(&server)).build();
            node.database.execute(&existing_tables(tables));
            node.ok(&["init"]);
            node
        });
        let (agent, _other) = (a.agent(), b.agent());
        a.pair(&b);
        wait_until("both to be in sync", Duration::from_secs(60), || b.findings("bench-a").contains("in_sync"));
        // Until the agent rests.
        std::thread::sleep(Duration::from_secs(30));
        let (Some(kib), Some(share)) = (weight(&agent), share_of_a_core(&agent, Duration::from_secs(60))) else {
            println!("there is no /proc: nothing is measured");
            return true;
        };
        println!("{tables} tables, idle: {kib} KiB resident, {:.3} % of a core", share * 100.0);
        met &= verdict("below 25 MiB", kib < IDLE_KIB);
        met &= verdict("below 0.2 % of a core", share < IDLE_SHARE);
    }
    met
}

/// Resident memory in KiB.
fn weight(agent: &Agent) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", agent.child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Processor time that it takes within this time, as a share of it: of each thread in nanoseconds, because the ticks of `stat` are coarser than
/// what is measured.
fn share_of_a_core(agent: &Agent, time: Duration) -> Option<f64> {
    let spent = || {
        let tasks = fs::read_dir(format!("/proc/{}/task", agent.child.id())).ok()?;
        let spent = tasks.flatten().filter_map(|task| {
            let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
            stat.split(' ').next()?.parse::<f64>().ok()
        });
        Some(spent.sum::<f64>())
    };
    let before = spent()?;
    std::thread::sleep(time);
    Some((spent()? - before) / 1e9 / time.as_secs_f64())
}
