//! Random names, types, literals and expressions.

use super::sight::{Column, Sight};
use crate::simulation::random::Random;

/// Few, so that things of two schemas often share one; some want quotes.
const NAMES: &[&str] = &[
    "orders",
    "items",
    "customer",
    "log",
    "a",
    "b",
    "c",
    "Order Items",
    "CamelCase",
    "订单",
    "select",
    "user",
    "größe",
    "with\"quote",
    "x$1",
    "a.b",
    "ends with ",
    "tenant_id",
    "created_at",
    "a_very_long_name_that_is_nearly_as_long_as_postgresql_lets_it",
];

const TYPES: &[&str] = &[
    "integer",
    "integer",
    "integer",
    "bigint",
    "smallint",
    "text",
    "text",
    "text",
    "varchar(20)",
    "varchar",
    "char(4)",
    "numeric(10,2)",
    "numeric",
    "boolean",
    "date",
    "date",
    "timestamp",
    "timestamptz",
    "timestamptz(3)",
    "time",
    "interval",
    "interval day to second",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "real",
    "double precision",
    "int4range",
    "tstzrange",
    "integer[]",
    "text[]",
    "varchar(5)[]",
    "inet",
    "point",
    "bit(4)",
    "varbit",
    "money",
    "tsvector",
    "numrange",
    "int4multirange",
    "\"char\"",
    "name",
    "oid",
    "xml",
    "macaddr",
];

const COMMENTS: &[&str] = &["a comment", "it's \"quoted\" \\ $$", "订单 — 说明", "two\nlines", "x"];

pub fn name(dice: &mut Random) -> String {
    let name = NAMES[dice.below(NAMES.len())];
    let name = if dice.once_in(3) { format!("{name}{}", dice.below(3)) } else { name.to_owned() };
    ident(&name)
}

pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub fn comment(dice: &mut Random) -> String {
    format!("'{}'", of(dice, COMMENTS).replace('\'', "''").replace('\\', "/"))
}

pub fn of<'a>(dice: &mut Random, words: &[&'a str]) -> &'a str {
    words[dice.below(words.len())]
}

/// A schema, most often the first.
pub fn schema(dice: &mut Random, sight: &Sight) -> String {
    let schemas = sight.all("schema");
    let found = if dice.once_in(2) { None } else { dice.pick(&schemas) };
    found.map_or("public".to_owned(), |schema| schema.name.clone())
}

/// A name in a schema, perhaps one that is in use already.
pub fn qualified(dice: &mut Random, sight: &Sight) -> String {
    format!("{}.{}", schema(dice, sight), name(dice))
}

pub fn sql_type(dice: &mut Random, sight: &Sight) -> String {
    let own = sight.types("edcr");
    match dice.below(5) {
        0 if !own.is_empty() => {
            let found = &own[dice.below(own.len())].name;
            if dice.once_in(6) { format!("{found}[]") } else { found.clone() }
        }
        _ => of(dice, TYPES).to_owned(),
    }
}

/// A value of a type, the `k`th of a row of different ones; `None`: NULL is all that is known.
pub fn literal(base: &str, k: usize) -> Option<String> {
    if let Some(label) = base.strip_prefix("enum ") {
        return Some(label.to_owned());
    }
    let plain = base.split('(').next().unwrap_or_default().trim();
    let text = match plain {
        _ if base.ends_with("[]") => return (!base.contains('.')).then(|| "'{}'".to_owned()),
        "integer" | "bigint" | "smallint" | "oid" => return Some((k + 1).to_string()),
        "numeric" | "real" | "double precision" | "money" => return Some(format!("{k}.25")),
        "boolean" => return Some(if k.is_multiple_of(2) { "true" } else { "false" }.to_owned()),
        "text" | "character varying" | "character" | "name" | "varchar" | "char" => format!("v{k}"),
        "\"char\"" => k.to_string(),
        "date" => format!("2024-01-0{}", k % 8 + 1),
        "interval" => format!("{k} days"),
        "uuid" => format!("00000000-0000-0000-0000-00000000000{}", k % 10),
        "json" | "jsonb" => format!("{{\"a\": {k}}}"),
        "bytea" => format!("\\x0{}", k % 10),
        "int4range" | "numrange" => format!("[{k},{})", k + 1),
        "inet" => format!("10.0.0.{k}"),
        "point" => format!("({k},1)"),
        "bit" => "1010".to_owned(),
        "bit varying" | "varbit" => "101".to_owned(),
        "xml" => format!("<a>{k}</a>"),
        _ if plain.starts_with("timestamp") => format!("2024-01-0{} 10:00:00", k % 8 + 1),
        _ if plain.starts_with("time") => format!("1{}:00:00", k % 10),
        _ if plain.starts_with("interval") => format!("{k} days"),
        _ => return None,
    };
    Some(format!("'{text}'"))
}

/// A default for a type.
pub fn default(dice: &mut Random, sight: &Sight, base: &str) -> String {
    let sequences = sight.relations("S");
    let plain = base.split('(').next().unwrap_or_default().trim();
    let k = dice.below(4);
    match (plain, dice.below(4)) {
        ("integer" | "bigint", 0) if !sequences.is_empty() => {
            format!("nextval('{}')", sequences[dice.below(sequences.len())].name.replace('\'', "''"))
        }
        ("date", 0) => "CURRENT_DATE".to_owned(),
        ("text", 0) => "CURRENT_USER".to_owned(),
        ("text", 1) => "upper('x') || 'y'".to_owned(),
        ("uuid", 0) => "gen_random_uuid()".to_owned(),
        (_, 0) if plain.starts_with("timestamp") => "now()".to_owned(),
        (_, 1) if plain.starts_with("timestamp") => "now() + interval '1 day'".to_owned(),
        (_, 2) => own_call(dice, sight, plain).unwrap_or_else(|| literal(base, k).unwrap_or("NULL".into())),
        _ => literal(base, k).unwrap_or("NULL".into()),
    }
}

/// A call of a function of the schema's own that gives this type and wants nothing.
fn own_call(dice: &mut Random, sight: &Sight, plain: &str) -> Option<String> {
    let fitting: Vec<_> = sight.routines("f").into_iter().filter(|f| f.a == plain && f.name.ends_with("()")).collect();
    dice.pick(&fitting).map(|function| function.name.clone())
}

fn is_number(base: &str) -> bool {
    matches!(base, "integer" | "bigint" | "smallint" | "real" | "double precision") || base.starts_with("numeric")
}

fn is_text(base: &str) -> bool {
    base == "text" || base.starts_with("character varying")
}

/// A condition that most rows fulfil.
pub fn condition(dice: &mut Random, columns: &[Column], depth: usize) -> Option<String> {
    if depth > 0 && dice.once_in(3) {
        let word = of(dice, &["AND", "OR"]);
        let (left, right) = (condition(dice, columns, depth - 1)?, condition(dice, columns, depth - 1)?);
        return Some(format!("({left}) {word} ({right})"));
    }
    let column = dice.pick(columns)?;
    let name = &column.name;
    let choice = dice.below(7);
    Some(match (column.base.as_str(), choice) {
        (base, 0) if is_number(base) => format!("{name} > -1000"),
        (base, 1) if is_number(base) => format!("{name} BETWEEN -5 AND 100000"),
        (base, 2) if is_number(base) => format!("{name} IN (0, 1, 2, 3, 4)"),
        (base, 3) if is_number(base) => format!("{name} % 2 >= 0 OR {name} IS NULL"),
        (base, 4) if is_number(base) => format!("abs({name}) <> 77"),
        (base, 0) if is_text(base) => format!("{name} <> ''"),
        (base, 1) if is_text(base) => format!("length({name}) < 50"),
        (base, 2) if is_text(base) => format!("{name} NOT IN ('x', 'yy')"),
        (base, 3) if is_text(base) => format!("{name} !~ '^[[:space:]]'"),
        (base, 4) if is_text(base) => format!("lower(trim({name})) LIKE '%'"),
        (base, 5) if is_text(base) => format!("{name} = ANY (ARRAY['v0', 'v1', 'v2', 'v3']) OR {name} > 'a'"),
        ("boolean", 0 | 1) => name.clone(),
        ("boolean", 2) => format!("{name} IS NOT TRUE"),
        ("date", 0 | 1) => format!("{name} > '2000-01-01'"),
        ("date", 2) => format!("EXTRACT(year FROM {name}) > 1999"),
        ("jsonb", 0..=2) => format!("{name} ? 'a' OR jsonb_typeof({name}) = 'object'"),
        (base, 0 | 1) if base.starts_with("enum ") => format!("{name} = {}", &base[5..]),
        (base, 0 | 1) if base.ends_with("[]") => format!("cardinality({name}) >= 0"),
        _ => format!("{name} IS NOT NULL"),
    })
}

/// A value made from a column.
pub fn expression(dice: &mut Random, columns: &[Column]) -> Option<String> {
    let column = dice.pick(columns)?;
    let name = &column.name;
    Some(match (column.base.as_str(), dice.below(4)) {
        (base, 0) if is_number(base) => format!("({name} + 1)"),
        (base, 1) if is_number(base) => format!("({name} * 2 - 1)"),
        (base, 2) if is_number(base) => format!("coalesce({name}, 0)"),
        (base, 0) if is_text(base) => format!("upper({name})"),
        (base, 1) if is_text(base) => format!("({name} || 'x')"),
        (base, 2) if is_text(base) => format!("coalesce({name}, '')"),
        ("date", 0) => format!("EXTRACT(year FROM {name})"),
        ("date", 1) => format!("({name} + 1)"),
        ("jsonb", 0) => format!("({name} ->> 'a')"),
        ("boolean", 0) => format!("(NOT {name})"),
        (_, 1) => format!("({name} IS NULL)"),
        _ => name.clone(),
    })
}
