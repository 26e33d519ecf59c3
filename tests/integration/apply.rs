//! The applier on a real server. Start at [`Bench`]: a database of its own, a folder of scripts, a batch.

mod ahead;
mod hazards;
mod history;
mod lost_commit;
mod outside;
mod transaction;

use driftless::hash::Digest;
use driftless::heal::HoldReason;
use driftless::postgres::apply::{Applier, Expected, Failure, Finished, HoldPolicy, Job, Options, Outcome};
use driftless::postgres::connect::Target;
use driftless::schema::{Alike, Scope};
use driftless::script::{CanonicalText, Script, ScriptName, analyze};

use crate::harness::TestDatabase;

/// Holds everything.
const HOLD: HoldPolicy = HoldPolicy {
    losses: true,
    non_transactional: true,
    outside_reach: true,
    touches_record: true,
    more_warnings: true,
    dynamic_sql: true,
    breaks_clients: true,
    harmless_roles: false,
};
/// Holds nothing.
const FREE: HoldPolicy = HoldPolicy {
    losses: false,
    non_transactional: false,
    outside_reach: false,
    touches_record: false,
    more_warnings: false,
    dynamic_sql: false,
    breaks_clients: false,
    harmless_roles: true,
};

/// A database to apply scripts to.
struct Bench {
    database: TestDatabase,
    scope: Scope,
    options: Options,
}

impl Bench {
    fn new() -> Self {
        Self { database: TestDatabase::create(), scope: Scope::default(), options: Options::default() }
    }

    fn target(&self) -> Target {
        Target::resolve(self.database.url()).unwrap()
    }

    async fn begin(&self) -> Applier {
        Applier::begin(&self.target(), &self.scope, &self.options, &mut |_| {}).await.unwrap()
    }

    /// Applies one job in a batch of its own.
    async fn apply(&self, job: &Job) -> Outcome {
        let mut applier = self.begin().await;
        let outcome = applier.apply(job).await.unwrap();
        let Finished { misread, .. } = applier.finish().await.unwrap();
        assert!(misread.is_empty(), "{misread:?}");
        outcome
    }

    /// Applies one script with nothing held.
    async fn run(&self, name: &str, text: &str) -> Outcome {
        self.apply(&job(name, text)).await
    }

    #[track_caller]
    fn value(&self, sql: &str) -> String {
        self.database.value(sql).unwrap_or_else(|| "NULL".to_owned())
    }

    fn journal(&self) -> String {
        self.value("SELECT string_agg(event::json->>'event', ' ' ORDER BY seq) FROM driftless.journal")
    }
}

fn script(name: &str, text: &str) -> Script {
    let text = CanonicalText::decode(text.as_bytes()).unwrap();
    Script { name: ScriptName::parse(name).unwrap(), text }
}

fn job(name: &str, text: &str) -> Job {
    let script = script(name, text);
    let analysis = analyze(&script.text);
    Job {
        script,
        analysis,
        from: None,
        origin_major: None,
        expected: None,
        approved: false,
        may_differ: Default::default(),
        hold: FREE,
        fail_on_warning: false,
    }
}

fn held_job(name: &str, text: &str) -> Job {
    Job { hold: HOLD, ..job(name, text) }
}

#[track_caller]
fn applied(outcome: Outcome) -> Vec<String> {
    match outcome {
        Outcome::Applied { notices, .. } => {
            notices.into_iter().map(|n| format!("{}: {}", n.severity, n.message)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failed(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn held(outcome: Outcome) -> HoldReason {
    match outcome {
        Outcome::Held { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn effect_of(outcome: &Outcome) -> Expected {
    match outcome {
        Outcome::Applied { effect, .. } => {
            let after = effect.iter().map(|(id, touched)| (id.clone(), touched.after)).collect();
            Expected { after, warnings: 0, alike: Alike::All }
        }
        other => panic!("{other:?}"),
    }
}

fn other_digest() -> Digest {
    Digest::of(b"another")
}
