//! Connections to real servers: passwords, Unix sockets, every sslmode, password and service files, notices, errors.

use std::fs;
use std::path::Path;
use std::time::Duration;

use driftless::postgres::connect::{ConnectError, Connection, Target, Unreachable};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::harness::{Options, ThrowawayServer, query, server, wait_until};

async fn open(url: &str) -> Result<Connection, ConnectError> {
    Connection::open(&Target::resolve(url)?, "test").await
}

async fn encrypted(connection: &Connection) -> bool {
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let ssl: bool = connection.client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(ssl, connection.is_encrypted());
    ssl
}

fn password_server() -> ThrowawayServer {
    let settings = vec![("password_encryption".into(), "scram-sha-256".into())];
    ThrowawayServer::start(&Options { volatile: true, settings, ..Options::default() }).unwrap()
}

fn password_of(server: &ThrowawayServer) -> String {
    server.url("postgres").split([':', '@']).nth(2).unwrap().to_owned()
}

#[cfg(unix)]
fn owner_only(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}
#[cfg(not(unix))]
fn owner_only(_file: &Path) {}

#[tokio::test]
async fn passwords_are_used_and_never_shown() {
    need_postgres!();
    let server = password_server();
    let (url, password) = (server.url("postgres"), password_of(&server));
    let connection = open(&url).await.unwrap();
    assert!(connection.server_major() >= 13 && connection.is_superuser());
    assert_eq!(connection.label(), format!("postgres@127.0.0.1:{}/postgres", server.port()));
    let name: String = connection.client.query_one("SHOW application_name", &[]).await.unwrap().get(0);
    assert_eq!(name, "driftless test");

    let wrong = open(&url.replace(&password, "wr0ng")).await.unwrap_err();
    assert_eq!(wrong.sqlstate(), Some("28P01"));
    let shown = format!("{wrong} {wrong:?} {:?} {:?}", wrong.hint(), Target::resolve(&url));
    assert!(!shown.contains("wr0ng") && !shown.contains(&password), "{shown}");

    let bare = url.replace(&format!(":{password}"), "");
    let missing = open(&format!("{bare}?passfile=no-such-file")).await.unwrap_err();
    let expected = format!(
        "postgres@127.0.0.1:{}/postgres refuses the login: it wants a password and none was given",
        server.port()
    );
    assert_eq!(missing.to_string(), expected);

    let folder = tempfile::tempdir().unwrap();
    let passfile = folder.path().join("密码.conf");
    fs::write(&passfile, format!("# ours\n127.0.0.1:{}:*:postgres:{password}\n", server.port())).unwrap();
    owner_only(&passfile);
    open(&format!("{bare}?passfile={}", passfile.display())).await.unwrap();

    let services = folder.path().join("services.conf");
    let text = format!(
        "[ours]\nhost=127.0.0.1\nport={}\nuser=postgres\ndbname=template1\npassword={password}\n",
        server.port()
    );
    fs::write(&services, text).unwrap();
    let connection = open(&format!("service=ours servicefile='{}'", services.display())).await.unwrap();
    assert!(connection.label().ends_with("/template1"));
}

#[tokio::test]
async fn kinds_of_failure() {
    need_postgres!();
    let shared = server();
    let missing = open(&shared.url("no such database").replace(' ', "%20")).await.unwrap_err();
    assert!(matches!(&missing, ConnectError::NoSuchDatabase { database, .. } if database == "no such database"));
    assert_eq!(
        missing.hint().as_deref(),
        Some("create it (CREATE DATABASE \"no such database\"), or correct the name")
    );
    let nobody = open(&shared.url("postgres").replace("postgres@", "nobody@")).await.unwrap_err();
    assert_eq!(nobody.sqlstate(), Some("28000"));

    let closed = crate::harness::free_port().unwrap();
    let refused = open(&format!("postgresql://u@127.0.0.1:{closed}/d")).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Unreachable { reason: Unreachable::Refused, .. }), "{refused:?}");
    assert!(refused.is_transient());
    let unknown = open("postgresql://u@no-such-host.invalid/d").await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Unreachable { reason: Unreachable::NameNotFound, .. }), "{unknown:?}");

    // accepts, and never says a word
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://u@{}/d?connect_timeout=2", silent.local_addr().unwrap());
    let timeout = open(&url).await.unwrap_err();
    let expected = Unreachable::TimedOut(Duration::from_secs(2));
    assert!(matches!(timeout, ConnectError::Unreachable { reason, .. } if reason == expected), "{timeout:?}");

    // the second host answers
    let both = format!("postgresql://postgres@127.0.0.1:{closed},127.0.0.1:{}/postgres", shared.port);
    open(&both).await.unwrap();
    // no TLS there
    let plain = open(&format!("{}?sslmode=require", shared.url("postgres"))).await.unwrap_err();
    assert!(matches!(plain, ConnectError::Tls { .. }), "{plain:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn unix_sockets() {
    need_postgres!();
    let shared = server();
    let folder = shared.folder.display();
    for url in [
        format!("postgresql://postgres@/postgres?host={folder}&port={}", shared.port),
        format!("postgresql://postgres@{}:{}/postgres", folder.to_string().replace('/', "%2F"), shared.port),
        format!("host={folder} port={} user=postgres dbname=postgres sslmode=prefer", shared.port),
    ] {
        let connection = open(&url).await.unwrap();
        let local: bool = connection.client.query_one("SELECT inet_client_addr() IS NULL", &[]).await.unwrap().get(0);
        assert!(local, "{url}");
    }
    let missing = open(&format!("host={folder} port=1 user=postgres")).await.unwrap_err();
    assert!(matches!(missing, ConnectError::Unreachable { reason: Unreachable::NoSocket, .. }), "{missing:?}");
}

#[tokio::test]
async fn notices_notifications_and_the_end() {
    need_postgres!();
    let url = server().url("postgres");
    let mut connection = open(&url).await.unwrap();
    let sql = "LISTEN here; DO $$ BEGIN RAISE WARNING '✗ bad' USING HINT = 'look', ERRCODE = 'P0123'; RAISE NOTICE '✓'; END $$";
    connection.client.batch_execute(sql).await.unwrap();
    let notices = connection.take_notices();
    let seen: Vec<_> = notices.iter().map(|notice| (notice.severity.as_str(), notice.message.as_str())).collect();
    assert_eq!(seen, [("WARNING", "✗ bad"), ("NOTICE", "✓")]);
    assert_eq!((notices[0].code.as_str(), notices[0].hint.as_deref()), ("P0123", Some("look")));
    assert!(notices[0].is_warning() && !notices[1].is_warning());
    assert!(connection.take_notices().is_empty());

    query(&url, "NOTIFY here, 'payload'");
    assert_eq!(connection.notification().await.unwrap().payload(), "payload");

    let pid: i32 = connection.client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    query(&url, &format!("SELECT pg_terminate_backend({pid})"));
    assert!(connection.notification().await.is_none());
    assert!(connection.is_closed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_stops_what_it_ran() {
    need_postgres!();
    let url = server().url("postgres");
    let connection = open(&url).await.unwrap();
    let pid: i32 = connection.client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let running =
        tokio::time::timeout(Duration::from_millis(300), connection.client.batch_execute("SELECT pg_sleep(60)"));
    assert!(running.await.is_err());
    drop(connection);
    let still_there = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid}");
    wait_until("the backend to be gone", Duration::from_secs(10), || query(&url, &still_there).is_empty());
}

#[tokio::test]
async fn a_canceller_stops_the_statement() {
    need_postgres!();
    let connection = open(&server().url("postgres")).await.unwrap();
    let canceller = connection.canceller();
    let cancelling = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        canceller.cancel().await.unwrap();
    };
    let (result, ()) = tokio::join!(connection.client.batch_execute("SELECT pg_sleep(60)"), cancelling);
    assert_eq!(result.unwrap_err().code().unwrap().code(), "57014");
}

/// An authority with a certificate for `name`, written as PEM files: authority, certificate, key.
struct Pki {
    authority: String,
    certificate: String,
    key: String,
}

fn pki(name: &str) -> Pki {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, format!("authority of {name}"));
    let authority_certificate = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    Pki { authority: authority_certificate.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}

/// Switches TLS on at a running server.
fn switch_tls_on(server: &ThrowawayServer, pki: &Pki) {
    let data = server.folder().join("data");
    for (name, text) in [("server.crt", &pki.certificate), ("server.key", &pki.key)] {
        let file = data.join(name);
        fs::write(&file, text).unwrap();
        owner_only(&file);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let owner = fs::metadata(&data).unwrap();
            std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
    }
    let url = server.url("postgres");
    query(&url, "ALTER SYSTEM SET ssl = on");
    query(&url, "SELECT pg_reload_conf()");
    wait_until("TLS to be on", Duration::from_secs(10), || query(&url, "SHOW ssl") == [[Some("on".to_owned())]]);
}

#[tokio::test]
async fn every_sslmode() {
    need_postgres!();
    let server = password_server();
    let ours = pki("db.example");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let right = write("right.pem", &ours.authority);
    let wrong = write("wrong.pem", &pki("db.example").authority);
    let own = write("own.pem", &ours.certificate);
    let url = server.url("postgres");
    assert!(!encrypted(&open(&url).await.unwrap()).await, "prefer takes what there is");
    switch_tls_on(&server, &ours);

    let at = |host: &str| url.replace("@127.0.0.1", &format!("@{host}")) + "?hostaddr=127.0.0.1&sslmode=";
    let (example, other) = (at("db.example"), at("other.example"));
    for (mode, expected) in [("disable", false), ("allow", false), ("prefer", true), ("require", true)] {
        assert_eq!(encrypted(&open(&format!("{other}{mode}")).await.unwrap()).await, expected, "{mode}");
    }
    let accepted = [
        format!("{other}require&channel_binding=require"),
        format!("{other}require&sslrootcert={right}"),
        format!("{other}verify-ca&sslrootcert={right}"),
        format!("{other}verify-ca&sslrootcert={own}"),
        format!("{example}verify-full&sslrootcert={right}"),
        format!("{example}verify-full&sslrootcert={right}&ssl_min_protocol_version=TLSv1.3"),
    ];
    for url in accepted {
        assert!(encrypted(&open(&url).await.unwrap_or_else(|error| panic!("{url}: {error:?}"))).await, "{url}");
    }
    let refused = [
        format!("{other}require&sslrootcert={wrong}"),
        format!("{other}verify-ca&sslrootcert={wrong}"),
        format!("{example}verify-full&sslrootcert={wrong}"),
        format!("{other}verify-full&sslrootcert={right}"),
        format!("{other}verify-full&sslrootcert={own}"),
        format!("{example}verify-full&sslrootcert=system"),
    ];
    for url in refused {
        let error = open(&url).await.unwrap_err();
        assert!(matches!(error, ConnectError::Tls { .. }), "{url}: {error:?}");
    }
    let plain = open(&format!("{other}disable&channel_binding=require")).await.unwrap_err();
    assert!(matches!(plain, ConnectError::Authentication { .. }), "{plain:?}");
    // a cancel request travels over TLS too
    let connection = open(&format!("{example}verify-full&sslrootcert={right}")).await.unwrap();
    connection.canceller().cancel().await.unwrap();
}
