use std::fs;

use super::*;

#[track_caller]
fn check(url: &str, variables: &[(&str, &str)], label: &str) -> Target {
    let target = resolve_in(url, &Environment::of(variables)).expect(url);
    assert_eq!(target.label(), label, "{url}");
    assert!(!format!("{target:?}").contains("s3cret"));
    target
}

#[track_caller]
fn check_refused(url: &str, variables: &[(&str, &str)], message: &str, hint: &str) {
    let error = resolve_in(url, &Environment::of(variables)).expect_err(url);
    assert_eq!((error.to_string().as_str(), error.hint().as_deref()), (message, Some(hint)), "{url}");
}

#[test]
fn precedence_and_defaults() {
    check("", &[], "osuser@localhost:5432/osuser");
    check("postgres://li@h", &[], "li@h:5432/li");
    check("", &[("PGHOST", "h"), ("PGPORT", "5433"), ("PGUSER", "li"), ("PGDATABASE", "d")], "li@h:5433/d");
    check("postgres://own@/mine", &[("PGHOST", "h"), ("PGUSER", "li"), ("PGDATABASE", "d")], "own@h:5432/mine");
    check("postgres://li:s3cret@a:1,[::1]:2,c/d", &[], "li@a:1,[::1]:2,c:5432/d");
    check("postgres://h/d", &[("PGHOST", ""), ("PGPORT", "")], "osuser@h:5432/d");
    check("hostaddr=::1 dbname=d", &[], "osuser@[::1]:5432/d");
    let target = check("postgres://h/d", &[("PGPASSWORD", "s3cret")], "osuser@h:5432/d");
    assert_eq!(target.endpoints[0].password, Some(Secret("s3cret".into())));
    assert_eq!(target.connect_timeout, Duration::from_secs(10));
    assert_eq!(target.ssl.mode, SslMode::Prefer);
    let other = target.target_with_database("scratch");
    assert_eq!(other.label(), "osuser@h:5432/scratch");
}

#[test]
fn settings() {
    let target = check("postgres://h/d?connect_timeout=3&options=-c%20x%3D1&sslmode=require", &[], "osuser@h:5432/d");
    assert_eq!(target.connect_timeout, Duration::from_secs(3));
    assert_eq!(target.options.as_deref(), Some("-c x=1"));
    assert_eq!(target.ssl.mode, SslMode::Require);
    let variables = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "ca.pem"), ("PGCONNECT_TIMEOUT", "0")];
    let target = check("postgres://h/d", &variables, "osuser@h:5432/d");
    assert_eq!((target.ssl.mode, target.ssl.root.as_deref()), (SslMode::VerifyFull, Some(Path::new("ca.pem"))));
    let target = check("postgres://h/d?sslrootcert=system", &[], "osuser@h:5432/d");
    assert_eq!(target.ssl.mode, SslMode::VerifyFull);
}

#[test]
fn refusals_name_parameter_cause_and_mend() {
    check_refused(
        "postgres://h/d?sslmod=require",
        &[],
        "database parameter `sslmod`: there is no such parameter",
        "did you mean `sslmode`?",
    );
    check_refused(
        "postgres://h/d",
        &[("PGSSLMODE", "on")],
        "database parameter `sslmode`: `on` is none of its values",
        "use one of: disable, allow, prefer, require, verify-ca, verify-full",
    );
    check_refused(
        "postgres://u:s3cret@h:x/d",
        &[],
        "database parameter `port`: it is not a number from 1 to 65535",
        "write it as host:5432; `:` and `@` in a password are written %3A and %40",
    );
    check_refused(
        "postgres://h/d?sslmode=verify-ca",
        &[],
        "database parameter `sslrootcert`: sslmode=verify-ca needs the certificate of the authority, and there is no ~/.postgresql/root.crt",
        "name its file in sslrootcert, or use sslrootcert=system",
    );
    check_refused(
        "postgres://h/d?require_auth=scram-sha-256",
        &[],
        "database parameter `require_auth`: driftless does not support it, and going on without it would be less safe than what was asked for",
        "leave it out of the URL, the service file and the environment for driftless",
    );
    check_refused(
        "postgres://a,b/d?port=1,2,3",
        &[],
        "database parameter `port`: there are 3 ports for 2 hosts",
        "give one port, or one for each host",
    );
    check_refused(
        "postgres://h/d?connect_timeout=soon",
        &[],
        "database parameter `connect_timeout`: `soon` is not a whole number",
        "give it in seconds, like 10",
    );
}

#[test]
fn password_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("pass");
    fs::write(&file, "a:*:*:*:for a\nb:*:*:*:for b\n").expect("writing");
    owner_only(&file);
    let path = file.to_str().expect("an ASCII path");
    let passwords = |target: &Target| -> Vec<Option<String>> {
        target.endpoints.iter().map(|endpoint| endpoint.password.as_ref().map(|secret| secret.0.clone())).collect()
    };
    let target = check("postgres://b,a,c/d", &[("PGPASSFILE", path)], "osuser@b:5432,a:5432,c:5432/d");
    assert_eq!(passwords(&target), [Some("for b".into()), Some("for a".into()), None]);
    let target = check("postgres://b/d", &[("PGPASSFILE", path), ("PGPASSWORD", "first")], "osuser@b:5432/d");
    assert_eq!(passwords(&target), [Some("first".into())]);
}

#[cfg(unix)]
fn owner_only(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("chmod");
}
#[cfg(not(unix))]
fn owner_only(_file: &Path) {}

#[cfg(unix)]
#[test]
fn password_file_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("pass");
    fs::write(&file, "*:*:*:*:s3cret\n").expect("writing");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("chmod");
    let path = file.to_str().expect("an ASCII path");
    let target = check("postgres://h/d", &[("PGPASSFILE", path)], "osuser@h:5432/d");
    assert_eq!(target.endpoints[0].password, None);
    assert!(target.passfile_note.is_some_and(|note| note.contains("others can read it: chmod 600")));
}

#[test]
fn services() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("services.conf");
    fs::write(&file, "[shop]\r\nhost=db.example\r\nport=5433\r\nuser=li\r\n[bad]\nhots=x\n").expect("writing");
    let path = file.to_str().expect("an ASCII path");
    let variables = [("PGSERVICEFILE", path), ("PGSYSCONFDIR", "no-such-folder"), ("PGPORT", "1")];
    check("service=shop", &variables, "li@db.example:5433/li");
    check("postgres://own@/d?service=shop", &variables, "own@db.example:5433/d");
    check_refused(
        "service=bad",
        &variables,
        &format!("database parameter `hots`: there is no such parameter (in {path}:6)"),
        "did you mean `host`?",
    );
    let system = Path::new("no-such-folder").join("pg_service.conf");
    check_refused(
        "service=none",
        &variables,
        &format!("database parameter `service`: there is no service `none` in {path} or {}", system.display()),
        "add a section [none] there, or correct the name",
    );
}
