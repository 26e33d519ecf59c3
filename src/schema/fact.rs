//! The smallest named part of a schema, in canonical form.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::Role;
use super::{AcrossMajors, Kind, expression};
use crate::hash::{Digest, FieldHasher};

/// One attribute's value. NULL is the absence of the attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A flag.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A name, a type, an expression.
    Text(String),
    /// Several texts; the order means something.
    List(Vec<String>),
}

impl Value {
    /// The texts in it.
    fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
            Self::Bool(_) | Self::Int(_) => &[],
        }
    }

    /// The value with the canonical form of each expression in it; borrowed where there is nothing to change.
    pub fn canonical(&self) -> Cow<'_, Self> {
        match self {
            Self::Text(text) => match expression::canonical(text) {
                Cow::Borrowed(_) => Cow::Borrowed(self),
                Cow::Owned(text) => Cow::Owned(Self::Text(text)),
            },
            Self::List(texts) if texts.iter().any(|text| matches!(expression::canonical(text), Cow::Owned(_))) => {
                Cow::Owned(Self::List(texts.iter().map(|text| expression::canonical(text).into_owned()).collect()))
            }
            Self::Bool(_) | Self::Int(_) | Self::List(_) => Cow::Borrowed(self),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::List(values) => f.write_str(&values.join(", ")),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

/// Attributes by name; the names are those that the kind's file lists.
///
/// A fact has few of them, and a schema very many facts: a sorted list takes a third of the room of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(&'static str, Value)>);

impl Attributes {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(name))
    }

    /// The value of this attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    /// Whether there is this attribute.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets an attribute; gives back what it was.
    pub fn insert(&mut self, name: &'static str, value: Value) -> Option<Value> {
        match self.place(name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&&'static str, &Value)> + Clone {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &&'static str> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values, sorted by name.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives back the room that is not used.
    pub fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl FromIterator<(&'static str, Value)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value)>>(attributes: I) -> Self {
        let mut result = Self::new();
        result.extend(attributes);
        result
    }
}

impl Extend<(&'static str, Value)> for Attributes {
    fn extend<I: IntoIterator<Item = (&'static str, Value)>>(&mut self, attributes: I) {
        for (name, value) in attributes {
            self.insert(name, value);
        }
    }
}

impl<const N: usize> From<[(&'static str, Value); N]> for Attributes {
    fn from(attributes: [(&'static str, Value); N]) -> Self {
        attributes.into_iter().collect()
    }
}

impl IntoIterator for Attributes {
    type Item = (&'static str, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Who a fact is: its kind and its qualified name (`public.orders.new_field`).
///
/// Ordered by the kind's word, then by name, so that the order does not move when kinds are added.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FactId {
    /// What sort of thing it is.
    pub kind: Kind,
    /// Qualified name, made by [`qualified`]; functions carry their argument types in parentheses, comments
    /// the kind and name of what they describe (`column public.orders.new_field`).
    pub name: String,
}

/// A kind, or an attribute of a kind, that this version does not know (sent by a newer peer, most likely).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown fact `{0}`")]
pub struct UnknownFact(pub String);

impl FactId {
    /// A fact's identity.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// From the kind's word and the name, as they are stored and sent.
    pub fn parse(kind: &str, name: &str) -> Result<Self, UnknownFact> {
        Kind::from_word(kind).map(|kind| Self::new(kind, name)).ok_or_else(|| UnknownFact(format!("{kind} {name}")))
    }
}

impl Ord for FactId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.kind.word(), &self.name).cmp(&(other.kind.word(), &other.name))
    }
}

impl PartialOrd for FactId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word(), self.name)
    }
}

/// A fact: its identity and its canonical attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Who it is.
    pub id: FactId,
    /// What it is like.
    pub attributes: Attributes,
}

impl Fact {
    /// A fact without attributes; add them with [`Fact::with`].
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { id: FactId::new(kind, name), attributes: Attributes::new() }
    }

    /// Sets an attribute; `None` (NULL) leaves it absent.
    #[must_use]
    pub fn with<V: Into<Value>>(mut self, name: &'static str, value: impl Into<Option<V>>) -> Self {
        debug_assert!(self.id.kind.attribute(name).is_some(), "{name} is not listed for {}", self.id.kind.word());
        if let Some(value) = value.into() {
            self.attributes.insert(name, value.into());
        }
        self
    }

    /// Hash of the identity's kind and of the hashed attributes, expressions by their canonical form, and nothing else: not of
    /// the children, not of the name (that stands beside the digest wherever it is used), not of attributes that are only shown.
    ///
    /// These bytes are frozen by a test; changing them is a new [`super::MODEL_VERSION`].
    pub fn digest(&self) -> Digest {
        self.digest_of(Value::canonical)
    }

    /// What stands for this fact where PostgreSQL 13 is compared with a later major; `None`: its digest does.
    pub fn across(&self) -> Option<AcrossMajors> {
        let listed = self.id.kind.spec().attributes.iter().filter(|listed| listed.role == Role::Expression);
        let texts = listed.filter_map(|listed| self.attributes.get(listed.name)).flat_map(Value::texts);
        let (bound, casts) = texts
            .map(|text| expression::across(text))
            .fold((false, false), |(bound, casts), across| (bound | across.bound, casts | across.casts));
        let across = |text: &str| match expression::across(text) {
            across if across.bound => "bound to its major".to_owned(),
            across => across.text.into_owned(),
        };
        let value = |value: &Value| match value {
            Value::Text(text) => Value::Text(across(text)),
            Value::List(texts) => Value::List(texts.iter().map(|text| across(text)).collect()),
            Value::Bool(_) | Value::Int(_) => value.clone(),
        };
        (bound || casts).then(|| AcrossMajors { digest: self.digest_of(|v| Cow::Owned(value(v))), bound })
    }

    fn digest_of<'a>(&'a self, expression: impl Fn(&'a Value) -> Cow<'a, Value>) -> Digest {
        let role = |name| self.id.kind.attribute(name).map_or(Role::Hashed, |attribute| attribute.role);
        let mut hasher = FieldHasher::new("driftless fact").field(self.id.kind.word().as_bytes());
        for (name, value) in self.attributes.iter() {
            hasher = match role(name) {
                Role::Hashed => hash_value(hasher.field(name.as_bytes()), value),
                Role::Expression => hash_value(hasher.field(name.as_bytes()), &expression(value)),
                Role::Shown => hasher,
            };
        }
        Digest(hasher.finish())
    }
}

fn hash_value(hasher: FieldHasher, value: &Value) -> FieldHasher {
    match value {
        Value::Bool(value) => hasher.field(b"b").field(&[u8::from(*value)]),
        Value::Int(value) => hasher.field(b"i").field(&value.to_be_bytes()),
        Value::Text(value) => hasher.field(b"t").field(value.as_bytes()),
        Value::List(values) => {
            values.iter().fold(hasher.field(b"l").field(&(values.len() as u64).to_be_bytes()), |hasher, value| {
                hasher.field(value.as_bytes())
            })
        }
    }
}

/// Joins the parts of a name with dots, quoting a part only where it could be misread: lower-case ASCII words and
/// words with letters beyond ASCII (`public.订单.状态`) stay bare.
pub fn qualified(parts: &[&str]) -> String {
    let mut name = String::with_capacity(parts.iter().map(|part| part.len() + 3).sum());
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            name.push('.');
        }
        if is_plain(part) {
            name.push_str(part);
        } else {
            name.push('"');
            name.push_str(&part.replace('"', "\"\""));
            name.push('"');
        }
    }
    name
}

fn is_plain(part: &str) -> bool {
    let bare = |c: char| c.is_ascii_lowercase() || c == '_' || (!c.is_ascii() && c.is_alphanumeric());
    part.chars().next().is_some_and(bare) && part.chars().all(|c| bare(c) || c.is_ascii_digit() || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_only_where_they_could_be_misread() {
        assert_eq!(qualified(&["public", "orders"]), "public.orders");
        assert_eq!(qualified(&["public", "订单", "状态"]), "public.订单.状态");
        assert_eq!(qualified(&["public", "a.b"]), "public.\"a.b\"");
        assert_eq!(qualified(&["Public", "say \"hi\""]), "\"Public\".\"say \"\"hi\"\"\"");
        assert_eq!(qualified(&["1st", ""]), "\"1st\".\"\"");
    }

    /// Frozen: these bytes are in journals and on the wire.
    #[test]
    fn digest_bytes_are_frozen() {
        let fact = Fact::new(Kind::Column, "public.orders.id").with("type", "bigint").with("not_null", true);
        assert_eq!(fact.digest().to_string(), "704c76f770556cad291b461ca295ef3589077f6ea08736c18f018a8febf2266e");
    }

    #[test]
    fn expressions_count_by_their_canonical_form() {
        let of = |text: &str| Fact::new(Kind::Default, "public.t.c").with("expression", text);
        assert_eq!(of("((a AND b) AND c)").digest(), of("(a AND b AND c)").digest());
        assert_ne!(of("(a AND b)").digest(), of("(a OR b)").digest());
        let comment = |text: &str| Fact::new(Kind::Comment, "table public.t").with("text", text).digest();
        assert_ne!(comment("((a AND b) AND c)"), comment("(a AND b AND c)"));
    }

    #[test]
    fn thirteen_and_later_majors() {
        let of = |text: &str| Fact::new(Kind::Default, "public.t.c").with("expression", text).across();
        assert_eq!(of("(a + 1)"), None);
        let trim = |text: &str| of(text).map(|across| (across.digest, across.bound));
        assert_eq!(trim("btrim((v)::text)"), trim("TRIM(BOTH FROM v)"));
        assert_ne!(trim("btrim((v)::text)"), trim("TRIM(LEADING FROM v)"));
        assert_eq!(trim("date_part('year'::text, d)"), trim("EXTRACT(month FROM d)"));
        assert!(of("EXTRACT(month FROM d)").is_some_and(|across| across.bound));
    }

    #[test]
    fn a_digest_does_not_depend_on_the_name() {
        let of = |name: &str| Fact::new(Kind::Column, name).with("type", "text").digest();
        assert_eq!(of("a.b.c"), of("d.e.f"));
    }
}
