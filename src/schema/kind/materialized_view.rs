//! A materialized view. Whether it is populated is data, and shown only.

use super::{Attribute, Kind, Spec, expression, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Hazard, Statement, World, name, options, rows_given};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("options"), shown("options_order"), hashed("toast_options"), hashed("access_method"), hashed("persistence"), hashed("columns"), shown("populated"), hashed("extensions")];

pub(super) const SPEC: Spec = Spec { word: "materialized_view", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 62,
    claims: |fact, _| Some(fact.id.name.clone()),
    uses: |fact, side| {
        // What it stores may be whole rows.
        let query = fact.text("definition").unwrap_or_default();
        let columns = side.columns_of(&rows_given(&side.mentioned(query), side));
        let method = fact.text("access_method").map(|method| FactId::new(Kind::AccessMethod, method));
        columns.into_iter().chain(method).chain(super::extension::needed(fact)).collect()
    },
    create,
    drop: |fact, world| {
        let columns = |fact: &Fact| fact.text("definition").and_then(super::view::output_names);
        let lost = match (columns(fact), world.to.model.fact(&fact.id).map(columns)) {
            (Some(before), Some(Some(after))) => before.iter().any(|column| !after.contains(column)),
            (_, after) => after.is_none(),
        };
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id))).costs_if(lost, Hazard::BreaksClients)]
    },
    alter,
    ..Ddl::NONE
};

fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let definition = fact.text("definition").unwrap_or_default().trim().trim_end_matches(';');
    let method = fact.text("access_method").map(|method| format!(" USING {}", name::ident(method))).unwrap_or_default();
    let mut with = options::assignments(fact.list_in_order("options"), "");
    with.extend(options::assignments(fact.list("toast_options"), "toast."));
    let populated = if fact.flag("populated") { "WITH DATA" } else { "WITH NO DATA" };
    let address = world.to.address(&fact.id);
    let sql = format!("CREATE {address}{method}{} AS\n {definition}\n{populated}", options::wrap(&with));
    let mut statements = vec![Statement::new(sql)];
    statements.extend(columns(&[], fact.list("columns"), &format!("ALTER {address}")));
    statements.extend(super::extension::ties(&address, None, fact));
    statements
}

/// What was set on columns: `name: storage e, compression pglz, statistics 5, n_distinct=3`.
fn columns(from: &[String], to: &[String], alter: &str) -> Vec<Statement> {
    let split = |setting: &String| -> Option<(String, Vec<String>)> {
        let (name, rest) = name::leading_name(setting)?;
        let words = rest.trim_start_matches(':').split(',').map(|word| word.trim().to_owned()).collect();
        Some((name, words))
    };
    let of = |settings: &[String]| settings.iter().filter_map(split).collect::<Vec<_>>();
    let (old, new) = (of(from), of(to));
    let mut statements: Vec<Statement> = Vec::new();
    let words = |list: &[(String, Vec<String>)], name: &str| {
        list.iter().find(|(n, _)| n == name).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let mut names: Vec<&String> = old.iter().chain(&new).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    for name in names {
        let column = format!("{alter} ALTER COLUMN {}", name::ident(name));
        let (had, has) = (words(&old, name), words(&new, name));
        for word in has.iter().filter(|word| !had.contains(word)) {
            statements.push(format!("{column} {}", setting(word)).into());
        }
        for word in had.iter().filter(|word| !has.contains(word)) {
            let key = word.split([' ', '=']).next().unwrap_or_default();
            if !has.iter().any(|other| other.split([' ', '=']).next() == Some(key)) {
                statements.push(format!("{column} {}", reset(word)).into());
            }
        }
    }
    statements
}

fn setting(word: &str) -> String {
    match word.split_once(' ') {
        Some(("storage", letter)) => {
            let storage = match letter {
                "p" => "PLAIN",
                "e" => "EXTERNAL",
                "m" => "MAIN",
                _ => "EXTENDED",
            };
            format!("SET STORAGE {storage}")
        }
        Some(("compression", method)) => format!("SET COMPRESSION {method}"),
        Some(("statistics", number)) => format!("SET STATISTICS {number}"),
        _ => format!("SET ({word})"),
    }
}

fn reset(word: &str) -> String {
    match word.split_once(' ') {
        Some(("compression", _)) => "SET COMPRESSION default".to_owned(),
        Some(("statistics", _)) => "SET STATISTICS -1".to_owned(),
        _ => format!("RESET ({})", word.split('=').next().unwrap_or_default()),
    }
}

/// Whether a column goes back to the storage of its type, which nobody here knows (`SET STORAGE DEFAULT` is younger than 15).
fn resets_storage(from: &Fact, to: &Fact) -> bool {
    let stored = |fact: &Fact| -> Vec<String> {
        let settings = fact.list("columns").iter().filter(|setting| setting.contains("storage "));
        settings.filter_map(|setting| Some(name::leading_name(setting)?.0)).collect()
    };
    let after = stored(to);
    stored(from).iter().any(|column| !after.contains(column))
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    if from.differs(to, "definition") || from.differs(to, "persistence") || resets_storage(from, to) {
        return Alter::Recreate;
    }
    let alter = format!("ALTER {}", world.to.address(&to.id));
    let mut statements = Vec::new();
    if from.differs(to, "access_method") {
        let method = name::ident(to.text("access_method").unwrap_or("heap"));
        statements.push(Statement::new(format!("{alter} SET ACCESS METHOD {method}")).costs(Hazard::Rewrite));
    }
    statements.extend(options::changes(&alter, from.list_in_order("options"), to.list_in_order("options")));
    statements.extend(options::prefixed_changes(&alter, from.list("toast_options"), to.list("toast_options"), "toast."));
    statements.extend(columns(from.list("columns"), to.list("columns"), &alter));
    statements.extend(super::extension::ties(&world.to.address(&to.id), Some(from), to));
    Alter::InPlace(statements)
}
