//! Random statements that add something. A statement may well fail: whoever runs it passes over it then.

use super::sight::{Column, Sight, Thing};
use super::words::{self, comment, condition, expression, name, of, qualified};
use crate::simulation::random::Random;

/// One more thing.
pub fn addition(dice: &mut Random, sight: &Sight) -> Option<String> {
    match dice.below(60) {
        0 => Some(format!("CREATE SCHEMA {}", name(dice))),
        1..=7 => Some(table(dice, sight)),
        8..=12 => partition(dice, sight),
        13..=18 => index(dice, sight),
        19 | 20 => Some(sequence(dice, sight)),
        21..=25 => view(dice, sight, "VIEW"),
        26 | 27 => view(dice, sight, "MATERIALIZED VIEW"),
        28..=31 => Some(super::types::any(dice, sight)),
        32..=37 => super::routines::any(dice, sight),
        38..=40 => super::routines::trigger(dice, sight),
        41 => super::routines::rule(dice, sight),
        42 | 43 => policy(dice, sight),
        44 => statistics(dice, sight),
        45 => Some(publication(dice, sight)),
        46..=50 => comment_on(dice, sight),
        51..=55 => super::tables::constraint(dice, sight),
        56 | 57 => super::tables::setting(dice, sight),
        _ => super::tables::add_column(dice, sight),
    }
}

fn some<'a>(dice: &mut Random, things: &[&'a Thing]) -> Option<&'a Thing> {
    dice.pick(things).copied()
}

fn table(dice: &mut Random, sight: &Sight) -> String {
    let name = qualified(dice, sight);
    let composites = sight.types("c");
    if dice.once_in(12)
        && let Some(of_type) = some(dice, &composites)
    {
        return format!("CREATE TABLE {name} OF {}", of_type.name);
    }
    let mut columns: Vec<Column> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for at in 0..=dice.below(6) {
        let (column, line) = column(dice, sight, &columns, at == 0);
        columns.push(column);
        lines.push(line);
    }
    for _ in 0..dice.below(3) {
        lines.extend(super::tables::table_constraint(dice, sight, &columns));
    }
    let unlogged = if dice.once_in(12) { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {name} ({})", lines.join(", "));
    let parents = sight.relations("r");
    if dice.once_in(8)
        && let Some(parent) = some(dice, &parents)
    {
        sql.push_str(&format!(" INHERITS ({})", parent.name));
    } else if dice.once_in(4) {
        sql.push_str(&partition_key(dice, &columns));
    } else if dice.once_in(8) {
        sql.push_str(of(
            dice,
            &[
                " WITH (fillfactor=70)",
                " WITH (autovacuum_enabled=false, fillfactor=90)",
                " WITH (toast.autovacuum_enabled=false)",
            ],
        ));
    }
    sql
}

fn partition_key(dice: &mut Random, columns: &[Column]) -> String {
    let column = &columns[dice.below(columns.len())];
    let strategy = of(dice, &["RANGE", "LIST", "HASH"]);
    if dice.once_in(6)
        && let Some(value) = expression(dice, columns)
    {
        return format!(" PARTITION BY {strategy} (({value}))");
    }
    format!(" PARTITION BY {strategy} ({})", column.name)
}

/// A column, and its line in CREATE TABLE.
pub fn column(dice: &mut Random, sight: &Sight, before: &[Column], first: bool) -> (Column, String) {
    let mut sql_type = if first && dice.once_in(2) { "integer".to_owned() } else { words::sql_type(dice, sight) };
    let name = if first && dice.once_in(2) { "id".to_owned() } else { name(dice) };
    let base = sight.types("de").iter().find(|found| found.name == sql_type).map(|found| match found.a.is_empty() {
        true => "text".to_owned(),
        false => format!("enum {}", found.a.split(',').next().unwrap_or_default()),
    });
    let base = base.unwrap_or_else(|| {
        sql_type.replace("varchar", "character varying").replace("timestamptz", "timestamp with time zone")
    });
    let mut extra = String::new();
    if matches!(base.as_str(), "text" | "character varying") && dice.once_in(10) {
        let own = sight.all("collation");
        let collation = some(dice, &own).map_or("\"C\"".to_owned(), |found| found.name.clone());
        extra.push_str(&format!(" COLLATE {collation}"));
    }
    let mut flags = "";
    match dice.below(16) {
        0 if !before.is_empty() => {
            if let Some(value) = expression(dice, before) {
                sql_type = generated_type(&value, before);
                extra = format!(" GENERATED ALWAYS AS ({value}) STORED");
                flags = "g";
            }
        }
        1 | 2 if matches!(sql_type.as_str(), "integer" | "bigint" | "smallint") => {
            let kind = of(dice, &["ALWAYS", "BY DEFAULT"]);
            let options =
                of(dice, &["", "", " (START WITH 10 INCREMENT BY 5)", " (MINVALUE 1 MAXVALUE 9999 CYCLE CACHE 3)"]);
            extra = format!(" GENERATED {kind} AS IDENTITY{options}");
            flags = "i";
        }
        3 if sql_type == "integer" => {
            sql_type = "serial".to_owned();
            flags = "i";
        }
        4..=6 => extra.push_str(&format!(" DEFAULT {}", words::default(dice, sight, &base))),
        _ => {}
    }
    if flags != "i" && dice.once_in(4) {
        extra.push_str(" NOT NULL");
    }
    if dice.once_in(12) {
        extra.push_str(of(dice, &[" UNIQUE", " PRIMARY KEY"]));
    }
    let line = format!("{name} {sql_type}{extra}");
    (Column { name, sql_type, base, flags: flags.to_owned() }, line)
}

/// The type of what [`expression`] makes, guessed.
fn generated_type(value: &str, columns: &[Column]) -> String {
    let first = columns.iter().find(|column| value.contains(&column.name));
    match value {
        _ if value.contains("IS NULL") || value.contains("NOT ") => "boolean".to_owned(),
        _ if value.contains("EXTRACT") => "numeric".to_owned(),
        _ if value.contains("->>") || value.contains("||") || value.contains("upper") => "text".to_owned(),
        _ => first.map_or("text".to_owned(), |column| column.sql_type.clone()),
    }
}

/// A partition of some partitioned table, at a place that may be taken.
fn partition(dice: &mut Random, sight: &Sight) -> Option<String> {
    let roots = sight.relations("p");
    let parent = some(dice, &roots)?;
    let columns = sight.columns(&parent.name);
    let mut sql = format!("CREATE TABLE {} PARTITION OF {}", qualified(dice, sight), parent.name);
    if dice.once_in(6)
        && let Some(column) = dice.pick(&columns)
    {
        let own = match dice.below(3) {
            0 => format!("{} NOT NULL", column.name),
            1 => format!("{} DEFAULT {}", column.name, words::default(dice, sight, &column.base)),
            _ => format!("CHECK ({})", condition(dice, &columns, 1)?),
        };
        sql.push_str(&format!(" ({own})"));
    }
    sql.push_str(&bound(dice, parent, &columns));
    if dice.once_in(6) && !columns.is_empty() {
        sql.push_str(&partition_key(dice, &columns));
    }
    Some(sql)
}

/// A bound for a partition of this table.
pub fn bound(dice: &mut Random, parent: &Thing, columns: &[Column]) -> String {
    let key = columns.iter().find(|column| parent.b.contains(&format!("({}", column.name)));
    let base = key.map_or("integer", |column| column.base.as_str());
    let value = |k: usize| words::literal(base, k).unwrap_or("NULL".into());
    let k = dice.below(4);
    match parent.b.split(' ').next() {
        Some("HASH") => format!(" FOR VALUES WITH (MODULUS 4, REMAINDER {k})"),
        _ if dice.once_in(6) => " DEFAULT".to_owned(),
        Some("RANGE") if k == 0 => format!(" FOR VALUES FROM (MINVALUE) TO ({})", value(0)),
        Some("RANGE") => format!(" FOR VALUES FROM ({}) TO ({})", value(k - 1), value(k)),
        _ if dice.once_in(4) => format!(" FOR VALUES IN ({}, NULL)", value(k)),
        _ => format!(" FOR VALUES IN ({})", value(k)),
    }
}

fn index(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rrpm");
    let table = some(dice, &tables)?;
    let columns = sight.columns(&table.name);
    let key = dice.pick(&columns)?;
    let unique = if dice.once_in(4) { "UNIQUE " } else { "" };
    let only = if table.of == "p" && dice.once_in(4) { "ONLY " } else { "" };
    let name = if dice.once_in(4) { String::new() } else { name(dice) };
    let start = format!("CREATE {unique}INDEX {name} ON {only}{}", table.name);
    let mut sql = match dice.below(10) {
        0 => format!("{start} USING hash ({})", key.name),
        1 => format!("{start} USING gin ({})", key.name),
        2 => format!("{start} USING brin ({}) WITH (pages_per_range=32)", key.name),
        3 => format!("{start} (({}))", expression(dice, &columns)?),
        4 => format!("{start} ({} text_pattern_ops)", key.name),
        5 => format!("{start} ({} COLLATE \"C\")", key.name),
        6 => format!("{start} ({} DESC NULLS LAST)", key.name),
        7 => format!("{start} ({}) INCLUDE ({})", key.name, columns[0].name),
        8 => format!("{start} ({}, {})", key.name, columns[dice.below(columns.len())].name),
        _ => format!("{start} ({})", key.name),
    };
    if !sql.contains(" WITH (") && dice.once_in(8) {
        sql.push_str(" WITH (fillfactor=80)");
    }
    if dice.once_in(4) {
        sql.push_str(&format!(" WHERE {}", condition(dice, &columns, 1)?));
    }
    Some(sql)
}

fn sequence(dice: &mut Random, sight: &Sight) -> String {
    let mut sql = format!("CREATE SEQUENCE {}", qualified(dice, sight));
    if dice.once_in(3) {
        sql.push_str(of(dice, &[" AS smallint", " AS integer"]));
    }
    if dice.once_in(2) {
        sql.push_str(of(
            dice,
            &[
                " INCREMENT BY -1",
                " START WITH 5 CACHE 7",
                " MINVALUE 0 START WITH 0 MAXVALUE 50 CYCLE",
                " INCREMENT BY 3",
            ],
        ));
    }
    let tables = sight.relations("r");
    if dice.once_in(3)
        && let Some(table) = some(dice, &tables)
        && let Some(column) = dice.pick(&sight.columns(&table.name))
    {
        sql.push_str(&format!(" OWNED BY {}.{}", table.name, column.name));
    }
    sql
}

fn view(dice: &mut Random, sight: &Sight, word: &str) -> Option<String> {
    let query = query(dice, sight)?;
    let name = qualified(dice, sight);
    let plain = word == "VIEW";
    let options = match dice.below(10) {
        0 if plain => " WITH (security_barrier=true)",
        1 if plain => " WITH (security_invoker=true)",
        2 if !plain => " WITH (fillfactor=80)",
        _ => "",
    };
    let end = match dice.below(10) {
        0 if plain => " WITH LOCAL CHECK OPTION",
        1 if plain => " WITH CASCADED CHECK OPTION",
        2 if !plain => " WITH NO DATA",
        _ => "",
    };
    Some(format!("CREATE {word} {name}{options} AS {query}{end}"))
}

/// A query over what there is.
pub fn query(dice: &mut Random, sight: &Sight) -> Option<String> {
    let relations = sight.relations("rpvm");
    let (left, right) = (some(dice, &relations)?, some(dice, &relations)?);
    let columns = sight.columns(&left.name);
    let column = dice.pick(&columns)?;
    let filter = if dice.once_in(3) { format!(" WHERE {}", condition(dice, &columns, 1)?) } else { String::new() };
    Some(match dice.below(12) {
        0 => format!("SELECT * FROM {}{filter}", left.name),
        1 => format!("SELECT {0}, count(*) AS n FROM {1}{filter} GROUP BY {0}", column.name, left.name),
        2 => {
            let other = sight.columns(&right.name);
            let other = dice.pick(&other)?;
            format!(
                "SELECT l.{0} AS x, r.{1} AS y FROM {2} l LEFT JOIN {3} r ON l.{0}::text = r.{1}::text",
                column.name, other.name, left.name, right.name
            )
        }
        3 => format!(
            "WITH RECURSIVE w AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM w WHERE n < 5) SELECT w.n, t.{} FROM w, {} t",
            column.name, left.name
        ),
        4 => format!("SELECT {0} AS x FROM {1} UNION SELECT {0} FROM {1}{filter}", column.name, left.name),
        5 => format!("SELECT x.*, row_number() OVER (ORDER BY x.{0}) AS rank FROM {1} x", column.name, left.name),
        6 => format!("SELECT t AS whole, t.{} FROM {} t", column.name, left.name),
        7 => format!(
            "SELECT (SELECT count(*) FROM {}) AS n, {} AS e FROM {}",
            right.name,
            expression(dice, &columns)?,
            left.name
        ),
        8 => {
            let functions = sight.routines("f");
            let call = functions.iter().find(|function| function.name.ends_with("()") && function.a != "trigger")?;
            format!("SELECT {} AS called, {} FROM {}", call.name, column.name, left.name)
        }
        _ => {
            let names: Vec<String> =
                columns.iter().filter(|_| !dice.once_in(3)).map(|column| column.name.clone()).collect();
            let names = if names.is_empty() { column.name.clone() } else { names.join(", ") };
            format!("SELECT {names} FROM {}{filter}", left.name)
        }
    })
}

fn policy(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rp");
    let table = some(dice, &tables)?;
    let columns = sight.columns(&table.name);
    let (using, check) = (condition(dice, &columns, 1)?, condition(dice, &columns, 0)?);
    let start = format!("CREATE POLICY {} ON {}", name(dice), table.name);
    Some(match dice.below(5) {
        0 => format!("{start} FOR SELECT USING ({using})"),
        1 => format!("{start} FOR INSERT WITH CHECK ({check})"),
        2 => format!("{start} AS RESTRICTIVE TO CURRENT_USER USING ({using})"),
        3 => format!("{start} USING (EXISTS (SELECT 1 FROM {} x WHERE {using}))", some(dice, &tables)?.name),
        _ => format!("{start} USING ({using}) WITH CHECK ({check})"),
    })
}

fn statistics(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rp");
    let table = some(dice, &tables)?;
    let columns = sight.columns(&table.name);
    let (left, right) = (dice.pick(&columns)?, dice.pick(&columns)?);
    let kinds = of(dice, &["", " (ndistinct)", " (dependencies, mcv)"]);
    let on = match dice.once_in(4) {
        true => format!("{}, ({})", left.name, expression(dice, &columns)?),
        false => format!("{}, {}", left.name, right.name),
    };
    Some(format!("CREATE STATISTICS {}{kinds} ON {on} FROM {}", qualified(dice, sight), table.name))
}

fn publication(dice: &mut Random, sight: &Sight) -> String {
    let start = format!("CREATE PUBLICATION {}", name(dice));
    let tables = sight.relations("rp");
    let Some(table) = some(dice, &tables) else { return start };
    match dice.below(5) {
        0 => format!("{start} FOR ALL TABLES"),
        1 => format!("{start} FOR TABLES IN SCHEMA {}", words::schema(dice, sight)),
        2 => {
            let columns: Vec<String> =
                sight.columns(&table.name).into_iter().take(2).map(|column| column.name).collect();
            format!("{start} FOR TABLE {} ({})", table.name, columns.join(", "))
        }
        3 => format!("{start} FOR TABLE {} WITH (publish='insert, update')", table.name),
        _ => format!("{start} FOR TABLE {}", table.name),
    }
}

/// A comment on anything, or none any more.
pub fn comment_on(dice: &mut Random, sight: &Sight) -> Option<String> {
    let what = of(
        dice,
        &[
            "relation",
            "column",
            "column",
            "constraint",
            "index",
            "type",
            "routine",
            "trigger",
            "rule",
            "policy",
            "statistics",
            "schema",
            "publication",
            "collation",
            "check",
            "operator",
            "search",
        ],
    );
    let things = sight.all(what);
    let thing = some(dice, &things)?;
    let address = address(thing)?;
    let text = if dice.once_in(5) { "NULL".to_owned() } else { comment(dice) };
    Some(format!("COMMENT ON {address} IS {text}"))
}

/// How COMMENT ON, ALTER and DROP call a thing.
pub fn address(thing: &Thing) -> Option<String> {
    let Thing { what, name, of, .. } = thing;
    Some(match what.as_str() {
        "relation" => {
            let word = match of.as_str() {
                "v" => "VIEW",
                "m" => "MATERIALIZED VIEW",
                "S" => "SEQUENCE",
                _ => "TABLE",
            };
            format!("{word} {name}")
        }
        "column" => format!("COLUMN {of}.{name}"),
        "constraint" | "trigger" | "rule" | "policy" => format!("{} {name} ON {of}", what.to_uppercase()),
        "check" => format!("CONSTRAINT {name} ON DOMAIN {of}"),
        "type" if of == "d" => format!("DOMAIN {name}"),
        "routine" if of == "p" => format!("PROCEDURE {name}"),
        "routine" if of == "a" => format!("AGGREGATE {name}"),
        "routine" => format!("FUNCTION {name}"),
        "search" => format!("TEXT SEARCH CONFIGURATION {name}"),
        "index" | "type" | "statistics" | "schema" | "publication" | "collation" | "operator" => {
            format!("{} {name}", what.to_uppercase())
        }
        _ => return None,
    })
}

/// Rows for a table, one statement each.
pub fn rows(sight: &Sight) -> Vec<String> {
    let tables = sight.relations("rp").into_iter().filter(|table| table.a != "true");
    let row = |table: &Thing, k: usize| {
        let given = sight
            .columns(&table.name)
            .into_iter()
            .filter(|column| !column.flags.contains('g') && !column.flags.contains('i'));
        let given: Vec<(String, String)> =
            given.map(|column| (column.name, words::literal(&column.base, k).unwrap_or("NULL".into()))).collect();
        let (names, values): (Vec<String>, Vec<String>) = given.into_iter().unzip();
        match names.is_empty() {
            true => format!("INSERT INTO {} DEFAULT VALUES", table.name),
            false => format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", ")),
        }
    };
    tables.flat_map(|table| (0..3).map(move |k| row(table, k))).collect()
}
