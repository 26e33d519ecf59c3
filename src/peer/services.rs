//! What a connection can ask for, and how long a request counts as under way: until its answer has been sent to the end, or dropped.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Bytes, Service as Tower, http};

use super::generated::health::health_server::HealthServer;
use super::generated::v1::peer_server::PeerServer;
use super::health::Answers;
use super::live::{Caller, RequestUnderWay};
use super::service::{Service, Shared};
use super::{Backend, MAX_MESSAGE};

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
        let under_way = request.extensions().get::<Caller>().map(|caller| caller.requests.begin());
        let answering = if request.uri().path().starts_with("/grpc.health.v1.Health/") {
            self.health.call(request)
        } else {
            self.peer.call(request)
        };
        Box::pin(async move {
            let answer = answering.await?;
            Ok(answer.map(|body| Body::new(Answer { body, _under_way: under_way })))
        })
    }
}

/// What is answered; the request is under way until it is sent or dropped.
struct Answer {
    body: Body,
    _under_way: Option<RequestUnderWay>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
