=== view_with_check_option_and_defaults
--- from
CREATE TABLE t (id int PRIMARY KEY, k int, n text); CREATE VIEW v AS SELECT id, k, n FROM t WHERE k > 0; CREATE VIEW w WITH (check_option = local) AS SELECT id, n FROM v; ALTER VIEW v ALTER COLUMN k SET DEFAULT 1;
--- to
CREATE TABLE t (id int PRIMARY KEY, k int, n text); CREATE VIEW v WITH (security_barrier = true, check_option = cascaded) AS SELECT id, k, n FROM t WHERE k > 1; CREATE VIEW w AS SELECT id, n FROM v; ALTER VIEW v ALTER COLUMN n SET DEFAULT 'x';

=== matview_chain_with_indexes_and_comments
CREATE TABLE t (id int PRIMARY KEY, k text, n numeric); INSERT INTO t VALUES (1, 'a', 2);
--- from
CREATE MATERIALIZED VIEW m1 AS SELECT k, sum(n) AS s FROM t GROUP BY k; CREATE UNIQUE INDEX m1k ON m1 (k); CREATE MATERIALIZED VIEW m2 AS SELECT max(s) AS top FROM m1; CREATE VIEW v AS SELECT m2.top, m1.k FROM m1, m2 WHERE m1.s = m2.top; CREATE MATERIALIZED VIEW m3 AS SELECT k FROM v WITH NO DATA; COMMENT ON MATERIALIZED VIEW m2 IS 'two'; COMMENT ON INDEX m1k IS 'k'; CREATE INDEX m3i ON m3 (k);
--- to
CREATE MATERIALIZED VIEW m1 AS SELECT k, sum(n) AS s, count(*) AS c FROM t GROUP BY k; CREATE UNIQUE INDEX m1k ON m1 (k); CREATE INDEX m1c ON m1 (c) WHERE s > 0; CREATE MATERIALIZED VIEW m2 AS SELECT max(s) AS top FROM m1; CREATE VIEW v AS SELECT m2.top, m1.k FROM m1, m2 WHERE m1.s = m2.top; CREATE MATERIALIZED VIEW m3 AS SELECT k FROM v; COMMENT ON MATERIALIZED VIEW m2 IS 'two'; COMMENT ON COLUMN m1.c IS 'how many';

=== view_star_over_table_that_grows
--- from
CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.*, 1 AS one FROM v; CREATE FUNCTION f() RETURNS SETOF w LANGUAGE sql AS 'SELECT * FROM w';
--- to
CREATE TABLE t (a int, c date, b text); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.*, 1 AS one FROM v; CREATE FUNCTION f() RETURNS SETOF w LANGUAGE sql AS 'SELECT * FROM w';

=== view_joins_using_and_aliases
--- from
CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int, y int); CREATE VIEW v AS SELECT * FROM a JOIN b USING (id); CREATE VIEW n AS SELECT * FROM a NATURAL LEFT JOIN b; CREATE VIEW al AS SELECT q.p, q.r FROM a AS q (p, r);
--- to
CREATE TABLE a (id bigint PRIMARY KEY, x int, z int); CREATE TABLE b (id bigint, y text); CREATE VIEW v AS SELECT * FROM a JOIN b USING (id); CREATE VIEW n AS SELECT id, y FROM a NATURAL LEFT JOIN b; CREATE VIEW al AS SELECT q.p, q.r FROM a AS q (p, r);

=== window_grouping_and_lateral_views
--- from
CREATE TABLE t (id int PRIMARY KEY, k text, n int, at timestamptz); CREATE VIEW v AS SELECT id, rank() OVER w AS r, lag(n) OVER (PARTITION BY k ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS l FROM t WINDOW w AS (PARTITION BY k ORDER BY n DESC); CREATE VIEW g AS SELECT k, n, count(*) AS c, grouping(k) AS gk FROM t GROUP BY GROUPING SETS ((k), (n), ()); CREATE VIEW l AS SELECT t.id, x.m FROM t, LATERAL (SELECT max(u.n) AS m FROM t u WHERE u.k = t.k) x;
--- to
CREATE TABLE t (id int PRIMARY KEY, k varchar(10), n bigint, at timestamp); CREATE VIEW v AS SELECT id, rank() OVER w AS r, lag(n) OVER (PARTITION BY k ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS l FROM t WINDOW w AS (PARTITION BY k ORDER BY n DESC); CREATE VIEW g AS SELECT k, n, count(*) AS c, grouping(k) AS gk FROM t GROUP BY CUBE (k, n); CREATE VIEW l AS SELECT t.id, x.m FROM t LEFT JOIN LATERAL (SELECT max(u.n) AS m FROM t u WHERE u.k = t.k) x ON true;

=== policies_that_look_at_each_other
--- from
CREATE TABLE a (id int PRIMARY KEY, o name); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); CREATE POLICY pa ON a USING (EXISTS (SELECT FROM b WHERE b.a = a.id)); CREATE POLICY pb ON b USING (EXISTS (SELECT FROM a WHERE a.id = b.a)); ALTER TABLE a ENABLE ROW LEVEL SECURITY;
--- to
CREATE TABLE a (id bigint PRIMARY KEY, o text); CREATE TABLE c (id int PRIMARY KEY, a bigint REFERENCES a); CREATE POLICY pa ON a FOR SELECT USING (o = CURRENT_USER AND EXISTS (SELECT FROM c WHERE c.a = a.id)); CREATE POLICY pc ON c WITH CHECK (EXISTS (SELECT FROM a WHERE a.id = c.a)); ALTER TABLE c ENABLE ROW LEVEL SECURITY; ALTER TABLE c FORCE ROW LEVEL SECURITY;

=== rules_over_views_become_triggers
--- from
CREATE TABLE t (id int PRIMARY KEY, n text); CREATE VIEW v AS SELECT id, n FROM t; CREATE RULE ins AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.id, NEW.n) RETURNING t.id, t.n; CREATE RULE upd AS ON UPDATE TO v DO INSTEAD UPDATE t SET n = NEW.n WHERE id = OLD.id; CREATE RULE del AS ON DELETE TO v DO INSTEAD (DELETE FROM t WHERE id = OLD.id; NOTIFY gone);
--- to
CREATE TABLE t (id int PRIMARY KEY, n varchar(20), d date); CREATE VIEW v AS SELECT id, n, d FROM t; CREATE FUNCTION vi() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER vi INSTEAD OF INSERT OR UPDATE ON v FOR EACH ROW EXECUTE FUNCTION vi(); CREATE RULE del AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE id = OLD.id;

=== foreign_key_options_turn
--- from
CREATE TABLE p (a int, b int, c int, PRIMARY KEY (a), UNIQUE (b, c)); CREATE TABLE k (x int REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL, y int, z int DEFAULT 0, CONSTRAINT kk FOREIGN KEY (y, z) REFERENCES p (b, c) MATCH FULL, self int UNIQUE REFERENCES k (self)); INSERT INTO p VALUES (1, 1, 1); INSERT INTO k VALUES (1, 1, 1, 5);
--- to
CREATE TABLE p (a int, b int, c int, PRIMARY KEY (b, c), UNIQUE (a)); CREATE TABLE k (x int REFERENCES p (a) ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED, y int, z int DEFAULT 0, CONSTRAINT kk FOREIGN KEY (y, z) REFERENCES p ON DELETE SET NULL (y), self int UNIQUE REFERENCES k (self) ON DELETE CASCADE); INSERT INTO p VALUES (1, 1, 1); INSERT INTO k VALUES (1, 1, 1, 5);

=== unique_index_becomes_constraint_and_back
--- from
CREATE TABLE t (a int, b int, c text); CREATE UNIQUE INDEX ta ON t (a); ALTER TABLE t ADD CONSTRAINT tb UNIQUE (b); CREATE TABLE r (a int REFERENCES t (a), b int REFERENCES t (b)); INSERT INTO t VALUES (1, 1, 'c'); INSERT INTO r VALUES (1, 1);
--- to
CREATE TABLE t (a int, b int, c text); ALTER TABLE t ADD CONSTRAINT ta UNIQUE (a); CREATE UNIQUE INDEX tb ON t (b); CREATE TABLE r (a int REFERENCES t (a), b int REFERENCES t (b)); INSERT INTO t VALUES (1, 1, 'c'); INSERT INTO r VALUES (1, 1); CREATE UNIQUE INDEX tc ON t (lower(c)) WHERE c IS NOT NULL;

=== primary_key_changes_shape_while_referenced
--- from
CREATE TABLE p (a int, b text, PRIMARY KEY (a)); CREATE TABLE k (pa int REFERENCES p, id serial PRIMARY KEY); CREATE TABLE g (k int REFERENCES k); INSERT INTO p VALUES (1, 'b'); INSERT INTO k VALUES (1); INSERT INTO g VALUES (1);
--- to
CREATE TABLE p (a int, b text, CONSTRAINT p_key PRIMARY KEY (b, a) INCLUDE (c), c int, CONSTRAINT p_a UNIQUE (a)); CREATE TABLE k (pa int, pb text DEFAULT 'b', id serial, CONSTRAINT kp FOREIGN KEY (pb, pa) REFERENCES p (b, a) NOT VALID, CONSTRAINT kid UNIQUE (id)); CREATE TABLE g (k int CONSTRAINT gk REFERENCES k (id));  INSERT INTO p VALUES (1, 'b'); INSERT INTO k VALUES (1);

=== checks_of_every_shape
--- from
CREATE TABLE t (a int, b text, c date, d numeric, e text[], CONSTRAINT c1 CHECK (a BETWEEN 1 AND 10 OR a IN (20, 30)), CONSTRAINT c2 CHECK (b ~* '^x' AND b NOT LIKE '%y%'), CONSTRAINT c3 CHECK (c > '2000-01-01' AND c <> 'infinity'), CONSTRAINT c4 CHECK ((d > 0) IS NOT FALSE), CONSTRAINT c5 CHECK (num_nonnulls(a, b) = 1), CONSTRAINT c6 CHECK (e <@ ARRAY['a', 'b']::text[]), CONSTRAINT c7 CHECK (CASE WHEN a > 0 THEN b IS NOT NULL ELSE true END) NOT VALID, CONSTRAINT c8 CHECK (coalesce(b, '') <> '' OR a IS NULL) NO INHERIT);
--- to
CREATE TABLE t (a bigint, b varchar(9), c timestamptz, d double precision, e varchar(3)[], CONSTRAINT c1 CHECK (a BETWEEN 1 AND 10 OR a IN (20, 30)), CONSTRAINT c2 CHECK (b ~* '^x' AND b NOT LIKE '%y%'), CONSTRAINT c3 CHECK (c > '2000-01-01 00:00+00' AND c <> 'infinity'), CONSTRAINT c4 CHECK ((d > 0) IS NOT FALSE), CONSTRAINT c5 CHECK (num_nonnulls(a, b) = 1), CONSTRAINT c6 CHECK (e <@ ARRAY['a', 'b']::varchar[]), CONSTRAINT c7 CHECK (CASE WHEN a > 0 THEN b IS NOT NULL ELSE true END), CONSTRAINT c8 CHECK (coalesce(b, '') <> '' OR a IS NULL));

=== exclusion_of_every_shape
CREATE EXTENSION btree_gist;
--- from
CREATE TABLE t (a int, r int4range, b box, CONSTRAINT e1 EXCLUDE USING gist (a WITH =, r WITH &&), CONSTRAINT e2 EXCLUDE USING gist (b WITH &&) WHERE (a > 0)); INSERT INTO t VALUES (1, '[1,3)', '(0,0),(1,1)');
--- to
CREATE TABLE t (a bigint, r int8range, b box, CONSTRAINT e1 EXCLUDE USING gist (a WITH =, r WITH &&) INCLUDE (b) WITH (fillfactor = 70) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT e2 EXCLUDE USING spgist (b WITH &&) WHERE (a > 1), CONSTRAINT e3 EXCLUDE (a WITH =)); INSERT INTO t VALUES (1, '[1,3)', '(0,0),(1,1)');

=== indexes_of_every_shape
CREATE EXTENSION pg_trgm; CREATE FUNCTION norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
--- from
CREATE TABLE t (id int, n text, j jsonb, a int[], v tsvector, p point, d date); CREATE INDEX i1 ON t (n COLLATE "C" DESC NULLS LAST, id ASC); CREATE INDEX i2 ON t USING gin (j jsonb_path_ops); CREATE INDEX i3 ON t USING hash (n); CREATE INDEX i4 ON t ((j ->> 'k'), norm(n)) WHERE (j ? 'k'); CREATE INDEX i5 ON t USING brin (d) WITH (pages_per_range = 16); CREATE INDEX i6 ON t USING gist (p); CREATE INDEX i7 ON t USING gin (n gin_trgm_ops, v); CREATE UNIQUE INDEX i8 ON t (id) INCLUDE (n); CREATE INDEX i9 ON t ((a[1])); ALTER INDEX i4 ALTER COLUMN 1 SET STATISTICS 100; ALTER TABLE t CLUSTER ON i1;
--- to
CREATE TABLE t (id bigint, n varchar(30), j jsonb, a int[], v tsvector, p point, d timestamptz); CREATE INDEX i1 ON t (n COLLATE "POSIX" DESC, id ASC NULLS FIRST); CREATE INDEX i2 ON t USING gin (j) WITH (fastupdate = off); CREATE INDEX i3 ON t USING btree (n text_pattern_ops); CREATE INDEX i4 ON t ((j ->> 'kk'), norm(n)) WHERE (j ? 'k'); CREATE INDEX i5 ON t USING brin (d timestamptz_minmax_multi_ops (values_per_range = 16)); CREATE INDEX i6 ON t USING spgist (p kd_point_ops); CREATE INDEX i7 ON t USING gist (n gist_trgm_ops (siglen = 24), v); CREATE UNIQUE INDEX i8 ON t (id) NULLS NOT DISTINCT; CREATE INDEX i9 ON t (cardinality(a)); ALTER INDEX i4 ALTER COLUMN 2 SET STATISTICS 50; ALTER TABLE t CLUSTER ON i8;
-- since 15

=== comments_on_each_kind_change
--- from
CREATE SCHEMA s; CREATE TABLE s.t (id int CONSTRAINT ck CHECK (id > 0), CONSTRAINT pk PRIMARY KEY (id)); CREATE INDEX ix ON s.t ((id + 1)); CREATE VIEW s.v AS SELECT id FROM s.t; CREATE SEQUENCE s.q; CREATE TYPE s.e AS ENUM ('a'); CREATE DOMAIN s.d AS int CONSTRAINT dc CHECK (VALUE > 0); CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE s.ag(int) (SFUNC = int4pl, STYPE = int); CREATE POLICY p ON s.t; CREATE STATISTICS s.st ON id, (id + 1) FROM s.t; CREATE OPERATOR s.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl); COMMENT ON SCHEMA s IS '1'; COMMENT ON TABLE s.t IS '1'; COMMENT ON COLUMN s.t.id IS '1'; COMMENT ON CONSTRAINT ck ON s.t IS '1'; COMMENT ON CONSTRAINT pk ON s.t IS '1'; COMMENT ON INDEX s.ix IS '1'; COMMENT ON INDEX s.pk IS '1'; COMMENT ON VIEW s.v IS '1'; COMMENT ON SEQUENCE s.q IS '1'; COMMENT ON TYPE s.e IS '1'; COMMENT ON DOMAIN s.d IS '1'; COMMENT ON CONSTRAINT dc ON DOMAIN s.d IS '1'; COMMENT ON FUNCTION s.f(int) IS '1'; COMMENT ON AGGREGATE s.ag(int) IS '1'; COMMENT ON POLICY p ON s.t IS '1'; COMMENT ON STATISTICS s.st IS '1'; COMMENT ON OPERATOR s.@@@ (int, int) IS '1';
--- to
CREATE SCHEMA s; CREATE TABLE s.t (id bigint CONSTRAINT ck CHECK (id > 0), CONSTRAINT pk PRIMARY KEY (id)); CREATE INDEX ix ON s.t ((id + 1)); CREATE VIEW s.v AS SELECT id FROM s.t; CREATE SEQUENCE s.q; CREATE TYPE s.e AS ENUM ('a'); CREATE DOMAIN s.d AS int CONSTRAINT dc CHECK (VALUE > 0); CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE s.ag(int) (SFUNC = int4pl, STYPE = int); CREATE POLICY p ON s.t; CREATE STATISTICS s.st ON id, (id + 1) FROM s.t; CREATE OPERATOR s.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl); COMMENT ON TABLE s.t IS '2'; COMMENT ON COLUMN s.t.id IS E'2\nx'; COMMENT ON CONSTRAINT pk ON s.t IS '1'; COMMENT ON INDEX s.ix IS '1'; COMMENT ON COLUMN s.v.id IS '1'; COMMENT ON VIEW s.v IS '1'; COMMENT ON TYPE s.e IS '\'; COMMENT ON CONSTRAINT dc ON DOMAIN s.d IS '2'; COMMENT ON FUNCTION s.f(int) IS '''1'''; COMMENT ON STATISTICS s.st IS '1';

=== generated_columns_in_a_row_of_dependents
--- from
CREATE FUNCTION vat(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 1.19'; CREATE TABLE t (id int PRIMARY KEY, net numeric, gross numeric GENERATED ALWAYS AS (vat(net)) STORED, tag text GENERATED ALWAYS AS ('t' || id::text) STORED, CHECK (gross >= net)); CREATE INDEX gi ON t (gross); CREATE UNIQUE INDEX ti ON t (tag); CREATE TABLE r (tag text REFERENCES t (tag)); CREATE VIEW v AS SELECT id, gross FROM t; INSERT INTO t VALUES (1, 10); INSERT INTO r VALUES ('t1');
--- to
CREATE FUNCTION vat(numeric, rate numeric DEFAULT 0.2) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * (1 + $2)'; CREATE TABLE t (id bigint PRIMARY KEY, net numeric(12,2), gross numeric GENERATED ALWAYS AS (vat(net)) STORED, tag text GENERATED ALWAYS AS ('t' || id::text) STORED, CHECK (gross >= net)); CREATE INDEX gi ON t (gross DESC); CREATE UNIQUE INDEX ti ON t (tag); CREATE TABLE r (tag text REFERENCES t (tag)); CREATE VIEW v AS SELECT id, gross FROM t; INSERT INTO t VALUES (1, 10); INSERT INTO r VALUES ('t1');

=== column_changes_all_its_sides_at_once
--- from
CREATE TABLE t (id int PRIMARY KEY, x varchar(10) NOT NULL DEFAULT 'a' COLLATE "C", y int GENERATED ALWAYS AS (1) STORED, z text); ALTER TABLE t ALTER x SET STORAGE EXTERNAL, ALTER x SET STATISTICS 55, ALTER z SET (n_distinct = 5); COMMENT ON COLUMN t.x IS 'x'; CREATE INDEX i ON t (x); INSERT INTO t (id, x) VALUES (1, 'b');
--- to
CREATE TABLE t (id int PRIMARY KEY, x text DEFAULT 'b', y text NOT NULL DEFAULT 'gone', w int GENERATED ALWAYS AS IDENTITY); ALTER TABLE t ALTER x SET STORAGE MAIN, ALTER x SET (n_distinct = -0.5), ALTER y SET STATISTICS 0; COMMENT ON COLUMN t.y IS 'y'; CREATE INDEX i ON t (y, x); INSERT INTO t (id, x) VALUES (1, 'b');

=== table_dropped_under_everything
--- from
CREATE TABLE keep (id int PRIMARY KEY, t int, n text); CREATE TABLE t (id int PRIMARY KEY, n text); ALTER TABLE keep ADD FOREIGN KEY (t) REFERENCES t; CREATE VIEW v AS SELECT keep.id, t.n FROM keep LEFT JOIN t ON t.id = keep.t; CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'; CREATE FUNCTION g(t) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE POLICY p ON keep USING (id IN (SELECT id FROM t)); CREATE RULE r AS ON DELETE TO keep DO ALSO DELETE FROM t WHERE id = OLD.t; CREATE FUNCTION h() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END; CREATE MATERIALIZED VIEW m AS SELECT n FROM t; CREATE TABLE kid () INHERITS (t); CREATE PUBLICATION pub FOR TABLE t, keep;
--- to
CREATE TABLE keep (id int PRIMARY KEY, t int, n text); CREATE VIEW v AS SELECT keep.id, keep.n FROM keep; CREATE FUNCTION f() RETURNS SETOF keep LANGUAGE sql AS 'SELECT * FROM keep'; CREATE FUNCTION g(keep) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE POLICY p ON keep USING (id > 0); CREATE FUNCTION h() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM keep; END; CREATE TABLE kid (id int NOT NULL, n text); CREATE PUBLICATION pub FOR TABLE keep;

=== schema_dropped_with_what_others_used
CREATE TABLE public.u (id int PRIMARY KEY);
--- from
CREATE SCHEMA lib; CREATE TYPE lib.k AS ENUM ('a', 'b'); CREATE FUNCTION lib.f(lib.k) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE SEQUENCE lib.s; CREATE TABLE lib.t (id int PRIMARY KEY REFERENCES u); ALTER TABLE u ADD k lib.k DEFAULT 'a', ADD n int DEFAULT nextval('lib.s'), ADD t int REFERENCES lib.t; CREATE INDEX i ON u (lib.f(k)); CREATE VIEW v AS SELECT u.id FROM u JOIN lib.t USING (id); INSERT INTO u VALUES (1); CREATE COLLATION lib.c (LOCALE = 'C'); CREATE TABLE w (x text COLLATE lib.c);
--- to
ALTER TABLE u ADD k text DEFAULT 'a', ADD n int DEFAULT 0; CREATE VIEW v AS SELECT u.id FROM u; INSERT INTO u VALUES (1); CREATE TABLE w (x text COLLATE "C");

=== overloads_come_and_go_around_dependents
--- from
CREATE FUNCTION f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0'; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION f(text, VARIADIC int[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE VIEW v AS SELECT f() AS a, f(1) AS b, f('x', 1, 2) AS c; CREATE TABLE t (a int DEFAULT f(), b int DEFAULT f(3));
--- to
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint'; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'; CREATE FUNCTION f(text, int, int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE VIEW v AS SELECT f() AS a, f(1) AS b, f('x', 1, 2) AS c; CREATE TABLE t (a int DEFAULT f(), b int DEFAULT f(3));

=== aggregates_with_new_state_functions
--- from
CREATE FUNCTION st(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'; CREATE FUNCTION fin(int) RETURNS text LANGUAGE sql AS 'SELECT $1::text'; CREATE AGGREGATE tot(int) (SFUNC = st, STYPE = int, FINALFUNC = fin, INITCOND = '0'); CREATE VIEW v AS SELECT tot(x) AS t FROM generate_series(1, 3) x;
--- to
CREATE FUNCTION st(bigint, int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION fin(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'; CREATE AGGREGATE tot(int) (SFUNC = st, STYPE = bigint, FINALFUNC = fin, INITCOND = '0', PARALLEL = SAFE, COMBINEFUNC = int8pl); CREATE VIEW v AS SELECT tot(x) AS t FROM generate_series(1, 3) x; COMMENT ON AGGREGATE tot(int) IS 'total';

=== operators_in_policies_views_and_constraints
--- from
CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) = lower($2)'; CREATE OPERATOR =~= (LEFTARG = text, RIGHTARG = text, FUNCTION = same, COMMUTATOR = =~=); CREATE TABLE t (a text, b text, CHECK (a =~= b OR b IS NULL)); CREATE VIEW v AS SELECT a FROM t WHERE a =~= 'x'; CREATE POLICY p ON t USING (a =~= 'y'); CREATE INDEX i ON t ((a =~= b));
--- to
CREATE SCHEMA ops; CREATE FUNCTION ops.same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower($1) = lower($2)'; CREATE OPERATOR ops.=~= (LEFTARG = text, RIGHTARG = text, FUNCTION = ops.same, COMMUTATOR = OPERATOR(ops.=~=), RESTRICT = eqsel); CREATE TABLE t (a text, b text, CHECK (a OPERATOR(ops.=~=) b OR b IS NULL)); CREATE VIEW v AS SELECT a FROM t WHERE a OPERATOR(ops.=~=) 'x'; CREATE POLICY p ON t USING (a OPERATOR(ops.=~=) 'y'); CREATE INDEX i ON t ((a OPERATOR(ops.=~=) b));

=== casts_used_by_views_and_defaults
--- from
CREATE TYPE c AS (v int); CREATE FUNCTION c2i(c) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.v'; CREATE CAST (c AS int) WITH FUNCTION c2i(c) AS ASSIGNMENT; CREATE TABLE t (x c); CREATE VIEW v AS SELECT x::int AS i FROM t; INSERT INTO t VALUES (ROW(1));
--- to
CREATE TYPE c AS (v int, w int); CREATE FUNCTION c2i(c) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1.v::bigint'; CREATE CAST (c AS bigint) WITH FUNCTION c2i(c) AS IMPLICIT; CREATE TABLE t (x c); CREATE VIEW v AS SELECT x::bigint AS i FROM t; INSERT INTO t VALUES (ROW(1, NULL));

=== ranges_with_functions_and_multiranges_in_use
--- from
CREATE TYPE fr AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi); CREATE TABLE t (r fr, m fr[] , EXCLUDE USING gist (r WITH &&)); CREATE FUNCTION f(fr) RETURNS fr LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT lower(r) AS lo FROM t WHERE r @> 1.5::float8; INSERT INTO t VALUES ('[1,2)', '{"[1,2)"}');
--- to
CREATE TYPE fr AS RANGE (SUBTYPE = numeric); CREATE TABLE t (r fr, m fr[] , EXCLUDE USING gist (r WITH &&)); CREATE FUNCTION f(fr) RETURNS fr LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT lower(r) AS lo FROM t WHERE r @> 1.5; INSERT INTO t VALUES ('[1,2)', '{"[1,2)"}');

=== text_search_objects_under_generated_and_index
--- from
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, STOPWORDS = english); CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default); ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR asciiword, word WITH d; CREATE TABLE t (b text, v tsvector GENERATED ALWAYS AS (to_tsvector('cfg', b)) STORED); CREATE INDEX i ON t USING gin (to_tsvector('cfg', b)); INSERT INTO t VALUES ('the fox');
--- to
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = german); CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default); ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR asciiword WITH d; ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR numword WITH simple; CREATE TABLE t (b text, c text DEFAULT '', v tsvector GENERATED ALWAYS AS (to_tsvector('cfg', b || c)) STORED); CREATE INDEX i ON t USING gist (to_tsvector('cfg', b)); INSERT INTO t VALUES ('the fox');

=== event_triggers_and_their_functions
--- from
CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e1 ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION ev(); CREATE EVENT TRIGGER e2 ON sql_drop EXECUTE FUNCTION ev(); ALTER EVENT TRIGGER e2 DISABLE;
--- to
CREATE SCHEMA ops; CREATE FUNCTION ops.ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE EVENT TRIGGER e1 ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION ops.ev(); CREATE EVENT TRIGGER e3 ON sql_drop EXECUTE FUNCTION ops.ev(); ALTER EVENT TRIGGER e3 ENABLE ALWAYS; COMMENT ON EVENT TRIGGER e1 IS 'one';

=== foreign_data_from_nothing_to_everything
--- from
CREATE TABLE local (id int PRIMARY KEY);
--- to
CREATE TABLE local (id int PRIMARY KEY); CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd''b'); CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u'); CREATE FOREIGN TABLE ft (id int OPTIONS (column_name 'Id') NOT NULL, n text COLLATE "C" DEFAULT 'x', CHECK (id > 0)) SERVER far OPTIONS (schema_name 's', table_name 'T'); CREATE VIEW both_of AS SELECT l.id, f.n FROM local l JOIN ft f USING (id); CREATE TABLE parted (id int, k int) PARTITION BY LIST (k); CREATE FOREIGN TABLE parted1 PARTITION OF parted FOR VALUES IN (1) SERVER far; COMMENT ON FOREIGN TABLE ft IS 'far';

=== publications_in_every_form
--- from
CREATE SCHEMA s; CREATE TABLE a (id int PRIMARY KEY, x text, y int); CREATE TABLE s.b (id int PRIMARY KEY); CREATE PUBLICATION p1 FOR TABLE a (id, x) WHERE (id > 5), s.b; CREATE PUBLICATION p2 FOR TABLES IN SCHEMA s WITH (publish = 'insert'); CREATE PUBLICATION p3 FOR ALL TABLES;
--- to
CREATE SCHEMA s; CREATE TABLE a (id bigint PRIMARY KEY, x text, z date); CREATE TABLE s.b (id int PRIMARY KEY, n text); CREATE PUBLICATION p1 FOR TABLE a WHERE (id > 6), s.b (id); CREATE PUBLICATION p2 FOR TABLES IN SCHEMA s, public WITH (publish_via_partition_root = true); CREATE PUBLICATION p3;
-- since 15

=== statistics_over_changed_columns
--- from
CREATE TABLE t (a int, b text, c date); CREATE STATISTICS s1 (ndistinct) ON a, b FROM t; CREATE STATISTICS s2 ON (lower(b)), c FROM t; ALTER STATISTICS s1 SET STATISTICS 50;
--- to
CREATE SCHEMA st; CREATE TABLE t (a bigint, b varchar(5), c timestamptz, d int); CREATE STATISTICS s1 (ndistinct, dependencies) ON a, b, d FROM t; CREATE STATISTICS st.s2 (mcv) ON (upper(b)), c FROM t; COMMENT ON STATISTICS s1 IS 's';

=== unlogged_with_sequences_and_keys
--- from
CREATE UNLOGGED TABLE a (id serial PRIMARY KEY); CREATE UNLOGGED TABLE b (a int REFERENCES a, id int GENERATED ALWAYS AS IDENTITY); CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE d (c int REFERENCES c); INSERT INTO a DEFAULT VALUES; INSERT INTO b (a) VALUES (1);
--- to
CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (a int REFERENCES a, id int GENERATED ALWAYS AS IDENTITY); CREATE UNLOGGED TABLE c (id int PRIMARY KEY); CREATE UNLOGGED TABLE d (c int REFERENCES c); INSERT INTO a DEFAULT VALUES; INSERT INTO b (a) VALUES (1);

=== storage_parameters_everywhere
--- from
CREATE TABLE t (id int PRIMARY KEY WITH (fillfactor = 60), n text) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1, toast.autovacuum_enabled = false); CREATE INDEX i ON t (n) WITH (deduplicate_items = off, fillfactor = 40); CREATE MATERIALIZED VIEW m WITH (fillfactor = 30) AS SELECT id FROM t; ALTER TABLE t ALTER n SET (n_distinct = 3);
--- to
CREATE TABLE t (id int PRIMARY KEY WITH (fillfactor = 61), n text) WITH (autovacuum_vacuum_threshold = 5, parallel_workers = 2, toast.vacuum_truncate = false); CREATE INDEX i ON t (n) WITH (fillfactor = 41); CREATE MATERIALIZED VIEW m WITH (autovacuum_enabled = false) AS SELECT id FROM t; ALTER TABLE t ALTER id SET (n_distinct_inherited = 3);

=== typed_tables_and_their_type_in_functions
--- from
CREATE TYPE ty AS (id int, n text); CREATE TABLE a OF ty (PRIMARY KEY (id), n WITH OPTIONS DEFAULT 'x'); CREATE TABLE b OF ty; CREATE FUNCTION f(ty) RETURNS SETOF ty LANGUAGE sql AS 'SELECT $1'; INSERT INTO a VALUES (1, 'a');
--- to
CREATE TYPE ty AS (id int, n text, d date); CREATE TABLE a OF ty (PRIMARY KEY (id), n WITH OPTIONS NOT NULL); CREATE TABLE b (id int, n text, x int); CREATE FUNCTION f(ty) RETURNS SETOF ty LANGUAGE sql AS 'SELECT $1'; INSERT INTO a VALUES (1, 'a', NULL);

=== not_null_comes_and_goes_in_a_tree
--- from
CREATE TABLE p (id int, a int NOT NULL, b int); CREATE TABLE c (b int NOT NULL, d int NOT NULL) INHERITS (p); CREATE TABLE g () INHERITS (c); CREATE TABLE r (id int NOT NULL, k int) PARTITION BY LIST (k); CREATE TABLE r1 PARTITION OF r FOR VALUES IN (1); INSERT INTO g VALUES (1, 1, 1, 1); INSERT INTO r VALUES (1, 1);
--- to
CREATE TABLE p (id int NOT NULL, a int, b int); CREATE TABLE c (b int, d int) INHERITS (p); CREATE TABLE g () INHERITS (c); ALTER TABLE g ALTER a SET NOT NULL; CREATE TABLE r (id int, k int NOT NULL) PARTITION BY LIST (k); CREATE TABLE r1 PARTITION OF r FOR VALUES IN (1); ALTER TABLE r1 ALTER id SET NOT NULL; INSERT INTO g VALUES (1, 1, 1, 1); INSERT INTO r VALUES (1, 1);

=== table_and_column_move_between_related_tables
--- from
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, bio text, avatar bytea); CREATE INDEX users_bio ON users USING gin (to_tsvector('english', bio)); CREATE VIEW public_users AS SELECT id, name, bio FROM users; INSERT INTO users (name, bio) VALUES ('n', 'b');
--- to
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL); CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users ON DELETE CASCADE, bio text, avatar bytea); CREATE INDEX users_bio ON profiles USING gin (to_tsvector('english', bio)); CREATE VIEW public_users AS SELECT u.id, u.name, p.bio FROM users u LEFT JOIN profiles p ON p.user_id = u.id;

=== constraint_names_generated_and_given
--- from
CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0), d int REFERENCES t, EXCLUDE (b WITH =)); INSERT INTO t VALUES (1, 1, 1, 1);
--- to
CREATE TABLE t (a int CONSTRAINT "PK" PRIMARY KEY, b int CONSTRAINT u UNIQUE, c int CONSTRAINT "check" CHECK (c > 0), d int CONSTRAINT fk REFERENCES t, CONSTRAINT ex EXCLUDE (b WITH =)); INSERT INTO t VALUES (1, 1, 1, 1);

=== deferrable_and_validity_turn
--- from
CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE DEFERRABLE); CREATE TABLE k (p int CONSTRAINT fk REFERENCES p DEFERRABLE, n int, q int); ALTER TABLE k ADD CONSTRAINT ck CHECK (n > 0) NOT VALID; ALTER TABLE k ADD CONSTRAINT fq FOREIGN KEY (q) REFERENCES p NOT VALID; INSERT INTO p VALUES (1, 1); INSERT INTO k VALUES (1, 1, 1);
--- to
CREATE TABLE p (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, u int UNIQUE); CREATE TABLE k (p int, n int, CONSTRAINT ck CHECK (n > 0), q int); INSERT INTO p VALUES (1, 1); INSERT INTO k VALUES (1, 1, 1); ALTER TABLE k ADD CONSTRAINT fq FOREIGN KEY (q) REFERENCES p (u) DEFERRABLE INITIALLY DEFERRED;

=== everything_of_a_table_in_another_order
--- from
CREATE TABLE t (a int, b text, c date, d numeric, e boolean); CREATE INDEX i1 ON t (a); CREATE INDEX i2 ON t (b); INSERT INTO t VALUES (1, 'b', '2024-01-01', 1, true);
--- to
CREATE TABLE t (e boolean, d numeric, x1 int, x2 int, c date, b text, a int); CREATE INDEX i2 ON t (b); CREATE INDEX i1 ON t (a); INSERT INTO t (a, b, c, d, e) VALUES (1, 'b', '2024-01-01', 1, true);

=== columns_that_swap_types_and_roles
--- from
CREATE TABLE t (a int PRIMARY KEY, b text, c int GENERATED ALWAYS AS (length(b)) STORED, d int DEFAULT 1); CREATE VIEW v AS SELECT a, b, c, d FROM t; INSERT INTO t (a, b) VALUES (1, '5');
--- to
CREATE TABLE t (a int, b int PRIMARY KEY, c text, d text GENERATED ALWAYS AS ('x' || b::text) STORED); CREATE VIEW v AS SELECT a, b, c, d FROM t; INSERT INTO t (a, b) VALUES (1, 5);

=== rowtype_array_in_other_table
--- from
CREATE TABLE item (id int, n text); CREATE TABLE crate (id int PRIMARY KEY, items item[], first item); INSERT INTO item VALUES (1, 'x'); INSERT INTO crate SELECT 1, array_agg(i), NULL FROM item i; CREATE FUNCTION total(crate) RETURNS int LANGUAGE sql AS 'SELECT cardinality($1.items)'; CREATE VIEW v AS SELECT id, (first).n AS fn, cardinality(items) AS c FROM crate;
--- to
CREATE TABLE item (id bigint, n text); CREATE TABLE crate (id int PRIMARY KEY, items item[], first item); CREATE FUNCTION total(crate) RETURNS int LANGUAGE sql AS 'SELECT cardinality($1.items) + 1'; CREATE VIEW v AS SELECT id, (first).n AS fn, cardinality(items) AS c FROM crate;

=== views_of_system_catalogs_and_casts
--- from
CREATE VIEW rels AS SELECT c.oid::regclass AS r, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace; CREATE FUNCTION sizes() RETURNS TABLE (r regclass, s bigint) LANGUAGE sql AS 'SELECT r, pg_relation_size(r) FROM rels'; CREATE TABLE t (r regclass DEFAULT 'pg_class', ro regtype, n regproc);
--- to
CREATE VIEW rels AS SELECT c.oid::regclass::text AS r, n.nspname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace; CREATE FUNCTION sizes() RETURNS TABLE (r text, s bigint) LANGUAGE sql AS 'SELECT r, 0::bigint FROM rels'; CREATE TABLE t (r oid DEFAULT 'pg_class'::regclass, ro text, n text);

=== strings_with_backslashes_newlines_and_unicode
--- from
CREATE TABLE t (a text DEFAULT E'a\\b\nc\t''d''', b text DEFAULT '日本語', c text CHECK (c <> E'\\' AND c <> '''')); COMMENT ON TABLE t IS E'line 1\nline ''2''\\'; CREATE VIEW v AS SELECT E'\\x' AS x, 'é' AS "é", U&'\0061' AS u; CREATE TYPE "é" AS ENUM ('ñ', '日本', '''', '"', '\');
--- to
CREATE TABLE t (a text DEFAULT E'\\\\', b text DEFAULT '中文', c text CHECK (c <> E'\n')); COMMENT ON TABLE t IS E'\\''\\'; CREATE VIEW v AS SELECT E'\\y' AS x, 'è' AS "é", U&'\0062' AS u; CREATE TYPE "é" AS ENUM ('ñ', '日本', 'x''y', '''', '"', '\');

=== defaults_with_every_function_form
--- from
CREATE TABLE t (a timestamptz DEFAULT now() + interval '1 day', b date DEFAULT (now() AT TIME ZONE 'utc')::date, c text DEFAULT ('x' || CURRENT_USER), d int[] DEFAULT ARRAY[1, 2], e jsonb DEFAULT jsonb_build_object('a', 1), f uuid DEFAULT gen_random_uuid(), g text DEFAULT NULL, h numeric DEFAULT -1, i boolean DEFAULT (NOT true), j interval DEFAULT '1 mon', k bit(3) DEFAULT B'101', l text DEFAULT md5(random()::text), m int DEFAULT (CASE WHEN true THEN 1 ELSE 2 END)); INSERT INTO t DEFAULT VALUES;
--- to
CREATE TABLE t (a timestamptz DEFAULT now() - interval '2 days', b date DEFAULT CURRENT_DATE + 1, c text DEFAULT SESSION_USER, d int[] DEFAULT '{}', e jsonb DEFAULT '{"a": [1, null]}', f uuid, g text DEFAULT '', h numeric DEFAULT 1e3, i boolean DEFAULT (1 = 1), j interval DEFAULT '1 year 2 days', k bit(3) DEFAULT B'010', l text DEFAULT substr(md5('x'), 1, 5), m int DEFAULT length('abc')); INSERT INTO t DEFAULT VALUES;

=== trigger_functions_swap_and_constraint_triggers
--- from
CREATE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE FUNCTION b() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TABLE t (id int); CREATE TABLE u (id int PRIMARY KEY); CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION a(); CREATE TRIGGER y AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION b(); CREATE CONSTRAINT TRIGGER z AFTER INSERT ON t FROM u DEFERRABLE FOR EACH ROW EXECUTE FUNCTION a();
--- to
CREATE FUNCTION a(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION b() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (id int); CREATE TABLE u (id bigint PRIMARY KEY); CREATE TRIGGER x AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION b(); CREATE TRIGGER y BEFORE INSERT OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION b(); CREATE CONSTRAINT TRIGGER z AFTER INSERT ON t FROM u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION b(); ALTER TABLE t ENABLE REPLICA TRIGGER x; ALTER TABLE t ENABLE ALWAYS TRIGGER y;

=== many_enums_one_table_rebuilt
--- from
CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE b AS ENUM ('1', '2', '3'); CREATE TYPE c AS ENUM ('k'); CREATE TABLE t (a a NOT NULL DEFAULT 'x', b b, c c DEFAULT 'k', PRIMARY KEY (a, c), CHECK (a = 'x' OR b IS NOT NULL)); CREATE VIEW v AS SELECT a, b, c, a::text || b::text AS ab FROM t; INSERT INTO t VALUES ('y', '2', 'k'); CREATE FUNCTION f(a, b[], c DEFAULT 'k') RETURNS b LANGUAGE sql AS 'SELECT $2[1]';
--- to
CREATE TYPE a AS ENUM ('y', 'z'); CREATE TYPE b AS ENUM ('2', '1'); CREATE TYPE c AS ENUM ('j', 'k', 'l'); CREATE TABLE t (a a NOT NULL DEFAULT 'y', b b, c c DEFAULT 'l', PRIMARY KEY (a, c), CHECK (a = 'y' OR b IS NOT NULL)); CREATE VIEW v AS SELECT a, b, c, a::text || b::text AS ab FROM t; INSERT INTO t VALUES ('y', '2', 'k'); CREATE FUNCTION f(a, b[], c DEFAULT 'j') RETURNS b LANGUAGE sql AS 'SELECT $2[1]';

=== enum_in_partition_bounds_and_keys
--- from
CREATE TYPE st AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int, s st NOT NULL, PRIMARY KEY (id, s)) PARTITION BY LIST (s); CREATE TABLE ta PARTITION OF t FOR VALUES IN ('a'); CREATE TABLE tb PARTITION OF t FOR VALUES IN ('b', 'c'); CREATE TABLE r (id int, s st, FOREIGN KEY (id, s) REFERENCES t); INSERT INTO t VALUES (1, 'a'), (2, 'b'); INSERT INTO r VALUES (1, 'a');
--- to
CREATE TYPE st AS ENUM ('a', 'b', 'd', 'c'); CREATE TABLE t (id int, s st NOT NULL, PRIMARY KEY (id, s)) PARTITION BY LIST (s); CREATE TABLE ta PARTITION OF t FOR VALUES IN ('a', 'd'); CREATE TABLE tb PARTITION OF t FOR VALUES IN ('b'); CREATE TABLE tc PARTITION OF t FOR VALUES IN ('c'); CREATE TABLE r (id int, s st, FOREIGN KEY (id, s) REFERENCES t); INSERT INTO t VALUES (1, 'a'), (2, 'b'); INSERT INTO r VALUES (1, 'a');

=== plain_to_partitioned_and_referenced
--- from
CREATE TABLE ev (id bigint PRIMARY KEY, at date NOT NULL DEFAULT '2024-01-01', body jsonb); CREATE TABLE ref (ev bigint REFERENCES ev ON DELETE CASCADE); CREATE INDEX ON ev USING gin (body); CREATE VIEW v AS SELECT id FROM ev; INSERT INTO ev VALUES (1, '2024-02-02', '{}'), (2, '2025-02-02', '{}'); INSERT INTO ref VALUES (1);
--- to
CREATE TABLE ev (id bigint, at date NOT NULL DEFAULT '2024-01-01', body jsonb, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE ev24 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE evd PARTITION OF ev DEFAULT; CREATE TABLE ref (ev bigint); CREATE INDEX ON ev USING gin (body); CREATE VIEW v AS SELECT id FROM ev; INSERT INTO ev VALUES (1, '2024-02-02', '{}'), (2, '2025-02-02', '{}'); INSERT INTO ref VALUES (1);

=== partition_attached_detached_with_foreign_keys
--- from
CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (id int, k int, o int REFERENCES o, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 (id int NOT NULL, k int NOT NULL, o int); CREATE INDEX ON t (o); INSERT INTO o VALUES (1); INSERT INTO t VALUES (1, 1, 1); INSERT INTO t2 VALUES (2, 2, 1);
--- to
CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (id int, k int, o int REFERENCES o, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE t1 (id int NOT NULL, k int NOT NULL, o int); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE INDEX ON t (o); INSERT INTO o VALUES (1); INSERT INTO t1 VALUES (1, 1, 1); INSERT INTO t2 VALUES (2, 2, 1);

=== partitioned_index_invalid_only_and_attached_by_hand
--- from
CREATE TABLE t (id int, k int) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE INDEX ti ON ONLY t (id); CREATE INDEX t1i ON t1 (id); ALTER INDEX ti ATTACH PARTITION t1i;
--- to
CREATE TABLE t (id int, k int) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE INDEX ti ON ONLY t (id); CREATE INDEX t1i ON t1 (id); ALTER INDEX ti ATTACH PARTITION t1i; CREATE INDEX t2_own ON t2 (id); ALTER INDEX ti ATTACH PARTITION t2_own; CREATE INDEX tk ON t (k);
