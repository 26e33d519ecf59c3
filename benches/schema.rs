//! `schema`: what it costs to read a schema, to compare two, to see that nothing has changed, and to tell a peer of one change.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use driftless::identity::TrustStore;
use driftless::postgres::catalog::CatalogReader;
use driftless::schema::Scope;

use super::harness::{Node, TestDatabase, ThrowawayServer, Wire};
use super::{Plan, database, median, ms, ratio, server, timed, verdict};

/// Of the time of one `pg_dump -s`, at [`JUDGED`] tables.
const FINGERPRINT_LIMIT: f64 = 0.35;
const DIFF_LIMIT: f64 = 0.8;
const MEMORY_LIMIT: f64 = 300.0;
const JUDGED: usize = 2_000;
/// At any size.
const PROBE_LIMIT: Duration = Duration::from_millis(5);
const WIRE_LIMIT: u64 = 1024 * 1024;
/// The time for a table among very many, against that among many.
const GROWTH_LIMIT: f64 = 1.5;

struct Measured {
    tables: usize,
    dump: Duration,
    fingerprint: Duration,
    diff: Duration,
    quiet_probe: Duration,
    busy_probe: Duration,
    memory: f64,
    wire: u64,
}

pub(super) fn schema(plan: &Plan) -> bool {
    let runs = if plan.runs == 0 { 5 } else { plan.runs };
    let server = server();
    println!("tables  pg_dump -s  fingerprint  ratio       diff  ratio   probe  probe, others write  memory     wire");
    let mut all = Vec::new();
    for &tables in plan.tables_or(&[100, 1_000, 2_000, 10_000]) {
        let found = measured(tables, runs, &server);
        println!(
            "{tables:>6}  {:>10}  {:>11}  {:>5.2}  {:>9}  {:>5.2}  {:>6}  {:>19}  {:>3.0} MiB  {:>3} KiB",
            ms(found.dump),
            ms(found.fingerprint),
            ratio(found.fingerprint, found.dump),
            ms(found.diff),
            ratio(found.diff, found.dump),
            ms(found.quiet_probe),
            ms(found.busy_probe),
            found.memory,
            found.wire / 1024,
        );
        all.push(found);
    }
    judged(&all)
}

fn judged(all: &[Measured]) -> bool {
    let mut met = true;
    for found in all.iter().filter(|found| found.tables == JUDGED) {
        let what = format!("{JUDGED} tables, fingerprint: at most {FINGERPRINT_LIMIT} of one pg_dump -s");
        met &= verdict(&what, ratio(found.fingerprint, found.dump) <= FINGERPRINT_LIMIT);
        let what = format!("{JUDGED} tables, diff of two: at most {DIFF_LIMIT} of one pg_dump -s");
        met &= verdict(&what, ratio(found.diff, found.dump) <= DIFF_LIMIT);
        met &= verdict(&format!("{JUDGED} tables, memory: below {MEMORY_LIMIT} MiB"), found.memory < MEMORY_LIMIT);
    }
    // While others write, the catalogs have to be read for proof: that is printed, and grows with the schema.
    let probes = |found: &Measured| found.quiet_probe < PROBE_LIMIT;
    met &= verdict("a probe while nobody writes: below 5 ms at any size", all.iter().all(probes));
    met &= verdict("one changed object on the wire: below 1 MiB at any size", all.iter().all(|m| m.wire < WIRE_LIMIT));
    if let [.., many, more] = all {
        let each = |found: &Measured| found.fingerprint / u32::try_from(found.tables).unwrap();
        let growth = ratio(each(more), each(many));
        let what = format!(
            "a table among {} costs at most {GROWTH_LIMIT} of one among {}: {growth:.2}",
            more.tables, many.tables
        );
        met &= verdict(&what, growth <= GROWTH_LIMIT);
    }
    met
}

fn measured(tables: usize, runs: usize, server: &ThrowawayServer) -> Measured {
    let [here, there] = [database(server), database(server)];
    for database in [&here, &there] {
        for first in (0..tables).step_by(500) {
            database.execute(&ordinary_tables(first, tables.min(first + 500)));
        }
        database.execute("VACUUM ANALYZE");
    }
    let node = Node::builder("bench").unconfigured().build();
    let fingerprint = || node.command(&["fingerprint", here.url()]);
    let diff = || node.command(&["diff", "--from", here.url(), "--to", there.url()]);
    let mut dump = Command::new(server.programs().pg_dump.as_ref().expect("`pg_dump` is installed beside the server"));
    dump.args(["--schema-only", "--dbname", here.url()]);
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..runs {
        times[0].push(timed(&mut dump));
        times[1].push(timed(&mut fingerprint()));
        times[2].push(timed(&mut diff()));
    }
    let [dump, fingerprint_time, diff_time] = times.map(median);
    let memory = peak_memory(fingerprint()).max(peak_memory(diff()));
    let (quiet_probe, busy_probe) = probed(&here);
    let wire = one_change(here, there);
    Measured { tables, dump, fingerprint: fingerprint_time, diff: diff_time, quiet_probe, busy_probe, memory, wire }
}

/// Ten columns, three indexes besides the key, and a foreign key each.
fn ordinary_tables(from: usize, to: usize) -> String {
    (from..to)
        .map(|n| {
            let parent = n.saturating_sub(1);
            format!(
                "CREATE TABLE t{n} (id integer PRIMARY KEY, c1 integer REFERENCES t{parent} (id), c2 text NOT NULL DEFAULT '', c3 varchar(40),\
                 c4 numeric(10, 2), c5 timestamptz DEFAULT now(), c6 boolean, c7 bigint, c8 date, c9 jsonb);\
                 CREATE INDEX ON t{n} (c2); CREATE UNIQUE INDEX ON t{n} (c3, c4); CREATE INDEX ON t{n} (c5 DESC);\n"
            )
        })
        .collect()
}

/// MiB that were resident at most.
fn peak_memory(mut command: Command) -> f64 {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or(0.0) / 1024.0);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(child.wait().unwrap().success());
    peak
}

/// The agent's look at a schema that has not changed: while nobody does anything, and while somebody writes rows.
fn probed(database: &TestDatabase) -> (Duration, Duration) {
    const PROBES: usize = 50;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, other) = (database.client().await, database.client().await);
        other.batch_execute("CREATE TEMPORARY TABLE written (n integer)").await.unwrap();
        let reader = CatalogReader::new(&client, &Scope::default()).await.unwrap();
        let mut results = [Duration::ZERO; 2];
        for (result, busy) in results.iter_mut().zip([false, true]) {
            let reading = reader.read(&client).await.unwrap();
            let mut times = Vec::new();
            for _ in 0..PROBES {
                if busy {
                    other.batch_execute("INSERT INTO written VALUES (1)").await.unwrap();
                }
                let start = Instant::now();
                assert!(reader.is_current(&client, &reading).await.unwrap(), "nothing has changed");
                times.push(start.elapsed());
            }
            *result = median(times);
        }
        results.into()
    })
}

/// Bytes that a peer's agent and `driftless diff` exchange to find and describe one changed column.
fn one_change(here: TestDatabase, there: TestDatabase) -> u64 {
    let [a, b] = [("bench-a", here), ("bench-b", there)].map(|(name, database)| {
        let node = Node::builder(name).database(database).build();
        node.ok(&["init"]);
        node
    });
    let _agent = a.agent();
    a.pair(&b);
    b.database.execute("ALTER TABLE t7 ALTER c8 SET NOT NULL");
    let wire = Wire::to(&a.listen);
    TrustStore::of(&b.root().join("certs")).set_addresses("bench-a", vec![wire.address.clone()]).unwrap();
    let found = b.run(&["diff", "bench-a", "--json"]).expect(3).json();
    assert_eq!(found["changes"].as_array().map(Vec::len), Some(1), "{found}");
    wire.carried()
}
