//! A domain: its base type; its checks are constraints, its default a default.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("not_null"), hashed("collation")];

pub(super) const SPEC: Spec = Spec { word: "domain", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
