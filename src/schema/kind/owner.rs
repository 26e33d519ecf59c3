//! Who owns an object; its name says which (`table public.orders`). A fact only where the scope asks for owners.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("owner")];

pub(super) const SPEC: Spec = Spec { word: "owner", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
