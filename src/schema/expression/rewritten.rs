//! The way back: SQL that is stored as what was printed.

use std::borrow::Cow;

use super::rules::{cast_array, chain_of, element_type, number_type};
use super::tree::{Item, Node, parse, parts, print_as_it_was, same};

/// SQL that, when run, makes the server print `text` again; `text` is what it printed, or a statement made of that.
///
/// Three things are read otherwise than they were stored: a first operand that is a chain of the same connective (a cast to
/// boolean keeps it apart and leaves no trace), a cast of an ARRAY construct (another cast in between, to the type that it
/// has, does), a minus before a number (so does a cast of the number).
pub fn rewritten(text: &str) -> Cow<'_, str> {
    if !super::may_change(text) {
        return Cow::Borrowed(text);
    }
    let Some(mut nodes) = parse(text) else {
        return Cow::Borrowed(text);
    };
    let mut touched = false;
    rewrite(&mut nodes, false, &mut touched);
    if touched { Cow::Owned(print_as_it_was(&nodes)) } else { Cow::Borrowed(text) }
}

/// `compared`: the list stands in the brackets of ANY or ALL.
fn rewrite(nodes: &mut Vec<Node<'_>>, compared: bool, touched: &mut bool) {
    let mut after_any = false;
    for node in nodes.iter_mut() {
        if let Item::Group(_, inside) = &mut node.item {
            rewrite(inside, after_any, touched);
        }
        after_any = node.is_word("ANY") || node.is_word("ALL");
    }
    let chain = chain_of(nodes);
    let operand_is_chain = nodes.first().and_then(Node::inside).and_then(chain_of) == chain;
    if let (Some(word), true) = (chain, operand_is_chain)
        && nodes.get(1).is_some_and(|node| node.is_word(word))
    {
        nodes.splice(1..1, [Node::symbol("::"), Node::word("boolean")]);
        *touched = true;
    }
    keep_array_casts(nodes, compared, touched);
    if let [minus, Node { spaced: true, item: Item::Number(number), .. }] = &nodes[..]
        && minus.is_symbol("-")
        && let Some(kind) = number_type(number)
    {
        nodes.extend([Node::symbol("::"), Node::word(kind)]);
        *touched = true;
    }
}

/// `(ARRAY['x'::a])::b[]` becomes `((ARRAY['x'::a])::a[])::b[]`; after ANY and ALL the cast is left to the server, as it was.
fn keep_array_casts(nodes: &mut Vec<Node<'_>>, compared: bool, touched: &mut bool) {
    let mut at = 0;
    while at < nodes.len() {
        if let Some((end, elements)) = cast_array(nodes, at) {
            if compared && at == 0 && end == nodes.len() && plainly_text(elements, &nodes[at + 2..end]) {
                let array = nodes[at].inside().unwrap_or_default().to_vec();
                nodes.splice(at..end, array);
                *touched = true;
            } else if let Some(kind) = common_type(elements).filter(|kind| !same(kind, &nodes[at + 2..end - 1])) {
                let cast = Node::new(Item::Group('[', Vec::new()));
                let mut inner = vec![nodes[at].clone().spaced(false), Node::symbol("::")];
                inner.extend(kind);
                inner.push(cast);
                let spaced = nodes[at].spaced;
                nodes[at] = Node::parens(inner).spaced(spaced);
                *touched = true;
            }
        }
        at += 1;
    }
}

/// Whether these are strings of type `character varying` (or of a type that cannot be told) cast to `text[]`, which the server
/// does by itself when it compares them with a text.
fn plainly_text(elements: &[Node<'_>], to: &[Node<'_>]) -> bool {
    let varying = [Node::word("character"), Node::word("varying").spaced(true)];
    matches!(to, [text, _] if text.is_word("text"))
        && parts(elements).all(|element| element_type(element).is_none_or(|kind| same(kind, &varying)))
}

/// The type that every element is cast to.
fn common_type<'a>(elements: &[Node<'a>]) -> Option<Vec<Node<'a>>> {
    let mut kinds = parts(elements).map(|element| match element {
        [array, nested] if array.is_word("ARRAY") => common_type(nested.elements()?),
        [Node { item: Item::Number(number), .. }] => Some(vec![Node::word(number_type(number)?)]),
        _ => element_type(element).map(<[_]>::to_vec),
    });
    let first = kinds.next()??;
    kinds.all(|kind| kind.is_some_and(|kind| same(&kind, &first))).then_some(first)
}
