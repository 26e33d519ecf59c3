//! A table, ordinary, partitioned or foreign, partitions included. Its tablespace is the machine's affair and left out.

mod beside_default;

use super::{Attribute, Kind, Spec, expression, hashed, shown};
use crate::schema::ddl::{Alter, Ddl, Fate, Hazard, Reaction, Shake, Side, Statement, World, bound, name, options};
use crate::schema::{Fact, FactId};

const ATTRIBUTES: &[Attribute] = &[hashed("persistence"), expression("partition_key"), hashed("partition_of"), expression("partition_bound"), hashed("inherits"), hashed("of_type"), hashed("row_security"), hashed("force_row_security"), hashed("access_method"), hashed("options"), shown("options_order"), hashed("toast_options"), hashed("replica_identity"), hashed("foreign_server"), hashed("foreign_options")];

pub(super) const SPEC: Spec = Spec { word: "table", attributes: ATTRIBUTES, ddl: DDL };

const DDL: Ddl = Ddl {
    rank: 30,
    claims: |fact, _| Some(fact.id.name.clone()),
    address: |id, side| {
        let foreign = side.model.fact(id).is_some_and(is_foreign);
        format!("{}TABLE {}", if foreign { "FOREIGN " } else { "" }, name::sql_name(&id.name))
    },
    uses: |fact, _| {
        let server = fact.text("foreign_server").map(|server| FactId::new(Kind::ForeignServer, server));
        let method = fact.text("access_method").map(|method| FactId::new(Kind::AccessMethod, method));
        server.into_iter().chain(method).collect()
    },
    late,
    create,
    finish,
    drop,
    fill,
    discard: |fact, world| {
        let alone = world.from.model.fact(&fact.id).is_some_and(|from| !in_rebuilt_tree(from, world));
        if keeps_rows(fact, world) && alone { vec![drop_old(fact, world)] } else { Vec::new() }
    },
    alter,
    react: |fact, used, shake, world| {
        // What hangs from a table that is made again is made again with it.
        let root = |side: &Side<'_>| {
            let fact = side.model.fact(&fact.id);
            fact.is_some_and(|fact| parents(fact, side).iter().any(|parent| parent.id == *used))
        };
        let server = used.kind == Kind::ForeignServer;
        let key = || fact.text("partition_key").is_some_and(|key| world.from.mentioned(key).contains(used));
        if shake == Shake::Recreated && (server || key() || root(&world.from) && root(&world.to)) {
            return Reaction::Recreated;
        }
        let of_type = fact.text("of_type").and_then(|name| world.from.find(Kind::Composite, name));
        if shake != Shake::Dropped && of_type.is_some_and(|of_type| of_type.id == *used) {
            let fits = world.both(&fact.id).is_none_or(|(from, to)| columns_fall_into_place(from, to, world));
            return if fits { Reaction::Touched } else { Reaction::Recreated };
        }
        let index = fact.text("replica_identity").and_then(|text| text.strip_prefix("index "));
        let is_it = index.is_some_and(|index| name::last(&used.name) == index);
        if is_it && matches!(used.kind, Kind::Index | Kind::Constraint) { Reaction::Touched } else { Reaction::Stays }
    },
    ..Ddl::NONE
};

/// Whether its rows are a foreign server's.
pub(super) fn is_foreign(table: &Fact) -> bool {
    table.text("foreign_server").is_some()
}

/// `ALTER TABLE ONLY t ALTER COLUMN c …`, by the column's name.
pub(super) fn alter_column(column: &str, side: &Side<'_>, what: &str) -> String {
    format!("{} ALTER COLUMN {} {what}", alter_only(column, side), name::last(column))
}

/// `ALTER TABLE ONLY t`, by the name of something that belongs to the table.
pub(super) fn alter_only(child: &str, side: &Side<'_>) -> String {
    let table = name::owner(child);
    let foreign = side.find(Kind::Table, &table).is_some_and(is_foreign);
    format!("ALTER {}TABLE ONLY {table}", if foreign { "FOREIGN " } else { "" })
}

/// `ALTER TABLE t`, its children included.
pub(super) fn alter_all(child: &str, side: &Side<'_>) -> String {
    alter_only(child, side).replacen("TABLE ONLY ", "TABLE ", 1)
}

/// The tables that a table inherits from or is a partition of.
pub(super) fn parents<'a>(fact: &Fact, side: &Side<'a>) -> Vec<&'a Fact> {
    let names = fact.text("partition_of").into_iter().chain(fact.list("inherits").iter().map(String::as_str));
    names.filter_map(|name| side.find(Kind::Table, name)).collect()
}

/// The partitions of a table, theirs included.
pub(super) fn partitions(table: &Fact, side: &Side<'_>) -> Vec<FactId> {
    if table.text("partition_key").is_none() {
        return Vec::new();
    }
    let is_root = |fact: &&Fact| {
        let parent = fact.text("partition_of").and_then(|name| side.find(Kind::Table, name));
        parent.is_some_and(|parent| parent.id == table.id)
    };
    let own: Vec<&Fact> = side.model.facts().filter(|fact| fact.id.kind == Kind::Table).filter(is_root).collect();
    own.iter().flat_map(|fact| partitions(fact, side).into_iter().chain([fact.id.clone()])).collect()
}

/// The tables that inherit from a table or are partitions of it, at any remove.
pub(super) fn below(table: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let users = side.users(&table.id).iter().filter(|id| id.kind == Kind::Table).filter_map(|id| side.model.fact(id));
    let heirs: Vec<&Fact> = users.filter(|heir| parents(heir, side).iter().any(|parent| parent.id == table.id)).collect();
    heirs.iter().flat_map(|heir| below(heir, side).into_iter().chain([heir.id.clone()])).collect()
}

/// The foreign keys that a partition has from its root, and keeps when it leaves.
fn keys_left(partition: &Fact, world: &World<'_>) -> Vec<Statement> {
    let mut roots = Vec::new();
    let mut at = partition;
    while let Some(root) = at.text("partition_of").and_then(|root| world.from.find(Kind::Table, root)) {
        roots.push(root);
        at = root;
    }
    let keys = roots.iter().flat_map(|root| world.from.children_of(&root.id, Kind::Constraint));
    // Its own may have become one of the root's under its own name.
    let own = world.to.children_of(&partition.id, Kind::Constraint).filter(|key| world.from.model.fact(&key.id).is_none());
    let table = name::sql_name(&partition.id.name);
    keys.chain(own)
        .filter(|key| super::constraint::is_foreign_key(key))
        .map(|key| format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {}", name::last(&key.id.name)).into())
        .collect()
}

/// The table of a column, a constraint, an index of the table.
pub(super) fn table_of<'a>(child: &str, side: &Side<'a>) -> Option<&'a Fact> {
    side.find(Kind::Table, &name::owner(child))
}

/// Whether rows are put in their places by this column, in its table or anywhere in that one's tree of partitions: its type cannot
/// be altered then.
pub(super) fn is_key(column: &Fact, side: &Side<'_>) -> bool {
    let Some(table) = table_of(&column.id.name, side) else { return false };
    let above = |table: &Fact| table.text("partition_of").and_then(|name| side.find(Kind::Table, name));
    let mut root = table;
    while let Some(parent) = above(root) {
        root = parent;
    }
    let column = name::last(&column.id.name);
    let mut tables = vec![root];
    while let Some(table) = tables.pop() {
        let Some(key) = table.text("partition_key") else { continue };
        if side.columns_said(key, &table.id).iter().any(|id| name::last(&id.name) == column) {
            return true;
        }
        let users = side.users(&table.id).iter().filter(|id| id.kind == Kind::Table);
        tables.extend(users.filter_map(|id| side.model.fact(id)).filter(|fact| above(fact).is_some_and(|of| of.id == table.id)));
    }
    false
}

/// Whether columns that go and come leave those of a table in the order of TO: a table can only be of a type that has the same.
fn columns_fall_into_place(from: &Fact, to: &Fact, world: &World<'_>) -> bool {
    let names = |table: &Fact, side: &Side<'_>| {
        let mut columns: Vec<&Fact> = side.children_of(&table.id, Kind::Column).collect();
        columns.sort_by_key(|column| column.int("position"));
        columns.into_iter().map(|column| name::last(&column.id.name)).collect::<Vec<_>>()
    };
    let (had, has) = (names(from, &world.from), names(to, &world.to));
    let left = had.iter().filter(|name| has.contains(name));
    left.chain(has.iter().filter(|name| !had.contains(name))).eq(&has)
}

/// Whether the type that a table is of is made again: the table lets go of it meanwhile.
pub(super) fn is_type_remade(name: &str, world: &World<'_>) -> bool {
    world.from.find(Kind::Composite, name).is_some_and(|of_type| world.fate(&of_type.id) == Fate::Recreated)
}

/// Whether what happens to this parent happens to the table too: both stay, tied to each other before and after.
pub(super) fn stays_tied(table: &Fact, parent: &Fact, world: &World<'_>) -> bool {
    let tied = |side: &Side<'_>| {
        let table = side.model.fact(&table.id);
        table.is_some_and(|table| parents(table, side).iter().any(|other| other.id == parent.id))
    };
    let stays = |id: &FactId| !world.fate(id).goes() && !world.fate(id).comes();
    let elsewhere = world.both(&table.id).is_some_and(|(from, to)| from.differs(to, "partition_bound"));
    !elsewhere && stays(&table.id) && stays(&parent.id) && tied(&world.from) && tied(&world.to)
}

/// Whether a table that stays lets go of a parent that stays.
pub(super) fn leaves(table: &Fact, parent: &Fact, world: &World<'_>) -> bool {
    let stays = |id: &FactId| !world.fate(id).goes() && !world.fate(id).comes();
    stays(&table.id) && stays(&parent.id) && !stays_tied(table, parent, world)
}

/// Whether a change of the table itself writes all its rows anew.
pub(in crate::schema) fn is_written_anew(table: &FactId, world: &World<'_>) -> bool {
    let both = world.both(table).filter(|_| table.kind == Kind::Table && world.fate(table).changes());
    both.is_some_and(|(from, to)| from.differs(to, "persistence") || from.differs(to, "access_method"))
}

/// Whether a table is made again for what becomes of others, or of what it has.
pub(in crate::schema) fn is_made_anew(table: &Fact, world: &World<'_>) -> bool {
    let for_its_columns = |(from, to)| super::not_null::needs_table_anew(from, to, world);
    beside_default::gives_rows_by_copy(table, world)
        || super::column::is_to_generate_otherwise(table, world)
        || super::constraint::needs_table_anew(table, world)
        || world.both(&table.id).is_some_and(for_its_columns)
}

/// What must be there before it is attached, or before an index of its own identifies its rows.
fn late(fact: &Fact, side: &Side<'_>) -> Vec<FactId> {
    let mut late: Vec<FactId> = Vec::new();
    if let Some(parent) = fact.text("partition_of").and_then(|name| side.find(Kind::Table, name)) {
        late.push(parent.id.clone());
    }
    if ["partition_of", "of_type"].iter().any(|tie| fact.text(tie).is_some()) || !fact.list("inherits").is_empty() {
        let needed = [Kind::Column, Kind::Constraint, Kind::Index, Kind::NotNull];
        late.extend(side.children(&fact.id).iter().filter(|child| needed.contains(&child.kind)).cloned());
        late.retain(|id| {
            let definition = side.model.fact(id).and_then(|fact| fact.text("definition"));
            id.kind != Kind::Constraint || !definition.is_some_and(|text| text.starts_with("FOREIGN"))
        });
    }
    if !fact.list("toast_options").is_empty() {
        late.extend(side.children(&fact.id).iter().filter(|child| child.kind == Kind::Column).cloned());
    }
    late.extend(identity_index(fact, side));
    late
}

fn identity_index(fact: &Fact, side: &Side<'_>) -> Option<FactId> {
    let index = fact.text("replica_identity")?.strip_prefix("index ")?;
    let named = |child: &&FactId| name::last(&child.name) == index && matches!(child.kind, Kind::Index | Kind::Constraint);
    side.children(&fact.id).iter().find(named).cloned()
}

fn create(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let mut columns: Vec<&Fact> = world.to.children_of(&fact.id, Kind::Column).collect();
    columns.sort_by_key(|column| column.int("position"));
    let written = columns.iter().filter(|column| column.text("inherited") != Some("only"));
    let written = written.map(|column| super::column::definition_in_table(column, world));
    let lines: Vec<String> = written.chain(super::not_null::said_in_table(fact, world)).map(|line| format!("    {line}")).collect();
    let body = if lines.is_empty() { "()".to_owned() } else { format!("(\n{}\n)", lines.join(",\n")) };
    let address = world.to.address(&fact.id);
    let mut sql = match fact.text("persistence") {
        Some("unlogged") => format!("CREATE UNLOGGED {address} {body}"),
        _ => format!("CREATE {address} {body}"),
    };
    let parents: Vec<String> = fact.list("inherits").iter().map(|parent| name::sql_name(parent)).collect();
    if !parents.is_empty() {
        sql.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = fact.text("partition_key") {
        sql.push_str(&format!("\nPARTITION BY {key}"));
    }
    if let Some(method) = fact.text("access_method") {
        sql.push_str(&format!("\nUSING {}", name::ident(method)));
    }
    if let Some(server) = fact.text("foreign_server") {
        sql.push_str(&format!("\nSERVER {server}{}", options::foreign_clause(fact.list("foreign_options"))));
    }
    let mut with = options::assignments(fact.list_in_order("options"), "");
    with.extend(options::assignments(fact.list("toast_options"), "toast."));
    sql.push_str(&options::wrap(&with));
    let mut statements = vec![Statement::new(sql)];
    for column in &columns {
        statements.extend(super::column::after_create(column, world));
    }
    let blank = Fact { id: fact.id.clone(), attributes: Default::default() };
    statements.extend(flags(&blank, fact, world));
    statements
}

/// Row security and the plain replica identities.
fn flags(from: &Fact, to: &Fact, world: &World<'_>) -> Vec<Statement> {
    let table = format!("ALTER {}", world.to.address(&to.id));
    let mut statements = Vec::new();
    if from.differs(to, "row_security") {
        let verb = if to.flag("row_security") { "ENABLE" } else { "DISABLE" };
        statements.push(format!("{table} {verb} ROW LEVEL SECURITY").into());
    }
    if from.differs(to, "force_row_security") {
        let force = if to.flag("force_row_security") { "FORCE" } else { "NO FORCE" };
        statements.push(format!("{table} {force} ROW LEVEL SECURITY").into());
    }
    let identity = to.text("replica_identity");
    if from.differs(to, "replica_identity") && !identity.is_some_and(|text| text.starts_with("index ")) {
        let word = identity.unwrap_or("default").to_uppercase();
        statements.push(format!("{} REPLICA IDENTITY {word}", table.replacen("TABLE ", "TABLE ONLY ", 1)).into());
    }
    statements
}

/// Ties it to its parents, and to the index that identifies its rows.
fn finish(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let before = world.from.model.fact(&fact.id).filter(|_| !world.fate(&fact.id).comes());
    let table = name::sql_name(&fact.id.name);
    let mut statements = Vec::new();
    if let (Some(parent), Some(bound)) = (fact.text("partition_of"), fact.text("partition_bound")) {
        let same = |old: &Fact| !moved(old, fact, world);
        if !before.is_some_and(same) {
            let parent = name::sql_name(parent);
            statements.extend(beside_default::rows_taken(fact, world));
            statements.extend(super::not_null::renamed_to_join(fact, world));
            let attach = Statement::new(format!("ALTER TABLE ONLY {parent} ATTACH PARTITION {table} {bound}"));
            // The rows that are there are looked at.
            statements.push(attach.costs_if(before.is_some(), Hazard::LongLock));
        }
    }
    if let Some(before) = before {
        let mut parents = fact.list("inherits").iter().filter(|parent| !before.list("inherits").contains(parent)).peekable();
        if parents.peek().is_some() {
            statements.extend(super::not_null::renamed_to_inherit(fact, world));
        }
        for parent in parents {
            statements.push(format!("ALTER TABLE {table} INHERIT {}", name::sql_name(parent)).into());
        }
    }
    if let Some(before) = before {
        // Without a column that may be stored there, there is no table for them.
        let alter = format!("ALTER {}", world.to.address(&fact.id));
        let (old, new) = (before.list("toast_options"), fact.list("toast_options"));
        statements.extend(options::prefixed_changes(&alter, old, new, "toast."));
    }
    let tied = |of: &str| before.is_some_and(|before| !before.differs(fact, "of_type")) && !is_type_remade(of, world);
    if let Some(of) = fact.text("of_type").filter(|of| !tied(of)) {
        statements.push(format!("ALTER TABLE {table} OF {of}").into());
    }
    if let Some(index) = fact.text("replica_identity").and_then(|text| text.strip_prefix("index ")) {
        let remade = identity_index(fact, &world.to).is_some_and(|id| world.fate(&id).comes());
        if remade || before.is_none_or(|before| before.differs(fact, "replica_identity")) {
            statements.push(format!("ALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {index}").into());
        }
    }
    statements
}

/// Whether a column shall be nothing but inherited that is not, or is not there, yet, or would be the table's own meanwhile:
/// INHERIT cannot do that.
fn inherits_anew(from: &Fact, to: &Fact, world: &World<'_>) -> bool {
    let kept = |column: &Fact| {
        let of = |side: &Side<'_>, parent: &String| {
            let name = format!("{}.{}", name::sql_name(parent), name::last(&column.id.name));
            side.find(Kind::Column, &name).is_some()
        };
        let mut parents = from.list("inherits").iter().filter(|parent| to.list("inherits").contains(parent));
        parents.any(|parent| of(&world.from, parent) && of(&world.to, parent))
    };
    world.to.children_of(&to.id, Kind::Column).filter(|column| column.text("inherited") == Some("only")).any(|column| {
        world.from.model.fact(&column.id).is_none_or(|before| before.text("inherited") != Some("only") || !kept(column))
    })
}

/// Whether parents that leave and parents that come, behind those that stay, would not leave them in the order of TO.
fn parents_change_places(from: &Fact, to: &Fact) -> bool {
    let stay = || from.list("inherits").iter().filter(|parent| to.list("inherits").contains(parent));
    !to.list("inherits").iter().take(stay().count()).eq(stay())
}

/// Whether the table from which a partition hangs, at any remove, is made again.
fn in_rebuilt_tree(fact: &Fact, world: &World<'_>) -> bool {
    let parent = fact.text("partition_of").and_then(|name| world.from.find(Kind::Table, name));
    parent.is_some_and(|parent| world.is_rebuilt(&parent.id) || in_rebuilt_tree(parent, world))
}

/// Whether its rows are copied from the old table: partitions' rows are copied from the root.
fn keeps_rows(fact: &Fact, world: &World<'_>) -> bool {
    let local = |fact: &Fact| !is_foreign(fact);
    let alone = |from, to: &Fact| !in_rebuilt_tree(from, world) || to.text("partition_of").is_none();
    let both = world.both(&fact.id);
    world.is_rebuilt(&fact.id) && both.is_some_and(|(from, to)| local(from) && local(to) && alone(from, to))
}

/// The partitions whose rows go into tables of their own names, theirs included.
fn with_own_rows(root: &Fact, world: &World<'_>) -> Vec<FactId> {
    let partitions = partitions(root, &world.from);
    let facts = partitions.iter().filter_map(|id| world.from.model.fact(id));
    facts.filter(|fact| keeps_rows(fact, world)).flat_map(|fact| {
        self::partitions(fact, &world.from).into_iter().chain([fact.id.clone()])
    }).collect()
}

fn aside_name(fact: &Fact) -> String {
    name::ident(&name::aside(&name::bare(&fact.id.name)))
}

fn aside(fact: &Fact) -> String {
    format!("{}.{}", name::ident(&name::schema_of(&fact.id.name)), aside_name(fact))
}

/// Drops a table whose rows have been copied, and with it the columns that have not.
fn drop_old(fact: &Fact, world: &World<'_>) -> Statement {
    let is_generated = |column: &Fact| column.text("generated").is_some();
    let columns = world.from.children_of(&fact.id, Kind::Column).filter(|column| !is_generated(column));
    let gone: Vec<String> = columns.filter(|column| world.to.model.fact(&column.id).is_none_or(is_generated)).map(|column| name::last(&column.id.name)).collect();
    let drop = Statement::new(format!("DROP TABLE {}", aside(fact)));
    if gone.is_empty() {
        return drop;
    }
    drop.costs(Hazard::DataLoss).costs(Hazard::BreaksClients).note(format!("with what stood in {}", gone.join(", ")))
}

/// Whether a table of FROM stays under another name until rows have been copied, its root's or its own.
pub(in crate::schema) fn is_aside(id: &FactId, world: &World<'_>) -> bool {
    let Some(fact) = world.from.model.fact(id).filter(|_| id.kind == Kind::Table && world.fate(id).goes()) else { return false };
    keeps_rows(fact, world) || stays_with_root(fact, world)
}

/// Whether its old root takes it along when rows have been copied; a foreign partition has none of its own.
fn stays_with_root(fact: &Fact, world: &World<'_>) -> bool {
    !is_foreign(fact) && in_rebuilt_tree(fact, world)
}

fn drop(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let with_root = stays_with_root(fact, world);
    if keeps_rows(fact, world) || with_root && world.is_rebuilt(&fact.id) {
        return move_aside(fact, world);
    }
    // The old root takes it along when its rows have been copied.
    if with_root {
        let mut statements = strip(fact, world);
        statements.push(format!("ALTER TABLE {} RENAME TO {}", name::sql_name(&fact.id.name), aside_name(fact)).into());
        return statements;
    }
    let drop = Statement::new(format!("DROP {}", world.from.address(&fact.id)));
    let own_rows = fact.text("partition_key").is_none() && !is_foreign(fact);
    vec![drop.costs_if(own_rows, Hazard::DataLoss).costs(Hazard::BreaksClients)]
}

/// Gives up its name and what it has beside its columns.
fn move_aside(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if let Some(root) = fact.text("partition_of").filter(|_| !in_rebuilt_tree(fact, world)) {
        let (root, own) = (name::sql_name(root), name::sql_name(&fact.id.name));
        statements.push(format!("ALTER TABLE {root} DETACH PARTITION {own}").into());
    }
    for parent in fact.list("inherits") {
        let own = name::sql_name(&fact.id.name);
        statements.push(format!("ALTER TABLE {own} NO INHERIT {}", name::sql_name(parent)).into());
    }
    if fact.text("of_type").is_some() {
        statements.push(format!("ALTER TABLE {} NOT OF", name::sql_name(&fact.id.name)).into());
    }
    statements.extend(strip(fact, world));
    for column in world.from.children_of(&fact.id, Kind::Column).filter(|column| column.text("identity").is_some()) {
        // 17 knows a partitioned table's identity for its partitions', too
        let table = alter_all(&column.id.name, &world.from);
        statements.push(format!("{table} ALTER COLUMN {} DROP IDENTITY", name::last(&column.id.name)).into());
    }
    // 18 names NOT NULLs, and makes another name where the one that it would make is there still.
    let named_again = |id: &FactId| world.to.model.fact(id).is_some_and(|fact| super::column::gets_own_not_null(fact, &world.to));
    let not_null = |column: &&Fact| column.flag("not_null") && named_again(&column.id);
    for column in world.from.children_of(&fact.id, Kind::Column).filter(not_null) {
        statements.push(alter_column(&column.id.name, &world.from, "DROP NOT NULL").into());
    }
    statements.push(format!("ALTER TABLE {} RENAME TO {}", name::sql_name(&fact.id.name), aside_name(fact)).into());
    statements
}

/// What a table that is moved aside until its rows have been copied is rid of at once.
pub(in crate::schema) fn is_stripped(kind: Kind) -> bool {
    matches!(kind, Kind::Default | Kind::Index | Kind::Policy | Kind::Rule | Kind::Trigger)
}

/// Drops what claims names in the schema, and what uses others that may go before the rows have been copied.
fn strip(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let children = || world.from.children(&fact.id).iter().filter_map(|id| world.from.model.fact(id));
    let columns = children().filter(|child| child.id.kind == Kind::Column);
    let defaults = columns.flat_map(|column| world.from.children_of(&column.id, Kind::Default));
    let uses = |child: &&Fact| is_stripped(child.id.kind) && child.id.kind != Kind::Index;
    let named = |child: &&Fact| {
        let ddl = &child.id.kind.spec().ddl;
        let in_schema = name::parts(&child.id.name).0.len() == 2;
        (ddl.claims)(child, &world.from).is_some() || in_schema && ddl.mentionable
    };
    // What a partition has from its root goes with the root's; its copies of triggers went when it was detached.
    let led = |child: &&Fact| {
        child.text("parent").is_some() && (in_rebuilt_tree(fact, world) || child.id.kind == Kind::Trigger)
    };
    let children = || children().filter(|child| !led(child));
    let all = defaults.chain(children().filter(uses)).chain(children().filter(|child| named(child) && !uses(child)));
    let dropped = all.flat_map(|child| (child.id.kind.spec().ddl.drop)(child, world));
    // Policies and rules may have gone before, where what they read goes.
    let if_there = |mut statement: Statement| {
        for word in ["DROP POLICY ", "DROP RULE "] {
            statement.sql = statement.sql.replacen(word, &format!("{word}IF EXISTS "), usize::from(statement.sql.starts_with(word)));
        }
        statement
    };
    let mut statements: Vec<Statement> = dropped.map(if_there).collect();
    // Its sequences go with it, but their names may be wanted before.
    let columns = world.from.children_of(&fact.id, Kind::Column);
    let sequences = columns.flat_map(|column| world.from.children_of(&column.id, Kind::Sequence));
    statements.extend(sequences.filter(|sequence| world.fate(&sequence.id).goes()).map(|sequence| {
        format!("ALTER SEQUENCE {} RENAME TO {}", name::sql_name(&sequence.id.name), aside_name(sequence)).into()
    }));
    statements
}

/// Copies the rows; a column of another type is converted as ALTER COLUMN would.
fn fill(fact: &Fact, world: &World<'_>) -> Vec<Statement> {
    let Some(before) = world.from.model.fact(&fact.id).filter(|_| keeps_rows(fact, world)) else { return Vec::new() };
    let mut columns: Vec<&Fact> = world.to.children_of(&fact.id, Kind::Column).collect();
    columns.sort_by_key(|column| column.int("position"));
    let (mut targets, mut sources, mut carriers) = (Vec::new(), Vec::new(), Vec::new());
    for (target, source, how) in columns.iter().filter_map(|column| super::column::copied(column, world)) {
        targets.push(target);
        sources.push(source);
        carriers.push(how);
    }
    if targets.is_empty() {
        return Vec::new();
    }
    let only = if before.text("partition_key").is_some() { "" } else { "ONLY " };
    // What does not fit any more finds its place from the root.
    let root = fact.text("partition_of").filter(|_| is_replaced_in_root(before, fact) || beside_default::is_copied_for_others(fact, world));
    let root = root.and_then(|root| world.to.find(Kind::Table, root));
    if let Some(root) = root {
        columns = world.to.children_of(&root.id, Kind::Column).collect();
    }
    // Since 17 a partition's column has its root's identity.
    let roots = std::iter::successors(Some(root.unwrap_or(fact)), |table| world.to.root_of(&table.id));
    let mut of_roots = roots.flat_map(|table| world.to.children_of(&table.id, Kind::Column));
    let always = of_roots.any(|column| column.text("identity") == Some("always"));
    let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
    let table = name::sql_name(&root.unwrap_or(fact).id.name);
    let elsewhere = with_own_rows(before, world);
    let elsewhere = elsewhere.iter().filter_map(|id| world.from.model.fact(id)).map(|fact| {
        format!("{}::regclass", name::literal(&aside(fact)))
    });
    let elsewhere: Vec<String> = elsewhere.collect();
    let rest = if elsewhere.is_empty() { String::new() } else { format!("\nWHERE tableoid NOT IN ({})", elsewhere.join(", ")) };
    let sql = format!(
        "INSERT INTO {table} ({}){overriding}\nSELECT {} FROM {only}{}{rest}",
        targets.join(", "),
        sources.join(", "),
        aside(fact)
    );
    let copy = Statement::new(sql).costs(Hazard::Rewrite).costs(Hazard::LongLock);
    let hazards = carriers.iter().flat_map(|how| &how.hazards);
    let copy = vec![hazards.fold(copy, |copy, hazard| copy.costs(*hazard))];
    let mut statements = carriers.iter().fold(copy, |copy, how| how.around(copy));
    for column in columns.iter().filter(|column| root.is_none() && column.text("identity").is_some()) {
        let name = name::last(&column.id.name);
        let column = name::literal(&name::bare(&column.id.name));
        let sequence = format!("pg_get_serial_sequence({}, {column})", name::literal(&table));
        statements.push(format!("SELECT setval({sequence}, max({name})) FROM {table} HAVING max({name}) IS NOT NULL").into());
    }
    statements
}

/// Whether rows of a partition may have to go to others of its root, for its bound will not hold them all.
fn is_replaced_in_root(from: &Fact, to: &Fact) -> bool {
    let bound = |fact: &Fact| fact.text("partition_bound").map(str::to_owned);
    let same_root = from.text("partition_of").is_some() && !from.differs(to, "partition_of");
    same_root && bound(from).zip(bound(to)).is_some_and(|(old, new)| !bound::covers(&new, &old))
}

/// Whether a partition goes to another parent or another place in it.
pub(super) fn moved(from: &Fact, to: &Fact, world: &World<'_>) -> bool {
    let parent = to.text("partition_of").and_then(|name| world.to.find(Kind::Table, name));
    from.differs(to, "partition_of")
        || from.differs(to, "partition_bound")
        || parent.is_some_and(|parent| world.fate(&parent.id) == Fate::Recreated)
}

fn alter(from: &Fact, to: &Fact, world: &World<'_>) -> Alter {
    if ["partition_key", "foreign_server"].iter().any(|attribute| from.differs(to, attribute)) {
        return Alter::Recreate;
    }
    let of_another = to.text("of_type").is_some() && from.differs(to, "of_type");
    if of_another && !columns_fall_into_place(from, to, world)
        || from.differs(to, "inherits") && (inherits_anew(from, to, world) || parents_change_places(from, to))
        || is_replaced_in_root(from, to)
    {
        return Alter::Recreate;
    }
    let table = format!("ALTER {}", world.to.address(&to.id));
    let mut statements: Vec<Statement> = Vec::new();
    if let Some(parent) = from.text("partition_of").filter(|_| moved(from, to, world)) {
        let (parent, own) = (name::sql_name(parent), name::sql_name(&to.id.name));
        statements.push(format!("ALTER TABLE {parent} DETACH PARTITION {own}").into());
        if from.differs(to, "partition_of") {
            statements.extend(keys_left(from, world));
        }
    }
    for parent in from.list("inherits").iter().filter(|parent| !to.list("inherits").contains(parent)) {
        statements.push(format!("{table} NO INHERIT {}", name::sql_name(parent)).into());
    }
    if !statements.is_empty() {
        statements.extend(super::not_null::renamed_apart(from, world));
    }
    if from.text("of_type").is_some_and(|of| from.differs(to, "of_type") || is_type_remade(of, world)) {
        statements.push(format!("{table} NOT OF").into());
    }
    if from.differs(to, "persistence") {
        let word = to.text("persistence").unwrap_or("logged").to_uppercase();
        statements.push(Statement::new(format!("{table} SET {word}")).costs(Hazard::Rewrite).costs(Hazard::LongLock));
    }
    if from.differs(to, "access_method") {
        let method = name::ident(to.text("access_method").unwrap_or("heap"));
        statements.push(Statement::new(format!("{table} SET ACCESS METHOD {method}")).costs(Hazard::Rewrite).costs(Hazard::LongLock));
    }
    statements.extend(options::changes(&table, from.list_in_order("options"), to.list_in_order("options")));
    statements.extend(options::foreign_changes(&table, from.list("foreign_options"), to.list("foreign_options")));
    statements.extend(flags(from, to, world));
    Alter::InPlace(statements)
}
