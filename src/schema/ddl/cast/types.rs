//! What printed types are to each other: whether an assignment or only a cast takes values from one to the other, and what they lose.
//!
//! It knows PostgreSQL's own types; a user's are `Other`. What could go wrong: PostgreSQL rounds and cuts off without a word, and one of
//! these ways is not listed here: the script would lose something and name no hazard.

/// Sorts of types between whose values there are casts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Number,
    Text,
    Time,
    Json,
    Bits,
    Net,
    Other,
}

/// `character varying(10)` without `(10)`, `timestamp(3) with time zone` without `(3)`.
pub(super) fn without_modifier(printed: &str) -> String {
    match (printed.find('('), printed.find(')')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &printed[..open], &printed[close + 1..]),
        _ => printed.to_owned(),
    }
}

fn modifier(printed: &str) -> Option<Vec<i64>> {
    let (open, close) = (printed.find('(')?, printed.find(')')?);
    printed[open + 1..close].split(',').map(|number| number.trim().parse().ok()).collect()
}

pub(super) fn family(plain: &str) -> Family {
    match plain {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" => Family::Number,
        "text" | "character varying" | "character" | "name" | "\"char\"" | "bpchar" => Family::Text,
        "date" | "interval" => Family::Time,
        "json" | "jsonb" => Family::Json,
        "bit" | "bit varying" => Family::Bits,
        "inet" | "cidr" => Family::Net,
        _ if plain.starts_with("timestamp") || plain.starts_with("time ") => Family::Time,
        _ => Family::Other,
    }
}

/// Whether an assignment converts it.
pub(super) fn assigns(old: &str, new: &str) -> bool {
    let (from, to) = (family(old), family(new));
    let times = || match old {
        "interval" => new.starts_with("time ") || new == "interval",
        "date" => new.starts_with("timestamp") || new == "date",
        _ if old.starts_with("timestamp") => new != "interval",
        _ => new.starts_with("time ") || new == "interval",
    };
    old == new
        || to == Family::Text && new != "\"char\"" && new != "name"
        || from == to && matches!(from, Family::Text | Family::Json | Family::Bits | Family::Net)
        || from == to
            && from == Family::Number
            && (old != "money" || new == "numeric")
            && (new != "money" || !old.contains("real") && !old.contains("double"))
        || from == to && from == Family::Time && times()
}

/// Whether only an explicit cast converts it.
pub(super) fn casts(old: &str, new: &str) -> bool {
    matches!(
        (old, new),
        ("integer", "boolean") | ("boolean", "integer") | ("integer" | "bigint", "bit") | ("bit", "integer" | "bigint")
    ) || family(old) == Family::Text && !matches!(old, "\"char\"" | "name") && family(new) != Family::Text
        || family(old) == Family::Json && family(new) == Family::Text
}

/// Whether every value fits and nothing is written anew.
pub(super) fn is_widening(old: &str, new: &str) -> bool {
    let (a, b) = (without_modifier(old), without_modifier(new));
    let text = |t: &str| matches!(t, "text" | "character varying");
    match (modifier(old), modifier(new)) {
        _ if old == new => true,
        (_, None) if text(&a) && text(&b) => true,
        (Some(x), Some(y)) if a == b && a == "character varying" => x <= y,
        (Some(x), Some(y)) if a == b && a == "numeric" => x.get(1) == y.get(1) && x.first() <= y.first(),
        (Some(_), None) if a == b && matches!(a.as_str(), "numeric" | "bit varying") => true,
        _ => false,
    }
}

pub(super) fn is_whole(plain: &str) -> bool {
    matches!(plain, "smallint" | "integer" | "bigint")
}

/// Whether values can lose something without an error where they are assigned.
pub(super) fn loses(old: &str, new: &str) -> bool {
    if let (Some(old), Some(new)) = (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        return loses(old, new);
    }
    let (a, b) = (without_modifier(old), without_modifier(new));
    if let (Some(a), Some(b)) = (bounds_of(&a), bounds_of(&b)) {
        return loses(a, b);
    }
    let whole = is_whole;
    let exact = |t: &str| whole(t) || t == "numeric";
    let inexact = |t: &str| matches!(t, "real" | "double precision");
    let scale = |t: &str| modifier(t).map(|m| m.get(1).copied().unwrap_or(0));
    let fraction = |t: &str| modifier(t).and_then(|m| m.first().copied()).unwrap_or(6);
    family(&a) == Family::Number && b == "boolean"
        || a == "uuid" && whole(&b)
        || !whole(&a) && family(&a) == Family::Number && whole(&b)
        || exact(&a) && a != "smallint" && (b == "real" || b == "double precision" && a != "integer")
        || a == "double precision" && b == "real"
        || inexact(&a) && b == "numeric"
        || a == "numeric" && b == "numeric" && scale(new).is_some_and(|new| scale(old).is_none_or(|old| old > new))
        || a.starts_with("timestamp") && (b == "date" || b.starts_with("time "))
        || family(&a) == Family::Time && family(&b) == Family::Time && b != "date" && fraction(old) > fraction(new)
        || b.starts_with("interval ") && a != b
        || family(&a) == Family::Text && a != "name" && a != "\"char\"" && b == "name"
        || a.starts_with("timestamp") && whole(&b)
        || a == "interval" && b.starts_with("time ")
        || a == "time with time zone" && b == "time without time zone"
        || a == "inet" && b == "cidr"
        || a == "json" && b == "jsonb"
}

/// Whether an explicit cast may cut off what is too long.
pub(super) fn cuts(old: &str, new: &str) -> bool {
    let sized = matches!(family(&without_modifier(new)), Family::Text | Family::Bits) && modifier(new).is_some();
    sized && !is_widening(old, new)
}

/// What a range, or several, of PostgreSQL's own are made of.
fn bounds_of(plain: &str) -> Option<&'static str> {
    match plain {
        "int4range" | "int4multirange" => Some("integer"),
        "int8range" | "int8multirange" => Some("bigint"),
        "numrange" | "nummultirange" => Some("numeric"),
        "daterange" | "datemultirange" => Some("date"),
        "tsrange" | "tsmultirange" => Some("timestamp without time zone"),
        "tstzrange" | "tstzmultirange" => Some("timestamp with time zone"),
        _ => None,
    }
}

/// Whether there is a cast, and the text of one is none of the other.
pub(super) fn has_only_cast(old: &str, new: &str) -> bool {
    let logical = (old == "boolean") != (new == "boolean");
    let rounds = family(old) == Family::Number && !is_whole(old) && is_whole(new);
    (assigns(old, new) || casts(old, new)) && (logical || rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounds_or_cuts_off_is_known() {
        let losing = [
            ("numeric", "bigint"),
            ("numeric(12,4)", "numeric(12,2)"),
            ("double precision", "numeric"),
            ("bigint", "double precision"),
            ("timestamp without time zone", "date"),
            ("timestamp(6) without time zone", "timestamp(0) without time zone"),
            ("time without time zone", "time(3) without time zone"),
            ("interval", "interval(0)"),
            ("interval", "interval day"),
            ("text", "name"),
            ("timestamp(3) without time zone", "bigint"),
            ("interval", "time without time zone"),
            ("inet", "cidr"),
            ("json", "jsonb"),
            ("numeric[]", "integer[]"),
            ("tsrange", "daterange"),
        ];
        for (old, new) in losing {
            assert!(loses(old, new), "{old} to {new}");
        }
        let keeping = [
            ("integer", "bigint"),
            ("smallint", "real"),
            ("integer", "double precision"),
            ("numeric(12,2)", "numeric(14,4)"),
            ("date", "timestamp without time zone"),
            ("timestamp(0) without time zone", "timestamp without time zone"),
            ("text", "character varying(3)"),
            ("name", "text"),
            ("int4range", "int8range"),
            ("integer[]", "bigint[]"),
        ];
        for (old, new) in keeping {
            assert!(!loses(old, new), "{old} to {new}");
        }
    }

    #[test]
    fn what_a_cast_would_cut_off_is_known() {
        assert!(cuts("text", "character varying(3)"));
        assert!(cuts("bit varying(9)", "bit varying(3)"));
        assert!(!cuts("character varying(3)", "character varying(9)"));
        assert!(!cuts("text", "character varying"));
    }

    #[test]
    fn text_stands_in_for_a_cast_where_it_can() {
        assert!(has_only_cast("numeric", "bigint"));
        assert!(has_only_cast("boolean", "integer"));
        assert!(!has_only_cast("integer", "numeric"));
        assert!(!has_only_cast("text", "date"));
    }
}
