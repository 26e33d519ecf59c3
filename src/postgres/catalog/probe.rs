//! Tells whether the catalogs have moved since they were read.
//!
//! Start at [`CatalogReader::is_current`], which proves it (the agent asks that), and [`CatalogReader::seems_current`], which may take a hint for it. Three
//! things are asked, the cheap ones first:
//!
//! 1. The server's snapshot (which transactions have ended): whatever changes a catalog is a transaction with a number, so that nothing
//!    has changed while the snapshot is the same, whatever the size of the schema. Proof, in a fraction of a millisecond.
//! 2. The counters of rows that the catalogs' tables have seen inserted, updated and deleted. They lag behind sessions that stay idle, so
//!    that they are a hint only, which serves for [`HINT_LASTS`] since the last proof. As cheap, whatever the size.
//! 3. The signature: how many rows each catalog has, and which are young. Proof, by reading the catalogs: milliseconds for a thousand
//!    tables.
//!
//! What could go wrong: on a standby a snapshot does not name everything that runs, which is why it proves nothing there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::footprint::counted_catalogs;
use super::{CatalogError, CatalogReader, Reading, is_forgotten, session};

/// How long the counters are believed where other transactions have ended and they have not moved.
pub const HINT_LASTS: Duration = Duration::from_secs(10);

/// The catalogs as they were when they were read whole.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// The oldest transaction that was running.
    young: String,
    /// Absent: nobody was to ask.
    signature: Option<String>,
    /// When the catalogs were last known to be the same.
    proven: Arc<Mutex<Proven>>,
}

#[derive(Debug, Clone)]
struct Proven {
    /// Nothing has changed as long as the server gives this one.
    snapshot: Option<String>,
    counters: Option<String>,
    at: Instant,
}

/// What the server says of a moment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Moment {
    /// Which transactions have ended; absent on a standby.
    snapshot: Option<String>,
    young: String,
}

const MOMENT: &str = "SELECT CASE WHEN NOT r THEN pg_catalog.pg_current_snapshot()::pg_catalog.text END, \
    pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.xid::pg_catalog.text \
    FROM pg_catalog.pg_is_in_recovery() r";

fn counters_sql() -> String {
    let counted = |what: &str| format!("pg_catalog.sum(pg_catalog.pg_stat_get_tuples_{what}(c))");
    let list = counted_catalogs().map(|catalog| catalog.to_string()).collect::<Vec<_>>().join(",");
    format!(
        "SELECT CASE WHEN pg_catalog.current_setting('track_counts')::pg_catalog.bool \
         THEN pg_catalog.concat_ws(' ', {}, {}, {}) END FROM pg_catalog.unnest('{{{list}}}'::pg_catalog.oid[]) c",
        counted("inserted"),
        counted("updated"),
        counted("deleted")
    )
}

impl Moment {
    fn of(row: Option<&Row>) -> Result<Self, CatalogError> {
        let fail = |source| CatalogError::Query { what: "snapshot", source };
        let Some(row) = row else { return Ok(Self::default()) };
        let text = |at: usize| row.try_get::<_, Option<String>>(at).map_err(fail);
        Ok(Self { snapshot: text(0)?, young: text(1)?.unwrap_or_default() })
    }

    async fn now(client: &Client) -> Result<Self, CatalogError> {
        let fail = |source| CatalogError::Query { what: "snapshot", source };
        Self::of(client.query_typed(MOMENT, &[]).await.map_err(fail)?.first())
    }
}

/// Watches over a whole reading.
#[derive(Debug)]
pub(super) struct Probe {
    seen: Moment,
    signature: Option<String>,
}

impl Probe {
    /// At the beginning of the transaction. Without a signature the reading stands if no transaction ends while it is made: where nothing
    /// else could prove that it does (on a standby), there is always one.
    pub(super) async fn begin(reader: &CatalogReader, client: &Client, sign: bool) -> Result<Self, CatalogError> {
        let seen = Moment::now(client).await?;
        let signature = match sign || seen.snapshot.is_none() {
            true => Some(reader.sign(client, &seen.young).await?),
            false => None,
        };
        Ok(Self { seen, signature })
    }

    /// Behind the transaction: the mark for the reading, unless the catalogs have moved meanwhile.
    pub(super) async fn end(self, reader: &CatalogReader, client: &Client) -> Result<Option<Mark>, CatalogError> {
        let Self { seen, signature, .. } = self;
        // The counters are taken before it is known that nothing has moved, so that they never hold what is not known of.
        let counters = if signature.is_some() { reader.counters(client).await? } else { None };
        let at = Instant::now();
        let now = Moment::now(client).await?;
        let mut snapshot = now.snapshot;
        if snapshot.is_none() || snapshot != seen.snapshot {
            let Some(signature) = &signature else { return Ok(None) };
            let (later, signed) = reader.signed(client, &seen.young).await?;
            if signed != *signature {
                return Ok(None);
            }
            snapshot = later.snapshot;
        }
        let proven = Arc::new(Mutex::new(Proven { snapshot, counters, at }));
        Ok(Some(Mark { young: seen.young, signature, proven }))
    }
}

/// Which transactions of the server have ended: while it gives the same answer, nobody has committed anything. `None`: on a standby, where it
/// proves nothing.
pub async fn snapshot(client: &Client) -> Result<Option<String>, CatalogError> {
    Ok(Moment::now(client).await?.snapshot)
}

impl CatalogReader {
    /// Whether a whole reading is still what a new one would be: the catalogs have not moved since. Where any transaction has ended
    /// meanwhile, this costs milliseconds.
    pub async fn is_current(&self, client: &Client, reading: &Reading) -> Result<bool, CatalogError> {
        self.probe(client, reading, Duration::ZERO).await
    }

    /// The same, but a change may be missed for [`HINT_LASTS`]: cheap, whatever the size of the schema and whoever else writes. Not for
    /// what is put beside the journal: a script that another process has just applied may be in that and not in the counters.
    pub async fn seems_current(&self, client: &Client, reading: &Reading) -> Result<bool, CatalogError> {
        self.probe(client, reading, HINT_LASTS).await
    }

    async fn probe(&self, client: &Client, reading: &Reading, hint_lasts: Duration) -> Result<bool, CatalogError> {
        match self.try_probe(client, reading, hint_lasts).await {
            // A script has made the session forget what was prepared.
            Err(CatalogError::Query { source, .. }) if is_forgotten(&source) => {
                self.forget_statements();
                Ok(false)
            }
            probed => probed,
        }
    }

    async fn try_probe(&self, client: &Client, reading: &Reading, hint_lasts: Duration) -> Result<bool, CatalogError> {
        let Some(mark) = &reading.mark else { return Ok(false) };
        let known = mark.proven.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = Moment::now(client).await?;
        if now.snapshot.is_some() && now.snapshot == known.snapshot {
            return Ok(true);
        }
        let counters = self.counters(client).await?;
        let at = Instant::now();
        if counters.is_some() && counters == known.counters && known.at.elapsed() < hint_lasts {
            return Ok(true);
        }
        let Some(signature) = &mark.signature else { return Ok(false) };
        let (later, signed) = self.signed(client, &mark.young).await?;
        if signed != *signature {
            return Ok(false);
        }
        let proven = Proven { snapshot: later.snapshot, counters, at };
        *mark.proven.lock().unwrap_or_else(PoisonError::into_inner) = proven;
        Ok(true)
    }

    async fn counters(&self, client: &Client) -> Result<Option<String>, CatalogError> {
        let fail = |source| CatalogError::Query { what: "counters", source };
        let statement = self.prepared(client, "counters", "catalog counters", &counters_sql(), &[]).await?;
        let rows = client.query(&statement, &[]).await.map_err(fail)?;
        rows.first().map_or(Ok(None), |row| row.try_get(0)).map_err(fail)
    }

    /// The signature as it is now with the moment, in a transaction of its own: with our settings the same plan serves each time.
    async fn signed(&self, client: &Client, young: &str) -> Result<(Moment, String), CatalogError> {
        self.prepared(client, "signature", "signature", &session::signature_sql(), &[Type::TEXT]).await?;
        let began = session::begin_read_only(client);
        let (begun, moment, signed, ended) =
            tokio::join!(began, Moment::now(client), self.sign(client, young), session::end_read_only(client));
        begun.and(ended)?;
        Ok((moment?, signed?))
    }

    async fn sign(&self, client: &Client, young: &str) -> Result<String, CatalogError> {
        let fail = |source| CatalogError::Query { what: "signature", source };
        let sql = session::signature_sql();
        let statement = self.prepared(client, "signature", "signature", &sql, &[Type::TEXT]).await?;
        let rows = client.query(&statement, &[&young]).await.map_err(fail)?;
        rows.first().map_or(Ok(String::new()), |row| row.try_get(0)).map_err(fail)
    }
}
