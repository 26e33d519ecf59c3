//! Canonical forms and rewritten texts against a real server: some four hundred shapes of expressions (`expression/shapes.txt`)
//! are stored, printed, stored again from what was printed, and printed again.
//!
//! `expression/majors.json` holds what 13 to 18 print of each shape (only 15 for those that say the same).

#[path = "expression/random.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use driftless::postgres::catalog::CatalogReader;
use driftless::schema::expression::{across, canonical, rewritten};
use driftless::schema::{Fact, Model, Scope, Value, ddl, diff};

use crate::harness::{Programs, TestDatabase};

const BASE: &str = include_str!("expression/base.sql");
const SHAPES: &str = include_str!("expression/shapes.txt");
const MAJORS: &str = include_str!("expression/majors.json");

struct Shape<'a> {
    name: String,
    kind: &'a str,
    class: &'a str,
    sql: &'a str,
}

fn shapes() -> Vec<Shape<'static>> {
    let lines = SHAPES.lines().filter(|line| !line.starts_with('#'));
    let shape = |(n, line): (usize, &'static str)| {
        let mut parts = line.splitn(3, '|').map(str::trim);
        let mut part = || parts.next().unwrap();
        Shape { name: format!("s{n:03}"), kind: part(), class: part(), sql: part() }
    };
    lines.enumerate().map(shape).collect()
}

impl Shape<'_> {
    /// The statement that stores the shape as its author wrote it.
    fn written(&self) -> String {
        let Self { name, class, sql, .. } = self;
        match self.kind {
            "check" => format!("ALTER TABLE public.t ADD CONSTRAINT {name} CHECK ({sql})"),
            "index" => format!("CREATE INDEX {name} ON public.t {sql}"),
            "trigger" => format!(
                "CREATE TRIGGER {name} BEFORE UPDATE ON public.t FOR EACH ROW WHEN ({sql}) EXECUTE FUNCTION public.fire()"
            ),
            "rule" => format!("CREATE RULE {name} AS ON UPDATE TO public.t DO ALSO {sql}"),
            "domain" => format!("CREATE DOMAIN public.{name} AS {class} CONSTRAINT c CHECK ({sql})"),
            _ => self.stored(sql),
        }
    }

    /// The statement that stores what was printed.
    fn stored(&self, printed: &str) -> String {
        let Self { name, class, .. } = self;
        let class = if class.starts_with("varchar") || class.is_empty() { (*class).to_owned() } else { local(class) };
        match self.kind {
            "check" => format!("ALTER TABLE public.t ADD CONSTRAINT {name} {printed}"),
            "default" => format!("CREATE TABLE public.{name} (c {class} DEFAULT {printed})"),
            "generated" => {
                format!("CREATE TABLE public.{name} (LIKE public.t, c {class} GENERATED ALWAYS AS ({printed}) STORED)")
            }
            "index" => format!("CREATE INDEX {name} ON public.t USING {printed}"),
            "view" => format!("CREATE VIEW public.{name} AS {}", printed.trim_end_matches(';')),
            "policy" => format!("CREATE POLICY {name} ON public.t USING ({printed})"),
            "trigger" => {
                format!("CREATE TRIGGER {name} {}", printed.replacen(" FOR EACH", " ON public.t FOR EACH", 1))
            }
            "rule" => format!("CREATE RULE {name} AS ON UPDATE TO public.t {}", printed.trim_end_matches(';')),
            "domain" => format!("CREATE DOMAIN public.{name} AS {class} CONSTRAINT c {printed}"),
            "function" => format!("CREATE FUNCTION public.{name}({printed}) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            other => panic!("{other}"),
        }
    }

    /// What the server printed of it.
    fn printed(&self, model: &Model) -> Option<String> {
        let (kind, name, attribute) = match self.kind {
            "check" => ("constraint", format!("public.t.{}", self.name), "definition"),
            "default" => ("default", format!("public.{}.c", self.name), "expression"),
            "generated" => ("column", format!("public.{}.c", self.name), "generated"),
            "policy" => ("policy", format!("public.t.{}", self.name), "using"),
            "trigger" => ("trigger", format!("public.t.{}", self.name), "definition"),
            "rule" => ("rule", format!("public.t.{}", self.name), "definition"),
            "domain" => ("constraint", format!("public.{}.c", self.name), "definition"),
            "function" => ("function", format!("public.{}(", self.name), "arguments"),
            kind => (kind, format!("public.{}", self.name), "definition"),
        };
        let is_it = |fact: &&Fact| {
            fact.id.kind.word() == kind
                && (fact.id.name == name || kind == "function" && fact.id.name.starts_with(&name))
        };
        match model.facts().find(is_it)?.attributes.get(attribute)? {
            Value::Text(text) => Some(text.clone()),
            other => panic!("{other:?}"),
        }
    }
}

/// Types of ours by their whole name, since what was printed is stored with an empty search_path.
fn local(class: &str) -> String {
    let ours = ["dv", "color", "color[]", "pair"].contains(&class);
    if ours { format!("public.{class}") } else { class.to_owned() }
}

/// A database with these statements in it; those that the server refuses are left out.
async fn database_of(prelude: &str, statements: &[String]) -> TestDatabase {
    let database = TestDatabase::create();
    let client = database.client().await;
    client.batch_execute(&format!("{BASE};{prelude}")).await.unwrap();
    for statement in statements {
        let _ = client.batch_execute(statement).await;
    }
    database
}

async fn read(database: &TestDatabase) -> Model {
    let client = database.client().await;
    let scope = Scope::new(vec!["public".into()], vec![]);
    CatalogReader::new(&client, &scope).await.unwrap().read(&client).await.unwrap().model
}

async fn model_of(prelude: &str, statements: &[String]) -> Model {
    read(&database_of(prelude, statements).await).await
}

const AS_PRINTED: &str = "SET search_path = pg_catalog; SET TimeZone = 'UTC'";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_printed_and_stored_again_is_the_same() {
    crate::need_postgres!();
    let shapes = shapes();
    let first = model_of("", &shapes.iter().map(Shape::written).collect::<Vec<_>>()).await;
    let printed: Vec<_> = shapes.iter().filter_map(|shape| Some((shape, shape.printed(&first)?))).collect();
    assert!(printed.len() > shapes.len() - 25, "only {} of {} shapes were stored", printed.len(), shapes.len());

    let again: Vec<_> = printed.iter().map(|(shape, text)| shape.stored(text)).collect();
    let second = model_of(AS_PRINTED, &again).await;
    let texts_moved = first.facts().filter(|fact| second.fact(&fact.id) != Some(fact)).count();
    assert!(texts_moved > 20, "the server prints fixed points alone: nothing is tested");
    assert_eq!(diff(&first, &second), [], "what was printed, stored as it stands");
    assert_eq!(first.fingerprint(), second.fingerprint());

    let again: Vec<_> = printed.iter().map(|(shape, text)| shape.stored(&rewritten(text))).collect();
    let third = model_of(AS_PRINTED, &again).await;
    for fact in first.facts() {
        assert_eq!(Some(fact), third.fact(&fact.id), "what was printed, stored as rewritten");
    }
}

/// Kinds that hold expressions and have no shapes of their own.
const MORE: [&str; 8] = [
    "CREATE MATERIALIZED VIEW public.m1 AS SELECT i, v FROM public.t WHERE v IN ('a', 'b') AND (i > 1 AND n > 2)",
    "CREATE TABLE public.p1 (a int, b varchar, c date) PARTITION BY RANGE (a, (lower(b)))",
    "CREATE TABLE public.p2 PARTITION OF public.p1 FOR VALUES FROM (-1, 'a') TO (5, MAXVALUE)",
    "CREATE TABLE public.p3 (a varchar CHECK (a IN ('x', 'y')), b int) PARTITION BY LIST (a)",
    "CREATE TABLE public.p4 PARTITION OF public.p3 FOR VALUES IN ('x', 'y, z', NULL)",
    "CREATE TABLE public.x1 (a int, r int4range, EXCLUDE USING gist (r WITH &&) WHERE (a BETWEEN 1 AND 2 AND a <> -1))",
    "CREATE STATISTICS public.st (ndistinct) ON (lower(v)), ((i BETWEEN 1 AND 2) AND (n BETWEEN 1 AND 2)) FROM public.t",
    "CREATE FUNCTION public.f1(a int, b varchar) RETURNS boolean LANGUAGE sql IMMUTABLE
        RETURN a BETWEEN 1 AND 2 AND b IN ('a', 'b') AND a > -1::int",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_restored_from_a_dump_has_the_same_fingerprint() {
    crate::need_postgres!();
    let programs = Programs::find().unwrap();
    let Some(pg_dump) = programs.pg_dump else {
        eprintln!("SKIPPED: no pg_dump beside the server");
        return;
    };
    let written = shapes().iter().map(Shape::written).chain(MORE.map(str::to_owned)).collect::<Vec<_>>();
    let original = database_of("", &written).await;
    let dumped = Command::new(pg_dump).args(["-s", "-d", original.url()]).output().unwrap();
    let text = String::from_utf8(dumped.stdout).unwrap();
    let text: String = text.lines().filter(|line| !line.starts_with('\\')).map(|line| format!("{line}\n")).collect();
    let text = text.replace("CREATE SCHEMA public;", "");
    let copy = TestDatabase::create();
    copy.client().await.batch_execute(&text).await.unwrap();
    let (original, copy) = (read(&original).await, read(&copy).await);
    assert_eq!(diff(&original, &copy), []);
    assert_eq!(original.fingerprint(), copy.fingerprint());
    assert!(original.facts().any(|fact| copy.fact(&fact.id) != Some(fact)), "pg_dump restores fixed points alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_by_our_ddl_is_dumped_like_the_original() {
    crate::need_postgres!();
    if Programs::find().unwrap().pg_dump.is_none() {
        eprintln!("SKIPPED: no pg_dump beside the server");
        return;
    }
    // Kinds whose DDL is not written yet.
    let all = shapes();
    let has_ddl = |shape: &&Shape<'_>| !matches!(shape.kind, "policy" | "rule") && !shape.sql.contains("###");
    let shapes = all.iter().filter(has_ddl).map(Shape::written);
    let more = MORE.iter().filter(|sql| !sql.starts_with("CREATE STATISTICS")).map(|sql| (*sql).to_owned());
    let without = ["DROP OPERATOR public.### (int, int)".to_owned()];
    let written = shapes.chain(more).chain(without).collect::<Vec<_>>();
    let original = database_of("", &written).await;
    let model = read(&original).await;
    let copy = TestDatabase::create();
    let script = ddl::script(&read(&copy).await, &model);
    assert_eq!(script.left_out, []);
    let client = copy.client().await;
    for step in &script.steps {
        let result = client.batch_execute(&step.statement.sql).await;
        assert!(result.is_ok(), "{:?} in {}", result.unwrap_err().as_db_error(), step.statement.sql);
    }
    assert_eq!(diff(&model, &read(&copy).await), []);
    let (original, copy) = (statements(&original.dump()), statements(&copy.dump()));
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| here.difference(there).cloned().collect::<Vec<_>>();
    assert_eq!((only(&original, &copy), only(&copy, &original)), (vec![], vec![]));
}

/// What a dump says, in no order.
fn statements(dump: &str) -> BTreeSet<String> {
    dump.split(";\n").map(|text| text.trim().to_owned()).collect()
}

fn prints() -> Vec<(String, BTreeMap<u32, String>)> {
    let list: Vec<(String, BTreeMap<u32, String>)> = serde_json::from_str(MAJORS).unwrap();
    assert!(list.len() > 340);
    list
}

#[test]
fn majors_have_one_canonical_form() {
    // 15 gives a relation called like OLD another alias; the target of a rule's INSERT has one since 14.
    let known = ["old.", "INSERT INTO o(i, v) SELECT NEW.i, v"];
    for (sql, by_major) in prints().iter().filter(|(sql, _)| !known.iter().any(|known| sql.contains(known))) {
        let text = |major| by_major.get(&major).unwrap_or(&by_major[&15]);
        for later in [14, 16, 17, 18] {
            assert_eq!(canonical(text(15)), canonical(text(later)), "{later}: {sql}");
        }
        let (old, new) = (across(text(13)), across(text(15)));
        assert_eq!(old.bound, new.bound, "{sql}");
        if !old.bound {
            assert_eq!(old.text, new.text, "{sql}");
        }
    }
}

/// Every token of every print, replaced by another one that could stand there: the canonical form must notice.
#[test]
fn a_changed_token_changes_the_canonical_form() {
    let mut changed = 0;
    for (sql, by_major) in prints() {
        let text = &by_major[&15];
        let form = canonical(text);
        for (start, end) in words(text) {
            for other in others(&text[start..end]).into_iter().filter(|other| *other != text[start..end]) {
                let mutant = format!("{}{other}{}", &text[..start], &text[end..]);
                changed += 1;
                assert_ne!(canonical(&mutant), form, "{sql}\n{text}\n{mutant}");
            }
        }
    }
    assert!(changed > 5_000, "{changed}");
}

/// Where words, numbers and operators begin and end; blanks and brackets are none.
fn words(text: &str) -> Vec<(usize, usize)> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 1,
        c if c.is_whitespace() || "()[],;.:'\"{}".contains(c) => 0,
        _ => 2,
    };
    let mut found: Vec<(usize, usize, u8)> = Vec::new();
    for (at, c) in text.char_indices() {
        match found.last_mut() {
            Some((_, end, of)) if *end == at && *of == class(c) && class(c) > 0 => *end = at + c.len_utf8(),
            _ if class(c) > 0 => found.push((at, at + c.len_utf8(), class(c))),
            _ => {}
        }
    }
    found.into_iter().map(|(start, end, _)| (start, end)).collect()
}

fn others(word: &str) -> Vec<String> {
    match word {
        "AND" => vec!["OR".into()],
        "OR" => vec!["AND".into()],
        "ANY" => vec!["ALL".into()],
        "ALL" => vec!["ANY".into()],
        "BOTH" => vec!["LEADING".into()],
        "=" => vec!["<>".into(), "<".into()],
        ">" => vec![">=".into(), "<".into()],
        "-" => vec!["+".into()],
        _ if word.bytes().all(|b| b.is_ascii_digit()) => vec![format!("{word}1"), format!("9{word}")],
        _ if word.chars().next().is_some_and(char::is_lowercase) => vec![format!("{word}x"), "zz".into()],
        _ => vec![],
    }
}
