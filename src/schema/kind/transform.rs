//! A transform of a type for a language, named `(FOR type LANGUAGE language)`.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("from_sql"),
    hashed("to_sql"),
];

pub(super) const SPEC: Spec = Spec { word: "transform", attributes: ATTRIBUTES, ddl: Ddl::NONE };
