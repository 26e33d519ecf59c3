//! What a machine says of itself, on the wire.

use super::{
    MAX_LISTED, WireError, fact_id, fact_id_message, hash, head, head_message, invalid, optional_hash, pb, shown,
};
use crate::divergence::{DriftedFact, FailedScript, Halt, HeldScript, NodeState};
use crate::heal::HoldReason;
use crate::peer::{Description, MAX_PROTOCOL, MIN_PROTOCOL, Totals};
use crate::schema::{Across, Part, Scope, ScopeParts};

const MAX_NAME_CHARS: usize = 1_024;

pub(in crate::peer) fn describe_response(state: &NodeState) -> pb::DescribeResponse {
    pb::DescribeResponse {
        driftless_version: env!("CARGO_PKG_VERSION").to_owned(),
        min_protocol: MIN_PROTOCOL,
        max_protocol: MAX_PROTOCOL,
        machine: state.machine.clone(),
        database: state.database.clone(),
        server_major: state.server_major,
        scope: state.scope.0.to_vec(),
        looked_at: state.looked_at.as_ref().map(scope_message),
        fingerprint: state.fingerprint.0.to_vec(),
        fingerprint_across: state.across.words.fingerprint.0.to_vec(),
        not_comparable: state.across.words.left_out,
        fingerprint_unnamed: state.across.names.fingerprint.0.to_vec(),
        unnamed: state.across.names.left_out,
        facts: state.facts,
        head: Some(head_message(state.head)),
        halted: state.halted.as_ref().map(halt_message),
        paused: state.paused,
        bootstrap: state.bootstrap,
        unsupported: listed(state.unsupported.iter().map(|text| shown(text))),
        unsupported_total: total(&state.unsupported),
        failed: listed(state.failed.iter().map(failed_message)),
        failed_total: total(&state.failed),
        held: listed(state.held.iter().map(held_message)),
        held_total: total(&state.held),
        drift: listed(state.drift.iter().map(drift_message)),
        drift_total: total(&state.drift),
    }
}

fn scope_message(parts: &ScopeParts) -> pb::ScopeParts {
    let ScopeParts { scope: Scope { schemas, ignore, owners, grants }, model_version } = parts;
    let names = |names: &[String]| listed(names.iter().map(|name| shown(name)));
    pb::ScopeParts {
        schemas: names(schemas),
        ignore: names(ignore),
        owners: *owners,
        grants: *grants,
        model_version: *model_version,
    }
}

fn scope_parts(message: &pb::ScopeParts) -> Result<ScopeParts, WireError> {
    let pb::ScopeParts { schemas, ignore, owners, grants, model_version } = message;
    if schemas.len() > MAX_LISTED || ignore.len() > MAX_LISTED {
        return invalid(format!("a scope of more than {MAX_LISTED} names"));
    }
    let names = |names: &[String]| names.iter().map(|name| shown(name)).collect();
    let scope = Scope { schemas: names(schemas), ignore: names(ignore), owners: *owners, grants: *grants };
    Ok(ScopeParts { scope, model_version: *model_version })
}

/// The first items of a list, so many that four lists fit into one message.
fn listed<T: prost::Message>(items: impl Iterator<Item = T>) -> Vec<T> {
    const LIST_BYTES: usize = 768 * 1024;
    let within = items.take(MAX_LISTED).scan(0, |bytes, item| {
        *bytes += item.encoded_len();
        (*bytes <= LIST_BYTES).then_some(item)
    });
    within.collect()
}

fn total<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

/// Reads an answer. Its `scripts` stay empty: the journal tells them.
pub(in crate::peer) fn description(message: &pb::DescribeResponse) -> Result<Description, WireError> {
    if message.min_protocol > message.max_protocol {
        return invalid("a range of protocol versions that ends before it begins");
    }
    crate::identity::check_peer_name(&message.machine)
        .or_else(|error| invalid(format!("an impossible machine name: {error}")))?;
    let lists = [message.unsupported.len(), message.failed.len(), message.held.len(), message.drift.len()];
    if lists.iter().any(|&length| length > MAX_LISTED) {
        return invalid(format!("a list of more than {MAX_LISTED} items"));
    }
    // An older version tells no such fingerprint.
    let unnamed = match message.fingerprint_unnamed.as_slice() {
        [] => &message.fingerprint,
        told => told,
    };
    let state = NodeState {
        machine: message.machine.clone(),
        database: shown(&message.database),
        server_major: message.server_major,
        scope: hash(&message.scope, "scope")?,
        looked_at: message.looked_at.as_ref().map(scope_parts).transpose()?,
        fingerprint: hash(&message.fingerprint, "fingerprint")?,
        across: Across {
            words: Part {
                fingerprint: hash(&message.fingerprint_across, "fingerprint")?,
                left_out: message.not_comparable,
            },
            names: Part { fingerprint: hash(unnamed, "fingerprint")?, left_out: message.unnamed },
        },
        facts: message.facts,
        unsupported: message.unsupported.iter().map(|text| shown(text)).collect(),
        head: head(message.head.as_ref())?,
        scripts: Vec::new(),
        failed: message.failed.iter().map(failed).collect::<Result<_, _>>()?,
        held: message.held.iter().map(held).collect::<Result<_, _>>()?,
        drift: message.drift.iter().map(drift).collect::<Result<_, _>>()?,
        halted: message.halted.as_ref().map(halt).transpose()?,
        paused: message.paused,
        bootstrap: message.bootstrap,
    };
    let totals = Totals {
        unsupported: message.unsupported_total,
        failed: message.failed_total,
        held: message.held_total,
        drift: message.drift_total,
    };
    let driftless_version = shown(&message.driftless_version);
    Ok(Description { state, totals, driftless_version, protocols: message.min_protocol..=message.max_protocol })
}

/// A recorded name; rows of the old tools may hold names that are no script names, but not what harms a screen.
fn recorded_name(name: &str) -> Result<String, WireError> {
    if name.chars().count() > MAX_NAME_CHARS { invalid("a script name without end") } else { Ok(shown(name)) }
}

fn failed_message(failed: &FailedScript) -> pb::FailedScript {
    pb::FailedScript { name: failed.name.clone(), error: shown(&failed.error) }
}

fn failed(message: &pb::FailedScript) -> Result<FailedScript, WireError> {
    Ok(FailedScript { name: recorded_name(&message.name)?, error: shown(&message.error) })
}

fn held_message(held: &HeldScript) -> pb::HeldScript {
    const MAX_JSON: usize = 2_000;
    let json = serde_json::to_value(&held.reason).unwrap_or_default();
    let reason = json.get("reason").and_then(|word| word.as_str()).unwrap_or_default().to_owned();
    // A reason that lists very much stays at home; the word tells enough, and a thousand of them must fit into one message.
    let json = json.to_string();
    let reason_json = if json.len() > MAX_JSON { String::new() } else { json };
    pb::HeldScript { name: held.name.clone(), from: held.from.clone(), reason, reason_json }
}

fn held(message: &pb::HeldScript) -> Result<HeldScript, WireError> {
    // A newer version may have more reasons. They are for people there; here it is enough to pass the word on.
    let reason = serde_json::from_str(&message.reason_json)
        .unwrap_or_else(|_| HoldReason::Unusable { why: shown(&message.reason) });
    Ok(HeldScript { name: recorded_name(&message.name)?, from: message.from.as_deref().map(shown), reason })
}

fn drift_message(drift: &DriftedFact) -> pb::DriftedFact {
    pb::DriftedFact {
        id: Some(fact_id_message(&drift.id)),
        recorded: drift.recorded.map(|digest| digest.0.to_vec()),
        live: drift.live.map(|digest| digest.0.to_vec()),
        left_by: drift.left_by.clone(),
    }
}

fn drift(message: &pb::DriftedFact) -> Result<DriftedFact, WireError> {
    Ok(DriftedFact {
        id: fact_id(message.id.as_ref())?,
        recorded: optional_hash(message.recorded.as_deref(), "digest")?,
        live: optional_hash(message.live.as_deref(), "digest")?,
        left_by: message.left_by.as_deref().map(recorded_name).transpose()?,
    })
}

fn halt_message(halt: &Halt) -> pb::Halt {
    use pb::halt::{BrokenJournal, RowsVanished, WentBackwards, Why};
    let why = match halt {
        Halt::HistoryReset => Why::HistoryReset(true),
        Halt::RowsVanished { names } => {
            Why::RowsVanished(RowsVanished { names: names.iter().take(MAX_LISTED).cloned().collect() })
        }
        Halt::WentBackwards { remembered, found } => {
            Why::WentBackwards(WentBackwards { remembered: *remembered, found: *found })
        }
        Halt::AnotherDatabase => Why::AnotherDatabase(true),
        Halt::BrokenJournal { reason } => Why::BrokenJournal(BrokenJournal { reason: shown(reason) }),
    };
    pb::Halt { why: Some(why) }
}

fn halt(message: &pb::Halt) -> Result<Halt, WireError> {
    use pb::halt::Why;
    match &message.why {
        Some(Why::HistoryReset(_)) => Ok(Halt::HistoryReset),
        Some(Why::RowsVanished(vanished)) if vanished.names.len() > MAX_LISTED => {
            invalid(format!("a list of more than {MAX_LISTED} items"))
        }
        Some(Why::RowsVanished(vanished)) => {
            let names = vanished.names.iter().map(|name| recorded_name(name)).collect::<Result<_, _>>()?;
            Ok(Halt::RowsVanished { names })
        }
        Some(Why::WentBackwards(back)) => Ok(Halt::WentBackwards { remembered: back.remembered, found: back.found }),
        Some(Why::AnotherDatabase(_)) => Ok(Halt::AnotherDatabase),
        Some(Why::BrokenJournal(broken)) => Ok(Halt::BrokenJournal { reason: shown(&broken.reason) }),
        None => Err(WireError::Unknown("healing has stopped there for a reason that is not known here".into())),
    }
}
