//! `[models] command`: the application's models as DDL, printed by a command of the user's and loaded into a scratch database.
//!
//! Start at [`ddl`] for the text, and at [`check`] for what the database lacks of it.

mod comparison;

use std::process::Stdio;

use tokio::process::Command;

use super::replay::{Ground, Text, replay};
use super::{Machine, MachineError};
use crate::postgres::catalog::Reading;
use crate::postgres::scratch::{ReplayError, Skipped};
use crate::script::{CanonicalText, TextError};

pub use comparison::Comparison;

/// Why there is no DDL of the models.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// There is no database to host the scratch database.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The DDL failed, or there is no scratch database.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// It makes no table in the schemas that are looked at.
    #[error("`[models] command` (`{command}`) printed no table of the schemas that are looked at{schemas}")]
    NoTable {
        /// The command.
        command: String,
        /// The schemas in parentheses, or nothing where all are.
        schemas: String,
    },
    /// It is not configured.
    #[error("`[models] command` is not set in `driftless.toml`")]
    NotSet,
    /// The command could not be started.
    #[error("failed to start `[models] command` (`{command}`)")]
    Start {
        /// The command.
        command: String,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The command ended with another code than 0.
    #[error("`[models] command` (`{command}`) ended with {status}: {output}")]
    Failed {
        /// The command.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it said.
        output: String,
    },
    /// What it printed is no text that can be run.
    #[error("what `[models] command` (`{command}`) printed cannot be used")]
    Text {
        /// The command.
        command: String,
        /// What is wrong.
        #[source]
        source: TextError,
    },
    /// It printed nothing.
    #[error("`[models] command` (`{command}`) printed no DDL")]
    Nothing {
        /// The command.
        command: String,
    },
}

/// The live schema against the models.
pub async fn check(machine: &Machine, live: &Reading) -> Result<(Comparison, Vec<Skipped>), ModelsError> {
    let text = ddl(machine).await?;
    let scope = &machine.config.scope;
    let found = replay(&machine.target()?, scope, Ground::Surroundings, &[text]).await?;
    let comparison = comparison::compare(&found.reading, live);
    if comparison.tables == 0 {
        let command = machine.config.models_command.clone().unwrap_or_default();
        let named = || format!(" ({})", scope.schemas.join(", "));
        return Err(ModelsError::NoTable {
            command,
            schemas: if scope.schemas.is_empty() { String::new() } else { named() },
        });
    }
    Ok((comparison, found.skipped))
}

/// Runs the command in the folder of `driftless.toml`, and takes what it prints.
pub async fn ddl(machine: &Machine) -> Result<Text, ModelsError> {
    let command = machine.config.models_command.clone().ok_or(ModelsError::NotSet)?;
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let output = Command::new(shell)
        .args([flag, &command])
        .current_dir(&machine.config.root)
        // a Python on Windows would print in the console's own encoding
        .env("PYTHONUTF8", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.map_err(|source| ModelsError::Start { command: command.clone(), source })?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let tail: Vec<&str> = text.lines().rev().take(5).collect();
        let output_text = tail.into_iter().rev().collect::<Vec<_>>().join(" | ");
        return Err(ModelsError::Failed { command, status: output.status, output: output_text });
    }
    let text = CanonicalText::decode(&output.stdout);
    let text = text.map_err(|source| ModelsError::Text { command: command.clone(), source })?;
    if text.as_str().trim().is_empty() {
        return Err(ModelsError::Nothing { command });
    }
    Ok(Text { name: "models".into(), text })
}
