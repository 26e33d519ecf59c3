//! Whether a script changes the schema alone: then a rehearsal in an empty database says what it does in a full one.

use super::lexer::{Token, TokenKind, content, tokens};
use super::{CanonicalText, analyze};

/// What a statement may begin with.
const DDL: [&str; 6] = ["CREATE", "ALTER", "DROP", "COMMENT", "DO", "SET"];

/// What makes rows, or does what no reading can see through, wherever it stands in the body of a DO.
const MORE: [&str; 9] = ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "CALL", "PERFORM", "EXECUTE"];

/// Whether it is DDL alone, in one transaction, without outside reach. The bodies of DO blocks may look at tables and speak; the bodies of
/// functions are not run and may say anything.
pub fn is_pure_ddl(text: &CanonicalText) -> bool {
    let analysis = analyze(text);
    let plain = analysis.problems.is_empty()
        && analysis.transactional
        && analysis.reaches.is_empty()
        && !analysis.dynamic_sql
        && !analysis.statements.is_empty();
    plain && analysis.statements.iter().all(|statement| is_ddl(&text.as_str()[statement.range.clone()]))
}

fn is_ddl(statement: &str) -> bool {
    let all: Vec<Token> = tokens(statement).into_iter().filter(Token::is_significant).collect();
    let word = |token: &Token| statement[token.range.clone()].to_ascii_uppercase();
    let Some(first) = all.first().filter(|token| token.kind == TokenKind::Word).map(word) else { return false };
    if first != "DO" {
        return DDL.contains(&first.as_str());
    }
    let bodies = all.iter().filter(|token| matches!(token.kind, TokenKind::DollarText | TokenKind::Text));
    bodies.map(|body| content(body, statement)).all(|body| !makes_rows(&body))
}

fn makes_rows(body: &str) -> bool {
    let words = tokens(body).into_iter().filter(|token| token.kind == TokenKind::Word);
    words.map(|token| body[token.range].to_ascii_uppercase()).any(|word| MORE.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let text = CanonicalText::from_canonical(text).expect("plain text");
        assert_eq!(is_pure_ddl(&text), expected, "{}", text.as_str());
    }

    #[test]
    fn only_ddl_is_pure() {
        check("ALTER TABLE a ADD COLUMN b int; COMMENT ON COLUMN a.b IS 'INSERT';", true);
        check("BEGIN; CREATE TABLE a (id int); COMMIT;", true);
        check("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM a';", true);
        check("DO $$ BEGIN IF EXISTS (SELECT 1 FROM a) THEN RAISE NOTICE 'UPDATE'; END IF; END $$;", true);
        check("DO $$ BEGIN UPDATE a SET b = 1; END $$;", false);
        check("DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$;", false);
        check("CREATE TABLE a (id int); INSERT INTO a VALUES (1);", false);
        check("SELECT setval('s', 1);", false);
        check("CREATE INDEX CONCURRENTLY i ON a (b);", false);
        check("ALTER SYSTEM SET work_mem = '1GB';", false);
        check("-- nothing", false);
    }
}
