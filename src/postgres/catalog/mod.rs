//! Reads the live schema into facts: whole, or only what a transaction changed.

use tokio_postgres::Client;

use crate::journal::Effect;
use crate::schema::{Model, Scope};

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
}

/// A model with what is needed to bring it up to date: where each fact comes from.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The facts.
    pub model: Model,
}

/// Prepared questions for one connection and one scope.
pub struct CatalogReader {}

impl CatalogReader {
    /// Prepares the questions on this connection.
    pub async fn new(_client: &Client, _scope: &Scope) -> Result<Self, CatalogError> {
        unimplemented!()
    }
    /// Reads everything, consistently, in a READ ONLY transaction of its own; again if the catalogs moved meanwhile.
    pub async fn read(&self, _client: &Client) -> Result<Reading, CatalogError> {
        unimplemented!()
    }
    /// Inside the caller's transaction, after a script ran in it: what the transaction changed, found incrementally against
    /// `before`; returns the reading after and the effect. Sets the search_path and other session settings LOCALly.
    pub async fn changes(&self, _client: &Client, _before: &Reading) -> Result<(Reading, Effect), CatalogError> {
        unimplemented!()
    }
}
