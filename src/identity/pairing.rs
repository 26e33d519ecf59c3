//! The proof that both sides of a pairing know the invitation's secret, bound to this TLS session and to both certificates.
//!
//! Pure. A proof that was overheard or relayed is worth nothing in another session, and nobody learns the secret from it.

use ring::hmac;

use super::Secret;
use crate::hash::PeerId;

/// Who makes a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairingRole {
    /// The side that holds the token.
    Joiner,
    /// The side that made it.
    Inviter,
}

/// What both sides saw of the session in which they pair.
#[derive(Debug, Clone, Copy)]
pub struct PairingTranscript {
    /// The TLS exporter value of RFC 9266.
    pub exporter: [u8; 32],
    /// The inviter's certificate.
    pub inviter: PeerId,
    /// The joiner's certificate.
    pub joiner: PeerId,
}

impl PairingTranscript {
    /// Label of the TLS exporter value.
    pub const EXPORTER_LABEL: &'static [u8] = b"EXPORTER-Channel-Binding";

    /// This side's proof.
    pub fn prove(&self, secret: &Secret, role: PairingRole) -> [u8; 32] {
        let tag = hmac::sign(&key(secret), &self.message(role));
        let mut proof = [0; 32];
        proof.copy_from_slice(tag.as_ref());
        proof
    }

    /// Whether the other side's proof is right; takes as long for a wrong one as for a right one.
    pub fn verify(&self, secret: &Secret, role: PairingRole, proof: &[u8]) -> bool {
        hmac::verify(&key(secret), &self.message(role), proof).is_ok()
    }

    fn message(&self, role: PairingRole) -> Vec<u8> {
        let role: &[u8] = match role {
            PairingRole::Joiner => b"joiner",
            PairingRole::Inviter => b"inviter",
        };
        [b"driftless pair v1", role, &self.exporter, &self.inviter.0, &self.joiner.0].concat()
    }
}

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &secret.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_holds_for_its_session_its_role_and_its_certificates_alone() {
        let here = PairingTranscript { exporter: [1; 32], inviter: PeerId::of(b"a"), joiner: PeerId::of(b"b") };
        let secret = Secret([9; 16]);
        let proof = here.prove(&secret, PairingRole::Joiner);
        assert!(here.verify(&secret, PairingRole::Joiner, &proof));
        assert!(!here.verify(&secret, PairingRole::Inviter, &proof));
        assert!(!here.verify(&Secret([8; 16]), PairingRole::Joiner, &proof));
        assert!(!here.verify(&secret, PairingRole::Joiner, &proof[..31]));
        assert!(!here.verify(&secret, PairingRole::Joiner, &[]));
        for other in [
            PairingTranscript { exporter: [2; 32], ..here },
            PairingTranscript { inviter: PeerId::of(b"c"), ..here },
            PairingTranscript { joiner: PeerId::of(b"c"), ..here },
        ] {
            assert!(!other.verify(&secret, PairingRole::Joiner, &proof));
        }
    }

    /// Frozen: other versions and other languages' clients make the same bytes.
    #[test]
    fn proof_bytes_are_frozen() {
        let transcript = PairingTranscript { exporter: [1; 32], inviter: PeerId([2; 32]), joiner: PeerId([3; 32]) };
        assert_eq!(
            crate::hash::to_hex(&transcript.prove(&Secret([4; 16]), PairingRole::Joiner)),
            "ba70b28a892dbd491f614119e1859fce0616678a63ee16a45175d553c73f6c88"
        );
    }
}
