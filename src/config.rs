//! `driftless.toml`, `driftless.local.toml`, the environment and the flags, put together into one checked [`Config`].
//!
//! Start at [`Config::load`]. The first file is committed and shared; the second is this machine's alone, because both
//! PCs pull the same repository. It connects to nothing, and creates nothing except through [`initial`].
//! What could go wrong: a mistyped key that is passed over silently, so every unknown key is an error; and a password in
//! the committed file, so a key in the wrong file is an error too.

mod error;
mod file;
pub mod initial;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::identity::check_peer_name;
use crate::private_file;
use crate::schema::Scope;
pub use error::{ConfigError, Place};
use file::{Contents, Which};

/// Name of the committed file.
pub const SHARED_FILE: &str = "driftless.toml";
/// Name of the machine's own file.
pub const LOCAL_FILE: &str = "driftless.local.toml";
/// Where the agent listens unless told otherwise.
pub const DEFAULT_LISTEN: &str = "0.0.0.0:7432";
/// The agent's port unless told otherwise.
pub const DEFAULT_PORT: u16 = 7432;
/// The variable that names the database for driftless alone.
pub const DATABASE_VARIABLE: &str = "DRIFTLESS_DATABASE_URL";

/// Everything that was configured, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of `driftless.toml`; relative paths start here. Without a configuration file: where the search began.
    pub root: PathBuf,
    /// The committed file, if there is one.
    pub shared_file: Option<PathBuf>,
    /// The machine's own file, if there is one.
    pub local_file: Option<PathBuf>,
    /// This machine's name.
    pub machine: String,
    /// Database URL as configured, if any (it may hold a password: never print it).
    pub database_url: Option<SecretUrl>,
    /// Where the database URL comes from.
    pub database_source: Option<DatabaseSource>,
    /// What is looked at.
    pub scope: Scope,
    /// Script folder.
    pub scripts_dir: PathBuf,
    /// Whether a WARNING raised by a script counts as a failure.
    pub fail_on_warning: bool,
    /// `[heal] scripts`.
    pub heal_scripts: HealScripts,
    /// `[heal] drift`.
    pub heal_drift: HealDrift,
    /// `[heal] breaking`.
    pub heal_breaking: HealBreaking,
    /// Address the agent listens on.
    pub listen: String,
    /// Folder of key, certificate, trust store and state.
    pub identity_dir: PathBuf,
    /// Peers named in the local file; addresses here come before those learned by pairing.
    pub peers: Vec<ConfiguredPeer>,
    /// `[models] command`.
    pub models_command: Option<String>,
    /// `[hooks] before_sync`.
    pub hook_before_sync: Option<String>,
    /// `[hooks] after_apply`.
    pub hook_after_apply: Option<String>,
}

/// A URL that may hold a password; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(pub String);

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretUrl(…)")
    }
}

/// What named the database, in the order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseSource {
    /// `--database`.
    Flag,
    /// `DRIFTLESS_DATABASE_URL`.
    DriftlessVariable,
    /// `[database] url`.
    File,
    /// `DATABASE_URL`.
    Variable,
}

impl fmt::Display for DatabaseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--database",
            Self::DriftlessVariable => DATABASE_VARIABLE,
            Self::File => LOCAL_FILE,
            Self::Variable => "DATABASE_URL",
        })
    }
}

/// `[[peers]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredPeer {
    /// The peer's name.
    pub name: String,
    /// `host:port`, in the order in which they are tried.
    pub addresses: Vec<String>,
}

/// Whether the agent applies what peers have applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealScripts {
    /// It does.
    #[default]
    Auto,
    /// Each waits for approval.
    Ask,
    /// Never.
    Off,
}

/// What is done about drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealDrift {
    /// Drift that only adds becomes a script; anything else is reported.
    #[default]
    Capture,
    /// It is reported.
    Report,
}

/// What is done about drops and renames that running code may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealBreaking {
    /// They wait until the own script folder holds that script.
    #[default]
    Wait,
    /// They are applied like any other.
    Apply,
}

/// What flags say.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--database URL`.
    pub database: Option<SecretUrl>,
}

impl Config {
    /// Loads the configuration that holds in `start`: the nearest folder upwards with a configuration file, as Git looks
    /// for its own. No file at all is no error here; see [`Config::project`].
    pub fn load(start: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        load_in(start, overrides, &|name| std::env::var(name).ok())
    }

    /// The configured database; the mend if there is none.
    pub fn database(&self) -> Result<&SecretUrl, ConfigError> {
        self.database_url.as_ref().ok_or(ConfigError::NoDatabase)
    }

    /// The project's folder; the mend if there is no `driftless.toml`.
    pub fn project(&self) -> Result<&Path, ConfigError> {
        match &self.shared_file {
            Some(_) => Ok(&self.root),
            None => Err(ConfigError::NoProject { start: self.root.clone() }),
        }
    }
}

/// A name for this machine where none is configured: its host name, made fit to be one.
pub fn default_machine_name() -> String {
    machine_name_from(&whoami::hostname().unwrap_or_default())
}

fn machine_name_from(host: &str) -> String {
    let first = host.split('.').next().unwrap_or("").to_lowercase();
    let clean = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = first.chars().map(clean).take(40).collect();
    let name = name.trim_matches('-');
    if check_peer_name(name).is_ok() { name.to_owned() } else { "this-pc".to_owned() }
}

struct Files {
    root: PathBuf,
    shared: Option<PathBuf>,
    local: Option<PathBuf>,
}

fn find_files(start: &Path, named: Option<&Path>) -> Files {
    if let Some(named) = named {
        let shared = start.join(named);
        let root = shared.parent().unwrap_or(start).to_owned();
        let local = root.join(local_name(&shared));
        return Files { root, local: local.is_file().then_some(local), shared: Some(shared) };
    }
    let there = |folder: &Path, name: &str| Some(folder.join(name)).filter(|path| path.is_file());
    let found = start.ancestors().find_map(|folder| {
        let files =
            Files { root: folder.to_owned(), shared: there(folder, SHARED_FILE), local: there(folder, LOCAL_FILE) };
        (files.shared.is_some() || files.local.is_some()).then_some(files)
    });
    found.unwrap_or_else(|| Files { root: start.to_owned(), shared: None, local: None })
}

/// `shop.toml` has `shop.local.toml` beside it.
fn local_name(shared: &Path) -> PathBuf {
    let mut name = shared.file_stem().unwrap_or_default().to_owned();
    name.push(".local.toml");
    name.into()
}

fn read_file(path: Option<&Path>, which: Which) -> Result<Contents, ConfigError> {
    let Some(path) = path else { return Ok(Contents::default()) };
    let bytes = std::fs::read(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    file::read(path, which, &bytes)
}

type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

fn load_in(start: &Path, overrides: &Overrides, variables: Variables<'_>) -> Result<Config, ConfigError> {
    let start = std::path::absolute(start).map_err(|source| ConfigError::Read { path: start.to_owned(), source })?;
    let files = find_files(&start, overrides.config.as_deref());
    let shared = read_file(files.shared.as_deref(), Which::Shared)?;
    let local = read_file(files.local.as_deref(), Which::Local)?;
    let url_in_file = local.entries.text("database", "url").map(|(url, _)| url.to_owned());
    if let (Some(path), Some(_)) = (&files.local, &url_in_file) {
        let mode = private_file::readable_by_others(path)
            .map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        if let Some(mode) = mode {
            return Err(ConfigError::ReadableByOthers { path: path.clone(), mode });
        }
    }
    let database = database(overrides, url_in_file, variables);
    put_together(files, &shared, &local, database)
}

fn put_together(
    files: Files,
    shared: &Contents,
    local: &Contents,
    database: Option<(SecretUrl, DatabaseSource)>,
) -> Result<Config, ConfigError> {
    let text = |contents: &Contents, section, key| {
        contents.entries.text(section, key).map(|(text, _)| text.to_owned()).filter(|text| !text.trim().is_empty())
    };
    let word = |key| shared.entries.text("heal", key).map(|(word, _)| word);
    Ok(Config {
        scope: scope(shared),
        scripts_dir: files.root.join(folder(shared, "scripts", "migrations")?),
        fail_on_warning: shared.entries.switch("scripts", "fail_on_warning").unwrap_or(false),
        heal_scripts: match word("scripts") {
            Some("ask") => HealScripts::Ask,
            Some("off") => HealScripts::Off,
            _ => HealScripts::Auto,
        },
        heal_drift: if word("drift") == Some("report") { HealDrift::Report } else { HealDrift::Capture },
        heal_breaking: if word("breaking") == Some("apply") { HealBreaking::Apply } else { HealBreaking::Wait },
        models_command: text(shared, "models", "command"),
        hook_before_sync: text(shared, "hooks", "before_sync"),
        hook_after_apply: text(shared, "hooks", "after_apply"),
        machine: machine(local)?,
        listen: listen(local)?,
        identity_dir: files.root.join(folder(local, "identity", "certs")?),
        peers: peers(local)?,
        database_source: database.as_ref().map(|(_, source)| *source),
        database_url: database.map(|(url, _)| url),
        root: files.root,
        shared_file: files.shared,
        local_file: files.local,
    })
}

fn database(
    overrides: &Overrides,
    in_file: Option<String>,
    variables: Variables<'_>,
) -> Option<(SecretUrl, DatabaseSource)> {
    let flag = overrides.database.clone().map(|url| url.0);
    let candidates = [
        (flag, DatabaseSource::Flag),
        (variables(DATABASE_VARIABLE), DatabaseSource::DriftlessVariable),
        (in_file, DatabaseSource::File),
        (variables("DATABASE_URL"), DatabaseSource::Variable),
    ];
    candidates
        .into_iter()
        .find_map(|(url, source)| url.filter(|url| !url.trim().is_empty()).map(|url| (SecretUrl(url), source)))
}

/// Two files of any bytes, parted by the first byte that is zero: each is refused in words that hold no URL, or is a configuration.
/// For fuzzing.
pub(crate) fn take_any_files(data: &[u8]) {
    let (shared, local) = data.iter().position(|&byte| byte == 0).map_or((data, data), |at| data.split_at(at));
    let read = |which: Which, bytes: &[u8]| file::read(Path::new(which.name()), which, bytes);
    let files = Files { root: PathBuf::new(), shared: None, local: None };
    let read = read(Which::Shared, shared)
        .and_then(|shared| Ok((shared, read(Which::Local, local.strip_prefix(b"\0").unwrap_or(local))?)))
        .and_then(|(shared, local)| put_together(files, &shared, &local, None));
    match read {
        Ok(config) => {
            assert!(check_peer_name(&config.machine).is_ok());
            assert!(config.peers.iter().all(|peer| check_peer_name(&peer.name).is_ok()));
        }
        Err(error) => {
            let words = format!("{error} {error:?} {}", error.hint());
            assert!(!words.contains("postgresql://"), "a URL in an error: {words}");
        }
    }
}

/// The ignore list adds to the bookkeeping tables of other tools: who names one more wants those left out all the same.
fn scope(shared: &Contents) -> Scope {
    let default = Scope::default();
    let schemas = shared.entries.list("database", "schemas").map_or(default.schemas, |(list, _)| list.to_vec());
    let mut ignore = default.ignore;
    ignore.extend(shared.entries.list("database", "ignore").map(|(list, _)| list.to_vec()).unwrap_or_default());
    Scope::new(schemas, ignore)
}

fn folder(contents: &Contents, section: &'static str, default: &str) -> Result<PathBuf, ConfigError> {
    match contents.entries.text(section, "dir") {
        None => Ok(PathBuf::from(default)),
        Some((dir, place)) if dir.trim().is_empty() => Err(ConfigError::Value {
            place: place.clone(),
            key: format!("{section}.dir"),
            problem: "the folder's name is empty".into(),
        }),
        Some((dir, _)) => Ok(PathBuf::from(dir)),
    }
}

fn machine(local: &Contents) -> Result<String, ConfigError> {
    match local.entries.text("machine", "name") {
        None => Ok(default_machine_name()),
        Some((name, place)) => checked_name(name, place, "machine.name"),
    }
}

fn checked_name(name: &str, place: &Place, key: &str) -> Result<String, ConfigError> {
    let wrong = |error: crate::identity::InvalidPeerName| ConfigError::Value {
        place: place.clone(),
        key: key.to_owned(),
        problem: error.to_string(),
    };
    check_peer_name(name).map(|()| name.to_owned()).map_err(wrong)
}

fn listen(local: &Contents) -> Result<String, ConfigError> {
    let Some((address, place)) = local.entries.text("agent", "listen") else { return Ok(DEFAULT_LISTEN.to_owned()) };
    address_with_port(address).ok_or_else(|| ConfigError::Value {
        place: place.clone(),
        key: "agent.listen".into(),
        problem: format!("`{address}` is no address like {DEFAULT_LISTEN}"),
    })
}

/// `host:port`; the default port where there is none. Also for the addresses that flags name.
pub fn address_with_port(address: &str) -> Option<String> {
    let address = address.trim();
    if let Ok(ip) = address.parse::<std::net::IpAddr>() {
        return Some(std::net::SocketAddr::new(ip, DEFAULT_PORT).to_string());
    }
    if address.is_empty() || address.contains(['/', '@', ' ', ',']) {
        return None;
    }
    if let Some(bracketed) = address.strip_prefix('[') {
        let (inner, after) = bracketed.split_once(']')?;
        inner.parse::<std::net::Ipv6Addr>().ok()?;
        return match after {
            "" => Some(format!("[{inner}]:{DEFAULT_PORT}")),
            _ => address.parse::<std::net::SocketAddr>().ok().map(|address| address.to_string()),
        };
    }
    match address.split_once(':') {
        None => Some(format!("{address}:{DEFAULT_PORT}")),
        Some((host, port)) => (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| address.to_owned()),
    }
}

fn peers(local: &Contents) -> Result<Vec<ConfiguredPeer>, ConfigError> {
    let mut peers: Vec<ConfiguredPeer> = Vec::new();
    for (entries, place) in &local.peers {
        let wrong = |place: &Place, key: &str, problem: String| ConfigError::Value {
            place: place.clone(),
            key: key.to_owned(),
            problem,
        };
        let (name, name_place) =
            entries.text("peers", "name").ok_or_else(|| wrong(place, "peers.name", "it is missing".into()))?;
        let name = checked_name(name, name_place, "peers.name")?;
        if peers.iter().any(|peer| peer.name == name) {
            return Err(wrong(name_place, "peers.name", format!("`{name}` is there twice")));
        }
        let (list, list_place) = entries.list("peers", "addresses").unwrap_or((&[], place));
        let addresses = list.iter().map(|address| {
            address_with_port(address).ok_or_else(|| {
                wrong(list_place, "peers.addresses", format!("`{address}` is no address like 192.168.1.20:7432"))
            })
        });
        peers.push(ConfiguredPeer { addresses: addresses.collect::<Result<_, _>>()?, name });
    }
    Ok(peers)
}

#[cfg(test)]
mod tests;
