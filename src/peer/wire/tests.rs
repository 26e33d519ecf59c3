use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::divergence::{DriftedFact, FailedScript, Halt, HeldScript, NodeState};
use crate::hash::{Checksum, Digest, Fingerprint, ScopeDigest};
use crate::heal::HoldReason;
use crate::journal::{Effect, Entry, Event, Touched};
use crate::peer::{Detail, Moment, Selection};
use crate::schema::{Attributes, Digests, Fact, Kind, Part, Scope, Value};
use crate::script::ScriptName;

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "\\PC{0,20}".prop_map(Value::Text),
        proptest::collection::vec("\\PC{0,5}", 0..4).prop_map(Value::List),
    ]
}

fn fact() -> impl Strategy<Value = Fact> {
    (proptest::sample::select(Kind::ALL), "\\PC{1,20}", proptest::collection::vec(value(), 0..6)).prop_map(
        |(kind, name, values)| {
            let attributes: Attributes =
                kind.spec().attributes.iter().zip(values).map(|(attribute, value)| (attribute.name, value)).collect();
            Fact { id: FactId::new(kind, name), attributes }
        },
    )
}

fn effect() -> impl Strategy<Value = Effect> {
    let touched = (fact(), proptest::option::of(digest()), proptest::option::of(digest()), any::<bool>());
    proptest::collection::vec(touched, 0..8).prop_map(|all| {
        all.into_iter()
            .map(|(fact, before, after, kept)| {
                let definition = kept.then_some(fact.attributes);
                (fact.id, Touched { before, after, definition })
            })
            .collect()
    })
}

fn event() -> impl Strategy<Value = Event> {
    let script = || "v[1-9]_[a-z]{1,9}\\.sql".prop_map(|name| ScriptName::parse(&name).expect("a script name"));
    let checksum = || any::<[u8; 32]>().prop_map(Checksum);
    let text = || "\\PC{0,20}".prop_map(String::from);
    prop_oneof![
        (any::<[u8; 32]>(), any::<bool>())
            .prop_map(|(scope, had_rows)| Event::Baseline { scope: ScopeDigest(scope), had_rows }),
        (script(), checksum(), proptest::option::of(text()), any::<u32>(), any::<bool>()).prop_map(
            |(script, checksum, from, warnings, transactional)| Event::Applied {
                script,
                checksum,
                from,
                warnings,
                transactional
            }
        ),
        (text(), proptest::option::of(checksum())).prop_map(|(script, checksum)| Event::Marked { script, checksum }),
        Just(Event::Drift),
        (script(), checksum(), proptest::collection::vec(text(), 0..3), text())
            .prop_map(|(script, checksum, hazards, by)| Event::Approved { script, checksum, hazards, by }),
        (script(), checksum()).prop_map(|(script, checksum)| Event::Repaired { script, checksum }),
        (script(), script()).prop_map(|(script, to)| Event::Renamed { script, to }),
        Just(Event::Reset),
        proptest::collection::vec(text(), 0..3).prop_map(|known| Event::Resumed { known }),
        Just(Event::Settled),
        text().prop_map(|by| Event::Restored { by }),
    ]
}

fn chain() -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec((any::<i64>(), event(), effect()), 0..6).prop_map(|all| {
        let mut head = Head::EMPTY;
        let mut entries = Vec::new();
        for (at, event, effect) in all {
            let entry = Entry::after(head, at, event, effect);
            head = entry.head();
            entries.push(entry);
        }
        entries
    })
}

fn state() -> impl Strategy<Value = NodeState> {
    let text = || "[^\\p{C}]{0,20}".prop_map(String::from);
    let halt = prop_oneof![
        Just(Halt::HistoryReset),
        Just(Halt::AnotherDatabase),
        (any::<u64>(), any::<u64>()).prop_map(|(remembered, found)| Halt::WentBackwards { remembered, found }),
        proptest::collection::vec(text(), 0..3).prop_map(|names| Halt::RowsVanished { names }),
        text().prop_map(|reason| Halt::BrokenJournal { reason }),
    ];
    let failed = (text(), text()).prop_map(|(name, error)| FailedScript { name, error });
    let reason = prop_oneof![
        Just(HoldReason::Unverified),
        proptest::collection::vec(text(), 0..3).prop_map(|facts| HoldReason::Drifted { facts }),
    ];
    let held = (text(), proptest::option::of(text()), reason).prop_map(|(name, from, reason)| HeldScript {
        name,
        from,
        reason,
    });
    let drift = (fact(), proptest::option::of(digest()), proptest::option::of(digest()))
        .prop_map(|(fact, recorded, live)| DriftedFact { id: fact.id, recorded, live, left_by: None });
    let lists = (
        proptest::collection::vec(text(), 0..3),
        proptest::collection::vec(failed, 0..3),
        proptest::collection::vec(held, 0..3),
        proptest::collection::vec(drift, 0..3),
        proptest::option::of(halt),
    );
    let plain =
        ("[a-z]{1,20}", text(), any::<u32>(), any::<[u8; 32]>(), any::<[u8; 32]>(), any::<u64>(), any::<[bool; 2]>());
    (plain, (any::<u64>(), any::<[u8; 32]>()), lists).prop_map(
        |((machine, database, server_major, scope, fingerprint, facts, [paused, bootstrap]), (seq, hash), lists)| {
            let (unsupported, failed, held, drift, halted) = lists;
            NodeState {
                machine,
                database,
                server_major,
                scope: ScopeDigest(scope),
                looked_at: paused.then(|| Scope { grants: bootstrap, ..Scope::default() }.into()),
                fingerprint: Fingerprint(fingerprint),
                across: crate::schema::Across {
                    words: Part { fingerprint: Fingerprint(scope), left_out: facts / 2 },
                    names: Part { fingerprint: Fingerprint(hash), left_out: facts / 3 },
                },
                facts,
                unsupported,
                head: Head { seq, hash: crate::hash::ChainHash(hash) },
                scripts: Vec::new(),
                failed,
                held,
                drift,
                halted,
                paused,
                bootstrap,
            }
        },
    )
}

fn read_page(parts: Vec<pb::JournalPart>, detail: Detail) -> Result<crate::peer::JournalPage, WireError> {
    let mut reader = JournalReader::new(0, 1_000, detail);
    parts.into_iter().try_for_each(|part| reader.push(part))?;
    reader.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn journal_round_trip(entries in chain(), more: bool) {
        let more = more && !entries.is_empty();
        let page = read_page(journal_parts(&entries, more, Detail::Definitions), Detail::Definitions);
        prop_assert_eq!(page, Ok(crate::peer::JournalPage { entries, more }));
    }

    #[test]
    fn state_round_trip(state in state()) {
        let described = description(&describe_response(&state)).expect("understood");
        prop_assert_eq!(described.state, state);
    }

    #[test]
    fn facts_round_trip(facts in proptest::collection::vec(fact(), 0..20)) {
        let asked: BTreeSet<FactId> = facts.iter().map(|fact| fact.id.clone()).collect();
        let mut reader = DefinitionsReader::new(&asked);
        let unique: std::collections::BTreeMap<_, _> = facts.into_iter().map(|fact| (fact.id.clone(), fact)).collect();
        for part in definitions_parts(&asked, unique.values().cloned().collect()) {
            prop_assert!(part.missing.is_empty());
            reader.push(&part).expect("understood");
        }
        let attributes = unique.iter().map(|(id, fact)| (id.clone(), fact.attributes.clone())).collect();
        prop_assert_eq!(reader.finish(), attributes);

        let digests: Digests = unique.values().map(|fact| (fact.id.clone(), fact.digest())).collect();
        for chosen in [Selection::All, Selection::Ids(asked.clone())] {
            prop_assert_eq!(selection(selection_message(&chosen).as_ref()), Ok(chosen.clone()));
            let mut reader = DigestsReader::new(&chosen);
            for part in digests_parts(&digests) {
                reader.push(&part).expect("understood");
            }
            prop_assert_eq!(reader.finish(), digests.clone());
        }
    }

    /// Any bytes are read as any message without a panic; what comes of it is an answer or an error.
    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        use prost::Message as _;
        if let Ok(message) = pb::DescribeResponse::decode(bytes.as_slice()) {
            let _ = description(&message);
        }
        if let Ok(message) = pb::JournalPart::decode(bytes.as_slice()) {
            let _ = read_page(vec![message], Detail::Effects);
        }
        if let Ok(message) = pb::DigestsRequest::decode(bytes.as_slice()) {
            let _ = selection(message.selection.as_ref());
        }
    }
}

#[test]
fn moments_and_buckets_round_trip() {
    for asked in [Moment::Now, Moment::Entry(7)] {
        assert_eq!(moment(moment_message(asked).as_ref()), asked);
    }
    let chosen = Selection::Buckets([0, 4095].into());
    assert_eq!(selection(selection_message(&chosen).as_ref()), Ok(chosen));
    let beyond = pb::digests_request::Selection::Buckets(pb::BucketList { numbers: vec![4096] });
    assert!(selection(Some(&beyond)).is_err());
}

/// Frozen: another version on the other machine reads these bytes.
#[test]
fn wire_bytes_are_frozen() {
    use prost::Message as _;
    let entry = Entry::after(Head::EMPTY, 5, Event::Drift, Effect::new());
    let parts = journal_parts(&[entry], false, Detail::Effects);
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.encode_length_delimited_to_vec()).collect();
    assert_eq!(Checksum::of(&bytes).to_string(), "f49d2a098e5d6b130b40c6aab301ecd60fd21a3abdbb96280db67bc9b36dc021");
}

/// A schema of any size is described in one message, and what is left out is counted.
#[test]
fn a_description_fits_into_a_message() {
    use prost::Message as _;
    let mut node = crate::peer::tests::Memory::describes("pc-a");
    node.failed = vec![FailedScript { name: "名".repeat(300), error: "错".repeat(5_000) }; 5_000];
    node.unsupported = vec!["策略".repeat(10_000); 5_000];
    let message = describe_response(&node);
    assert!(message.encoded_len() < 4 * 1024 * 1024, "{}", message.encoded_len());
    let described = description(&message).expect("understood");
    assert_eq!((described.totals.failed, described.totals.unsupported), (5_000, 5_000));
    assert!(!described.state.failed.is_empty());
}
