//! An enum type: its labels in their order.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("labels")];

pub(super) const SPEC: Spec = Spec { word: "enum", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
