//! What a script takes for granted on the server: extensions that can be installed, roles that exist, a major that knows its words.
//!
//! Found by parsing, in the statements that stand in the script itself. DO blocks are left out: what stands there may depend on a
//! condition, and a script must not wait for what it would not have asked for. What could go wrong: a name that the script makes
//! itself, so roles that it creates or speaks of in a DO block count as there.

use serde::{Deserialize, Serialize};

use super::lexer::{Token, TokenKind, content, tokens};
use super::newer::newer;
use super::{CanonicalText, analyze};

/// Names of what has to be there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Needs {
    /// Extensions that it creates.
    pub extensions: Vec<String>,
    /// Roles that it names.
    pub roles: Vec<String>,
    /// Of the extensions that the server offers, those that this role may not create; the server tells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
    /// The server whose words it uses, where it is newer than the oldest that is supported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<NewerServer>,
}

/// Words that a server has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewerServer {
    /// The first major that knows them.
    pub major: u32,
    /// The major that is here, once that was asked; 0 before.
    pub here: u32,
    /// Line of the script, from 1.
    pub line: usize,
    /// The words.
    pub what: String,
}

impl Needs {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.extensions.is_empty() && self.roles.is_empty() && self.forbidden.is_empty() && self.server.is_none()
    }

    /// Every name, and the first of the words.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let words = self.server.iter().map(|server| server.what.split(' ').next().unwrap_or_default());
        self.extensions.iter().chain(&self.forbidden).chain(&self.roles).map(String::as_str).chain(words)
    }
}

/// Words that stand where a role's name could.
const NO_ROLES: [&str; 5] = ["public", "current_role", "current_user", "session_user", "none"];

/// What a script takes for granted.
pub fn needs(text: &CanonicalText) -> Needs {
    let mut needs = Needs::default();
    let (mut made, mut bodies) = (Vec::new(), String::new());
    let analysis = analyze(text);
    needs.server = newer(text, &analysis.statements).map(|newer| NewerServer {
        major: newer.major,
        here: 0,
        line: newer.line,
        what: newer.what,
    });
    for statement in analysis.statements {
        let sql = &text.as_str()[statement.range];
        let tokens: Vec<Token> = tokens(sql).into_iter().filter(Token::is_significant).collect();
        let words = Words { sql, tokens };
        match words.first_two() {
            ("DO", _) => bodies.push_str(sql),
            ("CREATE", "EXTENSION") => needs.extensions.extend(words.name(words.after_if_not_exists(2))),
            ("CREATE", "ROLE" | "USER" | "GROUP") => made.extend(words.name(2)),
            _ => needs.roles.extend(words.roles()),
        }
    }
    needs.roles.retain(|role| {
        !NO_ROLES.contains(&role.as_str())
            && !made.contains(role)
            && !bodies.to_lowercase().contains(&role.to_lowercase())
    });
    for list in [&mut needs.extensions, &mut needs.roles] {
        list.sort();
        list.dedup();
    }
    needs
}

/// Roles that a script makes, or speaks of in a block: what comes after it may take them for granted.
pub fn roles_made(text: &CanonicalText, wanted: &[String]) -> Vec<String> {
    let said = |sql: &str| -> Vec<String> {
        tokens(sql)
            .into_iter()
            .filter(|token| !matches!(token.kind, TokenKind::Comment))
            .map(|token| content(&token, sql).to_lowercase())
            .collect()
    };
    let makes = |role: &&String| {
        let role = role.to_lowercase();
        analyze(text).statements.iter().any(|statement| {
            let said = said(&text.as_str()[statement.range.clone()]);
            match said.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["create", "role" | "user" | "group", name, ..] => *name == role,
                ["do", rest @ ..] => rest.iter().any(|body| body.contains(&role)),
                _ => false,
            }
        })
    };
    wanted.iter().filter(makes).cloned().collect()
}

/// One statement.
struct Words<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
}

impl Words<'_> {
    fn upper(&self, at: usize) -> String {
        let word = self.tokens.get(at).filter(|token| token.kind == TokenKind::Word);
        word.map(|token| self.sql[token.range.clone()].to_ascii_uppercase()).unwrap_or_default()
    }

    fn first_two(&self) -> (&'static str, &'static str) {
        const KNOWN: [&str; 13] = [
            "DO",
            "CREATE",
            "EXTENSION",
            "ROLE",
            "USER",
            "GROUP",
            "ALTER",
            "GRANT",
            "REVOKE",
            "POLICY",
            "SCHEMA",
            "REASSIGN",
            "DROP",
        ];
        let known = |at| KNOWN.into_iter().find(|word| *word == self.upper(at)).unwrap_or("");
        // a mapping is the users' on another server
        if known(1) == "USER" && self.upper(2) == "MAPPING" { (known(0), "") } else { (known(0), known(1)) }
    }

    fn after_if_not_exists(&self, at: usize) -> usize {
        if self.upper(at) == "IF" { at + 3 } else { at }
    }

    /// A name as the server knows it.
    fn name(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        match token.kind {
            TokenKind::Word => Some(content(token, self.sql).to_lowercase()),
            TokenKind::QuotedName => Some(content(token, self.sql)),
            _ => None,
        }
    }

    /// Places of a word outside of parentheses.
    fn places(&self, word: &str) -> Vec<usize> {
        let mut depth = 0usize;
        let mut places = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Symbol('(') => depth += 1,
                TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.upper(at) == word => places.push(at),
                _ => {}
            }
        }
        places
    }

    /// Names with commas between them, from this place on.
    fn names(&self, mut at: usize) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            if matches!(self.upper(at).as_str(), "GROUP" | "ROLE") {
                at += 1;
            }
            names.extend(self.name(at));
            if self.tokens.get(at + 1).is_none_or(|token| token.kind != TokenKind::Symbol(',')) {
                return names;
            }
            at += 2;
        }
    }

    /// The roles that the statement names.
    fn roles(&self) -> Vec<String> {
        let after = |at: Option<&usize>| at.map(|at| self.names(at + 1)).unwrap_or_default();
        match self.first_two() {
            ("GRANT", _) => after(self.places("TO").last()),
            ("REVOKE", _) => after(self.places("FROM").last()),
            ("CREATE" | "ALTER", "POLICY") => after(self.places("TO").first()),
            ("CREATE", "SCHEMA") => after(self.places("AUTHORIZATION").first()),
            ("REASSIGN", _) => [after(self.places("BY").first()), after(self.places("TO").first())].concat(),
            ("DROP", _) if self.upper(1) == "OWNED" => after(self.places("BY").first()),
            ("ALTER", _) if self.upper(1) == "DEFAULT" => {
                let whose = self
                    .places("FOR")
                    .first()
                    .filter(|at| matches!(self.upper(**at + 1).as_str(), "ROLE" | "USER"))
                    .map(|at| self.names(at + 2));
                let whom = if self.places("GRANT").is_empty() { "FROM" } else { "TO" };
                [whose.unwrap_or_default(), after(self.places(whom).last())].concat()
            }
            ("ALTER", _) => {
                let is_clause = |at: &usize| {
                    // not a column of that name
                    let named =
                        at.checked_sub(1).is_some_and(|at| matches!(self.upper(at).as_str(), "COLUMN" | "RENAME"));
                    !named && self.upper(at + 1) == "TO"
                };
                let owner = self.places("OWNER").into_iter().find(is_clause);
                owner.map(|at| self.names(at + 2)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, extensions: &[&str], roles: &[&str]) {
        let found = needs(&CanonicalText::from_canonical(text).expect("plain text"));
        assert_eq!((found.extensions, found.roles), (own(extensions), own(roles)), "{text}");
    }

    fn own(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn extensions_and_roles_are_named() {
        check(
            "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public; CREATE EXTENSION PostGIS;",
            &["postgis", "uuid-ossp"],
            &[],
        );
        check("ALTER TABLE a OWNER TO Boss; ALTER TABLE b RENAME COLUMN owner TO x;", &[], &["boss"]);
        check("GRANT SELECT (a, b), UPDATE ON t TO r1, GROUP \"R2\", PUBLIC WITH GRANT OPTION;", &[], &["R2", "r1"]);
        check("REVOKE ALL ON t FROM r CASCADE; CREATE SCHEMA s AUTHORIZATION r2;", &[], &["r", "r2"]);
        check("CREATE POLICY p ON t FOR SELECT TO r USING (a = current_user);", &[], &["r"]);
        check("ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT SELECT ON TABLES TO r2;", &[], &["r", "r2"]);
        check("REASSIGN OWNED BY a TO b; DROP OWNED BY c; DROP TABLE x;", &[], &["a", "b", "c"]);
    }

    #[test]
    fn what_the_script_makes_is_no_need() {
        check("CREATE ROLE r NOLOGIN; GRANT SELECT ON t TO r;", &[], &[]);
        check("DO $$ BEGIN CREATE ROLE r; EXCEPTION WHEN others THEN END $$; GRANT SELECT ON t TO r;", &[], &[]);
        check("DO $$ BEGIN GRANT SELECT ON t TO r; END $$;", &[], &[]);
        check("-- GRANT x TO y\nSELECT 'GRANT x TO y'; CREATE TABLE grants (owner text);", &[], &[]);
        check("CREATE USER MAPPING FOR CURRENT_USER SERVER s; GRANT ALL ON t TO CURRENT_USER;", &[], &[]);
    }
}
