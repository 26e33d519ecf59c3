//! The questions of the incremental reading: where a transaction's traces in the catalogs lead to.

use super::reader::Catalog;

pub(super) mod oid {
    pub(in super::super) const TYPE: u32 = 1247;
    pub(in super::super) const ATTRIBUTE: u32 = 1249;
    pub(in super::super) const PROC: u32 = 1255;
    pub(in super::super) const CLASS: u32 = 1259;
    pub(in super::super) const ATTRDEF: u32 = 2604;
    pub(in super::super) const CONSTRAINT: u32 = 2606;
    pub(in super::super) const DEPEND: u32 = 2608;
    pub(in super::super) const DESCRIPTION: u32 = 2609;
    pub(in super::super) const INDEX: u32 = 2610;
    pub(in super::super) const INHERITS: u32 = 2611;
    pub(in super::super) const NAMESPACE: u32 = 2615;
    pub(in super::super) const REWRITE: u32 = 2618;
    pub(in super::super) const TRIGGER: u32 = 2620;
    pub(in super::super) const SEQUENCE: u32 = 2224;
    pub(in super::super) const EXTENSION: u32 = 3079;
    pub(in super::super) const PARTITIONED: u32 = 3350;
    pub(in super::super) const ENUM: u32 = 3501;
    pub(in super::super) const POLICY: u32 = 3256;
    pub(in super::super) const STATISTICS: u32 = 3381;
    pub(in super::super) const FOREIGN_TABLE: u32 = 3118;
}

/// Catalogs whose rows can be facts.
pub(super) const WATCHED: &[u32] = &[
    oid::TYPE,
    oid::ATTRIBUTE,
    oid::PROC,
    oid::CLASS,
    oid::ATTRDEF,
    oid::CONSTRAINT,
    oid::DEPEND,
    oid::DESCRIPTION,
    oid::INDEX,
    oid::INHERITS,
    oid::NAMESPACE,
    oid::REWRITE,
    oid::TRIGGER,
    oid::SEQUENCE,
    oid::EXTENSION,
    oid::PARTITIONED,
    oid::ENUM,
    oid::POLICY,
    oid::STATISTICS,
    oid::FOREIGN_TABLE,
];

/// Catalogs that print into facts without being facts; an updated row in one of them: read everything. Roles.
pub(super) const PRINTED: &[u32] = &[1260];

/// Catalogs that hold only what is not supported: security labels, for databases and roles too.
pub(super) const NAMED: &[u32] = &[3596];

/// The catalogs of few rows.
pub(super) fn rare() -> impl Iterator<Item = Catalog> {
    super::READERS.iter().flat_map(|reader| reader.rare.iter().copied())
}

const NEW: &str = "<= (SELECT age(pg_current_xact_id()::xid))";

/// From a set of relations (OIDs) to their roots: an index leads to its table, an identity column's sequence too, the
/// relation of a composite type to the type.
///
/// The arrays here and below are for the planner, which takes a third of all rows for new, and few for an array's.
fn relation_roots(oids: &str) -> String {
    format!(
        "SELECT DISTINCT CASE c.relkind WHEN 'c' THEN 1247::oid ELSE 1259::oid END,
            CASE c.relkind WHEN 'c' THEN c.reltype ELSE coalesce(ic.oid, oc.oid, c.oid) END,
            CASE c.relkind WHEN 'c' THEN 'T' ELSE coalesce(ic.relkind, oc.relkind, c.relkind)::text END
       FROM unnest(ARRAY({oids})) s(oid)
       JOIN pg_class c ON c.oid = s.oid
       LEFT JOIN pg_index i ON c.relkind IN ('i', 'I') AND i.indexrelid = c.oid
       LEFT JOIN pg_class ic ON ic.oid = i.indrelid
       LEFT JOIN pg_depend o ON c.relkind = 'S' AND o.classid = 1259 AND o.objid = c.oid AND o.objsubid = 0
                            AND (o.refclassid = 1259) IS TRUE AND o.deptype = 'i'
       LEFT JOIN pg_class oc ON oc.oid = o.refobjid"
    )
}

/// From a set of addresses (class, OID) to the roots.
pub(super) fn address_roots(addresses: &str) -> String {
    let relations = relation_roots(
        "SELECT a.oid FROM addresses a WHERE a.class = 1259
         UNION ALL SELECT d.adrelid FROM addresses a JOIN pg_attrdef d ON d.oid = a.oid WHERE a.class = 2604
         UNION ALL SELECT k.conrelid FROM addresses a JOIN pg_constraint k ON k.oid = a.oid WHERE a.class = 2606
         UNION ALL SELECT r.ev_class FROM addresses a JOIN pg_rewrite r ON r.oid = a.oid WHERE a.class = 2618
         UNION ALL SELECT t.tgrelid FROM addresses a JOIN pg_trigger t ON t.oid = a.oid WHERE a.class = 2620
         UNION ALL SELECT p.polrelid FROM addresses a JOIN pg_policy p ON p.oid = a.oid WHERE a.class = 3256
         UNION ALL SELECT s.stxrelid FROM addresses a JOIN pg_statistic_ext s ON s.oid = a.oid WHERE a.class = 3381",
    );
    address_roots_by(addresses, &relations)
}

fn address_roots_by(addresses: &str, relations: &str) -> String {
    let rare = rare().map(|catalog| catalog.oid.to_string()).collect::<Vec<_>>().join(",");
    format!(
        "WITH RECURSIVE addresses(class, oid) AS ({addresses})
         ({relations})
         UNION SELECT 1247::oid, t.oid, 'T' FROM addresses a JOIN pg_type t ON t.oid = a.oid AND t.typtype IN ('e', 'd', 'r')
                WHERE a.class = 1247
         UNION SELECT 1247::oid, d.refobjid, 'T' FROM addresses a JOIN pg_type t ON t.oid = a.oid AND t.typtype = 'm'
                 JOIN pg_depend d ON d.classid = 1247 AND d.objid = t.oid AND (d.refclassid = 1247) IS TRUE AND d.deptype = 'i'
                WHERE a.class = 1247
         UNION SELECT 1247::oid, t.oid, 'T' FROM addresses a JOIN pg_type t ON t.oid = a.oid AND t.typtype = 'c'
                 JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE a.class = 1247
         UNION SELECT 1247::oid, k.contypid, 'T' FROM addresses a JOIN pg_constraint k ON k.oid = a.oid AND k.contypid <> 0
                WHERE a.class = 2606
         UNION SELECT 1255::oid, a.oid, 'F' FROM addresses a WHERE a.class = 1255
         UNION SELECT 2615::oid, a.oid, 'N' FROM addresses a WHERE a.class = 2615
         UNION SELECT 3079::oid, a.oid, 'E' FROM addresses a WHERE a.class = 3079
         UNION SELECT a.class, a.oid, 'R' FROM addresses a WHERE a.class = ANY ('{{{rare}}}'::oid[])"
    )
}

/// What the transaction has locked, one word a lock, commas between them, some more than once: the relation's letter and OID, the OID of what it is part of
/// (an index of its table, an identity column's sequence too, a composite type's relation of the type), and whether its row type is as
/// young as the transaction; of an index how many columns it has, and whether it is a new primary key's or a TOAST table's; of an ordinary
/// table a number for all that its fact takes from its row in pg_class, unless an index gives it its replica identity, which has a name of
/// its own.
///
/// The locks of plain reading and writing are left out, but for writing to the catalogs themselves (`hand`): what DDL locks there it
/// unlocks at once, except for comments. An extension is locked when it is given something. The journal, which we lock ourselves, is
/// none of it.
///
/// It is asked for every script, and each catalog that it looks into costs more than all its rows. What the client can tell is
/// therefore left to it, what the lock alone tells comes first (most locks are those of reading), and another catalog is looked into only for
/// what it knows of.
pub(super) const LOCKS: &str = "SELECT array_to_string(ARRAY(SELECT CASE
            WHEN l.locktype = 'object' THEN 'extension'
            WHEN l.relation < 16384 THEN 'hand ' || l.relation
            WHEN c.relkind = 't' THEN 't'
            WHEN c.relkind IN ('i', 'I') THEN (
                SELECT concat_ws(' ', c.relkind::text, c.oid, i.indrelid, 0, c.relnatts,
                       ((i.indisprimary OR c.relnamespace = 99) AND age(i.xmin) <= (SELECT age(pg_current_xact_id()::xid)))::int)
                  FROM pg_index i WHERE i.indexrelid = c.oid)
            ELSE concat_ws(' ', c.relkind::text, c.oid,
                CASE c.relkind WHEN 'c' THEN c.reltype
                     WHEN 'S' THEN coalesce((
                         SELECT o.refobjid FROM pg_depend o WHERE o.classid = 1259 AND o.objid = c.oid AND o.objsubid = 0
                            AND (o.refclassid = 1259) IS TRUE AND o.deptype = 'i'), c.oid)
                     ELSE c.oid END,
                (EXISTS (SELECT FROM pg_type t WHERE t.oid = c.reltype AND age(t.xmin) <= (SELECT age(pg_current_xact_id()::xid))))::int,
                CASE WHEN c.relkind = 'r' AND c.relreplident <> 'i'
                     THEN hashtextextended(concat_ws('/', c.relnamespace, c.relam, c.reloftype, c.relpersistence, c.relreplident,
                          c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relname, coalesce(c.reloptions::text, '')), 0) END) END
       FROM pg_locks l
       LEFT JOIN pg_class c ON c.oid = l.relation AND l.relation >= 16384
      WHERE l.pid = pg_backend_pid() AND l.granted
        AND CASE l.locktype WHEN 'object' THEN l.classid = 3079
            WHEN 'relation' THEN l.database <> 0 AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
                 AND (l.relation < 16384 OR l.mode <> 'RowExclusiveLock') END
        AND (l.locktype = 'object' OR l.relation < 16384
             OR c.oid IS NOT NULL AND c.relnamespace IS DISTINCT FROM to_regnamespace('driftless')::oid)), ',') AS locked";

/// What has new comments: class and OID.
pub(super) fn described_sql() -> String {
    let comments = |which: &str| {
        format!("SELECT x.classoid, x.objoid FROM pg_description x WHERE x.objoid {which} AND age(x.xmin) {NEW}")
    };
    format!("{} UNION {}", comments(">= 16384"), comments("= 2200"))
}

/// The roots to which the new rows of these catalogs lead, but for comments, in one question: `(catalog, whether rows were updated)`.
///
/// One array of class and OID in one number, for the planner's sake.
pub(super) fn changed_sql(catalogs: &[(u32, bool)]) -> Option<String> {
    let branches: Vec<String> =
        catalogs.iter().filter_map(|&(catalog, updated)| changed_rows(catalog, updated)).collect();
    if branches.is_empty() {
        return None;
    }
    let addresses = format!(
        "SELECT (k >> 32)::oid, (k & 4294967295)::oid FROM unnest(ARRAY(SELECT DISTINCT u.k FROM ({}) u(k))) k",
        branches.join(" UNION ALL ")
    );
    // Only extension members and constraints lead to a root by way of another row.
    let direct = |catalog| !matches!(catalog, oid::DEPEND | oid::CONSTRAINT);
    if catalogs.iter().all(|&(catalog, _)| direct(catalog)) {
        return Some(address_roots_by(
            &addresses,
            &relation_roots("SELECT a.oid FROM addresses a WHERE a.class = 1259"),
        ));
    }
    Some(address_roots(&addresses))
}

/// Class and OID of what the new rows of one catalog belong to.
///
/// What initdb made (OIDs below 16384, which are given to nobody else) is no fact; only its being renamed can show in others.
fn changed_rows(catalog: u32, updated: bool) -> Option<String> {
    let rows = |class: &str, column: &str, table: &str, users: &str| {
        let users = if users.is_empty() || updated { String::new() } else { format!("AND x.{users} >= 16384") };
        format!("SELECT ({class}::bigint << 32) | x.{column}::bigint FROM {table} x WHERE age(x.xmin) {NEW} {users}")
    };
    Some(match catalog {
        oid::CLASS => rows("1259", "oid", "pg_class", "oid"),
        oid::ATTRIBUTE => rows("1259", "attrelid", "pg_attribute", "attrelid"),
        oid::ATTRDEF => rows("1259", "adrelid", "pg_attrdef", ""),
        oid::INDEX => rows("1259", "indrelid", "pg_index", "indexrelid"),
        oid::INHERITS => rows("1259", "inhrelid", "pg_inherits", ""),
        oid::SEQUENCE => rows("1259", "seqrelid", "pg_sequence", ""),
        oid::TRIGGER => rows("1259", "tgrelid", "pg_trigger", ""),
        oid::REWRITE => rows("1259", "ev_class", "pg_rewrite", "oid"),
        oid::POLICY => rows("1259", "polrelid", "pg_policy", ""),
        oid::STATISTICS => rows("1259", "stxrelid", "pg_statistic_ext", ""),
        oid::FOREIGN_TABLE => rows("1259", "ftrelid", "pg_foreign_table", ""),
        oid::PARTITIONED => rows("1259", "partrelid", "pg_partitioned_table", ""),
        oid::CONSTRAINT => rows("2606", "oid", "pg_constraint", "oid"),
        oid::TYPE => rows("1247", "oid", "pg_type", "oid"),
        oid::ENUM => rows("1247", "enumtypid", "pg_enum", ""),
        oid::PROC => rows("1255", "oid", "pg_proc", "oid"),
        oid::NAMESPACE => rows("2615", "oid", "pg_namespace", ""),
        oid::EXTENSION => rows("3079", "oid", "pg_extension", ""),
        oid::DEPEND => format!(
            "SELECT (x.classid::bigint << 32) | x.objid::bigint FROM pg_depend x
              WHERE x.refclassid = 3079 AND x.deptype IN ('e', 'x') AND age(x.xmin) {NEW}
             UNION ALL SELECT (x.classid::bigint << 32) | x.objid::bigint FROM pg_depend x
              WHERE x.classid = 1259 AND x.objid = ANY (ARRAY(SELECT s.seqrelid FROM pg_sequence s)) AND (x.refclassid = 1259) IS TRUE
                AND x.refobjsubid > 0 AND x.deptype IN ('a', 'i') AND age(x.xmin) {NEW}"
        ),
        _ => return None,
    })
}

/// Which of the known rows of a catalog are no more; parameter: their OIDs.
pub(super) fn missing_sql(catalog: u32) -> Option<&'static str> {
    Some(match catalog {
        oid::CLASS => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = o)",
        oid::TYPE => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_type c WHERE c.oid = o)",
        oid::PROC => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_proc c WHERE c.oid = o)",
        oid::NAMESPACE => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_namespace c WHERE c.oid = o)"
        }
        oid::EXTENSION => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_extension c WHERE c.oid = o)"
        }
        oid::CONSTRAINT => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.oid = o)"
        }
        oid::TRIGGER => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_trigger c WHERE c.oid = o)",
        oid::REWRITE => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_rewrite c WHERE c.oid = o)",
        oid::POLICY => "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_policy c WHERE c.oid = o)",
        oid::STATISTICS => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_statistic_ext c WHERE c.oid = o)"
        }
        // Sequences that were owned and are no more.
        oid::DEPEND => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_depend c WHERE c.classid = 1259
            AND c.objid = o AND (c.refclassid = 1259) IS TRUE AND c.refobjsubid > 0 AND c.deptype IN ('a', 'i'))"
        }
        _ => return None,
    })
}

pub(super) const MISSING_COMMENTS: &str = "SELECT u.class, u.oid, u.sub FROM unnest($1::oid[], $2::oid[], $3::int[]) u(class, oid, sub)
    WHERE NOT EXISTS (SELECT FROM pg_description d WHERE d.classoid = u.class AND d.objoid = u.oid AND d.objsubid = u.sub)";

/// Views over these relations: a new column of a table can change how they are printed.
pub(super) fn views_sql() -> String {
    address_roots(
        "SELECT d.classid, d.objid FROM unnest($1::oid[]) o JOIN pg_depend d ON d.refclassid = 1259 AND d.refobjid = o
          WHERE d.classid = 2618",
    )
}

/// Everything that depends on these objects, at any remove.
pub(super) fn dependents_sql() -> String {
    address_roots(
        "SELECT * FROM unnest($1::oid[], $2::oid[]) u(class, oid)
         UNION SELECT d.classid, d.objid FROM addresses a JOIN pg_depend d ON d.refclassid = a.class AND d.refobjid = a.oid",
    )
}
