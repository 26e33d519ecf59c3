//! Where to connect, put together from the connection string, a service file, the environment and libpq's defaults, in
//! this order. Start at [`Target::resolve`]. It reads files and the environment, and connects to nothing.
//!
//! What could go wrong: a parameter that asks for more safety than we give must be refused, never passed over.

mod files;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::environment::Environment;
use super::{ConnectError, parameters};
use crate::nearest::nearest;

/// A password; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How much TLS is asked for, as libpq names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// None.
    Disable,
    /// Only if the server refuses to go without.
    Allow,
    /// If the server can.
    Prefer,
    /// Always; the certificate is looked at only if a root certificate is there.
    Require,
    /// Always, and the certificate must come from a known authority.
    VerifyCa,
    /// Always, and the certificate must also be this host's.
    VerifyFull,
}

impl SslMode {
    const NAMES: [(&str, Self); 6] = [
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name))
    }
}

/// TLS settings as given; files are read when a connection is opened.
#[derive(Debug, Clone)]
pub(super) struct Ssl {
    pub(super) mode: SslMode,
    /// Root certificates; `system` for the operating system's.
    pub(super) root: Option<PathBuf>,
    /// Client certificate and key.
    pub(super) client: Option<(PathBuf, PathBuf)>,
    pub(super) only_tls13: bool,
    pub(super) send_name: bool,
    pub(super) direct: bool,
}

/// One server to try.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    /// Host name, address, or folder of a Unix socket.
    pub(super) host: String,
    /// Address that spares the look-up.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
    pub(super) password: Option<Secret>,
}

impl Endpoint {
    /// Whether the host is a folder with a Unix socket.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.host.starts_with('/')
    }
}

/// Where to connect, fully resolved. `Debug` and [`Target::label`] never show the password.
#[derive(Debug, Clone)]
pub struct Target {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) options: Option<String>,
    pub(super) connect_timeout: Duration,
    pub(super) ssl: Ssl,
    pub(super) channel_binding: tokio_postgres::config::ChannelBinding,
    pub(super) session: tokio_postgres::config::TargetSessionAttrs,
    pub(super) machine: Option<String>,
    /// Why the password file was not used, if it was not.
    pub(super) passfile_note: Option<String>,
}

impl Target {
    /// Resolves a URL (`postgres://`, `postgresql+psycopg2://`, or a libpq key=value string) with environment, `.pgpass` and service files.
    pub fn resolve(url: &str) -> Result<Self, ConnectError> {
        resolve_in(url, &Environment::current())
    }

    /// `user@host:port/database`, for people.
    pub fn label(&self) -> String {
        let hosts: Vec<_> = self.endpoints.iter().map(place).collect();
        format!("{}@{}/{}", self.user, hosts.join(","), self.database)
    }

    /// The same server and user, another database.
    pub fn target_with_database(&self, name: &str) -> Self {
        Self { database: name.to_owned(), ..self.clone() }
    }

    /// Names this machine in `application_name`, for those who wait for our lock.
    #[must_use]
    pub fn on_machine(mut self, machine: &str) -> Self {
        self.machine = Some(machine.to_owned());
        self
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The user's name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// How much TLS is asked for.
    pub fn ssl_mode(&self) -> SslMode {
        self.ssl.mode
    }

    pub(super) fn label_of(&self, endpoint: &Endpoint) -> String {
        format!("{}@{}/{}", self.user, place(endpoint), self.database)
    }
}

/// `host:port`, an IPv6 address in brackets.
fn place(endpoint: &Endpoint) -> String {
    match &endpoint.host {
        host if host.contains(':') && !host.starts_with('/') => format!("[{host}]:{}", endpoint.port),
        host => format!("{host}:{}", endpoint.port),
    }
}

/// libpq's parameters that mean something here, each with its variable.
const KNOWN: [(&str, &str); 21] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("service", "PGSERVICE"),
    ("servicefile", "PGSERVICEFILE"),
    ("options", "PGOPTIONS"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslsni", "PGSSLSNI"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
];

/// Known to libpq, without effect on what driftless does: it sets these itself, or they tune what it does not use.
const WITHOUT_EFFECT: [&str; 15] = [
    "application_name",
    "fallback_application_name",
    "client_encoding",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslcompression",
    "krbsrvname",
    "gsslib",
    "gssdelegation",
    "load_balance_hosts",
    "min_protocol_version",
    "max_protocol_version",
];

/// Parameters that ask for a check which is not made here: going on without it would be less safe than what was asked for.
const REFUSED: [(&str, &str); 9] = [
    ("require_auth", "PGREQUIREAUTH"),
    ("requirepeer", "PGREQUIREPEER"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("sslpassword", ""),
    ("sslcertmode", "PGSSLCERTMODE"),
    ("requiressl", "PGREQUIRESSL"),
    ("replication", ""),
    ("scram_client_key", ""),
];

/// Values by parameter, the first source that has one counting.
struct Given<'a> {
    explicit: parameters::Parameters,
    service: parameters::Parameters,
    environment: &'a Environment,
}

impl Given<'_> {
    fn find(&self, name: &str) -> Option<&str> {
        // a name given twice: the last counts, as in libpq
        let of = |list: &'_ parameters::Parameters| list.iter().rposition(|(key, _)| key == name);
        let explicit = of(&self.explicit).map(|at| self.explicit[at].1.as_str());
        let service = of(&self.service).map(|at| self.service[at].1.as_str());
        let variable = KNOWN.iter().find(|(known, _)| *known == name).map_or("", |(_, variable)| variable);
        [explicit, service, self.environment.variable(variable)].into_iter().flatten().find(|value| !value.is_empty())
    }
}

pub(super) fn resolve_in(url: &str, environment: &Environment) -> Result<Target, ConnectError> {
    let explicit = parameters::parse(url)?;
    check_names(&explicit, None)?;
    for (name, variable) in REFUSED {
        if !variable.is_empty() && environment.variable(variable).is_some() {
            return Err(refused(name));
        }
    }
    let mut given = Given { explicit, service: Vec::new(), environment };
    given.service = files::read_service(&given)?;
    let user = match given.find("user").or(environment.user.as_deref()) {
        Some(user) => user.to_owned(),
        None => {
            return Err(ConnectError::parameter(
                "user",
                "it is not given, and the operating system's user name is not known",
                "put it into the URL: postgresql://user@host/database",
            ));
        }
    };
    let database = given.find("dbname").unwrap_or(&user).to_owned();
    let mut target = Target {
        endpoints: endpoints(&given)?,
        options: given.find("options").map(str::to_owned),
        connect_timeout: connect_timeout(given.find("connect_timeout"))?,
        ssl: ssl(&given)?,
        channel_binding: choice(&given, "channel_binding", CHANNEL_BINDINGS, "prefer")?,
        session: choice(&given, "target_session_attrs", SESSIONS, "any")?,
        machine: None,
        passfile_note: None,
        user,
        database,
    };
    files::passwords(&mut target, &given)?;
    Ok(target)
}

fn check_names(parameters: &[(String, String)], file: Option<&str>) -> Result<(), ConnectError> {
    for (name, value) in parameters {
        if REFUSED.iter().any(|(refused, _)| refused == name) {
            return Err(refused(name));
        }
        if name == "gssencmode" {
            if value == "require" {
                return Err(refused("gssencmode=require"));
            }
            continue;
        }
        if KNOWN.iter().any(|(known, _)| known == name) || WITHOUT_EFFECT.contains(&name.as_str()) {
            continue;
        }
        let nearest = nearest(name, KNOWN.iter().map(|(known, _)| *known));
        let place = file.map(|file| format!(" (in {file})")).unwrap_or_default();
        let mend = nearest.map_or_else(|| "leave it out".to_owned(), |known| format!("did you mean `{known}`?"));
        return Err(ConnectError::parameter(name, format!("there is no such parameter{place}"), mend));
    }
    Ok(())
}

fn refused(name: &str) -> ConnectError {
    ConnectError::parameter(
        name,
        "driftless does not support it, and going on without it would be less safe than what was asked for",
        "leave it out of the URL, the service file and the environment for driftless",
    )
}

const CHANNEL_BINDINGS: &[(&str, tokio_postgres::config::ChannelBinding)] = &[
    ("disable", tokio_postgres::config::ChannelBinding::Disable),
    ("prefer", tokio_postgres::config::ChannelBinding::Prefer),
    ("require", tokio_postgres::config::ChannelBinding::Require),
];

const SESSIONS: &[(&str, tokio_postgres::config::TargetSessionAttrs)] = &[
    ("any", tokio_postgres::config::TargetSessionAttrs::Any),
    ("read-write", tokio_postgres::config::TargetSessionAttrs::ReadWrite),
    ("primary", tokio_postgres::config::TargetSessionAttrs::ReadWrite),
    ("read-only", tokio_postgres::config::TargetSessionAttrs::ReadOnly),
];

/// One of several words.
fn choice<T: Copy>(given: &Given<'_>, name: &str, words: &[(&str, T)], default: &str) -> Result<T, ConnectError> {
    let word = given.find(name).unwrap_or(default);
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(known, _)| *known).collect();
        ConnectError::parameter(
            name,
            format!("`{word}` is none of its values"),
            format!("use one of: {}", known.join(", ")),
        )
    })
}

fn connect_timeout(text: Option<&str>) -> Result<Duration, ConnectError> {
    const DEFAULT: Duration = Duration::from_secs(10);
    let Some(text) = text else { return Ok(DEFAULT) };
    match text.trim().parse::<i64>() {
        // libpq: zero or less waits for ever, which an agent must not
        Ok(seconds) if seconds <= 0 => Ok(DEFAULT),
        // libpq rounds 1 up to 2
        Ok(seconds) => Ok(Duration::from_secs(u64::try_from(seconds).unwrap_or(2).max(2))),
        Err(_) => Err(ConnectError::parameter(
            "connect_timeout",
            format!("`{text}` is not a whole number"),
            "give it in seconds, like 10",
        )),
    }
}

fn ssl(given: &Given<'_>) -> Result<Ssl, ConnectError> {
    let path = |name: &str| given.find(name).map(PathBuf::from);
    let folder = given.environment.certificates.as_deref();
    let default = |name: &str| folder.map(|folder| folder.join(name)).filter(|file| file.exists());
    let root = path("sslrootcert").or_else(|| default("root.crt"));
    let system = root.as_deref() == Some(Path::new("system"));
    let mode = choice(given, "sslmode", &SslMode::NAMES, if system { "verify-full" } else { "prefer" })?;
    if system && mode != SslMode::VerifyFull {
        return Err(ConnectError::parameter(
            "sslmode",
            format!("`{mode}` is too weak for sslrootcert=system, where anybody can have a certificate"),
            "use sslmode=verify-full",
        ));
    }
    if root.is_none() && matches!(mode, SslMode::VerifyCa | SslMode::VerifyFull) {
        return Err(ConnectError::parameter(
            "sslrootcert",
            format!("sslmode={mode} needs the certificate of the authority, and there is no ~/.postgresql/root.crt"),
            "name its file in sslrootcert, or use sslrootcert=system",
        ));
    }
    let client = match (path("sslcert"), path("sslkey")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (certificate, key) => {
            certificate.or_else(|| default("postgresql.crt")).zip(key.or_else(|| default("postgresql.key")))
        }
    };
    let only_tls13 = choice(given, "ssl_min_protocol_version", TLS_VERSIONS, "TLSv1.2")?;
    if given.find("ssl_max_protocol_version").is_some_and(|version| version != "TLSv1.3") {
        return Err(ConnectError::parameter(
            "ssl_max_protocol_version",
            "driftless always allows TLS 1.3",
            "leave it out, or write TLSv1.3",
        ));
    }
    let direct = choice(given, "sslnegotiation", &[("postgres", false), ("direct", true)], "postgres")?;
    if direct && matches!(mode, SslMode::Disable | SslMode::Allow | SslMode::Prefer) {
        return Err(ConnectError::parameter(
            "sslnegotiation",
            format!("`direct` needs a stronger sslmode than `{mode}`"),
            "use sslmode=require or stronger",
        ));
    }
    let send_name = choice(given, "sslsni", &[("1", true), ("0", false)], "1")?;
    Ok(Ssl { mode, root, client, only_tls13, send_name, direct })
}

const TLS_VERSIONS: &[(&str, bool)] = &[("TLSv1", false), ("TLSv1.1", false), ("TLSv1.2", false), ("TLSv1.3", true)];

fn endpoints(given: &Given<'_>) -> Result<Vec<Endpoint>, ConnectError> {
    let list = |name: &str| -> Vec<&str> { given.find(name).map(|text| text.split(',').collect()).unwrap_or_default() };
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = hosts.len().max(addresses.len()).max(1);
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err(ConnectError::parameter(
            "hostaddr",
            format!("there are {} addresses for {} hosts", addresses.len(), hosts.len()),
            "give one address for each host",
        ));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(ConnectError::parameter(
            "port",
            format!("there are {} ports for {count} hosts", ports.len()),
            "give one port, or one for each host",
        ));
    }
    (0..count)
        .map(|at| {
            let port = port(ports.get(at).or(ports.first()).copied().unwrap_or(""))?;
            let address = match addresses.get(at).filter(|text| !text.is_empty()) {
                Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
                    let problem = format!("`{text}` is no IP address");
                    ConnectError::parameter("hostaddr", problem, "put names into `host`")
                })?),
                None => None,
            };
            let host = match (hosts.get(at).filter(|host| !host.is_empty()), address) {
                (Some(host), _) => (*host).to_owned(),
                (None, Some(address)) => address.to_string(),
                (None, None) => default_host(given.environment, port),
            };
            if cfg!(windows) && host.starts_with('/') {
                return Err(ConnectError::parameter(
                    "host",
                    format!("`{host}` is a Unix socket folder, which Windows does not have"),
                    "use localhost",
                ));
            }
            Ok(Endpoint { host, address, port, password: None })
        })
        .collect()
}

fn port(text: &str) -> Result<u16, ConnectError> {
    match text.trim() {
        "" => Ok(5432),
        text => text.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
            // not shown: in a URL it may be the start of a password
            ConnectError::parameter(
                "port",
                "it is not a number from 1 to 65535",
                "write it as host:5432; `:` and `@` in a password are written %3A and %40",
            )
        }),
    }
}

/// The folder that holds a socket for this port; else the first that exists; else localhost.
fn default_host(environment: &Environment, port: u16) -> String {
    let folders = &environment.socket_folders;
    let socket = format!(".s.PGSQL.{port}");
    let found = folders.iter().find(|folder| folder.join(&socket).exists());
    let found = found.or_else(|| folders.iter().find(|folder| folder.exists()));
    found.and_then(|folder| folder.to_str()).unwrap_or("localhost").to_owned()
}

#[cfg(test)]
mod tests;
