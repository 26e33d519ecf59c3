//! Laws for any bytes that are read as messages: no panic, and what is understood is understood the same after it was sent on.
//! For fuzzing.

use std::collections::BTreeSet;

use prost::Message;

use super::{
    DefinitionsReader, DigestsReader, JournalReader, beacon, beacon_message, definitions_parts, describe_response,
    description, digests_parts, fact_ids, journal_parts, pb, selection, selection_message, shown,
};
use crate::peer::{Detail, JournalPage, Selection, dial_back};
use crate::schema::{Fact, FactId};

/// The first byte chooses the message, the rest is its bytes.
pub(crate) fn take_any_message(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else { return };
    match choice % 8 {
        0 => describe(bytes),
        1 => journal(bytes, Detail::Entries),
        2 => journal(bytes, Detail::Effects),
        3 => journal(bytes, Detail::Definitions),
        4 => digests(bytes),
        5 => definitions(bytes),
        6 => watch(bytes),
        _ => words(&String::from_utf8_lossy(bytes)),
    }
}

fn describe(bytes: &[u8]) {
    let Ok(message) = pb::DescribeResponse::decode(bytes) else { return };
    let Ok(first) = description(&message) else { return };
    let sent_on = |state| description(&describe_response(state));
    // Reasons that are too long are replaced by their word; after that nothing changes any more.
    let second = sent_on(&first.state);
    assert!(second.is_ok(), "what was understood is not understood when it is sent on: {second:?}");
    assert_eq!(second.as_ref().ok().map(|second| sent_on(&second.state)), Some(second));
}

/// Parts, each with its length before it.
fn parts<T: Message + Default>(mut bytes: &[u8]) -> Vec<T> {
    let mut parts = Vec::new();
    while !bytes.is_empty()
        && let Ok(part) = T::decode_length_delimited(&mut bytes)
    {
        parts.push(part);
    }
    parts
}

fn page(parts: Vec<pb::JournalPart>, detail: Detail) -> Option<JournalPage> {
    const LIMIT: usize = 100;
    let mut reader = JournalReader::new(0, LIMIT, detail);
    parts.into_iter().try_for_each(|part| reader.push(part)).ok()?;
    let page = reader.finish().ok()?;
    assert!(page.entries.len() <= LIMIT);
    Some(page)
}

fn journal(bytes: &[u8], detail: Detail) {
    if let Some(read) = page(parts(bytes), detail) {
        let again = page(journal_parts(&read.entries, read.more, detail), detail);
        // Without effects an entry does not carry what it says it has.
        assert!(detail == Detail::Entries || again.as_ref() == Some(&read), "{read:?} became {again:?}");
    }
}

fn digests(bytes: &[u8]) {
    if let Ok(message) = pb::DigestsRequest::decode(bytes)
        && let Ok(asked) = selection(message.selection.as_ref())
    {
        assert_eq!(selection(selection_message(&asked).as_ref()), Ok(asked));
    }
    let all = Selection::All;
    let mut reader = DigestsReader::new(&all);
    if parts(bytes).iter().all(|part| reader.push(part).is_ok()) {
        let read = reader.finish();
        let mut again = DigestsReader::new(&all);
        assert!(digests_parts(&read).iter().all(|part| again.push(part).is_ok()));
        assert_eq!(again.finish(), read);
    }
}

fn definitions(bytes: &[u8]) {
    let parts: Vec<pb::DefinitionsPart> = parts(bytes);
    let ids: Vec<pb::FactId> = parts.iter().flat_map(|part| &part.facts).filter_map(|fact| fact.id.clone()).collect();
    let Ok(asked) = fact_ids(&ids) else { return };
    let mut reader = DefinitionsReader::new(&asked);
    if parts.iter().all(|part| reader.push(part).is_ok()) {
        let read = reader.finish();
        let known: BTreeSet<FactId> = read.keys().cloned().collect();
        let facts = read.iter().map(|(id, attributes)| Fact { id: id.clone(), attributes: attributes.clone() });
        let mut again = DefinitionsReader::new(&known);
        assert!(definitions_parts(&known, facts.collect()).iter().all(|part| again.push(part).is_ok()));
        assert_eq!(again.finish(), read);
    }
}

fn watch(bytes: &[u8]) {
    if let Ok(message) = pb::WatchEvent::decode(bytes)
        && let Ok(seen) = beacon(&message)
    {
        assert_eq!(beacon(&beacon_message(&seen)), Ok(seen));
    }
    if let Ok(message) = pb::DialBackResponse::decode(bytes) {
        let _ = dial_back::results(&message);
    }
}

fn words(text: &str) {
    let once = shown(text);
    assert_eq!(shown(&once), once);
    assert!(once.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
}
