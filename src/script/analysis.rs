//! What a script's text says before anything runs: its statements, what cannot be run, what must run outside a
//! transaction, what reaches outside the database ([`reach`](super::reach)).
//!
//! What could go wrong: transaction control hidden from this reading but seen by the server. Three fences: the lexer is
//! PostgreSQL's ([`super::lexer`]), each statement is sent by itself in a protocol that refuses two (but for scripts whose results
//! have no binary form), and the applier compares the transaction's number before and after.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::CanonicalText;
use super::lexer::{Token, TokenKind, content, has_more_tokens_than, tokens};
use super::losing;
use super::outside;
use super::reach::{self, Reach};

/// One statement, to be sent by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Bytes of the canonical text, without the semicolon.
    pub range: Range<usize>,
    /// Line of its first token, from 1.
    pub line: usize,
    /// Why it cannot run in a transaction block, if it cannot (`CREATE INDEX CONCURRENTLY`).
    pub outside_transaction: Option<&'static str>,
}

/// Something found before anything runs that keeps the script from being run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// What was found.
    pub kind: ProblemKind,
}

/// What keeps a script from being run; `cli::render` words it, with the mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A psql meta-command (`\connect`).
    MetaCommand(String),
    /// COPY … FROM stdin: the rows would have to follow.
    CopyFromStdin,
    /// Transaction control (`COMMIT`), other than plain blocks of BEGIN … COMMIT.
    TransactionControl(String),
    /// Such a block in a script that does not run in one transaction.
    BlockOutside,
    /// `standard_conforming_strings`: with it off, the text would mean something else than it seems to. Setting it on is no problem.
    StringSyntax,
    /// Another client encoding than UTF-8: the text, and what is recorded of it, would be read wrongly from there on.
    ClientEncoding(String),
    /// A string, comment or quoted name that never ends.
    Unterminated(Cow<'static, str>),
    /// A NUL character, which PostgreSQL cannot take.
    NulCharacter,
    /// More words and signs than are taken from a peer.
    TooManyWords(usize),
}

/// What analysis found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// The statements, in order, the BEGIN and COMMIT around everything left out.
    pub statements: Vec<Statement>,
    /// What keeps it from being run; empty for a script that can be tried.
    pub problems: Vec<Problem>,
    /// Whether it runs in one transaction: no statement forbids it and no header asks otherwise.
    pub transactional: bool,
    /// Line and cause of `transactional` being false.
    pub outside_reason: Option<(usize, String)>,
    /// Lines of statements that may cost rows or values, with their words.
    pub losing: Vec<(usize, &'static str)>,
    /// Static reaches outside the database, DO bodies included.
    pub reaches: Vec<Reach>,
    /// Whether text that is put together as it runs is executed, which no reading can see through: in a DO body, or in a routine
    /// that this script both makes and calls.
    pub dynamic_sql: bool,
    /// The isolation level that it asks for at its beginning, for the transaction that it runs in.
    pub isolation: Isolation,
    /// Whether it says DEALLOCATE or DISCARD, which forget our prepared statements too.
    pub forgets_statements: bool,
}

/// Isolation level of a transaction, as SQL names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// READ COMMITTED, and what PostgreSQL takes for it.
    #[default]
    ReadCommitted,
    /// REPEATABLE READ.
    RepeatableRead,
    /// SERIALIZABLE.
    Serializable,
}

impl Isolation {
    /// The words of BEGIN.
    pub fn sql(self) -> &'static str {
        match self {
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        }
    }
}

/// Past so many added values or routines of dynamic SQL nobody looks at each in each statement: the worse answer is taken to be true.
const MANY: usize = 256;

/// The line that asks for a run outside a transaction.
const HEADER: &str = "driftless: no-transaction";

/// Looks at a script of a peer's: one that has more words than `most` is not looked at, because each takes memory.
pub fn analyze_foreign(text: &CanonicalText, most: usize) -> Analysis {
    if has_more_tokens_than(text.as_str(), most) {
        let problem = Problem { line: 1, kind: ProblemKind::TooManyWords(most) };
        return Analysis { problems: vec![problem], ..Analysis::default() };
    }
    analyze(text)
}

/// Looks at a script without running anything. Never fails: what is wrong is in [`Analysis::problems`].
pub fn analyze(text: &CanonicalText) -> Analysis {
    let text = text.as_str();
    let lines = Lines::of(text);
    let all = tokens(text);
    let mut problems = lexical_problems(text, &all, &lines);
    let significant: Vec<Token> = all.iter().filter(|token| token.is_significant()).cloned().collect();
    let mut parsed: Vec<Parsed<'_>> =
        split(text, &significant).into_iter().map(|tokens| Parsed { text, tokens }).collect();
    let wrapped = strip_wrapping(&mut parsed);
    let isolation = take_isolation(&mut parsed).or(wrapped).unwrap_or_default();
    let first_block = strip_blocks(&mut parsed);

    let added_values = outside::added_enum_values(&parsed);
    let mut dynamic_routines: Vec<String> = Vec::new();
    let mut analysis = Analysis { transactional: true, isolation, ..Analysis::default() };
    for (at, statement) in parsed.iter().enumerate() {
        let line = lines.line(statement.range().start);
        let kind = statement.problem();
        let stop = kind == Some(ProblemKind::CopyFromStdin);
        problems.extend(kind.into_iter().chain(statement.changed_reading()).map(|kind| Problem { line, kind }));
        if stop {
            // What follows are rows, not statements.
            problems.retain(|problem| problem.line <= line);
            break;
        }
        let added = added_values.partition_point(|(from, _)| *from < at);
        let value = added_values.get(added).filter(|(from, _)| *from == at);
        let uses_added = || {
            value
                .is_some_and(|(_, value)| added_values.len() > MANY || outside::is_used_later(&parsed[at + 1..], value))
        };
        let outside = outside::of_statement(statement).or_else(|| uses_added().then_some(ENUM_VALUE_USED));
        if let Some(what) = outside {
            analysis.outside_reason.get_or_insert((line, what.to_owned()));
        }
        analysis.losing.extend(losing::of_statement(statement).map(|what| (line, what)));
        analysis.forgets_statements |= matches!(statement.word(0).as_str(), "DEALLOCATE" | "DISCARD");
        let found = reach::of_statement(text, &statement.tokens);
        analysis.dynamic_sql |= found.dynamic_sql || statement.calls(&dynamic_routines);
        dynamic_routines.extend(found.dynamic_routine);
        analysis.reaches.extend(found.reaches.into_iter().map(|(at, kind, what)| Reach {
            line: lines.line(at),
            kind,
            what,
        }));
        analysis.statements.push(Statement { range: statement.range(), line, outside_transaction: outside });
    }
    let before_all = analysis.statements.first().map_or(text.len(), |first| first.range.start);
    if let Some(line) = header(text, &all, before_all, &lines) {
        analysis.outside_reason.get_or_insert((line, format!("-- {HEADER}")));
    }
    analysis.transactional = analysis.outside_reason.is_none();
    // statement by statement, what a block holds together would come apart
    if let Some(range) = first_block.filter(|_| !analysis.transactional) {
        problems.push(Problem { line: lines.line(range.start), kind: ProblemKind::BlockOutside });
    }
    problems.sort_by_key(|problem| problem.line);
    problems.dedup();
    analysis.problems = problems;
    analysis
}

pub(super) const ENUM_VALUE_USED: &str = "ALTER TYPE … ADD VALUE, and a use of the new value in the same script";

/// Offsets at which lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|&start| start <= at)
    }
}

fn lexical_problems(text: &str, tokens: &[Token], lines: &Lines) -> Vec<Problem> {
    let nul = text.find('\0').map(|at| Problem { line: lines.line(at), kind: ProblemKind::NulCharacter });
    let wrong = tokens.iter().filter_map(|token| {
        let kind = match token.kind {
            TokenKind::MetaCommand => ProblemKind::MetaCommand(first_word(&text[token.range.clone()])),
            TokenKind::Unterminated(what) => ProblemKind::Unterminated(what.into()),
            _ => return None,
        };
        Some(Problem { line: lines.line(token.range.start), kind })
    });
    nul.into_iter().chain(wrong).collect()
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().chars().take(40).collect()
}

fn header(text: &str, tokens: &[Token], before: usize, lines: &Lines) -> Option<usize> {
    let comments = tokens.iter().filter(|token| token.kind == TokenKind::Comment && token.range.start < before);
    comments
        .filter(|token| {
            let words = text[token.range.clone()].trim_start_matches('-').trim();
            let (name, value) = words.split_once(':').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("driftless") && value.trim().eq_ignore_ascii_case("no-transaction")
        })
        .map(|token| lines.line(token.range.start))
        .next()
}

pub(super) fn is_word(token: &Token, text: &str, word: &str) -> bool {
    token.kind == TokenKind::Word && text[token.range.clone()].eq_ignore_ascii_case(word)
}

/// Splits at semicolons that stand outside of parentheses and of BEGIN ATOMIC … END.
fn split(text: &str, tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut statements: Vec<Vec<Token>> = Vec::new();
    let mut open: Vec<Token> = Vec::new();
    let (mut depth, mut blocks) = (0usize, 0usize);
    for token in tokens {
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(';') if depth == 0 && blocks == 0 => {
                if !open.is_empty() {
                    statements.push(std::mem::take(&mut open));
                }
                continue;
            }
            TokenKind::Word => {
                let word = |word| is_word(token, text, word);
                let after_begin = open.last().is_some_and(|last| is_word(last, text, "BEGIN"));
                // `AS end` and `t.end` are names.
                let is_name =
                    open.last().is_some_and(|last| is_word(last, text, "AS") || last.kind == TokenKind::Symbol('.'));
                if word("ATOMIC") && after_begin && blocks == 0 && makes_routine(text, &open) {
                    blocks = 1;
                } else if blocks > 0 && word("CASE") && !is_name {
                    blocks += 1;
                } else if blocks > 0 && word("END") && !is_name {
                    blocks -= 1;
                }
            }
            _ => {}
        }
        open.push(token.clone());
    }
    if !open.is_empty() {
        statements.push(open);
    }
    statements
}

/// `CREATE [OR REPLACE] FUNCTION|PROCEDURE`: only there does BEGIN ATOMIC open a body.
pub(super) fn makes_routine(text: &str, tokens: &[Token]) -> bool {
    let words: Vec<&Token> = tokens.iter().take(4).collect();
    let at = |i: usize, word| words.get(i).is_some_and(|token| is_word(token, text, word));
    let next = if at(1, "OR") && at(2, "REPLACE") { 3 } else { 1 };
    at(0, "CREATE") && (at(next, "FUNCTION") || at(next, "PROCEDURE"))
}

/// A statement's tokens.
pub(super) struct Parsed<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
}

impl Parsed<'_> {
    fn range(&self) -> Range<usize> {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => first.range.start..last.range.end,
            _ => 0..0,
        }
    }

    /// The word at this place in upper case; empty where no plain word stands there.
    pub(super) fn word(&self, at: usize) -> String {
        let token = self.tokens.get(at).filter(|token| token.kind == TokenKind::Word);
        token.map(|token| self.text[token.range.clone()].to_ascii_uppercase()).unwrap_or_default()
    }

    pub(super) fn starts(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(at, word)| self.word(at) == *word)
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| is_word(token, self.text, word))
    }

    fn opens_transaction(&self) -> bool {
        self.word(0) == "BEGIN" || self.starts(&["START", "TRANSACTION"])
    }

    fn ends_transaction(&self) -> bool {
        let chained = self.has("CHAIN") && !self.has("NO");
        matches!(self.word(0).as_str(), "COMMIT" | "END") && self.word(1) != "PREPARED" && !chained
    }

    fn controls_transaction(&self) -> bool {
        matches!(self.problem(), Some(ProblemKind::TransactionControl(_)))
    }

    /// Whether it has an effect that ends with its transaction.
    fn lasts_for_a_transaction(&self) -> bool {
        let settings = ["LOCAL", "TRANSACTION", "CONSTRAINTS"];
        self.word(0) == "SET" && settings.contains(&self.word(1).as_str())
            || self
                .tokens
                .windows(2)
                .any(|pair| is_word(&pair[0], self.text, "ON") && is_word(&pair[1], self.text, "COMMIT"))
            || self.text[self.range()].to_ascii_lowercase().contains("set_config")
    }

    /// The level behind `ISOLATION LEVEL`.
    fn isolation(&self) -> Option<Isolation> {
        let at = (0..self.tokens.len()).find(|&at| self.word(at) == "ISOLATION" && self.word(at + 1) == "LEVEL")? + 2;
        match (self.word(at).as_str(), self.word(at + 1).as_str()) {
            ("READ", "COMMITTED" | "UNCOMMITTED") => Some(Isolation::ReadCommitted),
            ("REPEATABLE", "READ") => Some(Isolation::RepeatableRead),
            ("SERIALIZABLE", _) => Some(Isolation::Serializable),
            _ => None,
        }
    }

    fn problem(&self) -> Option<ProblemKind> {
        let control = |words: &[&str]| ProblemKind::TransactionControl(words.join(" "));
        match (self.word(0).as_str(), self.word(1).as_str()) {
            (first @ ("BEGIN" | "END" | "ABORT" | "SAVEPOINT" | "RELEASE"), _) => Some(control(&[first])),
            (first @ ("COMMIT" | "ROLLBACK"), second @ ("PREPARED" | "TO" | "AND")) => Some(control(&[first, second])),
            (first @ ("COMMIT" | "ROLLBACK"), _) => Some(control(&[first])),
            (first @ ("START" | "PREPARE"), "TRANSACTION") => Some(control(&[first, "TRANSACTION"])),
            ("COPY", _) if self.copies_from_stdin() => Some(ProblemKind::CopyFromStdin),
            _ => None,
        }
    }

    fn copies_from_stdin(&self) -> bool {
        self.tokens.windows(2).any(|pair| {
            is_word(&pair[0], self.text, "FROM")
                && (is_word(&pair[1], self.text, "STDIN") || is_word(&pair[1], self.text, "STDOUT"))
        })
    }

    /// A setting by which the rest of the text would be read otherwise than it was here.
    fn changed_reading(&self) -> Option<ProblemKind> {
        let said: Vec<String> = self.tokens.iter().map(|token| content(token, self.text).to_lowercase()).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        match said.as_slice() {
            ["set", "session" | "local", rest @ ..] | ["set", rest @ ..] => match rest {
                [STRINGS, "=" | "to", "on" | "true" | "yes" | "1"] => return None,
                ["client_encoding", "=" | "to", name] | ["names", name] => return other_encoding(name),
                _ => {}
            },
            _ => {}
        }
        if let Some(at) = said.iter().position(|word| *word == "set_config")
            && let ["(", "client_encoding", ",", name, ..] = said[at + 1..]
        {
            return other_encoding(name);
        }
        let runs_text = self.word(0) == "DO" || makes_routine(self.text, &self.tokens);
        let names = |word: &&str| *word == STRINGS || (runs_text && word.contains(STRINGS));
        said.iter().any(names).then_some(ProblemKind::StringSyntax)
    }

    /// Whether it runs one of these routines by name. Statements that only define, describe or remove do not.
    fn calls(&self, routines: &[String]) -> bool {
        let first = self.word(0);
        if routines.is_empty()
            || matches!(first.as_str(), "CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "REVOKE" | "SET")
        {
            return false;
        }
        if routines.len() > MANY {
            return true;
        }
        self.tokens.iter().any(|token| {
            let said = content(token, self.text).to_lowercase();
            routines.iter().any(|name| said == *name || (first == "DO" && said.contains(name.as_str())))
        })
    }
}

const STRINGS: &str = "standard_conforming_strings";

fn other_encoding(name: &str) -> Option<ProblemKind> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_ours = matches!(plain.as_str(), "utf8" | "unicode" | "default");
    (!is_ours).then(|| ProblemKind::ClientEncoding(name.to_owned()))
}

/// A script that is one BEGIN … COMMIT around everything runs as if those two lines were not there, but for the isolation level that its
/// BEGIN names.
fn strip_wrapping(parsed: &mut Vec<Parsed<'_>>) -> Option<Isolation> {
    let wrapped = parsed.len() >= 2
        && parsed.first().is_some_and(Parsed::opens_transaction)
        && parsed.last().is_some_and(Parsed::ends_transaction);
    if !wrapped || parsed[1..parsed.len() - 1].iter().any(Parsed::controls_transaction) {
        return None;
    }
    parsed.pop();
    parsed.remove(0).isolation()
}

/// Several BEGIN … COMMIT, or one around a part, run as if those lines were not there: the whole script is one transaction anyway, and what
/// a block would have kept of a script that fails is rolled back with the rest. Not so where a block says how its transaction shall be, or
/// what shall last as long as it does. The first block's place is told.
fn strip_blocks(parsed: &mut Vec<Parsed<'_>>) -> Option<Range<usize>> {
    let mut open = false;
    for statement in &*parsed {
        let opens = statement.opens_transaction();
        if opens || statement.ends_transaction() {
            let plain = statement.tokens.len() <= 2;
            if opens == open || !plain {
                return None;
            }
            open = opens;
        } else if statement.controls_transaction() || open && statement.lasts_for_a_transaction() {
            return None;
        }
    }
    let first = parsed.iter().find(|statement| statement.opens_transaction()).filter(|_| !open)?.range();
    parsed.retain(|statement| !statement.opens_transaction() && !statement.ends_transaction());
    Some(first)
}

/// SET TRANSACTION as the first statement, which would come too late behind ours. One that says more than the isolation level stays, and
/// the server answers it.
fn take_isolation(parsed: &mut Vec<Parsed<'_>>) -> Option<Isolation> {
    let first = parsed.first().filter(|first| first.starts(&["SET", "TRANSACTION"]))?;
    let isolation = first.isolation().filter(|_| !first.has("ONLY") && !first.has("DEFERRABLE"))?;
    parsed.remove(0);
    Some(isolation)
}

#[cfg(test)]
mod tests;
