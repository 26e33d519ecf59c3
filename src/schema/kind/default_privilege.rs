//! What one role is granted on objects that another will create (`tables maker.public to clerk`). A fact only where the scope
//! asks for grants; spelled as grants are.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] =
    &[hashed("privileges"), hashed("grantable"), shown("grantee"), shown("role"), shown("schema"), shown("objects")];

pub(super) const SPEC: Spec = Spec { word: "default_privilege", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
