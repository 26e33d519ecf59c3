//! A row security policy. For PUBLIC it names no roles; other roles go by their names, and a machine that lacks one cannot
//! have the policy. Whether policies are in force is the table's (`row_security`).

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("command"), hashed("restrictive"), hashed("roles"), expression("using"), expression("check")];

pub(super) const SPEC: Spec = Spec { word: "policy", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
