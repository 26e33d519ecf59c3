-- What applications do at once: small changes that meet on the same tables, reduced from whole schemas.

=== seq_serial_to_default_of_another_sequence
--- from
CREATE TABLE t (id serial);
--- to
CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s'));

=== seq_serial_to_default_of_another_sequence_not_null
--- from
CREATE TABLE t (id serial);
--- to
CREATE SEQUENCE s; CREATE TABLE t (id int NOT NULL DEFAULT nextval('s'));

=== seq_serial_to_plain
--- from
CREATE TABLE t (id serial);
--- to
CREATE TABLE t (id int DEFAULT 5);

=== ambig_domain_base_change
--- from
CREATE FUNCTION ok(text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> '' $$; CREATE DOMAIN d AS text CHECK (ok(VALUE));
--- to
CREATE FUNCTION ok(v text, n int DEFAULT 1) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) >= n $$; CREATE DOMAIN d AS varchar(10) CHECK (ok(VALUE));

=== ambig_partition_key
--- from
CREATE FUNCTION buck(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2'; CREATE TABLE u (c int) PARTITION BY LIST (buck(c));
--- to
CREATE FUNCTION buck(int, m int DEFAULT 3) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 % m'; CREATE TABLE u (c int) PARTITION BY LIST (buck(c));

=== ambig_policy_of_rebuilt_table
--- from
CREATE TABLE x (id int); CREATE FUNCTION f(u int DEFAULT 1) RETURNS bool LANGUAGE sql STABLE AS $$ SELECT true $$; CREATE TABLE o (id int) PARTITION BY RANGE (id); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (f());
--- to
CREATE TABLE x (id int); CREATE FUNCTION f() RETURNS bool LANGUAGE sql STABLE AS $$ SELECT true $$; CREATE TABLE o (id int) PARTITION BY LIST (id); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (f());

=== ambig_default_of_rebuilt_table
--- from
CREATE FUNCTION f(u int DEFAULT 1) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int DEFAULT f(), CHECK (id > 0)) PARTITION BY RANGE (id);
--- to
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int DEFAULT f(), CHECK (id > 0)) PARTITION BY LIST (id);

=== ambig_check_index_of_rebuilt_table
--- from
CREATE FUNCTION f(a int, u int DEFAULT 1) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int, CHECK (f(id) > 0)) PARTITION BY RANGE (id); CREATE INDEX oi ON o (f(id));
--- to
CREATE FUNCTION f(a int) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int, CHECK (f(id) > 0)) PARTITION BY LIST (id); CREATE INDEX oi ON o (f(id));

=== ambig_view_of_rebuilt_table
-- since 14
--- from
CREATE FUNCTION f(u int DEFAULT 1) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int) PARTITION BY RANGE (id); CREATE VIEW v AS SELECT id, f() AS f FROM o; CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT f() FROM o; END;
--- to
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE o (id int) PARTITION BY LIST (id); CREATE VIEW v AS SELECT id, f() AS f FROM o; CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT f() FROM o; END;

=== ambig_domain_rebuilt_for_enum
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE FUNCTION ok(e) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE DOMAIN d AS e CHECK (ok(VALUE)); CREATE TABLE t (a d);
--- to
CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION ok(e, x int DEFAULT 1) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE DOMAIN d AS e CHECK (ok(VALUE)); CREATE TABLE t (a d);

=== dropped_check_of_domain_over_composite
--- from
CREATE TYPE c AS (a int, b text); CREATE FUNCTION ok(c) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1.a > 0 $$; CREATE DOMAIN d AS c CHECK (ok(VALUE)); CREATE TABLE u (x d);
--- to
CREATE TYPE c AS (a bigint, b text, e int); CREATE FUNCTION ok(c, strict bool DEFAULT false) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1.a > 0 $$; CREATE DOMAIN d AS c CHECK (ok(VALUE)); CREATE TABLE u (x d);

=== dropped_check_of_domain_over_composite_attr_only
--- from
CREATE TYPE c AS (a int, b text); CREATE FUNCTION ok(c) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1.a > 0 $$; CREATE DOMAIN d AS c CHECK (ok(VALUE));
--- to
CREATE TYPE c AS (a int, b text); CREATE FUNCTION ok(c, strict bool DEFAULT false) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1.a > 0 $$; CREATE DOMAIN d AS c CHECK (ok(VALUE));

=== pk_include_retyped_under_fk
--- from
CREATE DOMAIN mail AS text; CREATE TABLE u (id int, m mail, CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);
--- to
CREATE DOMAIN mail AS varchar(5); CREATE TABLE u (id int, m mail, CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);

=== pk_include_retyped_under_fk_plain
--- from
CREATE TABLE u (id int, m text, CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);
--- to
CREATE TABLE u (id int, m varchar(5), CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);

=== pk_include_enum_rebuilt_under_fk
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE u (id int, m e, CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);
--- to
CREATE TYPE e AS ENUM ('b'); CREATE TABLE u (id int, m e, CONSTRAINT k PRIMARY KEY (id) INCLUDE (m)); CREATE TABLE o (u int REFERENCES u);

=== row_array_over_domain_gone
--- from
CREATE DOMAIN ident AS bigint CHECK (VALUE > 0); CREATE TABLE u (id ident); CREATE TABLE l (who u[]);
--- to
CREATE TABLE u (id int); CREATE TABLE l (who u[]);

=== tags_domain_array_moves_schema
CREATE SCHEMA ty;
--- from
CREATE DOMAIN mail AS text NOT NULL CHECK (VALUE <> ''); CREATE TABLE u (tags mail[]);
--- to
CREATE DOMAIN ty.mail AS text NOT NULL CHECK (VALUE <> ''); CREATE TABLE u (tags ty.mail[]);

=== array_of_domain_gets_check
--- from
CREATE DOMAIN mail AS text; CREATE TABLE u (tags mail[]); INSERT INTO u VALUES ('{a@b}');
--- to
CREATE DOMAIN mail AS text CHECK (VALUE ~ '@'); CREATE TABLE u (tags mail[]); INSERT INTO u VALUES ('{a@b}');

=== array_of_domain_not_null_toggle
--- from
CREATE DOMAIN mail AS text; CREATE TABLE u (tags mail[]); INSERT INTO u VALUES ('{a@b}');
--- to
CREATE DOMAIN mail AS text NOT NULL DEFAULT 'x' CHECK (VALUE ~ '@') CHECK (length(VALUE) > 1); CREATE TABLE u (tags mail[]); INSERT INTO u VALUES ('{a@b}');

=== default_of_new_array_of_domain
--- from
CREATE DOMAIN mail AS text CHECK (VALUE ~ '@'); CREATE TABLE u (tags text[] DEFAULT '{new}'); INSERT INTO u VALUES ('{a@b}');
--- to
CREATE DOMAIN mail AS text CHECK (VALUE ~ '@'); CREATE TABLE u (tags mail[]); INSERT INTO u VALUES ('{a@b}');

=== policy_over_setof_table_that_grows
--- from
CREATE TABLE u (id int); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.id FROM g()));
--- to
CREATE TABLE u (id int, x text); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.id FROM g()));

=== view_over_setof_table_that_grows
-- since 14
--- from
CREATE TABLE u (id int); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; CREATE VIEW v AS SELECT g.id FROM g(); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g.id FROM g(); END; CREATE MATERIALIZED VIEW m AS SELECT g.id FROM g(); CREATE TABLE r (a int); CREATE RULE ru AS ON INSERT TO r DO ALSO UPDATE u SET id = (SELECT g.id FROM g());
--- to
CREATE TABLE u (id int, x text); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; CREATE VIEW v AS SELECT g.id FROM g(); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g.id FROM g(); END; CREATE MATERIALIZED VIEW m AS SELECT g.id FROM g(); CREATE TABLE r (a int); CREATE RULE ru AS ON INSERT TO r DO ALSO UPDATE u SET id = (SELECT g.id FROM g());

=== policy_over_setof_generated_rebuilt
--- from
CREATE TABLE u (id int, x int GENERATED ALWAYS AS (id + 1) STORED); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.id FROM g()));
--- to
CREATE TABLE u (id int, x int GENERATED ALWAYS AS (id + 2) STORED); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.id FROM g()));

=== view_over_setof_generated_rebuilt
-- since 14
--- from
CREATE TABLE u (id int, x int GENERATED ALWAYS AS (id + 1) STORED); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; CREATE VIEW v AS SELECT g.id FROM g(); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g.id FROM g(); END; CREATE MATERIALIZED VIEW m AS SELECT g.id FROM g();
--- to
CREATE TABLE u (id int, x int GENERATED ALWAYS AS (id + 2) STORED); CREATE FUNCTION g() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM public.u'; CREATE VIEW v AS SELECT g.id FROM g(); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g.id FROM g(); END; CREATE MATERIALIZED VIEW m AS SELECT g.id FROM g();

=== policy_alias_of_table_that_grows
--- from
CREATE TABLE u (id int); CREATE TABLE o (id int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.b FROM u g(b)));
--- to
CREATE TABLE u (id int, x text); CREATE TABLE o (id int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON o USING (id IN (SELECT g.b FROM u g(b)));

=== atomic_fn_with_domain_param_default_table_moves
-- since 14
CREATE SCHEMA app;
--- from
CREATE DOMAIN mail AS text NOT NULL; CREATE TABLE u (id int, m mail, s text); CREATE FUNCTION f(i int DEFAULT 1) RETURNS bool LANGUAGE sql STABLE BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM u WHERE id = i); END;
--- to
CREATE DOMAIN mail AS text; CREATE TABLE app.u (id int, m mail, s text); CREATE FUNCTION f(i int DEFAULT 1) RETURNS bool LANGUAGE sql STABLE BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM app.u WHERE id = i); END;

=== atomic_fn_table_moves_enum_rebuilt
-- since 14
CREATE SCHEMA app;
--- from
CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE u (id int, s st); CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT id FROM u; END;
--- to
CREATE TYPE st AS ENUM ('b'); CREATE TABLE app.u (id int, s st); CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT id FROM app.u; END;

=== policy_table_moves_enum_rebuilt
CREATE SCHEMA app;
--- from
CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE o (id int, s st); CREATE TABLE u (id int, s st); ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (EXISTS (SELECT 1 FROM o WHERE o.id = u.id));
--- to
CREATE TYPE st AS ENUM ('b'); CREATE TABLE app.o (id int, s st); CREATE TABLE u (id int, s st); ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (EXISTS (SELECT 1 FROM app.o WHERE o.id = u.id));

=== view_table_moves_enum_rebuilt
CREATE SCHEMA app;
--- from
CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE o (id int, s st); CREATE VIEW v AS SELECT id FROM o; CREATE TABLE u (id int, s st); CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM o;
--- to
CREATE TYPE st AS ENUM ('b'); CREATE TABLE app.o (id int, s st); CREATE VIEW v AS SELECT id FROM app.o; CREATE TABLE u (id int, s st); CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM app.o;

=== fk_pk_renamed_and_include
--- from
CREATE TABLE u (id int, CONSTRAINT pk1 PRIMARY KEY (id)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u); INSERT INTO u VALUES (1); INSERT INTO o VALUES (1);
--- to
CREATE TABLE u (id int, CONSTRAINT pk2 PRIMARY KEY (id)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u DEFERRABLE); INSERT INTO u VALUES (1); INSERT INTO o VALUES (1);

=== fk_deferrable_pk_renamed_seen
--- from
CREATE TABLE u (id int, CONSTRAINT pk1 PRIMARY KEY (id)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u ON DELETE CASCADE);
--- to
CREATE TABLE u (id int, CONSTRAINT pk2 PRIMARY KEY (id)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u);

=== policy_no_longer_calls_reader_of_altered_table
-- since 14
--- from
CREATE TABLE u (id int) WITH (fillfactor = 70); ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (id > 0);
--- to
CREATE TABLE u (id int); CREATE FUNCTION f() RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM u); END; ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (f());

=== policy_no_longer_calls_row_function_of_altered_table
--- from
CREATE TABLE u (id int) WITH (fillfactor = 70); CREATE FUNCTION f(w u) RETURNS bool LANGUAGE sql AS 'SELECT true'; ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (f(NULL));
--- to
CREATE TABLE u (id int); ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON u USING (id > 0);

=== trigger_no_longer_calls_row_function_of_altered_table
--- from
CREATE TABLE u (id int) WITH (fillfactor = 70); CREATE FUNCTION f(w u) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE UPDATE ON u FOR EACH ROW WHEN (f(NEW)) EXECUTE FUNCTION tf(); CREATE RULE r AS ON DELETE TO u WHERE f(OLD) DO INSTEAD NOTHING;
--- to
CREATE TABLE u (id int); CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE UPDATE ON u FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION tf(); CREATE RULE r AS ON DELETE TO u WHERE OLD.id > 0 DO INSTEAD NOTHING;

=== default_no_longer_calls_reader_of_altered_table
-- since 14
--- from
CREATE TABLE u (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT max(id) + 1 FROM u; END; ALTER TABLE u ALTER id SET DEFAULT f();
--- to
CREATE TABLE u (id int DEFAULT 1) WITH (fillfactor = 70);

=== check_no_longer_calls_row_function_of_altered_table
--- from
CREATE TABLE u (id int); CREATE FUNCTION f(u) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; ALTER TABLE u ADD CONSTRAINT c CHECK (f(u.*)); CREATE INDEX i ON u (f(u.*));
--- to
CREATE TABLE u (id bigint, CONSTRAINT c CHECK (id > 0)) WITH (fillfactor = 70); CREATE INDEX i ON u (id);

=== policy_function_moves_while_generated_rebuilt
-- since 14
CREATE SCHEMA fn;
--- from
CREATE TABLE u (id int, e text, s text GENERATED ALWAYS AS (lower(e)) STORED); CREATE TABLE o (id int); CREATE FUNCTION fn.g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s FROM u; END; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (fn.g() = 'x');
--- to
CREATE TABLE u (id int, e text, s text GENERATED ALWAYS AS (upper(e)) STORED); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s FROM u; END; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (g() = 'x');

=== policy_function_moves_while_column_retyped
-- since 14
CREATE SCHEMA fn;
--- from
CREATE TABLE u (s int); CREATE TABLE o (id int); CREATE FUNCTION fn.g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s::text FROM u; END; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (fn.g() = 'x');
--- to
CREATE TABLE u (s bigint); CREATE TABLE o (id int); CREATE FUNCTION g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s::text FROM u; END; ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (g() = 'x');

=== array_of_new_domain
--- from
CREATE TABLE u (tags text[]);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE TABLE u (tags mail[]);

=== array_of_new_domain_new_table_is_fine
--- from
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE TABLE u (tags mail[]);

=== new_attribute_of_new_domain_in_array_of_composite
--- from
CREATE TYPE a AS (s text); CREATE TABLE o (s a[]);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE TYPE a AS (s text, m mail); CREATE TABLE o (s a[]);

=== new_attribute_of_new_domain_in_composite
--- from
CREATE TYPE a AS (s text); CREATE TABLE o (s a);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE TYPE a AS (s text, m mail); CREATE TABLE o (s a);

=== new_column_of_new_domain_in_row_type_column
--- from
CREATE TABLE u (id int); CREATE TABLE l (who u);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE TABLE u (id int, m mail); CREATE TABLE l (who u);

=== range_of_new_domain_column
--- from
CREATE TABLE l (r text);
--- to
CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE TYPE pr AS RANGE (subtype = pos); CREATE TABLE l (r pr);

=== new_array_domain_over_domain
--- from
CREATE TABLE u (tags text[]);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE <> ''); CREATE DOMAIN mails AS mail[] CHECK (array_length(VALUE, 1) > 0); CREATE TABLE u (tags mails);

=== aside_function_over_retyped_column
-- since 14
--- from
CREATE TABLE u (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT id FROM u; END; CREATE TABLE o (id int) PARTITION BY RANGE (id); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (id = f());
--- to
CREATE TABLE u (id bigint); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT id FROM u; END; CREATE TABLE o (id int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (id = f());

=== aside_function_over_dropped_column
-- since 14
--- from
CREATE TABLE u (id int, g int GENERATED ALWAYS AS (id + 1) STORED); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g FROM u; END; CREATE TABLE o (id int) PARTITION BY RANGE (id); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (id = f());
--- to
CREATE TABLE u (id int, g int GENERATED ALWAYS AS (id + 2) STORED); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g FROM u; END; CREATE TABLE o (id int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (id = f());

=== aside_function_over_rebuilt_enum
-- since 14
--- from
CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE u (s st); CREATE FUNCTION f() RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM u WHERE s = 'b'); END; CREATE TABLE o (s st) PARTITION BY LIST (s); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (f());
--- to
CREATE TYPE st AS ENUM ('b'); CREATE TABLE u (s st); CREATE FUNCTION f() RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM u WHERE s = 'b'); END; CREATE TABLE o (s st) PARTITION BY LIST (s); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (f());

=== aside_function_in_default
-- since 14
--- from
CREATE TABLE u (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT id FROM u; END; CREATE TABLE o (id int DEFAULT f()) PARTITION BY RANGE (id);
--- to
CREATE TABLE u (id bigint); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT id FROM u; END; CREATE TABLE o (id int DEFAULT f());

=== becomes_generated_while_table_is_rebuilt
--- from
CREATE TABLE o (id int, t int) PARTITION BY RANGE (id); CREATE TABLE o1 PARTITION OF o DEFAULT; INSERT INTO o VALUES (1, 5);
--- to
CREATE TABLE o (id int, t int GENERATED ALWAYS AS (id * 2) STORED);

=== becomes_generated_plain
--- from
CREATE TABLE o (id int, t int); INSERT INTO o VALUES (1, 5);
--- to
CREATE TABLE o (id int, t int GENERATED ALWAYS AS (id * 2) STORED);

=== fk_alterable_while_unique_renamed
--- from
CREATE TABLE u (id int CONSTRAINT k1 UNIQUE); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id));
--- to
CREATE TABLE u (id int CONSTRAINT k2 UNIQUE); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id) DEFERRABLE);

=== fk_alterable_while_pk_becomes_unique
--- from
CREATE TABLE u (id int CONSTRAINT k1 PRIMARY KEY); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id));
--- to
CREATE TABLE u (id int NOT NULL CONSTRAINT k1 UNIQUE); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED);

=== fk_alterable_while_pk_gets_include
--- from
CREATE TABLE u (id int CONSTRAINT k1 PRIMARY KEY, b int); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id));
--- to
CREATE TABLE u (id int CONSTRAINT k1 PRIMARY KEY, b int);  ALTER TABLE u DROP CONSTRAINT k1; ALTER TABLE u ADD CONSTRAINT k1 PRIMARY KEY (id) INCLUDE (b); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED);

=== fk_include_unique_retyped
--- from
CREATE TABLE u (id int, b int, UNIQUE (id) INCLUDE (b)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id));
--- to
CREATE TABLE u (id int, b bigint, UNIQUE (id) INCLUDE (b)); CREATE TABLE o (u int CONSTRAINT fk REFERENCES u (id));

=== fk_to_self_include_retyped
--- from
CREATE TABLE u (id int, b int, p int, UNIQUE (id) INCLUDE (b), CONSTRAINT s FOREIGN KEY (p) REFERENCES u (id));
--- to
CREATE TABLE u (id int, b bigint, p int, UNIQUE (id) INCLUDE (b), CONSTRAINT s FOREIGN KEY (p) REFERENCES u (id));

=== policy_over_atomic_setof_loses_a_column_before_the_one_used
-- since 14
--- from
CREATE TABLE t (a int, b int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE TABLE o (x int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (x IN (SELECT q.c FROM f() q));
--- to
CREATE TABLE t (a int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE TABLE o (x int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (x IN (SELECT q.c FROM f() q));

=== view_and_rule_over_atomic_setof_lose_a_column
-- since 14
--- from
CREATE TABLE t (a int, b int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE VIEW v AS SELECT q.c FROM f() q; CREATE TABLE o (x int); CREATE RULE r AS ON DELETE TO o DO ALSO UPDATE o SET x = (SELECT q.c FROM f() q); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT q.c FROM f() q; END;
--- to
CREATE TABLE t (a int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE VIEW v AS SELECT q.c FROM f() q; CREATE TABLE o (x int); CREATE RULE r AS ON DELETE TO o DO ALSO UPDATE o SET x = (SELECT q.c FROM f() q); CREATE FUNCTION h() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT q.c FROM f() q; END;

=== policy_over_atomic_setof_shifts_silently
-- since 14
--- from
CREATE TABLE t (a int, b int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE TABLE o (x int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (x IN (SELECT q.b FROM f() q)); INSERT INTO t VALUES (1, 2, 3);
--- to
CREATE TABLE t (b int, c int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; END; CREATE TABLE o (x int); ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON o USING (x IN (SELECT q.b FROM f() q));

=== row_over_domain_changed
--- from
CREATE DOMAIN mail AS text CHECK (VALUE ~ '@'); CREATE TABLE u (m mail); CREATE TABLE l (who u);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE ~ 'x'); CREATE TABLE u (m mail); CREATE TABLE l (who u);

=== row_array_over_domain_gets_check
--- from
CREATE DOMAIN mail AS text; CREATE TABLE u (m mail); CREATE TABLE l (who u[]);
--- to
CREATE DOMAIN mail AS text CHECK (VALUE ~ '@'); CREATE TABLE u (m mail); CREATE TABLE l (who u[]);

=== default_function_moves_while_column_retyped
-- since 14
CREATE SCHEMA fn;
--- from
CREATE TABLE u (s int); CREATE FUNCTION fn.g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s::text FROM u; END; CREATE TABLE o (id text DEFAULT fn.g()); CREATE VIEW v AS SELECT fn.g(); CREATE FUNCTION h() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT fn.g(); END;
--- to
CREATE TABLE u (s bigint); CREATE FUNCTION g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT s::text FROM u; END; CREATE TABLE o (id text DEFAULT g()); CREATE VIEW v AS SELECT g(); CREATE FUNCTION h() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT g(); END;

=== ts_config_and_dictionaries_swap
--- from
CREATE TEXT SEARCH DICTIONARY a (template = simple); CREATE TEXT SEARCH CONFIGURATION c (copy = simple); ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH a; CREATE TABLE t (y regconfig DEFAULT 'c');
--- to
CREATE TEXT SEARCH DICTIONARY a (template = snowball, language = english); CREATE TEXT SEARCH CONFIGURATION d (copy = simple); ALTER TEXT SEARCH CONFIGURATION d ALTER MAPPING FOR word WITH a; CREATE TABLE t (y regconfig DEFAULT 'd');

=== domain_check_changes_as_an_attribute_gets_an_array_of_it
--- from
CREATE DOMAIN m AS text CHECK (VALUE ~ '@'); CREATE TYPE a AS (s text); CREATE TABLE o (s a);
--- to
CREATE DOMAIN m AS text CHECK (VALUE <> ''); CREATE TYPE a AS (s text, m m[]); CREATE TABLE o (s a);

=== domain_check_changes_as_a_column_becomes_an_array_of_it
--- from
CREATE DOMAIN m AS text CHECK (VALUE ~ '@'); CREATE TABLE o (s text[]);
--- to
CREATE DOMAIN m AS text CHECK (VALUE <> ''); CREATE TABLE o (s m[]);

=== composite_moves_schema_and_gets_an_attribute
CREATE SCHEMA ty;
--- from
CREATE TYPE addr AS (street text, city text); CREATE TABLE t (a addr); INSERT INTO t VALUES (ROW('s', 'c'));
--- to
CREATE TYPE ty.addr AS (street text, city text, zip text); CREATE TABLE t (a ty.addr); INSERT INTO t VALUES (ROW('s', 'c', 'z'));

=== domain_check_calls_another_function_as_a_column_of_a_composite_over_it_comes
--- from
CREATE FUNCTION ok(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE DOMAIN m AS text CHECK (ok(VALUE)); CREATE TYPE a AS (m m); CREATE TABLE o (x int);
--- to
CREATE FUNCTION ok2(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE DOMAIN m AS text CHECK (ok2(VALUE)); CREATE TYPE a AS (m m); CREATE TABLE o (x int, s a);

=== composite_of_another_name_in_another_order
--- from
CREATE TYPE a AS (x int, y int); CREATE TABLE t (id int, v a); INSERT INTO t VALUES (1, ROW(1, 2)), (2, NULL);
--- to
CREATE TYPE b AS (y int, x bigint); CREATE TABLE t (id int, v b); INSERT INTO t VALUES (1, ROW(2, 1)), (2, NULL);

=== composite_of_another_name_with_rows_inside
--- from
CREATE TYPE i AS (p int, q text); CREATE TYPE a AS (x int, y i); CREATE TABLE t (v a); INSERT INTO t VALUES (ROW(1, ROW(2, 'r')));
--- to
CREATE TYPE i AS (q text, p int); CREATE TYPE b AS (y i, x int, z text); CREATE TABLE t (v b); INSERT INTO t VALUES (ROW(ROW('r', 2), 1, NULL));

=== check_changes_on_a_domain_in_rows_of_a_partition
--- from
CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (k int, v d) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t DEFAULT; CREATE TABLE l (who p, x t[]); INSERT INTO t VALUES (1, 2); INSERT INTO l VALUES (ROW(1, 2), ARRAY[ROW(1, 2)::t]);
--- to
CREATE DOMAIN d AS int CHECK (VALUE > 1); CREATE TABLE t (k int, v d) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t DEFAULT; CREATE TABLE l (who p, x t[]); INSERT INTO t VALUES (1, 2); INSERT INTO l VALUES (ROW(1, 2), ARRAY[ROW(1, 2)::t]);

=== domain_check_changes_as_a_column_of_rows_comes
--- from
CREATE DOMAIN m AS text CHECK (VALUE ~ '@'); CREATE TABLE u (m m); CREATE TABLE l (id int);
--- to
CREATE DOMAIN m AS text CHECK (VALUE ~ 'x'); CREATE TABLE u (m m); CREATE TABLE l (id int, who u);

=== trigger_of_an_heir_goes_with_its_table
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE g (id int, a text); CREATE TABLE h (b int) INHERITS (g); CREATE TABLE i (c int) INHERITS (h); CREATE TRIGGER ht BEFORE UPDATE OF a ON h FOR EACH ROW EXECUTE FUNCTION tf();
--- from
--- to
ALTER TABLE g DROP COLUMN a CASCADE; ALTER TABLE h RENAME TO "H";

=== index_of_a_middle_level_goes
CREATE TYPE k AS ENUM ('x'); CREATE SEQUENCE sq; CREATE TABLE t (id int DEFAULT nextval('sq'), k k, d int) PARTITION BY LIST (k); CREATE TABLE l PARTITION OF t FOR VALUES IN ('x') PARTITION BY RANGE (d); CREATE TABLE l1 PARTITION OF l FOR VALUES FROM (1) TO (2); CREATE UNIQUE INDEX i ON t (k, d);
--- from
ALTER SEQUENCE sq OWNED BY l1.id;
--- to
ALTER TYPE k RENAME TO kk;

=== column_moves_between_parents
--- from
CREATE TABLE a (x int, y int); CREATE TABLE b (z int); CREATE TABLE c () INHERITS (a, b); INSERT INTO c VALUES (1, 2, 3);
--- to
CREATE TABLE a (x int); CREATE TABLE b (z int, y int); CREATE TABLE c () INHERITS (a, b); INSERT INTO c (x, y, z) VALUES (1, 2, 3);

=== foreign_heir_of_column_retyped_with_using
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TABLE v (a int); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;
--- to
CREATE TABLE v (a bool); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;

=== foreign_heir_of_composite_remade
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TYPE g AS (a int, b int); CREATE TABLE v (g g); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;
--- to
CREATE TYPE g AS (b int, a int); CREATE TABLE v (g g); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;

=== foreign_heir_of_enum_remade
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TYPE g AS ENUM ('a', 'b'); CREATE TABLE v (g g); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;
--- to
CREATE TYPE g AS ENUM ('b', 'a'); CREATE TABLE v (g g); CREATE FOREIGN TABLE f () INHERITS (v) SERVER s;

=== foreign_partition_of_column_retyped_with_using
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
--- from
CREATE TABLE v (k int, a text) PARTITION BY LIST (k); CREATE FOREIGN TABLE f PARTITION OF v FOR VALUES IN (1) SERVER s;
--- to
CREATE TABLE v (k int, a int) PARTITION BY LIST (k); CREATE FOREIGN TABLE f PARTITION OF v FOR VALUES IN (1) SERVER s;

=== expression_dropped_over_three_levels
--- from
CREATE TABLE a (x int, g int GENERATED ALWAYS AS (x * 2) STORED); CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b); INSERT INTO c (x) VALUES (1);
--- to
CREATE TABLE a (x int, g int); CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b); INSERT INTO c (x, g) VALUES (1, 2);

=== expression_dropped_over_three_levels_of_partitions
--- from
CREATE TABLE a (x int, g int GENERATED ALWAYS AS (x * 2) STORED) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a FOR VALUES IN (1) PARTITION BY HASH (x); CREATE TABLE c PARTITION OF b FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO a (x) VALUES (1);
--- to
CREATE TABLE a (x int, g int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a FOR VALUES IN (1) PARTITION BY HASH (x); CREATE TABLE c PARTITION OF b FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO a (x, g) VALUES (1, 2);

=== generated_column_calls_function_and_is_retyped_before_15
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE t (a int, g int GENERATED ALWAYS AS (f(a)) STORED);
--- to
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE t (a int, g bigint GENERATED ALWAYS AS (f(a)) STORED);

=== disabled_trigger_on_new_middle_level
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE r (id int) PARTITION BY LIST (id);
--- from
CREATE TRIGGER t AFTER UPDATE ON r FOR EACH ROW EXECUTE FUNCTION tf();
--- to
CREATE TABLE a PARTITION OF r FOR VALUES IN (1) PARTITION BY HASH (id);
CREATE TABLE b PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TRIGGER t AFTER UPDATE ON r FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE a DISABLE TRIGGER t;

=== disabled_trigger_on_middle_level
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE r (id int) PARTITION BY LIST (id);
CREATE TABLE a PARTITION OF r FOR VALUES IN (1) PARTITION BY HASH (id);
CREATE TABLE b PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0);
--- from
CREATE TRIGGER t AFTER UPDATE ON r FOR EACH ROW EXECUTE FUNCTION tf();
--- to
CREATE TRIGGER t AFTER UPDATE ON r FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE a DISABLE TRIGGER t;

=== disabled_trigger_on_middle_level_comes
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE r (id int) PARTITION BY LIST (id);
CREATE TABLE a PARTITION OF r FOR VALUES IN (1) PARTITION BY HASH (id);
CREATE TABLE b PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0);
--- from
--- to
CREATE TRIGGER t AFTER UPDATE ON r FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE a DISABLE TRIGGER t;

=== check_of_a_parent_that_leaves_while_another_stays
CREATE TABLE v (n text); CREATE TABLE p (n text, CONSTRAINT ck CHECK (n <> 'q'));
--- from
CREATE TABLE c () INHERITS (v, p);
--- to
CREATE TABLE c () INHERITS (v);

=== check_of_a_parent_and_no_column_shared
CREATE TABLE v (a text); CREATE TABLE p (n text, CONSTRAINT ck CHECK (n <> 'q'));
--- from
CREATE TABLE c () INHERITS (v, p);
--- to
CREATE TABLE c (n text) INHERITS (v);

=== check_of_a_parent_column_own
CREATE TABLE v (a text); CREATE TABLE p (n text, CONSTRAINT ck CHECK (n <> 'q'));
--- from
CREATE TABLE c (n text) INHERITS (v, p);
--- to
CREATE TABLE c (n text) INHERITS (v);

=== check_of_a_parent_column_own_alone
CREATE TABLE p (n text, CONSTRAINT ck CHECK (n <> 'q'));
--- from
CREATE TABLE c (n text) INHERITS (p);
--- to
CREATE TABLE c (n text);

=== two_checks_of_parents_that_share_one
CREATE TABLE v (n text, CONSTRAINT ck CHECK (n <> 'q')); CREATE TABLE p (n text, CONSTRAINT ck CHECK (n <> 'q'), CONSTRAINT cl CHECK (n <> 'r'));
--- from
CREATE TABLE c () INHERITS (v, p);
--- to
CREATE TABLE c () INHERITS (v);

=== key_options_of_a_partition_that_takes_its_key_from_the_root
--- from
CREATE TABLE r (id int, PRIMARY KEY (id) WITH (fillfactor = 80)) PARTITION BY LIST (id);
CREATE TABLE a (id int NOT NULL, CONSTRAINT own_key PRIMARY KEY (id)); ALTER TABLE r ATTACH PARTITION a FOR VALUES IN (1);
--- to
CREATE TABLE r (id int, PRIMARY KEY (id) WITH (fillfactor = 80)) PARTITION BY LIST (id);
CREATE TABLE a PARTITION OF r FOR VALUES IN (1);

=== check_changes_on_a_domain_in_an_array_in_a_domain
--- from
CREATE DOMAIN code AS text CHECK (VALUE <> ''); CREATE DOMAIN codes AS code[]; CREATE TABLE v (tags codes);
--- to
CREATE DOMAIN code AS text CHECK (VALUE <> 'q'); CREATE DOMAIN codes AS code[]; CREATE TABLE v (tags codes);

=== function_gets_a_default_argument_while_a_domain_that_calls_it_goes_with_a_rebuilt_table
--- from
CREATE FUNCTION norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'; CREATE DOMAIN code AS text CHECK (norm(VALUE) <> 'q'); CREATE TABLE r (src code);
--- to
CREATE FUNCTION norm(v text, n int DEFAULT 1) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(v)'; CREATE TABLE r (src text) PARTITION BY LIST (norm(src));

=== row_of_an_heir_goes_after_its_parents_column_is_retyped
--- from
CREATE TYPE g AS (a int); CREATE TABLE s (note varchar(10)); CREATE TABLE v () INHERITS (s); CREATE TABLE l (who v);
--- to
CREATE DOMAIN c AS int; CREATE TYPE g AS (a c); CREATE TABLE s (note text); CREATE TABLE v () INHERITS (s); CREATE TABLE l (who g);

=== row_of_a_table_goes_after_its_column_is_retyped
--- from
CREATE TYPE g AS (a int); CREATE TABLE v (note varchar(10)); CREATE TABLE l (who v);
--- to
CREATE DOMAIN c AS int; CREATE TYPE g AS (a c); CREATE TABLE v (note text); CREATE TABLE l (who g);

=== column_of_two_parents_goes_from_one
--- from
CREATE TABLE s (note text); CREATE TABLE o (x int, note text); CREATE TABLE v () INHERITS (s, o); INSERT INTO v (note) VALUES ('n');
--- to
CREATE TABLE s (note text); CREATE TABLE o (x int); CREATE TABLE v () INHERITS (s, o); INSERT INTO v (note) VALUES ('n');

=== inherited_column_becomes_own_while_another_parent_leaves
CREATE TABLE o (w text); CREATE TABLE s (x int);
--- from
CREATE TABLE v () INHERITS (s, o);
--- to
CREATE TABLE v (w text DEFAULT 'o') INHERITS (o);

=== domain_with_function_in_kept_old_table_2
--- from
CREATE FUNCTION f(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true'; CREATE DOMAIN d AS int CHECK (f(VALUE)); CREATE TYPE c AS (d d); CREATE TABLE v (id int, c c); CREATE TABLE w (id int);
--- to
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true'; CREATE TABLE v (id int, c text) PARTITION BY LIST (id);  CREATE TABLE w (id int, CHECK (f(id)));

=== row_of_a_table_that_sorts_first_goes
--- from
CREATE TABLE a (n varchar(10)); CREATE TABLE l (who a);
--- to
CREATE TABLE a (n text); CREATE TABLE l (who text);

=== extension_requires_another
--- from
--- to
CREATE EXTENSION cube; CREATE EXTENSION earthdistance;

=== attribute_rounds_in_silence
--- from
CREATE TYPE i AS (x numeric); CREATE TABLE t (o i); INSERT INTO t VALUES (ROW(1.234));
--- to
CREATE TYPE i AS (x numeric(12,2)); CREATE TABLE t (o i); INSERT INTO t VALUES (ROW(1.23));

=== attribute_of_an_inner_composite_rounds_in_silence
--- from
CREATE TYPE i AS (x numeric); CREATE TYPE o AS (i i); CREATE TABLE t (o o); INSERT INTO t VALUES (ROW(ROW(1.234)));
--- to
CREATE TYPE i AS (x numeric(12,2)); CREATE TYPE o AS (i i); CREATE TABLE t (o o); INSERT INTO t VALUES (ROW(ROW(1.23)));

=== array_rounds_and_loses_the_time_in_silence
--- from
CREATE TABLE t (a numeric[], b timestamp[]); INSERT INTO t VALUES ('{1.5}', '{2024-01-01 10:00}');
--- to
CREATE TABLE t (a bigint[], b date[]); INSERT INTO t VALUES ('{2}', '{2024-01-01}');

=== array_of_domain_rounds_in_silence
--- from
CREATE DOMAIN e AS numeric; CREATE TABLE t (b e[]); INSERT INTO t VALUES ('{1.25}');
--- to
CREATE DOMAIN e AS numeric(5,1); CREATE TABLE t (b e[]); INSERT INTO t VALUES ('{1.3}');

=== columns_that_lose_precision_without_a_hazard
--- from
CREATE TABLE t (b timestamp(6), k time(6), u interval, c interval, e text, r float8, s tsrange, o timestamp(6)[], x timestamptz); INSERT INTO t VALUES ('2024-01-01 10:00:00.7', '10:00:00.7', '1.7 s', '1 day 5 h', repeat('x', 99), 0.1::float8 + 0.2, '[2024-01-01 10:00,2024-01-02 10:00)', '{2024-01-01 10:00:00.7}', '2024-01-01 10:00:00.7');
--- to
CREATE TABLE t (b timestamp(0), k time(0), u interval(0), c interval day, e name, r numeric, s daterange, o timestamp(0)[], x timestamptz(0));

=== roots_key_is_replaced_while_a_partition_shrinks_under_a_foreign_key
--- from
CREATE TABLE r (id int NOT NULL, CONSTRAINT r_u UNIQUE (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); CREATE TABLE al (i int, CONSTRAINT f FOREIGN KEY (i) REFERENCES r (id)); INSERT INTO r VALUES (1); INSERT INTO al VALUES (1);
--- to
CREATE TABLE r (id int NOT NULL, CONSTRAINT r_pk PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (5); CREATE TABLE al (i int, CONSTRAINT f FOREIGN KEY (i) REFERENCES r (id)); INSERT INTO r VALUES (1); INSERT INTO al VALUES (1);

=== roots_key_is_replaced_while_a_partition_gets_partitions_under_a_foreign_key
--- from
CREATE TABLE r (id int NOT NULL, CONSTRAINT r_u UNIQUE (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); CREATE TABLE al (i int, CONSTRAINT f FOREIGN KEY (i) REFERENCES r (id));
--- to
CREATE TABLE r (id int NOT NULL, CONSTRAINT r_pk PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9) PARTITION BY HASH (id); CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE TABLE al (i int, CONSTRAINT f FOREIGN KEY (i) REFERENCES r (id));

=== not_null_of_a_domain_in_an_array_in_a_domain
--- from
CREATE DOMAIN d AS int; CREATE DOMAIN e AS d[]; CREATE TABLE t (e e);
--- to
CREATE DOMAIN d AS int NOT NULL; CREATE DOMAIN e AS d[]; CREATE TABLE t (e e);

=== attach_of_existing_with_fk_from_others_and_comment
--- from
CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1); CREATE TABLE al (i int CONSTRAINT f REFERENCES a); INSERT INTO al VALUES (1);
--- to
CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id); COMMENT ON TABLE r IS 'r'; CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); INSERT INTO r VALUES (1); CREATE TABLE al (i int CONSTRAINT f REFERENCES r); INSERT INTO al VALUES (1);

=== key_replaced_while_partition_shrinks_self_fk
--- from
CREATE TABLE r (id int NOT NULL, p int, CONSTRAINT k PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); ALTER TABLE r ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES r (id); INSERT INTO r VALUES (1, NULL), (2, 1);
--- to
CREATE TABLE r (id int NOT NULL, p int, CONSTRAINT l UNIQUE (id)) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (5); ALTER TABLE r ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES r (id); INSERT INTO r VALUES (1, NULL), (2, 1);

=== materialized_view_is_filled_before_a_commented_roots_partition_is_attached
--- from
CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);
--- to
CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id); COMMENT ON TABLE r IS 'r'; CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); INSERT INTO r VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT * FROM r;

=== composite_becomes_a_domain_while_its_attributes_enum_changes
--- from
CREATE TYPE a AS ENUM ('x', 'y'); CREATE TYPE g AS (x int, t a); CREATE TABLE v (g g, p a);
--- to
CREATE TYPE a AS ENUM ('y', 'x'); CREATE DOMAIN g AS text; CREATE TABLE v (g g, p a);

=== composite_becomes_a_domain_of_its_name_while_its_attributes_domain_changes
--- from
CREATE DOMAIN a AS text CHECK (VALUE <> 'q'); CREATE TYPE g AS (x int, t a); CREATE TABLE v (g g, p a); INSERT INTO v VALUES (ROW(1, NULL), 'p');
--- to
CREATE DOMAIN a AS text CHECK (VALUE <> 'r'); CREATE TYPE g_ AS (x int); CREATE DOMAIN g AS g_; CREATE TABLE v (g g, p a); INSERT INTO v VALUES (ROW(1), 'p');

=== parent_gets_a_column_that_its_heir_has_with_another_type
--- from
CREATE TABLE p (x int); CREATE TABLE c (a int) INHERITS (p); INSERT INTO c VALUES (1, 2);
--- to
CREATE TABLE p (x int, a text); CREATE TABLE c (a text) INHERITS (p); INSERT INTO c VALUES (1, '2');

=== row_stays_while_its_table_goes_unlogged
--- from
CREATE TABLE a (id int); CREATE TABLE l (who a);
--- to
CREATE UNLOGGED TABLE a (id int); CREATE TABLE l (who a);

=== parent_gets_a_column_that_its_heir_has_with_another_collation
--- from
CREATE TABLE p (x int); CREATE TABLE c (a text COLLATE "C") INHERITS (p);
--- to
CREATE TABLE p (x int, a text); CREATE TABLE c (a text) INHERITS (p);

=== access_method_changes_while_rows_of_the_table_are_held
-- since 15
CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
--- from
CREATE TABLE a (id int); CREATE TABLE l (who a);
--- to
CREATE TABLE a (id int) USING heap2; CREATE TABLE l (who a);

=== root_loses_a_column_while_a_partition_shrinks_under_a_foreign_key
--- from
CREATE TABLE r (id int PRIMARY KEY, ship text) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); CREATE TABLE al (i int CONSTRAINT f REFERENCES r); INSERT INTO r VALUES (1); INSERT INTO al VALUES (1);
--- to
CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (5); CREATE TABLE al (i int CONSTRAINT f REFERENCES r); INSERT INTO r VALUES (1); INSERT INTO al VALUES (1);

=== materialized_view_is_filled_before_rows_return_when_the_root_loses_a_column
--- from
CREATE TABLE r (id int PRIMARY KEY, ship text) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (9); INSERT INTO r VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT id FROM r;
--- to
CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE a PARTITION OF r FOR VALUES FROM (0) TO (5); INSERT INTO r VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT id + 1 AS id FROM r;

=== unlogged_foreign_keys_both_ways
--- from
CREATE TABLE a (k int PRIMARY KEY); CREATE TABLE b (k int PRIMARY KEY REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (k) REFERENCES b;
--- to
CREATE UNLOGGED TABLE a (k int PRIMARY KEY); CREATE UNLOGGED TABLE b (k int PRIMARY KEY REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (k) REFERENCES b;
