//! The record of what was applied, as a table and one script at a time.

use super::{Style, duration, indent, moment, table};
use crate::history::{HistoryRow, MigrationHistory};

/// `✓ v2_a.sql  2025-11-22 10:30:00  12 ms  pc-b`, failures with their words below.
pub(crate) fn history(style: Style, history: &MigrationHistory) -> String {
    let lang = style.lang;
    if history.rows.is_empty() {
        return format!("{}\n{}\n", lang.history_empty(), style.next("driftless sync"));
    }
    let cells: Vec<Vec<String>> = history.rows.iter().map(|row| cells(style, row)).collect();
    let mut text = String::new();
    for (line, row) in table(&cells).lines().zip(&history.rows) {
        text.push_str(line);
        text.push('\n');
        if let Some(error) = row.error.as_deref().filter(|_| !row.success) {
            text.push_str(&indent(error, 4));
        }
    }
    let (applied, failed) = (history.applied().count(), history.failed().count());
    text.push_str(&format!("\n{}\n", lang.history_counts(applied, failed)));
    text
}

fn cells(style: Style, row: &HistoryRow) -> Vec<String> {
    let sign = if row.success { style.good("✓") } else { style.bad("✗") };
    let from = row.pulled_from.as_deref().map(|peer| format!("← {peer}")).unwrap_or_default();
    let assumed = if row.assumed { assumed(style) } else { "" };
    let progress = row.progress.map(|p| format!("{}/{}", p.done, p.of)).unwrap_or_default();
    let notes = [from.as_str(), assumed, progress.as_str()];
    vec![
        sign,
        row.name.clone(),
        row.applied_at.map(moment).unwrap_or_default(),
        row.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(duration).unwrap_or_default(),
        notes.iter().filter(|note| !note.is_empty()).copied().collect::<Vec<_>>().join(", "),
    ]
}

fn assumed(style: Style) -> &'static str {
    match style.lang {
        super::Lang::En => "assumed",
        super::Lang::Zh => "推定",
    }
}

/// One row with all that is known, its text below.
pub(crate) fn row(style: Style, row: &HistoryRow, text: Option<&str>) -> String {
    let lang = style.lang;
    let mut lines = vec![style.title(&row.name), cells(style, row).join("  ").trim_end().to_owned()];
    if let Some(checksum) = row.checksum {
        lines.push(format!("sha256: {checksum}"));
    }
    if let Some(error) = &row.error {
        lines.push(style.cross(error));
    }
    lines.push(match text {
        Some(text) => format!("\n{}", text.trim_end()),
        None => style.bang(&lang.history_no_text(&row.name)),
    });
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;
    use crate::history::Progress;

    fn history_of_two() -> MigrationHistory {
        let row = |id, name: &str, success| HistoryRow {
            id,
            name: name.into(),
            applied_at: None,
            success,
            error: (!success).then(|| "v3_b.sql:2: no such table (42P01)".to_owned()),
            checksum: None,
            has_text: success,
            duration_ms: Some(12),
            pulled_from: success.then(|| "pc-b".to_owned()),
            assumed: false,
            progress: (!success).then_some(Progress { done: 1, of: 3 }),
        };
        MigrationHistory { rows: vec![row(1, "v2_a.sql", true), row(2, "v3_b.sql", false)] }
    }

    #[test]
    fn applied_and_failed() {
        assert_eq!(
            history(Style::default(), &history_of_two()),
            "✓  v2_a.sql    12 ms  ← pc-b\n✗  v3_b.sql    12 ms  1/3\n    v3_b.sql:2: no such table (42P01)\n\napplied: 1, \
             failed: 1\n"
        );
        assert_eq!(
            history(Style { lang: Lang::Zh, color: false }, &MigrationHistory::default()),
            "没有迁移记录\n下一步: driftless sync\n"
        );
    }
}
