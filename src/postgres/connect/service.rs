//! `pg_service.conf`: named sets of connection parameters, in libpq's INI format.

/// What a service file says of one service.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Its parameters, with their lines.
    Parameters(Vec<(usize, String, String)>),
    /// The service is not in this file.
    Absent,
}

/// A line that cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadLine {
    /// From 1.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) problem: String,
}

/// Reads one service. The first section of that name counts, as in libpq.
pub(super) fn find(text: &str, service: &str) -> Result<Found, BadLine> {
    let mut found: Option<Vec<(usize, String, String)>> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(head) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if head.split_once(']').map(|(name, _)| name.trim()) == Some(service) {
                found = Some(Vec::new());
            }
            continue;
        }
        let Some(parameters) = &mut found else { continue };
        let bad = |problem: &str| BadLine { line: at + 1, problem: problem.to_owned() };
        let (key, value) = line.split_once('=').ok_or_else(|| bad("there is no `=` in this line"))?;
        let (key, value) = (key.trim(), value.trim());
        if key == "service" {
            return Err(bad("a service cannot refer to another service"));
        }
        parameters.push((at + 1, key.to_owned(), value.to_owned()));
    }
    Ok(found.map_or(Found::Absent, Found::Parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\n[shop]\nhost=db.example\nport = 5433\n\n[other]\nuser=x\n[shop]\nuser=late\n";

    #[test]
    fn sections() {
        let parameters = vec![(3, "host".into(), "db.example".into()), (4, "port".into(), "5433".into())];
        assert_eq!(find(FILE, "shop"), Ok(Found::Parameters(parameters)));
        assert_eq!(find(FILE, "none"), Ok(Found::Absent));
        let bad = find("[a]\nnonsense\n", "a");
        assert_eq!(bad, Err(BadLine { line: 2, problem: "there is no `=` in this line".into() }));
        assert!(find("[b]\nnonsense\n[a]\n", "a").is_ok(), "other sections are not judged");
        assert!(find("[a]\nservice=b\n", "a").is_err());
    }
}
