//! A procedural language that no extension brought.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("trusted"),
    hashed("handler"),
    hashed("inline"),
    hashed("validator"),
];

pub(super) const SPEC: Spec = Spec { word: "language", attributes: ATTRIBUTES, ddl: Ddl::NONE };
