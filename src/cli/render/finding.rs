//! Findings in words: what, since which script, and the command that mends it.

use super::{Lang, Style, hold, indent, list, moment, why};
use crate::divergence::{FailedScript, Finding, Halt, HeldScript, Place};

const MOST: usize = 6;

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// What was found, since which script.
    pub(crate) what: String,
    /// More of it, a line each.
    pub(crate) details: Vec<String>,
    /// The command, or the deed, that mends it.
    pub(crate) mend: Option<String>,
}

impl Words {
    fn new(what: String, mend: Option<String>) -> Self {
        Self { what, details: Vec::new(), mend }
    }
}

/// The finding's word, as in JSON.
pub(crate) fn word(finding: &Finding) -> &'static str {
    match finding {
        Finding::InSync => "in_sync",
        Finding::Behind { .. } => "behind",
        Finding::Ahead { .. } => "ahead",
        Finding::Forked { .. } => "forked",
        Finding::Conflict { .. } => "conflict",
        Finding::Drifted { .. } => "drifted",
        Finding::Differs => "differs",
        Finding::Failed { .. } => "failed",
        Finding::Held { .. } => "held",
        Finding::Halted { .. } => "halted",
        Finding::Unreachable { .. } => "unreachable",
        Finding::Untrusted { .. } => "untrusted",
        Finding::Incompatible { .. } => "incompatible",
    }
}

/// Whether it is about this machine alone, and so is told once and not beside each peer.
pub(crate) fn is_here(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::Drifted { place: Place::Here, .. }
            | Finding::Failed { place: Place::Here, .. }
            | Finding::Held { place: Place::Here, .. }
            | Finding::Halted { place: Place::Here, .. }
    )
}

/// `✓ in sync`, or `✗ what` with its details and its mend below.
pub(crate) fn block(style: Style, finding: &Finding, peer: &str) -> String {
    told(style, finding, &words(style.lang, finding, peer))
}

/// The same, with words of the caller's.
pub(crate) fn told(style: Style, finding: &Finding, words: &Words) -> String {
    let head = match finding {
        Finding::InSync => style.tick(&words.what),
        Finding::Behind { .. } | Finding::Ahead { .. } | Finding::Held { .. } | Finding::Drifted { .. } => {
            style.bang(&words.what)
        }
        _ => style.cross(&words.what),
    };
    let mut text = format!("{head}\n");
    for detail in &words.details {
        text.push_str(&indent(detail, 4));
    }
    if let Some(mend) = &words.mend {
        text.push_str(&indent(&format!("→ {mend}"), 2));
    }
    text
}

/// The same for a peer's own block: a peer that does not answer is told with since when, or when it last answered.
pub(crate) fn block_since(
    style: Style,
    finding: &Finding,
    peer: &str,
    since: Option<i64>,
    reached: Option<i64>,
) -> String {
    let (Finding::Unreachable { .. } | Finding::Untrusted { .. } | Finding::Incompatible { .. }) = finding else {
        return block(style, finding, peer);
    };
    let words = no_answer(style.lang, peer, finding, since, reached);
    let mend = words.mend.map(|mend| indent(&format!("→ {mend}"), 2)).unwrap_or_default();
    format!("{}\n{mend}", style.cross(&words.what))
}

/// A finding in words; `peer` is the name of the machine it was compared with.
pub(crate) fn words(lang: Lang, finding: &Finding, peer: &str) -> Words {
    match finding {
        Finding::InSync => Words::new(pick(lang, "in sync", "一致"), None),
        Finding::Behind { scripts } => {
            let (n, names) = (lang.scripts(scripts.len()), list(lang, scripts, MOST));
            let what = match lang {
                Lang::En => format!("behind {peer} by {n}: {names}"),
                Lang::Zh => format!("落后于 {peer} {n}: {names}"),
            };
            Words::new(what, Some("driftless sync".into()))
        }
        Finding::Ahead { scripts } => {
            let (n, names) = (lang.scripts(scripts.len()), list(lang, scripts, MOST));
            let what = match lang {
                Lang::En => format!("ahead of {peer} by {n}: {names}"),
                Lang::Zh => format!("领先于 {peer} {n}: {names}"),
            };
            Words::new(what, Some(lang.peer_applies(peer)))
        }
        Finding::Forked { ours, theirs, since } => forked(lang, peer, ours, theirs, since.as_deref()),
        Finding::Conflict { scripts } => {
            let names = list(lang, scripts, MOST);
            let what = match lang {
                Lang::En => format!("conflict with {peer}: one name, two different texts: {names}"),
                Lang::Zh => format!("与 {peer} 冲突: 同名但内容不同: {names}"),
            };
            let name = scripts.first().map_or("", String::as_str);
            Words::new(what, hold::mend(lang, name, &crate::heal::HoldReason::Conflict))
        }
        Finding::Drifted { place, facts, since } => drifted(lang, peer, *place, facts, since.as_deref()),
        Finding::Differs => {
            let what = match lang {
                Lang::En => format!("differs from {peer}, although both applied the same scripts"),
                Lang::Zh => format!("与 {peer} 的结构不同，尽管双方应用了相同的脚本"),
            };
            let mend = match lang {
                Lang::En => format!(
                    "driftless diff {peer}; with --sql it prints what would make this machine as {peer} is, for one new script (driftless new)"
                ),
                Lang::Zh => format!(
                    "driftless diff {peer}; 加上 --sql 会输出使本机与 {peer} 一致的语句，可放入一个新脚本（driftless new）"
                ),
            };
            Words::new(what, Some(mend))
        }
        Finding::Failed { place, scripts } => failed(lang, peer, *place, scripts),
        Finding::Held { place, scripts } => held(lang, peer, *place, scripts),
        Finding::Halted { place, halt } => halted(lang, peer, *place, halt),
        Finding::Unreachable { .. } | Finding::Untrusted { .. } | Finding::Incompatible { .. } => {
            no_answer(lang, peer, finding, None, None)
        }
    }
}

fn no_answer(lang: Lang, peer: &str, finding: &Finding, since: Option<i64>, reached: Option<i64>) -> Words {
    let (what, why, mend) = match finding {
        Finding::Unreachable { why } => {
            (pick(lang, "not reachable", "无法连接"), why::no_answer(lang, why), "driftless doctor".to_owned())
        }
        Finding::Untrusted { why } => {
            let mend = match lang {
                Lang::En => format!("on {peer}: driftless invite; here: driftless join TOKEN"),
                Lang::Zh => format!("在 {peer} 上执行: driftless invite; 在本机执行: driftless join TOKEN"),
            };
            (pick(lang, "not trusted", "不受信任"), why::no_answer(lang, why), mend)
        }
        Finding::Incompatible { why, scope } => {
            let why = if scope.is_empty() { why::no_answer(lang, why) } else { why::scope(lang, scope) };
            let mend = pick(
                lang,
                "use the same version of driftless and the same [database] schemas and ignore on both machines",
                "请在两台机器上使用相同版本的 driftless 以及相同的 [database] schemas 与 ignore",
            );
            (pick(lang, "cannot be compared", "无法比较"), why, mend)
        }
        _ => (String::new(), String::new(), String::new()),
    };
    let what = match (lang, since.map(moment), reached.map(moment)) {
        (Lang::En, Some(since), _) => format!("{what} since {since}: {why}"),
        (Lang::Zh, Some(since), _) => format!("自 {since} 起{what}: {why}"),
        (Lang::En, None, Some(reached)) => format!("{what}: {why} (last reached {reached})"),
        (Lang::Zh, None, Some(reached)) => format!("{what}: {why}（上次连接于 {reached}）"),
        (_, None, None) => format!("{what}: {why}"),
    };
    Words::new(what, Some(mend))
}

fn forked(lang: Lang, peer: &str, ours: &[String], theirs: &[String], since: Option<&str>) -> Words {
    let what = match (lang, since) {
        (Lang::En, Some(since)) => format!("forked from {peer} since {since}"),
        (Lang::En, None) => format!("forked from {peer}, with nothing in common"),
        (Lang::Zh, Some(since)) => format!("自 {since} 起与 {peer} 分叉"),
        (Lang::Zh, None) => format!("与 {peer} 分叉，没有共同的脚本"),
    };
    let theirs_first = theirs.first();
    let (ours, theirs) = (list(lang, ours, MOST), list(lang, theirs, MOST));
    let details = match lang {
        Lang::En => vec![format!("only here: {ours}"), format!("only on {peer}: {theirs}")],
        Lang::Zh => vec![format!("仅本机: {ours}"), format!("仅 {peer}: {theirs}")],
    };
    let mend = theirs_first.and_then(|name| hold::mend(lang, name, &crate::heal::HoldReason::Forked));
    Words { what, details, mend }
}

/// Drift in words; used for the machine itself as well.
pub(crate) fn drifted(lang: Lang, peer: &str, place: Place, facts: &[String], since: Option<&str>) -> Words {
    let n = lang.facts(facts.len());
    let place_words = match (lang, place) {
        (Lang::En, Place::Here) => "drifted here".to_owned(),
        (Lang::En, Place::There) => format!("drifted on {peer}"),
        (Lang::En, Place::BothAlike) => format!("drifted here and on {peer}, alike"),
        (Lang::En, Place::BothDifferently) => format!("drifted here and on {peer}, differently"),
        (Lang::Zh, Place::Here) => "本机结构被手工修改".to_owned(),
        (Lang::Zh, Place::There) => format!("{peer} 的结构被手工修改"),
        (Lang::Zh, Place::BothAlike) => format!("本机与 {peer} 的结构被同样地手工修改"),
        (Lang::Zh, Place::BothDifferently) => format!("本机与 {peer} 的结构被不同地手工修改"),
    };
    let what = match (lang, since) {
        (Lang::En, Some(since)) => format!("{place_words} since {since}: {n}"),
        (Lang::En, None) => format!("{place_words}: {n}"),
        (Lang::Zh, Some(since)) => format!("{place_words}（自 {since} 起）: {n}"),
        (Lang::Zh, None) => format!("{place_words}: {n}"),
    };
    let mut details: Vec<String> = facts.iter().take(MOST).cloned().collect();
    if facts.len() > MOST {
        details.push(lang.and_more(facts.len() - MOST).trim_start().to_owned());
    }
    let mend = match (lang, place) {
        (Lang::En, Place::There) => {
            format!(
                "on {peer}: driftless check, then keep it: driftless capture DESCRIPTION, or undo it: driftless heal --revert-drift"
            )
        }
        (Lang::Zh, Place::There) => {
            format!("在 {peer} 上执行: driftless check，然后保留: driftless capture 说明，或撤销: driftless heal --revert-drift")
        }
        (Lang::En, Place::BothAlike) => format!(
            "make it a script here or on {peer}, once: driftless capture DESCRIPTION (the other machine takes it over without running it)"
        ),
        (Lang::Zh, Place::BothAlike) => {
            format!("在本机或 {peer} 上转为脚本一次即可: driftless capture 说明（另一台机器会直接采纳，不会执行）")
        }
        (Lang::En, Place::BothDifferently) => {
            "undo it on one of the two: driftless heal --revert-drift, then keep the other: driftless capture DESCRIPTION"
                .to_owned()
        }
        (Lang::Zh, Place::BothDifferently) => {
            "在其中一台上撤销: driftless heal --revert-drift，然后在另一台上保留: driftless capture 说明".to_owned()
        }
        (Lang::En, _) => {
            "driftless check, then keep it: driftless capture DESCRIPTION, or undo it: driftless heal --revert-drift"
                .to_owned()
        }
        (Lang::Zh, _) => {
            "driftless check，然后保留: driftless capture 说明，或撤销: driftless heal --revert-drift".to_owned()
        }
    };
    Words { what, details, mend: Some(mend) }
}

fn at(lang: Lang, place: Place, peer: &str) -> String {
    match (lang, place) {
        (_, Place::Here) => lang.here().to_owned(),
        (Lang::En, Place::There) => format!("on {peer}"),
        (Lang::Zh, Place::There) => format!("在 {peer} 上"),
        (Lang::En, _) => format!("here and on {peer}"),
        (Lang::Zh, _) => format!("本机与 {peer}"),
    }
}

/// Failed scripts in words; used for the machine itself as well.
pub(crate) fn failed(lang: Lang, peer: &str, place: Place, scripts: &[FailedScript]) -> Words {
    let (n, place_words) = (lang.scripts(scripts.len()), at(lang, place, peer));
    let what = match lang {
        Lang::En => format!("failed {place_words}: {n}"),
        Lang::Zh => format!("{place_words}执行失败: {n}"),
    };
    // Rows of the old tools may hold no words.
    let detail = |script: &FailedScript| match script.error.as_str() {
        "" => script.name.clone(),
        // the server's words begin with name and line
        error if error.starts_with(&script.name) => super::diff::harmless(error),
        error => format!("{}: {}", script.name, super::diff::harmless(error)),
    };
    let details = scripts.iter().map(detail).collect();
    let mend = match (lang, place) {
        (Lang::En, Place::There) => {
            format!("on {peer}: mend what the server names, or the script, then driftless sync")
        }
        (Lang::Zh, Place::There) => format!("在 {peer} 上按服务器提示修正数据或脚本，然后执行 driftless sync"),
        (Lang::En, _) => "mend what the server names, or the script, then driftless sync".to_owned(),
        (Lang::Zh, _) => "请按服务器提示修正数据或脚本，然后执行 driftless sync".to_owned(),
    };
    Words { what, details, mend: Some(mend) }
}

/// Held scripts in words; used for the machine itself as well.
pub(crate) fn held(lang: Lang, peer: &str, place: Place, scripts: &[HeldScript]) -> Words {
    let (n, place_words) = (lang.scripts(scripts.len()), at(lang, place, peer));
    let what = match lang {
        Lang::En => format!("held {place_words}, for a person: {n}"),
        Lang::Zh => format!("{place_words}有待人工确认: {n}"),
    };
    let groups = hold::groups(scripts);
    let detail = |group: &hold::Group<'_>| match group.reason(lang) {
        _ if group.behind(lang).is_some() => group.behind(lang).unwrap_or_default(),
        Some(reason) => format!("{}: {reason}", group.names(lang)),
        None => {
            let script = group.scripts[0];
            format!("{}: {}", script.name, hold::reason(lang, &script.reason))
        }
    };
    let details = groups.iter().map(detail).collect();
    let first = groups.iter().find_map(|group| group.mend(lang));
    let mend = first.map(|mend| match (lang, place) {
        (Lang::En, Place::There) => format!("on {peer}: {mend}"),
        (Lang::Zh, Place::There) => format!("在 {peer} 上: {mend}"),
        _ => mend,
    });
    Words { what, details, mend }
}

/// A halt in words; used for the machine itself as well.
pub(crate) fn halted(lang: Lang, peer: &str, place: Place, halt: &Halt) -> Words {
    let place_words = match (lang, place) {
        (Lang::Zh, Place::There) => peer.to_owned(),
        _ => at(lang, place, peer),
    };
    let why = halt_reason(lang, halt);
    let what = match lang {
        Lang::En => format!("healing has halted {place_words}: {why}"),
        Lang::Zh => format!("{place_words}的修复已停止: {why}"),
    };
    let emptied = matches!(halt, Halt::HistoryReset | Halt::RowsVanished { .. });
    let mark = "driftless history mark-applied --all";
    let mend = match (lang, place) {
        (Lang::En, Place::There) if emptied => format!("on {peer}: {mark}, then driftless heal --resume"),
        (Lang::Zh, Place::There) if emptied => format!("在 {peer} 上执行: {mark}，然后 driftless heal --resume"),
        (Lang::En, Place::Here) if emptied => {
            format!("{mark} (takes what is here for applied), then driftless heal --resume")
        }
        (Lang::Zh, Place::Here) if emptied => {
            format!("{mark}（将本机已有的视为已应用），然后 driftless heal --resume")
        }
        (Lang::En, Place::There) => format!("on {peer}: look at the history, then driftless heal --resume"),
        (Lang::Zh, Place::There) => format!("在 {peer} 上检查历史，然后执行 driftless heal --resume"),
        (Lang::En, _) => "look at the history (driftless history), then driftless heal --resume".to_owned(),
        (Lang::Zh, _) => "请检查历史（driftless history），然后执行 driftless heal --resume".to_owned(),
    };
    Words::new(what, Some(mend))
}

/// Why healing has stopped.
pub(crate) fn halt_reason(lang: Lang, halt: &Halt) -> String {
    match (lang, halt) {
        (Lang::En, Halt::HistoryReset) => "the history was reset".into(),
        (Lang::Zh, Halt::HistoryReset) => "迁移历史已被重置".into(),
        (Lang::En, Halt::RowsVanished { names }) => {
            format!("rows of the history have vanished: {}", list(lang, names, MOST))
        }
        (Lang::Zh, Halt::RowsVanished { names }) => format!("迁移历史中的记录消失: {}", list(lang, names, MOST)),
        (Lang::En, Halt::WentBackwards { remembered, found }) => {
            format!("the journal ends with entry {found}, {remembered} was remembered: restored from a backup?")
        }
        (Lang::Zh, Halt::WentBackwards { remembered, found }) => {
            format!("日志止于第 {found} 条，而此前已到第 {remembered} 条: 是否从备份恢复过?")
        }
        (Lang::En, Halt::AnotherDatabase) => "the database is another one than before".into(),
        (Lang::Zh, Halt::AnotherDatabase) => "数据库已不是原来的那一个".into(),
        (Lang::En, Halt::BrokenJournal { reason }) => format!("the journal is broken: {reason}"),
        (Lang::Zh, Halt::BrokenJournal { reason }) => format!("日志已损坏: {}", why::recorded(lang, reason)),
    }
}

fn pick(lang: Lang, en: &str, zh: &str) -> String {
    match lang {
        Lang::En => en.to_owned(),
        Lang::Zh => zh.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heal::HoldReason;

    #[track_caller]
    fn check(finding: &Finding, en: &str, zh: &str) {
        assert_eq!(block(Style { lang: Lang::En, color: false }, finding, "pc-b"), en);
        assert_eq!(block(Style { lang: Lang::Zh, color: false }, finding, "pc-b"), zh);
        assert!(serde_json::to_string(finding).is_ok_and(|json| json.contains(word(finding))));
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn standing_of_scripts() {
        check(&Finding::InSync, "✓ in sync\n", "✓ 一致\n");
        check(
            &Finding::Behind { scripts: names(&["v3_a.sql"]) },
            "! behind pc-b by 1 script: v3_a.sql\n  → driftless sync\n",
            "! 落后于 pc-b 1 个脚本: v3_a.sql\n  → driftless sync\n",
        );
        check(
            &Finding::Ahead { scripts: names(&["v3_a.sql", "v4_b.sql"]) },
            "! ahead of pc-b by 2 scripts: v3_a.sql, v4_b.sql\n  → on pc-b: driftless sync (or its agent does it)\n",
            "! 领先于 pc-b 2 个脚本: v3_a.sql、v4_b.sql\n  → 在 pc-b 上执行: driftless sync（或由其代理自动完成）\n",
        );
        check(
            &Finding::Forked {
                ours: names(&["v7_a.sql"]),
                theirs: names(&["v7_b.sql"]),
                since: Some("v6_x.sql".into()),
            },
            "✗ forked from pc-b since v6_x.sql\n    only here: v7_a.sql\n    only on pc-b: v7_b.sql\n  → if the order does not matter, run its file here (git pull brings it): driftless apply v7_b.sql\n",
            "✗ 自 v6_x.sql 起与 pc-b 分叉\n    仅本机: v7_a.sql\n    仅 pc-b: v7_b.sql\n  → 若先后顺序无关紧要，请在本机应用该文件（可用 git pull 取得）: driftless apply v7_b.sql\n",
        );
        check(
            &Finding::Conflict { scripts: names(&["v7_a.sql"]) },
            "✗ conflict with pc-b: one name, two different texts: v7_a.sql\n  → give one of the two another name: \
             driftless history repair v7_a.sql --as NEW_NAME.sql; or, if both left the same, take the file's text on one \
             side: driftless history repair v7_a.sql\n",
            "✗ 与 pc-b 冲突: 同名但内容不同: v7_a.sql\n  → 请将其中一个改名: driftless history repair v7_a.sql --as 新名称.sql; 若两者结果相同，可在一侧以文件内容为准: driftless history repair v7_a.sql\n",
        );
        check(
            &Finding::Differs,
            "✗ differs from pc-b, although both applied the same scripts\n  → driftless diff pc-b; with --sql it prints what \
             would make this machine as pc-b is, for one new script (driftless new)\n",
            "✗ 与 pc-b 的结构不同，尽管双方应用了相同的脚本\n  → driftless diff pc-b; 加上 --sql 会输出使本机与 pc-b 一致的语句，可放入一个新脚本（driftless new）\n",
        );
    }

    #[test]
    fn drift_by_place() {
        let drift = |place| Finding::Drifted {
            place,
            facts: names(&["column public.orders.x"]),
            since: Some("v5_y.sql".into()),
        };
        check(
            &drift(Place::Here),
            "! drifted here since v5_y.sql: 1 fact\n    column public.orders.x\n  → driftless check, then keep it: driftless capture DESCRIPTION, or undo it: driftless heal --revert-drift\n",
            "! 本机结构被手工修改（自 v5_y.sql 起）: 1 个结构项\n    column public.orders.x\n  → driftless check，然后保留: driftless capture 说明，或撤销: driftless heal --revert-drift\n",
        );
        check(
            &drift(Place::There),
            "! drifted on pc-b since v5_y.sql: 1 fact\n    column public.orders.x\n  → on pc-b: driftless check, then keep it: driftless capture DESCRIPTION, or undo it: driftless heal --revert-drift\n",
            "! pc-b 的结构被手工修改（自 v5_y.sql 起）: 1 个结构项\n    column public.orders.x\n  → 在 pc-b 上执行: driftless check，然后保留: driftless capture 说明，或撤销: driftless heal --revert-drift\n",
        );
        assert!(words(Lang::En, &drift(Place::BothAlike), "pc-b").what.starts_with("drifted here and on pc-b, alike"));
        assert!(words(Lang::Zh, &drift(Place::BothDifferently), "pc-b").what.contains("不同地"));
    }

    #[test]
    fn what_stands_still() {
        let failed =
            FailedScript { name: "v4_b.sql".into(), error: "v4_b.sql:2: relation \"x\" does not exist".into() };
        check(
            &Finding::Failed { place: Place::Here, scripts: vec![failed] },
            "✗ failed here: 1 script\n    v4_b.sql:2: relation \"x\" does not exist\n  → mend what the server names, or the script, then driftless sync\n",
            "✗ 本机执行失败: 1 个脚本\n    v4_b.sql:2: relation \"x\" does not exist\n  → 请按服务器提示修正数据或脚本，然后执行 driftless sync\n",
        );
        let silent = FailedScript { name: "v3_c.sql".into(), error: String::new() };
        assert_eq!(super::failed(Lang::En, "pc-b", Place::Here, &[silent]).details, ["v3_c.sql"]);
        let held = HeldScript { name: "v4_b.sql".into(), from: None, reason: HoldReason::Unverified };
        check(
            &Finding::Held { place: Place::There, scripts: vec![held] },
            "! held on pc-b, for a person: 1 script\n    v4_b.sql: the peer recorded no effect for it, so the result could not be verified\n  → on pc-b: driftless heal --approve v4_b.sql\n",
            "! 在 pc-b 上有待人工确认: 1 个脚本\n    v4_b.sql: 对端没有记录其效果，无法验证结果\n  → 在 pc-b 上: driftless heal --approve v4_b.sql\n",
        );
        check(
            &Finding::Halted { place: Place::Here, halt: Halt::HistoryReset },
            "✗ healing has halted here: the history was reset\n  → driftless history mark-applied --all (takes what is here for applied), then driftless heal --resume\n",
            "✗ 本机的修复已停止: 迁移历史已被重置\n  → driftless history mark-applied --all（将本机已有的视为已应用），然后 driftless heal --resume\n",
        );
    }

    #[test]
    fn no_answer_from_the_peer() {
        check(
            &Finding::Unreachable { why: "10.0.0.2:7432: timed out".into() },
            "✗ not reachable: 10.0.0.2:7432: timed out\n  → driftless doctor\n",
            "✗ 无法连接: 10.0.0.2:7432: timed out\n  → driftless doctor\n",
        );
        check(
            &Finding::Untrusted { why: "it refused our certificate".into() },
            "✗ not trusted: it refused our certificate\n  → on pc-b: driftless invite; here: driftless join TOKEN\n",
            "✗ 不受信任: it refused our certificate\n  → 在 pc-b 上执行: driftless invite; 在本机执行: driftless join TOKEN\n",
        );
        check(
            &Finding::Incompatible { why: "scope a here, b there".into(), scope: vec![] },
            "✗ cannot be compared: scope a here, b there\n  → use the same version of driftless and the same [database] schemas and ignore on both machines\n",
            "✗ 无法比较: scope a here, b there\n  → 请在两台机器上使用相同版本的 driftless 以及相同的 [database] schemas 与 ignore\n",
        );
    }

    #[test]
    fn every_halt_in_both_languages() {
        let halts = [
            (
                Halt::RowsVanished { names: names(&["v1_a.sql"]) },
                "rows of the history have vanished: v1_a.sql",
                "迁移历史中的记录消失: v1_a.sql",
            ),
            (
                Halt::WentBackwards { remembered: 9, found: 7 },
                "the journal ends with entry 7, 9 was remembered: restored from a backup?",
                "日志止于第 7 条，而此前已到第 9 条: 是否从备份恢复过?",
            ),
            (Halt::AnotherDatabase, "the database is another one than before", "数据库已不是原来的那一个"),
            (Halt::BrokenJournal { reason: "x".into() }, "the journal is broken: x", "日志已损坏: x"),
        ];
        for (halt, en, zh) in halts {
            assert_eq!(halt_reason(Lang::En, &halt), en);
            assert_eq!(halt_reason(Lang::Zh, &halt), zh);
        }
    }
}
