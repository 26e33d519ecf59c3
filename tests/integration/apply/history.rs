//! The history table: made, adopted, marked, repaired, reset.

use driftless::postgres::bookkeeping::{self, BookkeepingError};
use driftless::postgres::history_table::{self, HistoryTable};
use driftless::postgres::journal_table;
use driftless::script::Script;

use super::{Bench, applied, job, script};

const OLD: &str = "CREATE TABLE migration_history (id SERIAL PRIMARY KEY, migration_name VARCHAR(255) UNIQUE, \
    applied_at TIMESTAMP, success BOOLEAN, error_message TEXT); \
    INSERT INTO migration_history (migration_name, applied_at, success) VALUES ('v1_a.sql', now(), true), ('v2_b', now(), true); \
    INSERT INTO migration_history (migration_name, applied_at, success, error_message) VALUES ('v3_c.sql', now(), false, 'boom'); \
    CREATE TABLE a (id int); INSERT INTO a VALUES (1);";

fn folder() -> Vec<Script> {
    vec![
        script("v1_a.sql", "CREATE TABLE a (id int);"),
        script("v2_b.sql", "SELECT 2;"),
        script("v3_c.sql", "SELECT 3;"),
    ]
}

#[tokio::test]
async fn an_old_table_is_adopted_in_place() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.database.execute(OLD);
    bench.options.folder = folder();
    applied(bench.run("v3_c.sql", "SELECT 3;").await);
    let rows = bench.database.query(
        "SELECT id || ' ' || migration_name || ' ' || coalesce(script_text, '-') || ' ' || coalesce(assumed::text, '-') \
         FROM migration_history ORDER BY id",
    );
    let rows: Vec<_> = rows.iter().map(|row| row[0].clone().unwrap_or_default()).collect();
    assert_eq!(
        rows,
        ["1 v1_a.sql CREATE TABLE a (id int); true", "2 v2_b SELECT 2; true", "3 v3_c.sql SELECT 3; false"]
    );
    assert_eq!(bench.journal(), "baseline marked marked applied");
    // the old tools go on
    bench.database.execute(
        "INSERT INTO migration_history (migration_name, applied_at, success) VALUES ('v4_d.sql', now(), true)",
    );
    assert_eq!(bench.value("SELECT count(*) FROM migration_history WHERE success = true"), "4");
    bench.database.execute(
        "INSERT INTO migration_history (migration_name, applied_at, success, error_message) \
         VALUES ('v5_e.sql', now(), false, '字段添加失败')",
    );
    let listed = bench.database.query(
        "SELECT migration_name, success, error_message FROM migration_history WHERE applied_at IS NOT NULL ORDER BY id",
    );
    let names: Vec<_> = listed.iter().map(|row| row[0].clone().unwrap_or_default()).collect();
    assert_eq!(names, ["v1_a.sql", "v2_b", "v3_c.sql", "v4_d.sql", "v5_e.sql"]);
    let applier = bench.begin().await;
    assert!(applier.history().is_applied("v4_d.sql"));
    assert!(!applier.is_bootstrap());
    drop(applier);
    assert_eq!(bench.journal(), "baseline marked marked applied marked");
    drop(bench.begin().await);
    assert_eq!(bench.journal(), "baseline marked marked applied marked");
}

/// A dump that was restored, or a script, may have left the sequence anywhere: behind the rows, or at its end.
#[tokio::test]
async fn the_sequence_of_the_rows_is_mended() {
    need_postgres!();
    let bench = Bench::new();
    drop(bench.begin().await);
    let end = "SELECT setval('migration_history_id_seq', 2147483647)";
    bench.database.execute(end);
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int);").await);
    bench.database.execute(end);
    applied(bench.run("v2_b.sql", "CREATE TABLE b (id int);").await);
    bench.database.execute("SELECT setval('migration_history_id_seq', 1, false)");
    applied(bench.run("v3_c.sql", "CREATE TABLE c (id int);").await);
    assert_eq!(
        bench.value("SELECT string_agg(id || migration_name, ' ' ORDER BY id) FROM migration_history"),
        "1v1_a.sql 2v2_b.sql 3v3_c.sql"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_cannot_be_adopted_are_said() {
    need_postgres!();
    let bench = Bench::new();
    bench.database.execute("CREATE TABLE migration_history (id serial, migration_name text, applied_at timestamp, success boolean, error_message text, extra int); \
        INSERT INTO migration_history (migration_name) VALUES ('v1_a.sql'), ('v1_a.sql')");
    let mut client = bench.database.client().await;
    let refused = HistoryTable::ensure(&mut client, &bench.scope).await.unwrap_err();
    assert!(matches!(&refused, BookkeepingError::DoubledName { name, .. } if name == "v1_a.sql"), "{refused}");
    bench.database.execute("DELETE FROM migration_history WHERE id = 2");
    applied(bench.run("v2_b.sql", "SELECT 1;").await);
    bench.database.execute("ALTER TABLE migration_history DROP COLUMN success");
    let refused = HistoryTable::ensure(&mut client, &bench.scope).await.unwrap_err();
    assert!(matches!(refused, BookkeepingError::MissingColumn { column: "success", .. }));
}

#[tokio::test]
async fn questions_write_nothing() {
    need_postgres!();
    let bench = Bench::new();
    let client = bench.database.client().await;
    assert_eq!(bookkeeping::database_id(&client).await.unwrap(), None);
    assert_eq!(journal_table::load(&client).await.unwrap(), []);
    assert_eq!(HistoryTable::locate(&client, &bench.scope).await.unwrap(), None);
    bench.database.execute(OLD);
    let table = HistoryTable::locate(&client, &bench.scope).await.unwrap().unwrap();
    assert_eq!(table.load(&client).await.unwrap().rows.len(), 3);
    assert_eq!(bench.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'driftless'"), "0");
}

#[tokio::test]
async fn a_second_preparation_changes_nothing() {
    need_postgres!();
    let bench = Bench::new();
    let mut client = bench.database.client().await;
    let first = bookkeeping::prepare(&mut client, &bench.scope, &[]).await.unwrap();
    let second = bookkeeping::prepare(&mut client, &bench.scope, &[]).await.unwrap();
    assert!(first.first && !second.first);
    assert_eq!((first.database, first.entries), (second.database, second.entries));
}

#[tokio::test]
async fn the_journal_is_read_on_from_a_known_head() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int);").await);
    let client = bench.database.client().await;
    let known = journal_table::load(&client).await.unwrap();
    applied(bench.run("v2_b.sql", "CREATE TABLE b (id int);").await);
    let more = journal_table::load_after(&client, &known).await.unwrap();
    assert_eq!((more.len(), &more[..known.len()]), (known.len() + 1, &known[..]));
    assert_eq!(more, journal_table::load(&client).await.unwrap());
    bench.database.execute("UPDATE driftless.journal SET event = replace(event, 'v1_a', 'v1_x') WHERE seq = 2");
    let broken = journal_table::load(&client).await.unwrap_err();
    assert!(matches!(broken, BookkeepingError::Broken(_)));
}

#[tokio::test]
async fn marked_repaired_and_reset() {
    need_postgres!();
    let bench = Bench::new();
    applied(bench.run("v1_a.sql", "CREATE TABLE a (id int);").await);
    let mut client = bench.database.client().await;
    let table = HistoryTable::ensure(&mut client, &bench.scope).await.unwrap();
    table
        .mark_applied(
            &mut client,
            "v2_b.sql",
            Some(&script("v2_b.sql", "SELECT 2;")),
            driftless::journal::Effect::new(),
        )
        .await
        .unwrap();
    let again = table.mark_applied(&mut client, "v2_b", None, driftless::journal::Effect::new()).await.unwrap_err();
    assert!(matches!(again, BookkeepingError::AlreadyRecorded(_)));
    let repaired = script("v1_a.sql", "CREATE TABLE a (id int); -- 注释");
    table.repair(&mut client, &repaired).await.unwrap();
    let missing = table.repair(&mut client, &script("v9_z.sql", "SELECT 1;")).await.unwrap_err();
    assert!(matches!(missing, BookkeepingError::NotRecorded { .. }));
    let (_, rows) = table.reset(&mut client).await.unwrap();
    assert_eq!(rows, 2);
    assert_eq!(bench.journal(), "baseline applied marked repaired reset");
    for text in ["CREATE TABLE a (id int);", "CREATE TABLE a (id int); -- 注释", "SELECT 2;"] {
        let checksum = driftless::hash::Checksum::of(text.as_bytes());
        let kept = history_table::script_text(&client, &bench.scope, "v1_a.sql", checksum).await.unwrap();
        assert_eq!(kept.as_deref(), Some(text));
    }
    let entries = journal_table::load(&client).await.unwrap();
    assert_eq!(entries.len(), 5);
}

#[tokio::test]
async fn a_commit_is_announced() {
    need_postgres!();
    let bench = Bench::new();
    let target = bench.target();
    let mut connection = driftless::postgres::connect::Connection::open(&target, "listen").await.unwrap();
    drop(bench.begin().await);
    journal_table::listen(&connection.client).await.unwrap();
    applied(bench.apply(&job("v1_a.sql", "SELECT 1;")).await);
    assert_eq!(connection.notification().await.unwrap().payload(), "2");
}

/// Our own words reach their tables whatever the role's search_path is.
#[tokio::test]
async fn a_strange_search_path() {
    need_postgres!();
    let bench = Bench::new();
    bench.database.execute(&format!(
        "CREATE SCHEMA trap; CREATE TABLE trap.migration_history (x int); \
         CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT NULL::timestamptz $$; \
         ALTER DATABASE {} SET search_path = trap, public, pg_catalog",
        bench.database.name()
    ));
    applied(bench.run("v1_a.sql", "CREATE TABLE public.a (id int);").await);
    assert_eq!(bench.value("SELECT count(*) FROM public.migration_history WHERE success"), "1");
}
