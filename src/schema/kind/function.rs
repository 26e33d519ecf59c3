//! A function, procedure or window function.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("kind"), expression("arguments"), hashed("result"), hashed("language"), hashed("source"), hashed("library"), expression("body"), hashed("volatility"), hashed("parallel"), hashed("strict"), hashed("security_definer"), hashed("leakproof"), hashed("cost"), hashed("rows"), hashed("support"), hashed("transforms"), hashed("settings")];

pub(super) const SPEC: Spec = Spec { word: "function", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
