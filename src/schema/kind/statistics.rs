//! A statistics object (CREATE STATISTICS). Columns and expressions are sorted: their order is the table's and means nothing.
//! What was gathered is data.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("table"), hashed("kinds"), hashed("columns"), expression("expressions"), hashed("target")];

pub(super) const SPEC: Spec = Spec { word: "statistics", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
