//! The next script's transaction is opened behind the COMMIT of the one before: what becomes of it when that does not go through, when
//! another script follows, or none.

use driftless::postgres::apply::{Applier, ApplyError, Job, Next};

use super::{Bench, applied, failed, held, job};
use driftless::script::analyze;

/// A batch whose next COMMIT opens the script behind it: our statements are prepared from the second script on.
async fn begun(bench: &Bench) -> Applier {
    let mut applier = bench.begin().await;
    for (name, text) in [("v1_a.sql", "CREATE TABLE a (id int UNIQUE DEFERRABLE);"), ("v2_a.sql", "SELECT 1;")] {
        applied(applier.apply(&job(name, text)).await.unwrap());
    }
    applier
}

fn next() -> Job {
    job("v4_next.sql", "CREATE TABLE next (id int);\n\nDO $$ BEGIN RAISE NOTICE 'next'; END $$;")
}

/// How many transactions are open in which nothing happens.
const OPEN: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";

/// Nothing is left of the next script, and it runs when its turn comes.
async fn next_runs_properly(bench: &Bench, mut applier: Applier) {
    assert_eq!(bench.value("SELECT to_regclass('next')"), "NULL");
    assert_eq!(bench.value("SELECT count(*) FROM migration_history WHERE migration_name = 'v4_next.sql'"), "0");
    assert_eq!(applied(applier.apply(&next()).await.unwrap()), ["NOTICE: next"]);
    assert!(applier.finish().await.unwrap().misread.is_empty());
    assert_eq!(bench.value("SELECT to_regclass('next')"), "next");
    assert_eq!(bench.value(OPEN), "0");
}

#[tokio::test]
async fn the_next_one_goes_on_in_it() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    let text = "SET search_path = nowhere; DO $$ BEGIN RAISE NOTICE 'this'; END $$;";
    assert_eq!(
        applied(applier.apply_before(&job("v3_b.sql", text), Next::This(&next())).await.unwrap()),
        ["NOTICE: this"]
    );
    assert_eq!(bench.value(OPEN), "1");
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "3");
    assert_eq!(applied(applier.apply_before(&next(), Next::Nothing).await.unwrap()), ["NOTICE: next"]);
    assert_eq!(bench.value(OPEN), "0");
    // a line of one that was opened ahead
    let fails = job("v6_c.sql", "SELECT 1;\n\nSELECT\n  nothing;");
    applied(applier.apply_before(&job("v5_b.sql", "SELECT 1;"), Next::This(&fails)).await.unwrap());
    assert_eq!(failed(applier.apply(&fails).await.unwrap()).line, Some(4));
    let rows = "SELECT string_agg(migration_name, ' ' ORDER BY id) FROM migration_history WHERE success";
    assert_eq!(bench.value(rows), "v1_a.sql v2_a.sql v3_b.sql v4_next.sql v5_b.sql");
    assert!(applier.finish().await.unwrap().misread.is_empty());
    assert_eq!(bench.journal(), "baseline applied applied applied applied applied");
}

#[tokio::test]
async fn another_one_follows_or_none() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    applied(applier.apply_before(&job("v3_b.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    applied(applier.apply_before(&job("v3_c.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    // the same name with another text
    let other = Job { script: job("v4_next.sql", "SELECT 1 / 0;").script, ..next() };
    let other = Job { analysis: analyze(&other.script.text), ..other };
    assert_eq!(
        failed(applier.apply_before(&other, Next::This(&next())).await.unwrap()).sqlstate.as_deref(),
        Some("22012")
    );
    bench.value("DELETE FROM migration_history WHERE NOT success RETURNING 1");
    applied(applier.apply_before(&job("v3_d.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    let outside = job("v3_e.sql", "CREATE INDEX CONCURRENTLY ON a (id);");
    applied(applier.apply_before(&outside, Next::This(&next())).await.unwrap());
    applied(applier.apply_before(&job("v3_f.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    // one that is held before it runs
    let reaches = job("v3_g.sql", "CREATE DATABASE never;");
    held(applier.apply(&Job { hold: super::HOLD, ..reaches }).await.unwrap());
    applied(applier.apply_before(&job("v3_h.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    assert!(applier.finish().await.unwrap().misread.is_empty());
    next_runs_properly(&bench, bench.begin().await).await;
}

#[tokio::test]
async fn the_applier_goes_away() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    applied(applier.apply_before(&job("v3_b.sql", "SELECT 1;"), Next::This(&next())).await.unwrap());
    drop(applier);
    next_runs_properly(&bench, bench.begin().await).await;
}

#[tokio::test]
async fn the_record_fails() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    let text = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$; \
                CREATE TRIGGER no BEFORE INSERT ON driftless.journal FOR EACH ROW EXECUTE FUNCTION no();";
    let failure = failed(applier.apply_before(&job("v3_b.sql", text), Next::This(&next())).await.unwrap());
    assert_eq!(failure.message, "after its last statement driftless could not record it: no");
    next_runs_properly(&bench, applier).await;
}

#[tokio::test]
async fn the_commit_fails() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    // what is checked at COMMIT alone comes with the record itself
    let text = "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET CONSTRAINTS ALL DEFERRED; \
                INSERT INTO public.a VALUES (1), (1); RETURN NULL; END $$; \
                CREATE TRIGGER late AFTER INSERT ON driftless.journal FOR EACH ROW EXECUTE FUNCTION late();";
    let failure = failed(applier.apply_before(&job("v3_b.sql", text), Next::This(&next())).await.unwrap());
    assert!(failure.message.starts_with("after its last statement driftless could not commit it: "), "{failure}");
    assert_eq!(failure.sqlstate.as_deref(), Some("23505"));
    assert_eq!(bench.value("SELECT count(*) FROM a"), "0");
    next_runs_properly(&bench, applier).await;
}

#[tokio::test]
async fn the_lock_is_lost() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    let thief = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()); SELECT pg_sleep(0.2); \
                 CREATE TABLE stolen (id int);";
    let outcome = applier.apply_before(&job("v3_thief.sql", thief), Next::This(&next())).await;
    assert!(matches!(outcome, Err(ApplyError::LockLost(_))), "{outcome:?}");
    assert_eq!(bench.value("SELECT to_regclass('stolen')"), "NULL");
    assert_eq!(bench.value(OPEN), "0");
    next_runs_properly(&bench, bench.begin().await).await;
}

/// A statement that is prepared under a name of ours is another's afterwards: nothing is opened behind such a script.
#[tokio::test]
async fn statements_of_other_texts_under_our_names() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = begun(&bench).await;
    let text = "DEALLOCATE ALL; PREPARE driftless_claim_1 AS SELECT 1; PREPARE driftless_record_1 AS SELECT 1;";
    applied(applier.apply_before(&job("v3_b.sql", text), Next::This(&next())).await.unwrap());
    assert_eq!(bench.value(OPEN), "0");
    next_runs_properly(&bench, applier).await;
}
