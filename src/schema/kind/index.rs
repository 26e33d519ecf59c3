//! An index that no constraint owns.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("definition"), hashed("valid")];

pub(super) const SPEC: Spec = Spec { word: "index", attributes: ATTRIBUTES };
