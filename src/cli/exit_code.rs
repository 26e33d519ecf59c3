//! Exit codes: one enum, and the order in which they are told.

/// What the shell is told. The order of the variants is the order of PRODUCT.md §5: of several, the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitCode {
    /// The command line or the configuration is wrong.
    Usage,
    /// Something failed.
    Failed,
    /// Something waits for a person, or healing has stopped.
    Held,
    /// A peer was not reached.
    Unreached,
    /// Differences were found.
    Differs,
    /// Done, in sync, equal.
    Done,
}

impl ExitCode {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Differs => 3,
            Self::Held => 4,
            Self::Unreached => 5,
        }
    }

    /// Of several, the first that fits; none: done.
    pub(crate) fn of(codes: impl IntoIterator<Item = Self>) -> Self {
        codes.into_iter().min().unwrap_or(Self::Done)
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode::{self, Differs, Done, Failed, Held, Unreached, Usage};

    #[track_caller]
    fn check(codes: &[ExitCode], expected: u8) {
        assert_eq!(ExitCode::of(codes.iter().copied()).code(), expected);
    }

    #[test]
    fn the_first_that_fits() {
        check(&[], 0);
        check(&[Done, Differs], 3);
        check(&[Differs, Unreached], 5);
        check(&[Unreached, Held, Differs], 4);
        check(&[Held, Failed], 1);
        check(&[Done, Failed, Usage, Held], 2);
    }
}
