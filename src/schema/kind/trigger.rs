//! A trigger that the user made; not those that a constraint makes, nor a partition's copies of its parent's.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("enabled"), hashed("parent")];

pub(super) const SPEC: Spec = Spec { word: "trigger", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
