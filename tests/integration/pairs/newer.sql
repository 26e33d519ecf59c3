=== not_null_named
-- since 18
CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2);
--- from
ALTER TABLE t ADD CONSTRAINT must NOT NULL a;
--- to
ALTER TABLE t ADD CONSTRAINT shall NOT NULL a; ALTER TABLE t ADD CONSTRAINT too NOT NULL b;
=== not_null_named_to_generated
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT must NOT NULL, b int NOT NULL);
--- to
CREATE TABLE t (a int NOT NULL, b int CONSTRAINT other NOT NULL);
=== not_null_new_table
-- since 18
--- from
--- to
CREATE TABLE t (a int CONSTRAINT must NOT NULL, b int CONSTRAINT also NOT NULL PRIMARY KEY, c int NOT NULL); COMMENT ON CONSTRAINT must ON t IS 'why';
=== not_null_new_column
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
--- to
ALTER TABLE t ADD COLUMN b int CONSTRAINT named NOT NULL DEFAULT 3;
=== not_null_not_valid
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID;
--- to
ALTER TABLE t ADD CONSTRAINT n NOT NULL a;
=== not_null_not_valid_add
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (NULL);
--- from
--- to
ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID;
=== not_null_no_inherit
-- since 18
CREATE TABLE t (a int);
--- from
ALTER TABLE t ADD CONSTRAINT n NOT NULL a NO INHERIT;
--- to
ALTER TABLE t ADD CONSTRAINT n NOT NULL a;
=== not_null_no_inherit_add
-- since 18
CREATE TABLE t (a int); CREATE TABLE c () INHERITS (t);
--- from
--- to
ALTER TABLE t ADD CONSTRAINT n NOT NULL a NO INHERIT;
=== not_null_no_inherit_table
-- since 18
--- from
--- to
CREATE TABLE t (a int NOT NULL NO INHERIT, b int CONSTRAINT x NOT NULL NO INHERIT);
=== not_null_domain_named
-- since 17
--- from
CREATE DOMAIN d AS int CONSTRAINT n NOT NULL;
--- to
CREATE DOMAIN d AS int CONSTRAINT m NOT NULL;
=== not_null_renamed_column
-- since 18
CREATE TABLE t (a int NOT NULL);
--- from
--- to
ALTER TABLE t RENAME COLUMN a TO b;
=== virtual_add
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
--- to
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) VIRTUAL;
=== virtual_new_table
-- since 18
--- from
--- to
CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) VIRTUAL NOT NULL CHECK (g > 0), h text GENERATED ALWAYS AS ('x') STORED);
=== virtual_expression
-- since 18
CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2);
--- from
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) VIRTUAL; CREATE VIEW v AS SELECT g FROM t;
--- to
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * b) VIRTUAL; CREATE VIEW v AS SELECT g FROM t;
=== virtual_to_stored
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) VIRTUAL;
--- to
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) STORED;
=== virtual_type
-- since 18
--- from
CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) VIRTUAL);
--- to
CREATE TABLE t (a bigint, g bigint GENERATED ALWAYS AS (a * 2) VIRTUAL);
=== without_overlaps
-- since 18
CREATE TABLE t (id int4range, valid tstzrange); INSERT INTO t VALUES ('[1,2)', '[2024-01-01,2025-01-01)');
--- from
--- to
ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id, valid WITHOUT OVERLAPS);
=== without_overlaps_unique
-- since 18
CREATE TABLE t (id int4range, valid tstzrange);
--- from
ALTER TABLE t ADD CONSTRAINT k UNIQUE (id, valid);
--- to
ALTER TABLE t ADD CONSTRAINT k UNIQUE (id, valid WITHOUT OVERLAPS);
=== period_foreign_key
-- since 18
CREATE TABLE t (id int4range, valid tstzrange, CONSTRAINT k PRIMARY KEY (id, valid WITHOUT OVERLAPS)); CREATE TABLE u (t int4range, valid tstzrange);
--- from
--- to
ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (t, PERIOD valid) REFERENCES t (id, PERIOD valid);
=== period_foreign_key_whole
-- since 18
--- from
--- to
CREATE TABLE t (id int4range, valid tstzrange, CONSTRAINT k PRIMARY KEY (id, valid WITHOUT OVERLAPS)); CREATE TABLE a (t int4range, valid tstzrange, CONSTRAINT f FOREIGN KEY (t, PERIOD valid) REFERENCES t (id, PERIOD valid));
=== check_not_enforced
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (-1);
--- from
--- to
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;
=== check_enforced_again
-- since 18
CREATE TABLE t (a int);
--- from
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;
--- to
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
=== foreign_key_not_enforced
-- since 18
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); INSERT INTO c VALUES (7);
--- from
--- to
ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p NOT ENFORCED;
=== foreign_key_enforced_again
-- since 18
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int);
--- from
ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p NOT ENFORCED;
--- to
ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p;
=== generated_expression_set
-- since 17
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) STORED;
--- to
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 3) STORED;
=== statistics_target_default
-- since 17
CREATE TABLE t (a int, b int);
--- from
CREATE STATISTICS s ON a, b FROM t;
--- to
CREATE STATISTICS s ON a, b FROM t; ALTER STATISTICS s SET STATISTICS 50;
=== storage_in_create
-- since 16
--- from
CREATE TABLE t (a text STORAGE EXTERNAL);
--- to
CREATE TABLE t (a text STORAGE MAIN COMPRESSION pglz);
=== collation_icu_rules
-- since 16
--- from
CREATE COLLATION c (provider = icu, locale = 'und', rules = '&a < b');
--- to
CREATE COLLATION c (provider = icu, locale = 'und', rules = '&b < a');
=== publication_generated
-- since 18
CREATE TABLE t (a int PRIMARY KEY);
--- from
CREATE PUBLICATION p FOR TABLE t;
--- to
CREATE PUBLICATION p FOR TABLE t WITH (publish_generated_columns = stored);
=== json_table_view
-- since 17
CREATE TABLE t (j jsonb);
--- from
CREATE VIEW v AS SELECT x.a FROM t, JSON_TABLE(j, '$[*]' COLUMNS (a int PATH '$.a')) x;
--- to
CREATE VIEW v AS SELECT x.a FROM t, JSON_TABLE(j, '$[*]' COLUMNS (a int PATH '$.b')) x;
=== not_null_inherited_named
-- since 18
CREATE TABLE t (a int); CREATE TABLE c () INHERITS (t);
--- from
--- to
ALTER TABLE t ADD CONSTRAINT n NOT NULL a;
=== not_null_inherited_tree
-- since 18
--- from
--- to
CREATE TABLE t (a int CONSTRAINT n NOT NULL) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE TABLE q (a int CONSTRAINT own NOT NULL); ALTER TABLE t ATTACH PARTITION q FOR VALUES IN (2);
=== virtual_to_plain
-- since 18
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- from
ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a * 2) VIRTUAL;
--- to
ALTER TABLE t ADD COLUMN g int;
=== identity_in_partitioned
-- since 17
--- from
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int) PARTITION BY LIST (b); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); INSERT INTO t (b) VALUES (1);
--- to
CREATE TABLE t (a int, b int) PARTITION BY LIST (b); CREATE TABLE p PARTITION OF t FOR VALUES IN (1);
=== identity_in_partitioned_new
-- since 17
--- from
--- to
CREATE TABLE t (a int GENERATED BY DEFAULT AS IDENTITY (START 5), b int) PARTITION BY LIST (b); CREATE TABLE p PARTITION OF t FOR VALUES IN (1); CREATE TABLE q (b int, a int NOT NULL); ALTER TABLE t ATTACH PARTITION q FOR VALUES IN (2);

=== new_columns_whose_constraints_bear_taken_names
-- since 18
CREATE TABLE o (x int CONSTRAINT t_b_not_null NOT NULL, y int CONSTRAINT t_k_not_null NOT NULL, z int CONSTRAINT t_n_not_null NOT NULL);
--- from
CREATE TABLE t (a int); CREATE TABLE c () INHERITS (t); INSERT INTO t VALUES (1), (2);
--- to
CREATE TABLE t (a int, b text CONSTRAINT t_b_not_null NOT NULL, k int CONSTRAINT t_k_not_null NOT NULL UNIQUE, n int CONSTRAINT t_n_not_null NOT NULL GENERATED ALWAYS AS IDENTITY, "x NOT NULL" int NOT NULL); CREATE TABLE c () INHERITS (t);
=== not_null_of_a_child_beside_the_inherited_one
-- since 18
CREATE TABLE p (a int NOT NULL, b int CONSTRAINT pb NOT NULL); INSERT INTO p VALUES (1, 2);
--- from
CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (3, 4);
--- to
CREATE TABLE c () INHERITS (p); ALTER TABLE ONLY c ALTER a SET NOT NULL; ALTER TABLE ONLY c ALTER b SET NOT NULL; INSERT INTO c VALUES (3, 4);
=== not_null_of_a_child_by_another_name
-- since 18
CREATE TABLE p (a int NOT NULL, b int CONSTRAINT pb NOT NULL); INSERT INTO p VALUES (1, 2);
--- from
CREATE TABLE c (NOT NULL a, CONSTRAINT cb NOT NULL b) INHERITS (p); INSERT INTO c VALUES (3, 4);
--- to
CREATE TABLE c (CONSTRAINT ca NOT NULL a, x int) INHERITS (p); INSERT INTO c VALUES (3, 4, 5);
=== not_null_of_a_merged_column
-- since 18
CREATE TABLE p (a int NOT NULL, b int NOT NULL); INSERT INTO p VALUES (1, 2);
--- from
CREATE TABLE c (a int, b int NOT NULL) INHERITS (p); INSERT INTO c VALUES (3, 4);
--- to
CREATE TABLE c (a int NOT NULL, b int) INHERITS (p); INSERT INTO c VALUES (3, 4);
=== not_null_and_a_table_that_gets_a_parent
-- since 18
CREATE TABLE p (a int NOT NULL, b int CONSTRAINT pb NOT NULL); INSERT INTO p VALUES (1, 2);
--- from
CREATE TABLE c (a int NOT NULL, b int CONSTRAINT mine NOT NULL, x int); INSERT INTO c VALUES (3, 4, 5);
--- to
CREATE TABLE c (a int NOT NULL, b int CONSTRAINT other NOT NULL, x int); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (3, 4, 5);
=== not_null_and_a_merged_column_that_is_not_its_own
-- since 18
CREATE TABLE p (a int NOT NULL);
--- from
CREATE TABLE c (a int NOT NULL, x int); INSERT INTO c VALUES (3, 5);
--- to
CREATE TABLE c (a int, x int) INHERITS (p); INSERT INTO c VALUES (3, 5);
=== not_null_new_children
-- since 18
--- from
--- to
CREATE TABLE p (a int NOT NULL, b int CONSTRAINT pb NOT NULL, d int); CREATE TABLE c1 () INHERITS (p); CREATE TABLE c2 (a int NOT NULL) INHERITS (p); CREATE TABLE c3 (NOT NULL a, CONSTRAINT c3b NOT NULL b, NOT NULL d) INHERITS (p); CREATE TABLE c4 (a int, b int CONSTRAINT own NOT NULL) INHERITS (p); ALTER TABLE ONLY c1 ALTER b SET NOT NULL; CREATE TABLE c5 () INHERITS (c4); CREATE TABLE other (z int NOT NULL); CREATE TABLE two () INHERITS (p, other);
=== not_null_comes_to_a_parent_whose_child_has_its_own
-- since 18
--- from
CREATE TABLE p (a int, b int); CREATE TABLE c () INHERITS (p); CREATE TABLE d () INHERITS (p); INSERT INTO c VALUES (1, 2);
--- to
CREATE TABLE p (a int NOT NULL, b int NOT NULL); CREATE TABLE c (NOT NULL a, CONSTRAINT cb NOT NULL b) INHERITS (p); CREATE TABLE d () INHERITS (p); ALTER TABLE ONLY d ALTER a SET NOT NULL; INSERT INTO c VALUES (1, 2);
=== not_null_not_valid_named_and_children
-- since 18
--- from
CREATE TABLE q (a int); CREATE TABLE qc () INHERITS (q); INSERT INTO qc VALUES (1);
--- to
CREATE TABLE p (a int); ALTER TABLE p ADD CONSTRAINT nn NOT NULL a NOT VALID; CREATE TABLE c () INHERITS (p); CREATE TABLE c2 (CONSTRAINT mine NOT NULL a) INHERITS (p); CREATE TABLE q (a int); CREATE TABLE qc () INHERITS (q); ALTER TABLE q ADD CONSTRAINT qn NOT NULL a NOT VALID; INSERT INTO qc VALUES (1);
=== not_null_of_its_own_becomes_the_parents_too
-- since 18
--- from
CREATE TABLE p (a int, b int); CREATE TABLE c (CONSTRAINT x NOT NULL a, NOT NULL b) INHERITS (p); INSERT INTO c VALUES (1, 2);
--- to
CREATE TABLE p (a int NOT NULL, b int NOT NULL); CREATE TABLE c (NOT NULL a, CONSTRAINT y NOT NULL b) INHERITS (p); INSERT INTO c VALUES (1, 2);
=== not_null_and_a_child_that_changes_parents
-- since 18
CREATE TABLE p1 (a int NOT NULL); CREATE TABLE p2 (a int NOT NULL);
--- from
CREATE TABLE c (a int) INHERITS (p1); INSERT INTO c VALUES (1);
--- to
CREATE TABLE c (a int) INHERITS (p2); INSERT INTO c VALUES (1);
=== not_null_column_comes_to_a_parent_whose_child_has_its_own
-- since 18
--- from
CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p);
--- to
CREATE TABLE p (a int, d int NOT NULL); CREATE TABLE c (NOT NULL d) INHERITS (p);
=== not_null_and_a_table_that_gets_a_parent_and_a_name
-- since 18
CREATE TABLE p (b int NOT NULL);
--- from
CREATE TABLE c (b int NOT NULL); INSERT INTO c VALUES (1);
--- to
CREATE TABLE c (b int CONSTRAINT other NOT NULL); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1);
=== not_null_of_two_parents
-- since 18
--- from
CREATE TABLE p1 (a int); CREATE TABLE p2 (a int); CREATE TABLE c () INHERITS (p1, p2); INSERT INTO c VALUES (1);
--- to
CREATE TABLE p1 (a int NOT NULL); CREATE TABLE p2 (a int NOT NULL); CREATE TABLE c (CONSTRAINT cb NOT NULL a) INHERITS (p1, p2); INSERT INTO c VALUES (1);
=== not_null_not_valid_comes_to_a_parent_whose_child_has_its_own
-- since 18
--- from
CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1);
--- to
CREATE TABLE p (a int); CREATE TABLE c (CONSTRAINT mine NOT NULL a) INHERITS (p); ALTER TABLE p ADD CONSTRAINT pn NOT NULL a NOT VALID; INSERT INTO c VALUES (1);
=== generated_of_a_partition
-- since 16
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
--- from
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
--- to
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 4) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
=== generated_of_a_partition_as_the_parents
-- since 16
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE INDEX p_g ON p (g);
--- from
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE VIEW v AS SELECT g FROM p2;
COMMENT ON COLUMN p2.g IS 'generated';
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE VIEW v AS SELECT g FROM p2;
COMMENT ON COLUMN p2.g IS 'generated';
INSERT INTO p (d, a) VALUES (11, 4);
=== generated_of_a_partition_stays_while_the_parents_changes
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 5) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
=== generated_of_a_partition_of_its_own
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 5) STORED) PARTITION BY RANGE (d);
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
=== generated_of_a_child
-- since 16
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
--- from
CREATE TABLE c (g int GENERATED ALWAYS AS (a * 3) STORED) INHERITS (p);
CREATE TABLE gc () INHERITS (c);
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
--- to
CREATE TABLE c (g int GENERATED ALWAYS AS (a * 4) STORED) INHERITS (p);
CREATE TABLE gc () INHERITS (c);
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
=== generated_of_a_child_alone
-- since 16
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
--- from
CREATE TABLE c () INHERITS (p);
CREATE TABLE gc () INHERITS (c);
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
--- to
CREATE TABLE c (g int GENERATED ALWAYS AS (a * 4) STORED) INHERITS (p);
CREATE TABLE gc () INHERITS (c);
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
=== generated_new_column_with_another_of_a_partition
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int) PARTITION BY RANGE (d);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 5) STORED) PARTITION BY RANGE (d);
CREATE TABLE p2 (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
=== generated_of_a_child_whose_parent_goes
-- since 16
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
--- from
CREATE TABLE c (g int GENERATED ALWAYS AS (a * 3) STORED) INHERITS (p);
INSERT INTO c (d, a) VALUES (11, 4);
--- to
CREATE TABLE c (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 4) STORED);
INSERT INTO c (d, a) VALUES (11, 4);
=== generated_of_a_child_set
-- since 17
CREATE TABLE p (d int NOT NULL, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE c () INHERITS (p);
CREATE TABLE gc () INHERITS (c);
--- from
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
--- to
ALTER TABLE c ALTER COLUMN g SET EXPRESSION AS (a * 4);
INSERT INTO c (d, a) VALUES (11, 4);
INSERT INTO gc (d, a) VALUES (12, 5);
=== generated_of_a_partition_of_a_column_that_changes
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a bigint, g bigint GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int NOT NULL, a bigint, g bigint GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
=== generated_of_a_partition_goes
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 3) STORED);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (1, 4), (11, 4);
=== generated_of_a_partition_of_a_partition
-- since 16
--- from
CREATE TABLE p (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 3) STORED) PARTITION BY LIST (d);
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (10);
CREATE TABLE p11 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 4) STORED);
ALTER TABLE p1 ATTACH PARTITION p11 FOR VALUES IN (1);
INSERT INTO p (d, a) VALUES (1, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 20) STORED) PARTITION BY RANGE (d);
CREATE TABLE p1 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 30) STORED) PARTITION BY LIST (d);
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (10);
CREATE TABLE p11 (d int NOT NULL, a int, g bigint GENERATED ALWAYS AS (a * 40) STORED);
ALTER TABLE p1 ATTACH PARTITION p11 FOR VALUES IN (1);
INSERT INTO p (d, a) VALUES (1, 4);
=== not_null_of_an_attached_partition
-- since 18
CREATE TABLE p (d int NOT NULL, a int) PARTITION BY RANGE (d);
--- from
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p2 (d int NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
=== not_null_of_a_partition_and_its_table_referenced
-- since 18
CREATE TABLE p (d int CONSTRAINT d_there NOT NULL PRIMARY KEY, a int) PARTITION BY RANGE (d);
CREATE TABLE r (d int REFERENCES p);
--- from
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4); INSERT INTO r VALUES (11);
--- to
CREATE TABLE p2 (d int NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4); INSERT INTO r VALUES (11);
=== not_null_of_a_partition_while_the_parents_is_renamed
-- since 18
--- from
CREATE TABLE p (d int CONSTRAINT there NOT NULL, a int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
INSERT INTO p (d, a) VALUES (11, 4);
=== not_null_of_a_partition_becomes_the_parents_too
-- since 18
--- from
CREATE TABLE p (d int, a int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 (d int NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30);
INSERT INTO p (d, a) VALUES (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 (d int NOT NULL, a int);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30);
INSERT INTO p (d, a) VALUES (11, 4);
=== not_null_named_of_a_table_that_is_attached
-- since 18
CREATE TABLE p (d int NOT NULL, a int NOT NULL, b int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int NOT NULL, b int CONSTRAINT mine NOT NULL);
INSERT INTO p2 VALUES (11, 4, 5);
--- from
--- to
ALTER TABLE p2 RENAME CONSTRAINT mine TO my;
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
=== not_null_named_of_a_table_that_is_made_a_partition
-- since 18
CREATE TABLE p (d int NOT NULL, a int NOT NULL, b int NOT NULL) PARTITION BY RANGE (d);
--- from
CREATE TABLE p2 (d int CONSTRAINT own NOT NULL, a int NOT NULL, b int CONSTRAINT mine NOT NULL);
INSERT INTO p2 VALUES (11, 4, 5);
--- to
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p2 VALUES (11, 4, 5);
=== not_null_of_a_partition_that_moves
-- since 18
CREATE TABLE p (d int NOT NULL, a int NOT NULL, b int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE q (d int NOT NULL, a int CONSTRAINT q_a NOT NULL, b int NOT NULL) PARTITION BY RANGE (d);
--- from
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 (d int CONSTRAINT own NOT NULL, a int NOT NULL, b int CONSTRAINT mine NOT NULL);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30);
INSERT INTO p VALUES (11, 4, 5), (21, 5, 5);
--- to
CREATE TABLE p2 (d int CONSTRAINT own2 NOT NULL, a int NOT NULL, b int CONSTRAINT mine2 NOT NULL);
ALTER TABLE q ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 PARTITION OF q FOR VALUES FROM (20) TO (30);
INSERT INTO q VALUES (11, 4, 5), (21, 5, 5);
=== not_null_of_a_partition_in_a_tree
-- since 18
--- from
CREATE TABLE p (d int NOT NULL, a int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (a);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES IN (4);
INSERT INTO p VALUES (11, 4);
--- to
CREATE TABLE p (d int NOT NULL, a int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE p2 (d int NOT NULL, a int CONSTRAINT mine NOT NULL) PARTITION BY LIST (a);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES IN (4);
INSERT INTO p VALUES (11, 4);
=== not_null_of_a_new_table_whose_usual_name_is_anothers
-- since 18
--- from
CREATE TABLE u (a int);
--- to
CREATE TABLE u (a int CONSTRAINT t_a_not_null NOT NULL);
CREATE TABLE o (a int CONSTRAINT t_b_not_null NOT NULL);
CREATE TABLE t (a int CONSTRAINT t_a_not_null NOT NULL, b int CONSTRAINT t_b_not_null NOT NULL);
=== not_null_not_valid_above_a_partition_that_has_it_by_that_name
-- since 18
--- from
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 (a int, b int);
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
--- to
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 (a int CONSTRAINT there NOT NULL, b int);
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
ALTER TABLE p ADD CONSTRAINT there NOT NULL a NOT VALID;
=== not_null_not_valid_above_a_new_partition_that_has_it_by_that_name
-- since 18
--- from
--- to
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 (a int CONSTRAINT there NOT NULL, b int);
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
ALTER TABLE p ADD CONSTRAINT there NOT NULL a NOT VALID;
=== not_null_name_given_up_and_taken
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int);
--- to
CREATE TABLE t (a int, b int CONSTRAINT n NOT NULL);
=== not_null_names_swapped
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int CONSTRAINT m NOT NULL);
--- to
CREATE TABLE t (a int CONSTRAINT m NOT NULL, b int CONSTRAINT n NOT NULL);
=== not_null_name_taken_by_a_check
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int);
--- to
CREATE TABLE t (a int NOT NULL, b int CONSTRAINT n CHECK (b > 0));
=== not_null_name_taken_by_a_unique
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int);
--- to
CREATE TABLE t (a int, b int CONSTRAINT n UNIQUE);
=== not_null_name_taken_by_a_key
-- since 18
--- from
CREATE TABLE r (i int PRIMARY KEY);
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int);
--- to
CREATE TABLE r (i int PRIMARY KEY);
CREATE TABLE t (a int CONSTRAINT m NOT NULL, b int CONSTRAINT n REFERENCES r);
=== not_null_name_of_a_column_that_goes
-- since 18
--- from
CREATE TABLE t (i int, a int CONSTRAINT n NOT NULL);
--- to
CREATE TABLE t (i int, b int CONSTRAINT n NOT NULL);
=== not_null_names_in_a_ring
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int CONSTRAINT m NOT NULL, c int CONSTRAINT o NOT NULL);
--- to
CREATE TABLE t (a int CONSTRAINT m NOT NULL, b int CONSTRAINT o NOT NULL, c int CONSTRAINT n NOT NULL);
=== not_null_usual_name_taken
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT t_b_not_null NOT NULL, b int);
--- to
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
=== not_null_name_not_valid
-- since 18
--- from
CREATE TABLE t (a int, b int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID;
--- to
CREATE TABLE t (a int, b int); ALTER TABLE t ADD CONSTRAINT n NOT NULL b NOT VALID;
=== not_null_names_swapped_with_a_third
-- since 18
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int CONSTRAINT m NOT NULL, c int, d int CONSTRAINT o NOT NULL);
--- to
CREATE TABLE t (a int CONSTRAINT m NOT NULL, b int, c int CONSTRAINT n NOT NULL, e int CONSTRAINT o NOT NULL);
=== not_null_names_swapped_below_a_parent
-- since 18
CREATE TABLE p (a int CONSTRAINT pa NOT NULL, b int CONSTRAINT pb NOT NULL);
--- from
CREATE TABLE t (a int CONSTRAINT n NOT NULL, b int CONSTRAINT m NOT NULL) INHERITS (p);
--- to
CREATE TABLE t (a int CONSTRAINT m NOT NULL, b int CONSTRAINT n NOT NULL) INHERITS (p);
=== not_null_names_swapped_above_children
-- since 18
--- from
CREATE TABLE p (a int CONSTRAINT pa NOT NULL, b int CONSTRAINT pb NOT NULL) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
--- to
CREATE TABLE p (a int CONSTRAINT pb NOT NULL, b int CONSTRAINT pa NOT NULL) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
=== subscription_streams_otherwise
-- since 16
--- from
CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, streaming = off);
CREATE SUBSCRIPTION s2 CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false);
--- to
CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, streaming = parallel);
CREATE SUBSCRIPTION s2 CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, streaming = on);

=== subscription_failover
-- since 17
--- from
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'own');
CREATE SUBSCRIPTION none CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
--- to
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'own', failover = true);
CREATE SUBSCRIPTION none CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE, failover = true);

=== nn_inherited_comment
-- since 18
CREATE TABLE p (a int NOT NULL);
CREATE TABLE c () INHERITS (p);
--- from
--- to
COMMENT ON CONSTRAINT p_a_not_null ON c IS 'x';

=== nn_inherited_comment_new
-- since 18
--- from
--- to
CREATE TABLE p (a int NOT NULL);
CREATE TABLE c () INHERITS (p);
COMMENT ON CONSTRAINT p_a_not_null ON c IS 'x';

=== nn_partition_not_valid_new
-- since 18
--- from
--- to
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
ALTER TABLE p ADD CONSTRAINT nn NOT NULL a NOT VALID;
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2);
CREATE TABLE p3 (a int, b int);
ALTER TABLE p3 ADD CONSTRAINT nn3 NOT NULL a NOT VALID;
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES IN (NULL, 5);

=== nn_not_valid_inherited_two
-- since 18
CREATE TABLE p (a int);
CREATE TABLE c () INHERITS (p);
--- from
--- to
ALTER TABLE p ADD NOT NULL a NOT VALID;
