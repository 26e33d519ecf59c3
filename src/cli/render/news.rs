//! The agent's news as lines of a log: one sentence each, with what a person can type where something waits.

use serde_json::{Value, json};
use tracing::Level;

use super::{Lang, duration, finding, hint, hold, progress};
use crate::agent::chain;
use crate::agent::heal::Tried;
use crate::agent::news::News;
use crate::divergence::Finding;
use crate::postgres::apply::Outcome;

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// How grave it is.
    pub(crate) level: Level,
    /// Its kind, for programs.
    pub(crate) event: &'static str,
    /// The sentence.
    pub(crate) text: String,
    /// Its particulars, for programs.
    pub(crate) details: Value,
}

fn info(event: &'static str, text: String, details: Value) -> Line {
    Line { level: Level::INFO, event, text, details }
}

fn warn(event: &'static str, text: String, details: Value) -> Line {
    Line { level: Level::WARN, event, text, details }
}

/// Words a piece of news; `None`: nothing that a person needs to know.
pub(crate) fn line(lang: Lang, news: &News<'_>) -> Option<Line> {
    Some(match news {
        News::Listening { address, machine } => {
            let text = lang.log_listening(&address.to_string(), machine);
            info("listening", text, json!({ "address": address.to_string(), "machine": machine }))
        }
        News::Stopping => info("stopping", lang.log_stopping().to_owned(), Value::Null),
        News::Stopped => info("stopped", lang.log_stopped().to_owned(), Value::Null),
        News::Paused => warn("paused", lang.log_paused().to_owned(), Value::Null),
        News::Trouble(error) => warn("trouble", chain(*error), Value::Null),
        News::DatabaseReached => info("database_reached", lang.log_database_reached().to_owned(), Value::Null),
        News::PeerReached(peer) => info("peer_reached", lang.log_peer_reached(peer), json!({ "peer": peer })),
        News::PeerLost { peer, error } => {
            let lead = hint::lead_peer(lang, error).map(|lead| format!("{lead}: ")).unwrap_or_default();
            warn("peer_lost", format!("{lead}{error}"), json!({ "peer": peer }))
        }
        News::Waiting(holder) => {
            let who = format!("{}, pid {}", holder.application, holder.pid);
            info("waiting", lang.waiting_for_lock(&who), json!({ "holder": holder.application, "pid": holder.pid }))
        }
        News::Applying { script, peer, number, of } => {
            let text = format!("[{number}/{of}] {}", lang.applying(&from(script, *peer)));
            info("applying", text, json!({ "script": script, "peer": peer, "number": number, "of": of }))
        }
        News::Tried(tried) => return of_tried(lang, tried),
        News::Captured(script) => info("captured", lang.log_captured(script), json!({ "script": script })),
        News::NotCaptured(error) => warn("not_captured", lang.log_not_captured(&chain(*error)), Value::Null),
        News::HookFailed(why) => {
            Line { level: Level::ERROR, ..warn("hook_failed", lang.hook_failed(why), Value::Null) }
        }
        News::Found { peer, finding } => of_finding(lang, peer, finding),
    })
}

fn from(script: &str, peer: Option<&str>) -> String {
    peer.map_or_else(|| script.to_owned(), |peer| format!("{script} ← {peer}"))
}

fn of_tried(lang: Lang, tried: &Tried) -> Option<Line> {
    let name = from(&tried.name, tried.from.as_deref());
    let details = json!({ "script": tried.name, "peer": tried.from });
    Some(match &tried.outcome {
        Outcome::Applied { duration: took, .. } => {
            let took = duration(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
            info("applied", lang.applied(&name, &took), details)
        }
        Outcome::AlreadyApplied => info("applied_already", lang.applied_already(&name), details),
        Outcome::Held { reason, .. } => {
            let mend = hold::mend(lang, &tried.name, reason).map(|mend| format!(" → {mend}")).unwrap_or_default();
            let text = format!("{}: {}{mend}", lang.apply_held(&name), hold::reason(lang, reason));
            let details = json!({ "script": tried.name, "peer": tried.from, "why": reason });
            warn("held", progress::one_line(&text), details)
        }
        Outcome::Failed(failure) => {
            let text = format!("{}: {}", lang.apply_failed(&name), progress::one_line(&failure.to_string()));
            Line { level: Level::ERROR, ..warn("failed", text, details) }
        }
        Outcome::Retry { why, .. } => {
            warn("not_tried", format!("{}: {}", lang.apply_not_tried(&name), progress::one_line(why)), details)
        }
        Outcome::NeedDigests(_) => return None,
    })
}

fn of_finding(lang: Lang, peer: &str, found: &Finding) -> Line {
    let details = json!({ "peer": peer, "finding": found });
    if let Finding::InSync = found {
        return info("in_sync", lang.log_in_sync(peer), details);
    }
    let words = finding::words(lang, found, peer);
    // What is said of a peer that gave no answer names nobody: on its own page it stands under the peer's name.
    let nameless =
        matches!(found, Finding::Unreachable { .. } | Finding::Untrusted { .. } | Finding::Incompatible { .. });
    let who = if nameless { format!("{peer}: ") } else { String::new() };
    let more = if words.details.is_empty() { String::new() } else { format!(": {}", words.details.join("; ")) };
    let mend = words.mend.map(|mend| format!(" → {mend}")).unwrap_or_default();
    warn(finding::word(found), progress::one_line(&format!("{who}{}{more}{mend}", words.what)), details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::divergence::Place;
    use crate::heal::{HoldReason, Loss, LossKind};

    #[track_caller]
    fn check(news: &News<'_>, en: &str, zh: &str) {
        let text = |lang| line(lang, news).map(|line| line.text).unwrap_or_default();
        assert_eq!((text(Lang::En).as_str(), text(Lang::Zh).as_str()), (en, zh));
    }

    #[test]
    fn holds_and_findings_are_sentences() {
        let losses = vec![Loss { what: "column public.a.b".into(), how: LossKind::DroppedValues { values: 2 } }];
        let reason = HoldReason::DataLoss { losses };
        let outcome = Outcome::Held { reason, notices: Vec::new() };
        let tried = Tried { name: "v2_b.sql".into(), from: Some("pc-a".into()), outcome };
        check(
            &News::Tried(&tried),
            "held: v2_b.sql ← pc-a: data would be lost: column public.a.b: dropped with 2 values → driftless heal --approve v2_b.sql",
            "等待确认: v2_b.sql ← pc-a: 会丢失数据: column public.a.b: 删除时含 2 个值 → driftless heal --approve v2_b.sql",
        );
        let finding = Finding::Drifted { place: Place::There, facts: vec!["column public.a.c".into()], since: None };
        check(
            &News::Found { peer: "pc-a", finding: &finding },
            "drifted on pc-a: 1 fact: column public.a.c → on pc-a: driftless check, then keep it: driftless capture DESCRIPTION, or undo it: driftless heal --revert-drift",
            "pc-a 的结构被手工修改: 1 个结构项: column public.a.c → 在 pc-a 上执行: driftless check，然后保留: driftless capture 说明，或撤销: driftless heal --revert-drift",
        );
        let finding = Finding::Incompatible { why: "it misbehaved: x".into(), scope: Vec::new() };
        let Some(line) = super::line(Lang::En, &News::Found { peer: "mallory", finding: &finding }) else {
            panic!("no line")
        };
        assert!(line.text.starts_with("mallory: cannot be compared: it misbehaved: x"), "{}", line.text);
        check(&News::Found { peer: "pc-a", finding: &Finding::InSync }, "in sync with pc-a", "与 pc-a 一致");
    }
}
