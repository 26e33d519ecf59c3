//! A primary key, unique, check, foreign key or exclusion constraint of a table, or a check of a domain.
//!
//! What it says of its index (INCLUDE, NULLS NOT DISTINCT, method) is in the definition; the index is no fact of its own.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Shake, Side, Statement, Texts, World, name, options};
use crate::schema::{Fact, FactId, qualified};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("inherited"), hashed("parent"), hashed("index_parent"), hashed("index_options"), hashed("index_invalid"), hashed("clustered")];

pub(super) const SPEC: Spec = Spec { word: "constraint", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 40,
    mentionable: false,
    address: |id, side| {
        let domain = if side.find(Kind::Domain, &name::owner(&id.name)).is_some() { "DOMAIN " } else { "" };
        format!("CONSTRAINT {} ON {domain}{}", name::last(&id.name), name::owner(&id.name))
    },
    claims: |fact, _| {
        let schema = name::parts(&fact.id.name).0;
        has_index(fact).then(|| qualified(&[&schema[0], schema.last().map_or("", String::as_str)]))
    },
    parent: |fact, side| {
        let owner = name::owner(&fact.id.name);
        side.find(Kind::Table, &owner).or_else(|| side.find(Kind::Domain, &owner)).map(|fact| fact.id.clone())
    },
    // A foreign key's columns are said apart: its own may be called like those that it refers to.
    texts: |fact| if is_foreign_key(fact) { Texts::names_only(fact) } else { Texts::all(fact) },
    uses,
    late: |fact, side| {
        let own = fact.text("parent").and_then(|_| super::table::table_of(&fact.id.name, side));
        own.map(|table| table.id.clone()).into_iter().chain(parent_key(fact, side)).chain(parent_index(fact, side)).collect()
    },
    create,
    finish,
    drop,
    alter,
    react: |fact, used, shake, world| {
        match shake {
            Shake::Altered if !is_foreign_key(fact) && super::index::is_rebuilt_by_server(fact, used, world) => Reaction::Stays,
            Shake::Dropped if parent_index(fact, &world.from).as_ref() == Some(used) => Reaction::Recreated,
            Shake::Dropped if parent_key(fact, &world.from).as_ref() == Some(used) && is_led(fact, &world.from, world) => Reaction::Recreated,
            Shake::Dropped if is_foreign_key(fact) && matches!(used.kind, Kind::Constraint | Kind::Index) => Reaction::Recreated,
            Shake::Dropped if world.fate(&fact.id).changes() => Reaction::Stays,
            _ => Reaction::Recreated,
        }
    },
    ..Ddl::NONE
};

fn text(fact: &Fact) -> &str {
    fact.text("definition").unwrap_or_default()
}

pub(super) fn is_foreign_key(fact: &Fact) -> bool {
    text(fact).starts_with("FOREIGN KEY")
}

fn is_check(fact: &Fact) -> bool {
    text(fact).starts_with("CHECK")
}

/// Whether it is its table's primary key.
pub(in crate::schema) fn is_primary_key(fact: &Fact) -> bool {
    fact.id.kind == Kind::Constraint && text(fact).starts_with("PRIMARY KEY")
}

/// Whether it allows no two rows alike.
pub(super) fn is_unique(fact: &Fact) -> bool {
    is_primary_key(fact) || text(fact).starts_with("UNIQUE")
}

pub(super) fn has_index(fact: &Fact) -> bool {
    !is_foreign_key(fact) && !is_check(fact)
}

/// The key or exclusion whose index is called so.
pub(super) fn of_index(index: &str, side: &Side<'_>) -> Option<FactId> {
    let constraints = side.model.facts().filter(|fact| fact.id.kind == Kind::Constraint && has_index(fact));
    let mut alike = constraints.filter(|fact| (DDL.claims)(fact, side).as_deref() == Some(index));
    alike.next().map(|fact| fact.id.clone())
}

/// The list in the first parentheses at or after a place, its names unquoted and sorted.
fn columns_at(text: &str) -> Vec<String> {
    let Some(open) = text.find('(') else { return Vec::new() };
    let inside = text[open + 1..].split_once(')').map_or("", |(inside, _)| inside);
    let mut columns: Vec<String> =
        name::split_list(inside).iter().filter_map(|piece| Some(name::leading_name(piece.strip_prefix("PERIOD ").unwrap_or(piece))?.0)).collect();
    columns.sort();
    columns
}

/// A foreign key uses the key it refers to, whichever constraint or unique index that is; each partition holds a piece of it. A key whose
/// index belongs to a plain one of the parent would not let that go.
fn uses(fact: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let Some((_, reference)) = text(fact).split_once(" REFERENCES ").filter(|_| is_foreign_key(fact)) else {
        return parent_index(fact, side).into_iter().collect();
    };
    let of = |table: &FactId, columns: &[String]| -> Vec<FactId> {
        columns.iter().map(|column| FactId::new(Kind::Column, format!("{}.{}", table.name, qualified(&[column])))).collect()
    };
    let own = side.find(Kind::Table, &name::owner(&fact.id.name)).map(|table| of(&table.id, &columns_at(text(fact))));
    let own = own.unwrap_or_default();
    let Some(table) = side.find(Kind::Table, reference.split('(').next().unwrap_or_default()) else { return own };
    let wanted = columns_at(reference);
    let keys = side.children_of(&table.id, Kind::Constraint).filter(|key| {
        is_unique(key) && columns_at(text(key)) == wanted
    });
    let indexes = side.children_of(&table.id, Kind::Index).filter(|index| {
        index.flag("unique") && columns_at(index.text("definition").unwrap_or_default()) == wanted
    });
    let columns = own.into_iter().chain(of(&table.id, &wanted));
    keys.chain(indexes).map(|key| key.id.clone()).chain(super::table::partitions(table, side)).chain(columns).collect()
}

/// The key of the partitioned parent that a partition's key belongs to.
fn parent_key(fact: &Fact, side: &Side<'_>) -> Option<FactId> {
    let key = fact.text("parent")?;
    let table = super::table::table_of(&fact.id.name, side)?;
    let parent = side.find(Kind::Table, table.text("partition_of")?)?;
    side.find(Kind::Constraint, &format!("{}.{key}", name::sql_name(&parent.id.name))).map(|key| key.id.clone())
}

/// The plain index of the partitioned parent that the index of a partition's key belongs to.
fn parent_index(fact: &Fact, side: &Side<'_>) -> Option<FactId> {
    side.find(Kind::Index, fact.text("index_parent")?).map(|index| index.id.clone())
}

/// The key of a partition that stays, and stays its parent's key, but gets another name.
fn earlier_name<'a>(fact: &Fact, world: &World<'a>) -> Option<&'a Fact> {
    let parent = parent_key(fact, &world.to)?;
    let table = super::table::table_of(&fact.id.name, &world.from)?;
    let of = super::table::table_of(&parent.name, &world.from)?;
    if world.fate(&parent).goes() || world.fate(&parent).comes() || !super::table::stays_tied(table, of, world) {
        return None;
    }
    let mut keys = world.from.children_of(&table.id, Kind::Constraint);
    keys.find(|key| !key.differs(fact, "parent") && world.to.model.fact(&key.id).is_none())
}

/// Whether the parent's constraint brings this one along, or takes it away.
fn is_led(fact: &Fact, side: &Side<'_>, world: &World<'_>) -> bool {
    let Some(table) = super::table::table_of(&fact.id.name, side) else { return false };
    let inherited = match fact.text("inherited") {
        Some("only" | "partition") => true,
        Some(_) => false,
        None => fact.text("parent").is_some(),
    };
    let gives = |parent: &&Fact| !is_check(fact) || side.model.fact(&namesake(&fact.id, &parent.id)).is_some();
    let mut giving = super::table::parents(table, side).into_iter().filter(gives);
    inherited && giving.any(|parent| super::table::stays_tied(table, parent, world))
}

/// Whether a table that stays gets a check from a new parent alone: what it must have of its own to get that parent would stay its own.
pub(super) fn needs_table_anew(table: &Fact, world: &World<'_>) -> bool {
    let inherits = |check: &&Fact| is_check(check) && check.text("inherited") == Some("only");
    let had = |check: &Fact| world.from.model.fact(&check.id).is_some_and(|before| inherits(&before));
    let mut checks = world.to.children_of(&table.id, Kind::Constraint).filter(inherits);
    world.both(&table.id).is_some() && checks.any(|check| !had(check) && !is_led(check, &world.to, world))
}

fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let inherits_it = fact.text("inherited") == Some("only");
    if is_led(fact, &world.to, world) && is_check(fact) || inherits_it && table_comes(fact, world) {
        return Vec::new();
    }
    let (what, definition) = (name::last(&fact.id.name), text(fact));
    if let Some(old) = earlier_name(fact, world) {
        let table = super::table::alter_all(&fact.id.name, &world.to);
        let rename = format!("{table} RENAME CONSTRAINT {} TO {what}", name::last(&old.id.name)).into();
        let options = if is_parted(fact, world) { Vec::new() } else { index_options(old, fact) };
        return [rename].into_iter().chain(options).collect();
    }
    if let Some(domain) = world.to.find(Kind::Domain, &name::owner(&fact.id.name)) {
        let add = format!("ALTER DOMAIN {} ADD CONSTRAINT {what} {definition}", name::sql_name(&domain.id.name));
        // Every value of the domain is looked at.
        let looks = !world.fate(&domain.id).comes() && !definition.ends_with("NOT VALID");
        return vec![Statement::new(add).costs_if(looks, Hazard::LongLock)];
    }
    let only = has_index(fact);
    let table = if only { super::table::alter_only(&fact.id.name, &world.to) } else { super::table::alter_all(&fact.id.name, &world.to) };
    let locks = !table_comes(fact, world) && !definition.contains("NOT VALID");
    let definition = with_options(fact);
    let mut statements =
        vec![Statement::new(format!("{table} ADD CONSTRAINT {what} {definition}")).costs_if(locks, Hazard::LongLock)];
    statements.extend(validated_below(fact, world));
    if fact.flag("clustered") {
        statements.push(format!("{} CLUSTER ON {what}", super::table::alter_all(&fact.id.name, &world.to)).into());
    }
    statements
}

/// What is set for the index, where it is.
fn index_options(from: &Fact, to: &Fact) -> Vec<Statement> {
    options::changes(&format!("ALTER INDEX {}", index_name(to)), from.list("index_options"), to.list("index_options"))
}

/// A definition that says what is set for the index, too: a partitioned one takes it at no other time.
fn with_options(fact: &Fact) -> String {
    if text(fact).starts_with("EXCLUDE") {
        return text(fact).to_owned(); // it prints them itself
    }
    let clause = options::wrap(&options::assignments(fact.list("index_options"), ""));
    let ends = ["WHERE", "DEFERRABLE", "INITIALLY"].iter().filter_map(|word| name::top_level_word(text(fact), word));
    match ends.min() {
        Some(end) => format!("{}{clause} {}", text(fact)[..end].trim_end(), &text(fact)[end..]),
        None => format!("{}{clause}", text(fact)),
    }
}

/// A check that is not valid is not valid in the heirs either, where it comes to them this way; it may have been.
fn validated_below(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let table = super::table::table_of(&fact.id.name, &world.to).filter(|_| is_check(fact) && text(fact).ends_with(" NOT VALID"));
    let Some(table) = table else { return Vec::new() };
    let below = world.to.users(&table.id).iter().filter_map(|heir| {
        let heir = world.to.model.fact(heir).filter(|heir| heir.id.kind == Kind::Table)?;
        // A partition that is attached later brings a check of its own along.
        let later = heir.text("partition_of").is_some() && !super::table::stays_tied(heir, table, world);
        let heirs = !later && super::table::parents(heir, &world.to).iter().any(|parent| parent.id == table.id);
        let own = namesake(&fact.id, &heir.id);
        let own = world.to.model.fact(&own).filter(|own| heirs && own.text("inherited").is_some())?;
        (!text(own).ends_with(" NOT VALID")).then(|| {
            let table = super::table::alter_only(&own.id.name, &world.to);
            Statement::new(format!("{table} VALIDATE CONSTRAINT {}", name::last(&own.id.name))).costs(Hazard::LongLock)
        })
    });
    below.collect()
}

fn table_comes(fact: &Fact, world: &World<'_>) -> bool {
    world.to.parent(&fact.id).is_some_and(|table| world.fate(table).comes())
}

fn index_name(fact: &Fact) -> String {
    format!("{}.{}", name::ident(&name::schema_of(&fact.id.name)), name::last(&fact.id.name))
}

/// A partition's key joins its parent's.
fn finish(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let before = world.from.model.fact(&fact.id).filter(|_| !world.fate(&fact.id).comes());
    if let Some(index) = parent_index(fact, &world.to).filter(|_| before.is_none_or(|before| before.differs(fact, "index_parent"))) {
        return vec![format!("ALTER INDEX {} ATTACH PARTITION {}", name::sql_name(&index.name), index_name(fact)).into()];
    }
    let Some(parent) = parent_key(fact, &world.to).filter(|_| has_index(fact)) else { return Vec::new() };
    if before.is_some_and(|before| !before.differs(fact, "parent")) || earlier_name(fact, world).is_some() {
        return Vec::new();
    }
    let schema = name::ident(&name::schema_of(&parent.name));
    vec![format!("ALTER INDEX {schema}.{} ATTACH PARTITION {}", name::last(&parent.name), index_name(fact)).into()]
}

fn drop(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    // The index of the parent takes it along.
    let taken = parent_index(fact, &world.from).is_some_and(|index| world.fate(&index).goes());
    // So does a partition that goes with what it has from its root, which cannot be dropped from it.
    let with_table = || world.from.parent(&fact.id).is_some_and(|table| world.fate(table) == Fate::Dropped);
    if taken || is_led(fact, &world.from, world) || fact.text("parent").is_some() && with_table() {
        return Vec::new();
    }
    let what = name::last(&fact.id.name);
    if let Some(domain) = world.from.find(Kind::Domain, &name::owner(&fact.id.name)) {
        return vec![format!("ALTER DOMAIN {} DROP CONSTRAINT {what}", name::sql_name(&domain.id.name)).into()];
    }
    let table = super::table::alter_all(&fact.id.name, &world.from);
    let only = if is_check(fact) && is_kept_below(fact, world) { "TABLE ONLY " } else { "TABLE " };
    vec![format!("{} DROP CONSTRAINT {what}", table.replacen("TABLE ", only, 1)).into()]
}

/// Whether a table below keeps the check for itself.
fn is_kept_below(fact: &Fact, world: &World<'_>) -> bool {
    let Some(table) = super::table::table_of(&fact.id.name, &world.from) else { return false };
    world.from.users(&table.id).iter().filter(|heir| heir.kind == Kind::Table).any(|heir| {
        let own = namesake(&fact.id, heir);
        let inherited = world.both(&own).is_some_and(|(before, _)| before.text("inherited") == Some("only"));
        inherited && !world.fate(&own).goes() && !world.fate(&fact.id).comes()
    })
}

/// Whether all parents from which a table has the check are let go of: it is the table's own then.
fn is_left_behind(fact: &Fact, world: &World<'_>) -> bool {
    let Some(table) = super::table::table_of(&fact.id.name, &world.from) else { return false };
    let parents = super::table::parents(table, &world.from).into_iter();
    let mut giving = parents.filter(|parent| world.from.model.fact(&namesake(&fact.id, &parent.id)).is_some());
    giving.all(|parent| super::table::leaves(table, parent, world))
}

/// The constraint of another table that is called the same.
fn namesake(constraint: &FactId, table: &FactId) -> FactId {
    FactId::new(Kind::Constraint, format!("{}.{}", table.name, qualified(&[&name::bare(&constraint.name)])))
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let (old, new) = (text(from), text(to));
    let table = super::table::alter_all(&to.id.name, &world.to);
    let what = name::last(&to.id.name);
    let mut statements: Vec<Statement> = Vec::new();
    if from.text("inherited").is_none() && matches!(to.text("inherited"), Some("only" | "partition")) && is_led(to, &world.to, world) {
        // The parent's brings it along again, as its own.
        return Alter::InPlace(vec![format!("{table} DROP CONSTRAINT {what}").into()]);
    }
    if is_left_to_parents(from, to) {
        return Alter::Recreate;
    }
    if from.text("inherited") == Some("partition") && to.text("inherited").is_none() && is_led(from, &world.from, world) {
        // The root's takes it along.
        return Alter::Recreate;
    }
    // What belongs to an index of the parent cannot let go of it.
    if from.text("index_parent").is_some() && from.differs(to, "index_parent") {
        return Alter::Recreate;
    }
    let domain = world.to.find(Kind::Domain, &name::owner(&to.id.name));
    if old != new {
        let owner = domain.map_or(table.clone(), |domain| format!("ALTER DOMAIN {}", name::sql_name(&domain.id.name)));
        if old.strip_suffix(" NOT VALID") == Some(new) {
            statements.push(Statement::new(format!("{owner} VALIDATE CONSTRAINT {what}")).costs(Hazard::LongLock));
        } else if is_foreign_key(from) && is_foreign_key(to) && without_deferral(old).0 == without_deferral(new).0 {
            statements.push(format!("{table} ALTER CONSTRAINT {what} {}", without_deferral(new).1).into());
        } else {
            return Alter::Recreate;
        }
    }
    // A part that goes takes the whole along.
    if to.flag("index_invalid") && !from.flag("index_invalid") && is_parted(to, world) {
        return Alter::Recreate;
    }
    if from.differs(to, "index_invalid") && from.flag("index_invalid") && to.text("parent").is_none() && !is_parted(to, world) {
        return Alter::Recreate;
    }
    if from.differs(to, "index_options") && is_parted(to, world) {
        return Alter::Recreate;
    }
    statements.extend(index_options(from, to));
    if from.differs(to, "clustered") {
        let how = if to.flag("clustered") { format!("CLUSTER ON {what}") } else { "SET WITHOUT CLUSTER".to_owned() };
        statements.push(format!("{table} {how}").into());
    }
    if from.text("inherited") == Some("only") && to.text("inherited") == Some("merged") && !is_left_behind(from, world) {
        statements.push(format!("{table} ADD CONSTRAINT {what} {new}").into());
    }
    Alter::InPlace(statements)
}

/// The foreign keys between tables that all become logged, or unlogged, and refer to each other in a circle: none of them can be the first.
pub(in crate::schema) fn keys_in_circles(world: &World<'_>) -> Vec<FactId> {
    let is_turned = |table: &FactId| world.both(table).is_some_and(|(from, to)| from.differs(to, "persistence"));
    let tables = |key: &Fact| {
        let (_, reference) = text(key).split_once(" REFERENCES ").filter(|_| is_foreign_key(key))?;
        let referred = &world.from.find(Kind::Table, reference.split('(').next()?)?.id;
        let own = world.from.parent(&key.id)?;
        (own != referred && is_turned(own) && is_turned(referred)).then(|| (key.id.clone(), own.clone(), referred.clone()))
    };
    let turned = world.moving().into_iter().map(|(id, _)| id).filter(|id| id.kind == Kind::Table && is_turned(id));
    let keys = turned.flat_map(|table| world.from.children_of(&table, Kind::Constraint).filter_map(tables).collect::<Vec<_>>());
    let keys: Vec<(FactId, FactId, FactId)> = keys.collect();
    let leads_back = |own: &FactId, referred: &FactId| {
        let (mut seen, mut waiting) = (std::collections::BTreeSet::new(), vec![referred]);
        while let Some(at) = waiting.pop().filter(|at| *at != own) {
            let further = keys.iter().filter(|(_, own, _)| own == at).map(|(_, _, referred)| referred);
            waiting.extend(further.filter(|next| seen.insert(*next)));
        }
        seen.contains(own)
    };
    keys.iter().filter(|(_, own, referred)| leads_back(own, referred)).map(|(key, _, _)| key.clone()).collect()
}

/// Whether PostgreSQL may give this name to what it makes beside a foreign key to a partitioned table, one for each partition.
fn may_be_taken_by(name: &str, key: &Fact, side: &Side<'_>) -> bool {
    let Some((columns, reference)) = text(key).split_once(" REFERENCES ").filter(|_| is_foreign_key(key)) else { return false };
    let of_parts = || side.find(Kind::Table, reference.split('(').next()?)?.text("partition_key");
    let inside = columns.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let columns = name::split_list(inside).into_iter().filter_map(|column| Some(name::leading_name(column)?.0));
    let table = name::parts(&key.id.name).0.into_iter().nth(1);
    let usual = table.into_iter().chain(columns).chain(["fkey".to_owned()]).collect::<Vec<_>>().join("_");
    let ending = name.strip_prefix(&usual);
    ending.is_some_and(|ending| ending.bytes().all(|c| c.is_ascii_digit())) && of_parts().is_some()
}

/// The foreign keys that stay while this one comes and are in its way: those of the same table for which PostgreSQL may have taken its
/// name, and partitions' own that look the same, which it would take for theirs.
pub(in crate::schema) fn in_the_way_of(id: &FactId, world: &World<'_>) -> Vec<FactId> {
    let (own, others) = (name::bare(&id.name), keys_beside(id, &world.from));
    let stays = |key: &&FactId| world.both(key).is_some();
    let named = others.filter(|key| may_be_taken_by(&own, key, &world.from)).map(|key| key.id.clone());
    named.chain(alike_below(id, &world.to)).filter(|key| stays(&key)).collect()
}

/// The foreign keys that partitions have of their own beside one of a table above them that looks the same.
fn alike_below(id: &FactId, side: &Side<'_>) -> Vec<FactId> {
    let Some((key, table)) = side.model.fact(id).zip(super::table::table_of(&id.name, side)) else { return Vec::new() };
    if !is_foreign_key(key) || table.text("partition_key").is_none() {
        return Vec::new();
    }
    let alike = |own: &&Fact| own.text("parent").is_none() && text(own) == text(key);
    let keys = |partition: FactId| side.children_of(&partition, Kind::Constraint).collect::<Vec<_>>();
    super::table::below(table, side).into_iter().flat_map(keys).filter(alike).map(|own| own.id.clone()).collect()
}

/// The foreign keys that come after this one: those of the same table for which PostgreSQL might take its name, and partitions' own that it
/// would take for this one's.
pub(in crate::schema) fn made_before(id: &FactId, world: &World<'_>) -> Vec<FactId> {
    let (own, fact) = (name::bare(&id.name), world.to.model.fact(id));
    let later = |key: &&Fact| {
        // Of two that may take each other's, one must be first.
        let mutual = || fact.is_some_and(|fact| may_be_taken_by(&name::bare(&key.id.name), fact, &world.to));
        let behind = |key: &FactId| (key.name.len(), &key.name) > (id.name.len(), &id.name);
        key.id != *id && may_be_taken_by(&own, key, &world.to) && (behind(&key.id) || !mutual())
    };
    let named = keys_beside(id, &world.to).filter(later).map(|key| key.id.clone());
    named.chain(alike_below(id, &world.to)).collect()
}

fn keys_beside<'a>(id: &FactId, side: &Side<'a>) -> impl Iterator<Item = &'a Fact> {
    let table = super::table::table_of(&id.name, side).map(|table| &table.id);
    let all = table.into_iter().flat_map(|table| side.children_of(table, Kind::Constraint).collect::<Vec<_>>());
    all.filter(|key| is_foreign_key(key))
}

/// Whether a check that a table has of its own and from its parents shall be the parents' alone: it goes when theirs has gone, and theirs
/// comes again.
fn is_left_to_parents(from: &Fact, to: &Fact) -> bool {
    from.text("inherited") == Some("merged") && to.text("inherited") == Some("only")
}

/// Whether an inherited check that was valid shall not be: only a parent's makes it so.
fn is_proven_no_more(from: &Fact, to: &Fact) -> bool {
    to.text("inherited").is_some() && is_check(from) && text(to).strip_suffix(" NOT VALID") == Some(text(from))
}

/// The constraints that must go and come for it: of tables above; foreign keys to a root from which rows are away meanwhile.
pub(in crate::schema) fn made_again_for(id: &FactId, world: &World<'_>) -> Vec<FactId> {
    if world.both(id).is_some_and(|(from, to)| id.kind == Kind::Table && super::table::moved(from, to, world)) {
        let is_key = |id: &&FactId| world.both(id).is_some_and(|(from, _)| is_foreign_key(from));
        return world.from.users(id).iter().filter(is_key).cloned().collect();
    }
    let for_parents = |(from, to)| is_left_to_parents(from, to) || is_proven_no_more(from, to);
    if id.kind != Kind::Constraint || !world.both(id).is_some_and(for_parents) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut waiting: Vec<&Fact> = super::table::table_of(&id.name, &world.from).into_iter().collect();
    while let Some(table) = waiting.pop() {
        for parent in super::table::parents(table, &world.from) {
            let above = namesake(id, &parent.id);
            found.extend(world.both(&above).map(|_| above));
            waiting.push(parent);
        }
    }
    found
}

fn is_parted(fact: &Fact, world: &World<'_>) -> bool {
    super::table::table_of(&fact.id.name, &world.to).is_some_and(|table| table.text("partition_key").is_some())
}

/// A foreign key without its deferral, and the deferral in full.
fn without_deferral(definition: &str) -> (&str, &'static str) {
    for (suffix, words) in [
        (" DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE INITIALLY DEFERRED"),
        (" DEFERRABLE", "DEFERRABLE INITIALLY IMMEDIATE"),
    ] {
        if let Some(rest) = definition.strip_suffix(suffix) {
            return (rest, words);
        }
    }
    (definition, "NOT DEFERRABLE")
}
