//! What the server has to offer beside the database's own schema: roles that exist, extensions that can be installed.
//!
//! Only asks. Start at [`missing`].

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use crate::schema::qualified;
use crate::script::Needs;

const ROLES: &str = "SELECT wanted FROM pg_catalog.unnest($1) wanted \
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = wanted)";

const EXTENSIONS: &str = "SELECT wanted FROM pg_catalog.unnest($1) wanted \
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions() a WHERE a.name = wanted) \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_extension e WHERE e.extname = wanted)";

/// What of this is not there.
pub async fn missing(client: &Client, needs: &Needs) -> Result<Needs, Error> {
    Ok(Needs {
        extensions: absent(client, EXTENSIONS, &needs.extensions).await?,
        roles: absent(client, ROLES, &needs.roles).await?,
    })
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
