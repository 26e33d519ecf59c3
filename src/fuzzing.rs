//! What must hold for any bytes that come from outside, as functions of bytes: the targets in `fuzz/` and a bounded, seeded run in
//! the tests call the same ones. No part of the interface that others may build on.
//!
//! Each of [`TARGETS`] panics where a law is broken, and answers nothing. They never touch a file, a socket or a clock.

use crate::identity::{InviteId, Token};
use crate::script::{CanonicalText, ScriptName, analyze, in_scratch, is_pure_ddl};
use crate::{config, peer};

/// Checks whatever bytes; panics where a law does not hold.
pub type Target = fn(&[u8]);

/// Every target: its name, which is also that of its folder of seeds, and what is checked.
pub const TARGETS: [(&str, Target); 4] =
    [("script", script), ("token", token), ("wire", peer::take_any_message), ("config", config::take_any_files)];

/// The first line as the name of a script and as words for one, the rest as its text.
pub fn script(data: &[u8]) {
    let (name, text) = data.iter().position(|&byte| byte == b'\n').map_or((data, &[][..]), |at| data.split_at(at));
    script_name(&String::from_utf8_lossy(name));
    script_text(text.strip_prefix(b"\n").unwrap_or_default());
}

fn script_name(line: &str) {
    let Ok(name) = ScriptName::parse(line) else { return };
    assert_eq!(name.as_str(), line);
    assert!(safe_everywhere(&name), "a name that is not a file name everywhere: {name:?}");
    let Some(made) = ScriptName::new(name.version(), line) else { return };
    assert_eq!(made.version(), name.version(), "the words of {line:?} were read as a version");
    assert!(safe_everywhere(&made), "a name that is not a file name everywhere: {made:?}");
}

fn safe_everywhere(name: &ScriptName) -> bool {
    let text = name.as_str();
    let harmless = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c) && !('\u{202a}'..='\u{202e}').contains(&c);
    text.len() <= 255 && text.starts_with('v') && text.ends_with(".sql") && text.chars().all(harmless)
}

fn script_text(bytes: &[u8]) {
    let Ok(text) = CanonicalText::decode(bytes) else { return };
    assert_eq!(CanonicalText::from_canonical(text.as_str()).as_ref(), Ok(&text), "canonical is a fixed point");
    let analysis = analyze(&text);
    assert_eq!(analysis, analyze(&text));
    let mut end = 0;
    for statement in &analysis.statements {
        let range = statement.range.clone();
        assert!(end <= range.start && range.start < range.end, "statements overlap or are empty at {range:?}");
        end = range.end;
        let statement = text.as_str().get(range.clone());
        assert!(statement.is_some(), "a statement cut inside a character at {range:?}");
        statement.map(in_scratch);
    }
    let _ = is_pure_ddl(&text);
}

/// A text that may be a token; and a token made of these bytes, which must be read as what it was.
fn token(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        reread(text);
    }
    let Some(text) = Token::sealed(data) else { return };
    reread(&text);
    let Ok(token) = Token::parse(&text, i64::MIN) else { return };
    let other = Token { invite: InviteId([0; 6]), ..token };
    assert_eq!(Token::parse(&other.encode(), i64::MIN), Ok(other));
}

fn reread(text: &str) {
    let _ = Token::parse(text, i64::MAX);
    let Ok(token) = Token::parse(text, i64::MIN) else { return };
    assert_eq!(Token::parse(&token.encode(), i64::MIN), Ok(token));
}
