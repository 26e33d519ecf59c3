//! Statements that may cost rows or values, recognised by their words: outside a transaction nothing can be measured and taken back, so
//! that the text has to do.
//!
//! What could go wrong: one that is not recognised runs without a person's word; one recognised wrongly asks for it once too often. A
//! function that a query calls is not looked into.

use super::analysis::Parsed;

/// What may lose something, in the statement's own words; `None`: nothing does.
pub(super) fn of_statement(statement: &Parsed<'_>) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().all(|word| statement.has(word));
    match (statement.word(0).as_str(), statement.word(1).as_str()) {
        ("DROP", "TABLE") => Some("DROP TABLE"),
        ("DROP", "OWNED") => Some("DROP OWNED"),
        ("DROP", _) if statement.has("CASCADE") => Some("DROP … CASCADE"),
        ("ALTER", "TABLE" | "FOREIGN") if drops_column(statement) => Some("DROP COLUMN"),
        ("ALTER", "TABLE" | "FOREIGN") if has(&["ALTER", "TYPE"]) => Some("ALTER COLUMN … TYPE"),
        ("ALTER", "TYPE") if has(&["DROP", "ATTRIBUTE"]) => Some("DROP ATTRIBUTE"),
        ("TRUNCATE", _) => Some("TRUNCATE"),
        ("DELETE", _) => Some("DELETE"),
        ("UPDATE", _) => Some("UPDATE"),
        ("MERGE", _) => Some("MERGE"),
        ("INSERT", _) if has(&["CONFLICT", "UPDATE"]) => Some("INSERT … ON CONFLICT DO UPDATE"),
        ("WITH", _) if ["DELETE", "UPDATE", "MERGE"].iter().any(|word| statement.has(word)) => {
            Some("WITH … DELETE or UPDATE")
        }
        ("DO", _) => Some("DO"),
        ("CALL", _) => Some("CALL"),
        _ => None,
    }
}

/// The word COLUMN may be left out; what else can be dropped from a table says what it is.
fn drops_column(statement: &Parsed<'_>) -> bool {
    (0..statement.tokens.len()).any(|at| {
        let next = statement.word(at + 1);
        let of_column = ["DEFAULT", "NOT", "IDENTITY", "EXPRESSION"].contains(&next.as_str());
        statement.word(at) == "DROP" && next != "CONSTRAINT" && !of_column
    })
}

#[cfg(test)]
mod tests {
    use crate::script::{CanonicalText, analyze};

    #[track_caller]
    fn check(sql: &str, expected: Option<&str>) {
        let text = CanonicalText::from_canonical(sql).expect("canonical");
        let found = analyze(&text).losing;
        assert_eq!(found.first().map(|(_, what)| *what), expected, "{sql}");
    }

    #[test]
    fn what_may_lose_something_is_known_by_its_words() {
        check("DROP TABLE t", Some("DROP TABLE"));
        check("ALTER TABLE t DROP a", Some("DROP COLUMN"));
        check("ALTER TABLE ONLY t ADD b int, DROP COLUMN IF EXISTS a", Some("DROP COLUMN"));
        check("ALTER TABLE t ALTER a SET DATA TYPE int", Some("ALTER COLUMN … TYPE"));
        check("with gone as (delete from t returning *) select 1", Some("WITH … DELETE or UPDATE"));
        check("insert into t values (1) on conflict (id) do update set a = 1", Some("INSERT … ON CONFLICT DO UPDATE"));
        check("DO $$BEGIN DELETE FROM t; END$$", Some("DO"));
        check("DROP SCHEMA s CASCADE", Some("DROP … CASCADE"));
        for harmless in [
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "ALTER TABLE t ALTER a DROP DEFAULT, ALTER b DROP NOT NULL",
            "ALTER TABLE t DROP CONSTRAINT c",
            "ALTER TYPE e ADD VALUE 'drop attribute'",
            "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
            "SELECT 'DELETE'",
        ] {
            check(harmless, None);
        }
    }
}
