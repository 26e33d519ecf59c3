//! Several questions in one round trip: all are sent before the first answer is awaited.
//!
//! Each is a message of its own, so that an error names its statement; after an error in a transaction the server answers
//! the later ones with 25P02 without running them. Nothing here may be sent behind a statement that could leave the
//! transaction, unless the answer is checked for that.

use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::time::Instant;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream};

use crate::postgres::connect::Canceller;

/// How long a script may go on after it was told to stop.
const STUBBORN: Duration = Duration::from_secs(5);

/// For how long something may run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// One answer.
    pub(super) each: Duration,
    /// All of them; `None`: as long as it takes.
    pub(super) whole: Option<Duration>,
}

impl Limits {
    /// Of each answer alone.
    pub(super) fn each(each: Duration) -> Self {
        Self { each, whole: None }
    }
}

/// How what runs is stopped, from other connections.
#[derive(Clone, Copy)]
pub(super) struct Stop<'a> {
    pub(super) canceller: &'a Canceller,
    /// Where no script ever runs.
    pub(super) guard: &'a Client,
    /// The process in which the script runs.
    pub(super) pid: i32,
}

impl Stop<'_> {
    async fn end_session(self) {
        let sql = "SELECT pg_catalog.pg_terminate_backend($1)";
        if let Err(error) = self.guard.execute_typed(sql, &[(&self.pid, Type::INT4)]).await {
            tracing::warn!(%error, "could not end the session of a script that goes on after its time");
        }
    }
}

/// A value and its type.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// The answer to a message that has been sent.
pub(super) type Coming = Pin<Box<SimpleQueryStream>>;

/// What the server answered.
#[derive(Default)]
pub(super) struct Answer {
    /// To a statement with parameters.
    pub(super) rows: Vec<Row>,
    /// The last row of a message of several statements.
    pub(super) words: Option<SimpleQueryRow>,
    /// Where only the sending was waited for.
    pub(super) coming: Option<Coming>,
}

/// A question on its way. An error comes with the number of the message's statements that were done before it.
type Question<'a> = Pin<Box<dyn Future<Output = Result<Answer, (usize, Error)>> + Send + 'a>>;

/// Questions in the order in which they are sent.
pub(super) struct Pipeline<'a> {
    client: &'a Client,
    questions: Vec<Question<'a>>,
}

/// The first answer that was an error.
#[derive(Debug)]
pub(super) struct Refused {
    /// Which question, from 0.
    pub(super) index: usize,
    /// How many statements of its message were done.
    pub(super) done: usize,
    pub(super) error: Error,
    /// Our own limit, if that cancelled it.
    pub(super) overran: Option<Duration>,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client, questions: Vec::new() }
    }

    /// Several statements in one message: ours only, never a script's. Its place among the answers is returned.
    pub(super) fn batch(&mut self, sql: impl Into<String>) -> usize {
        let (client, sql) = (self.client, sql.into());
        self.ask(async move { answer(sent(client, &sql).await?).await })
    }

    /// The same, but its answer is not waited for: it is left in [`Answer::coming`].
    pub(super) fn ahead(&mut self, sql: impl Into<String>) -> usize {
        let (client, sql) = (self.client, sql.into());
        self.ask(async move { Ok(Answer { coming: Some(sent(client, &sql).await?), ..Answer::default() }) })
    }

    /// The answer to a message that was sent ahead.
    pub(super) fn sent_before(&mut self, coming: Coming) -> usize {
        self.ask(answer(coming))
    }

    /// One statement of a script, by the extended protocol: there the server refuses two in one message.
    pub(super) fn statement(&mut self, sql: &'a str) {
        let client = self.client;
        self.ask(async move { done(client.execute_typed(sql, &[]).await) });
    }

    /// One statement of a script whose result has no binary form.
    pub(super) fn textual(&mut self, sql: &'a str) {
        let client = self.client;
        self.ask(async move { done(client.simple_query(sql).await) });
    }

    /// A statement of ours with parameters. Its place among the answers is returned.
    pub(super) fn rows(&mut self, sql: impl Into<String>, parameters: Vec<Parameter<'a>>) -> usize {
        let (client, sql) = (self.client, sql.into());
        self.ask(async move {
            let rows = client.query_typed(&sql, &parameters).await.map_err(|error| (0, error))?;
            Ok(Answer { rows, ..Answer::default() })
        })
    }

    fn ask(&mut self, question: impl Future<Output = Result<Answer, (usize, Error)>> + Send + 'a) -> usize {
        self.questions.push(Box::pin(question));
        self.questions.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    /// Sends everything and waits for every answer. What runs for longer than it may is cancelled; a script can catch that and go on, so
    /// that its session is ended when it has not come to its end soon afterwards.
    pub(super) async fn run(self, limits: Limits, stop: Stop<'_>) -> Result<Vec<Answer>, Refused> {
        let mut coming: FuturesOrdered<_> = self.questions.into_iter().collect();
        let mut answers = Vec::with_capacity(coming.len());
        let (mut refused, mut overran) = (None, None);
        let mut end = limits.whole.map(|whole| Instant::now() + whole);
        let mut index = 0;
        loop {
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            match tokio::time::timeout(left.min(limits.each), coming.next()).await {
                Ok(Some(Ok(answer))) => answers.push(answer),
                Ok(Some(Err((done, error)))) => {
                    answers.push(Answer::default());
                    refused.get_or_insert(Refused { index, done, error, overran });
                }
                Ok(None) => break,
                Err(_) => {
                    // if even that fails the connection is gone, and the answers will say so
                    if overran.is_some() {
                        stop.end_session().await;
                    } else {
                        drop(stop.canceller.cancel().await);
                    }
                    let limit = limits.whole.filter(|_| left < limits.each).unwrap_or(limits.each);
                    overran.get_or_insert(limit);
                    end = Some(Instant::now() + STUBBORN);
                    continue;
                }
            }
            index += 1;
        }
        refused.map_or(Ok(answers), Err)
    }
}

async fn sent(client: &Client, sql: &str) -> Result<Coming, (usize, Error)> {
    client.simple_query_raw(sql).await.map(Box::pin).map_err(|error| (0, error))
}

async fn answer(mut coming: Coming) -> Result<Answer, (usize, Error)> {
    let (mut done, mut words) = (0, None);
    while let Some(message) = coming.next().await {
        match message.map_err(|error| (done, error))? {
            SimpleQueryMessage::CommandComplete(_) => done += 1,
            SimpleQueryMessage::Row(row) => words = Some(row),
            _ => {}
        }
    }
    Ok(Answer { words, ..Answer::default() })
}

fn done<T>(result: Result<T, Error>) -> Result<Answer, (usize, Error)> {
    result.map(|_| Answer::default()).map_err(|error| (0, error))
}
