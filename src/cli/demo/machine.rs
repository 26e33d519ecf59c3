//! A machine of the demo: a folder with its configuration, a database, and the real program run in it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::super::ui::Ui;
use crate::agent::Machine;
use crate::agent::observe::Observer;
use crate::config::{Config, Overrides, SecretUrl};
use crate::divergence::NodeState;
use crate::postgres::connect::{Connection, Target};
use crate::postgres::throwaway::{Kept, ThrowawayServer, free_port};

/// Runs a program until its own input ends; then ends it and removes the machine's folder, and the one above if it is empty.
const GUARD: &str = "folder=$1; shift; \"$@\" & pid=$!; read -r _; kill \"$pid\"; wait \"$pid\"; \
     rm -rf \"$folder\"; rmdir \"$(dirname \"$folder\")\" 2>/dev/null";

/// The folder of both machines; removed when dropped, unless it is to be kept.
pub(super) struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    pub(super) fn make(keep: bool) -> Result<Self> {
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        let path = std::env::temp_dir().join(format!("driftless-demo-{}-{nanos}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("failed to make `{}`", path.display()))?;
        Ok(Self { path, keep })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// What a command said and how it ended.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    /// Both streams, as a person would have seen them.
    pub(super) text: String,
}

/// One of the two machines.
pub(super) struct Played {
    pub(super) name: &'static str,
    folder: PathBuf,
    url: String,
    listen: String,
    agent: Option<Child>,
    observer: Observer,
}

impl Played {
    pub(super) fn new(name: &'static str, folder: &Folder, server: &ThrowawayServer) -> Result<Self> {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
        let port = free_port().context("no free port was found for the agent")?;
        let (url, listen) = (server.url("postgres"), format!("127.0.0.1:{port}"));
        // The database's password stands in the private file: neither command line nor environment would keep it to itself.
        let local =
            format!("[machine]\nname = \"{name}\"\n\n[database]\nurl = \"{url}\"\n\n[agent]\nlisten = \"{listen}\"\n");
        crate::private_file::create(&folder.join("driftless.local.toml"), local.as_bytes())
            .context("failed to write the demo's configuration")?;
        Ok(Self { name, folder, url, listen, agent: None, observer: Observer::default() })
    }

    fn command(&self, ui: &Ui) -> Result<Command> {
        let mut command = Command::new(std::env::current_exe().context("failed to find this program")?);
        self.dress(&mut command, ui);
        Ok(command)
    }

    /// Its folder, its language, and none of the user's settings.
    fn dress(&self, command: &mut Command, ui: &Ui) {
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("DRIFTLESS_") && text != "DRIFTLESS_PG_BIN"
                || text.starts_with("PG")
                || text == "DATABASE_URL"
            {
                command.env_remove(&name);
            }
        }
        let lang = match ui.lang() {
            super::super::render::Lang::En => "en",
            super::super::render::Lang::Zh => "zh",
        };
        command.env("DRIFTLESS_LANG", lang).current_dir(&self.folder).kill_on_drop(true);
    }

    /// Runs `driftless …` to its end.
    pub(super) async fn run(&self, ui: &Ui, arguments: &[&str], input: Option<&str>) -> Result<Said> {
        let mut command = self.command(ui)?;
        command.args(arguments).args(["--color", if ui.style.color { "always" } else { "never" }]);
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("failed to run this program")?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            stdin.write_all(input.as_bytes()).await.context("failed to hand the token over")?;
        }
        let output = child.wait_with_output().await.context("failed to wait for this program")?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        Ok(Said { code: output.status.code(), stdout, text })
    }

    pub(super) async fn start_agent(&mut self, ui: &Ui, keep: bool) -> Result<()> {
        let log = std::fs::File::create(self.log_file()).context("failed to make the agent's log")?;
        let program = std::env::current_exe().context("failed to find this program")?;
        // On Unix a shell ends the agent and removes its folder when we are gone, however we went: its input is a pipe from us.
        let guarded = cfg!(unix) && !keep;
        let mut command = if guarded {
            let mut command = Command::new("sh");
            command.args(["-c", GUARD, "sh"]).arg(&self.folder).arg(program);
            command
        } else {
            Command::new(program)
        };
        self.dress(&mut command, ui);
        command.arg("agent").kill_on_drop(!guarded && !keep);
        command.stdin(if keep { Stdio::null() } else { Stdio::piped() });
        command.stdout(log.try_clone().context("failed to share the agent's log")?).stderr(log);
        self.agent = Some(command.spawn().context("failed to start the agent")?);
        let end = Instant::now() + Duration::from_secs(30);
        while tokio::net::TcpStream::connect(&self.listen).await.is_err() {
            if Instant::now() > end {
                bail!("the agent of {} does not listen on {}", self.name, self.listen);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        ui.say(&ui.style.tick(&format!("{}: {}", self.name, ui.lang().agent_listens(&self.listen))));
        Ok(())
    }

    /// Lets the agent end by itself.
    pub(super) async fn stop(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            // The shell around it notices that its input ends; without a shell there is nobody to notice.
            drop(agent.stdin.take());
            if !cfg!(unix) {
                let _ = agent.start_kill();
            }
            let ended = tokio::time::timeout(Duration::from_secs(10), agent.wait()).await;
            if ended.is_err() {
                let _ = agent.kill().await;
            }
        }
    }

    /// Leaves agent and server running; says how to talk to them and how to end them.
    pub(super) fn keep(self, server: Kept) -> super::words::Kept {
        super::words::Kept {
            name: self.name,
            folder: self.folder.display().to_string(),
            agent: self.agent.as_ref().and_then(Child::id),
            stop_server: server.stop,
            server_folder: server.folder.display().to_string(),
        }
    }

    pub(super) fn script(&self, name: &str, text: &str) -> Result<()> {
        let folder = self.folder.join("migrations");
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("failed to write `{}`", path.display()))
    }

    /// Somebody's psql.
    pub(super) async fn execute(&self, sql: &str) -> Result<()> {
        let connection = Connection::open(&Target::resolve(&self.url)?, "demo").await?;
        connection.client.batch_execute(sql).await.with_context(|| format!("`{sql}` failed"))
    }

    /// One look at the machine, read only.
    pub(super) async fn look(&self) -> Result<NodeState> {
        let machine = Machine::open(self.config()?, "demo")?;
        Ok(self.observer.look(&machine).await?.state)
    }

    /// Its configuration as its files say it: this process's environment must not count.
    fn config(&self) -> Result<Config> {
        let overrides = Overrides { config: None, database: Some(SecretUrl(self.url.clone())) };
        Ok(Config::load(&self.folder, &overrides)?)
    }

    /// Looks until it is as expected.
    pub(super) async fn wait(&self, limit: Duration, expected: impl Fn(&NodeState) -> bool) -> Result<NodeState> {
        let end = Instant::now() + limit;
        let machine = Machine::open(self.config()?, "demo")?;
        loop {
            let state = self.observer.look(&machine).await?.state;
            if expected(&state) {
                return Ok(state);
            }
            if Instant::now() > end {
                bail!("{} did not come that far within {} s", self.name, limit.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("agent.log")
    }

    /// The last lines of the agent's log.
    pub(super) fn log_end(&self) -> String {
        let text = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}
