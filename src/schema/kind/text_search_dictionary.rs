//! A text search dictionary: its template and its options, as PostgreSQL keeps them.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("template"),
    hashed("options"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_dictionary", attributes: ATTRIBUTES, ddl: Ddl::NONE };
