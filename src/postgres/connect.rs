//! Connections: URL, environment, `.pgpass`, service files, sslmode, TCP and Unix sockets.
//!
//! Start at [`Target::resolve`], then [`Connection::open`]. It never retries, never runs a statement of its own, and never
//! puts a password into a message. What could go wrong: a driver that outlives its connection keeps a transaction and its
//! locks open on the server; see the `Drop` of [`Connection`].

mod environment;
mod error;
mod parameters;
mod pgpass;
mod service;
mod target;
mod tls;

use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_postgres::error::{DbError, Severity};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, NoTls, Notification, Socket, config};

pub use error::{ConnectError, ServerWords, Unreachable};
pub use target::{SslMode, Target};

use target::Endpoint;
use tls::TlsMaker;

/// The oldest supported server.
const OLDEST_MAJOR: u32 = 13;
/// The newest server that driftless was tried on.
const NEWEST_TRIED_MAJOR: u32 = 18;
/// How long a dropped connection may take to say goodbye before its statement is cancelled.
const GOODBYE: Duration = Duration::from_secs(1);

/// A message the server sent beside its answers (NOTICE, WARNING).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, … in English whatever the server's language (field V).
    pub severity: String,
    /// The message.
    pub message: String,
    /// SQLSTATE.
    pub code: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server advises.
    pub hint: Option<String>,
    /// Where in functions it was raised, innermost first.
    pub context: Option<String>,
}

impl From<DbError> for Notice {
    fn from(error: DbError) -> Self {
        Self {
            severity: error
                .parsed_severity()
                .map_or_else(|| error.severity().to_owned(), |severity| severity.to_string()),
            message: error.message().to_owned(),
            code: error.code().code().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            context: error.where_().map(str::to_owned),
        }
    }
}

/// Notices of a connection that nobody has taken yet.
#[derive(Debug, Clone, Default)]
pub struct NoticeQueue(Arc<Mutex<Vec<Notice>>>);

impl NoticeQueue {
    /// Takes what has arrived since the last time, in its order.
    pub fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }
}

/// An open connection; dropping it closes it.
pub struct Connection {
    /// The client.
    pub client: Client,
    notices: NoticeQueue,
    notifications: mpsc::UnboundedReceiver<Notification>,
    canceller: Canceller,
    major: u32,
    version: String,
    superuser: bool,
    label: String,
    tls: bool,
    /// Dropped with the connection, which tells the driver.
    _alive: oneshot::Sender<()>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("label", &self.label).field("version", &self.version).finish_non_exhaustive()
    }
}

/// Asks the server to cancel what a connection is running.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    tls: Option<TlsMaker>,
}

impl Canceller {
    /// Sends the request; the statement then fails with SQLSTATE 57014, unless it was done before.
    pub async fn cancel(&self) -> Result<(), tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => self.token.cancel_query(tls.clone()).await,
            None => self.token.cancel_query(NoTls).await,
        }
    }
}

impl Connection {
    /// Connects. `purpose` becomes part of `application_name` (`driftless sync`), which others see who wait for our lock.
    /// Hosts are tried in turn until one answers.
    pub async fn open(target: &Target, purpose: &str) -> Result<Self, ConnectError> {
        let mut last = None;
        for endpoint in &target.endpoints {
            match open_endpoint(target, endpoint, purpose).await {
                Ok(connection) => return Ok(connection),
                // as libpq: only hosts that did not let us in at all are passed over
                Err(error) if error.is_transient() => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| ConnectError::parameter("host", "there is none", "name the server's host")))
    }

    /// Takes the notices that have arrived since the last call, in their order. Those of a statement are here when its result is.
    pub fn take_notices(&self) -> Vec<Notice> {
        self.notices.take()
    }

    /// The same queue, for who holds the client in a transaction.
    pub fn notices(&self) -> NoticeQueue {
        self.notices.clone()
    }

    /// Waits for the next notification; `None`: the connection is gone.
    pub async fn notification(&mut self) -> Option<Notification> {
        self.notifications.recv().await
    }

    /// The server's major version, 13 or later.
    pub fn server_major(&self) -> u32 {
        self.major
    }

    /// The server's version in its own words.
    pub fn server_version(&self) -> &str {
        &self.version
    }

    /// Whether the server is newer than those driftless was tried on.
    pub fn is_newer_than_tried(&self) -> bool {
        self.major > NEWEST_TRIED_MAJOR
    }

    /// Whether the role we logged in with is a superuser.
    pub fn is_superuser(&self) -> bool {
        self.superuser
    }

    /// `user@host:port/database` of the server that answered.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.tls
    }

    /// Whether the connection is known to be gone.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Cancels from elsewhere what this connection runs.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }
}

/// One way of connecting to an endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Plain,
    Tls,
}

async fn open_endpoint(target: &Target, endpoint: &Endpoint, purpose: &str) -> Result<Connection, ConnectError> {
    use Encryption::{Plain, Tls};
    // PostgreSQL offers no TLS over Unix sockets
    let ways: &[Encryption] = match target.ssl.mode {
        _ if endpoint.is_socket() => &[Plain],
        SslMode::Disable => &[Plain],
        SslMode::Allow => &[Plain, Tls],
        SslMode::Prefer => &[Tls, Plain],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[Tls],
    };
    let addresses = look_up(target, endpoint).await?;
    let mut last = None;
    for address in addresses {
        let mut first_error = None;
        for way in ways {
            let attempt = Attempt { target, endpoint, purpose, address, way: *way };
            match attempt.run().await {
                Ok(connection) => return Ok(connection),
                // the second way is for servers that refuse the first, not for those that cannot be reached
                Err(error) if first_error.is_none() && refuses_this_way(&error) => first_error = Some(error),
                Err(error) => {
                    let error =
                        first_error.take().filter(|_| matches!(error, ConnectError::Tls { .. })).unwrap_or(error);
                    first_error = Some(error);
                    break;
                }
            }
        }
        match first_error {
            Some(error) if error.is_transient() => last = Some(error),
            Some(error) => return Err(error),
            None => {}
        }
    }
    Err(last.unwrap_or_else(|| target.unreachable(endpoint, Unreachable::NameNotFound, None)))
}

/// A wrong password (28P01) is none: trying it again without TLS would show it to listeners.
fn refuses_this_way(error: &ConnectError) -> bool {
    match error {
        ConnectError::Tls { .. } => true,
        ConnectError::Authentication { code, .. } => code.as_deref() == Some("28000"),
        _ => false,
    }
}

/// The addresses of a host; `None` stands for a Unix socket.
async fn look_up(target: &Target, endpoint: &Endpoint) -> Result<Vec<Option<std::net::IpAddr>>, ConnectError> {
    if endpoint.is_socket() {
        return Ok(vec![None]);
    }
    if let Some(address) = endpoint.address {
        return Ok(vec![Some(address)]);
    }
    let found = tokio::time::timeout(target.connect_timeout, tokio::net::lookup_host((&*endpoint.host, endpoint.port)));
    match found.await {
        Ok(Ok(found)) => {
            let mut addresses: Vec<_> = found.map(|address| Some(address.ip())).collect();
            addresses.dedup();
            Ok(addresses)
        }
        Ok(Err(error)) => Err(target.unreachable(endpoint, Unreachable::NameNotFound, Some(error))),
        Err(_) => Err(target.unreachable(endpoint, Unreachable::TimedOut(target.connect_timeout), None)),
    }
}

impl Target {
    fn unreachable(&self, endpoint: &Endpoint, reason: Unreachable, source: Option<io::Error>) -> ConnectError {
        ConnectError::Unreachable { target: self.label_of(endpoint), reason, source }
    }
}

struct Attempt<'a> {
    target: &'a Target,
    endpoint: &'a Endpoint,
    purpose: &'a str,
    address: Option<std::net::IpAddr>,
    way: Encryption,
}

impl Attempt<'_> {
    async fn run(&self) -> Result<Connection, ConnectError> {
        match self.way {
            Encryption::Plain => self.connect(NoTls, None).await,
            Encryption::Tls => {
                let tls = TlsMaker::new(&self.target.ssl)?;
                self.connect(tls.clone(), Some(tls)).await
            }
        }
    }

    async fn connect<T>(&self, maker: T, tls: Option<TlsMaker>) -> Result<Connection, ConnectError>
    where
        T: tokio_postgres::tls::MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let limit = self.target.connect_timeout;
        let config = self.config();
        match tokio::time::timeout(limit, config.connect(maker)).await {
            Ok(Ok((client, driver))) => self.opened(client, driver, tls),
            Ok(Err(error)) => Err(self.explain(error)),
            Err(_) => Err(self.target.unreachable(self.endpoint, Unreachable::TimedOut(limit), None)),
        }
    }

    fn config(&self) -> Config {
        let target = self.target;
        let mut config = Config::new();
        config
            .user(&target.user)
            .dbname(&target.database)
            .host(&self.endpoint.host)
            .port(self.endpoint.port)
            .application_name(application_name(self.purpose, target.machine.as_deref()))
            .ssl_mode(match self.way {
                Encryption::Plain => config::SslMode::Disable,
                // a server without TLS says so, and goes on over the same connection
                Encryption::Tls if target.ssl.mode == SslMode::Prefer && !target.ssl.direct => config::SslMode::Prefer,
                Encryption::Tls => config::SslMode::Require,
            })
            .channel_binding(match self.way {
                // nothing to bind to; only an explicit demand may fail because of it
                Encryption::Plain if target.channel_binding == config::ChannelBinding::Prefer => {
                    config::ChannelBinding::Disable
                }
                _ => target.channel_binding,
            })
            .target_session_attrs(target.session)
            .connect_timeout(target.connect_timeout)
            // a peer's PC that was switched off is noticed within about a minute
            .keepalives_idle(Duration::from_secs(30))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(60));
        if target.ssl.direct {
            config.ssl_negotiation(config::SslNegotiation::Direct);
        }
        if let Some(address) = self.address {
            config.hostaddr(address);
        }
        if let Some(password) = &self.endpoint.password {
            config.password(&password.0);
        }
        if let Some(options) = &target.options {
            config.options(options);
        }
        config
    }

    fn opened<S>(
        &self,
        client: Client,
        driver: tokio_postgres::Connection<Socket, S>,
        tls: Option<TlsMaker>,
    ) -> Result<Connection, ConnectError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let version = driver.parameter("server_version").unwrap_or("").to_owned();
        let digits = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        let label = self.target.label_of(self.endpoint);
        let major: u32 = digits.parse().unwrap_or(0);
        if major < OLDEST_MAJOR {
            return Err(ConnectError::TooOld { target: label, version });
        }
        let superuser = driver.parameter("is_superuser") == Some("on");
        let notices = NoticeQueue::default();
        let (sender, notifications) = mpsc::unbounded_channel();
        let (alive, gone) = oneshot::channel();
        let encrypted = tls.as_ref().is_some_and(TlsMaker::was_used);
        let canceller = Canceller { token: client.cancel_token(), tls };
        tokio::spawn(drive(driver, notices.clone(), sender, gone, canceller.clone()));
        Ok(Connection {
            client,
            notices,
            notifications,
            canceller,
            major,
            version,
            superuser,
            label,
            tls: encrypted,
            _alive: alive,
        })
    }

    fn explain(&self, error: tokio_postgres::Error) -> ConnectError {
        let target = self.target.label_of(self.endpoint);
        if let Some(server) = error.as_db_error() {
            return self.explain_refusal(target, server);
        }
        let password_given = self.endpoint.password.is_some();
        // tokio-postgres keeps its kinds to itself; their words are pinned by the tests of this module
        let kind = error.to_string();
        if kind == "error performing TLS handshake" {
            let mode = self.target.ssl.mode.to_string();
            let source = error.into_source().unwrap_or_else(|| kind.into());
            return match source.downcast::<io::Error>() {
                Ok(cause) if is_broken(&cause) => self.unreachable_by(*cause),
                Ok(source) => ConnectError::Tls { target, mode, source },
                Err(source) => ConnectError::Tls { target, mode, source },
            };
        }
        if (kind == "invalid configuration" && !password_given) || kind == "authentication error" {
            let source = error.into_source().filter(|_| kind == "authentication error");
            let note = self.target.passfile_note.clone().filter(|_| !password_given);
            let password_given = password_given || source.is_some();
            return ConnectError::Authentication { target, code: None, password_given, note, source };
        }
        if error.is_closed() {
            return ConnectError::Unreachable { target, reason: Unreachable::Broken, source: None };
        }
        match error.into_source().map(|cause| cause.downcast::<io::Error>()) {
            Some(Ok(cause)) => self.unreachable_by(*cause),
            Some(Err(source)) => ConnectError::Other { target, code: None, source },
            None => ConnectError::Other { target, code: None, source: kind.into() },
        }
    }

    fn unreachable_by(&self, cause: io::Error) -> ConnectError {
        let reason = match cause.kind() {
            io::ErrorKind::ConnectionRefused => Unreachable::Refused,
            io::ErrorKind::TimedOut => Unreachable::TimedOut(self.target.connect_timeout),
            io::ErrorKind::NotFound if self.endpoint.is_socket() => Unreachable::NoSocket,
            _ if is_broken(&cause) => Unreachable::Broken,
            _ => Unreachable::Failed,
        };
        self.target.unreachable(self.endpoint, reason, Some(cause))
    }

    fn explain_refusal(&self, target: String, server: &DbError) -> ConnectError {
        let code = server.code().code().to_owned();
        let source = ServerWords::of(server);
        match code.as_str() {
            "3D000" => ConnectError::NoSuchDatabase { target, database: self.target.database.clone() },
            "53300" => ConnectError::TooManyConnections { target, source },
            "57P01" | "57P02" | "57P03" => ConnectError::StartingOrStopping { target, code, source },
            class_28 if class_28.starts_with("28") => ConnectError::Authentication {
                target,
                code: Some(code),
                // a refusal by pg_hba.conf comes before any password is asked for
                password_given: true,
                note: self.target.passfile_note.clone().filter(|_| self.endpoint.password.is_none()),
                source: source.map(Into::into),
            },
            _ => {
                let source = source.map_or_else(|| "the server's words were not UTF-8".into(), Into::into);
                ConnectError::Other { target, code: Some(code), source }
            }
        }
    }
}

fn is_broken(cause: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(cause.kind(), ConnectionReset | ConnectionAborted | UnexpectedEof | BrokenPipe)
}

/// What others see in `pg_stat_activity`; the server cuts it off at 63 bytes.
fn application_name(purpose: &str, machine: Option<&str>) -> String {
    let mut name = match machine {
        Some(machine) => format!("driftless {purpose} on {machine}"),
        None => format!("driftless {purpose}"),
    };
    while name.len() > 63 {
        name.pop();
    }
    name
}

/// Reads what the server sends until the connection ends, and says goodbye once the [`Connection`] is dropped.
async fn drive<S>(
    mut driver: tokio_postgres::Connection<Socket, S>,
    notices: NoticeQueue,
    notifications: mpsc::UnboundedSender<Notification>,
    gone: oneshot::Receiver<()>,
    canceller: Canceller,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let reading = async {
        loop {
            match poll_fn(|context| driver.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notice(notice))) => {
                    notices.push(notice.into());
                }
                // nobody may be listening any more; that ends nothing
                Some(Ok(AsyncMessage::Notification(notification))) => drop(notifications.send(notification)),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    let code = error.code().map(tokio_postgres::error::SqlState::code);
                    tracing::debug!(%error, code, "the connection to the database ended");
                    return;
                }
                None => return,
            }
        }
    };
    let mut reading = std::pin::pin!(reading);
    tokio::select! {
        () = &mut reading => return,
        _ = gone => {}
    }
    // the client is dropped too, so the driver ends by itself, unless a statement is still running
    if tokio::time::timeout(GOODBYE, &mut reading).await.is_err() {
        let cancelled = tokio::time::timeout(GOODBYE, canceller.cancel()).await;
        tracing::debug!(ok = matches!(cancelled, Ok(Ok(()))), "cancelled what a dropped connection was running");
        drop(tokio::time::timeout(GOODBYE, reading).await);
    }
}

impl Notice {
    /// Whether it is a WARNING, which scripts of the old tools raise for their ✗.
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning.to_string()
    }
}
