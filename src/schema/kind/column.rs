//! A column of a table (a view's columns are in its definition); its default is a fact of its own, a generation expression not.
//!
//! What is as the type or the server has it by default is absent. The name of a NOT NULL constraint (18) is a fact of its own (`not_null`).

mod identity;
mod numbered;

use super::{Attribute, Kind, Spec, expression, hashed, shown};
use crate::schema::ddl::cast::conversion;
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Shake, Side, Statement, Texts, World, name, options};
use crate::schema::{Fact, FactId};
pub(in crate::schema) use identity::identity_sequence;
pub(super) use identity::of_identity_sequence;
use identity::{add_identity, goes_on, has_heirs, identity, identity_options, narrows, sequence_persistence, sequence_rename, sequence_retype, within_bounds};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("not_null"), hashed("not_null_no_inherit"), hashed("not_null_not_valid"), shown("not_null_inherited"), hashed("identity"), hashed("identity_sequence"), expression("generated"), hashed("generated_virtual"), hashed("collation"), hashed("storage"), hashed("compression"), hashed("statistics"), hashed("options"), hashed("foreign_options"), hashed("inherited"), shown("position")];

pub(super) const SPEC: Spec = Spec { word: "column", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 32,
    parent: |fact, side| super::table::table_of(&fact.id.name, side).map(|table| table.id.clone()),
    with_parent: |_, _| true,
    texts: |fact| {
        let generated = fact.text("generated");
        let names = ["type", "collation", "generated"].iter().filter_map(|attribute| fact.text(attribute)).collect();
        Texts { names, columns: generated.into_iter().collect() }
    },
    uses: |fact, side| {
        let parents = parent_columns(fact, side).into_iter().map(|parent| parent.id.clone());
        parents.chain(columns_of_row(fact, side)).collect()
    },
    create: add,
    drop,
    alter,
    react,
    ..Ddl::NONE
};

fn react(fact: &Fact, used: &FactId, shake: Shake, world: &World<'_>) -> Reaction {
    let made_of = ["type", "collation"].into_iter().filter_map(|attribute| fact.text(attribute));
    let is_type = made_of.into_iter().any(|text| world.from.mentioned(text).contains(used));
    // It cannot follow one of several parents.
    let several = used.kind == Kind::Column && shake == Shake::Altered && parent_columns(fact, &world.from).len() > 1;
    if several && parent_columns(fact, &world.from).iter().any(|parent| parent.id == *used) {
        return Reaction::ParentRecreated;
    }
    let holds_row = used.kind == Kind::Column && columns_of_row(fact, &world.from).contains(used);
    if holds_row {
        return if shake == Shake::Altered { Reaction::Shaken } else { Reaction::Stays };
    }
    let in_expression = fact.text("generated").is_some() && !is_type && used.kind != Kind::Table;
    let same_name = name::last(&used.name) == name::last(&fact.id.name) && used.kind == Kind::Column;
    match shake {
        Shake::Dropped => Reaction::Stays,
        _ if in_expression && !same_name => Reaction::Recreated,
        Shake::Recreated if is_type && super::table::is_key(fact, &world.from) => Reaction::ParentRecreated,
        Shake::Recreated if is_type => Reaction::Shaken,
        _ => Reaction::Stays,
    }
}

/// Whether a column is added to a table that is there already.
pub(super) fn is_added(id: &FactId, world: &World<'_>) -> bool {
    world.fate(id).comes() && world.to.parent(id).is_some_and(|table| !world.fate(table).comes())
}

/// The columns that it inherits.
fn parent_columns<'a>(fact: &Fact, side: &Side<'a>) -> Vec<&'a Fact> {
    let Some(table) = super::table::table_of(&fact.id.name, side) else { return Vec::new() };
    let column = name::last(&fact.id.name);
    let of = |parent: &Fact| side.find(Kind::Column, &format!("{}.{column}", name::sql_name(&parent.id.name)));
    super::table::parents(table, side).into_iter().filter_map(of).collect()
}

/// The columns of the table of which it holds rows.
fn columns_of_row(fact: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let held = fact.text("type").unwrap_or_default();
    if !held.contains('.') {
        return Vec::new();
    }
    let table = side.find(Kind::Table, held.strip_suffix("[]").unwrap_or(held));
    let own = super::table::table_of(&fact.id.name, side).map(|table| table.id.clone());
    let columns = table.filter(|table| Some(&table.id) != own.as_ref()).map(|table| side.children_of(&table.id, Kind::Column));
    columns.into_iter().flatten().map(|column| column.id.clone()).collect()
}

/// The columns for whose new types a column of rows must be text meanwhile: PostgreSQL changes no rows inside of others.
pub(in crate::schema) fn retyped_inside(id: &FactId, world: &World<'_>) -> Vec<FactId> {
    let Some((before, after)) = world.both(id).filter(|(a, b)| id.kind == Kind::Column && !a.differs(b, "type")) else {
        return Vec::new();
    };
    let inside = columns_of_row(before, &world.from);
    let changes = inside.iter().any(|column| world.fate(column) == Fate::Shaken);
    if changes || gets_values_inside(id, world) { inside.into_iter().chain(columns_of_row(after, &world.to)).collect() } else { Vec::new() }
}

/// Whether the table of which a column holds rows gets a column that has values at once: no rows may be stored elsewhere then.
pub(in crate::schema) fn gets_values_inside(id: &FactId, world: &World<'_>) -> bool {
    let Some((before, after)) = world.both(id).filter(|(a, b)| id.kind == Kind::Column && !a.differs(b, "type")) else {
        return false;
    };
    let arrays = after.text("type").is_some_and(|text| text.ends_with("[]"));
    let had = columns_of_row(before, &world.from);
    !arrays && !had.is_empty() && columns_of_row(after, &world.to).iter().any(|column| !had.contains(column) && has_values(column, world))
}

/// Whether a new column has values in the rows that are there.
pub(in crate::schema) fn has_values(id: &FactId, world: &World<'_>) -> bool {
    let Some(fact) = world.to.model.fact(id).filter(|_| world.fate(id).comes()) else { return false };
    let default = world.to.model.fact(&FactId::new(Kind::Default, id.name.clone())).is_some();
    let of_domain = world.to.find(Kind::Domain, fact.text("type").unwrap_or_default()).is_some();
    default || of_domain || fact.flag("not_null") || fact.text("generated").is_some() || fact.text("identity").is_some()
}

/// Makes a column of rows text, or something that knows the names of their columns where others come to them.
pub(in crate::schema) fn as_text(id: &FactId, world: &World<'_>) -> Statement {
    let column = name::last(&id.name);
    let table = super::table::alter_all(&id.name, &world.from);
    let sql = if gets_values_inside(id, world) {
        format!("{table} ALTER COLUMN {column} TYPE jsonb USING to_jsonb({column})")
    } else {
        format!("{table} ALTER COLUMN {column} TYPE text USING {column}::text")
    };
    Statement::new(sql).costs(Hazard::Rewrite).costs(Hazard::LongLock).note("while the rows inside get another form")
}

/// The parent's column from which changes come by themselves.
fn led_by<'a>(fact: &Fact, side: &Side<'a>, world: &World<'_>) -> Option<&'a Fact> {
    let table = super::table::table_of(&fact.id.name, side)?;
    let leads = |parent: &&Fact| {
        super::table::table_of(&parent.id.name, side).is_some_and(|of| super::table::stays_tied(table, of, world))
    };
    parent_columns(fact, side).into_iter().find(leads)
}

/// Whether the table has its columns from a type, and had them before.
fn is_typed(fact: &Fact, world: &World<'_>) -> bool {
    let of = |side: &Side<'_>| super::table::table_of(&fact.id.name, side).and_then(|table| Some(table.text("of_type")?.to_owned()));
    of(&world.from).is_some_and(|name| of(&world.to).as_ref() == Some(&name) && !super::table::is_type_remade(&name, world))
}

/// Whether a statement of its own, or its table's, writes it out: what comes from a parent is written nowhere.
pub(super) fn is_written(id: &FactId, world: &World<'_>) -> bool {
    let Some(fact) = world.to.model.fact(id) else { return false };
    let led = led_by(fact, &world.to, world).is_some_and(|parent| world.fate(&parent.id).comes());
    let inherited = fact.text("inherited") == Some("only") && !is_added(id, world);
    !led && !inherited && !is_typed(fact, world)
}

/// `name type COLLATE … NOT NULL DEFAULT …`.
pub(super) fn definition(fact: &Fact, world: &World<'_>) -> String {
    defined(fact, super::default::inline(&fact.id, world), world)
}

/// The same with this default.
fn defined(fact: &Fact, default: Option<&str>, world: &World<'_>) -> String {
    let mut sql = format!("{} {}", name::last(&fact.id.name), fact.text("type").unwrap_or("text"));
    sql.push_str(&options::foreign_clause(fact.list("foreign_options")));
    if let Some(collation) = fact.text("collation") {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(expression) = fact.text("generated") {
        let kind = if fact.flag("generated_virtual") { "VIRTUAL" } else { "STORED" };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
    }
    if let Some(identity) = fact.text("identity") {
        sql.push_str(&format!(" GENERATED {} AS IDENTITY{}", identity.to_uppercase(), identity_options(fact)));
    }
    // One that is not valid cannot be said here.
    if fact.flag("not_null") && !fact.flag("not_null_not_valid") && super::not_null::is_said(fact) {
        if let Some(constraint) = super::not_null::name_said(fact, world) {
            sql.push_str(&format!(" CONSTRAINT {constraint}"));
        }
        sql.push_str(if fact.flag("not_null_no_inherit") { " NOT NULL NO INHERIT" } else { " NOT NULL" });
    }
    sql
}

/// The same for a table that is made with its parents: what they generate is not said once more.
pub(super) fn definition_in_table(fact: &Fact, world: &World<'_>) -> String {
    let generates = |parent: &&Fact| parent.text("generated").is_some() && !parent.differs(fact, "generated");
    if fact.text("inherited") != Some("merged") || !parent_columns(fact, &world.to).iter().any(generates) {
        return definition(fact, world);
    }
    let mut plain = fact.clone();
    plain.attributes.remove("generated");
    definition(&plain, world)
}

/// What a table lets go of, those below it let go of too: those that keep it get it back.
fn own_not_null(root: &Fact, world: &World<'_>) -> Vec<Statement> {
    let columns = columns_below(root, &world.to).into_iter();
    let keeping = columns.filter(|fact| fact.flag("not_null") && !world.fate(&fact.id).comes());
    keeping.map(|fact| super::table::alter_column(&fact.id.name, &world.to, "SET NOT NULL").into()).collect()
}

/// What tables below have of their own and shall have from this column goes first (18): what is theirs already would stay theirs, name included.
fn let_go_for_parents(root: &Fact, world: &World<'_>) -> Vec<Statement> {
    let were_below = columns_below(root, &world.from);
    let own = columns_below(root, &world.to).into_iter().filter(|to| {
        let Some(from) = were_below.iter().find(|from| from.id == to.id) else { return false };
        let own = from.flag("not_null") && from.text("not_null_inherited").is_none() && to.text("not_null_inherited").is_some();
        let named = world.from.model.fact(&super::not_null::of_column(&to.id)).is_some();
        let keyed = world.from.users(&to.id).iter().any(|user| user.kind == Kind::Constraint);
        own && !named && !keyed && !world.fate(&to.id).comes()
    });
    own.map(|column| {
        let table = super::table::alter_all(&column.id.name, &world.to);
        format!("{table} ALTER COLUMN {} DROP NOT NULL", name::last(&column.id.name)).into()
    })
    .collect()
}

/// The same column of each table below the column's.
fn columns_below<'a>(root: &Fact, side: &Side<'a>) -> Vec<&'a Fact> {
    let Some(table) = super::table::table_of(&root.id.name, side) else { return Vec::new() };
    let column = name::last(&root.id.name);
    let of = |below: FactId| side.find(Kind::Column, &format!("{}.{column}", name::sql_name(&below.name)));
    super::table::below(table, side).into_iter().filter_map(of).collect()
}

/// Whether a parent's column brings its NOT NULL along.
fn follows(to: &Fact, world: &World<'_>) -> bool {
    let leader = led_by(to, &world.to, world).and_then(|leader| world.both(&leader.id));
    leader.is_some_and(|(before, after)| !before.flag("not_null") && after.flag("not_null") && !after.flag("not_null_no_inherit"))
}

/// From nullable to not, and from one sort of not nullable (18 has several) to another.
fn nullability(from: &Fact, to: &Fact, world: &World<'_>) -> Vec<Statement> {
    let table = super::table::alter_all(&to.id.name, &world.to);
    let column = name::last(&to.id.name);
    let step = |what: &str| Statement::new(format!("{table} ALTER COLUMN {column} {what}"));
    let constraint = super::not_null::name_meanwhile(&to.id, world);
    let add = || {
        let named = super::not_null::clause(to, world);
        let inherit = if to.flag("not_null_no_inherit") { " NO INHERIT" } else { "" };
        let valid = if to.flag("not_null_not_valid") { " NOT VALID" } else { "" };
        Statement::new(format!("{table} ADD {named}NOT NULL {column}{inherit}{valid}"))
    };
    let special = to.flag("not_null_not_valid") || to.flag("not_null_no_inherit");
    match (from.flag("not_null"), to.flag("not_null")) {
        (true, false) => {
            let mut statements = vec![step("DROP NOT NULL")];
            statements.extend(own_not_null(to, world));
            statements.extend(super::not_null::freed_below(columns_below(to, &world.to).into_iter(), world));
            statements
        }
        (false, true) if follows(to, world) => Vec::new(),
        (false, true) if special => {
            let mut statements = super::not_null::own_below(columns_below(to, &world.to).into_iter(), &to.id, world);
            statements.push(add());
            statements
        }
        (false, true) => {
            let mut statements = let_go_for_parents(to, world);
            statements.extend(super::not_null::own_below(columns_below(to, &world.to).into_iter(), &to.id, world));
            statements.push(step("SET NOT NULL").costs(Hazard::LongLock));
            statements
        }
        (true, true) if to.flag("not_null_not_valid") && !from.flag("not_null_not_valid") => {
            vec![step("DROP NOT NULL"), add()]
        }
        (true, true) => {
            let mut statements = Vec::new();
            if from.differs(to, "not_null_no_inherit") {
                let how = if to.flag("not_null_no_inherit") { "NO INHERIT" } else { "INHERIT" };
                statements.push(format!("{table} ALTER CONSTRAINT {constraint} {how}").into());
            }
            if from.flag("not_null_not_valid") && !to.flag("not_null_not_valid") {
                statements.push(Statement::new(format!("{table} VALIDATE CONSTRAINT {constraint}")).costs(Hazard::LongLock));
            }
            statements
        }
        (false, false) => Vec::new(),
    }
}

/// Whether a column that comes from parents alone is NOT NULL by itself, which CREATE TABLE cannot say.
pub(super) fn gets_own_not_null(fact: &Fact, side: &Side<'_>) -> bool {
    let of_parents = || parent_columns(fact, side).iter().any(|parent| parent.flag("not_null"));
    fact.text("inherited") == Some("only") && fact.flag("not_null") && !of_parents()
}

/// What CREATE TABLE and ADD COLUMN cannot say, and what an inherited column has of its own.
pub(super) fn after_create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if fact.text("inherited") == Some("only") {
        let parents = parent_columns(fact, &world.to);
        if gets_own_not_null(fact, &world.to) {
            statements.push(super::table::alter_column(&fact.id.name, &world.to, "SET NOT NULL").into());
        }
        let default = |id: &FactId| world.to.model.fact(&FactId::new(Kind::Default, id.name.clone()));
        if default(&fact.id).is_none() && parents.iter().any(|parent| default(&parent.id).is_some()) {
            statements.push(super::table::alter_column(&fact.id.name, &world.to, "DROP DEFAULT").into());
        }
    }
    if fact.flag("not_null_not_valid") && fact.text("inherited") != Some("only") {
        let table = super::table::alter_only(&fact.id.name, &world.to);
        let named = super::not_null::clause(fact, world);
        statements.push(format!("{table} ADD {named}NOT NULL {} NOT VALID", name::last(&fact.id.name)).into());
    }
    let own_type = fact.list("identity_sequence").iter().find_map(|option| option.strip_prefix("type "));
    if let Some(own_type) = own_type.filter(|_| fact.text("identity").is_some()) {
        statements.push(format!("ALTER SEQUENCE {} AS {own_type}", identity_sequence(fact)).into());
    }
    statements.extend(sequence_persistence(None, fact, world));
    let blank = Fact { id: fact.id.clone(), attributes: [("type", fact.attributes.get("type").cloned())].into_iter().filter_map(|(k, v)| Some((k, v?))).collect() };
    statements.extend(settings(&blank, fact, world));
    statements
}

/// Storage, compression, statistics target and options.
fn settings(from: &Fact, to: &Fact, world: &World<'_>) -> Vec<Statement> {
    let step = |what: String| Statement::new(super::table::alter_column(&to.id.name, &world.to, &what));
    let mut statements = Vec::new();
    let retyped = from.differs(to, "type");
    if from.differs(to, "storage") || retyped && to.text("storage").is_some() {
        let usual = usual_storage(to.text("type").unwrap_or_default());
        statements.push(step(format!("SET STORAGE {}", to.text("storage").unwrap_or(usual).to_uppercase())));
    }
    // ALTER COLUMN TYPE goes back to the default compression.
    if from.differs(to, "compression") || retyped && to.text("compression").is_some() {
        statements.push(step(format!("SET COMPRESSION {}", to.text("compression").unwrap_or("default"))));
    }
    if from.differs(to, "statistics") {
        statements.push(step(format!("SET STATISTICS {}", to.int("statistics").unwrap_or(-1))));
    }
    let column = super::table::alter_column(&to.id.name, &world.to, "").trim_end().to_owned();
    statements.extend(options::changes(&column, from.list("options"), to.list("options")));
    statements
}

/// How a type stores its values where nothing else is said (`SET STORAGE DEFAULT` is younger than 15).
fn usual_storage(printed: &str) -> &'static str {
    let plain = printed.split('(').next().unwrap_or_default();
    match plain {
        _ if printed.ends_with("[]") => "extended",
        "numeric" | "inet" | "cidr" => "main",
        "smallint" | "integer" | "bigint" | "real" | "double precision" | "boolean" | "date" | "uuid" | "money" | "oid" | "interval"
        | "macaddr" | "point" | "line" | "lseg" | "box" | "circle" => "plain",
        _ if plain.starts_with("time") => "plain",
        _ => "extended",
    }
}

fn add(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let led = led_by(fact, &world.to, world);
    if is_typed(fact, world) {
        let mut statements = made_not_null(fact, world);
        statements.extend(after_create(fact, world));
        return statements;
    }
    if let Some(parent) = led.filter(|parent| world.fate(&parent.id).comes()) {
        let mut statements = if parent.flag("not_null") { Vec::new() } else { made_not_null(fact, world) };
        statements.extend(after_create(fact, world));
        return statements;
    }
    if fact.text("identity").is_some() && has_heirs(fact, &world.to) {
        return add_identity(fact, world);
    }
    let table = super::table::alter_all(&fact.id.name, &world.to);
    let default = super::default::inline(&fact.id, world);
    let needs_value = (fact.flag("not_null") && !fact.flag("not_null_not_valid") || has_strict_domain(fact.text("type").unwrap_or_default(), world)) && default.is_none() && fact.text("generated").is_none() && fact.text("identity").is_none();
    let mut statements = Vec::new();
    if let Some(numbered) = needs_value.then(|| numbered::numbered(fact, world)).flatten() {
        statements.extend(numbered);
        statements.extend(after_create(fact, world));
        return statements;
    }
    match needs_value.then(|| filler(fact.text("type").unwrap_or_default(), world)).flatten() {
        Some(value) => {
            let add = Statement::new(format!("{table} ADD COLUMN {}", defined(fact, Some(&value), world)));
            statements.push(add.note(format!("rows that are there already get {value}, for want of a default")));
            let column = name::last(&fact.id.name);
            statements.push(format!("{table} ALTER COLUMN {column} DROP DEFAULT").into());
        }
        None => {
            let moving = |text: &str| ["nextval(", "random", "uuid_generate", "clock_timestamp", "timeofday"].iter().any(|f| text.contains(f));
            let rewrite = fact.text("identity").is_some()
                || fact.text("generated").is_some() && !fact.flag("generated_virtual")
                || default.is_some_and(moving);
            let add = Statement::new(format!("{table} ADD COLUMN {}", definition(fact, world)));
            statements.push(add.costs_if(rewrite, Hazard::Rewrite));
        }
    }
    statements.extend(kept_values(fact, world));
    statements.extend(after_create(fact, world));
    statements
}

/// A column that was virtual gets the values that it showed.
fn kept_values(fact: &Fact, world: &World<'_>) -> Option<Statement> {
    let before = world.from.model.fact(&fact.id).filter(|before| before.flag("generated_virtual"))?;
    let there = world.from.uses(&fact.id).iter().all(|used| world.to.model.fact(used).is_some());
    let expression = before.text("generated").filter(|_| there && fact.text("generated").is_none())?;
    let (table, column) = (name::owner(&fact.id.name), name::last(&fact.id.name));
    Some(Statement::new(format!("UPDATE {table} SET {column} = {expression}")).costs(Hazard::Rewrite))
}

/// A column that came without a word of its own gets a value where it may not be NULL.
fn made_not_null(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    if !fact.flag("not_null") {
        return Vec::new();
    }
    let default = world.to.model.fact(&FactId::new(Kind::Default, fact.id.name.clone()));
    let default = default.and_then(|default| default.text("expression")).map(str::to_owned);
    let value = default.or_else(|| filler(fact.text("type").unwrap_or_default(), world));
    let (table, column) = (name::owner(&fact.id.name), name::last(&fact.id.name));
    let fill = value.map(|value| {
        let fill = Statement::new(format!("UPDATE ONLY {table} SET {column} = {value} WHERE {column} IS NULL"));
        fill.note(format!("rows that are there already get {value}"))
    });
    fill.into_iter().chain([super::table::alter_column(&fact.id.name, &world.to, "SET NOT NULL").into()]).collect()
}

/// Whether a type is a domain without default that takes no NULL, or is over one.
fn has_strict_domain(printed: &str, world: &World<'_>) -> bool {
    let Some(domain) = world.to.find(Kind::Domain, printed) else { return false };
    let has_default = world.to.model.fact(&FactId::new(Kind::Default, domain.id.name.clone())).is_some();
    !has_default && (domain.flag("not_null") || has_strict_domain(domain.text("type").unwrap_or_default(), world))
}

/// The empty value of a type, for rows that must have one.
fn filler(printed: &str, world: &World<'_>) -> Option<String> {
    let side = &world.to;
    let plain = printed.split('(').next().unwrap_or_default().trim();
    if printed.ends_with("[]") {
        return Some("'{}'".to_owned());
    }
    let known = match plain {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" => "0",
        "text" | "character varying" | "character" | "bytea" | "name" | "tsvector" | "xml" => "''",
        "boolean" => "false",
        "date" => "'1970-01-01'",
        "json" | "jsonb" => "'{}'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "interval" => "'0'",
        "inet" | "cidr" => "'0.0.0.0'",
        _ if plain.starts_with("timestamp") => "'1970-01-01 00:00:00+00'",
        _ if plain.starts_with("time") => "'00:00'",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    if let Some(domain) = side.find(Kind::Domain, plain) {
        let own = side.model.fact(&FactId::new(Kind::Default, domain.id.name.clone()));
        return own.map_or_else(|| filler(domain.text("type")?, world), |own| Some(own.text("expression")?.to_owned()));
    }
    // A label that is added meanwhile cannot be used at once.
    let labels = world.to.find(Kind::Enum, plain)?.list("labels");
    let had = world.from.find(Kind::Enum, plain).map_or(labels, |old| old.list("labels"));
    labels.iter().find(|label| had.contains(label)).or(labels.first()).map(|label| name::literal(label))
}

/// Whether an heir of a column that goes keeps the column for itself.
fn keeps(heir: &FactId, fact: &Fact, world: &World<'_>) -> bool {
    let Some((before, _)) = world.both(heir).filter(|_| heir.kind == Kind::Column) else { return false };
    !world.fate(heir).goes() && parent_columns(before, &world.from).iter().any(|parent| parent.id == fact.id)
}

fn drop(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let goes_along = |parent: &Fact| {
        world.fate(&parent.id).goes() && !world.from.users(&parent.id).iter().any(|heir| keeps(heir, parent, world))
    };
    // What one of several parents leaves to it becomes its own.
    let all = super::table::table_of(&fact.id.name, &world.from).is_some_and(|table| {
        let of = |parent: &Fact| super::table::table_of(&parent.id.name, &world.from);
        parent_columns(fact, &world.from).into_iter().filter_map(of).all(|of| super::table::stays_tied(table, of, world))
    });
    let led = fact.text("inherited") != Some("merged") && all && led_by(fact, &world.from, world).is_some_and(goes_along);
    if led || is_typed(fact, world) {
        return Vec::new();
    }
    let only = if world.from.users(&fact.id).iter().any(|heir| keeps(heir, fact, world)) { "ONLY " } else { "" };
    let table = super::table::alter_all(&fact.id.name, &world.from).replacen("TABLE ", &format!("TABLE {only}"), 1);
    let sql = format!("{table} DROP COLUMN {}", name::last(&fact.id.name));
    let drop = Statement::new(sql).costs_if(fact.text("generated").is_none(), Hazard::DataLoss);
    vec![drop.costs_if(world.fate(&fact.id) == Fate::Dropped, Hazard::BreaksClients)]
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let only = |fact: &Fact| fact.text("inherited") == Some("only");
    let local = only(from) && to.text("inherited") == Some("merged") && !lets_go_of_parents(to, world);
    if only(to) && !only(from) || local {
        return Alter::RecreateParent;
    }
    let becomes_generated = to.text("generated").is_some() && from.differs(to, "generated");
    if becomes_generated || to.text("generated").is_some() && from.differs(to, "generated_virtual") {
        return Alter::Recreate;
    }
    let lost = from.flag("generated_virtual") && to.text("generated").is_none();
    if lost {
        return Alter::Recreate;
    }
    let table = super::table::alter_all(&to.id.name, &world.to);
    let step = |what: &str| Statement::new(format!("{table} ALTER COLUMN {} {what}", name::last(&to.id.name)));
    let mut statements = Vec::new();
    let leader = led_by(to, &world.to, world);
    let of_leader = leader.and_then(|leader| world.from.model.fact(&leader.id));
    let ungenerated = |from: &Fact, to: &Fact| from.text("generated").is_some() && to.text("generated").is_none();
    let comes_along = leader.zip(of_leader).is_some_and(|(to, from)| ungenerated(from, to));
    if ungenerated(from, to) && !comes_along {
        statements.push(step("DROP EXPRESSION"));
    }
    if from.text("identity").is_some() && to.text("identity").is_none() {
        statements.push(step("DROP IDENTITY"));
    }
    let retyped = retype(from, to, world);
    let led = leader.is_some_and(|leader| !leader.differs(to, "type") && !leader.differs(to, "collation"))
        && of_leader.is_some_and(|leader| !leader.differs(from, "type") && !leader.differs(from, "collation"));
    if retyped.is_some() && super::table::is_key(from, &world.from) {
        return Alter::RecreateParent;
    }
    let shaken = retyped.is_some();
    let identity: Vec<Statement> = identity(from, to).into_iter().map(|what| within_bounds(from, to, step(&what))).collect();
    let (first, then) = if narrows(from, to) { (identity, Vec::new()) } else { (Vec::new(), identity) };
    statements.extend(first);
    if !led && !is_typed(to, world) {
        statements.extend(retyped);
    }
    statements.extend(nullability(from, to, world));
    statements.extend(sequence_retype(from, to));
    statements.extend(then);
    statements.extend(goes_on(from, to, world));
    statements.extend(sequence_rename(&to.id, world));
    statements.extend(sequence_persistence(Some(from), to, world));
    statements.extend(settings(from, to, world));
    let column = step("").sql.trim_end().to_owned();
    statements.extend(options::foreign_changes(&column, from.list("foreign_options"), to.list("foreign_options")));
    if shaken { Alter::Shaking(statements) } else { Alter::InPlace(statements) }
}

/// Whether a table lets go of a parent: what it inherited is its own from then on.
fn lets_go_of_parents(fact: &Fact, world: &World<'_>) -> bool {
    let both = super::table::table_of(&fact.id.name, &world.to).and_then(|table| world.both(&table.id));
    both.is_some_and(|(before, after)| before.differs(after, "inherits"))
}

/// The statement for a new type or collation, or for a type of the same name that is made anew.
fn retype(from: &Fact, to: &Fact, world: &World<'_>) -> Option<Statement> {
    let (old, new) = (from.text("type")?, to.text("type")?);
    let remade = world.to.mentioned(new).iter().any(|id| id.kind.spec().ddl.is_type && world.fate(id) == Fate::Recreated)
        || world.from.mentioned(old).iter().any(|id| world.is_replaced(id))
        || !retyped_inside(&to.id, world).is_empty()
        || to.text("collation").is_some_and(|name| world.to.mentioned(name).iter().any(|id| world.fate(id) == Fate::Recreated));
    if old == new && !from.differs(to, "collation") && !remade {
        return None;
    }
    let column = name::last(&to.id.name);
    let mut how = conversion(&name::parts(&to.id.name).0.pop().unwrap_or_default(), old, new, world);
    if gets_values_inside(&to.id, world) {
        how.using = Some(format!("jsonb_populate_record(NULL::{new}, {column})"));
    } else if !retyped_inside(&to.id, world).is_empty() {
        how.using = Some(format!("{column}::{new}"));
    } else if let Some(row) = row_by_row(&column, old, new, world) {
        how.using = Some(row);
    }
    let collation = to.text("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    let using = how.using.filter(|_| to.text("generated").is_none());
    let table = super::table::alter_all(&to.id.name, &world.to);
    // A foreign table's rows are its server's.
    if super::table::table_of(&to.id.name, &world.to).is_some_and(super::table::is_foreign) {
        return Some(format!("{table} ALTER COLUMN {column} TYPE {new}{collation}").into());
    }
    let using = using.map(|using| format!(" USING {using}")).unwrap_or_default();
    let statement = Statement::new(format!("{table} ALTER COLUMN {column} TYPE {new}{collation}{using}"));
    Some(how.hazards.into_iter().fold(statement, |statement, hazard| {
        statement.costs(hazard).costs_if(hazard == Hazard::Rewrite, Hazard::LongLock)
    }))
}

/// A composite type whose attributes moved is filled attribute by attribute.
fn row_by_row(column: &str, old: &str, new: &str, world: &World<'_>) -> Option<String> {
    let (before, after) = (world.from.find(Kind::Composite, old)?, world.to.find(Kind::Composite, new)?);
    let (had, has) = (super::composite::attribute_names(before), super::composite::attribute_names(after));
    if had == has || before.id != after.id || super::composite::grows(&before.id, world).is_some() {
        return None;
    }
    // An attribute's own type may be made again, too.
    let remade = |name: &String| {
        let texts = after.list("attributes").iter().filter_map(|text| name::leading_name(text));
        let printed = texts.filter(|(other, _)| other == name).map(|(_, rest)| rest.to_owned()).next()?;
        let printed = printed.split(" COLLATE ").next().unwrap_or_default().trim().to_owned();
        world.from.mentioned(&printed).iter().any(|id| world.is_replaced(id)).then_some(printed)
    };
    let value = |name: &String| match had.contains(name) {
        true => {
            let by_text = remade(name).map(|printed| format!("::text::{printed}"));
            format!("({column}).{}{}", name::ident(name), by_text.unwrap_or_default())
        }
        false => "NULL".to_owned(),
    };
    let values: Vec<String> = has.iter().map(value).collect();
    // A row of which one value is NULL is not `IS NOT NULL`.
    Some(format!("CASE WHEN {column} IS DISTINCT FROM NULL THEN ROW({})::{new} END", values.join(", ")))
}

/// How a column's values come over from its table's old form: the column, and what is selected for it.
pub(super) fn copied(to: &Fact, world: &World<'_>) -> Option<(String, String)> {
    let name = name::last(&to.id.name);
    if to.text("generated").is_some() {
        return None;
    }
    let Some(from) = world.from.model.fact(&to.id) else {
        let default = world.to.model.fact(&FactId::new(Kind::Default, to.id.name.clone()));
        let wanting = to.flag("not_null") && default.is_none() && to.text("identity").is_none();
        return wanting.then(|| filler(to.text("type")?, world)).flatten().map(|value| (name, value));
    };
    let (old, new) = (from.text("type")?, to.text("type")?);
    let using = conversion(&name::parts(&to.id.name).0.pop()?, old, new, world).using;
    Some((name.clone(), using.unwrap_or(name)))
}

