use super::*;
use crate::script::reach::ReachKind;
use proptest::prelude::*;

fn analysis(text: &str) -> Analysis {
    analyze(&CanonicalText::from_canonical(text).expect("canonical"))
}

#[track_caller]
fn statements(text: &str, expected: &[&str]) {
    let found = analysis(text);
    let found: Vec<&str> = found.statements.iter().map(|statement| &text[statement.range.clone()]).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn problems(text: &str, expected: &[(usize, ProblemKind)]) {
    let found: Vec<(usize, ProblemKind)> =
        analysis(text).problems.into_iter().map(|problem| (problem.line, problem.kind)).collect();
    assert_eq!(found, expected, "{text}");
}

#[track_caller]
fn outside(text: &str, expected: Option<(usize, &str)>) {
    let found = analysis(text);
    assert_eq!(found.outside_reason.as_ref().map(|(line, what)| (*line, what.as_str())), expected, "{text}");
    assert_eq!(found.transactional, expected.is_none());
}

#[track_caller]
fn reaches(text: &str, expected: &[(usize, ReachKind, &str)]) {
    let found = analysis(text);
    let found: Vec<_> = found.reaches.iter().map(|reach| (reach.line, reach.kind, reach.what.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

fn control(words: &str) -> ProblemKind {
    ProblemKind::TransactionControl(words.into())
}

#[track_caller]
fn isolated(text: &str, level: Isolation, rest: &[&str]) {
    assert_eq!(analysis(text).isolation, level, "{text}");
    statements(text, rest);
}

#[test]
fn the_isolation_level_that_a_script_begins_with_is_that_of_its_transaction() {
    isolated("SELECT 1", Isolation::ReadCommitted, &["SELECT 1"]);
    isolated("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;", Isolation::Serializable, &["SELECT 1"]);
    isolated(
        "start transaction read write, isolation level repeatable read; SELECT 1; END",
        Isolation::RepeatableRead,
        &["SELECT 1"],
    );
    isolated("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1", Isolation::RepeatableRead, &["SELECT 1"]);
    isolated(
        "BEGIN;\n-- why\nset transaction isolation level serializable, read write; SELECT 1; COMMIT",
        Isolation::Serializable,
        &["SELECT 1"],
    );
    isolated(
        "BEGIN ISOLATION LEVEL SERIALIZABLE; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SELECT 1; COMMIT",
        Isolation::ReadCommitted,
        &["SELECT 1"],
    );
    // the server answers these
    let late = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
    isolated(&format!("SELECT 1; {late}"), Isolation::ReadCommitted, &["SELECT 1", late]);
    let more = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE";
    isolated(more, Isolation::ReadCommitted, &[more]);
    isolated("SET TRANSACTION READ ONLY", Isolation::ReadCommitted, &["SET TRANSACTION READ ONLY"]);
}

#[test]
fn statements_are_split_where_postgresql_splits_them() {
    statements("SELECT 1; ;; SELECT 2", &["SELECT 1", "SELECT 2"]);
    statements("-- a;\nSELECT ';' /* ; */;\n", &["SELECT ';'"]);
    statements("DO $$ BEGIN a; b; END $$; SELECT 1", &["DO $$ BEGIN a; b; END $$", "SELECT 1"]);
    statements(
        "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
        &["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
    );
    let atomic =
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
    statements(&format!("{atomic}; SELECT 3;"), &[atomic, "SELECT 3"]);
    let named =
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1 AS end, t.case FROM t; SELECT 2; END";
    statements(&format!("{named}; SELECT 3"), &[named, "SELECT 3"]);
    let schema = "CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT a FROM t GRANT SELECT ON t TO x";
    statements(&format!("{schema}; SELECT 3"), &[schema, "SELECT 3"]);
    statements("", &[]);
    statements("-- only a comment\n", &[]);
    statements("SELECT a[1:2]; SELECT 2", &["SELECT a[1:2]", "SELECT 2"]);
}

#[test]
fn lines_are_those_of_the_first_token() {
    let lines: Vec<usize> = analysis("-- x\n\nSELECT 1;\n/* a\n b */ SELECT 2;")
        .statements
        .iter()
        .map(|statement| statement.line)
        .collect();
    assert_eq!(lines, [3, 5]);
}

#[test]
fn what_cannot_be_run_is_found_with_its_line() {
    problems("SELECT 1;\nCOMMIT;", &[(2, control("COMMIT"))]);
    problems("SELECT 1;\n\ncommit and chain;", &[(3, control("COMMIT AND"))]);
    problems(
        "SAVEPOINT a; ROLLBACK TO a; RELEASE a; ABORT;",
        &[(1, control("SAVEPOINT")), (1, control("ROLLBACK TO")), (1, control("RELEASE")), (1, control("ABORT"))],
    );
    problems(
        "PREPARE TRANSACTION 'x';\nCOMMIT PREPARED 'x'",
        &[(1, control("PREPARE TRANSACTION")), (2, control("COMMIT PREPARED"))],
    );
    problems("PREPARE q AS SELECT 1", &[]);
    problems("/* */ -- \n /* COMMIT; */ COMMIT", &[(2, control("COMMIT"))]);
    problems("\\connect other\nSELECT 1", &[(1, ProblemKind::MetaCommand("\\connect".into()))]);
    problems("SELECT 1;\nCOPY t (a) FROM stdin;\n1\tit's\n\\.\nSELECT 2;", &[(2, ProblemKind::CopyFromStdin)]);
    problems("SELECT 'a", &[(1, ProblemKind::Unterminated("string".into()))]);
    problems("SELECT 1\0", &[(1, ProblemKind::NulCharacter)]);
    problems("SET standard_conforming_strings = off", &[(1, ProblemKind::StringSyntax)]);
    problems("SET standard_conforming_strings = on; SET LOCAL standard_conforming_strings TO 'true'", &[]);
    problems("SELECT 1;\nDO $$ BEGIN SET standard_conforming_strings = off; END $$", &[(2, ProblemKind::StringSyntax)]);
    problems("SELECT 1;\nRESET standard_conforming_strings", &[(2, ProblemKind::StringSyntax)]);
    problems("COMMENT ON TABLE t IS 'wants standard_conforming_strings'", &[]);
    problems("SET client_encoding = 'UTF8'; SET NAMES 'utf-8'", &[]);
    problems("SET names 'GBK'", &[(1, ProblemKind::ClientEncoding("gbk".into()))]);
    problems("SET LOCAL client_encoding TO latin1", &[(1, ProblemKind::ClientEncoding("latin1".into()))]);
    problems("SELECT set_config('standard_conforming_strings', 'off', false)", &[(1, ProblemKind::StringSyntax)]);
    problems("CREATE TABLE commit_log (id int); COMMENT ON TABLE commit_log IS 'COMMIT;'", &[]);
    problems("DO $$ BEGIN PERFORM 1; COMMIT; END $$", &[]);
    problems("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", &[]);
}

#[test]
fn one_transaction_around_everything_is_left_out() {
    statements("BEGIN;\nSELECT 1;\nCOMMIT;\n", &["SELECT 1"]);
    statements("-- x\nSTART TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; END TRANSACTION", &["SELECT 1"]);
    problems("BEGIN; SELECT 1; COMMIT;", &[]);
    statements("BEGIN; COMMIT;", &[]);
    statements("BEGIN; SELECT 1; COMMIT; SELECT 2;", &["SELECT 1", "SELECT 2"]);
    statements(
        "SELECT 0; START TRANSACTION; SELECT 1; END; BEGIN WORK; SELECT 2; COMMIT;",
        &["SELECT 0", "SELECT 1", "SELECT 2"],
    );
    problems("SELECT 1; COMMIT; SELECT 2;", &[(1, control("COMMIT"))]);
    problems("BEGIN; BEGIN; SELECT 1; COMMIT; COMMIT;", &[(1, control("BEGIN")), (1, control("COMMIT"))]);
    problems("SELECT 0; BEGIN; SET LOCAL role = x; COMMIT;", &[(1, control("BEGIN")), (1, control("COMMIT"))]);
    problems(
        "BEGIN; CREATE TEMP TABLE t () ON COMMIT DROP; COMMIT; SELECT 1",
        &[(1, control("BEGIN")), (1, control("COMMIT"))],
    );
    problems(
        "BEGIN; SELECT pg_catalog.Set_Config('role', 'x', true); COMMIT; SELECT 1",
        &[(1, control("BEGIN")), (1, control("COMMIT"))],
    );
    problems("SELECT 0; BEGIN READ ONLY; SELECT 1; COMMIT;", &[(1, control("BEGIN")), (1, control("COMMIT"))]);
    problems("SELECT 0; BEGIN; SELECT 1", &[(1, control("BEGIN"))]);
    problems("VACUUM; BEGIN; SELECT 1; COMMIT", &[(1, ProblemKind::BlockOutside)]);
    problems("-- driftless: no-transaction\nSELECT 0; BEGIN; SELECT 1; COMMIT", &[(2, ProblemKind::BlockOutside)]);
    statements("BEGIN; SELECT 1;\nCOMMIT;\nBEGIN; SELECT 2; COMMIT;", &["SELECT 1", "SELECT 2"]);
    problems("BEGIN; SELECT 1; COMMIT AND CHAIN;", &[(1, control("BEGIN")), (1, control("COMMIT AND"))]);
    problems("BEGIN; SELECT 1; ROLLBACK;", &[(1, control("BEGIN")), (1, control("ROLLBACK"))]);
}

#[test]
fn what_cannot_run_in_a_transaction() {
    outside("SELECT 1", None);
    outside("\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", Some((2, "CREATE INDEX CONCURRENTLY")));
    outside("create index concurrently if not exists i on t (a)", Some((1, "CREATE INDEX CONCURRENTLY")));
    outside("CREATE INDEX i ON t (concurrently)", None);
    outside("DROP INDEX CONCURRENTLY i", Some((1, "DROP INDEX CONCURRENTLY")));
    outside("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", Some((1, "REINDEX CONCURRENTLY")));
    outside("REINDEX TABLE t", None);
    outside("REINDEX SCHEMA s", Some((1, "REINDEX SCHEMA, DATABASE or SYSTEM")));
    outside("VACUUM (ANALYZE) t", Some((1, "VACUUM")));
    outside("CREATE DATABASE d", Some((1, "CREATE DATABASE")));
    outside("ALTER SYSTEM SET a = 1", Some((1, "ALTER SYSTEM")));
    outside("ALTER DATABASE d SET TABLESPACE x", Some((1, "ALTER DATABASE … SET TABLESPACE")));
    outside("ALTER DATABASE d SET a = 1", None);
    outside(
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        Some((1, "ALTER TABLE … DETACH PARTITION … CONCURRENTLY")),
    );
    outside("REFRESH MATERIALIZED VIEW CONCURRENTLY m", None);
    outside("CLUSTER", Some((1, "CLUSTER of every table")));
    outside("CLUSTER (VERBOSE)", Some((1, "CLUSTER of every table")));
    outside("CLUSTER t USING i", None);
    outside("REINDEX (VERBOSE) SCHEMA s", Some((1, "REINDEX SCHEMA, DATABASE or SYSTEM")));
    outside("REINDEX TABLE system", None);
    outside("DISCARD ALL", Some((1, "DISCARD ALL")));
    outside("-- driftless: no-transaction\nSELECT 1", Some((1, "-- driftless: no-transaction")));
    outside("/* x */\n--Driftless:No-Transaction\nCALL p()", Some((2, "-- driftless: no-transaction")));
    outside("SELECT 1;\n-- driftless: no-transaction\n", None);
}

#[test]
fn a_new_enum_value_that_is_used_at_once() {
    let add = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'meh';";
    outside(add, None);
    outside(&format!("{add}\nINSERT INTO t VALUES ('meh')"), Some((1, ENUM_VALUE_USED)));
    outside(&format!("{add} DO $$ BEGIN UPDATE t SET m = 'meh'; END $$"), Some((1, ENUM_VALUE_USED)));
    outside(
        &format!("{add} CREATE FUNCTION f() RETURNS mood LANGUAGE sql AS $$ SELECT 'meh'::mood $$"),
        Some((1, ENUM_VALUE_USED)),
    );
    outside(&format!("{add} CREATE FUNCTION f() RETURNS mood LANGUAGE plpgsql AS $$ BEGIN RETURN 'meh'; END $$"), None);
    outside(
        "CREATE TYPE public.a AS ENUM ('x'); ALTER TYPE public.b ADD VALUE 'y'; SELECT 'y'::b",
        Some((1, ENUM_VALUE_USED)),
    );
    outside("CREATE TYPE public.\"B\" AS ENUM ('x'); ALTER TYPE b ADD VALUE 'y'; SELECT 'y'::b", None);
    outside(&format!("{add} COMMENT ON TABLE t IS 'meh'"), None);
    outside(&format!("CREATE TYPE mood AS ENUM ('ok'); {add} INSERT INTO t VALUES ('meh')"), None);
}

#[test]
fn reaches_outside_the_database() {
    use ReachKind::{Database, Language, Network, Privilege, Program, Role, ServerFile, System};
    reaches("COPY t TO PROGRAM 'rm -rf /'", &[(1, Program, "COPY … PROGRAM")]);
    reaches("COPY (SELECT 1) TO '/etc/passwd'", &[(1, ServerFile, "COPY with a server file")]);
    reaches("COPY t TO STDOUT", &[]);
    reaches("SELECT 'COPY t TO PROGRAM x' -- ALTER SYSTEM", &[]);
    reaches("\nALTER SYSTEM SET a = 1", &[(2, System, "ALTER SYSTEM")]);
    reaches(
        "CREATE ROLE r; GRANT r TO s; GRANT SELECT ON t TO r",
        &[(1, Role, "CREATE ROLE"), (1, Role, "GRANT of a role")],
    );
    reaches("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'x'", &[(1, Language, "LANGUAGE plpython3u")]);
    reaches("CREATE FUNCTION f() RETURNS int AS 'a', 'b' LANGUAGE \"c\"", &[(1, Language, "LANGUAGE c")]);
    reaches("CREATE FUNCTION f() RETURNS int LANGUAGE 'plpgsql' AS 'x'", &[]);
    reaches(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT pg_read_file('x') $$",
        &[(2, ServerFile, "pg_read_file()")],
    );
    reaches("SELECT U&\"pg_re\\0061d_file\"('x')", &[(1, ServerFile, "pg_read_file()")]);
    reaches("ALTER TABLE t ADD COLUMN language varchar(10), ADD COLUMN role text", &[]);
    reaches("CREATE VIEW v AS SELECT language, role FROM t", &[]);
    reaches("CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT language FROM t; END", &[]);
    reaches("CREATE FUNCTION language(language text) RETURNS text LANGUAGE sql RETURN language || 'a'", &[]);
    reaches("CREATE OR REPLACE PROCEDURAL LANGUAGE plperlu", &[(1, Language, "LANGUAGE plperlu")]);
    reaches("DROP SUBSCRIPTION s", &[(1, Network, "DROP SUBSCRIPTION")]);
    reaches("SELECT pg_catalog.pg_read_file('/etc/passwd')", &[(1, ServerFile, "pg_read_file()")]);
    reaches("CREATE EXTENSION IF NOT EXISTS \"dblink\"", &[(1, Network, "CREATE EXTENSION dblink")]);
    reaches("CREATE EXTENSION pgcrypto", &[]);
    reaches("CREATE USER MAPPING FOR x SERVER y", &[(1, Network, "CREATE USER MAPPING")]);
    reaches("ALTER DATABASE d SET a = 1", &[(1, Database, "ALTER DATABASE")]);
    for text in ["SET ROLE postgres", "SET LOCAL ROLE x", "SET \"role\" = 'x'", "set session role to x"] {
        reaches(text, &[(1, Privilege, "SET ROLE")]);
    }
    for text in ["SET SESSION AUTHORIZATION x", "SET LOCAL SESSION AUTHORIZATION x", "SET session_authorization = x"] {
        reaches(text, &[(1, Privilege, "SET SESSION AUTHORIZATION")]);
    }
    reaches("RESET ROLE", &[(1, Privilege, "RESET ROLE")]);
    reaches("SELECT set_config('role', 'x', false)", &[(1, Privilege, "set_config(role)")]);
    reaches("SET search_path = role; SET LOCAL lock_timeout = '1s'", &[]);
}

#[test]
fn reaches_inside_do_bodies() {
    use ReachKind::{Program, Role, System};
    let body = "DO $$\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'x') THEN\n    CREATE ROLE x;\n  END IF;\nEND $$";
    reaches(body, &[(4, Role, "CREATE ROLE")]);
    reaches("DO 'BEGIN EXECUTE ''ALTER SYSTEM SET a = 1''; END'", &[(1, System, "ALTER SYSTEM")]);
    reaches("DO $a$ BEGIN EXECUTE $b$ COPY t TO PROGRAM 'x' $b$; END $a$", &[(1, Program, "COPY … PROGRAM")]);
    reaches("DO $$\nBEGIN\nCREATE ROLE x;\nEND $$", &[(3, Role, "CREATE ROLE")]);
    reaches("DO $$ BEGIN EXECUTE 'SELECT 1; CRE' || 'ATE ROLE x'; END $$", &[(1, Role, "CREATE ROLE")]);
    reaches("DO $$ BEGIN EXECUTE E'\\x43REATE ROLE x' USING 1; END $$", &[(1, Role, "CREATE ROLE")]);
    reaches("DO $$ BEGIN EXECUTE format('CREATE ROLE %I', x); END $$", &[(1, Role, "CREATE ROLE")]);
    reaches(
        "DO $$ BEGIN EXECUTE 'DO $a$ BEGIN ALTER SYSTEM SET a = 1; END $a$'; END $$",
        &[(1, System, "ALTER SYSTEM")],
    );
    for dynamic in [
        "EXECUTE format('CREATE ROLE %I', x)",
        "RETURN QUERY EXECUTE q",
        "FOR r IN EXECUTE 'SELECT ' || q LOOP NULL; END LOOP",
        "EXECUTE q INTO x",
        "PERFORM query_to_xml(q, true, true, '')",
    ] {
        assert!(analysis(&format!("DO $$ BEGIN {dynamic}; END $$")).dynamic_sql, "{dynamic}");
    }
    for constant in [
        "EXECUTE 'SELECT $1' INTO x USING 1",
        "GRANT EXECUTE ON FUNCTION f() TO x",
        "CREATE TRIGGER t AFTER INSERT ON t EXECUTE FUNCTION f()",
    ] {
        assert!(!analysis(&format!("DO $$ BEGIN {constant}; END $$")).dynamic_sql, "{constant}");
    }
    let made = "CREATE FUNCTION s.f(q text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE q; END $$;";
    assert!(!analysis(&format!("{made} COMMENT ON FUNCTION s.f IS 'x'; SELECT g()")).dynamic_sql);
    assert!(analysis(&format!("{made} SELECT s.\"f\"('x')")).dynamic_sql);
    assert!(analysis(&format!("{made} DO $$ BEGIN PERFORM s.f('x'); END $$")).dynamic_sql);
    assert!(analysis("DO $$ BEGIN EXECUTE 'a' || b; END $$").dynamic_sql);
    assert!(!analysis("DO $$ BEGIN EXECUTE 'SELECT 1'; RAISE NOTICE 'EXECUTE x'; END $$").dynamic_sql);
    assert!(!analysis("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE a; END $$").dynamic_sql);
}

#[test]
fn what_forgets_prepared_statements() {
    assert!(analysis("DEALLOCATE ALL").forgets_statements);
    assert!(!analysis("SELECT 1").forgets_statements);
}

proptest! {
    #[test]
    fn analysis_never_panics_and_statements_are_parts_of_the_text(text in "(BEGIN|COMMIT|DO|EXECUTE|COPY|FROM|END|[a-z$';\"\\\\/*()\\- \n]|\\PC){0,40}") {
        let Ok(canonical) = CanonicalText::from_canonical(text.clone()) else { return Ok(()) };
        let found = analyze(&canonical);
        let mut at = 0;
        for statement in &found.statements {
            prop_assert!(statement.range.start >= at && statement.range.end <= text.len());
            at = statement.range.end;
        }
    }

    /// What stands between two statements is a semicolon, blanks and comments, and each part is still one statement by itself.
    #[test]
    fn splitting_loses_nothing_but_separators(
        parts in proptest::collection::vec("(SELECT|CREATE|DO|CASE) ([a-zE$' \"()\n*/-]|'[a-z;]{0,5}'|\\$a\\$[;b']{0,4}\\$a\\$|/\\*;\\*/|--;\n){0,12}", 1..6),
    ) {
        let text = parts.join(";\n");
        let found = analysis(&text);
        prop_assume!(found.problems.is_empty());
        let mut at = 0;
        for statement in &found.statements {
            let between = &text[at..statement.range.start];
            prop_assert!(tokens(between).iter().all(|token| matches!(token.kind, TokenKind::Comment | TokenKind::Symbol(';'))));
            at = statement.range.end;
            let alone = analysis(&text[statement.range.clone()]);
            prop_assert_eq!(alone.statements.len(), 1);
        }
        prop_assert!(tokens(&text[at..]).iter().all(|token| matches!(token.kind, TokenKind::Comment | TokenKind::Symbol(';'))));
    }
}
