//! Which facts a text mentions: `schema.name` by PostgreSQL's own tokens, and words that are columns of what is mentioned.
//!
//! Definitions are printed with search_path = pg_catalog, so that everything a user made stands there with its schema.

use std::collections::{BTreeSet, HashMap};

use super::super::{FactId, Kind};
use crate::script::lexer::{Token, TokenKind, content, tokens};

/// Names of a model, for looking up what a text says.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Facts by schema and name.
    pub(super) qualified: HashMap<(String, String), Vec<FactId>>,
    /// Columns by schema and relation, then by name.
    pub(super) columns: HashMap<(String, String), HashMap<String, FactId>>,
}

/// Words and mentions of one text.
#[derive(Debug, Default)]
struct Heard {
    words: BTreeSet<String>,
    relations: BTreeSet<(String, String)>,
    mentioned: BTreeSet<FactId>,
    whole_rows: bool,
    /// What may be a column of a relation in the text that is called like a schema.
    doubtful: Vec<((String, String), Vec<FactId>)>,
}

impl Names {
    /// What these texts mention; `own` is the relation whose columns stand there bare.
    pub(super) fn mentioned(
        &self,
        names: &[&str],
        columns: &[&str],
        own: Option<&(String, String)>,
    ) -> BTreeSet<FactId> {
        let mut found = BTreeSet::new();
        for text in names {
            if text.contains('.') {
                found.append(&mut self.hear(text).mentioned);
            }
        }
        for text in columns {
            let Some(heard) = (own.is_some() || text.contains('.')).then(|| self.hear(text)) else { continue };
            for relation in heard.relations.iter().chain(own) {
                let Some(columns) = self.columns.get(relation) else { continue };
                let hit = |name: &&String| heard.whole_rows || heard.words.contains(*name);
                found.extend(columns.keys().filter(hit).map(|name| columns[name].clone()));
            }
        }
        found
    }

    fn hear(&self, text: &str) -> Heard {
        let tokens: Vec<Token> = tokens(text).into_iter().filter(Token::is_significant).collect();
        let mut heard = Heard::default();
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Word | TokenKind::QuotedName => {
                    let name = word(token, text);
                    // What stands before a dot is a schema or a relation.
                    if is_dot(tokens.get(at + 1)) {
                        let before = at.checked_sub(1).map(|before| &tokens[before]);
                        let bare = !before.is_some_and(|before| introduces(before, text));
                        self.dotted(&name, &tokens[at + 2..], text, bare, &mut heard);
                    } else {
                        heard.words.insert(name);
                    }
                }
                TokenKind::Text => {
                    let said = content(token, text);
                    let plain = cast(&tokens[at + 1..], text).is_some_and(|class| !class.starts_with("reg"));
                    if !plain && said.contains('.') && (said.contains('"') || !said.contains(' ')) {
                        heard.mentioned.append(&mut self.hear(&said).mentioned);
                    }
                }
                _ => {}
            }
        }
        for (key, facts) in std::mem::take(&mut heard.doubtful) {
            let is_column = |relation: &&(String, String)| {
                relation.1 == key.0 && self.columns.get(*relation).is_some_and(|columns| columns.contains_key(&key.1))
            };
            if heard.relations.iter().any(|relation| is_column(&relation)) {
                continue;
            }
            heard.mentioned.extend(facts);
            if self.columns.contains_key(&key) {
                heard.relations.insert(key);
            }
        }
        heard
    }

    /// What follows `schema.`: a name, the signs of an operator, or a star. What stands `bare` may be a relation's column as well.
    fn dotted(&self, schema: &str, rest: &[Token], text: &str, bare: bool, heard: &mut Heard) {
        let name = match rest.first().map(|token| token.kind) {
            Some(TokenKind::Word | TokenKind::QuotedName) => word(&rest[0], text),
            Some(TokenKind::Symbol(sign)) if !matches!(sign, '(' | ')' | ',') => {
                heard.whole_rows |= sign == '*';
                let signs = rest
                    .iter()
                    .take_while(|token| matches!(token.kind, TokenKind::Symbol(s) if !matches!(s, '(' | ')' | ',')));
                signs.map(|token| &text[token.range.clone()]).collect()
            }
            _ => return,
        };
        let key = (schema.to_owned(), name);
        let relation = |id: &FactId| matches!(id.kind, Kind::Table | Kind::View | Kind::MaterializedView);
        if let Some(facts) = self.qualified.get(&key).filter(|facts| bare && facts.iter().all(relation)) {
            heard.doubtful.push((key, facts.clone()));
            return;
        }
        if let Some(facts) = self.qualified.get(&key) {
            // Where a function shares its name with an index or the like, only the function is called; a relation can be
            // followed by its columns.
            let called = rest.get(1).is_some_and(|token| token.kind == TokenKind::Symbol('('));
            let is_routine = |id: &FactId| matches!(id.kind, Kind::Function | Kind::Aggregate);
            let takes_columns = |id: &FactId| matches!(id.kind, Kind::Table | Kind::View);
            let shared = facts.iter().any(is_routine) && !facts.iter().all(is_routine);
            let meant = |id: &&FactId| match (shared, called) {
                (false, _) => true,
                (true, true) => is_routine(id) || takes_columns(id),
                (true, false) => !is_routine(id),
            };
            heard.mentioned.extend(facts.iter().filter(meant).cloned());
        }
        if self.columns.contains_key(&key) {
            heard.relations.insert(key);
        }
    }
}

/// Whether a relation's name follows, or something that is no column.
fn introduces(before: &Token, text: &str) -> bool {
    let words = ["FROM", "JOIN", "INTO", "UPDATE", "ONLY", "TABLE"];
    match before.kind {
        TokenKind::Word => words.iter().any(|word| text[before.range.clone()].eq_ignore_ascii_case(word)),
        TokenKind::Symbol(sign) => sign == ':',
        _ => false,
    }
}

fn is_dot(token: Option<&Token>) -> bool {
    token.is_some_and(|token| token.kind == TokenKind::Symbol('.'))
}

/// The type to which what stands before these is cast.
fn cast(rest: &[Token], text: &str) -> Option<String> {
    let colon = |token: &Token| token.kind == TokenKind::Symbol(':');
    match rest {
        [first, second, class, ..] if colon(first) && colon(second) => Some(word(class, text)),
        _ => None,
    }
}

fn word(token: &Token, text: &str) -> String {
    match token.kind {
        TokenKind::QuotedName => content(token, text),
        _ => text[token.range.clone()].to_owned(),
    }
}
