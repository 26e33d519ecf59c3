//! The name that was probably meant: for mistyped keys and parameters. Pure; it words nothing.

/// The known name that differs in the fewest letters, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |a: &str, b: &str| {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let substituted = diagonal + usize::from(x != *y);
                diagonal = row[j + 1];
                row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
            }
        }
        row[b.len()]
    };
    let limit = (word.chars().count() / 3).clamp(2, 3);
    known.into_iter().map(|name| (distance(word, name), name)).filter(|(d, _)| *d <= limit).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["host", "port", "connect_timeout"];
        assert_eq!(nearest("hots", known), Some("host"));
        assert_eq!(nearest("conect_timout", known), Some("connect_timeout"));
        assert_eq!(nearest("something", known), None);
    }
}
