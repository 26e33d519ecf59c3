//! The token that `invite` prints: one line with all that a joiner needs. Its bytes are described in `peer.proto` at `PairRequest`.

use sha2::{Digest as _, Sha256};

use crate::hash::{PeerId, from_hex, to_hex};

/// An invitation's secret. Neither `Debug` nor anything else shows it; it leaves this process in a token or a private file alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub(super) [u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An invitation's number; says nothing about its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InviteId(pub [u8; 6]);

impl InviteId {
    /// From its hexadecimal form.
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text)?.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for InviteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

/// What a token says. It is as secret as a password until it is used: [`Token::encode`] is the only way to its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose certificate must answer.
    pub inviter: PeerId,
    /// Which invitation.
    pub invite: InviteId,
    /// Its secret.
    pub secret: Secret,
    /// Seconds since 1970 UTC by the inviter's clock.
    pub expires_at: i64,
    /// Where the inviter can be dialled.
    pub addresses: Vec<String>,
}

/// Why a text is no usable token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Something else was pasted.
    #[error("this is no driftless token: it does not begin with `{PREFIX}`")]
    NoToken,
    /// Made by another version.
    #[error(
        "this token was made by another version of driftless (`{0}`; this one reads `{PREFIX}`); use the same version on both machines"
    )]
    OtherVersion(String),
    /// A character that no token contains.
    #[error("the token is mistyped: it contains {0:?}")]
    Character(char),
    /// The end is missing.
    #[error("the token is truncated: copy the whole line")]
    Truncated,
    /// The checksum does not fit.
    #[error("the token is mistyped: its checksum does not fit")]
    Checksum,
    /// Its time is over.
    #[error(
        "the token expired {minutes} minutes ago by this machine's clock; ask for a new one, or set the clock right"
    )]
    Expired {
        /// How long ago.
        minutes: i64,
    },
}

const PREFIX: &str = "dl1_";
const FIXED: usize = 32 + 6 + 16 + 8;
const CHECK: usize = 4;

impl Token {
    /// The one line.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(&self.inviter.0);
        bytes.extend_from_slice(&self.invite.0);
        bytes.extend_from_slice(&self.secret.0);
        bytes.extend_from_slice(&self.expires_at.to_be_bytes());
        for address in &self.addresses {
            // Longer than any host name with its port: it could not be dialled anyway.
            if let Ok(length) = u8::try_from(address.len()) {
                bytes.push(length);
                bytes.extend_from_slice(address.as_bytes());
            }
        }
        seal(bytes)
    }

    /// Any bytes as a token whose checksum fits: what somebody who made the checksum right could send. For fuzzing.
    pub(crate) fn sealed(content: &[u8]) -> Option<String> {
        const MAX: usize = 64 * 1024;
        (content.len() <= MAX).then(|| seal(content.to_vec()))
    }

    /// Reads the line; `now` in seconds since 1970 UTC.
    pub fn parse(text: &str, now: i64) -> Result<Self, TokenError> {
        let text = text.trim();
        let Some(body) = text.strip_prefix(PREFIX) else {
            return Err(match text.split_once('_') {
                Some((version, _)) if is_version(version) => TokenError::OtherVersion(format!("{version}_")),
                _ => TokenError::NoToken,
            });
        };
        let bytes = from_base64url(body)?;
        let (content, check) = bytes.split_at_checked(bytes.len().saturating_sub(CHECK)).unwrap_or((&[], &[]));
        if content.len() < FIXED {
            return Err(TokenError::Truncated);
        }
        let token = Self::read(content);
        if Sha256::digest(content)[..CHECK] != *check {
            // Cut inside the list of addresses, a token most likely breaks off in the middle of one.
            return Err(if token.is_some() { TokenError::Checksum } else { TokenError::Truncated });
        }
        let token = token.ok_or(TokenError::Truncated)?;
        if now > token.expires_at {
            return Err(TokenError::Expired { minutes: now.saturating_sub(token.expires_at) / 60 });
        }
        Ok(token)
    }

    fn read(content: &[u8]) -> Option<Self> {
        let (inviter, rest) = content.split_first_chunk::<32>()?;
        let (invite, rest) = rest.split_first_chunk::<6>()?;
        let (secret, rest) = rest.split_first_chunk::<16>()?;
        let (expires_at, mut rest) = rest.split_first_chunk::<8>()?;
        let mut addresses = Vec::new();
        while let Some((&length, tail)) = rest.split_first() {
            let (address, tail) = tail.split_at_checked(usize::from(length))?;
            addresses.push(std::str::from_utf8(address).ok()?.to_owned());
            rest = tail;
        }
        Some(Self {
            inviter: PeerId(*inviter),
            invite: InviteId(*invite),
            secret: Secret(*secret),
            expires_at: i64::from_be_bytes(*expires_at),
            addresses,
        })
    }
}

fn seal(mut bytes: Vec<u8>) -> String {
    let check = Sha256::digest(&bytes);
    bytes.extend_from_slice(&check[..CHECK]);
    format!("{PREFIX}{}", base64url(&bytes))
}

fn is_version(text: &str) -> bool {
    text.strip_prefix("dl").is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, &byte| group << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = usize::try_from(group >> (18 - 6 * at) & 63).unwrap_or_default();
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

fn from_base64url(text: &str) -> Result<Vec<u8>, TokenError> {
    let digits = text
        .chars()
        .map(|c| ALPHABET.iter().position(|&a| char::from(a) == c).ok_or(TokenError::Character(c)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        if chunk.len() == 1 {
            return Err(TokenError::Truncated);
        }
        let group = chunk.iter().fold(0usize, |group, digit| group << 6 | digit) << (6 * (4 - chunk.len()));
        for at in 0..chunk.len() - 1 {
            bytes.push(u8::try_from(group >> (16 - 8 * at) & 255).unwrap_or_default());
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token {
            inviter: PeerId::of(b"certificate"),
            invite: InviteId([1, 2, 3, 4, 5, 6]),
            secret: Secret([7; 16]),
            expires_at: 1_000_000,
            addresses: vec!["192.168.1.7:7432".into(), "[fe80::1]:7432".into(), "电脑.local:7432".into()],
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &TokenError) {
        assert_eq!(Token::parse(text, 0).as_ref(), Err(expected), "{text}");
    }

    #[test]
    fn round_trip() {
        let text = token().encode();
        assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'));
        assert_eq!(Token::parse(&format!("  {text}\r\n"), 1_000_000), Ok(token()));
        assert!(!format!("{:?}", token()).contains("7, 7"));
    }

    #[test]
    fn every_refusal_says_what_is_wrong() {
        let text = token().encode();
        check("hello", &TokenError::NoToken);
        check("", &TokenError::NoToken);
        check(&text.replacen("dl1_", "dl2_", 1), &TokenError::OtherVersion("dl2_".into()));
        check(&text[..40], &TokenError::Truncated);
        check(&text[..text.len() - 9], &TokenError::Truncated);
        check(&format!("{}!", &text[..text.len() - 1]), &TokenError::Character('!'));
        let mut swapped = text.clone().into_bytes();
        swapped.swap(10, 11);
        assert!(swapped != text.as_bytes());
        check(&String::from_utf8_lossy(&swapped), &TokenError::Checksum);
        assert_eq!(Token::parse(&text, 1_000_601), Err(TokenError::Expired { minutes: 10 }));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(dl1_)?[A-Za-z0-9_\\-]{0,200}|\\PC*") {
            let _ = Token::parse(&text, 0);
        }

        #[test]
        fn base64_round_trip(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100)) {
            proptest::prop_assert_eq!(from_base64url(&base64url(&bytes)), Ok(bytes));
        }
    }
}
