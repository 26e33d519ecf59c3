//! A script: `v<version>_<description>.sql`. Its name is its identity, its canonical text is what is hashed, stored,
//! sent and run, and its analysis says how it can be run.

mod analysis;
mod depends;
pub(crate) mod lexer;
mod losing;
mod name;
mod needs;
mod newer;
mod next;
mod outside;
mod pure;
mod reach;
mod scratch;
mod text;

pub use analysis::{Analysis, Isolation, Problem, ProblemKind, Statement, analyze, analyze_foreign};
pub use depends::{Dependence, DependsOn, depends};
pub use name::{InvalidName, ScriptName, Version, look};
pub use needs::{Needs, NewerServer, needs, roles_made};
pub use next::next_name;
pub use pure::is_pure_ddl;
pub use reach::{Reach, ReachKind};
pub use scratch::{InScratch, in_scratch};
pub use text::{CanonicalText, TextError};

use crate::hash::Checksum;

/// A script: its name and its canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The file name, which is the identity.
    pub name: ScriptName,
    /// What is hashed, stored, sent and run.
    pub text: CanonicalText,
}

impl Script {
    /// SHA-256 of the canonical text.
    pub fn checksum(&self) -> Checksum {
        self.text.checksum()
    }
}
