//! A publication. Its tables are facts of their own; of its schemas only those in the scope are told.
//!
//! Like everything that lies in no schema it can be left out by a pattern on the ignore list: `publication.NAME`.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::Fact;
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, World, name};

const ATTRIBUTES: &[Attribute] = &[hashed("all_tables"), hashed("operations"), hashed("via_root"), hashed("generated_columns"), hashed("schemas")];

pub(super) const SPEC: Spec = Spec { word: "publication", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 80,
    mentionable: false,
    texts: |fact| Texts::none(fact),
    uses: |fact, side| {
        let schemas = fact.list("schemas").iter().filter_map(|schema| side.find(Kind::Schema, schema));
        schemas.map(|schema| schema.id.clone()).collect()
    },
    create: |fact, _| {
        let what = if fact.flag("all_tables") {
            " FOR ALL TABLES".to_owned()
        } else if fact.list("schemas").is_empty() {
            String::new()
        } else {
            format!(" FOR TABLES IN SCHEMA {}", fact.list("schemas").join(", "))
        };
        let blank = Fact::new(Kind::Publication, fact.id.name.as_str()).with("operations", usual_operations());
        let settings = settings(&blank, fact);
        let with = if settings.is_empty() { String::new() } else { format!(" WITH ({})", settings.join(", ")) };
        vec![format!("CREATE PUBLICATION {}{what}{with}", name::sql_name(&fact.id.name)).into()]
    },
    drop: Ddl::drop_by_address,
    alter,
    ..Ddl::NONE
};

fn alter(from: &Fact, to: &Fact, _: &World<'_>) -> Alter {
    if from.differs(to, "all_tables") {
        return Alter::Recreate;
    }
    let publication = format!("ALTER PUBLICATION {}", name::sql_name(&to.id.name));
    let only = |these: &Fact, those: &Fact| -> Vec<String> {
        these.list("schemas").iter().filter(|schema| !those.list("schemas").contains(schema)).cloned().collect()
    };
    let (gone, new) = (only(from, to), only(to, from));
    let mut statements: Vec<Statement> = Vec::new();
    if !gone.is_empty() {
        statements.push(format!("{publication} DROP TABLES IN SCHEMA {}", gone.join(", ")).into());
    }
    if !new.is_empty() {
        statements.push(format!("{publication} ADD TABLES IN SCHEMA {}", new.join(", ")).into());
    }
    let settings = settings(from, to);
    if !settings.is_empty() {
        statements.push(format!("{publication} SET ({})", settings.join(", ")).into());
    }
    Alter::InPlace(statements)
}

fn usual_operations() -> Vec<String> {
    ["insert", "update", "delete", "truncate"].map(str::to_owned).to_vec()
}

/// The settings that differ, as they are written.
fn settings(from: &Fact, to: &Fact) -> Vec<String> {
    let mut settings = Vec::new();
    if from.differs(to, "operations") {
        settings.push(format!("publish = '{}'", to.list("operations").join(", ")));
    }
    if from.differs(to, "via_root") {
        settings.push(format!("publish_via_partition_root = {}", to.flag("via_root")));
    }
    if from.differs(to, "generated_columns") {
        settings.push(format!("publish_generated_columns = {}", to.text("generated_columns").unwrap_or("none")));
    }
    settings
}
