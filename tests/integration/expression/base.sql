CREATE TYPE public.color AS ENUM ('red', 'blue', 'green');
CREATE TYPE public.pair AS (x int, y text);
CREATE DOMAIN public.dv AS varchar(20);
CREATE DOMAIN public.dt AS text;
CREATE SEQUENCE public.sq;
CREATE FUNCTION public.double_it(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
CREATE FUNCTION public.addup(VARIADIC xs int[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OPERATOR public.### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE FUNCTION public.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE public.t (
    i int, b bigint, s smallint, n numeric, r real, f float8, v varchar, v10 varchar(10), tx text, c3 char(3), na name,
    dv public.dv, dt public.dt, e public.color, bo boolean, d date, ts timestamp, tz timestamptz, tm time, iv interval,
    j jsonb, x xml, ia int[], ta text[], va varchar[], a2 public.pair, by bytea, bi bit(3), u uuid, ip inet, rg int4range,
    订单 int, "Odd ""Name" text
);
CREATE TABLE public.o (i int, v varchar);
