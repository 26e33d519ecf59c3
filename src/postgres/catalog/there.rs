//! What there is to be read: most databases have nothing of most kinds, and planning a question costs more than its answer.
//!
//! Objects that initdb made (OIDs below 16384) are no facts, but for the schema `public` and its comment. Kinds whose rows cannot be
//! told by their OID are always asked for.

use std::collections::BTreeSet;

use tokio_postgres::Row;

use super::reader::{Reader, Sort, every};
use super::traces::oid;
use super::unsupported::Part;
use super::{comment, unsupported};
use crate::schema::{Kind, Scope};

/// Catalogs with an OID a row: without any of the user's there are no facts of these kinds. What can be made of nothing but what
/// initdb made, or needs a closer look.
const OWN: &[(Kind, &str, &str)] = &[
    (Kind::Function, "pg_proc", ""),
    (Kind::Aggregate, "pg_proc", "AND x.prokind = 'a'"),
    // every foreign key has four triggers of the server's own
    (Kind::Trigger, "pg_trigger", "AND (NOT x.tgisinternal OR x.tgparentid <> 0)"),
    (Kind::Rule, "pg_rewrite", "AND x.rulename <> '_RETURN'"),
    (Kind::AccessMethod, "pg_am", ""),
    (Kind::Cast, "pg_cast", ""),
    (Kind::ForeignDataWrapper, "pg_foreign_data_wrapper", ""),
    (Kind::Language, "pg_language", ""),
    (Kind::Publication, "pg_publication", ""),
    (Kind::Transform, "pg_transform", ""),
];

/// What always depends on something that initdb did not make, or on `public`: a look into pg_depend by its index serves for all of them, and
/// opens none of their catalogs.
const DEPENDENT: &[(Kind, u32)] = &[
    (Kind::Policy, oid::POLICY),
    (Kind::Statistics, oid::STATISTICS),
    (Kind::EventTrigger, 3466),
    (Kind::PublicationTable, 6106),
    (Kind::ForeignServer, 1417),
    (Kind::Collation, 3456),
    (Kind::Operator, 2617),
    (Kind::OperatorFamily, 2753),
    (Kind::OperatorClass, 2616),
    (Kind::Conversion, 2607),
    (Kind::TextSearchConfiguration, 3602),
    (Kind::TextSearchDictionary, 3600),
    (Kind::TextSearchParser, 3601),
    (Kind::TextSearchTemplate, 3764),
];

/// Sorts of relations (`relkind`).
const OF_RELATIONS: &[(Kind, &str)] =
    &[(Kind::Sequence, "S"), (Kind::View, "v"), (Kind::MaterializedView, "m"), (Kind::Composite, "c")];

/// Sorts of types (`typtype`).
const OF_TYPES: &[(Kind, &str)] = &[(Kind::Enum, "e"), (Kind::Domain, "d"), (Kind::Range, "r")];

/// The relations that are driftless's own, which are in every database that it has written to.
const OURS: &str = "ARRAY(SELECT o.oid FROM pg_catalog.pg_class o WHERE o.relkind IN ('r', 'p', 'S') AND o.relname = ANY ('{migration_history,migration_history_id_seq,
    database,journal,attempt,script_text}') AND (o.relname ~~ 'migration_history%' OR o.relnamespace = pg_catalog.to_regnamespace('driftless')))";

/// Its schema, which has a comment.
const OUR_SCHEMA: &str = "SELECT pg_catalog.to_regnamespace('driftless')::pg_catalog.oid";

/// What there is.
#[derive(Debug, Default)]
pub(super) struct There {
    /// Kinds of which there is nothing.
    none: BTreeSet<&'static str>,
    /// Sorts of roots of which there is nothing.
    no_sorts: Vec<Sort>,
    /// The catalogs of what is commented.
    commented: BTreeSet<u32>,
    /// Whether anything that initdb did not make has a comment.
    comments: bool,
    /// Whether anything has a security label.
    labels: bool,
}

impl There {
    /// The question: one row.
    pub(super) fn sql() -> String {
        let there: Vec<String> = OWN
            .iter()
            .map(|(_, catalog, which)| {
                format!("EXISTS (SELECT FROM pg_catalog.{catalog} x WHERE x.oid >= 16384 {which})")
            })
            .collect();
        let dependent: Vec<String> = DEPENDENT.iter().map(|(_, class)| class.to_string()).collect();
        format!(
            "SELECT ARRAY(SELECT DISTINCT d.classoid FROM pg_catalog.pg_description d
                           WHERE d.objoid >= 16384 AND NOT (d.classoid = 1259 AND d.objoid = ANY ({OURS})
                                                            OR d.classoid = 2615 AND d.objoid IS NOT DISTINCT FROM ({OUR_SCHEMA}))
                              OR d.objoid = 2200 AND (d.description <> 'standard public schema'
                                     OR NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = 2200 AND n.nspname = 'public'))
                          UNION SELECT 3079::oid FROM pg_catalog.pg_extension e WHERE e.oid >= 16384),
                    ARRAY[{}],
                    ARRAY(SELECT DISTINCT c.relkind::pg_catalog.text FROM pg_catalog.pg_class c
                           WHERE c.oid >= 16384 AND c.oid <> ALL ({OURS})),
                    ARRAY(SELECT DISTINCT t.typtype::pg_catalog.text FROM pg_catalog.pg_type t WHERE t.oid >= 16384),
                    EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.objoid >= 16384),
                    EXISTS (SELECT FROM pg_catalog.pg_subscription s WHERE s.subdbid <> 0),
                    EXISTS (SELECT FROM pg_catalog.pg_seclabel l),
                    ARRAY(SELECT k FROM pg_catalog.unnest('{{{}}}'::pg_catalog.oid[]) k
                           WHERE (SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.classid = k AND d.objid >= 16384 LIMIT 1) IS NOT NULL)",
            there.join(", "),
            dependent.join(",")
        )
    }

    /// From the answer.
    pub(super) fn of(row: &Row, major: u32) -> Result<Self, tokio_postgres::Error> {
        let (commented, there): (Vec<u32>, Vec<bool>) = (row.try_get(0)?, row.try_get(1)?);
        let (relations, types): (Vec<&str>, Vec<&str>) = (row.try_get(2)?, row.try_get(3)?);
        let dependent: Vec<u32> = row.try_get(7)?;
        let by_itself = OWN.iter().zip(there).filter(|(_, there)| !there).map(|(&(kind, ..), _)| kind);
        let dependent = DEPENDENT.iter().filter(|(_, class)| !dependent.contains(class)).map(|&(kind, _)| kind);
        let missing = |sorts: &'static [(Kind, &str)], found: &[&str]| {
            sorts.iter().filter(move |(_, sort)| !found.contains(sort)).map(|(kind, _)| *kind).collect::<Vec<_>>()
        };
        let own_types = types.iter().any(|of| OF_TYPES.iter().any(|(_, sort)| of == sort)) || relations.contains(&"c");
        let none_of = |sort: Sort| match sort {
            Sort::Table | Sort::View | Sort::MaterializedView | Sort::Sequence => {
                !relations.iter().any(|letter| Sort::from_letter(letter) == Some(sort))
            }
            Sort::Type => !own_types,
            Sort::Function | Sort::Schema | Sort::Extension | Sort::Rare => false,
        };
        let no_sorts = Sort::ALL.iter().copied().filter(|sort| none_of(*sort)).collect();
        // before 17 there are no facts of names of NOT NULL
        let none = by_itself
            .chain(dependent)
            .chain(missing(OF_RELATIONS, &relations))
            .chain(missing(OF_TYPES, &types))
            .chain((major < 17).then_some(Kind::NotNull));
        let (comments, subscriptions, labels): (bool, bool, bool) = (row.try_get(4)?, row.try_get(5)?, row.try_get(6)?);
        let none = none.chain((!subscriptions).then_some(Kind::Subscription));
        let mut none: BTreeSet<_> = none.map(Kind::word).collect();
        // a user mapping is one of a server
        if none.contains(Kind::ForeignServer.word()) {
            none.insert(Kind::UserMapping.word());
        }
        Ok(Self { none, no_sorts, commented: commented.into_iter().collect(), comments, labels })
    }

    /// Whether anything that initdb did not make has a comment, in the scope or not.
    pub(super) fn has_comments(&self) -> bool {
        self.comments
    }

    /// Whether there can be facts for this reader.
    pub(super) fn may_have(&self, reader: &Reader) -> bool {
        !self.none.contains(reader.kind.word())
            && !reader.sorts.iter().all(|sort| self.no_sorts.contains(sort))
            && (reader.kind != Kind::Comment || !self.commented.is_empty())
    }

    /// The question for what is met and not modelled.
    pub(super) fn unsupported(&self) -> String {
        let has = |kind: Kind| !self.none.contains(kind.word());
        unsupported::sql(|part| match part {
            Part::Types => true,
            Part::UserMappings => has(Kind::UserMapping),
            Part::Subscriptions => has(Kind::Subscription),
            Part::Labels => self.labels,
        })
    }

    /// The question for everything that a reader reads.
    pub(super) fn question(&self, reader: &Reader, major: u32, scope: &Scope) -> String {
        let sql = match reader.kind {
            Kind::Comment => comment::of_classes(major, |class| self.commented.contains(&class)),
            _ => reader.of_everything(major),
        };
        every(&sql, scope.schemas.is_empty())
    }
}
