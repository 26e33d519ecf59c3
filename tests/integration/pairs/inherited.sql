=== partitions_move_from_default_to_a_new_one_with_indexes
--- from
CREATE TABLE p (id int, k text, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p_rest PARTITION OF p DEFAULT; CREATE INDEX i ON p (k); INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'c');
--- to
CREATE TABLE p (id int, k text, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p_a PARTITION OF p FOR VALUES IN ('a'); CREATE TABLE p_rest PARTITION OF p DEFAULT; CREATE INDEX i ON p (k); INSERT INTO p VALUES (1, 'a');

=== plain_table_is_attached_as_default
--- from
CREATE TABLE p (id int NOT NULL, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE d (id int NOT NULL, k int); CREATE INDEX di ON d (k); INSERT INTO p VALUES (1, 5); INSERT INTO d VALUES (2, 50);
--- to
CREATE TABLE p (id int NOT NULL, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE d PARTITION OF p DEFAULT; CREATE INDEX di ON d (k); INSERT INTO p VALUES (1, 5), (2, 50);

=== plain_table_is_attached_as_default_of_list_beside_new_ranges
--- from
CREATE TABLE p (id int, k text) PARTITION BY LIST (k); CREATE TABLE d (id int, k text, CHECK (id > 0)); INSERT INTO d VALUES (1, 'z');
--- to
CREATE TABLE p (id int, k text, CHECK (id > 0)) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN ('a', NULL); CREATE TABLE d PARTITION OF p DEFAULT; INSERT INTO p VALUES (1, 'z'), (2, 'a');

=== default_partition_changes_places_with_a_plain_table
--- from
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE o (id int, k int); INSERT INTO p VALUES (1, 1); INSERT INTO o VALUES (2, 2);
--- to
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE o PARTITION OF p DEFAULT; CREATE TABLE d (id int, k int); INSERT INTO p VALUES (1, 1); INSERT INTO d VALUES (2, 2);

=== default_partition_is_partitioned_itself_and_attached
--- from
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE d (id int, k int) PARTITION BY HASH (id); CREATE TABLE d0 PARTITION OF d FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE d1 PARTITION OF d FOR VALUES WITH (MODULUS 2, REMAINDER 1); INSERT INTO d VALUES (1, 2), (2, 3);
--- to
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE INDEX pi ON p (id); CREATE TABLE d PARTITION OF p DEFAULT PARTITION BY HASH (id); CREATE TABLE d0 PARTITION OF d FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE d1 PARTITION OF d FOR VALUES WITH (MODULUS 2, REMAINDER 1); INSERT INTO p VALUES (1, 2), (2, 3);

=== partition_key_with_collation_and_opclass
--- from
CREATE TABLE p (id int, k text) PARTITION BY RANGE (k COLLATE "C"); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('a') TO ('m'); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('m') TO (MAXVALUE); INSERT INTO p VALUES (1, 'b'), (2, 'x');
--- to
CREATE TABLE p (id int, k text) PARTITION BY RANGE (k text_pattern_ops, id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('a', MINVALUE) TO ('m', MINVALUE); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('m', MINVALUE) TO (MAXVALUE, MAXVALUE); INSERT INTO p VALUES (1, 'b'), (2, 'x');

=== partition_gets_triggers_rules_policies_comments_of_its_own
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE p (id int, k int, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p VALUES (1, 1, 'x');
--- to
CREATE TABLE p (id int, k int, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TRIGGER up AFTER UPDATE ON p FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE p1 DISABLE TRIGGER up; CREATE TRIGGER own BEFORE INSERT ON p1 FOR EACH ROW EXECUTE FUNCTION tf(); CREATE POLICY po ON p1 FOR SELECT USING (v IS NOT NULL); ALTER TABLE p1 ENABLE ROW LEVEL SECURITY; COMMENT ON TABLE p1 IS 'first'; COMMENT ON COLUMN p1.v IS 'value'; COMMENT ON TRIGGER own ON p1 IS 'own'; ALTER TABLE p1 ADD CHECK (id > 0), ALTER v SET DEFAULT 'q', ALTER v SET NOT NULL, REPLICA IDENTITY FULL;

=== foreign_keys_between_partitioned_tables_turn_round
--- from
CREATE TABLE a (id int, k int, PRIMARY KEY (id, k)) PARTITION BY HASH (id); CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE TABLE b (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE b1 PARTITION OF b FOR VALUES IN (1); ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (id, k) REFERENCES b; INSERT INTO b VALUES (1, 1); INSERT INTO a VALUES (1, 1);
--- to
CREATE TABLE a (id int, k int, PRIMARY KEY (id, k)) PARTITION BY HASH (id); CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE TABLE b (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE b1 PARTITION OF b FOR VALUES IN (1); ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (id, k) REFERENCES a ON UPDATE CASCADE DEFERRABLE; INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);

=== partition_referenced_alone_is_detached
--- from
CREATE TABLE p (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); CREATE TABLE r (id int REFERENCES p1); INSERT INTO p VALUES (1, 1), (11, 2); INSERT INTO r VALUES (1);
--- to
CREATE TABLE p (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE TABLE p1 (id int PRIMARY KEY, v int); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); CREATE TABLE r (id int REFERENCES p1); INSERT INTO p VALUES (11, 2);

=== partition_with_columns_in_another_order_is_attached_and_gets_a_column
--- from
CREATE TABLE p (a int, b text, c date) PARTITION BY RANGE (a); CREATE TABLE q (c date, b text, dropped int, a int); ALTER TABLE q DROP dropped; ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (0) TO (10); INSERT INTO p VALUES (1, 'b', '2020-01-01');
--- to
CREATE TABLE p (a int, b varchar(9), c date, d int DEFAULT 4 NOT NULL) PARTITION BY RANGE (a); CREATE TABLE q (d int DEFAULT 5 NOT NULL, c date, b varchar(9), a int); ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (0) TO (20); INSERT INTO p VALUES (1, 'b', '2020-01-01');

=== indexes_of_partitions_get_their_own_names_and_options
--- from
CREATE TABLE p (id int, k int, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE INDEX i ON p (v); ALTER INDEX p1_v_idx RENAME TO special; ALTER INDEX special SET (fillfactor = 60); COMMENT ON INDEX special IS 's';
--- to
CREATE TABLE p (id int, k int, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE INDEX i ON p (v text_pattern_ops) WITH (fillfactor = 80); ALTER INDEX p1_v_idx RENAME TO other; CREATE UNIQUE INDEX own ON p1 (id) WHERE v IS NOT NULL;

=== unique_of_root_falls_but_stays_on_one_partition
--- from
CREATE TABLE p (id int, k int, CONSTRAINT u UNIQUE (id, k)) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1, 1), (2, 12);
--- to
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); ALTER TABLE p1 ADD CONSTRAINT p1_id_k_key UNIQUE (id, k); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1, 1), (2, 12);

=== partitioned_identity_becomes_serial_of_one_sequence
--- from
CREATE TABLE p (id bigserial, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p (k) VALUES (1), (2);
--- to
CREATE SEQUENCE n; CREATE TABLE p (id bigint DEFAULT nextval('n'), k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p (id DEFAULT 5) FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2, 3);

=== generated_column_in_a_partitioned_table_changes
--- from
CREATE TABLE p (id int, k int, g int GENERATED ALWAYS AS (id + 1) STORED) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE INDEX i ON p (g); INSERT INTO p VALUES (1, 1);
--- to
CREATE TABLE p (id bigint, k int, g bigint GENERATED ALWAYS AS (id * 2) STORED) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE INDEX i ON p (g); INSERT INTO p VALUES (1, 1);

=== view_matview_and_function_over_a_root_that_loses_a_column
--- from
CREATE TABLE p (id int, k int, old text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE VIEW v AS SELECT * FROM p; CREATE MATERIALIZED VIEW m AS SELECT id, old FROM v; CREATE UNIQUE INDEX mi ON m (id); CREATE FUNCTION f() RETURNS SETOF p LANGUAGE sql AS 'SELECT * FROM p'; INSERT INTO p VALUES (1, 1, 'o');
--- to
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE VIEW v AS SELECT * FROM p; CREATE MATERIALIZED VIEW m AS SELECT id FROM v; CREATE UNIQUE INDEX mi ON m (id); CREATE FUNCTION f() RETURNS SETOF p LANGUAGE sql AS 'SELECT * FROM p'; INSERT INTO p VALUES (1, 1);

=== heir_gets_a_second_parent_with_the_same_columns
--- from
CREATE TABLE a (id int NOT NULL, n text DEFAULT 'a'); CREATE TABLE b (id int NOT NULL, m text CHECK (m <> '')); CREATE TABLE h () INHERITS (a); INSERT INTO h VALUES (1, 'x');
--- to
CREATE TABLE a (id int NOT NULL, n text DEFAULT 'a'); CREATE TABLE b (id int NOT NULL, m text CHECK (m <> '')); CREATE TABLE h () INHERITS (a, b); INSERT INTO h VALUES (1, 'x', 'y');

=== heirs_change_parents_along_with_types
--- from
CREATE TABLE a (id int, v int); CREATE TABLE b (id int, v int); CREATE TABLE h (w int) INHERITS (a); CREATE INDEX hi ON h (v, w); CREATE VIEW hv AS SELECT v FROM h; INSERT INTO h VALUES (1, 2, 3);
--- to
CREATE TABLE a (id int, v int); CREATE TABLE b (id bigint, v text); CREATE TABLE h (w bigint) INHERITS (b); CREATE INDEX hi ON h (v, w); CREATE VIEW hv AS SELECT v FROM h; INSERT INTO h VALUES (1, 2, 3);

=== column_is_moved_up_to_the_parent
--- from
CREATE TABLE p (id int); CREATE TABLE h (name text NOT NULL DEFAULT 'n') INHERITS (p); CREATE TABLE g (name text) INHERITS (p); INSERT INTO h VALUES (1, 'a'); INSERT INTO g VALUES (2, 'b');
--- to
CREATE TABLE p (id int, name text); CREATE TABLE h () INHERITS (p); ALTER TABLE h ALTER name SET NOT NULL, ALTER name SET DEFAULT 'n'; CREATE TABLE g () INHERITS (p); INSERT INTO h VALUES (1, 'a'); INSERT INTO g VALUES (2, 'b');

=== checks_move_between_parent_and_heirs
--- from
CREATE TABLE p (id int, v int, CONSTRAINT c CHECK (v > 0)); CREATE TABLE h () INHERITS (p); CREATE TABLE g (CONSTRAINT own CHECK (v < 100)) INHERITS (h); INSERT INTO g VALUES (1, 50);
--- to
CREATE TABLE p (id int, v int, CONSTRAINT c CHECK (v > 0) NO INHERIT); CREATE TABLE h (CONSTRAINT own CHECK (v < 100)) INHERITS (p); CREATE TABLE g () INHERITS (h); INSERT INTO g VALUES (1, 50);

=== tree_of_heirs_loses_its_middle
--- from
CREATE TABLE a (id int, x int); CREATE TABLE b (y int) INHERITS (a); CREATE TABLE c (z int) INHERITS (b); INSERT INTO c VALUES (1, 2, 3, 4);
--- to
CREATE TABLE a (id int, x int); CREATE TABLE c (y int, z int) INHERITS (a); INSERT INTO c VALUES (1, 2, 3, 4);

=== statistics_and_publication_of_partitions
--- from
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE STATISTICS s ON id, k FROM p; CREATE PUBLICATION pub FOR TABLE p WITH (publish_via_partition_root = true);
--- to
CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE STATISTICS s ON id, k FROM p1; ALTER STATISTICS s SET STATISTICS 20; CREATE PUBLICATION pub FOR TABLE p1;

=== partition_of_another_schema_comes_home
CREATE SCHEMA archive;
--- from
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE archive.p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1), (11);
--- to
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE archive.p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1), (11);

=== hash_partitions_become_list_partitions_of_the_same_names
--- from
CREATE TABLE p (id int, k int, PRIMARY KEY (id, k)) PARTITION BY HASH (k); CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE VIEW v AS SELECT count(*) FROM p; INSERT INTO p VALUES (1, 0), (2, 1);
--- to
CREATE TABLE p (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k); CREATE TABLE p0 PARTITION OF p FOR VALUES IN (0); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE VIEW v AS SELECT count(*) FROM p; INSERT INTO p VALUES (1, 0), (2, 1);

=== partition_bounds_of_dates_and_expressions
--- from
CREATE TABLE p (id int, at timestamptz) PARTITION BY RANGE (date_trunc('month', at AT TIME ZONE 'UTC')); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); INSERT INTO p VALUES (1, '2024-01-15');
--- to
CREATE TABLE p (id int, at timestamptz) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00'); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2024-02-01 00:00+00') TO (MAXVALUE); INSERT INTO p VALUES (1, '2024-01-15');

=== tables_with_merged_checks_go_together
--- from
CREATE TABLE above (a int, b int, CONSTRAINT own CHECK (a > 0), CONSTRAINT both_have CHECK (b > 1));
CREATE TABLE beneath (CONSTRAINT both_have CHECK (b > 1)) INHERITS (above);
CREATE TABLE low_down (CONSTRAINT own CHECK (a > 0)) INHERITS (beneath);
INSERT INTO low_down VALUES (1, 2);
--- to

=== child_that_says_a_generated_column_once_more
--- from
CREATE TABLE above (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
INSERT INTO above VALUES (1);
--- to
CREATE TABLE above (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE beneath (a int, b int) INHERITS (above);
CREATE TABLE beside (b int, a int, c int) INHERITS (above);
INSERT INTO above VALUES (1);

=== identity_on_inherited_only
--- from
CREATE TABLE b (id int NOT NULL, v text); CREATE TABLE c () INHERITS (b); INSERT INTO c VALUES (1, 'x');
--- to
CREATE TABLE b (id int NOT NULL, v text); CREATE TABLE c () INHERITS (b); ALTER TABLE c ALTER id ADD GENERATED BY DEFAULT AS IDENTITY; INSERT INTO c VALUES (1, 'x');

=== inherits_order
--- from
CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE c (z int) INHERITS (a, b); INSERT INTO c VALUES (1,2,3);
--- to
CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE c (z int) INHERITS (b, a); INSERT INTO c (x,y,z) VALUES (1,2,3);

=== heir_rebuilt_ancestor_drops
--- from
CREATE TABLE a (id int, d int DEFAULT 5); CREATE TABLE b (z int) INHERITS (a); INSERT INTO b VALUES (1, 2, 3);
--- to
CREATE TABLE a (id int); CREATE TABLE b (id int, z int, d int DEFAULT 7) PARTITION BY RANGE (id); CREATE TABLE b1 PARTITION OF b DEFAULT; INSERT INTO b (id, z, d) VALUES (1, 3, 2);

=== heir_merges_column_of_parent
--- from
CREATE TABLE b (id int); CREATE TABLE c (id int, v text) INHERITS (b); CREATE TABLE d () INHERITS (c); INSERT INTO d VALUES (1, 'x');
--- to
CREATE TABLE b (id int, v text); CREATE TABLE c (v text) INHERITS (b); CREATE TABLE d () INHERITS (c); INSERT INTO d VALUES (1, 'x');

=== check_merged_up_and_kept
--- from
CREATE TABLE b (id int); CREATE TABLE c (CONSTRAINT k CHECK (id > 0)) INHERITS (b); CREATE TABLE d (CONSTRAINT k CHECK (id > 0)) INHERITS (c); INSERT INTO d VALUES (1);
--- to
CREATE TABLE b (id int, CONSTRAINT k CHECK (id > 0)); CREATE TABLE c () INHERITS (b); CREATE TABLE d (CONSTRAINT k CHECK (id > 0)) INHERITS (c); INSERT INTO d VALUES (1);

=== column_moves_to_parent_retyped
--- from
CREATE TABLE p1 (a int);
CREATE TABLE c (f text) INHERITS (p1);
--- to
CREATE TABLE p1 (a int, f int);
CREATE TABLE c () INHERITS (p1);

=== column_moves_to_grandparent_retyped
--- from
CREATE TABLE p1 (a int);
CREATE TABLE p2 (f text) INHERITS (p1);
CREATE TABLE c () INHERITS (p2);
--- to
CREATE TABLE p1 (a int, f int);
CREATE TABLE p2 () INHERITS (p1);
CREATE TABLE c () INHERITS (p2);

=== heir_leaves_a_parent_that_refers_to_itself_and_goes
--- from
CREATE TABLE user1 (a interval UNIQUE REFERENCES user1 (a)); CREATE TABLE heir (id text) INHERITS (user1);
--- to
CREATE TABLE heir (a jsonb NOT NULL, n int);

=== column_changes_and_becomes_the_heirs_own
--- from
CREATE TABLE b (id int, gone varchar(10), g int); CREATE TABLE t () INHERITS (b); INSERT INTO t VALUES (1, 'x', 1);
--- to
CREATE TABLE b (id int); CREATE TABLE t (g text) INHERITS (b);
