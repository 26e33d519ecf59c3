//! The default of a column (of a table or a view) or of a domain.

use super::{Attribute, Spec, expression};

const ATTRIBUTES: &[Attribute] = &[expression("expression")];

pub(super) const SPEC: Spec = Spec { word: "default", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
