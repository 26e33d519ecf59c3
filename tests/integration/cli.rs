//! The commands as a person types them: what they print, what they change, how they end.

use std::fs;
use std::path::Path;

use crate::harness::{Node, Programs, paired_one_way};

/// Everything in a folder, with its text: two of these tell whether a command changed anything.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Tables, schemas and rows of the bookkeeping.
fn books(node: &Node) -> Vec<Vec<Option<String>>> {
    node.database.query(
        "SELECT n.nspname::text, c.relname::text, pg_relation_size(c.oid)::text FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1, 2",
    )
}

#[test]
fn init_makes_everything_once_and_nothing_twice() {
    need_postgres!();
    let node = Node::builder("pc-a").unconfigured().build();
    fs::write(node.root().join(".gitignore"), "/target\n").unwrap();
    let url = node.database.url().to_owned();
    let first = node.ok(&["init", "--name", "电脑-a", "--database", &url]);
    assert!(first.stdout.contains("driftless.local.toml"), "{}", first.stdout);
    assert!(!first.stdout.contains(&url), "{}", first.stdout);
    let ignored = fs::read_to_string(node.root().join(".gitignore")).unwrap();
    assert!(ignored.starts_with("/target\n/driftless.local.toml\n/certs/\n"), "{ignored}");
    for made in ["driftless.toml", "driftless.local.toml", "migrations/README.md", "migrations/migration_template.sql"]
    {
        assert!(node.root().join(made).is_file(), "{made}");
    }
    assert!(node.root().join("certs/key.pem").is_file());
    #[cfg(unix)]
    for secret in ["certs/key.pem", "driftless.local.toml"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(node.root().join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{secret}: {mode:o}");
    }
    assert_eq!(node.database.value("SELECT count(*)::text FROM migration_history").as_deref(), Some("0"));
    let (files, rows) = (tree(node.root()), books(&node));
    let second = node.ok(&["init"]);
    assert!(second.stdout.contains("nothing was changed"), "{}", second.stdout);
    assert_eq!(tree(node.root()), files);
    assert_eq!(books(&node), rows);
    assert_eq!(node.status()["machine"]["name"], "电脑-a");
}

#[test]
fn init_without_a_database_says_what_comes_next() {
    let node = Node::builder("pc-a").unconfigured().build();
    let said = node.ok(&["init"]);
    assert!(said.stdout.contains("no database is configured"), "{}", said.stdout);
    assert!(node.root().join("certs/cert.pem").is_file());
    node.run(&["status"]).expect(2);
    let elsewhere = Node::builder("pc-b").unconfigured().build();
    let said = elsewhere.run(&["sync", "--database", "postgres://a@127.0.0.1:1/b"]).expect(2).stderr;
    assert!(said.contains("hint: run `driftless init`"), "{said}");
}

#[test]
fn a_question_is_never_a_write() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.script("v1_a.sql", "CREATE TABLE a (id integer);");
    let (files, rows) = (tree(node.root()), books(&node));
    node.run(&["status"]).expect(3);
    node.run(&["history"]).expect(1);
    node.run(&["check"]).expect(1);
    node.ok(&["fingerprint", "--objects"]);
    node.run(&["sync", "--dry-run"]);
    node.run(&["doctor"]);
    node.run(&["peers"]).expect(0);
    assert_eq!(books(&node), rows, "no table was made");
    assert_eq!(tree(node.root()), files, "no file was made");
}

#[test]
fn apply_sync_check_and_history_in_the_old_tools_shape() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script(
        "v2_add_new_field.sql",
        "CREATE TABLE orders (id integer);\nDO $$ BEGIN RAISE NOTICE '✓ 字段添加成功'; RAISE WARNING '✗ 字段'; END $$;\n",
    );
    node.script("v10_more.sql", "ALTER TABLE orders ADD COLUMN more text;\n");
    node.script("notes.txt", "nothing");
    let said = node.ok(&["apply", "v2_add_new_field.sql", "--lang", "zh"]);
    assert!(said.stdout.contains("✓ 迁移应用成功: v2_add_new_field.sql"), "{}", said.stdout);
    assert!(said.stdout.contains("✓ 字段添加成功") && said.stdout.contains("✗ 字段"), "{}", said.stdout);
    let said = node.ok(&["sync", "--lang", "zh"]).stdout;
    let lines = ["数据库迁移同步", "已应用的迁移: 1 个", "发现迁移文件: 2 个", "待应用的迁移: 1 个", "- v10_more.sql"];
    let after = [
        "✓ 迁移应用成功: v10_more.sql",
        "同步结果",
        "成功: 1 个",
        "失败: 0 个",
        "✓ 数据库结构同步完成!",
        "下一步: driftless check",
    ];
    let places: Vec<_> =
        lines.iter().chain(&after).map(|line| said.find(line).unwrap_or_else(|| panic!("{line}: {said}"))).collect();
    assert!(places.is_sorted(), "{said}");
    let said = node.ok(&["sync", "--lang", "zh"]).stdout;
    for line in ["已应用的迁移: 2 个", "发现迁移文件: 2 个", "待应用的迁移: 0 个", "没有待应用的迁移"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let said = node.ok(&["check", "--lang", "zh"]).stdout;
    assert!(said.contains("✓ 数据库结构完全一致!"), "{said}");
    node.database.execute("ALTER TABLE orders ADD COLUMN by_hand integer NOT NULL DEFAULT 1");
    let said = node.run(&["check"]).expect(3).stdout;
    assert!(said.contains("+ column public.orders.by_hand") && said.contains("type: integer"), "{said}");
    let found = node.run(&["check", "--json"]).expect(3).json();
    assert_eq!(found["equal"], false);
    let said = node.ok(&["history"]).stdout;
    assert!(said.contains("✓  v2_add_new_field.sql") && said.contains("applied: 2, failed: 0"), "{said}");
    let said = node.ok(&["history", "show", "v10_more"]).stdout;
    assert!(said.contains("ALTER TABLE orders ADD COLUMN more text;"), "{said}");
    node.run(&["history", "show", "v99_none.sql"]).expect(2);
}

#[test]
fn a_failing_script_is_told_with_its_place_and_recorded() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer);\nALTER TABLE nowhere ADD COLUMN b integer;\n");
    let said = node.run(&["apply", "v1_a.sql"]).expect(1);
    assert!(said.stdout.contains("✗ failed: v1_a.sql"), "{}", said.stdout);
    assert!(said.stdout.contains("v1_a.sql:2") && said.stdout.contains("42P01"), "{}", said.stdout);
    assert_eq!(node.database.value("SELECT to_regclass('a')::text"), None);
    assert!(node.ok(&["history"]).stdout.contains("✗  v1_a.sql"));
    node.run(&["status"]).expect(1);
    node.script("v1_a.sql", "\\connect other\nCREATE TABLE a (id integer);\n");
    let said = node.run(&["sync"]).expect(1);
    assert!(said.stdout.contains("v1_a.sql:1") && said.stdout.contains("psql"), "{}", said.stdout);
    node.run(&["apply", "v7_none.sql"]).expect(2);
}

#[test]
fn what_would_lose_data_is_held_until_yes_is_said() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer, note text);\n");
    node.ok(&["sync"]);
    node.database.execute("INSERT INTO a VALUES (1, 'x'), (2, NULL)");
    node.script("v2_drop.sql", "ALTER TABLE a DROP COLUMN note;\n");
    let said = node.run(&["apply", "v2_drop.sql"]).expect(4);
    assert!(said.stdout.contains("public.a.note: dropped with 1 value"), "{}", said.stdout);
    assert!(said.stderr.contains("--yes"), "{}", said.stderr);
    node.run(&["sync"]).expect(4);
    node.ok(&["apply", "v2_drop.sql", "--yes"]);
    assert_eq!(node.applied(), ["v1_a.sql", "v2_drop.sql"]);
}

#[test]
fn new_takes_the_next_version_and_fills_the_template() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v9_a.sql", "SELECT 1;");
    let path = node.ok(&["new", "加", "字段", "-q"]).stdout;
    assert!(path.trim_end().ends_with("v10_加_字段.sql"), "{path}");
    let text = fs::read_to_string(path.trim_end()).unwrap();
    assert!(text.contains("v10_加_字段.sql") && text.contains("用途: 加 字段"), "{text}");
    let report = node.ok(&["new", "more", "--no-edit", "--json"]).json();
    assert_eq!(report["name"], "v11_more.sql");
}

#[test]
fn reports_go_to_a_file_in_utf_8() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    let said = node.ok(&["status", "--lang", "zh", "-o", "report.txt"]);
    assert_eq!(said.stdout, "");
    let text = fs::read_to_string(node.root().join("report.txt")).unwrap();
    assert!(text.contains("数据库:"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let coloured = node.ok(&["status", "--color", "always"]).stdout;
    assert!(coloured.contains('\u{1b}'), "{coloured}");
}

#[test]
fn two_databases_are_compared_by_their_urls() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.database.execute("CREATE TABLE t (id integer, note text)");
    b.database.execute("CREATE TABLE t (id bigint)");
    let (from, to) = (a.database.url(), b.database.url());
    let said = a.run(&["diff", "--from", from, "--to", to]).expect(3).stdout;
    assert!(said.contains("~ column public.t.id") && said.contains("type: integer → bigint"), "{said}");
    assert!(said.contains("- column public.t.note"), "{said}");
    a.ok(&["diff", "--from", from, "--to", from]);
    let sql = a.run(&["diff", "--from", from, "--to", to, "--sql"]).expect(3).stdout;
    assert!(sql.contains("ALTER TABLE public.t DROP COLUMN note;") && sql.contains("hazard: data_loss"), "{sql}");
    a.run(&["fingerprint", "nonsense"]).expect(2);
    let there = a.ok(&["fingerprint", to]).stdout;
    assert_eq!(there.trim(), b.fingerprint());
}

#[test]
fn tokens_pair_two_machines_and_grants_are_changed_by_name() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    a.ok(&["init"]);
    b.ok(&["init"]);
    let invited = a.ok(&["invite"]);
    assert!(invited.stderr.contains("driftless agent"), "nobody listens yet: {}", invited.stderr);
    let token =
        invited.stdout.lines().find(|line| line.starts_with("dl1_")).expect("the token stands alone on its line");
    b.run(&["join", token]).expect(5);
    let _agent = a.agent();
    let joined = b.ok(&["join", token, "--grant", "pull"]).stdout;
    assert!(joined.contains("joined pc-a"), "{joined}");
    b.run(&["join", token]).expect(1);
    b.run(&["join", "dl1_nonsense"]).expect(2);
    assert_eq!(b.ok(&["peers", "--json"]).json()["peers"][0]["grant"], "pull");
    b.ok(&["peers", "grant", "pc-a", "apply"]);
    assert_eq!(b.ok(&["peers", "--json"]).json()["peers"][0]["grant"], "apply");
    assert!(b.findings("pc-a").contains("in_sync"), "{:?}", b.findings("pc-a"));
    b.run(&["status", "pc-x"]).expect(2);
    b.ok(&["peers", "remove", "pc-a"]);
    assert_eq!(b.ok(&["peers", "--json"]).json()["peers"], serde_json::json!([]));
    b.run(&["peers", "remove", "pc-a"]).expect(1);
}

#[test]
fn the_doctor_names_what_is_missing_with_its_mend() {
    need_postgres!();
    let node = Node::new("pc-a");
    let said = node.run(&["doctor"]).expect(1).stdout;
    assert!(said.contains("✗ this machine has no identity yet\n  → driftless init"), "{said}");
    node.ok(&["init"]);
    let said = node.ok(&["doctor", "--lang", "zh"]).stdout;
    assert!(said.contains("是超级用户") && said.contains("GRANT CREATE, CONNECT ON DATABASE"), "{said}");
    let items = node.ok(&["doctor", "--json"]).json();
    assert_eq!(items["good"], true);
    let said = node.ok(&["doctor"]).stdout;
    let size =
        said.split("journal entries: 1 (").nth(1).and_then(|rest| rest.split(" KiB").next()).map(str::parse::<u64>);
    assert!(matches!(size, Some(Ok(8..200))), "{said}");
}

#[test]
fn help_and_completions_in_both_languages() {
    let node = Node::builder("pc-a").unconfigured().build();
    assert!(node.ok(&["--help"]).stdout.contains("Apply everything pending"));
    assert!(node.ok(&["--help", "--lang", "zh"]).stdout.contains("应用所有待应用的脚本"));
    assert!(node.ok(&["completions", "bash"]).stdout.contains("driftless"));
    node.run(&["no-such-command"]).expect(2);
}

/// The whole story, and nothing left of it.
#[test]
fn the_demo_tells_its_story_and_removes_everything() {
    need_postgres!();
    let mut node = Node::builder("pc-a").unconfigured().build();
    let temporary = node.root().join("tmp");
    fs::create_dir(&temporary).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(node.root(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o1777)).unwrap();
    }
    node.env("TMPDIR", temporary.to_str().unwrap());
    node.env("DRIFTLESS_PG_BIN", Programs::find().unwrap().folder.to_str().unwrap());
    let said = node.ok(&["demo"]).stdout;
    assert_eq!(said.matches("pc-b is in sync after").count(), 4, "{said}");
    assert!(said.contains("+ column public.products.discount"), "{said}");
    assert!(said.contains("✗ failed: v8_add_product_colour.sql"), "{said}");
    assert!(said.contains("dropped with 2 values"), "{said}");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "nothing is left");
}

/// What `[hooks] before_sync` brings (`git pull`) is applied by the same `sync`, even where nothing was pending before.
#[test]
fn before_sync_brings_the_scripts_that_are_applied() {
    need_postgres!();
    let hook =
        if cfg!(windows) { "copy coming.txt migrations\\\\v1_a.sql" } else { "cp coming.txt migrations/v1_a.sql" };
    let node = Node::builder("pc-a").committed(&format!("[hooks]\nbefore_sync = \"{hook}\"\n")).build();
    node.write("coming.txt", "CREATE TABLE a (id integer);\n");
    node.ok(&["init"]);
    node.run(&["sync", "--dry-run"]).expect(0);
    assert!(!node.scripts().join("v1_a.sql").exists(), "a question runs no hook");
    node.ok(&["sync"]);
    assert_eq!(node.applied(), ["v1_a.sql"]);
}

#[test]
fn the_record_is_repaired_exported_and_reset_by_a_person() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_a.sql", "CREATE TABLE a (id integer);\n");
    node.ok(&["sync"]);
    // Edited after it was applied: told, never run again, and taken over when a person says so.
    node.script("v1_a.sql", "CREATE TABLE a (id integer); -- edited\n");
    let said = node.run(&["check"]).expect(3).stdout;
    assert!(said.contains("v1_a.sql was changed after it was applied"), "{said}");
    for command in [&["apply", "v1_a.sql"][..], &["sync"]] {
        let said = node.run(command).expect(4).stdout;
        assert!(said.contains("v1_a.sql was changed after it was applied"), "{said}");
    }
    assert_eq!(node.run(&["apply", "v1_a.sql", "--json"]).expect(4).json()["edited"][0], "v1_a.sql");
    node.ok(&["history", "repair", "v1_a"]);
    node.ok(&["check"]);
    assert!(node.ok(&["history", "show", "v1_a.sql"]).stdout.contains("-- edited"));
    // A checkout with other line ends holds the same script.
    let out = node.root().join("out");
    node.ok(&["history", "export", "out"]);
    let exported = fs::read_to_string(out.join("v1_a.sql")).unwrap();
    fs::write(out.join("v1_a.sql"), exported.replace('\n', "\r\n")).unwrap();
    node.ok(&["history", "export", "out"]);
    fs::write(out.join("v1_a.sql"), "something else").unwrap();
    node.run(&["history", "export", "out"]).expect(1);
    assert_eq!(fs::read_to_string(out.join("v1_a.sql")).unwrap(), "something else");
    node.script("v2_b.sql", "ALTER TABLE a ADD COLUMN b integer;\n");
    node.ok(&["history", "mark-applied", "v2_b.sql"]);
    assert_eq!(node.applied(), ["v1_a.sql", "v2_b.sql"]);
    // Nobody is there to be asked.
    node.run(&["history", "reset"]).expect(2);
    node.ok(&["history", "reset", "--yes"]);
    assert!(node.applied().is_empty());
    let said = node.run(&["sync"]).expect(4).stdout;
    assert!(said.contains("driftless heal --resume"), "{said}");
    assert!(node.applied().is_empty());
    node.ok(&["history", "mark-applied", "v1_a.sql"]);
    node.ok(&["history", "mark-applied", "v2_b.sql"]);
    node.ok(&["heal", "--resume"]);
    node.ok(&["sync"]);
}

#[test]
fn two_machines_are_compared_healed_and_numbered_together_without_an_agent_here() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agent = paired_one_way(&a, &b);
    a.script("v7_a.sql", "CREATE TABLE a (id integer);\n");
    // It is applied, and that pc-b could not be asked is told.
    let said = a.run(&["sync"]).expect(5).stdout;
    assert!(said.contains("✓ applied: v7_a.sql") && said.contains("pc-b: ✗ not reachable"), "{said}");
    let said = b.run(&["status", "--lang", "zh"]).expect(3).stdout;
    assert!(said.contains("落后于 pc-a 1 个脚本: v7_a.sql"), "{said}");
    let plan = b.run(&["heal", "--dry-run"]).expect(3).stdout;
    assert!(plan.contains("+ v7_a.sql"), "{plan}");
    let diff = b.run(&["diff", "pc-a", "--json"]).expect(3).json();
    assert_eq!(
        diff["changes"][0],
        serde_json::json!({
            "kind": "column", "name": "public.a.id", "change": "added", "hazards": [],
            "attributes": diff["changes"][0]["attributes"],
        })
    );
    // The next number is one that no machine has used.
    assert_eq!(b.ok(&["new", "b", "--json"]).json()["name"], "v8_b.sql");
    fs::remove_file(b.scripts().join("v8_b.sql")).unwrap();
    let said = b.ok(&["sync"]).stdout;
    assert!(said.contains("- v7_a.sql ← pc-a") && said.contains("✓ applied: v7_a.sql ← pc-a"), "{said}");
    b.ok(&["diff"]);
    b.ok(&["fingerprint", "peer:pc-a"]);
    assert_eq!(b.ok(&["fingerprint", "peer:pc-a"]).stdout.trim(), b.fingerprint());
    b.ok(&["heal"]);
    b.ok(&["status"]);
}

#[test]
fn what_may_lose_rows_outside_a_transaction_waits_for_a_word() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.ok(&["init"]);
    node.script("v1_t.sql", "CREATE TABLE t (id int, a text);\nCREATE TABLE u (id int);\n");
    node.ok(&["sync"]);
    node.database.execute("INSERT INTO t VALUES (1, 'x')");
    node.script("v2_index.sql", "CREATE INDEX CONCURRENTLY i ON t (id);\n");
    node.ok(&["sync"]);
    node.script("v3_drop.sql", "-- driftless: no-transaction\nALTER TABLE t DROP COLUMN a;\n");
    let held = node.run(&["sync"]).expect(4);
    assert!(held.stdout.contains("line 2: DROP COLUMN"), "{}{}", held.stdout, held.stderr);
    let held = node.run(&["apply", "v3_drop.sql"]).expect(4);
    assert!(
        held.stderr.contains("line 2: DROP COLUMN") || held.stdout.contains("line 2: DROP COLUMN"),
        "{}{}",
        held.stdout,
        held.stderr
    );
    assert_eq!(node.database.value("SELECT a FROM t").as_deref(), Some("x"));
    let zh = node.run(&["sync", "--lang", "zh"]).expect(4);
    assert!(zh.stdout.contains("第 2 行"), "{}", zh.stdout);
    node.ok(&["apply", "v3_drop.sql", "--yes"]);
    node.ok(&["check"]);
}
