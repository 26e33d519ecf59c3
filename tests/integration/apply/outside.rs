//! Scripts that cannot run in a transaction.

use driftless::heal::HoldReason;
use driftless::postgres::apply::{Expected, Job, Outcome};
use driftless::schema::Alike;

use super::{Bench, FREE, HOLD, applied, failed, held, job, other_digest};

const INDEX: &str = "CREATE TABLE a (id int, 状态 text);\nINSERT INTO a VALUES (1, 'x');\nCREATE INDEX CONCURRENTLY 状态_idx ON a (状态);";

#[tokio::test]
async fn statement_by_statement() {
    need_postgres!();
    let bench = Bench::new();
    let outcome = bench.run("v1_a.sql", INDEX).await;
    let Outcome::Applied { effect, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(effect.keys().any(|id| id.to_string() == "index public.状态_idx"), "{effect:?}");
    assert_eq!(bench.journal(), "baseline applied");
    assert_eq!(bench.value("SELECT success AND progress_done IS NULL FROM migration_history"), "t");
    let other = Job { hold: HOLD, ..job("v2_b.sql", "CREATE INDEX CONCURRENTLY b ON a (id);") };
    let HoldReason::NonTransactional { why } = held(bench.apply(&other).await) else { panic!() };
    assert!(why.contains("line 1"), "{why}");
    applied(bench.apply(&Job { approved: true, hold: FREE, ..other }).await);
}

#[tokio::test]
async fn half_way_is_told_and_gone_on_from() {
    need_postgres!();
    let bench = Bench::new();
    let text = "-- driftless: no-transaction\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\nSET search_path = public;\n\
                INSERT INTO b VALUES (1);\nCREATE INDEX CONCURRENTLY a_idx ON a (id);\nINSERT INTO a VALUES (2);";
    let failure = failed(bench.run("v1_a.sql", text).await);
    assert_eq!((failure.line, failure.sqlstate.as_deref()), (Some(5), Some("42P01")));
    let row = "SELECT success || ' ' || progress_done || '/' || progress_of FROM migration_history";
    assert_eq!(bench.value(row), "false 3/6");
    assert_eq!(bench.journal(), "baseline drift");
    bench.database.execute("CREATE TABLE b (id int)");
    let outcome = bench.run("v1_a.sql", text).await;
    let Outcome::Applied { effect, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(effect.keys().any(|id| id.to_string() == "table public.a"), "{effect:?}");
    assert_eq!(bench.value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM a"), "1 1 2");
    // the table made by hand is drift and stays drift
    assert!(!effect.keys().any(|id| id.to_string() == "table public.b"), "{effect:?}");
}

#[tokio::test]
async fn an_invalid_index_is_always_said() {
    need_postgres!();
    let bench = Bench::new();
    let text = "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_key ON a (id);";
    let failure = failed(bench.run("v1_a.sql", text).await);
    assert_eq!((failure.line, failure.sqlstate.as_deref()), (Some(3), Some("23505")));
    let hint = "DROP INDEX CONCURRENTLY \"public\".\"a_key\"; then apply the script again";
    assert_eq!(failure.hint.as_deref(), Some(hint));
    bench.database.execute("DELETE FROM a");
    // IF NOT EXISTS passes over it
    let failure = failed(bench.run("v1_a.sql", text).await);
    assert_eq!((failure.line, failure.hint.as_deref()), (Some(3), Some(hint)));
    assert_eq!(bench.value("SELECT progress_done FROM migration_history WHERE NOT success"), "2");
    bench.database.execute("DROP INDEX a_key");
    applied(bench.run("v1_a.sql", text).await);
    assert_eq!(bench.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_key'::regclass"), "t");
}

/// Killed after the index was made and before that was noted.
#[tokio::test]
async fn an_index_that_stands_is_not_made_again() {
    need_postgres!();
    let bench = Bench::new();
    let text = "CREATE TABLE a (id int);\nSELECT pg_terminate_backend(pg_backend_pid());\nCREATE INDEX CONCURRENTLY a_idx ON a (id);\nINSERT INTO a VALUES (1);";
    let outcome = bench.run("v1_a.sql", text);
    let mut applier = bench.begin().await;
    drop(outcome);
    let outcome = applier.apply(&job("v1_a.sql", text)).await.unwrap();
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    drop(applier);
    let row =
        "SELECT progress_done || ' ' || coalesce(error_message, 'no words') FROM migration_history WHERE NOT success";
    assert_eq!(bench.value(row), "1 no words");
    bench.database.execute("UPDATE migration_history SET progress_done = 2; CREATE INDEX a_idx ON a (id)");
    applied(bench.run("v1_a.sql", text).await);
    assert_eq!(bench.value("SELECT count(*) FROM a"), "1");
}

#[tokio::test]
async fn a_procedure_that_commits_is_found_out() {
    need_postgres!();
    let bench = Bench::new();
    let text = "-- driftless: no-transaction\nCREATE TABLE a (id int);\nCREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN \
        INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); END $$;\nCALL p();";
    applied(bench.run("v1_a.sql", text).await);
    assert_eq!(bench.value("SELECT count(*) FROM a"), "2");
}

#[tokio::test]
async fn what_cannot_be_rolled_back_is_told() {
    need_postgres!();
    let bench = Bench::new();
    let text = "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_idx ON a (id);";
    let Outcome::Applied { effect, .. } = Bench::new().run("v1_a.sql", text).await else { panic!() };
    let mut after: std::collections::BTreeMap<_, _> =
        effect.iter().map(|(id, touched)| (id.clone(), touched.after)).collect();
    let id = after.keys().next().unwrap().clone();
    after.insert(id.clone(), Some(other_digest()));
    let pulled = Job { expected: Some(Expected { after, warnings: 0, alike: Alike::All }), ..job("v1_a.sql", text) };
    let outcome = bench.apply(&pulled).await;
    assert!(matches!(&outcome, Outcome::Applied { unverified, .. } if *unverified == [id]), "{outcome:?}");
}
