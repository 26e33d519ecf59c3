=== enum_label_in_the_middle_becomes_the_default
--- from
CREATE TYPE s AS ENUM ('new', 'done'); CREATE TABLE t (id int PRIMARY KEY, s s NOT NULL DEFAULT 'new', CHECK (s <> 'done' OR id > 0)); CREATE INDEX i ON t (s) WHERE s = 'new'; INSERT INTO t VALUES (1, 'done');
--- to
CREATE TYPE s AS ENUM ('draft', 'new', 'open', 'done'); CREATE TABLE t (id int PRIMARY KEY, s s NOT NULL DEFAULT 'open', CHECK (s <> 'open' OR id > 0)); CREATE INDEX i ON t (s) WHERE s = 'open'; INSERT INTO t VALUES (1, 'done');

=== enum_loses_a_label_while_functions_views_and_policies_name_it
--- from
CREATE TYPE s AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id int PRIMARY KEY, s s DEFAULT 'a', l s[] DEFAULT '{a,b}'); CREATE FUNCTION f(s DEFAULT 'b') RETURNS SETOF s LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT s, f(s) AS g FROM t WHERE s IN ('a', 'b'); CREATE POLICY p ON t USING (s = 'b'); INSERT INTO t VALUES (1, 'b', '{b}');
--- to
CREATE TYPE s AS ENUM ('b', 'a'); CREATE TABLE t (id int PRIMARY KEY, s s DEFAULT 'b', l s[] DEFAULT '{b}'); CREATE FUNCTION f(s DEFAULT 'a') RETURNS SETOF s LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT s, f(s) AS g FROM t WHERE s IN ('a'); CREATE POLICY p ON t USING (s = 'a'); INSERT INTO t VALUES (1, 'b', '{b}');

=== domain_in_arrays_composites_and_functions_gets_a_check
--- from
CREATE DOMAIN d AS int; CREATE TYPE c AS (a d, b d[]); CREATE TABLE t (id int, d d, ds d[], c c); CREATE FUNCTION f(d, c) RETURNS d LANGUAGE sql AS 'SELECT $1'; INSERT INTO t VALUES (1, 2, '{3}', NULL);
--- to
CREATE DOMAIN d AS int DEFAULT 4 NOT NULL CHECK (VALUE > 0); CREATE TYPE c AS (a d, b d[]); CREATE TABLE t (id int, d d, ds d[], c c); CREATE FUNCTION f(d, c) RETURNS d LANGUAGE sql AS 'SELECT $1'; INSERT INTO t VALUES (1, 2, '{3}', NULL);

=== composite_grows_shrinks_and_is_retyped_in_use
--- from
CREATE TYPE a AS (street text, no int, gone date); CREATE TABLE t (id int PRIMARY KEY, a a, l a[]); CREATE VIEW v AS SELECT (a).street AS s FROM t; CREATE FUNCTION f(a) RETURNS text LANGUAGE sql AS 'SELECT $1.street'; CREATE INDEX i ON t (((a).no)); INSERT INTO t VALUES (1, ROW('x', 1, NULL), NULL);
--- to
CREATE TYPE a AS (street varchar(40), no bigint, city text); CREATE TABLE t (id int PRIMARY KEY, a a, l a[]); CREATE VIEW v AS SELECT (a).street AS s, (a).city AS c FROM t; CREATE FUNCTION f(a) RETURNS text LANGUAGE sql AS 'SELECT $1.street'; CREATE INDEX i ON t (((a).no)); INSERT INTO t VALUES (1, ROW('x', 1, NULL), NULL);

=== range_type_gets_another_subtype_under_exclusion
--- from
CREATE TYPE span AS RANGE (SUBTYPE = float8); CREATE TABLE t (id int, s span, EXCLUDE USING gist (s WITH &&)); CREATE FUNCTION f(span) RETURNS bool LANGUAGE sql AS 'SELECT isempty($1)';
--- to
CREATE TYPE span AS RANGE (SUBTYPE = numeric); CREATE TABLE t (id int, s span, EXCLUDE USING gist (s WITH &&, s WITH =)); CREATE FUNCTION f(span) RETURNS bool LANGUAGE sql AS 'SELECT isempty($1)';

=== trigger_function_moves_and_changes_language
CREATE SCHEMA lib;
--- from
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := 1; RETURN NEW; END'; CREATE TABLE t (id int, v int); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch(); CREATE TABLE u (v int); CREATE TRIGGER tr BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION touch('a');
--- to
CREATE FUNCTION lib.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO lib, public AS 'BEGIN NEW.v := 1; RETURN NEW; END'; CREATE TABLE t (id int, v int); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION lib.touch(); CREATE TABLE u (v bigint); CREATE TRIGGER tr BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION lib.touch('b');

=== table_becomes_view_over_a_new_table
--- from
CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE VIEW big AS SELECT id FROM orders WHERE total > 9; CREATE FUNCTION f(orders) RETURNS int LANGUAGE sql AS 'SELECT $1.total'; COMMENT ON TABLE orders IS 'orders';
--- to
CREATE TABLE orders_2 (id int PRIMARY KEY, total int, gone bool DEFAULT false NOT NULL); CREATE VIEW orders AS SELECT id, total FROM orders_2 WHERE NOT gone; CREATE VIEW big AS SELECT id FROM orders WHERE total > 9; CREATE FUNCTION f(orders) RETURNS int LANGUAGE sql AS 'SELECT $1.total'; COMMENT ON VIEW orders IS 'orders';

=== soft_delete_comes_to_a_small_shop
--- from
CREATE TABLE customer (id bigserial PRIMARY KEY, email varchar(254) NOT NULL UNIQUE, created_at timestamptz NOT NULL DEFAULT now()); CREATE TABLE invoice (id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer ON DELETE CASCADE, amount numeric(10, 2) NOT NULL CHECK (amount >= 0)); CREATE INDEX ON invoice (customer_id); INSERT INTO customer (email) VALUES ('a@b'); INSERT INTO invoice (customer_id, amount) VALUES (1, 3);
--- to
CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz); CREATE UNIQUE INDEX customer_email_key ON customer (lower(email)) WHERE deleted_at IS NULL; CREATE TABLE invoice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer ON DELETE RESTRICT, amount bigint NOT NULL, currency char(3) NOT NULL DEFAULT 'EUR', CONSTRAINT positive CHECK (amount >= 0)); CREATE INDEX ON invoice (customer_id, id DESC); CREATE VIEW open_invoice AS SELECT i.* FROM invoice i JOIN customer c ON c.id = i.customer_id AND c.deleted_at IS NULL;

=== many_to_many_table_gets_an_id_of_its_own
--- from
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE "_AToB" ("A" int NOT NULL REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, "B" int NOT NULL REFERENCES b ON DELETE CASCADE ON UPDATE CASCADE); CREATE UNIQUE INDEX "_AToB_AB_unique" ON "_AToB" ("A", "B"); CREATE INDEX "_AToB_B_index" ON "_AToB" ("B"); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); INSERT INTO "_AToB" VALUES (1, 1);
--- to
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE "_AToB" ("A" int NOT NULL REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, "B" int NOT NULL REFERENCES b ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_AToB_AB_pkey" PRIMARY KEY ("A", "B"), position smallint DEFAULT 0 NOT NULL); CREATE INDEX "_AToB_B_index" ON "_AToB" ("B", position); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); INSERT INTO "_AToB" VALUES (1, 1);

=== updated_at_triggers_are_given_to_every_table
--- from
CREATE TABLE "Users" ("Id" int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL DEFAULT now()); CREATE TABLE "Posts" ("Id" int PRIMARY KEY, "updatedAt" timestamp(3) NOT NULL DEFAULT now());
--- to
CREATE FUNCTION "setUpdatedAt"() RETURNS trigger LANGUAGE plpgsql AS $x$BEGIN NEW."updatedAt" := now(); RETURN NEW; END$x$; CREATE TABLE "Users" ("Id" int PRIMARY KEY, "updatedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP); CREATE TABLE "Posts" ("Id" int PRIMARY KEY, "updatedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, title text); CREATE TRIGGER "set" BEFORE UPDATE ON "Users" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "setUpdatedAt"(); CREATE TRIGGER "set" BEFORE UPDATE OF title ON "Posts" FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();

=== sequences_change_hands_types_and_bounds
--- from
CREATE SEQUENCE a AS smallint START 5; CREATE SEQUENCE b INCREMENT -1; CREATE TABLE t (id int DEFAULT nextval('a'), k int); ALTER SEQUENCE b OWNED BY t.k; SELECT nextval('a'), nextval('b');
--- to
CREATE SEQUENCE a AS bigint MINVALUE 50 START 60 CYCLE; CREATE SEQUENCE b INCREMENT 2 MAXVALUE 99; CREATE TABLE t (id int, k int DEFAULT nextval('b')); ALTER SEQUENCE a OWNED BY t.id; SELECT nextval('a');

=== overloads_with_defaults_and_variadics_change
--- from
CREATE FUNCTION f(a int, VARIADIC b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(a text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE VIEW v AS SELECT f(1, 'a', 'b') AS a, f('x') AS b;
--- to
CREATE FUNCTION f(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(b text DEFAULT 'y', c int DEFAULT 3) RETURNS bigint LANGUAGE sql STRICT LEAKPROOF COST 7 AS 'SELECT 2'; CREATE VIEW v AS SELECT f(1, ARRAY['a', 'b']) AS a, f('x', 4) AS b;

=== typed_table_gets_another_type_with_everything
--- from
CREATE TYPE a AS (id int, v text); CREATE TABLE t OF a (id PRIMARY KEY, v DEFAULT 'x'); CREATE INDEX i ON t (v); CREATE VIEW w AS SELECT v FROM t; INSERT INTO t VALUES (1, 'q');
--- to
CREATE TYPE b AS (id int, v text, w date); CREATE TABLE t OF b (id PRIMARY KEY, v NOT NULL, CHECK (id > 0)); CREATE INDEX i ON t (v, w); CREATE VIEW w AS SELECT v, w FROM t; INSERT INTO t VALUES (1, 'q');

=== column_and_its_table_change_all_at_once
CREATE SCHEMA n;
--- from
CREATE TABLE t (id int PRIMARY KEY, a varchar(5) DEFAULT 'x' COLLATE "C" CHECK (a <> ''), b int UNIQUE); COMMENT ON COLUMN t.a IS 'a'; CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 'y', 2);
--- to
CREATE TABLE n.t (id int PRIMARY KEY, a text NOT NULL COLLATE "POSIX" CHECK (length(a) > 0), c int UNIQUE); COMMENT ON COLUMN n.t.a IS 'b'; CREATE INDEX i ON n.t (a DESC); INSERT INTO n.t VALUES (1, 'y', 2);

=== interval_partition_tables_get_a_tenant_key
--- from
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, body jsonb); CREATE INDEX ev_at ON ev (at); CREATE VIEW last_ev AS SELECT DISTINCT ON (at) id, at FROM ev ORDER BY at, id DESC; INSERT INTO ev (at) VALUES ('2024-05-05');
--- to
CREATE TABLE ev (id bigint NOT NULL, at date NOT NULL, body jsonb, tenant int NOT NULL DEFAULT 0, PRIMARY KEY (tenant, at, id)) PARTITION BY RANGE (at); CREATE TABLE ev_2024 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE ev_rest PARTITION OF ev DEFAULT; CREATE INDEX ev_at ON ev (at); CREATE VIEW last_ev AS SELECT DISTINCT ON (at) id, at FROM ev ORDER BY at, id DESC; INSERT INTO ev (id, at) VALUES (1, '2024-05-05');
