//! Replaying a script in a scratch database, as the applier runs it: a clean session, one transaction, or statement by statement where it
//! cannot be one.

use tokio_postgres::error::DbError;

use super::{STATEMENT_TIMEOUT, Scratch, ScratchError};
use crate::postgres::apply::{Failure, roles, session};
use crate::postgres::bookkeeping::BookkeepingError;
use crate::postgres::catalog::CatalogError;
use crate::script::{Analysis, CanonicalText, InScratch, Problem, Statement, analyze, in_scratch};

/// Why a replay came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is no scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// The result cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The history table cannot be made.
    #[error(transparent)]
    History(#[from] BookkeepingError),
    /// The text cannot be run by anybody.
    #[error("`{script}` cannot be replayed")]
    Unusable {
        /// The script.
        script: String,
        /// What was found in it.
        problems: Vec<Problem>,
    },
    /// It would do something outside of the scratch database.
    #[error("`{script}` cannot be replayed: line {line}, {what}, reaches outside the database")]
    Reaches {
        /// The script.
        script: String,
        /// The statement's line.
        line: usize,
        /// What reaches out.
        what: String,
    },
    /// It changed roles, which belong to the whole server; it was rolled back.
    #[error("`{script}` cannot be replayed: {what} would change the whole server")]
    ChangesRoles {
        /// The script.
        script: String,
        /// What it changed.
        what: String,
    },
    /// It names a role that this server does not have.
    #[error("{failure}")]
    NoRole {
        /// The role.
        role: Option<String>,
        /// The server's words.
        failure: Box<Failure>,
    },
    /// It wants an extension that is not installed on this server.
    #[error("{failure}")]
    NoExtension {
        /// The server's words.
        failure: Box<Failure>,
    },
    /// A statement failed.
    #[error("{0}")]
    Failed(Box<Failure>),
    /// The connection is gone.
    #[error("failed to {what}")]
    Query {
        /// What was being done.
        what: &'static str,
        /// The server's words.
        #[source]
        source: tokio_postgres::Error,
    },
}

/// A statement that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The script.
    pub script: String,
    /// The statement's line, from 1.
    pub line: usize,
    /// What it is, or the server's words.
    pub what: String,
}

/// What a replay left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ran {
    /// Statements about the whole server, and ones that name roles which are not there.
    pub skipped: Vec<Skipped>,
}

impl Scratch {
    /// Replays one script; `name` is for messages. After an error the scratch database holds what the scripts before left, and, for a
    /// script outside a transaction, what it had done until then.
    pub async fn run(&mut self, name: &str, text: &CanonicalText) -> Result<Ran, ReplayError> {
        let analysis = analyze(text);
        if !analysis.problems.is_empty() {
            return Err(ReplayError::Unusable { script: name.to_owned(), problems: analysis.problems });
        }
        let steps = steps(name, text.as_str(), &analysis)?;
        let query = |what| move |source| ReplayError::Query { what, source };
        let client = &mut self.connection_mut().client;
        client.batch_execute("DISCARD ALL").await.map_err(query("clean the session"))?;
        let mut replay =
            Replay { name, text: text.as_str(), ran: Ran::default(), in_transaction: analysis.transactional };
        if !analysis.transactional {
            let limit = format!("SET statement_timeout = {}", STATEMENT_TIMEOUT.as_millis());
            client.batch_execute(&limit).await.map_err(query("prepare the session"))?;
            replay.steps(client, &steps).await?;
            return Ok(replay.ran);
        }
        // Dropped on an error, it rolls back.
        let transaction = client.transaction().await.map_err(query("begin"))?;
        let limit = format!("SET LOCAL statement_timeout = {}", STATEMENT_TIMEOUT.as_millis());
        transaction.batch_execute(&limit).await.map_err(query("prepare the session"))?;
        let before = transaction.query_typed(roles::SNAPSHOT, &[]).await.map_err(query("look at the roles"))?;
        replay.steps(transaction.client(), &steps).await?;
        let end = async {
            transaction.batch_execute(&format!("SET CONSTRAINTS ALL IMMEDIATE; {}", session::REVERT)).await?;
            transaction.query_typed(roles::SNAPSHOT, &[]).await
        };
        let after = end.await.map_err(|error| replay.explain(None, error))?;
        if let Some(what) = roles::changes(&before, &after, false).into_iter().next() {
            return Err(ReplayError::ChangesRoles { script: name.to_owned(), what });
        }
        transaction.commit().await.map_err(|error| replay.explain(None, error))?;
        Ok(replay.ran)
    }
}

/// A statement with what becomes of it.
struct Step<'a> {
    statement: &'a Statement,
    fate: InScratch,
}

/// Says what becomes of each statement before any of them runs.
fn steps<'a>(name: &str, text: &str, analysis: &'a Analysis) -> Result<Vec<Step<'a>>, ReplayError> {
    let step = |statement: &'a Statement| match in_scratch(&text[statement.range.clone()]) {
        InScratch::Refuse(what) => Err(ReplayError::Reaches { script: name.to_owned(), line: statement.line, what }),
        fate => Ok(Step { statement, fate }),
    };
    analysis.statements.iter().map(step).collect()
}

struct Replay<'a> {
    name: &'a str,
    text: &'a str,
    ran: Ran,
    in_transaction: bool,
}

impl Replay<'_> {
    async fn steps(&mut self, client: &tokio_postgres::Client, steps: &[Step<'_>]) -> Result<(), ReplayError> {
        for Step { statement, fate } in steps {
            let sql = &self.text[statement.range.clone()];
            match fate {
                InScratch::Skip(what) => self.skipped(statement, what.clone()),
                InScratch::Try => self.try_it(client, statement, sql).await?,
                InScratch::Run | InScratch::Refuse(_) => {
                    client.batch_execute(sql).await.map_err(|error| self.explain(Some(statement), error))?;
                }
            }
        }
        Ok(())
    }

    /// Runs a statement without which the schema is the same; where it names what is not there, it is left out.
    async fn try_it(
        &mut self,
        client: &tokio_postgres::Client,
        statement: &Statement,
        sql: &str,
    ) -> Result<(), ReplayError> {
        let in_transaction = self.in_transaction;
        let point = async |sql: &'static str| if in_transaction { client.batch_execute(sql).await } else { Ok(()) };
        let failed = |source| ReplayError::Query { what: "set a savepoint", source };
        point("SAVEPOINT driftless_try").await.map_err(failed)?;
        let tried = client.batch_execute(sql).await;
        let Err(error) = tried else {
            return point("RELEASE SAVEPOINT driftless_try").await.map_err(failed);
        };
        // 42704: no such role, no such setting; 42P06: the schema is there already
        let code = error.code().map(|code| code.code());
        if !matches!(code, Some("42704" | "42P06")) {
            return Err(self.explain(Some(statement), error));
        }
        point("ROLLBACK TO SAVEPOINT driftless_try; RELEASE SAVEPOINT driftless_try").await.map_err(failed)?;
        let what = error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default();
        self.skipped(statement, what);
        Ok(())
    }

    fn skipped(&mut self, statement: &Statement, what: String) {
        self.ran.skipped.push(Skipped { script: self.name.to_owned(), line: statement.line, what });
    }

    fn explain(&self, statement: Option<&Statement>, error: tokio_postgres::Error) -> ReplayError {
        let Some(server) = error.as_db_error() else {
            return ReplayError::Query { what: "replay a script", source: error };
        };
        let failure = Box::new(Failure::at(self.name, self.text, statement, server));
        // the names of the server's own functions are the same in every language
        match server.routine() {
            Some("get_role_oid" | "get_rolespec_oid" | "get_rolespec_tuple") => {
                ReplayError::NoRole { role: quoted_part(server), failure }
            }
            Some("parse_extension_control_file") => ReplayError::NoExtension { failure },
            _ => ReplayError::Failed(failure),
        }
    }
}

/// The name that a message holds in quotes.
fn quoted_part(error: &DbError) -> Option<String> {
    let mut parts = error.message().split(['"', '«', '»', '„', '“', '”']);
    parts.nth(1).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}
