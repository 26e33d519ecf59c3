=== five_views_deep_and_the_bottom_column_is_retyped
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE VIEW v1 AS SELECT id, a FROM t; CREATE VIEW v2 AS SELECT a AS x FROM v1; CREATE VIEW v3 AS SELECT x, x + 1 AS y FROM v2; CREATE MATERIALIZED VIEW v4 AS SELECT y FROM v3; CREATE VIEW v5 AS SELECT sum(y) AS s FROM v4; COMMENT ON COLUMN v5.s IS 'sum'; CREATE INDEX i4 ON v4 (y DESC); INSERT INTO t VALUES (1, 2, 'c');
--- to
CREATE TABLE t (id int PRIMARY KEY, a numeric(8, 2), b text); CREATE VIEW v1 AS SELECT id, a FROM t; CREATE VIEW v2 AS SELECT a AS x FROM v1; CREATE VIEW v3 AS SELECT x, x + 1 AS y FROM v2; CREATE MATERIALIZED VIEW v4 AS SELECT y FROM v3; CREATE VIEW v5 AS SELECT sum(y) AS s FROM v4; COMMENT ON COLUMN v5.s IS 'sums'; CREATE INDEX i4 ON v4 (y DESC); INSERT INTO t VALUES (1, 2, 'c');

=== views_turn_their_order_of_dependence
--- from
CREATE TABLE t (id int); CREATE VIEW a AS SELECT id FROM t; CREATE VIEW b AS SELECT id FROM a; CREATE VIEW c AS SELECT id FROM b;
--- to
CREATE TABLE t (id int); CREATE VIEW c AS SELECT id FROM t; CREATE VIEW b AS SELECT id FROM c; CREATE VIEW a AS SELECT id FROM b;

=== view_gets_a_column_in_its_middle_with_all_upon_it
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE t (id int, a int, b int); CREATE VIEW v AS SELECT id, b FROM t; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION tf(); CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING; CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW w AS SELECT v.*, f(v) AS f FROM v; ALTER VIEW v ALTER b SET DEFAULT 3;
--- to
CREATE TABLE t (id int, a int, b int); CREATE VIEW v AS SELECT id, a, b FROM t; CREATE TRIGGER tr INSTEAD OF INSERT OR UPDATE ON v FOR EACH ROW EXECUTE FUNCTION tf(); CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING; CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE VIEW w AS SELECT v.*, f(v) AS f FROM v; ALTER VIEW v ALTER b SET DEFAULT 4;

=== view_column_is_renamed_below_another_view
--- from
CREATE TABLE t (id int, name text); CREATE VIEW v AS SELECT id, name FROM t; CREATE VIEW w AS SELECT name FROM v WHERE id > 1; CREATE MATERIALIZED VIEW m AS SELECT * FROM w; CREATE UNIQUE INDEX mi ON m (name);
--- to
CREATE TABLE t (id int, name text); CREATE VIEW v AS SELECT id, name AS title FROM t; CREATE VIEW w AS SELECT title FROM v WHERE id > 1; CREATE MATERIALIZED VIEW m AS SELECT * FROM w; CREATE UNIQUE INDEX mi ON m (title);

=== table_column_is_renamed_below_views
--- from
CREATE TABLE t (id int, name text NOT NULL); CREATE VIEW v AS SELECT name FROM t; CREATE INDEX i ON t (upper(name)); INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (id int, title text NOT NULL DEFAULT ''); CREATE VIEW v AS SELECT title AS name FROM t; CREATE INDEX i ON t (upper(title)); INSERT INTO t VALUES (1, 'x');

=== recursive_view_over_a_table_whose_key_grows
--- from
CREATE TABLE n (id int PRIMARY KEY, up int REFERENCES n); CREATE RECURSIVE VIEW tree (id, depth) AS SELECT id, 0 FROM n WHERE up IS NULL UNION ALL SELECT n.id, depth + 1 FROM n JOIN tree ON n.up = tree.id; INSERT INTO n VALUES (1, NULL), (2, 1);
--- to
CREATE TABLE n (id bigint PRIMARY KEY, up bigint REFERENCES n ON DELETE CASCADE); CREATE RECURSIVE VIEW tree (id, depth, path) AS SELECT id, 0, ARRAY[id] FROM n WHERE up IS NULL UNION ALL SELECT n.id, depth + 1, path || n.id FROM n JOIN tree ON n.up = tree.id; INSERT INTO n VALUES (1, NULL), (2, 1);

=== matview_with_four_indexes_changes_its_query
--- from
CREATE TABLE t (id int, a text, b tsvector); CREATE MATERIALIZED VIEW m AS SELECT id, a, b FROM t; CREATE UNIQUE INDEX m1 ON m (id); CREATE INDEX m2 ON m USING gin (b); CREATE INDEX m3 ON m (lower(a)) WHERE a <> ''; CREATE INDEX m4 ON m USING hash (a); COMMENT ON MATERIALIZED VIEW m IS 'm'; COMMENT ON INDEX m2 IS 'gin'; ALTER MATERIALIZED VIEW m CLUSTER ON m1; CREATE STATISTICS ms ON id, a FROM m; ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 77;
--- to
CREATE TABLE t (id int, a text, b tsvector); CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT id, a, b FROM t WHERE id > 0; CREATE UNIQUE INDEX m1 ON m (id); CREATE INDEX m2 ON m USING gin (b) WITH (fastupdate = off); CREATE INDEX m3 ON m (lower(a)) WHERE a <> ''; COMMENT ON MATERIALIZED VIEW m IS 'm'; COMMENT ON INDEX m2 IS 'gin'; ALTER MATERIALIZED VIEW m CLUSTER ON m1; CREATE STATISTICS ms ON id, a FROM m; ALTER MATERIALIZED VIEW m ALTER a SET STATISTICS 77;

=== view_options_check_and_security_under_dependents
-- since 15
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v WITH (security_barrier) AS SELECT id, a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION; CREATE VIEW w AS SELECT id FROM v;
--- to
CREATE TABLE t (id int, a int); CREATE VIEW v WITH (security_invoker = true) AS SELECT id, a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION; CREATE VIEW w WITH (security_barrier = true) AS SELECT id FROM v;

=== function_reads_view_that_calls_function
--- from
CREATE TABLE t (id int); CREATE FUNCTION low(int) RETURNS int LANGUAGE sql AS 'SELECT $1 - 1'; CREATE VIEW v AS SELECT low(id) AS l FROM t; CREATE FUNCTION all_low() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'; CREATE VIEW w AS SELECT * FROM all_low();
--- to
CREATE TABLE t (id bigint); CREATE FUNCTION low(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT $1 - 1'; CREATE VIEW v AS SELECT low(id) AS l, id FROM t; CREATE FUNCTION all_low() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'; CREATE VIEW w AS SELECT * FROM all_low();

=== atomic_bodies_over_a_view_that_changes
-- since 14
--- from
CREATE TABLE t (id int, a text); CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(v.a) FROM v; END; CREATE FUNCTION g() RETURNS bigint LANGUAGE sql RETURN f() + 1; CREATE VIEW w AS SELECT g() AS g;
--- to
CREATE TABLE t (id int, a varchar(5)); CREATE VIEW v AS SELECT a, id FROM t; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(v.a) FROM v; END; CREATE FUNCTION g() RETURNS bigint LANGUAGE sql RETURN f() + 1; CREATE VIEW w AS SELECT g() AS g;

=== policy_reads_a_view_over_another_table
--- from
CREATE TABLE m (who text, org int); CREATE VIEW mine AS SELECT org FROM m WHERE who = CURRENT_USER; CREATE TABLE d (id int, org int); ALTER TABLE d ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON d USING (org IN (SELECT org FROM mine)) WITH CHECK (EXISTS (SELECT FROM mine WHERE mine.org = d.org));
--- to
CREATE TABLE m (who text, org uuid); CREATE VIEW mine AS SELECT org FROM m WHERE who = CURRENT_USER; CREATE TABLE d (id int, org uuid); ALTER TABLE d ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON d FOR SELECT USING (org IN (SELECT org FROM mine));

=== view_over_two_schemas_with_like_names
CREATE SCHEMA a; CREATE SCHEMA b;
--- from
CREATE TABLE a.t (id int); CREATE TABLE b.t (id int); CREATE VIEW a.v AS SELECT t.id FROM b.t; CREATE VIEW b.v AS SELECT t.id FROM a.t; CREATE VIEW v AS SELECT x.id FROM a.v x JOIN b.v y USING (id);
--- to
CREATE TABLE a.t (id text); CREATE TABLE b.t (id text); CREATE VIEW a.v AS SELECT t.id FROM a.t; CREATE VIEW b.v AS SELECT t.id FROM b.t; CREATE VIEW v AS SELECT x.id FROM a.v x FULL JOIN b.v y USING (id);

=== view_becomes_function_becomes_view
--- from
CREATE TABLE t (id int, a text); CREATE VIEW report AS SELECT a, count(*) AS n FROM t GROUP BY a; CREATE FUNCTION total() RETURNS TABLE (n bigint) LANGUAGE sql AS 'SELECT count(*) FROM t'; CREATE VIEW both_of AS SELECT r.a, total.n FROM report r, total();
--- to
CREATE TABLE t (id int, a text); CREATE FUNCTION report() RETURNS TABLE (a text, n bigint) LANGUAGE sql AS 'SELECT a, count(*) FROM t GROUP BY a'; CREATE VIEW total AS SELECT count(*) AS n FROM t; CREATE VIEW both_of AS SELECT r.a, total.n FROM report() r, total;

=== views_with_filters_ordered_aggregates_and_grouping_sets
--- from
CREATE TABLE t (id int, a text, at date); CREATE VIEW v AS SELECT a, at, count(*) FILTER (WHERE id > 1) AS n, string_agg(a, ',' ORDER BY id DESC) AS s, percentile_cont(0.5) WITHIN GROUP (ORDER BY id) AS p FROM t GROUP BY GROUPING SETS ((a, at), (a), ());
--- to
CREATE TABLE t (id bigint, a text, at date); CREATE VIEW v AS SELECT a, at, count(*) FILTER (WHERE id > 2) AS n, string_agg(DISTINCT a, ';') AS s, percentile_disc(0.5) WITHIN GROUP (ORDER BY id) AS p FROM t GROUP BY CUBE (a, at) HAVING count(*) > 0;

=== view_with_values_lateral_and_row_comparisons
--- from
CREATE TABLE t (id int, a text); CREATE VIEW v AS SELECT t.id, x.n, (t.id, t.a) < (3, 'c') AS lower FROM t CROSS JOIN LATERAL (VALUES (t.id + 1), (2)) AS x(n) WHERE t.a ~~* 'x%' AND t.id IS DISTINCT FROM 4;
--- to
CREATE TABLE t (id smallint, a varchar); CREATE VIEW v AS SELECT t.id, x.n, (t.id, t.a) >= (3, 'c') AS lower FROM t LEFT JOIN LATERAL unnest(ARRAY[t.id, 2]) WITH ORDINALITY AS x(n, o) ON true WHERE t.a ILIKE ANY (ARRAY['x%', 'y%']) OR t.id BETWEEN SYMMETRIC 9 AND 4;

=== view_over_system_and_own_things
--- from
CREATE TABLE t (id int); CREATE VIEW v AS SELECT c.oid, c.relname, 't'::regclass AS own FROM pg_class c WHERE c.oid = 't'::regclass; CREATE VIEW w AS SELECT relname FROM v;
--- to
CREATE TABLE t (id int); CREATE TABLE u (id int); CREATE VIEW v AS SELECT c.oid, c.relname, 'u'::regclass AS own FROM pg_class c WHERE c.oid = 'u'::regclass; CREATE VIEW w AS SELECT relname, own FROM v;

=== dropped_view_leaves_its_readers_upon_the_table
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE MATERIALIZED VIEW m AS SELECT id FROM v; CREATE INDEX mi ON m (id); CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT $1.id';
--- to
CREATE TABLE t (id int, a int); CREATE VIEW w AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE INDEX mi ON m (id); CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT $1.id';

=== rules_make_a_view_writable_and_triggers_take_over
CREATE TABLE t (id int PRIMARY KEY, a text);
--- from
CREATE VIEW v AS SELECT * FROM t; CREATE RULE ins AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.id, NEW.a) RETURNING *; CREATE RULE upd AS ON UPDATE TO v WHERE OLD.id <> NEW.id DO INSTEAD UPDATE t SET a = NEW.a WHERE id = OLD.id; CREATE RULE upd2 AS ON UPDATE TO v DO INSTEAD NOTHING;
--- to
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER ins INSTEAD OF INSERT OR UPDATE OR DELETE ON v FOR EACH ROW EXECUTE FUNCTION tf(); CREATE TRIGGER st AFTER INSERT ON v FOR EACH STATEMENT EXECUTE FUNCTION tf('a', 'b''c');

=== matview_over_matview_over_function
--- from
CREATE FUNCTION base(n int) RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT g, g::text FROM generate_series(1, n) g'; CREATE MATERIALIZED VIEW m1 AS SELECT * FROM base(3); CREATE MATERIALIZED VIEW m2 AS SELECT a FROM m1 WHERE a > 1; CREATE UNIQUE INDEX m2i ON m2 (a);
--- to
CREATE FUNCTION base(n int, more int DEFAULT 1) RETURNS TABLE (a bigint, b text) LANGUAGE sql AS 'SELECT g::bigint, g::text FROM generate_series(1, n) g'; CREATE MATERIALIZED VIEW m1 AS SELECT * FROM base(3); CREATE MATERIALIZED VIEW m2 AS SELECT a FROM m1 WHERE a > 1 WITH NO DATA; CREATE UNIQUE INDEX m2i ON m2 (a);

=== view_whose_star_hides_a_dropped_column
--- from
CREATE TABLE t (id int, gone text, a int); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.* FROM v; COMMENT ON COLUMN w.gone IS 'gone';
--- to
CREATE TABLE t (id int, a int, fresh date); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.* FROM v; COMMENT ON COLUMN w.fresh IS 'fresh';

=== view_uses_primary_key_for_its_grouping_and_key_changes_name
--- from
CREATE TABLE t (id int CONSTRAINT k PRIMARY KEY, a text); CREATE TABLE o (t int REFERENCES t, n int); CREATE VIEW v AS SELECT t.id, t.a, sum(o.n) AS n FROM t JOIN o ON o.t = t.id GROUP BY t.id; CREATE VIEW w AS SELECT a FROM v;
--- to
CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY, a text); CREATE TABLE o (t int REFERENCES t, n bigint); CREATE VIEW v AS SELECT t.id, t.a, sum(o.n) AS n FROM t JOIN o ON o.t = t.id GROUP BY t.id; CREATE VIEW w AS SELECT a FROM v;
