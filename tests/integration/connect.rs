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

/// What a server of old times, or of another language, answers to a login; it cannot be installed here.
fn scripted_server(answer: Vec<u8>) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://u:s3cret@{}/d?sslmode=disable", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut startup = [0; 4096];
        assert!(stream.read(&mut startup).unwrap() > 8);
        stream.write_all(&answer).unwrap();
    });
    url
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[tag], length.to_be_bytes().as_slice(), body].concat()
}

#[tokio::test]
async fn words_in_another_encoding_do_not_matter() {
    // 用户 "u" Password 认证失败, as a Chinese Windows server writes it before the encodings are agreed on
    let gbk = b"\xd3\xc3\xbb\xa7 \"u\" Password \xc8\xcf\xd6\xa4\xca\xa7\xb0\xdc";
    for (code, transient) in [("28P01", false), ("57P03", true), ("53300", true), ("3D000", false), ("42501", false)] {
        let fields = [b"S\xd6\xc2\xc3\xfc\0VFATAL\0C", code.as_bytes(), b"\0M", gbk, b"\0\0"].concat();
        let error = open(&scripted_server(message(b'E', &fields))).await.unwrap_err();
        assert_eq!((error.sqlstate(), error.is_transient()), (Some(code), transient));
        let mut shown = format!("{error}");
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            shown.push_str(&format!(": {next}"));
            cause = next.source();
        }
        assert!(!shown.contains(char::REPLACEMENT_CHARACTER) && !shown.contains("s3cret"), "{shown}");
    }
}

#[tokio::test]
async fn an_old_server_is_refused_in_words() {
    let answer = [
        message(b'R', &[0; 4]),
        message(b'S', b"server_version\x0012.22 (Debian)\0"),
        message(b'K', &[0; 8]),
        message(b'Z', b"I"),
    ];
    let error = open(&scripted_server(answer.concat())).await.unwrap_err();
    assert!(error.to_string().ends_with("is PostgreSQL 12.22 (Debian); driftless needs 13 or later"), "{error}");
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
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let certificate = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    Pki { authority: authority_certificate.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}

#[tokio::test]
async fn a_client_certificate_lets_in() {
    need_postgres!();
    let server = password_server();
    let (ours, client) = (pki("db.example"), pki("postgres"));
    switch_tls_on(&server, &ours);
    let data = server.folder().join("data");
    let url = server.url("postgres");
    fs::write(data.join("ca.crt"), &client.authority).unwrap();
    fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 cert\n").unwrap();
    query(&url, &format!("ALTER SYSTEM SET ssl_ca_file = '{}'", data.join("ca.crt").display()));
    query(&url, "SELECT pg_reload_conf()");
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("client.crt"), folder.path().join("client.key"));
    fs::write(&certificate, &client.certificate).unwrap();
    fs::write(&key, &client.key).unwrap();
    owner_only(&key);
    let port = server.port();
    let base = format!("postgresql://postgres@127.0.0.1:{port}/postgres?sslmode=require&passfile=no-such-file");
    let with = format!("{base}&sslcert={}&sslkey={}", certificate.display(), key.display());
    assert!(encrypted(&open(&with).await.unwrap_or_else(|error| panic!("{error:?}\n{}", server.log()))).await);
    let without = open(&base).await.unwrap_err();
    assert_eq!(without.sqlstate(), Some("28000"), "{without:?}");
    fs::write(&key, "nonsense").unwrap();
    let broken = open(&with).await.unwrap_err();
    assert!(matches!(&broken, ConnectError::Parameter { parameter, .. } if parameter == "sslkey"), "{broken:?}");
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
        let hint = error.hint().unwrap();
        assert!(hint.contains("subjectAltName") || hint.contains("sslrootcert"), "{url}: {hint}");
    }
    let plain = open(&format!("{other}disable&channel_binding=require")).await.unwrap_err();
    assert!(matches!(plain, ConnectError::Authentication { .. }), "{plain:?}");
    // a cancel request travels over TLS too
    let connection = open(&format!("{example}verify-full&sslrootcert={right}")).await.unwrap();
    connection.canceller().cancel().await.unwrap();
}
