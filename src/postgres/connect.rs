//! Connections: URL, environment, `.pgpass`, service files, sslmode, TCP and Unix sockets.

/// Where to connect, fully resolved. `Debug` and [`Target::label`] never show the password.
#[derive(Clone)]
pub struct Target {}

impl Target {
    /// `user@host:port/database`, for people.
    pub fn label(&self) -> String {
        unimplemented!()
    }
    /// Resolves a URL (`postgres://`, `postgresql+psycopg2://`, or a libpq key=value string) with environment, `.pgpass` and service files.
    pub fn resolve(_url: &str) -> Result<Self, ConnectError> {
        unimplemented!()
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be understood.
    #[error("the database URL cannot be understood: {0}")]
    Url(String),
}

/// A message the server sent beside its answers (NOTICE, WARNING).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, … in English whatever the server's language (field V).
    pub severity: String,
    /// The message.
    pub message: String,
    /// SQLSTATE.
    pub code: String,
}

/// An open connection; dropping it closes it.
pub struct Connection {
    /// The client.
    pub client: tokio_postgres::Client,
}

impl Connection {
    /// Connects. `purpose` becomes part of `application_name` (`driftless sync`), which others see who wait for our lock.
    pub async fn open(_target: &Target, _purpose: &str) -> Result<Self, ConnectError> {
        unimplemented!()
    }
    /// Takes the notices that have arrived since the last call.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        unimplemented!()
    }
    /// Waits for the next notification; `None`: the connection is gone.
    pub async fn notification(&mut self) -> Option<tokio_postgres::Notification> {
        unimplemented!()
    }
    /// The server's major version, 13 to 18.
    pub fn server_major(&self) -> u32 {
        unimplemented!()
    }
}
