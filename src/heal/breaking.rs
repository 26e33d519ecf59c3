//! Drops and renames that running code may use: which facts a script takes away, by what it did where it was applied.
//!
//! Two looks: whole facts that go are known before anything runs ([`breaking`]); what goes within a fact that stays (a label of an enum, a
//! column of a view, a name in a function's signature) only once the script has run here, because peers tell digests alone
//! ([`breaking_within`]). A change that drops and renames nothing, such as another type of a column, is none of this.
//!
//! Pure. Whether the code has been pulled is the caller's to find out. What could go wrong: a rename looks like a drop and an addition, and
//! is told as what goes; code that uses neither waits for nothing, which costs a `git pull`.

use std::collections::BTreeMap;

use crate::journal::Effect;
use crate::schema::ddl::name::{leading_name, split_list, top_level_word};
use crate::schema::{Digests, Fact, FactId, Kind};

/// What each of these scripts breaks, by the first of the pair; all pending here and in the order in which they would run. What an earlier
/// one makes counts as there for a later one, because the code that uses it may have been pulled already; but not in a `bootstrap`,
/// where nothing runs yet that could use it.
pub fn breaking_in_order(
    live: &Digests,
    bootstrap: bool,
    pending: &[(String, Option<&Effect>)],
) -> BTreeMap<String, Vec<String>> {
    if pending.iter().all(|(_, effect)| effect.is_none()) {
        return BTreeMap::new();
    }
    let mut there = live.clone();
    let mut found = BTreeMap::new();
    for (script, effect) in pending {
        let Some(effect) = effect else { continue };
        let facts = breaking(&there, effect);
        if !facts.is_empty() {
            found.insert(script.clone(), facts);
        }
        for (id, touched) in *effect {
            match touched.after {
                Some(digest) if !bootstrap => drop(there.insert(id.clone(), digest)),
                Some(_) => {}
                None => drop(there.remove(id)),
            }
        }
    }
    found
}

/// Facts of the live schema that go with a script and that code may name, without those that go with what they lie in.
fn breaking(live: &Digests, effect: &Effect) -> Vec<String> {
    let gone = |(id, touched): &(&FactId, &crate::journal::Touched)| {
        is_named_by_code(id.kind) && touched.after.is_none() && live.contains_key(*id)
    };
    let gone: Vec<&FactId> = effect.iter().filter(gone).map(|(id, _)| id).collect();
    let inside = |id: &FactId| {
        id.kind == Kind::Column
            && gone.iter().any(|other| other.kind != Kind::Column && id.name.starts_with(&format!("{}.", other.name)))
    };
    gone.iter().filter(|id| !inside(id)).map(ToString::to_string).collect()
}

/// What goes within facts that stay: `before` gives a fact as it was.
pub fn breaking_within<'a>(before: impl Fn(&FactId) -> Option<&'a Fact>, effect: &Effect) -> Vec<String> {
    let mut found = Vec::new();
    for (id, touched) in effect {
        let (Some(before), Some(attributes)) = (before(id), &touched.definition) else { continue };
        let after = Fact { id: id.clone(), attributes: attributes.clone() };
        let gone = gone_within(before, &after);
        if !gone.is_empty() {
            found.push(format!("{id} ({})", gone.join(", ")));
        }
    }
    found
}

/// Names that the fact offered and offers no more.
fn gone_within(before: &Fact, after: &Fact) -> Vec<String> {
    let named = |fact: &Fact, list: &str| -> Vec<String> {
        fact.list(list).iter().filter_map(|text| Some(leading_name(text)?.0)).collect()
    };
    let (old, new) = match before.id.kind {
        Kind::Enum => (before.list("labels").to_vec(), after.list("labels").to_vec()),
        Kind::Composite => (named(before, "attributes"), named(after, "attributes")),
        Kind::View => (named(before, "columns"), named(after, "columns")),
        Kind::Function => (signature(before), signature(after)),
        _ => return Vec::new(),
    };
    old.into_iter().filter(|name| !new.contains(name)).collect()
}

/// What callers may rely on: each argument by place, name and type, whether it may be left out, and each part of the result. The server
/// itself lets none of them change without a drop.
fn signature(fact: &Fact) -> Vec<String> {
    let arguments = split_list(fact.text("arguments").unwrap_or_default());
    let result = fact.text("result").unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for argument in arguments {
        match top_level_word(argument, "DEFAULT") {
            Some(at) => {
                let argument = argument[..at].trim();
                parts.extend([argument.to_owned(), format!("{argument} DEFAULT")]);
            }
            None => parts.push(argument.trim().to_owned()),
        }
    }
    let columns = result.strip_prefix("TABLE(").and_then(|columns| columns.strip_suffix(')'));
    match columns {
        Some(columns) => {
            parts.extend(split_list(columns).into_iter().map(|column| format!("returns {}", column.trim())));
        }
        None => parts.push(format!("returns {result}")),
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Kinds whose names stand in statements of applications.
fn is_named_by_code(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Schema
            | Kind::Enum
            | Kind::Domain
            | Kind::Composite
            | Kind::Range
            | Kind::Sequence
            | Kind::Table
            | Kind::Column
            | Kind::View
            | Kind::MaterializedView
            | Kind::Function
            | Kind::Aggregate
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::journal::Touched;

    /// `live` and the facts that go (`-name`) or come (`name`), as `kind name`.
    #[track_caller]
    fn check(live: &[(Kind, &str)], gone: &[(Kind, &str)], come: &[(Kind, &str)], expected: &[&str]) {
        let digest = Some(Digest::of(b"x"));
        let live = live.iter().map(|(kind, name)| (FactId::new(*kind, *name), Digest::of(b"x"))).collect();
        let touched =
            |gone: bool| Touched { before: digest.filter(|_| gone), after: digest.filter(|_| !gone), definition: None };
        let mut effect: Effect = gone.iter().map(|(kind, name)| (FactId::new(*kind, *name), touched(true))).collect();
        effect.extend(come.iter().map(|(kind, name)| (FactId::new(*kind, *name), touched(false))));
        assert_eq!(breaking(&live, &effect), expected);
    }

    #[track_caller]
    fn check_within(before: &Fact, after: &Fact, expected: &[&str]) {
        let touched = Touched {
            before: Some(before.digest()),
            after: Some(after.digest()),
            definition: Some(after.attributes.clone()),
        };
        let effect = Effect::from([(before.id.clone(), touched)]);
        assert_eq!(breaking_within(|id| Some(before).filter(|fact| fact.id == *id), &effect), expected);
    }

    #[test]
    fn what_goes_within_a_fact_breaks_code() {
        let list = |kind, name: &str, attribute, words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            Fact::new(kind, name).with(attribute, words)
        };
        let mood = |labels: &[&str]| list(Kind::Enum, "public.mood", "labels", labels);
        check_within(&mood(&["sad", "ok"]), &mood(&["unhappy", "ok", "more"]), &["enum public.mood (sad)"]);
        check_within(&mood(&["sad"]), &mood(&["new", "sad"]), &[]);
        let view = |columns: &[&str]| list(Kind::View, "public.v", "columns", columns);
        check_within(&view(&["id integer", "note text"]), &view(&["id bigint"]), &["view public.v (note)"]);
        let function = |arguments: &str, result: &str| {
            Fact::new(Kind::Function, "public.f(integer)").with("arguments", arguments).with("result", result)
        };
        let old = || function("a integer DEFAULT 1", "TABLE(x integer, y text)");
        check_within(&old(), &function("a integer DEFAULT 2", "TABLE(x integer, y text)"), &[]);
        let said = "function public.f(integer) (a integer DEFAULT, returns y text)";
        check_within(&old(), &function("a integer", "TABLE(x integer, z text)"), &[said]);
        check_within(
            &function("", "integer"),
            &function("", "bigint"),
            &["function public.f(integer) (returns integer)"],
        );
    }

    #[test]
    fn what_an_earlier_script_makes_counts_but_not_in_a_bootstrap() {
        let id = FactId::new(Kind::Column, "public.a.b");
        let effect = |before: bool| {
            let digest = Some(Digest::of(b"x"));
            let touched =
                Touched { before: digest.filter(|_| before), after: digest.filter(|_| !before), definition: None };
            Effect::from([(id.clone(), touched)])
        };
        let (makes, drops) = (effect(false), effect(true));
        let pending = [("v1_a".to_owned(), Some(&makes)), ("v2_b".to_owned(), Some(&drops))];
        let found = breaking_in_order(&Digests::new(), false, &pending);
        assert_eq!(found, BTreeMap::from([("v2_b".to_owned(), vec!["column public.a.b".to_owned()])]));
        assert!(breaking_in_order(&Digests::new(), true, &pending).is_empty());
    }

    #[test]
    fn what_goes_and_is_here_breaks_code() {
        use Kind::{Column, Comment, Index, Table};
        let live = [(Table, "public.a"), (Column, "public.a.b"), (Index, "public.i"), (Table, "public.ab")];
        check(&live, &[(Column, "public.a.b")], &[(Column, "public.a.c")], &["column public.a.b"]);
        check(&live, &[(Index, "public.i"), (Comment, "table public.a")], &[], &[]);
        check(&live, &[(Table, "public.a"), (Column, "public.a.b")], &[], &["table public.a"]);
        check(&live, &[(Column, "public.new.b")], &[(Table, "public.x")], &[]);
    }
}
