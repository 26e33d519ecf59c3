//! Faults that can be planted, to see that the simulation would catch them.

/// One way of being wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Two batches at once in one database.
    NoLock,
    /// A plan is carried out on another state than it was made from.
    StaleBasis,
    /// A script is committed without its journal entry.
    EntryLost,
    /// A script that leaves other facts than on the peer is committed all the same.
    EffectsIgnored,
    /// An approval counts for whatever text the name has.
    ApprovalForAnyText,
    /// What a peer without the grant has applied is applied.
    GrantIgnored,
    /// A peer without a grant is answered.
    AnswersAnybody,
    /// A text is run that is not the one in the peer's journal.
    ChecksumIgnored,
    /// A script overtakes one that is held.
    HoldBlocksNothing,
    /// Healing goes on after the past has changed.
    HaltedYetHealing,
    /// The history and the claim of a row are not looked at: an answer that comes twice is carried out twice.
    AppliedTwice,
    /// The row is committed before the work.
    HalfRecorded,
    /// A pause is not looked at.
    PausedYetHealing,
    /// Drift is not looked for.
    DriftIgnored,
    /// What would be lost is not measured.
    LossesIgnored,
    /// What was tried in vain is not remembered.
    AttemptsForgotten,
    /// The peer's order is not kept.
    OrderIgnored,
    /// One name with two texts counts as the same script.
    ConflictIgnored,
    /// What breaks running code does not wait for the code.
    BreakingIgnored,
    /// Any file of the script's name counts for the code, whatever its text.
    FolderByName,
}

impl Fault {
    pub const ALL: [Self; 20] = [
        Self::NoLock,
        Self::StaleBasis,
        Self::EntryLost,
        Self::EffectsIgnored,
        Self::ApprovalForAnyText,
        Self::GrantIgnored,
        Self::AnswersAnybody,
        Self::ChecksumIgnored,
        Self::HoldBlocksNothing,
        Self::HaltedYetHealing,
        Self::AppliedTwice,
        Self::HalfRecorded,
        Self::PausedYetHealing,
        Self::DriftIgnored,
        Self::LossesIgnored,
        Self::AttemptsForgotten,
        Self::OrderIgnored,
        Self::ConflictIgnored,
        Self::BreakingIgnored,
        Self::FolderByName,
    ];
}
