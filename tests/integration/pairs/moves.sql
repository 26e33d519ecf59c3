=== table_view_matview_of_one_name
CREATE TABLE s (id int, n text); INSERT INTO s VALUES (1, 'x');
--- from
CREATE VIEW x AS SELECT id, n FROM s; CREATE VIEW y AS SELECT id FROM x; COMMENT ON VIEW x IS 'x'; CREATE FUNCTION f(x) RETURNS int LANGUAGE sql AS 'SELECT $1.id';
--- to
CREATE MATERIALIZED VIEW x AS SELECT id, n FROM s; CREATE INDEX xi ON x (n); CREATE VIEW y AS SELECT id FROM x; COMMENT ON MATERIALIZED VIEW x IS 'x'; CREATE FUNCTION f(x) RETURNS int LANGUAGE sql AS 'SELECT $1.id';

=== matview_becomes_table
CREATE TABLE s (id int, n text); INSERT INTO s VALUES (1, 'x');
--- from
CREATE MATERIALIZED VIEW x AS SELECT id, n FROM s; CREATE UNIQUE INDEX xi ON x (n); CREATE VIEW y AS SELECT id FROM x; CREATE STATISTICS st ON id, n FROM x;
--- to
CREATE TABLE x (id int, n text); CREATE UNIQUE INDEX xi ON x (n); CREATE VIEW y AS SELECT id FROM x; CREATE STATISTICS st ON id, n FROM x;

=== index_table_sequence_view_swap_names
--- from
CREATE TABLE a (id int); CREATE INDEX b ON a (id); CREATE SEQUENCE c; CREATE VIEW d AS SELECT 1 AS x;
--- to
CREATE TABLE b (id int); CREATE INDEX a ON b (id); CREATE VIEW c AS SELECT 1 AS x; CREATE SEQUENCE d;

=== constraint_names_swap
--- from
CREATE TABLE t (a int, b int, CONSTRAINT x CHECK (a > 0), CONSTRAINT y CHECK (b > 0), CONSTRAINT u UNIQUE (a), CONSTRAINT w UNIQUE (b)); INSERT INTO t VALUES (1, 1); COMMENT ON CONSTRAINT x ON t IS 'a positive'; CREATE TABLE r (a int CONSTRAINT fk REFERENCES t (a), b int CONSTRAINT fk2 REFERENCES t (b));
--- to
CREATE TABLE t (a int, b int, CONSTRAINT y CHECK (a > 0), CONSTRAINT x CHECK (b > 0), CONSTRAINT w UNIQUE (a), CONSTRAINT u UNIQUE (b)); INSERT INTO t VALUES (1, 1); COMMENT ON CONSTRAINT x ON t IS 'b positive'; CREATE TABLE r (a int CONSTRAINT fk2 REFERENCES t (a), b int CONSTRAINT fk REFERENCES t (b));

=== column_names_swap
--- from
CREATE TABLE t (a int NOT NULL, b text DEFAULT 'b'); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a, b FROM t;
--- to
CREATE TABLE t (b int NOT NULL, a text DEFAULT 'b'); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a, b FROM t;

=== plain_table_to_partitioned_with_everything
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE t (id bigserial, at date NOT NULL DEFAULT '2024-01-01', v text, PRIMARY KEY (id, at)); CREATE INDEX i ON t (v); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf(); CREATE VIEW w AS SELECT * FROM t; CREATE TABLE r (id bigint, at date, FOREIGN KEY (id, at) REFERENCES t); CREATE POLICY p ON t USING (true); CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v'; COMMENT ON TABLE t IS 't'; INSERT INTO t (v) VALUES ('a'); INSERT INTO r VALUES (1, '2024-01-01');
--- to
CREATE TABLE t (id bigserial, at date NOT NULL DEFAULT '2024-01-01', v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE t24 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE trest PARTITION OF t DEFAULT; CREATE INDEX i ON t (v); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf(); CREATE VIEW w AS SELECT * FROM t; CREATE TABLE r (id bigint, at date, FOREIGN KEY (id, at) REFERENCES t); CREATE POLICY p ON t USING (true); CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v'; COMMENT ON TABLE t IS 't'; INSERT INTO t (v) VALUES ('a'); INSERT INTO r VALUES (1, '2024-01-01');

=== inherited_tables_become_partitions
--- from
CREATE TABLE p (id int, k int NOT NULL); CREATE TABLE p1 (CHECK (k = 1)) INHERITS (p); CREATE TABLE p2 (CHECK (k = 2)) INHERITS (p); INSERT INTO p1 VALUES (1, 1); INSERT INTO p2 VALUES (2, 2);
--- to
CREATE TABLE p (id int, k int NOT NULL) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (1, 1), (2, 2);

=== partition_bounds_shift_with_rows
--- from
CREATE TABLE p (k int NOT NULL, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); CREATE TABLE px PARTITION OF p DEFAULT; CREATE UNIQUE INDEX i ON p (k); INSERT INTO p VALUES (1, 'a'), (15, 'b'), (99, 'c');
--- to
CREATE TABLE p (k int NOT NULL, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (-10) TO (12); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (12) TO (MAXVALUE); CREATE UNIQUE INDEX i ON p (k); INSERT INTO p VALUES (1, 'a'), (15, 'b'), (99, 'c');

=== partition_split_and_merged
--- from
CREATE TABLE p (k int NOT NULL, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); CREATE INDEX i ON p (v);
--- to
CREATE TABLE p (k int NOT NULL, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100); CREATE INDEX i ON p (v);

=== partition_becomes_partitioned
--- from
CREATE TABLE p (k int NOT NULL, j int NOT NULL, v text, PRIMARY KEY (k, j)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (1, 1, 'a'), (2, 1, 'b');
--- to
CREATE TABLE p (k int NOT NULL, j int NOT NULL, v text, PRIMARY KEY (k, j)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY HASH (j); CREATE TABLE p1a PARTITION OF p1 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE p1b PARTITION OF p1 FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (1, 1, 'a'), (2, 1, 'b');

=== detached_partition_keeps_its_things
--- from
CREATE TABLE p (id int GENERATED BY DEFAULT AS IDENTITY, k int NOT NULL DEFAULT 1, CONSTRAINT c CHECK (id > 0), PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE INDEX i ON p (id); CREATE TABLE r (id int, k int, FOREIGN KEY (id, k) REFERENCES p); INSERT INTO p VALUES (1, 1), (2, 2);
--- to
CREATE TABLE p (id int GENERATED BY DEFAULT AS IDENTITY, k int NOT NULL DEFAULT 1, CONSTRAINT c CHECK (id > 0), PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 (id int NOT NULL, k int NOT NULL DEFAULT 1, CONSTRAINT c CHECK (id > 0), PRIMARY KEY (id, k)); CREATE INDEX i ON p (id); CREATE INDEX p2_id_idx ON p2 (id); CREATE TABLE r (id int, k int, FOREIGN KEY (id, k) REFERENCES p); INSERT INTO p VALUES (1, 1); INSERT INTO p2 VALUES (2, 2);

=== inherits_added_removed_multiple
--- from
CREATE TABLE a (x int NOT NULL DEFAULT 1, CONSTRAINT ca CHECK (x > 0)); CREATE TABLE b (y text); CREATE TABLE c (x int NOT NULL DEFAULT 2, y text, z date, CONSTRAINT ca CHECK (x > 0)); INSERT INTO c VALUES (3, 'y', NULL);
--- to
CREATE TABLE a (x int NOT NULL DEFAULT 1, CONSTRAINT ca CHECK (x > 0)); CREATE TABLE b (y text); CREATE TABLE c (x int NOT NULL DEFAULT 2, y text, z date, CONSTRAINT ca CHECK (x > 0)) INHERITS (a, b); INSERT INTO c VALUES (3, 'y', NULL);

=== inherits_grandparent_changes
--- from
CREATE TABLE a (x int); CREATE TABLE b (y int) INHERITS (a); CREATE TABLE c (z int) INHERITS (b); CREATE VIEW v AS SELECT x, y, z FROM c; INSERT INTO c VALUES (1, 2, 3);
--- to
CREATE TABLE a (x bigint, n text DEFAULT 'n'); CREATE TABLE b (y int) INHERITS (a); CREATE TABLE c (z int) INHERITS (b); CREATE VIEW v AS SELECT x, y, z FROM c; ALTER TABLE a ADD CONSTRAINT k CHECK (x > 0); INSERT INTO c (x, y, z) VALUES (1, 2, 3);

=== serial_identity_plain_ring
--- from
CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY); INSERT INTO a DEFAULT VALUES; INSERT INTO b DEFAULT VALUES; INSERT INTO c VALUES (1);
--- to
CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY); INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (1); INSERT INTO c VALUES (1);

=== bigserial_shared_and_moved
--- from
CREATE SEQUENCE q AS int START 5 OWNED BY NONE; CREATE TABLE a (id int DEFAULT nextval('q'), n int); CREATE TABLE b (id int DEFAULT nextval('q')); ALTER SEQUENCE q OWNED BY a.id; COMMENT ON SEQUENCE q IS 'q';
--- to
CREATE SEQUENCE q AS bigint START 7 INCREMENT -1 MINVALUE -100 MAXVALUE 100 CYCLE CACHE 4; CREATE TABLE a (id int, n int); CREATE TABLE b (id bigint DEFAULT nextval('q')); ALTER SEQUENCE q OWNED BY b.id; COMMENT ON SEQUENCE q IS 'q2';

=== default_from_another_schema
CREATE SCHEMA s; CREATE SCHEMA "S";
--- from
CREATE SEQUENCE s.q; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int DEFAULT nextval('s.q'), n int DEFAULT s.f(), c text DEFAULT current_schema());
--- to
CREATE SEQUENCE "S"."Q"; CREATE FUNCTION "S"."F"(int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (id int DEFAULT nextval('"S"."Q"'), n int DEFAULT "S"."F"(), c text DEFAULT "S"."F"(4)::text);

=== schema_content_moves_between_schemas
--- from
CREATE SCHEMA a; CREATE TYPE a.e AS ENUM ('x'); CREATE TABLE a.t (id serial PRIMARY KEY, e a.e DEFAULT 'x'); CREATE VIEW a.v AS SELECT * FROM a.t; CREATE FUNCTION a.f(a.t) RETURNS a.e LANGUAGE sql AS 'SELECT $1.e'; CREATE INDEX i ON a.t (e); INSERT INTO a.t DEFAULT VALUES;
--- to
CREATE SCHEMA b; CREATE TYPE b.e AS ENUM ('x'); CREATE TABLE b.t (id serial PRIMARY KEY, e b.e DEFAULT 'x'); CREATE VIEW b.v AS SELECT * FROM b.t; CREATE FUNCTION b.f(b.t) RETURNS b.e LANGUAGE sql AS 'SELECT $1.e'; CREATE INDEX i ON b.t (e); INSERT INTO b.t DEFAULT VALUES;

=== extension_moves_schema_with_users
CREATE SCHEMA ext;
--- from
CREATE EXTENSION citext; CREATE TABLE t (id int, c citext DEFAULT 'x', CONSTRAINT k CHECK (c <> 'y')); CREATE INDEX i ON t (c); CREATE VIEW v AS SELECT c FROM t; CREATE FUNCTION f(citext) RETURNS citext LANGUAGE sql AS 'SELECT $1'; INSERT INTO t VALUES (1, 'Ab');
--- to
CREATE EXTENSION citext SCHEMA ext; CREATE TABLE t (id int, c ext.citext DEFAULT 'x', CONSTRAINT k CHECK (c OPERATOR(ext.<>) 'y')); CREATE INDEX i ON t (c ext.citext_ops); CREATE VIEW v AS SELECT c FROM t; CREATE FUNCTION f(ext.citext) RETURNS ext.citext LANGUAGE sql AS 'SELECT $1'; INSERT INTO t VALUES (1, 'Ab');

=== unlogged_partition_and_options
--- from
CREATE TABLE t (id int PRIMARY KEY) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false); CREATE UNLOGGED TABLE u (id int GENERATED ALWAYS AS IDENTITY, n text); CREATE SEQUENCE q; INSERT INTO t VALUES (1); INSERT INTO u (n) VALUES ('x');
--- to
CREATE UNLOGGED TABLE t (id int PRIMARY KEY WITH (fillfactor = 60)) WITH (autovacuum_vacuum_scale_factor = 0.5, parallel_workers = 2); CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY, n text) WITH (toast_tuple_target = 256); CREATE UNLOGGED SEQUENCE q; INSERT INTO t VALUES (1); INSERT INTO u (n) VALUES ('x');

=== table_in_foreign_and_back_with_children
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE FOREIGN TABLE f (id int OPTIONS (a '1') NOT NULL, n text, CONSTRAINT c CHECK (id > 0)) SERVER s OPTIONS (x 'y'); CREATE VIEW v AS SELECT id FROM f; CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE FOREIGN TABLE p1 PARTITION OF p FOR VALUES IN (1) SERVER s;
--- to
CREATE FOREIGN TABLE f (id bigint OPTIONS (SET 'z', b '2'), n text OPTIONS (c 'd') DEFAULT 'q') SERVER s OPTIONS (x 'z', y 'it''s'); CREATE VIEW v AS SELECT id FROM f; CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); COMMENT ON FOREIGN TABLE f IS 'f';

=== typed_table_and_its_type
--- from
CREATE TYPE ty AS (a int, b text); CREATE TABLE t OF ty (a WITH OPTIONS PRIMARY KEY, b WITH OPTIONS DEFAULT 'b'); INSERT INTO t VALUES (1, 'x');
--- to
CREATE TYPE ty AS (a int, b varchar(10), c date); CREATE TABLE t OF ty (a WITH OPTIONS PRIMARY KEY, c WITH OPTIONS NOT NULL DEFAULT '2020-01-01'); INSERT INTO t VALUES (1, 'x');

=== everything_dropped_at_once
--- from
CREATE SCHEMA z; CREATE EXTENSION hstore SCHEMA z; CREATE TYPE z.e AS ENUM ('a'); CREATE DOMAIN z.d AS z.e; CREATE TYPE z.c AS (d z.d, h z.hstore); CREATE TABLE z.t (id serial PRIMARY KEY, c z.c, e z.e[], CHECK ((c).d::z.e = 'a'::z.e)); CREATE TABLE z.u (id int REFERENCES z.t, t z.t); ALTER TABLE z.t ADD u int; CREATE UNIQUE INDEX ui ON z.u (id); ALTER TABLE z.t ADD FOREIGN KEY (u) REFERENCES z.u (id); CREATE VIEW z.v AS SELECT * FROM z.t; CREATE FUNCTION z.f(z.v) RETURNS SETOF z.t LANGUAGE sql AS 'SELECT * FROM z.t'; CREATE VIEW z.w AS SELECT z.f(v) FROM z.v; CREATE TABLE z.p (k z.e) PARTITION BY LIST (k); CREATE TABLE z.p1 PARTITION OF z.p FOR VALUES IN ('a');
--- to

=== partition_moves_while_its_root_changes
--- from
CREATE TABLE p (id int, k int NOT NULL, gone text, n int, CONSTRAINT c CHECK (n > 0), UNIQUE (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE INDEX i ON p (n); INSERT INTO p VALUES (1, 1, 'x', 5), (2, 2, 'y', 6);
--- to
CREATE TABLE p (id int, k int NOT NULL, n bigint, fresh date, CONSTRAINT d CHECK (n > 1), PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 3); CREATE TABLE p2 (id int, k int NOT NULL, gone text, n int, CONSTRAINT c CHECK (n > 0), UNIQUE (id, k)); CREATE INDEX i ON p (fresh); INSERT INTO p VALUES (1, 1, 5, NULL); INSERT INTO p2 VALUES (2, 2, 'y', 6);

=== heir_leaves_while_its_parent_changes
--- from
CREATE TABLE a (x int, y text, CONSTRAINT c CHECK (x > 0)); CREATE TABLE b (z int) INHERITS (a); INSERT INTO b VALUES (1, 'y', 2);
--- to
CREATE TABLE a (x bigint, w date, CONSTRAINT c CHECK (x > 1)); CREATE TABLE b (x int, y text, z int, CONSTRAINT c CHECK (x > 0)); INSERT INTO b VALUES (1, 'y', 2);

=== overloads_of_a_name_said_by_a_trigger
--- from
CREATE TABLE t (id int PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE FUNCTION f(r t) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN r::text; END'; CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT g(id) AS x FROM t; CREATE FUNCTION g(v) RETURNS int LANGUAGE sql AS 'SELECT 2';
--- to

=== range_renamed_keeps_its_multirange
CREATE TYPE r AS RANGE (subtype = float8); CREATE TABLE t (a r, b r[], c r_multirange, EXCLUDE USING gist (a WITH &&)); INSERT INTO t VALUES ('[1,2)', '{"[1,2)"}', '{[1,2)}');
--- from
--- to
ALTER TYPE r RENAME TO s;

=== function_default_says_an_identity_sequence
--- from
--- to
CREATE TABLE t (a int GENERATED BY DEFAULT AS IDENTITY); CREATE PROCEDURE p(INOUT n int DEFAULT nextval('t_a_seq')) LANGUAGE plpgsql AS 'BEGIN n := n + 1; END'; CREATE TABLE a (x int DEFAULT nextval('t_a_seq'));

=== column_dropped_as_a_partition_leaves
CREATE TABLE p (id int, n text) PARTITION BY HASH (id); CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
--- from
--- to
ALTER TABLE p DROP COLUMN n; ALTER TABLE p DETACH PARTITION p1;

=== enum_labels_added_beside_one_in_use
--- from
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (id int, k e);
--- to
CREATE TYPE e AS ENUM ('y', 'z', 'a'); CREATE TABLE t (id int, k e); CREATE TABLE u (k e CHECK (k <> 'z'));
