//! One side of the way: a model with what belongs to what and what uses what.

use std::collections::{BTreeSet, HashMap};

use super::super::kind::identity_sequence;
use super::super::{Fact, FactId, Kind, Model, qualified};
use super::implied::Implied;
use super::mentions::Names;
use super::name;

/// A model with its dependencies.
#[derive(Debug)]
pub struct Side<'a> {
    /// The facts.
    pub model: &'a Model,
    names: Names,
    /// The user's casts, with how an expression says their target.
    casts: Vec<(FactId, String)>,
    parents: HashMap<FactId, FactId>,
    children: HashMap<FactId, Vec<FactId>>,
    uses: HashMap<FactId, BTreeSet<FactId>>,
    late: HashMap<FactId, BTreeSet<FactId>>,
    users: HashMap<FactId, BTreeSet<FactId>>,
    implied: HashMap<FactId, Implied>,
}

static NONE: BTreeSet<FactId> = BTreeSet::new();

impl<'a> Side<'a> {
    /// Works out who belongs to whom and who uses whom.
    pub(super) fn new(model: &'a Model) -> Self {
        let mut side = Self {
            model,
            names: Names::default(),
            casts: casts(model),
            parents: HashMap::new(),
            children: HashMap::new(),
            uses: HashMap::new(),
            late: HashMap::new(),
            users: HashMap::new(),
            implied: HashMap::new(),
        };
        side.index();
        let parents: Vec<_> = model
            .facts()
            .filter_map(|fact| Some((fact.id.clone(), (fact.id.kind.spec().ddl.parent)(fact, &side)?)))
            .filter(|(_, parent)| model.fact(parent).is_some())
            .collect();
        for (child, parent) in parents {
            side.children.entry(parent.clone()).or_default().push(child.clone());
            side.parents.insert(child, parent);
        }
        for fact in model.facts() {
            let (uses, late, implied) = side.dependencies(fact);
            side.uses.insert(fact.id.clone(), uses);
            side.late.insert(fact.id.clone(), late);
            if implied != Implied::default() {
                side.implied.insert(fact.id.clone(), implied);
            }
        }
        side.settle_overloads();
        for (id, used) in
            side.uses.iter().chain(&side.late).flat_map(|(id, all)| all.iter().map(move |used| (id, used)))
        {
            side.users.entry(used.clone()).or_default().insert(id.clone());
        }
        side
    }

    /// A text names a function, not which of its overloads: one that itself needs whoever says the name is not the one that is
    /// called, where there is another.
    fn settle_overloads(&mut self) {
        let is_function = |id: &&FactId| matches!(id.kind, Kind::Function | Kind::Aggregate);
        let mut mistaken: Vec<(FactId, FactId)> = Vec::new();
        for (id, uses) in &self.uses {
            let named = uses.iter().filter(is_function).map(|used| (name::parts(&used.name).0, used));
            let mut overloads: HashMap<Vec<String>, Vec<&FactId>> = HashMap::new();
            named.for_each(|(name, used)| overloads.entry(name).or_default().push(used));
            for group in overloads.into_values().filter(|group| group.len() > 1) {
                let root = self.root(id);
                let back: Vec<&FactId> = group.iter().copied().filter(|used| self.needs(used, id, root)).collect();
                if back.len() < group.len() {
                    mistaken.extend(back.into_iter().map(|used| (id.clone(), used.clone())));
                }
            }
        }
        for (id, used) in mistaken {
            self.uses.entry(id).or_default().remove(&used);
        }
    }

    /// Whether a fact uses one of two others, at any remove.
    fn needs(&self, id: &FactId, one: &FactId, other: &FactId) -> bool {
        let mut seen: BTreeSet<&FactId> = BTreeSet::new();
        let mut waiting = vec![id];
        while let Some(at) = waiting.pop() {
            if at == one || at == other {
                return true;
            }
            waiting.extend(self.uses.get(at).into_iter().flatten().filter(|used| seen.insert(used)));
        }
        false
    }

    /// What a fact belongs to in the end; itself where it belongs to nothing.
    pub(super) fn root<'s>(&'s self, id: &'s FactId) -> &'s FactId {
        let mut at = id;
        while let Some(parent) = self.parents.get(at) {
            at = parent;
        }
        at
    }

    fn index(&mut self) {
        for fact in self.model.facts().filter(|fact| fact.id.kind.spec().ddl.mentionable) {
            let (parts, _) = name::parts(&fact.id.name);
            match &parts[..] {
                [schema, name] => {
                    let key = (schema.clone(), name.clone());
                    self.names.qualified.entry(key).or_default().push(fact.id.clone());
                    // A range type comes with a second one.
                    if let Some(second) = fact.text("multirange_type").filter(|_| fact.id.kind == Kind::Range)
                        && let [schema, name] = &name::parts(second).0[..]
                    {
                        let key = (schema.clone(), name.clone());
                        self.names.qualified.entry(key).or_default().push(fact.id.clone());
                    }
                }
                [schema, relation, column] if fact.id.kind == Kind::Column => {
                    if fact.text("identity").is_some()
                        && let [schema, sequence] = &name::parts(&identity_sequence(fact)).0[..]
                    {
                        let key = (schema.clone(), sequence.clone());
                        self.names.qualified.entry(key).or_default().push(fact.id.clone());
                    }
                    let key = (schema.clone(), relation.clone());
                    self.names.columns.entry(key).or_default().insert(column.clone(), fact.id.clone());
                }
                _ => {}
            }
        }
    }

    fn dependencies(&self, fact: &Fact) -> (BTreeSet<FactId>, BTreeSet<FactId>, Implied) {
        let ddl = &fact.id.kind.spec().ddl;
        let texts = (ddl.texts)(fact);
        let mut uses = self.names.mentioned(&texts.names, &texts.columns, self.own_relation(fact).as_ref());
        let implied = Implied::by(&texts.names, &uses, self);
        uses.extend(implied.uses.iter().cloned());
        uses.extend((ddl.uses)(fact, self));
        uses.extend(self.casts_said(fact, &texts.names));
        uses.extend(self.parents.get(&fact.id).cloned());
        uses.insert(FactId::new(Kind::Schema, qualified(&[&name::schema_of(&fact.id.name)])));
        let mut late: BTreeSet<FactId> = (ddl.late)(fact, self).into_iter().collect();
        let real = |id: &FactId| *id != fact.id && self.model.fact(id).is_some();
        late.retain(real);
        uses.retain(|id| real(id) && !late.contains(id));
        (uses, late, implied)
    }

    /// The casts that an expression may ask for (`::type`); one that comes by itself is printed nowhere. A function of the type may be
    /// the cast's own.
    fn casts_said<'s>(&'s self, fact: &Fact, expressions: &'s [&str]) -> impl Iterator<Item = FactId> + 's {
        let plain = fact.id.kind == Kind::Function && fact.text("body").is_none();
        let casts = if plain { &[][..] } else { &self.casts[..] };
        let said = |says: &str| expressions.iter().any(|text| text.contains(says));
        let function = (fact.id.kind == Kind::Function).then(|| fact.id.clone());
        let is_own = move |cast: &FactId| {
            let by = self.model.fact(cast).and_then(|cast| cast.text("function"));
            by.zip(function.as_ref()).is_some_and(|(by, function)| self.mentioned(by).contains(function))
        };
        casts.iter().filter(move |(id, says)| said(says) && !is_own(id)).map(|(id, _)| id.clone())
    }

    /// The relation whose columns a text can name without more: the fact's parent.
    fn own_relation(&self, fact: &Fact) -> Option<(String, String)> {
        let at = self.root(&fact.id);
        let (mut parts, _) = name::parts(&at.name);
        (*at != fact.id && parts.len() == 2).then(|| (parts.remove(0), parts.remove(0)))
    }

    /// How statements call a fact.
    pub fn address(&self, id: &FactId) -> String {
        (id.kind.spec().ddl.address)(id, self)
    }

    /// What it belongs to.
    pub fn parent(&self, id: &FactId) -> Option<&FactId> {
        self.parents.get(id)
    }

    /// What belongs to it.
    pub fn children(&self, id: &FactId) -> &[FactId] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// These tables and all above them.
    pub(super) fn with_above(&self, tables: Vec<FactId>) -> BTreeSet<FactId> {
        let (mut found, mut waiting) = (BTreeSet::new(), tables);
        while let Some(id) = waiting.pop() {
            waiting.extend(self.model.fact(&id).map(|table| self.parents_named(table)).unwrap_or_default());
            found.insert(id);
        }
        found
    }

    /// The parents that a table has on this side and not, or not in the same place, on the other.
    pub(super) fn parents_of_moved(&self, table: &FactId, other: &Side<'_>) -> Vec<FactId> {
        let (Some(here), Some(there)) = (self.model.fact(table), other.model.fact(table)) else { return Vec::new() };
        let moved = here.differs(there, "partition_of") || here.differs(there, "partition_bound");
        let partition = here.text("partition_of").filter(|_| moved);
        let inherited = here.list("inherits").iter().filter(|parent| !there.list("inherits").contains(parent));
        let names = partition.into_iter().chain(inherited.map(String::as_str));
        names.filter_map(|name| Some(self.find(Kind::Table, name)?.id.clone())).collect()
    }

    /// What a table inherits from or is a partition of.
    pub(super) fn parents_named(&self, table: &Fact) -> Vec<FactId> {
        let names = table.text("partition_of").into_iter().chain(table.list("inherits").iter().map(String::as_str));
        names.filter_map(|name| Some(self.find(Kind::Table, name)?.id.clone())).collect()
    }

    /// The table of which a table is a partition, if it is one.
    pub fn root_of(&self, table: &FactId) -> Option<&'a Fact> {
        self.find(Kind::Table, self.model.fact(table)?.text("partition_of")?)
    }

    /// The users of a type, and of the types that are made of it.
    pub fn holders(&self, id: &FactId) -> BTreeSet<FactId> {
        let mut found: BTreeSet<FactId> = BTreeSet::new();
        let mut waiting = vec![id.clone()];
        while let Some(at) = waiting.pop() {
            for user in self.users(&at) {
                if found.insert(user.clone()) && user.kind.spec().ddl.is_type {
                    waiting.push(user.clone());
                }
            }
        }
        found
    }

    /// The partitions of a partition's parent.
    pub fn siblings(&self, partition: &FactId) -> Vec<FactId> {
        self.root_of(partition).map(|parent| self.parts(&parent.id)).unwrap_or_default()
    }

    /// The partitions of a table.
    pub fn parts(&self, table: &FactId) -> Vec<FactId> {
        let of = |id: &&FactId| id.kind == Kind::Table && self.root_of(id).is_some_and(|root| root.id == *table);
        self.users(table).iter().filter(of).cloned().collect()
    }

    /// The children of one kind.
    pub fn children_of(&self, id: &FactId, kind: Kind) -> impl Iterator<Item = &'a Fact> {
        self.children(id).iter().filter(move |child| child.kind == kind).filter_map(|child| self.model.fact(child))
    }

    /// The columns of these relations.
    pub fn columns_of<'i>(&self, relations: impl IntoIterator<Item = &'i FactId>) -> Vec<FactId> {
        let columns = relations.into_iter().flat_map(|relation| self.children_of(relation, Kind::Column));
        columns.map(|column| column.id.clone()).collect()
    }

    /// What it uses to be made, its parent included.
    pub fn uses(&self, id: &FactId) -> &BTreeSet<FactId> {
        self.uses.get(id).unwrap_or(&NONE)
    }

    /// What it uses only when it is completed.
    pub fn late(&self, id: &FactId) -> &BTreeSet<FactId> {
        self.late.get(id).unwrap_or(&NONE)
    }

    /// Who uses it, early or late.
    pub fn users(&self, id: &FactId) -> &BTreeSet<FactId> {
        self.users.get(id).unwrap_or(&NONE)
    }

    /// Whether a user relies on a fact without saying so.
    pub(super) fn relies_on(&self, user: &FactId, used: &FactId) -> bool {
        self.implied.get(user).is_some_and(|implied| implied.uses.contains(used))
    }

    /// Whether a user relies on anything that belongs to this without saying so.
    pub(super) fn relies_on_parts(&self, user: &FactId, whole: &FactId) -> bool {
        let of_it = |used: &FactId| self.parent(used) == Some(whole);
        self.implied.get(user).is_some_and(|implied| implied.uses.iter().any(of_it))
    }

    /// Who has the columns of its rows by place.
    pub(super) fn shaped_by(&self, rows_of: &FactId) -> impl Iterator<Item = &FactId> {
        self.implied.iter().filter(|(_, implied)| implied.shapes.contains(rows_of)).map(|(user, _)| user)
    }

    /// The facts called `schema.name`, whatever their kind (functions: all of that name); the text may be quoted as SQL is.
    pub fn called(&self, text: &str) -> &[FactId] {
        let (mut parts, _) = name::parts(text);
        if parts.len() != 2 {
            return &[];
        }
        let key = (parts.remove(0), parts.remove(0));
        self.names.qualified.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The fact of this kind called `schema.name`; the text may be quoted as SQL is.
    pub fn find(&self, kind: Kind, text: &str) -> Option<&'a Fact> {
        let (parts, _) = name::parts(text);
        self.model.fact(&FactId::new(kind, qualified(&parts.iter().map(String::as_str).collect::<Vec<_>>())))
    }

    /// The columns of this relation that a text names, with others that it mentions.
    pub fn columns_said(&self, text: &str, relation: &FactId) -> BTreeSet<FactId> {
        let (mut parts, _) = name::parts(&relation.name);
        if parts.len() != 2 {
            return BTreeSet::new();
        }
        let own = (parts.remove(0), parts.remove(0));
        self.names.mentioned(&[], &[text], Some(&own))
    }

    /// The user's own types, functions and relations that a text mentions.
    pub fn mentioned(&self, text: &str) -> BTreeSet<FactId> {
        self.names.mentioned(&[text], &[], None)
    }
}

fn casts(model: &Model) -> Vec<(FactId, String)> {
    let target = |id: &FactId| Some(format!("::{}", id.name.strip_suffix(')')?.rsplit_once(" AS ")?.1));
    let casts = model.facts().filter(|fact| fact.id.kind == Kind::Cast);
    casts.filter_map(|fact| Some((fact.id.clone(), target(&fact.id)?))).collect()
}
