//! A table in a publication (`pub.public.orders`): the columns, sorted, where not all are published, and the row filter.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("columns"), expression("where")];

pub(super) const SPEC: Spec = Spec { word: "publication_table", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
