//! Dialling back: whether peers get through to the caller, by its own addresses alone.

use super::*;

/// Two machines that trust each other and both serve.
async fn both() -> (Machine, Machine, ServerHandle, ServerHandle) {
    let (a, b) = (Machine::new("pc-a"), Machine::new("pc-b"));
    b.trusts(&a, Grant::Status);
    a.trusts(&b, Grant::Status);
    let (server_a, server_b) =
        (a.serve(Arc::new(Memory::new("pc-a"))).await, b.serve(Arc::new(Memory::new("pc-b"))).await);
    (a, b, server_a, server_b)
}

#[tokio::test]
async fn the_peer_says_where_it_gets_through() {
    let (a, b, server_a, server_b) = both().await;
    let client = a.dial(&b, server_b.local_addr()).await.unwrap();
    let port = server_a.local_addr().port();
    let found = client.dial_back(port).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].address, format!("127.0.0.1:{port}"));
    assert!(found[0].outcome.is_ok(), "{found:?}");
    // Asked again at once, it refuses.
    let again = client.dial_back(port).await.unwrap_err();
    assert!(matches!(&again, PeerError::Unreachable { why, .. } if why.contains("one call in 2 s")), "{again:?}");
    server_a.shutdown().await;
    server_b.shutdown().await;
}

#[tokio::test]
async fn what_keeps_it_out_is_said() {
    let (a, b, server_a, server_b) = both().await;
    let client = a.dial(&b, server_b.local_addr()).await.unwrap();
    let port = server_a.local_addr().port();
    server_a.shutdown().await;
    let found = client.dial_back(port).await.unwrap();
    let why = found[0].outcome.clone().unwrap_err();
    assert!(why.contains("refused"), "{why}");
    // Another machine listens at that address: its certificate is not the pinned one.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let stranger = Machine::new("pc-c");
    let server_c = stranger.serve(Arc::new(Memory::new("pc-c"))).await;
    let found = client.dial_back(server_c.local_addr().port()).await.unwrap();
    let why = found[0].outcome.clone().unwrap_err();
    assert!(why.contains("certificate"), "{why}");
    server_b.shutdown().await;
    server_c.shutdown().await;
}

#[tokio::test]
async fn recorded_addresses_are_tried_and_no_others() {
    let (a, b, server_a, server_b) = both().await;
    let recorded = format!("localhost:{}", server_a.local_addr().port());
    b.trust()
        .add(TrustedPeer {
            name: "pc-a".into(),
            certificate: a.id(),
            grant: Grant::Status,
            addresses: vec![recorded.clone()],
            paired_at: String::new(),
        })
        .unwrap();
    let client = a.dial(&b, server_b.local_addr()).await.unwrap();
    let found = client.dial_back(0).await.unwrap();
    let addresses: Vec<&str> = found.iter().map(|found| found.address.as_str()).collect();
    assert_eq!(addresses, [recorded]);
    assert!(found[0].outcome.is_ok(), "{found:?}");
    server_a.shutdown().await;
    server_b.shutdown().await;
}
