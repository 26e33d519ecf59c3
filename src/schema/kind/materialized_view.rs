//! A materialized view.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("definition")];

pub(super) const SPEC: Spec = Spec { word: "materialized_view", attributes: ATTRIBUTES };
