//! A free-standing composite type: its attributes as name, type and collation, in order.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("attributes")];

pub(super) const SPEC: Spec = Spec { word: "composite", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
