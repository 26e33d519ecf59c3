//! A collation. The version of the library that was there when it was made is left out.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[
    hashed("provider"),
    hashed("locale"),
    hashed("lc_collate"),
    hashed("lc_ctype"),
    hashed("nondeterministic"),
    hashed("rules"),
];

pub(super) const SPEC: Spec = Spec { word: "collation", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
