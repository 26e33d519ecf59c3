//! A machine that is properly paired, holds the grant `apply`, and means ill. It speaks the project's own protocol, compiled from
//! the same proto file, and answers whatever the test tells it to. Start at [`Wicked::start`].

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use driftless::hash::{Checksum, PeerId};
use driftless::identity::{ClientPolicy, Grant, Identity, TrustStore, TrustedPeer, server_tls};
use driftless::journal::{Effect, Entry, Event, Head};
use driftless::peer::{Description, Detail, PeerClient, Timeouts};
use driftless::script::ScriptName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use crate::harness::Node;

#[allow(missing_docs, clippy::all, clippy::pedantic)]
pub(crate) mod pb {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/peer/generated/driftless.v1.rs"));
}

use pb::peer_server::{Peer, PeerServer};

pub(crate) type Parts<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What it answers just now.
#[derive(Clone, Default)]
pub(crate) struct Mood {
    pub(crate) describe: pb::DescribeResponse,
    pub(crate) journal: Arc<Vec<pb::JournalPart>>,
    /// The entries stand alone, and as many are sent as were asked for.
    pub(crate) paged: bool,
    /// Sent after `journal`, again and again: the page never ends.
    pub(crate) flood: Option<pb::JournalPart>,
    /// The chunks of any script that is asked for.
    pub(crate) script: Vec<pb::ScriptChunk>,
    /// Every second request gets this instead.
    pub(crate) other_script: Option<Vec<pb::ScriptChunk>>,
    /// Chunks never end.
    pub(crate) endless: bool,
    /// These calls are answered never: "describe", "journal", "script".
    pub(crate) stalls: &'static str,
    /// So long after each part.
    pub(crate) drip: Duration,
    /// Every watcher is told so often that everything changed.
    pub(crate) blink: Duration,
}

#[derive(Clone)]
struct Wire(Arc<State>);

struct State {
    mood: Mutex<Mood>,
    scripts_asked: std::sync::atomic::AtomicUsize,
    /// How many hear what it has to tell.
    watchers: std::sync::atomic::AtomicUsize,
}

impl Wire {
    fn mood(&self) -> Mood {
        self.0.mood.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stream<T: Send + 'static>(&self, parts: impl Iterator<Item = T> + Send + 'static) -> Parts<T> {
        let drip = self.mood().drip;
        Box::pin(tokio_stream::iter(parts).then(move |part| async move {
            if !drip.is_zero() {
                tokio::time::sleep(drip).await;
            }
            Ok(part)
        }))
    }

    async fn may_stall(&self, call: &str) {
        if self.mood().stalls == call {
            std::future::pending::<()>().await;
        }
    }
}

/// Somebody who watches, as long as the stream lives.
struct Watcher(Arc<State>);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.watchers.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[tonic::async_trait]
impl Peer for Wire {
    type JournalStream = Parts<pb::JournalPart>;
    type DigestsStream = Parts<pb::DigestsPart>;
    type DefinitionsStream = Parts<pb::DefinitionsPart>;
    type ScriptStream = Parts<pb::ScriptChunk>;
    type WatchStream = Parts<pb::WatchEvent>;
    type OfferStream = Parts<pb::TunnelBytes>;
    type ThroughStream = Parts<pb::TunnelBytes>;

    async fn describe(&self, _: Request<pb::DescribeRequest>) -> Result<Response<pb::DescribeResponse>, Status> {
        self.may_stall("describe").await;
        Ok(Response::new(self.mood().describe))
    }
    async fn journal(&self, asked: Request<pb::JournalRequest>) -> Result<Response<Self::JournalStream>, Status> {
        self.may_stall("journal").await;
        let mood = self.mood();
        let after = asked.get_ref().after_seq;
        if mood.paged {
            let from = usize::try_from(after).unwrap().min(mood.journal.len());
            let to = (from + usize::try_from(asked.get_ref().limit).unwrap()).min(mood.journal.len());
            let end = pb::journal_part::Part::End(pb::JournalEnd { more: to < mood.journal.len() });
            let page: Vec<_> = mood.journal[from..to].to_vec();
            return Ok(Response::new(self.stream(page.into_iter().chain([pb::JournalPart { part: Some(end) }]))));
        }
        let mut passed = true;
        let rest = Vec::clone(&mood.journal).into_iter().filter(move |part| {
            if let Some(pb::journal_part::Part::Entry(entry)) = &part.part {
                passed = entry.seq > after;
            }
            passed || matches!(part.part, Some(pb::journal_part::Part::End(_)))
        });
        let flood = mood.flood;
        Ok(Response::new(self.stream(rest.chain(std::iter::from_fn(move || flood.clone())))))
    }
    async fn buckets(&self, _: Request<pb::BucketsRequest>) -> Result<Response<pb::BucketsResponse>, Status> {
        Err(Status::internal("no"))
    }
    async fn digests(&self, _: Request<pb::DigestsRequest>) -> Result<Response<Self::DigestsStream>, Status> {
        Ok(Response::new(self.stream(std::iter::empty())))
    }
    async fn definitions(
        &self,
        _: Request<pb::DefinitionsRequest>,
    ) -> Result<Response<Self::DefinitionsStream>, Status> {
        Err(Status::internal("no"))
    }
    async fn script(&self, _: Request<pb::ScriptRequest>) -> Result<Response<Self::ScriptStream>, Status> {
        self.may_stall("script").await;
        let mood = self.mood();
        let turn = self.0.scripts_asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let chunks = mood.other_script.filter(|_| turn % 2 == 1).unwrap_or(mood.script);
        let last = chunks.last().filter(|_| mood.endless).cloned();
        Ok(Response::new(self.stream(chunks.into_iter().chain(std::iter::from_fn(move || last.clone())))))
    }
    async fn watch(&self, _: Request<pb::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let wire = self.clone();
        let events = (0u64..).map(move |revision| {
            let said = wire.mood().describe;
            pb::WatchEvent { head: said.head, fingerprint: said.fingerprint, revision }
        });
        let wire = self.clone();
        self.0.watchers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let watcher = Watcher(self.0.clone());
        let paced = tokio_stream::iter(events).then(move |event| {
            let blink = (&watcher, wire.mood().blink).1;
            async move {
                tokio::time::sleep(blink).await;
                Ok(event)
            }
        });
        Ok(Response::new(Box::pin(paced)))
    }
    async fn offer(&self, _: Request<Streaming<pb::TunnelBytes>>) -> Result<Response<Self::OfferStream>, Status> {
        Ok(Response::new(Box::pin(tokio_stream::pending())))
    }
    async fn through(&self, _: Request<Streaming<pb::TunnelBytes>>) -> Result<Response<Self::ThroughStream>, Status> {
        Err(Status::internal("no"))
    }
    async fn dial_back(&self, _: Request<pb::DialBackRequest>) -> Result<Response<pb::DialBackResponse>, Status> {
        Err(Status::internal("no"))
    }
    async fn pair(&self, _: Request<pb::PairRequest>) -> Result<Response<pb::PairResponse>, Status> {
        Err(Status::internal("no"))
    }
}

/// The hostile machine, known as `mallory`.
pub(crate) struct Wicked {
    identity: Identity,
    state: Arc<State>,
    victim: (PeerId, String),
    times: Mutex<u64>,
    _folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
    handle: tokio::runtime::Handle,
}

struct Anybody;

impl ClientPolicy for Anybody {
    fn admits(&self, _: PeerId) -> bool {
        true
    }
}

impl Wicked {
    /// Starts it, and has `victim` trust it with the grant `apply`.
    pub(crate) fn start(victim: &Node) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::init(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let state =
            Arc::new(State { mood: Mutex::default(), scripts_asked: Default::default(), watchers: Default::default() });
        let address = runtime.block_on(serve(&identity, Wire(state.clone())));
        let certs = victim.root().join("certs");
        let known = TrustedPeer {
            name: "mallory".into(),
            certificate: identity.id(),
            grant: Grant::Apply,
            addresses: vec![address.to_string()],
            paired_at: String::new(),
        };
        TrustStore::of(&certs).add(known).unwrap();
        let victim = (Identity::load(&certs).unwrap().id(), victim.listen.clone());
        let handle = runtime.handle().clone();
        Self { identity, state, victim, times: Mutex::new(0), _folder: folder, _runtime: runtime, handle }
    }

    fn dial(&self) -> PeerClient {
        let (id, address) = &self.victim;
        let dial =
            PeerClient::connect(&self.identity, "victim", *id, std::slice::from_ref(address), Timeouts::default());
        self.handle.block_on(dial).unwrap()
    }

    /// What the victim says of itself, and its journal: the best of masks.
    pub(crate) fn mask(&self) -> (Description, Vec<Entry>) {
        let client = self.dial();
        let asked = async {
            loop {
                let described = client.describe().await.unwrap();
                let entries = client.journal_after(0, Detail::Effects).await.unwrap();
                if entries.last().map(Entry::head) == Some(described.state.head) {
                    return (described, entries);
                }
            }
        };
        self.handle.block_on(asked)
    }

    /// Answers like the victim itself whose journal goes on with these.
    pub(crate) fn like_the_victim(&self, more: impl IntoIterator<Item = (Event, Effect)>) -> Mood {
        self.at_any_time(more.into_iter().map(|(event, effect)| (-1, event, effect)))
    }

    /// Likewise, each entry at a time of its own.
    pub(crate) fn at_any_time(&self, more: impl IntoIterator<Item = (i64, Event, Effect)>) -> Mood {
        let (described, mut entries) = self.mask();
        let mut times = self.times.lock().unwrap();
        *times += 1;
        for (at, event, effect) in more {
            let head = entries.last().map_or(Head::EMPTY, Entry::head);
            entries.push(Entry::after(head, at, event, effect));
        }
        let state = &described.state;
        let head = entries.last().map_or(Head::EMPTY, Entry::head);
        let describe = pb::DescribeResponse {
            driftless_version: described.driftless_version.clone(),
            min_protocol: 1,
            max_protocol: 1,
            machine: "mallory".into(),
            database: format!("mallory-{times}"),
            server_major: state.server_major,
            scope: state.scope.0.to_vec(),
            fingerprint: state.fingerprint.0.to_vec(),
            fingerprint_across: state.across.words.fingerprint.0.to_vec(),
            not_comparable: state.across.words.left_out,
            facts: state.facts,
            head: Some(pb::Head { seq: head.seq, hash: head.hash.0.to_vec() }),
            ..Default::default()
        };
        let blink = Duration::from_millis(300);
        Mood { describe, journal: Arc::new(parts(&entries)), blink, ..Mood::default() }
    }

    /// Likewise, having applied this script, which did nothing to the schema. Its text is served.
    pub(crate) fn with_script(&self, name: &str, text: &[u8]) -> Mood {
        let mood = self.like_the_victim([(applied(name, Checksum::of(text)), Effect::new())]);
        Mood { script: chunks(text), ..mood }
    }

    /// From now on.
    pub(crate) fn be(&self, mood: Mood) {
        *self.state.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    pub(crate) fn watchers(&self) -> usize {
        self.state.watchers.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub(crate) fn scripts_asked(&self) -> usize {
        self.state.scripts_asked.load(std::sync::atomic::Ordering::Relaxed)
    }
}

pub(crate) fn applied(name: &str, checksum: Checksum) -> Event {
    let script = ScriptName::parse(name).unwrap();
    Event::Applied { script, checksum, from: None, warnings: 0, transactional: true }
}

pub(crate) fn chunks(text: &[u8]) -> Vec<pb::ScriptChunk> {
    let total = text.len() as u64;
    let chunk = |(number, data): (usize, &[u8])| pb::ScriptChunk {
        total_size: if number == 0 { total } else { 0 },
        data: data.to_vec(),
    };
    text.chunks(256 * 1024).enumerate().map(chunk).collect()
}

/// A journal on the wire.
pub(crate) fn parts(entries: &[Entry]) -> Vec<pb::JournalPart> {
    use pb::journal_part::Part;
    let mut parts = Vec::new();
    for entry in entries {
        parts.push(Part::Entry(pb::JournalEntry {
            seq: entry.seq,
            at: entry.at,
            previous: entry.previous.0.to_vec(),
            hash: entry.hash.0.to_vec(),
            effect_size: entry.effect.len() as u64,
            event: Some(event(&entry.event)),
        }));
        if !entry.effect.is_empty() {
            let facts = entry.effect.iter().map(|(id, touched)| pb::Touched {
                id: Some(pb::FactId { kind: id.kind.word().into(), name: id.name.clone() }),
                before: touched.before.map(|digest| digest.0.to_vec()),
                after: touched.after.map(|digest| digest.0.to_vec()),
                ..Default::default()
            });
            parts.push(Part::Effect(pb::EffectPart { facts: facts.collect() }));
        }
    }
    parts.push(Part::End(pb::JournalEnd { more: false }));
    parts.into_iter().map(|part| pb::JournalPart { part: Some(part) }).collect()
}

fn event(event: &Event) -> pb::journal_entry::Event {
    use pb::journal_entry::Event as Message;
    match event {
        Event::Baseline { scope, had_rows } => {
            Message::Baseline(pb::Baseline { scope: scope.0.to_vec(), had_rows: *had_rows })
        }
        Event::Applied { script, checksum, from, warnings, transactional } => Message::Applied(pb::Applied {
            script: script.to_string(),
            checksum: checksum.0.to_vec(),
            from: from.clone(),
            warnings: *warnings,
            transactional: *transactional,
        }),
        Event::Marked { script, checksum } => Message::Marked(pb::Marked {
            script: script.clone(),
            checksum: checksum.map(|checksum| checksum.0.to_vec()),
        }),
        Event::Drift => Message::Drift(pb::Drift {}),
        Event::Settled => Message::Settled(pb::Settled {}),
        other => panic!("the victim's journal holds {other:?}"),
    }
}

async fn serve(identity: &Identity, wire: Wire) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(server_tls(identity, Arc::new(Anybody)).unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener).then(move |stream| {
        let acceptor = acceptor.clone();
        async move { Ok::<_, io::Error>(Plain(acceptor.accept(stream?).await?)) }
    });
    let server = tonic::transport::Server::builder().serve_with_incoming(PeerServer::new(wire), Box::pin(incoming));
    tokio::spawn(server);
    address
}

/// A TLS stream of which there is nothing to tell.
struct Plain(TlsStream<TcpStream>);

impl tonic::transport::server::Connected for Plain {
    type ConnectInfo = ();
    fn connect_info(&self) {}
}

impl AsyncRead for Plain {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Plain {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
