//! Random runs with real servers, real agents and a network that fails: what must never happen does not, and once the storm is
//! over everybody is in sync, without help. The pure core has a simulation of its own ([`super::simulation`]); this is the same
//! with everything real.
//!
//! A round: machines get scripts (one machine, or two at once: a fork), scripts that cost data and wait for a person on every other
//! machine, or changes made by hand that are captured, or left while scripts come and then undone, while agents are killed, suspended
//! and paused, servers crash (`pg_ctl stop -m immediate`) and wires stall, slow down and are cut. Then the weather clears, and the time is
//! taken until every history holds every script and every pair says `in_sync`.
//!
//! A round that fails ends its world, not the run: it is told with the world's seed and what every machine says of itself, the next seed's
//! world goes on, and the run fails at its end.
//!
//! `DRIFTLESS_SEED=N` replays a run's choices (not the machine's timing). `DRIFTLESS_STORM_MINUTES=120` makes it an endurance run:
//!
//!     DRIFTLESS_STORM_MINUTES=120 cargo test --release --test integration storm::for_as_long_as_asked -- --ignored --nocapture
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::{Duration, Instant};

use driftless::identity::TrustStore;

use crate::harness::{
    Agent, Node, Options, Random, StopMode, TestDatabase, ThrowawayServer, Weather, Wire, run, wait_until,
};

/// By when everybody must be in sync again.
const CONVERGED: Duration = Duration::from_secs(120);

/// One machine: what stays (its folder and database), and what comes and goes (its server and its agent).
struct Machine {
    /// Before the node, which takes its log along.
    agent: Option<Agent>,
    node: Node,
    server: ThrowawayServer,
    /// The wires that others dial it over, by the dialler's place.
    wires: BTreeMap<usize, Wire>,
}

/// In every so many rounds a change made by hand is left while scripts come, so that the shortest run meets one.
const DRIFTS_EVERY: usize = 4;

/// Resident memory in KiB and open descriptors of every agent.
type Weights = Vec<(u64, usize)>;

/// What a run counts.
#[derive(Default)]
struct Tally {
    worlds: usize,
    failed: Vec<String>,
    rounds: usize,
    scripts: usize,
    forks: usize,
    captures: usize,
    drifts: usize,
    approvals: usize,
    faults: BTreeMap<&'static str, usize>,
    converged: Vec<Duration>,
    agreed: Vec<Duration>,
    /// At a world's first round, and after its last.
    weights: Vec<(Weights, Weights)>,
}

impl Tally {
    fn add(&mut self, world: Self) {
        self.worlds += 1;
        self.failed.extend(world.failed);
        self.rounds += world.rounds;
        self.scripts += world.scripts;
        self.forks += world.forks;
        self.captures += world.captures;
        self.drifts += world.drifts;
        self.approvals += world.approvals;
        world.faults.into_iter().for_each(|(fault, count)| *self.faults.entry(fault).or_default() += count);
        self.converged.extend(world.converged);
        self.agreed.extend(world.agreed);
        self.weights.extend(world.weights);
    }

    fn tell(&mut self) {
        let Self { worlds, rounds, scripts, forks, captures, drifts, approvals, faults, .. } = self;
        eprintln!(
            "{worlds} worlds, {rounds} rounds, {scripts} scripts, {forks} forks, {captures} captures, {drifts} drifts, \
             {approvals} approvals; faults {faults:?}"
        );
        for (what, times) in [("every history whole", &mut self.converged), ("every pair in_sync", &mut self.agreed)] {
            if times.is_empty() {
                continue;
            }
            let count = times.len();
            let (p50, p99, max) = (percentile(times, 50), percentile(times, 99), percentile(times, 100));
            eprintln!("{what} after the weather cleared: p50 {p50:.2?}, p99 {p99:.2?}, max {max:.2?} of {count}");
        }
        if let (Some((start, _)), Some((_, end))) = (self.weights.first(), self.weights.last()) {
            eprintln!("agents (KiB, descriptors): {start:?} at the start, {end:?} at the end");
        }
        eprintln!("failed: {:?}", self.failed);
    }
}

struct Storm {
    machines: Vec<Machine>,
    random: Random,
    next: usize,
    tally: Tally,
}

impl Storm {
    /// Machines in a row or all with all, each with a server of its own, paired over wires.
    fn brew(seed: u64) -> Self {
        let mut random = Random(seed);
        let count = 2 + random.place(2);
        let in_a_row = random.below(2) == 0;
        let mut machines: Vec<Machine> = (0..count)
            .map(|place| {
                let server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
                let database = TestDatabase::create_on(&|name| server.url(name));
                let node = Node::builder(&format!("pc-{place}")).database(database).build();
                node.ok(&["init"]);
                let agent = Some(node.agent());
                Machine { agent, node, server, wires: BTreeMap::new() }
            })
            .collect();
        for there in 1..count {
            for here in (0..there).filter(|here| !in_a_row || here + 1 == there) {
                machines[here].node.pair(&machines[there].node);
                lay_wire(&mut machines, here, there);
                lay_wire(&mut machines, there, here);
            }
        }
        let mut storm = Self { machines, random, next: 1, tally: Tally::default() };
        // From here on nobody is reached but over the wires.
        for machine in &mut storm.machines {
            machine.agent.as_mut().unwrap().kill();
            machine.agent = Some(machine.node.agent());
        }
        storm.apply(0, "CREATE TABLE counter (script integer)");
        storm.settle(&BTreeSet::from(["v1_pc_0.sql".to_owned()]));
        storm
    }

    /// Writes the next script of a machine and applies it, again until it is.
    fn apply(&mut self, place: usize, text: &str) {
        let name = self.written(place, text);
        applied_at_last(&self.machines[place].node, &name);
    }

    fn written(&mut self, place: usize, text: &str) -> String {
        let name = format!("v{}_pc_{place}.sql", self.next);
        self.next += 1;
        self.tally.scripts += 1;
        self.machines[place].node.script(&name, &format!("{text};\n"));
        name
    }

    fn round(&mut self) {
        self.tally.rounds += 1;
        let author = self.random.place(self.machines.len());
        let mut work: Vec<(usize, String)> = Vec::new();
        let chance = self.random.below(8);
        let kind = if self.tally.rounds.is_multiple_of(DRIFTS_EVERY) { 2 } else { chance };
        let mut costly = None;
        if kind == 2 {
            self.drift(author);
        }
        let wanted = match kind {
            // Two at once, without knowing of each other: nothing but definitions, or the order could not be proved not to matter.
            0 => {
                self.tally.forks += 1;
                let other = (author + 1) % self.machines.len();
                let version = self.next;
                let mut one = |place: usize| {
                    let text = format!("CREATE TABLE fork_{version}_{place} (id integer PRIMARY KEY, 备注 text)");
                    let name = self.written(place, &text);
                    work.push((place, name));
                };
                one(author);
                one(other);
                work.iter().map(|(_, name)| name.clone()).collect()
            }
            1 => {
                self.tally.captures += 1;
                self.capture(author);
                BTreeSet::new()
            }
            3 => {
                let n = self.next;
                let text = format!("CREATE TABLE loss_{n} (值 text);\nINSERT INTO loss_{n} VALUES ('x')");
                self.apply(author, &text);
                let name = self.written(author, &format!("DROP TABLE loss_{n}"));
                costly = Some(name.clone());
                work.push((author, name));
                work.iter().map(|(_, name)| name.clone()).collect()
            }
            _ => {
                for _ in 0..=self.random.below(3) {
                    let n = self.next;
                    let text = format!(
                        "CREATE TABLE t{n} (id integer PRIMARY KEY, 名称 text);\nALTER TABLE counter ADD COLUMN c{n} integer;\n\
                         CREATE INDEX ON t{n} (名称);\nALTER TABLE counter DROP COLUMN c{n};\nINSERT INTO counter VALUES ({n})"
                    );
                    let name = self.written(author, &text);
                    work.push((author, name));
                }
                work.iter().map(|(_, name)| name.clone()).collect()
            }
        };
        self.misery(&work);
        if kind == 2 {
            self.undo_drift(author);
        }
        if let Some(name) = costly {
            self.approve(&name);
        }
        self.settle(&wanted);
    }

    /// A change made by hand, and nobody writes a script for it; the machine is to say so.
    fn drift(&mut self, place: usize) {
        let n = self.next;
        self.next += 1;
        let sql = format!("CREATE TABLE drift_{n} (id integer); ALTER TABLE counter ADD COLUMN drift_{n} integer");
        let node = &self.machines[place].node;
        node.database.execute(&sql);
        self.until("drift to be told", || node.status()["machine"]["drifted"] == true);
        self.tally.drifts += 1;
    }

    /// Undone, unless the agent has made a script of it by then.
    fn undo_drift(&self, place: usize) {
        let node = &self.machines[place].node;
        self.until("drift to be undone", || {
            node.run(&["heal", "--revert-drift", "--yes"]);
            node.run(&["check", "--json"]).code == Some(0)
        });
    }

    /// Waits on every other machine until the script is held for what it costs, and approves it there.
    fn approve(&mut self, name: &str) {
        let mut approvals = 0;
        self.until("a costly script to be approved everywhere", || {
            let mut everywhere = true;
            for Machine { node, .. } in &self.machines {
                if history(node).iter().any(|(found, _)| found == name) {
                    continue;
                }
                everywhere = false;
                let status = node.status();
                let held = status["machine"]["held"].as_array().cloned().unwrap_or_default();
                if held.iter().any(|held| held["name"] == name && held["why"]["reason"] == "data_loss") {
                    node.run(&["heal", "--approve", name]);
                    approvals += 1;
                }
            }
            everywhere
        });
        self.tally.approvals += approvals;
    }

    /// A change made by hand, and the script for it.
    fn capture(&mut self, place: usize) {
        let n = self.next;
        self.next += 1;
        let node = &self.machines[place].node;
        node.database.execute(&format!("CREATE TABLE hand_{n} (id integer, 手 text DEFAULT '无')"));
        wait_until("the change to be captured", CONVERGED, || {
            node.run(&["capture", &format!("hand{n}")]);
            node.applied().iter().any(|name| name.ends_with(&format!("_hand{n}.sql")))
                || node.run(&["check", "--json"]).code == Some(0)
        });
    }

    /// Scripts are applied while things fail; then everything is put right, and what could not be applied is applied.
    fn misery(&mut self, work: &[(usize, String)]) {
        let children: Vec<_> = work
            .iter()
            .map(|(place, name)| {
                let node = &self.machines[*place].node;
                let path = node.scripts().join(name);
                let mut command = node.command(&["apply", path.to_str().unwrap(), "--yes"]);
                let quiet = std::process::Stdio::null;
                command.stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().unwrap()
            })
            .collect();
        let mut suspended = Vec::new();
        for _ in 0..self.random.below(4) {
            std::thread::sleep(Duration::from_millis(self.random.below(400)));
            let place = self.random.place(self.machines.len());
            let fault = self.fault(place, &mut suspended);
            *self.tally.faults.entry(fault).or_default() += 1;
        }
        std::thread::sleep(Duration::from_millis(self.random.below(2000)));
        for mut child in children {
            let limit = Instant::now() + CONVERGED;
            while child.try_wait().unwrap().is_none() && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        for id in suspended {
            signal("CONT", id);
        }
        for machine in &mut self.machines {
            machine.server.start_again().unwrap();
            machine.wires.values().for_each(|wire| wire.set(Weather::Clear));
            if machine.agent.is_none() {
                machine.agent = Some(machine.node.agent());
            }
        }
        for machine in &self.machines {
            machine.node.ok(&["heal", "--resume"]);
        }
        for (place, name) in work {
            applied_at_last(&self.machines[*place].node, name);
        }
    }

    fn fault(&mut self, place: usize, suspended: &mut Vec<u32>) -> &'static str {
        let kind = self.random.below(7);
        let machine = &mut self.machines[place];
        let weather = |machine: &Machine, weather| machine.wires.values().for_each(|wire| wire.set(weather));
        match kind {
            0 => {
                drop(machine.agent.take());
                "agent killed"
            }
            1 => {
                machine.server.stop(StopMode::Immediate).unwrap();
                machine.server.start_again().unwrap();
                "server crashed"
            }
            2 => {
                if let Some(agent) = &machine.agent {
                    signal("STOP", agent.child.id());
                    suspended.push(agent.child.id());
                }
                "agent suspended"
            }
            3 => {
                weather(machine, Weather::Cut);
                "wires cut"
            }
            4 => {
                weather(machine, Weather::Stalled);
                "wires stalled"
            }
            5 => {
                machine.node.run(&["heal", "--pause"]);
                "agent paused"
            }
            _ => {
                weather(machine, Weather::Slow);
                "wires slow"
            }
        }
    }

    /// Waits until every history holds the same, the wanted scripts among it, and every pair says so; then checks what must
    /// never happen.
    #[track_caller]
    fn settle(&mut self, wanted: &BTreeSet<String>) {
        let clear = Instant::now();
        self.until("every history to hold every script", || {
            let all: Vec<_> = self.machines.iter().map(|machine| history(&machine.node)).collect();
            all.windows(2).all(|two| two[0] == two[1])
                && wanted.iter().all(|name| all[0].iter().any(|(found, _)| found == name))
        });
        self.tally.converged.push(clear.elapsed());
        self.until("every pair to say in_sync", || {
            let all = self.machines.iter().map(|machine| machine.node.status());
            all.flat_map(|status| status["peers"].as_array().cloned().unwrap_or_default())
                .all(|peer| peer["findings"].to_string().contains("in_sync"))
        });
        self.tally.agreed.push(clear.elapsed());
        let first = &self.machines[0].node;
        for Machine { node, .. } in &self.machines {
            let twice = "SELECT count(*)::text FROM (SELECT script FROM counter GROUP BY script HAVING count(*) > 1) d";
            assert_eq!(node.database.value(twice).as_deref(), Some("0"), "{}: a script ran twice", node.name);
            let told = "SELECT string_agg(script, ' ' ORDER BY script) FROM driftless.journal \
                        WHERE event LIKE '%\"event\":\"applied\"%'";
            let names: Vec<_> = history(node).into_iter().map(|(name, _)| name).collect();
            let mut journaled: Vec<_> =
                node.database.value(told).unwrap_or_default().split(' ').map(str::to_owned).collect();
            journaled.sort();
            assert_eq!(journaled, names, "{}: the journal holds each script once", node.name);
            let counted = "SELECT string_agg(script::text, ' ' ORDER BY script) FROM counter";
            assert_eq!(node.database.value(counted), first.database.value(counted), "{}", node.name);
            assert_eq!(node.fingerprint(), first.fingerprint(), "{}", node.name);
            if self.tally.rounds.is_multiple_of(10) {
                assert_eq!(node.database.dump(), first.database.dump(), "{}", node.name);
            }
        }
    }

    /// Waits; where that is in vain, every machine says how it stands.
    #[track_caller]
    fn until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        let end = Instant::now() + CONVERGED;
        while !condition() {
            assert!(Instant::now() < end, "waited {CONVERGED:?} in vain for: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How every machine stands, by its own words, and what its agent said last.
    fn tell(&self) {
        for Machine { node, .. } in &self.machines {
            for asked in [&["status", "-v"][..], &["history"], &["heal", "--dry-run"]] {
                // A machine that does not answer is told of as one.
                let Ok(said) = catch_unwind(AssertUnwindSafe(|| node.run(asked))) else { continue };
                eprintln!("--- {}: driftless {}\n{}{}", node.name, asked.join(" "), said.stdout, said.stderr);
            }
            let log = fs::read(node.root().join("agent.log")).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let last: Vec<&str> = log.lines().rev().take(200).collect();
            eprintln!("--- {}: the agent's last words", node.name);
            last.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }

    /// What every agent takes up now.
    fn weights(&self) -> Weights {
        let agents = self.machines.iter().filter_map(|machine| machine.agent.as_ref());
        let weigh = |agent: &Agent| {
            let process = format!("/proc/{}", agent.child.id());
            let status = fs::read_to_string(format!("{process}/status")).ok()?;
            let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            let kib = resident.trim().trim_end_matches(" kB").parse().ok()?;
            Some((kib, fs::read_dir(format!("{process}/fd")).ok()?.count()))
        };
        agents.filter_map(weigh).collect()
    }
}

/// Name and checksum of each script that a history holds as applied.
fn history(node: &Node) -> Vec<(String, String)> {
    let sql =
        "SELECT migration_name, checksum FROM migration_history WHERE success ORDER BY migration_name COLLATE \"C\"";
    let rows = node.database.query(sql).into_iter();
    rows.filter_map(|row| row.into_iter().collect::<Option<Vec<_>>>())
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// The dialler reaches the listener over a wire from now on.
fn lay_wire(machines: &mut [Machine], dialler: usize, listener: usize) {
    let wire = Wire::to(&machines[listener].node.listen);
    let trust = TrustStore::of(&machines[dialler].node.root().join("certs"));
    trust.set_addresses(&machines[listener].node.name, vec![wire.address.clone()]).unwrap();
    machines[listener].wires.insert(dialler, wire);
}

fn applied_at_last(node: &Node, name: &str) {
    let path = node.scripts().join(name);
    let mut said = String::new();
    let limit = Instant::now() + CONVERGED;
    while !history(node).iter().any(|(found, _)| found == name) {
        assert!(Instant::now() < limit, "{}: `{name}` could not be applied: {said}", node.name);
        let output = node.run(&["apply", path.to_str().unwrap(), "--yes"]);
        said = output.stdout + &output.stderr;
    }
}

fn signal(name: &str, process: u32) {
    // It may be gone by now: a suspended agent may have been killed afterwards.
    run(Command::new("sh").args(["-c", &format!("kill -{name} {process} 2>/dev/null; true")]));
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Runs until the time is over, a new world every so many rounds.
#[track_caller]
fn storm(seed: u64, time: Duration, rounds_of_a_world: usize) {
    let end = Instant::now() + time;
    let mut all = Tally::default();
    for world in seed.. {
        let done = in_one_world(world, end, rounds_of_a_world);
        all.add(done);
        if Instant::now() > end {
            break;
        }
        if !all.failed.is_empty() {
            all.tell();
        }
    }
    all.tell();
    assert!(all.failed.is_empty(), "{:#?}", all.failed);
}

/// One world's rounds; one that fails is its last.
fn in_one_world(seed: u64, end: Instant, rounds: usize) -> Tally {
    let told = |panic: Box<dyn std::any::Any + Send>| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
    };
    let mut storm = match catch_unwind(|| Storm::brew(seed)) {
        Ok(storm) => storm,
        Err(panic) => {
            let failed = vec![format!("seed {seed}: the world could not be made: {}", told(panic))];
            eprintln!("{failed:?}");
            return Tally { failed, ..Tally::default() };
        }
    };
    let before = storm.weights();
    eprintln!("seed {seed}: {} machines, agents (KiB, descriptors) {before:?}", storm.machines.len());
    while storm.tally.rounds == 0 || Instant::now() < end && storm.tally.rounds < rounds {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| storm.round())) {
            let failed = format!("seed {seed}, round {}: {}", storm.tally.rounds, told(panic));
            eprintln!("{failed}\nDRIFTLESS_SEED={seed} makes the same choices again");
            let _ = catch_unwind(AssertUnwindSafe(|| storm.tell()));
            storm.tally.failed.push(failed);
            break;
        }
        if storm.tally.rounds.is_multiple_of(20) {
            eprintln!("after {} rounds: {:?}", storm.tally.rounds, storm.weights());
        }
    }
    let after = storm.weights();
    eprintln!("seed {seed}: after {} rounds {after:?}", storm.tally.rounds);
    storm.tally.weights.push((before, after));
    std::mem::take(&mut storm.tally)
}

fn seed() -> u64 {
    let given = std::env::var("DRIFTLESS_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| u64::from(std::process::id())).max(1)
}

#[test]
fn whatever_fails_everybody_converges() {
    need_postgres!();
    storm(seed(), Duration::from_secs(30), 5);
}

/// Endurance: one world for as long as it lasts, by hand.
#[test]
#[ignore = "an endurance run: DRIFTLESS_STORM_MINUTES says how long"]
fn for_as_long_as_asked() {
    need_postgres!();
    let minutes = std::env::var("DRIFTLESS_STORM_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    storm(seed(), Duration::from_secs(60 * minutes), usize::MAX);
}

/// Many small worlds: a new one every few rounds.
#[test]
#[ignore = "a few hundred random runs: DRIFTLESS_STORM_MINUTES says how long"]
fn in_many_worlds() {
    need_postgres!();
    let minutes = std::env::var("DRIFTLESS_STORM_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    storm(seed(), Duration::from_secs(60 * minutes), 8);
}
