//! A comment; its name says what it describes (`column public.orders.new_field`).

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("text")];

pub(super) const SPEC: Spec = Spec { word: "comment", attributes: ATTRIBUTES };
