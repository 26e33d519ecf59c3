//! A foreign server. Options that look like secrets are named, without their values, and not hashed.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("wrapper"), hashed("type"), hashed("version"), hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "foreign_server", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
