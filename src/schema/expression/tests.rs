use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(canonical(text), expected, "canonical form of {text}");
    assert_eq!(canonical(expected), expected, "it is canonical itself");
}

#[track_caller]
fn check_rewritten(text: &str, expected: &str) {
    assert_eq!(rewritten(text), expected, "rewritten {text}");
}

#[track_caller]
fn check_across(old: &str, new: &str, bound: bool) {
    let (old, new) = (across(old), across(new));
    assert_eq!((old.bound, new.bound), (bound, bound), "{old:?} {new:?}");
    assert!(bound || old.text == new.text, "{old:?} {new:?}");
}

#[test]
fn chains_are_flat() {
    check("(((a > 1) AND (b > 2)) AND (c > 3))", "((a > 1) AND (b > 2) AND (c > 3))");
    check("((a > 1) AND ((b > 2) AND (c > 3)))", "((a > 1) AND (b > 2) AND (c > 3))");
    check("(((a > 1) OR (b > 2)) AND ((c > 3) OR d))", "(((a > 1) OR (b > 2)) AND ((c > 3) OR d))");
    check("CHECK ((((i >= 1) AND (i <= 5)) AND (n > 1)))", "CHECK (((i >= 1) AND (i <= 5) AND (n > 1)))");
    check("((NOT (a AND b)) AND c AND d)", "((NOT (a AND b)) AND c AND d)");
    check("((a OR b) OR CASE WHEN (c OR d) THEN e ELSE f END)", "(a OR b OR CASE WHEN (c OR d) THEN e ELSE f END)");
    let frame = "sum(x) OVER (ORDER BY y ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)\n";
    check(&format!("((a AND ({frame} > 1)) AND b)"), &format!("(a AND ({} > 1) AND b)", frame.trim()));
}

#[test]
fn casts_of_arrays_go_to_the_elements() {
    check("(ARRAY['x'::character varying])::text[]", "ARRAY[('x'::character varying)::text]");
    check(
        "((a)::text = ANY ((ARRAY['x'::character varying, 'y, ]'::character varying])::text[]))",
        "((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y, ]'::character varying)::text]))",
    );
    check("(ARRAY[1.5, 2.5])::numeric(5,1)[]", "ARRAY[1.5::numeric(5,1), 2.5::numeric(5,1)]");
    check("(ARRAY['a'::bpchar])::character(3)[]", "ARRAY['a'::character(3)]");
    check(
        "(ARRAY[ARRAY[(1)::bigint], ARRAY[2]])::integer[]",
        "ARRAY[ARRAY[((1)::bigint)::integer], ARRAY[(2)::integer]]",
    );
    // What could be an array itself stays.
    check("(ARRAY[a, b])::text[]", "(ARRAY[a, b])::text[]");
    check("(ARRAY['{a}'::character varying[]])::text[]", "(ARRAY['{a}'::character varying[]])::text[]");
    check("(ARRAY[f(a)])::text[]", "(ARRAY[f(a)])::text[]");
    check("(a)::text[]", "(a)::text[]");
}

#[test]
fn negated_numbers_are_constants() {
    check("(- 1)", "'-1'::integer");
    check("(a > (- 1.50))", "(a > '-1.50'::numeric)");
    check("((- (- 3)) > a)", "(3 > a)");
    check("((- 0) > a)", "(0 > a)");
    check("(- (5)::bigint)", "(- (5)::bigint)");
    check("(a - 1)", "(a - 1)");
    check("numeric(5,-2)", "numeric(5,-2)");
}

#[test]
fn functions_with_a_syntax_of_their_own() {
    check("SUBSTRING(x FROM 1 FOR 2)", "\"substring\"(x, 1, 2)");
    check("SUBSTRING(x SIMILAR 'a'::text ESCAPE '#'::text)", "\"substring\"(x, 'a'::text, '#'::text)");
    check("TRIM(BOTH FROM f(a, b))", "btrim(f(a, b))");
    check("TRIM(LEADING 'x'::text FROM v)", "ltrim(v, 'x'::text)");
    check("(POSITION(('x'::text) IN ((v || w))) > 0)", "(\"position\"((v || w), 'x'::text) > 0)");
    check("OVERLAY(v PLACING 'zz'::text FROM 2 FOR 1)", "\"overlay\"(v, 'zz'::text, 2, 1)");
    check("((a, b) OVERLAPS (c, d))", "\"overlaps\"(a, b, c, d)");
    check("(((now() AT TIME ZONE 'utc'::text))::date - 1)", "((timezone('utc'::text, now()))::date - 1)");
    check(
        "((x IS NFC NORMALIZED) AND (NORMALIZE(x) = x))",
        "(is_normalized(x, 'nfc'::text) AND (\"normalize\"(x) = x))",
    );
    check("EXTRACT(year FROM d)", "EXTRACT(year FROM d)");
    check("(a IS DISTINCT FROM b)", "(a IS DISTINCT FROM b)");
}

#[test]
fn one_relation_needs_no_qualification() {
    let query = " SELECT orders.id,\n    (orders.addr).city AS c\n   FROM public.orders\n  WHERE (orders.id > 1);";
    check(query, "SELECT id, (addr).city AS c FROM public.orders WHERE (id > 1);");
    check(" SELECT o.id\n   FROM public.orders o;", "SELECT id FROM public.orders o;");
    check("SELECT s.i FROM ( SELECT t.i FROM t) s;", "SELECT i FROM (SELECT t.i FROM t) s;");
    check("SELECT g.n FROM generate_series(1, 2) g(n);", "SELECT n FROM generate_series(1, 2) g(n);");
    // Inner queries, functions, whole rows and types keep theirs; so do queries over several relations.
    let inner = "SELECT id FROM public.a WHERE (EXISTS (SELECT 1 FROM public.b WHERE (b.id = a.id)));";
    check(&inner.replacen("id", "a.id", 1), inner);
    check("SELECT a.f(x) AS f, a.*::a.t AS t FROM a.a;", "SELECT a.f(x) AS f, a.*::a.t AS t FROM a.a;");
    check("SELECT a.i FROM a, b;", "SELECT a.i FROM a, b;");
    check("SELECT a.i FROM (a JOIN b ON ((a.i = b.i)));", "SELECT a.i FROM (a JOIN b ON ((a.i = b.i)));");
    check("SELECT a.i FROM a UNION SELECT b.i FROM b;", "SELECT a.i FROM a UNION SELECT b.i FROM b;");
}

/// Pairs that mean different things, however alike they look.
#[test]
fn near_misses_stay_apart() {
    let pairs = [
        ("((a AND b) OR c)", "(a AND (b OR c))"),
        ("((a AND b) AND c)", "((a AND c) AND b)"),
        ("(NOT (a AND b))", "((NOT a) AND b)"),
        ("((a OR b) AND c)", "((a OR b) OR c)"),
        ("(a = ANY (ARRAY['x'::text]))", "(a = ALL (ARRAY['x'::text]))"),
        ("(a = ANY (ARRAY['x'::text]))", "(a <> ANY (ARRAY['x'::text]))"),
        ("(a = ANY (ARRAY['x'::text, 'y'::text]))", "(a = ANY (ARRAY['x, y'::text]))"),
        ("(ARRAY['x'::character varying])::text[]", "(ARRAY['x'::character varying])::character varying(1)[]"),
        ("(ARRAY['xy'::character varying(1)])::text[]", "(ARRAY['xy'::character varying])::text[]"),
        ("(ARRAY[a])::text[]", "ARRAY[(a)::text]"),
        ("(- 1)", "1"),
        ("(- 1)", "'-1'::bigint"),
        ("(- 1.5)", "'-1.50'::numeric"),
        ("(- '-2147483648'::integer)", "2147483648"),
        ("(- (1)::smallint)", "'-1'::integer"),
        ("SUBSTRING(x FROM 1 FOR 2)", "SUBSTRING(x FROM 2 FOR 1)"),
        ("SUBSTRING(x FROM 'a'::text)", "SUBSTRING((x)::text FROM 'a'::text)"),
        ("TRIM(BOTH 'x'::text FROM v)", "TRIM(LEADING 'x'::text FROM v)"),
        ("TRIM(BOTH 'x'::text FROM v)", "TRIM(BOTH v FROM 'x'::text)"),
        ("POSITION((a) IN (b))", "POSITION((b) IN (a))"),
        ("EXTRACT(year FROM d)", "date_part('year'::text, d)"),
        ("(a AT TIME ZONE b)", "(b AT TIME ZONE a)"),
        ("timezone('utc'::text, a)", "public.timezone('utc'::text, a)"),
        ("SELECT a.i FROM a;", "SELECT a.i FROM a, b;"),
        ("SELECT i FROM a WHERE (a.i = 1);", "SELECT i FROM a WHERE (b.i = 1);"),
        ("SELECT i FROM a WHERE (v = 'a.i'::text);", "SELECT i FROM a WHERE (v = 'i'::text);"),
        ("SELECT ( SELECT a.i FROM b) FROM a;", "SELECT ( SELECT b.i FROM b) FROM a;"),
        ("SELECT a.i FROM ONLY a;", "SELECT a.i FROM a;"),
        ("(a @- b)", "(a @ - b)"),
        ("'a  b'::text\n", "'a b'::text\n"),
        ("\"A\" AND x AND y", "\"a\" AND x AND y"),
        ("(x)::numeric(5,1)\n", "(x)::numeric(5,2)\n"),
    ];
    for (a, b) in pairs {
        assert_ne!(canonical(a), canonical(b), "{a} and {b}");
    }
}

#[test]
fn rewritten_texts() {
    check_rewritten("((a > 1) AND (b > 2))", "((a > 1) AND (b > 2))");
    check_rewritten("(((a > 1) AND b) AND c)", "(((a > 1) AND b)::boolean AND c)");
    check_rewritten("(c AND ((a > 1) AND b))", "(c AND ((a > 1) AND b))");
    check_rewritten("(((a OR b) OR c) AND d)", "(((a OR b)::boolean OR c) AND d)");
    check_rewritten(
        "((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
        "((a)::text = ANY (ARRAY['x'::character varying, 'y'::character varying]))",
    );
    check_rewritten("((ARRAY[(1)::bigint])::integer[])", "(((ARRAY[(1)::bigint])::bigint[])::integer[])");
    check_rewritten("(a > (- 1))", "(a > (- 1::integer))");
    for text in ["(((a AND b) AND c) OR (- 1))", "((ARRAY[(1)::bigint])::integer[])", "(a = ANY ((ARRAY[b])::text[]))"]
    {
        let once = rewritten(text);
        assert_eq!(rewritten(&once), once, "rewritten twice: {text}");
    }
    check_rewritten("'(- 1)'::text", "'(- 1)'::text");
}

#[test]
fn thirteen_and_later_majors() {
    check_across("(\"substring\"((v)::text, 1, 2) = 'a'::text)", "(SUBSTRING(v FROM 1 FOR 2) = 'a'::text)", false);
    check_across("(btrim((v)::text) <> ''::text)", "(TRIM(BOTH FROM v) <> ''::text)", false);
    check_across("timezone('utc'::text, now())", "(now() AT TIME ZONE 'utc'::text)", false);
    check_across("timezone('utc'::text, (d)::timestamp with time zone)", "(d AT TIME ZONE 'utc'::text)", false);
    check_across(
        "(date_part('year'::text, d) > (2000)::double precision)",
        "(EXTRACT(year FROM d) > (2000)::numeric)",
        true,
    );
    check_across("(a > 1)", "(a > 1)", false);
    check_across("public.date_part(a)", "public.date_part(a)", false);
    assert_ne!(across("btrim((v)::text)").text, across("TRIM(BOTH FROM w)").text);
}

proptest! {
    #[test]
    fn whatever_comes_has_a_canonical_form(text in "([a-zA(\\[\\])',:.\"\n -]|AND|OR|SELECT|FROM|ARRAY|::|\\PC){0,50}") {
        let once = canonical(&text).into_owned();
        prop_assert_eq!(canonical(&once), once.as_str());
        let _ = (rewritten(&text), across(&text));
    }
}
