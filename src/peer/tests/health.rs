//! `grpc.health.v1`: told to paired certificates and to nobody else, and true.

use tokio_rustls::TlsConnector;
use tonic::Code;

use super::*;
use crate::identity::client_tls;
use crate::peer::connector::channel;
use crate::peer::generated::health::HealthCheckRequest;
use crate::peer::generated::health::health_check_response::ServingStatus;
use crate::peer::generated::health::health_client::HealthClient;

const NOW: Duration = Duration::from_secs(4);

/// The standard's client, with nothing of ours but the connection.
async fn standard(
    machine: &Machine,
    other: &Machine,
    address: SocketAddr,
) -> Result<HealthClient<tonic::transport::Channel>, PeerError> {
    let (config, name) = client_tls(&machine.identity, other.id()).unwrap();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let stream = TlsConnector::from(config).connect(name, stream).await.unwrap();
    Ok(HealthClient::new(channel("pc-b", stream).await?.0))
}

fn asked(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.into() }
}

#[tokio::test]
async fn health_follows_the_database() {
    let (a, b, server, memory) = pair_of(Grant::Status).await;
    let client = a.dial(&b, server.local_addr()).await.unwrap();
    assert!(client.is_healthy().await.unwrap());
    let mut standard = standard(&a, &b, server.local_addr()).await.unwrap();
    let mut watch = standard.watch(asked("driftless.v1.Peer")).await.unwrap().into_inner();
    let mut next = async || tokio::time::timeout(NOW, watch.message()).await.unwrap().unwrap().unwrap().status();
    assert_eq!(next().await, ServingStatus::Serving);
    *memory.away.lock().unwrap() = true;
    assert!(!client.is_healthy().await.unwrap());
    assert_eq!(next().await, ServingStatus::NotServing);
    *memory.away.lock().unwrap() = false;
    assert_eq!(next().await, ServingStatus::Serving);
    memory.state.lock().unwrap().paused = true;
    assert_eq!(next().await, ServingStatus::NotServing);

    // services that are none
    let refused = standard.check(asked("driftless.v1.Other")).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = standard.check(asked(&"x".repeat(5_000))).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    let mut watch = standard.watch(asked("driftless.v1.Other")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::ServiceUnknown);
    let began = std::time::Instant::now();
    server.shutdown().await;
    assert!(began.elapsed() < Duration::from_secs(1), "watchers hold the shutdown up: {:?}", began.elapsed());
}

#[tokio::test]
async fn health_is_told_to_paired_certificates_alone() {
    let (a, b, server, _memory) = pair_of(Grant::Status).await;
    let stranger = Machine::new("stranger");
    let address = server.local_addr();
    // Refused in the handshake; which of the two notices first is a matter of time.
    if let Ok(mut client) = standard(&stranger, &b, address).await {
        client.check(asked("")).await.unwrap_err();
    }

    // An open invitation lets a stranger through the handshake, to pair and for nothing else.
    b.invites().create(Grant::Status, chrono::Utc::now().timestamp()).unwrap();
    let mut client = standard(&stranger, &b, address).await.unwrap();
    for refused in [
        client.check(asked("")).await.map(drop).unwrap_err(),
        client.check(asked("driftless.v1.Other")).await.map(drop).unwrap_err(),
        client.watch(asked("")).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::Unauthenticated, "{refused}");
    }

    // Who is removed is told no more, within a second.
    let mut watch = standard(&a, &b, address).await.unwrap().watch(asked("")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    b.trust().remove("pc-a").unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(1), watch.message()).await.unwrap();
    assert_eq!(ended.unwrap_err().code(), Code::Unauthenticated);
    server.shutdown().await;
}
