//! Printed SQL as a tree of brackets: enough structure for the rules, since the server puts every operator in parentheses.

use std::borrow::Cow;

use crate::script::lexer::{Token, TokenKind, tokens};

/// A token or a bracketed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node<'a> {
    /// Whether a blank stands before it.
    pub(super) spaced: bool,
    /// The blanks that stood before it in the text.
    blank: &'a str,
    /// What it is.
    pub(super) item: Item<'a>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// A key word or a bare name.
    Word(Cow<'a, str>),
    /// A name in double quotes.
    Quoted(Cow<'a, str>),
    /// A string constant.
    Text(Cow<'a, str>),
    /// A number.
    Number(Cow<'a, str>),
    /// An operator, a cast, a dot, a comma.
    Symbol(Cow<'a, str>),
    /// What stands in round or square brackets; the opening one tells which.
    Group(char, Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    pub(super) fn new(item: Item<'a>) -> Self {
        Self { spaced: false, blank: "", item }
    }

    pub(super) fn word(word: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Item::Word(word.into()))
    }

    pub(super) fn quoted(name: &'static str) -> Self {
        Self::new(Item::Quoted(name.into()))
    }

    pub(super) fn text(text: String) -> Self {
        Self::new(Item::Text(text.into()))
    }

    pub(super) fn symbol(symbol: &'static str) -> Self {
        Self::new(Item::Symbol(symbol.into()))
    }

    pub(super) fn parens(nodes: Vec<Self>) -> Self {
        Self::new(Item::Group('(', nodes))
    }

    pub(super) fn spaced(mut self, spaced: bool) -> Self {
        self.spaced = spaced;
        self
    }

    pub(super) fn is_word(&self, wanted: &str) -> bool {
        matches!(&self.item, Item::Word(word) if word == wanted)
    }

    pub(super) fn is_symbol(&self, wanted: &str) -> bool {
        matches!(&self.item, Item::Symbol(symbol) if symbol == wanted)
    }

    pub(super) fn is_name(&self) -> bool {
        matches!(self.item, Item::Word(_) | Item::Quoted(_))
    }

    /// What stands in these round brackets.
    pub(super) fn inside(&self) -> Option<&[Self]> {
        match &self.item {
            Item::Group('(', nodes) => Some(nodes),
            _ => None,
        }
    }

    /// What stands in these square brackets.
    pub(super) fn elements(&self) -> Option<&[Self]> {
        match &self.item {
            Item::Group('[', nodes) => Some(nodes),
            _ => None,
        }
    }
}

/// Whether both say the same, blanks aside.
pub(super) fn same(a: &[Node<'_>], b: &[Node<'_>]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| match (&a.item, &b.item) {
            (Item::Group(open, a), Item::Group(other, b)) => open == other && same(a, b),
            (a, b) => a == b,
        })
}

/// The parts between commas.
pub(super) fn parts<'t, 'a>(nodes: &'t [Node<'a>]) -> impl Iterator<Item = &'t [Node<'a>]> {
    nodes.split(|node| node.is_symbol(",")).filter(|part| !part.is_empty())
}

/// Puts parts together again, with commas.
pub(super) fn joined(parts: Vec<Vec<Node<'_>>>) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    for mut part in parts {
        let first = nodes.is_empty();
        if !first {
            nodes.push(Node::symbol(","));
        }
        if let Some(node) = part.first_mut() {
            node.spaced = !first;
        }
        nodes.append(&mut part);
    }
    nodes
}

/// Where the type that begins at `at` ends, without brackets of arrays.
pub(super) fn base_type_end(nodes: &[Node<'_>], at: usize) -> Option<usize> {
    let word = |at: usize, words: &[&str]| nodes.get(at).is_some_and(|node| words.iter().any(|w| node.is_word(w)));
    let modifier = |at: usize| at + usize::from(nodes.get(at).is_some_and(|n| !n.spaced && n.inside().is_some()));
    if !nodes.get(at)?.is_name() {
        return None;
    }
    if nodes.get(at + 1).is_some_and(|node| node.is_symbol(".")) {
        return nodes.get(at + 2).filter(|node| node.is_name()).map(|_| modifier(at + 3));
    }
    let end = if word(at, &["character", "bit"]) && word(at + 1, &["varying"]) || word(at, &["double"]) {
        modifier(at + 2)
    } else if word(at, &["timestamp", "time"]) {
        let end = modifier(at + 1);
        let zone = word(end, &["with", "without"]) && word(end + 1, &["time"]) && word(end + 2, &["zone"]);
        end + if zone { 3 } else { 0 }
    } else if word(at, &["interval"]) {
        let field = ["year", "month", "day", "hour", "minute", "second"];
        let mut end = modifier(at + 1);
        while word(end, &field) || (word(end, &["to"]) && word(end + 1, &field)) {
            end = modifier(end + 1);
        }
        end
    } else {
        modifier(at + 1)
    };
    (end <= nodes.len()).then_some(end)
}

/// Where the type that begins at `at` ends.
pub(super) fn type_end(nodes: &[Node<'_>], at: usize) -> Option<usize> {
    let mut end = base_type_end(nodes, at)?;
    while nodes.get(end).is_some_and(|node| !node.spaced && node.elements().is_some_and(<[_]>::is_empty)) {
        end += 1;
    }
    Some(end)
}

/// Takes a text apart; `None` where its brackets or quotes do not close.
pub(super) fn parse(text: &str) -> Option<Vec<Node<'_>>> {
    let mut open: Vec<(char, &str, Vec<Node<'_>>)> = Vec::new();
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut end = 0;
    for token in tokens(text) {
        let blank = &text[end..token.range.start];
        let spaced = !blank.is_empty();
        end = token.range.end;
        match token.kind {
            TokenKind::Symbol(c @ ('(' | '[')) => open.push((c, blank, std::mem::take(&mut nodes))),
            TokenKind::Symbol(c @ (')' | ']')) => {
                let (opened, blank, outside) = open.pop()?;
                if (opened == '(') != (c == ')') {
                    return None;
                }
                let inside = std::mem::replace(&mut nodes, outside);
                nodes.push(Node { spaced: !blank.is_empty(), blank, item: Item::Group(opened, inside) });
            }
            _ => {
                if !continues(&mut nodes, &token, spaced, text) {
                    nodes.push(Node { spaced, blank, item: item(&token, text)? });
                }
            }
        }
    }
    open.is_empty().then_some(nodes)
}

fn item<'a>(token: &Token, text: &'a str) -> Option<Item<'a>> {
    let said = Cow::Borrowed(&text[token.range.clone()]);
    Some(match token.kind {
        TokenKind::Word => Item::Word(said),
        TokenKind::QuotedName => Item::Quoted(said),
        TokenKind::Text | TokenKind::DollarText => Item::Text(said),
        TokenKind::Number => Item::Number(said),
        TokenKind::Symbol(_) => Item::Symbol(said),
        TokenKind::Comment | TokenKind::MetaCommand | TokenKind::Other | TokenKind::Unterminated(_) => return None,
    })
}

/// Whether a character goes on with the operator before it, which it is added to then.
fn continues<'a>(nodes: &mut [Node<'a>], token: &Token, spaced: bool, text: &'a str) -> bool {
    let operator = |said: &str| said.chars().all(|c| "+-*/<>=~!@#%^&|`?".contains(c));
    let colon = |before: &str, said: &str| before == ":" && said == ":";
    let TokenKind::Symbol(_) = token.kind else {
        return false;
    };
    match nodes.last_mut().map(|node| &mut node.item) {
        Some(Item::Symbol(before))
            if !spaced && {
                let said = &text[token.range.clone()];
                operator(before) && operator(said) || colon(before, said)
            } =>
        {
            *before = Cow::Borrowed(&text[token.range.end - before.len() - 1..token.range.end]);
            true
        }
        _ => false,
    }
}

/// Writes nodes down, one blank where there were any, none behind an opening bracket.
pub(super) fn print(nodes: &[Node<'_>]) -> String {
    let mut out = String::new();
    write(nodes, &mut out, &|node, first| if node.spaced && !first { " " } else { "" });
    out
}

/// Writes nodes down with the blanks that they had.
pub(super) fn print_as_it_was(nodes: &[Node<'_>]) -> String {
    let mut out = String::new();
    write(nodes, &mut out, &|node, _| match node.spaced {
        true if node.blank.is_empty() => " ",
        true => node.blank,
        false => "",
    });
    out
}

fn write<'a>(nodes: &[Node<'a>], out: &mut String, blank: &impl Fn(&Node<'a>, bool) -> &'a str) {
    for (at, node) in nodes.iter().enumerate() {
        out.push_str(blank(node, at == 0));
        match &node.item {
            Item::Word(said) | Item::Quoted(said) | Item::Text(said) | Item::Number(said) | Item::Symbol(said) => {
                out.push_str(said);
            }
            Item::Group(open, inside) => {
                out.push(*open);
                write(inside, out, blank);
                out.push(if *open == '(' { ')' } else { ']' });
            }
        }
    }
}
