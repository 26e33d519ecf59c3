//! A machine asks a peer to dial it back, so that a person learns whether the peers get through to it, and where not.
//!
//! The machine that is asked dials only what belongs to the caller: the addresses recorded for it, and the address that its call
//! comes from. What could go wrong: it is used to find out who listens on other machines. So nobody chooses an address, only
//! paired peers may ask, seldom, and nothing is said to whoever answers without the pinned certificate.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tonic::Status;

use super::connector::Timeouts;
use super::error::too_soon;
use super::generated::v1 as pb;
use super::live::Caller;
use super::wire::{WireError, shown};
use super::{PeerClient, PeerError};
use crate::hash::PeerId;
use crate::identity::{Identity, TrustedPeer};

/// Addresses tried for one call.
const MAX_ADDRESSES: usize = 8;
/// How often one peer may ask.
const EVERY: Duration = Duration::from_secs(2);
/// A doctor waits for this.
const LIMITS: Timeouts =
    Timeouts { connect: Duration::from_secs(3), call: Duration::from_secs(3), silence: Duration::from_secs(3) };

/// What came of dialling one address back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialedBack {
    /// The address.
    pub address: String,
    /// How long it took until the caller's agent answered; or what came of it instead.
    pub outcome: Result<Duration, String>,
}

/// When each peer last asked.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<HashMap<PeerId, Instant>>);

impl Asked {
    /// Whether a peer may ask now; if so, it has.
    fn admit(&self, peer: PeerId) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, at| at.elapsed() < EVERY);
        if asked.contains_key(&peer) {
            return false;
        }
        asked.insert(peer, Instant::now());
        true
    }
}

/// Dials the caller back. `recorded` are the addresses known for it here.
pub(super) async fn answer(
    asked: &Asked,
    identity: &Identity,
    peer: &TrustedPeer,
    mut recorded: Vec<String>,
    (caller, port): (&Caller, u32),
) -> Result<pb::DialBackResponse, Status> {
    if !asked.admit(peer.certificate) {
        return Err(too_soon(format!("one call in {} s", EVERY.as_secs())));
    }
    if caller.exporter.is_some()
        && let Ok(port) = u16::try_from(port)
        && port > 0
    {
        let seen = std::net::SocketAddr::new(caller.remote.ip().to_canonical(), port).to_string();
        if !recorded.contains(&seen) {
            recorded.insert(0, seen);
        }
    }
    recorded.truncate(MAX_ADDRESSES);
    let results = join_all(recorded.into_iter().map(|address| async move {
        let outcome = reach(identity, peer, &address).await;
        let (milliseconds, why) = match outcome {
            Ok(took) => (u32::try_from(took.as_millis()).unwrap_or(u32::MAX), String::new()),
            Err(error) => (0, words(error)),
        };
        pb::DialBackResult { address, reached: why.is_empty(), milliseconds, why }
    }));
    Ok(pb::DialBackResponse { results: results.await })
}

/// A watch begins without asking any database: what answers it is the agent.
async fn reach(identity: &Identity, peer: &TrustedPeer, address: &str) -> Result<Duration, PeerError> {
    let started = Instant::now();
    let addresses = [address.to_owned()];
    let client = PeerClient::connect(identity, &peer.name, peer.certificate, &addresses, LIMITS).await?;
    client.watch().await?.next().await?;
    Ok(started.elapsed())
}

fn words(error: PeerError) -> String {
    match error {
        PeerError::Unreachable { why, .. }
        | PeerError::Untrusted { why, .. }
        | PeerError::Incompatible { why, .. }
        | PeerError::Misbehaved { why, .. } => why,
    }
}

/// Reads an answer.
pub(super) fn results(message: &pb::DialBackResponse) -> Result<Vec<DialedBack>, WireError> {
    if message.results.len() > MAX_ADDRESSES {
        return Err(WireError::Invalid(format!("more than {MAX_ADDRESSES} addresses dialled back")));
    }
    let result = |result: &pb::DialBackResult| {
        let took = Duration::from_millis(u64::from(result.milliseconds));
        let outcome = if result.reached { Ok(took) } else { Err(shown(&result.why)) };
        DialedBack { address: shown(&result.address), outcome }
    };
    Ok(message.results.iter().map(result).collect())
}
