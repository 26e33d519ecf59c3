//! A free-standing composite type: its attributes as name and type, in order.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("attributes")];

pub(super) const SPEC: Spec = Spec { word: "composite", attributes: ATTRIBUTES };
