//! Journal entries on the wire: cut into parts on one side, put together and checked on the other.

use std::sync::Arc;

use prost::Message as _;

use super::facts::{attributes, attributes_message};
use super::{MAX_ITEM_BYTES, WireError, fact_id, fact_id_message, grouped, hash, invalid, optional_hash, pb, shown};
use crate::journal::{Entry, Event, Head, Touched};
use crate::peer::{Detail, JournalPage};
use crate::schema::FactId;
use crate::script::ScriptName;

/// Cuts a page into parts. `more`: there are entries after the last of these.
pub(in crate::peer) fn journal_parts(entries: &[Entry], more: bool, detail: Detail) -> Vec<pb::JournalPart> {
    let mut parts = Vec::new();
    let mut push = |part| parts.push(pb::JournalPart { part: Some(part) });
    for entry in entries {
        push(pb::journal_part::Part::Entry(entry_message(entry)));
        if detail != Detail::Entries {
            let facts = entry.effect.iter().map(|(id, touched)| touched_message(id, touched, detail));
            for facts in grouped(facts) {
                push(pb::journal_part::Part::Effect(pb::EffectPart { facts }));
            }
        }
    }
    push(pb::journal_part::Part::End(pb::JournalEnd { more }));
    parts
}

fn entry_message(entry: &Entry) -> pb::JournalEntry {
    pb::JournalEntry {
        seq: entry.seq,
        at: entry.at,
        previous: entry.previous.0.to_vec(),
        hash: entry.hash.0.to_vec(),
        effect_size: u64::try_from(entry.effect.len()).unwrap_or(u64::MAX),
        event: Some(event_message(&entry.event)),
    }
}

fn event_message(event: &Event) -> pb::journal_entry::Event {
    use pb::journal_entry::Event as Message;
    match event {
        Event::Baseline { scope, had_rows } => {
            Message::Baseline(pb::Baseline { scope: scope.0.to_vec(), had_rows: *had_rows })
        }
        Event::Applied { script, checksum, from, warnings, transactional } => Message::Applied(pb::Applied {
            script: script.to_string(),
            checksum: checksum.0.to_vec(),
            from: from.clone(),
            warnings: *warnings,
            transactional: *transactional,
        }),
        Event::Marked { script, checksum } => Message::Marked(pb::Marked {
            script: script.clone(),
            checksum: checksum.map(|checksum| checksum.0.to_vec()),
        }),
        Event::Drift => Message::Drift(pb::Drift {}),
        Event::Approved { script, checksum, hazards, by } => Message::Approved(pb::Approved {
            script: script.to_string(),
            checksum: checksum.0.to_vec(),
            hazards: hazards.clone(),
            by: by.clone(),
        }),
        Event::Repaired { script, checksum } => {
            Message::Repaired(pb::Repaired { script: script.to_string(), checksum: checksum.0.to_vec() })
        }
        Event::Renamed { script, to } => {
            Message::Renamed(pb::Renamed { script: script.to_string(), to: to.to_string() })
        }
        Event::Reset => Message::Reset(pb::Reset {}),
        Event::Resumed { known } => Message::Resumed(pb::Resumed { known: known.clone() }),
        Event::Settled => Message::Settled(pb::Settled {}),
        Event::Restored { by } => Message::Restored(pb::Restored { by: by.clone() }),
    }
}

/// Names and texts stay as they are, because the chain's hash is over them; what cannot be a name is refused.
fn event(message: Option<&pb::journal_entry::Event>) -> Result<Event, WireError> {
    use pb::journal_entry::Event as Message;
    Ok(match message {
        Some(Message::Baseline(m)) => Event::Baseline { scope: hash(&m.scope, "scope")?, had_rows: m.had_rows },
        Some(Message::Applied(m)) => Event::Applied {
            script: script_name(&m.script)?,
            checksum: hash(&m.checksum, "checksum")?,
            from: m.from.clone(),
            warnings: m.warnings,
            transactional: m.transactional,
        },
        Some(Message::Marked(m)) => {
            Event::Marked { script: m.script.clone(), checksum: optional_hash(m.checksum.as_deref(), "checksum")? }
        }
        Some(Message::Drift(_)) => Event::Drift,
        Some(Message::Approved(m)) => Event::Approved {
            script: script_name(&m.script)?,
            checksum: hash(&m.checksum, "checksum")?,
            hazards: m.hazards.clone(),
            by: m.by.clone(),
        },
        Some(Message::Repaired(m)) => {
            Event::Repaired { script: script_name(&m.script)?, checksum: hash(&m.checksum, "checksum")? }
        }
        Some(Message::Renamed(m)) => Event::Renamed { script: script_name(&m.script)?, to: script_name(&m.to)? },
        Some(Message::Reset(_)) => Event::Reset,
        Some(Message::Resumed(m)) => Event::Resumed { known: m.known.clone() },
        Some(Message::Settled(_)) => Event::Settled,
        Some(Message::Restored(m)) => Event::Restored { by: m.by.clone() },
        None => return Err(WireError::Unknown("a journal entry of a kind that is not known here".into())),
    })
}

fn script_name(name: &str) -> Result<ScriptName, WireError> {
    ScriptName::parse(name)
        .or_else(|error| invalid(format!("an impossible script name: {}", shown(&error.to_string()))))
}

fn touched_message(id: &FactId, touched: &Touched, detail: Detail) -> pb::Touched {
    let mut message = pb::Touched {
        id: Some(fact_id_message(id)),
        before: touched.before.map(|digest| digest.0.to_vec()),
        after: touched.after.map(|digest| digest.0.to_vec()),
        definition: None,
        definition_omitted: false,
    };
    if let (Detail::Definitions, Some(attributes)) = (detail, &touched.definition) {
        message.definition = Some(pb::Definition { attributes: attributes_message(attributes) });
        if message.encoded_len() > MAX_ITEM_BYTES {
            message.definition = None;
            message.definition_omitted = true;
        }
    }
    message
}

/// Puts a page together and checks that it is one: numbers without gaps, each entry linked to the one before, each
/// effect whole.
pub(in crate::peer) struct JournalReader {
    limit: usize,
    detail: Detail,
    head: Head,
    entries: Vec<Entry>,
    /// Facts of the last entry that are still to come.
    missing: u64,
    /// Whether the last entry came with all that its hash is over.
    whole: bool,
    more: Option<bool>,
}

impl JournalReader {
    /// For the page after this entry.
    pub(in crate::peer) fn new(after: u64, limit: usize, detail: Detail) -> Self {
        let head = Head { seq: after, ..Head::EMPTY };
        Self { limit, detail, head, entries: Vec::new(), missing: 0, whole: true, more: None }
    }

    pub(in crate::peer) fn push(&mut self, part: pb::JournalPart) -> Result<(), WireError> {
        use pb::journal_part::Part;
        if self.more.is_some() {
            return invalid("a journal page that goes on after its end");
        }
        match part.part {
            Some(Part::Entry(message)) => self.begin(&message),
            Some(Part::Effect(part)) => part.facts.iter().try_for_each(|message| self.touch(message)),
            Some(Part::End(end)) => {
                self.complete()?;
                self.more = Some(end.more);
                if end.more && self.entries.is_empty() {
                    invalid("an empty journal page with more to come")
                } else {
                    Ok(())
                }
            }
            None => Err(WireError::Unknown("a part of a journal page that is not known here".into())),
        }
    }

    fn begin(&mut self, message: &pb::JournalEntry) -> Result<(), WireError> {
        self.complete()?;
        let expected = self.head.seq.saturating_add(1);
        if message.seq != expected {
            return invalid(format!("journal entry {} where {expected} was due", message.seq));
        }
        if self.entries.len() >= self.limit {
            return invalid(format!("more than {} journal entries in one page", self.limit));
        }
        let entry = Entry {
            seq: message.seq,
            at: message.at,
            event: event(message.event.as_ref())?,
            effect: Arc::default(),
            previous: hash(&message.previous, "journal hash")?,
            hash: hash(&message.hash, "journal hash")?,
        };
        let first = self.entries.is_empty() && self.head.seq > 0;
        if !first && entry.previous != self.head.hash {
            return invalid(format!("journal entry {} does not follow the one before", entry.seq));
        }
        self.head = entry.head();
        self.missing = if self.detail == Detail::Entries { 0 } else { message.effect_size };
        self.whole = self.detail == Detail::Definitions || message.effect_size == 0;
        self.entries.push(entry);
        Ok(())
    }

    fn touch(&mut self, message: &pb::Touched) -> Result<(), WireError> {
        let Some(entry) = self.entries.last_mut().filter(|_| self.missing > 0) else {
            return invalid("facts that belong to no journal entry");
        };
        let id = fact_id(message.id.as_ref())?;
        if entry.effect.last_key_value().is_some_and(|(last, _)| *last >= id) {
            return invalid(format!("the effect of journal entry {} is out of order at {id}", entry.seq));
        }
        let definition = message.definition.as_ref().filter(|_| self.detail == Detail::Definitions);
        let touched = Touched {
            before: optional_hash(message.before.as_deref(), "digest")?,
            after: optional_hash(message.after.as_deref(), "digest")?,
            definition: definition.map(|definition| attributes(&id, &definition.attributes)).transpose()?,
        };
        Arc::make_mut(&mut entry.effect).insert(id, touched);
        self.missing -= 1;
        self.whole &= !message.definition_omitted;
        Ok(())
    }

    /// The last entry has all its facts; where nothing was left out, its hash is right too.
    fn complete(&self) -> Result<(), WireError> {
        let Some(entry) = self.entries.last() else { return Ok(()) };
        if self.missing > 0 {
            return invalid(format!("{} facts of journal entry {} are missing", self.missing, entry.seq));
        }
        let before = Head { seq: entry.seq - 1, hash: entry.previous };
        if self.whole && entry.verify(before).is_err() {
            return invalid(format!("journal entry {} does not have the hash that it claims", entry.seq));
        }
        Ok(())
    }

    pub(in crate::peer) fn finish(self) -> Result<JournalPage, WireError> {
        match self.more {
            Some(more) => Ok(JournalPage { entries: self.entries, more }),
            None => invalid("a journal page without end"),
        }
    }
}
