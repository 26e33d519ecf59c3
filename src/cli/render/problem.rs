//! What keeps a script from being run, found before anything ran: file, line, and the mend.

use super::Lang;
use crate::script::{Problem, ProblemKind};

/// `v2_a.sql:3: what (mend)`.
pub(crate) fn problem(lang: Lang, file: &str, problem: &Problem) -> String {
    let (what, mend) = words(lang, &problem.kind);
    format!("{file}:{}: {what}; {mend}", problem.line)
}

/// `line 3: what`, where the file is named already.
pub(crate) fn words_of(lang: Lang, problem: &Problem) -> String {
    let (line, (what, _)) = (problem.line, words(lang, &problem.kind));
    match lang {
        Lang::En => format!("line {line}: {what}"),
        Lang::Zh => format!("第 {line} 行: {what}"),
    }
}

fn words(lang: Lang, kind: &ProblemKind) -> (String, &'static str) {
    match (lang, kind) {
        (Lang::En, ProblemKind::MetaCommand(word)) => {
            (format!("`{word}` is a command of psql, not SQL"), "take it out, or write the SQL that it stands for")
        }
        (Lang::Zh, ProblemKind::MetaCommand(word)) => {
            (format!("`{word}` 是 psql 的命令，不是 SQL"), "请删除，或改写为等价的 SQL")
        }
        (Lang::En, ProblemKind::CopyFromStdin) => {
            ("COPY … FROM stdin needs rows that do not come".into(), "write the rows as INSERT (pg_dump --inserts)")
        }
        (Lang::Zh, ProblemKind::CopyFromStdin) => {
            ("COPY … FROM stdin 需要另外传入数据行".into(), "请将数据写成 INSERT（pg_dump --inserts）")
        }
        (Lang::En, ProblemKind::TransactionControl(word)) => (
            format!("`{word}` would end the transaction that the script and its record share"),
            "take it out: every script runs in a transaction of its own",
        ),
        (Lang::Zh, ProblemKind::TransactionControl(word)) => {
            (format!("`{word}` 会结束脚本与其记录共用的事务"), "请删除: 每个脚本都在独立事务中执行")
        }
        (Lang::En, ProblemKind::BlockOutside) => (
            "`BEGIN … COMMIT` cannot hold its statements together: this script runs statement by statement, outside a transaction".into(),
            "put the block into a script of its own",
        ),
        (Lang::Zh, ProblemKind::BlockOutside) => {
            ("`BEGIN … COMMIT` 无法保持原子性: 该脚本在事务之外逐条执行".into(), "请将该事务块放入单独的脚本")
        }
        (Lang::En, ProblemKind::StringSyntax) => (
            "`standard_conforming_strings` would change what the text means".into(),
            "take it out, and write backslashes as E'…'",
        ),
        (Lang::Zh, ProblemKind::StringSyntax) => {
            ("`standard_conforming_strings` 会改变脚本文本的含义".into(), "请删除，并用 E'…' 书写反斜杠")
        }
        (Lang::En, ProblemKind::ClientEncoding(name)) => (
            format!("the client encoding `{name}` would change how the text is read"),
            "take it out: scripts are sent as UTF-8",
        ),
        (Lang::Zh, ProblemKind::ClientEncoding(name)) => {
            (format!("客户端编码 `{name}` 会改变脚本文本的读法"), "请删除: 脚本一律以 UTF-8 发送")
        }
        (Lang::En, ProblemKind::Unterminated(what)) => (format!("{what} never ends"), "close it"),
        (Lang::Zh, ProblemKind::Unterminated(what)) => (format!("{what} 没有结束"), "请补上结束符"),
        (Lang::En, ProblemKind::NulCharacter) => {
            ("a NUL character, which PostgreSQL cannot take".into(), "take it out")
        }
        (Lang::Zh, ProblemKind::NulCharacter) => ("含有 PostgreSQL 不接受的 NUL 字符".into(), "请删除"),
        (Lang::En, ProblemKind::TooManyWords(most)) => {
            (format!("more than {most} words, which is more than is taken from a peer"), "apply its file here")
        }
        (Lang::Zh, ProblemKind::TooManyWords(most)) => {
            (format!("超过 {most} 个词，不接受来自其他机器的如此长的脚本"), "请在本机应用该文件")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ProblemKind, en: &str, zh: &str) {
        let found = Problem { line: 3, kind };
        assert_eq!(problem(Lang::En, "v2_a.sql", &found), en);
        assert_eq!(problem(Lang::Zh, "v2_a.sql", &found), zh);
    }

    #[test]
    fn every_problem_in_both_languages() {
        check(
            ProblemKind::MetaCommand("\\connect".into()),
            "v2_a.sql:3: `\\connect` is a command of psql, not SQL; take it out, or write the SQL that it stands for",
            "v2_a.sql:3: `\\connect` 是 psql 的命令，不是 SQL; 请删除，或改写为等价的 SQL",
        );
        check(
            ProblemKind::CopyFromStdin,
            "v2_a.sql:3: COPY … FROM stdin needs rows that do not come; write the rows as INSERT (pg_dump --inserts)",
            "v2_a.sql:3: COPY … FROM stdin 需要另外传入数据行; 请将数据写成 INSERT（pg_dump --inserts）",
        );
        check(
            ProblemKind::TransactionControl("COMMIT".into()),
            "v2_a.sql:3: `COMMIT` would end the transaction that the script and its record share; take it out: every \
             script runs in a transaction of its own",
            "v2_a.sql:3: `COMMIT` 会结束脚本与其记录共用的事务; 请删除: 每个脚本都在独立事务中执行",
        );
        check(
            ProblemKind::BlockOutside,
            "v2_a.sql:3: `BEGIN … COMMIT` cannot hold its statements together: this script runs statement by statement, \
             outside a transaction; put the block into a script of its own",
            "v2_a.sql:3: `BEGIN … COMMIT` 无法保持原子性: 该脚本在事务之外逐条执行; 请将该事务块放入单独的脚本",
        );
        check(
            ProblemKind::ClientEncoding("gbk".into()),
            "v2_a.sql:3: the client encoding `gbk` would change how the text is read; take it out: scripts are sent as UTF-8",
            "v2_a.sql:3: 客户端编码 `gbk` 会改变脚本文本的读法; 请删除: 脚本一律以 UTF-8 发送",
        );
        check(
            ProblemKind::Unterminated("string".into()),
            "v2_a.sql:3: string never ends; close it",
            "v2_a.sql:3: string 没有结束; 请补上结束符",
        );
        check(
            ProblemKind::NulCharacter,
            "v2_a.sql:3: a NUL character, which PostgreSQL cannot take; take it out",
            "v2_a.sql:3: 含有 PostgreSQL 不接受的 NUL 字符; 请删除",
        );
    }
}
