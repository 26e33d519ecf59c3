//! A table in a publication (`pub.public.orders`): the columns, sorted, where not all are published, and the row filter.

use super::{Attribute, Kind, Spec, expression, hashed};
use crate::schema::ddl::{Alter, Ddl, Side, Texts, name};
use crate::schema::{Fact, FactId, qualified};

const ATTRIBUTES: &[Attribute] = &[hashed("columns"), expression("where")];

pub(super) const SPEC: Spec = Spec { word: "publication_table", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 82,
    mentionable: false,
    texts: |fact| Texts { names: fact.text("where").into_iter().collect(), columns: Vec::new() },
    parent: |fact, _| Some(FactId::new(Kind::Publication, qualified(&[&publication(fact)]))),
    uses,
    create: |fact, _| {
        let columns = fact.list("columns");
        let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        let filter = fact.text("where").map(|text| format!(" WHERE ({text})")).unwrap_or_default();
        vec![format!("ALTER PUBLICATION {} ADD TABLE ONLY {}{columns}{filter}", name::ident(&publication(fact)), table(fact)).into()]
    },
    drop: |fact, _| vec![format!("ALTER PUBLICATION {} DROP TABLE ONLY {}", name::ident(&publication(fact)), table(fact)).into()],
    alter: |_, _, _| Alter::Recreate,
    ..Ddl::NONE
};

fn publication(fact: &Fact) -> String {
    name::parts(&fact.id.name).0.into_iter().next().unwrap_or_default()
}

fn table(fact: &Fact) -> String {
    name::idents(name::parts(&fact.id.name).0.get(1..).unwrap_or_default())
}

/// The table, and its columns that are published or that the filter may name.
fn uses(fact: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let Some(table) = side.find(Kind::Table, &table(fact)) else { return Vec::new() };
    let filter = fact.text("where").unwrap_or_default();
    let columns = side.children_of(&table.id, Kind::Column).filter(|column| {
        let name = name::last(&column.id.name);
        filter.contains(&name) || fact.list("columns").contains(&name)
    });
    columns.map(|column| column.id.clone()).chain([table.id.clone()]).collect()
}
