//! What the server has to offer beside the database's own schema: its major, roles that exist, extensions that can be installed.
//!
//! Only asks. Start at [`missing`].

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use crate::schema::qualified;
use crate::script::{Needs, NewerServer};

const ROLES: &str = "SELECT wanted FROM pg_catalog.unnest($1) wanted \
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = wanted)";

const EXTENSIONS: &str = "SELECT wanted FROM pg_catalog.unnest($1) wanted \
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions() a WHERE a.name = wanted) \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_extension e WHERE e.extname = wanted)";

/// Extensions that the server offers and that this role may not create. The roles of hosted servers are let do more than the catalogs
/// say, so they are taken at their word.
const FORBIDDEN: &str = "SELECT wanted FROM pg_catalog.unnest($1) wanted \
    JOIN pg_catalog.pg_available_extensions() a ON a.name = wanted \
    JOIN pg_catalog.pg_available_extension_versions() v ON v.name = wanted AND v.version = a.default_version \
    JOIN pg_catalog.pg_roles me ON me.rolname = current_user \
    WHERE NOT me.rolsuper \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_extension e WHERE e.extname = wanted) \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'MEMBER') \
        AND r.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser', 'azure_pg_admin', 'neon_superuser')) \
    AND CASE WHEN v.superuser AND NOT v.trusted THEN true \
        ELSE NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') END";

const MAJOR: &str = "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000";

/// What of this is not there.
pub async fn missing(client: &Client, needs: &Needs) -> Result<Needs, Error> {
    let extensions: Vec<String> = needs.extensions.iter().chain(&needs.forbidden).cloned().collect();
    Ok(Needs {
        extensions: absent(client, EXTENSIONS, &extensions).await?,
        roles: absent(client, ROLES, &needs.roles).await?,
        forbidden: absent(client, FORBIDDEN, &extensions).await?,
        server: match &needs.server {
            Some(server) => too_old(client, server).await?,
            None => None,
        },
    })
}

async fn too_old(client: &Client, server: &NewerServer) -> Result<Option<NewerServer>, Error> {
    let here: i32 = client.query_one(MAJOR, &[]).await?.get(0);
    let here = u32::try_from(here).unwrap_or_default();
    Ok((here < server.major).then(|| NewerServer { here, ..server.clone() }))
}

/// The statement that makes an extension, for those who may.
pub fn create_extension(name: &str) -> String {
    format!("CREATE EXTENSION IF NOT EXISTS {};", qualified(&[name]))
}

/// The statement that makes a role which can do nothing yet.
pub fn create_role(role: &str) -> String {
    format!("CREATE ROLE {};", qualified(&[role]))
}

async fn absent(client: &Client, sql: &str, names: &[String]) -> Result<Vec<String>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let rows = client.query_typed(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
