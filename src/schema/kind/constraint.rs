//! A primary key, unique, check, foreign key or exclusion constraint.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("definition")];

pub(super) const SPEC: Spec = Spec { word: "constraint", attributes: ATTRIBUTES };
