//! Columns of a table that are converted right after each other are converted by one statement, so that the table is written once.
//!
//! What could go wrong: a column that is converted twice (rows inside of it are JSON meanwhile) cannot be so in one statement; what stands
//! between two conversions must stay there. Both end the statement.

use super::{Step, name};

/// The same steps, with one for several conversions of a table that follow each other.
pub(super) fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut merged: Vec<Step> = Vec::with_capacity(steps.len());
    let mut converted: Vec<String> = Vec::new();
    for step in steps {
        let own = conversion(&step).map(|(table, column, what)| (table.to_owned(), column, what.to_owned()));
        let Some((table, column, what)) = own else {
            converted.clear();
            merged.push(step);
            continue;
        };
        let last = merged.last_mut().filter(|last| {
            let same = conversion(last).is_some_and(|(other, _, _)| other == table);
            same && !converted.is_empty() && !converted.contains(&column) && last.statement.note == step.statement.note
        });
        match last {
            Some(last) => {
                last.statement.sql = format!("{},\n    {what}", last.statement.sql);
                last.statement =
                    step.statement.hazards.iter().fold(last.statement.clone(), |all, hazard| all.costs(*hazard));
            }
            None => {
                converted.clear();
                merged.push(step);
            }
        }
        converted.push(column);
    }
    merged
}

/// The table that a statement alters, the column of it that gets another type, and what it says of that.
fn conversion(step: &Step) -> Option<(&str, String, &str)> {
    let statement = &step.statement;
    let (table, what) = statement.sql.split_once(" ALTER COLUMN ").filter(|_| !statement.outside_transaction)?;
    let (column, rest) = name::leading_name(what)?;
    let whole = table.starts_with("ALTER TABLE ") && !table.contains('\n') && rest.starts_with("TYPE ");
    whole.then(|| (table, column, &statement.sql[table.len() + 1..]))
}

#[cfg(test)]
mod tests {
    use super::super::{Fate, Hazard, Statement};
    use super::*;
    use crate::schema::{FactId, Kind};

    fn step(sql: &str) -> Step {
        let statement = Statement::new(sql).costs(Hazard::Rewrite);
        Step { statement, fact: FactId::new(Kind::Column, "public.t.a"), fate: Fate::Shaken }
    }

    fn texts(steps: &[&str]) -> Vec<String> {
        merged(steps.iter().map(|sql| step(sql)).collect()).into_iter().map(|step| step.statement.sql).collect()
    }

    #[test]
    fn neighbours_of_one_table_become_one() {
        let one = texts(&[
            "ALTER TABLE public.t ALTER COLUMN a TYPE bigint",
            "ALTER TABLE public.t ALTER COLUMN \"b c\" TYPE text USING \"b c\"::text",
            "ALTER TABLE public.t ALTER COLUMN d TYPE bigint",
        ]);
        let lines = [
            "ALTER COLUMN a TYPE bigint",
            "ALTER COLUMN \"b c\" TYPE text USING \"b c\"::text",
            "ALTER COLUMN d TYPE bigint",
        ];
        assert_eq!(one, [format!("ALTER TABLE public.t {}", lines.join(",\n    "))]);
    }

    #[test]
    fn another_table_another_statement_and_the_same_column_begin_anew() {
        let steps = [
            "ALTER TABLE public.t ALTER COLUMN a TYPE bigint",
            "ALTER TABLE public.u ALTER COLUMN a TYPE bigint",
            "ALTER TABLE public.u ALTER COLUMN a TYPE text",
            "ALTER TABLE public.u ALTER COLUMN b SET NOT NULL",
            "ALTER TABLE public.u ALTER COLUMN c TYPE text",
            "ALTER TABLE ONLY public.u ALTER COLUMN d TYPE text",
        ];
        assert_eq!(texts(&steps), steps);
    }
}
