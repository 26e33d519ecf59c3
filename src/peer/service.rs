//! Answers calls: who asks, may it, then the backend. No decision beyond that is made here.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, Streaming};

use super::accept::{Entrance, unix_now};
use super::bulk::{Bulk, Parts, Turn};
use super::error::refusal;
use super::generated::v1 as pb;
use super::generated::v1::error_detail::Reason;
use super::generated::v1::peer_server::Peer;
use super::live::Caller;
use super::wire::{self, WireError};
use super::{
    Backend, BackendError, Beacon, Buckets, CHUNK, Detail, MAX_PAGE, MAX_PROTOCOL, MIN_PROTOCOL, PROTOCOL_KEY,
    Selection, THROUGH_KEY, Tunnels, dial_back, tunnel,
};
use crate::hash::{Checksum, PeerId};
use crate::identity::check_peer_name;
use crate::identity::{Grant, InviteError, InviteId, PairingRole, PairingTranscript, TrustError, TrustedPeer};
use crate::script::ScriptName;

/// What all calls share.
pub(super) struct Shared<B> {
    pub(super) entrance: Arc<Entrance>,
    pub(super) backend: Arc<B>,
    pub(super) machine: String,
    pub(super) addresses: Vec<String>,
    pub(super) tunnels: Arc<Tunnels>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) dialled_back: dial_back::Asked,
    pub(super) bulk: Bulk,
}

/// The service.
pub(super) struct Service<B> {
    shared: Arc<Shared<B>>,
}

impl<B: Backend> Service<B> {
    pub(super) fn new(shared: Arc<Shared<B>>) -> Self {
        Self { shared }
    }

    pub(super) fn shared(&self) -> &Arc<Shared<B>> {
        &self.shared
    }

    /// Who asks, if it may.
    pub(super) fn authorize<T>(&self, request: &Request<T>, needed: Grant) -> Result<TrustedPeer, Status> {
        let caller = caller(request)?;
        let outcome = self.shared.trusted(caller.id, needed).and_then(|peer| {
            check_protocol(request)?;
            Ok(peer)
        });
        outcome.inspect_err(|status| self.log(&caller, status.message()))
    }

    /// Leave to give a long answer to who asks, if it may.
    async fn turn<T>(&self, request: &Request<T>, needed: Grant) -> Result<Turn, Status> {
        let peer = self.authorize(request, needed)?;
        self.shared.bulk.turn(peer.certificate).await
    }

    fn log(&self, caller: &Caller, reason: &str) {
        self.shared.entrance.refusals.log(caller.remote, reason);
    }
}

impl<B> Shared<B> {
    fn trusted(&self, id: PeerId, needed: Grant) -> Result<TrustedPeer, Status> {
        granted(self.entrance.trust.peer(id), id, needed)
    }
}

pub(super) fn granted(peer: Option<TrustedPeer>, id: PeerId, needed: Grant) -> Result<TrustedPeer, Status> {
    let Some(peer) = peer else {
        let words = format!("certificate {} is not paired with this machine", id.short());
        return Err(refusal(Code::Unauthenticated, Reason::NotTrusted, words));
    };
    if peer.grant < needed {
        let words = format!("`{}` has the grant `{}` here; this needs `{needed}`", peer.name, peer.grant);
        return Err(refusal(Code::PermissionDenied, Reason::GrantMissing, words));
    }
    Ok(peer)
}

pub(super) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let missing = || Status::internal("the connection has no identity");
    request.extensions().get::<Caller>().cloned().ok_or_else(missing)
}

fn check_protocol<T>(request: &Request<T>) -> Result<(), Status> {
    let Some(range) = request.metadata().get(PROTOCOL_KEY) else { return Ok(()) };
    let range = range.to_str().ok().and_then(|range| {
        let (min, max) = range.split_once('-')?;
        Some((min.parse::<u32>().ok()?, max.parse::<u32>().ok()?))
    });
    match range {
        None => Err(Status::invalid_argument(format!("`{PROTOCOL_KEY}` is to be MIN-MAX"))),
        Some((min, max)) if min <= MAX_PROTOCOL && max >= MIN_PROTOCOL => Ok(()),
        Some((min, max)) => {
            let words = format!("the caller speaks protocol {min}-{max}, this machine {MIN_PROTOCOL}-{MAX_PROTOCOL}");
            Err(refusal(Code::FailedPrecondition, Reason::OtherProtocol, words))
        }
    }
}

fn failed(error: BackendError) -> Status {
    match error {
        BackendError::Unavailable(_) => refusal(Code::Unavailable, Reason::DatabaseAway, error.to_string()),
        BackendError::NotFound(_) => Status::not_found(error.to_string()),
        BackendError::Internal(words) => {
            tracing::error!(error = words, "failed to answer a peer");
            Status::internal("failed to answer; the log of this machine says why")
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn senseless(error: WireError) -> Status {
    Status::invalid_argument(error.to_string())
}

#[tonic::async_trait]
impl<B: Backend> Peer for Service<B> {
    type JournalStream = Parts<pb::JournalPart>;
    type DigestsStream = Parts<pb::DigestsPart>;
    type DefinitionsStream = Parts<pb::DefinitionsPart>;
    type ScriptStream = Parts<pb::ScriptChunk>;
    type WatchStream = Parts<pb::WatchEvent>;
    type OfferStream = Parts<pb::TunnelBytes>;
    type ThroughStream = Parts<pb::TunnelBytes>;

    async fn describe(&self, request: Request<pb::DescribeRequest>) -> Result<Response<pb::DescribeResponse>, Status> {
        self.authorize(&request, Grant::Status)?;
        let state = self.shared.backend.describe().await.map_err(failed)?;
        Ok(Response::new(wire::describe_response(&state)))
    }

    async fn journal(&self, request: Request<pb::JournalRequest>) -> Result<Response<Self::JournalStream>, Status> {
        let detail = match (request.get_ref().with_effects, request.get_ref().with_definitions) {
            (false, false) => Detail::Entries,
            (true, false) => Detail::Effects,
            (_, true) => Detail::Definitions,
        };
        let needed = if detail == Detail::Definitions { Grant::Pull } else { Grant::Status };
        let turn = self.turn(&request, needed).await?;
        let asked = request.into_inner();
        let limit = usize::try_from(asked.limit).unwrap_or(MAX_PAGE);
        let limit = if limit == 0 { MAX_PAGE } else { limit.min(MAX_PAGE) };
        let page = self.shared.backend.journal_page(asked.after_seq, limit, detail).await.map_err(failed)?;
        Ok(turn.send(wire::journal_parts(&page.entries, page.more, detail)))
    }

    async fn buckets(&self, request: Request<pb::BucketsRequest>) -> Result<Response<pb::BucketsResponse>, Status> {
        self.authorize(&request, Grant::Status)?;
        let moment = wire::moment(request.get_ref().moment.as_ref());
        let digests = self.shared.backend.digests(moment, &Selection::All).await.map_err(failed)?;
        Ok(Response::new(pb::BucketsResponse { hashes: Buckets::of(&digests).0.concat() }))
    }

    async fn digests(&self, request: Request<pb::DigestsRequest>) -> Result<Response<Self::DigestsStream>, Status> {
        let turn = self.turn(&request, Grant::Status).await?;
        let asked = request.into_inner();
        let selection = wire::selection(asked.selection.as_ref()).map_err(senseless)?;
        let moment = wire::moment(asked.moment.as_ref());
        let digests = self.shared.backend.digests(moment, &selection).await.map_err(failed)?;
        Ok(turn.send(wire::digests_parts(&digests)))
    }

    async fn definitions(
        &self,
        request: Request<pb::DefinitionsRequest>,
    ) -> Result<Response<Self::DefinitionsStream>, Status> {
        let turn = self.turn(&request, Grant::Status).await?;
        let asked = request.into_inner();
        let ids = wire::fact_ids(&asked.ids).map_err(senseless)?;
        let moment = wire::moment(asked.moment.as_ref());
        let facts = self.shared.backend.definitions(moment, &ids).await.map_err(failed)?;
        Ok(turn.send(wire::definitions_parts(&ids, facts)))
    }

    async fn script(&self, request: Request<pb::ScriptRequest>) -> Result<Response<Self::ScriptStream>, Status> {
        let turn = self.turn(&request, Grant::Pull).await?;
        let asked = request.into_inner();
        let name = ScriptName::parse(&asked.name).map_err(|error| Status::invalid_argument(error.to_string()))?;
        let checksum: Checksum = wire::hash(&asked.checksum, "checksum").map_err(senseless)?;
        let text = self.shared.backend.script(&name, checksum).await.map_err(failed)?;
        let absent = || Status::not_found(format!("no text of `{name}` with checksum {} is stored", checksum.short()));
        let text = text.ok_or_else(absent)?.into_bytes();
        let total_size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let chunks = (0..text.len().div_ceil(CHUNK).max(1)).map(move |number| {
            let rest = &text[number * CHUNK..];
            let data = rest[..rest.len().min(CHUNK)].to_vec();
            pb::ScriptChunk { total_size: if number == 0 { total_size } else { 0 }, data }
        });
        Ok(turn.send(chunks))
    }

    async fn watch(&self, request: Request<pb::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let peer = self.authorize(&request, Grant::Status)?;
        let caller = caller(&request)?;
        if caller.exporter.is_some() {
            self.shared.backend.called(&peer, caller.remote);
        }
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(tell(Arc::clone(&self.shared), peer.certificate, sender));
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn offer(&self, request: Request<Streaming<pb::TunnelBytes>>) -> Result<Response<Self::OfferStream>, Status> {
        let peer = self.authorize(&request, Grant::Status)?;
        if caller(&request)?.exporter.is_none() {
            return Err(Status::invalid_argument("a tunnel inside a tunnel"));
        }
        let (tunnel, outgoing) = tunnel::answer(request.into_inner());
        self.shared.tunnels.put(peer.certificate, tunnel);
        Ok(Response::new(Box::pin(outgoing)))
    }

    async fn through(
        &self,
        request: Request<Streaming<pb::TunnelBytes>>,
    ) -> Result<Response<Self::ThroughStream>, Status> {
        let caller = caller(&request)?;
        let entrance = &self.shared.entrance;
        if caller.exporter.is_none() || caller.id != entrance.identity.id() {
            let words = "only this machine itself is put through to a peer";
            self.log(&caller, words);
            return Err(refusal(Code::PermissionDenied, Reason::GrantMissing, words));
        }
        let named = request.metadata().get(THROUGH_KEY).and_then(|name| name.to_str().ok()?.parse::<PeerId>().ok());
        let peer =
            named.ok_or_else(|| Status::invalid_argument(format!("`{THROUGH_KEY}` is to be a peer's digest")))?;
        let known = entrance.trust.peer(peer).and_then(|peer| self.shared.tunnels.take(peer.certificate));
        let mut far = known.ok_or_else(|| Status::not_found("that peer has offered no tunnel"))?.into_stream();
        let (near, outgoing) = tunnel::answer(request.into_inner());
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut near.into_stream(), &mut far).await;
        });
        Ok(Response::new(Box::pin(outgoing)))
    }

    async fn dial_back(&self, request: Request<pb::DialBackRequest>) -> Result<Response<pb::DialBackResponse>, Status> {
        let peer = self.authorize(&request, Grant::Status)?;
        let (caller, port) = (caller(&request)?, request.get_ref().port);
        let shared = &self.shared;
        let recorded = shared.backend.addresses(&peer);
        let identity = &shared.entrance.identity;
        dial_back::answer(&shared.dialled_back, identity, &peer, recorded, (&caller, port)).await.map(Response::new)
    }

    async fn pair(&self, request: Request<pb::PairRequest>) -> Result<Response<pb::PairResponse>, Status> {
        let caller = caller(&request)?;
        check_protocol(&request)?;
        let outcome = self.pair_with(&caller, &request.into_inner());
        outcome.map(Response::new).inspect_err(|status| self.log(&caller, status.message()))
    }
}

impl<B: Backend> Service<B> {
    fn pair_with(&self, caller: &Caller, asked: &pb::PairRequest) -> Result<pb::PairResponse, Status> {
        const MAX_ADDRESSES: usize = 16;
        let refuse = |words: String| refusal(Code::Unauthenticated, Reason::PairingRefused, words);
        let entrance = &self.shared.entrance;
        let own = entrance.identity.id();
        let exporter = caller.exporter.ok_or_else(|| refuse("nobody pairs through a tunnel".into()))?;
        if caller.id == own {
            return Err(refuse("a machine cannot pair with itself".into()));
        }
        check_peer_name(&asked.machine).map_err(|error| Status::invalid_argument(error.to_string()))?;
        asked.grant.parse::<Grant>().map_err(|error| Status::invalid_argument(error.to_string()))?;
        if asked.addresses.len() > MAX_ADDRESSES || !asked.addresses.iter().all(|address| is_address(address)) {
            return Err(Status::invalid_argument("an address is to be `host:port`"));
        }
        let invite: [u8; 6] =
            asked.invite.as_slice().try_into().map_err(|_| refuse("no invitation's number".into()))?;
        let transcript = PairingTranscript { exporter, inviter: own, joiner: caller.id };
        let proved = |secret: &_| transcript.verify(secret, PairingRole::Joiner, &asked.proof);
        let used = entrance.invites.use_up(InviteId(invite), unix_now(), proved);
        let (secret, grant) = used.map_err(|error| match error {
            InviteError::Refused(why) => refuse(why.to_string()),
            error => failed(BackendError::Internal(error.to_string())),
        })?;
        let peer =
            self.remember(caller, asked, grant).map_err(|error| failed(BackendError::Internal(error.to_string())))?;
        tracing::info!(peer = peer.name, grant = %peer.grant, remote = %caller.remote, "paired");
        self.shared.backend.paired(&peer);
        Ok(pb::PairResponse {
            machine: self.shared.machine.clone(),
            addresses: self.shared.addresses.clone(),
            grant: grant.word().to_owned(),
            proof: transcript.prove(&secret, PairingRole::Inviter).to_vec(),
        })
    }

    fn remember(&self, caller: &Caller, asked: &pb::PairRequest, grant: Grant) -> Result<TrustedPeer, TrustError> {
        let trust = &self.shared.entrance.trust;
        let mut addresses = asked.addresses.clone();
        // Where it calls from is where it can be reached, whatever it believes its own address to be.
        let port = addresses.iter().find_map(|address| address.rsplit_once(':')?.1.parse::<u16>().ok());
        if let Some(port) = port {
            let seen = std::net::SocketAddr::new(caller.remote.ip().to_canonical(), port).to_string();
            if !addresses.contains(&seen) {
                addresses.insert(0, seen);
            }
        }
        trust.add(TrustedPeer {
            name: trust.free_name(&asked.machine, caller.id),
            certificate: caller.id,
            grant,
            addresses,
            paired_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        })
    }
}

/// `host:port`, as far as that can be told without asking anybody.
pub(super) fn is_address(text: &str) -> bool {
    text.len() <= 255
        && text.chars().all(|c| !c.is_control() && !c.is_whitespace())
        && text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Tells a watcher what changes, for as long as it may know.
async fn tell<B: Backend>(shared: Arc<Shared<B>>, id: PeerId, sender: mpsc::Sender<Result<pb::WatchEvent, Status>>) {
    const HEARTBEAT: Duration = Duration::from_secs(5);
    let mut beacons = shared.backend.watch();
    let stop = super::server::stopped(shared.stop.clone());
    tokio::pin!(stop);
    let mut trust = shared.entrance.trust_moved.subscribe();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        let beacon: Option<Beacon> = tokio::select! {
            () = sender.closed() => return,
            () = &mut stop => {
                let _ = sender.try_send(Err(refusal(Code::Unavailable, Reason::Stopping, "this machine's agent is stopping")));
                return;
            }
            _ = trust.changed() => None,
            _ = heartbeat.tick() => Some(*beacons.borrow()),
            changed = beacons.changed() => match changed {
                Ok(()) => Some(*beacons.borrow_and_update()),
                Err(_) => return,
            },
        };
        // The door looks at the trust store, and tells where it moves; this only asks what it saw.
        if let Err(status) = granted(shared.entrance.trust.peer_as_last_seen(id), id, Grant::Status) {
            let _ = sender.try_send(Err(status));
            return;
        }
        if let Some(beacon) = beacon {
            // A watcher that does not read must not keep this task from noticing the rest.
            let sent = sender.send_timeout(Ok(wire::beacon_message(&beacon)), Duration::from_secs(10)).await;
            if sent.is_err() {
                return;
            }
        }
    }
}
