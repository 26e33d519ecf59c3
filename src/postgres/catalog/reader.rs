//! What every reader shares: one SQL text that gives one row a fact, run for everything or for some roots only.
//!
//! The first columns of each row, by position: OID and sub-id of the catalog row, its catalog, catalog and OID of the root
//! object, parts of the name, a function's argument types, the word before a comment's name, the relations (schema and name,
//! in turn) whose being ignored makes the fact ignored; an empty list: the relation that the first two parts name. Every further
//! column is the attribute of its name; NULL: absent. What begins with `_` is for `print`.
//!
//! A question about few roots is planned once, while the catalogs may be small, and must go from root to row by the indexes for good: hence
//! a second `{roots c.oid}` where a table could be looked for by its schema, and `(d.refclassid = 1259) IS TRUE`, which leaves the planner
//! no index of pg_depend but that of what depends.

use std::collections::HashMap;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::{CatalogError, Origin, Root, left_out};
use crate::schema::{Fact, Kind, Scope, Value, qualified};

/// The columns before the attributes.
const FIXED: usize = 9;

/// A reader's question as a table of objects: the first columns by name.
pub(super) const OBJECT: &str = "r(oid_, sub_, class_, root_class_, root_, parts_, arguments_, word_, relation_)";

/// What sort of root object a fact can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sort {
    Table,
    View,
    MaterializedView,
    Sequence,
    Type,
    Function,
    Schema,
    Extension,
    /// An object of a catalog of few rows ([`Reader::rare`]).
    Rare,
}

impl Sort {
    pub(super) const ALL: &'static [Self] = &[
        Self::Table,
        Self::View,
        Self::MaterializedView,
        Self::Sequence,
        Self::Type,
        Self::Function,
        Self::Schema,
        Self::Extension,
        Self::Rare,
    ];

    /// From the letter that the questions of `incremental` give: `relkind`, or a capital for what is no relation.
    pub(super) fn from_letter(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" | "p" | "f" => Self::Table,
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "S" => Self::Sequence,
            "T" => Self::Type,
            "F" => Self::Function,
            "N" => Self::Schema,
            "E" => Self::Extension,
            "R" => Self::Rare,
            _ => return None,
        })
    }

    /// From a kind of fact that only one sort of root has.
    pub(super) fn of_kind(kind: Kind) -> Option<Self> {
        match super::READERS.iter().find(|reader| reader.kind == kind)?.sorts {
            &[sort] => Some(sort),
            _ => None,
        }
    }
}

/// A catalog of few rows, where any row that moved means reading everything again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Catalog {
    pub(super) oid: u32,
    /// Its name, where every role may read it; else it is no part of the signature of the catalogs.
    pub(super) name: Option<&'static str>,
}

impl Catalog {
    pub(super) const fn new(oid: u32, name: &'static str) -> Self {
        Self { oid, name: Some(name) }
    }
}

/// How one kind is read.
pub(super) struct Reader {
    /// The kind of fact it gives.
    pub(super) kind: Kind,
    /// The sorts of roots that can have such facts.
    pub(super) sorts: &'static [Sort],
    /// The SQL for a major version, with `{scope}`, `{roots COLUMN}` and `{roots_in COLUMN: SELECT}` in it.
    pub(super) sql: fn(u32) -> String,
    /// The same for tables alone, where that is much less.
    pub(super) of_tables: Option<fn(u32) -> String>,
    /// Comments: on relations and their columns alone, which most comments are on.
    pub(super) of_relations: Option<fn(u32) -> String>,
    /// The same for everything, with what `print` makes text of instead of the server.
    pub(super) whole: Option<fn(u32) -> String>,
    /// The catalogs of few rows that it reads. Their objects are roots of their own, of [`Sort::Rare`].
    pub(super) rare: &'static [Catalog],
    /// The catalog and the column that hold the owner.
    pub(super) owner: Option<(&'static str, &'static str)>,
    /// The catalog and the column that hold the grants, and the object's letter for `acldefault`.
    pub(super) grants: Option<(&'static str, &'static str, char)>,
    /// Whether a scope asks for it.
    pub(super) asked: fn(&Scope) -> bool,
}

/// The part of it that is for some chosen schemas alone.
const CHOSEN: &str = r"(n.nspname = ANY ($1::text[]) OR $1::text[] = '{}') AND ";

/// The condition on the namespace `n`; `$1` holds the chosen schemas.
const SCOPE: &str = r"(n.nspname = ANY ($1::text[]) OR $1::text[] = '{}') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'driftless')";

impl Reader {
    /// A reader of facts that belong to these sorts of roots.
    pub(super) const fn new(kind: Kind, sorts: &'static [Sort], sql: fn(u32) -> String) -> Self {
        Self {
            kind,
            sorts,
            sql,
            of_tables: None,
            of_relations: None,
            whole: None,
            rare: &[],
            owner: None,
            grants: None,
            asked: |_| true,
        }
    }

    /// A reader of objects that few schemas have: the first catalog is their own. Its comments are read by the same SQL.
    pub(super) const fn rare(kind: Kind, catalogs: &'static [Catalog], sql: fn(u32) -> String) -> Self {
        Self { rare: catalogs, ..Self::new(kind, &[Sort::Rare], sql) }
    }

    /// Where all roots are tables there is a shorter question.
    pub(super) const fn of_tables(self, sql: fn(u32) -> String) -> Self {
        Self { of_tables: Some(sql), ..self }
    }

    /// Where only relations and their columns are commented on, there is a shorter one still.
    pub(super) const fn of_relations(self, sql: fn(u32) -> String) -> Self {
        Self { of_relations: Some(sql), ..self }
    }

    /// Where everything is read, the server is spared what `print` does here.
    pub(super) const fn whole(self, sql: fn(u32) -> String) -> Self {
        Self { whole: Some(sql), ..self }
    }

    /// The object has an owner, in this catalog and column.
    pub(super) const fn owned(self, catalog: &'static str, column: &'static str) -> Self {
        Self { owner: Some((catalog, column)), ..self }
    }

    /// The object has grants, in this catalog and column; the letter is `acldefault`'s.
    pub(super) const fn granted(self, catalog: &'static str, column: &'static str, letter: char) -> Self {
        Self { grants: Some((catalog, column, letter)), ..self }
    }

    /// Read only where the scope asks for it.
    pub(super) const fn only(self, asked: fn(&Scope) -> bool) -> Self {
        Self { asked, ..self }
    }

    /// Whether facts of this kind only say something of another fact: comments, owners, grants.
    pub(super) fn attached(kind: Kind) -> bool {
        super::READERS.iter().any(|reader| reader.kind == kind && reader.sorts == Sort::ALL)
    }

    /// The question for everything; its parameter: the schemas.
    #[cfg(test)]
    pub(super) fn all(&self, major: u32) -> String {
        expand(&self.of_everything(major), false)
    }

    /// The SQL that is asked for everything.
    pub(super) fn of_everything(&self, major: u32) -> String {
        self.whole.unwrap_or(self.sql)(major)
    }

    /// The question for some roots; its parameters: the schemas, the roots' OIDs.
    pub(super) fn some(&self, major: u32) -> String {
        some(&(self.sql)(major))
    }

    /// Makes facts of rows.
    pub(super) fn facts(&self, rows: &[Row], scope: &Scope) -> Result<Vec<ReadFact>, CatalogError> {
        let fail = |source| CatalogError::Query { what: self.kind.word(), source };
        let (attributes, mut ignored) = (self.attributes(rows), Ignored::of(scope));
        rows.iter().map(|row| self.fact(row, &attributes, &mut ignored).map_err(fail)).collect()
    }

    /// The columns that are attributes: where, called what, of which type.
    pub(super) fn attributes(&self, rows: &[Row]) -> Vec<(usize, &'static str, Type)> {
        let columns = rows.first().map_or(&[][..], Row::columns).iter().enumerate().skip(FIXED);
        let of_facts = columns.filter(|(_, column)| !column.name().starts_with('_'));
        let attributes = of_facts.filter_map(|(index, column)| {
            let attribute = self.kind.attribute(column.name());
            debug_assert!(attribute.is_some(), "{} is not listed for {}", column.name(), self.kind.word());
            Some((index, attribute?.name, column.type_().clone()))
        });
        attributes.collect()
    }

    /// Makes a fact of a row.
    pub(super) fn fact(
        &self,
        row: &Row,
        attributes: &[(usize, &'static str, Type)],
        ignored: &mut Ignored<'_>,
    ) -> Result<ReadFact, tokio_postgres::Error> {
        let (oid, sub, class) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let root = Root { class: row.try_get(3)?, oid: row.try_get(4)? };
        let parts: Vec<&str> = row.try_get(5)?;
        let arguments: Option<&str> = row.try_get(6)?;
        let word: Option<&str> = row.try_get(7)?;
        let mut name = qualified(&parts);
        if let Some(arguments) = arguments {
            name = format!("{name}({arguments})");
        }
        if let Some(word) = word {
            name = format!("{word} {name}");
        }
        let mut fact = Fact::new(self.kind, name);
        for (index, attribute, kind) in attributes {
            if let Some(value) = value(row, *index, kind)? {
                fact.attributes.insert(attribute, value);
            }
        }
        // A grant is named by its grantee too; an empty name stands for the owner.
        if let Some(Value::Text(grantee)) = fact.attributes.get("grantee") {
            let grantee = if grantee.is_empty() { "(owner)".to_owned() } else { qualified(&[grantee]) };
            fact.id.name = format!("{} to {grantee}", fact.id.name);
        }
        let ignored = match row.try_get::<_, Option<Vec<Option<&str>>>>(8)? {
            None => false,
            Some(none) if none.is_empty() => {
                parts.first_chunk().is_some_and(|[schema, name]| ignored.ignores(schema, name))
            }
            Some(relations) => {
                let mut pairs = relations.as_chunks::<2>().0.iter();
                pairs.any(|pair| matches!(pair, [Some(schema), Some(name)] if ignored.ignores(schema, name)))
            }
        };
        Ok(ReadFact { fact, origin: Origin { class, oid, sub, root }, ignored })
    }
}

/// A fact as it was read.
pub(super) struct ReadFact {
    pub(super) fact: Fact,
    pub(super) origin: Origin,
    /// Whether a relation that it belongs to is ignored.
    pub(super) ignored: bool,
}

/// Remembers which relations are ignored: asking for each fact costs more than reading it.
pub(super) struct Ignored<'a> {
    scope: &'a Scope,
    known: HashMap<String, HashMap<String, bool>>,
    /// Facts of one relation mostly come together.
    last: (String, String, bool),
}

impl<'a> Ignored<'a> {
    pub(super) fn of(scope: &'a Scope) -> Self {
        Self { scope, known: HashMap::new(), last: Default::default() }
    }

    fn ignores(&mut self, schema: &str, name: &str) -> bool {
        if self.last.0 == schema && self.last.1 == name {
            return self.last.2;
        }
        let ignored = match self.known.get(schema).and_then(|names| names.get(name)) {
            Some(&known) => known,
            None => {
                let ignored = left_out(self.scope, schema, name);
                self.known.entry(schema.to_owned()).or_default().insert(name.to_owned(), ignored);
                ignored
            }
        };
        self.last = (schema.to_owned(), name.to_owned(), ignored);
        ignored
    }
}

fn value(row: &Row, index: usize, kind: &Type) -> Result<Option<Value>, tokio_postgres::Error> {
    Ok(match *kind {
        Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map(Value::Bool),
        Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map(Value::Int),
        Type::TEXT_ARRAY => row.try_get::<_, Option<Vec<String>>>(index)?.map(Value::List),
        _ => row.try_get::<_, Option<String>>(index)?.map(Value::Text),
    })
}

/// Puts the conditions for everything in; `anywhere`: every schema is chosen, so that there is nothing to look up.
pub(super) fn every(sql: &str, anywhere: bool) -> String {
    let sql = expand(sql, false);
    if anywhere { sql.replace(CHOSEN, "") } else { sql }
}

/// Puts the conditions for some roots in.
pub(super) fn some(sql: &str) -> String {
    expand(sql, true)
}

/// Puts the condition on the namespace in.
pub(super) fn scoped(sql: &str) -> String {
    expand(sql, false)
}

/// Puts the conditions in for their place holders.
fn expand(sql: &str, some: bool) -> String {
    let mut result = String::with_capacity(sql.len() + 512);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        result.push_str(before);
        let Some((holder, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        if holder == "scope" {
            result.push_str(SCOPE);
        } else if let Some(column) = holder.strip_prefix("roots ") {
            if some {
                result.push_str(&format!("AND {column} = ANY ($2::oid[])"));
            }
        } else if let Some((column, select)) = holder.strip_prefix("roots_in ").and_then(|text| text.split_once(':')) {
            if some {
                result.push_str(&format!("AND {column} = ANY (ARRAY({}))", select.replace("$2", "$2::oid[]")));
            }
        } else {
            result.push_str(&format!("{{{holder}}}"));
        }
        rest = after;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, some: bool, expected: &str) {
        assert_eq!(expand(sql, some), expected);
    }

    #[test]
    fn place_holders() {
        check("a '{}'::text[] {roots c.oid}", true, "a '{}'::text[] AND c.oid = ANY ($2::oid[])");
        check("a {roots c.oid}b", false, "a b");
        check("{roots_in x: SELECT unnest($2)}", true, "AND x = ANY (ARRAY( SELECT unnest($2::oid[])))");
        check("{roots_in x: SELECT unnest($2)}", false, "");
        check("{scope}", false, SCOPE);
        assert_eq!(every("{scope}", false), SCOPE);
        assert!(!every("{scope}", true).contains("$1"));
    }

    /// PostgreSQL would refuse a parameter of which it cannot tell the type.
    #[test]
    fn every_question_has_its_parameters() {
        for reader in super::super::READERS {
            for major in 13..=18 {
                assert!(reader.all(major).contains("$1::text[]"), "{:?}", reader.kind);
                assert!(!reader.all(major).contains("$2"), "{:?}", reader.kind);
                assert!(reader.some(major).contains("$2::oid[]"), "{:?}", reader.kind);
            }
        }
    }
}
