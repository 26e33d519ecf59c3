//! Random types, and what belongs beside them: domains, enums, composites, ranges, collations, text search configurations.

use super::sight::Sight;
use super::words::{name, of, qualified, sql_type};
use crate::simulation::random::Random;

/// One more type.
pub fn any(dice: &mut Random, sight: &Sight) -> String {
    let name_in_schema = qualified(dice, sight);
    match dice.below(12) {
        0..=3 => {
            let labels = of(
                dice,
                &[
                    "'a', 'b', 'c'",
                    "'new', 'paid', 'sent'",
                    "'with space', '订单', 'it''s'",
                    "'v0'",
                    "'v0', 'v1', 'v2'",
                ],
            );
            format!("CREATE TYPE {name_in_schema} AS ENUM ({labels})")
        }
        4..=6 => domain(dice, &name_in_schema),
        7 | 8 => {
            let attributes: Vec<String> =
                (0..=dice.below(3)).map(|_| format!("{} {}", name(dice), sql_type(dice, sight))).collect();
            format!("CREATE TYPE {name_in_schema} AS ({})", attributes.join(", "))
        }
        9 => format!(
            "CREATE TYPE {name_in_schema} AS RANGE (subtype = {})",
            of(dice, &["float8", "text", "time", "int4"])
        ),
        10 => {
            let locale = of(
                dice,
                &[
                    "provider = icu, locale = 'de-DE'",
                    "provider = icu, locale = 'und', deterministic = false",
                    "locale = 'C'",
                ],
            );
            format!("CREATE COLLATION {name_in_schema} ({locale})")
        }
        _ => format!(
            "CREATE TEXT SEARCH CONFIGURATION {name_in_schema} (COPY = pg_catalog.{})",
            of(dice, &["simple", "english"])
        ),
    }
}

fn domain(dice: &mut Random, name_in_schema: &str) -> String {
    let (base, checks) = match dice.below(4) {
        0 => ("integer", ["VALUE > -5", "VALUE <> 77"]),
        1 => ("numeric(10,2)", ["VALUE >= 0", "VALUE BETWEEN -1 AND 100000"]),
        2 => ("varchar(30)", ["VALUE <> ''", "VALUE IN ('v0', 'v1', 'v2', 'abc')"]),
        _ => ("text", ["length(VALUE) < 100", "VALUE !~ 'q'"]),
    };
    let mut sql = format!("CREATE DOMAIN {name_in_schema} AS {base}");
    if dice.once_in(4) {
        sql.push_str(if base == "integer" || base.starts_with("numeric") { " DEFAULT 3" } else { " DEFAULT 'abc'" });
    }
    if dice.once_in(6) {
        sql.push_str(" NOT NULL");
    }
    if dice.once_in(2) {
        let named = if dice.once_in(2) { format!(" CONSTRAINT {}", name(dice)) } else { String::new() };
        sql.push_str(&format!("{named} CHECK ({})", of(dice, &checks)));
    }
    sql
}

/// A type changed.
pub fn change(dice: &mut Random, sight: &Sight) -> Option<String> {
    let types = sight.types("edc");
    let found = *dice.pick(&types)?;
    let at = &found.name;
    Some(match found.of.as_str() {
        "e" => match dice.below(4) {
            0 => format!("ALTER TYPE {at} ADD VALUE 'z{}'", dice.below(3)),
            1 => format!("ALTER TYPE {at} ADD VALUE 'y' BEFORE {}", found.a.split(',').next()?),
            2 => format!("ALTER TYPE {at} RENAME VALUE {} TO 'renamed'", found.a.split(',').next()?),
            _ => format!("ALTER TYPE {at} ADD VALUE 'b0' AFTER {}", found.a.split(',').next()?),
        },
        "d" => {
            let checks = sight.all("check");
            let own: Vec<_> = checks.iter().filter(|check| check.of == *at).collect();
            match dice.below(8) {
                0 => format!("ALTER DOMAIN {at} SET DEFAULT '4'"),
                1 => format!("ALTER DOMAIN {at} DROP DEFAULT"),
                2 => format!("ALTER DOMAIN {at} SET NOT NULL"),
                3 => format!("ALTER DOMAIN {at} DROP NOT NULL"),
                4 => format!("ALTER DOMAIN {at} DROP CONSTRAINT {}", dice.pick(&own)?.name),
                5 => format!("ALTER DOMAIN {at} RENAME CONSTRAINT {} TO {}", dice.pick(&own)?.name, name(dice)),
                6 => format!("ALTER DOMAIN {at} ADD CHECK (VALUE::text <> 'no') NOT VALID"),
                _ => format!("ALTER DOMAIN {at} ADD CONSTRAINT {} CHECK (VALUE::text <> 'none')", name(dice)),
            }
        }
        _ => {
            let columns = sight.columns(at);
            let attribute = &dice.pick(&columns)?.name;
            match dice.below(4) {
                0 => format!("ALTER TYPE {at} ADD ATTRIBUTE {} {} CASCADE", name(dice), sql_type(dice, sight)),
                1 => format!("ALTER TYPE {at} DROP ATTRIBUTE {attribute} CASCADE"),
                2 => format!("ALTER TYPE {at} ALTER ATTRIBUTE {attribute} TYPE {} CASCADE", sql_type(dice, sight)),
                _ => format!("ALTER TYPE {at} RENAME ATTRIBUTE {attribute} TO {} CASCADE", name(dice)),
            }
        }
    })
}
