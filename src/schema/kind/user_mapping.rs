//! A user mapping (`server.role`). Options that look like secrets are named, without their values, and not hashed.
//!
//! What could go wrong: PostgreSQL hides the options from those whom they are not for; where that happens the fact has none,
//! and the model names the mapping among what is not supported.

use super::{Attribute, Kind, Spec, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Statement, Texts, name, options};
use crate::schema::{FactId, qualified};

const ATTRIBUTES: &[Attribute] = &[hashed("options"), shown("secrets")];

pub(super) const SPEC: Spec = Spec { word: "user_mapping", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 26,
    mentionable: false,
    // `public` means everybody, quoted or not.
    address: |id, _| format!("USER MAPPING FOR {} SERVER {}", name::last(&id.name), name::owner(&id.name)),
    texts: |fact| Texts::none(fact),
    // Not its child: DROP SERVER does not take the mappings along.
    uses: |fact, _| {
        let (parts, _) = name::parts(&fact.id.name);
        parts.first().map(|server| FactId::new(Kind::ForeignServer, qualified(&[server]))).into_iter().collect()
    },
    create: |fact, world| {
        let options = options::foreign_clause(fact.list("options"));
        let sql = format!("CREATE {}{options}", world.to.address(&fact.id));
        vec![super::foreign_server::without_secrets(Statement::new(sql), fact)]
    },
    drop: Ddl::drop_by_address,
    alter: |from, to, world| {
        let mapping = format!("ALTER {}", world.to.address(&to.id));
        Alter::InPlace(options::foreign_changes(&mapping, from.list("options"), to.list("options")))
    },
    ..Ddl::NONE
};
