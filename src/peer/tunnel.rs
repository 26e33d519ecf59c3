//! `Offer`: the bytes of an inner HTTP/2 connection inside a call, so that a machine that cannot be dialled can be asked
//! all the same. Nothing else of the protocol knows about it.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use super::client::request;
use super::generated::v1::TunnelBytes;
use super::live::Caller;
use super::{PeerClient, PeerError};

const TUNNEL_CHUNK: usize = 64 * 1024;

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
    /// Offers to answer the peer's questions through this connection. Returns when the link is gone.
    pub async fn offer(&self, end: &OfferEnd) -> Result<(), PeerError> {
        let (inner, outer) = tokio::io::duplex(TUNNEL_CHUNK);
        let (sender, receiver) = mpsc::channel(4);
        let mut grpc = self.grpc();
        let incoming = self.call(grpc.offer(request(ReceiverStream::new(receiver)))).await?;
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let caller = Caller { id: self.id(), remote: self.remote().unwrap_or(unknown), exporter: None };
        tokio::select! {
            () = pump(outer, incoming, sender, |data| data) => {}
            () = end.0(caller, inner) => {}
        }
        Err(PeerError::unreachable(self.name(), "the tunnel ended"))
    }
}

/// The asking end: a stream to put a client on, and what goes back to the caller.
pub(super) fn answer(incoming: Streaming<TunnelBytes>) -> (DuplexStream, ReceiverStream<Result<TunnelBytes, Status>>) {
    let (inner, outer) = tokio::io::duplex(TUNNEL_CHUNK);
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(pump(outer, incoming, sender, Ok));
    (inner, ReceiverStream::new(receiver))
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
