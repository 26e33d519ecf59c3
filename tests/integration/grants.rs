//! What a grant lets a peer do, asked of the real agent by a peer's own client: it changes while the agent runs and the connection stays,
//! and removal ends both within a second. And who cannot be reached is called again in growing pauses.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use driftless::hash::Checksum;
use driftless::identity::{Identity, TrustStore};
use driftless::peer::{PeerClient, PeerError, Timeouts};
use driftless::script::ScriptName;

use crate::harness::{Node, paired, wait_until};

const SOON: Duration = Duration::from_secs(60);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn grants_change_under_a_live_connection_and_removal_cuts_it_within_a_second() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (agent_a, mut agent_b) = paired(&a, &b);
    let script = a.script("v1_orders.sql", "CREATE TABLE orders (id integer);\n");
    a.ok(&["apply", script.to_str().unwrap(), "--yes"]);
    wait_until("both to be in sync", SOON, || b.findings("pc-a").contains("in_sync"));
    // from here on b is this test alone
    agent_b.kill();
    let certs = b.root().join("certs");
    let (identity, pin) =
        (Identity::load(&certs).unwrap(), TrustStore::of(&certs).peer_named("pc-a").unwrap().certificate);
    let addresses = [a.listen.clone()];
    let runtime = runtime();
    let dial = || PeerClient::connect(&identity, "pc-a", pin, &addresses, Timeouts::default());
    let client = runtime.block_on(dial()).unwrap();
    assert!(runtime.block_on(client.describe()).is_ok());
    let name = ScriptName::parse("v1_orders.sql").unwrap();
    let checksum = Checksum::of(b"CREATE TABLE orders (id integer);\n");
    let pulls = || runtime.block_on(client.script(&name, checksum));
    for (grant, may_pull) in [("status", false), ("pull", true), ("status", false), ("apply", true)] {
        a.ok(&["peers", "grant", "pc-b", grant]);
        assert!(runtime.block_on(client.describe()).is_ok(), "status is in every grant");
        match (pulls(), may_pull) {
            (Ok(Some(_)), true) | (Err(PeerError::Untrusted { .. }), false) => {}
            (other, _) => panic!("{grant}: {other:?}"),
        }
    }
    let mut watch = runtime.block_on(client.watch()).unwrap();
    runtime.block_on(watch.next()).unwrap();
    a.ok(&["peers", "remove", "pc-b"]);
    let removed = Instant::now();
    runtime.block_on(async { while watch.next().await.is_ok() {} });
    let cut = removed.elapsed();
    let refused = runtime.block_on(dial());
    let refused = match refused {
        Ok(client) => runtime.block_on(client.describe()).map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(refused, Err(PeerError::Untrusted { .. })), "{refused:?}");
    assert!(matches!(pulls(), Err(PeerError::Untrusted { .. } | PeerError::Unreachable { .. })));
    eprintln!("cut {cut:.1?} after `peers remove` had ended, refused {:.1?} after it", removed.elapsed());
    assert!(removed.elapsed() < Duration::from_secs(1), "{:?}", removed.elapsed());
    drop(agent_a);
}

/// Where b should be stands somebody who takes every call and hangs up. Then b returns, is found, and goes again: the pauses begin anew.
#[test]
fn calls_to_a_lost_peer_come_in_growing_pauses_that_begin_anew() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let (_agent_a, mut agent_b) = paired(&a, &b);
    wait_until("both to be in sync", SOON, || a.findings("pc-b").contains("in_sync"));
    let mut first_pauses = Vec::new();
    for round in 0..2 {
        agent_b.kill();
        let listener = loop {
            if let Ok(listener) = TcpListener::bind(&b.listen) {
                break listener;
            }
        };
        listener.set_nonblocking(true).unwrap();
        let (mut calls, began) = (Vec::new(), Instant::now());
        while began.elapsed() < Duration::from_secs(20) {
            if listener.accept().is_ok() {
                calls.push(Instant::now());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        drop(listener);
        let pauses: Vec<f64> = calls.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
        eprintln!("round {round}: pauses {pauses:.2?}");
        assert!((3..=24).contains(&calls.len()), "{} calls in 20 s", calls.len());
        let (early, late) = (pauses[0].min(pauses[1]), pauses.iter().copied().fold(0.0, f64::max));
        assert!(late > 2.0 * early, "they grow: {pauses:?}");
        first_pauses.push(early);
        agent_b = b.agent();
        wait_until("b to be found again", Duration::from_secs(20), || a.findings("pc-b").contains("in_sync"));
    }
    assert!(first_pauses[1] < 2.0, "they begin anew after success: {first_pauses:?}");
}
