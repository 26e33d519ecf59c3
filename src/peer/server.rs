//! Listens, and stops in bounded time whatever its clients do.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use super::accept::{Entrance, accept};
use super::live::{Live, Refusals};
use super::service::Shared;
use super::services::Services;
use super::tunnel::OfferEnd;
use super::{Backend, Tunnels};
use crate::identity::{Identity, Invites, TrustStore};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is taken, or not of this machine.
    #[error("failed to listen on `{listen}`")]
    Listen {
        /// The address.
        listen: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What a server is made of, beside its backend.
#[derive(Debug, Clone)]
pub struct ServerSetup {
    /// `host:port`; port 0 takes any free one.
    pub listen: String,
    /// Own key and certificate.
    pub identity: Identity,
    /// The folder of the trust store and the invitations.
    pub identity_dir: PathBuf,
    /// This machine's name, told to who pairs.
    pub machine: String,
    /// Where this machine can be dialled, told to who pairs.
    pub addresses: Vec<String>,
    /// Where the tunnels go that peers offer.
    pub tunnels: Arc<Tunnels>,
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropped, it goes on until the runtime ends; [`ServerHandle::shutdown`] stops it.
pub struct ServerHandle {
    local_addr: SocketAddr,
    stop: watch::Sender<bool>,
    live: Arc<Live>,
    serving: JoinHandle<()>,
    accepting: JoinHandle<()>,
    offers: OfferEnd,
}

impl std::fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerHandle").field("local_addr", &self.local_addr).finish_non_exhaustive()
    }
}

/// How long calls under way have when the server stops.
const GRACE: Duration = Duration::from_millis(1_500);

impl Server {
    /// Binds and serves in the background.
    pub async fn start<B: Backend>(setup: ServerSetup, backend: Arc<B>) -> Result<ServerHandle, ServerError> {
        let failed = |source| ServerError::Listen { listen: setup.listen.clone(), source };
        let listener = TcpListener::bind(&setup.listen).await.map_err(failed)?;
        let local_addr = listener.local_addr().map_err(failed)?;
        let (stop, stopping) = watch::channel(false);
        let (live, refusals) = (Arc::new(Live::default()), Arc::new(Refusals::default()));
        let entrance = Arc::new(Entrance {
            identity: setup.identity.clone(),
            trust: TrustStore::of(&setup.identity_dir),
            trust_moved: watch::Sender::default(),
            invites: Invites::of(&setup.identity_dir),
            live: Arc::clone(&live),
            refusals,
        });
        let shared = Arc::new(Shared {
            entrance: Arc::clone(&entrance),
            backend,
            machine: setup.machine,
            addresses: setup.addresses,
            tunnels: setup.tunnels,
            stop: stopping.clone(),
            dialled_back: Default::default(),
            bulk: Default::default(),
        });
        let (admitted, incoming) = mpsc::channel(16);
        let accepting = tokio::spawn(accept(entrance, listener, admitted, stopping.clone()));
        let offers = offer_end(Arc::clone(&shared));
        let incoming = ReceiverStream::new(incoming);
        let served = limits().serve_with_incoming_shutdown(Services::new(shared), incoming, stopped(stopping));
        let serving = tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(ServerHandle { local_addr, stop, live, serving, accepting, offers })
    }
}

impl ServerHandle {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// What answers through a tunnel that this machine opens itself; see [`super::PeerClient::offer`].
    pub fn offers(&self) -> OfferEnd {
        self.offers.clone()
    }

    /// Stops: no new connections, calls under way have a moment, then everything is cut. Takes two seconds at most.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.accepting).await;
        if timeout(GRACE, &mut self.serving).await.is_err() {
            self.live.cut_all();
            if timeout(Duration::from_millis(300), &mut self.serving).await.is_err() {
                self.serving.abort();
            }
        }
    }
}

/// Ends when the server is told to stop.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the handle is gone, and with it whoever could have stopped us: go on serving.
    if stop.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Tonic's own are "none".
fn limits() -> tonic::transport::Server {
    tonic::transport::Server::builder()
        .timeout(Duration::from_secs(60))
        .max_concurrent_streams(32)
        .concurrency_limit_per_connection(32)
        .http2_keepalive_interval(Some(Duration::from_secs(15)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .http2_max_header_list_size(16 * 1024)
        .http2_max_pending_accept_reset_streams(Some(32))
        .http2_max_local_error_reset_streams(Some(64))
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
}

/// Serves the same service, with the same grants, over one stream that is a tunnel.
fn offer_end<B: Backend>(shared: Arc<Shared<B>>) -> OfferEnd {
    OfferEnd::new(move |caller, stream| {
        let shared = Arc::clone(&shared);
        let serve = async move {
            let guarded = shared.entrance.live.guard(stream, caller, None);
            let stop = shared.stop.clone();
            // Tonic takes the end of the incoming connections for a wish to stop, so there is no end.
            let incoming = tokio_stream::once(Ok::<_, io::Error>(guarded)).chain(tokio_stream::pending());
            if let Err(error) =
                limits().serve_with_incoming_shutdown(Services::new(shared), incoming, stopped(stop)).await
            {
                tracing::debug!(%error, "a tunnel ended");
            }
        };
        Box::pin(serve) as Pin<Box<dyn Future<Output = ()> + Send>>
    })
}
