//! `Offer`: the bytes of an inner HTTP/2 connection inside a call, so that a machine that cannot be dialled can be asked
//! all the same. Nothing else of the protocol knows about it.
//!
//! Who offers keeps one unused tunnel open ([`PeerClient::offer`]); who was called keeps it in its [`Tunnels`] until it wants to ask, and
//! gets the next one as soon as it takes one. Another process of the same machine (`status` beside the agent) takes one through
//! the agent ([`PeerClient::through_own_agent`]).
//!
//! What could go wrong: a peer that opens tunnels without end (at most [`SPARE`] of each peer are kept), a tunnel that died unnoticed (it is
//! asked before it is handed out), a tunnel nobody uses that a time limit cuts (it is not served before its first byte).

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataValue;
use tonic::{Status, Streaming};

use super::client::request;
use super::connector::Timeouts;
use super::generated::v1::TunnelBytes;
use super::live::{Caller, Requests};
use super::{PeerClient, PeerError, THROUGH_KEY};
use crate::hash::PeerId;
use crate::identity::Identity;

const TUNNEL_CHUNK: usize = 64 * 1024;
/// Unused tunnels of one peer that are kept.
const SPARE: usize = 2;
/// Tunnels that one offerer serves at once.
const SERVED: usize = 8;
/// How long the agent on this very machine may take to answer.
const OWN_AGENT: Timeouts =
    Timeouts { connect: Duration::from_secs(1), call: Duration::from_secs(2), silence: Duration::from_secs(2) };

type Serve = dyn Fn(Caller, DuplexStream) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// The answering end of tunnels that this machine opens; from [`super::ServerHandle::offers`].
#[derive(Clone)]
pub struct OfferEnd(Arc<Serve>);

impl std::fmt::Debug for OfferEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfferEnd")
    }
}

impl OfferEnd {
    pub(super) fn new(
        serve: impl Fn(Caller, DuplexStream) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(serve))
    }
}

impl PeerClient {
    /// Offers to answer the peer's questions through this connection, as many at a time as the peer wants to ask, within limits.
    /// Returns when the link is gone.
    pub async fn offer(&self, end: &OfferEnd) -> Result<(), PeerError> {
        let mut open = JoinSet::new();
        loop {
            let (sender, receiver) = mpsc::channel(4);
            let mut grpc = self.grpc();
            let incoming = self.call(grpc.offer(request(ReceiverStream::new(receiver)))).await?;
            let (taken, was_taken) = oneshot::channel();
            open.spawn(self.clone().answer_through(end.clone(), incoming, sender, taken));
            if was_taken.await.is_err() {
                return Err(PeerError::unreachable(self.name(), "the tunnel ended"));
            }
            while open.try_join_next().is_some() {}
            if open.len() >= SERVED {
                open.join_next().await;
            }
        }
    }

    /// One tunnel: nothing until the peer wants to ask, then its questions until it has no more.
    async fn answer_through(
        self,
        end: OfferEnd,
        mut incoming: Streaming<TunnelBytes>,
        sender: mpsc::Sender<TunnelBytes>,
        taken: oneshot::Sender<()>,
    ) {
        let Ok(Some(first)) = incoming.message().await else { return };
        let _ = taken.send(());
        let (inner, mut outer) = tokio::io::duplex(TUNNEL_CHUNK);
        if outer.write_all(&first.data).await.is_err() {
            return;
        }
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let caller = Caller {
            id: self.id(),
            remote: self.remote().unwrap_or(unknown),
            exporter: None,
            requests: Requests::default(),
        };
        tokio::select! {
            () = pump(outer, incoming, sender, |data| data) => {}
            () = end.0(caller, inner) => {}
        }
    }

    /// Asks a peer through a tunnel that it offered to this process.
    pub async fn through(tunnel: Tunnel, name: &str, id: PeerId, timeouts: Timeouts) -> Result<Self, PeerError> {
        Self::over(name, id, None, tunnel.stream, timeouts).await
    }

    /// Asks a peer through a tunnel that it offered to this machine's agent, which is found at one of `agent`'s addresses.
    pub async fn through_own_agent(
        identity: &Identity,
        agent: &[String],
        name: &str,
        id: PeerId,
        timeouts: Timeouts,
    ) -> Result<Self, PeerError> {
        let own = Self::connect(identity, name, identity.id(), agent, OWN_AGENT).await?;
        let (sender, receiver) = mpsc::channel(4);
        let mut asked = request(ReceiverStream::new(receiver));
        if let Ok(peer) = MetadataValue::try_from(id.to_string()) {
            asked.metadata_mut().insert(THROUGH_KEY, peer);
        }
        let mut grpc = own.grpc();
        let incoming = own.call(grpc.through(asked)).await?;
        let (inner, outer) = tokio::io::duplex(TUNNEL_CHUNK);
        tokio::spawn(async move {
            pump(outer, incoming, sender, |data| data).await;
            // The connection to the own agent lives as long as what goes through it.
            drop(own);
        });
        Self::over(name, id, None, inner, timeouts).await
    }
}

/// An unused tunnel: bytes written to it reach the peer that offered it.
#[derive(Debug)]
pub struct Tunnel {
    stream: DuplexStream,
    pump: JoinHandle<()>,
}

impl Tunnel {
    fn is_open(&self) -> bool {
        !self.pump.is_finished()
    }

    pub(super) fn into_stream(self) -> DuplexStream {
        self.stream
    }
}

/// The unused tunnels that peers have offered to this process.
#[derive(Debug, Default)]
pub struct Tunnels {
    spare: Mutex<HashMap<PeerId, Vec<Tunnel>>>,
    arrivals: watch::Sender<()>,
}

impl Tunnels {
    fn spare(&self) -> MutexGuard<'_, HashMap<PeerId, Vec<Tunnel>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the newest open tunnel of a peer out; it offers another one then.
    pub fn take(&self, peer: PeerId) -> Option<Tunnel> {
        let mut spare = self.spare();
        let tunnels = spare.get_mut(&peer)?;
        tunnels.retain(Tunnel::is_open);
        tunnels.pop()
    }

    /// Changes whenever some peer offers a tunnel.
    pub fn arrivals(&self) -> watch::Receiver<()> {
        self.arrivals.subscribe()
    }

    pub(super) fn put(&self, peer: PeerId, tunnel: Tunnel) {
        let mut spare = self.spare();
        let tunnels = spare.entry(peer).or_default();
        tunnels.retain(Tunnel::is_open);
        tunnels.push(tunnel);
        if tunnels.len() > SPARE {
            tunnels.remove(0);
        }
        drop(spare);
        self.arrivals.send_replace(());
    }
}

/// The asking end: a tunnel to put a client on, and what goes back to the caller.
pub(super) fn answer(incoming: Streaming<TunnelBytes>) -> (Tunnel, ReceiverStream<Result<TunnelBytes, Status>>) {
    let (stream, outer) = tokio::io::duplex(TUNNEL_CHUNK);
    let (sender, receiver) = mpsc::channel(4);
    let pump = tokio::spawn(pump(outer, incoming, sender, Ok));
    (Tunnel { stream, pump }, ReceiverStream::new(receiver))
}

/// Carries bytes both ways until either side ends.
async fn pump<T>(
    outer: DuplexStream,
    mut incoming: Streaming<TunnelBytes>,
    sender: mpsc::Sender<T>,
    wrap: impl Fn(TunnelBytes) -> T,
) {
    let (mut read, mut write) = tokio::io::split(outer);
    let inward = async {
        while let Ok(Some(bytes)) = incoming.message().await {
            if write.write_all(&bytes.data).await.is_err() {
                return;
            }
        }
    };
    let outward = async {
        let mut buffer = vec![0; TUNNEL_CHUNK];
        while let Ok(length @ 1..) = read.read(&mut buffer).await {
            if sender.send(wrap(TunnelBytes { data: buffer[..length].to_vec() })).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = inward => {}
        () = outward => {}
    }
}
