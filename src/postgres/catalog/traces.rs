//! The questions of the incremental reading: where a transaction's traces in the catalogs lead to.

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
];

/// Catalogs that print into facts without being facts; an updated row in one of them: read everything. Language, operator
/// class, operator, collation, text search configuration and dictionary.
pub(super) const PRINTED: &[u32] = &[2612, 2616, 2617, 3456, 3602, 3600];

/// Catalogs that hold only what is not supported: policies, event triggers, casts, statistics objects, ….
pub(super) const NAMED: &[u32] =
    &[3256, 3466, 2753, 2605, 2607, 3601, 3764, 3381, 1417, 2328, 1418, 6104, 6100, 826, 2601, 3576, 3118, 3541];

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
                            AND o.refclassid = 1259 AND o.deptype = 'i'
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
         UNION ALL SELECT t.tgrelid FROM addresses a JOIN pg_trigger t ON t.oid = a.oid WHERE a.class = 2620",
    );
    format!(
        "WITH RECURSIVE addresses(class, oid) AS ({addresses})
         ({relations})
         UNION SELECT 1247::oid, t.oid, 'T' FROM addresses a JOIN pg_type t ON t.oid = a.oid AND t.typtype IN ('e', 'd')
                WHERE a.class = 1247
         UNION SELECT 1247::oid, t.oid, 'T' FROM addresses a JOIN pg_type t ON t.oid = a.oid AND t.typtype = 'c'
                 JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE a.class = 1247
         UNION SELECT 1247::oid, k.contypid, 'T' FROM addresses a JOIN pg_constraint k ON k.oid = a.oid AND k.contypid <> 0
                WHERE a.class = 2606
         UNION SELECT 1255::oid, a.oid, 'F' FROM addresses a WHERE a.class = 1255
         UNION SELECT 2615::oid, a.oid, 'N' FROM addresses a WHERE a.class = 2615
         UNION SELECT 3079::oid, a.oid, 'E' FROM addresses a WHERE a.class = 3079"
    )
}

/// The roots to which the new rows of a catalog lead.
pub(super) fn changed_sql(catalog: u32) -> Option<String> {
    let relations = |column: &str, table: &str| {
        relation_roots(&format!("SELECT DISTINCT {column} FROM {table} x WHERE age(x.xmin) {NEW}"))
    };
    let addresses = |class: &str, column: &str, table: &str, more: &str| {
        let new =
            |column| format!("ARRAY(SELECT {column} FROM {table} x WHERE age(x.xmin) {NEW} {more} ORDER BY x.ctid)");
        address_roots(&format!("SELECT DISTINCT * FROM unnest({}, {})", new(class), new(column)))
    };
    Some(match catalog {
        oid::CLASS => relations("x.oid", "pg_class"),
        oid::ATTRIBUTE => relations("x.attrelid", "pg_attribute"),
        oid::ATTRDEF => relations("x.adrelid", "pg_attrdef"),
        oid::INDEX => relations("x.indrelid", "pg_index"),
        oid::INHERITS => relations("x.inhrelid", "pg_inherits"),
        oid::SEQUENCE => relations("x.seqrelid", "pg_sequence"),
        oid::TRIGGER => relations("x.tgrelid", "pg_trigger"),
        oid::REWRITE => relations("x.ev_class", "pg_rewrite"),
        oid::PARTITIONED => relations("x.partrelid", "pg_partitioned_table"),
        oid::CONSTRAINT => addresses("2606::oid", "x.oid", "pg_constraint", ""),
        oid::TYPE => addresses("1247::oid", "x.oid", "pg_type", ""),
        oid::ENUM => addresses("1247::oid", "x.enumtypid", "pg_enum", ""),
        oid::PROC => addresses("1255::oid", "x.oid", "pg_proc", ""),
        oid::NAMESPACE => addresses("2615::oid", "x.oid", "pg_namespace", ""),
        oid::EXTENSION => addresses("3079::oid", "x.oid", "pg_extension", ""),
        oid::DESCRIPTION => addresses("x.classoid", "x.objoid", "pg_description", ""),
        oid::DEPEND => address_roots(&format!(
            "SELECT DISTINCT x.classid, x.objid FROM pg_depend x
              WHERE x.refclassid = 3079 AND x.deptype = 'e' AND age(x.xmin) {NEW}
             UNION SELECT x.classid, x.objid FROM pg_depend x
              WHERE x.classid = 1259 AND x.objid = ANY (ARRAY(SELECT s.seqrelid FROM pg_sequence s)) AND x.refclassid = 1259
                AND x.refobjsubid > 0 AND x.deptype IN ('a', 'i') AND age(x.xmin) {NEW}"
        )),
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
        // Sequences that were owned and are no more.
        oid::DEPEND => {
            "SELECT o FROM unnest($1::oid[]) o WHERE NOT EXISTS (SELECT FROM pg_depend c WHERE c.classid = 1259
            AND c.objid = o AND c.refclassid = 1259 AND c.refobjsubid > 0 AND c.deptype IN ('a', 'i'))"
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
