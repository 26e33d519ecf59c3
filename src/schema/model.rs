//! A whole schema: the set of its facts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Fact, FactId, Kind};
use crate::hash::{Digest, FieldHasher, Fingerprint};

/// Digest of each fact, by identity.
pub type Digests = BTreeMap<FactId, Digest>;

/// Something met in a chosen schema whose kind is not supported: it is named, never passed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Unsupported {
    /// What it is, in words (`row security policy`).
    pub what: String,
    /// Its qualified name.
    pub name: String,
}

impl Unsupported {
    /// From what it is and its name in one text, as peers tell it: a name is the last word but for quoted ones.
    pub fn parse(told: &str) -> Self {
        let start = told.find('"').and_then(|quote| told[..quote].rfind(' ')).or_else(|| told.rfind(' '));
        let (what, name) = start.map_or(("", told), |at| (&told[..at], &told[at + 1..]));
        Self { what: what.to_owned(), name: name.to_owned() }
    }
}

/// The facts of the chosen schemas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    facts: BTreeMap<FactId, Held>,
    /// What was met and is not modelled, sorted.
    pub unsupported: Vec<Unsupported>,
}

/// A fact with its digest, which is worked out once.
#[derive(Debug, Clone)]
struct Held {
    fact: Fact,
    digest: OnceLock<Digest>,
}

impl Held {
    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| self.fact.digest())
    }
}

impl From<Fact> for Held {
    fn from(fact: Fact) -> Self {
        Self { fact, digest: OnceLock::new() }
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.fact == other.fact
    }
}

impl Eq for Held {}

impl Model {
    /// A model of these facts.
    pub fn new(facts: impl IntoIterator<Item = Fact>) -> Self {
        Self { facts: facts.into_iter().map(|fact| (fact.id.clone(), fact.into())).collect(), unsupported: Vec::new() }
    }

    /// The fact of this identity.
    pub fn fact(&self, id: &FactId) -> Option<&Fact> {
        self.facts.get(id).map(|held| &held.fact)
    }

    /// Every fact, in the order of their identities.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = &Fact> {
        self.facts.values().map(|held| &held.fact)
    }

    /// Whether there is a fact of this kind.
    pub fn has(&self, kind: Kind) -> bool {
        let first = FactId { kind, name: String::new() };
        self.facts.range(first..).next().is_some_and(|(id, _)| id.kind == kind)
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is no fact at all.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Adds or replaces a fact.
    pub fn insert(&mut self, fact: Fact) {
        self.facts.insert(fact.id.clone(), fact.into());
    }

    /// The same, and its digest is worked out at once: there is time for it while a server prints what comes next.
    pub fn insert_digested(&mut self, mut fact: Fact) {
        fact.attributes.shrink_to_fit();
        let held = Held::from(fact);
        held.digest();
        self.facts.insert(held.fact.id.clone(), held);
    }

    /// Takes a fact out.
    pub fn remove(&mut self, id: &FactId) -> Option<Fact> {
        self.facts.remove(id).map(|held| held.fact)
    }

    /// Identity and digest of each fact, in the order of the identities.
    pub fn each_digest(&self) -> impl Iterator<Item = (&FactId, Digest)> {
        self.facts.iter().map(|(id, held)| (id, held.digest()))
    }

    /// Digest of each fact.
    pub fn digests(&self) -> Digests {
        self.each_digest().map(|(id, digest)| (id.clone(), digest)).collect()
    }

    /// The fingerprint of this model.
    pub fn fingerprint(&self) -> Fingerprint {
        of_digests(self.each_digest())
    }
}

/// Hash of the sorted (identity, digest) list.
pub fn fingerprint(digests: &Digests) -> Fingerprint {
    of_digests(digests.iter().map(|(id, digest)| (id, *digest)))
}

fn of_digests<'a>(digests: impl Iterator<Item = (&'a FactId, Digest)>) -> Fingerprint {
    let hasher = digests.fold(FieldHasher::new("driftless schema"), |hasher, (id, digest)| {
        hasher.field(id.kind.word().as_bytes()).field(id.name.as_bytes()).field(&digest.0)
    });
    Fingerprint(hasher.finish())
}
