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
use tokio_postgres::{Client, Error, Row};

use crate::postgres::catalog::CatalogReader;
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

/// A question on its way.
type Question<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 'a>>;

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
    pub(super) error: Error,
    /// Our own limit, if that cancelled it.
    pub(super) overran: Option<Duration>,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client, questions: Vec::new() }
    }

    /// Several statements without parameters in one message: ours only, never a script's.
    pub(super) fn batch(&mut self, sql: impl Into<String>) {
        let (client, sql) = (self.client, sql.into());
        self.questions.push(Box::pin(async move { client.batch_execute(&sql).await.map(|()| Vec::new()) }));
    }

    /// One statement of a script, by the extended protocol: there the server refuses two in one message.
    pub(super) fn statement(&mut self, sql: &'a str) {
        let client = self.client;
        self.questions.push(Box::pin(async move { client.execute_typed(sql, &[]).await.map(|_| Vec::new()) }));
    }

    /// One statement of a script whose result has no binary form.
    pub(super) fn textual(&mut self, sql: &'a str) {
        let client = self.client;
        self.questions.push(Box::pin(async move { client.simple_query(sql).await.map(|_| Vec::new()) }));
    }

    /// A statement of ours with parameters. Its place among the answers is returned.
    pub(super) fn rows(&mut self, sql: impl Into<String>, parameters: Vec<Parameter<'a>>) -> usize {
        let (client, sql) = (self.client, sql.into());
        self.questions.push(Box::pin(async move { client.query_typed(&sql, &parameters).await }));
        self.questions.len() - 1
    }

    /// The same, by the statement that is prepared for it, if one is.
    pub(super) fn prepared_rows(
        &mut self,
        reader: &CatalogReader,
        key: &str,
        sql: &'a str,
        parameters: Vec<Parameter<'a>>,
    ) -> usize {
        let client = self.client;
        let Some(statement) = reader.statement(key) else { return self.rows(sql, parameters) };
        self.questions.push(Box::pin(async move {
            let values: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|(value, _)| *value).collect();
            client.query(&statement, &values).await
        }));
        self.questions.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    /// Sends everything and waits for every answer. What runs for longer than it may is cancelled; a script can catch that and go on, so
    /// that its session is ended when it has not come to its end soon afterwards.
    pub(super) async fn run(self, limits: Limits, stop: Stop<'_>) -> Result<Vec<Vec<Row>>, Refused> {
        let mut coming: FuturesOrdered<_> = self.questions.into_iter().collect();
        let mut answers = Vec::with_capacity(coming.len());
        let (mut refused, mut overran) = (None, None);
        let mut end = limits.whole.map(|whole| Instant::now() + whole);
        let mut index = 0;
        loop {
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            match tokio::time::timeout(left.min(limits.each), coming.next()).await {
                Ok(Some(Ok(rows))) => answers.push(rows),
                Ok(Some(Err(error))) => {
                    answers.push(Vec::new());
                    refused.get_or_insert(Refused { index, error, overran });
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
