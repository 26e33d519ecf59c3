//! A materialized view. Whether it is populated is data, and shown only.

use super::{Attribute, Spec, expression, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("options"), hashed("toast_options"), hashed("access_method"), hashed("persistence"), hashed("columns"), shown("populated")];

pub(super) const SPEC: Spec = Spec { word: "materialized_view", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
