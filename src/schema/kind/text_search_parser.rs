//! A text search parser: its functions.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("start"),
    hashed("gettoken"),
    hashed("end"),
    hashed("headline"),
    hashed("lextypes"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_parser", attributes: ATTRIBUTES, ddl: Ddl::NONE };
