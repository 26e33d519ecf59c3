//! Rules of the code that no compiler checks: what the core may not name, where SQL and printing belong, how long a file
//! may be. They hold for the code itself; comments and unit tests may say what they like.

use std::fs;
use std::path::{Path, PathBuf};

/// Pure: no runtime, no socket, no file, no clock, no randomness.
const CORE: [&str; 7] = ["script", "schema", "history", "journal", "divergence", "heal", "hash"];

const FORBIDDEN_IN_CORE: [&str; 18] = [
    "tokio",
    "tonic",
    "tokio_postgres",
    "rustls",
    "hyper",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Utc::now",
    "Local::now",
    "SystemRandom",
    "rand",
    "ring",
    "getrandom",
];

/// Where SQL may stand. The script analysis and the canonical forms name what they recognise; they run none.
const SQL_BELONGS: [&str; 5] = ["postgres/", "schema/kind/", "schema/ddl/", "schema/expression/", "script/"];

const PRINTING: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];

/// Lines of a file, unit tests included; past that it is more than one idea.
const LONGEST_FILE: usize = 700;

/// A source file, taken apart.
struct Source {
    /// Path below `src/`, with `/`.
    path: String,
    /// The code before the unit tests, with the contents of comments and strings blanked out.
    code: String,
    /// The string literals of that code, each with its line.
    strings: Vec<(usize, String)>,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 20, "the source tree was not found");
    files.iter().map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    let (code, strings) = take_apart(&text);
    Source { path, code, strings, lines: text.lines().count() }
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/")
    }

    fn is_generated(&self) -> bool {
        self.path.contains("/generated/")
    }

    fn is_in(&self, module: &str) -> bool {
        self.path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
    }
}

/// Blanks comments and strings, collects the strings, and ends at the unit tests.
fn take_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut strings, mut at, mut line) = (String::new(), Vec::new(), 0, 1);
    while at < chars.len() {
        let rest = &chars[at..];
        let taken = match token(rest) {
            Token::Other => {
                code.push(rest[0]);
                1
            }
            Token::Comment(length) => length,
            Token::Literal { length, content } => {
                code.push_str("\"\"");
                strings.push((line, content));
                length
            }
        };
        let passed = rest[..taken].iter().filter(|c| **c == '\n').count();
        if taken > 1 {
            code.push_str(&"\n".repeat(passed));
        }
        line += passed;
        at += taken;
    }
    if let Some(end) = code.find("#[cfg(test)]\nmod ") {
        let lines = code[..end].matches('\n').count() + 1;
        code.truncate(end);
        strings.retain(|(line, _)| *line <= lines);
    }
    (code, strings)
}

enum Token {
    Other,
    Comment(usize),
    Literal { length: usize, content: String },
}

fn token(rest: &[char]) -> Token {
    let starts = |word: &str| word.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c));
    if starts("//") {
        return Token::Comment(rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()));
    }
    if starts("/*") {
        return Token::Comment(find(rest, 2, "*/").unwrap_or(rest.len()));
    }
    // 'a' and '"' and '\'' are characters, 'a is a lifetime.
    if rest[0] == '\'' {
        let length = if rest.get(1) == Some(&'\\') { find(rest, 3, "'").unwrap_or(1) } else { 3 };
        let closed = length > 1 && rest.get(length - 1) == Some(&'\'');
        return if closed { Token::Literal { length, content: String::new() } } else { Token::Other };
    }
    if rest[0] == '"' {
        let mut end = 1;
        while end < rest.len() && rest[end] != '"' {
            end += if rest[end] == '\\' { 2 } else { 1 };
        }
        let content = rest[1..end.min(rest.len())].iter().collect();
        return Token::Literal { length: (end + 1).min(rest.len()), content };
    }
    if rest[0] == 'r' && matches!(rest.get(1), Some('"' | '#')) {
        let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
        if rest.get(1 + hashes) == Some(&'"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let length = find(rest, 2 + hashes, &close).unwrap_or(rest.len());
            let content = rest[2 + hashes..length.saturating_sub(1 + hashes).max(2 + hashes)].iter().collect();
            return Token::Literal { length, content };
        }
    }
    Token::Other
}

/// The index after the first `word` at or after `from`.
fn find(rest: &[char], from: usize, word: &str) -> Option<usize> {
    let word: Vec<char> = word.chars().collect();
    (from..rest.len()).find(|at| rest[*at..].starts_with(&word)).map(|at| at + word.len())
}

/// Whether `code` names `word` as a whole word.
fn names(code: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word)
        .any(|(at, _)| !part(code[..at].chars().next_back()) && !part(code[at + word.len()..].chars().next()))
}

/// Whether a string is (the beginning of) an SQL statement rather than a sentence.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches("\\n").trim_start();
    let words: Vec<&str> = text.split_whitespace().take(3).collect();
    match words[..] {
        ["SELECT" | "VALUES" | "WITH" | "TRUNCATE" | "LISTEN" | "NOTIFY" | "CALL", _, ..] => true,
        ["INSERT", "INTO", ..] | ["DELETE", "FROM", ..] | ["UPDATE", _, "SET"] => true,
        ["CREATE" | "ALTER" | "DROP", object, _, ..] => {
            let objects =
                ["TABLE", "INDEX", "SCHEMA", "VIEW", "FUNCTION", "TRIGGER", "TYPE", "DATABASE", "ROLE", "SEQUENCE"];
            objects.contains(&object) || object == "OR" || object == "UNIQUE"
        }
        _ => false,
    }
}

/// Fails with every breach found.
#[track_caller]
fn check(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n  {}", breaches.join("\n  "));
}

#[test]
fn the_core_names_no_runtime_no_file_no_clock() {
    let sources = sources();
    let core = sources.iter().filter(|source| CORE.iter().any(|module| source.is_in(module)) && !source.is_test());
    let mut seen = 0;
    let mut breaches = Vec::new();
    for source in core {
        seen += 1;
        let found = FORBIDDEN_IN_CORE.iter().filter(|word| names(&source.code, word));
        breaches.extend(found.map(|word| format!("src/{} names `{word}`", source.path)));
    }
    assert!(seen >= 10, "only {seen} core files were seen");
    check("the core decides and touches nothing", &breaches);
}

#[test]
fn sql_stands_in_postgres_and_schema_kind_alone() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        if !SQL_BELONGS.iter().any(|folder| source.path.starts_with(folder)) {
            let found = source.strings.iter().filter(|(_, text)| is_sql(text));
            breaches.extend(found.map(|(line, text)| format!("src/{}:{line}: {text}", source.path)));
        }
    }
    check("SQL belongs into postgres/ or schema/kind/", &breaches);
}

#[test]
fn only_the_commands_print() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !source.is_in("cli") && !source.is_test()) {
        let found = PRINTING
            .iter()
            .filter(|word| names(&source.code, word.trim_end_matches('!')) && source.code.contains(*word));
        breaches.extend(found.map(|word| format!("src/{} uses `{word}`", source.path)));
    }
    check("only cli prints", &breaches);
}

#[test]
fn no_file_is_too_long() {
    let sources = sources();
    let long = sources.iter().filter(|source| source.lines > LONGEST_FILE && !source.is_generated());
    let breaches: Vec<_> = long.map(|source| format!("src/{}: {} lines", source.path, source.lines)).collect();
    check("one file, one idea", &breaches);
}

#[test]
fn the_scan_sees_code_and_not_comments() {
    let text = "// println!(a)\nuse std::fs;\nlet a = 'x'; let b: &'a str = \"SELECT 1 // no\";\nlet c = r#\"DROP TABLE \"t\" now\"#;\n\
                /* tokio */ let d = '\"';\n#[cfg(test)]\nmod tests { println!(\"SELECT 2\") }";
    let (code, strings) = take_apart(text);
    assert!(names(&code, "std::fs") && !code.contains("println") && !names(&code, "tokio"), "{code}");
    let sql: Vec<_> =
        strings.iter().filter(|(_, text)| is_sql(text)).map(|(line, text)| (*line, text.as_str())).collect();
    assert_eq!(sql, [(3, "SELECT 1 // no"), (4, "DROP TABLE \"t\" now")]);
    assert!(names("ring::rand", "ring") && !names("string", "ring") && !names("ringing", "ring"));
    assert!(is_sql("INSERT INTO t VALUES") && !is_sql("SELECT") && !is_sql("UPDATE the other machine"));
    assert!(is_sql("ALTER TABLE t ADD") && !is_sql("DROP the connection"));
}
