//! The difference of two schemas, fact by fact with both values, and the check in the old tools' shape.

use super::{Lang, Style, indent};
use crate::agent::models::Comparison;
use crate::schema::{Change, ChangeKind, ColumnOrder, Difference, FactId, Kind, Unsupported, Value};

const MOST: usize = 200;

/// Every change, `+`, `-` or `~`, with the attributes that differ.
pub(crate) fn changes(style: Style, changes: &[Change]) -> String {
    changes.iter().map(|change| one(style, change)).collect()
}

fn one(style: Style, change: &Change) -> String {
    let id = id(&change.id);
    match change.change {
        ChangeKind::Added => format!("{}\n{}", style.good(&format!("+ {id}")), attributes(change, |d| d.to.as_ref())),
        ChangeKind::Removed => {
            format!("{}\n{}", style.bad(&format!("- {id}")), attributes(change, |d| d.from.as_ref()))
        }
        ChangeKind::Changed => {
            let lines: String = change.attributes.iter().map(|d| both(style, d)).collect();
            format!("{}\n{}", style.warn(&format!("~ {id}")), indent(&lines, 4))
        }
    }
}

/// `column public.orders.note`, without the escapes a hostile name could hold.
pub(crate) fn id(id: &FactId) -> String {
    harmless(&id.to_string())
}

/// One attribute with both of its values: on one line, or line by line where it has several.
fn both(style: Style, difference: &Difference) -> String {
    let show = |value: Option<&Value>| value.map_or_else(|| style.lang.none().to_owned(), shown);
    let (from, to) = (show(difference.from.as_ref()), show(difference.to.as_ref()));
    if from.contains('\n') || to.contains('\n') {
        let side = |sign: &str, text: &str| text.lines().map(|line| format!("  {sign} {line}\n")).collect::<String>();
        return format!("{}:\n{}{}", difference.attribute, side("-", &from), side("+", &to));
    }
    format!("{}: {from} → {to}\n", difference.attribute)
}

/// Attributes of a fact that only one side has, on one line where they fit.
fn attributes<'a>(change: &'a Change, side: impl Fn(&'a Difference) -> Option<&'a Value>) -> String {
    let parts: Vec<String> = change
        .attributes
        .iter()
        .filter_map(|d| Some((d.attribute, shown(side(d)?))))
        .filter(|(_, value)| !value.contains('\n'))
        .map(|(attribute, value)| format!("{attribute}: {value}"))
        .collect();
    if parts.is_empty() { String::new() } else { indent(&parts.join(", "), 4) }
}

fn shown(value: &Value) -> String {
    let text = harmless(&value.to_string());
    match text.char_indices().nth(MOST) {
        Some((end, _)) if !text.contains('\n') => format!("{}…", &text[..end]),
        _ => text,
    }
}

/// Control characters would let a name or a comment drive the terminal: they are shown as escapes.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escape = c.is_control() && c != '\n' && c != '\t';
            let escaped: Vec<char> = if escape { c.escape_default().collect() } else { vec![c] };
            escaped
        })
        .collect()
}

/// A table with its columns in another order.
pub(crate) fn order(lang: Lang, order: &ColumnOrder) -> String {
    let list = |columns: &[String]| harmless(&columns.join(", "));
    lang.diff_order(&harmless(&order.table), &list(&order.from), &list(&order.to))
}

/// How many of each.
pub(crate) fn counts(style: Style, changes: &[Change]) -> String {
    let n = |kind| changes.iter().filter(|change| change.change == kind).count();
    style.lang.diff_count(n(ChangeKind::Added), n(ChangeKind::Removed), n(ChangeKind::Changed))
}

/// The live schema against the record: counts, then what is missing, extra and changed.
/// `changes` go from the record (or what `record` names instead) to the live schema.
pub(crate) fn check(style: Style, live: usize, record: &str, recorded: usize, found: &[Change]) -> String {
    let lang = style.lang;
    let of = |kind| found.iter().filter(move |change| change.change == kind).collect::<Vec<_>>();
    let (extra, missing, changed) = (of(ChangeKind::Added), of(ChangeKind::Removed), of(ChangeKind::Changed));
    let common = recorded.saturating_sub(missing.len() + changed.len());
    let mut text = format!("{}\n{}\n\n{}\n", lang.check_live(live), record, style.tick(&lang.check_common(common)));
    for (title, some) in [
        (lang.check_missing(missing.len()), missing),
        (lang.check_extra(extra.len()), extra),
        (lang.check_changed(changed.len()), changed),
    ] {
        if !some.is_empty() {
            let lines: String = some.into_iter().map(|change| one(style, change)).collect();
            text.push_str(&format!("{}\n{}", style.cross(&title), indent(&lines, 2)));
        }
    }
    text
}

/// The live schema against the models, in the old tool's shape: fields first, everything else after them.
pub(crate) fn models(style: Style, found: &Comparison) -> String {
    let lang = style.lang;
    let of = |field: bool, kind: Option<ChangeKind>| {
        let fits = move |change: &&Change| {
            (change.id.kind == Kind::Column) == field && kind.is_none_or(|kind| change.change == kind)
        };
        found.changes.iter().filter(fits).collect::<Vec<_>>()
    };
    let mut text = format!(
        "{}\n{}\n\n{}\n",
        lang.models_live_fields(found.live_fields),
        lang.models_fields(found.model_fields),
        style.tick(&lang.models_common(found.common))
    );
    let missing_tables: String = found.missing_tables.iter().map(|table| format!("- {}\n", id(table))).collect();
    if !missing_tables.is_empty() {
        let title = lang.models_missing_tables(found.missing_tables.len());
        text.push_str(&format!("{}\n{}", style.cross(&title), indent(&missing_tables, 2)));
    }
    let (missing, extra) = (of(true, Some(ChangeKind::Removed)), of(true, Some(ChangeKind::Added)));
    let (changed, other) = (of(true, Some(ChangeKind::Changed)), of(false, None));
    for (title, some) in [
        (lang.models_missing(missing.len()), missing),
        (lang.models_extra(extra.len()), extra),
        (lang.models_changed(changed.len()), changed),
        (lang.models_other(other.len()), other),
    ] {
        if !some.is_empty() {
            let lines: String = some.into_iter().map(|change| one(style, change)).collect();
            text.push_str(&format!("{}\n{}", style.cross(&title), indent(&lines, 2)));
        }
    }
    if !found.beside.is_empty() {
        let lines: String = found.beside.iter().map(|change| format!("- {}\n", id(&change.id))).collect();
        let title = style.faint(&lang.models_beside(found.beside.len()));
        text.push_str(&format!("{title}\n{}", indent(&lines, 2)));
    }
    text
}

/// What was met and is not compared, by name.
pub(crate) fn unsupported(style: Style, found: &[Unsupported]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let names: String = found.iter().map(|u| format!("- {} {}\n", u.what, harmless(&u.name))).collect();
    format!("{}\n{}", style.bang(&style.lang.not_supported(found.len())), indent(&names, 2))
}

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;
    use crate::schema::{Fact, Model, diff};

    fn models() -> (Model, Model) {
        let column = |name: &str, kind: &str| Fact::new(Kind::Column, name).with("type", kind);
        let from = Model::new([column("public.orders.id", "integer"), column("public.orders.old", "text")]);
        let to = Model::new([column("public.orders.id", "bigint"), column("public.orders.\"n\u{1b}\"", "text")]);
        (from, to)
    }

    #[test]
    fn fact_by_fact_with_both_values() {
        let (from, to) = models();
        let style = Style::default();
        let found = diff(&from, &to);
        assert_eq!(
            changes(style, &found),
            "+ column public.orders.\"n\\u{1b}\"\n    type: text\n~ column public.orders.id\n    type: integer → bigint\n\
             - column public.orders.old\n    type: text\n"
        );
        assert_eq!(counts(style, &found), "1 added, 1 removed, 1 changed");
    }

    #[test]
    fn check_in_the_old_shape() {
        let (from, to) = models();
        let zh = Style { lang: Lang::Zh, color: false };
        assert_eq!(
            check(zh, to.len(), &Lang::Zh.check_recorded(2), from.len(), &diff(&from, &to)),
            "数据库结构项数: 2\n脚本留下的结构项数: 2\n\n✓ 共有 (0 个)\n✗ 数据库缺少 (1 个)\n  - column public.orders.old\n      type: text\n\
             ✗ 数据库多出 (1 个)\n  + column public.orders.\"n\\u{1b}\"\n      type: text\n\
             ✗ 已被修改 (1 个)\n  ~ column public.orders.id\n      type: integer → bigint\n"
        );
        assert_eq!(
            check(Style::default(), 2, &Lang::En.check_recorded(2), 2, &[]),
            "Facts in the database: 2\nFacts the scripts left behind: 2\n\n✓ in common: 2\n"
        );
    }

    #[test]
    fn several_lines_stand_line_by_line() {
        let function = |body: &str| Model::new([Fact::new(Kind::Comment, "table public.a").with("text", body)]);
        let found = diff(&function("a\nb"), &function("a\nc"));
        assert_eq!(
            changes(Style::default(), &found),
            "~ comment table public.a\n    text:\n      - a\n      - b\n      + a\n      + c\n"
        );
    }
}
