//! DDL that was tried out: FROM is rebuilt in a scratch database, the script is run there, and what comes of it is compared with TO.
//!
//! Start at [`proven`]. What is left after the first run is planned again from what is there then, and appended: PostgreSQL does
//! things to children by itself that the planner only predicts. A script that cannot be tried is still given, with the reason.

use crate::postgres::catalog::CatalogError;
use crate::postgres::connect::Target;
use crate::postgres::scratch::{Scratch, ScratchError};
use crate::schema::ddl::{self, Locks, Script};
use crate::schema::{Change, Model, Scope, diff};

/// How often what is left is planned again.
const ROUNDS: usize = 4;

/// A script, and what is known of it.
#[derive(Debug)]
pub struct Proven {
    /// The statements.
    pub script: Script,
    /// Whether they do what they should.
    pub proof: Proof,
}

/// What came of the trial.
#[derive(Debug)]
pub enum Proof {
    /// Run on FROM, it gave TO.
    Holds,
    /// It ran, and this still differs.
    Leaves(Vec<Change>),
    /// One of its statements was refused.
    Refused(Refusal),
    /// There was no scratch database, or FROM could not be rebuilt in it.
    NotTried(NotTried),
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum NotTried {
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] CatalogError),
    /// FROM could not be rebuilt.
    #[error("the schema to start from could not be rebuilt in a scratch database")]
    Rebuild(#[source] Refusal),
}

/// A statement that the server refused.
#[derive(Debug, thiserror::Error)]
#[error("the server refused `{sql}`")]
pub struct Refusal {
    /// The statement.
    pub sql: String,
    /// Its words.
    #[source]
    pub source: tokio_postgres::Error,
}

/// The DDL that turns FROM into TO, with these locks, tried out on the server of `host`.
pub async fn proven(host: &Target, from: &Model, to: &Model, scope: &Scope, locks: Locks) -> Proven {
    let script = ddl::script_with(locks, from, to);
    let scratch = match Scratch::create(host).await {
        Ok(scratch) => scratch,
        Err(error) => return Proven { script, proof: Proof::NotTried(error.into()) },
    };
    let tried = attempt(&scratch, (from, to), scope, script.clone(), locks).await;
    scratch.remove().await;
    tried.unwrap_or_else(|error| Proven { script, proof: Proof::NotTried(error) })
}

async fn attempt(
    scratch: &Scratch,
    (from, to): (&Model, &Model),
    scope: &Scope,
    script: Script,
    locks: Locks,
) -> Result<Proven, NotTried> {
    let empty = scratch.read(scope).await?.model;
    run(scratch, &ddl::script(&empty, from)).await.map_err(NotTried::Rebuild)?;
    let (mut whole, mut next) = (script.clone(), script);
    for round in 1.. {
        if let Err(refusal) = run(scratch, &next).await {
            return Ok(Proven { script: whole, proof: Proof::Refused(refusal) });
        }
        let now = scratch.read(scope).await?.model;
        let left = diff(&now, to);
        if left.is_empty() {
            return Ok(Proven { script: whole, proof: Proof::Holds });
        }
        next = ddl::script_with(locks, &now, to);
        if next.steps.is_empty() || round == ROUNDS {
            return Ok(Proven { script: whole, proof: Proof::Leaves(left) });
        }
        whole.steps.extend(next.steps.iter().cloned());
    }
    unreachable!("the rounds end inside of the loop")
}

/// In one transaction where that is possible.
async fn run(scratch: &Scratch, script: &Script) -> Result<(), Refusal> {
    let client = &scratch.connection().client;
    let settings = script.settings().into_iter().map(str::to_owned);
    let statements = settings.chain(script.steps.iter().map(|step| step.statement.sql.clone()));
    let whole = !script.needs_no_transaction();
    let frame = |word: &str| whole.then(|| word.to_owned()).into_iter();
    for sql in frame("BEGIN").chain(statements).chain(frame("COMMIT")) {
        if let Err(source) = client.batch_execute(&sql).await {
            let _ = client.batch_execute("ROLLBACK").await;
            return Err(Refusal { sql, source });
        }
    }
    Ok(())
}
