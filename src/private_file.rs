//! Files that their owner alone can read: configuration with a password, keys, state.
//!
//! On Unix the mode is 0600 from the moment the file exists. On Windows `icacls` takes inherited rights away and grants
//! the user (and the system account, under which a service runs) alone; until it has run, the file is empty. [`exposure`] tells
//! whether that still holds. It never makes an existing file's content visible to others, and never leaves half a file under the final
//! name.

#[cfg(any(windows, test))]
mod acl;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes a new file; fails with [`io::ErrorKind::AlreadyExists`] where there is one.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let written = private_options().create_new(true).open(path).and_then(|file| fill(file, path, content));
    written.inspect_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(path);
        }
    })
}

/// Replaces a file as a whole: a reader sees the old content or the new, never a part, and after a power cut too.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let staged = staged_name(path);
    // left behind by a process of the same number that died while it wrote
    let _ = fs::remove_file(&staged);
    create(&staged, content)?;
    fs::rename(&staged, path).inspect_err(|_| {
        let _ = fs::remove_file(&staged);
    })?;
    sync_folder(path);
    Ok(())
}

/// Unlike that of any other process, and of any other thread of this one.
fn staged_name(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{count}.new", std::process::id()));
    path.with_file_name(name)
}

/// The mode, if others can read the file; `None`: they cannot (always, on Windows: see the module's words).
#[cfg(unix)]
pub fn readable_by_others(path: &Path) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// The mode, if others can read the file; `None`: they cannot (always, on Windows: see the module's words).
#[cfg(not(unix))]
pub fn readable_by_others(path: &Path) -> io::Result<Option<u32>> {
    fs::metadata(path).map(|_| None)
}

/// How others get at a file that is its owner's alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// Unix: the mode lets them.
    Mode(u32),
    /// Windows: who may use the folder may use the file.
    Inherited,
    /// Windows: somebody else has rights of its own, by its SID.
    Others(String),
}

impl std::fmt::Display for Exposure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mode(mode) => write!(f, "mode {mode:o}"),
            Self::Inherited => write!(f, "it inherits the rights of its folder"),
            Self::Others(who) => write!(f, "{who} has rights to it"),
        }
    }
}

impl Exposure {
    /// The command that ends it.
    pub fn mend(&self, path: &Path) -> String {
        match self {
            Self::Others(who) => format!("{} /remove *{who}", mend(path)),
            Self::Mode(_) | Self::Inherited => mend(path),
        }
    }
}

/// Whether others than its owner can use a file that driftless made; `None`: they cannot.
#[cfg(not(windows))]
pub fn exposure(path: &Path) -> io::Result<Option<Exposure>> {
    Ok(readable_by_others(path)?.map(Exposure::Mode))
}

/// Whether others than its owner can use a file that driftless made; `None`: they cannot.
#[cfg(windows)]
pub fn exposure(path: &Path) -> io::Result<Option<Exposure>> {
    let saved = staged_name(&std::env::temp_dir().join("driftless.acl"));
    let output = std::process::Command::new("icacls").arg(path).arg("/save").arg(&saved).output();
    let descriptor = fs::read(&saved);
    let _ = fs::remove_file(&saved);
    match (output, descriptor) {
        (Ok(output), Ok(descriptor)) if output.status.success() => Ok(acl::exposure(&acl::decoded(&descriptor))),
        (Ok(output), _) if !output.status.success() => {
            Err(io::Error::other(format!("icacls failed with {}", output.status)))
        }
        // not there, or nothing but its name (Wine): the user's profile folder keeps others out
        (Ok(_), Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(_), Ok(_)) => Ok(None),
    }
}

/// The command that mends a file which others can read.
pub fn mend(path: &Path) -> String {
    let path = path.display();
    if cfg!(windows) {
        // spelt out: PowerShell does not know %USERNAME%
        let user = std::env::var("USERNAME").unwrap_or_else(|_| "%USERNAME%".into());
        format!("icacls \"{path}\" /inheritance:r /grant:r \"{user}:F\" /grant:r *S-1-5-18:F")
    } else {
        format!("chmod 600 '{path}'")
    }
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn fill(mut file: File, path: &Path, content: &[u8]) -> io::Result<()> {
    restrict(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(not(windows))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Windows")]
fn restrict(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes away what the folder would let others do with the file.
#[cfg(windows)]
fn restrict(path: &Path) -> io::Result<()> {
    let user = match (std::env::var("USERDOMAIN"), std::env::var("USERNAME")) {
        (Ok(domain), Ok(user)) => format!("{domain}\\{user}"),
        (_, Ok(user)) => user,
        _ => whoami::username().map_err(io::Error::other)?,
    };
    // S-1-5-18 is the system account, whatever the language of this Windows
    let output = std::process::Command::new("icacls")
        .arg(path)
        .args(["/inheritance:r", "/grant:r"])
        .arg(format!("{user}:F"))
        .args(["/grant:r", "*S-1-5-18:F"])
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(io::Error::other(format!("icacls failed with {}", output.status))),
        // not there (Wine): the user's profile folder keeps others out
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a rename survive a power cut; where a folder cannot be synced, the file system has its own ways.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn created_once_replaced_whole_and_private() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("秘密.toml");
        create(&path, b"one").expect("creating");
        assert_eq!(create(&path, b"two").expect_err("exists").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("reading"), b"one");
        replace(&path, b"three").expect("replacing");
        assert_eq!(fs::read(&path).expect("reading"), b"three");
        assert_eq!(readable_by_others(&path).expect("metadata"), None);
        assert_eq!(fs::read_dir(folder.path()).expect("listing").count(), 1, "nothing is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn others_are_noticed() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("open");
        fs::write(&path, "").expect("writing");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert_eq!(readable_by_others(&path).expect("metadata"), Some(0o644));
    }
}
