//! A trigger that the user made.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("definition"), hashed("enabled")];

pub(super) const SPEC: Spec = Spec { word: "trigger", attributes: ATTRIBUTES };
