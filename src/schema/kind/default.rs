//! The default of a column (of a table or a view) or of a domain.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("expression")];

pub(super) const SPEC: Spec = Spec { word: "default", attributes: ATTRIBUTES };
