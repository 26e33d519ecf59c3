//! A subscription. Its connection string is left out: it names another machine and often a password, and only superusers
//! may read it. Whether it is enabled is shown and not hashed, because `pg_dump` does not carry it.
//!
//! What could go wrong: 13 does not let everybody read the synchronous commit setting, so there it is not told.

use super::{Attribute, Spec, hashed, shown};

const ATTRIBUTES: &[Attribute] = &[hashed("publications"), hashed("slot"), hashed("binary"), hashed("streaming"), hashed("two_phase"), hashed("disable_on_error"), hashed("password_required"), hashed("run_as_owner"), hashed("failover"), hashed("origin"), hashed("synchronous_commit"), shown("enabled")];

pub(super) const SPEC: Spec = Spec { word: "subscription", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
