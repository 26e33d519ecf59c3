//! What this machine remembers of its databases between runs: paused or not, which database it was, where its journal
//! ended, why healing stopped. So it notices that a database was restored, reset or exchanged.
//!
//! Start at [`LocalState::read`] and [`LocalState::update`]. It is a JSON file in the identity folder, beside the keys and
//! never in the repository. It judges nothing: what a difference means is for [`crate::heal`] to say. What could go wrong:
//! a file that cannot be read must not pass for an empty one, or a rewound database would go unnoticed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::divergence::Halt;
use crate::journal::Head;
use crate::private_file;

const FILE: &str = "state.json";
const LOCK_FILE: &str = "state.lock";
const VERSION: u32 = 1;

/// What is remembered of one database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Whether a person paused the agent.
    #[serde(default)]
    pub paused: bool,
    /// Random identity of the database as last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// End of its journal as last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// Why healing stopped, until a person resumes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<Halt>,
    /// When the peers last answered, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub peers: BTreeMap<String, PeerSeen>,
}

/// When a peer last answered. Milliseconds since 1970 by this machine's clock; for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerSeen {
    /// When it last answered, about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<i64>,
    /// Why it does not answer since, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<NoAnswer>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// How a peer does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// Not at all.
    Unreachable,
    /// A certificate or a grant was refused.
    Untrusted,
    /// Another version or another scope.
    Incompatible,
}

/// The state file of an identity folder.
#[derive(Debug, Clone)]
pub struct LocalState {
    folder: PathBuf,
}

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Reading failed.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// It is no state file, or one of a newer driftless.
    #[error("`{}` is no state file that this driftless understands: {problem}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Writing failed.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

impl StateError {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read { path, .. } | Self::Write { path, .. } => {
                format!("check the permissions of `{}` and of its folder", path.display())
            }
            Self::Broken { path, .. } => format!(
                "check `driftless history` by eye, then delete `{}`: driftless remembers anew from there",
                path.display()
            ),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    databases: BTreeMap<String, State>,
}

impl Default for Content {
    fn default() -> Self {
        Self { version: VERSION, databases: BTreeMap::new() }
    }
}

impl LocalState {
    /// The state kept in this identity folder; nothing is read yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// What is remembered of a database, known by its label (`user@host:port/database`). Nothing yet: the default.
    pub fn read(&self, database: &str) -> Result<State, StateError> {
        Ok(self.load()?.databases.remove(database).unwrap_or_default())
    }

    /// Changes what is remembered of a database, whole or not at all, one process at a time. The file is left alone where nothing changes.
    pub fn update<T>(&self, database: &str, change: impl FnOnce(&mut State) -> T) -> Result<T, StateError> {
        let path = self.path();
        let failed = |source| StateError::Write { path: path.clone(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let lock = File::create(self.folder.join(LOCK_FILE)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut content = self.load()?;
        let state = content.databases.entry(database.to_owned()).or_default();
        let before = state.clone();
        let result = change(state);
        if *state != before {
            let mut text = serde_json::to_string_pretty(&content).map_err(|error| failed(error.into()))?;
            text.push('\n');
            private_file::replace(&path, text.as_bytes()).map_err(failed)?;
        }
        Ok(result)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn load(&self) -> Result<Content, StateError> {
        let path = self.path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Content::default()),
            Err(source) => return Err(StateError::Read { path, source }),
        };
        let broken = |problem: String| StateError::Broken { path: path.clone(), problem };
        let content: Content = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        match content.version {
            VERSION => Ok(content),
            other => Err(broken(format!("its version is {other}, and {VERSION} is known here"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::ChainHash;

    const A: &str = "u@h:5432/a";

    #[test]
    fn databases_are_kept_apart_and_survive() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = LocalState::in_folder(&folder.path().join("certs"));
        assert_eq!(state.read(A).expect("reading"), State::default());
        let head = Head { seq: 7, hash: ChainHash([3; 32]) };
        let halted = Some(Halt::WentBackwards { remembered: 7, found: 2 });
        let wanted =
            State { paused: true, database: Some("id".into()), head: Some(head), halted, peers: BTreeMap::new() };
        state.update(A, |state| *state = wanted.clone()).expect("writing");
        assert_eq!(state.read(A).expect("reading"), wanted);
        assert_eq!(state.read("u@h:5432/b").expect("reading"), State::default());
        assert_eq!(private_file::readable_by_others(&state.path()).expect("metadata"), None);
    }

    #[test]
    fn changes_from_two_threads_are_all_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = LocalState::in_folder(folder.path());
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let state = &state;
                scope.spawn(move || {
                    for n in 0..10 {
                        let name = format!("{thread}/{n}");
                        state.update(&name, |state| state.paused = true).expect("writing");
                    }
                });
            }
        });
        assert_eq!(state.load().expect("reading").databases.len(), 40);
    }

    #[test]
    fn a_broken_file_is_no_empty_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = LocalState::in_folder(folder.path());
        for text in ["", "{\"version\":2,\"databases\":{}}", "{\"version\":1,\"databases\":{\"a\":{\"pause\":true}}}"] {
            fs::write(state.path(), text).expect("writing");
            let error = state.read(A).expect_err(text);
            assert!(matches!(error, StateError::Broken { .. }), "{text}");
            assert!(error.hint().contains("state.json"));
            assert!(state.update(A, |state| state.paused = true).is_err());
            assert_eq!(fs::read_to_string(state.path()).expect("reading"), text, "it is left as it was");
        }
    }
}
