//! The difference of two schemas, fact by fact, attribute by attribute.

use std::collections::BTreeSet;

use serde::Serialize;

use super::kind::Role;
use super::{Attributes, Digests, FactId, Kind, Model, Value};

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
    let (from_digests, to_digests) = (from.digests(), to.digests());
    changed_ids(&from_digests, &to_digests)
        .map(|(id, change)| {
            let attributes = |model: &Model| model.fact(&id).map(|fact| fact.attributes.clone()).unwrap_or_default();
            let attributes = differences(id.kind, &attributes(from), &attributes(to));
            Change { id, change, attributes }
        })
        .collect()
}

/// The identities whose digests differ, and which way.
pub fn changed_ids(from: &Digests, to: &Digests) -> impl Iterator<Item = (FactId, ChangeKind)> {
    let ids: BTreeSet<&FactId> = from.keys().chain(to.keys()).collect();
    let changes: Vec<_> = ids
        .into_iter()
        .filter_map(|id| {
            let change = match (from.get(id), to.get(id)) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                (from, to) if from != to => ChangeKind::Changed,
                _ => return None,
            };
            Some((id.clone(), change))
        })
        .collect();
    changes.into_iter()
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
