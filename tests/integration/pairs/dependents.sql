=== view_chain_three_deep_column_retyped
--- from
CREATE TABLE t (id int PRIMARY KEY, price numeric(8,2), label varchar(20)); INSERT INTO t VALUES (1, 2.50, 'x');
CREATE VIEW a WITH (security_barrier) AS SELECT id, price, label FROM t WHERE price > 1; CREATE VIEW b AS SELECT a.id, a.price * 2 AS double, upper(a.label) AS l FROM a; CREATE MATERIALIZED VIEW c AS SELECT b.l, sum(b.double) AS s FROM b GROUP BY b.l; CREATE INDEX ci ON c (s); CREATE VIEW d AS SELECT c.s FROM c; COMMENT ON VIEW d IS 'd'; COMMENT ON COLUMN d.s IS 's'; COMMENT ON INDEX ci IS 'ci';
CREATE TRIGGER dt INSTEAD OF INSERT ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); CREATE RULE br AS ON INSERT TO b DO INSTEAD NOTHING; ALTER VIEW a ALTER COLUMN label SET DEFAULT 'none';
--- to
CREATE TABLE t (id int PRIMARY KEY, price double precision, label text); INSERT INTO t VALUES (1, 2.50, 'x');
CREATE VIEW a WITH (security_barrier) AS SELECT id, price, label FROM t WHERE price > 1; CREATE VIEW b AS SELECT a.id, a.price * 2 AS double, upper(a.label) AS l FROM a; CREATE MATERIALIZED VIEW c AS SELECT b.l, sum(b.double) AS s FROM b GROUP BY b.l; CREATE INDEX ci ON c (s); CREATE VIEW d AS SELECT c.s FROM c; COMMENT ON VIEW d IS 'd'; COMMENT ON COLUMN d.s IS 's'; COMMENT ON INDEX ci IS 'ci';
CREATE TRIGGER dt INSTEAD OF INSERT ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); CREATE RULE br AS ON INSERT TO b DO INSTEAD NOTHING; ALTER VIEW a ALTER COLUMN label SET DEFAULT 'none';

=== atomic_function_over_retyped_column
--- from
CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 2);
CREATE FUNCTION f(k int) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(n) FROM t WHERE t.id = k; END; CREATE VIEW v AS SELECT id, f(id) AS s FROM t; CREATE POLICY p ON t USING (f(id) > 0); CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT f(1) FROM v; END;
--- to
CREATE TABLE t (id int PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 2);
CREATE FUNCTION f(k int) RETURNS numeric LANGUAGE sql STABLE BEGIN ATOMIC SELECT sum(n) FROM t WHERE t.id = k; END; CREATE VIEW v AS SELECT id, f(id) AS s FROM t; CREATE POLICY p ON t USING (f(id) > 0); CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT f(1) FROM v; END;

=== column_dropped_and_added_under_another_type
--- from
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT id, a, b FROM t; INSERT INTO t VALUES (1, 2, '(1,2)');
--- to
CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b point); CREATE INDEX i ON t USING gist (b); CREATE VIEW v AS SELECT id, a, b FROM t; INSERT INTO t VALUES (1, 2, NULL);

=== enum_label_removed_used_everywhere
--- from
CREATE TYPE st AS ENUM ('new', 'old', 'gone'); CREATE DOMAIN sd AS st DEFAULT 'old' CHECK (VALUE <> 'gone'); CREATE TYPE sc AS (s st, n int);
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'new', d sd, a st[] DEFAULT '{new,old}', c sc, g boolean GENERATED ALWAYS AS (s = 'old'::st) STORED, CONSTRAINT ck CHECK (s IN ('new', 'old')));
CREATE INDEX i ON t (id) WHERE s = 'new'; CREATE UNIQUE INDEX j ON t (s, id); CREATE VIEW v AS SELECT id, s, d, a FROM t WHERE s = 'new'; CREATE MATERIALIZED VIEW m AS SELECT s, count(*) FROM t GROUP BY s; CREATE FUNCTION f(s st DEFAULT 'new', x st[] DEFAULT NULL) RETURNS SETOF st LANGUAGE sql AS 'SELECT unnest(enum_range(s))'; CREATE POLICY p ON t USING (s = ANY ('{new,old}'::st[])); CREATE STATISTICS ss ON s, d FROM t;
INSERT INTO t VALUES (1, 'new', 'old', '{old}', ROW('old', 1)); COMMENT ON TYPE st IS 'states';
--- to
CREATE TYPE st AS ENUM ('old', 'new'); CREATE DOMAIN sd AS st DEFAULT 'old' CHECK (VALUE <> 'new'); CREATE TYPE sc AS (s st, n int);
CREATE TABLE t (id int PRIMARY KEY, s st NOT NULL DEFAULT 'new', d sd, a st[] DEFAULT '{new,old}', c sc, g boolean GENERATED ALWAYS AS (s = 'old'::st) STORED, CONSTRAINT ck CHECK (s IN ('new', 'old')));
CREATE INDEX i ON t (id) WHERE s = 'new'; CREATE UNIQUE INDEX j ON t (s, id); CREATE VIEW v AS SELECT id, s, d, a FROM t WHERE s = 'new'; CREATE MATERIALIZED VIEW m AS SELECT s, count(*) FROM t GROUP BY s; CREATE FUNCTION f(s st DEFAULT 'new', x st[] DEFAULT NULL) RETURNS SETOF st LANGUAGE sql AS 'SELECT unnest(enum_range(s))'; CREATE POLICY p ON t USING (s = ANY ('{new,old}'::st[])); CREATE STATISTICS ss ON s, d FROM t;
INSERT INTO t VALUES (1, 'new', 'old', '{old}', ROW('old', 1)); COMMENT ON TYPE st IS 'states';

=== enum_rebuilt_under_aggregate_operator_trigger
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int, k e, l e);
CREATE FUNCTION pick(e, e) RETURNS e LANGUAGE sql IMMUTABLE AS 'SELECT greatest($1, $2)'; CREATE AGGREGATE top(e) (SFUNC = pick, STYPE = e, INITCOND = 'a'); CREATE OPERATOR <+> (LEFTARG = e, RIGHTARG = e, FUNCTION = pick, COMMUTATOR = <+>);
CREATE VIEW v AS SELECT top(k) AS x FROM t WHERE (k <+> l) = 'b'; CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.k = 'b' AND OLD.k IS DISTINCT FROM NEW.k) EXECUTE FUNCTION tf(); INSERT INTO t VALUES (1, 'a', 'b');
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE t (id int, k e, l e);
CREATE FUNCTION pick(e, e) RETURNS e LANGUAGE sql IMMUTABLE AS 'SELECT greatest($1, $2)'; CREATE AGGREGATE top(e) (SFUNC = pick, STYPE = e, INITCOND = 'a'); CREATE OPERATOR <+> (LEFTARG = e, RIGHTARG = e, FUNCTION = pick, COMMUTATOR = <+>);
CREATE VIEW v AS SELECT top(k) AS x FROM t WHERE (k <+> l) = 'b'; CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.k = 'b' AND OLD.k IS DISTINCT FROM NEW.k) EXECUTE FUNCTION tf(); INSERT INTO t VALUES (1, 'a', 'b');

=== enum_rebuilt_with_keys_between_tables
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE a (k e PRIMARY KEY); CREATE TABLE b (id int, k e REFERENCES a, UNIQUE (id, k)); CREATE TABLE c (id int, k e, FOREIGN KEY (id, k) REFERENCES b (id, k) ON DELETE CASCADE); INSERT INTO a VALUES ('a'); INSERT INTO b VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a');
--- to
CREATE TYPE e AS ENUM ('c', 'a'); CREATE TABLE a (k e PRIMARY KEY); CREATE TABLE b (id int, k e REFERENCES a, UNIQUE (id, k)); CREATE TABLE c (id int, k e, FOREIGN KEY (id, k) REFERENCES b (id, k) ON DELETE CASCADE); INSERT INTO a VALUES ('a'); INSERT INTO b VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a');

=== enum_becomes_domain_of_the_same_name
--- from
CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE t (id int, k kind DEFAULT 'a'); CREATE FUNCTION f(kind) RETURNS text LANGUAGE sql AS 'SELECT $1::text'; CREATE INDEX i ON t (k); CREATE VIEW v AS SELECT k FROM t; INSERT INTO t VALUES (1, 'b');
--- to
CREATE DOMAIN kind AS text CHECK (VALUE IN ('a', 'b')); CREATE TABLE t (id int, k kind DEFAULT 'a'); CREATE FUNCTION f(kind) RETURNS text LANGUAGE sql AS 'SELECT $1::text'; CREATE INDEX i ON t (k); CREATE VIEW v AS SELECT k FROM t; INSERT INTO t VALUES (1, 'b');

=== composite_becomes_enum_of_the_same_name
--- from
CREATE TYPE k AS (a int, b text); CREATE FUNCTION f(k) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int);
--- to
CREATE TYPE k AS ENUM ('x'); CREATE FUNCTION f(k) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int, k k);

=== type_and_table_change_places
--- from
CREATE TYPE k AS (a int, b text); CREATE FUNCTION f(k) RETURNS int LANGUAGE sql AS 'SELECT $1.a'; CREATE TABLE u (id int, c k);
--- to
CREATE TABLE k (a int, b text); CREATE FUNCTION f(k) RETURNS int LANGUAGE sql AS 'SELECT $1.a'; CREATE TABLE u (id int);

=== domain_checks_change_over_used_columns
--- from
CREATE DOMAIN d AS int CONSTRAINT pos CHECK (VALUE > 0) CONSTRAINT small CHECK (VALUE < 1000); CREATE TABLE t (id int, x d NOT NULL DEFAULT 5, g int GENERATED ALWAYS AS (x + 1) STORED); CREATE INDEX i ON t (x) WHERE x > 3; CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT x, f(x) AS fx FROM t; INSERT INTO t VALUES (1, 7);
--- to
CREATE DOMAIN d AS int DEFAULT 9 NOT NULL CONSTRAINT pos CHECK (VALUE >= 1) CONSTRAINT odd CHECK (VALUE % 2 = 1) ; CREATE TABLE t (id int, x d NOT NULL DEFAULT 5, g int GENERATED ALWAYS AS (x + 1) STORED); CREATE INDEX i ON t (x) WHERE x > 3; CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT x, f(x) AS fx FROM t; INSERT INTO t VALUES (1, 7);

=== domain_check_calls_function_that_changes
--- from
CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; CREATE DOMAIN d AS int CONSTRAINT c CHECK (ok(VALUE)); CREATE TABLE t (id int PRIMARY KEY, x d); INSERT INTO t VALUES (1, 2);
--- to
CREATE FUNCTION ok(v int, lowest int DEFAULT 0) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT v > lowest'; CREATE DOMAIN d AS int CONSTRAINT c CHECK (ok(VALUE)); CREATE TABLE t (id int PRIMARY KEY, x d); INSERT INTO t VALUES (1, 2);

=== function_return_changes_under_everything
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a'; CREATE TABLE t (id int PRIMARY KEY, x int DEFAULT f(1), g bigint GENERATED ALWAYS AS (f(id)) STORED, CONSTRAINT c CHECK (f(x) > 0), EXCLUDE USING btree (f(id) WITH =));
CREATE INDEX i ON t (f(x)); CREATE VIEW v AS SELECT f(id) AS y FROM t; CREATE MATERIALIZED VIEW m AS SELECT f(id) AS y FROM t; CREATE POLICY p ON t USING (f(x) > 1) WITH CHECK (f(id) > 2); CREATE STATISTICS st ON f(x), id FROM t; CREATE RULE r AS ON UPDATE TO t WHERE f(OLD.id) > 5 DO INSTEAD NOTHING; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (f(NEW.id) > 0) EXECUTE FUNCTION tf(); INSERT INTO t (id, x) VALUES (1, 2);
COMMENT ON FUNCTION f(int) IS 'f'; COMMENT ON INDEX i IS 'i'; COMMENT ON POLICY p ON t IS 'p'; COMMENT ON CONSTRAINT c ON t IS 'c'; COMMENT ON STATISTICS st IS 'st'; COMMENT ON RULE r ON t IS 'r'; COMMENT ON TRIGGER tr ON t IS 'tr';
--- to
CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT a::bigint'; CREATE TABLE t (id int PRIMARY KEY, x int DEFAULT f(1), g bigint GENERATED ALWAYS AS (f(id)) STORED, CONSTRAINT c CHECK (f(x) > 0), EXCLUDE USING btree (f(id) WITH =));
CREATE INDEX i ON t (f(x)); CREATE VIEW v AS SELECT f(id) AS y FROM t; CREATE MATERIALIZED VIEW m AS SELECT f(id) AS y FROM t; CREATE POLICY p ON t USING (f(x) > 1) WITH CHECK (f(id) > 2); CREATE STATISTICS st ON f(x), id FROM t; CREATE RULE r AS ON UPDATE TO t WHERE f(OLD.id) > 5 DO INSTEAD NOTHING; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (f(NEW.id) > 0) EXECUTE FUNCTION tf(); INSERT INTO t (id, x) VALUES (1, 2);
COMMENT ON FUNCTION f(int) IS 'f'; COMMENT ON INDEX i IS 'i'; COMMENT ON POLICY p ON t IS 'p'; COMMENT ON CONSTRAINT c ON t IS 'c'; COMMENT ON STATISTICS st IS 'st'; COMMENT ON RULE r ON t IS 'r'; COMMENT ON TRIGGER tr ON t IS 'tr';

=== trigger_function_becomes_ordinary
--- from
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (id int); CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
--- to
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int DEFAULT f()); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();

=== function_to_procedure_to_aggregate
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE PROCEDURE g(int) LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE h(int) (SFUNC = plus, STYPE = int); CREATE VIEW v AS SELECT f(1) AS x, h(n) AS y FROM generate_series(1, 2) n; COMMENT ON AGGREGATE h(int) IS 'h';
--- to
CREATE AGGREGATE f(int) (SFUNC = plus, STYPE = int); CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE PROCEDURE h(int) LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT f(n) AS x, g(1) AS y FROM generate_series(1, 2) n; COMMENT ON PROCEDURE h(int) IS 'h';

=== function_defaults_vanish_under_callers
--- from
CREATE FUNCTION f(a int, b int DEFAULT 2, c int DEFAULT 3) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b + c'; CREATE TABLE t (id int DEFAULT f(1)); CREATE VIEW v AS SELECT f(id, c => 4) AS x FROM t; CREATE INDEX i ON t (f(id));
--- to
CREATE FUNCTION f(a int, b int, c int DEFAULT 3) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b + c'; CREATE TABLE t (id int DEFAULT f(1, 2)); CREATE VIEW v AS SELECT f(id, 1, c => 4) AS x FROM t; CREATE INDEX i ON t (f(id, 5));

=== function_out_columns_change_under_view
--- from
CREATE FUNCTION f(n int, OUT a int, OUT b text) LANGUAGE sql AS $$ SELECT n, 'x' $$; CREATE FUNCTION g() RETURNS TABLE (k int, v text) LANGUAGE sql AS $$ SELECT 1, 'y' $$; CREATE VIEW w AS SELECT (f(1)).a, k, v FROM g(); CREATE FUNCTION h(VARIADIC xs int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW w2 AS SELECT h(1, 2, 3) AS x;
--- to
CREATE FUNCTION f(n int, OUT a int, OUT b text, OUT c date) LANGUAGE sql AS $$ SELECT n, 'x', now()::date $$; CREATE FUNCTION g() RETURNS TABLE (v text, k bigint) LANGUAGE sql AS $$ SELECT 'y', 1::bigint $$; CREATE VIEW w AS SELECT (f(1)).a, k, v FROM g(); CREATE FUNCTION h(xs int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW w2 AS SELECT h(ARRAY[1, 2, 3]) AS x;

=== aggregate_changes_under_view_and_aggregate
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
--- from
CREATE AGGREGATE total(int) (SFUNC = plus, STYPE = int); CREATE TABLE t (n int); CREATE VIEW v AS SELECT total(n) AS x, total(n) FILTER (WHERE n > 1) AS y FROM t; CREATE MATERIALIZED VIEW m AS SELECT total(n) OVER (ORDER BY n) AS z FROM t; CREATE INDEX mi ON m (z); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT total(n) FROM t; END; COMMENT ON AGGREGATE total(int) IS 'total';
--- to
CREATE FUNCTION fin(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2'; CREATE FUNCTION plus(bigint, int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (SFUNC = plus, STYPE = bigint, FINALFUNC = fin, INITCOND = '0', PARALLEL = SAFE); CREATE TABLE t (n int); CREATE VIEW v AS SELECT total(n) AS x, total(n) FILTER (WHERE n > 1) AS y FROM t; CREATE MATERIALIZED VIEW m AS SELECT total(n) OVER (ORDER BY n) AS z FROM t; CREATE INDEX mi ON m (z); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT total(n) FROM t; END; COMMENT ON AGGREGATE total(int) IS 'total';

=== generated_columns_change_with_indexes_and_checks
--- from
CREATE TABLE t (id int PRIMARY KEY, a text, b text, full_text tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(a, ''))) STORED, l int GENERATED ALWAYS AS (length(a)) STORED, CONSTRAINT lc CHECK (l < 100), CONSTRAINT lu UNIQUE (l)); CREATE INDEX ft ON t USING gin (full_text); CREATE VIEW v AS SELECT id, full_text, l FROM t; CREATE POLICY p ON t USING (l > 0); COMMENT ON COLUMN t.l IS 'length'; INSERT INTO t VALUES (1, 'foo', 'bar');
--- to
CREATE TABLE t (id int PRIMARY KEY, a text, b text, full_text tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(a, '') || coalesce(b, ''))) STORED, l int, CONSTRAINT lc CHECK (l < 100), CONSTRAINT lu UNIQUE (l)); CREATE INDEX ft ON t USING gin (full_text); CREATE VIEW v AS SELECT id, full_text, l FROM t; CREATE POLICY p ON t USING (l > 0); COMMENT ON COLUMN t.l IS 'length'; INSERT INTO t VALUES (1, 'foo', 'bar', DEFAULT, 3);

=== generated_in_foreign_key_and_identity
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, x int, k int GENERATED ALWAYS AS (x * 2) STORED REFERENCES p); INSERT INTO p VALUES (4); INSERT INTO t (x) VALUES (2);
--- to
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY (START 100 INCREMENT 5), x int, k int GENERATED ALWAYS AS (x * 1 + x) STORED REFERENCES p); INSERT INTO p VALUES (4); INSERT INTO t (x) VALUES (2);

=== triggers_on_views_and_partitions_change
CREATE FUNCTION f1() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE FUNCTION f2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
--- from
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER a AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f1(); CREATE TRIGGER b AFTER UPDATE OF id ON p1 FOR EACH ROW EXECUTE FUNCTION f1('x', 'y'); CREATE TRIGGER s AFTER DELETE ON p FOR EACH STATEMENT EXECUTE FUNCTION f1(); CREATE VIEW v AS SELECT * FROM p; CREATE TRIGGER vi INSTEAD OF INSERT OR UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f1(); CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON p1 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f1(); COMMENT ON TRIGGER a ON p IS 'a';
--- to
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER a AFTER INSERT OR DELETE ON p FOR EACH ROW EXECUTE FUNCTION f2(); CREATE TRIGGER b AFTER UPDATE OF k ON p1 FOR EACH ROW EXECUTE FUNCTION f1('x', 'z'''); CREATE TRIGGER s AFTER DELETE ON p REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION f1(); CREATE VIEW v AS SELECT id FROM p; CREATE TRIGGER vi INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f2(); CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON p1 NOT DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f1(); ALTER TABLE p2 DISABLE TRIGGER a; COMMENT ON TRIGGER a ON p IS 'a2';

=== constraint_trigger_from_another_table
CREATE FUNCTION f1() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TABLE o (id int);
--- from
CREATE TABLE t (id int); CREATE CONSTRAINT TRIGGER ct AFTER UPDATE OF id ON t FROM o DEFERRABLE FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION f1();
--- to
CREATE TABLE t (id bigint); CREATE CONSTRAINT TRIGGER ct AFTER UPDATE OF id ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION f1(); ALTER TABLE t ENABLE ALWAYS TRIGGER ct;

=== rules_over_changed_columns
--- from
CREATE TABLE t (id int, a int, b text); CREATE TABLE log (id int, what text); CREATE RULE r1 AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id, NEW.b); CREATE RULE r2 AS ON DELETE TO t WHERE OLD.a > 5 DO INSTEAD UPDATE t SET a = 0 WHERE id = OLD.id; CREATE VIEW v AS SELECT * FROM t; CREATE RULE vr AS ON INSERT TO v DO INSTEAD INSERT INTO t (id, b) VALUES (NEW.id, NEW.b) RETURNING id, a, b; ALTER TABLE t DISABLE RULE r2; INSERT INTO t VALUES (1, 2, 'x');
--- to
CREATE TABLE t (id bigint, b varchar(30), c date, a int); CREATE TABLE log (id bigint, what text, at timestamptz DEFAULT now()); CREATE RULE r1 AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.id, NEW.b, now()); CREATE RULE r2 AS ON DELETE TO t WHERE OLD.a > 6 DO INSTEAD UPDATE t SET a = 0 WHERE id = OLD.id; CREATE VIEW v AS SELECT * FROM t; CREATE RULE vr AS ON INSERT TO v DO INSTEAD INSERT INTO t (id, b) VALUES (NEW.id, NEW.b) RETURNING id, b, c, a; INSERT INTO t (id, a, b) VALUES (1, 2, 'x');

=== row_type_functions_policies_and_triggers
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE FUNCTION label(t) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.b $$; CREATE INDEX i ON t (label(t.*)); CREATE VIEW v AS SELECT label(t) AS l FROM t; CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t'; CREATE VIEW w AS SELECT id, b FROM all_t(); CREATE FUNCTION mk(t[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, 2, 'x');
--- to
CREATE TABLE t (id int PRIMARY KEY, a bigint, b text, c date); CREATE FUNCTION label(t) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.b $$; CREATE INDEX i ON t (label(t.*)); CREATE VIEW v AS SELECT label(t) AS l FROM t; CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t'; CREATE VIEW w AS SELECT id, b FROM all_t(); CREATE FUNCTION mk(t[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, 2, 'x');

=== primary_key_moves_with_foreign_keys_on_it
--- from
CREATE TABLE a (id int PRIMARY KEY, code text NOT NULL UNIQUE); CREATE TABLE b (id int PRIMARY KEY REFERENCES a ON DELETE CASCADE, code text REFERENCES a (code) ON UPDATE CASCADE); CREATE TABLE c (b int REFERENCES b); INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x'); INSERT INTO c VALUES (1);
--- to
CREATE TABLE a (id int UNIQUE, code text PRIMARY KEY); CREATE TABLE b (id int REFERENCES a (id) ON DELETE CASCADE, code text PRIMARY KEY REFERENCES a ON UPDATE CASCADE, UNIQUE (id)); CREATE TABLE c (b int REFERENCES b (id)); INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x'); INSERT INTO c VALUES (1);

=== primary_key_widens_in_a_ring_of_keys
--- from
CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, c int); CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c; INSERT INTO a VALUES (1); INSERT INTO c VALUES (1, 1); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1; CREATE VIEW v AS SELECT a.id, count(*) FROM a JOIN b ON b.id = a.b GROUP BY a.id;
--- to
CREATE TABLE a (id bigint PRIMARY KEY, b bigint); CREATE TABLE b (id bigint PRIMARY KEY, c bigint); CREATE TABLE c (id bigint PRIMARY KEY, a bigint REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c; INSERT INTO a VALUES (1); INSERT INTO c VALUES (1, 1); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1; CREATE VIEW v AS SELECT a.id, count(*) FROM a JOIN b ON b.id = a.b GROUP BY a.id;

=== view_groups_by_a_key_that_moves
--- from
CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL, n int); CREATE VIEW v AS SELECT id, code, sum(n) AS s FROM t GROUP BY id; CREATE MATERIALIZED VIEW m AS SELECT id, code FROM t GROUP BY id; INSERT INTO t VALUES (1, 'a', 2);
--- to
CREATE TABLE t (id int NOT NULL, code text PRIMARY KEY, n int); CREATE VIEW v AS SELECT id, code, sum(n) AS s FROM t GROUP BY code; CREATE MATERIALIZED VIEW m AS SELECT id, code FROM t GROUP BY code; INSERT INTO t VALUES (1, 'a', 2);

=== collation_of_column_under_dependents
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
--- from
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "C" UNIQUE, b text); CREATE INDEX i ON t (b COLLATE "C", lower(a)); CREATE VIEW v AS SELECT a, max(b) AS m FROM t GROUP BY a; CREATE TABLE u (a text COLLATE "C" REFERENCES t (a)); INSERT INTO t VALUES (1, 'x', 'y'); INSERT INTO u VALUES ('x');
--- to
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE ci UNIQUE, b text COLLATE "POSIX"); CREATE INDEX i ON t (b COLLATE ci, lower(a)); CREATE VIEW v AS SELECT a, max(b) AS m FROM t GROUP BY a; CREATE TABLE u (a text COLLATE ci REFERENCES t (a)); INSERT INTO t VALUES (1, 'x', 'y'); INSERT INTO u VALUES ('x');

=== exclusion_and_deferral_changes
--- from
CREATE TABLE t (id int, r int4range, s int4range, p point, EXCLUDE USING gist (r WITH &&) WHERE (id > 0), CONSTRAINT u UNIQUE (id) INCLUDE (r) DEFERRABLE, CONSTRAINT ex EXCLUDE USING gist (s WITH &&, p WITH ~=) DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, '[1,2)', '[1,2)', '(1,1)'); COMMENT ON CONSTRAINT ex ON t IS 'ex';
--- to
CREATE TABLE t (id int, r int4range, s int4range, p point, EXCLUDE USING gist (r WITH -|-) WHERE (id > 1), CONSTRAINT u UNIQUE NULLS NOT DISTINCT (id) INCLUDE (r, s) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT ex EXCLUDE USING gist (s WITH &&, p WITH ~=) ); INSERT INTO t VALUES (1, '[1,2)', '[1,2)', '(1,1)'); COMMENT ON CONSTRAINT ex ON t IS 'ex';

=== statistics_and_index_targets_of_rebuilt_things
--- from
CREATE TABLE t (id int, a int, b text); CREATE INDEX i ON t ((a + 1), lower(b)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300; CREATE STATISTICS st (ndistinct, mcv) ON a, b FROM t; ALTER STATISTICS st SET STATISTICS 77; COMMENT ON STATISTICS st IS 'x'; INSERT INTO t VALUES (1, 2, 'c');
--- to
CREATE TABLE t (id int, a bigint, b varchar); CREATE INDEX i ON t ((a + 1), lower(b)); ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 400; ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 5; CREATE STATISTICS st (dependencies, mcv) ON a, b, id FROM t; ALTER STATISTICS st SET STATISTICS 78; COMMENT ON STATISTICS st IS 'y'; INSERT INTO t VALUES (1, 2, 'c');

=== partition_functions_views_of_rebuilt_tree
--- from
CREATE TABLE p (id int, at date NOT NULL, v numeric) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE p2 PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT * FROM p1; CREATE MATERIALIZED VIEW m AS SELECT sum(v) FROM p; CREATE FUNCTION f(p) RETURNS date LANGUAGE sql AS 'SELECT $1.at'; CREATE INDEX i ON p (v); CREATE INDEX j ON p1 (id); ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY q ON p USING (id > 0); INSERT INTO p VALUES (1, '2024-05-05', 2), (2, '2030-01-01', 3);
--- to
CREATE TABLE p (id int, at timestamptz NOT NULL, v numeric) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00'); CREATE TABLE p2 PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT * FROM p1; CREATE MATERIALIZED VIEW m AS SELECT sum(v) FROM p; CREATE FUNCTION f(p) RETURNS date LANGUAGE sql AS 'SELECT $1.at::date'; CREATE INDEX i ON p (v); CREATE INDEX j ON p1 (id); ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY q ON p USING (id > 0); INSERT INTO p VALUES (1, '2024-05-05', 2), (2, '2030-01-01', 3);

=== publication_of_retyped_and_moved_columns
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int PRIMARY KEY); CREATE PUBLICATION pub FOR TABLE t (id, a) WHERE (id > 1), u WITH (publish = 'insert'); CREATE PUBLICATION every FOR ALL TABLES; CREATE PUBLICATION sch FOR TABLES IN SCHEMA public; COMMENT ON PUBLICATION pub IS 'pub';
--- to
CREATE TABLE t (id bigint PRIMARY KEY, c date, b text); CREATE TABLE w (id int PRIMARY KEY); CREATE PUBLICATION pub FOR TABLE t (id, b, c) WHERE (id > 2 AND c IS NOT NULL), w WITH (publish = 'insert, update', publish_via_partition_root); CREATE PUBLICATION sch FOR TABLE t, w; COMMENT ON PUBLICATION pub IS 'pub 2';
