//! A column of a table (a view's columns are in its definition); its default is a fact of its own, a generation expression not.
//!
//! What is as the type or the server has it by default is absent. The name of a NOT NULL constraint (18) is a fact of its own (`not_null`).

use super::{Attribute, Spec, expression, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("not_null"), hashed("not_null_no_inherit"), hashed("not_null_not_valid"), hashed("identity"), hashed("identity_sequence"), expression("generated"), hashed("generated_virtual"), hashed("collation"), hashed("storage"), hashed("compression"), hashed("statistics"), hashed("options"), hashed("foreign_options"), hashed("inherited"), shown("position")];

pub(super) const SPEC: Spec = Spec { word: "column", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
