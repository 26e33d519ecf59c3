//! Long answers: so many at once for each peer, each in so much time. HTTP/2 lets whoever asks decide how fast it reads, or whether at
//! all; without this a peer that asks for everything and reads nothing would fill the memory with what it is owed.
//!
//! What could go wrong: an answer that is cut off and taken for whole. So one that is out of time ends with an error, never just so.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Response, Status};

use crate::hash::PeerId;

/// What a streamed answer is.
pub(super) type Parts<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Long answers of one peer under way at once; one machine's agent and its commands rarely want two.
const AT_ONCE: usize = 4;
/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a long answer may take: so long does our own client wait for one.
const LIMIT: Duration = Duration::from_secs(60);

/// Who has how many long answers under way.
#[derive(Default)]
pub(super) struct Bulk(Mutex<HashMap<PeerId, Arc<Semaphore>>>);

/// Leave to make one long answer.
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Bulk {
    /// Waits for a turn. To be had before the answer is gathered: that is what takes the memory.
    pub(super) async fn turn(&self, peer: PeerId) -> Result<Turn, Status> {
        let turns = {
            let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(peers.entry(peer).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
        };
        let turn = timeout(PATIENCE, turns.acquire_owned()).await;
        let busy = || Status::resource_exhausted(format!("{AT_ONCE} long answers to this peer are under way"));
        turn.ok().and_then(Result::ok).map(|permit| Turn { _permit: permit }).ok_or_else(busy)
    }
}

impl Turn {
    /// Sends the parts as fast as they are taken, until all are or the time is over.
    pub(super) fn send<T: Send + 'static>(
        self,
        parts: impl IntoIterator<Item = T, IntoIter: Send + 'static>,
    ) -> Response<Parts<T>> {
        self.send_within(LIMIT, parts)
    }

    fn send_within<T: Send + 'static>(
        self,
        limit: Duration,
        parts: impl IntoIterator<Item = T, IntoIter: Send + 'static>,
    ) -> Response<Parts<T>> {
        let (sender, receiver) = mpsc::channel(1);
        let parts = parts.into_iter();
        tokio::spawn(async move {
            let all = async {
                for part in parts {
                    if sender.send(Ok(part)).await.is_err() {
                        return;
                    }
                }
            };
            if timeout(limit, all).await.is_err() {
                // Nothing is held any more but this word, which waits for as long as the connection lives.
                drop(self);
                let words = format!("this answer was not taken within {} s", limit.as_secs_f32());
                let _ = sender.send(Err(Status::deadline_exceeded(words))).await;
            }
        });
        Response::new(Box::pin(ReceiverStream::new(receiver)))
    }
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt as _;
    use tonic::Code;

    use super::*;

    #[tokio::test]
    async fn what_is_not_taken_in_time_ends_with_an_error_and_gives_its_turn_back() {
        let (bulk, peer) = (Bulk::default(), PeerId([7; 32]));
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(bulk.turn(peer).await.unwrap_or_else(|_| panic!("a turn")));
        }
        assert!(timeout(Duration::from_millis(50), bulk.turn(peer)).await.is_err(), "one too many");
        assert!(bulk.turn(PeerId([8; 32])).await.is_ok(), "another peer's turn");

        let turn = turns.pop().expect("a turn");
        let mut answer = turn.send_within(Duration::from_millis(50), 0..1_000).into_inner();
        assert_eq!(answer.next().await.and_then(Result::ok), Some(0));
        timeout(Duration::from_secs(5), bulk.turn(peer))
            .await
            .ok()
            .and_then(Result::ok)
            .expect("the turn is given back");
        let rest: Vec<_> = answer.collect().await;
        assert!(rest.len() < 10, "what was not taken in time is not sent");
        assert_eq!(rest.last().and_then(|last| last.as_ref().err()).map(Status::code), Some(Code::DeadlineExceeded));

        let turn = turns.pop().expect("a turn");
        let whole: Vec<_> = turn.send(0..100).into_inner().collect().await;
        assert!(whole.len() == 100 && whole.iter().all(Result::is_ok));
    }
}
