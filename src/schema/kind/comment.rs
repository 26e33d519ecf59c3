//! A comment; its name says what it describes (`column public.orders.new_field`).

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Fate, Reaction, Side, Statement, Texts, name};
use crate::schema::FactId;

const ATTRIBUTES: &[Attribute] = &[hashed("text")];

pub(super) const SPEC: Spec = Spec { word: "comment", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 90,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    parent: |fact, side| holder(&fact.id, side),
    create: |fact, world| comment(&fact.id, fact.text("text"), &world.to),
    drop: |fact, world| {
        // What it describes may be written with another kind now; a comment goes with its object anyway.
        let gone = holder(&fact.id, &world.from).is_some_and(|target| world.fate(&target) == Fate::Dropped);
        if gone { Vec::new() } else { comment(&fact.id, None, &world.from) }
    },
    alter: |_, to, world| Alter::InPlace(comment(&to.id, to.text("text"), &world.to)),
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

/// What a comment (or an owner, or a grant) is about: the fact of the kind and name in its name; of a view's or a composite
/// type's column, the view or type.
pub(super) fn target(id: &FactId, side: &Side<'_>) -> Option<FactId> {
    let (word, rest) = id.name.split_once(' ')?;
    let direct = FactId::parse(word, rest).ok()?;
    if direct.kind == Kind::NotNull && side.model.fact(&direct).is_none() {
        return super::not_null::place_of(&direct, side);
    }
    if side.model.fact(&direct).is_some() {
        return Some(direct);
    }
    if direct.kind != Kind::Column {
        return Some(direct);
    }
    side.called(&name::owner(rest)).iter().find(|fact| fact.kind != Kind::Function).cloned()
}

/// The fact that a comment (or a grant) goes and comes with: what it is about, or what has that: a key its index, an identity column its
/// sequence, a partitioned table's trigger the copies of it.
pub(super) fn holder(id: &FactId, side: &Side<'_>) -> Option<FactId> {
    let target = target(id, side)?;
    let holder = match target.kind {
        _ if side.model.fact(&target).is_some() => None,
        Kind::Index => super::constraint::of_index(&target.name, side),
        Kind::Sequence => super::column::of_identity_sequence(&target.name, side),
        Kind::Trigger => super::trigger::origin(&target, side),
        _ => None,
    };
    Some(holder.unwrap_or(target))
}

fn comment(id: &FactId, text: Option<&str>, side: &Side<'_>) -> Vec<Statement> {
    let Some((word, rest)) = id.name.split_once(' ') else { return Vec::new() };
    let Ok(direct) = FactId::parse(word, rest) else { return Vec::new() };
    if let (Kind::Extension, None) = (direct.kind, text) {
        return vec![from_its_file(&direct)];
    }
    // The comment that every database is born with is no fact.
    let none = if direct.kind == Kind::Schema && direct.name == "public" { "'standard public schema'" } else { "NULL" };
    let text = text.map_or(none.to_owned(), name::literal);
    vec![format!("COMMENT ON {} IS {text}", side.address(&direct)).into()]
}


/// The comment that an extension's own file has is no fact either.
fn from_its_file(extension: &FactId) -> Statement {
    let bare = name::bare(&extension.name);
    let statement = name::literal(&format!("COMMENT ON EXTENSION {} IS %L", name::ident(&bare)));
    let body = format!(
        "BEGIN\n    EXECUTE format({statement}, (SELECT comment FROM pg_available_extensions WHERE name = {}));\nEND",
        name::literal(&bare)
    );
    format!("DO {}", name::dollar_quoted(&body, "")).into()
}
