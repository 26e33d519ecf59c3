//! The wire: gRPC over TLS 1.3 between two machines that know each other's certificates. `proto/driftless/v1/peer.proto` says
//! how, well enough for a client in another language. Beside it stands the standard's `grpc.health.v1`.
//!
//! Start at [`PeerClient::connect`] (ask a peer), [`join`] (become known to one) and [`Server::start`] (answer; what is answered comes from a
//! [`Backend`]). `wire` alone converts between messages and the core's types; generated code stays in `generated`.
//!
//! Never here: SQL, decisions, printing. A caller without the grant is refused before the backend hears of it.
//!
//! What could go wrong here: a removed peer that stays connected, a silent client that stops others or the shutdown, a peer whose answer
//! fills the memory, and "untrusted" that looks like "unreachable". Each has a test in `tests`.

mod accept;
mod backend;
mod bucket;
mod bulk;
mod client;
mod connector;
mod dial_back;
mod error;
mod generated;
mod health;
mod join;
mod live;
mod server;
mod service;
mod services;
mod tunnel;
mod wire;

pub use backend::{Backend, BackendError, Beacon, Description, Detail, JournalPage, Moment, Selection, Totals};
pub use bucket::{BUCKETS, Buckets, bucket_of};
pub use client::{PeerClient, PeerWatch};
pub use connector::Timeouts;
pub use dial_back::DialedBack;
pub use error::PeerError;
pub use join::{JoinError, JoinOffer, Joined, join};
pub use server::{Server, ServerError, ServerHandle, ServerSetup};
pub use tunnel::{OfferEnd, Tunnel, Tunnels};
pub(crate) use wire::take_any_message;

/// The oldest protocol version spoken here.
pub const MIN_PROTOCOL: u32 = 1;
/// The newest protocol version spoken here.
pub const MAX_PROTOCOL: u32 = 1;

/// Metadata by which a caller says which versions it speaks.
const PROTOCOL_KEY: &str = "driftless-protocol";
/// Metadata by which another process of this machine names the peer it wants to be put through to.
const THROUGH_KEY: &str = "driftless-peer";
/// Trailer with an encoded `ErrorDetail`.
const ERROR_KEY: &str = "driftless-error-bin";
/// No message is longer.
const MAX_MESSAGE: usize = 4 * 1024 * 1024;
/// No script is longer.
pub const MAX_SCRIPT: u64 = 64 * 1024 * 1024;
/// Bytes of one chunk of a script.
const CHUNK: usize = 256 * 1024;
/// Entries of one page of a journal.
pub const MAX_PAGE: usize = 1_000;

#[cfg(test)]
mod tests;
