=== statistics_add_drop
CREATE TABLE t (a int, b int, c text);
--- from
--- to
CREATE STATISTICS s ON a, b FROM t; COMMENT ON STATISTICS s IS 's';
=== statistics_kinds
CREATE TABLE t (a int, b int, c text);
--- from
CREATE STATISTICS s (ndistinct) ON a, b FROM t;
--- to
CREATE STATISTICS s (mcv, dependencies) ON a, b FROM t;
=== statistics_columns
CREATE TABLE t (a int, b int, c text);
--- from
CREATE STATISTICS s ON a, b FROM t;
--- to
CREATE STATISTICS s ON b, c FROM t;
=== statistics_expressions
CREATE TABLE t (a int, b int, c text);
--- from
CREATE STATISTICS s ON (a + b), c FROM t; CREATE STATISTICS one ON (lower(c)) FROM t;
--- to
CREATE STATISTICS s ON (a * b), c FROM t; CREATE STATISTICS one ON (upper(c)) FROM t;
=== statistics_target
CREATE TABLE t (a int, b int, c text);
--- from
CREATE STATISTICS s ON a, b FROM t; CREATE STATISTICS s2 ON a, b FROM t; ALTER STATISTICS s2 SET STATISTICS 10;
--- to
CREATE STATISTICS s ON a, b FROM t; ALTER STATISTICS s SET STATISTICS 100; CREATE STATISTICS s2 ON a, b FROM t;
=== statistics_table
CREATE TABLE t (a int, b int); CREATE TABLE u (a int, b int);
--- from
CREATE STATISTICS s ON a, b FROM t;
--- to
CREATE STATISTICS s ON a, b FROM u;
=== statistics_column_type
--- from
CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2); CREATE STATISTICS s ON a, b FROM t;
--- to
CREATE TABLE t (a bigint, b int); INSERT INTO t VALUES (1, 2); CREATE STATISTICS s ON a, b FROM t;
=== statistics_column_goes
--- from
CREATE TABLE t (b int, c int, d int); CREATE STATISTICS s ON b, d FROM t;
--- to
CREATE TABLE t (b int, c int); CREATE STATISTICS s ON c, b FROM t;
=== statistics_other_schema
CREATE SCHEMA other; CREATE TABLE t (a int, "B b" int);
--- from
--- to
CREATE STATISTICS other."S" ON a, "B b" FROM t;
=== statistics_of_matview
CREATE TABLE t (a int, b int);
--- from
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
--- to
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t WHERE a > 1; CREATE STATISTICS s (ndistinct) ON a, b FROM m;
=== statistics_with_function
--- from
CREATE TABLE t (a int, b int);
--- to
CREATE TABLE t (a int, b int); CREATE FUNCTION half(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n / 2'; CREATE STATISTICS s ON (half(a)), b FROM t;

=== expressions_stand_in_their_order
CREATE TABLE t (a int, b text);
--- from
CREATE STATISTICS s (mcv) ON (b IS NULL), (a IS NULL) FROM t;
--- to
CREATE STATISTICS s (mcv) ON (a IS NULL), (b IS NULL) FROM t; CREATE STATISTICS z (mcv) ON a, (lower(b)), (a + 1) FROM t;
