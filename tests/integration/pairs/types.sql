=== enum_add_values
--- from
CREATE TYPE e AS ENUM ('a','c'); CREATE TABLE t (x e DEFAULT 'a'); INSERT INTO t VALUES ('c');
--- to
CREATE TYPE e AS ENUM ('0','a','b','c','d'); CREATE TABLE t (x e DEFAULT 'a');
=== enum_add_value_used
--- from
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (x e DEFAULT 'a');
--- to
CREATE TYPE e AS ENUM ('a','b'); CREATE TABLE t (x e DEFAULT 'b');
=== enum_remove_value
--- from
CREATE TYPE e AS ENUM ('a','b','c'); CREATE TABLE t (x e DEFAULT 'a', y e[]); CREATE VIEW v AS SELECT x FROM t WHERE x = 'a'; CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1'; CREATE INDEX ti ON t (x) WHERE x = 'a'; INSERT INTO t VALUES ('a', '{a,c}'::e[]);
--- to
CREATE TYPE e AS ENUM ('a','c'); CREATE TABLE t (x e DEFAULT 'a', y e[]); CREATE VIEW v AS SELECT x FROM t WHERE x = 'a'; CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1'; CREATE INDEX ti ON t (x) WHERE x = 'a';
=== enum_reorder
--- from
CREATE TYPE e AS ENUM ('a','b','c'); CREATE TABLE t (x e CHECK (x <> 'b')); INSERT INTO t VALUES ('a');
--- to
CREATE TYPE e AS ENUM ('c','b','a'); CREATE TABLE t (x e CHECK (x <> 'b'));
=== enum_to_text
--- from
CREATE TYPE e AS ENUM ('a','b','c'); CREATE TABLE t (x e DEFAULT 'a'); INSERT INTO t VALUES ('a');
--- to
CREATE TABLE t (x text DEFAULT 'a');
=== text_to_enum
--- from
CREATE TABLE t (x text DEFAULT 'a'); INSERT INTO t VALUES ('a');
--- to
CREATE TYPE e AS ENUM ('a','b','c'); CREATE TABLE t (x e DEFAULT 'a');
=== domain_changes
--- from
CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (x d); INSERT INTO t VALUES (5);
--- to
CREATE DOMAIN d AS int DEFAULT 3 NOT NULL CONSTRAINT dc CHECK (VALUE > 1); CREATE TABLE t (x d); COMMENT ON DOMAIN d IS 'dd';
=== domain_base_change
--- from
CREATE DOMAIN d AS int; CREATE TABLE t (x d); INSERT INTO t VALUES (5);
--- to
CREATE DOMAIN d AS bigint; CREATE TABLE t (x d);
=== domain_collation
--- from
CREATE DOMAIN d AS text; CREATE TABLE t (x d);
--- to
CREATE DOMAIN d AS text COLLATE "C"; CREATE TABLE t (x d);
=== composite_changes
--- from
CREATE TYPE c AS (a int, b text, z int); CREATE TABLE t (x c[]);
--- to
CREATE TYPE c AS (a bigint, b text, q date); CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE k (y int);
=== composite_in_use
--- from
CREATE TYPE c AS (a int, b text); CREATE TABLE t (x c); CREATE VIEW v AS SELECT (x).a FROM t;
--- to
CREATE TYPE c AS (a int, b text, q date); CREATE TABLE t (x c); CREATE VIEW v AS SELECT (x).a FROM t;
=== range_type
--- from
--- to
CREATE TYPE fr AS RANGE (subtype = float8, subtype_diff = float8mi); CREATE TABLE t (r fr); 
=== range_type2
--- from
CREATE TABLE x (a int);
--- to
CREATE TYPE fr AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = fmulti); CREATE TABLE t (r fr, m fmulti); COMMENT ON TYPE fr IS 'range'; CREATE TABLE x (a int);
=== sequence_options
--- from
CREATE SEQUENCE s;
--- to
CREATE SEQUENCE s AS int INCREMENT 5 MINVALUE 10 MAXVALUE 1000 START 20 CACHE 3 CYCLE; COMMENT ON SEQUENCE s IS 'ss';
=== sequence_owned
--- from
CREATE SEQUENCE s; CREATE TABLE t (a int);
--- to
CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY t.a;
=== sequence_owner_table_drop
--- from
CREATE TABLE t (a serial); CREATE TABLE u (b int);
--- to
CREATE SEQUENCE t_a_seq AS int; CREATE TABLE u (b int DEFAULT nextval('t_a_seq'));
=== extension
--- from
--- to
CREATE EXTENSION citext; CREATE TABLE t (c citext UNIQUE CHECK (c <> 'x'), h int);
=== extension_drop
--- from
CREATE EXTENSION hstore; CREATE TABLE t (a int, h hstore); INSERT INTO t VALUES (1, 'a=>1');
--- to
CREATE TABLE t (a int, h text);
=== extension_schema
--- from
CREATE EXTENSION pg_trgm; CREATE TABLE t (a text); CREATE INDEX ti ON t USING gin (a gin_trgm_ops);
--- to
CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext; CREATE TABLE t (a text); CREATE INDEX ti ON t USING gin (a ext.gin_trgm_ops);
=== collation_new
--- from
CREATE TABLE t (a text);
--- to
CREATE COLLATION de (provider = libc, locale = 'C'); CREATE TABLE t (a text COLLATE de, b text COLLATE "C"); CREATE INDEX ti ON t (a COLLATE "POSIX");
=== operator
--- from
--- to
CREATE FUNCTION eq(int, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE OPERATOR === (LEFTARG = int, RIGHTARG = text, FUNCTION = eq, RESTRICT = eqsel, JOIN = eqjoinsel); COMMENT ON OPERATOR === (int, text) IS 'op'; CREATE VIEW v AS SELECT 1 === 'x'::text AS x;
=== operator_class
--- from
--- to
CREATE FUNCTION cmp(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2,$1)'; CREATE OPERATOR CLASS rev_ops FOR TYPE int USING btree AS OPERATOR 1 > , OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 cmp(int,int); CREATE TABLE t (a int); CREATE INDEX ti ON t (a rev_ops);
=== cast
--- from
CREATE TYPE c AS (a int);
--- to
CREATE TYPE c AS (a int); CREATE FUNCTION toc(int) RETURNS c LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1)::c'; CREATE CAST (int AS c) WITH FUNCTION toc(int) AS ASSIGNMENT; COMMENT ON CAST (int AS c) IS 'cc';
=== text_search
--- from
--- to
CREATE TEXT SEARCH DICTIONARY sd (TEMPLATE = simple, STOPWORDS = english); CREATE TEXT SEARCH CONFIGURATION tc (COPY = pg_catalog.english); ALTER TEXT SEARCH CONFIGURATION tc ALTER MAPPING FOR asciiword WITH sd; CREATE TABLE t (d text, v tsvector GENERATED ALWAYS AS (to_tsvector('tc', d)) STORED);
=== domain_over_domain_array
--- from
--- to
CREATE DOMAIN d AS text CHECK (VALUE ~ '^a'); CREATE DOMAIN e AS d[] CHECK (array_length(VALUE, 1) < 5); CREATE TYPE c AS (x e, y d); CREATE TABLE t (z c);
=== enum_in_composite_domain
--- from
CREATE TYPE e AS ENUM ('a','b'); CREATE TYPE c AS (x e); CREATE DOMAIN d AS e CHECK (VALUE <> 'b'); CREATE TABLE t (y d, z c);
--- to
CREATE TYPE e AS ENUM ('b','a'); CREATE TYPE c AS (x e); CREATE DOMAIN d AS e CHECK (VALUE <> 'b'); CREATE TABLE t (y d, z c);
=== enum_rename_schema
CREATE SCHEMA s;
--- from
CREATE TYPE e AS ENUM ('a','b'); CREATE TABLE t (x e DEFAULT 'a' NOT NULL); INSERT INTO t VALUES ('b');
--- to
CREATE TYPE s.e AS ENUM ('a','b'); CREATE TABLE t (x s.e DEFAULT 'a' NOT NULL);
=== owned_sequence_moves
--- from
CREATE TABLE t (a int); CREATE TABLE u (b int); CREATE SEQUENCE s OWNED BY t.a;
--- to
CREATE TABLE u (b int); CREATE SEQUENCE s OWNED BY u.b;
=== conversion
--- from
--- to
CREATE CONVERSION myconv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1; COMMENT ON CONVERSION myconv IS 'c';
=== operator_family_add
--- from
CREATE OPERATOR FAMILY of USING btree;
--- to
CREATE OPERATOR FAMILY of USING btree; ALTER OPERATOR FAMILY of USING btree ADD OPERATOR 1 < (int4, int8), FUNCTION 1 btint48cmp(int4, int8); COMMENT ON OPERATOR FAMILY of USING btree IS 'fam';
=== text_search_change
--- from
CREATE TEXT SEARCH CONFIGURATION c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword WITH simple; CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);
--- to
CREATE TEXT SEARCH CONFIGURATION c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word, asciiword WITH english_stem, simple; CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, ACCEPT = false); COMMENT ON TEXT SEARCH DICTIONARY d IS 'dd';
=== collation_change
--- from
CREATE COLLATION c (provider = icu, locale = 'de'); CREATE TABLE t (a text COLLATE c);
--- to
CREATE COLLATION c (provider = icu, locale = 'und', deterministic = false); CREATE TABLE t (a text COLLATE c);
=== range_change
--- from
CREATE TYPE r AS RANGE (subtype = int4); CREATE TABLE t (y int);
--- to
CREATE TYPE r AS RANGE (subtype = int8); CREATE TABLE t (y int);
=== composite_nested_attr_type
--- from
CREATE TYPE a AS (x int); CREATE TYPE b AS (y a, z text COLLATE "C"); CREATE FUNCTION f(b) RETURNS a LANGUAGE sql AS 'SELECT $1.y';
--- to
CREATE TYPE a AS (x text); CREATE TYPE b AS (y a, z text); CREATE FUNCTION f(b) RETURNS a LANGUAGE sql AS 'SELECT $1.y';
=== domain_used_everywhere
--- from
CREATE DOMAIN d AS varchar(10) NOT NULL; CREATE TABLE t (a d, b d[] ); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1'; INSERT INTO t VALUES ('x', '{y}');
--- to
CREATE DOMAIN d AS varchar(20); CREATE TABLE t (a d, b d[] ); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1';
=== enum_label_and_default_array
--- from
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, m mood[] DEFAULT ARRAY['ok']::mood[]); INSERT INTO t VALUES (1, '{sad,ok}');
--- to
CREATE TYPE mood AS ENUM ('sad', 'so-so', 'ok'); CREATE TABLE t (id int, m mood[] DEFAULT ARRAY['ok']::mood[]);
=== domain_check_replaced_with_rows
--- from
CREATE DOMAIN pos AS int CONSTRAINT p CHECK (VALUE > 0); CREATE TABLE t (a pos); INSERT INTO t VALUES (9);
--- to
CREATE DOMAIN pos AS int CONSTRAINT p CHECK (VALUE > 5); CREATE TABLE t (a pos);
=== domain_of_enum_made_anew
--- from
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE DOMAIN de AS e DEFAULT 'a'; CREATE TABLE t (x de, y e); INSERT INTO t VALUES ('a', 'b');
--- to
CREATE TYPE e AS ENUM ('b', 'a'); CREATE DOMAIN de AS e DEFAULT 'a'; CREATE TABLE t (x de, y e);
=== composite_attribute_collation
--- from
CREATE TYPE c AS (a text, b int);
--- to
CREATE TYPE c AS (a text COLLATE "C", b int); COMMENT ON TYPE c IS '复合';

=== range_canonical
--- from
--- to
CREATE TYPE r; CREATE FUNCTION whole(r) RETURNS r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical'; CREATE TYPE r AS RANGE (subtype = int4, canonical = whole); COMMENT ON FUNCTION whole(r) IS 'w'; CREATE TABLE t (x r);

=== range_canonical_changes
--- from
CREATE TYPE r; CREATE FUNCTION whole(r) RETURNS r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical'; CREATE TYPE r AS RANGE (subtype = int4, canonical = whole); CREATE TABLE t (x r); INSERT INTO t VALUES ('[1,4)');
--- to
CREATE TYPE r AS RANGE (subtype = int4); CREATE TABLE t (x r); INSERT INTO t VALUES ('[1,4)');

=== domains_over_domains
--- from
CREATE DOMAIN a AS int CHECK (VALUE > 0); CREATE DOMAIN b AS a CONSTRAINT bc CHECK (VALUE < 100); CREATE TABLE t (x b, y a[] , z int); CREATE VIEW v AS SELECT x FROM t; COMMENT ON CONSTRAINT bc ON DOMAIN b IS 'bc'; INSERT INTO t VALUES (1, '{1}', 2);
--- to
CREATE DOMAIN a AS bigint CHECK (VALUE > 0) DEFAULT 5; CREATE DOMAIN b AS a CONSTRAINT bc CHECK (VALUE < 200) NOT NULL; CREATE TABLE t (x b, y a[] , z int); CREATE VIEW v AS SELECT x FROM t; COMMENT ON CONSTRAINT bc ON DOMAIN b IS 'bc2'; INSERT INTO t VALUES (1, '{1}', 2);

=== composite_attr_type_nested
--- from
CREATE TYPE c AS (a int, b text); CREATE TYPE d AS (c c, n int); CREATE TABLE t (id int PRIMARY KEY, x d, y c[]); CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT ($1).a'; COMMENT ON COLUMN c.a IS 'aa'; INSERT INTO t VALUES (1, ROW(ROW(1, 'x'), 2), ARRAY[ROW(1, 'y')::c]);
--- to
CREATE TYPE c AS (a bigint, b text, z date); CREATE TYPE d AS (c c, n int); CREATE TABLE t (id int PRIMARY KEY, x d, y c[]); CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT ($1).a::int'; COMMENT ON COLUMN c.a IS 'aa';

=== enum_range_in_view
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE VIEW v AS SELECT enum_range(NULL::e) AS all_of_them; CREATE TABLE t (id int, e e DEFAULT enum_first(NULL::e)); INSERT INTO t VALUES (1);
--- to
CREATE TYPE e AS ENUM ('a', 'c', 'b'); CREATE VIEW v AS SELECT enum_range(NULL::e) AS all_of_them; CREATE TABLE t (id int, e e DEFAULT enum_last(NULL::e)); INSERT INTO t VALUES (1, 'a');

=== label_in_function_default_used
--- from
CREATE TYPE e AS ENUM ('a', 'b'); CREATE FUNCTION f() RETURNS e LANGUAGE sql IMMUTABLE AS $$SELECT 'b'::public.e$$; CREATE TABLE t (id int, e e); CREATE INDEX i ON t (id) WHERE e = f(); INSERT INTO t VALUES (1, 'a');
--- to
CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE FUNCTION f() RETURNS e LANGUAGE sql IMMUTABLE AS $$SELECT 'c'::public.e$$; CREATE TABLE t (id int, e e); CREATE INDEX i ON t (id) WHERE e = f(); INSERT INTO t VALUES (1, 'a');
