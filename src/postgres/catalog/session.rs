//! What printed text depends on is pinned while the catalogs are read, and given back as it was.

use super::CatalogError;
use super::traces::rare;
use tokio_postgres::Client;

/// The settings that PostgreSQL's own printing of expressions obeys, and how our questions are planned: the same plan each
/// time, since planning costs more than running them. With this search_path `regclass` names what is the user's in full, without a look
/// into two more catalogs.
const PINS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = postgres; SET LOCAL TimeZone = 'UTC'; \
    SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = hex; SET LOCAL xmlbinary = base64; \
    SET LOCAL xmloption = content; SET LOCAL lc_monetary = 'C'; SET LOCAL transform_null_equals = off; \
    SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0;";

const SAME_PLAN: &str = "SET LOCAL plan_cache_mode = force_generic_plan;";

/// For questions about a few objects: a plan that is made once, when the catalogs may still be small, must go by their indexes.
const BY_INDEX: &str =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;";

/// For questions about everything, after [`BY_INDEX`].
const BY_ANY: &str = "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on;";

/// The settings for the rest of a transaction, and the same plan each time.
pub(super) fn pins_sql() -> String {
    format!("{PINS} {SAME_PLAN} {BY_INDEX}")
}

/// The settings for a whole reading where those for a few objects hold.
pub(super) async fn plan_freely(client: &Client) -> Result<(), CatalogError> {
    run(client, BY_ANY).await
}

/// Much shorter than the second after which PostgreSQL looks for deadlocks: a reading must never be one half of one that ends somebody's
/// migration.
const GIVES_WAY: &str = "SET LOCAL lock_timeout = '200ms';";

pub(super) async fn begin_read_only(client: &Client) -> Result<(), CatalogError> {
    run(client, &format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {GIVES_WAY} {PINS} {SAME_PLAN}")).await
}

pub(super) async fn end_read_only(client: &Client) -> Result<(), CatalogError> {
    run(client, "COMMIT").await
}

/// In the caller's transaction. The savepoint is there for the settings alone: a deferred trigger of the user's must not meet
/// our search_path at COMMIT.
pub(super) async fn pin(client: &Client) -> Result<(), CatalogError> {
    run(client, &format!("SAVEPOINT driftless_catalog; {PINS}")).await
}

/// The same, for questions about a few objects.
pub(super) async fn pin_for_few(client: &Client) -> Result<(), CatalogError> {
    run(client, &format!("SAVEPOINT driftless_catalog; {}", pins_sql())).await
}

pub(super) async fn unpin(client: &Client) -> Result<(), CatalogError> {
    run(client, "ROLLBACK TO SAVEPOINT driftless_catalog; RELEASE SAVEPOINT driftless_catalog").await
}

async fn run(client: &Client, sql: &str) -> Result<(), CatalogError> {
    client.batch_execute(sql).await.map_err(|source| CatalogError::Query { what: "session settings", source })
}

/// Tells whether the catalogs moved: number of rows, and which rows are as young as the oldest transaction that was
/// running when `$1` was taken.
pub(super) fn signature_sql() -> String {
    const CATALOGS: &[&str] = &[
        "pg_namespace",
        "pg_class",
        "pg_attribute",
        "pg_attrdef",
        "pg_constraint",
        "pg_index",
        "pg_inherits",
        "pg_sequence",
        "pg_trigger",
        "pg_type",
        "pg_enum",
        "pg_proc",
        "pg_rewrite",
        "pg_extension",
        "pg_description",
        "pg_depend",
        "pg_partitioned_table",
        "pg_policy",
        "pg_statistic_ext",
        "pg_foreign_table",
    ];
    let catalogs = CATALOGS.iter().copied().chain(rare().filter_map(|catalog| catalog.name));
    let parts = catalogs.map(|catalog| {
        format!(
            "SELECT count(*) AS n, coalesce(sum(hashtext(c.xmin::text || c.ctid::text)::bigint) \
             FILTER (WHERE age(c.xmin) <= (SELECT age($1::text::xid))), 0) AS young FROM pg_catalog.{catalog} c"
        )
    });
    // What only some may read by row, or has no row of its own on every major, by its contents: few rows each.
    let connection = super::subscription::CONNECTION;
    let subscriptions = format!(
        "SELECT count(*), coalesce(sum(hashtext(concat(s.subname, s.subenabled, s.subslotname, s.subpublications,
                {connection}))::bigint), 0)
           FROM pg_catalog.pg_subscription s"
    );
    let whole = [
        "SELECT count(*), coalesce(sum(hashtext(m::text)::bigint), 0) FROM pg_catalog.pg_user_mappings m",
        &subscriptions,
        "SELECT count(*), coalesce(sum(hashtext(r.oid::text || r.rolname)::bigint), 0) FROM pg_catalog.pg_roles r",
    ];
    format!(
        "SELECT string_agg(s.n || ' ' || s.young, ',' ORDER BY s.i) FROM (SELECT *, row_number() OVER () AS i FROM ({}) u) s",
        parts.chain(whole.map(str::to_owned)).collect::<Vec<_>>().join(" UNION ALL ")
    )
}
