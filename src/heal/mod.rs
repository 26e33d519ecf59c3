//! What is done about a divergence: the policy, the plan, and an independent second opinion on the plan.
//!
//! Pure: planning never runs anything and never asks anybody.

mod already;
mod approval;
mod breaking;
mod check;
mod concerned;
mod conflict;
mod fork;
mod halt;
mod plan;

pub use already::{Past, already, effect_of, forgotten, is_own_drift, since_resumed};
pub use approval::{Approvals, Approved, approval_of, approval_of_text, approvals, covers};
pub use breaking::{breaking_in_order, breaking_within};
pub use check::{Objection, check};
pub use concerned::{Concerned, concerned};
pub use conflict::{Conflict, TextLine, Whose, left_differently, line_diff};
pub use fork::{Branch, Fork, ForkReason, same_either_way};
pub use halt::{Remembered, halt};
pub use plan::{Basis, Inputs, Plan, ScriptPolicy, Step, hazards, plan};

use serde::{Deserialize, Serialize};

use crate::hash::{Checksum, Fingerprint};
pub use crate::schema::ddl::Hazard;
use crate::script::{Dependence, Needs, Problem};

/// A try that came to nothing: it is repeated when text or schema has changed, when approved, or when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The script's name.
    pub name: String,
    /// The text that was tried.
    pub checksum: Checksum,
    /// The peer that it came from; `None`: the own folder.
    pub from: Option<String>,
    /// The live schema it was tried on.
    pub basis: Fingerprint,
    /// What came of it.
    pub reason: HoldReason,
}

/// Something that would be lost, measured by running the script and looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// What is lost: `column public.orders.note`.
    pub what: String,
    /// How: `dropped with 3 values`, `12 rows deleted`, `values overwritten`, `not measured: 3 GB`.
    pub how: LossKind,
}

/// How data is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "loss", rename_all = "snake_case")]
pub enum LossKind {
    /// A dropped table held rows.
    DroppedRows {
        /// How many.
        rows: i64,
    },
    /// A dropped column held values other than NULL.
    DroppedValues {
        /// How many.
        values: i64,
    },
    /// Rows that the script did not add are gone.
    DeletedRows {
        /// How many.
        rows: i64,
    },
    /// Values that the script did not add are gone.
    OverwrittenValues {
        /// How many.
        values: i64,
    },
    /// The table is too large to be measured in the transaction.
    NotMeasured {
        /// Its size in bytes.
        bytes: i64,
    },
    /// A statement may lose something and runs outside a transaction, where nothing can be measured and taken back.
    OutsideTransaction,
}

/// What comes before a fact that a person let end otherwise than on the peer, in the journal's words.
pub const MAY_DIFFER: &str = "other_effect ";

/// Why a script waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum HoldReason {
    /// Data would be lost.
    DataLoss {
        /// What.
        losses: Vec<Loss>,
    },
    /// It cannot run in a transaction, so it cannot be undone.
    NonTransactional {
        /// Line and statement kind that cannot, or the header's line.
        why: String,
    },
    /// It reaches outside the database.
    OutsideReach {
        /// What it does, in PostgreSQL's words.
        reaches: Vec<String>,
    },
    /// It writes or changes what driftless itself keeps: history, journal, approvals.
    TouchesRecord {
        /// The tables.
        tables: Vec<String>,
    },
    /// The peer recorded no effect for it, so the result cannot be verified.
    Unverified,
    /// The peer recorded neither text nor checksum for it, so there is nothing to run.
    NoText,
    /// Its effect is in the live schema already: to be recorded as applied instead of run.
    AlreadyHere,
    /// This database has run it, before its history was reset, emptied or restored.
    AppliedBefore {
        /// Facts that it left and that have changed since; empty: it changed none, so nothing can be seen of it.
        changed: Vec<String>,
    },
    /// It left other facts here than on the peer; it was rolled back.
    OtherEffect {
        /// Identities of the facts that differ.
        facts: Vec<String>,
        /// What in its text may be the cause.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        depends: Vec<Dependence>,
    },
    /// It drops or renames what running code may use, and the own script folder, which is in a Git work tree, does not hold it yet.
    BreaksClients {
        /// Identities of the facts that go.
        facts: Vec<String>,
    },
    /// It takes for granted what this server does not have.
    Missing {
        /// Extensions and roles.
        #[serde(flatten)]
        needs: Needs,
    },
    /// It raised more WARNINGs than at the origin; it was rolled back.
    MoreWarnings {
        /// The WARNINGs here.
        warnings: Vec<String>,
        /// How many it raised at the origin.
        origin: u32,
    },
    /// One name, two texts.
    Conflict,
    /// Each machine lacks some of the other's scripts, and whether the order matters has not been rehearsed.
    Forked,
    /// The same, and a rehearsal was no help.
    ForkHeld {
        /// Why.
        why: ForkReason,
    },
    /// A schema has drifted in facts that this script touches, or is known to differ.
    Drifted {
        /// Identities of the facts.
        facts: Vec<String>,
    },
    /// An earlier script of the same peer is held or failed.
    Blocked {
        /// That script.
        by: String,
    },
    /// The peer's text cannot be run: an unusable name.
    Unusable {
        /// Why.
        why: String,
    },
    /// The text cannot be run: transaction control, meta-commands.
    UnusableText {
        /// The first problem.
        problem: Problem,
    },
    /// `[heal] scripts = "ask"`.
    Asked,
    /// It failed; the history holds the details.
    Failed {
        /// The server's words.
        error: String,
    },
}

impl HoldReason {
    /// Whether a person's word is enough to let the script run and commit. What failed needs another text or another schema.
    pub fn is_lifted_by_approval(&self) -> bool {
        match self {
            Self::DataLoss { .. }
            | Self::NonTransactional { .. }
            | Self::OutsideReach { .. }
            | Self::TouchesRecord { .. }
            | Self::Unverified
            | Self::AlreadyHere
            | Self::AppliedBefore { .. }
            | Self::OtherEffect { .. }
            | Self::MoreWarnings { .. }
            | Self::BreaksClients { .. }
            | Self::Asked => true,
            Self::NoText
            | Self::Conflict
            | Self::Forked
            | Self::ForkHeld { .. }
            | Self::Drifted { .. }
            | Self::Blocked { .. }
            | Self::Unusable { .. }
            | Self::UnusableText { .. }
            | Self::Missing { .. }
            | Self::Failed { .. } => false,
        }
    }

    /// Its word, as in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::DataLoss { .. } => "data_loss",
            Self::NonTransactional { .. } => "non_transactional",
            Self::OutsideReach { .. } => "outside_reach",
            Self::TouchesRecord { .. } => "touches_record",
            Self::Unverified => "unverified",
            Self::NoText => "no_text",
            Self::AlreadyHere => "already_here",
            Self::AppliedBefore { .. } => "applied_before",
            Self::OtherEffect { .. } => "other_effect",
            Self::BreaksClients { .. } => "breaks_clients",
            Self::Missing { .. } => "missing",
            Self::MoreWarnings { .. } => "more_warnings",
            Self::Conflict => "conflict",
            Self::Forked => "forked",
            Self::ForkHeld { .. } => "fork_held",
            Self::Drifted { .. } => "drifted",
            Self::Blocked { .. } => "blocked",
            Self::Unusable { .. } => "unusable",
            Self::UnusableText { .. } => "unusable_text",
            Self::Asked => "asked",
            Self::Failed { .. } => "failed",
        }
    }

    /// What a person allows who approves in sight of this reason, as words of the journal; nothing where no word is enough. Of another
    /// effect each fact is allowed by itself.
    pub fn hazards(&self) -> Vec<String> {
        if let Self::OtherEffect { facts, .. } = self {
            return facts.iter().map(|fact| format!("{MAY_DIFFER}{fact}")).collect();
        }
        // a name that looks like another one: whoever has seen both may let it pass
        let told = self.is_lifted_by_approval() || matches!(self, Self::Unusable { .. });
        told.then(|| self.word().to_owned()).into_iter().collect()
    }

    /// Whether it is about what the script does, so that whoever decides wants to see its statements.
    pub fn is_about_statements(&self) -> bool {
        match self {
            Self::DataLoss { .. }
            | Self::NonTransactional { .. }
            | Self::OutsideReach { .. }
            | Self::TouchesRecord { .. }
            | Self::Unverified
            | Self::OtherEffect { .. }
            | Self::MoreWarnings { .. }
            | Self::BreaksClients { .. }
            | Self::Drifted { .. }
            | Self::Missing { .. }
            | Self::UnusableText { .. }
            | Self::ForkHeld { why: ForkReason::OrderMatters { .. } }
            | Self::Asked => true,
            Self::NoText
            | Self::AlreadyHere
            | Self::AppliedBefore { .. }
            | Self::Conflict
            | Self::Forked
            | Self::ForkHeld { .. }
            | Self::Blocked { .. }
            | Self::Unusable { .. }
            | Self::Failed { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
