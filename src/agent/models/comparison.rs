//! The live schema against the models, for the tables that the models name. Start at [`compare`].
//!
//! An application needs what its models say; what the database has beside that does it no harm, but for fields, which a person
//! wants to know of. So an index, a constraint or a default that only the database has is told and is no difference.
//! What could go wrong: a default that the models set in Python is in no DDL, which is why it is not missed here.

use std::collections::{BTreeMap, HashMap};

use crate::postgres::catalog::{Reading, Root};
use crate::schema::kind::Role;
use crate::schema::{Attributes, Change, ChangeKind, Fact, FactId, Kind, Value, differences};

/// What of a column an application can notice.
const NOTICED: [&str; 6] = ["type", "not_null", "identity", "generated", "generated_virtual", "collation"];

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Tables that the models name.
    pub tables: usize,
    /// Tables among them that the database lacks.
    pub missing_tables: Vec<FactId>,
    /// Columns of these tables in the database.
    pub live_fields: usize,
    /// Columns in the models.
    pub model_fields: usize,
    /// Columns in both, by name.
    pub common: usize,
    /// What the database lacks (removed), has beyond the models (added: fields only), or has otherwise, seen from the models.
    pub changes: Vec<Change>,
    /// What only the database has, and does an application no harm.
    pub beside: Vec<Change>,
}

impl Comparison {
    /// Whether the database is what the models say.
    pub fn is_equal(&self) -> bool {
        self.missing_tables.is_empty() && self.changes.is_empty()
    }
}

/// Compares for the tables that the models name.
pub(super) fn compare(models: &Reading, live: &Reading) -> Comparison {
    let (wanted, found) = (tables(models), tables(live));
    let mut comparison = Comparison { tables: wanted.len(), ..Comparison::default() };
    for (table, wanted) in &wanted {
        let columns = |facts: &Facts<'_>| facts.values().filter(|fact| fact.id.kind == Kind::Column).count();
        comparison.model_fields += columns(wanted);
        let Some(found) = found.get(table) else {
            comparison.missing_tables.push((*table).clone());
            continue;
        };
        comparison.live_fields += columns(found);
        Table { wanted, found, comparison: &mut comparison }.compare();
    }
    let types = models.model.facts().filter(|fact| matches!(fact.id.kind, Kind::Enum | Kind::Domain | Kind::Composite));
    for wanted in types {
        comparison.changes.extend(change(Some(wanted), live.model.fact(&wanted.id), |_| true));
    }
    comparison.changes.sort_by(|a, b| a.id.cmp(&b.id));
    comparison.beside.sort_by(|a, b| a.id.cmp(&b.id));
    comparison
}

type Facts<'a> = BTreeMap<&'a FactId, &'a Fact>;

/// Every fact of each table, found by the catalog row that it belongs to: an index's name does not say its table.
fn tables(reading: &Reading) -> BTreeMap<&FactId, Facts<'_>> {
    let roots: HashMap<Root, &FactId> =
        reading.origins().filter(|(id, _)| id.kind == Kind::Table).map(|(id, origin)| (origin.root, id)).collect();
    let mut tables: BTreeMap<&FactId, Facts<'_>> = roots.values().map(|id| (*id, Facts::new())).collect();
    for (id, origin) in reading.origins() {
        let facts = roots.get(&origin.root).and_then(|table| tables.get_mut(table));
        if let (Some(facts), Some(fact)) = (facts, reading.model.fact(id)) {
            facts.insert(id, fact);
        }
    }
    tables
}

struct Table<'a, 'b> {
    wanted: &'b Facts<'a>,
    found: &'b Facts<'a>,
    comparison: &'b mut Comparison,
}

impl Table<'_, '_> {
    fn compare(&mut self) {
        for (id, wanted) in self.wanted {
            let found = self.found.get(id).copied();
            match id.kind {
                Kind::Column => self.column(wanted, found),
                Kind::Default => self.default(wanted, found),
                Kind::Constraint | Kind::Index if !self.has_alike(wanted) => {
                    self.comparison.changes.extend(change(Some(wanted), found, |_| true));
                }
                Kind::Comment if self.describes_something(id) => {
                    self.comparison.changes.extend(change(Some(wanted), found, |_| true));
                }
                _ => {}
            }
        }
        for (id, found) in self.found.iter().filter(|(id, _)| !self.wanted.contains_key(*id)) {
            let beside = change(None, Some(found), |_| true);
            match id.kind {
                Kind::Column => self.comparison.changes.extend(beside),
                Kind::Default if self.wanted.contains_key(&column_of(id)) => self.comparison.beside.extend(beside),
                Kind::Constraint | Kind::Index if !alike(found, self.wanted) => self.comparison.beside.extend(beside),
                _ => {}
            }
        }
    }

    fn column(&mut self, wanted: &Fact, found: Option<&Fact>) {
        self.comparison.common += usize::from(found.is_some());
        // Models number rows by a sequence where the database may do it by an identity: the application cannot tell.
        let numbered = self.wanted.get(&default_of(&wanted.id)).is_some_and(|default| is_numbering(default));
        let noticed = |name: &str| NOTICED.contains(&name) && !(numbered && name == "identity");
        self.comparison.changes.extend(change(Some(wanted), found, noticed));
    }

    fn default(&mut self, wanted: &Fact, found: Option<&Fact>) {
        let Some(column) = self.found.get(&column_of(&wanted.id)) else { return };
        let numbers = column.attributes.contains_key("identity") || found.is_some_and(is_numbering);
        let alike = found.is_some_and(|found| plain(found) == plain(wanted));
        if !(alike || is_numbering(wanted) && numbers) {
            self.comparison.changes.extend(change(Some(wanted), found, |_| true));
        }
    }

    fn has_alike(&self, wanted: &Fact) -> bool {
        alike(wanted, self.found)
    }

    /// A comment on a field that is missing would tell the same thing twice.
    fn describes_something(&self, comment: &FactId) -> bool {
        comment
            .name
            .strip_prefix("column ")
            .is_none_or(|name| self.found.contains_key(&FactId::new(Kind::Column, name)))
    }
}

/// The same thing under any name.
fn alike(fact: &Fact, others: &Facts<'_>) -> bool {
    let digest = fact.digest();
    others.values().any(|other| other.id.kind == fact.id.kind && other.digest() == digest)
}

fn column_of(default: &FactId) -> FactId {
    FactId::new(Kind::Column, default.name.clone())
}

fn default_of(column: &FactId) -> FactId {
    FactId::new(Kind::Default, column.name.clone())
}

fn is_numbering(default: &Fact) -> bool {
    default.attributes.values().any(|value| matches!(value, Value::Text(text) if text.starts_with("nextval(")))
}

/// From the models to the database; nothing where they are alike in what is looked at.
fn change(wanted: Option<&Fact>, found: Option<&Fact>, looked_at: impl Fn(&str) -> bool) -> Option<Change> {
    let id = wanted.or(found)?.id.clone();
    let shown = |name: &str| id.kind.attribute(name).is_some_and(|attribute| attribute.role == Role::Shown);
    let attributes = |fact: Option<&Fact>| -> Attributes {
        let all = fact.map(|fact| fact.attributes.clone()).unwrap_or_default();
        all.into_iter().filter(|(name, _)| !shown(name) && looked_at(name)).collect()
    };
    let attributes = differences(id.kind, &attributes(wanted), &attributes(found));
    let change = match (wanted, found) {
        (Some(_), None) => ChangeKind::Removed,
        (None, Some(_)) => ChangeKind::Added,
        _ if attributes.is_empty() => return None,
        _ => ChangeKind::Changed,
    };
    Some(Change { attributes, id, change })
}

/// A default in the form in which two ways of writing the same constant are one: `'100'::numeric` is `100`, and the time of the
/// transaction has two names.
fn plain(default: &Fact) -> Option<String> {
    let Some(Value::Text(text)) = default.attributes.get("expression") else { return None };
    let bare = match text.rsplit_once("::") {
        Some((constant, _)) if constant.len() > 1 && constant.starts_with('\'') && constant.ends_with('\'') => constant,
        _ => text,
    };
    let unquoted = bare.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(bare);
    Some(if unquoted.eq_ignore_ascii_case("CURRENT_TIMESTAMP") { "now()".to_owned() } else { unquoted.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(default: &str, expected: &str) {
        let fact = Fact::new(Kind::Default, "public.a.b").with("expression", default);
        assert_eq!(plain(&fact).as_deref(), Some(expected));
    }

    #[test]
    fn a_default_has_one_plain_form() {
        check("'100'::numeric", "100");
        check("100", "100");
        check("'pending'::public.order_status", "pending");
        check("CURRENT_TIMESTAMP", "now()");
        check("now()", "now()");
        check("'a::b'", "a::b");
        check("'x'::character varying(20)", "x");
        check("nextval('a_id_seq'::regclass)", "nextval('a_id_seq'::regclass)");
    }
}
