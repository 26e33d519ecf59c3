//! A text search template: its functions.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("init"),
    hashed("lexize"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_template", attributes: ATTRIBUTES, ddl: Ddl::NONE };
