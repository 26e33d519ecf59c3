//! Dials a peer: several addresses with a short stagger, TCP, TLS with the pin, then HTTP/2 over that one connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};

use super::PeerError;
use super::error::Transport;
use crate::hash::PeerId;
use crate::identity::{Identity, client_tls};

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first address dialled to a TLS connection.
    pub connect: Duration,
    /// One question with its whole answer.
    pub call: Duration,
    /// A stream of watch events without any sign of life.
    pub silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), call: Duration::from_secs(60), silence: Duration::from_secs(15) }
    }
}

/// How long one address has before the next is tried beside it.
const STAGGER: Duration = Duration::from_millis(250);
const MAX_ADDRESSES: usize = 16;

/// An established connection.
pub(super) struct Connection {
    pub(super) stream: TlsStream<TcpStream>,
    /// Where it goes.
    pub(super) remote: SocketAddr,
    /// The address as it was configured.
    pub(super) address: String,
}

/// Dials; the first that completes a handshake with the pinned certificate wins.
pub(super) async fn dial(
    identity: &Identity,
    peer: &str,
    pin: PeerId,
    addresses: &[String],
    limit: Duration,
) -> Result<Connection, PeerError> {
    if addresses.is_empty() {
        return Err(PeerError::unreachable(peer, "no address of it is known"));
    }
    let (config, name) = client_tls(identity, pin).map_err(|error| PeerError::unreachable(peer, error.to_string()))?;
    let connector = TlsConnector::from(config);
    let mut attempts: FuturesUnordered<_> = (0u32..)
        .zip(addresses.iter().take(MAX_ADDRESSES))
        .map(|(turn, address)| {
            let (connector, name) = (&connector, name.clone());
            async move {
                sleep(STAGGER * turn).await;
                attempt(connector, name, address).await.map_err(|error| (address, error))
            }
        })
        .collect();
    let mut failures = Vec::new();
    let race = async {
        while let Some(outcome) = attempts.next().await {
            match outcome {
                Ok(connection) => return Some(connection),
                Err(failure) => failures.push(failure),
            }
        }
        None
    };
    let late = match timeout(limit, race).await {
        Ok(Some(connection)) => return Ok(connection),
        Ok(None) => false,
        Err(_) => true,
    };
    Err(failed(peer, &failures, late.then_some(limit)))
}

/// A refusal tells more than silence does: it wins over addresses that did not answer.
fn failed(peer: &str, failures: &[(&String, io::Error)], late: Option<Duration>) -> PeerError {
    let mut words: Vec<String> = Vec::new();
    let mut refused = false;
    for (address, error) in failures {
        let (Transport::Lost(why) | Transport::Refused(why)) = Transport::of(error);
        refused |= matches!(Transport::of(error), Transport::Refused(_));
        words.push(format!("{address}: {why}"));
    }
    if let Some(limit) = late {
        words.push(format!("no answer within {} s", limit.as_secs_f32()));
    }
    let why = words.join("; ");
    if refused { PeerError::untrusted(peer, why) } else { PeerError::unreachable(peer, why) }
}

async fn attempt(
    connector: &TlsConnector,
    name: rustls::pki_types::ServerName<'static>,
    address: &str,
) -> io::Result<Connection> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for remote in tokio::net::lookup_host(address).await? {
        match TcpStream::connect(remote).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                let stream = connector.connect(name, stream).await?;
                return Ok(Connection { stream, remote, address: address.to_owned() });
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// What a connection ran into, for whoever has to explain why a call failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate(Arc<Mutex<Ran>>);

#[derive(Debug, Clone, Default)]
struct Ran {
    into: Option<Transport>,
    /// Nothing more comes, whether it ran into something or was closed as it should be.
    is_over: bool,
}

impl Fate {
    fn ran(&self) -> MutexGuard<'_, Ran> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, error: &io::Error) {
        let mut ran = self.ran();
        ran.into.get_or_insert_with(|| Transport::of(error));
        ran.is_over = true;
    }

    fn note_end(&self) {
        self.ran().is_over = true;
    }

    pub(super) fn known(&self) -> Option<Transport> {
        self.ran().into.clone()
    }

    pub(super) fn is_over(&self) -> bool {
        self.ran().is_over
    }
}

/// A stream that remembers its first error, and that it ended.
pub(super) struct Remembering<S> {
    inner: S,
    fate: Fate,
}

impl<S: AsyncRead + Unpin> AsyncRead for Remembering<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, has_room) = (buf.filled().len(), buf.remaining() > 0);
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        match &result {
            Poll::Ready(Err(error)) => self.fate.note(error),
            Poll::Ready(Ok(())) if has_room && buf.filled().len() == before => self.fate.note_end(),
            _ => {}
        }
        result
    }
}

/// Errors in writing are not noted: the reason, an alert, is on the reading side.
impl<S: AsyncWrite + Unpin> AsyncWrite for Remembering<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// HTTP/2 over one stream. The channel dies with the stream; it never dials by itself.
pub(super) async fn channel<S>(peer: &str, stream: S) -> Result<(Channel, Fate), PeerError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let fate = Fate::default();
    let mut once = Some(TokioIo::new(Remembering { inner: stream, fate: fate.clone() }));
    let connector = tower::service_fn(move |_: tonic::transport::Uri| {
        let stream = once.take().ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "the connection is gone"));
        async move { stream }
    });
    let endpoint = Endpoint::from_static("http://driftless")
        .http2_keep_alive_interval(Duration::from_secs(5))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .http2_max_header_list_size(16 * 1024)
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(2 * 1024 * 1024);
    match endpoint.connect_with_connector(connector).await {
        Ok(channel) => Ok((channel, fate)),
        Err(error) => Err(match fate.known() {
            Some(Transport::Refused(why)) => PeerError::untrusted(peer, why),
            Some(Transport::Lost(why)) => PeerError::unreachable(peer, why),
            None => PeerError::unreachable(peer, error.to_string()),
        }),
    }
}
