//! The files that `init` writes: fresh configuration, and the lines that keep secrets out of Git. It never overwrites.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::{LOCAL_FILE, SHARED_FILE};
use crate::private_file;

/// Whether something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was.
    Now,
    /// It was there before, and was left alone.
    Before,
}

/// What Git must never see; to be in place before any key is made.
pub const GITIGNORE_LINES: [&str; 2] = ["/driftless.local.toml", "/certs/"];

/// Text of a fresh `driftless.toml`.
pub fn shared_text() -> String {
    "\
# driftless: what all machines share. Commit this file.

[scripts]
dir = \"migrations\"
# fail_on_warning = true     # a WARNING raised by a script counts as a failure

[database]
schemas = []                 # every schema; [\"public\"] would look at that one alone
# ignore = [\"tmp_*\"]         # relations left out, besides the tables of other migration tools

[heal]
scripts = \"auto\"             # what peers have applied is applied here: \"auto\", \"ask\" or \"off\"
drift = \"capture\"            # what was only added by hand becomes a script after a minute; \"report\": it is named
# breaking = \"wait\"          # drops and renames wait until the code has been pulled; \"apply\" does not wait

# [models]
# command = \"python print_models.py\"   # prints the models as DDL, for `driftless check`; see examples/sqlalchemy

# [hooks]
# before_sync = \"git pull\"
# after_apply = \"redis-cli flushdb\"
"
    .to_owned()
}

/// Text of a fresh `driftless.local.toml`.
pub fn local_text(machine: &str, database_url: Option<&str>, listen: Option<&str>) -> String {
    let line = |key: &str, value: Option<&str>, example: &str| match value {
        Some(value) => format!("{key} = {}\n", quoted(value)),
        None => format!("# {key} = {}\n", quoted(example)),
    };
    let url = line("url", database_url, "postgresql://user@localhost:5432/database");
    let listen = line("listen", listen, super::DEFAULT_LISTEN);
    format!(
        "\
# driftless: what is this machine's alone. Never commit this file: it may hold a password.

[machine]
name = {}

[database]
{url}
[agent]
{listen}
# [[peers]]                  # only where the addresses learned by pairing do not do
# name = \"pc-b\"
# addresses = [\"192.168.1.20:7432\"]
",
        quoted(machine)
    )
}

/// A TOML string; Windows' backslashes and any quotes included.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes `driftless.toml`, unless there is one.
pub fn write_shared(root: &Path) -> io::Result<Written> {
    let created = fs::OpenOptions::new().write(true).create_new(true).open(root.join(SHARED_FILE));
    written(created.and_then(|mut file| file.write_all(shared_text().as_bytes())))
}

/// Writes `driftless.local.toml`, readable by its owner alone, unless there is one.
pub fn write_local(root: &Path, text: &str) -> io::Result<Written> {
    written(private_file::create(&root.join(LOCAL_FILE), text.as_bytes()))
}

fn written(result: io::Result<()>) -> io::Result<Written> {
    match result {
        Ok(()) => Ok(Written::Now),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Written::Before),
        Err(error) => Err(error),
    }
}

/// Adds the lines that `.gitignore` lacks at its end.
pub fn extend_gitignore(root: &Path, lines: &[&str]) -> io::Result<Written> {
    let path = root.join(".gitignore");
    let before = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&before);
    // `/certs/*` with an exception after it ignores the keys as well as `/certs/` does
    let bare = |line: &str| line.trim().trim_start_matches('/').trim_end_matches('*').trim_end_matches('/').to_owned();
    let there: Vec<_> = text.lines().map(bare).collect();
    let missing: Vec<_> = lines.iter().filter(|line| !there.contains(&bare(line))).collect();
    if missing.is_empty() {
        return Ok(Written::Before);
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = String::new();
    if !before.is_empty() && !before.ends_with(b"\n") {
        added.push_str(end);
    }
    for line in missing {
        added.push_str(line);
        added.push_str(end);
    }
    let mut file = fs::OpenOptions::new().append(true).create(true).open(&path)?;
    file.write_all(added.as_bytes())?;
    Ok(Written::Now)
}
