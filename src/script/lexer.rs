//! PostgreSQL's tokens, as its own scanner (`scan.l`) sees them: enough to find where statements begin and end, and what they
//! begin with. Ours, because what stands on it is safety: a lexer that ends a string one character early hides a COMMIT.
//!
//! Assumes `standard_conforming_strings` on; analysis refuses scripts that say otherwise. It never fails: what PostgreSQL
//! would refuse comes out as [`TokenKind::Other`] or [`TokenKind::Unterminated`].
//!
//! What could go wrong, each with a test: backslashes in E'' strings and in their continuation lines, dollar quotes with tags,
//! `$` inside identifiers, nested comments, operators that hold `--` or `/*`, numbers glued to letters (where majors differ:
//! `1_000` is one number since 16 and a number with an alias before).

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A key word or an unquoted name.
    Word,
    /// `"name"` or `U&"name"`.
    QuotedName,
    /// Any string constant but the dollar-quoted.
    Text,
    /// `$tag$ … $tag$`.
    DollarText,
    /// A number or a parameter.
    Number,
    /// `-- …` or `/* … */`.
    Comment,
    /// A backslash outside of quotes, up to the end of the line: psql's own.
    MetaCommand,
    /// One of `( ) [ ] , ; :` or `.`, or part of an operator.
    Symbol(char),
    /// Anything else.
    Other,
    /// A string, name or comment that never ends; what it is.
    Unterminated(&'static str),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range<usize>,
}

impl Token {
    /// Whether it means something to the parser.
    pub(crate) fn is_significant(&self) -> bool {
        self.kind != TokenKind::Comment
    }
}

/// Every token of a text, comments included, blanks left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0 };
    std::iter::from_fn(|| lexer.next_token()).collect()
}

/// Whether a text has more than so many tokens, found without keeping them.
pub(crate) fn has_more_tokens_than(text: &str, limit: usize) -> bool {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0 };
    std::iter::from_fn(|| lexer.next_token()).nth(limit).is_some()
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn is_name_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn is_name_part(b: u8) -> bool {
    is_name_start(b) || b.is_ascii_digit() || b == b'$'
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|&b| wanted(b)) {
            self.at += 1;
        }
    }

    fn next_token(&mut self) -> Option<Token> {
        self.skip_while(is_blank);
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let kind = match first {
            b'-' if self.peek(1) == b'-' => {
                self.skip_while(|b| b != b'\n' && b != b'\r');
                TokenKind::Comment
            }
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'\'' => self.string(1, false),
            b'e' | b'E' if self.peek(1) == b'\'' => self.string(2, true),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if self.peek(1) == b'\'' => self.string(2, false),
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'\'' => self.string(3, false),
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'"' => self.quoted_name(3),
            b'"' => self.quoted_name(1),
            b'$' => self.dollar(),
            b'\\' => {
                self.skip_while(|b| b != b'\n' && b != b'\r');
                TokenKind::MetaCommand
            }
            b if is_name_start(b) => {
                self.skip_while(is_name_part);
                TokenKind::Word
            }
            b if b.is_ascii_digit() => self.number(),
            b if b.is_ascii_graphic() => {
                self.at += 1;
                TokenKind::Symbol(char::from(b))
            }
            _ => {
                self.at += 1;
                TokenKind::Other
            }
        };
        Some(Token { kind, range: start..self.at })
    }

    /// Digits, a fraction, an exponent if a digit follows. What is glued to it is the next token: before 15 the scanner saw it
    /// that way, since 15 it is an error.
    fn number(&mut self) -> TokenKind {
        self.digits();
        if self.peek(0) == b'.' && self.peek(1) != b'.' {
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.digits();
            }
        }
        TokenKind::Number
    }

    /// Without the underscores that 16 allows: as before 16, `1_000` is `1` and the name `_000`. That is the safe reading of `1_0$a$`,
    /// a name up to 14 and the beginning of a dollar quote since 16: what is cut short there never ends for the newer servers, and
    /// is refused, whereas the other way round older ones would run what seems to be quoted.
    fn digits(&mut self) {
        self.skip_while(|b| b.is_ascii_digit());
    }

    fn block_comment(&mut self) -> TokenKind {
        let mut depth = 0usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return TokenKind::Comment;
                    }
                }
                _ => self.at += 1,
            }
        }
        TokenKind::Unterminated("comment")
    }

    fn quoted_name(&mut self, prefix: usize) -> TokenKind {
        self.at += prefix;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'"', b'"') => self.at += 2,
                (b'"', _) => {
                    self.at += 1;
                    return TokenKind::QuotedName;
                }
                _ => self.at += 1,
            }
        }
        TokenKind::Unterminated("quoted name")
    }

    /// A string constant and the lines that continue it, which are read with the same rules.
    fn string(&mut self, prefix: usize, escapes: bool) -> TokenKind {
        self.at += prefix;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'\\', _) if escapes => self.at += 2,
                (b'\'', b'\'') => self.at += 2,
                (b'\'', _) => {
                    self.at += 1;
                    match continuation(self.bytes, self.at) {
                        Some(next) => self.at = next,
                        None => return TokenKind::Text,
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        TokenKind::Unterminated("string")
    }

    fn dollar(&mut self) -> TokenKind {
        if self.peek(1).is_ascii_digit() {
            self.at += 1;
            self.skip_while(|b| b.is_ascii_digit());
            return TokenKind::Number;
        }
        let mut end = self.at + 1;
        if self.bytes.get(end).is_some_and(|&b| is_name_start(b)) {
            while self.bytes.get(end).is_some_and(|&b| is_name_part(b) && b != b'$') {
                end += 1;
            }
        }
        if self.bytes.get(end) != Some(&b'$') {
            self.at += 1;
            return TokenKind::Other;
        }
        let tag = &self.bytes[self.at..=end];
        let body = end + 1;
        let found = self.bytes[body..].windows(tag.len()).position(|window| window == tag);
        match found {
            Some(at) => {
                self.at = body + at + tag.len();
                TokenKind::DollarText
            }
            None => {
                self.at = self.bytes.len();
                TokenKind::Unterminated("dollar-quoted string")
            }
        }
    }
}

/// Where a string goes on after its closing quote: past blanks and `--` comments that hold a line end, and a quote. A comment
/// before the line end counts too.
fn continuation(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut line_ended = false;
    loop {
        match bytes.get(at)? {
            b'\n' | b'\r' => {
                line_ended = true;
                at += 1;
            }
            &b if is_blank(b) => at += 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                while !matches!(bytes.get(at)?, b'\n' | b'\r') {
                    at += 1;
                }
            }
            b'\'' if line_ended => return Some(at + 1),
            _ => return None,
        }
    }
}

/// What a string or a quoted name says: without quotes and tags, its lines joined, doubled quotes and escapes undone. Escapes that
/// `UESCAPE` announces are not known here.
pub(crate) fn content(token: &Token, text: &str) -> String {
    let raw = &text[token.range.clone()];
    let inside = content_at(token, text) - token.range.start;
    match token.kind {
        TokenKind::DollarText => raw[inside..raw.len() - inside].to_owned(),
        TokenKind::Text => unquote(&raw.as_bytes()[inside..], b'\'', Escapes::of(raw)),
        TokenKind::QuotedName => unquote(&raw.as_bytes()[inside..], b'"', Escapes::of(raw)),
        _ => raw.to_owned(),
    }
}

/// Where in the text the content of a string or quoted name begins.
pub(crate) fn content_at(token: &Token, text: &str) -> usize {
    let raw = &text[token.range.clone()];
    let opening = match token.kind {
        TokenKind::DollarText => raw[1..].find('$').map_or(1, |at| at + 2),
        TokenKind::Text => raw.find('\'').map_or(0, |at| at + 1),
        TokenKind::QuotedName => raw.find('"').map_or(0, |at| at + 1),
        _ => 0,
    };
    token.range.start + opening
}

#[derive(Clone, Copy, PartialEq)]
enum Escapes {
    None,
    Backslash,
    Unicode,
}

impl Escapes {
    fn of(raw: &str) -> Self {
        match raw.as_bytes() {
            [b'e' | b'E', ..] => Self::Backslash,
            [b'u' | b'U', b'&', ..] => Self::Unicode,
            _ => Self::None,
        }
    }
}

/// `bytes` begin after the opening quote and end with the closing one.
fn unquote(bytes: &[u8], quote: u8, escapes: Escapes) -> String {
    let mut said = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        at += 1;
        if b == b'\\' && escapes != Escapes::None {
            at += escape(&bytes[at..], escapes, &mut said);
        } else if b != quote {
            said.push(b);
        } else if bytes.get(at) == Some(&quote) {
            said.push(b);
            at += 1;
        } else {
            match continuation(bytes, at) {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// Undoes one escape, given what follows its backslash; returns how many bytes that took.
fn escape(bytes: &[u8], escapes: Escapes, said: &mut Vec<u8>) -> usize {
    let code = |skip: usize, most: usize, radix: u32| {
        let digits = bytes.iter().skip(skip).take(most).take_while(|b| char::from(**b).is_digit(radix)).count();
        let digits = bytes.get(skip..skip + digits).and_then(|digits| std::str::from_utf8(digits).ok())?;
        Some((skip + digits.len(), u32::from_str_radix(digits, radix).ok()?))
    };
    let (code, is_byte) = match (escapes, bytes.first()) {
        (Escapes::Unicode, Some(b'+')) => (code(1, 6, 16), false),
        (Escapes::Unicode, _) => (code(0, 4, 16), false),
        (_, Some(b'u')) => (code(1, 4, 16), false),
        (_, Some(b'U')) => (code(1, 8, 16), false),
        (_, Some(b'x')) => (code(1, 2, 16), true),
        (_, Some(b'0'..=b'7')) => (code(0, 3, 8), true),
        _ => (None, false),
    };
    match (code, bytes.first()) {
        (Some((taken, code)), _) => {
            if is_byte {
                said.extend(u8::try_from(code));
            } else {
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                said.extend(c.encode_utf8(&mut [0; 4]).bytes());
            }
            taken
        }
        (None, Some(&b)) => {
            said.push(match b {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b => b,
            });
            1
        }
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = tokens(text).iter().map(|token| &text[token.range.clone()]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn strings() {
        check("'a''b' 'c'", &["'a''b'", "'c'"]);
        check(r"'a\' ;", &[r"'a\'", ";"]);
        check(r"E'a\'; COMMIT; --' ;", &[r"E'a\'; COMMIT; --'", ";"]);
        check(r"e'\\' ;", &[r"e'\\'", ";"]);
        check("E'a'\n'b\\'; COMMIT; ' ;", &["E'a'\n'b\\'; COMMIT; '", ";"]);
        check("E'a' -- x\n 'b\\''; COMMIT; --' ;", &["E'a' -- x\n 'b\\''", ";", "COMMIT", ";", "--' ;"]);
        check("E'a' /* x */\n 'b' ;", &["E'a'", "/* x */", "'b'", ";"]);
        check("E'a' -- x 'b'", &["E'a'", "-- x 'b'"]);
        check("E'a'\n-- x\n'b\\'' ;", &["E'a'\n-- x\n'b\\''", ";"]);
        check("U&'\\' ;", &["U&'\\'", ";"]);
        check("fooE'x\\' ;", &["fooE", "'x\\'", ";"]);
        check("1E'x\\'' ;", &["1", "E'x\\''", ";"]);
        check("N'x' B'01' x'ff'", &["N'x'", "B'01'", "x'ff'"]);
    }

    #[test]
    fn dollar_quotes() {
        check("$$;$$ ;", &["$$;$$", ";"]);
        check("$a$ $b$ ; $a$ ;", &["$a$ $b$ ; $a$", ";"]);
        check("$标$;$标$;", &["$标$;$标$", ";"]);
        check("a$b$;$b$", &["a$b$", ";", "$b$"]);
        check("$1;$2", &["$1", ";", "$2"]);
        check("$1$;$1$", &["$1", "$", ";", "$1", "$"]);
    }

    #[test]
    fn comments_and_operators() {
        check("/* a /* b */ ; */ ;", &["/* a /* b */ ; */", ";"]);
        check("1 +-- ;\n2", &["1", "+", "-- ;", "2"]);
        check("a /*;*/ b", &["a", "/*;*/", "b"]);
        check("2 */*;/*;*/*/ 3", &["2", "*", "/*;/*;*/*/", "3"]);
        check("-- a\rCOMMIT", &["-- a", "COMMIT"]);
        check("1..2 1.5e3 1_000", &["1", ".", ".", "2", "1.5e3", "1", "_000"]);
        check("1_$a$;_$a$", &["1", "_$a$", ";", "_$a$"]);
        check("1_0$a$;0x1$a$", &["1", "_0$a$", ";", "0", "x1$a$"]);
    }

    #[test]
    fn names() {
        check("\"a\"\"; b\" 订单.状态", &["\"a\"\"; b\"", "订单", ".", "状态"]);
        check("U&\"a;b\"", &["U&\"a;b\""]);
    }

    #[test]
    fn what_strings_and_names_say() {
        let said = |text: &str| tokens(text).first().map(|token| content(token, text)).unwrap_or_default();
        assert_eq!(said("'it''s' -- x\n ' two'"), "it's two");
        assert_eq!(said(r"E'\x43\117PY\u0020\'x\'\\\n'"), "COPY 'x'\\\n");
        assert_eq!(said(r"U&'\0043OPY \+00004F\\'"), "COPY O\\");
        assert_eq!(said(r#"U&"d\0061t""a""#), "dat\"a");
        assert_eq!(said("$标$ a $标$"), " a ");
        assert_eq!(said("'a\\b'"), "a\\b");
    }

    #[test]
    fn what_never_ends_is_said() {
        let last = |text: &str| tokens(text).last().map(|token| token.kind);
        assert_eq!(last("SELECT 'a"), Some(TokenKind::Unterminated("string")));
        assert_eq!(last("SELECT E'a\\"), Some(TokenKind::Unterminated("string")));
        assert_eq!(last("$a$ x $b$"), Some(TokenKind::Unterminated("dollar-quoted string")));
        assert_eq!(last("/* /* */"), Some(TokenKind::Unterminated("comment")));
        assert_eq!(last("\"a"), Some(TokenKind::Unterminated("quoted name")));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_panics(text in "([a-zE$_'\"\\\\;/*\\- \n0-9订]|\\PC){0,60}") {
            let tokens = tokens(&text);
            let mut at = 0;
            for token in &tokens {
                prop_assert!(token.range.start >= at && token.range.end > token.range.start);
                prop_assert!(text[at..token.range.start].bytes().all(is_blank));
                at = token.range.end;
                let _ = content(token, &text);
            }
            prop_assert!(at <= text.len());
        }
    }
}
