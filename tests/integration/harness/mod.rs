//! What tests stand on: one PostgreSQL server for the whole run, a database for each test, machines ([`Node`]) with the
//! real binary, and the schema dump that tells whether two databases are alike.
//!
//! Start every test with `need_postgres!()`. The server is started by the first test that wants it and stopped by a guard
//! process when the run ends, so that it costs its start once, also under nextest, which runs each test in a process of
//! its own. A test that stops or kills the server starts a [`ThrowawayServer`] of its own.
#![allow(dead_code, unused_imports, reason = "what one test does not use another does")]

mod node;
pub(crate) mod oracle;
mod python;
mod random;
mod wire;

pub(crate) use node::{Agent, Node, NodeBuilder, Output, paired, paired_one_way, run};
pub(crate) use python::{example, python};
pub(crate) use random::Random;
pub(crate) use wire::{Weather, Wire};

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) use driftless::postgres::programs::Programs;
pub(crate) use driftless::postgres::throwaway::{Auth, Lifetime, Options, StopMode, ThrowawayServer, free_port};

/// Whether tests with a server can run; says why not, and fails in CI.
pub(crate) fn postgres_is_there() -> bool {
    match Programs::find() {
        Ok(_) => true,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{error}; {}", error.hint());
            eprintln!("SKIPPED: {error}; {}", error.hint());
            false
        }
    }
}

/// The server that all tests of a run share: trust authentication, not durable. Its folder holds the Unix socket.
#[derive(Debug, Clone)]
pub(crate) struct SharedServer {
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
}

impl SharedServer {
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// The shared server, started if it is not there yet.
pub(crate) fn server() -> &'static SharedServer {
    static SERVER: OnceLock<SharedServer> = OnceLock::new();
    SERVER.get_or_init(|| {
        let (run, owner) = test_run();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock = File::create(folder.join("postgres.lock")).unwrap();
        lock.lock().unwrap();
        let state = folder.join(format!("postgres-{run}.state"));
        read_state(&state).unwrap_or_else(|| {
            forget_gone_servers(folder);
            let options = Options {
                auth: Auth::Trust,
                lifetime: owner.map_or(Lifetime::Owner, Lifetime::Process),
                volatile: true,
                // Tests create and drop databases all the time, and dump them.
                settings: vec![
                    ("max_connections".into(), "300".into()),
                    ("max_locks_per_transaction".into(), "256".into()),
                ],
            };
            let started = ThrowawayServer::start(&options).unwrap_or_else(|error| panic!("{error:?}"));
            let shared = SharedServer { port: started.port(), folder: started.folder().to_owned() };
            fs::write(&state, format!("{}\n{}", shared.port, shared.folder.display())).unwrap();
            // Not ours to stop: the guard does, when the run is over.
            std::mem::forget(started);
            shared
        })
    })
}

/// A name for this run of tests, and the process that lives as long as the run does: nextest, or else this one.
fn test_run() -> (String, Option<u32>) {
    #[cfg(unix)]
    {
        match std::env::var("NEXTEST_RUN_ID") {
            Ok(run) => (run, Some(std::os::unix::process::parent_id())),
            Err(_) => (std::process::id().to_string(), Some(std::process::id())),
        }
    }
    #[cfg(not(unix))]
    (std::process::id().to_string(), None)
}

fn read_state(state: &Path) -> Option<SharedServer> {
    let text = fs::read_to_string(state).ok()?;
    let (port, folder) = text.split_once('\n')?;
    let shared = SharedServer { port: port.parse().ok()?, folder: PathBuf::from(folder) };
    (shared.folder.is_dir() && TcpStream::connect(("127.0.0.1", shared.port)).is_ok()).then_some(shared)
}

/// Removes what earlier runs have written about servers that are no more.
fn forget_gone_servers(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "state") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if !text.split_once('\n').is_some_and(|(_, folder)| Path::new(folder).is_dir()) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// Runs a future to its end from wherever we are, inside a runtime or not.
fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
        scope.spawn(run).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Opens a plain connection, driven on the current runtime.
pub(crate) async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Runs SQL through a connection of its own; the rows of all its statements, as text (NULL: `None`).
#[track_caller]
pub(crate) fn query(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    let result = block_on(async {
        let client = connect(url).await;
        client.simple_query(sql).await
    });
    let messages = result.unwrap_or_else(|error| panic!("{error:?} in: {sql}"));
    let row = |row: &tokio_postgres::SimpleQueryRow| (0..row.len()).map(|i| row.get(i).map(str::to_owned)).collect();
    let rows = messages.iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(found) => Some(row(found)),
        _ => None,
    });
    rows.collect()
}

/// A database of its own on some server, dropped on drop.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    name: String,
    admin_url: String,
    url: String,
}

impl TestDatabase {
    /// An empty database on the shared server.
    pub(crate) fn create() -> Self {
        Self::create_on(&|database| server().url(database))
    }

    /// An empty database on the server whose URLs `url` makes.
    pub(crate) fn create_on(url: &dyn Fn(&str) -> String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Self { admin_url: url("postgres"), url: url(&name), name };
        query(&database.admin_url, &format!("CREATE DATABASE {} TEMPLATE template0", database.name));
        database
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection on the current runtime.
    pub(crate) async fn client(&self) -> tokio_postgres::Client {
        connect(&self.url).await
    }

    /// Runs SQL, from a test without a runtime or with one.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        query(&self.url, sql)
    }

    /// Runs SQL whose result does not matter.
    #[track_caller]
    pub(crate) fn execute(&self, sql: &str) {
        query(&self.url, sql);
    }

    /// The first value of the first row.
    #[track_caller]
    pub(crate) fn value(&self, sql: &str) -> Option<String> {
        self.query(sql).into_iter().next()?.into_iter().next()?
    }

    /// See [`dump`].
    pub(crate) fn dump(&self) -> String {
        dump(&self.url)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let url = self.admin_url.clone();
        // The server may be stopped (a test of its own); then its folder goes as a whole.
        block_on(async {
            if let Ok((client, connection)) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await {
                tokio::spawn(connection);
                let _ = client.batch_execute(&sql).await;
            }
        });
    }
}

/// The schema as `pg_dump -s` tells it, made comparable: driftless's own objects, owners, grants, comments and session
/// settings left out, the lines of each CREATE TABLE sorted (column order means nothing here).
pub(crate) fn dump(url: &str) -> String {
    dump_but(&["--no-owner", "--no-privileges"], url)
}

/// Likewise, with owners and grants.
pub(crate) fn dump_with_owners(url: &str) -> String {
    dump_but(&[], url)
}

fn dump_but(without: &[&str], url: &str) -> String {
    let program = Programs::find().unwrap().pg_dump.expect("`pg_dump` is installed beside the server");
    let mut command = Command::new(program);
    command.args(["-s", "--exclude-schema=driftless"]).args(without);
    command.args(["--exclude-table=*.migration_history", "--exclude-table=*.migration_history_id_seq", "-d", url]);
    let output = command.env("LC_ALL", "C").output().unwrap();
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    comparable(&String::from_utf8(output.stdout).unwrap())
}

fn comparable(dump: &str) -> String {
    let meaningless = |line: &str| {
        line.trim().is_empty()
            || line.starts_with("--")
            || line.starts_with('\\')
            || line.starts_with("SET ")
            || line.starts_with("SELECT pg_catalog.set_config")
            // The comment that `public` is born with is lost by some ways to copy a database.
            || line == "COMMENT ON SCHEMA public IS '';"
    };
    let mut result = String::new();
    let mut columns: Option<Vec<&str>> = None;
    for line in dump.lines().filter(|line| !meaningless(line)) {
        match &mut columns {
            Some(open) if line.starts_with(')') => {
                open.sort_unstable();
                for column in open {
                    result.push_str(&format!("{column}\n"));
                }
                columns = None;
            }
            Some(open) => {
                open.push(line.strip_suffix(',').unwrap_or(line));
                continue;
            }
            None => {}
        }
        result.push_str(&format!("{}\n", sorted_columns(line).unwrap_or_else(|| line.to_owned())));
        if line.ends_with(" (") && (line.starts_with("CREATE TABLE") || line.starts_with("CREATE UNLOGGED TABLE")) {
            columns = Some(Vec::new());
        }
    }
    result
}

/// A line that lists columns in the order of their table, which means nothing, with the list sorted.
fn sorted_columns(line: &str) -> Option<String> {
    let list = if line.starts_with("CREATE STATISTICS") {
        line.split_once(" ON ")?.1.split_once(" FROM ")?.0
    } else if line.starts_with("ALTER PUBLICATION") {
        line.split_once(" ADD TABLE ONLY ")?.1.split_once(" (")?.1.split_once(')')?.0
    } else {
        return None;
    };
    let mut columns: Vec<&str> = list.split(", ").collect();
    columns.sort_unstable();
    Some(line.replace(list, &columns.join(", ")))
}

/// Waits until `condition` holds; fails with `what` after `limit`.
#[track_caller]
pub(crate) fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < end, "waited {limit:?} in vain for: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_dump_is_comparable_whatever_the_column_order() {
    let left =
        "SET a = 1;\n\\restrict x\n--\nCREATE TABLE public.t (\n    a integer,\n    b text\n);\n\nALTER TABLE t;\n";
    let right = "\\restrict y\nCREATE TABLE public.t (\n    b text,\n    a integer\n);\nALTER TABLE t;\n";
    assert_eq!(comparable(left), comparable(right));
    assert_eq!(comparable(left), "CREATE TABLE public.t (\n    a integer\n    b text\n);\nALTER TABLE t;\n");
}
