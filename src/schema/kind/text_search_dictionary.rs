//! A text search dictionary: its template and its options, as PostgreSQL keeps them.

use super::{Attribute, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Texts, name};

const ATTRIBUTES: &[Attribute] = &[
    hashed("template"),
    hashed("options"),
];

pub(super) const SPEC: Spec = Spec { word: "text_search_dictionary", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 28,
    texts: |fact| Texts { names: ["template", "options"].iter().filter_map(|attribute| fact.text(attribute)).collect(), columns: Vec::new() },
    create: |fact, _| {
        let template = format!("TEMPLATE = {}", fact.text("template").unwrap_or_default());
        let parts: Vec<&str> = [template.as_str()].into_iter().chain(options(fact)).collect();
        vec![format!("CREATE TEXT SEARCH DICTIONARY {} ({})", name::sql_name(&fact.id.name), parts.join(", ")).into()]
    },
    drop: |fact, world| Ddl::drop_what_clients_use(fact, world),
    alter: |from, to, world| {
        if from.differs(to, "template") {
            return Alter::Recreate;
        }
        let word = |option: &str| option.split(' ').next().unwrap_or_default().to_owned();
        let new = options(to);
        let gone = options(from).into_iter().map(word).filter(|old| !new.iter().any(|option| word(option) == *old));
        let parts: Vec<String> = gone.chain(new.iter().map(|option| (*option).to_owned())).collect();
        Alter::InPlace(vec![format!("ALTER {} ({})", world.to.address(&to.id), parts.join(", ")).into()])
    },
    ..Ddl::NONE
};

fn options(fact: &Fact) -> Vec<&str> {
    fact.text("options").map(name::split_list).unwrap_or_default()
}
