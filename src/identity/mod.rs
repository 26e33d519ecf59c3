//! Who this machine is and whom it knows: key and certificate, pins, invitations, the trust store.
//!
//! Start at [`Identity`] (the own key), [`TrustStore`] (the peers) and [`Invites`] (how a peer becomes known). Trust is a
//! certificate's SHA-256, nothing else: no authority, no host name, no validity date. Everything lives in one folder
//! (`certs/` unless configured): `key.pem`, `cert.pem`, `peers/NAME.toml`, `invites/ID.json`.
//!
//! It never opens a socket, never decides what a grant is good for (that is `peer::server`), never overwrites a key.
//!
//! What could go wrong here: a key that others can read, a certificate that is accepted without being pinned, a removed peer that
//! stays connected, a token that works twice. Each has a test.

mod invite;
mod keys;
mod pairing;
mod peer_name;
mod token;
mod trust_store;
mod verifier;

pub use invite::{INVITE_LIFETIME_SECS, Invite, InviteError, InviteRefusal, Invites, MAX_WRONG_TRIES};
pub use keys::{Identity, IdentityError, certificate_id};
pub use pairing::{PairingRole, PairingTranscript};
pub use peer_name::{InvalidPeerName, check_peer_name};
pub use token::{InviteId, Secret, Token, TokenError};
pub use trust_store::{Grant, TrustError, TrustStore, TrustedPeer, UnknownGrant};
pub use verifier::{ClientPolicy, TlsError, client_tls, server_tls};
