//! What is held: every way of losing data, each with its harmless twin; roles; reaches outside.

use driftless::heal::{HoldReason, LossKind};
use driftless::postgres::apply::{HoldPolicy, Job, Outcome};
use driftless::postgres::bookkeeping::missing_of;
use driftless::script::Needs;

use super::{Bench, HOLD, held, held_job, job};

const BEFORE: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE full_table (id int PRIMARY KEY, note text, price numeric(10,2), m mood, at timestamp);
    INSERT INTO full_table VALUES (1, 'a', 1.50, 'ok', now()), (2, NULL, 2, 'sad', now());
    CREATE TABLE empty_table (id int, note text);
    CREATE TABLE parts (id int) PARTITION BY RANGE (id);
    CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
    INSERT INTO parts VALUES (1);
    CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int); INSERT INTO elsewhere.t VALUES (1);
    CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('x');";

/// Applies a script that is to be held if it loses data; what it loses, as `what: how`.
async fn losses(text: &str) -> Vec<String> {
    let bench = Bench::new();
    bench.database.execute(BEFORE);
    let before = bench.database.dump();
    match bench.apply(&held_job("v1_a.sql", text)).await {
        Outcome::Applied { .. } => Vec::new(),
        Outcome::Held { reason: HoldReason::DataLoss { losses }, .. } => {
            let differs =
                bench.database.dump().lines().any(|line| !before.contains(line) && line.contains("full_table"));
            assert!(!differs, "it left something behind");
            assert_eq!(bench.value("SELECT string_agg(note, ',') FROM full_table"), "a");
            let how = |how: &LossKind| match how {
                LossKind::DroppedRows { rows } => format!("{rows} rows dropped"),
                LossKind::DroppedValues { values } => format!("{values} values dropped"),
                LossKind::DeletedRows { rows } => format!("{rows} rows deleted"),
                LossKind::OverwrittenValues { values } => format!("{values} values overwritten"),
                LossKind::NotMeasured { .. } => "not measured".into(),
                LossKind::OutsideTransaction => "outside a transaction".into(),
            };
            losses.iter().map(|loss| format!("{}: {}", loss.what, how(&loss.how))).collect()
        }
        other => panic!("{other:?} for {text}"),
    }
}

#[track_caller]
fn same(text: &str, found: &[String], expected: &[&str]) {
    assert_eq!(found, expected, "{text}");
}

#[tokio::test]
async fn data_that_would_be_lost() {
    need_postgres!();
    let cases: &[(&str, &[&str])] = &[
        ("DROP TABLE full_table;", &["table public.full_table: 2 rows dropped"]),
        ("DROP SCHEMA elsewhere CASCADE;", &["table elsewhere.t: 1 rows dropped"]),
        ("DROP TABLE alembic_version;", &["table public.alembic_version: 1 rows dropped"]),
        ("DROP TABLE parts;", &["table public.part1: 1 rows dropped"]),
        ("ALTER TABLE full_table DROP COLUMN note;", &["column public.full_table.note: 1 values dropped"]),
        ("DROP TYPE mood CASCADE;", &["column public.full_table.m: 2 values dropped"]),
        ("DELETE FROM full_table WHERE id = 2;", &["table public.full_table: 1 rows deleted"]),
        ("TRUNCATE full_table;", &["table public.full_table: 2 rows deleted"]),
        ("TRUNCATE parts;", &["table public.part1: 1 rows deleted"]),
        ("UPDATE full_table SET note = 'b';", &["column public.full_table.note: 1 values overwritten"]),
        (
            "ALTER TABLE full_table ALTER COLUMN price TYPE int;",
            &["column public.full_table.price: 1 values overwritten"],
        ),
        (
            "ALTER TABLE full_table ALTER note TYPE char(1) USING NULL;",
            &["column public.full_table.note: 1 values overwritten"],
        ),
        (
            "DO $$ BEGIN EXECUTE (SELECT 'DELETE FROM ' || relname FROM pg_class WHERE relname = 'full_table'); END $$;",
            &["table public.full_table: 2 rows deleted"],
        ),
        (
            "CREATE TABLE n AS SELECT * FROM full_table; DROP TABLE full_table; ALTER TABLE n RENAME TO full_table;",
            &["table public.full_table: 2 rows dropped"],
        ),
    ];
    for (text, expected) in cases {
        // dynamic SQL as a superuser is held for itself
        let hidden = text.starts_with("DO");
        let found = if hidden { dynamic(text).await } else { losses(text).await };
        same(text, &found, expected);
    }
}

async fn dynamic(text: &str) -> Vec<String> {
    let bench = Bench::new();
    bench.database.execute(BEFORE);
    assert!(matches!(held(bench.apply(&held_job("v1_a.sql", text)).await), HoldReason::OutsideReach { .. }));
    let job = held_job("v1_a.sql", text);
    let job = Job { hold: HoldPolicy { outside_reach: false, ..HOLD }, ..job };
    let HoldReason::DataLoss { losses } = held(bench.apply(&job).await) else { panic!() };
    losses.iter().map(|loss| format!("{}: 2 rows deleted", loss.what)).collect()
}

#[tokio::test]
async fn harmless_twins() {
    need_postgres!();
    for text in [
        "DROP TABLE empty_table;",
        "ALTER TABLE empty_table DROP COLUMN note;",
        "ALTER TABLE full_table RENAME TO renamed; ALTER TABLE renamed RENAME note TO remark;",
        "ALTER TABLE full_table ADD COLUMN gone int; ALTER TABLE full_table DROP COLUMN gone;",
        "ALTER TABLE full_table ADD COLUMN n int; UPDATE full_table SET n = id;",
        "UPDATE full_table SET note = 'filled' WHERE note IS NULL;",
        "UPDATE full_table SET note = note;",
        "ALTER TABLE full_table ALTER id TYPE bigint, ALTER price TYPE numeric(20,4), ALTER at TYPE timestamptz;",
        "ALTER TABLE full_table ALTER note TYPE varchar(20), ALTER id TYPE text, ALTER m TYPE text;",
        "DELETE FROM full_table WHERE id = 99; TRUNCATE empty_table;",
        "CREATE TABLE own (id int); INSERT INTO own VALUES (1); DELETE FROM own; DROP TABLE own;",
        "CREATE TEMP TABLE t AS SELECT * FROM full_table; DELETE FROM t; DROP TABLE t;",
        "INSERT INTO full_table (id) VALUES (3); DELETE FROM full_table WHERE id = 3;",
        "CREATE TABLE x (id int); ALTER TABLE parts DETACH PARTITION part1;",
    ] {
        same(text, &losses(text).await, &[]);
    }
}

#[tokio::test]
async fn a_batch_remembers_what_it_made() {
    need_postgres!();
    let bench = Bench::new();
    let mut applier = bench.begin().await;
    let mut apply = async |name: &str, text: &str| applier.apply(&held_job(name, text)).await.unwrap();
    super::applied(apply("v1_a.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1);").await);
    super::applied(apply("v2_b.sql", "CREATE TABLE b (id int); DROP TABLE b;").await);
    assert!(matches!(held(apply("v3_c.sql", "DROP TABLE a;").await), HoldReason::DataLoss { .. }));
    // deletions of the script before are not counted again
    assert!(matches!(held(apply("v3_c.sql", "DELETE FROM a;").await), HoldReason::DataLoss { .. }));
    super::applied(apply("v4_d.sql", "CREATE TABLE d (id int);").await);
}

#[tokio::test]
async fn large_tables_are_not_measured() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.options.largest_measured = 0;
    bench.database.execute(BEFORE);
    let HoldReason::DataLoss { losses } =
        held(bench.apply(&held_job("v1_a.sql", "UPDATE full_table SET note = note;")).await)
    else {
        panic!()
    };
    assert!(matches!(losses[0].how, LossKind::NotMeasured { .. }));
}

#[tokio::test]
async fn approval_and_bootstrap_let_it_pass() {
    need_postgres!();
    let bench = Bench::new();
    bench.database.execute(BEFORE);
    let job = held_job("v1_a.sql", "DROP TABLE full_table;");
    held(bench.apply(&job).await);
    super::applied(bench.apply(&Job { approved: true, hold: super::FREE, ..job }).await);
    assert!(!bench.begin().await.is_bootstrap());
    assert!(Bench::new().begin().await.is_bootstrap());
}

#[tokio::test]
async fn roles_are_measured() {
    need_postgres!();
    let bench = Bench::new();
    let role = format!("r_{}", bench.database.name());
    let create = format!(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role}; END IF; END $$;"
    );
    let job = held_job("v1_role.sql", &create);
    assert!(!job.analysis.reaches.is_empty() && !job.analysis.dynamic_sql);
    let HoldReason::OutsideReach { reaches } = held(bench.apply(&job).await) else { panic!() };
    assert_eq!(reaches, [format!("CREATE ROLE {role}")]);
    // a role that can do nothing, where the policy lets it pass
    let harmless = HoldPolicy { harmless_roles: true, ..HOLD };
    super::applied(bench.apply(&Job { hold: harmless, ..job }).await);
    // there already: no reach
    super::applied(bench.apply(&held_job("v2_role.sql", &create)).await);
    let mighty = Job { hold: harmless, ..held_job("v3_role.sql", &format!("ALTER ROLE {role} SUPERUSER;")) };
    held(bench.apply(&mighty).await);
    let password = Job { hold: harmless, ..held_job("v3_role.sql", &format!("ALTER ROLE {role} PASSWORD 'x';")) };
    held(bench.apply(&password).await);
    bench.database.execute(&format!("DROP ROLE {role}"));
}

#[tokio::test]
async fn reaches_outside_are_held_before_they_run() {
    need_postgres!();
    let bench = Bench::new();
    let job = held_job("v1_copy.sql", "CREATE TABLE a (id int); COPY a TO PROGRAM 'cat';");
    assert!(matches!(held(bench.apply(&job).await), HoldReason::OutsideReach { .. }));
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
}

#[tokio::test]
async fn an_extension_that_this_role_may_not_create_is_said_instead_of_tried() {
    need_postgres!();
    let bench = Bench::new();
    let role = format!("plain_{}", std::process::id());
    bench.database.execute(&format!("CREATE ROLE {role} LOGIN"));
    let (client, driven) = tokio_postgres::connect(bench.database.url(), tokio_postgres::NoTls).await.unwrap();
    let driven = tokio::spawn(driven);
    client.batch_execute(&format!("SET ROLE {role}")).await.unwrap();
    let needs = Needs { extensions: vec!["file_fdw".into(), "plpgsql".into()], ..Needs::default() };
    let found = missing_of(&client, &needs).await.unwrap();
    // some servers come without any extension
    let offered = bench.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'file_fdw'") == "1";
    let expected = vec!["file_fdw".to_owned()];
    let (forbidden, absent) = if offered { (expected, vec![]) } else { (vec![], expected) };
    assert_eq!((&found.forbidden, &found.extensions), (&forbidden, &absent));
    // What was said is asked again from the answer, and stands as long as nothing has changed.
    assert_eq!(missing_of(&client, &found).await.unwrap(), found);
    client.batch_execute("RESET ROLE").await.unwrap();
    assert_eq!(missing_of(&client, &found).await.unwrap().extensions, absent);
    client.batch_execute(&format!("DROP ROLE {role}")).await.unwrap();
    drop(client);
    driven.abort();
}

#[tokio::test]
async fn what_goes_within_a_fact_waits_for_the_code() {
    need_postgres!();
    let bench = Bench::new();
    super::applied(
        bench.run("v1_a.sql", "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE VIEW v AS SELECT 1 AS a, 2 AS b;").await,
    );
    let more = held_job(
        "v2_more.sql",
        "ALTER TYPE mood ADD VALUE 'glad'; CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b, 3 AS c;",
    );
    super::applied(bench.apply(&more).await);
    let less = held_job(
        "v3_less.sql",
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy'; DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a;",
    );
    let HoldReason::BreaksClients { facts } = held(bench.apply(&less).await) else { panic!("held otherwise") };
    assert_eq!(facts, ["enum public.mood (sad)", "view public.v (b, c)"]);
    assert_eq!(bench.value("SELECT count(*) FROM migration_history"), "2");
    let pulled = Job { hold: HoldPolicy { breaks_clients: false, ..HOLD }, ..less };
    super::applied(bench.apply(&pulled).await);
}

#[tokio::test]
async fn what_the_server_lacks_is_said_instead_of_tried() {
    need_postgres!();
    let bench = Bench::new();
    let text = "CREATE EXTENSION no_such_extension;\nCREATE TABLE a (id int);\nGRANT SELECT ON a TO no_such_role, CURRENT_USER;";
    let pulled = Job { from: Some("pc-b".into()), ..held_job("v1_a.sql", text) };
    let HoldReason::Missing { needs } = held(bench.apply(&pulled).await) else { panic!("held otherwise") };
    assert_eq!((needs.extensions, needs.roles), (vec!["no_such_extension".into()], vec!["no_such_role".into()]));
    assert_eq!(bench.value("SELECT to_regclass('a')"), "NULL");
    let newer =
        Job { from: Some("pc-b".into()), ..held_job("v1_b.sql", "CREATE TABLE a (b int CHECK (b > 0) NOT ENFORCED);") };
    if bench.begin().await.server_major() < 18 {
        let HoldReason::Missing { needs } = held(bench.apply(&newer).await) else { panic!("held otherwise") };
        let server = needs.server.unwrap();
        assert_eq!((server.major, server.line, server.what.as_str()), (18, 1, "NOT ENFORCED"));
    }
    // An own script is tried: the server's words are told where it was typed.
    assert!(matches!(bench.apply(&job("v1_a.sql", text)).await, Outcome::Failed(_)));
}

/// What is ours is no loss, and what an earlier script has written is not taken for this one's doing: nobody runs twice for nothing, and
/// no table is held for being large.
#[tokio::test]
async fn a_script_that_loses_nothing_runs_once() {
    need_postgres!();
    let mut bench = Bench::new();
    bench.database.execute("CREATE SEQUENCE s; CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10)");
    bench.options.largest_measured = 0;
    let mut applier = bench.begin().await;
    // nobody looks at what this one does
    super::applied(applier.apply(&job("v1_update.sql", "UPDATE t SET a = a + 1;")).await.unwrap());
    for n in 2..=5 {
        let text = format!("ALTER TABLE t ADD COLUMN c{n} int; SELECT nextval('s');");
        super::applied(applier.apply(&held_job(&format!("v{n}_add.sql"), &text)).await.unwrap());
    }
    assert!(applier.finish().await.unwrap().misread.is_empty());
    assert_eq!(bench.value("SELECT last_value FROM s"), "4");
}
