//! What is looked at. Two machines compare scopes before they compare anything else.

use serde::{Deserialize, Serialize};

use crate::hash::{FieldHasher, ScopeDigest};

/// Raised whenever a canonical form changes: another version is another scope.
pub const MODEL_VERSION: u32 = 3;

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

/// A scope as machines tell it to each other, so that a person can be told how two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeParts {
    /// The choices.
    pub scope: Scope,
    /// [`MODEL_VERSION`] there.
    pub model_version: u32,
}

impl From<Scope> for ScopeParts {
    fn from(scope: Scope) -> Self {
        Self { scope, model_version: MODEL_VERSION }
    }
}

/// One thing in which two scopes differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "differs", rename_all = "snake_case")]
pub enum ScopeDifference {
    /// The canonical forms: another version of driftless.
    ModelVersion {
        /// Here.
        here: u32,
        /// There.
        there: u32,
    },
    /// The chosen schemas; none: all.
    Schemas {
        /// Here.
        here: Vec<String>,
        /// There.
        there: Vec<String>,
    },
    /// The ignore lists.
    Ignore {
        /// What only this machine leaves out.
        only_here: Vec<String>,
        /// What only the peer leaves out.
        only_there: Vec<String>,
    },
    /// Owners are facts on one of the two.
    Owners {
        /// Whether here.
        here: bool,
    },
    /// Grants are facts on one of the two.
    Grants {
        /// Whether here.
        here: bool,
    },
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

    /// Whether schemas of the user's may be passed over.
    pub fn is_narrowed(&self) -> bool {
        !self.schemas.is_empty()
    }

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

    /// What another machine's scope has otherwise.
    pub fn differences(&self, there: &ScopeParts) -> Vec<ScopeDifference> {
        let lacking = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|name| !b.contains(name)).cloned().collect()
        };
        let theirs = &there.scope;
        let mut found = Vec::new();
        if there.model_version != MODEL_VERSION {
            found.push(ScopeDifference::ModelVersion { here: MODEL_VERSION, there: there.model_version });
        }
        if self.schemas != theirs.schemas {
            found.push(ScopeDifference::Schemas { here: self.schemas.clone(), there: theirs.schemas.clone() });
        }
        if self.ignore != theirs.ignore {
            found.push(ScopeDifference::Ignore {
                only_here: lacking(&self.ignore, &theirs.ignore),
                only_there: lacking(&theirs.ignore, &self.ignore),
            });
        }
        if self.owners != theirs.owners {
            found.push(ScopeDifference::Owners { here: self.owners });
        }
        if self.grants != theirs.grants {
            found.push(ScopeDifference::Grants { here: self.grants });
        }
        found
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
    fn what_differs_is_told() {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let here = Scope::new(list(&["public"]), list(&["a", "b"]));
        assert!(here.differences(&here.clone().into()).is_empty());
        let there = Scope { grants: true, ..Scope::new(list(&["app", "public"]), list(&["b", "c"])) };
        assert_eq!(
            here.differences(&ScopeParts { scope: there, model_version: 9 }),
            [
                ScopeDifference::ModelVersion { here: MODEL_VERSION, there: 9 },
                ScopeDifference::Schemas { here: list(&["public"]), there: list(&["app", "public"]) },
                ScopeDifference::Ignore { only_here: list(&["a"]), only_there: list(&["c"]) },
                ScopeDifference::Grants { here: false },
            ]
        );
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
