//! A sequence that is not an identity column's own.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("type")];

pub(super) const SPEC: Spec = Spec { word: "sequence", attributes: ATTRIBUTES };
