//! What connection parameters depend on outside the connection string: variables, the home folder, the user's name.
//! Read once, so that the rest can be tested without touching the process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Variables, home folder and user name.
#[derive(Clone, Default)]
pub(super) struct Environment {
    variables: BTreeMap<String, String>,
    /// The operating system's user name.
    pub(super) user: Option<String>,
    /// Folder that holds `root.crt` and its like: `~/.postgresql`, on Windows `%APPDATA%\postgresql`.
    pub(super) certificates: Option<PathBuf>,
    /// `~/.pgpass`, on Windows `%APPDATA%\postgresql\pgpass.conf`.
    pub(super) passfile: Option<PathBuf>,
    /// `~/.pg_service.conf`, on Windows `%APPDATA%\postgresql\.pg_service.conf`.
    pub(super) servicefile: Option<PathBuf>,
    /// Folders where a server may keep its Unix socket; empty on Windows.
    pub(super) socket_folders: Vec<PathBuf>,
}

impl Environment {
    /// The process's own.
    pub(super) fn current() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            // Windows does not tell names by case
            .map(|(name, value)| (if cfg!(windows) { name.to_uppercase() } else { name }, value))
            .collect();
        let user = whoami::username().ok();
        if cfg!(windows) {
            let folder = std::env::var_os("APPDATA").map(|folder| Path::new(&folder).join("postgresql"));
            Self {
                variables,
                user,
                passfile: folder.as_ref().map(|folder| folder.join("pgpass.conf")),
                servicefile: folder.as_ref().map(|folder| folder.join(".pg_service.conf")),
                certificates: folder,
                socket_folders: Vec::new(),
            }
        } else {
            let home = std::env::home_dir();
            Self {
                variables,
                user,
                certificates: home.as_ref().map(|home| home.join(".postgresql")),
                passfile: home.as_ref().map(|home| home.join(".pgpass")),
                servicefile: home.as_ref().map(|home| home.join(".pg_service.conf")),
                // Debian and Red Hat, then what PostgreSQL itself builds in
                socket_folders: ["/var/run/postgresql", "/run/postgresql", "/tmp"].map(PathBuf::from).to_vec(),
            }
        }
    }

    /// A variable's value; one that is empty counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
        Self { variables, user: Some("osuser".into()), ..Self::default() }
    }
}
