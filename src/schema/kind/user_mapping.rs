//! A user mapping (`server.role`). Options that look like secrets are named, without their values, and not hashed.
//!
//! What could go wrong: PostgreSQL hides the options from those whom they are not for; where that happens the fact has none,
//! and the model names the mapping among what is not supported.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "user_mapping", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
