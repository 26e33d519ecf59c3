//! The schema as plain data: facts, their digests, the fingerprint of them all, and the difference of two.
//!
//! Start at [`Fact`]. A kind of fact is one file in [`kind`]; reading it from a database is the file of the
//! same name in `postgres/catalog`. Nothing else anywhere knows a kind by name.

mod column_order;
pub mod ddl;
mod diff;
pub mod expression;
mod fact;
pub mod kind;
mod majors;
mod model;
mod scope;

pub use column_order::{ColumnOrder, column_orders};
pub use diff::{Change, ChangeKind, Difference, changed_between, changed_ids, diff, differences};
pub use fact::{Attributes, Fact, FactId, UnknownFact, Value, qualified};
pub use kind::Kind;
pub use majors::{Across, AcrossMajors, Alike, Part};
pub use model::{Digests, Model, Unsupported, fingerprint};
pub use scope::{MODEL_VERSION, Scope, ScopeDifference, ScopeParts};
