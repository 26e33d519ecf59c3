//! `driftless.toml`, `driftless.local.toml`, the environment and the flags, put together into one checked [`Config`].

use std::path::PathBuf;

use crate::schema::Scope;

/// Everything that was configured, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of `driftless.toml`; relative paths start here.
    pub root: PathBuf,
    /// This machine's name.
    pub machine: String,
    /// Database URL as configured, if any (it may hold a password: never print it).
    pub database_url: Option<SecretUrl>,
    /// What is looked at.
    pub scope: Scope,
    /// Script folder.
    pub scripts_dir: PathBuf,
    /// Whether a WARNING raised by a script counts as a failure.
    pub fail_on_warning: bool,
    /// `[heal] scripts`.
    pub heal_scripts: HealScripts,
    /// `[heal] drift`.
    pub heal_drift: HealDrift,
    /// Address the agent listens on.
    pub listen: String,
    /// Folder of key, certificate, trust store and state.
    pub identity_dir: PathBuf,
    /// Peers named in the local file; addresses here come before those learned by pairing.
    pub peers: Vec<ConfiguredPeer>,
    /// `[models] command`.
    pub models_command: Option<String>,
    /// `[hooks] before_sync`.
    pub hook_before_sync: Option<String>,
    /// `[hooks] after_apply`.
    pub hook_after_apply: Option<String>,
}

/// A URL that may hold a password; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(pub String);

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretUrl(…)")
    }
}

/// `[[peers]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredPeer {
    /// The peer's name.
    pub name: String,
    /// `host:port`, in the order in which they are tried.
    pub addresses: Vec<String>,
}

/// Whether the agent applies what peers have applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealScripts {
    /// It does.
    #[default]
    Auto,
    /// Each waits for approval.
    Ask,
    /// Never.
    Off,
}

/// What is done about drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealDrift {
    /// Drift that only adds becomes a script (a later issue); anything else is reported.
    #[default]
    Capture,
    /// It is reported.
    Report,
}
