//! Facts in 4096 buckets: of two large schemas that differ little, only the buckets that differ are read. Pure.

use crate::hash::FieldHasher;
use crate::schema::{Digests, FactId, fingerprint};

/// How many buckets there are.
pub const BUCKETS: usize = 4096;

/// One hash for each bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets(pub(super) Vec<[u8; 32]>);

impl Buckets {
    /// The buckets of these facts.
    pub fn of(digests: &Digests) -> Self {
        let mut parts = vec![Digests::new(); BUCKETS];
        for (id, digest) in digests {
            parts[usize::from(bucket_of(id))].insert(id.clone(), *digest);
        }
        Self(parts.iter().map(|part| fingerprint(part).0).collect())
    }

    /// Numbers of the buckets that differ.
    pub fn differing(&self, other: &Self) -> Vec<u16> {
        let pairs = (0u16..).zip(self.0.iter().zip(&other.0));
        pairs.filter(|(_, (a, b))| a != b).map(|(number, _)| number).collect()
    }
}

/// The bucket that a fact belongs to.
pub fn bucket_of(id: &FactId) -> u16 {
    let hash = FieldHasher::new("driftless bucket").field(id.kind.word().as_bytes()).field(id.name.as_bytes()).finish();
    u16::from(hash[0]) << 4 | u16::from(hash[1] >> 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::schema::Kind;

    #[test]
    fn one_changed_fact_is_one_changed_bucket() {
        let facts = (0..10_000).map(|n| (FactId::new(Kind::Table, format!("public.t{n}")), Digest::of(b"x")));
        let before: Digests = facts.collect();
        let mut after = before.clone();
        let changed = FactId::new(Kind::Table, "public.t77");
        after.insert(changed.clone(), Digest::of(b"y"));
        assert_eq!(Buckets::of(&before).differing(&Buckets::of(&after)), [bucket_of(&changed)]);
        assert!(Buckets::of(&before).differing(&Buckets::of(&before)).is_empty());
    }

    /// Frozen: the other side counts the same way.
    #[test]
    fn bucket_numbers_are_frozen() {
        assert_eq!(bucket_of(&FactId::new(Kind::Table, "public.orders")), 2369);
    }
}
