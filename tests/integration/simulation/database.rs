//! A toy database: facts of the real kinds, rows as counts, and scripts whose text is a list of small operations on both.
//!
//! History, journal and attempts are the real types. [`Truth`] is what really happened to it, kept beside and never shown to the core.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use driftless::hash::{Checksum, Fingerprint, ScopeDigest};
use driftless::heal::{self, Attempt, Fork, Loss, LossKind};
use driftless::history::{HistoryRow, MigrationHistory, same_script};
use driftless::journal::{Effect, Entry, Event, Folded, Head, effect_between};
use driftless::schema::{Digests, Fact, FactId, Kind, Model, fingerprint};

/// The live schema with its data.
#[derive(Clone, Default)]
pub struct Live {
    pub model: Model,
    pub digests: Digests,
    print: OnceCell<Fingerprint>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u32>,
    /// Values other than NULL of each column.
    pub values: BTreeMap<String, u32>,
}

/// What a script came to, not committed yet.
pub struct Ran {
    pub live: Live,
    pub losses: Vec<Loss>,
    pub warnings: u32,
}

impl Live {
    pub fn fingerprint(&self) -> Fingerprint {
        *self.print.get_or_init(|| fingerprint(&self.digests))
    }

    fn put(&mut self, fact: Fact) {
        self.print = OnceCell::new();
        self.digests.insert(fact.id.clone(), fact.digest());
        self.model.insert(fact);
    }

    fn take(&mut self, id: &FactId) {
        self.print = OnceCell::new();
        self.digests.remove(id);
        self.model.remove(id);
    }

    pub fn tables(&self) -> Vec<String> {
        self.named(Kind::Table)
    }

    /// As `table.column`.
    pub fn columns(&self) -> Vec<String> {
        self.named(Kind::Column)
    }

    fn named(&self, kind: Kind) -> Vec<String> {
        self.model.facts().filter(|fact| fact.id.kind == kind).map(|fact| fact.id.name.clone()).collect()
    }

    fn has(&self, kind: Kind, name: &str) -> bool {
        self.digests.contains_key(&FactId::new(kind, name))
    }

    /// Facts that belong to a table or column.
    fn below(&self, name: &str) -> Vec<FactId> {
        let prefix = format!("{name}.");
        self.digests.keys().filter(|id| id.name.starts_with(&prefix)).cloned().collect()
    }

    /// Runs a script as one transaction: what it leaves, or why it failed.
    pub fn run(&self, text: &str) -> Result<Ran, String> {
        let mut ran = Ran { live: self.clone(), losses: Vec::new(), warnings: 0 };
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            ran.statement(self, &words)?;
        }
        Ok(ran)
    }
}

pub fn column(name: &str, kind: &str) -> Fact {
    Fact::new(Kind::Column, name).with("type", kind)
}

impl Ran {
    fn statement(&mut self, before: &Live, words: &[&str]) -> Result<(), String> {
        match *words {
            ["--", ..] => {}
            ["table", table] if !self.live.has(Kind::Table, table) => self.live.put(Fact::new(Kind::Table, table)),
            ["column", table, name, kind] if self.live.has(Kind::Table, table) => {
                let name = format!("{table}.{name}");
                if self.live.has(Kind::Column, &name) {
                    return Err(format!("column {name} is there already"));
                }
                self.live.put(column(&name, kind));
            }
            ["retype", name, kind] if self.live.has(Kind::Column, name) => self.live.put(column(name, kind)),
            ["unique", name] if self.live.has(Kind::Column, name) => {
                let index = format!("{name}.key");
                if self.live.has(Kind::Index, &index) {
                    return Err(format!("index {index} is there already"));
                }
                if self.live.values.get(name).is_some_and(|&values| values > 2) {
                    return Err(format!("could not create unique index {index}"));
                }
                self.live.put(Fact::new(Kind::Index, index));
            }
            ["drop_column", name] if self.live.has(Kind::Column, name) => {
                self.live.below(name).iter().for_each(|id| self.live.take(id));
                self.live.take(&FactId::new(Kind::Column, name));
                self.live.values.remove(name);
                self.lose(before.values.get(name), format!("column {name}"), |values| LossKind::DroppedValues {
                    values,
                });
            }
            ["drop_table", table] if self.live.has(Kind::Table, table) => {
                for id in self.live.below(table) {
                    self.live.values.remove(&id.name);
                    self.live.take(&id);
                }
                self.live.take(&FactId::new(Kind::Table, table));
                self.live.rows.remove(table);
                self.lose(before.rows.get(table), format!("table {table}"), |rows| LossKind::DroppedRows { rows });
            }
            ["delete", table] if self.live.has(Kind::Table, table) => {
                self.live.rows.remove(table);
                for id in self.live.below(table) {
                    self.live.values.remove(&id.name);
                }
                self.lose(before.rows.get(table), format!("table {table}"), |rows| LossKind::DeletedRows { rows });
            }
            ["rows", table, count] if self.live.has(Kind::Table, table) => {
                let count: u32 = count.parse().unwrap();
                *self.live.rows.entry(table.to_owned()).or_default() += count;
                for id in self.live.below(table).into_iter().filter(|id| id.kind == Kind::Column) {
                    *self.live.values.entry(id.name).or_default() += count;
                }
            }
            ["warn_rows", table] => self.warnings += u32::from(self.live.rows.get(table).is_some_and(|&rows| rows > 0)),
            ["if_rows", table, ref rest @ ..] => {
                if self.live.rows.get(table).is_some_and(|&rows| rows > 0) {
                    self.statement(before, rest)?;
                }
            }
            _ => return Err(format!("cannot {}", words.join(" "))),
        }
        Ok(())
    }

    fn lose(&mut self, held: Option<&u32>, what: String, how: impl FnOnce(i64) -> LossKind) {
        if let Some(&held) = held.filter(|held| **held > 0) {
            self.losses.push(Loss { what, how: how(i64::from(held)) });
        }
    }
}

/// Whether a script does nothing but change the schema.
pub fn is_pure(text: &str) -> bool {
    let impure = ["rows", "delete", "if_rows", "warn_rows"];
    is_transactional(text) && !reaches(text) && !text.split_whitespace().any(|word| impure.contains(&word))
}

/// Whether a script of this text runs in one transaction.
pub fn is_transactional(text: &str) -> bool {
    !text.starts_with("-- outside")
}

/// Whether it reaches outside the database.
pub fn reaches(text: &str) -> bool {
    text.contains("-- reach")
}

/// A person's word for a text, and whether what would be lost was in sight.
#[derive(Clone)]
pub struct Word {
    pub name: String,
    pub checksum: Checksum,
    /// The hazards that were in sight.
    pub hazards: Vec<String>,
}

/// What really happened, known to nobody but the simulation. A backup takes it along.
#[derive(Clone, Default)]
pub struct Truth {
    /// Scripts whose statements are committed here, in order, since a person last accepted another past.
    pub ran: Vec<(String, Checksum)>,
    /// Facts that a hand has touched.
    pub by_hand: BTreeSet<FactId>,
    /// What persons approved here.
    pub words: Vec<Word>,
    /// Scripts that persons recorded as applied without running them.
    pub marked: BTreeSet<String>,
    /// The history was reset, and nobody has accepted that.
    pub reset: bool,
}

#[derive(Clone)]
pub struct Database {
    pub id: String,
    pub live: Live,
    pub history: MigrationHistory,
    pub texts: BTreeMap<String, String>,
    pub entries: Vec<Entry>,
    pub folded: Folded,
    pub attempts: Vec<Attempt>,
    pub truth: Truth,
}

impl Database {
    /// Both orders of a fork, rehearsed from what is common, as `agent::fork` does it; `None`: it cannot be rehearsed, or the order matters.
    pub fn rehearse(&self, fork: &Fork, texts: &BTreeMap<Checksum, String>) -> Option<()> {
        let start = self.entries.iter().rposition(|entry| matches!(entry.event, Event::Baseline { .. }))?;
        let mut base = Live::default();
        for (id, touched) in self.entries[start].effect.iter() {
            base.put(Fact { id: id.clone(), attributes: touched.definition.clone()? });
        }
        let applied = self.entries[start + 1..].iter().filter_map(|entry| match &entry.event {
            Event::Applied { script, checksum, .. } => Some((script.as_str(), texts.get(checksum))),
            _ => None,
        });
        let is_ours = |name: &str| fork.ours.iter().any(|branch| same_script(&branch.name, name));
        let (ours, common): (Vec<_>, Vec<_>) = applied.partition(|(name, _)| is_ours(name));
        let theirs = fork.theirs.iter().map(|branch| texts.get(&branch.checksum)).collect::<Option<Vec<_>>>()?;
        let ours = ours.into_iter().map(|(_, text)| text).collect::<Option<Vec<_>>>()?;
        if !ours.iter().chain(&theirs).all(|text| is_pure(text)) {
            return None;
        }
        let run = |from: &Live, texts: &[&String]| -> Option<Live> {
            texts.iter().try_fold(from.clone(), |live, text| live.run(text).ok().map(|ran| ran.live))
        };
        let common = common.into_iter().map(|(_, text)| text).collect::<Option<Vec<_>>>()?;
        let base = run(&base, &common)?;
        let own = run(&base, &ours).filter(|own| own.digests == self.folded.recorded)?;
        let (one, other) = (run(&own, &theirs)?, run(&run(&base, &theirs)?, &ours)?);
        heal::same_either_way(&one.digests, &other.digests).ok()
    }

    /// A database with its baseline.
    pub fn new(id: String, live: Live) -> Self {
        let had_rows = live.rows.values().any(|&rows| rows > 0);
        let effect = effect_between(&Model::default(), &live.model);
        let mut database = Self {
            id,
            live,
            history: MigrationHistory::default(),
            texts: BTreeMap::new(),
            entries: Vec::new(),
            folded: Folded::default(),
            attempts: Vec::new(),
            truth: Truth::default(),
        };
        database.append(Event::Baseline { scope: scope(), had_rows }, effect);
        database
    }

    pub fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, Entry::head)
    }

    pub fn append(&mut self, event: Event, effect: Effect) -> &Entry {
        let entry = Entry::after(self.head(), 0, event, effect);
        self.folded.push(&entry);
        self.entries.push(entry);
        &self.entries[self.entries.len() - 1]
    }

    pub fn put_row(&mut self, row: HistoryRow) {
        self.history.rows.retain(|known| !same_script(&known.name, &row.name));
        self.history.rows.push(row);
    }

    pub fn record_attempt(&mut self, attempt: Attempt) {
        self.attempts.retain(|known| known.name != attempt.name || known.from != attempt.from);
        self.attempts.push(attempt);
    }

    pub fn text(&self, name: &str, checksum: Checksum) -> Option<&String> {
        self.texts.get(name).filter(|text| Checksum::of(text.as_bytes()) == checksum)
    }
}

pub fn scope() -> ScopeDigest {
    ScopeDigest::of(b"public")
}

/// A row of the history.
pub fn row(name: &str, checksum: Checksum, from: Option<&str>, error: Option<String>) -> HistoryRow {
    HistoryRow {
        id: 0,
        name: name.to_owned(),
        applied_at: None,
        success: error.is_none(),
        error,
        checksum: Some(checksum),
        has_text: true,
        duration_ms: None,
        pulled_from: from.map(str::to_owned),
        assumed: false,
        progress: None,
    }
}
