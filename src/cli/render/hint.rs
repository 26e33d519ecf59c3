//! What the operator can do about an error. The modules' own hints are English; here are the Chinese ones.

use super::Lang;
use crate::config::{ConfigError, DATABASE_VARIABLE, LOCAL_FILE};
use crate::postgres::connect::{ConnectError, Unreachable};

/// About a connection.
pub(crate) fn connect(lang: Lang, error: &ConnectError) -> Option<String> {
    let english = error.hint();
    if lang == Lang::En {
        return english;
    }
    Some(match error {
        ConnectError::Unreachable { reason, .. } => match reason {
            Unreachable::NameNotFound => "请检查主机名是否有误，或改用 IP 地址".into(),
            Unreachable::NoSocket => "请启动 PostgreSQL，或以套接字目录、`localhost` 作为主机".into(),
            Unreachable::TimedOut(_) => "请检查地址与防火墙，以及该服务器的 `listen_addresses`".into(),
            Unreachable::Refused | Unreachable::Broken | Unreachable::Failed => {
                "请检查 PostgreSQL 是否在该处运行，以及端口是否正确".into()
            }
        },
        ConnectError::Authentication { password_given: true, note: None, .. } => {
            "请检查用户名与密码，以及服务器的 pg_hba.conf".into()
        }
        ConnectError::Authentication { password_given: false, note: None, .. } => {
            "请在数据库地址、PGPASSWORD 或密码文件（.pgpass）中提供密码".into()
        }
        ConnectError::NoSuchDatabase { database, .. } => {
            format!("请创建数据库（CREATE DATABASE \"{}\"）或更正名称", database.replace('"', "\"\""))
        }
        ConnectError::TooManyConnections { .. } => "请关闭其他连接，或增大服务器的 `max_connections`".into(),
        ConnectError::StartingOrStopping { .. } => "请稍候再试".into(),
        ConnectError::TooOld { .. } => "请升级该服务器".into(),
        _ => return english,
    })
}

/// About the configuration.
pub(crate) fn config(lang: Lang, error: &ConfigError) -> String {
    match (lang, error) {
        (Lang::Zh, ConfigError::Read { .. }) => "请检查文件是否存在且可读".into(),
        (Lang::Zh, ConfigError::Encoding { .. }) => "请保存为 UTF-8".into(),
        (Lang::Zh, ConfigError::Syntax { .. }) => "请修正该行".into(),
        (Lang::Zh, ConfigError::WrongFile { belongs, .. }) => format!("请移到 {belongs} 中"),
        (Lang::Zh, ConfigError::WrongType { .. } | ConfigError::Value { .. }) => "请修正该值".into(),
        (Lang::Zh, ConfigError::NoProject { .. }) => {
            "请在项目目录中执行 `driftless init`，或用 --config 指定配置文件".into()
        }
        (Lang::Zh, ConfigError::NoDatabase) => format!(
            "请在 {LOCAL_FILE} 的 [database] 下填写 url = \"postgresql://用户@localhost/数据库\"，或设置 {DATABASE_VARIABLE}，或使用 --database"
        ),
        _ => error.hint(),
    }
}

/// Neither key nor record: the first command was not run yet.
pub(crate) fn not_initialised(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "run `driftless init` first",
        Lang::Zh => "请先执行 `driftless init`",
    }
}

/// A peer that does not answer, or refuses.
pub(crate) fn peer(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "`driftless doctor` checks both ends of the line",
        Lang::Zh => "请用 `driftless doctor` 检查连接的两端",
    }
}
