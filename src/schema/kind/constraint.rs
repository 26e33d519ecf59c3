//! A primary key, unique, check, foreign key or exclusion constraint of a table, or a check of a domain.
//!
//! What it says of its index (INCLUDE, NULLS NOT DISTINCT, method) is in the definition; the index is no fact of its own.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("inherited"), hashed("parent"), hashed("index_options"), hashed("index_invalid"), hashed("clustered")];

pub(super) const SPEC: Spec = Spec { word: "constraint", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
