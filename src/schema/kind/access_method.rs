//! An access method for tables or indexes that no extension brought.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("type"),
    hashed("handler"),
];

pub(super) const SPEC: Spec = Spec { word: "access_method", attributes: ATTRIBUTES, ddl: Ddl::NONE };
