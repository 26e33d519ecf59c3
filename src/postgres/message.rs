//! Statements of ours that go together in one message of the simple protocol, with their values spelled out in them.
//!
//! Each message costs the server and us as much as a small statement, so that what stands around a script's own statements is three
//! messages instead of one a statement (see `apply::transaction`). Values are spelled so that no setting of the session changes what they
//! say: `E'…'` with quotes and backslashes doubled. Never used for a script's statements.

use tokio_postgres::SimpleQueryRow;

use crate::hash::to_hex;
use crate::postgres::bookkeeping::BookkeepingError;

/// A value in one of our statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    /// With its type.
    fn spelled(self) -> String {
        let kind = match self {
            Self::Null | Self::Number(_) => "",
            Self::Text(_) => "::pg_catalog.text",
            Self::Bytes(_) => "::pg_catalog.bytea",
        };
        format!("{}{kind}", self.literal())
    }

    fn literal(self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Number(number) => format!("({number})"),
            Self::Text(text) => format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            Self::Bytes(bytes) => format!("E'\\\\x{}'", to_hex(bytes)),
        }
    }
}

/// A statement with `$1`, `$2`, … as it is with these values. It may hold no other `$`.
pub(super) fn filled(sql: &str, values: &[Value<'_>]) -> String {
    let mut pieces = sql.split('$');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let number: usize = piece[..end].parse().expect("our statements have numbers behind `$`");
        filled.push_str(&values[number - 1].spelled());
        filled.push_str(&piece[end..]);
    }
    filled
}

/// The values of an EXECUTE, whose statement knows their types.
pub(super) fn listed(values: &[Value<'_>]) -> String {
    values.iter().map(|value| value.literal()).collect::<Vec<_>>().join(", ")
}

/// A row of such a message: everything is text.
#[derive(Clone, Copy)]
pub(super) struct Words<'a>(pub(super) &'a SimpleQueryRow);

impl<'a> Words<'a> {
    pub(super) fn text(self, at: usize) -> Option<&'a str> {
        self.0.get(at)
    }

    pub(super) fn number(self, at: usize) -> Result<Option<i64>, BookkeepingError> {
        let unreadable = |reason: std::num::ParseIntError| BookkeepingError::Unreadable {
            what: "what the server says of a script's transaction".into(),
            reason: reason.to_string(),
        };
        self.text(at).map(|text| text.parse().map_err(unreadable)).transpose()
    }

    pub(super) fn is_true(self, at: usize) -> bool {
        self.text(at) == Some("t")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spelled_in_place() {
        let values = [Value::Text("it's \\ $2"), Value::Number(-3), Value::Null, Value::Bytes(&[0, 255])];
        assert_eq!(
            filled("SELECT $1, $2+$3 FROM f($4)", &values),
            "SELECT E'it''s \\\\ $2'::pg_catalog.text, (-3)+NULL FROM f(E'\\\\x00ff'::pg_catalog.bytea)"
        );
        assert_eq!(listed(&values), "E'it''s \\\\ $2', (-3), NULL, E'\\\\x00ff'");
        assert_eq!(filled("SELECT 1", &[]), "SELECT 1");
        let many: Vec<_> = (1..12).map(Value::Number).collect();
        assert_eq!(filled("$1,$11", &many), "(1),(11)");
    }
}
