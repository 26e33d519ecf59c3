//! `capture` and `revert`: changes made by hand become scripts, scripts are undone by scripts; the real binary, real servers.

use std::fs;
use std::time::Duration;

use crate::harness::{Node, paired, paired_one_way, wait_until};

/// A machine with a small shop.
fn shop(name: &str) -> Node {
    let node = Node::new(name);
    node.ok(&["init"]);
    node.script(
        "v1_shop.sql",
        "CREATE TABLE store (id integer PRIMARY KEY, city text);\n\
         CREATE TABLE orders (id serial PRIMARY KEY, store integer REFERENCES store, note text NOT NULL DEFAULT 'x', amount numeric);\n\
         CREATE INDEX by_note ON orders (note);\nCREATE VIEW notes AS SELECT id, note FROM orders;\n\
         COMMENT ON COLUMN orders.note IS '备注';\n",
    );
    node.ok(&["sync"]);
    node
}

#[test]
fn what_was_changed_by_hand_becomes_a_script_that_the_peer_applies() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agent = paired_one_way(&a, &b);
    a.script("v1_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
    // pc-b has no agent running, so that it is not reached
    a.run(&["sync"]).expect(5);
    b.ok(&["sync"]);
    assert!(a.ok(&["capture", "nothing"]).stdout.contains("nothing was changed by hand"));
    a.database.execute("ALTER TABLE a ADD COLUMN 备注 text DEFAULT '无'; COMMENT ON COLUMN a.备注 IS '说明'; CREATE INDEX i ON a (备注)");
    a.run(&["check"]).expect(3);
    let dry = a.ok(&["capture", "加", "备注", "--dry-run", "--json"]).json();
    assert_eq!((&dry["name"], &dry["recorded"]), (&"v2_加_备注.sql".into(), &false.into()));
    a.run(&["check"]).expect(3);
    let said = a.ok(&["capture", "加", "备注", "--lang", "zh"]);
    assert!(said.stdout.contains("-- 用途: 加 备注") && said.stdout.contains("已记录为在本机应用"), "{}", said.stdout);
    let text = fs::read_to_string(a.scripts().join("v2_加_备注.sql")).unwrap();
    assert_eq!(dry["text"], text, "the text depends on history and facts alone");
    assert!(!text.contains("check_function_bodies"), "{text}");
    assert_eq!(a.applied(), ["v1_a.sql", "v2_加_备注.sql"]);
    a.ok(&["check", "--replay"]);
    // The effect is recorded: the peer verifies it like any other script's.
    b.ok(&["sync"]);
    assert_eq!(b.applied(), ["v1_a.sql", "v2_加_备注.sql"]);
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_eq!(a.database.dump(), b.database.dump());
    // Nothing is left to do on the machine where it was made.
    assert!(a.run(&["sync"]).stdout.contains("Pending scripts: 0"));
}

#[test]
fn a_rename_made_by_hand_stays_a_rename() {
    need_postgres!();
    let node = shop("pc-a");
    node.database.execute("ALTER TABLE orders RENAME COLUMN note TO remark; ALTER TABLE orders ADD COLUMN extra date");
    node.ok(&["capture", "rename"]);
    let text = fs::read_to_string(node.scripts().join("v2_rename.sql")).unwrap();
    assert!(text.contains("ALTER TABLE public.orders RENAME COLUMN note TO remark;"), "{text}");
    assert!(text.contains("-- 风险: breaks_clients"), "{text}");
    assert!(
        !text.contains("DROP") && !text.contains("INDEX"),
        "what follows a rename by itself is not written: {text}"
    );
    node.ok(&["check", "--replay"]);
}

#[test]
fn two_machines_changed_alike_capture_the_same_script() {
    need_postgres!();
    let nodes = [shop("pc-a"), shop("pc-b")];
    let texts = nodes.each_ref().map(|node| {
        node.database.execute(
            "CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql AS 'SELECT i * 2';
             CREATE TABLE more (id integer GENERATED ALWAYS AS IDENTITY, kind varchar(10) CHECK (kind <> ''));
             ALTER TABLE orders ALTER COLUMN amount TYPE numeric(10, 2)",
        );
        node.ok(&["capture", "more", "-q"]).stdout
    });
    assert_eq!(texts[0], texts[1]);
    assert_eq!(nodes[0].fingerprint(), nodes[1].fingerprint());
}

#[test]
fn a_script_is_undone_by_a_script() {
    need_postgres!();
    let node = shop("pc-a");
    let before = node.database.dump();
    node.script(
        "v2_more.sql",
        "ALTER TABLE orders ADD COLUMN colour text; ALTER TABLE orders ALTER COLUMN amount TYPE bigint;\n\
         DROP VIEW notes; COMMENT ON COLUMN orders.note IS 'other'; CREATE TYPE mood AS ENUM ('good', 'bad');\n",
    );
    node.ok(&["sync"]);
    let said = node.ok(&["revert", "v2_more"]);
    let file = node.scripts().join("v3_revert_v2_more.sql");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("-- 风险: data_loss") && text.contains("-- hazard: data_loss"), "{text}");
    assert!(said.stdout.contains("it was not run"), "{}", said.stdout);
    assert_ne!(node.database.dump(), before, "written, not run");
    node.ok(&["apply", "v3_revert_v2_more.sql", "--yes"]);
    assert_eq!(node.database.dump(), before);
    node.ok(&["check"]);
}

#[test]
fn what_was_captured_is_undone_too() {
    need_postgres!();
    let node = shop("pc-a");
    node.database.execute("GRANT SELECT ON notes TO PUBLIC");
    let before = node.database.dump();
    let acl = || node.database.value("SELECT relacl::text FROM pg_class WHERE relname = 'notes'");
    let granted = acl();
    node.database.execute(
        "ALTER TABLE store ALTER COLUMN city TYPE varchar(77); ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
         ALTER TABLE orders ADD COLUMN extra date; DROP INDEX by_note;
         CREATE OR REPLACE VIEW notes AS SELECT id, note, 1 AS one FROM orders",
    );
    node.ok(&["capture", "widen"]);
    node.ok(&["revert", "v2_widen.sql"]);
    let text = fs::read_to_string(node.scripts().join("v3_revert_v2_widen.sql")).unwrap();
    assert!(text.contains("ALTER COLUMN city TYPE text") && text.contains("DROP VIEW"), "{text}");
    node.ok(&["apply", "v3_revert_v2_widen.sql", "--yes"]);
    assert_eq!(node.database.dump(), before);
    assert_eq!(acl(), granted, "what is made again has the grants that it had");
    node.ok(&["check"]);
}

#[test]
fn what_was_renamed_is_renamed_back() {
    need_postgres!();
    let node = shop("pc-a");
    node.script("v2_rename.sql", "ALTER TABLE store RENAME COLUMN city TO town;\n");
    node.ok(&["sync"]);
    node.database.execute("INSERT INTO store VALUES (1, '上海')");
    node.ok(&["revert", "scripts/v2_rename.sql"]);
    let said = node.run(&["revert", "v2_rename.sql"]).expect(1).stderr;
    assert!(said.contains("`v3_revert_v2_rename.sql` was written for that already"), "{said}");
    node.ok(&["apply", "v3_revert_v2_rename.sql"]);
    assert_eq!(node.database.value("SELECT city FROM store").as_deref(), Some("上海"));
}

#[test]
fn what_later_scripts_build_on_is_not_undone() {
    need_postgres!();
    let node = shop("pc-a");
    node.script("v2_t.sql", "CREATE TABLE t (id integer, note text);\n");
    node.script("v3_column.sql", "ALTER TABLE t ADD COLUMN more text;\n");
    node.script("v4_other.sql", "CREATE TABLE other (id integer);\n");
    node.script("v5_column.sql", "ALTER TABLE orders ADD COLUMN colour text;\n");
    node.script("v6_view.sql", "CREATE VIEW colours AS SELECT colour FROM orders;\n");
    node.ok(&["sync"]);
    let said = node.run(&["revert", "v2_t.sql"]).expect(1).stderr;
    assert!(said.contains("v3_column.sql built on it since"), "{said}");
    let said = node.run(&["revert", "v5_column.sql"]).expect(1).stderr;
    assert!(said.contains("v6_view.sql"), "{said}");
    node.ok(&["revert", "v4_other.sql", "--dry-run"]);
    node.run(&["revert", "v9_none.sql"]).expect(1);
    node.database.execute("ALTER TABLE t ALTER COLUMN more SET DEFAULT 'x', ALTER COLUMN more SET NOT NULL");
    let said = node.run(&["revert", "v3_column.sql"]).expect(1).stderr;
    assert!(said.contains("changed by hand since: column public.t.more"), "{said}");
    node.script("v7_rows.sql", "INSERT INTO other VALUES (1);\n");
    node.ok(&["sync"]);
    let said = node.run(&["revert", "v7_rows.sql"]).expect(1).stderr;
    assert!(said.contains("changed nothing in the schema"), "{said}");
}

#[test]
fn what_was_there_before_driftless_is_no_obstacle() {
    need_postgres!();
    let node = Node::new("pc-a");
    node.database.execute(
        "CREATE TABLE old (id serial PRIMARY KEY, kind text NOT NULL); CREATE INDEX old_kind ON old (lower(kind));
         CREATE VIEW olds AS SELECT count(*) AS n FROM old",
    );
    node.ok(&["init"]);
    node.script("v1_a.sql", "ALTER TABLE old ADD COLUMN a integer;\n");
    node.ok(&["sync"]);
    node.ok(&["check", "--replay"]);
    node.database.execute("ALTER TABLE old ADD COLUMN b integer");
    node.ok(&["capture", "b"]);
    node.ok(&["check", "--replay"]);
}

#[test]
fn a_role_without_createdb_is_told_what_could_not_be_proven() {
    need_postgres!();
    let node = shop("pc-a");
    node.script("v2_t.sql", "CREATE TABLE t (id integer);\n");
    node.ok(&["sync"]);
    let role = format!("plain_{}", node.database.name());
    node.database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public, driftless TO {role};
         GRANT ALL ON SCHEMA public, driftless TO {role}; ALTER TABLE orders ADD COLUMN by_hand text"
    ));
    let url = node.database.url().replace("postgres@", &format!("{role}@"));
    let said = node.run(&["capture", "x", "--database", &url]);
    let undone = node.run(&["revert", "v2_t.sql", "--database", &url]);
    node.database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    assert!(said.stderr.contains(&format!("ALTER ROLE \"{role}\" CREATEDB;")), "{}", said.stderr);
    said.expect(1);
    // What is only written, and not run, may be written untried.
    assert!(undone.expect(0).stdout.contains("the script was not tried"));
    assert_eq!(node.applied(), ["v1_shop.sql", "v2_t.sql"]);
}

/// Two machines, two agents, a column typed into psql: a minute later it is a script on both.
#[test]
fn what_is_only_added_by_hand_becomes_a_script_by_itself() {
    need_postgres!();
    let (a, b) = (Node::new("pc-a"), Node::new("pc-b"));
    let _agents = paired(&a, &b);
    a.script("v1_a.sql", "CREATE TABLE a (id integer, gone text);\n");
    a.ok(&["sync"]);
    wait_until("pc-b has it", Duration::from_secs(30), || b.applied() == ["v1_a.sql"]);
    a.database.execute("ALTER TABLE a ADD COLUMN by_hand text DEFAULT 'x'");
    // What takes something away is never captured unasked.
    b.database.execute("ALTER TABLE a DROP COLUMN gone");
    let names = ["v1_a.sql".to_owned(), "v2_add_column_a_by_hand_and_1_more.sql".to_owned()];
    wait_until("it is a script", Duration::from_secs(110), || a.applied() == names);
    // The file is written when the row is there.
    wait_until("its file is there", Duration::from_secs(10), || a.scripts().join(&names[1]).is_file());
    wait_until("pc-b has it", Duration::from_secs(30), || b.applied() == names);
    assert_eq!(b.database.value("SELECT by_hand FROM (SELECT 1) one LEFT JOIN a ON true"), None);
    assert!(b.run(&["check"]).expect(3).stdout.contains("- column public.a.gone"));
}
