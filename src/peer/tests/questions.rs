//! What is asked is answered, whole and unchanged; grants hold.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::backend::facts;
use super::*;
use crate::hash::Checksum;
use crate::schema::{FactId, Kind};
use crate::script::ScriptName;

#[tokio::test]
async fn everything_that_can_be_asked() {
    let (a, b) = (Machine::new("pc-a"), Machine::new("pc-b"));
    b.trusts(&a, Grant::Pull);
    // Large enough for several parts and several pages.
    let memory = Arc::new(Memory::with("pc-b", facts(20_000), 2_500));
    let server = b.serve(Arc::clone(&memory)).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();

    let described = client.describe().await.unwrap();
    assert_eq!(described.state, *memory.state.lock().unwrap());
    assert_eq!(described.totals, Totals { unsupported: 1, ..Totals::default() });

    let entries = memory.entries.lock().unwrap().clone();
    assert_eq!(client.journal_after(0, Detail::Definitions).await.unwrap(), entries);
    assert_eq!(client.journal_after(2_400, Detail::Definitions).await.unwrap(), entries[2_400..]);
    assert_eq!(client.journal_after(2_500, Detail::Effects).await.unwrap(), []);
    let bare = client.journal_page(0, 2, Detail::Entries).await.unwrap();
    assert!(bare.more && bare.entries.len() == 2 && bare.entries[0].effect.is_empty());
    let effects = client.journal_page(0, 1, Detail::Effects).await.unwrap();
    assert_eq!(effects.entries[0].effect.len(), 20_000);
    assert!(effects.entries[0].effect.values().all(|touched| touched.definition.is_none()));

    let all = client.digests(Moment::Now, &Selection::All).await.unwrap();
    assert_eq!(all.len(), 20_000);
    assert_eq!(client.buckets(Moment::Entry(1)).await.unwrap(), Buckets::of(&all));
    let id = FactId::new(Kind::Column, "public.orders.c00007");
    let one = client.digests(Moment::Now, &Selection::Buckets([bucket_of(&id)].into())).await.unwrap();
    assert!(one.contains_key(&id) && one.len() < 100);
    let ids = BTreeSet::from([id.clone(), FactId::new(Kind::Table, "public.nothing")]);
    assert_eq!(client.digests(Moment::Now, &Selection::Ids(ids.clone())).await.unwrap().len(), 1);
    let definitions = client.definitions(Moment::Now, &ids).await.unwrap();
    assert_eq!(definitions.keys().collect::<Vec<_>>(), [&id]);
    assert_eq!(definitions[&id], memory.facts[7].attributes);
    server.shutdown().await;
}

#[tokio::test]
async fn scripts_arrive_whole_and_only_under_their_checksum() {
    let (a, b, server, memory) = pair_of(Grant::Pull).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    for (name, text) in [
        ("v1_empty.sql", String::new()),
        ("v2_订单.sql", "COMMENT ON TABLE 订单 IS '✓';\n".repeat(40_000)),
        ("v3_exact.sql", "x".repeat(CHUNK * 2)),
    ] {
        memory.scripts.lock().unwrap().insert(name.into(), text.clone());
        let name = ScriptName::parse(name).unwrap();
        let pulled = client.script(&name, Checksum::of(text.as_bytes())).await.unwrap().unwrap();
        assert!(pulled.as_str() == text);
        assert_eq!(client.script(&name, Checksum::of(b"other")).await.unwrap(), None);
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_missing_grant_is_refused_and_a_changed_one_acts_at_once() {
    let (a, b, server, memory) = pair_of(Grant::Status).await;
    memory.scripts.lock().unwrap().insert("v1_a.sql".into(), "SELECT 1;".into());
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    client.describe().await.unwrap();
    client.journal_after(0, Detail::Effects).await.unwrap();
    let name = ScriptName::parse("v1_a.sql").unwrap();
    let sum = Checksum::of(b"SELECT 1;");
    let why = untrusted(client.script(&name, sum).await);
    assert!(why.contains("`status`") && why.contains("`pull`"), "{why}");
    untrusted(client.journal_after(0, Detail::Definitions).await);
    b.trust().set_grant("pc-a", Grant::Apply).unwrap();
    assert!(client.script(&name, sum).await.unwrap().is_some());
    b.trust().set_grant("pc-a", Grant::Status).unwrap();
    untrusted(client.script(&name, sum).await);
    server.shutdown().await;
}

#[tokio::test]
async fn a_database_that_is_away_is_not_an_absent_machine() {
    let (a, b, server, memory) = pair_of(Grant::Status).await;
    *memory.away.lock().unwrap() = true;
    match a.asks(&b, server.local_addr()).await {
        Err(PeerError::Unreachable { why, .. }) => assert!(why.contains("starting up"), "{why}"),
        other => panic!("{other:?}"),
    }
    *memory.away.lock().unwrap() = false;
    a.asks(&b, server.local_addr()).await.unwrap();
    server.shutdown().await;
}

#[tokio::test]
async fn a_watch_tells_each_change_and_the_end() {
    let (a, b, server, memory) = pair_of(Grant::Status).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    let mut watch = client.watch().await.unwrap();
    assert_eq!(watch.next().await.unwrap().revision, 0);
    for revision in 1..5 {
        memory.beacon.send_modify(|beacon| beacon.revision = revision);
        assert_eq!(timeout(Duration::from_secs(1), watch.next()).await.unwrap().unwrap().revision, revision);
    }
    let (end, ()) = tokio::join!(watch.next(), server.shutdown());
    assert!(matches!(end, Err(PeerError::Unreachable { why, .. }) if why.contains("stopping")));
}

#[tokio::test]
async fn another_protocol_version_is_incompatible() {
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    let mut asked = tonic::Request::new(super::super::generated::v1::DescribeRequest {});
    asked.metadata_mut().insert(PROTOCOL_KEY, "7-9".parse().unwrap());
    let status = client.grpc().describe(asked).await.unwrap_err();
    let error = PeerError::status("pc-b", &status, None);
    assert!(matches!(&error, PeerError::Incompatible { why, .. } if why.contains("1-1")), "{error}");
    server.shutdown().await;
}

#[tokio::test]
async fn several_addresses_are_tried_and_the_pinned_machine_wins() {
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let stranger = Machine::new("stranger");
    stranger.trusts(&a, Grant::Status);
    let elsewhere = stranger.serve(Arc::new(Memory::new("stranger"))).await;
    let port = server.local_addr().port();
    let addresses = [
        "127.0.0.1:1".to_owned(),
        elsewhere.local_addr().to_string(),
        "no-such-host.invalid:7432".to_owned(),
        format!("localhost:{port}"),
    ];
    let client = PeerClient::connect(&a.identity, "pc-b", b.id(), &addresses, SHORT).await.unwrap();
    assert_eq!(client.describe().await.unwrap().state.machine, "pc-b");
    let wrong = PeerClient::connect(&a.identity, "pc-b", b.id(), &addresses[..3], SHORT).await;
    let why = untrusted(wrong);
    assert!(why.contains("another certificate") && why.contains("127.0.0.1:1:"), "{why}");
    let nobody = PeerClient::connect(&a.identity, "pc-b", b.id(), &addresses[..1], SHORT).await;
    assert!(matches!(nobody, Err(PeerError::Unreachable { .. })));
    server.shutdown().await;
    elsewhere.shutdown().await;
}

/// Whatever its grant: a peer is not put through to another one; that is for the machine itself.
#[tokio::test]
async fn a_peer_is_never_put_through() {
    let (a, b, server, _) = pair_of(Grant::Apply).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    let (_sender, receiver) = tokio::sync::mpsc::channel(1);
    let asked = tonic::Request::new(tokio_stream::wrappers::ReceiverStream::new(receiver));
    let refused = client.grpc().through(asked).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied, "{refused}");

    // The machine itself is told that there is no tunnel, and may ask nothing else.
    let agent = [server.local_addr().to_string()];
    let nobody = PeerClient::through_own_agent(&b.identity, &agent, "pc-a", a.id(), SHORT).await.unwrap_err();
    assert!(nobody.to_string().contains("has offered no tunnel"), "{nobody}");
    untrusted(b.asks(&b, server.local_addr()).await);
    server.shutdown().await;
}

/// A can dial B and not the other way; B asks A all the same, with A's grants.
#[tokio::test]
async fn a_machine_that_cannot_be_dialled_is_asked_through_its_offer() {
    let (a, b, server, _) = pair_of(Grant::Status).await;
    a.trusts(&b, Grant::Status);
    let own = Arc::new(Memory::with("pc-a", facts(20_000), 5));
    let own_server = a.serve(Arc::clone(&own)).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    let end = own_server.offers();
    let offering = tokio::spawn(async move { client.offer(&end).await });
    let tunnel = async {
        loop {
            match b.tunnels.take(a.id()) {
                Some(tunnel) => return tunnel,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    let tunnel = timeout(Duration::from_secs(5), tunnel).await.unwrap();
    let back = PeerClient::through(tunnel, "pc-a", a.id(), Timeouts::default()).await.unwrap();
    assert_eq!((back.name(), back.id()), ("pc-a", a.id()));
    assert_eq!(back.describe().await.unwrap().state.machine, "pc-a");
    assert_eq!(back.digests(Moment::Now, &Selection::All).await.unwrap().len(), 20_000);
    let mut watch = back.watch().await.unwrap();
    watch.next().await.unwrap();
    a.trust().remove("pc-b").unwrap();
    untrusted(back.describe().await);
    assert!(timeout(Duration::from_secs(1), watch.next()).await.unwrap().is_err());
    own_server.shutdown().await;
    // The offer stands as long as the link does.
    server.shutdown().await;
    let ended = timeout(Duration::from_secs(2), offering).await.unwrap().unwrap();
    assert!(ended.is_err());
}
