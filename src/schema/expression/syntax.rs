//! Functions with a syntax of their own. From 14 on they are printed in it, up to 13 as calls; both mean the same function of
//! `pg_catalog`, since another one would be printed with its schema.

use super::tree::{Item, Node, joined, parts};

/// The functions whose arguments 13 prints with the casts that the server added, and later majors without.
const CASTS_ADDED: [&str; 12] = [
    "\"substring\"",
    "\"position\"",
    "\"overlay\"",
    "\"overlaps\"",
    "\"normalize\"",
    "\"xmlexists\"",
    "btrim",
    "ltrim",
    "rtrim",
    "timezone",
    "is_normalized",
    "pg_collation_for",
];

/// Writes what has a syntax of its own as the call that it is.
pub(super) fn to_calls(nodes: &mut Vec<Node<'_>>) {
    let mut at = 0;
    while at < nodes.len() {
        let replaced = function(nodes, at).or_else(|| {
            let operator = nodes[at].inside().and_then(operator)?;
            Some((1, operator))
        });
        if let Some((taken, (name, arguments))) = replaced {
            let name = name.spaced(nodes[at].spaced);
            nodes.splice(at..at + taken, [name, Node::parens(joined(arguments))]);
        }
        at += 1;
    }
}

type Call<'a> = (Node<'a>, Vec<Vec<Node<'a>>>);

fn call<'a>(name: &'static str, arguments: Vec<&[Node<'a>]>) -> Option<Call<'a>> {
    if arguments.iter().any(|argument| argument.is_empty()) {
        return None;
    }
    let name = if name.starts_with('"') { Node::quoted(name) } else { Node::word(name) };
    Some((name, arguments.into_iter().map(<[Node<'a>]>::to_vec).collect()))
}

/// `SUBSTRING(a FROM b FOR c)` and its like at `at`: how many nodes it takes, and the call.
fn function<'a>(nodes: &[Node<'a>], at: usize) -> Option<(usize, Call<'a>)> {
    let Item::Word(word) = &nodes[at].item else {
        return None;
    };
    if word == "COLLATION" && nodes.get(at + 1)?.is_word("FOR") {
        return Some((3, call("pg_collation_for", vec![nodes.get(at + 2)?.inside()?])?));
    }
    if !word.starts_with(['S', 'T', 'P', 'O', 'N', 'X']) {
        return None;
    }
    let group = nodes.get(at + 1).filter(|node| !node.spaced)?;
    let inside = group.inside()?;
    let split = |words: &[&str]| split(inside, words);
    let call = match word.as_ref() {
        "SUBSTRING" => match (split(&["FROM", "FOR"]), split(&["SIMILAR", "ESCAPE"]), split(&["FROM"])) {
            (Some(three), ..) | (_, Some(three), _) => call("\"substring\"", three),
            (_, _, Some(two)) => call("\"substring\"", two),
            _ => None,
        },
        "OVERLAY" => {
            let four = split(&["PLACING", "FROM", "FOR"]).or_else(|| split(&["PLACING", "FROM"]));
            call("\"overlay\"", four?)
        }
        "TRIM" => trim(inside),
        "POSITION" => match split(&["IN"])?[..] {
            [[wanted], [text]] => call("\"position\"", vec![text.inside()?, wanted.inside()?]),
            _ => None,
        },
        "XMLEXISTS" => match split(&["PASSING"])?[..] {
            [[path], [document]] => call("\"xmlexists\"", vec![path.inside()?, document.inside()?]),
            _ => None,
        },
        "NORMALIZE" => match parts(inside).collect::<Vec<_>>()[..] {
            [text] => call("\"normalize\"", vec![text]),
            [text, [form]] => Some((Node::quoted("\"normalize\""), vec![text.to_vec(), normal_form(form)?])),
            _ => None,
        },
        _ => None,
    };
    Some((2, call?))
}

/// `BOTH 'x' FROM a`.
fn trim<'a>(inside: &[Node<'a>]) -> Option<Call<'a>> {
    let (side, rest) = inside.split_first()?;
    let name = [("BOTH", "btrim"), ("LEADING", "ltrim"), ("TRAILING", "rtrim")];
    let (_, name) = name.into_iter().find(|(word, _)| side.is_word(word))?;
    match split(rest, &["FROM"])?[..] {
        [[], text] => call(name, vec![text]),
        [characters, text] => call(name, vec![text, characters]),
        _ => None,
    }
}

/// `a AT TIME ZONE b` and its like: all that stands in a pair of round brackets.
fn operator<'a>(inside: &[Node<'a>]) -> Option<Call<'a>> {
    if let Some(at) = inside.iter().position(|node| node.is_word("AT")) {
        let (argument, rest) = (&inside[..at], &inside[at + 1..]);
        return match rest {
            [time, zone, rest @ ..] if time.is_word("TIME") && zone.is_word("ZONE") => {
                call("timezone", vec![rest, argument])
            }
            [local] if local.is_word("LOCAL") => call("timezone", vec![argument]),
            _ => None,
        };
    }
    if let [left, overlaps, right] = inside
        && overlaps.is_word("OVERLAPS")
    {
        return call("\"overlaps\"", parts(left.inside()?).chain(parts(right.inside()?)).collect());
    }
    let (last, rest) = inside.split_last()?;
    if !last.is_word("NORMALIZED") {
        return None;
    }
    let is = rest.iter().position(|node| node.is_word("IS"))?;
    match &rest[is + 1..] {
        [] => call("is_normalized", vec![&rest[..is]]),
        [form] => Some((Node::word("is_normalized"), vec![rest[..is].to_vec(), normal_form(form)?])),
        _ => None,
    }
}

fn normal_form<'a>(form: &Node<'a>) -> Option<Vec<Node<'a>>> {
    let form = ["NFC", "NFD", "NFKC", "NFKD"].into_iter().find(|word| form.is_word(word))?;
    let text = format!("'{}'", form.to_ascii_lowercase());
    Some(vec![Node::text(text), Node::symbol("::"), Node::word("text")])
}

/// The parts between these words, each of which must stand there once.
fn split<'t, 'a>(nodes: &'t [Node<'a>], words: &[&str]) -> Option<Vec<&'t [Node<'a>]>> {
    let mut rest = nodes;
    let mut found = Vec::with_capacity(words.len() + 1);
    for word in words {
        let at = rest.iter().position(|node| node.is_word(word))?;
        found.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    let keyword =
        |node: &Node<'_>| ["FROM", "FOR", "IN", "SIMILAR", "ESCAPE", "PLACING"].iter().any(|w| node.is_word(w));
    if found.iter().copied().chain([rest]).flatten().any(keyword) {
        return None;
    }
    found.push(rest);
    Some(found)
}

/// Whether a text could hold a call that [`loosen`] or [`takes_fields`] knows.
pub(super) fn may_loosen(text: &str) -> bool {
    text.match_indices('(').any(|(at, _)| {
        let before = &text[..at];
        before.ends_with("date_part") || CASTS_ADDED.iter().any(|name| before.ends_with(name))
    })
}

/// Whether a field is taken out of a date anywhere.
pub(super) fn takes_fields(nodes: &[Node<'_>]) -> bool {
    nodes.iter().enumerate().any(|(at, node)| match &node.item {
        Item::Group(_, inside) => takes_fields(inside),
        Item::Word(word) => {
            (word == "date_part" || word == "EXTRACT")
                && nodes.get(at + 1).is_some_and(|next| !next.spaced && next.inside().is_some())
                && !(at > 0 && nodes[at - 1].is_symbol("."))
        }
        _ => false,
    })
}

/// Takes the outer cast off each argument of the functions that 13 prints with casts; tells whether there was such a function.
pub(super) fn loosen(nodes: &mut [Node<'_>]) -> bool {
    let mut found = false;
    for at in 0..nodes.len() {
        let known = at > 0
            && !(at > 1 && nodes[at - 2].is_symbol("."))
            && !nodes[at].spaced
            && matches!(&nodes[at - 1].item, Item::Word(name) | Item::Quoted(name) if CASTS_ADDED.contains(&name.as_ref()));
        let Item::Group(_, inside) = &mut nodes[at].item else {
            continue;
        };
        if known {
            *inside = joined(parts(inside).map(|argument| without_cast(argument).to_vec()).collect());
        }
        found |= known | loosen(inside);
    }
    found
}

fn without_cast<'t, 'a>(argument: &'t [Node<'a>]) -> &'t [Node<'a>] {
    match argument {
        [group, cast, kind @ ..] if cast.is_symbol("::") && super::tree::type_end(kind, 0) == Some(kind.len()) => {
            group.inside().filter(|inside| !inside.is_empty()).unwrap_or(argument)
        }
        _ => argument,
    }
}
