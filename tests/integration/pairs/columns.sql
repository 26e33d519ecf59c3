=== column_add_middle
--- from
CREATE TABLE t (id int, b text); INSERT INTO t VALUES (1,'x');
--- to
CREATE TABLE t (id int, a numeric(10,2) DEFAULT 1.5, b text);
=== column_add_not_null_no_default_rows
--- from
CREATE TABLE t (id int);
--- to
CREATE TABLE t (id int, a int NOT NULL);
=== column_type_widen
--- from
CREATE TABLE t (id int, v varchar(20)); INSERT INTO t VALUES (1,'x');
--- to
CREATE TABLE t (id bigint, v varchar(50));
=== column_type_text_to_int
--- from
CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1,'12');
--- to
CREATE TABLE t (id int, v int);
=== column_type_int_to_bool
--- from
CREATE TABLE t (id int, v int DEFAULT 0); INSERT INTO t VALUES (1,1);
--- to
CREATE TABLE t (id int, v boolean DEFAULT false);
=== column_type_int_to_uuid_nocast
--- from
CREATE TABLE t (id int, v int);
--- to
CREATE TABLE t (id int, v uuid);
=== column_type_int_to_date_nocast_rows
--- from
CREATE TABLE t (id int, v int); INSERT INTO t VALUES (1, NULL);
--- to
CREATE TABLE t (id int, v date);
=== column_type_with_view_chain
--- from
CREATE TABLE t (id int, v varchar(20)); CREATE VIEW a AS SELECT id, v FROM t; CREATE VIEW b AS SELECT upper(v) AS u FROM a; COMMENT ON VIEW b IS 'bb'; INSERT INTO t VALUES (1,'x');
--- to
CREATE TABLE t (id int, v text); CREATE VIEW a AS SELECT id, v FROM t; CREATE VIEW b AS SELECT upper(v) AS u FROM a; COMMENT ON VIEW b IS 'bb';
=== column_type_with_matview_index
--- from
CREATE TABLE t (id int, v varchar(20)); CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t; CREATE UNIQUE INDEX mi ON m (id); COMMENT ON INDEX mi IS 'x'; COMMENT ON COLUMN m.v IS 'vv';
--- to
CREATE TABLE t (id bigint, v text); CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t; CREATE UNIQUE INDEX mi ON m (id); COMMENT ON INDEX mi IS 'x'; COMMENT ON COLUMN m.v IS 'vv';
=== column_type_with_generated
--- from
CREATE TABLE t (id int, v int, g int GENERATED ALWAYS AS (v * 2) STORED); INSERT INTO t (id, v) VALUES (1,2);
--- to
CREATE TABLE t (id int, v bigint, g bigint GENERATED ALWAYS AS (v * 2) STORED);
=== generated_expr_change
--- from
CREATE TABLE t (v int, g int GENERATED ALWAYS AS (v * 2) STORED); CREATE INDEX ti ON t (g); CREATE VIEW w AS SELECT g FROM t; INSERT INTO t (v) VALUES (2);
--- to
CREATE TABLE t (v int, g int GENERATED ALWAYS AS (v * 3) STORED); CREATE INDEX ti ON t (g); CREATE VIEW w AS SELECT g FROM t;
=== generated_to_plain
--- from
CREATE TABLE t (v int, g int GENERATED ALWAYS AS (v * 2) STORED); INSERT INTO t (v) VALUES (2);
--- to
CREATE TABLE t (v int, g int);
=== plain_to_generated
--- from
CREATE TABLE t (v int, g int); INSERT INTO t (v) VALUES (2);
--- to
CREATE TABLE t (v int, g int GENERATED ALWAYS AS (v * 2) STORED);
=== type_with_policy
--- from
CREATE TABLE t (id int, owner varchar(20)); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (owner = current_user);
--- to
CREATE TABLE t (id int, owner text); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (owner = current_user);
=== type_with_check_index_expr
--- from
CREATE TABLE t (id int, v varchar(20) CHECK (length(v) > 2)); CREATE INDEX ON t (lower(v)); CREATE INDEX ON t (id) WHERE v <> 'x';
--- to
CREATE TABLE t (id int, v text CHECK (length(v) > 2)); CREATE INDEX ON t (lower(v)); CREATE INDEX ON t (id) WHERE v <> 'x';
=== type_with_fk_both
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int, p int REFERENCES p); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1,1);
--- to
CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id int, p bigint REFERENCES p);
=== type_with_trigger_column
--- from
CREATE TABLE t (id int, v varchar(10)); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr BEFORE UPDATE OF v ON t FOR EACH ROW WHEN (old.v <> new.v) EXECUTE FUNCTION f();
--- to
CREATE TABLE t (id int, v text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr BEFORE UPDATE OF v ON t FOR EACH ROW WHEN (old.v <> new.v) EXECUTE FUNCTION f();
=== type_with_statistics
--- from
CREATE TABLE t (a int, b varchar(10)); CREATE STATISTICS s (ndistinct) ON a, b FROM t;
--- to
CREATE TABLE t (a int, b text); CREATE STATISTICS s (ndistinct, dependencies) ON a, b FROM t;
=== type_with_rowtype_function
--- from
CREATE TABLE t (id int, v varchar(10)); CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v::text'; CREATE VIEW w AS SELECT f(t.*) AS x FROM t;
--- to
CREATE TABLE t (id int, v text); CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v::text'; CREATE VIEW w AS SELECT f(t.*) AS x FROM t;
=== setof_function_table_drop_column
--- from
CREATE TABLE t (id int, v text, w int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'; INSERT INTO t VALUES (1,'a',2);
--- to
CREATE TABLE t (id int, v text); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';
=== column_default_change
--- from
CREATE TABLE t (id int DEFAULT 1, v timestamptz DEFAULT now());
--- to
CREATE TABLE t (id int, v timestamptz DEFAULT CURRENT_TIMESTAMP);
=== column_default_function_new
--- from
CREATE TABLE t (id int);
--- to
CREATE FUNCTION nextid() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (id int DEFAULT nextid());
=== serial_add
--- from
CREATE TABLE t (v text); INSERT INTO t VALUES ('a');
--- to
CREATE TABLE t (v text, id serial PRIMARY KEY);
=== serial_to_identity
--- from
CREATE TABLE t (id serial PRIMARY KEY, v text); INSERT INTO t (v) VALUES ('a'),('b');
--- to
CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text);
=== identity_options
--- from
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2));
--- to
CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY (START 7 INCREMENT 3 CACHE 5 CYCLE MINVALUE 2 MAXVALUE 100));
=== identity_on_nullable
--- from
CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1,'a');
--- to
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text);
=== identity_drop
--- from
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text);
--- to
CREATE TABLE t (id int, v text);
=== identity_type
--- from
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text);
--- to
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, v text);
=== serial_to_bigserial
--- from
CREATE TABLE t (id serial PRIMARY KEY, v text); INSERT INTO t (v) VALUES ('a'),('b');
--- to
CREATE TABLE t (id bigserial PRIMARY KEY, v text);
=== storage_compression_stats
--- from
CREATE TABLE t (a text, b text, c int);
--- to
CREATE TABLE t (a text, b text, c int); ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz, ALTER c SET STATISTICS 500, ALTER c SET (n_distinct = 5);
=== replica_identity
--- from
CREATE TABLE t (id int NOT NULL, u int NOT NULL); CREATE UNIQUE INDEX ui ON t (u);
--- to
CREATE TABLE t (id int NOT NULL, u int NOT NULL); CREATE UNIQUE INDEX ui ON t (u); ALTER TABLE t REPLICA IDENTITY USING INDEX ui;
=== check_in_varchar
--- from
CREATE TABLE t (a varchar(10), b int);
--- to
CREATE TABLE t (a varchar(10) CHECK (a IN ('x','y')), b int CHECK (b BETWEEN 1 AND 5 AND b <> 3));
=== not_null
--- from
CREATE TABLE t (a int, b int NOT NULL); INSERT INTO t VALUES (1,1);
--- to
CREATE TABLE t (a int NOT NULL, b int);
=== partition_column_overrides
--- from
CREATE TABLE m (id int, d int DEFAULT 1) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1,2);
--- to
CREATE TABLE m (id int, d int DEFAULT 1) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m (id NOT NULL DEFAULT 7, d DEFAULT 2, CHECK (id > 3)) FOR VALUES IN (1,2);
=== partition_add_column
--- from
CREATE TABLE m (id int, d int) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1); INSERT INTO m VALUES (1,1);
--- to
CREATE TABLE m (id int, d int, x text DEFAULT 'q' NOT NULL) PARTITION BY LIST (d); CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
=== inherit_override_default
--- from
CREATE TABLE p (a int DEFAULT 1); CREATE TABLE c (x int) INHERITS (p);
--- to
CREATE TABLE p (a int DEFAULT 1); CREATE TABLE c (x int) INHERITS (p); ALTER TABLE c ALTER a SET DEFAULT 5; ALTER TABLE c ALTER a SET NOT NULL;
=== view_change_columns
--- from
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t;
--- to
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;
=== view_column_default
--- from
CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT a, b FROM t;
--- to
CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT a, b FROM t; ALTER VIEW v ALTER b SET DEFAULT 'zz'; COMMENT ON COLUMN v.a IS 'c';
=== column_collation
--- from
CREATE TABLE t (a text); CREATE INDEX ti ON t (a);
--- to
CREATE TABLE t (a text COLLATE "C"); CREATE INDEX ti ON t (a);
=== column_drop_with_view
--- from
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;
--- to
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
=== default_with_sequence_other_schema
--- from
CREATE TABLE t (a int);
--- to
CREATE SCHEMA s; CREATE SEQUENCE s.q; CREATE TABLE t (a int DEFAULT nextval('s.q'::regclass));
=== varchar_shrink_numeric
--- from
CREATE TABLE t (a varchar(50), n numeric(12,4), ts timestamp); INSERT INTO t VALUES ('x', 1.25, '2020-01-01');
--- to
CREATE TABLE t (a varchar(10), n numeric(8,2), ts timestamptz);
=== array_types
--- from
CREATE TABLE t (a int[], b text); INSERT INTO t VALUES ('{1,2}', 'x');
--- to
CREATE TABLE t (a bigint[], b text[]);
=== json_jsonb
--- from
CREATE TABLE t (a json, b text); INSERT INTO t VALUES ('{}', '{}');
--- to
CREATE TABLE t (a jsonb, b jsonb DEFAULT '{}'); CREATE INDEX ti ON t USING gin (a jsonb_path_ops);
=== interval_types
--- from
CREATE TABLE t (a interval, b time, c bit(3));
--- to
CREATE TABLE t (a interval(3), b timetz, c bit varying(5));
=== part_default_swap
--- from
CREATE TABLE m (d int) PARTITION BY RANGE (d); CREATE TABLE p1 PARTITION OF m DEFAULT; CREATE TABLE p2 PARTITION OF m FOR VALUES FROM (0) TO (10);
--- to
CREATE TABLE m (d int) PARTITION BY RANGE (d); CREATE TABLE p2 PARTITION OF m DEFAULT; CREATE TABLE p1 PARTITION OF m FOR VALUES FROM (0) TO (10);
=== part_column_type
--- from
CREATE TABLE m (id int, d int, v varchar(5)) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m FOR VALUES FROM (0) TO (5); CREATE VIEW w AS SELECT v FROM p; INSERT INTO m VALUES (1,2,'x');
--- to
CREATE TABLE m (id bigint, d int, v text NOT NULL) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m FOR VALUES FROM (0) TO (5); CREATE VIEW w AS SELECT v FROM p;
=== part_drop_column_order
--- from
CREATE TABLE m (id int, x int, d int) PARTITION BY RANGE (d); CREATE TABLE p (d int, zz int, id int, x int); ALTER TABLE p DROP zz; ALTER TABLE m ATTACH PARTITION p FOR VALUES FROM (0) TO (9);
--- to
CREATE TABLE m (id int, d int) PARTITION BY RANGE (d); CREATE TABLE p (d int, id int); ALTER TABLE m ATTACH PARTITION p FOR VALUES FROM (0) TO (9);
=== part_identity_serial
--- from
CREATE TABLE m (d int) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m DEFAULT;
--- to
CREATE TABLE m (id serial, d int) PARTITION BY RANGE (d); CREATE TABLE p PARTITION OF m DEFAULT;
=== function_default_args_change
--- from
CREATE FUNCTION f(a int, b int DEFAULT 2, c text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT f(1) AS z;
--- to
CREATE FUNCTION f(a int, b int, c text DEFAULT 'y''z') RETURNS int LANGUAGE sql AS 'SELECT 1';
=== drop_type_used_only_by_dropped_column
--- from
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a int, x e); CREATE DOMAIN dd AS int; CREATE TABLE u (z dd);
--- to
CREATE TABLE t (a int); CREATE TABLE u (z int);
=== generated_uses_function_change
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE t (a int, g int GENERATED ALWAYS AS (f(a)) STORED); INSERT INTO t (a) VALUES (1);
--- to
CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint'; CREATE TABLE t (a int, g bigint GENERATED ALWAYS AS (f(a)) STORED);
=== generated_column_dropped_base
--- from
CREATE TABLE t (a int, b int, g int GENERATED ALWAYS AS (a + b) STORED); INSERT INTO t (a,b) VALUES (1,2);
--- to
CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a + 1) STORED);
=== pk_column_change
--- from
CREATE TABLE t (a int, b int, PRIMARY KEY (a)); INSERT INTO t VALUES (1,2);
--- to
CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));
=== index_on_dropped_column
--- from
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a, b); CREATE INDEX j ON t (b); ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b);
--- to
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
=== sequence_type_and_default
--- from
CREATE SEQUENCE s START 10; CREATE TABLE t (a int DEFAULT nextval('s'));
--- to
CREATE SEQUENCE s2 START 10; CREATE TABLE t (a int DEFAULT nextval('s2') * 2);
=== serial_detach
--- from
CREATE TABLE t (a serial); INSERT INTO t DEFAULT VALUES;
--- to
CREATE TABLE t (a int NOT NULL);
=== sequence_renamed_serial
--- from
CREATE TABLE t (a serial);
--- to
CREATE SEQUENCE other AS int; CREATE TABLE t (a int NOT NULL DEFAULT nextval('other')); ALTER SEQUENCE other OWNED BY t.a;
=== unlogged_sequence_identity
--- from
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY);
--- to
CREATE UNLOGGED TABLE t (a int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME myseq));
=== identity_to_serial
--- from
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b int);
--- to
CREATE TABLE t (a serial, b int);
=== column_to_identity_with_default
--- from
CREATE TABLE t (a int NOT NULL DEFAULT 5, b int);
--- to
CREATE TABLE t (a int GENERATED BY DEFAULT AS IDENTITY, b int);
=== default_expressions
--- from
CREATE TABLE t (a text DEFAULT 'a''b', b jsonb DEFAULT '{"k": [1,2]}', c text[] DEFAULT '{}', d timestamptz DEFAULT now() + interval '1 day', e uuid DEFAULT gen_random_uuid(), f numeric DEFAULT -1, g bit(3) DEFAULT B'101', h bytea DEFAULT '\x00ff', i date DEFAULT CURRENT_DATE, j inet DEFAULT '10.0.0.1', k text DEFAULT upper('x') || 'y');
--- to
CREATE TABLE t (a text DEFAULT E'a\\b\n', b jsonb DEFAULT '[]', c text[] DEFAULT ARRAY['x','y'], d timestamptz DEFAULT (now() AT TIME ZONE 'utc'), e uuid, f numeric DEFAULT 1.50, g bit(3) DEFAULT B'111', h bytea DEFAULT '\xdead', i date DEFAULT '2020-02-29', j inet DEFAULT '::1', k text DEFAULT NULL::text);
=== column_swap_types
--- from
CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, '2');
--- to
CREATE TABLE t (a text, b int);
=== not_null_add_with_nulls
--- from
CREATE TABLE t (a int, b int); 
--- to
CREATE TABLE t (a int, b int NOT NULL DEFAULT 0);
=== drop_column_used_by_sql_body
--- from
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(b) FROM t; END; CREATE VIEW v AS SELECT f() AS x;
--- to
CREATE TABLE t (a int);
=== everything_of_a_column_at_once
--- from
CREATE TABLE t (id int, v varchar(10) DEFAULT 'x' NOT NULL); CREATE INDEX tv ON t (v); COMMENT ON COLUMN t.v IS 'one'; INSERT INTO t VALUES (1, '7');
--- to
CREATE TABLE t (id int, v text COLLATE "C" DEFAULT 'y'); CREATE INDEX tv ON t (v); COMMENT ON COLUMN t.v IS 'two'; ALTER TABLE t ALTER v SET STORAGE EXTERNAL, ALTER v SET STATISTICS 77;
=== key_column_becomes_identity
--- from
CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE c (t int REFERENCES t); INSERT INTO t VALUES (1, 'a'); INSERT INTO c VALUES (1);
--- to
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text); CREATE TABLE c (t bigint REFERENCES t ON DELETE CASCADE);

=== new_key_of_rows_that_are_there
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('y');
--- to
CREATE TABLE t (a text, id int PRIMARY KEY);

=== new_part_of_a_key
--- from
CREATE TABLE t (a text, g int NOT NULL); INSERT INTO t VALUES ('x', 1), ('y', 1);
--- to
CREATE TABLE t (a text, g int NOT NULL, id bigint NOT NULL, PRIMARY KEY (g, id));

=== new_key_of_uuids
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('y');
--- to
CREATE TABLE t (a text, id uuid PRIMARY KEY);

=== new_keys_of_text
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('y');
--- to
CREATE TABLE t (a text, id text PRIMARY KEY, v varchar(10) NOT NULL UNIQUE);

=== new_column_under_a_unique_index
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('x'), ('y');
--- to
CREATE TABLE t (a text, e text NOT NULL); CREATE UNIQUE INDEX i ON t (lower(e));

=== new_columns_of_domains_that_take_no_null
CREATE DOMAIN label AS text NOT NULL; CREATE DOMAIN tag AS label CHECK (length(VALUE) < 9); CREATE DOMAIN state AS text NOT NULL DEFAULT 'new';
--- from
CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);
--- to
CREATE TABLE t (a int, b label, c tag, d state); INSERT INTO t VALUES (1, 'u', 'v', 'w'), (2, 'v', 'w', 'x');
