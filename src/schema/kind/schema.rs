//! A schema (namespace). It has nothing but its name; its comment is a fact of its own.

use super::{Attribute, Spec};

const ATTRIBUTES: &[Attribute] = &[];

pub(super) const SPEC: Spec = Spec { word: "schema", attributes: ATTRIBUTES };
