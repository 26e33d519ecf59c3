use super::*;
use crate::heal::HoldReason;
use crate::schema::{Kind, Part};
use proptest::prelude::*;

/// A machine with these scripts, its schema named by them.
pub(crate) fn node(machine: &str, scripts: Vec<ScriptState>) -> NodeState {
    NodeState {
        machine: machine.into(),
        database: format!("db of {machine}"),
        server_major: 15,
        scope: ScopeDigest::of(b"scope"),
        looked_at: None,
        fingerprint: Fingerprint::of(b"schema"),
        across: crate::schema::Across::whole(Fingerprint::of(b"schema")),
        facts: 0,
        unsupported: vec![],
        head: Head::EMPTY,
        scripts,
        failed: vec![],
        held: vec![],
        drift: vec![],
        halted: None,
        paused: false,
        bootstrap: false,
    }
}

/// An applied script with a recorded effect.
pub(crate) fn script(name: &str, text: &str) -> ScriptState {
    ScriptState {
        name: name.into(),
        checksum: Some(Checksum::of(text.as_bytes())),
        entry: Some(1),
        warnings: 0,
        transactional: true,
    }
}

fn drifted(name: &str, live: &str) -> DriftedFact {
    let id = FactId::new(Kind::Column, name);
    DriftedFact { id, recorded: None, live: Some(Digest::of(live.as_bytes())), left_by: None }
}

fn words(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let json = serde_json::to_value(finding).expect("plain data");
            match json.get("place").and_then(|place| place.as_str()) {
                Some(place) => format!("{} {place}", json["finding"].as_str().unwrap_or_default()),
                None => json["finding"].as_str().unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

#[track_caller]
fn check(local: &NodeState, peer: &NodeState, expected: &[&str]) {
    assert_eq!(words(&compare(local, &PeerView::Reachable(Box::new(peer.clone())))), expected);
}

#[test]
fn scripts_and_facts() {
    let base = node("a", vec![script("v1_a.sql", "x")]);
    let more = node("b", vec![script("v1_a.sql", "x"), script("v2_b.sql", "y")]);
    let other = node("b", vec![script("v1_a.sql", "x"), script("v2_c.sql", "z")]);
    check(&base, &base, &["in_sync"]);
    check(&base, &more, &["behind"]);
    check(&more, &base, &["ahead"]);
    check(&more, &other, &["forked"]);
    check(&base, &node("b", vec![script("v1_a.sql", "edited")]), &["conflict"]);
    check(&base, &node("b", vec![script("v1_a", "x")]), &["in_sync"]);
    let differs = NodeState { fingerprint: Fingerprint::of(b"another"), ..base.clone() };
    check(&base, &differs, &["differs"]);
    // 13 prints in other words: then only the form that both know counts.
    let older = NodeState { server_major: 13, ..differs };
    check(&base, &older, &["in_sync"]);
    let another = Part { fingerprint: Fingerprint::of(b"another"), left_out: 3 };
    let across = crate::schema::Across { words: another, ..base.across };
    check(&base, &NodeState { across, ..older.clone() }, &["differs"]);
    check(&older, &NodeState { across, server_major: 13, ..older.clone() }, &["in_sync"]);
    assert_eq!(not_compared(&base, &NodeState { across, ..older }), 3);
    assert_eq!(not_compared(&base, &NodeState { across, ..base.clone() }), 0);
    // 18 has names for what is NOT NULL: then they do not count.
    let newer = NodeState { server_major: 18, fingerprint: Fingerprint::of(b"with names"), ..base.clone() };
    check(&base, &newer, &["in_sync"]);
    let across = crate::schema::Across { names: another, ..base.across };
    check(&base, &NodeState { across, ..newer.clone() }, &["differs"]);
    assert_eq!(not_compared(&base, &NodeState { across, ..newer.clone() }), 3);
    assert_eq!(not_compared(&newer, &NodeState { across, ..newer.clone() }), 0);
    check(&base, &NodeState { scope: ScopeDigest::of(b"?"), ..base.clone() }, &["incompatible"]);
    let forked_conflict = node("b", vec![script("v1_a.sql", "edited"), script("v2_c.sql", "z")]);
    check(&more, &forked_conflict, &["forked", "conflict"]);
}

/// Every relation of scripts, facts, drift, failures, holds and halts in every combination.
#[test]
fn the_full_table_of_cases() {
    let (x, y, z) = (script("v1_a.sql", "x"), script("v2_b.sql", "y"), script("v2_c.sql", "z"));
    let edited = script("v1_a.sql", "edited");
    let relations = [
        (vec![x.clone()], vec![x.clone()], "same"),
        (vec![x.clone()], vec![x.clone(), y.clone()], "behind"),
        (vec![x.clone(), y.clone()], vec![x.clone()], "ahead"),
        (vec![x.clone(), y.clone()], vec![x.clone(), z.clone()], "forked"),
        (vec![x.clone()], vec![edited.clone()], "conflict"),
        (vec![x.clone()], vec![edited.clone(), y.clone()], "behind conflict"),
        (vec![x.clone(), y.clone()], vec![edited.clone()], "ahead conflict"),
        (vec![x, y], vec![edited, z], "forked conflict"),
    ];
    let drifts: [(&[&str], &[&str], &[&str]); 6] = [
        (&[], &[], &[]),
        (&["1"], &[], &["drifted here"]),
        (&[], &["1"], &["drifted there"]),
        (&["1"], &["1"], &["drifted both_alike"]),
        (&["1"], &["2"], &["drifted both_differently"]),
        (&["1", "2"], &["2"], &["drifted here", "drifted both_differently"]),
    ];
    let sides = &[(false, false), (true, false), (false, true), (true, true)];
    let state = |name: &str, scripts: &[ScriptState], drift: &[&str], schema: &[u8], on: [bool; 3]| NodeState {
        fingerprint: Fingerprint::of(schema),
        across: crate::schema::Across::whole(Fingerprint::of(schema)),
        drift: drift.iter().enumerate().map(|(at, live)| drifted(&format!("t.c{at}"), live)).collect(),
        failed: on[0].then(|| FailedScript { name: "v9_f.sql".into(), error: "boom".into() }).into_iter().collect(),
        held: on[1]
            .then(|| HeldScript { name: "v9_h.sql".into(), from: None, reason: HoldReason::Asked })
            .into_iter()
            .collect(),
        halted: on[2].then_some(Halt::HistoryReset),
        ..node(name, scripts.to_vec())
    };
    let mut cases = 0;
    for (ours, theirs, relation) in &relations {
        for (here, there, drift) in drifts {
            for other_facts in [false, true] {
                for (failed, held, halted) in sides
                    .iter()
                    .flat_map(|f| sides.iter().flat_map(move |h| sides.iter().map(move |stop| (*f, *h, *stop))))
                {
                    let a = state("a", ours, here, b"s", [failed.0, held.0, halted.0]);
                    let schema: &[u8] = if other_facts { b"t" } else { b"s" };
                    let b = state("b", theirs, there, schema, [failed.1, held.1, halted.1]);
                    let mut expected: Vec<&str> = Vec::new();
                    match (*relation, drift.is_empty()) {
                        ("same", true) => expected.push(if other_facts { "differs" } else { "in_sync" }),
                        ("same", false) => {}
                        _ => expected.extend(relation.split(' ')),
                    }
                    expected.extend(drift);
                    for (word, (here, there)) in [
                        (["failed here", "failed there"], failed),
                        (["held here", "held there"], held),
                        (["halted here", "halted there"], halted),
                    ] {
                        expected.extend(here.then_some(word[0]));
                        expected.extend(there.then_some(word[1]));
                    }
                    check(&a, &b, &expected);
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 8 * 6 * 2 * 64);
}

/// Whom one cannot compare with is said first, and what is wrong here all the same.
#[test]
fn who_does_not_answer_hides_nothing_of_our_own() {
    let troubled = NodeState {
        drift: vec![drifted("a.b.c", "1")],
        failed: vec![FailedScript { name: "v2_b.sql".into(), error: "boom".into() }],
        halted: Some(Halt::HistoryReset),
        ..node("a", vec![script("v1_a.sql", "x")])
    };
    let why = || "because".to_owned();
    for (view, word) in [
        (PeerView::Unreachable { why: why() }, "unreachable"),
        (PeerView::Untrusted { why: why() }, "untrusted"),
        (PeerView::Incompatible { why: why() }, "incompatible"),
    ] {
        assert_eq!(words(&compare(&troubled, &view)), [word, "drifted here", "failed here", "halted here"]);
    }
}

#[test]
fn adopted_rows_without_a_checksum_are_no_conflict() {
    let adopted = node("b", vec![ScriptState { checksum: None, entry: None, ..script("v1_a.sql", "x") }]);
    check(&node("a", vec![script("v1_a.sql", "x")]), &adopted, &["in_sync"]);
}

#[test]
fn drift_is_never_in_sync() {
    let base = node("a", vec![script("v1_a.sql", "x")]);
    let drift = |facts: Vec<DriftedFact>| NodeState { drift: facts, ..base.clone() };
    check(&drift(vec![drifted("a.b.c", "1")]), &base, &["drifted here"]);
    check(&base, &drift(vec![drifted("a.b.c", "1")]), &["drifted there"]);
    check(&drift(vec![drifted("a.b.c", "1")]), &drift(vec![drifted("a.b.c", "1")]), &["drifted both_alike"]);
    check(&drift(vec![drifted("a.b.c", "1")]), &drift(vec![drifted("a.b.c", "2")]), &["drifted both_differently"]);
    check(
        &drift(vec![drifted("a.b.c", "1"), drifted("a.b.d", "1")]),
        &drift(vec![drifted("a.b.d", "1"), drifted("a.b.e", "1")]),
        &["drifted here", "drifted there", "drifted both_alike"],
    );
}

#[test]
fn what_stands_still_is_reported_beside_the_rest() {
    let base = node("a", vec![script("v1_a.sql", "x")]);
    let troubled = NodeState {
        failed: vec![FailedScript { name: "v2_b.sql".into(), error: "boom".into() }],
        held: vec![HeldScript { name: "v3_c.sql".into(), from: None, reason: HoldReason::Unverified }],
        halted: Some(Halt::HistoryReset),
        ..base.clone()
    };
    check(&troubled, &base, &["in_sync", "failed here", "held here", "halted here"]);
    check(&base, &troubled, &["in_sync", "failed there", "held there", "halted there"]);
    let unreachable = compare(&troubled, &PeerView::Unreachable { why: "refused".into() });
    assert_eq!(words(&unreachable), ["unreachable", "failed here", "held here", "halted here"]);
}

#[test]
fn a_fork_names_the_last_common_script() {
    let ours = node("a", vec![script("v1_a.sql", "x"), script("v10_b.sql", "y")]);
    let theirs = node("b", vec![script("v1_a.sql", "x"), script("v2_c.sql", "z")]);
    let findings = compare(&ours, &PeerView::Reachable(Box::new(theirs)));
    assert_eq!(
        findings,
        [Finding::Forked {
            ours: vec!["v10_b.sql".into()],
            theirs: vec!["v2_c.sql".into()],
            since: Some("v1_a.sql".into()),
        }]
    );
}

fn mirrored(finding: Finding) -> Finding {
    let swap = |place| match place {
        Place::Here => Place::There,
        Place::There => Place::Here,
        both => both,
    };
    match finding {
        Finding::Behind { scripts } => Finding::Ahead { scripts },
        Finding::Ahead { scripts } => Finding::Behind { scripts },
        Finding::Forked { ours, theirs, since } => Finding::Forked { ours: theirs, theirs: ours, since },
        Finding::Drifted { place, facts, .. } => Finding::Drifted { place: swap(place), facts, since: None },
        Finding::Failed { place, scripts } => Finding::Failed { place: swap(place), scripts },
        Finding::Held { place, scripts } => Finding::Held { place: swap(place), scripts },
        Finding::Halted { place, halt } => Finding::Halted { place: swap(place), halt },
        Finding::Incompatible { .. } => Finding::Incompatible { why: String::new(), scope: Vec::new() },
        other => other,
    }
}

fn sorted_words(findings: impl IntoIterator<Item = Finding>) -> Vec<String> {
    let mut all: Vec<String> = findings
        .into_iter()
        .map(|finding| match finding {
            Finding::Drifted { place, facts, .. } => Finding::Drifted { place, facts, since: None },
            Finding::Incompatible { .. } => Finding::Incompatible { why: String::new(), scope: Vec::new() },
            other => other,
        })
        .map(|finding| format!("{finding:?}"))
        .collect();
    all.sort();
    all
}

pub(crate) fn any_node() -> impl Strategy<Value = NodeState> {
    let scripts = proptest::collection::btree_map(1u8..6, 0u8..2, 0..5);
    let drift = proptest::collection::btree_map(0u8..4, 0u8..2, 0..3);
    (scripts, drift, 0u8..2, any::<bool>(), 0u8..8).prop_map(|(scripts, drift, schema, failed, scope)| {
        let scripts = scripts.into_iter().map(|(n, text)| script(&format!("v{n}_s.sql"), &text.to_string())).collect();
        NodeState {
            fingerprint: Fingerprint::of(&[schema]),
            scope: ScopeDigest::of(&[scope / 7]),
            looked_at: None,
            drift: drift.into_iter().map(|(n, live)| drifted(&format!("t.c{n}"), &live.to_string())).collect(),
            failed: failed.then(|| FailedScript { name: "v9_f.sql".into(), error: "e".into() }).into_iter().collect(),
            ..node("n", scripts)
        }
    })
}

proptest! {
    #[test]
    fn a_node_equals_itself(node in any_node()) {
        let findings = compare(&node, &PeerView::Reachable(Box::new(node.clone())));
        prop_assert_eq!(findings.contains(&Finding::InSync), node.drift.is_empty());
        let alike = |f: &Finding| !matches!(f, Finding::Drifted { place, .. } if *place != Place::BothAlike);
        prop_assert!(findings.iter().all(alike));
    }

    #[test]
    fn swapping_sides_mirrors_the_answer(a in any_node(), b in any_node()) {
        let one = compare(&a, &PeerView::Reachable(Box::new(b.clone())));
        let other = compare(&b, &PeerView::Reachable(Box::new(a.clone())));
        if a.scope == b.scope {
            prop_assert_eq!(sorted_words(one.into_iter().map(mirrored)), sorted_words(other));
        } else {
            prop_assert!(words(&one).contains(&"incompatible".to_owned()));
        }
    }

    #[test]
    fn in_sync_stands_alone_among_comparisons(a in any_node(), b in any_node()) {
        let found = words(&compare(&a, &PeerView::Reachable(Box::new(b))));
        if found.contains(&"in_sync".to_owned()) {
            let differences = ["behind", "ahead", "forked", "conflict", "differs", "incompatible"];
            prop_assert!(!found.iter().any(|word| differences.contains(&word.as_str()) || word.starts_with("drifted")));
        }
    }
}
