//! A foreign-data wrapper that no extension owns. Options that look like secrets are named, without their values, and not hashed.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("handler"), hashed("validator"), hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "foreign_data_wrapper", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
