//! Printed expressions that PostgreSQL would read back as another tree, put so that it reads them as they were.
//!
//! Two forms that the server prints are not what it reads: the coerced array behind an IN list (`(a)::text = ANY
//! ((ARRAY['x'::character varying])::text[])`, whose cast it pushes into the elements), and a BETWEEN that comes first in an AND
//! (or a NOT BETWEEN first in an OR), which it flattens. Written as IN and BETWEEN they stay what they are.

use crate::script::lexer::{Token, TokenKind, tokens};

/// The statement with both forms written as they were once typed.
pub(super) fn faithful(sql: &str) -> String {
    let mut text = sql.to_owned();
    if text.contains("((ARRAY[") {
        text = in_lists(&text);
    }
    if text.contains(" AND ") || text.contains(" OR ") {
        text = ranges(&text);
    }
    text
}

fn in_lists(text: &str) -> String {
    let mut done = String::new();
    let mut rest = text.to_owned();
    while let Some(found) = first_in_list(&rest) {
        done.push_str(&rest[..found.start]);
        done.push_str(&found.replacement);
        rest = rest[found.end..].to_owned();
    }
    done + &rest
}

struct Found {
    start: usize,
    end: usize,
    replacement: String,
}

/// `(X)::type = ANY ((ARRAY[…])::type[])`, for any type that has no operators of its own.
fn first_in_list(text: &str) -> Option<Found> {
    let list = tokens(text);
    let matches = pairs(&list);
    for (at, word) in list.iter().enumerate() {
        let keyword = &text[word.range.clone()];
        if word.kind != TokenKind::Word || !matches!(keyword, "ANY" | "ALL") {
            continue;
        }
        let Some(found) = in_list_at(text, &list, &matches, at, keyword) else { continue };
        return Some(found);
    }
    None
}

fn in_list_at(text: &str, list: &[Token], matches: &[Option<usize>], at: usize, keyword: &str) -> Option<Found> {
    let said = |index: usize| list.get(index).map(|token| &text[token.range.clone()]);
    // ANY ( ( ARRAY [ … ] ) :: type [ ] )
    let outer = at + 1;
    if said(outer)? != "(" || said(at + 2)? != "(" || said(at + 3)? != "ARRAY" || said(at + 4)? != "[" {
        return None;
    }
    let (outer_close, inner_close, array_close) =
        ((*matches.get(outer)?)?, (*matches.get(at + 2)?)?, (*matches.get(at + 4)?)?);
    if array_close + 1 != inner_close || said(inner_close + 1)? != ":" {
        return None;
    }
    let cast =
        text[list[inner_close].range.end..list[outer_close].range.start].strip_prefix("::")?.strip_suffix("[]")?;
    // ( X ) :: type = | <>
    let operator = if keyword == "ANY" { at.checked_sub(1)? } else { at.checked_sub(2)? };
    let sign = &text[list[operator].range.start..list[at].range.start];
    let verb = match (keyword, sign.trim()) {
        ("ANY", "=") => "IN",
        ("ALL", "<>") => "NOT IN",
        _ => return None,
    };
    let left = text[..list[operator].range.start].trim_end().strip_suffix(cast)?.strip_suffix("::")?;
    let close = list.iter().position(|token| token.range.end == left.len())?;
    let open = matches.iter().position(|other| *other == Some(close))?;
    let start = list[open].range.start;
    let elements = &text[list[at + 4].range.end..list[array_close].range.start];
    let replacement = format!("{} {verb} ({elements})", &left[start..]);
    Some(Found { start, end: list[outer_close].range.end, replacement })
}

/// For each opening bracket, where it is closed.
fn pairs(list: &[Token]) -> Vec<Option<usize>> {
    let (mut open, mut pairs) = (Vec::new(), vec![None; list.len()]);
    for (at, token) in list.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol('(' | '[') => open.push(at),
            TokenKind::Symbol(')' | ']') => {
                if let Some(start) = open.pop() {
                    pairs[start] = Some(at);
                }
            }
            _ => {}
        }
    }
    pairs
}

/// `((X >= a) AND (X <= b)) AND …` says BETWEEN; `((X < a) OR (X > b)) OR …` says NOT BETWEEN.
fn ranges(text: &str) -> String {
    let list = tokens(text);
    let matches = pairs(&list);
    let said = |index: usize| list.get(index).map_or("", |token: &Token| &text[token.range.clone()]);
    let (mut done, mut copied) = (String::new(), 0);
    for open in 0..list.len() {
        let Some(close) = matches[open].filter(|_| said(open) == "(") else { continue };
        let word = said(close + 1);
        if list[open].range.start < copied || !matches!(word, "AND" | "OR") || !is_first(&list, text, open) {
            continue;
        }
        let Some(range) = range(text, &list, &matches, open, close, word) else { continue };
        done.push_str(&text[copied..list[open].range.start]);
        done.push_str(&range);
        copied = list[close].range.end;
    }
    done + &text[copied..]
}

/// Whether nothing stands before it in its chain: an opening bracket or a word that begins a condition does.
fn is_first(list: &[Token], text: &str, open: usize) -> bool {
    let before = open.checked_sub(1).map_or("", |before| &text[list[before].range.clone()]);
    matches!(before, "(" | "WHERE" | "HAVING" | "ON" | "WHEN")
}

fn range(
    text: &str,
    list: &[Token],
    matches: &[Option<usize>],
    open: usize,
    close: usize,
    word: &str,
) -> Option<String> {
    let said = |index: usize| list.get(index).map_or("", |token: &Token| &text[token.range.clone()]);
    let first = (said(open + 1) == "(").then_some(open + 1)?;
    let first_close = (*matches.get(first)?)?;
    let second = first_close + 2;
    if said(first_close + 1) != word || said(second) != "(" || (*matches.get(second)?)? + 1 != close {
        return None;
    }
    let (low_sign, high_sign, verb) = if word == "AND" { (">=", "<=", "BETWEEN") } else { ("<", ">", "NOT BETWEEN") };
    let (left, low) = comparison(&text[list[first].range.end..list[first_close].range.start], low_sign)?;
    let (again, high) = comparison(&text[list[second].range.end..list[close - 1].range.start], high_sign)?;
    (left == again).then(|| format!("({left} {verb} ({low}) AND ({high}))"))
}

/// `X >= a` in two.
fn comparison<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let mut depth = 0usize;
    for token in tokens(text) {
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth = depth.checked_sub(1)?,
            TokenKind::Symbol('<' | '>' | '=') if depth == 0 => {
                let rest = &text[token.range.start..];
                let found = rest.strip_prefix(sign)?.strip_prefix(' ')?;
                return Some((text[..token.range.start].trim_end(), found));
            }
            TokenKind::Word if depth == 0 && matches!(&text[token.range.clone()], "AND" | "OR") => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, expected: &str) {
        assert_eq!(faithful(printed), expected);
    }

    #[test]
    fn what_the_server_prints_and_would_read_otherwise() {
        check(
            "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))",
            "CHECK (((a) IN ('x'::character varying, 'y'::character varying)))",
        );
        check(
            "WHERE ((c)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            "WHERE ((c) NOT IN ('a'::character varying, 'b'::character varying))",
        );
        check("CHECK ((((b >= 1) AND (b <= 5)) AND (b <> 3)))", "CHECK (((b BETWEEN (1) AND (5)) AND (b <> 3)))");
        check("CHECK ((((b < 1) OR (b > 5)) OR (c = 3)))", "CHECK (((b NOT BETWEEN (1) AND (5)) OR (c = 3)))");
    }

    #[test]
    fn what_is_read_as_it_is_printed() {
        for text in [
            "CHECK (((a >= 1) AND (a <= 5)))",
            "CHECK (((a >= 1) AND (a <= 5) AND ((e >= 1) AND (e <= 3))))",
            "CHECK ((a = ANY (ARRAY[1, 2])))",
            "CHECK ((((a >= 1) AND (b <= 5)) OR (c = 3)))",
            "CREATE FUNCTION f() AS $$((a >= 1) AND (a <= 2)) AND b$$",
        ] {
            check(text, text);
        }
    }
}
