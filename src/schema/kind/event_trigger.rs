//! An event trigger. It lies in no schema; it belongs to the scope where its function does.
//!
//! What could go wrong: it fires for the whole database, also for what is beyond the scope.

use super::{Attribute, Spec, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("event"), hashed("tags"), hashed("function"), hashed("enabled")];

pub(super) const SPEC: Spec = Spec { word: "event_trigger", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
