//! What the text alone tells of a script before it is run: what cannot be run, what waits for a person.
use super::{Job, losses, roles};
use crate::heal::HoldReason;
use crate::script::{Analysis, Reach};

/// What the text alone says must not be run without a person's word.
pub(super) fn held_before_running(job: &Job, superuser: bool) -> Option<HoldReason> {
    if let Some(problem) = job.analysis.problems.first() {
        return Some(HoldReason::UnusableText { problem: problem.clone() });
    }
    if job.hold.outside_reach {
        let measured = |reach: &Reach| roles::is_role(reach) && job.analysis.transactional;
        let reaches = reaches(&job.analysis, superuser && job.hold.dynamic_sql, measured);
        if !reaches.is_empty() {
            return Some(HoldReason::OutsideReach { reaches });
        }
    }
    let outside = !job.analysis.transactional;
    let losses = if outside && job.hold.losses { losses::foretold(&job.analysis) } else { Vec::new() };
    match (outside && job.hold.non_transactional, losses.is_empty()) {
        (true, _) => Some(outside_a_transaction(&job.analysis)),
        (false, false) => Some(HoldReason::DataLoss { losses }),
        (false, true) => None,
    }
}

/// All that the text alone tells of a script's hazards, for whoever decides before it is run. What is measured by running it (roles, loss of
/// data, its effect) is told as far as the text names it.
pub fn foretold(analysis: &Analysis, superuser: bool) -> Vec<HoldReason> {
    if let Some(problem) = analysis.problems.first() {
        return vec![HoldReason::UnusableText { problem: problem.clone() }];
    }
    let reaches = reaches(analysis, superuser, |_| false);
    let outside = (!reaches.is_empty()).then_some(HoldReason::OutsideReach { reaches });
    let mut told: Vec<HoldReason> = outside.into_iter().collect();
    if !analysis.transactional {
        let losses = losses::foretold(analysis);
        told.extend((!losses.is_empty()).then_some(HoldReason::DataLoss { losses }));
        told.push(outside_a_transaction(analysis));
    }
    told
}

/// What reaches outside the database, but for what is measured instead.
fn reaches(analysis: &Analysis, superuser: bool, measured: impl Fn(&Reach) -> bool) -> Vec<String> {
    let named = analysis.reaches.iter().filter(|reach| !measured(reach));
    let named = named.map(|reach| format!("line {}: {}", reach.line, reach.what));
    // a plain role's dynamic SQL can reach no further than its static SQL; a superuser's can
    named.chain((superuser && analysis.dynamic_sql).then(|| "dynamic SQL as a superuser".to_owned())).collect()
}

fn outside_a_transaction(analysis: &Analysis) -> HoldReason {
    let why = match &analysis.outside_reason {
        Some((line, what)) => format!("line {line}: {what}"),
        None => "it asks to be run outside a transaction".to_owned(),
    };
    HoldReason::NonTransactional { why }
}
