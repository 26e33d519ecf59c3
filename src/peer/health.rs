//! `grpc.health.v1` for paired peers: whether this machine can ask its database. No status is kept that somebody would have to keep
//! true: each answer is a look. That, and one crate less, is why this is not tonic-health, which keeps a table of statuses.
//!
//! Never here: an answer to a certificate that is not paired, be it let in to pair. What could go wrong: a watcher that outlives its
//! trust or the server (it is looked after as `Watch` of the peer service is), a database that does not answer (so long is it waited for).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{interval, timeout};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status};

use super::generated::health::health_check_response::ServingStatus;
use super::generated::health::health_server::Health;
use super::generated::health::{HealthCheckRequest, HealthCheckResponse};
use super::generated::v1::error_detail::Reason;
use super::service::{Service, Shared, caller, granted};
use super::{Backend, error::refusal};
use crate::hash::PeerId;
use crate::identity::Grant;

/// The services that are known: the machine, and what it is for.
const SERVICES: [&str; 2] = ["", "driftless.v1.Peer"];
/// How long the database may take to be called able to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a watcher's answer is looked for anew.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Answers health questions.
pub(super) struct Answers<B>(pub(super) Service<B>);

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
