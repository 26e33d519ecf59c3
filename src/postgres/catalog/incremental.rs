//! Finds what the caller's transaction changed, without reading the whole schema.
//!
//! 1. The transaction's own counters say which catalogs it wrote to; none: nothing changed, one round trip.
//! 2. In those, the rows as young as the transaction lead to their root objects; where rows were deleted, the known ones
//!    are looked for.
//! 3. Those roots are read again. What was renamed, or redefined in a way that shows elsewhere, leads by pg_depend to the
//!    roots whose printed text may have changed, and these are read again too.
//!
//! What it does not understand (renamed schemas, moved extensions, changed operators) it reads whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::future::try_join_all;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, SimpleQueryMessage, Statement};

use super::reader::{ReadFact, Sort};
use super::traces::{
    MISSING_COMMENTS, NAMED, PRINTED, WATCHED, address_roots, changed_sql, dependents_sql, missing_sql, oid, views_sql,
};
use super::{
    CatalogError, CatalogReader, Delta, Ignored, MEMBERS, News, READERS, Reading, Root, RootNews, members, session,
};
use crate::journal::{Effect, effect_between, touched};
use crate::schema::{Fact, FactId, Kind, Unsupported};

/// Rows inserted, updated and deleted by this transaction.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    inserted: bool,
    updated: bool,
    deleted: bool,
}

impl Moved {
    fn any(self) -> bool {
        self.inserted || self.updated || self.deleted
    }
}

/// What a script has moved, by catalog; `None`: the server does not count.
type Counters = Option<BTreeMap<u32, Moved>>;

type Roots = BTreeMap<Root, Option<Sort>>;

impl CatalogReader {
    /// Inside the caller's transaction, after a script ran in it: what the transaction changed since `before`, which must be
    /// the reading of the state it started from. Leaves the session's settings as they were.
    pub async fn changes(&self, client: &Client, before: &Reading) -> Result<Delta, CatalogError> {
        let counters = self.counters(client).await?;
        if counters.as_ref().is_some_and(|counters| counters.values().all(|moved| !moved.any())) {
            return Ok(Delta { effect: Effect::new(), news: News::Nothing });
        }
        let delta = match counters {
            Some(counters) if !needs_whole(&counters) => self.by_roots(client, before, &counters).await?,
            _ => self.whole(client, before).await?,
        };
        session::unpin(client).await?;
        Ok(delta)
    }

    async fn whole(&self, client: &Client, before: &Reading) -> Result<Delta, CatalogError> {
        session::pin(client, "").await?;
        let after = self.everything(client).await?;
        Ok(Delta { effect: effect_between(&before.model, &after.model), news: News::Whole(Box::new(after)) })
    }

    /// Asked as plain text, with every name qualified: the script may have left any search_path, and may have thrown prepared
    /// statements away.
    async fn counters(&self, client: &Client) -> Result<Counters, CatalogError> {
        let fail = |source| CatalogError::Query { what: "counters", source };
        let list = |list: &[u32]| list.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT c, pg_catalog.pg_stat_get_xact_tuples_inserted(c), pg_catalog.pg_stat_get_xact_tuples_updated(c), \
             pg_catalog.pg_stat_get_xact_tuples_deleted(c), pg_catalog.current_setting('track_counts'), \
             (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements) \
             FROM pg_catalog.unnest('{{{},{},{}}}'::pg_catalog.oid[]) c",
            list(WATCHED),
            list(PRINTED),
            list(NAMED)
        );
        let mut counters = BTreeMap::new();
        for message in client.simple_query(&sql).await.map_err(fail)? {
            let SimpleQueryMessage::Row(row) = message else { continue };
            if row.get(4) != Some("on") {
                return Ok(None);
            }
            let moved = |column| row.get(column).is_some_and(|count| count != "0");
            let catalog = row.get(0).and_then(|text| text.parse().ok()).unwrap_or_default();
            counters.insert(catalog, Moved { inserted: moved(1), updated: moved(2), deleted: moved(3) });
            let mut statements = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if row.get(5).and_then(|text| text.parse().ok()).is_none_or(|held: usize| held < statements.len()) {
                statements.clear();
            }
        }
        Ok(Some(counters))
    }

    async fn by_roots(
        &self,
        client: &Client,
        before: &Reading,
        counters: &BTreeMap<u32, Moved>,
    ) -> Result<Delta, CatalogError> {
        let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
        let new_members = self.members_now(client, before, moved(oid::DEPEND));
        // The first goes out first: what is asked behind it, without waiting, is asked with our settings.
        let ((), mut wanted, gone, unsupported, new_members) = tokio::try_join!(
            session::pin(client, session::SAME_PLAN),
            self.changed(client, counters),
            self.missing(client, before, counters),
            self.unsupported_now(client, before, counters),
            new_members,
        )?;
        for root in gone {
            wanted.entry(root).or_insert_with(|| sort_before(before, root));
        }
        if let Some(now) = &new_members {
            let differ: Vec<Root> = before.members.symmetric_difference(now).copied().collect();
            wanted.extend(self.sorted(client, &differ).await?);
        }
        if moved(oid::ATTRIBUTE).any() || moved(oid::CLASS).updated {
            self.add_views(client, before, &mut wanted).await?;
        }
        let members = new_members.as_ref().unwrap_or(&before.members);
        let mut news = self.read_roots(client, &wanted, members).await?;
        let others_updated = [oid::CLASS, oid::TYPE, oid::PROC].into_iter().any(|catalog| moved(catalog).updated);
        let seeds = seeds(before, &news, others_updated);
        if !seeds.is_empty() {
            let mut more = self.dependents(client, &seeds).await?;
            more.retain(|root, _| !news.contains_key(root));
            news.extend(self.read_roots(client, &more, members).await?);
        }
        let effect = effect(before, &news);
        Ok(Delta { effect, news: News::Roots(RootNews { roots: news, unsupported, members: new_members }) })
    }

    async fn changed(&self, client: &Client, counters: &BTreeMap<u32, Moved>) -> Result<Roots, CatalogError> {
        // A new column or index comes with a new row in pg_class: that row leads to the same root.
        let follows = |catalog: u32| matches!(catalog, oid::ATTRIBUTE | oid::INDEX);
        let moved = counters.iter().filter(|(catalog, moved)| moved.updated || moved.inserted && !follows(**catalog));
        let found = try_join_all(
            moved
                .filter_map(|(&catalog, _)| changed_sql(catalog))
                .map(|sql| async move { roots(&self.ask(client, "changed rows", sql, &[]).await?) }),
        );
        Ok(found.await?.into_iter().flatten().collect())
    }

    /// The roots of the known rows that are no more.
    async fn missing(
        &self,
        client: &Client,
        before: &Reading,
        counters: &BTreeMap<u32, Moved>,
    ) -> Result<BTreeSet<Root>, CatalogError> {
        let deleted: Vec<u32> =
            counters.iter().filter(|(_, moved)| moved.deleted).map(|(&catalog, _)| catalog).collect();
        let found = try_join_all(deleted.into_iter().map(|catalog| async move {
            if catalog == oid::DESCRIPTION {
                return self.missing_comments(client, before).await;
            }
            let Some(sql) = missing_sql(catalog) else { return Ok(Vec::new()) };
            let known = known_rows(before, catalog);
            if known.is_empty() {
                return Ok(Vec::new());
            }
            let oids: Vec<u32> = known.keys().copied().collect();
            let rows = self.ask(client, "deleted rows", sql.to_owned(), &[&oids]).await?;
            let fail = |source| CatalogError::Query { what: "deleted rows", source };
            let oids = rows.iter().map(|row| row.try_get::<_, u32>(0)).collect::<Result<Vec<_>, _>>().map_err(fail)?;
            Ok(oids.iter().filter_map(|oid| known.get(oid).copied()).collect())
        }));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn missing_comments(&self, client: &Client, before: &Reading) -> Result<Vec<Root>, CatalogError> {
        let comments = before.origins().filter(|(id, _)| id.kind == Kind::Comment);
        let known: HashMap<(u32, u32, i32), Root> =
            comments.map(|(_, origin)| ((origin.class, origin.oid, origin.sub), origin.root)).collect();
        let classes: Vec<u32> = known.keys().map(|key| key.0).collect();
        let oids: Vec<u32> = known.keys().map(|key| key.1).collect();
        let subs: Vec<i32> = known.keys().map(|key| key.2).collect();
        let rows = self.ask(client, "deleted comments", MISSING_COMMENTS.to_owned(), &[&classes, &oids, &subs]).await?;
        let fail = |source| CatalogError::Query { what: "deleted comments", source };
        let keys = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(fail)?;
        Ok(keys.iter().filter_map(|key| known.get(key).copied()).collect())
    }

    /// What is unsupported now, where that can have changed; `None`: as before.
    async fn unsupported_now(
        &self,
        client: &Client,
        before: &Reading,
        counters: &BTreeMap<u32, Moved>,
    ) -> Result<Option<Vec<Unsupported>>, CatalogError> {
        let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
        let made = NAMED.iter().chain(PRINTED).chain(&[oid::REWRITE, oid::PROC]).any(|&catalog| moved(catalog).any());
        let made = made || moved(oid::TYPE).inserted && !moved(oid::CLASS).inserted;
        let gone = [oid::CLASS, oid::TYPE].into_iter().any(|catalog| moved(catalog).updated || moved(catalog).deleted);
        if !made && (before.model.unsupported.is_empty() || !gone) {
            return Ok(None);
        }
        let rows = self.ask(client, "unsupported kinds", super::unsupported::sql(), &[&self.scope.schemas]).await?;
        self.unsupported(&rows).map(Some)
    }

    /// What extensions own now, where that can have changed.
    async fn members_now(
        &self,
        client: &Client,
        before: &Reading,
        depend: Moved,
    ) -> Result<Option<HashSet<Root>>, CatalogError> {
        if !(depend.inserted || depend.updated || depend.deleted && !before.members.is_empty()) {
            return Ok(None);
        }
        let rows = self.ask(client, "extension members", MEMBERS.to_owned(), &[]).await?;
        members(&rows).map(Some).map_err(|source| CatalogError::Query { what: "extension members", source })
    }

    async fn add_views(&self, client: &Client, before: &Reading, wanted: &mut Roots) -> Result<(), CatalogError> {
        let known = wanted.keys().filter(|root| root.class == oid::CLASS && before.roots.contains_key(root));
        let oids: Vec<u32> = known.map(|root| root.oid).collect();
        if !oids.is_empty() {
            let rows = self.ask(client, "views", views_sql(), &[&oids]).await?;
            for (root, sort) in roots(&rows)? {
                wanted.entry(root).or_insert(sort);
            }
        }
        Ok(())
    }

    /// The sorts of roots that are there.
    async fn sorted(&self, client: &Client, found: &[Root]) -> Result<Roots, CatalogError> {
        if found.is_empty() {
            return Ok(Roots::new());
        }
        let classes: Vec<u32> = found.iter().map(|root| root.class).collect();
        let oids: Vec<u32> = found.iter().map(|root| root.oid).collect();
        let sql = address_roots("SELECT * FROM unnest($1::oid[], $2::oid[]) u(class, oid)");
        Ok(roots(&self.ask(client, "extension members", sql, &[&classes, &oids]).await?)?.into_iter().collect())
    }

    async fn dependents(&self, client: &Client, seeds: &BTreeSet<(u32, u32)>) -> Result<Roots, CatalogError> {
        let classes: Vec<u32> = seeds.iter().map(|seed| seed.0).collect();
        let oids: Vec<u32> = seeds.iter().map(|seed| seed.1).collect();
        let rows = self.ask(client, "dependents", dependents_sql(), &[&classes, &oids]).await?;
        Ok(roots(&rows)?.into_iter().collect())
    }

    /// Every fact of these roots, as it is now.
    async fn read_roots(
        &self,
        client: &Client,
        wanted: &Roots,
        members: &HashSet<Root>,
    ) -> Result<HashMap<Root, Vec<(Fact, super::Origin)>>, CatalogError> {
        let read = try_join_all(READERS.iter().map(|reader| async move {
            let wanted = wanted.iter().filter(|(_, sort)| sort.is_some_and(|sort| reader.sorts.contains(&sort)));
            let oids: Vec<u32> = wanted.map(|(root, _)| root.oid).collect();
            if oids.is_empty() {
                return Ok(Vec::new());
            }
            let parameters: &[&(dyn ToSql + Sync)] = &[&self.scope.schemas, &oids];
            let rows = self.ask(client, reader.kind.word(), reader.some(self.major), parameters).await?;
            rows.iter().map(|row| reader.fact(row)).collect::<Result<Vec<ReadFact>, _>>()
        }));
        let mut news: HashMap<Root, Vec<_>> = wanted.keys().map(|root| (*root, Vec::new())).collect();
        let mut ignored = Ignored { scope: &self.scope, known: HashMap::new() };
        for read in read.await?.into_iter().flatten() {
            if members.contains(&read.origin.root) || ignored.ignores(&read) {
                continue;
            }
            // The same OID in another catalog may have been asked for: only what was wanted is taken.
            if let Some(facts) = news.get_mut(&read.origin.root) {
                facts.push((read.fact, read.origin));
            }
        }
        Ok(news)
    }

    async fn ask(
        &self,
        client: &Client,
        what: &'static str,
        sql: String,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, CatalogError> {
        let fail = |source| CatalogError::Query { what, source };
        let known = self.statement(&sql);
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = client.prepare(&sql).await.map_err(fail)?;
                let mut statements = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                statements.insert(sql, statement.clone());
                statement
            }
        };
        client.query(&statement, parameters).await.map_err(fail)
    }

    fn statement(&self, sql: &str) -> Option<Statement> {
        self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(sql).cloned()
    }
}

/// A renamed schema touches everything in it and moves it into or out of the scope; a moved extension likewise.
fn needs_whole(counters: &BTreeMap<u32, Moved>) -> bool {
    let updated = |catalog: &u32| counters.get(catalog).is_some_and(|moved| moved.updated);
    [oid::NAMESPACE, oid::EXTENSION].iter().chain(PRINTED).any(updated)
}

fn roots(rows: &[Row]) -> Result<Vec<(Root, Option<Sort>)>, CatalogError> {
    let fail = |source| CatalogError::Query { what: "changed rows", source };
    let root = |row: &Row| {
        Ok((Root { class: row.try_get(0)?, oid: row.try_get(1)? }, Sort::from_letter(row.try_get::<_, &str>(2)?)))
    };
    let rows = rows.iter().map(root).collect::<Result<Vec<_>, _>>().map_err(fail)?;
    Ok(rows.into_iter().filter(|(_, sort)| sort.is_some()).collect())
}

/// The rows of a catalog from which facts come, with their roots.
fn known_rows(before: &Reading, catalog: u32) -> HashMap<u32, Root> {
    let sequence = |id: &FactId| before.model.fact(id).is_some_and(|fact| fact.attributes.contains_key("owned_by"));
    before
        .origins()
        .filter(|(id, origin)| match catalog {
            oid::DEPEND => id.kind == Kind::Sequence && sequence(id),
            _ => origin.class == catalog && origin.sub == 0 && id.kind != Kind::Comment,
        })
        .map(|(_, origin)| (origin.oid, origin.root))
        .collect()
}

/// The sort of a root that is known from before; `None`: it had no facts.
fn sort_before(before: &Reading, root: Root) -> Option<Sort> {
    before.roots.get(&root)?.keys().find_map(|id| Sort::of_kind(id.kind))
}

/// What changed in a way that shows in the text of others: renamed rows, redefined views and types; and what is updated out of
/// our sight (objects beyond the scope), which may have been renamed.
fn seeds(
    before: &Reading,
    news: &HashMap<Root, Vec<(Fact, super::Origin)>>,
    others_updated: bool,
) -> BTreeSet<(u32, u32)> {
    let mut seeds = BTreeSet::new();
    for (root, facts) in news {
        let Some(known) = before.roots.get(root) else {
            // New, out of sight, or ignored until now under another name.
            if others_updated {
                seeds.insert((root.class, root.oid));
            }
            continue;
        };
        let origins: HashMap<_, &FactId> =
            known.iter().map(|(id, origin)| ((origin.class, origin.oid, origin.sub, id.kind.word()), id)).collect();
        for (fact, origin) in facts.iter().filter(|(fact, _)| fact.id.kind != Kind::Comment) {
            let Some(&id) = origins.get(&(origin.class, origin.oid, origin.sub, fact.id.kind.word())) else { continue };
            let shows = matches!(
                fact.id.kind,
                Kind::View | Kind::MaterializedView | Kind::Enum | Kind::Composite | Kind::Domain
            );
            let changed = || before.model.fact(id).is_none_or(|old| old.digest() != fact.digest());
            if *id != fact.id || shows && changed() {
                seeds.insert((origin.class, origin.oid));
            }
        }
        // Known before, and now out of sight (moved to another schema, say) or gone.
        if facts.is_empty() {
            seeds.insert((root.class, root.oid));
        }
    }
    seeds
}

fn effect(before: &Reading, news: &HashMap<Root, Vec<(Fact, super::Origin)>>) -> Effect {
    let after: HashMap<&FactId, &Fact> = news.values().flatten().map(|(fact, _)| (&fact.id, fact)).collect();
    let known = news.keys().filter_map(|root| before.roots.get(root)).flat_map(HashMap::keys);
    let ids: BTreeSet<&FactId> = known.chain(after.keys().copied()).collect();
    ids.into_iter()
        .map(|id| (id, touched(before.model.fact(id), after.get(id).copied())))
        .filter(|(_, touched)| touched.before != touched.after)
        .map(|(id, touched)| (id.clone(), touched))
        .collect()
}
