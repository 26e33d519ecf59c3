//! A cast, named `(source AS target)`: by a function, in and out by text, or binary; by default only where asked for.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("function"),
    hashed("method"),
    hashed("context"),
];

pub(super) const SPEC: Spec = Spec { word: "cast", attributes: ATTRIBUTES, ddl: Ddl::NONE };
