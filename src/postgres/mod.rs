//! PostgreSQL: the only place (with `schema/kind`) that holds SQL. It observes and carries out; it decides nothing.

pub mod apply;
pub mod bookkeeping;
pub mod catalog;
pub mod connect;
pub mod durability;
pub mod history_table;
pub mod journal_table;
pub mod lock;
mod message;
pub mod programs;
pub mod scratch;
pub mod surroundings;
pub mod throwaway;
