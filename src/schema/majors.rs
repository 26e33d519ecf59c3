//! What servers of two majors tell alike of the same DDL, and what is compared where they do not.
//!
//! 13 prints expressions in other words than later majors. 17 keeps a name for each domain's NOT NULL, 18 for each column's, which moves with its table's and its
//! column's names, is a partition's own or its root's by how it was made, and is nothing of which older majors know. What cannot be
//! compared is left out and counted: it is never a difference.

use super::{Digests, FactId, Kind, Model, fingerprint};
use crate::hash::{Digest, Fingerprint};

/// How much two servers tell alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alike {
    /// Everything.
    #[default]
    All,
    /// All but the names of NOT NULLs: only one of them keeps them, or keeps those of columns.
    ButNames,
    /// Neither that nor the words of expressions: one of them is PostgreSQL 13.
    ButWords,
}

impl Alike {
    /// What servers of these majors tell alike.
    pub fn between(major: u32, other: u32) -> Self {
        let divides = |at: u32| (major < at) != (other < at);
        match (divides(14), divides(17) || divides(18)) {
            (true, _) => Self::ButWords,
            (false, true) => Self::ButNames,
            (false, false) => Self::All,
        }
    }

    /// Whether facts like this one are compared.
    pub fn compares(self, id: &FactId) -> bool {
        self == Self::All || id.kind != Kind::NotNull
    }

    /// The model without what is not compared.
    pub fn compared(self, model: Model) -> Model {
        if self == Self::All {
            return model;
        }
        let unsupported = model.unsupported.clone();
        let mut rest = Model::new(model.facts().filter(|fact| self.compares(&fact.id)).cloned());
        rest.unsupported = unsupported;
        rest
    }
}

/// A fact as it is compared between PostgreSQL 13 and a later major, which print the same thing in different words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcrossMajors {
    /// The digest for such a comparison.
    pub digest: Digest,
    /// Its text cannot be compared at all; the digest says no more than that.
    pub bound: bool,
}

/// A schema as it is compared with another major's: a fingerprint, and how many facts count in it without their text or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The fingerprint for such a comparison.
    pub fingerprint: Fingerprint,
    /// How many facts it leaves out, or counts without their text.
    pub left_out: u64,
}

/// A schema as it is compared with those of other majors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Across {
    /// Where one is PostgreSQL 13 ([`Alike::ButWords`]).
    pub words: Part,
    /// Where only one keeps names of NOT NULLs, or those of columns ([`Alike::ButNames`]).
    pub names: Part,
}

impl Across {
    /// A schema of which all is compared with any major's.
    pub fn whole(fingerprint: Fingerprint) -> Self {
        let whole = Part { fingerprint, left_out: 0 };
        Self { words: whole, names: whole }
    }

    /// What is compared where servers tell so much alike; `fingerprint` is the model's own.
    pub fn part(&self, alike: Alike, fingerprint: Fingerprint) -> Part {
        match alike {
            Alike::All => Part { fingerprint, left_out: 0 },
            Alike::ButNames => self.names,
            Alike::ButWords => self.words,
        }
    }
}

impl Model {
    /// How this model is compared with those of other majors, by its digests and its fingerprint.
    pub fn across(&self, digests: &Digests, own: Fingerprint) -> Across {
        let mut digests = digests.clone();
        let all = digests.len();
        digests.retain(|id, _| Alike::ButNames.compares(id));
        let left_out = (all - digests.len()) as u64;
        let of = |digests: &Digests, changed: bool| if changed { fingerprint(digests) } else { own };
        let names = Part { fingerprint: of(&digests, left_out > 0), left_out };
        let others: Vec<_> = self.facts().filter_map(|fact| Some((&fact.id, fact.across()?))).collect();
        let bound = others.iter().filter(|(_, across)| across.bound).count() as u64;
        let changed = left_out > 0 || !others.is_empty();
        digests.extend(others.into_iter().map(|(id, across)| (id.clone(), across.digest)));
        Across { words: Part { fingerprint: of(&digests, changed), left_out: left_out + bound }, names }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fact;
    use super::*;

    #[test]
    fn majors_on_one_side_tell_everything_alike() {
        let alike = [(13, 13), (14, 16), (18, 19)].map(|(a, b)| Alike::between(a, b));
        assert_eq!(alike, [Alike::All; 3]);
        let unlike = [(13, 14), (18, 13), (17, 18), (19, 15), (16, 17)].map(|(a, b)| Alike::between(a, b));
        let names = Alike::ButNames;
        assert_eq!(unlike, [Alike::ButWords, Alike::ButWords, names, names, names]);
    }

    #[test]
    fn what_another_major_cannot_tell_is_left_out_and_counted() {
        let table = Fact::new(Kind::Table, "public.t");
        let year = |name: &str, text: &str| Fact::new(Kind::Default, name).with("expression", text);
        let name = Fact::new(Kind::NotNull, "public.t.a").with("constraint", "n");
        let of = |facts: &[&Fact]| {
            let model = Model::new(facts.iter().map(|fact| (*fact).clone()));
            let across = model.across(&model.digests(), model.fingerprint());
            (model.fingerprint(), across)
        };
        let (plain, across) = of(&[&table]);
        assert_eq!(across, Across::whole(plain));
        let (named, across) = of(&[&table, &name]);
        assert_ne!(named, plain);
        assert_eq!(across.part(Alike::All, named), Part { fingerprint: named, left_out: 0 });
        assert_eq!([across.names, across.words], [Part { fingerprint: plain, left_out: 1 }; 2]);
        let (old, _) = of(&[&table, &year("public.t.a", "date_part('year'::text, d)")]);
        let (new, across) = of(&[&table, &name, &year("public.t.a", "EXTRACT(month FROM d)")]);
        assert!(![old, new].contains(&across.names.fingerprint));
        assert_eq!((across.names.left_out, across.words.left_out), (1, 2));
    }
}
