//! The default of a column or domain.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("expression")];

pub(super) const SPEC: Spec = Spec { word: "default", attributes: ATTRIBUTES };
