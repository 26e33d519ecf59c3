//! One side of the way: a model with what belongs to what and what uses what.

use std::collections::{BTreeSet, HashMap};

use super::super::{Fact, FactId, Kind, Model, qualified};
use super::mentions::Names;
use super::name;

/// A model with its dependencies.
#[derive(Debug)]
pub struct Side<'a> {
    /// The facts.
    pub model: &'a Model,
    names: Names,
    parents: HashMap<FactId, FactId>,
    children: HashMap<FactId, Vec<FactId>>,
    uses: HashMap<FactId, BTreeSet<FactId>>,
    late: HashMap<FactId, BTreeSet<FactId>>,
    users: HashMap<FactId, BTreeSet<FactId>>,
}

static NONE: BTreeSet<FactId> = BTreeSet::new();

impl<'a> Side<'a> {
    /// Works out who belongs to whom and who uses whom.
    pub(super) fn new(model: &'a Model) -> Self {
        let mut side = Self {
            model,
            names: Names::default(),
            parents: HashMap::new(),
            children: HashMap::new(),
            uses: HashMap::new(),
            late: HashMap::new(),
            users: HashMap::new(),
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
            let (uses, late) = side.dependencies(fact);
            for used in uses.iter().chain(&late) {
                side.users.entry(used.clone()).or_default().insert(fact.id.clone());
            }
            side.uses.insert(fact.id.clone(), uses);
            side.late.insert(fact.id.clone(), late);
        }
        side
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
                    let key = (schema.clone(), relation.clone());
                    self.names.columns.entry(key).or_default().insert(column.clone(), fact.id.clone());
                }
                _ => {}
            }
        }
    }

    fn dependencies(&self, fact: &Fact) -> (BTreeSet<FactId>, BTreeSet<FactId>) {
        let ddl = &fact.id.kind.spec().ddl;
        let texts = (ddl.texts)(fact);
        let mut uses = self.names.mentioned(&texts.names, &texts.columns, self.own_relation(fact).as_ref());
        uses.extend((ddl.uses)(fact, self));
        uses.extend(self.parents.get(&fact.id).cloned());
        uses.insert(FactId::new(Kind::Schema, qualified(&[&name::schema_of(&fact.id.name)])));
        let mut late: BTreeSet<FactId> = (ddl.late)(fact, self).into_iter().collect();
        let real = |id: &FactId| *id != fact.id && self.model.fact(id).is_some();
        late.retain(real);
        uses.retain(|id| real(id) && !late.contains(id));
        (uses, late)
    }

    /// The relation whose columns a text can name without more: the fact's parent.
    fn own_relation(&self, fact: &Fact) -> Option<(String, String)> {
        let mut at = &fact.id;
        while let Some(parent) = self.parents.get(at) {
            at = parent;
        }
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

    /// The children of one kind.
    pub fn children_of(&self, id: &FactId, kind: Kind) -> impl Iterator<Item = &'a Fact> {
        self.children(id).iter().filter(move |child| child.kind == kind).filter_map(|child| self.model.fact(child))
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

    /// The columns that a query reads from rows that functions give it.
    pub fn columns_of_results(&self, query: &str) -> Vec<FactId> {
        let functions = self.mentioned(query).into_iter().filter(|id| id.kind == Kind::Function);
        let results = functions.filter_map(|id| self.model.fact(&id)?.text("result"));
        let rows = results.flat_map(|result| self.mentioned(result)).filter(|id| id.kind == Kind::Table);
        rows.flat_map(|table| self.columns_said(query, &table)).collect()
    }

    /// The user's own types, functions and relations that a text mentions.
    pub fn mentioned(&self, text: &str) -> BTreeSet<FactId> {
        self.names.mentioned(&[text], &[], None)
    }
}
