//! The only place that knows both the generated messages and the core's types.
//!
//! Reading checks: every length of a hash, every name, every bound on a list. What is sent by a newer version and cannot be
//! understood ([`WireError::Unknown`]) is kept apart from what no version may send ([`WireError::Invalid`]).
//! Nothing here panics on any input, and nothing here sends.

mod any;
mod describe;
mod facts;
mod journal;

pub(crate) use any::take_any_message;
pub(super) use describe::{describe_response, description};
pub(super) use facts::{
    DefinitionsReader, DigestsReader, definitions_parts, definitions_request, digests_parts, fact_ids, moment,
    moment_message, selection, selection_message,
};
pub(super) use journal::{JournalReader, journal_parts};

use super::Beacon;
use super::generated::v1 as pb;
use crate::journal::Head;
use crate::schema::{FactId, UnknownFact};

/// What was wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    /// No version sends this.
    #[error("{0}")]
    Invalid(String),
    /// A newer version may send this.
    #[error("{0}")]
    Unknown(String),
}

impl From<UnknownFact> for WireError {
    fn from(error: UnknownFact) -> Self {
        Self::Unknown(error.to_string())
    }
}

/// Messages are filled up to about this many bytes, well below the limit of 4 MiB.
const PART_BYTES: usize = 512 * 1024;
/// No single fact, name or text above this is sent.
const MAX_ITEM_BYTES: usize = 3 * 1024 * 1024;
/// Lists in `Describe`.
pub(super) const MAX_LISTED: usize = 1_000;
/// Identities in one request.
pub(super) const MAX_IDS: usize = 10_000;

fn invalid<T>(what: impl Into<String>) -> Result<T, WireError> {
    Err(WireError::Invalid(what.into()))
}

/// A hash of exactly 32 bytes.
pub(super) fn hash<'a, T: TryFrom<&'a [u8]>>(bytes: &'a [u8], what: &str) -> Result<T, WireError> {
    T::try_from(bytes).or_else(|_| invalid(format!("a {what} of {} bytes instead of 32", bytes.len())))
}

fn optional_hash<'a, T: TryFrom<&'a [u8]>>(bytes: Option<&'a [u8]>, what: &str) -> Result<Option<T>, WireError> {
    bytes.map(|bytes| hash(bytes, what)).transpose()
}

pub(super) fn head_message(head: Head) -> pb::Head {
    pb::Head { seq: head.seq, hash: head.hash.0.to_vec() }
}

pub(super) fn head(message: Option<&pb::Head>) -> Result<Head, WireError> {
    match message {
        Some(message) => Ok(Head { seq: message.seq, hash: hash(&message.hash, "journal hash")? }),
        None => invalid("no journal head"),
    }
}

pub(super) fn beacon_message(beacon: &Beacon) -> pb::WatchEvent {
    pb::WatchEvent {
        head: Some(head_message(beacon.head)),
        fingerprint: beacon.fingerprint.0.to_vec(),
        revision: beacon.revision,
    }
}

pub(super) fn beacon(message: &pb::WatchEvent) -> Result<Beacon, WireError> {
    let fingerprint = hash(&message.fingerprint, "fingerprint")?;
    Ok(Beacon { head: head(message.head.as_ref())?, fingerprint, revision: message.revision })
}

fn fact_id_message(id: &FactId) -> pb::FactId {
    pb::FactId { kind: id.kind.word().to_owned(), name: id.name.clone() }
}

fn fact_id(message: Option<&pb::FactId>) -> Result<FactId, WireError> {
    match message {
        Some(message) => Ok(FactId::parse(&message.kind, &message.name)?),
        None => invalid("a fact without identity"),
    }
}

/// A text for people from a machine that may be hostile: bounded, and without what could play games with a terminal or with eyes.
pub(super) fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 4_000;
    let harmless = |c: char| match c {
        '\n' | '\t' => c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().take(MAX_CHARS).map(harmless).collect()
}

/// Groups items so that no group is much longer than a part may be.
fn grouped<T: prost::Message>(items: impl IntoIterator<Item = T>) -> Vec<Vec<T>> {
    let (mut groups, mut group, mut size) = (Vec::new(), Vec::new(), 0);
    for item in items {
        let length = item.encoded_len();
        if size + length > PART_BYTES && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
            size = 0;
        }
        size += length;
        group.push(item);
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests;
