//! Where what needs each other would wait for ever: what closes a cycle and could go before, where a stub can stand in, and where it is
//! cut if nothing else helps.
//!
//! Start at [`Graph::closing`]. What could go wrong: what merely waits for a cycle must not be taken for a part of it, or it would come
//! too early for nothing.

use std::collections::{BTreeSet, HashMap};

use super::super::super::{FactId, Kind};
use super::{Deed, Graph, Node, Priority};

impl Graph<'_, '_> {
    /// What goes with its table and closes a cycle by that, and could go before.
    pub(super) fn closing(&self) -> BTreeSet<FactId> {
        let cyclic = self.cyclic();
        let could = |id: &FactId| {
            matches!(
                id.kind,
                Kind::Constraint | Kind::Default | Kind::Index | Kind::Policy | Kind::Rule | Kind::Trigger
            )
        };
        let going = self.world.moving().into_iter().filter(|(id, fate)| fate.goes() && could(id));
        let closes = |id: &FactId| {
            let this = self.dropping(id);
            let others = || self.used(id, true).into_iter().flat_map(|used| self.leaving(&used));
            let alone = this.1 != *id && !self.is_part(id);
            alone && cyclic.contains(&this) && others().any(|other| other != this && cyclic.contains(&other))
        };
        going.map(|(id, _)| id).filter(closes).collect()
    }

    /// Whether it is part of a partitioned index or key, with which it goes.
    fn is_part(&self, id: &FactId) -> bool {
        let fact = self.world.from.model.fact(id);
        matches!(id.kind, Kind::Index | Kind::Constraint) && fact.is_some_and(|fact| fact.text("parent").is_some())
    }

    /// What is part of a cycle, or lies between two.
    fn cyclic(&self) -> BTreeSet<Node> {
        let before = self.before();
        let first = |node: &Node| before.get(node).cloned().unwrap_or_default();
        let then = |node: &Node| self.after.get(node).into_iter().flatten().collect();
        let behind = held(self.nodes.iter().collect(), first, then);
        held(behind, then, first).into_iter().cloned().collect()
    }

    /// A node for which a stub could stand in, with the nodes of the cycles that it is part of.
    pub(super) fn cycle(&self) -> Option<(Node, BTreeSet<Node>)> {
        let before = self.before();
        let can = |(deed, id): &&Node| {
            let side = if *deed == Deed::Drop { &self.world.from } else { &self.world.to };
            let put = id.kind.spec().ddl.stub.as_ref().map(|stub| stub.put);
            matches!(deed, Deed::Drop | Deed::Create)
                && put.is_some_and(|put| side.model.fact(id).is_some_and(|fact| put(fact).is_some()))
        };
        let mut candidates = self.nodes.iter().filter(can).filter(|node| !self.stubs.contains_key(node));
        candidates.find_map(|node| {
            let forward = reached(node, |at| self.after.get(at).into_iter().flatten().collect());
            forward.contains(node).then(|| {
                let back = reached(node, |at| before.get(at).cloned().unwrap_or_default());
                (node.clone(), forward.intersection(&back).cloned().collect())
            })
        })
    }

    /// What is on a cycle while it is changed where it is, holds nothing and could as well be made again.
    pub(super) fn changed_on_cycle(&self) -> BTreeSet<FactId> {
        let could = |kind: Kind| {
            matches!(kind, Kind::Default | Kind::Function | Kind::Policy | Kind::Rule | Kind::Trigger | Kind::View)
        };
        let changed = self.nodes.iter().filter(|(deed, id)| *deed == Deed::Alter && could(id.kind));
        let on_cycle =
            |node: &&Node| reached(node, |at| self.after.get(at).into_iter().flatten().collect()).contains(*node);
        changed.filter(on_cycle).map(|(_, id)| id.clone()).collect()
    }

    /// The first of what waits for nothing but each other: whatever else is left waits for it, or for another cycle.
    pub(super) fn on_cycle(&self, left: &BTreeSet<(Priority, Node)>) -> Option<(Priority, Node)> {
        let waiting: BTreeSet<&Node> = left.iter().map(|(_, node)| node).collect();
        let before = self.before();
        let mut at = &left.first()?.1;
        loop {
            let all = reached(at, |node| {
                before.get(node).into_iter().flatten().copied().filter(|n| waiting.contains(n)).collect()
            });
            let later = reached(at, |node| self.after.get(node).into_iter().flatten().collect());
            match all.iter().find(|node| !later.contains(*node)).and_then(|node| waiting.get(node)) {
                Some(further) => at = further,
                None => return left.iter().find(|(_, node)| all.contains(node)).cloned(),
            }
        }
    }

    /// What comes before each node.
    fn before(&self) -> HashMap<&Node, Vec<&Node>> {
        let mut before: HashMap<&Node, Vec<&Node>> = HashMap::new();
        for (first, then) in &self.after {
            for node in then {
                before.entry(node).or_default().push(first);
            }
        }
        before
    }
}

/// What is left when whatever waits for nothing of it is taken away, again and again.
fn held<'n>(
    mut nodes: BTreeSet<&'n Node>,
    waits_for: impl Fn(&'n Node) -> Vec<&'n Node>,
    holds_up: impl Fn(&'n Node) -> Vec<&'n Node>,
) -> BTreeSet<&'n Node> {
    let count = |node: &&'n Node| (*node, waits_for(node).iter().filter(|other| nodes.contains(*other)).count());
    let mut waits: HashMap<&Node, usize> = nodes.iter().map(count).collect();
    let mut free: Vec<&Node> = waits.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
    while let Some(node) = free.pop() {
        nodes.remove(node);
        for then in holds_up(node) {
            if let Some(count) = waits.get_mut(then).filter(|count| **count > 0) {
                *count -= 1;
                if *count == 0 {
                    free.push(then);
                }
            }
        }
    }
    nodes
}

/// Everything that is reached from a node by one step or more.
fn reached<'n>(start: &'n Node, next: impl Fn(&'n Node) -> Vec<&'n Node>) -> BTreeSet<Node> {
    let mut found = BTreeSet::new();
    let mut waiting = next(start);
    while let Some(node) = waiting.pop() {
        if found.insert(node.clone()) {
            waiting.extend(next(node));
        }
    }
    found
}
