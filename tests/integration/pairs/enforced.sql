=== exclusion_gets_another_operator_and_predicate
--- from
CREATE TABLE t (id int, at tsrange, room int4range, EXCLUDE USING gist (at WITH &&) WHERE (id > 0)); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-02)', '[1,2)');
--- to
CREATE TABLE t (id int, at tsrange, room int4range, EXCLUDE USING gist (at WITH &&, room WITH &&) DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, '[2020-01-01,2020-01-02)', '[1,2)');

=== constraint_triggers_change_their_timing_and_table
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TABLE o (id int PRIMARY KEY);
--- from
CREATE TABLE t (id int, v text); CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t FROM o DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION tf('x'); COMMENT ON TRIGGER c ON t IS 'c';
--- to
CREATE TABLE t (id bigint, v text); CREATE CONSTRAINT TRIGGER c AFTER INSERT OR UPDATE OF v, id ON t NOT DEFERRABLE FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION tf('x', 'y'); ALTER TABLE t ENABLE ALWAYS TRIGGER c;

=== transition_tables_are_renamed
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
--- from
CREATE TABLE t (id int); CREATE TRIGGER a AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION tf(); CREATE TRIGGER b AFTER DELETE ON t REFERENCING OLD TABLE AS gone FOR EACH ROW EXECUTE FUNCTION tf();
--- to
CREATE TABLE t (id int); CREATE TRIGGER a AFTER UPDATE ON t REFERENCING NEW TABLE AS "N" FOR EACH STATEMENT EXECUTE FUNCTION tf(); CREATE TRIGGER b AFTER DELETE ON t REFERENCING OLD TABLE AS lost FOR EACH STATEMENT EXECUTE FUNCTION tf(); ALTER TABLE t DISABLE TRIGGER b;

=== unique_constraint_and_index_of_one_name_with_options
--- from
CREATE TABLE t (a int, b text, CONSTRAINT u UNIQUE (a) INCLUDE (b) WITH (fillfactor = 50)); COMMENT ON CONSTRAINT u ON t IS 'u'; INSERT INTO t VALUES (1, 'x');
--- to
CREATE TABLE t (a int, b text); CREATE UNIQUE INDEX u ON t (a) INCLUDE (b) WHERE b <> ''; COMMENT ON INDEX u IS 'u'; INSERT INTO t VALUES (1, 'x');

=== not_valid_checks_and_keys_are_validated_and_not
--- from
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int, n int); INSERT INTO b VALUES (NULL, 5); ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES a NOT VALID, ADD CONSTRAINT c CHECK (n > 0) NOT VALID;
--- to
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int, n int); INSERT INTO b VALUES (NULL, 5); ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES a, ADD CONSTRAINT c CHECK (n > 0), ADD CONSTRAINT c2 CHECK (n > 1) NOT VALID;

=== foreign_key_goes_from_key_to_unique_of_the_same_table
--- from
CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, code text); INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 1, 'x');
--- to
CREATE TABLE a (id int UNIQUE, code text PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id) ON UPDATE CASCADE, code text REFERENCES a ON DELETE SET DEFAULT); INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 1, 'x');

=== replica_identity_index_is_replaced
--- from
CREATE TABLE t (id int NOT NULL, k int NOT NULL); CREATE UNIQUE INDEX i ON t (id); CREATE UNIQUE INDEX j ON t (k); ALTER TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t CLUSTER ON j; CREATE PUBLICATION p FOR TABLE t;
--- to
CREATE TABLE t (id bigint NOT NULL, k int NOT NULL); CREATE UNIQUE INDEX i ON t (id, k); CREATE UNIQUE INDEX j ON t (k DESC); ALTER TABLE t REPLICA IDENTITY USING INDEX j; ALTER TABLE t CLUSTER ON i; CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert, truncate');

=== policies_are_split_by_role_and_command
--- from
CREATE TABLE t (id int, who text); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t TO PUBLIC USING (who = CURRENT_USER); COMMENT ON POLICY p ON t IS 'all';
--- to
CREATE TABLE t (id int, who name); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t AS RESTRICTIVE FOR UPDATE TO postgres USING (who = CURRENT_USER) WITH CHECK (who = SESSION_USER); CREATE POLICY "p 2" ON t FOR INSERT TO CURRENT_USER, pg_monitor WITH CHECK (id > 0);

=== deferrable_keys_in_a_ring_with_rows
--- from
CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a DEFERRABLE); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1;
--- to
CREATE TABLE a (id bigint PRIMARY KEY, b bigint); CREATE TABLE b (id bigint PRIMARY KEY, a bigint REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED; INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1); UPDATE a SET b = 1;

=== unlogged_family_is_logged_and_back
--- from
CREATE UNLOGGED TABLE a (id serial PRIMARY KEY); CREATE UNLOGGED TABLE b (id int REFERENCES a, up int); CREATE UNLOGGED TABLE c (a int REFERENCES a); INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (1);
--- to
CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id int REFERENCES a, up int); CREATE UNLOGGED TABLE c (a int REFERENCES a); INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (1);

=== storage_parameters_of_tables_indexes_and_toast
--- from
CREATE TABLE t (id int PRIMARY KEY WITH (fillfactor = 70), v text) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.5, toast.autovacuum_enabled = false); CREATE INDEX i ON t USING brin (id) WITH (pages_per_range = 8); CREATE INDEX g ON t USING gin (to_tsvector('simple', v)) WITH (fastupdate = off);
--- to
CREATE TABLE t (id int PRIMARY KEY, v text) WITH (parallel_workers = 2, toast_tuple_target = 256); CREATE INDEX i ON t USING brin (id) WITH (autosummarize = true); CREATE INDEX g ON t USING gin (to_tsvector('simple', v)) WITH (gin_pending_list_limit = 128);

=== statistics_objects_change_kinds_and_tables
-- since 14
--- from
CREATE TABLE t (a int, b int, c text); CREATE STATISTICS s (ndistinct) ON a, b FROM t; CREATE STATISTICS e ON (a + b), c FROM t; COMMENT ON STATISTICS s IS 's';
--- to
CREATE TABLE t (a bigint, b int, c text); CREATE STATISTICS s (mcv, dependencies) ON a, c FROM t; CREATE STATISTICS e ON (a - b) FROM t; ALTER STATISTICS e SET STATISTICS 300;

=== primary_key_grows_by_a_column_under_foreign_keys
--- from
CREATE TABLE a (id int PRIMARY KEY, tenant int NOT NULL); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE, tenant int); INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1, 1);
--- to
CREATE TABLE a (id int, tenant int NOT NULL, PRIMARY KEY (tenant, id)); CREATE TABLE b (id int PRIMARY KEY, a int, tenant int, FOREIGN KEY (tenant, a) REFERENCES a ON DELETE CASCADE); INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1, 1);

=== comments_on_constraints_triggers_rules_and_domains_move
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
--- from
CREATE DOMAIN d AS int CONSTRAINT dc CHECK (VALUE > 0); CREATE TABLE t (id d, CONSTRAINT c CHECK (id > 1)); CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION tf(); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING; COMMENT ON DOMAIN d IS 'd'; COMMENT ON CONSTRAINT dc ON DOMAIN d IS 'dc'; COMMENT ON CONSTRAINT c ON t IS 'c'; COMMENT ON TRIGGER tr ON t IS 'tr'; COMMENT ON RULE r ON t IS 'r';
--- to
CREATE DOMAIN d AS int CONSTRAINT dc2 CHECK (VALUE > 0); CREATE TABLE t (id d, CONSTRAINT c2 CHECK (id > 1)); CREATE TRIGGER tr2 AFTER INSERT ON t EXECUTE FUNCTION tf(); CREATE RULE r2 AS ON DELETE TO t DO INSTEAD NOTHING; COMMENT ON CONSTRAINT dc2 ON DOMAIN d IS 'dc'; COMMENT ON CONSTRAINT c2 ON t IS 'c'; COMMENT ON TRIGGER tr2 ON t IS E'tr\n2'; COMMENT ON RULE r2 ON t IS 'r';

=== nulls_not_distinct_and_deferral_change_together
-- since 15
--- from
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a, b)); CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT; INSERT INTO t VALUES (1, NULL);
--- to
CREATE TABLE t (a int, b bigint, CONSTRAINT u UNIQUE (a, b) DEFERRABLE); CREATE UNIQUE INDEX i ON t (b NULLS FIRST); INSERT INTO t VALUES (1, NULL);

=== index_shapes_change_one_by_one
--- from
CREATE TABLE t (a text, b int, c int[], d point); CREATE INDEX i1 ON t (a text_pattern_ops, b DESC NULLS LAST); CREATE INDEX i2 ON t USING spgist (d); CREATE INDEX i3 ON t ((b + 1), lower(a) COLLATE "C"); CREATE INDEX i4 ON t (b) WHERE a IS NOT NULL AND b IN (1, 2); ALTER INDEX i3 ALTER COLUMN 1 SET STATISTICS 99;
--- to
CREATE TABLE t (a text, b int, c int[], d point); CREATE INDEX i1 ON t (a varchar_pattern_ops, b NULLS FIRST); CREATE INDEX i2 ON t USING gist (d); CREATE INDEX i3 ON t ((b + 1), lower(a) COLLATE "POSIX"); CREATE INDEX i4 ON t (b) WHERE a IS NOT NULL AND b IN (1, 2, 3); CREATE INDEX i5 ON t USING gin (c);

=== foreign_keys_of_self_and_of_partial_columns
-- since 15
--- from
CREATE TABLE t (id int, g int, up int, PRIMARY KEY (g, id), FOREIGN KEY (g, up) REFERENCES t ON DELETE SET NULL (up)); INSERT INTO t VALUES (1, 1, NULL), (2, 1, 1);
--- to
CREATE TABLE t (id bigint, g int, up bigint, PRIMARY KEY (g, id), FOREIGN KEY (g, up) REFERENCES t MATCH SIMPLE ON DELETE CASCADE ON UPDATE RESTRICT); INSERT INTO t VALUES (1, 1, NULL), (2, 1, 1);
