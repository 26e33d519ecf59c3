=== retype_with_all_dependents
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE t (id int PRIMARY KEY, amount int NOT NULL DEFAULT 0, twice int GENERATED ALWAYS AS (id * 2) STORED, note text);
CREATE INDEX t_amount ON t (amount) WHERE amount > 0;
CREATE VIEW v1 AS SELECT id, amount FROM t; CREATE VIEW v2 AS SELECT sum(amount) AS s FROM v1; COMMENT ON VIEW v2 IS 'sum'; COMMENT ON COLUMN v1.amount IS 'am';
CREATE MATERIALIZED VIEW m AS SELECT id, amount FROM v1; CREATE UNIQUE INDEX m_id ON m (id); COMMENT ON INDEX m_id IS 'mi';
CREATE POLICY p ON t USING (amount > 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER tr BEFORE UPDATE OF amount ON t FOR EACH ROW WHEN (OLD.amount IS DISTINCT FROM NEW.amount) EXECUTE FUNCTION audit();
CREATE STATISTICS st ON amount, note FROM t; ALTER TABLE t ADD CONSTRAINT c CHECK (amount >= 0);
CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT $1.amount::int';
CREATE PUBLICATION pub FOR TABLE t (id, amount) WHERE (amount > 2);
INSERT INTO t (id, amount) VALUES (1, 5), (2, 7);
--- to
CREATE TABLE t (id int PRIMARY KEY, amount bigint NOT NULL DEFAULT 0, twice int GENERATED ALWAYS AS (id * 2) STORED, note text);
CREATE INDEX t_amount ON t (amount) WHERE amount > 0;
CREATE VIEW v1 AS SELECT id, amount FROM t; CREATE VIEW v2 AS SELECT sum(amount) AS s FROM v1; COMMENT ON VIEW v2 IS 'sum'; COMMENT ON COLUMN v1.amount IS 'am';
CREATE MATERIALIZED VIEW m AS SELECT id, amount FROM v1; CREATE UNIQUE INDEX m_id ON m (id); COMMENT ON INDEX m_id IS 'mi';
CREATE POLICY p ON t USING (amount > 1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER tr BEFORE UPDATE OF amount ON t FOR EACH ROW WHEN (OLD.amount IS DISTINCT FROM NEW.amount) EXECUTE FUNCTION audit();
CREATE STATISTICS st ON amount, note FROM t; ALTER TABLE t ADD CONSTRAINT c CHECK (amount >= 0);
CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT $1.amount::int';
CREATE PUBLICATION pub FOR TABLE t (id, amount) WHERE (amount > 2);
INSERT INTO t (id, amount) VALUES (1, 5), (2, 7);

=== retype_generated_base
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) STORED, c text); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t; INSERT INTO t VALUES (1, 2);
--- to
CREATE TABLE t (id int PRIMARY KEY, a bigint, b bigint GENERATED ALWAYS AS (a + 1) STORED, c text); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t; INSERT INTO t VALUES (1, 2);

=== retype_fk_both_ends_composite
--- from
CREATE TABLE a (x int, y int, PRIMARY KEY (x, y)); CREATE TABLE b (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES a ON UPDATE CASCADE); CREATE TABLE c (x int, y int, z int UNIQUE, CONSTRAINT cf FOREIGN KEY (x, y) REFERENCES a DEFERRABLE); INSERT INTO a VALUES (1,2); INSERT INTO b VALUES (1,1,2); INSERT INTO c VALUES (1,2,3);
--- to
CREATE TABLE a (x bigint, y text, PRIMARY KEY (x, y)); CREATE TABLE b (id int PRIMARY KEY, x bigint, y text, FOREIGN KEY (x, y) REFERENCES a ON UPDATE CASCADE); CREATE TABLE c (x bigint, y text, z int UNIQUE, CONSTRAINT cf FOREIGN KEY (x, y) REFERENCES a DEFERRABLE); INSERT INTO a VALUES (1,'2'); INSERT INTO b VALUES (1,1,'2'); INSERT INTO c VALUES (1,'2',3);

=== partitioned_retype_pk
--- from
CREATE TABLE p (id int, k int NOT NULL, v text, PRIMARY KEY (id, k)) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); CREATE INDEX pi ON p (v); CREATE TABLE r (a int, b int, FOREIGN KEY (a, b) REFERENCES p); INSERT INTO p VALUES (1, 2, 'x'), (2, 12, 'y'); INSERT INTO r VALUES (1, 2);
--- to
CREATE TABLE p (id bigint, k int NOT NULL, v varchar(20), PRIMARY KEY (id, k)) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); CREATE INDEX pi ON p (v); CREATE TABLE r (a bigint, b int, FOREIGN KEY (a, b) REFERENCES p); INSERT INTO p VALUES (1, 2, 'x'), (2, 12, 'y'); INSERT INTO r VALUES (1, 2);

=== partition_key_column_retyped
--- from
CREATE TABLE p (id int, k int NOT NULL) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1, 2), (2, 12);
--- to
CREATE TABLE p (id int, k bigint NOT NULL) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1, 2), (2, 12);

=== partition_key_enum_rebuilt
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (id int, k e NOT NULL, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a'); CREATE TABLE pb PARTITION OF p FOR VALUES IN ('b'); CREATE INDEX pi ON p (k); INSERT INTO p VALUES (1, 'a'), (2, 'b'); CREATE VIEW v AS SELECT * FROM p;
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE p (id int, k e NOT NULL, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a'); CREATE TABLE pb PARTITION OF p FOR VALUES IN ('b'); CREATE INDEX pi ON p (k); INSERT INTO p VALUES (1, 'a'), (2, 'b'); CREATE VIEW v AS SELECT * FROM p;

=== partition_key_enum_sub
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (id int, d date, k e NOT NULL DEFAULT 'a') PARTITION BY RANGE (d); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (k); CREATE TABLE p1a PARTITION OF p1 FOR VALUES IN ('a', 'b'); CREATE TABLE p1b PARTITION OF p1 DEFAULT; INSERT INTO p VALUES (1, '2020-02-02', 'a'), (2, '2020-02-02', 'b');
--- to
CREATE TYPE e AS ENUM ('b', 'a', 'd'); CREATE TABLE p (id int, d date, k e NOT NULL DEFAULT 'a') PARTITION BY RANGE (d); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (k); CREATE TABLE p1a PARTITION OF p1 FOR VALUES IN ('a', 'b'); CREATE TABLE p1b PARTITION OF p1 DEFAULT; INSERT INTO p VALUES (1, '2020-02-02', 'a'), (2, '2020-02-02', 'b');

=== enum_added_in_partition_bound
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE p (id int, k e NOT NULL) PARTITION BY LIST (k); CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a'); INSERT INTO p VALUES (1, 'a');
--- to
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (id int, k e NOT NULL) PARTITION BY LIST (k); CREATE TABLE pa PARTITION OF p FOR VALUES IN ('a'); CREATE TABLE pc PARTITION OF p FOR VALUES IN ('c'); INSERT INTO p VALUES (1, 'a');

=== enum_added_and_used_everywhere
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, k e NOT NULL DEFAULT 'a'); CREATE INDEX i ON t (id) WHERE k = 'a'; CREATE VIEW v AS SELECT id FROM t WHERE k = 'a'; INSERT INTO t VALUES (1, 'a');
--- to
CREATE TYPE e AS ENUM ('z', 'a', 'm', 'b', 'c'); CREATE TABLE t (id int PRIMARY KEY, k e NOT NULL DEFAULT 'c'); CREATE INDEX i ON t (id) WHERE k = 'c'; CREATE VIEW v AS SELECT id FROM t WHERE k = 'm'; ALTER TABLE t ADD CONSTRAINT c CHECK (k <> 'z'); INSERT INTO t VALUES (1, 'a');

=== enum_added_said_in_function
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id int PRIMARY KEY, k e); CREATE FUNCTION f() RETURNS e LANGUAGE sql AS $$ SELECT 'a'::e $$;
--- to
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int PRIMARY KEY, k e); CREATE FUNCTION f() RETURNS e LANGUAGE sql AS $$ SELECT 'c'::e $$; CREATE FUNCTION g() RETURNS e LANGUAGE sql BEGIN ATOMIC SELECT 'c'::e; END;

=== enum_added_and_array_default_and_domain
--- from
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (id int, k e[] DEFAULT '{}'); CREATE DOMAIN d AS e DEFAULT 'a'; INSERT INTO t VALUES (1, '{a}');
--- to
CREATE TYPE e AS ENUM ('a', 'x'); CREATE TABLE t (id int, k e[] DEFAULT '{x}'); CREATE DOMAIN d AS e DEFAULT 'x'; CREATE TABLE u (k d); INSERT INTO t VALUES (1, '{a}');

=== enum_new_label_in_policy_trigger_rule
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id int, k e); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
--- to
CREATE TYPE e AS ENUM ('a', 'b', 'n'); CREATE TABLE t (id int, k e); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (k = 'n'); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.k = 'n') EXECUTE FUNCTION tf(); CREATE RULE r AS ON UPDATE TO t WHERE NEW.k = 'n' DO NOTHING; CREATE MATERIALIZED VIEW m AS SELECT * FROM t WHERE k = 'n';

=== enum_rebuild_with_functions
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TYPE ct AS (k e, n int); CREATE TABLE t (id int PRIMARY KEY, c ct, k e DEFAULT 'b'); CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(k e DEFAULT 'a') RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, ROW('a', 1), 'b'); CREATE CAST (e AS int) WITH FUNCTION g(e); CREATE INDEX i ON t (f(k)) WHERE k = 'a';
--- to
CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TYPE ct AS (k e, n int); CREATE TABLE t (id int PRIMARY KEY, c ct, k e DEFAULT 'b'); CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(k e DEFAULT 'a') RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, ROW('a', 1), 'b'); CREATE CAST (e AS int) WITH FUNCTION g(e); CREATE INDEX i ON t (f(k)) WHERE k = 'a';

=== range_subtype_in_use
--- from
CREATE TYPE r AS RANGE (subtype = int4); CREATE TABLE t (id int PRIMARY KEY, x r, y r[] , EXCLUDE USING gist (x WITH &&)); CREATE INDEX i ON t USING gist (x); CREATE FUNCTION f(r) RETURNS r LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT lower(x) AS l FROM t; INSERT INTO t VALUES (1, '[1,3)', '{"[1,2)"}');
--- to
CREATE TYPE r AS RANGE (subtype = int8); CREATE TABLE t (id int PRIMARY KEY, x r, y r[] , EXCLUDE USING gist (x WITH &&)); CREATE INDEX i ON t USING gist (x); CREATE FUNCTION f(r) RETURNS r LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT lower(x) AS l FROM t; INSERT INTO t VALUES (1, '[1,3)', '{"[1,2)"}');

=== range_subdiff_collation_in_use
CREATE COLLATION nd (provider = icu, locale = 'und'); CREATE FUNCTION fd(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
--- from
CREATE TYPE fr AS RANGE (subtype = float8); CREATE TYPE tr AS RANGE (subtype = text); CREATE TABLE t (id int, a fr, b tr DEFAULT '[a,b)'); INSERT INTO t VALUES (1, '[1,2)', '[x,y)');
--- to
CREATE TYPE fr AS RANGE (subtype = float8, subtype_diff = fd); CREATE TYPE tr AS RANGE (subtype = text, collation = nd); CREATE TABLE t (id int, a fr, b tr DEFAULT '[a,b)'); INSERT INTO t VALUES (1, '[1,2)', '[x,y)');

=== range_multirange_column
--- from
CREATE TYPE r AS RANGE (subtype = int4); CREATE TABLE t (id int, x r, m r_multirange); CREATE FUNCTION f(r_multirange) RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, '[1,3)', '{[1,3)}');
--- to
CREATE TYPE r AS RANGE (subtype = int8, multirange_type_name = rm); CREATE TABLE t (id int, x r, m rm); CREATE FUNCTION f(rm) RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1, '[1,3)', '{[1,3)}');

=== view_function_cycle_plain
--- from
CREATE TABLE t (id int, n int);
--- to
CREATE TABLE t (id int, n int); CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 0::bigint'; CREATE VIEW v AS SELECT id, f(id) AS c FROM t; CREATE OR REPLACE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.v WHERE id = $1';

=== view_function_cycle_atomic
--- from
CREATE TABLE t (id int, n int);
--- to
CREATE TABLE t (id int, n int); CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE RETURN 0; CREATE VIEW v AS SELECT id, f(id) AS c FROM t; CREATE OR REPLACE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM v WHERE v.id = $1; END;

=== view_function_cycle_rowtype
--- from
CREATE TABLE t (id int, n int);
--- to
CREATE TABLE t (id int, n int); CREATE VIEW v AS SELECT id, n, NULL::int AS c FROM t; CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT $1.id'; CREATE OR REPLACE VIEW v AS SELECT id, n, f(ROW(id, n, 0)::v) AS c FROM t;

=== view_function_cycle_changed
--- from
CREATE TABLE t (id int, n int); CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE RETURN 0; CREATE VIEW v AS SELECT id, f(id) AS c FROM t; CREATE OR REPLACE FUNCTION f(int) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM v WHERE v.id = $1; END; COMMENT ON VIEW v IS 'x'; CREATE VIEW w AS SELECT * FROM v;
--- to
CREATE TABLE t (id bigint, n int); CREATE FUNCTION f(bigint) RETURNS bigint LANGUAGE sql STABLE RETURN 0; CREATE VIEW v AS SELECT id, f(id) AS c, n FROM t; CREATE OR REPLACE FUNCTION f(bigint) RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM v WHERE v.id = $1; END; COMMENT ON VIEW v IS 'x'; CREATE VIEW w AS SELECT * FROM v;

=== function_setof_view_used_by_view
--- from
CREATE TABLE t (id int, n int); CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM public.v'; CREATE VIEW w AS SELECT id FROM f();
--- to
CREATE TABLE t (id int, n text); CREATE VIEW v AS SELECT n, id FROM t; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM public.v'; CREATE VIEW w AS SELECT id, n FROM f();

=== partitioned_to_plain
--- from
CREATE TABLE p (id int PRIMARY KEY, v text DEFAULT 'x') PARTITION BY HASH (id); CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (modulus 2, remainder 0); CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (modulus 2, remainder 1); CREATE INDEX i ON p (v); CREATE VIEW w AS SELECT * FROM p; CREATE TABLE f (p int REFERENCES p); INSERT INTO p VALUES (1, 'a'), (2, 'b'); INSERT INTO f VALUES (1);
--- to
CREATE TABLE p (id int PRIMARY KEY, v text DEFAULT 'x'); CREATE INDEX i ON p (v); CREATE VIEW w AS SELECT * FROM p; CREATE TABLE f (p int REFERENCES p); INSERT INTO p VALUES (1, 'a'), (2, 'b'); INSERT INTO f VALUES (1);

=== attach_with_indexes_constraints_triggers
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE p (id int NOT NULL, k int NOT NULL, v text CHECK (v <> ''), PRIMARY KEY (id, k)) PARTITION BY RANGE (k); CREATE INDEX pv ON p (v); CREATE TRIGGER tr AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf(); CREATE TABLE q (id int NOT NULL, k int NOT NULL, v text, CONSTRAINT p_v_check CHECK (v <> ''), CONSTRAINT q_pkey PRIMARY KEY (id, k)); CREATE INDEX q_v ON q (v); INSERT INTO q VALUES (1, 1, 'x');
--- to
CREATE TABLE p (id int NOT NULL, k int NOT NULL, v text CHECK (v <> ''), PRIMARY KEY (id, k)) PARTITION BY RANGE (k); CREATE INDEX pv ON p (v); CREATE TRIGGER tr AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf(); CREATE TABLE q (id int NOT NULL, k int NOT NULL, v text, CONSTRAINT p_v_check CHECK (v <> ''), CONSTRAINT q_pkey PRIMARY KEY (id, k)); CREATE INDEX q_v ON q (v); INSERT INTO q VALUES (1, 1, 'x'); ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (0) TO (10); ALTER TABLE q DISABLE TRIGGER tr;

=== partition_moves_to_other_parent
--- from
CREATE TABLE a (id int, k int) PARTITION BY LIST (k); CREATE TABLE b (id int, k int) PARTITION BY LIST (k); CREATE TABLE c PARTITION OF a FOR VALUES IN (1); CREATE INDEX ai ON a (id); CREATE INDEX bi ON b (id); INSERT INTO a VALUES (5, 1);
--- to
CREATE TABLE a (id int, k int) PARTITION BY LIST (k); CREATE TABLE b (id int, k int) PARTITION BY LIST (k); CREATE TABLE c PARTITION OF b FOR VALUES IN (1); CREATE INDEX ai ON a (id); CREATE INDEX bi ON b (id); INSERT INTO b VALUES (5, 1);

=== inherit_add_drop_with_checks
--- from
CREATE TABLE a (id int, x int CHECK (x > 0)); CREATE TABLE b (id int, x int, CONSTRAINT a_x_check CHECK (x > 0), y text); INSERT INTO b VALUES (1, 1, 'y');
--- to
CREATE TABLE a (id int, x int CHECK (x > 0)); CREATE TABLE b (id int, x int, CONSTRAINT a_x_check CHECK (x > 0), y text); ALTER TABLE b INHERIT a; INSERT INTO b VALUES (1, 1, 'y');

=== inherit_check_no_inherit_toggle
--- from
CREATE TABLE a (id int, CONSTRAINT c CHECK (id > 0) NO INHERIT, CONSTRAINT d CHECK (id < 100)); CREATE TABLE b (y text) INHERITS (a); INSERT INTO b VALUES (1, 'y');
--- to
CREATE TABLE a (id int, CONSTRAINT c CHECK (id > 0), CONSTRAINT d CHECK (id < 100) NO INHERIT); CREATE TABLE b (y text) INHERITS (a); INSERT INTO b VALUES (1, 'y');

=== identity_default_serial_rows
--- from
CREATE TABLE a (id serial PRIMARY KEY, x text); CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x text); CREATE TABLE c (id int NOT NULL DEFAULT 7, x text); INSERT INTO a (x) VALUES ('q'), ('r'); INSERT INTO b (x) VALUES ('q'); INSERT INTO c (x) VALUES ('q');
--- to
CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, x text); CREATE TABLE b (id int PRIMARY KEY DEFAULT 3, x text); CREATE TABLE c (id serial, x text); INSERT INTO a (x) VALUES ('q'), ('r'); INSERT INTO b (x) VALUES ('q'); INSERT INTO c (x) VALUES ('q');

=== constraint_deferrability_everything
--- from
CREATE TABLE a (id int PRIMARY KEY, u int UNIQUE, n int); CREATE TABLE b (id int CONSTRAINT bf REFERENCES a DEFERRABLE INITIALLY DEFERRED, u int CONSTRAINT bu REFERENCES a (u), CONSTRAINT ex EXCLUDE USING btree (id WITH =)); INSERT INTO a VALUES (1, 1, 1); INSERT INTO b VALUES (1, 1); ALTER TABLE a ADD CONSTRAINT ck CHECK (n > 0) NOT VALID;
--- to
CREATE TABLE a (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, u int UNIQUE, n int); CREATE TABLE b (id int, u int CONSTRAINT bu REFERENCES a (u) DEFERRABLE, CONSTRAINT ex EXCLUDE USING btree (id WITH =) DEFERRABLE); INSERT INTO a VALUES (1, 1, 1); INSERT INTO b VALUES (1, 1); ALTER TABLE a ADD CONSTRAINT ck CHECK (n > 0);

=== nulls_not_distinct
--- from
CREATE TABLE t (a int, b int, UNIQUE (a, b)); CREATE UNIQUE INDEX i ON t (b); ALTER TABLE t REPLICA IDENTITY DEFAULT; INSERT INTO t VALUES (1, NULL), (2, 3);
--- to
CREATE TABLE t (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b)); CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT; COMMENT ON INDEX i IS 'q'; INSERT INTO t VALUES (1, NULL), (2, 3);

=== replica_cluster_index_changes
--- from
CREATE TABLE t (a int NOT NULL, b int NOT NULL); CREATE UNIQUE INDEX ia ON t (a); CREATE UNIQUE INDEX ib ON t (b); ALTER TABLE t REPLICA IDENTITY USING INDEX ia; ALTER TABLE t CLUSTER ON ib; INSERT INTO t VALUES (1, 2);
--- to
CREATE TABLE t (a bigint NOT NULL, b bigint NOT NULL); CREATE UNIQUE INDEX ia ON t (a) INCLUDE (b) WITH (fillfactor = 70); CREATE UNIQUE INDEX ib ON t (b); ALTER TABLE t REPLICA IDENTITY USING INDEX ib; ALTER TABLE t CLUSTER ON ia; INSERT INTO t VALUES (1, 2);

=== replica_index_retyped
--- from
CREATE TABLE t (a int NOT NULL, CONSTRAINT u UNIQUE (a)); ALTER TABLE t REPLICA IDENTITY USING INDEX u; ALTER TABLE t CLUSTER ON u; CREATE TABLE f (a int REFERENCES t (a)); INSERT INTO t VALUES (1); INSERT INTO f VALUES (1);
--- to
CREATE TABLE t (a text NOT NULL, CONSTRAINT u UNIQUE (a)); ALTER TABLE t REPLICA IDENTITY USING INDEX u; ALTER TABLE t CLUSTER ON u; CREATE TABLE f (a text REFERENCES t (a)); INSERT INTO t VALUES (1); INSERT INTO f VALUES (1);

=== trigger_enabled_on_partitions
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf(); CREATE TRIGGER own AFTER UPDATE ON p1 FOR EACH ROW EXECUTE FUNCTION tf();
--- to
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON p FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE p1 DISABLE TRIGGER tr; ALTER TABLE p2 ENABLE ALWAYS TRIGGER tr; CREATE TRIGGER own AFTER UPDATE ON p1 FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE p1 ENABLE REPLICA TRIGGER own;

=== trigger_parent_disabled_child_enabled
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf(); 
--- to
CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE p DISABLE TRIGGER tr; ALTER TABLE p2 ENABLE TRIGGER tr;

=== rules_with_several_actions
--- from
CREATE TABLE t (id int, x text); CREATE TABLE l (id int, w text); CREATE VIEW v AS SELECT id, x FROM t; CREATE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO t VALUES (NEW.id, NEW.x); INSERT INTO l VALUES (NEW.id, 'new')); COMMENT ON RULE r ON v IS 'rr';
--- to
CREATE TABLE t (id bigint, x text); CREATE TABLE l (id int, w text, z int); CREATE VIEW v AS SELECT x, id FROM t; CREATE RULE r AS ON INSERT TO v WHERE NEW.id > 0 DO INSTEAD (INSERT INTO t VALUES (NEW.id, NEW.x); INSERT INTO l (id, w) VALUES (NEW.id, 'new'); DELETE FROM l WHERE l.id = NEW.id); CREATE RULE r2 AS ON INSERT TO v DO INSTEAD NOTHING; COMMENT ON RULE r ON v IS 'rr';

=== domain_not_valid_check
--- from
CREATE DOMAIN a AS text; CREATE TABLE t (x a); INSERT INTO t VALUES ('q');
--- to
CREATE DOMAIN a AS text; ALTER DOMAIN a ADD CONSTRAINT c CHECK (VALUE <> 'q') NOT VALID; CREATE TABLE t (x a); COMMENT ON DOMAIN a IS 'a';

=== composite_used_by_typed_table
--- from
CREATE TYPE c AS (a int, b text); CREATE TABLE t OF c (PRIMARY KEY (a)); CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1, 'x');
--- to
CREATE TYPE c AS (a bigint, b text, d date); CREATE TABLE t OF c (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'q' NOT NULL); CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1, 'x');

=== aggregate_dependents
--- from
CREATE FUNCTION s(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE AGGREGATE ag(int) (sfunc = s, stype = int, initcond = '0'); CREATE TABLE t (x int); CREATE VIEW v AS SELECT ag(x) AS a FROM t; CREATE MATERIALIZED VIEW m AS SELECT ag(x) AS a FROM t; COMMENT ON AGGREGATE ag(int) IS 'a';
--- to
CREATE FUNCTION s(bigint, int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE AGGREGATE ag(int) (sfunc = s, stype = bigint, initcond = '0', parallel = safe); CREATE TABLE t (x int); CREATE VIEW v AS SELECT ag(x) AS a FROM t; CREATE MATERIALIZED VIEW m AS SELECT ag(x) AS a FROM t; COMMENT ON AGGREGATE ag(int) IS 'a';

=== opclass_family_own
--- from
CREATE FUNCTION cmp(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2)'; CREATE OPERATOR FAMILY fam USING btree; CREATE OPERATOR CLASS oc FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 cmp(int, int); CREATE TABLE t (x int); CREATE INDEX i ON t (x oc); INSERT INTO t VALUES (1);
--- to
CREATE FUNCTION cmp2(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2)'; CREATE OPERATOR FAMILY fam USING btree; CREATE OPERATOR CLASS oc FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 cmp2(int, int); CREATE TABLE t (x int); CREATE INDEX i ON t (x oc); INSERT INTO t VALUES (1);

=== text_search_in_generated_column
--- from
CREATE TEXT SEARCH CONFIGURATION cfg (COPY = simple); CREATE TABLE t (id int, b text, v tsvector GENERATED ALWAYS AS (to_tsvector('public.cfg', b)) STORED); CREATE INDEX i ON t USING gin (v); INSERT INTO t VALUES (1, 'hello');
--- to
CREATE TEXT SEARCH DICTIONARY dd (TEMPLATE = simple, stopwords = english); CREATE TEXT SEARCH CONFIGURATION cfg (COPY = simple); ALTER TEXT SEARCH CONFIGURATION cfg ALTER MAPPING FOR asciiword WITH dd; CREATE TABLE t (id int, b text, v tsvector GENERATED ALWAYS AS (to_tsvector('public.cfg', coalesce(b, ''))) STORED); CREATE INDEX i ON t USING gin (v); INSERT INTO t VALUES (1, 'hello');

=== function_defaults_and_names_with_dependents
--- from
CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE TABLE t (x int, y int DEFAULT f(1), CHECK (f(x, 1) > 0)); CREATE INDEX i ON t (f(x)); CREATE VIEW v AS SELECT f(x) AS q FROM t; COMMENT ON FUNCTION f(int, int) IS 'ff'; INSERT INTO t VALUES (1);
--- to
CREATE FUNCTION f(first int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE TABLE t (x int, y int DEFAULT f(1, 2), CHECK (f(x, 1) > 0)); CREATE INDEX i ON t (f(x, 2)); CREATE VIEW v AS SELECT f(x, 3) AS q FROM t; COMMENT ON FUNCTION f(int, int) IS 'ff'; INSERT INTO t VALUES (1);

=== function_return_with_dependents
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE t (x int, g int GENERATED ALWAYS AS (f(x)) STORED); CREATE INDEX i ON t (f(x)); CREATE VIEW v AS SELECT f(x) AS q FROM t; CREATE POLICY p ON t USING (f(x) > 0); CREATE FUNCTION h(int) RETURNS int LANGUAGE sql RETURN f($1); CREATE OPERATOR !! (FUNCTION = f, RIGHTARG = int); INSERT INTO t VALUES (1);
--- to
CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint'; CREATE TABLE t (x int, g bigint GENERATED ALWAYS AS (f(x)) STORED); CREATE INDEX i ON t (f(x)); CREATE VIEW v AS SELECT f(x) AS q FROM t; CREATE POLICY p ON t USING (f(x) > 0); CREATE FUNCTION h(int) RETURNS bigint LANGUAGE sql RETURN f($1); CREATE OPERATOR !! (FUNCTION = f, RIGHTARG = int); INSERT INTO t VALUES (1);

=== overloads_many
--- from
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE g(int) LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (x int DEFAULT f(), y int DEFAULT f(1, 2));
--- to
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE FUNCTION f(VARIADIC text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(int, int, int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (x int DEFAULT f(), y int DEFAULT f(1, 2));

=== procedure_to_function
--- from
CREATE PROCEDURE g(INOUT a int, b text DEFAULT 'x') LANGUAGE plpgsql AS 'BEGIN a := 1; END'; COMMENT ON PROCEDURE g(int, text) IS 'p';
--- to
CREATE FUNCTION g(a int, b text DEFAULT 'x') RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; COMMENT ON FUNCTION g(int, text) IS 'f';

=== table_row_type_column_retyped
--- from
CREATE TABLE t (a int, b int); CREATE TABLE u (id int, r t); INSERT INTO t VALUES (1, 2); INSERT INTO u VALUES (1, ROW(1, 2));
--- to
CREATE TABLE t (a bigint, b int); CREATE TABLE u (id int, r t); INSERT INTO t VALUES (1, 2); INSERT INTO u VALUES (1, ROW(1, 2));

=== multi_inherit_column_changes
--- from
CREATE TABLE a (x int, y text); CREATE TABLE b (x int, z text); CREATE TABLE c (w int) INHERITS (a, b); CREATE INDEX i ON c (x); CREATE VIEW v AS SELECT x FROM c; INSERT INTO c VALUES (1, 'y', 'z', 2);
--- to
CREATE TABLE a (x bigint, y text, n int DEFAULT 3); CREATE TABLE b (x bigint, z varchar(30)); CREATE TABLE c (w int) INHERITS (a, b); CREATE INDEX i ON c (x); CREATE VIEW v AS SELECT x FROM c; INSERT INTO c (x, y, z, w) VALUES (1, 'y', 'z', 2);

=== range_of_domain_and_composite
--- from
CREATE TYPE r AS RANGE (subtype = date); CREATE DOMAIN d AS r CHECK (NOT isempty(VALUE)); CREATE TYPE c AS (x r, n int); CREATE TABLE t (id int, a d, b c); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-03)', NULL);
--- to
CREATE TYPE r AS RANGE (subtype = timestamp); CREATE DOMAIN d AS r CHECK (NOT isempty(VALUE)); CREATE TYPE c AS (x r, n int); CREATE TABLE t (id int, a d, b c); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-03)', NULL);

=== array_of_reordered
CREATE TABLE keeps (id int primary key);
--- from
CREATE TYPE pair AS (a int, b int); CREATE TABLE t (id int, one pair, many pair[]); INSERT INTO t VALUES (1, ROW(1,2), ARRAY[ROW(1,2)::pair, ROW(3,4)::pair]);
--- to
CREATE TYPE pair AS (b int, a int); CREATE TABLE t (id int, one pair, many pair[]); INSERT INTO t VALUES (1, ROW(2,1), ARRAY[ROW(2,1)::pair, ROW(4,3)::pair]);

=== nested_reordered
--- from
CREATE TYPE pair AS (a int, b int); CREATE TYPE outside AS (x text, p pair, ps pair[]); CREATE TABLE t (id int, one outside, many outside[]); INSERT INTO t VALUES (1, ROW('x', ROW(1,2), ARRAY[ROW(5,6)::pair]), ARRAY[ROW('y', ROW(3,4), NULL)::outside]);
--- to
CREATE TYPE pair AS (b int, a int); CREATE TYPE outside AS (x text, p pair, ps pair[]); CREATE TABLE t (id int, one outside, many outside[]); INSERT INTO t VALUES (1, ROW('x', ROW(2,1), ARRAY[ROW(6,5)::pair]), ARRAY[ROW('y', ROW(4,3), NULL)::outside]);

=== domain_over_reordered
--- from
CREATE TYPE pair AS (a int, b int); CREATE DOMAIN d AS pair; CREATE DOMAIN ds AS pair[]; CREATE TABLE t (id int, one d, many ds); INSERT INTO t VALUES (1, ROW(1,2), ARRAY[ROW(1,2)::pair, ROW(3,4)::pair]);
--- to
CREATE TYPE pair AS (b int, a int); CREATE DOMAIN d AS pair; CREATE DOMAIN ds AS pair[]; CREATE TABLE t (id int, one d, many ds); INSERT INTO t VALUES (1, ROW(2,1), ARRAY[ROW(2,1)::pair, ROW(4,3)::pair]);

=== enum_scalar_array
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int, e e, es e[]); INSERT INTO t VALUES (1, 'a', '{a,b}');
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE t (id int, e e, es e[]); INSERT INTO t VALUES (1, 'a', '{a,b}');

=== enum_scalar_to_array
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int, e e); INSERT INTO t VALUES (1, 'a');
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE t (id int, e e[]); INSERT INTO t VALUES (1, '{a}');

=== assignment_cast_comes
--- from
CREATE TABLE t (id int, v text DEFAULT 'x'); INSERT INTO t VALUES (1);
--- to
CREATE TYPE c AS (x text); CREATE FUNCTION mk(text) RETURNS c LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1)::c'; CREATE CAST (text AS c) WITH FUNCTION mk(text) AS ASSIGNMENT; CREATE TABLE t (id int, v c DEFAULT mk('x')); INSERT INTO t VALUES (1);

=== attribute_retyped_under_view
--- from
CREATE TYPE c AS (x int, y int); CREATE TABLE t (id int, v c); INSERT INTO t VALUES (1, ROW(1,2)); CREATE VIEW w AS SELECT id, (v).x AS x, v FROM t; CREATE MATERIALIZED VIEW m AS SELECT v FROM t; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING ((v).x > 0);
--- to
CREATE TYPE c AS (x bigint, y int); CREATE TABLE t (id int, v c); INSERT INTO t VALUES (1, ROW(1,2)); CREATE VIEW w AS SELECT id, (v).x AS x, v FROM t; CREATE MATERIALIZED VIEW m AS SELECT v FROM t; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING ((v).x > 0);

=== attribute_retyped_under_view_without_column
--- from
CREATE TYPE c AS (x int, y int); CREATE VIEW w AS SELECT (ROW(1,2)::c).x AS x; CREATE MATERIALIZED VIEW m AS SELECT ROW(1,2)::c AS v;
--- to
CREATE TYPE c AS (x bigint, y int); CREATE VIEW w AS SELECT (ROW(1,2)::c).x AS x; CREATE MATERIALIZED VIEW m AS SELECT ROW(1,2)::c AS v;

=== attribute_retyped_under_atomic
-- since 14
--- from
CREATE TYPE c AS (x int, y int); CREATE FUNCTION f(a c) RETURNS int BEGIN ATOMIC SELECT (a).x; END;
--- to
CREATE TYPE c AS (x smallint, y int); CREATE FUNCTION f(a c) RETURNS int BEGIN ATOMIC SELECT (a).x; END;

=== row_column_dropped_before_retype
--- from
CREATE TABLE r (a int, b int); CREATE TABLE t (id int, r r); INSERT INTO t VALUES (1, ROW(1,2));
--- to
CREATE TABLE r (a bigint, b int); CREATE TABLE t (id int); INSERT INTO t VALUES (1);

=== row_column_dropped_with_retyped_type
--- from
CREATE TYPE r AS (a int, b int); CREATE TABLE t (id int, r r); INSERT INTO t VALUES (1, ROW(1,2));
--- to
CREATE TYPE r AS (a bigint, b int); CREATE TABLE t (id int); INSERT INTO t VALUES (1);

=== composite_attributes_dropped_and_moved
--- from
CREATE TYPE c AS (a int, b text, d date); CREATE TABLE t (id int, v c, vs c[]); INSERT INTO t VALUES (1, ROW(1,'b',NULL), ARRAY[ROW(1,'x','2020-01-01')::c, NULL]), (2, NULL, '{}'), (3, ROW(NULL,NULL,NULL), NULL);
--- to
CREATE TYPE c AS (d timestamp, a bigint, e text); CREATE TABLE t (id int, v c, vs c[]);

=== text_to_own_type_in_rebuilt
--- from
CREATE TABLE t (id int, v text) ; INSERT INTO t VALUES (1, 'x');
--- to
CREATE TYPE c AS (x text); CREATE FUNCTION mk(text) RETURNS c LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1)::c'; CREATE CAST (text AS c) WITH FUNCTION mk(text); CREATE TABLE t (id int, v c) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t DEFAULT;

=== row_type_of_table_column_added_dropped
--- from
CREATE TABLE r (a int, b text); CREATE TABLE t (id int, r r, rs r[]); INSERT INTO t VALUES (1, ROW(1,'b'), ARRAY[ROW(2,'c')::r]);
--- to
CREATE TABLE r (a int, c date); CREATE TABLE t (id int, r r, rs r[]);

=== row_type_of_table_rebuilt
--- from
CREATE TABLE r (a int, b text); CREATE TABLE t (id int, r r); INSERT INTO t VALUES (1, ROW(1,'b')); INSERT INTO r VALUES (1, 'x');
--- to
CREATE TABLE r (a int, b text) PARTITION BY RANGE (a); CREATE TABLE r1 PARTITION OF r DEFAULT; CREATE TABLE t (id int, r r);

=== row_type_of_table_retyped
--- from
CREATE TABLE r (a int, b text); CREATE TABLE t (id int, r r, rs r[]); INSERT INTO t VALUES (1, ROW(1,'b'), ARRAY[ROW(2,'c')::r]);
--- to
CREATE TABLE r (a bigint, b varchar(10)); CREATE TABLE t (id int, r r, rs r[]);

=== row_type_of_view
--- from
CREATE TABLE b (a int, b text); CREATE VIEW r AS SELECT a, b FROM b; CREATE TABLE t (id int, r r); INSERT INTO t VALUES (1, ROW(1,'b'));
--- to
CREATE TABLE b (a int, b text, c int); CREATE VIEW r AS SELECT a, b, c FROM b; CREATE TABLE t (id int, r r);

=== table_becomes_type
--- from
CREATE TABLE r (a int, b text); CREATE TABLE t (id int, r r, rs r[]); INSERT INTO t VALUES (1, ROW(1,'b'), ARRAY[ROW(2,'c')::r]);
--- to
CREATE TYPE r AS (a int, b text); CREATE TABLE t (id int, r r, rs r[]);

=== row_type_domain_over
--- from
CREATE TABLE r (a int, b text); CREATE DOMAIN d AS r; CREATE TABLE t (id int, r d); INSERT INTO t VALUES (1, ROW(1,'b'));
--- to
CREATE TABLE r (a bigint, b text); CREATE DOMAIN d AS r; CREATE TABLE t (id int, r d);

=== row_type_inside_composite
--- from
CREATE TABLE r (a int, b text); CREATE TYPE c AS (x int, r r); CREATE TABLE t (id int, v c); INSERT INTO t VALUES (1, ROW(1, ROW(1,'b')));
--- to
CREATE TABLE r (a bigint, b text); CREATE TYPE c AS (x int, r r); CREATE TABLE t (id int, v c);

=== function_over_the_row_type_of_a_table_that_goes
--- from
CREATE TABLE t (id int); CREATE FUNCTION f(t) RETURNS SETOF t LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(x t[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE lot(t) (SFUNC = array_append, STYPE = t[]); CREATE TABLE keeps (id int, x t, y t[]);
--- to
CREATE TYPE t AS (id int); CREATE FUNCTION f(t) RETURNS SETOF t LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION g(x t[]) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE AGGREGATE lot(t) (SFUNC = array_append, STYPE = t[]); CREATE TABLE keeps (id int, x t, y t[]);

=== trigger_function_reads_row_types_of_views
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION one() RETURNS v LANGUAGE sql AS 'SELECT * FROM v LIMIT 1'; CREATE TABLE keeps (id int, was v); INSERT INTO keeps VALUES (1, ROW(2));
--- to
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION one() RETURNS v LANGUAGE sql AS 'SELECT * FROM v LIMIT 1'; CREATE TABLE keeps (id int, was v); INSERT INTO keeps VALUES (1, ROW(2, 3));

=== generated_in_row_type_index2
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE t (x int, y a);
CREATE INDEX i ON t (((y).b));
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE TABLE t (x int, y a);
CREATE INDEX i ON t (((y).b));

=== generated_in_row_type_statistics
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE t (x int, y a);
CREATE STATISTICS s ON ((y).b IS NOT NULL) FROM t;
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE TABLE t (x int, y a);
CREATE STATISTICS s ON ((y).b IS NOT NULL) FROM t;

=== generated_in_row_type_check
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE t (x int, y a, CONSTRAINT c CHECK ((y).b IS NOT NULL));
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE TABLE t (x int, y a, CONSTRAINT c CHECK ((y).b IS NOT NULL));

=== generated_in_row_type_view
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE t (x int, y a);
CREATE VIEW v AS SELECT (y).b FROM t;
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE TABLE t (x int, y a);
CREATE VIEW v AS SELECT (y).b FROM t;

=== row_type_column_dropped_function
--- from
CREATE TABLE a (a int, b text);
CREATE FUNCTION f(y a) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT (y).b; END;
--- to
CREATE TABLE a (a int, c text);
CREATE FUNCTION f(y a) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT (y).c; END;

=== generated_in_row_type_policy
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE TABLE t (x int, y a);
CREATE POLICY g ON t USING ((y).b > '');
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE TABLE t (x int, y a);
CREATE POLICY g ON t USING ((y).b > '');

=== generated_in_row_type_function
--- from
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('x') STORED);
CREATE FUNCTION f(y a) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT (y).b; END;
--- to
CREATE TABLE a (a int, b text GENERATED ALWAYS AS ('y') STORED);
CREATE FUNCTION f(y a) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT (y).b; END;

=== two_retyped_check
--- from
CREATE TABLE t (a text, b text, CHECK (a <> b));
--- to
CREATE TABLE t (a int, b int, CHECK (a <> b));

=== two_retyped_index_where
--- from
CREATE TABLE t (a text, b text); CREATE INDEX i ON t (a) WHERE a = b;
--- to
CREATE TABLE t (a uuid, b uuid); CREATE INDEX i ON t (a) WHERE a = b;

=== two_of_a_remade_enum
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e, b e, CHECK (a <= b)); CREATE INDEX i ON t ((a = b));
--- to
CREATE TYPE e AS ENUM ('b', 'c'); CREATE TABLE t (a e, b e, CHECK (a <= b)); CREATE INDEX i ON t ((a = b));

=== two_recollated_index
--- from
CREATE TABLE t (a text COLLATE "C", b text COLLATE "C"); CREATE INDEX i ON t ((a || b));
--- to
CREATE TABLE t (a text COLLATE "POSIX", b text COLLATE "POSIX"); CREATE INDEX i ON t ((a || b));

=== two_recollated_check
--- from
CREATE TABLE t (a text COLLATE "C", b text COLLATE "C", CHECK (a < b)); INSERT INTO t VALUES ('a', 'b');
--- to
CREATE TABLE t (a text COLLATE "POSIX", b text COLLATE "POSIX", CHECK (a < b)); INSERT INTO t VALUES ('a', 'b');

=== two_narrowed_index
--- from
CREATE TABLE t (a bigint, b bigint); CREATE INDEX i ON t (coalesce(a, b));
--- to
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (coalesce(a, b));

=== two_narrowed_check
--- from
CREATE TABLE t (a bigint, b bigint, CHECK (coalesce(a, b) IS NOT NULL));
--- to
CREATE TABLE t (a int, b int, CHECK (coalesce(a, b) IS NOT NULL));

=== two_narrowed_exclusion
--- from
CREATE TABLE t (a bigint, b bigint, EXCLUDE ((coalesce(a, b)) WITH =));
--- to
CREATE TABLE t (a int, b int, EXCLUDE ((coalesce(a, b)) WITH =));

=== two_text_to_varchar_index
--- from
CREATE TABLE t (a text, b text); CREATE INDEX i ON t (coalesce(a, b));
--- to
CREATE TABLE t (a varchar(10), b varchar(10)); CREATE INDEX i ON t (coalesce(a, b));

=== two_of_a_remade_domain
--- from
CREATE DOMAIN d AS text; CREATE TABLE t (a d, b d, CHECK (coalesce(a, b) <> 'x'));
--- to
CREATE DOMAIN d AS varchar(10); CREATE TABLE t (a d, b d, CHECK (coalesce(a, b) <> 'x'));

=== two_retyped_partitioned
--- from
CREATE TABLE p (a date, b date, k int, CHECK (a = b)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
--- to
CREATE TABLE p (a int, b int, k int, CHECK (a = b)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);

=== two_retyped_inherited
--- from
CREATE TABLE p (a date, b date, CHECK (a > b)); CREATE TABLE c () INHERITS (p); CREATE INDEX i ON c (a) WHERE a > b;
--- to
CREATE TABLE p (a int, b int, CHECK (a > b)); CREATE TABLE c () INHERITS (p); CREATE INDEX i ON c (a) WHERE a > b;

=== two_of_a_remade_enum_partial_index
--- from
CREATE TYPE st AS ENUM ('new', 'old', 'gone'); CREATE TABLE j (st st NOT NULL, was st); CREATE INDEX k ON j (st) WHERE st IS DISTINCT FROM was;
--- to
CREATE TYPE st AS ENUM ('new', 'old'); CREATE TABLE j (st st NOT NULL, was st); CREATE INDEX k ON j (st) WHERE st IS DISTINCT FROM was;

=== two_retyped_self_reference
--- from
CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t, CHECK (parent <> id));
--- to
CREATE TABLE t (id uuid PRIMARY KEY, parent uuid REFERENCES t, CHECK (parent <> id));

=== two_retyped_function_index
CREATE FUNCTION f(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--- from
CREATE TABLE t (a text, b text); CREATE INDEX i ON t (f(a, b));
--- to
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (f(a, b));

=== two_retyped_times
--- from
CREATE TABLE t (s timestamp(3) NOT NULL, e timestamp(3), CHECK (e IS NULL OR e >= s));
--- to
CREATE TABLE t (s bigint NOT NULL, e bigint, CHECK (e IS NULL OR e >= s));

=== two_narrowed_array_check
--- from
CREATE TABLE t (a bigint, b bigint, CHECK (array_length(ARRAY[a, b], 1) = 2));
--- to
CREATE TABLE t (a int, b int, CHECK (array_length(ARRAY[a, b], 1) = 2));
