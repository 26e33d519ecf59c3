//! What the operator can do about an error. The modules' own hints are English; here are the Chinese ones.

use super::Lang;
use crate::config::{ConfigError, DATABASE_VARIABLE, LOCAL_FILE};
use crate::peer::PeerError;
use crate::postgres::bookkeeping::BookkeepingError;
use crate::postgres::connect::{ConnectError, Unreachable};
use crate::postgres::lock::LockError;
use crate::postgres::scratch::ReplayError;

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

/// What has happened, in one Chinese sentence; the error itself, in English, follows it.
pub(crate) fn lead_connect(lang: Lang, error: &ConnectError) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    Some(match error {
        ConnectError::Unreachable { target, .. } => format!("无法连接数据库 {target}"),
        ConnectError::Authentication { target, password_given: true, .. } => {
            format!("数据库 {target} 拒绝登录: 用户名或密码有误")
        }
        ConnectError::Authentication { target, .. } => format!("数据库 {target} 拒绝登录: 未提供密码"),
        ConnectError::NoSuchDatabase { target, database, .. } => {
            format!("服务器 {target} 上没有数据库 `{database}`")
        }
        ConnectError::TooManyConnections { target, .. } => format!("服务器 {target} 没有空闲连接"),
        ConnectError::StartingOrStopping { target, .. } => format!("服务器 {target} 正在启动或关闭"),
        ConnectError::Tls { target, .. } => format!("无法与 {target} 建立 TLS 连接"),
        ConnectError::TooOld { target, version, .. } => format!("{target} 的 PostgreSQL {version} 版本过低"),
        ConnectError::Parameter { parameter, .. } => format!("数据库参数 `{parameter}` 有误"),
        ConnectError::Other { target, .. } => format!("无法连接 {target}"),
    })
}

/// About the configuration.
pub(crate) fn lead_config(lang: Lang, error: &ConfigError) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    Some(match error {
        ConfigError::Read { path, .. } | ConfigError::Encoding { path, .. } => {
            format!("无法读取配置文件 {}", path.display())
        }
        ConfigError::NoProject { start } => format!("{} 及其上级目录中没有 driftless.toml", start.display()),
        ConfigError::NoDatabase => "未配置数据库".into(),
        _ => "配置文件有误".into(),
    })
}

/// About a peer.
pub(crate) fn lead_peer(lang: Lang, error: &PeerError) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    let peer = error.peer();
    Some(match error {
        PeerError::Unreachable { .. } => format!("无法连接对端 {peer}"),
        PeerError::Untrusted { .. } => format!("与对端 {peer} 互不信任，或权限不足"),
        PeerError::Incompatible { .. } => format!("与对端 {peer} 不兼容"),
        PeerError::Misbehaved { .. } => format!("对端 {peer} 的应答有误"),
    })
}

/// Somebody else is applying scripts for longer than anybody waits.
pub(crate) fn lead_lock(lang: Lang, error: &LockError) -> Option<String> {
    match (lang, error) {
        (Lang::Zh, LockError::Held { holder, waited }) => {
            let (who, seconds) = (&holder.application, waited.as_secs());
            Some(format!("{who}（进程 {}）正在应用脚本，已等待 {seconds} 秒", holder.pid))
        }
        _ => None,
    }
}

/// Bookkeeping that a newer version has brought forward.
pub(crate) fn bookkeeping(lang: Lang, error: &BookkeepingError) -> Option<String> {
    let BookkeepingError::Newer { made_by, .. } = error else { return None };
    Some(match lang {
        Lang::En => format!(
            "upgrade driftless on this machine to {made_by} or later, in its source folder: git pull, then cargo install --path . --locked"
        ),
        Lang::Zh => format!(
            "请将本机的 driftless 升级到 {made_by} 或更高版本，在其源码目录中执行: git pull，然后 cargo install --path . --locked"
        ),
    })
}

/// The same in a sentence.
pub(crate) fn lead_bookkeeping(lang: Lang, error: &BookkeepingError) -> Option<String> {
    match (lang, error) {
        (Lang::Zh, BookkeepingError::Newer { .. }) => Some("本机的 driftless 版本比此数据库的记录更旧".to_owned()),
        _ => None,
    }
}

/// A script whose text cannot be used.
pub(crate) fn lead_text(lang: Lang) -> Option<String> {
    (lang == Lang::Zh).then(|| "脚本无法使用".to_owned())
}

/// Neither key nor record, in a sentence.
pub(crate) fn lead_not_initialised(lang: Lang) -> Option<String> {
    (lang == Lang::Zh).then(|| "本机或此数据库尚未初始化".to_owned())
}

/// Neither key nor record: the first command was not run yet.
pub(crate) fn not_initialised(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "run `driftless init` first",
        Lang::Zh => "请先执行 `driftless init`",
    }
}

/// What a superuser has to type.
pub(crate) fn type_as_superuser(lang: Lang, sql: &str) -> String {
    match lang {
        Lang::En => format!("as a superuser: {sql}"),
        Lang::Zh => format!("请以超级用户执行: {sql}"),
    }
}

/// A replay that met what its server does not have, or what must not be done there.
pub(crate) fn replay(lang: Lang, error: &ReplayError) -> Option<String> {
    Some(match (error, lang) {
        (ReplayError::NoRole { role: Some(role), .. }, _) => {
            let role = role.replace('"', "\"\"");
            match lang {
                Lang::En => format!("the scratch database's server lacks this role; create it there: CREATE ROLE \"{role}\";"),
                Lang::Zh => format!("临时数据库所在的服务器没有该角色，请在那里创建: CREATE ROLE \"{role}\";"),
            }
        }
        (ReplayError::NoExtension { .. }, Lang::En) => "install the extension's files on the scratch database's server".into(),
        (ReplayError::NoExtension { .. }, Lang::Zh) => "请在临时数据库所在的服务器上安装该扩展的文件".into(),
        (ReplayError::Reaches { .. } | ReplayError::ChangesRoles { .. }, Lang::En) => {
            "a replay must leave the server as it is: what reaches outside belongs into a script of its own, or is done by hand".into()
        }
        (ReplayError::Reaches { .. } | ReplayError::ChangesRoles { .. }, Lang::Zh) => {
            "重放不得改变服务器: 请将影响数据库之外的语句放入单独的脚本，或手工执行".into()
        }
        _ => return None,
    })
}

/// A peer that does not answer, or refuses.
pub(crate) fn peer(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "`driftless doctor` checks both ends of the line",
        Lang::Zh => "请用 `driftless doctor` 检查连接的两端",
    }
}
