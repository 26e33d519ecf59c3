//! Bounds of partitions as PostgreSQL prints them: whether every row within one is within another, too.
//!
//! What could go wrong: values that only their type could compare are taken for "no", which costs a copy of the rows and nothing
//! else; values that a collation would order otherwise are never compared.

use std::cmp::Ordering;

use super::name::split_list;

/// Whether a partition's rows are sure to fit into its new bound.
pub fn covers(new: &str, old: &str) -> bool {
    if new == old {
        return true;
    }
    match (new.strip_prefix("FOR VALUES IN "), old.strip_prefix("FOR VALUES IN ")) {
        (Some(new), Some(old)) => {
            let new = split_list(inside(new));
            split_list(inside(old)).iter().all(|value| new.contains(value))
        }
        _ => match (range(new), range(old)) {
            (Some((new_low, new_high)), Some((old_low, old_high))) => {
                let at_most = |order: Option<Ordering>| order.is_some_and(Ordering::is_le);
                at_most(compared(&new_low, &old_low)) && at_most(compared(&old_high, &new_high))
            }
            _ => false,
        },
    }
}

/// What is true of the rows that a bound takes, said of a table with this partition key; `None`: it cannot be said simply.
pub fn condition(key: &str, bound: &str) -> Option<String> {
    let (method, columns) = key.split_once(' ')?;
    let columns = split_list(inside_once(columns));
    if columns.iter().any(|column| has_more(column)) {
        return None;
    }
    if let (Some(values), [column], "LIST") = (bound.strip_prefix("FOR VALUES IN "), &columns[..], method) {
        let values = split_list(inside_once(values));
        let (nulls, others): (Vec<&str>, Vec<&str>) = values.into_iter().partition(|value| *value == "NULL");
        let listed = (!others.is_empty()).then(|| format!("{column} IN ({})", others.join(", ")));
        let missing = (!nulls.is_empty()).then(|| format!("{column} IS NULL"));
        return Some(listed.into_iter().chain(missing).collect::<Vec<_>>().join(" OR "));
    }
    let (low, high) = range(bound).filter(|_| method == "RANGE")?;
    let there = columns.iter().map(|column| format!("{column} IS NOT NULL"));
    let ends = [end(&columns, &low, true), end(&columns, &high, false)];
    Some(there.chain(ends.into_iter().flatten()).collect::<Vec<_>>().join(" AND "))
}

/// Whether a part of a partition key says more than a column or a call: a collation, an operator class.
fn has_more(column: &str) -> bool {
    let mut depth = 0_i32;
    let mut quoted = false;
    column.chars().any(|c| {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c == ' ' && depth == 0 && !quoted
    })
}

/// Rows are compared value by value; nothing lies beyond MINVALUE and MAXVALUE.
fn end(columns: &[&str], values: &[&str], low: bool) -> Option<String> {
    let open = values.iter().position(|value| matches!(*value, "MINVALUE" | "MAXVALUE"));
    let length = open.unwrap_or(values.len());
    let beyond = open.is_some_and(|at| values[at] == "MAXVALUE");
    let sign = match (low, open.is_some(), beyond) {
        (true, false, _) | (true, true, false) => ">=",
        (true, true, true) => ">",
        (false, true, true) => "<=",
        (false, ..) => "<",
    };
    (length > 0).then(|| format!("({}) {sign} ({})", columns[..length].join(", "), values[..length].join(", ")))
}

fn inside_once(list: &str) -> &str {
    let list = list.trim();
    list.strip_prefix('(').and_then(|list| list.strip_suffix(')')).unwrap_or(list)
}

fn inside(list: &str) -> &str {
    list.trim().trim_start_matches('(').trim_end_matches(')')
}

fn range(bound: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let (low, high) = bound.strip_prefix("FOR VALUES FROM ")?.split_once(") TO (")?;
    Some((split_list(inside(low)), split_list(inside(high))))
}

/// The order of two ends: the first values that differ decide.
fn compared(left: &[&str], right: &[&str]) -> Option<Ordering> {
    left.iter()
        .zip(right)
        .map(|(left, right)| order(left, right))
        .find(|order| *order != Some(Ordering::Equal))
        .unwrap_or(Some(Ordering::Equal))
}

fn order(left: &str, right: &str) -> Option<Ordering> {
    match (left, right) {
        _ if left == right => Some(Ordering::Equal),
        ("MINVALUE", _) | (_, "MAXVALUE") => Some(Ordering::Less),
        ("MAXVALUE", _) | (_, "MINVALUE") => Some(Ordering::Greater),
        _ => {
            let bare = |text: &'_ str| text.trim_matches('\'').to_owned();
            let (left, right) = (bare(left), bare(right));
            match (left.parse::<f64>(), right.parse::<f64>()) {
                (Ok(left), Ok(right)) => left.partial_cmp(&right).filter(|order| *order != Ordering::Equal),
                _ => (is_moment(&left) && is_moment(&right) && left.len() == right.len()).then(|| left.cmp(&right)),
            }
        }
    }
}

/// `2024-01-31`, or with a time in UTC: the order of such texts is that of the moments.
fn is_moment(text: &str) -> bool {
    let figures = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let date = text.get(..10).unwrap_or_default().split('-').collect::<Vec<_>>();
    let day = matches!(&date[..], [year, month, day] if year.len() == 4 && [year, month, day].into_iter().all(|part| figures(part)));
    let offset = text.get(19..).unwrap_or_default();
    day && matches!(offset, "" | "+00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(new: &str, old: &str, expected: bool) {
        assert_eq!(covers(new, old), expected, "{new} over {old}");
    }

    #[test]
    fn what_is_sure_to_fit() {
        check("FOR VALUES IN (1, 2)", "FOR VALUES IN (2)", true);
        check("FOR VALUES IN ('a, b', 'c')", "FOR VALUES IN ('a')", false);
        check("FOR VALUES FROM (0) TO (20)", "FOR VALUES FROM (5) TO (10)", true);
        check("FOR VALUES FROM ('-10') TO (100)", "FOR VALUES FROM (9) TO (20)", true);
        check("FOR VALUES FROM (0) TO (9)", "FOR VALUES FROM (5) TO (10)", false);
        check("FOR VALUES FROM (MINVALUE) TO (MAXVALUE)", "FOR VALUES FROM ('a') TO ('b')", true);
        check("FOR VALUES FROM ('a') TO ('c')", "FOR VALUES FROM ('a') TO ('b')", false);
        check(
            "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "FOR VALUES FROM ('2024-01-01') TO ('2024-07-01')",
            true,
        );
        check("FOR VALUES FROM (1, 5) TO (2, MAXVALUE)", "FOR VALUES FROM (1, 6) TO (2, 3)", true);
        check("FOR VALUES WITH (modulus 4, remainder 1)", "FOR VALUES WITH (modulus 2, remainder 1)", false);
        check("DEFAULT", "FOR VALUES IN (1)", false);
    }

    #[track_caller]
    fn check_condition(key: &str, bound: &str, expected: Option<&str>) {
        assert_eq!(condition(key, bound).as_deref(), expected, "{bound} of {key}");
    }

    #[test]
    fn which_rows_fit() {
        check_condition("LIST (k)", "FOR VALUES IN ('a', NULL)", Some("k IN ('a') OR k IS NULL"));
        check_condition("LIST (k)", "FOR VALUES IN (NULL)", Some("k IS NULL"));
        check_condition("RANGE (at)", "FOR VALUES FROM (MINVALUE) TO (5)", Some("at IS NOT NULL AND (at) < (5)"));
        let two = Some("a IS NOT NULL AND lower(b) IS NOT NULL AND (a) >= (1) AND (a) <= (5)");
        check_condition("RANGE (a, lower(b))", "FOR VALUES FROM (1, MINVALUE) TO (5, MAXVALUE)", two);
        let both = Some(r#""a b" IS NOT NULL AND c IS NOT NULL AND ("a b", c) >= (1, 'x') AND ("a b", c) < (2, 'y')"#);
        check_condition(r#"RANGE ("a b", c)"#, "FOR VALUES FROM (1, 'x') TO (2, 'y')", both);
        check_condition(r#"LIST (k COLLATE "C")"#, "FOR VALUES IN ('a')", None);
        check_condition("HASH (k)", "FOR VALUES WITH (modulus 4, remainder 1)", None);
    }
}
