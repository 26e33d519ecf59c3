//! A view.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("options")];

pub(super) const SPEC: Spec = Spec { word: "view", attributes: ATTRIBUTES };
