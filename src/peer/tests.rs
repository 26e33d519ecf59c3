//! Real sockets, real TLS, real gRPC between two identities in temporary folders; only the backend is made of memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod backend;
mod dial_back;
mod door;
mod health;
mod hostile;
mod pairing;
mod questions;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

pub(crate) use self::backend::Memory;
use super::*;
use crate::hash::PeerId;
use crate::identity::{Grant, Identity, Invites, TrustStore, TrustedPeer};

/// Nothing here takes long unless it hangs.
const SHORT: Timeouts =
    Timeouts { connect: Duration::from_secs(3), call: Duration::from_secs(5), silence: Duration::from_secs(8) };

/// A machine: an identity in a folder of its own.
struct Machine {
    name: &'static str,
    dir: TempDir,
    identity: Identity,
    tunnels: Arc<Tunnels>,
}

impl Machine {
    fn new(name: &'static str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::init(dir.path()).unwrap();
        Self { name, dir, identity, tunnels: Arc::default() }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    fn trust(&self) -> TrustStore {
        TrustStore::of(self.dir.path())
    }

    fn invites(&self) -> Invites {
        Invites::of(self.dir.path())
    }

    fn id(&self) -> PeerId {
        self.identity.id()
    }

    fn trusts(&self, other: &Self, grant: Grant) {
        self.trust()
            .add(TrustedPeer {
                name: other.name.into(),
                certificate: other.id(),
                grant,
                addresses: Vec::new(),
                paired_at: String::new(),
            })
            .unwrap();
    }

    async fn serve(&self, backend: Arc<Memory>) -> ServerHandle {
        let setup = ServerSetup {
            listen: "127.0.0.1:0".into(),
            identity: self.identity.clone(),
            identity_dir: self.path(),
            machine: self.name.into(),
            addresses: vec!["192.0.2.1:7432".into()],
            tunnels: Arc::clone(&self.tunnels),
        };
        Server::start(setup, backend).await.unwrap()
    }

    async fn dial(&self, other: &Self, address: SocketAddr) -> Result<PeerClient, PeerError> {
        PeerClient::connect(&self.identity, other.name, other.id(), &[address.to_string()], SHORT).await
    }

    /// Dials and asks one question: what somebody sees who wants to know whether it is let in.
    async fn asks(&self, other: &Self, address: SocketAddr) -> Result<Description, PeerError> {
        self.dial(other, address).await?.describe().await
    }
}

/// Two machines; `b` trusts `a` with this grant and serves.
async fn pair_of(grant: Grant) -> (Machine, Machine, ServerHandle, Arc<Memory>) {
    let (a, b) = (Machine::new("pc-a"), Machine::new("pc-b"));
    b.trusts(&a, grant);
    let memory = Arc::new(Memory::new("pc-b"));
    let server = b.serve(Arc::clone(&memory)).await;
    (a, b, server, memory)
}

#[track_caller]
fn untrusted<T: std::fmt::Debug>(result: Result<T, PeerError>) -> String {
    match result {
        Err(PeerError::Untrusted { why, .. }) => why,
        other => panic!("untrusted was expected: {other:?}"),
    }
}
