=== publication_add_drop
CREATE TABLE t (a int PRIMARY KEY, b text);
--- from
--- to
CREATE PUBLICATION p FOR TABLE t; COMMENT ON PUBLICATION p IS 'p';
=== publication_all
CREATE TABLE t (a int PRIMARY KEY, b text);
--- from
CREATE PUBLICATION p FOR TABLE t;
--- to
CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert');
=== publication_options
CREATE TABLE t (a int PRIMARY KEY, b text);
--- from
CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert, delete');
--- to
CREATE PUBLICATION p FOR TABLE t WITH (publish_via_partition_root = true);
=== publication_tables
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE u (a int PRIMARY KEY);
--- from
CREATE PUBLICATION p FOR TABLE t;
--- to
CREATE PUBLICATION p FOR TABLE u;
=== publication_new_table
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE PUBLICATION p FOR TABLE t;
--- from
CREATE TABLE u (a int); ALTER PUBLICATION p ADD TABLE u;
--- to
CREATE TABLE "V" (a int); ALTER PUBLICATION p ADD TABLE "V";
=== publication_columns
CREATE TABLE t (a int PRIMARY KEY, b text, c int);
--- from
CREATE PUBLICATION p FOR TABLE t (a, b);
--- to
CREATE PUBLICATION p FOR TABLE t (a, c);
=== publication_filter
CREATE TABLE t (a int PRIMARY KEY, b text, c int);
--- from
CREATE PUBLICATION p FOR TABLE t WHERE (a > 1);
--- to
CREATE PUBLICATION p FOR TABLE t (a, b) WHERE (a > 2);
=== publication_filter_column_type
--- from
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE PUBLICATION p FOR TABLE t WHERE (a > 1);
--- to
CREATE TABLE t (a bigint PRIMARY KEY, b text); CREATE PUBLICATION p FOR TABLE t WHERE (a > 1);
=== publication_column_goes
--- from
CREATE TABLE t (a int PRIMARY KEY, b text, c int); CREATE PUBLICATION p FOR TABLE t (a, c);
--- to
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE PUBLICATION p FOR TABLE t (a, b);
=== publication_schemas
CREATE SCHEMA one; CREATE SCHEMA two;
--- from
CREATE PUBLICATION p FOR TABLES IN SCHEMA one;
--- to
CREATE PUBLICATION p FOR TABLES IN SCHEMA two;
=== publication_schema_goes
--- from
CREATE SCHEMA one; CREATE PUBLICATION p FOR TABLES IN SCHEMA one;
--- to
CREATE SCHEMA two; CREATE TABLE t (a int); CREATE PUBLICATION p FOR TABLE t, TABLES IN SCHEMA two;
=== publication_table_goes
CREATE PUBLICATION p;
--- from
CREATE TABLE t (a int); ALTER PUBLICATION p ADD TABLE t;
--- to
=== subscription_add_drop
--- from
--- to
CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE); COMMENT ON SUBSCRIPTION s IS 's';
=== subscription_changes
--- from
CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p WITH (connect = false, slot_name = NONE);
--- to
CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION q, r WITH (connect = false, slot_name = 'slot', binary = true, synchronous_commit = 'local');
=== subscription_with_slot
--- from
CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false);
--- to
=== event_trigger_add_drop
--- from
--- to
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION watch(); COMMENT ON EVENT TRIGGER e IS 'e';
=== event_trigger_changes
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE FUNCTION look() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
--- from
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION watch(); CREATE EVENT TRIGGER f ON sql_drop EXECUTE FUNCTION watch(); ALTER EVENT TRIGGER f DISABLE;
--- to
CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION look(); CREATE EVENT TRIGGER f ON sql_drop EXECUTE FUNCTION watch(); ALTER EVENT TRIGGER f ENABLE ALWAYS;
=== event_trigger_function_goes
--- from
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION watch();
--- to
CREATE FUNCTION look() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION look();

=== subscription_connections
--- from
CREATE SUBSCRIPTION sub2 CONNECTION 'host=a dbname=b' PUBLICATION p WITH (connect = false, slot_name = NONE);
--- to
CREATE SUBSCRIPTION sub2 CONNECTION 'host=c dbname=''b d'' application_name=''<x&y>''' PUBLICATION p, q WITH (connect = false, slot_name = NONE);
=== subscription_new
--- from
--- to
CREATE SUBSCRIPTION sub2 CONNECTION 'postgresql://u@h:1/db?sslmode=require' PUBLICATION p WITH (connect = false, slot_name = NONE); COMMENT ON SUBSCRIPTION sub2 IS 's';

=== publication_partition_root
--- from
CREATE TABLE p (id int primary key) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10); CREATE PUBLICATION pub FOR TABLE p1;
--- to
CREATE TABLE p (id int primary key) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (20); CREATE PUBLICATION pub FOR TABLE p WITH (publish_via_partition_root);
