//! Random schemas, and walks between them: a schema is made of random statements, another of it by random edits (or on its own),
//! both hold rows, and each is turned into the other and judged by [`crate::harness::oracle`].
//!
//! A statement that the server refuses is passed over, so that the makers of statements need not know all of PostgreSQL's
//! rules. The same seed gives the same schemas on the same major.
//!
//! `DRIFTLESS_WALK=17` walks one seed and makes what fails as small as it can be, as a pair for `pairs/*.sql`;
//! `DRIFTLESS_WALK=0..2000` walks many, tells which failed and why, and makes the first failure of each sort small.

mod additions;
mod edits;
mod routines;
mod sight;
mod tables;
mod types;
mod words;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use driftless::schema::Scope;

use crate::harness::TestDatabase;
use crate::harness::oracle::{Failure, Goal};
use crate::simulation::random::Random;
use sight::Sight;

/// Seeds of an ordinary run of the tests.
const SEEDS: std::ops::Range<u64> = 0..24;

/// Two schemas: what both begin with, and what each has beyond it.
#[derive(Debug, Clone, Default)]
struct Case {
    common: Vec<String>,
    from: Vec<String>,
    to: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

const BOTH: &[Way] = &[Way::There, Way::Back];

/// What failed, grouped by how; each with its seed.
type Failures = BTreeMap<String, Vec<(u64, Case, Met)>>;

/// A failure and the way on which it was met.
struct Met {
    way: Way,
    failure: Failure,
    script: String,
}

impl Met {
    /// What is alike in failures of one cause.
    fn sort(&self) -> String {
        let text = match &self.failure {
            Failure::Script { state, message } => format!("{state} {}", without_names(message)),
            Failure::Dump(unlike) => {
                let line = unlike.lines().next().unwrap_or_default();
                format!("dump {}", without_names(line).split_whitespace().take(4).collect::<Vec<_>>().join(" "))
            }
            Failure::Diff(left) => {
                let kind = left.split("kind: ").nth(1).and_then(|rest| rest.split(',').next());
                format!("diff {}", kind.unwrap_or_default())
            }
            Failure::LeftOut(what) => format!("left out {}", without_names(what)),
            Failure::Lost(_) => "lost".to_owned(),
        };
        text.chars().take(90).collect()
    }
}

/// A message without what is quoted in it.
fn without_names(message: &str) -> String {
    let outside = message.lines().next().unwrap_or_default().split('"').step_by(2);
    outside.collect::<Vec<_>>().join("…").chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Two databases for schemas, used again and again: making and dropping databases costs more than all the rest.
struct Place {
    from: TestDatabase,
    to: TestDatabase,
}

/// Makes a database as good as new, for what the makers of statements leave behind.
const EMPTY: &str = "
DO $$ DECLARE what text; BEGIN
    FOR what IN SELECT format('PUBLICATION %I', pubname) FROM pg_publication
      UNION ALL SELECT format('SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE 'DROP ' || what; END LOOP;
END $$;
CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema'";

impl Place {
    fn new() -> Self {
        Self { from: TestDatabase::create(), to: TestDatabase::create() }
    }

    /// Connections to both, emptied.
    async fn empty(&self) -> (tokio_postgres::Client, tokio_postgres::Client) {
        (empty(&self.from).await, empty(&self.to).await)
    }

    /// Walks the ways that are asked for between what the databases hold.
    async fn walk(&self, ways: &[Way], scope: &Scope) -> Result<(), Met> {
        let (left, right) = (Goal::of(&self.from, scope).await, Goal::of(&self.to, scope).await);
        if ways.contains(&Way::Back) {
            left.dump();
        }
        for way in ways {
            let (database, now, goal) = match way {
                Way::There => (&self.from, &left, &right),
                Way::Back => (&self.to, &right, &left),
            };
            if let (script, Err(failure)) = goal.reach(database, &now.model).await {
                return Err(Met { way: *way, failure, script });
            }
        }
        Ok(())
    }
}

async fn empty(database: &TestDatabase) -> tokio_postgres::Client {
    let client = database.client().await;
    let settings = "SET search_path = ''; SET client_min_messages = error; SET statement_timeout = '30s'";
    client.batch_execute(settings).await.unwrap();
    client.batch_execute(EMPTY).await.unwrap();
    client
}

/// Makes up to `count` statements and keeps those that the server takes.
async fn make(
    client: &tokio_postgres::Client,
    dice: &mut Random,
    count: usize,
    maker: fn(&mut Random, &Sight) -> Option<String>,
) -> Vec<String> {
    let mut taken = Vec::new();
    let mut sight = Sight::of(client).await;
    for _ in 0..count {
        let Some(sql) = maker(dice, &sight) else { continue };
        if client.batch_execute(&sql).await.is_ok() {
            taken.push(sql);
            // Not every time: looking costs more than most statements.
            if taken.len() % 3 == 0 {
                sight = Sight::of(client).await;
            }
        }
    }
    taken
}

/// Puts rows into every table that takes them.
async fn fill(client: &tokio_postgres::Client) -> Vec<String> {
    let mut taken = Vec::new();
    for sql in additions::rows(&Sight::of(client).await) {
        if client.batch_execute(&sql).await.is_ok() {
            taken.push(sql);
        }
    }
    taken
}

impl Case {
    /// The schemas of a seed.
    async fn of(seed: u64, place: &Place) -> Self {
        let mut dice = Random::new(seed);
        let (left, right) = place.empty().await;
        let size = 25 + dice.below(50);
        if dice.once_in(6) {
            let mut case = Self::default();
            for (client, made) in [(&left, &mut case.from), (&right, &mut case.to)] {
                *made = make(client, &mut dice, size, additions::addition).await;
                made.extend(fill(client).await);
            }
            return case;
        }
        let mut common = make(&left, &mut dice, size, additions::addition).await;
        common.extend(fill(&left).await);
        run(&right, &common).await;
        let edits = 1 + dice.below(12);
        let from = if dice.once_in(4) { make(&left, &mut dice, edits, edits::edit).await } else { Vec::new() };
        let mut to = make(&right, &mut dice, edits * 2, edits::edit).await;
        if dice.once_in(3) {
            to.extend(fill(&right).await);
        }
        Self { common, from, to }
    }

    /// Makes both schemas and walks.
    async fn walk(&self, ways: &[Way], place: &Place, scope: &Scope) -> Result<(), Met> {
        let (left, right) = place.empty().await;
        for (client, own) in [(&left, &self.from), (&right, &self.to)] {
            run(client, &self.common).await;
            run(client, own).await;
        }
        place.walk(ways, scope).await
    }

    fn lists(&mut self) -> [&mut Vec<String>; 3] {
        [&mut self.to, &mut self.from, &mut self.common]
    }

    /// Without rows: what they hold may not fit the other schema.
    fn without_rows(&self) -> Self {
        let mut case = self.clone();
        for list in case.lists() {
            list.retain(|sql| !sql.starts_with("INSERT"));
        }
        case
    }

    /// As few statements as still fail in the same way.
    async fn shrunk(mut self, way: Way, sort: &str, place: &Place, scope: &Scope) -> Self {
        let mut size = self.common.len().max(self.to.len()).max(self.from.len()).div_ceil(2).max(1);
        loop {
            let mut smaller = false;
            for which in 0..3 {
                let mut at = 0;
                while at < self.clone().lists()[which].len() {
                    let mut less = self.clone();
                    let list = &mut less.lists()[which];
                    list.drain(at..(at + size).min(list.len()));
                    if less.walk(&[way], place, scope).await.is_err_and(|met| met.sort() == sort) {
                        self = less;
                        smaller = true;
                    } else {
                        at += size;
                    }
                }
            }
            match size {
                1 if !smaller => return self,
                1 => {}
                _ => size = size.div_ceil(2),
            }
        }
    }

    /// As a pair in `pairs/*.sql` is written.
    fn as_pair(&self, seed: u64) -> String {
        let text = |list: &[String]| list.iter().map(|sql| format!("{sql};\n")).collect::<String>();
        format!("=== walk_{seed}\n{}--- from\n{}--- to\n{}", text(&self.common), text(&self.from), text(&self.to))
    }
}

async fn run(client: &tokio_postgres::Client, statements: &[String]) {
    for sql in statements {
        let _ = client.batch_execute(sql).await;
    }
}

/// Walks a seed. Where its rows do not fit the other schema it is walked without them.
async fn walk(seed: u64, place: &Place, scope: &Scope) -> Result<(), (Case, Met)> {
    let mut case = Case::of(seed, place).await;
    let mut outcome = place.walk(BOTH, scope).await;
    let unfit = |met: &Met| matches!(&met.failure, Failure::Script { state, .. } if state.starts_with("22") || state.starts_with("23"));
    if outcome.as_ref().is_err_and(unfit) {
        case = case.without_rows();
        outcome = case.walk(BOTH, place, scope).await;
    }
    outcome.map_err(|met| (case, met))
}

/// What the environment asks for: seeds, and whether failures shall be made small.
fn wanted() -> (std::ops::Range<u64>, bool) {
    let Ok(text) = std::env::var("DRIFTLESS_WALK") else { return (SEEDS, false) };
    let number = |text: &str| text.parse::<u64>().expect("DRIFTLESS_WALK is a seed or a range such as 0..2000");
    match text.split_once("..") {
        Some((start, end)) => (number(start)..number(end), true),
        None => (number(&text)..number(&text) + 1, true),
    }
}

#[test]
fn random_schemas_are_walked_both_ways() {
    need_postgres!();
    let scope = Scope::new(vec![], vec![]);
    let (seeds, shrink) = wanted();
    let next = AtomicU64::new(seeds.start);
    let failures: Mutex<Failures> = Mutex::default();
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let place = Place::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    if let Err((case, met)) = runtime.block_on(walk(seed, &place, &scope)) {
                        failures.lock().unwrap().entry(met.sort()).or_default().push((seed, case, met));
                    }
                }
            });
        }
    });
    let mut failures: Vec<_> = failures.into_inner().unwrap().into_iter().collect();
    failures.sort_by_key(|(_, met)| std::cmp::Reverse(met.len()));
    let failed: usize = failures.iter().map(|(_, met)| met.len()).sum();
    let texts: Mutex<Vec<String>> = Mutex::default();
    let waiting = Mutex::new(failures.into_iter());
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let place = Place::new();
                loop {
                    let Some((sort, met)) = waiting.lock().unwrap().next() else { break };
                    let text = runtime.block_on(told(&sort, met, shrink, &place, &scope));
                    texts.lock().unwrap().push(text);
                }
            });
        }
    });
    let texts = texts.into_inner().unwrap();
    assert!(texts.is_empty(), "{failed} of {} seeds failed:\n{}", seeds.end - seeds.start, texts.join("\n"));
}

/// A sort of failure as a person reads it, the smallest of its cases made smaller yet if that is wanted.
async fn told(sort: &str, mut met: Vec<(u64, Case, Met)>, shrink: bool, place: &Place, scope: &Scope) -> String {
    met.sort_by_key(|(seed, case, _)| (case.common.len() + case.from.len() + case.to.len(), *seed));
    let seeds: Vec<u64> = met.iter().map(|(seed, ..)| *seed).collect();
    let (seed, mut case, mut met) = met.remove(0);
    let replay = format!("DRIFTLESS_WALK={seed} cargo test --test integration walk::");
    if shrink {
        case = case.shrunk(met.way, sort, place, scope).await;
        if let Err(again) = case.walk(BOTH, place, scope).await {
            met = again;
        }
    }
    let Met { way, failure, script } = met;
    let script = if shrink { script } else { String::new() };
    format!("######## {sort}\nseeds {seeds:?}; again: {replay}\n{}({way:?}) {failure}\n{script}", case.as_pair(seed))
}
