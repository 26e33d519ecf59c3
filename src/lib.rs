//! driftless keeps the schemas of two (or more) PostgreSQL databases identical, machine to machine.
//!
//! # The code map
//!
//! Observe, compare, plan, apply, verify. The core decides and touches nothing; the adapters touch the
//! world and decide nothing; the agent and the commands put the two together.
//!
//! | where | what |
//! |---|---|
//! | [`script`] | a script: its name and version, its canonical text, what analysis finds in it |
//! | [`history`] | which scripts a database has applied |
//! | [`journal`] | the hash chain of what happened here, with the effect of each entry |
//! | [`schema`] | facts, digests, the fingerprint, the difference; one file a kind in `schema/kind` |
//! | [`divergence`] | `compare(local, peer)`: every finding that holds |
//! | [`heal`] | policy, plan and an independent check of the plan |
//! | [`script_dir`] | the script folder |
//! | [`postgres`] | connections, history and journal tables, the lock, the applier, the catalog readers |
//! | [`peer`] | the wire: client, server and the conversions between wire and core |
//! | [`identity`] | key, certificate, pins, pairing |
//! | [`causes`] | an error with its causes, in one line |
//! | [`config`] | two files and the flags, checked once |
//! | [`local_state`], [`private_file`] | what this machine remembers of its databases; files for their owner alone |
//! | [`agent`] | one cycle, when to run it, what it found |
//! | [`cli`] | one file a command; the only place that prints |
//! | [`fuzzing`] | laws for any bytes from outside, shared by `fuzz/` and the tests |
//!
//! Dependencies point one way: `main → cli → agent → adapters → core`. Core files name no runtime, no
//! socket, no file, no clock and no randomness; `tests/architecture.rs` fails otherwise.

pub mod causes;
pub mod hash;
pub mod nearest;
pub mod schema;
pub mod script;

pub mod history;
pub mod journal;

pub mod divergence;
pub mod heal;

pub mod config;
pub mod identity;
pub mod local_state;
pub mod peer;
pub mod postgres;
pub mod private_file;
pub mod script_dir;

pub mod agent;
pub mod cli;

#[doc(hidden)]
pub mod fuzzing;
