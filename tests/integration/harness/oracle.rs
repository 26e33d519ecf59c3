//! Whether the DDL that turns one schema into another does so: it runs on FROM, with rows in it, and then `pg_dump -s` of both
//! is the same (column order aside), the fingerprints are, a second diff is empty, and no kept value is another than before
//! unless the script named a loss of data.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use driftless::postgres::catalog::CatalogReader;
use driftless::schema::ddl::{self, Hazard, Locks, Script};
use driftless::schema::{Model, Scope, diff};

use super::{Programs, TestDatabase, dump, dump_with_owners};

/// All that is asked of the database that a walk shall reach.
pub(crate) struct Goal<'a> {
    pub(crate) model: Model,
    database: &'a TestDatabase,
    scope: &'a Scope,
    dump: OnceCell<String>,
}

/// Why a walk did not arrive.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no DDL for something.
    LeftOut(String),
    /// A statement failed: its SQLSTATE, and the server's words.
    Script { state: String, message: String },
    /// `pg_dump` sees a difference.
    Dump(String),
    /// The engine sees a difference.
    Diff(String),
    /// Values changed, and no hazard said so.
    Lost(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LeftOut(what) => write!(to, "left out: {what}"),
            Self::Script { state, message } => write!(to, "the script failed: {state} {message}"),
            Self::Dump(unlike) => write!(to, "the dumps differ:\n{unlike}"),
            Self::Diff(left) => write!(to, "still differs: {left}"),
            Self::Lost(columns) => write!(to, "lost in silence: {columns}"),
        }
    }
}

/// Runs SQL on a connection of its own; the server's words where it fails.
pub(crate) async fn try_sql(database: &TestDatabase, sql: &str) -> Result<(), (String, String)> {
    run(&database.client().await, sql).await
}

async fn run(client: &tokio_postgres::Client, sql: &str) -> Result<(), (String, String)> {
    client.batch_execute(sql).await.map_err(|error| match error.as_db_error() {
        Some(error) => {
            let more = error.detail().or(error.hint()).unwrap_or("");
            (error.code().code().to_owned(), format!("{} ({more})", error.message()))
        }
        None => (String::new(), error.to_string()),
    })
}

/// The schema as the engine reads it.
pub(crate) async fn model(database: &TestDatabase, scope: &Scope) -> Model {
    let client = database.client().await;
    CatalogReader::new(&client, scope).await.unwrap().read(&client).await.unwrap().model
}

impl<'a> Goal<'a> {
    /// What a database is.
    pub(crate) async fn of(database: &'a TestDatabase, scope: &'a Scope) -> Self {
        Self { model: model(database, scope).await, database, scope, dump: OnceCell::new() }
    }

    /// What `pg_dump` says of it, the first time that it is asked.
    pub(crate) fn dump(&self) -> &str {
        self.dump.get_or_init(|| told(self.database, self.scope))
    }

    /// Turns a database with this model into the goal, and looks. The script is told in either case.
    pub(crate) async fn reach(&self, from: &TestDatabase, now: &Model) -> (String, Result<(), Failure>) {
        let locks = if std::env::var_os("SHORT_LOCKS").is_some() { Locks::Short } else { Locks::AsTheyCome };
        let script = ddl::script_with(locks, now, &self.model);
        (script.text(), self.walk(from, &script).await)
    }

    async fn walk(&self, from: &TestDatabase, script: &Script) -> Result<(), Failure> {
        if !script.left_out.is_empty() {
            return Err(Failure::LeftOut(format!("{:?}", script.left_out)));
        }
        let before = values(from);
        run_script(from, script).await.map_err(|(state, message)| Failure::Script { state, message })?;
        if let Some(unlike) = unlike(&told(from, self.scope), self.dump()) {
            return Err(Failure::Dump(unlike));
        }
        let left = diff(&model(from, self.scope).await, &self.model);
        if !left.is_empty() {
            return Err(Failure::Diff(format!("{left:#?}")));
        }
        let after = values(from);
        let same = |column: &String| before.contains_key(column) && before.get(column) == after.get(column);
        let moved = |values: &Values| values.root.as_ref().is_some_and(same);
        let other = |now: &Values, values: &Values| now.hash != values.hash && now.is_root == values.is_root;
        let changed = before.iter().filter(|(column, values)| after.get(*column).is_some_and(|now| other(now, values)));
        let lost: Vec<&String> =
            changed.filter(|(_, values)| !values.is_root && !moved(values)).map(|(column, _)| column).collect();
        // A column may go where its table stays, or stop being one that holds values of its own: what stood there goes with it.
        let places: BTreeSet<&[String; 2]> = after.values().map(|now| &now.place).collect();
        let tables: BTreeSet<&String> = places.iter().map(|[table, _]| table).collect();
        let is_gone = |values: &Values| values.some && !places.contains(&values.place);
        let gone = before.iter().filter(|(_, values)| is_gone(values) && tables.contains(&values.place[0]));
        let lost: Vec<&String> = lost.into_iter().chain(gone.map(|(column, _)| column)).collect();
        if !lost.is_empty() && !script.hazards().contains(&Hazard::DataLoss) {
            return Err(Failure::Lost(format!("{lost:?}")));
        }
        Ok(())
    }
}

async fn run_script(database: &TestDatabase, script: &Script) -> Result<(), (String, String)> {
    let client = database.client().await;
    if !script.needs_no_transaction() {
        return run(&client, &format!("BEGIN;\n{}\nCOMMIT;", script.text())).await;
    }
    let settings = script.settings().into_iter().map(str::to_owned);
    for sql in settings.chain(script.steps.iter().map(|step| step.statement.sql.clone())) {
        run(&client, &sql).await.map_err(|(state, message)| (state, format!("{message} in: {sql}")))?;
    }
    Ok(())
}

/// Whether there is a `pg_dump` that takes the server: none older than it does.
fn can_dump() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let programs = Programs::find().unwrap();
        let output = programs.pg_dump.and_then(|program| Command::new(program).arg("--version").output().ok());
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let number = text.split(' ').rfind(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or_default();
        let can = number.split('.').next().and_then(|major| major.trim().parse::<u32>().ok()) >= Some(programs.major);
        if !can {
            eprintln!("no `pg_dump` for PostgreSQL {}: only the engine's own eyes look", programs.major);
        }
        can
    })
}

fn told(database: &TestDatabase, scope: &Scope) -> String {
    if !can_dump() {
        return String::new();
    }
    if scope.grants { dump_with_owners(database.url()) } else { dump(database.url()) }
}

/// The MD5 of nothing.
const NO_VALUES: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// The values of a column, in no order.
#[derive(PartialEq, Eq)]
struct Values {
    hash: String,
    /// The same column of the partitioned table at the top: rows may move from one partition to another.
    root: Option<String>,
    is_root: bool,
    /// Whether there are any.
    some: bool,
    /// The table and the column.
    place: [String; 2],
}

/// The values of each column of each table: `schema.table.column type` to a hash.
fn values(database: &TestDatabase) -> BTreeMap<String, Values> {
    let sql = "SELECT format('SELECT %L, count(*) || '' '' || md5(coalesce(string_agg(x::text, '','' ORDER BY x::text), '''')), %L, %L, %L, %L
                              FROM (SELECT %s FROM %s %s) t(x)',
                c.oid::regclass || rest, CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::regclass || rest END,
                c.oid::regclass, a.attname, CASE c.relkind WHEN 'p' THEN 'root' END, value, CASE c.relkind WHEN 'r' THEN 'ONLY' END, c.oid::regclass)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
                LATERAL (SELECT '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)) r(rest),
                -- Of rows the attributes that have values, each by its name.
                LATERAL (WITH RECURSIVE t(id) AS (
                             SELECT a.atttypid
                             UNION SELECT inside FROM t JOIN pg_type ON pg_type.oid = t.id, unnest(ARRAY[typbasetype, typelem]) inside)
                         SELECT bool_or(typtype = 'c') FROM t JOIN pg_type ON pg_type.oid = t.id) rows(has_rows),
                LATERAL (SELECT CASE WHEN has_rows
                                     THEN format('replace(jsonb_strip_nulls(to_jsonb(%I))::text, %L, %L)', a.attname, '\"', '')
                                     ELSE quote_ident(a.attname) END) v(value)
          WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            AND NOT EXISTS (SELECT FROM pg_partition_tree(c.oid) l JOIN pg_class f ON f.oid = l.relid AND f.relkind = 'f')
            AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')";
    let questions: Vec<String> = database.query(sql).into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let rows = database.query(&questions.join(";"));
    let values = |row: &[Option<String>]| Values {
        hash: row[1].clone().unwrap_or_default(),
        root: row[2].clone(),
        is_root: row[5].is_some(),
        place: [3, 4].map(|at| row[at].clone().unwrap_or_default()),
        some: row[1].as_deref().is_some_and(|hash| !hash.ends_with(NO_VALUES)),
    };
    rows.into_iter().filter_map(|row| Some((row[0].clone()?, values(&row)))).collect()
}

/// The statements of a dump, sorted: the order in which pg_dump tells alike things is no part of the schema.
fn statements(dump: &str) -> Vec<String> {
    let mut statements: Vec<String> = dump.split(";\n").map(|text| text.trim().to_owned()).collect();
    statements.sort();
    statements
}

/// What only one of two dumps has.
fn unlike(left: &str, right: &str) -> Option<String> {
    let (left, right) = (statements(left), statements(right));
    let only = |these: &[String], those: &[String], sign: &str| {
        let only = these.iter().filter(|text| !those.contains(text)).map(|text| format!("{sign} {text}\n"));
        only.collect::<String>()
    };
    (left != right).then(|| only(&left, &right, "-") + &only(&right, &left, "+"))
}
