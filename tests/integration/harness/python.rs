//! Virtual environments with what an example needs: made once in the target folder, from the example's own `requirements.txt`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::node::run;

/// The Python of a virtual environment in which these modules can be imported; says why there is none. In CI there has to be one.
pub(crate) fn python(example: &str, modules: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let lock = std::fs::File::create(folder.join(format!("{example}.lock"))).unwrap();
    lock.lock().unwrap();
    let venv = folder.join(example);
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let can = |python: &Path, what: &str| {
        let asked = Command::new(python).args(["-c", &format!("import {what}")]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    if can(&python, modules) {
        return Some(python);
    }
    let system = ["python3", "python"].into_iter().find(|name| can(Path::new(name), "venv, ensurepip"));
    let why = match system {
        None => "there is no Python with venv".to_owned(),
        Some(system) => {
            run(Command::new(system).args(["-m", "venv"]).arg(&venv)).expect(0);
            let requirements = self::example(example).join("requirements.txt");
            let pip = run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements));
            if can(&python, modules) {
                return Some(python);
            }
            format!("pip could not install what {example} needs ({modules}): {}", pip.stderr)
        }
    };
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
    None
}

/// The folder of an example that ships.
pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}
