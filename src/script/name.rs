//! Script names: `v2_add_field.sql`, `v20251122_1030_订单字段.sql`.
// Owned by the `script` part; see PRODUCT.md §2. Interface fixed here:

use std::fmt;

/// Digit groups compared number by number: v2 < v10 < v20251122_1030.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u64>);

/// A valid script file name. Ordered by version, then by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScriptName {
    version: Version,
    name: String,
}

/// Why a file name is no script name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// It does not have the form `v<version>_<description>.sql`.
    #[error("`{0}` does not have the form v<version>_<description>.sql")]
    Form(String),
}

impl ScriptName {
    /// Checks a file name.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        Err(InvalidName::Form(name.to_owned()))
    }
    /// The whole file name.
    pub fn as_str(&self) -> &str {
        &self.name
    }
    /// The version.
    pub fn version(&self) -> &Version {
        &self.version
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
