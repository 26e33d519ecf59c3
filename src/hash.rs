//! SHA-256 values, one type for each meaning, so that a checksum can never be compared with a digest.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// A text that is no 64-digit lower-case hexadecimal SHA-256 value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a SHA-256 value of 64 hexadecimal digits")]
pub struct InvalidHash(String);

/// Writes bytes as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// Reads hexadecimal digits; `None` for anything else, an odd count included.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Feeds fields to SHA-256, each preceded by its length, so that no two lists of fields hash alike.
#[derive(Default)]
pub struct FieldHasher(Sha256);

impl FieldHasher {
    /// Starts with a domain tag: hashes of different things never collide by construction.
    pub fn new(domain: &str) -> Self {
        Self::default().field(domain.as_bytes())
    }

    /// Adds one field.
    #[must_use]
    pub fn field(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// The 32 bytes.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// The SHA-256 of these bytes.
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// The first twelve digits, enough to tell two apart on a screen.
            pub fn short(&self) -> String {
                to_hex(&self.0[..6])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl FromStr for $name {
            type Err = InvalidHash;
            fn from_str(text: &str) -> Result<Self, InvalidHash> {
                from_hex(text)
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| InvalidHash(text.to_owned()))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = InvalidHash;
            fn try_from(bytes: &[u8]) -> Result<Self, InvalidHash> {
                bytes.try_into().map(Self).map_err(|_| InvalidHash(to_hex(bytes)))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hash_type! {
    /// SHA-256 of a script's canonical text.
    Checksum
}
hash_type! {
    /// SHA-256 of one fact's own attributes.
    Digest
}
hash_type! {
    /// Hash of a whole schema: of the sorted (identity, digest) list of its facts.
    Fingerprint
}
hash_type! {
    /// Hash of what is looked at: schemas, ignore list, switches, model version.
    ScopeDigest
}
hash_type! {
    /// Link of the journal's chain.
    ChainHash
}
hash_type! {
    /// SHA-256 of a machine's certificate in DER: who a machine is.
    PeerId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trip_and_refusals() {
        let sum = Checksum::of(b"abc");
        assert_eq!(sum.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sum.to_string().parse(), Ok(sum));
        assert!("xyz".parse::<Checksum>().is_err());
        assert!(sum.to_string()[1..].parse::<Checksum>().is_err());
        assert!("ü".repeat(32).parse::<Checksum>().is_err());
    }

    #[test]
    fn fields_do_not_run_together() {
        let split = |a: &[u8], b: &[u8]| FieldHasher::new("t").field(a).field(b).finish();
        assert_ne!(split(b"ab", b"c"), split(b"a", b"bc"));
    }
}
