//! Where texts go: stdout, stderr, or the file of `-o`. The only place of the program that prints.
//!
//! Answers go to stdout or the file; remarks and progress to stderr when JSON or a file is asked for, so that the answer
//! stays clean. It never words anything: that is [`super::render`].

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::args::{Color, Global};
use super::render::{Lang, Style};

/// The terminal, the pipe or the file.
pub(crate) struct Ui {
    /// Language and colour of what goes to stdout.
    pub(crate) style: Style,
    /// Whether JSON was asked for.
    pub(crate) json: bool,
    quiet: bool,
    file: Option<PathBuf>,
    pending: Mutex<String>,
    /// Whether something stands on the terminal that the next text is to overwrite.
    passing: AtomicBool,
}

impl Ui {
    /// From the flags and the surroundings.
    pub(crate) fn new(global: &Global) -> Self {
        let terminal = io::stdout().is_terminal() && global.output.is_none();
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && colour_is_welcome(),
        };
        Self {
            style: Style { lang: language(global.lang), color },
            json: global.json,
            quiet: global.quiet,
            file: global.output.clone(),
            pending: Mutex::default(),
            passing: AtomicBool::new(false),
        }
    }

    /// The language.
    pub(crate) fn lang(&self) -> Lang {
        self.style.lang
    }

    /// Part of the answer: always printed, to the file if there is one.
    pub(crate) fn answer(&self, text: &str) {
        if self.file.is_some() {
            let mut pending = self.pending();
            pending.push_str(text);
            end_line(&mut pending);
        } else {
            self.clear();
            print(text);
        }
    }

    /// The whole answer as JSON.
    pub(crate) fn answer_json(&self, value: &serde_json::Value) {
        self.answer(&format!("{value:#}"));
    }

    /// Told on the way; not with `-q`, and beside the answer where that must stay clean.
    pub(crate) fn say(&self, text: &str) {
        if self.quiet {
            return;
        }
        self.clear();
        if self.json || self.file.is_some() { print_beside(text) } else { print(text) }
    }

    /// Told on the way, always beside the answer; not with `-q`.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Told in any case, beside the answer.
    pub(crate) fn warn(&self, text: &str) {
        self.clear();
        print_beside(text);
    }

    /// Shows what is being done, until the next text; only on a terminal.
    pub(crate) fn passing(&self, text: &str) {
        if !self.quiet && io::stderr().is_terminal() {
            self.passing.store(true, Ordering::Relaxed);
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[2K{text}");
            let _ = stderr.flush();
        }
    }

    fn clear(&self) {
        if self.passing.swap(false, Ordering::Relaxed) {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[2K");
            let _ = stderr.flush();
        }
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks; anything but yes is no.
    pub(crate) fn ask(&self, question: &str) -> bool {
        self.clear();
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question} {} ", self.lang().yes_no());
        let _ = stderr.flush();
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer).is_ok();
        read && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是" | "好")
    }

    fn pending(&self) -> MutexGuard<'_, String> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the file of `-o`, if there is one.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        use anyhow::Context as _;
        self.clear();
        let Some(path) = &self.file else { return Ok(()) };
        std::fs::write(path, self.pending().as_bytes()).with_context(|| format!("failed to write `{}`", path.display()))
    }
}

/// The language from flag and environment.
pub(crate) fn language(flag: Option<Lang>) -> Lang {
    Lang::detect(flag, cfg!(windows), |name| std::env::var(name).ok())
}

/// `NO_COLOR` says no; so does a terminal that knows no escapes. An old Windows console must be asked first.
fn colour_is_welcome() -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    unset("NO_COLOR") && !dumb && consoles_take_escapes()
}

#[cfg(windows)]
fn consoles_take_escapes() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

#[cfg(not(windows))]
fn consoles_take_escapes() -> bool {
    true
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// A reader that has gone away (`driftless status | head -1`) is no failure of ours.
fn print(text: &str) {
    let mut text = text.to_owned();
    end_line(&mut text);
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

fn print_beside(text: &str) {
    let mut text = text.to_owned();
    end_line(&mut text);
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
