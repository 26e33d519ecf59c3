//! `.pgpass`: passwords by host, port, database and user, in libpq's format.

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Host names under which the server may be listed.
    pub(super) hosts: &'a [&'a str],
    /// Port.
    pub(super) port: u16,
    /// Database.
    pub(super) database: &'a str,
    /// User.
    pub(super) user: &'a str,
}

/// The password of the first line that fits.
pub(super) fn find(text: &str, wanted: Wanted<'_>) -> Option<String> {
    let port = wanted.port.to_string();
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let (fields, password) = split(line)?;
        let [host, of_port, database, user] = fields;
        let fits = wanted.hosts.iter().any(|name| matches(&host, name))
            && matches(&of_port, &port)
            && matches(&database, wanted.database)
            && matches(&user, wanted.user);
        (fits && !password.is_empty()).then_some(password)
    })
}

/// One of the first four fields: its text, and whether it was a bare `*`.
struct Field {
    text: String,
    any: bool,
}

fn matches(field: &Field, value: &str) -> bool {
    field.any || field.text == value
}

/// Four fields and the password; `None`: a line of another shape, which libpq passes over too.
fn split(line: &str) -> Option<([Field; 4], String)> {
    let mut chars = line.trim_end_matches('\r').chars();
    let mut field = || {
        let mut text = String::new();
        let mut escaped = false;
        loop {
            match chars.next()? {
                ':' => return Some(Field { any: text == "*" && !escaped, text }),
                '\\' => {
                    escaped = true;
                    text.push(chars.next()?);
                }
                other => text.push(other),
            }
        }
    };
    let fields = [field()?, field()?, field()?, field()?];
    // libpq ends the password at an unescaped colon as well
    let mut password = String::new();
    while let Some(c) = chars.next() {
        match c {
            ':' => break,
            '\\' => password.extend(chars.next()),
            other => password.push(other),
        }
    }
    Some((fields, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let wanted = Wanted { hosts: &["db.example", "localhost"], port: 5432, database: "shop", user: "li" };
        assert_eq!(find(text, wanted).as_deref(), expected, "{text}");
    }

    #[test]
    fn lines() {
        check("db.example:5432:shop:li:s3cret", Some("s3cret"));
        check("*:*:*:*:any", Some("any"));
        check("localhost:5432:shop:li:local", Some("local"));
        check("other:5432:shop:li:no\n*:5432:shop:li:second\n", Some("second"));
        check("# *:*:*:*:commented\n", None);
        check("db.example:5433:shop:li:no", None);
        check("db.example:5432:shop:li", None);
        check("\\*:5432:shop:li:literal star", None);
        check("*:*:*:li:with\\:colon\\\\back", Some("with:colon\\back"));
        check("*:*:shop:li:密码\r\n", Some("密码"));
        check("", None);
    }
}
