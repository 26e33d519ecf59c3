//! Asks a peer. Everything that comes back is bounded, checked and turned into the core's types.
//!
//! A client is one connection: when it breaks, every call says so, and [`PeerClient::connect`] makes a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use prost::Message;
use tokio::time::timeout;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status, Streaming};

use super::connector::{Fate, Timeouts, channel, dial};
use super::error::other_protocol;
use super::generated::health::HealthCheckRequest;
use super::generated::health::health_check_response::ServingStatus;
use super::generated::health::health_client::HealthClient;
use super::generated::v1 as pb;
use super::generated::v1::peer_client::PeerClient as Grpc;
use super::wire::{self, WireError};
use super::{
    BUCKETS, Beacon, Buckets, Description, Detail, DialedBack, JournalPage, MAX_MESSAGE, MAX_PAGE, MAX_PROTOCOL,
    MAX_SCRIPT, MIN_PROTOCOL, Moment, PROTOCOL_KEY, PeerError, Selection, dial_back,
};
use crate::hash::{Checksum, PeerId};
use crate::identity::Identity;
use crate::journal::Entry;
use crate::schema::{Attributes, Digests, FactId};
use crate::script::{CanonicalText, ScriptName};

/// Bytes of one streamed answer other than a script.
const MAX_STREAM: usize = 64 * 1024 * 1024;
/// Entries that [`PeerClient::journal_after`] takes in all.
const MAX_ENTRIES: usize = 100_000;
/// Bytes that it takes in all.
const MAX_JOURNAL: usize = 128 * 1024 * 1024;
/// Changes told faster than this are folded into one: nobody can keep us busy by blinking.
const CALM: Duration = Duration::from_millis(10);

/// A connection to a peer.
#[derive(Debug, Clone)]
pub struct PeerClient {
    name: String,
    id: PeerId,
    remote: Option<SocketAddr>,
    channel: Channel,
    grpc: Grpc<Channel>,
    fate: Fate,
    timeouts: Timeouts,
}

impl PeerClient {
    /// Dials the peer of this name at the first of these addresses where its certificate answers.
    ///
    /// In TLS 1.3 a dialler is ready before the other side has looked at its certificate: a refusal shows in the first call.
    pub async fn connect(
        identity: &Identity,
        name: &str,
        pin: PeerId,
        addresses: &[String],
        timeouts: Timeouts,
    ) -> Result<Self, PeerError> {
        let connection = dial(identity, name, pin, addresses, timeouts.connect).await?;
        tracing::debug!(peer = name, address = connection.address, "connected");
        let remote = Some(connection.remote);
        Self::over(name, pin, remote, connection.stream, timeouts).await
    }

    /// Over a stream that is authenticated already.
    pub(super) async fn over<S>(
        name: &str,
        id: PeerId,
        remote: Option<SocketAddr>,
        stream: S,
        timeouts: Timeouts,
    ) -> Result<Self, PeerError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    {
        let made = timeout(timeouts.connect, channel(name, stream)).await;
        let (channel, fate) = made.map_err(|_| PeerError::unreachable(name, "it does not speak HTTP/2"))??;
        let grpc = Grpc::new(channel.clone()).max_decoding_message_size(MAX_MESSAGE);
        Ok(Self { name: name.to_owned(), id, remote, channel, grpc, fate, timeouts })
    }

    /// The peer's name here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who it is.
    pub fn id(&self) -> PeerId {
        self.id
    }

    /// Whether the connection stands, as far as this side has seen.
    pub fn is_open(&self) -> bool {
        !self.fate.is_over()
    }

    /// Where the connection goes; `None` through a tunnel.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.remote
    }

    /// What it says of itself. The `scripts` are left empty: its journal tells them.
    pub async fn describe(&self) -> Result<Description, PeerError> {
        let mut grpc = self.grpc.clone();
        let answer = self.call(grpc.describe(request(pb::DescribeRequest {}))).await?;
        let described = wire::description(&answer).map_err(|error| self.wrong(error))?;
        if *described.protocols.start() > MAX_PROTOCOL || *described.protocols.end() < MIN_PROTOCOL {
            let (min, max) = described.protocols.into_inner();
            return Err(PeerError::Incompatible { peer: self.name.clone(), why: other_protocol(min, max) });
        }
        Ok(described)
    }

    /// Whether it says, by the standard's health protocol, that it can ask its database.
    pub async fn is_healthy(&self) -> Result<bool, PeerError> {
        let mut grpc = HealthClient::new(self.channel.clone()).max_decoding_message_size(MAX_MESSAGE);
        let answer = self.call(grpc.check(request(HealthCheckRequest::default()))).await?;
        Ok(answer.status() == ServingStatus::Serving)
    }

    /// One page of its journal: entries after `after`, without gaps, linked, each effect whole. Whether the first follows the entry
    /// that the caller remembers is the caller's to ask.
    pub async fn journal_page(&self, after: u64, limit: usize, detail: Detail) -> Result<JournalPage, PeerError> {
        self.sized_page(after, limit, detail).await.map(|(page, _)| page)
    }

    /// A page, and how many bytes it took.
    pub async fn sized_page(
        &self,
        after: u64,
        limit: usize,
        detail: Detail,
    ) -> Result<(JournalPage, usize), PeerError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let asked = pb::JournalRequest {
            after_seq: after,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            with_effects: detail >= Detail::Effects,
            with_definitions: detail == Detail::Definitions,
        };
        let mut grpc = self.grpc.clone();
        let mut reader = wire::JournalReader::new(after, limit, detail);
        let bytes = self.collect(grpc.journal(request(asked)), MAX_STREAM, |part| reader.push(part)).await?;
        Ok((reader.finish().map_err(|error| self.wrong(error))?, bytes))
    }

    /// All its entries after `after`, page by page.
    pub async fn journal_after(&self, after: u64, detail: Detail) -> Result<Vec<Entry>, PeerError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut bytes = 0usize;
        loop {
            let seq = entries.last().map_or(after, |entry| entry.seq);
            let (page, size) = self.sized_page(seq, MAX_PAGE, detail).await?;
            bytes = bytes.saturating_add(size);
            if let (Some(last), Some(first)) = (entries.last(), page.entries.first())
                && first.previous != last.hash
            {
                return Err(self.misbehaved(format!("its journal changed behind entry {seq} while it was read")));
            }
            entries.extend(page.entries);
            if !page.more {
                return Ok(entries);
            }
            if entries.len() >= MAX_ENTRIES || bytes > MAX_JOURNAL {
                return Err(self.misbehaved(format!(
                    "a journal of more than {MAX_ENTRIES} entries or {} MiB to read at once",
                    MAX_JOURNAL >> 20
                )));
            }
        }
    }

    /// One hash for each bucket of its facts.
    pub async fn buckets(&self, moment: Moment) -> Result<Buckets, PeerError> {
        let mut grpc = self.grpc.clone();
        let asked = pb::BucketsRequest { moment: wire::moment_message(moment) };
        let answer = self.call(grpc.buckets(request(asked))).await?;
        let (hashes, rest) = answer.hashes.as_chunks::<32>();
        if hashes.len() != BUCKETS || !rest.is_empty() {
            return Err(self.misbehaved(format!("it sent {} bytes of bucket hashes", answer.hashes.len())));
        }
        Ok(Buckets(hashes.to_vec()))
    }

    /// Digests of the facts selected, as far as they are there.
    pub async fn digests(&self, moment: Moment, selection: &Selection) -> Result<Digests, PeerError> {
        let asked =
            pb::DigestsRequest { moment: wire::moment_message(moment), selection: wire::selection_message(selection) };
        let mut grpc = self.grpc.clone();
        let mut reader = wire::DigestsReader::new(selection);
        self.collect(grpc.digests(request(asked)), MAX_STREAM, |part| reader.push(&part)).await?;
        Ok(reader.finish())
    }

    /// Attributes of these facts, as far as they are there and kept.
    pub async fn definitions(
        &self,
        moment: Moment,
        ids: &BTreeSet<FactId>,
    ) -> Result<BTreeMap<FactId, Attributes>, PeerError> {
        let all: Vec<FactId> = ids.iter().cloned().collect();
        let mut found = BTreeMap::new();
        for some in all.chunks(wire::MAX_IDS) {
            let some: BTreeSet<FactId> = some.iter().cloned().collect();
            let asked = wire::definitions_request(moment, &some);
            let mut grpc = self.grpc.clone();
            let mut reader = wire::DefinitionsReader::new(&some);
            self.collect(grpc.definitions(request(asked)), MAX_STREAM, |part| reader.push(&part)).await?;
            found.extend(reader.finish());
        }
        Ok(found)
    }

    /// The text of a script that is applied there; `None`: it has no such script, or its text is not stored. What is returned has
    /// this checksum.
    pub async fn script(&self, name: &ScriptName, checksum: Checksum) -> Result<Option<CanonicalText>, PeerError> {
        let asked = pb::ScriptRequest { name: name.to_string(), checksum: checksum.0.to_vec() };
        let mut grpc = self.grpc.clone();
        let mut reader = ScriptReader::default();
        let limit = usize::try_from(MAX_SCRIPT).unwrap_or(usize::MAX);
        let mut absent = false;
        let call = async {
            let answer = grpc.script(request(asked)).await;
            absent = answer.as_ref().is_err_and(|status| status.code() == Code::NotFound);
            answer
        };
        let collected = self.collect(call, limit.saturating_add(MAX_MESSAGE), |chunk| reader.push(&chunk)).await;
        if absent {
            return Ok(None);
        }
        collected?;
        let text = reader.finish(checksum).map_err(|why| self.misbehaved(format!("script `{name}`: {why}")))?;
        Ok(Some(text))
    }

    /// Watches it: its state now and each change. Ends with an error when the link is gone or silent.
    pub async fn watch(&self) -> Result<PeerWatch, PeerError> {
        let mut grpc = self.grpc.clone();
        let stream = self.call(grpc.watch(request(pb::WatchRequest {}))).await?;
        Ok(PeerWatch { client: self.clone(), stream, last: None, told: None })
    }

    /// Has it dial this machine back, which listens on this port: what came of each address it knows.
    pub async fn dial_back(&self, port: u16) -> Result<Vec<DialedBack>, PeerError> {
        let mut grpc = self.grpc.clone();
        let asked = pb::DialBackRequest { port: u32::from(port) };
        let answer = self.call(grpc.dial_back(request(asked))).await?;
        dial_back::results(&answer).map_err(|error| self.wrong(error))
    }

    pub(super) fn grpc(&self) -> Grpc<Channel> {
        self.grpc.clone()
    }

    /// The head of an answer, in time.
    pub(super) async fn call<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, PeerError> {
        match timeout(self.timeouts.call, call).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) => Err(self.refused(&status).await),
            Err(_) => Err(self.late(self.timeouts.call)),
        }
    }

    /// A whole streamed answer, in time and in bounds; returns how many bytes it took.
    async fn collect<T: Message>(
        &self,
        call: impl Future<Output = Result<Response<Streaming<T>>, Status>>,
        limit: usize,
        mut push: impl FnMut(T) -> Result<(), WireError>,
    ) -> Result<usize, PeerError> {
        let whole = async {
            let mut stream = self.call(call).await?;
            let mut bytes = 0usize;
            loop {
                match stream.message().await {
                    Ok(Some(part)) => {
                        bytes = bytes.saturating_add(part.encoded_len().max(1));
                        if bytes > limit {
                            return Err(self.misbehaved(format!("an answer of more than {} MiB", limit >> 20)));
                        }
                        push(part).map_err(|error| self.wrong(error))?;
                    }
                    Ok(None) => return Ok(bytes),
                    Err(status) => return Err(self.refused(&status).await),
                }
            }
        };
        timeout(self.timeouts.call, whole).await.unwrap_or_else(|_| Err(self.late(self.timeouts.call)))
    }

    async fn refused(&self, status: &Status) -> PeerError {
        // The call may fail a moment before the connection has read the alert that says why.
        if super::error::detail(status).is_none() && self.fate.known().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        PeerError::status(&self.name, status, self.fate.known().as_ref())
    }

    fn late(&self, limit: Duration) -> PeerError {
        PeerError::unreachable(&self.name, format!("no answer within {} s", limit.as_secs_f32()))
    }

    fn wrong(&self, error: WireError) -> PeerError {
        PeerError::wire(&self.name, error)
    }

    fn misbehaved(&self, why: String) -> PeerError {
        PeerError::misbehaved(&self.name, why)
    }
}

pub(super) fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Ok(range) = MetadataValue::try_from(format!("{MIN_PROTOCOL}-{MAX_PROTOCOL}")) {
        request.metadata_mut().insert(PROTOCOL_KEY, range);
    }
    request
}

/// A watch on a peer.
#[derive(Debug)]
pub struct PeerWatch {
    client: PeerClient,
    stream: Streaming<pb::WatchEvent>,
    last: Option<Beacon>,
    /// When an event was last taken.
    told: Option<Instant>,
}

impl PeerWatch {
    /// The next change; the first is the state as it is. Signs of life without a change are taken in silence.
    pub async fn next(&mut self) -> Result<Beacon, PeerError> {
        let silence = self.client.timeouts.silence;
        loop {
            if let Some(told) = self.told {
                tokio::time::sleep(CALM.saturating_sub(told.elapsed())).await;
            }
            let event = match timeout(silence, self.stream.message()).await {
                Ok(Ok(Some(event))) => event,
                Ok(Ok(None)) => return Err(PeerError::unreachable(&self.client.name, "it ended the watch")),
                Ok(Err(status)) => return Err(self.client.refused(&status).await),
                Err(_) => return Err(self.client.late(silence)),
            };
            self.told = Some(Instant::now());
            let beacon = wire::beacon(&event).map_err(|error| self.client.wrong(error))?;
            if self.last != Some(beacon) {
                self.last = Some(beacon);
                return Ok(beacon);
            }
        }
    }
}

/// Puts a script's chunks together; never holds more than was announced.
#[derive(Default)]
struct ScriptReader {
    total: Option<u64>,
    bytes: Vec<u8>,
}

impl ScriptReader {
    fn push(&mut self, chunk: &pb::ScriptChunk) -> Result<(), WireError> {
        let total = *self.total.get_or_insert(chunk.total_size);
        if total > MAX_SCRIPT {
            return Err(WireError::Invalid(format!("a script of {total} bytes; at most {MAX_SCRIPT} are taken")));
        }
        self.bytes.extend_from_slice(&chunk.data);
        if u64::try_from(self.bytes.len()).unwrap_or(u64::MAX) > total {
            return Err(WireError::Invalid(format!("more than the {total} bytes of a script that it had announced")));
        }
        Ok(())
    }

    fn finish(self, checksum: Checksum) -> Result<CanonicalText, String> {
        let total = self.total.unwrap_or_default();
        if u64::try_from(self.bytes.len()).unwrap_or(u64::MAX) != total {
            return Err(format!("it sent {} of {total} bytes", self.bytes.len()));
        }
        let found = Checksum::of(&self.bytes);
        if found != checksum {
            return Err(format!("its text has checksum {} instead of {}", found.short(), checksum.short()));
        }
        let text = CanonicalText::decode(&self.bytes).map_err(|error| error.to_string())?;
        // The same bytes, or it was no canonical text and its checksum means something else.
        if text.as_str().as_bytes() == self.bytes { Ok(text) } else { Err("its text is not canonical".into()) }
    }
}
