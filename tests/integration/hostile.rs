//! A paired peer with the grant `apply` that means ill, against the real agent. Whatever it does: the agent says so and names it,
//! in bounded memory and time, applies nothing of it, and goes on taking scripts from the honest peer.

mod edge;
mod tls;
mod wicked;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use driftless::hash::Checksum;
use driftless::journal::{Effect, Event};

use crate::harness::{Agent, Node, paired, wait_until};
use wicked::{Mood, Wicked, applied, chunks, pb};

/// Until the agent has said what the matter is.
const NAMED: Duration = Duration::from_secs(100);
/// Until a script of the honest peer is here, whatever the hostile one does.
const SERVED: Duration = Duration::from_secs(60);
/// What the agent's memory may have peaked at, in MiB: a debug build's, with the largest script and journal that are taken.
const MEMORY: u64 = 512;

/// The victim `pc-a`, its honest peer `pc-b`, and mallory.
struct Scene {
    /// Before the machines: its log is shown when a test fails, and goes with the machine's folder.
    agents: (Agent, Agent),
    a: Node,
    b: Node,
    mallory: Wicked,
    honest: Vec<String>,
}

/// The peak of an agent's resident memory, in MiB.
fn peak(agent: &Agent) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", agent.child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

impl Scene {
    fn start() -> Self {
        let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
        let agents = paired(&a, &b);
        let mallory = Wicked::start(&a);
        let mut scene = Self { agents, a, b, mallory, honest: Vec::new() };
        scene.mallory.be(scene.mallory.like_the_victim([]));
        scene.honest_script("CREATE TABLE witness (said text);\n");
        scene
    }

    /// The honest peer applies a script, which must come here in time.
    #[track_caller]
    fn honest_script(&mut self, text: &str) {
        let name = format!("v{}_honest.sql", self.honest.len() + 1);
        self.b.script(&name, text);
        self.b.ok(&["sync"]);
        self.honest.push(name.clone());
        wait_until(&format!("{name} of the honest peer"), SERVED, || self.a.applied().contains(&name));
    }

    /// Mallory does something; the agent must say so in a line that names it and holds one of these words.
    #[track_caller]
    fn strike(&self, what: &str, mood: Mood, words: &[&str]) {
        self.named(what, mood, words);
        self.nothing_of_hers(what);
    }

    #[track_caller]
    fn named(&self, what: &str, mood: Mood, words: &[&str]) {
        let (before, began) = (self.agents.0.log().len(), Instant::now());
        self.mallory.be(mood);
        wait_until(&format!("{what}: a line about mallory with {words:?}"), NAMED, || {
            let log = self.agents.0.log();
            let mut lines = log.get(before..).unwrap_or_default().lines();
            lines.any(|line| line.contains("mallory") && words.iter().any(|word| line.contains(word)))
        });
        eprintln!("{what}: named after {:?}, memory peaked at {} MiB", began.elapsed(), self.memory());
    }

    #[track_caller]
    fn nothing_of_hers(&self, what: &str) {
        let honest: BTreeSet<&String> = self.honest.iter().collect();
        let found = self.a.applied();
        assert!(found.iter().all(|name| honest.contains(name)), "{what}: {found:?}");
        assert_eq!(self.a.database.value("SELECT count(*)::text FROM witness").as_deref(), Some("0"), "{what}");
    }

    fn memory(&self) -> u64 {
        peak(&self.agents.0)
    }

    /// The honest peer is served on while mallory goes on as she is; then she is taken for what she is.
    #[track_caller]
    fn end(mut self) {
        let number = self.honest.len() + 1;
        self.honest_script(&format!("CREATE TABLE honest_{number} (id integer);\n"));
        self.nothing_of_hers("in the end");
        assert!(self.memory() < MEMORY, "the agent took {} MiB", self.memory());
        let log = self.agents.0.log().len();
        assert!(log < 1 << 20, "the log has {log} bytes");
        assert!(self.b.findings("pc-a").contains("in_sync"), "{:?}", self.b.findings("pc-a"));
        assert_eq!(self.a.database.dump(), self.b.database.dump());
    }
}

/// Journal entries whose scripts have names that no script may have.
#[test]
fn names_that_are_none() {
    need_postgres!();
    let mut scene = Scene::start();
    let names = [
        "../../v9_evil.sql",
        "..\\v9_evil.sql",
        "/etc/v9_evil.sql",
        "v9_a:b.sql",
        "v9_evil .sql",
        "v9_evil..sql",
        "CON.sql",
        "v9_\u{202e}lqs.sql",
        "v9_\u{200b}evil.sql",
        "v9_\u{1b}[2J.sql",
        "v9_e\nvil.sql",
        "v9_\0.sql",
        "",
        "v9_.sql",
    ];
    let long = format!("v9_{}.sql", "x".repeat(300_000));
    for name in names.into_iter().chain([long.as_str()]) {
        let mut mood = scene.mallory.with_script("v9_evil.sql", b"INSERT INTO witness VALUES ('evil');\n");
        for part in Arc::make_mut(&mut mood.journal) {
            if let Some(pb::journal_part::Part::Entry(entry)) = &mut part.part
                && let Some(pb::journal_entry::Event::Applied(applied)) = &mut entry.event
                && applied.script == "v9_evil.sql"
            {
                applied.script = name.to_owned();
            }
        }
        let shown: String = name.chars().take(40).collect();
        scene.strike(&format!("{shown:?}"), mood, &["impossible script name"]);
    }
    scene.honest_script("CREATE TABLE orders (id integer);\n");
    let log = scene.agents.0.log();
    assert!(!log.contains('\u{202e}') && !log.contains("\u{1b}[2J") && !log.contains('\u{200b}'), "{log}");

    // One file on Windows, one name to the eye: held, and said whose name it is like.
    for twin in ["v2_Honest.sql", "v2_h\u{43e}nest.sql", "v2_ｈonest.sql"] {
        let mood = scene.mallory.with_script(twin, b"INSERT INTO witness VALUES ('evil');\n");
        scene.mallory.be(mood);
        wait_until(&format!("{twin} to be held"), NAMED, || {
            let told = scene.a.run(&["status", "mallory"]).stdout;
            told.contains("mallory") && told.contains(twin) && told.contains("cannot be told from")
        });
        scene.nothing_of_hers(twin);
    }
    scene.end();
}

/// Removed, she is cut off within a second also where this machine called her, and not called again.
#[test]
fn a_removed_peer_is_let_go_of() {
    need_postgres!();
    let scene = Scene::start();
    wait_until("the agent to watch her", NAMED, || scene.mallory.watchers() == 1);
    scene.a.ok(&["peers", "remove", "mallory"]);
    let removed = Instant::now();
    wait_until("the call to end", Duration::from_secs(5), || scene.mallory.watchers() == 0);
    let after = removed.elapsed();
    eprintln!("cut after {after:?}");
    assert!(after < Duration::from_secs(1), "cut after {after:?}");
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!((scene.mallory.watchers(), scene.mallory.scripts_asked()), (0, 0));
    scene.end();
}

/// Scripts that are not what they were said to be.
#[test]
fn scripts_that_lie() {
    need_postgres!();
    let mut scene = Scene::start();
    let text = b"INSERT INTO witness VALUES ('evil');\n";
    let with = |change: &dyn Fn(&mut Mood)| {
        let mut mood = scene.mallory.with_script("v9_evil.sql", text);
        change(&mut mood);
        mood
    };
    scene.strike("another text", with(&|mood| mood.script = chunks(b"DROP TABLE witness;\n")), &["checksum"]);
    let other = |mood: &mut Mood| {
        mood.script = chunks(b"DROP TABLE witness;\n");
        mood.other_script = Some(chunks(b"TRUNCATE witness;\n"));
    };
    let asked = scene.mallory.scripts_asked();
    scene.strike("another text each time", with(&other), &["checksum"]);
    wait_until("the second request", NAMED, || scene.mallory.scripts_asked() > asked + 2);
    scene.strike("endless", with(&|mood| mood.endless = true), &["more than the"]);
    scene.strike("huge", with(&|mood| mood.script[0].total_size = 1 << 40), &["at most"]);
    let sizes = "SELECT coalesce(max(length(script_text)), 0)::text FROM migration_history";
    let mut large = b"SELECT 1; -- ".to_vec();
    large.resize((64 << 20) + 1, b'x');
    scene.strike("one byte more than is taken", scene.mallory.with_script("v9_evil.sql", &large), &["at most"]);
    large.truncate(64 << 20);
    scene.named(
        "the largest that is taken",
        scene.mallory.with_script("v9_large.sql", &large),
        &["applied: v9_large.sql"],
    );
    assert_eq!(scene.a.database.value(sizes), Some(large.len().to_string()));
    scene.honest.push("v9_large.sql".into());
    drop(large);
    let binary: &[u8] = b"SELECT '\xff\xfe\xfd';\n";
    scene.strike("not UTF-8", scene.mallory.with_script("v9_evil.sql", binary), &["UTF-8"]);
    let mut words = b"SELECT 1".to_vec();
    words.resize(4 << 20, b'+');
    scene.strike("words without end", scene.mallory.with_script("v9_evil.sql", &words), &["more than is taken"]);
    let mut many = String::new();
    for n in 0..10_000 {
        many.push_str(&format!("ALTER TYPE mood ADD VALUE 'x{n}'; SELECT 'y{n}';"));
    }
    scene.strike("much to compare", scene.mallory.with_script("v9_evil.sql", many.as_bytes()), &["v9_evil.sql"]);
    scene.honest_script("CREATE TABLE orders (id integer);\n");
    scene.end();
}

/// Histories that cannot be.
#[test]
fn histories_that_lie() {
    need_postgres!();
    let mut scene = Scene::start();
    let sum = Checksum::of(b"x");
    let conflict = scene.mallory.like_the_victim([(applied("v1_honest.sql", sum), Effect::new())]);
    scene.strike("another text under a known name", conflict, &["conflict", "v1_honest.sql"]);
    let twice =
        ["v8_twice.sql", "v8_twice.sql"].map(|name| (applied(name, Checksum::of(name.as_bytes())), Effect::new()));
    scene.strike(
        "one name twice",
        scene.mallory.like_the_victim(twice),
        &["v8_twice.sql", "checksum", "does not serve"],
    );
    for (min, max, older) in [(5, 6, "upgrade it on this machine"), (0, 0, "upgrade it on the peer")] {
        let mut other = scene.mallory.like_the_victim([]);
        (other.describe.min_protocol, other.describe.max_protocol) = (min, max);
        let said = format!("it speaks protocol {min}-{max}, this machine 1-1");
        scene.strike("another protocol", other, &[&said]);
        let told = scene.a.run(&["status", "mallory"]).stdout;
        assert!(told.contains(&said) && told.contains(older), "{told}");
    }
    let mut lie = scene.mallory.like_the_victim([]);
    lie.describe.fingerprint = vec![7; 32];
    scene.strike("a fingerprint that is none", lie, &["its journal leaves"]);
    let mut rows = scene.mallory.like_the_victim([]);
    let marked = |n: u32| (Event::Marked { script: format!("old row {n}"), checksum: None }, Effect::new());
    let many = scene.mallory.like_the_victim((0..120_000).map(marked));
    // The first entries have effects; a history of rows alone is one of another database.
    rows.describe.head = many.describe.head;
    rows.flood = None;
    scene.strike(
        "more rows than are taken",
        Mood { journal: alone(120_000), paged: true, ..headed(rows) },
        &["more than 100000 entries", "applied scripts; at most", "no whole answer"],
    );
    scene.honest_script("CREATE TABLE orders (id integer);\n");
    scene.end();
}

/// A clock may jump, so that the order of a journal's times says nothing: nothing is decided by a peer's times, however wild.
#[test]
fn times_that_go_backwards() {
    need_postgres!();
    let mut scene = Scene::start();
    let text = b"SELECT 1;\n";
    let names = ["v8_end_of_time.sql", "v8_later.sql", "v9_before_all_time.sql", "v9_then.sql"];
    let times = names.into_iter().zip([i64::MAX, 0, i64::MIN, 1_700_000_000_000]);
    let more = times.map(|(name, at)| (at, applied(name, Checksum::of(text)), Effect::new()));
    let mood = Mood { script: chunks(text), ..scene.mallory.at_any_time(more) };
    scene.named("wild times", mood, &["applied: v9_then.sql"]);
    assert_eq!(scene.a.applied()[1..], names, "in the order of the journal");
    let odd =
        "SELECT count(*)::text FROM migration_history WHERE abs(extract(epoch FROM localtimestamp - applied_at)) > 600";
    assert_eq!(scene.a.database.value(odd).as_deref(), Some("0"), "when they were applied here, this machine says");
    scene.honest.extend(names.map(str::to_owned));
    for arguments in [&["status"][..], &["status", "mallory", "--json"], &["history"], &["history", "--json"]] {
        let said = scene.a.run(arguments);
        assert!(matches!(said.code, Some(0 | 3)), "{arguments:?}: {:?} {} {}", said.code, said.stdout, said.stderr);
    }
    scene.end();
}

/// So many entries that each mark a script as applied, and the head that fits.
fn alone(count: u32) -> Arc<Vec<pb::JournalPart>> {
    use driftless::journal::{Entry, Head};
    let mut head = Head::EMPTY;
    let entries = (0..count).map(|n| {
        // Time goes backwards.
        let event = Event::Marked { script: format!("old row {n}"), checksum: None };
        let entry = Entry::after(head, i64::MAX - i64::from(n), event, Effect::new());
        head = entry.head();
        entry
    });
    let mut parts = wicked::parts(&entries.collect::<Vec<_>>());
    parts.pop();
    Arc::new(parts)
}

fn headed(mut mood: Mood) -> Mood {
    mood.describe.head = Some(pb::Head { seq: 1_000_000, hash: vec![9; 32] });
    mood
}

/// Answers that never come, or never end.
#[test]
fn replies_that_stall_and_flood() {
    need_postgres!();
    let mut scene = Scene::start();
    let text = b"INSERT INTO witness VALUES ('evil');\n";
    let like = |mallory: &Wicked, change: &dyn Fn(&mut Mood)| {
        let mut mood = mallory.with_script("v9_evil.sql", text);
        change(&mut mood);
        mood
    };
    let empty = pb::JournalPart { part: Some(pb::journal_part::Part::Effect(pb::EffectPart { facts: Vec::new() })) };
    let flood = like(&scene.mallory, &|mood| mood.flood = Some(empty.clone()));
    scene.strike(
        "blinks",
        like(&scene.mallory, &|mood| (mood.blink, mood.describe.fingerprint) = (Duration::ZERO, vec![7; 32])),
        &["journal"],
    );
    scene.strike("a flood of nothing", flood, &["no whole answer", "misbehaved"]);
    scene.honest_script("CREATE TABLE orders (id integer);\n");
    let describe = like(&scene.mallory, &|mood| mood.stalls = "describe");
    let journal = like(&scene.mallory, &|mood| mood.stalls = "journal");
    let drip = like(&scene.mallory, &|mood| mood.drip = Duration::from_millis(1_500));
    for (what, mood) in [("no description", describe), ("no journal", journal), ("drop by drop", drip)] {
        scene.mallory.be(mood);
        let number = scene.honest.len() + 1;
        scene.honest_script(&format!("CREATE TABLE {} (id integer);\n", format_args!("during_{number}")));
        scene.nothing_of_hers(what);
    }
    scene.mallory.be(like(&scene.mallory, &|mood| mood.stalls = "journal"));
    wait_until("the log to say who does not answer", Duration::from_secs(90), || {
        let log = scene.agents.0.log();
        log.lines().any(|line| line.contains("mallory") && line.contains("no whole answer"))
    });
    scene.end();
}

/// Every way in which a script could end its transaction, and what it could leave to the next.
#[test]
fn scripts_that_reach_for_the_transaction() {
    need_postgres!();
    let scene = Scene::start();
    let evil = "INSERT INTO witness VALUES ('evil')";
    let tricks = [
        format!("{evil}; COMMIT"),
        format!("{evil}; commit/**/and chain"),
        format!("{evil}; /* /* */ ; */ END"),
        format!("{evil}; abort; {evil}"),
        format!("{evil}; ROLLBACK TO x; COMMIT WORK"),
        format!("SELECT $a$;$a$; {evil}; COMMIT"),
        format!("SELECT E'\\''; {evil}; COMMIT; --'"),
        format!("SELECT 'a''b'; {evil}; COMMIT; SELECT ''"),
        format!("SELECT U&'\\0027'; {evil}; COMMIT"),
        format!("SET standard_conforming_strings = off; SELECT '\\'; {evil}; COMMIT; --'"),
        format!("SELECT \"a\"\"b\" FROM (SELECT 1 AS \"a\"\"b\") x; {evil}; COMMIT"),
        format!("BEGIN; {evil}; COMMIT; {evil}; COMMIT"),
        format!("BEGIN; {evil}; COMMIT; BEGIN; {evil}; COMMIT AND CHAIN; {evil}; COMMIT"),
        format!("BEGIN; {evil}; BEGIN; COMMIT; COMMIT"),
        format!("{evil}; PREPARE TRANSACTION 'x'"),
        format!("{evil}; DO $$ BEGIN COMMIT; END $$"),
        format!("{evil}; SELECT 1 \u{a0}; COMMIT"),
        format!("{evil};\rCOMMIT\r;"),
        format!("{evil};\u{c}COMMIT"),
        format!("{evil}; SET client_encoding = 'SJIS'; SELECT '\u{8868}'; COMMIT"),
    ];
    for (number, trick) in tricks.iter().enumerate() {
        let name = format!("v9_trick{number}.sql");
        scene.strike(trick, scene.mallory.with_script(&name, trick.as_bytes()), &[&name]);
    }
    scene.end();
}

/// What a session may be left with, or has to be taken from: the next script begins anew.
#[test]
fn games_with_the_session() {
    need_postgres!();
    let mut scene = Scene::start();
    scene.a.database.execute("CREATE ROLE games_role");
    let games = [
        "SET search_path = pg_temp",
        "SET search_path = pg_temp, nowhere; SET LOCAL search_path = pg_catalog",
        "SELECT pg_catalog.set_config('search_path', 'nowhere', false)",
        "SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0",
        "SET lock_timeout = 1; SET statement_timeout = 1",
        "SET default_tablespace = nowhere",
        "SET default_table_access_method = nowhere",
        "SET ROLE games_role",
        "RESET ROLE; SET SESSION AUTHORIZATION games_role",
        "SELECT pg_catalog.set_config('role', 'games_role', false)",
        "SELECT pg_advisory_unlock_all()",
        "SELECT pg_advisory_lock(n) FROM generate_series(1, 100) n",
        "SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_read_only = on",
        "SET session_replication_role = replica",
        "SET check_function_bodies = off; SET row_security = off",
        "SET client_encoding = 'SJIS'",
        "SET client_min_messages = error; SET log_min_messages = panic",
        "SET standard_conforming_strings = off; SET escape_string_warning = off",
        "SET application_name = 'driftless'; LISTEN driftless; NOTIFY driftless",
        "DISCARD PLANS; DEALLOCATE ALL",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "CREATE TEMP TABLE migration_history (id int, migration_name text)",
        "LOCK TABLE migration_history IN ACCESS EXCLUSIVE MODE",
        "SAVEPOINT evil; SET CONSTRAINTS ALL DEFERRED",
    ];
    for (number, game) in games.iter().enumerate() {
        // It did nothing where it says that it comes from; here it would leave a table.
        let (name, text) = (format!("v9_game{number}.sql"), format!("{game};\nCREATE TABLE public.evil{number} ();\n"));
        scene.strike(game, scene.mallory.with_script(&name, text.as_bytes()), &[&name]);
        let left = scene.a.database.value(&format!("SELECT to_regclass('public.evil{number}')::text"));
        assert_eq!(left, None, "{game}");
        // Alone it may run: that leaves nothing either.
        let (name, text) = (format!("v9_alone{number}.sql"), format!("{game};\n"));
        let words = ["applied", "held", "failed", "not applied yet"].map(|word| format!("{word}: {name}"));
        let words = words.each_ref().map(String::as_str);
        scene.named(&format!("{game}, alone"), scene.mallory.with_script(&name, text.as_bytes()), &words);
        let log = scene.agents.0.log();
        log.lines()
            .filter(|line| line.contains(&format!(": {name}")))
            .take(1)
            .for_each(|line| eprintln!("    {line:.200}"));
        scene.honest.extend(scene.a.applied().contains(&name).then_some(name));
        let table = format!("after_{number}");
        scene.honest_script(&format!("CREATE TABLE {table} (id integer);\n"));
        let place = "SELECT relnamespace::regnamespace || ' ' || pg_get_userbyid(relowner) FROM pg_class WHERE relname";
        let owner = scene.a.database.value("SELECT 'public ' || current_user");
        assert_eq!(scene.a.database.value(&format!("{place} = '{table}'")), owner, "{game}");
    }
    scene.end();
}

/// What is recorded of scripts is kept in tables that a script can reach.
#[test]
fn scripts_that_reach_for_the_record() {
    need_postgres!();
    let mut scene = Scene::start();
    let trigger = |table: &str, what: &str| {
        format!(
            "CREATE FUNCTION driftless.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; END $$; \
             CREATE TRIGGER no BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION driftless.no()"
        )
    };
    let games = [
        trigger("driftless.journal", "RETURN NULL"),
        trigger("driftless.journal", "RAISE EXCEPTION 'no'"),
        trigger("driftless.journal", "NEW.effect := ''; RETURN NEW"),
        trigger("migration_history", "RETURN NULL"),
        trigger("migration_history", "RAISE EXCEPTION 'no'"),
        trigger("migration_history", "NEW.success := false; RETURN NEW"),
        "CREATE RULE no AS ON INSERT TO driftless.journal DO INSTEAD NOTHING".to_owned(),
        "CREATE RULE no AS ON UPDATE TO migration_history DO INSTEAD NOTHING".to_owned(),
        "DELETE FROM driftless.journal".to_owned(),
        "TRUNCATE driftless.journal".to_owned(),
        "DROP SCHEMA driftless CASCADE".to_owned(),
        "ALTER TABLE driftless.journal RENAME TO diary".to_owned(),
        "UPDATE migration_history SET success = false".to_owned(),
        "UPDATE migration_history SET checksum = repeat('0', 64)".to_owned(),
        "DELETE FROM migration_history".to_owned(),
        "TRUNCATE migration_history".to_owned(),
        "DROP TABLE migration_history".to_owned(),
        "ALTER TABLE migration_history RENAME TO once".to_owned(),
        "DELETE FROM driftless.attempt".to_owned(),
        "INSERT INTO migration_history (migration_name) VALUES ('v3_never.sql')".to_owned(),
        "INSERT INTO driftless.journal SELECT * FROM driftless.journal".to_owned(),
        // No ROLLBACK takes this back: the numbers of the rows that follow are taken, or there are none.
        "SELECT setval('migration_history_id_seq', 1, false), 1 / 0".to_owned(),
        "SELECT setval('migration_history_id_seq', 2147483647), 1 / 0".to_owned(),
    ];
    let record = "SELECT string_agg(h::text, ',' ORDER BY id) FROM migration_history h WHERE migration_name ~ 'honest'";
    for (number, game) in games.iter().enumerate() {
        let known = scene.a.database.value(record);
        let name = format!("v9_record{number}.sql");
        let mood = scene.mallory.with_script(&name, format!("{game};\n").as_bytes());
        let words = ["applied", "held", "failed", "not applied yet"].map(|word| format!("{word}: {name}"));
        scene.named(game, mood, &words.each_ref().map(String::as_str));
        let log = scene.agents.0.log();
        log.lines()
            .filter(|line| line.contains(&format!(": {name}")))
            .take(1)
            .for_each(|line| eprintln!("    {line:.250}"));
        scene.nothing_of_hers(game);
        assert_eq!(scene.a.database.value(record), known, "{game}");
        scene.honest_script(&format!("CREATE TABLE after_{number} (id integer);\n"));
        scene.a.run(&["check"]).expect(0);
    }
    scene.end();
}

/// Mallory's scripts take as long as they can; the honest peer's must come between them.
#[track_caller]
fn takes_all_the_time(mut scene: Scene, what: &str, mood: Mood) {
    let (before, began) = (scene.agents.0.log().len(), Instant::now());
    let scratch = format!("driftless_scratch_{}_", scene.agents.0.child.id());
    scene.mallory.be(mood);
    wait_until(&format!("{what} to run"), NAMED, || {
        let running =
            "SELECT count(*)::text FROM pg_stat_activity WHERE query ~ 'pg_sleep[(]' AND pid <> pg_backend_pid()";
        let place = format!("AND (datname = current_database() OR datname LIKE '{scratch}%')");
        scene.a.database.value(&format!("{running} {place}")).as_deref() != Some("0")
    });
    scene.honest_script("CREATE TABLE meanwhile (id integer);\n");
    eprintln!("{what}: the honest peer's script came after {:?}", began.elapsed());
    let log = scene.agents.0.log();
    let line = log[before..].lines().find(|line| line.contains("mallory") && line.contains("WARN"));
    eprintln!("{}", line.unwrap_or_else(|| panic!("nothing is said of it: {log}")));
    scene.honest.extend(scene.a.applied().into_iter().filter(|name| name.starts_with("v9_nap")));
    scene.nothing_of_hers(what);
    assert!(scene.memory() < MEMORY, "the agent took {} MiB", scene.memory());
    let left = format!("SELECT count(*)::text FROM pg_database WHERE datname LIKE '{scratch}%'");
    assert_eq!(scene.a.database.value(&left).as_deref(), Some("0"), "scratch databases are left");
}

#[test]
fn a_script_that_holds_a_lock_and_sleeps() {
    need_postgres!();
    let scene = Scene::start();
    let mood = scene.mallory.with_script("v9_lock.sql", b"LOCK TABLE witness; SELECT pg_sleep(590);\n");
    takes_all_the_time(scene, "a lock", mood);
}

#[test]
fn a_script_that_cannot_be_cancelled() {
    need_postgres!();
    let scene = Scene::start();
    let mood = scene.mallory.with_script("v9_stubborn.sql", STUBBORN);
    takes_all_the_time(scene, "a stubborn one", mood);
}

#[test]
fn many_scripts_that_each_sleep_a_while() {
    need_postgres!();
    let scene = Scene::start();
    // Nowhere else, or the honest peer would sleep too.
    let here = scene.a.database.name();
    let nap = format!("DO $$ BEGIN IF current_database() = '{here}' AND pg_sleep(12) IS NULL THEN END IF; END $$;\n");
    let naps = (0..40).map(|n| (applied(&format!("v9_nap{n}.sql"), Checksum::of(nap.as_bytes())), Effect::new()));
    let mood = Mood { script: chunks(nap.as_bytes()), ..scene.mallory.like_the_victim(naps) };
    takes_all_the_time(scene, "many naps", mood);
}

/// The same as a fork, which is rehearsed in a scratch database first.
#[test]
fn a_rehearsal_that_never_ends() {
    need_postgres!();
    let mut scene = Scene::start();
    let mood = scene.mallory.with_script("v9_fork.sql", STUBBORN);
    scene.honest_script("CREATE TABLE ours (id integer);\n");
    takes_all_the_time(scene, "a rehearsal", mood);
}

/// It catches what would cancel it.
const STUBBORN: &[u8] = b"DO $$ BEGIN LOOP BEGIN IF pg_sleep(86400) IS NULL THEN END IF; \
    EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;\n";
