//! What must come before what though neither uses the other: names that are given up and taken, tables that leave and join their
//! parents, rows inside of rows.
//!
//! Each adds its edges to the graph once all nodes are there. What could go wrong: an edge too many makes a cycle, which is then
//! cut anywhere.

use std::collections::{BTreeMap, HashMap};

use super::super::super::kind::{
    columns_held, former_not_null, handed_over, identity_sequence, in_the_way_of, is_loosened, is_primary_key,
    is_said_with_column, loosen, made_before, relations_held,
};
use super::super::super::{Fact, FactId, Kind, qualified};
use super::super::cast::own_cast;
use super::super::{Fate, Side, name};
use super::{Deed, Graph, Node};

impl Graph<'_, '_> {
    /// A logged table cannot refer to an unlogged one: what is referred to is logged first and unlogged last.
    pub(super) fn persistence(&mut self) {
        let persists = |id: &FactId| {
            let (from, to) = self.world.both(id).filter(|_| id.kind == Kind::Table)?;
            from.differs(to, "persistence").then(|| to.text("persistence").is_none())
        };
        let mut edges = Vec::new();
        for (id, logged) in self.world.moving().into_iter().filter_map(|(id, _)| Some((id.clone(), persists(&id)?))) {
            let users = self.world.from.users(&id).iter().filter(|user| self.is_foreign_key(user));
            let (gone, users): (Vec<_>, Vec<_>) = users.partition(|key| self.world.fate(key).goes());
            edges.extend(gone.into_iter().map(|key| (self.dropping(key), (Deed::Alter, id.clone()))));
            for user in users.into_iter().filter_map(|key| self.world.from.parent(key)).filter(|user| **user != id) {
                let (this, other) = ((Deed::Alter, id.clone()), (Deed::Alter, user.clone()));
                edges.push(if logged { (this, other) } else { (other, this) });
            }
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// A table leaves its parent before the parent's columns, keys and indexes move: they would move in the table, too. It joins
    /// another when that one is as it shall be.
    pub(super) fn letting_go(&mut self) {
        let mut edges = Vec::new();
        let (from, to) = (&self.world.from, &self.world.to);
        let moves = |child: &FactId| [self.dropping(child), (Deed::Alter, child.clone()), self.creating(child)];
        let tables = || self.world.moving().into_iter().filter(|(id, _)| id.kind == Kind::Table);
        for id in tables().filter(|(_, fate)| fate.comes()).map(|(id, _)| id) {
            let made = if to.root_of(&id).is_some() { (Deed::Finish, id.clone()) } else { self.creating(&id) };
            for parent in to.model.fact(&id).map(|table| to.parents_named(table)).unwrap_or_default() {
                let children = from
                    .children(&parent)
                    .iter()
                    .filter(|child| !self.is_foreign_key(child) && child.kind != Kind::Trigger);
                edges.extend(children.map(|child| (self.dropping(child), made.clone())));
                // Those below follow to another name while they have the same.
                let named = to.children(&parent).iter().flat_map(|column| to.children_of(column, Kind::NotNull));
                if to.root_of(&id).is_some() {
                    edges.extend(named.map(|fact| (self.creating(&fact.id), made.clone())));
                }
            }
        }
        // A name for what is NOT NULL changes in all partitions, or in none.
        for id in tables().filter(|(_, fate)| fate.goes()).map(|(id, _)| id) {
            let columns = from.root_of(&id).into_iter().flat_map(|root| from.children(&root.id));
            let named =
                columns.flat_map(|column| [from, to].map(|side| side.children_of(column, Kind::NotNull))).flatten();
            edges.extend(named.flat_map(|fact| moves(&fact.id)).map(|node| (self.dropping(&id), node)));
        }
        for id in tables().filter(|(_, fate)| fate.changes()).map(|(id, _)| id) {
            // A type's attributes come and go in its tables, too.
            let of = |side: &Side<'_>| side.model.fact(&id).and_then(|table| Some(table.text("of_type")?.to_owned()));
            let left = of(from)
                .filter(|left| of(to).as_ref() != Some(left))
                .and_then(|left| from.find(Kind::Composite, &left));
            edges.extend(left.map(|left| ((Deed::Alter, id.clone()), (Deed::Alter, left.id.clone()))));
            for parent in from.with_above(from.parents_of_moved(&id, to)) {
                let children = from.children(&parent).iter().chain(to.children(&parent));
                // A foreign key goes while those below have it from there: it would stay with them.
                let (keys, children): (Vec<_>, Vec<_>) = children.partition(|child| {
                    self.is_foreign_key(child) && self.world.fate(child).goes() && self.dropping(child).1 == **child
                });
                edges.extend(keys.into_iter().map(|key| (self.dropping(key), (Deed::Alter, id.clone()))));
                let moved = children.into_iter().flat_map(moves);
                edges.extend(moved.map(|node| ((Deed::Alter, id.clone()), node)));
            }
            for parent in to.parents_of_moved(&id, from) {
                let children = from.children(&parent).iter().chain(to.children(&parent));
                let comes_down = |kind| matches!(kind, Kind::Column | Kind::Constraint | Kind::Index);
                let first = children.filter(|child| comes_down(child.kind) && !self.is_foreign_key(child));
                edges.push((self.creating(&parent), (Deed::Finish, id.clone())));
                edges.extend(first.flat_map(moves).map(|node| (node, (Deed::Finish, id.clone()))));
            }
        }
        for (id, _) in self.world.moving().into_iter().filter(|(id, fate)| id.kind == Kind::Index && fate.comes()) {
            let without = to.model.fact(&id).map(|index| self.world.attached_without(index)).unwrap_or_default();
            edges.extend(without.into_iter().map(|partition| ((Deed::Finish, partition), self.creating(&id))));
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// What is set on the index of a partitioned table is set on its parts, too: what they have of their own is set afterwards.
    pub(super) fn parts(&mut self) {
        let indexes = self.world.moving().into_iter().filter(|(id, fate)| id.kind == Kind::Index && fate.changes());
        let tied = indexes.filter_map(|(id, _)| {
            let whole = self.world.to.find(Kind::Index, self.world.to.model.fact(&id)?.text("parent")?)?;
            Some(((Deed::Alter, whole.id.clone()), (Deed::Alter, id)))
        });
        let edges: Vec<(Node, Node)> = tied.collect();
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// A check that a table has from its parent and of its own goes when the parent's has gone. A trigger takes the name of another
    /// when that one's copies have gone, and a copy fires otherwise when it is there.
    pub(super) fn copies(&mut self) {
        let mut edges = Vec::new();
        let (from, to) = (&self.world.from, &self.world.to);
        for (id, fate) in self.world.moving() {
            let namesakes = |side: &Side<'_>| above(&id, side);
            let is_merged = |fact: &Fact| fact.id.kind == Kind::Constraint && fact.text("inherited") == Some("merged");
            let goes_alone = fate.goes() && self.dropping(&id).1 == id;
            if goes_alone && from.model.fact(&id).is_some_and(is_merged) {
                edges.extend(namesakes(from).into_iter().map(|other| (self.dropping(&other), self.dropping(&id))));
            }
            if fate.comes() && id.kind == Kind::Constraint {
                edges.extend(namesakes(from).into_iter().map(|other| (self.dropping(&other), self.creating(&id))));
            }
            // What uses an inherited column uses the parent's, with which it goes; a sequence that stays leaves it before.
            if fate.goes() && id.kind == Kind::Column {
                let own = self.dropping(&id);
                let users = from.users(&id).iter().filter(|user| user.kind != Kind::Column);
                let users = users.filter_map(|user| match self.world.fate(user) {
                    fate if fate.goes() => Some(self.dropping(user)),
                    fate if fate.changes() && user.kind == Kind::Sequence => Some((Deed::Alter, user.clone())),
                    _ => None,
                });
                let users: Vec<Node> = users.filter(|node| *node != own).collect();
                for other in namesakes(from) {
                    edges.extend(users.iter().map(|user| (user.clone(), self.dropping(&other))));
                }
            }
            if fate.goes() && id.kind == Kind::Column {
                let heirs = from.users(&id).iter().filter(|heir| above(heir, from).contains(&id));
                let others = heirs.filter_map(|heir| handed_over(from.model.fact(heir)?, self.world));
                edges.extend(others.map(|other| (self.creating(&other), self.dropping(&id))));
            }
            // What an heir has of its own is of the parent's type before the parent gets it.
            if fate.comes() && id.kind == Kind::Column {
                let heirs = to.users(&id).iter().filter(|heir| above(heir, to).contains(&id));
                let retyped = |heir: &&FactId| {
                    let both = self.world.both(heir);
                    both.is_some_and(|(before, after)| ["type", "collation"].iter().any(|of| before.differs(after, of)))
                };
                edges.extend(heirs.filter(retyped).map(|heir| ((Deed::Alter, heir.clone()), self.creating(&id))));
            }
            if id.kind != Kind::Trigger {
                continue;
            }
            if fate.goes() {
                edges.extend(namesakes(to).into_iter().map(|other| (self.dropping(&id), self.creating(&other))));
            }
            if fate.comes() {
                edges.extend(namesakes(from).into_iter().map(|other| (self.dropping(&other), self.creating(&id))));
                let table = to.parent(&id).cloned();
                let copied = to.model.fact(&id).is_some_and(|fact| fact.text("parent").is_some());
                edges.extend(table.filter(|_| copied).map(|table| ((Deed::Finish, table), self.creating(&id))));
            }
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// Of indexes that are alike, ATTACH PARTITION takes the one that was made first for the parent's that was made first: those of a
    /// partition are made in the order of the parent's to which they belong, and those that belong to none come last.
    pub(super) fn twins(&mut self) {
        let to = &self.world.to;
        let mut alike: BTreeMap<(FactId, String), Vec<Twin>> = BTreeMap::new();
        for (id, _) in self.world.moving().into_iter().filter(|(_, fate)| fate.comes()) {
            let (Some(table), Some(look)) = (to.parent(&id), to.model.fact(&id).and_then(look_of_index)) else {
                continue;
            };
            let part_of = to.late(&id).iter().find(|above| matches!(above.kind, Kind::Constraint | Kind::Index));
            let above = part_of.filter(|above| to.parent(above) != Some(table)).cloned();
            alike.entry((table.clone(), look)).or_default().push(Twin { of_none: above.is_none(), above, id });
        }
        let mut edges = Vec::new();
        for mut twins in alike.into_values().filter(|twins| twins.len() > 1) {
            twins.sort();
            edges.extend(twins.windows(2).map(|pair| (self.creating(&pair[0].id), self.creating(&pair[1].id))));
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// What PostgreSQL makes beside a foreign key to a partitioned table gets a name that is free.
    pub(super) fn names_beside(&mut self) {
        let coming = self.world.moving().into_iter().filter(|(id, fate)| id.kind == Kind::Constraint && fate.comes());
        let edges = coming.flat_map(|(id, _)| {
            let later = made_before(&id, self.world).into_iter().map(|key| (self.creating(&id), self.creating(&key)));
            let gone = in_the_way_of(&id, self.world).into_iter().map(|key| (self.dropping(&key), self.creating(&id)));
            later.chain(gone).collect::<Vec<_>>()
        });
        let edges: Vec<(Node, Node)> = edges.collect();
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// A column goes over to another type while the cast that takes it there is there.
    pub(super) fn conversions(&mut self) {
        let mut edges = Vec::new();
        for (id, _) in self.world.moving().into_iter().filter(|(id, fate)| id.kind == Kind::Column && fate.changes()) {
            let types =
                self.world.both(&id).map(|(from, to)| [from, to].map(|fact| fact.text("type").unwrap_or_default()));
            let Some(cast) =
                types.filter(|[from, to]| from != to).and_then(|[from, to]| own_cast(from, to, self.world))
            else {
                continue;
            };
            let (alter, fate) = ((Deed::Alter, id), self.world.fate(&cast));
            edges.push(if fate.goes() { (alter, self.dropping(&cast)) } else { (self.creating(&cast), alter) });
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// What a type gets once values have gone over to it, it gets before what may use it is made. A partition's rows are put in
    /// their places when all places are there.
    pub(super) fn filling(&mut self) {
        let mut edges = Vec::new();
        for (deed, id) in self.nodes.iter().filter(|(deed, _)| *deed == Deed::Fill) {
            let fill = (*deed, id.clone());
            if id.kind.spec().ddl.is_type {
                for user in self.world.to.holders(id) {
                    let is_type = user.kind.spec().ddl.is_type;
                    edges.push(((Deed::Alter, user.clone()), fill.clone()));
                    if !is_type && user.kind != Kind::Column {
                        edges.push((fill.clone(), self.creating(&user)));
                    }
                }
            }
            // Rows that a check does not hold for come before it; a partition needs it to be attached.
            let to = &self.world.to;
            let alone = |table: &Fact| table.text("partition_of").or(table.text("partition_key")).is_none();
            if to.model.fact(id).is_some_and(alone) {
                let checks = to.children_of(id, Kind::Constraint);
                let unproven =
                    checks.filter(|check| check.text("definition").is_some_and(|text| text.ends_with(" NOT VALID")));
                edges.extend(unproven.map(|check| (fill.clone(), self.creating(&check.id))));
            }
            for place in self.world.to.siblings(id).into_iter().chain(self.world.to.parts(id)) {
                edges.push(((Deed::Finish, place), fill.clone()));
            }
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// Rows inside of others are JSON while their relations change, go and come again.
    pub(super) fn loosen_rows(&mut self) {
        let columns = self.world.moving().into_iter().filter(|(_, fate)| *fate == Fate::Shaken);
        let loosened: Vec<FactId> = columns.map(|(id, _)| id).filter(|id| is_loosened(id, self.world)).collect();
        for id in loosened {
            let (first, last) = ((Deed::Loosen, id.clone()), (Deed::Alter, id.clone()));
            self.nodes.insert(first.clone());
            self.given.insert(first.clone(), loosen(&id, self.world));
            self.edge(&first, &last);
            for side in [&self.world.from, &self.world.to] {
                let Some(column) = side.model.fact(&id) else { continue };
                for inside in relations_held(column, side).into_iter().chain(columns_held(column, side)) {
                    self.edge(&first, &self.dropping(&inside));
                    for changed in [(Deed::Alter, inside.clone()), self.creating(&inside)] {
                        self.edge(&first, &changed);
                        self.edge(&changed, &last);
                    }
                }
            }
        }
    }

    /// The name of a NOT NULL constraint is given up before another column of the table takes it. Those that are renamed both are called
    /// something else meanwhile.
    pub(super) fn names_passed_on(&mut self) {
        let mut edges = Vec::new();
        let column_of = |id: &FactId| FactId::new(Kind::Column, id.name.clone());
        for (id, _) in self.world.moving().into_iter().filter(|(id, _)| id.kind == Kind::NotNull) {
            let Some(former) = self.world.to.model.fact(&id).and_then(|fact| former_not_null(fact, self.world)) else {
                continue;
            };
            let (column, left) = (column_of(&id), column_of(&former));
            let taking = match is_said_with_column(&column, self.world) {
                true => [self.creating(&column), (Deed::Alter, column)],
                false => [self.creating(&id), (Deed::Finish, id)],
            };
            let giving = [&left, &former].map(|id| [self.dropping(id), (Deed::Alter, id.clone())]);
            edges.extend(
                giving.into_iter().flatten().flat_map(|first| taking.clone().map(|then| (first.clone(), then))),
            );
        }
        edges.into_iter().for_each(|(first, then)| self.edge(&first, &then));
    }

    /// A name is given up before it is given to something else.
    pub(super) fn claims(&mut self) {
        let mut given_up: HashMap<String, Vec<Node>> = HashMap::new();
        let mut given: Vec<(String, Node)> = Vec::new();
        for (id, fate) in self.world.moving() {
            let claims = id.kind.spec().ddl.claims;
            if let (true, Some(fact)) = (fate.goes(), self.world.from.model.fact(&id)) {
                for name in claims(fact, &self.world.from).into_iter().chain(second_claim(fact)) {
                    given_up.entry(name).or_default().push(self.dropping(&id));
                }
            }
            if let (true, Some(fact)) = (fate.comes(), self.world.to.model.fact(&id)) {
                let names = claims(fact, &self.world.to).into_iter().chain(second_claim(fact));
                given.extend(names.map(|name| (name, self.creating(&id))));
            }
            let stays = self.world.both(&id).filter(|_| !fate.goes() && !fate.comes());
            let names = stays.map(|(from, to)| (second_claim(from), second_claim(to)));
            if let Some((old, new)) = names.filter(|(old, new)| old != new) {
                let alter = (Deed::Alter, id.clone());
                old.into_iter().for_each(|name| given_up.entry(name).or_default().push(alter.clone()));
                given.extend(new.map(|name| (name, alter)));
            }
        }
        for (name, made) in &given {
            let others =
                given.iter().filter(|(other, node)| other == name && made.1.kind == Kind::Sequence && node != made);
            others.for_each(|(_, other)| self.edge(made, other));
        }
        for (name, made) in given {
            for gone in given_up.get(&name).cloned().unwrap_or_default() {
                self.edge(&gone, &made);
            }
        }
    }
}

/// One of several indexes of a table that are alike, in the order in which they are made.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Twin {
    of_none: bool,
    above: Option<FactId>,
    id: FactId,
}

/// What makes two indexes alike, those of keys included.
fn look_of_index(fact: &Fact) -> Option<String> {
    let definition = fact.text("definition")?;
    let (unique, columns) = match fact.id.kind {
        Kind::Index => (fact.flag("unique"), definition.to_owned()),
        Kind::Constraint => {
            let columns = definition.strip_prefix("PRIMARY KEY ").or_else(|| definition.strip_prefix("UNIQUE "))?;
            let end = name::top_level_word(columns, "DEFERRABLE").unwrap_or(columns.len());
            (true, format!("btree {}", &columns[..end]))
        }
        _ => return None,
    };
    let end = name::top_level_word(&columns, "WITH").unwrap_or(columns.len());
    Some(format!("{unique} {}", columns[..end].trim_end()))
}

/// What is called the same and belongs to a table above.
pub(super) fn above(id: &FactId, side: &Side<'_>) -> Vec<FactId> {
    let (last, owner) = (name::last(&id.name), name::owner(&id.name));
    let parents = side.find(Kind::Table, &owner).map(|table| side.parents_named(table)).unwrap_or_default();
    let alike = |table: FactId| side.find(id.kind, &format!("{}.{last}", name::sql_name(&table.name)));
    side.with_above(parents).into_iter().filter_map(alike).map(|fact| fact.id.clone()).collect()
}

/// A range type comes with a second one, an identity column with a sequence; a table has one primary key.
fn second_claim(fact: &Fact) -> Option<String> {
    if is_primary_key(fact) {
        return Some(format!("{} PRIMARY KEY", name::owner(&fact.id.name)));
    }
    let identity = || fact.text("identity").map(|_| identity_sequence(fact));
    let second = fact.text("multirange_type").map(str::to_owned).or_else(identity)?;
    let (parts, _) = name::parts(&second);
    Some(qualified(&parts.iter().map(String::as_str).collect::<Vec<_>>()))
}
