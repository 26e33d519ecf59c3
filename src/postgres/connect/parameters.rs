//! The two forms of a connection string, `scheme://…` and `key=value …`, taken apart into libpq's parameters.
//! Pure. Nothing here decides what a parameter means, and no message repeats a part of the string that may be a password.

use super::ConnectError;

/// Parameters in the order in which they were given; several hosts and ports stand comma-separated in one value.
pub(super) type Parameters = Vec<(String, String)>;

const URL: &str = "url";
const ENCODE: &str = "write special characters in user and password percent-encoded (`@` as %40, `/` as %2F, `:` as %3A, \
                      `%` as %25), or leave the password to PGPASSWORD or .pgpass";

/// Takes a connection string apart. A bare word is a database name, as for psql.
pub(super) fn parse(text: &str) -> Result<Parameters, ConnectError> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if let Some((scheme, _)) = lower.split_once("://")
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c))
    {
        return parse_url(scheme, &text[scheme.len() + 3..]);
    }
    if text.contains('=') {
        return parse_pairs(text);
    }
    if text.is_empty() || !text.contains(['/', ':', '@']) {
        return Ok(if text.is_empty() { Vec::new() } else { vec![("dbname".into(), text.into())] });
    }
    Err(ConnectError::parameter(
        URL,
        "it is neither a URL nor a list of key=value pairs nor a database name",
        "write it as postgresql://user@host:5432/database",
    ))
}

fn parse_url(scheme: &str, rest: &str) -> Result<Parameters, ConnectError> {
    let driver = scheme.split_once('+').map(|(_, driver)| driver);
    if !matches!(scheme.split('+').next(), Some("postgres" | "postgresql")) {
        let mend = match scheme.strip_prefix("jdbc:") {
            Some(_) => "leave out `jdbc:` and put the user before the host: postgresql://user@host:5432/database",
            None => "driftless speaks to PostgreSQL alone: postgresql://user@host:5432/database",
        };
        return Err(ConnectError::parameter(URL, format!("the scheme `{scheme}` is not PostgreSQL's"), mend));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // the last `@`: a host name never holds one, an unencoded password may
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (Some(login), hosts),
        None if tail.split('?').next().is_some_and(|path| path.contains('@')) => {
            return Err(ConnectError::parameter(
                URL,
                "there is a `/` or `?` before the `@` that ends user and password",
                ENCODE,
            ));
        }
        None => (None, authority),
    };
    let mut parameters = Parameters::new();
    if let Some(login) = login {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, word)| (user, Some(word)));
        push(&mut parameters, "user", decode(user, "user")?);
        push(&mut parameters, "password", decode(password.unwrap_or(""), "password")?);
    }
    push_hosts(&mut parameters, hosts)?;
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    push(&mut parameters, "dbname", decode(path.strip_prefix('/').unwrap_or(path), "dbname")?);
    push_query(&mut parameters, query, driver)?;
    Ok(parameters)
}

fn push(parameters: &mut Parameters, key: &str, value: String) {
    if !value.is_empty() {
        parameters.push((key.to_owned(), value));
    }
}

fn push_hosts(parameters: &mut Parameters, hosts: &str) -> Result<(), ConnectError> {
    if hosts.is_empty() {
        return Ok(());
    }
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(bracketed) => {
                let (address, after) = bracketed.split_once(']').ok_or_else(|| {
                    ConnectError::parameter(
                        "host",
                        "an IPv6 address begins with `[` and has no `]`",
                        "write it as [::1]:5432",
                    )
                })?;
                (address, after.strip_prefix(':').unwrap_or(after))
            }
            None => host.split_once(':').unwrap_or((host, "")),
        };
        if name.matches(':').count() == 0 && port.contains(':') {
            return Err(ConnectError::parameter(
                "host",
                "there is more than one `:` after the host name",
                "write an IPv6 address in brackets: [::1]:5432",
            ));
        }
        names.push(decode(name, "host")?);
        ports.push(decode(port, "port")?);
    }
    push(parameters, "host", names.join(","));
    if ports.iter().any(|port| !port.is_empty()) {
        push(parameters, "port", ports.join(","));
    }
    Ok(())
}

/// The query part. SQLAlchemy's drivers take `+` for a space, give `host` several times, and have parameters of their own.
fn push_query(parameters: &mut Parameters, query: &str, driver: Option<&str>) -> Result<(), ConnectError> {
    let mut hosts: Vec<String> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            let problem = "a part of the query after `?` has no `=`";
            return Err(ConnectError::parameter(URL, problem, "separate parameters by `&`, each as name=value"));
        };
        let key = decode(key, URL)?;
        let value = if driver.is_some() { value.replace('+', " ") } else { value.to_owned() };
        let value = decode(&value, &key)?;
        match (key.as_str(), driver) {
            ("host", Some(_)) => hosts.push(value),
            ("ssl", Some("asyncpg")) => push(parameters, "sslmode", value),
            ("ssl", None) if value == "true" => push(parameters, "sslmode", "require".into()),
            (
                "prepared_statement_cache_size"
                | "prepared_statement_name_func"
                | "statement_cache_size"
                | "async_fallback"
                | "command_timeout"
                | "executemany_mode"
                | "client_encoding",
                Some(_),
            ) => {}
            ("timeout", Some("asyncpg" | "pg8000")) => push(parameters, "connect_timeout", value),
            ("database", Some(_)) => push(parameters, "dbname", value),
            _ => parameters.push((key, value)),
        }
    }
    if !hosts.is_empty() {
        // SQLAlchemy writes `host=a:5433&host=b:5434`
        push_hosts(parameters, &hosts.join(","))?;
    }
    Ok(())
}

fn decode(text: &str, parameter: &str) -> Result<String, ConnectError> {
    let wrong = |problem: &str| ConnectError::parameter(parameter, problem, ENCODE);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2).ok_or_else(|| wrong("a `%` is not followed by two digits"))?;
        let byte = std::str::from_utf8(digits).ok().and_then(crate::hash::from_hex);
        match byte.as_deref() {
            Some([0]) => return Err(wrong("%00 cannot be part of it")),
            Some([byte]) => bytes.push(*byte),
            _ => return Err(wrong("a `%` is not followed by two hexadecimal digits")),
        }
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| wrong("the percent-encoded bytes are not UTF-8"))
}

/// `key=value` pairs: values may stand in single quotes, a backslash takes the next character literally.
fn parse_pairs(text: &str) -> Result<Parameters, ConnectError> {
    let wrong = |problem: &str| {
        ConnectError::parameter(URL, problem, "write it as host=… port=… user=… dbname=…, values with spaces in '…'")
    };
    let mut parameters = Parameters::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(parameters);
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.next() != Some('=') {
            return Err(wrong("a word is not followed by `=`"));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        if chars.next_if_eq(&'\'').is_some() {
            loop {
                match chars.next().ok_or_else(|| wrong("a quoted value has no closing `'`"))? {
                    '\'' => break,
                    '\\' => value.extend(chars.next()),
                    other => value.push(other),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                value.extend(if c == '\\' { chars.next() } else { Some(c) });
            }
        }
        parameters.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let got = parse(text).expect(text);
        let got: Vec<_> = got.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let message = parse(text).expect_err(text).to_string();
        assert_eq!(message, expected);
        assert!(!message.contains("s3cret"));
    }

    #[test]
    fn urls() {
        check("postgresql://", &[]);
        check("postgres://localhost/shop", &[("host", "localhost"), ("dbname", "shop")]);
        let full = [("user", "li"), ("password", "s3:c"), ("host", "h"), ("port", "5433"), ("dbname", "d")];
        check("postgresql+psycopg2://li:s3%3Ac@h:5433/d", &full);
        check("POSTGRESQL://li:s3:c@h:5433/d", &full);
        check("postgres://li:p@ss@h", &[("user", "li"), ("password", "p@ss"), ("host", "h")]);
        check("postgres://[::1]:5433,b/", &[("host", "::1,b"), ("port", "5433,")]);
        check("postgres://%2Fvar%2Frun/d", &[("host", "/var/run"), ("dbname", "d")]);
        check("postgres:///d?host=/tmp&port=5433", &[("dbname", "d"), ("host", "/tmp"), ("port", "5433")]);
        check("postgres://h/订单?sslmode=require", &[("host", "h"), ("dbname", "订单"), ("sslmode", "require")]);
        check("postgresql+asyncpg://h/d?ssl=require", &[("host", "h"), ("dbname", "d"), ("sslmode", "require")]);
        check(
            "postgresql+psycopg://u@/d?host=a:1&host=b:2",
            &[("user", "u"), ("dbname", "d"), ("host", "a,b"), ("port", "1,2")],
        );
        check(
            "postgresql+pg8000://u@h/d?options=-c%20a+b",
            &[("user", "u"), ("host", "h"), ("dbname", "d"), ("options", "-c a b")],
        );
    }

    #[test]
    fn pairs_and_names() {
        check(
            "host=h user='a b' password=it\\'s  dbname = d",
            &[("host", "h"), ("user", "a b"), ("password", "it's"), ("dbname", "d")],
        );
        check("password=''", &[("password", "")]);
        check("shop", &[("dbname", "shop")]);
        check("  ", &[]);
    }

    #[test]
    fn refusals_name_the_cause_and_no_password() {
        check_refused("mysql://u:s3cret@h/d", "database parameter `url`: the scheme `mysql` is not PostgreSQL's");
        check_refused(
            "postgres://u:s3cret/x@h/d",
            "database parameter `url`: there is a `/` or `?` before the `@` that ends user and password",
        );
        check_refused(
            "postgres://u:s3cret%4@h/d",
            "database parameter `password`: a `%` is not followed by two digits",
        );
        check_refused(
            "postgres://u:s3cret%zz@h/d",
            "database parameter `password`: a `%` is not followed by two hexadecimal digits",
        );
        check_refused("postgres://[::1/d", "database parameter `host`: an IPv6 address begins with `[` and has no `]`");
        check_refused("postgres://::1/d", "database parameter `host`: there is more than one `:` after the host name");
        check_refused("password='s3cret", "database parameter `url`: a quoted value has no closing `'`");
        check_refused("host=h s3cret", "database parameter `url`: a word is not followed by `=`");
        check_refused(
            "h:5432/s3cret",
            "database parameter `url`: it is neither a URL nor a list of key=value pairs nor a database name",
        );
        check_refused("postgres://h/d?s3cret", "database parameter `url`: a part of the query after `?` has no `=`");
    }
}
