//! A schema (namespace).

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[];

pub(super) const SPEC: Spec = Spec { word: "schema", attributes: ATTRIBUTES };
