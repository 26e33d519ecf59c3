//! What an error means for the operator: the exit code, and what can be done.

use anyhow::Error;

use super::UsageError;
use super::exit_code::ExitCode;
use super::render::Lang;

/// The exit code of an error: a wrong command line or configuration is told apart from everything else.
pub(super) fn code(error: &Error) -> ExitCode {
    if error.chain().any(|cause| cause.is::<UsageError>()) { ExitCode::Usage } else { ExitCode::Failed }
}

/// What the operator can do about it, if anything is known.
pub(super) fn of(_lang: Lang, error: &Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let programs = cause.downcast_ref::<crate::postgres::programs::ProgramsError>();
        programs.map(crate::postgres::programs::ProgramsError::hint)
    })
}
