//! Names of machines. They become file names on every platform, so they obey the strictest of them.

/// Why a name cannot be a machine's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeerName {
    /// Nothing at all.
    #[error("a machine name must not be empty")]
    Empty,
    /// Too long for a file name in any encoding.
    #[error("a machine name has at most {MAX_CHARS} characters")]
    TooLong,
    /// A character that some platform's file names, or people's eyes, cannot take.
    #[error("a machine name must not contain {0:?}")]
    Character(char),
    /// A dot or a space at an end.
    #[error("a machine name must not begin with a dot, a dash or a space, nor end with a dot or a space")]
    Ends,
    /// A device of Windows.
    #[error("`{0}` is the name of a device on Windows")]
    Device(String),
}

const MAX_CHARS: usize = 48;

/// Checks a machine's name.
pub fn check_peer_name(name: &str) -> Result<(), InvalidPeerName> {
    if name.is_empty() {
        return Err(InvalidPeerName::Empty);
    }
    if name.chars().count() > MAX_CHARS {
        return Err(InvalidPeerName::TooLong);
    }
    if let Some(bad) = name.chars().find(|&c| !usable(c)) {
        return Err(InvalidPeerName::Character(bad));
    }
    if name.starts_with(['.', '-', ' ']) || name.ends_with(['.', ' ']) {
        return Err(InvalidPeerName::Ends);
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|rest| {
            let mut digits = rest.chars();
            digits.next().is_some_and(|c| matches!(c, '0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
        })
    };
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
    {
        return Err(InvalidPeerName::Device(name.to_owned()));
    }
    Ok(())
}

/// Letters and digits of any language, and the punctuation that means nothing to a file system.
fn usable(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || " -_.()+@#".contains(c) } else { c.is_alphanumeric() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, valid: bool) {
        assert_eq!(check_peer_name(name).is_ok(), valid, "{name:?}: {:?}", check_peer_name(name));
    }

    #[test]
    fn names_must_be_file_names_everywhere() {
        for good in ["pc-a", "DESKTOP-1A2B", "小明的电脑", "pc.home", "Anna (laptop)", "COMPUTER", "nullable", "com"]
        {
            check(good, true);
        }
        for bad in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a:b",
            "a*",
            "a?",
            "a\"b",
            "a<b",
            "a|b",
            "a\u{0}",
            "a\nb",
            "a.",
            "a ",
            " a",
            "-x",
            "CON",
            "con.txt",
            "NUL",
            "com1",
            "LPT9.x",
            "a\u{202e}b",
            "a\u{200b}b",
        ] {
            check(bad, false);
        }
        check(&"x".repeat(49), false);
    }
}
