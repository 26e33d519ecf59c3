//! What one role may do with an object; its name says which and who (`table public.orders to clerk`). A fact only where the
//! scope asks for grants, and only where it differs from what PostgreSQL gives by default: a fact without privileges says
//! that a default one was revoked.
//!
//! The owner is named `(owner)`, everybody `public`; who granted is left out. Every privilege that there is is `ALL`, since
//! newer majors have more of them.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("privileges"), hashed("grantable"), shown("grantee"), shown("owner")];

pub(super) const SPEC: Spec = Spec { word: "grant", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
