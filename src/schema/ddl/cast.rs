//! How a column's values come from one type to another: by themselves, by an explicit cast, or by way of their text.
//!
//! Where an assignment does it, no USING is written: an explicit cast would cut long texts off without a word.

mod types;

use std::collections::BTreeSet;

use super::super::kind::{attribute_names, attribute_type, moves, moves_inside, relations_inside};
use super::super::{Fact, FactId, Kind};
use super::side::Side;
use super::{Hazard, Statement, World, name};
use types::{Family, assigns, casts, cuts, family, has_only_cast, is_whole, is_widening, loses, without_modifier};

/// How values come over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversion {
    /// The expression behind USING, if one is needed.
    pub using: Option<String>,
    /// What it costs.
    pub hazards: Vec<Hazard>,
    /// A type that the expression needs, and its attribute's type: PostgreSQL makes most things of JSON only inside of a row.
    carrier: Option<(String, String)>,
}

impl Conversion {
    /// Statements that convert so, with what they need before and after.
    pub fn around(&self, statements: Vec<Statement>) -> Vec<Statement> {
        let Some((carrier, carried)) = &self.carrier else { return statements };
        let create = format!("CREATE TYPE {carrier} AS (value {carried})").into();
        let drop = format!("DROP TYPE {carrier}").into();
        [create].into_iter().chain(statements).chain([drop]).collect()
    }
}

/// From one printed type to another, for this column.
pub fn conversion(id: &FactId, from: &str, to: &str, world: &World<'_>) -> Conversion {
    let column = name::last(&id.name);
    let (old, new) = (base_type(from, &world.from), base_type(to, &world.to));
    let replaced =
        [&world.from, &world.to].iter().any(|side| side.mentioned(to).iter().any(|id| world.is_replaced(id)));
    let mut hazards = Vec::new();
    if !is_widening(&old, &new) || replaced {
        hazards.push(Hazard::Rewrite);
    }
    let made_of = types_inside(to, world);
    let otherwise = made_of.iter().any(|id| reads_otherwise(id, world));
    let first_alone = old.ends_with("[]") && !new.ends_with("[]") && family(&without_modifier(&new)) != Family::Text;
    let others = rows_of_another_type(&old, &new, world);
    let by_names = match others {
        Some(both) => {
            let cast = own_cast(&name::sql_name(&both.0.id.name), to, world);
            cast.is_none().then(|| row_by_names(id, &column, Some(both), to, world))
        }
        None => (old == new).then(|| by_names(id, &column, to, world)).flatten(),
    };
    let moves = made_of.iter().any(|id| moves(id, world).is_some());
    let forgets = made_of.iter().any(|id| forgets(id, world))
        || others.is_some_and(|(before, after)| lacks_attributes(before, after));
    let inside = made_of.iter().any(|id| loses_inside(id, world));
    if loses(&old, &new) || inside || otherwise || first_alone || forgets || moves && by_names.is_none() {
        hazards.insert(0, Hazard::DataLoss);
    }
    let using = match family(&old) {
        Family::Json if is_row(&new, world) => {
            Some(format!("jsonb_populate_record(NULL::{to}, nullif({column}::jsonb, 'null'))"))
        }
        _ if by_names.is_some() => return Conversion { hazards, ..by_names.unwrap_or_default() },
        other if replaced && other != Family::Json => {
            Some(by_base(&column, &old, &new, to).unwrap_or_else(|| by_text_inside(&column, &old, &new, to)))
        }
        _ if own_cast(from, to, world).is_some() => Some(format!("{column}::{to}")),
        _ => using(&column, &old, &new, to),
    };
    Conversion { using, hazards, carrier: None }
}

/// What was made JSON comes back as this type.
pub fn from_json(id: &FactId, to: &str, world: &World<'_>) -> Conversion {
    let hazards = vec![Hazard::Rewrite];
    Conversion { hazards, ..of_json(id, &name::last(&id.name), to, world) }
}

fn of_json(id: &FactId, json: &str, to: &str, world: &World<'_>) -> Conversion {
    if is_row(&base_type(to, &world.to), world) {
        return Conversion {
            using: Some(format!("jsonb_populate_record(NULL::{to}, {json})")),
            ..Conversion::default()
        };
    }
    let (parts, _) = name::parts(&id.name);
    let own = name::ident(&name::aside(&parts[1..].join("_")));
    let carrier = format!("{}.{own}", name::ident(&parts[0]));
    let using = format!("(jsonb_populate_record(NULL::{carrier}, jsonb_build_object('value', {json}))).value");
    Conversion { using: Some(using), carrier: Some((carrier, to.to_owned())), hazards: Vec::new() }
}

fn is_row(name: &str, world: &World<'_>) -> bool {
    let kinds = [Kind::Composite, Kind::Table, Kind::View, Kind::MaterializedView];
    kinds.iter().any(|kind| world.to.find(*kind, name).is_some())
}

/// The user's own cast from one printed type to another, in FROM or in TO.
pub(super) fn own_cast(from: &str, to: &str, world: &World<'_>) -> Option<FactId> {
    let id = FactId::new(Kind::Cast, format!("({} AS {})", without_modifier(from), without_modifier(to)));
    [&world.from, &world.to].iter().any(|side| side.model.fact(&id).is_some()).then_some(id)
}

fn side_types(printed: &str, world: &World<'_>) -> Vec<FactId> {
    world.to.mentioned(printed).into_iter().filter(|id| id.kind.spec().ddl.is_type).collect()
}

/// The same, and what these are made of, at any remove.
fn types_inside(printed: &str, world: &World<'_>) -> BTreeSet<FactId> {
    let (mut found, mut waiting) = (BTreeSet::new(), side_types(printed, world));
    while let Some(id) = waiting.pop() {
        if !found.contains(&id) {
            waiting.extend(world.to.uses(&id).iter().filter(|used| used.kind.spec().ddl.is_type).cloned());
            found.insert(id);
        }
    }
    found
}

/// Whether values of a type that is made again may be others when they are read from their text: a range of days is none of
/// moments.
fn reads_otherwise(id: &FactId, world: &World<'_>) -> bool {
    let Some((before, after)) = world.both(id).filter(|_| world.is_replaced(id)) else { return false };
    let exact =
        |fact: &Fact| matches!(fact.text("subtype"), Some("smallint" | "integer" | "bigint" | "numeric" | "text"));
    before.differs(after, "subtype") && !(exact(before) && exact(after))
}

/// Whether values inside of a type that is made again can lose something without an error.
fn loses_inside(id: &FactId, world: &World<'_>) -> bool {
    let loses = |(old, new): (String, String)| {
        let (old, new) = (base_type(&old, &world.from), base_type(&new, &world.to));
        loses(&old, &new) || cuts(&old, &new)
    };
    let pairs = world.both(id).map(|(before, after)| types_kept(before, after)).unwrap_or_default();
    world.is_replaced(id) && pairs.into_iter().any(loses)
}

/// The types, before and after, of what a composite type or a domain has on both sides.
fn types_kept(before: &Fact, after: &Fact) -> Vec<(String, String)> {
    let names = attribute_names(after).into_iter();
    let of_attributes = names.filter_map(|name| attribute_type(before, &name).zip(attribute_type(after, &name)));
    let of_domain = before.text("type").zip(after.text("type")).map(|(old, new)| (old.to_owned(), new.to_owned()));
    of_attributes.chain(of_domain).collect()
}

/// Whether an attribute of a type that is made again, with the same attributes, is converted by a cast, and not by its text.
fn recasts(id: &FactId, world: &World<'_>) -> bool {
    let both = world.both(id).filter(|_| id.kind == Kind::Composite && world.is_replaced(id));
    let plain = |printed: &str, side| without_modifier(&base_type(printed, side));
    let recast = |(old, new): &(String, String)| has_only_cast(&plain(old, &world.from), &plain(new, &world.to));
    both.is_some_and(|(before, after)| {
        attribute_names(before) == attribute_names(after) && types_kept(before, after).iter().any(recast)
    })
}

/// Whether a type that is made again lacks an attribute that it had.
fn forgets(id: &FactId, world: &World<'_>) -> bool {
    moves(id, world).is_some_and(|(before, after)| lacks_attributes(before, after))
}

fn lacks_attributes(before: &Fact, after: &Fact) -> bool {
    let has = attribute_names(after);
    attribute_names(before).iter().any(|name| !has.contains(name))
}

/// Two composite types of other names that have attributes in common: their values go over by these, too.
fn rows_of_another_type<'a>(old: &str, new: &str, world: &World<'a>) -> Option<(&'a Fact, &'a Fact)> {
    let (before, after) = (world.from.find(Kind::Composite, old)?, world.to.find(Kind::Composite, new)?);
    let has = attribute_names(after);
    (before.id != after.id && attribute_names(before).iter().any(|name| has.contains(name))).then_some((before, after))
}

/// Values of types whose attributes move, and rows of relations that are made again, each by its name: their text knows only places.
fn by_names(id: &FactId, column: &str, to: &str, world: &World<'_>) -> Option<Conversion> {
    let made_again = relations_inside(to, &world.from).iter().any(|relation| world.fate(relation).goes());
    let row = world.to.find(Kind::Composite, &base_type(to, &world.to));
    let recast = row.filter(|row| recasts(&row.id, world)).and_then(|row| world.both(&row.id));
    if !made_again && recast.is_none() && !side_types(to, world).iter().any(|id| moves_inside(id, world)) {
        return None;
    }
    Some(row_by_names(id, column, recast.or(row.and_then(|row| moves(&row.id, world))), to, world))
}

/// A row of this type before and after, attribute by attribute where that can be said; by way of JSON otherwise.
fn row_by_names(id: &FactId, column: &str, row: Option<(&Fact, &Fact)>, to: &str, world: &World<'_>) -> Conversion {
    let row = row.and_then(|(before, after)| attribute_by_attribute(column, before, after, to, world));
    let json = || of_json(id, &format!("to_jsonb({column})"), to, world);
    row.map_or_else(json, |row| Conversion { using: Some(row), ..Conversion::default() })
}

/// A row made of another one's attributes, where nothing moves inside of them.
fn attribute_by_attribute(column: &str, from: &Fact, to: &Fact, printed: &str, world: &World<'_>) -> Option<String> {
    let had = attribute_names(from);
    let value = |name: &String| {
        let inside = world.to.mentioned(&attribute_type(to, name)?);
        if inside.iter().any(|id| moves_inside(id, world)) {
            return None;
        }
        let has_no_cast = |old: &str, new: &str| old != new && !casts(old, new) && !assigns(old, new);
        let another = attribute_type(from, name).zip(attribute_type(to, name));
        let another = another.is_some_and(|(old, new)| has_no_cast(&without_modifier(&old), &without_modifier(&new)));
        let replaced = inside.iter().any(|id| world.is_replaced(id));
        let of_type = attribute_type(to, name).filter(|_| another || replaced);
        let by_text = of_type.map(|printed| format!("::text::{printed}")).unwrap_or_default();
        Some(if had.contains(name) { format!("({column}).{}{by_text}", name::ident(name)) } else { "NULL".to_owned() })
    };
    let values: Vec<String> = attribute_names(to).iter().map(value).collect::<Option<_>>()?;
    // A row of which one value is NULL is not `IS NOT NULL`.
    Some(format!("CASE WHEN {column} IS DISTINCT FROM NULL THEN ROW({})::{printed} END", values.join(", ")))
}

/// Values of a domain, or of an array of one, by the types that it is made of, where only a cast takes one to the other.
fn by_base(column: &str, old: &str, new: &str, to: &str) -> Option<String> {
    let (plain_old, plain_new) = (without_modifier(old), without_modifier(new));
    let only_cast = match (plain_old.strip_suffix("[]"), plain_new.strip_suffix("[]")) {
        (None, None) => has_only_cast(&plain_old, &plain_new),
        (Some(a), Some(b)) => has_only_cast(a, b),
        _ => false,
    };
    only_cast.then(|| format!("{column}::{old}::{new}::{to}"))
}

/// The same where one is an array of the other.
fn by_text_inside(column: &str, old: &str, new: &str, to: &str) -> String {
    match (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        // An assignment says what is too long, a cast cuts it off.
        (None, None) if family(&without_modifier(new)) == Family::Text => format!("{column}::text"),
        (None, Some(inside)) => {
            format!("CASE WHEN {column} IS NOT NULL THEN ARRAY[{}]::{to} END", by_text(column, inside))
        }
        (Some(_), None) if family(&without_modifier(new)) != Family::Text => by_text(&format!("{column}[1]"), to),
        _ => by_text(column, to),
    }
}

fn by_text(column: &str, to: &str) -> String {
    format!("{column}::text::{to}")
}

fn using(column: &str, old: &str, new: &str, to: &str) -> Option<String> {
    let (plain_old, plain_new) = (without_modifier(old), without_modifier(new));
    match (plain_old.strip_suffix("[]"), plain_new.strip_suffix("[]")) {
        (Some(a), Some(b)) if assigns(a, b) => return None,
        // PostgreSQL has no function from JSON to an array; a record with an array of text in it becomes one, and this one has.
        (None, Some(_)) if family(&plain_old) == Family::Json => {
            let record = format!("jsonb_build_object('reloptions', {column})");
            return Some(format!("(jsonb_populate_record(NULL::pg_class, {record})).reloptions::{to}"));
        }
        (Some(_), None) if family(&plain_new) == Family::Json => return Some(format!("to_json({column})::{to}")),
        (Some(_), None) if family(&plain_new) == Family::Text => return None,
        // An assignment says what is too long, a cast cuts it off.
        (None, Some(b)) if family(b) == Family::Text => {
            return Some(format!("CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}::text] END"));
        }
        (None, Some(b)) if assigns(&plain_old, b) => {
            return Some(format!("CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{to} END"));
        }
        (Some(a), None) if assigns(a, &plain_new) => return Some(format!("{column}[1]")),
        (None, None) if assigns(&plain_old, &plain_new) => return None,
        (None, None) if casts(&plain_old, &plain_new) => return Some(format!("{column}::{to}")),
        (None, None)
            if family(&plain_old) == Family::Json && !matches!(family(&plain_new), Family::Json | Family::Text) =>
        {
            return Some(format!("({column} #>> '{{}}')::{to}"));
        }
        (None, None) if plain_old == "boolean" && family(&plain_new) == Family::Number => {
            return Some(format!("{column}::integer::{to}"));
        }
        (None, None) if plain_new == "boolean" && family(&plain_old) == Family::Number => {
            return Some(format!("{column} <> 0"));
        }
        (None, None) if family(&plain_old) == Family::Number && plain_new.starts_with("timestamp") => {
            let stamp = format!("to_timestamp({column}::double precision)");
            return Some(if plain_new.ends_with("with time zone") {
                stamp
            } else {
                format!("{stamp} AT TIME ZONE 'UTC'")
            });
        }
        (None, None) if family(&plain_new) == Family::Number && plain_old.starts_with("timestamp") => {
            return Some(format!("extract(epoch FROM {column})::{to}"));
        }
        // keys that become another sort of key stay keys, and what references them goes on doing so
        (None, None) if is_whole(&plain_old) && plain_new == "uuid" => {
            let number = if plain_old == "smallint" { format!("{column}::integer") } else { column.to_owned() };
            return Some(format!("lpad(to_hex({number}), 32, '0')::{to}"));
        }
        (None, None) if plain_old == "uuid" && is_whole(&plain_new) => {
            let (digits, whole) = if plain_new == "bigint" { (16, "bigint") } else { (8, "integer") };
            let bits = digits * 4;
            let number = format!("('x' || right(replace({column}::text, '-', ''), {digits}))::bit({bits})::{whole}");
            return Some(if to == whole { number } else { format!("{number}::{to}") });
        }
        (None, None) if plain_old == "bytea" && plain_new == "uuid" => {
            return Some(format!("encode({column}, 'hex')::{to}"));
        }
        (None, None) if plain_old == "uuid" && plain_new == "bytea" => {
            return Some(format!("decode(replace({column}::text, '-', ''), 'hex')::{to}"));
        }
        (None, None) if plain_new == "jsonb" || plain_new == "json" => {
            let text = family(&plain_old) == Family::Text;
            return Some(if text { format!("{column}::{to}") } else { format!("to_json({column})::{to}") });
        }
        _ => {}
    }
    Some(by_text(column, to))
}

/// A domain's base type, as far down as it goes.
fn base_type(printed: &str, side: &Side<'_>) -> String {
    let mut at = printed.to_owned();
    for _ in 0..16 {
        let (plain, array) = at.strip_suffix("[]").map_or((at.as_str(), ""), |plain| (plain, "[]"));
        match side.find(Kind::Domain, plain).and_then(|domain| domain.text("type")) {
            Some(base) => at = format!("{base}{array}"),
            None => break,
        }
    }
    at
}
