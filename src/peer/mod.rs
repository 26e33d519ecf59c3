//! (to be written)
mod generated;
