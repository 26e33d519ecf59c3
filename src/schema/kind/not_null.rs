//! The name of a column's or a domain's NOT NULL constraint, by column, where it is not the one that PostgreSQL makes of the names.
//!
//! Only 18 and later keep such names for all tables; with older majors these facts cannot be compared. That the column is NOT NULL
//! is the column's attribute.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("constraint")];

pub(super) const SPEC: Spec = Spec { word: "not_null", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
