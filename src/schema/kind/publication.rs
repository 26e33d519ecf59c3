//! A publication. Its tables are facts of their own; of its schemas only those in the scope are told.
//!
//! Like everything that lies in no schema it can be left out by a pattern on the ignore list: `publication.NAME`.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("all_tables"), hashed("operations"), hashed("via_root"), hashed("generated_columns"), hashed("schemas")];

pub(super) const SPEC: Spec = Spec { word: "publication", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
