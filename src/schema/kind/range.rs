//! A range type with its multirange type, whose name is absent where it is as PostgreSQL forms it (and before 14, which has none).

use super::{Attribute, Spec, hashed};
use crate::schema::ddl::Ddl;

const ATTRIBUTES: &[Attribute] = &[
    hashed("subtype"),
    hashed("opclass"),
    hashed("collation"),
    hashed("canonical"),
    hashed("subdiff"),
    hashed("multirange"),
];

pub(super) const SPEC: Spec = Spec { word: "range", attributes: ATTRIBUTES, ddl: Ddl::NONE };
