=== trigger_arguments_quotes_and_order
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE t (id int, "Name" text); CREATE TRIGGER a BEFORE INSERT OR UPDATE OF "Name", id ON t FOR EACH ROW EXECUTE FUNCTION tf('it''s', 'x"y', '\n'); CREATE TRIGGER b AFTER TRUNCATE ON t EXECUTE FUNCTION tf();
--- to
CREATE TABLE t (id int, "Name" text); CREATE TRIGGER a BEFORE INSERT OR UPDATE OF id, "Name" ON t FOR EACH ROW EXECUTE FUNCTION tf('its', 'x"y', E'a\nb'); CREATE TRIGGER b BEFORE TRUNCATE ON t EXECUTE FUNCTION tf('1', ''); ALTER TABLE t DISABLE TRIGGER b;

=== trigger_on_view_and_its_view_changes
--- from
CREATE TABLE base (id int PRIMARY KEY, a text); CREATE VIEW v AS SELECT id, a FROM base; CREATE FUNCTION ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO base VALUES (NEW.id, NEW.a); RETURN NEW; END $$; CREATE TRIGGER i INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION ins(); CREATE TRIGGER u INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION ins(); COMMENT ON TRIGGER i ON v IS 'inserts';
--- to
CREATE TABLE base (id int PRIMARY KEY, b text, a varchar(10)); CREATE VIEW v AS SELECT a, id, b FROM base; CREATE FUNCTION ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO base (id, a) VALUES (NEW.id, NEW.a); RETURN NEW; END $$; CREATE TRIGGER i INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION ins(); CREATE TRIGGER d INSTEAD OF DELETE ON v FOR EACH ROW EXECUTE FUNCTION ins(); COMMENT ON TRIGGER i ON v IS 'inserts into base'; COMMENT ON TRIGGER d ON v IS 'deletes';

=== view_stays_though_its_table_is_replaced
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT v.id FROM v WHERE (v.a > 0); INSERT INTO t VALUES (1, 2);
--- to
CREATE VIEW t AS SELECT 1 AS id, 2 AS a; CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT v.id FROM v WHERE (v.a > 0);

=== view_over_function_over_view_over_table
--- from
CREATE TABLE t (id int PRIMARY KEY, n int); CREATE VIEW v1 AS SELECT id, n FROM t; CREATE FUNCTION f1() RETURNS SETOF v1 LANGUAGE sql STABLE AS 'SELECT * FROM v1'; CREATE VIEW v2 AS SELECT f.id, f.n FROM f1() f; CREATE FUNCTION f2(x v2) RETURNS int LANGUAGE sql AS 'SELECT x.n'; CREATE VIEW v3 AS SELECT v2.id, f2(v2.*) AS y FROM v2; CREATE FUNCTION f3() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(y) FROM v3; END; INSERT INTO t VALUES (1, 2);
--- to
CREATE TABLE t (id bigint PRIMARY KEY, n numeric); CREATE VIEW v1 AS SELECT id, n, n * 2 AS m FROM t; CREATE FUNCTION f1() RETURNS SETOF v1 LANGUAGE sql STABLE AS 'SELECT * FROM v1'; CREATE VIEW v2 AS SELECT f.m, f.id, f.n FROM f1() f; CREATE FUNCTION f2(x v2) RETURNS numeric LANGUAGE sql AS 'SELECT x.n'; CREATE VIEW v3 AS SELECT v2.id, f2(v2.*) AS y FROM v2; CREATE FUNCTION f3() RETURNS numeric LANGUAGE sql BEGIN ATOMIC SELECT sum(y) FROM v3; END; INSERT INTO t VALUES (1, 2);

=== function_gets_parameters_with_defaults_between_callers
--- from
CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b'; CREATE TABLE t (x int, y int DEFAULT add(1, 2), z int GENERATED ALWAYS AS (add(x, 3)) STORED, CHECK (add(x, y) > 0)); CREATE INDEX i ON t (add(x, 1)); CREATE VIEW v AS SELECT add(x, y) AS s FROM t; CREATE POLICY p ON t USING (add(x, 0) = 1); CREATE FUNCTION add3(int, int, int) RETURNS int LANGUAGE sql IMMUTABLE RETURN add(add($1, $2), $3); INSERT INTO t (x) VALUES (1);
--- to
CREATE FUNCTION add(a int, b int, c int DEFAULT 0) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b + c'; CREATE TABLE t (x int, y int DEFAULT add(1, 2), z int GENERATED ALWAYS AS (add(x, 3)) STORED, CHECK (add(x, y) > 0)); CREATE INDEX i ON t (add(x, 1)); CREATE VIEW v AS SELECT add(x, y) AS s FROM t; CREATE POLICY p ON t USING (add(x, 0) = 1); CREATE FUNCTION add3(int, int, int) RETURNS int LANGUAGE sql IMMUTABLE RETURN add(add($1, $2), $3); INSERT INTO t (x) VALUES (1);

=== function_becomes_overloaded_with_wider_types
--- from
CREATE FUNCTION f(int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'i' $$; CREATE VIEW v AS SELECT f(1) AS a; CREATE TABLE t (a int, b text DEFAULT f(2)); CREATE INDEX i ON t (f(a));
--- to
CREATE FUNCTION f(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'b' $$; CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 't' $$; CREATE VIEW v AS SELECT f(1) AS a, f('x'::text) AS b; CREATE TABLE t (a int, b text DEFAULT f(2)); CREATE INDEX i ON t (f(a));

=== function_attributes_one_by_one
--- from
CREATE FUNCTION f(a int, OUT b int, OUT c text) LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 7 SET work_mem = '1MB' SET search_path = a, "B c" AS $$ SELECT 1, 'x' $$; CREATE FUNCTION g(VARIADIC "all" int[]) RETURNS SETOF int LANGUAGE sql ROWS 7 AS 'SELECT unnest($1)'; CREATE PROCEDURE p(INOUT a int, b text DEFAULT 'it''s') LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN a := 1; END';
--- to
CREATE FUNCTION f(a int, OUT b int, OUT c text) LANGUAGE sql STABLE PARALLEL RESTRICTED COST 8 SET search_path = '' SET "TimeZone" = 'UTC' AS $$ SELECT 2, 'x' $$; CREATE FUNCTION g(VARIADIC "all" int[] DEFAULT '{}') RETURNS SETOF int LANGUAGE sql ROWS 70 AS 'SELECT unnest($1)'; CREATE PROCEDURE p(INOUT a int, b text DEFAULT 'it''s', c date DEFAULT CURRENT_DATE) LANGUAGE plpgsql SET datestyle = 'ISO, DMY' AS 'BEGIN a := 1; END';

=== function_bodies_with_every_quote
--- from
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN $$x$$ || 'a''b' || E'\\n'; END $f$; CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT ''$$''';
--- to
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN -- $_$
RETURN $$x$$ || 'a''b' || E'\\n\t' || $_$ $function$ $_$; END $f$; CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT ''$_$''';

=== mutual_functions_atomic_and_plain
--- from
CREATE FUNCTION even(int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE FUNCTION odd(int) RETURNS boolean LANGUAGE sql RETURN NOT even($1); CREATE OR REPLACE FUNCTION even(int) RETURNS boolean LANGUAGE sql AS 'SELECT CASE WHEN $1 = 0 THEN true ELSE odd($1 - 1) END';
--- to
CREATE FUNCTION even(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE FUNCTION odd(bigint) RETURNS boolean LANGUAGE sql RETURN NOT even($1); CREATE OR REPLACE FUNCTION even(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT CASE WHEN $1 = 0 THEN true ELSE odd($1 - 1) END'; CREATE VIEW v AS SELECT even(1) AS e;

=== default_of_a_parameter_calls_a_function
--- from
CREATE FUNCTION now_utc() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT now() AT TIME ZONE 'utc' $$; CREATE FUNCTION late(at timestamp DEFAULT now_utc(), n int DEFAULT 1 + 1) RETURNS boolean LANGUAGE sql AS 'SELECT at < now_utc()'; CREATE TABLE t (at timestamp DEFAULT now_utc());
--- to
CREATE FUNCTION now_utc(p int DEFAULT 3) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$; CREATE FUNCTION late(at timestamptz DEFAULT now_utc(), n int DEFAULT 1 + 2) RETURNS boolean LANGUAGE sql AS 'SELECT at < now_utc()'; CREATE TABLE t (at timestamptz DEFAULT now_utc());

=== return_table_columns_renamed_and_added
--- from
CREATE TABLE t (id int, n text); CREATE FUNCTION list(p int) RETURNS TABLE (id int, n text) LANGUAGE sql AS 'SELECT * FROM t WHERE id = p'; CREATE VIEW v AS SELECT l.id, l.n FROM list(1) l; CREATE FUNCTION wrap() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM list(1)); END';
--- to
CREATE TABLE t (id int, n text, z date); CREATE FUNCTION list(q int) RETURNS TABLE (id int, name text, z date) LANGUAGE sql AS 'SELECT * FROM t WHERE id = q'; CREATE VIEW v AS SELECT l.id, l.name AS n, l.z FROM list(1) l; CREATE FUNCTION wrap() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM list(1)); END';

=== polymorphic_functions_and_aggregates
--- from
CREATE FUNCTION pick(anyelement, anyarray) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE AGGREGATE firstof(anycompatible) (SFUNC = array_append, STYPE = anycompatiblearray); CREATE FUNCTION coalesced(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, $2)';
--- to
CREATE FUNCTION pick(anycompatible, anycompatiblearray) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE AGGREGATE firstof(anycompatible) (SFUNC = array_append, STYPE = anycompatiblearray, INITCOND = '{}'); CREATE FUNCTION coalesced(anyelement, VARIADIC anyarray) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, $2[1])'; CREATE VIEW v AS SELECT firstof(x) AS f FROM generate_series(1, 2) x;

=== serials_of_every_width_swap
--- from
CREATE TABLE t (a smallserial, b serial, c bigserial, d int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 5), e smallint GENERATED BY DEFAULT AS IDENTITY); INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES;
--- to
CREATE TABLE t (a bigserial, b smallserial, c serial, d bigint GENERATED BY DEFAULT AS IDENTITY (MINVALUE 5 CACHE 3 CYCLE), e int GENERATED ALWAYS AS IDENTITY (MAXVALUE 1000)); INSERT INTO t DEFAULT VALUES; INSERT INTO t DEFAULT VALUES;

=== serial_identity_turn_in_pairs
--- from
CREATE TABLE t (a serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY, c bigint NOT NULL, d int); INSERT INTO t (c) VALUES (7); CREATE VIEW v AS SELECT a, b, c FROM t;
--- to
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b serial, c bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME public.c_numbers START 100), d int DEFAULT 1); INSERT INTO t DEFAULT VALUES; CREATE VIEW v AS SELECT a, b, c FROM t;

=== identity_and_type_at_once_with_keys
--- from
CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n text); CREATE TABLE b (id smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int REFERENCES a); INSERT INTO a (n) VALUES ('x'); INSERT INTO b (a) VALUES (1); CREATE VIEW v AS SELECT a.id, b.id AS bid FROM a JOIN b ON b.a = a.id;
--- to
CREATE TABLE a (id bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT 2) PRIMARY KEY, n text); CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 100000) PRIMARY KEY, a bigint REFERENCES a); INSERT INTO a (n) VALUES ('x'); INSERT INTO b (a) VALUES (1); CREATE VIEW v AS SELECT a.id, b.id AS bid FROM a JOIN b ON b.a = a.id;

=== identity_becomes_text_key
--- from
CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (1);
--- to
CREATE TABLE a (id text PRIMARY KEY DEFAULT 'x'); CREATE TABLE b (a text REFERENCES a); INSERT INTO a VALUES ('1'); INSERT INTO b VALUES ('1');

=== sequence_shared_by_two_columns_then_apart
--- from
CREATE SEQUENCE s AS int START 10; CREATE TABLE a (id int DEFAULT nextval('s') PRIMARY KEY); CREATE TABLE b (id int DEFAULT nextval('s') PRIMARY KEY); ALTER SEQUENCE s OWNED BY a.id; INSERT INTO a DEFAULT VALUES; INSERT INTO b DEFAULT VALUES; CREATE FUNCTION nx() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('s') $$; CREATE VIEW cur AS SELECT last_value FROM s;
--- to
CREATE SEQUENCE s AS bigint START 10 MAXVALUE 1000000; CREATE SEQUENCE s2; CREATE TABLE a (id int DEFAULT nextval('s') PRIMARY KEY); CREATE TABLE b (id int DEFAULT nextval('s2') PRIMARY KEY); ALTER SEQUENCE s2 OWNED BY b.id; CREATE FUNCTION nx() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('s2') $$; CREATE VIEW cur AS SELECT last_value, is_called FROM s2;

=== sequence_downward_and_odd_bounds
--- from
CREATE SEQUENCE down INCREMENT -1; CREATE SEQUENCE up2 AS smallint MINVALUE -5 START 0 CYCLE; CREATE UNLOGGED SEQUENCE un;
--- to
CREATE SEQUENCE down INCREMENT -2 MINVALUE -100 MAXVALUE 50 START 7; CREATE SEQUENCE up2 AS int MAXVALUE -1 MINVALUE -9 INCREMENT -1 START -3; CREATE SEQUENCE un CACHE 20;

=== column_named_like_type_and_functions
--- from
CREATE TABLE "order" ("user" text, "date" date DEFAULT CURRENT_DATE, "timestamp" timestamp, "select" int CHECK ("select" > 0), "offset" int, "end" text, "a b" text, "ä" text, "Ö.x" int, """q""" int, PRIMARY KEY ("select")); CREATE INDEX "idx.1" ON "order" ("a b", lower("end")) WHERE "offset" > 1; CREATE VIEW "view" AS SELECT "user", "date", "end", """q""" FROM "order"; COMMENT ON COLUMN "order"."a b" IS 'a''b';
--- to
CREATE TABLE "order" ("user" varchar(9) NOT NULL DEFAULT CURRENT_USER, "date" timestamptz DEFAULT now(), "timestamp" timestamptz, "select" bigint CHECK ("select" > 1), "offset" int GENERATED ALWAYS AS ("select" + 1) STORED, "end" text COLLATE "C", "a b" int[], "ä" text, "Ö.x" bigint, """q""" text, PRIMARY KEY ("select", "user")); CREATE INDEX "idx.1" ON "order" ("a b", upper("end")) WHERE "offset" > 1; CREATE VIEW "view" AS SELECT "user", "date", "end", """q""", "Ö.x" FROM "order"; COMMENT ON COLUMN "order"."a b" IS E'a\\b';

=== schema_with_dots_and_upper
--- from
CREATE SCHEMA "My.App"; CREATE TYPE "My.App"."Kind of" AS ENUM ('a', 'B c'); CREATE TABLE "My.App"."T.1" ("Id" serial PRIMARY KEY, "K" "My.App"."Kind of" DEFAULT 'a', "Ks" "My.App"."Kind of"[]); CREATE FUNCTION "My.App"."F x"("P q" "My.App"."Kind of") RETURNS "My.App"."T.1" LANGUAGE sql AS 'SELECT NULL::"My.App"."T.1"'; CREATE VIEW "My.App"."V" AS SELECT "Id", "K" FROM "My.App"."T.1" WHERE "K" = 'B c'; CREATE TRIGGER "Tr g" BEFORE UPDATE ON "My.App"."T.1" FOR EACH ROW WHEN (NEW."K" = 'a') EXECUTE FUNCTION suppress_redundant_updates_trigger(); CREATE POLICY "Po" ON "My.App"."T.1" USING ("K" = 'a'); INSERT INTO "My.App"."T.1" DEFAULT VALUES;
--- to
CREATE SCHEMA "My.App"; CREATE TYPE "My.App"."Kind of" AS ENUM ('B c', 'a'); CREATE TABLE "My.App"."T.1" ("Id" bigserial PRIMARY KEY, "K" "My.App"."Kind of" DEFAULT 'a', "Ks" "My.App"."Kind of"[], "New.Col" int REFERENCES "My.App"."T.1" ("Id")); CREATE FUNCTION "My.App"."F x"("P q" "My.App"."Kind of") RETURNS "My.App"."T.1" LANGUAGE sql AS 'SELECT NULL::"My.App"."T.1"'; CREATE VIEW "My.App"."V" AS SELECT "Id", "K" FROM "My.App"."T.1" WHERE "K" = 'B c'; CREATE TRIGGER "Tr g" BEFORE UPDATE ON "My.App"."T.1" FOR EACH ROW WHEN (NEW."K" = 'a') EXECUTE FUNCTION suppress_redundant_updates_trigger(); CREATE POLICY "Po" ON "My.App"."T.1" USING ("K" = 'a'); INSERT INTO "My.App"."T.1" DEFAULT VALUES;

=== names_that_differ_in_case_alone
--- from
CREATE TABLE t (a int, "A" text); CREATE TABLE "T" (a int PRIMARY KEY, "A" text); CREATE TYPE k AS ENUM ('x'); CREATE TYPE "K" AS ENUM ('X'); ALTER TABLE t ADD b k, ADD "B" "K"; CREATE INDEX i ON t (a); CREATE INDEX "I" ON t ("A"); CREATE VIEW v AS SELECT a, "A", b, "B" FROM t;
--- to
CREATE TABLE t (a bigint, "A" text); CREATE TABLE "T" (a int, "A" text PRIMARY KEY); CREATE TYPE k AS ENUM ('x', 'y'); CREATE TYPE "K" AS ENUM ('Y', 'X'); ALTER TABLE t ADD b "K", ADD "B" k; CREATE INDEX i ON t ("A"); CREATE INDEX "I" ON t (a); CREATE VIEW v AS SELECT a, "A", b, "B" FROM t;

=== long_names_that_collide_when_cut
--- from
CREATE TABLE a_table_with_a_very_long_name_indeed_it_is_long (a_column_with_a_very_long_name_too_it_is serial PRIMARY KEY, another_column_with_a_very_long_name_too_yes int UNIQUE CHECK (another_column_with_a_very_long_name_too_yes > 0));
--- to
CREATE TABLE a_table_with_a_very_long_name_indeed_it_is_long (a_column_with_a_very_long_name_too_it_is bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, another_column_with_a_very_long_name_too_yes int UNIQUE CHECK (another_column_with_a_very_long_name_too_yes > 1), another_column_with_a_very_long_name_too_no int UNIQUE REFERENCES a_table_with_a_very_long_name_indeed_it_is_long (another_column_with_a_very_long_name_too_yes));

=== table_named_like_its_aside
--- from
CREATE TABLE t (id int, k text); CREATE TABLE t_old (id int); CREATE TABLE driftless_t (id int); INSERT INTO t VALUES (1, 'a');
--- to
CREATE TABLE t (id int, k text) PARTITION BY LIST (k); CREATE TABLE ta PARTITION OF t FOR VALUES IN ('a'); CREATE TABLE t_old (id bigint); CREATE TABLE driftless_t (id bigint);

=== column_of_every_type_to_text_and_back
--- from
CREATE TABLE t (id int PRIMARY KEY, a int, b bigint, c numeric(9,3), d real, e boolean, f date, g timestamptz, h interval, i uuid, j jsonb, k bytea, l inet, m int[], n text[], o point, p int4range, q bit(3), r money, s time, u xml, v tsvector, w macaddr, x char(3), y name); INSERT INTO t VALUES (1, 1, 2, 3.5, 4.5, true, '2024-01-01', '2024-01-01 00:00+00', '1 day', '00000000-0000-0000-0000-000000000001', '{"a": 1}', '\x00', '10.0.0.1', '{1}', '{a}', '(1,2)', '[1,2)', B'101', 5, '10:00', '<a/>', 'a', '08:00:2b:01:02:03', 'abc', 'n');
--- to
CREATE TABLE t (id int PRIMARY KEY, a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text, l text, m text, n text, o text, p text, q text, r text, s text, u text, v text, w text, x text, y text); INSERT INTO t VALUES (1, '1', '2', '3.5', '4.5', 'true', '2024-01-01', '2024-01-01 00:00+00', '1 day', '00000000-0000-0000-0000-000000000001', '{"a": 1}', '\x00', '10.0.0.1', '{1}', '{a}', '(1,2)', '[1,2)', '101', '5', '10:00', '<a/>', 'a', '08:00:2b:01:02:03', 'abc', 'n');

=== column_types_across_families_with_defaults
--- from
CREATE TABLE t (a int DEFAULT 1, b text DEFAULT '1', c boolean DEFAULT true, d timestamp DEFAULT '2024-01-01', e varchar(5) DEFAULT 'abc', f numeric DEFAULT 1.5, g json DEFAULT '{}', h text DEFAULT '{}', i date DEFAULT CURRENT_DATE, j int[] DEFAULT '{1}', k char(4) DEFAULT 'x', l real DEFAULT 'NaN'); INSERT INTO t DEFAULT VALUES;
--- to
CREATE TABLE t (a boolean DEFAULT false, b int DEFAULT 2, c int DEFAULT 0, d date DEFAULT '2024-02-02', e char(5) DEFAULT 'xyz', f money DEFAULT 2, g jsonb DEFAULT '[]', h text[] DEFAULT '{}', i timestamptz DEFAULT now(), j text DEFAULT '{2}', k varchar(2) DEFAULT 'y', l numeric DEFAULT 'NaN'); INSERT INTO t DEFAULT VALUES;

=== array_dimensions_and_elements
--- from
CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE TABLE t (a int[], b text[][], c varchar(3)[], d pos[], e numeric(5,2)[], f int, g timestamptz[]); INSERT INTO t VALUES ('{1,2}', '{{a}}', '{abc}', '{1}', '{1.25}', 3, '{2024-01-01}');
--- to
CREATE DOMAIN pos AS bigint CHECK (VALUE > 0); CREATE TABLE t (a bigint[], b varchar(9)[], c text[], d pos[], e numeric(6,1)[], f int[], g date[]); INSERT INTO t VALUES ('{1,2}', '{{a}}', '{abc}', '{1}', '{1.3}', '{3}', '{2024-01-01}');

=== domain_chain_checks_defaults_used_in_arrays_and_composites
--- from
CREATE DOMAIN base AS text; CREATE DOMAIN mail AS base CONSTRAINT at CHECK (VALUE LIKE '%@%') DEFAULT 'a@b'; CREATE TYPE contact AS (m mail, n text); CREATE TABLE t (id int PRIMARY KEY, m mail, c contact, f text DEFAULT 'a@b'); CREATE FUNCTION valid(mail) RETURNS boolean LANGUAGE sql AS 'SELECT true'; INSERT INTO t VALUES (1, 'x@y', ROW('x@y', 'n'), 'p@q');
--- to
CREATE DOMAIN base AS text NOT NULL; CREATE DOMAIN mail AS base CONSTRAINT at CHECK (VALUE LIKE '%_@_%') CONSTRAINT low CHECK (VALUE = lower(VALUE)); CREATE TYPE contact AS (m mail, n text); CREATE TABLE t (id int PRIMARY KEY, m mail, c contact, f mail DEFAULT 'a@b'); CREATE FUNCTION valid(mail) RETURNS boolean LANGUAGE sql AS 'SELECT true'; INSERT INTO t VALUES (1, 'x@y', ROW('x@y', 'n'), 'a@b');

=== domain_to_plain_and_plain_to_domain
--- from
CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0); CREATE DOMAIN code AS varchar(5) COLLATE "C"; CREATE TABLE t (a price NOT NULL DEFAULT 0, b numeric(10,2), c code, d text, PRIMARY KEY (c)); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a, b, c FROM t; INSERT INTO t VALUES (1, 2, 'c', 'd'); CREATE FUNCTION f(price) RETURNS code LANGUAGE sql AS $$ SELECT 'x' $$;
--- to
CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0); CREATE TABLE t (a numeric(10,2) NOT NULL DEFAULT 0, b price DEFAULT 1, c text, d varchar(5) COLLATE "C", PRIMARY KEY (c)); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a, b, c FROM t; INSERT INTO t VALUES (1, 2, 'c', 'd'); CREATE FUNCTION f(price) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;

=== composite_attributes_everywhere
--- from
CREATE TYPE addr AS (street text, zip int); CREATE TABLE t (id int PRIMARY KEY, a addr, b addr[]); CREATE INDEX i ON t (((a).zip)); CREATE VIEW v AS SELECT id, (a).street AS s FROM t; CREATE FUNCTION mk(text) RETURNS addr LANGUAGE sql AS 'SELECT ROW($1, 1)::addr'; CREATE TABLE typed OF addr (PRIMARY KEY (zip)); CREATE FUNCTION zip(addr) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.zip'; INSERT INTO t VALUES (1, ROW('s', 5), NULL); INSERT INTO typed VALUES ('x', 1); ALTER TABLE t ADD CHECK ((a).zip > 0);
--- to
CREATE TYPE addr AS (street varchar(50), zip text, city text); CREATE TABLE t (id int PRIMARY KEY, a addr, b addr[]); CREATE INDEX i ON t (((a).zip)); CREATE VIEW v AS SELECT id, (a).street AS s, (a).city AS c FROM t; CREATE FUNCTION mk(text) RETURNS addr LANGUAGE sql AS $$ SELECT ROW($1, '1', 'c')::addr $$; CREATE TABLE typed OF addr (PRIMARY KEY (zip)); CREATE FUNCTION zip(addr) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.zip'; INSERT INTO typed VALUES ('x', '1', 'c'); ALTER TABLE t ADD CHECK ((a).zip <> '');

=== composite_attribute_dropped_and_view
--- from
CREATE TYPE c AS (a int, b text, d date); CREATE TABLE t (x c); CREATE VIEW v AS SELECT (x).a, (x).b FROM t; INSERT INTO t VALUES (ROW(1, 'b', '2024-01-01')), (NULL); CREATE FUNCTION f() RETURNS SETOF c LANGUAGE sql AS 'SELECT x FROM t';
--- to
CREATE TYPE c AS (a int, d date); CREATE TABLE t (x c); CREATE VIEW v AS SELECT (x).a, (x).d FROM t; CREATE FUNCTION f() RETURNS SETOF c LANGUAGE sql AS 'SELECT x FROM t';

=== check_constraints_across_inheritance
--- from
CREATE TABLE p (id int, v int, CONSTRAINT pos CHECK (v > 0), CONSTRAINT alone CHECK (id > 0) NO INHERIT); CREATE TABLE k (w int, CONSTRAINT pos CHECK (v > 0)) INHERITS (p); CREATE TABLE g () INHERITS (k); INSERT INTO g VALUES (1, 3, 1); INSERT INTO k VALUES (-1, 3, 1);
--- to
CREATE TABLE p (id int, v int, CONSTRAINT pos CHECK (v > 1) NOT VALID, CONSTRAINT alone CHECK (id > -5)); CREATE TABLE k (w int, CONSTRAINT own CHECK (w < 9)) INHERITS (p); CREATE TABLE g (CONSTRAINT pos CHECK (v > 1)) INHERITS (k); INSERT INTO k VALUES (-1, 3, 1);

=== inheritance_columns_merged_and_local
--- from
CREATE TABLE a (id int NOT NULL, x text DEFAULT 'a'); CREATE TABLE b (id int, y int); CREATE TABLE c (x text DEFAULT 'c', z int) INHERITS (a, b); INSERT INTO c VALUES (1, 'x', 2, 3); CREATE VIEW v AS SELECT id, x FROM a; CREATE INDEX i ON c (id);
--- to
CREATE TABLE a (id bigint NOT NULL, x text DEFAULT 'b', w int); CREATE TABLE b (id bigint, y int NOT NULL DEFAULT 0); CREATE TABLE c (x text DEFAULT 'd', z int) INHERITS (a, b); INSERT INTO c (id, x, y, z) VALUES (1, 'x', 2, 3); CREATE VIEW v AS SELECT id, x, w FROM a; CREATE INDEX i ON c (id, w);

=== inheritance_three_levels_retyped
--- from
CREATE TABLE a (id int PRIMARY KEY, t varchar(5)); CREATE TABLE b (u int) INHERITS (a); CREATE TABLE c (w int DEFAULT 1) INHERITS (b); CREATE VIEW v AS SELECT id, t FROM a; CREATE VIEW w AS SELECT id, t, u FROM ONLY b; CREATE INDEX ON c (t); CREATE FUNCTION f(b) RETURNS text LANGUAGE sql AS 'SELECT $1.t'; INSERT INTO c VALUES (1, 'a', 2); INSERT INTO b VALUES (2, 'b', 3);
--- to
CREATE TABLE a (id bigint PRIMARY KEY, t text NOT NULL DEFAULT ''); CREATE TABLE b (u numeric) INHERITS (a); CREATE TABLE c (w int DEFAULT 2, t text DEFAULT 'c') INHERITS (b); CREATE VIEW v AS SELECT id, t FROM a; CREATE VIEW w AS SELECT id, t, u FROM ONLY b; CREATE INDEX ON c (t); CREATE FUNCTION f(b) RETURNS text LANGUAGE sql AS 'SELECT $1.t'; INSERT INTO c VALUES (1, 'a', 2); INSERT INTO b VALUES (2, 'b', 3);

=== like_clauses_do_not_matter
--- from
CREATE TABLE src (id serial PRIMARY KEY, n text DEFAULT 'x' CHECK (n <> ''), g int GENERATED ALWAYS AS (1) STORED); CREATE INDEX src_n ON src (n); CREATE TABLE a (LIKE src);
--- to
CREATE TABLE src (id serial PRIMARY KEY, n text DEFAULT 'x' CHECK (n <> ''), g int GENERATED ALWAYS AS (1) STORED); CREATE INDEX src_n ON src (n); CREATE TABLE a (LIKE src INCLUDING ALL);

=== partition_tree_gets_another_level
--- from
CREATE TABLE t (r text, at date, v int) PARTITION BY LIST (r); CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu'); CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us', 'ca'); CREATE INDEX ti ON t (at); INSERT INTO t VALUES ('eu', '2024-05-01', 1), ('us', '2023-01-01', 2); CREATE VIEW w AS SELECT * FROM t_eu;
--- to
CREATE TABLE t (r text, at date, v int) PARTITION BY LIST (r); CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu') PARTITION BY RANGE (at); CREATE TABLE t_eu_24 PARTITION OF t_eu FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE t_eu_old PARTITION OF t_eu FOR VALUES FROM (MINVALUE) TO ('2024-01-01'); CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us'); CREATE TABLE t_ca PARTITION OF t FOR VALUES IN ('ca', NULL); CREATE TABLE t_other PARTITION OF t DEFAULT; CREATE INDEX ti ON t (at, v); CREATE UNIQUE INDEX tu ON t (r, at); INSERT INTO t VALUES ('eu', '2024-05-01', 1), ('us', '2023-01-01', 2); CREATE VIEW w AS SELECT * FROM t_eu;

=== partition_from_default_takes_rows
--- from
CREATE TABLE t (id int, at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE t_def PARTITION OF t DEFAULT; INSERT INTO t VALUES (1, '2024-01-05'), (2, '2025-01-01');
--- to
CREATE TABLE t (id int, at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE t_def PARTITION OF t DEFAULT; CREATE TABLE t_24 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); INSERT INTO t VALUES (1, '2024-01-05'), (2, '2025-01-01');

=== partition_default_takes_rows_deep
--- from
CREATE TABLE t (id int, k text, at date NOT NULL, PRIMARY KEY (id, k, at)) PARTITION BY LIST (k); CREATE TABLE t_def PARTITION OF t DEFAULT PARTITION BY RANGE (at); CREATE TABLE t_def_d PARTITION OF t_def DEFAULT; INSERT INTO t VALUES (1, 'a', '2024-01-05'), (2, 'b', '2025-01-01'), (3, 'c', '2024-03-03');
--- to
CREATE TABLE t (id int, k text, at date NOT NULL, PRIMARY KEY (id, k, at)) PARTITION BY LIST (k); CREATE TABLE t_def PARTITION OF t DEFAULT PARTITION BY RANGE (at); CREATE TABLE t_def_d PARTITION OF t_def DEFAULT; CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a'); CREATE TABLE t_def_24 PARTITION OF t_def FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE INDEX x ON t (at); INSERT INTO t VALUES (1, 'a', '2024-01-05'), (2, 'b', '2025-01-01'), (3, 'c', '2024-03-03');

=== default_partition_goes_and_becomes_a_range
--- from
CREATE TABLE t (id int, n int) PARTITION BY RANGE (n); CREATE TABLE t_lo PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t_def PARTITION OF t DEFAULT; INSERT INTO t VALUES (1, 5), (2, 50);
--- to
CREATE TABLE t (id int, n int) PARTITION BY RANGE (n); CREATE TABLE t_lo PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t_def PARTITION OF t FOR VALUES FROM (10) TO (MAXVALUE); INSERT INTO t VALUES (1, 5), (2, 50);

=== hash_modulus_doubles
--- from
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY HASH (id); CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1); INSERT INTO t SELECT g, 'x' FROM generate_series(1, 20) g; CREATE TABLE r (t int REFERENCES t); INSERT INTO r VALUES (5);
--- to
CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY HASH (id); CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 0); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 1); CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 2); CREATE TABLE t3 PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 3); INSERT INTO t SELECT g, 'x' FROM generate_series(1, 20) g; CREATE TABLE r (t int REFERENCES t); INSERT INTO r VALUES (5);

=== range_partitions_merge_and_split
--- from
CREATE TABLE t (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at); CREATE TABLE q1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-04-01'); CREATE TABLE q2 PARTITION OF t FOR VALUES FROM ('2024-04-01') TO ('2024-07-01'); CREATE TABLE h2 PARTITION OF t FOR VALUES FROM ('2024-07-01') TO ('2025-01-01'); INSERT INTO t VALUES ('2024-02-02', 1), ('2024-05-05', 2), ('2024-08-08', 3), ('2024-11-11', 4); CREATE INDEX ON t (v);
--- to
CREATE TABLE t (at timestamptz NOT NULL, v int) PARTITION BY RANGE (at); CREATE TABLE h1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-07-01'); CREATE TABLE q3 PARTITION OF t FOR VALUES FROM ('2024-07-01') TO ('2024-10-01'); CREATE TABLE q4 PARTITION OF t FOR VALUES FROM ('2024-10-01') TO ('2025-01-01'); CREATE INDEX ON t (v); INSERT INTO t VALUES ('2024-02-02', 1), ('2024-05-05', 2), ('2024-08-08', 3), ('2024-11-11', 4);

=== partition_keys_of_several_columns_and_expressions
--- from
CREATE TABLE t (a int, b text, c date) PARTITION BY RANGE (a, lower(b)); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1, MINVALUE) TO (5, MAXVALUE); CREATE TABLE u (a int, b text COLLATE "C") PARTITION BY LIST (b COLLATE "C" text_pattern_ops); CREATE TABLE u1 PARTITION OF u FOR VALUES IN ('a', NULL); INSERT INTO t VALUES (2, 'X', NULL); INSERT INTO u VALUES (1, 'a');
--- to
CREATE TABLE t (a bigint, b text, c date) PARTITION BY RANGE (a, upper(b)); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1, MINVALUE) TO (6, 'M'); CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (6, 'M') TO (MAXVALUE, MAXVALUE); CREATE TABLE u (a int, b text) PARTITION BY LIST (b); CREATE TABLE u1 PARTITION OF u FOR VALUES IN (NULL, 'a', 'it''s'); INSERT INTO t VALUES (2, 'X', NULL); INSERT INTO u VALUES (1, 'a');

=== partitions_with_own_everything
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE t (id int NOT NULL, k int NOT NULL, v text DEFAULT 'x') PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 (id int NOT NULL, v text, k int NOT NULL); ALTER TABLE t ATTACH PARTITION t2 FOR VALUES IN (2); CREATE INDEX own ON t1 (v); ALTER TABLE t1 ADD CONSTRAINT ck CHECK (id > 0), ADD PRIMARY KEY (id); CREATE TRIGGER tr AFTER INSERT ON t1 FOR EACH ROW EXECUTE FUNCTION tf(); CREATE POLICY p ON t2 USING (true); ALTER TABLE t2 ENABLE ROW LEVEL SECURITY; CREATE TABLE f (t1 int REFERENCES t1); INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'); INSERT INTO f VALUES (1); CREATE STATISTICS s ON id, v FROM t1;
--- to
CREATE TABLE t (id bigint NOT NULL, k int NOT NULL, v text DEFAULT 'y', PRIMARY KEY (id, k), CONSTRAINT ck CHECK (id > 0)) PARTITION BY LIST (k); CREATE TABLE t1 PARTITION OF t (v DEFAULT 'one' NOT NULL) FOR VALUES IN (1); CREATE TABLE t2 (v text, k int NOT NULL, id bigint NOT NULL, CONSTRAINT ck CHECK (id > 0)); ALTER TABLE t ATTACH PARTITION t2 FOR VALUES IN (2, 3); CREATE INDEX own ON t (v); CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE t2 DISABLE TRIGGER tr; CREATE POLICY p ON t USING (true); CREATE TABLE f (t1 bigint, k int DEFAULT 1, FOREIGN KEY (t1, k) REFERENCES t); INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'); INSERT INTO f VALUES (1); CREATE STATISTICS s ON id, v FROM t;

=== foreign_keys_between_partitioned_tables
--- from
CREATE TABLE a (id int, k int, PRIMARY KEY (id, k)) PARTITION BY HASH (k); CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE a1 PARTITION OF a FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE b (x int, id int, k int, CONSTRAINT fk FOREIGN KEY (id, k) REFERENCES a) PARTITION BY RANGE (x); CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10); INSERT INTO a VALUES (1, 1), (2, 2); INSERT INTO b VALUES (1, 1, 1);
--- to
CREATE TABLE a (id bigint, k int, v text, PRIMARY KEY (k, id)) PARTITION BY HASH (k); CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE a1 PARTITION OF a FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE b (x int, id bigint, k int, CONSTRAINT fk FOREIGN KEY (k, id) REFERENCES a (k, id) ON DELETE CASCADE) PARTITION BY RANGE (x); CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10); CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (10) TO (20); ALTER TABLE a ADD UNIQUE (id, k); CREATE TABLE c (id bigint, k int, FOREIGN KEY (id, k) REFERENCES a (id, k)); INSERT INTO a VALUES (1, 1), (2, 2); INSERT INTO b VALUES (1, 1, 1);
