//! What can go wrong with a peer, in four kinds that are told apart everywhere: they have four different mends.

use std::error::Error;

use prost::Message as _;
use tonic::{Code, Status};

use super::generated::v1::{ErrorDetail, error_detail::Reason};
use super::wire::{WireError, shown};
use super::{ERROR_KEY, MAX_PROTOCOL, MIN_PROTOCOL};
use crate::causes;
use crate::divergence::PeerView;

/// Why a peer gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// It did not answer, or cannot answer now. Trying again may help.
    #[error("`{peer}` is unreachable: {why}")]
    Unreachable {
        /// The peer's name.
        peer: String,
        /// What was tried and what came of it.
        why: String,
    },
    /// It, or we, refused the other's certificate; or the grant does not suffice.
    #[error("`{peer}`: {why}")]
    Untrusted {
        /// The peer's name.
        peer: String,
        /// Who refused whom.
        why: String,
    },
    /// No protocol version in common, or something only a newer version understands.
    #[error("`{peer}` is incompatible: {why}")]
    Incompatible {
        /// The peer's name.
        peer: String,
        /// Which versions.
        why: String,
    },
    /// It broke the protocol: what it sent is wrong, too much, or contradicts itself.
    #[error("`{peer}` misbehaved: {why}")]
    Misbehaved {
        /// The peer's name.
        peer: String,
        /// What it did.
        why: String,
    },
}

impl PeerError {
    pub(super) fn unreachable(peer: &str, why: impl Into<String>) -> Self {
        Self::Unreachable { peer: peer.to_owned(), why: why.into() }
    }

    pub(super) fn untrusted(peer: &str, why: impl Into<String>) -> Self {
        Self::Untrusted { peer: peer.to_owned(), why: why.into() }
    }

    pub(super) fn misbehaved(peer: &str, why: impl Into<String>) -> Self {
        Self::Misbehaved { peer: peer.to_owned(), why: why.into() }
    }

    pub(super) fn wire(peer: &str, error: WireError) -> Self {
        match error {
            WireError::Invalid(why) => Self::misbehaved(peer, format!("it sent {}", shown(&why))),
            WireError::Unknown(why) => {
                let why = format!("{}; is it a newer version?", shown(&why));
                Self::Incompatible { peer: peer.to_owned(), why }
            }
        }
    }

    /// The peer's name.
    pub fn peer(&self) -> &str {
        match self {
            Self::Unreachable { peer, .. }
            | Self::Untrusted { peer, .. }
            | Self::Incompatible { peer, .. }
            | Self::Misbehaved { peer, .. } => peer,
        }
    }

    /// What comparison makes of it. Nothing can be compared with a peer that breaks the protocol.
    pub fn view(&self) -> PeerView {
        match self {
            Self::Unreachable { why, .. } => PeerView::Unreachable { why: why.clone() },
            Self::Untrusted { why, .. } => PeerView::Untrusted { why: why.clone() },
            Self::Incompatible { why, .. } => PeerView::Incompatible { why: why.clone() },
            Self::Misbehaved { why, .. } => PeerView::Incompatible { why: format!("it misbehaved: {why}") },
        }
    }

    /// What a refusal by gRPC status means. `transport` is what the connection itself ran into, if it did.
    pub(super) fn status(peer: &str, status: &Status, transport: Option<&Transport>) -> Self {
        let own = detail(status);
        // A status that the peer sent outranks what happened to the connection afterwards.
        if own.is_none() {
            match transport {
                Some(Transport::Refused(why)) => return Self::untrusted(peer, why.clone()),
                Some(Transport::Lost(why)) => return Self::unreachable(peer, why.clone()),
                None => {}
            }
        }
        let words = shown(status.message());
        match (own.map(|detail| (detail.reason(), detail)), status.code()) {
            (Some((Reason::OtherProtocol, detail)), _) => Self::Incompatible {
                peer: peer.to_owned(),
                why: other_protocol(detail.min_protocol, detail.max_protocol),
            },
            (_, Code::Unauthenticated | Code::PermissionDenied) => Self::untrusted(peer, format!("it says: {words}")),
            (_, Code::Unimplemented | Code::FailedPrecondition | Code::InvalidArgument) => {
                Self::Incompatible { peer: peer.to_owned(), why: format!("it says: {words}") }
            }
            // What was there a moment ago is not there now: its journal moved, and a fresh look will find it.
            (Some(_), Code::Unavailable) | (_, Code::ResourceExhausted | Code::NotFound) => {
                Self::unreachable(peer, format!("it says: {words}"))
            }
            (_, Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled) => Self::unreachable(peer, words),
            (_, Code::OutOfRange) => Self::misbehaved(peer, format!("it sent too much: {words}")),
            _ if status.source().is_some() => {
                Self::unreachable(peer, status.source().map(causes::chain).unwrap_or_default())
            }
            (_, Code::Unknown | Code::Internal) if lost(&words) => Self::unreachable(peer, words),
            (_, code) => Self::misbehaved(peer, format!("it answered {code:?}: {words}")),
        }
    }
}

/// A peer that speaks these versions, and who of the two has to move.
pub(super) fn other_protocol(min: u32, max: u32) -> String {
    let older = if min > MAX_PROTOCOL {
        "driftless is older here: upgrade it on this machine"
    } else if max < MIN_PROTOCOL {
        "driftless is older there: upgrade it on the peer"
    } else {
        "use the same version of driftless on both"
    };
    format!("it speaks protocol {min}-{max}, this machine {MIN_PROTOCOL}-{MAX_PROTOCOL}; {older}")
}

/// Connections that end in the middle of a stream are told by words alone (hyper's and h2's).
fn lost(words: &str) -> bool {
    ["h2 protocol error", "transport error", "connection", "stream closed", "error reading a body"]
        .iter()
        .any(|sign| words.contains(sign))
}

/// What a connection ran into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Transport {
    /// TLS: one side refused the other.
    Refused(String),
    /// The connection broke.
    Lost(String),
}

impl Transport {
    /// What an I/O error of a TLS stream means.
    pub(super) fn of(error: &std::io::Error) -> Self {
        use rustls::AlertDescription as Alert;
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::AlertReceived(
                Alert::AccessDenied
                | Alert::CertificateUnknown
                | Alert::BadCertificate
                | Alert::CertificateRequired
                | Alert::UnknownCA,
            )) => Self::Refused("it refused this machine's certificate; are the two still paired?".into()),
            Some(rustls::Error::AlertReceived(Alert::ProtocolVersion)) => {
                Self::Lost("it does not speak TLS 1.3".into())
            }
            Some(rustls::Error::InvalidCertificate(_)) => {
                Self::Refused("another certificate than the one that was pinned answered".into())
            }
            Some(rustls::Error::InvalidMessage(_)) => Self::Lost("what answers there does not speak TLS".into()),
            _ => Self::Lost(error.to_string()),
        }
    }
}

pub(super) fn detail(status: &Status) -> Option<ErrorDetail> {
    let bytes = status.metadata().get_bin(ERROR_KEY)?.to_bytes().ok()?;
    ErrorDetail::decode(bytes.as_ref()).ok()
}

/// A call that comes too soon.
pub(super) fn too_soon(words: impl Into<String>) -> Status {
    Status::resource_exhausted(words)
}

/// A refusal with its detail.
pub(super) fn refusal(code: Code, reason: Reason, words: impl Into<String>) -> Status {
    let detail = ErrorDetail { reason: reason.into(), min_protocol: MIN_PROTOCOL, max_protocol: MAX_PROTOCOL };
    let mut metadata = tonic::metadata::MetadataMap::new();
    metadata.insert_bin(ERROR_KEY, tonic::metadata::MetadataValue::from_bytes(&detail.encode_to_vec()));
    Status::with_metadata(code, words, metadata)
}
