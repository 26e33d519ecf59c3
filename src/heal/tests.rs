use super::*;
use crate::divergence::tests::{any_node, node, script};
use crate::divergence::{Finding, Halt, NodeState, PeerView, compare};
use crate::history::{HistoryRow, MigrationHistory, ScriptState};
use crate::journal::{Entry, Event, Head};
use proptest::prelude::*;

fn inputs() -> Inputs {
    Inputs { may_apply: true, ..Inputs::default() }
}

/// `expected`: steps, then `!name` for each held script.
#[track_caller]
fn check_plan(local: &NodeState, peer: &NodeState, inputs: &Inputs, expected: &[&str]) -> Plan {
    let plan = plan(local, peer, inputs);
    let shown: Vec<String> = plan
        .steps
        .iter()
        .map(|step| step.name.to_string())
        .chain(plan.held.iter().map(|held| format!("!{} {}", held.name, word(&held.reason))))
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(check(&plan, local, peer, inputs), Ok(()));
    plan
}

fn approved(name: &str, text: &str, hazards: &[&str]) -> Approvals {
    let hazards = hazards.iter().map(|&word| word.to_owned()).collect();
    [(name.to_owned(), Approved { checksum: Checksum::of(text.as_bytes()), hazards })].into()
}

fn word(reason: &HoldReason) -> String {
    serde_json::to_value(reason).expect("plain data")["reason"].as_str().unwrap_or_default().to_owned()
}

fn unrecorded(name: &str) -> ScriptState {
    ScriptState { entry: None, ..script(name, name) }
}

fn outside(name: &str) -> ScriptState {
    ScriptState { transactional: false, ..script(name, name) }
}

#[test]
fn what_is_lacked_is_taken_in_the_peers_order() {
    let local = node("a", vec![script("v1_a.sql", "x")]);
    let peer = node("b", vec![script("v1_a.sql", "x"), script("v3_c.sql", "c"), script("v2_b.sql", "b")]);
    check_plan(&local, &peer, &inputs(), &["v3_c.sql", "v2_b.sql"]);
    check_plan(&peer, &local, &inputs(), &[]);
    check_plan(&local, &local, &inputs(), &[]);
}

#[test]
fn nothing_without_grant_or_while_halted_paused_or_off() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("v1_a.sql", "x")]);
    check_plan(&local, &peer, &Inputs::default(), &[]);
    check_plan(&local, &peer, &Inputs { policy: ScriptPolicy::Off, ..inputs() }, &[]);
    check_plan(&NodeState { paused: true, ..local.clone() }, &peer, &inputs(), &[]);
    check_plan(&NodeState { halted: Some(Halt::HistoryReset), ..local.clone() }, &peer, &inputs(), &[]);
    check_plan(&local, &NodeState { halted: Some(Halt::HistoryReset), ..peer.clone() }, &inputs(), &[]);
    check_plan(&local, &peer, &Inputs { policy: ScriptPolicy::Ask, ..inputs() }, &["!v1_a.sql asked"]);
}

#[test]
fn a_held_script_blocks_the_later_ones() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("v1_a.sql", "x"), unrecorded("v2_b.sql"), script("v3_c.sql", "c")]);
    check_plan(&local, &peer, &inputs(), &["v1_a.sql", "!v2_b.sql unverified", "!v3_c.sql blocked"]);
    let with = |text, hazards| Inputs { approved: approved("v2_b.sql", text, hazards), ..inputs() };
    let held = ["v1_a.sql", "!v2_b.sql unverified", "!v3_c.sql blocked"];
    check_plan(&local, &peer, &with("v2_b.sql", &["unverified"]), &["v1_a.sql", "v2_b.sql", "v3_c.sql"]);
    check_plan(&local, &peer, &with("another text", &["unverified"]), &held);
    // Approved before anybody knew of this, or for something else.
    check_plan(&local, &peer, &with("v2_b.sql", &[]), &held);
    check_plan(&local, &peer, &with("v2_b.sql", &["data_loss"]), &held);
}

#[test]
fn outside_a_transaction_only_in_a_bootstrap() {
    let local = node("a", vec![]);
    let peer = node("b", vec![outside("v1_a.sql")]);
    check_plan(&local, &peer, &inputs(), &["!v1_a.sql non_transactional"]);
    check_plan(&NodeState { bootstrap: true, ..local }, &peer, &inputs(), &["v1_a.sql"]);
}

#[test]
fn forks_and_conflicts_are_held() {
    let local = node("a", vec![script("v1_a.sql", "x"), script("v2_ours.sql", "o")]);
    let peer = node("b", vec![script("v1_a.sql", "x"), script("v2_theirs.sql", "t")]);
    check_plan(&local, &peer, &inputs(), &["!v2_theirs.sql forked"]);
    let peer = node("b", vec![script("v1_a.sql", "other"), script("v2_ours.sql", "o"), script("v3_c.sql", "c")]);
    check_plan(&local, &peer, &inputs(), &["!v1_a.sql conflict", "!v3_c.sql blocked"]);
}

#[test]
fn what_came_to_nothing_is_repeated_only_for_a_reason() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("v1_a.sql", "x")]);
    let attempt = |basis: &[u8], text: &[u8]| Attempt {
        name: "v1_a.sql".into(),
        checksum: Checksum::of(text),
        from: Some("b".into()),
        basis: Fingerprint::of(basis),
        reason: HoldReason::Failed { error: "boom".into() },
    };
    let with = |attempt| Inputs { attempts: vec![attempt], ..inputs() };
    let same = attempt(b"schema", b"x");
    assert_eq!(local.fingerprint, Fingerprint::of(b"schema"));
    check_plan(&local, &peer, &with(same.clone()), &["!v1_a.sql failed"]);
    check_plan(&local, &peer, &with(attempt(b"another schema", b"x")), &["v1_a.sql"]);
    check_plan(&local, &peer, &with(attempt(b"schema", b"another text")), &["v1_a.sql"]);
    check_plan(&local, &peer, &Inputs { again: true, ..with(same) }, &["v1_a.sql"]);
}

/// An approved script that failed, or left facts that nobody was shown, is not run again at every wake-up; nor one that nobody knew the
/// hazards of.
#[test]
fn an_approval_lifts_hazards_alone() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("v1_a.sql", "x")]);
    let with = |reason, hazards: &[&str], again| Inputs {
        approved: approved("v1_a.sql", "x", hazards),
        attempts: vec![Attempt {
            name: "v1_a.sql".into(),
            checksum: Checksum::of(b"x"),
            from: Some("b".into()),
            basis: local.fingerprint,
            reason,
        }],
        again,
        ..inputs()
    };
    let failed = HoldReason::Failed { error: "boom".into() };
    let lossy = |hazards: &[&str]| with(HoldReason::DataLoss { losses: vec![] }, hazards, false);
    // Approved before anybody knew what would be lost: running it would only hold it again.
    check_plan(&local, &peer, &lossy(&[]), &["!v1_a.sql data_loss"]);
    check_plan(&local, &peer, &lossy(&["outside_reach"]), &["!v1_a.sql data_loss"]);
    let plan = check_plan(&local, &peer, &lossy(&["data_loss"]), &["v1_a.sql"]);
    assert_eq!(plan.steps[0].hazards, ["data_loss".to_owned()].into());
    let reaching = |hazards: &[&str]| with(HoldReason::OutsideReach { reaches: vec![] }, hazards, false);
    check_plan(&local, &peer, &reaching(&["outside_reach"]), &["v1_a.sql"]);
    check_plan(&local, &peer, &reaching(&["non_transactional"]), &["!v1_a.sql outside_reach"]);
    check_plan(&local, &peer, &with(failed.clone(), &["failed"], false), &["!v1_a.sql failed"]);
    check_plan(&local, &peer, &with(failed, &["failed"], true), &["v1_a.sql"]);
    let other = |hazards: &[&str]| {
        let facts = vec!["view public.v".to_owned(), "view public.w".to_owned()];
        with(HoldReason::OtherEffect { facts, depends: vec![] }, hazards, false)
    };
    check_plan(&local, &peer, &other(&["other_effect"]), &["!v1_a.sql other_effect"]);
    check_plan(&local, &peer, &other(&["other_effect view public.v"]), &["!v1_a.sql other_effect"]);
    let both = ["other_effect view public.v", "other_effect view public.w"];
    check_plan(&local, &peer, &other(&both), &["v1_a.sql"]);
}

#[test]
fn unusable_names_are_held() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("../../etc/passwd", "x")]);
    check_plan(&local, &peer, &inputs(), &["!../../etc/passwd unusable"]);
}

/// Each rule of the second opinion refuses a plan that the planner would never make.
#[test]
fn the_second_opinion_objects() {
    let local = node("a", vec![script("v1_a.sql", "x")]);
    let peer = node("b", vec![script("v1_a.sql", "x"), script("v2_b.sql", "b"), script("v3_c.sql", "c")]);
    let good = plan(&local, &peer, &inputs());
    let refused = |change: &dyn Fn(&mut Plan)| {
        let mut plan = good.clone();
        change(&mut plan);
        check(&plan, &local, &peer, &inputs()).expect_err("must be refused")
    };
    assert_eq!(refused(&|p| p.basis.fingerprint = Fingerprint::of(b"then")), Objection::Stale);
    assert_eq!(refused(&|p| p.basis.head = Head { seq: 9, ..Head::EMPTY }), Objection::Stale);
    assert_eq!(refused(&|p| p.steps.reverse()), Objection::Overtakes("v3_c.sql".into()));
    assert_eq!(refused(&|p| p.steps[0].checksum = Checksum::of(b"?")), Objection::NotApplied("v2_b.sql".into()));
    assert_eq!(refused(&|p| p.steps.insert(1, p.steps[0].clone())), Objection::AppliedHere("v2_b.sql".into()));
    assert_eq!(refused(&|p| p.steps[0].entry = None), Objection::Unverified("v2_b.sql".into()));
    assert_eq!(refused(&|p| p.steps[0].approved = true), Objection::Unverified("v2_b.sql".into()));
    let denied = Inputs { may_apply: false, ..inputs() };
    assert_eq!(check(&good, &local, &peer, &denied), Err(Objection::NotAllowed));
    let halted = NodeState { halted: Some(Halt::HistoryReset), ..local.clone() };
    assert_eq!(check(&good, &halted, &peer, &inputs()), Err(Objection::NotAllowed));
}

fn row(name: &str, success: bool) -> HistoryRow {
    HistoryRow {
        id: 1,
        name: name.into(),
        applied_at: None,
        success,
        error: None,
        checksum: None,
        has_text: true,
        duration_ms: None,
        pulled_from: None,
        assumed: false,
        progress: None,
    }
}

pub(super) fn chain(events: Vec<Event>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for event in events {
        let head = entries.last().map_or(Head::EMPTY, Entry::head);
        entries.push(Entry::after(head, 0, event, Default::default()));
    }
    entries
}

#[test]
fn halts() {
    let marked = |name: &str| Event::Marked { script: name.into(), checksum: None };
    let entries = chain(vec![marked("v1_a.sql"), marked("v2_b.sql")]);
    let both = MigrationHistory { rows: vec![row("v1_a.sql", true), row("v2_b", true)] };
    let remembered = |database: &str, at: usize| Remembered { database: database.into(), head: entries[at].head() };

    assert_eq!(halt(&entries, &both, "db", None), None);
    assert_eq!(halt(&entries, &both, "db", Some(&remembered("db", 0))), None);
    assert_eq!(halt(&entries, &both, "db", Some(&remembered("other", 0))), Some(Halt::AnotherDatabase));
    assert_eq!(
        halt(&entries[..1], &both, "db", Some(&remembered("db", 1))),
        Some(Halt::WentBackwards { remembered: 2, found: 1 })
    );
    let rewritten = chain(vec![marked("v1_a.sql"), marked("v9_z.sql")]);
    assert_eq!(
        halt(&rewritten, &both, "db", Some(&remembered("db", 1))),
        Some(Halt::WentBackwards { remembered: 2, found: 2 })
    );
    let one = MigrationHistory { rows: vec![row("v1_a.sql", true), row("v2_b.sql", false)] };
    let vanished = Some(Halt::RowsVanished { names: vec!["v2_b.sql".into()] });
    assert_eq!(halt(&entries, &one, "db", None), vanished);

    let reset = chain(vec![marked("v1_a.sql"), Event::Reset]);
    let none = MigrationHistory::default();
    assert_eq!(halt(&reset, &none, "db", None), Some(Halt::HistoryReset));
    let resumed = chain(vec![marked("v1_a.sql"), Event::Reset, Event::Resumed { known: vec![] }]);
    assert_eq!(halt(&resumed, &none, "db", None), None);
    let resumed =
        chain(vec![marked("v1_a.sql"), marked("v2_b.sql"), Event::Resumed { known: vec!["v1_a.sql".into()] }]);
    assert_eq!(halt(&resumed, &one, "db", None), None);
}

/// What a machine is after it has carried out a plan, where every script leaves what it left on the peer.
fn carried_out(local: &NodeState, peer: &NodeState, plan: &Plan) -> NodeState {
    let mut healed = local.clone();
    for step in &plan.steps {
        let known = peer.scripts.iter().find(|script| script.name == step.name.as_str());
        healed.scripts.extend(known.cloned());
    }
    if plan.held.is_empty() && peer.scripts.len() == healed.scripts.len() {
        (healed.fingerprint, healed.across) = (peer.fingerprint, peer.across);
    }
    healed
}

proptest! {
    #[test]
    fn the_plan_for_in_sync_is_empty(a in any_node(), b in any_node()) {
        let findings = compare(&a, &PeerView::Reachable(Box::new(b.clone())));
        let plan = plan(&a, &b, &inputs());
        prop_assert!(!findings.contains(&Finding::InSync) || plan.is_empty());
        prop_assert_eq!(check(&plan, &a, &b, &inputs()), Ok(()));
    }

    #[test]
    fn a_healed_pair_is_in_sync_and_leaves_nothing_to_plan(a in any_node(), b in any_node()) {
        let first = plan(&a, &b, &inputs());
        let healed = carried_out(&a, &b, &first);
        let second = plan(&healed, &b, &inputs());
        prop_assert!(second.steps.is_empty());
        prop_assert_eq!(&second.held, &first.held);
        let behind = matches!(compare(&a, &PeerView::Reachable(Box::new(b.clone())))[..], [Finding::Behind { .. }]);
        if behind && first.held.is_empty() {
            let now = compare(&healed, &PeerView::Reachable(Box::new(b)));
            prop_assert!(now.contains(&Finding::InSync), "{now:?}");
        }
    }

    /// A rehearsal of a fork lets exactly this fork through, and what is left of it.
    #[test]
    fn a_rehearsed_fork_is_taken_from_both_sides(a in any_node(), b in any_node()) {
        prop_assume!(a.scope == b.scope);
        let Some(fork) = Fork::between(&a, &b) else { return Ok(()) };
        prop_assert!(plan(&a, &b, &inputs()).steps.is_empty());
        let rehearsed = Inputs { rehearsed: Some(fork), ..inputs() };
        let taken = plan(&a, &b, &rehearsed);
        prop_assert_eq!(check(&taken, &a, &b, &rehearsed), Ok(()));
        if !taken.steps.is_empty() {
            prop_assert_eq!(check(&taken, &a, &b, &inputs()), Err(Objection::Forked(taken.steps[0].name.to_string())));
        }
        if taken.held.is_empty() {
            let healed = carried_out(&a, &b, &taken);
            prop_assert!(Fork::between(&healed, &b).is_none());
        }
    }
}

/// What a rehearsal said is told as long as the schema is the same, and no longer.
#[test]
fn a_fork_is_held_with_what_its_rehearsal_found() {
    let local = node("a", vec![script("v1_a.sql", "x"), script("v2_ours.sql", "o")]);
    let peer = node("b", vec![script("v1_a.sql", "x"), script("v2_theirs.sql", "t"), script("v3_more.sql", "m")]);
    let why = ForkReason::OrderMatters { facts: vec!["column public.t.a".into()] };
    let attempt = |basis: &[u8]| Attempt {
        name: "v2_theirs.sql".into(),
        checksum: Checksum::of(b"t"),
        from: Some("b".into()),
        basis: Fingerprint::of(basis),
        reason: HoldReason::ForkHeld { why: why.clone() },
    };
    let with = |attempt, again| Inputs { attempts: vec![attempt], again, ..inputs() };
    let held = ["!v2_theirs.sql fork_held", "!v3_more.sql forked"];
    let open = ["!v2_theirs.sql forked", "!v3_more.sql forked"];
    check_plan(&local, &peer, &with(attempt(b"schema"), false), &held);
    check_plan(&local, &peer, &with(attempt(b"schema"), true), &open);
    check_plan(&local, &peer, &with(attempt(b"another schema"), false), &open);
    // The other side has applied ours meanwhile: no fork, nothing to hold.
    let behind = node("a", vec![script("v1_a.sql", "x")]);
    check_plan(&behind, &peer, &with(attempt(b"schema"), false), &["v2_theirs.sql", "v3_more.sql"]);
}

#[test]
fn what_breaks_running_code_waits_for_the_code() {
    let local = node("a", vec![]);
    let peer = node("b", vec![script("v1_a.sql", "x"), script("v2_b.sql", "y")]);
    let breaking = [("v1_a".to_owned(), vec!["column public.a.b".to_owned()])].into();
    let waits = Inputs { breaking, ..inputs() };
    check_plan(&local, &peer, &waits, &["!v1_a.sql breaks_clients", "!v2_b.sql blocked"]);
    // A plan that does not wait is refused by the second opinion.
    let hasty = plan(&local, &peer, &inputs());
    assert_eq!(check(&hasty, &local, &peer, &waits), Err(Objection::Breaks("v1_a.sql".into())));
    let unseen = Inputs { approved: approved("v1_a.sql", "x", &["data_loss"]), ..waits.clone() };
    check_plan(&local, &peer, &unseen, &["!v1_a.sql breaks_clients", "!v2_b.sql blocked"]);
    let approved = approved("v1_a.sql", "x", &["breaks_clients"]);
    check_plan(&local, &peer, &Inputs { approved, ..waits }, &["v1_a.sql", "v2_b.sql"]);
}
