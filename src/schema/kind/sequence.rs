//! A sequence that is not an identity column's own (that one belongs to its column). Where it stands is data.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("start"), hashed("increment"), hashed("minimum"), hashed("maximum"), hashed("cache"), hashed("cycle"), hashed("persistence"), hashed("owned_by")];

pub(super) const SPEC: Spec = Spec { word: "sequence", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
