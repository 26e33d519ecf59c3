//! An operator. Its name carries the operand types, `NONE` for a missing one.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("function"),
    hashed("commutator"),
    hashed("negator"),
    hashed("restrict"),
    hashed("join"),
    hashed("hashes"),
    hashed("merges"),
];

pub(super) const SPEC: Spec = Spec { word: "operator", attributes: ATTRIBUTES, ddl: Ddl::NONE };
