//! The help in Chinese, put over clap's.

use clap::{Arg, ArgAction, Command};

use super::Lang;

const ABOUT: &str = "两台电脑、两个 PostgreSQL 数据库、同一个结构，由每台机器上的代理保持一致";

const COMMANDS: &[(&str, &str)] = &[
    ("init", "初始化本机: 配置、脚本目录、身份、迁移历史"),
    ("new", "从模板新建脚本"),
    ("apply", "立即应用指定脚本"),
    ("sync", "应用所有待应用的脚本（来自脚本目录与可达的对端）"),
    ("check", "检查数据库结构与脚本留下的结构是否一致"),
    ("status", "显示本机与各对端的状态"),
    ("diff", "逐项显示结构差异"),
    ("fingerprint", "显示结构指纹"),
    ("capture", "将手工修改转为脚本，并记录为已在本机应用"),
    ("revert", "生成撤销某个脚本的脚本"),
    ("dump", "以 DDL 输出结构，可载入空数据库"),
    ("heal", "显示修复计划，或批准、暂停、恢复修复，或撤销手工修改"),
    ("history", "迁移历史"),
    ("invite", "生成令牌，供另一台机器加入"),
    ("join", "用令牌加入另一台机器"),
    ("peers", "查看与管理受信任的对端"),
    ("agent", "在前台运行代理，或安装为服务"),
    ("doctor", "检查本机所需的一切并给出解决办法"),
    ("demo", "用两个临时数据库与两个代理演示完整过程"),
    ("completions", "生成命令行补全脚本"),
    ("list", "列出"),
    ("show", "显示一个脚本的记录与内容"),
    ("mark-applied", "标记为已应用而不执行"),
    ("repair", "以脚本目录中的当前内容为准，或改用另一名称记录"),
    ("reset", "清除迁移记录（数据库结构不变）"),
    ("export", "将记录的脚本写入目录"),
    ("grant", "更改对端的权限"),
    ("remove", "不再信任某个对端"),
    ("install", "安装为 systemd 用户单元或 Windows 服务"),
    ("uninstall", "撤销安装"),
];

const ARGUMENTS: &[(&str, &str)] = &[
    ("config", "使用此配置文件，而不是最近的 driftless.toml"),
    ("database", "数据库地址（也可用 DRIFTLESS_DATABASE_URL、配置文件、DATABASE_URL）"),
    ("json", "输出 JSON"),
    ("color", "何时使用颜色"),
    ("lang", "输出语言（也可用 DRIFTLESS_LANG 或系统区域设置）"),
    ("verbose", "输出更多信息; 重复使用则输出全部"),
    ("quiet", "只输出结果"),
    ("output", "将报告以 UTF-8 写入此文件（PowerShell 的 `>` 会写成 UTF-16）"),
    ("name", "名称"),
    ("new_name", "保留已记录的内容，今后使用此名称"),
    ("listen", "代理监听的地址"),
    ("description", "脚本的用途，几个字即可"),
    ("apply", "编辑之后立即应用"),
    ("no_edit", "不打开编辑器"),
    ("files", "脚本文件，或脚本目录中的脚本名"),
    ("yes", "不再询问，直接确认"),
    ("dry_run", "只显示将要做什么，不作任何更改"),
    ("peer", "只针对此对端"),
    ("replay", "同时在临时数据库中重放迁移历史并比较"),
    ("watch", "持续显示，直到按 Ctrl-C"),
    ("from", "比较的起点: postgres:// 地址、peer:名称、file:路径.sql、scripts:目录 或 models"),
    ("to", "比较的终点"),
    ("schemas", "要查看的 schema，以逗号分隔（默认取配置）"),
    ("source", "postgres:// 地址、peer:名称、file:路径.sql、scripts:目录 或 models; 省略则为所配置的数据库"),
    ("owners", "所有者也计入"),
    ("grants", "权限也计入"),
    ("names", "脚本名"),
    ("all", "所有已在本机执行过、或其效果已存在的待应用脚本"),
    ("objects", "显示每个结构项的摘要"),
    ("sql", "打印把一方变成另一方的 SQL"),
    ("short_locks", "避免长时间锁表: 约束先 NOT VALID 再验证，索引 CONCURRENTLY; 逐条语句、在事务之外执行"),
    ("approve", "在本机批准这些脚本（仅限当前内容）"),
    ("revert_drift", "撤销本机的手工修改，而不是保留"),
    ("pause", "让代理释放数据库"),
    ("resume", "在暂停或停止之后继续修复"),
    ("dir", "目录"),
    ("grant", "对方在本机的权限: status、pull 或 apply"),
    ("token", "另一台机器上 `driftless invite` 输出的令牌"),
    ("keep", "保留演示环境，并说明如何使用"),
    ("shell", "shell 的名称"),
];

/// The same command line with its help in this language.
pub(crate) fn localized(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Zh => chinese(command.about(ABOUT)),
    }
}

fn chinese(command: Command) -> Command {
    let find = |table: &[(&str, &'static str)], name: &str| {
        table.iter().find(|(english, _)| *english == name).map(|(_, chinese)| *chinese)
    };
    let command = command.mut_args(|arg| {
        let heading = match (arg.get_help_heading().is_some(), arg.is_positional()) {
            (true, _) => "全局选项",
            (false, true) => "参数",
            (false, false) => "选项",
        };
        let arg = arg.help_heading(heading);
        match find(ARGUMENTS, arg.get_id().as_str()) {
            Some(help) => arg.help(help),
            None => arg,
        }
    });
    // clap's own words: help flag, version flag, headings.
    let flag = |name: &'static str, short: char, action: ArgAction, help: &'static str| {
        Arg::new(name).long(name).short(short).action(action).help(help).help_heading("选项")
    };
    let command = command
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(flag("help", 'h', ArgAction::Help, "显示帮助"))
        .subcommand_help_heading("命令")
        .help_template("{about-with-newline}\n用法: {usage}\n\n{all-args}");
    let command = if command.get_version().is_some() {
        command.disable_version_flag(true).arg(flag("version", 'V', ArgAction::Version, "显示版本"))
    } else {
        command
    };
    command.mut_subcommands(|sub| {
        let about = find(COMMANDS, sub.get_name());
        let sub = chinese(sub);
        match about {
            Some(about) => sub.about(about),
            None => sub,
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Args;

    /// A command or argument without a Chinese text would be shown in English in the middle of a Chinese page.
    #[test]
    fn everything_that_is_shown_is_translated() {
        fn ascii_help(command: &Command, path: &str, found: &mut Vec<String>) {
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                if arg.get_help().is_some_and(|help| help.to_string().is_ascii()) {
                    found.push(format!("{path} {}", arg.get_id()));
                }
            }
            for sub in command.get_subcommands() {
                if sub.get_about().is_some_and(|about| about.to_string().is_ascii()) {
                    found.push(format!("{path} {}", sub.get_name()));
                }
                ascii_help(sub, &format!("{path} {}", sub.get_name()), found);
            }
        }
        let mut found = Vec::new();
        ascii_help(&localized(Args::command(), Lang::Zh), "driftless", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
