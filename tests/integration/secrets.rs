//! The private key in its file, the database's password in the configuration, and nowhere else. Not in what is printed, not in logs however loud, not on a
//! command line, not in the database, not in the files beside the configuration.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::harness::{Node, Options, StopMode, TestDatabase, ThrowawayServer, wait_until};

const SOON: Duration = Duration::from_secs(30);

/// Everything below the project folder but the file that holds the password.
fn files(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().is_some_and(|name| name != "driftless.local.toml") {
            found.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn the_password_appears_nowhere() {
    need_postgres!();
    let settings = vec![("password_encryption".into(), "scram-sha-256".into())];
    let mut server = ThrowawayServer::start(&Options { volatile: true, settings, ..Options::default() }).unwrap();
    let password = server.url("postgres").split([':', '@']).nth(2).unwrap().to_owned();
    assert!(password.len() >= 8, "the server has a password");
    let a = Node::builder("pc-a").database(TestDatabase::create_on(&|name| server.url(name))).build();
    let b = Node::new("pc-b");
    b.ok(&["init"]);
    let mut said: Vec<(String, String)> = Vec::new();
    let say = |node: &Node, arguments: &[&str], said: &mut Vec<(String, String)>| {
        let output = node.run(arguments);
        said.push((arguments.join(" "), format!("{}{}", output.stdout, output.stderr)));
        output
    };
    a.script("v1_a.sql", "CREATE TABLE a (id integer);\n");
    a.script("v2_fails.sql", "SELECT nothing FROM nowhere;\n");
    say(&a, &["init", "-vv"], &mut said).expect(0);

    let log = a.root().join("agent.log");
    let file = fs::File::create(&log).unwrap();
    let mut command = a.command(&["agent", "-vv"]);
    command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
    let mut agent = command.spawn().unwrap();
    wait_until("the agent to listen", SOON, || std::net::TcpStream::connect(&a.listen).is_ok());
    let _agent_b = b.agent();
    a.pair(&b);

    let commands: &[&[&str]] = &[
        &["sync", "-vv"],
        &["apply", "migrations/v2_fails.sql", "-vv"],
        &["status", "-vv"],
        &["status", "--json", "-vv"],
        &["doctor", "-vv"],
        &["doctor", "--json"],
        &["check", "-vv"],
        &["history", "-vv"],
        &["history", "--json"],
        &["fingerprint", "--objects", "-vv"],
        &["heal", "--dry-run", "-vv"],
        &["peers", "--json", "-vv"],
        &["diff", "pc-b", "-vv"],
    ];
    for arguments in commands {
        say(&a, arguments, &mut said);
    }
    wait_until("b to have what a has", SOON, || b.applied() == ["v1_a.sql"]);
    say(&b, &["status", "--json", "-vv"], &mut said);
    #[cfg(target_os = "linux")]
    {
        let line = fs::read(format!("/proc/{}/cmdline", agent.id())).unwrap();
        said.push(("the agent's command line".into(), String::from_utf8_lossy(&line).into_owned()));
    }

    let rows = a.database.query(
        "SELECT t::text FROM migration_history t UNION ALL SELECT t::text FROM driftless.journal t \
        UNION ALL SELECT t::text FROM driftless.attempt t UNION ALL SELECT application_name FROM pg_stat_activity",
    );
    said.push(("the database".into(), format!("{rows:?}")));

    // errors: a wrong password, a database that is not there, a server that is away
    let url = a.database.url().to_owned();
    let wrong = url.replace(&password, "wr0ng-passw0rd");
    for url in [wrong, url.replace(a.database.name(), "not_there"), url.replace("postgresql://", "postgresql:/")] {
        for command in ["status", "doctor", "sync"] {
            let output = say(&a, &[command, "-vv", "--database", &url], &mut said);
            assert_ne!(output.code, Some(0), "{command} {}", output.stdout);
        }
    }
    server.stop(StopMode::Fast).unwrap();
    for command in ["status", "doctor", "sync", "check"] {
        let output = say(&a, &[command, "-vv"], &mut said);
        assert_ne!(output.code, Some(0), "{command}");
    }
    wait_until("the agent to miss its database", SOON, || {
        fs::read_to_string(&log).is_ok_and(|log| log.contains("WARN"))
    });
    say(&b, &["status", "-vv"], &mut said);
    let _ = agent.kill();
    let _ = agent.wait();

    let keys = [&a, &b].map(|node| fs::read_to_string(node.root().join("certs/key.pem")).unwrap());
    let key_lines: Vec<&str> = keys.iter().flat_map(|key| key.lines()).filter(|line| !line.starts_with('-')).collect();
    assert!(key_lines.len() >= 4, "{key_lines:?}");
    for (whence, text) in &said {
        assert!(!key_lines.iter().any(|line| text.contains(line)), "a private key is in: {whence}");
    }
    let mut text = String::new();
    files(a.root(), &mut text);
    files(b.root(), &mut text);
    said.push(("the files of both machines".into(), text));
    for (whence, text) in &said {
        assert!(text.len() > 1, "{whence} says nothing");
        for secret in [password.as_str(), "wr0ng-passw0rd"] {
            assert!(!text.contains(secret), "the password is in: {whence}\n{text}");
        }
    }
}

/// Whoever can read the key is this machine to its peers: the agent does not start until it is mended, and says how.
#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_keeps_the_agent_from_starting() {
    use std::os::unix::fs::PermissionsExt as _;
    need_postgres!();
    let a = Node::new("pc-a");
    a.ok(&["init"]);
    let key = a.root().join("certs/key.pem");
    let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    for command in [&["agent"][..], &["invite"], &["doctor"]] {
        let output = a.run(command);
        assert_ne!(output.code, Some(0), "{command:?}");
        let said = output.stdout + &output.stderr;
        assert!(said.contains("chmod 600") && said.contains("key.pem"), "{command:?}: {said}");
    }
    mode(0o600);
    let _agent = a.agent();
}
