//! The DDL that turns one model into another, as a list of statements in an order that works.
//!
//! Start at [`script`]. What a kind's statements look like stands in the kind's own file (its [`Ddl`]); here it is decided what
//! becomes of each fact (`fate`), in which order (`order`), and which facts a fact's text mentions (`mentions`).
//!
//! Pure: it works on models, wherever they come from (a database, a peer, the journal). It never runs anything and never knows
//! an OID. What could go wrong: a dependency that no text shows (a function's string body) is not seen, so functions come as
//! early and populated things as late as the rest allows; a word that only looks like a column makes a view be made again for
//! nothing; what PostgreSQL does to children on its own is predicted, which is why a caller that can runs the script in a
//! scratch database first and looks at what is left.

pub mod bound;
pub mod cast;
mod fate;
mod implied;
mod mentions;
pub mod name;
mod one_rewrite;
pub mod options;
mod order;
mod rename;
mod short_locks;
mod side;
mod text;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::expression::rewritten;
use super::{Attributes, Fact, FactId, Model, Value};
pub use fate::{Fate, World};
pub(super) use implied::rows_given;
pub use rename::{Renamed, rename_hints, renamed_columns};
pub use short_locks::short_locks;
pub use side::Side;
pub use text::NO_TRANSACTION;

/// What a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// Rows or values are lost.
    DataLoss,
    /// A table is written anew.
    Rewrite,
    /// A lock that stops others for long.
    LongLock,
    /// Running code may fail.
    BreaksClients,
}

/// One statement, without its semicolon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SQL.
    pub sql: String,
    /// What it costs, sorted, without doubles.
    pub hazards: Vec<Hazard>,
    /// PostgreSQL refuses it inside a transaction, or its result cannot be used in the same one.
    pub outside_transaction: bool,
    /// What a reader should know of it, in a few words.
    pub note: Option<String>,
}

impl Statement {
    /// A statement that costs nothing worth a word.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), hazards: Vec::new(), outside_transaction: false, note: None }
    }

    /// … that costs this.
    #[must_use]
    pub fn costs(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self.hazards.sort();
        self.hazards.dedup();
        self
    }

    /// … that costs this on a condition.
    #[must_use]
    pub fn costs_if(self, condition: bool, hazard: Hazard) -> Self {
        if condition { self.costs(hazard) } else { self }
    }

    /// … that deserves a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// … that must run outside of a transaction.
    #[must_use]
    pub fn outside(mut self) -> Self {
        self.outside_transaction = true;
        self
    }
}

impl From<String> for Statement {
    fn from(sql: String) -> Self {
        Self::new(sql)
    }
}

/// A statement of a script, and the fact that it is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The statement.
    pub statement: Statement,
    /// The fact that it makes, changes or drops.
    pub fact: FactId,
    /// What becomes of the fact.
    pub fate: Fate,
}

/// Statements in an order that works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The statements.
    pub steps: Vec<Step>,
    /// Facts that differ and for which there is no DDL, with the reason.
    pub left_out: Vec<(FactId, String)>,
}

impl Script {
    /// Every hazard of its statements, sorted, without doubles.
    pub fn hazards(&self) -> Vec<Hazard> {
        let mut all: Vec<_> = self.steps.iter().flat_map(|step| step.statement.hazards.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether a statement must run outside of a transaction.
    pub fn needs_no_transaction(&self) -> bool {
        self.steps.iter().any(|step| step.statement.outside_transaction)
    }
}

/// Which locks a script may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locks {
    /// Those that its statements take; it is one transaction where that is possible.
    #[default]
    AsTheyCome,
    /// Short ones where there is a way; see [`short_locks`].
    Short,
}

/// The DDL that turns FROM into TO, with these locks.
pub fn script_with(locks: Locks, from: &Model, to: &Model) -> Script {
    match locks {
        Locks::AsTheyCome => script(from, to),
        Locks::Short => short_locks(script(from, to), to),
    }
}

/// The DDL that turns FROM into TO.
pub fn script(from: &Model, to: &Model) -> Script {
    let mut world = World::decide(from, to);
    let mut script = loop {
        match order::ordered(&world) {
            Ok(script) => break script,
            Err(in_the_way) => world.make_again(in_the_way),
        }
    };
    script.steps = one_rewrite::merged(script.steps);
    // Printed expressions are not always stored again as they were printed.
    for step in &mut script.steps {
        if let Cow::Owned(sql) = rewritten(&step.statement.sql) {
            step.statement.sql = sql;
        }
    }
    script
}

/// The facts of which what they belong to (a grant's object, a comment's) is in this model, too.
pub fn standing<'f>(facts: impl Iterator<Item = &'f Fact>, model: &Model) -> Vec<&'f Fact> {
    let side = Side::new(model);
    let stands =
        |fact: &&Fact| (fact.id.kind.spec().ddl.parent)(fact, &side).is_some_and(|id| model.fact(&id).is_some());
    facts.filter(stands).collect()
}

/// What gives things that a script makes again back to their former owners; `role`, who runs it, owns the rest anyway.
pub fn owners_kept(script: &Script, owners: &[Fact], to: &Model, role: &str) -> Vec<Step> {
    let made_again: BTreeSet<&FactId> =
        script.steps.iter().filter(|step| step.fate == Fate::Recreated).map(|step| &step.fact).collect();
    let target = |owner: &Fact| {
        let (word, name) = owner.id.name.split_once(' ')?;
        FactId::parse(word, name).ok().filter(|id| made_again.contains(id) && to.fact(id).is_some())
    };
    let others = owners.iter().filter(|owner| owner.text("owner").is_some_and(|owner| owner != role));
    let kept: Vec<(&Fact, FactId)> = others.filter_map(|owner| Some((owner, target(owner)?))).collect();
    if kept.is_empty() {
        return Vec::new();
    }
    let side = Side::new(to);
    let step = |(owner, target): (&Fact, FactId)| {
        let role = name::ident(owner.text("owner").unwrap_or_default());
        let statement = Statement::new(format!("ALTER {} OWNER TO {role}", side.address(&target)));
        Step { statement, fact: owner.id.clone(), fate: Fate::Altered }
    };
    kept.into_iter().map(step).collect()
}

/// How a changed fact is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alter {
    /// These statements change it where it is; whatever uses it stays.
    InPlace(Vec<Statement>),
    /// These statements change it where it is, but what uses it must be gone meanwhile (a column's new type).
    Shaking(Vec<Statement>),
    /// It can only be dropped and made again.
    Recreate,
    /// What it belongs to can only be made again, its rows copied (a column that shall be nothing but inherited).
    RecreateParent,
    /// There is no way; why.
    Impossible(String),
}

/// What happens to something that a fact uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shake {
    /// It is changed such that users must be gone meanwhile.
    Altered,
    /// It is dropped and made again.
    Recreated,
    /// It is dropped for good.
    Dropped,
}

/// What a fact that both sides have does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing.
    Stays,
    /// It is altered in place (its `alter` is called, equal as it may be).
    Touched,
    /// It is altered in place, and what uses it must be gone meanwhile.
    Shaken,
    /// It is dropped and made again.
    Recreated,
    /// What it belongs to is made again, its rows copied.
    ParentRecreated,
}

/// The texts of a fact in which others may be named.
#[derive(Debug, Default)]
pub struct Texts<'a> {
    /// Texts that may mention `schema.name`.
    pub names: Vec<&'a str>,
    /// Texts whose words may be columns of the mentioned relations (and of the fact's own table).
    pub columns: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// Every text of a fact; its words may be columns.
    pub fn all(fact: &'a Fact) -> Self {
        let names = texts(&fact.attributes);
        Self { columns: names.clone(), names }
    }

    /// Every text of a fact; its words are no columns.
    pub fn names_only(fact: &'a Fact) -> Self {
        Self { names: texts(&fact.attributes), columns: Vec::new() }
    }

    /// None: nothing is mentioned.
    pub fn none(_: &'a Fact) -> Self {
        Self::default()
    }
}

fn texts(attributes: &Attributes) -> Vec<&str> {
    attributes
        .values()
        .flat_map(|value| match value {
            Value::Text(text) => vec![text.as_str()],
            Value::List(texts) => texts.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        })
        .collect()
}

/// What stands in for something while what it uses is not there yet, or goes before it: it looks the same and holds nothing.
#[derive(Debug)]
pub struct Stub {
    /// Puts it there, or in the place of the real one; `None`: it is not known well enough.
    pub put: fn(&Fact) -> Option<Statement>,
    /// Puts the real one in its place.
    pub complete: fn(&Fact) -> Statement,
    /// Texts that say what the stub itself uses.
    pub texts: fn(&Fact) -> &[String],
}

/// How a kind is written as DDL. Start from [`Ddl::NONE`] (`Ddl { create, drop, ..Ddl::NONE }`).
///
/// `create`, `finish`, `drop`, `discard` see every fate; `alter` is called first while only the differences are known and again
/// when its statements are wanted.
#[derive(Debug)]
pub struct Ddl {
    /// Lower ranks are made earlier and dropped later, where dependencies allow.
    pub rank: u8,
    /// Before everything else, and dropped after everything else (schemas, extensions).
    pub first: bool,
    /// Whether it is let go rather than made again with what it belongs to.
    pub outlives_parent: bool,
    /// Whether columns can be of it: it is moved aside rather than dropped while they go over to its new form.
    pub is_type: bool,
    /// How other statements call it: `TABLE public.orders`, `CONSTRAINT a ON public.b` (as in COMMENT ON).
    pub address: fn(&FactId, &Side<'_>) -> String,
    /// What it belongs to: dropped with it, never without a word about it. By default nothing.
    pub parent: fn(&Fact, &Side<'_>) -> Option<FactId>,
    /// Whether the parent's own statement makes it (a column in CREATE TABLE).
    pub with_parent: fn(&Fact, &World<'_>) -> bool,
    /// Whether others can mention it by name. Off for comments and the like.
    pub mentionable: bool,
    /// Texts in which it may mention others.
    pub texts: for<'a> fn(&'a Fact) -> Texts<'a>,
    /// What it uses beside its parent, its schema and what its texts mention.
    pub uses: fn(&Fact, &Side<'_>) -> Vec<FactId>,
    /// What it uses only after it was made (`finish`), or what must have been made before that.
    pub late: fn(&Fact, &Side<'_>) -> Vec<FactId>,
    /// A name in the schema that only one thing can have (indexes and tables share theirs).
    pub claims: fn(&Fact, &Side<'_>) -> Option<String>,
    /// Makes it.
    pub create: fn(&Fact, &World<'_>) -> Vec<Statement>,
    /// Completes it (of TO) when what is `late` is there; also called for facts that stay.
    pub finish: fn(&Fact, &World<'_>) -> Vec<Statement>,
    /// Drops it.
    pub drop: fn(&Fact, &World<'_>) -> Vec<Statement>,
    /// Brings over the rows of what was moved aside by `drop`, before triggers, rules and foreign keys are there.
    pub fill: fn(&Fact, &World<'_>) -> Vec<Statement>,
    /// For what is moved aside by `drop` (types that columns still use, tables whose rows are copied): drops it for good.
    pub discard: fn(&Fact, &World<'_>) -> Vec<Statement>,
    /// What can stand in for it where it takes part in a cycle.
    pub stub: Option<Stub>,
    /// Changes it: FROM's fact into TO's.
    pub alter: fn(&Fact, &Fact, &World<'_>) -> Alter,
    /// What this fact of FROM (that TO has too) does when something that it uses is shaken.
    pub react: fn(&Fact, &FactId, Shake, &World<'_>) -> Reaction,
}

impl Ddl {
    /// Nothing said: no statements, and no way to change it.
    pub const NONE: Self = Self {
        rank: 99,
        first: false,
        outlives_parent: false,
        is_type: false,
        address: |id, _| format!("{} {}", id.kind.word().replace('_', " ").to_uppercase(), name::sql_name(&id.name)),
        parent: |_, _| None,
        with_parent: |_, _| false,
        mentionable: true,
        texts: |fact| Texts::all(fact),
        uses: |_, _| Vec::new(),
        late: |_, _| Vec::new(),
        claims: |_, _| None,
        create: |_, _| Vec::new(),
        finish: |_, _| Vec::new(),
        drop: |_, _| Vec::new(),
        fill: |_, _| Vec::new(),
        discard: |_, _| Vec::new(),
        stub: None,
        alter: |_, _, _| Alter::Impossible("there is no statement that changes it".to_owned()),
        react: |_, _, shake, _| if shake == Shake::Dropped { Reaction::Stays } else { Reaction::Recreated },
    };

    /// `DROP TABLE public.orders` and the like, after the address.
    pub fn drop_by_address(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
        vec![format!("DROP {}", world.from.address(&fact.id)).into()]
    }

    /// Likewise, of what running code may use: dropped for good, it breaks clients.
    pub fn drop_what_clients_use(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
        let gone = world.to.model.fact(&fact.id).is_none();
        let drop = Statement::new(format!("DROP {}", world.from.address(&fact.id)));
        vec![drop.costs_if(gone, Hazard::BreaksClients)]
    }
}

/// Attributes as they are wanted in statements.
impl Fact {
    /// A text.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        match self.attributes.get(attribute) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A flag; absent: false.
    pub fn flag(&self, attribute: &str) -> bool {
        matches!(self.attributes.get(attribute), Some(Value::Bool(true)))
    }

    /// A number.
    pub fn int(&self, attribute: &str) -> Option<i64> {
        match self.attributes.get(attribute) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// Several texts; absent: none.
    pub fn list(&self, attribute: &str) -> &[String] {
        match self.attributes.get(attribute) {
            Some(Value::List(texts)) => texts,
            _ => &[],
        }
    }

    /// Several texts that are kept sorted, in the order in which the server holds them.
    pub fn list_in_order(&self, attribute: &str) -> &[String] {
        match self.list(&format!("{attribute}_order")) {
            [] => self.list(attribute),
            ordered => ordered,
        }
    }

    /// Whether an attribute differs from another fact's.
    pub fn differs(&self, other: &Self, attribute: &str) -> bool {
        self.attributes.get(attribute) != other.attributes.get(attribute)
    }
}
