//! An extension. Its version is shown and not hashed: machines may carry different builds.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("schema"), shown("version")];

pub(super) const SPEC: Spec = Spec { word: "extension", attributes: ATTRIBUTES };
