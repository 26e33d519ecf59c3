=== policy_add_drop
CREATE TABLE t (a int, b text);
--- from
--- to
CREATE POLICY p ON t FOR SELECT USING (a > 1);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
=== policy_every_command
CREATE TABLE t (a int, b text);
--- from
CREATE POLICY a ON t FOR SELECT USING (a > 1); CREATE POLICY b ON t FOR INSERT WITH CHECK (a > 1);
--- to
CREATE POLICY b ON t FOR UPDATE USING (a > 1) WITH CHECK (a < 9); CREATE POLICY c ON t FOR DELETE USING (a > 1);
CREATE POLICY d ON t AS RESTRICTIVE USING (true);
=== policy_using_changes
CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x');
--- from
CREATE POLICY p ON t USING (a > 1);
--- to
CREATE POLICY p ON t USING (a > 2);
=== policy_check_vanishes
CREATE TABLE t (a int);
--- from
CREATE POLICY p ON t USING (a > 1) WITH CHECK (a > 3); COMMENT ON POLICY p ON t IS 'mine';
--- to
CREATE POLICY p ON t USING (a > 1); COMMENT ON POLICY p ON t IS 'mine';
=== policy_roles
CREATE TABLE t (a int);
--- from
CREATE POLICY p ON t TO postgres USING (a > 1); CREATE POLICY q ON t USING (a > 1);
--- to
CREATE POLICY p ON t USING (a > 1); CREATE POLICY q ON t TO postgres, pg_monitor USING (a > 1);
=== policy_on_new_table
--- from
--- to
CREATE TABLE "Order" (a int, "Group" text); CREATE POLICY "my ""p" ON "Order" USING ("Group" = current_user);
=== policy_uses_function
CREATE TABLE t (a int);
--- from
CREATE FUNCTION may(n int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE POLICY p ON t USING (may(a));
--- to
CREATE FUNCTION can(n int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE POLICY p ON t USING (can(a));
=== policy_uses_other_table
CREATE TABLE t (a int);
--- from
CREATE TABLE u (a int, b int); CREATE POLICY p ON t USING (EXISTS (SELECT FROM u WHERE u.a = t.a));
--- to
CREATE TABLE u (a int, b bigint); CREATE POLICY p ON t USING (EXISTS (SELECT FROM u WHERE u.b = t.a));
=== policy_column_type_changes
--- from
CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'); CREATE POLICY p ON t USING (a > 1); COMMENT ON POLICY p ON t IS 'kept';
--- to
CREATE TABLE t (a bigint, b text); INSERT INTO t VALUES (1, 'x'); CREATE POLICY p ON t USING (a > 1); COMMENT ON POLICY p ON t IS 'kept';
=== policy_column_goes
--- from
CREATE TABLE t (a int, b text); CREATE POLICY p ON t USING (a > 1 AND b = 'x');
--- to
CREATE TABLE t (b text); CREATE POLICY p ON t USING (b = 'x');
=== policy_new_column
--- from
CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 1);
--- to
CREATE TABLE t (a int, owner text); CREATE POLICY p ON t USING (owner = current_user);
=== policy_uses_enum
--- from
CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood); CREATE POLICY p ON t USING (m = 'a');
--- to
CREATE TYPE mood AS ENUM ('b', 'c'); CREATE TABLE t (m mood); CREATE POLICY p ON t USING (m = 'b');
=== policy_of_partitioned
CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
--- from
CREATE POLICY p ON t USING (a > 0);
--- to
CREATE POLICY p ON t1 USING (a > 0); ALTER TABLE t1 ENABLE ROW LEVEL SECURITY; ALTER TABLE t1 FORCE ROW LEVEL SECURITY;
