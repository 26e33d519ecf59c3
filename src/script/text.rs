//! Canonical text: decoded, without BOM, CRLF read as LF. It is what is hashed, stored, sent and run, so that an editor, Git or
//! PowerShell can never make two machines differ.
//!
//! What could go wrong: a text in another encoding is taken for UTF-8 and its Chinese comments become other ones in the other
//! database (refused, with a guess at what it is); a CRLF inside a function body lands in the schema (never run as such).

use crate::hash::Checksum;

/// A script's canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalText(String);

/// Why bytes are no canonical text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Neither UTF-8 nor UTF-16 with a BOM.
    #[error("line {line} is not UTF-8 (it looks like {guess}); save the file as UTF-8")]
    Encoding {
        /// Name of the encoding it looks like.
        guess: String,
        /// First line that is not UTF-8, from 1.
        line: usize,
    },
    /// UTF-16 with a BOM, but broken.
    #[error("the text starts like UTF-16, but is broken at line {line}; save the file as UTF-8")]
    BrokenUtf16 {
        /// The line, from 1.
        line: usize,
    },
    /// A text that should be canonical already (it came over the wire or from the database) and is not.
    #[error("the text is not canonical: it has {0}")]
    NotCanonical(&'static str),
}

impl CanonicalText {
    /// Decodes a file's bytes: UTF-8, or UTF-16 with a BOM (which PowerShell writes).
    pub fn decode(bytes: &[u8]) -> Result<Self, TextError> {
        let text = match bytes {
            [0xff, 0xfe, 0, 0, ..] => return Err(TextError::Encoding { guess: "UTF-32".into(), line: 1 }),
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
            [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
            [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
            bytes => utf8(bytes)?,
        };
        Ok(Self(canonical(&text)))
    }

    /// Takes text that must be canonical already.
    pub fn from_canonical(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        match (text.starts_with('\u{feff}'), text.contains("\r\n")) {
            (true, _) => Err(TextError::NotCanonical("a byte order mark")),
            (_, true) => Err(TextError::NotCanonical("CRLF line ends")),
            _ => Ok(Self(text)),
        }
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

/// Without marks at the beginning, CRLF read as LF, until there is nothing left to change: a file converted twice holds
/// CR CR LF, and what is stored must pass for canonical on the other side.
fn canonical(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.split('\n');
    let mut made = String::with_capacity(text.len());
    let last = lines.next_back().unwrap_or_default();
    for line in lines {
        made.push_str(line.trim_end_matches('\r'));
        made.push('\n');
    }
    made.push_str(last);
    made
}

fn utf8(bytes: &[u8]) -> Result<String, TextError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        TextError::Encoding { guess: guess(bytes), line }
    })
}

fn guess(bytes: &[u8]) -> String {
    if bytes.len() >= 4 && bytes.iter().take(200).filter(|&&b| b == 0).count() > bytes.len().min(200) / 4 {
        return "UTF-16 without a byte order mark".into();
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(bytes, true);
    detector.guess(None, false).name().to_owned()
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, TextError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let line = |text: &str| 1 + text.bytes().filter(|&b| b == b'\n').count();
    for unit in char::decode_utf16(pairs.iter().map(|pair| read(*pair))) {
        match unit {
            Ok(c) => text.push(c),
            Err(_) => return Err(TextError::BrokenUtf16 { line: line(&text) }),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(TextError::BrokenUtf16 { line: line(&text) }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    }

    fn utf16be(text: &str) -> Vec<u8> {
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
    }

    #[test]
    fn every_way_to_save_a_text_gives_the_same_checksum() {
        let plain = CanonicalText::decode("-- 订单\nSELECT 1;\n".as_bytes()).expect("UTF-8");
        let windows = "-- 订单\r\nSELECT 1;\r\n";
        let others = [
            windows.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", windows.as_bytes()].concat(),
            utf16le(windows),
            utf16be("-- 订单\nSELECT 1;\n"),
        ];
        for bytes in others {
            let text = CanonicalText::decode(&bytes).expect("decodes");
            assert_eq!(text, plain);
            assert_eq!(text.checksum(), plain.checksum());
        }
    }

    /// Frozen: these checksums are in every user's history.
    #[test]
    fn checksums_are_frozen() {
        let text = CanonicalText::decode("SELECT '订单';\r\n".as_bytes()).expect("UTF-8");
        assert_eq!(text.checksum(), Checksum::of("SELECT '订单';\n".as_bytes()));
        assert_eq!(
            CanonicalText::decode(b"").expect("empty").checksum().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn a_lone_carriage_return_is_kept() {
        assert_eq!(CanonicalText::decode(b"a\rb\r\n").expect("UTF-8").as_str(), "a\rb\n");
        assert_eq!(CanonicalText::decode(b"a\r").expect("UTF-8").as_str(), "a\r");
    }

    /// Otherwise a script that was applied here is refused by every peer.
    #[test]
    fn canonical_is_a_fixed_point() {
        for bytes in [&b"a\r\r\nb\r\n"[..], b"\xef\xbb\xbf\xef\xbb\xbfa", b"\xef\xbb\xbf\r\n", b"\r\r\r\n\r"] {
            let text = CanonicalText::decode(bytes).expect("UTF-8");
            assert_eq!(CanonicalText::from_canonical(text.as_str()), Ok(text));
        }
    }

    #[test]
    fn other_encodings_are_refused_with_a_guess() {
        let (gbk, ..) = encoding_rs::GBK.encode("SELECT 1;\n-- 订单表添加新的字段，用于记录客户的备注信息\n");
        let error = CanonicalText::decode(&gbk).expect_err("GBK");
        assert_eq!(error.to_string(), "line 2 is not UTF-8 (it looks like GBK); save the file as UTF-8");
        let without_bom = &utf16le("SELECT 1; -- 订单")[2..];
        let error = CanonicalText::decode(without_bom).expect_err("no BOM");
        assert!(error.to_string().contains("UTF-16 without a byte order mark"), "{error}");
        assert_eq!(
            CanonicalText::decode(&[0xff, 0xfe, b'a', 0, b'\n', 0, 0x00, 0xd8]),
            Err(TextError::BrokenUtf16 { line: 2 })
        );
        assert_eq!(CanonicalText::decode(&[0xff, 0xfe, b'a']), Err(TextError::BrokenUtf16 { line: 1 }));
    }

    #[test]
    fn what_is_said_to_be_canonical_is_checked() {
        assert!(CanonicalText::from_canonical("a\nb\rc").is_ok());
        assert!(CanonicalText::from_canonical("a\r\nb").is_err());
        assert!(CanonicalText::from_canonical("\u{feff}a").is_err());
    }
}
