//! The network edge of a real agent, spoken to in hand-made frames: by a peer that is paired and by strangers. Every connection that
//! is slow, half, flooding or silent ends in time, the memory stays bounded, the honest peer is served meanwhile, and the agent stops in
//! time whoever hangs on it.
#![cfg(target_os = "linux")]

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use driftless::hash::{Checksum, PeerId};
use driftless::identity::{Grant, Identity, TrustStore, TrustedPeer, client_tls};
use prost::Message as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::wicked::pb;
use crate::harness::{Node, paired};

/// What the agent's memory may have peaked at, in MiB: a debug build's.
pub(super) const MEMORY: u64 = 200;
/// Of the script that the one who never reads asks for, in MiB.
const BIG: usize = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
const RESET: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A header that is spelt out, without Huffman and without the table.
fn header(name: &str, value: &[u8]) -> Vec<u8> {
    fn length(length: usize, bytes: &mut Vec<u8>) {
        let Some(mut rest) = length.checked_sub(127) else { return bytes.push(u8::try_from(length).unwrap()) };
        bytes.push(127);
        while rest >= 128 {
            bytes.push(u8::try_from(rest % 128).unwrap() | 128);
            rest /= 128;
        }
        bytes.push(u8::try_from(rest).unwrap());
    }
    let mut bytes = vec![0];
    length(name.len(), &mut bytes);
    bytes.extend(name.as_bytes());
    length(value.len(), &mut bytes);
    bytes.extend(value);
    bytes
}

pub(super) fn call(path: &str) -> Vec<u8> {
    let headers: [(&str, &[u8]); 6] = [
        (":method", b"POST"),
        (":scheme", b"http"),
        (":path", path.as_bytes()),
        (":authority", b"driftless"),
        ("content-type", b"application/grpc"),
        ("te", b"trailers"),
    ];
    headers.iter().flat_map(|(name, value)| header(name, value)).collect()
}

pub(super) const DESCRIBE: &str = "/driftless.v1.Peer/Describe";

fn grpc(message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend(message);
    bytes
}

/// Who attacks: a key, whom it calls, and from where.
#[derive(Clone)]
pub(super) struct Attacker {
    pub(super) identity: Identity,
    pub(super) victim: PeerId,
    pub(super) address: SocketAddr,
    pub(super) from: &'static str,
}

pub(super) type Line = TlsStream<TcpStream>;

impl Attacker {
    pub(super) async fn tcp(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{}:0", self.from).parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    pub(super) async fn tls(&self) -> Line {
        let (config, name) = client_tls(&self.identity, self.victim).unwrap();
        TlsConnector::from(config).connect(name, self.tcp().await).await.unwrap()
    }

    /// With the preface and these settings sent.
    pub(super) async fn begun(&self, settings: &[u8]) -> Line {
        let mut line = self.tls().await;
        line.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, settings)].concat()).await.unwrap();
        line
    }
}

/// Reads frames, answers pings, until one of these kinds comes or the connection ends; which.
pub(super) async fn until(line: &mut Line, kinds: &[u8]) -> Option<u8> {
    loop {
        let mut head = [0; 9];
        line.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::try_from(u32::from_be_bytes([0, head[0], head[1], head[2]])).unwrap()];
        line.read_exact(&mut payload).await.ok()?;
        if kinds.contains(&head[3]) {
            return Some(head[3]);
        }
        if head[3] == PING && head[4] & ACK == 0 {
            line.write_all(&frame(PING, ACK, 0, &payload)).await.ok()?;
        }
    }
}

/// Until the other side has ended it; whatever comes is read and not answered.
pub(super) async fn until_closed(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut sink = vec![0; 65536];
    while let Ok(1..) = stream.read(&mut sink).await {}
}

/// Says `piece` again and again, with so long between, and reads nothing; until it can say no more.
pub(super) async fn repeats(line: &mut (impl tokio::io::AsyncWrite + Unpin), piece: &[u8], pause: Duration) -> usize {
    let mut said = 0;
    while line.write_all(piece).await.is_ok() && line.flush().await.is_ok() {
        said += piece.len();
        sleep(pause).await;
    }
    said
}

const SECOND: Duration = Duration::from_secs(1);

/// One attack each, by its number; ends when the agent has put an end to it. In how many seconds that has to be, and what it is.
const ATTACKS: [(u64, &str); 17] = [
    (15, "TLS and then silence"),
    (15, "half a preface"),
    (15, "a preface drop by drop"),
    (45, "a header block that never ends, drop by drop"),
    (15, "a flood of CONTINUATION"),
    (15, "a header list of 256 KiB"),
    (60, "rapid resets"),
    (60, "a flood of PING, no answer read"),
    (60, "a flood of SETTINGS, no answer read"),
    (90, "a request whose body drips"),
    (45, "pings not answered"),
    (15, "no frames at all but noise"),
    (15, "a request without end"),
    (15, "a message of four gigabytes, announced"),
    (15, "TCP and then silence"),
    (15, "a ClientHello drop by drop"),
    (60, "pings answered, and nothing asked"),
];

async fn attack(number: usize, mallory: &Attacker, stranger: &Attacker) {
    let describe = call(DESCRIBE);
    match number {
        0 => until_closed(&mut mallory.tls().await).await,
        1 => {
            let mut line = mallory.tls().await;
            line.write_all(&PREFACE[..10]).await.unwrap();
            until_closed(&mut line).await;
        }
        2 => {
            let mut line = mallory.tls().await;
            for byte in PREFACE.iter().cycle() {
                if line.write_all(&[*byte]).await.is_err() {
                    return;
                }
                sleep(SECOND).await;
            }
        }
        3 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_STREAM, 1, &describe)).await.unwrap();
            repeats(&mut line, &frame(CONTINUATION, 0, 1, &header("x", b"y")), SECOND).await;
        }
        4 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_STREAM, 1, &describe)).await.unwrap();
            let piece = frame(CONTINUATION, 0, 1, &header("x", &[b'y'; 15_000]));
            let said = repeats(&mut line, &piece, Duration::ZERO).await;
            assert!(said < 8 << 20, "{said} bytes of header were taken");
        }
        5 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_STREAM, 1, &describe)).await.unwrap();
            let piece = header("x", &[b'y'; 15_000]);
            for n in 0..17 {
                let flags = if n == 16 { END_HEADERS } else { 0 };
                if line.write_all(&frame(CONTINUATION, flags, 1, &piece)).await.is_err() {
                    return;
                }
            }
            until(&mut line, &[HEADERS, RESET, GO_AWAY]).await;
        }
        6 => rapid_resets(mallory.begun(&[]).await, &describe).await,
        7 => drop(repeats(&mut mallory.begun(&[]).await, &frame(PING, 0, 0, b"12345678"), Duration::ZERO).await),
        8 => drop(repeats(&mut mallory.begun(&[]).await, &frame(SETTINGS, 0, 0, &[]), Duration::ZERO).await),
        9 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_HEADERS, 1, &describe)).await.unwrap();
            // The window lets 256 KiB through, and the message may have 4 MiB: time alone puts an end to it.
            answered_while_it_says(line, frame(DATA, 0, 1, &[0, 0, 1, 0, 0]), frame(DATA, 0, 1, b"x"), SECOND).await;
        }
        10 => {
            let mut line = mallory.begun(&[]).await;
            let mut watch = frame(HEADERS, END_HEADERS, 1, &call("/driftless.v1.Peer/Watch"));
            watch.extend(frame(DATA, END_STREAM, 1, &grpc(&[])));
            line.write_all(&watch).await.unwrap();
            until_closed(&mut line).await;
        }
        11 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&[0xa5; 4096]).await.unwrap();
            until_closed(&mut line).await;
        }
        12 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_HEADERS, 1, &describe)).await.unwrap();
            let piece = frame(DATA, 0, 1, &[b'x'; 16_000]);
            answered_while_it_says(line, frame(DATA, 0, 1, &[0, 0, 0x3f, 0xff, 0xff]), piece, Duration::ZERO).await;
        }
        13 => {
            let mut line = mallory.begun(&[]).await;
            line.write_all(&frame(HEADERS, END_HEADERS, 1, &describe)).await.unwrap();
            line.write_all(&frame(DATA, 0, 1, &[0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])).await.unwrap();
            until(&mut line, &[HEADERS, RESET, GO_AWAY]).await;
        }
        14 => until_closed(&mut stranger.tcp().await).await,
        16 => drop(until(&mut mallory.begun(&[]).await, &[]).await),
        _ => {
            let mut stream = stranger.tcp().await;
            stream.write_all(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await.unwrap();
            repeats(&mut stream, &[7], SECOND).await;
        }
    }
}

/// Until the call is answered or taken back, while its body goes on and on.
async fn answered_while_it_says(line: Line, first: Vec<u8>, piece: Vec<u8>, pause: Duration) {
    let (mut read, mut write) = tokio::io::split(line);
    let says = tokio::spawn(async move {
        let _ = write.write_all(&first).await;
        repeats(&mut write, &piece, pause).await
    });
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !has_frame(&seen, &[HEADERS, RESET, GO_AWAY])
        && let Ok(count @ 1..) = read.read(&mut buffer).await
    {
        seen.extend(&buffer[..count]);
    }
    says.abort();
}

/// Whether a frame of one of these kinds is among these bytes.
fn has_frame(mut bytes: &[u8], kinds: &[u8]) -> bool {
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        if kinds.contains(&head[3]) {
            return true;
        }
        let length = usize::try_from(u32::from_be_bytes([0, head[0], head[1], head[2]])).unwrap();
        bytes = rest.get(length..).unwrap_or_default();
    }
    false
}

/// Calls, each taken back at once; until the agent ends it.
async fn rapid_resets(line: Line, describe: &[u8]) {
    let (mut read, mut write) = tokio::io::split(line);
    let resets = async {
        for stream in (1..u32::MAX).step_by(2) {
            let mut both = frame(HEADERS, END_HEADERS, stream, describe);
            both.extend(frame(RESET, 0, stream, &8u32.to_be_bytes()));
            if write.write_all(&both).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = resets => {}
        () = until_closed(&mut read) => {}
    }
}

/// Asks for the big script in every way it can and reads nothing of it, but answers every ping.
async fn never_reads(mallory: Attacker, name: &str, checksum: Checksum) {
    // SETTINGS_INITIAL_WINDOW_SIZE: 0
    let mut line = mallory.begun(&[0, 4, 0, 0, 0, 0]).await;
    let asked = pb::ScriptRequest { name: name.into(), checksum: checksum.0.to_vec() }.encode_to_vec();
    for stream in (1..64).step_by(2) {
        let mut bytes = frame(HEADERS, END_HEADERS, stream, &call("/driftless.v1.Peer/Script"));
        bytes.extend(frame(DATA, END_STREAM, stream, &grpc(&asked)));
        line.write_all(&bytes).await.unwrap();
    }
    until(&mut line, &[]).await;
}

fn attacker(victim: &Node, folder: &Path, name: &str, from: &'static str) -> Attacker {
    let identity = Identity::init(&folder.join(name)).unwrap();
    let id = Identity::load(&victim.root().join("certs")).unwrap().id();
    Attacker { identity, victim: id, address: victim.listen.parse().unwrap(), from }
}

/// One that the victim trusts, and cannot dial.
fn trusted_attacker(victim: &Node, folder: &Path) -> Attacker {
    let mallory = attacker(victim, folder, "mallory", "127.0.0.3");
    let known = TrustedPeer {
        name: "mallory".into(),
        certificate: mallory.identity.id(),
        grant: Grant::Apply,
        addresses: Vec::new(),
        paired_at: String::new(),
    };
    TrustStore::of(&victim.root().join("certs")).add(known).unwrap();
    mallory
}

#[test]
fn slow_half_and_flooding_connections_end_and_others_are_served() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent, _agent_b) = paired(&a, &b);
    let big = format!("CREATE TABLE big (id integer);\n-- {}\n", "x".repeat(BIG << 20));
    a.script("v1_big.sql", &big);
    a.ok(&["sync"]);
    let folder = tempfile::tempdir().unwrap();
    let stranger = attacker(&a, folder.path(), "stranger", "127.0.0.4");
    let mallory = trusted_attacker(&a, folder.path());
    crate::harness::wait_until("both to be in sync", Duration::from_secs(60), || {
        b.findings("pc-a").contains("in_sync")
    });

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for _ in 0..8 {
        let mallory = mallory.clone();
        let checksum = Checksum::of(big.as_bytes());
        runtime.spawn(async move { never_reads(mallory, "v1_big.sql", checksum).await });
    }
    let under_way: Vec<_> = (0..ATTACKS.len())
        .map(|number| {
            let (mallory, stranger) = (mallory.clone(), stranger.clone());
            runtime.spawn(async move {
                let began = Instant::now();
                let limit = Duration::from_secs(ATTACKS[number].0);
                let ended = timeout(limit, attack(number, &mallory, &stranger)).await;
                (number, ended.is_ok(), began.elapsed())
            })
        })
        .collect();
    let mut served = 0;
    while under_way.iter().any(|attack| !attack.is_finished()) {
        let findings = b.findings("pc-a");
        assert!(findings.contains("in_sync"), "{findings:?}\n{}", agent.log());
        served += 1;
    }
    for attack in under_way {
        let (number, ended, after) = runtime.block_on(attack).unwrap();
        eprintln!("{}: {} after {after:.1?}", ATTACKS[number].1, if ended { "ended" } else { "STILL THERE" });
        assert!(ended, "{}", ATTACKS[number].1);
    }
    let peak = super::peak(&agent);
    eprintln!("served {served} times meanwhile, memory peaked at {peak} MiB");
    assert!(peak < MEMORY, "the agent took {peak} MiB");

    // Whoever hangs on it does not keep it.
    let hanging = runtime.block_on(async {
        let (silent, mut half) = (mallory.tls().await, mallory.begun(&[]).await);
        half.write_all(&frame(HEADERS, END_STREAM, 1, &call(DESCRIBE))).await.unwrap();
        let mut open = mallory.begun(&[]).await;
        open.write_all(&frame(HEADERS, END_HEADERS, 1, &call(DESCRIBE))).await.unwrap();
        (silent, half, open, stranger.tcp().await)
    });
    let stopping = Instant::now();
    assert_eq!(agent.terminate(), Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(4), "it took {:?} to stop", stopping.elapsed());
    drop(hanging);
}

/// Offers tunnels without end; each says nothing, or more than anybody asked, or breaks off. The agent asks through them meanwhile.
async fn offers(mallory: Attacker, number: usize) {
    let noise = pb::TunnelBytes { data: vec![0xa5; 60_000] }.encode_to_vec();
    loop {
        let mut line = mallory.begun(&[]).await;
        for stream in (1..128).step_by(2) {
            let mut bytes = frame(HEADERS, END_HEADERS, stream, &call("/driftless.v1.Peer/Offer"));
            for piece in grpc(&noise).chunks(16_000).filter(|_| number.is_multiple_of(3)) {
                bytes.extend(frame(DATA, 0, stream, piece));
            }
            if number % 3 == 1 {
                bytes.extend(frame(RESET, 0, stream, &8u32.to_be_bytes()));
            }
            if line.write_all(&bytes).await.is_err() {
                break;
            }
        }
        let _ = timeout(SECOND * 3, until(&mut line, &[GO_AWAY])).await;
    }
}

#[test]
fn tunnels_without_end_that_lead_nowhere() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent, _agent_b) = paired(&a, &b);
    let folder = tempfile::tempdir().unwrap();
    let mallory = trusted_attacker(&a, folder.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let offering: Vec<_> = (0..24).map(|number| runtime.spawn(offers(mallory.clone(), number))).collect();
    let (began, mut round) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(20) {
        round += 1;
        let name = format!("v{round}_meanwhile.sql");
        a.script(&name, &format!("CREATE TABLE meanwhile_{round} (id integer);\n"));
        // mallory is not reached
        a.run(&["sync"]).expect(5);
        crate::harness::wait_until(&name, Duration::from_secs(30), || b.applied().contains(&name));
    }
    assert!(b.findings("pc-a").contains("in_sync"), "{:?}", b.findings("pc-a"));
    let (peak, log) = (super::peak(&agent), agent.log());
    eprintln!("{round} scripts meanwhile, memory peaked at {peak} MiB, log {} bytes", log.len());
    assert!(peak < MEMORY, "the agent took {peak} MiB");
    assert!(log.contains("mallory"), "nothing is said of it: {log}");
    assert!(log.len() < 50_000, "the log has {} bytes", log.len());
    offering.iter().for_each(tokio::task::JoinHandle::abort);
    let stopping = Instant::now();
    assert_eq!(agent.terminate(), Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(4), "it took {:?} to stop", stopping.elapsed());
}
