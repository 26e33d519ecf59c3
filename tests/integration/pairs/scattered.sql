=== all_names_the_same_in_three_schemas
CREATE SCHEMA x; CREATE SCHEMA y;
--- from
CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE x.t (id int PRIMARY KEY REFERENCES t); CREATE TABLE y.t (id int PRIMARY KEY REFERENCES x.t); CREATE INDEX t_i ON x.t (id); CREATE INDEX t_i ON y.t (id);
--- to
CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE y.t (id int PRIMARY KEY REFERENCES t); CREATE TABLE x.t (id int PRIMARY KEY REFERENCES y.t DEFERRABLE); CREATE INDEX t_i ON x.t (id DESC); CREATE UNIQUE INDEX t_i ON y.t (id);

=== types_of_one_name_in_two_schemas_change_places
CREATE SCHEMA x; CREATE SCHEMA y;
--- from
CREATE TYPE x.kind AS ENUM ('a', 'b'); CREATE TYPE y.kind AS ENUM ('c', 'd'); CREATE TABLE x.t (id int, k x.kind DEFAULT 'a', o y.kind); CREATE FUNCTION y.f(x.kind, y.kind) RETURNS x.kind LANGUAGE sql AS 'SELECT $1'; INSERT INTO x.t VALUES (1, 'b', NULL);
--- to
CREATE TYPE x.kind AS ENUM ('c', 'd'); CREATE TYPE y.kind AS ENUM ('a', 'b'); CREATE TABLE x.t (id int, k y.kind DEFAULT 'b', o x.kind); CREATE FUNCTION y.f(y.kind, x.kind) RETURNS y.kind LANGUAGE sql AS 'SELECT $1'; INSERT INTO x.t VALUES (1, 'b', NULL);

=== chinese_and_upper_case_names_with_everything
--- from
CREATE TYPE "状态" AS ENUM ('待处理', '完成'); CREATE TABLE "订单" ("编号" serial PRIMARY KEY, "State" "状态" DEFAULT '待处理', "select" text, CONSTRAINT "检查" CHECK ("编号" > 0)); CREATE VIEW "视图" AS SELECT "编号", "State" FROM "订单"; CREATE INDEX "索引" ON "订单" ("select"); COMMENT ON COLUMN "订单"."State" IS '订单的状态'; INSERT INTO "订单" ("select") VALUES ('甲');
--- to
CREATE TYPE "状态" AS ENUM ('待处理', '处理中', '完成'); CREATE TABLE "订单" ("编号" bigserial PRIMARY KEY, "State" "状态" DEFAULT '处理中', "select" varchar(20), CONSTRAINT "检查" CHECK ("编号" >= 1), "价格 " numeric); CREATE VIEW "视图" AS SELECT "编号", "State", "价格 " FROM "订单"; CREATE INDEX "索引" ON "订单" ("select" DESC, "价格 "); COMMENT ON COLUMN "订单"."State" IS '状态''s'; INSERT INTO "订单" ("select", "State") VALUES ('甲', '完成');

=== schema_is_renamed_with_all_in_it
--- from
CREATE SCHEMA "Old One"; CREATE TYPE "Old One".e AS ENUM ('a'); CREATE TABLE "Old One".t (id serial PRIMARY KEY, k "Old One".e); CREATE FUNCTION "Old One".f("Old One".t) RETURNS "Old One".e LANGUAGE sql AS 'SELECT $1.k'; CREATE VIEW v AS SELECT "Old One".f(t) AS k FROM "Old One".t;
--- to
CREATE SCHEMA "new-one"; CREATE TYPE "new-one".e AS ENUM ('a'); CREATE TABLE "new-one".t (id serial PRIMARY KEY, k "new-one".e); CREATE FUNCTION "new-one".f("new-one".t) RETURNS "new-one".e LANGUAGE sql AS 'SELECT $1.k'; CREATE VIEW v AS SELECT "new-one".f(t) AS k FROM "new-one".t;

=== table_moves_with_its_triggers_policies_and_keys
CREATE SCHEMA app; CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE TABLE users (id serial PRIMARY KEY, mail text UNIQUE); CREATE TABLE posts (id int PRIMARY KEY, u int REFERENCES users); CREATE TRIGGER tr BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION tf(); CREATE POLICY p ON users USING (true); ALTER TABLE users ENABLE ROW LEVEL SECURITY; INSERT INTO users (mail) VALUES ('a');
--- to
CREATE TABLE app.users (id serial PRIMARY KEY, mail text UNIQUE); CREATE TABLE posts (id int PRIMARY KEY, u int REFERENCES app.users); CREATE TRIGGER tr BEFORE UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION tf(); CREATE POLICY p ON app.users USING (true); ALTER TABLE app.users ENABLE ROW LEVEL SECURITY; INSERT INTO app.users (mail) VALUES ('a');

=== extension_in_a_schema_with_columns_indexes_and_functions_on_it
CREATE SCHEMA ext;
--- from
CREATE EXTENSION citext SCHEMA ext; CREATE TABLE t (id int PRIMARY KEY, mail ext.citext UNIQUE DEFAULT 'x'); CREATE FUNCTION f(ext.citext) RETURNS ext.citext LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT mail = 'A' AS same FROM t; INSERT INTO t VALUES (1, 'Aa');
--- to
CREATE TABLE t (id int PRIMARY KEY, mail text UNIQUE DEFAULT 'x'); CREATE FUNCTION f(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT lower(mail) = 'a' AS same FROM t; INSERT INTO t VALUES (1, 'Aa');

=== trigram_indexes_and_hstore_columns_go_with_their_extensions
--- from
CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore; CREATE TABLE t (id int, a text, h hstore DEFAULT 'a=>1'); CREATE INDEX i ON t USING gin (a gin_trgm_ops); CREATE INDEX j ON t USING gist (h); CREATE INDEX k ON t USING gist (a gist_trgm_ops (siglen = 32)); CREATE VIEW v AS SELECT h -> 'a' AS a, similarity(a, 'x') AS s FROM t;
--- to
CREATE TABLE t (id int, a text, h jsonb DEFAULT '{"a": 1}'); CREATE INDEX i ON t (a); CREATE INDEX j ON t USING gin (h); CREATE VIEW v AS SELECT h ->> 'a' AS a, 0.5::real AS s FROM t;

=== foreign_tables_change_under_views_and_triggers
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE SERVER s2 FOREIGN DATA WRAPPER w; CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
--- from
CREATE FOREIGN TABLE ft (id int OPTIONS (a '1'), n text NOT NULL) SERVER s OPTIONS (t 'x'); CREATE VIEW v AS SELECT n FROM ft; CREATE TRIGGER tr AFTER INSERT ON ft FOR EACH ROW EXECUTE FUNCTION tf(); COMMENT ON FOREIGN TABLE ft IS 'far';
--- to
CREATE FOREIGN TABLE ft (id bigint OPTIONS (a '2', b '3'), n varchar, CHECK (id > 0), m int DEFAULT 3) SERVER s2 OPTIONS (t 'y', u 'z'); CREATE VIEW v AS SELECT n, m FROM ft; CREATE TRIGGER tr AFTER INSERT OR UPDATE ON ft FOR EACH ROW EXECUTE FUNCTION tf(); COMMENT ON FOREIGN TABLE ft IS 'farther';

=== text_search_stack_is_replaced
--- from
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, stopwords = english); CREATE TEXT SEARCH CONFIGURATION c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword, word WITH d, simple; CREATE TABLE t (id int, b text, v tsvector GENERATED ALWAYS AS (to_tsvector('c', b)) STORED); CREATE INDEX i ON t USING gin (v); CREATE INDEX j ON t USING gin (to_tsvector('c', b)); INSERT INTO t VALUES (1, 'one two');
--- to
CREATE TEXT SEARCH DICTIONARY d2 (TEMPLATE = snowball, language = german); CREATE TEXT SEARCH CONFIGURATION c2 (PARSER = default); ALTER TEXT SEARCH CONFIGURATION c2 ADD MAPPING FOR asciiword WITH d2; CREATE TABLE t (id int, b text, v tsvector GENERATED ALWAYS AS (to_tsvector('c2', b)) STORED); CREATE INDEX i ON t USING gin (v); CREATE INDEX j ON t USING gin (to_tsvector('c2', b)); INSERT INTO t VALUES (1, 'one two');

=== operator_and_its_class_over_a_composite_change_their_functions
CREATE TYPE pair AS (a int, b int);
--- from
CREATE FUNCTION lt(pair, pair) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.a < $2.a'; CREATE OPERATOR <# (FUNCTION = lt, LEFTARG = pair, RIGHTARG = pair, RESTRICT = scalarltsel); CREATE TABLE t (p pair, q pair, CHECK (p <# q)); CREATE VIEW v AS SELECT p <# q AS l FROM t; INSERT INTO t VALUES ('(1,2)', '(3,4)');
--- to
CREATE FUNCTION less(x pair, y pair) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1.b < $2.b'; CREATE OPERATOR <# (FUNCTION = less, LEFTARG = pair, RIGHTARG = pair, JOIN = scalarltjoinsel); CREATE TABLE t (p pair, q pair, CHECK (p <# q)); CREATE VIEW v AS SELECT p <# q AS l FROM t; COMMENT ON OPERATOR <# (pair, pair) IS 'less';

=== aggregate_gets_other_support_functions_under_a_matview
--- from
CREATE FUNCTION step(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (SFUNC = step, STYPE = int, INITCOND = '0'); CREATE TABLE t (id int); CREATE MATERIALIZED VIEW m AS SELECT total(id) AS s FROM t; CREATE INDEX mi ON m (s); COMMENT ON AGGREGATE total(int) IS 'sum';
--- to
CREATE FUNCTION step(bigint, int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION fin(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'; CREATE AGGREGATE total(int) (SFUNC = step, STYPE = bigint, FINALFUNC = fin, INITCOND = '10', PARALLEL = SAFE); CREATE TABLE t (id int); CREATE MATERIALIZED VIEW m AS SELECT total(id) AS s FROM t; CREATE INDEX mi ON m (s); COMMENT ON AGGREGATE total(int) IS 'text';

=== procedures_with_inout_and_transactions_change
--- from
CREATE PROCEDURE pr(INOUT a int, b text DEFAULT 'x') LANGUAGE plpgsql AS 'BEGIN a := a + 1; END'; CREATE PROCEDURE q() LANGUAGE sql AS 'SELECT 1'; COMMENT ON PROCEDURE q() IS 'q';
--- to
CREATE PROCEDURE pr(INOUT a bigint, b text DEFAULT 'y', c int[] DEFAULT '{}') LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN a := a + 2; END'; CREATE FUNCTION q() RETURNS void LANGUAGE sql AS 'SELECT'; COMMENT ON FUNCTION q() IS 'q';

=== collation_own_of_indexes_views_and_domains_is_replaced
--- from
CREATE COLLATION low FROM "C"; CREATE DOMAIN word AS text COLLATE low; CREATE TABLE t (id int, a text COLLATE low, w word); CREATE INDEX i ON t (a, w COLLATE low); CREATE VIEW v AS SELECT a FROM t ORDER BY a COLLATE low; INSERT INTO t VALUES (1, 'a', 'b');
--- to
CREATE COLLATION high FROM "POSIX"; CREATE DOMAIN word AS text COLLATE high; CREATE TABLE t (id int, a text COLLATE high, w word); CREATE INDEX i ON t (a, w COLLATE high); CREATE VIEW v AS SELECT a FROM t ORDER BY a COLLATE high; INSERT INTO t VALUES (1, 'a', 'b');

=== event_trigger_swaps_function_tags_and_state
--- from
CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TYPE') EXECUTE FUNCTION ev(); ALTER EVENT TRIGGER e DISABLE; COMMENT ON EVENT TRIGGER e IS 'e';
--- to
CREATE FUNCTION ev2() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_start WHEN TAG IN ('CREATE TYPE', 'DROP TYPE') EXECUTE FUNCTION ev2(); ALTER EVENT TRIGGER e ENABLE ALWAYS;

=== publications_change_columns_filters_and_lists
-- since 15
CREATE TABLE a (id int PRIMARY KEY, v text, w int); CREATE TABLE b (id int PRIMARY KEY, v text); CREATE SCHEMA s;
--- from
CREATE PUBLICATION p FOR TABLE a (id, v) WHERE (id > 1), b; CREATE PUBLICATION q FOR ALL TABLES; COMMENT ON PUBLICATION p IS 'p';
--- to
CREATE PUBLICATION p FOR TABLE a WHERE (id > 2), TABLES IN SCHEMA s WITH (publish = 'insert'); CREATE PUBLICATION q FOR TABLE b (v, id);
