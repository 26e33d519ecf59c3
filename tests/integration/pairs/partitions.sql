=== check_not_valid_noinherit
--- from
CREATE TABLE t (a int);
--- to
CREATE TABLE t (a int, CONSTRAINT n CHECK (a > 0) NO INHERIT); ALTER TABLE t ADD CONSTRAINT v CHECK (a < 10) NOT VALID;
=== partition_range
--- from
--- to
CREATE TABLE m (id int, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (d); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE TABLE md PARTITION OF m DEFAULT; CREATE INDEX mi ON m (id);
=== partition_add_remove
--- from
CREATE TABLE m (id int, d date NOT NULL) PARTITION BY RANGE (d); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE TABLE m2 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01'); INSERT INTO m VALUES (1,'2020-02-02');
--- to
CREATE TABLE m (id int, d date NOT NULL) PARTITION BY RANGE (d); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2020-07-01'); CREATE TABLE m3 PARTITION OF m FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
=== partition_detach
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1,2); CREATE INDEX mi ON m (id); INSERT INTO m VALUES (1,1);
--- to
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 (id int, d int); CREATE INDEX mi ON m (id);
=== partition_sub
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d);
--- to
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1,2) PARTITION BY HASH (id); CREATE TABLE m1a PARTITION OF m1 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE m1b PARTITION OF m1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
=== partition_index_partial
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); CREATE INDEX m1i ON m1 (id);
--- to
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); CREATE INDEX mi ON ONLY m (id); CREATE INDEX m1i ON m1 (id); ALTER INDEX mi ATTACH PARTITION m1i;
=== partition_key_change
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
--- to
CREATE TABLE m (id int, d int) PARTITION BY RANGE (id); CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (5);
=== partition_pk_fk
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
--- to
CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE m (id int REFERENCES r, d int, PRIMARY KEY (id, d)) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); CREATE TABLE k (a int, b int, FOREIGN KEY (a,b) REFERENCES m);
=== partition_trigger
--- from
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
--- to
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); CREATE TRIGGER tr AFTER INSERT ON m FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE m1 DISABLE TRIGGER tr;
=== table_to_partitioned
--- from
CREATE TABLE m (id int, d int);
--- to
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
=== inherit_change
--- from
CREATE TABLE p (a int, b text); CREATE TABLE q (z int); CREATE TABLE c (x int) INHERITS (p); INSERT INTO c VALUES (1,'a',2);
--- to
CREATE TABLE p (a int, b text); CREATE TABLE q (z int); CREATE TABLE c (a int, b text, x int, z int) INHERITS (q);
=== inherit_add_col
--- from
CREATE TABLE p (a int, b text); CREATE TABLE c (x int) INHERITS (p); INSERT INTO c VALUES (1,'a',2);
--- to
CREATE TABLE p (a int, b text, n int DEFAULT 3 CHECK (n > 2)); CREATE TABLE c (x int) INHERITS (p);
=== typed_table
--- from
CREATE TYPE ct AS (a int, b text);
--- to
CREATE TYPE ct AS (a int, b text); CREATE TABLE t OF ct (PRIMARY KEY (a), b DEFAULT 'x');
=== typed_table_to_plain
--- from
CREATE TYPE ct AS (a int, b text); CREATE TABLE t OF ct; INSERT INTO t VALUES (1,'x');
--- to
CREATE TYPE ct AS (a int, b text); CREATE TABLE t (a int, b text);
=== typed_table_type_change
--- from
CREATE TYPE ct AS (a int, b text); CREATE TABLE t OF ct; INSERT INTO t VALUES (1,'x');
--- to
CREATE TYPE ct AS (a int, b text, c int); CREATE TABLE t OF ct;
=== part_multilevel_index_pk
--- from
CREATE TABLE m (id int, k text, d date) PARTITION BY LIST (k); CREATE TABLE mx PARTITION OF m FOR VALUES IN ('x') PARTITION BY RANGE (d); CREATE TABLE mx1 PARTITION OF mx FOR VALUES FROM (MINVALUE) TO ('2020-01-01'); INSERT INTO m VALUES (1,'x','2019-01-01');
--- to
CREATE TABLE m (id int, k text, d date, PRIMARY KEY (id, k, d)) PARTITION BY LIST (k); CREATE TABLE mx PARTITION OF m FOR VALUES IN ('x') PARTITION BY RANGE (d); CREATE TABLE mx1 PARTITION OF mx FOR VALUES FROM (MINVALUE) TO ('2020-01-01'); CREATE INDEX mk ON m (k); CREATE UNIQUE INDEX mu ON m (k, d, id); CREATE INDEX local ON mx1 (d);
=== part_attach_existing
--- from
CREATE TABLE m (id int NOT NULL, d int) PARTITION BY RANGE (d); CREATE TABLE p1 (id int NOT NULL, d int); CREATE INDEX p1i ON p1 (id); CREATE INDEX mi ON m (id); INSERT INTO p1 VALUES (1, 5);
--- to
CREATE TABLE m (id int NOT NULL, d int) PARTITION BY RANGE (d); CREATE TABLE p1 (id int NOT NULL, d int); CREATE INDEX p1i ON p1 (id); CREATE INDEX mi ON m (id); ALTER TABLE m ATTACH PARTITION p1 FOR VALUES FROM (0) TO (10);
=== part_bounds_swap
--- from
CREATE TABLE m (d int) PARTITION BY LIST (d); CREATE TABLE p1 PARTITION OF m FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF m FOR VALUES IN (2);
--- to
CREATE TABLE m (d int) PARTITION BY LIST (d); CREATE TABLE p1 PARTITION OF m FOR VALUES IN (2); CREATE TABLE p2 PARTITION OF m FOR VALUES IN (1);
=== part_expr_key
--- from
--- to
CREATE TABLE m (id int, t timestamptz, n text COLLATE "C") PARTITION BY RANGE ((date_trunc('day', t AT TIME ZONE 'UTC')), n text_pattern_ops); CREATE TABLE p PARTITION OF m FOR VALUES FROM ('2020-01-01', MINVALUE) TO ('2021-01-01', 'b');
=== part_check_unique_fk
CREATE TABLE r (id int PRIMARY KEY);
--- from
CREATE TABLE m (id int, d int, r int) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m FOR VALUES FROM (0) TO (5);
--- to
CREATE TABLE m (id int, d int CHECK (d < 100), r int REFERENCES r ON DELETE CASCADE, UNIQUE (id, d)) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m (CONSTRAINT own CHECK (id <> 4)) FOR VALUES FROM (0) TO (5); ALTER TABLE p ADD CONSTRAINT pfk FOREIGN KEY (id) REFERENCES r;
=== inherit_multi
--- from
CREATE TABLE a (x int); CREATE TABLE b (y int); CREATE TABLE c () INHERITS (a);
--- to
CREATE TABLE a (x int, z text); CREATE TABLE b (y int, z text NOT NULL DEFAULT 'b'); CREATE TABLE c (own int) INHERITS (a, b);
=== inherit_type_change
--- from
CREATE TABLE a (x int); CREATE TABLE c (o int) INHERITS (a); CREATE TABLE d (q int) INHERITS (c); INSERT INTO d VALUES (1,2,3);
--- to
CREATE TABLE a (x bigint NOT NULL); CREATE TABLE c (o int) INHERITS (a); CREATE TABLE d (q int) INHERITS (c);
=== inherit_drop_parent
--- from
CREATE TABLE a (x int); CREATE TABLE c (o int) INHERITS (a); INSERT INTO c VALUES (1,2);
--- to
CREATE TABLE c (x int, o int);
=== inherit_check
--- from
CREATE TABLE a (x int CONSTRAINT k CHECK (x > 0)); CREATE TABLE c (o int) INHERITS (a);
--- to
CREATE TABLE a (x int); CREATE TABLE c (o int, CONSTRAINT k CHECK (x > 0)) INHERITS (a);
=== inherit_rename_col
--- from
CREATE TABLE a (x int, y int); CREATE TABLE c (o int) INHERITS (a);
--- to
CREATE TABLE a (x int); CREATE TABLE c (y int, o int) INHERITS (a);
=== enum_pk_partition
--- from
CREATE TYPE e AS ENUM ('a','b'); CREATE TABLE t (x e PRIMARY KEY, y int); CREATE TABLE u (x e REFERENCES t); INSERT INTO t VALUES ('a',1); INSERT INTO u VALUES ('a');
--- to
CREATE TYPE e AS ENUM ('a','c'); CREATE TABLE t (x e PRIMARY KEY, y int); CREATE TABLE u (x e REFERENCES t);
=== partial_fk_to_partitioned
--- from
CREATE TABLE m (a int PRIMARY KEY) PARTITION BY HASH (a); CREATE TABLE m0 PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE m1 PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE c (a int REFERENCES m);
--- to
CREATE TABLE m (a int PRIMARY KEY) PARTITION BY HASH (a); CREATE TABLE m0 PARTITION OF m FOR VALUES WITH (MODULUS 4, REMAINDER 0); CREATE TABLE m1 PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE m2 PARTITION OF m FOR VALUES WITH (MODULUS 4, REMAINDER 2); CREATE TABLE c (a int REFERENCES m ON DELETE CASCADE);

=== index_of_the_root_becomes_a_key_over_a_key_of_a_partition
--- from
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2, NULL);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
CREATE UNIQUE INDEX pu ON p (a, b);
INSERT INTO p VALUES (1,1),(2,2),(NULL,3);
--- to
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2, NULL);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
ALTER TABLE p ADD CONSTRAINT pu UNIQUE (a, b);
COMMENT ON INDEX p1u IS 'child'; COMMENT ON CONSTRAINT pu ON p IS 'root';
INSERT INTO p VALUES (1,1),(2,2),(NULL,3);

=== index_of_the_root_takes_the_key_of_a_partition
--- from
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
INSERT INTO p VALUES (1,1),(2,2);
--- to
CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
CREATE UNIQUE INDEX pu ON p (a, b);
INSERT INTO p VALUES (1,1),(2,2);

=== key_of_a_partition_under_an_index_that_changes
--- from
CREATE TABLE p (a int, b int, c int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
CREATE INDEX pu ON p (a, b);
CREATE TABLE other (a int, b int, FOREIGN KEY (a, b) REFERENCES p1 (a, b));
INSERT INTO p VALUES (1,1,1); INSERT INTO other VALUES (1, 1);
--- to
CREATE TABLE p (a int, b int, c int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
ALTER TABLE p1 ADD CONSTRAINT p1u UNIQUE (a, b);
CREATE INDEX pu ON p (b, c);
CREATE TABLE other (a int, b int, FOREIGN KEY (a, b) REFERENCES p1 (a, b));
INSERT INTO p VALUES (1,1,1); INSERT INTO other VALUES (1, 1);

=== statistics_of_indexes_of_the_root_and_its_parts
--- from
CREATE TABLE p (a int, b int, c text) PARTITION BY HASH (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX pi ON p (b) WITH (fillfactor = 70);
ALTER INDEX p1_b_idx SET (fillfactor = 50);
CREATE INDEX pe ON p ((b + 1));
ALTER INDEX p2_expr_idx ALTER COLUMN 1 SET STATISTICS 77;
ALTER TABLE p1 CLUSTER ON p1_b_idx;
INSERT INTO p SELECT i, i, i FROM generate_series(1,10) i;
--- to
CREATE TABLE p (a int, b bigint, c text) PARTITION BY HASH (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX pi ON p (b) WITH (fillfactor = 71);
ALTER INDEX p1_b_idx RESET (fillfactor);
CREATE INDEX pe ON p ((b + 1));
ALTER INDEX pe ALTER COLUMN 1 SET STATISTICS 66;
ALTER TABLE p2 CLUSTER ON p2_b_idx;
INSERT INTO p SELECT i, i, i FROM generate_series(1,10) i;
