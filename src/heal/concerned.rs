//! The statements of a held script that its hold is about, for the person who decides.
//!
//! Pure: a reading of the text by its tokens. What could go wrong: what a DO block or a routine does by a text that it puts together
//! names nothing, so where no statement fits all are shown. Too many is a nuisance, none would be a trap.

use serde::Serialize;

use super::{ForkReason, HoldReason};
use crate::script::lexer::{Token, TokenKind, content, tokens};
use crate::script::{Analysis, CanonicalText, Statement, analyze};

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concerned {
    /// Line of its first word, from 1.
    pub line: usize,
    /// Its text as it stands in the script, without the semicolon.
    pub sql: String,
}

/// The statements that a person has to judge; empty where the reason is not about what the script does.
pub fn concerned(text: &CanonicalText, reason: &HoldReason) -> Vec<Concerned> {
    let analysis = analyze(text);
    let some = match reason {
        HoldReason::Unverified | HoldReason::Asked => analysis.statements.iter().collect(),
        HoldReason::OutsideReach { .. } => reaching(text, &analysis),
        HoldReason::TouchesRecord { tables } => {
            let named: Vec<Named> = tables.iter().map(|table| Named::of(table)).collect();
            about(text, &analysis, &named, &mentions)
        }
        HoldReason::NonTransactional { .. } => {
            analysis.statements.iter().filter(|statement| statement.outside_transaction.is_some()).collect()
        }
        HoldReason::UnusableText { problem } => at_line(&analysis, problem.line).into_iter().collect(),
        HoldReason::MoreWarnings { .. } => about(text, &analysis, &[Named::plain("warning")], &mentions),
        HoldReason::DataLoss { losses } => {
            let named: Vec<Named> = losses.iter().map(|loss| Named::of(&loss.what)).collect();
            about(text, &analysis, &named, &takes_away)
        }
        HoldReason::BreaksClients { facts } => about(text, &analysis, &all(facts), &takes_away),
        HoldReason::OtherEffect { facts, .. }
        | HoldReason::Drifted { facts }
        | HoldReason::ForkHeld { why: ForkReason::OrderMatters { facts } } => {
            about(text, &analysis, &all(facts), &mentions)
        }
        HoldReason::Missing { needs } => {
            let named = needs.names().map(Named::plain).collect::<Vec<_>>();
            about(text, &analysis, &named, &mentions)
        }
        _ => return Vec::new(),
    };
    let shown = if some.is_empty() { analysis.statements.iter().collect() } else { some };
    shown
        .into_iter()
        .map(|statement| Concerned { line: statement.line, sql: text.as_str()[statement.range.clone()].to_owned() })
        .collect()
}

fn all(facts: &[String]) -> Vec<Named> {
    facts.iter().map(|fact| Named::of(fact)).collect()
}

fn at_line(analysis: &Analysis, line: usize) -> Option<&Statement> {
    analysis.statements.iter().rev().find(|statement| statement.line <= line)
}

/// Statements that reach outside, and those that run text that they put together.
fn reaching<'a>(text: &CanonicalText, analysis: &'a Analysis) -> Vec<&'a Statement> {
    let reached: Vec<usize> =
        analysis.reaches.iter().filter_map(|reach| at_line(analysis, reach.line)).map(|found| found.line).collect();
    let is_dynamic = |statement: &Statement| {
        let alone = CanonicalText::from_canonical(&text.as_str()[statement.range.clone()]);
        alone.is_ok_and(|alone| analyze(&alone).dynamic_sql)
    };
    analysis.statements.iter().filter(|statement| reached.contains(&statement.line) || is_dynamic(statement)).collect()
}

/// What a fact is called in a statement: its last name, and for a column the table's.
struct Named {
    last: String,
    table: Option<String>,
}

impl Named {
    fn plain(name: &str) -> Self {
        Self { last: name.to_lowercase(), table: None }
    }

    /// From an identity as it is shown: `column public.orders.note`, `function public.f(integer)`.
    fn of(fact: &str) -> Self {
        let mut chain: Vec<String> = Vec::new();
        let mut joined = false;
        for token in tokens(fact) {
            match token.kind {
                TokenKind::Symbol('(') => break,
                TokenKind::Symbol('.') => joined = true,
                _ => {
                    if !joined {
                        chain.clear();
                    }
                    chain.push(content(&token, fact).to_lowercase());
                    joined = false;
                }
            }
        }
        let last = chain.pop().unwrap_or_default();
        let table = chain.pop().filter(|_| fact.starts_with("column ") || chain.len() == 1);
        Self { last, table }
    }
}

/// The statements that fit one of these: for a column those that name its table too, if there are any.
fn about<'a>(
    text: &CanonicalText,
    analysis: &'a Analysis,
    named: &[Named],
    fits: &dyn Fn(&Words, &str) -> bool,
) -> Vec<&'a Statement> {
    let words: Vec<Words> = analysis.statements.iter().map(|statement| Words::of(text, statement)).collect();
    let mut wanted = vec![false; words.len()];
    for name in named {
        let fitting = |with_table: bool| -> Vec<usize> {
            let both = |words: &Words| {
                fits(words, &name.last) && (!with_table || name.table.as_ref().is_none_or(|table| words.mention(table)))
            };
            (0..words.len()).filter(|at| both(&words[*at])).collect()
        };
        let with_table = fitting(true);
        for at in if with_table.is_empty() { fitting(false) } else { with_table } {
            wanted[at] = true;
        }
    }
    analysis.statements.iter().zip(wanted).filter_map(|(statement, wanted)| wanted.then_some(statement)).collect()
}

fn mentions(words: &Words, name: &str) -> bool {
    words.mention(name)
}

/// Names it, and may take something away; making and describing takes nothing.
fn takes_away(words: &Words, name: &str) -> bool {
    let adds = match words.first() {
        "create" => !words.names.iter().any(|word| word == "replace"),
        "comment" | "grant" | "revoke" | "insert" | "set" => true,
        "alter" => !words.names.iter().any(|word| {
            matches!(word.as_str(), "drop" | "rename" | "type" | "set" | "detach" | "disable" | "using" | "not")
        }),
        _ => false,
    };
    !adds && words.mention(name)
}

/// A statement's words and names in lower case, and the texts within it.
struct Words {
    names: Vec<String>,
    texts: Vec<String>,
}

impl Words {
    fn of(text: &CanonicalText, statement: &Statement) -> Self {
        let sql = &text.as_str()[statement.range.clone()];
        let (mut names, mut texts) = (Vec::new(), Vec::new());
        for token in tokens(sql).iter().filter(|token| token.is_significant()) {
            match token.kind {
                TokenKind::Word | TokenKind::QuotedName => names.push(said(token, sql)),
                TokenKind::Text | TokenKind::DollarText => texts.push(said(token, sql)),
                _ => {}
            }
        }
        Self { names, texts }
    }

    fn first(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    fn mention(&self, name: &str) -> bool {
        self.names.iter().any(|word| word == name) || self.texts.iter().any(|text| text.contains(name))
    }
}

fn said(token: &Token, sql: &str) -> String {
    content(token, sql).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heal::{Loss, LossKind};
    use crate::script::{Needs, Problem, ProblemKind};

    #[track_caller]
    fn check(text: &str, reason: &HoldReason, expected: &[(usize, &str)]) {
        let text = CanonicalText::from_canonical(text).expect("plain text");
        let found = concerned(&text, reason);
        let found: Vec<(usize, &str)> = found.iter().map(|found| (found.line, found.sql.as_str())).collect();
        assert_eq!(found, expected);
    }

    fn loss(what: &str) -> HoldReason {
        HoldReason::DataLoss { losses: vec![Loss { what: what.into(), how: LossKind::DroppedRows { rows: 1 } }] }
    }

    fn breaks(fact: &str) -> HoldReason {
        HoldReason::BreaksClients { facts: vec![fact.into()] }
    }

    #[test]
    fn the_statement_that_takes_away_is_named() {
        let text = "CREATE TABLE x (note text);\nALTER TABLE orders\n  DROP COLUMN note;\nCOMMENT ON TABLE orders IS 'note';\n";
        check(text, &loss("column public.orders.note"), &[(2, "ALTER TABLE orders\n  DROP COLUMN note")]);
        check(text, &breaks("column public.orders.note"), &[(2, "ALTER TABLE orders\n  DROP COLUMN note")]);
        let text = "UPDATE a SET b = 1;\nDELETE FROM \"Old\" WHERE x;\nDROP TABLE gone CASCADE;";
        check(text, &loss("table public.\"Old\""), &[(2, "DELETE FROM \"Old\" WHERE x")]);
        check(
            text,
            &breaks("view public.on_it"),
            &[(1, "UPDATE a SET b = 1"), (2, "DELETE FROM \"Old\" WHERE x"), (3, "DROP TABLE gone CASCADE")],
        );
        let text = "DROP FUNCTION f(integer);\nDROP FUNCTION g;";
        check(text, &breaks("function public.f(integer)"), &[(1, "DROP FUNCTION f(integer)")]);
    }

    #[test]
    fn what_stands_in_blocks_is_found() {
        let text = "SELECT 1;\nDO $$ BEGIN\n  EXECUTE 'ALTER TABLE orders DROP COLUMN note';\nEND $$;\n";
        let block = "DO $$ BEGIN\n  EXECUTE 'ALTER TABLE orders DROP COLUMN note';\nEND $$";
        check(text, &loss("column public.orders.note"), &[(2, block)]);
        let text = "SELECT 1;\nDO $$ BEGIN\n  COPY a TO PROGRAM 'x';\nEND $$;\nSELECT 2;";
        let reason = HoldReason::OutsideReach { reaches: vec![] };
        check(text, &reason, &[(2, "DO $$ BEGIN\n  COPY a TO PROGRAM 'x';\nEND $$")]);
        let text = "SELECT 1;\nDO $$ BEGIN EXECUTE 'DROP ' || current_user; END $$;";
        check(text, &reason, &[(2, "DO $$ BEGIN EXECUTE 'DROP ' || current_user; END $$")]);
    }

    #[test]
    fn each_reason_has_its_statements() {
        let text = "CREATE TABLE a ();\nCREATE INDEX CONCURRENTLY i ON a (b);\nCREATE EXTENSION postgis;\n";
        let concurrently = (2, "CREATE INDEX CONCURRENTLY i ON a (b)");
        check(text, &HoldReason::NonTransactional { why: String::new() }, &[concurrently]);
        let needs = Needs { extensions: vec!["postgis".into()], ..Needs::default() };
        check(text, &HoldReason::Missing { needs }, &[(3, "CREATE EXTENSION postgis")]);
        let all = [(1, "CREATE TABLE a ()"), concurrently, (3, "CREATE EXTENSION postgis")];
        check(text, &HoldReason::Asked, &all);
        check(text, &HoldReason::Unverified, &all);
        let problem = Problem { line: 2, kind: ProblemKind::NulCharacter };
        check(text, &HoldReason::UnusableText { problem }, &[concurrently]);
        check(text, &HoldReason::OtherEffect { facts: vec!["table public.a".into()], depends: vec![] }, &all[..2]);
        check(text, &HoldReason::Blocked { by: "v1_a.sql".into() }, &[]);
        check(text, &HoldReason::Conflict, &[]);
    }
}
