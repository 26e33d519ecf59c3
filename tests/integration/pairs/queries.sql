=== tablesample_and_rows_from
--- from
CREATE TABLE t (id int, v text); CREATE VIEW a AS SELECT id FROM t TABLESAMPLE bernoulli (10) REPEATABLE (1); CREATE VIEW b AS SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS r(n, s, o); INSERT INTO t VALUES (1, 'a');
--- to
CREATE TABLE t (id bigint, v text); CREATE VIEW a AS SELECT id, v FROM t TABLESAMPLE system (20); CREATE VIEW b AS SELECT * FROM ROWS FROM (generate_series(1, 4), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS r(n, s, o);

=== xmltable_over_a_column_that_changes
--- from
CREATE TABLE t (id int, doc xml); CREATE VIEW v AS SELECT t.id, x.n FROM t, XMLTABLE('/r/i' PASSING t.doc COLUMNS n int PATH '@n') x; INSERT INTO t VALUES (1, '<r><i n="1"/></r>');
--- to
CREATE TABLE t (id int, doc xml NOT NULL); CREATE VIEW v AS SELECT t.id, x.n, x.m FROM t, XMLTABLE('/r/i' PASSING t.doc COLUMNS n text PATH '@n', m int PATH '@m' DEFAULT 0) x;

=== grouping_sets_filter_and_windows
--- from
CREATE TABLE t (a int, b text, c numeric(10,2)); CREATE VIEW v AS SELECT a, b, sum(c) FILTER (WHERE c > 0) AS s, grouping(a, b) AS g FROM t GROUP BY GROUPING SETS ((a), (b), ()); CREATE VIEW w AS SELECT a, rank() OVER x AS r, lag(c, 1, 0) OVER (x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS l FROM t WINDOW x AS (PARTITION BY b ORDER BY c DESC NULLS LAST);
--- to
CREATE TABLE t (a bigint, b varchar(10), c numeric(12,4)); CREATE VIEW v AS SELECT a, b, sum(c) FILTER (WHERE c > 0) AS s, grouping(a, b) AS g FROM t GROUP BY ROLLUP (a, b); CREATE VIEW w AS SELECT a, dense_rank() OVER x AS r, lag(c, 1, 0) OVER (x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS l FROM t WINDOW x AS (PARTITION BY b ORDER BY c DESC NULLS LAST);

=== percentiles_and_modes
--- from
CREATE TABLE t (a int, b text); CREATE MATERIALIZED VIEW m AS SELECT b, percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS p, mode() WITHIN GROUP (ORDER BY a DESC) AS o FROM t GROUP BY b; INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (a double precision, b text); CREATE MATERIALIZED VIEW m AS SELECT b, percentile_disc(0.9) WITHIN GROUP (ORDER BY a) AS p, mode() WITHIN GROUP (ORDER BY a DESC) AS o FROM t GROUP BY b;

=== lateral_subqueries_and_using_joins
--- from
CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (id int, a_id int, w text); CREATE VIEW v AS SELECT * FROM a LEFT JOIN b USING (id); CREATE VIEW l AS SELECT a.v, x.w FROM a CROSS JOIN LATERAL (SELECT b.w FROM b WHERE b.a_id = a.id ORDER BY b.id LIMIT 1) x;
--- to
CREATE TABLE a (id bigint PRIMARY KEY, v text); CREATE TABLE b (id int, a_id bigint, w varchar(9)); CREATE VIEW v AS SELECT * FROM a FULL JOIN b USING (id); CREATE VIEW l AS SELECT a.v, x.w FROM a CROSS JOIN LATERAL (SELECT b.w FROM b WHERE b.a_id = a.id ORDER BY b.id DESC LIMIT 2) x;

=== join_aliases_with_columns
--- from
CREATE TABLE a (id int, n int); CREATE TABLE b (id int, m int); CREATE VIEW v AS SELECT j.x, j.y FROM (a JOIN b USING (id)) AS j(x, y, z); CREATE VIEW w AS SELECT q.* FROM (VALUES (1, 'a'), (2, 'b')) q(k, l) JOIN a ON a.id = q.k;
--- to
CREATE TABLE a (id int, n bigint); CREATE TABLE b (id int, m int, k int); CREATE VIEW v AS SELECT j.x, j.y, j.z FROM (a JOIN b USING (id)) AS j(x, y, z, o); CREATE VIEW w AS SELECT q.* FROM (VALUES (1, 'a'), (3, 'c')) q(k, l) JOIN a ON a.id = q.k;

=== recursive_view_with_search_and_cycle
--- from
CREATE TABLE t (id int, parent int, name text); CREATE VIEW v AS WITH RECURSIVE r(id, name, depth) AS (SELECT id, name, 0 FROM t WHERE parent IS NULL UNION ALL SELECT t.id, t.name, r.depth + 1 FROM t JOIN r ON t.parent = r.id) SEARCH DEPTH FIRST BY id SET o SELECT id, name, depth FROM r ORDER BY o;
--- to
CREATE TABLE t (id bigint, parent bigint, name text); CREATE VIEW v AS WITH RECURSIVE r(id, name, depth) AS (SELECT id, name, 0 FROM t WHERE parent IS NULL UNION ALL SELECT t.id, t.name, r.depth + 1 FROM t JOIN r ON t.parent = r.id) CYCLE id SET c USING p SELECT id, name, depth FROM r WHERE NOT c;

=== data_modifying_rules_and_returning
--- from
CREATE TABLE t (id int PRIMARY KEY, v text); CREATE VIEW v AS SELECT id, v FROM t; CREATE RULE i AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (new.id, new.v) ON CONFLICT (id) DO UPDATE SET v = excluded.v RETURNING t.id, t.v; CREATE RULE d AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE id = old.id;
--- to
CREATE TABLE t (id bigint PRIMARY KEY, v text, n int); CREATE VIEW v AS SELECT id, v FROM t; CREATE RULE i AS ON INSERT TO v DO INSTEAD INSERT INTO t (id, v) VALUES (new.id, upper(new.v)) RETURNING t.id, t.v; CREATE RULE d AS ON DELETE TO v DO INSTEAD (DELETE FROM t WHERE id = old.id; NOTIFY gone);

=== case_coalesce_and_row_comparisons_in_checks
--- from
CREATE TABLE t (a int, b int, c text, CHECK ((a, b) < (10, 20)), CHECK (CASE WHEN c IS NULL THEN a > 0 WHEN c = 'x' THEN b > 0 ELSE true END), CHECK (coalesce(a, b, 0) >= 0 AND greatest(a, b) < 1000), CHECK (c IS DISTINCT FROM 'no' AND c NOT IN ('a', 'b') AND c !~~ 'z%'));
--- to
CREATE TABLE t (a bigint, b bigint, c varchar(5), CHECK ((a, b) < (10, 20)), CHECK (CASE WHEN c IS NULL THEN a > 0 WHEN c = 'x' THEN b > 0 ELSE true END), CHECK (coalesce(a, b, 0) >= 0 AND greatest(a, b) < 1000), CHECK (c IS DISTINCT FROM 'no' AND c NOT IN ('a', 'b') AND c !~~ 'z%'));

=== arrays_slices_and_subscripts
--- from
CREATE TABLE t (a int[], b text[], c jsonb); CREATE VIEW v AS SELECT a[1] AS x, a[2:3] AS y, b || 'z'::text AS z, c -> 'k' ->> 0 AS k, 3 = ANY (a) AS h FROM t; CREATE INDEX i ON t USING gin (a); CREATE INDEX j ON t ((c ->> 'k')) WHERE c ? 'k'; INSERT INTO t VALUES ('{1,2}', '{a}', '{"k": [1]}');
--- to
CREATE TABLE t (a bigint[], b varchar(3)[], c jsonb); CREATE VIEW v AS SELECT a[1] AS x, a[2:] AS y, b || 'z'::varchar AS z, c #> '{k,0}' AS k, 3 = ALL (a) AS h FROM t; CREATE INDEX i ON t USING gin (a); CREATE INDEX j ON t USING gin (c jsonb_path_ops);

=== sequences_and_oids_in_views_and_defaults
--- from
CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s'), b regclass DEFAULT 's'::regclass, c text DEFAULT current_user, d timestamptz DEFAULT CURRENT_TIMESTAMP(2), e date DEFAULT CURRENT_DATE + 1); CREATE VIEW v AS SELECT currval('s') AS n, 't'::regclass AS o, 'abs(int)'::regprocedure AS p;
--- to
CREATE SEQUENCE s AS int; CREATE TABLE t (a int DEFAULT nextval('s') * 2, b regclass DEFAULT 't'::regclass, c name DEFAULT session_user, d timestamptz DEFAULT LOCALTIMESTAMP, e date DEFAULT 'now'::text::date); CREATE VIEW v AS SELECT lastval() AS n, 's'::regclass AS o, 'upper(text)'::regprocedure AS p;

=== intervals_zones_and_overlaps
--- from
CREATE TABLE t (a timestamptz, b interval, c time); CREATE VIEW v AS SELECT a AT TIME ZONE 'UTC' AS u, extract(day FROM b) AS d, (a, b) OVERLAPS (now(), '1 day'::interval) AS o, date_trunc('month', a) AS m FROM t; CREATE INDEX i ON t (((a AT TIME ZONE 'UTC')::date));
--- to
CREATE TABLE t (a timestamptz(3), b interval day to second, c timetz); CREATE VIEW v AS SELECT a AT TIME ZONE 'Europe/Vienna' AS u, extract(hour FROM b) AS d, (a, b) OVERLAPS (now(), '2 days'::interval) AS o, date_trunc('year', a) AS m FROM t; CREATE INDEX i ON t (((a AT TIME ZONE 'UTC')::time));

=== collations_in_every_place
--- from
CREATE COLLATION c1 (locale = 'C'); CREATE TABLE t (a text COLLATE c1, b text); CREATE INDEX i ON t (b COLLATE c1 text_pattern_ops, lower(a COLLATE "C")); CREATE VIEW v AS SELECT a COLLATE "C" AS a, b FROM t WHERE b COLLATE c1 > 'm' ORDER BY a COLLATE c1; CREATE DOMAIN d AS text COLLATE c1 CHECK (VALUE COLLATE c1 <> ''); CREATE TYPE p AS (x text COLLATE c1);
--- to
CREATE COLLATION c2 (locale = 'POSIX'); CREATE TABLE t (a text COLLATE c2, b text); CREATE INDEX i ON t (b COLLATE c2, lower(a COLLATE "C")); CREATE VIEW v AS SELECT a COLLATE "C" AS a, b FROM t WHERE b COLLATE c2 > 'm' ORDER BY a COLLATE c2; CREATE DOMAIN d AS text COLLATE c2 CHECK (VALUE COLLATE c2 <> ''); CREATE TYPE p AS (x text COLLATE c2);

=== view_of_every_set_operation
--- from
CREATE TABLE a (x int, y text); CREATE TABLE b (x int, y text); CREATE VIEW v AS (SELECT x, y FROM a UNION ALL SELECT x, y FROM b EXCEPT SELECT 1, 'a') INTERSECT SELECT x, y FROM a ORDER BY 1 OFFSET 1 FETCH FIRST 2 ROWS WITH TIES; CREATE VIEW w AS TABLE a; CREATE VIEW e AS SELECT FROM a;
--- to
CREATE TABLE a (x bigint, y text); CREATE TABLE b (x bigint, y text); CREATE VIEW v AS (SELECT x, y FROM a UNION SELECT x, y FROM b EXCEPT ALL SELECT 1, 'a') INTERSECT ALL SELECT x, y FROM a ORDER BY 2 DESC LIMIT 3; CREATE VIEW w AS TABLE b; CREATE VIEW e AS SELECT FROM b;

=== distinct_on_locking_and_exists
--- from
CREATE TABLE a (x int, y text); CREATE TABLE b (x int); CREATE VIEW v AS SELECT DISTINCT ON (x) x, y FROM a WHERE EXISTS (SELECT FROM b WHERE b.x = a.x) ORDER BY x, y DESC; CREATE VIEW l AS SELECT a.x FROM a JOIN b USING (x) FOR UPDATE OF a SKIP LOCKED; CREATE VIEW n AS SELECT x FROM a WHERE x NOT IN (SELECT x FROM b) AND x = ANY (SELECT x FROM b) OR x > ALL (SELECT x FROM b);
--- to
CREATE TABLE a (x bigint, y varchar(8)); CREATE TABLE b (x bigint); CREATE VIEW v AS SELECT DISTINCT x, y FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.x = a.x); CREATE VIEW l AS SELECT a.x FROM a JOIN b USING (x) FOR SHARE OF b NOWAIT; CREATE VIEW n AS SELECT x FROM a WHERE x IN (SELECT x FROM b);

=== sql_bodies_over_changing_tables
--- from
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE FUNCTION f(i int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT b FROM t WHERE a = i; END; CREATE PROCEDURE p(i int) LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (i, 'x') ON CONFLICT (a) DO NOTHING; DELETE FROM t WHERE a = i; END; CREATE VIEW v AS SELECT f(1) AS x;
--- to
CREATE TABLE t (a bigint PRIMARY KEY, b varchar); CREATE FUNCTION f(i int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT b FROM t WHERE a = i; END; CREATE PROCEDURE p(i int) LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (i, 'x') ON CONFLICT (a) DO NOTHING; UPDATE t SET b = 'y' WHERE a = i; END; CREATE VIEW v AS SELECT f(1) AS x, f(2) AS y;

=== primary_key_and_group_by_it_under_views_over_views
--- from
CREATE TABLE t (id int PRIMARY KEY, n text, m text); CREATE TABLE u (t_id int REFERENCES t, q int); CREATE VIEW v AS SELECT t.id, t.n, sum(u.q) AS s FROM t LEFT JOIN u ON u.t_id = t.id GROUP BY t.id; CREATE VIEW w AS SELECT n, s FROM v WHERE s > 1; CREATE MATERIALIZED VIEW x AS SELECT * FROM w; CREATE INDEX xi ON x (n);
--- to
CREATE TABLE t (id uuid PRIMARY KEY, n text, m text); CREATE TABLE u (t_id uuid REFERENCES t ON DELETE CASCADE, q int); CREATE VIEW v AS SELECT t.id, t.n, t.m, sum(u.q) AS s FROM t LEFT JOIN u ON u.t_id = t.id GROUP BY t.id; CREATE VIEW w AS SELECT n, s FROM v WHERE s > 1; CREATE MATERIALIZED VIEW x AS SELECT * FROM w; CREATE INDEX xi ON x (n);

=== updatable_view_with_defaults_and_check_option
--- from
CREATE TABLE t (id int PRIMARY KEY, v text, w text); CREATE VIEW v WITH (security_barrier) AS SELECT id, v FROM t WHERE id > 0 WITH CASCADED CHECK OPTION; ALTER VIEW v ALTER v SET DEFAULT 'x'; CREATE VIEW u AS SELECT id, v FROM v WITH LOCAL CHECK OPTION; COMMENT ON COLUMN v.v IS 'c';
--- to
CREATE TABLE t (id bigint PRIMARY KEY, v text, w text); CREATE VIEW v WITH (security_barrier = false) AS SELECT id, v FROM t WHERE id > 0 WITH LOCAL CHECK OPTION; ALTER VIEW v ALTER v SET DEFAULT 'y'; CREATE VIEW u AS SELECT id, v FROM v; COMMENT ON COLUMN v.v IS 'd';

=== trigger_with_transition_tables_on_partitions_and_columns
--- from
CREATE TABLE t (a int, b text) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER s AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f(); CREATE TRIGGER r AFTER UPDATE OF b ON t FOR EACH ROW WHEN (old.b IS DISTINCT FROM new.b) EXECUTE FUNCTION f('x', '2');
--- to
CREATE TABLE t (a int, b varchar(20)) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER s AFTER UPDATE ON t REFERENCING OLD TABLE AS old_rows NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f(); CREATE TRIGGER r AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN (old.b IS DISTINCT FROM new.b) EXECUTE FUNCTION f('y'); ALTER TABLE t1 DISABLE TRIGGER r;

=== what_goes_with_an_extension
CREATE EXTENSION pgcrypto;
--- from
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE INDEX i ON t (a); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();
--- to
-- since 14
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() DEPENDS ON EXTENSION pgcrypto; CREATE INDEX i ON t (a); ALTER INDEX i DEPENDS ON EXTENSION pgcrypto; CREATE MATERIALIZED VIEW m AS SELECT a FROM t; ALTER MATERIALIZED VIEW m DEPENDS ON EXTENSION pgcrypto; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); ALTER TRIGGER r ON t DEPENDS ON EXTENSION pgcrypto;

=== extension_goes_and_leaves_what_would_go_with_it
-- since 14
--- from
CREATE EXTENSION pgcrypto; CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() DEPENDS ON EXTENSION pgcrypto; CREATE INDEX i ON t (f(), a); ALTER INDEX i DEPENDS ON EXTENSION pgcrypto;
--- to
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'; CREATE INDEX i ON t (f(), a);
