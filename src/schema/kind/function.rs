//! A function, procedure or window function.

use super::{Attribute, Spec, expression, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Hazard, Reaction, Shake, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId, Kind, qualified};

const ATTRIBUTES: &[Attribute] = &[hashed("kind"), expression("arguments"), hashed("result"), hashed("language"), hashed("source"), hashed("library"), expression("body"), hashed("volatility"), hashed("parallel"), hashed("strict"), hashed("security_definer"), hashed("leakproof"), hashed("cost"), hashed("rows"), hashed("support"), hashed("transforms"), hashed("settings"), shown("settings_order"), hashed("extensions")];

pub(super) const SPEC: Spec = Spec { word: "function", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 22,
    address: |id, side| {
        let kind = side.model.fact(id).and_then(|fact| fact.text("kind"));
        let word = if kind == Some("procedure") { "PROCEDURE" } else { "FUNCTION" };
        format!("{word} {}", name::sql_name(&id.name))
    },
    texts: |fact| {
        let names = ["arguments", "result", "body", "support"].iter().filter_map(|attribute| fact.text(attribute));
        let names = names.chain(fact.list("transforms").iter().map(String::as_str)).collect();
        Texts { names, columns: fact.text("body").into_iter().collect() }
    },
    parent: |fact, side| super::range::made_canonical_by(&fact.id, side).map(|range| range.id.clone()),
    with_parent: |_, _| true,
    uses: |fact, side| {
        let body = fact.text("body").unwrap_or_default();
        let given = columns_of_arguments(fact, body, side);
        let language = fact.text("language").map(|language| FactId::new(Kind::Language, qualified(&[language])));
        language.into_iter().chain(super::extension::needed(fact)).chain(given).collect()
    },
    create: |fact, world| {
        let ties = super::extension::ties(&world.to.address(&fact.id), None, fact);
        [create(fact, false)].into_iter().chain(ties).collect()
    },
    drop: |fact, world| {
        if world.makes_room(&fact.id) {
            return vec![format!("ALTER {} RENAME TO {}", world.from.address(&fact.id), aside(fact).0).into()];
        }
        let calls_otherwise = |after: &Fact| ["arguments", "result", "kind"].iter().any(|attribute| fact.differs(after, attribute));
        let gone = world.to.model.fact(&fact.id).is_none_or(calls_otherwise);
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id))).costs_if(gone, Hazard::BreaksClients)]
    },
    discard: |fact, world| {
        let word = if is_procedure(fact) { "PROCEDURE" } else { "FUNCTION" };
        let drop = world.makes_room(&fact.id).then(|| format!("DROP {word} {}", aside_alone(fact, world)));
        drop.into_iter().map(Statement::new).collect()
    },
    alter,
    react: |fact, used, shake, _| {
        // A row type may change below a function; only what its body was compiled against may not.
        let compiled = fact.text("body").is_some();
        match shake {
            Shake::Recreated => Reaction::Recreated,
            Shake::Altered if compiled || used.kind.spec().ddl.is_type => Reaction::Recreated,
            _ => Reaction::Stays,
        }
    },
    ..Ddl::NONE
};

/// The columns that a compiled body reads of rows that it is given.
fn columns_of_arguments(fact: &Fact, body: &str, side: &Side<'_>) -> Vec<FactId> {
    if body.is_empty() {
        return Vec::new();
    }
    let given = side.mentioned(fact.text("arguments").unwrap_or_default()).into_iter().filter(|id| id.kind == Kind::Table);
    given.flat_map(|table| side.columns_said(body, &table)).collect()
}

/// What it is called while another has its name already: alone, and in full with its arguments.
fn aside(fact: &Fact) -> (String, String) {
    let (own, in_full) = super::domain::aside(fact);
    (own, format!("{in_full}({})", name::parts(&fact.id.name).1.unwrap_or_default()))
}

/// Its address while another has its name: without arguments where it is the only one, for their types may be aside, too.
fn aside_alone(fact: &Fact, world: &World<'_>) -> String {
    let (parts, _) = name::parts(&fact.id.name);
    match world.from.called(&name::idents(&parts)).len() {
        1 => super::domain::aside(fact).1,
        _ => aside(fact).1,
    }
}

fn is_procedure(fact: &Fact) -> bool {
    fact.text("kind") == Some("procedure")
}

fn create(fact: &Fact, replace: bool) -> Statement {
    let word = if is_procedure(fact) { "PROCEDURE" } else { "FUNCTION" };
    let or_replace = if replace { "OR REPLACE " } else { "" };
    let (parts, _) = name::parts(&fact.id.name);
    let mut sql =
        format!("CREATE {or_replace}{word} {}({})", name::idents(&parts), fact.text("arguments").unwrap_or_default());
    if let Some(result) = fact.text("result") {
        sql.push_str(&format!("\n    RETURNS {result}"));
    }
    let language = fact.text("language").unwrap_or("sql");
    sql.push_str(&format!("\n    LANGUAGE {}", name::ident(language)));
    sql.push_str(&attributes(fact, language));
    for setting in fact.list_in_order("settings") {
        sql.push_str(&format!("\n    {}", set_clause(setting)));
    }
    match (fact.text("body"), fact.text("library")) {
        (Some(body), _) => sql.push_str(&format!("\n    {body}")),
        (None, Some(library)) => {
            let symbol = fact.text("source").unwrap_or_default();
            sql.push_str(&format!("\n    AS {}, {}", name::literal(library), name::literal(symbol)));
        }
        (None, None) => {
            let quoted = name::dollar_quoted(fact.text("source").unwrap_or_default(), "");
            sql.push_str(&format!("\n    AS {quoted}"));
        }
    }
    Statement::new(sql)
}

fn attributes(fact: &Fact, language: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    if !fact.list("transforms").is_empty() {
        let types: Vec<String> = fact.list("transforms").iter().map(|kind| format!("FOR TYPE {kind}")).collect();
        words.push(format!("TRANSFORM {}", types.join(", ")));
    }
    if fact.text("kind") == Some("window") {
        words.push("WINDOW".to_owned());
    }
    if let Some(volatility) = fact.text("volatility") {
        words.push(volatility.to_uppercase());
    }
    for (flag, word) in [("strict", "STRICT"), ("security_definer", "SECURITY DEFINER"), ("leakproof", "LEAKPROOF")] {
        if fact.flag(flag) {
            words.push(word.to_owned());
        }
    }
    if let Some(parallel) = fact.text("parallel") {
        words.push(format!("PARALLEL {}", parallel.to_uppercase()));
    }
    let usual_cost = if matches!(language, "c" | "internal") { "1" } else { "100" };
    if let Some(cost) = fact.text("cost").filter(|cost| *cost != usual_cost && !is_procedure(fact)) {
        words.push(format!("COST {cost}"));
    }
    if let Some(rows) = fact.text("rows").filter(|rows| *rows != "1000" && *rows != "0") {
        words.push(format!("ROWS {rows}"));
    }
    if let Some(support) = fact.text("support") {
        words.push(format!("SUPPORT {support}"));
    }
    if words.is_empty() { String::new() } else { format!("\n    {}", words.join(" ")) }
}

/// Settings that hold lists of names are kept as one text with commas, and set name by name.
fn set_clause(setting: &str) -> String {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let lists = ["search_path", "datestyle", "temp_tablespaces", "session_preload_libraries", "shared_preload_libraries",
        "local_preload_libraries", "unix_socket_directories"];
    let parameter = name.split('.').map(name::ident).collect::<Vec<_>>().join(".");
    if !lists.contains(&name.to_lowercase().as_str()) {
        return format!("SET {parameter} TO {}", name::literal(value));
    }
    let items = name::split_list(value).into_iter().map(|item| {
        let quoted = item.strip_prefix('"').and_then(|item| item.strip_suffix('"'));
        name::literal(&quoted.map_or(item.to_owned(), |item| item.replace("\"\"", "\"")))
    });
    let items: Vec<String> = items.collect();
    format!("SET {parameter} TO {}", if items.is_empty() { "''".to_owned() } else { items.join(", ") })
}

/// One argument: what must stay, and whether it has a default.
fn argument(text: &str) -> (&str, bool) {
    match name::top_level_word(text, "DEFAULT") {
        Some(at) => (text[..at].trim(), true),
        None => (text, false),
    }
}

/// Whether an argument begins with the word for what it is for.
fn is_mode(argument: &str) -> bool {
    ["IN ", "OUT ", "INOUT ", "VARIADIC "].iter().any(|mode| argument.starts_with(mode))
}

/// A function is replaced where it is as long as its result and its arguments' names and modes stay and no default goes.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    if from.differs(to, "kind") || from.differs(to, "result") {
        return Alter::Recreate;
    }
    let of = |fact: &Fact| fact.text("arguments").unwrap_or_default().to_owned();
    let (old, new) = (of(from), of(to));
    let (old, new) = (name::split_list(&old), name::split_list(&new));
    let fits = old.len() == new.len()
        && old.iter().zip(&new).all(|(old, new)| {
            // A default gives a polymorphic parameter its type, which stays as it is.
            let of_any_type = old.split_whitespace().any(|word| word.starts_with("any")) && old != new;
            let ((old, had), (new, has)) = (argument(old), argument(new));
            // An argument that had no name may get one.
            let named = name::leading_name(new).is_some_and(|(_, of)| of.trim() == old && !is_mode(new));
            (old == new || named) && (has || !had) && !(of_any_type && had)
        });
    if !fits {
        return Alter::Recreate;
    }
    let ties = super::extension::ties(&world.to.address(&to.id), Some(from), to);
    let only_ties = ATTRIBUTES.iter().all(|attribute| attribute.name == "extensions" || !from.differs(to, attribute.name));
    let replace = (!only_ties).then(|| create(to, true));
    Alter::InPlace(replace.into_iter().chain(ties).collect())
}
