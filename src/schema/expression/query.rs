//! Columns of a query over one relation: up to 15 a view prints them qualified, from 16 on it does not.

use super::tree::{Item, Node};

/// Takes the qualification off the columns of a query that has one item in its FROM clause. Queries inside of it are left
/// alone: every major qualifies there.
///
/// A name in ORDER BY means the column here, never an output column, which the server prints as its whole expression.
pub(super) fn unqualify(nodes: &mut Vec<Node<'_>>) {
    let Some((from, end)) = from_clause(nodes) else {
        return;
    };
    let Some(alias) = alias(&nodes[from..end]).cloned() else {
        return;
    };
    let tail = nodes.split_off(end);
    let source = nodes.split_off(from);
    strip(nodes, &alias.item);
    nodes.extend(source);
    let mut tail = tail;
    strip(&mut tail, &alias.item);
    nodes.append(&mut tail);
}

/// Where the FROM clause of a single query begins and ends.
fn from_clause(nodes: &[Node<'_>]) -> Option<(usize, usize)> {
    const ENDS: [&str; 8] = ["WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "OFFSET", "LIMIT", "FOR"];
    if !nodes.first().is_some_and(|node| node.is_word("SELECT") || node.is_word("WITH")) {
        return None;
    }
    if nodes.iter().any(|node| ["UNION", "INTERSECT", "EXCEPT"].iter().any(|word| node.is_word(word))) {
        return None;
    }
    let select = nodes.iter().position(|node| node.is_word("SELECT"))?;
    let from = select + nodes[select..].iter().position(|node| node.is_word("FROM"))? + 1;
    let ends = |node: &Node<'_>| node.is_symbol(";") || ENDS.iter().chain(&["FETCH"]).any(|word| node.is_word(word));
    let end = nodes[from..].iter().position(ends).map_or(nodes.len(), |at| from + at);
    Some((from, end))
}

/// The name of the only item in a FROM clause.
fn alias<'t, 'a>(items: &'t [Node<'a>]) -> Option<&'t Node<'a>> {
    let sampled = items.iter().position(|node| node.is_word("TABLESAMPLE"));
    let items = &items[..sampled.unwrap_or(items.len())];
    if items.iter().any(|node| node.is_symbol(",")) {
        return None;
    }
    if let [first, ..] = items
        && let Some(inside) = first.inside()
        && !is_query(inside)
    {
        return None;
    }
    let items = match items.split_last()? {
        (last, rest) if last.inside().is_some() && !last.spaced => rest,
        _ => items,
    };
    items.last().filter(|node| node.is_name())
}

/// Whether what stands in brackets is a query: it begins with one, or with brackets around one.
fn is_query(inside: &[Node<'_>]) -> bool {
    let Some(first) = inside.first() else {
        return false;
    };
    ["SELECT", "WITH", "VALUES"].iter().any(|word| first.is_word(word))
        || (first.inside().is_some_and(is_query)
            && inside.iter().any(|node| ["UNION", "INTERSECT", "EXCEPT"].iter().any(|word| node.is_word(word))))
}

fn strip(nodes: &mut Vec<Node<'_>>, alias: &Item<'_>) {
    let mut at = 0;
    while at < nodes.len() {
        if let Item::Group(_, inside) = &mut nodes[at].item {
            if !is_query(inside) {
                strip(inside, alias);
            }
        } else if nodes[at].item == *alias && is_column(nodes, at) {
            let spaced = nodes[at].spaced;
            nodes.drain(at..at + 2);
            nodes[at].spaced = spaced;
        }
        at += 1;
    }
}

/// Whether `alias.name` at `at` is a column: no function, no type, no collation, no operator's schema, no whole row.
fn is_column(nodes: &[Node<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &nodes[before]);
    let misleading = before.is_some_and(|node| {
        node.is_symbol(".") || node.is_symbol("::") || node.is_word("COLLATE") || node.is_word("AS")
    });
    let called = nodes.get(at + 3).is_some_and(|node| !node.spaced && node.inside().is_some() || node.is_symbol("."));
    !misleading
        && !called
        && nodes.get(at + 1).is_some_and(|node| node.is_symbol("."))
        && nodes.get(at + 2).is_some_and(Node::is_name)
}
