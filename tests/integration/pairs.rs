//! Pairs of schemas in `pairs/*.sql`, each walked in both directions on a real server, and judged by [`crate::harness::oracle`].
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
//! A line `-- since 17` keeps a pair from older servers.
//!
//! `PAIRS=text` runs only the pairs whose names hold the text, and prints their scripts. With `SHORT_LOCKS=1` they are walked as
//! `diff --sql --short-locks` would.

use std::collections::VecDeque;
use std::sync::Mutex;

use driftless::schema::Scope;

use crate::catalog::{self, types};
use crate::harness::oracle::{Goal, model, try_sql};
use crate::harness::{Programs, TestDatabase};
use crate::sensitivity;

struct Pair {
    name: String,
    /// The oldest major that understands it.
    since: u32,
    from: String,
    to: String,
}

fn parse(text: &str) -> Vec<Pair> {
    let text = format!("\n{text}");
    let pairs = text.split("\n=== ").skip(1).map(|block| {
        let (name, rest) = block.split_once('\n').expect("a pair has a name");
        let (common, rest) = rest.split_once("--- from\n").expect("a pair has a FROM");
        let (from, to) = rest.split_once("--- to").expect("a pair has a TO");
        let since = since(block).unwrap_or(0);
        Pair { since, name: name.trim().to_owned(), from: format!("{common}{from}"), to: format!("{common}{to}") }
    });
    pairs.collect()
}

/// The major in a line `-- since 15`.
fn since(block: &str) -> Option<u32> {
    block.lines().find_map(|line| line.strip_prefix("-- since "))?.trim().parse().ok()
}

/// Which switches the models are read with.
fn scope(owners_and_grants: bool) -> Scope {
    let everywhere = Scope::new(vec![], vec![]);
    Scope { owners: owners_and_grants, grants: owners_and_grants, ..everywhere }
}

/// Walks there and back: the ways that fail, each with what it came to. What each schema looks like is asked before either is walked away from.
async fn walk(pair: &Pair, scope: &Scope) -> Vec<(String, String)> {
    let (from, to) = (TestDatabase::create(), TestDatabase::create());
    for (database, sql, side) in [(&from, &pair.from, "FROM"), (&to, &pair.to, "TO")] {
        if let Err((_, error)) = try_sql(database, sql).await {
            return vec![(pair.name.clone(), format!("{side} itself: {error}"))];
        }
    }
    let (here, there) = (Goal::of(&from, scope).await, Goal::of(&to, scope).await);
    here.dump();
    there.dump();
    let mut failures = Vec::new();
    for (way, database, now, goal) in [("there", &from, &here.model, &there), ("back", &to, &there.model, &here)] {
        let (text, outcome) = goal.reach(database, now).await;
        match outcome {
            Ok(()) if std::env::var_os("PAIRS").is_some() => eprintln!("{text}"),
            Ok(()) => {}
            Err(failure) => failures.push((format!("{} ({way})", pair.name), format!("{failure}\nafter:\n{text}"))),
        }
    }
    failures
}

/// Walks every pair of a file, both ways, a few at a time.
#[track_caller]
fn check(file: &str, owners_and_grants: bool) {
    none_failed(failures(file, owners_and_grants));
}

/// Tells every walk that failed.
#[track_caller]
fn none_failed((count, failures): (usize, Vec<(String, String)>)) {
    let told: Vec<String> = failures.into_iter().map(|(name, error)| format!("#### {name}: {error}\n")).collect();
    assert!(told.is_empty(), "{} of {count} walks failed:\n{}", told.len(), told.join("\n"));
}

/// How many walks there are, and which fail.
fn failures(file: &str, owners_and_grants: bool) -> (usize, Vec<(String, String)>) {
    let wanted = std::env::var("PAIRS").unwrap_or_default();
    let scope = scope(owners_and_grants);
    let major = Programs::find().unwrap().major;
    let pairs = parse(file).into_iter().filter(|pair| pair.since <= major && pair.name.contains(&wanted));
    all_of(pairs.collect(), &scope)
}

/// Walks pairs, a few at a time: how many walks there are, and which fail.
fn all_of(pairs: VecDeque<Pair>, scope: &Scope) -> (usize, Vec<(String, String)>) {
    let pairs = Mutex::new(pairs);
    let (count, failures) = (2 * pairs.lock().unwrap().len(), Mutex::new(Vec::new()));
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                loop {
                    let Some(pair) = pairs.lock().unwrap().pop_front() else { break };
                    let failed = runtime.block_on(walk(&pair, scope));
                    failures.lock().unwrap().extend(failed);
                }
            });
        }
    });
    (count, failures.into_inner().unwrap())
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
    apps: false,
    changes: false,
    graphs: false,
    columns: false,
    combined: false,
    constraints: false,
    dependents: false,
    functions: false,
    grants: true,
    moves: false,
    names: false,
    partitions: false,
    rare: false,
    retyped: false,
    tables: false,
    foreign: false,
    newer: false,
    walked: false,
    policies: false,
    publications: false,
    rules: false,
    statistics: false,
    types: false,
    views: false,
    conversions: false,
    inherited: false,
    stacked: false,
    layered: false,
    crossed: false,
    queries: false,
    scattered: false,
    enforced: false,
    evolved: false,
    reference: false,
    applied: false,
}

const WITHOUT_ROWS: &str = "SET session_replication_role = replica;
    DO $$ DECLARE t regclass; BEGIN
        FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' LOOP
            EXECUTE format('TRUNCATE %s CASCADE', t);
        END LOOP;
    END $$";

/// Each state of a history is turned into the one `STEP` scripts later, and back: `HISTORY=folder STEP=10 cargo nextest run
/// pairs::of_a_history --run-ignored all --no-capture`. Its scripts are run in the order of their names, each by itself. Rows that a
/// history brings may not suit its other states; `EMPTY=1` takes them away.
#[test]
#[ignore = "for a history that somebody has at hand"]
fn of_a_history() {
    need_postgres!();
    let folder = std::env::var("HISTORY").expect("HISTORY names a folder of scripts");
    let step: usize = std::env::var("STEP").map_or(10, |step| step.parse().unwrap());
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let at = |count: usize| {
        let database = TestDatabase::create();
        for (path, text) in paths.iter().zip(&texts).take(count) {
            let done = runtime.block_on(try_sql(&database, text));
            done.unwrap_or_else(|(_, error)| panic!("{}: {error}", path.display()));
        }
        if std::env::var_os("EMPTY").is_some() {
            database.execute(WITHOUT_ROWS);
        }
        database
    };
    let scope = scope(false);
    let ends = (0..texts.len()).step_by(step).chain([texts.len()]);
    let ends: Vec<usize> = ends.collect();
    let mut failed = 0;
    for pair in ends.windows(2) {
        for (here, there) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let (from, to) = (at(here), at(there));
            let outcome = runtime.block_on(async {
                let now = model(&from, &scope).await;
                Goal::of(&to, &scope).await.reach(&from, &now).await
            });
            if let (text, Err(error)) = outcome {
                failed += 1;
                eprintln!("#### {here} to {there}: {error}\nafter:\n{text}");
            }
        }
    }
    assert_eq!(failed, 0, "of {} walks", 2 * (ends.len() - 1));
}

/// What no DDL makes: secrets, what is written into the catalogs by hand, and roles, which are everybody's.
fn without_ddl(change: &str) -> bool {
    let secret = change.contains("password") || change.contains("SUBSCRIPTION sub CONNECTION");
    secret || change.starts_with("UPDATE pg_") || change.contains("CREATE ROLE")
}

/// Each change that the sensitivity tests make alone is walked there and back: `ATTRIBUTES=text` walks those that hold the text.
#[test]
#[ignore = "by hand: it takes a quarter of an hour"]
fn of_single_attributes() {
    need_postgres!();
    let wanted = std::env::var("ATTRIBUTES").unwrap_or_default();
    let major = Programs::find().unwrap().major;
    let sets = [
        (sensitivity::BASE, sensitivity::CHANGES, sensitivity::NEWER),
        (catalog::BASE, catalog::CHANGES, catalog::NEWER),
        (types::BASE, types::CHANGES, types::NEWER),
    ];
    let setup = "SET check_function_bodies = off; SET allow_system_table_mods = on;";
    let mut pairs = VecDeque::new();
    for (base, changes, newer) in sets {
        let newer = newer.iter().filter(|(since, _)| major >= *since).map(|(_, change)| change);
        for (change, _) in
            changes.iter().chain(newer).filter(|(change, _)| change.contains(&wanted) && !without_ddl(change))
        {
            let (from, to) = (format!("{setup} {base}"), format!("{setup} {base}; {change}"));
            pairs.push_back(Pair { name: (*change).to_owned(), since: 0, from, to });
        }
    }
    none_failed(all_of(pairs, &scope(false)));
}

/// Pairs that somebody has at hand: `PAIRS_FILE=file cargo nextest run pairs::of_a_file --run-ignored all --no-capture`.
#[test]
#[ignore = "for pairs that somebody has at hand"]
fn of_a_file() {
    need_postgres!();
    let file = std::env::var("PAIRS_FILE").expect("PAIRS_FILE names a file of pairs");
    check(&std::fs::read_to_string(file).unwrap(), false);
}

/// What is known not to work yet is known to fail: who mends it is told to move it.
#[test]
fn not_yet() {
    need_postgres!();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/pairs/not_yet.sql");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, failed) = failures(&text, false);
    let passes = |pair: &Pair| !failed.iter().any(|(name, _)| name.split(" (").next() == Some(&pair.name));
    let mended: Vec<String> = parse(&text).into_iter().filter(passes).map(|pair| pair.name).collect();
    assert!(mended.is_empty(), "{mended:?} pass both ways now: move them to the other pairs");
}
