//! The same script with shorter locks: what looks at every row of a table does so while others read and write it.
//!
//! A foreign key and a check are added NOT VALID and validated by a statement of their own; SET NOT NULL comes after a check that was
//! validated, which spares it the look at the rows; indexes are built CONCURRENTLY, a key's before the key takes it over. All of that
//! pays only if each statement is a transaction of its own, so such a script runs outside of one: where it stops half-way, what came
//! before it stays.
//!
//! Sources: the notes on ADD and VALIDATE CONSTRAINT, SET NOT NULL and ADD … USING INDEX in PostgreSQL's reference of ALTER TABLE, on
//! CONCURRENTLY in that of CREATE INDEX. Left as they are, because PostgreSQL (13 to 18) has no such form for all of them: foreign keys
//! and indexes of partitioned tables, exclusion constraints, domains, foreign tables.

use super::{Fate, Hazard, Script, Side, Statement, Step, name};
use crate::schema::{Kind, Model};

/// The same script, with statements that hold no lock for long in the place of those that do, where there are such.
pub fn short_locks(script: Script, to: &Model) -> Script {
    let side = Side::new(to);
    let steps = script.steps.into_iter().flat_map(|step| match shorter(&step, &side) {
        Some(statements) => statements.into_iter().map(|statement| Step { statement, ..step.clone() }).collect(),
        None => vec![step],
    });
    Script { steps: steps.collect(), left_out: script.left_out }
}

fn shorter(step: &Step, to: &Side<'_>) -> Option<Vec<Statement>> {
    let statement = &step.statement;
    if statement.hazards != [Hazard::LongLock] || step.fate == Fate::Dropped {
        return None;
    }
    let sql = match step.fact.kind {
        Kind::Constraint => constraint(step, to)?,
        Kind::Column => not_null(&step.fact.name, &statement.sql)?,
        Kind::Index => vec![index(step)?],
        _ => return None,
    };
    let own = |sql: String| Statement { note: statement.note.clone(), ..Statement::new(sql).outside() };
    Some(sql.into_iter().map(own).collect())
}

fn constraint(step: &Step, to: &Side<'_>) -> Option<Vec<String>> {
    let what = name::last(&step.fact.name);
    let (table, definition) = step.statement.sql.split_once(&format!(" ADD CONSTRAINT {what} "))?;
    let parted = || {
        to.find(Kind::Table, &name::owner(&step.fact.name)).is_none_or(|table| table.text("partition_key").is_some())
    };
    if !table.starts_with("ALTER TABLE ") || definition.ends_with("NOT ENFORCED") {
        return None;
    }
    let not_valid = || {
        vec![
            format!("{table} ADD CONSTRAINT {what} {definition} NOT VALID"),
            format!("{table} VALIDATE CONSTRAINT {what}"),
        ]
    };
    match definition.split_once([' ', '(']) {
        Some(("CHECK", _)) => Some(not_valid()),
        Some(("FOREIGN", _)) if !parted() => Some(not_valid()),
        Some((key @ ("PRIMARY" | "UNIQUE"), _)) if !parted() => {
            let index = key_index(&what, &name::owner(&step.fact.name), definition)?;
            let word = if key == "UNIQUE" { "UNIQUE" } else { "PRIMARY KEY" };
            let deferred = name::top_level_word(definition, "DEFERRABLE").map_or("", |at| &definition[at..]);
            let takes_over = format!("{table} ADD CONSTRAINT {what} {word} USING INDEX {what} {deferred}");
            Some(vec![index, takes_over.trim_end().to_owned()])
        }
        _ => None,
    }
}

/// The index of `PRIMARY KEY (…)`, `UNIQUE NULLS NOT DISTINCT (…) INCLUDE (…)` and their like.
fn key_index(what: &str, table: &str, definition: &str) -> Option<String> {
    let end = name::top_level_word(definition, "DEFERRABLE").unwrap_or(definition.len());
    let rest = definition[..end].trim_end();
    let rest = rest.strip_prefix("PRIMARY KEY ").or_else(|| rest.strip_prefix("UNIQUE "))?;
    let distinct = rest.strip_prefix("NULLS NOT DISTINCT ");
    let columns = distinct.unwrap_or(rest);
    // neither a period (WITHOUT OVERLAPS) nor anything that is not known here
    let plain = columns.starts_with('(') && columns.ends_with(')') && !columns.contains("WITHOUT OVERLAPS");
    let nulls = if distinct.is_some() { " NULLS NOT DISTINCT" } else { "" };
    plain.then(|| format!("CREATE UNIQUE INDEX CONCURRENTLY {what} ON {table} {columns}{nulls}"))
}

/// A valid check that says the same spares SET NOT NULL the look at every row.
fn not_null(column: &str, sql: &str) -> Option<Vec<String>> {
    let name = name::last(column);
    let table = sql.strip_suffix(&format!(" ALTER COLUMN {name} SET NOT NULL"))?.strip_prefix("ALTER TABLE ")?;
    let check = name::ident(&format!("driftless not null {}", name::parts(column).0.last()?));
    Some(vec![
        format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID"),
        format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"),
        sql.to_owned(),
        format!("ALTER TABLE {table} DROP CONSTRAINT {check}"),
    ])
}

fn index(step: &Step) -> Option<String> {
    let what = name::last(&step.fact.name);
    ["CREATE INDEX", "CREATE UNIQUE INDEX"].into_iter().find_map(|words| {
        let rest = step.statement.sql.strip_prefix(words)?.strip_prefix(&format!(" {what} ON "))?;
        (!rest.starts_with("ONLY ")).then(|| format!("{words} CONCURRENTLY {what} ON {rest}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(definition: &str, expected: Option<&str>) {
        assert_eq!(key_index("k", "public.t", definition).as_deref(), expected);
    }

    #[test]
    fn the_index_of_a_key() {
        check("PRIMARY KEY (a, b)", Some("CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (a, b)"));
        check(
            "UNIQUE (a) INCLUDE (b) DEFERRABLE",
            Some("CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (a) INCLUDE (b)"),
        );
        check(
            "UNIQUE NULLS NOT DISTINCT (a)",
            Some("CREATE UNIQUE INDEX CONCURRENTLY k ON public.t (a) NULLS NOT DISTINCT"),
        );
        check("PRIMARY KEY (a, p WITHOUT OVERLAPS)", None);
        check("PRIMARY KEY USING INDEX x", None);
    }

    #[test]
    fn a_check_before_not_null() {
        let statements =
            not_null("public.t.\"A b\"", "ALTER TABLE public.t ALTER COLUMN \"A b\" SET NOT NULL").unwrap_or_default();
        let check = "\"driftless not null A b\"";
        assert_eq!(
            statements,
            [
                format!("ALTER TABLE public.t ADD CONSTRAINT {check} CHECK (\"A b\" IS NOT NULL) NOT VALID"),
                format!("ALTER TABLE public.t VALIDATE CONSTRAINT {check}"),
                "ALTER TABLE public.t ALTER COLUMN \"A b\" SET NOT NULL".to_owned(),
                format!("ALTER TABLE public.t DROP CONSTRAINT {check}"),
            ]
        );
        assert_eq!(not_null("public.t.a", "ALTER FOREIGN TABLE public.t ALTER COLUMN a SET NOT NULL"), None);
    }
}
