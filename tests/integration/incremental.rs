//! The incremental reading of what belongs to relations and of what lies in no schema: after each script it says what two
//! whole readings say.

use driftless::schema::Scope;

use crate::catalog::Bench;

/// Scripts in turn on one database.
const SCRIPTS: &[&str] = &[
    "CREATE SCHEMA other; CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int, a int); CREATE TABLE other.o (id int);
     CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE FUNCTION small(n int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n < 10';
     CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
    // policies
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t FOR SELECT USING (a > 1); COMMENT ON POLICY p ON t IS 'p'",
    "ALTER POLICY p ON t USING (small(a))",
    "ALTER FUNCTION small(int) RENAME TO tiny",
    "CREATE ROLE driftless_reader; ALTER POLICY p ON t TO driftless_reader",
    "ALTER ROLE driftless_reader RENAME TO driftless_writer",
    "ALTER POLICY p ON t RENAME TO q",
    "ALTER TABLE t RENAME a TO amount",
    "CREATE POLICY by_u ON t USING (EXISTS (SELECT FROM u WHERE u.id = t.id))",
    "ALTER TABLE u RENAME TO uu",
    "ALTER TABLE uu RENAME TO u",
    "COMMENT ON POLICY q ON t IS NULL",
    "DROP POLICY q ON t; DROP POLICY by_u ON t; DROP ROLE driftless_writer",
    // rules
    "CREATE RULE no_delete AS ON DELETE TO t DO INSTEAD NOTHING; COMMENT ON RULE no_delete ON t IS 'r'",
    "CREATE RULE into_u AS ON INSERT TO v DO INSTEAD INSERT INTO u VALUES (NEW.id, NEW.a)",
    "ALTER TABLE t DISABLE RULE no_delete",
    "ALTER TABLE u RENAME a TO n",
    "ALTER RULE no_delete ON t RENAME TO keep",
    "CREATE OR REPLACE RULE into_u AS ON INSERT TO v DO INSTEAD NOTHING",
    "ALTER VIEW v RENAME TO w",
    "COMMENT ON RULE keep ON t IS NULL",
    "DROP RULE keep ON t; DROP RULE into_u ON w",
    // statistics objects
    "CREATE STATISTICS s ON id, amount FROM t; COMMENT ON STATISTICS s IS 's'",
    "CREATE STATISTICS s2 (ndistinct) ON amount, b FROM t; ALTER STATISTICS s SET STATISTICS 50",
    "ALTER STATISTICS s2 RENAME TO s3",
    "ALTER STATISTICS s3 SET SCHEMA other",
    "ALTER TABLE t RENAME amount TO a",
    "ALTER TABLE t SET SCHEMA other",
    "ALTER TABLE other.t SET SCHEMA public",
    "COMMENT ON STATISTICS s IS NULL",
    "DROP STATISTICS s",
    "ALTER TABLE t DROP COLUMN b",
    // event triggers
    "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION watch(); COMMENT ON EVENT TRIGGER e IS 'e'",
    "ALTER FUNCTION watch() RENAME TO look",
    "ALTER EVENT TRIGGER e DISABLE",
    "ALTER EVENT TRIGGER e RENAME TO f",
    "COMMENT ON EVENT TRIGGER f IS 'f'",
    "COMMENT ON EVENT TRIGGER f IS NULL",
    "ALTER FUNCTION look() SET SCHEMA other",
    "DROP EVENT TRIGGER f",
    // publications
    "CREATE PUBLICATION pub FOR TABLE t, u WITH (publish = 'insert, delete'); COMMENT ON PUBLICATION pub IS 'p'",
    "ALTER PUBLICATION pub ADD TABLE other.o",
    "ALTER TABLE u RENAME TO uu",
    "ALTER TABLE uu SET SCHEMA other",
    "ALTER TABLE other.uu SET SCHEMA public; ALTER TABLE uu RENAME TO u",
    "ALTER PUBLICATION pub SET (publish_via_partition_root = true)",
    "ALTER PUBLICATION pub RENAME TO news",
    "COMMENT ON PUBLICATION news IS NULL",
    "DROP TABLE u",
    "CREATE PUBLICATION everything FOR ALL TABLES",
    "DROP PUBLICATION news; DROP PUBLICATION everything",
    // subscriptions
    "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=hidden' PUBLICATION news WITH (connect = false, slot_name = NONE); COMMENT ON SUBSCRIPTION sub IS 's'",
    "ALTER SUBSCRIPTION sub SET PUBLICATION news, more WITH (refresh = false)",
    "ALTER SUBSCRIPTION sub RENAME TO ours",
    "COMMENT ON SUBSCRIPTION ours IS NULL",
    "DROP SUBSCRIPTION ours",
    // foreign data
    "CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1'); COMMENT ON FOREIGN DATA WRAPPER w IS 'w'",
    "CREATE SERVER srv TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h'); COMMENT ON SERVER srv IS 's'",
    "CREATE USER MAPPING FOR PUBLIC SERVER srv OPTIONS (user 'me', password 'hidden')",
    "CREATE FOREIGN TABLE ft (id int OPTIONS (name 'ID') NOT NULL, n text DEFAULT 'x', CONSTRAINT positive CHECK (id > 0)) SERVER srv OPTIONS (file 'f');
     COMMENT ON FOREIGN TABLE ft IS 'f'; COMMENT ON COLUMN ft.n IS 'n'; CREATE TRIGGER tr BEFORE INSERT ON ft FOR EACH ROW EXECUTE FUNCTION touch()",
    "ALTER FOREIGN TABLE ft OPTIONS (SET file 'g')",
    "ALTER FOREIGN TABLE ft ALTER id OPTIONS (SET name 'Id')",
    "ALTER FOREIGN TABLE ft RENAME n TO name; ALTER FOREIGN TABLE ft RENAME TO far",
    "ALTER SERVER srv RENAME TO server",
    "ALTER SERVER server OPTIONS (SET host 'i')",
    "ALTER USER MAPPING FOR PUBLIC SERVER server OPTIONS (SET user 'you')",
    "ALTER FOREIGN DATA WRAPPER w RENAME TO wrapper",
    "COMMENT ON SERVER server IS NULL; COMMENT ON FOREIGN TABLE far IS NULL",
    "DROP FOREIGN TABLE far",
    "DROP FOREIGN DATA WRAPPER wrapper CASCADE",
    // triggers of partitions and views
    "CREATE TABLE parted (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
     CREATE TRIGGER tr AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION touch()",
    "ALTER TABLE part DISABLE TRIGGER tr",
    "CREATE TABLE part2 PARTITION OF parted FOR VALUES IN (2); ALTER TABLE part ENABLE TRIGGER tr",
    "CREATE TRIGGER vt INSTEAD OF INSERT ON w FOR EACH ROW EXECUTE FUNCTION touch()",
    "DROP TRIGGER vt ON w",
    "CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON parted DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch(); COMMENT ON TRIGGER ct ON parted IS 'c'",
    "DROP TABLE parted",
    "DROP TABLE t CASCADE",
];

/// What is left unread where only a table's own row was updated, or only indexes have new columns: whatever else could have changed.
const SPARED: &[&str] = &[
    "CREATE SCHEMA other; CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int, a int UNIQUE);
     CREATE UNIQUE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b); COMMENT ON INDEX t_b IS 'b'",
    "ALTER TABLE t ADD CONSTRAINT t_a UNIQUE USING INDEX t_a",
    "ALTER TABLE t ADD c int; ALTER INDEX t_b SET (fillfactor = 50)",
    "ALTER TABLE t ADD d int; ALTER INDEX t_pkey SET (fillfactor = 60)",
    "ALTER TABLE t ADD e int; ALTER INDEX t_b RENAME TO t_bb",
    "ALTER TABLE t ADD f int; ALTER TABLE t RENAME CONSTRAINT t_a TO t_aa",
    "CREATE INDEX t_two ON t (c, d); ALTER TABLE t ADD g int, ADD h int",
    "CREATE INDEX t_one ON t (c); DROP INDEX t_two; ALTER TABLE t ADD i int",
    "ALTER INDEX t_one SET (fillfactor = 70); ALTER TABLE t ADD j int",
    "ALTER INDEX t_aa RENAME TO t_aaa; ALTER TABLE t ADD k int",
    "CREATE INDEX ON t (lower(b)); ALTER TABLE u ADD b text",
    "CREATE INDEX ON t (a, c); ALTER TABLE u ADD c text; ALTER TABLE u ADD d text; COMMENT ON COLUMN u.c IS 'c'",
    "ALTER TABLE t CLUSTER ON t_one; ALTER TABLE t ADD l int",
    "ALTER TABLE t SET WITHOUT CLUSTER; ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t REPLICA IDENTITY USING INDEX t_aaa",
    "ALTER TABLE t SET UNLOGGED; ALTER TABLE t ADD CHECK (a > 0)",
    "ALTER TABLE t SET SCHEMA other; ALTER TABLE u ADD e text",
    "ALTER TABLE other.t SET SCHEMA public; COMMENT ON CONSTRAINT t_aaa ON t IS 'k'",
    "ALTER TABLE t ADD m int; COMMENT ON COLUMN t.m IS 'm'",
    "COMMENT ON CONSTRAINT t_aaa ON t IS NULL; COMMENT ON TABLE t IS 't'",
    "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id); CREATE TABLE p1 (a int, id int); CREATE INDEX ON p1 (a)",
    "CREATE INDEX p_a ON p (a); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (9)",
    "ALTER TABLE p ADD b int; CREATE INDEX ON p1 (b)",
    "CREATE INDEX ON p (b)",
    "ALTER TABLE p DETACH PARTITION p1; ALTER TABLE p1 ADD c int",
    "CREATE TABLE ignored (id int PRIMARY KEY, a int CHECK (a > 1)); COMMENT ON CONSTRAINT ignored_a_check ON ignored IS 'x'",
    "ALTER TABLE ignored RENAME TO seen",
    "ALTER TABLE seen RENAME TO ignored; ALTER TABLE ignored ADD b int",
    "DO $$ BEGIN EXECUTE 'ALTER INDEX t_one SET (fillfactor = 40)'; EXECUTE 'ALTER TABLE t ADD z int'; END $$",
    // constraints and indexes of a table whose columns were updated: by a default, a new name, a new type, a statistics target
    "CREATE TABLE r (a int, b text CHECK (b <> ''), c int, CHECK (a > 0)); CREATE INDEX r_a ON r (a); CREATE INDEX r_e ON r ((a + 1), lower(b))",
    "ALTER TABLE r ADD d int NOT NULL DEFAULT 0",
    "ALTER TABLE r RENAME a TO n; ALTER TABLE r ADD e int NOT NULL DEFAULT 0",
    "ALTER TABLE r RENAME n TO m; ALTER TABLE r RENAME b TO n; ALTER TABLE r RENAME m TO b; ALTER TABLE r ADD f int DEFAULT 1",
    "ALTER TABLE r RENAME c TO x; ALTER TABLE r ADD c int DEFAULT 1; CREATE INDEX r_c ON r (c, x)",
    "ALTER INDEX r_e ALTER COLUMN 1 SET STATISTICS 99; ALTER TABLE r ADD g int NOT NULL DEFAULT 0",
    "ALTER TABLE r ALTER b TYPE bigint, ADD h int DEFAULT 0",
    "ALTER TABLE r DROP COLUMN n, ADD i int DEFAULT 0",
    "CREATE TABLE kid () INHERITS (r); CREATE INDEX kid_c ON kid (c)",
    "ALTER TABLE r RENAME c TO cc; ALTER TABLE r ADD j int DEFAULT 0",
    "ALTER TABLE r ADD FOREIGN KEY (e) REFERENCES u (a)",
    "ALTER TABLE u RENAME a TO key; ALTER TABLE r ADD k int DEFAULT 0",
    // indexes where a constraint is new: it may have taken one
    "ALTER TABLE r ADD CHECK (cc < 9); CREATE UNIQUE INDEX r_u ON r (cc)",
    "ALTER TABLE r ADD CHECK (cc < 8)",
    "ALTER TABLE r ADD CHECK (cc < 7), ADD CONSTRAINT r_k UNIQUE USING INDEX r_u",
    "CREATE UNIQUE INDEX r_n ON r (d)",
    "ALTER TABLE r ADD CONSTRAINT r_n PRIMARY KEY USING INDEX r_n",
    "CREATE TABLE r2 (id int); CREATE UNIQUE INDEX r2_id ON r2 (id); ALTER TABLE r2 ADD CONSTRAINT r2_id UNIQUE USING INDEX r2_id",
    // indexes where the new ones are primary keys' or TOAST tables', or only some of them
    "CREATE TABLE s (id int PRIMARY KEY, b text)",
    "CREATE TABLE s2 (id int PRIMARY KEY, b text UNIQUE)",
    "CREATE TABLE s3 (id int PRIMARY KEY, b text); CREATE INDEX s3_b ON s3 (b)",
    "CREATE TABLE s4 (id int PRIMARY KEY, b text); CREATE INDEX s_b ON s (b)",
    "CREATE TABLE s5 (id int PRIMARY KEY); CREATE INDEX s5_b ON s5 ((id + 1)); ALTER INDEX s_pkey SET (fillfactor = 60); DROP INDEX s_b",
    "CREATE TABLE s6 (LIKE s3 INCLUDING ALL)",
    "CREATE TABLE s7 (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b text)",
    "ALTER SEQUENCE s7_id_seq INCREMENT 5",
    "CREATE TEMP TABLE passing (id int PRIMARY KEY, b text); CREATE INDEX ON s4 (b); DROP TABLE passing",
    "CREATE TABLE q (id int PRIMARY KEY, b text) PARTITION BY RANGE (id); CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (0) TO (9)",
    "CREATE INDEX ON q (b)",
    "CREATE TABLE q2 PARTITION OF q FOR VALUES FROM (9) TO (18)",
    "CREATE TABLE q3 (id int PRIMARY KEY, b text); ALTER TABLE q ATTACH PARTITION q3 FOR VALUES FROM (18) TO (27)",
    "CREATE MATERIALIZED VIEW mv AS SELECT id, b FROM s; CREATE INDEX mv_b ON mv (b); CREATE TABLE s8 (id int PRIMARY KEY)",
    "ALTER INDEX mv_b RENAME TO mv_bb; CREATE TYPE pair AS (a int, b int); CREATE TABLE s9 (id int PRIMARY KEY)",
    "ALTER TYPE pair ADD ATTRIBUTE c text; CREATE SEQUENCE loose; CREATE TABLE s10 (id serial PRIMARY KEY)",
];

/// Scripts that only some majors know.
const NEWER: &[(u32, &str)] = &[
    (14, "CREATE TABLE x (a int, b int); CREATE STATISTICS se ON (a + b), a FROM x"),
    (14, "ALTER TABLE x RENAME b TO c"),
    (
        15,
        "CREATE TABLE y (a int, b int); CREATE PUBLICATION cols FOR TABLE y (a) WHERE (a > 1); CREATE PUBLICATION schemas FOR TABLES IN SCHEMA other",
    ),
    (15, "ALTER TABLE y RENAME a TO d"),
    (15, "ALTER SCHEMA other RENAME TO another"),
    (15, "DROP SCHEMA another CASCADE"),
    (18, "CREATE TABLE nn (a int CONSTRAINT mine NOT NULL, b int NOT NULL); COMMENT ON CONSTRAINT mine ON nn IS 'm'"),
    (18, "ALTER TABLE nn RENAME CONSTRAINT mine TO yours"),
    (18, "ALTER TABLE nn RENAME TO nn2; ALTER TABLE nn2 RENAME a TO aa"),
    (18, "COMMENT ON CONSTRAINT yours ON nn2 IS NULL; ALTER TABLE nn2 ALTER aa DROP NOT NULL"),
];

#[tokio::test]
async fn of_relations_and_of_what_lies_in_no_schema() {
    need_postgres!();
    for scope in [Scope::new(vec![], vec![]), Scope::new(vec!["public".into()], vec!["u".into()])] {
        let mut bench = Bench::new(&scope).await;
        let newer = NEWER.iter().filter(|(since, _)| bench.major() >= *since).map(|(_, script)| script);
        for script in SCRIPTS.iter().chain(newer.collect::<Vec<_>>()) {
            bench.run(script).await;
        }
    }
}

#[tokio::test]
async fn what_is_spared_has_not_changed() {
    need_postgres!();
    for scope in [Scope::new(vec![], vec![]), Scope::new(vec!["public".into()], vec!["ignored".into()])] {
        let mut bench = Bench::new(&scope).await;
        for script in SPARED {
            bench.run(script).await;
        }
    }
}
