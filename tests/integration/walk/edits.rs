//! Random statements that make one schema into another: additions, and changes, renames and drops of what is there.

use super::additions::{addition, address, comment_on};
use super::sight::{Sight, Thing};
use super::words::{of, schema};
use super::{routines, tables, types, words};
use crate::simulation::random::Random;

const DROPPED: &[&str] = &[
    "relation",
    "relation",
    "index",
    "type",
    "routine",
    "trigger",
    "rule",
    "policy",
    "statistics",
    "publication",
    "collation",
    "schema",
    "search",
];

/// One edit. It may well fail.
pub fn edit(dice: &mut Random, sight: &Sight) -> Option<String> {
    match dice.below(40) {
        0..=10 => addition(dice, sight),
        11..=14 => drop(dice, sight),
        15 | 16 => drop_column(dice, sight),
        17..=21 => tables::change_column(dice, sight),
        22..=24 => tables::change_constraint(dice, sight),
        25 => tables::setting(dice, sight),
        26 | 27 => tables::change_family(dice, sight),
        28 | 29 => types::change(dice, sight),
        30 | 31 => routines::change(dice, sight),
        32 | 33 => rename(dice, sight),
        34 => rename_column(dice, sight),
        35 => set_schema(dice, sight),
        36 => change_sequence(dice, sight),
        37 => comment_on(dice, sight),
        38 => remake_view(dice, sight),
        _ => match dice.below(4) {
            0 => tables::like(dice, sight),
            1 => tables::regenerate(dice, sight),
            2 => change_publication(dice, sight),
            _ => change_policy(dice, sight),
        },
    }
}

fn drop(dice: &mut Random, sight: &Sight) -> Option<String> {
    let things = sight.all(of(dice, DROPPED));
    let thing = *dice.pick(&things)?;
    let cascade = if dice.once_in(3) { "" } else { " CASCADE" };
    (thing.name != "public").then(|| Some(format!("DROP {}{cascade}", address(thing)?)))?
}

fn drop_column(dice: &mut Random, sight: &Sight) -> Option<String> {
    let tables = sight.relations("rp");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    Some(format!("ALTER TABLE {table} DROP COLUMN {} CASCADE", dice.pick(&columns)?.name))
}

fn rename_column(dice: &mut Random, sight: &Sight) -> Option<String> {
    let relations = sight.relations("rpvm");
    let relation = *dice.pick(&relations)?;
    let columns = sight.columns(&relation.name);
    let word = address(relation)?;
    Some(format!("ALTER {word} RENAME COLUMN {} TO {}", dice.pick(&columns)?.name, words::name(dice)))
}

fn some_thing<'a>(dice: &mut Random, sight: &'a Sight) -> Option<&'a Thing> {
    let things = sight.all(of(dice, DROPPED));
    dice.pick(&things).copied()
}

fn rename(dice: &mut Random, sight: &Sight) -> Option<String> {
    let thing = some_thing(dice, sight)?;
    (thing.name != "public").then(|| Some(format!("ALTER {} RENAME TO {}", address(thing)?, words::name(dice))))?
}

fn set_schema(dice: &mut Random, sight: &Sight) -> Option<String> {
    let thing = some_thing(dice, sight)?;
    Some(format!("ALTER {} SET SCHEMA {}", address(thing)?, schema(dice, sight)))
}

fn change_sequence(dice: &mut Random, sight: &Sight) -> Option<String> {
    let sequences = sight.relations("S");
    let sequence = &dice.pick(&sequences)?.name;
    let tables = sight.relations("r");
    let table = &dice.pick(&tables)?.name;
    let columns = sight.columns(table);
    Some(match dice.below(4) {
        0 => format!("ALTER SEQUENCE {sequence} OWNED BY {table}.{}", dice.pick(&columns)?.name),
        1 => format!("ALTER SEQUENCE {sequence} OWNED BY NONE"),
        2 => format!("ALTER SEQUENCE {sequence} AS {}", of(dice, &["smallint", "integer", "bigint"])),
        _ => format!(
            "ALTER SEQUENCE {sequence} {}",
            of(dice, &["INCREMENT BY 4", "CACHE 9", "CYCLE", "NO CYCLE", "MAXVALUE 777 RESTART WITH 3"])
        ),
    })
}

/// A view of the same name with another query: replaced, or dropped and made again.
fn remake_view(dice: &mut Random, sight: &Sight) -> Option<String> {
    let views = sight.relations("v");
    let view = &dice.pick(&views)?.name;
    let query = super::additions::query(dice, sight)?;
    Some(match dice.once_in(2) {
        true => format!("CREATE OR REPLACE VIEW {view} AS {query}"),
        false => format!("DROP VIEW {view} CASCADE; CREATE VIEW {view} AS {query}"),
    })
}

fn change_publication(dice: &mut Random, sight: &Sight) -> Option<String> {
    let publications = sight.all("publication");
    let publication = &dice.pick(&publications)?.name;
    let tables = sight.relations("rp");
    let table = &dice.pick(&tables)?.name;
    Some(match dice.below(4) {
        0 => format!("ALTER PUBLICATION {publication} ADD TABLE {table}"),
        1 => format!("ALTER PUBLICATION {publication} DROP TABLE {table}"),
        2 => format!("ALTER PUBLICATION {publication} SET TABLE {table}"),
        _ => format!("ALTER PUBLICATION {publication} SET (publish='insert')"),
    })
}

fn change_policy(dice: &mut Random, sight: &Sight) -> Option<String> {
    let policies = sight.all("policy");
    let policy = *dice.pick(&policies)?;
    let columns = sight.columns(&policy.of);
    Some(format!("ALTER POLICY {} ON {} USING ({})", policy.name, policy.of, words::condition(dice, &columns, 1)?))
}
