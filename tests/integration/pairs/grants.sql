=== owner_of_each
CREATE SCHEMA s; CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE SEQUENCE q; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE TYPE c AS (a int); CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int); CREATE TYPE span AS RANGE (subtype = text); CREATE COLLATION coll (locale = 'C'); CREATE TEXT SEARCH CONFIGURATION conf (parser = default); CREATE TEXT SEARCH DICTIONARY dict (template = simple); CREATE STATISTICS st ON a, (a + 1) FROM t;
--- from
--- to
ALTER SCHEMA s OWNER TO pg_monitor; ALTER TABLE t OWNER TO pg_monitor; ALTER VIEW v OWNER TO pg_monitor; ALTER MATERIALIZED VIEW m OWNER TO pg_monitor; ALTER SEQUENCE q OWNER TO pg_monitor; ALTER FUNCTION f(int) OWNER TO pg_monitor; ALTER PROCEDURE p() OWNER TO pg_monitor; ALTER TYPE e OWNER TO pg_monitor; ALTER DOMAIN d OWNER TO pg_monitor; ALTER TYPE c OWNER TO pg_monitor; ALTER AGGREGATE total(int) OWNER TO pg_monitor; ALTER TYPE span OWNER TO pg_monitor; ALTER COLLATION coll OWNER TO pg_monitor; ALTER TEXT SEARCH CONFIGURATION conf OWNER TO pg_monitor; ALTER TEXT SEARCH DICTIONARY dict OWNER TO pg_monitor; ALTER STATISTICS st OWNER TO pg_monitor;

=== owner_of_operators
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int); CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; CREATE LANGUAGE plx HANDLER plpgsql_call_handler; CREATE PUBLICATION pub;
--- from
--- to
ALTER OPERATOR ===(int, int) OWNER TO pg_monitor; ALTER OPERATOR CLASS by_size USING btree OWNER TO pg_monitor; ALTER OPERATOR FAMILY by_size USING btree OWNER TO pg_monitor; ALTER CONVERSION conv OWNER TO pg_monitor; ALTER LANGUAGE plx OWNER TO pg_monitor; ALTER PUBLICATION pub OWNER TO pg_monitor;

=== owner_of_new
--- from
--- to
CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t OWNER TO pg_monitor; CREATE TYPE e AS ENUM ('a'); ALTER TYPE e OWNER TO pg_monitor;

=== owner_and_its_grants
CREATE TABLE t (a int);
--- from
GRANT SELECT ON t TO pg_monitor; GRANT INSERT ON t TO pg_read_all_stats;
--- to
ALTER TABLE t OWNER TO pg_monitor; GRANT SELECT ON t TO pg_read_all_stats;

=== owner_back
CREATE TABLE t (a int);
--- from
ALTER TABLE t OWNER TO pg_monitor;
--- to
GRANT SELECT ON t TO pg_monitor;

=== owner_revokes_from_itself
CREATE TABLE t (a int);
--- from
--- to
REVOKE UPDATE, DELETE ON t FROM postgres;

=== grants_on_table
CREATE TABLE t (a int);
--- from
GRANT SELECT ON t TO pg_monitor;
--- to
GRANT SELECT, INSERT ON t TO pg_monitor; GRANT ALL ON t TO pg_read_all_stats; GRANT SELECT ON t TO PUBLIC;

=== grant_option
CREATE TABLE t (a int);
--- from
GRANT SELECT, INSERT ON t TO pg_monitor;
--- to
GRANT SELECT ON t TO pg_monitor WITH GRANT OPTION; GRANT UPDATE ON t TO pg_monitor;

=== grant_option_gone
CREATE TABLE t (a int);
--- from
GRANT SELECT, INSERT ON t TO pg_monitor WITH GRANT OPTION;
--- to
GRANT SELECT, INSERT ON t TO pg_monitor;

=== grant_all_and_some
CREATE TABLE t (a int);
--- from
GRANT ALL ON t TO pg_monitor;
--- to
GRANT SELECT ON t TO pg_monitor;

=== grants_on_columns
CREATE TABLE t (a int, b int);
--- from
GRANT SELECT (a) ON t TO pg_monitor;
--- to
GRANT SELECT (b), UPDATE (a, b) ON t TO pg_monitor; GRANT INSERT (a) ON t TO PUBLIC;

=== column_grants_after_table_revoke
CREATE TABLE t (a int, b int);
--- from
GRANT SELECT, UPDATE ON t TO pg_monitor; GRANT SELECT (a) ON t TO pg_monitor;
--- to
GRANT SELECT (a) ON t TO pg_monitor;

=== column_grants_after_table_change
CREATE TABLE t (a int, b int);
--- from
GRANT SELECT, UPDATE ON t TO pg_monitor; GRANT SELECT (a), UPDATE (b) ON t TO pg_monitor;
--- to
GRANT UPDATE ON t TO pg_monitor; GRANT SELECT (a), UPDATE (b) ON t TO pg_monitor;

=== grants_on_view_columns
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;
--- from
--- to
GRANT SELECT (a) ON v TO pg_monitor; GRANT SELECT ON v TO pg_read_all_stats;

=== grants_on_function
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p(int) LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
--- from
--- to
REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION f(int) TO pg_monitor; GRANT EXECUTE ON PROCEDURE p(int) TO pg_monitor; REVOKE EXECUTE ON FUNCTION total(int) FROM PUBLIC;

=== grants_on_types
CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE TYPE c AS (a int); CREATE TYPE span AS RANGE (subtype = text);
--- from
--- to
REVOKE USAGE ON TYPE e FROM PUBLIC; GRANT USAGE ON TYPE d TO pg_monitor; GRANT USAGE ON TYPE c TO pg_monitor WITH GRANT OPTION; REVOKE USAGE ON TYPE span FROM PUBLIC;

=== grants_on_others
CREATE SCHEMA s; CREATE SEQUENCE q; CREATE TRUSTED LANGUAGE plx HANDLER plpgsql_call_handler; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;
--- from
--- to
GRANT USAGE ON SCHEMA s TO pg_monitor; GRANT CREATE ON SCHEMA s TO PUBLIC; GRANT USAGE, SELECT ON SEQUENCE q TO pg_monitor; REVOKE USAGE ON LANGUAGE plx FROM PUBLIC; GRANT USAGE ON FOREIGN DATA WRAPPER w TO pg_monitor; GRANT USAGE ON FOREIGN SERVER srv TO pg_monitor;

=== grants_on_schema_public
--- from
--- to
GRANT CREATE ON SCHEMA public TO pg_monitor; REVOKE USAGE ON SCHEMA public FROM PUBLIC;

=== grants_of_recreated
--- from
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO pg_monitor; GRANT SELECT (a) ON v TO pg_read_all_stats; ALTER VIEW v OWNER TO pg_read_all_stats; GRANT SELECT ON t TO pg_read_all_stats;
--- to
CREATE TABLE t (a bigint, b int); CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO pg_monitor; GRANT SELECT (a) ON v TO pg_read_all_stats; ALTER VIEW v OWNER TO pg_read_all_stats; GRANT SELECT ON t TO pg_read_all_stats;

=== grants_of_recreated_function
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION f(int) TO pg_monitor;
--- to
CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION f(int) TO pg_monitor;

=== grants_on_new
--- from
--- to
CREATE TABLE t (a int, b serial); GRANT SELECT ON t TO pg_monitor; GRANT UPDATE (a) ON t TO pg_read_all_stats; GRANT USAGE ON SEQUENCE t_b_seq TO pg_monitor; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f() FROM PUBLIC;

=== default_privileges
CREATE SCHEMA s;
--- from
--- to
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT INSERT, SELECT ON TABLES TO pg_read_all_stats WITH GRANT OPTION; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE pg_monitor GRANT USAGE ON TYPES TO pg_read_all_stats; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO pg_read_all_stats; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE ON SEQUENCES TO pg_monitor;

=== default_privileges_change
--- from
ALTER DEFAULT PRIVILEGES GRANT SELECT, UPDATE ON TABLES TO pg_monitor;
--- to
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor WITH GRANT OPTION;

=== default_privileges_and_new_tables
--- from
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
--- to
CREATE TABLE plain (a int); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; CREATE TABLE given (a int);

=== default_privileges_and_new_functions
--- from
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
--- to
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';

=== default_privileges_of_a_new_schema
--- from
--- to
CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO pg_monitor; CREATE TABLE s.t (a int);

=== owner_of_recreated
--- from
CREATE TYPE e AS ENUM ('a', 'b'); ALTER TYPE e OWNER TO pg_monitor; GRANT USAGE ON TYPE e TO pg_read_all_stats; CREATE TABLE t (a e); ALTER TABLE t OWNER TO pg_read_all_stats;
--- to
CREATE TYPE e AS ENUM ('b'); ALTER TYPE e OWNER TO pg_monitor; GRANT USAGE ON TYPE e TO pg_read_all_stats; CREATE TABLE t (a e); ALTER TABLE t OWNER TO pg_read_all_stats;

=== owner_of_partitions
CREATE TABLE p (a int) PARTITION BY LIST (a);
--- from
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
--- to
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); ALTER TABLE p1 OWNER TO pg_monitor; GRANT SELECT ON p TO pg_read_all_stats; GRANT SELECT (a) ON p1 TO pg_read_all_stats;

=== grants_of_dropped_columns
--- from
CREATE TABLE t (a int, b int); GRANT SELECT (a, b) ON t TO pg_monitor;
--- to
CREATE TABLE t (a int); GRANT SELECT (a) ON t TO pg_monitor;

=== grants_of_retyped_column
--- from
CREATE TABLE t (a int, b int); GRANT SELECT (a), UPDATE (a) ON t TO pg_monitor;
--- to
CREATE TABLE t (a text, b int); GRANT SELECT (a), UPDATE (a) ON t TO pg_monitor;

=== grants_of_materialized_view
CREATE TABLE t (a int, b int);
--- from
CREATE MATERIALIZED VIEW m AS SELECT a FROM t; GRANT SELECT ON m TO pg_monitor; ALTER MATERIALIZED VIEW m OWNER TO pg_read_all_stats;
--- to
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t; GRANT SELECT ON m TO pg_monitor; ALTER MATERIALIZED VIEW m OWNER TO pg_read_all_stats;

=== grants_of_overloads
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
--- from
GRANT EXECUTE ON FUNCTION f(int) TO pg_monitor;
--- to
GRANT EXECUTE ON FUNCTION f(text) TO pg_monitor WITH GRANT OPTION;

=== grants_of_procedure_with_inout
--- from
CREATE PROCEDURE p(INOUT a int, b text) LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON PROCEDURE p(int, text) FROM PUBLIC; ALTER PROCEDURE p(int, text) OWNER TO pg_monitor;
--- to
CREATE PROCEDURE p(INOUT a int, b text) LANGUAGE sql AS 'SELECT 2'; GRANT EXECUTE ON PROCEDURE p(int, text) TO pg_read_all_stats;

=== grants_on_odd_names
CREATE TABLE "Order" ("select" int, "列" int); CREATE SCHEMA "S s"; CREATE SEQUENCE "S s"."q.q";
--- from
--- to
GRANT SELECT ON "Order" TO pg_monitor; GRANT UPDATE ("select", "列") ON "Order" TO pg_read_all_stats; GRANT USAGE ON SCHEMA "S s" TO pg_monitor; GRANT USAGE ON SEQUENCE "S s"."q.q" TO pg_monitor; ALTER TABLE "Order" OWNER TO pg_read_all_stats;

=== default_privileges_of_types_and_schemas
--- from
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO pg_monitor; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO pg_monitor;
--- to
CREATE TYPE e AS ENUM ('a'); CREATE SCHEMA s; CREATE SEQUENCE q; CREATE TABLE t (id serial); ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO pg_monitor; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO pg_monitor;

=== default_privileges_change_under_new_tables
--- from
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO pg_monitor;
--- to
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO pg_read_all_stats; CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;

=== default_privileges_of_owner
--- from
--- to
ALTER DEFAULT PRIVILEGES REVOKE TRIGGER ON TABLES FROM postgres; CREATE TABLE t (a int);

=== owner_loses_and_regains
--- from
CREATE TABLE t (a int); REVOKE ALL ON t FROM postgres; CREATE VIEW v AS SELECT a FROM t;
--- to
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; REVOKE ALL ON v FROM postgres;


=== identity_sequence_grants
--- from
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, x int); GRANT SELECT ON t TO pg_monitor;
--- to
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, x int); GRANT USAGE ON SEQUENCE t_id_seq TO pg_monitor; GRANT SELECT ON t TO pg_monitor; COMMENT ON SEQUENCE t_id_seq IS 'seq'; REVOKE ALL ON SEQUENCE t_id_seq FROM postgres;
=== identity_sequence_grants_new_and_dropped
--- from
CREATE TABLE t (x int, id int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME odd)); GRANT USAGE ON SEQUENCE odd TO pg_monitor; COMMENT ON SEQUENCE odd IS 'o'; CREATE TABLE gone (id int GENERATED ALWAYS AS IDENTITY); GRANT ALL ON SEQUENCE gone_id_seq TO pg_monitor;
--- to
CREATE TABLE t (x int, id int); CREATE TABLE u (id int GENERATED BY DEFAULT AS IDENTITY); GRANT SELECT ON SEQUENCE u_id_seq TO pg_monitor WITH GRANT OPTION; COMMENT ON SEQUENCE u_id_seq IS 'u';
