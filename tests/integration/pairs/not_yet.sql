-- Walks that fail. Each says why; whoever mends one moves it to the pairs that pass (the test says when).

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
