//! The kinds of facts. A kind is one file here (its attributes, and which of them are hashed) and one reader of
//! the same name in `postgres/catalog`; the list below is the only other place that names it.

use super::ddl::Ddl;

/// What an attribute is to the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Part of the digest, to the letter.
    Hashed,
    /// Part of the digest by its canonical form ([`super::expression::canonical`]): SQL that PostgreSQL printed and may print
    /// otherwise after a restore or in another major. The value keeps the server's own words.
    Expression,
    /// Shown and never compared.
    Shown,
}

/// An attribute of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, as it is stored, sent and shown.
    pub name: &'static str,
    /// What it is to the digest.
    pub role: Role,
}

/// An attribute that is part of the digest.
const fn hashed(name: &'static str) -> Attribute {
    Attribute { name, role: Role::Hashed }
}

/// SQL as PostgreSQL printed it, part of the digest by its canonical form.
const fn expression(name: &'static str) -> Attribute {
    Attribute { name, role: Role::Expression }
}

/// An attribute that is shown and never compared.
const fn shown(name: &'static str) -> Attribute {
    Attribute { name, role: Role::Shown }
}

/// What a kind's file says of it.
#[derive(Debug)]
pub struct Spec {
    /// The kind's word, as it is stored, sent and shown; never changes.
    pub word: &'static str,
    /// Every attribute a fact of this kind can have.
    pub attributes: &'static [Attribute],
    /// How it is written as DDL.
    pub ddl: Ddl,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $file:ident,)*) => {
        $(mod $file;)*

        /// What sort of thing a fact is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// What the kind's file says of it.
            pub const fn spec(self) -> &'static Spec {
                match self { $(Self::$kind => &$file::SPEC,)* }
            }
        }
    };
}

kinds! {
    Schema = schema,
    Extension = extension,
    Enum = enumeration,
    Domain = domain,
    Composite = composite,
    Sequence = sequence,
    Table = table,
    Column = column,
    Default = default,
    Constraint = constraint,
    Index = index,
    View = view,
    MaterializedView = materialized_view,
    Function = function,
    Trigger = trigger,
    NotNull = not_null,
    Policy = policy,
    Rule = rule,
    Statistics = statistics,
    EventTrigger = event_trigger,
    Publication = publication,
    PublicationTable = publication_table,
    Subscription = subscription,
    ForeignDataWrapper = foreign_data_wrapper,
    ForeignServer = foreign_server,
    UserMapping = user_mapping,
    Collation = collation,
    Aggregate = aggregate,
    Range = range,
    Operator = operator,
    OperatorFamily = operator_family,
    OperatorClass = operator_class,
    Cast = cast,
    Conversion = conversion,
    TextSearchConfiguration = text_search_configuration,
    TextSearchDictionary = text_search_dictionary,
    TextSearchParser = text_search_parser,
    TextSearchTemplate = text_search_template,
    Language = language,
    AccessMethod = access_method,
    Transform = transform,
    Comment = comment,
    Owner = owner,
    Grant = grant,
    DefaultPrivilege = default_privilege,
}

pub(super) use column::{
    columns_held, handed_over, identity_sequence, is_loosened, loosen, relations_held, relations_inside,
};
pub(super) use composite::{attribute_names, attribute_type, moves, moves_inside};
pub(super) use constraint::{in_the_way_of, is_primary_key, keys_in_circles, made_again_for, made_before};
pub(super) use domain::is_inside_others;
pub(super) use event_trigger::fires_into_changes;
pub(super) use index::whole_of;
pub(super) use not_null::{former as former_not_null, is_said_with_column, names as not_null_names};
pub(super) use table::{is_aside, is_made_anew, is_stripped, is_written_anew};

impl Kind {
    /// The kind's word.
    pub const fn word(self) -> &'static str {
        self.spec().word
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// The attribute of this name, if the kind has it.
    pub fn attribute(self, name: &str) -> Option<Attribute> {
        self.spec().attributes.iter().copied().find(|attribute| attribute.name == name)
    }
}
