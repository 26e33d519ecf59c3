//! The joiner's side of a pairing.

use std::path::Path;

use super::client::request;
use super::connector::{Timeouts, channel, dial};
use super::error::detail;
use super::generated::v1 as pb;
use super::generated::v1::error_detail::Reason;
use super::generated::v1::peer_client::PeerClient as Grpc;
use super::service::is_address;
use super::wire::shown;
use super::{MAX_MESSAGE, PeerError};
use crate::identity::{
    Grant, Identity, PairingRole, PairingTranscript, Token, TrustError, TrustStore, TrustedPeer, check_peer_name,
};

/// What the joiner tells of itself and gives.
#[derive(Debug, Clone)]
pub struct JoinOffer {
    /// This machine's name.
    pub machine: String,
    /// Where this machine can be dialled, if anywhere.
    pub addresses: Vec<String>,
    /// What the inviter will be allowed here.
    pub grant: Grant,
}

/// A pairing that succeeded.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The inviter, as written into the trust store.
    pub peer: TrustedPeer,
    /// What this machine is allowed there.
    pub grant_there: Grant,
}

/// Why a pairing failed.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The inviter did not answer, or did not behave.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The inviter refused, with its reason.
    #[error("the inviting machine refused: {0}")]
    Refused(String),
    /// The inviter could not prove that it knows the token's secret.
    #[error("the machine that answered could not prove that it made this token; nothing was trusted")]
    WrongProof,
    /// The token is this machine's own.
    #[error("this token was made on this very machine; type it on the other one")]
    OwnToken,
    /// The trust store could not be written.
    #[error("paired, but the inviting machine could not be written down here; make a new token and join again")]
    Trust(#[from] TrustError),
}

/// Joins: dials the inviter, whose certificate the token pins, proves the secret without sending it, and trusts the inviter
/// once it has proved the same.
pub async fn join(
    identity: &Identity,
    identity_dir: &Path,
    token: &Token,
    offer: &JoinOffer,
    timeouts: Timeouts,
) -> Result<Joined, JoinError> {
    const WHO: &str = "the inviting machine";
    if token.inviter == identity.id() {
        return Err(JoinError::OwnToken);
    }
    let connection = dial(identity, WHO, token.inviter, &token.addresses, timeouts.connect).await?;
    let exporter = connection
        .stream
        .get_ref()
        .1
        .export_keying_material([0; 32], PairingTranscript::EXPORTER_LABEL, Some(&[]))
        .map_err(|error| PeerError::unreachable(WHO, error.to_string()))?;
    let transcript = PairingTranscript { exporter, inviter: token.inviter, joiner: identity.id() };
    let dialled = connection.address;
    let late = |_| PeerError::unreachable(WHO, "no answer in time");
    let (channel, fate) =
        tokio::time::timeout(timeouts.connect, channel(WHO, connection.stream)).await.map_err(late)??;
    let mut grpc = Grpc::new(channel).max_decoding_message_size(MAX_MESSAGE);
    let asked = pb::PairRequest {
        invite: token.invite.0.to_vec(),
        machine: offer.machine.clone(),
        addresses: offer.addresses.clone(),
        grant: offer.grant.word().to_owned(),
        proof: transcript.prove(&token.secret, PairingRole::Joiner).to_vec(),
    };
    let answer = tokio::time::timeout(timeouts.call, grpc.pair(request(asked))).await.map_err(late)?;
    let answer = answer.map_err(|status| match detail(&status).map(|detail| detail.reason()) {
        Some(Reason::PairingRefused) => JoinError::Refused(shown(status.message())),
        _ if status.code() == tonic::Code::InvalidArgument => JoinError::Refused(shown(status.message())),
        _ => PeerError::status(WHO, &status, fate.known().as_ref()).into(),
    })?;
    let answer = answer.into_inner();
    if !transcript.verify(&token.secret, PairingRole::Inviter, &answer.proof) {
        return Err(JoinError::WrongProof);
    }
    remember(identity_dir, token, dialled, offer.grant, &answer)
}

fn remember(
    identity_dir: &Path,
    token: &Token,
    dialled: String,
    grant: Grant,
    answer: &pb::PairResponse,
) -> Result<Joined, JoinError> {
    const MAX_ADDRESSES: usize = 16;
    const WHO: &str = "the inviting machine";
    check_peer_name(&answer.machine).map_err(|error| PeerError::misbehaved(WHO, error.to_string()))?;
    let grant_there =
        answer.grant.parse().map_err(|_| PeerError::misbehaved(WHO, "it gave a grant that is not known here"))?;
    // The address that worked comes first.
    let mut addresses = vec![dialled];
    for address in token.addresses.iter().chain(&answer.addresses).filter(|address| is_address(address)) {
        if !addresses.contains(address) && addresses.len() < MAX_ADDRESSES {
            addresses.push(address.clone());
        }
    }
    let trust = TrustStore::of(identity_dir);
    let peer = trust.add(TrustedPeer {
        name: trust.free_name(&answer.machine, token.inviter),
        certificate: token.inviter,
        grant,
        addresses,
        paired_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })?;
    Ok(Joined { peer, grant_there })
}
