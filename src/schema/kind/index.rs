//! An index that no constraint owns. The definition starts at the access method: names are no part of it.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("unique"), hashed("invalid"), hashed("clustered"), hashed("parent"), hashed("statistics")];

pub(super) const SPEC: Spec = Spec { word: "index", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
