//! A function, procedure or window function.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("definition")];

pub(super) const SPEC: Spec = Spec { word: "function", attributes: ATTRIBUTES };
