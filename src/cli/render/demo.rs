//! What the demo says between the commands that it shows.

use super::{Lang, Style, indent};

/// The steps of the story.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Servers,
    Machines,
    Pairing,
    Scripts,
    Drift,
    Failure,
    Held,
    End,
}

impl Step {
    /// How many there are.
    pub(crate) const COUNT: usize = 8;

    /// The step's title.
    pub(crate) fn title(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::En, Self::Servers) => "Two PostgreSQL servers, for this demo only",
            (Lang::Zh, Self::Servers) => "启动两个仅供演示的 PostgreSQL 服务器",
            (Lang::En, Self::Machines) => "Two machines, an identity and an agent each",
            (Lang::Zh, Self::Machines) => "两台机器，各有身份与代理",
            (Lang::En, Self::Pairing) => "Paired by a token that works once",
            (Lang::Zh, Self::Pairing) => "用一次性令牌配对",
            (Lang::En, Self::Scripts) => "Scripts are applied on pc-a, and pc-b follows by itself",
            (Lang::Zh, Self::Scripts) => "在 pc-a 上应用脚本，pc-b 自动跟上",
            (Lang::En, Self::Drift) => "pc-b is changed by hand: the drift is named",
            (Lang::Zh, Self::Drift) => "pc-b 被手工修改: 指出改动之处",
            (Lang::En, Self::Failure) => "A script fails: nothing is left behind, and it is tried again once corrected",
            (Lang::Zh, Self::Failure) => "脚本失败: 完全回滚，修正后再次应用",
            (Lang::En, Self::Held) => "A DROP COLUMN would lose data on pc-b: it waits for a person",
            (Lang::Zh, Self::Held) => "DROP COLUMN 会在 pc-b 丢失数据: 等待人工确认",
            (Lang::En, Self::End) => "Both machines in the end",
            (Lang::Zh, Self::End) => "最终两台机器的状态",
        }
    }
}

/// `pc-a$ driftless sync`.
pub(crate) fn prompt(style: Style, machine: &str, command: &str) -> String {
    format!("\n{} {}", style.faint(&format!("{machine}$")), style.strong(command))
}

/// A server is up.
pub(crate) fn server(style: Style, machine: &str, major: u32, port: u16, time: &str) -> String {
    style.tick(&match style.lang {
        Lang::En => format!("{machine}: PostgreSQL {major} on port {port} ({time})"),
        Lang::Zh => format!("{machine}: PostgreSQL {major}，端口 {port}（{time}）"),
    })
}

/// A token, cut: the whole one would fill the screen.
pub(crate) fn token(style: Style, token: &str) -> String {
    let start: String = token.chars().take(24).collect();
    style.tick(&format!("{start}…"))
}

/// B has what A has.
pub(crate) fn followed(style: Style, machine: &str, scripts: usize, fingerprint: &str, time: &str) -> String {
    let scripts = style.lang.scripts(scripts);
    let time = style.strong(time);
    style.tick(&match style.lang {
        Lang::En => format!("{machine} is in sync after {time}: {scripts}, fingerprint {fingerprint} on both"),
        Lang::Zh => format!("{machine} 在 {time} 后同步完成: {scripts}，双方指纹均为 {fingerprint}"),
    })
}

/// The typing error is mended.
pub(crate) fn corrected(style: Style, name: &str) -> String {
    style.faint(&match style.lang {
        Lang::En => format!("({name} is corrected)"),
        Lang::Zh => format!("（修正 {name}）"),
    })
}

/// Ctrl-C.
pub(crate) fn interrupted(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "stopped; everything is removed",
        Lang::Zh => "已停止，演示内容已全部删除",
    }
}

/// Nothing is left.
pub(crate) fn removed(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "servers, agents and folders are removed",
        Lang::Zh => "服务器、代理与目录均已删除",
    }
}

/// The story is over.
pub(crate) fn the_end(style: Style, time: &str) -> String {
    style.tick(&match style.lang {
        Lang::En => format!("the same schema on both machines; the whole story took {time}"),
        Lang::Zh => format!("两台机器的结构一致; 全过程用时 {time}"),
    })
}

/// The agent's log, when the story broke off.
pub(crate) fn log_of(style: Style, machine: &str, log: &str) -> String {
    let title = match style.lang {
        Lang::En => format!("the end of the log of {machine}:"),
        Lang::Zh => format!("{machine} 的日志末尾:"),
    };
    format!("{title}\n{}", indent(log, 2))
}

/// A machine that was left running.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) name: &'static str,
    pub(crate) folder: String,
    pub(crate) agent: Option<u32>,
    pub(crate) stop_server: String,
    pub(crate) server_folder: String,
}

/// How to talk to what was left running, and how to end it.
pub(crate) fn kept(style: Style, folder: &str, machines: &[Kept]) -> String {
    let (talk, end) = match style.lang {
        Lang::En => ("It goes on running. To talk to it:", "To end it:"),
        Lang::Zh => ("演示环境继续运行。使用方法:", "结束方法:"),
    };
    let mut text = format!("{talk}\n");
    for machine in machines {
        text.push_str(&format!("  cd {} && driftless status    # {}\n", machine.folder, machine.name));
    }
    text.push_str(&format!("{end}\n"));
    for machine in machines {
        if let Some(agent) = machine.agent {
            text.push_str(&format!("  kill {agent}\n"));
        }
        text.push_str(&format!("  {} && rm -r {}\n", machine.stop_server, machine.server_folder));
    }
    text.push_str(&format!("  rm -r {folder}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_to_end_what_was_kept() {
        let kept_one = Kept {
            name: "pc-a",
            folder: "/d/pc-a".into(),
            agent: Some(7),
            stop_server: "pg_ctl stop".into(),
            server_folder: "/s".into(),
        };
        assert_eq!(
            kept(Style::default(), "/d", &[kept_one]),
            "It goes on running. To talk to it:\n  cd /d/pc-a && driftless status    # pc-a\nTo end it:\n  kill 7\n  pg_ctl stop && rm -r /s\n  rm -r /d\n"
        );
    }
}
