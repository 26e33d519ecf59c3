//! What a transaction leaves behind while it runs: how many rows of which catalogs it wrote, and which relations it locked.
//!
//! Both are hints that lead `incremental` to what was touched; what they cannot explain is searched for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::reader::Sort;
use super::traces::{NAMED, PRINTED, WATCHED, oid, rare};
use super::{Reading, Root};
use crate::schema::Kind;

/// How many rows a session has inserted, updated and deleted, by catalog, as far as it has not handed that in: what the
/// transactions before have counted may still be in it.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// As [`counted_catalogs`] has them; empty: unknown.
    rows: Vec<[i64; 3]>,
    /// Whether the server counts at all.
    pub(super) on: bool,
    /// Statements that the session holds prepared, if that was asked too.
    pub(super) held: Option<i64>,
}

impl Counters {
    /// From the answer to [`super::CatalogReader::counters_sql`]. What cannot be read is as if the server did not count.
    pub fn of(counted: &str) -> Self {
        let mut lists = counted.split(',');
        let mut numbers =
            || -> Option<Vec<i64>> { lists.next()?.split(' ').map(|number| number.parse().ok()).collect() };
        let read = numbers().zip(numbers()).zip(numbers());
        let catalogs = counted_catalogs().count();
        let Some(((inserted, updated), deleted)) = read.filter(|((inserted, updated), deleted)| {
            [inserted, updated, deleted].iter().all(|numbers| numbers.len() == catalogs)
        }) else {
            return Self::default();
        };
        let counts = inserted.into_iter().zip(updated).zip(deleted).map(|((i, u), d)| [i, u, d]);
        let on = lists.next() == Some("on");
        Self { rows: counts.collect(), on, held: lists.next().and_then(|held| held.parse().ok()) }
    }

    /// The catalogs that have moved since; `None`: the server does not count, or did not.
    pub(super) fn since(&self, before: Option<&Self>) -> Option<BTreeMap<u32, Moved>> {
        if !self.on || before.is_some_and(|before| !before.on) {
            return None;
        }
        let moved =
            counted_catalogs().zip(&self.rows).enumerate().map(|(at, (catalog, &[inserted, updated, deleted]))| {
                let [i, u, d] = before.and_then(|before| before.rows.get(at)).copied().unwrap_or_default();
                // fewer than before: somebody has reset them
                let moved =
                    Moved { inserted: inserted != i, updated: updated != u, deleted: deleted != d, new: inserted - i };
                (catalog, moved)
            });
        Some(moved.filter(|(_, moved)| moved.any()).collect())
    }
}

/// The catalogs that are counted.
pub(super) fn counted_catalogs() -> impl Iterator<Item = u32> {
    WATCHED.iter().chain(PRINTED).chain(NAMED).copied().chain(rare().map(|catalog| catalog.oid))
}

/// The locks that the transaction holds: whatever changes a relation locks it against other changes until the end. They lead to what
/// was touched at once, where the rows of the catalogs would have to be searched.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    /// With their sorts, where the root itself is locked.
    pub(super) roots: BTreeMap<Root, Option<Sort>>,
    /// How many types have come with the relations that are locked.
    new_types: i64,
    /// The roots of what is locked beside the roots themselves: their indexes, and sequences of identity columns.
    parts: BTreeSet<Root>,
    /// How many indexes are locked, and how many columns they have.
    indexes: (i64, i64),
    /// How many of these indexes are new and no facts: a primary key's, or a TOAST table's.
    keys: i64,
    /// What tables' rows in pg_class say, as a number each.
    pub(super) rows: HashMap<Root, i64>,
    /// Whether a TOAST table is locked, whose storage parameters are its table's.
    toasted: bool,
    /// Catalogs that were written to by hand: nothing that is in them needs a lock of its own.
    by_hand: BTreeSet<u32>,
    /// Whether an extension was given something, or something was taken from it.
    extensions: bool,
}

impl Locks {
    /// From the answer to [`super::CatalogReader::locks_sql`].
    pub fn of(words: &str) -> Self {
        // several locks of one relation are one word
        let words: BTreeSet<&str> = words.split(',').filter(|word| !word.is_empty()).collect();
        let mut locks = Self::default();
        words.into_iter().for_each(|word| locks.add(word));
        locks
    }

    fn add(&mut self, word: &str) {
        let parts: Vec<&str> = word.split(' ').collect();
        let number = |at: usize| parts.get(at).and_then(|part| part.parse().ok()).unwrap_or_default();
        match parts[0] {
            "t" => self.toasted = true,
            "hand" => drop(self.by_hand.insert(number(1))),
            "extension" => self.extensions = true,
            letter => {
                let (own, oid) = (number(1), number(2));
                let root = Root { class: if letter == "c" { oid::TYPE } else { oid::CLASS }, oid };
                if own != oid {
                    self.parts.insert(root);
                }
                let sort = match letter {
                    "c" => Some(Sort::Type),
                    _ if own != oid => None,
                    _ => Sort::from_letter(letter),
                };
                let known = self.roots.entry(root).or_default();
                *known = known.or(sort);
                if let ("r", Some(row)) = (letter, parts.get(4).and_then(|row| row.parse().ok())) {
                    self.rows.insert(root, row);
                }
                // a relation that has rows brings their type and the array of that
                let types = if matches!(letter, "r" | "v" | "m" | "c" | "f" | "p") { 2 } else { 1 };
                self.new_types += types * i64::from(number(3));
                if matches!(letter, "i" | "I") {
                    self.indexes.0 += 1;
                    self.indexes.1 += i64::from(number(4));
                    self.keys += i64::from(number(5));
                }
            }
        }
    }

    /// Whether no row in pg_class or pg_attribute of an index of this table was updated: whoever alters an index locks it, but for what shows in
    /// other catalogs too (a constraint that takes it or is renamed, a partition, a table that moves to another schema).
    pub(super) fn spare_indexes(&self, root: Root, counters: &BTreeMap<u32, Moved>) -> bool {
        let quiet = |catalog: u32| counters.get(&catalog).is_none_or(|moved| !moved.any());
        let deleted = counters.get(&oid::CLASS).is_some_and(|moved| moved.deleted);
        let by_hand = [oid::CLASS, oid::ATTRIBUTE].iter().any(|catalog| self.by_hand.contains(catalog));
        !deleted && !by_hand && !self.parts.contains(&root) && quiet(oid::INHERITS)
    }

    /// Whether the table's row in pg_class says nothing else than when its facts were read, in what is a fact of it: what the table takes
    /// from other rows shows in theirs.
    pub(super) fn same_row(&self, root: Root, before: &Reading) -> bool {
        let row = self.rows.get(&root);
        row.is_some() && row == before.rows.get(&root) && !self.toasted && !self.by_hand.contains(&oid::CLASS)
    }

    /// Whether every new row of pg_attribute is a column of a new index: as many indexes are locked as there are new ones, and they
    /// have as many columns.
    pub(super) fn only_indexes_have_new_columns(&self, counters: &BTreeMap<u32, Moved>) -> bool {
        let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
        let (columns, indexes) = (moved(oid::ATTRIBUTE), moved(oid::INDEX));
        !columns.changed()
            && !indexes.changed()
            && !self.by_hand.contains(&oid::ATTRIBUTE)
            && (indexes.new, columns.new) == self.indexes
    }

    /// Whether every new index is one that is no fact: as many are locked as there are new ones, and each is a primary key's or a TOAST
    /// table's.
    pub(super) fn only_keys_are_new(&self, counters: &BTreeMap<u32, Moved>) -> bool {
        let indexes = counters.get(&oid::INDEX).copied().unwrap_or_default();
        !indexes.changed()
            && !self.by_hand.contains(&oid::INDEX)
            && indexes.new == self.indexes.0
            && self.keys == self.indexes.0
    }

    /// Whether the roots of all changed rows of a catalog are among those that were locked.
    pub(super) fn cover(&self, catalog: u32, counters: &BTreeMap<u32, Moved>, before: &Reading) -> bool {
        if self.by_hand.contains(&catalog) {
            return false;
        }
        let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
        match catalog {
            oid::CLASS
            | oid::ATTRIBUTE
            | oid::ATTRDEF
            | oid::INDEX
            | oid::INHERITS
            | oid::SEQUENCE
            | oid::TRIGGER
            | oid::REWRITE
            | oid::PARTITIONED => true,
            // a relation comes with its row type and the array of that; every other type is one that was made for itself
            oid::TYPE => !moved(oid::TYPE).updated && moved(oid::TYPE).new == self.new_types,
            // a domain is not locked when it is given a constraint
            oid::CONSTRAINT => {
                !before.model.has(Kind::Domain) && (!moved(oid::TYPE).any() || self.cover(oid::TYPE, counters, before))
            }
            oid::DEPEND => !self.extensions && !moved(oid::EXTENSION).any(),
            _ => false,
        }
    }
}

/// Rows inserted, updated and deleted by this transaction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moved {
    pub(super) inserted: bool,
    pub(super) updated: bool,
    pub(super) deleted: bool,
    /// How many were inserted.
    pub(super) new: i64,
}

impl Moved {
    pub(super) fn any(self) -> bool {
        self.inserted || self.updated || self.deleted
    }

    pub(super) fn changed(self) -> bool {
        self.updated || self.deleted
    }
}
