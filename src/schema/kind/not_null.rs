//! The NOT NULL constraint of a column or a domain where it is not the one that PostgreSQL makes by itself: another name (a partition's:
//! than its parent's), or a table's own beside what it inherits (`inherited`).
//!
//! 17 keeps such constraints of domains, 18 those of tables, too; with older majors these facts cannot be compared. That the column is NOT NULL
//! is the column's attribute. One that is inherited can neither be renamed nor stop being the table's own: the table is made again then.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Hazard, Reaction, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId, Model};

const ATTRIBUTES: &[Attribute] = &[hashed("constraint"), hashed("inherited")];

pub(super) const SPEC: Spec = Spec { word: "not_null", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 45,
    mentionable: false,
    address: |id, side| {
        let constraint = side.model.fact(id).and_then(|fact| fact.text("constraint")).map(str::to_owned);
        let (on, _) = place(id);
        let domain = if name::parts(&id.name).0.len() == 2 { "DOMAIN " } else { "" };
        let constraint = constraint.or_else(|| inherited_name(id, side)).unwrap_or_else(|| generated(id));
        format!("CONSTRAINT {constraint} ON {domain}{on}")
    },
    parent: |fact, side| place_of(&fact.id, side),
    texts: |fact| Texts::none(fact),
    create,
    drop: |fact, world| {
        let column = place_of(&fact.id, &world.to).and_then(|id| world.to.model.fact(&id));
        // what was inherited gets another name when the table has left its parents
        let inherited = fact.flag("inherited") || above_partition(&fact.id, &world.from).is_some();
        if !inherited && column.is_some_and(|column| column.flag("not_null")) {
            rename(&fact.id, named(fact), &generated(&fact.id))
        } else {
            Vec::new()
        }
    },
    alter: |from, to, world| {
        let column = FactId::new(Kind::Column, to.id.name.clone());
        // where parents become NOT NULL it was named before that
        let joins = to.flag("inherited") && !from.flag("inherited") && of_parents(&column, &world.to, world).is_some();
        let (was_above, is_above) = (above_partition(&to.id, &world.from), above_partition(&to.id, &world.to));
        let said = joins || is_said_with_column(&column, world) || was_above.is_some() && is_above.is_some();
        // a partition that has left bears the usual name until then
        let usual = generated(&to.id);
        let now = if was_above.is_some() { &usual } else { named(from) };
        Alter::InPlace(match meanwhile(to, world) {
            _ if said => Vec::new(),
            Some(other) => rename(&to.id, now, &other),
            None => rename(&to.id, now, named(to)),
        })
    },
    finish: |fact, world| {
        let borne = meanwhile(fact, world).filter(|_| !is_said_with_column(&FactId::new(Kind::Column, fact.id.name.clone()), world));
        borne.map(|other| rename(&fact.id, &other, named(fact))).unwrap_or_default()
    },
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

/// The constraint of a column, as a fact.
pub(super) fn of_column(column: &FactId) -> FactId {
    FactId::new(Kind::NotNull, column.name.clone())
}

fn named(fact: &Fact) -> &str {
    fact.text("constraint").unwrap_or_default()
}

/// The constraint of another column of the table that bears this one's new name in FROM.
pub(in crate::schema) fn former(to: &Fact, world: &World<'_>) -> Option<FactId> {
    let table = super::table::table_of(&to.id.name, &world.from)?;
    let columns = world.from.children_of(&table.id, Kind::Column).filter(|column| column.id.name != to.id.name);
    let mut others = columns.filter_map(|column| world.from.model.fact(&of_column(&column.id)));
    others.find(|other| named(other) == named(to)).map(|other| other.id.clone())
}

/// What one that is renamed is called until all of its table have given up their names: they may be passed round.
fn meanwhile(to: &Fact, world: &World<'_>) -> Option<String> {
    world.both(&to.id).filter(|(from, to)| named(from) != named(to) && !world.fate(&to.id).comes())?;
    former(to, world)?;
    let (parts, _) = name::parts(named(to));
    Some(name::ident(&name::aside(parts.first()?)))
}

fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let plain = || rename(&fact.id, &generated(&fact.id), named(fact));
    let column = FactId::new(Kind::Column, fact.id.name.clone());
    if is_said_with_column(&column, world) {
        return Vec::new();
    }
    let (was_above, is_above) = (above_partition(&fact.id, &world.from), above_partition(&fact.id, &world.to));
    if was_above.is_some() && is_above.is_some() {
        return Vec::new();
    }
    if !fact.flag("inherited") {
        return plain();
    }
    let table = super::table::table_of(&fact.id.name, &world.to);
    if table.is_none_or(|table| world.fate(&table.id).comes()) {
        return Vec::new();
    }
    match (of_parents(&column, &world.to, world), world.both(&column)) {
        // it comes from the parents, and bears their name
        (Some(theirs), _) if theirs == named(fact) => {
            vec![super::table::alter_column(&column.name, &world.to, "SET NOT NULL").into()]
        }
        // it is named before the table gets its parents, or they become NOT NULL
        _ => Vec::new(),
    }
}

/// Whether a statement of its column's makes it anew, and says its name.
pub(in crate::schema) fn is_said_with_column(column: &FactId, world: &World<'_>) -> bool {
    if world.fate(column).comes() {
        return super::column::is_written(column, world);
    }
    world.both(column).is_some_and(|(from, to)| {
        let special = to.flag("not_null_not_valid") || to.flag("not_null_no_inherit");
        let loses_validity = to.flag("not_null_not_valid") && !from.flag("not_null_not_valid");
        let by_itself = if from.flag("not_null") { loses_validity } else { special };
        to.flag("not_null") && by_itself && of_parents(column, &world.to, world).is_none()
    })
}

/// `CONSTRAINT name ` for a NOT NULL that is made by itself.
pub(super) fn clause(column: &Fact, world: &World<'_>) -> String {
    name_said(column, world).map_or_else(String::new, |name| format!("CONSTRAINT {name} "))
}

/// The name of the constraint that a column has from the parents that its table has before and after.
fn of_parents(column: &FactId, side: &Side<'_>, world: &World<'_>) -> Option<String> {
    let table = super::table::table_of(&column.name, side)?;
    let parents = super::table::parents(table, side).into_iter().filter(|parent| super::table::stays_tied(table, parent, world));
    let last = name::last(&column.name);
    let mut columns = parents.filter_map(|parent| side.find(Kind::Column, &format!("{}.{last}", name::sql_name(&parent.id.name))));
    columns.find(|column| column.flag("not_null") && !column.flag("not_null_no_inherit")).map(|column| current(&column.id, side).1)
}

/// How a column that is NOT NULL has come to that, and by which name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// By itself alone.
    Itself,
    /// By itself, and by its parents.
    Both,
    /// By its parents.
    Parents,
}

/// What the constraint of a column that is NOT NULL is called.
pub(super) fn name_of(column: &FactId, side: &Side<'_>) -> String {
    current(column, side).1
}

fn current(column: &FactId, side: &Side<'_>) -> (Of, String) {
    let own = side.model.fact(&of_column(column));
    if let Some(own) = own.filter(|_| above_partition(column, side).is_some()) {
        return (Of::Parents, named(own).to_owned());
    }
    let inherited = side.model.fact(column).and_then(|column| column.text("not_null_inherited"));
    match (own, inherited) {
        (Some(own), _) if own.flag("inherited") => (Of::Both, named(own).to_owned()),
        (Some(own), _) => (Of::Itself, named(own).to_owned()),
        (None, Some(name)) => (Of::Parents, name.to_owned()),
        (None, None) => (Of::Itself, generated(column)),
    }
}

/// The column of its parent that makes a partition's column NOT NULL.
fn above_partition(column: &FactId, side: &Side<'_>) -> Option<FactId> {
    let parent = super::table::table_of(&column.name, side)?.text("partition_of")?;
    let above = side.find(Kind::Column, &format!("{}.{}", name::sql_name(parent), name::last(&column.name)))?;
    let both = above.flag("not_null") && side.find(Kind::Column, &column.name)?.flag("not_null");
    both.then(|| above.id.clone())
}

/// Whether a partition that stays where it is gets or gives up a name of its own for what is NOT NULL by its parent, or has one while
/// the parent's changes: PostgreSQL renames them together or not at all.
fn is_named_apart(table: &Fact, world: &World<'_>) -> bool {
    world.to.children_of(&table.id, Kind::Column).any(|column| {
        let state = |side: &Side<'_>| {
            let above = above_partition(&column.id, side).map(|above| current(&above, side).1);
            (side.model.fact(&of_column(&column.id)).map(named).map(str::to_owned), above)
        };
        let (was, is) = (state(&world.from), state(&world.to));
        let apart = |state: &(Option<String>, Option<String>)| state.0.is_some() && state.1.is_some();
        was != is && (apart(&was) || apart(&is))
    })
}

/// Whether a table that stays must be made again for its NOT NULLs: while one is inherited it cannot be renamed, and does not cease to be
/// the table's own.
pub(super) fn needs_table_anew(from: &Fact, to: &Fact, world: &World<'_>) -> bool {
    if to.text("partition_of").is_some() && !from.differs(to, "partition_of") {
        return is_named_apart(to, world);
    }
    if to.list("inherits").is_empty() {
        return false;
    }
    let tied = from.list("inherits").iter().any(|parent| to.list("inherits").contains(parent));
    world.to.children_of(&to.id, Kind::Column).filter(|column| column.flag("not_null")).any(|column| {
        let (is, then) = current(&column.id, &world.to);
        match world.from.model.fact(&column.id) {
            Some(before) if before.flag("not_null") => {
                let (was, name) = current(&column.id, &world.from);
                match (was, is) {
                    (Of::Both, Of::Parents) => true,
                    // what it has of its own stays its own when it gets parents
                    (Of::Itself | Of::Parents, Of::Parents) => !tied,
                    (Of::Both | Of::Parents, Of::Both) => tied && name != then,
                    _ => false,
                }
            }
            Some(_) => false,
            // it comes from the parents, under their name
            None => is == Of::Both && of_parents(&column.id, &world.to, world).is_some_and(|theirs| theirs != then),
        }
    })
}

/// What CREATE TABLE says of the NOT NULLs of columns that come from parents and are not written.
pub(super) fn said_in_table(table: &Fact, world: &World<'_>) -> Vec<String> {
    let columns = world.to.children_of(&table.id, Kind::Column).filter(|column| column.text("inherited") == Some("only"));
    let own = columns.filter_map(|column| {
        let own = world.to.model.fact(&of_column(&column.id))?;
        own.flag("inherited").then(|| format!("CONSTRAINT {} NOT NULL {}", named(own), name::last(&column.id.name)))
    });
    own.collect()
}

/// Whether a column's definition is to say NOT NULL: not where that comes from parents alone.
pub(super) fn is_said(column: &Fact) -> bool {
    column.text("inherited") != Some("merged") || column.text("not_null_inherited").is_none()
}

/// What tables below get of their own before this column of their parent's becomes NOT NULL: what they have from it would bear its name,
/// and what they share with it cannot be renamed.
pub(super) fn own_below<'a>(columns: impl Iterator<Item = &'a Fact>, parent: &FactId, world: &World<'_>) -> Vec<Statement> {
    let theirs = current(parent, &world.to).1;
    let own = columns.filter(|column| is_first_to_come(parent, column, world)).filter_map(|column| {
        let was = world.from.model.fact(&column.id).filter(|_| !world.fate(&column.id).comes())?;
        let (is, name) = current(&column.id, &world.to);
        let id = of_column(&column.id);
        match (is, was.flag("not_null")) {
            (Of::Both, true) => Some(rename(&id, &current(&column.id, &world.from).1, &name)),
            (Of::Both, false) if name != theirs => {
                let set = Statement::new(super::table::alter_column(&column.id.name, &world.to, "SET NOT NULL"));
                Some([set.costs(Hazard::LongLock)].into_iter().chain(rename(&id, &generated(&id), &name)).collect::<Vec<_>>())
            }
            _ => None,
        }
    });
    own.flatten().collect()
}

/// Whether this is the first of a column's parents that become NOT NULL.
fn is_first_to_come(parent: &FactId, column: &Fact, world: &World<'_>) -> bool {
    let Some(table) = super::table::table_of(&column.id.name, &world.to) else { return false };
    let last = name::last(&column.id.name);
    let of = |table: &Fact| world.to.find(Kind::Column, &format!("{}.{last}", name::sql_name(&table.id.name)));
    let becomes = |column: &&Fact| {
        column.flag("not_null") && world.from.model.fact(&column.id).is_some_and(|before| !before.flag("not_null"))
    };
    let mut coming = super::table::parents(table, &world.to).into_iter().filter_map(of).filter(becomes);
    coming.next().is_none_or(|first| first.id == *parent)
}

/// What tables below have that was this column's too gets its own name when the parent's is no more.
pub(super) fn freed_below<'a>(columns: impl Iterator<Item = &'a Fact>, world: &World<'_>) -> Vec<Statement> {
    let freed = columns.filter(|column| world.both(&column.id).is_some() && !world.fate(&column.id).comes()).filter_map(|column| {
        let ((was, name), (is, then)) = (current(&column.id, &world.from), current(&column.id, &world.to));
        let id = of_column(&column.id);
        let unsaid = world.to.model.fact(&id).is_none() && column.flag("not_null");
        (was == Of::Both && is == Of::Itself && unsaid).then(|| rename(&id, &name, &then))
    });
    freed.flatten().collect()
}

/// The constraints of a table that gets parents bear their names before: what is inherited cannot be renamed.
pub(super) fn renamed_to_inherit(table: &Fact, world: &World<'_>) -> Vec<Statement> {
    let columns = world.to.children_of(&table.id, Kind::Column).filter(|column| world.both(&column.id).is_some() && !world.fate(&column.id).comes());
    let named = columns.filter_map(|column| {
        let id = of_column(&column.id);
        let own = world.to.model.fact(&id).filter(|own| own.flag("inherited"))?;
        let is_new = world.from.model.fact(&id).is_none() && of_parents(&column.id, &world.to, world).is_none();
        is_new.then(|| rename(&id, &generated(&id), named(own)))
    });
    named.flatten().collect()
}

/// The column or the domain that it is of.
pub(super) fn place_of(id: &FactId, side: &Side<'_>) -> Option<FactId> {
    let found = side.find(Kind::Column, &id.name).or_else(|| side.find(Kind::Domain, &id.name));
    found.map(|fact| fact.id.clone())
}

/// What a column's constraint is called while the column is altered: its own name is given after that.
pub(super) fn name_meanwhile(column: &FactId, world: &World<'_>) -> String {
    let id = of_column(column);
    let kept = world.both(&id).and_then(|(before, _)| before.text("constraint"));
    kept.map(str::to_owned).or_else(|| inherited_name(&id, &world.from)).unwrap_or_else(|| generated(&id))
}

/// The name of what a column has from its parents alone.
fn inherited_name(id: &FactId, side: &Side<'_>) -> Option<String> {
    side.find(Kind::Column, &id.name)?.text("not_null_inherited").map(str::to_owned)
}

/// What a table's constraints bear that it had from parents which it has left: their names (18), until it gets its own.
pub(super) fn renamed_apart(table: &Fact, world: &World<'_>) -> Vec<Statement> {
    let stays = |column: &FactId| world.both(column).is_some_and(|(_, to)| to.flag("not_null") && !world.fate(column).goes());
    let of_parent = |column: &Fact| {
        let tied = super::table::parents(table, &world.from).into_iter().filter(|parent| super::table::stays_tied(table, parent, world));
        let last = name::last(&column.id.name);
        let mut same = tied.filter_map(|parent| world.to.find(Kind::Column, &format!("{}.{last}", name::sql_name(&parent.id.name))));
        same.any(|column| column.flag("not_null"))
    };
    let columns = world.from.children_of(&table.id, Kind::Column).filter(|column| stays(&column.id) && !of_parent(column));
    let named = columns.filter_map(|column| {
        let (of, now) = current(&column.id, &world.from);
        let id = of_column(&column.id);
        let gets_its_own = || of == Of::Both && world.to.model.fact(&id).is_some();
        let keeps_its_own = world.both(&id).is_some_and(|(from, to)| !from.flag("inherited") && named(from) == named(to));
        if of == Of::Itself || gets_its_own() || keeps_its_own {
            return None;
        }
        let then = of_parent_of_partition(&column.id, world).map_or_else(|| generated(&column.id), str::to_owned);
        Some(rename(&column.id, &now, &then))
    });
    named.flatten().collect()
}

/// The constraints of a table that becomes a partition bear the names that its parent would have given them, where they shall.
pub(super) fn renamed_to_join(table: &Fact, world: &World<'_>) -> Vec<Statement> {
    let had_own = |id: &FactId| {
        let both = world.both(id).filter(|_| !world.fate(id).comes());
        let unnamed = world.to.model.fact(&of_column(id)).is_none();
        unnamed && both.is_some_and(|(_, to)| to.flag("not_null") && current(id, &world.from).0 == Of::Itself)
    };
    let columns = world.to.children_of(&table.id, Kind::Column).filter(|column| had_own(&column.id));
    let named = columns.filter_map(|column| {
        Some(rename(&column.id, &generated(&column.id), of_parent_of_partition(&column.id, world)?))
    });
    named.flatten().collect()
}

/// The name that a partition's column shall have its constraint by, where that is not the column's own.
fn of_parent_of_partition<'a>(column: &FactId, world: &World<'a>) -> Option<&'a str> {
    super::table::table_of(&column.name, &world.to)?.text("partition_of")?;
    world.to.model.fact(column)?.text("not_null_inherited")
}

/// The table or domain, and the last part of the name.
fn place(id: &FactId) -> (String, String) {
    let (parts, _) = name::parts(&id.name);
    let on = parts.get(..2).map(name::idents).unwrap_or_default();
    (on, parts.last().cloned().unwrap_or_default())
}

/// The name that PostgreSQL makes where none is given.
pub(super) fn generated(id: &FactId) -> String {
    let (parts, _) = name::parts(&id.name);
    name::ident(&joined(parts.get(1..).unwrap_or_default(), "not_null"))
}

/// The name of a new column's constraint, where its definition has to say it: a partition that was made as one bears the parent's, and is
/// made by itself here; or PostgreSQL would choose another than the usual one.
pub(super) fn name_said(column: &Fact, world: &World<'_>) -> Option<String> {
    let usual = || is_taken(&column.id, world).then(|| generated(&column.id));
    let own = world.to.model.fact(&of_column(&column.id)).map(named).map(str::to_owned);
    let own = own.filter(|name| *name != generated(&column.id));
    of_parent_of_partition(&column.id, world).map(str::to_owned).or(own).or_else(usual)
}

/// Whether the name that PostgreSQL would make of the names belongs to something that is there: it would make another.
fn is_taken(column: &FactId, world: &World<'_>) -> bool {
    let table = super::table::table_of(&column.name, &world.to);
    table.is_some_and(|table| world.is_rebuilt(&table.id)) || world.names_not_null(&name::schema_of(&column.name), &generated(column))
}

/// The names of constraints, each behind its schema's, that are not made of their tables' names.
pub(in crate::schema) fn names(model: &Model) -> impl Iterator<Item = String> {
    let of = |fact: &Fact| match fact.id.kind {
        Kind::NotNull => fact.text("constraint").map(str::to_owned),
        Kind::Column => fact.text("not_null_inherited").map(str::to_owned),
        _ => None,
    };
    model.facts().filter_map(move |fact| Some(format!("{}.{}", name::ident(&name::schema_of(&fact.id.name)), of(fact)?)))
}

/// Names and a label as PostgreSQL puts them together: the longer name is shortened until all fits into 63 bytes.
pub(super) fn joined(names: &[String], label: &str) -> String {
    let mut parts = names.to_vec();
    let size = |parts: &[String]| parts.iter().map(|part| part.len() + 1).sum::<usize>() + label.len();
    while size(&parts) > 63 {
        let longest = if parts.len() == 2 && parts[1].len() >= parts[0].len() { 1 } else { 0 };
        if parts.get_mut(longest).and_then(String::pop).is_none() {
            break;
        }
    }
    format!("{}_{label}", parts.join("_"))
}

fn rename(id: &FactId, from: &str, to: &str) -> Vec<Statement> {
    if from == to {
        return Vec::new();
    }
    let (on, _) = place(id);
    let word = if name::parts(&id.name).0.len() == 2 { "DOMAIN" } else { "TABLE" };
    vec![format!("ALTER {word} {on} RENAME CONSTRAINT {from} TO {to}").into()]
}
