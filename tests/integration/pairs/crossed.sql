=== jsonb_array_column_becomes_an_array_of_text
--- from
CREATE TABLE t (id int PRIMARY KEY, tags jsonb NOT NULL DEFAULT '[]'); INSERT INTO t VALUES (1, '["a", "b c", "d,\"e\""]'), (2, '[]');
--- to
CREATE TABLE t (id int PRIMARY KEY, tags text[] NOT NULL DEFAULT '{}'); INSERT INTO t VALUES (1, '{a,NULL}');

=== json_numbers_become_integers
--- from
CREATE TABLE t (id int PRIMARY KEY, n json, o jsonb); INSERT INTO t VALUES (1, '[1, 2, 3]', '5'), (2, NULL, 'null');
--- to
CREATE TABLE t (id int PRIMARY KEY, n int[], o int); INSERT INTO t VALUES (1, '{4}', 5);

=== json_scalars_become_what_they_say
--- from
CREATE TABLE t (id int, a jsonb, c jsonb, d json); INSERT INTO t VALUES (1, '"2020-01-02"', 'true', '"7f8f4fb6-3c1f-4c0e-9b1d-0d6cf3f3a111"');
--- to
CREATE TABLE t (id int, a date, c boolean, d uuid); INSERT INTO t VALUES (1, '2020-01-02', true, NULL);

=== composite_becomes_jsonb_and_back
CREATE TYPE pt AS (x int, y text);
--- from
CREATE TABLE t (id int, p pt); INSERT INTO t VALUES (1, ROW(1, 'a b')), (2, NULL);
--- to
CREATE TABLE t (id int, p jsonb); INSERT INTO t VALUES (1, '{"x": 1, "y": "a b"}');

=== foreign_table_column_changes_its_type_and_options
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE FOREIGN TABLE f (a text, b int OPTIONS (k 'v')) SERVER s; CREATE VIEW v AS SELECT a FROM f;
--- to
CREATE FOREIGN TABLE f (a int, b text) SERVER s; CREATE VIEW v AS SELECT a FROM f;

=== root_of_a_foreign_partition_gets_another_key
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE FOREIGN TABLE t2 PARTITION OF t FOR VALUES IN (2) SERVER s;
--- to
CREATE TABLE t (a int, b int) PARTITION BY RANGE (b); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (2); CREATE FOREIGN TABLE t2 PARTITION OF t FOR VALUES FROM (2) TO (3) SERVER s;

=== local_partition_becomes_foreign_under_another_key
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE FOREIGN TABLE t2 PARTITION OF t FOR VALUES IN (2) SERVER s; CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
--- to
CREATE TABLE t (a int, b int) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);

=== table_becomes_partitioned_by_a_function
--- from
CREATE FUNCTION k(v text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length($1) % 2'; CREATE TABLE t (id int NOT NULL, v text); CREATE INDEX i ON t (k(v)); INSERT INTO t VALUES (1, 'a'), (2, 'bb');
--- to
CREATE FUNCTION k(w text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length($1) % 2'; CREATE TABLE t (id int NOT NULL, v text) PARTITION BY LIST (k(v)); CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE INDEX i ON t (k(v));

=== columns_swap_their_types
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c date, d timestamptz); INSERT INTO t VALUES (1, 5, '7', '2020-01-01', '2021-01-01 12:00+00');
--- to
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c timestamptz, d date);

=== array_becomes_json_and_text
--- from
CREATE TABLE t (id int, a int[], b text[], c numeric[]); INSERT INTO t VALUES (1, '{1,2}', '{x,NULL}', '{1.5}');
--- to
CREATE TABLE t (id int, a jsonb, b json, c text); INSERT INTO t VALUES (1, '[1, 2]', '["x", null]', '{1.5}');

=== foreign_keys_cross_two_tables_whose_keys_change_type
--- from
CREATE TABLE a (id int PRIMARY KEY, b_id int); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b DEFERRABLE INITIALLY DEFERRED; INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (2, 1); UPDATE a SET b_id = 2;
--- to
CREATE TABLE a (id bigint PRIMARY KEY, b_id bigint); CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b DEFERRABLE INITIALLY DEFERRED;

=== primary_key_moves_to_another_column_under_a_foreign_key
--- from
CREATE TABLE a (id int PRIMARY KEY, code text NOT NULL UNIQUE); CREATE TABLE b (a_id int REFERENCES a, a_code text REFERENCES a (code)); INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x');
--- to
CREATE TABLE a (id int NOT NULL UNIQUE, code text PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a (id), a_code text REFERENCES a);

=== schema_takes_over_half_of_another
--- from
CREATE SCHEMA s; CREATE TABLE s.t (a int PRIMARY KEY); CREATE FUNCTION s.f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE TABLE u (b int REFERENCES s.t, CHECK (s.f(b) > 0)); CREATE VIEW s.v AS SELECT a FROM s.t;
--- to
CREATE SCHEMA s; CREATE SCHEMA r; CREATE TABLE s.t (a int PRIMARY KEY); CREATE FUNCTION r.f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE TABLE u (b int REFERENCES s.t, CHECK (r.f(b) > 0)); CREATE VIEW r.v AS SELECT a FROM s.t;

=== two_enums_swap_their_columns
--- from
CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE b AS ENUM ('y', 'x'); CREATE TABLE t (p a DEFAULT 'x', q b DEFAULT 'y'); CREATE INDEX i ON t (p, q); INSERT INTO t DEFAULT VALUES;
--- to
CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE b AS ENUM ('y', 'x'); CREATE TABLE t (p b DEFAULT 'x', q a DEFAULT 'y'); CREATE INDEX i ON t (p, q);

=== inherited_children_with_keys_under_a_retyped_parent
--- from
CREATE TABLE p (id int, v text); CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p); CREATE TABLE d (c_id int REFERENCES c); CREATE VIEW w AS SELECT id FROM p; INSERT INTO c VALUES (1, 'a'); INSERT INTO d VALUES (1);
--- to
CREATE TABLE p (id bigint, v text); CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p); CREATE TABLE d (c_id bigint REFERENCES c); CREATE VIEW w AS SELECT id FROM p;

=== domain_over_a_domain_over_an_enum_that_is_rebuilt
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE DOMAIN d1 AS e CHECK (VALUE <> 'c'); CREATE DOMAIN d2 AS d1 DEFAULT 'a'; CREATE TABLE t (x d2, y e); CREATE VIEW v AS SELECT x, y FROM t; INSERT INTO t VALUES ('a', 'b');
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE DOMAIN d1 AS e CHECK (VALUE <> 'b'); CREATE DOMAIN d2 AS d1 DEFAULT 'a'; CREATE TABLE t (x d2, y e); CREATE VIEW v AS SELECT x, y FROM t;

=== cast_gets_another_function_under_view_and_default
CREATE TYPE kilo AS (v int);
--- from
CREATE FUNCTION k(int) RETURNS kilo IMMUTABLE LANGUAGE sql AS 'SELECT ROW($1)::kilo'; CREATE CAST (int AS kilo) WITH FUNCTION k(int) AS ASSIGNMENT; CREATE TABLE t (id int, w kilo DEFAULT (3)::kilo); CREATE VIEW v AS SELECT id::kilo AS w FROM t;
--- to
CREATE FUNCTION kk(int, int DEFAULT 0) RETURNS kilo IMMUTABLE LANGUAGE sql AS 'SELECT ROW($1 * 1000)::kilo'; CREATE FUNCTION k1(int) RETURNS kilo IMMUTABLE LANGUAGE sql AS 'SELECT kk($1)'; CREATE CAST (int AS kilo) WITH FUNCTION k1(int) AS IMPLICIT; CREATE TABLE t (id int, w kilo DEFAULT (4)::kilo); CREATE VIEW v AS SELECT id::kilo AS w FROM t;

