//! DDL scripts as they are printed: a header that says what they do and what they cost, then the statements.

use super::Lang;
use super::diff::{harmless, id};
use crate::agent::proof::Proof;
use crate::schema::Unsupported;
use crate::schema::ddl::{Hazard, NO_TRANSACTION, Script};

/// Settings and statements, for those who run them one by one.
pub(crate) fn statements(script: &Script) -> Vec<String> {
    if script.steps.is_empty() {
        return Vec::new();
    }
    let settings = script.settings().into_iter().map(str::to_owned);
    settings.chain(script.steps.iter().map(|step| step.statement.sql.clone())).collect()
}

/// What turns FROM into TO.
pub(crate) fn difference(
    lang: Lang,
    from: &str,
    to: &str,
    script: &Script,
    proof: &Proof,
    orders: &[String],
) -> String {
    let mut lines = vec![lang.script_title(&one_line(from), &one_line(to))];
    let hazards: Vec<&str> = script.hazards().into_iter().map(Hazard::word).collect();
    if !hazards.is_empty() {
        lines.push(lang.script_costs(&hazards.join(", ")));
    }
    lines.extend(doubts(lang, script, proof));
    lines.extend(orders.iter().map(|order| one_line(order)));
    let outside = script.needs_no_transaction();
    lines.push(if outside { lang.script_how_outside() } else { lang.script_how() }.to_owned());
    with_header(&lines, script)
}

/// What may be wrong with a script, line by line; nothing where it was tried out and holds.
pub(crate) fn doubts(lang: Lang, script: &Script, proof: &Proof) -> Vec<String> {
    let mut lines: Vec<String> =
        script.left_out.iter().map(|(fact, why)| lang.script_left_out(&id(fact), why)).collect();
    match proof {
        Proof::Holds => lines.push(lang.script_proven().to_owned()),
        Proof::NotTried(error) => lines.push(lang.script_not_tried(&one_line(&crate::causes::chain(error)))),
        Proof::Refused(error) => lines.push(lang.script_refused(&one_line(&crate::causes::chain(error)))),
        Proof::Leaves(changes) => {
            lines.extend(changes.iter().map(|change| lang.script_leaves(&one_line(&id(&change.id)))));
        }
    }
    lines
}

/// A whole schema.
pub(crate) fn dump(lang: Lang, source: &str, script: &Script, proof: &Proof, unsupported: &[Unsupported]) -> String {
    let mut lines = vec![lang.script_dump(&one_line(source))];
    lines.extend(doubts(lang, script, proof));
    lines.extend(unsupported.iter().map(|found| {
        lang.script_left_out(&format!("{} {}", found.what, harmless(&found.name)), lang.script_no_kind())
    }));
    with_header(&lines, script)
}

/// The directive that driftless looks for stays the first line.
fn with_header(lines: &[String], script: &Script) -> String {
    let header: String = lines.iter().map(|line| format!("-- {line}\n")).collect();
    let text = script.text();
    match text.strip_prefix(NO_TRANSACTION) {
        Some(rest) => format!("{NO_TRANSACTION}\n{header}{}", rest.trim_start_matches('\n')),
        None => format!("{header}{text}"),
    }
}

fn one_line(text: &str) -> String {
    harmless(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
