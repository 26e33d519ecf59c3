//! One order for all statements: what goes, what changes, what comes, each after what it needs.
//!
//! Dropping a fact whose parent goes too takes no statement of its own, neither does making a fact that its parent's statement
//! makes: such facts share the parent's node. Where that makes a cycle (tables that all go refer to each other, a check calls a function
//! of its table's rows), the facts that close it are dropped one by one; cycles through views (a function reads the view, the view calls
//! the function) are broken by a stub that stands in for the view; what would be changed where it is, and so holds up what must go before
//! what it waits for can come, is made again. Other cycles are cut at the one of their nodes that would come first anyway.

mod cycles;
mod ties;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::super::kind::{columns_held, is_stripped};
use super::super::{Fact, FactId, Kind};
use super::{Fate, Script, Statement, Step, World};

/// What is done, in the order in which it is done where nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Deed {
    /// A stub takes the place of what goes.
    Loosen,
    Drop,
    Alter,
    Create,
    Finish,
    Fill,
    Discard,
}

/// Kinds from this rank on are made when rows are in their places: views, triggers, rules.
const AFTER_ROWS: u8 = 60;

type Node = (Deed, FactId);
/// The nodes in order, and the statements that are known of them already.
type Sorted = (Vec<Node>, HashMap<Node, Vec<Statement>>);
/// Stage, rank, name: what comes first where dependencies leave a choice.
type Priority = (u8, u16, FactId);

/// Every statement, ordered; or what must be dropped and made again, rather than changed where it is, for there to be an order.
pub(super) fn ordered(world: &World<'_>) -> Result<Script, BTreeSet<FactId>> {
    let (order, mut given) = sorted(world)?;
    let mut script = Script { steps: Vec::new(), left_out: world.impossible.clone() };
    for (deed, id) in order {
        let statements = match given.remove(&(deed, id.clone())) {
            Some(statements) => statements,
            None => statements(world, deed, &id),
        };
        let fate = world.fate(&id);
        let step = |statement: Statement| Step { statement, fact: id.clone(), fate };
        script.steps.extend(statements.into_iter().map(step));
    }
    // Added labels can be used by what follows once they are committed; they need nothing themselves.
    let (first, rest) = script.steps.into_iter().partition(|step| step.statement.outside_transaction);
    script.steps = first;
    script.steps.extend::<Vec<Step>>(rest);
    Ok(script)
}

/// The order; or what is in its way.
fn sorted(world: &World<'_>) -> Result<Sorted, BTreeSet<FactId>> {
    let mut graph = Graph::new(world, BTreeSet::new(), BTreeMap::new());
    if let Some(order) = graph.sorted(false) {
        return Ok((order, graph.given));
    }
    graph = Graph::new(world, graph.closing(), BTreeMap::new());
    loop {
        if let Some(order) = graph.sorted(false) {
            return Ok((order, graph.given));
        }
        let Some((node, cycle)) = graph.cycle() else {
            let in_the_way = graph.changed_on_cycle();
            return match in_the_way.is_empty() {
                true => Ok((graph.sorted(true).unwrap_or_default(), graph.given)),
                false => Err(in_the_way),
            };
        };
        let mut stubs = graph.stubs;
        stubs.insert(node, cycle);
        graph = Graph::new(world, graph.apart, stubs);
    }
}

fn statements(world: &World<'_>, deed: Deed, id: &FactId) -> Vec<Statement> {
    let ddl = &id.kind.spec().ddl;
    let (before, after) = (world.from.model.fact(id), world.to.model.fact(id));
    match (deed, before, after) {
        (Deed::Drop, Some(fact), _) => (ddl.drop)(fact, world),
        (Deed::Fill, Some(_), Some(fact)) => (ddl.fill)(fact, world),
        (Deed::Discard, Some(fact), _) => (ddl.discard)(fact, world),
        (Deed::Create, _, Some(fact)) => (ddl.create)(fact, world),
        (Deed::Finish, _, Some(fact)) => (ddl.finish)(fact, world),
        (Deed::Alter, Some(before), Some(after)) => match (ddl.alter)(before, after, world) {
            super::Alter::InPlace(statements) | super::Alter::Shaking(statements) => statements,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

struct Graph<'w, 'a> {
    world: &'w World<'a>,
    /// What does not go with its table, but before.
    apart: BTreeSet<FactId>,
    nodes: BTreeSet<Node>,
    after: HashMap<Node, BTreeSet<Node>>,
    blockers: BTreeMap<Node, usize>,
    /// Statements of nodes that are there only for having some.
    given: HashMap<Node, Vec<Statement>>,
    /// What a stub stands in for, by the node that drops or makes it, with the nodes of the cycle that it breaks.
    stubs: Stubs,
}

type Stubs = BTreeMap<Node, BTreeSet<Node>>;

impl<'w, 'a> Graph<'w, 'a> {
    fn new(world: &'w World<'a>, apart: BTreeSet<FactId>, stubs: Stubs) -> Self {
        let mut graph = Self {
            world,
            apart,
            nodes: BTreeSet::new(),
            after: HashMap::new(),
            blockers: BTreeMap::new(),
            given: HashMap::new(),
            stubs,
        };
        for (id, fate) in world.moving() {
            if fate.goes() {
                graph.nodes.insert(graph.dropping(&id));
                let aside = world.is_replaced(&id) || !id.kind.spec().ddl.is_type;
                if aside {
                    graph.add_if_said(Deed::Discard, &id);
                }
                if fate.comes() {
                    graph.add_if_said(Deed::Fill, &id);
                }
            }
            if fate.comes() {
                graph.nodes.insert(graph.creating(&id));
            }
            if fate.changes() {
                graph.nodes.insert((Deed::Alter, id.clone()));
            }
            if fate != Fate::Dropped {
                graph.add_if_said(Deed::Finish, &id);
            }
        }
        graph.add_stubs();
        graph.loosen_rows();
        for (id, fate) in world.moving() {
            graph.going(&id, fate);
            graph.coming(&id, fate);
            graph.changing(&id, fate);
            graph.finishing(&id);
        }
        graph.claims();
        graph.names_passed_on();
        graph.persistence();
        graph.letting_go();
        graph.parts();
        graph.copies();
        graph.conversions();
        graph.names_beside();
        graph.twins();
        graph.filling();
        graph
    }

    fn add_if_said(&mut self, deed: Deed, id: &FactId) {
        let statements = statements(self.world, deed, id);
        if !statements.is_empty() {
            self.nodes.insert((deed, id.clone()));
            self.given.insert((deed, id.clone()), statements);
        }
    }

    /// Each stub's node and that of what it stands in for.
    fn add_stubs(&mut self) {
        let all: Vec<Node> = self.stubs.keys().cloned().collect();
        for (deed, id) in all {
            let Some(stub) = &id.kind.spec().ddl.stub else { continue };
            let side = if deed == Deed::Drop { &self.world.from } else { &self.world.to };
            let Some(fact) = side.model.fact(&id) else { continue };
            let put: Vec<Statement> = (stub.put)(fact).into_iter().collect();
            if deed == Deed::Drop {
                let first = (Deed::Loosen, id.clone());
                self.nodes.insert(first.clone());
                self.given.insert(first.clone(), put);
                self.edge(&first, &(Deed::Drop, id));
            } else {
                let last = (Deed::Finish, id.clone());
                self.nodes.insert(last.clone());
                self.given.insert((Deed::Create, id.clone()), put);
                self.given.insert(last.clone(), vec![(stub.complete)(fact)]);
                self.edge(&(Deed::Create, id), &last);
            }
        }
    }

    /// The node after which this user of a fact can be made: where a stub stands in, only its cycle takes the stub.
    fn made(&self, used: &FactId, user: &Node) -> Node {
        let made = self.creating(used);
        match self.stubs.get(&made) {
            Some(cycle) if !cycle.contains(user) => (Deed::Finish, used.clone()),
            _ => made,
        }
    }

    /// Foreign keys come last: the keys that they refer to may be put together from partitions' first.
    fn is_foreign_key(&self, id: &FactId) -> bool {
        let facts = [self.world.from.model.fact(id), self.world.to.model.fact(id)];
        let is = |fact: &&Fact| fact.text("definition").is_some_and(|text| text.starts_with("FOREIGN KEY"));
        id.kind == Kind::Constraint && facts.iter().flatten().any(is)
    }

    /// Whether a table lets go of its parents before its own things can go: what it inherited cannot go any sooner.
    fn lets_go(&self, table: &FactId) -> bool {
        let Some((before, after)) = self.world.both(table) else { return false };
        ["partition_of", "partition_bound", "inherits", "of_type"].iter().any(|tie| before.differs(after, tie))
    }

    /// The node that drops a fact: its parent's where that goes too.
    fn dropping(&self, id: &FactId) -> Node {
        let from = &self.world.from;
        let key = self.is_foreign_key(id);
        let stays = |parent| {
            let led = from.model.fact(id).is_some_and(|fact| fact.text("parent").is_some());
            self.apart.contains(id) || key && !led && self.is_moved_aside(parent)
        };
        match from.parent(id) {
            Some(parent) if self.world.fate(parent).goes() && !stays(parent) => self.dropping(parent),
            _ => (Deed::Drop, id.clone()),
        }
    }

    /// The node that makes a fact: its parent's where that one's statement makes it.
    fn creating(&self, id: &FactId) -> Node {
        let with_parent = |fact| (id.kind.spec().ddl.with_parent)(fact, self.world);
        match (self.world.to.parent(id), self.world.to.model.fact(id)) {
            (Some(parent), Some(fact)) if self.world.fate(parent).comes() && with_parent(fact) => self.creating(parent),
            _ => (Deed::Create, id.clone()),
        }
    }

    /// Whether a table stays under another name until its rows have been copied, or its root does.
    fn is_moved_aside(&self, id: &FactId) -> bool {
        let root = || self.world.from.find(Kind::Table, self.world.from.model.fact(id)?.text("partition_of")?);
        !statements(self.world, Deed::Discard, id).is_empty()
            || root().is_some_and(|root| self.is_moved_aside(&root.id))
    }

    /// What drops for good a table that was moved aside until its rows have been copied, or a partition of one.
    fn discarded(&self, id: &FactId) -> Option<Node> {
        let own = (Deed::Discard, id.clone());
        if self.nodes.contains(&own) {
            return Some(own);
        }
        let parent = self.world.from.model.fact(id)?.text("partition_of")?;
        self.discarded(&self.world.from.find(Kind::Table, parent)?.id)
    }

    fn edge(&mut self, first: &Node, then: &Node) {
        if first != then && self.nodes.contains(first) && self.nodes.contains(then) {
            let fresh = self.after.entry(first.clone()).or_default().insert(then.clone());
            if fresh {
                *self.blockers.entry(then.clone()).or_default() += 1;
            }
        }
    }

    /// Whether what stays would go with its old parent at this node (a sequence with its table), and therefore leaves it before.
    fn outlives(&self, id: &FactId, gone: &Node) -> bool {
        let parent = self.world.from.parent(id);
        parent.is_some_and(|parent| self.world.fate(parent).goes() && self.dropping(parent) == *gone)
    }

    /// The nodes at which something goes that others use: an heir's column goes with its parents'.
    fn leaving(&self, used: &FactId) -> Vec<Node> {
        let above = match used.kind {
            Kind::Column => ties::above(used, &self.world.from),
            _ => Vec::new(),
        };
        let gone = above.iter().filter(|id| self.world.fate(id).goes());
        gone.map(|id| self.dropping(id)).chain([self.dropping(used)]).collect()
    }

    /// Whether a table that is aside has nothing to do any more with what it used of a table above, since it is no heir or partition there.
    fn is_cut_off_from(&self, table: &FactId, used: &FactId) -> bool {
        let from = &self.world.from;
        let of = from.parent(used).filter(|of| of.kind == Kind::Table && !self.world.fate(of).goes());
        let fact = from.model.fact(table).filter(|_| self.discarded(table).is_some());
        let above = fact.map(|fact| from.with_above(from.parents_named(fact)));
        of.zip(above).is_some_and(|(of, above)| above.contains(of))
    }

    /// A fact that goes, goes before what it uses goes or changes.
    fn going(&mut self, id: &FactId, fate: Fate) {
        if !fate.goes() {
            return;
        }
        let this = self.dropping(id);
        for used in self.used(id, true) {
            let other = match self.world.fate(&used) {
                fate if fate.goes() => self.dropping(&used),
                fate if fate.changes() && !self.outlives(&used, &this) => (Deed::Alter, used.clone()),
                _ => continue,
            };
            let from = &self.world.from;
            let alone = this.1 == *id && other.1 == used;
            let inherited = alone && id.kind == Kind::Column && ties::above(id, from).contains(&used);
            let held = alone && other.0 == Deed::Alter && from.parent(id) == Some(&used);
            if inherited || held && self.lets_go(&used) {
                self.edge(&other, &this);
                continue;
            }
            // A table's own settings wait for no column, a column's for no sequence: what takes their place may wait for them.
            if held && matches!(id.kind, Kind::Column | Kind::Sequence) {
                continue;
            }
            // A type goes when columns have gone over to others, what it was made of is aside until then.
            let discarded = (Deed::Discard, used.clone());
            let goes_late = self.world.is_held(&this.1) && !self.world.is_replaced(&this.1);
            if goes_late && self.world.fate(&this.1) == Fate::Dropped && self.nodes.contains(&discarded) {
                self.edge(&this, &discarded);
                continue;
            }
            let loosened = self.stubs.get(&this).is_some_and(|cycle| cycle.contains(&other));
            let first = if loosened { (Deed::Loosen, this.1.clone()) } else { this.clone() };
            self.edge(&first, &other);
            if this.1.kind != Kind::Column {
                self.leaving(&used).iter().for_each(|gone| self.edge(&first, gone));
            }
            self.edge(&first, &(Deed::Loosen, used.clone()));
            if other.0 == Deed::Drop && !self.is_cut_off_from(&this.1, &used) {
                let discarded = self.discarded(&this.1).filter(|_| this.1 == *id || !is_stripped(id.kind));
                let waits = discarded.unwrap_or((Deed::Discard, id.clone()));
                self.edge(&waits, &(Deed::Discard, used.clone()));
                if self.world.fate(&used) == Fate::Dropped && self.discarded(&other.1).is_none() {
                    self.edge(&waits, &other);
                }
            }
        }
        if fate.comes() {
            let made = self.creating(id);
            self.edge(&this, &made);
            self.edge(&made, &(Deed::Fill, id.clone()));
            self.edge(&made, &(Deed::Discard, id.clone()));
            self.edge(&(Deed::Fill, id.clone()), &(Deed::Discard, id.clone()));
        }
    }

    /// A fact that comes, comes after what it uses has come or changed.
    fn coming(&mut self, id: &FactId, fate: Fate) {
        if !fate.comes() {
            return;
        }
        let made = self.creating(id);
        let stub = id.kind.spec().ddl.stub.as_ref().filter(|_| self.stubs.contains_key(&made));
        let texts = stub.zip(self.world.to.model.fact(id)).map(|(stub, fact)| (stub.texts)(fact));
        for used in self.world.to.uses(id).iter().cloned().collect::<Vec<_>>() {
            let with_stub = |texts: &[String]| {
                used.kind == Kind::Schema || texts.iter().any(|text| self.world.to.mentioned(text).contains(&used))
            };
            let this = if texts.is_none_or(with_stub) { made.clone() } else { (Deed::Finish, id.clone()) };
            let made = self.made(&used, &this);
            self.edge(&made, &this);
            self.checked_first(&used, &this);
            self.edge(&(Deed::Alter, used), &this);
        }
        self.edge(&made, &(Deed::Finish, id.clone()));
    }

    /// Whether what changes is made of this type, and was not, or otherwise.
    fn takes_in(&self, id: &FactId, used: &FactId) -> bool {
        let made_otherwise = |(before, after): (&Fact, &Fact)| before.differs(after, "type");
        !self.world.from.uses(id).contains(used) || self.world.both(id).is_some_and(made_otherwise)
    }

    /// Whether rows with this column lie inside of another.
    fn holds_rows_with(&self, column: &FactId, inner: &FactId) -> bool {
        let from = &self.world.from;
        let fact = from.model.fact(column).filter(|_| column.kind == Kind::Column && inner.kind == Kind::Column);
        fact.is_some_and(|fact| columns_held(fact, from).contains(inner))
    }

    /// A domain takes no more checks once a range, an array or a row of it is stored, however deep it lies in there.
    fn checked_first(&mut self, held: &FactId, user: &Node) {
        let holds = matches!(user.1.kind, Kind::Column | Kind::Range | Kind::Composite | Kind::Domain | Kind::Table);
        let to = &self.world.to;
        let in_rows = || to.model.fact(&user.1).is_some_and(|column| columns_held(column, to).contains(held));
        let is_held =
            held.kind.spec().ddl.is_type || held.kind == Kind::Column && user.1.kind == Kind::Column && in_rows();
        if !holds || !is_held {
            return;
        }
        let (mut domains, mut waiting) = (BTreeSet::new(), vec![held]);
        while let Some(id) = waiting.pop() {
            // Its own default is no user of it.
            if *id == user.1 || id.kind == Kind::Domain && !domains.insert(id) {
                continue;
            }
            waiting.extend(to.uses(id).iter().filter(|used| used.kind.spec().ddl.is_type));
        }
        let checks: Vec<FactId> = domains
            .into_iter()
            .flat_map(|domain| to.children_of(domain, Kind::Constraint))
            .map(|check| check.id.clone())
            .collect();
        for check in checks {
            self.edge(&self.creating(&check), user);
        }
    }

    /// A fact that changes, changes after what it will use is there and before what it used is gone.
    fn changing(&mut self, id: &FactId, fate: Fate) {
        if !fate.changes() {
            return;
        }
        let this = (Deed::Alter, id.clone());
        let wanted: Vec<FactId> = self.world.to.uses(id).iter().cloned().collect();
        for used in &wanted {
            // A table goes to new parents when it is finished.
            if id.kind != Kind::Table || used.kind != Kind::Table {
                let made = self.made(used, &this);
                self.edge(&made, &this);
            }
            self.edge(&(Deed::Alter, used.clone()), &this);
            if self.world.is_replaced(used) || self.world.fate(used) == Fate::Created || self.takes_in(id, used) {
                self.checked_first(used, &this);
            }
        }
        let loosened = self.given.contains_key(&(Deed::Loosen, id.clone()));
        for used in self.used(id, true) {
            match self.world.fate(&used) {
                _ if loosened && self.world.from.parent(id) != Some(&used) && !used.kind.spec().ddl.is_type => {}
                Fate::Dropped if !self.world.is_replaced(&used) => {
                    let gone = self.dropping(&used);
                    // What it inherited is its own once the parent's has gone.
                    match gone.1 == used && id.kind == Kind::Column && ties::above(id, &self.world.from).contains(&used)
                    {
                        true => self.edge(&gone, &this),
                        false if matches!(id.kind, Kind::Column | Kind::Table) => self.edge(&this, &gone),
                        false => self.leaving(&used).iter().for_each(|gone| self.edge(&this, gone)),
                    }
                }
                Fate::Recreated if id.kind == used.kind && !used.kind.spec().ddl.is_type => {
                    let gone = self.dropping(&used);
                    self.edge(&this, &gone);
                }
                Fate::Recreated | Fate::Dropped => self.edge(&this, &(Deed::Discard, used.clone())),
                // Rows inside of a column forbid what they are rows of another type; a heir's column gets it with its parents'.
                Fate::Shaken if !wanted.contains(&used) && self.holds_rows_with(id, &used) => {
                    let above = ties::above(&used, &self.world.from);
                    above.into_iter().chain([used]).for_each(|column| self.edge(&this, &(Deed::Alter, column)));
                }
                _ => {}
            }
        }
        self.edge(&this, &(Deed::Finish, id.clone()));
    }

    fn finishing(&mut self, id: &FactId) {
        let this = (Deed::Finish, id.clone());
        if !self.nodes.contains(&this) {
            return;
        }
        for used in self.world.to.late(id).iter().cloned().collect::<Vec<_>>() {
            let made = self.creating(&used);
            self.edge(&made, &this);
            self.edge(&(Deed::Alter, used.clone()), &this);
            match self.attached_below(id, &used) {
                Some(table) => self.edge(&this, &(Deed::Finish, table)),
                // A partition is attached before its indexes are.
                None if self.world.to.parent(&used) != Some(id) => self.edge(&(Deed::Finish, used), &this),
                None => {}
            }
        }
    }

    /// The table of an index above, where that table is attached with partitions that it has already. An index that lacks its parts is
    /// not valid, and the server passes it over and makes another, so that the parts come to it first.
    fn attached_below(&self, index: &FactId, above: &FactId) -> Option<FactId> {
        let table = |id: &FactId| self.world.to.parent(id).map(|table| (Deed::Finish, table.clone()));
        let alike = above.kind == index.kind && matches!(index.kind, Kind::Index | Kind::Constraint);
        let (own, above) = (table(index)?, table(above)?);
        (alike && !self.nodes.contains(&own) && self.nodes.contains(&above)).then_some(above.1)
    }

    fn used(&self, id: &FactId, late: bool) -> Vec<FactId> {
        let from = &self.world.from;
        let late = if late { from.late(id).iter().cloned().collect() } else { Vec::new() };
        from.uses(id).iter().cloned().chain(late).collect()
    }

    fn priority(&self, (deed, id): &Node) -> Priority {
        let ddl = &id.kind.spec().ddl;
        let stage = match deed {
            Deed::Create if ddl.first => 0,
            Deed::Drop if ddl.first => 9,
            Deed::Loosen | Deed::Drop => 1,
            Deed::Alter => 2,
            Deed::Create if self.is_foreign_key(id) || ddl.rank >= AFTER_ROWS => 5,
            Deed::Create => 3,
            Deed::Finish => 3,
            Deed::Fill => 4,
            Deed::Discard => 8,
        };
        let rank = u16::from(ddl.rank);
        (stage, if *deed == Deed::Drop { 300 - rank } else { rank }, self.place(*deed, id))
    }

    /// Columns come in the order in which they shall stand; everything else by name.
    fn place(&self, deed: Deed, id: &FactId) -> FactId {
        let position = self.world.to.model.fact(id).and_then(|fact| fact.int("position"));
        match position.filter(|_| deed == Deed::Create && id.kind == Kind::Column) {
            Some(position) => FactId::new(id.kind, format!("{}.{position:010}", super::name::owner(&id.name))),
            None => id.clone(),
        }
    }

    /// The order; `None` where there is a cycle and cutting is not allowed.
    fn sorted(&self, cut: bool) -> Option<Vec<Node>> {
        let mut blockers = self.blockers.clone();
        let mut left: BTreeSet<(Priority, Node)> = self.nodes.iter().map(|n| (self.priority(n), n.clone())).collect();
        let free = |node: &Node, blockers: &BTreeMap<Node, usize>| blockers.get(node).is_none_or(|n| *n == 0);
        let mut ready: BinaryHeap<Reverse<(Priority, Node)>> =
            left.iter().filter(|(_, node)| free(node, &blockers)).cloned().map(Reverse).collect();
        let mut order = Vec::with_capacity(left.len());
        loop {
            let next = match ready.pop() {
                Some(Reverse(next)) if left.contains(&next) => next,
                Some(_) => continue,
                None if left.is_empty() => return Some(order),
                None if cut => self.on_cycle(&left)?,
                None => return None,
            };
            left.remove(&next);
            for then in self.after.get(&next.1).into_iter().flatten() {
                let blockers = blockers.entry(then.clone()).or_default();
                *blockers = blockers.saturating_sub(1);
                if *blockers == 0 {
                    ready.push(Reverse((self.priority(then), then.clone())));
                }
            }
            order.push(next.1);
        }
    }
}
