//! Which scripts a database has applied: the rows of `migration_history`.

use serde::Serialize;

use crate::hash::Checksum;
use crate::script::ScriptName;

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryRow {
    /// Position in the table, rising with each first try.
    pub id: i64,
    /// As recorded; rows of the old tools may hold names that are no script names.
    pub name: String,
    /// When it was applied (or last failed), in milliseconds since 1970 UTC, as the server's clock said.
    pub applied_at: Option<i64>,
    /// Whether it is applied.
    pub success: bool,
    /// The server's words, with place, SQLSTATE and hint, if it failed.
    pub error: Option<String>,
    /// Checksum of the text that was run; unknown for rows of the old tools whose file is not at hand.
    pub checksum: Option<Checksum>,
    /// Whether the text is stored, so that this machine can serve it.
    pub has_text: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// Name of the peer that it was pulled from.
    pub pulled_from: Option<String>,
    /// Whether checksum and text were taken from a file of the same name instead of from the run (adopted rows).
    pub assumed: bool,
    /// For a script outside a transaction that has not finished: statements done and statements in all.
    pub progress: Option<Progress>,
}

/// How far a script outside a transaction got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Statements that are done for good.
    pub done: u32,
    /// Statements in all.
    pub of: u32,
}

impl HistoryRow {
    /// Whether it is a script outside a transaction that has begun and neither ended nor failed: it runs, or was cut off.
    pub fn is_unfinished(&self) -> bool {
        !self.success && self.error.is_none() && self.progress.is_some()
    }

    /// The name as a script name, if it is one.
    pub fn script_name(&self) -> Option<ScriptName> {
        ScriptName::parse(&self.name).ok()
    }
}

/// The history, in the order of first tries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MigrationHistory {
    /// The rows, by [`HistoryRow::id`].
    pub rows: Vec<HistoryRow>,
}

impl MigrationHistory {
    /// The row of this name. Rows of the old tools may lack the `.sql`.
    pub fn row(&self, name: &str) -> Option<&HistoryRow> {
        self.rows.iter().find(|row| same_script(&row.name, name))
    }

    /// Whether a script of this name is applied.
    pub fn is_applied(&self, name: &str) -> bool {
        self.row(name).is_some_and(|row| row.success)
    }

    /// Rows of scripts that are applied.
    pub fn applied(&self) -> impl Iterator<Item = &HistoryRow> {
        self.rows.iter().filter(|row| row.success)
    }

    /// Rows of scripts whose last try failed and that still count: what stopped half-way has left something, and what comes from
    /// somewhere is waited for. A script that was never applied and whose file is gone is past; its row stays.
    pub fn failing<'a>(&'a self, comes: impl Fn(&HistoryRow) -> bool + 'a) -> impl Iterator<Item = &'a HistoryRow> {
        self.failed().filter(move |row| row.progress.is_some() || comes(row))
    }

    /// Rows of scripts whose last try failed.
    pub fn failed(&self) -> impl Iterator<Item = &HistoryRow> {
        self.rows.iter().filter(|row| !row.success)
    }
}

/// An applied script, as its machine's journal tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptState {
    /// The recorded name.
    pub name: String,
    /// Checksum of its text; unknown for adopted rows without a file.
    pub checksum: Option<Checksum>,
    /// Journal entry that holds its effect; `None`: no effect was recorded (adopted, marked).
    pub entry: Option<u64>,
    /// WARNINGs it raised there.
    pub warnings: u32,
    /// Whether it ran in one transaction there.
    pub transactional: bool,
}

/// Whether two recorded names mean the same script: with or without `.sql`.
pub fn same_script(a: &str, b: &str) -> bool {
    stem(a) == stem(b)
}

/// A recorded name without `.sql`.
pub fn stem(name: &str) -> &str {
    name.strip_suffix(".sql").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_script_whose_file_is_gone_is_past_unless_it_has_left_something() {
        let row = |name: &str, success: bool, progress: Option<Progress>| HistoryRow {
            id: 1,
            name: name.into(),
            applied_at: None,
            success,
            error: Some("boom".into()),
            checksum: None,
            has_text: true,
            duration_ms: None,
            pulled_from: None,
            assumed: false,
            progress,
        };
        let half = Some(Progress { done: 1, of: 2 });
        let rows = vec![
            row("v1_good.sql", true, None),
            row("v2_gone.sql", false, None),
            row("v3_here.sql", false, None),
            row("v4_half.sql", false, half),
        ];
        let history = MigrationHistory { rows };
        let names = |here: &str| -> Vec<String> {
            history.failing(|row| row.name == here).map(|row| row.name.clone()).collect()
        };
        assert_eq!(names("v3_here.sql"), ["v3_here.sql", "v4_half.sql"]);
        assert_eq!(names(""), ["v4_half.sql"]);
        assert_eq!(history.failed().count(), 3);
    }
}
