//! Scratch databases against a real server: like their origin, gone afterwards, and never anything else touched.

use driftless::postgres::connect::Target;
use driftless::postgres::scratch::{PREFIX, ReplayError, Scratch, ScratchError};
use driftless::schema::Scope;
use driftless::script::CanonicalText;

use crate::harness::{TestDatabase, query, server};

fn text(sql: &str) -> CanonicalText {
    CanonicalText::from_canonical(sql).unwrap()
}

/// Whether a database of this name is there.
fn exists(name: &str) -> bool {
    !query(&server().url("postgres"), &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'")).is_empty()
}

async fn scratch_of(origin: &TestDatabase) -> Scratch {
    Scratch::create(&Target::resolve(origin.url()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_scratch_database_is_like_its_origin_and_is_gone_afterwards() {
    need_postgres!();
    let origin = TestDatabase::create();
    origin.execute(&format!("ALTER DATABASE {} SET search_path TO app, public", origin.name()));
    let mut scratch = scratch_of(&origin).await;
    let name = scratch.name().to_owned();
    assert!(name.starts_with(PREFIX) && exists(&name), "{name}");
    let like = "SELECT pg_encoding_to_char(encoding) || datcollate || datctype FROM pg_database WHERE datname = current_database()";
    assert_eq!(query(&server().url(&name), like)[0], origin.query(like)[0]);
    scratch.run("a", &text("CREATE SCHEMA app; CREATE TABLE t (id integer);")).await.unwrap();
    let found = scratch.read(&Scope::new(vec!["app".into()], vec![])).await.unwrap().model;
    assert!(found.facts().any(|fact| fact.id.name == "app.t.id"), "{found:?}");
    scratch.remove().await;
    assert!(!exists(&name));
    assert_eq!(origin.query("SELECT 1 FROM pg_tables WHERE schemaname = 'app'"), Vec::<Vec<Option<String>>>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_task_leaves_nothing() {
    need_postgres!();
    let origin = TestDatabase::create();
    let mut scratch = scratch_of(&origin).await;
    let name = scratch.name().to_owned();
    let task = tokio::spawn(async move { scratch.run("slow", &text("SELECT pg_sleep(600)")).await.map(drop) });
    let running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'";
    crate::harness::wait_until("the replay runs", std::time::Duration::from_secs(20), || {
        !origin.query(running).is_empty()
    });
    task.abort();
    assert!(task.await.is_err());
    crate::harness::wait_until("it is dropped", std::time::Duration::from_secs(20), || !exists(&name));
}

#[tokio::test]
async fn orphans_are_swept_and_nothing_else_is() {
    need_postgres!();
    let origin = TestDatabase::create();
    let now: i64 = origin.value("SELECT extract(epoch FROM now())::bigint").unwrap().parse().unwrap();
    let name = |age: i64, chance: &str| format!("{PREFIX}{}_{}_{chance}", std::process::id(), now - age);
    let (orphan, young, used) = (name(600, "0000aaaa"), name(0, "0000bbbb"), name(600, "0000cccc"));
    let similar = format!("{PREFIX}notes_{}", std::process::id());
    for database in [&orphan, &young, &used, &similar] {
        origin.execute(&format!("CREATE DATABASE {database}"));
    }
    let session = crate::harness::connect(&server().url(&used)).await;
    scratch_of(&origin).await.remove().await;
    let left: Vec<bool> = [&orphan, &young, &used, &similar].into_iter().map(|name| exists(name)).collect();
    drop(session);
    for database in [&orphan, &young, &used, &similar] {
        origin.execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
    }
    assert_eq!(left, [false, true, true, true]);
}

#[tokio::test]
async fn the_server_stays_as_it_is_whatever_a_script_says() {
    need_postgres!();
    let origin = TestDatabase::create();
    let role = format!("role_{}", origin.name());
    let roles =
        || query(&server().url("postgres"), &format!("SELECT 1 FROM pg_roles WHERE rolname LIKE '{role}%'")).len();
    let mut scratch = scratch_of(&origin).await;
    let script = format!(
        "CREATE ROLE {role};\nCREATE TABLE t (id integer);\nGRANT SELECT ON t TO {role}; GRANT CONNECT ON DATABASE {} TO {role};\n\
         SET no_such_setting = 1;\nALTER TABLE t OWNER TO {role};\n",
        origin.name()
    );
    let ran = scratch.run("v1_a.sql", &text(&script)).await.unwrap();
    let skipped: Vec<(usize, &str)> = ran.skipped.iter().map(|skipped| (skipped.line, skipped.what.as_str())).collect();
    assert_eq!(skipped[0], (1, "CREATE ROLE"));
    assert_eq!(skipped.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 3, 4, 5], "{skipped:?}");
    let refused = scratch.run("v2_b.sql", &text("CREATE TABLE u (); COPY t FROM PROGRAM 'true';")).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`v2_b.sql` cannot be replayed: line 1, COPY … PROGRAM, reaches outside the database"
    );
    let hidden = format!("DO $$ BEGIN EXECUTE 'CREATE ' || 'ROLE {role}_2'; END $$;");
    let refused = scratch.run("v3_c.sql", &text(&hidden)).await.unwrap_err();
    assert!(matches!(refused, ReplayError::ChangesRoles { .. }), "{refused}");
    let refused = scratch.run("v4_d.sql", &text(&format!("CREATE POLICY p ON t TO {role};"))).await.unwrap_err();
    assert!(matches!(&refused, ReplayError::NoRole { role: Some(named), .. } if *named == role), "{refused:?}");
    let refused = scratch.run("v5_e.sql", &text("\n\nCREATE EXTENSION no_such_thing;")).await.unwrap_err();
    assert!(
        matches!(&refused, ReplayError::NoExtension { .. }) && refused.to_string().contains("v5_e.sql:3"),
        "{refused:?}"
    );
    let failed = scratch.run("v6_f.sql", &text("CREATE TABLE v ();\nSELECT nothing;")).await.unwrap_err();
    assert!(failed.to_string().starts_with("v6_f.sql:2: "), "{failed}");
    scratch.run("v7_g.sql", &text("CREATE INDEX CONCURRENTLY i ON t (id);")).await.unwrap();
    let facts = scratch.read(&Scope::default()).await.unwrap().model;
    let names: Vec<&str> = facts.facts().map(|fact| fact.id.name.as_str()).collect();
    assert!(names.contains(&"public.t") && names.contains(&"public.i"), "{names:?}");
    assert!(!names.contains(&"public.u") && !names.contains(&"public.v"), "rolled back: {names:?}");
    scratch.remove().await;
    assert_eq!(roles(), 0);
}

#[tokio::test]
async fn a_role_that_may_not_is_told_the_sql() {
    need_postgres!();
    let origin = TestDatabase::create();
    let role = format!("plain_{}", origin.name());
    origin.execute(&format!("CREATE ROLE {role} LOGIN"));
    let url = origin.url().replace("postgres@", &format!("{role}@"));
    let refused = Scratch::create(&Target::resolve(&url).unwrap()).await;
    let created = refused.map(|scratch| scratch.name().to_owned());
    origin.execute(&format!("DROP ROLE {role}"));
    let error = created.unwrap_err();
    assert!(matches!(error, ScratchError::MayNotCreate { .. }), "{error}");
    assert_eq!(error.mend().unwrap(), format!("ALTER ROLE \"{role}\" CREATEDB;"));
}
