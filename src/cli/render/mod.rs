//! Every text that a person reads, in English and in Chinese.
//!
//! Start at [`messages`] for single lines; the other files put lines together. Nothing here reads, asks or
//! prints: data goes in, text comes out. What could go wrong: a text made elsewhere exists in one language only.

pub(crate) mod conflict;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod error;
pub(crate) mod finding;
pub(crate) mod help;
pub(crate) mod hint;
pub(crate) mod history;
pub(crate) mod hold;
pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod news;
pub(crate) mod problem;
pub(crate) mod progress;
pub(crate) mod script;
pub(crate) mod status;
pub(crate) mod why;

use std::fmt::Write as _;

/// The language of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// From the flag, else `DRIFTLESS_LANG`, else the locale's variables. Windows sets no locale variables by itself, and
    /// what a Unix shell there sets says nothing of the console: there the default is English.
    pub(crate) fn detect(flag: Option<Self>, windows: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let of = |text: String| if text.to_lowercase().starts_with("zh") { Self::Zh } else { Self::En };
        let set = |name: &str| var(name).filter(|text| !text.is_empty());
        let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        flag.or_else(|| set("DRIFTLESS_LANG").map(of))
            .or_else(|| if windows { None } else { locale().map(of) })
            .unwrap_or_default()
    }
}

/// Language and colour: how a text is to look.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    /// The language.
    pub(crate) lang: Lang,
    /// Whether escape sequences for colour are wanted.
    pub(crate) color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Something that is as it should be.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Something that failed.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Something that waits or deserves a look.
    pub(crate) fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Something beside the point.
    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// A name to be found at a glance.
    pub(crate) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// `✓ text`.
    pub(crate) fn tick(self, text: &str) -> String {
        format!("{} {text}", self.good("✓"))
    }

    /// `✗ text`.
    pub(crate) fn cross(self, text: &str) -> String {
        format!("{} {text}", self.bad("✗"))
    }

    /// `! text`: neither done nor failed.
    pub(crate) fn bang(self, text: &str) -> String {
        format!("{} {text}", self.warn("!"))
    }

    /// A title between rules, as the old tools print it.
    pub(crate) fn title(self, text: &str) -> String {
        let rule = "=".repeat(RULE);
        format!("{rule}\n{}\n{rule}", self.strong(text))
    }

    /// `Next: command`, the command to be copied.
    pub(crate) fn next(self, command: &str) -> String {
        self.lang.next_step(&self.strong(command))
    }

    /// `hint: text`.
    pub(crate) fn hint(self, text: &str) -> String {
        format!("{} {text}", self.faint(self.lang.hint_word()))
    }
}

const RULE: usize = 60;

/// Joins names with commas; past `most` of them, says how many more there are.
pub(crate) fn list(lang: Lang, names: &[impl AsRef<str>], most: usize) -> String {
    let separator = match lang {
        Lang::En => ", ",
        Lang::Zh => "、",
    };
    let mut text = names.iter().take(most).map(AsRef::as_ref).collect::<Vec<_>>().join(separator);
    if names.len() > most {
        text.push_str(&lang.and_more(names.len() - most));
    }
    text
}

/// Puts lines into columns, two spaces between them; the last column is left as it is.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width_of_column) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell}{}  ", " ".repeat(width_of_column - width(cell)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many columns a terminal gives a text: Chinese characters take two, escape sequences none.
pub(crate) fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut escape = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            _ if escape => {}
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => columns += 2,
            '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' => {
                columns += 2;
            }
            _ => columns += 1,
        }
    }
    columns
}

/// Indents every line.
pub(crate) fn indent(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    text.lines().map(|line| if line.is_empty() { "\n".into() } else { format!("{space}{line}\n") }).collect()
}

/// A moment, in the local time zone.
pub(crate) fn moment(milliseconds: i64) -> String {
    chrono::DateTime::from_timestamp_millis(milliseconds)
        .map(|time| time.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_else(|| milliseconds.to_string())
}

/// A duration: `12 ms`, `3.4 s`, `2 min 5 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

/// A size: `12 MB`.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 10_240 && unit + 1 < UNITS.len() {
        value /= 1_024;
        unit += 1;
    }
    format!("{value} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_lang(flag: Option<Lang>, windows: bool, vars: &[(&str, &str)], expected: Lang) {
        let var = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(Lang::detect(flag, windows, var), expected);
    }

    #[test]
    fn language_from_flag_then_variable_then_locale() {
        check_lang(None, false, &[], Lang::En);
        check_lang(None, false, &[("LANG", "zh_CN.UTF-8")], Lang::Zh);
        check_lang(None, false, &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], Lang::En);
        check_lang(None, false, &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")], Lang::Zh);
        check_lang(None, true, &[("LANG", "zh_CN.UTF-8")], Lang::En);
        check_lang(None, true, &[("DRIFTLESS_LANG", "zh")], Lang::Zh);
        check_lang(Some(Lang::En), false, &[("DRIFTLESS_LANG", "zh")], Lang::En);
    }

    #[test]
    fn columns_stand_under_each_other_in_chinese_too() {
        let rows = [vec!["机器".into(), "a".into()], vec!["pc".into(), "b".into()]];
        assert_eq!(table(&rows), "机器  a\npc    b\n");
        let painted = Style { lang: Lang::En, color: true }.good("ok");
        assert_eq!(width(&painted), 2);
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(list(Lang::En, &["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(list(Lang::Zh, &["a", "b", "c"], 2), "a、b 等，另有 1 个");
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(duration(12), "12 ms");
        assert_eq!(duration(3_456), "3.4 s");
        assert_eq!(duration(125_000), "2 min 5 s");
        assert_eq!(size(3 << 30), "3072 MB");
        assert_eq!(size(12), "12 B");
    }
}
