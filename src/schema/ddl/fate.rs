//! What becomes of each fact: what differs first, then everything that cannot stay because of it.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::super::kind::{
    self, fires_into_changes, in_the_way_of, is_inside_others, is_loosened, is_made_anew, is_written_anew,
    keys_in_circles, made_again_for, whole_of,
};
use super::super::{ChangeKind, Fact, FactId, Kind, Model, changed_ids};
use super::implied::rows_given;
use super::{Alter, Ddl, Reaction, Shake, Side, name};

/// What becomes of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// Only TO has it.
    Created,
    /// Only FROM has it.
    Dropped,
    /// It is changed where it is.
    Altered,
    /// It is changed where it is while what uses it is gone.
    Shaken,
    /// It is dropped and made again.
    Recreated,
}

impl Fate {
    /// Whether FROM's fact goes.
    pub fn goes(self) -> bool {
        matches!(self, Self::Dropped | Self::Recreated)
    }

    /// Whether TO's fact is made.
    pub fn comes(self) -> bool {
        matches!(self, Self::Created | Self::Recreated)
    }

    /// Whether it is changed where it is.
    pub fn changes(self) -> bool {
        matches!(self, Self::Altered | Self::Shaken)
    }
}

/// Both sides, and the fate of every fact.
#[derive(Debug)]
pub struct World<'a> {
    /// What there is.
    pub from: Side<'a>,
    /// What is wanted.
    pub to: Side<'a>,
    fates: HashMap<FactId, Fate>,
    constraints_named: OnceCell<HashSet<String>>,
    pub(super) impossible: Vec<(FactId, String)>,
}

impl<'a> World<'a> {
    pub(super) fn decide(from: &'a Model, to: &'a Model) -> Self {
        let mut world = Self {
            from: Side::new(from),
            to: Side::new(to),
            fates: HashMap::new(),
            constraints_named: OnceCell::new(),
            impossible: Vec::new(),
        };
        let (mut changed, mut named) = (Vec::new(), Vec::new());
        for (id, change) in changed_ids(&from.digests(), &to.digests()) {
            let fate = match change {
                ChangeKind::Added => Fate::Created,
                ChangeKind::Removed => Fate::Dropped,
                ChangeKind::Changed => Fate::Altered,
            };
            match change {
                ChangeKind::Changed => changed.push(id.clone()),
                ChangeKind::Added if id.kind == Kind::Constraint => named.push(id.clone()),
                _ => {}
            }
            world.fates.insert(id, fate);
        }
        for id in changed {
            for above in made_again_for(&id, &world) {
                world.fates.insert(above, Fate::Recreated);
            }
            world.first_fate(id);
        }
        for key in named.iter().flat_map(|id| in_the_way_of(id, &world)).collect::<Vec<_>>() {
            world.fates.insert(key, Fate::Recreated);
        }
        for key in keys_in_circles(&world) {
            let fate = if to.fact(&key).is_some() { Fate::Recreated } else { Fate::Dropped };
            world.fates.insert(key, fate);
        }
        world.hand_over();
        for trigger in to.facts().filter(|fact| fact.id.kind == Kind::EventTrigger) {
            if from.fact(&trigger.id).is_some() && fires_into_changes(trigger, &world) {
                world.fates.insert(trigger.id.clone(), Fate::Recreated);
            }
        }
        let lone = |fact: &&Fact| fact.id.kind == Kind::Index && fact.flag("invalid") && from.fact(&fact.id).is_some();
        for index in to.facts().filter(lone) {
            if !world.attached_without(index).is_empty() && world.fate(&index.id) != Fate::Recreated {
                world.fates.insert(index.id.clone(), Fate::Recreated);
            }
        }
        for table in to.facts().filter(|fact| fact.id.kind == Kind::Table) {
            if world.fate(&table.id) != Fate::Recreated && is_made_anew(table, &world) {
                world.fates.insert(table.id.clone(), Fate::Recreated);
            }
        }
        world.spread();
        world
    }

    /// What belongs to something that goes, and in TO to something else of the same name that comes (a comment on a view's column, which
    /// is a table's then; a trigger), goes and comes with them.
    fn hand_over(&mut self) {
        let mut moved = Vec::new();
        for (id, fate) in &self.fates {
            let (side, other) = if fate.goes() { (&self.from, &self.to) } else { (&self.to, &self.from) };
            if !fate.goes() && !fate.comes() {
                continue;
            }
            let children = side.children(id).iter().filter(|child| !ddl(child).outlives_parent);
            let elsewhere = |child: &&FactId| other.parent(child).is_some_and(|parent| parent != id);
            moved.extend(children.filter(elsewhere).filter(|child| self.both(child).is_some()).cloned());
        }
        for id in moved {
            self.fates.insert(id, Fate::Recreated);
        }
    }

    /// The partitions that come to an index's table and have no valid part in the index: PostgreSQL would give them one.
    pub(super) fn attached_without(&self, index: &Fact) -> Vec<FactId> {
        let table =
            index.text("table").filter(|_| index.flag("invalid")).and_then(|name| self.to.find(Kind::Table, name));
        let Some(table) = table.filter(|table| table.text("partition_key").is_some()) else { return Vec::new() };
        let part = |id: &FactId| {
            let part = self.to.model.fact(id).filter(|part| !part.flag("invalid"));
            let parent = part.and_then(|part| part.text("parent"));
            parent.and_then(|name| self.to.find(Kind::Index, name)).is_some_and(|parent| parent.id == index.id)
        };
        let comes = |id: &FactId| {
            self.fate(id).comes() && self.to.root_of(id).is_some_and(|root| root.id == table.id)
                || self.to.parents_of_moved(id, &self.from).contains(&table.id)
        };
        let users = self.to.users(&table.id).iter().filter(|user| user.kind == Kind::Table && comes(user));
        users.filter(|user| !self.to.children(user).iter().any(part)).cloned().collect()
    }

    /// Whether a changed fact can be altered, is known to its kind alone.
    fn first_fate(&mut self, id: FactId) {
        let Some((before, after)) = self.both(&id) else { return };
        let fate = match (ddl(&id).alter)(before, after, self) {
            Alter::InPlace(_) => Fate::Altered,
            Alter::Shaking(_) => Fate::Shaken,
            Alter::Recreate => Fate::Recreated,
            Alter::RecreateParent => {
                if let Some(parent) = self.to.parent(&id).cloned() {
                    self.fates.insert(parent, Fate::Recreated);
                }
                Fate::Recreated
            }
            Alter::Impossible(why) => {
                self.impossible.push((id, why));
                return;
            }
        };
        // What it has may have asked for more.
        if self.fate(&id) != Fate::Recreated {
            self.fates.insert(id, fate);
        }
    }

    /// These are dropped and made again, after all.
    pub(super) fn make_again(&mut self, ids: BTreeSet<FactId>) {
        self.fates.extend(ids.into_iter().map(|id| (id, Fate::Recreated)));
        self.spread();
    }

    /// From what goes or shakes to what belongs to it and to what uses it, until nothing moves.
    fn spread(&mut self) {
        let mut waiting: Vec<FactId> = self.fates.keys().cloned().collect();
        waiting.sort();
        while let Some(id) = waiting.pop() {
            let fate = self.fate(&id);
            if fate == Fate::Created {
                self.widen(&id, &mut waiting);
            }
            if is_written_anew(&id, self) {
                self.loosen_rows_of(&id, &mut waiting);
            }
            if let Some(whole) = Some(&id).filter(|_| fate.goes()).and_then(|id| whole_of(id, self)) {
                self.raise(whole, Fate::Recreated, &mut waiting);
            }
            if fate.comes() && id.kind == Kind::Constraint {
                self.check_domain(&id, &mut waiting);
            }
            self.reshape(&id, &mut waiting);
            let shake = match fate {
                // Another thing takes over its name (a view becomes a table, a function other arguments): users go over to it.
                Fate::Dropped if self.is_succeeded(&id) => Shake::Recreated,
                Fate::Dropped => Shake::Dropped,
                Fate::Recreated => Shake::Recreated,
                Fate::Shaken => Shake::Altered,
                _ => continue,
            };
            if fate == Fate::Recreated {
                let own = self.from.children(&id).iter().filter(|child| self.to.parent(child) == Some(&id));
                for child in own.cloned().collect::<Vec<_>>() {
                    self.raise(child.clone(), self.fate_with_parent(&child), &mut waiting);
                }
            }
            for user in self.from.users(&id).iter().cloned().collect::<Vec<_>>() {
                let (Some((before, _)), Some(_)) = (self.both(&user), self.to.model.fact(&user)) else { continue };
                let reaction = match shake {
                    Shake::Dropped if self.relies_otherwise(&user, &id) => Reaction::Recreated,
                    _ => (ddl(&user).react)(before, &id, shake, self),
                };
                let fate = match reaction {
                    Reaction::Stays => continue,
                    Reaction::Touched => Fate::Altered,
                    Reaction::Shaken => Fate::Shaken,
                    Reaction::Recreated => Fate::Recreated,
                    Reaction::ParentRecreated => {
                        if let Some(parent) = self.from.parent(&user).cloned() {
                            self.raise(parent, Fate::Recreated, &mut waiting);
                        }
                        Fate::Recreated
                    }
                };
                self.raise(user, fate, &mut waiting);
            }
        }
    }

    /// Stored rows of a table's own type (in a materialized view) forbid the table another column.
    fn widen(&mut self, column: &FactId, waiting: &mut Vec<FactId>) {
        let Some(table) = self.to.parent(column).filter(|_| column.kind == Kind::Column).cloned() else { return };
        let columns: Vec<FactId> =
            self.from.children(&table).iter().filter(|id| id.kind == Kind::Column).cloned().collect();
        let says_rows = |user: &FactId| {
            let query = self.from.model.fact(user).and_then(|view| view.text("definition")).unwrap_or_default();
            query.contains(".*") || rows_given(&self.from.mentioned(query), &self.from).contains(&table)
        };
        let holds_rows = |user: &&FactId| {
            user.kind == Kind::MaterializedView
                && columns.iter().all(|column| self.from.uses(user).contains(column))
                && says_rows(user)
        };
        for user in self.from.users(&table).iter().filter(holds_rows).cloned().collect::<Vec<_>>() {
            if self.to.model.fact(&user).is_some() {
                self.raise(user, Fate::Recreated, waiting);
            }
        }
        self.loosen_rows_of(&table, waiting);
    }

    /// Rows of a table in other tables' columns forbid it a column that has values, and to be written anew.
    fn loosen_rows_of(&mut self, table: &FactId, waiting: &mut Vec<FactId>) {
        let columns = self.from.columns_of([table]);
        let users: BTreeSet<FactId> = columns
            .iter()
            .flat_map(|column| self.from.users(column))
            .filter(|user| user.kind == Kind::Column)
            .cloned()
            .collect();
        for user in users.into_iter().filter(|user| is_loosened(user, self)).collect::<Vec<_>>() {
            self.raise(user, Fate::Shaken, waiting);
        }
    }

    /// Who has the columns of a relation's rows by place is made again where one comes or goes.
    fn reshape(&mut self, id: &FactId, waiting: &mut Vec<FactId>) {
        let fate = self.fate(id);
        let rows_of = match id.kind {
            Kind::Composite if fate.changes() => Some(id),
            Kind::Column if fate.comes() || fate.goes() => self.from.parent(id).or_else(|| self.to.parent(id)),
            _ => None,
        };
        let Some(rows_of) = rows_of.filter(|relation| self.both(relation).is_some()) else { return };
        let users = self.from.shaped_by(rows_of).filter(|user| self.both(user).is_some());
        for user in users.cloned().collect::<Vec<_>>() {
            self.raise(user, Fate::Recreated, waiting);
        }
    }

    /// A domain that takes no more checks is made again with them.
    fn check_domain(&mut self, check: &FactId, waiting: &mut Vec<FactId>) {
        let Some(domain) = self.to.parent(check).filter(|id| id.kind == Kind::Domain).cloned() else { return };
        if self.both(&domain).is_none() {
            return;
        }
        if is_inside_others(&domain, &self.from) {
            self.raise(domain, Fate::Recreated, waiting);
        } else {
            self.rows_with_domain(&domain, waiting);
        }
    }

    /// Stored rows of tables with a column of a domain forbid it another check, too.
    fn rows_with_domain(&mut self, domain: &FactId, waiting: &mut Vec<FactId>) {
        let columns = self.from.users(domain).iter().filter(|user| user.kind == Kind::Column);
        let mut reading: Vec<(FactId, bool)> =
            columns.filter_map(|column| Some((self.from.parent(column)?.clone(), false))).collect();
        let mut stored = Vec::new();
        while let Some((id, whole)) = reading.pop() {
            for user in
                self.from.users(&id).iter().filter(|user| matches!(user.kind, Kind::View | Kind::MaterializedView))
            {
                let definition =
                    self.from.model.fact(user).and_then(|fact| fact.text("definition")).unwrap_or_default();
                let whole = whole || definition.contains(".*");
                if user.kind == Kind::View {
                    reading.push((user.clone(), whole));
                } else if whole && self.to.model.fact(user).is_some() {
                    stored.push(user.clone());
                }
            }
        }
        stored.into_iter().for_each(|view| self.raise(view, Fate::Recreated, waiting));
    }

    /// What belongs to something that is made again is made again, but for what keeps a place of its own (a sequence).
    fn fate_with_parent(&self, child: &FactId) -> Fate {
        if ddl(child).outlives_parent { Fate::Altered } else { Fate::Recreated }
    }

    /// Whether FROM or TO has a NOT NULL constraint of this name in this schema (18), where PostgreSQL would not choose it itself.
    pub fn names_not_null(&self, schema: &str, constraint: &str) -> bool {
        let named = self
            .constraints_named
            .get_or_init(|| [self.from.model, self.to.model].into_iter().flat_map(kind::not_null_names).collect());
        named.contains(&format!("{}.{constraint}", name::ident(schema)))
    }

    /// Whether a table that is made again keeps its rows: they are copied.
    pub fn is_rebuilt(&self, id: &FactId) -> bool {
        self.fate(id) == Fate::Recreated && self.both(id).is_some()
    }

    /// Whether a column's values are copied with its table's rows.
    fn is_copied(&self, id: &FactId) -> bool {
        id.kind == Kind::Column && self.from.parent(id).is_some_and(|table| self.is_rebuilt(table))
    }

    fn is_succeeded(&self, id: &FactId) -> bool {
        let (parts, arguments) = name::parts(&id.name);
        let comes = |name: &str| self.to.called(name).iter().any(|heir| self.fate(heir).comes());
        let second = || self.from.model.fact(id).and_then(|fact| fact.text("multirange_type"));
        (parts.len() == 2 || arguments.is_some()) && comes(&name::idents(&parts)) || second().is_some_and(comes)
    }

    /// Whether a user relies on this without saying so, and on others of the same whole in TO: it stays in the same words, and means others.
    fn relies_otherwise(&self, user: &FactId, used: &FactId) -> bool {
        let whole = || self.from.parent(used);
        self.from.relies_on(user, used) && whole().is_some_and(|whole| self.to.relies_on_parts(user, whole))
    }

    /// Fates only get worse: kept, altered, shaken, recreated.
    fn raise(&mut self, id: FactId, fate: Fate, waiting: &mut Vec<FactId>) {
        let rank = |fate| match fate {
            Fate::Kept => 0,
            Fate::Altered => 1,
            Fate::Shaken => 2,
            _ => 3,
        };
        if rank(self.fate(&id)) < rank(fate) {
            self.fates.insert(id.clone(), fate);
            waiting.push(id);
        }
    }

    /// What becomes of a fact.
    pub fn fate(&self, id: &FactId) -> Fate {
        self.fates.get(id).copied().unwrap_or(Fate::Kept)
    }

    /// Every fact that does not stay as it is.
    pub(in crate::schema) fn moving(&self) -> Vec<(FactId, Fate)> {
        let mut all: Vec<_> = self.fates.iter().map(|(id, fate)| (id.clone(), *fate)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Whether a table changes, or a column of one, whose bare name a text holds.
    pub fn changes_a_table_of(&self, text: &str) -> bool {
        let table = |id: &FactId| match id.kind {
            Kind::Table => name::parts(&id.name).0.pop(),
            Kind::Column => name::parts(&name::owner(&id.name)).0.pop(),
            _ => None,
        };
        let parts_words = |c: char| !c.is_alphanumeric() && c != '_';
        let words: HashSet<&str> = text.split(parts_words).collect();
        let says = |table: &str| words.contains(table) || table.contains(parts_words) && text.contains(table);
        let moving = self.fates.iter().filter(|(_, fate)| **fate != Fate::Kept);
        moving.filter_map(|(id, _)| table(id)).any(|table| says(&table))
    }

    /// A fact as it is and as it is wanted.
    pub fn both(&self, id: &FactId) -> Option<(&'a Fact, &'a Fact)> {
        Some((self.from.model.fact(id)?, self.to.model.fact(id)?))
    }

    /// Whether a routine gives up its name, and goes later: another of the same name comes, whatever its arguments, while it is still called by
    /// what is aside until rows have been copied.
    pub fn makes_room(&self, routine: &FactId) -> bool {
        let mut seen: BTreeSet<&FactId> = BTreeSet::new();
        let mut waiting = vec![routine];
        while let Some(at) = waiting.pop() {
            let called = self.to.called(&name::idents(&name::parts(&at.name).0));
            let is_routine = |id: &&FactId| matches!(id.kind, Kind::Function | Kind::Aggregate);
            if !self.fate(at).goes() || !called.iter().filter(is_routine).any(|namesake| self.fate(namesake).comes()) {
                continue;
            }
            for user in self.from.users(at) {
                let root = self.from.root(user);
                let stays_meanwhile = kind::is_aside(root, self) && !kind::is_stripped(user.kind);
                if stays_meanwhile || self.fate(root).goes() && self.is_held(root) {
                    return true;
                }
                if user.kind == Kind::Function && seen.insert(user) {
                    waiting.push(user);
                }
            }
        }
        false
    }

    /// Whether a fact goes while others go on using it, and something else takes its name: itself made again, or another type
    /// (a type of columns that stay).
    pub fn is_replaced(&self, id: &FactId) -> bool {
        let makes_room = match self.fate(id) {
            Fate::Recreated => true,
            Fate::Dropped => self.is_succeeded(id),
            _ => false,
        };
        makes_room && self.is_held(id)
    }

    /// Whether it is a type of which something is made that stays, at any remove.
    pub(super) fn is_held(&self, id: &FactId) -> bool {
        let holds =
            |user: &FactId| self.fate(user).changes() || self.is_copied(user) || user != id && self.is_held(user);
        ddl(id).is_type && self.from.users(id).iter().any(holds)
    }
}

fn ddl(id: &FactId) -> &'static Ddl {
    &id.kind.spec().ddl
}
