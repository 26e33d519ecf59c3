//! Roles belong to the whole server, not to this database: whether a script changed any is measured, because
//! `CREATE ROLE` in a DO block that finds the role there already reaches nowhere.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use crate::script::{Reach, ReachKind};

/// One row a role; one row, without a name, with how often each of the catalogs was written in this session. A password cannot be
/// seen in the first, and is in the second.
pub(in crate::postgres) const SNAPSHOT: &str = "SELECT r.rolname::text, \
    pg_catalog.concat_ws(' ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, \
    CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END, \
    CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END) FROM pg_catalog.pg_roles r \
    UNION ALL SELECT NULL, pg_catalog.concat_ws(' ', \
    pg_catalog.pg_stat_get_xact_tuples_inserted('pg_catalog.pg_authid'::pg_catalog.regclass), \
    pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_authid'::pg_catalog.regclass) \
    + pg_catalog.pg_stat_get_xact_tuples_deleted('pg_catalog.pg_authid'::pg_catalog.regclass), \
    pg_catalog.pg_stat_get_xact_tuples_inserted('pg_catalog.pg_auth_members'::pg_catalog.regclass) \
    + pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_auth_members'::pg_catalog.regclass) \
    + pg_catalog.pg_stat_get_xact_tuples_deleted('pg_catalog.pg_auth_members'::pg_catalog.regclass), \
    pg_catalog.pg_stat_get_xact_tuples_inserted('pg_catalog.pg_db_role_setting'::pg_catalog.regclass) \
    + pg_catalog.pg_stat_get_xact_tuples_updated('pg_catalog.pg_db_role_setting'::pg_catalog.regclass) \
    + pg_catalog.pg_stat_get_xact_tuples_deleted('pg_catalog.pg_db_role_setting'::pg_catalog.regclass))";

/// Whether a reach is about roles, so that it can be measured.
pub(super) fn is_role(reach: &Reach) -> bool {
    reach.kind == ReachKind::Role
}

/// What changed between two snapshots. `harmless`: new roles that can do nothing pass.
pub(in crate::postgres) fn changes(before: &[Row], after: &[Row], harmless: bool) -> Vec<String> {
    compare(&Snapshot::of(before), &Snapshot::of(after), harmless)
}

#[derive(Default)]
struct Snapshot {
    roles: BTreeMap<String, String>,
    writes: Vec<i64>,
}

impl Snapshot {
    fn of(rows: &[Row]) -> Self {
        let mut snapshot = Self::default();
        for row in rows {
            let text: String = row.get(1);
            match row.get::<_, Option<String>>(0) {
                Some(name) => drop(snapshot.roles.insert(name, text)),
                None => snapshot.writes = text.split(' ').filter_map(|count| count.parse().ok()).collect(),
            }
        }
        snapshot
    }
}

fn compare(before: &Snapshot, after: &Snapshot, harmless: bool) -> Vec<String> {
    let written = |index: usize| after.writes.get(index) != before.writes.get(index);
    let new = after.roles.iter().filter(|(name, _)| !before.roles.contains_key(*name));
    let mut changes: Vec<String> = new
        .filter(|(_, can)| !(harmless && can.is_empty()))
        .map(|(name, can)| format!("CREATE ROLE {name} {can}").trim_end().to_owned())
        .collect();
    let named = [(1, "ALTER or DROP ROLE"), (2, "GRANT or REVOKE of a role"), (3, "ALTER ROLE … SET")];
    changes.extend(named.into_iter().filter(|(index, _)| written(*index)).map(|(_, what)| what.to_owned()));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(after: &[(&str, &str)], writes: [i64; 4], harmless: bool, expected: &[&str]) {
        let roles = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let before = Snapshot { roles: roles(&[("app", "LOGIN")]), writes: vec![3, 1, 1, 0] };
        let after = Snapshot { roles: roles(after), writes: writes.to_vec() };
        assert_eq!(compare(&before, &after, harmless), expected);
    }

    #[test]
    fn changes_of_roles() {
        check(&[("app", "LOGIN")], [3, 1, 1, 0], false, &[]);
        check(&[("app", "LOGIN"), ("reader", "")], [4, 1, 1, 0], true, &[]);
        check(&[("app", "LOGIN"), ("reader", "")], [4, 1, 1, 0], false, &["CREATE ROLE reader"]);
        check(&[("app", "LOGIN"), ("root2", "SUPERUSER")], [4, 1, 1, 0], true, &["CREATE ROLE root2 SUPERUSER"]);
        check(&[("app", "LOGIN"), ("r", "")], [4, 1, 2, 0], true, &["GRANT or REVOKE of a role"]);
        check(&[("app", "LOGIN")], [3, 2, 1, 0], true, &["ALTER or DROP ROLE"]);
    }
}
