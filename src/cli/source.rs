//! What can be compared: the configured database, another one by its URL, a peer by its name.
//!
//! Databases are read in a READ ONLY transaction; a peer is asked for digests first and for the few facts that differ then.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};

use super::UsageError;
use super::ui::Ui;
use crate::agent::Machine;
use crate::hash::ScopeDigest;
use crate::peer::{Moment, PeerClient, Selection};
use crate::postgres::catalog::CatalogReader;
use crate::postgres::connect::{Connection, Target};
use crate::schema::{Change, Digests, Fact, FactId, Model, Scope, changed_ids, differences};

/// Where sources are looked up.
pub(super) struct Sources<'a> {
    /// This machine.
    pub(super) machine: &'a Machine,
    /// `--schemas`; empty: the configured ones.
    pub(super) schemas: &'a [String],
}

impl Sources<'_> {
    fn scope(&self) -> Scope {
        let configured = &self.machine.config.scope;
        if self.schemas.is_empty() {
            return configured.clone();
        }
        let narrowed = Scope::new(self.schemas.to_vec(), configured.ignore.clone());
        Scope { owners: configured.owners, grants: configured.grants, ..narrowed }
    }
}

/// One side of a comparison.
pub(super) struct Side {
    /// `user@host:port/database`, or the peer's name.
    pub(super) label: String,
    scope: ScopeDigest,
    facts: Facts,
}

enum Facts {
    Read(Box<Model>),
    Asked { client: Box<PeerClient>, digests: Digests },
}

impl Side {
    /// Opens a source; nothing: the configured database.
    pub(super) async fn open(ui: &Ui, sources: &Sources<'_>, source: Option<&str>) -> Result<Self> {
        let scope = sources.scope();
        ui.passing(ui.lang().looking());
        match source {
            None => Self::read(&sources.machine.target()?, &scope).await,
            Some(source) if is_url(source) => Self::read(&Target::resolve(source)?, &scope).await,
            Some(source) => match source.strip_prefix("peer:") {
                Some(peer) => Self::ask(ui, sources, peer, &scope).await,
                None => Err(UsageError(ui.lang().source_later(source)).into()),
            },
        }
    }

    async fn read(target: &Target, scope: &Scope) -> Result<Self> {
        let connection = Connection::open(target, "look").await?;
        let reader = CatalogReader::new(&connection.client, scope).await?;
        let reading = reader.read(&connection.client).await?;
        Ok(Self { label: target.label(), scope: scope.digest(), facts: Facts::Read(Box::new(reading.model)) })
    }

    async fn ask(ui: &Ui, sources: &Sources<'_>, peer: &str, scope: &Scope) -> Result<Self> {
        if !sources.machine.peer_names().iter().any(|name| name == peer) {
            return Err(UsageError(ui.lang().no_such_peer(peer)).into());
        }
        let client = sources.machine.dial(peer).await?;
        let state = client.describe().await?.state;
        if state.scope != scope.digest() {
            bail!("`{peer}` looks at another scope ({} there, {} here)", state.scope.short(), scope.digest().short());
        }
        let digests = client.digests(Moment::Now, &Selection::All).await?;
        Ok(Self {
            label: peer.to_owned(),
            scope: state.scope,
            facts: Facts::Asked { client: Box::new(client), digests },
        })
    }

    /// Digest of each fact.
    pub(super) fn digests(&self) -> Digests {
        match &self.facts {
            Facts::Read(model) => model.digests(),
            Facts::Asked { digests, .. } => digests.clone(),
        }
    }

    /// What was looked at.
    pub(super) fn scope(&self) -> ScopeDigest {
        self.scope
    }

    /// The whole model; a peer is asked for every definition.
    #[allow(dead_code, reason = "`diff --sql` is about to use it")]
    pub(super) async fn model(&self) -> Result<Model> {
        match &self.facts {
            Facts::Read(model) => Ok((**model).clone()),
            Facts::Asked { digests, .. } => {
                let ids: Vec<FactId> = digests.keys().cloned().collect();
                self.definitions(&ids).await
            }
        }
    }

    /// What differs on the way from this side to the other.
    pub(super) async fn changes(&self, to: &Self) -> Result<Vec<Change>> {
        let changed: Vec<_> = changed_ids(&self.digests(), &to.digests()).collect();
        let ids: Vec<FactId> = changed.iter().map(|(id, _)| id.clone()).collect();
        let (from, to) = (self.definitions(&ids).await?, to.definitions(&ids).await?);
        let attributes = |model: &Model, id: &FactId| model.fact(id).map(|f| f.attributes.clone()).unwrap_or_default();
        let change = |(id, change): (FactId, _)| {
            let attributes = differences(id.kind, &attributes(&from, &id), &attributes(&to, &id));
            Change { attributes, id, change }
        };
        Ok(changed.into_iter().map(change).collect())
    }

    async fn definitions(&self, ids: &[FactId]) -> Result<Model> {
        match &self.facts {
            Facts::Read(model) => Ok(Model::new(ids.iter().filter_map(|id| model.fact(id).cloned()))),
            Facts::Asked { client, digests } => {
                let there: BTreeSet<FactId> = ids.iter().filter(|id| digests.contains_key(id)).cloned().collect();
                let found = client.definitions(Moment::Now, &there).await.context("failed to ask for what differs")?;
                Ok(Model::new(found.into_iter().map(|(id, attributes)| Fact { id, attributes })))
            }
        }
    }
}

fn is_url(source: &str) -> bool {
    source.starts_with("postgres") && source.contains("://") || source.contains("dbname=") || source.contains("host=")
}
