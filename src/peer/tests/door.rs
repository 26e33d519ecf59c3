//! Who is let in, who is cut off, and that nobody can stand in the way of others.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tracing::field::{Field, Visit};

use super::*;
use crate::identity::client_tls;

/// Collects what is logged on this thread; the tests' runtimes have one.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN && metadata.target().starts_with("driftless")
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Words(String);
        impl Visit for Words {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!("{}={value:?} ", field.name());
            }
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().unwrap().push(words.0);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

impl Log {
    /// Waits for a line that holds all of these.
    async fn has(&self, words: &[&str]) {
        let began = Instant::now();
        loop {
            let lines = self.0.lock().unwrap().clone();
            if lines.iter().any(|line| words.iter().all(|word| line.contains(word))) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(3), "no line with {words:?} in {lines:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn an_unpinned_certificate_is_refused_logged_and_told_so() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let stranger = Machine::new("stranger");
    let why = untrusted(stranger.asks(&b, server.local_addr()).await);
    assert!(why.contains("refused this machine's certificate"), "{why}");
    log.has(&["refused", "127.0.0.1:", &stranger.id().short(), "not paired"]).await;
    a.asks(&b, server.local_addr()).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn plaintext_is_refused_and_logged() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    for words in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut plain = TcpStream::connect(server.local_addr()).await.unwrap();
        plain.write_all(words).await.unwrap();
        let mut answer = Vec::new();
        let _ = timeout(Duration::from_secs(3), plain.read_to_end(&mut answer)).await.unwrap();
        assert!(!answer.windows(4).any(|part| part == b"HTTP"));
        log.has(&["refused", "127.0.0.1:", "does not speak TLS"]).await;
        a.asks(&b, server.local_addr()).await.unwrap();
    }
    server.shutdown().await;
}

/// A client without a certificate, and one that knows TLS 1.2 only.
#[tokio::test]
async fn tls_without_certificate_or_of_old_is_refused() {
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let (config, name) = client_tls(&a.identity, b.id()).unwrap();
    let provider = Arc::clone(config.crypto_provider());
    let bare = |versions: &[&'static rustls::SupportedProtocolVersion]| {
        rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(hostile::AnyServer(Arc::clone(&provider))))
            .with_no_client_auth()
    };
    for versions in [&[&rustls::version::TLS13], &[&rustls::version::TLS12]] {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        let connected = TlsConnector::from(Arc::new(bare(versions))).connect(name.clone(), stream).await;
        if let Ok(mut stream) = connected {
            let read = timeout(Duration::from_secs(3), stream.read_u8()).await.unwrap();
            assert!(read.is_err(), "{versions:?}");
        }
    }
    a.asks(&b, server.local_addr()).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn a_removed_peer_is_cut_within_a_second_and_cannot_resume() {
    let (a, b, server, _memory) = pair_of(Grant::Apply).await;
    // One TLS configuration for all connections: whatever could be resumed would be.
    let (config, name) = client_tls(&a.identity, b.id()).unwrap();
    let mut config = (*config).clone();
    config.resumption = rustls::client::Resumption::in_memory_sessions(8);
    let connector = TlsConnector::from(Arc::new(config));
    let connect = || async {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        let stream = connector.connect(name.clone(), stream).await.unwrap();
        PeerClient::over("pc-b", b.id(), None, stream, SHORT).await
    };
    let client = connect().await.unwrap();
    let mut watch = client.watch().await.unwrap();
    watch.next().await.unwrap();
    connect().await.unwrap().describe().await.unwrap();
    let mut idle = TcpStream::connect(server.local_addr()).await.unwrap();
    let idle_name = name.clone();
    let mut idle = connector.connect(idle_name, &mut idle).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;

    let removed = Instant::now();
    b.trust().remove("pc-a").unwrap();
    untrusted(client.describe().await);
    let why = untrusted(timeout(Duration::from_secs(1), watch.next()).await.unwrap());
    assert!(why.contains("not paired"), "{why}");
    // Also what asks nothing is cut: the connection ends, not only its calls.
    let mut sink = Vec::new();
    let _ = timeout(Duration::from_secs(1), idle.read_to_end(&mut sink)).await.expect("cut");
    assert!(removed.elapsed() < Duration::from_secs(1), "{:?}", removed.elapsed());
    let again = match connect().await {
        Ok(client) => client.describe().await.map(drop),
        Err(error) => Err(error),
    };
    untrusted(again);
    server.shutdown().await;
}

#[tokio::test]
async fn silent_clients_block_neither_others_nor_the_shutdown() {
    let (a, b, server, _memory) = pair_of(Grant::Apply).await;
    let mut silent = Vec::new();
    // Half of what one address may have at the door: they say nothing at all.
    for _ in 0..4 {
        silent.push(TcpStream::connect(server.local_addr()).await.unwrap());
    }
    // These get through the handshake and then send no HTTP/2 preface.
    let (config, name) = client_tls(&a.identity, b.id()).unwrap();
    let mut mute = Vec::new();
    for _ in 0..4 {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        mute.push(TlsConnector::from(Arc::clone(&config)).connect(name.clone(), stream).await.unwrap());
    }
    let began = Instant::now();
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    client.describe().await.unwrap();
    let _watch = client.watch().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let address = server.local_addr();
    let began = Instant::now();
    server.shutdown().await;
    assert!(began.elapsed() < Duration::from_millis(2_200), "{:?}", began.elapsed());
    assert!(matches!(a.asks(&b, address).await, Err(PeerError::Unreachable { .. })));
}

#[tokio::test]
async fn a_crowd_at_the_door_does_not_keep_a_peer_out_for_long() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(TcpStream::connect(server.local_addr()).await.unwrap());
    }
    log.has(&["refused", "too many connections"]).await;
    drop(crowd);
    a.asks(&b, server.local_addr()).await.unwrap();
    let lines = log.0.lock().unwrap().len();
    assert!(lines <= 31, "{lines} lines for a hundred refusals");
    server.shutdown().await;
}
