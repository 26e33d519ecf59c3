//! A view.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("definition"), hashed("options")];

pub(super) const SPEC: Spec = Spec { word: "view", attributes: ATTRIBUTES };
