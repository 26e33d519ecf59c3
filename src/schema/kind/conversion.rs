//! A conversion between encodings.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("source"),
    hashed("target"),
    hashed("function"),
    hashed("default"),
];

pub(super) const SPEC: Spec = Spec { word: "conversion", attributes: ATTRIBUTES, ddl: Ddl::NONE };
