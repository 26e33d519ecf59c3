//! `[hooks]`: commands of the user's, run by the platform's shell in the folder of `driftless.toml`.
//!
//! `before_sync` runs before anything is applied, and a failure stops the batch; `after_apply` runs whoever applied (a command or
//! the agent), and a failure is reported while the scripts stay applied.

use tokio::process::Command;

use super::Machine;

/// A hook that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// It could not be started.
    #[error("failed to start the hook `{name}`")]
    Start {
        /// `before_sync` or `after_apply`.
        name: &'static str,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// It ended with another code than 0.
    #[error("the hook `{name}` ended with {status}: {output}")]
    Failed {
        /// `before_sync` or `after_apply`.
        name: &'static str,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it printed.
        output: String,
    },
}

/// Runs `[hooks] before_sync`, if set.
pub async fn before_sync(machine: &Machine) -> Result<(), HookError> {
    run(machine, "before_sync", machine.config.hook_before_sync.as_deref(), &[]).await
}

/// Runs `[hooks] after_apply`, if set and if anything was applied, with the scripts' names in `DRIFTLESS_SCRIPTS`, a line each.
pub async fn after_apply(machine: &Machine, scripts: &[String]) -> Result<(), HookError> {
    if scripts.is_empty() {
        return Ok(());
    }
    run(machine, "after_apply", machine.config.hook_after_apply.as_deref(), scripts).await
}

async fn run(
    machine: &Machine,
    name: &'static str,
    command: Option<&str>,
    scripts: &[String],
) -> Result<(), HookError> {
    let Some(command) = command else { return Ok(()) };
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let output = Command::new(shell)
        .args([flag, command])
        .current_dir(&machine.config.root)
        .env("DRIFTLESS_HOOK", name)
        .env("DRIFTLESS_SCRIPTS", scripts.join("\n"))
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| HookError::Start { name, source })?;
    if output.status.success() {
        tracing::info!(hook = name, "the hook ran");
        return Ok(());
    }
    let text = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr });
    let tail: Vec<&str> = text.lines().rev().take(5).collect();
    let output_text = tail.into_iter().rev().collect::<Vec<_>>().join(" | ");
    Err(HookError::Failed { name, status: output.status, output: output_text })
}
