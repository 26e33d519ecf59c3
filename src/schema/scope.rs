//! What is looked at. Two machines compare scopes before they compare anything else.

use serde::{Deserialize, Serialize};

use crate::hash::{FieldHasher, ScopeDigest};

/// Raised whenever a canonical form changes: another version is another scope.
pub const MODEL_VERSION: u32 = 2;

/// Chosen schemas, ignore list and switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Names of the schemas looked at, sorted, without doubles. Empty: every schema but PostgreSQL's and driftless's own.
    pub schemas: Vec<String>,
    /// Names left out: `table` or `schema.table`, `*` standing for any characters; sorted, without doubles.
    pub ignore: Vec<String>,
    /// Whether owners are facts.
    pub owners: bool,
    /// Whether grants are facts.
    pub grants: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self::new(Vec::new(), Self::DEFAULT_IGNORE.iter().map(|&s| s.into()).collect())
    }
}

impl Scope {
    /// Bookkeeping tables of other migration tools: different on each machine by nature.
    pub const DEFAULT_IGNORE: [&str; 12] = [
        "alembic_version",
        "__diesel_schema_migrations",
        "_sqlx_migrations",
        "flyway_schema_history",
        "schema_migrations",
        "migrations_history",
        "refinery_schema_history",
        "databasechangelog",
        "databasechangeloglock",
        "goose_db_version",
        "django_migrations",
        "pgmigrations",
    ];

    /// A scope of these schemas and this ignore list, owners and grants off.
    pub fn new(mut schemas: Vec<String>, mut ignore: Vec<String>) -> Self {
        schemas.sort();
        schemas.dedup();
        ignore.sort();
        ignore.dedup();
        Self { schemas, ignore, owners: false, grants: false }
    }

    /// Hash of the scope and of [`MODEL_VERSION`].
    pub fn digest(&self) -> ScopeDigest {
        let list = |hasher: FieldHasher, names: &[String]| {
            names
                .iter()
                .fold(hasher.field(&(names.len() as u64).to_be_bytes()), |hasher, name| hasher.field(name.as_bytes()))
        };
        let hasher = FieldHasher::new("driftless scope").field(&MODEL_VERSION.to_be_bytes());
        let hasher = list(list(hasher, &self.schemas), &self.ignore);
        ScopeDigest(hasher.field(&[u8::from(self.owners), u8::from(self.grants)]).finish())
    }

    /// Whether a relation's name is on the ignore list.
    pub fn ignores(&self, schema: &str, name: &str) -> bool {
        let full = format!("{schema}.{name}");
        self.ignore.iter().any(|pattern| matches(pattern, name) || matches(pattern, &full))
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            (0..=tail.len()).filter(|&at| tail.is_char_boundary(at)).any(|at| matches(rest, &tail[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_patterns() {
        let scope = Scope::new(vec!["public".into()], vec!["tmp_*".into(), "audit.*".into(), "订单".into()]);
        assert!(scope.ignores("public", "tmp_x"));
        assert!(scope.ignores("audit", "anything"));
        assert!(scope.ignores("public", "订单"));
        assert!(!scope.ignores("public", "tmp"));
    }

    #[test]
    fn order_and_doubles_do_not_matter_and_switches_do() {
        let a = Scope::new(vec!["b".into(), "a".into(), "a".into()], vec![]);
        let b = Scope::new(vec!["a".into(), "b".into()], vec![]);
        assert_eq!(a.digest(), b.digest());
        assert_ne!(a.digest(), Scope { owners: true, ..b }.digest());
        assert_ne!(a.digest(), Scope::new(vec!["a".into()], vec!["b".into()]).digest());
    }
}
