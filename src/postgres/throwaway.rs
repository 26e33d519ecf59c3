//! A throwaway PostgreSQL server: its own folder, its own port on 127.0.0.1, gone with its owner.
//!
//! Start at [`ThrowawayServer::start`]. The demo, the tests and the benchmarks run on such servers; replays may.
//!
//! What it never does: listen on anything but loopback, touch a server that it has not started, put a password on a
//! command line, or leave its folder behind. A *guard*, a small shell process with a pipe from us as its input, cleans up
//! when we cannot (panic with abort, Ctrl-C, SIGKILL, a power cut excepted): the pipe ends when we do.
//!
//! What could go wrong: on Windows there is no guard, so a process that is killed there leaves its server running and
//! its folder in the temporary folder (`pg_ctl stop -D <folder>\data` ends it). Between choosing a port and the server
//! taking it another program may take it first; that is noticed and another port is tried. The work here blocks: call it
//! from a blocking thread in asynchronous code.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::programs::{Programs, ProgramsError};

/// How long a server may take to start, recovery included.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a server may take to stop before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// The longest path of a Unix socket that every platform allows, the file name included.
const SOCKET_PATH_LIMIT: usize = 103;
/// The superuser of every throwaway server.
const SUPERUSER: &str = "postgres";

/// How clients prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Auth {
    /// With a random password, which [`ThrowawayServer::url`] holds.
    #[default]
    Password,
    /// Not at all: any user of this machine may connect. For tests.
    Trust,
}

/// How long a server lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lifetime {
    /// Until the value is dropped, or this process ends in whatever way.
    #[default]
    Owner,
    /// Until the process with this id ends; dropping the value does nothing. For servers shared by several processes.
    /// Unix only: elsewhere it lives until it is stopped by hand.
    Process(u32),
}

/// What is wanted of a server.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How clients prove who they are.
    pub auth: Auth,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// Whether a power cut may lose what was committed (`fsync = off`): much faster, and as safe against a killed server.
    pub volatile: bool,
    /// Further settings, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Clients are disconnected, everything is written.
    Fast,
    /// As in a crash: the next start recovers.
    Immediate,
}

/// Why a server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ThrowawayError {
    /// There are no programs.
    #[error("PostgreSQL is not installed")]
    Programs(#[from] ProgramsError),
    /// PostgreSQL refuses to run as root, and there is nobody else.
    #[error("PostgreSQL does not run as root, and this system has neither a user `postgres` nor `nobody`")]
    NoUser,
    /// A file or folder could not be made.
    #[error("failed to prepare `{}`", .path.display())]
    Prepare {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A program could not be run.
    #[error("failed to run `{}`", .program.display())]
    Run {
        /// Which.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A program said no.
    #[error("`{program}` failed: {output}")]
    Program {
        /// Which.
        program: String,
        /// What it printed.
        output: String,
    },
    /// The server did not come up.
    #[error("the throwaway server did not start: {log}")]
    Start {
        /// The end of its log.
        log: String,
    },
    /// No port is free.
    #[error("no free port was found on 127.0.0.1")]
    NoPort(#[source] io::Error),
}

/// A PostgreSQL server of our own. Dropping it stops it and removes its folder.
pub struct ThrowawayServer {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    password: Option<String>,
    account: Option<Account>,
    lifetime: Lifetime,
    /// The server, where it is our child (not on Windows, where `pg_ctl` starts it).
    child: Option<Child>,
    guard: Option<Child>,
    running: bool,
}

impl std::fmt::Debug for ThrowawayServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThrowawayServer")
            .field("folder", &self.folder)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// A server that was left running on purpose.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its folder, to be removed after it has been stopped.
    pub folder: PathBuf,
    /// The command that stops it.
    pub stop: String,
}

impl ThrowawayServer {
    /// Makes a server and waits until it accepts connections.
    pub fn start(options: &Options) -> Result<Self, ThrowawayError> {
        let programs = Programs::find()?;
        let account = Account::of_server()?;
        let folder = make_folder(account)?;
        let mut server = Self {
            programs,
            password: (options.auth == Auth::Password).then(random_word),
            port: 0,
            account,
            lifetime: options.lifetime,
            child: None,
            guard: None,
            running: false,
            folder,
        };
        // From here on dropping `server`, or dying, removes what has been made.
        server.guard = server.start_guard()?;
        server.initialise(options)?;
        server.start_on_free_port()?;
        Ok(server)
    }

    /// The port on 127.0.0.1; the same after [`Self::stop`] and [`Self::start_again`].
    pub fn port(&self) -> u16 {
        self.port
    }

    /// URL of a database of this server as its superuser. It holds the password, if there is one: never print it.
    pub fn url(&self, database: &str) -> String {
        let secret = self.password.as_deref().map(|password| format!(":{password}")).unwrap_or_default();
        format!("postgresql://{SUPERUSER}{secret}@127.0.0.1:{}/{}", self.port, percent_encoded(database))
    }

    /// The folder that holds everything: data, log, socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the Unix socket, for connections by `host=<folder>`; none where its path would be too long, and on Windows.
    pub fn socket_folder(&self) -> Option<&Path> {
        let socket = self.folder.join(format!(".s.PGSQL.{}", self.port));
        (cfg!(unix) && socket.as_os_str().len() <= SOCKET_PATH_LIMIT).then_some(self.folder.as_path())
    }

    /// The programs that it runs on.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The server's log so far.
    pub fn log(&self) -> String {
        fs::read(self.log_file()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Stops it and waits until it is gone; its data stay. Stopping a stopped server does nothing.
    pub fn stop(&mut self, mode: StopMode) -> Result<(), ThrowawayError> {
        if !std::mem::take(&mut self.running) {
            return Ok(());
        }
        match self.child.take() {
            Some(child) => stop_child(child, mode),
            None => self.pg_ctl_stop(mode),
        }
    }

    /// Starts it again after [`Self::stop`], on the same port with the same data. Starting a running server does nothing.
    pub fn start_again(&mut self) -> Result<(), ThrowawayError> {
        if self.running {
            return Ok(());
        }
        // After a crash the old server's processes may hold the shared memory for a moment longer.
        let limit = Instant::now() + START_LIMIT;
        loop {
            match self.launch() {
                Ok(()) => return Ok(()),
                Err(ThrowawayError::Start { log }) if log.contains("shared memory") && Instant::now() < limit => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Leaves it running when this process ends, and says how to stop it.
    pub fn keep(mut self) -> Kept {
        if let Some(mut guard) = self.guard.take() {
            if let Some(pipe) = guard.stdin.as_mut() {
                let _ = pipe.write_all(b"keep\n");
            }
            let _ = guard.wait();
        }
        self.lifetime = Lifetime::Process(0);
        let prefix = self.account.map(|account| format!("su {} -s /bin/sh -c ", account.name));
        let stop = format!("{} stop -m fast -D {}", quoted(&self.programs.pg_ctl), quoted(&self.data()));
        Kept { folder: self.folder.clone(), stop: prefix.map_or(stop.clone(), |prefix| format!("{prefix}\"{stop}\"")) }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// A command in the server's name, deaf to the PG* variables of whoever runs us.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").current_dir(&self.folder).stdin(Stdio::null());
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }

    fn initialise(&self, options: &Options) -> Result<(), ThrowawayError> {
        let mut initdb = self.command(&self.programs.initdb);
        initdb.arg("-D").arg(self.data()).args(["--no-sync", "--encoding=UTF8", "--locale=C", "-U", SUPERUSER]);
        let password_file = self.folder.join("password");
        match &self.password {
            Some(password) => {
                write_private(&password_file, password, self.account)?;
                initdb.arg("--auth=scram-sha-256").arg(format!("--pwfile={}", password_file.display()));
            }
            None => {
                initdb.arg("--auth=trust");
            }
        }
        run(&mut initdb, &self.programs.initdb)?;
        if self.password.is_some() {
            fs::remove_file(&password_file).map_err(prepare(&password_file))?;
        }
        let path = self.data().join("postgresql.conf");
        let mut file = fs::OpenOptions::new().append(true).open(&path).map_err(prepare(&path))?;
        file.write_all(settings(options).as_bytes()).map_err(prepare(&path))
    }

    fn start_on_free_port(&mut self) -> Result<(), ThrowawayError> {
        let mut tries = 5;
        loop {
            self.port = free_port().map_err(ThrowawayError::NoPort)?;
            tries -= 1;
            match self.launch() {
                Err(ThrowawayError::Start { log }) if log.contains("could not bind") && tries > 0 => {}
                done => return done,
            }
        }
    }

    /// Starts the server on `self.port` and waits until it accepts connections.
    fn launch(&mut self) -> Result<(), ThrowawayError> {
        let log_before = self.log().len();
        let socket = self.socket_folder().map(|folder| folder.display().to_string()).unwrap_or_default();
        if cfg!(windows) {
            // postgres.exe refuses an administrator's token; pg_ctl hands it a lesser one.
            let mut pg_ctl = self.command(&self.programs.pg_ctl);
            pg_ctl.args(["start", "-w", "-s", "-D"]).arg(self.data()).arg("-l").arg(self.log_file());
            pg_ctl.arg("-o").arg(format!("-p {}", self.port)).stdout(Stdio::null()).stderr(Stdio::null());
            let program = self.programs.pg_ctl.clone();
            let status = pg_ctl.status().map_err(|source| ThrowawayError::Run { program, source })?;
            if !status.success() {
                return Err(self.did_not_start(log_before));
            }
        } else {
            let log =
                File::options().create(true).append(true).open(self.log_file()).map_err(prepare(&self.log_file()))?;
            let mut postgres = self.command(&self.programs.postgres);
            postgres.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-k", &socket]);
            postgres.stdout(Stdio::null()).stderr(log);
            own_group(&mut postgres);
            let program = self.programs.postgres.clone();
            self.child = Some(postgres.spawn().map_err(|source| ThrowawayError::Run { program, source })?);
        }
        self.running = true;
        self.wait_until_ready(log_before)
    }

    fn wait_until_ready(&mut self, log_before: usize) -> Result<(), ThrowawayError> {
        let limit = Instant::now() + START_LIMIT;
        while !accepts_connections(self.port) {
            let gone = self.child.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)));
            if gone {
                self.child = None;
                self.running = false;
            }
            if gone || Instant::now() > limit {
                return Err(self.did_not_start(log_before));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn did_not_start(&self, log_before: usize) -> ThrowawayError {
        let log = self.log();
        ThrowawayError::Start { log: log.get(log_before..).unwrap_or(&log).trim().to_owned() }
    }

    fn pg_ctl_stop(&self, mode: StopMode) -> Result<(), ThrowawayError> {
        let mode = match mode {
            StopMode::Fast => "fast",
            StopMode::Immediate => "immediate",
        };
        let mut pg_ctl = self.command(&self.programs.pg_ctl);
        run(pg_ctl.args(["stop", "-w", "-s", "-m", mode, "-D"]).arg(self.data()), &self.programs.pg_ctl)
    }

    /// The process that cleans up after us when we cannot. Root's own where we are root, so that it may signal anybody.
    fn start_guard(&self) -> Result<Option<Child>, ThrowawayError> {
        if !cfg!(unix) {
            return Ok(None);
        }
        let until = match self.lifetime {
            Lifetime::Owner => "read -r word; [ \"$word\" = keep ] && exit 0".to_owned(),
            Lifetime::Process(id) => format!("while kill -0 {id} 2>/dev/null; do sleep 0.2; done"),
        };
        let script = format!("{until}\n{CLEAN_UP}");
        let mut guard = Command::new("sh");
        guard.arg("-c").arg(script).arg("driftless-guard").arg(&self.folder).current_dir("/");
        guard.stdout(Stdio::null()).stderr(Stdio::null());
        guard.stdin(if self.lifetime == Lifetime::Owner { Stdio::piped() } else { Stdio::null() });
        own_group(&mut guard);
        guard.spawn().map(Some).map_err(|source| ThrowawayError::Run { program: PathBuf::from("sh"), source })
    }
}

/// What the guard does: stop the server as a crash would, wait until it has let go of its folder (the pid file may be
/// not yet written, so the folder is removed until it stays away), remove it.
const CLEAN_UP: &str = r#"
tries=0
while [ -d "$1" ] && [ "$tries" -lt 100 ]; do
  pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
  if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then sleep 0.1; else rm -rf "$1"; fi
  tries=$((tries + 1))
done
"#;

impl Drop for ThrowawayServer {
    fn drop(&mut self) {
        if self.lifetime != Lifetime::Owner {
            return;
        }
        // Nobody is left to tell; what fails here is tried once more by the guard.
        let _ = self.stop(StopMode::Immediate);
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
    }
}

/// A free port on 127.0.0.1, below the range from which outgoing connections take theirs, and none that this process was given before: whoever
/// asked then may not listen yet. Free now; nothing keeps another program from taking it before the caller does.
pub fn free_port() -> io::Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let start = u16::try_from(u32::from_str_radix(&random_word()[..6], 16).unwrap_or(0) % 12_000).unwrap_or(0);
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in (0..200).map(|offset| 20_000 + (start + offset) % 12_000) {
        if !GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port) {
            continue;
        }
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn settings(options: &Options) -> String {
    let mut text = String::from(
        "\n# a throwaway server\nlisten_addresses = '127.0.0.1'\nmax_connections = 100\nshared_buffers = '32MB'\n\
         logging_collector = off\nlog_destination = 'stderr'\n",
    );
    if options.volatile {
        text.push_str("fsync = off\nfull_page_writes = off\n");
    }
    for (name, value) in &options.settings {
        text.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
    }
    text
}

/// Whether a server there would let a client begin to log in (while it starts, or recovers, it answers with an error).
fn accepts_connections(port: u16) -> bool {
    first_answer(port).is_ok_and(|answer| answer == b'R')
}

fn first_answer(port: u16) -> io::Result<u8> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // The start-up message of protocol 3.0: length, version, parameters, each ended by a zero.
    let parameters = format!("user\0{SUPERUSER}\0database\0postgres\0\0");
    let length = u32::try_from(8 + parameters.len()).unwrap_or(u32::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend(196_608_u32.to_be_bytes());
    message.extend(parameters.as_bytes());
    stream.write_all(&message)?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    Ok(answer[0])
}

fn stop_child(mut child: Child, mode: StopMode) -> Result<(), ThrowawayError> {
    let signal = match mode {
        StopMode::Fast => "INT",
        StopMode::Immediate => "QUIT",
    };
    let mut kill = Command::new("sh");
    let sent = run(kill.args(["-c", &format!("kill -{signal} {}", child.id())]), Path::new("kill"));
    let limit = Instant::now() + STOP_LIMIT;
    while sent.is_ok() && Instant::now() < limit {
        if !matches!(child.try_wait(), Ok(None)) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    sent
}

fn run(command: &mut Command, program: &Path) -> Result<(), ThrowawayError> {
    let output = command.output().map_err(|source| ThrowawayError::Run { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let program = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Err(ThrowawayError::Program { program, output: text.trim().to_owned() })
}

fn prepare(path: &Path) -> impl FnOnce(io::Error) -> ThrowawayError + use<> {
    let path = path.to_owned();
    move |source| ThrowawayError::Prepare { path, source }
}

fn make_folder(account: Option<Account>) -> Result<PathBuf, ThrowawayError> {
    let base = temporary_base(account.is_some());
    let folder = base.join(format!("driftless-{}", &random_word()[..12]));
    create_private(&folder).map_err(prepare(&folder))?;
    give(&folder, account).map_err(prepare(&folder))?;
    Ok(folder)
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    std::os::unix::fs::DirBuilderExt::mode(&mut fs::DirBuilder::new(), 0o700).create(folder)
}

/// The temporary folder of Windows is its user's own.
#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// The temporary folder; where another account must get at it and cannot, the system's own.
fn temporary_base(for_another: bool) -> PathBuf {
    let base = env::temp_dir();
    if for_another && !open_to_all(&base) { PathBuf::from("/tmp") } else { base }
}

#[cfg(unix)]
fn open_to_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::canonicalize(path).is_ok_and(|path| {
        path.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|data| data.permissions().mode() & 0o001 != 0))
    })
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) -> bool {
    true
}

fn write_private(path: &Path, text: &str, account: Option<Account>) -> Result<(), ThrowawayError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(prepare(path))?;
    give(path, account).map_err(prepare(path))?;
    file.write_all(text.as_bytes()).map_err(prepare(path))
}

/// 32 hexadecimal digits that nobody can guess.
fn random_word() -> String {
    let mut bytes = [0_u8; 16];
    if ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).is_err() {
        // No randomness from the system: names stay unique, and the server listens on loopback alone.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos());
        let unique = now ^ (u128::from(std::process::id()) << 64) ^ u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
        bytes = unique.to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn percent_encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(' ') { format!("'{text}'") } else { text }
}

/// The account that the server runs as where we are root.
#[derive(Debug, Clone, Copy)]
struct Account {
    name: &'static str,
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no such numbers elsewhere"))]
    user: u32,
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are no such numbers elsewhere"))]
    group: u32,
}

impl Account {
    /// None: we are no root, the server runs as we do.
    fn of_server() -> Result<Option<Self>, ThrowawayError> {
        if !cfg!(unix) || id("-u", None) != Some(0) {
            return Ok(None);
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self { name, user: id("-u", Some(name))?, group: id("-g", Some(name))? }))
            .map(Some)
            .ok_or(ThrowawayError::NoUser)
    }

    #[cfg(unix)]
    fn apply(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        command.uid(self.user).gid(self.group);
    }

    #[cfg(not(unix))]
    fn apply(self, _command: &mut Command) {}
}

fn id(what: &str, name: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(what).args(name).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok().filter(|_| output.status.success())
}

#[cfg(unix)]
fn give(path: &Path, account: Option<Account>) -> io::Result<()> {
    account.map_or(Ok(()), |account| std::os::unix::fs::chown(path, Some(account.user), Some(account.group)))
}

#[cfg(not(unix))]
fn give(_path: &Path, _account: Option<Account>) -> io::Result<()> {
    Ok(())
}

/// Signals for our terminal or our test runner's group are not for the server: its owner or its guard stops it.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}
