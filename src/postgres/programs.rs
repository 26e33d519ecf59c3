//! PostgreSQL's own programs (`initdb`, `postgres`, `pg_ctl`, and where they are there `psql` and `pg_dump`), wherever
//! the platform keeps them.
//!
//! Start at [`Programs::find`]. Debian and Red Hat keep the server's programs off the `PATH`, so they are looked for in
//! the folder that `DRIFTLESS_PG_BIN` names, on `PATH`, where `pg_config` says, then in every platform's usual folders,
//! the newest version first.
//!
//! It never installs anything and never runs a program that it finds, but for `pg_config --bindir` and `postgres --version`.
//!
//! What could go wrong: a `PATH` that holds the programs of one version while a server of another is running. That does
//! no harm to a throwaway server, which uses the programs of one folder throughout; `pg_dump` is taken from that folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment variable that names the folder to be used before any other.
pub const BIN_VARIABLE: &str = "DRIFTLESS_PG_BIN";

/// What a server needs; a folder counts only if it holds all of them.
const SERVER: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// PostgreSQL's programs, all of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The folder they are in.
    pub folder: PathBuf,
    /// Makes a data folder.
    pub initdb: PathBuf,
    /// The server.
    pub postgres: PathBuf,
    /// Starts and stops the server.
    pub pg_ctl: PathBuf,
    /// The client, where it is installed: from the same folder, else from `PATH`.
    pub psql: Option<PathBuf>,
    /// The dumper, where it is installed: from the same folder, else from `PATH`.
    pub pg_dump: Option<PathBuf>,
    /// The major version, 15 for 15.14.
    pub major: u32,
}

/// Why there are no programs.
#[derive(Debug, thiserror::Error)]
pub enum ProgramsError {
    /// None of the folders holds them.
    #[error("PostgreSQL's programs `initdb`, `postgres` and `pg_ctl` were found in none of: {}", places(.looked_in))]
    Missing {
        /// Every folder that was looked at, in order.
        looked_in: Vec<PathBuf>,
    },
    /// `DRIFTLESS_PG_BIN` is set, but not to a folder of them.
    #[error("`{BIN_VARIABLE}` names `{}`, where `{missing}` is missing", .folder.display())]
    NotThere {
        /// What the variable holds.
        folder: PathBuf,
        /// The first program that is not there.
        missing: String,
    },
    /// The server program does not say its version.
    #[error("`{} --version` did not tell a PostgreSQL version", .program.display())]
    Version {
        /// The program.
        program: PathBuf,
    },
}

impl ProgramsError {
    /// How to get the programs on this platform.
    pub fn hint(&self) -> String {
        let install = match env::consts::OS {
            "linux" => linux_install(Path::new("/")),
            "macos" => "brew install postgresql@17",
            "windows" => "winget install PostgreSQL.PostgreSQL.17",
            _ => "install PostgreSQL 13 or later",
        };
        format!("install the server: {install}; or set {BIN_VARIABLE} to the folder that holds `initdb`")
    }
}

fn linux_install(root: &Path) -> &'static str {
    let has = |program: &str| ["usr/bin", "bin", "sbin"].iter().any(|folder| root.join(folder).join(program).is_file());
    if has("apt-get") {
        "sudo apt-get install postgresql"
    } else if has("dnf") {
        "sudo dnf install postgresql-server"
    } else if has("pacman") {
        "sudo pacman -S postgresql"
    } else if has("zypper") {
        "sudo zypper install postgresql-server"
    } else if has("apk") {
        "sudo apk add postgresql"
    } else {
        "install the package `postgresql-server` of your distribution"
    }
}

fn places(folders: &[PathBuf]) -> String {
    if folders.is_empty() {
        return "(no folder to look in exists)".to_owned();
    }
    folders.iter().map(|folder| format!("`{}`", folder.display())).collect::<Vec<_>>().join(", ")
}

impl Programs {
    /// Looks in `DRIFTLESS_PG_BIN`, on `PATH`, where `pg_config` says, and in the usual folders; the first folder with a
    /// whole server is taken.
    pub fn find() -> Result<Self, ProgramsError> {
        let path = path_folders();
        if let Some(folder) = env::var_os(BIN_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from) {
            return match missing(&folder) {
                Some(missing) => Err(ProgramsError::NotThere { folder, missing: missing.to_owned() }),
                None => Self::of(folder, &path),
            };
        }
        let mut folders = path.clone();
        folders.extend(pg_config_folder());
        folders.extend(usual_folders(Path::new("/")));
        match first_server(&folders) {
            Some(folder) => Self::of(folder.to_owned(), &path),
            None => Err(ProgramsError::Missing { looked_in: folders }),
        }
    }

    /// The programs of one folder that holds a whole server.
    fn of(folder: PathBuf, path: &[PathBuf]) -> Result<Self, ProgramsError> {
        // A link (Homebrew, /usr/local/bin) would make the server look for its share files beside the link.
        let real = fs::canonicalize(program(&folder, "postgres"))
            .ok()
            .and_then(|postgres| postgres.parent().map(Path::to_owned))
            .filter(|real| missing(real).is_none())
            .unwrap_or(folder);
        let postgres = program(&real, "postgres");
        let major = major_version(&postgres).ok_or_else(|| ProgramsError::Version { program: postgres.clone() })?;
        let client = |name: &str| {
            std::iter::once(&real).chain(path).map(|folder| program(folder, name)).find(|program| program.is_file())
        };
        Ok(Self {
            initdb: program(&real, "initdb"),
            pg_ctl: program(&real, "pg_ctl"),
            psql: client("psql"),
            pg_dump: client("pg_dump"),
            postgres,
            major,
            folder: real,
        })
    }
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn missing(folder: &Path) -> Option<&'static str> {
    SERVER.into_iter().find(|name| !program(folder, name).is_file())
}

fn first_server(folders: &[PathBuf]) -> Option<&PathBuf> {
    folders.iter().find(|folder| missing(folder).is_none())
}

fn path_folders() -> Vec<PathBuf> {
    env::var_os("PATH")
        .map(|path| env::split_paths(&path).filter(|folder| folder.is_absolute()).collect())
        .unwrap_or_default()
}

fn pg_config_folder() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim())).filter(|folder| folder.is_absolute())
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0)` → 15; `17beta1` → 17.
fn major_version(postgres: &Path) -> Option<u32> {
    let output = Command::new(postgres).arg("--version").stdin(Stdio::null()).output().ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_once(") ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The folders in which installers of this platform's kinds put the programs, the newest version first.
fn usual_folders(root: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if cfg!(windows) {
        for variable in ["ProgramW6432", "ProgramFiles"] {
            if let Some(base) = env::var_os(variable) {
                folders.extend(versioned(&Path::new(&base).join("PostgreSQL"), "", "bin"));
            }
        }
        folders.dedup();
        return folders;
    }
    for (parent, prefix, below) in [
        ("usr/lib/postgresql", "", "bin"),
        ("usr", "pgsql-", "bin"),
        ("usr/lib", "postgresql", "bin"),
        ("usr/libexec", "postgresql", ""),
        ("opt/homebrew/opt", "postgresql@", "bin"),
        ("usr/local/opt", "postgresql@", "bin"),
        ("home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
        ("Applications/Postgres.app/Contents/Versions", "", "bin"),
        ("opt/local/lib", "postgresql", "bin"),
        ("Library/PostgreSQL", "", "bin"),
    ] {
        folders.extend(versioned(&root.join(parent), prefix, below));
    }
    for fixed in ["opt/homebrew/opt/postgresql/bin", "usr/local/opt/postgresql/bin", "usr/local/pgsql/bin"] {
        folders.push(root.join(fixed));
    }
    folders
}

/// Folders `parent/<prefix><number>/<below>`, the highest number first.
fn versioned(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            Some((number, entry.path().join(below)))
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| right.cmp(left));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_usual(made: &[&str], expected: &[&str]) {
        let root = tempfile::tempdir().expect("a temporary folder");
        for folder in made {
            fs::create_dir_all(root.path().join(folder)).expect("a folder inside");
        }
        let found = usual_folders(root.path());
        let found: Vec<_> = found.iter().filter(|folder| folder.is_dir()).collect();
        let expected: Vec<_> = expected.iter().map(|folder| root.path().join(folder)).collect();
        assert_eq!(found, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    #[cfg(unix)]
    fn usual_folders_are_tried_newest_first() {
        check_usual(
            &["usr/lib/postgresql/9.6/bin", "usr/lib/postgresql/15/bin", "usr/lib/postgresql/17/bin"],
            &["usr/lib/postgresql/17/bin", "usr/lib/postgresql/15/bin", "usr/lib/postgresql/9.6/bin"],
        );
        check_usual(
            &["usr/pgsql-16/bin", "usr/pgsql-old/bin", "usr/lib/postgresql17/bin"],
            &["usr/pgsql-16/bin", "usr/lib/postgresql17/bin"],
        );
        check_usual(
            &["opt/homebrew/opt/postgresql@17/bin", "opt/homebrew/opt/postgresql/bin"],
            &["opt/homebrew/opt/postgresql@17/bin", "opt/homebrew/opt/postgresql/bin"],
        );
    }

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta2"), Some(18));
        assert_eq!(parse_major("PostgreSQL"), None);
    }

    #[test]
    fn a_folder_counts_only_with_a_whole_server() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["initdb", "postgres"] {
            fs::write(program(folder.path(), name), "").expect("a file inside");
        }
        assert_eq!(missing(folder.path()), Some("pg_ctl"));
        fs::write(program(folder.path(), "pg_ctl"), "").expect("a file inside");
        assert_eq!(missing(folder.path()), None);
    }

    #[test]
    fn what_was_looked_for_and_how_to_get_it_is_said() {
        let error = ProgramsError::Missing { looked_in: vec![PathBuf::from("one"), PathBuf::from("two")] };
        assert_eq!(
            error.to_string(),
            "PostgreSQL's programs `initdb`, `postgres` and `pg_ctl` were found in none of: `one`, `two`"
        );
        assert!(error.hint().contains("install"), "{}", error.hint());
        assert!(error.hint().contains(BIN_VARIABLE), "{}", error.hint());
    }
}
