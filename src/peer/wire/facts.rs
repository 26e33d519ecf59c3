//! Facts, digests and definitions on the wire.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;

use super::{MAX_IDS, MAX_ITEM_BYTES, WireError, fact_id, fact_id_message, grouped, hash, invalid, pb};
use crate::journal::known_attributes;
use crate::peer::bucket::{BUCKETS, bucket_of};
use crate::peer::{Moment, Selection};
use crate::schema::{Attributes, Digests, Fact, FactId, Value};

pub(in crate::peer) fn moment_message(moment: Moment) -> Option<pb::Moment> {
    match moment {
        Moment::Now => None,
        Moment::Entry(entry) => Some(pb::Moment { entry }),
    }
}

pub(in crate::peer) fn moment(message: Option<&pb::Moment>) -> Moment {
    match message.map_or(0, |message| message.entry) {
        0 => Moment::Now,
        entry => Moment::Entry(entry),
    }
}

pub(in crate::peer) fn selection_message(selection: &Selection) -> Option<pb::digests_request::Selection> {
    match selection {
        Selection::All => None,
        Selection::Buckets(numbers) => Some(pb::digests_request::Selection::Buckets(pb::BucketList {
            numbers: numbers.iter().map(|&number| u32::from(number)).collect(),
        })),
        Selection::Ids(ids) => {
            Some(pb::digests_request::Selection::Ids(pb::FactIdList { ids: ids.iter().map(fact_id_message).collect() }))
        }
    }
}

pub(in crate::peer) fn selection(message: Option<&pb::digests_request::Selection>) -> Result<Selection, WireError> {
    match message {
        None => Ok(Selection::All),
        Some(pb::digests_request::Selection::Buckets(list)) => list
            .numbers
            .iter()
            .map(|&number| match u16::try_from(number) {
                Ok(number) if usize::from(number) < BUCKETS => Ok(number),
                _ => invalid(format!("bucket {number} of {BUCKETS}")),
            })
            .collect::<Result<_, _>>()
            .map(Selection::Buckets),
        // A fact of a kind that is not known here is not there, which is what leaving it out of the answer says.
        Some(pb::digests_request::Selection::Ids(list)) => fact_ids(&list.ids).map(Selection::Ids),
    }
}

/// Identities that a caller asks for; those of kinds unknown here are passed over.
pub(in crate::peer) fn fact_ids(messages: &[pb::FactId]) -> Result<BTreeSet<FactId>, WireError> {
    if messages.len() > MAX_IDS {
        return invalid(format!("{} identities in one request; at most {MAX_IDS}", messages.len()));
    }
    Ok(messages.iter().filter_map(|id| FactId::parse(&id.kind, &id.name).ok()).collect())
}

pub(in crate::peer) fn digests_parts(digests: &Digests) -> Vec<pb::DigestsPart> {
    let facts =
        digests.iter().map(|(id, digest)| pb::FactDigest { id: Some(fact_id_message(id)), digest: digest.0.to_vec() });
    grouped(facts).into_iter().map(|facts| pb::DigestsPart { facts }).collect()
}

/// Puts a stream of digests together.
pub(in crate::peer) struct DigestsReader<'a> {
    selection: &'a Selection,
    digests: Digests,
}

impl<'a> DigestsReader<'a> {
    /// For the answer to this question.
    pub(in crate::peer) fn new(selection: &'a Selection) -> Self {
        Self { selection, digests: Digests::new() }
    }

    pub(in crate::peer) fn push(&mut self, part: &pb::DigestsPart) -> Result<(), WireError> {
        for fact in &part.facts {
            let id = fact_id(fact.id.as_ref())?;
            if !self.asked_for(&id) {
                return invalid(format!("a digest that nobody asked for: {id}"));
            }
            if self.digests.last_key_value().is_some_and(|(last, _)| *last >= id) {
                return invalid(format!("digests out of order at {id}"));
            }
            self.digests.insert(id, hash(&fact.digest, "digest")?);
        }
        Ok(())
    }

    fn asked_for(&self, id: &FactId) -> bool {
        match self.selection {
            Selection::All => true,
            Selection::Buckets(numbers) => numbers.contains(&bucket_of(id)),
            Selection::Ids(ids) => ids.contains(id),
        }
    }

    pub(in crate::peer) fn finish(self) -> Digests {
        self.digests
    }
}

pub(in crate::peer) fn definitions_request(moment: Moment, ids: &BTreeSet<FactId>) -> pb::DefinitionsRequest {
    pb::DefinitionsRequest { moment: moment_message(moment), ids: ids.iter().map(fact_id_message).collect() }
}

/// Facts found, and identities asked for; what is missing or too long is named.
pub(in crate::peer) fn definitions_parts(asked: &BTreeSet<FactId>, facts: Vec<Fact>) -> Vec<pb::DefinitionsPart> {
    let mut missing = asked.clone();
    let facts = facts.into_iter().filter_map(|fact| {
        let message =
            pb::Fact { id: Some(fact_id_message(&fact.id)), attributes: attributes_message(&fact.attributes) };
        let sent = message.encoded_len() <= MAX_ITEM_BYTES && missing.remove(&fact.id);
        sent.then_some(message)
    });
    let mut parts: Vec<_> =
        grouped(facts).into_iter().map(|facts| pb::DefinitionsPart { facts, missing: Vec::new() }).collect();
    parts.extend(
        grouped(missing.iter().map(fact_id_message))
            .into_iter()
            .map(|missing| pb::DefinitionsPart { facts: Vec::new(), missing }),
    );
    parts
}

/// Puts a stream of definitions together.
pub(in crate::peer) struct DefinitionsReader<'a> {
    asked: &'a BTreeSet<FactId>,
    facts: BTreeMap<FactId, Attributes>,
}

impl<'a> DefinitionsReader<'a> {
    /// For the answer to this question.
    pub(in crate::peer) fn new(asked: &'a BTreeSet<FactId>) -> Self {
        Self { asked, facts: BTreeMap::new() }
    }

    pub(in crate::peer) fn push(&mut self, part: &pb::DefinitionsPart) -> Result<(), WireError> {
        for fact in &part.facts {
            let id = fact_id(fact.id.as_ref())?;
            let attributes = attributes(&id, &fact.attributes)?;
            if !self.asked.contains(&id) || self.facts.insert(id.clone(), attributes).is_some() {
                return invalid(format!("a definition that nobody asked for: {id}"));
            }
        }
        Ok(())
    }

    pub(in crate::peer) fn finish(self) -> BTreeMap<FactId, Attributes> {
        self.facts
    }
}

pub(super) fn attributes_message(attributes: &Attributes) -> Vec<pb::Attribute> {
    let attribute =
        |(name, value): (&&str, &Value)| pb::Attribute { name: (*name).to_owned(), value: Some(value_message(value)) };
    attributes.iter().map(attribute).collect()
}

pub(super) fn attributes(id: &FactId, messages: &[pb::Attribute]) -> Result<Attributes, WireError> {
    let values = messages
        .iter()
        .map(|attribute| Ok((attribute.name.as_str(), value(id, attribute.value.as_ref())?)))
        .collect::<Result<Vec<_>, WireError>>()?;
    let attributes = known_attributes(id, values)?;
    if attributes.len() == messages.len() { Ok(attributes) } else { invalid(format!("{id} has an attribute twice")) }
}

fn value_message(value: &Value) -> pb::Value {
    let value = match value {
        Value::Bool(flag) => pb::value::Value::Flag(*flag),
        Value::Int(number) => pb::value::Value::Number(*number),
        Value::Text(text) => pb::value::Value::Text(text.clone()),
        Value::List(items) => pb::value::Value::List(pb::TextList { items: items.clone() }),
    };
    pb::Value { value: Some(value) }
}

fn value(id: &FactId, message: Option<&pb::Value>) -> Result<Value, WireError> {
    match message.and_then(|message| message.value.as_ref()) {
        Some(pb::value::Value::Flag(flag)) => Ok(Value::Bool(*flag)),
        Some(pb::value::Value::Number(number)) => Ok(Value::Int(*number)),
        Some(pb::value::Value::Text(text)) => Ok(Value::Text(text.clone())),
        Some(pb::value::Value::List(list)) => Ok(Value::List(list.items.clone())),
        None => Err(WireError::Unknown(format!("{id} has an attribute without a value that is known here"))),
    }
}
