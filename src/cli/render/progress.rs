//! Applying scripts, as it happens and in the end, in the old tools' shape.

use std::fmt::Write as _;

use super::diff::harmless;
use super::{Style, duration, hold, indent, problem};
use crate::agent::heal::Tried;
use crate::agent::statements::Waiting;
use crate::agent::sync::SyncReport;
use crate::divergence::HeldScript;
use crate::heal::{HoldReason, Plan};
use crate::postgres::apply::Outcome;
use crate::postgres::connect::Notice;

/// A text of several lines in one, for a log.
pub(crate) fn one_line(text: &str) -> String {
    harmless(text).lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// What came of one script, with what the server said meanwhile: its NOTICEs and WARNINGs carry the script's own verdict.
pub(crate) fn tried(style: Style, tried: &Tried) -> String {
    let lang = style.lang;
    let name = match &tried.from {
        Some(peer) => format!("{} ← {peer}", tried.name),
        None => tried.name.clone(),
    };
    match &tried.outcome {
        Outcome::Applied { duration: took, notices, .. } => {
            let took = duration(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
            format!("{}\n{}", style.tick(&lang.applied(&name, &took)), said(style, notices))
        }
        Outcome::AlreadyApplied => format!("{}\n", style.tick(&lang.applied_already(&name))),
        Outcome::Held { reason, notices } => {
            let held = HeldScript { name: tried.name.clone(), from: tried.from.clone(), reason: reason.clone() };
            format!("{}{}", held_script(style, &held), said(style, notices))
        }
        Outcome::Failed(failure) => {
            let words = indent(&harmless(&failure.to_string()), 4);
            format!("{}\n{words}{}", style.cross(&lang.apply_failed(&name)), said(style, &failure.notices))
        }
        Outcome::Retry { why, .. } => {
            format!("{}\n{}", style.bang(&lang.apply_not_tried(&name)), indent(&harmless(why), 4))
        }
        Outcome::NeedDigests(_) => String::new(),
    }
}

/// NOTICEs as they are, WARNINGs marked.
fn said(style: Style, notices: &[Notice]) -> String {
    notices.iter().fold(String::new(), |mut text, notice| {
        let message = harmless(&notice.message);
        let line = if notice.is_warning() { style.warn(&message) } else { message };
        let _ = write!(text, "{}", indent(&line, 4));
        text
    })
}

/// `! held: name (its hazard)` and why.
pub(crate) fn held_script(style: Style, held: &HeldScript) -> String {
    let lang = style.lang;
    let hazard = style.faint(&format!("({})", hold::reason_word(&held.reason)));
    let mut text = format!("{} {hazard}\n", style.bang(&lang.apply_held(&held.name)));
    match &held.reason {
        HoldReason::DataLoss { losses } => {
            for loss in losses {
                text.push_str(&indent(&hold::loss(lang, loss), 4));
            }
        }
        reason => text.push_str(&indent(&harmless(&hold::reason(lang, reason)), 4)),
    }
    text
}

/// Lines of a statement that are shown; `--json` has the whole.
const LINES: usize = 12;
/// Statements of a script that are shown.
const STATEMENTS: usize = 20;

/// The statements that a hold is about, each with the line at which it stands.
pub(crate) fn statements(style: Style, waiting: &Waiting) -> String {
    let name = &waiting.held.name;
    let mut text = String::new();
    for statement in waiting.statements.iter().take(STATEMENTS) {
        let sql = harmless(&statement.sql);
        let lines: Vec<&str> = sql.lines().collect();
        let mut shown = lines[..lines.len().min(LINES)].join("\n");
        match lines.len().checked_sub(LINES).filter(|more| *more > 0) {
            Some(more) => {
                let _ = write!(shown, "\n… (+{more})");
            }
            None => shown.push(';'),
        }
        let _ = write!(text, "{}", style.faint(&format!("{name}:{}:", statement.line)));
        let _ = write!(text, "\n{}", indent(&shown, 2));
    }
    if waiting.statements.len() > STATEMENTS {
        let _ = writeln!(text, "… (+{})", waiting.statements.len() - STATEMENTS);
    }
    text
}

/// Held scripts with what to type for each; those that have run here in one block.
pub(crate) fn held_list(style: Style, held: &[HeldScript]) -> String {
    let bare = |held: &HeldScript| Waiting { held: held.clone(), statements: Vec::new() };
    waiting_list(style, &held.iter().map(bare).collect::<Vec<_>>())
}

/// The same with the statements that each is about.
pub(crate) fn waiting_list(style: Style, waiting: &[Waiting]) -> String {
    waiting_after(style, waiting, &[])
}

/// The same below what was told of these tries: what stopped one of them is not told again, only what to type.
pub(crate) fn waiting_after(style: Style, waiting: &[Waiting], tries: &[Tried]) -> String {
    let lang = style.lang;
    let stopped = |outcome: &Outcome| matches!(outcome, Outcome::Held { .. } | Outcome::Failed(_));
    let told = |held: &HeldScript| tries.iter().any(|tried| tried.name == held.name && stopped(&tried.outcome));
    let held: Vec<HeldScript> = waiting.iter().map(|waiting| waiting.held.clone()).collect();
    let mut text = String::new();
    for group in hold::groups(&held) {
        if let Some(behind) = group.behind(lang) {
            text.push_str(&format!("{}\n", style.bang(&behind)));
            continue;
        }
        match group.reason(lang) {
            Some(reason) => {
                let head = style.bang(&lang.apply_held(&group.names(lang)));
                text.push_str(&format!("{head}\n{}", indent(&reason, 4)));
            }
            None => {
                if !told(group.scripts[0]) {
                    text.push_str(&held_script(style, group.scripts[0]));
                }
                let known = waiting.iter().find(|waiting| waiting.held == *group.scripts[0]);
                text.push_str(&known.map(|known| indent(&statements(style, known), 4)).unwrap_or_default());
            }
        }
        if let Some(mend) = group.mend(lang) {
            text.push_str(&indent(&format!("→ {mend}"), 2));
        }
    }
    text
}

/// What was found, before anything is done.
pub(crate) fn found(style: Style, report: &SyncReport) -> String {
    let lang = style.lang;
    let mut text = format!("{}\n{}\n", lang.sync_applied(report.applied_before), lang.sync_found(report.found));
    for (name, why) in &report.ignored {
        let _ = writeln!(text, "{}", style.faint(&lang.ignored_file(&harmless(name), why)));
    }
    let pending = report.pending.len() + from_peers(report).count();
    let _ = writeln!(text, "{}", lang.sync_pending(pending));
    for name in &report.pending {
        let _ = writeln!(text, "  - {name}");
    }
    for (peer, name) in from_peers(report) {
        let _ = writeln!(text, "  - {name} ← {peer}");
    }
    for (name, problems) in &report.unusable {
        let _ = writeln!(text, "{}", style.cross(&lang.apply_failed(name)));
        for found in problems {
            text.push_str(&indent(&problem::problem(lang, name, found), 4));
        }
    }
    for name in &report.edited {
        text.push_str(&edited(style, name));
    }
    text
}

/// A script whose file says something else than what was applied, with the way out.
pub(crate) fn edited(style: Style, name: &str) -> String {
    let lang = style.lang;
    format!("{}\n{}", style.bang(&lang.edited(name)), indent(&format!("→ {}", lang.edited_hint(name)), 2))
}

/// Scripts of peers that are not in the own folder as well: those were counted there.
fn from_peers(report: &SyncReport) -> impl Iterator<Item = &(String, String)> {
    report.pending_from_peers.iter().filter(|(_, name)| !report.pending.contains(name))
}

/// The counts in the end, and what to type next.
pub(crate) fn result(style: Style, report: &SyncReport) -> String {
    let lang = style.lang;
    let (good, bad) = (report.succeeded(), report.failed());
    let mut text = format!("\n{}\n", style.title(lang.sync_result_title()));
    let _ = writeln!(text, "{}\n{}", lang.sync_succeeded(good), lang.sync_failed(bad));
    if !report.held.is_empty() {
        let _ = writeln!(text, "{}", lang.sync_held(report.held.len()));
        text.push_str(&indent(&held_list(style, &report.held), 2));
    }
    for why in &report.hook_failed {
        let _ = writeln!(text, "{}", style.cross(&lang.hook_failed(&harmless(why))));
    }
    for fact in &report.misread {
        let _ = writeln!(text, "{}", style.cross(&harmless(fact)));
    }
    text
}

/// What healing from one peer would do.
pub(crate) fn plan(style: Style, plan: &Plan, waiting: &[Waiting]) -> String {
    let mut text = format!("{}\n", style.strong(&plan.peer));
    for step in &plan.steps {
        let _ = writeln!(text, "  + {}  {}", step.name, style.faint(&step.checksum.short()));
    }
    text.push_str(&indent(&waiting_list(style, waiting), 2));
    text
}
