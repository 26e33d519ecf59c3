//! Why a peer gave no usable answer, and why a script is held, in words: such reasons are made where they are found, in English, kept in
//! the record or sent over the wire, and told here in the other language.
//!
//! What is not known here stays as it is: the words of an operating system, of another version, of a server.

use super::{Lang, list};
use crate::schema::ScopeDifference;

/// Sentences that are always the same.
const WHOLE: [(&str, &str); 17] = [
    ("it refused this machine's certificate", "对端拒绝了本机的证书"),
    (
        "it refused this machine's certificate; are the two still paired?",
        "对端拒绝了本机的证书，两台机器是否仍处于配对状态？",
    ),
    ("it does not speak TLS 1.3", "对端不支持 TLS 1.3"),
    ("another certificate than the one that was pinned answered", "应答方的证书与配对时固定的证书不同"),
    ("what answers there does not speak TLS", "该地址上的程序不使用 TLS"),
    ("it was never paired, or was removed", "从未配对，或已被移除"),
    ("this machine has no identity yet", "本机尚无身份（请先执行 driftless init）"),
    ("no address of it is known", "不知道它的地址"),
    ("it does not speak HTTP/2", "对端不支持 HTTP/2"),
    ("the tunnel ended", "隧道已断开"),
    ("it ended the watch", "对端结束了监听"),
    ("its journal was replaced while it was read", "读取过程中对端的日志被替换"),
    ("this machine's agent is stopping", "对端的代理正在停止"),
    ("use the same version of driftless on both", "请在两台机器上使用相同版本的 driftless"),
    ("is it a newer version?", "对端是否为更新的版本？"),
    ("tls handshake eof", "TLS 握手时连接被关闭"),
    ("deadline has elapsed", "超时"),
];

/// Sentences with something of their own between these words: before, after, and the same in Chinese.
const AROUND: [(&str, &str, &str, &str); 10] = [
    ("no answer within ", " s", "", " 秒内无响应"),
    ("no whole answer within ", " s", "", " 秒内未收到完整响应"),
    ("certificate ", " is not paired with this machine", "证书 ", " 未与该机器配对"),
    ("Connection refused", "", "连接被拒绝", ""),
    ("Connection reset by peer", "", "连接被对端重置", ""),
    ("Network is unreachable", "", "网络不可达", ""),
    ("No route to host", "", "没有到主机的路由", ""),
    ("the database cannot be asked: ", "", "无法查询其数据库: ", ""),
    ("it sent too much: ", "", "对端发送的数据过多: ", ""),
    ("it speaks protocol ", "", "对端使用的协议版本为 ", ""),
];

/// A reason as it was found, in this language.
pub(crate) fn no_answer(lang: Lang, why: &str) -> String {
    match lang {
        Lang::En => why.to_owned(),
        Lang::Zh => whole(why).unwrap_or_else(|| why.split("; ").map(part).collect::<Vec<_>>().join("; ")),
    }
}

fn whole(why: &str) -> Option<String> {
    WHOLE.iter().find(|(en, _)| *en == why).map(|(_, zh)| (*zh).to_owned())
}

fn part(why: &str) -> String {
    if let Some(known) = whole(why) {
        return known;
    }
    if let Some(rest) = why.strip_prefix("it says: ") {
        return format!("对端答复: {}", part(rest));
    }
    if let Some(rest) = why.strip_prefix("it misbehaved: ") {
        return format!("对端行为异常: {}", part(rest));
    }
    if let Some(zh) = grant(why) {
        return zh;
    }
    for (before, after, zh_before, zh_after) in AROUND {
        if let Some(middle) = why.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) {
            return format!("{zh_before}{}{zh_after}", middle.replace(", this machine ", "，本机为 "));
        }
    }
    // an address, and what came of it
    match why.split_once(": ") {
        Some((address, rest)) if address.contains(':') && !address.contains(' ') => {
            format!("{address}: {}", part(rest))
        }
        _ => why.to_owned(),
    }
}

/// ``pc-a` has the grant `status` here; this needs `pull``, of which a part is enough.
fn grant(why: &str) -> Option<String> {
    if let Some(needed) = why.strip_prefix("this needs ") {
        return Some(format!("此操作需要 {needed}"));
    }
    let (who, rest) = why.split_once(" has the grant ")?;
    let had = rest.strip_suffix(" here")?;
    Some(format!("{who} 在对端的权限为 {had}"))
}

/// What the record says of a hold.
const RECORDED: [(&str, &str, &str, &str); 13] = [
    ("it ran outside a transaction on the peer", "", "在对端是在事务之外执行的", ""),
    ("it asks to be run outside a transaction", "", "脚本要求在事务之外执行", ""),
    ("dynamic SQL as a superuser", "", "以超级用户执行动态 SQL", ""),
    ("its name cannot be told from that of ", "", "其名称与 ", " 无法区分"),
    (
        "",
        " ends with a dot or a space before `.sql`, which Windows drops",
        "",
        " 在 `.sql` 之前以点或空格结尾，Windows 会将其去掉",
    ),
    ("", ", which cannot be part of a file name everywhere", "", "，该字符不能用于所有系统的文件名"),
    ("a number in ", " digits", "其中的数字位数过多: ", ""),
    (
        "a replay of the own history leaves ",
        " facts otherwise than recorded",
        "重放本机历史后有 ",
        " 个结构项与记录不同",
    ),
    (
        "the text of ",
        " is not stored any more, so that the history cannot be replayed",
        "",
        " 的内容已不再保存，因而无法重放历史",
    ),
    (
        "what driftless found when it first met this database cannot be made again, so that the history cannot be replayed: ",
        "",
        "首次接管时数据库中已有的结构无法重建，因而无法重放历史: ",
        "",
    ),
    ("journal entry ", " was changed after it was written", "日志第 ", " 条在写入后被改动"),
    ("journal entry ", " was expected", "日志条目次序不符: ", ""),
    ("cut off after ", " statements", "执行中断，已完成的语句数: ", ""),
];

/// What a name lacks to be a script's.
const LACKS: [(&str, &str); 5] = [
    ("it does not end with `.sql`", "没有以 `.sql` 结尾"),
    ("it does not start with `v` and a number", "没有以 `v` 加数字开头"),
    ("no number follows the `v`", "`v` 之后没有数字"),
    ("the description is missing", "缺少说明"),
    ("`_` and a description must follow the number", "数字之后应为 `_` 和说明"),
];

/// A reason as the record has it, in this language.
pub(crate) fn recorded(lang: Lang, why: &str) -> String {
    if lang == Lang::En {
        return why.to_owned();
    }
    if let Some((line, rest)) = why.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        return format!("第 {line} 行: {}", recorded(lang, rest));
    }
    if let Some((name, reason)) = why.split_once(" does not have the form v<version>_<description>.sql") {
        let reason = LACKS.iter().fold(reason.to_owned(), |said, (en, zh)| said.replace(en, zh));
        return format!("{name} 不符合 v<版本>_<说明>.sql 的形式{reason}");
    }
    if let Some((name, character)) = why.split_once(" holds the invisible character ") {
        return format!("{name} 含有不可见字符 {character}");
    }
    for (before, after, zh_before, zh_after) in RECORDED {
        if let Some(middle) = why.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) {
            return format!("{zh_before}{middle}{zh_after}");
        }
    }
    why.to_owned()
}

/// In what two scopes differ.
pub(crate) fn scope(lang: Lang, found: &[ScopeDifference]) -> String {
    let said: Vec<String> = found.iter().map(|difference| scope_difference(lang, difference)).collect();
    said.join("; ")
}

fn scope_difference(lang: Lang, difference: &ScopeDifference) -> String {
    let names = |names: &[String], none: &str| if names.is_empty() { none.to_owned() } else { list(lang, names, 8) };
    let switch = |word: &str, here: bool| match (lang, here) {
        (Lang::En, true) => format!("{word} are compared here, not there"),
        (Lang::En, false) => format!("{word} are compared there, not here"),
        (Lang::Zh, true) => format!("仅本机比较 {word}"),
        (Lang::Zh, false) => format!("仅对端比较 {word}"),
    };
    match (lang, difference) {
        (Lang::En, ScopeDifference::ModelVersion { here, there }) => {
            format!("another version of driftless: its model is {there}, here it is {here}")
        }
        (Lang::Zh, ScopeDifference::ModelVersion { here, there }) => {
            format!("driftless 版本不同: 对端模型版本 {there}，本机 {here}")
        }
        (Lang::En, ScopeDifference::Schemas { here, there }) => {
            format!("[database] schemas: {} here, {} there", names(here, "all"), names(there, "all"))
        }
        (Lang::Zh, ScopeDifference::Schemas { here, there }) => {
            format!("[database] schemas: 本机 {}，对端 {}", names(here, "全部"), names(there, "全部"))
        }
        (Lang::En, ScopeDifference::Ignore { only_here, only_there }) => {
            format!("[database] ignore: only here {}, only there {}", names(only_here, "-"), names(only_there, "-"))
        }
        (Lang::Zh, ScopeDifference::Ignore { only_here, only_there }) => {
            format!("[database] ignore: 仅本机 {}，仅对端 {}", names(only_here, "-"), names(only_there, "-"))
        }
        (_, ScopeDifference::Owners { here }) => switch("owners", *here),
        (_, ScopeDifference::Grants { here }) => switch("grants", *here),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(why: &str, zh: &str) {
        assert_eq!(no_answer(Lang::En, why), why);
        assert_eq!(no_answer(Lang::Zh, why), zh);
    }

    #[test]
    fn reasons_in_chinese() {
        check(
            "it refused this machine's certificate; are the two still paired?",
            "对端拒绝了本机的证书，两台机器是否仍处于配对状态？",
        );
        check(
            "10.0.0.2:7432: Connection refused (os error 111); no answer within 5 s",
            "10.0.0.2:7432: 连接被拒绝 (os error 111); 5 秒内无响应",
        );
        check("it says: certificate 0a1b is not paired with this machine", "对端答复: 证书 0a1b 未与该机器配对");
        check(
            "it says: `pc-a` has the grant `status` here; this needs `pull`",
            "对端答复: `pc-a` 在对端的权限为 `status`; 此操作需要 `pull`",
        );
        check(
            "it speaks protocol 2-3, this machine 1-1; use the same version of driftless on both",
            "对端使用的协议版本为 2-3，本机为 1-1; 请在两台机器上使用相同版本的 driftless",
        );
        check("something of another version", "something of another version");
    }

    #[test]
    fn recorded_reasons_in_chinese() {
        let check = |en: &str, zh: &str| assert_eq!(recorded(Lang::Zh, en), zh);
        check("line 3: CREATE INDEX CONCURRENTLY", "第 3 行: CREATE INDEX CONCURRENTLY");
        check("line 3: dynamic SQL as a superuser", "第 3 行: 以超级用户执行动态 SQL");
        check("it ran outside a transaction on the peer", "在对端是在事务之外执行的");
        check(
            "`old` does not have the form v<version>_<description>.sql (no .sql)",
            "`old` 不符合 v<版本>_<说明>.sql 的形式 (no .sql)",
        );
        check(
            "`x` does not have the form v<version>_<description>.sql (it does not end with `.sql`)",
            "`x` 不符合 v<版本>_<说明>.sql 的形式 (没有以 `.sql` 结尾)",
        );
        check("`v1_a.sql` holds the invisible character U+200B", "`v1_a.sql` 含有不可见字符 U+200B");
        check("its name cannot be told from that of `v1_a.sql`", "其名称与 `v1_a.sql` 无法区分");
        check("relation \"x\" does not exist", "relation \"x\" does not exist");
    }

    #[test]
    fn scopes_that_differ() {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let found = [
            ScopeDifference::Schemas { here: list(&["public"]), there: vec![] },
            ScopeDifference::Ignore { only_here: list(&["tmp_*"]), only_there: vec![] },
            ScopeDifference::Grants { here: false },
        ];
        assert_eq!(
            scope(Lang::En, &found),
            "[database] schemas: public here, all there; [database] ignore: only here tmp_*, only there -; grants are compared there, not here"
        );
        assert_eq!(
            scope(Lang::Zh, &found),
            "[database] schemas: 本机 public，对端 全部; [database] ignore: 仅本机 tmp_*，仅对端 -; 仅对端比较 grants"
        );
    }
}
