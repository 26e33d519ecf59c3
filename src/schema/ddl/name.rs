//! Names as facts carry them, taken apart and written as SQL.
//!
//! A fact's name is quoted only where it could be misread; SQL wants key words quoted too. What could go wrong: a key word of a
//! newer major that is missing below is quoted by nobody; everything that is not a plain lower-case word is quoted anyway.

use crate::hash::{FieldHasher, to_hex};
use crate::script::lexer::{TokenKind, content, tokens};

/// Words that PostgreSQL (13 to 18) takes for more than a name somewhere: quoted always.
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both \
    case cast char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc \
    distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping \
    having ilike in initially inner inout int integer intersect interval into is isnull join json json_array json_arrayagg \
    json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left like \
    limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on only \
    or order out outer overlaps overlay placing position precision primary real references returning right row select \
    session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing \
    treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat \
    xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// The bare name that something bears while another takes its own: PostgreSQL would cut off what is beyond 63 bytes. A long name is told
/// from others that begin the same by its digest.
pub fn aside(name: &str) -> String {
    let ending = "__driftless_old";
    if name.len() + ending.len() <= 63 {
        return format!("{name}{ending}");
    }
    let digest = to_hex(&FieldHasher::new("name").field(name.as_bytes()).finish()[..4]);
    let mut room = 63 - ending.len() - digest.len() - 1;
    while !name.is_char_boundary(room) {
        room -= 1;
    }
    format!("{}_{digest}{ending}", &name[..room])
}

/// The parts of a dotted name, unquoted, and the arguments in parentheses if there are any.
pub fn parts(name: &str) -> (Vec<String>, Option<String>) {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = name.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                part.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(std::mem::take(&mut part)),
            '(' if !quoted => {
                parts.push(part);
                let arguments = &name[at + 1..];
                return (parts, Some(arguments.strip_suffix(')').unwrap_or(arguments).to_owned()));
            }
            c => part.push(c),
        }
    }
    parts.push(part);
    (parts, None)
}

/// One part of a name as SQL.
pub fn ident(part: &str) -> String {
    let first = |c: char| c.is_ascii_lowercase() || c == '_';
    let plain = part.starts_with(first) && part.chars().all(|c| first(c) || c.is_ascii_digit());
    if plain && !KEYWORDS.split_whitespace().any(|word| word == part) {
        part.to_owned()
    } else {
        format!("\"{}\"", part.replace('"', "\"\""))
    }
}

/// Parts as SQL, joined with dots.
pub fn idents<S: AsRef<str>>(parts: &[S]) -> String {
    parts.iter().map(|part| ident(part.as_ref())).collect::<Vec<_>>().join(".")
}

/// A fact's name as SQL; what stands in parentheses behind it stays as it is.
pub fn sql_name(name: &str) -> String {
    let (parts, arguments) = parts(name);
    let name = idents(&parts);
    arguments.map_or(name.clone(), |arguments| format!("{name}({arguments})"))
}

/// The schema that a fact's name begins with.
pub fn schema_of(name: &str) -> String {
    parts(name).0.into_iter().next().unwrap_or_default()
}

/// The last part of a fact's name, unquoted.
pub fn bare(name: &str) -> String {
    parts(name).0.pop().unwrap_or_default()
}

/// The last part of a fact's name, as SQL.
pub fn last(name: &str) -> String {
    ident(&bare(name))
}

/// A fact's name without its last part, as SQL: the table of a column, a constraint, a trigger.
pub fn owner(name: &str) -> String {
    let (mut parts, _) = parts(name);
    parts.pop();
    idents(&parts)
}

/// A text as an SQL constant.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text between dollar quotes that it does not hold.
pub fn dollar_quoted(text: &str, tag: &str) -> String {
    let mut quote = format!("${tag}$");
    loop {
        // The text's end and the quote's beginning can make one, too.
        let closed = format!("{text}{quote}");
        if closed.find(&quote) == Some(text.len()) {
            return format!("{quote}{closed}");
        }
        quote.insert(quote.len() - 1, '_');
    }
}

/// Splits at commas that stand outside of parentheses, brackets, strings and quoted names.
pub fn split_list(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for token in tokens(text) {
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(',') if depth == 0 => {
                pieces.push(text[start..token.range.start].trim());
                start = token.range.end;
            }
            _ => {}
        }
    }
    pieces.push(text[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The name that a text begins with, unquoted, and what follows it.
pub fn leading_name(text: &str) -> Option<(String, &str)> {
    let first = tokens(text).into_iter().next()?;
    let name = match first.kind {
        TokenKind::Word => text[first.range.clone()].to_owned(),
        TokenKind::QuotedName => content(&first, text),
        _ => return None,
    };
    Some((name, text[first.range.end..].trim_start()))
}

/// Where a word stands outside of parentheses, strings and quoted names.
pub fn top_level_word(text: &str, wanted: &str) -> Option<usize> {
    let mut depth = 0usize;
    for token in tokens(text) {
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 && text[token.range.clone()].eq_ignore_ascii_case(wanted) => {
                return Some(token.range.start);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(sql_name(name), expected);
    }

    #[test]
    fn dollar_quotes_hold_any_text() {
        for text in ["", "$", "$$", "a$", "SELECT $$10$$", "SELECT $$20$$ -- $_", "$_$ $", "$__", "$$ $_$ $__$ $_"] {
            for tag in ["", "body"] {
                let quoted = dollar_quoted(text, tag);
                let quote = &quoted[..=quoted[1..].find('$').expect("a quote's end") + 1];
                let inside = &quoted[quote.len()..];
                assert_eq!(inside.find(quote), Some(text.len()), "{quoted}");
                assert_eq!(inside, format!("{text}{quote}"));
            }
        }
    }

    #[test]
    fn names_are_written_as_sql() {
        check("public.orders", "public.orders");
        check("public.order", "public.\"order\"");
        check("public.订单.\"say \"\"hi\"\"\"", "public.\"订单\".\"say \"\"hi\"\"\"");
        check("public.f(integer, public.\"Order\")", "public.f(integer, public.\"Order\")");
        check("\"a.b\".c", "\"a.b\".c");
    }

    #[test]
    fn lists_and_quotes() {
        assert_eq!(
            split_list("a int, b numeric(1, 2) DEFAULT f(',', 2), \"c,\" text"),
            ["a int", "b numeric(1, 2) DEFAULT f(',', 2)", "\"c,\" text"]
        );
        assert_eq!(leading_name("\"a b\" integer"), Some(("a b".to_owned(), "integer")));
        assert_eq!(dollar_quoted("a $$ b", ""), "$_$a $$ b$_$");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
