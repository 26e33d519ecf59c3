//! What tests stand on: one PostgreSQL server for the whole run, a database for each test, machines ([`Node`]) with the
//! real binary, and the schema dump that tells whether two databases are alike.
//!
//! Start every test with `need_postgres!()`. The server is started by the first test that wants it and stopped by a guard
//! process when the run ends, so that it costs its start once, also under nextest, which runs each test in a process of
//! its own. A test that stops or kills the server starts a [`ThrowawayServer`] of its own.
#![allow(dead_code, reason = "what one test does not use another does")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) use driftless::postgres::programs::Programs;
pub(crate) use driftless::postgres::throwaway::{Auth, Lifetime, Options, StopMode, ThrowawayServer, free_port};
use tempfile::TempDir;

/// How long a command may run before the test fails.
const COMMAND_LIMIT: Duration = Duration::from_secs(120);

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
    TcpStream::connect(("127.0.0.1", shared.port)).is_ok().then_some(shared)
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
    let program = Programs::find().unwrap().pg_dump.expect("`pg_dump` is installed beside the server");
    let mut command = Command::new(program);
    command.args(["-s", "--no-owner", "--no-privileges", "--exclude-schema=driftless"]);
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
        result.push_str(&format!("{line}\n"));
        if line.ends_with(" (") && (line.starts_with("CREATE TABLE") || line.starts_with("CREATE UNLOGGED TABLE")) {
            columns = Some(Vec::new());
        }
    }
    result
}

/// What a command answered.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// Exit code; none: ended by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}{}", self.stdout, self.stderr))
    }
}

/// Runs a command to its end, at most [`COMMAND_LIMIT`].
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Output {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = read_in_background(child.stdout.take());
    let stderr = read_in_background(child.stderr.take());
    let limit = Instant::now() + COMMAND_LIMIT;
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                panic!(
                    "{command:?} ran too long\nstdout:\n{}\nstderr:\n{}",
                    stdout.join().unwrap(),
                    stderr.join().unwrap()
                );
            }
            None => std::thread::sleep(Duration::from_millis(3)),
        }
    };
    Output { code: status.code(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn read_in_background(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
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

/// A machine: a project folder, a database, an identity folder, and the real binary.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// Its own database; dropped with the node.
    pub(crate) database: TestDatabase,
    /// Where its agent listens, 127.0.0.1:<free port>.
    pub(crate) listen: String,
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a [`Node`] is to be.
#[derive(Default)]
pub(crate) struct NodeBuilder {
    name: String,
    committed: String,
    local: String,
    unconfigured: bool,
    database: Option<TestDatabase>,
}

impl Node {
    /// A machine with both configuration files and an empty script folder `migrations`; `init` has not run yet.
    pub(crate) fn new(name: &str) -> Self {
        Self::builder(name).build()
    }

    pub(crate) fn builder(name: &str) -> NodeBuilder {
        NodeBuilder { name: name.to_owned(), ..NodeBuilder::default() }
    }

    /// The project folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn scripts(&self) -> PathBuf {
        self.root().join("migrations")
    }

    /// Sets an environment variable for every command of this node from now on.
    pub(crate) fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file below the project folder.
    #[track_caller]
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes a script into the script folder.
    #[track_caller]
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        self.write(&format!("migrations/{name}"), text)
    }

    /// The binary, in the project folder, with a clean environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        command.args(arguments).current_dir(self.root());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("PG") || text.starts_with("DRIFTLESS_") || text == "DATABASE_URL" || text == "RUST_LOG"
            {
                command.env_remove(&name);
            }
        }
        command.env("HOME", self.root()).env("NO_COLOR", "1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs `driftless …` to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run(&mut self.command(arguments))
    }

    /// Runs `driftless …` and fails the test unless it ends with 0.
    #[track_caller]
    pub(crate) fn ok(&self, arguments: &[&str]) -> Output {
        self.run(arguments).expect(0)
    }

    /// `status --json`, whatever its exit code.
    #[track_caller]
    pub(crate) fn status(&self) -> serde_json::Value {
        self.run(&["status", "--json"]).json()
    }

    /// The findings of one peer in `status --json`, as their words.
    #[track_caller]
    pub(crate) fn findings(&self, peer: &str) -> BTreeSet<String> {
        let status = self.status();
        let peers = status["peers"].as_array().cloned().unwrap_or_default();
        let findings = peers.iter().find(|entry| entry["name"] == peer).map(|entry| entry["findings"].clone());
        let findings = findings.and_then(|findings| findings.as_array().cloned()).unwrap_or_default();
        findings
            .iter()
            .filter_map(|finding| finding.as_str().or(finding["finding"].as_str()))
            .map(str::to_owned)
            .collect()
    }

    /// The fingerprint of its database.
    #[track_caller]
    pub(crate) fn fingerprint(&self) -> String {
        self.ok(&["fingerprint", "--json"]).json()["fingerprint"].as_str().unwrap().to_owned()
    }

    /// Names in its history with `success`, in the order in which they were applied.
    #[track_caller]
    pub(crate) fn applied(&self) -> Vec<String> {
        let rows = self.database.query("SELECT migration_name FROM migration_history WHERE success ORDER BY id");
        rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
    }

    /// Starts `driftless agent` and waits until its port answers.
    #[track_caller]
    pub(crate) fn agent(&self) -> Agent {
        let log = self.root().join("agent.log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let mut command = self.command(&["agent"]);
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let mut agent = Agent { child: command.spawn().unwrap(), log };
        let end = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(&self.listen).is_err() {
            let ended = agent.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < end, "the agent does not listen ({ended:?}):\n{}", agent.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        agent
    }

    /// `init` here and there, then `invite` here and `join` there, with agents of both running.
    #[track_caller]
    pub(crate) fn pair(&self, other: &Self) {
        let output = self.ok(&["invite", "--json"]);
        let token = output.json()["token"].as_str().expect("`invite --json` prints the token").to_owned();
        other.ok(&["join", &token]);
    }
}

impl NodeBuilder {
    /// Adds to `driftless.toml` (it holds `[scripts] dir` only).
    pub(crate) fn committed(mut self, toml: &str) -> Self {
        self.committed.push_str(toml);
        self
    }

    /// Adds to `driftless.local.toml`.
    pub(crate) fn local(mut self, toml: &str) -> Self {
        self.local.push_str(toml);
        self
    }

    /// No configuration files, no script folder: what `init` finds on a new machine. Give `--database` yourself.
    pub(crate) fn unconfigured(mut self) -> Self {
        self.unconfigured = true;
        self
    }

    /// Uses this database instead of a fresh one on the shared server.
    pub(crate) fn database(mut self, database: TestDatabase) -> Self {
        self.database = Some(database);
        self
    }

    pub(crate) fn build(self) -> Node {
        let node = Node {
            database: self.database.unwrap_or_else(TestDatabase::create),
            listen: format!("127.0.0.1:{}", free_port().unwrap()),
            folder: tempfile::Builder::new().prefix("driftless-node-").tempdir().unwrap(),
            environment: Vec::new(),
            name: self.name,
        };
        if !self.unconfigured {
            fs::create_dir(node.scripts()).unwrap();
            node.write("driftless.toml", format!("[scripts]\ndir = \"migrations\"\n{}", self.committed));
            let local = format!(
                "[machine]\nname = \"{}\"\n\n[database]\nurl = \"{}\"\n\n[agent]\nlisten = \"{}\"\n{}",
                node.name,
                node.database.url(),
                node.listen,
                self.local
            );
            let path = node.write("driftless.local.toml", local);
            #[cfg(unix)]
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            #[cfg(not(unix))]
            let _ = path;
        }
        node
    }
}

/// A running `driftless agent`, killed on drop.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) child: Child,
    log: PathBuf,
}

impl Agent {
    /// What it has logged, earlier agents of the same node included.
    pub(crate) fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// SIGKILL, and wait until it is gone.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; the exit code, if it ends within ten seconds.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        run(Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())])).expect(0);
        let mut status = None;
        wait_until("the agent to end after SIGTERM", Duration::from_secs(10), || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.and_then(|status| status.code())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- log of the agent\n{}", self.log());
        }
    }
}

/// `init` on both, agents on both, paired with the default grant both ways.
#[track_caller]
pub(crate) fn paired(a: &Node, b: &Node) -> (Agent, Agent) {
    a.ok(&["init"]);
    b.ok(&["init"]);
    let agents = (a.agent(), b.agent());
    a.pair(b);
    agents
}

#[test]
fn a_dump_is_comparable_whatever_the_column_order() {
    let left =
        "SET a = 1;\n\\restrict x\n--\nCREATE TABLE public.t (\n    a integer,\n    b text\n);\n\nALTER TABLE t;\n";
    let right = "\\restrict y\nCREATE TABLE public.t (\n    b text,\n    a integer\n);\nALTER TABLE t;\n";
    assert_eq!(comparable(left), comparable(right));
    assert_eq!(comparable(left), "CREATE TABLE public.t (\n    a integer\n    b text\n);\nALTER TABLE t;\n");
}
