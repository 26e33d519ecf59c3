//! The difference of two schemas, fact by fact, attribute by attribute.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::Serialize;

use super::kind::Role;
use super::{Attributes, Digests, FactId, Kind, Model, Value};
use crate::hash::Digest;

/// Which way a fact differs, seen from FROM to TO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only TO has it.
    Added,
    /// Only FROM has it.
    Removed,
    /// Both have it, with different digests.
    Changed,
}

/// One attribute that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The attribute's name.
    pub attribute: &'static str,
    /// Its value in FROM.
    pub from: Option<Value>,
    /// Its value in TO.
    pub to: Option<Value>,
}

/// One fact that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which fact.
    pub id: FactId,
    /// Which way.
    pub change: ChangeKind,
    /// What differs; for an added or removed fact, all its attributes.
    pub attributes: Vec<Difference>,
}

/// Every fact that differs between two models, in the order of identities.
pub fn diff(from: &Model, to: &Model) -> Vec<Change> {
    changed_between(from.each_digest(), to.each_digest())
        .into_iter()
        .map(|(id, change)| {
            let attributes = |model: &Model| model.fact(&id).map(|fact| fact.attributes.clone()).unwrap_or_default();
            let attributes = differences(id.kind, &attributes(from), &attributes(to));
            Change { id, change, attributes }
        })
        .collect()
}

/// The identities whose digests differ, and which way.
pub fn changed_ids(from: &Digests, to: &Digests) -> impl Iterator<Item = (FactId, ChangeKind)> {
    changed_between(from.iter().map(owned), to.iter().map(owned)).into_iter()
}

fn owned<'a>((id, digest): (&'a FactId, &Digest)) -> (&'a FactId, Digest) {
    (id, *digest)
}

/// The identities whose digests differ, and which way; both sides in the order of identities.
pub fn changed_between<'a>(
    from: impl Iterator<Item = (&'a FactId, Digest)>,
    to: impl Iterator<Item = (&'a FactId, Digest)>,
) -> Vec<(FactId, ChangeKind)> {
    let (mut from, mut to) = (from.peekable(), to.peekable());
    let mut changes = Vec::new();
    loop {
        let order = match (from.peek(), to.peek()) {
            (None, None) => return changes,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((left, _)), Some((right, _))) => left.cmp(right),
        };
        let left = if order.is_le() { from.next() } else { None };
        let right = if order.is_ge() { to.next() } else { None };
        match (left, right) {
            (Some((id, left)), Some((_, right))) if left != right => changes.push((id.clone(), ChangeKind::Changed)),
            (Some((id, _)), None) => changes.push((id.clone(), ChangeKind::Removed)),
            (None, Some((id, _))) => changes.push((id.clone(), ChangeKind::Added)),
            _ => {}
        }
    }
}

/// The attributes that differ between two facts of one kind: expressions by their canonical form, though both are told in the
/// servers' own words. Attributes that are only shown are told too.
pub fn differences(kind: Kind, from: &Attributes, to: &Attributes) -> Vec<Difference> {
    let names: BTreeSet<&'static str> = from.keys().chain(to.keys()).copied().collect();
    names
        .into_iter()
        .filter(|name| !alike(kind, name, from.get(name), to.get(name)))
        .map(|attribute| Difference { attribute, from: from.get(attribute).cloned(), to: to.get(attribute).cloned() })
        .collect()
}

fn alike(kind: Kind, name: &str, from: Option<&Value>, to: Option<&Value>) -> bool {
    let is_expression = || kind.attribute(name).is_some_and(|attribute| attribute.role == Role::Expression);
    match (from, to) {
        (Some(from), Some(to)) => from == to || (is_expression() && from.canonical() == to.canonical()),
        (from, to) => from.is_none() && to.is_none(),
    }
}
