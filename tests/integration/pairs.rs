//! Pairs of schemas in `pairs/*.sql`, each walked in both directions on a real server: the DDL runs on FROM, with rows in it,
//! and then `pg_dump -s` of both is the same (column order aside), the fingerprints are, a second diff is empty, and no kept
//! value is another than before unless the script named a loss of data.
//!
//! A file holds pairs of this form; what stands before `--- from` is common to both:
//!
//! ```text
//! === name_of_the_pair
//! CREATE TABLE t (a int);
//! --- from
//! CREATE INDEX i ON t (a);
//! --- to
//! ```
//!
//! `PAIRS=text` runs only the pairs whose names hold the text, and prints their scripts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use driftless::postgres::catalog::CatalogReader;
use driftless::schema::ddl::{self, Hazard};
use driftless::schema::{Model, Scope, diff};

use crate::harness::{TestDatabase, dump, dump_with_owners};

struct Pair {
    name: String,
    from: String,
    to: String,
}

fn parse(text: &str) -> Vec<Pair> {
    let text = format!("\n{text}");
    let pairs = text.split("\n=== ").skip(1).map(|block| {
        let (name, rest) = block.split_once('\n').expect("a pair has a name");
        let (common, rest) = rest.split_once("--- from\n").expect("a pair has a FROM");
        let (from, to) = rest.split_once("--- to").expect("a pair has a TO");
        Pair { name: name.trim().to_owned(), from: format!("{common}{from}"), to: format!("{common}{to}") }
    });
    pairs.collect()
}

/// Which switches the models are read with.
fn scope(owners_and_grants: bool) -> Scope {
    let everywhere = Scope::new(vec![], vec![]);
    Scope { owners: owners_and_grants, grants: owners_and_grants, ..everywhere }
}

async fn try_sql(database: &TestDatabase, sql: &str) -> Result<(), String> {
    let client = database.client().await;
    client.batch_execute(sql).await.map_err(|error| match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.detail().or(error.hint()).unwrap_or("")),
        None => error.to_string(),
    })
}

async fn model(database: &TestDatabase, scope: &Scope) -> Model {
    let client = database.client().await;
    CatalogReader::new(&client, scope).await.unwrap().read(&client).await.unwrap().model
}

/// The values of each column of each table, in no order: `schema.table.column type` to a hash.
fn values(database: &TestDatabase) -> BTreeMap<String, String> {
    let sql = "SELECT format('SELECT %L, count(*) || '' '' || md5(coalesce(string_agg(x::text, '','' ORDER BY x::text), '''')) FROM (SELECT %I FROM ONLY %s) t(x)',
                c.oid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod), a.attname, c.oid::regclass)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')";
    let questions: Vec<String> = database.query(sql).into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let rows = database.query(&questions.join(";"));
    rows.into_iter().filter_map(|row| Some((row[0].clone()?, row[1].clone()?))).collect()
}

/// The statements of a dump, sorted: the order in which pg_dump tells alike things is no part of the schema.
fn statements(dump: &str) -> Vec<String> {
    let mut statements: Vec<String> = dump.split(";\n").map(|text| text.trim().to_owned()).collect();
    statements.sort();
    statements
}

/// What only one of two dumps has.
fn unlike(left: &str, right: &str) -> Option<String> {
    let (left, right) = (statements(left), statements(right));
    let only = |these: &[String], those: &[String], sign: &str| {
        let only = these.iter().filter(|text| !those.contains(text)).map(|text| format!("{sign} {text}\n"));
        only.collect::<String>()
    };
    (left != right).then(|| only(&left, &right, "-") + &only(&right, &left, "+"))
}

async fn walk(from_sql: &str, to_sql: &str, scope: &Scope) -> Result<(), String> {
    let (from, to) = (TestDatabase::create(), TestDatabase::create());
    try_sql(&from, from_sql).await.map_err(|error| format!("FROM itself: {error}"))?;
    try_sql(&to, to_sql).await.map_err(|error| format!("TO itself: {error}"))?;
    let (from_model, to_model) = (model(&from, scope).await, model(&to, scope).await);
    let script = ddl::script(&from_model, &to_model);
    let text = script.text();
    if !script.left_out.is_empty() {
        return Err(format!("left out: {:?}\n{text}", script.left_out));
    }
    let before = values(&from);
    let ran = if script.needs_no_transaction() {
        let client = from.client().await;
        let mut all = script.settings().into_iter().map(str::to_owned).collect::<Vec<_>>();
        all.extend(script.steps.iter().map(|step| step.statement.sql.clone()));
        let mut ran = Ok(());
        for sql in all {
            ran = client.batch_execute(&sql).await.map_err(|error| format!("{:?}: {sql}", error.as_db_error()));
            if ran.is_err() {
                break;
            }
        }
        ran
    } else {
        try_sql(&from, &format!("BEGIN;\n{text}\nCOMMIT;")).await
    };
    ran.map_err(|error| format!("the script failed: {error}\n{text}"))?;
    let told = |url: &str| if scope.grants { dump_with_owners(url) } else { dump(url) };
    if let Some(unlike) = unlike(&told(from.url()), &told(to.url())) {
        return Err(format!("the dumps differ:\n{unlike}\nafter:\n{text}"));
    }
    let left = diff(&model(&from, scope).await, &to_model);
    if !left.is_empty() {
        return Err(format!("still differs: {left:#?}\nafter:\n{text}"));
    }
    let after = values(&from);
    let lost = before.iter().filter(|(column, values)| after.get(*column).is_some_and(|now| now != *values));
    let lost: Vec<&String> = lost.map(|(column, _)| column).collect();
    if !lost.is_empty() && !script.hazards().contains(&Hazard::DataLoss) {
        return Err(format!("lost in silence: {lost:?}\nafter:\n{text}"));
    }
    if std::env::var_os("PAIRS").is_some() {
        eprintln!("{text}");
    }
    Ok(())
}

/// Walks every pair of a file, both ways, a few at a time.
#[track_caller]
fn check(file: &str, owners_and_grants: bool) {
    let wanted = std::env::var("PAIRS").unwrap_or_default();
    let scope = scope(owners_and_grants);
    let ways = parse(file).into_iter().filter(|pair| pair.name.contains(&wanted)).flat_map(|pair| {
        let there = (format!("{} (there)", pair.name), pair.from.clone(), pair.to.clone());
        [there, (format!("{} (back)", pair.name), pair.to, pair.from)]
    });
    let ways: Mutex<VecDeque<_>> = Mutex::new(ways.collect());
    let (count, failures) = (ways.lock().unwrap().len(), Mutex::new(Vec::new()));
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                loop {
                    let Some((name, from, to)) = ways.lock().unwrap().pop_front() else { break };
                    if let Err(error) = runtime.block_on(walk(&from, &to, &scope)) {
                        failures.lock().unwrap().push(format!("#### {name}: {error}\n"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {count} walks failed:\n{}", failures.len(), failures.join("\n"));
}

macro_rules! pairs {
    ($($file:ident: $switches:expr,)*) => {
        $(#[test]
        fn $file() {
            need_postgres!();
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/pairs/", stringify!($file), ".sql");
            check(&std::fs::read_to_string(file).unwrap(), $switches);
        })*
    };
}

pairs! {
    columns: false,
    constraints: false,
    functions: false,
    grants: true,
    partitions: false,
    rare: false,
    tables: false,
    foreign: false,
    policies: false,
    publications: false,
    rules: false,
    statistics: false,
    types: false,
    views: false,
}
