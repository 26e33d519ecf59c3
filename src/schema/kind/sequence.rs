//! A sequence that is not an identity column's own (that one belongs to its column). Where it stands is data.

use super::{Attribute, Kind, Spec, hashed};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Side, Statement, Texts, World, name};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[hashed("type"), hashed("start"), hashed("increment"), hashed("minimum"), hashed("maximum"), hashed("cache"), hashed("cycle"), hashed("persistence"), hashed("owned_by")];

pub(super) const SPEC: Spec = Spec { word: "sequence", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 20,
    outlives_parent: true,
    claims: |fact, _| Some(fact.id.name.clone()),
    texts: |fact| Texts::none(fact),
    parent: |fact, side| owner(fact, side),
    late: |fact, side| owner(fact, side).into_iter().collect(),
    create: |fact, world| {
        let unlogged = if fact.text("persistence").is_some() { "UNLOGGED " } else { "" };
        let name = name::sql_name(&fact.id.name);
        let create: Statement = format!("CREATE {unlogged}SEQUENCE {name}{}", options(fact)).into();
        beside_a_type(fact, create, world)
    },
    finish: |fact, world| {
        let before = world.from.model.fact(&fact.id).filter(|_| !world.fate(&fact.id).comes());
        let tied_already = before.is_some_and(|before| !before.differs(fact, "owned_by") && !remade_owner(fact, world));
        match fact.text("owned_by") {
            Some(column) if !tied_already => {
                let tie = format!("ALTER SEQUENCE {} OWNED BY {column}", name::sql_name(&fact.id.name));
                Some(tie.into()).into_iter().chain(goes_on_for(fact, world)).collect()
            }
            _ => Vec::new(),
        }
    },
    drop: |fact, world| {
        let gone = world.to.model.fact(&fact.id).is_none();
        vec![Statement::new(format!("DROP {}", world.from.address(&fact.id))).costs_if(gone, Hazard::BreaksClients)]
    },
    alter,
    react: |_, _, _, _| Reaction::Stays,
    ..Ddl::NONE
};

/// A type can be called like a sequence, but only if it comes after it.
fn beside_a_type(fact: &Fact, create: Statement, world: &World<'_>) -> Vec<Statement> {
    let kinds = [(Kind::Enum, "TYPE"), (Kind::Composite, "TYPE"), (Kind::Range, "TYPE"), (Kind::Domain, "DOMAIN")];
    let stays = |id: &FactId| world.both(id).is_some() && !world.fate(id).comes();
    let word = kinds.into_iter().find(|(kind, _)| stays(&FactId::new(*kind, fact.id.name.clone()))).map(|(_, word)| word);
    let Some(word) = word else { return vec![create] };
    let (aside, aside_in_full) = super::domain::aside(fact);
    let there = format!("ALTER {word} {} RENAME TO {aside}", name::sql_name(&fact.id.name));
    let back = format!("ALTER {word} {aside_in_full} RENAME TO {}", name::last(&fact.id.name));
    vec![there.into(), create, back.into()]
}

fn owner(fact: &Fact, side: &Side<'_>) -> Option<FactId> {
    side.find(Kind::Column, fact.text("owned_by")?).map(|column| column.id.clone())
}

fn remade_owner(fact: &Fact, world: &World<'_>) -> bool {
    owner(fact, &world.to).is_some_and(|column| world.fate(&column).comes())
}

/// ` AS integer START WITH 5 …`, what is usual left out.
fn options(fact: &Fact) -> String {
    let descending = fact.int("increment").is_some_and(|step| step < 0);
    let largest = match fact.text("type") {
        Some("smallint") => i64::from(i16::MAX),
        Some("integer") => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    let (low, high) = if descending { (-largest - 1, -1) } else { (1, largest) };
    let start = fact.int(if descending { "maximum" } else { "minimum" }).unwrap_or(1);
    let mut sql = String::new();
    if let Some(kind) = fact.text("type").filter(|kind| *kind != "bigint") {
        sql.push_str(&format!(" AS {kind}"));
    }
    for (attribute, word, usual) in [
        ("increment", "INCREMENT BY", 1),
        ("minimum", "MINVALUE", low),
        ("maximum", "MAXVALUE", high),
        ("start", "START WITH", start),
        ("cache", "CACHE", 1),
    ] {
        if let Some(value) = fact.int(attribute).filter(|value| *value != usual) {
            sql.push_str(&format!(" {word} {value}"));
        }
    }
    if fact.flag("cycle") {
        sql.push_str(" CYCLE");
    }
    sql
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    let name = name::sql_name(&to.id.name);
    let mut statements: Vec<Statement> = Vec::new();
    if from.differs(to, "persistence") {
        let word = to.text("persistence").unwrap_or("logged").to_uppercase();
        statements.push(format!("ALTER SEQUENCE {name} SET {word}").into());
    }
    let left = owner(from, &world.from).is_some_and(|column| world.fate(&column) != Fate::Kept);
    let differs = from.differs(to, "owned_by") && (left || to.text("owned_by").is_none());
    if from.text("owned_by").is_some() && (differs || remade_owner(to, world)) {
        statements.push(format!("ALTER SEQUENCE {name} OWNED BY NONE").into());
    }
    let changed = |attribute: &&str| from.differs(to, attribute);
    if ["type", "start", "increment", "minimum", "maximum", "cache", "cycle"].iter().any(changed) {
        let number = |attribute| to.int(attribute).unwrap_or(1);
        let (low, high) = (number("minimum"), number("maximum"));
        let sql = format!(
            "ALTER SEQUENCE {name} AS {} INCREMENT BY {} MINVALUE {low} MAXVALUE {high} START WITH {} CACHE {} {}",
            to.text("type").unwrap_or("bigint"),
            number("increment"),
            number("start"),
            number("cache"),
            if to.flag("cycle") { "CYCLE" } else { "NO CYCLE" },
        );
        let narrower = from.int("minimum") < to.int("minimum") || from.int("maximum") > to.int("maximum");
        statements.push(if narrower { within_bounds(&name, &sql, low, high).into() } else { sql.into() });
    }
    Alter::InPlace(statements)
}

/// A new sequence of a column with rows in it.
fn goes_on_for(fact: &Fact, world: &World<'_>) -> Option<Statement> {
    let column = owner(fact, &world.to).filter(|_| world.from.model.fact(&fact.id).is_none())?;
    let stays = world.both(&column).is_some_and(|(before, _)| is_whole(before)) && !world.fate(&column).comes();
    let number = |attribute| fact.int(attribute);
    let numbers = Numbers { low: number("minimum")?, high: number("maximum")?, down: number("increment")? < 0 };
    let sequence = name::literal(&name::sql_name(&fact.id.name));
    stays.then(|| goes_on(&sequence, &column, &numbers))
}

fn is_whole(column: &Fact) -> bool {
    matches!(column.text("type"), Some("smallint" | "integer" | "bigint"))
}

/// Which numbers a sequence gives, and which way it counts.
pub(super) struct Numbers {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) down: bool,
}

/// Lets a new sequence go on behind the numbers that the rows of a column have: else the next row would get one of them again.
pub(super) fn goes_on(sequence: &str, column: &FactId, numbers: &Numbers) -> Statement {
    let (table, column) = (name::owner(&column.name), name::last(&column.name));
    let Numbers { low, high, down } = numbers;
    let last = if *down { format!("min({column})") } else { format!("max({column})") };
    format!("SELECT setval({sequence}, {last}) FROM {table} HAVING {last} BETWEEN {low} AND {high}").into()
}

/// Where a sequence stands must lie within its bounds: with narrower ones it may have to move, and only then does.
pub(super) fn within_bounds(name: &str, alter: &str, low: i64, high: i64) -> String {
    let body = format!(
        "DECLARE\n    at bigint;\nBEGIN\n    SELECT last_value INTO at FROM {name};\n    IF at BETWEEN {low} AND {high} THEN\n        \
         {alter};\n    ELSE\n        {alter} RESTART;\n    END IF;\nEND"
    );
    format!("DO {}", name::dollar_quoted(&body, ""))
}
