//! `grpc.health.v1` for paired peers: whether this machine can ask its database. No status is kept that somebody would have to keep
//! true: each answer is a look. That, and one crate less, is why this is not tonic-health, which keeps a table of statuses.
//!
//! Never here: an answer to a certificate that is not paired, be it let in to pair. What could go wrong: a watcher that outlives its
//! trust or the server (it is looked after as `Watch` of the peer service is), a database that does not answer (so long is it waited for).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{interval, timeout};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codegen::{Service as Tower, http};
use tonic::{Code, Request, Response, Status};

use super::generated::health::health_check_response::ServingStatus;
use super::generated::health::health_server::{Health, HealthServer};
use super::generated::health::{HealthCheckRequest, HealthCheckResponse};
use super::generated::v1::error_detail::Reason;
use super::generated::v1::peer_server::PeerServer;
use super::service::{Service, Shared, caller, granted};
use super::{Backend, MAX_MESSAGE, error::refusal};
use crate::hash::PeerId;
use crate::identity::Grant;

/// The services that are known: the machine, and what it is for.
const SERVICES: [&str; 2] = ["", "driftless.v1.Peer"];
/// How long the database may take to be called able to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a watcher's answer is looked for anew.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Answers health questions.
pub(super) struct Answers<B>(Service<B>);

type Statuses = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

fn answer(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl<B: Backend> Health for Answers<B> {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        self.0.authorize(&request, Grant::Status)?;
        if !is_known(&request) {
            return Err(Status::not_found("there is no such service here"));
        }
        Ok(Response::new(answer(look(self.0.shared()).await)))
    }

    type WatchStream = Statuses;

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Statuses>, Status> {
        self.0.authorize(&request, Grant::Status)?;
        let (sender, receiver) = mpsc::channel(1);
        let shared = Arc::clone(self.0.shared());
        tokio::spawn(tell(shared, caller(&request)?.id, is_known(&request), sender));
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

fn is_known(request: &Request<HealthCheckRequest>) -> bool {
    SERVICES.contains(&request.get_ref().service.as_str())
}

async fn look<B: Backend>(shared: &Shared<B>) -> ServingStatus {
    match timeout(PATIENCE, shared.backend.describe()).await {
        Ok(Ok(state)) if !state.paused => ServingStatus::Serving,
        _ => ServingStatus::NotServing,
    }
}

/// Tells a watcher how things are, and each change, for as long as it may know.
async fn tell<B: Backend>(
    shared: Arc<Shared<B>>,
    id: PeerId,
    known: bool,
    sender: mpsc::Sender<Result<HealthCheckResponse, Status>>,
) {
    let mut said = None;
    let (mut looks, mut trust) = (interval(LOOK_EVERY), shared.entrance.trust_moved.subscribe());
    let stop = super::server::stopped(shared.stop.clone());
    tokio::pin!(stop);
    loop {
        let now = tokio::select! {
            () = sender.closed() => return,
            () = &mut stop => {
                let words = "this machine's agent is stopping";
                let _ = sender.try_send(Err(refusal(Code::Unavailable, Reason::Stopping, words)));
                return;
            }
            _ = trust.changed() => None,
            _ = looks.tick() => Some(if known { look(&shared).await } else { ServingStatus::ServiceUnknown }),
        };
        if let Err(status) = granted(shared.entrance.trust.peer_as_last_seen(id), id, Grant::Status) {
            let _ = sender.try_send(Err(status));
            return;
        }
        let Some(now) = now.filter(|now| said != Some(*now)) else { continue };
        // Who does not read is told the newest when it reads again.
        if sender.try_send(Ok(answer(now))).is_ok() {
            said = Some(now);
        }
    }
}

/// Both services behind one door; tonic's own way to have several brings a web framework along.
pub(super) struct Services<B: Backend> {
    peer: PeerServer<Service<B>>,
    health: HealthServer<Answers<B>>,
}

impl<B: Backend> Services<B> {
    pub(super) fn new(shared: Arc<Shared<B>>) -> Self {
        let peer = PeerServer::new(Service::new(Arc::clone(&shared)));
        // The longest name of a service that is known, and some more: a question about health is short.
        let health = HealthServer::new(Answers(Service::new(shared))).max_decoding_message_size(1024);
        Self { peer: peer.max_decoding_message_size(MAX_MESSAGE).max_encoding_message_size(MAX_MESSAGE), health }
    }
}

impl<B: Backend> Clone for Services<B> {
    fn clone(&self) -> Self {
        Self { peer: self.peer.clone(), health: self.health.clone() }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

impl<B: Backend> Tower<http::Request<Body>> for Services<B> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Both are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path().starts_with("/grpc.health.v1.Health/") {
            self.health.call(request)
        } else {
            self.peer.call(request)
        }
    }
}
