//! The script folder: what is in it, and putting a new script there.
//!
//! Reads and decides nothing: what is no script is listed with the reason, what cannot be read is an error that names the file.
//! What could go wrong: a link that leads out of the folder (not followed), two names that are one file on Windows (said), a file
//! of another kind or of a huge size (said), a new script over an old one (refused).

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::history::stem;
use crate::script::{CanonicalText, InvalidName, Script, ScriptName, TextError};

/// A script larger than this is not read.
pub const MAX_SCRIPT_BYTES: u64 = 64 << 20;

/// Files that belong into the folder and are no scripts: not worth a mention.
const COMPANIONS: [&str; 2] = ["README.md", "migration_template.sql"];

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptDirError {
    /// The folder cannot be listed.
    #[error("failed to list the script folder `{}`", .path.display())]
    List {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("failed to read `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// A file's text cannot be used.
    #[error("`{}` cannot be used", .path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: TextError,
    },
    /// A file is too large.
    #[error("`{}` has {bytes} bytes; a script has at most {MAX_SCRIPT_BYTES}", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// A file named by a person has no script name.
    #[error("`{}` is no script", .path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// What is wrong with its name.
        #[source]
        source: InvalidName,
    },
    /// Two names are one file on Windows and macOS.
    #[error("`{first}` and `{second}` differ only in case, and are one file on Windows; rename one")]
    SameFile {
        /// One name.
        first: String,
        /// The other.
        second: String,
    },
    /// A new script cannot be written.
    #[error("failed to write `{}`", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: io::Error,
    },
}

/// A file of the folder that is no script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its name.
    pub name: String,
    /// Why it is none.
    pub reason: String,
}

/// The folder's content.
#[derive(Debug, Default)]
pub struct ScriptDir {
    /// The scripts, in their order.
    pub scripts: Vec<Script>,
    /// Files that are no scripts, by name.
    pub ignored: Vec<Ignored>,
    /// Scripts whose text cannot be used, each with the reason. Questions are answered without them; nothing is applied past them.
    pub unreadable: Vec<ScriptDirError>,
}

impl ScriptDir {
    /// Reads a folder. A folder that is not there holds nothing.
    pub fn load(path: &Path) -> Result<Self, ScriptDirError> {
        let list = |source| ScriptDirError::List { path: path.to_owned(), source };
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(list(error)),
        };
        let mut found = Self::default();
        for entry in entries {
            let entry = entry.map_err(list)?;
            let file_name = entry.file_name();
            let name = file_name.to_string_lossy();
            let kind = entry.file_type().map_err(list)?;
            if kind.is_dir() || name.starts_with('.') || COMPANIONS.contains(&name.as_ref()) {
                continue;
            }
            let mut ignore = |reason: String| found.ignored.push(Ignored { name: name.to_string(), reason });
            match ScriptName::parse(&name) {
                Err(error) => ignore(error.to_string()),
                Ok(_) if file_name.to_str().is_none() => ignore("its name is not valid Unicode".into()),
                Ok(_) if !kind.is_file() => ignore("it is a link or a device, not a file".into()),
                Ok(name) => match read_text(&entry.path()) {
                    Ok(text) => found.scripts.push(Script { text, name }),
                    Err(error) => found.unreadable.push(error),
                },
            }
        }
        found.ignored.sort_by(|a, b| a.name.cmp(&b.name));
        found.sorted()
    }

    /// The folder, if every script in it can be read.
    pub fn whole(mut self) -> Result<Self, ScriptDirError> {
        if self.unreadable.is_empty() { Ok(self) } else { Err(self.unreadable.swap_remove(0)) }
    }

    /// Scripts given by hand, in the order of their versions.
    pub fn of(scripts: Vec<Script>) -> Result<Self, ScriptDirError> {
        Self { scripts, ..Self::default() }.sorted()
    }

    fn sorted(mut self) -> Result<Self, ScriptDirError> {
        self.scripts.sort_by(|a, b| a.name.cmp(&b.name));
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        for script in &self.scripts {
            let name = script.name.as_str();
            if let Some(other) = folded.insert(name.to_lowercase(), name) {
                return Err(ScriptDirError::SameFile { first: other.to_owned(), second: name.to_owned() });
            }
        }
        Ok(self)
    }
}

/// Whether a folder lies in a Git work tree: `.git` is a folder, or a file in further work trees and submodules.
pub fn is_in_git(folder: &Path) -> bool {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().any(|ancestor| ancestor.join(".git").exists())
}

/// Whether a folder has a file of this recorded name. Where that cannot be told, it has.
pub fn holds(folder: &Path, name: &str) -> bool {
    let name = ScriptName::parse(&format!("{}.sql", stem(name)));
    name.is_ok_and(|name| folder.join(name.as_str()).try_exists().unwrap_or(true))
}

/// When files last came into a folder or went; `None`: it is not there.
pub fn changed(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).and_then(|folder| folder.modified()).ok()
}

/// Size and time of the files of these scripts, where they are there: another answer means that it is worth reading them.
pub fn stamps(folder: &Path, names: &[ScriptName]) -> Vec<Option<(u64, SystemTime)>> {
    let stamp = |name: &ScriptName| {
        let known = fs::metadata(folder.join(name.as_str())).ok()?;
        Some((known.len(), known.modified().ok()?))
    };
    names.iter().map(stamp).collect()
}

/// Reads one script file that a person named.
pub fn read(path: &Path) -> Result<Script, ScriptDirError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = ScriptName::parse(&name).map_err(|source| ScriptDirError::Name { path: path.to_owned(), source })?;
    Ok(Script { name, text: read_text(path)? })
}

/// Writes a new script, with LF line ends; never over a file that is there.
pub fn write_new(folder: &Path, script: &Script) -> Result<PathBuf, ScriptDirError> {
    let path = folder.join(script.name.as_str());
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let written = file.write_all(script.text.as_str().as_bytes());
        if written.is_err() {
            // Half a script would be applied as if it were whole.
            drop(file);
            fs::remove_file(&path)?;
        }
        written
    };
    write().map_err(|source| ScriptDirError::Write { path: path.clone(), source })?;
    Ok(path)
}

fn read_text(path: &Path) -> Result<CanonicalText, ScriptDirError> {
    let read = |source| ScriptDirError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(read)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that grew while it was read.
    file.take(MAX_SCRIPT_BYTES + 1).read_to_end(&mut bytes).map_err(read)?;
    let size = bytes.len() as u64;
    if size > MAX_SCRIPT_BYTES {
        return Err(ScriptDirError::TooLarge { path: path.to_owned(), bytes: size });
    }
    CanonicalText::decode(&bytes).map_err(|source| ScriptDirError::Text { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).expect("written");
        }
        folder
    }

    #[test]
    fn scripts_are_sorted_and_the_rest_is_named() {
        let folder = folder(&[
            ("v10_b.sql", b"SELECT 10;\r\n"),
            ("v2_a.sql", b"SELECT 2;"),
            ("README.md", b""),
            ("migration_template.sql", b""),
            (".hidden", b""),
            ("V3_x.sql", b""),
            ("notes.txt", b""),
        ]);
        fs::create_dir(folder.path().join("v5_folder.sql")).expect("made");
        let found = ScriptDir::load(folder.path()).expect("read");
        let names: Vec<&str> = found.scripts.iter().map(|script| script.name.as_str()).collect();
        assert_eq!(names, ["v2_a.sql", "v10_b.sql"]);
        assert_eq!(found.scripts[1].text.as_str(), "SELECT 10;\n");
        let ignored: Vec<&str> = found.ignored.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(ignored, ["V3_x.sql", "notes.txt"]);
        assert!(found.ignored[0].reason.contains("does not start with `v`"), "{}", found.ignored[0].reason);
    }

    #[test]
    fn a_missing_folder_holds_nothing() {
        let found = ScriptDir::load(Path::new("no such folder")).and_then(ScriptDir::whole).expect("empty");
        assert!(found.scripts.is_empty() && found.ignored.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = folder(&[("v1_a.sql", b"SELECT 1; -- \xb6\xa9\xb5\xa5")]);
        let found = ScriptDir::load(folder.path()).expect("a question can be answered");
        let error = found.whole().expect_err("not UTF-8");
        assert!(error.to_string().contains("v1_a.sql"), "{error}");
        assert!(std::error::Error::source(&error).expect("a cause").to_string().contains("line 1"), "{error:?}");
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_one_file_on_windows_and_links() {
        let folder = folder(&[("v1_a.sql", b""), ("v1_A.sql", b"")]);
        assert!(matches!(ScriptDir::load(folder.path()), Err(ScriptDirError::SameFile { .. })));
        fs::remove_file(folder.path().join("v1_A.sql")).expect("removed");
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("v2_link.sql")).expect("linked");
        let found = ScriptDir::load(folder.path()).expect("read");
        assert_eq!(found.scripts.len(), 1);
        assert_eq!(found.ignored[0].reason, "it is a link or a device, not a file");
    }

    #[test]
    fn a_new_script_never_overwrites() {
        let folder = folder(&[]);
        let script = Script {
            name: ScriptName::parse("v1_新.sql").expect("valid"),
            text: CanonicalText::from_canonical("SELECT 1;\n").expect("canonical"),
        };
        let path = write_new(&folder.path().join("new"), &script).expect("written");
        assert_eq!(read(&path).expect("read"), script);
        assert!(matches!(write_new(&folder.path().join("new"), &script), Err(ScriptDirError::Write { .. })));
    }
}
