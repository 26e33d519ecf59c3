//! An operator family, named with its index method (`public.sizes(btree)`), and the members that no operator class of its claims.

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("members"),
];

pub(super) const SPEC: Spec = Spec { word: "operator_family", attributes: ATTRIBUTES, ddl: Ddl::NONE };
