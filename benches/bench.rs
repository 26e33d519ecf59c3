//! Benchmarks on real servers with the real binary. See `benches/README.md`.
//!
//! Start at [`main`]; one function a benchmark. Everything runs on servers of its own with `fsync` on, and what was
//! measured is checked before its time counts.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]
#![allow(unreachable_pub, reason = "nothing is reachable from a benchmark")]

#[path = "../tests/integration/harness/mod.rs"]
mod harness;
mod schema;
mod standing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use harness::{Auth, Node, Options, TestDatabase, ThrowawayServer, paired};

/// `scripts`: what 500 scripts, or none, may cost against sqlx-cli.
const SCRIPTS_LIMIT: f64 = 1.5;
/// `latency`: the median.
const LATENCY_LIMIT: Duration = Duration::from_millis(100);

/// What was asked for.
struct Plan {
    scripts: usize,
    runs: usize,
    rounds: usize,
    tables: Vec<usize>,
}

impl Plan {
    /// The sizes of schemas: those that were asked for, or these.
    fn tables_or<'a>(&'a self, these: &'a [usize]) -> &'a [usize] {
        if self.tables.is_empty() { these } else { &self.tables }
    }
}

fn main() -> ExitCode {
    let mut plan = Plan { scripts: 500, runs: 0, rounds: 200, tables: Vec::new() };
    let mut wanted = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a number follows");
        match argument.as_str() {
            "--bench" => {}
            "--scripts" => plan.scripts = value().parse().expect("--scripts takes a number"),
            "--runs" => plan.runs = value().parse().expect("--runs takes a number"),
            "--rounds" => plan.rounds = value().parse().expect("--rounds takes a number"),
            "--tables" => {
                plan.tables = value().split(',').map(|n| n.parse().expect("--tables takes numbers")).collect();
            }
            _ => wanted.push(argument),
        }
    }
    let all = [
        ("scripts", scripts as fn(&Plan) -> bool),
        ("catchup", catchup),
        ("latency", latency),
        ("hub", standing::hub),
        ("idle", standing::idle),
        ("schema", schema::schema),
    ];
    let chosen: Vec<_> = all.iter().filter(|(name, _)| wanted.iter().any(|w| w == name || w == "all")).collect();
    if chosen.is_empty() {
        eprintln!("which? scripts, catchup, latency, hub, idle, schema, or all; see benches/README.md");
        return ExitCode::from(2);
    }
    let mut met = true;
    for (name, bench) in chosen {
        println!("== {name}");
        met &= bench(&plan);
        println!();
    }
    ExitCode::from(u8::from(!met))
}

/// A server with room for 2,000 tables in one dump.
fn server() -> ThrowawayServer {
    server_with(vec![("max_locks_per_transaction".to_owned(), "1024".to_owned())])
}

fn server_with(settings: Vec<(String, String)>) -> ThrowawayServer {
    // Trust: what a password costs is not the question here.
    let options = Options { auth: Auth::Trust, settings, ..Options::default() };
    ThrowawayServer::start(&options).unwrap_or_else(|error| panic!("{error:?}"))
}

fn database(server: &ThrowawayServer) -> TestDatabase {
    TestDatabase::create_on(&|name| server.url(name))
}

/// The n-th of the small scripts: a table, then four ordinary changes to it.
fn small_script(n: usize) -> String {
    let table = format!("bench_{:04}", n / 5);
    match n % 5 {
        0 => format!(
            "CREATE TABLE {table} (id integer PRIMARY KEY, name text NOT NULL, created_at timestamp DEFAULT now());"
        ),
        1 => format!("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS amount numeric(10, 2) NOT NULL DEFAULT 0;"),
        2 => format!("CREATE INDEX IF NOT EXISTS {table}_name_idx ON {table} (name);"),
        3 => format!("COMMENT ON COLUMN {table}.amount IS '金额';"),
        _ => format!("ALTER TABLE {table} ADD CONSTRAINT {table}_amount_check CHECK (amount >= 0);"),
    }
}

/// Runs a command to its end without the harness's time limit, whose polling would cost milliseconds.
fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let time = start.elapsed();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    percentile(&mut times, 50)
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) * percent).div_ceil(100)]
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn ratio(left: Duration, right: Duration) -> f64 {
    left.as_secs_f64() / right.as_secs_f64()
}

/// Prints what a limit says, and whether it is met.
fn verdict(what: &str, met: bool) -> bool {
    println!("{} {what}", if met { "✓" } else { "✗" });
    met
}

fn scripts(plan: &Plan) -> bool {
    let runs = if plan.runs == 0 { 5 } else { plan.runs };
    let sqlx = sqlx();
    // as PostgreSQL comes
    let server = server_with(Vec::new());
    let theirs = tempfile::tempdir().unwrap();
    for n in 0..plan.scripts {
        fs::write(theirs.path().join(format!("{:05}_step.sql", n + 1)), small_script(n)).unwrap();
    }
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..runs {
        for turn in 0..2 {
            // Who goes first alternates, so that neither always meets the warmer cache.
            if (round + turn) % 2 == 0 {
                let (applied, nothing) = driftless_run(plan, &server);
                times[0].push(applied);
                times[2].push(nothing);
            } else {
                let (applied, nothing) = sqlx_run(plan, &server, &sqlx, theirs.path());
                times[1].push(applied);
                times[3].push(nothing);
            }
        }
    }
    let [ours, sqlx_all, ours_nothing, sqlx_nothing] = times.map(median);
    let (applied, nothing) = (ratio(ours, sqlx_all), ratio(ours_nothing, sqlx_nothing));
    let count = plan.scripts;
    println!("{count} scripts     driftless {}  sqlx {}  ratio {applied:.2}", ms(ours), ms(sqlx_all));
    println!("nothing pending driftless {}  sqlx {}  ratio {nothing:.2}", ms(ours_nothing), ms(sqlx_nothing));
    let applied =
        verdict(&format!("{count} scripts: at most {SCRIPTS_LIMIT} of sqlx-cli's time"), applied <= SCRIPTS_LIMIT);
    let nothing =
        verdict(&format!("nothing pending: at most {SCRIPTS_LIMIT} of sqlx-cli's time"), nothing <= SCRIPTS_LIMIT);
    applied && nothing
}

fn driftless_run(plan: &Plan, server: &ThrowawayServer) -> (Duration, Duration) {
    let node = Node::builder("bench").database(database(server)).build();
    node.ok(&["init"]);
    write_scripts(&node, plan.scripts);
    let applied = timed(&mut node.command(&["sync"]));
    assert_eq!(node.applied().len(), plan.scripts);
    (applied, timed(&mut node.command(&["sync"])))
}

fn sqlx_run(plan: &Plan, server: &ThrowawayServer, sqlx: &Path, folder: &Path) -> (Duration, Duration) {
    let database = database(server);
    let command = || {
        let mut command = Command::new(sqlx);
        command.args(["migrate", "run", "--source"]).arg(folder).args(["--database-url", database.url()]);
        command
    };
    let applied = timed(&mut command());
    let count = database.value("SELECT count(*) FROM _sqlx_migrations WHERE success");
    assert_eq!(count, Some(plan.scripts.to_string()));
    (applied, timed(&mut command()))
}

fn write_scripts(node: &Node, count: usize) {
    for n in 0..count {
        node.script(&format!("v{}_step.sql", n + 1), &small_script(n));
    }
}

/// sqlx-cli, installed into the target folder where it is nowhere else.
fn sqlx() -> PathBuf {
    if let Some(path) = std::env::var_os("DRIFTLESS_BENCH_SQLX") {
        return PathBuf::from(path);
    }
    let name = format!("sqlx{}", std::env::consts::EXE_SUFFIX);
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sqlx-cli");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain([root.join("bin")]);
    if let Some(found) = places.map(|folder| folder.join(&name)).find(|program| program.is_file()) {
        return found;
    }
    println!("installing sqlx-cli from crates.io into the target folder; this takes some minutes, once");
    let mut install = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", "sqlx-cli", "--version", "^0.8", "--locked", "--no-default-features"]);
    let status = install.args(["--features", "postgres,rustls", "--root"]).arg(&root).status().unwrap();
    assert!(status.success(), "sqlx-cli could not be installed; set DRIFTLESS_BENCH_SQLX to a `sqlx`");
    root.join("bin").join(name)
}

fn catchup(plan: &Plan) -> bool {
    let runs = if plan.runs == 0 { 3 } else { plan.runs };
    let server = server();
    let mut results = Vec::new();
    for tables in plan.tables_or(&[100, 2_000]) {
        let times: Vec<Duration> = (0..runs).map(|_| catchup_run(plan.scripts, *tables, &server)).collect();
        let time = median(times);
        let each = time / u32::try_from(plan.scripts).unwrap();
        println!("{} pulled scripts, verified, {tables} tables: {}, {} a script", plan.scripts, ms(time), ms(each));
        results.push((tables, time));
    }
    if let [(few, fast), .., (many, slow)] = results[..] {
        println!("{many} tables against {few}: ratio {:.2}", ratio(slow, fast));
    }
    true
}

fn catchup_run(scripts: usize, tables: usize, server: &ThrowawayServer) -> Duration {
    let [a, b] = ["bench-a", "bench-b"].map(|name| {
        let node = Node::builder(name).database(database(server)).build();
        node.database.execute(&existing_tables(tables));
        node.ok(&["init"]);
        node
    });
    let _agent = a.agent();
    a.pair(&b);
    write_scripts(&a, scripts);
    // B has no agent: its own `sync` is what is measured
    a.run(&["sync"]).expect(5);
    let time = timed(&mut b.command(&["sync"]));
    assert_eq!(b.applied().len(), scripts, "everything was pulled");
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_eq!(a.database.dump(), b.database.dump());
    time
}

/// What stands in a database before the scripts come: tables with a key, an index, a check, a reference and comments.
fn existing_tables(count: usize) -> String {
    (0..count)
        .map(|n| {
            let parent = if n == 0 { String::new() } else { format!(" REFERENCES existing_{} (id)", n - 1) };
            format!(
                "CREATE TABLE existing_{n} (id integer PRIMARY KEY, parent integer{parent}, name varchar(100) NOT NULL DEFAULT '',\
                 amount numeric(10, 2) CHECK (amount > 0), created_at timestamp DEFAULT now());\
                 CREATE INDEX ON existing_{n} (name); COMMENT ON COLUMN existing_{n}.name IS '名称';\n"
            )
        })
        .collect()
}

fn latency(plan: &Plan) -> bool {
    let server = server();
    let [a, b] = ["bench-a", "bench-b"].map(|name| Node::builder(name).database(database(&server)).build());
    let _agents = paired(&a, &b);
    a.script("v1_table.sql", "CREATE TABLE bench (id integer PRIMARY KEY);");
    a.ok(&["sync"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let watch = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(b.database.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    });
    let arrived = |name: &str| {
        let sql = "SELECT count(*) FROM migration_history WHERE success AND migration_name = $1";
        let limit = Instant::now() + Duration::from_secs(60);
        runtime.block_on(async {
            while watch.query_one(sql, &[&name]).await.unwrap().get::<_, i64>(0) == 0 {
                assert!(Instant::now() < limit, "`{name}` did not reach B; its findings: {:?}", b.findings("bench-a"));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        Instant::now()
    };
    arrived("v1_table.sql");
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..plan.rounds {
        let name = format!("v{}_column.sql", round + 2);
        let script = a.script(&name, &format!("ALTER TABLE bench ADD COLUMN c{round} integer;"));
        let mut apply = a.command(&["apply", &script.display().to_string(), "--yes"]);
        let start = Instant::now();
        let applied = start + timed(&mut apply);
        let committed = arrived(&name);
        times[0].push(committed - start);
        times[1].push(committed.saturating_duration_since(applied));
        harness::wait_until("B to be in sync", Duration::from_secs(60), || b.findings("bench-a").contains("in_sync"));
        times[2].push(start.elapsed());
    }
    assert_eq!(a.database.dump(), b.database.dump());
    let [whole, after, status] = &mut times;
    println!("{} rounds", plan.rounds);
    for (what, times) in [("apply starts → committed on B", &mut *whole), ("apply ends → committed on B", after)] {
        println!("{what}: p50 {}, p99 {}", ms(percentile(times, 50)), ms(percentile(times, 99)));
    }
    println!(
        "apply starts → status on B says in_sync: p50 {}, p99 {}",
        ms(percentile(status, 50)),
        ms(percentile(status, 99))
    );
    verdict("apply on A to B: p50 below 100 ms", percentile(whole, 50) < LATENCY_LIMIT)
}
