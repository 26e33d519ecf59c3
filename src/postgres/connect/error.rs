//! Why there is no connection, in kinds that call for different reactions, each with its mend.
//!
//! Kinds go by SQLSTATE, never by the server's words: those come in the server's language and, before the login is
//! over, in its own encoding. Words that were not UTF-8 are left out instead of being shown garbled.

use std::fmt;
use std::io;
use std::time::Duration;

/// Why there is no connection. No variant ever holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A connection parameter (of the URL, the environment, a service or password file) is wrong.
    #[error("database parameter `{parameter}`: {problem}")]
    Parameter {
        /// The parameter as libpq calls it (`sslmode`), or `url`, or the file's path.
        parameter: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        mend: String,
    },
    /// Nobody answered at that address.
    #[error("cannot reach {target}: {reason}")]
    Unreachable {
        /// `user@host:port/database`.
        target: String,
        /// What happened.
        reason: Unreachable,
        /// The operating system's error, where there is one.
        #[source]
        source: Option<io::Error>,
    },
    /// The server refuses this user (SQLSTATE class 28), or wants a password and none is known.
    #[error("{target} refuses the login{}", if *.password_given { "" } else { ": it wants a password and none was given" })]
    Authentication {
        /// `user@host:port/database`.
        target: String,
        /// SQLSTATE, where the server gave one.
        code: Option<String>,
        /// Whether any password was known.
        password_given: bool,
        /// A password file that was not used, and why.
        note: Option<String>,
        /// The server's words, or why we could not answer its question.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The database is not there (3D000).
    #[error("the server at {target} has no database `{database}`")]
    NoSuchDatabase {
        /// `user@host:port/database`.
        target: String,
        /// The name that was asked for.
        database: String,
    },
    /// All connection slots are taken (53300).
    #[error("the server at {target} has no free connection")]
    TooManyConnections {
        /// `user@host:port/database`.
        target: String,
        /// The server's words.
        #[source]
        source: Option<ServerWords>,
    },
    /// The server is starting, stopping or recovering (57P01 to 57P03): try again soon.
    #[error("the server at {target} is starting up or shutting down")]
    StartingOrStopping {
        /// `user@host:port/database`.
        target: String,
        /// SQLSTATE.
        code: String,
        /// The server's words.
        #[source]
        source: Option<ServerWords>,
    },
    /// No TLS connection that satisfies `sslmode` came about.
    #[error("no TLS connection to {target} (sslmode `{mode}`)")]
    Tls {
        /// `user@host:port/database`.
        target: String,
        /// The sslmode that was asked for.
        mode: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server is too old.
    #[error("{target} is PostgreSQL {version}; driftless needs 13 or later")]
    TooOld {
        /// `user@host:port/database`.
        target: String,
        /// The server's version as it says it.
        version: String,
    },
    /// Anything else.
    #[error("cannot connect to {target}{}", .code.as_ref().map(|code| format!(" (SQLSTATE {code})")).unwrap_or_default())]
    Other {
        /// `user@host:port/database`.
        target: String,
        /// SQLSTATE, where the server gave one.
        code: Option<String>,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How an address failed to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// Nothing listens there.
    Refused,
    /// No answer within the connect timeout.
    TimedOut(Duration),
    /// The host name is not known.
    NameNotFound,
    /// The Unix socket is not there.
    NoSocket,
    /// The connection broke during the login.
    Broken,
    /// Anything else; the source says what.
    Failed,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("nothing accepts connections there"),
            Self::TimedOut(limit) => write!(f, "no answer within {} s", limit.as_secs_f32()),
            Self::NameNotFound => f.write_str("the host name is not known"),
            Self::NoSocket => f.write_str("there is no such Unix socket"),
            Self::Broken => f.write_str("the connection broke during the login"),
            Self::Failed => f.write_str("the connection failed"),
        }
    }
}

/// What the server said, where it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerWords(String);

impl ServerWords {
    /// `None` where the words were not UTF-8 and would be shown garbled.
    pub(super) fn of(error: &tokio_postgres::error::DbError) -> Option<Self> {
        let mut words = error.message().to_owned();
        if let Some(detail) = error.detail() {
            words.push_str("; ");
            words.push_str(detail);
        }
        (!words.contains(char::REPLACEMENT_CHARACTER)).then_some(Self(words))
    }
}

impl fmt::Display for ServerWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server says: {}", self.0)
    }
}

impl std::error::Error for ServerWords {}

impl ConnectError {
    pub(super) fn parameter(parameter: impl Into<String>, problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Parameter { parameter: parameter.into(), problem: problem.into(), mend: mend.into() }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Parameter { mend, .. } => mend.clone(),
            Self::Unreachable { reason, .. } => match reason {
                Unreachable::NameNotFound => "check the host name for a typing error, or give the IP address".into(),
                Unreachable::NoSocket => {
                    "start PostgreSQL, or name its socket folder or `localhost` as the host".into()
                }
                Unreachable::TimedOut(_) => {
                    "check the address and the firewall, and `listen_addresses` of that server".into()
                }
                Unreachable::Refused | Unreachable::Broken | Unreachable::Failed => {
                    "check that PostgreSQL is running there, and the port".into()
                }
            },
            Self::Authentication { password_given, note, .. } => match (note, password_given) {
                (Some(note), _) => note.clone(),
                (None, true) => "check user and password, and the server's pg_hba.conf".into(),
                (None, false) => "give it in the URL, in PGPASSWORD or in a password file (.pgpass)".into(),
            },
            Self::NoSuchDatabase { database, .. } => {
                format!("create it (CREATE DATABASE \"{}\"), or correct the name", database.replace('"', "\"\""))
            }
            Self::TooManyConnections { .. } => "close other clients, or raise `max_connections` of that server".into(),
            Self::StartingOrStopping { .. } => "wait a moment and try again".into(),
            Self::Tls { source, .. } => tls_hint(source.as_ref()),
            Self::TooOld { .. } => "upgrade that server".into(),
            Self::Other { .. } => return None,
        })
    }

    /// Whether the same attempt may succeed later without anybody changing the configuration.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TooManyConnections { .. } | Self::StartingOrStopping { .. })
    }

    /// SQLSTATE, where the server gave one.
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Authentication { code, .. } | Self::Other { code, .. } => code.as_deref(),
            Self::NoSuchDatabase { .. } => Some("3D000"),
            Self::TooManyConnections { .. } => Some("53300"),
            Self::StartingOrStopping { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// The mend for what rustls found, which stands somewhere in the chain of causes.
fn tls_hint(source: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = Some(source);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let found = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()).or_else(|| error.downcast_ref());
        match found {
            Some(rustls::Error::InvalidCertificate(problem)) => return certificate_hint(problem).to_owned(),
            Some(_) => return "check the TLS settings of that server".to_owned(),
            None => cause = error.source(),
        }
    }
    "switch TLS on at the server (ssl = on), or use sslmode=prefer".to_owned()
}

fn certificate_hint(problem: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer};
    match problem {
        NotValidForName | NotValidForNameContext { .. } => {
            "connect by a name that stands in the certificate (as subjectAltName), or use sslmode=verify-ca"
        }
        UnknownIssuer => "name the file with the certificate of the server's authority in sslrootcert",
        Expired | ExpiredContext { .. } => "renew the server's certificate, and check both machines' clocks",
        _ => "check the server's certificate against sslrootcert",
    }
}
