//! A column of a table, view or composite type; its default is a fact of its own.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("not_null"), hashed("identity"), hashed("generated"), hashed("collation"), shown("position")];

pub(super) const SPEC: Spec = Spec { word: "column", attributes: ATTRIBUTES };
