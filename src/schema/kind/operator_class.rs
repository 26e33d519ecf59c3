//! An operator class, named with its index method (`public.sizes(btree)`), with its own members of the family.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("type"),
    hashed("default"),
    hashed("family"),
    hashed("storage"),
    hashed("members"),
];

pub(super) const SPEC: Spec = Spec { word: "operator_class", attributes: ATTRIBUTES, ddl: Ddl::NONE };
