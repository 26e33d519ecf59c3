//! What can be wrong with the configuration, with file, line and mend.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::{DATABASE_VARIABLE, LOCAL_FILE, SHARED_FILE};
use crate::private_file;
use crate::script::TextError;

/// A line of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}

/// What is wrong with the configuration. No variant holds a value that may be a password.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file is in another encoding.
    #[error("cannot read `{}`", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: TextError,
    },
    /// A file is no TOML.
    #[error("{place}: not valid TOML: {problem}")]
    Syntax {
        /// Where.
        place: Place,
        /// The parser's words.
        problem: String,
    },
    /// A key that nobody knows.
    #[error("{place}: unknown key `{key}`")]
    UnknownKey {
        /// Where.
        place: Place,
        /// The key, with its section.
        key: String,
        /// What may have been meant.
        mend: String,
    },
    /// A key of the other file.
    #[error("{place}: `{key}` belongs in {belongs}")]
    WrongFile {
        /// Where.
        place: Place,
        /// The key or section.
        key: String,
        /// The file's name.
        belongs: &'static str,
    },
    /// A value of the wrong type.
    #[error("{place}: `{key}` must be {expected}")]
    WrongType {
        /// Where.
        place: Place,
        /// The key, with its section.
        key: String,
        /// What was expected.
        expected: String,
    },
    /// A value that means nothing.
    #[error("{place}: `{key}`: {problem}")]
    Value {
        /// Where.
        place: Place,
        /// The key, with its section.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The local file holds a database URL and others can read it.
    #[error("`{}` can be read by others (mode {mode:o}), and it holds the database's URL", path.display())]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// There is no configuration from here upwards.
    #[error("there is no {SHARED_FILE} in `{}` or the folders above it", start.display())]
    NoProject {
        /// Where the search began.
        start: PathBuf,
    },
    /// No database is configured.
    #[error("no database is configured")]
    NoDatabase,
}

impl ConfigError {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "check that the file exists and can be read".into(),
            Self::Encoding { .. } => "save it as UTF-8".into(),
            Self::Syntax { .. } => "correct that line".into(),
            Self::UnknownKey { mend, .. } => mend.clone(),
            Self::WrongFile { belongs, .. } if *belongs == LOCAL_FILE => {
                format!("move it to {LOCAL_FILE}, which Git ignores: it is this machine's alone")
            }
            Self::WrongFile { belongs, .. } => format!("move it to {belongs}, which all machines share"),
            Self::WrongType { .. } | Self::Value { .. } => "correct that value".into(),
            Self::ReadableByOthers { path, .. } => private_file::mend(path),
            Self::NoProject { .. } => {
                "run `driftless init` in the project's folder, or name the file by --config".into()
            }
            Self::NoDatabase => format!(
                "write url = \"postgresql://user@localhost/database\" under [database] in {LOCAL_FILE}, \
                 set {DATABASE_VARIABLE}, or use --database"
            ),
        }
    }
}
