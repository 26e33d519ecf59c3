//! A peer that is paired and hostile: everything it does is named, bounded and believed in nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use super::backend::{facts, journal};
use super::*;
use crate::hash::Checksum;
use crate::identity::{ClientPolicy, server_tls};
use crate::peer::generated::v1 as pb;
use crate::peer::generated::v1::peer_server::{Peer, PeerServer};
use crate::peer::wire;
use crate::script::ScriptName;

type Parts<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What the hostile machine answers.
#[derive(Clone, Default)]
struct Hostile {
    describe: pb::DescribeResponse,
    journal: Vec<pb::JournalPart>,
    script: Vec<pb::ScriptChunk>,
    /// Streams never end but repeat their last part.
    endless: bool,
    /// Streams never send anything.
    stalled: bool,
}

impl Hostile {
    fn stream<T: Clone + Send + 'static>(&self, parts: &[T]) -> Parts<T> {
        if self.stalled {
            return Box::pin(tokio_stream::pending());
        }
        let last = parts.last().filter(|_| self.endless).cloned();
        let again = std::iter::from_fn(move || last.clone());
        Box::pin(tokio_stream::iter(Vec::from(parts).into_iter().chain(again).map(Ok)))
    }
}

#[tonic::async_trait]
impl Peer for Hostile {
    type JournalStream = Parts<pb::JournalPart>;
    type DigestsStream = Parts<pb::DigestsPart>;
    type DefinitionsStream = Parts<pb::DefinitionsPart>;
    type ScriptStream = Parts<pb::ScriptChunk>;
    type WatchStream = Parts<pb::WatchEvent>;
    type OfferStream = Parts<pb::TunnelBytes>;
    type ThroughStream = Parts<pb::TunnelBytes>;

    async fn describe(&self, _: Request<pb::DescribeRequest>) -> Result<Response<pb::DescribeResponse>, Status> {
        Ok(Response::new(self.describe.clone()))
    }
    async fn journal(&self, _: Request<pb::JournalRequest>) -> Result<Response<Self::JournalStream>, Status> {
        Ok(Response::new(self.stream(&self.journal)))
    }
    async fn buckets(&self, _: Request<pb::BucketsRequest>) -> Result<Response<pb::BucketsResponse>, Status> {
        Ok(Response::new(pb::BucketsResponse { hashes: vec![0; 77] }))
    }
    async fn digests(&self, _: Request<pb::DigestsRequest>) -> Result<Response<Self::DigestsStream>, Status> {
        let id = pb::FactId { kind: "table".into(), name: "public.t".into() };
        let fact = pb::FactDigest { id: Some(id), digest: vec![1; 32] };
        Ok(Response::new(self.stream(&[pb::DigestsPart { facts: vec![fact.clone(), fact] }])))
    }
    async fn definitions(
        &self,
        _: Request<pb::DefinitionsRequest>,
    ) -> Result<Response<Self::DefinitionsStream>, Status> {
        Err(Status::internal("no\u{202e}pe\u{1b}[2J"))
    }
    async fn script(&self, _: Request<pb::ScriptRequest>) -> Result<Response<Self::ScriptStream>, Status> {
        Ok(Response::new(self.stream(&self.script)))
    }
    async fn watch(&self, _: Request<pb::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Ok(Response::new(self.stream(&[])))
    }
    async fn offer(&self, _: Request<Streaming<pb::TunnelBytes>>) -> Result<Response<Self::OfferStream>, Status> {
        Ok(Response::new(self.stream(&[pb::TunnelBytes { data: vec![0; 100_000] }])))
    }
    async fn through(&self, _: Request<Streaming<pb::TunnelBytes>>) -> Result<Response<Self::ThroughStream>, Status> {
        Err(Status::internal("no"))
    }
    async fn dial_back(&self, _: Request<pb::DialBackRequest>) -> Result<Response<pb::DialBackResponse>, Status> {
        Ok(Response::new(pb::DialBackResponse { results: vec![pb::DialBackResult::default(); 9] }))
    }

    async fn pair(&self, _: Request<pb::PairRequest>) -> Result<Response<pb::PairResponse>, Status> {
        Ok(Response::new(pb::PairResponse { machine: "x".into(), grant: "apply".into(), ..Default::default() }))
    }
}

struct Anybody;

impl ClientPolicy for Anybody {
    fn admits(&self, _caller: PeerId) -> bool {
        true
    }
}

/// Serves over real TLS with a real identity, and no rules.
async fn serve(hostile: Hostile) -> (Machine, SocketAddr) {
    let machine = Machine::new("mallory");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(server_tls(&machine.identity, Arc::new(Anybody)).unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let incoming = incoming.then(move |stream| {
        let acceptor = acceptor.clone();
        async move { Ok::<_, std::io::Error>(Plain(acceptor.accept(stream?).await?)) }
    });
    tokio::spawn(tonic::transport::Server::builder().serve_with_incoming(PeerServer::new(hostile), Box::pin(incoming)));
    (machine, address)
}

async fn client(hostile: Hostile) -> PeerClient {
    let (mallory, address) = serve(hostile).await;
    let timeouts = Timeouts { call: Duration::from_secs(3), silence: Duration::from_millis(300), ..SHORT };
    let a = Machine::new("pc-a");
    PeerClient::connect(&a.identity, "mallory", mallory.id(), &[address.to_string()], timeouts).await.unwrap()
}

#[track_caller]
fn misbehaved<T: std::fmt::Debug>(result: Result<T, PeerError>, words: &str) {
    match result {
        Err(PeerError::Misbehaved { peer, why }) if peer == "mallory" && why.contains(words) => {}
        other => panic!("`{words}` was expected: {other:?}"),
    }
}

fn chunk(total_size: u64, data: &[u8]) -> pb::ScriptChunk {
    pb::ScriptChunk { total_size, data: data.to_vec() }
}

#[tokio::test]
async fn scripts_that_lie() {
    let name = ScriptName::parse("v1_a.sql").unwrap();
    let sum = Checksum::of(b"SELECT 1;");
    let endless =
        Hostile { script: vec![chunk(9, b"SELECT 1;"), chunk(0, &[b'x'; 1000])], endless: true, ..Hostile::default() };
    misbehaved(client(endless).await.script(&name, sum).await, "more than the 9 bytes");
    let empty_chunks =
        Hostile { script: vec![chunk(9, b"SELECT 1"), chunk(0, b"")], endless: true, ..Hostile::default() };
    let slow = client(empty_chunks).await.script(&name, sum).await;
    assert!(matches!(slow, Err(PeerError::Unreachable { .. } | PeerError::Misbehaved { .. })), "{slow:?}");
    let huge = Hostile { script: vec![chunk(MAX_SCRIPT + 1, b"x")], ..Hostile::default() };
    misbehaved(client(huge).await.script(&name, sum).await, "at most");
    let wrong = Hostile { script: vec![chunk(9, b"SELECT 2;")], ..Hostile::default() };
    misbehaved(client(wrong).await.script(&name, sum).await, "checksum");
    let short = Hostile { script: vec![chunk(9, b"SELECT")], ..Hostile::default() };
    misbehaved(client(short).await.script(&name, sum).await, "6 of 9");
    let text = b"SELECT 1;\r\n";
    let crlf = Hostile { script: vec![chunk(11, text)], ..Hostile::default() };
    misbehaved(client(crlf).await.script(&name, Checksum::of(text)).await, "not canonical");
    let binary = Hostile { script: vec![chunk(2, &[0xc3, 0x28])], ..Hostile::default() };
    let refused = client(binary).await.script(&name, Checksum::of(&[0xc3, 0x28])).await;
    assert!(matches!(refused, Err(PeerError::Misbehaved { .. })), "{refused:?}");
    let message = Hostile { script: vec![chunk(MAX_SCRIPT, &vec![b'x'; MAX_MESSAGE + 1])], ..Hostile::default() };
    misbehaved(client(message).await.script(&name, sum).await, "too much");
}

#[tokio::test]
async fn journals_that_lie() {
    let entries = journal(&facts(3), 4);
    let parts = wire::journal_parts(&entries, false, Detail::Definitions);
    let with = |change: &dyn Fn(&mut Vec<pb::JournalPart>)| {
        let mut journal = parts.clone();
        change(&mut journal);
        Hostile { journal, ..Hostile::default() }
    };
    // Parts: entry 1, its effect, entry 2, its effect, … , end.
    let ask = async |hostile: Hostile| client(hostile).await.journal_page(0, 10, Detail::Definitions).await;
    assert_eq!(ask(with(&|_| {})).await.unwrap().entries, entries);
    misbehaved(ask(with(&|parts| parts.swap(0, 2))).await, "where 1 was due");
    misbehaved(
        ask(with(&|parts| {
            let first = parts[0].clone();
            parts.insert(4, first);
        }))
        .await,
        "where 3 was due",
    );
    misbehaved(ask(with(&|parts| drop(parts.drain(2..4)))).await, "where 2 was due");
    misbehaved(ask(with(&|parts| drop(parts.remove(1)))).await, "missing");
    misbehaved(ask(with(&|parts| drop(parts.pop()))).await, "without end");
    misbehaved(
        ask(with(&|parts| {
            let effect = parts[1].clone();
            parts.insert(2, effect);
        }))
        .await,
        "belong to no",
    );
    misbehaved(
        ask(with(&|parts| {
            let end = parts[8].clone();
            parts.push(end);
        }))
        .await,
        "after its end",
    );
    misbehaved(ask(with(&|parts| entry(&mut parts[2]).previous = vec![7; 32])).await, "does not follow");
    misbehaved(ask(with(&|parts| entry(&mut parts[6]).at = 99)).await, "hash");
    misbehaved(ask(with(&|parts| entry(&mut parts[2]).hash = vec![7; 31])).await, "31 bytes");
    let applied = pb::Applied { script: "../../v1_a.sql".into(), checksum: vec![1; 32], ..Default::default() };
    let event = Some(pb::journal_entry::Event::Applied(applied));
    misbehaved(ask(with(&|parts| entry(&mut parts[0]).event = event.clone())).await, "impossible script name");
    let page = client(with(&|_| {})).await.journal_page(0, 2, Detail::Definitions).await;
    misbehaved(page, "more than 2 journal entries");
    let more = Some(pb::journal_part::Part::End(pb::JournalEnd { more: true }));
    let nothing = Hostile { journal: vec![pb::JournalPart { part: more }], ..Hostile::default() };
    misbehaved(client(nothing).await.journal_after(0, Detail::Effects).await, "empty journal page");
    let unknown = ask(with(&|parts| entry(&mut parts[0]).event = None)).await;
    assert!(matches!(unknown, Err(PeerError::Incompatible { .. })), "{unknown:?}");
    let stalled = client(Hostile { stalled: true, ..Hostile::default() }).await;
    assert!(matches!(stalled.journal_page(0, 1, Detail::Effects).await, Err(PeerError::Unreachable { .. })));
}

fn entry(part: &mut pb::JournalPart) -> &mut pb::JournalEntry {
    match part.part.as_mut() {
        Some(pb::journal_part::Part::Entry(entry)) => entry,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn everything_else_that_lies() {
    let hostile = client(Hostile::default()).await;
    misbehaved(hostile.describe().await, "machine name");
    misbehaved(hostile.buckets(Moment::Now).await, "77 bytes");
    misbehaved(hostile.digests(Moment::Now, &Selection::All).await, "out of order");
    let none = Selection::Ids(std::collections::BTreeSet::new());
    misbehaved(hostile.digests(Moment::Now, &none).await, "nobody asked for");
    let ids = [crate::schema::FactId::new(crate::schema::Kind::Table, "t")].into();
    match hostile.definitions(Moment::Now, &ids).await {
        Err(PeerError::Misbehaved { why, .. }) => {
            assert!(!why.contains('\u{1b}') && !why.contains('\u{202e}'), "{why:?}");
        }
        other => panic!("{other:?}"),
    }
    let mut described = wire::describe_response(&backend::state("mallory"));
    described.fingerprint.pop();
    let short = client(Hostile { describe: described.clone(), ..Hostile::default() }).await;
    misbehaved(short.describe().await, "31 bytes");
    described.fingerprint.push(0);
    described.failed = vec![pb::FailedScript::default(); 1_001];
    let long = client(Hostile { describe: described.clone(), ..Hostile::default() }).await;
    misbehaved(long.describe().await, "more than 1000");
    described.failed.clear();
    (described.min_protocol, described.max_protocol) = (5, 6);
    let newer = client(Hostile { describe: described, ..Hostile::default() }).await;
    assert!(matches!(newer.describe().await, Err(PeerError::Incompatible { .. })));
    let silent = client(Hostile { stalled: true, ..Hostile::default() }).await;
    let silence = silent.watch().await.unwrap().next().await;
    assert!(matches!(silence, Err(PeerError::Unreachable { .. })), "{silence:?}");
}

/// It holds the certificate of the token but does not know the secret: nothing is trusted.
#[tokio::test]
async fn an_inviter_without_proof_is_not_trusted() {
    let (mallory, address) = serve(Hostile::default()).await;
    let a = Machine::new("pc-a");
    let invite = mallory.invites().create(Grant::Apply, 0).unwrap();
    let token = crate::identity::Token {
        inviter: mallory.id(),
        invite: invite.id,
        secret: invite.secret,
        expires_at: i64::MAX,
        addresses: vec![address.to_string()],
    };
    let offer = JoinOffer { machine: "pc-a".into(), addresses: Vec::new(), grant: Grant::Apply };
    let joined = join(&a.identity, &a.path(), &token, &offer, SHORT).await;
    assert!(matches!(joined, Err(JoinError::WrongProof)), "{joined:?}");
    assert!(a.trust().peers().is_empty());
}

/// A TLS stream without anything to tell of it.
struct Plain(tokio_rustls::server::TlsStream<tokio::net::TcpStream>);

impl tonic::transport::server::Connected for Plain {
    type ConnectInfo = ();
    fn connect_info(&self) {}
}

impl tokio::io::AsyncRead for Plain {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Plain {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Accepts any server's certificate: what a careless client would do.
#[derive(Debug)]
pub(super) struct AnyServer(pub(super) Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[tokio::test]
async fn more_addresses_than_were_asked_for() {
    misbehaved(client(Hostile::default()).await.dial_back(1).await, "more than 8 addresses");
}
