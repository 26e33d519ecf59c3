//! A table, ordinary, partitioned or foreign, partitions included. Its tablespace is the machine's affair and left out.

use super::{Attribute, Spec, expression, hashed};

const ATTRIBUTES: &[Attribute] = &[hashed("persistence"), expression("partition_key"), hashed("partition_of"), expression("partition_bound"), hashed("inherits"), hashed("of_type"), hashed("row_security"), hashed("force_row_security"), hashed("access_method"), hashed("options"), hashed("toast_options"), hashed("replica_identity"), hashed("foreign_server"), hashed("foreign_options")];

pub(super) const SPEC: Spec = Spec { word: "table", attributes: ATTRIBUTES, ddl: crate::schema::ddl::Ddl::NONE };
