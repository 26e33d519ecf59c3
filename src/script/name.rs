//! Script names: `v2_add_field.sql`, `v20251122_1030_订单字段.sql`.
//!
//! A name is checked before it is used for anything, because it comes from peers too and becomes a file name on Windows as
//! well as on Linux. What could go wrong: a name that leaves the folder, that cannot be a file on one of the systems, that
//! looks like another one on a screen, or whose number overflows.

use std::fmt;

/// More digits than this in one group are no version but a mistake.
const MAX_DIGITS: usize = 18;
/// What file systems allow, in bytes.
const MAX_BYTES: usize = 255;

/// Digit groups compared number by number: v2 < v10 < v20251122_1030.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u64>);

/// A valid script file name. Ordered by version, then by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScriptName {
    version: Version,
    name: String,
    description_at: usize,
}

/// Why a file name is no script name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// It does not have the form `v<version>_<description>.sql`.
    #[error("`{}` does not have the form v<version>_<description>.sql ({reason})", shown(.name))]
    Form {
        /// The name.
        name: String,
        /// What is missing.
        reason: &'static str,
    },
    /// It holds a character that cannot be seen or that changes how its neighbours are shown.
    #[error("`{}` holds the invisible character U+{:04X}", shown(.name), u32::from(*.character))]
    Invisible {
        /// The name.
        name: String,
        /// The character.
        character: char,
    },
    /// It holds a character that Windows does not allow in file names, or that leads out of the folder.
    #[error("`{}` holds `{character}`, which cannot be part of a file name everywhere", shown(.name))]
    Character {
        /// The name.
        name: String,
        /// The character.
        character: char,
    },
    /// Its description ends with a dot or a space, which Windows drops.
    #[error("`{}` ends with a dot or a space before `.sql`, which Windows drops", shown(.name))]
    TrailingDotOrSpace {
        /// The name.
        name: String,
    },
    /// It is longer than file systems allow.
    #[error("`{}…` is {bytes} bytes long; a file name has at most {MAX_BYTES}", shown(&.name.chars().take(40).collect::<String>()))]
    TooLong {
        /// The name.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// A digit group is too long to be a number.
    #[error("a number in `{}` has more than {MAX_DIGITS} digits", shown(.name))]
    HugeNumber {
        /// The name.
        name: String,
    },
}

/// Names are shown with what is invisible in them made visible, so that an error cannot be used to deceive either.
fn shown(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if is_invisible(c) { text.extend(c.escape_unicode()) } else { text.push(c) }
    }
    text
}

/// Control characters, bidirectional marks and overrides, zero-width characters, other blanks than the space, unassigned tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{1bca0}'..='\u{1bca3}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// What a name looks like: two names of one look are one file on Windows (which does not tell case apart) or one name to a
/// person's eyes. Letters of other scripts that look like Latin ones are told as these; marks that lie over a letter are left out.
pub fn look(name: &str) -> String {
    const LIKE: &str =
        "аaвbсcеeнhіiјjкkмmоoрpԛqѕsтtуyхxԝwѵvгrΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoοoΡpρpΤtΥyΧxαaιiκkνvυuϲcհhոnսuօoɡgıiℓl";
    let like: Vec<char> = LIKE.chars().collect();
    let same = |c: char| like.as_chunks::<2>().0.iter().find(|pair| pair[0] == c).map_or(c, |pair| pair[1]);
    let plain = |c: char| match u32::from(c) {
        // full-width forms
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xff01 + 0x21).unwrap_or(c),
        _ => c,
    };
    let over = |c: &char| !('\u{300}'..='\u{36f}').contains(c);
    name.chars().filter(over).map(plain).flat_map(char::to_lowercase).map(same).collect()
}

impl Version {
    /// The version after the highest of these: one more in the first group.
    pub fn next<'a>(existing: impl IntoIterator<Item = &'a Self>) -> Self {
        let highest = existing.into_iter().filter_map(|version| version.0.first().copied()).max();
        Self(vec![highest.unwrap_or(0).saturating_add(1)])
    }

    /// The numbers.
    pub fn numbers(&self) -> &[u64] {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        write!(f, "v{}", numbers.join("_"))
    }
}

impl ScriptName {
    /// Checks a file name.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        let owned = || name.to_owned();
        let form = |reason| InvalidName::Form { name: owned(), reason };
        if name.len() > MAX_BYTES {
            return Err(InvalidName::TooLong { name: owned(), bytes: name.len() });
        }
        if let Some(character) = name.chars().find(|&c| is_invisible(c)) {
            return Err(InvalidName::Invisible { name: owned(), character });
        }
        if let Some(character) = name.chars().find(|&c| is_forbidden(c)) {
            return Err(InvalidName::Character { name: owned(), character });
        }
        let stem = name.strip_suffix(".sql").ok_or_else(|| form("it does not end with `.sql`"))?;
        let rest = stem.strip_prefix('v').ok_or_else(|| form("it does not start with `v` and a number"))?;
        if stem.ends_with(['.', ' ']) {
            return Err(InvalidName::TrailingDotOrSpace { name: owned() });
        }
        let mut numbers = Vec::new();
        let mut description = rest;
        // As many digit groups as still leave a description.
        while let Some((group, after)) = description.split_once('_') {
            if group.is_empty() || !group.bytes().all(|b| b.is_ascii_digit()) || after.is_empty() {
                break;
            }
            if group.len() > MAX_DIGITS {
                return Err(InvalidName::HugeNumber { name: owned() });
            }
            numbers.push(group.parse().map_err(|_| InvalidName::HugeNumber { name: owned() })?);
            description = after;
        }
        if numbers.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            return Err(form(match (digits, rest.len() - digits) {
                (0, _) => "no number follows the `v`",
                (_, 0) => "the description is missing",
                _ => "`_` and a description must follow the number",
            }));
        }
        let description_at = stem.len() - description.len();
        Ok(Self { version: Version(numbers), name: owned(), description_at })
    }

    /// Makes a valid name from a version and a person's words: blanks become `_`, what cannot be part of a name is dropped.
    /// `None`: nothing usable is left of the words.
    pub fn new(version: &Version, description: &str) -> Option<Self> {
        let usable: String = description
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() || is_forbidden(c) { '_' } else { c })
            .filter(|&c| !is_invisible(c))
            .collect();
        let words: Vec<&str> = usable.split('_').filter(|word| !word.is_empty()).collect();
        let mut text = words.join("_");
        let head = format!("{version}_");
        while head.len() + text.len() + ".sql".len() > MAX_BYTES {
            text.pop();
        }
        let text = text.trim_end_matches(['.', ' ', '_']);
        // A description that starts with digits would be read as part of the version.
        let joint = if text.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
        (!text.is_empty()).then(|| Self::parse(&format!("{head}{joint}{text}.sql")).ok()).flatten()
    }

    /// The whole file name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What stands between version and `.sql`.
    pub fn description(&self) -> &str {
        &self.name[self.description_at..self.name.len() - ".sql".len()]
    }
}

impl fmt::Display for ScriptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Ord for ScriptName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.version, &self.name).cmp(&(&other.version, &other.name))
    }
}

impl PartialOrd for ScriptName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl serde::Serialize for ScriptName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> serde::Deserialize<'de> for ScriptName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Result<(&str, &str), &str>) {
        let found = ScriptName::parse(name).map(|name| (name.version().to_string(), name.description().to_owned()));
        match (found, expected) {
            (Ok((version, description)), Ok(expected)) => {
                assert_eq!((version.as_str(), description.as_str()), expected);
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, expected) => panic!("{name:?}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn names() {
        check("v2_add_field.sql", Ok(("v2", "add_field")));
        check("v10_订单字段.sql", Ok(("v10", "订单字段")));
        check("v20251122_1030_x.sql", Ok(("v20251122_1030", "x")));
        check("v1_2.sql", Ok(("v1", "2")));
        check("v1_2_3.sql", Ok(("v1_2", "3")));
        check("v1_2_.sql", Ok(("v1", "2_")));
        check("v007_x.sql", Ok(("v7", "x")));
        check("v2.sql", Err("the description is missing"));
        check("v2_.sql", Err("`_` and a description"));
        check("v2-x.sql", Err("`_` and a description"));
        check("2_x.sql", Err("does not start with `v`"));
        check("V2_x.sql", Err("does not start with `v`"));
        check("v2_x.SQL", Err("does not end with `.sql`"));
        check("vx_2.sql", Err("no number"));
        check("v1_a/../b.sql", Err("`/`"));
        check("v1_a\\b.sql", Err("`\\`"));
        check("v1_a:b.sql", Err("`:`"));
        check("v1_a\u{202e}lqs.sql", Err("U+202E"));
        check("v1_a\u{200b}.sql", Err("U+200B"));
        check("v1_a\nb.sql", Err("U+000A"));
        check("v1_a .sql", Err("dot or a space"));
        check("v1_a..sql", Err("dot or a space"));
        check("v1234567890123456789_x.sql", Err("more than 18 digits"));
        check(&format!("v1_{}.sql", "字".repeat(90)), Err("277 bytes"));
    }

    #[test]
    fn order_is_by_number_then_by_name() {
        let mut names: Vec<ScriptName> =
            ["v20251122_1030_x.sql", "v10_b.sql", "v2_z.sql", "v10_a.sql", "v10_1_c.sql", "v2_a.sql"]
                .iter()
                .map(|name| ScriptName::parse(name).unwrap_or_else(|error| panic!("{error}")))
                .collect();
        names.sort();
        let names: Vec<&str> = names.iter().map(ScriptName::as_str).collect();
        assert_eq!(names, ["v2_a.sql", "v2_z.sql", "v10_a.sql", "v10_b.sql", "v10_1_c.sql", "v20251122_1030_x.sql"]);
    }

    #[test]
    fn new_names_are_valid() {
        let made = |words: &str| ScriptName::new(&Version(vec![3]), words).map(|name| name.to_string());
        assert_eq!(made("add a field").as_deref(), Some("v3_add_a_field.sql"));
        assert_eq!(made(" 增加 库存: 字段? ").as_deref(), Some("v3_增加_库存_字段.sql"));
        assert_eq!(made("2 new tables").as_deref(), Some("v3__2_new_tables.sql"));
        assert_eq!(made("../../x").as_deref(), Some("v3_.._.._x.sql"));
        assert_eq!(made("..."), None);
        assert_eq!(made("\u{200b}"), None);
        let long = ScriptName::new(&Version(vec![3]), &"字".repeat(200)).expect("cut to length");
        assert!(long.as_str().len() <= MAX_BYTES);
    }

    #[test]
    fn names_that_look_alike() {
        for (one, other) in [
            ("v1_Orders", "v1_orders"),
            ("v1_\u{43e}rders", "v1_orders"),
            ("v1_ＡＢ", "v1_ab"),
            ("v1_e\u{301}", "v1_e"),
        ] {
            assert_eq!(look(one), look(other));
        }
        for (one, other) in [("v1_订单", "v1_订车"), ("v1_заказы", "v1_3aka3y"), ("v1_a1", "v1_al"), ("v1_é", "v1_è")]
        {
            assert_ne!(look(one), look(other));
        }
    }

    #[test]
    fn the_next_version() {
        let version = |text: &str| ScriptName::parse(text).expect("valid").version().clone();
        assert_eq!(Version::next(&[version("v2_a.sql"), version("v10_1_b.sql")]).to_string(), "v11");
        assert_eq!(Version::next(&[]).to_string(), "v1");
    }
}
