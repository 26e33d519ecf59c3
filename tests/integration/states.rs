//! Each state of the contract, made for real: two machines, their agents, and what `status` and `heal --dry-run` say of it, in words and as
//! JSON, against the files in `tests/snapshots/states`. `UPDATE_SNAPSHOTS=1` writes them anew; read what has changed as a tired person
//! would.
//!
//! What could go wrong: a picture that is taken while something still moves; each test waits for what it wants to show, and the machine that
//! looks runs no agent unless it must.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::harness::{Agent, Node, paired, wait_until};

const SOON: Duration = Duration::from_secs(90);

const ORDERS: &str = "CREATE TABLE orders (id integer PRIMARY KEY, note text);\n";

fn apply(node: &Node, name: &str, text: &str) {
    let file = node.script(name, text);
    node.run(&["apply", file.to_str().unwrap(), "--yes"]);
}

/// `pc-a`, which looks, and `pc-b` with its agent; both have v1, with rows where that matters. Neither captures by itself.
struct Pair {
    a: Node,
    b: Node,
    agent_b: Option<Agent>,
}

impl Pair {
    fn new() -> Self {
        Self::with("", "")
    }

    /// With more in `driftless.toml` on either side.
    fn with(a: &str, b: &str) -> Self {
        let node = |name: &str, more: &str| {
            Node::builder(name).committed(&format!("[heal]\ndrift = \"report\"\n{more}")).build()
        };
        let (a, b) = (node("pc-a", a), node("pc-b", b));
        let (agent_a, agent_b) = paired(&a, &b);
        apply(&b, "v1_orders.sql", ORDERS);
        wait_until("the common script to arrive", SOON, || a.applied() == ["v1_orders.sql"]);
        wait_until("both to have settled", SOON, || {
            a.findings("pc-b").contains("in_sync")
                && b.findings("pc-a").contains("in_sync")
                && settled(&a)
                && settled(&b)
        });
        drop(agent_a);
        Self { a, b, agent_b: Some(agent_b) }
    }

    /// Applies a script on the peer; the machine that looks runs no agent.
    fn there(self, name: &str, text: &str) -> Self {
        apply(&self.b, name, text);
        self
    }

    fn here(self, name: &str, text: &str) -> Self {
        apply(&self.a, name, text);
        self
    }

    fn by_hand(self, here: &str, there: &str) -> Self {
        self.a.database.execute(here);
        self.b.database.execute(there);
        self
    }

    /// The machine that looks tries to heal, once; what stops a script is told once.
    #[track_caller]
    fn heal(self) -> Self {
        let said = self.a.run(&["heal"]).stdout;
        let stopped = said.lines().filter(|line| line.starts_with("! held: ") || line.starts_with("✗ failed: "));
        let names: Vec<_> = stopped.filter_map(|line| line.split(' ').nth(2)).collect();
        let each: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(each.len(), names.len(), "{said}");
        self
    }

    /// Takes the picture once this finding holds.
    #[track_caller]
    fn check(&self, name: &str, finding: &str) {
        wait_until(finding, SOON, || finding.is_empty() || self.a.findings("pc-b").contains(finding));
        let mut shown = String::new();
        for arguments in [
            &["status"][..],
            &["status", "--lang", "zh"],
            &["heal", "--dry-run"],
            &["status", "--json"],
            &["heal", "--dry-run", "--json"],
        ] {
            let output = self.a.run(arguments);
            let code = output.code.unwrap_or(-1);
            shown.push_str(&format!(
                "$ driftless {} (exit {code})\n{}{}\n",
                arguments.join(" "),
                output.stdout,
                output.stderr
            ));
        }
        compare(name, &normal(&shown, &self.a));
    }
}

fn settled(node: &Node) -> bool {
    node.database.value("SELECT count(*) FROM driftless.journal WHERE event LIKE '%settled%'").as_deref() == Some("1")
}

#[track_caller]
fn compare(name: &str, shown: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/states").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, shown).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        known == shown,
        "{name} is shown otherwise (UPDATE_SNAPSHOTS=1 writes it anew):\n{shown}\n--- before\n{known}"
    );
}

/// Without what is another in each run: times, ports, digests, names of databases, and what depends on the server's major.
fn normal(text: &str, node: &Node) -> String {
    let root = fs::canonicalize(node.root()).unwrap_or_else(|_| node.root().to_owned());
    let text = text.replace(&*root.to_string_lossy(), "ROOT").replace(&*node.root().to_string_lossy(), "ROOT");
    let text = text.replace(node.database.name(), "DATABASE");
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let of = |is: fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        let word = of(|c| c.is_ascii_alphanumeric() || c == '_');
        if let Some(length) = time(rest) {
            result.push_str("TIME");
            rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix("127.0.0.1:") {
            result.push_str("127.0.0.1:PORT");
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        } else if word >= 8
            && rest[..word].chars().all(|c| c.is_ascii_hexdigit())
            && rest[..word].contains(|c: char| c.is_ascii_digit())
        {
            result.push_str("DIGEST");
            rest = &rest[word..];
        } else if word > 0 {
            result.push_str(&rest[..word]);
            rest = &rest[word..];
        } else {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    result.lines().map(|line| steady(line) + "\n").collect()
}

/// `2026-01-02 03:04:05`, or with a T and a zone.
fn time(text: &str) -> Option<usize> {
    let shape = "dddd-dd-dd?dd:dd:dd";
    let fits = |(c, wanted): (u8, u8)| match wanted {
        b'd' => c.is_ascii_digit(),
        b'?' => c == b' ' || c == b'T',
        other => c == other,
    };
    let whole = text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(fits);
    let zone = text.as_bytes().get(shape.len()) == Some(&b'Z');
    whole.then_some(shape.len() + usize::from(zone))
}

/// Counts of facts and majors, which another server tells otherwise.
fn steady(line: &str) -> String {
    for (before, after) in [
        ("(PostgreSQL ", ")"),
        ("\"server_major\": ", ""),
        ("\"facts\": ", ","),
        ("DIGEST (", " facts)"),
        ("DIGEST (", " 个结构项)"),
    ] {
        if let Some(start) = line.find(before).map(|at| at + before.len())
            && let Some(end) = Some(after)
                .filter(|after| !after.is_empty())
                .map_or(Some(line.len() - start), |after| line[start..].find(after))
            && line[start..start + end].chars().all(|c| c.is_ascii_digit())
        {
            return format!("{}N{}", &line[..start], &line[start + end..]);
        }
    }
    line.to_owned()
}

#[test]
fn where_two_machines_stand() {
    need_postgres!();
    Pair::new().check("in_sync", "in_sync");
    Pair::new().there("v2_more.sql", "CREATE TABLE more (id integer);\n").check("behind", "behind");
    let pair = Pair::with("", "scripts = \"off\"\n").here("v2_more.sql", "CREATE TABLE more (id integer);\n");
    pair.check("ahead", "ahead");
    let pair = Pair::with("", "scripts = \"off\"\n");
    let pair = pair.here("v2_ours.sql", "CREATE TABLE ours (id integer);\n");
    pair.there("v2_theirs.sql", "CREATE TABLE theirs (id integer);\n").check("forked", "forked");
}

#[test]
fn forks_and_conflicts_that_wait() {
    need_postgres!();
    let text = |kind: &str| format!("ALTER TABLE orders ALTER COLUMN note TYPE {kind};\n");
    let apart = || Pair::with("", "scripts = \"off\"\n");
    let pair = apart().here("v2_ours.sql", &text("varchar(80)")).there("v2_theirs.sql", &text("varchar(90)"));
    pair.heal().check("fork_held", "forked");
    let pair = apart().here("v2_same.sql", &text("varchar(80)")).there("v2_same.sql", &text("varchar(90)"));
    pair.check("conflict", "conflict");
    let pair = apart().here("v2_ours.sql", "INSERT INTO orders VALUES (1, 'a');\n");
    pair.there("v2_theirs.sql", "CREATE TABLE theirs (id integer);\n").heal().check("fork_not_pure", "forked");
}

#[test]
fn drift_wherever_it_is() {
    need_postgres!();
    let add = "ALTER TABLE orders ADD COLUMN extra text";
    Pair::new().by_hand(add, "SELECT 1").check("drifted_here", "drifted");
    Pair::new().by_hand("SELECT 1", add).check("drifted_there", "drifted");
    Pair::new().by_hand(add, add).check("drifted_alike", "drifted");
    let pair = Pair::new().by_hand(add, "ALTER TABLE orders ADD COLUMN extra integer");
    pair.check("drifted_differently", "drifted");
    // Recorded without being run.
    let pair = Pair::new().there("v2_more.sql", "CREATE TABLE more (id integer);\n");
    pair.a.script("v2_more.sql", "CREATE TABLE more (id integer);\n");
    pair.a.ok(&["history", "mark-applied", "v2_more.sql"]);
    pair.check("differs", "differs");
}

#[test]
fn failures_on_either_side() {
    need_postgres!();
    let rows = "INSERT INTO orders VALUES (1, 'same'), (2, 'same')";
    let unique = "CREATE UNIQUE INDEX one_note ON orders (note);\n";
    let pair = Pair::new().by_hand(rows, "SELECT 1").there("v2_unique.sql", unique).heal();
    pair.check("failed_here", "failed");
    let pair = Pair::new().by_hand("SELECT 1", rows);
    let agent = pair.a.agent();
    let pair = pair.here("v2_unique.sql", unique);
    wait_until("it to fail there", SOON, || pair.a.findings("pc-b").contains("failed"));
    drop(agent);
    pair.check("failed_there", "failed");
}

#[test]
fn held_for_what_it_would_cost() {
    need_postgres!();
    let rows = "INSERT INTO orders VALUES (1, 'a')";
    let pair = Pair::new().by_hand(rows, "SELECT 1").there("v2_drop.sql", "ALTER TABLE orders DROP COLUMN note;\n");
    pair.there("v3_more.sql", "CREATE TABLE more (id integer);\n").heal().check("held_data_loss", "held");
    let pair = Pair::new().there("v2_index.sql", "CREATE INDEX CONCURRENTLY by_note ON orders (note);\n");
    pair.heal().check("held_non_transactional", "held");
    let pair = Pair::new().there("v2_out.sql", "COPY orders TO PROGRAM 'cat > /dev/null';\n");
    pair.heal().check("held_outside_reach", "held");
    let warn = "DO $$ BEGIN IF EXISTS (SELECT 1 FROM orders) THEN RAISE WARNING 'rows!'; END IF; END $$;\n";
    let pair = Pair::new().by_hand(rows, "SELECT 1").there("v2_warn.sql", warn);
    pair.heal().check("held_more_warnings", "held");
    let pair = Pair::new();
    fs::create_dir(pair.a.root().join(".git")).unwrap();
    let pair = pair.there("v2_rename.sql", "ALTER TABLE orders RENAME COLUMN note TO remark;\n");
    pair.heal().check("held_breaks_clients", "held");
}

#[test]
fn held_for_what_is_known_of_it() {
    need_postgres!();
    let more = "CREATE TABLE more (id integer);\n";
    let pair = Pair::new();
    pair.b.script("v2_marked.sql", more);
    pair.b.ok(&["history", "mark-applied", "v2_marked.sql"]);
    pair.check("held_unverified", "held");
    let pair = Pair::new().there("v2_more.sql", "CREATE TABLE more (id integer);\nINSERT INTO more VALUES (1);\n");
    pair.by_hand("CREATE TABLE more (id integer)", "SELECT 1").check("held_already_here", "held");
    let pair = Pair::new().by_hand("CREATE TABLE more (id text)", "SELECT 1");
    let pair = pair.there("v2_more.sql", "CREATE TABLE IF NOT EXISTS more (id integer);\n").heal();
    pair.check("held_other_effect", "held");
    let pair = Pair::new().there("v2_more.sql", more);
    let toml = fs::read_to_string(pair.a.root().join("driftless.toml")).unwrap();
    pair.a.write("driftless.toml", format!("{toml}scripts = \"ask\"\n"));
    pair.check("held_asked", "held");
    let pair = Pair::new();
    pair.a.ok(&["history", "reset", "--yes"]);
    pair.a.ok(&["heal", "--resume"]);
    pair.check("held_applied_before", "held");
}

#[test]
fn held_because_it_cannot_be_run() {
    need_postgres!();
    let role = "states_reader_who_went";
    let grant = format!("GRANT SELECT ON orders TO {role};\n");
    let pair = Pair::new().by_hand(&format!("CREATE ROLE {role}"), "SELECT 1").there("v2_grant.sql", &grant);
    let pair = pair.by_hand("SELECT 1", &format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    // A dry run foresees it.
    pair.check("held_missing_foreseen", "behind");
    pair.heal().check("held_missing", "held");
    let pair = Pair::new();
    let row = |name: &str| {
        format!("INSERT INTO migration_history (migration_name, applied_at, success) VALUES ('{name}', now(), true)")
    };
    pair.by_hand("SELECT 1", &row("v2_old.sql")).check("held_no_text", "held");
    let pair = Pair::new();
    pair.by_hand("SELECT 1", &row("what was done in May")).check("held_unusable", "held");
    let pair = Pair::new();
    pair.b.script("v2_stops.sql", "CREATE TABLE more (id integer);\nCOMMIT;\nCREATE TABLE most (id integer);\n");
    pair.b.ok(&["history", "mark-applied", "v2_stops.sql"]);
    wait_until("it to be known", SOON, || pair.a.findings("pc-b").contains("held"));
    pair.a.run(&["heal", "--approve", "v2_stops.sql"]);
    pair.check("held_unusable_text", "held");
}

#[test]
fn forks_that_cannot_be_rehearsed() {
    need_postgres!();
    let apart = || Pair::with("", "scripts = \"off\"\n");
    let (rename, remark) =
        ("ALTER TABLE orders RENAME COLUMN note TO remark;\n", "COMMENT ON COLUMN orders.note IS 'x';\n");
    let pair = apart().here("v2_ours.sql", rename).there("v2_theirs.sql", remark);
    pair.heal().check("fork_fails", "forked");
    let (more, most) = ("CREATE TABLE more (id integer);\n", "CREATE TABLE most (id integer);\n");
    // Nothing can be rehearsed on what cannot be made again.
    let pair = apart().here("v2_ours.sql", more).there("v2_theirs.sql", most);
    let pair = pair.by_hand("UPDATE migration_history SET script_text = NULL WHERE id = 1", "SELECT 1");
    pair.heal().check("fork_no_ground", "forked");
    let role = "states_plain";
    let pair = apart().here("v2_ours.sql", more).there("v2_theirs.sql", most);
    let grants: String = ["public", "driftless"]
        .iter()
        .map(|schema| {
            format!(
                "GRANT ALL ON SCHEMA {schema} TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}; \
                 GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO {role};"
            )
        })
        .collect();
    let mut pair = pair.by_hand(&format!("CREATE ROLE {role} LOGIN; {grants}"), "SELECT 1");
    let url = pair.a.database.url().replace("postgres@", &format!("{role}@"));
    pair.a.env("DRIFTLESS_DATABASE_URL", &url);
    let pair = pair.heal();
    pair.check("fork_may_not_create", "forked");
    pair.by_hand(&format!("DROP OWNED BY {role}; DROP ROLE {role}"), "SELECT 1");
}

#[test]
fn halted_for_each_reason() {
    need_postgres!();
    let halted = |name: &str, sql: &str| {
        let pair = Pair::new().by_hand(sql, "SELECT 1");
        let said = pair.a.run(&["heal"]).expect(4).stdout;
        assert!(said.contains("healing has halted here") && said.contains("driftless heal --resume"), "{said}");
        pair.check(name, "halted");
    };
    let pair = Pair::new();
    pair.a.ok(&["history", "reset", "--yes"]);
    pair.check("halted_reset", "halted");
    halted("halted_rows_vanished", "DELETE FROM migration_history");
    halted("halted_backwards", "DELETE FROM driftless.journal WHERE seq = (SELECT max(seq) FROM driftless.journal)");
    halted("halted_another_database", "UPDATE driftless.database SET id = 'another'");
    halted(
        "halted_broken_journal",
        "UPDATE driftless.journal SET event = replace(event, 'false', 'true') WHERE seq = 1",
    );
    let pair = Pair::new().by_hand("SELECT 1", "DELETE FROM migration_history");
    pair.check("halted_there", "halted");
}

#[test]
fn a_peer_that_gives_no_answer() {
    need_postgres!();
    let mut pair = Pair::new();
    pair.agent_b = None;
    pair.check("unreachable", "unreachable");
    let pair = Pair::new();
    pair.b.ok(&["peers", "remove", "pc-a"]);
    pair.check("untrusted", "untrusted");
    let pair = Pair::new();
    pair.b.ok(&["peers", "grant", "pc-a", "status"]);
    pair.there("v2_more.sql", "CREATE TABLE more (id integer);\n").check("status_only", "");
    let pair = Pair::new();
    let toml = fs::read_to_string(pair.a.root().join("driftless.toml")).unwrap();
    pair.a.write("driftless.toml", format!("{toml}\n[database]\nignore = [\"public.x*\"]\n"));
    pair.check("incompatible", "incompatible");
    let pair = Pair::new();
    pair.a.ok(&["heal", "--pause"]);
    pair.check("paused", "");
    pair.a.ok(&["heal", "--resume"]);
    pair.b.ok(&["heal", "--pause"]);
    wait_until("it to be told", SOON, || pair.a.ok(&["status"]).stdout.contains("paused there"));
    pair.check("paused_there", "");
}

#[test]
fn what_differs_from_run_to_run_is_left_out() {
    assert_eq!(time("2026-01-02 03:04:05: x"), Some(19));
    assert_eq!(time("2026-01-02T03:04:05Z"), Some(20));
    assert_eq!(time("2026-01-02 x"), None);
    assert_eq!(steady("  database: x (PostgreSQL 15)"), "  database: x (PostgreSQL N)");
    assert_eq!(steady("    \"facts\": 45,"), "    \"facts\": N,");
    assert_eq!(steady("  fingerprint: DIGEST (45 facts)"), "  fingerprint: DIGEST (N facts)");
}
