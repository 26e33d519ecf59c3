//! Why a script waits for a person, in words, and what the person can type.

use super::messages::count;
use super::{Lang, list, problem, size, why};
use crate::divergence::HeldScript;
use crate::heal::{ForkReason, HoldReason, Loss, LossKind};
use crate::postgres::surroundings::{create_extension, create_role};
use crate::script::{Dependence, DependsOn, Needs, NewerServer};

const MOST: usize = 8;

/// What would be lost, and how.
pub(crate) fn loss(lang: Lang, loss: &Loss) -> String {
    let what = &loss.what;
    match (lang, &loss.how) {
        (Lang::En, LossKind::DroppedRows { rows }) => format!("{what}: dropped with {}", number(*rows, "row")),
        (Lang::Zh, LossKind::DroppedRows { rows }) => format!("{what}: 删除时含 {rows} 行"),
        (Lang::En, LossKind::DroppedValues { values }) => format!("{what}: dropped with {}", number(*values, "value")),
        (Lang::Zh, LossKind::DroppedValues { values }) => format!("{what}: 删除时含 {values} 个值"),
        (Lang::En, LossKind::DeletedRows { rows }) => format!("{what}: {} deleted", number(*rows, "row")),
        (Lang::Zh, LossKind::DeletedRows { rows }) => format!("{what}: 删除 {rows} 行"),
        (Lang::En, LossKind::OverwrittenValues { values }) => {
            format!("{what}: {} overwritten", number(*values, "value"))
        }
        (Lang::Zh, LossKind::OverwrittenValues { values }) => format!("{what}: 覆盖 {values} 个值"),
        (Lang::En, LossKind::NotMeasured { bytes }) => format!("{what}: too large to be measured ({})", size(*bytes)),
        (Lang::En, LossKind::OutsideTransaction) => {
            format!("{what} (outside a transaction nothing is measured beforehand)")
        }
        (Lang::Zh, LossKind::OutsideTransaction) => {
            format!("{}（不在事务中执行，事先无法测量）", why::recorded(lang, what))
        }
        (Lang::Zh, LossKind::NotMeasured { bytes }) => format!("{what}: 过大，未测量（{}）", size(*bytes)),
    }
}

/// How what is missing is had.
fn install(lang: Lang, name: &str, needs: &Needs) -> String {
    if let Some(server) = &needs.server {
        let (major, here) = (server.major, server.here);
        return pick(
            lang,
            format!(
                "bring this server to PostgreSQL {major}, or do by hand what it does in the words of {here}, then driftless history mark-applied {name}"
            ),
            format!(
                "请将本服务器升级到 PostgreSQL {major}，或用 {here} 的语法手工完成其内容，然后执行 driftless history mark-applied {name}"
            ),
        );
    }
    if !needs.forbidden.is_empty() {
        let roles = needs.roles.iter().map(|role| create_role(role));
        let sql: Vec<String> = needs.forbidden.iter().map(|name| create_extension(name)).chain(roles).collect();
        let sql = sql.join(" ");
        return pick(
            lang,
            format!("as a superuser, in this database: {sql} The agent goes on when it is there"),
            format!("以超级用户在本数据库中执行: {sql} 之后代理会自动继续"),
        );
    }
    let roles: Vec<String> = needs.roles.iter().map(|role| create_role(role)).collect();
    let (roles, none) = (roles.join(" "), needs.extensions.is_empty());
    match (roles.is_empty(), none) {
        (true, _) => pick(
            lang,
            "install the extension on this server: the agent goes on when it is there".into(),
            "请在本服务器上安装该扩展，之后代理会自动继续".into(),
        ),
        (false, true) => pick(
            lang,
            format!("in psql, with the right to make roles: {roles} The agent goes on when it is there"),
            format!("用有权创建角色的用户在 psql 中执行: {roles} 之后代理会自动继续"),
        ),
        (false, false) => pick(
            lang,
            format!("install the extension on this server, and in psql: {roles} The agent goes on when both are there"),
            format!("请在本服务器上安装该扩展，并在 psql 中执行: {roles} 之后代理会自动继续"),
        ),
    }
}

/// Why the two sides of a fork wait.
fn fork(lang: Lang, why: &ForkReason) -> String {
    match (lang, why) {
        (Lang::En, ForkReason::NotPure { script }) => {
            format!(
                "forked, and `{script}` does more than change the schema, so that no rehearsal can tell whether the order matters"
            )
        }
        (Lang::Zh, ForkReason::NotPure { script }) => {
            format!("已分叉，且 `{script}` 不仅修改结构，无法通过预演判断先后顺序是否有影响")
        }
        (Lang::En, ForkReason::MayNotCreate { .. }) => {
            "forked, and the role may not create the scratch database for a rehearsal".into()
        }
        (Lang::Zh, ForkReason::MayNotCreate { .. }) => "已分叉，且当前角色无权创建预演用的临时数据库".into(),
        (Lang::En, ForkReason::NoGround { why }) => {
            format!("forked, and what both have cannot be made anew for a rehearsal: {why}")
        }
        (Lang::Zh, ForkReason::NoGround { why }) => {
            format!("已分叉，且无法在预演中重建双方的共同部分: {}", why::recorded(lang, why))
        }
        (Lang::En, ForkReason::Fails { script, error }) => {
            format!("forked, and in a rehearsal `{script}` fails after the other side's scripts: {error}")
        }
        (Lang::Zh, ForkReason::Fails { script, error }) => {
            format!("已分叉，预演中 `{script}` 在另一侧脚本之后执行失败: {error}")
        }
        (Lang::En, ForkReason::OrderMatters { facts }) => {
            format!("forked, and the order matters: {} would end otherwise", list(lang, facts, MOST))
        }
        (Lang::Zh, ForkReason::OrderMatters { facts }) => {
            format!("已分叉，且先后顺序有影响，结果将不同: {}", list(lang, facts, MOST))
        }
    }
}

fn number(n: i64, word: &str) -> String {
    usize::try_from(n).map_or_else(|_| format!("{n} {word}s"), |n| count(n, word))
}

/// What this server does not have.
fn missing(lang: Lang, needs: &Needs) -> String {
    let quoted = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        list(lang, &names, MOST)
    };
    let parts = [
        (&needs.extensions, "it needs extensions that this server does not offer", "需要本服务器未提供的扩展"),
        (&needs.forbidden, "it creates extensions that this role may not create", "需要创建当前角色无权创建的扩展"),
        (&needs.roles, "it names roles that this server does not have", "涉及本服务器上不存在的角色"),
    ];
    let said = parts.iter().filter(|(names, ..)| !names.is_empty()).map(|(names, en, zh)| {
        let names = quoted(names);
        pick(lang, format!("{en}: {names}"), format!("{zh}: {names}"))
    });
    let server = needs.server.as_ref().map(|server| {
        let NewerServer { major, here, line, what } = server;
        pick(
            lang,
            format!("it is written for PostgreSQL {major} or newer (line {line}: {what}), and this server is PostgreSQL {here}"),
            format!("该脚本需要 PostgreSQL {major} 或更新版本（第 {line} 行: {what}），而本服务器为 PostgreSQL {here}"),
        )
    });
    said.chain(server).collect::<Vec<_>>().join("; ")
}

/// What in the text may be the reason for another outcome.
fn cause(lang: Lang, depends: &[Dependence]) -> String {
    if depends.is_empty() {
        return String::new();
    }
    let on = |on| match (lang, on) {
        (Lang::En, DependsOn::Time) => "the time",
        (Lang::Zh, DependsOn::Time) => "时间",
        (Lang::En, DependsOn::Chance) => "chance",
        (Lang::Zh, DependsOn::Chance) => "随机值",
        (Lang::En, DependsOn::Place) => "who runs it and where",
        (Lang::Zh, DependsOn::Place) => "执行者与环境",
        (Lang::En, DependsOn::Data) => "the data",
        (Lang::Zh, DependsOn::Data) => "数据",
        (Lang::En, DependsOn::Schema) => "what is there already",
        (Lang::Zh, DependsOn::Schema) => "已有的结构",
    };
    let said: Vec<String> = depends
        .iter()
        .map(|found| match lang {
            Lang::En => format!("{} (line {}: {})", on(found.on), found.line, found.what),
            Lang::Zh => format!("{}（第 {} 行: {}）", on(found.on), found.line, found.what),
        })
        .collect();
    let said = list(lang, &said, 4);
    pick(lang, format!("; what it does depends on {said}"), format!("; 其结果取决于{said}"))
}

/// The reason, in one sentence.
pub(crate) fn reason(lang: Lang, reason: &HoldReason) -> String {
    match reason {
        HoldReason::DataLoss { losses } => {
            let losses: Vec<String> = losses.iter().map(|l| loss(lang, l)).collect();
            let losses = list(lang, &losses, MOST);
            pick(lang, format!("data would be lost: {losses}"), format!("会丢失数据: {losses}"))
        }
        HoldReason::NonTransactional { why } => pick(
            lang,
            format!("it cannot run in a transaction, so it cannot be undone ({why})"),
            format!("无法在事务中执行，因而无法撤销（{}）", why::recorded(lang, why)),
        ),
        HoldReason::OutsideReach { reaches } => {
            let reaches: Vec<String> = reaches.iter().map(|reach| why::recorded(lang, reach)).collect();
            let reaches = list(lang, &reaches, MOST);
            pick(lang, format!("it reaches outside the database: {reaches}"), format!("会影响数据库之外: {reaches}"))
        }
        HoldReason::TouchesRecord { tables } => {
            let tables = list(lang, tables, MOST);
            let en = format!("it changes what driftless itself keeps: {tables}");
            pick(lang, en, format!("会改动 driftless 自己的记录: {tables}"))
        }
        HoldReason::Unverified => pick(
            lang,
            "the peer recorded no effect for it, so the result could not be verified".into(),
            "对端没有记录其效果，无法验证结果".into(),
        ),
        HoldReason::OtherEffect { facts, depends } => {
            let (facts, cause) = (list(lang, facts, MOST), cause(lang, depends));
            pick(
                lang,
                format!("it left other facts here than on the peer and was rolled back: {facts}{cause}"),
                format!("在本机产生的结构与对端不同，已回滚: {facts}{cause}"),
            )
        }
        HoldReason::BreaksClients { facts } => {
            let facts = list(lang, facts, MOST);
            pick(
                lang,
                format!(
                    "it drops or renames what running code may use ({facts}), and the script folder does not hold it yet: the code that goes with it has not been pulled"
                ),
                format!(
                    "会删除或重命名运行中代码可能使用的结构（{facts}），而脚本目录中还没有该脚本: 配套代码尚未拉取"
                ),
            )
        }
        HoldReason::Missing { needs } => missing(lang, needs),
        HoldReason::MoreWarnings { warnings, origin } => {
            let (n, words) = (warnings.len(), list(lang, warnings, MOST));
            pick(
                lang,
                format!("it raised {} here, {origin} at its origin, and was rolled back: {words}", count(n, "warning")),
                format!("在本机产生 {n} 个警告（来源处 {origin} 个），已回滚: {words}"),
            )
        }
        other => plain_reason(lang, other),
    }
}

fn plain_reason(lang: Lang, reason: &HoldReason) -> String {
    match reason {
        HoldReason::NoText => pick(
            lang,
            "the peer recorded neither its text nor its checksum, so there is nothing to run".into(),
            "对端既无其内容也无校验和，无法执行".into(),
        ),
        HoldReason::AlreadyHere => pick(lang, "its effect is already here".into(), "其效果已存在于本机".into()),
        HoldReason::AppliedBefore { changed } if changed.is_empty() => pick(
            lang,
            "it ran here before the history was reset or emptied; it changes data only, so nothing can be seen of it"
                .into(),
            "在迁移历史被重置或清空之前已在本机执行过; 它只改动数据，因而无法判断".into(),
        ),
        HoldReason::AppliedBefore { changed } => {
            let facts = list(lang, changed, MOST);
            pick(
                lang,
                format!("it ran here before the history was reset or emptied; changed since: {facts}"),
                format!("在迁移历史被重置或清空之前已在本机执行过; 此后有变更: {facts}"),
            )
        }
        HoldReason::UnusableText { problem } => {
            let words = problem::words_of(lang, problem);
            pick(lang, format!("it cannot be run: {words}"), format!("无法执行: {words}"))
        }
        HoldReason::Conflict => pick(lang, "one name, two different texts".into(), "同名但内容不同".into()),
        HoldReason::Forked => {
            pick(lang, "each machine lacks some of the other's scripts".into(), "两台机器各缺少对方的部分脚本".into())
        }
        HoldReason::ForkHeld { why } => fork(lang, why),
        HoldReason::Drifted { facts } => {
            let facts = list(lang, facts, MOST);
            pick(
                lang,
                format!("it touches what was changed outside of scripts: {facts}"),
                format!("涉及未通过脚本修改的结构: {facts}"),
            )
        }
        HoldReason::Blocked { by } => {
            pick(lang, format!("{by} comes before it, and waits or failed"), format!("之前的 {by} 正在等待或已失败"))
        }
        HoldReason::Unusable { why } => {
            pick(lang, format!("it cannot be run: {why}"), format!("无法执行: {}", why::recorded(lang, why)))
        }
        HoldReason::Failed { error } => pick(lang, format!("it failed: {error}"), format!("执行失败: {error}")),
        HoldReason::Asked => pick(
            lang,
            "every script waits for a person here ([heal] scripts = \"ask\")".into(),
            "本机设置为每个脚本均需确认（[heal] scripts = \"ask\"）".into(),
        ),
        _ => reason_word(reason).to_owned(),
    }
}

/// Whether it has run here: such scripts come by the hundred, all with one mend.
fn ran_here(reason: &HoldReason) -> bool {
    matches!(reason, HoldReason::AlreadyHere | HoldReason::AppliedBefore { .. })
}

/// Held scripts put together where one sentence and one command do for all of them.
pub(crate) struct Group<'a> {
    /// The scripts, in their order.
    pub(crate) scripts: Vec<&'a HeldScript>,
}

impl Group<'_> {
    /// The scripts' names, for a title.
    pub(crate) fn names(&self, lang: Lang) -> String {
        let names: Vec<&str> = self.scripts.iter().map(|held| held.name.as_str()).collect();
        list(lang, &names, 3)
    }

    /// All there is to say of those that only wait behind another: nothing is to be decided about them yet.
    pub(crate) fn behind(&self, lang: Lang) -> Option<String> {
        let HoldReason::Blocked { by } = &self.scripts[0].reason else { return None };
        let (n, names) = (lang.scripts(self.scripts.len()), self.names(lang));
        let verb = if self.scripts.len() == 1 { "waits" } else { "wait" };
        Some(pick(lang, format!("{n} {verb} behind {by}: {names}"), format!("{n}排在 {by} 之后等待: {names}")))
    }

    /// Why they wait; `None`: each for its own reason, and there is one only.
    pub(crate) fn reason(&self, lang: Lang) -> Option<String> {
        (self.scripts.len() > 1).then(|| {
            let seen = self.scripts.iter().all(|held| held.reason == HoldReason::AlreadyHere);
            let (en, zh) = if seen {
                ("their effect is already here", "其效果已存在于本机")
            } else {
                ("they ran here before, or their effect is already here", "曾在本机执行过，或其效果已存在于本机")
            };
            pick(lang, en.into(), zh.into())
        })
    }

    /// What a person can type.
    pub(crate) fn mend(&self, lang: Lang) -> Option<String> {
        match self.scripts.as_slice() {
            [held, ..] if matches!(held.reason, HoldReason::Blocked { .. }) => None,
            [held] => mend(lang, &held.name, &held.reason),
            _ => Some("driftless history mark-applied --all".to_owned()),
        }
    }
}

/// Whether two scripts wait behind the same one.
fn behind_one(a: &HoldReason, b: &HoldReason) -> bool {
    matches!((a, b), (HoldReason::Blocked { by: a }, HoldReason::Blocked { by: b }) if a == b)
}

/// Groups those that have run here, and those that wait behind the same script; every other script stands alone.
pub(crate) fn groups(held: &[HeldScript]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for script in held {
        let alike =
            |first: &HoldReason| ran_here(first) && ran_here(&script.reason) || behind_one(first, &script.reason);
        let home = groups.iter_mut().find(|group| alike(&group.scripts[0].reason));
        match home {
            Some(group) => group.scripts.push(script),
            None => groups.push(Group { scripts: vec![script] }),
        }
    }
    groups
}

/// What a person can type; `None` where no approval helps.
pub(crate) fn mend(lang: Lang, name: &str, reason: &HoldReason) -> Option<String> {
    let approve = format!("driftless heal --approve {name}");
    match reason {
        HoldReason::DataLoss { .. }
        | HoldReason::NonTransactional { .. }
        | HoldReason::OutsideReach { .. }
        | HoldReason::TouchesRecord { .. }
        | HoldReason::Unverified
        | HoldReason::MoreWarnings { .. }
        | HoldReason::Asked => Some(approve),
        HoldReason::BreaksClients { .. } => Some(pick(
            lang,
            format!("git pull: the agent goes on as soon as the file is there; without the code: {approve}"),
            format!("git pull: 文件到位后代理会自动继续; 若不等代码: {approve}"),
        )),
        HoldReason::Missing { needs } => Some(install(lang, name, needs)),
        HoldReason::NoText => Some(pick(
            lang,
            format!("do by hand what it does, then driftless history mark-applied {name}"),
            format!("请手工完成其内容，然后执行 driftless history mark-applied {name}"),
        )),
        HoldReason::AlreadyHere => Some(format!("driftless history mark-applied {name}")),
        HoldReason::AppliedBefore { .. } => Some(pick(
            lang,
            format!("driftless history mark-applied {name}; to run it once more: {approve}"),
            format!("driftless history mark-applied {name}; 若要再次执行: {approve}"),
        )),
        HoldReason::OtherEffect { .. } => Some(pick(
            lang,
            format!(
                "make these facts as they are on the peer (driftless diff shows how), then driftless sync; or let them differ until a later script makes them alike: {approve}"
            ),
            format!(
                "请将这些结构改为与对端一致（可用 driftless diff 查看），然后执行 driftless sync; 或允许其不同，直到后续脚本使其一致: {approve}"
            ),
        )),
        HoldReason::Conflict => Some(pick(
            lang,
            format!(
                "give one of the two another name: driftless history repair {name} --as NEW_NAME.sql; or, if both left the same, take the file's text on one side: driftless history repair {name}"
            ),
            format!(
                "请将其中一个改名: driftless history repair {name} --as 新名称.sql; 若两者结果相同，可在一侧以文件内容为准: driftless history repair {name}"
            ),
        )),
        HoldReason::ForkHeld { why: ForkReason::MayNotCreate { sql } } => Some(pick(
            lang,
            format!("as a superuser: {sql} then: driftless sync"),
            format!("以超级用户执行: {sql} 然后: driftless sync"),
        )),
        HoldReason::ForkHeld { why: ForkReason::Fails { script, .. } } => Some(pick(
            lang,
            format!(
                "{script} cannot come second: where it is applied, driftless revert {script} writes the script that undoes it, apply that; on the other machine driftless history mark-applied {script} and the one that undid it; then write it anew for what is there"
            ),
            format!(
                "{script} 不能排在后面: 请在已应用它的机器上执行 driftless revert {script}（写出撤销脚本）并应用该撤销脚本; 在另一台机器上执行 driftless history mark-applied {script} 及该撤销脚本; 然后按届时的结构重新编写"
            ),
        )),
        HoldReason::ForkHeld { why: ForkReason::OrderMatters { .. } } => Some(pick(
            lang,
            format!(
                "run its file here (git pull brings it): driftless apply {name}; on the other machine the script of this one; then settle what differs in one more script: driftless new"
            ),
            format!(
                "请在本机应用该文件（可用 git pull 取得）: driftless apply {name}; 在另一台机器上应用本机的脚本; 然后用一个新脚本统一有差异的结构: driftless new"
            ),
        )),
        HoldReason::Forked | HoldReason::ForkHeld { .. } => Some(pick(
            lang,
            format!("if the order does not matter, run its file here (git pull brings it): driftless apply {name}"),
            format!("若先后顺序无关紧要，请在本机应用该文件（可用 git pull 取得）: driftless apply {name}"),
        )),
        HoldReason::Drifted { .. } => Some("driftless check".into()),
        HoldReason::Blocked { .. } => None,
        HoldReason::Failed { .. } => Some(pick(
            lang,
            "mend what the server names, or the script, then driftless sync".into(),
            "请按服务器提示修正数据或脚本，然后执行 driftless sync".into(),
        )),
        HoldReason::Unusable { .. } | HoldReason::UnusableText { .. } => Some(pick(
            lang,
            format!(
                "write it anew where it comes from, or do by hand what it does and driftless history mark-applied {name}"
            ),
            format!("请在来源处重新编写，或手工完成其内容后执行 driftless history mark-applied {name}"),
        )),
    }
}

fn pick(lang: Lang, en: String, zh: String) -> String {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The reason's word, as in JSON.
pub(crate) fn reason_word(reason: &HoldReason) -> &'static str {
    reason.word()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Problem, ProblemKind};

    #[track_caller]
    fn check(hold: &HoldReason, en: &str, zh: &str) {
        assert_eq!(reason(Lang::En, hold), en);
        assert_eq!(reason(Lang::Zh, hold), zh);
        assert!(serde_json::to_string(hold).is_ok_and(|json| json.contains(reason_word(hold))));
    }

    #[test]
    fn every_reason_in_both_languages() {
        let lost = |what: &str, how| Loss { what: what.into(), how };
        check(
            &HoldReason::DataLoss {
                losses: vec![
                    lost("column public.orders.note", LossKind::DroppedValues { values: 3 }),
                    lost("table public.old", LossKind::DroppedRows { rows: 1 }),
                ],
            },
            "data would be lost: column public.orders.note: dropped with 3 values, table public.old: dropped with 1 row",
            "会丢失数据: column public.orders.note: 删除时含 3 个值、table public.old: 删除时含 1 行",
        );
        check(
            &HoldReason::DataLoss { losses: vec![lost("table public.big", LossKind::NotMeasured { bytes: 20 << 30 })] },
            "data would be lost: table public.big: too large to be measured (20 GB)",
            "会丢失数据: table public.big: 过大，未测量（20 GB）",
        );
        let server = NewerServer { major: 17, here: 15, line: 3, what: "JSON_TABLE (…)".into() };
        let needs = Needs { forbidden: vec!["plperlu".into()], server: Some(server), ..Needs::default() };
        check(
            &HoldReason::Missing { needs },
            "it creates extensions that this role may not create: `plperlu`; it is written for PostgreSQL 17 or newer (line 3: JSON_TABLE (…)), and this server is PostgreSQL 15",
            "需要创建当前角色无权创建的扩展: `plperlu`; 该脚本需要 PostgreSQL 17 或更新版本（第 3 行: JSON_TABLE (…)），而本服务器为 PostgreSQL 15",
        );
        let needs = Needs { extensions: vec!["postgis".into()], roles: vec!["reader".into()], ..Needs::default() };
        check(
            &HoldReason::Missing { needs },
            "it needs extensions that this server does not offer: `postgis`; it names roles that this server does not have: `reader`",
            "需要本服务器未提供的扩展: `postgis`; 涉及本服务器上不存在的角色: `reader`",
        );
        check(
            &HoldReason::BreaksClients { facts: vec!["column public.a.b".into()] },
            "it drops or renames what running code may use (column public.a.b), and the script folder does not hold it yet: the code that goes with it has not been pulled",
            "会删除或重命名运行中代码可能使用的结构（column public.a.b），而脚本目录中还没有该脚本: 配套代码尚未拉取",
        );
        let depends = vec![Dependence { line: 3, what: "now()".into(), on: DependsOn::Time }];
        check(
            &HoldReason::OtherEffect { facts: vec!["view public.v".into()], depends },
            "it left other facts here than on the peer and was rolled back: view public.v; what it does depends on the time (line 3: now())",
            "在本机产生的结构与对端不同，已回滚: view public.v; 其结果取决于时间（第 3 行: now()）",
        );
        check(
            &HoldReason::NonTransactional { why: "line 3: CREATE INDEX CONCURRENTLY".into() },
            "it cannot run in a transaction, so it cannot be undone (line 3: CREATE INDEX CONCURRENTLY)",
            "无法在事务中执行，因而无法撤销（第 3 行: CREATE INDEX CONCURRENTLY）",
        );
        check(
            &HoldReason::OutsideReach { reaches: vec!["COPY … PROGRAM".into()] },
            "it reaches outside the database: COPY … PROGRAM",
            "会影响数据库之外: COPY … PROGRAM",
        );
        check(
            &HoldReason::TouchesRecord { tables: vec!["migration_history".into()] },
            "it changes what driftless itself keeps: migration_history",
            "会改动 driftless 自己的记录: migration_history",
        );
        check(
            &HoldReason::Unverified,
            "the peer recorded no effect for it, so the result could not be verified",
            "对端没有记录其效果，无法验证结果",
        );
        check(
            &HoldReason::OtherEffect { facts: vec!["column public.a.b".into()], depends: vec![] },
            "it left other facts here than on the peer and was rolled back: column public.a.b",
            "在本机产生的结构与对端不同，已回滚: column public.a.b",
        );
        check(
            &HoldReason::MoreWarnings { warnings: vec!["✗ 字段添加失败".into()], origin: 0 },
            "it raised 1 warning here, 0 at its origin, and was rolled back: ✗ 字段添加失败",
            "在本机产生 1 个警告（来源处 0 个），已回滚: ✗ 字段添加失败",
        );
        check(&HoldReason::Conflict, "one name, two different texts", "同名但内容不同");
        check(&HoldReason::Forked, "each machine lacks some of the other's scripts", "两台机器各缺少对方的部分脚本");
        check(
            &HoldReason::Drifted { facts: vec!["table public.x".into()] },
            "it touches what was changed outside of scripts: table public.x",
            "涉及未通过脚本修改的结构: table public.x",
        );
        check(
            &HoldReason::Blocked { by: "v3_a.sql".into() },
            "v3_a.sql comes before it, and waits or failed",
            "之前的 v3_a.sql 正在等待或已失败",
        );
        check(
            &HoldReason::NoText,
            "the peer recorded neither its text nor its checksum, so there is nothing to run",
            "对端既无其内容也无校验和，无法执行",
        );
        check(&HoldReason::AlreadyHere, "its effect is already here", "其效果已存在于本机");
        check(
            &HoldReason::AppliedBefore { changed: vec![] },
            "it ran here before the history was reset or emptied; it changes data only, so nothing can be seen of it",
            "在迁移历史被重置或清空之前已在本机执行过; 它只改动数据，因而无法判断",
        );
        check(
            &HoldReason::AppliedBefore { changed: vec!["column public.a.b".into()] },
            "it ran here before the history was reset or emptied; changed since: column public.a.b",
            "在迁移历史被重置或清空之前已在本机执行过; 此后有变更: column public.a.b",
        );
        check(
            &HoldReason::UnusableText {
                problem: Problem { line: 3, kind: ProblemKind::TransactionControl("COMMIT".into()) },
            },
            "it cannot be run: line 3: `COMMIT` would end the transaction that the script and its record share",
            "无法执行: 第 3 行: `COMMIT` 会结束脚本与其记录共用的事务",
        );
        check(&HoldReason::Unusable { why: "x".into() }, "it cannot be run: x", "无法执行: x");
        check(&HoldReason::Failed { error: "x".into() }, "it failed: x", "执行失败: x");
        check(
            &HoldReason::Asked,
            "every script waits for a person here ([heal] scripts = \"ask\")",
            "本机设置为每个脚本均需确认（[heal] scripts = \"ask\"）",
        );
    }

    #[test]
    fn what_waits_behind_one_script_is_one_line() {
        let held = |name: String, reason: HoldReason| HeldScript { name, from: Some("pc-a".into()), reason };
        let behind = |by: &str, n: u32| held(format!("v{n}_x.sql"), HoldReason::Blocked { by: by.into() });
        let mut all = vec![held("v2_a.sql".into(), HoldReason::Unverified)];
        all.extend((3..63).map(|n| behind("v2_a.sql", n)));
        all.push(behind("v0_b.sql", 90));
        let groups = groups(&all);
        let said = |lang| groups.iter().map(|group| group.behind(lang)).collect::<Vec<_>>();
        assert_eq!(
            said(Lang::En),
            [
                None,
                Some("60 scripts wait behind v2_a.sql: v3_x.sql, v4_x.sql, v5_x.sql and 57 more".to_owned()),
                Some("1 script waits behind v0_b.sql: v90_x.sql".to_owned()),
            ]
        );
        assert!(said(Lang::Zh)[1].as_ref().is_some_and(|line| line.starts_with("60 个脚本排在 v2_a.sql 之后等待: ")));
        assert!(groups[1].mend(Lang::En).is_none());
    }

    #[test]
    fn what_to_type() {
        assert_eq!(
            mend(Lang::En, "v1_a.sql", &HoldReason::Asked).as_deref(),
            Some("driftless heal --approve v1_a.sql")
        );
        assert_eq!(
            mend(Lang::En, "v1_a.sql", &HoldReason::OtherEffect { facts: vec![], depends: vec![] }).as_deref(),
            Some(
                "make these facts as they are on the peer (driftless diff shows how), then driftless sync; or let them differ until a later script makes them alike: driftless heal --approve v1_a.sql"
            )
        );
        assert_eq!(mend(Lang::En, "v1_a.sql", &HoldReason::Blocked { by: "v0_x.sql".into() }), None);
    }
}
