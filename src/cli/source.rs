//! What can be compared: the configured database, another one by its URL, a peer by its name; and what a replay in a scratch
//! database makes of a DDL file, a script folder, or the models.
//!
//! Databases are read in a READ ONLY transaction; a peer is asked for digests first and for the few facts that differ then. A scratch
//! database is announced, and dropped before anything is compared.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::args::Look;
use super::ui::Ui;
use super::{UsageError, or_stopped};
use crate::agent::replay::{Ground, Replayed, Text, replay};
use crate::agent::{Machine, MachineError, models};
use crate::config::ConfigError;
use crate::hash::{Fingerprint, ScopeDigest};
use crate::peer::{Buckets, Moment, PeerClient, Selection, bucket_of};
use crate::postgres::catalog::CatalogReader;
use crate::postgres::connect::{Connection, Target};
use crate::postgres::scratch::{ReplayError, Skipped};
use crate::schema::{
    AcrossMajors, Alike, Change, ChangeKind, Digests, Fact, FactId, Kind, Model, Scope, Unsupported, changed_between,
    changed_ids, differences, fingerprint, qualified,
};
use crate::script::{CanonicalText, ProblemKind, analyze};
use crate::script_dir::ScriptDir;

use super::render::diff::harmless;
use super::render::problem;

/// Where sources are looked up.
pub(super) struct Sources<'a> {
    /// This machine.
    pub(super) machine: &'a Machine,
    /// What is looked at, where that is to be another than the configured scope.
    pub(super) look: &'a Look,
    /// The sources that were named: without a configured database, the server of a URL among them hosts scratch databases.
    pub(super) named: Vec<&'a str>,
}

impl Sources<'_> {
    pub(super) fn scope(&self) -> Scope {
        let configured = &self.machine.config.scope;
        let schemas = if self.look.schemas.is_empty() { &configured.schemas } else { &self.look.schemas };
        let narrowed = Scope::new(schemas.clone(), configured.ignore.clone());
        Scope {
            owners: configured.owners || self.look.owners,
            grants: configured.grants || self.look.grants,
            ..narrowed
        }
    }

    /// The server on which a way from this side is tried: its own, where it is a database.
    pub(super) fn host_for(&self, ui: &Ui, from: &Side) -> Result<Target> {
        match from.database() {
            Some(Some(url)) => Ok(Target::resolve(url)?),
            _ => self.host(ui),
        }
    }

    /// Schemas that were asked for and that no side has: what is compared then is nothing.
    pub(super) fn all_there(&self, ui: &Ui, sides: &[&Side]) -> Result<()> {
        let models: Option<Vec<&Model>> = sides.iter().map(|side| side.read_already()).collect();
        let Some(models) = models else { return Ok(()) };
        let is_there = |schema: &str| {
            let id = FactId::new(Kind::Schema, qualified(&[schema]));
            schema == "public" || models.iter().any(|model| model.fact(&id).is_some())
        };
        match self.look.schemas.iter().find(|schema| !is_there(schema)) {
            Some(schema) => Err(UsageError(ui.lang().no_such_schema(schema)).into()),
            None => Ok(()),
        }
    }

    /// The role that a database is opened as.
    pub(super) fn role(&self, source: Option<&str>) -> Result<String> {
        let target = match source {
            Some(url) => Target::resolve(url)?,
            None => self.machine.target()?,
        };
        Ok(target.user().to_owned())
    }

    /// The database on whose server scratch databases are made.
    pub(super) fn host(&self, ui: &Ui) -> Result<Target> {
        match self.machine.target() {
            Err(MachineError::Config(ConfigError::NoDatabase)) => {
                match self.named.iter().find(|source| is_url(source)) {
                    Some(url) => Ok(Target::resolve(url)?),
                    None => Err(UsageError(ui.lang().scratch_needs_server().to_owned()).into()),
                }
            }
            found => Ok(found?),
        }
    }
}

/// Replays in a scratch database, saying so, and what was left out.
pub(super) async fn replayed(
    ui: &Ui,
    host: &Target,
    scope: &Scope,
    ground: Ground,
    texts: &[Text],
) -> Result<Replayed> {
    ui.remark(&ui.style.faint(&ui.lang().scratch_used(&host.label(), texts.len())));
    let done = or_stopped(async { Ok(replay(host, scope, ground, texts).await) }).await?;
    let found = done.map_err(|error| explained(ui, error))?;
    left_out(ui, &found.skipped);
    Ok(found)
}

/// Says what keeps a text from being replayed, line by line, before the error itself is told.
pub(super) fn explained(ui: &Ui, error: ReplayError) -> anyhow::Error {
    if let ReplayError::Unusable { script, problems } = &error {
        problems.iter().for_each(|found| ui.warn(&problem::problem(ui.lang(), script, found)));
    }
    error.into()
}

/// Says which statements were not replayed.
pub(super) fn left_out(ui: &Ui, skipped: &[Skipped]) {
    for Skipped { script, line, what } in skipped {
        ui.remark(&ui.style.faint(&ui.lang().replay_skipped(script, *line, what)));
    }
}

/// One side of a comparison.
pub(super) struct Side {
    /// `user@host:port/database`, or the peer's name.
    pub(super) label: String,
    scope: ScopeDigest,
    /// PostgreSQL's major version, where it is known.
    major: Option<u32>,
    /// How it was named, where it is a database.
    source: Option<Option<String>>,
    /// What was met there and is no fact.
    pub(super) unsupported: Vec<Unsupported>,
    facts: Facts,
}

enum Facts {
    Read(Box<Model>),
    Asked(Box<PeerClient>),
}

impl Side {
    /// Opens a source; nothing: the configured database.
    pub(super) async fn open(ui: &Ui, sources: &Sources<'_>, source: Option<&str>) -> Result<Self> {
        let scope = sources.scope();
        ui.passing(ui.lang().looking());
        match source {
            None => Ok(Self { source: Some(None), ..Self::read(&sources.machine.target()?, &scope).await? }),
            Some(url) if is_url(url) => {
                Ok(Self { source: Some(Some(url.to_owned())), ..Self::read(&Target::resolve(url)?, &scope).await? })
            }
            Some(source) => match source.strip_prefix("peer:") {
                Some(peer) => Self::ask(ui, sources, peer, &scope).await,
                None => Self::replay(ui, sources, source, &scope).await,
            },
        }
    }

    /// Opens both sources of a comparison; two databases are read at the same time.
    pub(super) async fn open_both(
        ui: &Ui,
        sources: &Sources<'_>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(Self, Self)> {
        if from.is_none_or(is_url) && to.is_none_or(is_url) {
            return tokio::try_join!(Self::open(ui, sources, from), Self::open(ui, sources, to));
        }
        Ok((Self::open(ui, sources, from).await?, Self::open(ui, sources, to).await?))
    }

    async fn replay(ui: &Ui, sources: &Sources<'_>, source: &str, scope: &Scope) -> Result<Self> {
        let (ground, texts) = match (source.strip_prefix("file:"), source.strip_prefix("scripts:"), source) {
            (Some(path), ..) => (Ground::Empty, vec![dump_file(ui, Path::new(path))?]),
            (_, Some(folder), _) => (Ground::History, script_folder(ui, Path::new(folder))?),
            (.., "models") => (Ground::Surroundings, vec![models::ddl(sources.machine).await?]),
            _ => return Err(UsageError(ui.lang().no_such_source(source)).into()),
        };
        let found = replayed(ui, &sources.host(ui)?, scope, ground, &texts).await?;
        let model = found.reading.model;
        let unsupported = model.unsupported.clone();
        let facts = Facts::Read(Box::new(model));
        Ok(Self { label: source.to_owned(), scope: scope.digest(), major: None, source: None, unsupported, facts })
    }

    async fn read(target: &Target, scope: &Scope) -> Result<Self> {
        let connection = Connection::open(target, "look").await?;
        let reader = CatalogReader::new(&connection.client, scope).await?;
        let reading = reader.read_once(&connection.client).await?;
        let major = Some(connection.server_major());
        let unsupported = reading.model.unsupported.clone();
        let facts = Facts::Read(Box::new(reading.model));
        Ok(Self { label: target.label(), scope: scope.digest(), major, source: None, unsupported, facts })
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
        Ok(Self {
            label: peer.to_owned(),
            scope: state.scope,
            major: Some(state.server_major),
            source: None,
            unsupported: state.unsupported.iter().map(|told| Unsupported::parse(told)).collect(),
            facts: Facts::Asked(Box::new(client)),
        })
    }

    /// The fingerprint.
    pub(super) async fn fingerprint(&self) -> Result<Fingerprint> {
        match &self.facts {
            Facts::Read(model) => Ok(model.fingerprint()),
            Facts::Asked(_) => Ok(fingerprint(&self.digests().await?)),
        }
    }

    /// Digest of each fact.
    pub(super) async fn digests(&self) -> Result<Digests> {
        match &self.facts {
            Facts::Read(model) => Ok(model.digests()),
            Facts::Asked(client) => Ok(client.digests(Moment::Now, &Selection::All).await?),
        }
    }

    /// How a database was named, if this is one: nothing for the configured one.
    pub(super) fn database(&self) -> Option<Option<&str>> {
        self.source.as_ref().map(Option::as_deref)
    }

    /// Every fact, where they are here already.
    pub(super) fn read_already(&self) -> Option<&Model> {
        match &self.facts {
            Facts::Read(model) => Some(model),
            Facts::Asked(_) => None,
        }
    }

    /// What was looked at.
    pub(super) fn scope(&self) -> ScopeDigest {
        self.scope
    }

    /// The whole model; a peer is asked for every definition.
    pub(super) async fn model(&self) -> Result<Model> {
        match &self.facts {
            Facts::Read(model) => Ok((**model).clone()),
            Facts::Asked(_) => {
                let ids: Vec<FactId> = self.digests().await?.into_keys().collect();
                self.definitions(&ids).await
            }
        }
    }

    /// The identities whose digests differ, and which way. A peer tells the hashes of its buckets first, and the digests of the few that
    /// differ then.
    async fn changed(&self, to: &Self) -> Result<Vec<(FactId, ChangeKind)>> {
        Ok(match (&self.facts, &to.facts) {
            (Facts::Read(from), Facts::Read(to)) => changed_between(from.each_digest(), to.each_digest()),
            (Facts::Read(from), Facts::Asked(there)) => {
                let (from, to) = where_they_differ(from, there).await?;
                changed_ids(&from, &to).collect()
            }
            (Facts::Asked(there), Facts::Read(to)) => {
                let (to, from) = where_they_differ(to, there).await?;
                changed_ids(&from, &to).collect()
            }
            (Facts::Asked(_), Facts::Asked(_)) => changed_ids(&self.digests().await?, &to.digests().await?).collect(),
        })
    }

    /// How much the servers of the two sides tell alike.
    pub(super) fn alike(&self, to: &Self) -> Alike {
        self.major.zip(to.major).map(|(here, there)| Alike::between(here, there)).unwrap_or_default()
    }

    /// What differs on the way from this side to the other, and how many facts were left out because the servers' majors do not tell
    /// them alike.
    pub(super) async fn changes(&self, to: &Self) -> Result<(Vec<Change>, usize)> {
        let alike = self.alike(to);
        let mut changed = self.changed(to).await?;
        let all = changed.len();
        changed.retain(|(id, _)| alike.compares(id));
        let mut not_compared = all - changed.len();
        let but = |unwanted| {
            let wanted = changed.iter().filter(move |(_, change)| *change != unwanted);
            wanted.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        let from = self.definitions(&but(ChangeKind::Added)).await?;
        let to = to.definitions(&but(ChangeKind::Removed)).await?;
        let differs = |(id, _): &(FactId, _)| {
            if alike != Alike::ButWords {
                return true;
            }
            let (Some(from), Some(to)) = (from.fact(id), to.fact(id)) else {
                return true;
            };
            let (from_across, to_across) = (from.across(), to.across());
            not_compared += usize::from(from_across.is_some_and(|a| a.bound) && to_across.is_some_and(|a| a.bound));
            let digest = |fact: &Fact, across: Option<AcrossMajors>| across.map_or_else(|| fact.digest(), |a| a.digest);
            digest(from, from_across) != digest(to, to_across)
        };
        let changed: Vec<_> = changed.into_iter().filter(differs).collect();
        let attributes = |model: &Model, id: &FactId| model.fact(id).map(|f| f.attributes.clone()).unwrap_or_default();
        let change = |(id, change): (FactId, _)| {
            let attributes = differences(id.kind, &attributes(&from, &id), &attributes(&to, &id));
            Change { attributes, id, change }
        };
        Ok((changed.into_iter().map(change).collect(), not_compared))
    }

    async fn definitions(&self, ids: &[FactId]) -> Result<Model> {
        match &self.facts {
            Facts::Read(model) => Ok(Model::new(ids.iter().filter_map(|id| model.fact(id).cloned()))),
            Facts::Asked(client) => {
                let ids: BTreeSet<FactId> = ids.iter().cloned().collect();
                if ids.is_empty() {
                    return Ok(Model::default());
                }
                let found = client.definitions(Moment::Now, &ids).await.context("failed to ask for what differs")?;
                Ok(Model::new(found.into_iter().map(|(id, attributes)| Fact { id, attributes })))
            }
        }
    }
}

/// The digests here and there of the buckets that differ.
async fn where_they_differ(here: &Model, there: &PeerClient) -> Result<(Digests, Digests)> {
    let mut digests = here.digests();
    let buckets: BTreeSet<u16> =
        Buckets::of(&digests).differing(&there.buckets(Moment::Now).await?).into_iter().collect();
    digests.retain(|id, _| buckets.contains(&bucket_of(id)));
    let theirs = match buckets.is_empty() {
        true => Digests::new(),
        false => there.digests(Moment::Now, &Selection::Buckets(buckets)).await?,
    };
    Ok((digests, theirs))
}

fn script_folder(ui: &Ui, folder: &Path) -> Result<Vec<Text>> {
    if !folder.is_dir() {
        return Err(UsageError(ui.lang().no_such_folder(&folder.display().to_string())).into());
    }
    let found = ScriptDir::load(folder)?.whole()?;
    for file in &found.ignored {
        ui.remark(&ui.style.bang(&ui.lang().ignored_file(&harmless(&file.name), &file.reason)));
    }
    if found.scripts.is_empty() {
        return Err(UsageError(ui.lang().no_scripts_in(&folder.display().to_string())).into());
    }
    Ok(found.scripts.into_iter().map(Text::from).collect())
}

/// A file with DDL. What `pg_dump` writes for psql alone is blanked, so that line numbers stay what they are.
fn dump_file(ui: &Ui, path: &Path) -> Result<Text> {
    let name = path.display().to_string();
    if !path.is_file() {
        return Err(UsageError(ui.lang().no_such_file(&name)).into());
    }
    let bytes = std::fs::read(path).with_context(|| format!("failed to read `{name}`"))?;
    let text = CanonicalText::decode(&bytes).with_context(|| format!("`{name}` cannot be used"))?;
    Ok(Text { name, text: without_restrict(text) })
}

/// Newer dumps lock psql with a random key, which means nothing to a server.
fn without_restrict(text: CanonicalText) -> CanonicalText {
    let is_lock = |kind: &ProblemKind| matches!(kind, ProblemKind::MetaCommand(word) if matches!(word.as_str(), "\\restrict" | "\\unrestrict"));
    let locks: BTreeSet<usize> = analyze(&text).problems.iter().filter(|p| is_lock(&p.kind)).map(|p| p.line).collect();
    if locks.is_empty() {
        return text;
    }
    let lines = text.as_str().split('\n').enumerate();
    let kept: Vec<&str> = lines.map(|(at, line)| if locks.contains(&(at + 1)) { "" } else { line }).collect();
    CanonicalText::from_canonical(kept.join("\n")).unwrap_or(text)
}

fn is_url(source: &str) -> bool {
    source.starts_with("postgres") && source.contains("://") || source.contains("dbname=") || source.contains("host=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_of_a_dump_is_blanked_and_nothing_else() {
        let text = |sql: &str| CanonicalText::from_canonical(sql).expect("canonical");
        let dump = text("\\restrict Kx9\nSELECT 1;\nSELECT '\n\\restrict x\n';\n\\unrestrict Kx9\n");
        assert_eq!(without_restrict(dump).as_str(), "\nSELECT 1;\nSELECT '\n\\restrict x\n';\n\n");
        assert_eq!(without_restrict(text("\\connect x\n")).as_str(), "\\connect x\n");
    }
}
