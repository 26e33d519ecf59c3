//! A script's statements as text, each with what it costs. The header is the caller's.

use super::super::Kind;
use super::{Hazard, Script, Step};

/// What a file says that must not run in one transaction; scripts are run accordingly.
pub const NO_TRANSACTION: &str = "-- driftless: no-transaction";

impl Hazard {
    /// The word that JSON and scripts use.
    pub fn word(self) -> &'static str {
        match self {
            Self::DataLoss => "data_loss",
            Self::Rewrite => "rewrite",
            Self::LongLock => "long_lock",
            Self::BreaksClients => "breaks_clients",
        }
    }
}

impl Script {
    /// Settings that the statements want: functions may mention what comes after them.
    pub fn settings(&self) -> Vec<&'static str> {
        let function = |step: &Step| step.fact.kind == Kind::Function && step.statement.sql.starts_with("CREATE");
        if self.steps.iter().any(function) { vec!["SET check_function_bodies = off"] } else { Vec::new() }
    }

    /// The statements as a text that psql and driftless can run.
    pub fn text(&self) -> String {
        if self.steps.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        if self.needs_no_transaction() {
            text.push_str(NO_TRANSACTION);
            text.push('\n');
        }
        for setting in self.settings() {
            text.push_str(&format!("{setting};\n"));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.steps.iter().map(one).collect::<Vec<_>>().join("\n"));
        text
    }
}

fn one(step: &Step) -> String {
    let statement = &step.statement;
    let mut text = String::new();
    if !statement.hazards.is_empty() {
        let words: Vec<&str> = statement.hazards.iter().map(|hazard| hazard.word()).collect();
        text.push_str(&format!("-- hazard: {}\n", words.join(", ")));
    }
    if let Some(note) = &statement.note {
        text.push_str(&format!("-- note: {}\n", note.replace(['\n', '\r'], " ")));
    }
    text.push_str(&statement.sql);
    text.push_str(";\n");
    text
}
