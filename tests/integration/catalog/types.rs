//! Kinds that few schemas have, owners and grants.

use super::*;

fn switched_on() -> Scope {
    Scope { owners: true, grants: true, ..everywhere() }
}

/// With owners and grants read; the incremental reading is checked after each.
const WITH_GRANTS: &[&str] = &[
    EVERYTHING,
    "CREATE COLLATION coll (locale = 'C'); COMMENT ON COLLATION coll IS 'c'",
    "COMMENT ON COLLATION coll IS 'd'",
    "COMMENT ON COLLATION coll IS NULL",
    "ALTER COLLATION coll OWNER TO pg_monitor; COMMENT ON COLLATION coll IS 'c'",
    "GRANT SELECT, INSERT ON parent TO pg_monitor; GRANT UPDATE (name) ON parent TO pg_monitor WITH GRANT OPTION",
    "GRANT SELECT (id) ON joined TO pg_monitor",
    "REVOKE INSERT ON parent FROM pg_monitor; REVOKE SELECT (id) ON joined FROM pg_monitor",
    "GRANT ALL ON SEQUENCE counter TO PUBLIC; GRANT USAGE ON SCHEMA other TO pg_monitor",
    "REVOKE EXECUTE ON FUNCTION twice(integer) FROM PUBLIC; GRANT EXECUTE ON PROCEDURE clean TO pg_monitor",
    "GRANT EXECUTE ON FUNCTION twice(integer) TO PUBLIC",
    "REVOKE USAGE ON TYPE mood FROM PUBLIC; GRANT USAGE ON TYPE pair, positive TO pg_monitor",
    "ALTER TABLE parent OWNER TO pg_monitor; ALTER TYPE mood OWNER TO pg_monitor; ALTER FUNCTION twice(integer) OWNER TO pg_monitor",
    "ALTER TABLE parent RENAME TO elders",
    "ALTER TABLE elders RENAME COLUMN name TO title",
    "ALTER TYPE mood RENAME TO feeling",
    "ALTER FUNCTION twice(integer) RENAME TO double",
    "ALTER SCHEMA other OWNER TO pg_monitor; ALTER VIEW joined OWNER TO pg_monitor; ALTER SEQUENCE counter OWNER TO pg_monitor",
    "REVOKE ALL ON elders FROM pg_monitor",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; ALTER DEFAULT PRIVILEGES IN SCHEMA other REVOKE ALL ON SEQUENCES FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO pg_monitor WITH GRANT OPTION; CREATE TABLE other.granted (id serial)",
    "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "CREATE EXTENSION citext; GRANT EXECUTE ON FUNCTION citext_eq(citext, citext) TO pg_monitor",
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN SERVER srv TO pg_monitor",
    "COMMENT ON SERVER srv IS 's'; GRANT USAGE ON FOREIGN DATA WRAPPER w TO pg_monitor; CREATE PUBLICATION pub FOR TABLE elders",
    "ALTER SERVER srv OWNER TO pg_monitor; COMMENT ON PUBLICATION pub IS 'p'; CREATE STATISTICS st ON id, title FROM elders",
    "COMMENT ON SERVER srv IS NULL; ALTER TABLE elders RENAME TO oldest",
    "DROP SCHEMA other CASCADE",
];

#[tokio::test]
async fn incremental_readings_with_owners_and_grants() {
    need_postgres!();
    let mut bench = Bench::new(&switched_on()).await;
    for script in WITH_GRANTS {
        bench.run(script).await;
    }
}

#[tokio::test]
async fn grants_are_what_differs_from_the_default() {
    need_postgres!();
    let setup =
        "CREATE TABLE t (a int, b int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SCHEMA s;
        CREATE TABLE plain (a int); GRANT SELECT ON plain TO pg_monitor; REVOKE SELECT ON plain FROM pg_monitor;
        GRANT ALL ON t TO pg_monitor; REVOKE UPDATE ON t FROM postgres; GRANT SELECT (b), UPDATE (b) ON t TO PUBLIC;
        REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC; GRANT USAGE ON SCHEMA s TO pg_monitor WITH GRANT OPTION;
        ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT, INSERT ON TABLES TO pg_monitor;
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER TABLE plain OWNER TO pg_monitor;";
    let model = model(setup, &switched_on()).await;
    let told = |kind: &str| -> Vec<String> {
        let of_kind =
            model.facts().filter(|fact| fact.id.kind.word() == kind && !fact.id.name.starts_with("schema public"));
        let list =
            |fact: &driftless::schema::Fact, name| fact.attributes.get(name).map(|value| format!(" {name} {value}"));
        of_kind
            .map(|fact| {
                let lists = ["privileges", "grantable", "owner"].map(|name| list(fact, name).unwrap_or_default());
                format!("{}:{}", fact.id.name, lists.concat())
            })
            .collect()
    };
    let grants: Vec<String> =
        told("grant").into_iter().map(|text| text.replace(", MAINTAIN", "").replace(" owner postgres", "")).collect();
    assert_eq!(
        grants,
        [
            "column public.t.b to public: privileges SELECT, UPDATE",
            "function public.f(integer) to public: privileges ",
            "schema s to pg_monitor: privileges USAGE grantable USAGE",
            "table public.t to (owner): privileges DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE",
            "table public.t to pg_monitor: privileges ALL",
        ]
    );
    assert_eq!(
        told("default_privilege"),
        ["functions postgres to public: privileges ", "tables postgres.s to pg_monitor: privileges INSERT, SELECT"]
    );
    assert_eq!(
        told("owner"),
        [
            "function public.f(integer): owner postgres",
            "schema s: owner postgres",
            "table public.plain: owner pg_monitor",
            "table public.t: owner postgres",
        ]
    );
}
