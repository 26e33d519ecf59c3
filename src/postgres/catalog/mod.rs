//! Reads the live schema into facts: whole, or only what a transaction changed.
//!
//! Start at [`CatalogReader`]. A kind is read by the file of its name (one SQL text that serves for everything and for some
//! roots alike); `reader` makes facts of rows, `incremental` (with the questions in `traces`) finds what a transaction touched, `session` pins the settings
//! that printed text depends on, `unsupported` names what is not modelled.
//!
//! It never writes, and never leaves a setting behind: inside a caller's transaction everything happens below a savepoint.
//! Owners and grants are read only where the scope asks for them.
//!
//! What could go wrong: PostgreSQL prints expressions from newer catalogs than the snapshot shows, so a whole reading is
//! repeated when the catalogs moved meanwhile; and the incremental reading relies on per-transaction statistics and on
//! pg_depend, which is why a whole reading follows a batch of scripts.

mod access_method;
mod aggregate;
mod cast;
mod collation;
mod column;
mod comment;
mod composite;
mod constraint;
mod conversion;
mod default;
mod default_privilege;
mod domain;
mod enumeration;
mod event_trigger;
mod extension;
mod footprint;
mod foreign_data_wrapper;
mod foreign_server;
mod function;
mod grant;
mod incremental;
mod index;
mod language;
mod materialized_view;
mod not_null;
mod operator;
mod operator_class;
mod operator_family;
mod owner;
mod policy;
mod print;
mod probe;
mod publication;
mod publication_table;
mod range;
mod reader;
mod rule;
mod schema;
mod sequence;
mod session;
mod statistics;
mod subscription;
mod table;
mod text_search_configuration;
mod text_search_dictionary;
mod text_search_parser;
mod text_search_template;
mod there;
mod traces;
mod transform;
mod trigger;
mod unsupported;
mod user_mapping;
mod view;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

use crate::journal::Effect;
use crate::schema::{Fact, FactId, Model, Scope, Unsupported, qualified};
pub use footprint::{Counters, Locks};
use print::{Notes, Printer};
pub use probe::{HINT_LASTS, snapshot};
use reader::{Ignored, Reader};
use there::There;

/// One reader a kind.
const READERS: &[Reader] = &[
    schema::READER,
    extension::READER,
    enumeration::READER,
    domain::READER,
    composite::READER,
    sequence::READER,
    table::READER,
    column::READER,
    default::READER,
    constraint::READER,
    index::READER,
    view::READER,
    materialized_view::READER,
    function::READER,
    trigger::READER,
    not_null::READER,
    policy::READER,
    rule::READER,
    statistics::READER,
    event_trigger::READER,
    publication::READER,
    publication_table::READER,
    subscription::READER,
    foreign_data_wrapper::READER,
    foreign_server::READER,
    user_mapping::READER,
    collation::READER,
    aggregate::READER,
    range::READER,
    operator::READER,
    operator_family::READER,
    operator_class::READER,
    cast::READER,
    conversion::READER,
    text_search_configuration::READER,
    text_search_dictionary::READER,
    text_search_parser::READER,
    text_search_template::READER,
    language::READER,
    access_method::READER,
    transform::READER,
    comment::READER,
    owner::READER,
    grant::READER,
    default_privilege::READER,
];

/// How often a whole reading is tried while the catalogs keep moving.
const TRIES: u32 = 10;

/// For how long a reading gives way to who has locked what it is about.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between one attempt and the next, which the other one has for itself.
const PAUSE: Duration = Duration::from_millis(100);

/// Why the schema could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The server refused a question.
    #[error("failed to read the catalogs ({what})")]
    Query {
        /// Which kind was read.
        what: &'static str,
        /// The server's words.
        #[source]
        source: tokio_postgres::Error,
    },
    /// Others change the schema faster than it can be read.
    #[error("the schema changed while it was read, {0} times in a row")]
    Moving(u32),
}

/// The catalog and OID of an object that facts belong to: a relation, a type, a function, a schema, an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root {
    /// OID of the catalog (1259: `pg_class`, …).
    pub class: u32,
    /// OID of the object.
    pub oid: u32,
}

/// The catalog row a fact comes from: the same row under another name is a rename.
///
/// A default has its column's row, a comment the row of what it describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// OID of the catalog.
    pub class: u32,
    /// OID of the row.
    pub oid: u32,
    /// Column number, or 0.
    pub sub: i32,
    /// The object that it belongs to.
    pub root: Root,
}

/// A model with what is needed to bring it up to date: where each fact comes from.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The facts.
    pub model: Model,
    roots: HashMap<Root, Vec<(FactId, Origin)>>,
    /// Roots that extensions own.
    members: HashSet<Root>,
    /// Whether anything that initdb did not make has a comment, or has had one meanwhile.
    comments: bool,
    /// What tables' rows in pg_class said when they were last touched ([`Locks`]).
    rows: HashMap<Root, i64>,
    /// What tells that nothing has moved since; a reading that was changed by [`Reading::absorb`] has none.
    mark: Option<probe::Mark>,
}

impl Reading {
    /// What tells that nothing has moved since, alone: small.
    pub fn without_facts(&self) -> Self {
        Self { mark: self.mark.clone(), ..Self::default() }
    }

    /// The catalog row that a fact was read from.
    pub fn origin(&self, id: &FactId) -> Option<Origin> {
        self.origins().find_map(|(known, origin)| (known == id).then_some(origin))
    }

    /// The catalog row of every fact.
    pub fn origins(&self) -> impl Iterator<Item = (&FactId, Origin)> {
        self.roots.values().flatten().map(|(id, origin)| (id, *origin))
    }

    /// Takes over what a transaction changed. Call it when the transaction has committed; a delta that is dropped leaves this
    /// reading as it was.
    pub fn absorb(&mut self, delta: Delta) {
        self.mark = None;
        match delta.news {
            News::Nothing => {}
            News::Whole(reading) => *self = *reading,
            News::Roots(news) => {
                for root in news.roots.keys() {
                    // what it said when its facts were read before is no mark of those that are read now
                    self.rows.remove(root);
                    for (id, _) in self.roots.remove(root).unwrap_or_default() {
                        self.model.remove(&id);
                    }
                }
                for (root, facts) in news.roots {
                    for (fact, origin) in facts {
                        self.roots.entry(root).or_default().push((fact.id.clone(), origin));
                        self.model.insert(fact);
                    }
                }
                self.comments |= news.comments;
                self.rows.extend(news.rows);
                if let Some(unsupported) = news.unsupported {
                    self.model.unsupported = unsupported;
                }
                if let Some(members) = news.members {
                    self.members = members;
                }
            }
        }
    }

    /// Takes facts over from the rows of one reader; gives back where those come from that the server must print.
    fn take(
        &mut self,
        reader: &Reader,
        rows: &[Row],
        ignored: &mut Ignored<'_>,
        printer: &mut Printer,
    ) -> Result<Vec<Origin>, CatalogError> {
        let fail = |source| CatalogError::Query { what: reader.kind.word(), source };
        let (attributes, notes) = (reader.attributes(rows), Notes::of(reader.kind, rows));
        let mut left = Vec::new();
        for row in rows {
            let mut read = reader.fact(row, &attributes, ignored).map_err(fail)?;
            let printed = printer.complete(&mut read, row, &notes).map_err(fail)?;
            if self.members.contains(&read.origin.root) || read.ignored {
                continue;
            }
            if printed { self.add(read.fact, read.origin) } else { left.push(read.origin) }
        }
        Ok(left)
    }

    fn add(&mut self, fact: Fact, origin: Origin) {
        self.roots.entry(origin.root).or_default().push((fact.id.clone(), origin));
        self.model.insert_digested(fact);
    }
}

/// What a transaction changed: the effect to be journaled, and the news for [`Reading::absorb`].
#[derive(Debug)]
pub struct Delta {
    /// Every fact touched.
    pub effect: Effect,
    news: News,
}

#[derive(Debug)]
enum News {
    Nothing,
    Whole(Box<Reading>),
    Roots(RootNews),
}

/// Roots with all their facts as they are now; a root without facts is gone or out of scope.
#[derive(Debug)]
struct RootNews {
    roots: HashMap<Root, Vec<(Fact, Origin)>>,
    unsupported: Option<Vec<Unsupported>>,
    members: Option<HashSet<Root>>,
    /// Whether anything was commented on.
    comments: bool,
    /// What the rows of tables say in pg_class.
    rows: HashMap<Root, i64>,
}

/// The questions for one connection and one scope. Each is prepared when it is first asked.
///
/// A session that has forgotten its prepared statements is noticed by [`CatalogReader::changes`] if it forgot them within the
/// script; after a `DISCARD ALL` of your own make a new one, which costs one round trip.
#[derive(Debug)]
pub struct CatalogReader {
    major: u32,
    scope: Scope,
    statements: Mutex<HashMap<String, Statement>>,
    once: AtomicBool,
}

impl CatalogReader {
    /// Makes a reader for this connection.
    pub async fn new(client: &Client, scope: &Scope) -> Result<Self, CatalogError> {
        let version = "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4";
        let fail = |source| CatalogError::Query { what: "server version", source };
        let row = client.query_typed(version, &[]).await.map_err(fail)?.into_iter().next();
        let number: i32 = row.map(|row| row.try_get(0)).transpose().map_err(fail)?.unwrap_or(0);
        let major = u32::try_from(number / 10_000).unwrap_or(0);
        Ok(Self { major, scope: scope.clone(), statements: Mutex::new(HashMap::new()), once: AtomicBool::new(false) })
    }

    /// The server's major version.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The scope it reads.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Reads everything, consistently, in a READ ONLY transaction of its own; again if the catalogs moved meanwhile. The reading can be
    /// asked for later whether it is still current.
    pub async fn read(&self, client: &Client) -> Result<Reading, CatalogError> {
        self.read_whole(client, true).await
    }

    /// The same for one look, after which nobody will ask: cheaper.
    pub async fn read_once(&self, client: &Client) -> Result<Reading, CatalogError> {
        self.read_whole(client, false).await
    }

    async fn read_whole(&self, client: &Client, to_watch: bool) -> Result<Reading, CatalogError> {
        let began = Instant::now();
        let mut tries = 0;
        while tries < TRIES {
            session::begin_read_only(client).await?;
            let attempt = self.read_marked(client, to_watch || tries > 0).await;
            session::end_read_only(client).await?;
            match attempt {
                Ok((reading, probe)) => {
                    if let Some(mark) = probe.end(self, client).await? {
                        return Ok(Reading { mark: Some(mark), ..reading });
                    }
                }
                // Printing a view locks what it is about. Whoever holds that, and waits for what was read before, would be ended as the
                // one that closes a deadlock: it goes first.
                Err(CatalogError::Query { source, .. }) if is_locked(&source) && began.elapsed() < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                // What printing found gone is an error of the catalogs' moving, not of ours.
                Err(CatalogError::Query { source, .. }) if moved_away(&source) => {}
                // A script has made the session forget them.
                Err(CatalogError::Query { source, .. }) if is_forgotten(&source) => {
                    self.forget_statements();
                }
                Err(error) => return Err(error),
            }
            tries += 1;
        }
        Err(CatalogError::Moving(TRIES))
    }

    async fn read_marked(&self, client: &Client, sign: bool) -> Result<(Reading, probe::Probe), CatalogError> {
        let probe = probe::Probe::begin(self, client, sign).await?;
        Ok((self.everything(client).await?, probe))
    }

    /// Reads everything inside the caller's transaction, which sees its own changes. Nobody notices here if others change the
    /// schema meanwhile.
    pub async fn read_in_transaction(&self, client: &Client) -> Result<Reading, CatalogError> {
        session::pin(client).await?;
        let reading = self.everything(client).await?;
        session::unpin(client).await?;
        Ok(reading)
    }

    /// Everything, in the order in which the answers come: all questions are under way at once, and while the server works on the next
    /// answer, facts are made of the last.
    async fn everything(&self, client: &Client) -> Result<Reading, CatalogError> {
        let there = self.there(client).await?;
        let schemas = || vec![Type::TEXT_ARRAY];
        let readers = self.readers().filter(|reader| there.may_have(reader)).map(|reader| {
            let sql = there.question(reader, self.major, &self.scope);
            (Asked::Facts(reader), reader.kind.word(), sql, schemas())
        });
        let others = [
            (Asked::Members, "extension members", MEMBERS.to_owned(), vec![]),
            (Asked::Words, "words", print::WORDS.to_owned(), vec![]),
            (Asked::Unsupported, "unsupported kinds", there.unsupported(), schemas()),
        ];
        let questions = others.into_iter().chain(readers);
        let mut answers: FuturesOrdered<_> = questions
            .map(|(asked, what, sql, types)| async move { (asked, self.ask_whole(client, what, &sql, &types).await) })
            .collect();
        let mut reading = Reading { comments: there.has_comments(), ..Reading::default() };
        let mut ignored = Ignored::of(&self.scope);
        let mut printer = Printer::default();
        let mut unprinted = Vec::new();
        while let Some((asked, rows)) = answers.next().await {
            let rows = rows?;
            match asked {
                Asked::Members => {
                    let fail = |source| CatalogError::Query { what: "extension members", source };
                    reading.members = members(&rows).map_err(fail)?;
                }
                Asked::Words => {
                    let fail = |source| CatalogError::Query { what: "words", source };
                    printer = rows.first().map_or_else(|| Ok(Printer::default()), Printer::new).map_err(fail)?;
                }
                Asked::Unsupported => reading.model.unsupported = self.unsupported(&rows)?,
                Asked::Facts(reader) => {
                    let left = reading.take(reader, &rows, &mut ignored, &mut printer)?;
                    unprinted.extend((!left.is_empty()).then_some((reader, left)));
                }
            }
        }
        for (reader, left) in unprinted {
            self.have_printed(client, reader, &left, &mut reading).await?;
        }
        Ok(reading)
    }

    /// Reads the facts of these catalog rows as the server prints them.
    async fn have_printed(
        &self,
        client: &Client,
        reader: &Reader,
        left: &[Origin],
        reading: &mut Reading,
    ) -> Result<(), CatalogError> {
        let what = reader.kind.word();
        let roots: BTreeSet<u32> = left.iter().map(|origin| origin.root.oid).collect();
        let roots: Vec<u32> = roots.into_iter().collect();
        let types = [Type::TEXT_ARRAY, Type::OID_ARRAY];
        let statement = self.prepared(client, what, what, &reader.some(self.major), &types).await?;
        let fail = |source| CatalogError::Query { what, source };
        let rows = client.query(&statement, &[&self.scope.schemas, &roots]).await.map_err(fail)?;
        let left: HashSet<Origin> = left.iter().copied().collect();
        for read in reader.facts(&rows, &self.scope)? {
            if left.contains(&read.origin) {
                reading.add(read.fact, read.origin);
            }
        }
        Ok(())
    }

    /// The readers of what the scope asks for.
    fn readers(&self) -> impl Iterator<Item = &'static Reader> {
        READERS.iter().filter(|reader| (reader.asked)(&self.scope))
    }

    /// What there is to be read.
    async fn there(&self, client: &Client) -> Result<There, CatalogError> {
        let fail = |source| CatalogError::Query { what: "what there is", source };
        let statement = self.prepared(client, "what there is", "there", &There::sql(), &[]).await?;
        let rows = client.query(&statement, &[]).await.map_err(fail)?;
        rows.first().map_or_else(|| Ok(There::default()), |row| There::of(row, self.major)).map_err(fail)
    }

    async fn ask_whole(
        &self,
        client: &Client,
        what: &'static str,
        sql: &str,
        types: &[Type],
    ) -> Result<Vec<Row>, CatalogError> {
        let statement = self.prepared(client, what, sql, sql, types).await?;
        let schemas: [&(dyn ToSql + Sync); 1] = [&self.scope.schemas];
        let values = &schemas[..types.len()];
        client.query(&statement, values).await.map_err(|source| CatalogError::Query { what, source })
    }

    fn unsupported(&self, rows: &[Row]) -> Result<Vec<Unsupported>, CatalogError> {
        let fail = |source| CatalogError::Query { what: "unsupported kinds", source };
        let mut found = BTreeSet::new();
        for row in rows {
            let parts: Vec<&str> = row.try_get(3).map_err(fail)?;
            let arguments: Option<&str> = row.try_get(4).map_err(fail)?;
            let relation: Option<Vec<&str>> = row.try_get(5).map_err(fail)?;
            if let Some([schema, name]) = relation.as_deref()
                && left_out(&self.scope, schema, name)
            {
                continue;
            }
            let name = match (qualified(&parts), arguments) {
                (name, Some(arguments)) if name.is_empty() => arguments.to_owned(),
                (name, Some(arguments)) => format!("{name}({arguments})"),
                (name, None) => name,
            };
            found.insert(Unsupported { what: row.try_get(2).map_err(fail)?, name });
        }
        Ok(found.into_iter().collect())
    }
}

/// What an answer is for.
enum Asked {
    Members,
    Words,
    Unsupported,
    Facts(&'static Reader),
}

/// Whether the session has forgotten what was prepared.
pub fn is_forgotten(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "26000")
}

/// Whether somebody else's lock was in the way.
fn is_locked(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "55P03")
}

/// Whether a failed reading may be due to somebody's dropping what was being read: undefined objects and internal lookups.
/// Questions go out together, and the one that is told of first may be one behind the one that failed (25P02).
fn moved_away(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| matches!(code.code(), "XX000" | "42P01" | "42703" | "42883" | "42704" | "25P02"))
}

const MEMBERS: &str = "SELECT CASE WHEN c.relkind = 'c' THEN 1247::oid ELSE d.classid END, coalesce(CASE WHEN c.relkind = 'c' \
    THEN c.reltype END, d.objid) FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_class c ON d.classid = 1259 AND c.oid = d.objid \
    WHERE d.refclassid = 3079 AND d.deptype = 'e'";

fn members(rows: &[Row]) -> Result<HashSet<Root>, tokio_postgres::Error> {
    rows.iter().map(|row| Ok(Root { class: row.try_get(0)?, oid: row.try_get(1)? })).collect()
}

/// The ignore list, and the history table, which is driftless's own in whatever schema it lies.
fn left_out(scope: &Scope, schema: &str, name: &str) -> bool {
    matches!(name, "migration_history" | "migration_history_id_seq") || scope.ignores(schema, name)
}
