-- Walks that fail. Each says why; whoever mends one moves it to the pairs that pass (the test says when).

=== checks_call_functions_that_read_the_table
--- from
CREATE TABLE t (id int, v text); CREATE FUNCTION ok(t) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.id > 0'; ALTER TABLE t ADD CONSTRAINT c CHECK (ok(t.*)); CREATE INDEX i ON t (ok(t)); INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (id bigint, v text, w int); CREATE FUNCTION ok(t) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.id > 0 AND $1.w IS NULL'; ALTER TABLE t ADD CONSTRAINT c CHECK (ok(t.*)); CREATE INDEX i ON t (ok(t)); INSERT INTO t VALUES (1, 'x');
