//! What the doctor says.

use super::{Lang, Style, indent};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// As it should be.
    Good,
    /// Works, and deserves a look.
    Look,
    /// Does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Item {
    /// How bad it is.
    pub(crate) level: Level,
    /// What was found.
    pub(crate) what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mend: Option<String>,
}

/// `✓ what`, or `✗ what` with its mend below.
pub(crate) fn item(style: Style, item: &Item) -> String {
    let head = match item.level {
        Level::Good => style.tick(&item.what),
        Level::Look => style.bang(&item.what),
        Level::Bad => style.cross(&item.what),
    };
    let mend = item.mend.as_deref().map(|mend| {
        let mut lines = mend.lines();
        let first = lines.next().map(|line| indent(&format!("→ {line}"), 2)).unwrap_or_default();
        first + &lines.map(|line| indent(line, 4)).collect::<String>()
    });
    format!("{head}\n{}", mend.unwrap_or_default())
}

/// SQL for a role that is no superuser, and owns what is in these schemas (none named: in all) and driftless's own. Owners are changed
/// one by one: REASSIGN OWNED BY postgres is refused by PostgreSQL.
pub(crate) fn plain_role(lang: Lang, database: &str, schemas: &[String]) -> String {
    let database = format!("\"{}\"", database.replace('"', "\"\""));
    let literal = |name: &String| format!("'{}'", name.replace('\'', "''"));
    let which = if schemas.is_empty() {
        "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'".to_owned()
    } else {
        let named: Vec<String> = schemas.iter().map(literal).collect();
        format!("n.nspname IN ('driftless', {})", named.join(", "))
    };
    let mut text = match lang {
        Lang::En => "a superuser's scripts can reach outside the database; for a plain role, in psql:\n".to_owned(),
        Lang::Zh => "超级用户的脚本可能影响数据库之外; 若改用普通角色，请在 psql 中执行:\n".to_owned(),
    };
    text.push_str(&include_str!("plain_role.sql").replace("{database}", &database).replace("{which}", &which));
    text
}

/// How peers get through this machine's firewall.
pub(crate) fn firewall(lang: Lang, port: u16, ufw: bool) -> Option<String> {
    let rule = if cfg!(windows) {
        format!(
            "netsh advfirewall firewall add rule name=\"driftless\" dir=in action=allow protocol=TCP localport={port} profile=private"
        )
    } else if ufw {
        format!("sudo ufw allow {port}/tcp")
    } else {
        return None;
    };
    Some(match lang {
        Lang::En => format!("where the firewall stops the peers: {rule}"),
        Lang::Zh => format!("若防火墙阻止对端连接: {rule}"),
    })
}

macro_rules! findings {
    ($($name:ident($($arg:ident: $ty:ty),*) = $en:literal, $zh:literal;)*) => {
        $(
            #[doc = $en]
            pub(crate) fn $name(lang: Lang, $($arg: $ty),*) -> String {
                match lang {
                    Lang::En => format!($en),
                    Lang::Zh => format!($zh),
                }
            }
        )*
    };
}

findings! {
    configured(file: &str, machine: &str) = "configuration: {file}, this machine is `{machine}`", "配置: {file}，本机名称为 `{machine}`";
    not_configured() = "there is no driftless.toml here", "此处没有 driftless.toml";
    local_readable(file: &str) = "`{file}` can be read by others", "`{file}` 可被其他用户读取";
    scripts(folder: &str, n: usize) = "script folder: {folder}, {n} scripts", "脚本目录: {folder}，{n} 个脚本";
    no_folder(folder: &str) = "the script folder {folder} cannot be read", "无法读取脚本目录 {folder}";
    unusable(name: &str) = "{name} cannot be run as it is", "{name} 无法直接执行";
    ignored(name: &str, why: &str) = "{name} in the script folder is no script: {why}", "脚本目录中的 {name} 不是脚本: {why}";
    connected(label: &str, version: &str, source: &str) = "database: {label}, PostgreSQL {version} (from {source})", "数据库: {label}，PostgreSQL {version}（来自 {source}）";
    not_connected(why: &str) = "database: {why}", "数据库: {why}";
    newer(version: &str) = "PostgreSQL {version} is newer than what this driftless was tried with", "PostgreSQL {version} 比本版 driftless 测试过的版本更新";
    superuser(user: &str) = "`{user}` is a superuser", "`{user}` 是超级用户";
    recorded(scripts: usize, entries: usize, kib: u64) = "applied scripts: {scripts}; journal entries: {entries} ({kib} KiB), their chain is whole", "已应用的脚本: {scripts} 个; 日志: {entries} 条（{kib} KiB），链条完整";
    not_recorded() = "this database has no history of driftless yet", "此数据库尚无 driftless 的记录";
    broken_chain(why: &str) = "the journal is broken: {why}", "日志已损坏: {why}";
    broken_chain_mend() = "restore the database from a backup, or look at what wrote to the schema `driftless`", "请从备份恢复数据库，或检查谁写入了 `driftless` 模式";
    identity(id: &str, folder: &str) = "identity: {id} in {folder}, readable by its owner alone", "身份: {id}，位于 {folder}，仅所有者可读";
    no_identity() = "this machine has no identity yet", "本机尚无身份";
    clock(time: &str) = "clock: {time}", "时钟: {time}";
    clock_wrong(time: &str) = "the clock of this machine is wrong: {time}; tokens would seem expired", "本机时钟有误: {time}，令牌会被视为过期";
    clock_mend() = "set the clock (timedatectl set-ntp true; on Windows: w32tm /resync)", "请校准时钟（timedatectl set-ntp true; Windows: w32tm /resync）";
    listening(address: &str) = "the agent listens on {address}", "代理正在监听 {address}";
    not_listening(address: &str) = "no agent listens on {address}", "{address} 上没有代理在监听";
    paused() = "the agent is paused", "代理已暂停";
    peer_good(name: &str, version: &str, ms: u128) = "peer {name}: answers in {ms} ms (driftless {version})", "对端 {name}: {ms} ms 内应答（driftless {version}）";
    peer_bad(name: &str, why: &str) = "peer {name}: {why}", "对端 {name}: {why}";
    reaches_us(name: &str, address: &str, ms: u128) = "{name} reaches us at {address} ({ms} ms)", "{name} 可通过 {address} 连接本机（{ms} ms）";
    does_not_reach_us(name: &str, why: &str) = "{name} does not reach us: {why}", "{name} 无法连接本机: {why}";
    no_dial_back(name: &str) = "{name} cannot tell whether it reaches us: its driftless is older", "{name} 无法告知能否连接本机: 其 driftless 版本较旧";
    dial_back_unknown(name: &str, why: &str) = "{name} did not tell whether it reaches us: {why}", "{name} 未告知能否连接本机: {why}";
    open_port(port: u16) = "let TCP port {port} through this machine's firewall", "请在本机防火墙中放行 TCP 端口 {port}";
    no_peers() = "no peers yet", "还没有对端";
    programs(folder: &str, major: u32) = "PostgreSQL's programs: {folder} (version {major})", "PostgreSQL 程序: {folder}（版本 {major}）";
    no_programs(why: &str) = "{why}; only `driftless demo` needs them", "{why}; 只有 `driftless demo` 需要它们";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_their_mend() {
        let bad = Item { level: Level::Bad, what: no_identity(Lang::Zh), mend: Some("driftless init\nsecond".into()) };
        assert_eq!(item(Style::default(), &bad), "✗ 本机尚无身份\n  → driftless init\n    second\n");
        let good = Item { level: Level::Good, what: clock(Lang::En, "now"), mend: None };
        assert_eq!(item(Style::default(), &good), "✓ clock: now\n");
    }

    #[test]
    fn names_in_the_advice_are_quoted() {
        let text = plain_role(Lang::En, "my\"db", &["it's".into()]);
        assert!(text.contains("DATABASE \"my\"\"db\""), "{text}");
        assert!(text.contains("IN ('driftless', 'it''s')"), "{text}");
    }
}
