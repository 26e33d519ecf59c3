//! What one role may do with an object; its name says which and who (`table public.orders to clerk`). A fact only where the
//! scope asks for grants, and only where it differs from what PostgreSQL gives by default: a fact without privileges says
//! that a default one was revoked.
//!
//! The owner is named `(owner)`, everybody `public`; who granted is left out. Every privilege that there is is `ALL`, since
//! newer majors have more of them.

use super::{Attribute, Spec, hashed, shown};
use super::comment::{holder, target};
use crate::schema::{Fact, FactId, Kind, qualified};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Side, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("privileges"), hashed("grantable"), shown("grantee"), shown("owner")];

pub(super) const SPEC: Spec = Spec { word: "grant", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 88,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    parent: |fact, side| about(fact, side),
    uses,
    create: |fact, world| {
        let Some(object) = object(fact, &world.to) else { return Vec::new() };
        let grantee = fact.text("grantee").unwrap_or_default();
        let role = role(grantee, fact.text("owner").unwrap_or_default());
        // Where nothing can be there yet nothing is revoked: a table's REVOKE takes its columns' grants along.
        let has = grantee.is_empty() || grantee == "public" && usual(&object).is_some();
        let given = world.from.model.has(Kind::DefaultPrivilege)
            && about(fact, &world.to).is_some_and(|object| world.fate(&object).comes());
        let revoke = (has || given).then(|| format!("REVOKE ALL{} FROM {role}", object.on()).into());
        revoke.into_iter().chain(granted(fact, &object, &role)).collect()
    },
    drop: |fact, world| {
        let Some(object) = object(fact, &world.from) else { return Vec::new() };
        let grantee = fact.text("grantee").unwrap_or_default();
        let loses = !fact.list("privileges").is_empty();
        let statements = default_of(&object, grantee, fact.text("owner").unwrap_or_default()).into_iter();
        statements.map(|statement| statement.costs_if(loses && !grantee.is_empty(), Hazard::BreaksClients)).collect()
    },
    alter,
    react: |_, used, _, world| {
        // Revoking from a table revokes from its columns.
        if used.kind == Kind::Grant && world.fate(used) != Fate::Kept { Reaction::Recreated } else { Reaction::Stays }
    },
    ..Ddl::NONE
};

/// What is granted on: the words behind ON, and the column.
struct Object {
    word: &'static str,
    name: String,
    column: Option<String>,
}

impl Object {
    fn on(&self) -> String {
        let column = self.column.as_ref().map_or(String::new(), |column| format!(" ({column})"));
        format!("{column} ON {} {}", self.word, self.name)
    }

    fn privileges(&self, words: &[String]) -> String {
        match &self.column {
            Some(column) => words.iter().map(|word| format!("{word} ({column})")).collect::<Vec<_>>().join(", "),
            None => words.join(", "),
        }
    }
}

fn suffix(fact: &Fact) -> String {
    match fact.text("grantee").unwrap_or_default() {
        "" => " to (owner)".to_owned(),
        grantee => format!(" to {}", qualified(&[grantee])),
    }
}

/// The kind and name of what is granted on, as comments have them.
fn said(fact: &Fact) -> FactId {
    let name = fact.id.name.strip_suffix(&suffix(fact)).unwrap_or(&fact.id.name);
    FactId::new(Kind::Grant, name)
}

fn about(fact: &Fact, side: &Side<'_>) -> Option<FactId> {
    holder(&said(fact), side)
}

/// The owner is known before; a column's grants come after those on its table for the same role.
fn uses(fact: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let said = said(fact);
    let mut used = vec![FactId::new(Kind::Owner, said.name.clone())];
    if let Some(column) = said.name.strip_prefix("column ") {
        let relations = side.called(&name::owner(column)).iter();
        used.extend(relations.flat_map(|relation| {
            let whole = format!("{} {}", relation.kind.word(), relation.name);
            [FactId::new(Kind::Grant, format!("{whole}{}", suffix(fact))), FactId::new(Kind::Owner, whole)]
        }));
    }
    used
}

fn object(fact: &Fact, side: &Side<'_>) -> Option<Object> {
    let said = said(fact);
    if let Some(column) = said.name.strip_prefix("column ") {
        return Some(Object { word: "TABLE", name: name::owner(column), column: Some(name::last(column)) });
    }
    object_of(&target(&said, side)?)
}

fn object_of(id: &FactId) -> Option<Object> {
    let word = match id.kind {
        Kind::Table | Kind::View | Kind::MaterializedView => "TABLE",
        Kind::Sequence => "SEQUENCE",
        Kind::Function | Kind::Aggregate => "ROUTINE",
        Kind::Schema => "SCHEMA",
        Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range => "TYPE",
        Kind::Language => "LANGUAGE",
        Kind::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        Kind::ForeignServer => "FOREIGN SERVER",
        _ => return None,
    };
    Some(Object { word, name: name::sql_name(&id.name), column: None })
}

/// A grantee as SQL; an empty one is the owner.
pub(super) fn role(grantee: &str, owner: &str) -> String {
    match grantee {
        "" => name::ident(owner),
        "public" => "PUBLIC".to_owned(),
        grantee => name::ident(grantee),
    }
}

fn granted(fact: &Fact, object: &Object, role: &str) -> Vec<Statement> {
    let passed_on = fact.list("grantable");
    let plain: Vec<String> = fact.list("privileges").iter().filter(|word| !passed_on.contains(word)).cloned().collect();
    // `ALL` beside some that may be passed on would take that right back again.
    let on = format!("ON {} {}", object.word, object.name);
    let grant = |words: &[String], option: &str| {
        (!words.is_empty()).then(|| Statement::new(format!("GRANT {} {on} TO {role}{option}", object.privileges(words))))
    };
    [grant(&plain, ""), grant(passed_on, " WITH GRANT OPTION")].into_iter().flatten().collect()
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let Some(object) = object(to, &world.to) else { return Alter::Recreate };
    let role = role(to.text("grantee").unwrap_or_default(), to.text("owner").unwrap_or_default());
    let only = |these: &[String], those: &[String]| these.iter().filter(|word| !those.contains(word)).cloned().collect::<Vec<_>>();
    let whole = |fact: &Fact| fact.list("privileges").iter().chain(fact.list("grantable")).any(|word| word == "ALL");
    if whole(from) || whole(to) {
        let revoke = Statement::new(format!("REVOKE ALL{} FROM {role}", object.on()));
        let mut statements = vec![revoke.costs_if(!to.list("privileges").iter().any(|word| word == "ALL"), Hazard::BreaksClients)];
        statements.extend(granted(to, &object, &role));
        return Alter::Shaking(statements);
    }
    let on = format!("ON {} {}", object.word, object.name);
    let lost = only(from.list("privileges"), to.list("privileges"));
    let mut passed_on = only(from.list("grantable"), to.list("grantable"));
    passed_on.retain(|word| !lost.contains(word));
    let mut statements = Vec::new();
    if !lost.is_empty() {
        let revoke = Statement::new(format!("REVOKE {} {on} FROM {role}", object.privileges(&lost)));
        statements.push(revoke.costs(Hazard::BreaksClients));
    }
    if !passed_on.is_empty() {
        let words = object.privileges(&passed_on);
        statements.push(Statement::new(format!("REVOKE GRANT OPTION FOR {words} {on} FROM {role}")));
    }
    statements.extend(granted(to, &object, &role));
    if lost.is_empty() { Alter::InPlace(statements) } else { Alter::Shaking(statements) }
}

/// What everybody may do by default.
fn usual(object: &Object) -> Option<&'static str> {
    match object.word {
        "ROUTINE" => Some("EXECUTE"),
        "TYPE" | "LANGUAGE" => Some("USAGE"),
        _ => None,
    }
}

/// What gives a role back what PostgreSQL gives by default.
fn default_of(object: &Object, grantee: &str, owner: &str) -> Vec<Statement> {
    let on = format!("ON {} {}", object.word, object.name);
    let role = role(grantee, owner);
    if grantee.is_empty() && object.column.is_none() {
        return vec![format!("GRANT ALL {on} TO {role}").into()];
    }
    let mut statements = vec![format!("REVOKE ALL{} FROM {role}", object.on()).into()];
    if let (Some(usual), "public") = (usual(object), grantee) {
        statements.push(format!("GRANT {usual} {on} TO PUBLIC").into());
    }
    statements
}

/// Takes from a new object what default privileges gave to a role, unless TO's own grant to that role says what it has.
pub(super) fn back_to_default(id: &FactId, grantee: &str, owner: &str, world: &World<'_>) -> Vec<Statement> {
    let to = if grantee.is_empty() { "(owner)".to_owned() } else { qualified(&[grantee]) };
    let grant = FactId::new(Kind::Grant, format!("{} {} to {to}", id.kind.word(), id.name));
    match object_of(id) {
        Some(object) if world.to.model.fact(&grant).is_none() => default_of(&object, grantee, owner),
        _ => Vec::new(),
    }
}
