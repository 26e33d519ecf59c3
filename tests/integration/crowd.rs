//! A crowd at the door of the real agent: ten thousand connections that hold garbage, break off or say nothing, while a peer is served.
//! Time, memory and the log stay bounded, and the agent stops in time although somebody still stands there in silence.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{Agent, Node, paired};

const CROWD: usize = 10_000;
/// How many stand there at once, from one address that is not the peer's.
const AT_ONCE: usize = 100;
const LIMIT: Duration = Duration::from_secs(240);
/// MiB that the agent's memory may have peaked at, in a debug build.
const MEMORY: u64 = 150;

fn peak(agent: &Agent) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", agent.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// From another loopback address, so that only the crowd's own places are taken.
async fn knock(address: SocketAddr) -> std::io::Result<TcpStream> {
    knock_from("127.0.0.2", address).await
}

async fn knock_from(here: &str, address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(format!("{here}:0").parse().unwrap())?;
    socket.connect(address).await
}

/// What the visitor with this number does.
async fn visit(address: SocketAddr, number: usize) {
    let Ok(mut stream) = knock(address).await else { return };
    let words: &[u8] = match number % 5 {
        0 => b"",
        1 => b"GET / HTTP/1.1\r\n\r\n",
        2 => &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
        3 => &[0xff; 600],
        _ => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    let _ = stream.write_all(words).await;
    if number.is_multiple_of(3) {
        let mut answer = [0; 64];
        let _ = tokio::time::timeout(Duration::from_millis(200), stream.read(&mut answer)).await;
    }
}

#[test]
fn ten_thousand_at_the_door_keep_no_peer_out() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (mut agent, _agent_b) = paired(&a, &b);
    let before = (peak(&agent), agent.log().len());
    let address: SocketAddr = a.listen.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (began, done) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let (count, places) = (done.clone(), Arc::new(tokio::sync::Semaphore::new(AT_ONCE)));
    let crowd = runtime.spawn(async move {
        for number in 0..CROWD {
            let place = places.clone().acquire_owned().await.unwrap();
            let count = count.clone();
            tokio::spawn(async move {
                visit(address, number).await;
                count.fetch_add(1, Ordering::Relaxed);
                drop(place);
            });
        }
    });
    let mut served = 0;
    while done.load(Ordering::Relaxed) < CROWD {
        assert!(began.elapsed() < LIMIT, "{} of {CROWD} after {LIMIT:?}", done.load(Ordering::Relaxed));
        assert!(b.findings("pc-a").contains("in_sync"), "{:?}\n{}", b.findings("pc-a"), agent.log());
        served += 1;
    }
    runtime.block_on(crowd).unwrap();
    let log = agent.log().len() - before.1;
    eprintln!(
        "{CROWD} in {:?}, served {served} times, {} -> {} MiB, log {log} bytes",
        began.elapsed(),
        before.0,
        peak(&agent)
    );
    assert!(peak(&agent) < MEMORY, "the agent took {} MiB", peak(&agent));
    assert!(log < 300_000, "the log grew by {log} bytes");
    // Somebody who says nothing, and somebody who stopped in the middle of a word.
    let silent = runtime.block_on(async {
        let (silent, mut half) = (knock(address).await.unwrap(), knock(address).await.unwrap());
        half.write_all(&[0x16, 3, 1, 2]).await.unwrap();
        (silent, half)
    });
    let stopping = Instant::now();
    assert_eq!(agent.terminate(), Some(0));
    assert!(stopping.elapsed() < Duration::from_secs(5), "it took {:?} to stop", stopping.elapsed());
    drop(silent);
}

/// From one address, then from so many that they take every place: they say nothing, and come again as soon as they are shown out.
#[test]
fn silence_from_many_addresses_keeps_no_peer_out() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (agent, _agent_b) = paired(&a, &b);
    let address: SocketAddr = a.listen.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let knocks = Arc::new(AtomicUsize::new(0));
    for (machine, _) in (1..=24).flat_map(|machine| (0..8).map(move |place| (machine, place))) {
        let knocks = Arc::clone(&knocks);
        runtime.spawn(async move {
            loop {
                if let Ok(mut stream) = knock_from(&format!("127.7.0.{machine}"), address).await {
                    knocks.fetch_add(1, Ordering::Relaxed);
                    let _ = stream.read(&mut [0; 16]).await;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
    }
    let (began, mut served, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(25) {
        let asked = Instant::now();
        // by a connection of its own: the agents' own are from before the crowd
        b.ok(&["diff", "pc-a"]);
        slowest = slowest.max(asked.elapsed());
        served += 1;
    }
    let knocks = knocks.load(Ordering::Relaxed);
    eprintln!(
        "{knocks} silent ones from 24 addresses; served {served} times, at most {slowest:.1?} each, {} MiB",
        peak(&agent)
    );
    assert!(knocks > 24 * 8, "they came again");
    assert!(peak(&agent) < MEMORY, "the agent took {} MiB", peak(&agent));
}
