//! One configuration file, read against the list of keys that are known: every key is known, in its file, and of its type.
//!
//! Start at [`read`]. It gives values no meaning beyond their type. Values never appear in messages: one may be a password.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, Place};
use crate::nearest::nearest;
use crate::script::CanonicalText;

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// `driftless.toml`, committed.
    Shared,
    /// `driftless.local.toml`, this machine's own.
    Local,
}

impl Which {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shared => super::SHARED_FILE,
            Self::Local => super::LOCAL_FILE,
        }
    }
}

/// What a key's value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Switch,
    List,
    Words(&'static [&'static str]),
}

impl Kind {
    fn expected(self) -> String {
        match self {
            Self::Text => "a text in quotes".into(),
            Self::Switch => "true or false".into(),
            Self::List => "a list of texts, like [\"a\", \"b\"]".into(),
            Self::Words(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("one of {}", quoted.join(", "))
            }
        }
    }
}

/// Every key there is: section, key, file, type.
const KEYS: [(&str, &str, Which, Kind); 16] = [
    ("scripts", "dir", Which::Shared, Kind::Text),
    ("scripts", "fail_on_warning", Which::Shared, Kind::Switch),
    ("database", "schemas", Which::Shared, Kind::List),
    ("database", "ignore", Which::Shared, Kind::List),
    ("heal", "scripts", Which::Shared, Kind::Words(&["auto", "ask", "off"])),
    ("heal", "drift", Which::Shared, Kind::Words(&["capture", "report"])),
    ("heal", "breaking", Which::Shared, Kind::Words(&["wait", "apply"])),
    ("models", "command", Which::Shared, Kind::Text),
    ("hooks", "before_sync", Which::Shared, Kind::Text),
    ("hooks", "after_apply", Which::Shared, Kind::Text),
    ("machine", "name", Which::Local, Kind::Text),
    ("database", "url", Which::Local, Kind::Text),
    ("agent", "listen", Which::Local, Kind::Text),
    ("identity", "dir", Which::Local, Kind::Text),
    (PEERS, "name", Which::Local, Kind::Text),
    (PEERS, "addresses", Which::Local, Kind::List),
];

/// The one section that is a list of tables.
const PEERS: &str = "peers";

/// A value of the right type, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) value: Value,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Switch(bool),
    List(Vec<String>),
}

/// The entries of one table, by `section.key`.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries(BTreeMap<(&'static str, &'static str), Entry>);

impl Entries {
    pub(super) fn text(&self, section: &'static str, key: &'static str) -> Option<(&str, &Place)> {
        match self.0.get(&(section, key)) {
            Some(Entry { value: Value::Text(text), place }) => Some((text, place)),
            _ => None,
        }
    }

    pub(super) fn switch(&self, section: &'static str, key: &'static str) -> Option<bool> {
        match self.0.get(&(section, key)) {
            Some(Entry { value: Value::Switch(on), .. }) => Some(*on),
            _ => None,
        }
    }

    pub(super) fn list(&self, section: &'static str, key: &'static str) -> Option<(&[String], &Place)> {
        match self.0.get(&(section, key)) {
            Some(Entry { value: Value::List(list), place }) => Some((list, place)),
            _ => None,
        }
    }
}

/// A file's entries, and those of each `[[peers]]`.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) entries: Entries,
    pub(super) peers: Vec<(Entries, Place)>,
}

/// Reads one file's bytes.
pub(super) fn read(path: &Path, which: Which, bytes: &[u8]) -> Result<Contents, ConfigError> {
    let text =
        CanonicalText::decode(bytes).map_err(|source| ConfigError::Encoding { path: path.to_owned(), source })?;
    let reader = Reader { path, which, text: text.as_str() };
    let root = DeTable::parse(reader.text).map_err(|error| ConfigError::Syntax {
        place: reader.place(error.span().unwrap_or(0..0)),
        // the parser's own words only: its display would quote the line, which may hold a password
        problem: error.message().lines().collect::<Vec<_>>().join(", "),
    })?;
    let mut contents = Contents::default();
    for (name, value) in root.get_ref() {
        let known = reader.section(name)?;
        if known == PEERS {
            reader.peers(name, value, &mut contents.peers)?;
        } else {
            let table = value.get_ref().as_table().ok_or_else(|| reader.no_table(name, &format!("[{known}]")))?;
            reader.table(known, table, &mut contents.entries)?;
        }
    }
    Ok(contents)
}

struct Reader<'a> {
    path: &'a Path,
    which: Which,
    text: &'a str,
}

type Name<'i> = Spanned<std::borrow::Cow<'i, str>>;

impl Reader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        Place { path: self.path.to_owned(), line: before.matches('\n').count() + 1 }
    }

    fn section(&self, name: &Name<'_>) -> Result<&'static str, ConfigError> {
        let place = || self.place(name.span());
        let mut known = KEYS.iter().filter(|(section, ..)| *section == name.get_ref().as_ref());
        let Some((section, ..)) = known.clone().next() else {
            let sections = KEYS.iter().map(|(section, ..)| *section);
            return Err(self.unknown(name, None, sections, "sections"));
        };
        if known.any(|(_, _, which, _)| *which == self.which) {
            return Ok(section);
        }
        Err(ConfigError::WrongFile { place: place(), key: format!("[{section}]"), belongs: self.other().name() })
    }

    fn other(&self) -> Which {
        match self.which {
            Which::Shared => Which::Local,
            Which::Local => Which::Shared,
        }
    }

    fn unknown<'k>(
        &self,
        name: &Name<'_>,
        section: Option<&str>,
        known: impl Iterator<Item = &'k str> + Clone,
        what: &str,
    ) -> ConfigError {
        let key = match section {
            Some(section) => format!("{section}.{}", name.get_ref()),
            None => name.get_ref().to_string(),
        };
        let mend = match nearest(name.get_ref(), known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let mut names: Vec<_> = known.collect();
                names.dedup();
                format!("the {what} are {}", names.join(", "))
            }
        };
        ConfigError::UnknownKey { place: self.place(name.span()), key, mend }
    }

    fn no_table(&self, name: &Name<'_>, expected: &str) -> ConfigError {
        ConfigError::WrongType {
            place: self.place(name.span()),
            key: name.get_ref().to_string(),
            expected: format!("a section, written {expected}"),
        }
    }

    fn table(&self, section: &'static str, table: &DeTable<'_>, into: &mut Entries) -> Result<(), ConfigError> {
        for (name, value) in table {
            let of_section = || KEYS.iter().filter(|(known, ..)| *known == section);
            let Some((_, key, which, kind)) = of_section().find(|(_, key, ..)| *key == name.get_ref().as_ref()) else {
                return Err(self.unknown(name, Some(section), of_section().map(|(_, key, ..)| *key), "keys"));
            };
            let place = self.place(name.span());
            if *which != self.which {
                let key = format!("{section}.{key}");
                return Err(ConfigError::WrongFile { place, key, belongs: which.name() });
            }
            let value = typed(value.get_ref(), *kind).ok_or_else(|| ConfigError::WrongType {
                place: place.clone(),
                key: format!("{section}.{key}"),
                expected: kind.expected(),
            })?;
            into.0.insert((section, *key), Entry { value, place });
        }
        Ok(())
    }

    fn peers(
        &self,
        name: &Name<'_>,
        value: &Spanned<DeValue<'_>>,
        into: &mut Vec<(Entries, Place)>,
    ) -> Result<(), ConfigError> {
        let wrong = || self.no_table(name, "[[peers]], once for each peer");
        for peer in value.get_ref().as_array().ok_or_else(wrong)? {
            let mut entries = Entries::default();
            self.table(PEERS, peer.get_ref().as_table().ok_or_else(wrong)?, &mut entries)?;
            into.push((entries, self.place(peer.span())));
        }
        Ok(())
    }
}

fn typed(value: &DeValue<'_>, kind: Kind) -> Option<Value> {
    match kind {
        Kind::Text => value.as_str().map(|text| Value::Text(text.to_owned())),
        Kind::Words(words) => {
            value.as_str().filter(|text| words.contains(text)).map(|text| Value::Text(text.to_owned()))
        }
        Kind::Switch => value.as_bool().map(Value::Switch),
        Kind::List => {
            let texts = value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Value::List)
        }
    }
}
