=== cluster_on
--- from
CREATE TABLE t (id int PRIMARY KEY, u int); CREATE INDEX ui ON t (u);
--- to
CREATE TABLE t (id int PRIMARY KEY, u int); CREATE INDEX ui ON t (u); ALTER TABLE t CLUSTER ON ui;
=== index_unique_nnd
--- from
CREATE TABLE t (a int, b text); CREATE UNIQUE INDEX ix ON t (a);
--- to
CREATE TABLE t (a int, b text); CREATE UNIQUE INDEX ix ON t (a) NULLS NOT DISTINCT;
=== constraint_pk_change_with_fk
--- from
CREATE TABLE p (id int PRIMARY KEY, k int NOT NULL UNIQUE); CREATE TABLE c (p int REFERENCES p(id)); INSERT INTO p VALUES (1,1); INSERT INTO c VALUES (1);
--- to
CREATE TABLE p (id int NOT NULL UNIQUE, k int NOT NULL PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id));
=== pk_rename
--- from
CREATE TABLE p (id int CONSTRAINT a PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id));
--- to
CREATE TABLE p (id int CONSTRAINT b PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id));
=== fk_actions
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id) ON DELETE CASCADE);
--- to
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
=== fk_deferrable_only
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id));
--- to
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p(id) DEFERRABLE);
=== fk_match_full
--- from
CREATE TABLE p (a int, b int, PRIMARY KEY (a,b)); CREATE TABLE c (a int, b int, FOREIGN KEY (a,b) REFERENCES p);
--- to
CREATE TABLE p (a int, b int, PRIMARY KEY (a,b)); CREATE TABLE c (a int, b int, FOREIGN KEY (a,b) REFERENCES p MATCH FULL ON DELETE SET DEFAULT);
=== fk_setnull_cols
--- from
CREATE TABLE p (a int, b int, PRIMARY KEY (a,b)); CREATE TABLE c (a int, b int);
--- to
CREATE TABLE p (a int, b int, PRIMARY KEY (a,b)); CREATE TABLE c (a int, b int, FOREIGN KEY (a,b) REFERENCES p ON DELETE SET NULL (b));
=== fk_mutual
--- from
--- to
CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
=== fk_self
--- from
--- to
CREATE TABLE a (id int PRIMARY KEY, parent int REFERENCES a ON DELETE CASCADE);
=== fk_not_valid
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p NOT VALID;
--- to
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES p;
=== check_change
--- from
CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0)); COMMENT ON CONSTRAINT k ON t IS 'kk';
--- to
CREATE TABLE t (a int CONSTRAINT k CHECK (a > 1 AND a IN (2,3,4))); COMMENT ON CONSTRAINT k ON t IS 'kk';
=== exclusion
--- from
CREATE TABLE t (a int4range);
--- to
CREATE TABLE t (a int4range, CONSTRAINT e EXCLUDE USING gist (a WITH &&) WHERE (NOT isempty(a)) DEFERRABLE);
=== unique_deferrable
--- from
CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a));
--- to
CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (fillfactor=50) DEFERRABLE INITIALLY DEFERRED);
=== trigger_transition_constraint
--- from
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
--- to
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; CREATE TRIGGER tr AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f(); CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
=== check_uses_function
--- from
CREATE TABLE t (a int);
--- to
CREATE FUNCTION ok(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; CREATE TABLE t (a int CHECK (ok(a)), g int GENERATED ALWAYS AS (a * 2) STORED CHECK (g < 100)); CREATE INDEX ti ON t (ok(a));
=== function_used_in_check_changes_sig
--- from
CREATE FUNCTION ok(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; CREATE TABLE t (a int CHECK (ok(a))); CREATE INDEX ti ON t (ok(a)); INSERT INTO t VALUES (3);
--- to
CREATE FUNCTION ok(x int) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN x > 0; END'; CREATE TABLE t (a int CHECK (ok(a))); CREATE INDEX ti ON t (ok(a));
=== multi_schema_fk
CREATE SCHEMA s1; CREATE SCHEMA s2;
--- from
CREATE TABLE s1.a (id int PRIMARY KEY); CREATE TABLE s2.a (id int PRIMARY KEY, r int REFERENCES s1.a);
--- to
CREATE TABLE s1.a (id bigint PRIMARY KEY, z int REFERENCES s1.a); CREATE TABLE s2.a (id int PRIMARY KEY, r bigint REFERENCES s1.a, x int REFERENCES s2.a);
=== pk_drop_add
--- from
CREATE TABLE t (a int PRIMARY KEY, b int);
--- to
CREATE TABLE t (a int, b int);
=== pk_to_unique_index_same_name
--- from
CREATE TABLE t (a int CONSTRAINT k UNIQUE, b int);
--- to
CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX k ON t (a);
=== constraint_moves_kind
--- from
CREATE TABLE t (a int, CONSTRAINT k CHECK (a > 0));
--- to
CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a));
=== fk_retarget
--- from
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE c (x int CONSTRAINT fk REFERENCES p);
--- to
CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE c (x int CONSTRAINT fk REFERENCES q);
=== fk_on_unique_index_nonpk
--- from
CREATE TABLE p (a int, b int); CREATE TABLE c (a int, b int);
--- to
CREATE TABLE p (a int, b int); CREATE UNIQUE INDEX pu ON p (a, b); CREATE TABLE c (a int, b int, FOREIGN KEY (a, b) REFERENCES p (a, b)); 
=== drop_unique_with_fk
--- from
CREATE TABLE p (a int CONSTRAINT u UNIQUE); CREATE TABLE c (a int REFERENCES p (a));
--- to
CREATE TABLE p (a int); CREATE TABLE c (a int);
=== table_swap_fk_direction
--- from
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
--- to
CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES b);
=== check_shapes
--- from
CREATE TABLE t (a int, b text, c varchar(9), d date, e numeric);
--- to
CREATE TABLE t (a int CHECK (a IN (1,2,3)), b text CHECK (b IN ('x','y') OR b IS NULL), c varchar(9) CHECK (c = ANY (ARRAY['a','b'])), d date CHECK (d > '2020-01-01' AND d < '2030-01-01'::date), e numeric CHECK (e BETWEEN 0.5 AND 99.5 AND e <> 3), CHECK (a BETWEEN 1 AND 5 AND e BETWEEN 1 AND 3), CHECK (b ~* '^[a-z]+$' AND length(c) > 2), CHECK ((a > 1 OR b = 'q') AND NOT (a = 5 AND b = 'w')), CHECK (CASE WHEN a > 1 THEN b IS NOT NULL ELSE true END), CHECK (num_nonnulls(a, b) = 1), CHECK (c NOT IN ('p','q')), CHECK (b LIKE 'a%' OR b NOT ILIKE '%z'), CHECK (extract(year FROM d) > 2000), CHECK (coalesce(a, 0) >= -1), CHECK ((a, e) > (1, 2)), CHECK (d IS DISTINCT FROM '2021-01-01'));

=== unique_with_options_deferrable
--- from
CREATE TABLE t (id int, v text, r int4range);
--- to
CREATE TABLE t (id int, v text, r int4range, CONSTRAINT u UNIQUE (id) WITH (fillfactor=55) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT k PRIMARY KEY (v) INCLUDE (id) WITH (fillfactor=44), CONSTRAINT e EXCLUDE USING gist (r WITH &&) WITH (fillfactor=33) WHERE (id > 0) DEFERRABLE);

=== same_pk_other_table_partition
--- from
CREATE TABLE p (id int, v text, CONSTRAINT k PRIMARY KEY (id)); CREATE TABLE f (id int REFERENCES p); INSERT INTO p VALUES (1, 'x'); INSERT INTO f VALUES (1);
--- to
CREATE TABLE p (id int, v text NOT NULL, CONSTRAINT k2 PRIMARY KEY (id, v), CONSTRAINT k UNIQUE (id)); CREATE TABLE f (id int REFERENCES p (id)); INSERT INTO p VALUES (1, 'x'); INSERT INTO f VALUES (1);
