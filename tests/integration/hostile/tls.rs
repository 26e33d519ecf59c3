//! Floods below HTTP/2, against a real agent: key updates, a second handshake within a connection, handshakes that are huge, in crumbs, or
//! many. Each ends in time, the memory stays bounded, and the honest peer is served meanwhile.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use driftless::identity::{Grant, Identity, TrustStore, TrustedPeer, client_tls};
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::edge::{
    Attacker, DESCRIBE, END_HEADERS, HEADERS, Line, MEMORY, PING, SETTINGS, call, frame, repeats, until, until_closed,
};
use crate::harness::{Node, paired};

const ATTACKS: [(u64, &str); 10] = [
    (15, "key updates and nothing else"),
    (15, "key updates after the preface, nothing read"),
    // it asks for nothing, and is cut for that
    (90, "a key update before every frame, nothing read"),
    (90, "a key update before every ping, everything read"),
    (15, "a second ClientHello within the connection"),
    (15, "a chain of certificates as long as a handshake may be"),
    (15, "a ClientHello of 16 MiB"),
    (15, "a ClientHello in records of a byte"),
    (30, "handshakes of a stranger without end"),
    (30, "handshakes of a peer without end"),
];

/// How long the floods last that nobody puts an end to.
const FLOOD: Duration = Duration::from_secs(12);
/// How many at once.
const AT_ONCE: usize = 8;

/// The head of a TLS record that holds a part of a handshake.
fn record(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x16, 3, 3];
    bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// New keys, and the other side is asked for its own; `false`: the connection is over.
async fn new_keys(line: &mut Line) -> bool {
    line.get_mut().1.refresh_traffic_keys().is_ok() && line.flush().await.is_ok()
}

/// Shows its certificate again and again.
#[derive(Debug)]
struct Chain(Arc<CertifiedKey>);

impl ResolvesClientCert for Chain {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Like `config`, with a chain of so many bytes.
fn with_long_chain(config: &ClientConfig, bytes: usize) -> ClientConfig {
    let schemes = [SignatureScheme::ECDSA_NISTP256_SHA256];
    let own = config.client_auth_cert_resolver.resolve(&[], &schemes).unwrap();
    let times = bytes / (own.cert[0].len() + 5);
    let chain = vec![own.cert[0].clone(); times];
    let mut config = config.clone();
    config.client_auth_cert_resolver = Arc::new(Chain(Arc::new(CertifiedKey::new(chain, Arc::clone(&own.key)))));
    config
}

/// One after the other, each dropped when it is done; how many.
async fn handshakes(caller: &Attacker) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let end = Instant::now() + FLOOD;
    let callers = (0..AT_ONCE).map(|_| {
        let (caller, count) = (caller.clone(), Arc::clone(&count));
        tokio::spawn(async move {
            while Instant::now() < end {
                let (config, name) = client_tls(&caller.identity, caller.victim).unwrap();
                let shaken = TlsConnector::from(config).connect(name, caller.tcp().await).await;
                if let Ok(mut line) = shaken {
                    // whether the certificate is taken is known by what comes first
                    let _ = timeout(Duration::from_millis(50), line.read(&mut [0; 16])).await;
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    count.load(Ordering::Relaxed)
}

async fn attack(number: usize, mallory: &Attacker, stranger: &Attacker) {
    match number {
        0 => {
            let mut line = mallory.tls().await;
            while new_keys(&mut line).await {}
        }
        1 => {
            let mut line = mallory.begun(&[]).await;
            while new_keys(&mut line).await {}
        }
        2 => {
            let mut line = mallory.begun(&[]).await;
            let settings = frame(SETTINGS, 0, 0, &[]);
            while new_keys(&mut line).await && line.write_all(&settings).await.is_ok() {}
        }
        3 => {
            let mut line = mallory.begun(&[]).await;
            let ping = frame(PING, 0, 0, b"12345678");
            let end = Instant::now() + FLOOD;
            while Instant::now() < end && new_keys(&mut line).await {
                if line.write_all(&ping).await.is_err() || until(&mut line, &[PING]).await.is_none() {
                    return;
                }
            }
        }
        4 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_HEADERS, 1, &call(DESCRIBE))).await.unwrap();
            let hello = [&[1, 0, 1, 0, 3, 3][..], &[7; 250]].concat();
            line.get_mut().0.write_all(&record(&hello)).await.unwrap();
            until_closed(&mut line).await;
        }
        5 => {
            let (config, name) = client_tls(&mallory.identity, mallory.victim).unwrap();
            let config = with_long_chain(&config, 60_000);
            if let Ok(mut line) = TlsConnector::from(Arc::new(config)).connect(name, mallory.tcp().await).await {
                until_closed(&mut line).await;
            }
        }
        6 => {
            let mut stream = stranger.tcp().await;
            let _ = stream.write_all(&record(&[1, 0xff, 0xff, 0xff, 3, 3])).await;
            repeats(&mut stream, &record(&[7; 16_000]), Duration::ZERO).await;
        }
        7 => {
            let mut stream = stranger.tcp().await;
            for byte in [1, 0, 0xff, 0xf0, 3, 3] {
                let _ = stream.write_all(&record(&[byte])).await;
            }
            repeats(&mut stream, &record(&[7]).repeat(100), Duration::ZERO).await;
        }
        8 => eprintln!("{} handshakes of the stranger", handshakes(stranger).await),
        _ => eprintln!("{} handshakes of the peer", handshakes(mallory).await),
    }
}

#[test]
fn floods_of_keys_and_handshakes_end_and_others_are_served() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent, _agent_b) = paired(&a, &b);
    a.script("v1_orders.sql", "CREATE TABLE orders (id integer);\n");
    a.ok(&["sync"]);
    let folder = tempfile::tempdir().unwrap();
    let victim = Identity::load(&a.root().join("certs")).unwrap().id();
    let attacker = |name: &str, from| {
        let identity = Identity::init(&folder.path().join(name)).unwrap();
        Attacker { identity, victim, address: a.listen.parse().unwrap(), from }
    };
    let (mallory, stranger) = (attacker("mallory", "127.0.0.3"), attacker("stranger", "127.0.0.4"));
    let known = TrustedPeer {
        name: "mallory".into(),
        certificate: mallory.identity.id(),
        grant: Grant::Apply,
        addresses: Vec::new(),
        paired_at: String::new(),
    };
    TrustStore::of(&a.root().join("certs")).add(known).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    crate::harness::wait_until("both to be in sync", Duration::from_secs(60), || {
        b.findings("pc-a").contains("in_sync")
    });
    let under_way: Vec<_> = (0..ATTACKS.len())
        .map(|number| {
            let (mallory, stranger) = (mallory.clone(), stranger.clone());
            runtime.spawn(async move {
                let began = Instant::now();
                let ended = timeout(Duration::from_secs(ATTACKS[number].0), attack(number, &mallory, &stranger)).await;
                (number, ended.is_ok(), began.elapsed())
            })
        })
        .collect();
    let (mut served, mut slowest) = (0, Duration::ZERO);
    while under_way.iter().any(|attack| !attack.is_finished()) {
        let asked = Instant::now();
        let findings = b.findings("pc-a");
        slowest = slowest.max(asked.elapsed());
        assert!(findings.contains("in_sync"), "{findings:?}\n{}", agent.log());
        served += 1;
    }
    for attack in under_way {
        let (number, ended, after) = runtime.block_on(attack).unwrap();
        eprintln!("{}: {} after {after:.1?}", ATTACKS[number].1, if ended { "ended" } else { "STILL THERE" });
        assert!(ended, "{}", ATTACKS[number].1);
    }
    let peak = super::peak(&agent);
    eprintln!("served {served} times meanwhile, at most {slowest:.1?} each; memory peaked at {peak} MiB");
    assert!(peak < MEMORY, "the agent took {peak} MiB");
    let stopping = Instant::now();
    assert_eq!(agent.terminate(), Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(4), "it took {:?} to stop", stopping.elapsed());
}
