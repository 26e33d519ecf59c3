=== view_reorder
--- from
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT * FROM v;
--- to
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT b, a FROM t; CREATE VIEW w AS SELECT * FROM v;
=== view_options
--- from
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t WHERE a > 0;
--- to
CREATE TABLE t (a int); CREATE VIEW v WITH (security_barrier, security_invoker) AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
=== view_recursive
--- from
CREATE TABLE t (id int, p int);
--- to
CREATE TABLE t (id int, p int); CREATE RECURSIVE VIEW r (id) AS SELECT id FROM t WHERE p IS NULL UNION ALL SELECT t.id FROM t JOIN r ON t.p = r.id;
=== view_to_table
--- from
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
--- to
CREATE TABLE t (a int); CREATE TABLE v (a int);
=== view_to_matview
--- from
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
--- to
CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
=== view_trigger
--- from
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
--- to
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
=== matview_nodata
--- from
CREATE TABLE t (a int);
--- to
CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v WITH (fillfactor=70) AS SELECT a FROM t WITH NO DATA; CREATE INDEX vi ON v (a);
=== view_function_cycle_groupby
--- from
CREATE TABLE t (id int PRIMARY KEY, a text);
--- to
CREATE TABLE t (id int PRIMARY KEY, a text); CREATE VIEW v AS SELECT id, a, count(*) AS n FROM t GROUP BY id;
=== view_on_function_on_table
--- from
--- to
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t'; CREATE VIEW v AS SELECT a FROM f(); CREATE FUNCTION g() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'; CREATE VIEW w AS SELECT a FROM g();
=== view_dep_chain_change_bottom
--- from
CREATE TABLE t (id int PRIMARY KEY, a text, b int); CREATE VIEW v1 AS SELECT id, a FROM t; CREATE VIEW v2 AS SELECT id, a FROM v1; CREATE MATERIALIZED VIEW v3 AS SELECT id FROM v2; CREATE INDEX v3i ON v3 (id); CREATE VIEW v4 AS SELECT v3.id, t.b FROM v3 JOIN t USING (id);
--- to
CREATE TABLE t (id int PRIMARY KEY, a text, b int); CREATE VIEW v1 AS SELECT a, id FROM t; CREATE VIEW v2 AS SELECT id, a FROM v1; CREATE MATERIALIZED VIEW v3 AS SELECT id FROM v2; CREATE INDEX v3i ON v3 (id); CREATE VIEW v4 AS SELECT v3.id, t.b FROM v3 JOIN t USING (id);
=== function_dep_on_view_rowtype
--- from
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT $1.a';
--- to
CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT b, a FROM t; CREATE FUNCTION f(v) RETURNS int LANGUAGE sql AS 'SELECT $1.a';
=== index_on_matview
--- from
CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
--- to
CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX mi ON m (a) WHERE a > 3; CREATE STATISTICS ms ON a, (a+1) FROM t;
=== matview_definition_dependents
--- from
CREATE TABLE t (a int, b int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX mu ON m (a); CREATE VIEW v AS SELECT a FROM m; CREATE MATERIALIZED VIEW m2 AS SELECT * FROM m; COMMENT ON MATERIALIZED VIEW m IS 'mm';
--- to
CREATE TABLE t (a int, b int); CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t; CREATE UNIQUE INDEX mu ON m (a); CREATE VIEW v AS SELECT a FROM m; CREATE MATERIALIZED VIEW m2 AS SELECT * FROM m; COMMENT ON MATERIALIZED VIEW m IS 'mm';
=== view_with_rule_and_trigger_recreated
CREATE TABLE t (a int, b text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
--- from
CREATE VIEW v AS SELECT a, b FROM t; CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE t.a = old.a; CREATE TRIGGER tg INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f(); ALTER VIEW v ALTER a SET DEFAULT 4; COMMENT ON COLUMN v.b IS 'vb';
--- to
CREATE VIEW v AS SELECT b, a FROM t; CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE t.a = old.a; CREATE TRIGGER tg INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f(); ALTER VIEW v ALTER a SET DEFAULT 4; COMMENT ON COLUMN v.b IS 'vb';
=== view_ctes_windows
--- from
CREATE TABLE t (a int, b text, c timestamptz);
--- to
CREATE TABLE t (a int, b text, c timestamptz); CREATE VIEW v AS WITH x AS (SELECT a, row_number() OVER (PARTITION BY b ORDER BY c DESC) AS rn FROM t), y AS MATERIALIZED (SELECT * FROM x WHERE rn = 1) SELECT t.a, coalesce(t.b, 'z') AS b, CASE WHEN t.a > 1 THEN 'p' ELSE 'q' END AS k, (SELECT max(a) FROM t t2) AS m, ARRAY[1,2,3] AS arr, t.c::date AS dd FROM t LEFT JOIN y USING (a) WHERE t.a BETWEEN 1 AND 10 AND t.b LIKE 'x%' OR EXISTS (SELECT 1 FROM t t3 WHERE t3.a = t.a) GROUP BY t.a, t.b, t.c HAVING count(*) > 0 ORDER BY 1 LIMIT 5;
=== view_lateral_values
--- from
--- to
CREATE TABLE t (a int, j jsonb); CREATE VIEW v AS SELECT t.a, e.key, e.value, w.n FROM t, LATERAL jsonb_each_text(t.j) e(key, value), (VALUES (1,'one'),(2,'two')) w(i, n) WHERE w.i = t.a UNION SELECT 1, 'k', 'v', 'n' EXCEPT SELECT 2, 'k', 'v', 'n';
=== reloptions_view_index
--- from
CREATE TABLE t (a int); CREATE INDEX i ON t (a) WITH (fillfactor = 80); CREATE VIEW v WITH (security_barrier=true) AS SELECT a FROM t;
--- to
CREATE TABLE t (a int) WITH (autovacuum_vacuum_scale_factor = 0.1); CREATE INDEX i ON t (a) WITH (fillfactor = 70, deduplicate_items = off); CREATE VIEW v AS SELECT a FROM t;

=== storage_of_a_materialized_column_goes_back_to_its_types
CREATE TABLE u (n numeric, t text, i inet);
INSERT INTO u VALUES (1.5, 'a', '10.0.0.1');
CREATE MATERIALIZED VIEW m AS SELECT n, t, i FROM u;
CREATE INDEX m_n ON m (n);
COMMENT ON COLUMN m.n IS 'an amount';
CREATE VIEW over AS SELECT n FROM m;
--- from
ALTER MATERIALIZED VIEW m ALTER n SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW m ALTER t SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW m ALTER i SET STORAGE EXTERNAL;
--- to
