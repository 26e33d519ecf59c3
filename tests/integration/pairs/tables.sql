=== table_add
--- from
--- to
CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x');
=== table_options
--- from
CREATE TABLE t (a text) WITH (fillfactor = 50, autovacuum_enabled = off);
--- to
CREATE TABLE t (a text) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
=== unlogged
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('x');
--- to
CREATE UNLOGGED TABLE t (a text);
=== replica_full
--- from
CREATE TABLE t (id int);
--- to
CREATE TABLE t (id int); ALTER TABLE t REPLICA IDENTITY FULL;
=== index_stats
--- from
CREATE TABLE t (a int, b int); CREATE INDEX ix ON t ((a+b));
--- to
CREATE TABLE t (a int, b int); CREATE INDEX ix ON t ((a+b)); ALTER INDEX ix ALTER COLUMN 1 SET STATISTICS 300;
=== index_change
--- from
CREATE TABLE t (a int, b text); CREATE INDEX ix ON t (a);
--- to
CREATE TABLE t (a int, b text); CREATE INDEX ix ON t USING btree (b text_pattern_ops DESC NULLS LAST) INCLUDE (a) WITH (fillfactor=60) WHERE a > 5; COMMENT ON INDEX ix IS 'i';
=== schema_many
--- from
CREATE SCHEMA a; CREATE TABLE a.t (id int); CREATE VIEW a.v AS SELECT id FROM a.t;
--- to
CREATE SCHEMA b; CREATE TABLE b.t (id int); CREATE VIEW b.v AS SELECT id FROM b.t; COMMENT ON SCHEMA b IS 'sb';
=== quoted_names
--- from
CREATE TABLE "Order" ("Group" int, "select" text);
--- to
CREATE TABLE "Order" ("Group" bigint, "select" text NOT NULL, "空 格" int DEFAULT 3); CREATE INDEX "my ""idx" ON "Order" ("select", "空 格"); CREATE VIEW "用户" AS SELECT "Group" FROM "Order";
=== policies
--- from
CREATE TABLE t (a int, o text); CREATE POLICY p ON t FOR SELECT USING (true);
--- to
CREATE TABLE t (a int, o text); ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t AS RESTRICTIVE FOR UPDATE TO postgres USING (a > 0) WITH CHECK (o = current_user); COMMENT ON POLICY p ON t IS 'pp';
=== policy_alter
--- from
CREATE TABLE t (a int, o text); CREATE POLICY p ON t USING (a > 0) WITH CHECK (a > 1);
--- to
CREATE TABLE t (a int, o text); CREATE POLICY p ON t USING (a > 2);
=== policy_subselect
--- from
CREATE TABLE t (a int); CREATE TABLE u (id int, a int);
--- to
CREATE TABLE t (a int); CREATE TABLE u (id int, a int); CREATE FUNCTION me() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'; CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.id = me()));
=== statistics
--- from
CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s ON a, b FROM t;
--- to
CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s (mcv) ON a, b, (a + c) FROM t; ALTER STATISTICS s SET STATISTICS 50; COMMENT ON STATISTICS s IS 'st';
=== fdw
--- from
--- to
CREATE FOREIGN DATA WRAPPER w OPTIONS (a 'b'); CREATE SERVER s TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h'); CREATE USER MAPPING FOR postgres SERVER s OPTIONS (username 'u'); CREATE FOREIGN TABLE ft (a int OPTIONS (x 'y') NOT NULL, b text DEFAULT 'q') SERVER s OPTIONS (t 'tt'); COMMENT ON FOREIGN TABLE ft IS 'f';
=== fdw_options
--- from
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', port '1'); CREATE FOREIGN TABLE ft (a int) SERVER s OPTIONS (t 'tt');
--- to
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h2', db 'd'); CREATE FOREIGN TABLE ft (a bigint, c text) SERVER s OPTIONS (u 'uu');
=== publication
--- from
CREATE TABLE t (a int PRIMARY KEY, b int); CREATE PUBLICATION p FOR TABLE t;
--- to
CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE t (a) WHERE (a > 5), u WITH (publish = 'insert', publish_via_partition_root = true); CREATE PUBLICATION q FOR ALL TABLES; CREATE PUBLICATION z FOR TABLES IN SCHEMA public;
=== comments_all
--- from
CREATE TABLE t (a int); CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (x int);
--- to
CREATE TABLE t (a int); CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (x int); COMMENT ON TABLE t IS '订单''s'; COMMENT ON COLUMN t.a IS E'line\nbreak\\'; COMMENT ON TYPE e IS 'ee'; COMMENT ON COLUMN c.x IS 'xx';
=== drop_table_with_dependents
--- from
CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE c (t int REFERENCES t); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT id FROM v; CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT 1';
--- to
CREATE TABLE c (t int);
=== access_method
--- from
CREATE TABLE t (a int);
--- to
CREATE ACCESS METHOD h2 TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a int) USING h2;
=== table_rename_like
--- from
CREATE TABLE a (id int PRIMARY KEY, v text); INSERT INTO a VALUES (1,'x');
--- to
CREATE TABLE b (id int PRIMARY KEY, v text);
=== index_hash_brin_gin
--- from
CREATE TABLE t (a int, b int[], c text, d timestamptz);
--- to
CREATE TABLE t (a int, b int[], c text, d timestamptz); CREATE INDEX i1 ON t USING hash (a); CREATE INDEX i2 ON t USING gin (b); CREATE INDEX i3 ON t USING brin (d) WITH (pages_per_range = 16); CREATE INDEX i4 ON t USING gist (to_tsvector('english', c) tsvector_ops(siglen=100)); CREATE UNIQUE INDEX i5 ON t (lower(c), a DESC);
=== everything_small
CREATE EXTENSION pg_trgm; CREATE SCHEMA other; CREATE TYPE other.ot AS ENUM ('a');
--- from
CREATE TYPE shipping AS ENUM ('not shipped','shipped'); CREATE TABLE products (product_no integer CONSTRAINT pk PRIMARY KEY, name text, price numeric CHECK (price > 0), x int NOT NULL DEFAULT 7, old text); CREATE UNIQUE INDEX ON products (name); CREATE TABLE orders (order_id int PRIMARY KEY, addr text, status shipping, h other.ot); CREATE TABLE items (p int REFERENCES products ON DELETE RESTRICT, o int REFERENCES orders ON DELETE CASCADE, q int, PRIMARY KEY (p, o)); CREATE VIEW vv AS SELECT * FROM products; CREATE MATERIALIZED VIEW mv AS SELECT * FROM products; CREATE FUNCTION changed(i int, t text[]) RETURNS TABLE (a text, c int) LANGUAGE plpgsql AS $$BEGIN RETURN QUERY SELECT 'x', 1; END$$; INSERT INTO products VALUES (1,'a',200,3,'o');
--- to
CREATE TYPE shipping AS ENUM ('not shipped','shipped','delivered'); CREATE TYPE bug AS ENUM ('new','open'); CREATE TABLE products (product_no serial CONSTRAINT pk PRIMARY KEY, name text, price numeric CHECK (price > 100), x int DEFAULT 10 CHECK (x > 0), neu int, neu2 date); CREATE UNIQUE INDEX ON products (price); CREATE INDEX tg ON products USING gin (name gin_trgm_ops); CREATE TABLE orders (order_id int PRIMARY KEY, addr text, status text, h other.ot DEFAULT 'a'); CREATE TABLE items (p int REFERENCES products ON DELETE CASCADE, o int REFERENCES orders ON DELETE CASCADE, q int, PRIMARY KEY (p, o)); CREATE VIEW vv AS SELECT name, price FROM products; CREATE MATERIALIZED VIEW mv AS SELECT name FROM products; CREATE FUNCTION changed(i int, t text[]) RETURNS TABLE (a text, c int, d int) LANGUAGE plpgsql AS $$BEGIN RETURN QUERY SELECT 'x', 1, 2; END$$; CREATE FUNCTION newf(i int) RETURNS int LANGUAGE sql AS 'SELECT 1';
=== same_names_in_schemas
CREATE SCHEMA s1; CREATE SCHEMA s2;
--- from
CREATE TABLE s1.t (a int); CREATE VIEW s1.v AS SELECT a FROM s1.t; CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
--- to
CREATE TABLE s1.t (a bigint); CREATE VIEW s1.v AS SELECT a FROM s1.t; CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE TYPE s2.t AS (x s1.t, y public.t);
=== index_rename_like
--- from
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
--- to
CREATE TABLE t (a int); CREATE INDEX j ON t (a);
=== rls_toggle_and_many
CREATE TABLE t (a int, tenant text);
--- from
ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON t FOR INSERT WITH CHECK (a > 0); CREATE POLICY b ON t FOR DELETE USING (tenant = current_setting('x.y'));
--- to
CREATE POLICY a ON t FOR ALL USING (a > 1) WITH CHECK (a > 0); CREATE POLICY c ON t FOR SELECT TO public USING (tenant = ANY (string_to_array(current_setting('x.y', true), ',')));
=== index_shapes
CREATE TABLE t (a int, b text, c varchar(9), d timestamptz, j jsonb);
--- from
CREATE INDEX x ON t (a); CREATE INDEX y ON t (b);
--- to
CREATE INDEX x ON t (a DESC); CREATE INDEX y ON t (b) WHERE c IN ('a','b'); CREATE INDEX z ON t ((j ->> 'k'), (j -> 'l')); CREATE INDEX w ON t (lower(b) varchar_pattern_ops, (a + 1) DESC NULLS LAST) WHERE a IS NOT NULL AND (b = 'x' OR b = 'y'); CREATE INDEX q ON t ((d AT TIME ZONE 'UTC')); CREATE INDEX r ON t (coalesce(b, c)); CREATE UNIQUE INDEX s ON t (md5(b));
=== statistics_on_expr_change
CREATE TABLE t (a int, b int);
--- from
CREATE STATISTICS s (dependencies) ON a, b FROM t; CREATE STATISTICS s2 ON (a % 2) FROM t;
--- to
CREATE STATISTICS s (dependencies, mcv) ON a, b FROM t; CREATE STATISTICS s2 ON (a % 3) FROM t;
=== publication_changes
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int PRIMARY KEY); CREATE SCHEMA s;
--- from
CREATE PUBLICATION p FOR TABLE t, u; CREATE PUBLICATION q FOR TABLES IN SCHEMA s; CREATE PUBLICATION r FOR ALL TABLES;
--- to
CREATE PUBLICATION p FOR TABLE u WHERE (a > 1), TABLES IN SCHEMA s WITH (publish = 'insert, update'); CREATE PUBLICATION q FOR TABLE t; COMMENT ON PUBLICATION p IS 'pub';
=== subscription
--- from
--- to
CREATE SUBSCRIPTION sub CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE);
=== foreign_server_alter
--- from
CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'a', port '1'); CREATE USER MAPPING FOR public SERVER s OPTIONS (user 'x'); CREATE FOREIGN TABLE ft (a int, b text) SERVER s OPTIONS (table_name 'q');
--- to
CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'b', dbname 'd'); CREATE USER MAPPING FOR public SERVER s OPTIONS (user 'y'); CREATE FOREIGN TABLE ft (a bigint NOT NULL, c text OPTIONS (column_name 'cc') DEFAULT 'd', CHECK (a > 0)) SERVER s OPTIONS (table_name 'r', schema_name 's');
=== many_things_removed
--- from
CREATE SCHEMA gone; CREATE TYPE gone.e AS ENUM ('a'); CREATE TABLE gone.t (id serial PRIMARY KEY, e gone.e); CREATE FUNCTION gone.f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr BEFORE INSERT ON gone.t FOR EACH ROW EXECUTE FUNCTION gone.f(); CREATE VIEW public.pv AS SELECT id FROM gone.t; CREATE SEQUENCE gone.s; CREATE DOMAIN gone.d AS int; CREATE AGGREGATE gone.ag(int) (SFUNC = int4pl, STYPE = int);
--- to
=== keyword_identifiers
--- from
CREATE TABLE "user" ("order" int, "table" text, "check" int); CREATE SCHEMA "Group"; 
--- to
CREATE TABLE "user" ("order" int PRIMARY KEY, "table" text DEFAULT 'x', "check" int CHECK ("check" > 0)); CREATE SCHEMA "Group"; CREATE TABLE "Group"."user" (id int REFERENCES "user"); CREATE FUNCTION "Group"."select"("from" int) RETURNS int LANGUAGE sql AS 'SELECT "from"'; CREATE TYPE "Group"."end" AS ENUM ('case', 'it''s');
=== comment_remove_change
--- from
CREATE TABLE t (a int); COMMENT ON TABLE t IS 'one'; COMMENT ON COLUMN t.a IS 'x'; CREATE FUNCTION f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f(int, text) IS 'ff';
--- to
CREATE TABLE t (a int); COMMENT ON TABLE t IS 'two'; CREATE FUNCTION f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
=== invalid_index
--- from
CREATE TABLE m (a int) PARTITION BY HASH (a); CREATE TABLE m0 PARTITION OF m FOR VALUES WITH (MODULUS 1, REMAINDER 0);
--- to
CREATE TABLE m (a int) PARTITION BY HASH (a); CREATE TABLE m0 PARTITION OF m FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE INDEX mi ON ONLY m (a);
=== chinese_everywhere
--- from
CREATE SCHEMA 库存; CREATE TABLE 库存.商品 (编号 int PRIMARY KEY, 名称 text); INSERT INTO 库存.商品 VALUES (1, '茶');
--- to
CREATE SCHEMA 库存; CREATE TABLE 库存.商品 (编号 bigint PRIMARY KEY, 名称 varchar(50) NOT NULL DEFAULT '无', 数量 int CHECK (数量 >= 0)); CREATE INDEX 按名称 ON 库存.商品 (名称) WHERE 名称 <> '无'; CREATE VIEW 库存.清单 AS SELECT 编号, 名称 FROM 库存.商品; COMMENT ON COLUMN 库存.商品.数量 IS '现有数量';
=== long_identifiers
--- from
CREATE TABLE a123456789b123456789c123456789d123456789e123456789f1234567890 (id int);
--- to
CREATE TABLE a123456789b123456789c123456789d123456789e123456789f1234567890 (id int PRIMARY KEY, other int UNIQUE); 
=== table_moves_between_schemas
CREATE SCHEMA s;
--- from
CREATE TABLE t (id serial PRIMARY KEY, v text); CREATE INDEX ti ON t (v); CREATE VIEW w AS SELECT v FROM t;
--- to
CREATE TABLE s.t (id serial PRIMARY KEY, v text); CREATE INDEX ti ON s.t (v); CREATE VIEW w AS SELECT v FROM s.t;
=== view_over_view_over_dropped
--- from
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT b FROM v; CREATE MATERIALIZED VIEW m AS SELECT b FROM w;
--- to
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a AS b FROM v; CREATE MATERIALIZED VIEW m AS SELECT b FROM w;

=== sequences_that_start_inside_their_bounds
--- from
CREATE TABLE t (a int);
--- to
CREATE TABLE t (a int);
CREATE SEQUENCE up AS smallint MINVALUE -200 START 1;
CREATE SEQUENCE up_from_the_end AS smallint MINVALUE -200;
CREATE SEQUENCE down INCREMENT -1 MAXVALUE 200 START -1;
CREATE SEQUENCE down_from_the_end INCREMENT -3 MAXVALUE 200;

=== identity_sequences_logged_otherwise_than_their_tables
-- since 15
--- from
CREATE TABLE logged (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY);
CREATE UNLOGGED TABLE unlogged (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE moves (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED BY DEFAULT AS IDENTITY);
ALTER SEQUENCE moves_b_seq SET UNLOGGED;
INSERT INTO logged DEFAULT VALUES; INSERT INTO unlogged DEFAULT VALUES; INSERT INTO moves DEFAULT VALUES;
--- to
CREATE TABLE logged (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY);
CREATE UNLOGGED TABLE unlogged (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS IDENTITY);
CREATE UNLOGGED TABLE moves (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED BY DEFAULT AS IDENTITY);
CREATE TABLE fresh (a int GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE logged_a_seq SET UNLOGGED; ALTER SEQUENCE unlogged_a_seq SET LOGGED; ALTER SEQUENCE moves_a_seq SET LOGGED;
ALTER SEQUENCE fresh_a_seq SET UNLOGGED;
INSERT INTO logged DEFAULT VALUES; INSERT INTO unlogged DEFAULT VALUES; INSERT INTO moves DEFAULT VALUES;
