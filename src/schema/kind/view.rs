//! A view.

use super::{Attribute, Kind, Spec, expression, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Hazard, Statement, Stub, Texts, World, name, options};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[expression("definition"), hashed("options"), shown("options_order"), shown("columns")];

pub(super) const SPEC: Spec = Spec { word: "view", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 60,
    claims: |fact, _| Some(fact.id.name.clone()),
    texts: |fact| {
        let texts: Vec<&str> = fact.text("definition").into_iter().collect();
        Texts { names: texts.clone(), columns: texts }
    },
    stub: Some(Stub { put: stub, complete: |fact| create(fact, true), texts: |fact| fact.list("columns") }),
    create: |fact, world| {
        // One that reads itself was replaced by itself.
        let reads_itself = world.to.mentioned(fact.text("definition").unwrap_or_default()).contains(&fact.id);
        match stub(fact).filter(|_| reads_itself) {
            Some(stub) => vec![stub, create(fact, true)],
            None => vec![create(fact, false)],
        }
    },
    drop: |fact, world| {
        // A column that is called otherwise is gone for whoever reads it.
        let names = |fact: &Fact| -> Vec<String> {
            fact.list("columns").iter().filter_map(|column| Some(name::leading_name(column)?.0)).collect()
        };
        let after = world.to.model.fact(&fact.id).map(names);
        let gone = after.is_none_or(|after| names(fact).iter().any(|column| !after.contains(column)));
        let drop = Statement::new(format!("DROP {}", world.from.address(&fact.id)));
        vec![drop.costs_if(gone, Hazard::BreaksClients)]
    },
    alter,
    ..Ddl::NONE
};

fn create(fact: &Fact, replace: bool) -> Statement {
    let or_replace = if replace { "OR REPLACE " } else { "" };
    let definition = fact.text("definition").unwrap_or_default().trim().trim_end_matches(';');
    let with = options::with_clause(fact.list_in_order("options"));
    let name = name::sql_name(&fact.id.name);
    Statement::new(format!("CREATE {or_replace}VIEW {name}{with} AS\n {definition}"))
}

/// A view of the same columns that reads nothing.
fn stub(fact: &Fact) -> Option<Statement> {
    let columns = fact.list("columns").iter().map(|text| {
        let (column, kind) = name::leading_name(text)?;
        Some(format!("NULL::{kind} AS {}", name::ident(&column)))
    });
    let columns: Vec<String> = columns.collect::<Option<_>>()?;
    let name = name::sql_name(&fact.id.name);
    let stub = Statement::new(format!("CREATE OR REPLACE VIEW {name} AS\n SELECT {}", columns.join(", ")));
    (!columns.is_empty()).then(|| stub.note("stands in for the view while what it calls is not there"))
}

/// Columns can be appended, and what stands behind them can change; anything else makes another row type.
fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    if !from.differs(to, "definition") {
        let view = format!("ALTER {}", world.to.address(&to.id));
        return Alter::InPlace(options::changes(&view, from.list_in_order("options"), to.list_in_order("options")));
    }
    let (Some(before), Some(after)) = (from.text("definition"), to.text("definition")) else { return Alter::Recreate };
    let (old, new) = (Shape::of(before), Shape::of(after));
    let same_sources = old.from == new.from && !old.columns.is_empty() && !old.columns.iter().any(|c| c.contains('*'));
    let kept = mentions_stay(&to.id, world);
    if same_sources && kept && new.columns.starts_with(&old.columns) {
        Alter::InPlace(vec![create(to, true)])
    } else {
        Alter::Recreate
    }
}

/// Whether everything that the view read is read unchanged: then columns with the same words have the same types.
fn mentions_stay(id: &FactId, world: &World<'_>) -> bool {
    use crate::schema::ddl::Fate;
    world.from.uses(id).iter().all(|used| {
        let fate = world.fate(used);
        fate == Fate::Kept || used.kind == Kind::Column && !world.to.uses(id).contains(used) && fate == Fate::Dropped
    })
}

/// The names of what a query gives, as far as its text says them.
pub(super) fn output_names(definition: &str) -> Option<Vec<String>> {
    let body = definition.trim().strip_prefix("SELECT ")?;
    let body = body.trim_start().strip_prefix("DISTINCT ").unwrap_or(body);
    let items = &body[..name::top_level_word(body, "FROM").unwrap_or(body.len())];
    let name = |item: &str| -> Option<String> {
        match name::top_level_word(item, "AS") {
            Some(at) => Some(name::leading_name(item[at..].get(2..)?)?.0),
            None => name::parts(item.trim_end_matches(';')).0.pop(),
        }
    };
    name::split_list(items).into_iter().map(name).collect()
}

/// The select list, item by item, and the words of the first FROM clause.
struct Shape<'a> {
    columns: Vec<&'a str>,
    from: Vec<&'a str>,
}

impl<'a> Shape<'a> {
    fn of(definition: &'a str) -> Self {
        let text = definition.trim();
        let body = text.strip_prefix("SELECT ").filter(|body| !body.starts_with("DISTINCT ON"));
        let Some(body) = body else { return Self { columns: Vec::new(), from: Vec::new() } };
        let Some(at) = name::top_level_word(body, "FROM") else { return Self { columns: Vec::new(), from: Vec::new() } };
        let rest = &body[at..];
        let end = ["WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "WINDOW", "FETCH"]
            .iter()
            .filter_map(|word| name::top_level_word(rest, word))
            .min()
            .unwrap_or(rest.len());
        let (from, tail) = rest.split_at(end);
        let set_operation = ["UNION", "INTERSECT", "EXCEPT"].iter().any(|word| name::top_level_word(rest, word).is_some());
        if set_operation || tail.contains(" UNION ") {
            return Self { columns: Vec::new(), from: Vec::new() };
        }
        Self { columns: name::split_list(&body[..at]), from: from.trim_end_matches(';').split_whitespace().collect() }
    }
}
