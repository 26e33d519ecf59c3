//! What the agent has to tell while it runs, as values: whoever runs it words and writes them.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::divergence::Finding;
use crate::peer::PeerError;
use crate::postgres::lock::Holder;

use super::capture::CaptureError;
use super::heal::{HealError, Tried};

/// Something worth a line in the log.
#[derive(Debug)]
pub enum News<'a> {
    /// It serves its peers from here on.
    Listening {
        /// Where.
        address: SocketAddr,
        /// The machine's name.
        machine: &'a str,
    },
    /// It was told to stop.
    Stopping,
    /// It has stopped.
    Stopped,
    /// A person paused it.
    Paused,
    /// The database, or something else of this machine's own, cannot be worked with now.
    Trouble(&'a HealError),
    /// The trouble is over.
    DatabaseReached,
    /// A peer answers.
    PeerReached(&'a str),
    /// A peer does not answer.
    PeerLost {
        /// Which.
        peer: &'a str,
        /// Why.
        error: &'a PeerError,
    },
    /// Somebody else is applying scripts; the agent waits.
    Waiting(&'a Holder),
    /// A script is about to run.
    Applying {
        /// Its name.
        script: &'a str,
        /// The peer that it comes from.
        peer: Option<&'a str>,
        /// Which of how many.
        number: usize,
        /// How many.
        of: usize,
    },
    /// A script has been tried.
    Tried(&'a Tried),
    /// What was added by hand has become a script, applied here.
    Captured(&'a str),
    /// What was added by hand stays what it is.
    NotCaptured(&'a CaptureError),
    /// The hook `after_apply` failed.
    HookFailed(&'a str),
    /// What holds between this machine and a peer, where that is news.
    Found {
        /// The peer.
        peer: &'a str,
        /// What holds.
        finding: &'a Finding,
    },
}

/// Receives news.
pub type Teller = Arc<dyn Fn(&News<'_>) + Send + Sync>;
