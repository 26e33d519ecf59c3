//! Random statements about tables that are there: constraints, columns, settings, partitions and parents.

use super::additions::{bound, column};
use super::sight::{Column, Sight};
use super::words::{self, condition, expression, name, of, sql_type};
use crate::simulation::random::Random;

/// One more constraint.
pub fn constraint(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rrp");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    let constraint = table_constraint(dice, sight, &columns)?;
    let waits = constraint.contains("CHECK") || constraint.contains("FOREIGN KEY");
    let not_valid = if waits && dice.once_in(5) { " NOT VALID" } else { "" };
    Some(format!("ALTER TABLE {table} ADD {constraint}{not_valid}"))
}

/// A constraint as CREATE TABLE takes it.
pub fn table_constraint(dice: &mut Random, sight: &Sight, columns: &[Column]) -> Option<String> {
    let named = if dice.once_in(2) { format!("CONSTRAINT {} ", name(dice)) } else { String::new() };
    let column = &dice.pick(columns)?.name;
    let deferred = of(dice, &["", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
    let text = match dice.below(14) {
        0..=3 => {
            let inherit = if dice.once_in(8) { " NO INHERIT" } else { "" };
            format!("CHECK ({}){inherit}", condition(dice, columns, 2)?)
        }
        4 | 5 => format!("PRIMARY KEY ({column}){deferred}"),
        6 => format!("UNIQUE ({column}, {}){deferred}", dice.pick(columns)?.name),
        7 => format!("UNIQUE ({column}) INCLUDE ({})", dice.pick(columns)?.name),
        8 => format!("UNIQUE NULLS NOT DISTINCT ({column})"),
        9 => {
            let range = columns.iter().find(|column| column.base.ends_with("range"));
            match range {
                Some(range) => format!("EXCLUDE USING gist ({} WITH &&){deferred}", range.name),
                None => format!("EXCLUDE USING btree ({column} WITH =) WHERE ({})", condition(dice, columns, 0)?),
            }
        }
        _ => foreign_key(dice, sight, columns)? + deferred,
    };
    Some(named + &text)
}

/// To a column with a key of its own, from one of the same type.
fn foreign_key(dice: &mut Random, sight: &Sight, columns: &[Column]) -> Option<String> {
    let keys: Vec<_> = sight
        .all("constraint")
        .into_iter()
        .filter(|key| matches!(key.a.as_str(), "p" | "u") && !key.b.contains(','))
        .collect();
    let key = *dice.pick(&keys)?;
    let target = sight.columns(&key.of).into_iter().find(|column| key.b.contains(&format!("({})", column.name)))?;
    let own = columns.iter().find(|column| column.sql_type == target.sql_type && !column.flags.contains('g'))?;
    let actions = of(
        dice,
        &[
            "",
            "",
            " ON DELETE CASCADE",
            " ON UPDATE SET NULL ON DELETE SET DEFAULT",
            " MATCH FULL",
            " ON DELETE RESTRICT",
        ],
    );
    Some(format!("FOREIGN KEY ({}) REFERENCES {} ({}){actions}", own.name, key.of, target.name))
}

pub fn add_column(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rrp");
    let table = &dice.pick(&tables)?.name;
    let (_, line) = column(dice, sight, &sight.columns(table), false);
    Some(format!("ALTER TABLE {table} ADD COLUMN {line}"))
}

/// Something about a table that is neither a column nor a constraint.
pub fn setting(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rrp");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    let column = &dice.pick(&columns)?.name;
    let on = format!("ALTER TABLE {table}");
    let indexes: Vec<_> = sight.all("index").into_iter().filter(|index| index.of == *table).collect();
    let index = |dice: &mut Random| Some(dice.pick(&indexes)?.name.rsplit('.').next()?.to_owned());
    Some(match dice.below(18) {
        0 => format!("{on} ENABLE ROW LEVEL SECURITY"),
        1 => format!("{on} FORCE ROW LEVEL SECURITY"),
        2 => format!("{on} DISABLE ROW LEVEL SECURITY"),
        3 => format!("{on} REPLICA IDENTITY {}", of(dice, &["FULL", "NOTHING", "DEFAULT"])),
        4 => format!("{on} REPLICA IDENTITY USING INDEX {}", index(dice)?),
        5 => format!("{on} CLUSTER ON {}", index(dice)?),
        6 => format!("{on} SET WITHOUT CLUSTER"),
        7 => format!("{on} SET (fillfactor={})", 60 + dice.below(3) * 10),
        8 => format!("{on} RESET (fillfactor)"),
        9 => format!("{on} ALTER COLUMN {column} SET STATISTICS {}", of(dice, &["100", "0", "-1"])),
        10 => {
            format!("{on} ALTER COLUMN {column} SET STORAGE {}", of(dice, &["EXTERNAL", "MAIN", "PLAIN", "EXTENDED"]))
        }
        11 => format!("{on} ALTER COLUMN {column} SET (n_distinct={})", of(dice, &["5", "-0.5"])),
        12 => format!("{on} ALTER COLUMN {column} RESET (n_distinct)"),
        13 => format!("{on} ALTER COLUMN {column} SET COMPRESSION pglz"),
        14 => format!("{on} SET {}", of(dice, &["LOGGED", "UNLOGGED"])),
        15 => {
            let triggers = sight.all("trigger");
            let trigger = *dice.pick(&triggers)?;
            format!(
                "ALTER TABLE {} {} TRIGGER {}",
                trigger.of,
                of(dice, &["DISABLE", "ENABLE", "ENABLE ALWAYS", "ENABLE REPLICA"]),
                trigger.name
            )
        }
        16 => {
            let views = sight.relations("v");
            let view = &dice.pick(&views)?.name;
            let columns = sight.columns(view);
            let column = dice.pick(&columns)?;
            format!(
                "ALTER VIEW {view} ALTER COLUMN {} SET DEFAULT {}",
                column.name,
                words::default(dice, sight, &column.base)
            )
        }
        _ => {
            let all = sight.all("index");
            let index = *dice.pick(&all)?;
            match dice.once_in(2) {
                true => format!("ALTER INDEX {} ALTER COLUMN 1 SET STATISTICS 50", index.name),
                false => format!("ALTER INDEX {} SET (fillfactor=75)", index.name),
            }
        }
    })
}

/// A column changed.
pub fn change_column(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rrp");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    let column = dice.pick(&columns)?;
    let on = format!("ALTER TABLE {table} ALTER COLUMN {}", column.name);
    Some(match dice.below(14) {
        0..=3 => {
            let wanted = match dice.once_in(2) {
                true => of(dice, &["text", "bigint", "varchar(40)", "numeric(12,4)", "timestamptz"]).to_owned(),
                false => sql_type(dice, sight),
            };
            format!("{on} TYPE {wanted} USING {}::text::{wanted}", column.name)
        }
        4 => format!("{on} SET NOT NULL"),
        5 => format!("{on} DROP NOT NULL"),
        6 | 7 => format!("{on} SET DEFAULT {}", words::default(dice, sight, &column.base)),
        8 => format!("{on} DROP DEFAULT"),
        9 => format!("{on} ADD GENERATED {} AS IDENTITY", of(dice, &["ALWAYS", "BY DEFAULT"])),
        10 => format!("{on} DROP IDENTITY IF EXISTS"),
        11 => format!("{on} DROP EXPRESSION IF EXISTS"),
        12 => format!("{on} SET GENERATED {}", of(dice, &["ALWAYS", "BY DEFAULT SET INCREMENT BY 2"])),
        _ => format!("{on} TYPE {} COLLATE \"C\"", column.sql_type),
    })
}

/// A table among others changed: its parents, its partitions.
pub fn change_family(dice: &mut Random, sight: &Sight) -> Option<String> {
    let (plain, roots) = (sight.relations("r"), sight.relations("p"));
    let table = &dice.pick(&plain)?.name;
    Some(match dice.below(6) {
        0 => format!("ALTER TABLE {table} INHERIT {}", dice.pick(&plain)?.name),
        1 => format!("ALTER TABLE {table} NO INHERIT {}", dice.pick(&plain)?.name),
        2 | 3 => {
            let parts: Vec<_> = sight.relations("rp").into_iter().filter(|table| table.a == "true").collect();
            format!("ALTER TABLE {} DETACH PARTITION {}", dice.pick(&roots)?.name, dice.pick(&parts)?.name)
        }
        4 => {
            let root = *dice.pick(&roots)?;
            format!(
                "ALTER TABLE {} ATTACH PARTITION {table}{}",
                root.name,
                bound(dice, root, &sight.columns(&root.name))
            )
        }
        _ => {
            let root = *dice.pick(&roots)?;
            let indexes = sight.all("index");
            let (outer, inner): (Vec<_>, Vec<_>) = indexes.into_iter().partition(|index| index.of == root.name);
            format!("ALTER INDEX {} ATTACH PARTITION {}", dice.pick(&outer)?.name, dice.pick(&inner)?.name)
        }
    })
}

/// A table that is like another, but for identity columns: their sequences become ones that `pg_dump` cannot tell.
pub fn like(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rp");
    let table = &dice.pick(&tables)?.name;
    Some(format!("CREATE TABLE {} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)", words::qualified(dice, sight)))
}

/// A constraint changed.
pub fn change_constraint(dice: &mut Random, sight: &Sight) -> Option<String> {
    let constraints = sight.all("constraint");
    let found = *dice.pick(&constraints)?;
    let on = format!("ALTER TABLE {}", found.of);
    Some(match dice.below(4) {
        0 => format!("{on} DROP CONSTRAINT {} CASCADE", found.name),
        1 => format!("{on} RENAME CONSTRAINT {} TO {}", found.name, name(dice)),
        2 => format!("{on} VALIDATE CONSTRAINT {}", found.name),
        _ => format!(
            "{on} ALTER CONSTRAINT {} {}",
            found.name,
            of(dice, &["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
        ),
    })
}

/// A generated column is made of something else; before 17 it is another column.
pub fn regenerate(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("r");
    let table = &dice.pick(&tables)?.name;
    let (made, given): (Vec<Column>, Vec<Column>) =
        sight.columns(table).into_iter().partition(|column| column.flags.contains('g'));
    let column = dice.pick(&made)?;
    let value = expression(dice, &given)?;
    Some(format!(
        "ALTER TABLE {table} DROP COLUMN {0} CASCADE, ADD COLUMN {0} {1} GENERATED ALWAYS AS ({value}) STORED",
        column.name, column.sql_type
    ))
}
