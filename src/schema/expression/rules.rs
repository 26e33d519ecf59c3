//! The rules for what one server prints in two ways.

use super::syntax;
use super::tree::{Item, Node, base_type_end, joined, parts, same, type_end};

/// Applies every rule, from the innermost brackets outwards.
pub(super) fn apply(nodes: &mut Vec<Node<'_>>) {
    for node in nodes.iter_mut() {
        if let Item::Group(_, inside) = &mut node.item {
            apply(inside);
        }
    }
    syntax::to_calls(nodes);
    replace_negations(nodes);
    push_array_casts(nodes);
    flatten(nodes);
}

/// The connective of `a AND b AND c`, where the list is nothing else.
pub(super) fn chain_of(nodes: &[Node<'_>]) -> Option<&'static str> {
    const OTHERS: [&str; 8] = ["BETWEEN", "SELECT", "VALUES", "FROM", "ORDER", "PARTITION", "MERGE", "WHERE"];
    let has = |word: &str| nodes.iter().any(|node| node.is_word(word));
    // An operand may be a CASE, whose own conditions stand in brackets; WHEN without one is a trigger's.
    if OTHERS.iter().any(|word| has(word))
        || (has("WHEN") && !has("CASE"))
        || nodes.iter().any(|node| node.is_symbol(","))
    {
        return None;
    }
    match (has("AND"), has("OR")) {
        (true, false) => Some("AND"),
        (false, true) => Some("OR"),
        _ => None,
    }
}

/// `(a AND b) AND c` is `a AND b AND c`: AND and OR are associative, NULLs included, and the order of the operands stays.
fn flatten(nodes: &mut Vec<Node<'_>>) {
    let Some(word) = chain_of(nodes) else {
        return;
    };
    let nested = |operand: &[Node<'_>]| matches!(operand, [only] if only.inside().and_then(chain_of) == Some(word));
    if !nodes.split(|node| node.is_word(word)).any(nested) {
        return;
    }
    let mut flat = Vec::with_capacity(nodes.len());
    for (at, operand) in nodes.split(|node| node.is_word(word)).enumerate() {
        if at > 0 {
            flat.push(Node::word(word).spaced(true));
        }
        match operand {
            [only] if nested(operand) => {
                let inside = only.inside().unwrap_or_default();
                let start = flat.len();
                flat.extend_from_slice(inside);
                if let Some(first) = flat.get_mut(start) {
                    first.spaced = at > 0;
                }
            }
            _ => flat.extend_from_slice(operand),
        }
    }
    *nodes = flat;
}

/// `(- 1)` is read as the constant `'-1'::integer`, `(- 1.5)` as `'-1.5'::numeric`.
fn replace_negations(nodes: &mut Vec<Node<'_>>) {
    let mut at = 0;
    while at < nodes.len() {
        let call = at > 0 && !nodes[at].spaced && nodes[at - 1].is_name();
        let constant = if call { None } else { nodes[at].inside().and_then(negated) };
        if let Some(mut constant) = constant {
            constant[0].spaced = nodes[at].spaced;
            nodes.splice(at..=at, constant);
        }
        at += 1;
    }
}

/// What `- 1`, the content of round brackets, is.
fn negated<'a>(inside: &[Node<'a>]) -> Option<Vec<Node<'a>>> {
    match inside {
        [minus, Node { spaced: true, item: Item::Number(number), .. }] if minus.is_symbol("-") => {
            if number.bytes().all(|b| b == b'0' || b == b'.') {
                return Some(vec![inside[1].clone()]);
            }
            let kind = number_type(number)?;
            Some(vec![Node::text(format!("'-{number}'")), Node::symbol("::"), Node::word(kind)])
        }
        // A negated constant that is negative: what `(- (- 1))` becomes. The smallest integer has no counterpart.
        [minus, Node { item: Item::Text(text), .. }, cast, kind] if minus.is_symbol("-") && cast.is_symbol("::") => {
            let number = text.strip_prefix("'-")?.strip_suffix('\'')?;
            (kind.is_word(number_type(number)?) && number != "2147483648")
                .then(|| vec![Node::new(Item::Number(number.to_owned().into()))])
        }
        _ => None,
    }
}

/// The type of a bare number.
pub(super) fn number_type(number: &str) -> Option<&'static str> {
    if number.bytes().all(|b| b.is_ascii_digit()) {
        (number.len() <= 10).then_some("integer")
    } else {
        number.bytes().all(|b| b.is_ascii_digit() || b == b'.').then_some("numeric")
    }
}

/// `(ARRAY['x'::a, 'y'::a])::b[]` is read as `ARRAY[('x'::a)::b, ('y'::a)::b]`.
///
/// Only where every element is plainly no array itself: an array's elements would be cast instead.
fn push_array_casts(nodes: &mut Vec<Node<'_>>) {
    let mut at = 0;
    while at < nodes.len() {
        if let Some((end, elements)) = cast_array(nodes, at) {
            let base = &nodes[at + 2..base_type_end(nodes, at + 2).unwrap_or(end)];
            if let Some(elements) = cast_each(elements, base) {
                let array = Node::new(Item::Group('[', elements));
                let spaced = nodes[at].spaced;
                nodes.splice(at..end, [Node::word("ARRAY").spaced(spaced), array]);
            }
        }
        at += 1;
    }
}

/// The elements of `(ARRAY[…])::type[]` at `at`, and where it ends.
pub(super) fn cast_array<'t, 'a>(nodes: &'t [Node<'a>], at: usize) -> Option<(usize, &'t [Node<'a>])> {
    let [array, elements] = nodes.get(at)?.inside()? else {
        return None;
    };
    if !array.is_word("ARRAY") || !nodes.get(at + 1)?.is_symbol("::") {
        return None;
    }
    let end = type_end(nodes, at + 2)?;
    nodes[end - 1].elements()?;
    Some((end, elements.elements()?))
}

fn cast_each<'a>(elements: &[Node<'a>], to: &[Node<'a>]) -> Option<Vec<Node<'a>>> {
    let cast = |element: &[Node<'a>]| match element {
        [array, nested] if array.is_word("ARRAY") => {
            let nested = cast_each(nested.elements()?, to)?;
            Some(vec![array.clone(), Node::new(Item::Group('[', nested))])
        }
        _ => cast_one(element, to),
    };
    Some(joined(parts(elements).map(cast).collect::<Option<_>>()?))
}

/// The element with one more cast; a constant takes a length of its own type without one.
fn cast_one<'a>(element: &[Node<'a>], to: &[Node<'a>]) -> Option<Vec<Node<'a>>> {
    let from: &[Node<'a>] = element_type(element)?;
    let mut to = to.to_vec();
    to.first_mut()?.spaced = false;
    if same(from, &to) {
        return Some(element.to_vec());
    }
    let mut cast =
        if takes_length(element, from, &to) { element[..1].to_vec() } else { vec![Node::parens(element.to_vec())] };
    if let Some(inside) = cast.first_mut()
        && let Item::Group(_, inside) = &mut inside.item
        && let Some(first) = inside.first_mut()
    {
        first.spaced = false;
    }
    cast.push(Node::symbol("::"));
    cast.append(&mut to);
    Some(cast)
}

/// Whether a constant of type `from` is cast to the same type with a length: printed without brackets and without `from`.
fn takes_length(element: &[Node<'_>], from: &[Node<'_>], to: &[Node<'_>]) -> bool {
    let without: Vec<_> = to.iter().filter(|node| node.inside().is_none()).cloned().collect();
    if without.len() == to.len() {
        return false;
    }
    match (element, from, &without[..]) {
        ([Node { item: Item::Number(number), .. }], _, [kind]) => {
            number_type(number).is_some_and(|own| kind.is_word(own))
        }
        ([Node { item: Item::Text(_), .. }, _, ..], [from], [to]) if from.is_word("bpchar") => to.is_word("character"),
        ([Node { item: Item::Text(_), .. }, _, ..], ..) => same(from, &without),
        _ => false,
    }
}

/// The type of an element that is plainly no array: a number, or something cast to another type than an array.
pub(super) fn element_type<'t, 'a>(element: &'t [Node<'a>]) -> Option<&'t [Node<'a>]> {
    if let [Node { item: Item::Number(_), .. }] = element {
        return Some(&[]);
    }
    let cast = element.iter().rposition(|node| node.is_symbol("::"))?;
    let end = base_type_end(element, cast + 1)?;
    (end == element.len()).then(|| &element[cast + 1..])
}
