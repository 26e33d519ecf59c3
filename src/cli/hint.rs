//! What an error means for the operator: the exit code, and what can be done.

use anyhow::Error;

use super::exit_code::ExitCode;
use super::render::{self, Lang, Style, hint};
use super::{NoIdentity, NoRecord, UsageError};
use crate::agent::capture::CaptureError;
use crate::agent::heal::HealError;
use crate::agent::models::ModelsError;
use crate::agent::observe::ObserveError;
use crate::agent::replay::HistoryReplayError;
use crate::agent::revert::RevertError;
use crate::agent::{DeedError, MachineError};
use crate::config::ConfigError;
use crate::identity::IdentityError;
use crate::local_state::StateError;
use crate::peer::{JoinError, PeerError};
use crate::postgres::apply::ApplyError;
use crate::postgres::bookkeeping::BookkeepingError;
use crate::postgres::connect::ConnectError;
use crate::postgres::lock::LockError;
use crate::postgres::programs::ProgramsError;
use crate::postgres::scratch::{ReplayError, ScratchError};
use crate::script::TextError;

/// The exit code of an error: a wrong command line or configuration and an absent peer are told apart from the rest.
pub(super) fn code(error: &Error) -> ExitCode {
    let has = |found: fn(&Cause) -> bool| error.chain().any(|cause| found(unwrapped(cause)));
    if has(|cause| {
        cause.is::<UsageError>()
            || matches!(cause.downcast_ref(), Some(ModelsError::NotSet))
            || matches!(cause.downcast_ref(), Some(CaptureError::Name(_)))
            || cause.is::<ConfigError>()
            || is_parameter(cause)
    }) {
        ExitCode::Usage
    } else if has(|cause| cause.is::<PeerError>()) {
        ExitCode::Unreached
    } else {
        ExitCode::Failed
    }
}

type Cause = dyn std::error::Error + 'static;

/// A wrapper that says nothing of its own hides what it wraps from the chain: the error inside, however deep.
fn unwrapped(cause: &Cause) -> &Cause {
    let inner: &Cause = if let Some(error) = cause.downcast_ref::<MachineError>() {
        match error {
            MachineError::Config(inner) => inner,
            MachineError::Connect(inner) => inner,
            MachineError::Record(inner) => inner,
            MachineError::State(inner) => inner,
            MachineError::Apply(inner) => inner,
        }
    } else if let Some(error) = cause.downcast_ref::<HealError>() {
        match error {
            HealError::Observe(inner) => inner,
            HealError::Machine(inner) => inner,
            HealError::Apply(inner) => inner,
            HealError::Peer(inner) => inner,
            _ => return cause,
        }
    } else if let Some(error) = cause.downcast_ref::<ObserveError>() {
        match error {
            ObserveError::Machine(inner) => inner,
            ObserveError::Record(inner) => inner,
            ObserveError::Catalog(_) => return cause,
        }
    } else if let Some(error) = cause.downcast_ref::<DeedError>() {
        match error {
            DeedError::Machine(inner) => inner,
            DeedError::Observe(inner) => inner,
            DeedError::Report(inner) => inner,
            DeedError::Bookkeeping(inner) => inner,
            _ => return cause,
        }
    } else if let Some(ApplyError::Connect(inner) | ApplyError::Lock(LockError::Connect(inner))) = cause.downcast_ref()
    {
        inner
    } else if let Some(ApplyError::Bookkeeping(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(JoinError::Peer(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(ReplayError::Scratch(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(ScratchError::Connect(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(RevertError::Failed(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(CaptureError::Machine(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(CaptureError::Replay(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(ModelsError::Machine(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(ModelsError::Replay(inner)) = cause.downcast_ref() {
        inner
    } else if let Some(error) = cause.downcast_ref::<HistoryReplayError>() {
        match error {
            HistoryReplayError::Machine(inner) => inner,
            HistoryReplayError::Replay(inner) => inner,
            _ => return cause,
        }
    } else {
        return cause;
    };
    unwrapped(inner)
}

fn is_parameter(cause: &Cause) -> bool {
    matches!(cause.downcast_ref::<ConnectError>(), Some(ConnectError::Parameter { .. }))
}

/// What the operator can do about it, if anything is known: the innermost hint is the most exact one.
pub(super) fn of(lang: Lang, error: &Error) -> Option<String> {
    error.chain().filter_map(|cause| of_cause(lang, unwrapped(cause))).last()
}

/// The error and its causes with a leading sentence and a hint, as far as they are known.
pub(super) fn told(style: Style, error: &Error) -> String {
    let lang = style.lang;
    let lead = error.chain().find_map(|cause| lead_of(lang, unwrapped(cause)));
    render::error::chain(style, error, lead.as_deref(), of(lang, error).as_deref())
}

/// What has happened, in the reader's language where that is not English.
fn lead_of(lang: Lang, cause: &Cause) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<ConnectError>() {
        return hint::lead_connect(lang, error);
    }
    if let Some(error) = cause.downcast_ref::<ConfigError>() {
        return hint::lead_config(lang, error);
    }
    if let Some(error) = cause.downcast_ref::<PeerError>() {
        return hint::lead_peer(lang, error);
    }
    if let Some(error) = cause.downcast_ref::<LockError>() {
        return hint::lead_lock(lang, error);
    }
    if cause.is::<TextError>() {
        return hint::lead_text(lang);
    }
    if let Some(error) = cause.downcast_ref::<BookkeepingError>() {
        return hint::lead_bookkeeping(lang, error);
    }
    is_uninitialised(cause).then(|| hint::lead_not_initialised(lang)).flatten()
}

fn is_uninitialised(cause: &Cause) -> bool {
    matches!(cause.downcast_ref::<DeedError>(), Some(DeedError::NoHistory))
        || matches!(cause.downcast_ref::<IdentityError>(), Some(IdentityError::Missing(_)))
        || cause.is::<NoIdentity>()
        || cause.is::<NoRecord>()
}

fn of_cause(lang: Lang, cause: &Cause) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<ConnectError>() {
        return hint::connect(lang, error);
    }
    if let Some(error) = cause.downcast_ref::<ConfigError>() {
        return Some(hint::config(lang, error));
    }
    if let Some(error) = cause.downcast_ref::<ProgramsError>() {
        return Some(error.hint());
    }
    if let Some(error) = cause.downcast_ref::<StateError>() {
        return Some(error.hint());
    }
    if let Some(error) = cause.downcast_ref::<ScratchError>() {
        return error.mend().map(|sql| hint::type_as_superuser(lang, &sql));
    }
    if let Some(error) = cause.downcast_ref::<ReplayError>() {
        return hint::replay(lang, error);
    }
    if let Some(error) = cause.downcast_ref::<BookkeepingError>() {
        return hint::bookkeeping(lang, error);
    }
    if is_uninitialised(cause) {
        return Some(hint::not_initialised(lang).to_owned());
    }
    cause.is::<PeerError>().then(|| hint::peer(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &Error, code_expected: u8, hint_expected: Option<&str>) {
        assert_eq!(code(error).code(), code_expected);
        assert_eq!(of(Lang::En, error).as_deref(), hint_expected);
    }

    #[test]
    fn codes_and_hints() {
        check(&UsageError("x".into()).into(), 2, None);
        check(&NoRecord.into(), 1, Some("run `driftless init` first"));
        check(&Error::from(NoIdentity).context("joining"), 1, Some("run `driftless init` first"));
        let peer = PeerError::Unreachable { peer: "pc-b".into(), why: "refused".into() };
        check(&peer.into(), 5, Some("`driftless doctor` checks both ends of the line"));
        check(&anyhow::anyhow!("x"), 1, None);
        let newer = BookkeepingError::Newer { layout: "9.3".into(), known: "2.3".into(), made_by: "7.1.0".into() };
        let newer = Error::from(HealError::Observe(ObserveError::Record(newer)));
        assert!(of(Lang::En, &newer).is_some_and(|hint| hint.contains("to 7.1.0 or later")));
        assert!(of(Lang::Zh, &newer).is_some_and(|hint| hint.contains("升级到 7.1.0")));
        let none = ConfigError::NoDatabase;
        let deep = HealError::Observe(ObserveError::Machine(MachineError::Config(ConfigError::NoDatabase)));
        assert_eq!(code(&deep.into()).code(), 2);
        assert!(of(Lang::Zh, &none.into()).is_some_and(|hint| hint.contains("请在")));
        let chinese = Style { lang: Lang::Zh, color: false };
        let peer = PeerError::Unreachable { peer: "pc-b".into(), why: "refused".into() };
        let said = told(chinese, &Error::from(peer));
        assert!(said.starts_with("错误: 无法连接对端 pc-b\n  `pc-b` is unreachable: refused\n提示: 请"), "{said}");
    }
}
