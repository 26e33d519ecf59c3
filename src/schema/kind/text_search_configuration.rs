//! A text search configuration: its parser, and the dictionaries of each sort of token, in their order.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("parser"),
    hashed("mappings"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_configuration", attributes: ATTRIBUTES, ddl: Ddl::NONE };
