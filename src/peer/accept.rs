//! The door: accepts TCP connections, does the TLS handshake of each in a task of its own with a time limit, and passes
//! on those that hold a certificate that may come in.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::live::{Caller, Door, Guarded, Live, Permit, Refusals, Requests};
use crate::hash::PeerId;
use crate::identity::{ClientPolicy, Identity, Invites, PairingTranscript, TrustStore, certificate_id, server_tls};

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
const MAX_PER_PEER: usize = 32;
/// How often the trust store is looked at. Who is trusted no more is told so first, and cut the next time.
const SWEEP: Duration = Duration::from_millis(300);

/// A connection whose other end has shown its certificate.
pub(super) type Admitted = Guarded<TlsStream<TcpStream>>;

/// What the door needs to know.
pub(super) struct Entrance {
    pub(super) identity: Identity,
    pub(super) trust: TrustStore,
    /// Moves where the door has seen the trust store move.
    pub(super) trust_moved: watch::Sender<()>,
    pub(super) invites: Invites,
    pub(super) live: Arc<Live>,
    pub(super) refusals: Arc<Refusals>,
}

impl Entrance {
    /// Whether a caller is a peer, or this machine itself: another process of it, which is put through to peers and may do nothing else.
    fn knows(&self, caller: PeerId) -> bool {
        caller == self.identity.id() || self.trust.peer(caller).is_some()
    }

    /// As of the last look at the trust store.
    fn knew(&self, caller: PeerId) -> bool {
        caller == self.identity.id() || self.trust.peer_as_last_seen(caller).is_some()
    }
}

/// Seconds since 1970 UTC.
pub(super) fn unix_now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Accepts until told to stop.
pub(super) async fn accept(
    entrance: Arc<Entrance>,
    listener: TcpListener,
    admitted: mpsc::Sender<io::Result<Admitted>>,
    stop: watch::Receiver<bool>,
) {
    let door = Door::new();
    let stop = super::server::stopped(stop);
    tokio::pin!(stop);
    let mut sweep = tokio::time::interval(SWEEP);
    let mut known = entrance.trust.peers();
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = sweep.tick() => {
                let now = entrance.trust.peers();
                if now != known {
                    known = now;
                    entrance.trust_moved.send_replace(());
                }
                let cut = entrance.live.sweep(|id| entrance.knew(id));
                cut.into_iter().for_each(|(remote, why)| entrance.refusals.log(remote, why));
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, remote)) => {
                    let task = admit(Arc::clone(&entrance), Arc::clone(&door), stream, remote, admitted.clone());
                    tokio::spawn(task);
                }
                Err(error) => {
                    // Out of descriptors, most likely: it passes, and trying at once would only burn the processor.
                    tracing::warn!(%error, "failed to accept a connection");
                    sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
}

async fn admit(
    entrance: Arc<Entrance>,
    door: Arc<Door>,
    stream: TcpStream,
    remote: SocketAddr,
    admitted: mpsc::Sender<io::Result<Admitted>>,
) {
    let Some(permit) = door.enter(remote.ip()).await else {
        return entrance.refusals.log(remote, "too many connections that have not shown who they are");
    };
    match handshake(&entrance, stream, remote, permit).await {
        Ok(guarded) => {
            let _ = admitted.send(Ok(guarded)).await;
        }
        Err(Refused { reason, stream, .. }) => {
            match reason {
                Some(reason) => entrance.refusals.log(remote, &reason),
                None => tracing::debug!(%remote, "left before the handshake"),
            }
            if let Some(stream) = stream {
                drain(stream).await;
            }
        }
    }
}

struct Refused {
    /// `None`: it went by itself, as `invite` and `doctor` do, who only look whether anybody listens.
    reason: Option<String>,
    stream: Option<TcpStream>,
    /// Whoever is shown out still stands at the door.
    _permit: Permit,
}

async fn handshake(
    entrance: &Arc<Entrance>,
    stream: TcpStream,
    remote: SocketAddr,
    mut permit: Permit,
) -> Result<Admitted, Refused> {
    let visitor = Arc::new(Visitor { entrance: Arc::clone(entrance), turned_away: Mutex::default() });
    let left = |reason, stream, permit| Refused { reason, stream, _permit: permit };
    let refused = |reason: String, stream, permit| left(Some(reason), stream, permit);
    let _ = stream.set_nodelay(true);
    let config = match server_tls(&entrance.identity, Arc::clone(&visitor) as Arc<dyn ClientPolicy>) {
        Ok(config) => config,
        Err(error) => return Err(refused(error.to_string(), None, permit)),
    };
    let accepted = tokio::select! {
        accepted = timeout(HANDSHAKE_LIMIT, TlsAcceptor::from(config).accept(stream).into_fallible()) => accepted,
        () = permit.shown_out() => return Err(refused("it kept others waiting at the door".into(), None, permit)),
    };
    let tls = match accepted {
        Ok(Ok(tls)) => tls,
        Ok(Err((error, stream))) => return Err(left(visitor.reason(&error), Some(stream), permit)),
        Err(_) => return Err(refused("no TLS handshake in time".into(), None, permit)),
    };
    let (_, session) = tls.get_ref();
    let exporter = session.export_keying_material([0; 32], PairingTranscript::EXPORTER_LABEL, Some(&[])).ok();
    let Some(id) = session.peer_certificates().and_then(<[_]>::first).map(certificate_id) else {
        return Err(refused("no certificate".into(), None, permit));
    };
    let known = entrance.knows(id);
    if entrance.live.count(id) >= MAX_PER_PEER {
        return Err(refused(format!("more than {MAX_PER_PEER} connections of one peer"), None, permit));
    }
    // A stranger, let in to pair, goes on counting as one who stands at the door.
    Ok(entrance.live.guard(
        tls,
        Caller { id, remote, exporter, requests: Requests::default() },
        (!known).then(|| permit.kept()),
    ))
}

/// One handshake's view of the policy, which remembers whom it turned away so that the log can name the certificate.
struct Visitor {
    entrance: Arc<Entrance>,
    turned_away: Mutex<Option<PeerId>>,
}

impl ClientPolicy for Visitor {
    fn admits(&self, caller: PeerId) -> bool {
        let admitted = self.entrance.knows(caller) || self.entrance.invites.any_open(unix_now());
        if !admitted {
            *self.turned_away.lock().unwrap_or_else(PoisonError::into_inner) = Some(caller);
        }
        admitted
    }
}

impl Visitor {
    fn reason(&self, error: &io::Error) -> Option<String> {
        if let Some(caller) = *self.turned_away.lock().unwrap_or_else(PoisonError::into_inner) {
            return Some(format!("certificate {} is not paired with this machine", caller.short()));
        }
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return None;
        }
        Some(match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidMessage(_)) => "it does not speak TLS (plaintext?)".into(),
            Some(rustls::Error::NoCertificatesPresented) => "it presented no certificate".into(),
            _ => format!("the TLS handshake failed: {error}"),
        })
    }
}

/// Lets the other side read why it was refused: closing with unread bytes would reset the connection, and the alert with it.
async fn drain(mut stream: TcpStream) {
    let drained = async {
        let _ = stream.shutdown().await;
        let mut sink = [0; 4096];
        for _ in 0..64 {
            match stream.read(&mut sink).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    let _ = timeout(Duration::from_secs(1), drained).await;
}
