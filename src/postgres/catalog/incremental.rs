//! Finds what the caller's transaction changed, without reading the whole schema.
//!
//! 1. The transaction's own counters say which catalogs it wrote to; none: nothing changed, one round trip.
//! 2. In those, the rows as young as the transaction lead to their root objects; where rows were deleted, the known ones
//!    are looked for.
//! 3. Those roots are read again. What was renamed, or redefined in a way that shows elsewhere, leads by pg_depend to the
//!    roots whose printed text may have changed, and these are read again too.
//!
//! What it does not understand (renamed schemas, moved extensions, anything in the catalogs of few rows) it reads whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::Ordering;

use futures_util::future::try_join_all;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

use super::footprint::{Counters, Locks, Moved, counted_catalogs};
use super::reader::{Reader, Sort, some};
use super::traces::{
    LOCKS, MISSING_COMMENTS, NAMED, PRINTED, address_roots, changed_sql, dependents_sql, described_sql, missing_sql,
    oid, rare, views_sql,
};
use super::{CatalogError, CatalogReader, Delta, MEMBERS, News, Reading, Root, RootNews, members, session};
use crate::journal::{Effect, effect_between, touched};
use crate::schema::{Fact, FactId, Kind, Unsupported, Value};

/// Tells which facts of tables a transaction cannot have touched, so that they need not be read again.
struct Untouched<'a> {
    before: &'a Reading,
    counters: &'a BTreeMap<u32, Moved>,
    /// What was locked, where that is known.
    locks: Option<&'a Locks>,
    /// Something else than a relation or a column was commented on.
    beside_relations: bool,
    /// No table was renamed, moved to another schema or into an extension: each has a row in pg_type that goes with it.
    steady: bool,
    major: u32,
}

impl Untouched<'_> {
    /// Whether some of its facts may have been taken over unread.
    fn can_be(&self, root: Root, sort: Sort) -> bool {
        self.steady && root.class == oid::CLASS && sort == Sort::Table
    }

    /// Whether all comments on what belongs to this root are on relations and their columns.
    fn comments_on_relations_alone(&self, root: Root) -> bool {
        let known = self.before.roots.get(&root);
        // what comes into sight under another name may have brought any
        !self.beside_relations
            && (known.is_some() || self.steady)
            && !known.into_iter().flatten().any(|(id, origin)| id.kind == Kind::Comment && origin.class != oid::CLASS)
    }

    /// Whether the facts of this kind are what they were before. Their text can still be another where what it names was
    /// renamed: `dependents` finds that, for the table's own columns too. And a new constraint may have taken an index:
    /// `lost_indexes` finds that.
    fn kind(&self, kind: Kind, root: Root, sort: Sort) -> bool {
        if !self.can_be(root, sort) {
            return false;
        }
        let moved = |catalog: u32| self.counters.get(&catalog).copied().unwrap_or_default();
        let any = |catalogs: &[u32]| catalogs.iter().any(|&catalog| moved(catalog).any());
        let changed = |catalogs: &[u32]| catalogs.iter().any(|&catalog| moved(catalog).changed());
        let known = self.before.roots.get(&root);
        let had = || known.is_some_and(|facts| facts.iter().any(|(id, _)| id.kind == kind));
        let of_index = || {
            let mut origins = known.into_iter().flatten().filter(|(id, _)| id.kind == Kind::Comment);
            origins.any(|(_, origin)| origin.class == oid::CLASS && origin.oid != root.oid)
        };
        // a row of pg_class that was updated is the table's alone
        let spared = || self.locks.is_some_and(|locks| locks.spare_indexes(root, self.counters));
        let of_indexes = || self.locks.is_some_and(|locks| locks.only_indexes_have_new_columns(self.counters));
        let keys = || self.locks.is_some_and(|locks| locks.only_keys_are_new(self.counters));
        match kind {
            Kind::Table => {
                let same_row = || self.locks.is_some_and(|locks| locks.same_row(root, self.before));
                had()
                    && !changed(&[oid::INDEX])
                    && (!changed(&[oid::CLASS, oid::ATTRIBUTE]) || same_row())
                    && !any(&[oid::INHERITS, oid::PARTITIONED, oid::FOREIGN_TABLE])
            }
            Kind::Column => {
                had()
                    && (!any(&[oid::ATTRIBUTE]) || of_indexes())
                    && !any(&[oid::ATTRDEF, oid::SEQUENCE, oid::INHERITS])
                    && !(self.major >= 18 && moved(oid::CONSTRAINT).any())
            }
            Kind::Default => !(any(&[oid::ATTRDEF]) || had() && changed(&[oid::ATTRIBUTE])),
            // what a changed column does to constraints and indexes shows in their own rows, unless it was renamed
            Kind::Constraint => {
                !(any(&[oid::CONSTRAINT]) || had() && (changed(&[oid::INDEX]) || changed(&[oid::CLASS]) && !spared()))
            }
            Kind::Index => {
                (!any(&[oid::INDEX]) || !had() && keys())
                    && !(had()
                        && (changed(&[oid::CONSTRAINT])
                            || any(&[oid::INHERITS])
                            || changed(&[oid::CLASS, oid::ATTRIBUTE]) && !spared()))
            }
            Kind::Trigger => !any(&[oid::TRIGGER]) && !had(),
            Kind::NotNull => {
                self.major < 17 || !(any(&[oid::CONSTRAINT]) || had() && changed(&[oid::CLASS, oid::ATTRIBUTE]))
            }
            Kind::Policy => !any(&[oid::POLICY]) && !had(),
            Kind::Rule => !any(&[oid::REWRITE]) && !had(),
            Kind::Statistics => !any(&[oid::STATISTICS]) && !had(),
            Kind::Comment => {
                !any(&[oid::DESCRIPTION])
                    && !(had()
                        && (changed(&[
                            oid::ATTRIBUTE,
                            oid::CONSTRAINT,
                            oid::TRIGGER,
                            oid::POLICY,
                            oid::REWRITE,
                            oid::STATISTICS,
                        ]) || changed(&[oid::CLASS]) && of_index()))
            }
            _ => false,
        }
    }
}

type Roots = BTreeMap<Root, Option<Sort>>;
type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl CatalogReader {
    /// Inside the caller's transaction, after a script ran in it: what the transaction changed since `before`, which must be
    /// the reading of the state it started from. Leaves the session's settings as they were.
    pub async fn changes(&self, client: &Client, before: &Reading) -> Result<Delta, CatalogError> {
        let fail = |source| CatalogError::Query { what: "counters", source };
        session::pin_for_few(client).await?;
        let rows = client.query_typed(&Self::counters_held_sql(), &[]).await.map_err(fail)?;
        let counted = rows.first().map_or(Ok(None), |row| row.try_get::<_, Option<&str>>(0)).map_err(fail)?;
        let last = Counters::of(counted.unwrap_or_default());
        let delta = self.changes_counted(client, before, None, &last, None).await?;
        session::unpin(client).await?;
        Ok(delta)
    }

    /// The same, where the caller has asked for the counters and the locks already, in the same transaction before the script and
    /// after it, and has run [`Self::pins_sql`].
    pub async fn changes_counted(
        &self,
        client: &Client,
        before: &Reading,
        first: Option<&Counters>,
        last: &Counters,
        locks: Option<&Locks>,
    ) -> Result<Delta, CatalogError> {
        last.held.iter().for_each(|held| self.forget_lost_statements(*held));
        let counters = last.since(first);
        if counters.as_ref().is_some_and(BTreeMap::is_empty) {
            return Ok(Delta { effect: Effect::new(), news: News::Nothing });
        }
        // Who owns what and who may use it changes without a lock.
        let locks = locks.filter(|_| !self.scope.owners && !self.scope.grants);
        match counters {
            Some(counters) if !needs_whole(&counters) => self.by_roots(client, before, &counters, locks).await,
            _ => self.whole(client, before).await,
        }
    }

    /// The settings that our questions need, until the end of the transaction.
    pub fn pins_sql() -> String {
        session::pins_sql()
    }

    /// The session holds fewer statements than we have prepared: the script has forgotten them.
    fn forget_lost_statements(&self, held: i64) {
        let mut statements = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if usize::try_from(held).is_ok_and(|held| held < statements.len()) {
            statements.clear();
        }
    }

    async fn whole(&self, client: &Client, before: &Reading) -> Result<Delta, CatalogError> {
        session::plan_freely(client).await?;
        let after = self.everything(client).await?;
        Ok(Delta { effect: effect_between(&before.model, &after.model), news: News::Whole(Box::new(after)) })
    }

    /// The question for [`Counters`]: one text. Every name is qualified: the script may have left any search_path.
    pub fn counters_sql() -> String {
        let list = counted_catalogs().map(|catalog| catalog.to_string()).collect::<Vec<_>>().join(",");
        let counted = |what: &str| {
            format!("pg_catalog.string_agg(pg_catalog.pg_stat_get_xact_tuples_{what}(c)::pg_catalog.text, ' ')")
        };
        format!(
            "SELECT {} || ',' || {} || ',' || {} || ',' || pg_catalog.current_setting('track_counts') AS counted \
             FROM pg_catalog.unnest('{{{list}}}'::pg_catalog.oid[]) c",
            counted("inserted"),
            counted("updated"),
            counted("deleted"),
        )
    }

    /// The same, and how many statements the session holds prepared: a script may have forgotten ours.
    pub fn counters_held_sql() -> String {
        format!(
            "SELECT counters.counted || ',' || (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements) FROM ({}) counters",
            Self::counters_sql()
        )
    }

    /// The question for [`Locks`]: one row. To be asked with our settings, in the transaction of the script.
    pub fn locks_sql() -> &'static str {
        LOCKS
    }

    async fn by_roots(
        &self,
        client: &Client,
        before: &Reading,
        counters: &BTreeMap<u32, Moved>,
        locks: Option<&Locks>,
    ) -> Result<Delta, CatalogError> {
        let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
        let covered = |catalog: u32| locks.is_some_and(|locks| locks.cover(catalog, counters, before));
        let depend = moved(oid::DEPEND);
        let depend = Moved { inserted: depend.inserted && !covered(oid::DEPEND), ..depend };
        let (mut wanted, described, gone, unsupported, new_members) = tokio::try_join!(
            self.changed(client, counters, covered),
            self.described(client, moved(oid::DESCRIPTION)),
            self.missing(client, before, counters),
            self.unsupported_now(client, before, counters),
            self.members_now(client, before, depend),
        )?;
        for (&root, &sort) in locks.into_iter().flat_map(|locks| &locks.roots) {
            // what neither is locked itself nor has facts cannot have come into sight
            if let Some(sort) = sort.or_else(|| sort_before(before, root)) {
                wanted.entry(root).or_insert(Some(sort));
            }
        }
        self.add_described(client, before, &described, &mut wanted).await?;
        // What was tied to an extension is not locked when it is let go.
        let tied = |id: &FactId| before.model.fact(id).is_some_and(|fact| fact.attributes.contains_key("extensions"));
        let known = depend.deleted.then(|| before.origins()).into_iter().flatten();
        let loose = known.filter(|(id, _)| tied(id)).map(|(_, origin)| origin.root);
        for root in gone.into_iter().chain(loose) {
            wanted.entry(root).or_insert_with(|| sort_before(before, root));
        }
        if let Some(now) = &new_members {
            let differ: Vec<Root> = before.members.symmetric_difference(now).copied().collect();
            wanted.extend(self.sorted(client, &differ).await?);
        }
        let views = before.model.has(Kind::View) || before.model.has(Kind::MaterializedView);
        if views && (moved(oid::ATTRIBUTE).any() || moved(oid::CLASS).updated) {
            self.add_views(client, before, &mut wanted).await?;
        }
        let members = new_members.as_ref().unwrap_or(&before.members);
        let members_moved = new_members.as_ref().is_some_and(|now| *now != before.members);
        let beside_relations = described.iter().any(|(class, _)| *class != oid::CLASS);
        let untouched = Untouched {
            before,
            counters,
            locks,
            beside_relations,
            steady: !moved(oid::TYPE).changed() && !members_moved,
            major: self.major,
        };
        let comments = before.comments || moved(oid::DESCRIPTION).any();
        let mut news = self.read_roots(client, &wanted, members, comments, Some(&untouched)).await?;
        let others_updated = [oid::CLASS, oid::TYPE, oid::PROC, oid::ATTRIBUTE].into_iter().any(|c| moved(c).updated);
        let seeds = seeds(before, &news, others_updated, &untouched);
        let mut more = Roots::new();
        if !seeds.is_empty() {
            more = self.dependents(client, &seeds).await?;
            if more.values().any(|sort| *sort == Some(Sort::Rare)) {
                return self.whole(client, before).await;
            }
            more.retain(|root, sort| {
                !news.contains_key(root) || sort.is_some_and(|sort| untouched.can_be(*root, sort))
            });
        }
        more.extend(lost_indexes(before, &news, &untouched));
        if !more.is_empty() {
            news.extend(self.read_roots(client, &more, members, comments, None).await?);
        }
        let effect = effect(before, &news);
        let rows = locks.map(|locks| locks.rows.clone()).unwrap_or_default();
        let news = RootNews { roots: news, unsupported, members: new_members, comments, rows };
        Ok(Delta { effect, news: News::Roots(news) })
    }

    /// The roots to which the changed rows lead, but for the catalogs that are covered otherwise.
    async fn changed(
        &self,
        client: &Client,
        counters: &BTreeMap<u32, Moved>,
        covered: impl Fn(u32) -> bool,
    ) -> Result<Roots, CatalogError> {
        // A new column or index comes with a new row in pg_class: that row leads to the same root.
        let follows = |catalog: u32| matches!(catalog, oid::ATTRIBUTE | oid::INDEX);
        let moved = counters.iter().filter(|(catalog, moved)| moved.updated || moved.inserted && !follows(**catalog));
        let moved = moved.filter(|(catalog, _)| !covered(**catalog));
        let moved: Vec<(u32, bool)> = moved.map(|(&catalog, moved)| (catalog, moved.updated)).collect();
        if moved.is_empty() {
            return Ok(Roots::new());
        }
        let Some(sql) = changed_sql(&moved) else { return Ok(Roots::new()) };
        Ok(roots(&self.ask(client, "changed rows", &sql, || sql.clone(), &[]).await?)?.into_iter().collect())
    }

    /// What has new comments.
    async fn described(&self, client: &Client, moved: Moved) -> Result<Vec<(u32, u32)>, CatalogError> {
        if !(moved.inserted || moved.updated) {
            return Ok(Vec::new());
        }
        let fail = |source| CatalogError::Query { what: "new comments", source };
        let rows = self.ask(client, "new comments", "new comments", described_sql, &[]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(fail)
    }

    /// Adds the roots of what has new comments. Most are tables that are known or wanted already.
    async fn add_described(
        &self,
        client: &Client,
        before: &Reading,
        described: &[(u32, u32)],
        wanted: &mut Roots,
    ) -> Result<(), CatalogError> {
        let mut others = Vec::new();
        for &(class, oid) in described {
            let root = Root { class, oid };
            match sort_before(before, root) {
                _ if wanted.contains_key(&root) => {}
                Some(sort) => drop(wanted.insert(root, Some(sort))),
                None => others.push(root),
            }
        }
        for (root, sort) in self.sorted(client, &others).await? {
            wanted.entry(root).or_insert(sort);
        }
        Ok(())
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
            let rows = self.ask(client, "deleted rows", sql, || sql.to_owned(), &[(&oids, Type::OID_ARRAY)]).await?;
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
        let parameters: [Parameter<'_>; 3] =
            [(&classes, Type::OID_ARRAY), (&oids, Type::OID_ARRAY), (&subs, Type::INT4_ARRAY)];
        let sql = || MISSING_COMMENTS.to_owned();
        let rows = self.ask(client, "deleted comments", "deleted comments", sql, &parameters).await?;
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
        // a shell that became a type is an updated row
        let made = made || moved(oid::TYPE).updated || moved(oid::TYPE).inserted && !moved(oid::CLASS).inserted;
        let gone = [oid::CLASS, oid::TYPE].into_iter().any(|catalog| moved(catalog).updated || moved(catalog).deleted);
        if !made && (before.model.unsupported.is_empty() || !gone) {
            return Ok(None);
        }
        let rows = self
            .ask(
                client,
                "unsupported kinds",
                "unsupported kinds",
                || super::unsupported::sql(|_| true),
                &self.schemas(),
            )
            .await?;
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
        let rows = self.ask(client, "extension members", "members", || MEMBERS.to_owned(), &[]).await?;
        members(&rows).map(Some).map_err(|source| CatalogError::Query { what: "extension members", source })
    }

    async fn add_views(&self, client: &Client, before: &Reading, wanted: &mut Roots) -> Result<(), CatalogError> {
        let known = wanted.keys().filter(|root| root.class == oid::CLASS && before.roots.contains_key(root));
        let oids: Vec<u32> = known.map(|root| root.oid).collect();
        if !oids.is_empty() {
            let rows = self.ask(client, "views", "views", views_sql, &[(&oids, Type::OID_ARRAY)]).await?;
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
        let sql = || address_roots("SELECT * FROM unnest($1::oid[], $2::oid[]) u(class, oid)");
        let parameters: [Parameter<'_>; 2] = [(&classes, Type::OID_ARRAY), (&oids, Type::OID_ARRAY)];
        Ok(roots(&self.ask(client, "extension members", "roots", sql, &parameters).await?)?.into_iter().collect())
    }

    async fn dependents(&self, client: &Client, seeds: &BTreeSet<(u32, u32)>) -> Result<Roots, CatalogError> {
        let classes: Vec<u32> = seeds.iter().map(|seed| seed.0).collect();
        let oids: Vec<u32> = seeds.iter().map(|seed| seed.1).collect();
        let parameters: [Parameter<'_>; 2] = [(&classes, Type::OID_ARRAY), (&oids, Type::OID_ARRAY)];
        let rows = self.ask(client, "dependents", "dependents", dependents_sql, &parameters).await?;
        Ok(roots(&rows)?.into_iter().collect())
    }

    /// Every fact of these roots, as it is now; `comments`: whether there can be any.
    async fn read_roots(
        &self,
        client: &Client,
        wanted: &Roots,
        members: &HashSet<Root>,
        comments: bool,
        untouched: Option<&Untouched<'_>>,
    ) -> Result<HashMap<Root, Vec<(Fact, super::Origin)>>, CatalogError> {
        let readers = self.readers().filter(|reader| comments || reader.kind != Kind::Comment);
        let asked = readers.map(|reader| (reader, oids_for(reader, wanted, untouched)));
        let read = try_join_all(asked.filter(|(_, oids)| !oids.is_empty()).map(|(reader, oids)| async move {
            let what = reader.kind.word();
            let parameters: [Parameter<'_>; 2] = [(&self.scope.schemas, Type::TEXT_ARRAY), (&oids, Type::OID_ARRAY)];
            // Most questions are for tables alone.
            let tables = || wanted.values().flatten().all(|sort| *sort == Sort::Table);
            let relations =
                || untouched.is_some_and(|known| wanted.keys().all(|root| known.comments_on_relations_alone(*root)));
            let narrow = reader.of_tables.filter(|_| tables()).map(|sql| (format!("{what} of tables"), sql));
            let narrower = reader.of_relations.filter(|_| narrow.is_some() && relations());
            let rows = match narrower.map(|sql| (format!("{what} of relations"), sql)).or(narrow) {
                Some((key, sql)) => self.ask(client, what, &key, || some(&sql(self.major)), &parameters).await?,
                None => self.ask(client, what, what, || reader.some(self.major), &parameters).await?,
            };
            reader.facts(&rows, &self.scope)
        }));
        let mut news: HashMap<Root, Vec<_>> = wanted.keys().map(|root| (*root, Vec::new())).collect();
        for read in read.await?.into_iter().flatten() {
            if members.contains(&read.origin.root) || read.ignored {
                continue;
            }
            // The same OID in another catalog may have been asked for: only what was wanted is taken.
            if let Some(facts) = news.get_mut(&read.origin.root) {
                facts.push((read.fact, read.origin));
            }
        }
        for (root, facts) in &mut news {
            let Some((untouched, sort)) = untouched.zip(wanted.get(root).copied().flatten()) else { continue };
            for (id, origin) in untouched.before.roots.get(root).into_iter().flatten() {
                if untouched.kind(id.kind, *root, sort)
                    && let Some(fact) = untouched.before.model.fact(id)
                {
                    facts.push((fact.clone(), *origin));
                }
            }
        }
        Ok(news)
    }

    /// Asks by the statement that is prepared under `key`; it is prepared first, unless this session asks for once only.
    async fn ask(
        &self,
        client: &Client,
        what: &'static str,
        key: &str,
        sql: impl FnOnce() -> String,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, CatalogError> {
        let fail = |source| CatalogError::Query { what, source };
        let statement = match self.statement(key) {
            Some(statement) => statement,
            None if self.once.load(Ordering::Relaxed) => {
                return client.query_typed(&sql(), parameters).await.map_err(fail);
            }
            None => {
                let types: Vec<Type> = parameters.iter().map(|(_, kind)| kind.clone()).collect();
                self.prepared(client, what, key, &sql(), &types).await?
            }
        };
        let values: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|(value, _)| *value).collect();
        client.query(&statement, &values).await.map_err(fail)
    }

    fn schemas(&self) -> [Parameter<'_>; 1] {
        [(&self.scope.schemas, Type::TEXT_ARRAY)]
    }

    /// Whether this session asks everything once only, so that nothing is worth preparing.
    pub(in crate::postgres) fn ask_once_only(&self, once: bool) {
        self.once.store(once, Ordering::Relaxed);
    }

    /// The prepared statement for a question of ours; it is prepared if it is not yet.
    pub(in crate::postgres) async fn prepared(
        &self,
        client: &Client,
        what: &'static str,
        key: &str,
        sql: &str,
        types: &[Type],
    ) -> Result<Statement, CatalogError> {
        if let Some(statement) = self.statement(key) {
            return Ok(statement);
        }
        let statement =
            client.prepare_typed(sql, types).await.map_err(|source| CatalogError::Query { what, source })?;
        let mut statements = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        statements.insert(key.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Forgets what is prepared, because the session has.
    pub(in crate::postgres) fn forget_statements(&self) {
        self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }

    /// The statement that is prepared under this key.
    pub(in crate::postgres) fn statement(&self, key: &str) -> Option<Statement> {
        self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(key).cloned()
    }
}

/// The roots that a reader is asked for.
fn oids_for(reader: &Reader, wanted: &Roots, untouched: Option<&Untouched<'_>>) -> Vec<u32> {
    let asked = |root: Root, sort: Sort| {
        reader.sorts.contains(&sort) && !untouched.is_some_and(|known| known.kind(reader.kind, root, sort))
    };
    wanted
        .iter()
        .filter(|(root, sort)| sort.is_some_and(|sort| asked(**root, sort)))
        .map(|(root, _)| root.oid)
        .collect()
}

/// A renamed schema touches everything in it and moves it into or out of the scope; a moved extension likewise. What is in
/// the catalogs of few rows is not followed at all.
fn needs_whole(counters: &BTreeMap<u32, Moved>) -> bool {
    let moved = |catalog: u32| counters.get(&catalog).copied().unwrap_or_default();
    [oid::NAMESPACE, oid::EXTENSION].iter().chain(PRINTED).any(|&catalog| moved(catalog).updated)
        || rare().any(|catalog| moved(catalog.oid).any())
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
    let known = before.roots.get(&root)?;
    // A statistics object in the scope may be of a table that is not.
    let of_relation = || known.iter().any(|(id, _)| id.kind == Kind::Statistics).then_some(Sort::Table);
    known.iter().find_map(|(id, _)| Sort::of_kind(id.kind)).or_else(of_relation)
}

/// What changed in a way that shows in the text of others: renamed rows, redefined views and types; and what is updated out of
/// our sight (objects beyond the scope), which may have been renamed.
fn seeds(
    before: &Reading,
    news: &HashMap<Root, Vec<(Fact, super::Origin)>>,
    others_updated: bool,
    untouched: &Untouched<'_>,
) -> BTreeSet<(u32, u32)> {
    let mut seeds = BTreeSet::new();
    for (root, facts) in news {
        let Some(known) = before.roots.get(root) else {
            // New, out of sight, or ignored until now under another name.
            let renamed = !untouched.steady || !facts.iter().any(|(fact, _)| fact.id.kind == Kind::Table);
            if others_updated && renamed {
                seeds.insert((root.class, root.oid));
            }
            continue;
        };
        let origins: HashMap<_, &FactId> =
            known.iter().map(|(id, origin)| ((origin.class, origin.oid, origin.sub, id.kind.word()), id)).collect();
        for (fact, origin) in facts.iter().filter(|(fact, _)| !Reader::attached(fact.id.kind)) {
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

/// Tables whose indexes were taken over unread although a new constraint may have taken one of them for its own: then it is no fact
/// any more.
fn lost_indexes(
    before: &Reading,
    news: &HashMap<Root, Vec<(Fact, super::Origin)>>,
    untouched: &Untouched<'_>,
) -> Roots {
    let lost = |root: &Root, facts: &[(Fact, super::Origin)]| {
        let is_known = |origin| before.roots.get(root).into_iter().flatten().any(|(_, known)| *known == origin);
        let mut constraints = facts.iter().filter(|(fact, _)| fact.id.kind == Kind::Constraint);
        facts.iter().any(|(fact, _)| fact.id.kind == Kind::Index)
            && untouched.kind(Kind::Index, *root, Sort::Table)
            && constraints.any(|(fact, origin)| !needs_no_index(fact) && !is_known(*origin))
    };
    let tables = news.iter().filter(|(root, facts)| lost(root, facts));
    tables.map(|(root, _)| (*root, Some(Sort::Table))).collect()
}

/// Whether it is a constraint that owns no index.
fn needs_no_index(constraint: &Fact) -> bool {
    let Some(Value::Text(definition)) = constraint.attributes.get("definition") else { return false };
    ["CHECK ", "FOREIGN KEY "].iter().any(|word| definition.starts_with(word))
}

fn effect(before: &Reading, news: &HashMap<Root, Vec<(Fact, super::Origin)>>) -> Effect {
    let after: HashMap<&FactId, &Fact> = news.values().flatten().map(|(fact, _)| (&fact.id, fact)).collect();
    let known = news.keys().filter_map(|root| before.roots.get(root)).flatten().map(|(id, _)| id);
    let ids: BTreeSet<&FactId> = known.chain(after.keys().copied()).collect();
    ids.into_iter()
        .map(|id| (id, before.model.fact(id), after.get(id).copied()))
        .filter(|(_, before, after)| before != after)
        .map(|(id, before, after)| (id, touched(before, after)))
        .filter(|(_, touched)| touched.before != touched.after)
        .map(|(id, touched)| (id.clone(), touched))
        .collect()
}
