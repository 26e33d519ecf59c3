//! Random functions, procedures and aggregates, and the triggers and rules that want them.

use super::additions::query;
use super::sight::{Sight, Thing};
use super::words::{condition, default, literal, name, of, qualified, sql_type};
use crate::simulation::random::Random;

const ATTRIBUTES: &[&str] = &[
    "",
    "",
    "",
    " IMMUTABLE",
    " STABLE STRICT",
    " SECURITY DEFINER",
    " IMMUTABLE PARALLEL SAFE COST 5",
    " LEAKPROOF",
    " SET work_mem = '8MB'",
    " SET search_path = pg_catalog, public",
];

/// One more routine.
pub fn any(dice: &mut Random, sight: &Sight) -> Option<String> {
    let at = qualified(dice, sight);
    let attributes = of(dice, ATTRIBUTES);
    let relations = sight.relations("rpv");
    let relation = dice.pick(&relations).map(|relation| relation.name.clone());
    Some(match dice.below(14) {
        0 | 1 => {
            let returns = of(dice, &["integer", "text", "date", "boolean", "bigint"]);
            format!(
                "CREATE FUNCTION {at}() RETURNS {returns} LANGUAGE sql{attributes} AS $$ SELECT {} $$",
                literal(returns, 1)?
            )
        }
        2 => {
            let (first, second) = (sql_type(dice, sight), sql_type(dice, sight));
            format!(
                "CREATE FUNCTION {at}(a {first}, b {second} DEFAULT NULL) RETURNS {first} LANGUAGE sql{attributes} AS $$ SELECT a $$"
            )
        }
        3 => {
            let table = relation?;
            format!(
                "CREATE FUNCTION {at}(r {table}) RETURNS text LANGUAGE plpgsql{attributes} AS $$ BEGIN RETURN r::text; END $$"
            )
        }
        4 => {
            let table = relation?;
            format!(
                "CREATE FUNCTION {at}() RETURNS SETOF {table} LANGUAGE sql{attributes} AS $$ SELECT * FROM {table} $$"
            )
        }
        5 => {
            let table = relation?;
            let columns = sight.columns(&table);
            let column = dice.pick(&columns)?;
            let filter = condition(dice, &columns, 1)?;
            let base = &column.sql_type;
            format!(
                "CREATE FUNCTION {at}() RETURNS {base} LANGUAGE sql BEGIN ATOMIC SELECT {} FROM {table} WHERE {filter}; END",
                column.name
            )
        }
        6 => format!(
            "CREATE FUNCTION {at}(n integer, OUT x integer, OUT y text) LANGUAGE plpgsql{attributes} AS $$ BEGIN x := n; y := 'y'; END $$"
        ),
        7 => format!(
            "CREATE FUNCTION {at}(VARIADIC parts text[]) RETURNS text LANGUAGE sql{attributes} RETURN array_to_string(parts, ',')"
        ),
        8 => format!(
            "CREATE FUNCTION {at}(x integer) RETURNS TABLE (a integer, b text) LANGUAGE sql{attributes} AS $$ SELECT x, 'b' $$"
        ),
        9 => format!(
            "CREATE PROCEDURE {at}(INOUT n integer DEFAULT {}) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$",
            default(dice, sight, "integer")
        ),
        10 => {
            let options = of(dice, &["", ", initcond = '0'", ", initcond = '7', parallel = safe"]);
            format!("CREATE AGGREGATE {at}(integer) (sfunc = int4pl, stype = integer{options})")
        }
        11 => {
            let callee = sight
                .routines("f")
                .into_iter()
                .find(|function| function.name.ends_with("()") && function.a == "integer")?;
            format!("CREATE FUNCTION {at}() RETURNS integer LANGUAGE sql RETURN {} + 1", callee.name)
        }
        _ => format!(
            "CREATE FUNCTION {at}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN {}; END $$",
            of(dice, &["NEW", "NULL", "coalesce(NEW, OLD)"])
        ),
    })
}

/// One more trigger.
pub fn trigger(dice: &mut Random, sight: &Sight) -> Option<String> {
    let functions: Vec<&Thing> = sight.routines("f").into_iter().filter(|function| function.a == "trigger").collect();
    let call = format!("EXECUTE FUNCTION {}", dice.pick(&functions)?.name);
    let tables = sight.relations("rp");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    let column = &dice.pick(&columns)?.name;
    let (at, call_with) = (name(dice), call.replace("()", &format!("({})", of(dice, &["", "'x', '订单'"]))));
    Some(match dice.below(8) {
        0 => format!(
            "CREATE CONSTRAINT TRIGGER {at} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {call}"
        ),
        1 => format!(
            "CREATE TRIGGER {at} AFTER UPDATE ON {table} REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT {call}"
        ),
        2 => format!("CREATE TRIGGER {at} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW {call}"),
        3 => format!(
            "CREATE TRIGGER {at} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) {call}"
        ),
        4 => {
            let views = sight.relations("v");
            format!("CREATE TRIGGER {at} INSTEAD OF INSERT ON {} FOR EACH ROW {call}", dice.pick(&views)?.name)
        }
        5 => format!("CREATE TRIGGER {at} AFTER DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT {call_with}"),
        _ => format!("CREATE TRIGGER {at} AFTER INSERT OR UPDATE ON {table} FOR EACH ROW {call_with}"),
    })
}

/// One more rule.
pub fn rule(dice: &mut Random, sight: &Sight) -> Option<String> {
    let relations = sight.relations("rv");
    let table = &dice.pick(&relations)?.name;
    let columns = sight.columns(table);
    let at = name(dice);
    Some(match dice.below(3) {
        0 => format!("CREATE RULE {at} AS ON DELETE TO {table} DO INSTEAD NOTHING"),
        1 => format!("CREATE RULE {at} AS ON INSERT TO {table} DO ALSO {}", query(dice, sight)?),
        _ => {
            let column = &dice.pick(&columns)?.name;
            format!("CREATE RULE {at} AS ON UPDATE TO {table} WHERE OLD.{column} IS NULL DO INSTEAD NOTHING")
        }
    })
}

/// A routine changed.
pub fn change(dice: &mut Random, sight: &Sight) -> Option<String> {
    let routines = sight.routines("fp");
    let routine = *dice.pick(&routines)?;
    let word = if routine.of == "p" { "PROCEDURE" } else { "FUNCTION" };
    let plain = routine.name.split('(').next()?;
    Some(match dice.below(6) {
        0 => format!("ALTER {word} {} SECURITY DEFINER", routine.name),
        1 => format!(
            "ALTER FUNCTION {} {}",
            routine.name,
            of(dice, &["IMMUTABLE", "STABLE", "VOLATILE", "COST 7", "STRICT", "PARALLEL SAFE"])
        ),
        2 => format!("ALTER {word} {} SET work_mem = '16MB'", routine.name),
        3 => format!("ALTER {word} {} RESET ALL", routine.name),
        4 if routine.a == "trigger" => {
            format!(
                "CREATE OR REPLACE FUNCTION {plain}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'changed'; RETURN NEW; END $$"
            )
        }
        _ if routine.of == "f" && routine.b.is_empty() => {
            let value = literal(&routine.a, 3)?;
            format!("CREATE OR REPLACE FUNCTION {plain}() RETURNS {} LANGUAGE sql AS $$ SELECT {value} $$", routine.a)
        }
        _ => return None,
    })
}
