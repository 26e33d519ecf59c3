//! A rule that the user made; the one that makes a view a view is none. The definition starts behind the names.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("event"), expression("definition"), hashed("enabled")];

pub(super) const SPEC: Spec = Spec { word: "rule", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
