=== default_calls_a_function_whose_result_changes
--- from
CREATE FUNCTION next_no() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int DEFAULT next_no(), v text); INSERT INTO t (v) VALUES ('a');
--- to
CREATE FUNCTION next_no() RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint'; CREATE TABLE t (id bigint DEFAULT next_no(), v text);

=== function_under_a_domain_check_changes_its_result
--- from
CREATE FUNCTION ok(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) > 1'; CREATE DOMAIN d AS text CHECK (ok(VALUE)); CREATE TABLE t (a d, b d[]); INSERT INTO t VALUES ('xyz', ARRAY['xyz'::d]);
--- to
CREATE FUNCTION ok(varchar) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) > 2'; CREATE DOMAIN d AS text CHECK (ok(VALUE)); CREATE TABLE t (a d, b d[]);

=== function_of_a_partition_key_changes_its_arguments
--- from
CREATE FUNCTION bucket(v int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 % 2'; CREATE TABLE t (a int, b text) PARTITION BY LIST (bucket(a)); CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX i ON t (b); INSERT INTO t VALUES (1, 'x'), (2, 'y');
--- to
CREATE FUNCTION bucket(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 % 2'; CREATE TABLE t (a int, b text) PARTITION BY LIST (bucket(a)); CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX i ON t (b);

=== function_of_an_index_a_check_and_a_generated_column_is_made_again
--- from
CREATE FUNCTION f(x int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1'; CREATE TABLE t (a int PRIMARY KEY, g int GENERATED ALWAYS AS (f(a)) STORED, CHECK (f(a) > 0)); CREATE INDEX i ON t (f(a)) WHERE f(a) > 3; CREATE VIEW v AS SELECT f(a) AS n FROM t; CREATE MATERIALIZED VIEW m AS SELECT f(a) AS n FROM t; CREATE UNIQUE INDEX mi ON m (n); INSERT INTO t VALUES (1), (5);
--- to
CREATE FUNCTION f(y int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 2'; CREATE TABLE t (a int PRIMARY KEY, g int GENERATED ALWAYS AS (f(a)) STORED, CHECK (f(a) > 0)); CREATE INDEX i ON t (f(a)) WHERE f(a) > 3; CREATE VIEW v AS SELECT f(a) AS n FROM t; CREATE MATERIALIZED VIEW m AS SELECT f(a) AS n FROM t; CREATE UNIQUE INDEX mi ON m (n);

=== function_becomes_a_procedure_and_the_other_way_round
--- from
CREATE FUNCTION a() RETURNS void LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE b(x int) LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION a() IS 'f'; COMMENT ON PROCEDURE b(int) IS 'p';
--- to
CREATE PROCEDURE a() LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION b(x int) RETURNS void LANGUAGE sql AS 'SELECT 1'; COMMENT ON PROCEDURE a() IS 'p';

=== function_becomes_an_aggregate_under_a_view
--- from
CREATE FUNCTION total(int) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT $1::bigint'; CREATE TABLE t (a int); CREATE VIEW v AS SELECT total(a) AS s FROM t;
--- to
CREATE FUNCTION add(bigint, int) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (SFUNC = add, STYPE = bigint, INITCOND = '0'); CREATE TABLE t (a int); CREATE VIEW v AS SELECT total(a) AS s FROM t;

=== rebuilt_partitioned_table_with_a_check_whose_function_changes
--- from
CREATE FUNCTION good(a int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0'; CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (good(a))) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); INSERT INTO t VALUES (1, 1), (2, 2);
--- to
CREATE FUNCTION good(b int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 >= 0'; CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (good(a))) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2, 3);

=== rebuilt_table_with_a_generated_column_and_a_function_made_again
--- from
CREATE FUNCTION up(x text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper($1)'; CREATE TABLE t (id int, v text, g text GENERATED ALWAYS AS (up(v)) STORED) PARTITION BY HASH (id); CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- to
CREATE FUNCTION up(y text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper($1)'; CREATE TABLE t (id int, v text, g text GENERATED ALWAYS AS (up(v)) STORED); INSERT INTO t VALUES (1, 'a');

=== enum_under_a_function_a_view_and_a_default_loses_a_label
--- from
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE FUNCTION best() RETURNS mood IMMUTABLE LANGUAGE sql AS $$ SELECT 'happy'::mood $$; CREATE TABLE t (a mood DEFAULT best(), b mood[] DEFAULT ARRAY['ok'::mood]); CREATE VIEW v AS SELECT a FROM t WHERE a > 'sad'; CREATE INDEX i ON t (a) WHERE a = 'ok'; INSERT INTO t (b) VALUES ('{ok}');
--- to
CREATE TYPE mood AS ENUM ('ok', 'happy'); CREATE FUNCTION best() RETURNS mood IMMUTABLE LANGUAGE sql AS $$ SELECT 'happy'::mood $$; CREATE TABLE t (a mood DEFAULT best(), b mood[] DEFAULT ARRAY['ok'::mood]); CREATE VIEW v AS SELECT a FROM t WHERE a > 'ok'; CREATE INDEX i ON t (a) WHERE a = 'ok';

=== views_three_deep_over_a_column_that_changes_its_type
--- from
CREATE TABLE t (a int, b text); CREATE VIEW v1 AS SELECT a, b FROM t; CREATE VIEW v2 AS SELECT a * 2 AS d, b FROM v1; CREATE MATERIALIZED VIEW m AS SELECT d, count(*) AS n FROM v2 GROUP BY d; CREATE UNIQUE INDEX mi ON m (d); CREATE VIEW v3 AS SELECT m.d, v2.b FROM m JOIN v2 USING (d); COMMENT ON VIEW v3 IS 'deep'; INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (a bigint, b varchar(20)); CREATE VIEW v1 AS SELECT a, b FROM t; CREATE VIEW v2 AS SELECT a * 2 AS d, b FROM v1; CREATE MATERIALIZED VIEW m AS SELECT d, count(*) AS n FROM v2 GROUP BY d; CREATE UNIQUE INDEX mi ON m (d); CREATE VIEW v3 AS SELECT m.d, v2.b FROM m JOIN v2 USING (d); COMMENT ON VIEW v3 IS 'deeper';

=== rule_trigger_and_policy_over_a_function_that_changes_its_arguments
--- from
CREATE FUNCTION may(a int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE TABLE t (a int); CREATE TABLE log (a int); CREATE POLICY p ON t USING (may(a)); CREATE RULE r AS ON INSERT TO t WHERE may(new.a) DO ALSO INSERT INTO log VALUES (new.a); CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (may(new.a)) EXECUTE FUNCTION fire();
--- to
CREATE FUNCTION may(b int) RETURNS boolean LANGUAGE sql AS 'SELECT false'; CREATE TABLE t (a int); CREATE TABLE log (a int); CREATE POLICY p ON t USING (may(a)); CREATE RULE r AS ON INSERT TO t WHERE may(new.a) DO ALSO INSERT INTO log VALUES (new.a); CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (may(new.a)) EXECUTE FUNCTION fire();

=== operator_whose_function_is_made_again_in_a_check_an_index_and_a_view
--- from
CREATE FUNCTION near(a int, b int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT abs($1 - $2) < 2'; CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = near); CREATE TABLE t (a int, b int, CHECK (a <~> b)); CREATE INDEX i ON t ((a <~> b)); CREATE VIEW v AS SELECT a FROM t WHERE a <~> 5; INSERT INTO t VALUES (1, 1);
--- to
CREATE FUNCTION near(x int, y int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT abs($1 - $2) < 3'; CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = near); CREATE TABLE t (a int, b int, CHECK (a <~> b)); CREATE INDEX i ON t ((a <~> b)); CREATE VIEW v AS SELECT a FROM t WHERE a <~> 5;

=== column_default_and_check_use_an_operator_that_is_replaced
--- from
CREATE FUNCTION near(a int, b int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT abs($1 - $2) < 2'; CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = near); CREATE TABLE t (a int, b boolean DEFAULT (1 <~> 2), CHECK (a <~> 5)); INSERT INTO t (a) VALUES (5);
--- to
CREATE FUNCTION nearer(a int, b int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT abs($1 - $2) < 1'; CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = nearer); CREATE TABLE t (a int, b boolean DEFAULT (1 <~> 2), CHECK (a <~> 5));

=== composite_type_in_a_function_a_table_and_a_view_gets_an_attribute
--- from
CREATE TYPE pt AS (x int, y int); CREATE FUNCTION mk(int) RETURNS pt IMMUTABLE LANGUAGE sql AS 'SELECT ROW($1, $1)::pt'; CREATE TABLE t (p pt, q pt[]); CREATE VIEW v AS SELECT (p).x AS x FROM t; INSERT INTO t VALUES (ROW(1, 2), ARRAY[ROW(3, 4)::pt]);
--- to
CREATE TYPE pt AS (x int, y int, z int); CREATE FUNCTION mk(int) RETURNS pt IMMUTABLE LANGUAGE sql AS 'SELECT ROW($1, $1, $1)::pt'; CREATE TABLE t (p pt, q pt[]); CREATE VIEW v AS SELECT (p).x AS x FROM t;

=== sequence_default_of_two_tables_is_owned_by_another
--- from
CREATE SEQUENCE s; CREATE TABLE a (id int DEFAULT nextval('s')); CREATE TABLE b (id int DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY a.id; INSERT INTO a DEFAULT VALUES;
--- to
CREATE SEQUENCE s; CREATE TABLE b (id int DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY b.id; CREATE TABLE c (id int DEFAULT nextval('s'));

=== sequence_of_a_partitions_column_that_goes_with_the_roots
--- from
CREATE TABLE t (a int, k int) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE SEQUENCE s OWNED BY t1.a; INSERT INTO t VALUES (1, 1);
--- to
CREATE TABLE t (k int) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE SEQUENCE s;

=== sequence_of_an_inherited_column_that_goes_with_the_parents
--- from
CREATE TABLE p (a int, k int); CREATE TABLE c () INHERITS (p); CREATE SEQUENCE s OWNED BY c.a; INSERT INTO c VALUES (1, 1);
--- to
CREATE TABLE p (k int); CREATE TABLE c () INHERITS (p); CREATE SEQUENCE s OWNED BY c.k;

=== materialized_view_of_rows_from_a_function_over_an_enum_that_is_rebuilt
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e, y int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM public.t'; CREATE MATERIALIZED VIEW m AS SELECT f() AS row FROM generate_series(1, 1); INSERT INTO t VALUES ('a', 1); REFRESH MATERIALIZED VIEW m;
--- to
CREATE TYPE e AS ENUM ('c', 'a'); CREATE TABLE t (x e, y int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM public.t'; CREATE MATERIALIZED VIEW m AS SELECT f() AS row FROM generate_series(1, 1);

=== index_and_function_share_a_name
--- from
CREATE TABLE t (a int); CREATE FUNCTION x(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE INDEX x ON t (x(a)); CREATE VIEW v AS SELECT x(a) AS n FROM t;
--- to
CREATE TABLE t (a int); CREATE FUNCTION x(b int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1'; CREATE INDEX x ON t (x(a)); CREATE VIEW v AS SELECT x(a) AS n FROM t;

=== overloads_come_and_go_under_one_view
--- from
CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT g(a) + g(b) AS n FROM t;
--- to
CREATE FUNCTION g(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(text) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE TABLE t (a numeric, b text); CREATE VIEW v AS SELECT g(a) + g(b) AS n FROM t;

=== sql_body_calls_a_function_that_gets_another_default
CREATE TABLE t (a int);
--- from
CREATE FUNCTION inner_one(a int DEFAULT 1) RETURNS int LANGUAGE sql RETURN a; CREATE FUNCTION outer_one() RETURNS int LANGUAGE sql RETURN inner_one() + 1; CREATE VIEW v AS SELECT outer_one() AS n FROM t;
--- to
CREATE FUNCTION inner_one(a int) RETURNS int LANGUAGE sql RETURN a + 1; CREATE FUNCTION outer_one() RETURNS int LANGUAGE sql RETURN inner_one(3) + 1; CREATE VIEW v AS SELECT outer_one() AS n FROM t;

=== statistics_and_exclusion_over_a_function_made_again
--- from
CREATE FUNCTION half(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 / 2'; CREATE TABLE t (a int, b int, EXCLUDE (half(a) WITH =)); CREATE STATISTICS st ON half(a), b FROM t; INSERT INTO t VALUES (1, 1), (4, 4);
--- to
CREATE FUNCTION half(z int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 / 2'; CREATE TABLE t (a int, b int, EXCLUDE (half(a) WITH =)); CREATE STATISTICS st ON half(a), b FROM t;

=== view_and_table_change_places_under_a_function
--- from
CREATE TABLE a (x int, y text); CREATE VIEW b AS SELECT x, y FROM a; CREATE FUNCTION f(b) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g() RETURNS SETOF a LANGUAGE sql AS 'SELECT * FROM public.a';
--- to
CREATE TABLE b (x int, y text); CREATE VIEW a AS SELECT x, y FROM b; CREATE FUNCTION f(b) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g() RETURNS SETOF a LANGUAGE sql AS 'SELECT * FROM public.b';

=== typed_table_whose_type_gets_an_attribute_in_front
--- from
CREATE TYPE p AS (b text); CREATE TABLE t OF p (PRIMARY KEY (b)); CREATE VIEW v AS SELECT b FROM t; INSERT INTO t VALUES ('x');
--- to
CREATE TYPE p AS (a int, b text); CREATE TABLE t OF p (PRIMARY KEY (b)); CREATE VIEW v AS SELECT b FROM t;

=== table_becomes_one_of_a_type_with_another_order
CREATE TYPE p AS (a int, b text);
--- from
CREATE TABLE t (b text, a int); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x', 1);
--- to
CREATE TABLE t OF p; CREATE INDEX i ON t (a);
