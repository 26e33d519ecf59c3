//! One transaction a script: what commits together, what leaks, what escapes, what collides.

use std::time::Duration;

use driftless::heal::HoldReason;
use driftless::postgres::apply::{Applier, ApplyError, Expected, Job, Outcome};
use driftless::schema::{Alike, FactId, Kind};
use driftless::script::{Analysis, analyze};

use super::{Bench, HOLD, applied, effect_of, failed, held, job, other_digest, script};

#[tokio::test]
async fn row_entry_and_effect_stand_together() {
    need_postgres!();
    let bench = Bench::new();
    let text =
        "CREATE TABLE 订单 (id bigint PRIMARY KEY);\nDO $$ BEGIN RAISE NOTICE '✓ 完成'; RAISE WARNING '✗'; END $$;\n";
    let outcome = bench.run("v1_订单表.sql", text).await;
    let Outcome::Applied { seq, effect, notices, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(*seq, 2);
    assert!(effect.keys().any(|id| id.to_string() == "table public.订单"), "{effect:?}");
    assert_eq!(notices.iter().map(|n| n.message.as_str()).collect::<Vec<_>>(), ["✓ 完成", "✗"]);
    let row = bench.database.query(
        "SELECT migration_name, success, checksum IS NOT NULL, script_text, error_message, assumed FROM migration_history",
    );
    let row: Vec<_> = row[0].iter().map(|v| v.as_deref().unwrap_or("NULL")).collect();
    assert_eq!(row, ["v1_订单表.sql", "t", "t", text, "NULL", "f"]);
    assert_eq!(bench.journal(), "baseline applied");
    assert!(matches!(bench.run("v1_订单表.sql", text).await, Outcome::AlreadyApplied));
    assert_eq!(bench.journal(), "baseline applied");
}

#[tokio::test]
async fn a_failure_leaves_nothing_but_its_words() {
    need_postgres!();
    let bench = Bench::new();
    let text = "-- 说明\nCREATE TABLE a (id int);\n\nINSERT INTO a\n  SELECT 'x'\n  FROM 没有;\nSELECT 1;\n";
    let failure = failed(bench.run("v1_a.sql", text).await);
    assert_eq!((failure.line, failure.sqlstate.as_deref()), (Some(6), Some("42P01")));
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
    let words = bench.value("SELECT error_message FROM migration_history WHERE NOT success AND sqlstate = '42P01'");
    assert!(words.starts_with("v1_a.sql:6: "), "{words}");
    assert_eq!(bench.journal(), "baseline");
    assert_eq!(bench.value("SELECT outcome FROM driftless.attempt"), "failed");
    // an error without a position: the statement's line
    let failure = failed(bench.run("v1_a.sql", "SELECT 1;\n\n  CREATE TABLE a ();\nCREATE TABLE a ();").await);
    assert_eq!((failure.line, failure.sqlstate.as_deref()), (Some(4), Some("42P07")));
    applied(bench.run("v1_a.sql", "CREATE TABLE a ();").await);
    assert_eq!(bench.value("SELECT count(*) FROM driftless.attempt"), "0");
    assert_eq!(bench.value("SELECT count(*) || ' ' || bool_and(success) FROM migration_history"), "1 true");
}

#[tokio::test]
async fn each_script_starts_from_a_clean_session() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let first = "CREATE SCHEMA other; SET search_path = other; SET client_min_messages = error; SET statement_timeout = 0; \
        CREATE TEMP TABLE leak (id int); PREPARE leak AS SELECT 1; SELECT pg_advisory_lock(42); LISTEN leak; \
        SET session_replication_role = replica; SET ROLE pg_monitor;";
    applied(applier.apply(&job("v1_leak.sql", first)).await.unwrap());
    let second = "CREATE TABLE here (id int); DO $$ BEGIN RAISE NOTICE 'seen'; END $$; PREPARE leak AS SELECT 2; \
        CREATE TEMP TABLE leak (id int); \
        DO $$ BEGIN ASSERT current_setting('session_replication_role') = 'origin'; ASSERT current_user = session_user; \
        ASSERT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()); END $$;";
    assert_eq!(applied(applier.apply(&job("v2_clean.sql", second)).await.unwrap()), ["NOTICE: seen"]);
    assert!(applier.finish().await.unwrap().misread.is_empty());
    assert_eq!(bench.value("SELECT to_regclass('public.here')"), "here");
}

/// Cleaning the session comes in one message with the BEGIN: it must not settle what the transaction is like.
#[tokio::test]
async fn what_a_session_begins_with_by_default_is_not_the_scripts() {
    need_postgres!();
    let bench = Bench::new();
    bench.value(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$",
    );
    let mut applier = bench.begin().await;
    let first = "CREATE TABLE levels AS SELECT current_setting('transaction_isolation') AS level; CREATE TEMP TABLE leak (id int);";
    applied(applier.apply(&job("v1_first.sql", first)).await.unwrap());
    failed(
        applier
            .apply(&job("v2_fails.sql", "SET search_path = nowhere; SET ROLE pg_monitor; SELECT 1 / 0;"))
            .await
            .unwrap(),
    );
    let third = "INSERT INTO levels VALUES (current_setting('transaction_isolation')); ALTER TABLE levels ADD COLUMN a int; \
        DO $$ BEGIN ASSERT to_regclass('pg_temp.leak') IS NULL; ASSERT current_user = session_user; END $$;";
    applied(applier.apply(&job("v3_third.sql", third)).await.unwrap());
    assert!(applier.finish().await.unwrap().misread.is_empty());
    assert_eq!(bench.value("SELECT string_agg(level, ', ') FROM levels"), "read committed, read committed");
}

#[tokio::test]
async fn statements_forgotten_by_a_script_are_prepared_again() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    applied(applier.apply(&job("v1_a.sql", "CREATE TABLE a (id int);")).await.unwrap());
    applied(applier.apply(&job("v2_b.sql", "DEALLOCATE ALL; CREATE TABLE b (id int);")).await.unwrap());
    applied(
        applier
            .apply(&job("v3_c.sql", "DO $$ BEGIN EXECUTE 'DEALLOC' || 'ATE ALL'; END $$; CREATE TABLE c (id int);"))
            .await
            .unwrap(),
    );
    let effect = effect_of(&applier.apply(&job("v4_d.sql", "CREATE TABLE d (id int);")).await.unwrap());
    assert_eq!(effect.after.len(), 2);
    assert!(applier.finish().await.unwrap().misread.is_empty());
}

/// The fence behind the analysis: a COMMIT that it did not find.
#[tokio::test]
async fn a_hidden_commit_is_found() {
    need_postgres!();
    let bench = Bench::new();
    let mut hidden = job("v1_hidden.sql", "CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);");
    assert!(!hidden.analysis.problems.is_empty());
    hidden.analysis = Analysis { problems: Vec::new(), ..hidden.analysis };
    for text in ["CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);", "COMMIT AND CHAIN; SELECT 1;"] {
        let script = script("v1_hidden.sql", text);
        let analysis = Analysis { problems: Vec::new(), ..analyze(&script.text) };
        let job = Job { script, analysis, ..hidden.clone() };
        let mut applier = bench.begin().await;
        assert!(matches!(applier.apply(&job).await, Err(ApplyError::Escaped(_))));
        assert_eq!(bench.value("SELECT bool_or(success) FROM migration_history"), "f");
        assert!(matches!(applier.apply(&job).await, Err(ApplyError::Ended)));
    }
    // with the analysis nothing runs at all
    assert!(matches!(held(bench.run("v2_seen.sql", "COMMIT;").await), HoldReason::UnusableText { .. }));
}

#[tokio::test]
async fn a_script_cannot_switch_the_limit_off() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.options.statement_timeout = Duration::from_millis(300);
    let outcome = bench.run("v1_sleep.sql", "SELECT pg_sleep(60);").await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    let outcome = bench.run("v1_sleep.sql", "SET statement_timeout = 0; SELECT pg_sleep(60);").await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "0");
    // its own limit is its own failure
    let failure = failed(bench.run("v1_sleep.sql", "SET statement_timeout = 50; SELECT pg_sleep(60);").await);
    assert_eq!(failure.sqlstate.as_deref(), Some("57014"));
}

/// A DO block may catch what cancels it, again and again; and many statements may each be in time.
#[tokio::test]
async fn a_script_cannot_go_on_for_ever() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.options.statement_timeout = Duration::from_millis(1_500);
    bench.options.pulled_timeout = Duration::from_millis(4_500);
    let stubborn = "CREATE TABLE half (id int); DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1000); \
                    EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;";
    let began = std::time::Instant::now();
    // its session is ended, and the batch with it
    let outcome = bench.begin().await.apply(&job("v1_stubborn.sql", stubborn)).await.unwrap();
    assert!(matches!(&outcome, Outcome::Retry { why, .. } if why.contains("longer than the limit")), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let many = "SELECT pg_sleep(0.25);".repeat(20);
    let pulled = Job { from: Some("pc-b".into()), ..job("v2_many.sql", &many) };
    let outcome = bench.apply(&pulled).await;
    assert!(matches!(&outcome, Outcome::Retry { why, .. } if why.contains("longer than the limit")), "{outcome:?}");
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "0");
    assert_eq!(bench.value("SELECT to_regclass('half')"), "NULL");
    applied(bench.apply(&Job { approved: true, ..pulled }).await);
    applied(bench.run("v3_own.sql", &many).await);
}

#[tokio::test]
async fn a_lock_is_a_reason_to_wait() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.options.lock_timeout = Duration::from_millis(100);
    applied(bench.run("v0_a.sql", "CREATE TABLE a (id int);").await);
    let mut other = bench.database.client().await;
    let transaction = other.transaction().await.unwrap();
    transaction.batch_execute("LOCK TABLE a").await.unwrap();
    let outcome = bench.run("v1_a.sql", "ALTER TABLE a ADD COLUMN b int;").await;
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    transaction.rollback().await.unwrap();
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "1");
    applied(bench.run("v1_a.sql", "ALTER TABLE a ADD COLUMN b int;").await);
}

/// The old tools run a script and then insert its row.
#[tokio::test]
async fn an_old_tool_at_the_same_moment_collides() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int);").await);
    let insert = "INSERT INTO migration_history (migration_name, success) VALUES ('v2_b.sql', true)";
    let url = bench.database.url().to_owned();
    let old_tool = tokio::spawn(async move {
        let client = crate::harness::connect(&url).await;
        loop {
            // the claim of its row says the script's text, too
            let running =
                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
            if !client.query(running, &[]).await.unwrap().is_empty() {
                return client.batch_execute(insert).await;
            }
        }
    });
    applied(bench.run("v2_b.sql", "CREATE TABLE b (id int); SELECT pg_sleep(0.5);").await);
    let refused = old_tool.await.unwrap().unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "23505");
    // and the other way round
    bench.database.execute("INSERT INTO migration_history (migration_name) VALUES ('v3_c')");
    assert!(matches!(bench.run("v3_c.sql", "CREATE TABLE c (id int);").await, Outcome::AlreadyApplied));
    assert_eq!(bench.value("SELECT to_regclass('c')"), "NULL");
}

#[tokio::test]
async fn two_appliers_take_turns() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE count (n int);").await);
    let text = "INSERT INTO count VALUES (1); SELECT pg_sleep(0.2);";
    let (one, two) = tokio::join!(bench.run("v2_b.sql", text), bench.run("v2_b.sql", text));
    let is_applied = |outcome: &Outcome| matches!(outcome, Outcome::Applied { .. });
    assert!(is_applied(&one) != is_applied(&two), "{one:?} {two:?}");
    assert_eq!(bench.value("SELECT count(*) FROM count"), "1");
    // the one who waits is told for whom, and not for ever
    let first = bench.begin().await;
    let options =
        driftless::postgres::apply::Options { lock_wait: Duration::from_millis(250), ..bench.options.clone() };
    let mut holders = Vec::new();
    let refused =
        Applier::begin(&bench.target(), &bench.scope, &options, &mut |holder| holders.push(holder.clone())).await;
    assert!(matches!(refused, Err(ApplyError::Lock(_))));
    assert_eq!(holders.len(), 1);
    assert!(holders[0].application.starts_with("driftless apply"), "{holders:?}");
    drop(first);
}

#[tokio::test]
async fn the_lock_is_looked_at_before_every_commit() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let thief = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()); SELECT pg_sleep(0.2); \
                 CREATE TABLE a (id int);";
    let outcome = applier.apply(&job("v1_thief.sql", thief)).await;
    assert!(matches!(outcome, Err(ApplyError::LockLost(_))), "{outcome:?}");
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
}

#[tokio::test]
async fn deferred_errors_come_before_the_bookkeeping() {
    need_postgres!();
    let bench = Bench::new();
    let text = "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);";
    let failure = failed(bench.run("v1_a.sql", text).await);
    assert_eq!(failure.sqlstate.as_deref(), Some("23505"));
    assert_eq!(bench.journal(), "baseline");
}

#[tokio::test]
async fn a_script_that_a_deadlock_ends_goes_through_the_second_time() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_ab.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);").await);
    let mut other = bench.database.client().await;
    let opposite = async {
        let transaction = other.transaction().await.unwrap();
        // so that the server ends the script, and not this one
        transaction.batch_execute("SET LOCAL deadlock_timeout = '60s'; ALTER TABLE b ADD COLUMN x int").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        transaction.batch_execute("LOCK TABLE a; INSERT INTO a VALUES (1)").await.unwrap();
        transaction.commit().await.unwrap();
    };
    let text = "LOCK TABLE a; SELECT pg_sleep(0.6); ALTER TABLE b ADD COLUMN y int; INSERT INTO a VALUES (2);";
    let (outcome, ()) = tokio::join!(bench.run("v2_b.sql", text), opposite);
    // what the other one did is not the script's
    let Outcome::Applied { effect, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(effect.keys().map(ToString::to_string).collect::<Vec<_>>(), ["column public.b.y"]);
    assert_eq!(bench.value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM a"), "1 2");
    assert_eq!(bench.journal(), "baseline applied drift applied");
}

/// What a table's row says is remembered with the facts that were read with it, and with no others.
#[tokio::test]
async fn a_row_that_says_again_what_it_said_before_is_read_where_it_said_something_else_between() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let steps = [
        "CREATE TABLE t (id int NOT NULL, a int); CREATE UNIQUE INDEX i ON t (id);",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX i, SET (fillfactor = 50);",
        "DROP INDEX i;",
        "ALTER TABLE t REPLICA IDENTITY DEFAULT, RESET (fillfactor);",
        "UPDATE pg_class SET relrowsecurity = true WHERE oid = 't'::regclass;",
        "ALTER TABLE t DISABLE ROW LEVEL SECURITY;",
        "ALTER TABLE t SET (toast.autovacuum_enabled = off), ALTER a TYPE text;",
        "ALTER TABLE t SET (toast.autovacuum_enabled = off);",
        "ALTER TABLE t RESET (toast.autovacuum_enabled);",
        "ALTER TABLE t ADD COLUMN b int; CREATE INDEX ON t (b);",
    ];
    for (n, text) in steps.iter().enumerate() {
        applied(applier.apply(&job(&format!("v{}_t.sql", n + 1), text)).await.unwrap());
    }
    let misread = applier.finish().await.unwrap().misread;
    assert!(misread.is_empty(), "{misread:?}");
}

#[tokio::test]
async fn a_lost_connection_is_no_failure() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let outcome = applier.apply(&job("v1_a.sql", "SELECT pg_terminate_backend(pg_backend_pid());")).await.unwrap();
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert!(matches!(applier.apply(&job("v1_a.sql", "SELECT 1;")).await, Err(ApplyError::Ended)));
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "0");
}

#[tokio::test]
async fn results_without_a_binary_form() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int); SELECT makeaclitem(10, 10, 'SELECT', false);").await);
}

#[tokio::test]
async fn only_what_was_expected_commits() {
    need_postgres!();
    let origin = Bench::new();
    let text = "CREATE TABLE a (id int);";
    let expected = effect_of(&origin.run("v1_a.sql", text).await);
    let pulled = |expected: Expected| Job {
        from: Some("pc-b".into()),
        expected: Some(expected),
        hold: HOLD,
        ..job("v1_a.sql", text)
    };

    let bench = Bench::new();
    let mut wrong = expected.clone();
    *wrong.after.values_mut().next().unwrap() = Some(other_digest());
    let reason = held(bench.apply(&pulled(wrong.clone())).await);
    let fact = wrong.after.keys().next().unwrap().to_string();
    assert_eq!(reason, HoldReason::OtherEffect { facts: vec![fact], depends: vec![] });
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
    assert_eq!(bench.value("SELECT outcome || from_peer FROM driftless.attempt"), "heldpc-b");

    // A person lets facts differ one by one.
    let but = |fact: String| Job { may_differ: [fact].into(), ..pulled(wrong.clone()) };
    held(bench.apply(&but("table public.b".into())).await);
    let free = Bench::new();
    applied(free.apply(&but(wrong.after.keys().next().unwrap().to_string())).await);
    assert_eq!(free.value("SELECT to_regclass('a')"), "a");

    let mut less = expected.clone();
    let (unknown, _) = less.after.pop_first().unwrap();
    let outcome = bench.apply(&pulled(less.clone())).await;
    assert!(matches!(&outcome, Outcome::NeedDigests(ids) if *ids == [unknown]), "{outcome:?}");
    // asked again in the same batch, as the agent does
    let mut applier = bench.begin().await;
    let outcome = applier.apply(&pulled(less)).await.unwrap();
    assert!(matches!(&outcome, Outcome::NeedDigests(_)), "{outcome:?}");
    assert!(matches!(applier.apply(&pulled(wrong)).await.unwrap(), Outcome::Held { .. }));
    drop(applier);

    applied(bench.apply(&pulled(expected)).await);
    assert_eq!(bench.value("SELECT pulled_from FROM migration_history"), "pc-b");
    assert_eq!(bench.value("SELECT count(*) FROM driftless.attempt"), "0");
}

#[tokio::test]
async fn an_origin_that_prints_in_other_words() {
    need_postgres!();
    let origin = Bench::new();
    let text = "CREATE TABLE a (id int, v varchar CHECK (trim(v) <> ''));";
    let expected = effect_of(&origin.run("v1_a.sql", text).await);
    let wrong = |kind: &str, alike: Alike| {
        let mut wrong = Expected { alike, ..expected.clone() };
        *wrong.after.iter_mut().find(|(id, _)| id.kind.word() == kind).unwrap().1 = Some(other_digest());
        Job { from: Some("pc-b".into()), expected: Some(wrong), hold: HOLD, ..job("v1_a.sql", text) }
    };
    let bench = Bench::new();
    held(bench.apply(&wrong("constraint", Alike::ButNames)).await);
    held(bench.apply(&wrong("table", Alike::ButWords)).await);
    applied(bench.apply(&wrong("constraint", Alike::ButWords)).await);
}

#[tokio::test]
async fn an_origin_that_names_what_is_not_null() {
    need_postgres!();
    let origin = Bench::new();
    let text = "CREATE TABLE a (id int CONSTRAINT it_is_there NOT NULL);";
    let mut expected = effect_of(&origin.run("v1_a.sql", text).await);
    // What is named on 18 is not on the others: the one that is not there is told, or the one that is, is not.
    let name = FactId::new(Kind::NotNull, "public.a.id");
    if expected.after.remove(&name).is_none() {
        expected.after.insert(name, Some(other_digest()));
    }
    let pulled = |alike: Alike| {
        let expected = Expected { alike, ..expected.clone() };
        Job { from: Some("pc-b".into()), expected: Some(expected), hold: HOLD, ..job("v1_a.sql", text) }
    };
    let bench = Bench::new();
    held(bench.apply(&pulled(Alike::All)).await);
    applied(bench.apply(&pulled(Alike::ButNames)).await);
    let bench = Bench::new();
    applied(bench.apply(&pulled(Alike::ButWords)).await);
}

#[tokio::test]
async fn warnings_beyond_those_of_the_origin() {
    need_postgres!();
    let bench = Bench::new();
    let warn = job("v1_a.sql", "CREATE TABLE a (id int); DO $$ BEGIN RAISE WARNING '✗ 字段添加失败'; END $$;");
    let strict = Job { fail_on_warning: true, ..warn.clone() };
    assert!(failed(bench.apply(&strict).await).message.contains("✗ 字段添加失败"));
    let pulled = Job { expected: Some(Expected::default()), hold: HOLD, ..warn.clone() };
    assert_eq!(
        held(bench.apply(&pulled).await),
        HoldReason::MoreWarnings { warnings: vec!["✗ 字段添加失败".into()], origin: 0 }
    );
    assert_eq!(bench.value("SELECT outcome FROM driftless.attempt"), "held");
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
    assert_eq!(applied(bench.apply(&warn).await), ["WARNING: ✗ 字段添加失败"]);
}

#[tokio::test]
async fn drift_before_a_script_is_an_entry_of_its_own() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int);").await);
    bench.database.execute("ALTER TABLE a ADD COLUMN by_hand text");
    let effect = effect_of(&bench.run("v2_b.sql", "ALTER TABLE a ADD COLUMN b int;").await);
    assert_eq!(effect.after.keys().map(ToString::to_string).collect::<Vec<_>>(), ["column public.a.b"]);
    assert_eq!(bench.journal(), "baseline applied drift applied");
}

#[tokio::test]
async fn an_approval_meanwhile_does_not_disturb() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let job = job("v1_a.sql", "CREATE TABLE a (id int);");
    let mut other = bench.database.client().await;
    let (script, checksum) = (job.script.name.clone(), job.script.checksum());
    let event = driftless::journal::Event::Approved { script, checksum, hazards: vec![], by: "me".into() };
    driftless::postgres::journal_table::append_alone(&mut other, event).await.unwrap();
    applied(applier.apply(&job).await.unwrap());
    applier.finish().await.unwrap();
    assert_eq!(bench.journal(), "baseline approved applied");
    let entries = driftless::postgres::journal_table::load(&other).await.unwrap();
    assert_eq!(driftless::heal::approvals(&entries).len(), 0);
}

/// A script that asks for another isolation level gets it, and what it did is read and recorded as ever.
#[tokio::test]
async fn the_isolation_level_is_the_scripts() {
    need_postgres!();
    let bench = Bench::new();
    let told = "CREATE TABLE levels AS SELECT current_setting('transaction_isolation') AS level;";
    let wrapped = format!("BEGIN;\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\n{told}\nCOMMIT;\n");
    applied(bench.run("v1_wrapped.sql", &wrapped).await);
    assert_eq!(bench.value("SELECT level FROM levels"), "repeatable read");
    let named = "BEGIN ISOLATION LEVEL SERIALIZABLE;\nUPDATE levels SET level = current_setting('transaction_isolation');\n\
                 ALTER TABLE levels ADD COLUMN a int;\nEND;\n";
    applied(bench.run("v2_named.sql", named).await);
    assert_eq!(bench.value("SELECT level FROM levels"), "serializable");
    // journaled by somebody else where its snapshot does not show it: it is run again, and not recorded over that
    let mut other = bench.database.client().await;
    let slow = job(
        "v3_slow.sql",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT pg_sleep(0.6); ALTER TABLE levels ADD COLUMN b int",
    );
    let approving = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let (script, checksum) = (slow.script.name.clone(), slow.script.checksum());
        let event = driftless::journal::Event::Approved { script, checksum, hazards: vec![], by: "me".into() };
        driftless::postgres::journal_table::append_alone(&mut other, event).await.unwrap();
    };
    // its snapshot does not show the approval: another transaction's does
    let (outcome, ()) = tokio::join!(bench.apply(&slow), approving);
    applied(outcome);
    assert_eq!(bench.journal(), "baseline applied applied approved applied");
}
