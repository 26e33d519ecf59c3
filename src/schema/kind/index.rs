//! An index that no constraint owns. The definition starts at the access method: names are no part of it.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Shake, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[hashed("table"), expression("definition"), hashed("unique"), hashed("invalid"), hashed("clustered"), hashed("parent"), hashed("statistics"), hashed("extensions")];

pub(super) const SPEC: Spec = Spec { word: "index", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 42,
    claims: |fact, _| Some(fact.id.name.clone()),
    parent: |fact, side| {
        let table = fact.text("table")?;
        side.find(Kind::Table, table).or_else(|| side.find(Kind::MaterializedView, table)).map(|table| table.id.clone())
    },
    texts: |fact| {
        let definition = fact.text("definition").into_iter().collect::<Vec<_>>();
        Texts { names: definition.clone(), columns: definition }
    },
    uses: |fact, _| super::extension::needed(fact).collect(),
    late: |fact, side| {
        let parent = fact.text("parent").and_then(|parent| side.find(Kind::Index, parent));
        let table = parent.and_then(|_| side.find(Kind::Table, fact.text("table")?));
        parent.into_iter().chain(table).map(|fact| fact.id.clone()).collect()
    },
    create,
    finish: |fact, world| {
        let before = world.from.model.fact(&fact.id).filter(|_| !world.fate(&fact.id).comes());
        match fact.text("parent").filter(|_| before.is_none_or(|before| before.differs(fact, "parent"))) {
            Some(_) if earlier_name(fact, world).is_some() => Vec::new(),
            Some(parent) => {
                let (parent, index) = (name::sql_name(parent), name::sql_name(&fact.id.name));
                vec![format!("ALTER INDEX {parent} ATTACH PARTITION {index}").into()]
            }
            None => Vec::new(),
        }
    },
    drop: |fact, world| {
        let parent = fact.text("parent").and_then(|parent| world.from.find(Kind::Index, parent));
        let goes_along = parent.is_some_and(|parent| world.fate(&parent.id).goes()) && stays_tied(fact, world);
        if goes_along || later_name(fact, world).is_some() {
            return Vec::new();
        }
        // Neither it nor a key of a partition that belongs to it could go first.
        let keys = world.from.users(&fact.id).iter().filter_map(|user| world.from.model.fact(user)).any(|user| user.text("index_parent").is_some());
        let along = if keys { " CASCADE" } else { "" };
        vec![format!("DROP {}{along}", world.from.address(&fact.id)).into()]
    },
    alter,
    react: |fact, used, shake, world| {
        match shake {
            Shake::Altered if is_rebuilt_by_server(fact, used, world) => Reaction::Stays,
            Shake::Dropped if world.fate(&fact.id).changes() || used.kind == Kind::Index => Reaction::Stays,
            _ => Reaction::Recreated,
        }
    },
    ..Ddl::NONE
};

/// Whether the server itself builds an index, or a key's, anew for a column's new type, and it is the same afterwards.
pub(super) fn is_rebuilt_by_server(fact: &Fact, used: &FactId, world: &World<'_>) -> bool {
    let loses = || [&world.from, &world.to].into_iter().any(|side| loses_its_own(fact, side));
    used.kind == Kind::Column
        && !super::column::is_loosened(used, world)
        && !is_held_by_a_key(fact, world)
        && !meets_converted(fact, world)
        && !loses()
}

/// Whether several columns that are converted, one after the other, meet in an expression: there may be no operator for the one as it is
/// and the other as it was, and where there is one, casts stay behind.
fn meets_converted(fact: &Fact, world: &World<'_>) -> bool {
    let text = fact.text("definition").unwrap_or_default();
    let columns = &text[..name::top_level_word(text, "INCLUDE").unwrap_or(text.len())];
    let plain = columns.matches('(').count() < 2 && name::top_level_word(text, "WHERE").is_none() && !text.starts_with("CHECK");
    let converted = |used: &&FactId| used.kind == Kind::Column && world.fate(used) == Fate::Shaken;
    !plain && world.from.uses(&fact.id).iter().filter(converted).count() > 1
}

/// Whether a foreign key would hold on to it: the server lets go of those of a key's own columns, not of what it includes.
fn is_held_by_a_key(fact: &Fact, world: &World<'_>) -> bool {
    let includes = fact.text("definition").is_some_and(|text| text.contains(" INCLUDE ("));
    let is_key = |user: &FactId| world.from.model.fact(user).is_some_and(super::constraint::is_foreign_key);
    includes && world.from.users(&fact.id).iter().any(is_key)
}

/// Whether parts of a partitioned index, or key, have something that they would lose: the server makes them from the whole, calls them
/// as it likes, and gives them the whole's comment (until 17).
fn loses_its_own(fact: &Fact, side: &Side<'_>) -> bool {
    let of = |fact: &Fact| super::table::table_of(&fact.id.name, side).or_else(|| parent_table(fact, side));
    let above = |fact: &Fact| side.late(&fact.id).iter().filter_map(|id| side.model.fact(id)).find(|above| is_indexed(above));
    let Some(mut whole) = side.model.fact(&fact.id) else { return false };
    while let Some(further) = above(whole) {
        whole = further;
    }
    if of(whole).is_none_or(|table| table.text("partition_key").is_none()) {
        return false;
    }
    let mut waiting = vec![whole];
    while let Some(part) = waiting.pop() {
        let table = of(part);
        let identity = table.and_then(|table| table.text("replica_identity")).unwrap_or_default();
        let own = part.id != whole.id
            && (table.and_then(|table| usual_name(part, table)).is_none_or(|usual| usual != name::bare(&part.id.name))
                || ["definition", "index_options"].iter().any(|attribute| part.differs(whole, attribute)));
        let set = part.flag("clustered") || !part.list("statistics").is_empty() || identity.starts_with("index");
        if own || set || side.children_of(&part.id, Kind::Comment).next().is_some() {
            return true;
        }
        let parts = side.users(&part.id).iter().filter_map(|id| side.model.fact(id)).filter(|below| is_indexed(below));
        waiting.extend(parts.filter(|below| above(below).is_some_and(|whole| whole.id == part.id)));
    }
    false
}

fn is_indexed(fact: &Fact) -> bool {
    fact.id.kind == Kind::Index || fact.id.kind == Kind::Constraint && super::constraint::has_index(fact)
}

/// What the server would call an index, or a key, of plain columns; `None` where that is not so plain.
/// See `ChooseIndexName` in PostgreSQL's src/backend/commands/indexcmds.c.
fn usual_name(fact: &Fact, table: &Fact) -> Option<String> {
    let definition = fact.text("definition")?;
    let (open, close) = (definition.find('(')?, definition.find(')')?);
    let column = |piece: &str| Some(name::leading_name(piece)?.0);
    let columns: Vec<String> = name::split_list(definition.get(open + 1..close)?).into_iter().map(column).collect::<Option<_>>()?;
    let (columns, ending) = match definition {
        _ if fact.id.kind == Kind::Index => (columns, "idx"),
        key if key.starts_with("PRIMARY KEY") => (Vec::new(), "pkey"),
        _ => (columns, "key"),
    };
    let name = [vec![name::bare(&table.id.name)], columns, vec![ending.to_owned()]].concat().join("_");
    let plain = !definition[close + 1..].contains(['(', ')']) && name.len() < 64;
    plain.then_some(name)
}

fn stays_tied(fact: &Fact, world: &World<'_>) -> bool {
    let Some(table) = fact.text("table").and_then(|table| world.from.find(Kind::Table, table)) else { return false };
    super::table::parents(table, &world.from).iter().any(|parent| super::table::stays_tied(table, parent, world))
}

/// Whether two indexes of a partition are one under two names: it stays part of an index of its parent that stays.
fn is_renamed(old: &Fact, new: &Fact, world: &World<'_>) -> bool {
    let parent = new.text("parent").and_then(|parent| world.to.find(Kind::Index, parent));
    let stays = |parent: &Fact| world.both(&parent.id).is_some() && !world.fate(&parent.id).goes();
    let alike = !["parent", "table", "definition", "statistics", "clustered"].iter().any(|attribute| old.differs(new, attribute));
    alike && world.both(&old.id).is_none() && world.both(&new.id).is_none() && parent.is_some_and(stays) && stays_tied(old, world)
}

fn earlier_name<'a>(new: &Fact, world: &World<'a>) -> Option<&'a Fact> {
    new.text("parent")?;
    let table = parent_table(new, &world.from)?;
    world.from.children_of(&table.id, Kind::Index).find(|old| is_renamed(old, new, world))
}

fn later_name<'a>(old: &Fact, world: &World<'a>) -> Option<&'a Fact> {
    old.text("parent")?;
    let table = parent_table(old, &world.to)?;
    world.to.children_of(&table.id, Kind::Index).find(|new| is_renamed(old, new, world))
}

/// The parent's index that a partition's index cannot leave while both tables stay tied: it goes and comes with it.
pub(in crate::schema) fn whole_of(part: &FactId, world: &World<'_>) -> Option<FactId> {
    let fact = world.from.model.fact(part).filter(|fact| fact.id.kind == Kind::Index)?;
    let whole = world.from.find(Kind::Index, fact.text("parent")?)?;
    let held = stays_tied(fact, world) && later_name(fact, world).is_none();
    (held && world.both(&whole.id).is_some()).then(|| whole.id.clone())
}

fn table(fact: &Fact) -> String {
    name::sql_name(fact.text("table").unwrap_or_default())
}

/// A partitioned table's index is made alone where its partitions' indexes are facts of their own that join it.
fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    if let Some(old) = earlier_name(fact, world) {
        return vec![format!("ALTER INDEX {} RENAME TO {}", name::sql_name(&old.id.name), name::last(&fact.id.name)).into()];
    }
    let parent = parent_table(fact, &world.to);
    let parted = parent.is_some_and(|parent| parent.text("partition_key").is_some());
    let (unique, only) = (if fact.flag("unique") { "UNIQUE " } else { "" }, if parted { "ONLY " } else { "" });
    let definition = fact.text("definition").unwrap_or_default();
    let comes = world.to.parent(&fact.id).is_some_and(|table| world.fate(table).comes());
    let sql = format!("CREATE {unique}INDEX {} ON {only}{} USING {definition}", name::last(&fact.id.name), table(fact));
    let mut statements = vec![Statement::new(sql).costs_if(!comes, Hazard::LongLock)];
    statements.extend(statistics(&[], fact.list("statistics"), fact));
    statements.extend(super::extension::ties(&world.to.address(&fact.id), None, fact));
    if fact.flag("clustered") {
        statements.push(cluster(fact, world, &format!("CLUSTER ON {}", name::last(&fact.id.name))));
    }
    statements
}

fn parent_table<'a>(fact: &Fact, side: &Side<'a>) -> Option<&'a Fact> {
    side.find(Kind::Table, fact.text("table")?)
}

fn cluster(fact: &Fact, world: &World<'_>, how: &str) -> Statement {
    let parent = world.to.parent(&fact.id).map_or(format!("TABLE {}", table(fact)), |parent| world.to.address(parent));
    format!("ALTER {parent} {how}").into()
}

fn statistics(from: &[String], to: &[String], fact: &Fact) -> Vec<Statement> {
    let number = |setting: &String| setting.split(' ').next().unwrap_or_default().to_owned();
    let index = name::sql_name(&fact.id.name);
    let step = |column: String, value: &str| format!("ALTER INDEX {index} ALTER COLUMN {column} SET STATISTICS {value}").into();
    let gone = from.iter().filter(|old| !to.iter().any(|new| number(new) == number(old)));
    let set = to.iter().filter(|new| !from.contains(new));
    gone.map(|old| step(number(old), "-1"))
        .chain(set.map(|new| step(number(new), new.split(' ').nth(1).unwrap_or("-1"))))
        .collect()
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let detached = from.text("parent").is_some() && from.differs(to, "parent") && stays_tied(from, world);
    let mended = from.flag("invalid") && !to.flag("invalid") && parent_table(to, &world.to).is_none_or(|table| table.text("partition_key").is_none());
    // A part that goes takes the whole along.
    let parted = parent_table(to, &world.to).is_some_and(|table| table.text("partition_key").is_some());
    let torn = parted && to.flag("invalid") && !from.flag("invalid");
    if from.differs(to, "definition") || from.differs(to, "unique") || from.differs(to, "table") || detached || mended || torn {
        return Alter::Recreate;
    }
    let mut statements = statistics(from.list("statistics"), to.list("statistics"), to);
    statements.extend(super::extension::ties(&world.to.address(&to.id), Some(from), to));
    if from.differs(to, "clustered") {
        let how = if to.flag("clustered") { format!("CLUSTER ON {}", name::last(&to.id.name)) } else { "SET WITHOUT CLUSTER".to_owned() };
        statements.push(cluster(to, world, &how));
    }
    Alter::InPlace(statements)
}
