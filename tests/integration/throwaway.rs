//! The throwaway server itself: it starts, stops, starts again with its data, and leaves nothing behind.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{Auth, Options, StopMode, TestDatabase, ThrowawayServer, query, run, wait_until};

fn one(url: &str, sql: &str) -> Option<String> {
    query(url, sql).into_iter().next()?.into_iter().next()?
}

#[test]
fn a_server_starts_stops_starts_again_and_cleans_up() {
    need_postgres!();
    let mut server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
    let (folder, url, port) = (server.folder().to_owned(), server.url("postgres"), server.port());
    query(&url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
    assert_eq!(one(&url, "SHOW listen_addresses").as_deref(), Some("127.0.0.1"));
    assert_eq!(one(&url, "SHOW server_encoding").as_deref(), Some("UTF8"));
    for mode in [StopMode::Fast, StopMode::Immediate] {
        server.stop(mode).unwrap();
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "stopped by {mode:?} and still there");
        server.start_again().unwrap();
        assert_eq!(server.port(), port);
        assert_eq!(one(&url, "SELECT n FROM kept").as_deref(), Some("7"), "after {mode:?}");
    }
    assert!(
        server.socket_folder().is_some_and(|folder| folder.join(format!(".s.PGSQL.{port}")).exists()) || cfg!(windows)
    );
    drop(server);
    assert!(!folder.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_password_is_asked_for_and_stands_on_no_command_line() {
    need_postgres!();
    let server = ThrowawayServer::start(&Options { volatile: true, ..Options::default() }).unwrap();
    let url = server.url("postgres");
    let password = url.split([':', '@']).nth(2).unwrap().to_owned();
    assert_eq!(password.len(), 32, "a random password");
    assert_eq!(one(&url, "SELECT 1").as_deref(), Some("1"));
    let wrong = url.replace(&password, "wrong");
    let refused = std::panic::catch_unwind(|| query(&wrong, "SELECT 1"));
    assert!(refused.is_err(), "a wrong password must be refused");
    if cfg!(target_os = "linux") {
        let lines = std::fs::read_dir("/proc").unwrap().flatten();
        let found = lines
            .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
            .find(|line| String::from_utf8_lossy(line).contains(&password));
        assert_eq!(found, None);
    }
    assert!(!server.folder().join("password").exists());
}

#[test]
#[cfg(unix)]
fn a_kept_server_runs_on_until_its_command_stops_it() {
    need_postgres!();
    let server = ThrowawayServer::start(&Options { auth: Auth::Trust, volatile: true, ..Options::default() }).unwrap();
    let url = server.url("postgres");
    let kept = server.keep();
    assert_eq!(one(&url, "SELECT 1").as_deref(), Some("1"));
    run(Command::new("sh").arg("-c").arg(&kept.stop).current_dir("/")).expect(0);
    assert!(!kept.folder.join("data/postmaster.pid").exists());
    std::fs::remove_dir_all(&kept.folder).unwrap();
}

#[test]
fn a_server_goes_with_a_panic() {
    need_postgres!();
    let (send, receive) = std::sync::mpsc::channel();
    let result = std::thread::spawn(move || {
        let server =
            ThrowawayServer::start(&Options { auth: Auth::Trust, volatile: true, ..Options::default() }).unwrap();
        send.send((server.folder().to_owned(), server.port())).unwrap();
        panic!("as a test would");
    })
    .join();
    assert!(result.is_err());
    let (folder, port) = receive.recv().unwrap();
    assert!(!folder.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// Not a test of its own: the process that the next test kills.
#[test]
#[ignore = "started by `a_server_goes_with_a_killed_owner`"]
fn owner_that_is_killed() {
    let Some(report) = std::env::var_os("DRIFTLESS_TEST_REPORT") else { return };
    let server = ThrowawayServer::start(&Options { auth: Auth::Trust, volatile: true, ..Options::default() }).unwrap();
    std::fs::write(report, format!("{}\n{}", server.port(), server.folder().display())).unwrap();
    loop {
        std::thread::park();
    }
}

#[test]
#[cfg(unix)]
fn a_server_goes_with_a_killed_owner() {
    need_postgres!();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mut owner = Command::new(std::env::current_exe().unwrap());
    owner.args(["--ignored", "--exact", "throwaway::owner_that_is_killed"]).env("DRIFTLESS_TEST_REPORT", &report);
    let mut owner = owner.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let read = || std::fs::read_to_string(&report).ok().filter(|text| text.contains('\n'));
    wait_until("the owner to have its server", Duration::from_secs(60), || read().is_some());
    owner.kill().unwrap();
    owner.wait().unwrap();
    let text = read().unwrap();
    let (port, folder) = text.split_once('\n').unwrap();
    let port: u16 = port.parse().unwrap();
    wait_until("the guard to clean up", Duration::from_secs(20), || {
        !std::path::Path::new(folder).exists() && std::net::TcpStream::connect(("127.0.0.1", port)).is_err()
    });
}

#[test]
fn tests_have_databases_of_their_own() {
    need_postgres!();
    let (left, right) = (TestDatabase::create(), TestDatabase::create());
    left.execute("CREATE TABLE only_left (b int, a int)");
    assert_eq!(right.value("SELECT count(*) FROM pg_class WHERE relname = 'only_left'").as_deref(), Some("0"));
    right.execute("CREATE TABLE only_left (a int, b int)");
    assert_eq!(left.dump(), right.dump());
    let name = left.name().to_owned();
    drop(left);
    let sql = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(right.value(&sql).as_deref(), Some("0"));
}

#[tokio::test]
async fn tests_with_a_runtime_connect_too() {
    need_postgres!();
    let database = TestDatabase::create();
    let row = database.client().await.query_one("SELECT current_database()", &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(0), database.name());
}
