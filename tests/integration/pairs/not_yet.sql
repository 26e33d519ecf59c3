-- Walks that fail. Each says why; whoever mends one moves it to the pairs that pass (the test says when).

=== trigger_function_reads_row_types_of_views
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION one() RETURNS v LANGUAGE sql AS 'SELECT * FROM v LIMIT 1'; CREATE TABLE keeps (id int, was v); INSERT INTO keeps VALUES (1, ROW(2));
--- to
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION one() RETURNS v LANGUAGE sql AS 'SELECT * FROM v LIMIT 1'; CREATE TABLE keeps (id int, was v); INSERT INTO keeps VALUES (1, ROW(2, 3));

=== checks_call_functions_that_read_the_table
--- from
CREATE TABLE t (id int, v text); CREATE FUNCTION ok(t) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.id > 0'; ALTER TABLE t ADD CONSTRAINT c CHECK (ok(t.*)); CREATE INDEX i ON t (ok(t)); INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (id bigint, v text, w int); CREATE FUNCTION ok(t) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.id > 0 AND $1.w IS NULL'; ALTER TABLE t ADD CONSTRAINT c CHECK (ok(t.*)); CREATE INDEX i ON t (ok(t)); INSERT INTO t VALUES (1, 'x');
