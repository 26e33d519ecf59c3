//! `agent`: in the foreground until it is told to stop, or installed for the session.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::args::{Agent, AgentCommand, Global};
use super::exit_code::ExitCode;
use super::ui::Ui;
use super::{NoIdentity, stop_signal};
use crate::agent::news::Teller;
use crate::agent::{Machine, schedule};
use crate::config::Config;

/// The systemd unit's name; the Windows service's as well.
const NAME: &str = "driftless";

/// The configuration with the flags of this command put over it.
pub(super) fn listening(config: Config, args: &Agent) -> Config {
    match &args.listen {
        Some(listen) => Config { listen: listen.clone(), ..config },
        None => config,
    }
}

/// Runs until Ctrl-C, SIGTERM, or the service manager says stop.
pub(super) fn serve(runtime: tokio::runtime::Runtime, config: Config, args: &Agent, tell: Teller) -> Result<ExitCode> {
    config.project()?;
    let machine = Machine::open(config, "agent")?;
    if machine.identity.is_none() {
        return Err(NoIdentity.into());
    }
    if args.service {
        return serve_as_service(runtime, machine, tell);
    }
    runtime.block_on(schedule::run(machine, stop_signal(), tell))?;
    runtime.shutdown_background();
    Ok(ExitCode::Done)
}

#[cfg(windows)]
fn serve_as_service(runtime: tokio::runtime::Runtime, machine: Machine, tell: Teller) -> Result<ExitCode> {
    crate::agent::service_windows::run(move |mut stop| {
        let stop = async move {
            let _ = stop.recv().await;
        };
        let ended = runtime.block_on(schedule::run(machine, stop, tell));
        if let Err(error) = &ended {
            tracing::error!("{}", crate::agent::chain(error));
        }
        runtime.shutdown_background();
        u32::from(ended.is_err())
    })?;
    Ok(ExitCode::Done)
}

#[cfg(not(windows))]
fn serve_as_service(_runtime: tokio::runtime::Runtime, _machine: Machine, _tell: Teller) -> Result<ExitCode> {
    Err(super::UsageError("--service is for Windows' service manager; see `driftless agent install`".into()).into())
}

/// `agent install`, `agent uninstall`.
pub(super) fn install_or_not(ui: &Ui, global: &Global, args: &Agent) -> Result<ExitCode> {
    match &args.command {
        Some(AgentCommand::Install) => {
            let machine = super::project(global, "agent")?;
            if machine.identity.is_none() {
                return Err(NoIdentity.into());
            }
            install(ui, &machine)
        }
        _ => uninstall(ui),
    }
}

#[cfg(windows)]
fn install(ui: &Ui, machine: &Machine) -> Result<ExitCode> {
    let program = std::env::current_exe().context("failed to find this program")?;
    crate::agent::service_windows::install(&program, &machine.config.root)?;
    ui.answer(&ui.style.tick(&ui.lang().agent_installed(NAME)));
    Ok(ExitCode::Done)
}

#[cfg(windows)]
fn uninstall(ui: &Ui) -> Result<ExitCode> {
    crate::agent::service_windows::uninstall()?;
    ui.answer(&ui.style.tick(&ui.lang().agent_uninstalled(NAME)));
    Ok(ExitCode::Done)
}

#[cfg(not(windows))]
fn install(ui: &Ui, machine: &Machine) -> Result<ExitCode> {
    let path = unit_file()?;
    let program = std::env::current_exe().context("failed to find this program")?;
    let folder = path.parent().context("the unit file has a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    let root = std::path::absolute(&machine.config.root).context("failed to tell where the configuration is")?;
    std::fs::write(&path, unit(&program, &root)).with_context(|| format!("failed to write `{}`", path.display()))?;
    ui.answer(&ui.style.tick(&ui.lang().agent_installed(&path.display().to_string())));
    systemctl(ui, &["daemon-reload"]);
    systemctl(ui, &["enable", "--now", NAME]);
    Ok(ExitCode::Done)
}

#[cfg(not(windows))]
fn uninstall(ui: &Ui) -> Result<ExitCode> {
    let path = unit_file()?;
    let shown = path.display().to_string();
    if !path.exists() {
        ui.answer(&ui.lang().agent_not_installed(&shown));
        return Ok(ExitCode::Done);
    }
    systemctl(ui, &["disable", "--now", NAME]);
    std::fs::remove_file(&path).with_context(|| format!("failed to remove `{shown}`"))?;
    systemctl(ui, &["daemon-reload"]);
    ui.answer(&ui.style.tick(&ui.lang().agent_uninstalled(&shown)));
    Ok(ExitCode::Done)
}

/// Runs systemctl where it is there; says what to type where it is not, or fails (no session bus, for one).
#[cfg(not(windows))]
fn systemctl(ui: &Ui, arguments: &[&str]) {
    let output = std::process::Command::new("systemctl").arg("--user").args(arguments).output();
    if !output.is_ok_and(|output| output.status.success()) {
        let command = format!("systemctl --user {}", arguments.join(" "));
        ui.say(&ui.style.bang(&ui.lang().run_yourself(&command)));
    }
}

#[cfg(not(windows))]
fn unit_file() -> Result<std::path::PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
    let config = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
    let config = config.context("neither XDG_CONFIG_HOME nor HOME is set")?;
    Ok(config.join("systemd/user").join(format!("{NAME}.service")))
}

/// `%` and `\` mean something to systemd.
#[cfg_attr(windows, allow(dead_code, reason = "there is no systemd"))]
fn unit(program: &Path, root: &Path) -> String {
    let quoted = |path: &Path| format!("\"{}\"", path.display().to_string().replace('\\', "\\\\").replace('%', "%%"));
    let bare = |path: &Path| path.display().to_string().replace('%', "%%");
    format!(
        "[Unit]\nDescription=driftless: keeps this machine's PostgreSQL schema in step with its peers\n\
         After=network-online.target postgresql.service\n\n\
         [Service]\nExecStart={} agent\nWorkingDirectory={}\nRestart=on-failure\nRestartSec=2\nTimeoutStopSec=20\n\n\
         [Install]\nWantedBy=default.target\n",
        quoted(program),
        bare(root)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_spaces_and_percents_reach_systemd_whole() {
        let text = unit(Path::new("/opt/my tools/driftless"), Path::new("/home/小明/100% app"));
        assert!(text.contains("ExecStart=\"/opt/my tools/driftless\" agent\n"), "{text}");
        assert!(text.contains("WorkingDirectory=/home/小明/100%% app\n"), "{text}");
    }
}
