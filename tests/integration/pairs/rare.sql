=== aggregate
--- from
--- to
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (sfunc = add, stype = int, initcond = '0', parallel = safe); COMMENT ON AGGREGATE total(int) IS 'sum';

=== aggregate_changes
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
CREATE AGGREGATE total(int) (sfunc = add, stype = int, initcond = '0');
--- to
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '5', combinefunc = add, sortop = <);

=== aggregate_final
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
CREATE AGGREGATE total(int) (sfunc = add, stype = int); CREATE VIEW v AS SELECT total(x) FROM generate_series(1, 3) x;
--- to
CREATE AGGREGATE total(int) (sfunc = add, stype = int, finalfunc = done, finalfunc_modify = shareable); CREATE VIEW v AS SELECT total(x) FROM generate_series(1, 3) x;

=== aggregate_moving
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
--- to
CREATE AGGREGATE total(int) (sfunc = add, stype = int, msfunc = int4pl, minvfunc = int4mi, mstype = int, mfinalfunc = done, minitcond = '0', msspace = 8, sspace = 16);

=== aggregate_star
--- from
--- to
CREATE AGGREGATE many(*) (sfunc = int8inc, stype = int8, initcond = '0'); COMMENT ON AGGREGATE many(*) IS 'count';

=== aggregate_ordered_set
--- from
--- to
CREATE AGGREGATE middle(float8 ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra); CREATE AGGREGATE place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);

=== aggregate_of_type
--- from
CREATE TYPE pair AS (a int, b int);
--- to
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION widest(pair, pair) RETURNS pair LANGUAGE sql AS 'SELECT $1'; CREATE AGGREGATE widest(pair) (sfunc = widest, stype = pair);

=== range_changes
--- from
CREATE TYPE span AS RANGE (subtype = text); COMMENT ON TYPE span IS 's';
--- to
CREATE TYPE span AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops); CREATE FUNCTION wide(span) RETURNS boolean LANGUAGE sql AS 'SELECT true';

=== range_of_own_subtype
--- from
--- to
CREATE TYPE pair AS (a int, b int); CREATE TYPE pairs AS RANGE (subtype = pair); CREATE TABLE t (p pairs, EXCLUDE USING gist (p WITH &&));

=== collation
CREATE TABLE x (a int);
--- from
--- to
CREATE COLLATION coll (locale = 'C'); CREATE TABLE t (a text COLLATE coll); COMMENT ON COLLATION coll IS 'c'; CREATE INDEX i ON t (a COLLATE coll);

=== collation_split
--- from
CREATE COLLATION coll (lc_collate = 'C', lc_ctype = 'POSIX');
--- to
CREATE COLLATION coll (locale = 'POSIX');

=== collation_in_use
--- from
CREATE COLLATION coll (locale = 'C'); CREATE TABLE t (a text COLLATE coll); INSERT INTO t VALUES ('x');
--- to
CREATE COLLATION coll (locale = 'POSIX'); CREATE TABLE t (a text COLLATE coll);

=== collation_of_domain
--- from
CREATE DOMAIN d AS text;
--- to
CREATE COLLATION coll (locale = 'C'); CREATE DOMAIN d AS text COLLATE coll;

=== operator
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
--- to
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, commutator = ===, negator = !==, restrict = eqsel, join = eqjoinsel, hashes, merges); CREATE OPERATOR !== (leftarg = int, rightarg = int, function = int4ne, commutator = !==, negator = ===); COMMENT ON OPERATOR ===(int, int) IS 'same';

=== operator_selectivity
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same);
--- to
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, restrict = eqsel, join = eqjoinsel);

=== operator_function
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same); CREATE TABLE t (a int CHECK (a === 1)); CREATE VIEW v AS SELECT a === 2 AS x FROM t;
--- to
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); CREATE TABLE t (a int CHECK (a === 1)); CREATE VIEW v AS SELECT a === 2 AS x FROM t;

=== operator_unary
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
--- to
CREATE OPERATOR @@@ (rightarg = int, function = done); CREATE VIEW v AS SELECT @@@ 5 AS x;

=== operator_negator
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
--- from
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same); CREATE OPERATOR !== (leftarg = int, rightarg = int, function = int4ne);
--- to
CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, negator = !==); CREATE OPERATOR !== (leftarg = int, rightarg = int, function = int4ne, negator = ===);

=== operator_class
--- from
--- to
CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int); COMMENT ON OPERATOR CLASS by_size USING btree IS 'c'; COMMENT ON OPERATOR FAMILY by_size USING btree IS 'f'; CREATE TABLE t (a int); CREATE INDEX i ON t (a by_size);

=== operator_class_members
--- from
CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
--- to
CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int), FUNCTION 4 btequalimage(oid); CREATE TABLE x (a int);

=== operator_class_in_use
--- from
CREATE TABLE t (a int); CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int); CREATE INDEX i ON t (a by_size);
--- to
CREATE TABLE t (a int); CREATE OPERATOR CLASS by_size FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int), FUNCTION 4 btequalimage(oid); CREATE INDEX i ON t (a by_size);

=== operator_family
--- from
CREATE OPERATOR FAMILY sizes USING btree; CREATE OPERATOR CLASS by_size FOR TYPE int USING btree FAMILY sizes AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
--- to
CREATE OPERATOR FAMILY sizes USING btree; CREATE OPERATOR CLASS by_size FOR TYPE int USING btree FAMILY sizes AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int); ALTER OPERATOR FAMILY sizes USING btree ADD OPERATOR 1 < (int, bigint), OPERATOR 3 = (int, bigint), FUNCTION 1 (int, bigint) btint48cmp(int, bigint);

=== operator_class_own_operators
--- from
--- to
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE FUNCTION done(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2'; CREATE OPERATOR === (leftarg = int, rightarg = int, function = same, commutator = ===); CREATE OPERATOR CLASS likeness FOR TYPE int USING hash AS OPERATOR 1 ===, FUNCTION 1 hashint4(int);

=== operator_class_storage
--- from
--- to
CREATE OPERATOR CLASS points FOR TYPE point USING gist AS STORAGE box, OPERATOR 1 <<(point, point), OPERATOR 15 <->(point, point) FOR ORDER BY float_ops, FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), FUNCTION 8 gist_point_distance(internal, point, smallint, oid, internal);

=== cast
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION pair_of(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair';
--- from
--- to
CREATE CAST (int AS pair) WITH FUNCTION pair_of(int) AS ASSIGNMENT; COMMENT ON CAST (int AS pair) IS 'c';

=== cast_context
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION pair_of(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair';
--- from
CREATE CAST (int AS pair) WITH FUNCTION pair_of(int);
--- to
CREATE CAST (int AS pair) WITH FUNCTION pair_of(int) AS IMPLICIT;

=== cast_inout
CREATE TYPE mood AS ENUM ('a');
--- from
CREATE CAST (text AS mood) WITH INOUT;
--- to
CREATE CAST (text AS mood) WITH INOUT AS ASSIGNMENT; CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT;

=== cast_with_type
--- from
--- to
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION pair_of(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair'; CREATE CAST (int AS pair) WITH FUNCTION pair_of(int);

=== conversion
--- from
--- to
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; COMMENT ON CONVERSION conv IS 'c';

=== conversion_changes
--- from
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--- to
CREATE DEFAULT CONVERSION conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;

=== text_search
--- from
--- to
CREATE TEXT SEARCH TEMPLATE tmpl (lexize = dsimple_lexize, init = dsimple_init); CREATE TEXT SEARCH DICTIONARY dict (template = tmpl, stopwords = english, accept = false); CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, headline = prsd_headline, lextypes = prsd_lextype); CREATE TEXT SEARCH CONFIGURATION conf (parser = pars); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH dict, simple; COMMENT ON TEXT SEARCH CONFIGURATION conf IS 'c'; COMMENT ON TEXT SEARCH DICTIONARY dict IS 'd'; COMMENT ON TEXT SEARCH PARSER pars IS 'p'; COMMENT ON TEXT SEARCH TEMPLATE tmpl IS 't';

=== text_search_mappings
CREATE TEXT SEARCH DICTIONARY dict (template = simple);
--- from
CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH simple;
--- to
CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, numword WITH dict, simple;

=== text_search_options
--- from
CREATE TEXT SEARCH DICTIONARY dict (template = simple, stopwords = english);
--- to
CREATE TEXT SEARCH DICTIONARY dict (template = simple, accept = false);

=== text_search_template
--- from
CREATE TEXT SEARCH DICTIONARY dict (template = simple); CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH dict;
--- to
CREATE TEXT SEARCH DICTIONARY dict (template = snowball, language = german); CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH dict;

=== text_search_in_use
--- from
CREATE TABLE t (a text);
--- to
CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH simple; CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (to_tsvector('public.conf'::regconfig, a));

=== language
--- from
--- to
CREATE LANGUAGE plx HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator; COMMENT ON LANGUAGE plx IS 'l'; CREATE FUNCTION f() RETURNS int LANGUAGE plx AS 'BEGIN RETURN 1; END';

=== language_changes
--- from
CREATE LANGUAGE plx HANDLER plpgsql_call_handler;
--- to
CREATE TRUSTED LANGUAGE plx HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator;

=== access_method
--- from
--- to
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler; COMMENT ON ACCESS METHOD pile IS 'p'; CREATE TABLE t (a int) USING pile;

=== access_method_index
CREATE TABLE t (a int);
--- from
--- to
CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler;

=== transform
--- from
--- to
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal)); COMMENT ON TRANSFORM FOR int LANGUAGE sql IS 't';

=== transform_changes
--- from
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
--- to
CREATE TRANSFORM FOR int LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal));

=== aggregate_renamed_state
CREATE TABLE t (a int);
--- from
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (sfunc = add, stype = int); CREATE MATERIALIZED VIEW m AS SELECT total(a) FROM t; CREATE INDEX i ON m (total); COMMENT ON AGGREGATE total(int) IS 'x';
--- to
CREATE FUNCTION add(int, int) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + $2'; CREATE FUNCTION add(bigint, int) RETURNS bigint LANGUAGE sql AS 'SELECT $1 + $2'; CREATE AGGREGATE total(int) (sfunc = add, stype = bigint); CREATE MATERIALIZED VIEW m AS SELECT total(a) FROM t; CREATE INDEX i ON m (total); COMMENT ON AGGREGATE total(int) IS 'y';

=== aggregate_of_schema
--- from
CREATE SCHEMA s; CREATE AGGREGATE s.total(int) (sfunc = int4pl, stype = int);
--- to
CREATE SCHEMA s; CREATE FUNCTION s.all_of(int, int, VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE AGGREGATE s.total(int, VARIADIC int[]) (sfunc = s.all_of, stype = int);

=== range_in_functions
CREATE FUNCTION diff(int, int) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
--- from
CREATE TYPE span AS RANGE (subtype = int); CREATE FUNCTION wide(s span) RETURNS span LANGUAGE sql AS 'SELECT s'; CREATE VIEW v AS SELECT wide(span(1, 2)) AS w;
--- to
CREATE TYPE span AS RANGE (subtype = int, subtype_diff = diff); CREATE FUNCTION wide(s span) RETURNS span LANGUAGE sql AS 'SELECT s'; CREATE VIEW v AS SELECT wide(span(1, 2)) AS w;

=== range_of_domain
--- from
CREATE TABLE x (a int);
--- to
CREATE DOMAIN small AS int CHECK (VALUE < 10); CREATE TYPE smalls AS RANGE (subtype = small); CREATE TABLE x (a int, r smalls DEFAULT smalls(1, 2));

=== collation_under_view
--- from
CREATE COLLATION coll (locale = 'C'); CREATE TABLE t (a text); CREATE VIEW v AS SELECT a COLLATE coll AS a FROM t; CREATE INDEX i ON t (a COLLATE coll);
--- to
CREATE COLLATION coll (locale = 'POSIX'); CREATE TABLE t (a text); CREATE VIEW v AS SELECT a COLLATE coll AS a FROM t; CREATE INDEX i ON t (a COLLATE coll);

=== collation_of_column_gone
--- from
CREATE COLLATION coll (locale = 'C'); CREATE TABLE t (a text COLLATE coll, b text COLLATE "C");
--- to
CREATE TABLE t (a text, b text COLLATE "POSIX");

=== collation_of_composite
--- from
CREATE TYPE c AS (a text);
--- to
CREATE COLLATION coll (locale = 'C'); CREATE TYPE c AS (a text COLLATE coll);

=== operator_in_index
CREATE TABLE t (a int, b int);
--- from
CREATE FUNCTION near(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2'; CREATE OPERATOR ~~~ (leftarg = int, rightarg = int, function = near); CREATE INDEX i ON t (a) WHERE a ~~~ b; ALTER TABLE t ADD CONSTRAINT k CHECK (a ~~~ b); ALTER TABLE t ADD near boolean GENERATED ALWAYS AS (a ~~~ b) STORED;
--- to

=== operator_on_own_type
--- from
CREATE TYPE pair AS (a int, b int);
--- to
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION less(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a < $2.a'; CREATE FUNCTION more(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a > $2.a'; CREATE OPERATOR <<< (leftarg = pair, rightarg = pair, function = less, commutator = >>>); CREATE OPERATOR >>> (leftarg = pair, rightarg = pair, function = more, commutator = <<<); COMMENT ON OPERATOR <<<(pair, pair) IS 'less';

=== operator_in_another_schema
--- from
CREATE SCHEMA s; CREATE OPERATOR s.=== (leftarg = int, rightarg = int, function = int4eq);
--- to
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);

=== operator_class_of_own_type
--- from
--- to
CREATE TYPE pair AS (a int, b int); CREATE FUNCTION cmp(pair, pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.a - $2.a'; CREATE FUNCTION less(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a < $2.a'; CREATE OPERATOR <<< (leftarg = pair, rightarg = pair, function = less); CREATE FUNCTION alike(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a'; CREATE OPERATOR === (leftarg = pair, rightarg = pair, function = alike); CREATE OPERATOR CLASS pairs FOR TYPE pair USING btree AS OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 cmp(pair, pair); CREATE TABLE t (p pair); CREATE INDEX i ON t (p pairs);

=== operator_family_members_change
--- from
CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int, bigint), FUNCTION 1 (int, bigint) btint48cmp(int, bigint);
--- to
CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 <= (int, bigint), OPERATOR 1 < (bigint, int), FUNCTION 1 (int, bigint) btint48cmp(int, bigint);

=== cast_of_domain_and_array
CREATE TYPE pair AS (a int, b int);
--- from
--- to
CREATE FUNCTION to_pair(int[]) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1[1], $1[2])::pair'; CREATE CAST (int[] AS pair) WITH FUNCTION to_pair(int[]) AS IMPLICIT; CREATE FUNCTION to_text(pair) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).a::text'; CREATE CAST (pair AS text) WITH FUNCTION to_text(pair);

=== cast_function_changes
CREATE TYPE pair AS (a int, b int);
--- from
CREATE FUNCTION pair_of(int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, $1)::pair'; CREATE CAST (int AS pair) WITH FUNCTION pair_of(int);
--- to
CREATE FUNCTION pair_of(x int) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW($1, 0)::pair'; CREATE CAST (int AS pair) WITH FUNCTION pair_of(int);

=== conversion_in_schema
--- from
CREATE SCHEMA s; CREATE CONVERSION s.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--- to
CREATE SCHEMA s;

=== text_search_parser_changes
--- from
CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype); CREATE TEXT SEARCH CONFIGURATION conf (parser = pars); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH simple;
--- to
CREATE TEXT SEARCH PARSER pars (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline); CREATE TEXT SEARCH CONFIGURATION conf (parser = pars); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH simple, english_stem;

=== text_search_column
--- from
CREATE TEXT SEARCH CONFIGURATION conf (parser = default); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word WITH simple; CREATE TABLE t (a text, v tsvector GENERATED ALWAYS AS (to_tsvector('public.conf'::regconfig, a)) STORED);
--- to
CREATE TABLE t (a text);

=== text_search_in_schema
CREATE SCHEMA s;
--- from
CREATE TEXT SEARCH DICTIONARY s.dict (template = simple);
--- to
CREATE TEXT SEARCH DICTIONARY s.dict (template = synonym, synonyms = 'synonym_sample'); CREATE TEXT SEARCH CONFIGURATION s."Conf" (copy = english); COMMENT ON TEXT SEARCH CONFIGURATION s."Conf" IS '配置';

=== language_of_functions
--- from
CREATE LANGUAGE plx HANDLER plpgsql_call_handler; CREATE FUNCTION f() RETURNS int LANGUAGE plx AS 'BEGIN RETURN 1; END';
--- to
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';

=== access_method_of_table
--- from
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
--- to
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a int) USING pile;

=== access_method_of_view
CREATE TABLE t (a int);
--- from
--- to
CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler; CREATE MATERIALIZED VIEW m USING pile AS SELECT a FROM t;

=== unlogged_serial
--- from
CREATE TABLE t (id serial, v text); INSERT INTO t (v) VALUES ('x');
--- to
CREATE UNLOGGED TABLE t (id serial, v text); INSERT INTO t (v) VALUES ('x');

=== unlogged_identity
--- from
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text); INSERT INTO t (v) VALUES ('x');
--- to
CREATE UNLOGGED TABLE t (id int GENERATED ALWAYS AS IDENTITY, v text); INSERT INTO t (v) VALUES ('x');

=== collation_in_key_under_rebuild
--- from
CREATE COLLATION co (provider = libc, locale = 'C'); CREATE TABLE p (a text COLLATE co) PARTITION BY RANGE (a COLLATE co); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('a') TO ('z'); INSERT INTO p VALUES ('b');
--- to
CREATE COLLATION co (provider = libc, locale = 'POSIX'); CREATE TABLE p (a text COLLATE co) PARTITION BY RANGE (a COLLATE co); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('a') TO ('z'); INSERT INTO p VALUES ('b');

=== domain_in_key_under_rebuild
--- from
CREATE DOMAIN d AS int; CREATE TABLE p (a d) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10); INSERT INTO p VALUES (3);
--- to
CREATE DOMAIN d AS bigint; CREATE TABLE p (a d) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10); INSERT INTO p VALUES (3);

=== subscription_publications_order
--- from
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION a, b WITH (connect = false, slot_name = NONE);
--- to
CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION b, c, a WITH (connect = false, slot_name = NONE);

=== matview_storage_reset
--- from
CREATE TABLE t (id int, v text); CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t; ALTER MATERIALIZED VIEW m ALTER v SET STORAGE external;
--- to
CREATE TABLE t (id int, v text); CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;

=== matview_storage_under_storage
--- from
CREATE TABLE t (id int, v text); ALTER TABLE t ALTER v SET STORAGE plain; CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
--- to
CREATE TABLE t (id int, v text); CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t; ALTER MATERIALIZED VIEW m ALTER v SET STORAGE main;

=== public_shadowed
--- from
CREATE SCHEMA s; CREATE TYPE s.text AS (x int); CREATE TABLE s.t (id int); CREATE FUNCTION public.lower(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--- to
CREATE SCHEMA s; CREATE TYPE s.text AS (x int); CREATE TABLE s.t (id int, v s.text, w pg_catalog.text); CREATE FUNCTION public.lower(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE INDEX i ON s.t (lower(w)); CREATE INDEX j ON s.t (public.lower(id));

=== default_own_function_to_extensions
--- from
CREATE FUNCTION gen() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'; CREATE TABLE t (id uuid DEFAULT gen(), v text); INSERT INTO t (v) VALUES ('x');
--- to
CREATE EXTENSION "uuid-ossp"; CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), v text); INSERT INTO t (v) VALUES ('x');

=== default_operator_class_comes
--- from
CREATE TYPE c AS (x int); CREATE TABLE t (id int, v int[]);
--- to
CREATE TYPE c AS (x int); CREATE FUNCTION cmp(c, c) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0'; CREATE FUNCTION lt(c, c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT false'; CREATE FUNCTION eq(c, c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE OPERATOR <<< (LEFTARG = c, RIGHTARG = c, FUNCTION = lt); CREATE OPERATOR === (LEFTARG = c, RIGHTARG = c, FUNCTION = eq); CREATE OPERATOR CLASS c_ops FOR TYPE c USING btree AS OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 cmp(c, c); CREATE TABLE t (id int, v int[], c c); CREATE INDEX i ON t (c c_ops);

=== default_operator_class_without_name
--- from
CREATE FUNCTION h(jsonb) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--- to
CREATE FUNCTION h(jsonb) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE FUNCTION heq(json, json) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE FUNCTION hh(json) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE OPERATOR = (LEFTARG = json, RIGHTARG = json, FUNCTION = heq, HASHES); CREATE OPERATOR CLASS json_ops DEFAULT FOR TYPE json USING hash AS OPERATOR 1 =, FUNCTION 1 hh(json); CREATE TABLE t (id int, j json); CREATE INDEX i ON t USING hash (j); CREATE VIEW v AS SELECT DISTINCT id FROM t WHERE j IS DISTINCT FROM '{}'::json;

=== event_trigger
--- from
CREATE TABLE log (id int); CREATE FUNCTION lg() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log (id) VALUES (1); END'; CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION lg();
--- to
CREATE TABLE log (id int, w text NOT NULL); CREATE FUNCTION lg() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log (id, w) VALUES (1, tg_tag); END'; CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION lg(); CREATE TABLE more (id int);

=== extension_moves_schema
--- from
CREATE SCHEMA e; CREATE EXTENSION citext; CREATE TABLE t (id int, v citext); CREATE INDEX i ON t (v); CREATE VIEW w AS SELECT v = 'x' AS b FROM t;
--- to
CREATE SCHEMA e; CREATE EXTENSION citext SCHEMA e; CREATE TABLE t (id int, v e.citext); CREATE INDEX i ON t (v); CREATE VIEW w AS SELECT v OPERATOR(e.=) 'x' AS b FROM t;

=== matview_in_cycle
--- from
CREATE TABLE t (id int); INSERT INTO t VALUES (1);
--- to
CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE FUNCTION f() RETURNS SETOF m LANGUAGE sql AS 'SELECT * FROM public.m'; CREATE VIEW v AS SELECT * FROM f(); CREATE MATERIALIZED VIEW m2 AS SELECT * FROM v;

=== multirange_and_range_used
--- from
CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi); CREATE TABLE t (id int, v r, EXCLUDE USING gist (v WITH &&)); INSERT INTO t VALUES (1, '[1,2)');
--- to
CREATE TYPE r AS RANGE (subtype = numeric); CREATE TABLE t (id int, v r, EXCLUDE USING gist (v WITH &&)); INSERT INTO t VALUES (1, '[1,2)');
