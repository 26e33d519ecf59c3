//! The status of this machine and of every peer.

use std::collections::BTreeMap;

use super::diff::id;
use super::{Style, finding, indent, table};
use crate::agent::reach::Way;
use crate::divergence::{DriftedFact, Finding, NodeState, PeerView, Place, not_compared};
use crate::history::same_script;
use crate::local_state::{NoAnswer, PeerSeen};

/// What is known of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MachineLine<'a> {
    /// `user@host:port/database`.
    pub(crate) database: &'a str,
    /// What it says of itself.
    pub(crate) state: &'a NodeState,
    /// Scripts of the folder that are not applied.
    pub(crate) pending: &'a [String],
    /// Whether it has any peers.
    pub(crate) has_peers: bool,
}

/// What is known of a peer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerLine<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Where it is dialled first.
    pub(crate) address: Option<&'a str>,
    /// Which way the link goes; `None`: it is not reached.
    pub(crate) way: Option<Way>,
    /// What it said.
    pub(crate) view: &'a PeerView,
    /// What the comparison found.
    pub(crate) findings: &'a [Finding],
    /// What is remembered of when it answered.
    pub(crate) seen: PeerSeen,
}

impl PeerLine<'_> {
    /// Since when the peer has not answered in the way it does not answer now, in milliseconds since 1970, if that is known.
    pub(crate) fn since(&self) -> Option<i64> {
        let now = self.findings.iter().find_map(|finding| match finding {
            Finding::Unreachable { .. } => Some(NoAnswer::Unreachable),
            Finding::Untrusted { .. } => Some(NoAnswer::Untrusted),
            Finding::Incompatible { .. } => Some(NoAnswer::Incompatible),
            _ => None,
        });
        self.seen.since.filter(|_| now.is_some() && self.seen.trouble == now)
    }

    /// When it last answered, where it does not now.
    pub(crate) fn last_reached(&self) -> Option<i64> {
        let PeerView::Reachable(_) = self.view else { return self.seen.reached };
        None
    }
}

/// The machine first, then each peer with its findings.
pub(crate) fn status(style: Style, machine: MachineLine<'_>, peers: &[PeerLine<'_>]) -> String {
    let mut text = format!("{}\n", style.title(style.lang.status_title()));
    text.push_str(&machine_block(style, machine));
    if peers.is_empty() {
        text.push_str(&format!("\n{}\n{}\n", style.lang.no_peers(), style.next("driftless invite")));
    }
    for peer in peers {
        text.push('\n');
        text.push_str(&peer_block(style, machine.state, *peer));
    }
    text
}

fn machine_block(style: Style, machine: MachineLine<'_>) -> String {
    let (lang, state) = (style.lang, machine.state);
    let words = Words::of(lang);
    let drift = match state.drift.len() {
        0 => style.good(words.none),
        n => style.warn(&lang.facts(n)),
    };
    let pending = match machine.pending.len() {
        0 => style.good("0"),
        n => style.warn(&n.to_string()),
    };
    let rows = [
        (words.database, format!("{} (PostgreSQL {})", machine.database, state.server_major)),
        (words.fingerprint, format!("{} ({})", state.fingerprint.short(), lang.facts(usize_of(state.facts)))),
        (words.applied, state.scripts.len().to_string()),
        (words.pending, pending),
        (words.drift, drift),
    ];
    let rows: Vec<Vec<String>> = rows.map(|(name, value)| vec![format!("{name}:"), value]).into();
    let mut text = format!("{}\n{}", style.strong(&state.machine), indent(&table(&rows), 2));
    text.push_str(&indent(&troubles(style, machine), 2));
    text
}

/// What is wrong or waits on this machine, told once.
pub(crate) fn troubles(style: Style, machine: MachineLine<'_>) -> String {
    let (lang, state) = (style.lang, machine.state);
    let mut text = String::new();
    let mut say = |finding: Finding| text.push_str(&finding::block(style, &finding, &state.machine));
    if let Some(halt) = &state.halted {
        say(Finding::Halted { place: Place::Here, halt: halt.clone() });
    }
    if !state.failed.is_empty() {
        say(Finding::Failed { place: Place::Here, scripts: state.failed.clone() });
    }
    if !state.held.is_empty() {
        say(Finding::Held { place: Place::Here, scripts: state.held.clone() });
    }
    let own: Vec<String> = state.drift.iter().filter(|fact| fact.left_by.is_none()).map(|f| id(&f.id)).collect();
    if !own.is_empty() {
        let facts = own;
        let since = state.scripts.last().map(|script| script.name.clone());
        say(Finding::Drifted { place: Place::Here, facts, since });
    }
    text.push_str(&left_by(style, &state.drift));
    if state.bootstrap && machine.has_peers {
        text.push_str(&format!("{}\n", style.faint(lang.bootstrap())));
    }
    if state.paused {
        text.push_str(&format!("{}\n  → driftless heal --resume\n", style.bang(lang.paused())));
    }
    if !machine.pending.is_empty() {
        let names: String = machine.pending.iter().map(|name| format!("    - {name}\n")).collect();
        text.push_str(&format!(
            "{}\n{names}  → driftless sync\n",
            style.bang(&lang.sync_pending(machine.pending.len()))
        ));
    }
    if !state.unsupported.is_empty() {
        let names: String = state.unsupported.iter().map(|name| format!("    - {name}\n")).collect();
        text.push_str(&format!("{}\n{names}", style.bang(&lang.not_supported(state.unsupported.len()))));
    }
    text
}

/// What scripts left that stopped half-way; nothing where none did.
pub(crate) fn left_by(style: Style, drift: &[DriftedFact]) -> String {
    let lang = style.lang;
    let mut by_script: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for fact in drift {
        if let Some(script) = &fact.left_by {
            by_script.entry(script).or_default().push(id(&fact.id));
        }
    }
    let mut text = String::new();
    for (script, facts) in by_script {
        text.push_str(&format!("{}\n", style.bang(&lang.left_by(script, &lang.facts(facts.len())))));
        text.push_str(&indent(&facts.join("\n"), 4));
        text.push_str(&indent(&format!("→ {}", lang.left_by_mend(script)), 2));
    }
    text
}

fn peer_block(style: Style, here: &NodeState, peer: PeerLine<'_>) -> String {
    let words = Words::of(style.lang);
    let address = match peer.way {
        Some(Way::Dialled(address)) => Some(address.to_string()),
        Some(Way::ItsCall) => Some(style.lang.link_its_call().to_owned()),
        None => peer.address.map(str::to_owned),
    };
    let address = address.map(|address| format!("  {}", style.faint(&address))).unwrap_or_default();
    let mut text = format!("{}{address}\n", style.strong(peer.name));
    if let PeerView::Reachable(state) = peer.view {
        let facts = style.lang.facts(usize_of(state.facts));
        let fingerprint = format!("{}: {} ({facts})", words.fingerprint, state.fingerprint.short());
        text.push_str(&indent(&fingerprint, 2));
        let left_out = usize_of(not_compared(here, state));
        if left_out > 0 {
            text.push_str(&indent(&style.lang.not_compared(left_out, here.server_major, state.server_major), 2));
        }
        if state.paused {
            text.push_str(&indent(&style.bang(&style.lang.paused_there(peer.name)), 2));
        }
    }
    text.push_str(&between(style, here, peer));
    text
}

/// What holds between this machine and a peer, told beside the peer.
pub(crate) fn between(style: Style, here: &NodeState, peer: PeerLine<'_>) -> String {
    let mut text = String::new();
    let mut told: Vec<&Finding> = peer.findings.iter().filter(|finding| !finding::is_here(finding)).collect();
    if told.is_empty() && matches!(peer.view, PeerView::Reachable(_)) {
        text.push_str(&indent(&style.bang(style.lang.same_scripts_here()), 2));
    }
    for finding in told.drain(..) {
        if waits_here(here, finding) {
            // `sync` would not help: the way out stands with this machine.
            let mut words = finding::words(style.lang, finding, peer.name);
            words.mend = Some(style.lang.waits_above().into());
            text.push_str(&indent(&finding::told(style, finding, &words), 2));
            continue;
        }
        let (since, reached) = (peer.since(), peer.last_reached());
        text.push_str(&indent(&finding::block_since(style, finding, peer.name, since, reached), 2));
    }
    text
}

/// Whether this machine lacks scripts because the first of them failed here or waits for a person, or all of them do.
fn waits_here(here: &NodeState, finding: &Finding) -> bool {
    let (Finding::Behind { scripts } | Finding::Forked { theirs: scripts, .. }) = finding else { return false };
    let told = |name: &String| {
        here.held.iter().any(|held| same_script(&held.name, name))
            || here.failed.iter().any(|failed| same_script(&failed.name, name))
    };
    here.halted.is_some() || scripts.first().is_some_and(told)
}

fn usize_of(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

struct Words {
    database: &'static str,
    fingerprint: &'static str,
    applied: &'static str,
    pending: &'static str,
    drift: &'static str,
    none: &'static str,
}

impl Words {
    fn of(lang: super::Lang) -> Self {
        match lang {
            super::Lang::En => Self {
                database: "database",
                fingerprint: "fingerprint",
                applied: "applied",
                pending: "pending",
                drift: "drift",
                none: "none",
            },
            super::Lang::Zh => Self {
                database: "数据库",
                fingerprint: "指纹",
                applied: "已应用",
                pending: "待应用",
                drift: "手工修改",
                none: "无",
            },
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::{Lang, moment};
    use super::*;
    use crate::hash::{Fingerprint, ScopeDigest};
    use crate::journal::Head;

    pub(crate) fn state(machine: &str) -> NodeState {
        NodeState {
            machine: machine.into(),
            database: "d".into(),
            server_major: 15,
            scope: ScopeDigest([0; 32]),
            looked_at: None,
            fingerprint: Fingerprint([7; 32]),
            across: crate::schema::Across::whole(Fingerprint([7; 32])),
            facts: 45,
            unsupported: Vec::new(),
            head: Head::EMPTY,
            scripts: Vec::new(),
            failed: Vec::new(),
            held: Vec::new(),
            drift: Vec::new(),
            halted: None,
            paused: false,
            bootstrap: false,
        }
    }

    #[track_caller]
    fn check(lang: Lang, expected: &str) {
        let (here, there) = (state("pc-a"), state("pc-b"));
        let view = PeerView::Reachable(Box::new(there));
        let pending = ["v2_a.sql".to_owned()];
        let machine =
            MachineLine { database: "me@localhost:5432/app", state: &here, pending: &pending, has_peers: true };
        let gone = PeerView::Unreachable { why: "timed out".into() };
        let peers = [
            PeerLine {
                name: "pc-b",
                address: Some("10.0.0.2:7432"),
                way: None,
                view: &view,
                findings: &[Finding::InSync],
                seen: PeerSeen::default(),
            },
            PeerLine {
                name: "pc-c",
                address: None,
                way: None,
                view: &gone,
                findings: &[Finding::Unreachable { why: "timed out".into() }],
                seen: PeerSeen::default(),
            },
        ];
        assert_eq!(status(Style { lang, color: false }, machine, &peers), expected);
    }

    #[track_caller]
    fn check_peer(lang: Lang, view: &PeerView, finding: &Finding, seen: PeerSeen, expected: &str) {
        let line =
            PeerLine { name: "pc-b", address: None, way: None, view, findings: std::slice::from_ref(finding), seen };
        assert_eq!(peer_block(Style { lang, color: false }, &state("pc-a"), line), expected);
    }

    #[test]
    fn since_when_a_peer_does_not_answer() {
        let (gone, why) = (PeerView::Unreachable { why: "timed out".into() }, "timed out".to_owned());
        let finding = Finding::Unreachable { why };
        let (since, reached) = (Some(1_763_807_400_000), Some(1_763_807_000_000));
        let when = moment(1_763_807_400_000);
        let noted = PeerSeen { trouble: Some(NoAnswer::Unreachable), since, reached };
        let doctor = "    → driftless doctor\n";
        check_peer(
            Lang::En,
            &gone,
            &finding,
            noted,
            &format!("pc-b\n  ✗ not reachable since {when}: timed out\n{doctor}"),
        );
        check_peer(Lang::Zh, &gone, &finding, noted, &format!("pc-b\n  ✗ 自 {when} 起无法连接: timed out\n{doctor}"));
        let when = moment(1_763_807_000_000);
        let no_agent = PeerSeen { trouble: None, since: None, reached };
        let last = format!("pc-b\n  ✗ not reachable: timed out (last reached {when})\n{doctor}");
        check_peer(Lang::En, &gone, &finding, no_agent, &last);
        let other = PeerSeen { trouble: Some(NoAnswer::Untrusted), ..noted };
        check_peer(
            Lang::Zh,
            &gone,
            &finding,
            other,
            &format!("pc-b\n  ✗ 无法连接: timed out（上次连接于 {when}）\n{doctor}"),
        );
    }

    #[test]
    fn what_waits_here_is_not_to_be_synced() {
        let mut here = state("pc-a");
        let reason = crate::heal::HoldReason::AlreadyHere;
        here.held.push(crate::divergence::HeldScript { name: "v1_a.sql".into(), from: None, reason });
        let behind = |names: &[&str]| Finding::Behind { scripts: names.iter().map(|&name| name.to_owned()).collect() };
        assert!(waits_here(&here, &behind(&["v1_a.sql"])));
        // it holds back those after it, not those before it
        assert!(waits_here(&here, &behind(&["v1_a.sql", "v2_b.sql"])));
        assert!(!waits_here(&here, &behind(&["v0_x.sql", "v1_a.sql"])));
        let view = PeerView::Reachable(Box::new(state("pc-b")));
        let (findings, seen) = ([behind(&["v1_a.sql"])], PeerSeen::default());
        let line = PeerLine { name: "pc-b", address: None, way: None, view: &view, findings: &findings, seen };
        let block = peer_block(Style::default(), &here, line);
        assert!(
            block.ends_with("  ! behind pc-b by 1 script: v1_a.sql\n    → see what waits here, above\n"),
            "{block}"
        );
    }

    #[test]
    fn a_peer_beside_a_machine_that_drifted_alone() {
        let view = PeerView::Reachable(Box::new(state("pc-b")));
        let drifted = Finding::Drifted { place: Place::Here, facts: vec!["column public.a.b".into()], since: None };
        let block = "pc-b\n  fingerprint: 070707070707 (45 facts)\n  ! the same scripts; what differs was changed on this machine (see above)\n";
        check_peer(Lang::En, &view, &drifted, PeerSeen::default(), block);
    }

    #[test]
    fn machine_and_peers_in_english() {
        check(
            Lang::En,
            "============================================================\nStatus\n\
             ============================================================\npc-a\n  \
             database:     me@localhost:5432/app (PostgreSQL 15)\n  fingerprint:  070707070707 (45 facts)\n  \
             applied:      0\n  pending:      1\n  drift:        none\n  ! Pending scripts: 1\n      - v2_a.sql\n    \
             → driftless sync\n\npc-b  10.0.0.2:7432\n  fingerprint: 070707070707 (45 facts)\n  ✓ in sync\n\npc-c\n  \
             ✗ not reachable: timed out\n    → driftless doctor\n",
        );
    }

    #[test]
    fn machine_and_peers_in_chinese() {
        check(
            Lang::Zh,
            "============================================================\n状态\n\
             ============================================================\npc-a\n  \
             数据库:    me@localhost:5432/app (PostgreSQL 15)\n  指纹:      070707070707 (45 个结构项)\n  \
             已应用:    0\n  待应用:    1\n  手工修改:  无\n  ! 待应用的迁移: 1 个\n      - v2_a.sql\n    \
             → driftless sync\n\npc-b  10.0.0.2:7432\n  指纹: 070707070707 (45 个结构项)\n  ✓ 一致\n\npc-c\n  \
             ✗ 无法连接: timed out\n    → driftless doctor\n",
        );
    }
}
