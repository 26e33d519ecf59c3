//! The name that comes after those that there are.

/// The version's digit groups: as many as leave a description.
fn groups(name: &str) -> Vec<u64> {
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let Some(body) = stem.strip_prefix(['v', 'V']) else { return Vec::new() };
    let parts: Vec<&str> = body.split('_').collect();
    let digits = parts.iter().take_while(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).count();
    let last = digits.min(parts.len().saturating_sub(1));
    parts[..last].iter().filter_map(|part| part.parse().ok()).collect()
}

/// The name of the next script. A project that numbers by date goes on doing so, with `stamp` (`20251122_1030`; empty: the next number,
/// whatever the day); any other counts on.
pub fn next_name(known: &[String], description: &str, stamp: &str) -> String {
    const DATE_LIKE: u64 = 1_000_000;
    let greatest = known.iter().map(|name| groups(name)).max().unwrap_or_default();
    let now: Vec<u64> = stamp.split('_').filter_map(|part| part.parse().ok()).collect();
    let version = match greatest.first() {
        Some(first) if *first >= DATE_LIKE && now > greatest => stamp.to_owned(),
        Some(first) if *first >= DATE_LIKE => {
            let mut next = greatest;
            if let Some(last) = next.last_mut() {
                *last += 1;
            }
            next.iter().map(u64::to_string).collect::<Vec<_>>().join("_")
        }
        Some(first) => (first + 1).to_string(),
        None => "1".to_owned(),
    };
    format!("v{version}_{}.sql", slug(description))
}

/// A description as part of a file name that every platform takes. Digits at its start would be read as part of the version.
fn slug(description: &str) -> String {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>:\"/\\|?*_'`;$".contains(c);
    let path = |word: &&str| !word.bytes().all(|b| b == b'.');
    let words: Vec<&str> = description.split(forbidden).filter(path).collect();
    let digits = words.iter().take_while(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    if digits == 0 || digits == words.len() {
        return words.join(if digits == 0 { "_" } else { "-" }).trim_end_matches('.').to_owned();
    }
    let head = words[..=digits].join("-");
    std::iter::once(head.as_str()).chain(words[digits + 1..].iter().copied()).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: &[&str], description: &str, expected: &str) {
        let known: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(next_name(&known, description, "20251122_1030"), expected);
    }

    #[test]
    fn the_next_version() {
        check(&[], "add field", "v1_add_field.sql");
        check(&["v2_a.sql", "v10_b.sql", "v9"], "加 字段", "v11_加_字段.sql");
        check(&["v20251121_0900_a.sql"], "x", "v20251122_1030_x.sql");
        check(&["v20251122_1030_a.sql"], "x", "v20251122_1031_x.sql");
        check(&["v20251121_0900_a.sql", "v7_b.sql"], "x", "v20251122_1030_x.sql");
        check(&["template.sql"], "x", "v1_x.sql");
    }

    #[test]
    fn descriptions_become_file_names() {
        check(&[], "2 new fields", "v1_2-new_fields.sql");
        check(&[], "a/b: c*", "v1_a_b_c.sql");
        check(&[], "2025", "v1_2025.sql");
        check(&[], "a_b", "v1_a_b.sql");
        check(&[], "../x", "v1_x.sql");
        check(&[], r"..\..\x .. y", "v1_x_y.sql");
    }

    #[test]
    fn without_a_date_the_number_alone_goes_on() {
        let known = ["v20251121_0900_a.sql".to_owned()];
        assert_eq!(next_name(&known, "x", ""), "v20251121_901_x.sql");
    }
}
