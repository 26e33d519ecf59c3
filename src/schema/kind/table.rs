//! A table, ordinary or partitioned.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("persistence")];

pub(super) const SPEC: Spec = Spec { word: "table", attributes: ATTRIBUTES };
