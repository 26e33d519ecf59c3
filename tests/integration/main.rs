//! The only integration binary: real servers, real processes, real sockets. Start at [`harness`].
//!
//! Where PostgreSQL is not installed its tests say so and pass; in CI (`CI` is set) they fail.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stderr, reason = "a test tells its reader by standard error")]
#![allow(unreachable_pub, reason = "nothing is reachable from a test binary")]

/// Skips the test, audibly, where no PostgreSQL server can be started.
#[macro_export]
macro_rules! need_postgres {
    () => {
        if !$crate::harness::postgres_is_there() {
            return;
        }
    };
}

mod again;
mod apply;
mod architecture;
mod capture;
mod catalog;
mod cli;
mod clock;
mod connect;
mod converge;
mod crash;
mod crowd;
mod distrust;
mod door;
mod ends;
mod expression;
mod faults;
mod forks;
mod fuzz;
mod grants;
mod harness;
mod holds;
mod hostile;
mod incremental;
mod models;
mod one_way;
mod outage;
mod pairs;
mod plain_role;
mod python_client;
mod reading;
mod rest;
mod scratch;
mod script;
mod secrets;
mod sensitivity;
mod simulation;
mod sources;
mod states;
mod storm;
mod throwaway;
mod undrift;
mod upgrade;
mod walk;
