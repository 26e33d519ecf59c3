=== function_body
--- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'; CREATE VIEW v AS SELECT f(1) AS x;
--- to
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql STABLE STRICT SECURITY DEFINER PARALLEL SAFE COST 5 SET search_path = public, pg_temp AS 'SELECT a + 1'; CREATE VIEW v AS SELECT f(1) AS x;
=== function_return_change
--- from
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'; CREATE VIEW v AS SELECT f(1) AS x; CREATE TABLE t (a int DEFAULT f(1));
--- to
CREATE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT a::bigint'; CREATE VIEW v AS SELECT f(1) AS x; CREATE TABLE t (a int DEFAULT f(1));
=== function_param_rename
--- from
CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1';
--- to
CREATE FUNCTION f(c int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
=== function_table_return
--- from
CREATE FUNCTION f() RETURNS TABLE (a int, b text) LANGUAGE sql ROWS 10 AS $$SELECT 1, 'x'$$;
--- to
CREATE FUNCTION f() RETURNS TABLE (a int, b text, c date) LANGUAGE sql AS $$SELECT 1, 'x', '2020-01-01'::date$$;
=== function_sqlbody
--- from
CREATE TABLE t (a int);
--- to
CREATE TABLE t (a int); CREATE FUNCTION f(x int) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t WHERE a = x; END; CREATE FUNCTION g(x int) RETURNS bigint LANGUAGE sql RETURN f(x) + 1;
=== function_overload
--- from
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--- to
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE FUNCTION f(VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT 3';
=== procedure
--- from
CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1';
--- to
CREATE PROCEDURE p(a int, INOUT b text DEFAULT 'q') LANGUAGE plpgsql AS $$BEGIN b := 'x'; END$$; COMMENT ON PROCEDURE p(int, text) IS 'pp';
=== func_to_proc
--- from
CREATE FUNCTION p(a int) RETURNS void LANGUAGE sql AS 'SELECT 1';
--- to
CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1';
=== aggregate
--- from
--- to
CREATE FUNCTION acc(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'; CREATE AGGREGATE mysum(int) (SFUNC = acc, STYPE = int, INITCOND = '0', PARALLEL = SAFE); COMMENT ON AGGREGATE mysum(int) IS 'agg';
=== aggregate_change
--- from
CREATE AGGREGATE mysum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0'); CREATE VIEW v AS SELECT mysum(x) AS s FROM generate_series(1,3) x;
--- to
CREATE AGGREGATE mysum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1'); CREATE VIEW v AS SELECT mysum(x) AS s FROM generate_series(1,3) x;
=== trigger_change
--- from
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); COMMENT ON TRIGGER tr ON t IS 'c';
--- to
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER tr AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION f('a','b'); COMMENT ON TRIGGER tr ON t IS 'c'; ALTER TABLE t ENABLE REPLICA TRIGGER tr;
=== trigger_disable
--- from
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; CREATE TRIGGER tr AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
--- to
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; CREATE TRIGGER tr AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER tr;
=== rule
--- from
CREATE TABLE t (a int); CREATE TABLE l (a int);
--- to
CREATE TABLE t (a int); CREATE TABLE l (a int); CREATE RULE r AS ON INSERT TO t WHERE new.a > 5 DO ALSO INSERT INTO l VALUES (new.a); ALTER TABLE t DISABLE RULE r; COMMENT ON RULE r ON t IS 'rr';
=== rule_instead_nothing
--- from
CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
--- to
CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING;
=== event_trigger
--- from
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
--- to
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$; CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION ef(); ALTER EVENT TRIGGER et DISABLE;
=== trigger_func_replace_with_args
CREATE TABLE t (a int, b int); CREATE TABLE log (x text);
--- from
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.a := 1; RETURN NEW; END$$; CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
--- to
CREATE FUNCTION f2() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN INSERT INTO log VALUES ($$x;y$$); RETURN NEW; END$f$; CREATE TRIGGER t1 BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW WHEN (NEW.a IS NOT NULL) EXECUTE FUNCTION f2('x''y', '1'); ALTER TABLE t ENABLE ALWAYS TRIGGER t1;
=== drop_function_used_by_trigger
CREATE TABLE t (a int);
--- from
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$; CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
--- to
=== function_out_params
--- from
CREATE FUNCTION f(a int, OUT b int, OUT c text) LANGUAGE sql AS $$SELECT 1, 'x'$$;
--- to
CREATE FUNCTION f(a int, OUT b int, OUT d text, OUT e int) RETURNS SETOF record LANGUAGE sql AS $$SELECT 1, 'x', 2$$;
=== function_argtype_enum_rebuild
--- from
CREATE TYPE e AS ENUM ('a','b'); CREATE FUNCTION f(x e DEFAULT 'a') RETURNS SETOF e LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (c e[] DEFAULT '{a}'); INSERT INTO t VALUES ('{a}');
--- to
CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION f(x e DEFAULT 'a') RETURNS SETOF e LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (c e[] DEFAULT '{a}');
=== language_and_transform
--- from
--- to
CREATE FUNCTION h() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'; CREATE LANGUAGE mypl HANDLER h;
=== aggregates_kinds
--- from
CREATE AGGREGATE a1(float8) (SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}');
--- to
CREATE AGGREGATE a1(float8) (SFUNC = float8_accum, STYPE = float8[], FINALFUNC = float8_avg, INITCOND = '{0,0,0}', COMBINEFUNC = float8_combine, PARALLEL = SAFE, MSFUNC = float8_accum, MINVFUNC = float8_accum, MSTYPE = float8[], MINITCOND = '{0,0,0}', MFINALFUNC = float8_avg); CREATE AGGREGATE a2(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL); CREATE AGGREGATE a3(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
=== sql_body_dep_order
--- from
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END;
--- to
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(b) FROM t; END; CREATE VIEW v AS SELECT f() AS x;
=== settings_functions
--- from
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET work_mem = '1MB' SET search_path TO a, "B", '' AS 'BEGIN END';
--- to
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path TO 'x y', pg_catalog SET "TimeZone" TO 'UTC' AS 'BEGIN END';
=== window_function_c
--- from
--- to
CREATE FUNCTION wf() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number'; CREATE FUNCTION lk() RETURNS int LANGUAGE internal LEAKPROOF AS 'pg_backend_pid';
=== function_volatility_and_cost_only
--- from
CREATE FUNCTION fv(a int) RETURNS int LANGUAGE sql AS 'SELECT a'; CREATE VIEW vfv AS SELECT fv(1) AS x;
--- to
CREATE FUNCTION fv(a int) RETURNS int LANGUAGE sql IMMUTABLE COST 7 PARALLEL RESTRICTED AS 'SELECT a'; CREATE VIEW vfv AS SELECT fv(1) AS x;
=== function_rows_and_support
--- from
CREATE FUNCTION fr() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
--- to
CREATE FUNCTION fr() RETURNS SETOF int LANGUAGE sql ROWS 5 STABLE SECURITY DEFINER AS 'SELECT 1';
=== function_inout_to_return
--- from
CREATE FUNCTION fio(INOUT a int) LANGUAGE sql AS 'SELECT a';
--- to
CREATE FUNCTION fio(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
=== function_called_by_generated_and_index
CREATE FUNCTION norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
--- from
CREATE TABLE t (a text); INSERT INTO t VALUES ('A'), ('B');
--- to
CREATE TABLE t (a text, n text GENERATED ALWAYS AS (norm(a)) STORED); CREATE UNIQUE INDEX tn ON t (norm(a)) WHERE a IS NOT NULL;

=== default_of_a_polymorphic_parameter_gets_another_type
--- from
CREATE FUNCTION f(a anycompatible, b anycompatible DEFAULT 1) RETURNS anycompatible LANGUAGE sql AS 'SELECT $1';
CREATE VIEW v AS SELECT f(1::bigint) AS r;
--- to
CREATE FUNCTION f(a anycompatible, b anycompatible DEFAULT 1::bigint) RETURNS anycompatible LANGUAGE sql AS 'SELECT $1';
CREATE VIEW v AS SELECT f(1::bigint) AS r;

=== check_default_index_and_trigger_by_functions_of_the_tables_rows
--- from
CREATE TABLE t (a int, b text);
CREATE FUNCTION fine(t) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a > 0';
CREATE FUNCTION seen(t) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.b';
CREATE FUNCTION other(t[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''x''';
ALTER TABLE t ADD CONSTRAINT k CHECK (fine(t.*)), ALTER b SET DEFAULT other('{}'::t[]);
CREATE INDEX i ON t (seen(t.*));
CREATE POLICY p ON t USING (fine(t.*));
INSERT INTO t VALUES (1, 'x');
--- to

=== function_more_defaults
--- from
CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b'; CREATE TABLE t (id int, g int GENERATED ALWAYS AS (f(1)) STORED, CHECK (f(id) > 0)); INSERT INTO t VALUES (1);
--- to
CREATE FUNCTION f(a int, b int DEFAULT 2, c int DEFAULT 3) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b + c'; CREATE TABLE t (id bigint, g int GENERATED ALWAYS AS (f(1)) STORED, CHECK (f(id::int) > 0)); INSERT INTO t VALUES (1);

=== atomic_overloads
-- since 14
--- from
CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT a; END; CREATE FUNCTION f(a text) RETURNS int BEGIN ATOMIC SELECT f(1); END; CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT f('x'::text); END;
--- to
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int BEGIN ATOMIC SELECT a; END; CREATE FUNCTION f(a text) RETURNS int BEGIN ATOMIC SELECT f(1); END; CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT f('x'::text); END;

=== atomic_body_turns_round
-- since 14
--- from
CREATE FUNCTION a() RETURNS int BEGIN ATOMIC SELECT 1; END; CREATE FUNCTION b() RETURNS int BEGIN ATOMIC SELECT a(); END;
--- to
CREATE FUNCTION b() RETURNS int BEGIN ATOMIC SELECT 1; END; CREATE FUNCTION a() RETURNS int BEGIN ATOMIC SELECT b(); END;

=== function_with_search_path
--- from
CREATE SCHEMA s; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql SET search_path = s AS 'SELECT 1'; CREATE TABLE s.t (id int);
--- to
CREATE SCHEMA s; CREATE TABLE s.t (id int, v text); CREATE FUNCTION s.f() RETURNS int LANGUAGE sql SET search_path = s AS 'SELECT count(v)::int FROM t';

=== function_sources_read_views
--- from
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(id) FROM v'; CREATE VIEW w AS SELECT f() AS n;
--- to
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(a) FROM v'; CREATE VIEW w AS SELECT f() AS n;

=== plpgsql_trigger_function_uses_new_column
--- from
CREATE TABLE t (id int); CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER x BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tr(); INSERT INTO t VALUES (1);
--- to
CREATE TABLE t (id int, v text NOT NULL DEFAULT 'q'); CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.v := upper(new.v); RETURN new; END'; CREATE TRIGGER x BEFORE INSERT OR UPDATE OF v ON t FOR EACH ROW WHEN (new.v IS NOT NULL) EXECUTE FUNCTION tr(); INSERT INTO t VALUES (1);
