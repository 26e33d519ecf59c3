//! An extension, by its bare name. Its version is shown and not hashed: machines may carry different builds. Its schema is
//! hashed, because it stands before the printed names of its types.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("schema"), shown("version")];

pub(super) const SPEC: Spec = Spec { word: "extension", attributes: ATTRIBUTES };
