//! The journal: each machine's own append-only record, a hash chain. Each entry holds its effect, so that the facts
//! at any earlier entry can be told. The chain proves only that this machine did not rewind; machines compare
//! histories as sets of (name, checksum), never chain heads.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hash::{ChainHash, Checksum, Digest, FieldHasher, ScopeDigest};
use crate::history::{ScriptState, same_script, stem};
use crate::schema::{Attributes, Digests, Fact, FactId, Model, UnknownFact, Value};
use crate::script::ScriptName;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What `init` found. The effect is the whole schema. Replays start from it.
    Baseline {
        /// What was looked at.
        scope: ScopeDigest,
        /// Whether any user table held a row: a database without one is a bootstrap until [`Event::Settled`].
        had_rows: bool,
    },
    /// A script was applied.
    Applied {
        /// Its name.
        script: ScriptName,
        /// Checksum of the text that was run.
        checksum: Checksum,
        /// The peer it was pulled from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// WARNINGs it raised.
        warnings: u32,
        /// Whether it ran in one transaction.
        transactional: bool,
    },
    /// A script was recorded as applied without being run (`history mark-applied`, adopted rows). No effect.
    Marked {
        /// The recorded name; adopted rows may hold names that are no script names.
        script: String,
        /// Checksum of its text, where a file of that name was at hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checksum: Option<Checksum>,
    },
    /// The live schema was found to differ from what the entry before had left.
    Drift,
    /// A person approved a script here.
    Approved {
        /// Its name.
        script: ScriptName,
        /// The approval is for this text alone.
        checksum: Checksum,
        /// What was approved, as hazard words.
        hazards: Vec<String>,
        /// Who: the operating system's user name.
        by: String,
    },
    /// The recorded text of a script was replaced (`history repair`).
    Repaired {
        /// Its name.
        script: ScriptName,
        /// Checksum of the new text.
        checksum: Checksum,
    },
    /// A recorded script was given another name (`history repair … --as`): what it left stays, and its name is free.
    Renamed {
        /// The name it had.
        script: ScriptName,
        /// The name it has from here on.
        to: ScriptName,
    },
    /// The history was reset by `history reset`.
    Reset,
    /// A person let healing go on (`heal --resume`) with the history as it is: these names are the known ones from here on.
    Resumed {
        /// Names of the scripts recorded as applied at that moment.
        known: Vec<String>,
    },
    /// Nothing was pending for the first time: the bootstrap is over.
    Settled,
    /// What had drifted was brought back to what the scripts left (`heal --revert-drift`). The effect ends in the recorded facts.
    Restored {
        /// Who: the operating system's user name.
        by: String,
    },
}

impl Event {
    /// Whether its effect is part of what the schema should be: that of drift is not, and undoing it leads there but adds nothing.
    pub fn is_scripted(&self) -> bool {
        !matches!(self, Self::Drift | Self::Restored { .. })
    }
}

/// One fact that an entry touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Digest before; `None`: it was not there.
    pub before: Option<Digest>,
    /// Digest after; `None`: it is gone.
    pub after: Option<Digest>,
    /// Its attributes after; `None`: it is gone, or they were not kept.
    pub definition: Option<Attributes>,
}

/// Every fact an entry touched.
pub type Effect = BTreeMap<FactId, Touched>;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: u64,
    /// Milliseconds since 1970 UTC, as the server's clock said. For people; never compared.
    pub at: i64,
    /// What happened.
    pub event: Event,
    /// What it did to the schema. Shared: whoever keeps a journal hands copies of it on.
    pub effect: Arc<Effect>,
    /// Hash of the entry before; zeros for the first.
    pub previous: ChainHash,
    /// Hash of this entry.
    pub hash: ChainHash,
}

/// The end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the last entry; 0: no entry.
    pub seq: u64,
    /// Its hash; zeros: no entry.
    pub hash: ChainHash,
}

impl Head {
    /// The head of a journal without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: ChainHash([0; 32]) };
}

/// What breaks a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// A number is missing or doubled.
    #[error("journal entry {found} stands where {expected} was expected")]
    Sequence {
        /// The number that was expected.
        expected: u64,
        /// The number that was found.
        found: u64,
    },
    /// The hash does not follow from the entry and the one before.
    #[error("journal entry {0} was changed after it was written")]
    Hash(u64),
    /// The bytes of an effect cannot be read.
    #[error("the effect of journal entry {seq} cannot be read: {reason}")]
    Effect {
        /// Which entry.
        seq: u64,
        /// What was wrong.
        reason: String,
    },
}

impl Entry {
    /// Makes the entry that follows `head`.
    pub fn after(head: Head, at: i64, event: Event, effect: Effect) -> Self {
        let effect = Arc::new(effect);
        let mut entry = Self { seq: head.seq + 1, at, event, effect, previous: head.hash, hash: Head::EMPTY.hash };
        entry.hash = entry.computed_hash();
        entry
    }

    /// The chain's end if this entry is the last.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }

    /// Frozen by a test: these bytes are in every user's journal.
    fn computed_hash(&self) -> ChainHash {
        ChainHash(
            FieldHasher::new("driftless journal")
                .field(&self.previous.0)
                .field(&self.seq.to_be_bytes())
                .field(&self.at.to_be_bytes())
                .field(event_json(&self.event).as_bytes())
                .field(effect_json(&self.effect).as_bytes())
                .finish(),
        )
    }

    /// Whether this entry follows `head` unchanged.
    pub fn verify(&self, head: Head) -> Result<Head, BrokenChain> {
        if self.seq != head.seq + 1 {
            return Err(BrokenChain::Sequence { expected: head.seq + 1, found: self.seq });
        }
        if self.previous != head.hash || self.hash != self.computed_hash() {
            return Err(BrokenChain::Hash(self.seq));
        }
        Ok(self.head())
    }
}

/// The event as it is stored and hashed.
pub fn event_json(event: &Event) -> String {
    serde_json::to_string(event).expect("an event is plain data with string keys")
}

#[derive(Serialize, Deserialize)]
struct TouchedJson<'a> {
    kind: std::borrow::Cow<'a, str>,
    name: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    definition: Option<BTreeMap<std::borrow::Cow<'a, str>, Value>>,
}

/// The effect as it is stored and hashed.
pub fn effect_json(effect: &Effect) -> String {
    let list: Vec<_> = effect
        .iter()
        .map(|(id, touched)| TouchedJson {
            kind: id.kind.word().into(),
            name: id.name.as_str().into(),
            before: touched.before,
            after: touched.after,
            definition: touched
                .definition
                .as_ref()
                .map(|attributes| attributes.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()),
        })
        .collect();
    serde_json::to_string(&list).expect("an effect is plain data with string keys")
}

/// Reads what [`effect_json`] wrote.
pub fn parse_effect(json: &str) -> Result<Effect, String> {
    let list: Vec<TouchedJson<'_>> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    list.into_iter()
        .map(|item| {
            let id = FactId::parse(&item.kind, &item.name).map_err(|error| error.to_string())?;
            let definition = item
                .definition
                .map(|attributes| known_attributes(&id, attributes))
                .transpose()
                .map_err(|error| error.to_string())?;
            Ok((id, Touched { before: item.before, after: item.after, definition }))
        })
        .collect()
}

/// Gives attributes that were stored or sent their listed names back.
pub fn known_attributes<N: AsRef<str>>(
    id: &FactId,
    attributes: impl IntoIterator<Item = (N, Value)>,
) -> Result<Attributes, UnknownFact> {
    attributes
        .into_iter()
        .map(|(name, value)| {
            let name = name.as_ref();
            id.kind
                .attribute(name)
                .map(|attribute| (attribute.name, value))
                .ok_or_else(|| UnknownFact(format!("{id}, attribute {name}")))
        })
        .collect()
}

/// The effect that turns one model into another.
pub fn effect_between(before: &Model, after: &Model) -> Effect {
    crate::schema::changed_between(before.each_digest(), after.each_digest())
        .into_iter()
        .map(|(id, _)| {
            let touched = touched(before.fact(&id), after.fact(&id));
            (id, touched)
        })
        .collect()
}

/// One fact's part of an effect.
pub fn touched(before: Option<&Fact>, after: Option<&Fact>) -> Touched {
    Touched {
        before: before.map(Fact::digest),
        after: after.map(Fact::digest),
        definition: after.map(|fact| fact.attributes.clone()),
    }
}

/// What the journal says up to some entry.
///
/// `recorded` is what the scripts left: baseline, scripts, nothing else. `actual` is what was last seen: the same, and drift.
/// A fact that differs between `recorded` and the live schema is drift.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// What baseline and scripts left.
    pub recorded: Digests,
    /// What was there right after the last entry.
    pub actual: Digests,
    /// Attributes of `actual`, where they were kept.
    pub definitions: BTreeMap<FactId, Attributes>,
    /// The chain's end.
    pub head: Option<Head>,
}

impl Folded {
    /// Folds entries, in order, from the first.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut folded = Self::default();
        for entry in entries {
            folded.push(entry);
        }
        folded
    }

    /// Adds the next entry.
    pub fn push(&mut self, entry: &Entry) {
        if matches!(entry.event, Event::Baseline { .. }) {
            self.recorded.clear();
            self.actual.clear();
            self.definitions.clear();
        }
        let scripted = entry.event.is_scripted();
        for (id, touched) in entry.effect.iter() {
            set(&mut self.actual, id, touched.after);
            if scripted {
                set(&mut self.recorded, id, touched.after);
            }
            match &touched.definition {
                Some(attributes) => self.definitions.insert(id.clone(), attributes.clone()),
                None => self.definitions.remove(id),
            };
        }
        self.head = Some(entry.head());
    }
}

fn set(digests: &mut Digests, id: &FactId, digest: Option<Digest>) {
    match digest {
        Some(digest) => digests.insert(id.clone(), digest),
        None => digests.remove(id),
    };
}

/// The applied scripts that the entries tell of, in the order in which they were applied.
pub fn scripts<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<ScriptState> {
    let mut scripts = Scripts::default();
    for entry in entries {
        match &entry.event {
            Event::Applied { script, checksum, warnings, transactional, .. } => scripts.put(ScriptState {
                name: script.to_string(),
                checksum: Some(*checksum),
                entry: Some(entry.seq),
                warnings: *warnings,
                transactional: *transactional,
            }),
            Event::Marked { script, checksum } => scripts.put(ScriptState {
                name: script.clone(),
                checksum: *checksum,
                entry: None,
                warnings: 0,
                transactional: true,
            }),
            Event::Repaired { script, checksum } => {
                if let Some(known) = scripts.find(script.as_str()) {
                    known.checksum = Some(*checksum);
                }
            }
            Event::Renamed { script, to } => scripts.rename(script.as_str(), to),
            Event::Reset => scripts = Scripts::default(),
            Event::Resumed { known } => {
                let known: HashSet<&str> = known.iter().map(|name| stem(name)).collect();
                scripts.at.retain(|name, _| known.contains(name.as_str()));
            }
            Event::Baseline { .. }
            | Event::Drift
            | Event::Approved { .. }
            | Event::Settled
            | Event::Restored { .. } => {}
        }
    }
    scripts.in_order()
}

/// Scripts by name, each at the place where it was last put: a peer may tell of very many.
#[derive(Default)]
struct Scripts {
    put: Vec<ScriptState>,
    at: HashMap<String, usize>,
}

impl Scripts {
    fn put(&mut self, script: ScriptState) {
        self.at.insert(stem(&script.name).to_owned(), self.put.len());
        self.put.push(script);
    }

    fn find(&mut self, name: &str) -> Option<&mut ScriptState> {
        self.at.get(stem(name)).and_then(|at| self.put.get_mut(*at))
    }

    fn rename(&mut self, name: &str, to: &ScriptName) {
        if let Some(at) = self.at.remove(stem(name))
            && let Some(script) = self.put.get_mut(at)
        {
            script.name = to.to_string();
            self.at.insert(stem(to.as_str()).to_owned(), at);
        }
    }

    fn in_order(self) -> Vec<ScriptState> {
        let Self { put, at } = self;
        let is_last = |(place, script): &(usize, ScriptState)| at.get(stem(&script.name)) == Some(place);
        put.into_iter().enumerate().filter(is_last).map(|(_, script)| script).collect()
    }
}

/// The name by which a script that was recorded before these entries is known after them.
pub fn name_after(name: &ScriptName, later: &[Entry]) -> ScriptName {
    let mut now = name.clone();
    for entry in later {
        match &entry.event {
            Event::Renamed { script, to } if same_script(script.as_str(), now.as_str()) => now = to.clone(),
            // whatever is called so from here on is another
            Event::Applied { script, .. } if same_script(script.as_str(), now.as_str()) => break,
            _ => {}
        }
    }
    now
}

/// What was looked at when the last baseline was taken; `None`: there is none.
pub fn scope<'a>(entries: impl DoubleEndedIterator<Item = &'a Entry>) -> Option<ScopeDigest> {
    entries.rev().find_map(|entry| match entry.event {
        Event::Baseline { scope, .. } => Some(scope),
        _ => None,
    })
}

/// Whether the database is a bootstrap: it held no user row when driftless first met it, and nothing has settled since.
pub fn is_bootstrap<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> bool {
    entries.into_iter().fold(false, |bootstrap, entry| match entry.event {
        Event::Baseline { had_rows, .. } => !had_rows,
        Event::Settled => false,
        _ => bootstrap,
    })
}
