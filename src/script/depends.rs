//! What a script's outcome may depend on beside its text: the time, chance, where it runs, what is there already, or data.
//!
//! A look at the text, for people: asked when the same script has left other facts on two machines. What could go wrong: a routine that
//! the script only calls is not looked into; the call itself is named.

use serde::{Deserialize, Serialize};

use super::lexer::{Token, TokenKind, content, content_at, tokens};
use super::{CanonicalText, analyze};

/// Something that the outcome may depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependence {
    /// Line, from 1.
    pub line: usize,
    /// The words in the script.
    pub what: String,
    /// What they depend on.
    pub on: DependsOn,
}

/// What an outcome depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DependsOn {
    /// The time at which it runs.
    Time,
    /// Chance, or counters of the server.
    Chance,
    /// The role, database or server that runs it.
    Place,
    /// What is in the tables.
    Data,
    /// What the schema held before.
    Schema,
}

const TIME: [&str; 10] = [
    "now",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
];
const CHANCE: [&str; 10] = [
    "random",
    "random_normal",
    "gen_random_uuid",
    "gen_random_bytes",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "txid_current",
    "pg_current_xact_id",
    "nextval",
    "pg_backend_pid",
];
const PLACE: [&str; 9] = [
    "current_user",
    "session_user",
    "current_role",
    "current_database",
    "current_catalog",
    "version",
    "inet_server_addr",
    "current_setting",
    "current_schema",
];

/// Everything that is found, in the order of the text.
pub fn depends(text: &CanonicalText) -> Vec<Dependence> {
    let mut found = Vec::new();
    for statement in analyze(text).statements {
        let at = statement.range.start;
        let sql = &text.as_str()[statement.range];
        let all: Vec<Token> = tokens(sql).into_iter().filter(Token::is_significant).collect();
        let mut look = Look { text: text.as_str(), found: &mut found };
        match all.first().map(|token| sql[token.range.clone()].to_ascii_uppercase()).as_deref() {
            Some("DO") => {
                let bodies = all.iter().filter(|token| matches!(token.kind, TokenKind::Text | TokenKind::DollarText));
                bodies.for_each(|body| look.at_body(&content(body, sql), at + content_at(body, sql)));
            }
            Some("SELECT" | "CALL" | "WITH") => look.at_body(sql, at),
            Some("CREATE" | "ALTER" | "DROP") => look.for_conditions(sql, &all, at),
            _ => {}
        }
    }
    found
}

struct Look<'a> {
    text: &'a str,
    found: &'a mut Vec<Dependence>,
}

impl Look<'_> {
    fn say(&mut self, at: usize, what: String, on: DependsOn) {
        let line = self.text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
        let dependence = Dependence { line, what, on };
        if !self.found.contains(&dependence) {
            self.found.push(dependence);
        }
    }

    /// IF [NOT] EXISTS of the statement itself.
    fn for_conditions(&mut self, sql: &str, all: &[Token], offset: usize) {
        let upper = |at: usize| {
            let word = all.get(at).filter(|token| token.kind == TokenKind::Word);
            word.map(|token| sql[token.range.clone()].to_ascii_uppercase()).unwrap_or_default()
        };
        for (at, token) in all.iter().enumerate().filter(|(at, _)| upper(*at) == "IF") {
            let what = match (upper(at + 1).as_str(), upper(at + 2).as_str()) {
                ("EXISTS", _) => "IF EXISTS",
                ("NOT", "EXISTS") => "IF NOT EXISTS",
                _ => continue,
            };
            self.say(offset + token.range.start, what.to_owned(), DependsOn::Schema);
        }
    }

    /// What runs as it stands: bodies of DO blocks, and questions.
    fn at_body(&mut self, body: &str, offset: usize) {
        let all: Vec<Token> = tokens(body).into_iter().filter(Token::is_significant).collect();
        let is_call = |at: usize| all.get(at + 1).is_some_and(|next| next.kind == TokenKind::Symbol('('));
        let mut from = false;
        for (at, token) in all.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word) {
            let word = body[token.range.clone()].to_ascii_lowercase();
            let key_word = word.starts_with("current_") || word.starts_with("local") || word == "session_user";
            let on = if TIME.contains(&word.as_str()) {
                DependsOn::Time
            } else if CHANCE.contains(&word.as_str()) {
                DependsOn::Chance
            } else if PLACE.contains(&word.as_str()) {
                DependsOn::Place
            } else {
                from |= word == "from";
                continue;
            };
            if is_call(at) {
                self.say(offset + token.range.start, format!("{word}()"), on);
            } else if key_word {
                self.say(offset + token.range.start, word, on);
            }
        }
        if from {
            let catalog = all.iter().any(|token| {
                let name = body[token.range.clone()].to_ascii_lowercase();
                name.starts_with("pg_") || name == "information_schema"
            });
            let on = if catalog { DependsOn::Schema } else { DependsOn::Data };
            let place = all.iter().find(|token| body[token.range.clone()].eq_ignore_ascii_case("from"));
            let at = place.map_or(0, |token| token.range.start);
            self.say(offset + at, "SELECT … FROM".to_owned(), on);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, &str, DependsOn)]) {
        let found = depends(&CanonicalText::from_canonical(text).expect("plain text"));
        let found: Vec<_> = found.iter().map(|d| (d.line, d.what.as_str(), d.on)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_an_outcome_depends_on_is_named() {
        use DependsOn::{Chance, Data, Place, Schema, Time};
        check(
            "CREATE TABLE a (id int);\nDO $$ BEGIN\n EXECUTE format('CREATE VIEW v AS SELECT %L', now());\nEND $$;",
            &[(3, "now()", Time)],
        );
        check("DO $$ BEGIN IF random() < 0.5 THEN DROP TABLE a; END IF; END $$", &[(1, "random()", Chance)]);
        check("DO $$ BEGIN IF current_user = 'x' THEN NULL; END IF; END $$", &[(1, "current_user", Place)]);
        check("DO $$ BEGIN IF EXISTS (SELECT 1 FROM orders) THEN NULL; END IF; END $$", &[(1, "SELECT … FROM", Data)]);
        check("DO $$ BEGIN PERFORM 1 FROM pg_class; END $$", &[(1, "SELECT … FROM", Schema)]);
        check("\nALTER TABLE a ADD COLUMN IF NOT EXISTS b int;", &[(2, "IF NOT EXISTS", Schema)]);
        check("CREATE TABLE a (at timestamptz DEFAULT now(), now int); CREATE VIEW v AS SELECT now() FROM a;", &[]);
    }
}
