//! Prints the definitions of plain indexes and keys from the rows of the catalogs, as the server would: most of the time of a whole
//! reading went into `pg_get_indexdef` and `pg_get_constraintdef`, which look everything up again for each.
//!
//! Start at [`Printer::complete`]. The columns must have been met before what stands on them. Only where the text is certain it is made
//! here: names that are quoted by the server's own list of keywords, operator classes that came with the server and of which it is
//! known whether they are the default for a column of that very type, collations that are the column's. All else is left to the server:
//! the readers' questions see most of it, and the rest is told of by [`Printer::complete`] and asked again.
//!
//! It is used for whole readings only; the incremental one asks the server, and tests compare the two.
//!
//! What could go wrong: a text that is another than the server's would be a difference between a whole reading and an incremental one, and
//! between versions of driftless.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Row;

use super::reader::ReadFact;
use crate::schema::Kind;

/// The type of a `varchar` column, which has no operator class of its own and takes that of `text`.
const VARCHAR: u32 = 1043;
const TEXT: u32 = 25;
/// What `pg_index.indoption` says.
const DESCENDING: i16 = 1;
const NULLS_FIRST: i16 = 2;

/// What [`Printer::new`] needs: one row.
pub(super) const WORDS: &str = "SELECT ARRAY(SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'),
    array_agg(o.oid ORDER BY o.oid), array_agg(o.opcintype ORDER BY o.oid), array_agg(o.opcdefault ORDER BY o.oid),
    array_agg(o.opcname::text ORDER BY o.oid),
    EXISTS (SELECT FROM pg_catalog.pg_opclass m WHERE m.oid >= 16384 AND m.opcmethod IN (403, 405) AND m.opcdefault)
    FROM pg_catalog.pg_opclass o WHERE o.oid < 16384 AND o.opcmethod IN (403, 405)";

/// An operator class that came with the server.
struct Class {
    input: u32,
    default: bool,
    name: String,
}

/// A column as an index sees it.
struct Column {
    /// Quoted, where it must be.
    name: String,
    type_oid: u32,
    collation: u32,
}

/// A table whose columns are known.
struct Table {
    /// Schema and name, quoted where they must be.
    name: String,
    columns: HashMap<i16, Column>,
}

/// Makes definitions.
#[derive(Default)]
pub(super) struct Printer {
    keywords: HashSet<String>,
    classes: HashMap<u32, Class>,
    /// Whether there are default operator classes beside the server's own: `varchar` may have got one.
    other_defaults: bool,
    tables: HashMap<u32, Table>,
}

/// Where the columns for [`Printer::complete`] are among those of an answer.
pub(super) struct Notes(Vec<usize>);

impl Notes {
    /// For the rows of one reader.
    pub(super) fn of(kind: Kind, rows: &[Row]) -> Self {
        let names: &[&str] = match kind {
            Kind::Column => &["_type", "_collation"],
            Kind::Index => &["_method", "_columns", "_classes", "_collations", "_options"],
            Kind::Constraint => &["_how", "_columns", "_table", "_references"],
            _ => &[],
        };
        let Some(row) = rows.first() else { return Self(Vec::new()) };
        Self(names.iter().filter_map(|name| row.columns().iter().position(|column| column.name() == *name)).collect())
    }
}

impl Printer {
    /// From the answer to [`WORDS`].
    pub(super) fn new(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let oids: Vec<u32> = row.try_get(1)?;
        let inputs: Vec<u32> = row.try_get(2)?;
        let defaults: Vec<bool> = row.try_get(3)?;
        let names: Vec<String> = row.try_get(4)?;
        let classes = inputs.into_iter().zip(defaults).zip(names);
        let classes = classes.map(|((input, default), name)| Class { input, default, name });
        Ok(Self {
            keywords: row.try_get::<_, Vec<String>>(0)?.into_iter().collect(),
            classes: oids.into_iter().zip(classes).collect(),
            other_defaults: row.try_get(5)?,
            tables: HashMap::new(),
        })
    }

    /// Gives a fact the definition that its question left to us; `false`: the server must be asked for it after all. Columns are
    /// remembered.
    pub(super) fn complete(
        &mut self,
        read: &mut ReadFact,
        row: &Row,
        notes: &Notes,
    ) -> Result<bool, tokio_postgres::Error> {
        let definition = match (read.fact.id.kind, notes.0.as_slice()) {
            (Kind::Column, &[kind, collation]) => {
                self.learn(read, row, kind, collation)?;
                return Ok(true);
            }
            (Kind::Index, &[method, columns, classes, collations, options]) => {
                let Some(method) = row.try_get::<_, Option<&str>>(method)? else { return Ok(true) };
                let columns: Vec<i16> = row.try_get(columns)?;
                let classes: Vec<u32> = row.try_get(classes)?;
                let collations: Vec<u32> = row.try_get(collations)?;
                let options: Vec<i16> = row.try_get(options)?;
                let keys = columns.into_iter().zip(classes).zip(collations).zip(options);
                let keys: Option<Vec<String>> = keys
                    .map(|(((column, class), collation), option)| {
                        self.index_key(read.origin.root.oid, column, class, collation, option)
                    })
                    .collect();
                keys.map(|keys| format!("{method} ({})", keys.join(", ")))
            }
            (Kind::Constraint, &[how, columns, table, references]) => {
                let Some(how) = row.try_get::<_, Option<&str>>(how)? else { return Ok(true) };
                let columns: Vec<i16> = row.try_get(columns)?;
                let columns = self.columns(read.origin.root.oid, &columns);
                match (how.as_bytes(), columns) {
                    (_, None) => None,
                    (b"p  ", Some(columns)) => Some(format!("PRIMARY KEY ({columns})")),
                    (b"u  ", Some(columns)) => Some(format!("UNIQUE ({columns})")),
                    (&[b'f', update, delete], Some(columns)) => {
                        let (table, references): (u32, Vec<i16>) = (row.try_get(table)?, row.try_get(references)?);
                        self.foreign_key(&columns, table, &references, update, delete)
                    }
                    _ => None,
                }
            }
            _ => return Ok(true),
        };
        let Some(definition) = definition else { return Ok(false) };
        read.fact.attributes.insert("definition", definition.into());
        Ok(true)
    }

    fn learn(
        &mut self,
        read: &ReadFact,
        row: &Row,
        kind: usize,
        collation: usize,
    ) -> Result<(), tokio_postgres::Error> {
        let parts: Vec<&str> = row.try_get(5)?;
        let &[schema, table, column] = parts.as_slice() else { return Ok(()) };
        let known =
            Column { name: self.quoted(column), type_oid: row.try_get(kind)?, collation: row.try_get(collation)? };
        let Ok(number) = i16::try_from(read.origin.sub) else { return Ok(()) };
        if !self.tables.contains_key(&read.origin.oid) {
            let name = format!("{}.{}", self.quoted(schema), self.quoted(table));
            self.tables.insert(read.origin.oid, Table { name, columns: HashMap::new() });
        }
        if let Some(table) = self.tables.get_mut(&read.origin.oid) {
            table.columns.insert(number, known);
        }
        Ok(())
    }

    /// A name as the server's `quote_ident` gives it.
    fn quoted(&self, name: &str) -> String {
        let first = |c: char| c.is_ascii_lowercase() || c == '_';
        let plain = name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit());
        if plain && !self.keywords.contains(name) {
            name.to_owned()
        } else {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }

    fn columns(&self, table: u32, numbers: &[i16]) -> Option<String> {
        let table = self.tables.get(&table)?;
        let names: Option<Vec<&str>> =
            numbers.iter().map(|number| Some(table.columns.get(number)?.name.as_str())).collect();
        Some(names?.join(", "))
    }

    fn foreign_key(&self, columns: &str, table: u32, references: &[i16], update: u8, delete: u8) -> Option<String> {
        let (table, references) = (&self.tables.get(&table)?.name, self.columns(table, references)?);
        let mut text = format!("FOREIGN KEY ({columns}) REFERENCES {table}({references})");
        for (when, action) in [("UPDATE", update), ("DELETE", delete)] {
            let action = match action {
                b'a' => continue,
                b'r' => "RESTRICT",
                b'c' => "CASCADE",
                b'n' => "SET NULL",
                b'd' => "SET DEFAULT",
                _ => return None,
            };
            text.push_str(&format!(" ON {when} {action}"));
        }
        Some(text)
    }

    fn index_key(&self, table: u32, column: i16, class: u32, collation: u32, option: i16) -> Option<String> {
        let column = self.tables.get(&table)?.columns.get(&column)?;
        let class = self.classes.get(&class)?;
        if collation != 0 && collation != column.collation {
            return None;
        }
        let varchar_as_text = column.type_oid == VARCHAR && class.input == TEXT && !self.other_defaults;
        let mut text = column.name.clone();
        match class.default {
            true if class.input == column.type_oid || varchar_as_text => {}
            // the default of another type may be this one's too
            true => return None,
            false => {
                text.push(' ');
                text.push_str(&self.quoted(&class.name));
            }
        }
        text.push_str(match (option & DESCENDING != 0, option & NULLS_FIRST != 0) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, true) => " DESC",
            (true, false) => " DESC NULLS LAST",
        });
        Some(text)
    }
}
