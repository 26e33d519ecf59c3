//! The composition: what a command or the agent does with the core and the adapters.
//!
//! Start at [`Machine`]: one machine's configuration, identity and peers. [`observe`] takes one fresh look at its database,
//! [`links`] does the same for its peers, [`heal`] carries a plan out, [`sync`] adds the own script folder, [`schedule`] decides
//! when. Nothing here decides what to apply (that is [`crate::heal`]) or words anything for people.
//!
//! What could go wrong, and what keeps it from going wrong: a wake-up is lost (every wake-up, and a slow poll, runs one whole
//! cycle from a fresh look); the state moves between look and apply (the plan names its basis, and is refused under the lock
//! when it has moved); the database or the peer goes away (a cycle fails whole, and is run again with growing pauses).

mod alike;
pub mod backend;
pub mod capture;
pub mod conflict;
mod deeds;
mod drift;
pub mod fork;
pub mod heal;
pub mod hooks;
pub mod links;
mod machine;
pub mod models;
pub mod news;
pub mod observe;
mod patience;
pub mod proof;
pub mod reach;
pub mod replay;
mod rest;
pub mod revert;
pub mod schedule;
#[cfg(windows)]
pub mod service_windows;
pub mod statements;
pub mod status;
pub mod sync;
pub mod undrift;
pub mod waiting;
mod written;

pub use crate::causes::chain;
pub use deeds::{Approval, DeedError};
pub use machine::{Machine, MachineError};
