use std::fs;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn load(root: &Path) -> Result<Config, ConfigError> {
    load_in(root, &Overrides::default(), &|_| None)
}

fn write_local(root: &Path, text: impl AsRef<[u8]>) {
    let _ = fs::remove_file(root.join(LOCAL_FILE));
    private_file::create(&root.join(LOCAL_FILE), text.as_ref()).expect("writing");
}

/// Message (with the folder left out) and hint for a wrong file.
#[track_caller]
fn check_refused(name: &str, text: &str, message: &str, hint: &str) {
    let root = folder();
    if name == LOCAL_FILE {
        write_local(root.path(), text);
    } else {
        fs::write(root.path().join(name), text).expect("writing");
    }
    let error = load(root.path()).expect_err(text);
    let shown = error.to_string().replace(&format!("{}{}", root.path().display(), std::path::MAIN_SEPARATOR), "");
    assert_eq!((shown.as_str(), error.hint().as_str()), (message, hint));
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[test]
fn defaults_without_any_file() {
    let root = folder();
    let config = load(root.path()).expect("loading");
    assert_eq!(config.root, root.path());
    assert_eq!(config.scripts_dir, root.path().join("migrations"));
    assert_eq!(config.identity_dir, root.path().join("certs"));
    assert_eq!(config.listen, "0.0.0.0:7432");
    assert_eq!(config.scope, Scope::default());
    assert!(matches!(config.project(), Err(ConfigError::NoProject { .. })));
    let missing = config.database().expect_err("none is configured");
    assert_eq!(missing.to_string(), "no database is configured");
    assert!(missing.hint().contains("DRIFTLESS_DATABASE_URL"));
}

#[test]
fn both_files_are_found_from_below() {
    let root = folder();
    let below = root.path().join("src").join("模型");
    fs::create_dir_all(&below).expect("folders");
    let shared = "[scripts]\ndir = \"database/migrations\"\nfail_on_warning = true\n[database]\nschemas = [\"b\", \"a\"]\n\
                  ignore = [\"tmp_*\"]\n[heal]\nscripts = \"ask\"\ndrift = \"report\"\nbreaking = \"apply\"\n\
                  [models]\ncommand = \"ddl\"\n[hooks]\nbefore_sync = \"git pull\"\nafter_apply = \"flush\"\n";
    fs::write(root.path().join(SHARED_FILE), shared).expect("writing");
    write_local(
        root.path(),
        "[machine]\nname = \"办公室\"\n[database]\nurl = \"postgresql://u:s3cret@h/d\"\n[agent]\nlisten = \"127.0.0.1:1\"\n\
         [identity]\ndir = \"keys\"\n[[peers]]\nname = \"pc-b\"\naddresses = [\"10.0.0.2\", \"b.example:9\", \"::1\"]\n",
    );
    let config = load(&below).expect("loading");
    assert_eq!(config.project().expect("a project"), root.path());
    assert_eq!(config.scripts_dir, root.path().join("database/migrations"));
    assert_eq!(config.scope.schemas, ["a", "b"]);
    assert!(config.scope.ignores("a", "tmp_1") && config.scope.ignores("a", "alembic_version"));
    assert!(config.fail_on_warning);
    assert_eq!(config.heal_scripts, HealScripts::Ask);
    assert_eq!(config.heal_drift, HealDrift::Report);
    assert_eq!(config.heal_breaking, HealBreaking::Apply);
    assert_eq!((config.models_command.as_deref(), config.hook_before_sync.as_deref()), (Some("ddl"), Some("git pull")));
    assert_eq!(config.hook_after_apply.as_deref(), Some("flush"));
    assert_eq!((config.machine.as_str(), config.listen.as_str()), ("办公室", "127.0.0.1:1"));
    assert_eq!(config.identity_dir, root.path().join("keys"));
    let addresses = ["10.0.0.2:7432", "b.example:9", "[::1]:7432"].map(String::from).to_vec();
    assert_eq!(config.peers, [ConfiguredPeer { name: "pc-b".into(), addresses }]);
    assert_eq!(config.database_source, Some(DatabaseSource::File));
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn which_database_counts() {
    let root = folder();
    write_local(root.path(), "[database]\nurl = \"file\"\n");
    let flag = Overrides { database: Some(SecretUrl("flag".into())), config: None };
    let none = Overrides::default();
    let both = |name: &str| Some(name.to_lowercase());
    let check = |overrides: &Overrides, variables: Variables<'_>, expected: &str| {
        let config = load_in(root.path(), overrides, variables).expect("loading");
        assert_eq!(config.database().expect("a database").0, expected);
    };
    check(&flag, &both, "flag");
    check(&none, &both, "driftless_database_url");
    check(&none, &|name| (name == "DATABASE_URL").then(|| "variable".into()), "file");
    check(&none, &|_| Some(String::new()), "file");
    fs::remove_file(root.path().join(LOCAL_FILE)).expect("removing");
    check(&none, &|name| (name == "DATABASE_URL").then(|| "variable".into()), "variable");
}

#[test]
fn a_named_file_has_its_local_file_beside_it() {
    let root = folder();
    fs::write(root.path().join("shop.toml"), "[scripts]\ndir = \"s\"\n").expect("writing");
    private_file::create(&root.path().join("shop.local.toml"), b"[machine]\nname = \"m\"\n").expect("writing");
    let named = |file: &str| Overrides { config: Some(file.into()), database: None };
    let config = load_in(root.path(), &named("shop.toml"), &|_| None).expect("loading");
    assert_eq!((config.scripts_dir, config.machine.as_str()), (root.path().join("s"), "m"));
    assert!(matches!(load_in(root.path(), &named("none.toml"), &|_| None), Err(ConfigError::Read { .. })));
}

#[test]
fn what_editors_and_powershell_write() {
    let root = folder();
    let text = "[scripts]\r\ndir = \"脚本\"\r\n";
    let utf16: Vec<u8> =
        "\u{feff}".chars().chain(text.chars()).collect::<String>().encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), utf16] {
        fs::write(root.path().join(SHARED_FILE), bytes).expect("writing");
        assert_eq!(load(root.path()).expect("loading").scripts_dir, root.path().join("脚本"));
    }
}

#[test]
fn mistakes_are_named_with_file_line_and_mend() {
    check_refused(
        SHARED_FILE,
        "[scripts]\ndri = \"x\"\n",
        "driftless.toml:2: unknown key `scripts.dri`",
        "did you mean `dir`?",
    );
    check_refused(SHARED_FILE, "\n[script]\n", "driftless.toml:2: unknown key `script`", "did you mean `scripts`?");
    check_refused(
        SHARED_FILE,
        "[heal]\nsomething_else = 1\n",
        "driftless.toml:2: unknown key `heal.something_else`",
        "the keys are scripts, drift, breaking",
    );
    check_refused(
        SHARED_FILE,
        "[database]\nurl = \"postgresql://u:s3cret@h/d\"\n",
        "driftless.toml:2: `database.url` belongs in driftless.local.toml",
        "move it to driftless.local.toml, which Git ignores: it is this machine's alone",
    );
    check_refused(
        LOCAL_FILE,
        "[heal]\nscripts = \"off\"\n",
        "driftless.local.toml:1: `[heal]` belongs in driftless.toml",
        "move it to driftless.toml, which all machines share",
    );
    check_refused(
        SHARED_FILE,
        "[heal]\nscripts = \"on\"\n",
        "driftless.toml:2: `heal.scripts` must be one of \"auto\", \"ask\", \"off\"",
        "correct that value",
    );
    check_refused(
        SHARED_FILE,
        "[database]\nschemas = \"public\"\n",
        "driftless.toml:2: `database.schemas` must be a list of texts, like [\"a\", \"b\"]",
        "correct that value",
    );
    check_refused(
        SHARED_FILE,
        "[scripts]\nfail_on_warning = \"yes\"\n",
        "driftless.toml:2: `scripts.fail_on_warning` must be true or false",
        "correct that value",
    );
    check_refused(
        LOCAL_FILE,
        "[peers]\nname = \"b\"\n",
        "driftless.local.toml:1: `peers` must be a section, written [[peers]], once for each peer",
        "correct that value",
    );
    check_refused(
        LOCAL_FILE,
        "[machine]\nname = \"a/b\"\n",
        "driftless.local.toml:2: `machine.name`: a machine name must not contain '/'",
        "correct that value",
    );
    check_refused(
        LOCAL_FILE,
        "[agent]\nlisten = \":7432\"\n",
        "driftless.local.toml:2: `agent.listen`: `:7432` is no address like 0.0.0.0:7432",
        "correct that value",
    );
    check_refused(
        LOCAL_FILE,
        "[[peers]]\naddresses = []\n",
        "driftless.local.toml:1: `peers.name`: it is missing",
        "correct that value",
    );
    check_refused(
        LOCAL_FILE,
        "[database]\nurl = \"postgresql://u:s3cret@h/d\n",
        "driftless.local.toml:2: not valid TOML: invalid basic string, expected `\"`",
        "correct that line",
    );
}

#[cfg(unix)]
#[test]
fn a_local_file_with_a_url_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = folder();
    let path = root.path().join(LOCAL_FILE);
    write_local(root.path(), "[database]\nurl = \"postgresql://u:s3cret@h/d\"\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
    let error = load(root.path()).expect_err("others can read it");
    assert!(matches!(error, ConfigError::ReadableByOthers { mode: 0o644, .. }));
    assert_eq!(error.hint(), format!("chmod 600 '{}'", path.display()));
}

#[test]
fn fresh_files_are_valid_and_never_overwrite() {
    use super::initial::{GITIGNORE_LINES, Written, extend_gitignore, local_text, write_local, write_shared};
    let root = folder();
    let url = "postgresql://u:s3\\\"cret@h/d";
    let text = local_text("pc-a", Some(url), None);
    assert_eq!(write_shared(root.path()).expect("writing"), Written::Now);
    assert_eq!(write_local(root.path(), &text).expect("writing"), Written::Now);
    assert_eq!(write_shared(root.path()).expect("writing"), Written::Before);
    assert_eq!(write_local(root.path(), "").expect("writing"), Written::Before);
    let config = load(root.path()).expect("loading");
    assert_eq!((config.machine.as_str(), config.listen.as_str()), ("pc-a", DEFAULT_LISTEN));
    assert_eq!(config.database().expect("a database").0, url);
    assert_eq!((config.heal_scripts, config.scope), (HealScripts::Auto, Scope::default()));

    let ignore = root.path().join(".gitignore");
    fs::write(&ignore, "node_modules\r\ncerts").expect("writing");
    assert_eq!(extend_gitignore(root.path(), &GITIGNORE_LINES).expect("writing"), Written::Now);
    assert_eq!(fs::read_to_string(&ignore).expect("reading"), "node_modules\r\ncerts\r\n/driftless.local.toml\r\n");
    assert_eq!(extend_gitignore(root.path(), &GITIGNORE_LINES).expect("writing"), Written::Before);
    fs::remove_file(&ignore).expect("removing");
    assert_eq!(extend_gitignore(root.path(), &GITIGNORE_LINES).expect("writing"), Written::Now);
    assert_eq!(fs::read_to_string(&ignore).expect("reading"), "/driftless.local.toml\n/certs/\n");
}

#[test]
fn host_names_become_machine_names() {
    let check = |host: &str, expected: &str| assert_eq!(machine_name_from(host), expected);
    check("DESKTOP-AB12", "desktop-ab12");
    check("pc.example.org", "pc");
    check("张三的电脑", "张三的电脑");
    check("-a b-", "a-b");
    check("", "this-pc");
    check("CON", "this-pc");
}
