//! Scratch databases: empty ones on the server of a database that exists, for replays and for judging plans.
//!
//! Start at [`Scratch::create`]; [`Scratch::run`] replays a script, [`Scratch::read`] reads what came of it, [`Scratch::remove`] drops it. A scratch
//! database has the encoding, locale and settings of its origin and a name that nothing else has ([`PREFIX`], process, time, chance).
//! The origin's connection makes and drops it and does nothing else.
//!
//! It is dropped whatever happens: by [`Scratch::remove`], by `Drop` when a task is cancelled or panics, and, where the process was
//! killed, by the next [`Scratch::create`] on that server, which drops what has our name, is old enough and has no session in it. What could
//! go wrong: a replayed script reaches outside ([`in_scratch`] refuses or skips what does, changes of roles are rolled back, and
//! what a superuser puts together as it runs cannot be seen through).

mod replay;

use std::time::Duration;

use tokio_postgres::types::Type;

use super::catalog::{CatalogError, CatalogReader, Reading};
use super::connect::{ConnectError, Connection, Target};
use super::history_table::{HistoryTable, quoted};
use crate::schema::Scope;

pub use replay::{Ran, ReplayError, Skipped};

/// What every scratch database's name begins with.
pub const PREFIX: &str = "driftless_scratch_";

/// A scratch database without a session is an orphan from this age on.
const ORPHANED_AFTER: Duration = Duration::from_secs(60);

/// How long a replayed statement may run.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(300);

/// Why there is no scratch database.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// No connection to the server, or none to the new database.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The role may not make databases.
    #[error("the role `{role}` may not create databases on the server of `{label}`, and a scratch database is needed")]
    MayNotCreate {
        /// The role.
        role: String,
        /// The database whose server was asked.
        label: String,
    },
    /// The server refused something else.
    #[error("failed to {what}")]
    Query {
        /// What was being done.
        what: &'static str,
        /// The server's words.
        #[source]
        source: tokio_postgres::Error,
    },
}

impl ScratchError {
    /// The SQL that a superuser has to type, if that would mend it.
    pub fn mend(&self) -> Option<String> {
        match self {
            Self::MayNotCreate { role, .. } => Some(format!("ALTER ROLE {} CREATEDB;", quoted(role))),
            _ => None,
        }
    }
}

/// A scratch database with a session in it. Dropping the value drops the database, too.
#[derive(Debug)]
pub struct Scratch {
    name: String,
    origin: Target,
    admin: Option<Connection>,
    work: Option<Connection>,
}

impl Scratch {
    /// Makes one on the server of `origin`, after sweeping what killed processes have left there.
    pub async fn create(origin: &Target) -> Result<Self, ScratchError> {
        let admin = Connection::open(origin, "scratch").await?;
        sweep(&admin).await;
        Self::made(origin, admin, Like::create_sql).await
    }

    /// Drops what killed processes have left on the server of `origin`. Nothing is lost where that is not possible: the next one tries.
    pub async fn sweep(origin: &Target) {
        match Connection::open(origin, "scratch").await {
            Ok(admin) => sweep(&admin).await,
            Err(error) => tracing::debug!(%error, "no scratch databases were swept"),
        }
    }

    /// Another one that holds what this one holds by now; much cheaper than to make it a second time. This one gets a new session.
    ///
    /// For a moment nobody is in this one: where another process sweeps just then, there is an error.
    pub async fn copy(&mut self) -> Result<Self, ScratchError> {
        // The server copies what nobody is in; it waits for a session that is on its way out.
        self.work = None;
        let admin = Connection::open(&self.origin, "scratch").await?;
        let template = quoted(&self.name);
        let copy = |_: &Like, name: &str| format!("CREATE DATABASE {} TEMPLATE {template}", quoted(name));
        let copy = Self::made(&self.origin, admin, copy).await?;
        self.work = Some(Connection::open(&self.target(), "scratch").await?);
        Ok(copy)
    }

    async fn made(
        origin: &Target,
        admin: Connection,
        create_sql: impl FnOnce(&Like, &str) -> String,
    ) -> Result<Self, ScratchError> {
        let like = Like::of(&admin).await?;
        let name = format!("{PREFIX}{}_{}_{}", std::process::id(), like.epoch, like.chance);
        // From here on the value drops what may exist, also if the answer to CREATE DATABASE never arrives.
        let mut scratch = Self { name, origin: origin.clone(), admin: None, work: None };
        let made = admin.client.batch_execute(&create_sql(&like, &scratch.name)).await;
        if let Err(error) = made {
            let refused = error.code().is_some_and(|code| code.code() == "42501");
            if error.as_db_error().is_some() {
                scratch.forget();
            }
            return Err(match refused {
                true => ScratchError::MayNotCreate { role: like.role, label: origin.label() },
                false => ScratchError::Query { what: "make a scratch database", source: error },
            });
        }
        let database = quoted(&scratch.name);
        let comment =
            format!("COMMENT ON DATABASE {database} IS 'scratch database of driftless; dropped when it is done'");
        // Nothing in it has to outlive the server.
        let hurry = format!("ALTER DATABASE {database} SET synchronous_commit TO off");
        for sql in [comment].into_iter().chain(like.settings(&scratch.name)).chain([hurry]) {
            // A setting that this role may not make is one that its sessions cannot rely on either.
            if let Err(error) = admin.client.batch_execute(&sql).await {
                tracing::debug!(%error, sql, "not taken over into the scratch database");
            }
        }
        scratch.admin = Some(admin);
        scratch.work = Some(Connection::open(&scratch.target(), "scratch").await?);
        Ok(scratch)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect to it.
    pub fn target(&self) -> Target {
        self.origin.target_with_database(&self.name)
    }

    /// The session in it.
    pub fn connection(&self) -> &Connection {
        self.work.as_ref().expect("a scratch database has its session until it is dropped")
    }

    fn connection_mut(&mut self) -> &mut Connection {
        self.work.as_mut().expect("a scratch database has its session until it is dropped")
    }

    /// Reads its schema.
    pub async fn read(&self, scope: &Scope) -> Result<Reading, CatalogError> {
        let client = &self.connection().client;
        CatalogReader::new(client, scope).await?.read_once(client).await
    }

    /// Makes an empty history table, which scripts may look into.
    pub async fn make_history(&mut self, scope: &Scope) -> Result<(), ReplayError> {
        HistoryTable::ensure(&mut self.connection_mut().client, scope).await?;
        Ok(())
    }

    /// Makes the origin's schemas and extensions: DDL of models takes them for granted. What this server refuses is missed
    /// by the statement that needs it.
    pub async fn surround(&mut self) -> Result<(), ScratchError> {
        let sql = "SELECT s.sql FROM ( \
            SELECT 1 AS place, n.nspname AS name, pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %I', n.nspname) AS sql \
              FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'driftless') \
            UNION ALL SELECT 2, e.extname, pg_catalog.format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', e.extname, n.nspname) \
              FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace) s ORDER BY s.place, s.name";
        let Some(admin) = &self.admin else { return Ok(()) };
        let rows = admin.client.query_typed(sql, &[]).await;
        let rows = rows.map_err(|source| ScratchError::Query { what: "read schemas and extensions", source })?;
        for row in rows {
            let sql: &str = row.get(0);
            if let Err(error) = self.connection().client.batch_execute(sql).await {
                tracing::debug!(%error, sql, "not taken over into the scratch database");
            }
        }
        Ok(())
    }

    /// Drops it. What cannot be dropped now is swept by a later run; that is logged, and no reason to fail.
    pub async fn remove(mut self) {
        self.work = None;
        let sql = self.drop_sql();
        let dropped = match self.admin.take() {
            Some(admin) => admin.client.batch_execute(&sql).await,
            None => return,
        };
        match dropped {
            Ok(()) => self.forget(),
            Err(error) => tracing::warn!(%error, database = self.name, "a scratch database could not be dropped"),
        }
    }

    fn drop_sql(&self) -> String {
        format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&self.name))
    }

    /// There is nothing to drop any more.
    fn forget(&mut self) {
        self.name.clear();
    }
}

impl Drop for Scratch {
    /// A cancelled task or a panic ends here. The runtime may be on its way out, so that a thread with one of its own does it.
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        let (origin, sql) = (self.origin.clone(), self.drop_sql());
        let drop_it = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let admin = Connection::open(&origin, "scratch").await.map_err(std::io::Error::other)?;
                admin.client.batch_execute(&sql).await.map_err(std::io::Error::other)
            })
        };
        let done = std::thread::spawn(drop_it).join();
        if !matches!(done, Ok(Ok(()))) {
            tracing::warn!(database = self.name, "a scratch database could not be dropped; a later run sweeps it");
        }
    }
}

/// What a new database takes over from its origin.
struct Like {
    role: String,
    encoding: String,
    collate: String,
    ctype: String,
    provider: Option<String>,
    locale: Option<String>,
    rules: Option<String>,
    /// Settings of the database, as `name=value`.
    settings: Vec<String>,
    epoch: i64,
    chance: String,
}

impl Like {
    async fn of(admin: &Connection) -> Result<Self, ScratchError> {
        // Columns for other locale providers came with 15, and were renamed in 17.
        let sql = "SELECT current_user::text, pg_catalog.pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text, \
            j.d ->> 'datlocprovider', coalesce(j.d ->> 'datlocale', j.d ->> 'daticulocale'), j.d ->> 'daticurules', \
            coalesce((SELECT s.setconfig FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0), '{}'), \
            EXTRACT(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.int8, \
            pg_catalog.substr(pg_catalog.gen_random_uuid()::text, 1, 8) \
            FROM pg_catalog.pg_database d, LATERAL (SELECT pg_catalog.to_jsonb(d) AS d) j \
            WHERE d.datname = pg_catalog.current_database()";
        let what = "ask what a scratch database has to be like";
        let failed = |source| ScratchError::Query { what, source };
        let rows = admin.client.query_typed(sql, &[]).await.map_err(failed)?;
        // the database that we are connected to is always listed
        let read = || -> Result<Self, tokio_postgres::Error> {
            let row = &rows[0];
            Ok(Self {
                role: row.try_get(0)?,
                encoding: row.try_get(1)?,
                collate: row.try_get(2)?,
                ctype: row.try_get(3)?,
                provider: row.try_get(4)?,
                locale: row.try_get(5)?,
                rules: row.try_get(6)?,
                settings: row.try_get(7)?,
                epoch: row.try_get(8)?,
                chance: row.try_get(9)?,
            })
        };
        read().map_err(failed)
    }

    fn create_sql(&self, name: &str) -> String {
        let mut sql = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}",
            quoted(name),
            literal(&self.encoding),
            literal(&self.collate),
            literal(&self.ctype)
        );
        let option = match self.provider.as_deref() {
            Some("i") => Some(("icu", "ICU_LOCALE")),
            Some("b") => Some(("builtin", "BUILTIN_LOCALE")),
            _ => None,
        };
        if let (Some((provider, option)), Some(locale)) = (option, &self.locale) {
            sql.push_str(&format!(" LOCALE_PROVIDER {provider} {option} {}", literal(locale)));
            if let Some(rules) = &self.rules {
                sql.push_str(&format!(" ICU_RULES {}", literal(rules)));
            }
        }
        sql
    }

    /// The origin's own settings: a script may rely on the search path that its database gives it.
    fn settings(&self, name: &str) -> Vec<String> {
        // Lists are stored as they are to be written; everything else is one value.
        const LISTS: [&str; 6] = [
            "search_path",
            "temp_tablespaces",
            "session_preload_libraries",
            "local_preload_libraries",
            "shared_preload_libraries",
            "unix_socket_directories",
        ];
        let one = |setting: &String| {
            let (key, value) = setting.split_once('=')?;
            let value = if LISTS.contains(&key) && !value.is_empty() { value.to_owned() } else { literal(value) };
            // a custom setting's name has two parts
            let key = key.split('.').map(quoted).collect::<Vec<_>>().join(".");
            Some(format!("ALTER DATABASE {} SET {key} TO {value}", quoted(name)))
        };
        self.settings.iter().filter_map(one).collect()
    }
}

/// A string constant.
fn literal(text: &str) -> String {
    let escape = if text.contains('\\') { "E" } else { "" };
    format!("{escape}'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Drops scratch databases that killed processes have left: named like ours, owned by us, old enough, nobody in them. Never forces:
/// a session that comes meanwhile keeps its database.
async fn sweep(admin: &Connection) {
    let sql = "SELECT d.datname::text, EXTRACT(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.int8 \
        FROM pg_catalog.pg_database d WHERE pg_catalog.starts_with(d.datname, $1) AND pg_catalog.pg_has_role(d.datdba, 'MEMBER') \
        AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)";
    let rows = match admin.client.query_typed(sql, &[(&PREFIX, Type::TEXT)]).await {
        Ok(rows) => rows,
        Err(error) => return tracing::debug!(%error, "no scratch databases were swept"),
    };
    for row in rows {
        let (name, now): (&str, i64) = (row.get(0), row.get(1));
        if !is_orphan(name, now) {
            continue;
        }
        match admin.client.batch_execute(&format!("DROP DATABASE IF EXISTS {}", quoted(name))).await {
            Ok(()) => tracing::info!(database = name, "dropped a scratch database that a killed process had left"),
            Err(error) => tracing::debug!(%error, database = name, "a scratch database could not be swept"),
        }
    }
}

/// Whether a name is exactly one of ours, and old enough.
fn is_orphan(name: &str, now: i64) -> bool {
    let parts: Vec<&str> = name.strip_prefix(PREFIX).map(|rest| rest.split('_').collect()).unwrap_or_default();
    let [process, epoch, chance] = parts.as_slice() else { return false };
    let is_ours = process.parse::<u32>().is_ok() && chance.len() == 8 && chance.bytes().all(|b| b.is_ascii_hexdigit());
    let age = epoch.parse::<i64>().ok().map(|epoch| now.saturating_sub(epoch));
    is_ours && age.is_some_and(|age| age >= i64::try_from(ORPHANED_AFTER.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, orphan: bool) {
        assert_eq!(is_orphan(name, 1_000_000), orphan, "{name}");
    }

    #[test]
    fn only_our_own_old_names_are_swept() {
        check("driftless_scratch_77_999000_0a1b2c3d", true);
        check("driftless_scratch_77_999990_0a1b2c3d", false);
        check("driftless_scratch_77_1000500_0a1b2c3d", false);
        check("driftless_scratch_notes", false);
        check("driftless_scratch_77_999000_0a1b2c3d_copy", false);
        check("driftless_scratch_77_999000_0a1b2c3", false);
        check("driftless_scratch_x_999000_0a1b2c3d", false);
        check("shop", false);
    }

    #[test]
    fn literals_cannot_be_left() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'"), "E'a\\\\'''");
    }
}
