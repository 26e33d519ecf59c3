//! From what was found to the exit code.

use super::exit_code::ExitCode;
use crate::agent::heal::{Healed, Tried};
use crate::divergence::{Finding, NodeState};
use crate::postgres::apply::Outcome;

/// One finding.
pub(super) fn of_finding(finding: &Finding) -> ExitCode {
    match finding {
        Finding::InSync => ExitCode::Done,
        Finding::Failed { .. } => ExitCode::Failed,
        Finding::Held { .. } | Finding::Halted { .. } => ExitCode::Held,
        Finding::Unreachable { .. } | Finding::Untrusted { .. } | Finding::Incompatible { .. } => ExitCode::Unreached,
        Finding::Behind { .. }
        | Finding::Ahead { .. }
        | Finding::Forked { .. }
        | Finding::Conflict { .. }
        | Finding::Drifted { .. }
        | Finding::Differs => ExitCode::Differs,
    }
}

/// What a machine says of itself.
pub(super) fn of_state(state: &NodeState, pending: usize) -> ExitCode {
    ExitCode::of([
        if state.failed.is_empty() { ExitCode::Done } else { ExitCode::Failed },
        if state.held.is_empty() && state.halted.is_none() { ExitCode::Done } else { ExitCode::Held },
        if state.drift.is_empty() && pending == 0 { ExitCode::Done } else { ExitCode::Differs },
    ])
}

/// One script that was tried.
pub(super) fn of_tried(tried: &Tried) -> ExitCode {
    match tried.outcome {
        Outcome::Applied { .. } | Outcome::AlreadyApplied => ExitCode::Done,
        Outcome::Held { .. } => ExitCode::Held,
        Outcome::Failed(_) | Outcome::Retry { .. } | Outcome::NeedDigests(_) => ExitCode::Failed,
    }
}

/// One peer after a `sync`: what differs still is not this command's to tell, what kept it from working is.
pub(super) fn of_healed(healed: &Healed) -> ExitCode {
    let told = |code: &ExitCode| matches!(code, ExitCode::Unreached | ExitCode::Held);
    let held = if healed.held.is_empty() { ExitCode::Done } else { ExitCode::Held };
    let hook = if healed.hook_failed.is_empty() { ExitCode::Done } else { ExitCode::Failed };
    ExitCode::of(
        healed
            .findings
            .iter()
            .filter(|f| !matches!(f, Finding::Held { .. }))
            .map(of_finding)
            .filter(told)
            .chain([held, hook]),
    )
}
