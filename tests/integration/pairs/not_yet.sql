-- Walks that fail. Each says why; whoever mends one moves it to the pairs that pass (the test says when).

=== table_row_type_column_retyped
-- PostgreSQL refuses while another table has a column of the row type: that one would go over as text meanwhile.
--- from
CREATE TABLE t (a int, b int); CREATE TABLE u (id int, r t); INSERT INTO t VALUES (1, 2); INSERT INTO u VALUES (1, ROW(1, 2));
--- to
CREATE TABLE t (a bigint, b int); CREATE TABLE u (id int, r t); INSERT INTO t VALUES (1, 2); INSERT INTO u VALUES (1, ROW(1, 2));

=== multi_inherit_column_changes
-- A column inherited from two parents cannot change its type: it would have to leave one of them meanwhile.
--- from
CREATE TABLE a (x int, y text); CREATE TABLE b (x int, z text); CREATE TABLE c (w int) INHERITS (a, b); CREATE INDEX i ON c (x); CREATE VIEW v AS SELECT x FROM c; INSERT INTO c VALUES (1, 'y', 'z', 2);
--- to
CREATE TABLE a (x bigint, y text, n int DEFAULT 3); CREATE TABLE b (x bigint, z varchar(30)); CREATE TABLE c (w int) INHERITS (a, b); CREATE INDEX i ON c (x); CREATE VIEW v AS SELECT x FROM c; INSERT INTO c (x, y, z, w) VALUES (1, 'y', 'z', 2);

=== range_of_domain_and_composite
-- The values change with their text (a date range is no timestamp range); no hazard says so.
--- from
CREATE TYPE r AS RANGE (subtype = date); CREATE DOMAIN d AS r CHECK (NOT isempty(VALUE)); CREATE TYPE c AS (x r, n int); CREATE TABLE t (id int, a d, b c); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-03)', NULL);
--- to
CREATE TYPE r AS RANGE (subtype = timestamp); CREATE DOMAIN d AS r CHECK (NOT isempty(VALUE)); CREATE TYPE c AS (x r, n int); CREATE TABLE t (id int, a d, b c); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-03)', NULL);

=== domains_over_domains
-- A constraint cannot be added to a domain of which a column holds an array: it would have to be made with it.
--- from
CREATE DOMAIN a AS int CHECK (VALUE > 0); CREATE DOMAIN b AS a CONSTRAINT bc CHECK (VALUE < 100); CREATE TABLE t (x b, y a[] , z int); CREATE VIEW v AS SELECT x FROM t; COMMENT ON CONSTRAINT bc ON DOMAIN b IS 'bc'; INSERT INTO t VALUES (1, '{1}', 2);
--- to
CREATE DOMAIN a AS bigint CHECK (VALUE > 0) DEFAULT 5; CREATE DOMAIN b AS a CONSTRAINT bc CHECK (VALUE < 200) NOT NULL; CREATE TABLE t (x b, y a[] , z int); CREATE VIEW v AS SELECT x FROM t; COMMENT ON CONSTRAINT bc ON DOMAIN b IS 'bc2'; INSERT INTO t VALUES (1, '{1}', 2);

=== composite_attr_type_nested
-- A row's text has too few columns for its new type.
--- from
CREATE TYPE c AS (a int, b text); CREATE TYPE d AS (c c, n int); CREATE TABLE t (id int PRIMARY KEY, x d, y c[]); CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT ($1).a'; COMMENT ON COLUMN c.a IS 'aa'; INSERT INTO t VALUES (1, ROW(ROW(1, 'x'), 2), ARRAY[ROW(1, 'y')::c]);
--- to
CREATE TYPE c AS (a bigint, b text, z date); CREATE TYPE d AS (c c, n int); CREATE TABLE t (id int PRIMARY KEY, x d, y c[]); CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT ($1).a::int'; COMMENT ON COLUMN c.a IS 'aa';
