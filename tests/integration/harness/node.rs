//! A machine of a test: project folder, database, identity folder, and the real binary. Start at [`Node::new`].

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{TestDatabase, free_port, wait_until};

/// How long a command may run before the test fails.
const COMMAND_LIMIT: Duration = Duration::from_secs(120);

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

/// `init` on both, an agent on the first alone, paired with the default grant both ways.
#[track_caller]
pub(crate) fn paired_one_way(a: &Node, b: &Node) -> Agent {
    a.ok(&["init"]);
    b.ok(&["init"]);
    let agent = a.agent();
    a.pair(b);
    agent
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
